/** Cost models of a strategy's own (semantics 7.9): what they are told and take, and how they fail. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { openAsync } from '../../src/drivers/async.ts'
import { type DrivenRun, openRun } from '../../src/drivers/driven.ts'
import { openManual } from '../../src/drivers/manual.ts'
import { FillgridError } from '../../src/errors.ts'
import { readResult, writeResult } from '../../src/io/resultfolder.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import { resultData, resultFrom } from '../../src/results/data.ts'
import type { CostedFill, CostModel, CostModels } from '../../src/strategy/costmodel.ts'
import { defineSignals, type StrategyClass } from '../../src/strategy/strategy.ts'
import { sweep } from '../../src/sweep/node.ts'
import { inProcess } from '../cli/inprocess.ts'
import { at, causeOf, failure, flat, market, rows, textOf, walk } from './script.ts'

const own = (model = 'm') => ({ type: 'own' as const, model })
const folder = mkdtempSync(join(tmpdir(), 'fillgrid-costs-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Buys 10, sells 25, buys 15: opens, reverses, closes. */
function trader(costModels: CostModels): StrategyClass {
  const made = at({
    0: (broker) => broker.submitOrder({ asset: 0, side: 'buy', quantity: 10 }),
    1: (broker) => broker.submitOrder({ asset: 0, side: 'sell', quantity: 25 }),
    2: (broker) => broker.submitOrder({ asset: 0, side: 'buy', quantity: 15 }),
  })
  return Object.assign(made, { costModels })
}

const bars = () =>
  market([
    [100, 101, 99, 100],
    [100, 102, 98, 101, 500],
    [102, 104, 100, 103, 600],
    [104, 104, 103, 104, 0],
    [104, 104, 103, 104],
  ])

