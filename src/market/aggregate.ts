import { FillgridError, show } from '../errors.ts'
import { PRICE_COLUMNS, type PriceColumn } from './input.ts'
import type { Market } from './market.ts'
import { nearNames } from './names.ts'
import { decimalPlaces, Sum } from './sums.ts'

/** How values within one bar become one: NaN is passed over; 'last' is the default. */
export type Aggregation = 'first' | 'last' | 'max' | 'min' | 'sum' | 'product' | 'mean'

/** Columns with a way of their own. */
const BY_NAME: Readonly<Record<string, Aggregation>> = { split: 'product', dividend: 'sum' }

/** Columns of the longer market, time-major; `context` a value a bar. */
export interface Aggregated {
  prices: Record<PriceColumn, Float64Array>
  signals: Map<string, Float64Array>
  context: Map<string, Float64Array>
}

/**
 * All columns of a market by the rows of a longer one: open of the first, highest high, lowest low, close of the last and
 * exact sum of the volumes of an asset's own bars; further columns as `given` or their names say.
 *
 * @param rows row by bar, not decreasing; -1 for bars that are left out
 * @throws FillgridError unknown_name, invalid_value
 */
export function aggregateColumns(
  market: Market,
  rows: Int32Array,
  count: number,
  given: Readonly<Record<string, Aggregation>> = {},
): Aggregated {
  const width = market.assetCount
  const names = [...market.signals.keys(), ...market.context.keys()]
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue
    const near = nearNames(name, names)
    throw new FillgridError(
      'unknown_name',
      `resample: column ${show(name)} is not one of the market. ${near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are ${names.join(', ') || 'none'}.`}`,
    )
  }
  const how = (name: string) => given[name] ?? BY_NAME[name] ?? 'last'
  const prices = Object.fromEntries(
    PRICE_COLUMNS.map((name) => [name, new Float64Array(count * width).fill(Number.NaN)]),
  ) as Record<PriceColumn, Float64Array>
  const { open, high, low, close, volume } = market
  const out = prices
  for (let asset = 0; asset < width; asset++) {
    const sum = new Sum(decimalPlaces(volume, asset, width))
    let row = -1
    for (let bar = 0, i = asset; bar < rows.length; bar++, i += width) {
      if (rows[bar] < 0 || Number.isNaN(close[i])) continue
      const to = rows[bar] * width + asset
      if (rows[bar] !== row) {
        if (row >= 0) out.volume[row * width + asset] = sum.value
        row = rows[bar]
        sum.reset()
        out.open[to] = open[i]
        out.high[to] = high[i]
        out.low[to] = low[i]
      } else {
        if (high[i] > out.high[to]) out.high[to] = high[i]
        if (low[i] < out.low[to]) out.low[to] = low[i]
      }
      out.close[to] = close[i]
      sum.add(volume[i])
    }
    if (row >= 0) out.volume[row * width + asset] = sum.value
  }
  return {
    prices,
    signals: new Map(
      [...market.signals].map(([name, { values }]) => [name, fold(values, rows, count, width, how(name))]),
    ),
    context: new Map([...market.context].map(([name, values]) => [name, fold(values, rows, count, 1, how(name))])),
  }
}

/** A column taken together by rows. */
function fold(values: Float64Array, rows: Int32Array, count: number, width: number, how: Aggregation): Float64Array {
  const step = STEPS[how]
  if (!step) {
    throw new FillgridError(
      'invalid_value',
      `resample: aggregate is one of ${Object.keys(STEPS).join(', ')}, found ${show(how)}.`,
    )
  }
  const out = new Float64Array(count * width).fill(Number.NaN)
  const seen = how === 'mean' ? new Float64Array(count * width) : undefined
  for (let bar = 0, i = 0; bar < rows.length; bar++) {
    for (let asset = 0; asset < width; asset++, i++) {
      const to = rows[bar] * width + asset
      if (rows[bar] < 0 || Number.isNaN(values[i])) continue
      out[to] = Number.isNaN(out[to]) ? values[i] : step(out[to], values[i])
      if (seen) seen[to]++
    }
  }
  return seen ? out.map((sum, i) => sum / seen[i]) : out
}

const STEPS: Readonly<Record<Aggregation, (a: number, b: number) => number>> = {
  first: (a) => a,
  last: (_, b) => b,
  max: Math.max,
  min: Math.min,
  sum: (a, b) => a + b,
  product: (a, b) => a * b,
  mean: (a, b) => a + b,
}
