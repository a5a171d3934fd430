import { type ErrorPlace, FillgridError, show } from '../errors.ts'
import { nearNames } from './names.ts'

/** What is done about rows that fail a check. */
export type Policy =
  /** The data are refused. */
  | 'error'
  /** The rows are left out, counted and reported. */
  | 'drop'
  /** The rows are mended in the one way the check names, counted and reported. */
  | 'repair'
  /** The rows are used as they are; their number is in the provenance. */
  | 'keep'

/** One check of the catalogue. */
export interface CheckSpec {
  name: CheckName
  /** What fails it, as the end of 'n rows with ...'. */
  rule: string
  /** What is counted. Default 'row'. */
  unit?: 'row' | 'asset' | 'week'
  /** What can be done about it; the first is the default. */
  policies: readonly [Policy, ...Policy[]]
  /** What `repair` does, where it can be chosen; what `drop` keeps, where that needs saying. */
  repair?: string
  drop?: string
  /** Why the default is what it is, and how the check is made. */
  doc: string
}

export type CheckName =
  | 'unparsable'
  | 'missing'
  | 'incomplete'
  | 'mixedZones'
  | 'skippedTime'
  | 'repeatedTime'
  | 'repeated'
  | 'duplicates'
  | 'order'
  | 'highBelowLow'
  | 'nonPositive'
  | 'negativeVolume'
  | 'outside'
  | 'zeroVolume'
  | 'flat'
  | 'gaps'
  | 'jumps'
  | 'lowVolatility'
  | 'clock'

/** Policies by check; what is left out has its default. */
export type CheckPolicies = Readonly<Partial<Record<CheckName, Policy>>>

/**
 * All checks, in the order in which they are made. Defaults: what makes the meaning of the data doubtful is an error, what
 * holds no bar is dropped, what has one meaning only is repaired, what may well be true is kept.
 */
