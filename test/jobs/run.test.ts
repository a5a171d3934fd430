import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeMinutes } from '../../data/minutes.ts'
import { backtest } from '../../src/backtest.ts'
import { FillgridError } from '../../src/errors.ts'
import { loadMarket, loadMarketSync } from '../../src/io/load.ts'
import { builtFile } from '../../src/jobs/bundle.ts'
import { comlinkExecutor } from '../../src/jobs/comlink.ts'
import type { ExecutorFactory, JobSetup } from '../../src/jobs/executor.ts'
import { localExecutor } from '../../src/jobs/files.ts'
import { localExecutor as executorOfAddresses } from '../../src/jobs/inline.ts'
import type { Job, JobOutcome } from '../../src/jobs/job.ts'
import type { Keep } from '../../src/jobs/keep.ts'
import { runJobs as runJobsInNode } from '../../src/jobs/node.ts'
import { piscinaExecutor } from '../../src/jobs/piscina.ts'
import { runJobs } from '../../src/jobs/run.ts'
import { Runners } from '../../src/jobs/runners.ts'
import type { Market } from '../../src/market/market.ts'
import { resultFrom } from '../../src/results/data.ts'
import { METRICS } from '../../src/results/metrics.ts'
import { smaCross } from '../../src/strategies/sma-cross.ts'
import { sweep } from '../../src/sweep/sweep.ts'
import { expectSame } from '../engine/sameresult.ts'
import { spawnThread } from './threads.ts'

const built = existsSync(builtFile('jobs/worker.js'))
const folder = mkdtempSync(join(tmpdir(), 'fillgrid-test-'))

const files = [1, 2, 3].map((seed) => {
  const path = join(folder, `M${seed}.csv`)
  const { time, open, high, low, close, volume } = makeMinutes({ bars: 1500 + 100 * seed, seed })
  const rows = Array.from(time, (t, i) => [t, open[i], high[i], low[i], close[i], volume[i]].join(','))
  writeFileSync(path, `time,open,high,low,close,volume\n${rows.join('\n')}\n`)
  return path
})
const markets = await Promise.all(files.map((file) => loadMarket(file)))
const digests = markets.map((market) => market.digest())
const loads = join(folder, 'loads.txt')

let server: Server
let address = ''
beforeAll(async () => {
  server = createServer((request, response) => {
    const file = files.find((path) => path.endsWith(request.url ?? ''))
    if (file) response.end(readFileSync(file))
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true })
})

function job(id: string, at: number, changes: Partial<Job> = {}): Job {
  return {
    format: 'fillgrid job',
    version: 1,
    id,
    market: { digest: digests[at], files: [files[at]] },
    strategy: 'sma-cross',
    sets: [{ fast: 5, slow: 20 }, { fast: 7, slow: 30 }, { slow: 40 }],
    ...changes,
  }
}

/** A strategy in a file of its own. */
function moduleOf(name: string, signals: string): { module: string } {
  const path = join(folder, `${name}.mjs`)
  writeFileSync(
    path,
    `export default { kind: 'signals', name: '${name}', constraints: [],
      parameters: { n: { type: 'integer', default: 1, min: 0, max: 1000 } },
      signals({ parameters: { n }, market, indicator, crossSignals }) { ${signals}
        return { flags: crossSignals(indicator('sma', { length: n % 20 + 2 }), indicator('sma', { length: 40 }), 1, 2) } } }`,
  )
  return { module: pathToFileURL(path).href }
}

const broken = { module: pathToFileURL(join(folder, 'broken.mjs')).href }
writeFileSync(join(folder, 'broken.mjs'), "throw new RangeError('at the top')")

const LOAD = `import { appendFileSync } from 'node:fs'
  import { loadMarket } from '${builtFile('node.js').href}'
  const load = async ({ files, options }) => { appendFileSync(${JSON.stringify(loads)}, files + '\\n'); return loadMarket(files, options) }`

/** Every executor, with several numbers of workers. */
const executors: [string, ExecutorFactory][] = [
  ['the calling thread', localExecutor],
  ...[1, 2, 3].map((n): [string, ExecutorFactory] => [`piscina, ${n}`, piscinaExecutor(n)]),
  ...[1, 2].map((workers): [string, ExecutorFactory] => [
    `comlink, ${workers}`,
    comlinkExecutor({ workers, spawn: () => spawnThread(folder, { prelude: LOAD, load: 'load' }) }),
  ]),
]

