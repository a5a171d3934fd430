import { type ErrorPlace, FillgridError, show } from '../errors.ts'
import type { Aligned } from './aligned.ts'
import { alignContext } from './context.ts'
import {
  type AssetTable,
  isoTime,
  type MarketColumns,
  type MarketOptions,
  marketError,
  type Numbers,
  PRICE_COLUMNS,
  toDoubles,
} from './input.ts'
import { delistedMs } from './listing.ts'
import type { Moment } from './moment.ts'
import { lowerBound, timeOrder } from './order.ts'

/** Time-major arrays as they are, or with their bars put in order. */
export function alignColumns(input: MarketColumns, options: MarketOptions): Aligned {
  const assets = checkAssets(input.assets)
  const given = toDoubles(input.time, 'time')
  const bars = given.length
  const cells = bars * assets.length
  const column = (name: string, values: Numbers): Float64Array => {
    const doubles = toDoubles(values, name)
    if (doubles.length === cells) return doubles
    throw new FillgridError(
      'invalid_market',
      `market: column ${name} must have ${assets.length} assets x ${bars} bars = ${cells} values, found ${doubles.length}.`,
      { column: name },
    )
  }
  if (!input.close)
    throw new FillgridError('invalid_market', 'market: column close is needed, found none.', { column: 'close' })
  const prices = new Map(
    PRICE_COLUMNS.filter((name) => input[name]).map((name) => [name as string, column(name, input[name]!)]),
  )
  const signals = new Map(
    Object.entries(input.signals ?? {}).map(([name, values]) => [name, column(`signals.${name}`, values)]),
  )
  const { order, mended } = timeOrder(given, options.sort === true, (row) => ({ bar: row, time: isoTime(given[row]) }))
  const time = order ? Float64Array.from(order, (row) => given[row]) : given
  return {
    assets,
    time,
    prices: new Set(prices.keys()),
    signals: [...signals.keys()],
    ...alignContext(options.context, time, order),
    mended,
    delisted: new Map(),
    write(kind, name, target) {
      const source = (kind === 'price' ? prices : signals).get(name)!
      if (!order) target.set(source)
      else {
        for (let bar = 0; bar < bars; bar++) {
          const from = order[bar] * assets.length
          target.set(source.subarray(from, from + assets.length), bar * assets.length)
        }
      }
    },
    place: (asset, bar) => ({ asset: assets[asset], bar: order ? order[bar] : bar, time: isoTime(time[bar]) }),
  }
}

/** One table's part of the market: its rows, in time order, and the bars they belong to. */
interface Piece {
  asset: number
  table: AssetTable
  time: Float64Array
  /** Row of the table by position in time order; undefined where they agree. */
  order: Int32Array | undefined
  /** Bar of the first row. */
  first: number
  /** Bar by position in time order; undefined where they are consecutive from `first`. */
  bars: Int32Array | undefined
}

/** Tables per asset, brought to the union of their stamps. */
export function alignTables(tables: readonly AssetTable[], options: MarketOptions): Aligned {
  const assets = checkAssets([...new Set(tables.map((table) => table.asset))])
  const index = new Map(assets.map((asset, i) => [asset, i]))
  let mended = 0
  const pieces: Piece[] = tables.map((table) => {
    const given = toDoubles(table.time, 'time')
    const ordered = timeOrder(given, options.sort === true, (row) => rowPlace(table, row, given[row]))
    mended += ordered.mended
    const order = ordered.order
    const time = order ? Float64Array.from(order, (row) => given[row]) : given
    return { asset: index.get(table.asset)!, table, time, order, first: 0, bars: undefined }
  })
  checkOverlap(pieces)
  const time = unionOf(pieces.map((piece) => piece.time))
  for (const piece of pieces) placeOnUnion(piece, time)

  const columns = new Map<string, (Float64Array | undefined)[]>()
  const collect = (kind: string, name: string, of: (table: AssetTable) => Numbers | undefined) => {
    const values = pieces.map((piece) => {
      const found = of(piece.table)
      if (!found) return undefined
      const doubles = toDoubles(found, name)
      if (doubles.length === piece.time.length) return doubles
      throw new FillgridError(
        'invalid_market',
        `market: column ${name} of asset ${piece.table.asset} must have ${piece.time.length} values like its time, found ${doubles.length}.`,
        { asset: piece.table.asset, column: name },
      )
    })
    columns.set(`${kind} ${name}`, values)
    return values.some((value) => value !== undefined)
  }
  for (const { table } of pieces) {
    if (!table.close)
      throw new FillgridError('invalid_market', `market: column close of asset ${table.asset} is needed, found none.`, {
        asset: table.asset,
      })
  }
  const prices = new Set(PRICE_COLUMNS.filter((name) => collect('price', name, (table) => table[name])))
  const signals = [...new Set(pieces.flatMap((piece) => Object.keys(piece.table.signals ?? {})))]
  for (const name of signals) collect('signal', name, (table) => table.signals?.[name])

  return {
    assets,
    time,
    prices,
    signals,
    ...alignContext(options.context, time, undefined),
    mended,
    delisted: delistedOf(tables),
    write: (kind, name, target) =>
      writeTiles(pieces, columns.get(`${kind} ${name}`)!, assets.length, time.length, target),
    place(asset, bar) {
      for (const piece of pieces) {
        if (piece.asset !== asset) continue
        const at = lowerBound(piece.time, time[bar])
        if (piece.time[at] !== time[bar]) continue
        const row = piece.order ? piece.order[at] : at
        return { ...rowPlace(piece.table, row, time[bar]), bar }
      }
      return { asset: assets[asset], bar, time: isoTime(time[bar]) }
    },
  }
}

