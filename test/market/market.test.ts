import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { getEngine } from '../../src/kernel/load.ts'
import { Sha256, sha256 } from '../../src/kernel/sha256.ts'
import type { AssetTable, MarketColumns, MarketOptions } from '../../src/market/input.ts'
import { Market } from '../../src/market/market.ts'
import { nearNames } from '../../src/market/names.ts'

const DAY = 86400000
const NaN_ = Number.NaN

/** The error of a call, as code, message and place. */
function refused(work: () => unknown): FillgridError {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(FillgridError)
    return error as FillgridError
  }
  throw new Error('nothing was refused')
}

function day(index: number): number {
  return Date.UTC(2024, 0, 1) + index * DAY
}

describe('time-major arrays', () => {
  it('keeps the values, time-major, and fills nothing that is there', () => {
    const market = Market.from({
      assets: ['A', 'B'],
      time: [day(0), day(1)],
      open: [1, 10, 2, 20],
      high: [1.5, 15, 2.5, 25],
      low: [0.5, 5, 1.5, 15],
      close: [1.2, 12, 2.2, 22],
      volume: [100, 200, 300, 400],
    })
    expect(market.assets).toEqual(['A', 'B'])
    expect([market.bars, market.assetCount, market.dense, market.step]).toEqual([2, 2, true, DAY])
    expect([...market.time]).toEqual([day(0), day(1)])
    expect([...market.open]).toEqual([1, 10, 2, 20])
    expect([...market.high]).toEqual([1.5, 15, 2.5, 25])
    expect([...market.low]).toEqual([0.5, 5, 1.5, 15])
    expect([...market.close]).toEqual([1.2, 12, 2.2, 22])
    expect([...market.volume]).toEqual([100, 200, 300, 400])
    expect(market.pointers.rangeHigh).toBe(market.pointers.high)
    expect(market.pointers.rangeLow).toBe(market.pointers.low)
    expect(market.remarks).toEqual([])
    expect(market.barTime(1)).toBe('2024-01-02T00:00:00.000Z')
    expect(market.assetIndex('B')).toBe(1)
    market.release()
  })

  it('fills missing prices and volume by rule 1.3, and an absent bar wholly', () => {
    const market = Market.from({
      assets: ['A', 'B'],
      time: [0, 1, 2],
      open: [NaN_, 5, 4, 7, 3, NaN_],
      high: [NaN_, NaN_, 6, 9, 5, 9],
      low: [NaN_, NaN_, NaN_, 6, 2, 8],
      close: [2, 3, 5, NaN_, 4, 8.5],
      volume: [NaN_, 1, 2, 3, 4, 5],
    })
    expect([...market.open]).toEqual([2, 5, 4, NaN_, 3, 8.5])
    expect([...market.high]).toEqual([2, 5, 6, NaN_, 5, 9])
    expect([...market.low]).toEqual([2, 3, 4, NaN_, 2, 8])
    expect([...market.close]).toEqual([2, 3, 5, NaN_, 4, 8.5])
    expect([...market.volume]).toEqual([0, 1, 2, NaN_, 4, 5])
    expect(market.dense).toBe(false)
    expect(market.remarks.map(({ code, count }) => [code, count])).toEqual([
      ['prices_filled', 4],
      ['incomplete_bars', 1],
    ])
    market.release()
  })

  it('reports and uses an open or close outside the range, and gives triggers the wider one', () => {
    const market = Market.from({
      assets: ['A'],
      time: [0, 1, 2],
      open: [5, 2, 3],
      high: [4, 4, 4],
      low: [2, 2, 2],
      close: [3, 1, 3],
    })
    expect([...market.high]).toEqual([4, 4, 4])
    expect([...market.low]).toEqual([2, 2, 2])
    expect([...market.rangeHigh]).toEqual([5, 4, 4])
    expect([...market.rangeLow]).toEqual([2, 1, 2])
    expect(market.remarks.map(({ code, count }) => [code, count])).toEqual([
      ['open_outside_range', 1],
      ['close_outside_range', 1],
    ])
    market.release()
  })

  it('knows closes only', () => {
    const market = Market.from({ assets: ['A'], time: [0, 1], close: [1, 2] })
    expect([...market.low]).toEqual([1, 2])
    expect(market.remarks.map((remark) => remark.code)).toEqual(['closes_only'])
    market.release()
  })

  it('reads typed arrays, big integers, null and undefined', () => {
    const market = Market.from({
      assets: ['A'],
      time: BigInt64Array.of(5n, 6n),
      open: [null, undefined],
      close: Float32Array.of(1.5, 2.5),
    })
    expect([...market.time]).toEqual([5, 6])
    expect([...market.open]).toEqual([1.5, 2.5])
    market.release()
  })

  it('sorts bars with all their columns when asked', () => {
    const input: MarketColumns = {
      assets: ['A', 'B'],
      time: [3, 1, 2],
      close: [30, 31, 10, 11, 20, 21],
      signals: { x: [3, 3.5, 1, 1.5, 2, 2.5] },
      context: { vix: [300, 100, 200] },
    }
    const market = Market.from(input, { sort: true })
    expect([...market.time]).toEqual([1, 2, 3])
    expect([...market.close]).toEqual([10, 11, 20, 21, 30, 31])
    expect([...market.signals.get('x')!.values]).toEqual([1, 1.5, 2, 2.5, 3, 3.5])
    expect([...market.context.get('vix')!]).toEqual([100, 200, 300])
    expect(market.remarks.map(({ code, count }) => [code, count])).toContainEqual(['rows_sorted', 1])
    expect(refused(() => Market.from(input)).message).toBe(
      'market: time must increase, found 1970-01-01T00:00:00.001Z after 1970-01-01T00:00:00.003Z at bar 1. Sort the rows or pass `sort: true`.',
    )
    market.release()
  })

  it('turns stamps of closes into starts of bars', () => {
    const hour = 3600000
    const market = Market.from({
      assets: ['A'],
      time: [hour, 2 * hour, 5 * hour, 5.5 * hour, 6.5 * hour],
      close: [1, 1, 1, 1, 1],
      barTime: 'close',
    })
    expect([...market.time].map((ms) => ms / hour)).toEqual([0, 1, 4, 5, 5.5])
    market.release()
    const one = Market.from({ assets: ['A'], time: [hour], close: [1], barTime: 'close', barLength: 60000 })
    expect([...one.time]).toEqual([hour - 60000])
    one.release()
    expect(refused(() => Market.from({ assets: ['A'], time: [hour], close: [1], barTime: 'close' })).message).toContain(
      'barLength',
    )
  })
})

