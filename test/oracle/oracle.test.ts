/** Ledgers worked out by hand from docs/semantics.md; the numbers in the titles are its rules. */
import { describe, expect, test } from 'vitest'
import type { PathPolicy } from '../../src/settings/settings.ts'
import { ends, last, ledger, market, order, run, stop, target, trail } from './hand.ts'
import { runSignalsOracle } from './signals.ts'

describe('gaps and levels (3.5, 4.1, 5.3)', () => {
  test('a gap through a stop fills at the open', () => {
    // Bought 10 at 100, stop at 100 * (1 - 0.05) = 95. Bar 2 opens at 90: 10 sold at 90, pnl (90 - 100) * 10 = -100.
    const o = run(
      [
        [100, 101, 99, 100],
        [90, 96, 88, 95],
      ],
      { rules: [{ type: 'stop', distance: 0.05 }] },
      { 0: [order('market', 1, 10)] },
    )
    expect(ledger(o)).toEqual([
      [1, 'open', 1, 10, 100, 'order'],
      [2, 'open', 0, -10, 90, 'stop'],
    ])
    expect(o.trades[0]).toMatchObject({
      pnl: -100,
      barsHeld: 1,
      exitPrice: 90,
      reason: 'stop',
      entryOrder: 1,
      exitOrder: 0,
    })
    // Best 101 and worst 99 of bar 1, then 90 at the exit: 1 / 100 and -10 / 100.
    expect([o.trades[0].mfe, o.trades[0].mae]).toEqual([0.01, -0.1])
    expect(last(o)).toBe(99_900)
  })

  test('a stop order fills at its level inside the bar and at O beyond it', () => {
    // Buy stop 102: reached on the way to 103. Buy stop 105: the next bar opens at 106.
    const o = run(
      [
        [100, 103, 99, 101],
        [106, 107, 105, 106],
      ],
      {},
      { 0: [order('stop', 1, 1, { stop: 102 }), order('stop', 1, 1, { stop: 105 })] },
    )
    expect(ledger(o)).toEqual([
      [1, 'range', 1, 1, 102, 'order'],
      [2, 'open', 2, 1, 106, 'order'],
    ])
  })

  test('slippage and commission: stops slip, targets do not (7.1, 7.2)', () => {
    // Bought at 100 * 1.01 = 101, stop 5 below the average of 101: 96, filled at 96 * 0.99 = 95.04.
    // Commissions 0.001 * 1010 = 1.01 and 0.001 * 950.4 = 0.9504; pnl = -5.96 * 10 - 0.9504 - 1.01.
    const o = run(
      [[100, 100, 95, 95]],
      { slippage: 0.01, commission: 0.001, rules: [stop(5)] },
      { 0: [order('market', 1, 10)] },
    )
    expect(o.fills[1]).toMatchObject({ base: 96, price: 96 * (1 + -1 * 0.01), commission: 0.001 * (10 * (96 * 0.99)) })
    expect(o.trades[0].pnl).toBeCloseTo(-61.5604, 9)
    const t = run([[100, 108, 100, 108]], { slippage: 0.01, rules: [target(5)] }, { 0: [order('market', 1, 10)] })
    expect(t.fills[1]).toMatchObject({ base: 106, price: 106 })
  })
})

