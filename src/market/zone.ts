import { FillgridError, show } from '../errors.ts'
import { nearNames } from './names.ts'

/**
 * Time zones by IANA name. The rules come from the host (`Intl`), which every supported runtime has; of each zone the
 * moments at which its clocks change are found once and kept, so that a column of stamps costs a comparison each.
 */

/** What a wall clock shows, resolved to the moments at which it shows that. */
export interface Resolved {
  /** once: an ordinary time; twice: clocks were put back over it; never: clocks were put forward past it. */
  kind: 'once' | 'twice' | 'never'
  /** Milliseconds UTC; the first of two; where never, the time shifted forward by what the clocks skipped. */
  utc: number
  /** The second of two; otherwise the same as `utc`. */
  later: number
}

/** A stretch without a change of clocks: `from` <= utc < `to`. */
interface Stretch {
  from: number
  to: number
  offset: number
}

const DAY = 86400000
/** Changes are looked for in blocks of so many days, probed every PROBE days: no zone has changed twice within. */
const BLOCK = 512 * DAY
const PROBE = 8 * DAY
/** Years 1 to 9999, which is what Intl writes plainly. */
const FIRST = -62135596800000
const LAST = 253402300799999

/** A time zone: what its wall clocks show at a moment, and when they show something. */
export class Zone {
  /** IANA name, 'UTC', or an offset like '+05:30'. */
  readonly name: string
  readonly #read: (utc: number) => number
  readonly #fixed: boolean
  readonly #blocks = new Map<number, Stretch[]>()
  #last: Stretch = { from: 0, to: 0, offset: 0 }

  /** Made by `zone()`. @param read offset at a moment; a number where it never changes @internal */
  constructor(name: string, read: number | ((utc: number) => number)) {
    this.name = name
    this.#fixed = typeof read === 'number'
    this.#read = typeof read === 'number' ? () => read : read
    if (typeof read === 'number')
      this.#last = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY, offset: read }
  }

  /** Whether its clocks never change. */
  get fixed(): boolean {
    return this.#fixed
  }

  /** Milliseconds that the wall clock is ahead of UTC. @param utc ms UTC @throws FillgridError out_of_range beyond the years 1 to 9999 */
  offset(utc: number): number {
    const last = this.#last
    if (utc >= last.from && utc < last.to) return last.offset
    const found = this.#find(utc)
    this.#last = found
    return found.offset
  }

  /** What the wall clock shows, as the milliseconds UTC of the same figures. */
  toLocal(utc: number): number {
    return utc + this.offset(utc)
  }

  /**
   * The moment at which the wall clock shows a time. Shown twice: the first. Never shown: shifted forward by what the
   * clocks skipped (02:30 becomes 03:30), as Temporal's 'compatible' does.
   *
   * @param local ms of the figures on the wall, as if they were UTC
   * @param twice which of two to take; 'earlier' by default
   */
  toUtc(local: number, twice: 'earlier' | 'later' = 'earlier'): number {
    // Away from changes the stretch of the last answer gives both ways the same.
    const { from, to, offset } = this.#last
    if (local - offset >= from + DAY && local - offset < to - DAY) return local - offset
    const resolved = this.resolve(local)
    return twice === 'later' ? resolved.later : resolved.utc
  }

  /** All there is to say about a time on the wall. */
  resolve(local: number): Resolved {
    // The offset a day before and a day after bracket any change; no zone moves its clocks by more.
    const before = this.offset(local - DAY)
    const after = this.offset(local + DAY)
    const early = local - before
    const late = local - after
    const earlyHolds = this.offset(early) === before
    const lateHolds = this.offset(late) === after
    if (before === after && earlyHolds) return { kind: 'once', utc: early, later: early }
    if (earlyHolds && lateHolds) return { kind: 'twice', utc: Math.min(early, late), later: Math.max(early, late) }
    if (earlyHolds || lateHolds) {
      const utc = earlyHolds ? early : late
      return { kind: 'once', utc, later: utc }
    }
    return { kind: 'never', utc: early, later: early }
  }

  /** Moments in [from, to) at which the clocks change, ms UTC, increasing. */
  changes(from: number, to: number): number[] {
    const out: number[] = []
    for (let at = from; at < to; ) {
      const { to: end } = this.#find(at)
      if (end < to && this.offset(end) !== this.offset(end - 1)) out.push(end)
      at = end
    }
    return out
  }

