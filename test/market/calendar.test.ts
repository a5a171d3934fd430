import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { nyseSessions } from '../../data/calendar.ts'
import { CALENDARS, calendar, defineCalendar } from '../../src/market/calendar.ts'
import { Market } from '../../src/market/market.ts'
import { nextStart, SESSIONS, session, sessionColumn, sessionsAt } from '../../src/market/sessions.ts'

const DAY = 86400000
const REAL = new URL('../../../shared/data/', import.meta.url)
const utc = (text: string) => Date.parse(text)
const day = (text: string) => Date.parse(`${text}T00:00:00Z`)
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16)
/** Open and close of a date, UTC; around a break all four. */
const hours = (name: string, date: string) =>
  calendar(name)
    .sessionOn(day(date))
    ?.parts.flatMap(({ open, close }) => [iso(open), iso(close)])

describe('New York', () => {
  it('agrees with the rules that the benchmark data are made by, 2000 to 2030', () => {
    const all = calendar('NYSE')
      .sessions(day('2000-01-01'), day('2030-12-31'))
      .map(({ date }) => date)
    expect(all).toEqual([...nyseSessions('2000-01-01', all.length)])
    expect(iso(nyseSessions('2000-01-01', all.length + 1).at(-1)!)).toMatch(/^2031/)
  })

  it('opens by its own clock, winter and summer, and closes early', () => {
    expect(hours('NYSE', '2024-03-08')).toEqual(['2024-03-08T14:30', '2024-03-08T21:00'])
    expect(hours('NYSE', '2024-03-11')).toEqual(['2024-03-11T13:30', '2024-03-11T20:00'])
    expect(hours('NYSE', '2024-11-29')).toEqual(['2024-11-29T14:30', '2024-11-29T18:00'])
    expect(hours('NYSE', '1973-06-01')).toEqual(['1973-06-01T14:00', '1973-06-01T19:30'])
    expect(hours('NYSE', '1951-03-03')).toEqual(['1951-03-03T15:00', '1951-03-03T17:00'])
    expect(hours('NYSE', '2001-09-11')).toBeUndefined()
    expect(calendar('nasdaq')).toBe(calendar('XNYS'))
  })
})

describe('other venues', () => {
  it('keep their hours, breaks and holidays', () => {
    expect(hours('LSE', '2023-05-08')).toBeUndefined() // the coronation
    expect(hours('LSE', '2023-12-22')).toEqual(['2023-12-22T08:00', '2023-12-22T12:30'])
    expect(hours('LSE', '2024-07-01')).toEqual(['2024-07-01T07:00', '2024-07-01T15:30'])
    expect(hours('XETRA', '2024-10-03')).toEqual(['2024-10-03T07:00', '2024-10-03T15:30'])
    expect(hours('XETRA', '2024-12-24')).toBeUndefined()
    const tokyo = ['2024-11-01T00:00', '2024-11-01T02:30', '2024-11-01T03:30', '2024-11-01T06:00']
    expect(hours('TSE', '2024-11-01')).toEqual(tokyo)
    expect(hours('TSE', '2024-11-05')?.at(-1)).toBe('2024-11-05T06:30')
    expect(hours('TSE', '1993-06-09')).toBeUndefined() // an imperial wedding
    expect(hours('KRX', '2023-11-16')).toEqual(['2023-11-16T01:00', '2023-11-16T07:30']) // the college exam
    expect(hours('MOEX', '2022-03-23')).toBeUndefined()
    expect(hours('MOEX', '2022-03-24')).toEqual(['2022-03-24T07:00', '2022-03-24T15:45'])
    expect(hours('CME', '2024-11-29')).toEqual(['2024-11-28T23:00', '2024-11-29T18:15'])
    expect(hours('CME', '2024-01-15')?.at(-1)).toBe('2024-01-15T18:00')
    expect(hours('CME_FX', '2024-01-15')?.at(-1)).toBe('2024-01-15T22:00')
    expect(hours('COMEX', '2024-03-29')).toBeUndefined()
    expect(hours('CBOT', '2023-04-07')?.at(-1)).toBe('2023-04-07T15:15')
  })

  it('open on the evening before their date where they do', () => {
    const fx = calendar('FX')
    const monday = fx.sessionAfter(utc('2024-03-09T12:00Z'))!
    expect([iso(monday.open), iso(monday.close), iso(monday.date)]).toEqual([
      '2024-03-10T21:00',
      '2024-03-11T21:00',
      '2024-03-11T00:00',
    ])
    expect(iso(fx.tradeDate(utc('2024-03-10T21:00Z')))).toBe('2024-03-11T00:00')
    expect(fx.isOpen(utc('2024-03-08T21:59Z'))).toBe(true)
    expect(fx.isOpen(utc('2024-03-08T22:00Z'))).toBe(false)
  })

  it('cover 1990 to 2030 at least, Moscow from 2000, each with a source', () => {
    for (const { name, first, source } of CALENDARS) {
      const from = name === 'MOEX' ? '2000' : '1990'
      expect(first === undefined || first.slice(0, 4) <= from, name).toBe(true)
      expect(source.length, name).toBeGreaterThan(20)
      const table = calendar(name)
      for (const { date, open, close, parts } of table.sessions(day(`${from}-01-01`), day('2030-12-31'))) {
        const ok = open < close && close - open <= 25 * 3600000 && Math.abs(open - date) < DAY && parts.length <= 2
        if (!ok) throw new Error(`${name} ${iso(date)}`)
      }
    }
  })
})

