import { FillgridError, show } from '../errors.ts'
import { expectFields, expectMarket } from './expect.ts'
import { Frame, type FrameOptions } from './frame.ts'
import { isoTime } from './input.ts'
import type { Market } from './market.ts'
import { type Resampled, sourceFrame } from './resample.ts'
import type { Timeframe } from './timeframe.ts'

/** Settings of `alignTimeframe`: how days are cut, and the timeframes where the markets' steps do not say them. */
export interface AlignOptions extends FrameOptions {
  /** Timeframe of the shorter bars. */
  from?: string | Timeframe
  /** Timeframe of the longer bars; not needed for what `resample` returned. */
  timeframe?: string | Timeframe
}

/** The longer bars as the shorter ones may see them. */
export interface Alignment {
  /** For each bar of the base, the last bar of the other market that had closed when it closed; -1 where none had. */
  readonly rows: Int32Array
  /**
   * Columns over the base, time-major, each value that of the asset's own last bar that had closed; NaN before the first
   * one, and where the base has no bar of the asset.
   *
   * @param names price or signal columns of the longer bars; all prices by default
   * @returns by name, `prefix` before it: ready for `market.with({ signals })`
   */
  columns(names?: readonly string[], prefix?: string): Record<string, Float64Array>
  /** The same for any panel of the longer bars, [bar][asset] in its market's order of assets. */
  spread(values: Float64Array): Float64Array
}

/**
 * When each bar of a market has closed, ms UTC: its start and its timeframe, but not after its session's end, nor after
 * the next bar's start.
 */
export function closeTimes(market: Market, options: FrameOptions & { from?: string | Timeframe } = {}): Float64Array {
  expectMarket(market, 'closeTimes')
  const source = sourceFrame(market, options)
  if (!source) return market.time.slice()
  const frame = new Frame(source, options, source)
  const { time } = market
  return time.map((utc, bar) => {
    const close = frame.closeOf(utc)
    return bar + 1 < time.length ? Math.min(close, time[bar + 1]) : close
  })
}

/**
 * Longer bars of the same assets, brought to the shorter ones without reading the future: at a bar of the base only those
 * are seen that had closed by its own close, for that is when its hook runs (semantics 1.4).
 *
 *     const daily = resample(minutes, '1d', { calendar: 'NYSE' })
 *     const seen = alignTimeframe(minutes, daily, { calendar: 'NYSE' })
 *     const market = minutes.with({ signals: seen.columns(['close'], 'daily.') })
 *
 * @param higher what `resample` returned, or a market of longer bars of its own (then days must be cut as it was made)
 * @throws FillgridError unknown_name for an asset that `higher` lacks, or a column; invalid_market for bars that are not longer
 */
export function alignTimeframe(base: Market, higher: Market | Resampled, options: AlignOptions = {}): Alignment {
  expectMarket(base, 'alignTimeframe')
  expectFields(higher, 'alignTimeframe', 'a Market or what resample returns')
  const { timeframe: longer, ...cut } = options
  const made = 'closes' in higher
  const market = made ? higher.market : higher
  const closes = made ? higher.closes : longCloses(market, { ...cut, from: longer })
  const seenAt = closeTimes(base, cut)
  const rows = new Int32Array(base.bars)
  for (let bar = 0, next = 0; bar < base.bars; bar++) {
    while (next < closes.length && closes[next] <= seenAt[bar]) next++
    rows[bar] = next - 1
  }
  const from = Int32Array.from(base.assets, (asset) => market.assetIndex(asset))
  const spread = (values: Float64Array) => spreadRows(base, market, rows, from, values)
  return {
    rows,
    spread,
    columns(names = ['open', 'high', 'low', 'close', 'volume'], prefix = '') {
      return Object.fromEntries(names.map((name) => [`${prefix}${name}`, spread(columnOf(market, name))]))
    },
  }
}

/** Closes of bars from elsewhere: by their timeframe alone, however soon the next one starts; the later close is the safe one. */
function longCloses(market: Market, options: FrameOptions & { from?: string | Timeframe }): Float64Array {
  const source = sourceFrame(market, options)
  if (!source) {
    throw new FillgridError(
      'invalid_value',
      `timeframe: of a market of ${market.bars} bar it cannot be found. Pass it: timeframe: '1d'.`,
    )
  }
  const frame = new Frame(source, options, source)
  const closes = market.time.map((utc) => frame.closeOf(utc))
  for (let bar = 1; bar < closes.length; bar++) {
    if (closes[bar] < closes[bar - 1]) {
      throw new FillgridError(
        'invalid_market',
        `timeframe: bars of ${source.text} must close one after the other, found one at ${isoTime(market.time[bar])} that closes at ${isoTime(closes[bar])}, before the one before it.`,
        { bar, time: isoTime(market.time[bar]) },
      )
    }
  }
  return closes
}

function columnOf(market: Market, name: string): Float64Array {
  if (name === 'open' || name === 'high' || name === 'low' || name === 'close' || name === 'volume') return market[name]
  const signal = market.signals.get(name)
  if (signal) return signal.values
  throw new FillgridError(
    'unknown_name',
    `timeframe: column ${show(name)} is not one. There are ${['open', 'high', 'low', 'close', 'volume', ...market.signals.keys()].join(', ')}.`,
  )
}

function spreadRows(
  base: Market,
  market: Market,
  rows: Int32Array,
  from: Int32Array,
  values: Float64Array,
): Float64Array {
  const width = base.assetCount
  const wide = market.assetCount
  const out = new Float64Array(base.bars * width)
  const now = new Float64Array(width).fill(Number.NaN)
  const { close } = market
  const own = base.close
  for (let bar = 0, i = 0, row = -1; bar < base.bars; bar++) {
    for (; row < rows[bar]; row++) {
      for (let asset = 0; asset < width; asset++) {
        const at = (row + 1) * wide + from[asset]
        if (!Number.isNaN(close[at])) now[asset] = values[at]
      }
    }
    for (let asset = 0; asset < width; asset++, i++) out[i] = Number.isNaN(own[i]) ? Number.NaN : now[asset]
  }
  return out
}