/** The delisted times of tables; those of one asset must be the same moment. */
function delistedOf(tables: readonly AssetTable[]): Map<string, Moment> {
  const found = new Map<string, Moment>()
  for (const { asset, delisted } of tables) {
    if (delisted === undefined) continue
    const before = found.get(asset)
    if (before !== undefined && delistedMs(before, asset) !== delistedMs(delisted, asset))
      throw new FillgridError(
        'invalid_market',
        `market: tables of one asset must agree on delisted, found ${show(before)} and ${show(delisted)} of ${asset}. Give one time.`,
        { asset },
      )
    found.set(asset, delisted)
  }
  return found
}

function rowPlace(table: AssetTable, row: number, time: number): ErrorPlace {
  return { asset: table.asset, time: isoTime(time), ...(table.origin?.(row) ?? { bar: row }) }
}

function checkAssets(assets: readonly string[]): readonly string[] {
  if (!Array.isArray(assets) || assets.length === 0) {
    throw new FillgridError(
      'invalid_market',
      'market: at least one asset is needed, found none. Give a table or a column for each asset.',
    )
  }
  const seen = new Set<string>()
  for (const asset of assets) {
    if (typeof asset !== 'string' || asset === '') {
      throw new FillgridError(
        'invalid_market',
        `market: an asset's name must be a non-empty string, found ${show(asset)}.`,
      )
    }
    if (seen.has(asset))
      throw new FillgridError('invalid_market', `market: assets must differ, found ${show(asset)} twice.`, { asset })
    seen.add(asset)
  }
  return Object.freeze([...assets])
}

/** Tables of one asset may follow each other in time, not overlap. */
function checkOverlap(pieces: readonly Piece[]): void {
  const filled = pieces.filter((piece) => piece.time.length > 0)
  const sorted = filled.sort((a, b) => a.asset - b.asset || a.time[0] - b.time[0])
  for (let i = 1; i < sorted.length; i++) {
    const a = sorted[i - 1]
    const b = sorted[i]
    const end = a.time[a.time.length - 1]
    if (a.asset !== b.asset || end < b.time[0]) continue
    const from = rowPlace(a.table, a.order ? a.order[0] : 0, a.time[0])
    throw marketError(
      `parts of one asset must not overlap in time, found one from ${isoTime(a.time[0])} to ${isoTime(end)}${from.file ? ` (${from.file})` : ''} and one from ${isoTime(b.time[0])}`,
      { ...rowPlace(b.table, b.order ? b.order[0] : 0, b.time[0]), time: undefined },
      'Leave out one of them, or cut it where the other begins.',
    )
  }
}

/** All stamps of all tables, increasing, each once: merged in pairs, so that equal and nested ones cost one pass. */
function unionOf(times: readonly Float64Array[]): Float64Array {
  let level = [...times]
  while (level.length > 1) {
    const next: Float64Array[] = []
    for (let i = 0; i < level.length; i += 2) next.push(i + 1 < level.length ? merge(level[i], level[i + 1]) : level[i])
    level = next
  }
  return level[0] ?? new Float64Array(0)
}

function merge(a: Float64Array, b: Float64Array): Float64Array {
  let same = a.length === b.length
  for (let i = 0; same && i < a.length; i++) same = a[i] === b[i]
  if (same) return a
  const out = new Float64Array(a.length + b.length)
  let n = 0
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const x = a[i]
    const y = b[j]
    out[n++] = Math.min(x, y)
    if (x <= y) i++
    if (y <= x) j++
  }
  while (i < a.length) out[n++] = a[i++]
  while (j < b.length) out[n++] = b[j++]
  return n === out.length ? out : out.slice(0, n)
}

function placeOnUnion(piece: Piece, union: Float64Array): void {
  const time = piece.time
  const n = time.length
  if (n === 0) return
  piece.first = lowerBound(union, time[0])
  if (union[piece.first + n - 1] === time[n - 1]) return
  const bars = new Int32Array(n)
  for (let i = 0, bar = piece.first; i < n; i++) {
    while (union[bar] !== time[i]) bar++
    bars[i] = bar
  }
  piece.bars = bars
}

/** Writes pieces tile by tile of bars, so that the strided writes of all assets stay in cache. */
function writeTiles(
  pieces: readonly Piece[],
  values: readonly (Float64Array | undefined)[],
  assets: number,
  bars: number,
  target: Float64Array,
): void {
  const cursor = new Int32Array(pieces.length)
  const tile = Math.max(8, Math.floor(16384 / assets))
  target.fill(Number.NaN)
  for (let from = 0; from < bars; from += tile) {
    const to = Math.min(bars, from + tile)
    for (let p = 0; p < pieces.length; p++) {
      const piece = pieces[p]
      const source = values[p]
      if (!source) continue
      const n = source.length
      const { bars: barOf, first, order, asset } = piece
      let i = cursor[p]
      for (; i < n; i++) {
        const bar = barOf ? barOf[i] : first + i
        if (bar >= to) break
        target[bar * assets + asset] = source[order ? order[i] : i]
      }
      cursor[p] = i
    }
  }
}