describe('path policies (5.1, 5.2, 5.7)', () => {
  const both = (high: number, low: number, path: PathPolicy) =>
    run(
      [
        [100, 100, 100, 100],
        [100, high, low, 105],
      ],
      { path, rules: [stop(6), target(10)] },
      { 0: [order('market', 1, 10)] },
    )

  test.each([
    // Bought at 100, stop 94, target 110. High 111 is 11 away, low 94 is 6 away: low first.
    // Low first: sold at 94, own part 940. High first: sold at 110, own part 1100.
    ['nearest', 111, 94, 94],
    ['adverse', 111, 94, 94],
    ['favourable', 111, 94, 110],
    // High 110 is 10 away, low 89 is 11 away: high first.
    ['nearest', 110, 89, 110],
    ['adverse', 110, 89, 94],
    ['favourable', 110, 89, 110],
  ] as const)('stop and target in one bar, %s, high %d, low %d: %d', (path, high, low, price) => {
    const o = both(high, low, path)
    expect(ledger(o)[1].slice(0, 5)).toEqual([2, 'range', 0, -10, price])
    expect(o.ambiguous.length).toBe(1)
    expect(o.trades[0].ambiguous).toBe(true)
  })

  test.each([
    // Limit 98, stop child 96, target child 100; O 100, H 101, L 95, C 100. Down through 98 to 95 on each straight path:
    // bought at 98, sold at 96, own part -20. Low first, turned at 98: up to 101, sold at 100, own part +20.
    ['nearest', 96, 'stop'],
    ['adverse', 96, 'stop'],
    ['favourable', 100, 'target'],
  ] as const)('entry and exit in one bar, %s: sold at %d (5.4)', (path, price, reason) => {
    const o = run(
      [[100, 101, 95, 100]],
      { path },
      { 0: [order('limit', 1, 10, { limit: 98 }, { stop: 96, target: 100 })] },
    )
    expect(ledger(o)).toEqual([
      [1, 'range', 1, 10, 98, 'order'],
      [1, 'range', reason === 'stop' ? 2 : 3, -10, price, reason],
    ])
    expect(o.ambiguous.length).toBe(1)
    // The sibling ends before the child that filled.
    expect(o.occurrences.slice(2)).toEqual([
      { kind: 'fill', index: 1 },
      { kind: 'trade', index: 0 },
      { kind: 'order', index: reason === 'stop' ? 3 : 2 },
      { kind: 'order', index: reason === 'stop' ? 2 : 3 },
    ])
  })

  test('a stop in the entry bar below the entry level is hit on every path', () => {
    // As above without target: turned, the price still comes to 95 after 101.
    const o = run([[100, 101, 95, 100]], {}, { 0: [order('limit', 1, 10, { limit: 98 }, { stop: 96 })] })
    expect(o.trades[0]).toMatchObject({ pnl: -20, entryBar: 1, exitBar: 1, barsHeld: 0, ambiguous: false })
    expect(o.ambiguous.length).toBe(0)
  })
})

describe('trails (5.5)', () => {
  test('long: the level follows the high', () => {
    // Bar 1 (low first: 0.5 < 4): mark 104, level 101, C 103. Bar 2 (high first: 2 < 3): mark 105, level 102, down: sold 102.
    const o = run(
      [
        [100, 104, 99.5, 103],
        [103, 105, 100, 101],
      ],
      { path: 'nearest', rules: [trail(3)] },
      { 0: [order('market', 1, 10)] },
    )
    expect(ledger(o)[1]).toEqual([2, 'range', 0, -10, 102, 'trail'])
    expect(o.trades[0].pnl).toBe(20)
  })

  test('short: the level follows the low, and O is tested before the mark moves', () => {
    // Sold at 100, trail 3 %. Bar 1 (high first): mark 96, level 96 * 1.03 = 98.88. Bar 2 opens at 99: bought at 99.
    const o = run(
      [
        [100, 100.5, 96, 97],
        [99, 99, 99, 99],
      ],
      { path: 'nearest', rules: [{ type: 'trail', distance: 0.03 }] },
      { 0: [order('market', -1, 10)] },
    )
    expect(ledger(o)[1]).toEqual([2, 'open', 0, 10, 99, 'trail'])
    expect(o.trades[0].pnl).toBe(10)
  })

  test('a stand-alone trail starts at the close it was given at; a wider one does not loosen', () => {
    // Sell trail 2 from 100: level 98. Updated to 5: the level stays 98. Bar 1: mark 101, level still 98, low 98.5.
    // Bar 2 opens at 97: sold short at 97.
    const o = run(
      [
        [100, 101, 98.5, 100],
        [97, 97, 97, 97],
      ],
      {},
      { 0: [order('trailing-stop', -1, 1, { trail: 2 }), { kind: 'update', id: 1, trail: 5 }] },
    )
    expect(o.answers).toEqual([true])
    expect(ledger(o)).toEqual([[2, 'open', 1, -1, 97, 'order']])
  })
})

