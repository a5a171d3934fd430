import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import { Scratch } from '../kernel/scratch.ts'
import { type AnnualPeriods, givenPeriods } from '../market/annual.ts'
import { type Common, type DatedPeriods, ratesOf } from './benchmark.ts'
import { commonOf, compare, writeAgainst } from './curveagainst.ts'
import { writeHeld } from './curveheld.ts'
import { CURVE_METRICS, CURVE_PLACES, type CurveGroup, type CurvePlace, type CurveSummary } from './curvemetrics.ts'
import { type CheckedCurve, type CurveOptions, checkCurveOptions } from './curveoptions.ts'
import { type CurveParts, type CurveWork, excessOf, freeOf } from './curveparts.ts'
import { drawdownTable, histogramTable, periodTable, type RollingFigure, type Span, spanTable } from './curvetables.ts'
import { specNamed } from './metrics.ts'
import type { Table } from './table.ts'

const DAY = 86400000

/** How many numbers the block of a group has. */
const COUNTS: Readonly<Record<CurveGroup, number>> = {
  returns: L.RETURN_COUNT,
  falls: L.FALL_COUNT,
  spans: L.SPAN_COUNT,
  held: L.HELD_COUNT,
  against: L.AGAINST_COUNT,
}

const PLACES: ReadonlyMap<string, CurvePlace> = new Map([
  ...Object.entries(CURVE_PLACES),
  ...CURVE_METRICS.map(({ name, place }) => [name, place] as const),
])

const SPANS: Readonly<Record<Span, number>> = {
  day: L.SPAN_DAY,
  week: L.SPAN_WEEK,
  month: L.SPAN_MONTH,
  year: L.SPAN_YEAR,
}

/**
 * The equity of a run over time, and every figure that is made of it: scalars by the names of the catalogue, worst drawdowns,
 * returns by day, week, month and year, rolling figures, the distribution of returns. Each is worked out when it is first asked for,
 * in the kernel, so that it is the same everywhere.
 */
export class EquityCurve {
  /** Start of each bar, ms UTC. */
  readonly time: Float64Array
  /** Equity at the end of each bar, currency. */
  readonly values: Float64Array
  /** Before the first bar. */
  readonly initialValue: number
  /** How many returns make a year, and how that is known. */
  readonly annual: AnnualPeriods
  /** Periods of a rolling window: those of half a year where no `window` was given. */
  readonly window: number
  readonly #options: CheckedCurve
  readonly #work: CurveWork
  readonly #blocks = new Map<CurveGroup, Float64Array>()
  #common: Common | undefined
  #summary: CurveSummary | undefined

