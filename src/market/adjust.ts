import { FillgridError, show } from '../errors.ts'
import { actionsAt, assetOf, barDates, type CorporateAction } from './actions.ts'
import { expectMarket } from './expect.ts'
import { checkFactors, type FactorTable } from './factors.ts'
import { isoTime, marketError, type Remark } from './input.ts'
import { Market } from './market.ts'
import { inheritedRemarks } from './remarks.ts'

/** Which prices stay as they were traded. */
export type Direction =
  /** The last ones (default): history is scaled to today's shares; new events change it all again. */
  | 'backward'
  /** The first ones: what one bought then grows by its splits and dividends; later events leave it as it is. */
  | 'forward'

/** Settings of `adjust`. */
export interface AdjustOptions {
  direction?: Direction
  /**
   * What a dividend D is worth. 'prior-close' (default; Yahoo, LEAN, CRSP): earlier prices times 1 - D / last close before
   * it. 'ex-close' (Alpha Vantage): times close / (close + D) of its own bar, as if put back into shares at that close.
   * 'ignore': prices show what was paid out as a loss.
   */
  dividends?: 'prior-close' | 'ex-close' | 'ignore'
  /** Default true. */
  splits?: boolean
  /** Whether volumes follow splits (never dividends), so that volume times price stays what was traded. Default true. */
  volume?: boolean
  /** IANA zone in which an intraday bar's date is read, against dates of events. Default 'UTC'. */
  timezone?: string
}

/** Factors a cell, time-major. */
interface Factors {
  price: Float64Array
  volume: Float64Array
}

/**
 * The market with prices adjusted for splits and dividends: open, high, low and close of a bar times one factor. The given
 * market stays as it is. Bars of an event's date and later are after it.
 *
 * @throws FillgridError invalid_value for an event that cannot be (a split of 0, a dividend of the whole price),
 * unknown_name for its asset
 */
export function adjust(market: Market, actions: readonly CorporateAction[], options: AdjustOptions = {}): Market {
  expectMarket(market, 'adjust')
  const how = options.dividends ?? 'prior-close'
  if (how !== 'prior-close' && how !== 'ex-close' && how !== 'ignore')
    throw new FillgridError(
      'invalid_value',
      `adjust: dividends must be 'prior-close', 'ex-close' or 'ignore', found ${show(how)}.`,
    )
  const { split, dividend, unmatched } = actionsAt(market, actions, options.timezone)
  const width = market.assetCount
  const factors = { price: new Float64Array(split.length).fill(1), volume: new Float64Array(split.length).fill(1) }
  const { close } = market
  for (let asset = 0; asset < width; asset++) {
    let price = 1
    let shares = 1
    let later = -1
    for (let i = (market.bars - 1) * width + asset; i >= 0; i -= width) {
      if (Number.isNaN(close[i])) continue
      if (later >= 0 && (split[later] !== 1 || dividend[later] !== 0)) {
        const s = options.splits === false ? 1 : split[later]
        price *= dividendFactor(how, dividend[later], close[i] / s, close[later], () => cellPlace(market, later)) / s
        shares *= s
      }
      later = i
      factors.price[i] = price
      factors.volume[i] = shares
    }
  }
  const remarks: Remark[] = []
  if (unmatched > 0) {
    const message = `${unmatched} splits or dividends lie after the last bar of their asset and change nothing.`
    remarks.push({ code: 'events_unmatched', count: unmatched, message })
  }
  return apply(market, factors, options, remarks, {
    events: actions.length - unmatched,
    dividends: how,
    splits: options.splits !== false,
  })
}

function dividendFactor(
  how: string,
  dividend: number,
  prior: number,
  close: number,
  place: () => ReturnType<typeof cellPlace>,
): number {
  if (how === 'ignore' || dividend === 0) return 1
  const factor = how === 'prior-close' ? 1 - dividend / prior : close / (close + dividend)
  if (factor > 0 && factor <= 1) return factor
  throw marketError(
    `a dividend must be below the close before it, found ${dividend} and ${prior}`,
    place(),
    "Mend the dividend (it is per share after a split of the same day), or pass dividends: 'ignore'.",
  )
}

/**
 * The market adjusted by tables of factors, like LEAN's factor files (`readFactors`).
 *
 * @throws FillgridError invalid_value, unknown_name
 */
