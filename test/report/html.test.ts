/** The page of a run. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { formatNumber } from '../../src/report/format.ts'
import { monthlyReturns, tearSheet } from '../../src/report/html.ts'
import { breakdownsText } from '../../src/report/summary.ts'
import { METRICS } from '../../src/results/metrics.ts'
import { TRADE_METRICS } from '../../src/results/trademetrics.ts'
import { smaCross } from '../../src/strategies/sma-cross.ts'
import { at, flat, market, walk } from '../engine/script.ts'

/** What stands in the elements of a kind. */
function texts(page: string, tag: string): string[] {
  return [...page.matchAll(new RegExp(`<${tag}[^>]*>([^<]*)</${tag}>`, 'g'))].map(([, text]) => text)
}

describe('a tear sheet', () => {
  const prices = market({ 'A & <b>': walk(400, 3), C: walk(400, 4) })
  const config = { parameters: { fast: 5, slow: 20, direction: 'both' }, commission: 0.001, band: true } as const
  const page = tearSheet(backtest(prices, smaCross, config))

  it('has all metrics, the months, the band, trades, positions and the fingerprint', () => {
    const result = backtest(prices, smaCross, config)
    // The mean of trades is their expectancy, and fractions are not said in percent too.
    const own = METRICS.filter(({ unit, name }) => unit !== 'percent' && name !== 'avgTrade').map(({ label }) => label)
    // What takes the market is not on it: a result from data has the same page.
    const trades = TRADE_METRICS.filter(
      ({ name }) => name !== 'edgeRatio' && !METRICS.some((spec) => spec.name === name),
    )
    const shown = texts(page, 'dt').map((text) => text.replaceAll('&amp;', '&'))
    expect(shown).toEqual([...own, ...trades.map(({ label }) => label)])
    expect(new Set(texts(page, 'dt')).size).toBe(own.length + trades.length)
    expect(texts(page, 'h2')).toEqual([
      'Metrics',
      'Figures of trades',
      'Trades by',
      'Rolling figures',
      'Returns by month',
      'Path policies',
      expect.stringMatching(/^(Last 50 of \d+ exits|Trades)$/),
      'Open positions',
      'Settings',
      'Fingerprint',
    ])
    expect(texts(page, 'code')).toEqual([result.fingerprint.all])
    expect(page).toContain('1970-01-01 to 1971-02-04, 400 bars')
    expect(page).toContain('adverse')
    expect(page.match(/<svg /g)).toHaveLength(2)
  })

  it('has the trades by what they have in common, folded, with headings that a person reads', () => {
    const result = backtest(prices, smaCross, config)
    const analysis = result.tradeAnalysis()
    expect(texts(page, 'summary')).toEqual(
      ['Side', 'Asset', 'Exit reason', 'Month', 'Weekday', 'Bars held'].filter(
        (label) => label !== 'Exit reason' || analysis.by('exitReason').length > 1,
      ),
    )
    expect(page.match(/<details>/g)).toHaveLength(texts(page, 'summary').length)
    const bySide = page.slice(page.indexOf('<summary>Side'), page.indexOf('</details>'))
    expect(texts(bySide, 'th')).toEqual([
      'Side',
      'Trades',
      'Win rate',
      'P&amp;L',
      'Profit factor',
      'Expectancy',
      'Average win',
      'Average loss',
      'Average bars',
    ])
    const cells = texts(bySide, 'td')
    expect([cells[0], cells[9]]).toEqual(['short', 'long'])
    expect(Number(cells[1]) + Number(cells[10])).toBe(result.summary.numTrades)
    const text = breakdownsText(analysis)
    expect(text).toMatch(/^trades by side\n\nSide +Trades +Win rate +P&L +Profit factor/)
    for (const label of texts(page, 'summary')) expect(text).toContain(`trades by ${label.toLowerCase()}\n`)
    expect(breakdownsText(backtest(market(flat(1, 2, 3)), at({})).tradeAnalysis())).toBe('no trades that differ')
  })

  it('of very many groups has those with the most trades', () => {
    const many = market(walk(900, 5, 0), {}, { step: 40 * 86_400_000 })
    const result = backtest(many, smaCross, { parameters: { fast: 2, slow: 3, direction: 'both' } })
    const months = result.tradeAnalysis().by('month').length
    expect(months).toBeGreaterThan(50)
    const html = tearSheet(result)
    expect(html).toContain(`<summary>Month, the 50 with the most trades of ${months}</summary>`)
    const table = html.slice(html.indexOf('<summary>Month'))
    expect(table.slice(0, table.indexOf('</details>')).match(/<tr>/g)).toHaveLength(51)
  })

  it('is the same for the same, names nothing outside, and no asset can break it', () => {
    expect(tearSheet(backtest(prices, smaCross, config))).toBe(page)
    expect(page).not.toContain('<b>')
    expect(page).toContain('A &amp; &lt;b&gt;')
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|src=|<script/)
  })

  it('draws Sharpe and volatility of half a year, each with its least, greatest and last value', () => {
    const result = backtest(prices, smaCross, config)
    const curve = result.equityCurve()
    expect(curve.window).toBe(183)
    for (const [name, label, unit] of [
      ['sharpe', 'Sharpe', ''],
      ['volatility', 'Volatility', 'fraction'],
    ] as const) {
      const values = [...curve.rolling(name).values(name)].filter(Number.isFinite)
      const [least, most, last] = [Math.min(...values), Math.max(...values), values[values.length - 1]].map((value) =>
        formatNumber(value, unit),
      )
      expect(texts(page, 'text')).toContain(`${label}, from ${least} to ${most}, ${last} at the end`)
    }
    expect(texts(page, 'figcaption')).toEqual(['Figures of a year, each over the last 183 periods.'])
  })

  it('leaves out what there is not', () => {
    const idle = tearSheet(backtest(market(flat(1, 2, 3)), at({})))
    expect(texts(idle, 'h2')).toEqual(['Metrics', 'Returns by month', 'Settings', 'Fingerprint'])
    expect(idle).toContain('The strategy gave no orders.')
  })
})

describe('returns by month', () => {
  it('go from the last equity of the month before to its own', () => {
    const days = ['2020-11-30', '2020-12-01', '2020-12-31', '2021-02-01', '2021-02-02']
    const years = monthlyReturns(
      days.map((day) => Date.parse(day)),
      [110, 120, 99, 90, 108],
      100,
    )
    expect([...years.keys()]).toEqual([2020, 2021])
    const close = (year: number) => years.get(year)!.map((value) => Number(value.toFixed(12)))
    const none = Number.NaN
    expect(close(2020)).toEqual([...new Array(10).fill(none), 0.1, -0.1, -0.01])
    expect(close(2021)).toEqual([
      none,
      Number((108 / 99 - 1).toFixed(12)),
      ...new Array(10).fill(none),
      Number((108 / 99 - 1).toFixed(12)),
    ])
  })

  it('are undefined where a month begins with nothing', () => {
    const time = ['2020-01-31', '2020-02-28', '2020-03-31'].map((day) => Date.parse(day))
    const [row] = monthlyReturns(time, [0, 50, 75], 100).values()
    expect(row.slice(0, 3)).toEqual([-1, Number.NaN, 0.5])
    expect(row[12]).toBe(-0.25)
    expect(monthlyReturns([], [], 100).size).toBe(0)
  })
})
