import { FillgridError, show } from '../errors.ts'
import { Scratch } from '../kernel/scratch.ts'
import type { Market } from '../market/market.ts'
import { type Moment, moment } from '../market/moment.ts'
import { HOLE } from '../market/periods.ts'
import type { BenchmarkSeries, RateSeries } from './curveoptions.ts'

const DAY = 86400000
/** A rate is taken for that of no later day than this after its stamp: a quarter and some days. */
const RATE_HOLDS = 100 * DAY

/** The periods over which returns are taken: the trade date of each, ms UTC, and the bar at which it ends. */
export interface DatedPeriods {
  readonly dates: Float64Array
  readonly ends: Int32Array
}

/** A benchmark by trade date: dates increase. */
export interface DatedValues {
  readonly dates: readonly number[]
  readonly values: readonly number[]
  /** What it was worth before the first period; found among the values where it is not said. */
  readonly base?: number
}

/** A curve and a benchmark at the periods that both have. */
export interface Common {
  /** Bars of the curve at which common periods end, and the bar from which the first return is taken; -1: the initial cash. */
  readonly ends: Int32Array
  readonly from: number
  /** The benchmark at each, and before the first. */
  readonly values: Float64Array
  readonly base: number
  /** Common returns for each period of the curve from the first to the last of them. */
  readonly share: number
}

/** A series that somebody gave; of several values on a day, which is that of the stamp in UTC, the last. @throws FillgridError invalid_value */
export function seriesByDate(series: BenchmarkSeries): DatedValues {
  const { stamps, numbers } = readSeries('benchmark', series, 'close', 'a number above 0', (one) => one > 0)
  const byDate = new Map<number, number>()
  stamps.forEach((stamp, i) => {
    byDate.set(Math.floor(stamp / DAY) * DAY, numbers[i])
  })
  return { dates: [...byDate.keys()], values: [...byDate.values()] }
}

/**
 * All assets of a run's market, bought at their first closes for equal shares of the cash.
 *
 * @param first the market's index of the first bar of the run
 */
export function holdByDate(market: Market, first: number, { dates, ends }: DatedPeriods): DatedValues {
  const bars = ends[ends.length - 1] + 1
  const { assetCount, pointers } = market
  const values = Scratch.use('buy and hold', (scratch) => {
    const dst = scratch.room(bars * 8)
    scratch.kernels.holdValues(pointers.close + first * assetCount * 8, bars, assetCount, dst)
    return scratch.read(dst, bars)
  })
  return { dates: [...dates], values: Array.from(ends, (end) => values[end]), base: 1 }
}

/** An asset of a run's market by its closes; where it has no bar its last one counts. */
export function assetByDate(market: Market, first: number, { dates, ends }: DatedPeriods, asset: number): DatedValues {
  const { assetCount, close } = market
  let price = Number.NaN
  let bar = 0
  const priceAt = (last: number) => {
    for (; bar <= last; bar++) {
      const found = close[bar * assetCount + asset]
      if (!Number.isNaN(found)) price = found
    }
    return price
  }
  const before = first === 0 ? Number.NaN : priceAt(first - 1)
  const all = Array.from(ends, (end, i) => ({ date: dates[i], value: priceAt(first + end) }))
  const known = all.filter(({ value }) => !Number.isNaN(value))
  return {
    dates: known.map(({ date }) => date),
    values: known.map(({ value }) => value),
    ...(Number.isNaN(before) ? {} : { base: before }),
  }
}

/**
 * The periods that a curve and a benchmark have in common, by trade date. Days that one of both lacks are left out, so that the
 * returns of both go from one common day to the next. The first return is taken from the initial cash where the benchmark has
 * a value of at most 15 days before, else from the first common day.
 *
 * @throws FillgridError invalid_value where there are none
 */