/** Jobs of every kind over several markets, those that fail among them. */
function mixed(): Job[] {
  const keeps: Keep[] = ['equity', 'trades', 'result']
  const commission = {
    type: 'tiered' as const,
    tiers: [
      { upTo: 5000, rate: 0.001 },
      { upTo: Infinity, rate: 0.0005 },
    ],
  }
  return [
    job('plain', 0),
    ...keeps.map((keep, i) => job(`keeps ${keep}`, i, { keep, config: { commission } })),
    job('window', 1, {
      window: { from: markets[1].barTime(200), to: markets[1].time[900] },
      keep: ['result', 'equity'],
    }),
    job('hooks', 2, {
      strategy: 'sma-cross-hooks',
      config: { rules: [{ type: 'stop', distance: 0.01 }], parameters: { fast: 4 } },
    }),
    job('module', 0, { strategy: moduleOf('plain', ''), sets: Array.from({ length: 200 }, (_, n) => ({ n })) }),
    job('sets that fail', 1, {
      sets: [{ fast: 5 }, { fast: 50, slow: 20 }, { quick: 3 }, { fast: 'a' }],
      keep: 'trades',
    }),
    job('band', 2, { sets: [{}], keep: 'result', config: { band: true } }),
    job('no file', 0, { market: { digest: digests[0], files: [join(folder, 'none.csv')] } }),
    job('changed', 0, { market: { digest: digests[1], files: [files[0]] } }),
    job('no way', 0, { market: { digest: '0'.repeat(64) } }),
    job('no module', 1, { strategy: broken }),
    job('no size', 1, { config: { size: { type: 'units', amount: -1 } } }),
    job('bad option', 1, { market: { digest: digests[1], files: [files[1]], options: { symbols: ['NOPE'] } } }),
    job('last', 2, { sets: [{ fast: 3, slow: 9 }] }),
  ]
}

/** All that stands in an outcome, numbers to their last bit. */
function bytesOf(value: unknown): string {
  return JSON.stringify(value, (_, one) =>
    ArrayBuffer.isView(one) ? Buffer.from(one.buffer, one.byteOffset, one.byteLength).toString('hex') : one,
  )
}

const errorsOf = (outcomes: JobOutcome[]) =>
  Object.fromEntries(outcomes.flatMap(({ id, error }) => (error ? [[id, error]] : [])))