describe('search', () => {
  it('finds the session at, after and before any moment as a walk through the dates does', () => {
    for (const name of ['NYSE', 'TSE', 'FX', 'CME', '24/7', 'America/Sao_Paulo']) {
      const table = calendar(name)
      const all = table.sessions(day('2017-10-01'), day('2018-03-20'))
      for (let at = utc('2017-10-16T00:00Z'); at < utc('2018-03-01T00:00Z'); at += 4.7 * 3600000) {
        const after = all.find(({ close }) => close > at)!
        const before = all.findLast(({ close }) => close <= at)!
        expect(table.sessionAfter(at), `${name} ${iso(at)}`).toEqual(after)
        expect(table.sessionBefore(at), `${name} ${iso(at)}`).toEqual(before)
        expect(table.sessionAt(at)).toEqual(after.open <= at ? after : undefined)
        const { open, close } = table.tradeDay(table.tradeDate(at))
        expect(open <= at && at < close, `${name} ${iso(at)}`).toBe(true)
      }
    }
  })

  it('refuses dates that the table does not cover, and names that are no venue', () => {
    expect(() => calendar('MOEX').sessionOn(day('1999-12-31'))).toThrow(/MOEX: it has sessions from 2000-01-01/)
    expect(() => calendar('NYSE').sessionAfter(utc('2031-02-01T00:00Z'))).toThrow(/found 2031-01-31/)
    expect(() => calendar('NYS')).toThrow(/Did you mean NYSE/)
    expect(() => calendar('Mars')).toThrow(/There are 24\/7, FX, NYSE/)
    expect(calendar('Asia/Kolkata').sessionOn(day('2024-01-06'))?.open).toBe(utc('2024-01-05T18:30Z'))
  })

  it('takes calendars of your own', () => {
    const own = defineCalendar({
      name: 'Bank',
      zone: 'Europe/Paris',
      hours: '09:00-12:00 14:00-17:00',
      closed: '2024 0501',
    })
    expect(own.sessionOn(day('2024-05-01'))).toBeUndefined()
    expect(own.isOpen(utc('2024-05-02T10:30Z'))).toBe(false)
    expect(own.isOpen(utc('2024-05-02T12:00Z'))).toBe(true)
    const wrong = (hours: string) => () => defineCalendar({ name: 'Bank', zone: 'UTC', hours })
    expect(wrong('9-17')).toThrow(/calendar Bank: hours are written/)
    expect(wrong('09:00-08:00')).toThrow(/follow each other/)
    expect(() => defineCalendar({ name: 'Bank', zone: 'UTC', hours: '09:00-17:00', closed: '2024 1301' })).toThrow(
      /dates/,
    )
  })
})