  #find(utc: number): Stretch {
    if (!(utc >= FIRST && utc <= LAST)) {
      throw new FillgridError(
        'out_of_range',
        `zone ${this.name}: times run from the year 1 to 9999, found ${show(utc)} ms.`,
      )
    }
    const key = Math.floor(utc / BLOCK)
    let block = this.#blocks.get(key)
    if (!block) {
      block = this.#stretches(key * BLOCK, (key + 1) * BLOCK)
      this.#blocks.set(key, block)
    }
    return block.find((stretch) => utc < stretch.to)!
  }

  /** The stretches of a block, by probing and halving down to the second of each change. */
  #stretches(from: number, to: number): Stretch[] {
    const out: Stretch[] = []
    let start = from
    let offset = this.#at(from)
    for (let probe = from + PROBE; probe <= to; probe += PROBE) {
      const next = this.#at(Math.min(probe, to - 1000))
      if (next === offset) continue
      let low = probe - PROBE
      let high = Math.min(probe, to - 1000)
      while (high - low > 1000) {
        const middle = low + Math.floor((high - low) / 2000) * 1000
        if (this.#at(middle) === offset) low = middle
        else high = middle
      }
      out.push({ from: start, to: high, offset })
      start = high
      offset = next
    }
    out.push({ from: start, to, offset })
    return out
  }

  #at(utc: number): number {
    return this.#read(Math.min(LAST, Math.max(FIRST, utc)))
  }
}

const zones = new Map<string, Zone>()

/**
 * A zone by its name: IANA ('America/New_York', letter case aside), 'UTC' or 'Z', or a fixed offset ('+09:00', '-0500').
 *
 * @throws FillgridError unknown_name with near names
 */
export function zone(name: string): Zone {
  const known = zones.get(name)
  if (known) return known
  const made = make(name)
  zones.set(name, made)
  return made
}

function make(name: string): Zone {
  if (typeof name === 'string') {
    if (/^(utc|z|gmt|etc\/utc)$/i.test(name)) return new Zone('UTC', 0)
    const fixed = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?([0-5]\d))?$/i.exec(name)
    if (fixed) {
      const minutes = Number(fixed[2]) * 60 + Number(fixed[3] ?? 0)
      if (minutes <= 18 * 60) {
        const text = `${fixed[1]}${fixed[2].padStart(2, '0')}:${fixed[3] ?? '00'}`
        return new Zone(text, (fixed[1] === '-' ? -minutes : minutes) * 60000)
      }
    }
    const read = reader(name)
    if (read) return new Zone(read.name, read.offset)
  }
  const text = String(name)
  const all = Intl.supportedValuesOf('timeZone')
  // People write cities: 'Newyork' is near to the last part of America/New_York.
  const cities = new Map(all.map((full) => [full.slice(full.lastIndexOf('/') + 1), full]))
  const near = nearNames(text, all).concat(
    nearNames(text.replaceAll(' ', '_'), cities.keys()).map((city) => cities.get(city)!),
  )
  const hint =
    near.length > 0
      ? `Did you mean ${[...new Set(near)].slice(0, 3).join(' or ')}?`
      : "Use one like 'Europe/London', 'UTC' or '+02:00'."
  throw new FillgridError('unknown_name', `zone: ${show(name)} is not the IANA name of a time zone. ${hint}`)
}

/** The host's rules for a zone; undefined where it has none of that name. */
function reader(name: string): { name: string; offset: (utc: number) => number } | undefined {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    return undefined
  }
  const offset = (utc: number) => {
    const whole = Math.floor(utc / 1000) * 1000
    let [year, month, day, hour, minute, second] = [0, 1, 1, 0, 0, 0]
    for (const { type, value } of format.formatToParts(whole)) {
      if (type === 'year') year = Number(value)
      else if (type === 'month') month = Number(value)
      else if (type === 'day') day = Number(value)
      else if (type === 'hour') hour = Number(value)
      else if (type === 'minute') minute = Number(value)
      else if (type === 'second') second = Number(value)
      else if (type === 'era' && value.startsWith('B')) year = 1 - year
    }
    // Date.UTC reads the years 0 to 99 as 1900 to 1999.
    const date = new Date(0)
    date.setUTCFullYear(year, month - 1, day)
    date.setUTCHours(hour, minute, second)
    return date.getTime() - whole
  }
  // The name as it is written, whatever the letter case it was asked for in.
  const written = Intl.supportedValuesOf('timeZone').find((known) => known.toLowerCase() === name.toLowerCase())
  return { name: written ?? name, offset }
}

/** The date by a zone's clocks at each moment, as days since 1970-01-01. */
export function daysOf(times: Float64Array, of: Zone): Int32Array {
  return Int32Array.from(times, (utc) => Math.floor(of.toLocal(utc) / DAY))
}

/** What a zone's clocks show at each moment, in whole seconds since they showed 1970-01-01 00:00. */
export function secondsOf(times: Float64Array, of: Zone): Float64Array {
  return Float64Array.from(times, (utc) => Math.floor(of.toLocal(utc) / 1000))
}