  /** Made by `result.equityCurve` and `equityCurve`. @throws FillgridError invalid_value, unknown_name @internal */
  constructor(parts: CurveParts, given: CurveOptions = {}) {
    const options = checkCurveOptions(given)
    const { periodsPerYear, cagr = parts.cagr, benchmark, riskFree } = options
    const { time, equity, annual, date } = parts
    const periods = periodsOf(date)
    this.time = time
    this.values = equity
    this.initialValue = parts.initialCash
    this.annual = periodsPerYear === undefined ? annual : givenPeriods(periodsPerYear, annual.period, 'curve')
    this.#options = options
    const { perYear } = this.annual
    this.window = options.window ?? Math.max(2, Math.round((perYear > 0 ? perYear : 252) / 2))
    let rates: Float64Array | undefined
    this.#work = {
      parts,
      options,
      periods,
      perYear,
      elapsed: cagr === 'periods' ? Number.NaN : time[time.length - 1] - time[0],
      rates: () => {
        rates ??= ratesOf(riskFree, periods)
        return rates
      },
      cagr: () => this.#block('returns')[L.RETURN_CAGR],
    }
    // What does not fit is said at once, and not where some figure is asked for.
    if (equity.length > 0 && benchmark !== undefined) this.#common = commonOf(this.#work)
    this.#work.rates()
  }

  /** Equity after the last bar. */
  get finalValue(): number {
    return this.values.length === 0 ? this.initialValue : this.values[this.values.length - 1]
  }

  /** Return of each period, simple or as a logarithm, as `returns` says. */
  get returns(): Float64Array {
    return this.#use((scratch) => scratch.read(this.#returns(scratch), this.#work.periods.ends.length))
  }

  /** Trade date of each period, ms UTC of its midnight. */
  get dates(): Float64Array {
    return this.#work.periods.dates.slice()
  }

  /** The benchmark over the periods in common: bars of the curve at which they end, its values there, and that before them. @internal */
  get against(): Pick<Common, 'ends' | 'values' | 'base'> | undefined {
    return this.#common
  }

  /** A figure of the curve by either of its names. @throws FillgridError unknown_name with near names */
  figure(name: string): number {
    const { group, at } = PLACES.get(name) ?? specNamed(name, CURVE_METRICS).place
    return this.#block(group)[at]
  }

  /** All figures by camelCase name; NaN where undefined. */
  get summary(): CurveSummary {
    this.#summary ??= Object.fromEntries(
      Array.from(PLACES, ([name, { group, at }]) => [name, this.#block(group)[at]]),
    ) as unknown as CurveSummary
    return this.#summary
  }

  /** The deepest drawdowns (`worst` of them), deepest first: start, valley, recovery, depth, days. */
  get drawdowns(): Table {
    return this.#use((scratch) => {
      const { falls, count } = this.#falls(scratch)
      return drawdownTable(scratch, this.time, falls, count)
    })
  }

  /** Returns by trade date, week (from Monday on), calendar month or year. @throws FillgridError invalid_value for another span */
  by(span: Span): Table {
    if (!Object.hasOwn(SPANS, span))
      throw new FillgridError(
        'invalid_value',
        `curve.by: 'day', 'week', 'month' or 'year' expected, found ${show(span)}.`,
      )
    return this.#use((scratch) => {
      const { starts, returns, returnsOf } = this.#spanReturns(scratch)
      const count = returnsOf(SPANS[span])
      return spanTable(span, scratch.read(starts, count), scratch.read(returns, count))
    })
  }

  /**
   * A figure of the `window` periods up to each, NaN before there are as many: 'sharpe', 'sortino' or 'volatility', of a year,
   * or 'beta', over the periods in common with the benchmark.
   *
   * @throws FillgridError invalid_value for what is none of these, and for 'beta' without a benchmark
   */
  rolling(figure: RollingFigure): Table {
    const { perYear, periods } = this.#work
    const { window } = this
    return this.#use((scratch) => {
      if (figure !== 'beta') {
        const excess = excessOf(this.#work, scratch, this.#returns(scratch))
        return periodTable(scratch, figure, { dates: periods.dates, excess, benchmark: 0, window, perYear })
      }
      if (!this.#common)
        throw new FillgridError(
          'invalid_value',
          "curve.rolling: a benchmark is needed for 'beta', found none. Pass `benchmark`: 'hold', an asset or { time, close }.",
        )
      const { common, excess, over } = compare(this.#work, scratch, this.#common)
      const dates = Float64Array.from(common.ends, (end) => this.#work.parts.date[end])
      return periodTable(scratch, figure, { dates, excess, benchmark: over, window, perYear })
    })
  }

  /** How many returns lie in each of so many equal parts between the least and the most. @throws FillgridError invalid_value */
  histogram(bins = 20): Table {
    return this.#use((scratch) => histogramTable(scratch, this.#returns(scratch), this.#work.periods.ends.length, bins))
  }

  #use<T>(work: (scratch: Scratch) => T): T {
    return Scratch.use('figures of a curve', work)
  }

  #block(group: CurveGroup): Float64Array {
    let block = this.#blocks.get(group)
    if (!block) {
      block = this.values.length === 0 ? new Float64Array(COUNTS[group]).fill(Number.NaN) : this.#made(group)
      this.#blocks.set(group, block)
    }
    return block
  }

  #made(group: CurveGroup): Float64Array {
    return this.#use((scratch) => {
      const dst = scratch.room(COUNTS[group] * 8)
      if (group === 'returns') this.#writeReturns(scratch, dst)
      else if (group === 'falls') this.#falls(scratch, dst)
      else if (group === 'held') writeHeld(this.#work, scratch, dst)
      else if (group === 'spans') this.#writeSpans(scratch, dst)
      else if (this.#common) writeAgainst(this.#work, scratch, this.#common, dst)
      else return new Float64Array(COUNTS.against).fill(Number.NaN)
      return scratch.read(dst, COUNTS[group])
    })
  }

  /** Returns of the periods, in the kernels' memory. */
  #returns(scratch: Scratch): number {
    const { ends } = this.#work.periods
    const dst = scratch.room(ends.length * 8)
    const log = Number(this.#options.returns === 'log')
    const [values, places] = [scratch.place(this.values), scratch.place(ends)]
    scratch.kernels.periodReturns(values, places, ends.length, this.initialValue, log, dst)
    return dst
  }

  #writeReturns(scratch: Scratch, dst: number): void {
    const { returns: kind, ratios, moments, confidence, requiredReturn, trials } = this.#options
    const { elapsed, perYear, periods } = this.#work
    const { length } = periods.ends
    const returns = this.#returns(scratch)
    scratch.kernels.returnFigures(
      returns,
      excessOf(this.#work, scratch, returns),
      length,
      scratch.room(length * 8),
      this.initialValue,
      this.finalValue,
      perYear,
      elapsed,
      freeOf(this.#work, scratch),
      Number(kind === 'log'),
      Number(ratios === 'geometric'),
      Number(moments === 'population'),
      confidence,
      requiredReturn,
      trials?.count ?? Number.NaN,
      trials?.variance ?? Number.NaN,
      dst,
    )
  }

  /** The deepest drawdowns, deepest first, in the kernels' memory. @param dst where the block goes that is asked for */
  #falls(scratch: Scratch, dst = scratch.room(L.FALL_COUNT * 8)): { falls: number; count: number } {
    const { kernels } = scratch
    const { worst, ulcer, recovery, confidence } = this.#options
    const bars = this.values.length
    const falls = scratch.room(kernels.mostFalls(bars) * L.FALL_BYTES)
    const [total, cagr, mean] = [L.RETURN_TOTAL, L.RETURN_CAGR, L.RETURN_MEAN].map((at) => this.#block('returns')[at])
    const gained = recovery === 'summed' ? mean * this.#work.periods.ends.length : total
    const [equity, time] = [scratch.place(this.values), scratch.place(this.time)]
    const free = freeOf(this.#work, scratch)
    const lessOne = Number(ulcer === 'less-one')
    kernels.fallFigures(
      equity,
      time,
      bars,
      this.initialValue,
      falls,
      worst,
      cagr,
      free,
      lessOne,
      gained,
      this.#returns(scratch),
      this.#work.periods.ends.length,
      confidence,
      dst,
    )
    return { falls, count: Math.min(worst, scratch.read(dst, L.FALL_COUNT)[L.FALL_NUMBER]) }
  }

  /** What writes the returns of a span, one after another into the same room, and where the equity, its periods and their days are. */
  #spanReturns(scratch: Scratch) {
    const { ends, dates } = this.#work.periods
    const { length } = ends
    const [equity, places] = [scratch.place(this.values), scratch.place(ends)]
    const days = scratch.place(Int32Array.from(dates, (date) => date / DAY))
    const [starts, returns] = [scratch.room(length * 8), scratch.room(length * 8)]
    const returnsOf = (span: number) =>
      scratch.kernels.spanReturns(equity, places, days, length, this.initialValue, span, starts, returns)
    return { equity, places, days, length, starts, returns, returnsOf }
  }

  #writeSpans(scratch: Scratch, dst: number): void {
    const { kernels } = scratch
    const { equity, places, days, length, returns, returnsOf } = this.#spanReturns(scratch)
    for (const span of Object.values(SPANS)) kernels.spanFigures(returns, returnsOf(span), span, dst)
    kernels.monthFigures(equity, places, days, length, returns, dst)
  }
}

/** A period ends where the trade date changes. */
function periodsOf(date: Float64Array): DatedPeriods {
  const ends: number[] = []
  for (let bar = 0; bar < date.length; bar++) if (bar + 1 === date.length || date[bar + 1] !== date[bar]) ends.push(bar)
  return { ends: Int32Array.from(ends), dates: Float64Array.from(ends, (end) => date[end]) }
}