describe('jobs on the calling thread', () => {
  it('give what backtest gives, in the order of the jobs', async () => {
    const jobs = [job('a', 2), job('b', 0, { keep: ['trades', 'equity'], window: { from: markets[0].barTime(100) } })]
    const [a, b] = await runJobs(jobs, { executor: localExecutor })
    expect([a.id, b.id, a.error, b.error, a.runs]).toEqual(['a', 'b', null, null, []])
    expect(Object.keys(a.metrics)).toEqual(METRICS.map(({ name }) => name))
    jobs[0].sets.forEach((parameters, i) => {
      const { metrics } = backtest(markets[2], smaCross, { parameters })
      expect(METRICS.map(({ name }) => a.metrics[name][i])).toEqual([...metrics])
    })
    jobs[1].sets.forEach((parameters, i) => {
      const whole = backtest(markets[0], smaCross, { parameters, from: markets[0].barTime(100) })
      const { equity, trades, assets, result } = b.runs[i]!
      expect([assets, result]).toEqual([['M1'], undefined])
      expect(equity).toEqual({ time: whole.time, date: whole.date, equity: whole.equity, cash: whole.cash })
      const columns = whole.trades.columns.map(({ name }) => [name, whole.trades.values(name)])
      expect(trades).toEqual(Object.fromEntries(columns))
      expect(whole.trades.length).toBeGreaterThan(5)
    })
  })

  it('keep a whole result', async () => {
    const jobs = [job('a', 0, { keep: 'result' }), job('b', 1, { keep: 'result', config: { band: true } })]
    const outcomes = await runJobs(jobs, { executor: localExecutor })
    outcomes.forEach(({ runs }, at) => {
      runs.forEach((run, i) => {
        const config = { ...jobs[at].config, parameters: jobs[at].sets[i] }
        expectSame(resultFrom(structuredClone(run!.result!)), backtest(markets[at], smaCross, config))
      })
    })
  })

  it('take markets that are there already in place of their files', async () => {
    const away = { digest: digests[0], files: ['gone.csv'] }
    const outcomes = await runJobs([job('a', 0, { market: away }), job('b', 0, { market: { digest: digests[0] } })], {
      markets,
    })
    const [same] = await runJobs([job('a', 0)], { executor: localExecutor })
    expect(outcomes.map(({ metrics }) => metrics)).toEqual([same.metrics, same.metrics])
  })

  it('name the job, the file and the reason where one cannot be run', async () => {
    const errors = errorsOf(await runJobs(mixed(), { executor: localExecutor }))
    expect(Object.keys(errors)).toEqual(['no file', 'changed', 'no way', 'no module', 'no size', 'bad option'])
    expect(errors['no file']).toMatchObject({ code: 'file_access', place: { file: join(folder, 'none.csv') } })
    expect(errors['no file'].message).toMatch(/^job "no file": file: .*none\.csv/)
    expect(errors.changed).toMatchObject({ code: 'job_market', place: { file: files[0] } })
    for (const words of ['job "changed"', digests[0], digests[1], files[0]])
      expect(errors.changed.message).toContain(words)
    expect(errors['no way']).toMatchObject({ code: 'job_market', message: expect.stringContaining('`markets`') })
    expect(errors['no module']).toMatchObject({
      code: 'invalid_strategy',
      message: expect.stringContaining('RangeError: at the top'),
    })
    expect(errors['no size'].message).toMatch(/^job "no size": size\.amount/)
    expect(errors['bad option'].message).toMatch(/^job "bad option": .*NOPE/)
  })

  it('have sets that fail beside those that do not', async () => {
    const [outcome] = await runJobs([mixed()[7]], { executor: localExecutor })
    expect(outcome.failures.map(({ set, code }) => [set, code])).toEqual([
      [1, 'invalid_value'],
      [2, 'unknown_name'],
      [3, 'invalid_value'],
    ])
    expect(outcome.runs.map((run) => run !== null)).toEqual([true, false, false, false])
    for (const column of Object.values(outcome.metrics)) expect(column.subarray(1).every(Number.isNaN)).toBe(true)
    expect(outcome.metrics.finalValue[0]).toBeGreaterThan(0)
  })

  it('have any figure of the catalogue, those that sweeps have of the same sets', async () => {
    const metrics = ['ulcer_index', 'sqn', 'totalReturn', 'edgeRatio', 'beta', 'sharpe']
    const analysis = { benchmark: 'hold', returns: 'log', riskFree: 0.02 } as const
    const sets = [3, 5, 8].map((fast) => ({ fast }))
    const one = JSON.parse(JSON.stringify(job('figures', 0, { metrics, analysis, sets, keep: 'equity' })))
    const [outcome, plain] = await runJobs([one, { ...one, id: 'plain', analysis: undefined }], {
      executor: localExecutor,
      markets,
    })
    const { table } = await sweep(
      markets[0],
      'sma-cross',
      { fast: [3, 5, 8] },
      { metrics, analysis, config: one.config },
    )
    expect(Object.keys(outcome.metrics)).toEqual(['ulcerIndex', 'sqn', 'totalReturn', 'edgeRatio', 'beta', 'sharpe'])
    for (const [name, values] of Object.entries(outcome.metrics))
      expect([...values], name).toEqual([...table.values(name)])
    expect(outcome.metrics.sharpe[0]).not.toBe(plain.metrics.sharpe[0])
    expect(plain.metrics.beta[0]).toBeNaN()
    expect(outcome.runs.length).toBe(3)
    const errors = await Promise.allSettled([
      runJobs([job('a', 0, { metrics: ['sharp'] })]),
      runJobs([job('a', 0, { metrics: [] })]),
      runJobs([job('a', 0, { analysis: { market: {} } as never })]),
      runJobs([job('a', 0, { analysis: { confidence: 2 } })]),
    ])
    expect(errors.map((error) => (error as PromiseRejectedResult).reason.message)).toEqual([
      expect.stringMatching(/^job "a": metric: "sharp" is not one. Did you mean sharpe/),
      expect.stringMatching(/^job "a".metrics: a list of names of figures expected, found \[\]/),
      expect.stringMatching(/^job "a": job: analysis takes no market/),
      expect.stringMatching(/^job "a": curve.confidence/),
    ])
  })

  it('tell how far they are, and of each outcome once', async () => {
    const seen: string[] = []
    const done: number[] = []
    const jobs = [job('a', 0), job('b', 1, { market: { digest: digests[1], files: ['none'] } }), job('c', 2)]
    const outcomes = await runJobs(jobs, {
      executor: localExecutor,
      onOutcome: (outcome, at) => seen.push(`${outcome.id} ${at}`),
      onProgress: ({ done: sets, total, jobs }) => done.push(sets, total, jobs),
    })
    expect(seen.sort()).toEqual(['a 0', 'b 1', 'c 2'])
    expect(done.slice(-3)).toEqual([9, 9, 3])
    expect(outcomes.map(({ error }) => error?.code)).toEqual([undefined, 'file_access', undefined])
  })

  it('stop when the signal says so: what is finished is there, the rest says that it was stopped', async () => {
    const stop = new AbortController()
    const jobs = [job('a', 0), job('b', 1, { sets: Array.from({ length: 5000 }, (_, i) => ({ fast: 2 + (i % 9) })) })]
    const outcomes = await runJobs(jobs, {
      executor: localExecutor,
      signal: stop.signal,
      onOutcome: () => stop.abort(),
    })
    expect(outcomes.map(({ error }) => error?.code)).toEqual([undefined, 'aborted'])
    expect(outcomes[1].error!.message).toMatch(/^job "b": it was stopped, found \d+ of 5000 sets done/)
  })

  it('are checked before one is run, and so are the options', async () => {
    const bad = { ...job('b', 0), version: 3 } as unknown as Job
    let ran = false
    const onOutcome = () => {
      ran = true
    }
    await expect(runJobs([job('a', 0), bad], { onOutcome })).rejects.toMatchObject({ code: 'job_version' })
    expect(ran).toBe(false)
    for (const [options, code] of [
      [{ workers: 2 }, 'unknown_name'],
      [{ executor: 5 }, 'invalid_value'],
      [{ markets: market0() }, 'invalid_value'],
      [{ markets: [{}] }, 'invalid_value'],
      [{ signal: 5 }, 'invalid_value'],
      [null, 'invalid_value'],
    ] as const)
      await expect(runJobs([], options as never)).rejects.toMatchObject({ code })
    expect(await runJobs([])).toEqual([])
    await expect(runJobsInNode([], { worker: 1 } as never)).rejects.toMatchObject({ code: 'unknown_name' })
  })

  it('need an executor that is one', async () => {
    for (const made of [5, undefined, { workers: 0 }, { run() {}, close() {}, workers: 'x' }])
      await expect(runJobs([job('a', 0)], { executor: async () => made as never })).rejects.toMatchObject({
        code: 'invalid_value',
        message: expect.stringContaining('executor: its factory must make'),
      })
  })

  it.each([
    ['when it is loaded', 'throw { toString() { throw 1 } }', /its module must load, found \{\}/],
    ['when it is looked at', "export default { get kind() { throw new Error('odd') } }", /found odd thrown/],
  ])('tell of a strategy that throws %s', async (name, text, words) => {
    const path = join(folder, `odd ${name}.mjs`)
    writeFileSync(path, text)
    const jobs = [job('a', 0, { strategy: { module: pathToFileURL(path).href } }), job('b', 1)]
    const [{ error }, b] = await runJobs(jobs, { executor: localExecutor })
    expect([error?.code, b.error]).toEqual(['invalid_strategy', null])
    expect(error!.message).toMatch(words)
  })

  it('pass on what a callback throws', async () => {
    const onOutcome = () => {
      throw new RangeError('mine')
    }
    await expect(runJobs([job('a', 0)], { executor: localExecutor, onOutcome })).rejects.toThrow('mine')
  })

  it('load from addresses, in any executor that reads no files', async () => {
    const web = (id: string, at: number, path: string): Job =>
      job(id, at, { market: { digest: digests[at], files: [`${address}/${path}`] } })
    const read = job('file', 0)
    const ticks = job('ticks', 0, {
      market: { ...web('', 0, 'M1.csv').market, options: { ticks: { timeframe: '1h' } } },
    })
    const jobs = [web('a', 0, 'M1.csv'), web('b', 1, 'none.csv'), read, ticks]
    const outcomes = await runJobs(jobs, { executor: executorOfAddresses })
    const [same] = await runJobs([job('a', 0)], { executor: localExecutor })
    expect(outcomes[0]).toEqual(same)
    expect(outcomes[1].error).toMatchObject({
      code: 'file_access',
      message: expect.stringContaining('the answer was 404'),
    })
    expect(outcomes[2].error).toMatchObject({ code: 'file_access', message: expect.stringContaining('fillgrid/node') })
    expect(outcomes[3].error).toMatchObject({
      code: 'invalid_value',
      message: expect.stringContaining('options.ticks'),
    })
    if (!built) return
    const comlink = comlinkExecutor({ workers: 2, spawn: () => spawnThread(folder) })
    expect(bytesOf(await runJobs(jobs, { executor: comlink }))).toBe(bytesOf(outcomes))
  })
})

