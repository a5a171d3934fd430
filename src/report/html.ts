import { expectFields } from '../market/expect.ts'
import { METRICS, type MetricName, type MetricSpec, SAID_AGAIN } from '../results/metrics.ts'
import type { Result } from '../results/result.ts'
import type { Table } from '../results/table.ts'
import type { TradeAnalysis } from '../results/tradeanalysis.ts'
import { TRADE_METRICS, type TradeMetricName } from '../results/trademetrics.ts'
import { breakdowns } from './breakdowns.ts'
import { equitySvg } from './equity.ts'
import { formatCell, formatNumber } from './format.ts'
import { rollingSvg } from './rolling.ts'
import { annualText, exitsText, runTitle } from './summary.ts'
import { escapeXml } from './svg.ts'
import { title as heading } from './text.ts'

/** Trades that the page shows; the others stay in the files. */
const MOST_TRADES = 50

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * A run on one page: warnings, equity and drawdown, all metrics, Sharpe ratio and volatility of a moving window, returns by month, the band where it was run, last trades,
 * open positions, settings and fingerprint. An HTML document that needs nothing else; equal results give equal pages.
 */
export function tearSheet(result: Result): string {
  expectFields(result, 'tearSheet', 'a Result', ['trades', 'equity', 'summary'])
  const name = runTitle(result)
  const { time, equity } = result
  const period = time.length > 0 ? `${day(time[0])} to ${day(time[time.length - 1])}, ${count(time.length, 'bar')}` : ''
  const drawing = equitySvg({ title: 'Equity', time, equity, initialCash: result.summary.initialCash })
  const { trades, openPositions } = result
  const analysis = result.tradeAnalysis()
  const shown = Math.min(MOST_TRADES, trades.length)
  const sections: (readonly [string, string])[] = [
    ['', result.warnings.map(({ message }) => `<p class="warning">${escapeXml(message)}</p>`).join('\n')],
    ['', `<figure>\n${drawing}</figure>`],
    ['Metrics', metricLists(result)],
    ['Figures of trades', tradeList(result, analysis)],
    ['Trades by', foldedTables(analysis)],
    ['Rolling figures', rollingFigures(result)],
    ['Returns by month', monthTable(time, equity, result.summary.initialCash)],
    ['Path policies', bandTable(result)],
    [
      trades.length > shown ? `Last ${shown} of ${count(trades.length, 'exit')}` : 'Trades',
      rowsTable(trades, trades.length - shown),
    ],
    ['Open positions', rowsTable(openPositions, 0)],
    [
      'Settings',
      `<pre>${escapeXml(JSON.stringify({ parameters: result.parameters, ...plain(result.settings) }, null, 2))}</pre>`,
    ],
    ['Fingerprint', `<p><code>${result.fingerprint.all}</code></p>`],
  ]
  const body = sections
    .filter(([, content]) => content !== '')
    .map(([head, content]) => `<section>\n${head === '' ? '' : `<h2>${escapeXml(head)}</h2>\n`}${content}\n</section>`)
  return [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeXml(name)}</title>`,
    STYLE,
    '</head>',
    `<body>\n<h1>${escapeXml(name)}</h1>\n<p class="muted">${period}</p>`,
    ...body,
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

/**
 * Returns of the UTC months of an equity curve, fractions, by year: from the last equity of the month before (the initial
 * cash before the first) to its own; NaN where a month has no bar or begins with nothing. The year's own stand 13th.
 */
export function monthlyReturns(
  time: ArrayLike<number>,
  equity: ArrayLike<number>,
  initialCash: number,
): Map<number, number[]> {
  expectFields(time, 'monthlyReturns', 'times of bars')
  expectFields(equity, 'monthlyReturns', 'equity by bar')
  const years = new Map<number, number[]>()
  let before = initialCash
  let beforeYear = initialCash
  for (let i = 0; i < equity.length; i++) {
    const date = new Date(time[i])
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
    const next = i + 1 < equity.length ? new Date(time[i + 1]) : undefined
    const yearEnds = next?.getUTCFullYear() !== year
    if (!yearEnds && next?.getUTCMonth() === month) continue
    const row = years.get(year) ?? new Array<number>(13).fill(Number.NaN)
    years.set(year, row)
    row[month] = before > 0 ? equity[i] / before - 1 : Number.NaN
    before = equity[i]
    if (!yearEnds) continue
    row[12] = beforeYear > 0 ? equity[i] / beforeYear - 1 : Number.NaN
    beforeYear = equity[i]
  }
  return years
}

/** Sharpe ratio and volatility of half a year; of shorter runs nothing. */
function rollingFigures(result: Result): string {
  const curve = result.equityCurve()
  const lines = (['sharpe', 'volatility'] as const).map((name) => {
    const { label, unit } = METRICS.find((spec) => spec.name === name) as MetricSpec
    return { label, unit, values: curve.rolling(name).values(name) as Float64Array }
  })
  const caption = `Figures of a year, each over the last ${count(curve.window, 'period')}.`
  const drawing = rollingSvg('Sharpe and volatility of a moving window', curve.dates, lines)
  return drawing === '' ? '' : `<figure>\n${drawing}<figcaption class="muted">${caption}</figcaption></figure>`
}

function monthTable(time: Float64Array, equity: Float64Array, initialCash: number): string {
  const rows = [...monthlyReturns(time, equity, initialCash)].map(([year, returns]) => [
    String(year),
    ...returns.map((value) => (Number.isNaN(value) ? '' : formatNumber(value, 'fraction'))),
  ])
  return rows.length === 0 ? '' : table(['', ...MONTHS, 'Year'], rows, 1)
}

function metricLists(result: Result): string {
  const shown = METRICS.filter(({ name }) => !SAID_AGAIN.has(name))
  const exits = exitsText(result.metrics)
  const notes = [...(exits === undefined ? [] : [exits]), annualText(result.annual)]
  return [
    figureList(shown, (name) => result.summary[name as MetricName]),
    ...notes.map((note) => `<p class="muted">${escapeXml(note)}</p>`),
  ].join('\n')
}

/** Figures of trades that are not among those of every run, but for those that take the market: equal results give equal pages. */
function tradeList(result: Result, { summary }: TradeAnalysis): string {
  if (result.summary.numTrades === 0) return ''
  const own = new Set<string>([...METRICS.map(({ name }) => name), 'edgeRatio'])
  return figureList(
    TRADE_METRICS.filter(({ name }) => !own.has(name)),
    (name) => summary[name as TradeMetricName],
  )
}

/** A table that unfolds for each breakdown. */
function foldedTables(analysis: TradeAnalysis): string {
  const folded = breakdowns(analysis).map(({ label, table: data, rows, columns, headings }) => {
    const shown = columns.map((name) => data.column(name))
    const cells = rows.map((row) => shown.map((column) => formatCell(data.cell(column, row), column)))
    const head = columns.map((name) => headings[name])
    return `<details><summary>${escapeXml(label)}</summary>\n${table(head, cells, 1)}\n</details>`
  })
  return folded.join('\n')
}

function figureList(specs: readonly MetricSpec[], value: (name: string) => number): string {
  const items = specs.map(
    ({ name, label, unit, doc }) =>
      `<div title="${escapeXml(doc)}"><dt>${escapeXml(label)}</dt><dd>${escapeXml(formatNumber(value(name), unit))}</dd></div>`,
  )
  return `<dl>\n${items.join('\n')}\n</dl>`
}

function bandTable({ band }: Result): string {
  if (!band) return ''
  const rows = Object.entries(band).map(([path, { finalValue, totalReturn, maxDrawdown }]) => [
    path,
    formatNumber(finalValue, 'currency'),
    formatNumber(totalReturn, 'fraction'),
    formatNumber(maxDrawdown, 'fraction'),
  ])
  return table(['path', 'final value', 'total return', 'max drawdown'], rows, 1)
}

/** The rows of a result's table from one on, without columns of nothing. */
function rowsTable(data: Table, from: number): string {
  if (data.length === 0) return ''
  const rows = Array.from({ length: data.length - from }, (_, i) => from + i)
  const columns = data.columns.filter((column) =>
    rows.some((row) => ![null, 0, ''].includes(data.cell(column, row) as null)),
  )
  return table(
    columns.map((column) => heading(column.field)),
    rows.map((row) => columns.map((column) => formatCell(data.cell(column, row), column))),
    0,
  )
}

/** @param words columns from the left that hold words, not numbers */
function table(head: readonly string[], rows: readonly (readonly string[])[], words: number): string {
  const cells = (tag: string, row: readonly string[]) =>
    row.map((text, i) => `<${tag}${i < words ? ' class="word"' : ''}>${escapeXml(text)}</${tag}>`).join('')
  return [
    '<div class="scroll"><table>',
    `<thead><tr>${cells('th', head)}</tr></thead>`,
    '<tbody>',
    ...rows.map((row) => `<tr>${cells('td', row)}</tr>`),
    '</tbody></table></div>',
  ].join('\n')
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

function count(n: number, one: string): string {
  return `${formatNumber(n, 'count')} ${n === 1 ? one : `${one}s`}`
}

function plain(settings: unknown): object {
  return typeof settings === 'object' && settings !== null ? settings : {}
}

const STYLE = `<style>
:root { color-scheme: light dark }
body { font: 14px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; color: #24292f; background: #ffffff; max-width: 1000px; margin: 2em auto; padding: 0 1em }
h1 { font-size: 20px; margin: 0 }
h2 { font-size: 15px; margin: 2em 0 0.6em }
figure { margin: 1em 0 }
figure svg { width: 100%; height: auto }
.muted { color: #57606a; margin: 0.2em 0 1em }
.warning { border-left: 3px solid #bf8700; background: #bf870014; margin: 0.4em 0; padding: 0.4em 0.8em }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(230px, 1fr)); gap: 0 2em; margin: 0 }
dl div { display: flex; justify-content: space-between; border-bottom: 1px solid #d0d7de; padding: 0.2em 0 }
dt { color: #57606a }
dd { margin: 0; font-variant-numeric: tabular-nums }
.scroll { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { text-align: right; padding: 0.2em 0.7em; border-bottom: 1px solid #d0d7de; white-space: nowrap; font-weight: 400 }
th { color: #57606a }
.word { text-align: left }
pre { overflow-x: auto; padding: 0.8em; background: #8c959f1f }
code { overflow-wrap: anywhere }
summary { cursor: pointer; padding: 0.3em 0 }
details { border-bottom: 1px solid #d0d7de }
@media (prefers-color-scheme: dark) {
body { color: #e6edf3; background: #0d1117 }
.muted, dt, th { color: #9198a1 }
dl div, th, td, details { border-color: #30363d }
}
</style>`
