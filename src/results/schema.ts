import * as L from '../../assembly/layout.ts'
import type { TableData } from '../kernel/tables.ts'
import type { Column, Values } from './table.ts'
import { toldBy } from './told.ts'

// Words of the numbers that the broker writes, in the order of layout.ts.

/**
 * Why a fill happened: an `order` of a hook or by hand, one of a `signal`, a position rule (`stop`, `target`, `trail`,
 * `time`, `clock`), a `bust`, or that the asset had `ended`, with `ended: 'close'` (semantics 3.11),
 * a `halt` after a drawdown (semantics 6.9), or a `rule` of the strategy (semantics 6.11).
 */
export const FILL_REASONS = [
  'order',
  'stop',
  'target',
  'trail',
  'time',
  'bust',
  'signal',
  'ended',
  'halt',
  'rule',
  'clock',
] as const
/** When in a bar a fill happened. */
export const PHASES = ['open', 'range', 'close'] as const
/** How far an order has come; it ends as one of the last four (semantics 3.3). */
export const ORDER_STATUSES = ['pending', 'triggered', 'filled', 'partially_filled', 'cancelled', 'rejected'] as const
/** Why an order ended as it did (semantics 3.3); nothing where it was filled as given. */
export const ORDER_REASONS = [
  '',
  /** It was cancelled by whoever gave it. */
  'user',
  /** Another order of its group was filled. */
  'oco',
  /** The other child of its bracket was filled. */
  'sibling',
  /** Its parent ended with nothing opened. */
  'parent',
  /** It could only reduce a position, which is gone or reversed. */
  'position_closed',
  /** It was cut to what could be paid. */
  'cut',
  'insufficient_funds',
  'short_not_allowed',
  /** Entries are refused until the margin call is cured. */
  'margin_call',
  /** It was to fill at the close of a bar that its asset does not have. */
  'no_price',
  'size_zero',
  'bust',
  /** The run ended first. */
  'end_of_data',
  /** Its asset has ended: cancelled where it was pending, rejected where it was given later (semantics 3.11). */
  'delisted',
  /** Its asset had had no bar yet, with `notListed: 'reject'` (semantics 3.11). */
  'not_listed',
  /** An exit by rule has taken the bar, with another `ruleExit` than 'beside' (semantics 10.5). */
  'rule_exit',
  /** It was the parent of a bracket, not filled whole when one of its children traded (semantics 3.12). */
  'child',
  /** Guards that refuse entries (semantics 6.7). */
  'drawdown_halt',
  'loss_pause',
  'max_positions',
  'exposure_limit',
  /** Its end has come: `goodTill` (semantics 3.14). */
  'expired',
  /** It was to be looked at once, and was not reached then (semantics 3.14). */
  'not_filled',
  /** It was to be post-only and was reached at the moment at which it became live (semantics 3.14). */
  'post_only',
  /** It would have opened less than its asset's smallest quantity or notional (semantics 3.2). */
  'below_minimum',
  /** It would have opened more than its asset's largest quantity. */
  'above_maximum',
  /** It, or a child of it, names a price between two ticks of its asset (semantics 1.10). */
  'off_grid',
  /** The guard of what a day may lose (semantics 6.13). */
  'loss_a_day',
] as const
/** Types of orders. */
export const ORDER_TYPES = [
  'market',
  'limit',
  'stop',
  'stop-limit',
  'trailing-stop',
  'market-if-touched',
  'limit-if-touched',
  'trailing-limit',
] as const
/**
 * How long an order lives (semantics 3.14): till it is cancelled, as immediate or cancel or fill or kill looked at once, or till a
 * time.
 */
export const TIMES_IN_FORCE = ['gtc', 'ioc', 'fok', 'gtt'] as const
/** What the size of an order is measured in; a target is the position that it leads to. */
export const SIZE_TYPES = ['units', 'value', 'fraction', 'target-units', 'target-value', 'target-fraction'] as const
/** Sides of orders and fills. */
export const SIDES = ['sell', 'buy'] as const