describe('sessions within the day', () => {
  it('move with the clocks of their cities', () => {
    expect(SESSIONS.map(({ name }) => name)).toEqual(['Asia', 'London', 'New York'])
    expect(sessionsAt(utc('2024-01-10T07:59Z'))).toEqual(['Asia'])
    expect(sessionsAt(utc('2024-01-10T08:00Z'))).toEqual(['Asia', 'London'])
    expect(sessionsAt(utc('2024-01-10T13:30Z'))).toEqual(['London', 'New York'])
    expect(sessionsAt(utc('2024-07-10T07:00Z'))).toEqual(['Asia', 'London'])
    expect(sessionsAt(utc('2024-01-13T13:30Z'))).toEqual([])
    expect(iso(nextStart('NY', utc('2024-03-08T13:00Z')))).toBe('2024-03-11T12:00')
    expect(iso(nextStart('ny', utc('2024-03-08T12:59Z')))).toBe('2024-03-08T13:00')
    expect(() => session('Londn')).toThrow(/Did you mean London/)
  })

  it('become a column of the market', () => {
    const time = Array.from({ length: 24 }, (_, hour) => utc('2024-01-10T00:00Z') + hour * 3600000)
    const prices = Market.from({ assets: ['A'], time, close: time.map(() => 1) })
    const market = prices.with({ context: { london: sessionColumn(prices, 'London') } })
    expect([...market.context.get('london')!].map((on, hour) => (on ? hour : -1)).filter((hour) => hour >= 0)).toEqual([
      8, 9, 10, 11, 12, 13, 14, 15, 16,
    ])
    market.release()
    prices.release()
  })
})

/** Dates of a text's first (or named) column by a pattern. */
function dates(file: string, pattern: RegExp, encoding: 'latin1' | 'utf8' = 'latin1'): Set<number> {
  const bytes = readFileSync(new URL(file, REAL))
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString(encoding)
  const out = new Set<number>()
  for (const { groups } of text.matchAll(pattern)) out.add(day(`${groups!.y}-${groups!.m}-${groups!.d}`))
  return out
}

const traded = (name: string, on: Set<number>) => {
  const all = calendar(name).sessions(Math.max(Math.min(...on), calendar(name).first), Math.max(...on))
  const planned = new Set(all.map(({ date }) => date))
  const text = (days: number[]) => days.map((ms) => new Date(ms).toISOString().slice(0, 10))
  return {
    unplanned: text([...on].filter((date) => date >= calendar(name).first && !planned.has(date))),
    missed: text([...planned].filter((date) => !on.has(date))),
  }
}

const ISO_LINE = /^"?(?<y>\d{4})-(?<m>\d\d)-(?<d>\d\d)/gm

describe.skipIf(!existsSync(REAL))('against days on which shares were traded (needs ../shared/data)', () => {
  it('New York: every day of Apple shares since 1990', () => {
    const on = dates('dialects/stooq_en_aapl_us_d.csv.gz', ISO_LINE)
    const since = new Set([...on].filter((date) => date >= day('1990-01-01')))
    expect(traded('NYSE', since)).toEqual({ unplanned: [], missed: ['1999-11-16'] }) // a hole in the file
  })

  it('New York: every day of crude oil futures', () => {
    const on = dates('dialects/yahoo_pipe_CL=F.csv.gz', ISO_LINE)
    expect(traded('NYMEX', on).unplanned).toEqual([])
  })

  it('Korea: every day of Samsung shares', () => {
    const on = dates('dialects/krx_cp949_samsung.csv.gz', /(?<y>20\d\d)-(?<m>\d\d)-(?<d>\d\d)/g)
    // The shares were suspended for their split.
    expect(traded('KRX', on)).toEqual({ unplanned: [], missed: ['2018-04-30', '2018-05-02', '2018-05-03'] })
  })

  it('Moscow: every day of Sberbank shares, week-ends of 2025 apart', () => {
    const on = dates('dialects/SBER_test_2023_daily.csv.gz', ISO_LINE)
    const { unplanned, missed } = traded('MOEX', on)
    expect(missed).toEqual([])
    expect(unplanned.length).toBeGreaterThan(50)
    for (const date of unplanned) expect([0, 6]).toContain(new Date(date).getUTCDay())
    expect(Math.min(...unplanned.map(day))).toBe(day('2025-03-01'))
  })
})