export function adjustByFactors(
  market: Market,
  tables: readonly FactorTable[],
  options: Pick<AdjustOptions, 'direction' | 'volume' | 'timezone'> = {},
): Market {
  expectMarket(market, 'adjustByFactors')
  const width = market.assetCount
  const cells = market.bars * width
  const factors = { price: new Float64Array(cells).fill(1), volume: new Float64Array(cells).fill(1) }
  const dates = barDates(market, options.timezone)
  for (const table of tables) {
    const asset = assetOf(market, table.asset, 'factors')
    checkFactors(table, market.assets[asset])
    let row = 0
    for (let bar = 0, i = asset; bar < market.bars; bar++, i += width) {
      while (row < table.until.length && table.until[row] < dates[bar]) row++
      // After the last row prices are as they are traded.
      if (row === table.until.length) break
      factors.price[i] = table.price[row]
      factors.volume[i] = 1 / (table.split?.[row] ?? 1)
    }
  }
  return apply(market, factors, options, [], { tables: tables.length })
}

/**
 * The market adjusted by a vendor's column of adjusted closes: every price of a bar times adjusted close / close. Bars
 * without an adjusted close become absent. Volumes follow `split`, a column of split coefficients, where one is named.
 *
 * @param column name of the signal column with the adjusted closes
 * @throws FillgridError unknown_name; invalid_market for an adjusted close that is not positive
 */
export function adjustByClose(
  market: Market,
  column: string,
  options: Pick<AdjustOptions, 'direction' | 'volume'> & { split?: string } = {},
): Market {
  expectMarket(market, 'adjustByClose')
  const adjusted = signalOf(market, column)
  const split = options.split === undefined ? undefined : signalOf(market, options.split)
  const width = market.assetCount
  const { close } = market
  const factors = { price: new Float64Array(close.length), volume: new Float64Array(close.length).fill(1) }
  for (let i = 0; i < close.length; i++) {
    const factor = adjusted[i] / close[i]
    if (factor <= 0 || Math.abs(factor) === Number.POSITIVE_INFINITY) {
      throw marketError(`an adjusted close must be positive like the close, found ${adjusted[i]} and ${close[i]}`, {
        ...cellPlace(market, i),
        column,
      })
    }
    factors.price[i] = factor
  }
  if (split) {
    for (let asset = 0; asset < width; asset++) {
      let shares = 1
      for (let i = (market.bars - 1) * width + asset; i >= 0; i -= width) {
        factors.volume[i] = shares
        if (!Number.isNaN(split[i])) shares *= split[i]
      }
    }
  }
  return apply(market, factors, options, [], { column })
}

/** Multiplies prices and volumes; forward is backward brought to 1 at each asset's first bar. */
function apply(
  market: Market,
  factors: Factors,
  options: Pick<AdjustOptions, 'direction' | 'volume'>,
  remarks: Remark[],
  record: Record<string, unknown>,
): Market {
  const { direction = 'backward' } = options
  if (direction !== 'backward' && direction !== 'forward')
    throw new FillgridError(
      'invalid_value',
      `adjust: direction must be 'backward' or 'forward', found ${show(direction)}.`,
    )
  const width = market.assetCount
  if (direction === 'forward') {
    const { close } = market
    for (let asset = 0; asset < width; asset++) {
      let first = asset
      while (first < close.length && (Number.isNaN(close[first]) || Number.isNaN(factors.price[first]))) first += width
      if (first >= close.length) continue
      const [price, volume] = [factors.price[first], factors.volume[first]]
      for (let i = asset; i < close.length; i += width) {
        factors.price[i] /= price
        factors.volume[i] /= volume
      }
    }
  }
  const times = (values: Float64Array, by: Float64Array) => values.map((value, i) => value * by[i])
  return Market.from({
    assets: market.assets,
    time: market.time.slice(),
    open: times(market.open, factors.price),
    high: times(market.high, factors.price),
    low: times(market.low, factors.price),
    close: times(market.close, factors.price),
    volume: options.volume === false ? market.volume.slice() : times(market.volume, factors.volume),
    signals: Object.fromEntries([...market.signals].map(([name, { values }]) => [name, values.slice()])),
    context: Object.fromEntries([...market.context].map(([name, values]) => [name, values.slice()])),
    allowNonPositive: market.allowNonPositive,
    delisted: market.delisted,
    instruments: market.instruments,
    periods: market.knownPeriods,
    remarks: [...inheritedRemarks(market.remarks), ...remarks],
    provenance: market.provenance && {
      ...market.provenance,
      steps: [...market.provenance.steps, { step: 'adjust', direction, volume: options.volume !== false, ...record }],
    },
  })
}

function signalOf(market: Market, name: string): Float64Array {
  const column = market.signals.get(name)
  if (column) return column.values
  throw new FillgridError(
    'unknown_name',
    `adjust: column ${show(name)} is not one of the market. There are ${[...market.signals.keys()].join(', ') || 'none'}.`,
  )
}

function cellPlace(market: Market, cell: number) {
  const bar = Math.floor(cell / market.assetCount)
  return { asset: market.assets[cell % market.assetCount], bar, time: isoTime(market.time[bar]) }
}
