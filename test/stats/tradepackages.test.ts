/** The same figures of trades as pyfolio, backtesting.py and quantstats (bench/peers/record_trades.py). */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { Market } from '../../src/market/market.ts'
import { at, DAY } from '../engine/script.ts'

interface Case {
  name: string
  start: number
  prices: number[]
  /** Day at whose price they fill, and signed units. */
  orders: [number, number][]
  figures: { who: string; name: string; side: 'long' | 'short' | null; value: number | null }[]
}

const { versions, cases } = JSON.parse(
  gunzipSync(readFileSync(new URL('trades.json.gz', import.meta.url))).toString(),
) as { versions: Record<string, string>; cases: Case[] }

function analysisOf({ start, prices, orders }: Case) {
  const market = Market.from({
    assets: ['A'],
    time: prices.map((_, day) => start + day * DAY),
    close: prices,
    open: prices,
  })
  const steps = Object.fromEntries(
    orders.map(([day, units]) => [
      day - 1,
      (broker: Parameters<Parameters<typeof at>[0][number]>[0]) =>
        void broker.submitOrder({ asset: 0, side: units > 0 ? 'buy' : 'sell', quantity: Math.abs(units) }),
    ]),
  )
  const result = backtest(market, at(steps), { account: 'unlimited', cash: 1e7 })
  return { result, analysis: result.tradeAnalysis({ per: 'exit' }) }
}

it('the recording is of the versions that it says', () => {
  expect(versions).toEqual({ quantstats: '0.0.86', 'pyfolio-reloaded': '0.10.1', backtesting: '0.6.6' })
})

describe.each(cases)('$name', (one) => {
  const { result, analysis } = analysisOf(one)
  const sides = analysis.by('side')

  it.each(one.figures)('$who: $name $side', ({ name, side, value }) => {
    if (side === null) return expectNear(analysis.figure(name), value)
    // A breakdown has fewer figures; what it lacks is made of what it has.
    const row = [...sides].find((group) => group.side === side)
    const of = (field: string) => row?.[field] as number
    if (name === 'payoff') return expectNear(of('avgWin') / -of('avgLoss'), value)
    if (name === 'grossProfit') return expectNear(of('avgWin') * of('winningTrades'), value)
    expectNear(of(name), value)
  })

  it('round trips are fewer where positions are sold in parts, and bring the same', () => {
    const { summary } = result.tradeAnalysis()
    expect(summary.numTrades < analysis.summary.numTrades).toBe(
      one.name === 'sold in parts' || one.name === 'all of it' || one.name === 'few',
    )
    expectNear(summary.pnl, analysis.summary.pnl)
  })
})

function expectNear(found: number, value: number | null): void {
  if (value === null) expect(found).toBeNaN()
  else expect(Math.abs(found - value)).toBeLessThanOrEqual(1e-10 * Math.max(1, Math.abs(value)))
}
