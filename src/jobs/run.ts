import { checkMarket } from '../engine/setup.ts'
import { FillgridError, show } from '../errors.ts'
import type { Market } from '../market/market.ts'
import { onlyNames } from '../market/names.ts'
import type { CatalogueMetric } from '../results/catalogue.ts'
import { checkJobs, configOf, keepOf, metricsOf, strategyOf } from './check.ts'
import { type Executor, type ExecutorFactory, type JobHead, makeExecutor } from './executor.ts'
import { askedFigures, figuresOf } from './figures.ts'
import { localExecutor } from './inline.ts'
import { JOB_VERSION, type Job, type JobFailure, type JobOutcome, OUTCOME_FORMAT } from './job.ts'
import type { KeptRun } from './keep.ts'
import { codecOf, encodeSets, type JobPiece, type PieceOutcome, setText } from './piece.ts'
import { type Piece, runSchedule } from './schedule.ts'

/** How far a list of jobs is. */
export interface JobsProgress {
  /** Sets that are done, and all of them. */
  done: number
  total: number
  /** The same of jobs. */
  jobsDone: number
  jobs: number
}

/** How jobs are run, all optional. */
export interface RunJobsOptions {
  /** Where they run; on the calling thread. See `piscinaExecutor` (fillgrid/node) and `comlinkExecutor`. */
  executor?: ExecutorFactory
  /** Markets that are there already, known by their digest: jobs over them load none, and workers see their memory. */
  markets?: readonly Market[]
  /** Called after every piece of some tens of milliseconds. What it throws ends it all. */
  onProgress?: (progress: JobsProgress) => void
  /** Called with the outcome of each job once it is there, in no particular order, and the job's place. What it throws ends it all. */
  onOutcome?: (outcome: JobOutcome, at: number) => void
  /** Stops it; jobs that are not finished by then have the error `aborted`. */
  signal?: AbortSignal
}

/** Names of the options, for errors about others. */
export const RUN_OPTIONS: ReadonlySet<string> = new Set(
  Object.keys({
    executor: true,
    markets: true,
    onProgress: true,
    onOutcome: true,
    signal: true,
  } satisfies Record<keyof RunJobsOptions, true>),
)

/**
 * Runs jobs, and gives their outcomes in the order of the jobs, the same bytes wherever they run. A set that fails is a
 * failure of its own; a job that cannot be run (its market does not load or has changed, its strategy does not load, its
 * settings do not fit) has an `error`, and the others go on. Jobs name modules, which are run, and files, which are read:
 * take them from whom you would take code.
 *
 * @throws FillgridError as `checkJob` for the first job that is none, before anything is run; what the executor cannot be
 * made for
 */
export async function runJobs(jobs: readonly Job[], options: RunJobsOptions = {}): Promise<JobOutcome[]> {
  checkOptions(options)
  const checked = checkJobs(jobs)
  const markets = new Map((options.markets ?? []).map((market) => [market.digest(), market]))
  const letGo = [...markets.values()].map((market) => market.hold())
  let executor: Executor | undefined
  try {
    const list = new JobList(checked, markets, options)
    if (checked.length === 0) return []
    executor = await makeExecutor(options.executor ?? localExecutor, { sets: list.total, inline: false })
    await list.run(executor)
    return list.outcomes()
  } finally {
    await executor?.close()
    for (const release of letGo) release()
  }
}

/** @throws FillgridError unknown_name, invalid_value */
function checkOptions(options: RunJobsOptions): void {
  if (options === null || typeof options !== 'object')
    throw new FillgridError('invalid_value', `runJobs: options must be an object, found ${show(options)}.`)
  onlyNames(options, RUN_OPTIONS, 'runJobs', 'one of its options')
  const { executor, markets = [], onProgress, onOutcome, signal } = options
  for (const [name, value] of Object.entries({ executor, onProgress, onOutcome }))
    if (value !== undefined && typeof value !== 'function')
      throw new FillgridError('invalid_value', `runJobs: ${name} must be a function, found ${show(value)}.`)
  if (signal !== undefined && typeof (signal as Partial<AbortSignal> | null)?.addEventListener !== 'function')
    throw new FillgridError('invalid_value', `runJobs: signal must be an AbortSignal, found ${show(signal)}.`)
  if (!Array.isArray(markets))
    throw new FillgridError('invalid_value', `runJobs: markets must be a list of markets, found ${show(markets)}.`)
  for (const market of markets) checkMarket(market)
}

/** A job while it runs. */
interface Running {
  job: Job
  /** Among the jobs. */
  place: number
  head: JobHead
  /** Row of its first set among those of all jobs. */
  first: number
  /** Its sets, packed; from its first piece to its end. */
  values?: Float64Array<ArrayBuffer>
  /** Figures that are asked for, and the place of each among those of a piece's sets, of which there are so many. */
  asked: readonly CatalogueMetric[]
  places: readonly number[]
  width: number
  /** A column each of them, a value a set; none before the first piece. */
  metrics: Float64Array[]
  failures: JobFailure[]
  runs: (KeptRun | null)[]
  /** Sets that are not done yet. */
  left: number
  error?: FillgridError
  outcome?: JobOutcome
}

