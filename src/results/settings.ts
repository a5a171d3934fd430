import type { CheckedSettings, DefaultSize } from '../settings/settings.ts'

/** What a run was made of: its settings with every default filled in. */
export interface ResultSettings extends CheckedSettings {
  /** Size of entries that give none. */
  readonly size: DefaultSize
  /**
   * What of the market was traded, where that is not all of it: start of the first bar, and of the first one behind the last
   * (null where it went to the end), ISO 8601 UTC.
   */
  readonly window?: { readonly from: string; readonly to: string | null }
  /** Where it is not the default. */
  readonly cagr?: 'periods'
  /** Where the config said it. */
  readonly periodsPerYear?: number
}
