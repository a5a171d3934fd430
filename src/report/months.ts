import { expectFields } from '../market/expect.ts'
import { type HtmlCell, htmlTable, signed, tinted } from './elements.ts'
import { coordinate } from './svg.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * Returns of the UTC months of an equity curve, fractions, by year: from the last equity of the month before (the initial
 * cash before the first) to its own; NaN where a month has no bar or begins with nothing. The year's own stand 13th.
 */
export function monthlyReturns(
  time: ArrayLike<number>,
  equity: ArrayLike<number>,
  initialCash: number,
): Map<number, number[]> {
  expectFields(time, 'monthlyReturns', 'times of bars')
  expectFields(equity, 'monthlyReturns', 'equity by bar')
  const years = new Map<number, number[]>()
  let before = initialCash
  let beforeYear = initialCash
  for (let i = 0; i < equity.length; i++) {
    const date = new Date(time[i])
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
    const next = i + 1 < equity.length ? new Date(time[i + 1]) : undefined
    const yearEnds = next?.getUTCFullYear() !== year
    if (!yearEnds && next?.getUTCMonth() === month) continue
    const row = years.get(year) ?? new Array<number>(13).fill(Number.NaN)
    years.set(year, row)
    row[month] = before > 0 ? equity[i] / before - 1 : Number.NaN
    before = equity[i]
    if (!yearEnds) continue
    row[12] = beforeYear > 0 ? equity[i] / beforeYear - 1 : Number.NaN
    beforeYear = equity[i]
  }
  return years
}

/** Months by year as a map of colours. The year stands last, and second as well, of which the style shows one. */
export function monthTable(years: ReadonlyMap<number, readonly number[]>): string {
  if (years.size === 0) return ''
  const all = [...years.values()]
  const [most, mostYear] = [sizeOf(all.flatMap((row) => row.slice(0, 12))), sizeOf(all.map((row) => row[12]))]
  const rows = [...years].map(([year, returns]): HtmlCell[] => [
    String(year),
    tinted(returns[12], 'fraction', mostYear, 'narrow year'),
    ...returns.slice(0, 12).map((value) => tinted(value, 'fraction', most)),
    tinted(returns[12], 'fraction', mostYear, 'wide year'),
  ])
  const head = ['Year', { text: 'Total', style: 'narrow' }, ...MONTHS, { text: 'Total', style: 'wide' }]
  return htmlTable('Returns by month', head, rows, 1, ' months')
}

/** The size that all but the largest tenth reach: one wild month leaves the others their colours. */
function sizeOf(values: readonly number[]): number {
  const sizes = values
    .filter(Number.isFinite)
    .map(Math.abs)
    .sort((a, b) => a - b)
  return sizes[Math.min(sizes.length - 1, Math.floor(sizes.length * 0.9))] ?? 0
}

/** Years as numbers and bars, beside those of a benchmark where there is one. */
export function yearTable(
  years: ReadonlyMap<number, readonly number[]>,
  benchmark: ReadonlyMap<number, readonly number[]> | undefined,
): string {
  if (years.size === 0) return ''
  const pairs = [...years].map(([year, row]) => ({
    year,
    own: row[12],
    other: benchmark?.get(year)?.[12] ?? Number.NaN,
  }))
  const most = Math.max(...pairs.flatMap(({ own, other }) => [own, other].filter(Number.isFinite).map(Math.abs)), 0)
  const rows = pairs.map(({ year, own, other }): HtmlCell[] => [
    String(year),
    signed(own, 'fraction'),
    ...(benchmark ? [signed(other, 'fraction'), signed(own - other, 'fraction')] : []),
    { text: '', html: bars([own, other], most) },
  ])
  const against = benchmark ? ['Buy and hold', 'Difference'] : []
  return htmlTable(
    'Years',
    ['Year', 'Strategy', ...against, { text: '', html: '<span class="unseen">Bars</span>' }],
    rows,
    1,
    ' years',
  )
}

/** Bars from a middle line, one a value. */
function bars(values: readonly number[], most: number): string {
  const shown = values.map((value, i) => {
    if (!Number.isFinite(value) || most === 0) return ''
    const length = (Math.abs(value) / most) * 98
    const x = value < 0 ? 100 - length : 100
    const style = i === 1 ? 'beside' : value < 0 ? 'loss' : 'gain'
    return `<rect class="${style}" x="${coordinate(x)}" y="${2 + i * 7}" width="${coordinate(length)}" height="6"/>`
  })
  return `<svg viewBox="0 0 200 17" aria-hidden="true" preserveAspectRatio="none">${shown.join('')}<path d="M100 0V17"/></svg>`
}
