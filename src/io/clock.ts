import type { CheckName, CheckOutcome, Offence, Policy } from '../market/checks.ts'
import { MOST_OFFENCES } from '../market/checks.ts'
import { isoTime } from '../market/input.ts'
import { checkError } from '../market/quality.ts'
import { clockUtc, fitClocks, USUAL_CLOCKS, type WallClock, wallClock, weekOpenings } from '../market/week.ts'
import { keepRows } from './rows.ts'
import type { RowTable } from './rowtable.ts'
import type { ZoneMix } from './zonemix.ts'

const HOUR = 3600000
const DAY = 24 * HOUR

/** Stamps as moments, and how they became so. */
export interface Placed {
  table: RowTable
  /** Name of the clock of stamps without zone. */
  timezone: string
  from: 'option' | 'file' | 'dialect' | 'week' | 'nobody'
  /** What was taken for granted, one sentence each. */
  notes: readonly string[]
  outcomes: readonly CheckOutcome[]
}

/**
 * Brings the stamps of a table to UTC. Stamps that name their zone are there already; dates alone (all at midnight) are
 * labels and stay as they are. Of several clocks the one is taken in which weeks open when such markets do, and where the
 * week says something else than the given clock, a note says so.
 *
 * @param table stamps as local times; its time column is overwritten
 * @throws FillgridError invalid_market for checks whose policy is `error`; unknown_name for a zone that is none
 */
export function placeStamps(
  table: RowTable,
  zones: ZoneMix,
  timezone: string | readonly string[] | undefined,
  from: Placed['from'],
  policies: Readonly<Record<CheckName, Policy>>,
): Placed {
  const outcomes: CheckOutcome[] = []
  const notes: string[] = []
  const { time } = table
  const n = time.length
  const report = (check: CheckName, rows: readonly number[], count: number, found: (row: number) => string) => {
    if (count === 0) return
    const first = rows
      .slice(0, MOST_OFFENCES)
      .map((row) => ({ file: table.file, line: table.line(row), found: found(row) }) as Offence)
    if (policies[check] === 'error') throw checkError(check, count, first[0])
    outcomes.push({ check, policy: policies[check], count, first })
  }
  if (zones.flags) {
    const zoned = zones.zoned <= zones.naive ? 1 : 0
    const odd: number[] = []
    for (let row = 0; row < n && odd.length < MOST_OFFENCES; row++) if (zones.flags[row] === zoned) odd.push(row)
    report(
      'mixedZones',
      odd,
      Math.min(zones.zoned, zones.naive),
      (row) => `${isoTime(time[row])} ${zoned ? 'with' : 'without'} zone`,
    )
  }
  const asDates = () => ({ table, timezone: 'UTC', from: 'nobody' as const, notes, outcomes })
  if (n === 0 || zones.naive === 0) return { ...asDates(), from: 'file' }
  const given = timezone === undefined ? [] : typeof timezone === 'string' ? [timezone] : timezone
  const clocks = given.map(wallClock)
  if (isDates(time, zones.flags))
    return { ...asDates(), timezone: clocks[0]?.name ?? 'UTC', from: clocks.length === 1 ? from : 'nobody' }

  const openings = clocks.length === 1 && clocks[0].zone.fixed && from === 'option' ? [] : localOpenings(table)
  let clock: WallClock = clocks[0] ?? wallClock('UTC')
  let source = from
  if (clocks.length > 1) {
    const fits = fitClocks(openings, given)
    const best = fits.reduce((a, b) => (b.hits > a.hits ? b : a))
    if (best.weeks > 0 && best.hits >= best.weeks * 0.6) {
      clock = best.clock
      source = 'week'
      notes.push(
        `The file does not say its clock; ${clock.name} was taken: in it ${best.hits} of ${best.weeks} weeks open at 17:00 or 18:00 in New York. \`timezone\` sets another.`,
      )
    } else {
      source = 'nobody'
      notes.push(
        `The file does not say its clock and its weeks do not tell; ${clock.name} was taken. \`timezone\` sets another.`,
      )
    }
  } else if (openings.length > 1 && from !== 'option') {
    const [own] = fitClocks(openings, [clock.name])
    if (own.hits < own.weeks * 0.6) {
      const others = fitClocks(openings, USUAL_CLOCKS).filter((fit) => fit.hits >= fit.weeks * 0.8)
      const best = others.reduce<(typeof others)[number] | undefined>(
        (a, b) => (a && a.hits >= b.hits ? a : b),
        undefined,
      )
      const says = from === 'file' ? `The file says ${clock.name}` : `Stamps were read in ${clock.name}`
      if (best) {
        notes.push(
          `${says}, where ${own.hits} of ${own.weeks} weeks open at 17:00 or 18:00 in New York, as currency and index markets do; in ${best.clock.name} it would be ${best.hits}. \`timezone: '${best.clock.name}'\` reads it so.`,
        )
      }
    }
  }
  const drop = convert(table, zones.flags, clock, policies, report)
  const kept = drop ? keepRows(table, (row) => drop[row] === 0) : table
  return { table: kept, timezone: clock.name, from: source, notes, outcomes }
}

