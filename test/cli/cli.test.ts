import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeMinutes } from '../../data/minutes.ts'
import { backtest } from '../../src/backtest.ts'
import { loadMarket } from '../../src/io/load.ts'
import { readResult } from '../../src/io/resultfolder.ts'
import { builtFile } from '../../src/jobs/bundle.ts'
import { METRICS } from '../../src/results/metrics.ts'
import { expectSame } from '../engine/sameresult.ts'
import { inProcess } from './inprocess.ts'

const main = fileURLToPath(builtFile('cli/main.js'))
const built = existsSync(main)
const library = existsSync(builtFile('index.js'))
const folder = mkdtempSync(join(tmpdir(), 'fillgrid-test-'))
const bars = join(folder, 'bars.csv')
afterAll(() => rmSync(folder, { recursive: true }))

const RESULT = [
  'ambiguous.arrow',
  'equity.arrow',
  'equity.svg',
  'fills.arrow',
  'orders.arrow',
  'positions.arrow',
  'report.html',
  'summary.json',
  'trades.arrow',
  'trades.csv',
]

beforeAll(() => {
  const { time, open, high, low, close, volume, bars: n } = makeMinutes({ bars: 4000 })
  const lines = Array.from({ length: n }, (_, i) =>
    [new Date(time[i]).toISOString(), open[i], high[i], low[i], close[i], volume[i]].join(','),
  )
  writeFileSync(bars, `timestamp,open,high,low,close,volume\n${lines.join('\n')}\n`)
})

/** Runs the built command line in the test's folder. */
function fillgrid(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
  return { status, stdout, stderr }
}

const RUN = [
  'run',
  '--data',
  `X=${bars}`,
  '--strategy',
  'sma-cross',
  '--stop',
  '1%',
  '--target',
  '0.02',
  '--commission',
  '0.04%',
]
const SWEEP = [
  'sweep',
  '--data',
  `X=${bars}`,
  '--strategy',
  'sma-cross',
  '--grid',
  'fast=5:25:5',
  '--grid',
  'slow=20:60:20',
  '--stop',
  '1%',
]

