/** Results as plain data and back: through structuredClone, a worker and nothing at all; and what is refused. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { builtFile } from '../../src/jobs/bundle.ts'
import { RESULT_VERSION, type ResultData, resultData, resultFrom } from '../../src/results/data.ts'
import { METRICS } from '../../src/results/metrics.ts'
import type { Result } from '../../src/results/result.ts'
import { ORDER_REASONS } from '../../src/results/schema.ts'
import { RESULT_TABLES, tableColumns } from '../../src/results/tables.ts'
import { smaCross } from '../../src/strategies/sma-cross.ts'
import { resultKinds } from '../engine/resultkinds.ts'
import { expectSame } from '../engine/sameresult.ts'
import { failure, market, walk } from '../engine/script.ts'
import { makeMarket } from '../kernel/adapter.ts'
import { scenarios, signalScenarios } from '../oracle/arbitrary.ts'
import { runScenario, signalsOf } from '../properties/runs.ts'

let kinds: [string, Result][]
beforeAll(async () => {
  kinds = await resultKinds()
})

/** A copy made by a thread of its own. */
async function throughWorker(data: ResultData): Promise<ResultData> {
  const script = "require('node:worker_threads').parentPort.once('message', function (d) { this.postMessage(d) })"
  const worker = new Worker(script, { eval: true })
  try {
    return await new Promise<ResultData>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.postMessage(data)
    })
  } finally {
    await worker.terminate()
  }
}

