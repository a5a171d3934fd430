/** Orders and rules that meet at one price, and what fills say of them, worked out by hand. */
import { describe, expect, test } from 'vitest'
import type { Rule } from '../../src/settings/settings.ts'
import { ends, ledger, order, run, stop, target, trail } from './hand.ts'

const quiet = [100, 100, 100, 100]
const close = { kind: 'close', asset: 0 } as const

describe('closePosition given while flat (3.6)', () => {
  test('closes what orders with lower ids have opened at that price', () => {
    const o = run([quiet], {}, { 0: [order('market', 1, 2), close, order('market', 1, 3)] })
    expect(ledger(o).map((f) => f.slice(1, 4))).toEqual([
      ['open', 1, 2],
      ['open', 2, -2],
      ['open', 3, 3],
    ])
    expect(ends(o)).toEqual(['filled', 'filled', 'filled'])
  })

  test('ends where nothing with a lower id has opened', () => {
    const o = run([quiet], {}, { 0: [close, order('market', 1, 2)] })
    expect(ends(o)).toEqual(['cancelled: position_closed', 'filled'])
    expect(o.occurrences[0]).toEqual({ kind: 'order', index: 1 })
  })

  test('at the close alike', () => {
    const late = { timing: 'next-close' } as const
    const o = run([quiet], {}, { 0: [order('market', -1, 2, late), { ...close, ...late }] })
    expect(ledger(o).map((f) => f.slice(1, 4))).toEqual([
      ['close', 1, -2],
      ['close', 2, 2],
    ])
  })
})

describe('closePosition beside plain children (10.11)', () => {
  const plain = { children: 'plain' } as const

  test('has the units of when it was given, and reverses where the position has gone before', () => {
    const o = run([quiet, quiet], plain, { 0: [order('market', 1, 2)], 1: [close, order('market', 1, 1), close] })
    expect(ledger(o).map((f) => f.slice(0, 4))).toEqual([
      [1, 'open', 1, 2],
      [2, 'open', 2, -2],
      [2, 'open', 3, 1],
      [2, 'open', 4, -1],
      [2, 'open', 4, -1],
    ])
    expect(ends(o)).toEqual(['filled', 'filled', 'filled', 'filled'])
  })

  test('is rejected while flat', () => {
    const o = run([quiet], plain, { 0: [order('market', 1, 2), close] })
    expect(ends(o)).toEqual(['filled', 'rejected: size_zero'])
    expect(o.orders[1].endedBar).toBe(0)
  })
})

test('what is left after two closing fills is (size - k1) - k2 (3.7)', () => {
  // Long 0.1 before the open. The sale of 0.7 closes 0.1 among the exits, then the 0.2 that the order before it opens.
  const left = 0.7 - 0.1 - 0.2
  expect(left).not.toBe(0.7 - (0.1 + 0.2))
  const o = run(
    [quiet, quiet],
    {},
    {
      0: [order('market', 1, 0.1)],
      1: [order('market', 1, 0.2), order('market', -1, 0.7)],
    },
  )
  expect(ledger(o).map((f) => [f[2], f[3]])).toEqual([
    [1, 0.1],
    [3, -0.1],
    [2, 0.2],
    [3, -0.2],
    [3, -left],
  ])
})

describe('updates of a trail (3.10, 5.5)', () => {
  // Sell trail from the close 100, two bars: up to 110, down to 90.
  const rows = [
    [100, 110, 100, 110],
    [110, 110, 90, 90],
  ]
  const level = (first: object, change: object) =>
    run(
      rows,
      {},
      {
        0: [order('trailing-stop', -1, 1, first), { kind: 'update', id: 1, ...change }],
      },
    ).fills[0].price

  test('an amount becomes a fraction, and a fraction an amount', () => {
    // Mark 110 after bar 1.
    expect(level({ trail: 20 }, { trail: 0.05, trailFraction: true })).toBe(110 * (1 + -1 * 0.05))
    expect(level({ trail: 0.5, trailFraction: true }, { trail: 4 })).toBe(106)
  })

  test('the tighter level is kept', () => {
    // Level 98 from the amount of 2; 5 % of 100 would be 95. Down from 100 in bar 1 it would be met at 98.
    const o = run(
      [[100, 100, 90, 90]],
      {},
      {
        0: [order('trailing-stop', -1, 1, { trail: 2 }), { kind: 'update', id: 1, trail: 0.05, trailFraction: true }],
      },
    )
    expect(o.fills[0].price).toBe(98)
  })
})

