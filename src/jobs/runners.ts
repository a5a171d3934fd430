import { FillgridError, messageOf } from '../errors.ts'
import { Market } from '../market/market.ts'
import { prepare, type Runner } from '../prepare.ts'
import { panelCache, releasePanels } from '../signals/panels.ts'
import { copiedMarket, type JobReply, type JobSetup, type MarketWay, type Missing } from './executor.ts'
import type { MarketReference } from './job.ts'
import { describeError, type JobPiece, type PieceOutcome, runPiece } from './piece.ts'
import { type LoadedStrategy, loadStrategy } from './strategy-ref.ts'

/** Loads the market of a reference that has files. @throws FillgridError as `loadMarket` does */
export type MarketLoader = (
  reference: MarketReference & { files: NonNullable<MarketReference['files']> },
) => Promise<Market>

/** Indicator columns of a worker beyond those in use, bytes: with its run and its thread a worker stays below 64 MiB. */
const PANEL_BYTES = 24 * 1048576
/** Markets that a thread keeps beyond the one that it is at, bytes. */
const MARKET_BYTES = 128 * 1048576

interface Kept {
  market: Market
  /** Its memory is this thread's alone, or it was attached here; what the calling thread has is not touched. */
  own: boolean
  /** It was loaded by a reference. */
  loaded: boolean
  bytes: number
}

/**
 * What a thread that runs jobs keeps from piece to piece: the markets that it has, so that each is loaded once, and the
 * runner of the job that it is at.
 */
export class Runners {
  readonly #load: MarketLoader
  readonly #served: LoadedStrategy | undefined
  readonly #markets = new Map<string, Kept>()
  #executor = 0
  #at: { id: number; key: string; setup: JobSetup; runner: Runner | FillgridError } | undefined

  /**
   * @param load how it loads markets that it does not have
   * @param served the strategy that the thread has itself
   */
  constructor(load: MarketLoader, served?: LoadedStrategy) {
    this.#load = load
    this.#served = served
  }

  /**
   * Runs a piece of the job with this number; what is missing for it is answered.
   *
   * @throws FillgridError what the market, the strategy or the settings threw before any set ran
   */
  async run(id: number, piece: JobPiece, setup?: JobSetup): Promise<PieceOutcome | Missing> {
    if (this.#at?.id !== id) {
      if (!setup) return { missing: 'setup' }
      this.#leave(setup.market.key)
      if (setup.executor !== this.#executor) this.#forget(({ loaded }) => loaded)
      this.#executor = setup.executor
      const { market } = setup
      if ('columns' in market && market.columns === null && !this.#markets.has(market.key)) return { missing: 'market' }
      const runner = await this.#roomy(market.key, () => this.#prepare(setup)).catch(unprepared)
      this.#at = { id, key: market.key, setup, runner }
    }
    const { runner, key, setup: at } = this.#at
    if (runner instanceof FillgridError) throw runner
    const work = () => runPiece(runner, at.codec, at.keep, piece, undefined, at.figures)
    const outcome = work()
    const short = outcome.failures.some(({ code }) => code === 'memory_limit')
    return short && this.#dropOthers(key) ? work() : outcome
  }

  /** The same with errors as replies, which survive the way between threads. */
  async reply(id: number, piece: JobPiece, setup?: JobSetup): Promise<JobReply> {
    try {
      return await this.run(id, piece, setup)
    } catch (error) {
      return { error: describeError(error) }
    }
  }

  /** Gives back the memory that it has used. */
  release(): void {
    this.#leave('')
    this.#forget(() => true)
  }

  async #prepare(setup: JobSetup): Promise<Runner> {
    const { market, own } = await this.#open(setup.market)
    const { strategy } = setup
    const loaded = 'inline' in strategy ? strategy.inline : await loadStrategy(strategy, this.#served)
    const runner = prepare(market, loaded, setup.config)
    if (own) panelCache(market).budget = PANEL_BYTES
    return runner
  }

  async #open(way: MarketWay): Promise<Kept> {
    let kept = this.#markets.get(way.key)
    if (!kept) {
      const market = await this.#make(way)
      const bytes = market.bars * market.assetCount * 8 * (6 + market.signals.size) + 4096
      kept = { market, own: !('here' in way), loaded: 'reference' in way, bytes }
    }
    // The last of the map is the one that was used last.
    this.#markets.delete(way.key)
    this.#markets.set(way.key, kept)
    let beyond = -kept.bytes
    for (const one of [...this.#markets].reverse()) {
      beyond += one[1].bytes
      if (beyond > MARKET_BYTES) this.#drop(one[0])
    }
    return kept
  }

  async #make(way: MarketWay): Promise<Market> {
    if ('here' in way) return way.here
    if ('shared' in way) return Market.attach(way.shared)
    if ('columns' in way) return copiedMarket(way.columns!)
    return loadChecked(way.reference, this.#load)
  }

  /** Does what needs memory, where there is not enough once more without the markets that are kept. */
  async #roomy<T>(key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof FillgridError && error.code === 'memory_limit' && this.#dropOthers(key))) throw error
      return await work()
    }
  }

  /** Ends the job that it is at. Indicators stay where the next one is over the same market. */
  #leave(next: string): void {
    if (!this.#at) return
    const { runner, key } = this.#at
    this.#at = undefined
    if (!(runner instanceof FillgridError)) runner.release()
    const kept = this.#markets.get(key)
    if (kept?.own && key !== next) releasePanels(kept.market)
  }

  /** @returns whether there was one */
  #dropOthers(key: string): boolean {
    return this.#forget((_, other) => other !== key)
  }

  /** Drops markets that it keeps. @returns whether there was one */
  #forget(which: (kept: Kept, key: string) => boolean): boolean {
    const gone = [...this.#markets].filter(([key, kept]) => which(kept, key))
    for (const [key] of gone) this.#drop(key)
    return gone.length > 0
  }

  #drop(key: string): void {
    const { market, own } = this.#markets.get(key)!
    this.#markets.delete(key)
    if (!own) return
    releasePanels(market)
    market.release()
  }
}

/** A strategy may do anything while it is read. */
function unprepared(cause: unknown): FillgridError {
  if (cause instanceof FillgridError) return cause
  return new FillgridError(
    'invalid_strategy',
    `strategy: it must be there to be read, found ${messageOf(cause)} thrown. Mend it and run again.`,
    {},
    { cause },
  )
}

/** The market of a reference, if it is still the one that was meant. @throws FillgridError job_market; as the loader does */
async function loadChecked(reference: MarketReference, load: MarketLoader): Promise<Market> {
  const { digest, files } = reference
  if (!files)
    throw new FillgridError(
      'job_market',
      `market: a market without files must be given, found none with digest ${digest}. Pass it in \`markets\`, or name its \`files\`.`,
    )
  const names = files.map((file) => (typeof file === 'string' ? file : file.path)).join(', ')
  const market = await load({ ...reference, files }).catch((cause) => {
    if (cause instanceof FillgridError) throw cause
    throw new FillgridError(
      'invalid_value',
      `market: it must load from ${names}, found ${messageOf(cause)}.`,
      { file: names },
      { cause },
    )
  })
  const found = market.digest()
  if (found === digest) return market
  market.release()
  throw new FillgridError(
    'job_market',
    `market: the data must be those that the job was made for, digest ${digest}, found ${found} in ${names}. Bring back the data, or make the job anew.`,
    { file: names },
  )
}
