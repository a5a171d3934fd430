/** A bar whose orders are a queue (10.12), worked out by hand. */
import { describe, expect, test } from 'vitest'
import { ends, ledger, order, run, stop, target } from './hand.ts'

const queue = { matching: 'queue' } as const
const quiet = [100, 100, 100, 100]
const close = { kind: 'close', asset: 0 } as const
const units = (o: Parameters<typeof ledger>[0]) => ledger(o).map((f) => [f[0], f[1], f[2], f[3], f[4]])

describe('the turns of a queue', () => {
  test('a stop child comes before a market order that was given before its parent filled', () => {
    // Long 2 from bar 1, stop 95. A sale of 2 at the open of bar 2 would leave nothing to stop: in the queue the stop is first.
    const o = run([quiet, [100, 101, 94, 97]], queue, {
      0: [order('market', 1, 2, {}, { stop: 95 })],
      1: [order('market', -1, 2)],
    })
    expect(units(o)).toEqual([
      [1, 'open', 1, 2, 100],
      [2, 'range', 2, -2, 95],
      [2, 'open', 3, -2, 100],
    ])
  })

  test('a close comes before a stop that woke before it, and a target after what was given before it woke', () => {
    const rows = [quiet, [100, 108, 94, 97]]
    const bracket = order('market', 1, 2, {}, { stop: 95, target: 107 })
    expect(units(run(rows, queue, { 0: [bracket], 1: [close] }))[1]).toEqual([2, 'open', 4, -2, 100])
    // The limit was given in the hook in which its parent was, so before the target woke.
    const o = run([quiet, [100, 108, 96, 97]], queue, {
      0: [order('market', 1, 2, {}, { target: 107 }), order('limit', -1, 1, { limit: 106 })],
    })
    expect(units(o).slice(1)).toEqual([
      [2, 'range', 3, -1, 106],
      [2, 'range', 2, -1, 107],
    ])
  })

  test('a stop that is changed goes in front, a limit that is changed goes behind', () => {
    const two = [order('market', 1, 1, {}, { stop: 95 }), order('market', 1, 1, {}, { stop: 96 })]
    const rows = [quiet, [100, 100, 90, 91]]
    // Woken last, first in front.
    expect(units(run(rows, queue, { 0: two })).slice(2)).toEqual([
      [2, 'range', 4, -1, 96],
      [2, 'range', 2, -1, 95],
    ])
    const changed = run(rows, queue, { 0: two, 1: [{ kind: 'update', id: 2, stop: 94 }] })
    expect(units(changed).slice(2)).toEqual([
      [2, 'range', 2, -1, 94],
      [2, 'range', 4, -1, 96],
    ])
    const limits = [order('market', 1, 1, {}, { target: 105 }), order('market', 1, 1, {}, { target: 106 })]
    const up = [quiet, [100, 110, 99, 100]]
    expect(units(run(up, queue, { 0: limits })).slice(2)).toEqual([
      [2, 'range', 2, -1, 105],
      [2, 'range', 4, -1, 106],
    ])
    const later = run(up, queue, { 0: limits, 1: [{ kind: 'update', id: 2, limit: 107 }] })
    expect(units(later).slice(2)).toEqual([
      [2, 'range', 4, -1, 106],
      [2, 'range', 2, -1, 107],
    ])
  })
})

describe('another pass', () => {
  const bar = [100, 106, 94, 100]

  test('follows a market order with children, stops first, and none a limit', () => {
    const at = (type: 'market' | 'limit') =>
      units(
        run([bar, quiet], queue, {
          0: [order(type, 1, 2, type === 'limit' ? { limit: 99 } : {}, { stop: 95, target: 105 })],
        }),
      )
    expect(at('market')).toEqual([
      [1, 'open', 1, 2, 100],
      [1, 'range', 2, -2, 95],
    ])
    expect(at('limit')).toEqual([[1, 'range', 1, 2, 99]])
  })

  test('follows a stop order whose target is reached, unless its stop is', () => {
    const entry = order('stop', 1, 2, { stop: 102 }, { stop: 95, target: 105 })
    expect(units(run([[100, 106, 96, 100]], queue, { 0: [entry] }))).toEqual([
      [1, 'range', 1, 2, 102],
      [1, 'range', 3, -2, 105],
    ])
    expect(units(run([bar], queue, { 0: [entry] }))).toEqual([[1, 'range', 1, 2, 102]])
  })

  test('has the rules of the position, stops before targets', () => {
    const o = run([bar], { ...queue, rules: [target(5), stop(5)] }, { 0: [order('market', 1, 2)] })
    expect(ledger(o).map((f) => f.slice(3))).toEqual([
      [2, 100, 'order'],
      [-2, 95, 'stop'],
    ])
  })
})

describe('prices of a queue', () => {
  test('a stop of same-close goes by the close before, a child by the open', () => {
    const late = { ...queue, timing: 'same-close' } as const
    // The close before is 100, and the next bar opens at 120: a sell stop at 110 fills at 100.
    const o = run([[120, 121, 105, 106]], late, { 0: [order('stop', -1, 1, { stop: 110 })] })
    expect(units(o)).toEqual([[1, 'range', 1, -1, 100]])
    const child = run([[90, 91, 89, 90]], late, { 0: [order('market', 1, 1, {}, { stop: 95 })] })
    expect(units(child)[1]).toEqual([1, 'open', 2, -1, 90])
  })

  test('a stop-limit fills at its stop where its limit lies beyond and in the bar, else it is a limit later', () => {
    const given = (limit: number) => ({ 0: [order('stop-limit', 1, 1, { stop: 102, limit })] })
    const rows = [
      [104, 105, 103, 104],
      [104, 105, 101, 104],
    ]
    expect(units(run(rows, queue, given(103)))).toEqual([[1, 'range', 1, 1, 102]])
    expect(units(run(rows, queue, given(102)))).toEqual([[2, 'range', 1, 1, 102]])
  })

  test('funds are those at the close', () => {
    // Long 5 of 100 with 1000: at the open of bar 2, 110, there are 500 free; at its close, 140, there are 500 too, as both
    // the equity and what is bound rise. Short 5, they are 1000 - 2 * 5 * (C - 100) - 500 = 100 at 140.
    const o = run(
      [quiet, [110, 140, 110, 140]],
      { ...queue, cash: 1000 },
      {
        0: [order('market', -1, 5)],
        1: [order('market', -1, 1)],
      },
    )
    expect(ends(o)).toEqual(['filled', 'rejected: insufficient_funds'])
  })
})
