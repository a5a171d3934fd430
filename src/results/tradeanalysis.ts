import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import { expectMarket } from '../market/expect.ts'
import type { Market } from '../market/market.ts'
import { onlyNames, strangeNameError } from '../market/names.ts'
import { zone } from '../market/zone.ts'
import { checkBars } from './bars.ts'
import { type CostSource, costTable } from './costs.ts'
import { type EdgeOptions, edgeRatio, edgeTable } from './edges.ts'
import { CONTEXT_DOC } from './schema.ts'
import type { Table } from './table.ts'
import { groupTable, TRADE_GROUPS, TRADE_TIMES, type TradeGroup, type TradeTime } from './tradegroups.ts'
import { TRADE_METRICS, type TradeMetricName, type TradeSummary, tradeMetric } from './trademetrics.ts'
import { type ClosedTrips, closedTrips, TRADES_PER, type TradeSource, type TradesPer } from './trips.ts'
import { tripTable } from './triptable.ts'

/** What trades are, and what is known of them beside their table. */
export interface TradeAnalysisOptions {
  /**
   * What counts as a trade: `roundTrip` a position from flat to flat, `lot` a lot (of runs with lots), `exit` each row of the table.
   * Default: what the metrics of runs count (semantics 7.10), which is `lot` with lots and `roundTrip` without.
   */
  per?: TradesPer
  /**
   * A column of position context that has the price of the initial stop of each trade, from which R multiples are taken, NaN for that
   * of the table; the strategy writes it (`broker.updatePositionContext`). Default: `initialStop` where the run has such a context, else
   * what the run knows itself (`entryStop`, semantics 7.11): stops that came by rule, with an order, as a child of it, or with a signal.
   * Without an initial stop R is NaN.
   */
  stop?: string
  /** Time zone by whose clocks years, months, weekdays and hours are; the run's own (its setting `zone`) by default. */
  zone?: string
  /** The market of the run, for edge ratios and for costs by kind that go by the bars, where the result was read from data. */
  market?: Market
}

const OPTIONS = new Set(['per', 'stop', 'zone', 'market'])
/** Context of this name is taken for the initial stop without being asked for. */
const STOP_CONTEXT = 'initialStop'

/** The trades of a result: every figure that is made of them, and tables of them by what they have in common. */
export class TradeAnalysis {
  /** What counts as a trade here. */
  readonly per: TradesPer
  /** The figures of TRADE_METRICS by camelCase name; NaN where undefined. */
  readonly summary: TradeSummary
  readonly #source: CostSource
  readonly #market: Market | undefined
  readonly #stops: Float64Array
  readonly #trips: ClosedTrips
  readonly #zone: string
  #table: Table | undefined
  #costs: Table | undefined