describe('a cost model of the strategy', () => {
  it('is told of each leg, of commission over the life of the order', () => {
    const told: unknown[][] = []
    const m = (fill: CostedFill) => {
      const { asset, symbol, bar, side, units, basePrice, price, value, opens, maker } = fill
      told.push([asset, symbol, bar, side, units, basePrice, price, value, opens, maker])
      expect([fill.open, fill.high, fill.low, fill.close, fill.volume]).toEqual(
        [[], [100, 102, 98, 101, 500], [102, 104, 100, 103, 600], [104, 104, 103, 104, 0]][bar],
      )
      return 0.01 * units
    }
    const config: BacktestConfig = { account: 'unlimited', commission: own(), slippage: 0.01, path: 'nearest' }
    const result = backtest(bars(), trader({ m }), config)
    // The sell of 25 at 102 slips to 100.98: its closing leg of 10 pays 0.1, its opening one of 15 what 25 pay more than 10.
    expect(told).toEqual([
      [0, 'A', 1, 'buy', 10, 100, 101, 1010, true, false],
      [0, 'A', 2, 'sell', 10, 102, 100.98, 1009.8000000000001, false, false],
      [0, 'A', 2, 'sell', 25, 102, 100.98, 2524.5, true, false],
      [0, 'A', 2, 'sell', 10, 102, 100.98, 1009.8000000000001, true, false],
      [0, 'A', 3, 'buy', 15, 104, 105.04, 1575.6000000000001, false, false],
    ])
    expect(result.costModelCalls).toBe(5)
    expect(rows(result.fills, 'quantity', 'commission')).toEqual([
      [10, 0.1],
      [10, 0.1],
      [15, 0.15],
      [15, 0.15],
    ])
  })

  it('moves prices by an amount: impact, then slippage from what that leaves', () => {
    const from: number[][] = []
    const costModels = {
      i: ({ price, basePrice }: CostedFill) => from.push([price, basePrice]) && 2,
      s: ({ price, basePrice }: CostedFill) => from.push([price, basePrice]) && 0.5,
    }
    const config: BacktestConfig = { account: 'unlimited', impact: own('i'), slippage: own('s') }
    const result = backtest(bars(), trader(costModels), config)
    expect(rows(result.fills, 'price')).toEqual([[102.5], [99.5], [99.5], [106.5]])
    expect(from.slice(0, 2)).toEqual([
      [100, 100],
      [102, 100],
    ])
  })

  it('may pay rebates, and is an object with a method as well', () => {
    class Rebate {
      readonly rate: number
      constructor(rate: number) {
        this.rate = rate
      }
      calculate({ value }: CostedFill) {
        return -this.rate * value
      }
    }
    const config: BacktestConfig = { account: 'unlimited', commission: own() }
    const result = backtest(bars(), trader({ m: new Rebate(0.001) }), config)
    expect(rows(result.fills, 'commission')[0]).toEqual([-1])
    expect(result.cash[1]).toBe(100_000 - 1000 + 1)
    const prints = [0.001, 0.002].map((rate) => {
      const { fingerprint } = backtest(bars(), trader({ m: new Rebate(rate) }), { ...config, commission: 0 })
      return fingerprint.strategy
    })
    expect(prints[0]).not.toBe(prints[1])
  })

  it('cuts to what halving meets', () => {
    const buys = Object.assign(at({ 0: (broker) => broker.submitOrder({ asset: 0, value: 2000 }) }), {
      costModels: { m: ({ units }: CostedFill) => (units > 4 && units < 7 ? 1e6 : 1) },
    })
    const run = (quantityStep: number) =>
      backtest(market(flat(100, 100, 100)), buys, { cash: 951, commission: own(), quantityStep })
    // 20 and 10 are too many; 5 is too dear, though 7 to 9 are not; 2, 3 and 4 fit.
    expect(rows(run(1).orders, 'reason', 'filledQuantity')).toEqual([['cut', 4]])
    expect(rows(run(0).orders, 'reason', 'filledQuantity')).toEqual([['cut', 4]])
    expect(run(1).costModelCalls).toBeGreaterThan(4)
  })

  it('is part of the fingerprint by its text, and does nothing where it is not chosen', () => {
    const never = () => {
      throw new Error('asked')
    }
    const plain = backtest(bars(), trader({ m: never }), { commission: 0.001 })
    expect(plain.costModelCalls).toBe(0)
    const other = backtest(bars(), trader({ m: () => 1 }), { commission: 0.001 })
    expect(other.fingerprint.strategy).not.toBe(plain.fingerprint.strategy)
    expect(other.fingerprint.outcome).toBe(plain.fingerprint.outcome)
    expect(backtest(bars(), trader({}), { commission: 0.001 }).fingerprint.strategy).toBe(
      backtest(bars(), trader({}), {}).fingerprint.strategy,
    )
  })
})

