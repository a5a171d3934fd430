import type {
  ACCOUNTS,
  ACTIONS,
  COMMISSIONS,
  DAY_LOSSES,
  DRAWDOWN_HALTS,
  IMPACTS,
  LOSS_PAUSES,
  PARTICIPATIONS,
  RULES,
  SELL_COMMISSIONS,
  SIZES,
  SLIPPAGES,
  SPREADS,
} from './models.ts'
import type { PROFILES, ProfileName } from './profiles.ts'
import type { ModelValue } from './spec.ts'
import type { SETTINGS } from './table.ts'

/**
 * What a caller may ask of the broker, as plain data. The table (table.ts) says what each may be, `read.ts` checks it and
 * `record.ts` turns it into the numbers that the kernel reads; rule numbers refer to docs/semantics.md.
 */

/** When a market order fills: the next open, the next close, or the close of the bar it was given in (rule 3.1). */
export type Timing = keyof (typeof SETTINGS)['timing']['values']

/** Which way the price is taken to have gone inside a bar (rule 5.2). */
export type PathPolicy = keyof (typeof SETTINGS)['path']['values']

/** When a rule's stop or trail that was reached fills (rule 6.3). */
export type StopFill = keyof (typeof SETTINGS)['stopFill']['values']

/** Whether targets of rules fill when stops do (rule 6.3). */
export type TargetFill = keyof (typeof SETTINGS)['targetFill']['values']

/** What rule levels are measured from: the average entry price or the close of the signal bar (rule 6.2). */
export type StopBasis = keyof (typeof SETTINGS)['stopBasis']['values']

/** What becomes of a position whose asset has ended: it keeps its last mark, or is closed at its last close (rule 3.11). */
export type Ended = keyof (typeof SETTINGS)['ended']['values']

/** What becomes of an order for an asset that has had no bar yet: it waits for the first, or is rejected (rule 3.11). */
export type NotListed = keyof (typeof SETTINGS)['notListed']['values']

/** From when children of brackets and rules of a position are live: from the fill on, or from a later bar (rule 10.1). */
export type ExitsLive = keyof (typeof SETTINGS)['exitsLive']['values']

/** What moves the mark of a trail: the walk, closes, or extremes of bars (rule 10.2). */
export type TrailFollows = keyof (typeof SETTINGS)['trailFollows']['values']

/** Which fills slip, and how far (rule 10.3). */
export type Slips = keyof (typeof SETTINGS)['slips']['values']
/** What an exit by rule leaves of its asset's bar (rule 10.5). */
export type RuleExit = keyof (typeof SETTINGS)['ruleExit']['values']

/** What a stop-limit does when its stop is reached (rule 10.8). */
export type StopLimit = keyof (typeof SETTINGS)['stopLimit']['values']

/** What becomes of a limit where the same bar reaches what would end it (rule 10.10). */
export type BothReached = keyof (typeof SETTINGS)['bothReached']['values']

/** How the orders of a bar meet it (rule 10.12). */
export type Matching = keyof (typeof SETTINGS)['matching']['values']
/** What the children of a bracket are (rule 10.11). */
export type Children = keyof (typeof SETTINGS)['children']['values']

/** What a position is made of: its entries at their average, or lots, first in, first out (rule 10.13). */
export type Lots = keyof (typeof SETTINGS)['lots']['values']

/** What orders are paid from: the account, or cash as backtrader and vectorbt see it (rule 10.4). */
export type Funds = keyof (typeof SETTINGS)['funds']['values']

/** In which order an open and a close are gone through (rule 10.6). */
export type Sequence = keyof (typeof SETTINGS)['sequence']['values']

/** What of a bar orders and rules see: all of it, or its close alone (rule 10.15). */
export type Triggers = keyof (typeof SETTINGS)['triggers']['values']

/** What happens to an entry that the account cannot pay: by its size (auto), always refused, always cut (rule 7.6). */
export type Shortfall = keyof (typeof SETTINGS)['shortfall']['values']

/** Commission of an order, over its whole life, in currency (rule 7.2). Rates are fractions of value. */
export type Commission = ModelValue<typeof COMMISSIONS>