export type FillReason = (typeof FILL_REASONS)[number]
export type Phase = (typeof PHASES)[number]
export type OrderStatus = (typeof ORDER_STATUSES)[number]
export type OrderReason = (typeof ORDER_REASONS)[number]
export type TimeInForce = (typeof TIMES_IN_FORCE)[number]
export type OrderType = (typeof ORDER_TYPES)[number]

/** One output column: where its values come from, beside what they mean. */
export interface SchemaColumn extends Column {
  take: Take
}

/**
 * Reads the values of a column out of a table of the broker, where stamps are bars of `time`, which begins with bar `first`, and
 * units become money times the multiplier of their asset. Columns that many ask for are given whole: a loop of
 * their own is ten times as fast as one for all.
 */
export type Take = (
  raw: TableData,
  time: Float64Array,
  first: number,
  multipliers: Float64Array,
) => ((row: number) => number) | Values

/** Name in files of a position context value: snake_case. */
export function contextField(name: string): string {
  return name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)
}

/** What marks a column of position context. */
export const CONTEXT_DOC = 'Position context.'

/** A position context value of trades, the `index`th of the run's names. */
export function contextColumn(name: string, index: number): SchemaColumn {
  const take = f(L.TRADE_F64 + index)
  return { name, field: contextField(name), kind: 'f64', unit: '', doc: CONTEXT_DOC, take }
}

/** A column of doubles as it is. */
function f(column: number): Take {
  return (raw) => raw.f64(column)
}

/** A column of whole numbers as it is. */
function n(column: number): Take {
  return (raw) => raw.i32(column)
}

/** The time of a column of bars. */
function at(column: number): Take {
  return (raw, time, first) => {
    const bars = raw.i32(column)
    const values = new Float64Array(bars.length)
    for (let row = 0; row < values.length; row++) values[row] = time[bars[row] - first]
    return values
  }
}

/** Some bits of a column of codes. */
function bits(column: number, shift: number, mask: number): Take {
  return (raw) => {
    const codes = raw.i32(column)
    const values = new Int32Array(codes.length)
    for (let row = 0; row < values.length; row++) values[row] = (codes[row] >> shift) & mask
    return values
  }
}

/**
 * Place of a rule in its chain, from 0, out of the code of a fill or trade; -1 without.
 * @param shift CODE_PLACE_SHIFT for fills, CODE_EXIT_PLACE_SHIFT for trades
 */
export function rulePlace(code: number, shift: number): number {
  return ((code >> shift) & 15) - 1
}

/** The same as a column. */
function rule(column: number, shift: number): Take {
  return (raw) => {
    const codes = raw.i32(column)
    return (row) => rulePlace(codes[row], shift)
  }
}

const TOLD = [
  'What the rule says of itself that it follows: `stop_loss_5.0%`, `take_profit_2.5price`, `trailing_stop_3.0atr`,',
  '`time_exit_20bars`, `clock_exit_15:55`, `stop_loss_at_95.0` of a stop that was moved there (semantics 6.1); null for other fills.',
].join(' ')

/** Columns of what rules say of themselves, with the words that a run has; those are asked for when somebody looks. */
function told(name: string, field: string, code: number, shift: number, distance: number) {
  return (words: () => readonly string[]): SchemaColumn => ({
    name,
    field,
    kind: 'label',
    get labels() {
      return ['', ...words()]
    },
    unit: '',
    doc: TOLD,
    take: (raw) => {
      const places = new Map(['', ...words()].map((word, place) => [word, place]))
      const codes = raw.i32(code)
      const distances = raw.f64(distance)
      return (row) => (codes[row] >> shift ? (places.get(toldBy(codes[row], shift, distances[row])) ?? 0) : 0)
    },
  })
}

