import { type ErrorPlace, FillgridError } from '../errors.ts'
import type { Calendar } from './calendar.ts'
import {
  CHECKS,
  type CheckName,
  type CheckOutcome,
  duration,
  type Findings,
  MOST_OFFENCES,
  type Offence,
} from './checks.ts'
import { findHoles } from './holes.ts'
import { type AssetTable, atPlace, isoTime, PRICE_COLUMNS, type Remark, toDoubles } from './input.ts'
import { commonStep } from './periods.ts'
import { openingHits, weekOpenings } from './week.ts'

/** The rows of one asset as doubles, on their way through the checks. */
interface Rows {
  asset: string
  time: Float64Array
  columns: Map<string, Float64Array>
  signals: Map<string, Float64Array>
  /** Row of the table as it was given. */
  origin: Int32Array | undefined
  table: AssetTable
}

/** What is known about the asset beside its rows. */
export interface QualityOptions {
  /** When the market trades; gaps are then counted against it, as far as its table reaches. */
  calendar?: Calendar
}

/**
 * Makes the checks on the rows of one asset, in file order, and does what the policies say. The arrays given are not
 * changed; where nothing has to be done they are handed on as they are. What was found is added to `findings`.
 *
 * @throws FillgridError invalid_market for a check whose policy is `error`
 */
export function settleTable(table: AssetTable, findings: Findings, options: QualityOptions = {}): AssetTable {
  let rows = rowsOf(table)
  if (rows.time.length === 0) return table
  rows = settleOrder(rows, findings)
  rows = settlePrices(rows, findings)
  lookAtSequence(rows, findings, options)
  return rows.time === table.time && sameColumns(rows, table) ? table : tableOf(rows)
}

/** The sentences about what was done with the data, for `market.remarks`. */
export function qualityRemarks(outcomes: readonly CheckOutcome[]): Remark[] {
  const remarks: Remark[] = []
  for (const outcome of outcomes) {
    const { check, policy, count, first } = outcome
    const spec = CHECKS.find(({ name }) => name === check)!
    const where = first.length > 0 ? `, the first at ${atPlace(placeOf(first[0]))}` : ''
    const what = counted(check, count)
    const was = count === 1 ? 'was' : 'were'
    if (policy === 'drop') {
      const kept = spec.drop ? `; ${spec.drop}` : ''
      remarks.push({ code: 'rows_dropped', count, message: `${what} ${was} left out${where}${kept}.` })
    } else if (policy === 'repair') {
      remarks.push({ code: 'rows_repaired', count, message: `${what} ${was} repaired (${spec.repair})${where}.` })
    } else if (LOUD.has(check)) {
      remarks.push({
        code: 'data_doubtful',
        count,
        message: `${what}${where}.${outcome.detail ? ` ${outcome.detail}` : ''}`,
      })
    }
  }
  return remarks
}

/** Checks that are worth a warning even where the rows are kept; the others are in the provenance. */
const LOUD: ReadonlySet<CheckName> = new Set(['mixedZones', 'jumps', 'lowVolatility', 'clock'])

/** A number of rows, and what they have: '3 rows with a high below the low'. */
export function counted(check: CheckName, count: number): string {
  const { rule, unit = 'row' } = CHECKS.find(({ name }) => name === check)!
  return `${count} ${unit}${count === 1 ? '' : 's'} with ${rule}`
}

/** The error of a check whose policy is `error`. */
export function checkError(check: CheckName, count: number, first: Offence, detail = ''): FillgridError {
  const { policies, repair, rule, unit = 'row' } = CHECKS.find(({ name }) => name === check)!
  const ways = policies
    .filter((policy) => policy !== 'error')
    .map((policy) => `'${policy}'${policy === 'repair' && repair ? ` (${repair})` : ''}`)
  const found = first.found === undefined ? '' : `, ${count === 1 ? '' : 'the first '}${first.found}`
  return new FillgridError(
    'invalid_market',
    `market: no ${unit} may have ${rule}, found ${count}${found} at ${atPlace(placeOf(first))}.${detail && ` ${detail}`} ` +
      `Mend the source, or choose \`checks: { ${check}: ... }\`: ${ways.join(' or ')}.`,
    placeOf(first),
  )
}

function placeOf({ found: _, ...place }: Offence): ErrorPlace {
  return place
}

function rowsOf(table: AssetTable): Rows {
  const columns = new Map<string, Float64Array>()
  for (const name of PRICE_COLUMNS) if (table[name]) columns.set(name, toDoubles(table[name], name))
  const signals = Object.entries(table.signals ?? {})
  return {
    asset: table.asset,
    time: toDoubles(table.time, 'time'),
    columns,
    signals: new Map(signals.map(([name, values]) => [name, toDoubles(values, name)])),
    origin: undefined,
    table,
  }
}

