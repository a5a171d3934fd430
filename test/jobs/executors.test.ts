import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { makeMinutes } from '../../data/minutes.ts'
import { FillgridError } from '../../src/errors.ts'
import { builtFile } from '../../src/jobs/bundle.ts'
import { comlinkExecutor } from '../../src/jobs/comlink.ts'
import { copiedMarket, marketColumns } from '../../src/jobs/executor.ts'
import { decodeSet, describeError, type JobCodec, runPiece } from '../../src/jobs/piece.ts'
import { Market } from '../../src/market/market.ts'
import type { SignalStrategy } from '../../src/strategy/strategy.ts'
import { sweep } from '../../src/sweep/sweep.ts'
import { spawned, spawnThread } from './threads.ts'

const built = existsSync(builtFile('jobs/comlink.js'))
const folder = mkdtempSync(join(tmpdir(), 'fillgrid-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('a piece of a job', () => {
  const codec: JobCodec = {
    names: ['fast', 'mode', 'shorts'],
    choices: [null, ['a', 'b'], [true, false]],
    fixed: { slow: 9 },
  }
  const piece = { count: 3, values: Float64Array.of(1, 0, 0, 2.5, 1, 1, 3, 1, 0) }

  it('has its parameter sets as numbers', () => {
    expect([0, 1, 2].map((at) => decodeSet(codec, piece, at))).toEqual([
      { slow: 9, fast: 1, mode: 'a', shorts: true },
      { slow: 9, fast: 2.5, mode: 'b', shorts: false },
      { slow: 9, fast: 3, mode: 'b', shorts: true },
    ])
  })

  it('goes on after a set that fails', () => {
    const runner = {
      metricsOf(sets: { fast: number }[], take: (at: number, outcome: unknown) => void) {
        sets.forEach(({ fast }, at) => {
          if (fast === 2.5) take(at, { error: new FillgridError('memory_limit', 'too much') })
          else take(at, Float64Array.of(fast, 7))
        })
      },
      release() {},
    }
    const { metrics, failures } = runPiece(runner as never, codec, ['metrics'], piece, 2)
    expect([...metrics]).toEqual([1, 7, Number.NaN, Number.NaN, 3, 7])
    expect(failures).toMatchObject([{ at: 1, code: 'memory_limit', message: 'too much' }])
    expect(structuredClone(failures)).toEqual(failures)
  })

  it('tells any error in plain data', () => {
    expect(describeError(new TypeError('no'))).toMatchObject({ code: 'strategy_failed', message: 'TypeError: no' })
    expect(describeError('text')).toMatchObject({ code: 'strategy_failed', message: 'text', place: {} })
  })
})

it('a market as columns is the same market, with all that is said about it', () => {
  const rows = makeMinutes({ bars: 50 })
  const holes = { ...rows, open: rows.open.map((price, i) => (i % 7 === 0 ? Number.NaN : price * 1.01)) }
  const market = Market.from(
    [
      { ...holes, asset: 'A' },
      { ...makeMinutes({ bars: 40 }), asset: 'B' },
    ],
    { delisted: 'infer' },
  )
  const copy = copiedMarket(structuredClone(marketColumns(market)))
  expect(copy.digest({ provenance: true })).toBe(market.digest({ provenance: true }))
  expect(market.remarks.length).toBeGreaterThan(1)
  expect([copy.remarks, copy.delisted]).toEqual([market.remarks, market.delisted])
  market.addRemark({ code: 'data_doubtful', count: 1, message: 'Odd.' })
  expect(copiedMarket(marketColumns(market)).remarks).toEqual(market.remarks)
})

