import { FillgridError } from '../errors.ts'
import type { Engine } from '../kernel/load.ts'
import type { Market } from '../market/market.ts'
import { firstBarAt, type Moment, moment } from '../market/moment.ts'
import { cutEnds } from '../market/periods.ts'
import type { ResultSettings } from '../results/settings.ts'
import { type Measure, type MeasureOptions, measureOf, measureSettings } from './measure.ts'

/** Which bars of a market are traded (semantics 9.3). */
export interface WindowOptions {
  /** First bar that is traded: the first that starts at or after this; milliseconds UTC, ISO 8601 or a Date. All by default. */
  from?: Moment
  /** Only bars that start before this are traded; as `from`. */
  to?: Moment
}

/** The bars that a run trades, what is worked out from them once for all runs over them, and how figures of a year are made. */
export interface Window extends Measure {
  /** Index of the first bar. */
  readonly first: number
  /** Index behind the last bar. */
  readonly end: number
  /** It is not the whole market. */
  readonly cut: boolean
  /** Last close of each asset before the window, NaN without one; undefined where nothing lies before it. */
  readonly marks: Float64Array | undefined
  /** Return periods: index of the last bar of each, counted from the first bar of the window; undefined where they are the market's. */
  readonly ends: Int32Array | undefined
  readonly periods: number
  /** Return of holding all assets over the window; see METRICS. */
  holdReturn(): number
}

const wholes = new WeakMap<Market, Omit<Window, keyof Measure>>()

/**
 * The window that options name, and how it is measured. One that holds the whole market is the same as none.
 *
 * @throws FillgridError invalid_value for a moment that is none, a measure that is none, an empty window or one without bars, with the market's range
 */
export function windowOf(market: Market, engine: Engine, options: WindowOptions & MeasureOptions): Window {
  const { from, to } = options
  const measure = measureOf(market, options)
  const start = moment('window', 'from', from) ?? Number.NEGATIVE_INFINITY
  const stop = moment('window', 'to', to) ?? Number.POSITIVE_INFINITY
  const { time } = market
  const first = firstBarAt(time, start)
  const end = firstBarAt(time, stop)
  if (end <= first) {
    const named = [from === undefined ? '' : `from ${iso(start)}`, to === undefined ? '' : `to ${iso(stop)}`]
    throw new FillgridError(
      'invalid_value',
      `window: at least one bar from \`from\` on and before \`to\` expected, found none ${named.filter(Boolean).join(' ')} in a market of ${market.bars} bars from ${market.barTime(0)} to ${market.barTime(market.bars - 1)}. Choose a window inside it.`,
    )
  }
  if (first === 0 && end === market.bars) return { ...wholeWindow(market, engine), ...measure }
  const ends = cutEnds(market.periodEnds, first, end)
  return {
    ...measure,
    first,
    end,
    cut: true,
    marks: first === 0 ? undefined : lastCloses(market, first),
    ends,
    periods: ends.length,
    holdReturn: once(() => holdReturn(market, engine, first, end)),
  }
}

function wholeWindow(market: Market, engine: Engine): Omit<Window, keyof Measure> {
  let whole = wholes.get(market)
  if (!whole) {
    whole = {
      first: 0,
      end: market.bars,
      cut: false,
      marks: undefined,
      ends: undefined,
      periods: market.periods.count,
      holdReturn: once(() => holdReturn(market, engine, 0, market.bars)),
    }
    wholes.set(market, whole)
  }
  return whole
}

/** What stands for a window and its measure in the settings of a result; nothing for the whole market and the defaults. */
export function windowSettings(
  market: Market,
  window: Window,
): Pick<ResultSettings, 'window' | 'cagr' | 'periodsPerYear'> {
  const measured = measureSettings(window, market)
  if (!window.cut) return measured
  return {
    ...measured,
    window: { from: market.barTime(window.first), to: window.end < market.bars ? market.barTime(window.end) : null },
  }
}

function lastCloses(market: Market, first: number): Float64Array {
  const { close, assetCount } = market
  return Float64Array.from({ length: assetCount }, (_, asset) => {
    let bar = first - 1
    while (bar >= 0 && Number.isNaN(close[bar * assetCount + asset])) bar--
    return bar < 0 ? Number.NaN : close[bar * assetCount + asset]
  })
}

function holdReturn(market: Market, engine: Engine, first: number, end: number): number {
  const close = market.pointers.close + first * market.assetCount * 8
  return engine.kernels.holdReturn(close, end - first, market.assetCount)
}

function once(make: () => number): () => number {
  let made: number | undefined
  return () => {
    made ??= make()
    return made
  }
}

function iso(ms: number): string {
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms)
}
