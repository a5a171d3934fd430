/** Positions of lots: first in, first out, each with exits of its own (semantics 10.13). Worked out by hand. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as L from '../../assembly/layout.ts'
import { backtest } from '../../src/backtest.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { checksumOfFields } from '../../src/engine/checksum.ts'
import { resultOf } from '../../src/engine/openrun.ts'
import type { Snapshot } from '../../src/engine/snapshot.ts'
import { encodeState } from '../../src/engine/state.ts'
import { decodeState } from '../../src/engine/statedecode.ts'
import type { FillgridError } from '../../src/errors.ts'
import type { LiveState } from '../../src/kernel/livestate.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { Busy, busyMarket } from './busy.ts'
import { at, causeOf, failure, flat, market, rows, textOf } from './script.ts'

const FIFO: BacktestConfig = { cash: 100_000, lots: 'fifo' }
const buy = (quantity: number, more: object = {}) => ({ asset: 0, side: 'buy' as const, quantity, ...more })
const sell = (quantity: number, more: object = {}) => ({ asset: 0, side: 'sell' as const, quantity, ...more })
const TRADE = ['quantity', 'entryPrice', 'exitPrice', 'pnl', 'entryOrderId', 'exitReason', 'barsHeld'] as const

/** What a run of a few bars of one price each has traded. */
function trades(prices: number[], steps: Parameters<typeof at>[0], config: BacktestConfig = FIFO) {
  const over = market(flat(...prices))
  try {
    const result = backtest(over, at(steps), config)
    return { result, trades: rows(result.trades, ...TRADE), open: rows(result.openPositions, 'quantity', 'entryPrice') }
  } finally {
    over.release()
  }
}

describe('what is closed', () => {
  it('is what was opened first, a trade a lot, with its own price and its share of each commission', () => {
    const done = trades(
      [10, 10, 12, 15, 15],
      {
        0: (broker) => broker.submitOrder(buy(100, { tag: 7 })),
        1: (broker) => broker.submitOrder(buy(50)),
        2: (broker) => broker.submitOrder(sell(120)),
      },
      { ...FIFO, commission: { type: 'per-trade', amount: 6 } },
    )
    // 100 of the first, which pays all of its 6; 20 of the second's 50, 2.4 of 6; the sale's 6 are 5 and 1.
    expect(done.trades).toEqual([
      [100, 10, 15, 500 - 6 - 5, 1, 'order', 2],
      [20, 12, 15, 60 - 2.4 - 1, 2, 'order', 1],
    ])
    expect(rows(done.result.trades, 'entryTag')).toEqual([[7], [0]])
    expect(done.open).toEqual([[30, 12]])
    expect(rows(done.result.openPositions, 'commission', 'unrealizedPnl')).toEqual([[3.6, 90 - 3.6]])
  })

  it('is everything at a reversal, which then opens a lot', () => {
    const done = trades([10, 10, 12, 15, 15], {
      0: (broker) => broker.submitOrder(buy(1)),
      1: (broker) => broker.submitOrder(buy(2)),
      2: (broker) => broker.submitOrder(sell(5)),
    })
    expect(done.trades.map((row) => row.slice(0, 3))).toEqual([
      [1, 10, 15],
      [2, 12, 15],
    ])
    expect(done.open).toEqual([[-2, 15]])
  })

  it('may be one lot, by the id of its order', () => {
    const seen: unknown[] = []
    const done = trades([10, 10, 12, 15, 15], {
      0: (broker) => broker.submitOrder(buy(1)),
      1: (broker) => broker.submitOrder(buy(2, { tag: 3 })),
      2: (broker) => {
        const { lots, averagePrice, quantity } = broker.getPosition(0)
        seen.push(lots.map((lot) => [lot.id, lot.tag, lot.quantity, lot.averagePrice, lot.entryBar, lot.unrealizedPnl]))
        seen.push([quantity, averagePrice])
        broker.closePosition(0, { lot: 2 })
      },
      3: (broker) => seen.push(broker.getPosition(0).lots.map(({ id, barsHeld }) => [id, barsHeld])),
    })
    expect(seen).toEqual([
      [
        [1, 0, 1, 10, 1, 2],
        [2, 3, 2, 12, 2, 0],
      ],
      [3, 34 / 3],
      [[1, 2]],
    ])
    expect(done.trades).toEqual([[2, 12, 15, 6, 2, 'order', 1]])
    expect(done.open).toEqual([[1, 10]])
  })
})

