import type { Market } from '../market/market.ts'
import { zone } from '../market/zone.ts'
import type { EquityCurve } from '../results/curve.ts'
import { topPositions } from '../results/holdings.ts'
import { METRICS, type MetricName, type MetricSpec, SAID_AGAIN } from '../results/metrics.ts'
import type { Result } from '../results/result.ts'
import type { Table } from '../results/table.ts'
import type { TradeAnalysis } from '../results/tradeanalysis.ts'
import { TRADE_METRICS, type TradeMetricName } from '../results/trademetrics.ts'
import { breakdowns } from './breakdowns.ts'
import { chartPlace, count, day, type HtmlCell, htmlTable, scriptJson, tinted } from './elements.ts'
import { formatCell, formatNumber } from './format.ts'
import { headlines, periodText, warningList } from './headline.ts'
import { monthlyReturns, monthTable, yearTable } from './months.ts'
import { pageDocument, type Section } from './pagedocument.ts'
import { type SheetMeta, sheetData } from './sheetdata.ts'
import { annualText, exitsText, runTitle } from './summary.ts'
import { escapeXml } from './svg.ts'
import { title as heading } from './text.ts'

/** What a page is made of beside the result. */
export interface SheetParts {
  market: Market | undefined
  chartAssets: number | undefined
  /** Gzip, as base64. */
  pack: (bytes: Uint8Array) => string
}

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const NO_BARS =
  'Prices, the comparison with buy and hold and what was held are not shown: the bars of the run are not at hand.'

/** The page of a run; equal results over equal bars give equal pages. */
export function sheetHtml(result: Result, { market, chartAssets, pack }: SheetParts): string {
  const { time, equity, summary } = result
  const known = market !== undefined && time.length > 0
  const curve = result.equityCurve(known ? { benchmark: 'hold', market } : {})
  const analysis = result.tradeAnalysis(market ? { market } : {})
  const { meta, bytes } = sheetData(result, curve, known ? market : undefined, chartAssets)
  const years = monthlyReturns(time, equity, summary.initialCash)
  const sections: Section[] = [
    [
      'overview',
      'Overview',
      [headlines(result, summary.buyAndHoldReturn), warningList(result), market ? '' : note(NO_BARS)],
    ],
    ['equity', 'Equity', [equityCharts(meta, curve), drawdownTable(curve)]],
    ['prices', 'Prices and trades', [priceChart(meta)]],
    ['months', 'Returns by month', [monthTable(years)]],
    ['years', 'Years', [yearTable(years, benchmarkYears(curve, summary.initialCash))]],
    ['rolling', 'Rolling figures', [rollingCharts(meta, curve)]],
    ['distribution', 'Distribution of returns', [distribution(meta)]],
    ['trades', 'Trades', [tradesPlace(result), openTable(result)]],
    ['scatter', 'How trades went', [scatterCharts(result), hourMap(result)]],
    ['groups', 'Trades by', [foldedTables(analysis)]],
    ['held', 'What was held', [heldCharts(meta), known ? topTable(result, market) : '']],
    ['costs', 'Costs', [costTable(analysis)]],
    ['metrics', 'All figures', [metricLists(result), tradeList(result, analysis), bandTable(result)]],
    ['made', 'How it was made', [provenance(market), settings(result)]],
  ]
  const data = `<script type="text/plain" id="data">${pack(bytes)}</script>`
  return pageDocument({
    name: runTitle(result),
    about: periodText(result),
    sections: sections.map(([id, head, parts]) => [id, head, parts.filter((part) => part !== '')]),
    data: [scriptJson('meta', meta), data],
    fingerprint: result.fingerprint.all,
  })
}

function note(text: string): string {
  return `<p class="muted">${escapeXml(text)}</p>`
}

