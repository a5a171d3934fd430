import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { zone } from '../../src/market/zone.ts'

const HOUR = 3600000
const utc = (text: string) => Date.parse(text)
const wall = (text: string) => Date.parse(`${text}Z`)

describe('offsets', () => {
  // Recorded with Python's zoneinfo (tzdata 2026.6).
  it.each([
    ['America/New_York', '2024-03-10T06:59:59Z', -5],
    ['America/New_York', '2024-03-10T07:00:00Z', -4],
    ['America/New_York', '2024-11-03T05:59:59Z', -4],
    ['America/New_York', '2024-11-03T06:00:00Z', -5],
    ['America/New_York', '1974-01-06T07:00:00Z', -4],
    ['Europe/London', '1970-06-01T00:00:00Z', 1],
    ['Europe/London', '2023-10-29T00:59:59Z', 1],
    ['Europe/London', '2023-10-29T01:00:00Z', 0],
    ['Europe/Moscow', '2014-10-25T21:59:59Z', 4],
    ['Europe/Moscow', '2014-10-25T22:00:00Z', 3],
    ['Asia/Tokyo', '1950-07-01T00:00:00Z', 10],
    ['Asia/Seoul', '1988-07-01T00:00:00Z', 10],
    ['Asia/Kolkata', '2000-01-01T00:00:00Z', 5.5],
    ['Pacific/Apia', '2011-12-30T09:59:59Z', -10],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', 14],
    ['EET', '2020-07-01T00:00:00Z', 3],
  ])('%s is at %s %d hours ahead', (name, at, hours) => {
    expect(zone(name).offset(utc(at)) / HOUR).toBe(hours)
  })

  it('takes fixed offsets and UTC without asking the host', () => {
    expect([zone('+09:00').offset(0), zone('-0530').offset(0), zone('UTC').offset(1e15)]).toEqual([
      9 * HOUR,
      -5.5 * HOUR,
      0,
    ])
    expect([zone('utc').name, zone('Z').name, zone('UTC+2').name, zone('america/new_york').name]).toEqual([
      'UTC',
      'UTC',
      '+02:00',
      'America/New_York',
    ])
    expect([zone('UTC').fixed, zone('Asia/Tokyo').fixed]).toEqual([true, false])
  })

  it('agrees with the host at any time', () => {
    const names = ['America/New_York', 'Europe/London', 'Europe/Moscow', 'Australia/Lord_Howe', 'America/Sao_Paulo']
    const time = fc.integer({ min: utc('1930-01-01T00:00Z') / 1000, max: utc('2040-01-01T00:00Z') / 1000 })
    fc.assert(
      fc.property(fc.constantFrom(...names), time, (name, seconds) => {
        const text = new Date(seconds * 1000).toLocaleString('sv-SE', { timeZone: name })
        expect(zone(name).toLocal(seconds * 1000)).toBe(wall(text.replace(' ', 'T')))
      }),
      { numRuns: 300, seed: 4 },
    )
  })

  it('lists the changes of a year', () => {
    expect(zone('America/Chicago').changes(utc('2024-01-01T00:00Z'), utc('2025-01-01T00:00Z'))).toEqual([
      utc('2024-03-10T08:00:00Z'),
      utc('2024-11-03T07:00:00Z'),
    ])
  })
})

describe('what a wall clock shows', () => {
  const york = zone('America/New_York')

  it('is a moment, and back', () => {
    const time = fc.integer({ min: utc('1950-01-01T00:00Z') / 1000, max: utc('2040-01-01T00:00Z') / 1000 })
    fc.assert(
      fc.property(fc.constantFrom('America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia'), time, (name, seconds) => {
        const at = seconds * 1000
        const local = zone(name).toLocal(at)
        const { kind, utc: early, later } = zone(name).resolve(local)
        expect(kind).not.toBe('never')
        expect([early, later]).toContain(at)
        expect(early === later).toBe(kind === 'once')
      }),
      { numRuns: 300, seed: 5 },
    )
  })

  it('is two moments where clocks are put back, none where they are put forward', () => {
    const twice = york.resolve(wall('2024-11-03T01:30:00'))
    expect(twice).toEqual({ kind: 'twice', utc: utc('2024-11-03T05:30:00Z'), later: utc('2024-11-03T06:30:00Z') })
    const never = york.resolve(wall('2024-03-10T02:30:00'))
    expect(never).toEqual({ kind: 'never', utc: utc('2024-03-10T07:30:00Z'), later: utc('2024-03-10T07:30:00Z') })
    expect(york.toUtc(wall('2024-11-03T01:30:00'), 'later')).toBe(twice.later)
    expect(york.toUtc(wall('2024-07-01T09:30:00'))).toBe(utc('2024-07-01T13:30:00Z'))
  })
})

it('refuses what is no zone, with near names', () => {
  const refused = (name: string) => {
    try {
      return zone(name)
    } catch (error) {
      return error as FillgridError
    }
  }
  expect(refused('America/NewYork')).toBeInstanceOf(FillgridError)
  expect(refused('America/NewYork')).toMatchObject({ code: 'unknown_name' })
  expect((refused('America/NewYork') as FillgridError).message).toContain('America/New_York')
  expect((refused('Lndon') as FillgridError).message).toContain('Europe/London')
  expect(() => zone('Europe/London').offset(1e18)).toThrow(/years? 1 to 9999/)
})