describe('reversal and refusals (3.7, 7.2, 7.5)', () => {
  test('two legs share one commission', () => {
    // Commission max(0.05 a unit, 1) per order and bar. Bought 10 at 100: 1. Sold 30 at 110: closing leg 10 pays 1,
    // opening leg 20 pays 1.5 - 1 = 0.5. pnl = 100 - 1 - 1 = 98. Cash 100000 - 1001 + 1099 + 2199.5 = 102297.5.
    const o = run(
      [
        [100, 100, 100, 100],
        [110, 110, 110, 110],
      ],
      { commission: { type: 'per-unit', amount: 0.05, minimum: 1 } },
      { 0: [order('market', 1, 10)], 1: [order('market', -1, 30)] },
    )
    expect(o.fills.map((f) => [f.quantity, f.commission])).toEqual([
      [10, 1],
      [-10, 1],
      [-20, 0.5],
    ])
    expect(o.trades.map((t) => t.pnl)).toEqual([98])
    expect(o.cash[2]).toBe(102_297.5)
    expect(last(o)).toBe(100_097.5)
    expect(o.positions).toEqual([{ quantity: -20, price: 110 }])
    expect(ends(o)).toEqual(['filled', 'filled'])
  })

  test('funds and shorts of a cash account', () => {
    // 500 of cash buys no 6 at 100 but 4. Selling 10 closes 4; the opening leg is refused.
    const o = run(
      [
        [100, 100, 100, 100],
        [100, 100, 100, 100],
      ],
      { cash: 500, account: 'cash' },
      {
        0: [order('market', 1, 6), order('market', 1, 4), order('market', -1, 1, { type: 'limit', limit: 120 })],
        1: [order('market', -1, 10)],
      },
    )
    expect(ends(o)).toEqual([
      'rejected: insufficient_funds',
      'filled',
      'cancelled: end_of_data',
      'partially_filled: short_not_allowed',
    ])
    expect(o.orders[3].filled).toBe(4)
    expect(last(o)).toBe(500)
  })

  test('exits at O pay for entries at O (4.2)', () => {
    // 1000 of cash: 10 bought. The next open sells 10 (id 3) and buys 10 (id 2): exits come first, so the entry fits.
    const o = run(
      [
        [100, 100, 100, 100],
        [100, 100, 100, 100],
      ],
      { cash: 1000, account: 'cash' },
      {
        0: [order('market', 1, 10)],
        1: [order('market', 1, 10), { kind: 'close', asset: 0 }],
      },
    )
    expect(ledger(o).slice(1)).toEqual([
      [2, 'open', 3, -10, 100, 'order'],
      [2, 'open', 2, 10, 100, 'order'],
    ])
  })

  test('what the range frees waits for the close (5.6)', () => {
    // 1000 of funds, 10 bought at 100: F = 0. In bar 2 the target sells 10 at 104; the limit at 96 finds F = 0.
    // Bar 3 has no range; at its open nothing is left to fill.
    const o = run(
      [
        [100, 100, 100, 100],
        [100, 105, 95, 100],
      ],
      { cash: 1000, rules: [target(4)], path: 'favourable' },
      { 0: [order('market', 1, 10)], 1: [order('limit', 1, 1, { limit: 96 })] },
    )
    expect(ends(o)).toEqual(['filled', 'rejected: insufficient_funds'])
    expect(last(o)).toBe(1040)
  })

  test('a fraction is cut to the largest quantity (7.6)', () => {
    // All of 1000 at 100 with 1 %: k * 100 + 0.01 * (k * 100) <= 1000, near 9.90099; the next double is too much.
    const settings = { cash: 1000, commission: 0.01 }
    const all = order('market', 1, 1, { size: 'fraction' })
    const o = run([[100, 100, 100, 100]], settings, { 0: [all] })
    const k = o.fills[0].quantity
    const need = (units: number) => 1 * units * 100 + 0 * units + 0.01 * (units * 100)
    expect(k).toBeCloseTo(1000 / 101, 12)
    expect(need(k)).toBeLessThanOrEqual(1000)
    expect(need(k + 2 ** -49)).toBeGreaterThan(1000)
    expect(ends(o)).toEqual(['filled: cut'])
    const whole = run([[100, 100, 100, 100]], { ...settings, quantityStep: 1 }, { 0: [all] })
    expect(whole.fills[0].quantity).toBe(9)
    const rejected = run([[100, 100, 100, 100]], { ...settings, shortfall: 'reject' }, { 0: [all] })
    expect(ends(rejected)).toEqual(['rejected: insufficient_funds'])
  })
})

