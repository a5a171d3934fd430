import type { ErrorCode, ErrorPlace } from '../errors.ts'
import type { BacktestConfig } from '../prepare.ts'
import type { CurveOptions } from '../results/curveoptions.ts'
import type { StrategyData } from '../strategy/strategydata.ts'
import type { Keep, KeptRun } from './keep.ts'

/** A value of a strategy's parameter. */
export type ParameterValue = number | string | boolean
/** Parameters by name. */
export type ParameterSet = Readonly<Record<string, ParameterValue>>

/** What stands in `format` of a job, and the version that this library writes and reads. */
export const JOB_FORMAT = 'fillgrid job'
export const JOB_VERSION = 1
/** What stands in `format` of an outcome. */
export const OUTCOME_FORMAT = 'fillgrid outcome'

/** A file of a market: a path or an address, `SYMBOL=path`, or one of these with the symbol of its rows. */
export type JobFile = string | { path: string; symbol?: string }

/** A market in a job: which it is, and how whoever does not have it loads it. */
export interface MarketReference {
  /** `market.digest()`, 64 hexadecimal digits: data that have changed since are refused. */
  digest: string
  /**
   * What `loadMarket` of fillgrid/node takes, from the working directory of whoever runs the job; in browsers addresses of
   * text, JSON or Parquet. Without it the market must be among those that `runJobs` is given.
   */
  files?: readonly JobFile[]
  /** Options of `loadMarket`, as far as they are plain JSON. */
  options?: Readonly<Record<string, unknown>>
}

/** A strategy in a job: the name of a built-in one, where its module is (a URL or an absolute path) and which export, or expressions as plain data. */
export type JobStrategy = string | { module: string; export?: string } | StrategyData

/** Settings in a job: those of `backtest` but the window, which the job has itself. */
export type JobConfig = Omit<BacktestConfig, 'from' | 'to'>

/**
 * One strategy over one market, for any number of parameter sets: plain JSON. What comes of it does not depend on where it
 * runs, what else runs there, or how often it went through JSON.
 */
export interface Job {
  format: typeof JOB_FORMAT
  version: typeof JOB_VERSION
  /** Names the job among others: 1 to 200 characters. */
  id: string
  market: MarketReference
  /** The bars that are traded: from the first at or after `from` to the last that starts before `to`; ms UTC or ISO 8601. All by default. */
  window?: { from?: number | string; to?: number | string }
  strategy: JobStrategy
  /**
   * `parameters` are those that all sets have in common. What is infinite of a commission (`upTo` of the last tier, a
   * `maximum` that is none) is null where it went through JSON.
   */
  config?: JobConfig
  /** Parameters of each run; what a set leaves out is that of `config` or the strategy's default. */
  sets: readonly ParameterSet[]
  /**
   * Names of the figures that the outcome has of each set, any of CATALOGUE by their camelCase or snake_case names; all of METRICS by
   * default. Others are worked out, which takes a run with tables for each set.
   */
  metrics?: readonly string[]
  /** How figures of the equity curve are made, as in sweeps: against what, and which way where packages differ. The market is that of the job. */
  analysis?: Omit<CurveOptions, 'market'>
  /** What the outcome holds of each set beside its metrics, which are always there. Default: nothing. */
  keep?: Keep | readonly Keep[]
}

/** A set that could not be run: its place among the sets, and why. */
export interface JobFailure {
  set: number
  code: ErrorCode
  message: string
  place: ErrorPlace
}

/** What became of a job: plain data (typed arrays in it), for structuredClone, workers and stores. */
export interface JobOutcome {
  format: typeof OUTCOME_FORMAT
  version: typeof JOB_VERSION
  /** Of the job. */
  id: string
  /** The figures of the job by camelCase name, all of METRICS by default, a value a set; NaN where undefined, and for sets that failed. None with `error`. */
  metrics: Readonly<Record<string, Float64Array>>
  /** Sets that could not be run, in their order. */
  failures: JobFailure[]
  /** What is kept of each set beyond metrics, null for sets that failed; empty where metrics are all, and with `error`. */
  runs: (KeptRun | null)[]
  /** Why the job could not be run at all; null where it was. */
  error: { code: ErrorCode; message: string; place: ErrorPlace } | null
}