describe.skipIf(!built)('fillgrid run (needs the built library)', () => {
  it('prints what came of it', () => {
    const { status, stdout, stderr } = fillgrid(
      ...RUN,
      '--param',
      'fast=5',
      '--param',
      'slow=20',
      '--trades',
      '3',
      '--band',
    )
    expect([status, stderr.replace(/^warning: .*\n/gm, '')]).toEqual([0, ''])
    expect(stdout).toMatch(/^sma-cross \(fast 5, slow 20, direction long\) on X\n/)
    for (const words of [
      'Total return',
      'Buy and hold',
      'favourable',
      'nearest',
      'last 3 of',
      'exit reason',
      'fingerprint ',
    ])
      expect(stdout).toContain(words)
    expect(stdout).not.toContain('\u001b')
  })

  it('prints one JSON document and nothing else with --json, and writes the same as summary.json', () => {
    const { status, stdout } = fillgrid(...RUN, '--json', '--out', 'a/b', '--param', 'fast=5')
    expect(status).toBe(0)
    const summary = JSON.parse(stdout)
    for (const { field } of METRICS) expect(summary).toHaveProperty(field)
    expect(summary).toMatchObject({
      strategy: 'sma-cross',
      parameters: { fast: 5, slow: 50 },
      assets: ['X'],
      start: '2023-01-01T00:00:00.000Z',
      bars: 4000,
      initial_cash: 100000,
    })
    expect(summary.data_id).toMatch(/^[0-9a-f]{64}$/)
    expect(Object.keys(summary.fingerprint)).toEqual(['engine', 'market', 'strategy', 'config', 'outcome', 'all'])
    expect(stdout).not.toMatch(/NaN|Infinity/)
    const files = join(folder, 'a/b')
    expect(readdirSync(files).sort()).toEqual(RESULT)
    expect(readFileSync(join(files, 'summary.json'), 'utf8')).toBe(stdout)
    const [header, ...trades] = readFileSync(join(files, 'trades.csv'), 'utf8').trimEnd().split('\n')
    expect(header).toMatch(/^asset,side,quantity,entry_time,entry_price,exit_time,exit_price,pnl,/)
    expect(trades).toHaveLength(summary.num_trades)
  })

  it('writes the same bytes again, without the time or the place', () => {
    for (const out of ['one', 'two']) expect(fillgrid(...RUN, '--out', out).status).toBe(0)
    for (const name of readdirSync(join(folder, 'one'))) {
      const [one, two] = ['one', 'two'].map((out) => readFileSync(join(folder, out, name)))
      expect(one.equals(two)).toBe(true)
      expect(one.includes(folder)).toBe(false)
    }
  })

  it('says what --verify has proved', async () => {
    const args = ['run', '--data', `X=${bars}`, '--strategy', 'sma-cross-hooks', '--trades', '0']
    expect((await inProcess(...args, '--verify', 'lookahead')).stdout).toContain('verified: no decision changed')
    expect((await inProcess(...args, '--verify', 'snapshot')).stdout).toContain('verified: restored runs end the same')
    expect((await inProcess(...args)).stdout).not.toContain('verified')
    const json = await inProcess(...args, '--verify', 'lookahead', '--json')
    expect(JSON.parse(json.stdout).verified).toBe('lookahead')
  })

  it('takes the settings of the broker', () => {
    const args = [
      '--json',
      '--cash',
      '5000',
      '--slippage',
      'per-unit:0.01',
      '--account',
      'margin:50%:25%',
      '--size',
      '50%',
      '--timing',
      'same-close',
      '--path',
      'nearest',
      '--trail',
      '3%',
    ]
    const { settings, band } = JSON.parse(fillgrid(...RUN, ...args, '--band').stdout)
    expect(Object.keys(band)).toEqual(['adverse', 'favourable', 'nearest'])
    expect(Object.keys(band.nearest)).toEqual(['final_value', 'total_return', 'max_drawdown'])
    expect(settings).toMatchObject({ quantity_step: 0, stop_fill: 'level' })
    expect(settings).toMatchObject({
      cash: 5000,
      slippage: { type: 'per-unit', amount: 0.01 },
      account: { type: 'margin', initial: 0.5, maintenance: 0.25 },
      size: { type: 'fraction', amount: 0.5 },
      timing: 'same-close',
      path: 'nearest',
      commission: { type: 'fraction', rate: 0.0004 },
      rules: [
        { type: 'stop', distance: 0.01 },
        { type: 'target', distance: 0.02 },
        { type: 'trail', distance: 0.03 },
      ],
    })
  })
})