function tableOf(rows: Rows): AssetTable {
  const { table, origin } = rows
  const place = table.origin ?? ((row: number) => ({ bar: row }))
  return {
    asset: rows.asset,
    time: rows.time,
    ...(Object.fromEntries(rows.columns) as { close: Float64Array }),
    signals: Object.fromEntries(rows.signals),
    origin: origin ? (row) => place(origin[row]) : table.origin,
  }
}

function sameColumns(rows: Rows, table: AssetTable): boolean {
  return PRICE_COLUMNS.every((name) => rows.columns.get(name) === table[name])
}

/** The rows `chosen`, in that order. */
function pick(rows: Rows, chosen: Int32Array): Rows {
  const gather = (values: Float64Array) => {
    const out = new Float64Array(chosen.length)
    for (let i = 0; i < out.length; i++) out[i] = values[chosen[i]]
    return out
  }
  const each = (columns: Map<string, Float64Array>) =>
    new Map([...columns].map(([name, values]) => [name, values.length === rows.time.length ? gather(values) : values]))
  const { origin } = rows
  return {
    ...rows,
    time: gather(rows.time),
    columns: each(rows.columns),
    signals: each(rows.signals),
    origin: origin ? chosen.map((row) => origin[row]) : chosen,
  }
}

/** The first of some rows in file order; those of a table that was turned round stand last. */
function firstOf(rows: Rows, found: readonly number[]): number[] {
  const { origin } = rows
  const turned = origin !== undefined && origin.length > 1 && origin[0] > origin[origin.length - 1]
  return turned ? found.slice(-MOST_OFFENCES).reverse() : found.slice(0, MOST_OFFENCES)
}

function offence(rows: Rows, row: number, found?: string): Offence {
  const given = rows.origin ? rows.origin[row] : row
  const place = rows.table.origin?.(given) ?? { bar: given }
  const out: Offence = { ...place, asset: rows.asset, time: isoTime(rows.time[row]) }
  if (found !== undefined) out.found = found
  return out
}

/** Adds the outcome of a check, or refuses. @returns the policy where rows failed, else undefined */
function settle(
  findings: Findings,
  check: CheckName,
  count: number,
  offences: () => Offence[],
  detail?: string,
): 'drop' | 'repair' | 'keep' | undefined {
  if (count === 0) return undefined
  const policy = findings.policies[check]
  if (policy === 'error') throw checkError(check, count, offences()[0], detail)
  // Where a row stood takes time to find out, and only the first few are kept.
  findings.add(check, count, findings.full(check) ? [] : offences(), detail)
  return policy
}

/** Newest first is turned round; then repeated rows, duplicates and what is out of order. */
function settleOrder(rows: Rows, findings: Findings): Rows {
  const { time } = rows
  const n = time.length
  let up = 0
  let down = 0
  for (let i = 1; i < n; i++) {
    if (time[i] > time[i - 1]) up++
    else if (time[i] < time[i - 1]) down++
    // A stamp that is no time at all is refused by the market, with its place.
    else if (time[i] !== time[i - 1]) return rows
  }
  if (down === 0 && up === n - 1) return rows
  const reversed = down > up
  const order = new Int32Array(n)
  for (let i = 0; i < n; i++) order[i] = reversed ? n - 1 - i : i
  if (reversed) findings.newestFirst++
  const disordered = Math.min(up, down) > 0
  const sorted = order.slice()
  // Rows of one time stay in file order, whichever way the file runs.
  if (disordered || up + down < n - 1) sorted.sort((a, b) => time[a] - time[b] || a - b)

  const out = new Uint8Array(n)
  const repeated: number[] = []
  const seconds: number[] = []
  const corrected: number[] = []
  for (let from = 0; from < n; ) {
    let to = from + 1
    while (to < n && time[sorted[to]] === time[sorted[from]]) to++
    let last = sorted[from]
    for (let i = from + 1; i < to; i++) {
      const row = sorted[i]
      if (equalRows(rows, row, last) || equalRows(rows, row, sorted[from])) {
        repeated.push(row)
        out[row] = 1
        continue
      }
      seconds.push(row)
      corrected.push(last)
      last = row
    }
    from = to
  }
  const some = (found: number[]) =>
    found
      .sort((a, b) => a - b)
      .slice(0, MOST_OFFENCES)
      .map((row) => ({ ...offence(rows, row, isoTime(time[row])), time: undefined }))
  settle(findings, 'repeated', repeated.length, () => some(repeated))
  const policy = settle(findings, 'duplicates', seconds.length, () => some(seconds))
  for (const row of policy === 'repair' ? corrected : seconds) out[row] = 1

  const late: number[] = []
  let last = Number.NEGATIVE_INFINITY
  for (const row of order) {
    if (out[row] !== 0) continue
    if (time[row] < last) late.push(row)
    else last = time[row]
  }
  settle(findings, 'order', late.length, () => some(late))
  const kept = (late.length > 0 ? sorted : order).filter((row) => out[row] === 0)
  return pick(rows, kept)
}

