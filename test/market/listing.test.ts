/** When assets are listed and when they have ended, as a fact of the market (semantics 3.11). */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { getEngine } from '../../src/kernel/load.ts'
import { adjust } from '../../src/market/adjust.ts'
import type { AssetTable, MarketOptions } from '../../src/market/input.ts'
import { NEVER } from '../../src/market/listing.ts'
import { Market } from '../../src/market/market.ts'
import { resample } from '../../src/market/resample.ts'

const DAY = 86_400_000
const GONE = Number.NaN
const day = (index: number) => Date.UTC(2024, 0, 1) + index * DAY

/** A market of closes by asset, a day apart. */
function of(closes: Record<string, number[]>, options: MarketOptions = {}): Market {
  const rows = Object.values(closes)
  return Market.from(
    {
      assets: Object.keys(closes),
      time: rows[0].map((_, t) => day(t)),
      close: rows[0].flatMap((_, t) => rows.map((row) => row[t])),
    },
    options,
  )
}

/** The columns that the kernel reads: first bars and ends. */
function columns(market: Market): { listed: number[]; ends: number[] } | undefined {
  const { listed, ends } = market.listing
  expect(listed === 0).toBe(ends === 0)
  const { arena } = getEngine()
  if (listed === 0) return undefined
  return { listed: [...arena.i32(listed, market.assetCount)], ends: [...arena.i32(ends, market.assetCount)] }
}