describe.skipIf(!built)('the output folder', () => {
  it('holds one result, in place of an earlier one with --overwrite, and what else was in it', () => {
    const grid = ['--grid', 'fast=5,10', '--min-trades']
    const run = (...args: string[]) => fillgrid(...RUN, '--out', 'one', ...args).status
    const sweep = (trades: string, ...args: string[]) =>
      fillgrid('sweep', ...RUN.slice(1), ...grid, trades, '--out', 'one', ...args).status
    rmSync(join(folder, 'one'), { recursive: true, force: true })
    expect(sweep('0')).toBe(0)
    expect(readdirSync(join(folder, 'one')).sort()).toEqual(
      ['heatmap.svg', ...RESULT, 'sweep.arrow', 'sweep.html'].sort(),
    )
    writeFileSync(join(folder, 'one/notes.txt'), 'mine')
    expect([run(), run('--overwrite')]).toEqual([1, 0])
    expect(readdirSync(join(folder, 'one')).sort()).toEqual([...RESULT, 'notes.txt'].sort())
    expect([run(), sweep('1000000'), sweep('1000000', '--overwrite')]).toEqual([1, 1, 0])
    expect(readdirSync(join(folder, 'one')).sort()).toEqual([
      'heatmap.svg',
      'notes.txt',
      'summary.json',
      'sweep.arrow',
      'sweep.html',
    ])
  })

  it('is refused before the run where it holds what this command did not write', async () => {
    const none = ['run', '--data', join(folder, 'none.csv'), '--strategy', 'sma-cross']
    const mine = join(folder, 'mine')
    mkdirSync(mine)
    writeFileSync(join(mine, 'summary.json'), '{"mine": true}')
    const plain = await inProcess(...none, '--out', mine)
    expect([plain.status, plain.stdout]).toEqual([1, ''])
    expect(plain.stderr).toMatch(
      /folder: a new or empty one expected, found "summary.json" in .*--overwrite writes beside/,
    )
    const over = await inProcess(...none, '--out', mine, '--overwrite')
    expect([over.status, over.stderr]).toEqual([
      1,
      expect.stringMatching(/found .*summary\.json, which no manifest names/),
    ])
    rmSync(join(mine, 'summary.json'))
    // What a sweep would write is in the way of a sweep, whose result that is not.
    writeFileSync(join(mine, 'sweep.arrow'), 'theirs')
    const sweep = await inProcess('sweep', ...none.slice(1), '--grid', 'fast=5,10', '--out', mine, '--overwrite')
    expect([sweep.status, sweep.stderr]).toEqual([1, expect.stringContaining('sweep.arrow, which no manifest names')])
    expect([readFileSync(join(mine, 'sweep.arrow'), 'utf8'), readdirSync(mine)]).toEqual(['theirs', ['sweep.arrow']])
  })

  it('is read back as the result of the same run, with the orders that were refused and why', async () => {
    const args = ['--account', 'cash', '--param', 'direction=both', '--param', 'fast=5', '--param', 'slow=20']
    const out = join(folder, 'read')
    const { status, stdout } = fillgrid('run', '--data', `X=${bars}`, '--strategy', 'sma-cross', ...args, '--out', out)
    expect(status).toBe(0)
    const result = await readResult(out)
    const market = await loadMarket(`X=${bars}`)
    const expected = backtest(market, 'sma-cross', {
      account: 'cash',
      parameters: { direction: 'both', fast: 5, slow: 20 },
      rules: [],
    })
    expectSame(result, expected)
    const refused = [...result.orders].filter(({ status }) => status === 'rejected')
    expect(refused.length).toBe(result.summary.rejectedOrders)
    expect(new Set(refused.map(({ reason }) => reason))).toEqual(new Set(['short_not_allowed']))
    expect(refused.length).toBeGreaterThan(0)
    expect(stdout).toContain(
      `${refused.length} of ${result.orders.length} orders were rejected: short_not_allowed ${refused.length}. The folder`,
    )
    market.release()
  })

  it('of a sweep is read as the result of its best set, and of one without says so', async () => {
    const sweep = (trades: string) => [...SWEEP, '--workers', '1', '--json', '--min-trades', trades, '--out']
    const best = await inProcess(...sweep('0'), join(folder, 'best'))
    const result = await readResult(join(folder, 'best'))
    expect(result.parameters).toMatchObject(JSON.parse(best.stdout).ranking[0].parameters)
    await inProcess(...sweep('1000000'), join(folder, 'worst'))
    const error = await readResult(join(folder, 'worst')).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'result_damaged', place: { file: join(folder, 'worst/summary.json') } })
    expect(error.message).toContain('found "fillgrid sweep". Of a sweep in which no set was ranked there is no result')
    expect(JSON.parse(readFileSync(join(folder, 'worst/summary.json'), 'utf8')).files).toHaveLength(3)
  })

  it('has the same bytes wherever the data lie, also of what is to be said about them', () => {
    const lines = readFileSync(bars, 'utf8').split('\n')
    // An open that looks like a split, which is remarked upon.
    const [time, open, , , , volume] = lines[500].split(',')
    const half = Number(open) / 2
    lines[500] = [time, half, half, half, half, volume].join(',')
    const written = ['here', 'there'].map((name) => {
      mkdirSync(join(folder, name))
      writeFileSync(join(folder, name, 'split.csv'), lines.join('\n'))
      const path = name === 'here' ? 'here/split.csv' : join(folder, name, 'split.csv')
      fillgrid('run', '--data', path, '--strategy', 'sma-cross', '--out', join(name, 'out'))
      return readFileSync(join(folder, name, 'out/summary.json'), 'utf8')
    })
    expect(written[0]).toContain('the first at split.csv line')
    expect(written[0]).not.toContain(folder)
    expect(written[1]).toBe(written[0])
  })

  it('does not tell who asked for the band to ask for it', () => {
    const { warnings } = JSON.parse(fillgrid(...RUN.slice(0, 5), '--trail', '0.05%', '--band', '--json').stdout)
    const [ambiguous] = warnings.filter(({ code }: { code: string }) => code === 'ambiguous_bars')
    expect(ambiguous.message).toMatch(/The band shows what that is worth/)
  })

  it('is not made for a range that leaves nothing', () => {
    const late = fillgrid('run', '--data', bars, '--strategy', 'sma-cross', '--from', '2099-01-01')
    expect([late.status, late.stderr]).toEqual([
      1,
      expect.stringMatching(/window: .*found none from 2099-01-01T00:00:00.000Z in a market of \d+ bars from/),
    ])
    const early = fillgrid('run', '--data', bars, '--strategy', 'sma-cross', '--to', '1999-01-01')
    expect([early.status, early.stderr]).toEqual([
      1,
      expect.stringMatching(/none in .*bars\.csv.*do --from and --to leave/),
    ])
  })

  it('trades from --from on, and its indicators see what comes before', () => {
    const equities = [
      'run',
      '--data',
      join(process.cwd(), 'data/equities.csv'),
      '--strategy',
      'sma-cross',
      '--param',
      'slow=200',
      '--json',
    ]
    const whole = JSON.parse(fillgrid(...equities).stdout)
    const cut = JSON.parse(fillgrid(...equities, '--from', '2016-06-01', '--to', '2017-06-01').stdout)
    expect([cut.start, cut.end < '2017-06-01']).toEqual(['2016-06-01T00:00:00.000Z', true])
    expect(cut.settings.window).toEqual({ from: '2016-06-01T00:00:00.000Z', to: null })
    expect(whole.settings.window).toBeUndefined()
    expect(cut.num_trades + cut.open_positions.length).toBeGreaterThan(0)
  })
})

