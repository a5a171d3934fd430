/** Orders of every type and life as a hook gives and sees them, and what is refused at the call. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { openManual } from '../../src/drivers/manual.ts'
import type { ErrorCode } from '../../src/errors.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { atr } from '../oracle/indicators.ts'
import { at, DAY, failure, flat, market, walk } from './script.ts'

const days = () => market({ A: flat(100, 100, 100, 100), B: flat(50, 50, 50, 50) })

/** Bad requests, each thrown at the call with its code and sentence. */
function refuses(cases: readonly [string, (broker: Broker) => unknown, RegExp, ErrorCode?][]): void {
  it.each(cases)('%s', (_, call, sentence, code = 'invalid_value') => {
    let error: { code?: string; message: string } | undefined
    backtest(
      days(),
      at({
        0: (broker) => {
          error = failure(() => call(broker))
          expect(broker.getPendingOrders()).toEqual([])
        },
      }),
    )
    expect([error?.code, error?.message]).toEqual([code, expect.stringMatching(sentence)])
  })
}

const touched = { asset: 0, quantity: 1, type: 'limit-if-touched' } as const
const trailing = { asset: 0, quantity: 1, type: 'trailing-limit' } as const

describe('orders if touched and trailing limits (3.13)', () => {
  refuses([
    [
      'a buy limit below its touch price',
      (b) => b.submitOrder({ ...touched, side: 'buy', stopPrice: 95, limitPrice: 94 }),
      /A\.limitPrice: a limit not below the touch price 95 when buying expected, found 94\./,
    ],
    [
      'a sell limit above its touch price',
      (b) => b.submitOrder({ ...touched, side: 'sell', stopPrice: 95, limitPrice: 96 }),
      /not above the touch price 95 when selling expected, found 96\./,
    ],
    ['no touch price', (b) => b.submitOrder({ ...touched, limitPrice: 94 }), /stopPrice: a finite price.*undefined/],
    [
      'a limit that is not for it',
      (b) => b.submitOrder({ asset: 0, quantity: 1, type: 'market-if-touched', stopPrice: 95, limitPrice: 94 }),
      /limitPrice: none for a market-if-touched order expected, found 94/,
    ],
    [
      'an offset of a stop',
      (b) => b.submitOrder({ asset: 0, quantity: 1, type: 'trailing-stop', trailAmount: 1, limitOffset: 1 }),
      /limitOffset: none but for a trailing limit expected, found 1/,
    ],
    [
      'an endless offset',
      (b) => b.submitOrder({ ...trailing, trailAmount: 1, limitOffset: Number.POSITIVE_INFINITY }),
      /limitOffset: a finite number expected, found Infinity/,
    ],
    [
      'a trailing limit without a trail',
      (b) => b.submitOrder(trailing),
      /trailAmount, trailFraction or trailAtr: one of the three/,
    ],
    [
      'a limit of a trailing limit',
      (b) => b.submitOrder({ ...trailing, trailAmount: 1, limitPrice: 95 }),
      /limitPrice: none for a trailing-limit order/,
    ],
  ])

  it('are seen as they were given, pending and ended', () => {
    const seen: unknown[] = []
    const see = (broker: Broker) => {
      for (const id of [1, 2, 3]) {
        const order = broker.getOrder(id)
        seen.push([order?.type, order?.limitPrice, order?.stopPrice, order?.trailFraction, order?.limitOffset])
      }
    }
    const result = backtest(
      days(),
      at({
        0: (broker) => {
          broker.submitOrder({ asset: 0, quantity: 1, type: 'market-if-touched', stopPrice: 90 })
          broker.submitOrder({ ...touched, stopPrice: 90, limitPrice: 91 })
          broker.submitOrder({ ...trailing, side: 'sell', trailFraction: 0.1, limitOffset: 0.02 })
          see(broker)
        },
        1: (broker) => {
          // A fraction of 0.02 is no distance of 0.02: the offset has to come with a trail in another unit.
          expect(broker.updateOrder(3, { trailAmount: 5 })).toBe(false)
          expect(broker.updateOrder(3, { limitPrice: 90 })).toBe(false)
          expect(broker.updateOrder(1, { limitOffset: 1 })).toBe(false)
          expect(broker.updateOrder(2, { stopPrice: 89, limitPrice: 90 })).toBe(true)
          expect(broker.updateOrder(3, { trailFraction: 0.2, limitOffset: 0.03 })).toBe(true)
          for (const id of [1, 2, 3]) expect(broker.cancelOrder(id)).toBe(true)
          see(broker)
        },
      }),
    )
    const { NaN: none } = Number
    expect(seen).toEqual([
      ['market-if-touched', none, 90, none, none],
      ['limit-if-touched', 91, 90, none, none],
      ['trailing-limit', none, none, 0.1, 0.02],
      ['market-if-touched', none, 90, none, none],
      ['limit-if-touched', 90, 89, none, none],
      ['trailing-limit', none, none, 0.2, 0.03],
    ])
    expect(
      Array.from(result.orders, (row) => [row.limitPrice, row.stopPrice, row.trailAmount, row.limitOffset]),
    ).toEqual([
      [null, 90, null, null],
      [90, 89, null, null],
      [null, null, 0.2, 0.03],
    ])
  })
})

