/**
 * What a caller may ask of the broker, as plain data. `config.ts` validates it and turns it into
 * the numbers that the kernel reads; rule numbers refer to docs/semantics.md.
 */

/** When a market order fills: the next open, the next close, or the close of the bar it was given in (rule 3.1). */
export type Timing = 'next-open' | 'next-close' | 'same-close'

/** Which way the price is taken to have gone inside a bar (rule 5.2). */
export type PathPolicy = 'adverse' | 'favourable' | 'nearest'

/** When a rule's stop or trail that was reached fills (rule 6.3). */
export type StopFill = 'level' | 'extreme' | 'close' | 'next-open'

/** What rule levels are measured from: the average entry price or the close of the signal bar (rule 6.2). */
export type StopBasis = 'fill' | 'signal'

/** What becomes of a position whose asset has ended: it keeps its last mark, or is closed at its last close (rule 3.11). */
export type Ended = 'hold' | 'close'

/** What becomes of an order for an asset that has had no bar yet: it waits for the first, or is rejected (rule 3.11). */
export type NotListed = 'wait' | 'reject'

/** What happens to an entry that the account cannot pay: by its size (auto), always refused, always cut (rule 7.6). */
export type Shortfall = 'auto' | 'reject' | 'partial'

/** Commission of an order and bar, in currency (rule 7.2). Rates are fractions of order value. */
export type Commission =
  | { type: 'none' }
  | { type: 'fraction'; rate: number }
  | { type: 'per-unit'; amount: number; minimum?: number }
  | { type: 'per-trade'; amount: number }
  /** Tiers by order value in ascending `upTo` (inclusive; the last is Infinity); the tier's rate applies to the whole value. */
  | { type: 'tiered'; tiers: { upTo: number; rate: number }[] }
  | { type: 'fraction-plus-fixed'; rate: number; fixed: number }

/** Slippage against the trader for market orders, stops, trails and time exits (rule 7.1). */
export type Slippage =
  | { type: 'none' }
  | { type: 'fraction'; rate: number }
  /** Price units a unit of the asset. */
  | { type: 'per-unit'; amount: number }
  /** `rate * min(1, units / bar volume)`, a fraction of the price. */
  | { type: 'volume-share'; rate: number }

/** Rules 7.5 and 7.7. `initial` and `maintenance` are fractions of gross exposure. */
export type Account =
  | { type: 'margin'; initial?: number; maintenance?: number }
  | { type: 'cash' }
  | { type: 'unlimited' }

/** What a rule does when its level or time is reached (rule 6.1). */
export type RuleAction =
  | { type: 'exit' }
  /** Exits this fraction (0..1) of the position as it is then; once per position. */
  | { type: 'exit-fraction'; fraction: number }
  /** Moves the first stop of the chain to basis * (1 + side * offset) where that tightens it; once per position. */
  | { type: 'move-stop'; offset: number }

/** One position rule; `distance` is a fraction of the basis or a distance in price, by `unit` (default fraction). */
export type Rule =
  | { type: 'stop' | 'target' | 'trail'; distance: number; unit?: 'fraction' | 'price'; action?: RuleAction }
  /** Exit after this many bars held (rule 6.4); the action may not be move-stop. */
  | { type: 'time'; bars: number; action?: RuleAction }

/** Settings of one run of the broker, all optional; defaults in the comments. */
export interface BrokerSettings {
  /** Currency; 100,000. */
  cash?: number
  /** 'next-open'. */
  timing?: Timing
  /** 'adverse'. */
  path?: PathPolicy
  /** A number is a fraction of value; none. */
  commission?: number | Commission
  /** A number is a fraction of the price; none. */
  slippage?: number | Slippage
  /** 'margin' with initial 1 and maintenance 0: no leverage, shorts allowed. */
  account?: Account | Account['type']
  /** Smallest quantity in units; 0 = fractional. */
  quantityStep?: number
  /** 'auto'. */
  shortfall?: Shortfall
  /** 'level'. */
  stopFill?: StopFill
  /** 'fill'. */
  stopBasis?: StopBasis
  /** Positions in assets that have ended (the market's `delisted`); 'hold'. */
  ended?: Ended
  /** Orders for assets that have had no bar yet; 'wait'. */
  notListed?: NotListed
  /** Global chain of position rules; none. At most 8. */
  rules?: Rule[]
}

/** How an order's size is given (rule 3.2): units, currency, fraction of equity, or a target in one of them (signed). */
export type SizeType = 'units' | 'value' | 'fraction' | 'target-units' | 'target-value' | 'target-fraction'

/** How entries are sized that give no size of their own: units, currency or fraction of equity. */
export interface DefaultSize {
  type: 'units' | 'value' | 'fraction'
  amount: number
}

/** Broker settings with every default filled in and every value checked. Plain data; part of the fingerprint. */
export interface CheckedSettings {
  cash: number
  timing: Timing
  path: PathPolicy
  commission: Commission
  slippage: Slippage
  account: { type: 'margin'; initial: number; maintenance: number } | { type: 'cash' } | { type: 'unlimited' }
  quantityStep: number
  shortfall: Shortfall
  stopFill: StopFill
  stopBasis: StopBasis
  ended: Ended
  notListed: NotListed
  rules: Rule[]
}