/** Jobs as one list of rows, a set each, in the order of the jobs; pieces of it are cut so that none has sets of two jobs. */
class JobList {
  readonly total: number
  readonly #jobs: Running[] = []
  readonly #options: RunJobsOptions
  #done = 0
  /** Its outcomes were handed out: what comes after that is too late. */
  #over = false
  #jobsDone = 0
  /** Arrays that have come back with metrics, which were copied, and go out again. */
  readonly #rooms: NonNullable<JobPiece['room']>[] = []

  constructor(jobs: readonly Job[], markets: ReadonlyMap<string, Market>, options: RunJobsOptions) {
    this.#options = options
    let first = 0
    for (const job of jobs) {
      const config = configOf(job)
      const asked = metricsOf(job)
      const figures = askedFigures(asked, job.analysis)
      const all = figuresOf(figures)
      const head: JobHead = {
        market: markets.get(job.market.digest) ?? job.market,
        strategy: strategyOf(job),
        config,
        codec: codecOf(job.sets, config.parameters ?? {}),
        keep: keepOf(job),
        figures,
      }
      this.#jobs.push({
        job,
        place: this.#jobs.length,
        head,
        first,
        asked,
        places: asked.map((spec) => all.indexOf(spec)),
        width: all.length,
        metrics: [],
        failures: [],
        runs: [],
        left: job.sets.length,
      })
      first += job.sets.length
    }
    this.total = first
  }

  async run(executor: Executor): Promise<void> {
    await runSchedule(
      executor,
      {
        total: this.total,
        stretch: (row) => {
          const { first, job } = this.#at(row)
          return { first, end: first + job.sets.length }
        },
        run: async (piece) => {
          const at = this.#at(piece.first)
          if (at.error) throw at.error
          return executor.run(at.head, this.#pack(at, piece))
        },
        finished: (piece, outcome) => this.#over || this.#finished(piece, outcome),
        died: (row, cause) => this.#over || this.#died(row, cause),
        refused: (piece, error) => this.#over || this.#refused(piece, error),
      },
      this.#options.signal,
    )
  }

  /** The outcomes in the order of the jobs; those that are missing were stopped. */
  outcomes(): JobOutcome[] {
    this.#over = true
    return this.#jobs.map((at) => {
      const all = at.job.sets.length
      const stopped = `it was stopped, found ${all - at.left} of ${all} sets done. Run it again.`
      return at.outcome ?? outcomeOf({ ...at, error: at.error ?? new FillgridError('aborted', stopped) })
    })
  }

  #at(row: number): Running {
    let [low, high] = [0, this.#jobs.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#jobs[middle].first <= row) low = middle
      else high = middle - 1
    }
    return this.#jobs[low]
  }

  #pack(at: Running, { first, count }: Piece): JobPiece {
    const { codec } = at.head
    at.values ??= encodeSets(codec, at.job.sets)
    const n = codec.names.length
    const from = (first - at.first) * n
    return { count, values: at.values.slice(from, from + count * n), room: this.#rooms.pop() }
  }

  #finished(piece: Piece, outcome: PieceOutcome): void {
    const at = this.#at(piece.first)
    const first = piece.first - at.first
    columnsOf(at).forEach((column, metric) => {
      const place = at.places[metric]
      for (let i = 0; i < piece.count; i++) column[first + i] = outcome.metrics[i * at.width + place]
    })
    for (const { at: set, code, message, place } of outcome.failures)
      at.failures.push({ set: first + set, code, message, place })
    outcome.runs?.forEach((run, i) => {
      at.runs[first + i] = run
    })
    this.#rooms.push(outcome.metrics)
    this.#count(at, piece.count)
  }

  #died(row: number, cause: unknown): void {
    const at = this.#at(row)
    const set = row - at.first
    const reason = cause instanceof Error ? cause.message : String(cause)
    const message = `job: a set must not end its worker, found two workers dead on ${setText(at.job.sets[set]) || 'the defaults'} (${reason}).`
    at.failures.push({ set, code: 'worker_failed', message, place: {} })
    columnsOf(at)
    if (at.head.keep.length > 1) at.runs[set] = null
    this.#count(at, 1)
  }

  #refused(piece: Piece, error: FillgridError): void {
    const at = this.#at(piece.first)
    at.error ??= error
    this.#count(at, piece.count)
  }

  #count(at: Running, sets: number): void {
    at.left -= sets
    this.#done += sets
    if (at.left === 0 && !at.outcome) {
      at.outcome = outcomeOf(at)
      this.#jobsDone++
      this.#options.onOutcome?.(at.outcome, at.place)
      at.values = undefined
    }
    const { total } = this
    this.#options.onProgress?.({ done: this.#done, total, jobsDone: this.#jobsDone, jobs: this.#jobs.length })
  }
}

/** The columns of a job's metrics, NaN where nothing has come yet. */
function columnsOf(at: Running): Float64Array[] {
  if (at.metrics.length === 0) at.metrics = at.asked.map(() => new Float64Array(at.job.sets.length).fill(Number.NaN))
  return at.metrics
}

function outcomeOf({ job, asked, metrics, failures, runs, error }: Running): JobOutcome {
  return {
    format: OUTCOME_FORMAT,
    version: JOB_VERSION,
    id: job.id,
    metrics: error ? {} : Object.fromEntries(asked.map(({ name }, metric) => [name, metrics[metric]])),
    failures: error ? [] : failures.sort((a, b) => a.set - b.set),
    runs: error ? [] : runs,
    error: error
      ? { code: error.code, message: `job ${show(job.id)}: ${error.message}`, place: { ...error.place } }
      : null,
  }
}