function refused(work: () => unknown): FillgridError {
  try {
    work()
  } catch (error) {
    if (error instanceof FillgridError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const LATE = { A: [1, 1, 1, 1, 1], B: [GONE, GONE, 2, GONE, 2], C: [3, 3, GONE, GONE, GONE], D: Array(5).fill(GONE) }

describe('the listing of a market', () => {
  it('is nothing where every asset has every bar and none has ended', () => {
    const dense = of({ A: [1, 2], B: [3, 4] })
    expect([columns(dense), dense.delisted]).toEqual([undefined, {}])
    // 'infer' finds nothing in it.
    const asked = of({ A: [1, 2], B: [3, 4] }, { delisted: 'infer' })
    expect([columns(asked), asked.delisted]).toEqual([undefined, {}])
    dense.release()
    asked.release()
  })

  it('has the first bar of each asset, and no end that was not said', () => {
    const market = of(LATE)
    expect(columns(market)).toEqual({ listed: [0, 2, 0, NEVER], ends: [NEVER, NEVER, NEVER, NEVER] })
    expect(market.delisted).toEqual({})
    market.release()
  })

  it('infers an end from a last bar that is not the market’s', () => {
    const market = of(LATE, { delisted: 'infer' })
    expect(columns(market)).toEqual({ listed: [0, 2, 0, NEVER], ends: [NEVER, NEVER, 2, NEVER] })
    expect(market.delisted).toEqual({ C: day(2) })
    market.release()
  })

  it.each([
    ['milliseconds', day(3), 3],
    ['a date', '2024-01-04', 3],
    ['a moment', '2024-01-03T00:00:00.001Z', 3],
    ['with a zone', '2024-01-04T01:00+02:00', 3],
    ['a zone without a colon', '2024-01-04T02:00:00.000+0200', 3],
    ['without a zone, which is UTC', '2024-01-04 00:00', 3],
    ['a Date', new Date(day(3)), 3],
    ['the bar after its last', day(2), 2],
    ['the moment after its last', day(1) + 1, 2],
    ['beyond the data', day(5), NEVER],
  ])('takes a time as %s', (_, time, bar) => {
    const market = of(LATE, { delisted: { C: time } })
    expect(columns(market)!.ends).toEqual([NEVER, NEVER, bar, NEVER])
    expect(Object.keys(market.delisted)).toEqual(['C'])
    market.release()
  })

  it('takes the time of a table, and the options’ before it', () => {
    const table = (asset: string, bars: number, delisted?: AssetTable['delisted']): AssetTable => ({
      asset,
      time: Array.from({ length: bars }, (_, t) => day(t)),
      close: Array(bars).fill(1),
      ...(delisted === undefined ? {} : { delisted }),
    })
    const tables = [table('A', 4), table('B', 2, '2024-01-04'), table('C', 1)]
    const made = (options: MarketOptions) => {
      const market = Market.from(tables, options)
      const { delisted } = market
      market.release()
      return delisted
    }
    expect(made({})).toEqual({ B: day(3) })
    expect(made({ delisted: { B: day(2) } })).toEqual({ B: day(2) })
    expect(made({ delisted: 'infer' })).toEqual({ B: day(3), C: day(1) })
    const two = [table('A', 4), table('B', 2, day(3)), { ...table('B', 1, '2024-01-04'), time: [day(2)] }]
    const joined = Market.from(two)
    expect(joined.delisted).toEqual({ B: day(3) })
    joined.release()
    const torn = refused(() => Market.from([...two.slice(0, 2), { ...two[2], delisted: day(4) }]))
    expect([torn.code, torn.place]).toEqual(['invalid_market', { asset: 'B' }])
  })

  it('counts from the start of a bar where stamps label its end', () => {
    // Bars of a day, stamped at their ends: the second begins at day 1, at the delisted time, and is C's first absent one.
    const market = of({ A: [1, 1, 1], C: [1, GONE, GONE] }, { barTime: 'close', delisted: { C: day(0) } })
    expect(market.time[1]).toBe(day(0))
    expect(columns(market)!.ends).toEqual([NEVER, 1])
    market.release()
  })
})

describe('what is refused', () => {
  it('is a bar at or after the time', () => {
    const error = refused(() => of(LATE, { delisted: { B: day(3) } }))
    expect(error.code).toBe('invalid_market')
    expect(error.place).toEqual({ asset: 'B', bar: 4, time: '2024-01-05T00:00:00.000Z' })
    expect(error.message).toBe(
      'market: an asset must have no bar from its delisted time on (2024-01-04T00:00:00.000Z), found one at asset B, bar 4 (2024-01-05T00:00:00.000Z). Leave out the row, or mend `delisted`.',
    )
    expect(refused(() => of(LATE, { delisted: { C: day(1) } })).place).toMatchObject({ asset: 'C', bar: 1 })
  })

  it('is an asset that is not there', () => {
    const error = refused(() => of({ ABC: [1, 2], XYZ: [1, 2] }, { delisted: { ABD: day(2) } }))
    expect([error.code, error.message]).toEqual([
      'unknown_name',
      'market: delisted names asset "ABD", which is not in it. Did you mean ABC?',
    ])
    // Names of every object are none of the market's.
    expect(refused(() => of(LATE, { delisted: { constructor: day(9) } })).code).toBe('unknown_name')
  })

  it.each([
    ['a day that does not exist', '2024-02-31'],
    ['words', 'tomorrow'],
    ['not a number', Number.NaN],
    ['an endless time', Number.POSITIVE_INFINITY],
    ['a Date of nothing', new Date(Number.NaN)],
    ['an hour that does not exist', '2024-01-31T25:00'],
    ['nothing', null as unknown as string],
    ['a list', [1] as unknown as string],
  ])('is %s as a time', (_, time) => {
    const error = refused(() => of(LATE, { delisted: { C: time } }))
    expect([error.code, error.place.asset]).toEqual(['invalid_value', 'C'])
    expect(error.message).toMatch(/^market: delisted of C must be /)
  })

  it.each([['inferred'], [new Date(0)], [new Map([['C', 1]])], [true], [null], [['C']]])(
    'is %o as a whole',
    (given) => {
      expect(refused(() => of(LATE, { delisted: given as unknown as 'infer' })).code).toBe('invalid_value')
    },
  )

  it('gives all memory back', () => {
    const { arena } = getEngine()
    const before = arena.bytesHeld
    const wrong: MarketOptions['delisted'][] = [{ B: day(3) }, { X: day(3) }, { C: 'x' }]
    for (const delisted of wrong) refused(() => of(LATE, { delisted }))
    const market = of(LATE, { delisted: 'infer' })
    const part = market.slice(1, 3)
    market.release()
    part.release()
    expect(arena.bytesHeld).toBe(before)
  })
})

describe('markets made of a market', () => {
  it('slices know what the whole market knows, in their own bars', () => {
    const market = of(LATE, { delisted: 'infer' })
    const bars = (from: number, to?: number) => {
      const part = market.slice(from, to)
      const found = columns(part)
      part.release()
      return found
    }
    expect(bars(0, 2)).toEqual({ listed: [0, 2, 0, NEVER], ends: [NEVER, NEVER, 2, NEVER] })
    expect(bars(1)).toEqual({ listed: [0, 1, 0, NEVER], ends: [NEVER, NEVER, 1, NEVER] })
    // B was listed before: without a bar of its own at first it is listed all the same. C had ended.
    expect(bars(3)).toEqual({ listed: [0, 0, 0, NEVER], ends: [NEVER, NEVER, -1, NEVER] })
    const inner = market.slice(1)
    const again = inner.slice(2)
    expect(columns(again)).toEqual({ listed: [0, 0, 0, NEVER], ends: [NEVER, NEVER, -1, NEVER] })
    for (const one of [market, inner, again]) one.release()
  })

  it('a dense slice without an end has none', () => {
    const market = of({ A: [1, 1, 1], B: [GONE, 1, 1] })
    const part = market.slice(1)
    expect(columns(part)).toBeUndefined()
    market.release()
    part.release()
  })

  it('is kept by further columns, by a description, by adjusted prices', () => {
    const market = of(LATE, { delisted: 'infer' })
    const more = market.with({ context: { x: [1, 2, 3, 4, 5] } })
    const attached = Market.attach(structuredClone(more.descriptor()))
    const adjusted = adjust(market, [{ asset: 'A', time: day(2), split: 2 }])
    for (const one of [more, attached, adjusted]) {
      expect(one.delisted).toEqual({ C: day(2) })
      expect(columns(one)).toEqual(columns(market))
    }
    for (const one of [adjusted, attached, more, market]) one.release()
  })

  it('in longer bars an asset has ended with the first that begins after its last', () => {
    const hour = 3_600_000
    const closes = { A: Array(96).fill(1), C: [...Array(30).fill(1), ...Array(66).fill(GONE)] }
    const hourly = Market.from(
      {
        assets: ['A', 'C'],
        time: closes.A.map((_, t) => day(0) + t * hour),
        close: closes.A.flatMap((_, t) => [closes.A[t], closes.C[t]]),
      },
      { delisted: 'infer' },
    )
    expect(hourly.delisted).toEqual({ C: day(0) + 30 * hour })
    const { market } = resample(hourly, '1d')
    // Its last hours are in the second day.
    expect([market.bars, columns(market)!.ends]).toEqual([4, [NEVER, 2]])
    hourly.release()
    market.release()
  })

  it('in bars that are stamped later than they begin too', () => {
    // Futures trade from the evening before: the bar of a date begins before its stamp, and so does the asset's end in it.
    const hour = 3_600_000
    const evening = Date.UTC(2024, 0, 7, 23)
    const time = Array.from({ length: 23 * 2 }, (_, i) => evening + (i < 23 ? i : i + 1) * hour)
    const market = Market.from(
      { assets: ['A', 'C'], time, close: time.flatMap((_, i) => [1, i < 1 ? 1 : GONE]) },
      { delisted: 'infer' },
    )
    expect(market.delisted).toEqual({ C: evening + hour })
    const daily = resample(market, '1d', { calendar: 'CME', outside: 'extend' }).market
    expect(daily.close[1]).toBe(1)
    expect(columns(daily)!.ends).toEqual([NEVER, 1])
    market.release()
    daily.release()
  })
})

describe('the digest', () => {
  it('holds the times where there are some, and is what it was elsewhere', () => {
    const all: MarketOptions[] = [
      {},
      { delisted: {} },
      { delisted: { C: day(2) } },
      { delisted: 'infer' },
      { delisted: { C: day(3) } },
      { delisted: { C: day(2), D: day(2) } },
    ]
    const digests = all.map((options) => {
      const market = of(LATE, options)
      const digest = market.digest()
      market.release()
      return digest
    })
    expect(digests[1]).toBe(digests[0])
    expect(digests[3]).toBe(digests[2])
    expect(new Set(digests).size).toBe(4)
  })
})

it('is what the closes and times say, in every slice', () => {
  const cell = fc.constantFrom(1, GONE)
  const draw = fc.integer({ min: 1, max: 4 }).chain((assets) =>
    fc.record({
      rows: fc.array(fc.array(cell, { minLength: assets, maxLength: assets }), { minLength: 1, maxLength: 9 }),
      ends: fc.array(fc.option(fc.integer({ min: -2, max: 21 }), { nil: undefined }), {
        minLength: assets,
        maxLength: assets,
      }),
      from: fc.nat(),
      to: fc.nat(),
    }),
  )
  fc.assert(
    fc.property(draw, ({ rows, ends, from, to }) => {
      const bars = rows.length
      // Half days, so that times lie on bars and between them; what they forbid is taken out.
      const time = ends.map((half) => (half === undefined ? Number.POSITIVE_INFINITY : day(0) + (half * DAY) / 2))
      const closes = rows.map((row, t) => row.map((x, a) => (day(t) >= time[a] ? GONE : x)))
      const names = time.map((_, a) => `A${a}`)
      const delisted = Object.fromEntries(
        time.flatMap((ms, a) => (Number.isFinite(ms) ? [[names[a], new Date(ms)]] : [])),
      )
      const whole = Market.from(
        { assets: names, time: closes.map((_, t) => day(t)), close: closes.flat() },
        { delisted },
      )
      const start = from % bars
      const market = whole.slice(start, start + 1 + (to % (bars - start)))
      const found = columns(market)
      for (let a = 0; a < names.length; a++) {
        const first = closes.findIndex((row) => !Number.isNaN(row[a]))
        for (let bar = 0; bar < market.bars; bar++) {
          const t = start + bar
          expect(bar >= (found ? found.listed[a] : 0)).toBe(first >= 0 && t >= first)
          expect(bar >= (found ? found.ends[a] : NEVER)).toBe(day(t) >= time[a])
        }
      }
      market.release()
      whole.release()
    }),
    { numRuns: 500 },
  )
})