/** The last column of fills, and of trades before those of a run's own. */
export const fillDetail = told('detail', 'detail', L.FILL_CODE, L.CODE_TOLD_SHIFT, L.FILL_DISTANCE)
export const tradeDetail = told(
  'exitDetail',
  'exit_detail',
  L.TRADE_CODE,
  L.CODE_EXIT_TOLD_SHIFT,
  L.TRADE_EXIT_DISTANCE,
)

/** Whether any of some bits of a code are set. */
function flag(column: number, mask: number): Take {
  return (raw) => {
    const codes = raw.i32(column)
    const values = new Int32Array(codes.length)
    for (let row = 0; row < values.length; row++) values[row] = (codes[row] & mask) !== 0 ? 1 : 0
    return values
  }
}

/** 1 where a column of signed units is of a buy or a long position. */
function isPositive(column: number): Take {
  return (raw) => {
    const units = raw.f64(column)
    const values = new Int32Array(units.length)
    for (let row = 0; row < values.length; row++) values[row] = units[row] > 0 ? 1 : 0
    return values
  }
}

/** Fills: one row an execution. */
export const FILL_COLUMNS: readonly SchemaColumn[] = [
  { name: 'time', field: 'time', kind: 'time', unit: 'ms UTC', doc: 'Start of the bar.', take: at(L.FILL_BAR) },
  { name: 'bar', field: 'bar', kind: 'i32', unit: 'bars', doc: 'Index of the bar.', take: n(L.FILL_BAR) },
  { name: 'asset', field: 'asset', kind: 'asset', unit: '', doc: 'Asset traded.', take: n(L.FILL_ASSET) },
  {
    name: 'orderId',
    field: 'order_id',
    kind: 'i32',
    unit: '',
    doc: 'Order it belongs to; 0 for exits by rule, time, bust or the end of the asset.',
    take: n(L.FILL_ORDER),
  },
  {
    name: 'side',
    field: 'side',
    kind: 'label',
    labels: SIDES,
    unit: '',
    doc: 'buy or sell.',
    take: isPositive(L.FILL_QUANTITY),
  },
  {
    name: 'quantity',
    field: 'quantity',
    kind: 'f64',
    unit: 'units',
    doc: 'Units, unsigned: what is executed has a side. Units of positions and trades are signed.',
    take: (raw) => {
      const quantity = raw.f64(L.FILL_QUANTITY)
      const values = new Float64Array(quantity.length)
      for (let row = 0; row < values.length; row++) values[row] = Math.abs(quantity[row])
      return values
    },
  },
  {
    name: 'price',
    field: 'price',
    kind: 'f64',
    unit: 'price',
    doc: 'Price paid or received, slippage included.',
    take: f(L.FILL_PRICE),
  },
  {
    name: 'basePrice',
    field: 'base_price',
    kind: 'f64',
    unit: 'price',
    doc: 'Price before slippage.',
    take: f(L.FILL_BASE),
  },
  {
    name: 'commission',
    field: 'commission',
    kind: 'f64',
    unit: 'currency',
    doc: 'Commission of this fill.',
    take: f(L.FILL_COMMISSION),
  },
  {
    name: 'slippage',
    field: 'slippage',
    kind: 'f64',
    unit: 'currency',
    doc: '|price - basePrice| * quantity * multiplier.',
    take: (raw, _time, _first, multipliers) => {
      const asset = raw.i32(L.FILL_ASSET)
      const [price, base, quantity] = [L.FILL_PRICE, L.FILL_BASE, L.FILL_QUANTITY].map((column) => raw.f64(column))
      const values = new Float64Array(price.length)
      for (let row = 0; row < values.length; row++)
        values[row] = Math.abs(price[row] - base[row]) * Math.abs(quantity[row] * multipliers[asset[row]])
      return values
    },
  },
  {
    name: 'reason',
    field: 'reason',
    kind: 'label',
    labels: FILL_REASONS,
    unit: '',
    doc: 'Why it happened.',
    take: bits(L.FILL_CODE, 0, 15),
  },
  {
    name: 'rule',
    field: 'rule',
    kind: 'i32',
    unit: '',
    doc: 'Place in its chain of the rule that it follows, from 0; -1 for fills of orders, at a bust and at the end of the asset.',
    take: rule(L.FILL_CODE, L.CODE_PLACE_SHIFT),
  },
  {
    name: 'phase',
    field: 'phase',
    kind: 'label',
    labels: PHASES,
    unit: '',
    doc: 'When in the bar: open, range or close.',
    take: bits(L.FILL_CODE, L.CODE_PHASE_SHIFT, 3),
  },
  {
    name: 'ambiguous',
    field: 'ambiguous',
    kind: 'bool',
    unit: '',
    doc: 'Another way of the price through this bar would have given other fills.',
    take: flag(L.FILL_CODE, L.CODE_AMBIGUOUS),
  },
  {
    name: 'tag',
    field: 'tag',
    kind: 'f64',
    unit: '',
    doc: "The caller's tag of the order; 0 without.",
    take: f(L.FILL_TAG),
  },
]

