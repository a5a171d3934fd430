// How far the price goes for and against entries in the bars that follow, in average true ranges: the edge ratio.
import {
  EDGE_ADVERSE,
  EDGE_ENTRIES,
  EDGE_FAVOURABLE,
  EDGE_FIELDS,
  EDGE_RATIO,
  PHASE_CLOSE,
  PHASE_OPEN,
} from '../layout'
import { put } from './block'
import { add, at, column, share } from './columns'

// @ts-ignore: decorator
@inline function int(values: usize, i: i32): i32 {
  return load<i32>(values + (<usize>i << 2))
}

// @ts-ignore: decorator
@inline function setInt(values: usize, i: i32, value: i32): void {
  store<i32>(values + (<usize>i << 2), value)
}

// @ts-ignore: decorator
@inline function set(values: usize, i: i32, value: f64): void {
  store<f64>(values + (<usize>i << 3), value)
}

/**
 * Finds the fills that open a position from flat, or with `each` also those that add to one.
 *
 * @param assets pointer to the asset (i32) of each of `n` fills, in their order @param units signed
 * @param held pointer to a double an asset, 0 before @param dst pointer to `n` i32
 * @returns how many there are
 */
export function entryFills(assets: usize, units: usize, n: i32, each: i32, held: usize, dst: usize): i32 {
  let count = 0
  for (let i = 0; i < n; i++) {
    const asset = int(assets, i)
    const before = at(held, asset)
    add(held, asset, at(units, i))
    if (before == 0 || (each != 0 && before * at(units, i) > 0)) setInt(dst, count++, i)
  }
  return count
}

/** Mean of the last true ranges of an asset (semantics 6.5), summed from the latest back; NaN where it has had no bar. */
function meanRange(ranges: usize, seen: i32, length: i32, assets: i32, asset: i32): f64 {
  const n = min(seen, length)
  let sum = 0.0
  for (let k = 1; k <= n; k++) sum += at(ranges, ((seen - k) % length) * assets + asset)
  return n > 0 ? sum / <f64>n : NaN
}

/** Takes the bars of all assets into their last true ranges. */
function noteRanges(high: usize, low: usize, close: usize, row: i32, assets: i32, length: i32, ranges: usize, closes: usize, seen: usize): void {
  for (let asset = 0; asset < assets; asset++) {
    const last = at(close, row + asset)
    if (last != last) continue
    const count = int(seen, asset)
    const before = at(closes, asset)
    let top = at(high, row + asset)
    let bottom = at(low, row + asset)
    if (count > 0) {
      top = Math.max(top, before)
      bottom = Math.min(bottom, before)
    }
    set(ranges, (count % length) * assets + asset, top - bottom)
    set(closes, asset, last)
    setInt(seen, asset, count + 1)
  }
}

/** Bytes of the work of `entryEdges`. */
export function edgeBytes(assets: i32, entries: i32, length: i32): usize {
  return (((<usize>length + 2) * <usize>assets) << 3) + ((<usize>entries * 5) << 3)
}

/**
 * Writes the EDGE_* columns of `windows` windows, a double a window each: of how many entries, the mean of the favourable and of the
 * adverse excursions within so many bars, in average true ranges, the adverse at most 0, and the one over the other.
 *
 * A window has bars of the asset that are whole behind the entry: from the entry bar on where that was at its open, else from
 * the next one. The average true range is that at the entry (semantics 6.5). Entries whose window the bars do not fill, or that have no
 * range above 0, count in none.
 *
 * @param high @param low @param close panels [bar][asset] of `bars` bars, highs and lows of semantics 1.3
 * @param entryBars @param entryAssets @param phases pointers to an i32 an entry, in the order of their bars @param units signed
 * @param lengths pointer to the windows (i32), increasing @param length bars of the average true range
 * @param room pointer to `edgeBytes` bytes that are 0
 */