/** Commission of what sells: a model, or `same` as of what buys (rule 7.2). */
export type SellCommission = ModelValue<typeof SELL_COMMISSIONS>

/** Distance between bid and ask, and who pays it (rule 7.1). */
export type Spread = ModelValue<typeof SPREADS>

/** Slippage against the trader for market orders, stops, trails and time exits (rule 7.1). */
export type Slippage = ModelValue<typeof SLIPPAGES>

/** How much of a bar's volume an asset's orders and exits may trade, as a fraction (rule 3.12). */
export type Participation = ModelValue<typeof PARTICIPATIONS>

/** What an order moves the price by against itself, before it slips (rule 7.1). Rates are fractions of the price. */
export type Impact = ModelValue<typeof IMPACTS>

/** Rules 7.5 and 7.7. `initial` and `maintenance` are fractions of gross exposure. */
export type Account = ModelValue<typeof ACCOUNTS>

/** When entries pause after losing trades in a row (rule 6.8). */
export type LossPause = ModelValue<typeof LOSS_PAUSES>

/** What happens when the equity has fallen by more than a fraction below its peak (rule 6.9). */
export type DrawdownHalt = ModelValue<typeof DRAWDOWN_HALTS>

/** What happens when the equity has fallen by so much since the day began (rule 6.13). */
export type LossADay = ModelValue<typeof DAY_LOSSES>

/** What a rule does when its level or time is reached (rule 6.1). */
export type RuleAction = ModelValue<typeof ACTIONS>

/** One position rule; `distance` is a fraction of the basis or a distance in price, by `unit` (default fraction). */
export type Rule = ModelValue<typeof RULES>

/** Settings of one run of the broker, all optional; defaults in the comments. */
export interface BrokerSettings {
  /** Another engine whose fills the run shall have (rule 10.14). What contradicts it is an error; none. */
  profile?: ProfileName
  /** Currency; 100,000. */
  cash?: number
  /** 'next-open'. */
  timing?: Timing
  /** Bars for which orders, updates and cancels are on their way, at most 1000 (rule 3.15); 0. */
  latency?: number
  /** 'adverse'. */
  path?: PathPolicy
  /** A number is a fraction of value; none. */
  commission?: number | Commission
  /** A number is a fraction of value; as `commission`. */
  sellCommission?: number | SellCommission
  /** A number is a fraction of the price; none. */
  slippage?: number | Slippage
  /** none. */
  impact?: Impact
  /** none. */
  spread?: Spread
  /** 'margin' with initial 1 and maintenance 0: no leverage, shorts allowed. */
  account?: Account | Account['type']
  /** What orders are paid from in place of the account; 'account'. */
  funds?: Funds
  /** In which order an open and a close are gone through; 'exits-first'. */
  sequence?: Sequence
  /** Smallest quantity in units; 0 = fractional. */
  quantityStep?: number
  /** A number is the share of a bar's volume that an asset may trade, above 0 and at most 1; no limit. */
  participation?: number | Participation
  /** 'auto'. */
  shortfall?: Shortfall
  /** 'level'. */
  stopFill?: StopFill
  /** Whether targets fill as `stopFill` says too; 'level'. */
  targetFill?: TargetFill
  /** 'fill'. */
  stopBasis?: StopBasis
  /** Positions in assets that have ended (the market's `delisted`); 'hold'. */
  ended?: Ended
  /** Orders for assets that have had no bar yet; 'wait'. */
  notListed?: NotListed
  /** From when children of brackets and rules of a position are live; 'fill'. */
  exitsLive?: ExitsLive
  /** What moves the mark of a trail; 'walk'. */
  trailFollows?: TrailFollows
  /** Which fills slip, and how far; 'plain'. */
  slips?: Slips
  /** Whether a position is its entries together, or lots with exits of their own, first in, first out; 'average'. */
  lots?: Lots
  /** When entries pause after losing trades (rule 6.8); none. */
  lossPause?: LossPause
  /** What happens when the equity has fallen too far below its peak (rule 6.9); none. */
  drawdownHalt?: DrawdownHalt
  /** What happens when the equity has fallen by so much since the day began (rule 6.13); none. */
  lossADay?: LossADay
  /** By whose clocks rules of type 'clock' exit and days begin: an IANA name, 'UTC' or an offset (rule 6.14); 'UTC'. */
  zone?: string
  /** Most positions at once (rule 6.10); 0 = any number. */
  maxPositions?: number
  /** Most gross exposure of entries, in multiples of the equity (rule 6.10); 0 = any. */
  maxExposure?: number
  /** What of a bar orders and rules see; 'bar'. */
  triggers?: Triggers
  /** Global chain of position rules; none. At most 8. */
  rules?: Rule[]
}

