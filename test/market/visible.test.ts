import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { Market } from '../../src/market/market.ts'
import { type ResampleOptions, resample } from '../../src/market/resample.ts'
import { alignTimeframe, closeTimes } from '../../src/market/visible.ts'
import { panelCache, releasePanels } from '../../src/signals/panels.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import type { Indicator } from '../../src/strategy/indicator.ts'
import { defineSignals, Strategy } from '../../src/strategy/strategy.ts'
import { bars, marketOf } from './minutes.ts'

const DAY = 86400000
const MINUTE = 60000
const utc = (text: string) => Date.parse(text)
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16)
const cut = (venue: string): ResampleOptions =>
  venue.includes('/') && venue !== '24/7' ? { timezone: venue } : { calendar: venue }

function plain(stamps: readonly number[], close = stamps.map((_, i) => i + 1)): Market {
  return Market.from({ assets: ['A'], time: [...stamps], close })
}

describe('when a bar has closed', () => {
  it('is after its length, with its session, or as the next begins', () => {
    const hours = plain([
      utc('2024-07-01T13:30Z'),
      utc('2024-07-01T14:30Z'),
      utc('2024-07-01T19:30Z'),
      utc('2024-07-02T13:30Z'),
    ])
    expect([...closeTimes(hours, { calendar: 'NYSE' })].map(iso)).toEqual([
      '2024-07-01T14:30',
      '2024-07-01T15:30',
      '2024-07-01T20:00',
      '2024-07-02T14:30',
    ])
    const days = plain(['2024-07-02', '2024-07-03', '2024-07-05', '2024-07-08'].map((date) => utc(`${date}T00:00Z`)))
    expect([...closeTimes(days, { calendar: 'NYSE' })].map(iso)).toEqual([
      '2024-07-02T20:00',
      '2024-07-03T17:00',
      '2024-07-05T20:00',
      '2024-07-08T20:00',
    ])
    expect([...closeTimes(days)].map(iso)).toEqual([
      '2024-07-03T00:00',
      '2024-07-04T00:00',
      '2024-07-06T00:00',
      '2024-07-09T00:00',
    ])
    const uneven = plain([0, MINUTE, 2 * MINUTE, 2.5 * MINUTE, 3.5 * MINUTE])
    expect([...closeTimes(uneven)]).toEqual([MINUTE, 2 * MINUTE, 2.5 * MINUTE, 3.5 * MINUTE, 4.5 * MINUTE])
  })
})

