/** Windows: what is traded, what is seen, what is refused (semantics 9.3). */
import { describe, expect, it } from 'vitest'
import * as L from '../../assembly/layout.ts'
import { backtest } from '../../src/backtest.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { resultOf } from '../../src/engine/openrun.ts'
import { SmaCross, smaCross } from '../../src/index.ts'
import { getEngine } from '../../src/kernel/load.ts'
import { type BacktestConfig, prepare } from '../../src/prepare.ts'
import { defineSignals, Strategy } from '../../src/strategy/strategy.ts'
import { Busy, busyMarket } from './busy.ts'
import { DAY, failure, flat, market, rows, strategy, textOf, walk } from './script.ts'

const prices = busyMarket(160)
const long = market(walk(900, 7, 0))

describe('a window', () => {
  it('calls no hook before it, and decides first at the close of its first bar', () => {
    const bars: number[] = []
    const heard: string[] = []
    const watch = strategy({
      onStart() {
        heard.push('start')
      },
      onBar(bar, broker) {
        bars.push(bar.index)
        if (bar.index === 10) broker.orderTargetQuantity(0, 1)
      },
      onFill(fill) {
        heard.push(`fill ${fill.bar}`)
      },
    })
    const result = backtest(long, watch, { from: 10 * DAY, to: 15 * DAY })
    expect(bars).toEqual([10, 11, 12, 13, 14])
    expect(heard).toEqual(['start', 'fill 11'])
    expect(Array.from(result.time)).toEqual([10, 11, 12, 13, 14].map((bar) => bar * DAY))
    expect(result.firstBar).toBe(10)
    expect(result.equity.length).toBe(5)
    expect(rows(result.fills, 'bar', 'time')).toEqual([[11, '1970-01-12T00:00:00.000Z']])
    expect(rows(result.openPositions, 'entryBar', 'entryTime', 'barsHeld')).toEqual([
      [11, '1970-01-12T00:00:00.000Z', 3],
    ])
  })

  it('lets indicators, bars and signals see what came before it', () => {
    const seen: number[] = []
    class Looks extends Strategy {
      override onStart(): void {
        const average = this.indicator('sma', { length: 3 })
        seen.push(average.value())
        this.state = average
      }
      override onBar(bar: { index: number; value(s: string, a: number, ago: number): number }): void {
        seen.push((this.state as { value(): number }).value(), bar.value('close', 0, 200))
      }
    }
    backtest(long, Looks, { from: 200 * DAY, to: 201 * DAY })
    const { close } = long
    const average = (bar: number) => (close[bar - 2] + close[bar - 1] + close[bar]) / 3
    expect(seen[0]).toBeCloseTo(average(199), 10)
    expect(seen[1]).toBeCloseTo(average(200), 10)
    expect(seen[2]).toBe(close[0])
  })

  it('has the first decisions of the whole run, as long as that one is flat', () => {
    for (const input of [SmaCross, smaCross]) {
      const config = { parameters: { fast: 5, slow: 200 }, size: { type: 'units', amount: 1 } } as const
      const whole = backtest(long, input, config)
      const entry = rows(whole.fills, 'bar')[0][0] as number
      // A slice would begin with 199 bars of nothing.
      const cut = backtest(long, input, { ...config, from: (entry - 1) * DAY })
      expect(rows(cut.fills, 'bar', 'price')[0]).toEqual(rows(whole.fills, 'bar', 'price')[0])
      expect(rows(cut.trades, 'exitBar', 'pnl')).toEqual(rows(whole.trades, 'exitBar', 'pnl'))
    }
  })

  it('that is the whole market gives the bytes of none', () => {
    for (const input of [Busy, smaCross]) {
      const none = backtest(prices, input)
      for (const window of [{ from: 0 }, { to: 160 * DAY }, { from: '1970-01-01', to: new Date(1e12) }]) {
        const all = backtest(prices, input, window)
        expect(textOf(all)).toBe(textOf(none))
        expect(all.fingerprint).toEqual(none.fingerprint)
        expect(all.settings).toEqual(none.settings)
      }
    }
  })

  it('stands in the fingerprint as the bars it has, however they were named', () => {
    const named: BacktestConfig[] = [
      { from: 40 * DAY, to: 90 * DAY },
      { from: '1970-02-10', to: '1970-04-01T00:00Z' },
      { from: new Date(39.5 * DAY), to: 89.1 * DAY },
    ]
    const results = named.map((window) => backtest(prices, Busy, window))
    expect(new Set(results.map(({ fingerprint }) => fingerprint.all)).size).toBe(1)
    expect(results[0].fingerprint.config).not.toBe(backtest(prices, Busy).fingerprint.config)
    expect(results[0].settings).toMatchObject({
      window: { from: '1970-02-10T00:00:00.000Z', to: '1970-04-01T00:00:00.000Z' },
    })
    expect(backtest(prices, Busy, { from: 40 * DAY }).settings).toMatchObject({ window: { to: null } })
  })

  it('marks assets with what they last cost before it', () => {
    const holed = market({
      A: flat(10, 11, 12, 13),
      B: [[5, 5, 5, 5], null, null, [6, 6, 6, 6]],
      C: [null, null, null, [1, 1, 1, 1]],
    })
    const orders = strategy({
      onBar(bar, broker) {
        if (bar.index === 2)
          for (const asset of [1, 2])
            broker.submitOrder({ asset, quantity: 1, side: 'sell', type: 'trailing-stop', trailAmount: 1 })
        if (bar.index === 2) seen = broker.getPendingOrders().map(({ id }) => id)
      },
    })
    let seen: number[] = []
    const run = openRun(holed, orders, { from: 2 * DAY })
    run.advance()
    expect(seen).toEqual([1, 2])
    expect(Array.from(run.lane.column(L.RUN_MARKS))).toEqual([12, 5, Number.NaN])
    run.release()
  })

  it('returns of holding are those of the window', () => {
    const four = market(flat(10, 20, 30, 60))
    const { summary } = backtest(four, strategy({}), { from: DAY, to: 3 * DAY })
    expect(summary.buyAndHoldReturn).toBe(0.5)
  })

  it('goes with band, verify, sweeps and steps', () => {
    const window = { from: 40 * DAY, to: 120 * DAY }
    const plain = backtest(prices, Busy, window)
    const banded = backtest(prices, Busy, { ...window, band: true })
    expect(banded.band?.adverse.finalValue).toBe(plain.summary.finalValue)
    backtest(prices, Busy, { ...window, verify: 'lookahead' })
    backtest(prices, Busy, { ...window, verify: 'snapshot' })
    backtest(prices, smaCross, { ...window, verify: 'lookahead', parameters: { fast: 3, slow: 9 } })
    const run = openRun(prices, Busy, window)
    expect(run.bar).toBe(39)
    run.advance()
    expect(run.bar).toBe(40)
    expect(resultOf(run).equity.length).toBe(1)
    expect(textOf(resultOf(run.toEnd()))).toBe(textOf(plain))
    run.release()
    const runner = prepare(long, smaCross, window)
    const sets = [
      { fast: 3, slow: 9 },
      { fast: 4, slow: 30 },
      { fast: 2, slow: 50 },
    ]
    runner.metricsOf(sets, (at, found) => {
      expect(Array.from(found as Float64Array)).toEqual(Array.from(runner.run(sets[at]).metrics))
    })
    runner.release()
  })

  it('catches who reads the future of a window', () => {
    const cheat = defineSignals({
      name: 'cheat',
      signals: ({ market: { close } }) => ({
        entries: Array.from(close, (price, i) => close[i + 1] > price),
        exits: Array.from(close, (price, i) => close[i + 1] < price),
      }),
    })
    const error = failure(() => backtest(long, cheat, { from: 300 * DAY, to: 500 * DAY, verify: 'lookahead' }))
    expect(error.code).toBe('verification_failed')
    expect(error.place.bar).toBeGreaterThanOrEqual(300)
    expect(error.place.bar).toBeLessThan(500)
  })

  it('gives its memory back', () => {
    const { arena } = getEngine()
    backtest(prices, Busy, { from: 10 * DAY })
    const before = arena.bytesHeld
    backtest(prices, Busy, { from: 11 * DAY, to: 50 * DAY })
    expect(arena.bytesHeld).toBe(before)
  })
})

describe('a wrong window', () => {
  const range = /market of 160 bars from 1970-01-01T00:00:00.000Z to 1970-06-09T00:00:00.000Z/
  it.each([
    [{ from: 160 * DAY }],
    [{ to: 0 }],
    [{ from: '1970-03-02', to: '1970-03-01' }],
    [{ from: 20.1 * DAY, to: 20.9 * DAY }],
    [{ from: 5 * DAY, to: 5 * DAY }],
    [{ from: Number.POSITIVE_INFINITY }],
  ])('%j has no bar, and the error says what there is', (window) => {
    for (const call of [backtest, openRun, prepare]) {
      const error = failure(() => call(prices, Busy, window))
      expect(error.code).toBe('invalid_value')
      expect(error.message).toMatch(range)
    }
  })

  it.each([
    [{ from: 'yesterday' }],
    [{ to: Number.NaN }],
    [{ from: new Date('x') }],
    [{ from: {} }],
    [{ to: true }],
    [{ from: 10n }],
  ])('%o names no moment', (window) => {
    const error = failure(() => backtest(prices, Busy, window as never))
    expect(error.code).toBe('invalid_value')
    expect(error.message).toMatch(/window: (from|to) must be milliseconds UTC, ISO 8601 or a Date/)
  })
})
