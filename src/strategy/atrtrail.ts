import type { Engine } from '../kernel/load.ts'
import type { Market } from '../market/market.ts'
import { cacheOf } from '../signals/panels.ts'
import type { Clock } from './clock.ts'
import { checkFields, type Fail } from './fields.ts'
import type { AtrTrail } from './requests.ts'

/** Wilder's own length. */
const LENGTH = 14

/** Gives the distance of a trail by ATR, in price. */
export type AtrDistance = (asset: number, given: AtrTrail, name: string, fail: Fail) => number

/**
 * Distance of a trail by a multiple of ATR, in price: that of the last bar that the asset has up to the current one
 * (semantics 5.5).
 *
 * @throws FillgridError invalid_value, unknown_name
 */
export function atrDistance(engine: Engine, market: Market, clock: Clock): AtrDistance {
  return (asset, given, name, fail) => {
    checkFields(given, 'atr', name)
    const { multiple, length = LENGTH } = given
    if (!(typeof multiple === 'number' && multiple > 0 && Number.isFinite(multiple)))
      throw fail(`${name}.multiple`, 'a number above 0', multiple)
    if (!(Number.isInteger(length) && length > 0 && length <= 1e6))
      throw fail(`${name}.length`, 'a whole number of bars from 1 to 1,000,000', length)
    const { values } = cacheOf(market, engine).panel('atr', { length })
    const distance = multiple * values[lastBar(market, asset, clock.index) * market.assetCount + asset]
    if (!(distance > 0 && Number.isFinite(distance)))
      throw fail(name, `an asset with an ATR(${length}) above 0, which it has from its bar ${length} on,`, distance)
    return distance
  }
}

/** The last bar up to this one that the asset has; this one where it has had none. */
function lastBar(market: Market, asset: number, bar: number): number {
  const { close, assetCount } = market
  let at = bar
  while (at > 0 && Number.isNaN(close[at * assetCount + asset])) at--
  return at
}
