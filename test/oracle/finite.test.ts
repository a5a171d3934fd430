/** Numbers that leave the finite range end the run (1.8); steps that are finer than doubles (3.2). */
import { describe, expect, test } from 'vitest'
import type { BrokerSettings } from '../../src/settings/settings.ts'
import { runOracle } from './broker.ts'
import { ends, market, order, run, stop } from './hand.ts'

const unlimited: BrokerSettings = { account: 'unlimited' }
const quiet = [100, 100, 100, 100]

describe('numbers stay finite (1.8)', () => {
  test('cash, by an order', () => {
    // 1e307 * 100 is more than the largest double.
    const o = run([quiet], unlimited, { 0: [order('market', 1, 1), order('market', 1, 1e307)] })
    expect(o.fault).toEqual({ bar: 1, order: 2 })
    // The tables are as they were then: the fill is there, the bar has no equity and its hook is not called.
    expect([o.fills.length, o.equity.length]).toEqual([2, 1])
  })

  test('pnl, while all else is finite', () => {
    // Commission 1e200 * 100 * 0.01 = 1e200; its share 1e200 * 1e200 / 1e200 overflows on the way.
    const o = run(
      [quiet, quiet],
      { ...unlimited, commission: 0.01 },
      {
        0: [order('market', 1, 1e200)],
        1: [order('market', -1, 1e200)],
      },
    )
    expect(o.fault).toEqual({ bar: 2, order: 2 })
    expect(Number.isFinite(o.trades[0].pnl)).toBe(false)
  })

  test('an exit by rule belongs to no order', () => {
    const o = run(
      [[100, 100, 90, 90]],
      { ...unlimited, commission: 0.01, rules: [stop(5)] },
      { 0: [order('market', 1, 1e200)] },
    )
    expect(o.fault).toEqual({ bar: 1, order: 0 })
  })

  test('the average price', () => {
    // Cash: 1e308 for B sold, -1e308 and -1e308 for A; 1e306 * 100 + 1e306 * 100 is too much for the average.
    const two = market([quiet, quiet])
    const both = (rows: number[][]) => rows.map(([x]) => [x, x])
    const o = runOracle({
      market: {
        ...two,
        assets: 2,
        open: both(two.open),
        high: both(two.high),
        low: both(two.low),
        close: both(two.close),
        volume: both(two.volume),
      },
      settings: unlimited,
      commands: [[order('market', -1, 1e306, { asset: 1 }), order('market', 1, 1e306), order('market', 1, 1e306)], []],
    })
    expect(o.fault).toEqual({ bar: 1, order: 3 })
    expect(o.cash).toEqual([100_000])
  })

  test('equity at a close, without a fill', () => {
    const o = run([quiet, [100, 400, 100, 400]], unlimited, {
      0: [order('market', 1, 1e306)],
      2: [order('market', 1, 1)],
    })
    expect(o.fault).toEqual({ bar: 2, order: 0 })
    expect([o.orders.length, o.equity.length]).toEqual([1, 2])
    // The fill at the same close, after the hook: by that order.
    const late = run([quiet], { ...unlimited, timing: 'same-close' }, { 1: [order('market', 1, 1e307)] })
    expect(late.fault).toEqual({ bar: 1, order: 1 })
  })

  test('what a path that is not picked tries does not count', () => {
    // O 100, low 99 nearer than the high 105. Low first: one sold at 99.5, which cancels the buy stop of 1e307 at 104.
    const members = [order('stop', -1, 1, { stop: 99.5 }), order('stop', 1, 1e307, { stop: 104 })]
    const group = { 0: [{ kind: 'oco' as const, members }] }
    for (const path of ['nearest', 'adverse', 'favourable'] as const) {
      const o = run([[100, 105, 99, 100]], { ...unlimited, path }, group)
      expect([o.fault, o.ambiguous]).toEqual([undefined, [{ bar: 1, asset: 0 }]])
      expect(ends(o)).toEqual(['filled', 'cancelled: oco'])
    }
    const other = run([[100, 105, 90, 100]], { ...unlimited, path: 'nearest' }, group)
    expect(other.fault).toEqual({ bar: 1, order: 2 })
  })
})

test('units of 2^53 steps and more stay as they are (3.2)', () => {
  const rows = [[1e-5, 1e-5, 1e-5, 1e-5]]
  const units = (amount: number, step: number) =>
    run(rows, { ...unlimited, quantityStep: step }, { 0: [order('market', 1, amount)] }).fills[0].quantity
  expect(units(2 ** 53 + 2, 1)).toBe(2 ** 53 + 2)
  const odd = 123_456_789.12345679
  expect(odd / 1e-8 > 2 ** 53 && Math.trunc(odd / 1e-8 + 1e-9) * 1e-8 !== odd).toBe(true)
  expect(units(odd, 1e-8)).toBe(odd)
  expect(units(2.7, 1)).toBe(2)
  // Ordinary for cheap coins: 1.5 times an equity of 1,000 at 1e-5, cut to what 1,000 pays.
  const o = run(rows, { cash: 1000, quantityStep: 1e-8 }, { 0: [order('market', 1, 1.5, { size: 'fraction' })] })
  expect(ends(o)).toEqual(['filled: cut'])
  expect(o.fills[0].quantity).toBeCloseTo(1e8, 6)
  expect(o.fills[0].quantity * 1e-5).toBeLessThanOrEqual(1000)
})
