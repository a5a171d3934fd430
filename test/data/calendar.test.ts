import { expect, it } from 'vitest'
import { nyseSessions } from '../../data/calendar.ts'

const isoDates = (first: string, count: number) =>
  Array.from(nyseSessions(first, count), (ms) => new Date(ms).toISOString().slice(0, 10))

it('counts the sessions of each year as the exchange did', () => {
  const dates = isoDates('2000-01-01', 6600)
  const perYear = new Map<string, number>()
  for (const date of dates) perYear.set(date.slice(0, 4), (perYear.get(date.slice(0, 4)) ?? 0) + 1)
  const known = [252, 248, 252, 252, 252, 252, 251, 251, 253, 252, 252, 252, 250] // 2000..2012
  known.push(252, 252, 252, 252, 251, 251, 252, 253, 252, 251, 250, 252, 250) // 2013..2025
  expect(known.map((_, i) => perYear.get(String(2000 + i)))).toEqual(known)
})

it('keeps the moved holidays and the closures of single days', () => {
  const sessions = new Set(isoDates('2010-01-01', 3600))
  for (const open of ['2010-12-31', '2021-12-31', '2012-10-31', '2013-01-03', '2021-06-18', '2023-01-03']) {
    expect(sessions.has(open), open).toBe(true)
  }
  const closed = ['2012-10-29', '2012-10-30', '2018-12-05', '2022-06-20', '2015-07-03', '2016-12-26', '2013-03-29']
  for (const date of [...closed, '2023-01-02', '2024-03-29', '2022-12-26', '2013-09-02', '2013-11-28']) {
    expect(sessions.has(date), date).toBe(false)
  }
})