describe('strategies of conditions', () => {
  const equities = ['--data', join(process.cwd(), 'data/equities.csv'), '--trades', '0']
  const conditions = [
    '--entries',
    'crossedAbove(sma(close, fast), sma(close, slow))',
    '--exits',
    'crossedBelow(sma(fast), sma(slow))',
  ]

  it('trade as the same columns do, and are swept', () => {
    const run = fillgrid('run', ...equities, ...conditions, '-p', 'fast=10', '-p', 'slow=50', '--json')
    const built = fillgrid('run', ...equities, '--strategy', 'sma-cross', '-p', 'direction=long', '--json')
    const [mine, theirs] = [run, built].map(({ stdout }) => JSON.parse(stdout))
    expect(mine.num_trades).toBeGreaterThan(10)
    expect([mine.final_value, mine.fingerprint.outcome]).toEqual([theirs.final_value, theirs.fingerprint.outcome])
    const swept = fillgrid('sweep', ...equities, ...conditions, '-g', 'fast=5,10', '-g', 'slow=20,50')
    expect([swept.status, swept.stdout]).toEqual([0, expect.stringContaining('4 sets')])
  })

  it.each([
    [['--entries', 'clos > 1'], 1, 'Did you mean close?\n  clos > 1\n  ^'],
    [['--entries', 'sma(close, 3)'], 1, 'a condition must stand here'],
    [['--exits', 'close > 1'], 2, 'something has to be entered first'],
    [['--entries', 'close > 1', '--strategy', 'sma-cross'], 2, 'Leave one out'],
  ])('%j', (options, status, words) => {
    const failed = fillgrid('run', ...equities, ...options)
    expect([failed.status, failed.stderr]).toEqual([status, expect.stringContaining(words)])
  })
})

