import type { ErrorPlace } from '../errors.ts'
import { type CheckName, type CheckOutcome, checkPolicies, MOST_OFFENCES, type Offence } from '../market/checks.ts'
import type { PriceColumn } from '../market/input.ts'
import { fileError } from './head.ts'
import type { ReadOptions } from './options.ts'
import { keepRows } from './rows.ts'
import type { RowTable } from './rowtable.ts'

/**
 * The checks that text has while it is parsed, for tables that are typed by their file: rows that lack a stamp, every price
 * or the close alone, or hold an infinite number, are refused or left out, as the policies say.
 *
 * @param faults what stood there instead of a time, by row
 * @throws FillgridError invalid_file
 */
export function leaveOut(
  table: RowTable,
  faults: ReadonlyMap<number, string>,
  options: ReadOptions<unknown>,
): RowTable {
  const closes = table.prices.get('close')
  const four = (['open', 'high', 'low', 'close'] as const).flatMap((name) => table.prices.get(name) ?? [])
  const infinite = infiniteRows(table.prices)
  const names = table.record!.columns!
  const policies = checkPolicies(options.checks)
  const found = new Map<CheckName, { count: number; first: Offence[] }>()
  const out = new Uint8Array(table.time.length)
  let dropped = 0
  for (let row = 0; row < out.length; row++) {
    const timeless = Number.isNaN(table.time[row])
    const endless = timeless || infinite.size === 0 ? undefined : infinite.get(row)
    if (!timeless && endless === undefined && !(closes && Number.isNaN(closes[row]))) continue
    const empty = !timeless && endless === undefined && four.every((prices) => Number.isNaN(prices[row]))
    const check: CheckName = timeless || endless !== undefined ? 'unparsable' : empty ? 'missing' : 'incomplete'
    const column = names[timeless ? 'time' : (endless ?? 'close')]
    const place: ErrorPlace = { file: table.file, line: row + 1, ...(empty ? {} : { column }) }
    const value = timeless ? (faults.get(row) ?? 'none') : endless ? String(table.prices.get(endless)![row]) : 'none'
    if (policies[check] === 'error') {
      const rule = empty
        ? 'a row must have prices, found none'
        : `${column} must be a ${timeless ? 'time' : 'number'}, found ${value}`
      throw fileError(rule, place, `Mend the row; \`checks: { ${check}: 'drop' }\` leaves all such rows out.`)
    }
    const seen = found.get(check) ?? { count: 0, first: [] }
    seen.count++
    if (seen.first.length < MOST_OFFENCES) seen.first.push({ ...place, found: value })
    found.set(check, seen)
    out[row] = 1
    dropped++
  }
  if (dropped === 0) return table
  const outcomes = [...found].map(([check, rest]): CheckOutcome => ({ check, policy: policies[check], ...rest }))
  return { ...keepRows(table, (row) => out[row] === 0), outcomes }
}

/** The rows with an infinite number, and the first column that has it: typed files can hold what text has no words for. */
function infiniteRows(prices: ReadonlyMap<PriceColumn, Float64Array>): Map<number, PriceColumn> {
  const rows = new Map<number, PriceColumn>()
  for (const [name, values] of prices) {
    if (allFinite(values)) continue
    for (let row = 0; row < values.length; row++)
      if (Math.abs(values[row]) === Number.POSITIVE_INFINITY && !rows.has(row)) rows.set(row, name)
  }
  return rows
}

/** Whether no number is infinite or missing: a number less itself is 0, and only of those it is not. */
function allFinite(values: Float64Array): boolean {
  let sum = 0
  for (let row = 0; row < values.length; row++) sum += values[row] - values[row]
  return sum === 0
}
