import type { BacktestConfig } from '../../src/prepare.ts'
import type { Engine } from './engines.ts'
import type { Scenario } from './scenario.ts'

/** Settings under which Fillgrid plays a scenario as an engine would. */
export function settingsOf(engine: Engine, { cash, commission, slippage, timing }: Scenario): BacktestConfig {
  const money = { cash, commission, slippage }
  if (engine.name === 'zipline') return { ...money, timing: 'next-close', account: 'unlimited' }
  if (engine.name === 'backtesting.py') return { ...money, timing }
  return { ...money, timing, account: 'unlimited' }
}