describe('longer bars seen from shorter ones', () => {
  it('come with the last bar of their session, not before and not later', () => {
    const time = [29, 59, 89, 119, 149, 179, 209].flatMap((_, i) => [utc('2024-07-02T13:30Z') + i * 30 * MINUTE])
    const half = plain([...time, utc('2024-07-02T19:30Z'), utc('2024-07-03T13:30Z')])
    const daily = resample(half, '1d', { calendar: 'NYSE' })
    const { rows } = alignTimeframe(half, daily, { calendar: 'NYSE' })
    expect([...rows]).toEqual([-1, -1, -1, -1, -1, -1, -1, 0, 0])
  })

  it('from elsewhere are known by their timeframe and calendar', () => {
    const days = plain(
      ['2024-07-02', '2024-07-03', '2024-07-05'].map((date) => utc(`${date}T00:00Z`)),
      [10, 20, 30],
    )
    const hours = plain(
      ['2024-07-02T18:30Z', '2024-07-02T19:30Z', '2024-07-03T13:30Z', '2024-07-03T16:30Z', '2024-07-05T13:30Z'].map(
        utc,
      ),
    )
    const seen = alignTimeframe(hours, days, { calendar: 'NYSE', from: '1h', timeframe: '1d' })
    expect(seen.columns(['close'], 'daily.')).toEqual({ 'daily.close': Float64Array.of(NaN, 10, 10, 20, 20) })
    // Without a calendar a day ends at midnight UTC: later, never too early.
    expect([...alignTimeframe(hours, days, { from: '1h', timeframe: '1d' }).rows]).toEqual([-1, -1, 0, 0, 1])
  })

  it("are each asset's own, by name, and nothing where the base has no bar", () => {
    const base = Market.from({
      assets: ['A', 'B'],
      time: [0, 1, 2, 3, 4, 5].map((day) => day * DAY),
      close: [1, 1, 1, 1, 1, NaN, 1, 1, 1, 1, 1, 1],
    })
    const higher = Market.from({ assets: ['B', 'C', 'A'], time: [0, 2 * DAY], close: [5, 6, 7, NaN, 8, 9] })
    const seen = alignTimeframe(base, higher, { timeframe: '2d' })
    expect([...seen.columns(['close']).close]).toEqual([NaN, NaN, 7, 5, 7, NaN, 9, 5, 9, 5, 9, 5])
    const other = Market.from({ assets: ['A'], time: [0, 2 * DAY], close: [1, 2] })
    expect(() => alignTimeframe(base, other)).toThrow(/asset "B" is not in it/)
    expect(() => alignTimeframe(base, higher, { timeframe: '2d' }).columns(['clsoe'])).toThrow(
      /column "clsoe" is not one/,
    )
  })

  it('equal the last longer bar that closed at or before the close of the shorter', () => {
    const target = fc.constantFrom('15m', '1h', '4h', '1d', '1w')
    fc.assert(
      fc.property(
        bars({ steps: [MINUTE, 5 * MINUTE] }),
        target,
        fc.constantFrom('error' as const, 'extend' as const),
        (data, target, outside) => {
          const options = { ...cut(data.venue), outside, from: data.step === MINUTE ? '1m' : '5m' }
          const market = marketOf(data)
          const higher = resample(market, target, options)
          const { rows } = alignTimeframe(market, higher, options)
          const seenAt = closeTimes(market, options)
          // Written out: the definition, and that no bar of it is still to come.
          const closed = [...higher.closes]
          expect([...rows]).toEqual([...seenAt].map((at) => closed.filter((close) => close <= at).length - 1))
          expect([...rows].every((row, bar) => row < 0 || higher.last[row] <= bar)).toBe(true)
          for (const one of [market, higher.market]) one.release()
        },
      ),
      { numRuns: 40, seed: 21 },
    )
  })

  it('of the first bars alone are the first rows', () => {
    fc.assert(
      fc.property(
        bars(),
        fc.constantFrom('15m', '1h', '1d'),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (data, target, where) => {
          const options = { ...cut(data.venue), from: '1m' }
          const market = marketOf(data)
          const prefix = market.slice(0, Math.max(1, Math.floor(market.bars * where)))
          const seen = (of: Market) =>
            alignTimeframe(of, resample(of, target, options), options).columns(['high', 'close', 'volume'])
          const [whole, part] = [seen(market), seen(prefix)]
          for (const name of ['high', 'close', 'volume']) {
            expect([...part[name]]).toEqual([...whole[name].subarray(0, part[name].length)])
          }
          for (const one of [market, prefix]) one.release()
        },
      ),
      { numRuns: 40, seed: 22 },
    )
  })
})

/** Three days of half hours in New York. */
function halfHours(): Market {
  const time = ['2024-07-01', '2024-07-02', '2024-07-05', '2024-07-08', '2024-07-09'].flatMap((date) =>
    Array.from({ length: 13 }, (_, i) => utc(`${date}T13:30Z`) + i * 30 * MINUTE),
  )
  const close = time.map((_, i) => 100 + ((i * 7919) % 97) / 10)
  return Market.from({ assets: ['A', 'B'], time, close: close.flatMap((value) => [value, 200 - value]) })
}

