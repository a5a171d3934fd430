import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeMinutes } from '../../data/minutes.ts'
import { FillgridError } from '../../src/errors.ts'
import { type CsvOptions, readCsv } from '../../src/io/csv.ts'
import { calendar } from '../../src/market/calendar.ts'
import { CHECKS, type CheckName, checkPolicies, duration, type Policy } from '../../src/market/checks.ts'
import { findHoles } from '../../src/market/holes.ts'
import { Market } from '../../src/market/market.ts'
import { resample } from '../../src/market/resample.ts'

const HEADER = 'date,open,high,low,close,volume'
const DAY = 86400000

/** A market from rows of day,open,high,low,close,volume and what was found on the way. */
function load(rows: readonly string[], options: CsvOptions = {}) {
  const market = readCsv({ bytes: [HEADER, ...rows].join('\n'), file: 'x.csv' }, options)
  const out = {
    days: Array.from(market.time, (ms) => new Date(ms).toISOString().slice(0, 10)),
    high: [...market.high],
    low: [...market.low],
    close: [...market.close],
    checks: Object.fromEntries(market.provenance!.checks.map((outcome) => [outcome.check, outcome])),
    remarks: market.remarks,
    rows: market.provenance!.sources[0].rows,
    digest: market.digest(),
    snapshot: market.digest({ provenance: true }),
    allowNonPositive: market.allowNonPositive,
  }
  market.release()
  return out
}

function refused(rows: readonly string[], options: CsvOptions = {}): FillgridError {
  try {
    load(rows, options)
  } catch (error) {
    expect(error).toBeInstanceOf(FillgridError)
    return error as FillgridError
  }
  throw new Error('nothing was refused')
}

/** Three good bars, and rows that fail one check, with what each policy makes of them. */
interface Case {
  check: CheckName
  rows: string[]
  /** Closes that are left by policy; what is missing is refused. */
  kept: Partial<Record<Policy, number[]>>
  count: number
  line: number
  found?: string
  options?: CsvOptions
}

const good = (day: string, close: number) => `2024-01-${day},${close - 1},${close + 2},${close - 2},${close},5`
const A = good('02', 100)
const B = good('03', 101)
const C = good('04', 102)

