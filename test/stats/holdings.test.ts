/** Costs by kind, holdings, top positions and what goes by clocks and by stops: worked out by hand, and followed fill by fill. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { resultData, resultFrom } from '../../src/results/data.ts'
import { holdings, topPositions } from '../../src/results/holdings.ts'
import type { Result } from '../../src/results/result.ts'
import { Busy, busyMarket } from '../engine/busy.ts'
import { at, DAY, failure, flat, market, rows, strategy } from '../engine/script.ts'

const HOUR = 3_600_000
const close = (found: ArrayLike<number>, wanted: readonly number[]) => {
  expect(found.length).toBe(wanted.length)
  wanted.forEach((value, i) => {
    expect(found[i]).toBeCloseTo(value, 8)
  })
}

describe('costs', () => {
  it('are those of entries and of exits, of open positions too', () => {
    const over = market(flat(10, 10, 20, 20))
    const { tradeAnalysis } = { tradeAnalysis: (result: Result) => result.tradeAnalysis().costs }
    const result = backtest(
      over,
      at({
        0: (broker) => void broker.submitOrder({ asset: 0, quantity: 10 }),
        1: (broker) => void broker.submitOrder({ asset: 0, side: 'sell', quantity: 4 }),
      }),
      {
        commission: { type: 'per-trade', amount: 3 },
        slippage: { type: 'per-unit', amount: 0.5 },
        spread: { type: 'fixed', amount: 1 },
      },
    )
    // 10 bought at 11 (0.5 of slippage, 0.5 of the spread), 4 sold at 19.
    expect(rows(tradeAnalysis(result), 'kind', 'leg', 'cost', 'ofTraded')).toEqual([
      ['commission', 'entry', 3, 3 / 186],
      ['commission', 'exit', 3, 3 / 186],
      ['slippage', 'entry', 5, 5 / 186],
      ['slippage', 'exit', 2, 2 / 186],
      ['spread', 'entry', 5, 5 / 186],
      ['spread', 'exit', 2, 2 / 186],
    ])
  })

  it('of nothing are nothing', () => {
    const found = backtest(market(flat(1, 1)), at({})).tradeAnalysis().costs
    expect(rows(found, 'cost', 'ofTraded')).toEqual([0, 0, 0, 0].map((cost) => [cost, null]))
  })
})

it('year, month, weekday and hour go by the clocks of a zone, of the exit or of the entry', () => {
  // Bought at 2024-03-01 04:00 UTC, which is 23:00 of Thursday, 29 February in New York; sold an hour later.
  const over = market(flat(10, 10, 12, 12), {}, { from: Date.UTC(2024, 2, 1, 3), step: HOUR })
  const result = backtest(
    over,
    at({
      0: (broker) => void broker.submitOrder({ asset: 0, quantity: 1 }),
      1: (broker) => void broker.closePosition(0),
    }),
  )
  const keys = (zone: string, when: 'entry' | 'exit') => {
    const analysis = result.tradeAnalysis({ zone })
    return (['year', 'month', 'weekday', 'hour'] as const).map((by) => rows(analysis.by(by, when), by)[0][0])
  }
  expect(keys('UTC', 'entry')).toEqual([2024, '2024-03', 'Friday', 4])
  expect(keys('UTC', 'exit')).toEqual([2024, '2024-03', 'Friday', 5])
  expect(keys('America/New_York', 'entry')).toEqual([2024, '2024-02', 'Thursday', 23])
  expect(keys('America/New_York', 'exit')).toEqual([2024, '2024-03', 'Friday', 0])
})

it('R, excursions and efficiency of one trade, by hand', () => {
  // 10 bought at 100 with a stop at 95; seen 98 to 112; sold at 110.
  const over = market([
    [100, 100, 100, 100],
    [100, 104, 98, 103],
    [103, 112, 101, 108],
    [110, 110, 110, 110],
  ])
  const scripted = strategy(
    {
      onBar(bar, broker) {
        if (bar.index === 0) broker.submitOrder({ asset: 0, quantity: 10 })
        if (bar.index === 1) broker.updatePositionContext(0, { initialStop: 95 })
        if (bar.index === 2) broker.closePosition(0)
      },
    },
    { contextNames: ['initialStop'] },
  )
  const result = backtest(over, scripted)
  const { summary } = result.tradeAnalysis()
  expect(summary).toMatchObject({ expectancyR: 100 / 50, avgMfe: 0.12, avgMae: -0.02 })
  expect(summary.excursionRatio).toBeCloseTo(6, 12)
  expect(summary.entryEfficiency).toBeCloseTo(12 / 14, 12)
  expect(summary.exitEfficiency).toBeCloseTo(12 / 14, 12)
  expect(summary.totalEfficiency).toBeCloseTo(10 / 14, 12)
  expect(rows(result.tradeAnalysis().trades, 'exits', 'quantity', 'value', 'pnl', 'r')).toEqual([[1, 10, 1000, 100, 2]])
})

it('a result from data has the same analysis', () => {
  const over = busyMarket(150)
  for (const lots of ['average', 'fifo'] as const) {
    const result = backtest(over, Busy, { commission: 0.001, lots })
    const again = resultFrom(structuredClone(resultData(result)))
    for (const per of ['exit', 'roundTrip', undefined] as const) {
      const [one, other] = [result.tradeAnalysis({ per }), again.tradeAnalysis({ per, market: over })]
      expect(other.summary).toEqual(one.summary)
      expect([...other.by('asset')]).toEqual([...one.by('asset')])
      expect([...other.trades]).toEqual([...one.trades])
      expect([...other.costs]).toEqual([...one.costs])
    }
    expect(again.figure('sqn')).toBe(result.tradeAnalysis().summary.sqn)
    expect([...holdings(again, over)]).toEqual([...holdings(result, over)])
  }
})

describe('holdings', () => {
  it('are what the fills have left at the close of each bar, on random runs', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), (seed, salt) => {
        const over = busyMarket(80, seed)
        try {
          const result = backtest(over, Busy, { parameters: { salt } })
          const { fills, assets, equity } = result
          const found = holdings(result, over)
          const parts = assets.map(() => [] as number[])
          const wanted = Array.from(equity, (worth, bar) => {
            const values = assets.map((_, asset) => {
              let [units, mark] = [0, 0]
              for (let i = 0; i < fills.length; i++)
                if (fills.values('asset')[i] === asset && fills.values('bar')[i] <= bar)
                  units += (fills.values('side')[i] === 1 ? 1 : -1) * fills.values('quantity')[i]
              for (let b = 0; b <= bar; b++)
                if (!Number.isNaN(over.close[b * 3 + asset])) mark = over.close[b * 3 + asset]
              if (units !== 0) parts[asset].push((units * mark) / worth)
              return units * mark
            })
            const sum = (list: number[]) => list.reduce((total, x) => total + x, 0)
            return [
              values.filter((x) => x !== 0).length,
              sum(values.filter((x) => x > 0)),
              sum(values.filter((x) => x < 0)),
            ]
          })
          close(
            found.values('positions'),
            wanted.map(([n]) => n),
          )
          close(
            found.values('long'),
            wanted.map(([, long]) => long),
          )
          close(
            found.values('short'),
            wanted.map(([, , short]) => short),
          )
          // What is held and the cash are the equity, while no price was missing at a mark.
          const top = topPositions(result, over)
          const most = (asset: number) => Math.max(...parts[asset].map(Math.abs))
          const order = [0, 1, 2].filter((asset) => parts[asset].length > 0).sort((a, b) => most(b) - most(a))
          expect([...top.values('asset')]).toEqual(order)
          close(
            top.values('mostLong'),
            order.map((asset) => Math.max(0, ...parts[asset])),
          )
          close(
            top.values('mostShort'),
            order.map((asset) => Math.min(0, ...parts[asset])),
          )
          close(
            top.values('mean'),
            order.map((asset) => parts[asset].reduce((total, x) => total + Math.abs(x), 0) / parts[asset].length),
          )
          close(
            top.values('bars'),
            order.map((asset) => parts[asset].length),
          )
          expect(topPositions(result, over, 1).length).toBe(Math.min(1, order.length))
        } finally {
          over.release()
        }
      }),
      { numRuns: 25 },
    )
  })

  it('of another market are refused', () => {
    const result = backtest(market(flat(1, 2, 3)), at({}))
    const other = market({ B: flat(1, 2, 3) })
    const later = market(flat(1, 2, 3), {}, { from: DAY })
    expect(failure(() => holdings(result, other)).message).toMatch(
      /^holdings: the market of the run expected, with assets \["A"\]/,
    )
    expect(failure(() => topPositions(result, later)).message).toMatch(
      /^top positions: the market of the run expected, with a bar 0/,
    )
    expect(failure(() => topPositions(result, other, 0)).message).toMatch(/a whole number above 0 expected, found 0/)
    expect(failure(() => holdings({} as never, other)).code).toBe('invalid_value')
    expect(failure(() => holdings(result, {} as never)).code).toBe('invalid_value')
  })
})
