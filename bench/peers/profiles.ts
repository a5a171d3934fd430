import type { BacktestConfig } from '../../src/prepare.ts'
import { PROFILES, type ProfileName } from '../../src/settings/profiles.ts'
import type { Engine } from './engines.ts'
import type { Scenario } from './scenario.ts'

/** Settings under which Fillgrid plays a scenario as an engine would: its profile. */
export function settingsOf(engine: Engine, { cash, commission, slippage, timing }: Scenario): BacktestConfig {
  const money = { cash, commission, slippage }
  const profile = engine.name as ProfileName
  // What a profile does not say of funds is nothing that an engine refuses, but for the margin of backtesting.py.
  const funds =
    'funds' in PROFILES[profile].sets || 'account' in PROFILES[profile].sets || profile === 'backtesting.py'
      ? {}
      : ({ account: 'unlimited' } as const)
  return { ...money, profile, timing, ...funds }
}
