/** What results warn of, by hand: the place that is named, the numbers, and that nothing is said where nothing is. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { openManual } from '../../src/drivers/manual.ts'
import type { Market } from '../../src/market/market.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import type { Result } from '../../src/results/result.ts'
import type { StrategyInput } from '../../src/strategies/catalogue.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { at, DAY, flat, market, type Row, strategy } from './script.ts'

const calm: Row = [100, 100, 100, 100]
/** Closes at 105, after it was at 88. */
const wild: Row = [100, 106, 88, 105]

const buy =
  (quantity: number, asset = 0) =>
  (broker: Broker) =>
    void broker.submitOrder({ asset, quantity })

function messages(result: Result): Record<string, string> {
  return Object.fromEntries(result.warnings.map(({ code, message }) => [code, message]))
}

const run = (prices: Market, input: StrategyInput, config: BacktestConfig = {}) =>
  messages(backtest(prices, input, config))

describe('bars that were worse inside than at their close', () => {
  const account = { type: 'margin', initial: 0.1 } as const

  it('say what the equity was, exactly with one asset', () => {
    const found = run(market([calm, wild, calm, [100, 100, 89, 100]]), at({ 0: buy(10) }), { cash: 100, account })
    // Cash -900: at 88 the equity is -20, at 89 it is -10.
    expect(found.intrabar_bust).toBe(
      'bust: an equity above 0 expected inside bars too, found 2 bars that fell to 0 or less and closed above, lowest at exactly -20 at bar 1 (1970-01-02T00:00:00.000Z). Nothing is closed inside a bar for want of money: take smaller positions, closer stops or finer bars.',
    )
    expect(found.bust).toBeUndefined()
    expect(found.margin_calls).toBeUndefined()
  })

  it('say that it is a bound with several', () => {
    const prices = market({ A: [calm, wild], B: [calm, wild] })
    const both = at({
      0: (broker) => {
        buy(5)(broker)
        buy(5, 1)(broker)
      },
    })
    const found = run(prices, both, { cash: 100, account })
    expect(found.intrabar_bust).toBe(
      'bust: an equity above 0 expected inside bars too, found 1 bar that may have fallen to 0 or less and closed above, at worst -20 at bar 1 (1970-01-02T00:00:00.000Z) (a bound: the worst prices of the assets need not have come together). Nothing is closed inside a bar for want of money: take smaller positions, closer stops or finer bars.',
    )
  })

  it('tell of the maintenance margin likewise', () => {
    const maintained = { ...account, maintenance: 0.25 }
    const prices = market([calm, wild, [105, 105, 105, 105]])
    // At 88: equity 180, of an exposure of 880 220 are needed.
    const found = run(prices, at({ 0: buy(10) }), { cash: 300, account: maintained })
    expect(found.intrabar_margin_call).toMatch(
      /^margin: the maintenance margin expected inside bars too, found 1 bar that fell below it and closed above, lowest at exactly 180 at bar 1 \(1970-01-02/,
    )
    expect(found.intrabar_bust).toBeUndefined()
    // A close below it is a call, and no more is said.
    const called = run(market([calm, [100, 100, 80, 85]]), at({ 0: buy(10) }), { cash: 300, account: maintained })
    expect(Object.keys(called)).toEqual(expect.arrayContaining(['margin_calls']))
    expect(called.intrabar_margin_call).toBeUndefined()
  })

  it('are none in an account without checks, nor where the stop came first', () => {
    const inside = ['intrabar_bust', 'intrabar_margin_call']
    const unlimited = run(market([calm, wild]), at({ 0: buy(10) }), { cash: 100, account: 'unlimited' })
    const stopped = run(market([calm, wild]), at({ 0: buy(10) }), {
      cash: 100,
      account,
      rules: [{ type: 'stop', distance: 0.05 }],
    })
    for (const found of [unlimited, stopped])
      expect(Object.keys(found).filter((code) => inside.includes(code))).toEqual([])
  })

  it.each([
    ['unlimited', { cash: 100, account: 'unlimited' }, []],
    ['margin', { cash: 100, account }, ['intrabar_bust', 'intrabar_margin_call']],
    ['maintenance', { cash: 300, account: { ...account, maintenance: 0.25 } }, ['intrabar_margin_call']],
  ] as const)('are found after a snapshot as without it: %s', (_, config, codes) => {
    const prices = market([calm, calm, wild, calm, calm])
    const whole = openRun(prices, at({ 0: buy(10) }), config)
    whole.advance()
    const other = openRun(prices, at({ 0: buy(10) }), config).restore(whole.snapshot())
    const inside = (result: Result) => Object.keys(messages(result)).filter((code) => code.startsWith('intrabar'))
    expect(inside(other.toEnd().result())).toEqual(codes)
    expect(other.result().summary).toEqual(whole.toEnd().result().summary)
  })

  it('name the bar of the market in a window, and are there while the run goes on', () => {
    const prices = market([calm, calm, calm, wild, calm])
    const stepped = openRun(prices, at({ 2: buy(10) }), { cash: 100, account, from: 2 * DAY })
    stepped.advance()
    expect(messages(stepped.result()).intrabar_bust).toBeUndefined()
    // A bar is judged when its equity is written, which is after its decision.
    stepped.advance()
    expect(messages(stepped.result()).intrabar_bust).toBeUndefined()
    stepped.advance()
    expect(messages(stepped.result()).intrabar_bust).toContain('at bar 3 (1970-01-04')
    stepped.back()
    expect(messages(stepped.result()).intrabar_bust).toBeUndefined()
    stepped.release()
  })
})

describe('assets that have ended, or say nothing any more', () => {
  const rows = (bars: number, last: number): Row[] =>
    Array.from({ length: bars }, (_, bar) => (bar > last ? null : [50, 50, 50, 50 + bar]))
  const prices = (last: number, options = {}) =>
    market({ A: flat(...new Array(12).fill(100)), B: rows(12, last) }, options)
  const hold = at({ 0: buy(2, 1) })

  it('positions that were closed at their last close are counted', () => {
    const ended = { delisted: { B: 4 * DAY } }
    const found = run(prices(3, ended), hold, { ended: 'close' })
    expect(found.ended_positions).toBe(
      "positions: exits at prices of their time expected, found 1 at the last close of assets that had ended, as `ended: 'close'` has it. The fills with reason ended have them: see whether that much would have been paid.",
    )
    expect(found.stale_positions).toBeUndefined()
    expect(run(prices(3, ended), hold).ended_positions).toBeUndefined()
  })

  it('positions without a bar in the last five are named, with their mark', () => {
    // The last of 12 bars is 11: from bar 7 on there are none for four, from 6 on for five.
    expect(run(prices(7), hold).stale_positions).toBeUndefined()
    expect(run(prices(6), hold).stale_positions).toBe(
      "positions: marks of the last bars expected, found 1 open at the end without a bar in the last 5: B, marked at 56 since bar 6 (1970-01-07T00:00:00.000Z). Where an asset has ended say so with `delisted` of the market, and close what is held of it with `ended: 'close'`.",
    )
    expect(run(prices(6), hold, { ended: 'close' }).stale_positions).toMatch(/with `delisted` of the market\.$/)
    expect(run(prices(6, { delisted: 'infer' }), hold).stale_positions).toMatch(
      /bar 6 \(1970-01-07T00:00:00.000Z\)\. Close what is held of assets that have ended with `ended: 'close'`\.$/,
    )
    expect(run(prices(6), at({ 0: buy(2) })).stale_positions).toBeUndefined()
  })

  it('of many the first three are named', () => {
    const assets = Object.fromEntries(['B', 'C', 'D', 'E', 'F'].map((name) => [name, rows(12, 3)]))
    const all = market({ A: flat(...new Array(12).fill(100)), ...assets })
    const every = strategy({
      onBar(bar, broker) {
        if (bar.index === 0) for (let asset = 1; asset < 6; asset++) buy(2, asset)(broker)
      },
    })
    expect(run(all, every).stale_positions).toMatch(
      /found 5 open .*: B, marked at 53 since bar 3 \([^)]*\); C, [^;]*; D, [^;]*; 2 more\./,
    )
  })

  it('of a window its own last bars count', () => {
    const config = { from: 2 * DAY, to: 9 * DAY }
    const late = at({ 2: buy(2, 1) })
    // Bar 8 is the last: without a bar from 5 on for four, from 4 on for five.
    expect(run(prices(4), late, config).stale_positions).toBeUndefined()
    expect(run(prices(3), late, config).stale_positions).toContain('since bar 3 (')
    // It has ended after the window: that it will be closed then helps nothing here.
    const after = run(prices(3, { delisted: { B: 10 * DAY } }), late, { ...config, ended: 'close' })
    expect(after.stale_positions).toMatch(/with `delisted` of the market\.$/)
  })
})