describe.skipIf(!built)('the comlink executor (on threads of Node; needs the built library)', () => {
  const market = Market.from([makeMinutes({ bars: 3000 })])
  const space = { fast: { from: 5, to: 40, step: 5 }, slow: { from: 50, to: 100, step: 10 } }
  const spawn = (prelude?: string, strategy?: string) => spawnThread(folder, { prelude, strategy })

  it('gives the same table as the calling thread', async () => {
    const inline = await sweep(market, 'sma-cross', space)
    for (const workers of [1, 2]) {
      const result = await sweep(market, 'sma-cross', space, {
        executor: comlinkExecutor({ workers, spawn: () => spawn() }),
      })
      for (const column of inline.table.columns)
        expect(result.table.values(column.name)).toEqual(inline.table.values(column.name))
    }
  })

  it('replaces a worker that dies, and reports the set that kills it', async () => {
    const path = join(folder, 'dies.mjs')
    writeFileSync(
      path,
      `export default { kind: 'signals', name: 'dies', constraints: [], parameters: { n: { type: 'integer', default: 1 } },
        signals({ parameters: { n }, indicator, crossSignals }) { if (n === 5) process.exit(1)
          return { flags: crossSignals(indicator('sma', { length: n + 1 }), indicator('sma', { length: 40 }), 1, 2) } } }`,
    )
    const result = await sweep(
      market,
      { module: pathToFileURL(path).href },
      { n: { from: 1, to: 12 } },
      { executor: comlinkExecutor({ workers: 2, spawn: () => spawn() }) },
    )
    expect(result.failed).toBe(1)
    expect(result.table.row(4)).toMatchObject({
      n: 5,
      status: 'failed',
      reason: expect.stringContaining('two workers dead on n 5'),
    })
  })

  it('ends where no worker is left and none can be hired, and nothing waits for one', async () => {
    const path = join(folder, 'ends.mjs')
    writeFileSync(
      path,
      `export default { kind: 'signals', name: 'ends', constraints: [], parameters: { n: { type: 'integer', default: 1 } },
        signals({ parameters: { n }, indicator, crossSignals }) { if (n === 3) process.exit(1)
          return { flags: crossSignals(indicator('sma', { length: n + 1 }), indicator('sma', { length: 40 }), 1, 2) } } }`,
    )
    let left = 2
    const executor = comlinkExecutor({
      workers: 2,
      spawn() {
        if (left-- > 0) return spawn()
        throw new Error('no more workers')
      },
    })
    const swept = sweep(market, { module: pathToFileURL(path).href }, { n: { from: 1, to: 30 } }, { executor })
    await expect(swept).rejects.toMatchObject({
      code: 'worker_failed',
      message: expect.stringContaining('found no more workers'),
    })
  })

  it('runs a strategy that its workers serve, and no other', async () => {
    const own = `{ kind: 'signals', name: 'own', constraints: [], parameters: { n: { type: 'integer', default: 1 } },
      signals({ parameters: { n }, indicator, crossSignals }) {
        return { flags: crossSignals(indicator('sma', { length: n + 1 }), indicator('sma', { length: 40 }), 1, 2) } } }`
    const strategy: SignalStrategy = new Function(`return ${own}`)()
    const there = () => spawn('', own)
    const executor = comlinkExecutor({ workers: 2, spawn: there })
    const space = { n: { from: 1, to: 12 } }
    const here = await sweep(market, strategy, space)
    const served = await sweep(market, strategy, space, { executor })
    expect(served.warnings).toEqual([])
    expect(served.table.values('sharpe')).toEqual(here.table.values('sharpe'))
    const kept = { ...strategy, parameters: { ...strategy.parameters, m: { type: 'number', default: 1 } } } as const
    for (const other of [kept, { ...strategy, name: 'other' }, { ...strategy, constraints: ['n > 0'] }]) {
      await expect(sweep(market, other, space, { executor })).rejects.toMatchObject({
        code: 'invalid_strategy',
        message: expect.stringMatching(/^sweep: the worker must have the strategy that is swept, .* found own \(n\)\./),
      })
    }
    await expect(
      sweep(market, strategy, space, { executor: comlinkExecutor({ spawn: () => spawn() }) }),
    ).rejects.toMatchObject({
      code: 'invalid_strategy',
      message: expect.stringContaining('found none'),
    })
    // Without a file for workers the strategy stays here, with a word about it.
    const local = await sweep(market, strategy, space, { executor: comlinkExecutor() })
    expect(local.warnings).toMatchObject([{ code: 'inline_strategy', message: expect.stringContaining('serveJobs') }])
  })

  it('says what workers did not start', async () => {
    const gone = { code: 'worker_failed', message: expect.stringContaining('found no web workers on this host') }
    await expect(sweep(market, 'sma-cross', space, { executor: comlinkExecutor() })).rejects.toMatchObject(gone)
    const broken = comlinkExecutor({ spawn: () => spawn('throw new Error("it broke")') })
    await expect(sweep(market, 'sma-cross', space, { executor: broken })).rejects.toMatchObject({
      code: 'worker_failed',
      message: expect.stringContaining('found it broke'),
    })
    for (const workers of [0, -1, 1.5, Number.NaN, '2' as never])
      expect(() => comlinkExecutor({ workers })).toThrow(/^workers: a whole number of at least 1 is needed, found /)
    expect(() => comlinkExecutor({ spawn: 'worker.js' as never })).toThrow(/^workers: spawn must be a function/)
    const nothing = comlinkExecutor({ spawn: (() => {}) as never })
    await expect(sweep(market, 'sma-cross', space, { executor: nothing })).rejects.toMatchObject({
      code: 'worker_failed',
      message: expect.stringContaining('found undefined in place of a worker'),
    })
    let ended = 0
    const silent = { postMessage() {}, addEventListener() {}, removeEventListener() {}, terminate: () => ended++ }
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const executor = comlinkExecutor({ workers: 2, spawn: () => ({ ...silent }) as never })
      const waiting = expect(sweep(market, 'sma-cross', space, { executor })).rejects.toMatchObject({
        code: 'worker_failed',
        message: expect.stringContaining('found no answer in 120 seconds'),
      })
      await vi.advanceTimersByTimeAsync(121_000)
      await waiting
    } finally {
      vi.useRealTimers()
    }
    expect(ended).toBe(2)
  })

  it('ends its workers with the sweep', async () => {
    await Promise.all(
      spawned.map(
        (thread) => new Promise((resolve) => (thread.threadId === -1 ? resolve(0) : thread.once('exit', resolve))),
      ),
    )
    expect(spawned.every((thread) => thread.threadId === -1)).toBe(true)
  })
})
