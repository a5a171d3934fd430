/** Strategies of expressions as plain data: to workers, files and back. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { makeEquities } from '../../data/equities.ts'
import { backtest, expressions, flag, int, Market, num, readStrategy, runJobs, strategy } from '../../src/index.ts'
import { sweep } from '../../src/node.ts'
import { textStrategy } from '../../src/strategy/expressed.ts'
import { inProcess } from '../cli/inprocess.ts'
import { failure } from '../engine/script.ts'

const {
  atr,
  bollinger,
  close,
  column,
  crossedAbove,
  crossedBelow,
  greaterThan,
  lessThan,
  multiply,
  or,
  percent,
  sma,
  top,
} = expressions

const { time, series, assets } = makeEquities({ assets: 3, bars: 300 })
const mood = Float64Array.from({ length: 900 }, (_, i) => (i * 7919) % 13)
const market = Market.from(assets.map((asset, k) => ({ asset, time, ...series[k] }))).with({ signals: { mood } })
const folder = mkdtempSync(join(tmpdir(), 'fillgrid-data-'))
afterAll(() => rmSync(folder, { recursive: true }))

const cross = strategy({
  name: 'cross',
  parameters: { fast: int(5, { min: 2, max: 40 }), slow: int(20), stop: num(5), eager: flag(true) },
  constraints: ({ fast, slow }) => lessThan(fast, slow),
  entries: ({ fast, slow }) => or(crossedAbove(sma(close, fast), sma(close, slow)), greaterThan(column('mood'), 11)),
  exits: ({ slow }) => crossedBelow(close, bollinger(close, slow, 1.5).lower),
  stopLoss: ({ stop }) => percent(stop),
  trail: multiply(3, atr(14)),
  hold: 30,
})
const targets = strategy({
  entries: crossedAbove(close, sma(20)),
  takeProfits: [
    { distance: percent(3), share: 0.5 },
    { distance: percent(6), share: 0.5 },
  ],
  breakEvenAfter: 1,
  stopLoss: percent(4),
  size: percent(20),
})
const weights = strategy({
  parameters: { n: int(1) },
  targetWeight: ({ n }) => expressions.where(top(close, n), 0.5, 0),
})
const texts = textStrategy(
  { entries: 'crossedAbove(sma(fast), sma(30)) and mood > 2', exits: 'rsi(14) > 70' },
  { fast: { type: 'integer', default: 5 } },
)
const ALL = { cross, targets, weights, texts }

describe('a strategy of expressions', () => {
  it.each(Object.entries(ALL))('%s is the same from its JSON', (_, one) => {
    const written = JSON.stringify(one)
    const again = readStrategy(JSON.parse(written))
    expect(JSON.stringify(again)).toBe(written)
    expect(again).toMatchObject({ name: one.name, parameters: one.parameters, constraints: one.constraints })
    const [first, second] = [one, again].map((each) => backtest(market, each))
    expect(first.trades.length).toBeGreaterThan(3)
    expect(second.fingerprint).toEqual(first.fingerprint)
  })

  it('runs on workers, with the same rows', async () => {
    const space = { fast: [3, 5, 8], slow: [20, 30], stop: [4, 6] }
    const here = await sweep(market, cross, space, { workers: 1 })
    for (const given of [cross, JSON.parse(JSON.stringify(cross))]) {
      const there = await sweep(market, given, space, { workers: 2 })
      expect(there.warnings).toEqual([])
      expect(there.failed).toBe(0)
      for (const name of ['fast', 'sharpe', 'numTrades'])
        expect([...(there.table.values(name) as Float64Array)]).toEqual([...(here.table.values(name) as Float64Array)])
    }
  })

  it('is a job, and a file of the command line', async () => {
    const path = join(folder, 'cross.json')
    writeFileSync(path, JSON.stringify(targets))
    const { status, stdout } = await inProcess('run', '--data', 'data/equities.csv', '--strategy', path, '--json')
    expect([status, JSON.parse(stdout).num_trades > 10]).toEqual([0, true])
    const data = JSON.parse(JSON.stringify(targets))
    const job = {
      format: 'fillgrid job',
      version: 1,
      id: 'one',
      market: { digest: market.digest() },
      strategy: data,
    }
    const [{ metrics, error }] = await runJobs([{ ...job, sets: [{}] }] as never, { markets: [market] })
    expect([error, metrics.numTrades.length]).toEqual([null, 1])
    writeFileSync(path, '{ "kind": ')
    expect(await inProcess('run', '--data', 'data/equities.csv', '--strategy', path)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/JSON expected/),
    })
  })

  it.each<[string, unknown, string, RegExp]>([
    ['nothing', null, 'invalid_strategy', /kind "expressions"/],
    ['another kind', { kind: 'signals' }, 'invalid_strategy', /kind "expressions"/],
    ['another version', { ...json(targets), version: 2 }, 'invalid_strategy', /version 1/],
    ['a field too many', { ...json(targets), more: 1 }, 'unknown_name', /more/],
    ['a field of expressions too many', { ...json(targets), fields: { entry: 1 } }, 'unknown_name', /entries/],
    ['no parameters', { ...json(targets), parameters: null }, 'invalid_strategy', /parameters/],
    [
      'a parameter of no type',
      { ...json(targets), parameters: { a: { default: 1 } } },
      'invalid_strategy',
      /parameter a/,
    ],
    [
      'a type that objects have',
      { ...json(targets), parameters: { a: { type: 'toString' } } },
      'invalid_strategy',
      /type/,
    ],
    ['constraints of numbers', { ...json(targets), constraints: [1] }, 'invalid_strategy', /constraints/],
    [
      'a node of nothing',
      { ...json(targets), fields: { entries: { kind: 'call', name: 'x', of: [] } } },
      'unknown_name',
      /function/,
    ],
    ['a look ahead', { ...json(targets), fields: { entries: shifted(-1) } }, 'invalid_expression', /whole number/],
    ['targets of nothing', { ...json(targets), takeProfits: [1] }, 'invalid_strategy', /takeProfits/],
    ['an absent parameter', { ...json(weights), parameters: {} }, 'unknown_name', /parameter/],
    ['texts and targets', { ...json(texts), takeProfits: [] }, 'invalid_strategy', /takeProfits beside nodes/],
    [
      'texts and nodes',
      { ...json(targets), fields: { ...json(targets).fields, exits: 'close > 1' } },
      'invalid_expression',
      /node/,
    ],
  ])('with %s is refused', (_, data, code, message) => {
    expect(failure(() => readStrategy(data))).toMatchObject({ code, message: expect.stringMatching(message) })
  })

  it('that contains itself is refused', () => {
    const node: Record<string, unknown> = { kind: 'call', name: 'not', of: [] }
    ;(node.of as unknown[]).push(node)
    expect(failure(() => readStrategy({ ...json(targets), fields: { entries: node } }))).toMatchObject({
      code: 'invalid_expression',
    })
  })
})

function json(one: unknown) {
  return JSON.parse(JSON.stringify(one))
}

function shifted(bars: number) {
  const number = { kind: 'number', value: bars }
  return { kind: 'call', name: 'shift', of: [{ kind: 'condition', value: true }, number] }
}