function equityCharts(meta: SheetMeta, { values }: EquityCurve): string {
  if (values.length < 2) return ''
  const against = meta.benchmark ? ' and of buying and holding all assets' : ''
  return [
    '<div class="tools" role="group" aria-label="Equity chart"><button type="button" data-tool="log" aria-pressed="false">Log scale</button><button type="button" data-tool="reset">Whole run</button><span class="muted">drag over a chart to zoom, double click for the whole</span></div>',
    chartPlace('equity', `Equity of the strategy${against} over time`),
    chartPlace(
      'drawdown',
      'Drawdown over time',
      'Fall of the equity from its peak. The five deepest are shaded above.',
    ),
  ].join('\n')
}

function drawdownTable(curve: EquityCurve): string {
  const table = curve.drawdowns
  if (table.length === 0) return ''
  const column = (name: string) => table.values(name)
  const rows = Array.from({ length: Math.min(5, table.length) }, (_, row): HtmlCell[] => [
    { text: formatNumber(-column('depth')[row], 'fraction'), style: 'bad' },
    day(column('start')[row]),
    day(column('valley')[row]),
    Number.isNaN(column('recovery')[row]) ? 'not yet' : day(column('recovery')[row]),
    formatNumber(column('days')[row], 'days'),
  ])
  return htmlTable('Worst drawdowns', ['Drawdown', 'From', 'Lowest', 'Recovered', 'Days'], rows, 0)
}

function priceChart({ charted, assets }: SheetMeta): string {
  if (charted.length === 0) return ''
  const left = assets.length - charted.length
  const options = charted.map((asset) => `<option value="${asset}">${escapeXml(assets[asset])}</option>`)
  return [
    '<div class="tools" role="group" aria-label="Price chart">',
    `<label>Asset <select data-tool="asset">${options.join('')}</select></label>`,
    '<button type="button" data-tool="before">Trade before</button><button type="button" data-tool="after">Next trade</button><button type="button" data-tool="all">All bars</button></div>',
    chartPlace(
      'price',
      'Prices with entries, exits and stops of trades',
      'Triangles are entries, up for long, with a line to their exit: green for a gain, red for a loss. Dashes are stops, dots targets.',
    ),
    left > 0
      ? note(
          `The bars of ${count(charted.length, 'asset')} with the most trades are in this page; those of ${formatNumber(left, 'count')} others were left out.`,
        )
      : '',
  ].join('\n')
}

/** Returns of the years of the benchmark, over the periods in common. */
function benchmarkYears(curve: EquityCurve, initialCash: number): Map<number, number[]> | undefined {
  if (!curve.against) return undefined
  const { ends, values, base } = curve.against
  return monthlyReturns(
    Float64Array.from(ends, (end) => curve.time[end]),
    values.map((value) => (value / base) * initialCash),
    initialCash,
  )
}

function rollingCharts(meta: SheetMeta, curve: EquityCurve): string {
  if (curve.dates.length < curve.window) return ''
  const names = [
    ['sharpe', 'Sharpe'],
    ['volatility', 'Volatility'],
    ...(meta.benchmark ? [['beta', 'Beta against buy and hold']] : []),
  ]
  const places = names.map(([name, label]) => chartPlace(name, `${label} of a moving window`))
  return `<div class="three">${places.join('\n')}</div>${note(`Figures of a year, each over the last ${count(curve.window, 'period')}.`)}`
}

function distribution({ histogram }: SheetMeta): string {
  if (histogram.count.length === 0) return ''
  return chartPlace(
    'histogram',
    'How many returns there were of each size',
    'Returns of single periods; the line is a normal distribution of the same mean and deviation.',
  )
}

function tradesPlace({ trades }: Result): string {
  if (trades.length === 0) return note('No position was closed.')
  return '<div data-table="trades"></div>'
}

