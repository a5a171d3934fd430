import * as L from '../../assembly/layout.ts'
import type { Engine } from '../kernel/load.ts'
import type { Market } from '../market/market.ts'
import { METRICS, type MetricContext } from './metrics.ts'

/** Buy and hold does not depend on the run. */
const holdReturns = new WeakMap<Market, number>()

/** Reads the metrics of runs over one market, one after the other, without allocating for each. */
export class MetricsReader {
  readonly #engine: Engine
  readonly #market: Market
  readonly #context: MetricContext
  readonly #pointer: number
  readonly #values = new Float64Array(METRICS.length)
  #stats: Float64Array

  constructor(engine: Engine, market: Market, initialCash: number) {
    this.#engine = engine
    this.#market = market
    let holdReturn = holdReturns.get(market)
    if (holdReturn === undefined) {
      holdReturn = engine.kernels.holdReturn(market.pointers.close, market.bars, market.assetCount)
      holdReturns.set(market, holdReturn)
    }
    this.#context = { initialCash, holdReturn }
    this.#pointer = engine.arena.allocate(L.STAT_COUNT * 8, 'the metrics of a run')
    this.#stats = engine.arena.f64(this.#pointer, L.STAT_COUNT)
  }

  /**
   * One number for each entry of METRICS. The array is used again by the next call.
   *
   * @param equity pointer to the equity column
   * @param bars bars that were run, at most the market's
   * @param totals the TOTAL_* block of the run
   */
  read(equity: number, bars: number, totals: Float64Array): Float64Array {
    const { ends, count, perYear } = this.#market.periods
    const { initialCash } = this.#context
    this.#engine.kernels.equityStats(equity, bars, ends, count, initialCash, perYear, this.#pointer)
    if (this.#stats.buffer !== this.#engine.arena.memory.buffer) {
      this.#stats = this.#engine.arena.f64(this.#pointer, L.STAT_COUNT)
    }
    for (let i = 0; i < METRICS.length; i++) this.#values[i] = METRICS[i].from(this.#stats, totals, this.#context)
    return this.#values
  }

  release(): void {
    this.#engine.arena.release(this.#pointer)
  }
}
