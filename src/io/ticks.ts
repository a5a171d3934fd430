import { type ErrorPlace, FillgridError, show } from '../errors.ts'
import { expectFields } from '../market/expect.ts'
import { atPlace, isoTime } from '../market/input.ts'
import { fileError } from './head.ts'
import { plainName } from './roles.ts'

/** Trades (price, size) or quotes (bid, ask) in the order in which they happened; one value a tick. */
export interface Ticks {
  /** Milliseconds UTC, fractions allowed; equal ones may follow each other. */
  time: Float64Array
  /** Price of a trade; NaN leaves the tick out. Either this, or bid and ask. */
  price?: Float64Array
  /** Units of a trade. Default 0. */
  size?: Float64Array
  bid?: Float64Array
  ask?: Float64Array
}

/** Whether columns are those of trades (a price and a size) or quotes (bid and ask), and not of bars. */
export function areTicks(names: readonly string[]): 'trades' | 'quotes' | undefined {
  const plain = names.map(plainName)
  if (['open', 'high', 'low', 'close', 'o', 'h', 'l', 'c'].some((word) => plain.includes(word))) return undefined
  const has = (words: readonly string[]) => words.some((word) => plain.includes(word))
  if (has(['bid', 'bidprice']) && has(['ask', 'askprice', 'offer'])) return 'quotes'
  return has(['price', 'tradeprice']) && has(['amount', 'size', 'quantity', 'qty']) ? 'trades' : undefined
}

/** When a bar is full. */
export interface TickBars {
  /**
   * `time`: every `every` milliseconds, counted from 1970-01-01 UTC; `tick`: after so many ticks; `volume`: after so many
   * units; `dollar`: after so much price times size.
   */
  by: 'time' | 'tick' | 'volume' | 'dollar'
  every: number
  /** Which price of a quote counts. Default 'mid'. */
  price?: 'mid' | 'bid' | 'ask'
  /** Keeps a last bar that is not full; `time` bars always count as full. Default false. */
  partial?: boolean
}

/** Bars made of ticks, and what was left out on the way. */
export interface BarColumns {
  /** Start of each bar: of its span for `time` bars, of its first tick for the others. Increasing. */
  time: Float64Array
  open: Float64Array
  high: Float64Array
  low: Float64Array
  close: Float64Array
  /** Units traded; zero for quotes. */
  volume: Float64Array
  /** `ticks` (count); for trades with sizes `vwap` (price), for quotes `spread` (mean of ask - bid, price). */
  signals: Record<string, Float64Array>
  /** The first tick of each bar. */
  row: Float64Array
  /** Ticks without a price. */
  empty: number
  /** Quotes whose bid is above their ask; they are used. */
  crossed: number
  /** Ticks of a last bar that was not full, and was left out. */
  unfinished: number
}

/**
 * Bars from ticks. The tick that fills a bar belongs to it as a whole; a bar does not end before the stamp of its first
 * tick has passed, so that no two bars have one stamp. Spans without ticks give no bar.
 *
 * @param place where tick `row` came from, for errors
 * @throws FillgridError invalid_value (options), invalid_file (stamps that fall, sizes that are negative or no numbers)
 */
export function tickBars(
  ticks: Ticks,
  bars: TickBars,
  place: (row: number) => ErrorPlace = (row) => ({ line: row + 1 }),
): BarColumns {
  expectFields(ticks, 'ticks', 'columns of ticks')
  expectFields(bars, 'bars', "an object like { by: 'time', every: 60000 }")
  checkBars(bars)
  const { time, size } = ticks
  const price = pricesOf(ticks, bars.price ?? 'mid')
  const { bid, ask } = ticks
  const quotes = bid !== undefined && ask !== undefined && ticks.price === undefined
  if (quotes && (bars.by === 'volume' || bars.by === 'dollar')) {
    throw new FillgridError(
      'invalid_value',
      `ticks: ${bars.by} bars need sizes, found quotes. Choose 'time' or 'tick'.`,
    )
  }
  const out = new BarSink(Math.min(time.length, 1024))
  let empty = 0
  let crossed = 0
  let amount = 0
  let end = Number.NEGATIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (let row = 0; row < time.length; row++) {
    const t = time[row]
    const p = price[row]
    if (!(t >= last)) throw falling(t, last, place(row))
    last = t
    if (Number.isNaN(p)) {
      empty++
      continue
    }
    const units = size ? (Number.isNaN(size[row]) ? 0 : size[row]) : 0
    if (!(units >= 0 && units < Number.POSITIVE_INFINITY)) throw badSize(units, place(row))
    if (quotes && bid[row] > ask[row]) crossed++
    if (bars.by === 'time') {
      if (t >= end) {
        const start = Math.floor(t / bars.every) * bars.every
        end = start + bars.every
        out.open(start, p, row)
      }
    } else if (out.rows === 0 || (amount >= bars.every && t > out.start)) {
      out.open(t, p, row)
      amount = 0
    }
    out.add(p, units, quotes ? ask[row] - bid[row] : p * units)
    amount += bars.by === 'tick' ? 1 : bars.by === 'volume' ? units : p * units
  }
  const unfinished = bars.by !== 'time' && amount < bars.every && !bars.partial ? out.drop() : 0
  const columns = out.columns()
  const signals: Record<string, Float64Array> = { ticks: columns.ticks }
  if (quotes) signals.spread = columns.weighted.map((sum, i) => sum / columns.ticks[i])
  else if (size)
    signals.vwap = columns.weighted.map((sum, i) => (columns.volume[i] > 0 ? sum / columns.volume[i] : Number.NaN))
  const { time: start, open, high, low, close, volume, row } = columns
  return { time: start, open, high, low, close, volume, signals, row, empty, crossed, unfinished }
}

