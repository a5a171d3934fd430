/** Edge ratios against their definition, on random runs and by hand. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import type { Market } from '../../src/market/market.ts'
import { resultData, resultFrom } from '../../src/results/data.ts'
import type { Result } from '../../src/results/result.ts'
import { Busy, busyMarket } from '../engine/busy.ts'
import { at, failure, flat, market, rows } from '../engine/script.ts'

interface Edge {
  window: number
  entries: number
  favourable: number
  adverse: number
  edgeRatio: number
}

/** The bars of an asset, as triggers see them (1.3). */
function barsOf(over: Market, asset: number) {
  return Array.from({ length: over.bars }, (_, bar) => {
    const [open, high, low, close] = [over.open, over.high, over.low, over.close].map(
      (panel) => panel[bar * over.assetCount + asset],
    )
    return { bar, close, high: Math.max(open, high, low, close), low: Math.min(open, high, low, close) }
  }).filter(({ close }) => !Number.isNaN(close))
}

/** From the definition: entries one by one, each with the bars of its asset. */
function edgeOf(result: Result, over: Market, window: number, range: number, lots: boolean): Edge {
  const { fills, firstBar, equity } = result
  const [last, held] = [firstBar + equity.length, new Map<number, number>()]
  const found: { up: number; down: number }[] = []
  for (const fill of fills) {
    const asset = over.assets.indexOf(fill.asset as string)
    const before = held.get(asset) ?? 0
    const units = (fill.side === 'buy' ? 1 : -1) * (fill.quantity as number)
    held.set(asset, before + units)
    if (before !== 0 && !(lots && before * units > 0)) continue
    const bars = barsOf(over, asset)
    const place = bars.findIndex(({ bar }) => bar === fill.bar)
    const first = fill.phase === 'open' ? place : place + 1
    const closed = bars.slice(0, fill.phase === 'close' ? place + 1 : place)
    const ranges = closed.map(({ high, low }, i) =>
      i === 0 ? high - low : Math.max(high, closed[i - 1].close) - Math.min(low, closed[i - 1].close),
    )
    const lately = ranges.slice(-range)
    const atr = lately.reduce((sum, x) => sum + x, 0) / lately.length
    const after = bars.slice(first, first + window).filter(({ bar }) => bar < last)
    if (!(atr > 0) || after.length < window) continue
    const moves = after.flatMap(({ high, low }) =>
      [high, low].map((price) => (price - (fill.price as number)) * Math.sign(units)),
    )
    found.push({ up: Math.max(0, ...moves) / atr, down: Math.max(0, ...moves.map((move) => -move)) / atr })
  }
  const mean = (values: number[]) =>
    values.length > 0 ? values.reduce((sum, x) => sum + x, 0) / values.length : Number.NaN
  const [favourable, adverse] = [mean(found.map(({ up }) => up)), mean(found.map(({ down }) => down))]
  const edgeRatio = adverse > 0 ? favourable / adverse : Number.NaN
  return { window, entries: found.length, favourable, adverse: -adverse, edgeRatio }
}

function expectEdges(found: Iterable<Record<string, unknown>>, wanted: readonly Edge[]): void {
  const list = [...found]
  expect(list.length).toBe(wanted.length)
  wanted.forEach((edge, i) => {
    for (const [name, value] of Object.entries(edge))
      if (Number.isNaN(value)) expect(list[i][name], name).toBeNull()
      else
        expect(Math.abs((list[i][name] as number) - value), name).toBeLessThanOrEqual(
          1e-12 * Math.max(1, Math.abs(value)),
        )
  })
}