const CASES: Case[] = [
  {
    check: 'unparsable',
    rows: [A, '2024-01-03,1,2', C],
    kept: { drop: [100, 102] },
    count: 1,
    line: 3,
    found: '3 fields',
  },
  {
    check: 'unparsable',
    rows: [A, 'Tuesday,1,2,1,1,1', C],
    kept: { drop: [100, 102] },
    count: 1,
    line: 3,
    found: '"Tuesday"',
  },
  {
    check: 'unparsable',
    rows: [A, '2024-01-03,1,2,1,x,1', C],
    kept: { drop: [100, 102] },
    count: 1,
    line: 3,
    found: '"x"',
  },
  {
    check: 'missing',
    rows: [A, '2024-01-03,null,null,null,null,0', ',,,,,', C],
    kept: { drop: [100, 102] },
    count: 2,
    line: 3,
  },
  { check: 'incomplete', rows: [A, '2024-01-03,100,,,,0', C], kept: { drop: [100, 102] }, count: 1, line: 3 },
  { check: 'repeated', rows: [A, B, A, C], kept: { drop: [100, 101, 102] }, count: 1, line: 4 },
  {
    check: 'duplicates',
    rows: [A, B, good('03', 103), good('03', 104), C],
    kept: { drop: [100, 101, 102], repair: [100, 104, 102] },
    count: 2,
    line: 4,
  },
  { check: 'order', rows: [A, C, B], kept: { repair: [100, 101, 102] }, count: 1, line: 4 },
  {
    check: 'highBelowLow',
    rows: [A, '2024-01-03,101,100,102,101,5', C],
    kept: { drop: [100, 102], repair: [100, 101, 102] },
    count: 1,
    line: 3,
    found: 'high 100 and low 102',
  },
  {
    check: 'nonPositive',
    rows: [A, '2024-01-03,-1,2,-3,1,5', C],
    kept: { keep: [100, 1, 102], drop: [100, 102] },
    count: 1,
    line: 3,
    found: '-1',
  },
  {
    check: 'negativeVolume',
    rows: [A, '2024-01-03,101,103,100,101,-7', C],
    kept: { drop: [100, 102], repair: [100, 101, 102] },
    count: 1,
    line: 3,
    found: 'volume -7',
  },
  {
    check: 'outside',
    rows: [A, '2024-01-03,104,103,100,101,5', C],
    kept: { keep: [100, 101, 102], drop: [100, 102], repair: [100, 101, 102] },
    count: 1,
    line: 3,
    found: 'open 104, high 103, low 100, close 101',
  },
  {
    check: 'zeroVolume',
    rows: [A, '2024-01-03,101,103,100,101,0', C],
    kept: { keep: [100, 101, 102], drop: [100, 102] },
    count: 1,
    line: 3,
  },
  {
    check: 'flat',
    rows: [A, '2024-01-03,101,101,101,101,5', C],
    kept: { keep: [100, 101, 102], drop: [100, 102] },
    count: 1,
    line: 3,
    found: '101',
  },
  {
    check: 'gaps',
    rows: [
      ...[2, 3, 4, 5, 8, 9, 11, 12, 15, 16, 17, 18, 19].map((day) => good(String(day).padStart(2, '0'), 100 + day)),
    ],
    kept: { keep: [102, 103, 104, 105, 108, 109, 111, 112, 115, 116, 117, 118, 119] },
    count: 1,
    line: 8,
    found: 'nothing since 2024-01-09T00:00:00.000Z',
  },
  {
    check: 'jumps',
    rows: [A, '2024-01-03,25,26,24,25,5', good('04', 26)],
    kept: { keep: [100, 25, 26] },
    count: 1,
    line: 3,
    found: 'open 25 after close 100 (4 to 1)',
  },
  {
    check: 'lowVolatility',
    rows: ['02', '03', '04'].map((day) => `2024-01-${day},100,100.01,99.99,100,5`),
    kept: { keep: [100, 100, 100] },
    count: 1,
    line: 0,
  },
]

describe('a mean range that is too small', () => {
  const LENGTHS = { '1s': 1e3, '1m': 6e4, '5m': 3e5, '1h': 36e5, '4h': 144e5, '1d': 864e5, '1w': 6048e5 }
  /** What is said about bars with these columns, read from a file. */
  function said(time: ArrayLike<number>, columns: Record<'open' | 'high' | 'low' | 'close', ArrayLike<number>>) {
    const { open, high, low, close } = columns
    const rows = Array.from(time, (ms, i) => [ms, open[i], high[i], low[i], close[i]].join(','))
    const market = readCsv({ bytes: ['time,open,high,low,close', ...rows].join('\n'), file: 'x.csv' })
    const remarks = market.remarks.filter(({ message }) => message.includes('mean range'))
    market.release()
    return remarks
  }

  it.each(Object.entries(LENGTHS))('is judged by the length of bars of %s', (_, step) => {
    // 0.1 % of the close in a day, and the square root of the time of it.
    const least = 0.001 * Math.sqrt(step / DAY)
    const [small, enough] = [0.99, 1.01].map((part) => {
      const close = Array.from({ length: 50 }, () => 100)
      const [high, low] = [1, -1].map((side) => close.map((price) => price + side * 50 * least * part))
      return said(
        close.map((_, i) => 1.7e12 + i * step),
        { open: close, high, low, close },
      )
    })
    expect(small).toEqual([expect.objectContaining({ code: 'data_doubtful', count: 1 })])
    expect(small[0].message).toContain(`is the least that is expected of bars of ${duration(step)}.`)
    expect(enough).toEqual([])
  })

  it('is not found in generated minutes, nor in longer bars of them, and is in a pegged price', () => {
    const minutes = makeMinutes({ bars: 30_000 })
    const pegged = { ...minutes }
    for (const name of ['open', 'high', 'low', 'close'] as const)
      pegged[name] = minutes[name].map((price) => 100 + (price - 100) / 2000)
    for (const [bars, count] of [
      [minutes, 0],
      [pegged, 1],
    ] as const) {
      expect(said(bars.time, bars)).toHaveLength(count)
      const market = Market.from([bars])
      for (const frame of ['5m', '15m', '1h', '4h', '1d']) {
        const { market: longer } = resample(market, frame)
        expect([frame, said(longer.time, longer).length]).toEqual([frame, count])
        longer.release()
      }
      market.release()
    }
  })
})