describe('stop-limits (4.4, 5.3)', () => {
  const buy = order('stop-limit', 1, 1, { stop: 102, limit: 103 })

  test('triggered at O outside its limit: live for the rest of the bar', () => {
    // O 104 reaches the stop, not the limit 103; low 102.5 does.
    const o = run([[104, 105, 102.5, 104]], {}, { 0: [buy] })
    expect(ledger(o)).toEqual([[1, 'range', 1, 1, 103, 'order']])
    expect(o.occurrences).toEqual([
      { kind: 'order', index: 1 },
      { kind: 'fill', index: 0 },
      { kind: 'order', index: 1 },
    ])
  })

  test('triggered at O within its limit: filled there', () => {
    expect(ledger(run([[102.5, 105, 102, 104]], {}, { 0: [buy] }))).toEqual([[1, 'open', 1, 1, 102.5, 'order']])
  })

  test('triggered in the range below its limit: filled at the stop', () => {
    expect(ledger(run([[100, 105, 100, 104]], {}, { 0: [buy] }))).toEqual([[1, 'range', 1, 1, 102, 'order']])
  })

  test('triggered in the range above its limit: filled only where the price comes back', () => {
    // Stop 102, limit 101.5. Low first: 99, trigger at 102, 105, C 104: no fill, own part 0. High first: trigger, 105,
    // filled at 101.5 on the way to 99: own part 104 - 101.5 = 2.5.
    const back = order('stop-limit', 1, 1, { stop: 102, limit: 101.5 })
    const bar = [100, 105, 99, 104]
    const adverse = run([bar], {}, { 0: [back] })
    expect(ledger(adverse)).toEqual([])
    expect(adverse.ambiguous.length).toBe(1)
    expect(ends(adverse)).toEqual(['cancelled: end_of_data'])
    expect(ledger(run([bar], { path: 'favourable' }, { 0: [back] }))).toEqual([[1, 'range', 1, 1, 101.5, 'order']])
  })
})

describe('groups and brackets (3.8, 3.9)', () => {
  test('a fill of one member cancels the rest', () => {
    const members = [
      order('limit', 1, 1, { limit: 95 }),
      order('stop', 1, 1, { stop: 105 }),
      order('limit', 1, 1, { limit: 90 }),
    ]
    const o = run([[100, 104, 94, 100]], {}, { 0: [{ kind: 'oco', members }] })
    expect(ledger(o)).toEqual([[1, 'range', 1, 1, 95, 'order']])
    expect(ends(o)).toEqual(['filled', 'cancelled: oco', 'cancelled: oco'])
    expect(o.occurrences.map((x) => [x.kind, x.index])).toEqual([
      ['fill', 0],
      ['order', 2],
      ['order', 3],
      ['order', 1],
    ])
  })

  test('children sleep until the parent has opened', () => {
    // Limit 90 with stop 85 and target 110: bar 1 goes through 110 and fills nothing. Cancelled: children first.
    const o = run(
      [
        [100, 112, 95, 100],
        [100, 100, 100, 100],
      ],
      {},
      { 0: [order('limit', 1, 1, { limit: 90 }, { stop: 85, target: 110 })], 1: [{ kind: 'cancel', id: 1 }] },
    )
    expect(o.fills).toEqual([])
    expect(ends(o)).toEqual(['cancelled: user', 'cancelled: parent', 'cancelled: parent'])
    expect(o.occurrences.map((x) => x.index)).toEqual([2, 3, 1])
  })

  test('children are for the units that the parent opened, not for those it closed', () => {
    // Short 3, then buy 5 with a stop at 95: 3 close, 2 open; bar 3 buys 4 more. The stop sells 2 of 6.
    const o = run(
      [
        [100, 100, 100, 100],
        [100, 100, 100, 100],
        [100, 100, 94, 96],
      ],
      {},
      { 0: [order('market', -1, 3)], 1: [order('market', 1, 5, {}, { stop: 95 })], 2: [order('market', 1, 4)] },
    )
    expect(ledger(o)[4]).toEqual([3, 'range', 3, -2, 95, 'stop'])
    expect(o.positions).toEqual([{ quantity: 4, price: 100 }])
  })

  test('a closed position cancels its children and closePositions (2.4, 3.6)', () => {
    // closePosition for the next close is bound to the long; the market sell at O takes the position away before.
    const o = run(
      [
        [100, 100, 100, 100],
        [101, 101, 101, 101],
      ],
      {},
      {
        0: [order('market', 1, 1, {}, { stop: 90, target: 120 })],
        1: [{ kind: 'close', asset: 0, timing: 'next-close' }, order('market', -1, 1)],
      },
    )
    expect(ends(o)).toEqual([
      'filled',
      'cancelled: position_closed',
      'cancelled: position_closed',
      'cancelled: position_closed',
      'filled',
    ])
    // After the entry's fill and end: fill, trade, what the closed position cancels by id, the order's own end.
    expect(o.occurrences.slice(2).map((x) => [x.kind, x.index])).toEqual([
      ['fill', 1],
      ['trade', 0],
      ['order', 2],
      ['order', 3],
      ['order', 4],
      ['order', 5],
    ])
  })
})