describe('exits of a lot', () => {
  it('children of a bracket close theirs, and end with it', () => {
    // The second entry is stopped at 14, the first is sold and takes its children along.
    const done = trades([10, 10, 15, 13, 13, 13], {
      0: (broker) => broker.submitBracket(buy(1, { stopLossPrice: 5 })),
      1: (broker) => broker.submitBracket(buy(2, { stopLossPrice: 14, takeProfitPrice: 30 })),
      3: (broker) => broker.submitOrder(sell(1)),
    })
    expect(done.trades).toEqual([
      [2, 15, 13, -4, 3, 'stop', 1],
      [1, 10, 13, 3, 1, 'order', 3],
    ])
    expect(rows(done.result.orders, 'id', 'status', 'reason')).toEqual([
      [1, 'filled', null],
      [2, 'cancelled', 'position_closed'],
      [3, 'filled', null],
      [4, 'filled', null],
      [5, 'cancelled', 'sibling'],
      [6, 'filled', null],
    ])
  })

  it('a child whose lot was sold in part closes the rest of it', () => {
    const done = trades([10, 10, 10, 10, 8, 8], {
      0: (broker) => broker.submitBracket(buy(3, { stopLossPrice: 9 })),
      1: (broker) => broker.submitOrder(buy(4)),
      2: (broker) => broker.submitOrder(sell(2)),
    })
    expect(done.trades.map((row) => [row[0], row[4], row[5]])).toEqual([
      [2, 1, 'order'],
      [1, 1, 'stop'],
    ])
    expect(done.open).toEqual([[4, 10]])
  })

  it('rules come with each entry, from its own price and its own bar', () => {
    const done = trades([10, 10, 20, 17, 16, 16, 16], {
      // 5 % below 10, and 10 % below 20; the first goes by time.
      0: (broker) =>
        broker.submitOrder(
          buy(1, {
            rules: [
              { type: 'stop', distance: 0.5 },
              { type: 'time', bars: 3 },
            ],
          }),
        ),
      1: (broker) => broker.submitOrder(buy(2, { stop: 0.1 })),
      3: (broker) => broker.submitOrder(buy(4)),
    })
    expect(done.trades.map((row) => [row[0], row[2], row[4], row[5], row[6]])).toEqual([
      [2, 17, 2, 'stop', 1],
      [1, 16, 1, 'time', 3],
    ])
    expect(done.open).toEqual([[4, 16]])
  })

  it('decisions are for each lot, or for one', () => {
    const answers: boolean[] = []
    const done = trades([10, 10, 10, 20, 20, 14, 14], {
      0: (broker) => broker.submitOrder(buy(2)),
      1: (broker) => broker.submitOrder(buy(4)),
      2: (broker) => answers.push(broker.reducePosition(0, 0.5), broker.reducePosition(0, 1, { lot: 2 })),
      3: (broker) => answers.push(broker.moveStop(0, 15, { lot: 2 })),
    })
    expect(answers).toEqual([true, false, true])
    expect(done.trades.map((row) => [row[0], row[2], row[4], row[5]])).toEqual([
      [1, 20, 1, 'rule'],
      [2, 20, 2, 'rule'],
      [2, 14, 2, 'stop'],
    ])
    expect(done.open).toEqual([[1, 10]])
  })
})