describe('every check with every policy', () => {
  const all = CASES.flatMap((one) =>
    CHECKS.find(({ name }) => name === one.check)!.policies.map((policy) => [one.check, policy, one] as const),
  )
  it.each(all)('%s %s', (check, policy, { rows, kept, count, line, found }) => {
    const options = { checks: { [check]: policy } }
    if (policy === 'error') {
      const error = refused(rows, options)
      expect(['invalid_file', 'invalid_market']).toContain(error.code)
      expect(error.message).toContain(`\`checks: { ${check}: `)
      if (line > 0) expect(error.place).toMatchObject({ file: 'x.csv', line })
      return
    }
    const loaded = load(rows, options)
    expect(loaded.close).toEqual(kept[policy])
    expect(loaded.checks[check]).toMatchObject({ check, policy, count })
    const [first] = loaded.checks[check]!.first
    if (line > 0) expect(first).toMatchObject({ file: 'x.csv', line, ...(found === undefined ? {} : { found }) })
    // Whatever was left out or changed is said.
    const said = loaded.remarks.filter(({ code }) => code === `rows_${policy === 'drop' ? 'dropped' : 'repaired'}`)
    if (policy !== 'keep') expect(said).toMatchObject([{ count }])
    if (policy === 'drop')
      expect(loaded.rows + (['unparsable', 'missing', 'incomplete'].includes(check) ? count : 0)).toBe(rows.length)
  })

  it('has a case for every check but those of clocks, which are tested with zones', () => {
    const cased = new Set(CASES.map(({ check }) => check))
    expect(CHECKS.map(({ name }) => name).filter((name) => !cased.has(name))).toEqual([
      'mixedZones',
      'skippedTime',
      'repeatedTime',
      'clock',
    ])
  })

  it('has defaults that are the first policy', () => {
    for (const { name, policies } of CHECKS) expect(checkPolicies()[name]).toBe(policies[0])
    expect(refused([A], { checks: { flatt: 'keep' } as never }).message).toContain('Did you mean flat?')
    expect(refused([A], { checks: { flat: 'mend' } as never }).message).toContain(
      'the policy of flat must be keep, drop, error, found "mend"',
    )
  })
})

describe('repairs', () => {
  it('make of the prices what they are', () => {
    expect(load(['2024-01-02,5,3,7,4,1'], { checks: { highBelowLow: 'repair' } })).toMatchObject({
      high: [7],
      low: [3],
    })
    expect(load(['2024-01-02,9,7,5,4,1'], { checks: { outside: 'repair' } })).toMatchObject({ high: [9], low: [4] })
    expect(load(['2024-01-02,9,,,4,1'], { checks: { outside: 'repair' } })).toMatchObject({ high: [9], low: [4] })
  })

  it('by other options are the same policies', () => {
    const rows = [A, C, B]
    expect(load(rows, { sort: true }).checks.order).toMatchObject({ policy: 'repair', count: 1 })
    expect(load(['2024-01-02,1,2,-1,1,1'], { allowNonPositive: true })).toMatchObject({
      allowNonPositive: true,
      checks: { nonPositive: { policy: 'keep', count: 1 } },
    })
  })

  it('do not touch what a caller gave', () => {
    const rows = [A, '2024-01-03,101,100,102,101,5']
    const before = load(rows, { checks: { highBelowLow: 'repair' } })
    expect(load(rows, { checks: { highBelowLow: 'repair' } })).toEqual(before)
  })
})