/** How an order's size is given (rule 3.2): units, currency, fraction of equity, or a target in one of them (signed). */
export type SizeType = 'units' | 'value' | 'fraction' | 'target-units' | 'target-value' | 'target-fraction'

/** How entries are sized that give no size of their own: units, currency or fraction of equity. */
export type DefaultSize = ModelValue<typeof SIZES>

/** Settings that profiles alone set: ways of other engines that nobody would ask for by themselves. */
export interface ProfileSettings {
  /** Orders of an asset in a bar in which a rule exits; 'beside'. */
  ruleExit: RuleExit
  /** Stop-limits whose stop is reached; 'limit'. */
  stopLimit: StopLimit
  /** How the orders of a bar meet it; 'walk'. */
  matching: Matching
  /** A stop and a target, or two orders of a group, in one bar; 'path'. */
  bothReached: BothReached
  /** Children of brackets; 'reduce-only'. */
  children: Children
  /** Whether orders of the last bar fill at its close (rule 10.7). */
  lastBar: keyof (typeof SETTINGS)['lastBar']['values']
  /** Whether orders are checked as they are given (rule 10.9). */
  submissionCheck: keyof (typeof SETTINGS)['submissionCheck']['values']
}

/** Broker settings with every default filled in and every value checked. Plain data; part of the fingerprint. */
export interface CheckedSettings extends ProfileSettings {
  /** The profile that was named; the settings have what it stands for. */
  readonly profile?: ProfileName
  cash: number
  timing: Timing
  latency: number
  path: PathPolicy
  commission: ModelValue<typeof COMMISSIONS, true>
  sellCommission: ModelValue<typeof SELL_COMMISSIONS, true>
  slippage: ModelValue<typeof SLIPPAGES, true>
  impact: ModelValue<typeof IMPACTS, true>
  spread: ModelValue<typeof SPREADS, true>
  account: ModelValue<typeof ACCOUNTS, true>
  funds: Funds
  sequence: Sequence
  quantityStep: number
  participation: ModelValue<typeof PARTICIPATIONS, true>
  shortfall: Shortfall
  stopFill: StopFill
  targetFill: TargetFill
  stopBasis: StopBasis
  ended: Ended
  notListed: NotListed
  exitsLive: ExitsLive
  trailFollows: TrailFollows
  slips: Slips
  lots: Lots
  lossPause: ModelValue<typeof LOSS_PAUSES, true>
  drawdownHalt: ModelValue<typeof DRAWDOWN_HALTS, true>
  lossADay: ModelValue<typeof DAY_LOSSES, true>
  zone: string
  maxPositions: number
  maxExposure: number
  triggers: Triggers
  rules: ModelValue<typeof RULES, true>[]
}

/** The compiler sees to it that the table and the types above name the same settings, and that profiles give such as there are. */
type Same<A, B> = [A, B] extends [B, A] ? true : never
type Table = typeof SETTINGS
type ProfileOnly = { [K in keyof Table]: Table[K] extends { profileOnly: true } ? K : never }[keyof Table]
const named: Same<Exclude<keyof CheckedSettings, 'profile'>, keyof Table> &
  Same<Exclude<keyof BrokerSettings, 'profile'>, Exclude<keyof Table, ProfileOnly>> &
  Same<keyof ProfileSettings, ProfileOnly> = true
void named
type Given = Omit<BrokerSettings & ProfileSettings, 'profile'>
type Fits<P> = P extends Partial<Given> ? (Exclude<keyof P, keyof Given> extends never ? true : false) : false
const fits: Same<Fits<(typeof PROFILES)[ProfileName]['sets']>, true> = true
void fits