/** Trades: one row a reduction of a position, from its entry to this exit. */
export const TRADE_COLUMNS: readonly SchemaColumn[] = [
  { name: 'asset', field: 'asset', kind: 'asset', unit: '', doc: 'Asset traded.', take: n(L.TRADE_ASSET) },
  {
    name: 'side',
    field: 'side',
    kind: 'label',
    labels: ['short', 'long'],
    unit: '',
    doc: 'long or short.',
    take: isPositive(L.TRADE_QUANTITY),
  },
  {
    name: 'quantity',
    field: 'quantity',
    kind: 'f64',
    unit: 'units',
    doc: 'Units closed, signed as those of the position: above 0 long, below 0 short. Units of fills and orders are unsigned beside their side.',
    take: f(L.TRADE_QUANTITY),
  },
  {
    name: 'entryTime',
    field: 'entry_time',
    kind: 'time',
    unit: 'ms UTC',
    doc: 'Start of the bar in which the position was opened.',
    take: at(L.TRADE_ENTRY_BAR),
  },
  {
    name: 'entryPrice',
    field: 'entry_price',
    kind: 'f64',
    unit: 'price',
    doc: 'Average entry price, slippage included.',
    take: f(L.TRADE_ENTRY_PRICE),
  },
  {
    name: 'exitTime',
    field: 'exit_time',
    kind: 'time',
    unit: 'ms UTC',
    doc: 'Start of the bar of the exit.',
    take: at(L.TRADE_EXIT_BAR),
  },
  {
    name: 'exitPrice',
    field: 'exit_price',
    kind: 'f64',
    unit: 'price',
    doc: 'Exit price, slippage included.',
    take: f(L.TRADE_EXIT_PRICE),
  },
  {
    name: 'pnl',
    field: 'pnl',
    kind: 'f64',
    unit: 'currency',
    doc: 'Profit or loss after both commissions.',
    take: f(L.TRADE_PNL),
  },
  {
    name: 'pnlPercent',
    field: 'pnl_percent',
    kind: 'f64',
    unit: 'percent',
    doc: '100 * pnl / |entryPrice * quantity * multiplier|.',
    take: (raw, _time, _first, multipliers) => {
      const asset = raw.i32(L.TRADE_ASSET)
      const pnl = raw.f64(L.TRADE_PNL)
      const price = raw.f64(L.TRADE_ENTRY_PRICE)
      const quantity = raw.f64(L.TRADE_QUANTITY)
      return (row) => (100 * pnl[row]) / Math.abs(price[row] * (quantity[row] * multipliers[asset[row]]))
    },
  },
  {
    name: 'barsHeld',
    field: 'bars_held',
    kind: 'i32',
    unit: 'bars',
    doc: "The asset's own bars closed after the entry bar.",
    take: n(L.TRADE_BARS_HELD),
  },
  {
    name: 'exitReason',
    field: 'exit_reason',
    kind: 'label',
    labels: FILL_REASONS,
    unit: '',
    doc: 'Why the exit happened.',
    take: bits(L.TRADE_CODE, 0, 15),
  },
  {
    name: 'exitRule',
    field: 'exit_rule',
    kind: 'i32',
    unit: '',
    doc: 'Place in its chain of the rule that closed it, from 0; -1 without.',
    take: rule(L.TRADE_CODE, L.CODE_EXIT_PLACE_SHIFT),
  },
  {
    name: 'exitPhase',
    field: 'exit_phase',
    kind: 'label',
    labels: PHASES,
    unit: '',
    doc: 'When in its bar the exit happened.',
    take: bits(L.TRADE_CODE, L.CODE_PHASE_SHIFT, 3),
  },
  {
    name: 'entryStop',
    field: 'entry_stop',
    kind: 'f64',
    unit: 'price',
    doc: 'Its initial stop: the nearest level of the stops and trails that it had as it was opened, by rule or as children of its order (semantics 7.11); null without one.',
    take: f(L.TRADE_ENTRY_STOP),
  },
  {
    name: 'entryReason',
    field: 'entry_reason',
    kind: 'label',
    labels: FILL_REASONS,
    unit: '',
    doc: 'What opened the position.',
    take: bits(L.TRADE_CODE, L.CODE_ENTRY_SHIFT, 15),
  },
  {
    name: 'entryPhase',
    field: 'entry_phase',
    kind: 'label',
    labels: PHASES,
    unit: '',
    doc: 'When in its bar the entry happened.',
    take: bits(L.TRADE_CODE, L.CODE_ENTRY_SHIFT + L.CODE_PHASE_SHIFT, 3),
  },
  {
    name: 'commission',
    field: 'commission',
    kind: 'f64',
    unit: 'currency',
    doc: 'Its share of the entry commissions and its exit commission.',
    take: (raw) => {
      const entry = raw.f64(L.TRADE_ENTRY_COMMISSION)
      const exit = raw.f64(L.TRADE_EXIT_COMMISSION)
      const values = new Float64Array(entry.length)
      for (let row = 0; row < values.length; row++) values[row] = entry[row] + exit[row]
      return values
    },
  },
  {
    name: 'entryCommission',
    field: 'entry_commission',
    kind: 'f64',
    unit: 'currency',
    doc: 'Its share of the entry commissions.',
    take: f(L.TRADE_ENTRY_COMMISSION),
  },
  {
    name: 'exitCommission',
    field: 'exit_commission',
    kind: 'f64',
    unit: 'currency',
    doc: 'Commission of the exit.',
    take: f(L.TRADE_EXIT_COMMISSION),
  },
  {
    name: 'slippage',
    field: 'slippage',
    kind: 'f64',
    unit: 'currency',
    doc: 'Slippage of the exit and its share of that of the entries.',
    take: f(L.TRADE_SLIPPAGE),
  },
  {
    name: 'mfe',
    field: 'mfe',
    kind: 'f64',
    unit: 'fraction',
    doc: 'Maximum favourable excursion, a fraction of the entry price, at least 0.',
    take: f(L.TRADE_MFE),
  },
  {
    name: 'mae',
    field: 'mae',
    kind: 'f64',
    unit: 'fraction',
    doc: 'Maximum adverse excursion, a fraction of the entry price, at most 0.',
    take: f(L.TRADE_MAE),
  },
  {
    name: 'ambiguous',
    field: 'ambiguous',
    kind: 'bool',
    unit: '',
    doc: 'Opened or closed inside a bar in which another way of the price would have given other fills.',
    take: flag(L.TRADE_CODE, L.CODE_AMBIGUOUS | (L.CODE_AMBIGUOUS << L.CODE_ENTRY_SHIFT)),
  },
  {
    name: 'entryBar',
    field: 'entry_bar',
    kind: 'i32',
    unit: 'bars',
    doc: 'Index of the entry bar.',
    take: n(L.TRADE_ENTRY_BAR),
  },
  {
    name: 'exitBar',
    field: 'exit_bar',
    kind: 'i32',
    unit: 'bars',
    doc: 'Index of the exit bar.',
    take: n(L.TRADE_EXIT_BAR),
  },
  {
    name: 'entryOrderId',
    field: 'entry_order_id',
    kind: 'i32',
    unit: '',
    doc: 'Order that opened the position.',
    take: n(L.TRADE_ENTRY_ORDER),
  },
  {
    name: 'exitOrderId',
    field: 'exit_order_id',
    kind: 'i32',
    unit: '',
    doc: 'Order that closed it; 0 for exits by rule, time, bust or the end of the asset.',
    take: n(L.TRADE_EXIT_ORDER),
  },
  {
    name: 'entryTag',
    field: 'entry_tag',
    kind: 'f64',
    unit: '',
    doc: "The caller's tag of the entry order; 0 without.",
    take: f(L.TRADE_ENTRY_TAG),
  },
  {
    name: 'exitTag',
    field: 'exit_tag',
    kind: 'f64',
    unit: '',
    doc: "The caller's tag of the exit order; 0 without.",
    take: f(L.TRADE_EXIT_TAG),
  },
]

