import { FillgridError } from '../../errors.ts'
import { getEngine } from '../../kernel/load.ts'
import { expectMarket } from '../../market/expect.ts'
import type { Market } from '../../market/market.ts'
import { computePanel } from '../../signals/panels.ts'

/**
 * The seven features of the seed's model of an asset's bars: return, standard deviation of 20 returns, SMA of 200, RSI of 14,
 * MACD of 12, 26 and 9 with its signal and their difference.
 *
 * @throws FillgridError unknown_name
 */
export function regimeFeatures(market: Market, asset?: string): Record<string, Float64Array> {
  expectMarket(market, 'regimeFeatures')
  const index = assetOf(market, asset)
  const engine = getEngine()
  const column = (name: string, parameters: Record<string, number>, output?: string) => {
    const { values } = computePanel(engine, market, name, parameters, output)
    return Float64Array.from({ length: market.bars }, (_, i) => values[i * market.assetCount + index])
  }
  const macd = { fast: 12, slow: 26, smooth: 9 }
  const returns = returnsOf(
    Float64Array.from({ length: market.bars }, (_, i) => market.close[i * market.assetCount + index]),
  )
  return {
    returns,
    volatility: deviations(returns, 20),
    sma: column('sma', { length: 200 }),
    rsi: column('rsi', { length: 14 }),
    macd: column('macd', macd, 'line'),
    macdSignal: column('macd', macd, 'signal'),
    macdDifference: column('macd', macd, 'histogram'),
  }
}

/** Returns from the last close there was; the first is NaN. */
export function returnsOf(close: Float64Array): Float64Array {
  let last = Number.NaN
  return close.map((value) => {
    const change = value / last - 1
    if (Number.isFinite(value)) last = value
    return change
  })
}

/** Sample standard deviation of the last so many values that there are. */
function deviations(values: Float64Array, length: number): Float64Array {
  const last: number[] = []
  return values.map((value) => {
    if (!Number.isFinite(value)) return Number.NaN
    last.push(value)
    if (last.length > length) last.shift()
    if (last.length < length) return Number.NaN
    const mean = last.reduce((a, b) => a + b, 0) / length
    return Math.sqrt(last.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (length - 1))
  })
}

/** Index of the asset that is meant. @throws FillgridError unknown_name, invalid_value */
export function assetOf(market: Market, asset: string | undefined): number {
  if (asset !== undefined) return market.assetIndex(asset)
  if (market.assetCount === 1) return 0
  throw new FillgridError(
    'invalid_value',
    `regimes: an asset must be named where there are several, found ${market.assetCount}. Pass \`asset\`.`,
  )
}