function openTable({ openPositions }: Result): string {
  if (openPositions.length === 0) return ''
  const rows = Array.from({ length: openPositions.length }, (_, row) => row)
  const columns = openPositions.columns.filter((column) =>
    rows.some((row) => ![null, 0, ''].includes(openPositions.cell(column, row) as null)),
  )
  const cells = rows.map((row) => columns.map((column) => formatCell(openPositions.cell(column, row), column)))
  return `<h3>Open at the end</h3>${htmlTable(
    'Open positions',
    columns.map(({ field }) => heading(field)),
    cells,
    1,
  )}`
}

function scatterCharts({ trades }: Result): string {
  if (trades.length === 0) return ''
  return `<div class="two">${chartPlace('excursions', 'Best against worst of each trade', 'How far each trade went for (up) and against (across) its entry.')}${chartPlace('durations', 'Result of each trade by how long it was held', 'Result in percent (up) by bars held (across).')}</div>`
}

/** P&L of exits by weekday and hour of the run's zone; nothing for bars of days. */
function hourMap({ trades, settings }: Result): string {
  if (trades.length === 0) return ''
  const clocks = zone(settings.zone ?? 'UTC')
  const [times, pnl] = [trades.values('exitTime'), trades.values('pnl')]
  const sums = Array.from({ length: 7 }, () => new Array<number>(24).fill(Number.NaN))
  const hours = new Set<number>()
  let [weekday, hour] = [0, 0]
  for (let row = 0; row < times.length; row++) {
    // Exits come in their order, many in one bar.
    if (row === 0 || times[row] !== times[row - 1]) {
      const local = new Date(clocks.toLocal(times[row]))
      ;[weekday, hour] = [(local.getUTCDay() + 6) % 7, local.getUTCHours()]
    }
    hours.add(hour)
    sums[weekday][hour] = (Number.isNaN(sums[weekday][hour]) ? 0 : sums[weekday][hour]) + pnl[row]
  }
  if (hours.size < 2) return ''
  const shown = [...hours].sort((a, b) => a - b)
  const most = Math.max(...sums.flat().filter(Number.isFinite).map(Math.abs))
  const rows = sums.flatMap((row, weekday): HtmlCell[][] =>
    row.every(Number.isNaN) ? [] : [[WEEKDAYS[weekday], ...shown.map((hour) => tinted(row[hour], 'currency', most))]],
  )
  const head = ['', ...shown.map((hour) => `${String(hour).padStart(2, '0')}h`)]
  return `<h3>P&amp;L by weekday and hour of the exit, ${escapeXml(settings.zone ?? 'UTC')}</h3>${htmlTable('P&L by weekday and hour', head, rows, 1, ' months')}`
}

/** A table that unfolds for each breakdown. */
function foldedTables(analysis: TradeAnalysis): string {
  const folded = breakdowns(analysis).map(({ label, table: data, rows, columns, headings }, i) => {
    const shown = columns.map((name) => data.column(name))
    const cells = rows.map((row) =>
      shown.map((column): HtmlCell => {
        const text = formatCell(data.cell(column, row), column)
        const value = column.name === 'pnl' ? data.values('pnl')[row] : 0
        return value === 0 ? text : { text, style: value > 0 ? 'good' : 'bad' }
      }),
    )
    const head = columns.map((name) => headings[name])
    return `<details${i === 0 ? ' open' : ''}><summary>${escapeXml(label)}</summary>\n${htmlTable(`Trades by ${label}`, head, cells, 1)}\n</details>`
  })
  return folded.join('\n')
}

function heldCharts({ columns }: SheetMeta): string {
  if (!columns.positions || columns.positions.length < 2) return ''
  return [
    chartPlace(
      'exposure',
      'Long and short positions as parts of the equity',
      'Value of long positions above and of short ones below, as parts of the equity.',
    ),
    chartPlace('positions', 'How many assets were held'),
  ].join('\n')
}

function topTable(result: Result, market: Market): string {
  const top = topPositions(result, market)
  return tableSection(
    'Largest positions',
    top,
    top.columns.map(({ name }) => name),
  )
}