function market0(): Market {
  return markets[0]
}

describe.skipIf(!built)('jobs on every executor (needs the built library)', () => {
  let expected: JobOutcome[]
  beforeAll(async () => {
    expected = await runJobs(mixed(), { executor: localExecutor })
  })

  it.each(executors)(
    'give the same bytes, through JSON, loaded by their files: %s',
    async (_, executor) => {
      const jobs = JSON.parse(JSON.stringify(mixed())) as Job[]
      const outcomes = await runJobs(jobs, { executor })
      outcomes.forEach((outcome, at) => {
        expect(outcome).toEqual(expected[at])
      })
      expect(bytesOf(outcomes)).toBe(bytesOf(expected))
    },
    60_000,
  )

  it.each(executors)(
    'give the same bytes over markets that are shared: %s',
    async (_, executor) => {
      const jobs = mixed().filter(({ id }) => !['no file', 'changed', 'no way', 'bad option'].includes(id))
      const outcomes = await runJobs(jobs.reverse(), { executor, markets })
      const same = expected.filter(({ id }) => jobs.some((job) => job.id === id)).reverse()
      expect(bytesOf(outcomes)).toBe(bytesOf(same))
    },
    60_000,
  )

  it('run on worker threads in Node where no executor is given', async () => {
    const outcomes = await runJobsInNode(mixed(), { workers: 2 })
    expect(bytesOf(outcomes)).toBe(bytesOf(expected))
  })

  it('find a file that has changed since the last list, in threads that had it', async () => {
    const path = join(folder, 'M1-changes.csv')
    writeFileSync(path, readFileSync(files[0]))
    const jobs = [job('a', 0, { market: { digest: digests[0], files: [{ path, symbol: 'M1' }] } })]
    const executor = piscinaExecutor(1)
    expect((await runJobs(jobs, { executor }))[0].error).toBe(null)
    writeFileSync(path, readFileSync(files[1]))
    const [{ error }] = await runJobs(jobs, { executor })
    expect(error).toMatchObject({ code: 'job_market', place: { file: path } })
    expect(error).toEqual((await runJobs(jobs, { executor: localExecutor }))[0].error)
  })

  it('have every market loaded once by a worker, however the jobs follow each other', async () => {
    rmSync(loads, { force: true })
    const jobs = Array.from({ length: 9 }, (_, i) => job(`${i}`, i % 3))
    await runJobs(jobs, {
      executor: comlinkExecutor({ workers: 1, spawn: () => spawnThread(folder, { prelude: LOAD, load: 'load' }) }),
    })
    expect(readFileSync(loads, 'utf8').trim().split('\n').sort()).toEqual(files)
  })

  it.each(executors.slice(1))(
    'go on where a set ends its worker: %s',
    async (_, executor) => {
      const dies = moduleOf('dies', 'if (n === 3) process.exit(7)')
      const jobs = [
        job('before', 0),
        job('dies', 1, { strategy: dies, sets: Array.from({ length: 9 }, (_, n) => ({ n })), keep: 'trades' }),
        job('after', 2),
      ]
      const outcomes = await runJobs(jobs, { executor })
      expect(outcomes.map(({ error }) => error)).toEqual([null, null, null])
      expect([outcomes[0].failures, outcomes[2].failures]).toEqual([[], []])
      expect(outcomes[1].failures).toMatchObject([
        { set: 3, code: 'worker_failed', message: expect.stringContaining('dead on n 3 (') },
      ])
      expect(outcomes[1].runs.map((run) => run === null)).toEqual(Array.from({ length: 9 }, (_, n) => n === 3))
      const fine = moduleOf('dies-not', '')
      const [same] = await runJobs([{ ...jobs[1], strategy: fine }], { executor: localExecutor })
      for (const column of Object.values(same.metrics)) column[3] = Number.NaN
      expect(outcomes[1].metrics).toEqual(same.metrics)
    },
    60_000,
  )
})

