import { PRICE_COLUMNS, type PriceColumn } from '../market/input.ts'
import { columnRows, type SourceTable } from './columns.ts'
import { namedRows, type TextRows } from './csv.ts'
import { fileError } from './head.ts'
import type { ReadOptions } from './options.ts'
import { plainName } from './roles.ts'
import type { RowTable } from './rowtable.ts'
import { type BarColumns, type TickBars, type Ticks, tickBars } from './ticks.ts'

/** Header words of ticks, as `plainName` writes them, best first. */
const WORDS = {
  price: ['price', 'tradeprice', 'p', 'last', 'close'],
  size: ['amount', 'size', 'quantity', 'qty', 'volume', 'vol', 'q', 'v'],
  bid: ['bid', 'bidprice', 'b'],
  ask: ['ask', 'askprice', 'offer', 'a'],
} as const

/** Bars from a text of trades or quotes. @throws FillgridError as `tickBars`, invalid_file for bars */
export function textTickRows({ table, detection }: TextRows, options: ReadOptions<unknown>, bars: TickBars): RowTable {
  const { prices, signals } = table
  const kind = detection.spec.kind ?? 'bars'
  const price = prices.get('close')
  const named = (word: string) => [...signals].find(([name]) => plainName(name) === word)?.[1]
  const ask = named('ask')
  const bid = named('bid') ?? (kind === 'quotes' ? price : undefined)
  if (prices.has('open') || prices.has('high') || prices.has('low'))
    throw fileError('trades or quotes are needed, found bars', { file: table.file }, 'Leave `ticks` out.')
  const ticks: Ticks =
    bid && ask ? { time: table.time, bid, ask } : { time: table.time, price, size: prices.get('volume') }
  return barRows(table, ticks, options, bars)
}

/** Bars from a typed table of trades or quotes, its symbol settled. @throws FillgridError as `tickBars`, invalid_file */
export function columnTickRows(
  source: SourceTable,
  symbol: string | undefined,
  options: ReadOptions<unknown>,
  bars: TickBars,
): RowTable {
  const { file } = source
  const find = (words: readonly string[]) => {
    for (const word of words) {
      const column = source.columns.find(({ name, kind }) => kind === 'number' && plainName(name) === word)
      if (column) return column
    }
    return undefined
  }
  const [bid, ask, price, size] = [find(WORDS.bid), find(WORDS.ask), find(WORDS.price), find(WORDS.size)]
  const quotes = bid !== undefined && ask !== undefined
  if (!quotes && !price) {
    const names = source.columns.map(({ name }) => name).join(', ')
    throw fileError(`a price, or bid and ask are needed, found ${names}`, { file }, 'Are they trades or quotes?')
  }
  // Read as bars that have a close alone, so that stamps, symbols and choices follow the one set of rules.
  const close = quotes ? bid : price!
  const others = quotes ? [ask.name] : size ? [size.name] : []
  const roles = { ...options.roles, close: close.name }
  const columns = source.columns.filter(
    ({ name, kind }) => kind !== 'number' || name === close.name || others.includes(name) || !isPrice(name),
  )
  const table = columnRows({ ...source, columns }, { ...options, roles, signals: true }, 'bars')
  const other = others.length > 0 ? (table.signals.get(others[0]) ?? table.prices.get('volume')) : undefined
  const first = table.prices.get('close')!
  const ticks: Ticks = quotes
    ? { time: table.time, bid: first, ask: other }
    : { time: table.time, price: first, size: other }
  return barRows(namedRows(table, symbol), ticks, options, bars)
}

function isPrice(name: string): boolean {
  return (PRICE_COLUMNS as readonly string[]).includes(plainName(name))
}

/** Bars of each asset, one after the other. */
function barRows(table: RowTable, ticks: Ticks, options: ReadOptions<unknown>, bars: TickBars): RowTable {
  const { asset, names } = table
  const lists = rowsByAsset(table, options.sort === true)
  const made = lists.map((rows) => {
    const pick = (values: Float64Array | undefined) =>
      values && (rows ? Float64Array.from(rows, (row) => values[row]) : values)
    const own: Ticks = {
      time: pick(ticks.time)!,
      price: pick(ticks.price),
      size: pick(ticks.size),
      bid: pick(ticks.bid),
      ask: pick(ticks.ask),
    }
    return tickBars(own, bars, (row) => ({ file: table.file, line: table.line(rows ? rows[row] : row) }))
  })
  const joined = (of: (part: BarColumns) => Float64Array) => {
    if (made.length === 1) return of(made[0])
    const out = new Float64Array(made.reduce((sum, part) => sum + part.time.length, 0))
    let at = 0
    for (const part of made) {
      out.set(of(part), at)
      at += part.time.length
    }
    return out
  }
  const total = (of: (part: BarColumns) => number) => made.reduce((sum, part) => sum + of(part), 0)
  const lines = made.flatMap((part, code) => Array.from(part.row, (row) => table.line(lists[code]?.[row] ?? row)))
  const notes = [...(table.notes ?? [])]
  const note = (count: number, what: string) => count > 0 && notes.push(`${count} ${what}`)
  note(
    total(({ empty }) => empty),
    'ticks without a price were left out.',
  )
  note(
    total(({ crossed }) => crossed),
    'quotes had a bid above their ask and were used.',
  )
  note(
    total(({ unfinished }) => unfinished),
    'ticks at the end did not fill a bar and were left out.',
  )
  return {
    ...table,
    notes,
    asset: asset && Int32Array.from(made.flatMap((part, code) => new Array<number>(part.time.length).fill(code))),
    names,
    time: joined(({ time }) => time),
    prices: new Map(PRICE_COLUMNS.map((name): [PriceColumn, Float64Array] => [name, joined((part) => part[name])])),
    signals: new Map(Object.keys(made[0]?.signals ?? {}).map((name) => [name, joined((part) => part.signals[name])])),
    line: (bar) => lines[bar],
  }
}

/** The rows of each asset in order, undefined for all of them as they are. */
function rowsByAsset({ asset, names, time }: RowTable, sort: boolean): (Int32Array | undefined)[] {
  const ordered = (rows: Int32Array) => rows.sort((a, b) => time[a] - time[b] || a - b)
  if (!asset) return [sort ? ordered(Int32Array.from(time, (_, row) => row)) : undefined]
  const lists: number[][] = names.map(() => [])
  for (let row = 0; row < asset.length; row++) lists[asset[row]].push(row)
  return lists.map((rows) => (sort ? ordered(Int32Array.from(rows)) : Int32Array.from(rows)))
}