describe('rules (section 6)', () => {
  test('a time exit counts the bars after the entry bar (6.4)', () => {
    // Entered at O of bar 1. Bar 2 is absent; bars 3 and 4 are the first and second held: out at O of bar 4.
    const rows = [
      [100, 100, 100, 100],
      [Number.NaN, Number.NaN, Number.NaN, Number.NaN],
      [101, 101, 101, 101],
      [102, 102, 102, 102],
    ]
    const o = run(rows, { rules: [{ type: 'time', bars: 2 }] }, { 0: [order('market', 1, 1)] })
    expect(ledger(o)[1]).toEqual([4, 'open', 0, -1, 102, 'time'])
    expect(o.trades[0].barsHeld).toBe(2)
    // With the close as timing: entered at C of bar 1, out at C of bar 4.
    const close = run(
      rows,
      { timing: 'next-close', rules: [{ type: 'time', bars: 2 }] },
      { 0: [order('market', 1, 1)] },
    )
    expect(ledger(close)[1].slice(0, 2)).toEqual([4, 'close'])
  })

  test.each([
    // Bought at 100, stop 97; bar 2: O 99, H 100, L 95, C 98; bar 3 opens at 96.
    ['level', 2, 'range', 97],
    ['extreme', 2, 'range', 95],
    ['close', 2, 'close', 98],
    ['next-open', 3, 'open', 96],
  ] as const)('stop fill mode %s (6.3)', (stopFill, bar, phase, price) => {
    const o = run(
      [
        [100, 100, 100, 100],
        [99, 100, 95, 98],
        [96, 96, 96, 96],
      ],
      { stopFill, rules: [stop(3)] },
      { 0: [order('market', 1, 1)] },
    )
    expect(ledger(o)[1]).toEqual([bar, phase, 0, -1, price, 'stop'])
  })

  test.each([
    // Bought at 100, target 103; bar 2: O 101, H 105, L 100, C 102; bar 3 opens at 104. Half a percent of slippage.
    ['level', 'stop-fill', 2, 'range', 103, 103],
    ['extreme', 'stop-fill', 2, 'range', 105, 104.475],
    ['close', 'stop-fill', 2, 'close', 102, 101.49],
    ['next-open', 'stop-fill', 3, 'open', 104, 103.48],
    ['extreme', 'level', 2, 'range', 103, 103],
    ['next-open', 'level', 2, 'range', 103, 103],
  ] as const)('targets with stop fill %s and target fill %s (6.3)', (stopFill, targetFill, bar, phase, base, price) => {
    const o = run(
      [
        [100, 100, 100, 100],
        [101, 105, 100, 102],
        [104, 104, 104, 104],
      ],
      { stopFill, targetFill, slippage: 0.005, stopBasis: 'signal', rules: [target(3)], account: 'unlimited' },
      { 0: [order('market', 1, 1)] },
    )
    const { fills } = o
    expect([fills[1].bar, fills[1].phase, fills[1].base, fills[1].reason]).toEqual([bar, phase, base, 'target'])
    expect(fills[1].price).toBeCloseTo(price, 10)
  })

  test('targets and stops that wait for the extremes of one bar fill at both (6.3)', () => {
    // Half at the target, half at the stop; the high comes first.
    const half = { action: { type: 'exit-fraction', fraction: 0.5 } } as const
    const o = run(
      [
        [100, 100, 100, 100],
        [100, 104, 94, 100],
      ],
      { stopFill: 'extreme', targetFill: 'stop-fill', rules: [target(3, half), stop(4, half)], path: 'nearest' },
      { 0: [order('market', 1, 4)] },
    )
    expect(ledger(o).slice(1)).toEqual([
      [2, 'range', 0, -2, 104, 'target'],
      [2, 'range', 0, -1, 94, 'stop'],
    ])
  })

  test('half at the target, the stop to the entry, each once (6.1)', () => {
    // Bought 4 at 100. 103: the stop moves to 100. 105: 2 of 4 sold. Then down to 99: 2 sold at 100.
    const o = run(
      [
        [100, 100, 100, 100],
        [101, 106, 100.5, 106],
        [106, 106, 99, 99],
      ],
      {
        rules: [
          stop(10),
          target(5, { action: { type: 'exit-fraction', fraction: 0.5 } }),
          target(3, { action: { type: 'move-stop', offset: 0 } }),
        ],
      },
      { 0: [order('market', 1, 4)] },
    )
    expect(ledger(o).slice(1)).toEqual([
      [2, 'range', 0, -2, 105, 'target'],
      [3, 'range', 0, -2, 100, 'stop'],
    ])
  })

  test('rules that come with an order replace the global ones (8.1), the signal close as basis (6.2)', () => {
    // Signal close 100, entry at 102; stop 5 % of 100: 95, of the fill: 96.9. Low 96.
    const command = order('market', 1, 1, { rules: { stop: 0.05 } })
    const bars = [[102, 102, 96, 97]]
    expect(ledger(run(bars, { rules: [stop(1)] }, { 0: [command] }))[1].slice(4)).toEqual([102 * 0.95, 'stop'])
    expect(run(bars, { rules: [stop(1)], stopBasis: 'signal' }, { 0: [command] }).fills.length).toBe(1)
  })
})

