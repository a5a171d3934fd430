/** Sizes beyond what doubles can count, and numbers beyond what they can hold (semantics 1.8, 3.2, 7.6). */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { at, failure, flat, market, rows } from './script.ts'

describe('an entry that is cut', () => {
  it('where its steps pass 2^53 ends, with the largest quantity that can be paid', () => {
    const cheap = market(flat(1e-5, 1e-5, 1e-5))
    const config = { cash: 1000, quantityStep: 1e-8 }
    const result = backtest(cheap, at({ 0: (broker) => broker.submitOrder({ asset: 0, fraction: 1.5 }) }), config)
    // In doubles 1e8 units cost a hair more than 1000; one step less does not.
    expect(1e8 * 1e-5).toBeGreaterThan(1000)
    expect(rows(result.orders, 'status', 'reason', 'filledQuantity')).toEqual([['filled', 'cut', 99_999_999.99999999]])
    expect(result.cash[2]).toBeGreaterThanOrEqual(0)
  })

  it('is a multiple of the step below that', () => {
    const cheap = market(flat(0.07, 0.07, 0.07))
    const result = backtest(cheap, at({ 0: (broker) => broker.submitOrder({ asset: 0, value: 5000 }) }), {
      cash: 1000,
      quantityStep: 1e-9,
    })
    const [[quantity]] = rows(result.orders, 'filledQuantity') as number[][]
    expect(quantity * 0.07).toBeLessThanOrEqual(1000)
    expect(quantity + 1e-9).toBeGreaterThan(1000 / 0.07)
    expect(Math.round(quantity / 1e-9) * 1e-9).toBe(quantity)
  })

  it('is the largest over tiers that fall, and where slippage takes more than half', () => {
    // By hand: at 10 a unit the rate of the second tier makes 1,189 units cost less than 203 of the first would allow.
    const bars = market(flat(10, 10, 10))
    const tiers = [
      { upTo: 2030, rate: 0.9 },
      { upTo: Number.POSITIVE_INFINITY, rate: 0 },
    ]
    const config = { cash: 11_890, commission: { type: 'tiered' as const, tiers } }
    const result = backtest(bars, at({ 0: (broker) => broker.submitOrder({ asset: 0, value: 50_000 }) }), config)
    expect(rows(result.orders, 'reason', 'filledQuantity')).toEqual([['cut', 1189]])
  })
})

describe('numbers that leave the finite range', () => {
  const bars = market(flat(1, 1, 1, 1, 1))

  it('end the run with the order and the bar', () => {
    const hook = at({
      0: (broker) => broker.submitOrder({ asset: 0, value: 1.7e308 }),
      1: (broker) => broker.submitOrder({ asset: 0, value: 1.7e308 }),
      2: (broker) => broker.closePosition(0),
      3: (broker) => broker.submitOrder({ asset: 0, fraction: 1, stop: 0.1 }),
    })
    const run = openRun(bars, hook, { account: 'unlimited' })
    const error = failure(() => run.toEnd())
    expect(error).toMatchObject({ code: 'not_finite', place: { bar: 2, order: 2 } })
    expect(error.message).toMatch(/order 2 left that range at bar 2 \(1970-01-03/)
    expect(run.ended).toBe(true)
    expect(run.advance()).toBe(false)
    run.release()
  })

  it('by the equity alone name no order', () => {
    const rising = market(flat(1, 1, 1e10, 1e10))
    const hook = at({ 0: (broker) => broker.submitOrder({ asset: 0, quantity: 1e300 }) })
    const error = failure(() => backtest(rising, hook, { account: 'unlimited' }))
    expect(error).toMatchObject({ code: 'not_finite', place: { bar: 2, order: 0 } })
  })
})
