import type { Result } from '../results/result.ts'
import { count, day, signOf } from './elements.ts'
import { formatNumber } from './format.ts'
import { escapeXml } from './svg.ts'

/** Closed trades below which their figures say little. */
const FEW = 30

/** A figure that is read first. */
interface Headline {
  label: string
  value: string
  /** 'good', 'bad' or nothing. */
  style: string
  /** What it means here, in a few words. */
  meaning: string
}

/** The figures that a trader looks at first, each with what it means. */
export function headlines(result: Result, hold: number): string {
  const { summary } = result
  const part = (value: number) => formatNumber(value, 'fraction')
  const money = (value: number) => formatNumber(value, 'currency')
  const shown: Headline[] = [
    {
      ...{ label: 'Total return', value: part(summary.totalReturn), style: signOf(summary.totalReturn) },
      meaning: `${money(summary.initialCash)} became ${money(summary.finalValue)}`,
    },
    {
      ...{
        label: 'Against buy and hold',
        value: part(summary.totalReturn - hold),
        style: signOf(summary.totalReturn - hold),
      },
      meaning: `which returned ${part(hold)}`,
    },
    {
      ...{ label: 'Growth a year', value: part(summary.cagr), style: signOf(summary.cagr) },
      meaning: 'compounded (CAGR)',
    },
    {
      ...{ label: 'Sharpe ratio', value: formatNumber(summary.sharpe, ''), style: signOf(summary.sharpe) },
      meaning: `return for risk; volatility ${part(summary.volatility)} a year`,
    },
    {
      ...{ label: 'Deepest drawdown', value: part(-summary.maxDrawdown), style: signOf(-summary.maxDrawdown) },
      meaning: `below its peak for up to ${count(summary.maxDrawdownBars, 'bar')}`,
    },
    {
      ...{ label: 'Win rate', value: part(summary.winRate), style: '' },
      meaning: `of ${count(summary.numTrades, 'closed trade')}`,
    },
    {
      ...{
        label: 'Profit factor',
        value: formatNumber(summary.profitFactor, ''),
        style: signOf(summary.profitFactor - 1),
      },
      meaning: 'gains of wins for each unit that losses cost',
    },
    {
      ...{ label: 'Expectancy', value: money(summary.expectancy), style: signOf(summary.expectancy) },
      meaning: 'mean result of a trade, after costs',
    },
  ]
  const items = shown.map(
    ({ label, value, style, meaning }) =>
      `<div><dt>${label}</dt><dd class="${style}">${escapeXml(value)}</dd><dd class="meaning">${escapeXml(meaning)}</dd></div>`,
  )
  return `<dl class="headlines">\n${items.join('\n')}\n</dl>`
}

/** '2015-01-02 to 2024-12-31, 2,520 bars, 3 assets'. */
export function periodText({ time, assets }: Result): string {
  if (time.length === 0) return 'no bars'
  const names = assets.length <= 3 ? assets.join(', ') : count(assets.length, 'asset')
  return `${day(time[0])} to ${day(time[time.length - 1])}, ${count(time.length, 'bar')}, ${names}`
}

/** What to be careful about: the warnings of the run, and that there are few trades. */
export function warningList({ warnings, summary }: Result): string {
  const few =
    summary.numTrades > 0 && summary.numTrades < FEW
      ? [`Only ${count(summary.numTrades, 'trade')} closed: what is said of trades may be chance.`]
      : []
  const said = [...warnings.map(({ message }) => message), ...few]
  if (said.length === 0) return ''
  const items = said.map((message) => `<li class="warning">${escapeXml(message)}</li>`)
  return `<ul class="warnings" aria-label="Warnings">\n${items.join('\n')}\n</ul>`
}
