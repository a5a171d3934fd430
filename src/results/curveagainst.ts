import { FillgridError } from '../errors.ts'
import type { Scratch } from '../kernel/scratch.ts'
import type { Market } from '../market/market.ts'
import { assetByDate, type Common, commonPeriods, type DatedValues, holdByDate, seriesByDate } from './benchmark.ts'
import { type CurveParts, type CurveWork, excessOf, freeOf } from './curveparts.ts'

/** Returns of a curve and its benchmark over the periods that both have, as pointers. */
export interface Compared {
  readonly common: Common
  readonly count: number
  /** Common periods a year. */
  readonly perYear: number
  readonly returns: number
  readonly benchmark: number
  /** The same two less the risk-free rate. */
  readonly excess: number
  readonly over: number
}

/** The periods in common with the benchmark. @throws FillgridError invalid_value, unknown_name, released */
export function commonOf({ parts, periods, options }: CurveWork): Common {
  const { benchmark, market = parts.market } = options
  return commonPeriods(periods, benchmarkOf(benchmark, market))

  function benchmarkOf(given: typeof benchmark, market: Market | undefined): DatedValues {
    if (typeof given === 'object' && given !== null) return seriesByDate(given)
    if (typeof given !== 'string')
      throw new FillgridError(
        'invalid_value',
        `curve.benchmark: 'hold', the name of an asset or { time, close } expected, found ${String(given)}.`,
      )
    if (!market)
      throw new FillgridError(
        'invalid_value',
        `curve.benchmark: the market of the run is needed for ${JSON.stringify(given)}, found none. Pass \`market\`, or a series as { time, close }.`,
      )
    checkMarket(market, parts)
    const { firstBar = 0 } = parts
    return given === 'hold'
      ? holdByDate(market, firstBar, periods)
      : assetByDate(market, firstBar, periods, market.assetIndex(given))
  }
}

/** That a market has the bars of the curve. @throws FillgridError invalid_value, released */
function checkMarket(market: Market, { time, firstBar = 0 }: CurveParts): void {
  const stamps = market.time.subarray(firstBar, firstBar + time.length)
  if (stamps.length === time.length && stamps.every((stamp, i) => stamp === time[i])) return
  throw new FillgridError(
    'invalid_value',
    'curve.market: the market that the run was over expected, found one with other bars. Pass that one, or a series as { time, close }.',
  )
}

/** Both sides' returns over the common periods. */
export function compare(work: CurveWork, scratch: Scratch, common: Common): Compared {
  const { parts, periods, options } = work
  const { kernels } = scratch
  const log = Number(options.returns === 'log')
  const count = common.ends.length
  const perYear = work.perYear * common.share
  const [returns, benchmark] = [scratch.room(count * 8), scratch.room(count * 8)]
  const base = common.from < 0 ? parts.initialCash : parts.equity[common.from]
  kernels.periodReturns(scratch.place(parts.equity), scratch.place(common.ends), count, base, log, returns)
  kernels.periodReturns(scratch.place(common.values), 0, count, common.base, log, benchmark)
  const yearly = work.rates()
  const places = new Map(Array.from(periods.ends, (end, period) => [end, period]))
  const rates = Float64Array.from(common.ends, (end) => yearly[places.get(end) as number])
  const [excess, over] = [returns, benchmark].map((column) => excessOf(work, scratch, column, rates, perYear))
  return { common, count, perYear, returns, benchmark, excess, over }
}

/** Writes the AGAINST_* block of a curve. */
export function writeAgainst(work: CurveWork, scratch: Scratch, common: Common, dst: number): void {
  const { returns, benchmark, excess, over, count, perYear } = compare(work, scratch, common)
  scratch.kernels.againstFigures(
    returns,
    benchmark,
    excess,
    over,
    count,
    scratch.room(count * 16),
    perYear,
    work.cagr(),
    freeOf(work, scratch),
    Number(work.options.returns === 'log'),
    Number(work.options.alpha === 'geometric'),
    dst,
  )
}
