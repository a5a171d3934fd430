/**
 * The plain data that the oracle and the kernel are both run on, so that a scenario can be
 * generated, shrunk, printed and replayed. Rule numbers: docs/semantics.md.
 */
import type { Instrument } from '../../src/market/instrument.ts'
import type { BrokerSettings, ProfileSettings, Rule, SizeType, Timing } from '../../src/settings/settings.ts'
import type { TripTotals } from './trips.ts'

export interface ScenarioMarket {
  /** Number of assets and bars; every column below is [bar][asset]. NaN close = the bar is absent (1.3). */
  assets: number
  bars: number
  /** Milliseconds from bar to bar; a day where it is left out. */
  step?: number
  /** Start of the first bar, ms UTC; 0 where it is left out. */
  from?: number
  open: number[][]
  high: number[][]
  low: number[][]
  close: number[][]
  volume: number[][]
  /** Further columns by name. */
  signals?: Record<string, number[][]>
  /** Prices may be zero or negative (1.3); default false. */
  allowNonPositive?: boolean
  /** By asset the bar from which it has ended (3.11), null where it has not; its rows from there on are absent. */
  delisted?: (number | null)[]
  /** By asset what it is traded in (1.9), null where nothing is said. */
  instruments?: (Instrument | null)[]
}

/** Fractions of the basis that become the rules of the position this order opens (8.1, chain order stop, target, trail). */
export interface PositionRules {
  stop?: number
  target?: number
  trail?: number
}

/** Types of orders (3.1). */
export type OrderKind =
  | 'market'
  | 'limit'
  | 'stop'
  | 'stop-limit'
  | 'trailing-stop'
  | 'market-if-touched'
  | 'limit-if-touched'
  | 'trailing-limit'

export interface OrderSpec {
  asset: number
  type: OrderKind
  /** +1 buy, -1 sell. Ignored by market targets, whose side follows from the difference. */
  side: 1 | -1
  size: SizeType
  /** > 0 for units, value, fraction; signed for targets. */
  amount: number
  limit?: number
  /** Of orders if touched: the touch price. */
  stop?: number
  /** Trailing stop and trailing limit: distance below/above the water mark; a fraction when trailFraction is true. */
  trail?: number
  trailFraction?: boolean
  /** Trailing limit: from its level to its limit, in the unit of the trail (3.13). */
  offset?: number
  timing?: Timing
  /** Immediate or cancel, fill or kill (3.14). */
  force?: 'ioc' | 'fok'
  /** The bar from which it is not live any more (3.14). */
  until?: number
  postOnly?: boolean
  reduceOnly?: boolean
  /** The order that it waits for (3.16). */
  after?: number
  tag?: number
  rules?: PositionRules
  /** Own rules of any kind in place of `rules`, 1 to 8 (8.1). */
  chain?: Rule[]
}

/** Children of a bracket. */
export interface BracketSpec {
  /** Price of the stop child. */
  stop?: number
  /** Price of the target (limit) child. */
  target?: number
  /** Trailing child instead of the stop child: distance, or fraction when trailFraction. */
  trail?: number
  trailFraction?: boolean
  /** Targets of a scaled bracket, in place of the one (3.17). */
  targets?: { price: number; share: number }[]
  /** Targets after which its stop moves to the average entry price, and after which it trails by `trail`. */
  breakEvenAfter?: number
  trailAfter?: number
}

/**
 * What a hook asks for. Order ids are given out from 1 in the order of the commands, also to orders
 * that are refused at once. A bracket takes consecutive ids: parent, stop or trailing child, target child
 * (only those present); a group takes one id a member in order, each member followed by its children.
 */
export type Command =
  | { kind: 'order'; order: OrderSpec; bracket?: BracketSpec }
  /** One-cancels-other group of orders of one asset (3.9); members may be bracket parents. */
  | { kind: 'oco'; members: { order: OrderSpec; bracket?: BracketSpec }[] }
  /** Reduce-only market order for the whole position (3.6), also while flat. `lot` is the id of one, here and below; where there is none all is closed, and nothing decided. */
  | { kind: 'close'; asset: number; timing?: Timing; tag?: number; lot?: number }
  /** `trail` is an amount, or a fraction when trailFraction is true, whatever it was before (3.10). */
  | {
      kind: 'update'
      id: number
      limit?: number
      stop?: number
      trail?: number
      trailFraction?: boolean
      offset?: number
      until?: number
      units?: number
    }
  | { kind: 'cancel'; id: number }
  /** Takes a fraction of a position off, by no order (6.11). */
  | { kind: 'reduce'; asset: number; fraction: number; lot?: number }
  /** Moves the stop of a position to a price where that tightens it (6.11). */
  | { kind: 'move-stop'; asset: number; price: number; lot?: number }
  /** Replaces the global chain, or with an asset that asset's chain (null: back to the global one). */
  | { kind: 'rules'; asset?: number; rules: Rule[] | null }

/** Settings that can be given, and those that profiles alone set. */
export type AnySettings = BrokerSettings & Partial<ProfileSettings>

export interface Scenario {
  market: ScenarioMarket
  settings: AnySettings
  /** commands[t] are given in the hook of bar t, in order. */
  commands: Command[][]
}