describe('mistakes', () => {
  const fails = (config: BacktestConfig, call: (broker: Broker) => unknown) => {
    const over = market(flat(10, 10, 10, 10))
    const run = () => backtest(over, at({ 0: (broker) => broker.submitOrder(buy(1)), 2: call }), config)
    try {
      return causeOf(failure(run))
    } finally {
      over.release()
    }
  }

  it('lots that are not there', () => {
    for (const call of [
      (broker: Broker) => broker.closePosition(0, { lot: 9 }),
      (broker: Broker) => broker.reducePosition(0, 0.5, { lot: 9 }),
      (broker: Broker) => broker.moveStop(0, 9, { lot: 9 }),
    ]) {
      const error = fails(FIFO, call)
      expect([error.code, error.message]).toEqual([
        'unknown_name',
        "lot of A: the id of one of its 1 lots expected (1), found 9. Take it from the position's lots.",
      ])
    }
    for (const lot of [0, -1, 1.5, Number.NaN])
      expect(fails(FIFO, (broker) => broker.closePosition(0, { lot })).code).toBe('unknown_name')
    expect(fails(FIFO, (broker) => broker.closePosition(0, { lot: 'first' as never })).code).toBe('invalid_value')
    expect(fails(FIFO, (broker) => broker.moveStop(0, 9, { lots: 1 } as never)).code).toBe('unknown_name')
  })

  it('a lot in a run without lots', () => {
    const error = fails({}, (broker) => broker.closePosition(0, { lot: 1 }))
    expect([error.code, error.message]).toEqual([
      'unknown_name',
      "lot of A: none expected in a run without lots, found 1. Give `lots: 'fifo'`, or leave lot out.",
    ])
  })

  it('settings that do not go together', () => {
    const over = market(flat(10, 10))
    expect(failure(() => backtest(over, at({}), { lots: 'fifo', funds: 'credit' })).code).toBe('conflicting_settings')
    expect(failure(() => backtest(over, at({}), { lots: 'lifo' as never })).code).toBe('invalid_value')
    over.release()
  })
})

describe('a busy run of lots', () => {
  const prices = busyMarket(160)
  const config: BacktestConfig = {
    cash: 9000,
    lots: 'fifo',
    commission: { type: 'per-unit', amount: 0.01, minimum: 1 },
    slippage: 0.001,
    participation: 0.2,
    rules: [
      { type: 'stop', distance: 0.03 },
      { type: 'target', distance: 0.02, action: { type: 'exit-fraction', fraction: 0.5 } },
      { type: 'time', bars: 12 },
    ],
  }
  const whole = textOf(backtest(prices, Busy, config))
  const upTo = (bar: number) => {
    const run = openRun(prices, new Busy(), config)
    while (run.bar < bar && run.advance()) {}
    return run
  }

  it('has lots beside one another, and its trades and lots are its equity', () => {
    const run = openRun(prices, new Busy(), config)
    const result = resultOf(run.toEnd())
    const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0)
    const gained = sum(result.trades.values('pnl')) + sum(result.openPositions.values('unrealizedPnl'))
    expect(9000 + gained).toBeCloseTo(result.equity[result.equity.length - 1], 6)
    expect(result.trades.length).toBeGreaterThan(50)
    const rest = rows(result.trades, 'exitBar', 'exitOrderId')
    expect(
      rest.some(([bar, order], i) => Number(order) > 0 && i > 0 && rest[i - 1][0] === bar && rest[i - 1][1] === order),
    ).toBe(true)
  })

  it('goes on from snapshots, forks and marks to the same bytes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 158 }), fc.integer({ min: 0, max: 60 }), (bar, more) => {
        const run = upTo(bar)
        const saved = run.snapshot()
        const other = upTo(more).restore(saved)
        const mark = run.mark()
        while (run.bar < Math.min(159, bar + 9) && run.advance()) {}
        run.rewind(mark)
        expect(textOf(resultOf(other.toEnd()))).toBe(whole)
        expect(textOf(resultOf(run.toEnd()))).toBe(whole)
      }),
      { numRuns: 25 },
    )
  })

  it('refuses snapshots of other lots', () => {
    const run = upTo(80)
    const plain = openRun(prices, new Busy(), { ...config, lots: 'average' })
    expect(failure(() => plain.restore(run.snapshot())).code).toBe('snapshot_settings')
    run.release()
    plain.release()
  })
})