it('a job whose every set ends its worker is given up, and that job alone', async () => {
  const jobs = [
    job('before', 0),
    job('always', 1, { strategy: 'breakout', sets: Array.from({ length: 100 }, () => ({})) }),
    job('after', 2),
  ]
  const seen: string[] = []
  /** Workers of it die on breakouts. */
  const executor: ExecutorFactory = async () => {
    const here = await localExecutor()
    const run: typeof here.run = async (head, piece) => {
      if (JSON.stringify(head.strategy).includes('breakout')) throw new Error('worker exited')
      return here.run(head, piece)
    }
    return { ...here, workers: 3, run }
  }
  const outcomes = await runJobs(jobs, { executor, onOutcome: ({ id }) => seen.push(id) })
  expect(outcomes.map(({ error }) => error?.code)).toEqual([undefined, 'worker_failed', undefined])
  expect(outcomes[1].error!.message).toMatch(/^job "always": workers: .* each of the first 64 sets \(worker exited\)/)
  expect([outcomes[1].metrics, outcomes[1].failures]).toEqual([{}, []])
  expect(seen.sort()).toEqual(['after', 'always', 'before'])
  expect(outcomes[2]).toEqual((await runJobs([jobs[2]], { executor: localExecutor }))[0])
})

describe('what a thread keeps', () => {
  const setup = (at: number, key = `m${at}`): JobSetup => ({
    executor: 1,
    market: { key, reference: { digest: digests[at], files: [files[at]] } },
    strategy: { builtin: 'sma-cross' },
    config: {},
    codec: { names: [], choices: [], fixed: {} },
    keep: ['metrics'],
  })
  const piece = () => ({ count: 1, values: new Float64Array(0) })

  it('asks for what it lacks', async () => {
    const runners = new Runners(async () => markets[0])
    expect(await runners.run(1, piece())).toEqual({ missing: 'setup' })
    const copied = { ...setup(0), market: { key: 'c', columns: null } }
    expect(await runners.run(1, piece(), copied)).toEqual({ missing: 'market' })
    expect(await runners.run(1, piece())).toEqual({ missing: 'setup' })
    runners.release()
  })

  it('gives way where there is no memory left beside it', async () => {
    const full = new Set<Market>()
    const runners = new Runners(async ({ files: [file] }) => {
      for (const market of full) if (market.released) full.delete(market)
      if (full.size > 0) throw new FillgridError('memory_limit', 'memory: too much.')
      const market = loadMarketSync(file)
      full.add(market)
      return market
    })
    for (const [id, at] of [0, 1, 0, 2].entries())
      expect(await runners.run(id + 1, piece(), setup(at))).toMatchObject({ failures: [] })
    runners.release()
    expect([...full].every(({ released }) => released)).toBe(true)
  })

  it('tells of a market that loads with an error of another kind', async () => {
    const runners = new Runners(async () => {
      throw new TypeError('odd')
    })
    for (const known of [setup(0), undefined])
      await expect(runners.run(1, piece(), known)).rejects.toMatchObject({
        code: 'invalid_value',
        message: expect.stringContaining(`it must load from ${files[0]}, found odd`),
      })
  })
})