function costTable(analysis: TradeAnalysis): string {
  const { costs } = analysis
  return costs.length === 0
    ? ''
    : tableSection(
        'Costs',
        costs,
        costs.columns.map(({ name }) => name),
      )
}

function tableSection(label: string, data: Table, names: readonly string[]): string {
  if (data.length === 0) return ''
  const columns = names.map((name) => data.column(name))
  const rows = Array.from({ length: data.length }, (_, row) =>
    columns.map((column) => formatCell(data.cell(column, row), column)),
  )
  return htmlTable(
    label,
    columns.map(({ field }) => heading(field)),
    rows,
    1,
  )
}

function metricLists(result: Result): string {
  const shown = METRICS.filter(({ name }) => !SAID_AGAIN.has(name))
  const exits = exitsText(result.metrics)
  const notes = [...(exits === undefined ? [] : [exits]), annualText(result.annual)]
  return [figureList(shown, (name) => result.summary[name as MetricName]), ...notes.map(note)].join('\n')
}

/** Figures of trades that are not among those of every run, but for those that take the market: equal results give equal lists. */
function tradeList(result: Result, { summary }: TradeAnalysis): string {
  if (result.summary.numTrades === 0) return ''
  const own = new Set<string>([...METRICS.map(({ name }) => name), 'edgeRatio'])
  const list = figureList(
    TRADE_METRICS.filter(({ name }) => !own.has(name)),
    (name) => summary[name as TradeMetricName],
  )
  return `<h3>Of trades</h3>${list}`
}

function figureList(specs: readonly MetricSpec[], value: (name: string) => number): string {
  const items = specs.map(
    ({ name, label, unit, doc }) =>
      `<div title="${escapeXml(doc)}"><dt>${escapeXml(label)}</dt><dd>${escapeXml(formatNumber(value(name), unit))}</dd></div>`,
  )
  return `<dl class="figures">\n${items.join('\n')}\n</dl>`
}

function bandTable({ band }: Result): string {
  if (!band) return ''
  const rows = Object.entries(band).map(([path, { finalValue, totalReturn, maxDrawdown }]) => [
    path,
    formatNumber(finalValue, 'currency'),
    formatNumber(totalReturn, 'fraction'),
    formatNumber(maxDrawdown, 'fraction'),
  ])
  return `<h3>Path policies</h3>${htmlTable('Path policies', ['path', 'final value', 'total return', 'max drawdown'], rows, 1)}`
}

/** Where the bars came from, and what their checks found. */
function provenance(market: Market | undefined): string {
  const { sources = [], checks = [], steps = [] } = market?.provenance ?? {}
  const files = sources.map(({ file, format, rows, sha256 }) => [
    file,
    format,
    formatNumber(rows, 'count'),
    sha256?.slice(0, 16) ?? '-',
  ])
  const found = checks.map(({ check, count: n, policy, detail }) => [
    check,
    formatNumber(n, 'count'),
    policy,
    detail ?? '',
  ])
  const parts = [
    files.length > 0 ? `<h3>Data</h3>${htmlTable('Data', ['file', 'format', 'rows', 'SHA-256'], files, 2)}` : '',
    found.length > 0
      ? `<h3>Findings of the data checks</h3>${htmlTable('Findings', ['check', 'count', 'policy', 'detail'], found, 1)}`
      : '',
    steps.length > 0 ? `<h3>Done with the data</h3><pre>${escapeXml(JSON.stringify(steps, null, 2))}</pre>` : '',
    files.length > 0 && found.length === 0 ? note('All checks of the data passed.') : '',
  ]
  return parts.filter((part) => part !== '').join('\n')
}

function settings({ parameters, settings: made }: Result): string {
  const text = JSON.stringify({ parameters, ...(typeof made === 'object' && made !== null ? made : {}) }, null, 2)
  return `<details><summary>Settings and parameters</summary><pre>${escapeXml(text)}</pre></details>`
}
