import type { OpenSetup } from '../engine/openrun.ts'
import { type RunConfig, stepSetup } from '../engine/setup.ts'
import type { Market } from '../market/market.ts'
import { readInput, type StrategyInput } from '../strategies/catalogue.ts'
import type { Driver } from '../strategy/given.ts'
import { HookRun } from './hookrun.ts'
import { SignalRun, toEndInStep } from './signalrun.ts'

/** A run whose decisions come from hooks or from columns. */
export type DrivenRun = HookRun | SignalRun
/** What such a run is made of. */
export type DrivenSetup = OpenSetup & { driver: Driver }

/** A run of a driver. */
export function driven({ driver, ...setup }: DrivenSetup): DrivenRun {
  return driver.kind === 'hooks' ? new HookRun({ ...setup, driver }) : new SignalRun({ ...setup, driver })
}

/** Runs that have begun to their ends, those of signals in step, so many bars at a time. @param failed told of a run that cannot go on */
export function toEndTogether(
  runs: readonly DrivenRun[],
  bars: number,
  failed: (run: DrivenRun, error: unknown) => void,
): void {
  toEndInStep(
    runs.filter((run) => run instanceof SignalRun),
    bars,
    failed,
  )
  for (const run of runs) {
    if (run instanceof SignalRun) continue
    try {
      run.toEnd()
    } catch (error) {
      failed(run, error)
    }
  }
}

/**
 * A run to be stepped, marked, stepped back, saved, restored and forked; release it when done.
 *
 * @throws FillgridError as `backtest`
 */
export function openRun(market: Market, input: StrategyInput, config: RunConfig = {}): DrivenRun {
  const strategy = readInput(input)
  const setup = stepSetup(market, strategy, config)
  return driven({ ...setup, driver: strategy.driver() })
}
