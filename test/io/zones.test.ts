import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { type CsvOptions, readCsv } from '../../src/io/csv.ts'
import { fitClocks, openingHits, wallClock, weekOpenings } from '../../src/market/week.ts'

/** The moments of a table with one row a stamp. */
function times(stamps: readonly string[], options: CsvOptions = {}) {
  const bytes = `time,close\n${stamps.map((stamp, i) => `${stamp},${i + 1}`).join('\n')}`
  const market = readCsv({ bytes, file: 'x.csv' }, options)
  const out = {
    times: Array.from(market.time, (ms) => new Date(ms).toISOString().replace(':00.000Z', '')),
    closes: [...market.close],
    // Closes of 1, 2, 3 look like splits.
    checks: market
      .provenance!.checks.filter(({ check }) => check !== 'jumps')
      .map(({ check, policy, count }) => [check, policy, count]),
    notes: market.remarks.filter(({ code }) => code === 'reading_assumed').map(({ message }) => message),
    source: market.provenance!.sources[0],
  }
  market.release()
  return out
}

function refused(stamps: readonly string[], options: CsvOptions = {}): FillgridError {
  try {
    times(stamps, options)
  } catch (error) {
    expect(error).toBeInstanceOf(FillgridError)
    return error as FillgridError
  }
  throw new Error('nothing was refused')
}

const newYork = { timezone: 'America/New_York' } as const

describe('local times', () => {
  it('become moments by the rules of their day', () => {
    expect(times(['2024-01-02 09:30', '2024-07-02 09:30'], newYork).times).toEqual([
      '2024-01-02T14:30',
      '2024-07-02T13:30',
    ])
    expect(times(['2024-01-02 09:30', '2024-07-02 09:30'], { timezone: 'Asia/Kolkata' }).times[0]).toBe(
      '2024-01-02T04:00',
    )
    expect(times(['2024-01-02 09:30', '2024-01-02 09:45'], { timezone: '-03:30' }).times[0]).toBe('2024-01-02T13:00')
    expect(times(['2024-01-02 09:30', '2024-07-02 09:30'], { timezone: 'America/New_York+07:00' }).times).toEqual([
      '2024-01-02T07:30',
      '2024-07-02T06:30',
    ])
    expect(times(['1890-01-02 09:30', '2200-07-02 09:30'], newYork).times).toEqual([
      '1890-01-02T14:30',
      '2200-07-02T13:30',
    ])
  })

  it('are what pandas makes of them, in many zones over many years', () => {
    // Made with pandas: tz_localize(zone).tz_convert('UTC').
    const known: [string, string, string][] = [
      ['Europe/London', '1975-06-01 12:00', '1975-06-01T11:00'],
      ['Europe/Moscow', '2011-06-01 12:00', '2011-06-01T08:00'],
      ['Europe/Moscow', '2015-06-01 12:00', '2015-06-01T09:00'],
      ['Asia/Seoul', '1988-07-01 12:00', '1988-07-01T02:00'],
      ['Australia/Lord_Howe', '2024-01-01 12:00', '2024-01-01T01:00'],
      ['America/Sao_Paulo', '2018-12-01 12:00', '2018-12-01T14:00'],
      ['Africa/Casablanca', '2024-03-20 12:00', '2024-03-20T12:00'],
      ['EET', '2024-07-01 12:00', '2024-07-01T09:00'],
    ]
    for (const [timezone, local, utc] of known)
      expect(times([local, '2040-01-01 12:00'], { timezone }).times[0]).toBe(utc)
  })

  it('that the clocks skipped are refused, moved or dropped', () => {
    const stamps = ['2024-03-10 01:30', '2024-03-10 02:30', '2024-03-10 03:45']
    const error = refused(stamps, newYork)
    expect(error.code).toBe('invalid_market')
    expect(error.message).toContain(
      'no row may have a local time that the clocks skipped (daylight saving began), found 1, 2024-03-10T02:30:00.000 in America/New_York at x.csv line 3.',
    )
    expect(times(stamps, { ...newYork, checks: { skippedTime: 'repair' } })).toMatchObject({
      times: ['2024-03-10T06:30', '2024-03-10T07:30', '2024-03-10T07:45'],
      checks: [['skippedTime', 'repair', 1]],
    })
    expect(times(stamps, { ...newYork, checks: { skippedTime: 'drop' } })).toMatchObject({
      times: ['2024-03-10T06:30', '2024-03-10T07:45'],
      closes: [1, 3],
      checks: [['skippedTime', 'drop', 1]],
    })
  })

  it('that the clocks showed twice are told apart by their order', () => {
    const twice = ['00:30', '01:00', '01:30', '01:00', '01:30', '02:00'].map((clock) => `2024-11-03 ${clock}`)
    const expected = ['04:30', '05:00', '05:30', '06:00', '06:30', '07:00'].map((clock) => `2024-11-03T${clock}`)
    expect(times(twice, newYork)).toMatchObject({ times: expected, checks: [['repeatedTime', 'repair', 4]] })
    // The same rows the other way round are the same market.
    expect(times([...twice].reverse(), newYork)).toMatchObject({ times: expected, closes: [6, 5, 4, 3, 2, 1] })
    const once = ['2024-11-03 00:30', '2024-11-03 01:30', '2024-11-03 02:30']
    expect(times(once, newYork).times).toEqual(['2024-11-03T04:30', '2024-11-03T05:30', '2024-11-03T07:30'])
    expect(times([...once].reverse(), newYork).times).toEqual([
      '2024-11-03T04:30',
      '2024-11-03T05:30',
      '2024-11-03T07:30',
    ])
    expect(refused(once, { ...newYork, checks: { repeatedTime: 'error' } }).message).toContain('showed twice')
    expect(times(once, { ...newYork, checks: { repeatedTime: 'drop' } }).closes).toEqual([1, 3])
  })

  it('of several assets are told apart for each of them', () => {
    const rows = ['A', 'B'].flatMap((name) =>
      ['01:00', '01:30', '01:00', '01:30'].map((clock, i) => `2024-11-03 ${clock},${name},${i + 1}`),
    )
    rows.sort((a, b) => a.slice(-1).localeCompare(b.slice(-1)))
    const market = readCsv(`time,symbol,close\n${rows.join('\n')}`, newYork)
    expect([market.bars, [...market.close]]).toEqual([4, [1, 1, 2, 2, 3, 3, 4, 4]])
    market.release()
  })
})