describe('a cost model that fails ends the run', () => {
  const run = (model: unknown, config: BacktestConfig = {}) =>
    failure(() => backtest(bars(), trader({ m: model as CostModel }), { commission: own(), ...config }))

  it.each([
    ['NaN', () => Number.NaN],
    ['Infinity', () => Number.POSITIVE_INFINITY],
    ['undefined', () => undefined],
    ['"1"', () => '1'],
    ['{}', async () => 1],
    ['a function', () => () => 1],
  ])('as it answers %s', (words, model) => {
    const error = run(model)
    expect(error).toMatchObject({
      code: 'cost_model_failed',
      place: { asset: 'A', bar: 1, time: '1970-01-02T00:00:00.000Z' },
    })
    expect(error.message).toBe(
      `commission "m": a finite number, in currency, expected, found ${words} for A at bar 1 (1970-01-02T00:00:00.000Z). Mend the strategy's cost model.`,
    )
  })

  it('as it throws, with what it threw', () => {
    const cause = new TypeError('no table')
    const error = run(() => {
      throw cause
    })
    expect([error.code, error.cause]).toEqual(['cost_model_failed', cause])
    expect(error.message).toMatch(/found that it threw: no table for A at bar 1/)
  })

  it.each(['slippage', 'impact'] as const)('as %s is for the trader', (name) => {
    const error = run(() => -0.01, { commission: 0, [name]: own() })
    expect(error.message).toMatch(
      new RegExp(`^${name} "m": an amount of price of at least 0 expected, found -0.01 for A`),
    )
  })

  it('as it uses the run: its broker, positions, indicators, another run', () => {
    let use: () => unknown = () => {}
    const made = at({ 0: (broker) => broker.submitOrder({ asset: 0, side: 'buy', quantity: 1 }) })
    const m = () => {
      use()
      return 1
    }
    Object.assign(made, { costModels: { m } })
    Object.assign(made.prototype, {
      onStart(this: { kept: unknown; indicator: (name: string) => unknown }, broker: unknown) {
        kept = { broker, indicator: this.indicator('sma') }
      },
    })
    // biome-ignore lint/suspicious/noExplicitAny: whatever the strategy keeps
    let kept: any
    const over = bars()
    for (const attempt of [
      () => kept.broker.submitOrder({ asset: 0, side: 'buy', quantity: 1 }),
      () => kept.broker.closePosition(0),
      () => kept.broker.getCash(),
      () => kept.broker.getAccountValue(),
      () => kept.broker.getPosition(0).quantity,
      () => kept.broker.getPendingOrders(),
      () => kept.broker.setPositionRules([]),
      () => kept.broker.cancelOrder(1),
      () => backtest(over, at({}), {}),
    ]) {
      use = attempt
      const error = failure(() => backtest(over, made, { commission: own() }))
      expect([error.code, causeOf(error).code], String(attempt)).toEqual(['cost_model_failed', 'busy'])
    }
    // What it keeps to itself is no use of the run, and the run goes on after what it has caught.
    const caught: unknown[] = []
    use = () => {
      try {
        kept.broker.getCash()
      } catch (error) {
        caught.push(error)
      }
    }
    expect(backtest(over, made, { commission: own() }).fills.length).toBe(1)
    expect(caught.length).toBeGreaterThan(0)
    expect(caught.every((error) => error instanceof FillgridError && error.code === 'busy')).toBe(true)
    use = () => {}
    expect(backtest(over, made, { commission: own() }).fills.length).toBe(1)
  })

  it('on a path that is not picked too, and can step back', () => {
    const order = { asset: 0, side: 'buy' as const, quantity: 1, stopLossPrice: 95, takeProfitPrice: 110 }
    const made = at({ 1: (broker) => broker.submitBracket(order) })
    let fails = true
    Object.assign(made, {
      costModels: {
        m: ({ basePrice }: CostedFill) => (basePrice === 110 && fails ? Number.NaN : 1),
      },
    })
    const wide = market([...flat(100, 100, 100), [100, 111, 94, 100], ...flat(100, 100)])
    const run = openRun(wide, made, { commission: own(), path: 'adverse' })
    const error = failure(() => run.toEnd())
    expect(error).toMatchObject({ code: 'cost_model_failed', place: { bar: 3 } })
    expect([run.ended, run.advance()]).toEqual([true, false])
    expect(failure(() => run.snapshot()).code).toBe('run_over')
    run.back(1)
    fails = false
    expect(rows(run.toEnd().result().fills, 'basePrice')).toEqual([[100], [95]])
    run.release()
  })
})

