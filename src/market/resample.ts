import { FillgridError, show } from '../errors.ts'
import { type Aggregation, aggregateColumns } from './aggregate.ts'
import { expectMarket } from './expect.ts'
import { Frame, type FrameOptions, type Slot } from './frame.ts'
import { isoTime, PRICE_COLUMNS, type PriceColumn, type Remark } from './input.ts'
import { Market } from './market.ts'
import { inheritedRemarks } from './remarks.ts'
import { DAY, marketTimeframe, type Timeframe, timeframe } from './timeframe.ts'

/** Settings of `resample`. */
export interface ResampleOptions extends FrameOptions {
  /** Timeframe of the market's bars; by default the commonest distance between them. */
  from?: string | Timeframe
  /** What to do with a first or last bar that the data cover in part: 'keep' (default; flagged) or 'drop'. */
  partial?: 'keep' | 'drop'
  /**
   * Stamp of daily and longer bars: 'date' (default), midnight UTC of the first date, as daily files have it; or 'open',
   * the moment at which the first session opens.
   */
  stamp?: 'date' | 'open'
  /** How signal and context columns are taken together, by name. `split` and `dividend` are multiplied and summed. */
  aggregate?: Readonly<Record<string, Aggregation>>
}

/** A market of longer bars, and what is known of each of them. */
export interface Resampled {
  readonly market: Market
  readonly timeframe: Timeframe
  /** Name of the calendar whose sessions cut the bars. */
  readonly calendar: string
  /** When each bar has closed, ms UTC: only then may anything be known of it. */
  readonly closes: Float64Array
  /** 1 for a first bar that began before the data, or a last one that they do not reach the end of. */
  readonly partial: Uint8Array
  /** First and last bar of the source in each bar. */
  readonly first: Int32Array
  readonly last: Int32Array
  /** Bars of the source left out because they lie outside all sessions. */
  readonly outside: number
}

/**
 * A market of longer bars: open of the first, highest high, lowest low, close of the last, sum of the volumes, for each
 * asset over its own bars. A bar never reaches over a session's end (or break); its stamp is the start of its place in
 * time, the same for all assets, whether or not the first of its bars is there. Volumes are summed exactly (see sums.ts).
 * Where the source has no bar at all there is none; the given market stays as it is.
 *
 * @param target '5m', '4h', '1d', '1w', '1mo' ...; longer than the bars, and a multiple of them within the day
 * @throws FillgridError invalid_value, unknown_name; invalid_market for bars outside the sessions (unless `outside`
 * says otherwise) or bars that two of the longer ones would share; out_of_range beyond the calendar
 */
export function resample(market: Market, target: string | Timeframe, options: ResampleOptions = {}): Resampled {
  expectMarket(market, 'resample')
  const source = sourceFrame(market, options)
  const frame = new Frame(target, options, source)
  const { rows, slots, first, last, outside, firstOutside } = place(market, frame)
  if (slots.length === 0) {
    throw new FillgridError(
      'invalid_market',
      `resample: at least one bar must lie in the sessions of ${frame.calendar.name}, found ${market.bars} outside, from ${isoTime(market.time[0])}.`,
    )
  }
  const partial = new Uint8Array(slots.length)
  const firstBar = first[0]
  const end = slots.length - 1
  if (startsLate(frame, source, slots[0], market.time[firstBar])) partial[0] = 1
  if (frame.closeOf(market.time[last[end]]) < slots[end].close) partial[end] = 1
  const keep = slots.map((_, row) => options.partial !== 'drop' || partial[row] === 0)
  checkChoice('partial', options.partial, ['keep', 'drop'])
  checkChoice('stamp', options.stamp, ['date', 'open'])
  if (!keep.some(Boolean)) {
    throw new FillgridError(
      'invalid_market',
      `resample: at least one whole bar of ${frame.timeframe.text} is needed, found ${slots.length} in part. Pass partial: 'keep'.`,
    )
  }
  const from = keep.indexOf(true)
  const to = keep.lastIndexOf(true) + 1
  const kept = <T extends Float64Array | Uint8Array | Int32Array>(values: T) => values.slice(from, to) as T
  const width = market.assetCount
  const columns = aggregateColumns(market, rows, slots.length, options.aggregate)
  const cut = (values: Float64Array) => values.subarray(from * width, to * width)
  const stamps = Float64Array.from(slots, ({ stamp, open }) =>
    options.stamp === 'open' && frame.timeframe.unit !== 'time' ? open : stamp,
  )
  const made = Market.from({
    assets: market.assets,
    time: kept(stamps),
    ...(Object.fromEntries(PRICE_COLUMNS.map((name) => [name, cut(columns.prices[name])])) as Record<
      PriceColumn,
      Float64Array
    >),
    signals: Object.fromEntries([...columns.signals].map(([name, values]) => [name, cut(values)])),
    context: Object.fromEntries([...columns.context].map(([name, values]) => [name, values.subarray(from, to)])),
    allowNonPositive: market.allowNonPositive,
    delisted: delistedOf(market, kept(stamps), cut(columns.prices.close)),
    instruments: market.instruments,
    calendar: frame.calendar,
    remarks: [...inheritedRemarks(market.remarks), ...remarksOf(frame, kept(partial), outside, firstOutside)],
    provenance: market.provenance && {
      ...market.provenance,
      steps: [
        ...market.provenance.steps,
        { step: 'resample', timeframe: frame.timeframe.text, calendar: frame.calendar.name, ...settings(options) },
      ],
    },
  })
  return {
    market: made,
    timeframe: frame.timeframe,
    calendar: frame.calendar.name,
    closes: kept(Float64Array.from(slots, ({ close }) => close)),
    partial: kept(partial),
    first: kept(first),
    last: kept(last),
    outside,
  }
}