describe('tables per asset', () => {
  const a: AssetTable = {
    asset: 'A',
    time: [1, 2, 4],
    open: [1, 2, 4],
    close: [1.5, 2.5, 4.5],
    signals: { x: [10, 20, 40] },
  }
  const b: AssetTable = { asset: 'B', time: [2, 3], close: [7, 8], volume: [70, 80], signals: { y: [1, 2] } }

  it('takes the union of time stamps and leaves absent bars NaN', () => {
    const market = Market.from([a, b])
    expect([...market.time]).toEqual([1, 2, 3, 4])
    expect([...market.close]).toEqual([1.5, NaN_, 2.5, 7, NaN_, 8, 4.5, NaN_])
    expect([...market.open]).toEqual([1, NaN_, 2, 7, NaN_, 8, 4, NaN_])
    expect([...market.volume]).toEqual([0, NaN_, 0, 70, NaN_, 80, 0, NaN_])
    expect([...market.signals.get('x')!.values]).toEqual([10, NaN_, 20, NaN_, NaN_, NaN_, 40, NaN_])
    expect([...market.signals.get('y')!.values]).toEqual([NaN_, NaN_, NaN_, 1, NaN_, 2, NaN_, NaN_])
    market.release()
  })

  it('joins tables of one asset in time, in whatever order they come', () => {
    const market = Market.from([
      { asset: 'A', time: [5, 6], close: [5, 6] },
      { asset: 'A', time: [1, 2], close: [1, 2] },
    ])
    expect([...market.close]).toEqual([1, 2, 5, 6])
    expect(market.assets).toEqual(['A'])
    market.release()
  })

  it('refuses tables of one asset that overlap', () => {
    const error = refused(() =>
      Market.from([
        { asset: 'A', time: [1, 5], close: [1, 2], origin: (row) => ({ file: 'one.csv', line: row + 2 }) },
        { asset: 'A', time: [5, 6], close: [5, 6], origin: (row) => ({ file: 'two.csv', line: row + 2 }) },
      ]),
    )
    expect(error.code).toBe('invalid_market')
    expect(error.message).toContain('two.csv line 2, asset A')
    expect(error.message).toContain('(one.csv)')
    expect(error.place).toMatchObject({ file: 'two.csv', line: 2, asset: 'A' })
  })

  it('says file and line of unsorted, duplicate and bad rows, also after sorting', () => {
    const origin = (row: number) => ({ file: 'p.csv', line: row + 2 })
    const table = (time: number[], close: number[]): AssetTable[] => [{ asset: 'A', time, close, origin }]
    expect(refused(() => Market.from(table([2, 1], [1, 1]))).message).toContain(
      'at p.csv line 3, asset A. Sort the rows',
    )
    expect(refused(() => Market.from(table([1, 1], [1, 1]))).message).toContain(
      'again after line 2 at p.csv line 3, asset A',
    )
    expect(refused(() => Market.from(table([1, 3, 2, 3], [1, 1, 1, 1]), { sort: true })).message).toContain(
      'again after line 3 at p.csv line 5',
    )
    expect(refused(() => Market.from(table([3, 2, 1], [1, -4, 1]), { sort: true })).place).toMatchObject({
      file: 'p.csv',
      line: 3,
      column: 'close',
    })
  })

  it('does not depend on the order of tables or rows but for the order of assets', () => {
    const rows = fc.uniqueArray(fc.tuple(fc.constantFrom('A', 'B', 'C'), fc.integer({ min: 0, max: 12 })), {
      minLength: 1,
      selector: (r) => r.join(),
    })
    fc.assert(
      fc.property(rows, fc.infiniteStream(fc.nat()), (keys, random) => {
        const make = (order: [string, number][]) =>
          ['A', 'B', 'C']
            .map((asset) => ({ asset, rows: order.filter((row) => row[0] === asset) }))
            .filter(({ rows: own }) => own.length > 0)
            .map(({ asset, rows: own }) => ({
              asset,
              time: own.map((row) => row[1]),
              close: own.map((row) => 1 + row[1] + asset.charCodeAt(0)),
              signals: { s: own.map((row) => row[1]) },
            }))
        const shuffled = [...keys]
          .map((key) => ({ key, at: random.next().value as number }))
          .sort((p, q) => p.at - q.at)
        const one = Market.from(make([...keys].sort((p, q) => p[1] - q[1])))
        const two = Market.from(make(shuffled.map(({ key }) => key)), { sort: true })
        // The reference: a cell of the union is the row with its key, or NaN.
        const times = [...new Set(keys.map((key) => key[1]))].sort((p, q) => p - q)
        expect([...one.time]).toEqual(times)
        const expected = times.flatMap((t) =>
          one.assets.map((asset) =>
            keys.some((key) => key[0] === asset && key[1] === t) ? 1 + t + asset.charCodeAt(0) : NaN_,
          ),
        )
        expect([...one.close]).toEqual(expected)
        expect(two.digest()).toBe(one.digest())
        one.release()
        two.release()
      }),
      { numRuns: 300 },
    )
  })

  it('brings context to the bars by equal stamps, or carries the last known value', () => {
    const context = { time: [0, 2, 3.5], columns: { vix: [10, 12, 13] } }
    const exact = Market.from([a, b], { context })
    expect([...exact.context.get('vix')!]).toEqual([NaN_, 12, NaN_, NaN_])
    expect(exact.remarks.find((remark) => remark.code === 'context_unmatched')?.count).toBe(2)
    const carried = Market.from([a, b], { context: { ...context, carry: true } })
    expect([...carried.context.get('vix')!]).toEqual([10, 12, 12, 13])
    exact.release()
    carried.release()
    expect(refused(() => Market.from([a], { context: { time: [2, 1], columns: {} } })).message).toContain(
      'time must increase',
    )
  })
})