function equalRows(rows: Rows, a: number, b: number): boolean {
  for (const columns of [rows.columns, rows.signals])
    for (const values of columns.values()) if (!Object.is(values[a], values[b])) return false
  return true
}

const NONE = new Float64Array(0)

type PriceCheck = 'highBelowLow' | 'nonPositive' | 'negativeVolume' | 'outside' | 'zeroVolume' | 'flat'

/** The checks that look at one row. */
function settlePrices(rows: Rows, findings: Findings): Rows {
  const n = rows.time.length
  const close = rows.columns.get('close') ?? NONE
  if (close.length !== n) return rows
  const column = (name: string) => rows.columns.get(name) ?? close
  const [open, high, low] = [column('open'), column('high'), column('low')]
  const volume = rows.columns.get('volume')
  if (open.length !== n || high.length !== n || low.length !== n || (volume && volume.length !== n)) return rows
  const whole = open !== close && high !== close && low !== close
  const failed: Record<PriceCheck, number[]> = {
    highBelowLow: [],
    nonPositive: [],
    negativeVolume: [],
    outside: [],
    zeroVolume: [],
    flat: [],
  }
  let range = 0
  let sum = 0
  let bars = 0
  for (let i = 0; i < n; i++) {
    const o = open[i]
    const h = high[i]
    const l = low[i]
    const c = close[i]
    if (h < l) failed.highBelowLow.push(i)
    else if (o > h || o < l || c > h || c < l) failed.outside.push(i)
    else if (whole && h === l && o === c && o === h) failed.flat.push(i)
    if (o <= 0 || h <= 0 || l <= 0 || c <= 0) failed.nonPositive.push(i)
    if (volume !== undefined && volume[i] <= 0) (volume[i] < 0 ? failed.negativeVolume : failed.zeroVolume).push(i)
    const height = h - l
    if (height >= 0) {
      range += height
      sum += c
      bars++
    }
  }
  const words: Record<PriceCheck, (i: number) => string> = {
    highBelowLow: (i) => `high ${high[i]} and low ${low[i]}`,
    nonPositive: (i) => String([close[i], open[i], high[i], low[i]].find((price) => price <= 0)),
    negativeVolume: (i) => `volume ${volume![i]}`,
    outside: (i) => `open ${open[i]}, high ${high[i]}, low ${low[i]}, close ${close[i]}`,
    zeroVolume: (i) => `volume ${volume![i]}`,
    flat: (i) => String(close[i]),
  }
  const out = new Set<number>()
  const mend = new Set<number>()
  const noVolume = new Set<number>()
  for (const check of Object.keys(failed) as PriceCheck[]) {
    const found = failed[check]
    const policy = settle(findings, check, found.length, () =>
      firstOf(rows, found).map((i) => offence(rows, i, words[check](i))),
    )
    const target = policy === 'drop' ? out : check === 'negativeVolume' ? noVolume : mend
    if (policy === 'drop' || policy === 'repair') for (const i of found) target.add(i)
  }
  const step = whole && bars > 1 ? commonStep(rows.time) : Number.NaN
  const least = leastRange(step) * sum
  if (range < least) {
    const expected = `${round(least / bars)} is the least that is expected of bars of ${duration(step)}`
    const detail = `The mean range is ${round(range / bars)}, the mean close ${round(sum / bars)}; ${expected}.`
    settle(findings, 'lowVolatility', 1, () => [{ asset: rows.asset }], detail)
  }
  const columns = new Map(rows.columns)
  if (mend.size > 0) {
    const [top, bottom] = [high.slice(), low.slice()]
    for (const i of mend) {
      const four = [open[i], high[i], low[i], close[i]].filter((price) => !Number.isNaN(price))
      top[i] = Math.max(...four)
      bottom[i] = Math.min(...four)
    }
    if (high !== close) columns.set('high', top)
    if (low !== close) columns.set('low', bottom)
  }
  if (noVolume.size > 0)
    columns.set(
      'volume',
      volume!.map((units) => Math.max(0, units)),
    )
  const settled = mend.size + noVolume.size > 0 ? { ...rows, columns } : rows
  if (out.size === 0) return settled
  return pick(
    settled,
    Int32Array.from({ length: n }, (_, i) => i).filter((i) => !out.has(i)),
  )
}

