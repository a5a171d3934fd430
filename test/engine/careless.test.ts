/** What goes wrong without types: values that are missing, null or of another kind. Each is an error, none a default. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { resultOf } from '../../src/engine/openrun.ts'
import { Market } from '../../src/market/market.ts'
import { type BacktestConfig, prepare } from '../../src/prepare.ts'
import { SmaCross } from '../../src/strategies/sma-cross.ts'
import { defineSignals, Strategy } from '../../src/strategy/strategy.ts'
import { sweep } from '../../src/sweep/sweep.ts'
import { at, causeOf, failure, flat, market, strategy } from './script.ts'

const one = () => market(flat(100, 100, 100))

it('what the function of a signal strategy throws is an error of the strategy', () => {
  const throws = (what: unknown) =>
    failure(() =>
      backtest(
        one(),
        defineSignals({
          name: 'mine',
          signals() {
            throw what
          },
        }),
      ),
    )
  const inside = new TypeError('inside')
  expect(throws(inside)).toMatchObject({
    code: 'strategy_failed',
    message: 'strategy mine: signals threw: inside',
    cause: inside,
  })
  expect(throws('text').message).toBe('strategy mine: signals threw: "text"')
})

it('a parameter that the strategy does not have is not the default of an indicator', () => {
  const hooks = strategy({
    onStart() {
      this.indicator('sma', { length: this.parameters.lenght as number })
    },
  })
  expect(causeOf(failure(() => backtest(one(), hooks))).message).toMatch(/sma: length must be.*found undefined/)
})

it('null is not the default of a setting or parameter', () => {
  for (const name of ['cash', 'commission', 'account', 'rules', 'parameters', 'size', 'band'])
    expect(failure(() => backtest(one(), strategy({}), { [name]: null } as BacktestConfig))).toMatchObject({
      code: 'invalid_value',
      message: `config.${name}: a value expected, found null. Leave it out for the default.`,
    })
  const typed = strategy({}, { parameters: { n: { type: 'integer', default: 3 } } })
  expect(failure(() => backtest(one(), typed, { parameters: { n: null as never } })).message).toMatch(/n: .*found null/)
})

it('an instance that has been run is not run again, by whatever call', () => {
  const instance = new (strategy({}))()
  backtest(one(), instance)
  expect(failure(() => backtest(one(), instance)).message).toMatch(/an instance can be run once/)
  expect(failure(() => openRun(one(), instance)).code).toBe('invalid_strategy')
  // What is refused before it runs has not run.
  const fresh = new (strategy({}))()
  expect(failure(() => openRun(one(), fresh, { cash: -1 })).code).toBe('invalid_value')
  expect(backtest(one(), fresh).trades.length).toBe(0)
})

it('a column that no machine could hold', () => {
  const endless = { length: 2 ** 40 }
  expect(failure(() => Market.from({ assets: ['A'], time: endless, close: endless }))).toMatchObject({
    code: 'memory_limit',
    message: expect.stringContaining('column time needs memory for 1099511627776 values'),
  })
})

it('options of a sweep of another kind', async () => {
  const fails = (options: unknown, of: unknown = one()) =>
    sweep(of as Market, 'sma-cross', { fast: 1, slow: 2 }, options as never).catch((error: unknown) => error)
  const wrong = (message: RegExp) => ({ code: 'invalid_value', message: expect.stringMatching(message) })
  expect(await fails({ metrics: 'sharpe' })).toMatchObject(wrong(/a list of names, found "sharpe"/))
  for (const minimumTrades of [Number.NaN, -1, '5'])
    expect(await fails({ minimumTrades })).toMatchObject(wrong(/minimumTrades must be a number/))
  expect(await fails({}, null)).toMatchObject(wrong(/a Market expected, found null/))
})

it('one entry that was refused is not all of several', () => {
  const result = backtest(one(), at({ 0: (broker) => void broker.submitOrder({ asset: 0, quantity: 1e9 }) }))
  expect(result.warnings[0].message).toMatch(/^The only entry was refused/)
})

describe('what a strategy says of itself', () => {
  const fails = (statics: object) => failure(() => backtest(one(), Object.assign(strategy({}), statics)))

  it.each<[string, object, RegExp]>([
    ['a type', { parameters: { a: { type: 'integr', default: 3 } } }, /parameters\.a\.type.*integer.*found "integr"/],
    ['a field', { parameters: { a: { type: 'integer', default: 3, mni: 1 } } }, /parameters\.a.*"mni".*min/],
    ['no choices', { parameters: { a: { type: 'choice', default: 'x' } } }, /choices must be a list.*undefined/],
    ['a bare default', { parameters: { a: 3 } }, /parameters\.a must be an object.*found 3/],
    ['one constraint', { constraints: 'a < b' }, /constraints must be a list.*found "a < b"/],
  ])('%s', (_, statics, message) => expect(fails(statics).message).toMatch(message))

  it('a hook that never would be called', () => {
    class Lower extends Strategy {
      onbar(): void {}
    }
    class Near extends Strategy {
      onBars(): void {}
    }
    class Own extends Strategy {
      override onBar(): void {}
      onBars(): void {}
    }
    expect(failure(() => backtest(one(), Lower)).message).toMatch(/onBar is what is called, found onbar/)
    expect(failure(() => backtest(one(), Near)).message).toMatch(/onBar is what is called, found onBars/)
    expect(backtest(one(), Own).trades.length).toBe(0)
  })
})

it('a run goes no further over a market that was released', () => {
  const signals = { targetPosition: [1, 2, 3] }
  for (const input of [strategy({ onBar() {} }), signals]) {
    const prices = one()
    const runner = prepare(prices, input)
    runner.metrics({})
    const run = openRun(prices, input)
    run.advance()
    prices.release()
    expect(failure(() => runner.metrics({})).code).toBe('released')
    expect(failure(() => run.advance()).code).toBe('released')
    expect(failure(() => run.toEnd()).code).toBe('released')
    run.release()
    runner.release()
  }
})

it('a run that is stepped has the constraints and the fingerprint of one that is not', () => {
  const parameters = { fast: 9, slow: 3 }
  expect(failure(() => openRun(one(), SmaCross, { parameters })).message).toMatch(/fast < slow expected/)
  expect(failure(() => openRun(one(), SmaCross, { verify: 'lookahead' } as object)).message).toMatch(
    /config\.verify.*backtest/,
  )
  const config = { strategySource: 'mine' }
  const [stepped, whole] = [resultOf(openRun(one(), SmaCross, config).toEnd()), backtest(one(), SmaCross, config)]
  expect(stepped.fingerprint).toEqual(whole.fingerprint)
})

it('the quantities that a hook sees are its own: writing to them changes no position', () => {
  const seen: number[][] = []
  let kept: Float64Array | undefined
  const hooks = strategy({
    onBar(bar, broker) {
      const { quantities } = broker
      seen.push([...quantities])
      quantities[0] = 5
      kept = quantities
      if (bar.index === 0) broker.submitOrder({ asset: 0, quantity: 2 })
    },
  })
  const result = backtest(one(), hooks)
  expect(seen).toEqual([[0], [2], [2]])
  expect(Array.from(result.openPositions, (row) => row.quantity)).toEqual([2])
  expect(kept?.[0]).toBe(5)
})

it('what is read of a request may do anything meanwhile: ids stay those of the orders, runs inside disturb none', () => {
  const inner = () => backtest(one(), at({ 0: (broker) => void broker.submitOrder({ asset: 0, quantity: 9 }) }))
  const ids: unknown[] = []
  let given: number[] = []
  const result = backtest(
    one(),
    at(
      {
        0: (broker) => {
          const targets = {
            length: 1,
            get 0() {
              inner()
              ids.push(broker.submitOrder({ asset: 0, quantity: 1 }))
              return 4
            },
          }
          ids.push(broker.orderTargets(targets))
          ids.push(
            broker.submitOrder({
              asset: 0,
              get quantity() {
                inner()
                return 2
              },
            }),
          )
          const limit = broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 50 })
          const changes = {
            get limitPrice() {
              inner()
              return 60
            },
          }
          ids.push(limit, broker.updateOrder(limit, changes), broker.getOrder(limit)?.limitPrice)
        },
      },
      { onOrder: ({ id }) => void given.push(id) },
    ),
  )
  given = given.sort((a, b) => a - b)
  expect(ids).toEqual([1, 1, 3, 4, true, 60])
  expect(Array.from(result.orders.values('id'))).toEqual([1, 2, 3, 4])
  expect(Array.from(result.orders.values('amount'))).toEqual([1, 4, 2, 1])
  expect(given).toEqual([1, 2, 3, 4])
})

it('what was checked of a rule is what counts, whatever its object becomes', () => {
  const action = { type: 'exit-fraction' as const, fraction: 0.5 }
  const rules = [{ type: 'target' as const, distance: 0.1, action }]
  const rising = market(flat(100, 100, 111, 111))
  const run = () =>
    backtest(rising, at({ 0: (broker) => void broker.submitOrder({ asset: 0, quantity: 4 }) }), {
      rules,
    }).trades.values('quantity')
  const first = Array.from(run())
  const prepared = prepare(
    rising,
    strategy({
      onBar(bar, broker) {
        if (bar.index === 0) broker.submitOrder({ asset: 0, quantity: 4 })
        action.fraction = 1
      },
    }),
    { rules },
  )
  prepared.run({})
  expect([first, Array.from(prepared.run({}).trades.values('quantity'))]).toEqual([[2], [2]])
  prepared.release()
})
