import type { Engine } from '../kernel/load.ts'
import type { Market } from '../market/market.ts'
import { findIndicator, indicatorValues } from './catalogue.ts'
import { ColumnRunner, type Lookup } from './columns.ts'
import type { IndicatorSpec, IndicatorValues } from './spec.ts'

/** Assets that are worked on together: a cache line of doubles. */
const TILE_ASSETS = 8
/** Copies of them may take so much: larger ones would not stay in a cache. */
const TILE_BYTES = 4 * 1048576

/** The catalogue, for indicators that are composed of others. */
const lookup: Lookup = (name, given) => {
  const indicator = findIndicator(name)
  return { indicator, values: indicatorValues(indicator, given) }
}

/** What runs indicators over columns of up to so many bars. */
export function columnRunner(engine: Engine, bars: number, whole: ReadonlySet<number> = new Set()): ColumnRunner {
  return new ColumnRunner(engine, bars, lookup, whole)
}

/**
 * Runs an indicator for every asset of a market. A market of one asset is worked on where it stands; of several, copies of
 * some neighbours at a time, which spares a long row's walk through memory.
 *
 * @param inputs pointers to panels of the market, in the order of the indicator's inputs
 * @param outputs likewise
 * @param whole those of the inputs that are known to have no gap
 */
export function runIndicator(
  engine: Engine,
  market: Market,
  indicator: IndicatorSpec,
  values: IndicatorValues,
  inputs: readonly number[],
  outputs: readonly number[],
  whole: ReadonlySet<number>,
): void {
  const { arena, kernels } = engine
  const { bars, assetCount } = market
  const runner = columnRunner(engine, bars, assetCount === 1 ? whole : undefined)
  let tile = 0
  try {
    if (assetCount === 1) {
      runner.run(indicator, values, inputs, outputs, bars)
      return
    }
    const column = bars * 8
    const columns = inputs.length + outputs.length
    const width = Math.max(1, Math.min(TILE_ASSETS, assetCount, Math.floor(TILE_BYTES / (column * columns))))
    tile = arena.allocate(column * columns * width, `the tile of ${indicator.name}`)
    const tileOf = (i: number) => tile + i * column * width
    for (let first = 0; first < assetCount; first += width) {
      const count = Math.min(width, assetCount - first)
      inputs.forEach((pointer, i) => {
        kernels.gather(pointer + first * 8, tileOf(i), bars, assetCount, count)
      })
      for (let asset = 0; asset < count; asset++) {
        const at = (_: number, i: number) => tileOf(i) + asset * column
        const to = (_: number, i: number) => tileOf(inputs.length + i) + asset * column
        runner.run(indicator, values, inputs.map(at), outputs.map(to), bars)
      }
      outputs.forEach((pointer, i) => {
        kernels.scatter(tileOf(inputs.length + i), pointer + first * 8, bars, assetCount, count)
      })
    }
  } finally {
    if (tile) arena.release(tile)
    runner.release()
  }
}