describe('timing (2, 3.1, 3.4)', () => {
  test('next-open, next-close and same-close', () => {
    const o = run(
      [
        [101, 104, 100, 103],
        [105, 105, 105, 105],
      ],
      {},
      {
        0: [
          order('market', 1, 1),
          order('market', 1, 2, { timing: 'next-close' }),
          order('market', 1, 3, { timing: 'same-close' }),
        ],
      },
    )
    expect(ledger(o).map((f) => f.slice(0, 5))).toEqual([
      [0, 'close', 3, 3, 100],
      [1, 'open', 1, 1, 101],
      [1, 'close', 2, 2, 103],
    ])
  })

  test('an absent asset: next-open waits, same-close is rejected', () => {
    const absent = [Number.NaN, Number.NaN, Number.NaN, Number.NaN]
    const o = run(
      [absent, [90, 90, 90, 90]],
      {},
      { 1: [order('market', 1, 1), order('market', 1, 1, { timing: 'same-close' })] },
    )
    expect(ends(o)).toEqual(['filled', 'rejected: no_price'])
    expect(ledger(o)).toEqual([[2, 'open', 1, 1, 90, 'order']])
  })

  test('updates and cancels (3.10)', () => {
    const o = run(
      [[100, 100, 100, 100]],
      {},
      {
        0: [
          order('limit', 1, 1, { limit: 90 }),
          { kind: 'update', id: 1, limit: 95, stop: 96 },
          { kind: 'update', id: 1, limit: 95, units: 2 },
          { kind: 'update', id: 9, limit: 95 },
          { kind: 'cancel', id: 1 },
          { kind: 'cancel', id: 1 },
          { kind: 'update', id: 1, limit: 95 },
        ],
      },
    )
    expect(o.answers).toEqual([false, true, false, true, false, false])
  })
})