const limit = { asset: 0, quantity: 1, type: 'limit', limitPrice: 95 } as const

describe('times in force, post-only and reduce-only (3.6, 3.14)', () => {
  refuses([
    [
      'an end that has come',
      (b) => b.submitOrder({ ...limit, goodTill: 0 }),
      /order\.goodTill: a time after the start of this bar, 1970-01-01T00:00:00\.000Z, expected, found 1970-01-01T00:00:00\.000Z/,
    ],
    [
      'an end that is none',
      (b) => b.submitOrder({ ...limit, goodTill: 'soon' }),
      /goodTill must be milliseconds UTC.*"soon"/,
    ],
    ['gtt without an end', (b) => b.submitOrder({ ...limit, timeInForce: 'gtt' }), /goodTill: an end for gtt expected/],
    [
      'an end of what is looked at once',
      (b) => b.submitOrder({ ...limit, timeInForce: 'ioc', goodTill: DAY }),
      /goodTill: none for ioc expected, found 86400000/,
    ],
    [
      'another word',
      (b) => b.submitOrder({ ...limit, timeInForce: 'day' as never }),
      /timeInForce: one of gtc, ioc, fok, gtt expected, found "day"/,
    ],
    [
      'a stop that is looked at once',
      (b) => b.submitOrder({ asset: 0, quantity: 1, type: 'stop', stopPrice: 105, timeInForce: 'ioc' }),
      /timeInForce: gtc or gtt for a stop order expected, found "ioc"/,
    ],
    [
      'a target that fills or is killed',
      (b) => b.orderTargetQuantity(0, 5, { timeInForce: 'fok' }),
      /size: units, value or fraction for fok expected, found "target-units"/,
    ],
    [
      'post-only at market',
      (b) => b.submitOrder({ asset: 0, quantity: 1, postOnly: true }),
      /postOnly: none for a market order, which rests as no limit/,
    ],
    [
      'post-only once',
      (b) => b.submitOrder({ ...limit, postOnly: true, timeInForce: 'fok' }),
      /postOnly: none for fok, which never rests/,
    ],
    [
      'post-only by a number',
      (b) => b.submitOrder({ ...limit, postOnly: 1 as never }),
      /postOnly: true or false.*found 1/,
    ],
    [
      'a reduce-only target',
      (b) => b.orderTargetValue(0, 5, { reduceOnly: true }),
      /reduceOnly: units, value or fraction, not a target/,
    ],
    [
      'a reduce-only bracket',
      (b) => b.submitBracket({ asset: 0, quantity: 1, reduceOnly: true, takeProfitPrice: 120 }),
      /reduceOnly: none for an entry with children/,
    ],
  ])

  it('are seen as they were given; ends can be moved and taken away', () => {
    const see = (broker: Broker, id: number) => {
      const order = broker.getOrder(id)
      return [order?.timeInForce, order?.goodTill, order?.postOnly, order?.reduceOnly]
    }
    const { NaN: none } = Number
    const result = backtest(
      days(),
      at({
        0: (broker) => {
          broker.submitOrder({ ...limit, goodTill: new Date(DAY), postOnly: true })
          broker.submitOrder({ ...limit, goodTill: 1.5 * DAY, reduceOnly: true })
          broker.submitOrder({ ...limit, goodTill: Number.POSITIVE_INFINITY })
          broker.submitOrder({ ...limit, timeInForce: 'fok' })
          const bracket = broker.submitBracket({ ...limit, stopLossPrice: 90 })
          expect([1, 2, 3, 4].map((id) => see(broker, id))).toEqual([
            ['gtt', DAY, true, false],
            ['gtt', 1.5 * DAY, false, true],
            ['gtc', none, false, false],
            ['fok', none, false, false],
          ])
          expect(broker.updateOrder(2, { goodTill: Number.POSITIVE_INFINITY })).toBe(true)
          expect(broker.updateOrder(3, { goodTill: '1970-01-03' })).toBe(true)
          expect(broker.updateOrder(4, { goodTill: DAY })).toBe(false)
          expect(broker.updateOrder(bracket.stop, { goodTill: DAY })).toBe(false)
          expect(failure(() => broker.updateOrder(3, { goodTill: 0 })).message).toMatch(
            /order 3\.goodTill: a time after/,
          )
          expect([see(broker, 2), see(broker, 3)]).toEqual([
            ['gtc', none, false, true],
            ['gtt', 2 * DAY, false, false],
          ])
        },
        1: (broker) => expect(see(broker, 1)).toEqual(['gtt', none, true, false]),
      }),
    )
    expect(Array.from(result.orders, (row) => [row.reason, row.endedBar, row.timeInForce]).slice(0, 4)).toEqual([
      ['expired', 1, 'gtt'],
      ['end_of_data', 3, 'gtc'],
      ['expired', 2, 'gtt'],
      ['not_filled', 1, 'fok'],
    ])
  })

  it('are live in the bars of the market, whatever the window, and after a snapshot', () => {
    const hooks = at({ 1: (broker) => void broker.submitOrder({ ...limit, goodTill: 3 * DAY, limitPrice: 90 }) })
    const prices = market(flat(100, 100, 100, 100, 100))
    const whole = backtest(prices, hooks)
    const window = backtest(prices, hooks, { from: DAY })
    for (const result of [whole, window]) expect(Array.from(result.orders, (row) => row.endedBar)).toEqual([3])
    backtest(prices, hooks, { verify: 'snapshot' })
  })
})

