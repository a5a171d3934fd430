/** Settings that do not go with what the assets are traded in, and what a run shows of it (semantics 1.9). */
import { expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { FillgridError } from '../../src/errors.ts'
import type { Instrument } from '../../src/market/instrument.ts'
import { Market } from '../../src/market/market.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import { resultData, resultFrom } from '../../src/results/data.ts'
import type { Commission } from '../../src/settings/settings.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { Strategy } from '../../src/strategy/strategy.ts'

const DAY = 86_400_000
const CLOSES = [100, 102, 104, 106]

function of(instrument: Instrument, allowNonPositive = false): Market {
  const time = CLOSES.map((_, bar) => bar * DAY)
  return Market.from(
    { assets: ['A', 'B'], time, close: CLOSES.flatMap((close) => [close, close]) },
    {
      instruments: { A: instrument },
      allowNonPositive,
    },
  )
}

class Hold extends Strategy {
  seen: unknown[] = []
  override onBar(bar: Bar, broker: Broker): void {
    if (bar.index === 0) broker.submitOrder({ asset: 'A', quantity: 3 })
    if (bar.index === 1) broker.submitOrder({ asset: 'A', side: 'sell', quantity: 1 })
    const { quantity, unrealizedPnl } = broker.getPosition('A')
    this.seen.push([quantity, unrealizedPnl, broker.getAccountValue()])
  }
}

const TIERS: Commission = { type: 'tiered', tiers: [{ upTo: Number.POSITIVE_INFINITY, rate: 0.001 }] }
const SHARE = { type: 'volume-share', rate: 0.1 } as const

it.each<[string, Instrument, BacktestConfig, boolean?]>([
  [
    'slippage: volume-share with tiered commission goes with no tick size, found tickSize 0.5 of A. Leave the tick size out, or take another slippage.',
    { tickSize: 0.5 },
    { slippage: SHARE, commission: TIERS },
  ],
  [
    'slippage: volume-share with a cash account over prices that may be negative goes with no tick size, found tickSize 0.5 of A.',
    { tickSize: 0.5 },
    { slippage: SHARE, account: 'cash' },
    true,
  ],
  [
    'impact: linear with tiered commission goes with no tick size, found tickSize 0.5 of A. Leave the tick size out, or take another impact.',
    { tickSize: 0.5 },
    { impact: { type: 'linear', rate: 0.1 }, sellCommission: TIERS },
  ],
  [
    'slippage: volume-share with funds lock goes with no tick size, found tickSize 0.5 of A.',
    { tickSize: 0.5 },
    { slippage: SHARE, funds: 'lock' },
  ],
  ['slippage: ticks of every asset expected, found no tickSize of A.', {}, { slippage: { type: 'ticks', amount: 1 } }],
  [
    'spread: pips of every asset expected, found no pipSize of A.',
    { tickSize: 1 },
    { spread: { type: 'pips', amount: 1 } },
  ],
  [
    'spread: ticks of every asset expected, found no tickSize of A.',
    { tickSize: 0 },
    { spread: { type: 'ticks', amount: 1 } },
  ],
  [
    'size: no less than minimumQuantity 2 of A expected, found 1 units. Raise it.',
    { minimumQuantity: 2 },
    { size: { type: 'units', amount: 1 } },
  ],
  [
    'size: no more than maximumQuantity 2 of A expected, found 3 units. Lower it.',
    { maximumQuantity: 2 },
    { size: { type: 'units', amount: 3 } },
  ],
  [
    'size: no less than quantityStep 1 of A expected, found 0.5 units. Raise it.',
    { quantityStep: 1 },
    { size: { type: 'units', amount: 0.5 } },
  ],
])('%s', (message, instrument, config, negative) => {
  const market = of(instrument, negative)
  let error: unknown
  try {
    backtest(market, Hold, config)
  } catch (caught) {
    error = caught
  }
  market.release()
  expect(error).toBeInstanceOf(FillgridError)
  expect((error as FillgridError).code).toBe('invalid_value')
  expect((error as FillgridError).message).toContain(message)
})

it('settings that go with it are let be', () => {
  const market = of({ tickSize: 0.5, maximumQuantity: 2 })
  for (const config of [{ slippage: SHARE }, { commission: TIERS }, { size: { type: 'fraction', amount: 5 } }] as const)
    expect(backtest(market, Hold, config).orders.length).toBe(2)
  market.release()
})

it('positions, trades and results are worth the multiplier and say so', () => {
  const market = of({ multiplier: 10, quoteCurrency: 'USD' })
  const strategy = new Hold()
  const result = backtest(market, strategy, { cash: 10_000, slippage: { type: 'per-unit', amount: 1 } })
  // 3 at 103, one of them sold at 103; then 2 at 103, marked at 106.
  expect(strategy.seen).toEqual([
    [0, 0, 10_000],
    [3, -30, 9970],
    [2, 20, 10_020],
    [2, 60, 10_060],
  ])
  const row = result.trades.columns.map(({ name }) => name)
  expect(row.slice(-2)).toEqual(['multiplier', 'quoteCurrency'])
  const trade = [...result.trades][0]
  expect(trade).toMatchObject({ pnl: 0, pnlPercent: 0, slippage: 20, multiplier: 10, quoteCurrency: 'USD' })
  expect([...result.openPositions][0]).toMatchObject({ quantity: 2, unrealizedPnl: 60 })
  expect(result.fills.values('slippage')).toEqual(Float64Array.of(30, 10))
  expect(result.instruments).toEqual({ A: { multiplier: 10, quoteCurrency: 'USD' } })
  const again = resultFrom(structuredClone(resultData(result)))
  expect(again.instruments).toEqual(result.instruments)
  expect([...again.trades]).toEqual([...result.trades])
  market.release()
})
