import { FillgridError, show } from '../errors.ts'
import { annualPeriods } from '../market/annual.ts'
import { asCalendar, type Calendar } from '../market/calendar.ts'
import { type Moment, moment } from '../market/moment.ts'
import { onlyNames } from '../market/names.ts'
import { commonStep, findPeriods } from '../market/periods.ts'
import { EquityCurve } from './curve.ts'
import type { CurveOptions } from './curveoptions.ts'

const DAY = 86400000

/** A curve from anywhere: an account's, a fund's, another engine's. */
export interface OwnCurve {
  /** Increasing; as starts of bars. */
  readonly time: ArrayLike<Moment>
  /** What it is worth at the end of each bar. */
  readonly equity: ArrayLike<number>
  /** What it was worth before the first bar, above 0; by default the first value, whose return is then 0. */
  readonly initialValue?: number
  /** When it is taken, as in `Market.from`: where returns are taken from day to day of bars that are shorter. */
  readonly calendar?: string | Calendar
}

const NAMES: ReadonlySet<string> = new Set(
  Object.keys({ time: true, equity: true, initialValue: true, calendar: true } satisfies Record<keyof OwnCurve, true>),
)

/**
 * The figures of a curve that no run here has made, by the same rules. What was held is not known, so that exposure and
 * turnover are undefined.
 *
 * @throws FillgridError invalid_value, unknown_name
 */
export function equityCurve(given: OwnCurve, options: CurveOptions = {}): EquityCurve {
  if (given === null || typeof given !== 'object') throw wrong('{ time, equity }', given)
  onlyNames(given, NAMES, 'equityCurve', 'one of its fields')
  const { time: stamps, equity: values, calendar } = given
  for (const [name, list] of Object.entries({ time: stamps, equity: values }))
    if (typeof (list as ArrayLike<unknown> | undefined)?.length !== 'number') throw wrong(`a list as ${name}`, list)
  if (stamps.length === 0 || stamps.length !== values.length)
    throw wrong('as many values of equity as of time, at least one', [stamps.length, values.length])
  const time = Float64Array.from(stamps, (one, i) => moment('equityCurve', `time[${i}]`, one as Moment) as number)
  const equity = Float64Array.from(values)
  for (let i = 0; i < time.length; i++) {
    if (!Number.isFinite(time[i]) || (i > 0 && time[i] <= time[i - 1]))
      throw wrong(`times that increase at ${i}`, stamps[i])
    if (!Number.isFinite(equity[i])) throw wrong(`a number at equity[${i}]`, values[i])
  }
  const { initialValue = equity[0] } = given
  if (!(initialValue > 0 && initialValue < Number.POSITIVE_INFINITY))
    throw wrong('an initial value above 0', initialValue)
  const known = calendar === undefined ? undefined : asCalendar(calendar)
  const periods = findPeriods(time, commonStep(time), known)
  const date = new Float64Array(time.length)
  for (let bar = 0, period = 0; bar < date.length; bar++) {
    while (periods.ends[period] < bar) period++
    date[bar] = periods.days[period] * DAY
  }
  const annual = annualPeriods(periods, undefined, known)
  const cash = new Float64Array(time.length).fill(Number.NaN)
  return new EquityCurve({ time, date, equity, cash, initialCash: initialValue, annual, cagr: 'days' }, options)
}

function wrong(expected: string, found: unknown): FillgridError {
  return new FillgridError('invalid_value', `equityCurve: ${expected} expected, found ${show(found)}.`)
}