describe('dates', () => {
  it('are labels and stay what they are', () => {
    const days = ['2024-01-02', '2024-07-02']
    expect(times(days, { timezone: 'Asia/Tokyo' }).times).toEqual(['2024-01-02T00:00', '2024-07-02T00:00'])
    expect(
      times(
        days.map((day) => `${day} 00:00:00`),
        { timezone: 'Asia/Tokyo' },
      ).times[0],
    ).toBe('2024-01-02T00:00')
    expect(times(['2024-01-02 00:00', '2024-01-02 00:30'], { timezone: 'Asia/Tokyo' }).times[0]).toBe(
      '2024-01-01T15:00',
    )
  })
})

describe('zones in the stamps', () => {
  it('win over the zone of the file', () => {
    const stamps = ['2024-01-02T09:30+09:00', '2024-01-02T09:30Z', '2024-01-02 09:30:00 GMT-0500']
    expect(times(stamps, newYork)).toMatchObject({
      times: ['2024-01-02T00:30', '2024-01-02T09:30', '2024-01-02T14:30'],
      source: { timezoneFrom: 'file' },
      checks: [],
    })
    expect(times(['1704187800', '1704187860'], newYork).times[0]).toBe('2024-01-02T09:30')
  })

  it('beside stamps without are refused, or each read in its own', () => {
    const stamps = ['2024-01-02 09:30', '2024-01-02T15:00Z', '2024-01-02 10:30', '2024-01-02 11:30']
    expect(refused(stamps, newYork).message).toContain(
      'no row may have a stamp with a zone where others have none, or the reverse, found 1, 2024-01-02T15:00:00.000Z with zone at x.csv line 3.',
    )
    expect(refused(['2024-01-02T15:00Z', '2024-01-02T15:01Z', '2024-01-02 15:02']).place.line).toBe(4)
    expect(times(stamps, { ...newYork, checks: { mixedZones: 'keep' } })).toMatchObject({
      times: ['2024-01-02T14:30', '2024-01-02T15:00', '2024-01-02T15:30', '2024-01-02T16:30'],
      checks: [['mixedZones', 'keep', 1]],
    })
  })
})