describe('the command line', () => {
  it('ends with 2 where the command line is wrong', async () => {
    for (const [args, words] of [
      [[], 'Usage: fillgrid'],
      [['fly'], "unknown command 'fly'"],
      [['run', '--data', bars], '--strategy: a strategy is needed, found none'],
      [['run', '--fast', '3'], "unknown option '--fast'"],
      [['run', '--data', bars, '--stratgy', 'x'], 'Did you mean --strategy?'],
      [['sweep', '--gird', 'a=1'], 'Did you mean --grid?'],
      [['run', 'more'], "too many arguments for 'run'"],
      [['data', 'convert', bars, '--uot', 'x'], "unknown option '--uot'"],
      [['data', 'convert', bars], "required option '-o, --out <PATH>' not specified"],
      [['data', 'resample', bars, '-o', 'x.csv'], "required option '--timeframe <TF>' not specified"],
      [[...RUN, '--fast', '3'], "unknown option '--fast'"],
      [[...RUN, '--size', 'units:-1'], 'size.amount: a finite number above 0, in units expected, found -1'],
      [[...RUN, '--size', '0%'], 'size.amount: a fraction above 0'],
      [[...RUN, '--overwrite'], '--overwrite: the folder of the files is needed'],
      [[...RUN, '--stop', '5'], '--stop: a bare number over 1'],
      [[...RUN, '--stop', '1'], '--stop: a fraction below 100% is needed, found "1"'],
      [[...RUN, '--trail', '100%'], '--trail: a fraction below 100%'],
      [[...RUN, '--out', ''], '--out: a folder is needed, found ""'],
      [[...RUN, '--param', 'fast=60'], 'fast < slow expected, found fast 60, slow 50'],
      [[...RUN, '--size', '10'], '--size: one of units, value, fraction is needed, found "10"'],
      [[...RUN, '--timing', 'now'], 'one of next-open, next-close, same-close is needed'],
      [[...RUN, '--cash', '-1'], 'cash: a finite number above 0'],
      [
        [...RUN, '--profile', 'vectorbt', '--exits-live', 'fill'],
        'profile vectorbt sets exitsLive to next-bar; found exitsLive fill',
      ],
      [[...RUN, '--participation', '0'], 'participation.share: a fraction above 0'],
      [[...RUN, '--param', 'fsat=3'], '"fsat" is not one of its parameters'],
      [[...RUN, '--param', 'fast=0'], 'found 0'],
      [[...RUN, '--param', 'fast=5', '--param', 'fast=6'], 'found fast twice'],
      [[...RUN, '--strategy', 'sma-crss'], 'Did you mean sma-cross'],
      [[...RUN, '--symbols', 'Y'], '"Y"'],
      [[...RUN, '--periods-per-year', '0'], 'must be a number above 0, found 0'],
      [[...RUN, '--periods-per-year', 'many'], '--periods-per-year: a number is needed, found "many"'],
      [[...RUN, '--cagr', 'years'], "argument 'years' is invalid. Allowed choices are days, periods"],
      [[...RUN, '--from', 'yesterday'], 'found "yesterday"'],
      [['sweep', ...RUN.slice(1)], "required option '-g, --grid"],
      [[...SWEEP, '--grid', 'fast=1:2'], 'found fast twice'],
      [[...SWEEP, '--grid', 'speed=1:2'], '"speed" is not one of its parameters'],
      [[...SWEEP, '--where', 'fast < slw'], 'at column 8'],
      [[...SWEEP, '--where', 'slow < fast and fast < slow'], 'found zero of 15'],
      [[...SWEEP, '--grid', 'length=1:1e9', '--grid', 'more=1:100'], '2^32'],
      [[...SWEEP, '--objective', 'sharp'], 'Did you mean sharpe'],
      [[...SWEEP, '--workers', '0'], '--workers: a whole number of at least 1'],
      [[...SWEEP, '--heat', 'fast,speed'], '"speed" is not in the grid'],
    ] as [string[], string][]) {
      const { status, stdout, stderr } = await inProcess(...args)
      expect([args.join(' '), status, stdout]).toEqual([args.join(' '), 2, ''])
      expect(stderr).toContain(words)
    }
  })

  it('ends with 1 where the run fails, before it starts where that can be known', async () => {
    writeFileSync(
      join(folder, 'bad.csv'),
      'timestamp,open,high,low,close\n2023-01-01,1,2,0.5,1.5\n2023-01-02,1,0.4,0.5,1.5\n',
    )
    for (const [args, words] of [
      [['run', '--data', join(folder, 'none.csv'), '--strategy', 'sma-cross'], 'none.csv cannot be read'],
      [['run', '--data', join(folder, 'bad.csv'), '--strategy', 'sma-cross'], 'bad.csv'],
      [['run', '--data', bars, '--strategy', join(folder, 'none.ts')], 'found nothing at'],
      [
        ['run', '--data', join(folder, 'none.csv'), '--strategy', 'sma-cross', '--out', bars],
        '--out: the folder must be writable, found EEXIST',
      ],
    ] as [string[], string][]) {
      const { status, stdout, stderr } = await inProcess(...args)
      expect([args.join(' '), status, stdout]).toEqual([args.join(' '), 1, ''])
      expect(stderr).toContain(words)
    }
  })

  it('says in its own words how data are split that do not fit into memory', async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `${1.6e12 + i * 60_000},S${i % 5000},1`)
    writeFileSync(join(folder, 'wide.csv'), `time,symbol,close\n${rows.join('\n')}\n`)
    const { status, stderr } = await inProcess('run', '--data', join(folder, 'wide.csv'), '--strategy', 'sma-cross')
    expect([status, stderr]).toEqual([1, expect.stringContaining('5000 assets x 30000 bars x 5 columns need 5723 MiB')])
    for (const way of ['--from and --to of `data convert`, or of `data resample`', '(--symbols)', '(--no-signals)'])
      expect(stderr).toContain(way)
    expect(stderr).not.toContain('release markets')
  })

  it('helps', async () => {
    const { status, stdout, stderr } = await inProcess('run', '--help')
    expect([status, stderr]).toEqual([0, ''])
    for (const words of ['--commission', 'rsi-reversion', 'Strategies:']) expect(stdout).toContain(words)
    expect(await inProcess('--version')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+/) })
  })
})