describe('rules (6.1, 8.1)', () => {
  const half: Rule = { type: 'target', distance: 2, unit: 'price', action: { type: 'exit-fraction', fraction: 0.5 } }
  const up = [102, 102, 102, 102]

  test('a rule that was away when the asset had a bar has not fired', () => {
    // Half of 4 sold at 102 in bar 2. Away in bar 3, back in bar 4: half of 2.
    const away = run(
      [quiet, up, up, up],
      { rules: [half] },
      {
        0: [order('market', 1, 4)],
        2: [{ kind: 'rules', rules: [] }],
        3: [{ kind: 'rules', rules: [half] }],
      },
    )
    expect(ledger(away).map((f) => [f[0], f[3]])).toEqual([
      [1, 4],
      [2, -2],
      [4, -1],
    ])
    // Away between two hooks only where the asset has no bar: it was there whenever it was looked at.
    const absent = [Number.NaN, Number.NaN, Number.NaN, Number.NaN]
    const unseen = run(
      [quiet, up, absent, up],
      { rules: [half] },
      {
        0: [order('market', 1, 4)],
        2: [{ kind: 'rules', rules: [] }],
        3: [{ kind: 'rules', rules: [half] }],
      },
    )
    expect(unseen.fills.length).toBe(2)
  })

  test('an order brings its own chain, in place of the global one', () => {
    const chain: Rule[] = [stop(50), half, { type: 'time', bars: 3 }]
    const o = run([quiet, up, up, up], { rules: [target(1)] }, { 0: [order('market', 1, 4, { chain })] })
    expect(o.fills.map((f) => [f.bar, f.quantity, f.reason, f.rule])).toEqual([
      [1, 4, 'order', -1],
      [2, -2, 'target', 1],
      [4, -2, 'time', 2],
    ])
  })

  test('a fill says the place of its rule', () => {
    // Bought at 100 with a chain of 8. At 102 the last but one moves a stop that the chain lacks to 101; bar 3 opens at 101.
    const far: Rule[] = Array.from({ length: 6 }, () => target(500))
    const move: Rule = { type: 'target', distance: 2, unit: 'price', action: { type: 'move-stop', offset: 0.01 } }
    const chain = [...far, move, trail(60)]
    const o = run([quiet, up, [101, 101, 101, 101]], {}, { 0: [order('market', 1, 4, { chain })] })
    expect(o.fills.map((f) => [f.reason, f.rule])).toEqual([
      ['order', -1],
      ['stop', 8],
    ])
    // Children of a bracket are orders.
    const child = run([[100, 100, 90, 90]], {}, { 0: [order('market', 1, 1, {}, { stop: 95 })] })
    expect(child.fills.map((f) => [f.reason, f.rule])).toEqual([
      ['order', -1],
      ['stop', -1],
    ])
    // An exit that waits keeps it, whatever becomes of the rules.
    const waits = run(
      [quiet, [100, 100, 95, 95], [94, 94, 94, 94]],
      { stopFill: 'next-open', rules: [target(9), stop(4)] },
      {
        0: [order('market', 1, 1)],
        2: [{ kind: 'rules', rules: [] }],
      },
    )
    expect(waits.fills.map((f) => [f.bar, f.reason, f.rule])).toEqual([
      [1, 'order', -1],
      [3, 'stop', 1],
    ])
  })
})

test('ambiguous pairs of bar and asset are named in order (5.7)', () => {
  const both = [100, 110, 90, 100]
  const o = run(
    [quiet, both, quiet, both],
    { rules: [stop(5), target(5)] },
    {
      0: [order('market', 1, 1)],
      2: [order('market', 1, 1)],
    },
  )
  expect(o.ambiguous).toEqual([
    { bar: 2, asset: 0 },
    { bar: 4, asset: 0 },
  ])
})