describe('limits', () => {
  it('are moments, whatever clock the stamps are in', () => {
    const stamps = ['09:00', '10:00', '11:00', '12:00'].map((clock) => `2024-01-02 ${clock}`)
    expect(times(stamps, { ...newYork, from: '2024-01-02T15:00', to: '2024-01-02T17:00' }).closes).toEqual([2, 3])
  })
})

/** Hourly stamps of some weeks, from Sunday 17:00 to Friday 17:00 in New York, as a clock shows them. */
function weeks(first: string, count: number, clock: string, hour = 17): string[] {
  const { zone, shift } = wallClock(clock)
  const york = wallClock('America/New_York').zone
  const out: string[] = []
  for (let week = 0; week < count; week++) {
    const sunday = Date.parse(`${first}T00:00:00Z`) + week * 7 * 86400000
    const from = york.toUtc(sunday + hour * 3600000)
    const to = york.toUtc(sunday + (5 * 24 + 17) * 3600000)
    for (let utc = from; utc < to; utc += 3600000)
      out.push(new Date(zone.toLocal(utc) + shift).toISOString().slice(0, 16).replace('T', ' '))
  }
  return out
}

describe('the week', () => {
  it('tells the clock of files that come in several', () => {
    for (const clock of ['America/New_York', 'Europe/London-05:00', 'Etc/GMT+5']) {
      const stamps = weeks('2019-02-17', 10, clock)
      const found = times(stamps, {
        timezone: undefined,
        dialect: {
          name: 'mine',
          title: '',
          source: '',
          signs: {},
          timezone: ['America/New_York', 'Europe/London-05:00', 'Etc/GMT+5'],
        },
      })
      expect([found.source.timezone, found.source.timezoneFrom]).toEqual([clock, 'week'])
      expect(found.notes[0]).toContain(`${clock} was taken: in it 9 of 9 weeks open at 17:00 or 18:00 in New York`)
      expect(found.times[0]).toBe('2019-02-17T22:00')
    }
  })

  it('that does not tell leaves the first, with a note', () => {
    const dialect = { name: 'mine', title: '', source: '', signs: {}, timezone: ['EET', 'UTC'] }
    const found = times(['2019-02-18 09:00', '2019-02-18 10:00'], { dialect })
    expect([found.times[0], found.source.timezoneFrom]).toEqual(['2019-02-18T07:00', 'nobody'])
    expect(found.notes[0]).toContain('its weeks do not tell; EET was taken')
  })

  it('that speaks against the zone is reported, with the clock that it fits', () => {
    const found = times(weeks('2019-02-17', 10, 'America/New_York+07:00', 18))
    expect(found.checks).toContainEqual(['clock', 'keep', 9])
    expect(found.notes[0]).toBe(
      "x.csv: Stamps were read in UTC, where 0 of 9 weeks open at 17:00 or 18:00 in New York, as currency and index markets do; in America/New_York+07:00 it would be 9. `timezone: 'America/New_York+07:00'` reads it so.",
    )
    expect(
      times(weeks('2019-02-17', 10, 'America/New_York+07:00', 18), { timezone: 'America/New_York+07:00' }).checks,
    ).not.toContainEqual(['clock', 'keep', 9])
    expect(refused(weeks('2019-02-17', 4, 'Asia/Tokyo'), { checks: { clock: 'error' } }).message).toContain(
      'Weeks open at Monday 02:00 in New York',
    )
  })

  it('of markets with nights and long week-ends says nothing', () => {
    const days: number[] = []
    for (let day = 0; day < 20; day++)
      if (day % 7 < 5) for (let hour = 14; hour < 21; hour++) days.push((day * 24 + hour) * 3600000)
    expect(weekOpenings(days)).toEqual([])
    expect(openingHits([]).hits).toBe(0)
    expect(fitClocks([], ['UTC'])).toMatchObject([{ hits: 0, weeks: 0 }])
  })
})

it('clocks by name', () => {
  expect(wallClock('America/New_York+07:00')).toMatchObject({ name: 'America/New_York+07:00', shift: 25200000 })
  expect(wallClock('utc+3').name).toBe('+03:00')
  expect(wallClock('Etc/GMT+5')).toMatchObject({ name: 'Etc/GMT+5', shift: 0 })
  expect(wallClock('Europe/London-05:00').shift).toBe(-18000000)
  expect(() => wallClock('Nowhere+01:00')).toThrow('is not the IANA name')
})
