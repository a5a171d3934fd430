/** What a day may lose (semantics 6.13), over bars of parts of a day, by the clocks of a zone. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { Market } from '../../src/market/market.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import { defineSignals } from '../../src/strategy/strategy.ts'
import { inProcess } from '../cli/inprocess.ts'
import { at, DAY, failure, market, rows, textOf, walk } from './script.ts'

const HOUR = 3_600_000

/** Bars of one price each, so many hours apart from a time on. */
function hourly(prices: readonly number[], from: number, hours = 6): Market {
  const column = () => Float64Array.from(prices)
  const time = Float64Array.from(prices, (_, bar) => from + bar * hours * HOUR)
  return Market.from({
    assets: ['A'],
    time,
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  })
}

const buyAt = (...bars: number[]) =>
  at(
    Object.fromEntries(
      bars.map((bar) => [bar, (broker) => broker.submitOrder({ asset: 0, side: 'buy', quantity: 1 })]),
    ),
  )

describe('a loss of the day', () => {
  // Four bars a day. 10 units from bar 1 on; at the close of bar 5 the second day has lost 30 of the 1020 that it began with.
  const prices = [100, 100, 101, 102, 102, 99, 103, 103, 103, 103]
  const entries = at({
    0: (broker) => broker.submitOrder({ asset: 0, side: 'buy', quantity: 10 }),
    4: (broker) => broker.submitOrder({ asset: 0, side: 'buy', quantity: 1 }),
    5: (broker) => broker.submitOrder({ asset: 0, side: 'buy', quantity: 2 }),
    6: (broker) => broker.submitOrder({ asset: 0, side: 'buy', quantity: 3 }),
    7: (broker) => broker.submitOrder({ asset: 0, side: 'buy', quantity: 4 }),
  })
  const run = (config: BacktestConfig, from = 0) =>
    rows(
      backtest(hourly(prices, from), entries, { account: 'unlimited', cash: 1000, ...config }).orders,
      'filledQuantity',
      'status',
      'reason',
    )
  const filled = (quantity: number) => [quantity, 'filled', null]
  const refused = [0, 'rejected', 'loss_a_day']

  it('refuses entries from its close on until the next day, whatever the equity does', () => {
    // The 1 of bar 4 is bought at 99 and loses nothing: 1020 - 10 * 3 is left.
    const all = [filled(10), filled(1), refused, refused, filled(4)]
    expect(run({ lossADay: { type: 'amount', amount: 30 } })).toEqual(all)
    expect(run({ lossADay: { type: 'fraction', fraction: 30 / 1020 } })).toEqual(all)
    expect(run({ lossADay: { type: 'amount', amount: 30.01 } })).toEqual([10, 1, 2, 3, 4].map(filled))
  })

  it('counts by the clocks of its zone', () => {
    // Twelve hours ahead bar 2 begins a day at 1010 (equity of bar 1: 1000), so 30 below is not reached at bar 5.
    const lossADay = { type: 'amount' as const, amount: 30 }
    expect(run({ lossADay: { ...lossADay, zone: '+12:00' } })).toEqual([10, 1, 2, 3, 4].map(filled))
    expect(run({ lossADay: { ...lossADay, zone: 'UTC' } }, 12 * HOUR)).toEqual([10, 1, 2, 3, 4].map(filled))
  })

  it('closes all where it is asked to, at the next open', () => {
    const config: BacktestConfig = { account: 'unlimited', cash: 1000 }
    const result = backtest(hourly(prices, 0), entries, {
      ...config,
      lossADay: { type: 'amount', amount: 30, action: 'close' },
    })
    expect(rows(result.fills, 'bar', 'side', 'quantity', 'price', 'reason')).toEqual([
      [1, 'buy', 10, 100, 'order'],
      [5, 'buy', 1, 99, 'order'],
      [6, 'sell', 11, 103, 'halt'],
      [8, 'buy', 4, 103, 'order'],
    ])
  })

  it('knows when clocks change', () => {
    // New York, 2024-11-03: 25 hours. Midnight is 04:00 UTC before and 05:00 after. Hourly bars from 03:00 UTC on the third.
    const from = Date.UTC(2024, 10, 3, 3)
    const bars = 28
    const prices = Array.from({ length: bars }, (_, bar) => (bar < 3 ? 100 : 80))
    const zone = 'America/New_York'
    // Bars 1 to 25 are the third of November: what is lost at bar 3 lasts for it.
    const buys = [0, ...Array.from({ length: bars - 2 }, (_, i) => i + 1)]
    const result = backtest(hourly(prices, from, 1), buyAt(...buys), {
      cash: 1e6,
      account: 'unlimited',
      lossADay: { type: 'amount', amount: 20, zone },
    })
    const found = rows(result.orders, 'reason').flat()
    // Bought with the order of bar 2 at the open of 3; from the order of bar 3, for 4, on until that for bar 26, the fourth.
    expect(found.slice(0, 27)).toEqual([...Array(3).fill(null), ...Array(22).fill('loss_a_day'), null, null])
  })

  it('is the same for signals, snapshots, windows and metrics alone; refuses at the same close where bars are days', () => {
    const prices = market(walk(200, 9))
    const target = Array.from({ length: 200 }, (_, bar) => ((bar * 7) % 5) - 2)
    const config: BacktestConfig = { timing: 'same-close', lossADay: { type: 'amount', amount: 1 } }
    const signals = defineSignals({
      name: 's',
      signals: () => ({ targetPosition: target, sizeType: 'units' as const }),
    })
    const hooks = at(
      Object.fromEntries(target.map((goal, bar) => [bar, (broker) => broker.orderTargetQuantity(0, goal)])),
    )
    const whole = backtest(prices, signals, config)
    expect(rows(whole.orders, 'reason').filter(([reason]) => reason === 'loss_a_day').length).toBeGreaterThan(10)
    const run = openRun(prices, hooks, config)
    for (let i = 0; i < 77; i++) run.advance()
    const restored = openRun(prices, hooks, config).restore(run.snapshot())
    expect(textOf(restored.toEnd().result())).toBe(textOf(run.toEnd().result()))
    run.back(60)
    expect(textOf(run.toEnd().result())).toBe(textOf(restored.result()))
    const late = { ...config, from: 50 * DAY }
    expect(textOf(backtest(prices, hooks, late))).toBe(textOf(openRun(prices, hooks, late).toEnd().result()))
  })

  it.each([
    [{ type: 'fraction' }, /lossADay.fraction: a fraction above 0 and below 1/],
    [{ type: 'fraction', fraction: 1 }, /lossADay.fraction/],
    [{ type: 'amount', amount: 0 }, /lossADay.amount: a finite number above 0, in currency/],
    [{ type: 'amount', amount: Number.POSITIVE_INFINITY }, /lossADay.amount/],
    [{ type: 'amount', amount: 5, action: 'sell' }, /lossADay.action: one of 'refuse', 'close'/],
    [{ type: 'amount', amount: 5, zone: 'Newyork' }, /lossADay.zone: .*Did you mean America.New_York/],
    [{ type: 'amount', amount: 5, zone: 5 }, /lossADay.zone: a time zone expected, found 5/],
    [0.05, /lossADay: a type with a fraction or an amount expected, found 0.05/],
  ])('given as %j is an error', (lossADay, words) => {
    const error = failure(() => backtest(hourly([1, 2], 0), buyAt(), { lossADay: lossADay as never }))
    expect(error.message).toMatch(words)
  })

  it('is an option of the command line', async () => {
    const { status, stderr } = await inProcess(
      'run',
      '--data',
      'none.csv',
      '--strategy',
      'sma-cross',
      '--loss-a-day',
      'fraction:2%:close:Nowhere',
    )
    expect([status === 0, /zone|Nowhere|none.csv/.test(stderr)]).toEqual([false, true])
  })
})
