/** Assets that are not listed yet, and assets that have ended, worked out by hand (3.11). */
import { describe, expect, test } from 'vitest'
import type { BrokerSettings } from '../../src/settings/settings.ts'
import { runOracle } from './broker.ts'
import { ends, last, ledger, order } from './hand.ts'
import type { Command, Outcome, ScenarioMarket } from './types.ts'

const GONE = Number.NaN

/** Flat bars at these closes, NaN where the asset has none; a row an asset. */
function flat(closes: number[][], delisted: (number | null)[]): ScenarioMarket {
  const bars = closes[0].length
  const column = Array.from({ length: bars }, (_, t) => closes.map((row) => row[t]))
  const volume = column.map((row) => row.map(() => 1000))
  return { assets: closes.length, bars, open: column, high: column, low: column, close: column, volume, delisted }
}

function trade(market: ScenarioMarket, settings: BrokerSettings, commands: Record<number, Command[]>): Outcome {
  return runOracle({
    market,
    settings,
    commands: Array.from({ length: market.bars }, (_, t) => commands[t] ?? []),
  })
}

describe('before the first bar', () => {
  const market = flat([[GONE, GONE, 50, 51]], [null])
  const given = {
    0: [
      order('market', 1, 1),
      order('limit', 1, 1, { limit: 50.5 }, { stop: 40 }),
      order('market', 1, 1, { timing: 'same-close' }),
      { kind: 'close', asset: 0 } as const,
    ],
    2: [order('market', 1, 1)],
  }

  test('orders wait for it, or are rejected', () => {
    const waits = trade(market, {}, given)
    expect(ends(waits)).toEqual([
      'filled',
      'filled',
      'cancelled: position_closed',
      'rejected: no_price',
      'filled',
      'filled',
    ])
    // closePosition has its turn after the entries with lower ids, at the same open (3.6, 4.3).
    expect(ledger(waits).map((f) => f.slice(0, 5))).toEqual([
      [2, 'open', 1, 1, 50],
      [2, 'open', 2, 1, 50],
      [2, 'open', 5, -2, 50],
      [3, 'open', 6, 1, 51],
    ])
    expect(waits.unlisted).toBe(4)
    const refused = trade(market, { notListed: 'reject' }, given)
    // The child ends with its parent, before it; no_price is looked for after not_listed.
    expect(ends(refused)).toEqual([
      'rejected: not_listed',
      'rejected: not_listed',
      'cancelled: parent',
      'rejected: not_listed',
      'rejected: not_listed',
      'filled',
    ])
    expect(refused.occurrences.slice(0, 3).map((x) => x.index)).toEqual([1, 3, 2])
    expect(refused.unlisted).toBe(4)
  })

  test('an asset without any bar is never listed', () => {
    const o = trade(flat([[GONE, GONE]], [null]), {}, { 1: [order('market', 1, 1)] })
    expect([ends(o), o.unlisted]).toEqual([['cancelled: end_of_data'], 1])
  })
})

