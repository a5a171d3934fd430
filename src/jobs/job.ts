import { type ErrorCode, FillgridError } from '../errors.ts'
import type { Market } from '../market/market.ts'
import type { BacktestConfig } from '../prepare.ts'
import type { LoadedStrategy, StrategyReference } from './strategy-ref.ts'

/** A value of a strategy's parameter. */
export type ParameterValue = number | string | boolean
/** Parameters by name. */
export type ParameterSet = Readonly<Record<string, ParameterValue>>

/**
 * How the parameter sets of jobs are written as numbers: the names in order, and for those that are not numbers the
 * values that the numbers are places in.
 */
export interface JobCodec {
  names: readonly string[]
  choices: readonly (readonly ParameterValue[] | null)[]
  /** Parameters that all sets have in common. */
  fixed: ParameterSet
}

/** Some parameter sets to run over one market, as plain data that any executor can move. */
export interface Job {
  count: number
  /** `values[set * names.length + name]`, see `JobCodec`. */
  values: Float64Array<ArrayBuffer>
  /** An array that the outcome's metrics may take, so that arrays go back and forth and no new ones are made. */
  room?: Float64Array<ArrayBuffer>
}

/** A set that could not be run: its place in the job, and why. */
export interface JobFailure {
  at: number
  code: ErrorCode
  message: string
  /** The stack of what the strategy threw, for people. */
  stack?: string
}

/** What became of a job: plain data again. */
export interface JobOutcome {
  /** `metrics[set * metricCount + metric]`, NaN throughout where the set failed; there may be more behind them. */
  metrics: Float64Array<ArrayBuffer>
  failures: JobFailure[]
  /** How long it took, ms; decides how large the next job is, never what it gives. */
  elapsedMs: number
}

/** What a worker sends back: an outcome, or what went wrong before any set ran. */
export type JobReply = JobOutcome | { error: { code: ErrorCode; message: string; stack?: string } }

/** What all jobs of a worker have in common, as plain data; the market comes beside it. */
export interface JobSetup {
  reference: StrategyReference
  config: BacktestConfig
  codec: JobCodec
  /** Numbers a set: the length of METRICS. */
  metricCount: number
}

/** What an executor is made for. */
export interface JobContext extends Omit<JobSetup, 'reference'> {
  market: Market
  /** Ready to run on this thread. */
  strategy: LoadedStrategy
  /** How workers load the same; null when they cannot. */
  reference: StrategyReference | null
  /** Sets in all: more workers than that have nothing to do. */
  sets: number
}

/** Makes an executor, which is closed when its jobs are done. */
export type ExecutorFactory = (context: JobContext) => Promise<Executor>

/** What a job needs of the engine's `Runner`: metrics in the order of METRICS. */
export interface MetricsRunner {
  metricsOf(sets: readonly ParameterSet[], take: (at: number, outcome: Float64Array | { error: unknown }) => void): void
  release(): void
}

/** Where jobs run. Results never depend on it: a job in gives the same outcome out. */
export interface Executor {
  /** Jobs that run at once. */
  readonly workers: number
  /** Things the caller should be told, for example why it runs on the calling thread. */
  readonly warnings: readonly { code: string; message: string }[]
  /**
   * Runs one job. @throws FillgridError what the strategy's module or the market threw before any set ran;
   * anything else that is thrown means that the worker died.
   */
  run(job: Job): Promise<JobOutcome>
  /** Ends it at once; jobs under way reject. */
  close(): Promise<void>
}

/** The parameters of one set of a job. */
export function decodeSet(codec: JobCodec, job: Job, at: number): ParameterSet {
  const set: Record<string, ParameterValue> = { ...codec.fixed }
  const n = codec.names.length
  for (let i = 0; i < n; i++) {
    const value = job.values[at * n + i]
    set[codec.names[i]] = codec.choices[i]?.[value] ?? value
  }
  return set
}

/** Runs the sets of a job; a set that throws is a failure of its own. */
export function runJob(runner: MetricsRunner, codec: JobCodec, job: Job, metricCount: number): JobOutcome {
  const start = performance.now()
  const count = job.count * metricCount
  const metrics = job.room && job.room.length >= count ? job.room : new Float64Array(count)
  metrics.fill(Number.NaN, 0, count)
  const failures: JobFailure[] = []
  const sets = Array.from({ length: job.count }, (_, at) => decodeSet(codec, job, at))
  runner.metricsOf(sets, (at, outcome) => {
    if (outcome instanceof Float64Array) metrics.set(outcome, at * metricCount)
    else failures.push({ at, ...describeError(outcome.error) })
  })
  return { metrics, failures, elapsedMs: performance.now() - start }
}

/** An error as plain data, which survives the way between threads. */
export function describeError(error: unknown): { code: ErrorCode; message: string; stack?: string } {
  if (error instanceof FillgridError) return { code: error.code, message: error.message, stack: causeStack(error) }
  if (error instanceof Error)
    return { code: 'strategy_failed', message: `${error.name}: ${error.message}`, stack: error.stack }
  return { code: 'strategy_failed', message: String(error) }
}

function causeStack(error: FillgridError): string | undefined {
  return error.cause instanceof Error ? error.cause.stack : error.stack
}