/** Whether all stamps without zone are midnights, which are dates and no moments. */
function isDates(time: Float64Array, flags: Uint8Array | undefined): boolean {
  for (let row = 0; row < time.length; row++) if (time[row] % DAY !== 0 && !flags?.[row]) return false
  return true
}

/** Local stamps of the first bars of weeks, of the first asset. */
function localOpenings(table: RowTable): number[] {
  let time = table.asset ? table.time.filter((_, row) => table.asset![row] === 0) : table.time
  if (time.length > 1 && time[0] > time[time.length - 1]) time = time.slice().reverse()
  return weekOpenings(time).map((row) => time[row])
}

/** Overwrites local stamps by moments. @returns rows to leave out, where there are any */
function convert(
  table: RowTable,
  flags: Uint8Array | undefined,
  clock: WallClock,
  policies: Readonly<Record<CheckName, Policy>>,
  report: (check: CheckName, rows: readonly number[], count: number, found: (row: number) => string) => void,
): Uint8Array | undefined {
  const { time, asset } = table
  const n = time.length
  if (clock.zone.fixed) {
    const offset = clock.zone.offset(0) + clock.shift
    if (offset !== 0) for (let row = 0; row < n; row++) if (!flags?.[row]) time[row] -= offset
    return undefined
  }
  const { lows, highs } = doubtfulTimes(time, clock)
  const skipped: number[] = []
  const repeated: number[] = []
  const was = new Map<number, number>()
  const last = new Float64Array(asset ? table.names.length : 1).fill(Number.NEGATIVE_INFINITY)
  // From old to new, so that of a time shown twice the rows of the first hour come first.
  const backwards = n > 1 && time[0] > time[n - 1]
  let safeFrom = 1
  let safeTo = 0
  let offset = 0
  for (let i = 0; i < n; i++) {
    const row = backwards ? n - 1 - i : i
    const local = time[row]
    const owner = asset ? asset[row] : 0
    if (flags?.[row]) {
      last[owner] = local
      continue
    }
    if (!(local >= safeFrom && local < safeTo)) {
      let k = 0
      let high = lows.length
      while (k < high) {
        const middle = (k + high) >> 1
        if (lows[middle] <= local) k = middle + 1
        else high = middle
      }
      if (k > 0 && local < highs[k - 1]) {
        const { kind, utc, later } = clock.zone.resolve(local - clock.shift)
        was.set(row, local)
        if (kind === 'never') skipped.push(row)
        else if (kind === 'twice') repeated.push(row)
        time[row] = kind === 'twice' && !(utc > last[owner]) ? later : utc
        last[owner] = time[row]
        continue
      }
      safeFrom = k > 0 ? highs[k - 1] : Number.NEGATIVE_INFINITY
      safeTo = k < lows.length ? lows[k] : Number.POSITIVE_INFINITY
      // Beyond the years that were looked at nothing is known; they are taken one by one.
      safeFrom = Math.max(safeFrom, local - 300 * DAY)
      safeTo = Math.min(safeTo, local + 300 * DAY)
      offset = local - clockUtc(clock, local)
    }
    time[row] = local - offset
    last[owner] = time[row]
  }
  const found = (row: number) => `${new Date(was.get(row)!).toISOString().slice(0, -1)} in ${clock.name}`
  const inOrder = (rows: number[]) => rows.sort((a, b) => a - b)
  report('skippedTime', inOrder(skipped), skipped.length, found)
  report('repeatedTime', inOrder(repeated), repeated.length, found)
  const out = [
    ...(policies.skippedTime === 'drop' ? skipped : []),
    ...(policies.repeatedTime === 'drop' ? repeated : []),
  ]
  if (out.length === 0) return undefined
  const drop = new Uint8Array(n)
  for (const row of out) drop[row] = 1
  return drop
}

/** Stretches of local time that the clock skips or shows twice, in the years that occur, increasing. */
function doubtfulTimes(time: Float64Array, clock: WallClock): { lows: number[]; highs: number[] } {
  const YEAR = 366 * DAY
  const years = new Set<number>()
  let last = Number.NaN
  for (let row = 0; row < time.length; row++) {
    const year = Math.floor(time[row] / YEAR)
    if (year !== last) years.add(year)
    last = year
  }
  const changes = new Set<number>()
  for (const year of years) {
    for (const change of clock.zone.changes(year * YEAR - 3 * DAY, (year + 1) * YEAR + 3 * DAY)) changes.add(change)
  }
  const lows: number[] = []
  const highs: number[] = []
  for (const change of [...changes].sort((a, b) => a - b)) {
    const before = change + clock.zone.offset(change - 1) + clock.shift
    const after = change + clock.zone.offset(change) + clock.shift
    lows.push(Math.min(before, after))
    highs.push(Math.max(before, after))
  }
  return { lows, highs }
}