describe('a result as data', () => {
  it('of every kind is the same after structuredClone', () => {
    // What the kinds are there for.
    const has = (test: (result: Result) => boolean) => kinds.some(([, result]) => test(result))
    expect(has(({ trades }) => trades.length === 0)).toBe(true)
    expect(has(({ equity }) => equity.length === 0)).toBe(true)
    expect(has(({ openPositions }) => openPositions.length > 1)).toBe(true)
    expect(has(({ ambiguousBars }) => ambiguousBars.length > 0)).toBe(true)
    for (const code of ['bust', 'entries_rejected', 'strategy_changed', 'no_trades'])
      expect([code, has(({ warnings }) => warnings.some((one) => one.code === code))]).toEqual([code, true])
    for (const [, result] of kinds) expectSame(resultFrom(structuredClone(resultData(result))), result)
  })

  it('of every kind is the same after the way through a worker, and again', async () => {
    for (const [, result] of kinds) {
      const once = resultFrom(await throughWorker(resultData(result)))
      expectSame(resultFrom(structuredClone(resultData(once))), result)
    }
  })

  it.skipIf(!existsSync(builtFile('index.js')))('comes out of a worker that has run it', async () => {
    const close = Array.from({ length: 300 }, (_, i) => 100 + 10 * Math.sin(i / 9))
    const worker = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads')
      import(workerData.library).then(({ backtest, Market, resultData, smaCross }) => {
        const market = Market.from(workerData.columns)
        parentPort.postMessage(resultData(backtest(market, smaCross, workerData.config)))
      })`,
      {
        eval: true,
        workerData: {
          library: String(builtFile('index.js')),
          columns: { assets: ['A'], time: close.map((_, i) => i * 86400000), close },
          config: { parameters: { fast: 3, slow: 9 }, commission: 0.001 },
        },
      },
    )
    const data = await new Promise<ResultData>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    await worker.terminate()
    const { Market } = await import('../../src/market/market.ts')
    const here = Market.from({ assets: ['A'], time: close.map((_, i) => i * 86400000), close })
    const expected = backtest(here, smaCross, { parameters: { fast: 3, slow: 9 }, commission: 0.001 })
    expect(expected.trades.length).toBeGreaterThan(3)
    expectSame(resultFrom(data), expected)
  })

  it('of random orders and columns is the same', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const prices = makeMarket(scenario.market)
        const result = runScenario(scenario, prices)
        if (result) expectSame(resultFrom(structuredClone(resultData(result))), result)
        prices.release()
      }),
      { numRuns: 60 },
    )
    fc.assert(
      fc.property(signalScenarios, (scenario) => {
        const prices = makeMarket(scenario.market)
        const { columns, config } = signalsOf(scenario)
        const result = backtest(prices, columns, config)
        expectSame(resultFrom(structuredClone(resultData(result))), result)
        prices.release()
      }),
      { numRuns: 60 },
    )
  })

  it('needs no market any more, and is its own', () => {
    const prices = market(walk(80, 4))
    const result = backtest(prices, smaCross, { parameters: { fast: 2, slow: 5 } })
    const data = resultData(result)
    ;(data.parameters as Record<string, number>).fast = 7
    ;(data.settings as { cash: number }).cash = 1
    ;(data.warnings as unknown as { code: string }[])[0].code = 'x'
    expect([result.parameters.fast, (result.settings as { cash: number }).cash]).toEqual([2, 100000])
    expect(result.warnings[0].code).not.toBe('x')
    const again = resultFrom(structuredClone(resultData(result)))
    prices.release()
    expect([again.fingerprint, again.dataId]).toEqual([result.fingerprint, result.dataId])
    expect(again.warnings).toEqual(result.warnings)
  })

  it('has the columns and metrics of its version: who changes them raises RESULT_VERSION and this digest', () => {
    const form = RESULT_TABLES.map((name) => [
      name,
      tableColumns(name, { assets: [], contextNames: [], instruments: {}, details: () => [] }).map(
        ({ name, field, kind, labels }) => [name, field, kind, labels],
      ),
    ])
    const metrics = METRICS.map(({ name, field }) => [name, field])
    const digest = createHash('sha256')
      .update(JSON.stringify([form, metrics]))
      .digest('hex')
    expect([RESULT_VERSION, digest.slice(0, 16)]).toEqual([6, '24063c69136380ff'])
  })
})

describe('data that are no result', () => {
  type Loose = Record<string, never>
  const change = (edit: (data: Loose) => unknown): ResultData => {
    const data = structuredClone(resultData(kinds[2][1])) as unknown as Loose
    edit(data)
    return data as unknown as ResultData
  }

  it.each<[string, string, (data: Loose) => unknown]>([
    [
      'result_damaged',
      'result.format: "fillgrid result" expected, found "other"',
      (d) => Object.assign(d, { format: 'other' }),
    ],
    ['result_version', 'result: version 6 expected, found 7.', (d) => Object.assign(d, { version: 7 })],
    ['result_version', 'result: version 6 expected, found undefined.', (d) => delete d.version],
    ['result_damaged', 'result.strategy: text expected, found 5', (d) => Object.assign(d, { strategy: 5 })],
    [
      'result_damaged',
      'result.parameters.salt: a number, text or a flag expected, found NaN',
      (d) => Object.assign(d.parameters, { salt: Number.NaN }),
    ],
    [
      'result_damaged',
      'result.settings: settings by name expected, found null',
      (d) => Object.assign(d, { settings: null }),
    ],
    [
      'result_damaged',
      'result.settings.cash: plain data expected',
      (d) => Object.assign(d.settings, { cash: () => 1 }),
    ],
    [
      'result_damaged',
      'result.fingerprint.config: the digest of settings and parameters',
      (d) => Object.assign(d.settings, { cash: 5 }),
    ],
    [
      'result_damaged',
      'result.fingerprint.all: the digest of the others',
      (d) => Object.assign(d.fingerprint, { outcome: '0'.repeat(64) }),
    ],
    [
      'result_damaged',
      'result.fingerprint.market: 64 hexadecimal digits expected, found "x"',
      (d) => Object.assign(d.fingerprint, { market: 'x' }),
    ],
    ['result_damaged', 'result.dataId: 64 hexadecimal digits expected, found undefined', (d) => delete d.dataId],
    ['result_damaged', 'result.assets: a list expected, found "A"', (d) => Object.assign(d, { assets: 'A' })],
    [
      'result_damaged',
      'result.assets[1]: text expected, found undefined',
      (d) => Object.assign(d, { assets: ['A', undefined, 'C'] }),
    ],
    ['result_damaged', 'result.contextNames: a list expected', (d) => delete d.contextNames],
    [
      'result_damaged',
      'result.firstBar: the index of a bar expected, found -1',
      (d) => Object.assign(d, { firstBar: -1 }),
    ],
    [
      'result_damaged',
      'result.metrics.sharpe: a number expected, found undefined',
      (d) => delete (d.metrics as Loose).sharpe,
    ],
    [
      'result_damaged',
      'result.metrics.shrape: one of METRICS expected',
      (d) => Object.assign(d.metrics, { shrape: 1 }),
    ],
    ['result_damaged', 'result.annual: an object expected, found undefined', (d) => delete d.annual],
    [
      'result_damaged',
      'result.annual.perYear: a number above 0, or NaN, expected, found -5',
      (d) => Object.assign(d.annual, { perYear: -5 }),
    ],
    [
      'result_damaged',
      "result.annual.source: 'given', 'calendar' or 'inferred' expected, found \"x\"",
      (d) => Object.assign(d.annual, { source: 'x' }),
    ],
    ['result_damaged', 'result.band: an object expected, found 3', (d) => Object.assign(d, { band: 3 })],
    [
      'result_damaged',
      'result.band.nearest: an object expected, found undefined',
      (d) =>
        Object.assign(d, {
          band: {
            adverse: { finalValue: 1, totalReturn: 1, maxDrawdown: 1 },
            favourable: { finalValue: 1, totalReturn: 1, maxDrawdown: 1 },
          },
        }),
    ],
    [
      'result_damaged',
      'result.warnings[0].message: text expected, found undefined',
      (d) => Object.assign(d, { warnings: [{ code: 'x' }] }),
    ],
    ['result_damaged', 'result.tables: an object expected, found undefined', (d) => delete d.tables],
    [
      'result_damaged',
      'result.tables.fills: an object expected, found undefined',
      (d) => delete (d.tables as Loose).fills,
    ],
    [
      'result_damaged',
      'result.tables.fills.price: a Float64Array, which JSON does not keep',
      (d) => delete (d.tables as Record<string, Loose>).fills.price,
    ],
    [
      'result_damaged',
      'result.tables.fills.price: a Float64Array',
      (d) => Object.assign((d.tables as Record<string, Loose>).fills, { price: [1, 2] }),
    ],
    [
      'result_damaged',
      'result.tables.fills.bar: an Int32Array',
      (d) => Object.assign((d.tables as Record<string, Loose>).fills, { bar: new Float64Array(3) }),
    ],
    [
      'result_damaged',
      'result.tables.fills.prise: one of the columns of fills expected',
      (d) => Object.assign((d.tables as Record<string, Loose>).fills, { prise: new Float64Array(3) }),
    ],
    [
      'result_damaged',
      'result.tables.trades.pnl: as many values as tables.trades.asset has',
      (d) => Object.assign((d.tables as Record<string, Loose>).trades, { pnl: new Float64Array(3) }),
    ],
    [
      'result_damaged',
      'result.tables.equity.cash: as many values as tables.equity.time has, 160, expected, found 159',
      (d) => Object.assign((d.tables as Record<string, Loose>).equity, { cash: new Float64Array(159) }),
    ],
    [
      'result_damaged',
      `result.tables.orders.reason[0]: a whole number from 0 to ${ORDER_REASONS.length - 1} expected, found 99`,
      (d) => ((d.tables as Record<string, Record<string, Int32Array>>).orders.reason[0] = 99),
    ],
    [
      'result_damaged',
      'result.tables.fills.asset[0]: a whole number from 0 to 2 expected, found 3',
      (d) => ((d.tables as Record<string, Record<string, Int32Array>>).fills.asset[0] = 3),
    ],
    [
      'result_damaged',
      'result.tables.fills.ambiguous[1]: a whole number from 0 to 1 expected, found -1',
      (d) => ((d.tables as Record<string, Record<string, Int32Array>>).fills.ambiguous[1] = -1),
    ],
    [
      'result_damaged',
      'result.tables.equity.time[1]: times that increase expected, found 0',
      (d) => ((d.tables as Record<string, Record<string, Float64Array>>).equity.time[1] = 0),
    ],
    [
      'result_damaged',
      'result.data: what can be read expected, found "mine"',
      (d) =>
        Object.defineProperty(d, 'warnings', {
          get: () => {
            throw new Error('mine')
          },
        }),
    ],
  ])('%s: %s', (code, message, edit) => {
    const error = failure(() => resultFrom(change(edit)))
    expect(error.message).toContain(message)
    expect(error.code).toBe(code)
  })

  it('arrays that were transferred, and what resultData is not of', () => {
    const data = resultData(kinds[0][1])
    const copy = structuredClone(data)
    const arrays = Object.values(copy.tables).flatMap((table) => Object.values(table).map(({ buffer }) => buffer))
    structuredClone(copy, { transfer: [...new Set(arrays)] as ArrayBuffer[] })
    expect(failure(() => resultFrom(copy)).message).toMatch(
      /^result\.tables\.trades: as many rows as metrics\.numExits says/,
    )
    for (const none of [undefined, null, data, 5])
      expect(failure(() => resultData(none as unknown as Result)).code).toBe('invalid_value')
  })

  it('JSON, nothing, and cycles', () => {
    const data = resultData(kinds[0][1])
    expect(failure(() => resultFrom(JSON.parse(JSON.stringify(data)))).message).toMatch(/^result\.(metrics|tables)\./)
    for (const none of [null, undefined, 5, 'x', []]) {
      const error = failure(() => resultFrom(none as unknown as ResultData))
      expect([error.code, error.message]).toEqual(['result_damaged', expect.stringMatching(/^result\.(data|format): /)])
    }
    const round: Record<string, unknown> = {}
    round.self = round
    expect(failure(() => resultFrom({ ...data, settings: round })).code).toBe('result_damaged')
  })
})
