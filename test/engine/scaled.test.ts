/** Scaled brackets (3.17), worked out by hand, and what is refused at the call. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import type { BracketIds } from '../../src/strategy/bracket.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import type { BracketRequest } from '../../src/strategy/requests.ts'
import { at, failure, flat, market, type Row, rows, strategy, walk } from './script.ts'

const FREE: BacktestConfig = { account: 'unlimited', path: 'nearest' }
const START = flat(100)

/** Fills and ends of orders after a bracket at bar 0, bought at 100 in bar 1. */
function played(
  bars: readonly Row[],
  bracket: Partial<BracketRequest>,
  config: BacktestConfig = {},
  later: Record<number, (broker: Broker) => void> = {},
) {
  let ids: BracketIds | undefined
  const result = backtest(
    market([...START, ...bars]),
    at({
      0: (broker) => {
        ids = broker.submitBracket({ asset: 0, quantity: 10, stopLossPrice: 95, ...bracket })
      },
      ...later,
    }),
    { ...FREE, ...config },
  )
  return {
    ids,
    fills: rows(result.fills, 'bar', 'orderId', 'quantity', 'price', 'reason'),
    ends: rows(result.orders, 'id', 'status', 'reason', 'filledQuantity'),
  }
}

const three = {
  takeProfits: [
    { price: 105, share: 0.5 },
    { price: 110, share: 0.3 },
    { price: 120, share: 0.2 },
  ],
}

describe('a scaled bracket', () => {
  it('sells its shares, moves the stop to break-even after one and trails from two', () => {
    const { ids, fills, ends } = played(
      // Up past the first target, then back to 101; up past the second; at 118 the trail is at 114.
      [
        [100, 106, 100, 101],
        [101, 112, 101, 112],
        [112, 118, 112, 118],
        [118, 118, 113, 113],
      ],
      { ...three, breakEvenAfter: 1, trailAfter: 2, childTrailAmount: 4 },
    )
    expect(ids).toEqual({ parent: 1, stop: 2, target: 3, targets: [3, 4, 5] })
    expect(fills).toEqual([
      [1, 1, 10, 100, 'order'],
      [1, 3, 5, 105, 'target'],
      [2, 4, 3, 110, 'target'],
      [4, 2, 2, 114, 'trail'],
    ])
    expect(ends).toEqual([
      [1, 'filled', null, 10],
      [2, 'filled', null, 2],
      [3, 'filled', null, 5],
      [4, 'filled', null, 3],
      [5, 'cancelled', 'sibling', 0],
    ])
  })

  it('is stopped at break-even in the bar of its first target', () => {
    // Up to 106 first, which is nearer, then down past 100.
    const { fills, ends } = played([flat(100)[0], [100, 106, 93, 98]], { ...three, breakEvenAfter: 1 })
    expect(fills.slice(1)).toEqual([
      [2, 3, 5, 105, 'target'],
      [2, 2, 5, 100, 'stop'],
    ])
    expect(ends.slice(1)).toEqual([
      [2, 'filled', null, 5],
      [3, 'filled', null, 5],
      [4, 'cancelled', 'sibling', 0],
      [5, 'cancelled', 'sibling', 0],
    ])
  })

  it('mirrored for shorts', () => {
    const { fills } = played([flat(100)[0], [100, 107, 94, 102]], {
      side: 'sell',
      stopLossPrice: 110,
      takeProfits: [
        { price: 95, share: 0.5 },
        { price: 90, share: 0.5 },
      ],
      breakEvenAfter: 1,
    })
    expect(fills.slice(1)).toEqual([
      [2, 3, 5, 95, 'target'],
      [2, 2, 5, 100, 'stop'],
    ])
  })

  it('gives the last target what rounding leaves, and refuses those without units', () => {
    const shares = [0.26, 0.26, 0.26, 0.22].map((share, i) => ({ price: 105 + i, share }))
    const { fills } = played([flat(100)[0], [100, 120, 100, 120]], { takeProfits: shares }, { quantityStep: 1 })
    expect(fills.slice(1).map((fill) => fill.slice(1, 3))).toEqual([
      [3, 2],
      [4, 2],
      [5, 2],
      [6, 4],
    ])
    const two = played([flat(100)[0], [100, 120, 100, 120]], { takeProfits: shares, quantity: 2 }, { quantityStep: 1 })
    expect(two.ends).toEqual([
      [1, 'filled', null, 2],
      [2, 'cancelled', 'sibling', 0],
      [3, 'rejected', 'size_zero', 0],
      [4, 'rejected', 'size_zero', 0],
      [5, 'rejected', 'size_zero', 0],
      [6, 'filled', null, 2],
    ])
  })

  it('covers what a parent in parts has opened so far', () => {
    // 4 units a bar: 4, 4 and 2; the first target is for 5 of 10 then, of which 4 trade in a bar.
    const volume = (row: number[]) => [...row, 8]
    const { fills } = played(
      [...flat(100, 100, 100), [100, 106, 100, 106], [106, 107, 106, 106], ...flat(94, 94, 94)].map((row) =>
        volume([...row!]),
      ),
      { ...three, breakEvenAfter: 1 },
      { participation: 0.5 },
    )
    expect(fills).toEqual([
      [1, 1, 4, 100, 'order'],
      [2, 1, 4, 100, 'order'],
      [3, 1, 2, 100, 'order'],
      [4, 3, 4, 105, 'target'],
      [5, 3, 1, 106, 'target'],
      [6, 2, 4, 94, 'stop'],
      [7, 2, 1, 94, 'stop'],
    ])
  })

  it('takes a part of the stop off the farthest targets', () => {
    const { ends } = played([...flat(100), [95, 95, 95, 95, 12], [121, 121, 121, 121]], three, { participation: 0.25 })
    // 3 of the stop: 2 of the last target, which is gone, and 1 of the second.
    expect(ends).toEqual([
      // The stop has been reached for good, and goes on at the next open.
      [1, 'filled', null, 10],
      [2, 'filled', null, 10],
      [3, 'cancelled', 'sibling', 0],
      [4, 'cancelled', 'sibling', 0],
      [5, 'cancelled', 'sibling', 0],
    ])
  })

  it('leaves to the stop what a cancelled target was for', () => {
    const { fills } = played(
      [...flat(100, 100), [100, 125, 100, 125], ...flat(90)],
      three,
      {},
      {
        1: (broker) => {
          expect(broker.cancelOrder(3)).toBe(true)
          expect(broker.updateOrder(4, { limitPrice: 112 })).toBe(true)
          expect(broker.updateOrder(2, { stopPrice: 96 })).toBe(true)
          // Its distance counts only once it trails.
          expect(broker.updateOrder(2, { trailAmount: 1 })).toBe(false)
        },
      },
    )
    expect(fills.slice(1)).toEqual([
      [3, 4, 3, 112, 'target'],
      [3, 5, 2, 120, 'target'],
      [4, 2, 5, 90, 'stop'],
    ])
  })

  it('goes on in snapshots, on every bar', () => {
    const bars = walk(160, 5)
    const scaling = strategy({
      onBar(bar, broker) {
        const price = bar.close[0]
        if (bar.index % 9 !== 0 || Number.isNaN(price)) return
        broker.submitBracket({
          asset: 0,
          quantity: 10,
          stopLossPrice: price * 0.97,
          takeProfits: three.takeProfits.map(({ share }, i) => ({ price: price * (1.01 + i / 50), share })),
          breakEvenAfter: 1,
          trailAfter: 2,
          childTrailFraction: 0.01,
        })
      },
    })
    for (const participation of [1, 0.02])
      expect(
        backtest(market(bars), scaling, { ...FREE, participation, verify: 'snapshot' }).trades.length,
      ).toBeGreaterThan(10)
  })
})

