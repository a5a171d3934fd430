import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import { Scratch } from '../kernel/scratch.ts'
import type { Market } from '../market/market.ts'
import { onlyNames } from '../market/names.ts'
import { type Column, Table, type Values } from './table.ts'
import { signedUnits, type TradeSource } from './trips.ts'

/** Bars after an entry, and bars of the average true range at it, that the figure `edgeRatio` goes by. */
export const EDGE_WINDOW = 20
export const EDGE_RANGE = 20
/** Windows of a table that asks for none. */
const WINDOWS = [1, 5, 10, 20, 50, 100]
const MOST = 10_000

/** How edge ratios are taken. */
export interface EdgeOptions {
  /** Bars of the average true range at the entry, 1 to 10,000; 20 by default. */
  range?: number
}

const COLUMNS: readonly Column[] = [
  { name: 'window', field: 'window', kind: 'i32', unit: 'bars', doc: "The asset's own bars after the entry." },
  { name: 'entries', field: 'entries', kind: 'i32', unit: '', doc: 'Entries whose window is full.' },
  number('favourable', 'ATR', 'Mean of how far the price went for the entry at most, at least 0.'),
  number('adverse', 'ATR', 'Mean of how far it went against the entry at most, at most 0.'),
  {
    ...number('edgeRatio', '', 'favourable / -adverse. NaN without entries, and where no price was adverse.'),
    field: 'edge_ratio',
  },
]

function number(name: string, unit: string, doc: string): Column {
  return { name, field: name, kind: 'f64', unit, doc }
}

/**
 * Edge ratios by window, a row each, in ascending order.
 *
 * @param each each fill that adds is an entry too, as where trades are lots
 * @throws FillgridError invalid_value, unknown_name
 */
export function edgeTable(
  source: TradeSource,
  market: Market,
  each: boolean,
  windows: readonly number[] = WINDOWS,
  options: EdgeOptions = {},
): Table {
  if (options === null || typeof options !== 'object')
    throw new FillgridError('invalid_value', `edge ratios: options expected, found ${show(options)}.`)
  onlyNames(options, new Set(['range']), 'edge ratios', 'an option')
  const { range = EDGE_RANGE } = options
  if (!Array.isArray(windows) || windows.length === 0)
    throw new FillgridError('invalid_value', `edge ratios: a list of windows expected, found ${show(windows)}.`)
  for (const [name, bars] of [...windows.map((bars) => ['a window', bars] as const), ['range', range] as const])
    if (!(Number.isInteger(bars) && bars > 0 && bars <= MOST))
      throw new FillgridError(
        'invalid_value',
        `edge ratios: ${name} must be a whole number of bars from 1 to ${MOST}, found ${show(bars)}.`,
      )
  const lengths = Int32Array.from(new Set(windows)).sort()
  const block = edges(source, market, each, lengths, range)
  const column = (place: number) => block.slice(place * lengths.length, (place + 1) * lengths.length)
  return new Table(
    COLUMNS,
    new Map<string, Values>([
      ['window', lengths],
      ['entries', Int32Array.from(column(L.EDGE_ENTRIES))],
      ['favourable', column(L.EDGE_FAVOURABLE)],
      ['adverse', column(L.EDGE_ADVERSE)],
      ['edgeRatio', column(L.EDGE_RATIO)],
    ]),
    source.assets,
  )
}

/** The figure of one window, with the usual range. */
export function edgeRatio(source: TradeSource, market: Market, each: boolean): number {
  return edges(source, market, each, Int32Array.of(EDGE_WINDOW), EDGE_RANGE)[L.EDGE_RATIO]
}

/** The EDGE_* block of some windows. */
function edges(source: TradeSource, market: Market, each: boolean, lengths: Int32Array, range: number): Float64Array {
  const { fills, assets, time, firstBar } = source
  const { length } = assets
  return Scratch.use('edge ratios', (scratch) => {
    const { kernels } = scratch
    const units = signedUnits(fills)
    const asset = fills.values('asset')
    const places = scratch.room(4 * fills.length)
    const held = scratch.zeros(8 * length)
    const [assetColumn, unitColumn] = [scratch.place(asset), scratch.place(units)]
    const count = kernels.entryFills(assetColumn, unitColumn, fills.length, each ? 1 : 0, held, places)
    const rows = scratch.readInts(places, count)
    const [bar, phase, price] = ['bar', 'phase', 'price'].map((name) => fills.values(name))
    const dst = scratch.room(8 * L.EDGE_FIELDS * lengths.length)
    const { rangeHigh, rangeLow, close } = market.pointers
    kernels.entryEdges(
      rangeHigh,
      rangeLow,
      close,
      firstBar + time.length,
      length,
      scratch.place(rows.map((row) => bar[row])),
      scratch.place(rows.map((row) => asset[row])),
      scratch.place(rows.map((row) => phase[row])),
      scratch.place(Float64Array.from(rows, (row) => units[row])),
      scratch.place(Float64Array.from(rows, (row) => price[row])),
      count,
      scratch.place(lengths),
      lengths.length,
      range,
      scratch.zeros(kernels.edgeBytes(length, count, range)),
      dst,
    )
    return scratch.read(dst, L.EDGE_FIELDS * lengths.length)
  })
}
