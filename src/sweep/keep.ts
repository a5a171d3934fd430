import type { AskedFigures } from '../jobs/piece.ts'
import { engineDigest } from '../kernel/load.ts'
import { Sha256 } from '../kernel/sha256.ts'
import type { Market } from '../market/market.ts'
import type { BacktestConfig } from '../prepare.ts'
import { METRICS } from '../results/metrics.ts'
import { canonical } from '../results/result.ts'
import { checkSettings } from '../settings/read.ts'
import { readInput, type StrategyInput } from '../strategies/catalogue.ts'
import type { Space } from './space.ts'

/** Sets that are finished: their indexes, their figures as outcomes have them, and which of them failed with what. */
export interface FinishedRows {
  sets: Float64Array
  /** There may be more behind them. */
  metrics: Float64Array
  failures: readonly { at: number; message: string; stack?: string }[]
}

/** What decides the rows of a sweep, by name; digests where it is long. */
export type SweepPlan = Readonly<Record<'engine' | 'data' | 'strategy' | 'settings' | 'grid', string>>

/** Keeps finished rows outside of a sweep while it runs, so that one that was ended can go on. */
export interface RowKeeper {
  /**
   * Called before the first set is run; tells `take` of the rows that it has. What it throws ends the sweep.
   *
   * @param width figures of a set
   */
  begin(plan: SweepPlan, width: number, take: (rows: FinishedRows) => void): void
  /** Called with all rows that are finished, once each and in no particular order. */
  keep(rows: FinishedRows): void
  /** Called once at the end, whatever it was. */
  end(): void
  /** What the caller of the sweep should be told. */
  readonly warnings: readonly { code: string; message: string }[]
}

/** The plan of a sweep. Two sweeps with one plan have the same rows. */
export function planOf(
  market: Market,
  strategy: StrategyInput,
  config: BacktestConfig,
  grid: Space,
  figures?: AskedFigures,
): SweepPlan {
  const { size, from, to, cagr, periodsPerYear, parameters, strategySource } = config
  // Figures of a year go by the market's periods too, which may be given beside equal data.
  const measured = { cagr, periodsPerYear, annual: market.annual }
  return {
    engine: digest([engineDigest(), METRICS.map(({ name }) => name), ...(figures ? [figures] : [])]),
    data: market.digest(),
    strategy: readInput(strategy).digest(strategySource),
    settings: canonical({ ...checkSettings(config), size, from, to, ...measured, parameters }),
    grid: digest([grid.where, grid.axes.map((axis) => [axis.name, axis.count, valuesOf(axis)])]),
  }
}

/** All values, or those that say what a long range is. */
function valuesOf({ count, value }: Space['axes'][number]): unknown[] {
  const places = count <= 10_000 ? Array.from({ length: count }, (_, i) => i) : [0, 1, count - 1]
  return places.map((i) => value(i))
}

function digest(value: unknown): string {
  return new Sha256().update(canonical(value)).hex()
}
