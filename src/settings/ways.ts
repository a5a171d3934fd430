import * as L from '../../assembly/layout.ts'
import { ALL } from './models.ts'
import type { CheckedSettings } from './settings.ts'
import type { Setting, Ways } from './spec.ts'
import { SETTINGS } from './table.ts'

/**
 * The short ways of the kernel (WAY_*) that all of a run's settings and its market admit. A short way gives the bytes of the long
 * one where a run is plain enough for it (see the files of `assembly` that take one), so it is admitted value by value in the
 * table, and refused by default: what the table does not know, or what it says nothing of, admits none.
 */
export function waysOf(
  settings: CheckedSettings,
  market: { assets: number; dense: boolean; nonPositive: boolean },
): number {
  let ways = ALL
  for (const [name, value] of Object.entries(settings)) {
    const setting: Setting | undefined = (SETTINGS as Readonly<Record<string, Setting>>)[name]
    ways &= setting ? admitted(setting, value) : 0
  }
  if (market.assets !== 1) ways &= ~(L.WAY_CALM | L.WAY_QUIET | L.WAY_LEAP)
  if (!market.dense || market.nonPositive) ways &= L.WAY_CERTAIN
  return ways
}

function admitted(setting: Setting, value: unknown): number {
  switch (setting.kind) {
    case 'number':
    case 'list':
      return asked(setting.ways, value)
    case 'choice':
      return setting.values[value as string]?.ways ?? 0
    case 'model':
      return asked(setting.model[(value as { type: string }).type]?.ways, value)
  }
}

function asked(ways: Ways | undefined, value: unknown): number {
  if (typeof ways === 'function') return (ways as (value: unknown) => number)(value)
  return ways ?? 0
}