describe('an own model that is not there', () => {
  it.each([
    [
      'in a class without any',
      trader({}),
      /^commission.model: "m" is not one of the costModels of strategy Scripted. There is none/,
    ],
    ['in one with others', trader({ maker: () => 1 }), /maker/],
    ['in bare columns', { entries: [1, 0, 0, 0, 0] }, /costModels of strategy signals/],
    ['in a built-in strategy', 'sma-cross', /costModels of strategy sma-cross/],
  ])('%s', (_, strategy, words) => {
    const error = failure(() => backtest(bars(), strategy as StrategyClass, { commission: own() }))
    expect(error.code).toBe('unknown_name')
    expect(error.message).toMatch(words)
  })

  it('by hand, in a sweep', async () => {
    expect(failure(() => openManual(bars(), { slippage: own() })).code).toBe('unknown_name')
    await expect(sweep(bars(), 'sma-cross', { fast: [2] }, { config: { impact: own() } })).rejects.toMatchObject({
      code: 'unknown_name',
    })
  })

  it.each([
    ['a list of none', null, /costModels must be an object of functions by name, found null/],
    ['a number', { m: 1 }, /costModels.m must be a function, or an object with a function calculate, found 1/],
    ['an object without a method', { m: { calculate: 1 } }, /costModels.m must be a function/],
  ])('declared as %s', (_, costModels, words) => {
    const error = failure(() => backtest(bars(), trader(costModels as never), {}))
    expect([error.code, words.test(error.message)]).toEqual(['invalid_strategy', true])
  })

  it.each([{ type: 'own' }, { type: 'own', model: '' }, { type: 'own', model: 1 }])('named as %s', (commission) => {
    const error = failure(() => backtest(bars(), trader({ m: () => 1 }), { commission: commission as never }))
    expect([error.code, error.message.startsWith('commission.model: the name of one')]).toEqual(['invalid_value', true])
  })
})