describe.skipIf(!built)('fillgrid sweep (needs the built library)', () => {
  it('prints rate, best sets, heat map and the best run', () => {
    const { status, stdout, stderr } = fillgrid(...SWEEP, '--where', 'slow != 60', '--top', '2', '--workers', '2')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^8 sets in [\d.]+ s, \d+ sets a second\n/)
    expect(stdout).toContain('sharpe by fast and slow')
    expect(stdout).toMatch(/\nsma-cross \(fast \d+, slow \d+, direction long\) on X\n/)
    expect(stderr).toMatch(/^sweep: 8 of 8 sets, [\d,]+ a second$/m)
    expect(stdout).not.toContain('\u001b')
  })

  it('writes the same files whatever the number of workers', () => {
    for (const workers of ['1', '2'])
      expect(fillgrid(...SWEEP, '--out', `w${workers}`, '--workers', workers).status).toBe(0)
    const names = readdirSync(join(folder, 'w1')).sort()
    expect(names).toEqual(['heatmap.svg', ...RESULT, 'sweep.arrow', 'sweep.html'].sort())
    for (const name of names)
      expect(readFileSync(join(folder, 'w1', name)).equals(readFileSync(join(folder, 'w2', name)))).toBe(true)
  })

  it('takes constraints that name parameters which are not in the grid', async () => {
    const sweep = ['sweep', '--data', `X=${bars}`, '--strategy', 'sma-cross', '--workers', '1', '--json']
    const sets = async (...args: string[]) => {
      const { status, stdout, stderr } = await inProcess(...sweep, ...args)
      expect([status, stderr.includes('fillgrid:')]).toEqual([0, false])
      return JSON.parse(stdout)
        .ranking.map(({ parameters }: { parameters: { fast: number } }) => parameters.fast)
        .sort()
    }
    expect(await sets('--grid', 'fast=20:60:20', '--where', 'fast < slow')).toEqual([20, 40])
    expect(await sets('--grid', 'fast=20:60:20', '--where', 'fast < slow', '--param', 'slow=30')).toEqual([20])
  })

  it('takes one parameter, and three', () => {
    const one = JSON.parse(
      fillgrid(
        'sweep',
        '--data',
        'bars.csv',
        '--strategy',
        'sma-cross',
        '--grid',
        'fast=5:25:5',
        '--json',
        '--out',
        'single',
      ).stdout,
    )
    expect(one).toMatchObject({
      sets: 5,
      done: 5,
      failed: 0,
      partial: false,
      objective: 'sharpe',
      best: { strategy: 'sma-cross' },
    })
    expect(one.ranking).toHaveLength(5)
    expect(readFileSync(join(folder, 'single/heatmap.svg'), 'utf8')).toContain('sharpe by fast<')
    const three = fillgrid(
      ...SWEEP,
      '--grid',
      'direction=long,short,both',
      '--heat',
      'direction,slow',
      '--objective',
      'max_drawdown',
      '--sort',
      'totalReturn',
    )
    expect(three.stdout).toContain('max drawdown by direction and slow, best over fast')
  })

  it('keeps what is finished when it is interrupted, and ends with 1', async () => {
    // Minutes of work: the first line of progress comes long before the end.
    const grid = ['--grid', 'direction=long,short,both', '--grid', 'fast=1:200', '--grid', 'slow=201:500']
    const args = ['sweep', '--data', `X=${bars}`, '--strategy', 'sma-cross', ...grid, '--json', '--workers', '1']
    const child: ChildProcess = spawn(process.execPath, [main, ...args], { cwd: folder })
    let [stdout, stderr] = ['', '']
    let interrupted = false
    child.stdout!.on('data', (data) => {
      stdout += data
    })
    child.stderr!.on('data', (data) => {
      stderr += data
      // Once: a second one ends it at once, as it should.
      if (!interrupted && stderr.includes('sweep: ')) interrupted = child.kill('SIGINT')
    })
    const code = await new Promise((resolve) => child.once('close', resolve))
    const { done, sets, partial } = JSON.parse(stdout)
    expect({ code, partial, some: done > 0 && done < sets }).toEqual({ code: 1, partial: true, some: true })
  })
})

