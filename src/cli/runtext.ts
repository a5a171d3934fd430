import { resultSummary } from '../io/resultjson.ts'
import { formatNumber } from '../report/format.ts'
import { annualText, runTitle, summaryText, tradesText } from '../report/summary.ts'
import { textTable } from '../report/text.ts'
import type { Result } from '../results/result.ts'
import { ORDER_REASONS, ORDER_STATUSES } from '../results/schema.ts'
import type { Console } from './console.ts'
import type { FiguresText } from './figures.ts'
import { commandWords } from './words.ts'

/** What `--verify` has proved, for who asked. */
const VERIFIED = {
  lookahead: 'verified: no decision changed when the bars after it were replaced',
  snapshot: 'verified: restored runs end the same, so the strategy keeps its state where snapshots find it',
}

/** What `--json` prints, and summary.json lists files beside, of a run that nothing more was asked of. */
export function runSummary(result: Result): Record<string, unknown> {
  return { ...resultSummary(result), verified: null }
}

/** The run in words: title, metrics, what more was asked of it, band, last trades. */
export function runText(
  result: Result,
  trades: number,
  verified?: keyof typeof VERIFIED,
  figures?: FiguresText,
): string {
  // A quantity stands once on a page: all figures have those of the summary among them.
  const summary = figures?.whole ? annualText(result.annual) : summaryText(result.metrics, result.annual)
  const parts = [runTitle(result), ...(figures?.whole ? [figures.text] : []), commandWords(summary)]
  if (figures && !figures.whole) parts.push(figures.text)
  if (result.band) parts.push(bandText(result.band))
  if (trades > 0) parts.push(tradesText(result.trades, trades))
  const open = result.openPositions.length
  if (open > 0)
    parts.push(`${open} ${open === 1 ? 'position is' : 'positions are'} open at the end and not among the trades`)
  const refusals = refusalText(result)
  if (refusals) parts.push(refusals)
  if (verified) parts.push(VERIFIED[verified])
  parts.push(`fingerprint ${result.fingerprint.all}`)
  return `${parts.join('\n\n')}\n`
}

const REJECTED = ORDER_STATUSES.indexOf('rejected')

/** How many orders were refused, and why. */
function refusalText({ orders, summary }: Result): string | undefined {
  const refused = summary.rejectedOrders
  if (refused === 0) return undefined
  const [status, reason] = ['status', 'reason'].map((name) => orders.values(name))
  const counts = ORDER_REASONS.map((word) => ({ word, count: 0 }))
  for (let row = 0; row < orders.length; row++) if (status[row] === REJECTED) counts[reason[row]].count++
  const given = counts.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count)
  const reasons = given.map(({ word, count }) => `${word} ${count}`)
  return `${refused} of ${orders.length} orders were rejected: ${reasons.join(', ')}. The folder of --out has them in orders.arrow`
}

function bandText(band: NonNullable<Result['band']>): string {
  const rows = Object.entries(band).map(([policy, { finalValue, totalReturn, maxDrawdown }]) => [
    policy,
    formatNumber(finalValue, 'currency'),
    formatNumber(totalReturn, 'fraction'),
    formatNumber(maxDrawdown, 'fraction'),
  ])
  return textTable(
    [
      { header: 'path', align: 'left' },
      { header: 'final value' },
      { header: 'total return' },
      { header: 'max drawdown' },
    ],
    rows,
  )
}

/** What a careful person would want to know, on standard error. */
export function showWarnings(console: Console, warnings: readonly { message: string }[]): void {
  for (const { message } of warnings) console.note(`warning: ${commandWords(message)}`)
}