  /** Made by `result.tradeAnalysis`. @internal */
  constructor(source: CostSource & { zone: string; market?: Market }, options: TradeAnalysisOptions) {
    if (options === null || typeof options !== 'object')
      throw new FillgridError('invalid_value', `trade analysis: options expected, found ${show(options)}.`)
    onlyNames(options, OPTIONS, 'trade analysis', 'an option')
    this.#source = source
    this.per = perOf(options.per, source.lots)
    this.#zone = options.zone ?? source.zone
    zone(this.#zone)
    this.#market = marketOf(source, options.market)
    this.#stops = stopsOf(source, options.stop)
    this.#trips = closedTrips(source, this.per, this.#stops, L.TRIP_GROUPED)
    this.summary = summaryOf(source, this.#trips, () =>
      this.#market ? edgeRatio(source, this.#market, this.per === 'lot') : Number.NaN,
    )
  }

  /** A figure by either of its names. @throws FillgridError unknown_name with near names */
  figure(name: string): number {
    return this.summary[tradeMetric(name).name]
  }

  /** The closed trades, a row each, in the order of their last exits. */
  get trades(): Table {
    this.#table ??= tripTable(this.#source, closedTrips(this.#source, this.per, this.#stops, L.TRIP_COUNT))
    return this.#table
  }

  /**
   * The trades by what they have in common, a row for each group that there is: how many, won and lost, their P&L and averages.
   * Of trades of several exits the first says what the entry was, the last what the exit was.
   *
   *     result.tradeAnalysis().by('month')  // trades a month, by the time of the exit
   *     result.tradeAnalysis({ zone: 'America/New_York' }).by('hour', 'entry')
   *
   * @param at which time years, months, weekdays and hours are of; that of the exit by default
   * @throws FillgridError unknown_name with near names, invalid_value
   */
  by(group: TradeGroup, at: TradeTime = 'exit'): Table {
    if (!TRADE_GROUPS.includes(group))
      throw strangeNameError('trades by', 'what trades can be broken down by', group, TRADE_GROUPS)
    if (!TRADE_TIMES.includes(at))
      throw new FillgridError('invalid_value', `trades by ${group}: 'entry' or 'exit' expected, found ${show(at)}.`)
    return groupTable(this.#source, this.#trips, group, at, this.#zone)
  }

  /**
   * How far the price went for and against the entries within so many bars, in average true ranges, and the one over the other. Entries
   * are the fills that open a position from flat (of lots those that add too), whenever it was closed. A window has bars of the asset
   * that are whole behind the entry, of the entry bar where that was at its open; entries whose window reaches beyond the run count not.
   *
   *     result.tradeAnalysis().edgeRatios([5, 10, 20, 50])
   *
   * @param windows bars, 1 to 10,000; by default 1, 5, 10, 20, 50 and 100
   * @throws FillgridError invalid_value, unknown_name; invalid_value where the result was read from data and no `market` was given
   */
  edgeRatios(windows?: readonly number[], options?: EdgeOptions): Table {
    if (!this.#market)
      throw new FillgridError(
        'invalid_value',
        'edge ratios: the market of the run is needed, found none. Pass it as `market` of tradeAnalysis.',
      )
    return edgeTable(this.#source, this.#market, this.per === 'lot', windows, options)
  }

  /**
   * What the fills have cost, those of open positions too: commission, of makers and takers apart where the run has both, slippage,
   * spread and impact, each of the fills that open or add to a position and of those that close; in currency and as a fraction of all
   * that was traded. What rounding to ticks adds stands with the last of slippage and spread that a fill pays. Where a run has several of
   * these three and they cannot be told apart (own models, rules of other engines, no market), they stand together.
   */
  get costs(): Table {
    this.#costs ??= costTable(this.#source, this.#market)
    return this.#costs
  }
}

/** @throws FillgridError invalid_value */
function perOf(given: TradesPer | undefined, lots: boolean): TradesPer {
  if (given === undefined) return lots ? 'lot' : 'roundTrip'
  if (!TRADES_PER.includes(given))
    throw new FillgridError(
      'invalid_value',
      `trade analysis: per must be one of ${TRADES_PER.join(', ')}, found ${show(given)}.`,
    )
  if (given === 'lot' && !lots)
    throw new FillgridError(
      'invalid_value',
      "trade analysis: per: 'lot' is of runs whose positions are lots, found one without. Run it with `lots: 'fifo'`, or leave `per` out.",
    )
  return given
}

/** Prices of initial stops by row. @throws FillgridError unknown_name for a column that is no position context */
function stopsOf({ trades }: TradeSource, given: string | undefined): Float64Array {
  const contexts = trades.columns.filter(({ doc }) => doc === CONTEXT_DOC).map(({ name }) => name)
  if (given !== undefined && !contexts.includes(given))
    throw strangeNameError('trade analysis: stop', 'a position context of the run', given, contexts)
  const own = trades.values('entryStop') as Float64Array
  const name = given ?? (contexts.includes(STOP_CONTEXT) ? STOP_CONTEXT : undefined)
  if (name === undefined) return own
  return (trades.values(name) as Float64Array).map((price, row) => (Number.isNaN(price) ? own[row] : price))
}

/** The market that was given, or that of the run while it is there. @throws FillgridError invalid_value */
function marketOf(source: TradeSource & { market?: Market }, given: Market | undefined): Market | undefined {
  if (given === undefined) return source.market?.released ? undefined : source.market
  expectMarket(given, 'trade analysis')
  checkBars(source, given, 'trade analysis')
  return given
}

function summaryOf({ trades, openPositions }: TradeSource, { figures }: ClosedTrips, edge: () => number): TradeSummary {
  const counted: Partial<Record<TradeMetricName, number>> = {
    openTrades: openPositions.length,
    numExits: trades.length,
  }
  const summary = Object.fromEntries(
    TRADE_METRICS.map(({ name, place }) => [name, place < 0 ? counted[name] : figures[place]]),
  ) as Record<TradeMetricName, number>
  // It goes through all bars of the market: only for who asks.
  let ratio: number | undefined
  return Object.defineProperty(summary, 'edgeRatio', { enumerable: true, get: () => (ratio ??= edge()) })
}