describe('states and results of runs with own models', () => {
  const busy = (rate = 0.001): StrategyClass => {
    const made = at({}, {})
    Object.assign(made.prototype, {
      onBar(bar: { index: number }, broker: { orderTargetPercent(asset: number, share: number): void }) {
        broker.orderTargetPercent(0, ((bar.index * 7) % 5) / 4 - 0.4)
      },
    })
    const m = rate === 0.001 ? ({ value }: CostedFill) => 0.001 * value : ({ value }: CostedFill) => 0.002 * value
    return Object.assign(made, { costModels: { m, s: ({ high, low }: CostedFill) => 0.1 * (high - low) } })
  }
  const config: BacktestConfig = { commission: own(), slippage: own('s'), rules: [{ type: 'stop', distance: 0.01 }] }
  const prices = market(walk(80, 3))

  it('snapshots, forks and marks go on byte-identical, calls counted', () => {
    const whole = openRun(prices, busy(), config).toEnd().result()
    const run = openRun(prices, busy(), config)
    for (let i = 0; i < 30; i++) run.advance()
    const snapshot = run.snapshot()
    const restored = openRun(prices, busy(), config).restore(snapshot)
    const fork = (run as Extract<DrivenRun, { kind: 'hooks' }>).fork(new (busy())())
    run.toEnd()
    run.back(50)
    for (const one of [restored, fork, run]) {
      const result = one.toEnd().result()
      expect(textOf(result)).toBe(textOf(whole))
      expect(result.costModelCalls).toBe(whole.costModelCalls)
      one.release()
    }
    expect(whole.costModelCalls).toBeGreaterThan(100)
    const other = openRun(prices, busy(0.002), config)
    expect(failure(() => other.restore(snapshot)).code).toBe('snapshot_settings')
    const plain = openRun(prices, busy(), { ...config, commission: 0.001 })
    expect(failure(() => plain.restore(snapshot)).code).toBe('snapshot_settings')
  })

  it('awaited hooks, signals and windows have them', async () => {
    const whole = backtest(prices, busy(), config)
    const run = openAsync(prices, busy(), config)
    await run.toEnd()
    expect(textOf(run.result())).toBe(textOf(whole))
    const columns = { targetPosition: Array.from({ length: 80 }, (_, bar) => ((bar * 7) % 5) / 4 - 0.4) }
    const signals = defineSignals({
      name: 'columns',
      costModels: busy().costModels,
      signals: () => ({ ...columns, sizeType: 'fraction' as const }),
    })
    // The same as the models that the broker has.
    const free: BacktestConfig = { ...config, account: 'unlimited' }
    const known: BacktestConfig = { ...free, commission: 0.001, slippage: { type: 'range', rate: 0.1 } }
    for (const strategy of [signals, busy()])
      expect(textOf(backtest(prices, strategy, free))).toBe(textOf(backtest(prices, strategy, known)))
    const late = backtest(prices, signals, { ...config, from: '1970-02-01' })
    expect(late.costModelCalls).toBeLessThan(whole.costModelCalls)
  })

  it('data and folders keep how often they were asked', async () => {
    const result = backtest(prices, busy(), config)
    expect(resultFrom(structuredClone(resultData(result))).costModelCalls).toBe(result.costModelCalls)
    const path = join(folder, 'result')
    await writeResult(path, result)
    expect((await readResult(path)).costModelCalls).toBe(result.costModelCalls)
    for (const calls of [0, -1, 1.5, '3'])
      expect(failure(() => resultFrom({ ...resultData(result), costModelCalls: calls as number })).code).toBe(
        'result_damaged',
      )
  })

  it('workers and the command line have those of a strategy in a file', async () => {
    const path = join(folder, 'costly.mjs')
    writeFileSync(
      path,
      `export default { kind: 'signals', name: 'costly', constraints: [], parameters: { n: { type: 'integer', default: 3, min: 2, max: 90 } },
        costModels: { broker: { least: 1, calculate({ units, value }) { return Math.max(this.least, 0.01 * units + 0.0001 * value) } } },
        signals({ parameters: { n }, indicator, crossSignals }) {
          return { flags: crossSignals(indicator('sma', { length: n }), indicator('sma', { length: 20 }), 1, 2) } } }`,
    )
    const strategy = { module: pathToFileURL(path).href }
    const costs: BacktestConfig = { commission: own('broker') }
    const space = { n: { from: 2, to: 12, step: 1 } }
    const one = await sweep(prices, strategy, space, { config: costs, workers: 1 })
    const two = await sweep(prices, strategy, space, { config: costs, workers: 2 })
    const free = await sweep(prices, strategy, space, { workers: 1 })
    expect([one.failed, two.failed]).toEqual([0, 0])
    expect([...two.table.values('finalValue')]).toEqual([...one.table.values('finalValue')])
    expect([...free.table.values('finalValue')]).not.toEqual([...one.table.values('finalValue')])
    const data = join(folder, 'bars.csv')
    const lines = walk(80, 3, 0).map((row, i) => [new Date(i * 86_400_000).toISOString(), ...row!].join(','))
    writeFileSync(data, ['time,open,high,low,close,volume', ...lines].join('\n'))
    const run = await inProcess(
      'run',
      '--data',
      data,
      '--strategy',
      path,
      '--commission',
      'own:broker',
      '--out',
      join(folder, 'run'),
    )
    expect([run.status, run.stderr]).toEqual([0, expect.any(String)])
    expect((await readResult(join(folder, 'run'))).costModelCalls).toBeGreaterThan(0)
    const none = await inProcess('run', '--data', data, '--strategy', path, '--commission', 'own:brokr')
    expect([none.status === 0, none.stderr]).toEqual([false, expect.stringMatching(/Did you mean broker/)])
  })

  it('is closed: nothing of what a model is told can be made or changed', () => {
    let told: CostedFill | undefined
    const m = (fill: CostedFill) => {
      told = fill
      return 1
    }
    backtest(bars(), trader({ m }), { commission: own() })
    expect(Object.isFrozen(told)).toBe(true)
    expect(Reflect.ownKeys(told!)).toEqual([])
    const Made = told!.constructor as new (...args: unknown[]) => unknown
    expect(Object.isFrozen(Made.prototype)).toBe(true)
    expect(failure(() => new Made(Symbol('made by a run'), [])).code).toBe('invalid_value')
    expect(failure(() => new Made(told, [])) instanceof FillgridError).toBe(true)
  })
})