export const CHECKS: readonly CheckSpec[] = [
  {
    name: 'unparsable',
    rule: 'a field that is not what its column needs, or another number of fields than the rest',
    policies: ['error', 'drop'],
    doc: 'A wrong column looks like this too, so nothing is dropped unasked.',
  },
  {
    name: 'missing',
    rule: 'no price at all',
    policies: ['drop', 'error'],
    doc: 'Vendors write such rows for holidays; there is no bar in them.',
  },
  {
    name: 'incomplete',
    rule: 'an open, high or low but no close',
    policies: ['error', 'drop'],
    doc: 'A close cannot be made up from the rest.',
  },
  {
    name: 'mixedZones',
    rule: 'a stamp with a zone where others have none, or the reverse',
    policies: ['error', 'keep'],
    doc: 'Kept, a stamp without a zone is read in the zone of the file, one with a zone in its own.',
  },
  {
    name: 'skippedTime',
    rule: 'a local time that the clocks skipped (daylight saving began)',
    policies: ['error', 'repair', 'drop'],
    repair: 'moved forward by what the clocks skipped',
    doc: 'No bar can start then, so the zone is probably wrong.',
  },
  {
    name: 'repeatedTime',
    rule: 'a local time that the clocks showed twice (daylight saving ended)',
    policies: ['repair', 'drop', 'error'],
    repair: 'the first of the two, or the second where the rows of the first already stand before it',
    doc: 'Rows that run through the hour twice are told apart by their order; of a single run the first hour is taken.',
  },
  {
    name: 'repeated',
    rule: 'the time and the values of another row',
    policies: ['drop', 'error'],
    drop: 'one of them is kept',
    doc: 'Saying a thing twice adds nothing to it.',
  },
  {
    name: 'duplicates',
    rule: 'the time of another row and other values',
    policies: ['error', 'drop', 'repair'],
    drop: 'the first is kept',
    repair: 'the last is kept, a later row being a correction',
    doc: 'Which of them is right cannot be seen.',
  },
  {
    name: 'order',
    rule: 'a time before that of a row above',
    policies: ['error', 'repair'],
    repair: 'rows are put in order',
    doc: 'Rows that all stand newest first are turned round and do not fail. Some that are out of order are more often wrong dates than a wrong order.',
  },
  {
    name: 'highBelowLow',
    rule: 'a high below the low',
    policies: ['error', 'drop', 'repair'],
    repair: 'high and low become the highest and the lowest of the four prices',
    doc: 'No market makes such a bar.',
  },
  {
    name: 'nonPositive',
    rule: 'a price that is zero or negative',
    policies: ['error', 'keep', 'drop'],
    doc: 'Keep it where it is true: crude oil closed at -37.63 on 20 April 2020. The same as `allowNonPositive`.',
  },
  {
    name: 'negativeVolume',
    rule: 'a volume below zero',
    policies: ['error', 'drop', 'repair'],
    repair: 'the volume becomes zero',
    doc: 'Nothing can be traded less than not at all.',
  },
  {
    name: 'outside',
    rule: 'an open or close outside [low, high]',
    policies: ['keep', 'drop', 'repair', 'error'],
    repair: 'high and low are widened',
    doc: 'Kept as it is by rule 1.3: triggers see the wider range.',
  },
  {
    name: 'zeroVolume',
    rule: 'no volume',
    policies: ['keep', 'drop', 'error'],
    doc: 'Quotes of currencies and indexes have none.',
  },
  {
    name: 'flat',
    rule: 'one price only (open = high = low = close)',
    policies: ['keep', 'drop', 'error'],
    doc: 'Quiet minutes look like this, and so do hours in which a market was closed and the vendor filled in the last price.',
  },
  {
    name: 'gaps',
    rule: 'a hole before them in which bars are missing',
    policies: ['keep', 'error'],
    doc: 'A bar is missing where the same moment a week before and a week after has one: sessions, week-ends and daylight saving are learned from the data; holidays count unless a `calendar` is given.',
  },
  {
    name: 'jumps',
    rule: 'an open that is to the close before it as a split would make it',
    policies: ['keep', 'error'],
    doc: 'Ratios of 3 to 2, 2, 3, 4, 5, 7, 10, 20 and such to 1, and the reverse, within 4 %. Prices adjusted for splits have none.',
  },
  {
    name: 'lowVolatility',
    rule: 'a mean range that is too small for the length of its bars',
    unit: 'asset',
    policies: ['keep', 'error'],
    doc: 'Less than 0.1 % of the mean close in bars of a day, and of others in proportion to the square root of their length: 0.02 % in an hour, 0.0026 % in a minute. Pegged prices look like this; costs may be larger than anything such bars can pay.',
  },
  {
    name: 'clock',
    rule: 'another opening hour than currency and index markets have (Sunday 17:00 or 18:00 in New York)',
    unit: 'week',
    policies: ['keep', 'error'],
    doc: 'Made where the market rests for about 48 hours at the week-end, as those do; then the zone of the stamps is doubtful.',
  },
]

/** One row that failed a check. */
export interface Offence extends ErrorPlace {
  /** What stood there. */
  found?: string
}

/** The most offences that are kept of a check. */
export const MOST_OFFENCES = 5

/** What a check found, and what was done about it; plain data. */
export interface CheckOutcome {
  check: CheckName
  policy: Policy
  /** Rows that failed. */
  count: number
  /** More in words, where there is more to say. */
  detail?: string
  /** The first of them. */
  first: readonly Offence[]
}

