import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { makeMinutes } from '../../data/minutes.ts'
import { builtFile } from '../../src/jobs/bundle.ts'
import { getEngine } from '../../src/kernel/load.ts'
import { Market } from '../../src/market/market.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import { METRICS } from '../../src/results/metrics.ts'
import type { Table } from '../../src/results/table.ts'
import { defineSignals, Strategy } from '../../src/strategy/strategy.ts'
import { sweep as sweepInNode } from '../../src/sweep/node.ts'
import { grid } from '../../src/sweep/space.ts'
import { sweep } from '../../src/sweep/sweep.ts'

const built = existsSync(builtFile('jobs/worker.js'))
const market = Market.from([makeMinutes({ bars: 3000 })])
const config: BacktestConfig = {
  commission: 0.0004,
  rules: [
    { type: 'stop', distance: 0.01 },
    { type: 'target', distance: 0.02 },
  ],
}
const space = { fast: { from: 5, to: 40, step: 5 }, slow: { from: 20, to: 100, step: 20 } }
const folder = mkdtempSync(join(tmpdir(), 'fillgrid-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A strategy in a file of its own, which workers load; written without imports, so that any copy of the library takes it. */
function moduleOf(name: string, signals: string): { module: string } {
  const path = join(folder, `${name}.mjs`)
  writeFileSync(
    path,
    `export default { kind: 'signals', name: '${name}', constraints: [], parameters: { n: { type: 'integer', default: 1, min: 0, max: 1000 } },
      signals({ parameters: { n }, market, indicator, crossSignals }) { ${signals}
        return { flags: crossSignals(indicator('sma', { length: n % 20 + 2 }), indicator('sma', { length: 40 }), 1, 2) } } }`,
  )
  return { module: pathToFileURL(path).href }
}

function bytesOf(table: Table): string {
  return (
    JSON.stringify(table.columns) +
    table.columns.map((column) => Buffer.from(table.values(column.name).slice().buffer).toString('hex')).join('\n')
  )
}

describe('a sweep', () => {
  it('has one row a set, in the order of the sets, with the constraints of grid and strategy', async () => {
    const result = await sweep(market, 'sma-cross', grid(space, 'slow != 60'), { config })
    const sets = Array.from({ length: result.table.length }, (_, row) => result.parameters(row))
    expect(sets.every(({ fast, slow }) => fast < slow && slow !== 60)).toBe(true)
    expect(result.table.length).toBe(3 + 7 + 8 + 8)
    expect([...result.table.values('set')]).toEqual([...result.table.values('set')].sort((a, b) => a - b))
    expect([result.partial, result.failed, result.total, result.warnings]).toEqual([false, 0, 26, []])
    expect(result.ranking.length).toBe(26)
    const sharpe = result.table.values('sharpe')
    for (let i = 1; i < 26; i++) expect(sharpe[result.ranking[i - 1]]).toBeGreaterThanOrEqual(sharpe[result.ranking[i]])
    expect(result.best).toBe(result.ranking[0])
  })

  it('runs any row again in full, with the same metrics', async () => {
    const result = await sweep(market, 'sma-cross', space, { config })
    for (const row of [0, 7, result.best, result.table.length - 1]) {
      const full = result.rerun(row)
      for (const [i, spec] of METRICS.entries()) expect(full.metrics[i]).toBe(result.table.values(spec.name)[row])
      expect(full.trades.length).toBe(result.table.values('numTrades')[row])
      expect(full.parameters).toMatchObject(result.parameters(row))
    }
    expect(() => result.rerun(-1)).toThrow('rows run from 0 to')
  })

  it('gives hooks and signals the same rows', async () => {
    const signals = await sweep(market, 'sma-cross', space, { config })
    const hooks = await sweep(market, 'sma-cross-hooks', space, { config })
    for (const name of ['finalValue', 'sharpe', 'numTrades', 'totalCommission'])
      expect(hooks.table.values(name)).toEqual(signals.table.values(name))
  })

  it('ranks by any metric, less being better where it is, and by a second key', async () => {
    const all = await sweep(market, 'sma-cross', space, { config })
    const minimumTrades = [...all.table.values('numTrades')].sort((a, b) => a - b)[all.table.length >> 1]
    const result = await sweep(market, 'sma-cross', space, {
      config,
      objective: 'max_drawdown',
      sort: 'totalReturn',
      minimumTrades,
    })
    const [drawdown, trades] = [result.table.values('maxDrawdown'), result.table.values('numTrades')]
    expect(result.ranking.length).toBeGreaterThan(1)
    expect(result.ranking.length).toBeLessThan(result.table.length)
    for (let i = 1; i < result.ranking.length; i++)
      expect(drawdown[result.ranking[i]]).toBeGreaterThanOrEqual(drawdown[result.ranking[i - 1]])
    expect(result.ranking.every((row) => trades[row] >= minimumTrades)).toBe(true)
  })

  it('keeps the metrics that are asked for and those it ranks by', async () => {
    const result = await sweep(
      market,
      'sma-cross',
      { fast: [5], slow: [20] },
      { config, metrics: ['totalReturn'], objective: 'calmar' },
    )
    expect(result.table.columns.map((column) => column.name)).toEqual([
      'set',
      'fast',
      'slow',
      'totalReturn',
      'numTrades',
      'calmar',
      'status',
      'reason',
    ])
    expect(result.rerun(0).summary.totalReturn).toBe(result.table.values('totalReturn')[0])
  })

  it('makes a set that fails a row with its reason', async () => {
    class Fails extends Strategy<{ n: number }> {
      static override parameters = { n: { type: 'integer', default: 1 } } as const
      override onBar() {
        if (this.parameters.n === 3) throw new RangeError('three is too many')
      }
    }
    const result = await sweep(market, Fails, { n: { from: 1, to: 5 } })
    expect(result.failed).toBe(1)
    expect(result.firstFailure).toEqual({
      reason: result.table.row(2).reason,
      stack: expect.stringMatching(/^RangeError: three is too many\n\s+at Fails\.onBar \(.*sweep\.test\.ts:\d+/),
    })
    expect(result.table.row(2)).toMatchObject({
      n: 3,
      status: 'failed',
      finalValue: null,
      reason: expect.stringContaining('onBar at bar 0 (2023-01-01T00:00:00.000Z) threw: three is too many'),
    })
    expect(result.table.row(3)).toMatchObject({ n: 4, status: 'done', finalValue: 100000, reason: null })
    expect(() => result.rerun(2)).toThrow('three is too many')
  })

  it('says where a strategy that keeps state outside itself gives another result', async () => {
    let runs = 0
    class Leaky extends Strategy {
      override onBar(bar: { index: number }, broker: { enterPosition(asset: number, side: 'long'): unknown }) {
        if (bar.index === 0) runs++
        if (bar.index === runs) broker.enterPosition(0, 'long')
      }
    }
    const leaky = Leaky as unknown as typeof Strategy & (new () => Strategy)
    Object.assign(leaky, { parameters: { n: { type: 'integer', default: 1 } } })
    const result = await sweep(market, leaky, { n: [1, 2] })
    expect(() => result.rerun(0)).toThrow(
      /the same metrics again, found \w+ .* in row 0\. Does the strategy keep state outside itself/,
    )
  })

  it('reports how far it is, and stops when the signal says so', async () => {
    const seen: number[] = []
    const stop = new AbortController()
    const result = await sweep(
      market,
      'sma-cross',
      { fast: { from: 2, to: 50 }, slow: { from: 60, to: 160 } },
      {
        config,
        signal: stop.signal,
        onProgress({ done, total, rate, secondsLeft }) {
          seen.push(done)
          expect(total).toBe(49 * 101)
          expect(rate).toBeGreaterThan(0)
          expect(secondsLeft).toBeGreaterThanOrEqual(0)
          if (done > 20) stop.abort()
        },
      },
    )
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(result.partial).toBe(true)
    expect(result.table.length).toBe(seen[seen.length - 1])
    expect(result.total).toBe(49 * 101)
    const whole = await sweep(market, 'sma-cross', { fast: [2], slow: { from: 60, to: 69 } }, { config })
    expect([...result.table.values('sharpe').subarray(0, 10)]).toEqual([...whole.table.values('sharpe')])
  })

  it('passes on what the progress callback throws', async () => {
    const onProgress = () => {
      throw new RangeError('mine')
    }
    await expect(sweep(market, 'sma-cross', space, { onProgress })).rejects.toThrow('mine')
  })

  it.each([
    ['unknown strategy', 'sma-crss', space, {}, 'unknown_name', 'Did you mean sma-cross'],
    ['unknown parameter', 'sma-cross', { quick: [1] }, {}, 'unknown_name', 'quick'],
    ['fraction for a whole number', 'sma-cross', { fast: [1.5], slow: [20] }, {}, 'invalid_value', 'found 1.5'],
    [
      'parameter outside its range',
      'sma-cross',
      { fast: { from: 0, to: 10 }, slow: [20] },
      {},
      'invalid_value',
      'found 0',
    ],
    ['unknown objective', 'sma-cross', space, { objective: 'sharp' }, 'unknown_name', 'Did you mean sharpe'],
    ...(['objective', 'sort'] as const).flatMap((name) =>
      [() => 1, 5, {}, ['sharpe'], Symbol('sharpe')].map(
        (value): [string, string, typeof space, object, string, string] => [
          `${typeof value} as ${name}`,
          'sma-cross',
          space,
          { [name]: value },
          'invalid_value',
          typeof value === 'function'
            ? `sweep: ${name} must be the name of a metric, like 'sharpe', found () => 1. To rank by a figure of your own, sort`
            : `sweep: ${name} must be the name of a metric, like 'sharpe', found `,
        ],
      ),
    ),
    [
      'a function among metrics',
      'sma-cross',
      space,
      { metrics: [() => 1] },
      'invalid_value',
      'a name expected, found ()',
    ],
    ['nothing as objective', 'sma-cross', space, { objective: null }, 'invalid_value', 'found null. Leave it out'],
    ['no options', 'sma-cross', space, null, 'invalid_value', 'options must be an object, found null'],
    ['a function for options', 'sma-cross', space, () => 1, 'invalid_value', 'options must be an object'],
    ['a function for settings', 'sma-cross', space, { config: () => 1 }, 'invalid_value', 'an object of settings'],
    ['no set', 'sma-cross', { fast: [50], slow: [20] }, {}, 'invalid_space', 'found zero of 1'],
    [
      'too many sets',
      'sma-cross',
      { fast: { from: 1, to: 1e5 }, slow: { from: 1, to: 1e5 } },
      {},
      'invalid_space',
      '2^32',
    ],
    ['bad settings', 'sma-cross', space, { config: { cash: -1 } }, 'invalid_value', 'cash'],
    ['no strategy', { module: './relative.js' }, space, {}, 'invalid_strategy', 'an absolute path'],
    ['an instance', new (class extends Strategy {})(), space, {}, 'invalid_strategy', 'Pass the class'],
  ])('refuses %s', async (_, strategy, input, options, code, words) => {
    for (const run of [sweep, sweepInNode])
      await expect(run(market, strategy as string, input, options as object)).rejects.toMatchObject({
        code,
        message: expect.stringContaining(words),
      })
  })
})

describe.skipIf(!built)('a sweep on workers (needs the built library)', () => {
  it('gives the same table byte for byte, whatever the number of workers', async () => {
    const inline = await sweep(market, 'sma-cross', space, { config })
    for (const workers of [1, 2, 3]) {
      const result = await sweepInNode(market, 'sma-cross', space, { config, workers })
      expect(bytesOf(result.table)).toBe(bytesOf(inline.table))
      expect(result.ranking).toEqual(inline.ranking)
    }
  })

  it('loads a strategy from its module', async () => {
    const module = moduleOf('plain', '')
    const workers = await sweepInNode(market, module, { n: { from: 0, to: 20 } }, { config, workers: 2 })
    const inline = await sweep(market, module, { n: { from: 0, to: 20 } }, { config })
    expect(bytesOf(workers.table)).toBe(bytesOf(inline.table))
    expect(workers.rerun(3).trades.length).toBe(workers.table.values('numTrades')[3])
  })

  it('resamples for indicators of a longer timeframe in every worker alike', async () => {
    const module = moduleOf(
      'longer',
      `const slow = indicator('sma', { length: 4 + n % 3, timeframe: n % 2 ? '15m' : '1h' })
       return { flags: crossSignals(indicator('sma', { length: n % 20 + 2 }), slow, 1, 2) }`,
    )
    const inline = await sweep(market, module, { n: { from: 0, to: 40 } }, { config })
    expect(inline.failed).toBe(0)
    const short = await sweep(market, moduleOf('plain', ''), { n: { from: 0, to: 40 } }, { config })
    expect(bytesOf(inline.table)).not.toBe(bytesOf(short.table))
    for (const workers of [1, 3]) {
      const result = await sweepInNode(market, module, { n: { from: 0, to: 40 } }, { config, workers })
      expect(bytesOf(result.table)).toBe(bytesOf(inline.table))
    }
  })

  it('reports the set on which workers die, and goes on with the others', async () => {
    const module = moduleOf('dies', 'if (n === 13) process.exit(7)')
    const result = await sweepInNode(market, module, { n: { from: 0, to: 30 } }, { config, workers: 2 })
    expect([result.failed, result.partial, result.table.length]).toEqual([1, false, 31])
    expect(result.table.row(13)).toMatchObject({
      status: 'failed',
      reason: 'sweep: a set must not end its worker, found two workers dead on n 13 (worker exited with code: 7).',
    })
    const fine = await sweep(market, moduleOf('plain', ''), { n: { from: 0, to: 30 } }, { config })
    for (let row = 0; row < 31; row++)
      if (row !== 13) expect(result.table.values('finalValue')[row]).toBe(fine.table.values('finalValue')[row])
  })

  it('hands on what dead workers had of the memory', async () => {
    const { memory } = getEngine().arena
    const long = Market.from([makeMinutes({ bars: 20_000 })])
    const module = moduleOf('dies-often', "if (n >= 40 && n < 70) { indicator('ema', { length: n }); process.exit(7) }")
    const run = (from: number, to: number) =>
      sweepInNode(long, module, { n: { from, to } }, { config, workers: 2, metrics: ['sharpe'] })
    // Some first deaths, until there are as many slots as lives overlap.
    expect((await run(30, 42)).failed).toBe(3)
    const before = memory.buffer.byteLength
    expect((await run(30, 69)).failed).toBe(30)
    /** Each of the 60 dead had a run and an indicator of more than 1 MB. */
    expect(memory.buffer.byteLength - before).toBeLessThan(10e6)
    long.release()
  })

  it('gives up where every set ends its worker', async () => {
    const module = moduleOf('always', 'process.exit(1)')
    await expect(sweepInNode(market, module, { n: { from: 0, to: 300 } }, { workers: 2 })).rejects.toMatchObject({
      code: 'worker_failed',
    })
  })

  it('is stopped while it still looks for its sets, too', async () => {
    const side = { from: 1, to: 65536 }
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 1)
    const signals = defineSignals<{ a: number; b: number }>({
      name: 'none',
      parameters: { a: { type: 'integer', default: 1 }, b: { type: 'integer', default: 1 } },
      signals: () => ({ targetPosition: market.close }),
    })
    const result = await sweep(market, signals, grid({ a: side, b: side }, 'b < 0'), { signal: stop.signal })
    expect([result.partial, result.table.length, result.best]).toEqual([true, 0, -1])
  })

  it('names its options, and takes no more workers than anybody has', async () => {
    const module = moduleOf('fine', '')
    const of = (options: object) => sweepInNode(market, module, { n: [1] }, options)
    await expect(of({ worker: 2 })).rejects.toMatchObject({
      code: 'unknown_name',
      message: expect.stringMatching(/workers/),
    })
    for (const wrong of [{ signal: 5 }, { onProgress: 5 }, { executor: 'piscina' }])
      await expect(of(wrong)).rejects.toMatchObject({ code: 'invalid_value', message: expect.stringMatching(/found/) })
    for (const space of [null, 5, 'fast=1:2'])
      await expect(sweepInNode(market, module, space as never)).rejects.toMatchObject({ code: 'invalid_space' })
    for (const workers of [0, 257, 1.5])
      await expect(of({ workers })).rejects.toMatchObject({
        code: 'invalid_value',
        message: expect.stringMatching(/from 1 to 256/),
      })
    // As many as there are sets do.
    expect((await of({ config, workers: 256 })).table.length).toBe(1)
  })

  it('stops at once, also where a worker hangs', async () => {
    const stop = new AbortController()
    const module = moduleOf('hangs', 'if (n === 9) for (;;) {}')
    // The piece that hangs may hold any number of sets: nothing more comes once all others are done.
    let stalled: ReturnType<typeof setTimeout> | undefined
    const onProgress = () => {
      clearTimeout(stalled)
      stalled = setTimeout(() => stop.abort(), 2000)
    }
    const result = await sweepInNode(
      market,
      module,
      { n: { from: 0, to: 200 } },
      {
        config,
        workers: 2,
        signal: stop.signal,
        onProgress,
      },
    )
    expect(result.partial).toBe(true)
    expect(result.table.length).toBeGreaterThan(0)
    expect(result.table.values('n')).not.toContain(9)
  })

  it('runs a strategy that is defined inline on this thread and says so, unless workers are asked for', async () => {
    const inline = defineSignals({
      name: 'inline',
      parameters: { n: { type: 'integer', default: 2, min: 2 } },
      signals: ({ parameters, indicator, crossSignals }) => ({
        flags: crossSignals(
          indicator('sma', { length: parameters.n as number }),
          indicator('sma', { length: 50 }),
          1,
          2,
        ),
      }),
    })
    const result = await sweepInNode(market, inline, { n: [2, 3, 4] }, { config })
    expect(result.warnings).toMatchObject([{ code: 'inline_strategy' }])
    expect(result.failed).toBe(0)
    await expect(sweepInNode(market, inline, { n: [2, 3, 4] }, { config, workers: 2 })).rejects.toMatchObject({
      code: 'invalid_strategy',
      message: expect.stringContaining('found 2 workers and a strategy that is defined inline'),
    })
  })

  it('takes no more memory from one sweep to the next', async () => {
    const { memory } = getEngine().arena
    const long = Market.from([makeMinutes({ bars: 20_000 })])
    const sets = { fast: [5, 10], slow: { from: 20, to: 100, step: 10 } }
    await sweepInNode(long, 'sma-cross', sets, { config, workers: 2 })
    const before = memory.buffer.byteLength
    for (let i = 0; i < 5; i++) await sweepInNode(long, 'sma-cross', sets, { config, workers: 2 })
    /** Each sweep's indicators alone are 1.8 MB. */
    expect(memory.buffer.byteLength - before).toBeLessThan(2e6)
    long.release()
  })

  it('keeps the memory of a market that is released meanwhile', async () => {
    const own = Market.from([makeMinutes({ bars: 20_000 })])
    const sets = { fast: { from: 2, to: 60 }, slow: { from: 61, to: 64 } }
    const expected = bytesOf((await sweepInNode(own, 'sma-cross', sets, { config, workers: 2 })).table)
    const others: Market[] = []
    const onProgress = () => {
      own.release()
      if (others.length === 0) others.push(Market.from([makeMinutes({ bars: 20_000, seed: 9 })]))
    }
    const result = await sweepInNode(own, 'sma-cross', sets, { config, workers: 2, onProgress })
    expect(bytesOf(result.table)).toBe(expected)
    for (const other of others) other.release()
  })

  it('refuses settings that are no plain data', async () => {
    const odd = { ...config, rules: [{ type: 'stop', distance: 0.01, also: () => 1 }] } as unknown as BacktestConfig
    await expect(sweepInNode(market, 'sma-cross', space, { config: odd, workers: 2 })).rejects.toMatchObject({
      code: 'invalid_value',
      message: expect.stringContaining('must be plain data'),
    })
  })

  it('says what a module lacks', async () => {
    const path = join(folder, 'empty.mjs')
    writeFileSync(path, 'export const x = 1')
    await expect(sweepInNode(market, { module: pathToFileURL(path).href }, { n: [1] })).rejects.toMatchObject({
      code: 'invalid_strategy',
      message: expect.stringContaining('found none'),
    })
    writeFileSync(join(folder, 'throws.mjs'), "throw new Error('at the top')")
    await expect(
      sweepInNode(market, { module: pathToFileURL(join(folder, 'throws.mjs')).href }, { n: [1] }),
    ).rejects.toMatchObject({ code: 'invalid_strategy', message: expect.stringContaining('Error: at the top') })
  })
})