describe('a snapshot with other lots, with a checksum that is right', () => {
  const over = busyMarket(60)
  const config: BacktestConfig = { cash: 9000, lots: 'fifo', rules: [{ type: 'stop', distance: 0.03 }] }
  const run = openRun(over, new Busy(), config)
  while (run.bar < 40 && run.advance()) {}
  const good = run.snapshot()
  const right = textOf(resultOf(run.toEnd()))
  const forge = (change: (live: LiveState) => void): Snapshot => {
    const image = decodeState(good.image) as { live: LiveState }
    change(image.live)
    const fields = { ...good, image: encodeState(image) }
    return { ...fields, checksum: checksumOfFields(fields) }
  }
  const word = (lots: Uint8Array, field: number) => new Int32Array(lots.buffer, lots.byteOffset + field, 1)

  it.each<[string, (live: LiveState) => void]>([
    ['none', (live) => Object.assign(live, { lots: new Uint8Array(0) })],
    ['half of one', (live) => Object.assign(live, { lots: live.lots.slice(0, 100) })],
    ['twice', (live) => Object.assign(live, { lots: Uint8Array.from([...live.lots, ...live.lots]) })],
    ['of no asset', ({ lots }) => word(lots, L.LOT_ASSET).fill(1e9)],
    ['of no number', ({ lots }) => word(lots, L.LOT_NUMBER).fill(-1)],
    ['of a number to come', ({ lots }) => word(lots, L.LOT_NUMBER).fill(1e9)],
    ['of a bar to come', ({ lots }) => word(lots, L.LOT_POSITION + L.POSITION_ENTRY_BAR).fill(1e9)],
    ['with exits without end', ({ lots }) => word(lots, L.LOT_POSITION + L.POSITION_PENDING_COUNT).fill(1e6)],
    ['with rules without end', ({ lots }) => word(lots, L.LOT_POSITION + L.POSITION_OWN_COUNT).fill(1e6)],
    ['in a chain without end', ({ lots }) => word(lots, L.LOT_NEXT).fill(1)],
    ['without units', ({ lots }) => new Float64Array(lots.buffer, lots.byteOffset, 1).fill(0)],
  ])('%s', (_, change) => {
    expect(failure(() => run.restore(forge(change))).code).toBe('snapshot_damaged')
    expect(textOf(resultOf(run.restore(good).toEnd()))).toBe(right)
  })

  it('of any numbers end, or are refused, and leave the run whole', () => {
    const odd = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1, 0, -0, 5e-324, 1e300, 2 ** 53, -1e-9)
    const codes = new Set<string>()
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(100_000), odd), { minLength: 1, maxLength: 3 }), (changes) => {
        const forged = forge(({ lots }) => {
          const doubles = new Float64Array(lots.buffer, lots.byteOffset, lots.byteLength >> 3)
          // What is asked of each lot lies in its first words.
          for (const [where, value] of changes)
            doubles[((where % 7) * (L.LOT_BYTES / 8) + (where % 40)) % doubles.length] = value
        })
        try {
          run.restore(forged).toEnd()
          codes.add('ended')
        } catch (error) {
          codes.add((error as FillgridError).code)
        }
        expect(textOf(resultOf(run.restore(good).toEnd()))).toBe(right)
      }),
      { numRuns: 150 },
    )
    codes.delete('not_finite')
    expect([...codes].sort()).toEqual(['ended', 'snapshot_damaged'])
  })
})

it('thousands of lots are no more work each than a few', () => {
  const count = 3000
  const over = market(flat(...Array.from({ length: count + 3 }, () => 10)))
  const result = backtest(
    over,
    at(
      Object.fromEntries([
        ...Array.from({ length: count }, (_, bar) => [bar, (broker: Broker) => broker.submitOrder(buy(1))] as const),
        [count, (broker: Broker) => broker.submitOrder(sell(count - 1))] as const,
      ]),
    ),
    FIFO,
  )
  expect(result.trades.length).toBe(count - 1)
  expect(rows(result.openPositions, 'quantity', 'entryOrderId')).toEqual([[1, count]])
  over.release()
})
