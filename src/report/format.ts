import type { Cell, Column } from '../results/table.ts'

/**
 * Numbers as people read them, the same on every host (nothing here asks the locale): fractions as percent,
 * money with two decimals and thousands, counts whole, ratios with three decimals. NaN and null are a dash.
 *
 * @param unit 'fraction', 'percent', 'currency', 'price', 'units', 'bars', 'periods', 'days', 'count' or '' for ratios
 */
export function formatNumber(value: number | null, unit: string): string {
  if (value === null || Number.isNaN(value)) return '-'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  switch (unit) {
    case 'fraction':
      return `${thousands(clean((value * 100).toFixed(2)))}%`
    case 'percent':
      return `${thousands(clean(value.toFixed(2)))}%`
    case 'currency':
      return thousands(clean(value.toFixed(2)))
    case 'count':
    case 'bars':
    case 'periods':
    case 'days':
      return thousands(Number.isInteger(value) ? String(value) : clean(value.toFixed(1)))
    case 'price':
    case 'units':
      return thousands(significant(value, 7))
    default:
      return Number.isInteger(value) ? thousands(String(value)) : thousands(clean(value.toFixed(3)))
  }
}

/** A number with so many significant digits, no zeros at the end, and its whole part in full; tiny ones with an exponent. */
export function significant(value: number, digits: number): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1e15 || size < 1e-6) return String(Number(value.toPrecision(digits)))
  const text = value.toPrecision(digits)
  return text.includes('e') ? String(Math.round(value)) : text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/** A cell of a table as people read it; times to the minute, without the time of day where it is midnight. */
export function formatCell(cell: Cell, column: Pick<Column, 'kind' | 'unit'>): string {
  if (cell === null) return '-'
  if (typeof cell === 'number')
    return formatNumber(cell, column.kind === 'i32' && column.unit === '' ? 'count' : column.unit)
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no'
  return column.kind === 'time' ? formatTime(cell) : cell
}

/** ISO 8601 UTC to the minute: `2023-05-01 00:00`; midnight is the date alone, seconds only where there are any. */
export function formatTime(iso: string): string {
  const [date, clock] = iso.replace('Z', '').split('T')
  if (clock === '00:00:00.000') return date
  return `${date} ${clock.replace(/\.000$/, '').replace(/:00$/, '')}`
}

/** A span of time: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return '-'
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

/** `1,234,567.8`: a comma between groups of three digits before the point. */
function thousands(text: string): string {
  if (text.includes('e')) return text
  const point = text.indexOf('.')
  const head = point < 0 ? text : text.slice(0, point)
  return head.replace(/\B(?=(\d{3})+$)/g, ',') + (point < 0 ? '' : text.slice(point))
}

/** A rounded zero without its minus. */
function clean(text: string): string {
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text
}
