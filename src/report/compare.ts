import { METRICS, type MetricSpec, SAID_AGAIN } from '../results/metrics.ts'
import type { Result } from '../results/result.ts'
import { type PackedColumn, PackedColumns } from './columns.ts'
import { type NamedResult, tradeDifferences } from './comparetrades.ts'
import { chartPlace, day, type HtmlCell, htmlTable, scriptJson, signed } from './elements.ts'
import { formatNumber } from './format.ts'
import { periodText } from './headline.ts'
import { pageDocument, type Section } from './pagedocument.ts'
import { runTitle } from './summary.ts'
import { escapeXml } from './svg.ts'

/** What the script of a comparison is told. */
export interface CompareMeta {
  columns: Readonly<Record<string, PackedColumn>>
  names: readonly string[]
}

const DRAWN = 7

/** Several runs on one page, each compared with the first. */
export function compareHtml(runs: readonly NamedResult[], pack: (bytes: Uint8Array) => string): string {
  const names = runs.map(({ name }) => name)
  const results = runs.map(({ result }) => result)
  const packed = new PackedColumns()
  const time = commonTimes(results)
  packed.add('time', time)
  for (const [i, result] of results.entries()) packed.add(String(i), growth(result, time), DRAWN)
  const meta: CompareMeta = { columns: packed.columns, names }
  const charts =
    time.length < 2
      ? []
      : [
          chartPlace('growth', 'Equity of the runs over time', 'Each as a multiple of the cash that it began with.'),
          chartPlace('falls', 'Drawdown of the runs over time'),
        ]
  const sections: Section[] = [
    ['runs', 'Runs', [runsTable(runs), dataNote(runs)]],
    ['curves', 'Curves', charts],
    ['differences', 'Differences of every figure', [metricTable(runs)]],
    ['settings', 'Settings that differ', [settingsTable(runs)]],
    ['trades', 'Trades in one and not in the other', tradeDifferences(runs)],
  ]
  return pageDocument({
    name: `Comparison of ${names.join(', ')}`,
    about: `${names[0]} is what the others are compared with`,
    sections: sections.map(([id, head, parts]) => [id, head, parts.filter((part) => part !== '')]),
    data: [scriptJson('meta', meta), `<script type="text/plain" id="data">${pack(packed.bytes)}</script>`],
    kind: 'compare',
  })
}

/** The times of all runs, each once. */
function commonTimes(results: readonly Result[]): Float64Array {
  const all = new Set<number>()
  for (const { time } of results) for (const stamp of time) all.add(stamp)
  return Float64Array.from(all).sort()
}

/** Equity over the first cash at times of all runs: between its bars that of the one before, NaN before its first and after its last. */
function growth({ time, equity, summary }: Result, times: Float64Array): Float64Array {
  let at = -1
  return times.map((stamp) => {
    while (at + 1 < time.length && time[at + 1] <= stamp) at++
    return at < 0 || stamp > time[time.length - 1] ? Number.NaN : equity[at] / summary.initialCash
  })
}

function runsTable(runs: readonly NamedResult[]): string {
  const rows = runs.map(({ name, result }): HtmlCell[] => [
    name,
    { text: runTitle(result), style: 'wrap' },
    { text: periodText(result), style: 'wrap' },
    signed(result.summary.totalReturn, 'fraction'),
    formatNumber(result.summary.sharpe, ''),
    { text: formatNumber(-result.summary.maxDrawdown, 'fraction'), style: 'bad' },
    formatNumber(result.summary.numTrades, 'count'),
    result.fingerprint.all.slice(0, 16),
  ])
  const head = ['Run', 'What', 'When', 'Total return', 'Sharpe', 'Drawdown', 'Trades', 'Fingerprint']
  return htmlTable('Runs', head, rows, 3)
}

/** Whether the runs saw the same bars, and whether they are the same. */
function dataNote(runs: readonly NamedResult[]): string {
  const [first, ...others] = runs
  const notes = others.flatMap(({ name, result }) => {
    const [own, other] = [first.result.fingerprint, result.fingerprint]
    const span = ({ time }: Result) => `${day(time[0])} to ${day(time[time.length - 1])}`
    const said = []
    if (own.market !== other.market)
      said.push(`${name} ran on other bars than ${first.name}: figures differ by the data too.`)
    if (own.engine !== other.engine) said.push(`${name} was made by another version of the engine than ${first.name}.`)
    if (span(first.result) !== span(result))
      said.push(`${name} is over ${span(result)}, ${first.name} over ${span(first.result)}.`)
    if (own.all === other.all) said.push(`${name} is the same run as ${first.name}.`)
    else if (own.outcome === other.outcome) said.push(`${name} has the same outcome as ${first.name}.`)
    return said
  })
  if (notes.length === 0) return ''
  return `<ul class="warnings">${notes.map((text) => `<li class="warning">${escapeXml(text)}</li>`).join('')}</ul>`
}

function metricTable(runs: readonly NamedResult[]): string {
  const [first, ...others] = runs
  const shown = METRICS.filter(({ name }) => !SAID_AGAIN.has(name))
  const rows = shown.map((spec): HtmlCell[] => {
    const value = ({ result }: NamedResult) => result.summary[spec.name]
    return [
      spec.label,
      formatNumber(value(first), spec.unit),
      ...others.flatMap((run) => [formatNumber(value(run), spec.unit), difference(value(run) - value(first), spec)]),
    ]
  })
  const head = ['Figure', first.name, ...others.flatMap(({ name }) => [name, 'difference'])]
  return htmlTable('Differences of every figure', head, rows, 1)
}

/** A difference with the colour of what it means: more of some figures is worse, and of others neither. */
function difference(value: number, { unit, better }: Pick<MetricSpec, 'unit' | 'better'>): HtmlCell {
  const text = value === 0 ? '0' : `${value > 0 ? '+' : ''}${formatNumber(value, unit)}`
  const style = value * better > 0 ? 'good' : value * better < 0 ? 'bad' : ''
  return Number.isNaN(value) ? '-' : { text, style }
}

/** Parameters and settings that are not the same in all runs. */
function settingsTable(runs: readonly NamedResult[]): string {
  const made = runs.map(({ result }) => ({
    strategy: result.strategy,
    ...Object.fromEntries(Object.entries(result.parameters).map(([name, value]) => [`parameter ${name}`, value])),
    ...(result.settings as unknown as Record<string, unknown>),
  }))
  const names = [...new Set(made.flatMap((one) => Object.keys(one)))]
  const rows = names
    .map((name) => [name, ...made.map((one) => JSON.stringify((one as Record<string, unknown>)[name]) ?? '-')])
    .filter(([, first, ...others]) => others.some((other) => other !== first))
  if (rows.length === 0) return '<p class="muted">None: parameters and settings are the same.</p>'
  return htmlTable('Settings that differ', ['Setting', ...runs.map(({ name }) => name)], rows, runs.length + 1)
}
