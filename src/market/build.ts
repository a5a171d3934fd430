import { FillgridError } from '../errors.ts'
import type { Engine } from '../kernel/load.ts'
import type { Aligned } from './aligned.ts'
import { type AnnualPeriods, annualPeriods } from './annual.ts'
import { asCalendar, type CalendarRecord } from './calendar.ts'
import {
  type KnownPeriods,
  type MarketOptions,
  marketError,
  PRICE_COLUMNS,
  type PriceColumn,
  type Remark,
} from './input.ts'
import type { Instrument } from './instrument.ts'
import { checkInstruments, type InstrumentColumns, writeInstruments } from './instruments.ts'
import { delistedTimes, type Listing, makeListing } from './listing.ts'
import { commonStep, findPeriods } from './periods.ts'
import type { Provenance } from './provenance.ts'
import { type Found, remarksOf } from './remarks.ts'

/** Where the columns of a market lie in memory. */
export interface MarketPointers {
  time: number
  open: number
  high: number
  low: number
  close: number
  volume: number
  rangeHigh: number
  rangeLow: number
}

/** Everything a market is, as plain data; numbers that end in -s of `signals`, `context`: pointers by name. */
export interface MarketDescriptor {
  assets: readonly string[]
  bars: number
  pointers: MarketPointers
  dense: boolean
  allowNonPositive: boolean
  /** Milliseconds between neighbouring bars, the commonest; NaN with fewer than two. */
  step: number
  signals: readonly { name: string; pointer: number }[]
  context: readonly { name: string; pointer: number }[]
  /** Where the end of each return period stands and behind these its day, how many there are, and how many make a year. */
  periods: { ends: number; count: number; annual: AnnualPeriods; calendar?: CalendarRecord }
  listing: Listing
  /** Delisted times by asset, ms UTC, NaN for none; undefined where no asset has one. */
  delisted?: Float64Array
  /** What the assets are traded in, by name, and where that stands in memory (semantics 1.9). */
  instruments: { byName: Readonly<Record<string, Instrument>>; columns: InstrumentColumns }
  remarks: Remark[]
  /** Where the data came from, where that is known. */
  provenance?: Provenance
  digest?: string
}

/** Writes aligned input into the arena, filled and checked by rule 1.3; `blocks` are what has to be released. */
export function buildMarket(
  engine: Engine,
  input: Aligned,
  options: MarketOptions,
): { descriptor: MarketDescriptor; blocks: number[] } {
  const bars = input.time.length
  const width = input.assets.length
  if (bars === 0)
    throw new FillgridError(
      'invalid_market',
      `market: at least one bar is needed, found none for ${width} ${width === 1 ? 'asset' : 'assets'}.`,
    )
  const traded = checkInstruments(options.instruments, input.assets)
  const cells = bars * width
  const time = barStarts(input.time, options)
  const step = commonStep(time)
  const periods = options.periods ?? periodsOf(time, step, options)
  const { arena } = engine

  // One block: time, the price columns, signals, context, period ends; each on a 64-byte line.
  const line = (bytes: number) => Math.ceil(bytes / 64) * 64
  const perCell = PRICE_COLUMNS.length + input.signals.length
  const bytes = line(bars * 8) * (1 + input.context.size) + line(cells * 8) * perCell + line(periods.ends.length * 8)
  const block = allocate(engine, bytes, width, bars, perCell)
  const blocks = [block]
  try {
    let end = block
    const take = (size: number) => {
      end += line(size)
      return end - line(size)
    }
    const timeAt = take(bars * 8)
    arena.f64(timeAt, bars).set(time)
    const prices = {} as Record<PriceColumn, number>
    const views = {} as Record<PriceColumn, Float64Array>
    for (const name of PRICE_COLUMNS) {
      prices[name] = take(cells * 8)
      views[name] = arena.f64(prices[name], cells)
      if (input.prices.has(name)) input.write('price', name, views[name])
      else views[name].fill(Number.NaN)
    }
    const signals = input.signals.map((name) => {
      const pointer = take(cells * 8)
      const view = arena.f64(pointer, cells)
      input.write('signal', name, view)
      settleNaN(view)
      return { name, pointer }
    })
    const context = [...input.context].map(([name, values]) => {
      const pointer = take(bars * 8)
      const view = arena.f64(pointer, bars)
      view.set(values)
      settleNaN(view)
      return { name, pointer }
    })
    const ends = take(periods.ends.length * 8)
    arena.i32(ends, periods.ends.length).set(periods.ends)
    arena.i32(ends + periods.ends.length * 4, periods.ends.length).set(periods.days)

    const found = settlePrices(views, width, options.allowNonPositive === true, input)
    const delisted = delistedTimes(input, options.delisted, time, views.close)
    const listing = makeListing(engine, time, views.close, delisted, found.absent === 0)
    if (listing.listed !== 0) blocks.push(listing.listed)
    const instruments = writeInstruments(engine, traded, input.assets)
    if (instruments.block !== 0) blocks.push(instruments.block)
    let { high: rangeHigh, low: rangeLow } = prices
    if (found.outsideOpen + found.outsideClose > 0) {
      const range = allocate(engine, line(cells * 8) * 2, width, bars, perCell + 2)
      blocks.push(range)
      rangeHigh = range
      rangeLow = range + line(cells * 8)
      // Views over unshared memory end with an allocation, so all are taken anew.
      const view = (pointer: number) => arena.f64(pointer, cells)
      writeRange(
        view(prices.open),
        view(prices.high),
        view(prices.low),
        view(prices.close),
        view(rangeHigh),
        view(rangeLow),
      )
    }
    const descriptor: MarketDescriptor = {
      assets: input.assets,
      bars,
      pointers: { time: timeAt, ...prices, rangeHigh, rangeLow },
      dense: found.absent === 0,
      allowNonPositive: options.allowNonPositive === true,
      step,
      signals,
      context,
      periods: { ends, count: periods.ends.length, annual: periods.annual, calendar: periods.calendar },
      listing,
      ...(delisted.every(Number.isNaN) ? {} : { delisted }),
      instruments: { byName: traded, columns: instruments.columns },
      remarks: [...(options.remarks ?? []), ...remarksOf(input, found)],
      provenance: options.provenance,
    }
    return { descriptor, blocks }
  } catch (error) {
    for (const pointer of blocks) arena.release(pointer)
    throw error
  }
}

