import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { checkJob, checkJobs, configOf } from '../../src/jobs/check.ts'
import type { Job, ParameterSet } from '../../src/jobs/job.ts'
import { codecOf, decodeSet, encodeSets } from '../../src/jobs/piece.ts'

const DIGEST = '0123456789abcdef'.repeat(4)

const job = {
  format: 'fillgrid job',
  version: 1,
  id: 'a',
  market: { digest: DIGEST, files: ['bars.csv', { path: 'more.csv', symbol: 'X' }], options: { timezone: 'UTC' } },
  window: { from: '2020', to: '2021-03-01' },
  strategy: 'sma-cross',
  config: { cash: 1000, rules: [{ type: 'stop', distance: 0.05 }], parameters: { slow: 50 } },
  sets: [{ fast: 5 }, { fast: 10, slow: 60 }, {}],
  keep: ['equity', 'trades'],
} as const

/** The job with something else in it, as JSON text may have it. */
function with_(changes: object): unknown {
  return { ...job, ...changes }
}

function errorOf(data: unknown): FillgridError {
  try {
    checkJob(data)
  } catch (error) {
    if (error instanceof FillgridError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('a job', () => {
  it('comes back as it is, as a copy, through JSON and without', () => {
    expect(checkJob(job)).toEqual(job)
    expect(checkJob(JSON.parse(JSON.stringify(job)))).toEqual(job)
    const given = structuredClone(job) as unknown as { sets: { fast: number }[] }
    const checked = checkJob(given)
    given.sets[0].fast = 99
    expect(checked.sets[0].fast).toBe(5)
  })

  it('needs no more than a market by its digest, a strategy and one set', () => {
    const least = {
      format: 'fillgrid job',
      version: 1,
      id: 'b',
      market: { digest: DIGEST },
      strategy: 'breakout',
      sets: [{}],
    }
    expect(checkJob(least)).toEqual(least)
  })

  it('is the same after JSON where JSON has no word for a value', () => {
    const commission = {
      type: 'tiered',
      tiers: [
        { upTo: 100, rate: 0.01 },
        { upTo: Number.POSITIVE_INFINITY, rate: 0.001 },
      ],
    }
    const sellCommission = { type: 'per-unit', amount: 0.01, maximum: Number.POSITIVE_INFINITY }
    const odd = with_({ config: { commission, sellCommission }, sets: [{ fast: -0 }], window: undefined })
    const checked = checkJob(odd)
    expect(JSON.parse(JSON.stringify(checked))).toEqual(checked)
    expect(Object.is(checked.sets[0].fast, 0)).toBe(true)
    for (const config of [configOf(checked), configOf(checkJob(JSON.parse(JSON.stringify(odd))))]) {
      expect(config.commission).toEqual(commission)
      expect(config.sellCommission).toEqual(sellCommission)
    }
  })

  it.each([
    ['null', null, 'invalid_value', 'job: a job expected, found null'],
    ['a list', [job], 'invalid_value', 'job: a job expected'],
    ['text', JSON.stringify(job), 'invalid_value', 'job: a job expected'],
    [
      'another format',
      with_({ format: 'fillgrid snapshot' }),
      'invalid_value',
      'job "a".format: "fillgrid job" expected',
    ],
    ['another version', with_({ version: 2 }), 'job_version', 'job "a".version: 1 expected, found 2.'],
    ['a version in words', with_({ version: '1' }), 'job_version', 'found "1"'],
    [
      'an unknown field',
      with_({ windows: {} }),
      'unknown_name',
      'job "a": "windows" is not a field of a job. Did you mean window?',
    ],
    ['no id', with_({ id: undefined }), 'invalid_value', 'job.id: text that names the job expected, found undefined'],
    ['a number for an id', with_({ id: 7 }), 'invalid_value', 'job.id: text'],
    ['an empty id', with_({ id: '' }), 'invalid_value', '1 to 200 characters expected, found 0'],
    ['a huge id', with_({ id: 'x'.repeat(1e6) }), 'invalid_value', 'found 1000000'],
    ['an id of several lines', with_({ id: 'a\nb' }), 'invalid_value', 'without control characters'],
    ['half a character in the id', with_({ id: 'a\ud800' }), 'invalid_value', 'without control characters'],
    ['no market', with_({ market: undefined }), 'invalid_value', 'job "a".market: { digest, files, options } expected'],
    [
      'a short digest',
      with_({ market: { digest: 'abc' } }),
      'invalid_value',
      'job "a".market.digest: the 64 hexadecimal',
    ],
    [
      'no file',
      with_({ market: { digest: DIGEST, files: [] } }),
      'invalid_value',
      'job "a".market.files: a list of at least',
    ],
    ['a file that is none', with_({ market: { digest: DIGEST, files: [5] } }), 'invalid_value', 'market.files[0]'],
    ['options without files', with_({ market: { digest: DIGEST, options: {} } }), 'invalid_value', 'market.options'],
    [
      'a misspelt option',
      with_({ market: { digest: DIGEST, files: ['a'], options: { timzone: 'UTC' } } }),
      'unknown_name',
      'Did you mean timezone?',
    ],
    [
      'a window that ends before it starts',
      with_({ window: { from: '2021', to: '2020' } }),
      'invalid_value',
      '`from` before `to`',
    ],
    ['a window in words', with_({ window: { from: 'yesterday' } }), 'invalid_value', 'job "a".window: from must be'],
    ['an unknown strategy', with_({ strategy: 'sma-crss' }), 'unknown_name', 'Did you mean sma-cross'],
    [
      'a relative module',
      with_({ strategy: { module: './a.js' } }),
      'invalid_strategy',
      'job "a": strategy: module must be a URL',
    ],
    ['a strategy class', with_({ strategy: class {} }), 'invalid_value', 'job "a".strategy: plain JSON expected'],
    ['signals', with_({ strategy: { flags: [1] } }), 'unknown_name', '"flags" is not a field of a strategy'],
    [
      'an unknown setting',
      with_({ config: { csh: 1 } }),
      'unknown_name',
      'job "a": config: "csh" is not a setting. Did you mean cash?',
    ],
    ['a setting out of range', with_({ config: { cash: -1 } }), 'invalid_value', 'job "a": cash: '],
    [
      'a window among the settings',
      with_({ config: { from: '2020' } }),
      'invalid_value',
      'job "a".config.from: the window',
    ],
    ['band without a result', with_({ config: { band: true } }), 'invalid_value', "Add 'result' to `keep`"],
    ['no set', with_({ sets: [] }), 'invalid_value', 'job "a".sets: a list of at least one set'],
    ['a hole', with_({ sets: new Array(4e9) }), 'invalid_value', 'job "a".sets[0]: plain JSON expected'],
    ['more sets than fit', with_({ sets: new Array(4_194_305).fill({}) }), 'memory_limit', 'at most 4194304 sets'],
    ['NaN', with_({ sets: [{ fast: Number.NaN }] }), 'invalid_value', 'job "a".sets[0].fast: plain JSON expected'],
    [
      'NaN that went through JSON',
      JSON.parse(JSON.stringify(with_({ sets: [{}, { fast: Number.NaN }] }))),
      'invalid_value',
      'job "a".sets[1].fast: a number, text, true or false expected, found null',
    ],
    ['a list for a parameter', with_({ sets: [{ fast: [1] }] }), 'invalid_value', 'job "a".sets[0].fast'],
    ['a list for a set', with_({ sets: [[1]] }), 'invalid_value', 'job "a".sets[0]: parameters by name expected'],
    [
      'what is not kept',
      with_({ keep: ['fills'] }),
      'invalid_value',
      'job "a".keep: of metrics, equity, trades, result',
    ],
    ['a big integer', with_({ config: { cash: 5n } }), 'invalid_value', 'job "a".config.cash: plain JSON expected'],
    ['a date', with_({ window: { from: new Date(0) } }), 'invalid_value', 'found an object of class Date'],
    ['a map', with_({ config: new Map() }), 'invalid_value', 'found an object of class Map'],
    ['typed arrays', with_({ sets: new Float64Array(2) }), 'invalid_value', 'found an object of class Float64Array'],
    ['a symbol', with_({ id: Symbol('x') }), 'invalid_value', 'found a symbol'],
  ])('refuses %s', (_, data, code, words) => {
    const error = errorOf(data)
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(words)])
    expect(error.message.length).toBeLessThan(500)
  })

  it('reads nothing by getters, and nothing of what throws when it is read', () => {
    let read = 0
    const getter = {
      ...job,
      get sets() {
        read++
        return [{}]
      },
    }
    expect(errorOf(getter).message).toContain(
      'job "a".sets: plain JSON expected (finite numbers, text, true, false, null, lists, objects), found a getter',
    )
    const thrower = with_({
      config: new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('mine')
          },
        },
      ),
    })
    expect(errorOf(thrower)).toMatchObject({
      code: 'invalid_value',
      message: expect.stringContaining('cannot be read (mine)'),
    })
    const hidden = Object.defineProperty({ ...job }, 'id', {
      get: () => {
        read++
        return 'b'
      },
      enumerable: true,
    })
    expect(errorOf(hidden).message).toContain('job.id: plain JSON')
    expect(read).toBe(0)
  })

  it('is refused where it is nothing that can be read', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    for (const data of [proxy, with_({ sets: proxy }), with_({ market: proxy })])
      expect(errorOf(data)).toMatchObject({ code: 'invalid_value', message: expect.stringContaining('cannot be read') })
    const list = new Proxy([], {
      get: () => {
        throw new Error('mine')
      },
    })
    expect(() => checkJobs(list)).toThrow('jobs: plain JSON expected, found something that cannot be read (mine).')
  })

  it('ends where a list holds itself', () => {
    const list: unknown[] = []
    list.push(list)
    expect(errorOf(with_({ sets: list })).message).toContain('more than 16 levels')
  })

  it.each(['sets', 'config', 'market', 'window', 'job'])('keeps prototypes out of %s', (where) => {
    const text = JSON.stringify(job)
    const evil = '"__proto__":{"polluted":1},'
    const at =
      where === 'job'
        ? 1
        : where === 'sets'
          ? text.indexOf('"sets":[{') + 9
          : text.indexOf(`"${where}":{`) + where.length + 4
    const error = errorOf(JSON.parse(text.slice(0, at) + evil + text.slice(at)))
    expect([error.code, error.message]).toEqual([
      'unknown_name',
      expect.stringContaining('"__proto__" is no name of a field'),
    ])
    expect(({} as { polluted?: number }).polluted).toBe(undefined)
  })

  it('takes names of parameters that objects have from birth for what they are', () => {
    const sets = [{ constructor: 5, toString: 'x' }, { hasOwnProperty: true }] as unknown as Job['sets']
    const checked = checkJob(with_({ sets }))
    const codec = codecOf(checked.sets, {})
    const piece = { count: 2, values: encodeSets(codec, checked.sets) }
    expect([0, 1].map((at) => Object.entries(decodeSet(codec, piece, at)))).toEqual(
      sets.map((set) => Object.entries(set)),
    )
  })
})