export function commonPeriods({ dates, ends }: DatedPeriods, benchmark: DatedValues): Common {
  const places = new Map(benchmark.dates.map((date, i) => [date, i]))
  const common = Array.from(dates.keys()).filter((period) => places.has(dates[period]))
  const base = benchmark.base ?? valueBefore(benchmark, dates[0])
  const skipped = base === undefined ? 1 : 0
  if (common.length <= skipped) {
    const span = (all: ArrayLike<number>) =>
      all.length === 0 ? 'no day' : `${day(all[0])} to ${day(all[all.length - 1])}`
    throw new FillgridError(
      'invalid_value',
      `curve.benchmark: at least two days in common with the curve expected, found ${common.length} of ${span(benchmark.dates)} in ${span(dates)}. Give its values by the days of the run, with stamps of the same day in UTC.`,
    )
  }
  const valueAt = (period: number) => benchmark.values[places.get(dates[period]) as number]
  const compared = common.slice(skipped)
  const from = skipped === 1 ? common[0] : -1
  return {
    ends: Int32Array.from(compared, (period) => ends[period]),
    from: from < 0 ? -1 : ends[from],
    values: Float64Array.from(compared, valueAt),
    base: base ?? valueAt(common[0]),
    share: compared.length / (compared[compared.length - 1] - from),
  }
}

function valueBefore({ dates, values }: DatedValues, first: number): number | undefined {
  const at = dates.findLastIndex((date) => date < first)
  return at >= 0 && first - dates[at] <= HOLE ? values[at] : undefined
}

/** The yearly rate of each period: the last that is known on its day. @throws FillgridError invalid_value for a series with holes */
export function ratesOf(riskFree: number | RateSeries, { dates }: DatedPeriods): Float64Array {
  if (typeof riskFree === 'number') return new Float64Array(dates.length).fill(riskFree)
  const { stamps, numbers } = readSeries('riskFree', riskFree, 'rate', 'a fraction above -1', (one) => one > -1)
  let at = -1
  return dates.map((date) => {
    while (at + 1 < stamps.length && stamps[at + 1] < date + DAY) at++
    if (at >= 0 && date - stamps[at] <= RATE_HOLDS) return numbers[at]
    throw new FillgridError(
      'invalid_value',
      `curve.riskFree: a rate of at most 100 days before each day of the curve expected, found ${at < 0 ? 'none' : `that of ${day(stamps[at])} the last`} for ${day(date)}. Fill the hole, or give one number.`,
    )
  })
}

/** Stamps that increase, each with a number. @throws FillgridError invalid_value */
function readSeries<F extends string>(
  subject: string,
  series: { readonly time: ArrayLike<Moment> } & { readonly [K in F]: ArrayLike<number> },
  field: F,
  what: string,
  fits: (value: number) => boolean,
): { stamps: number[]; numbers: number[] } {
  const wrong = (place: string, expected: string, found: unknown) =>
    new FillgridError('invalid_value', `curve.${subject}${place}: ${expected} expected, found ${show(found)}.`)
  const { time, [field]: values } = series
  for (const [name, list] of Object.entries({ time, [field]: values }))
    if (typeof (list as ArrayLike<unknown> | undefined)?.length !== 'number') throw wrong(`.${name}`, 'a list', list)
  if (time.length !== values.length || time.length === 0)
    throw wrong('', `as many values of ${field} as of time, at least one,`, [time.length, values.length])
  const stamps = Array.from(time, (one, i) => moment(`curve.${subject}`, `time[${i}]`, one) as number)
  stamps.forEach((stamp, i) => {
    if (!Number.isFinite(stamp) || (i > 0 && stamp <= stamps[i - 1]))
      throw wrong(`.time[${i}]`, 'times that increase', time[i])
  })
  const numbers = Array.from(values, (value, i) => {
    if (typeof value === 'number' && Number.isFinite(value) && fits(value)) return value
    throw wrong(`.${field}[${i}]`, `${what} (a day without one is left out)`, value)
  })
  return { stamps, numbers }
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
