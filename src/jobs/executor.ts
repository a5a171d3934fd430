import { FillgridError, show } from '../errors.ts'
import type { MarketDescriptor } from '../market/build.ts'
import type { MarketColumns, Remark } from '../market/input.ts'
import { Market } from '../market/market.ts'
import type { BacktestConfig } from '../prepare.ts'
import type { MarketReference } from './job.ts'
import type { Keep } from './keep.ts'
import type { AskedFigures, JobCodec, JobPiece, PieceOutcome } from './piece.ts'
import { type LoadedStrategy, type StrategyReference, servedReference } from './strategy-ref.ts'

/** What all pieces of a job have in common. One object a job: executors know it again by its identity. */
export interface JobHead {
  /** A market of this thread, or how workers load it. */
  market: Market | MarketReference
  /** How workers load it; `inline` where only this thread has it. */
  strategy: StrategyReference | { inline: LoadedStrategy }
  config: BacktestConfig
  codec: JobCodec
  keep: readonly Keep[]
  /** What is worked out for each set beside its metrics. */
  figures?: AskedFigures
}

/** What an executor is made for. */
export interface ExecutorPlan {
  /** Sets in all: more workers than that have nothing to do. */
  sets: number
  /** Some strategy is `inline`. */
  inline: boolean
}

/** Makes an executor, which is closed when its work is done. */
export type ExecutorFactory = (plan: ExecutorPlan) => Promise<Executor>

/** Where jobs run. It moves pieces and outcomes; a piece in gives the same outcome out, whoever ran it. */
export interface Executor {
  /** Pieces that run at once. */
  readonly workers: number
  /** Things the caller should be told, for example why it runs on the calling thread. */
  readonly warnings: readonly { code: string; message: string }[]
  /**
   * Runs one piece of a job. @throws FillgridError what the market, the strategy's module or the settings threw before any
   * set ran; anything else that is thrown means that the worker died.
   */
  run(head: JobHead, piece: JobPiece): Promise<PieceOutcome>
  /** Ends it at once; pieces under way reject. */
  close(): Promise<void>
}

/** An executor of a factory, which may be anybody's. @throws FillgridError invalid_value for what is none; what the factory throws */
export async function makeExecutor(factory: ExecutorFactory, plan: ExecutorPlan): Promise<Executor> {
  const made: Partial<Executor> | undefined = await factory(plan)
  if (typeof made?.run === 'function' && typeof made.close === 'function' && Number(made.workers) >= 1)
    return made as Executor
  throw new FillgridError(
    'invalid_value',
    `executor: its factory must make { workers, warnings, run, close }, found ${show(made)}. Pass localExecutor, piscinaExecutor() or comlinkExecutor().`,
  )
}

/** How a thread comes to a market, and by what it knows it again. */
export type MarketWay = { key: string } & (
  | { here: Market }
  | { shared: MarketDescriptor }
  /** Null until the worker has asked for them. */
  | { columns: MarketColumns | null }
  | { reference: MarketReference }
)

/** A head as a thread gets it: plain data, but for `here` and `inline`, which stay on their thread. */
export interface JobSetup extends Omit<JobHead, 'market'> {
  market: MarketWay
  /** Number of the executor: what its workers load they load anew for the next one, which may find other files. */
  executor: number
}

/** What a worker sends back: an outcome, what it lacks, or what went wrong before any set ran. */
export type JobReply = PieceOutcome | Missing | { error: Pick<FillgridError, 'code' | 'message' | 'place'> }

/** A worker that was not told of this job yet, or does not have its market. */
export interface Missing {
  missing: 'setup' | 'market'
}

const keys = new WeakMap<Market, string>()
let lastKey = 0

/** By what threads know a market again. */
export function marketKey(market: Market | MarketReference): string {
  if (!(market instanceof Market)) return JSON.stringify([market.digest, market.files, market.options])
  const known = keys.get(market) ?? `market ${++lastKey}`
  keys.set(market, known)
  return known
}

/** Heads with the numbers and setups under which workers know them. */
export class Setups {
  readonly #setups = new WeakMap<JobHead, { id: number; setup: JobSetup }>()
  readonly #shared: boolean
  readonly #executor = ++lastExecutor

  /** @param shared workers see this thread's memory; else markets are copied */
  constructor(shared: boolean) {
    this.#shared = shared
  }

  /**
   * The setup of a head. A strategy that is `inline` is one that workers must have themselves.
   *
   * @throws FillgridError invalid_value for what is no plain data; invalid_strategy
   */
  of(head: JobHead): { id: number; setup: JobSetup } {
    let known = this.#setups.get(head)
    if (!known) {
      known = { id: ++lastId, setup: this.#make(head) }
      this.#setups.set(head, known)
    }
    return known
  }

  #make({ market, strategy: given, config, codec, keep, figures }: JobHead): JobSetup {
    const strategy = 'inline' in given ? servedReference(given.inline) : given
    const key = marketKey(market)
    const way: MarketWay =
      market instanceof Market
        ? this.#shared
          ? { key, shared: market.descriptor() }
          : { key, columns: null }
        : { key, reference: market }
    const setup: JobSetup = { executor: this.#executor, market: way, strategy, config, codec, keep, figures }
    try {
      return structuredClone(setup)
    } catch (cause) {
      throw new FillgridError(
        'invalid_value',
        `job: what workers get must be plain data, found ${(cause as Error).message}. Run it on the calling thread, or leave functions out.`,
        {},
        { cause },
      )
    }
  }
}

let lastId = 0
let lastExecutor = 0

/** The outcome in a reply. @throws FillgridError what the worker met before any set ran */
export function outcomeOf(reply: JobReply): PieceOutcome {
  if ('error' in reply) throw new FillgridError(reply.error.code, reply.error.message, reply.error.place)
  if ('missing' in reply)
    throw new FillgridError('engine_failed', `job: a worker asked for its ${reply.missing} twice.`)
  return reply
}

/** A market as arrays of its own, for a worker that cannot share its memory. */
export function marketColumns(market: Market): MarketColumns {
  return {
    assets: [...market.assets],
    time: market.time.slice(),
    open: market.open.slice(),
    high: market.high.slice(),
    low: market.low.slice(),
    close: market.close.slice(),
    volume: market.volume.slice(),
    signals: Object.fromEntries([...market.signals].map(([name, { values }]) => [name, values.slice()])),
    context: Object.fromEntries([...market.context].map(([name, values]) => [name, values.slice()])),
    allowNonPositive: market.allowNonPositive,
    delisted: market.delisted,
    instruments: market.instruments,
    periods: market.knownPeriods,
    remarks: [...market.remarks],
    provenance: market.provenance,
  } as MarketColumns
}

/** A market made of such arrays, with the remarks of the first one: what it said of its data is not said of a copy again. */
export function copiedMarket({ remarks = [], ...columns }: MarketColumns): Market {
  const market = Market.from(columns)
  const own = market.remarks as Remark[]
  own.splice(0, own.length, ...remarks)
  return market
}
