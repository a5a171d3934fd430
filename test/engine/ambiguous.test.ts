/** The table of ambiguous bars (semantics 5.7): which they are, in which order, and through all that runs can do. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { decodeSnapshot, encodeSnapshot } from '../../src/engine/snapshot.ts'
import { type BacktestConfig, prepare } from '../../src/prepare.ts'
import type { Result } from '../../src/results/result.ts'
import { Busy, busyMarket } from './busy.ts'
import { DAY, market, type Row, rows, strategy, textOf } from './script.ts'

const calm: Row = [100, 100, 100, 100]
const wild: Row = [100, 111, 89, 100]
const both: BacktestConfig = {
  rules: [
    { type: 'stop', distance: 0.1 },
    { type: 'target', distance: 0.1 },
  ],
}
/** Buys every asset whenever it is flat. */
const always = strategy({
  onBar(bar, broker) {
    for (let asset = 0; asset < bar.close.length; asset++)
      if (broker.getQuantity(asset) === 0) broker.submitOrder({ asset, quantity: 1 })
  },
})
const named = (result: Result) => rows(result.ambiguousBars, 'time', 'bar', 'asset')
const day = (bar: number) => new Date(bar * DAY).toISOString()

/** That the table says what the totals, the fills and the trades say. */
function agrees(result: Result): void {
  const { ambiguousBars, fills, trades } = result
  expect(ambiguousBars.length).toBe(result.summary.ambiguousBars)
  const known = new Set(rows(ambiguousBars, 'bar', 'asset').map(String))
  expect(known.size).toBe(ambiguousBars.length)
  for (const [bar, asset, flag] of rows(fills, 'bar', 'asset', 'ambiguous'))
    if (flag) expect(known, `fill at ${bar}`).toContain(String([bar, asset]))
  for (const { asset, entryBar, exitBar, ambiguous } of trades)
    if (ambiguous) expect(known.has(String([entryBar, asset])) || known.has(String([exitBar, asset]))).toBe(true)
  const bars = ambiguousBars.values('bar')
  const times = ambiguousBars.values('time')
  for (let row = 0; row < bars.length; row++) {
    expect(times[row]).toBe(result.time[bars[row] - result.firstBar])
    if (row > 0) expect(bars[row]).toBeGreaterThanOrEqual(bars[row - 1])
  }
}

describe('ambiguous bars', () => {
  const prices = market({ A: [calm, wild, calm, wild, calm], B: [calm, wild, null, wild, wild] })

  it('are named with their time and asset, in the order in which they happened', () => {
    const result = backtest(prices, always, both)
    expect(named(result)).toEqual([
      [day(1), 1, 'A'],
      [day(1), 1, 'B'],
      [day(3), 3, 'A'],
      [day(3), 3, 'B'],
      [day(4), 4, 'B'],
    ])
    expect(result.ambiguousBars).toBe(result.ambiguousBars)
    agrees(result)
    expect(named(backtest(market([calm, calm, calm]), always, both))).toEqual([])
  })

  it('of a window have the numbers and times of the market', () => {
    const result = backtest(prices, always, { ...both, from: DAY, to: 4 * DAY })
    expect(named(result)).toEqual([
      [day(3), 3, 'A'],
      [day(3), 3, 'B'],
    ])
    agrees(result)
  })

  it('of a run that goes on are those so far, also after going back', () => {
    const run = openRun(prices, always, both)
    const seen: number[] = []
    while (run.advance()) seen.push(run.result().ambiguousBars.length)
    expect(seen).toEqual([0, 2, 2, 4, 5])
    const whole = textOf(run.result())
    run.back(3)
    expect(named(run.result())).toEqual([
      [day(1), 1, 'A'],
      [day(1), 1, 'B'],
    ])
    run.back(1)
    expect(run.result().ambiguousBars.length).toBe(0)
    run.toEnd()
    expect(textOf(run.result())).toBe(whole)
    run.release()
  })

  it('are as many as are counted, in runs of every kind, also where the table is full many times', () => {
    const long = busyMarket(6000, 3)
    const config: BacktestConfig = {
      rules: [
        { type: 'stop', distance: 0.004 },
        { type: 'target', distance: 0.004 },
      ],
      account: 'unlimited',
    }
    const result = backtest(long, Busy, config)
    agrees(result)
    expect(result.ambiguousBars.length).toBeGreaterThan(1000)
    const entries = Float64Array.from({ length: long.bars * 3 }, (_, i) => Number(i % 4 === 0))
    const signals = backtest(long, { entries }, config)
    agrees(signals)
    expect(signals.ambiguousBars.length).toBeGreaterThan(1000)
    // A runner whose memory is used again.
    const runner = prepare(long, Busy, config)
    runner.metrics({ length: 9 })
    expect(textOf(runner.run({}))).toBe(textOf(result))
    runner.release()
  })

  it('go through snapshots, files and forks', () => {
    const long = busyMarket(1200, 5)
    const config: BacktestConfig = {
      rules: [
        { type: 'stop', distance: 0.004 },
        { type: 'target', distance: 0.004 },
      ],
      account: 'unlimited',
    }
    const whole = openRun(long, Busy, config).toEnd().result()
    const run = openRun(long, Busy, config)
    while (run.bar < 700) run.advance()
    const sofar = named(run.result())
    expect(sofar.length).toBeGreaterThan(300)
    const restored = openRun(long, Busy, config).restore(decodeSnapshot(encodeSnapshot(run.snapshot())))
    expect(named(restored.result())).toEqual(sofar)
    for (const one of [run, restored]) {
      expect(textOf(one.toEnd().result())).toBe(textOf(whole))
      one.back(600)
      const early = one.result()
      agrees(early)
      expect(named(early)).toEqual(named(whole).slice(0, early.ambiguousBars.length))
      expect(textOf(one.toEnd().result())).toBe(textOf(whole))
      one.release()
    }
    agrees(whole)
  })
})
