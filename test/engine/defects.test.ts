/** Mistakes of the engine that this one was modelled on, by their descriptions: each test fails where one is made again. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { at, flat, market, rows } from './script.ts'

const quiet = [100, 100, 100, 100]
const FILL = ['bar', 'phase', 'orderId', 'side', 'quantity', 'price', 'reason'] as const

describe('bracket children are live before the parent fills, and always sell', () => {
  it('sleep while the bars go through their levels', () => {
    const prices = market([quiet, [100, 112, 84, 100], quiet])
    const result = backtest(
      prices,
      at({
        0: (broker) =>
          broker.submitBracket({
            asset: 0,
            quantity: 5,
            type: 'limit',
            limitPrice: 80,
            stopLossPrice: 75,
            takeProfitPrice: 110,
          }),
      }),
    )
    expect(result.fills.length).toBe(0)
    expect(rows(result.orders, 'status', 'reason')).toEqual(Array(3).fill(['cancelled', 'end_of_data']))
  })

  it('of a short buy, the stop above and the target below', () => {
    const bracket = { asset: 0, side: 'sell', quantity: 5, stopLossPrice: 105, takeProfitPrice: 95 } as const
    const up = backtest(
      market([quiet, quiet, [100, 106, 99, 104]]),
      at({ 0: (broker) => broker.submitBracket(bracket) }),
    )
    expect(rows(up.fills, ...FILL)).toEqual([
      [1, 'open', 1, 'sell', 5, 100, 'order'],
      [2, 'range', 2, 'buy', 5, 105, 'stop'],
    ])
    const down = backtest(
      market([quiet, quiet, [100, 101, 94, 96]]),
      at({ 0: (broker) => broker.submitBracket(bracket) }),
    )
    expect(rows(down.fills, ...FILL)[1]).toEqual([2, 'range', 3, 'buy', 5, 95, 'target'])
    expect(rows(down.orders, 'side', 'status', 'reason')).toEqual([
      ['sell', 'filled', null],
      ['buy', 'cancelled', 'sibling'],
      ['buy', 'filled', null],
    ])
    expect(down.trades.row(0).pnl).toBe(25)
  })
})

describe('stop-limits never fill, trailing stops are for sells only', () => {
  it('a stop-limit fills, both ways', () => {
    const result = backtest(
      market([quiet, [100, 105, 100, 104], [104, 104, 97, 98]]),
      at({
        0: (broker) =>
          broker.submitOrder({ asset: 0, quantity: 2, type: 'stop-limit', stopPrice: 102, limitPrice: 103 }),
        1: (broker) =>
          broker.submitOrder({
            asset: 0,
            side: 'sell',
            quantity: 2,
            type: 'stop-limit',
            stopPrice: 99,
            limitPrice: 98,
          }),
      }),
    )
    expect(rows(result.fills, 'bar', 'side', 'price')).toEqual([
      [1, 'buy', 102],
      [2, 'sell', 99],
    ])
  })

  it('a trailing stop buys', () => {
    const result = backtest(
      market([quiet, [99, 99.5, 95, 96], [97, 101, 96, 100.5]]),
      at({
        0: (broker) =>
          broker.submitOrder({ asset: 0, side: 'buy', quantity: 2, type: 'trailing-stop', trailAmount: 5 }),
      }),
    )
    expect(rows(result.fills, ...FILL)).toEqual([[2, 'range', 1, 'buy', 2, 100, 'order']])
  })
})

describe('a stop through a gap fills at its level or the extreme, not at the open', () => {
  it.each([
    ['sell', 95, [90, 96, 88, 93], 90],
    ['buy', 105, [110, 112, 104, 107], 110],
  ] as const)('%s stop at %d', (side, stopPrice, bar, price) => {
    const result = backtest(
      market([quiet, [100, 101, 99, 100], bar]),
      at({ 0: (broker) => broker.submitOrder({ asset: 0, side, quantity: 1, type: 'stop', stopPrice }) }),
    )
    expect(rows(result.fills, ...FILL)).toEqual([[2, 'open', 1, side, 1, price, 'order']])
  })

  it('a rule and a bracket child too', () => {
    const gap = market([quiet, [100, 101, 99, 100], [90, 96, 88, 93]])
    const rule = backtest(gap, at({ 0: (broker) => broker.submitOrder({ asset: 0, quantity: 1 }) }), {
      rules: [{ type: 'stop', distance: 0.05 }],
    })
    const child = backtest(
      gap,
      at({ 0: (broker) => broker.submitBracket({ asset: 0, quantity: 1, stopLossPrice: 95 }) }),
    )
    expect(rows(rule.fills, 'bar', 'price')[1]).toEqual([2, 90])
    expect(rows(child.fills, 'bar', 'price')[1]).toEqual([2, 90])
  })
})

describe('rule exits and deferred exits run one bar late at a stale price', () => {
  const bars = flat(100, 101, 102, 103, 104, 105)

  it('an exit given at a bar fills at the next open', () => {
    const result = backtest(
      market(bars),
      at({ 0: (broker) => broker.submitOrder({ asset: 0, quantity: 1 }), 2: (broker) => broker.closePosition(0) }),
    )
    expect(rows(result.fills, 'bar', 'price')).toEqual([
      [1, 101],
      [3, 103],
    ])
  })

  it('a time exit too', () => {
    const result = backtest(market(bars), at({ 0: (broker) => broker.submitOrder({ asset: 0, quantity: 1 }) }), {
      rules: [{ type: 'time', bars: 2 }],
    })
    expect(rows(result.fills, 'bar', 'price')[1]).toEqual([3, 103])
  })

  it('a stop that fills at the next open does so at that open', () => {
    const prices = market([quiet, quiet, [100, 101, 94, 98], [97, 99, 96, 98], [90, 91, 89, 90]])
    const result = backtest(prices, at({ 0: (broker) => broker.submitOrder({ asset: 0, quantity: 1 }) }), {
      stopFill: 'next-open',
      rules: [{ type: 'stop', distance: 0.05 }],
    })
    expect(rows(result.fills, ...FILL)[1]).toEqual([3, 'open', 0, 'sell', 1, 97, 'stop'])
  })
})

describe('entry commission is missing from the P&L of trades, and scaling down writes no trade', () => {
  it('each part has its share, and all of them add up to what equity gained', () => {
    const result = backtest(
      market(flat(100, 100, 110, 120, 120)),
      at({
        0: (broker) => broker.submitOrder({ asset: 0, quantity: 10 }),
        1: (broker) => broker.submitOrder({ asset: 0, side: 'sell', quantity: 4 }),
        2: (broker) => broker.closePosition(0),
      }),
      { commission: 0.01, cash: 5000 },
    )
    expect(result.trades.length).toBe(2)
    const pnl = result.trades.values('pnl')
    // 40 - 4.4 - 4 and 120 - 7.2 - 6.
    expect(pnl[0]).toBeCloseTo(31.6, 9)
    expect(pnl[1]).toBeCloseTo(106.8, 9)
    expect(pnl[0] + pnl[1]).toBeCloseTo(result.summary.finalValue - 5000, 9)
    expect(result.summary.totalPnl).toBe(pnl[0] + pnl[1])
  })
})

describe('fixed slippage is multiplied by the quantity before it is added to the price', () => {
  it('is an amount per unit', () => {
    const result = backtest(
      market(flat(100, 100, 100)),
      at({ 0: (broker) => broker.submitOrder({ asset: 0, quantity: 10 }), 1: (broker) => broker.closePosition(0) }),
      { slippage: { type: 'per-unit', amount: 0.5 } },
    )
    expect(rows(result.fills, 'price', 'slippage')).toEqual([
      [100.5, 5],
      [99.5, 5],
    ])
  })
})

describe('options that do nothing', () => {
  const both = at({
    0: (broker) => broker.submitOrder({ asset: 0, quantity: 5 }),
    1: (broker) => broker.closePosition(0),
  })

  it('a partial exit is not cut to whole units', () => {
    const result = backtest(
      market([quiet, quiet, [100, 106, 100, 105]]),
      at({ 0: (broker) => broker.submitOrder({ asset: 0, quantity: 5 }) }),
      {
        rules: [{ type: 'target', distance: 0.05, action: { type: 'exit-fraction', fraction: 0.3 } }],
      },
    )
    expect(rows(result.trades, 'quantity', 'exitPrice')).toEqual([[1.5, 105]])
    expect(result.openPositions.row(0).quantity).toBe(3.5)
  })

  it('next-close is not next-open', () => {
    const result = backtest(market([quiet, [101, 104, 100, 103], [105, 107, 104, 106]]), both, { timing: 'next-close' })
    expect(rows(result.fills, 'bar', 'phase', 'price')).toEqual([
      [1, 'close', 103],
      [2, 'close', 106],
    ])
  })

  it('commission per trade is charged', () => {
    const result = backtest(market(flat(100, 100, 100)), both, { commission: { type: 'per-trade', amount: 2 } })
    expect(result.summary.totalCommission).toBe(4)
    expect(result.trades.row(0).pnl).toBe(-4)
  })

  it('slippage by volume is applied', () => {
    const result = backtest(market([quiet, [100, 100, 100, 100, 50], [100, 100, 100, 100, 50]]), both, {
      slippage: { type: 'volume-share', rate: 0.1 },
    })
    // 0.1 * 5 / 50 of 100.
    expect(rows(result.fills, 'price')).toEqual([[101], [99]])
  })

  it('moving the stop moves it', () => {
    const prices = market([quiet, quiet, [101, 106, 100.5, 104], [104, 104, 98, 99]])
    const rules = (offset: number | undefined) => [
      { type: 'stop' as const, distance: 0.1 },
      ...(offset === undefined
        ? []
        : [{ type: 'target' as const, distance: 0.05, action: { type: 'move-stop' as const, offset } }]),
    ]
    const buy = at({ 0: (broker) => broker.submitOrder({ asset: 0, quantity: 5 }) })
    expect(rows(backtest(prices, buy, { rules: rules(0) }).fills, 'bar', 'price', 'reason')[1]).toEqual([
      3,
      100,
      'stop',
    ])
    expect(backtest(prices, buy, { rules: rules(undefined) }).trades.length).toBe(0)
  })
})

describe('water marks, MFE and MAE come from closes, and both signals of a trade are the same', () => {
  it('come from highs and lows', () => {
    // Closes alone would give 0.02 and 0; a trail of 8 from the highest close, 102, would not be hit.
    const prices = market([quiet, [100, 108, 98, 102], [102, 103, 99.5, 101], quiet])
    const result = backtest(
      prices,
      at({
        0: (broker) => broker.submitOrder({ asset: 0, quantity: 1 }),
        1: (broker) => {
          const { highWaterMark, lowWaterMark } = broker.getPosition(0)
          expect([highWaterMark, lowWaterMark]).toEqual([108, 98])
        },
        2: (broker) => broker.closePosition(0),
      }),
    )
    expect(rows(result.trades, 'mfe', 'mae')).toEqual([[0.08, -0.02]])
    // A short that was never under water has no adverse excursion, and no negative nought for one either.
    const short = at({
      0: (broker) => broker.submitOrder({ asset: 0, quantity: -1 }),
      1: (broker) => broker.closePosition(0),
    })
    const falling = market([quiet, [100, 100, 96, 97], [97, 97, 97, 97]])
    expect(rows(backtest(falling, short).trades, 'mfe', 'mae')).toEqual([[0.04, 0]])
    const trailed = backtest(prices, at({ 0: (broker) => broker.submitOrder({ asset: 0, quantity: 1 }) }), {
      path: 'nearest',
      rules: [{ type: 'trail', distance: 8, unit: 'price' }],
    })
    expect(rows(trailed.fills, 'bar', 'price', 'reason')[1]).toEqual([2, 100, 'trail'])
  })

  it('entry and exit each say their own', () => {
    const result = backtest(
      market(flat(100, 101, 102, 103)),
      at({
        0: (broker) => broker.submitOrder({ asset: 0, quantity: 1, tag: 11, signal: true }),
        1: (broker) => broker.closePosition(0, { tag: 22 }),
      }),
    )
    expect(
      rows(result.trades, 'entryTag', 'exitTag', 'entryReason', 'exitReason', 'entryOrderId', 'exitOrderId'),
    ).toEqual([[11, 22, 'signal', 'order', 1, 2]])
  })
})
