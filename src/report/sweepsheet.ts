import type { MetricSpec } from '../results/metrics.ts'
import type { Column, Table } from '../results/table.ts'
import { type PackedColumn, PackedColumns } from './columns.ts'
import { chartPlace, count, type HtmlCell, htmlTable, scriptJson, signOf } from './elements.ts'
import { formatCell, formatNumber } from './format.ts'
import { pageDocument, type Section } from './pagedocument.ts'
import { higherFirst, plateau, quantile } from './plateau.ts'
import { escapeXml } from './svg.ts'

/** What the page of a sweep is made of. */
export interface SweepParts {
  title: string
  /** A row a set that was run. */
  table: Table
  /** Names of the columns of the parameters that vary. */
  parameters: readonly string[]
  objective: MetricSpec
  /** Rows from best to worst; others are not ranked. */
  ranking: ArrayLike<number>
  /** Sets of the space, and those that failed. */
  total: number
  failed: number
  warnings: readonly { message: string }[]
  dataId: string
}

/** What its script is told. */
export interface SweepMeta {
  columns: Readonly<Record<string, PackedColumn>>
  /** Columns of the table, of the ranked sets alone, best first. */
  table: readonly Column[]
  parameters: readonly string[]
  /** Columns that can be looked at, the objective first. */
  metrics: readonly { name: string; label: string; better: number }[]
  histogram: { middle: number[]; count: number[] }
}

const TOP = 25
const BINS = 40
/** Figures that are looked at beside the objective, where the table has them. */
const BESIDE = ['totalReturn', 'cagr', 'sharpe', 'maxDrawdown', 'numTrades', 'winRate', 'profitFactor']

/** A sweep on one page: maps over any two parameters, parallel lines, distribution, best sets, what lies around the best. */
export function sweepHtml(
  parts: SweepParts,
  specs: readonly MetricSpec[],
  pack: (bytes: Uint8Array) => string,
): string {
  const { table, parameters, objective, title } = parts
  const ranking = Array.from(parts.ranking)
  const names = new Set(table.columns.map(({ name }) => name))
  const metrics = [objective.name, ...BESIDE.filter((name) => name !== objective.name && names.has(name))]
  const columns = [...parameters, ...metrics].map((name) => table.column(name))
  const packed = new PackedColumns()
  for (const { name } of columns) {
    const values = table.values(name)
    packed.add(
      name,
      ranking.map((row) => values[row]),
    )
  }
  const values = table.values(objective.name)
  const specOf = (name: string) => specs.find((spec) => spec.name === name) ?? objective
  const meta: SweepMeta = {
    columns: packed.columns,
    table: columns,
    parameters,
    metrics: metrics.map((name) => ({ name, label: specOf(name).label, better: specOf(name).better })),
    histogram: histogramOf(ranking.map((row) => values[row]).filter(Number.isFinite)),
  }
  const some = ranking.length > 0
  const sections: Section[] = [
    ['overview', 'Overview', [headlines(parts, ranking), notes(parts, ranking)]],
    ['map', 'Map', some ? [mapPlace(meta, table)] : []],
    ['around', 'Around the best set', some ? [aroundTable(parts, ranking)] : []],
    ['sets', 'Best sets', some ? [topTable(parts, columns, ranking, specOf)] : []],
    ['lines', 'All sets', some ? [linesPlace(objective)] : []],
    [
      'distribution',
      `Distribution of ${objective.label}`,
      meta.histogram.count.length > 0 ? [chartPlace('objective', `How many sets have each ${objective.label}`)] : [],
    ],
  ]
  return pageDocument({
    name: title,
    about: `${count(table.length, 'set')} of ${formatNumber(parts.total, 'count')}, ranked by ${objective.label}`,
    sections: sections.map(([id, head, made]) => [id, head, made.filter((part) => part !== '')]),
    data: [scriptJson('meta', meta), `<script type="text/plain" id="data">${pack(packed.bytes)}</script>`],
    fingerprint: parts.dataId,
    fingerprintOf: 'Data',
    kind: 'sweep',
  })
}

function headlines({ table, objective }: SweepParts, ranking: readonly number[]): string {
  const values = table.values(objective.name)
  const sorted = ranking
    .map((row) => values[row])
    .filter(Number.isFinite)
    .sort((a, b) => a - b)
  const text = (value: number) => formatNumber(value, objective.unit)
  const best = ranking.length > 0 ? values[ranking[0]] : Number.NaN
  const good = sorted.filter((value) => value > 0).length
  const shown: [string, string, string, string][] = [
    [
      `Best ${objective.label}`,
      text(best),
      signOf(best * (objective.better || 1)),
      `best of ${count(ranking.length, 'ranked set')}`,
    ],
    ['Median set', text(quantile(sorted, 0.5)), '', `half of the sets have less`],
    [
      'Middle half',
      `${text(quantile(sorted, 0.25))} to ${text(quantile(sorted, 0.75))}`,
      '',
      'from the first quarter to the last',
    ],
    [
      'Above zero',
      formatNumber(sorted.length > 0 ? good / sorted.length : Number.NaN, 'fraction'),
      '',
      `${formatNumber(good, 'count')} of the ranked sets`,
    ],
  ]
  const items = shown.map(
    ([label, value, style, meaning]) =>
      `<div><dt>${escapeXml(label)}</dt><dd class="${style}">${escapeXml(value)}</dd><dd class="meaning">${escapeXml(meaning)}</dd></div>`,
  )
  return `<dl class="headlines">\n${items.join('\n')}\n</dl>`
}