describe('what is refused', () => {
  const bar = { open: 2, high: 3, low: 1, close: 2, volume: 1 }
  const one = (change: Partial<typeof bar>, options: MarketOptions = {}) => {
    const columns = Object.fromEntries(
      Object.entries({ ...bar, ...change }).map(([name, value]) => [name, [value]]),
    ) as unknown as MarketColumns
    return Market.from({ ...columns, assets: ['EURUSD'], time: [day(0)] }, options)
  }
  const cases: [string, () => unknown, string, string][] = [
    ['no assets', () => Market.from({ assets: [], time: [0], close: [] }), 'invalid_market', 'at least one asset'],
    ['no tables', () => Market.from([]), 'invalid_market', 'at least one asset'],
    ['no bars', () => Market.from({ assets: ['A'], time: [], close: [] }), 'invalid_market', 'at least one bar'],
    [
      'no close',
      () => Market.from({ assets: ['A'], time: [1] } as unknown as MarketColumns),
      'invalid_market',
      'column close is needed',
    ],
    ['asset twice', () => Market.from({ assets: ['A', 'A'], time: [0], close: [1, 1] }), 'invalid_market', '"A" twice'],
    ['nameless asset', () => Market.from({ assets: [''], time: [0], close: [1] }), 'invalid_market', 'non-empty'],
    [
      'wrong length',
      () => Market.from({ assets: ['A'], time: [0, 1], close: [1] }),
      'invalid_market',
      '1 assets x 2 bars = 2 values, found 1',
    ],
    [
      'table of unequal columns',
      () => Market.from([{ asset: 'A', time: [0, 1], close: [1] }]),
      'invalid_market',
      'must have 2 values',
    ],
    [
      'text',
      () => Market.from({ assets: ['A'], time: [0], close: ['x' as unknown as number] }),
      'invalid_value',
      'found "x" at row 0',
    ],
    [
      'time that is none',
      () => Market.from({ assets: ['A'], time: [NaN_], close: [1] }),
      'invalid_market',
      'found NaN at bar 0',
    ],
    [
      'duplicate times',
      () => Market.from({ assets: ['A'], time: [1, 1], close: [1, 1] }),
      'invalid_market',
      'again after bar 0 at bar 1',
    ],
    [
      'high below low',
      () => one({ high: 1, low: 3 }),
      'invalid_market',
      'found high 1 and low 3 at asset EURUSD, bar 0 (2024-01-01T00:00:00.000Z)',
    ],
    ['filled high below low', () => one({ high: NaN_, low: 9 }), 'invalid_market', 'high must not be below low'],
    [
      'negative price',
      () => one({ low: -1 }),
      'invalid_market',
      'low must be positive, found -1 at column low, asset EURUSD, bar 0',
    ],
    ['zero price', () => one({ open: 0 }), 'invalid_market', 'open must be positive, found 0'],
    ['infinite price', () => one({ high: Number.POSITIVE_INFINITY }), 'invalid_market', 'high must be finite'],
    [
      'infinite negative price',
      () => one({ low: Number.NEGATIVE_INFINITY }, { allowNonPositive: true }),
      'invalid_market',
      'low must be finite',
    ],
    ['negative volume', () => one({ volume: -5 }), 'invalid_market', 'volume must not be negative, found -5'],
    ['unknown bar time', () => one({}, { barTime: 'middle' as 'open' }), 'invalid_value', 'barTime'],
    ['context of wrong length', () => one({}, { context: { vix: [1, 2] } }), 'invalid_market', 'context column vix'],
  ]
  it.each(cases)('%s', (_, work, code, part) => {
    const before = getEngine().arena.bytesHeld
    const error = refused(work)
    expect(error.code).toBe(code)
    expect(error.message).toContain(part)
    expect(getEngine().arena.bytesHeld).toBe(before)
  })

  it('allows prices that are not positive when told so', () => {
    const market = one({ open: 10, high: 13, low: -40.32, close: -37.63 }, { allowNonPositive: true })
    expect([...market.low]).toEqual([-40.32])
    market.release()
  })

  it('says how much memory is needed and how to split', () => {
    // 100,000 assets with a bar each at its own time: 10^10 cells.
    const tables = Array.from({ length: 20000 }, (_, i) => ({ asset: `A${i}`, time: [i], close: [1] }))
    const error = refused(() => Market.from(tables))
    expect(error.code).toBe('memory_limit')
    expect(error.message).toMatch(
      /20000 assets x 20000 bars x 5 columns need 1525\d MiB, found \d+ MiB at most, of 4096 MiB\. Load at most 5\d\d\d bars at a time/,
    )
  })

  it('names near assets for an unknown one', () => {
    const market = Market.from({ assets: ['AAPL', 'MSFT'], time: [0], close: [1, 1] })
    expect(refused(() => market.assetIndex('APPL')).message).toBe(
      'market: asset "APPL" is not in it. Did you mean AAPL?',
    )
    expect(refused(() => market.assetIndex('zzz')).message).toBe(
      'market: asset "zzz" is not in it. There are AAPL, MSFT.',
    )
    expect(refused(() => market.barTime(1)).code).toBe('out_of_range')
    market.release()
    expect(refused(() => market.close).message).toContain('released')
    expect(nearNames('sma_cros', ['sma-cross', 'rsi', 'SMA_CROSS'])).toEqual(['SMA_CROSS', 'sma-cross'])
  })
})