describe('the record', () => {
  it('is plain data, and part of the digest that asks for it', () => {
    const plain = load([A, B])
    const same = load([A, B, B], {})
    expect(same.digest).toBe(plain.digest)
    expect(same.snapshot).not.toBe(plain.snapshot)
    expect(load([A, B]).snapshot).toBe(plain.snapshot)
    expect(load([A, B], { checks: { flat: 'drop' } })).toMatchObject({ digest: plain.digest })
    expect(load([A, B], { checks: { flat: 'drop' } }).snapshot).not.toBe(plain.snapshot)
    const market = readCsv({ bytes: [HEADER, A, B, B].join('\n'), file: 'x.csv' })
    expect(JSON.parse(JSON.stringify(market.provenance))).toEqual(structuredClone(market.provenance))
    expect(market.slice(1).provenance).toBe(market.provenance)
    market.release()
  })

  it('has at most five offences of a check, and counts all', () => {
    const rows = Array.from({ length: 20 }, (_, i) => `2024-01-${String(i + 1).padStart(2, '0')},1,1,1,1,0`)
    const { checks } = load(rows)
    expect([checks.flat.count, checks.flat.first.length, checks.zeroVolume.first.map(({ line }) => line)]).toEqual([
      20,
      5,
      [2, 3, 4, 5, 6],
    ])
    expect(load([...rows].reverse()).checks.flat.first.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6])
  })
})

describe('any rows', () => {
  const row = fc.record({
    day: fc.integer({ min: 1, max: 12 }),
    open: fc.integer({ min: -1, max: 6 }),
    high: fc.integer({ min: -1, max: 6 }),
    low: fc.integer({ min: -1, max: 6 }),
    close: fc.integer({ min: -1, max: 6 }),
    odd: fc.integer({ min: 0, max: 20 }),
  })
  const policies = fc.record(
    Object.fromEntries(
      CHECKS.map(({ name, policies }) => [name, fc.constantFrom(...policies.filter((policy) => policy !== 'error'))]),
    ) as Record<CheckName, fc.Arbitrary<Policy>>,
  )
  it('are all used, or counted: bars plus what was dropped is what was there', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), policies, (rows, checks) => {
        const lines = rows.map(({ day, open, high, low, close, odd }) =>
          odd === 0
            ? 'x,y'
            : odd === 1
              ? ',,,,,'
              : odd === 2
                ? `2024-01-${day},1,,,,3`
                : `2024-01-${day},${open},${high},${low},${close},5`,
        )
        let loaded: ReturnType<typeof load>
        try {
          loaded = load(lines, { checks })
        } catch (error) {
          // Nothing but bad rows, or a high below the low that no policy mends.
          expect((error as FillgridError).code).toMatch(/^invalid_/)
          return
        }
        const outcomes = Object.values(loaded.checks)
        const reported = outcomes.filter(({ policy }) => policy === 'drop').reduce((sum, { count }) => sum + count, 0)
        const corrected = loaded.checks.duplicates?.policy === 'repair' ? loaded.checks.duplicates.count : 0
        // A row may fail several checks, so what is reported is at least what is gone.
        expect(loaded.close.length + reported + corrected).toBeGreaterThanOrEqual(rows.length)
        if (outcomes.every(({ policy }) => policy !== 'drop') && corrected === 0)
          expect(loaded.close.length).toBe(rows.length)
      }),
      { numRuns: 300 },
    )
  })

  it('are the same market in any order, where order is repaired', () => {
    const days = Array.from(
      { length: 40 },
      (_, i) =>
        `${new Date(1704067200000 + i * DAY).toISOString().slice(0, 10)},${100 + i},${102 + i},${99 + i},${101 + i},${i}`,
    )
    const whole = load(days).digest
    fc.assert(
      fc.property(fc.shuffledSubarray(days, { minLength: days.length }), (shuffled) => {
        expect(load(shuffled, { checks: { order: 'repair' } }).digest).toBe(whole)
      }),
      { numRuns: 50 },
    )
    expect(load([...days].reverse()).digest).toBe(whole)
  })
})