/**
 * When the assets end among the longer bars. A bar that holds an asset's last ones may be stamped later than it began, and
 * than the time itself; the asset has then ended with the bar after it.
 */
function delistedOf(market: Market, stamps: Float64Array, close: Float64Array): Record<string, number> {
  const width = market.assetCount
  const known = Object.entries(market.delisted).map(([asset, time]) => {
    let last = stamps.length - 1
    while (last >= 0 && Number.isNaN(close[last * width + market.assetIndex(asset)])) last--
    return [asset, last < 0 ? time : Math.max(time, stamps[last] + 1)]
  })
  return Object.fromEntries(known)
}

/** What a resampling did, in lines of text. */
export function resampleSummary(result: Resampled): string[] {
  const { market, timeframe, calendar, first, last } = result
  const bars = (n: number) => `${n} ${n === 1 ? 'bar' : 'bars'}`
  return [
    `${bars(market.bars)} of ${timeframe.text} from ${bars(last[last.length - 1] - first[0] + 1)}, sessions of ${calendar}`,
    `${market.barTime(0)} to ${market.barTime(market.bars - 1)}`,
    ...market.remarks.map(({ message }) => message),
  ]
}

/** The timeframe of a market's bars, as given or found. @throws FillgridError invalid_value */
export function sourceFrame(market: Market, options: { from?: string | Timeframe }): Timeframe | undefined {
  return options.from === undefined ? marketTimeframe(market) : timeframe(options.from)
}

interface Placed {
  /** Row of the result by bar; -1 outside. */
  rows: Int32Array
  slots: Slot[]
  first: Int32Array
  last: Int32Array
  outside: number
  firstOutside: number
}

function place(market: Market, frame: Frame): Placed {
  const { time } = market
  const rows = new Int32Array(time.length)
  const slots: Slot[] = []
  const first: number[] = []
  const last: number[] = []
  let outside = 0
  let firstOutside = Number.NaN
  for (let bar = 0; bar < time.length; bar++) {
    const slot = frame.slot(time[bar])
    if (!slot) {
      if (outside++ === 0) firstOutside = time[bar]
      rows[bar] = -1
      continue
    }
    const before = slots[slots.length - 1]
    if (before !== slot && before?.stamp !== slot.stamp) {
      if (before && slot.stamp < before.stamp) {
        throw new FillgridError(
          'invalid_market',
          `resample: dates must not go back, found a bar at ${isoTime(time[bar])} dated before the one at ${isoTime(time[bar - 1])}. Daily bars are stamped all with midnight UTC or all with a time of day.`,
          { bar, time: isoTime(time[bar]) },
        )
      }
      slots.push(slot)
      first.push(bar)
      last.push(bar)
    }
    rows[bar] = slots.length - 1
    last[slots.length - 1] = bar
  }
  return { rows, slots, first: Int32Array.from(first), last: Int32Array.from(last), outside, firstOutside }
}

/** Whether a slot had begun before the first bar of the data. */
function startsLate(frame: Frame, source: Timeframe | undefined, slot: Slot, utc: number): boolean {
  if (source === undefined || source.unit === 'time' || utc % DAY !== 0) return utc > slot.open
  // By dates: later than the session that the slot opens with.
  const session = frame.calendar.sessionAfter(slot.open)
  return session !== undefined && utc > Math.max(session.date, slot.stamp)
}

function remarksOf(frame: Frame, partial: Uint8Array, outside: number, firstOutside: number): Remark[] {
  const remarks: Remark[] = []
  const many = (n: number) => (n === 1 ? '1 bar lies' : `${n} bars lie`)
  if (outside > 0) {
    remarks.push({
      code: 'bars_outside_sessions',
      count: outside,
      message: `${many(outside)} outside the sessions of ${frame.calendar.name} and ${outside === 1 ? 'was' : 'were'} left out, the first at ${isoTime(firstOutside)}.`,
    })
  }
  const count = partial.reduce((sum, flag) => sum + flag, 0)
  if (count > 0) {
    const bars = partial.length === 1 ? 'The only bar' : partial[0] ? 'The first bar' : 'The last bar'
    const which = count === 2 ? 'The first and the last bar' : bars
    const message = `${which} of ${frame.timeframe.text} ${count === 1 ? 'is' : 'are'} covered by the data in part.`
    remarks.push({ code: 'partial_bars', count, message })
  }
  return remarks
}

function settings(options: ResampleOptions): Record<string, unknown> {
  const { calendar: _, from, aggregate: columns, ...rest } = options
  const given = {
    ...rest,
    ...(from === undefined ? {} : { from: timeframe(from).text }),
    ...(columns ? { aggregate: columns } : {}),
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

function checkChoice(name: string, given: string | undefined, choices: readonly string[]): void {
  if (given === undefined || choices.includes(given)) return
  throw new FillgridError(
    'invalid_value',
    `resample: ${name} must be ${choices.map((one) => `'${one}'`).join(' or ')}, found ${show(given)}.`,
  )
}
