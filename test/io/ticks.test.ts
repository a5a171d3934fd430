import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { loadMarket } from '../../src/io/load.ts'
import { type TickBars, type Ticks, tickBars } from '../../src/io/ticks.ts'

const trades: Ticks = {
  time: Float64Array.of(1000, 1000, 1500, 2100, 4000, 4000, 4500),
  price: Float64Array.of(10, 12, 9, 11, 20, Number.NaN, 21),
  size: Float64Array.of(1, 2, 3, 4, 5, 6, 7),
}

function bars(ticks: Ticks, options: TickBars) {
  const { time, open, high, low, close, volume, row } = tickBars(ticks, options)
  return Array.from(time, (t, i) => [t, open[i], high[i], low[i], close[i], volume[i], row[i]])
}

describe('bars from ticks', () => {
  it('by time: spans without ticks have none, ticks without a price are left out', () => {
    expect(bars(trades, { by: 'time', every: 1000 })).toEqual([
      [1000, 10, 12, 9, 9, 6, 0],
      [2000, 11, 11, 11, 11, 4, 3],
      [4000, 20, 21, 20, 21, 12, 4],
    ])
    const { empty, signals } = tickBars(trades, { by: 'time', every: 1000 })
    expect([empty, [...signals.ticks], signals.vwap[0]]).toEqual([1, [3, 1, 2], (10 + 24 + 27) / 6])
  })

  it('by ticks, volume and money: the tick that fills a bar belongs to it; unfinished ones are left out on default', () => {
    expect(bars(trades, { by: 'tick', every: 3 })).toEqual([
      [1000, 10, 12, 9, 9, 6, 0],
      [2100, 11, 21, 11, 21, 16, 3],
    ])
    expect(bars(trades, { by: 'volume', every: 5 })).toEqual([
      [1000, 10, 12, 9, 9, 6, 0],
      [2100, 11, 20, 11, 20, 9, 3],
      [4500, 21, 21, 21, 21, 7, 6],
    ])
    expect(bars(trades, { by: 'dollar', every: 100 })).toEqual([
      [1000, 10, 12, 9, 11, 10, 0],
      [4000, 20, 20, 20, 20, 5, 4],
      [4500, 21, 21, 21, 21, 7, 6],
    ])
    expect(bars(trades, { by: 'tick', every: 4 })).toHaveLength(1)
    expect(bars(trades, { by: 'tick', every: 4, partial: true })).toHaveLength(2)
    expect(tickBars(trades, { by: 'tick', every: 4 }).unfinished).toBe(2)
  })

  it('a bar does not end before the stamp of its first tick has passed', () => {
    const time = Float64Array.of(1, 1, 1, 1, 2, 2, 3)
    const found = bars({ time, price: time, size: time }, { by: 'tick', every: 2 })
    expect(found.map(([start]) => start)).toEqual([1, 2])
    expect(found[0][5]).toBe(4)
  })

  it('quotes count by their middle, bid or ask', () => {
    const quotes: Ticks = {
      time: Float64Array.of(0, 1, 2),
      bid: Float64Array.of(1, 2, 4),
      ask: Float64Array.of(3, 4, 3),
    }
    expect(bars(quotes, { by: 'time', every: 10 })).toEqual([[0, 2, 3.5, 2, 3.5, 0, 0]])
    expect(bars(quotes, { by: 'time', every: 10, price: 'bid' })[0].slice(1, 5)).toEqual([1, 4, 1, 4])
    const { crossed, signals } = tickBars(quotes, { by: 'tick', every: 3, price: 'ask' })
    expect([crossed, signals.spread[0]]).toEqual([1, 1])
    expect(() => tickBars(quotes, { by: 'volume', every: 3 })).toThrow('volume bars need sizes, found quotes')
  })

  it('refuses what cannot be', () => {
    const wrong = (change: Partial<Ticks>, options: object = {}) => {
      try {
        tickBars({ ...trades, ...change }, { by: 'time', every: 1000, ...options } as TickBars)
      } catch (error) {
        return (error as FillgridError).message
      }
      return ''
    }
    expect(wrong({ time: Float64Array.of(1, 2, 1, 4, 5, 6, 7) })).toContain(
      'ticks must not go back in time, found 1970-01-01T00:00:00.001Z after',
    )
    expect(wrong({ time: Float64Array.of(1, Number.NaN, 2, 4, 5, 6, 7) })).toContain('found NaN')
    expect(wrong({ size: Float64Array.of(1, -2, 1, 4, 5, 6, 7) })).toContain('found -2 at line 2')
    expect(wrong({}, { every: 0 })).toContain('found 0')
    expect(wrong({}, { by: 'range' })).toContain('found "range"')
    expect(wrong({ price: undefined })).toContain('found neither')
  })

  it('bars hold every tick once, whatever the rule', () => {
    const tick = fc.record({
      gap: fc.nat({ max: 3 }),
      price: fc.integer({ min: 1, max: 50 }),
      size: fc.nat({ max: 20 }),
    })
    fc.assert(
      fc.property(
        fc.array(tick, { minLength: 1, maxLength: 60 }),
        fc.constantFrom('time', 'tick', 'volume', 'dollar'),
        fc.integer({ min: 1, max: 200 }),
        (list, by, every) => {
          let now = 0
          const ticks: Ticks = {
            time: Float64Array.from(list, ({ gap }) => (now += gap)),
            price: Float64Array.from(list, ({ price }) => price),
            size: Float64Array.from(list, ({ size }) => size),
          }
          const made = tickBars(ticks, { by, every, partial: true } as TickBars)
          const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0)
          expect(sum(made.volume)).toBe(sum(ticks.size!))
          expect(sum(made.signals.ticks)).toBe(list.length)
          for (let i = 0; i < made.time.length; i++) {
            if (i > 0) expect(made.time[i]).toBeGreaterThan(made.time[i - 1])
            expect(made.low[i]).toBeLessThanOrEqual(Math.min(made.open[i], made.close[i]))
            expect(made.high[i]).toBeGreaterThanOrEqual(Math.max(made.open[i], made.close[i]))
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

const data = new URL('../../../shared/data/', import.meta.url)
const readings: Record<'bars' | 'ticks', Record<string, unknown>> = JSON.parse(
  readFileSync(new URL('./readings.json', import.meta.url), 'utf8'),
)

async function summary(path: string, options: object) {
  const market = await loadMarket(path, options)
  const hash = createHash('sha256')
  const { time, open, high, low, close, volume } = market
  for (const column of [time, open, high, low, close, volume]) hash.update(column.slice())
  const out = { rows: market.bars, first: time[0], last: time[market.bars - 1], sha256: hash.digest('hex') }
  market.release()
  return out
}

describe('the independent reading of real files (skipped where the data folder is absent)', () => {
  for (const [name, expected] of Object.entries(readings.bars)) {
    const path = new URL(name, data).pathname
    it.skipIf(!existsSync(path))(`${name}: bars as pandas reads them`, async () => {
      expect(await summary(path, {})).toEqual(expected)
    })
  }
  for (const [name, rules] of Object.entries(readings.ticks)) {
    const path = new URL(name, data).pathname
    it.skipIf(!existsSync(path))(`${name}: bars as pandas makes them`, async () => {
      for (const [rule, expected] of Object.entries(rules as Record<string, unknown>)) {
        const [by, every] = rule.split(' ')
        expect(await summary(path, { ticks: { by, every: Number(every) } })).toEqual(expected)
      }
    })
  }

  const trades = new URL('ticks/XRP_ETH-trades.json.gz', data).pathname
  it.skipIf(!existsSync(trades))('trades are not taken for bars', async () => {
    for (const name of [
      'XRP_ETH-trades.json.gz',
      'bitstampUSD.csv.gz',
      'usdjpy-ticks.csv.gz',
      'quote_tick_data.csv.gz',
    ]) {
      const error = await loadMarket(new URL(`ticks/${name}`, data).pathname).then(
        () => undefined,
        (found) => found as FillgridError,
      )
      expect(error).toBeInstanceOf(FillgridError)
      expect(error!.message).toMatch(/bars are needed, found (trades|quotes).*`ticks: \{ by: 'time'/s)
    }
  })
})
