import { FillgridError, show } from '../errors.ts'
import type { Engine } from '../kernel/load.ts'
import type { Aligned } from './aligned.ts'
import { isoTime, LAST_TIME, type MarketOptions, marketError } from './input.ts'
import { type Moment, moment } from './moment.ts'
import { nearNames } from './names.ts'
import { lowerBound } from './order.ts'

/** Where a market says which bars an asset is listed in (semantics 3.11), as columns of 32-bit numbers by asset; 0 and 0 where none can matter. */
export interface Listing {
  /** Pointer to the bar of each asset's first bar, counted in this market: 0 for one that is earlier, `NEVER` for none. */
  listed: number
  /** Pointer to the first bar that starts at or after its delisted time: 0 or less for one before this market, `NEVER` for none. */
  ends: number
}

/** The bar of what never comes. */
export const NEVER = 0x7fffffff

const NO_LISTING: Listing = { listed: 0, ends: 0 }

/** Milliseconds UTC of the time from which an asset has no bars. @throws FillgridError invalid_value */
export function delistedMs(given: Moment, asset: string): number {
  const ms = moment('market', `delisted of ${asset}`, given, { asset })
  if (ms !== undefined && Math.abs(ms) <= LAST_TIME) return ms
  throw new FillgridError(
    'invalid_value',
    `market: delisted of ${asset} must be a time from -271821-04-20 to +275760-09-13, found ${show(given)}.`,
    { asset },
  )
}

/**
 * The delisted times of a market that is being made, by asset: as given with the options, else with its table, else, where
 * `'infer'` asks for it, the start of the bar after its last one. NaN for none.
 *
 * @param close time-major, NaN where an asset has no bar
 * @throws FillgridError unknown_name, invalid_value; invalid_market for a bar at or after its asset's time
 */
export function delistedTimes(
  input: Aligned,
  given: MarketOptions['delisted'],
  time: Float64Array,
  close: Float64Array,
): Float64Array {
  const { assets } = input
  const times = new Float64Array(assets.length).fill(Number.NaN)
  const index = new Map(assets.map((asset, i) => [asset, i]))
  for (const [asset, given] of input.delisted) times[index.get(asset)!] = delistedMs(given, asset)
  if (given !== undefined && given !== 'infer') {
    checkRecord(given)
    for (const [asset, at] of Object.entries(given)) {
      if (at === undefined) continue
      const column = index.get(asset)
      if (column === undefined) throw unknownAsset(asset, assets)
      times[column] = delistedMs(at, asset)
    }
  }
  const width = assets.length
  const bars = time.length
  for (let asset = 0; asset < width; asset++) {
    if (given === 'infer' && Number.isNaN(times[asset])) {
      let last = bars - 1
      while (last >= 0 && Number.isNaN(close[last * width + asset])) last--
      if (last >= 0 && last < bars - 1) times[asset] = time[last + 1]
    }
    if (Number.isNaN(times[asset])) continue
    for (let bar = lowerBound(time, times[asset]); bar < bars; bar++) {
      if (Number.isNaN(close[bar * width + asset])) continue
      throw marketError(
        `an asset must have no bar from its delisted time on (${isoTime(times[asset])}), found one`,
        input.place(asset, bar),
        'Leave out the row, or mend `delisted`.',
      )
    }
  }
  return times
}

function checkRecord(given: unknown): void {
  const plain = given !== null && typeof given === 'object' && !Array.isArray(given)
  if (plain && !(given instanceof Date) && !(given instanceof Map)) return
  throw new FillgridError(
    'invalid_value',
    `market: delisted must be 'infer' or times by asset, found ${show(given)}. For example { ABC: '2024-01-31' }.`,
  )
}

function unknownAsset(asset: string, assets: readonly string[]): FillgridError {
  const near = nearNames(asset, assets)
  return new FillgridError(
    'unknown_name',
    `market: delisted names asset ${show(asset)}, which is not in it. ${near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'Leave it out.'}`,
    { asset },
  )
}

/** The columns of a market that was made; nothing is allocated where every asset has every bar and none has ended. */
export function makeListing(
  engine: Engine,
  time: Float64Array,
  close: Float64Array,
  delisted: Float64Array,
  dense: boolean,
): Listing {
  if (dense && delisted.every(Number.isNaN)) return NO_LISTING
  const width = delisted.length
  const listed = new Int32Array(width).fill(NEVER)
  if (dense) listed.fill(0)
  else
    for (let asset = 0; asset < width; asset++) {
      for (let bar = 0; bar < time.length && listed[asset] === NEVER; bar++)
        if (!Number.isNaN(close[bar * width + asset])) listed[asset] = bar
    }
  const ends = Int32Array.from(delisted, (ms) => {
    const bar = Number.isNaN(ms) ? time.length : lowerBound(time, ms)
    return bar < time.length ? bar : NEVER
  })
  return write(engine, listed, ends)
}

/** The columns of a slice from a bar on: what was listed or has ended before stays so. */
export function sliceListing(engine: Engine, listing: Listing, width: number, from: number, dense: boolean): Listing {
  if (listing.listed === 0) return NO_LISTING
  const { arena } = engine
  const listed = Int32Array.from(arena.i32(listing.listed, width), (bar) =>
    bar === NEVER ? NEVER : Math.max(0, bar - from),
  )
  const ends = Int32Array.from(arena.i32(listing.ends, width), (bar) => (bar === NEVER ? NEVER : bar - from))
  if (dense && ends.every((bar) => bar === NEVER)) return NO_LISTING
  return write(engine, listed, ends)
}

/** One block, which begins at `listed`. */
function write(engine: Engine, listed: Int32Array, ends: Int32Array): Listing {
  const { arena } = engine
  const bytes = Math.ceil((listed.length * 4) / 64) * 64
  const at = arena.allocate(bytes * 2, 'the listing of a market')
  arena.i32(at, listed.length).set(listed)
  arena.i32(at + bytes, ends.length).set(ends)
  return { listed: at, ends: at + bytes }
}