/** Of trades where an asset has a multiplier (semantics 1.9). */
export const MULTIPLIER_COLUMN: SchemaColumn = {
  name: 'multiplier',
  field: 'multiplier',
  kind: 'f64',
  unit: 'currency a unit and price',
  doc: 'What a unit of the asset gained in currency when its price rose by 1.',
  take: (raw, _time, _first, multipliers) => {
    const asset = raw.i32(L.TRADE_ASSET)
    return (row) => multipliers[asset[row]]
  },
}

/** Of trades where the currency of prices is said. @param currencies by asset; '' where nothing is said */
export function currencyColumn(currencies: readonly string[]): SchemaColumn {
  const labels = ['', ...new Set(currencies.filter((currency) => currency !== ''))]
  return {
    name: 'quoteCurrency',
    field: 'quote_currency',
    kind: 'label',
    labels,
    unit: '',
    doc: "Currency of the asset's prices; nothing was converted.",
    take: (raw) => {
      const asset = raw.i32(L.TRADE_ASSET)
      return (row) => labels.indexOf(currencies[asset[row]])
    },
  }
}

/** Ambiguous bars: one row a pair of bar and asset (semantics 5.7), in the order in which they happened. */
export const AMBIGUOUS_COLUMNS: readonly SchemaColumn[] = [
  { name: 'time', field: 'time', kind: 'time', unit: 'ms UTC', doc: 'Start of the bar.', take: at(L.AMBIGUOUS_BAR) },
  { name: 'bar', field: 'bar', kind: 'i32', unit: 'bars', doc: 'Index of the bar.', take: n(L.AMBIGUOUS_BAR) },
  { name: 'asset', field: 'asset', kind: 'asset', unit: '', doc: 'Asset.', take: n(L.AMBIGUOUS_ASSET) },
]