describe('periods', () => {
  const ends = (time: number[]) => {
    const market = Market.from({ assets: ['A'], time, close: time.map(() => 1) })
    const { periods } = market
    const out = { ends: [...getEngine().arena.i32(periods.ends, periods.count)], perYear: market.annual.perYear }
    market.release()
    return out
  }
  const monday = Date.UTC(2024, 0, 1)
  it('are the bars where no day has two', () => {
    expect(ends([monday, monday + DAY, monday + 4 * DAY])).toEqual({ ends: [0, 1, 2], perYear: 252 })
  })
  it('are the days where one has, here those of UTC: nothing tells where else to cut', () => {
    expect(ends([monday, monday + 1, monday + DAY, monday + 2 * DAY, monday + 2 * DAY + 5]).ends).toEqual([1, 2, 4])
  })
})

describe('slices, descriptors and digests', () => {
  const bars = 40
  const make = () =>
    Market.from({
      assets: ['A', 'B'],
      time: Array.from({ length: bars }, (_, i) => day(i)),
      open: Array.from({ length: 2 * bars }, (_, i) => 50 + (i % 7)),
      close: Array.from({ length: 2 * bars }, (_, i) => (i === 3 ? NaN_ : 50 + (i % 5))),
      high: Array.from({ length: 2 * bars }, () => 53),
      low: Array.from({ length: 2 * bars }, () => 40),
      signals: { s: Array.from({ length: 2 * bars }, (_, i) => i) },
      context: { c: Array.from({ length: bars }, (_, i) => i) },
    })

  it('slices without copying, and the memory lives as long as the last of them', () => {
    const before = getEngine().arena.bytesHeld
    const whole = make()
    const part = whole.slice(2, 10)
    expect(part.bars).toBe(8)
    for (const name of ['open', 'high', 'low', 'close', 'volume', 'rangeHigh', 'rangeLow'] as const) {
      expect([...part[name]]).toEqual([...whole[name].subarray(4, 20)])
    }
    expect([...part.time]).toEqual([...whole.time.subarray(2, 10)])
    expect([...part.context.get('c')!]).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
    expect([...part.signals.get('s')!.values]).toEqual([...whole.signals.get('s')!.values.subarray(4, 20)])
    const head = whole.slice(0, 2)
    expect([whole.dense, part.dense, head.dense]).toEqual([false, true, false])
    head.release()
    expect(part.periods.count).toBe(8)
    const copy = Market.from({
      assets: [...part.assets],
      time: part.time,
      open: part.open,
      high: part.high,
      low: part.low,
      close: part.close,
      volume: part.volume,
      signals: { s: part.signals.get('s')!.values },
      context: { c: part.context.get('c')! },
    })
    expect(copy.digest()).toBe(part.digest())
    copy.release()
    whole.release()
    const bar = part.slice(1, 2)
    expect(bar.close[0]).toBe(part.close[2])
    part.release()
    part.release()
    expect(bar.barTime(0)).toBe('2024-01-04T00:00:00.000Z')
    expect(refused(() => bar.slice(0, 0)).code).toBe('out_of_range')
    bar.release()
    expect(refused(() => part.slice(0, 1)).message).toContain('released')
    expect(getEngine().arena.bytesHeld).toBe(before)
  })

  it('attaches from a description that survives cloning', () => {
    const whole = make()
    const digest = whole.digest()
    const other = Market.attach(structuredClone(whole.descriptor()))
    expect(other.digest()).toBe(digest)
    expect([...other.close]).toEqual([...whole.close])
    expect(other.assetIndex('B')).toBe(1)
    other.release()
    expect(whole.close[0]).toBe(50)
    whole.release()
  })

  it('has one digest for equal content and another for any change', () => {
    const base: MarketColumns = { assets: ['A', 'B'], time: [1, 2], close: [1, 2, 3, 4] }
    const digest = (change: Partial<MarketColumns>) => {
      const market = Market.from({ ...base, ...change })
      const out = market.digest()
      market.release()
      return out
    }
    const original = digest({})
    expect(original).toMatch(/^[0-9a-f]{64}$/)
    expect(digest({ open: [1, 2, 3, 4], high: [1, NaN_, 3, 4] })).toBe(original)
    const changes: Partial<MarketColumns>[] = [
      { assets: ['A', 'C'] },
      { time: [1, 3] },
      { close: [1, 2, 3, 5] },
      { volume: [0, 0, 0, 1] },
      { close: [1, 2, 3, NaN_] },
      { signals: { s: [1, 2, 3, 4] } },
      { context: { s: [1, 2] } },
      { allowNonPositive: true },
    ]
    expect(new Set([original, ...changes.map(digest)]).size).toBe(changes.length + 1)
  })

  it('hashes like any other SHA-256, in pieces of any size', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), (parts) => {
        const mine = new Sha256(true)
        const own = new Sha256()
        const theirs = createHash('sha256')
        for (const part of parts) {
          mine.update(part)
          own.update(part)
          theirs.update(part)
        }
        const hex = theirs.digest('hex')
        expect([mine.hex(), own.hex()]).toEqual([hex, hex])
      }),
    )
    const long = Uint8Array.from({ length: 70001 }, (_, i) => i % 251)
    expect(new Sha256(true).update(long.subarray(1)).hex()).toBe(sha256(long.subarray(1)))
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(sha256(Float64Array.of(1, 2, 3))).toBe(
      createHash('sha256')
        .update(new Uint8Array(Float64Array.of(1, 2, 3).buffer))
        .digest('hex'),
    )
  })
})
