import { FillgridError, show } from '../errors.ts'
import type { Market } from '../market/market.ts'
import { strangeNameError } from '../market/names.ts'
import { checkSettings } from './read.ts'
import type { BrokerSettings, CheckedSettings } from './settings.ts'
import type { Setting } from './spec.ts'
import { SETTINGS } from './table.ts'

// Settings that read columns of the market, looked at with it before the run.

/**
 * Checks settings, and that the market has what they read: the columns that they name, and volumes where a share of them
 * trades. @throws FillgridError invalid_value, unknown_name
 */
export function settingsOver(market: Market, config: BrokerSettings): CheckedSettings {
  const settings = checkSettings(config)
  for (const [name, setting] of Object.entries<Setting>(SETTINGS)) {
    if (setting.kind !== 'model') continue
    const value = settings[name as keyof CheckedSettings] as unknown as Readonly<Record<string, string>>
    for (const [field, spec] of Object.entries(setting.model[value.type].fields))
      if (spec.kind === 'column')
        checkColumn(
          market,
          value[field],
          `${name}.${field}`,
          value[spec.by] === 'fraction' ? 1 : Number.POSITIVE_INFINITY,
        )
  }
  if (settings.participation.type !== 'none' && !market.volume.some((units) => units > 0))
    throw new FillgridError(
      'invalid_value',
      `participation: a market with volumes expected, found none above 0 in ${market.bars} bars, of which no share can trade. Load a volume column, or leave participation out.`,
    )
  return settings
}

/** Costs of a column are against the trader, and a fraction leaves something of the price. */
function checkColumn(market: Market, column: string, subject: string, below: number): void {
  const values = market.signals.get(column)?.values
  if (values === undefined) throw strangeNameError(subject, 'a column of the market', column, market.signals.keys())
  const at = values.findIndex((x) => !Number.isNaN(x) && !(x >= 0 && x < below))
  if (at < 0) return
  const bar = Math.floor(at / market.assetCount)
  const asset = market.assets[at % market.assetCount]
  const time = market.barTime(bar)
  throw new FillgridError(
    'invalid_value',
    `${subject}: values of at least 0${below === 1 ? ' and below 1' : ''}, or NaN for none, expected, found ${show(values[at])} in column ${column} for ${asset} at bar ${bar} (${time}). Mend the column.`,
    { column, asset, bar, time },
  )
}
