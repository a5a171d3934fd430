import { describe, expect, it } from 'vitest'
import { Market } from '../../src/market/market.ts'
import { datePeriod, marketTimeframe, timeframe } from '../../src/market/timeframe.ts'

const DAY = 86400000
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 10)
const day = (text: string) => Date.parse(`${text}T00:00Z`)

describe('text', () => {
  it.each([
    ['5m', '5m'],
    ['60 min', '1h'],
    ['90m', '90m'],
    ['1H', '1h'],
    ['15 seconds', '15s'],
    ['3D', '3d'],
    ['2 weeks', '2w'],
    ['1M', '1mo'],
    ['12mo', '1y'],
    ['M15', '15m'],
    ['H4', '4h'],
    ['D1', '1d'],
    ['MN1', '1mo'],
  ])('%s is %s', (given, text) => {
    expect(timeframe(given).text).toBe(text)
    expect(timeframe(text)).toEqual(timeframe(given))
  })

  it.each(['', '5', 'm', '0m', '1.5h', '-1h', '5 parsecs', '1e3m'])('refuses %j', (given) => {
    expect(() => timeframe(given)).toThrow(/a number and s, m, h, d, w, mo or y is needed/)
  })

  it('sends 24 hours and more to days', () => {
    expect(() => timeframe('24h')).toThrow(/write "1d"/)
    expect(() => timeframe('2880m')).toThrow(/write "2d"/)
  })
})

describe('periods of dates', () => {
  const period = (text: string, date: string, weekStart = 'monday') => {
    const { from, to } = datePeriod(timeframe(text), day(date), weekStart as 'monday')
    return [iso(from), iso(to)]
  }

  it('are weeks from any day, months, years, and days counted from 1970', () => {
    expect(period('1w', '2024-03-10')).toEqual(['2024-03-04', '2024-03-11'])
    expect(period('1w', '2024-03-11')).toEqual(['2024-03-11', '2024-03-18'])
    expect(period('1w', '2024-03-10', 'sunday')).toEqual(['2024-03-10', '2024-03-17'])
    expect(period('1w', '2024-03-10', 'friday')).toEqual(['2024-03-08', '2024-03-15'])
    expect(period('1w', '1969-12-31')).toEqual(['1969-12-29', '1970-01-05'])
    expect(period('2w', '1970-01-20')).toEqual(['1970-01-19', '1970-02-02'])
    expect(period('1mo', '2024-02-29')).toEqual(['2024-02-01', '2024-03-01'])
    expect(period('3mo', '2024-12-31')).toEqual(['2024-10-01', '2025-01-01'])
    expect(period('1y', '1950-06-01')).toEqual(['1950-01-01', '1951-01-01'])
    expect(period('3d', '1970-01-05')).toEqual(['1970-01-04', '1970-01-07'])
  })
})

describe('the timeframe of a market', () => {
  const found = (stamps: number[]) => {
    const market = Market.from({ assets: ['A'], time: stamps, close: stamps.map(() => 1) })
    const text = marketTimeframe(market)?.text
    market.release()
    return text
  }
  const steps = (step: number, count = 10) => Array.from({ length: count }, (_, i) => i * step)

  it('is the commonest distance of its bars', () => {
    expect(found(steps(60000))).toBe('1m')
    expect(found(steps(4 * 3600000))).toBe('4h')
    expect(found(steps(DAY))).toBe('1d')
    expect(found(steps(7 * DAY))).toBe('1w')
    expect(found(steps(28 * DAY))).toBe('4w')
    expect(found([0])).toBeUndefined()
    const months = Array.from({ length: 30 }, (_, i) => Date.UTC(2020, i, 1))
    expect(found(months)).toBe('1mo')
    expect(found(months.filter((_, i) => i % 3 === 0))).toBe('3mo')
    expect(found(Array.from({ length: 9 }, (_, i) => Date.UTC(2000 + i, 0, 1)))).toBe('1y')
  })
})