/** A price that only some order types have; the others' is NaN. */
function priceOf(column: number, types: readonly OrderType[]): Take {
  return (raw) => {
    const codes = raw.i32(L.ENDED_CODE)
    const prices = raw.f64(column)
    return (row) => (types.includes(ORDER_TYPES[codes[row] & 15]) ? prices[row] : Number.NaN)
  }
}

/** Orders: one row an order that was given, in the order of their ids. */
export const ORDER_COLUMNS: readonly SchemaColumn[] = [
  { name: 'id', field: 'order_id', kind: 'i32', unit: '', doc: 'Number of the order, from 1.', take: n(L.ENDED_ID) },
  { name: 'asset', field: 'asset', kind: 'asset', unit: '', doc: 'Asset.', take: n(L.ENDED_ASSET) },
  {
    name: 'type',
    field: 'order_type',
    kind: 'label',
    labels: ORDER_TYPES,
    unit: '',
    doc: 'Order type.',
    take: bits(L.ENDED_CODE, 0, 15),
  },
  {
    name: 'side',
    field: 'side',
    kind: 'label',
    labels: SIDES,
    unit: '',
    doc: 'buy or sell; of a market target the way it traded last, or, where it did not, the way it was when given.',
    take: bits(L.ENDED_CODE, L.ORDER_CODE_BUY, 1),
  },
  {
    name: 'sizeType',
    field: 'size_type',
    kind: 'label',
    labels: SIZE_TYPES,
    unit: '',
    doc: 'What amount is measured in.',
    take: bits(L.ENDED_CODE, L.ORDER_CODE_SIZE, 7),
  },
  {
    name: 'amount',
    field: 'amount',
    kind: 'f64',
    unit: 'by sizeType',
    doc: 'Size as given: units, currency or fraction of equity; targets signed.',
    take: f(L.ENDED_AMOUNT),
  },
  {
    name: 'limitPrice',
    field: 'limit_price',
    kind: 'f64',
    unit: 'price',
    doc: 'Limit price; of a trailing limit that set at its trigger.',
    take: priceOf(L.ENDED_LIMIT, ['limit', 'stop-limit', 'limit-if-touched', 'trailing-limit']),
  },
  {
    name: 'stopPrice',
    field: 'stop_price',
    kind: 'f64',
    unit: 'price',
    doc: 'Stop price; of orders if touched the touch price.',
    take: priceOf(L.ENDED_STOP, ['stop', 'stop-limit', 'market-if-touched', 'limit-if-touched']),
  },
  {
    name: 'trailAmount',
    field: 'trail_amount',
    kind: 'f64',
    unit: 'price or fraction',
    doc: 'Distance of a trailing stop or trailing limit.',
    take: priceOf(L.ENDED_TRAIL, ['trailing-stop', 'trailing-limit']),
  },
  {
    name: 'limitOffset',
    field: 'limit_offset',
    kind: 'f64',
    unit: 'price or fraction',
    doc: 'From the level of a trailing limit to its limit, in the unit of its trail.',
    take: priceOf(L.ENDED_STOP, ['trailing-limit']),
  },
  {
    name: 'timing',
    field: 'timing',
    kind: 'label',
    labels: ['next-open', 'next-close', 'same-close'],
    unit: '',
    doc: 'When a market order fills.',
    take: bits(L.ENDED_CODE, L.ORDER_CODE_TIMING, 3),
  },
  {
    name: 'status',
    field: 'status',
    kind: 'label',
    labels: ORDER_STATUSES,
    unit: '',
    doc: 'How it ended.',
    take: bits(L.ENDED_CODE, L.ORDER_CODE_STATUS, 7),
  },
  {
    name: 'reason',
    field: 'reason',
    kind: 'label',
    labels: ORDER_REASONS,
    unit: '',
    doc: 'Why it ended so; null when it was filled as given.',
    take: bits(L.ENDED_CODE, L.ORDER_CODE_REASON, 31),
  },
  {
    name: 'filledQuantity',
    field: 'filled_quantity',
    kind: 'f64',
    unit: 'units',
    doc: 'Units of its fills, unsigned.',
    take: f(L.ENDED_FILLED),
  },
  {
    name: 'filledPrice',
    field: 'filled_price',
    kind: 'f64',
    unit: 'price',
    doc: 'Average absolute price of its fills.',
    take: f(L.ENDED_AVERAGE),
  },
  {
    name: 'commission',
    field: 'commission',
    kind: 'f64',
    unit: 'currency',
    doc: 'Commission of its fills.',
    take: f(L.ENDED_COMMISSION),
  },
  {
    name: 'createdAt',
    field: 'created_at',
    kind: 'time',
    unit: 'ms UTC',
    doc: 'Start of the bar in whose hook it was given.',
    take: at(L.ENDED_CREATED),
  },
  {
    name: 'endedAt',
    field: 'ended_at',
    kind: 'time',
    unit: 'ms UTC',
    doc: 'Start of the bar in which it ended.',
    take: at(L.ENDED_ENDED_BAR),
  },
  {
    name: 'createdBar',
    field: 'created_bar',
    kind: 'i32',
    unit: 'bars',
    doc: 'Index of the bar in whose hook it was given, with a latency at whose close it arrived.',
    take: n(L.ENDED_CREATED),
  },
  {
    name: 'endedBar',
    field: 'ended_bar',
    kind: 'i32',
    unit: 'bars',
    doc: 'Index of the bar in which it ended.',
    take: n(L.ENDED_ENDED_BAR),
  },
  {
    name: 'parentId',
    field: 'parent_id',
    kind: 'i32',
    unit: '',
    doc: 'Bracket parent; 0 without.',
    take: n(L.ENDED_PARENT),
  },
  {
    name: 'groupId',
    field: 'group_id',
    kind: 'i32',
    unit: '',
    doc: 'One-cancels-other group, named by its first order; 0 without.',
    take: n(L.ENDED_GROUP),
  },
  {
    name: 'reduceOnly',
    field: 'reduce_only',
    kind: 'bool',
    unit: '',
    doc: 'Could only reduce a position.',
    take: flag(L.ENDED_CODE, L.FLAG_REDUCE_ONLY << L.ORDER_CODE_FLAGS),
  },
  {
    name: 'timeInForce',
    field: 'time_in_force',
    kind: 'label',
    labels: TIMES_IN_FORCE,
    unit: '',
    doc: 'How long it was to live: till cancelled, looked at once, all of it or nothing, or till a time.',
    take: bits(L.ENDED_CODE, L.ORDER_CODE_FLAGS + L.FLAG_FORCE_SHIFT, 3),
  },
  {
    name: 'postOnly',
    field: 'post_only',
    kind: 'bool',
    unit: '',
    doc: 'Was not to trade at the moment at which it became live.',
    take: flag(L.ENDED_CODE, L.FLAG_POST_ONLY << L.ORDER_CODE_FLAGS),
  },
  { name: 'tag', field: 'tag', kind: 'f64', unit: '', doc: "The caller's tag; 0 without.", take: f(L.ENDED_TAG) },
]