describe('orders for assets that are not listed', () => {
  const prices = () => market({ A: flat(1, 1, 1, 1), B: [null, null, [50, 50, 50, 50], [50, 50, 50, 50]] })
  const early = at({ 0: buy(1, 1), 1: buy(1, 1), 2: buy(1, 1) })

  it('are counted, by what becomes of them', () => {
    expect(run(prices(), early).orders_not_listed).toBe(
      "orders: given for assets that have had a bar expected, found 2 for assets before their first one, which waited for it (`notListed: 'wait'`). Order what has a close, or have them rejected with `notListed: 'reject'`.",
    )
    expect(run(prices(), early, { notListed: 'reject' }).orders_not_listed).toBe(
      "orders: given for assets that have had a bar expected, found 2 for assets before their first one, which were rejected (`notListed: 'reject'`). Order what has a close.",
    )
    expect(run(prices(), at({ 2: buy(1, 1) })).orders_not_listed).toBeUndefined()
  })
})

describe('orders of more than the volume', () => {
  const bar = (volume: number): Row => [100, 100, 100, 100, volume]
  const over = (result: Result) => messages(result).orders_over_volume

  it('are counted, and the one furthest beyond it is named', () => {
    const prices = market({ A: [bar(9), bar(100), bar(100), bar(8)], B: [bar(9), bar(3), bar(50), bar(8)] })
    const result = backtest(
      prices,
      at({
        0: (broker) => {
          buy(101)(broker)
          buy(10, 1)(broker)
        },
        1: (broker) => {
          buy(-101)(broker)
          buy(40, 1)(broker)
        },
      }),
    )
    // 101 of 100 twice, and 10 of 3.
    expect(over(result)).toBe(
      'orders: no more units than the volume of their bar expected, found 3 that traded more. Furthest beyond it is order 2: 10 units of B at bar 1 (1970-01-02T00:00:00.000Z) are 3.33 times its volume of 3. Make orders smaller, or use slippage by share of the volume.',
    )
    expect(result.warnings).toBe(result.warnings)
  })

  it('are those beyond it, not at it; a bar without a volume says nothing', () => {
    for (const [volume, said] of [
      [9.999, true],
      [10, false],
      [10.001, false],
      [0, false],
    ] as const)
      expect(over(backtest(market([bar(5), bar(volume), bar(5)]), at({ 0: buy(10) }))) !== undefined, `${volume}`).toBe(
        said,
      )
  })

  it('are taken whole: the two fills of a reversal are one order, also with others in between', () => {
    const two = market({ A: [bar(9), bar(60), bar(60)], B: [bar(9), bar(60), bar(60)] })
    const turn = strategy({
      onBar({ index }, broker) {
        const sign = index === 0 ? 1 : -2
        if (index < 2) for (const asset of [0, 1]) buy(sign * 40, asset)(broker)
      },
    })
    const result = backtest(two, turn)
    expect(result.fills.length).toBe(6)
    expect(over(result)).toMatch(/found 2 that traded more\. Furthest beyond it is order 3: 80 units of A at bar 2/)
    // Each of the fills alone, and what is at the volume to the last bit but one of the sum.
    const thirds = market([bar(9), bar(60), bar(0.1 + 0.2)])
    const small = at({ 0: buy(0.1), 1: (broker) => void broker.submitOrder({ asset: 0, quantity: -(0.1 + 0.2) }) })
    expect(over(backtest(thirds, small))).toBeUndefined()
  })

  it('exits by rule are orders of their own', () => {
    const prices = market([bar(9), bar(100), [100, 100, 80, 80, 3]])
    const result = backtest(prices, at({ 0: buy(12) }), { rules: [{ type: 'stop', distance: 0.1 }] })
    expect(over(result)).toMatch(
      /found 1 that .* is an exit \(stop\): 12 units of A at bar 2 .* are 4 times its volume of 3\./,
    )
  })

  it('are looked for in the bars of a window', () => {
    const prices = market([bar(1), bar(1), bar(1), bar(7), bar(7)])
    const result = backtest(prices, at({ 2: buy(14) }), { from: 2 * DAY })
    expect(over(result)).toMatch(/14 units of A at bar 3 .* are 2 times its volume of 7/)
  })

  it('by all that drives a run', () => {
    const prices = market([bar(1), bar(4), bar(7)])
    const manual = openManual(prices)
    manual.advance()
    manual.broker.submitOrder({ asset: 0, quantity: 5 })
    manual.commit()
    manual.advance()
    const signals = backtest(prices, { entries: [1, 0, 0], size: 5, sizeType: 'units' })
    for (const result of [manual.result(), signals]) expect(over(result)).toContain('are 1.25 times its volume of 4')
    manual.release()
  })

  it('where the market was released before anybody asked, say so', () => {
    const made = () => {
      const prices = market([bar(5), bar(1), bar(5)])
      return { prices, bought: backtest(prices, at({ 0: buy(10) })), idle: backtest(prices, strategy({})) }
    }
    const asked = made()
    const before = asked.bought.warnings
    asked.prices.release()
    expect(asked.bought.warnings).toBe(before)
    expect(over(asked.bought)).toContain('10 times')
    const late = made()
    late.prices.release()
    expect(messages(late.bought).volume_unknown).toBe(
      'orders: they are compared with the volume of their bars when warnings are first asked for, found a market that had been released by then. Read `warnings` of the result before you release its market.',
    )
    // Without a fill there is nothing to compare.
    expect(late.idle.warnings.map(({ code }) => code)).toEqual(['no_trades'])
  })
})