/** Signals driver input (section 8): every column is [bar][asset]; absent columns do nothing. */
export interface SignalScenario {
  market: ScenarioMarket
  settings: AnySettings
  entries?: boolean[][]
  exits?: boolean[][]
  shortEntries?: boolean[][]
  shortExits?: boolean[][]
  /** Target positions; NaN = no change. Excludes the four columns above. */
  targetPosition?: number[][]
  /** What size and targetPosition are measured in. */
  sizeType: 'units' | 'value' | 'fraction'
  /** Size of every entry where no size column is given. */
  defaultSize: number
  size?: number[][]
  stop?: number[][]
  target?: number[][]
  trail?: number[][]
  /** Bars held; NaN = none. */
  hold?: number[][]
  /** Whole chains in place of stop, target, trail and hold: where a rule's column is NaN it is left out. */
  rules?: { rule: Rule; there: boolean[][] }[]
}

export type FillReason = 'order' | 'stop' | 'target' | 'trail' | 'time' | 'bust' | 'ended' | 'halt' | 'rule' | 'clock'
export type Phase = 'open' | 'range' | 'close'

export interface Fill {
  bar: number
  asset: number
  /** 0 for exits by rule, time, bust and end, which belong to no order. */
  order: number
  /** Signed units: + bought, - sold. */
  quantity: number
  price: number
  /** Price before slippage. */
  base: number
  commission: number
  /**
   * 'order' for every fill of an order without a parent; bracket children say 'stop', 'target' or 'trail';
   * rule exits say the rule's type; 'bust' is rule 7.7, 'ended' 3.11. (The driver's word 'signal' is not distinguished here.)
   */
  reason: FillReason
  phase: Phase
  tag: number
  /** Place in the chain of the rule that fired, from 0; the chain's length for the stop that a move added; -1 for none. */
  rule: number
  /** What that rule said of itself (6.1), as `fraction 0.05`, `price 2`, `atr 3`, `bars 20`, `moved 95`, `clock 57300`; '' for none. */
  told: string
}

export interface Trade {
  asset: number
  entryBar: number
  exitBar: number
  /** Signed units of the position that was reduced: + long, - short. */
  quantity: number
  /** Average entry price at the exit. */
  entryPrice: number
  exitPrice: number
  pnl: number
  entryCommission: number
  exitCommission: number
  mfe: number
  mae: number
  barsHeld: number
  /** Its initial stop (7.11), NaN without. */
  stop: number
  /** Reason and order id of the exit fill, and of the fill that opened the position. */
  reason: FillReason
  exitOrder: number
  entryOrder: number
  /** Opened or closed by a range fill of an ambiguous (asset, bar) (5.7). */
  ambiguous: boolean
  /** As in its fill. */
  told: string
}

export type OrderStatus = 'pending' | 'triggered' | 'filled' | 'partially_filled' | 'cancelled' | 'rejected'
export type OrderReason =
  | ''
  | 'user'
  | 'oco'
  | 'sibling'
  | 'parent'
  | 'position_closed'
  | 'cut'
  | 'insufficient_funds'
  | 'short_not_allowed'
  | 'margin_call'
  | 'no_price'
  | 'size_zero'
  | 'bust'
  | 'end_of_data'
  | 'delisted'
  | 'not_listed'
  | 'rule_exit'
  | 'child'
  | 'drawdown_halt'
  | 'loss_pause'
  | 'max_positions'
  | 'exposure_limit'
  | 'expired'
  | 'not_filled'
  | 'post_only'
  | 'below_minimum'
  | 'above_maximum'
  | 'off_grid'
  | 'loss_a_day'

export interface Order {
  id: number
  asset: number
  status: OrderStatus
  reason: OrderReason
  /** Bar of the hook that gave it; bar in which it ended (last bar for end_of_data). */
  createdBar: number
  endedBar: number
  /** Sum of the units of its fills, unsigned. */
  filled: number
}

/** What the bars may have seen at their worst (7.8). */
export interface Intrabar {
  /** Largest (peak - bound) / peak. */
  drawdown: number
  /** Bars whose bound is at most 0 where their equity is not; the lowest such bound and the first bar that has it. */
  busts: number
  bustBound: number
  bustBar: number
  /** The same of bars whose bound is below maintenance where the close was no margin call. NaN and -1 where there is none. */
  calls: number
  callBound: number
  callBar: number
}

/** One thing that happened, in the order of rule 2.4; index into the table of its kind (orders: the id). */
export type OccurrenceKind = 'fill' | 'trade' | 'order'

export interface Outcome {
  /** equity[t] and cash[t] as they are when equity[t] is written (2.6); shorter than bars when bust ended the run. */
  equity: number[]
  cash: number[]
  fills: Fill[]
  trades: Trade[]
  /** All orders by id. */
  orders: Order[]
  /** `order` occurrences are orders that ended, and those that were triggered. */
  occurrences: { kind: OccurrenceKind; index: number }[]
  /** Open at the end: signed units and average price by asset. */
  positions: { quantity: number; price: number }[]
  /** And by lot, as they were opened (10.13). */
  lots: { asset: number; order: number; quantity: number; price: number; commission: number; barsHeld: number }[]
  /** Pairs of bar and asset that were ambiguous (5.7), in the order in which they were walked. */
  ambiguous: { bar: number; asset: number }[]
  marginCalls: number
  bust: boolean
  /** Round trips as totals, what is still open and all exits (7.10). */
  trips: TripTotals
  /** Results of the update and cancel commands in the order given. */
  answers: boolean[]
  /** Orders given while their asset was not listed, kept or rejected (3.11). */
  unlisted: number
  /** The worst of the bars (7.8). */
  intrabar: Intrabar
  /** Numbers left the finite range here, and the run ended (1.8); the tables are as they were then. */
  fault?: { bar: number; order: number }
}
