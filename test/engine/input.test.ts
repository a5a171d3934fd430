/** Bad input to the engine: each is a typed error that names the value and the place. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { openRun } from '../../src/drivers/driven.ts'
import type { ErrorCode } from '../../src/errors.ts'
import { getEngine } from '../../src/kernel/load.ts'
import { Market } from '../../src/market/market.ts'
import { type BacktestConfig, prepare } from '../../src/prepare.ts'
import { smaCross } from '../../src/strategies/sma-cross.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { defineSignals, type SignalColumns, Strategy } from '../../src/strategy/strategy.ts'
import { at, causeOf, DAY, failure, flat, market, strategy } from './script.ts'

const idle = strategy({})
const two = () => market({ AAPL: flat(100, 100, 100), MSFT: flat(50, 50, 50) })

describe('orders', () => {
  const cases: [string, (broker: Broker) => unknown, ErrorCode, RegExp][] = [
    ['an unknown asset by name', (b) => b.submitOrder({ asset: 'APPL', quantity: 1 }), 'unknown_name', /"APPL".*AAPL/],
    ['an unknown asset by index', (b) => b.submitOrder({ asset: 2, quantity: 1 }), 'unknown_name', /0 to 1.*found 2/],
    ['an asset by half', (b) => b.orderTargetQuantity(0.5, 1), 'unknown_name', /found 0\.5/],
    ['no asset', (b) => b.submitOrder({ quantity: 1 } as never), 'unknown_name', /found undefined/],
    ['closing an unknown asset', (b) => b.closePosition(-1), 'unknown_name', /found -1/],
    ['a position of an unknown asset', (b) => b.getPosition('X'), 'unknown_name', /"X"/],
    ['a quantity of an unknown asset', (b) => b.getQuantity(7), 'unknown_name', /found 7/],
    ['rules of an unknown asset', (b) => b.setPositionRules([], 9), 'unknown_name', /found 9/],
    ['pending orders of an unknown asset', (b) => b.getPendingOrders('Z'), 'unknown_name', /"Z"/],
    [
      'a NaN quantity',
      (b) => b.submitOrder({ asset: 0, quantity: Number.NaN }),
      'invalid_value',
      /order of AAPL\.quantity.*found NaN/,
    ],
    [
      'an infinite quantity',
      (b) => b.submitOrder({ asset: 1, quantity: Number.POSITIVE_INFINITY }),
      'invalid_value',
      /order of MSFT\.quantity.*found Infinity/,
    ],
    ['a quantity of 0', (b) => b.submitOrder({ asset: 0, quantity: 0 }), 'invalid_value', /other than 0.*found 0/],
    [
      'a negative quantity with a side',
      (b) => b.submitOrder({ asset: 0, side: 'sell', quantity: -5 }),
      'invalid_value',
      /above 0 .*found -5/,
    ],
    ['a quantity as text', (b) => b.submitOrder({ asset: 0, quantity: '5' as never }), 'invalid_value', /found "5"/],
    ['a negative value', (b) => b.submitOrder({ asset: 0, value: -100 }), 'invalid_value', /value.*found -100/],
    [
      'a NaN fraction',
      (b) => b.submitOrder({ asset: 0, fraction: Number.NaN }),
      'invalid_value',
      /fraction.*found NaN/,
    ],
    ['two sizes', (b) => b.submitOrder({ asset: 0, quantity: 1, value: 5 }), 'invalid_value', /only one size/],
    [
      'an unknown size',
      (b) => b.submitOrder({ asset: 0, size: { type: 'lots' as never, amount: 1 } }),
      'invalid_value',
      /found "lots"/,
    ],
    ['a NaN target', (b) => b.orderTargetQuantity(0, Number.NaN), 'invalid_value', /AAPL.*found NaN/],
    [
      'an infinite target',
      (b) => b.orderTargetPercent('MSFT', Number.NEGATIVE_INFINITY),
      'invalid_value',
      /MSFT.*found -Infinity/,
    ],
    [
      'an unknown side',
      (b) => b.submitOrder({ asset: 0, side: 'long' as never, quantity: 1 }),
      'invalid_value',
      /'buy' or 'sell'.*found "long"/,
    ],
    [
      'an unknown entry side',
      (b) => b.enterPosition(0, 'buy' as never),
      'invalid_value',
      /'long' or 'short'.*found "buy"/,
    ],
    [
      'an unknown type',
      (b) => b.submitOrder({ asset: 0, quantity: 1, type: 'market-if-asked' as never }),
      'invalid_value',
      /found "market-if-asked"/,
    ],
    [
      'an unknown timing',
      (b) => b.submitOrder({ asset: 0, quantity: 1, timing: 'now' as never }),
      'invalid_value',
      /found "now"/,
    ],
    [
      'an unknown timing of a close',
      (b) => b.closePosition(0, { timing: 'now' as never }),
      'invalid_value',
      /AAPL.*found "now"/,
    ],
    [
      'a tag as text',
      (b) => b.submitOrder({ asset: 0, quantity: 1, tag: 'a' as never }),
      'invalid_value',
      /tag.*found "a"/,
    ],
    ['a tag of a close as text', (b) => b.closePosition(0, { tag: 'a' as never }), 'invalid_value', /tag.*found "a"/],
    [
      'a limit without a price',
      (b) => b.submitOrder({ asset: 0, quantity: 1, type: 'limit' }),
      'invalid_value',
      /limitPrice.*found undefined/,
    ],
    [
      'a NaN price',
      (b) => b.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: Number.NaN }),
      'invalid_value',
      /limitPrice.*found NaN/,
    ],
    [
      'a negative price',
      (b) => b.submitOrder({ asset: 0, quantity: 1, type: 'stop', stopPrice: -3 }),
      'invalid_value',
      /stopPrice.*above 0.*found -3/,
    ],
    [
      'a price of 0',
      (b) => b.submitOrder({ asset: 0, quantity: 1, type: 'stop-limit', stopPrice: 3, limitPrice: 0 }),
      'invalid_value',
      /limitPrice.*found 0/,
    ],
    [
      'a price that the type lacks',
      (b) => b.submitOrder({ asset: 0, quantity: 1, limitPrice: 90 }),
      'invalid_value',
      /none for a market order.*found 90/,
    ],
    [
      'a trail of two kinds',
      (b) => b.submitOrder({ asset: 0, quantity: 1, type: 'trailing-stop', trailAmount: 1, trailFraction: 0.1 }),
      'invalid_value',
      /one of the three/,
    ],
    [
      'a trail of 100 percent',
      (b) => b.submitOrder({ asset: 0, quantity: 1, type: 'trailing-stop', trailFraction: 1 }),
      'invalid_value',
      /between 0 and 1.*found 1/,
    ],
    [
      'a trail of a market order',
      (b) => b.submitOrder({ asset: 0, quantity: 1, trailAmount: 1 }),
      'invalid_value',
      /trailing orders.*found 1/,
    ],
    [
      'a stop fraction of 5',
      (b) => b.submitOrder({ asset: 0, quantity: 1, stop: 5 }),
      'invalid_value',
      /stop: a fraction between 0 and 1 of the entry \(prices are stopPrice of stop orders, .*found 5/,
    ],
    [
      'a stop by its former name',
      (b) => b.submitOrder({ asset: 0, quantity: 1, stopLoss: 0.05 } as never),
      'unknown_name',
      /^order: stop is what this is called, found its former name stopLoss\. Write stop\.$/,
    ],
    [
      'a target by its former name',
      (b) => b.enterPosition(0, 'long', { takeProfit: 0.05 } as never),
      'unknown_name',
      /^entry: target is what this is called, found its former name takeProfit\. Write target\.$/,
    ],
    [
      'a trail by its former name, in a bracket',
      (b) => b.submitBracket({ asset: 0, quantity: 1, stopLossPrice: 1, trailingStop: 0.05 } as never),
      'unknown_name',
      /^bracket: trail is what this is called, found its former name trailingStop\. Write trail\.$/,
    ],
    [
      'a stop that cannot be changed',
      (b) => b.updateOrder(1, { stopLoss: 0.05 } as never),
      'unknown_name',
      /^changes of an order: "stopLoss" is not one of its fields\. There are limitPrice, stopPrice, /,
    ],
    [
      'a bracket with its stop above its target',
      (b) => b.submitBracket({ asset: 0, quantity: 1, stopLossPrice: 110, takeProfitPrice: 105 }),
      'invalid_value',
      /bracket of AAPL: .*stop < limit < target, found stop 110, target 105/,
    ],
    [
      'a bracket with its stop at its target',
      (b) => b.submitBracket({ asset: 0, quantity: 1, stopLossPrice: 105, takeProfitPrice: 105 }),
      'invalid_value',
      /found stop 105, target 105/,
    ],
    [
      'a short bracket with its target above',
      (b) => b.submitBracket({ asset: 0, side: 'sell', quantity: 1, stopLossPrice: 95, takeProfitPrice: 105 }),
      'invalid_value',
      /target < limit < stop/,
    ],
    [
      'a bracket whose limit is below its stop',
      (b) => b.submitBracket({ asset: 0, quantity: 1, type: 'limit', limitPrice: 90, stopLossPrice: 95 }),
      'invalid_value',
      /limit 90/,
    ],
    [
      'a bracket with a negative stop',
      (b) => b.submitBracket({ asset: 0, quantity: 1, stopLossPrice: -5 }),
      'invalid_value',
      /bracket of AAPL\.stopLossPrice.*above 0.*found -5/,
    ],
    [
      'a bracket with a NaN target',
      (b) => b.submitBracket({ asset: 0, quantity: 1, takeProfitPrice: Number.NaN }),
      'invalid_value',
      /takeProfitPrice.*found NaN/,
    ],
    [
      'a bracket with stop and trail',
      (b) => b.submitBracket({ asset: 0, quantity: 1, stopLossPrice: 90, childTrailAmount: 3 }),
      'invalid_value',
      /not both/,
    ],
    [
      'a bracket around a target size',
      (b) => b.submitBracket({ asset: 0, size: { type: 'target-units', amount: 3 }, stopLossPrice: 90 }),
      'invalid_value',
      /not a target/,
    ],
    ['a group of one', (b) => b.submitOco([{ asset: 0, quantity: 1 }]), 'invalid_value', /at least 2.*found 1/],
    [
      'a group of two assets',
      (b) =>
        b.submitOco([
          { asset: 0, quantity: 1 },
          { asset: 1, quantity: 1 },
        ]),
      'invalid_value',
      /AAPL and MSFT/,
    ],
    [
      'an update to NaN',
      (b) =>
        b.updateOrder(b.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 90 }), {
          limitPrice: Number.NaN,
        }),
      'invalid_value',
      /order 1\.limitPrice.*found NaN/,
    ],
    [
      'an update to a negative price',
      (b) => b.updateOrder(1, { stopPrice: -1 }),
      'invalid_value',
      /order 1\.stopPrice.*found -1/,
    ],
    [
      'an update of a trail to 100 percent',
      (b) =>
        b.updateOrder(b.submitOrder({ asset: 0, quantity: 1, type: 'trailing-stop', trailFraction: 0.1 }), {
          trailFraction: 1,
        }),
      'invalid_value',
      /trailFraction.*below 1.*found 1/,
    ],
    [
      'a trail in both units',
      (b) => b.updateOrder(1, { trailAmount: 1, trailFraction: 0.1 }),
      'invalid_value',
      /order 1: one of trailAmount, trailFraction and trailAtr expected, found trailAmount and trailFraction/,
    ],
    [
      'an update of a trail to nothing',
      (b) => b.updateOrder(1, { trailAmount: 0 }),
      'invalid_value',
      /order 1\.trailAmount.*above 0.*found 0/,
    ],
    [
      'rules of its own and the shorthand',
      (b) => b.submitOrder({ asset: 0, quantity: 1, rules: [{ type: 'time', bars: 2 }], target: 0.1 }),
      'invalid_value',
      /order of .*: rules, or stop, target and trail expected, found both/,
    ],
    [
      'no rules of its own',
      (b) => b.orderTargetValue(0, 5, { rules: [] }),
      'invalid_value',
      /rules: none, or 1 to 8 rules expected, found \[\]/,
    ],
    [
      'nine rules of its own',
      (b) => b.submitOrder({ asset: 0, quantity: 1, rules: Array(9).fill({ type: 'time', bars: 2 }) }),
      'invalid_value',
      /order of .*\.rules: at most 8 rules/,
    ],
    [
      'a rule of its own that cannot be',
      (b) => b.submitBracket({ asset: 0, quantity: 1, stopLossPrice: 5, rules: [{ type: 'stop', distance: 1 }] }),
      'invalid_value',
      /order of .*\.rules\[0\]\.distance/,
    ],
    [
      'null for rules of its own',
      (b) => b.submitOrder({ asset: 0, quantity: 1, rules: null as never }),
      'invalid_value',
      /rules: a list of rules expected, found null/,
    ],
    [
      'rules that are no list',
      (b) => b.setPositionRules({ type: 'stop', distance: 0.1 } as never),
      'invalid_value',
      /rules: a list/,
    ],
    [
      'a rule of 5 for 5 percent',
      (b) => b.setPositionRules([{ type: 'stop', distance: 5 }]),
      'invalid_value',
      /rules\[0\]\.distance.*found 5/,
    ],
    [
      'position context that was not declared',
      (b) => b.updatePositionContext(0, { atr: 1 }),
      'unknown_name',
      /"atr".*contextNames/,
    ],
  ]

  it.each(cases)('%s', (_, order, code, message) => {
    const error = failure(() => backtest(two(), at({ 1: (broker) => void order(broker) })))
    expect(error.code).toBe('strategy_failed')
    expect(error.place).toMatchObject({ bar: 1, time: '1970-01-02T00:00:00.000Z' })
    expect(causeOf(error).code).toBe(code)
    expect(causeOf(error).message).toMatch(message)
    expect(error.message).toContain(causeOf(error).message)
  })

  it('say the asset where an order of it is wrong', () => {
    const error = failure(() =>
      backtest(two(), at({ 0: (broker) => void broker.submitOrder({ asset: 1, quantity: Number.NaN }) })),
    )
    expect(error.place.asset).toBe('MSFT')
  })

  it('that are refused change nothing: the next one has the next id, and a caught one does not stop the run', () => {
    const ids: number[] = []
    const result = backtest(
      two(),
      at({
        0: (broker) => {
          ids.push(broker.submitOrder({ asset: 0, quantity: 1 }))
          expect(() => broker.submitBracket({ asset: 0, quantity: 1, stopLossPrice: 9, takeProfitPrice: 8 })).toThrow()
          expect(() =>
            broker.submitOco([
              { asset: 0, quantity: 1 },
              { asset: 0, quantity: Number.NaN },
            ]),
          ).toThrow()
          ids.push(broker.submitOrder({ asset: 0, quantity: 2 }))
        },
      }),
    )
    expect(ids).toEqual([1, 2])
    expect(result.orders.length).toBe(2)
  })

  it('may have prices of 0 and below where the market says so', () => {
    const negative = market(flat(-10, -10, -12), { allowNonPositive: true })
    const result = backtest(
      negative,
      at({
        0: (broker) =>
          void broker.submitBracket({
            asset: 0,
            quantity: 1,
            type: 'limit',
            limitPrice: -11,
            stopLossPrice: -15,
            takeProfitPrice: 0,
          }),
      }),
    )
    expect(result.fills.row(0).price).toBe(-12)
  })
})

describe('config', () => {
  const bad = (config: unknown) => failure(() => backtest(two(), idle, config as BacktestConfig))

  it.each<[string, unknown, RegExp]>([
    ['cash of 0', { cash: 0 }, /cash.*found 0/],
    ['NaN cash', { cash: Number.NaN }, /cash.*found NaN/],
    ['an unknown timing', { timing: 'next' }, /timing.*'next-open'.*found "next"/],
    ['an unknown path', { path: 'worst' }, /path.*'adverse'.*found "worst"/],
    ['a commission of 5 for 5 percent', { commission: 5 }, /commission\.rate.*found 5/],
    ['a negative commission', { commission: -0.1 }, /commission\.rate.*found -0\.1/],
    ['an unknown commission', { commission: { type: 'free' } }, /commission\.type.*found "free"/],
    ['tiers that are none', { commission: { type: 'tiered' } }, /commission\.tiers.*found undefined/],
    [
      'tiers that fall',
      {
        commission: {
          type: 'tiered',
          tiers: [
            { upTo: 5, rate: 0 },
            { upTo: 4, rate: 0 },
          ],
        },
      },
      /tiers\[1\]\.upTo.*above 5.*found 4/,
    ],
    ['tiers that end', { commission: { type: 'tiered', tiers: [{ upTo: 5, rate: 0 }] } }, /Infinity.*found 5/],
    ['a slippage of NaN', { slippage: Number.NaN }, /slippage\.rate.*found NaN/],
    ['negative slippage', { slippage: { type: 'per-unit', amount: -1 } }, /slippage\.amount.*found -1/],
    ['an unknown account', { account: 'isa' }, /account\.type.*found "isa"/],
    ['initial margin of 0', { account: { type: 'margin', initial: 0 } }, /account\.initial.*found 0/],
    ['a negative step', { quantityStep: -1 }, /quantityStep.*found -1/],
    ['an unknown shortfall', { shortfall: 'cut' }, /shortfall.*found "cut"/],
    ['an unknown stop fill', { stopFill: 'open' }, /stopFill.*found "open"/],
    ['an unknown basis', { stopBasis: 'entry' }, /stopBasis.*found "entry"/],
    ['a rule of 5 for 5 percent', { rules: [{ type: 'stop', distance: 5 }] }, /rules\[0\]\.distance.*found 5/],
    ['a rule that is none', { rules: [null] }, /rules\[0\].*found null/],
    ['nine rules', { rules: Array(9).fill({ type: 'time', bars: 3 }) }, /at most 8.*found 9/],
    ['half a bar', { rules: [{ type: 'time', bars: 1.5 }] }, /rules\[0\]\.bars.*found 1\.5/],
    [
      'a time rule that moves the stop',
      { rules: [{ type: 'time', bars: 1, action: { type: 'move-stop', offset: 0 } }] },
      /action\.type.*found "move-stop"/,
    ],
    [
      'an exit of 150 percent',
      { rules: [{ type: 'target', distance: 0.1, action: { type: 'exit-fraction', fraction: 1.5 } }] },
      /fraction.*found 1\.5/,
    ],
    ['a size that is a number', { size: 5 }, /size.*found 5/],
    ['a size of 0', { size: { type: 'units', amount: 0 } }, /size\.amount.*found 0/],
    ['an unknown verification', { verify: 'all' }, /verify.*found "all"/],
    ['no config', null, /config.*found null/],
  ])('%s', (_, config, message) => {
    const error = bad(config)
    expect(error.code).toBe('invalid_value')
    expect(error.message).toMatch(message)
  })

  it('a setting that does not exist, with the nearest that do', () => {
    const error = bad({ comission: 0.1 })
    expect(error.code).toBe('unknown_name')
    expect(error.message).toMatch(/"comission".*commission/)
    expect(failure(() => openRun(two(), idle, { cahs: 3 } as never)).code).toBe('unknown_name')
    expect(failure(() => prepare(two(), idle, { slipage: 3 } as never)).code).toBe('unknown_name')
  })
})

describe('parameters', () => {
  class Typed extends Strategy {
    static override parameters = {
      fast: { type: 'integer', default: 5, min: 1, max: 100 },
      level: { type: 'number', default: 0.5, min: 0 },
      trend: { type: 'boolean', default: true },
      side: { type: 'choice', default: 'long', choices: ['long', 'short'] },
    } as const
  }
  it.each<[Record<string, unknown>, RegExp]>([
    [{ fast: 0 }, /Typed\.fast: a whole number from 1 to 100 expected, found 0/],
    [{ fast: 101 }, /found 101/],
    [{ fast: 2.5 }, /whole number.*found 2\.5/],
    [{ fast: '5' }, /found "5"/],
    [{ fast: Number.NaN }, /found NaN/],
    [{ level: -0.1 }, /Typed\.level: a number from 0 expected, found -0\.1/],
    [{ level: Number.POSITIVE_INFINITY }, /found Infinity/],
    [{ trend: 1 }, /Typed\.trend: true or false expected, found 1/],
    [{ side: 'both' }, /Typed\.side: one of long, short expected, found "both"/],
  ])('%j', (parameters, message) => {
    const error = failure(() => backtest(two(), Typed, { parameters: parameters as never }))
    expect(error.code).toBe('invalid_value')
    expect(error.message).toMatch(message)
    expect(failure(() => prepare(two(), Typed).metrics(parameters as never)).code).toBe('invalid_value')
  })

  it('that do not exist', () => {
    const error = failure(() => backtest(two(), Typed, { parameters: { fats: 3 } }))
    expect(error.code).toBe('unknown_name')
    expect(error.message).toMatch(/"fats".*fast/)
  })
})

describe('strategies and signals', () => {
  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /found undefined/],
    ['a function', function onBar() {}, /found function onBar/],
    ['a class that is no strategy', class Other {}, /found function Other/],
  ])('%s', (_, input, message) => {
    const error = failure(() => backtest(two(), input as never))
    expect(error.code).toBe('invalid_strategy')
    expect(error.message).toMatch(message)
  })

  it('the name of a built-in one runs it, in every form of a run; another name is told the nearest', () => {
    const whole = backtest(two(), 'sma-cross', { parameters: { fast: 1, slow: 2 } })
    expect(whole.fingerprint).toEqual(backtest(two(), smaCross, { parameters: { fast: 1, slow: 2 } }).fingerprint)
    expect(
      openRun(two(), 'sma-cross', { parameters: { fast: 1, slow: 2 } })
        .toEnd()
        .result().fingerprint,
    ).toEqual(whole.fingerprint)
    const error = failure(() => backtest(two(), 'sma-cros'))
    expect([error.code, error.message]).toEqual(['unknown_name', expect.stringMatching(/Did you mean sma-cross/)])
  })

  it('context names that are too many, twice the same, or those of a column of trades', () => {
    for (const contextNames of [
      Array.from('abcdefghi'),
      ['atr', 'atr'],
      ['pnl'],
      ['exitPrice'],
      ['exit_price'],
      [''],
    ]) {
      const error = failure(() => backtest(two(), strategy({}, { contextNames })))
      expect(error.code).toBe('invalid_strategy')
    }
  })

  const columns = (given: unknown) => failure(() => backtest(two(), given as SignalColumns))
  const six = (value: number) => Array(6).fill(value)
  it.each<[string, unknown, RegExp]>([
    ['no column', {}, /found none of them/],
    ['entries and targets', { entries: six(0), targetPosition: six(0) }, /not both/],
    ['a column that is too short', { entries: [1] }, /3 bars x 2 assets = 6 values expected.*found 1/],
    ['an entry of 2', { entries: [0, 0, 0, 2, 0, 0] }, /found 2 for MSFT at bar 1 \(1970-01-02/],
    [
      'an infinite target',
      { targetPosition: [0, 0, 0, 0, Number.POSITIVE_INFINITY, 0] },
      /targetPosition.*found Infinity for AAPL at bar 2/,
    ],
    ['a size of 0', { entries: six(0), size: six(0) }, /size.*found 0 for AAPL at bar 0/],
    ['a stop of 5 for 5 percent', { entries: six(0), stop: 5 }, /stop.*below 1.*found 5/],
    ['a stop column of 5', { entries: six(0), stop: [0.1, 0.1, 0.1, 5, 0.1, 0.1] }, /stop.*found 5 for MSFT at bar 1/],
    ['a trail of NaN', { entries: six(0), trail: Number.NaN }, /trail.*found NaN/],
    ['an unknown size type', { entries: six(0), sizeType: 'lots' }, /sizeType.*found "lots"/],
  ])('signals with %s', (_, given, message) => {
    const error = columns(given)
    expect(error.code).toBe('invalid_value')
    expect(error.message).toMatch(message)
  })

  it('an instance that is run twice', () => {
    const instance = new (strategy({}))()
    const runner = prepare(two(), instance)
    runner.run({})
    expect(failure(() => runner.run({})).code).toBe('invalid_strategy')
    expect(failure(() => backtest(two(), new (strategy({}))(), { band: true })).code).toBe('invalid_strategy')
  })

  it('look-ahead verification of columns, which are data', () => {
    const error = failure(() => backtest(two(), { entries: six(0) }, { verify: 'lookahead' }))
    expect(error.code).toBe('invalid_strategy')
    expect(
      backtest(two(), defineSignals({ name: 'none', signals: () => ({ entries: six(0) }) }), { verify: 'lookahead' })
        .orders.length,
    ).toBe(0)
  })
})

describe('markets and memory', () => {
  it('a market that is none, or was released', () => {
    expect(failure(() => backtest({} as never, idle)).message).toMatch(/a Market expected, found \{\}/)
    const gone = two()
    gone.release()
    expect(failure(() => backtest(gone, idle)).code).toBe('released')
  })

  it.each<[string, () => unknown, RegExp]>([
    ['no bar', () => Market.from({ assets: ['A'], time: [], close: [] }), /at least one bar/],
    ['bars out of order', () => Market.from({ assets: ['A'], time: [DAY, 0], close: [1, 2] }), /1970-01-0/],
    ['the same bar twice', () => Market.from({ assets: ['A'], time: [DAY, DAY], close: [1, 2] }), /1970-01-02/],
    ['high below low', () => market([[5, 4, 6, 5]]), /high must not be below low, found high 4 and low 6.*A.*bar 0/],
    [
      'a negative price',
      () =>
        market([
          [5, 6, 4, 5],
          [5, 6, -4, 5],
        ]),
      /low must be positive, found -4.*A.*bar 1 \(1970-01-02/,
    ],
    ['an infinite price', () => market([[5, Number.POSITIVE_INFINITY, 4, 5]]), /high must be finite, found Infinity/],
  ])('a market with %s', (_, make, message) => {
    const error = failure(make)
    expect(error.code).toBe('invalid_market')
    expect(error.message).toMatch(message)
  })

  it('more data than the memory can hold says how much is needed and how to split it', () => {
    const much = { length: 600_000_000 } as ArrayLike<number>
    const error = failure(() => getEngine().arena.allocate(8 * much.length, 'the market'))
    expect(error.code).toBe('memory_limit')
    expect(error.message).toMatch(/4577\.6 MiB.*4096 MiB.*(shorter range|fewer)/s)
  })

  it('more pending orders than a run can hold', () => {
    const { arena } = getEngine()
    const held = arena.bytesHeld
    const error = failure(() => arena.allocate(2 ** 33, '40000000 pending orders'))
    expect(error.message).toContain('40000000 pending orders')
    expect(arena.bytesHeld).toBe(held)
  })

  it('errors give back what a run had taken', () => {
    const prices = two()
    const { arena } = getEngine()
    const wrongs: (() => unknown)[] = [
      () =>
        backtest(
          prices,
          strategy({
            onStart: () => {
              throw new Error('no')
            },
          }),
        ),
      () =>
        backtest(
          prices,
          at({
            1: () => {
              throw new Error('no')
            },
          }),
        ),
      () => backtest(prices, { entries: [1] }),
      () =>
        backtest(
          prices,
          strategy({
            onStart() {
              this.indicator('sma', { length: -1 })
            },
          }),
        ),
    ]
    for (const wrong of wrongs) expect(wrong).toThrow()
    const held = arena.bytesHeld
    for (let i = 0; i < 5; i++) for (const wrong of wrongs) expect(wrong).toThrow()
    expect(arena.bytesHeld).toBe(held)
  })
})
