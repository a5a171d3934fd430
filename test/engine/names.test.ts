/** Names that nothing has: a misspelt field is an error that says which name was meant, never a setting that is missing. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { Market } from '../../src/market/market.ts'
import { nearNames } from '../../src/market/names.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { defineSignals, type SignalColumns } from '../../src/strategy/strategy.ts'
import { sweep } from '../../src/sweep/sweep.ts'
import { at, causeOf, failure, flat, market, strategy } from './script.ts'

const idle = strategy({})
const one = () => market(flat(100, 100, 100))

describe('orders', () => {
  const order = { asset: 0, quantity: 1 }
  const cases: [string, (broker: Broker) => unknown, RegExp][] = [
    ['a misspelt limit', (b) => b.submitOrder({ ...order, limt: 5 } as never), /"limt".*limitPrice/],
    ['a misspelt quantity', (b) => b.submitOrder({ asset: 0, quantiy: 5 } as never), /"quantiy".*quantity/],
    ['a name that is like no other', (b) => b.submitOrder({ ...order, xyz: 5 } as never), /"xyz".*asset, side/],
    [
      'a child of a bracket in a single order',
      (b) => b.submitOrder({ ...order, stopLossPrice: 90 } as never),
      /stopLossPrice.*submitBracket/,
    ],
    [
      'a misspelt child',
      (b) => b.submitBracket({ ...order, stopLossPrice: 90, takeProfitPrce: 120 } as never),
      /"takeProfitPrce".*takeProfitPrice/,
    ],
    [
      'a misspelt member of oco',
      (b) => b.submitOco([order, { ...order, stopPrce: 5 }] as never),
      /"stopPrce".*stopPrice/,
    ],
    ['a misspelt size', (b) => b.submitOrder({ asset: 0, size: { typ: 'units', amount: 1 } } as never), /"typ".*type/],
    [
      'a misspelt change',
      (b) => b.updateOrder(1, { trail: 5 } as never),
      /trail cannot be given here\. Did you mean trailAmount or trailFraction\?/,
    ],
    [
      'an option of closing',
      (b) => b.closePosition(0, { quantity: 5 } as never),
      /quantity cannot.*timing, tag, signal/,
    ],
    ['a misspelt option of closing', (b) => b.closePosition(0, { timng: 'next-open' } as never), /"timng".*timing/],
    ['the side of a target', (b) => b.orderTargetPercent(0, 0.5, { side: 'sell' } as never), /side cannot/],
    ['an option of a target', (b) => b.orderTargetValue(0, 5, { limitprice: 1 } as never), /"limitprice".*limitPrice/],
    ['an option of an entry', (b) => b.enterPosition(0, 'long', { quantity: 4 } as never), /quantity cannot/],
    ['a rule', (b) => b.setPositionRules([{ type: 'stop', distance: 0.1, units: 'price' } as never]), /"units".*unit/],
    [
      'an action',
      (b) => b.setPositionRules([{ type: 'time', bars: 3, action: { type: 'exit', fraction: 0.5 } } as never]),
      /rules\[0\]\.action.*"fraction"/,
    ],
    ['context to read', (b) => b.getPosition(0).context('atr'), /"atr".*contextNames.*There is none/],
    ['context', (b) => b.updatePositionContext(0, { atr: 1 }), /"atr".*contextNames/],
  ]
  it.each(cases)('%s', (_, call, message) => {
    const cause = causeOf(failure(() => backtest(one(), at({ 1: (broker) => void call(broker) }))))
    expect(cause).toMatchObject({ name: 'FillgridError', code: 'unknown_name' })
    expect(cause.message).toMatch(message)
  })

  it.each([
    ['quantity', 'qty Qty shares units lots contracts volume amount QUANTITY'],
    ['asset', 'symbol ticker instrument'],
    ['side', 'direction action isBuy'],
    ['value', 'notional'],
    ['fraction', 'percent pct weight'],
    ['limitPrice or stopPrice', 'price'],
    ['limitPrice or limitOffset', 'limit'],
    ['limitPrice', 'limit_price'],
    ['stop', 'sl stop_loss slstop'],
    ['target', 'tp take_profit profitTarget'],
    ['trail', 'trailing_stop trailstop'],
    ['type', 'kind orderType exectype'],
    ['tag', 'label comment'],
  ])('%s is what other engines call %s', (names, words) => {
    for (const word of words.split(' ')) {
      const call = (broker: Broker) => void broker.submitOrder({ ...order, [word]: 1 } as never)
      const { message } = causeOf(failure(() => backtest(one(), at({ 1: call }))))
      expect(message).toBe(`order: "${word}" is not one of its fields. Did you mean ${names}?`)
    }
  })

  it('the words of other engines mean what there is of each request', () => {
    const cases: [string, (broker: Broker) => unknown][] = [
      ['stop or stopLossPrice', (b) => b.submitBracket({ ...order, sl: 5 } as never)],
      ['target or takeProfitPrice', (b) => b.submitBracket({ ...order, tp: 5 } as never)],
      ['size', (b) => b.enterPosition(0, 'long', { qty: 5 } as never)],
      ['quantity', (b) => b.updateOrder(1, { qty: 5 } as never)],
      ['limitPrice or stopPrice', (b) => b.updateOrder(1, { price: 5 } as never)],
    ]
    for (const [names, call] of cases) {
      const { message } = causeOf(failure(() => backtest(one(), at({ 1: (broker) => void call(broker) }))))
      expect(message).toContain(`Did you mean ${names}?`)
    }
    for (const [word, name] of Object.entries({
      fee: 'commission',
      capital: 'cash',
      stopLoss: 'rules',
      leverage: 'account',
    }))
      expect(failure(() => backtest(one(), idle, { [word]: 1 })).message).toContain(`Did you mean ${name}?`)
  })

  const values: [string, (broker: Broker) => unknown, RegExp][] = [
    ['no request', (b) => b.submitOrder(null as never), /order: an object.*found null/],
    ['a bracket without children', (b) => b.submitBracket(order), /bracket: at least one of stopLossPrice/],
    ['oco of one object', (b) => b.submitOco(order as never), /a list of at least 2/],
    [
      'the ids of a bracket for an id',
      (b) => b.cancelOrder({ parent: 1 } as never),
      /id of an order.*found \{"parent":1\}/,
    ],
    ['an update of no order', (b) => b.updateOrder(undefined as never, { stopPrice: 1 }), /id of an order.*undefined/],
    [
      'a fraction as text',
      (b) => b.submitOrder({ ...order, type: 'trailing-stop', trailFraction: '0.1' } as never),
      /trailFraction.*found "0\.1"/,
    ],
  ]
  it.each(values)('%s', (_, call, message) => {
    const cause = causeOf(failure(() => backtest(one(), at({ 1: (broker) => void call(broker) }))))
    expect(cause).toMatchObject({ name: 'FillgridError', code: 'invalid_value' })
    expect(cause.message).toMatch(message)
  })

  it('fields that are undefined are not there', () => {
    const result = backtest(
      one(),
      at({
        0: (broker) => void broker.submitOrder({ ...order, limitPrice: undefined, stopLossPrice: undefined } as never),
      }),
    )
    expect(result.fills.length).toBe(1)
  })
})

describe('settings', () => {
  it.each<[string, unknown, RegExp]>([
    ['commission', { commission: { type: 'fraction', rte: 0.1, rate: 0 } }, /commission.*"rte".*rate/],
    ['a minimum of per-trade', { commission: { type: 'per-trade', amount: 1, minimum: 2 } }, /"minimum"/],
    ['tiers', { commission: { type: 'tiered', tiers: [{ upto: 5, upTo: 1, rate: 0 }] } }, /tiers\[0\].*"upto".*upTo/],
    ['slippage', { slippage: { type: 'fraction', rate: 0.1, amount: 3 } }, /slippage.*"amount"/],
    ['account', { account: { type: 'margin', initail: 0.5 } }, /account.*"initail".*initial/],
    ['size', { size: { type: 'units', amount: 1, step: 2 } }, /size.*"step"/],
    ['rules', { rules: [{ type: 'stop', distance: 0.1, actoin: {} }] }, /rules\[0\].*"actoin".*action/],
    ['the config', { stoploss: 0.1 }, /config.*"stoploss"/],
    ['parameters', { parameters: { fast: 3 } }, /"fast"/],
  ])('%s', (_, config, message) => {
    const error = failure(() => backtest(one(), idle, config as BacktestConfig))
    expect(error.code).toBe('unknown_name')
    expect(error.message).toMatch(message)
  })

  it.each<[string, unknown, RegExp]>([
    ['a rate as text', { commission: '0.001' }, /commission.*found "0\.001"/],
    ['a rate as text in a model', { commission: { type: 'fraction', rate: '0.001' } }, /commission\.rate.*found "0/],
    ['slippage as text', { slippage: { type: 'fraction', rate: '0.1' } }, /slippage\.rate.*found "0\.1"/],
    ['margin as text', { account: { type: 'margin', initial: '0.5' } }, /account\.initial.*found "0\.5"/],
    ['parameters that are none', { parameters: 5 }, /parameters.*found 5/],
  ])('%s', (_, config, message) => {
    const error = failure(() => backtest(one(), idle, config as BacktestConfig))
    expect(error.code).toBe('invalid_value')
    expect(error.message).toMatch(message)
  })
})

describe('signals, indicators, markets and sweeps', () => {
  const columns = (given: unknown) => failure(() => backtest(one(), given as SignalColumns))

  it('a misspelt column of signals, also one that a function returns', () => {
    expect(columns({ entries: [0, 0, 0], exit: [0, 0, 0] }).message).toMatch(/"exit".*exits/)
    const returned = defineSignals({ name: 'x', signals: () => ({ entries: [0, 0, 0], stopp: 0.1 }) as never })
    expect(failure(() => backtest(one(), returned)).message).toMatch(/"stopp".*stop/)
    const nothing = defineSignals({ name: 'x', signals: () => undefined as never })
    expect(failure(() => backtest(one(), nothing)).message).toMatch(/signals: an object.*undefined/)
  })

  it('flags as a plain list, or beside the columns that they stand for', () => {
    expect(columns({ flags: [1, 0, 0] }).message).toMatch(/signals\.flags.*Uint8Array/)
    expect(columns({ flags: new Uint8Array(3), entries: [1, 0, 0] }).message).toMatch(/flags or entries/)
  })

  it('a parameter of an indicator', () => {
    const start = strategy({
      onStart() {
        this.indicator('sma', { lenght: 3 } as never)
      },
    })
    expect(causeOf(failure(() => backtest(one(), start))).message).toMatch(/"lenght".*length/)
  })

  it('a column or option of a market', () => {
    const columns = { assets: ['A'], time: [0], close: [1] }
    expect(failure(() => Market.from({ ...columns, hihg: [2] } as never)).message).toMatch(/"hihg".*high/)
    expect(failure(() => Market.from(columns, { srot: true } as never)).message).toMatch(/"srot".*sort/)
    const table = { asset: 'A', time: [0], close: [1], vlume: [1] }
    expect(failure(() => Market.from([table] as never)).message).toMatch(/"vlume".*volume/)
  })

  it('an option of a sweep and a field of a range', async () => {
    const fails = (space: unknown, options?: unknown) =>
      sweep(one(), 'sma-cross', space as never, options as never).catch((error: unknown) => error as Error)
    const set = { fast: 1, slow: 2 }
    expect((await fails(set, { objektive: 'cagr' })) as Error).toMatchObject({
      code: 'unknown_name',
      message: expect.stringMatching(/"objektive".*objective/),
    })
    expect(await fails({ fast: { from: 1, to: 9, stp: 4 }, slow: 20 })).toMatchObject({
      message: expect.stringMatching(/"stp".*step/),
    })
    expect(await fails({ fast: null })).toMatchObject({ code: 'invalid_space' })
  })
})

it('names that begin like it or contain it are near where no whole name is', () => {
  expect(nearNames('limt', ['limitPrice', 'stopPrice'])).toEqual(['limitPrice'])
  expect(nearNames('price', ['limitPrice', 'stopPrice', 'side'])).toEqual(['limitPrice', 'stopPrice'])
  expect(nearNames('qwerty', ['limitPrice', 'side'])).toEqual([])
})