describe('trails by ATR (5.5)', () => {
  const stop = { asset: 0, side: 'sell', quantity: 1, type: 'trailing-stop' } as const
  refuses([
    [
      'in warm-up',
      (b) => b.submitOrder({ ...stop, trailAtr: { multiple: 2 } }),
      /trailAtr: an asset with an ATR\(14\) above 0/,
    ],
    [
      'a multiple of 0',
      (b) => b.submitOrder({ ...stop, trailAtr: { multiple: 0, length: 1 } }),
      /trailAtr\.multiple: a number above 0 expected, found 0/,
    ],
    [
      'a length by half',
      (b) => b.submitOrder({ ...stop, trailAtr: { multiple: 1, length: 1.5 } }),
      /trailAtr\.length: a whole number of bars.*found 1\.5/,
    ],
    [
      'a misspelt length',
      (b) => b.submitOrder({ ...stop, trailAtr: { multiple: 1, lenght: 3 } as never }),
      /trailAtr.*lenght/,
      'unknown_name',
    ],
    [
      'two trails',
      (b) => b.submitOrder({ ...stop, trailAmount: 1, trailAtr: { multiple: 1, length: 1 } }),
      /trailAmount, trailFraction or trailAtr: one of the three expected/,
    ],
    [
      'a trail of a limit',
      (b) => b.submitOrder({ ...limit, trailAtr: { multiple: 1 } }),
      /trailAtr: none but for trailing orders/,
    ],
  ])

  it('have the distance that the indicator has when they are given, of the last bar of their asset', () => {
    const rows = walk(40, 7, 0)
    rows[30] = null
    const prices = market({ A: rows, B: flat(...Array(40).fill(50)) })
    const own = rows.filter((row) => row !== null)
    const values = atr(
      own.map((row) => row[1]),
      own.map((row) => row[2]),
      own.map((row) => row[3]),
      5,
    )
    const seen: (number | undefined)[] = []
    const ask = (broker: Broker, id: number) => seen.push(broker.getOrder(id)?.trailAmount)
    const hooks = at({
      20: (broker) => ask(broker, broker.submitOrder({ ...stop, trailAtr: { multiple: 30, length: 5 } })),
      30: (broker) => {
        // The distance stays as it was, until an update takes it anew; A has no bar here.
        ask(broker, 1)
        expect(broker.updateOrder(1, { trailAtr: { multiple: 31, length: 5 } })).toBe(true)
        ask(broker, 1)
        const { stop: child } = broker.submitBracket({
          ...limit,
          limitPrice: 1,
          childTrailAtr: { multiple: 2, length: 5 },
        })
        ask(broker, child)
        expect(broker.updateOrder(99, { trailAtr: { multiple: 31, length: 5 } })).toBe(false)
      },
    })
    backtest(prices, hooks)
    expect(seen).toEqual([30 * values[20], 30 * values[20], 31 * values[29], 2 * values[29]])
    backtest(prices, hooks, { verify: 'snapshot' })
  })

  it('are given again by what a run by hand has recorded', () => {
    const prices = market(walk(40, 7, 0))
    const run = openManual(prices)
    for (let bar = 0; bar <= 20; bar++) run.advance()
    run.broker.submitOrder({ ...stop, trailAtr: { multiple: 30, length: 5 }, goodTill: 60 * DAY })
    const given = run.broker.getOrder(1)
    run.advance()
    const copy = openManual(prices).restore(run.snapshot())
    for (const one of [run, copy]) {
      expect(one.broker.getOrder(1)).toEqual(given)
      const [decision] = one.decisions
      one.back(1)
      expect(one.broker.getOrder(1)).toBeUndefined()
      one.apply(decision).advance()
      expect(one.broker.getOrder(1)).toEqual(given)
      one.release()
    }
  })
})