describe('edge ratios', () => {
  it('are what the bars after each entry say, on random runs with gaps, shorts, lots and entries near the end', () => {
    let counted = 0
    const phases = new Set<unknown>()
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.nat(1e6),
        fc.boolean(),
        fc.constantFrom('next-open', 'next-close', 'same-close'),
        fc.integer({ min: 1, max: 30 }),
        (seed, salt, lots, timing, range) => {
          const over = busyMarket(70, seed)
          try {
            const config = { timing, lots: lots ? 'fifo' : 'average' } as const
            const result = backtest(over, Busy, {
              parameters: { salt },
              ...config,
              from: over.time[5],
              to: over.time[66],
            })
            const windows = [3, 1, 12, 3]
            const found = [...result.tradeAnalysis().edgeRatios(windows, { range })]
            expectEdges(
              found,
              [1, 3, 12].map((window) => edgeOf(result, over, window, range, lots)),
            )
            counted += found[2].entries as number
            for (const { phase } of result.fills) phases.add(phase)
            const usual = edgeOf(result, over, 20, 20, lots).edgeRatio
            const figure = result.figure('edgeRatio')
            if (Number.isNaN(usual)) expect(figure).toBeNaN()
            else expect(figure).toBeCloseTo(usual, 10)
          } finally {
            over.release()
          }
        },
      ),
      { numRuns: 60 },
    )
    expect(counted).toBeGreaterThan(300)
    expect([...phases].sort()).toEqual(['close', 'open', 'range'])
  })

  it('of one short, by hand; what is open counts, and what the data end in does not', () => {
    // Ranges of 4 before the entry at 100; then 103 and 96, 98 and 90.
    const over = market([
      [100, 102, 98, 100],
      [100, 102, 98, 100],
      [100, 103, 96, 97],
      [97, 98, 90, 91],
    ])
    const result = backtest(
      over,
      at({ 1: (broker) => void broker.submitOrder({ asset: 0, side: 'sell', quantity: 1 }) }),
    )
    const table = result.tradeAnalysis().edgeRatios([1, 2, 3])
    expect(rows(table, 'window', 'entries', 'favourable', 'adverse', 'edgeRatio')).toEqual([
      [1, 1, 1, -0.75, 1 / 0.75],
      [2, 1, 2.5, -0.75, 2.5 / 0.75],
      [3, 0, null, null, null],
    ])
    expect(result.figure('edgeRatio')).toBeNaN()
  })

  it('of prices that never move, of the first bar and of no trades are undefined', () => {
    const buy = at({ 0: (broker) => void broker.submitOrder({ asset: 0, quantity: 1 }) })
    for (const result of [
      backtest(market(flat(5, 5, 5, 5)), buy),
      backtest(market(flat(5)), buy),
      backtest(market(flat(1, 2)), at({})),
    ])
      expect(rows(result.tradeAnalysis().edgeRatios([1]), 'entries', 'edgeRatio')).toEqual([[0, null]])
  })

  it('are the same of prices a billion times as small or large', () => {
    const prices = [100, 101, 99, 104, 103, 98, 97, 99, 105, 104]
    const ratios = [1e-8, 1, 1e12].map((times) => {
      const over = market(
        prices.map((p) => [p, p + 2, p - 1, p].map((x) => x * times) as [number, number, number, number]),
      )
      const units = 1 / times
      const script = at({ 2: (broker) => void broker.submitOrder({ asset: 0, quantity: units }) })
      return backtest(over, script).tradeAnalysis().edgeRatios([2, 5]).values('edgeRatio')
    })
    for (const found of ratios) for (let i = 0; i < 2; i++) expect(found[i]).toBeCloseTo(ratios[1][i], 9)
    expect(ratios[1][1]).toBeGreaterThan(0)
  })

  it('need the market, which a result from data is given', () => {
    const over = busyMarket(120)
    const result = backtest(over, Busy)
    const again = resultFrom(structuredClone(resultData(result)))
    expect(again.figure('edgeRatio')).toBeNaN()
    expect(again.figure('edgeRatio', { market: over })).toBe(result.figure('edgeRatio'))
    expect([...again.tradeAnalysis({ market: over }).edgeRatios()]).toEqual([...result.tradeAnalysis().edgeRatios()])
    expect(failure(() => again.tradeAnalysis().edgeRatios())).toMatchObject({
      code: 'invalid_value',
      message: expect.stringMatching(/^edge ratios: the market of the run is needed, found none/),
    })
    expect(failure(() => again.tradeAnalysis({ market: busyMarket(60) })).message).toMatch(
      /the market of the run expected/,
    )
    expect(failure(() => again.tradeAnalysis({ market: 5 as never })).code).toBe('invalid_value')
  })

  it.each([
    [[], {}, 'a list of windows expected'],
    [7, {}, 'a list of windows expected'],
    [[0], {}, 'a window must be a whole number of bars from 1 to 10000, found 0'],
    [[2.5], {}, 'found 2.5'],
    [[Number.NaN], {}, 'found NaN'],
    [['3'], {}, 'found "3"'],
    [[5], { range: 0 }, 'range must be a whole number'],
    [[5], null, 'options expected, found null'],
    [[5], { length: 3 }, '"length" is not an option'],
  ] as const)('refuse %j, %j', (windows, options, message) => {
    const result = backtest(market(flat(1, 2)), at({}))
    expect(failure(() => result.tradeAnalysis().edgeRatios(windows as never, options as never)).message).toContain(
      message,
    )
  })
})