function checkBars({ by, every, price }: TickBars): void {
  if (!['time', 'tick', 'volume', 'dollar'].includes(by)) {
    throw new FillgridError(
      'invalid_value',
      `ticks: bars must be by 'time', 'tick', 'volume' or 'dollar', found ${show(by)}.`,
    )
  }
  if (!(typeof every === 'number' && every > 0 && every < Number.POSITIVE_INFINITY)) {
    throw new FillgridError(
      'invalid_value',
      `ticks: \`every\` must be a positive number, found ${show(every)}. For example 60000 for minutes.`,
    )
  }
  if (price !== undefined && !['mid', 'bid', 'ask'].includes(price))
    throw new FillgridError('invalid_value', `ticks: price must be 'mid', 'bid' or 'ask', found ${show(price)}.`)
}

function pricesOf({ time, price, bid, ask }: Ticks, which: 'mid' | 'bid' | 'ask'): Float64Array {
  if (price) return price
  if (!bid || !ask)
    throw new FillgridError('invalid_value', 'ticks: prices, or bids and asks are needed, found neither.')
  if (which !== 'mid') return which === 'bid' ? bid : ask
  const mid = new Float64Array(time.length)
  for (let i = 0; i < mid.length; i++) mid[i] = (bid[i] + ask[i]) / 2
  return mid
}

function falling(t: number, last: number, place: ErrorPlace): FillgridError {
  return fileError(
    `ticks must not go back in time, found ${isoTime(t)} after ${isoTime(last)}`,
    place,
    'Sort the rows, or mend or leave out the row.',
  )
}

function badSize(units: number, place: ErrorPlace): FillgridError {
  return new FillgridError(
    'invalid_file',
    `file: the size of a trade must not be negative or infinite, found ${units} at ${atPlace(place)}. Mend or leave out the row.`,
    place,
  )
}

const FIELDS = ['time', 'open', 'high', 'low', 'close', 'volume', 'ticks', 'weighted', 'row'] as const

/** Bars that grow by ticks. */
class BarSink {
  rows = 0
  /** Start of the bar that is open. */
  start = Number.NEGATIVE_INFINITY
  #columns: Record<(typeof FIELDS)[number], Float64Array>

  constructor(capacity: number) {
    this.#columns = Object.fromEntries(FIELDS.map((name) => [name, new Float64Array(Math.max(1, capacity))])) as never
  }

  open(start: number, price: number, first: number): void {
    const row = this.rows++
    if (row === this.#columns.time.length) {
      for (const name of FIELDS) {
        const bigger = new Float64Array(row * 2)
        bigger.set(this.#columns[name])
        this.#columns[name] = bigger
      }
    }
    const { time, open, high, low, row: rows } = this.#columns
    this.start = start
    time[row] = start
    rows[row] = first
    open[row] = high[row] = low[row] = price
  }

  add(price: number, units: number, weight: number): void {
    const row = this.rows - 1
    const { high, low, close, volume, ticks, weighted } = this.#columns
    if (price > high[row]) high[row] = price
    if (price < low[row]) low[row] = price
    close[row] = price
    volume[row] += units
    ticks[row]++
    weighted[row] += weight
  }

  /** Takes the last bar away; returns how many ticks it had. */
  drop(): number {
    if (this.rows === 0) return 0
    this.rows--
    return this.#columns.ticks[this.rows]
  }

  columns(): Record<(typeof FIELDS)[number], Float64Array> {
    return Object.fromEntries(FIELDS.map((name) => [name, this.#columns[name].slice(0, this.rows)])) as never
  }
}
