import { FillgridError, show } from '../errors.ts'
import { type AssetTable, type MarketOptions, PRICE_COLUMNS, type PriceColumn, type Remark } from '../market/input.ts'
import { Market } from '../market/market.ts'
import { nearNames } from '../market/names.ts'

/** The rows of one source, checked one by one, in the order they stand there; what every reader hands on. */
export interface RowTable {
  /** The source's name, for errors. */
  file: string
  /** The asset of all rows when the caller named it or the file has no symbol column. */
  symbol?: string
  /** Symbols in the order of their first row; empty without symbol column. */
  names: readonly string[]
  /** All symbols of the source, wanted or not. */
  seen: readonly string[]
  /** Index into `names` by row; undefined without symbol column. */
  asset?: Int32Array
  /** Milliseconds UTC by row. */
  time: Float64Array
  prices: ReadonlyMap<PriceColumn, Float64Array>
  signals: ReadonlyMap<string, Float64Array>
  /** Line (1-based) of a row. */
  line(row: number): number
  /** Columns that hold no numbers and were not read. */
  leftOut: readonly string[]
  /** The decimal mark, where the source is text. */
  decimal?: '.' | ','
}

/**
 * A market from the rows of all sources: one asset a symbol, sorted by name, its parts joined in time.
 *
 * @param wanted the symbols that were asked for, each of which must be there
 * @throws FillgridError as `Market.from`, with file and line
 */
export function marketFromRows(
  tables: readonly RowTable[],
  options: MarketOptions,
  wanted?: ReadonlySet<string>,
): Market {
  if (tables.length === 0) throw new FillgridError('invalid_market', 'market: at least one file is needed, found none.')
  if (wanted) checkFound(tables, wanted)
  const remarks = [...(options.remarks ?? []), ...remarksOf(tables)]
  const parts = tables
    .flatMap(assetTables)
    .filter((part) => !wanted || wanted.has(part.asset))
    .sort((a, b) => (a.asset < b.asset ? -1 : a.asset > b.asset ? 1 : 0))
  return Market.from(parts, { ...options, remarks })
}

function checkFound(tables: readonly RowTable[], wanted: ReadonlySet<string>): void {
  const names = new Set(tables.flatMap((table) => (table.symbol === undefined ? table.seen : [table.symbol])))
  for (const symbol of wanted) {
    if (names.has(symbol)) continue
    const near = nearNames(symbol, names)
    throw new FillgridError(
      'unknown_name',
      `market: symbol ${show(symbol)} is in none of ${tables.length} ${tables.length === 1 ? 'file' : 'files'}.` +
        (near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''),
      { asset: symbol },
    )
  }
}

/** What was found while reading that the market itself cannot see. */
function remarksOf(tables: readonly RowTable[]): Remark[] {
  const remarks: Remark[] = []
  const names = [...new Set(tables.flatMap((table) => table.leftOut))]
  if (names.length > 0) {
    remarks.push({
      code: 'columns_left_out',
      count: names.length,
      message: `Columns that hold text were left out: ${names.join(', ')}.`,
    })
  }
  const files = tables.filter((table) => table.decimal === ',').map((table) => table.file)
  if (files.length > 0) {
    remarks.push({
      code: 'decimal_comma',
      count: files.length,
      message: `Commas were read as decimal marks in ${files.join(', ')}.`,
    })
  }
  return remarks
}

/** The rows of each asset of a source; rows that stand together are not copied. */
function assetTables(table: RowTable): AssetTable[] {
  const { asset, names } = table
  const whole = (symbol: string): AssetTable[] => [part(table, symbol, 0, table.time.length)]
  if (!asset) return whole(table.symbol!)
  if (names.length === 0) return []
  if (table.symbol !== undefined && names.length > 1) {
    throw new FillgridError(
      'invalid_file',
      `file: symbol ${show(table.symbol)} was given for ${table.file}, found ${names.length} symbols in its rows (${names.slice(0, 3).join(', ')}...). ` +
        'Leave the name out to load them all, or choose with `symbols`.',
      { file: table.file },
    )
  }
  if (names.length === 1) return whole(table.symbol ?? names[0])

  const counts = new Int32Array(names.length + 1)
  let runs = 0
  for (let row = 0; row < asset.length; row++) {
    counts[asset[row] + 1]++
    if (row === 0 || asset[row] !== asset[row - 1]) runs++
  }
  for (let i = 0; i < names.length; i++) counts[i + 1] += counts[i]
  // Names are numbered by first appearance, so with as many runs as names each is one block, in order.
  if (runs === names.length) return names.map((name, i) => part(table, name, counts[i], counts[i + 1]))

  const next = counts.slice(0, names.length)
  const order = new Int32Array(asset.length)
  for (let row = 0; row < asset.length; row++) order[next[asset[row]]++] = row
  const gather = (source: Float64Array) => {
    const out = new Float64Array(source.length)
    for (let i = 0; i < out.length; i++) out[i] = source[order[i]]
    return out
  }
  const grouped: RowTable = {
    ...table,
    time: gather(table.time),
    prices: new Map([...table.prices].map(([name, values]) => [name, gather(values)])),
    signals: new Map([...table.signals].map(([name, values]) => [name, gather(values)])),
    line: (row) => table.line(order[row]),
  }
  return names.map((name, i) => part(grouped, name, counts[i], counts[i + 1]))
}

function part(table: RowTable, asset: string, from: number, to: number): AssetTable {
  const cut = (values: Float64Array | undefined) => values?.subarray(from, to)
  const prices = Object.fromEntries(PRICE_COLUMNS.map((name) => [name, cut(table.prices.get(name))]))
  return {
    asset,
    time: table.time.subarray(from, to),
    ...(prices as { close: Float64Array }),
    signals: Object.fromEntries([...table.signals].map(([name, values]) => [name, values.subarray(from, to)])),
    origin: (row) => ({ file: table.file, line: table.line(from + row) }),
  }
}
