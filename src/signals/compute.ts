import type { Engine } from '../kernel/load.ts'
import type { Market } from '../market/market.ts'
import type { IndicatorSpec, IndicatorValues } from './catalogue.ts'

/** Assets that are worked on together: a cache line of doubles. */
const TILE_ASSETS = 8
/** Copies of them may take so much: larger ones would not stay in a cache. */
const TILE_BYTES = 4 * 1048576

/**
 * Runs the kernel for every asset: one after the other where they stand, or, where it fits, on copies of some
 * neighbours at a time, which spares a long row's walk through memory. The values are the same.
 *
 * @param inputs pointers to panels of the market, in the order of the indicator's inputs
 * @param outputs likewise
 * @param scratch pointer to as many doubles as the indicator says
 */
export function runIndicator(
  engine: Engine,
  market: Market,
  indicator: IndicatorSpec,
  values: IndicatorValues,
  inputs: readonly number[],
  outputs: readonly number[],
  scratch: number,
): void {
  const { arena, kernels } = engine
  const { bars, assetCount } = market
  const column = bars * 8
  const columns = inputs.length + outputs.length
  const width = Math.min(TILE_ASSETS, assetCount, Math.floor(TILE_BYTES / (column * columns)))
  if (width < 2) {
    for (let asset = 0; asset < assetCount; asset++) {
      const at = (pointer: number) => pointer + asset * 8
      const call = { kernels, inputs: inputs.map(at), outputs: outputs.map(at), bars, stride: assetCount, scratch }
      indicator.run(call, values)
    }
    return
  }
  const tile = arena.allocate(column * columns * width, `the tile of ${indicator.name}`)
  const tileOf = (i: number) => tile + i * column * width
  try {
    for (let first = 0; first < assetCount; first += width) {
      const count = Math.min(width, assetCount - first)
      inputs.forEach((pointer, i) => {
        kernels.gather(pointer + first * 8, tileOf(i), bars, assetCount, count)
      })
      for (let asset = 0; asset < count; asset++) {
        const at = (_: number, i: number) => tileOf(i) + asset * column
        const to = (_: number, i: number) => tileOf(inputs.length + i) + asset * column
        indicator.run({ kernels, inputs: inputs.map(at), outputs: outputs.map(to), bars, stride: 1, scratch }, values)
      }
      outputs.forEach((pointer, i) => {
        kernels.scatter(tileOf(inputs.length + i), pointer + first * 8, bars, assetCount, count)
      })
    }
  } finally {
    arena.release(tile)
  }
}