/** The periods over which returns are taken, and how many make a year. @throws FillgridError invalid_value, unknown_name */
function periodsOf(time: Float64Array, step: number, { calendar, periodsPerYear }: MarketOptions): KnownPeriods {
  const known = calendar === undefined ? undefined : asCalendar(calendar)
  const found = findPeriods(time, step, known)
  const annual = annualPeriods(found, periodsPerYear, known)
  return { ends: found.ends, days: found.days, annual, ...(known ? { calendar: known.record } : {}) }
}

/** Starts of the bars: the stamps, or with `barTime: 'close'` one bar length before, but not before the bar before ended. */
export function barStarts(stamps: Float64Array, options: MarketOptions): Float64Array {
  if (options.barTime === undefined || options.barTime === 'open') return stamps
  if (options.barTime !== 'close')
    throw new FillgridError(
      'invalid_value',
      `market: barTime must be 'open' or 'close', found ${JSON.stringify(options.barTime)}.`,
    )
  const length = options.barLength ?? commonStep(stamps)
  if (!(length > 0 && length < Number.POSITIVE_INFINITY)) {
    throw new FillgridError(
      'invalid_value',
      `market: barTime 'close' needs to know how long a bar lasts, found ${length} ms. Pass \`barLength\` in milliseconds.`,
    )
  }
  return stamps.map((stamp, i) => (i === 0 ? stamp - length : Math.max(stamps[i - 1], stamp - length)))
}

function allocate(engine: Engine, bytes: number, width: number, bars: number, perCell: number): number {
  try {
    return engine.arena.allocate(bytes, 'the market')
  } catch (error) {
    if (!(error instanceof FillgridError && error.code === 'memory_limit')) throw error
    const mib = (n: number) => `${Math.ceil(n / 1048576)} MiB`
    const free = Math.max(0, 4294901760 - engine.arena.bytesHeld)
    const most = Math.floor(free / (perCell * 8 * width + 12))
    const split =
      most >= 1
        ? `Load at most ${Math.min(most, bars)} bars at a time (\`from\` and \`to\`), or at most ${Math.max(1, Math.floor(free / (perCell * 8 * bars)))} assets (\`symbols\`)`
        : 'Load fewer assets at a time (`symbols`)'
    throw new FillgridError(
      'memory_limit',
      `market: ${width} assets x ${bars} bars x ${perCell} columns need ${mib(bytes)}, found ${mib(free)} at most, of 4096 MiB. ` +
        `${split}, leave out signal columns, or release markets that are no longer used.`,
      {},
      { cause: error },
    )
  }
}