/** What to be careful about: above all that the best of many was chosen for its result. */
function notes({ table, failed, total, warnings }: SweepParts, ranking: readonly number[]): string {
  const said = warnings.map(({ message }) => message)
  if (ranking.length > 1)
    said.push(
      `The best of ${formatNumber(ranking.length, 'count')} sets was chosen by its result: expect less of it on bars that it has not seen. Sets around it that do as well are a better sign than its own figure.`,
    )
  if (ranking.length === 0) said.push('No set is ranked: all failed, have an undefined objective or too few trades.')
  if (failed > 0) said.push(`${count(failed, 'set')} failed.`)
  if (table.length < total)
    said.push(`The sweep was stopped: ${formatNumber(total - table.length, 'count')} sets were not run.`)
  if (said.length === 0) return ''
  return `<ul class="warnings" aria-label="Warnings">${said.map((text) => `<li class="warning">${escapeXml(text)}</li>`).join('')}</ul>`
}

function mapPlace({ parameters, metrics }: SweepMeta, table: Table): string {
  const option = (name: string, label: string, chosen: boolean) =>
    `<option value="${escapeXml(name)}"${chosen ? ' selected' : ''}>${escapeXml(label)}</option>`
  const select = (tool: string, label: string, options: string[]) =>
    `<label>${label} <select data-tool="${tool}">${options.join('')}</select></label>`
  const axis = (tool: string, label: string, at: number) =>
    select(
      tool,
      label,
      parameters.map((name, i) => option(name, name, i === Math.min(at, parameters.length - 1))),
    )
  const sliders =
    parameters.length < 3
      ? ''
      : parameters
          .map((name) => {
            const many = new Set(table.values(name)).size
            return `<label data-slider="${escapeXml(name)}">${escapeXml(name)} <input type="range" min="0" max="${many}" value="0"> <output>best of all</output></label>`
          })
          .join('')
  return [
    `<div class="tools" role="group" aria-label="Map">${select(
      'metric',
      'Figure',
      metrics.map(({ name, label }, i) => option(name, label, i === 0)),
    )}${axis('x', 'Across', 0)}${parameters.length > 1 ? axis('y', 'Up', 1) : ''}</div>`,
    sliders === '' ? '' : `<div class="tools" role="group" aria-label="Other parameters">${sliders}</div>`,
    chartPlace(
      'map',
      'Map of a figure over two parameters',
      'Dark is worst, yellow best; the best cell is framed. Of several sets in a cell the best counts.',
    ),
    '<p class="muted" role="status" data-tool="cell">Move over the map for its values.</p>',
  ].join('\n')
}

function linesPlace({ label }: MetricSpec): string {
  return chartPlace(
    'parallel',
    'Parallel lines of all sets',
    `A line for each set through its parameters to its ${label}: yellow the best, dark the worst. Of very many sets the best and every so manyth of the others.`,
  )
}

/** The objective one step away from the best set along each parameter, and over all neighbours. */
function aroundTable({ table, parameters, objective }: SweepParts, ranking: readonly number[]): string {
  const { steps, neighbours } = plateau(table, parameters, objective.name, ranking)
  const cellOf = (row: number | undefined, name: string): HtmlCell =>
    row === undefined
      ? '-'
      : `${formatCell(table.cell(table.column(name), row), table.column(name))}: ${formatNumber(table.values(objective.name)[row], objective.unit)}`
  const rows = steps.map(({ name, below, above }) => [
    name,
    cellOf(below, name),
    cellOf(ranking[0], name),
    cellOf(above, name),
  ])
  const sorted = neighbours.map((row) => table.values(objective.name)[row]).sort((a, b) => a - b)
  const text = (value: number) => formatNumber(value, objective.unit)
  const words =
    sorted.length === 0
      ? 'No ranked set lies one step away from the best.'
      : `Of ${count(sorted.length, 'set')} at most one step away in each parameter the median is ${text(quantile(sorted, 0.5))} and the worst ${text(higherFirst(objective) ? sorted[0] : sorted[sorted.length - 1])}.`
  return `${htmlTable('Around the best set', ['Parameter', 'A step less', 'Best', 'A step more'], rows, 1)}<p>${escapeXml(words)}</p>`
}

function topTable(
  { table }: SweepParts,
  columns: readonly Column[],
  ranking: readonly number[],
  specOf: (name: string) => MetricSpec,
): string {
  const rows = ranking
    .slice(0, TOP)
    .map((row, i): HtmlCell[] => [
      String(i + 1),
      ...columns.map((column) => formatCell(table.cell(column, row), column)),
    ])
  const isMetric = (name: string) => specOf(name).name === name
  const head = ['#', ...columns.map(({ name }) => (isMetric(name) ? specOf(name).label : name))]
  const more =
    ranking.length > TOP ? `<p class="muted">The first ${TOP} of ${formatNumber(ranking.length, 'count')}.</p>` : ''
  return `${htmlTable('Best sets', head, rows, 0)}${more}`
}

/** Counts in equal bins between the least and the most; nothing where all are equal. */
function histogramOf(values: readonly number[]): SweepMeta['histogram'] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) [least, most] = [Math.min(least, value), Math.max(most, value)]
  if (!(most > least)) return { middle: [], count: [] }
  const width = (most - least) / BINS
  const counts = new Array<number>(BINS).fill(0)
  for (const value of values) counts[Math.min(BINS - 1, Math.floor((value - least) / width))]++
  return { middle: counts.map((_, i) => least + (i + 0.5) * width), count: counts }
}
