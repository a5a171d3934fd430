import fc from 'fast-check'
import { calendar } from '../../src/market/calendar.ts'
import { Market } from '../../src/market/market.ts'

const DAY = 86400000

/** Bars of some sessions of a venue, with holes. */
export interface Bars {
  venue: string
  /** Length of a bar in ms. */
  step: number
  time: number[]
  open: number[]
  high: number[]
  low: number[]
  close: number[]
  volume: number[]
  assets: string[]
}

/** How volumes look: whole shares, coins of 8 places, or any doubles. */
export type VolumeKind = 'shares' | 'coins' | 'doubles'

/**
 * Some sessions of a venue, as bars of `step`: prices walk, one of two assets is often absent, some bars have no row.
 */
export function bars(
  options: { venues?: string[]; steps?: number[]; volumes?: VolumeKind[]; sessions?: number } = {},
): fc.Arbitrary<Bars> {
  const { venues = VENUES, steps = [60000], volumes = ['shares', 'coins'], sessions = 3 } = options
  return fc
    .record({
      venue: fc.constantFrom(...venues),
      step: fc.constantFrom(...steps),
      // Dates around changes of clocks in America and Europe as well as any.
      date: fc.oneof(
        fc.constantFrom('2024-03-07', '2024-03-28', '2024-10-24', '2024-10-31'),
        fc.integer({ min: 8000, max: 20000 }).map(isoDay),
      ),
      seed: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
      holes: fc.constantFrom(0, 0.05, 0.9),
      kind: fc.constantFrom(...volumes),
      count: fc.integer({ min: 1, max: sessions }),
    })
    .map(({ venue, step, date, seed, holes, kind, count }) =>
      made(venue, step, Date.parse(`${date}T00:00Z`), seed, holes, kind, count),
    )
    .filter(({ time }) => time.length >= 2)
}

const VENUES = ['NYSE', 'TSE', 'FX', 'CME', '24/7', 'Europe/London']

function isoDay(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10)
}

function made(
  venue: string,
  step: number,
  date: number,
  seed: number,
  holes: number,
  kind: VolumeKind,
  count: number,
): Bars {
  let state = seed
  const random = () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
  const volume = () => {
    if (kind === 'shares') return Math.floor(random() * 1e6)
    return kind === 'coins' ? Number((random() * 50).toFixed(8)) : random() * 10 ** Math.floor(random() * 12)
  }
  const out: Bars = { venue, step, time: [], open: [], high: [], low: [], close: [], volume: [], assets: ['A', 'B'] }
  const last = [100, 50]
  const put = (at: number, absent: boolean[]) => {
    out.time.push(at)
    for (let asset = 0; asset < 2; asset++) {
      const open = last[asset]
      const close = open * (0.99 + random() * 0.02)
      const row = [
        open,
        Math.max(open, close) * (1 + random() / 100),
        Math.min(open, close) * (1 - random() / 100),
        close,
        volume(),
      ]
      if (!absent[asset]) last[asset] = close
      out.open.push(absent[asset] ? Number.NaN : row[0])
      out.high.push(absent[asset] ? Number.NaN : row[1])
      out.low.push(absent[asset] ? Number.NaN : row[2])
      out.close.push(absent[asset] ? Number.NaN : row[3])
      out.volume.push(absent[asset] ? Number.NaN : row[4])
    }
  }
  const table = calendar(venue)
  let session = table.sessionAfter(date)!
  for (let i = 0; i < count; i++) {
    for (const part of session.parts) {
      for (let at = part.open; at < part.close; at += step) {
        if (random() < holes) continue
        const gone = random() < 0.3
        put(at, [gone && random() < 0.1, gone])
      }
    }
    session = table.sessionAfter(session.close)!
  }
  return out
}

/** The bars as a market. */
export function marketOf(data: Bars): Market {
  const { assets, time, open, high, low, close, volume } = data
  return Market.from({ assets, time, open, high, low, close, volume })
}

/** Everything of a market that prices are made of, as plain data; for comparison to the bit. */
export function content(market: Market) {
  return {
    time: [...market.time],
    open: [...market.open],
    high: [...market.high],
    low: [...market.low],
    close: [...market.close],
    volume: [...market.volume],
  }
}