/** Positions open at the end: not counted as trades, marked at the last price. */
export const POSITION_COLUMNS: readonly Column[] = [
  { name: 'asset', field: 'asset', kind: 'asset', unit: '', doc: 'Asset.' },
  { name: 'side', field: 'side', kind: 'label', labels: ['short', 'long'], unit: '', doc: 'long or short.' },
  {
    name: 'quantity',
    field: 'quantity',
    kind: 'f64',
    unit: 'units',
    doc: 'Units, signed: above 0 long, below 0 short.',
  },
  {
    name: 'entryTime',
    field: 'entry_time',
    kind: 'time',
    unit: 'ms UTC',
    doc: 'Start of the bar in which it was opened.',
  },
  {
    name: 'entryPrice',
    field: 'entry_price',
    kind: 'f64',
    unit: 'price',
    doc: 'Average entry price, slippage included.',
  },
  { name: 'markPrice', field: 'mark_price', kind: 'f64', unit: 'price', doc: 'Last price seen.' },
  {
    name: 'unrealizedPnl',
    field: 'unrealized_pnl',
    kind: 'f64',
    unit: 'currency',
    doc: '(mark - entry) * quantity * multiplier - entry commissions held.',
  },
  {
    name: 'commission',
    field: 'commission',
    kind: 'f64',
    unit: 'currency',
    doc: 'Entry commissions still with the position.',
  },
  {
    name: 'barsHeld',
    field: 'bars_held',
    kind: 'i32',
    unit: 'bars',
    doc: "The asset's own bars closed after the entry bar.",
  },
  { name: 'entryBar', field: 'entry_bar', kind: 'i32', unit: 'bars', doc: 'Index of the entry bar.' },
  { name: 'entryOrderId', field: 'entry_order_id', kind: 'i32', unit: '', doc: 'Order that opened it.' },
]