describe('holes', () => {
  const stamps = (...hours: number[]) => Float64Array.from(hours, (hour) => hour * 3600000)
  const weekly = (weeks: number, hours: readonly number[], without: readonly number[] = []) => {
    const out: number[] = []
    for (let week = 0; week < weeks; week++) for (const hour of hours) out.push(week * 168 + hour)
    return stamps(...out.filter((hour) => !without.includes(hour)))
  }
  const session = Array.from({ length: 5 }, (_, day) => [0, 1, 2, 4, 5].map((hour) => day * 24 + hour + 9)).flat()

  it('are where the same moment a week before and after has a bar', () => {
    expect(findHoles(weekly(4, session), 3600000)).toMatchObject({ rows: [], missing: 0 })
    const hole = weekly(4, session, [168 + 24 + 10, 168 + 24 + 11])
    expect(findHoles(hole, 3600000)).toMatchObject({ missing: 2, longest: 4 * 3600000 })
    // In the first and the last week one side tells.
    expect(findHoles(weekly(4, session, [10]), 3600000).missing).toBe(1)
    expect(findHoles(weekly(4, session, [3 * 168 + 24 + 10]), 3600000).missing).toBe(1)
    // A day without bars.
    expect(
      findHoles(
        weekly(
          4,
          session,
          session.slice(5, 10).map((hour) => hour + 168),
        ),
        3600000,
      ).missing,
    ).toBe(5)
  })

  it('longer than a week are counted by the weeks around them', () => {
    const gone = [1, 2].flatMap((week) => session.map((hour) => week * 168 + hour))
    expect(findHoles(weekly(5, session, gone), 3600000)).toMatchObject({ missing: 50 })
    expect(findHoles(weekly(5, session, gone), 3600000).rows.length).toBe(1)
  })

  it('by a calendar know holidays', () => {
    const days = ['2024-03-27', '2024-03-28', '2024-04-01', '2024-04-02', '2024-04-04'].map((day) => `${day},1,1,1,1,1`)
    // Good Friday was on 29 March; 3 April lacks its bar.
    const { checks } = load(days, { calendar: 'NYSE' })
    expect(checks.gaps).toMatchObject({ count: 1, detail: '1 bar is missing; the longest hole is 2 d.' })
    expect(load(days, { calendar: calendar('XETRA') }).checks.gaps).toMatchObject({ count: 1 })
    expect(refused(days, { calendar: 'NYZE' }).message).toContain('Did you mean NYSE')
  })

  it('are not looked for in ticks, nor without end', () => {
    expect(findHoles(stamps(0, 1, 3, 7, 12, 30), 3600000).rows).toEqual([])
    const far = Float64Array.from({ length: 100 }, (_, i) => (i < 50 ? i : 1e12 + i))
    expect(findHoles(far, 1)).toMatchObject({ more: true })
  })
})

it('lengths of time', () => {
  expect([0.5, 250, 1000, 90000, 3600000, 90 * 60000, DAY, 2 * DAY + 3600000 + 60000].map(duration)).toEqual([
    '0.5 ms',
    '250 ms',
    '1 s',
    '1 min 30 s',
    '1 h',
    '1 h 30 min',
    '1 d',
    '2 d 1 h',
  ])
})
