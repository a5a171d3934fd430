/** Settings that name columns of the market: what is wrong with them is said before the run. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { Market } from '../../src/market/market.ts'
import type { BrokerSettings } from '../../src/settings/settings.ts'

const DAY = 86_400_000

/** Two assets over three bars; the column `cost` has these values, asset by asset in each bar. */
function market(...cost: number[]): Market {
  const close = new Float64Array(6).fill(100)
  return Market.from({ assets: ['A', 'B'], time: [0, DAY, 2 * DAY], close, signals: { cost: Float64Array.from(cost) } })
}

const entries = new Float64Array(6).fill(0)
const run = (over: Market, settings: BrokerSettings) => backtest(over, { targetPosition: entries }, settings)
const column = (name: string, unit?: 'fraction' | 'price'): BrokerSettings => ({
  slippage: { type: 'column', column: name, ...(unit ? { unit } : {}) },
})

describe('a column of costs', () => {
  it('has to be in the market', () => {
    const over = market(0, 0, 0, 0, 0, 0)
    for (const call of [
      () => run(over, column('costs')),
      () => openRun(over, { targetPosition: entries }, column('costs')),
    ])
      expect(call).toThrow('slippage.column: "costs" is not a column of the market. Did you mean cost?')
  })

  it('is of fractions below 1, or of amounts, none below 0', () => {
    const fails = (over: Market, settings: BrokerSettings, message: string) =>
      expect(() => run(over, settings)).toThrow(message)
    const below = 'found -0.1 in column cost for B at bar 1 (1970-01-02T00:00:00.000Z). Mend the column.'
    fails(
      market(0, 0, 0, -0.1, 0, 0),
      column('cost'),
      `slippage.column: values of at least 0 and below 1, or NaN for none, expected, ${below}`,
    )
    fails(
      market(0, 0, 0, -0.1, 0, 0),
      column('cost', 'price'),
      `slippage.column: values of at least 0, or NaN for none, expected, ${below}`,
    )
    fails(market(0, 0, 1, 0, 0, 0), column('cost'), 'found 1 in column cost for A at bar 1')
    fails(
      market(0, 0, 1, 0, Number.POSITIVE_INFINITY, 0),
      column('cost', 'price'),
      'found Infinity in column cost for A at bar 2',
    )
    expect(run(market(Number.NaN, 0, 1, 0, 30, 0), column('cost', 'price')).equity).toHaveLength(3)
  })
})