/** Rule 1.3 on every cell: what is missing is filled in, what cannot be is refused, the rest is counted. */
function settlePrices(
  view: Record<PriceColumn, Float64Array>,
  width: number,
  allowNonPositive: boolean,
  input: Aligned,
): Found {
  const { open, high, low, close, volume } = view
  const bars = close.length / width
  const found: Found = {
    absent: 0,
    incomplete: 0,
    filled: 0,
    outsideOpen: 0,
    outsideClose: 0,
    present: new Int32Array(width),
  }
  const floor = allowNonPositive ? Number.NEGATIVE_INFINITY : 0
  for (let bar = 0, i = 0; bar < bars; bar++) {
    for (let asset = 0; asset < width; asset++, i++) {
      const c = close[i]
      let o = open[i]
      let h = high[i]
      let l = low[i]
      let v = volume[i]
      if (Number.isNaN(c)) {
        found.absent++
        if (!(Number.isNaN(o) && Number.isNaN(h) && Number.isNaN(l))) found.incomplete++
        open[i] = high[i] = low[i] = close[i] = volume[i] = Number.NaN
        continue
      }
      found.present[asset]++
      if (Number.isNaN(o) || Number.isNaN(h) || Number.isNaN(l)) {
        found.filled++
        if (Number.isNaN(o)) open[i] = o = c
        if (Number.isNaN(h)) high[i] = h = Math.max(o, c)
        if (Number.isNaN(l)) low[i] = l = Math.min(o, c)
      }
      if (Number.isNaN(v)) volume[i] = v = 0
      // One test for the usual bar; its parts in words are in refuse().
      if (
        !(
          l > floor &&
          o > floor &&
          c > floor &&
          l <= h &&
          o < INFINITY &&
          c < INFINITY &&
          h < INFINITY &&
          v >= 0 &&
          v < INFINITY
        )
      ) {
        throw refuse({ open: o, high: h, low: l, close: c, volume: v }, allowNonPositive, input, asset, bar)
      }
      if (o > h || o < l) found.outsideOpen++
      if (c > h || c < l) found.outsideClose++
    }
  }
  return found
}

const INFINITY = Number.POSITIVE_INFINITY

function refuse(
  bar: Record<PriceColumn, number>,
  allowNonPositive: boolean,
  input: Aligned,
  asset: number,
  at: number,
): FillgridError {
  const place = input.place(asset, at)
  // The close first: what is missing was filled in from it.
  for (const name of ['close', 'open', 'high', 'low', 'volume'] as const) {
    if (Math.abs(bar[name]) === INFINITY)
      return marketError(`${name} must be finite, found ${bar[name]}`, { ...place, column: name })
  }
  for (const name of ['close', 'open', 'high', 'low'] as const) {
    if (allowNonPositive || bar[name] > 0) continue
    return marketError(
      `${name} must be positive, found ${bar[name]}`,
      { ...place, column: name },
      'Mend or leave out the row, or pass `allowNonPositive: true` where prices may be zero or negative.',
    )
  }
  if (bar.volume < 0)
    return marketError(`volume must not be negative, found ${bar.volume}`, { ...place, column: 'volume' })
  return marketError(
    `high must not be below low, found high ${bar.high} and low ${bar.low}`,
    place,
    'Mend or leave out the row.',
  )
}

/** What triggers see: the prices of the bar including an open or close that lies outside [low, high] (rule 1.3). */
function writeRange(
  open: Float64Array,
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  rangeHigh: Float64Array,
  rangeLow: Float64Array,
): void {
  for (let i = 0; i < close.length; i++) {
    const o = open[i]
    const c = close[i]
    let top = high[i]
    let bottom = low[i]
    if (o > top) top = o
    if (c > top) top = c
    if (o < bottom) bottom = o
    if (c < bottom) bottom = c
    rangeHigh[i] = top
    rangeLow[i] = bottom
  }
}

/** Every NaN becomes the one canonical NaN, so that equal columns have equal bytes. */
function settleNaN(values: Float64Array): void {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) values[i] = Number.NaN
}