/** The policy of each check: those given, else the defaults. @throws FillgridError unknown_name, invalid_value */
export function checkPolicies(...given: (CheckPolicies | undefined)[]): Record<CheckName, Policy> {
  const out = Object.fromEntries(CHECKS.map(({ name, policies }) => [name, policies[0]])) as Record<CheckName, Policy>
  for (const policies of given) {
    for (const [name, policy] of Object.entries(policies ?? {})) {
      if (policy === undefined) continue
      const spec = CHECKS.find((check) => check.name === name)
      if (!spec) {
        const near = nearNames(name, Object.keys(out))
        throw new FillgridError(
          'unknown_name',
          `checks: there is none with the name ${show(name)}. ` +
            (near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are ${Object.keys(out).join(', ')}.`),
        )
      }
      if (!spec.policies.includes(policy)) {
        throw new FillgridError(
          'invalid_value',
          `checks: the policy of ${name} must be ${spec.policies.join(', ')}, found ${show(policy)}.`,
        )
      }
      out[spec.name] = policy
    }
  }
  return out
}

/** Outcomes gathered over files and assets, one a check. */
export class Findings {
  readonly policies: Readonly<Record<CheckName, Policy>>
  /** Tables that stood newest first and were turned round. */
  newestFirst = 0
  /** Bars that are missing in gaps, and the longest distance over one (ms). */
  missing = 0
  longestHole = 0
  /** There are more gaps than were looked into. */
  moreHoles = false
  #last: { time: Float64Array; made: unknown } | undefined
  readonly #outcomes = new Map<CheckName, { count: number; details: string[]; first: Offence[] }>()

  constructor(policies: Readonly<Record<CheckName, Policy>>) {
    this.policies = policies
  }

  /** What follows from a line of time alone; assets of one market mostly share theirs. */
  once<T>(time: Float64Array, make: () => T): T {
    const last = this.#last
    let same = last !== undefined && last.time.length === time.length
    for (let i = 0; same && i < time.length; i++) same = last!.time[i] === time[i]
    if (!same) this.#last = { time, made: make() }
    return this.#last!.made as T
  }

  /** Whether a check has all the offences that are kept of one. */
  full(check: CheckName): boolean {
    return (this.#outcomes.get(check)?.first.length ?? 0) >= MOST_OFFENCES
  }

  /** Adds what a check found. */
  add(check: CheckName, count: number, first: readonly Offence[], detail?: string): void {
    if (count === 0) return
    const outcome = this.#outcomes.get(check) ?? { count: 0, details: [], first: [] }
    outcome.count += count
    outcome.first.push(...first.slice(0, MOST_OFFENCES - outcome.first.length))
    if (detail !== undefined && outcome.details.length < MOST_OFFENCES && !outcome.details.includes(detail))
      outcome.details.push(detail)
    this.#outcomes.set(check, outcome)
  }

  /** Adds the outcomes that a reader found. */
  addAll(outcomes: readonly CheckOutcome[]): void {
    for (const { check, count, first, detail } of outcomes) this.add(check, count, first, detail)
  }

  #gapWords(): string {
    const missing = `${this.missing}${this.moreHoles ? ' or more' : ''}`
    return `${missing} ${this.missing === 1 ? 'bar is' : 'bars are'} missing; the longest hole is ${duration(this.longestHole)}.`
  }

  /** What was found, in the order of the catalogue. */
  outcomes(): CheckOutcome[] {
    return CHECKS.flatMap(({ name }) => {
      const found = this.#outcomes.get(name)
      if (!found) return []
      const { count, first } = found
      const details = name === 'gaps' ? [this.#gapWords(), ...found.details] : found.details
      const detail = details.length > 0 ? { detail: details.join(' ') } : {}
      return [{ check: name, policy: this.policies[name], count, ...detail, first }]
    })
  }
}

/** A length of time as people say it: '3 d 2 h', '45 min', '90 s'. */
export function duration(ms: number): string {
  const parts: string[] = []
  let rest = ms
  for (const [unit, size] of [
    ['d', 86400000],
    ['h', 3600000],
    ['min', 60000],
    ['s', 1000],
  ] as const) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count} ${unit}`)
  }
  return parts.slice(0, 2).join(' ') || `${ms} ms`
}