export function entryEdges(
  high: usize,
  low: usize,
  close: usize,
  bars: i32,
  assets: i32,
  entryBars: usize,
  entryAssets: usize,
  phases: usize,
  units: usize,
  prices: usize,
  entries: i32,
  lengths: usize,
  windows: i32,
  length: i32,
  room: usize,
  dst: usize,
): void {
  memory.fill(dst, 0, (<usize>EDGE_FIELDS * <usize>windows) << 3)
  const ranges = room
  const closes = column(ranges, length, assets)
  const seen = column(closes, 1, assets)
  // Of each entry whose window runs: which one it is and how many bars of it there were (i32 each), its range, its excursions.
  const live = column(seen, 1, assets)
  const range = column(live, 1, entries)
  const best = column(range, 1, entries)
  const worst = column(best, 1, entries)
  const done = column(worst, 1, entries)
  let count = 0
  let next = 0
  for (let bar = 0; bar < bars; bar++) {
    const row = bar * assets
    const begun = next
    for (; next < entries && int(entryBars, next) == bar; next++)
      set(range, next, meanRange(ranges, int(seen, int(entryAssets, next)), length, assets, int(entryAssets, next)))
    // What runs since before, and what was entered at this open.
    for (let entry = begun; entry < next; entry++) if (int(phases, entry) == PHASE_OPEN) count = begin(live, done, count, entry)
    let kept = 0
    for (let i = 0; i < count; i++) {
      const entry = int(live, i)
      const asset = int(entryAssets, entry)
      if (!isNaN(at(close, row + asset)) && follow(high, low, row + asset, entry, units, prices, range, best, worst, done, lengths, windows, dst))
        continue
      setInt(live, kept++, entry)
    }
    count = kept
    noteRanges(high, low, close, row, assets, length, ranges, closes, seen)
    for (let entry = begun; entry < next; entry++) {
      const phase = int(phases, entry)
      if (phase == PHASE_OPEN) continue
      const asset = int(entryAssets, entry)
      if (phase == PHASE_CLOSE) set(range, entry, meanRange(ranges, int(seen, asset), length, assets, asset))
      count = begin(live, done, count, entry)
    }
  }
  for (let i = 0; i < windows; i++) {
    const favourable = at(column(dst, EDGE_FAVOURABLE, windows), i)
    const adverse = at(column(dst, EDGE_ADVERSE, windows), i)
    const counted = at(column(dst, EDGE_ENTRIES, windows), i)
    put(column(dst, EDGE_FAVOURABLE, windows), i, share(favourable, counted))
    put(column(dst, EDGE_ADVERSE, windows), i, adverse > 0 ? share(-adverse, counted) : share(adverse, counted))
    put(column(dst, EDGE_RATIO, windows), i, share(favourable, adverse))
  }
}

/** The window of an entry begins. */
// @ts-ignore: decorator
@inline function begin(live: usize, done: usize, count: i32, entry: i32): i32 {
  setInt(live, count, entry)
  // Bars that have been, and windows that are over.
  set(done, entry, 0)
  return count + 1
}

/** One more bar of an entry's windows. Returns whether that was the last one of all. */
// @ts-ignore: decorator
@inline function follow(
  high: usize,
  low: usize,
  cell: i32,
  entry: i32,
  units: usize,
  prices: usize,
  range: usize,
  best: usize,
  worst: usize,
  done: usize,
  lengths: usize,
  windows: i32,
  dst: usize,
): bool {
  const measure = at(range, entry)
  if (!(measure > 0)) return true
  const price = at(prices, entry)
  const up = at(high, cell) - price
  const down = price - at(low, cell)
  const long = at(units, entry) > 0
  const favourable = Math.max(at(best, entry), long ? up : down)
  const adverse = Math.max(at(worst, entry), long ? down : up)
  set(best, entry, favourable)
  set(worst, entry, adverse)
  const place = done + (<usize>entry << 3)
  const bars = load<i32>(place) + 1
  const window = load<i32>(place, 4)
  store<i32>(place, bars)
  if (bars < int(lengths, window)) return false
  add(column(dst, EDGE_ENTRIES, windows), window, 1.0)
  add(column(dst, EDGE_FAVOURABLE, windows), window, favourable / measure)
  add(column(dst, EDGE_ADVERSE, windows), window, adverse / measure)
  store<i32>(place, window + 1, 4)
  return window + 1 == windows
}