describe('bad scaled brackets', () => {
  const target = (price: number, share: number) => ({ price, share })
  const cases: [string, Partial<BracketRequest>, RegExp, BacktestConfig?][] = [
    [
      'shares of 0.9',
      { takeProfits: [target(105, 0.5), target(110, 0.4)] },
      /takeProfits: shares that add up to 1 expected, found a sum of 0\.9\. Mend/,
    ],
    [
      'a share of 0',
      { takeProfits: [target(105, 0), target(110, 1)] },
      /takeProfits\[0\]\.share: a fraction above 0 expected, found 0/,
    ],
    [
      'a share that is none',
      { takeProfits: [target(105, Number.NaN)] },
      /share: a fraction above 0 expected, found NaN/,
    ],
    [
      'an endless price',
      { takeProfits: [target(Number.POSITIVE_INFINITY, 1)] },
      /takeProfits\[0\]\.price: a finite price expected/,
    ],
    [
      'targets that do not ascend',
      { takeProfits: [target(110, 0.5), target(105, 0.5)] },
      /each target beyond the one before it, found stop 95, target 110, 105/,
    ],
    ['none', { takeProfits: [] }, /a list of 1 to 8 targets expected, found 0/],
    [
      'nine',
      { takeProfits: Array.from({ length: 9 }, (_, i) => target(105 + i, 1 / 9)) },
      /a list of 1 to 8 targets expected, found 9/,
    ],
    ['a target beside them', { ...three, takeProfitPrice: 130 }, /takeProfitPrice: none beside takeProfits/],
    [
      'a stop that moves after the last',
      { ...three, breakEvenAfter: 3 },
      /breakEvenAfter: a number of targets from 1 to 2 expected, found 3/,
    ],
    [
      'a trail without a distance',
      { ...three, trailAfter: 1 },
      /trailAfter: stopLossPrice and one of childTrailAmount/,
    ],
    ['a stop and a trail at once', { ...three, childTrailAmount: 1 }, /a stop price or a trail, not both/],
    ['a stop that moves without a target', { breakEvenAfter: 1 }, /breakEvenAfter: none without takeProfits/],
    ['plain children', three, /takeProfits: children: 'reduce-only'/, { profile: 'backtrader' }],
  ]
  it.each(cases)('%s', (_, bracket, sentence, config = {}) => {
    let error: { code?: string; message: string } | undefined
    backtest(
      market(flat(100, 100)),
      at({
        0: (broker) => {
          error = failure(() => broker.submitBracket({ asset: 0, quantity: 10, stopLossPrice: 95, ...bracket }))
          expect(broker.getPendingOrders()).toEqual([])
        },
      }),
      config,
    )
    expect([error?.code, error?.message]).toEqual(['invalid_value', expect.stringMatching(sentence)])
  })

  it('names a field that targets do not have', () => {
    backtest(
      market(flat(100, 100)),
      at({
        0: (broker) => {
          const takeProfits = [{ price: 105, share: 1, part: 1 }] as never
          expect(failure(() => broker.submitBracket({ asset: 0, quantity: 1, takeProfits })).code).toBe('unknown_name')
        },
      }),
    )
  })
})
