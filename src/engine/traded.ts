import { FillgridError } from '../errors.ts'
import type { Instrument } from '../market/instrument.ts'
import type { Market } from '../market/market.ts'
import type { CheckedSettings, DefaultSize } from '../settings/settings.ts'

/**
 * Refuses settings that do not go with what the assets are traded in (semantics 1.9): costs in ticks or pips that an asset does not
 * have (7.1), a tick where the largest quantity that can be paid is beyond finding (7.6), and a size of entries that an asset can
 * never have (3.2).
 *
 * @throws FillgridError invalid_value
 */
export function checkTraded(market: Market, settings: CheckedSettings, size: DefaultSize): void {
  for (const name of ['slippage', 'spread'] as const) checkSteps(market, name, settings[name].type)
  for (const [asset, instrument] of Object.entries(market.instruments)) {
    checkTick(asset, instrument, market.allowNonPositive, settings)
    if (size.type === 'units') checkUnits(asset, instrument, size.amount)
  }
}

/** A cost in ticks or pips needs them of every asset. */
function checkSteps(market: Market, name: string, type: string): void {
  if (type !== 'ticks' && type !== 'pips') return
  const size = type === 'ticks' ? 'tickSize' : 'pipSize'
  const asset = market.assets.find((one) => !((market.instruments[one]?.[size] ?? 0) > 0))
  if (asset === undefined) return
  throw new FillgridError(
    'invalid_value',
    `${name}: ${type} of every asset expected, found no ${size} of ${asset}. Give it in the market's instruments, or take an amount of price.`,
    { asset },
  )
}

function checkTick(
  asset: string,
  { tickSize = 0 }: Instrument,
  negative: boolean,
  { slippage, impact, commission, sellCommission, account, funds, slips }: CheckedSettings,
): void {
  if (tickSize === 0 || (slippage.type !== 'volume-share' && impact.type === 'none')) return
  const others: readonly [string, boolean][] = [
    ['tiered commission', commission.type === 'tiered' || sellCommission.type === 'tiered'],
    [`slips ${slips}`, slips !== 'plain'],
    ['a cash account over prices that may be negative', account.type === 'cash' && negative],
    ['funds lock', funds === 'lock'],
  ]
  const other = others.find(([, is]) => is)
  if (other === undefined) return
  const [name, value] = impact.type === 'none' ? ['slippage', slippage.type] : ['impact', impact.type]
  throw new FillgridError(
    'invalid_value',
    `${name}: ${value} with ${other[0]} goes with no tick size, found tickSize ${tickSize} of ${asset}. Leave the tick size out, or take another ${name}.`,
    { asset },
  )
}

function checkUnits(
  asset: string,
  { minimumQuantity = 0, maximumQuantity = Number.POSITIVE_INFINITY, quantityStep = 0 }: Instrument,
  units: number,
): void {
  const fail = (rule: string, way: string) =>
    new FillgridError('invalid_value', `size: ${rule} of ${asset} expected, found ${units} units. ${way}`, { asset })
  if (quantityStep > 0 && Math.trunc(units / quantityStep + 1e-9) === 0)
    throw fail(`no less than quantityStep ${quantityStep}`, 'Raise it.')
  if (minimumQuantity - units > 1e-9 * minimumQuantity)
    throw fail(`no less than minimumQuantity ${minimumQuantity}`, 'Raise it.')
  if (units - maximumQuantity > 1e-9 * maximumQuantity)
    throw fail(`no more than maximumQuantity ${maximumQuantity}`, 'Lower it.')
}