describe('after the last bar', () => {
  const market = flat([[100, 100, 90, GONE, GONE]], [3])
  const given = {
    0: [order('market', 1, 10, {}, { stop: 80 }), order('limit', 1, 1, { limit: 50 }, { target: 60 })],
    3: [order('market', 1, 1, { timing: 'same-close' }), { kind: 'cancel', id: 1 } as const],
    4: [order('limit', 1, 1, { limit: 40 }, { stop: 30 })],
  }

  test('a position is closed at the last close, in the open phase, without slippage', () => {
    // Bought at 100 * 1.01 = 101, commission 2. Closed at 90, the C of bar 2: commission 2, pnl (90 - 101) * 10 - 2 - 2.
    const o = trade(market, { ended: 'close', slippage: 0.01, commission: { type: 'per-trade', amount: 2 } }, given)
    expect(o.fills[1]).toEqual({
      bar: 3,
      asset: 0,
      order: 0,
      quantity: -10,
      price: 90,
      base: 90,
      commission: 2,
      reason: 'ended',
      phase: 'open',
      tag: 0,
      rule: -1,
      told: '',
    })
    expect(o.trades).toMatchObject([{ exitBar: 3, pnl: -114, barsHeld: 1, reason: 'ended', exitOrder: 0 }])
    expect(last(o)).toBe(100_000 - 1012 + 898)
    // The position's child first, then what still waits: children before parents.
    expect(o.occurrences.slice(2).map((x) => [x.kind, x.index])).toEqual([
      ['fill', 1],
      ['trade', 0],
      ['order', 2],
      ['order', 4],
      ['order', 3],
      ['order', 5],
      ['order', 7],
      ['order', 6],
    ])
    expect(ends(o)).toEqual([
      'filled',
      'cancelled: position_closed',
      'cancelled: delisted',
      'cancelled: delisted',
      'rejected: delisted',
      'rejected: delisted',
      'cancelled: parent',
    ])
    expect(o.answers).toEqual([false])
  })

  test('a position that is held keeps its mark; the orders end all the same', () => {
    const o = trade(market, {}, given)
    expect(o.fills.length).toBe(1)
    expect(o.equity).toEqual([100_000, 100_000, 99_900, 99_900, 99_900])
    expect(o.positions).toEqual([{ quantity: 10, price: 100 }])
    expect(ends(o).slice(0, 4)).toEqual(['filled', 'cancelled: delisted', 'cancelled: delisted', 'cancelled: delisted'])
    expect([o.orders[1].endedBar, o.orders[4].endedBar, o.orders[5].endedBar]).toEqual([3, 3, 4])
  })

  test('it comes before all else at that open, and sizes are of the equity before it (3.2)', () => {
    // 1,000 of cash, 10 of A bought at 100. A ends at bar 2 at 100, for 7: the entry of B by half of 1,000 (not of 993)
    // is paid by what that leaves.
    const two = flat(
      [
        [100, 100, GONE],
        [10, 10, 10],
      ],
      [2, null],
    )
    const settings: BrokerSettings = {
      cash: 1000,
      account: 'cash',
      ended: 'close',
      commission: { type: 'per-unit', amount: 0, minimum: 0 },
    }
    const half = order('market', 1, 0.5, { asset: 1, size: 'fraction' })
    const free = trade(two, settings, { 0: [order('market', 1, 10)], 1: [half] })
    expect(ledger(free).slice(1)).toEqual([
      [2, 'open', 0, -10, 100, 'ended'],
      [2, 'open', 2, 50, 10, 'order'],
    ])
    const paid = trade(
      two,
      { ...settings, cash: 1007, commission: { type: 'per-trade', amount: 7 } },
      { 0: [order('market', 1, 10)], 1: [half] },
    )
    expect(paid.fills[2].quantity).toBe(50)
  })

  test('of two that end, the first is done before the second', () => {
    const two = flat(
      [
        [100, 100, GONE],
        [10, 10, GONE],
      ],
      [2, 2],
    )
    const o = trade(
      two,
      { ended: 'close' },
      {
        0: [order('market', 1, 1, { asset: 1 }), order('market', -1, 1)],
        1: [order('limit', 1, 1, { asset: 1, limit: 5 }), order('limit', 1, 1, { limit: 5 })],
      },
    )
    expect(o.occurrences.slice(4).map((x) => [x.kind, x.index])).toEqual([
      ['fill', 2],
      ['trade', 0],
      ['order', 4],
      ['fill', 3],
      ['trade', 1],
      ['order', 3],
    ])
  })

  test('an end beyond the data is none', () => {
    const o = trade(flat([[100, 100]], [2]), { ended: 'close' }, { 0: [order('market', 1, 1)], 1: [] })
    expect([o.trades.length, o.positions[0].quantity]).toEqual([0, 1])
  })

  test('after a bust: what has ended is closed at its last close, orders are rejected for the bust (7.7)', () => {
    // 100 of cash, 10 at 100: C 85 is the bust. The asset ends at bar 3, so there is no next O: closed at 85.
    const o = trade(
      flat([[100, 100, 85, GONE, GONE]], [3]),
      { cash: 100, account: { type: 'margin', initial: 0.1 }, ended: 'close' },
      { 0: [order('market', 1, 10)], 2: [order('market', 1, 1)] },
    )
    expect(ledger(o)[1]).toEqual([3, 'open', 0, -10, 85, 'ended'])
    expect(o.equity).toEqual([100, 100, -50, -50])
    expect(ends(o)).toEqual(['filled', 'rejected: bust'])
    const held = trade(
      flat([[100, 100, 85, GONE, GONE]], [3]),
      { cash: 100, account: { type: 'margin', initial: 0.1 } },
      { 0: [order('market', 1, 10)], 4: [order('market', 1, 1)] },
    )
    expect(held.equity).toEqual([100, 100, -50, -50, -50])
    expect(ends(held)).toEqual(['filled', 'rejected: bust'])
  })
})
