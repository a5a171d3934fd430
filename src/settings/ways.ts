import * as L from '../../assembly/layout.ts'
import type { CheckedSettings } from './settings.ts'

/**
 * Which short ways of the kernel a run may take. A short way gives the bytes of the long one where a run is plain enough for it
 * (see the files of `assembly` that take one), so it is admitted here, setting by setting, and refused by default: a setting
 * that is not in the table does not compile, a value that is not in its row admits none.
 */
const CALM = L.WAY_CALM
const QUIET = L.WAY_QUIET
const LEAP = L.WAY_LEAP
const BATCH = L.WAY_BATCH
const CERTAIN = L.WAY_CERTAIN
const ALL = CALM | QUIET | LEAP | BATCH | CERTAIN

type Row<T extends string> = Readonly<Record<T, number>>

const TIMING: Row<CheckedSettings['timing']> = {
  'next-open': ALL,
  'next-close': CALM | QUIET | CERTAIN,
  'same-close': CALM | QUIET | BATCH | CERTAIN,
}
const PATH: Row<CheckedSettings['path']> = { adverse: ALL, favourable: ALL, nearest: ALL }
const COMMISSION: Row<CheckedSettings['commission']['type']> = {
  none: ALL,
  fraction: ALL,
  'per-unit': ALL,
  'per-trade': ALL,
  tiered: ALL,
  'fraction-plus-fixed': ALL,
}
const SLIPPAGE: Row<CheckedSettings['slippage']['type']> = {
  none: ALL,
  fraction: ALL,
  'per-unit': ALL,
  'volume-share': ALL,
}
const SHORTFALL: Row<CheckedSettings['shortfall']> = { auto: ALL, reject: ALL, partial: ALL }
const STOP_FILL: Row<CheckedSettings['stopFill']> = {
  level: ALL,
  extreme: CALM | QUIET | BATCH,
  close: CALM | QUIET | BATCH | CERTAIN,
  'next-open': CALM | QUIET | BATCH | CERTAIN,
}
const STOP_BASIS: Row<CheckedSettings['stopBasis']> = { fill: ALL, signal: ALL }
// Ends and listing mean something only in markets with holes, which have none of the ways that they would disturb.
const ENDED: Row<CheckedSettings['ended']> = { hold: ALL, close: ALL }
const NOT_LISTED: Row<CheckedSettings['notListed']> = { wait: ALL, reject: ALL }

const admitted = <T extends string>(row: Row<T>, value: T): number => row[value] ?? 0

const SETTINGS: { readonly [K in keyof CheckedSettings]: (value: CheckedSettings[K]) => number } = {
  cash: () => ALL,
  timing: (timing) => admitted(TIMING, timing),
  path: (path) => admitted(PATH, path),
  commission: ({ type }) => admitted(COMMISSION, type),
  slippage: ({ type }) => admitted(SLIPPAGE, type),
  account(account) {
    switch (account.type) {
      case 'cash':
      case 'unlimited':
        return ALL
      case 'margin':
        // The margin of a position has to be looked at in every bar.
        return account.maintenance > 0 ? BATCH | CERTAIN : ALL
      default:
        return 0
    }
  },
  quantityStep: (step) => (step > 0 ? ALL & ~BATCH : ALL),
  shortfall: (shortfall) => admitted(SHORTFALL, shortfall),
  stopFill: (mode) => admitted(STOP_FILL, mode),
  stopBasis: (basis) => admitted(STOP_BASIS, basis),
  ended: (policy) => admitted(ENDED, policy),
  notListed: (policy) => admitted(NOT_LISTED, policy),
  // The kernel looks at each chain itself, as hooks may change them.
  rules: () => ALL,
}

/** The ways (WAY_*) that all of a run's settings and its market admit. */
export function waysOf(
  settings: CheckedSettings,
  market: { assets: number; dense: boolean; nonPositive: boolean },
): number {
  let ways = ALL
  for (const [name, value] of Object.entries(settings)) {
    const admits = SETTINGS[name as keyof CheckedSettings] as ((value: unknown) => number) | undefined
    ways &= admits?.(value) ?? 0
  }
  if (market.assets !== 1) ways &= ~(CALM | QUIET | LEAP)
  if (!market.dense || market.nonPositive) ways &= CERTAIN
  return ways
}