class Daily extends Strategy {
  static seen: number[][] = []
  #daily!: Indicator
  #own!: Indicator
  override onStart() {
    this.#daily = this.indicator('sma', { length: 2, timeframe: '1d', calendar: 'NYSE' })
    this.#own = this.indicator('sma', { length: 2 })
  }
  override onBar(bar: Bar, broker: Broker) {
    const level = this.#daily.value(0)
    Daily.seen.push([level, this.#daily.value(1), this.#own.value(0)])
    if (Number.isNaN(level)) return
    if (bar.close[0] > level) broker.enterPosition(0, 'long')
    else broker.closePosition(0)
  }
}

describe('indicators of longer bars', () => {
  it('are those of the resampled market, from the bar on at which each has closed', () => {
    const market = halfHours()
    const daily = resample(market, '1d', { calendar: 'NYSE' })
    const panel = panelCache(market).panel('sma', { length: 2, timeframe: '1d', calendar: 'NYSE' })
    expect(panel.key).toBe('sma(close,2)@1d NYSE')
    expect(panel.warmup).toBe(25) // the last half hour of the second day
    const closes = [...daily.market.close]
    const mean = (day: number, asset: number) => (closes[day * 2 + asset] + closes[day * 2 - 2 + asset]) / 2
    for (let bar = 0; bar < market.bars; bar++) {
      const day = Math.floor((bar + 1) / 13) - 1
      for (let asset = 0; asset < 2; asset++) {
        const value = panel.values[bar * 2 + asset]
        if (day < 1) expect(value).toBeNaN()
        else expect(value).toBeCloseTo(mean(day, asset), 12)
      }
    }
    releasePanels(market)
    for (const one of [market, daily.market]) one.release()
  })

  it('are computed once, apart for each way of cutting, with all outputs', () => {
    const market = halfHours()
    const cache = panelCache(market)
    const day = { timeframe: '1d', calendar: 'NYSE' }
    const macd = { fast: 1, slow: 2, smooth: 1, ...day }
    expect(cache.panel('macd', macd, 'signal').key).toBe('macd(close,1,2,1)@1d NYSE.signal')
    expect(cache.panel('macd', { ...macd, timeframe: 'D1', calendar: 'nasdaq' }, 'signal')).toBe(
      cache.panel('macd', macd, 'signal'),
    )
    expect(cache.panel('atr', { length: 1, ...day })).not.toBe(
      cache.panel('atr', { length: 1, ...day, outside: 'extend' }),
    )
    expect(cache.keys).toHaveLength(3)
    const sma = cache.panel('sma', { length: 2 })
    expect(() => cache.panel('sma', { length: 2, source: sma, ...day })).toThrow(
      /with a timeframe, source must be a column/,
    )
    expect(cache.panel('sma', { length: 2, source: cache.panel('sma', { length: 1, ...day }) }).key).toBe(
      'sma(sma(close,1)@1d NYSE,2)',
    )
    expect(() => cache.panel('sma', { length: 2, calendar: 'NYSE' })).toThrow(/parameter "calendar"/)
    expect(() => cache.panel('sma', { length: 2, timeframe: '10m' })).toThrow(
      /a multiple of the bars', found 10m and bars of 30m/,
    )
    releasePanels(market)
    expect(cache.bytes).toBe(0)
    market.release()
  })

  it('do not let a strategy read the future', () => {
    const market = halfHours()
    Daily.seen = []
    const whole = backtest(market, Daily)
    const seen = Daily.seen
    for (const length of [14, 26, 27, 40, 64]) {
      Daily.seen = []
      const prefix = market.slice(0, length)
      const part = backtest(prefix, Daily)
      expect(Daily.seen).toEqual(seen.slice(0, length))
      expect([...part.equity]).toEqual([...whole.equity].slice(0, length))
      releasePanels(prefix)
      prefix.release()
    }
    expect(whole.fills.length).toBeGreaterThan(3)
    backtest(market, Daily, { verify: 'lookahead' })
    releasePanels(market)
    market.release()
  })

  it('serve signal strategies too', () => {
    const market = halfHours()
    const strategy = defineSignals({
      name: 'above the daily close',
      signals: ({ market, indicator }) => {
        const daily = indicator('sma', { length: 1, timeframe: '1d', calendar: 'NYSE' }).values
        return {
          entries: market.close.map((close, i) => (close > daily[i] ? 1 : 0)),
          exits: market.close.map((close, i) => (close < daily[i] ? 1 : 0)),
        }
      },
    })
    expect(backtest(market, strategy).fills.length).toBeGreaterThan(3)
    releasePanels(market)
    market.release()
  })
})

it('a market with further columns shares its memory, and gives it back with the last', () => {
  const market = halfHours()
  const hours = market.with({ signals: { one: market.close.map(() => 1) }, context: { two: market.time.map(() => 2) } })
  expect(hours.pointers).toEqual(market.pointers)
  expect([...hours.signals.keys(), ...hours.context.keys()]).toEqual(['one', 'two'])
  expect(market.signals.size).toBe(0)
  const more = hours.with({ signals: { one: market.close.map(() => 3) } })
  expect([more.signals.get('one')!.values[0], hours.signals.get('one')!.values[0]]).toEqual([3, 1])
  expect(more.digest()).not.toBe(hours.digest())
  market.release()
  hours.release()
  expect(more.close[0]).toBe(100)
  more.release()
  expect(() => halfHours().with({ context: { two: [1] } })).toThrow(
    /column two must have one value a bar = 65 values, found 1/,
  )
})
