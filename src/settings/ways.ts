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
export function waysOf(settings: CheckedSettings, market: PlainMarket): number {
  return waysOver(market, waysAdmitted(settings))
}

/** What of a market decides which ways can be taken over it. */
interface PlainMarket {
  assets: number
  dense: boolean
  nonPositive: boolean
  /** Whether assets have steps of their own (0: none). */
  instruments: { steps: number }
}

/** The ways that settings admit, whatever the market. */
export function waysAdmitted(settings: CheckedSettings): number {
  let ways = ALL
  // The name of a profile is none of the settings that it stands for.
  const { profile: _, ...plain } = settings
  for (const [name, value] of Object.entries(plain)) {
    const setting: Setting | undefined = (SETTINGS as Readonly<Record<string, Setting>>)[name]
    ways &= setting ? admitted(setting, value) : 0
  }
  return ways
}

/** Those of some ways that can be taken over a market. */
export function waysOver({ assets, dense, nonPositive, instruments }: PlainMarket, given: number): number {
  // Orders of a batch are not rounded.
  const ways = instruments.steps === 0 ? given : given & ~L.WAY_BATCH
  const open = assets === 1 ? ways : ways & ~(L.WAY_CALM | L.WAY_QUIET | L.WAY_LEAP)
  return dense && !nonPositive ? open : open & L.WAY_CERTAIN
}

function admitted(setting: Setting, value: unknown): number {
  switch (setting.kind) {
    case 'number':
    case 'list':
    case 'zone':
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