it.skipIf(!built)(
  'fillgrid demo sweeps 10,000 sets and runs ten of them again (needs the built library)',
  () => {
    const { status, stdout } = fillgrid('demo', '--bars', '1500')
    expect(status).toBe(0)
    for (const words of [
      '100 x 100 sets over 1,500 generated minute bars',
      '10,000 sets in ',
      'sharpe by fast and slow',
      'on GENERATED',
      '10 random sets run again in full, every metric equal to the bit',
    ]) {
      expect(stdout).toContain(words)
    }
    expect(stdout.match(/^ {2}fast \d+, slow \d+: \d+ trades$/gm)).toHaveLength(10)
  },
  60_000,
)

describe.skipIf(!built || !library)('a strategy in a file (needs the built library)', () => {
  const strategy = (onBar: string) => `import { type Bar, type Broker, type Indicator, Strategy } from 'fillgrid'
import { longest } from './lib/lengths'

export default class Mine extends Strategy<{ length: number }> {
  static override parameters = { length: { type: 'integer', default: longest, min: 1 } } as const
  #average!: Indicator
  override onStart() {
    this.#average = this.indicator('sma', { length: this.parameters.length })
    console.log('this is not the result')
  }
  override onBar(bar: Bar, broker: Broker) {
    ${onBar}
  }
}
`
  beforeAll(() => {
    mkdirSync(join(folder, 'lib'))
    writeFileSync(
      join(folder, 'lib/lengths.ts'),
      'export enum Length { Long = 50 }\nexport const longest: number = Length.Long\n',
    )
    writeFileSync(
      join(folder, 'mine.ts'),
      strategy(
        "if (bar.close[0] > this.#average.value()) broker.enterPosition(0, 'long')\n    else broker.closePosition(0)",
      ),
    )
    writeFileSync(
      join(folder, 'fails.ts'),
      strategy("if (bar.index === 60 && this.parameters.length === 50) throw new RangeError('sixty')"),
    )
  })

  it('is run, with its imports, and prints to standard error', () => {
    const { status, stdout, stderr } = fillgrid('run', '--data', bars, '--strategy', './mine.ts', '--json')
    expect([status, stderr]).toEqual([0, expect.stringContaining('this is not the result')])
    expect(JSON.parse(stdout)).toMatchObject({ strategy: 'Mine', parameters: { length: 50 } })
    expect(JSON.parse(stdout).num_trades).toBeGreaterThan(10)
  })

  it('may have choices that look like numbers', async () => {
    const file = join(folder, 'choice.mjs')
    const parameters = "{ frame: { type: 'choice', default: '5', choices: ['5', '15'] } }"
    writeFileSync(
      file,
      `import { defineSignals } from 'fillgrid'
export default defineSignals({ name: 'c', parameters: ${parameters}, signals: ({ market }) => ({ entries: market.close.map(() => 0) }) })\n`,
    )
    const args = ['--data', `X=${bars}`, '--strategy', file, '--json']
    const run = await inProcess('run', ...args, '--param', 'frame=15')
    expect(JSON.parse(run.stdout).parameters).toEqual({ frame: '15' })
    const sweep = await inProcess(
      'sweep',
      ...args,
      '--grid',
      'frame=5,15',
      '--workers',
      '1',
      '--objective',
      'finalValue',
    )
    expect(JSON.parse(sweep.stdout)).toMatchObject({ done: 2, failed: 0 })
  })

  it('is swept on workers, once bundled', () => {
    const { status, stdout } = fillgrid(
      'sweep',
      '--data',
      'bars.csv',
      '--strategy',
      'mine.ts',
      '--grid',
      'length=10:60:10',
      '--workers',
      '2',
      '--json',
    )
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ sets: 6, done: 6, failed: 0, warnings: [] })
  })

  it('has the same fingerprint wherever it lies', () => {
    const other = mkdtempSync(join(folder, 'other-'))
    mkdirSync(join(other, 'lib'))
    for (const name of ['mine.ts', 'lib/lengths.ts']) writeFileSync(join(other, name), readFileSync(join(folder, name)))
    const [here, there] = ['./mine.ts', join(other, 'mine.ts')].map(
      (path) => JSON.parse(fillgrid('run', '--data', bars, '--strategy', path, '--json').stdout).fingerprint,
    )
    expect(there).toEqual(here)
    writeFileSync(join(other, 'lib/lengths.ts'), 'export const longest: number = 50 + 0\n')
    expect(
      JSON.parse(fillgrid('run', '--data', bars, '--strategy', join(other, 'mine.ts'), '--json').stdout).fingerprint
        .strategy,
    ).not.toBe(here.strategy)
  })

  it('that throws ends the run, with the bar, the time and the line', () => {
    const { status, stdout, stderr } = fillgrid('run', '--data', bars, '--strategy', './fails.ts')
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toContain('fillgrid: strategy: onBar at bar 60 (2023-01-01T01:00:00.000Z) threw: sixty')
    expect(stderr).toContain(`${join(folder, 'fails.ts')}:12:`)
    expect(stderr).not.toContain('run.js')
  })

  it('that throws for all sets has failed', () => {
    const args = ['--strategy', './fails.ts', '--grid', 'length=50', '--out', 'all']
    const { status, stdout } = fillgrid('sweep', '--data', 'bars.csv', ...args)
    expect([status, stdout]).toEqual([1, expect.stringContaining('no set is ranked')])
    // What a sweep without a best run has to say stands in its summary.
    expect(JSON.parse(readFileSync(join(folder, 'all/summary.json'), 'utf8'))).toMatchObject({
      sets: 1,
      failed: 1,
      best: null,
    })
  })

  it('that throws for some sets fails in their rows alone', () => {
    const { status, stdout, stderr } = fillgrid(
      'sweep',
      '--data',
      'bars.csv',
      '--strategy',
      './fails.ts',
      '--grid',
      'length=49:51',
      '--json',
    )
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ done: 3, failed: 1 })
    expect(stderr).toContain('warning: 1 set failed; the first: strategy: onBar at bar 60')
    // As a run of that set says it, and nothing of the library's own.
    expect(stderr).toContain(`    at Mine.onBar (${join(folder, 'fails.ts')}:12:`)
    expect(stderr).not.toMatch(/at .*(build|src)[\\/]/)
  })

  it.skipIf(!existsSync('/proc/self'))('is refused at once where there is no folder for temporary files', () => {
    const args = [main, 'run', '--data', bars, '--strategy', './mine.ts']
    const env = { ...process.env, TMPDIR: '/proc/none' }
    const { status, stderr } = spawnSync(process.execPath, args, {
      cwd: folder,
      encoding: 'utf8',
      env,
      timeout: 20_000,
    })
    expect([status, stderr]).toEqual([1, expect.stringContaining('found ENOENT at "/proc/none". Set TMPDIR')])
  })

  it('that does not load is refused with file, line and column', () => {
    writeFileSync(
      join(folder, 'broken.ts'),
      "import { Strategy } from 'fillgrid'\nexport default class extends Strategy {\n  onBar( {\n}\n",
    )
    const { status, stderr } = fillgrid('run', '--data', bars, '--strategy', './broken.ts')
    expect(status).toBe(1)
    expect(stderr).toMatch(/^fillgrid: strategy: the file must load, found .* at broken\.ts:\d+:\d+/)
    writeFileSync(join(folder, 'none.ts'), 'export const x = 1\n')
    expect(fillgrid('run', '--data', bars, '--strategy', './none.ts').stderr).toContain('found none')
    expect(fillgrid('run', '--data', bars, '--strategy', './mine.ts#Other').stderr).toContain(
      'must export a strategy as "Other", found default',
    )
  })
})