describe('bust and margin calls (7.7)', () => {
  test('a lost account closes at the next open and ends there', () => {
    // 100 of cash, a tenth of exposure: 10 bought at 100 need 100. C 85: equity 100 - 150 = -50. The limit is cancelled
    // before the hook, its order rejected. Bar 2 opens at 80: sold, equity 100 - 200 = -100; bar 3 is not run.
    const o = run(
      [
        [100, 100, 85, 85],
        [80, 99, 80, 99],
        [99, 99, 99, 99],
      ],
      { cash: 100, account: { type: 'margin', initial: 0.1 } },
      { 0: [order('market', 1, 10), order('limit', 1, 1, { limit: 50 })], 1: [order('market', -1, 10)] },
    )
    expect(ends(o)).toEqual(['filled', 'cancelled: bust', 'rejected: bust'])
    expect(ledger(o)[1]).toEqual([2, 'open', 0, -10, 80, 'bust'])
    expect(o.equity).toEqual([100, -50, -100])
    expect(o.bust).toBe(true)
    // Below maintenance 0 of the exposure too.
    expect(o.marginCalls).toBe(1)
  })

  test('flat at the bust: the run ends with that bar', () => {
    const o = run(
      [
        [100, 100, 80, 85],
        [80, 99, 80, 99],
      ],
      { cash: 100, account: { type: 'margin', initial: 0.1 }, rules: [stop(15)] },
      { 0: [order('market', 1, 10)], 1: [order('market', 1, 1)] },
    )
    expect(o.equity).toEqual([100, -50])
    expect(ends(o)).toEqual(['filled', 'rejected: bust'])
  })

  test('a margin call refuses entries until it is cured', () => {
    // 100 of cash, 2 bought at 100 (initial 0.5). C 60: equity 20 < 0.25 * 120 = 30. The entry for bar 2 is refused;
    // C 100 cures it, the entry for bar 3 fills at 90: F = 80 - 0.5 * 180 < 0, so it is refused for funds.
    const o = run(
      [
        [100, 100, 60, 60],
        [60, 100, 60, 100],
        [90, 90, 90, 90],
      ],
      { cash: 100, account: { type: 'margin', initial: 0.5, maintenance: 0.25 } },
      { 0: [order('market', 1, 2)], 1: [order('market', 1, 0.1)], 2: [order('market', 1, 0.1)] },
    )
    expect(ends(o)).toEqual(['filled', 'rejected: margin_call', 'rejected: insufficient_funds'])
    expect(o.marginCalls).toBe(1)
  })
})

describe('signals (section 8)', () => {
  const flags = (bars: number, ...set: number[]) => Array.from({ length: bars }, (_, t) => [set.includes(t)])
  const rows = [100, 101, 102, 103, 104].map((x) => [x, x, x, x])

  test('entries, exits and an entry against the position (8.2)', () => {
    // Long at O of bar 1 (101); the entry at bar 1 is ignored. Short entry at bar 2: one target order, sells 2 at 103.
    // Entry and exit of the short side at bar 3 cancel each other.
    const o = runSignalsOracle({
      market: market(rows),
      settings: {},
      entries: flags(5, 0, 1),
      shortEntries: flags(5, 2, 3),
      shortExits: flags(5, 3),
      sizeType: 'units',
      defaultSize: 1,
    })
    expect(ledger(o)).toEqual([
      [1, 'open', 1, 1, 101, 'order'],
      [3, 'open', 2, -1, 103, 'order'],
      [3, 'open', 2, -1, 103, 'order'],
    ])
    expect(o.commands.map((c) => c.length)).toEqual([1, 0, 1, 0, 0])
  })

  test('target positions (8.1)', () => {
    const o = runSignalsOracle({
      market: market(rows),
      settings: {},
      targetPosition: [[2], [2], [Number.NaN], [-1], [0]],
      sizeType: 'units',
      defaultSize: 0,
    })
    expect(ledger(o).map((f) => f.slice(0, 4))).toEqual([
      [1, 'open', 1, 2],
      [4, 'open', 2, -2],
      [4, 'open', 2, -1],
    ])
    expect(ends(o)).toEqual(['filled', 'filled', 'cancelled: end_of_data'])
  })
})