/**
 * The mean range that bars should have at least, as a fraction of the mean close. A price that wanders goes as far as the square
 * root of the time it takes, so what is said of a day is said of other bars in that proportion: 0.0026 % of a minute, 0.02 % of an
 * hour. Of a day it is 0.1 %: the calmest currency pairs and rates move some 0.4 % a day, prices that are held to another by
 * decree some 0.03 %. Markets that rest in between move more in a minute than this allows for, never less. NaN where bars have
 * no length.
 */
function leastRange(step: number): number {
  return 0.001 * Math.sqrt(step / DAY)
}

function round(value: number): number {
  return Number(value.toPrecision(6))
}

/** The checks that look at neighbours: holes, jumps, the clock. They change nothing. */
function lookAtSequence(rows: Rows, findings: Findings, options: QualityOptions): void {
  const { time, columns } = rows
  const n = time.length
  if (n < 3) return
  const { step, holes, worksAlways } = findings.once(time, () => {
    const step = commonStep(time)
    const holes = findHoles(time, step, expected(time, options.calendar))
    // 1 January 1970 was a Thursday.
    const worksAlways = time.some((utc) => Math.floor(utc / DAY + 4) % 7 === 6)
    return { step, holes, worksAlways }
  })
  if (holes.rows.length > 0) {
    findings.missing += holes.missing
    findings.longestHole = Math.max(findings.longestHole, holes.longest)
    findings.moreHoles ||= holes.more
    settle(
      findings,
      'gaps',
      holes.rows.length,
      () => firstOf(rows, holes.rows).map((row) => offence(rows, row, `nothing since ${isoTime(time[row - 1])}`)),
      options.calendar || worksAlways || holes.longest < DAY / 2
        ? undefined
        : 'Holidays count, for no `calendar` was named.',
    )
  }

  const close = columns.get('close') ?? NONE
  const open = columns.get('open') ?? close
  if (close.length === n && open.length === n) {
    const jumps: number[] = []
    for (let i = 1; i < n; i++) {
      const ratio = open[i] / close[i - 1]
      if (ratio > 0 && (ratio < 0.7 || ratio > 1.42) && splitRatio(ratio) !== undefined) jumps.push(i)
    }
    settle(
      findings,
      'jumps',
      jumps.length,
      () =>
        firstOf(rows, jumps).map((i) =>
          offence(rows, i, `open ${open[i]} after close ${close[i - 1]} (${splitRatio(open[i] / close[i - 1])})`),
        ),
      'Prices that are not adjusted for splits look like this.',
    )
  }

  if (step > 0 && step <= 3600000) {
    const openings = weekOpenings(time)
    const { hits, commonest } = openingHits(openings.map((row) => time[row]))
    if (openings.length > 1 && hits < openings.length * 0.6) {
      const wrong = openings.length - hits
      const detail = `Weeks open at ${commonest} in New York: name the clock with \`timezone\`.`
      settle(findings, 'clock', wrong, () => firstOf(rows, openings).map((row) => offence(rows, row)), detail)
    }
  }
}

/** Whether there should be a bar at a moment: by dates where all bars are dates, else by hours. */
function expected(
  time: Float64Array,
  calendar: Calendar | undefined,
): ((utc: number) => boolean | undefined) | undefined {
  if (!calendar) return undefined
  const { first, last } = calendar
  const dates = time.every((utc) => utc % DAY === 0)
  return (utc) => {
    if (utc < first || utc > last) return undefined
    return dates ? calendar.sessionOn(utc) !== undefined : calendar.isOpen(utc)
  }
}

const DAY = 86400000
const SPLITS = [1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 40, 50, 100]

/** The split that a ratio of prices looks like, as '4 to 1'; undefined for none. */
function splitRatio(ratio: number): string | undefined {
  const size = Math.max(ratio, 1 / ratio)
  const near = SPLITS.find((split) => Math.abs(size / split - 1) < 0.04)
  if (near === undefined) return undefined
  const whole = Number.isInteger(near) ? [near, 1] : [near * 2, 2]
  return ratio < 1 ? `${whole[0]} to ${whole[1]}` : `${whole[1]} to ${whole[0]}`
}