describe('a list of jobs', () => {
  it('has jobs with ids of their own', () => {
    expect(() => checkJobs([job, { ...job, id: 'b' }, job])).toThrow(
      'jobs: each must have an id of its own, found "a" at 0 and at 2.',
    )
    expect(checkJobs([job, { ...job, id: 'b' }]).map(({ id }) => id)).toEqual(['a', 'b'])
    expect(() => checkJobs(job)).toThrow('jobs: a list of jobs expected')
    expect(() => checkJobs([job, 5])).toThrow('jobs[1]: a job expected, found 5')
    expect(() => checkJobs([job, with_({ id: 4 })])).toThrow('jobs[1].id: text')
  })
})

describe('sets of a job, packed', () => {
  it('are what they were: numbers, words, flags, and what is left out', () => {
    const sets: ParameterSet[] = [{ a: 1, b: 'x' }, { a: 2.5 }, {}, { b: 'y', c: true }, { c: false, a: -3 }, { b: 7 }]
    const codec = codecOf(sets, { d: 9 })
    expect(codec).toEqual({ names: ['a', 'b', 'c'], choices: [null, ['x', 'y', 7], [true, false]], fixed: { d: 9 } })
    const piece = { count: 6, values: encodeSets(codec, sets) }
    expect(sets.map((_, at) => decodeSet(codec, piece, at))).toEqual(sets.map((set) => ({ d: 9, ...set })))
  })
})
