import type { Market } from './market/market.ts'
import { type BacktestConfig, prepare } from './prepare.ts'
import type { Result } from './results/result.ts'
import type { StrategyInput } from './strategies/catalogue.ts'

/**
 * Runs a strategy (hooks or signals) over a market and returns what came of it.
 *
 * @throws FillgridError invalid_value, unknown_name for what cannot be run; strategy_failed for what a hook throws;
 * verification_failed with `verify`
 */
export function backtest(market: Market, strategy: StrategyInput, config: BacktestConfig = {}): Result {
  const runner = prepare(market, strategy, config)
  try {
    return runner.run(config.parameters ?? {})
  } finally {
    runner.release()
  }
}
