/**
 * The numbers that both languages share. Valid AssemblyScript and TypeScript: integer constants made of
 * sums, products and shifts of earlier ones; no division, nothing that passes 2^31.
 * Every change raises LAYOUT_VERSION, which the loader compares.
 */
export const LAYOUT_VERSION: i32 = 12

// Status codes of the step functions.
export const STATUS_BAR: i32 = 0
export const STATUS_DONE: i32 = 1
export const STATUS_ROOM: i32 = 2
export const STATUS_SLICE: i32 = 3
/** A number has left the finite range (1.8): `fault*` of the run say where. */
export const STATUS_FAULT: i32 = 4

// The short ways that a run may take, by its settings and its market: see src/settings/ways.ts, which admits them.
export const WAY_CALM: i32 = 1
export const WAY_QUIET: i32 = 2
export const WAY_LEAP: i32 = 4
export const WAY_BATCH: i32 = 8
export const WAY_CERTAIN: i32 = 16

// How much a run writes down: totals and equity only, the tables too, what happened in order too.
export const RECORD_NONE: i32 = 0
export const RECORD_TABLES: i32 = 1
export const RECORD_EVENTS: i32 = 2

// Settings.
export const TIMING_NEXT_OPEN: i32 = 0
export const TIMING_NEXT_CLOSE: i32 = 1
export const TIMING_SAME_CLOSE: i32 = 2
export const PATH_ADVERSE: i32 = 0
export const PATH_FAVOURABLE: i32 = 1
export const PATH_NEAREST: i32 = 2
export const ACCOUNT_MARGIN: i32 = 0
export const ACCOUNT_CASH: i32 = 1
export const ACCOUNT_UNLIMITED: i32 = 2
// Other funds (10.4), which stand where the account does: those behind ACCOUNT_UNLIMITED are asked at each leg, and no more.
export const ACCOUNT_CREDIT: i32 = 3
export const ACCOUNT_VECTORBT: i32 = 4
export const ACCOUNT_LOCK: i32 = 5
/** The setting `funds` leaves the account where it is. */
export const FUNDS_ACCOUNT: i32 = -1
export const SEQUENCE_EXITS_FIRST: i32 = 0
export const SEQUENCE_SUBMISSION: i32 = 1
export const SEQUENCE_VALUE: i32 = 2
export const LAST_BAR_FILL: i32 = 0
export const LAST_BAR_NEVER: i32 = 1
export const SUBMISSION_CHECK_NONE: i32 = 0
export const SUBMISSION_CHECK_CASH: i32 = 1
export const COMMISSION_NONE: i32 = 0
export const COMMISSION_FRACTION: i32 = 1
export const COMMISSION_PER_UNIT: i32 = 2
export const COMMISSION_PER_TRADE: i32 = 3
export const COMMISSION_TIERED: i32 = 4
export const COMMISSION_FRACTION_PLUS_FIXED: i32 = 5
export const COMMISSION_MAKER_TAKER: i32 = 6
/** Of what sells: as what buys. The kernel does not see it. */
export const COMMISSION_SAME: i32 = 7
export const COMMISSION_OWN: i32 = 8
/** Whether anything pays commission, and whether it matters that limits rest (7.2). */
export const SLIPPAGE_NONE: i32 = 0
export const SLIPPAGE_FRACTION: i32 = 1
export const SLIPPAGE_PER_UNIT: i32 = 2
export const SLIPPAGE_VOLUME_SHARE: i32 = 3
export const SLIPPAGE_RANGE: i32 = 4
export const SLIPPAGE_COLUMN: i32 = 5
export const SLIPPAGE_TICKS: i32 = 6
export const SLIPPAGE_PIPS: i32 = 7
export const SLIPPAGE_OWN: i32 = 8
export const IMPACT_NONE: i32 = 0
export const IMPACT_LINEAR: i32 = 1
export const IMPACT_SQUARE_ROOT: i32 = 2
export const IMPACT_OWN: i32 = 3
export const SPREAD_NONE: i32 = 0
export const SPREAD_FIXED: i32 = 1
export const SPREAD_FRACTION: i32 = 2
export const SPREAD_COLUMN: i32 = 3
export const SPREAD_TICKS: i32 = 4
export const SPREAD_PIPS: i32 = 5
/** Which of a run's own cost models is asked (7.9), and what it is told of a leg. */
export const COST_COMMISSION: i32 = 0
export const COST_SELL_COMMISSION: i32 = 1
export const COST_SLIPPAGE: i32 = 2
export const COST_IMPACT: i32 = 3
export const LEG_OPENS: i32 = 1
export const LEG_MAKES: i32 = 2
/** Why a run cannot go on: a number is none any more (1.8), or a cost model of its own has failed (7.9). */
export const FAULT_NUMBER: i32 = 1
export const FAULT_COST: i32 = 2
/** Who pays the spread: what slips, half of it each way, or what opens, all of it. */
export const CHARGE_HALF: i32 = 0
export const CHARGE_ENTRY: i32 = 1
/** What makes fill prices of base prices: nothing, slippage alone, or more (7.1). */
export const PRICING_BASE: i32 = 0
export const PRICING_SLIPPAGE: i32 = 1
export const PRICING_ALL: i32 = 2
export const SHORTFALL_AUTO: i32 = 0
export const SHORTFALL_REJECT: i32 = 1
export const SHORTFALL_PARTIAL: i32 = 2
export const STOP_FILL_LEVEL: i32 = 0
export const STOP_FILL_EXTREME: i32 = 1
export const STOP_FILL_CLOSE: i32 = 2
export const STOP_FILL_NEXT_OPEN: i32 = 3
export const STOP_BASIS_FILL: i32 = 0
export const STOP_BASIS_SIGNAL: i32 = 1
export const ENDED_HOLD: i32 = 0
export const ENDED_CLOSE: i32 = 1
export const NOT_LISTED_WAIT: i32 = 0
export const NOT_LISTED_REJECT: i32 = 1
export const PAUSE_NONE: i32 = 0
export const PAUSE_ASSET: i32 = 1
export const PAUSE_ACCOUNT: i32 = 2
export const HALT_NONE: i32 = 0
export const HALT_UNTIL_CURED: i32 = 1
export const HALT_UNTIL_END: i32 = 2
export const HALT_CLOSE: i32 = 3
export const DAY_LOSS_NONE: i32 = 0
export const DAY_LOSS_FRACTION: i32 = 1
export const DAY_LOSS_AMOUNT: i32 = 2
/** What a loss of the day does beside refusing entries: nothing, or closing all. */
export const DAY_LOSS_REFUSES: i32 = 0
export const DAY_LOSS_CLOSES: i32 = 1
export const EXITS_LIVE_FILL: i32 = 0
export const EXITS_LIVE_NEXT_BAR: i32 = 1
export const EXITS_LIVE_MARKET_FILL: i32 = 2
export const EXITS_LIVE_SECOND_BAR: i32 = 3
export const TRAIL_WALK: i32 = 0
export const TRAIL_CLOSE: i32 = 1
export const TRAIL_EXTREMES: i32 = 2
export const TRAIL_BAR: i32 = 3
export const SLIPS_PLAIN: i32 = 0
export const SLIPS_ENTRIES: i32 = 1
export const SLIPS_LIMITS: i32 = 2
export const SLIPS_ORDERS: i32 = 3
export const SLIPS_CAPPED: i32 = 4
export const SLIPS_CAPPED_AHEAD: i32 = 5
export const RULE_EXIT_BESIDE: i32 = 0
export const RULE_EXIT_TAKES_BAR: i32 = 1
export const RULE_EXIT_DROPS_ORDERS: i32 = 2
export const STOP_LIMIT_LIMIT: i32 = 0
export const STOP_LIMIT_BY_CLOSE: i32 = 1
export const STOP_LIMIT_AT_STOP: i32 = 2
export const MATCHING_WALK: i32 = 0
export const MATCHING_QUEUE: i32 = 1
export const BOTH_REACHED_PATH: i32 = 0
export const BOTH_REACHED_STOP_FIRST: i32 = 1
export const CHILDREN_REDUCE_ONLY: i32 = 0
export const CHILDREN_PLAIN: i32 = 1

export const LOTS_AVERAGE: i32 = 0
export const LOTS_FIFO: i32 = 1

// Orders.
export const TYPE_MARKET: i32 = 0
export const TYPE_LIMIT: i32 = 1
export const TYPE_STOP: i32 = 2
export const TYPE_STOP_LIMIT: i32 = 3
export const TYPE_TRAILING_STOP: i32 = 4
export const TYPE_MARKET_IF_TOUCHED: i32 = 5
export const TYPE_LIMIT_IF_TOUCHED: i32 = 6
export const TYPE_TRAILING_LIMIT: i32 = 7
export const SIZE_UNITS: i32 = 0
export const SIZE_VALUE: i32 = 1
export const SIZE_FRACTION: i32 = 2
export const SIZE_TARGET_UNITS: i32 = 3
export const SIZE_TARGET_VALUE: i32 = 4
export const SIZE_TARGET_FRACTION: i32 = 5
export const ORDER_PENDING: i32 = 0
export const ORDER_TRIGGERED: i32 = 1
export const ORDER_FILLED: i32 = 2
export const ORDER_PARTIALLY_FILLED: i32 = 3
export const ORDER_CANCELLED: i32 = 4
export const ORDER_REJECTED: i32 = 5
export const END_NONE: i32 = 0
export const END_USER: i32 = 1
export const END_OCO: i32 = 2
export const END_SIBLING: i32 = 3
export const END_PARENT: i32 = 4
export const END_POSITION_CLOSED: i32 = 5
export const END_CUT: i32 = 6
export const END_INSUFFICIENT_FUNDS: i32 = 7
export const END_SHORT_NOT_ALLOWED: i32 = 8
export const END_MARGIN_CALL: i32 = 9
export const END_NO_PRICE: i32 = 10
export const END_SIZE_ZERO: i32 = 11
export const END_BUST: i32 = 12
export const END_END_OF_DATA: i32 = 13
export const END_DELISTED: i32 = 14
export const END_NOT_LISTED: i32 = 15
export const END_RULE_EXIT: i32 = 16
export const END_CHILD: i32 = 17
/** An entry that a guard refuses (6.7). */
export const END_DRAWDOWN_HALT: i32 = 18
export const END_LOSS_PAUSE: i32 = 19
export const END_MAX_POSITIONS: i32 = 20
export const END_EXPOSURE_LIMIT: i32 = 21
export const END_EXPIRED: i32 = 22
export const END_NOT_FILLED: i32 = 23
export const END_POST_ONLY: i32 = 24
/** An entry outside the limits of its asset (3.2), a price off its grid (1.10). */
export const END_BELOW_MINIMUM: i32 = 25
export const END_ABOVE_MAXIMUM: i32 = 26
export const END_OFF_GRID: i32 = 27
export const END_LOSS_A_DAY: i32 = 28

// Whether an order in the pool can fire: ended, live, a child whose parent has opened nothing yet, or one that is awake and live
// from its asset's next bar or the one after that (10.1). The low bit says who is awake.
export const STATE_ENDED: i32 = 0
export const STATE_LIVE: i32 = 1
export const STATE_DORMANT: i32 = 2
export const STATE_WAKING: i32 = 3
export const STATE_WAKING_LATER: i32 = 5
/** It has had its turn in this bar (3.12), and is live in the next. */
export const STATE_DONE: i32 = 7
export const STATE_AWAKE: i32 = 1

// Order flags.
export const FLAG_TRAIL_FRACTION: i32 = 1
export const FLAG_REDUCE_ONLY: i32 = 2
export const FLAG_CLOSE_ALL: i32 = 4
export const FLAG_SIGNAL: i32 = 8
export const FLAG_DUE: i32 = 16
/** It traded at prices below zero: its value, which is absolute, over its units is the average's size. */
export const FLAG_BELOW_ZERO: i32 = 32
/** A trail that has started in the bar under way, whose extremes do not count for it (10.2). */
export const FLAG_TRAIL_NEW: i32 = 64
/** A stop-limit that fills at its stop at this open (10.8). */
export const FLAG_AT_STOP: i32 = 128
/** Time in force (3.14): two bits of the flags. */
export const FLAG_FORCE_SHIFT: i32 = 8
export const FORCE_GTC: i32 = 0
export const FORCE_IOC: i32 = 1
export const FORCE_FOK: i32 = 2
export const FORCE_GTT: i32 = 3
export const FLAG_POST_ONLY: i32 = 1024
/** A post-only order that has not been looked at as a limit yet. */
export const FLAG_UNPOSTED: i32 = 2048
/** A limit that the price had not reached when it became live (7.2). */
export const FLAG_RESTING: i32 = 4096
/**
 * Children of scaled brackets (3.17), in their link: a target, the last one; the stop, with the targets after whose fills it moves
 * and trails, and how many have been filled.
 */
export const SCALED_TARGET: i32 = 1
export const SCALED_LAST: i32 = 2
export const SCALED_STOP: i32 = 4
export const SCALED_EVEN_SHIFT: i32 = 4
export const SCALED_TRAIL_SHIFT: i32 = 8
export const SCALED_FILLED_SHIFT: i32 = 12
/** Targets of a bracket, at most. */
export const TARGET_LIMIT: i32 = 8
/** What the flags may be at most. */
export const FLAG_LIMIT: i32 = 2 * FLAG_RESTING - 1
/** What is looked at when a limit becomes live: its time in force, and whether it is to rest (3.14). */
export const FLAGS_LOOKED_AT: i32 = (3 << FLAG_FORCE_SHIFT) | FLAG_POST_ONLY | FLAG_UNPOSTED
/** The bar of orders without an end. */
export const NO_END: i32 = 2147483647

// Rules and why a fill happened; rules carry the reason they give.
export const REASON_ORDER: i32 = 0
export const REASON_STOP: i32 = 1
export const REASON_TARGET: i32 = 2
export const REASON_TRAIL: i32 = 3
export const REASON_TIME: i32 = 4
export const REASON_BUST: i32 = 5
export const REASON_SIGNAL: i32 = 6
export const REASON_ENDED: i32 = 7
export const REASON_HALT: i32 = 8
export const REASON_RULE: i32 = 9
export const REASON_CLOCK: i32 = 10
export const ACTION_EXIT: i32 = 0
export const ACTION_EXIT_FRACTION: i32 = 1
export const ACTION_MOVE_STOP: i32 = 2
/** A share of all units that have entered the position. */
export const ACTION_EXIT_ENTRIES: i32 = 3
export const UNIT_FRACTION: i32 = 0
export const UNIT_PRICE: i32 = 1
/** Multiples of the average true range (6.5), of `bars` of the rule. */
export const UNIT_ATR: i32 = 2
/** What the distance of a rule that has exited is: in a unit (from 1), bars, the price to which its stop has been moved, or a time of day in seconds. */
export const TOLD_UNIT: i32 = 1
export const TOLD_BARS: i32 = 4
export const TOLD_MOVED: i32 = 5
export const TOLD_CLOCK: i32 = 6
export const PHASE_OPEN: i32 = 0
export const PHASE_RANGE: i32 = 1
export const PHASE_CLOSE: i32 = 2

// Codes of fills and trades: reason, phase and flags in one word.
export const CODE_PHASE_SHIFT: i32 = 4
export const CODE_AMBIGUOUS: i32 = 64
/** Of fills: the place of the rule that fired, from 1; 0 for none. Behind it, in four bits, what its distance is (TOLD_*). */
export const CODE_PLACE_SHIFT: i32 = 8
export const CODE_TOLD_SHIFT: i32 = 12
/** Of trades: the code of the fill that opened the position, and the place of the rule that ended it. */
export const CODE_ENTRY_SHIFT: i32 = 8
export const CODE_EXIT_PLACE_SHIFT: i32 = 16
export const CODE_EXIT_TOLD_SHIFT: i32 = 20

// Codes of ended orders: type, size type, timing, status, reason, side and flags in one word.
export const ORDER_CODE_SIZE: i32 = 4
export const ORDER_CODE_TIMING: i32 = 7
export const ORDER_CODE_STATUS: i32 = 9
export const ORDER_CODE_REASON: i32 = 12
export const ORDER_CODE_BUY: i32 = 17
export const ORDER_CODE_FLAGS: i32 = 18

// What happened, in order: kind and index (row of the fill or trade since the tables were last drained, id of the order).
export const EVENT_FILL: i32 = 0
export const EVENT_TRADE: i32 = 1
export const EVENT_ORDER: i32 = 2
export const EVENT_TRIGGER: i32 = 3

/** Rules in a chain, at most. */
export const RULE_LIMIT: i32 = 8

// Totals of a run: indexes into an f64 block of the run record.
export const TOTAL_TRADES: i32 = 0
export const TOTAL_WINS: i32 = 1
export const TOTAL_LOSSES: i32 = 2
export const TOTAL_GROSS_PROFIT: i32 = 3
export const TOTAL_GROSS_LOSS: i32 = 4
export const TOTAL_LARGEST_WIN: i32 = 5
export const TOTAL_LARGEST_LOSS: i32 = 6
export const TOTAL_PNL: i32 = 7
export const TOTAL_BARS_HELD: i32 = 8
export const TOTAL_COMMISSION: i32 = 9
export const TOTAL_SLIPPAGE: i32 = 10
export const TOTAL_FILLS: i32 = 11
export const TOTAL_ORDERS: i32 = 12
export const TOTAL_REJECTED: i32 = 13
export const TOTAL_CANCELLED: i32 = 14
export const TOTAL_ENTRIES_ATTEMPTED: i32 = 15
export const TOTAL_ENTRIES_REFUSED: i32 = 16
export const TOTAL_AMBIGUOUS_BARS: i32 = 17
export const TOTAL_MARGIN_CALLS: i32 = 18
export const TOTAL_SAME_BAR_FILLS: i32 = 19
export const TOTAL_EXPOSED_BARS: i32 = 20
export const TOTAL_RETURN_SUM: i32 = 21
/** Bars whose worst bound was no more than 0, or below the maintenance margin, where their close was not (7.8). */
export const TOTAL_INTRABAR_BUSTS: i32 = 22
export const TOTAL_INTRABAR_CALLS: i32 = 23
/** Orders given before their asset's first bar, and positions closed because their asset had ended (3.11). */
export const TOTAL_UNLISTED: i32 = 24
export const TOTAL_ENDED: i32 = 25
/** Exits that have left some of their round trip. */
export const TOTAL_PARTS: i32 = 26
/** Exits that were won less round trips that were, of those of more than one exit. */
export const TOTAL_PART_WINS: i32 = 27
export const TOTAL_COUNT: i32 = 28

// ---- fields of the records, written by offsets.mjs from records.ts
export const RUN_CASH: i32 = 0
export const RUN_EQUITY: i32 = 8
export const RUN_INITIAL_CASH: i32 = 16
export const RUN_INITIAL_MARGIN: i32 = 24
export const RUN_MAINTENANCE: i32 = 32
export const RUN_QUANTITY_STEP: i32 = 40
export const RUN_PARTICIPATION: i32 = 48
export const RUN_SLIPPAGE_A: i32 = 56
export const RUN_FUNDS: i32 = 64
export const RUN_PHASE_EQUITY: i32 = 72
export const RUN_FLOW: i32 = 80
export const RUN_MAX_FLOW: i32 = 88
export const RUN_OWN: i32 = 96
export const RUN_OWN_EXPOSURE: i32 = 104
export const RUN_BOUND: i32 = 112
export const RUN_BOUND_EXPOSURE: i32 = 120
export const RUN_FLOOR: i32 = 128
export const RUN_BUST_BOUND: i32 = 136
export const RUN_CALL_BOUND: i32 = 144
export const RUN_SIGNAL_SIZE: i32 = 152
export const RUN_SIGNAL_STOP: i32 = 160
export const RUN_SIGNAL_TARGET: i32 = 168
export const RUN_SIGNAL_TRAIL: i32 = 176
export const RUN_PAUSE_LOSSES: i32 = 184
export const RUN_PAUSE_BARS: i32 = 192
export const RUN_HALT_FRACTION: i32 = 200
export const RUN_HALT_PEAK: i32 = 208
export const RUN_MAX_POSITIONS: i32 = 216
export const RUN_MAX_EXPOSURE: i32 = 224
export const RUN_BARS: i32 = 232
export const RUN_ASSETS: i32 = 236
export const RUN_BAR: i32 = 240
export const RUN_TIMING: i32 = 244
export const RUN_PATH: i32 = 248
export const RUN_ACCOUNT: i32 = 252
export const RUN_CHARGING: i32 = 256
export const RUN_SLIPPAGE_TYPE: i32 = 260
export const RUN_SHORTFALL: i32 = 264
export const RUN_STOP_FILL: i32 = 268
export const RUN_STOP_BASIS: i32 = 272
export const RUN_DENSE: i32 = 276
export const RUN_NON_POSITIVE: i32 = 280
export const RUN_RECORD: i32 = 284
export const RUN_CONTEXTS: i32 = 288
export const RUN_BUST: i32 = 292
export const RUN_MARGIN_CALL: i32 = 296
export const RUN_ENDED: i32 = 300
export const RUN_NEXT_ID: i32 = 304
export const RUN_POOL_COUNT: i32 = 308
export const RUN_POOL_CAPACITY: i32 = 312
export const RUN_LIVE: i32 = 316
export const RUN_FRACTIONS: i32 = 320
export const RUN_LINKS: i32 = 324
export const RUN_HELD: i32 = 328
export const RUN_RULES: i32 = 332
export const RUN_LONGEST_CHAIN: i32 = 336
export const RUN_FILL_COUNT: i32 = 340
export const RUN_FILL_CAPACITY: i32 = 344
export const RUN_TRADE_COUNT: i32 = 348
export const RUN_TRADE_CAPACITY: i32 = 352
export const RUN_ORDER_COUNT: i32 = 356
export const RUN_ORDER_CAPACITY: i32 = 360
export const RUN_EVENT_COUNT: i32 = 364
export const RUN_EVENT_CAPACITY: i32 = 368
export const RUN_RING_COUNT: i32 = 372
export const RUN_RING_CAPACITY: i32 = 376
export const RUN_AT_CLOSE: i32 = 380
export const RUN_TURNABLE: i32 = 384
export const RUN_ENTERED: i32 = 388
export const RUN_SAME_BAR: i32 = 392
export const RUN_UNVALUED: i32 = 396
export const RUN_OPEN: i32 = 400
export const RUN_CLOSE: i32 = 404
export const RUN_VOLUME: i32 = 408
export const RUN_RANGE_HIGH: i32 = 412
export const RUN_RANGE_LOW: i32 = 416
export const RUN_QUANTITIES: i32 = 420
export const RUN_MARKS: i32 = 424
export const RUN_POSITIONS: i32 = 428
export const RUN_HEADS: i32 = 432
export const RUN_TAILS: i32 = 436
export const RUN_HELD_BITS: i32 = 440
export const RUN_ORDER_BITS: i32 = 444
export const RUN_GLOBAL_RULES: i32 = 448
export const RUN_ASSET_RULES: i32 = 452
export const RUN_ASSET_RULE_COUNTS: i32 = 456
export const RUN_POOL: i32 = 460
export const RUN_SCRATCH: i32 = 464
export const RUN_RING: i32 = 468
export const RUN_FILL_TABLE: i32 = 472
export const RUN_TRADE_TABLE: i32 = 476
export const RUN_ORDER_TABLE: i32 = 480
export const RUN_EVENT_TABLE: i32 = 484
export const RUN_EQUITY_COLUMN: i32 = 488
export const RUN_CASH_COLUMN: i32 = 492
export const RUN_SIGNAL_FLAGS: i32 = 496
export const RUN_SIGNAL_TARGETS: i32 = 500
export const RUN_SIGNAL_SIZES: i32 = 504
export const RUN_SIGNAL_STOPS: i32 = 508
export const RUN_SIGNAL_TARGET_RULES: i32 = 512
export const RUN_SIGNAL_TRAILS: i32 = 516
export const RUN_SIGNAL_RULES: i32 = 520
export const RUN_SIGNAL_RULE_COUNT: i32 = 524
export const RUN_SIGNAL_SIZE_TYPE: i32 = 528
export const RUN_RULED: i32 = 532
export const RUN_RANGED: i32 = 536
export const RUN_GUARDED: i32 = 540
export const RUN_FOREIGN: i32 = 544
export const RUN_OTHER_FUNDS: i32 = 548
export const RUN_MAKERS: i32 = 552
export const RUN_PAUSE_TYPE: i32 = 556
export const RUN_HALT_TYPE: i32 = 560
export const RUN_HALTED: i32 = 564
export const RUN_LOSSES_IN_ROW: i32 = 568
export const RUN_PAUSED_UNTIL: i32 = 572
export const RUN_RULES_REVISION: i32 = 576
export const RUN_PERIOD: i32 = 580
export const RUN_PERIODS: i32 = 584
export const RUN_PERIOD_ENDS: i32 = 588
export const RUN_PERIOD_EQUITY: i32 = 592
export const RUN_HIGHS: i32 = 596
export const RUN_LOWS: i32 = 600
export const RUN_BELOWS: i32 = 604
export const RUN_ABOVES: i32 = 608
export const RUN_FILL_WIDE: i32 = 612
export const RUN_TRADE_WIDE: i32 = 616
export const RUN_ORDER_WIDE: i32 = 620
export const RUN_BATCH: i32 = 624
export const RUN_BATCH_TARGETS: i32 = 628
export const RUN_BATCH_BITS: i32 = 632
export const RUN_BATCH_CLOSED: i32 = 636
export const RUN_BATCH_FLAGS: i32 = 640
export const RUN_BATCH_NEXT: i32 = 644
export const RUN_FIRST: i32 = 648
export const RUN_ENDED_POLICY: i32 = 652
export const RUN_NOT_LISTED: i32 = 656
export const RUN_EXITS_LIVE: i32 = 660
export const RUN_TRAIL_FOLLOWS: i32 = 664
export const RUN_SLIPS: i32 = 668
export const RUN_WAYS: i32 = 672
export const RUN_FAULT: i32 = 676
export const RUN_FAULT_ORDER: i32 = 680
export const RUN_FAULT_BAR: i32 = 684
export const RUN_BUST_BAR: i32 = 688
export const RUN_CALL_BAR: i32 = 692
export const RUN_NEXT_END: i32 = 696
export const RUN_NEXT_EXPIRY: i32 = 700
export const RUN_LISTED: i32 = 704
export const RUN_ENDS: i32 = 708
export const RUN_LONGEST_OWN: i32 = 712
export const RUN_CHAIN_COUNT: i32 = 716
export const RUN_CHAIN_CAPACITY: i32 = 720
export const RUN_CHAINS: i32 = 724
export const RUN_AMBIGUOUS_COUNT: i32 = 728
export const RUN_AMBIGUOUS_CAPACITY: i32 = 732
export const RUN_AMBIGUOUS_TABLE: i32 = 736
export const RUN_WORSTS: i32 = 740
export const RUN_WORST_EXPOSURES: i32 = 744
export const RUN_RULE_EXIT: i32 = 748
export const RUN_STOP_LIMIT: i32 = 752
export const RUN_BOTH_REACHED: i32 = 756
export const RUN_CHILDREN: i32 = 760
export const RUN_TRADED: i32 = 764
export const RUN_SEQUENCE: i32 = 768
export const RUN_LAST_BAR: i32 = 772
export const RUN_SUBMISSION_CHECK: i32 = 776
export const RUN_TARGET_FILL: i32 = 780
export const RUN_MULTIPLIERS: i32 = 784
export const RUN_HOLDINGS: i32 = 788
export const RUN_TICKS: i32 = 792
export const RUN_PIPS: i32 = 796
export const RUN_STEPS: i32 = 800
export const RUN_LIMITS: i32 = 804
export const RUN_IMPACT_A: i32 = 808
export const RUN_IMPACT_TYPE: i32 = 816
export const RUN_PRICING: i32 = 820
export const RUN_SLIPPAGE_UNIT: i32 = 824
export const RUN_SLIPPAGE_COLUMN: i32 = 828
export const RUN_SPREAD_A: i32 = 832
export const RUN_SPREAD_TYPE: i32 = 840
export const RUN_SPREAD_UNIT: i32 = 844
export const RUN_SPREAD_CHARGE: i32 = 848
export const RUN_SPREAD_COLUMN: i32 = 852
export const RUN_MATCHING: i32 = 856
export const RUN_LAST_PLACE: i32 = 860
export const RUN_OWN_CALLS: i32 = 864
export const RUN_LEG_SIDE: i32 = 872
export const RUN_LEG_UNITS: i32 = 880
export const RUN_LEG_BASE: i32 = 888
export const RUN_LEG_PRICE: i32 = 896
export const RUN_LEG_VALUE: i32 = 904
export const RUN_LEG_ASSET: i32 = 912
export const RUN_LEG_FLAGS: i32 = 916
export const RUN_OWN_COSTS: i32 = 920
export const RUN_DAY_LIMIT: i32 = 928
export const RUN_DAY_START: i32 = 936
export const RUN_DAY_LOSS_TYPE: i32 = 944
export const RUN_DAY_LOSS_THEN: i32 = 948
export const RUN_DAY_STOPPED: i32 = 952
export const RUN_DAYS: i32 = 956
export const RUN_LOTS: i32 = 960
export const RUN_LOT_TABLE: i32 = 964
export const RUN_LOT_DETAILS: i32 = 968
export const RUN_LOT_HEADS: i32 = 972
export const RUN_LOT_COUNT: i32 = 976
export const RUN_LOT_CAPACITY: i32 = 980
export const RUN_LIVE_LOTS: i32 = 984
export const RUN_NEXT_LOT: i32 = 988
export const RUN_CLOCK_TIMES: i32 = 992
export const RUN_CLOCKED: i32 = 996
export const RUN_FIELDS_BYTES: i32 = 1000
export const POSITION_AVERAGE: i32 = 0
export const POSITION_COMMISSION: i32 = 8
export const POSITION_SLIPPAGE: i32 = 16
export const POSITION_BASIS: i32 = 24
export const POSITION_TAG: i32 = 32
export const POSITION_ENTERED: i32 = 40
export const POSITION_ENTRY_BAR: i32 = 48
export const POSITION_BARS_HELD: i32 = 52
export const POSITION_ENTRY_ORDER: i32 = 56
export const POSITION_ENTRY_CODE: i32 = 60
export const POSITION_MOVED_STOP: i32 = 64
export const POSITION_FIRED: i32 = 72
export const POSITION_WAITING: i32 = 76
export const POSITION_PENDING_COUNT: i32 = 80
export const POSITION_CUT_BAR: i32 = 84
export const POSITION_OWN_COUNT: i32 = 88
export const POSITION_EXITS: i32 = 92
export const POSITION_SEEN_COUNT: i32 = 96
export const POSITION_SEEN_REVISION: i32 = 100
export const POSITION_FENCED: i32 = 104
export const POSITION_SLEEPS: i32 = 108
export const POSITION_EXIT_BAR: i32 = 112
export const POSITION_LOSSES_IN_ROW: i32 = 116
export const POSITION_PAUSED_UNTIL: i32 = 120
export const POSITION_STOPPED: i32 = 124
export const POSITION_FIELDS_BYTES: i32 = 128
export const LIVE_AMOUNT: i32 = 0
export const LIVE_LIMIT: i32 = 8
export const LIVE_STOP: i32 = 16
export const LIVE_TRAIL: i32 = 24
export const LIVE_TRAIL_MARK: i32 = 32
export const LIVE_TRAIL_LEVEL: i32 = 40
export const LIVE_TAG: i32 = 48
export const LIVE_UNITS: i32 = 56
export const LIVE_FILLED: i32 = 64
export const LIVE_VALUE: i32 = 72
export const LIVE_COMMISSION: i32 = 80
export const LIVE_BASIS: i32 = 88
export const LIVE_RULE_STOP: i32 = 96
export const LIVE_RULE_TARGET: i32 = 104
export const LIVE_RULE_TRAIL: i32 = 112
export const LIVE_OPENED: i32 = 120
export const LIVE_GOOD_TILL: i32 = 128
export const LIVE_ID: i32 = 136
export const LIVE_ASSET: i32 = 140
export const LIVE_SIDE: i32 = 144
export const LIVE_TYPE: i32 = 148
export const LIVE_SIZE: i32 = 152
export const LIVE_TIMING: i32 = 156
export const LIVE_STATUS: i32 = 160
export const LIVE_STATE: i32 = 164
export const LIVE_FLAGS: i32 = 168
export const LIVE_PARENT: i32 = 172
export const LIVE_GROUP: i32 = 176
export const LIVE_CREATED: i32 = 180
export const LIVE_NEXT: i32 = 184
export const LIVE_CHILDREN: i32 = 188
export const LIVE_CHAIN: i32 = 192
export const LIVE_CHAIN_RULES: i32 = 196
export const LIVE_END_BAR: i32 = 200
export const LIVE_LINK: i32 = 204
export const LIVE_LOT: i32 = 208
export const LIVE_SPARE: i32 = 212
export const LIVE_ROOM: i32 = 216
export const LIVE_FIELDS_BYTES: i32 = 224
export const DRAWDOWN_PEAK: i32 = 0
export const DRAWDOWN_LOW: i32 = 8
export const DRAWDOWN_WORST: i32 = 16
export const DRAWDOWN_FRACTION: i32 = 24
export const DRAWDOWN_MONEY: i32 = 32
export const DRAWDOWN_INTRABAR: i32 = 40
export const DRAWDOWN_LONGEST: i32 = 48
export const DRAWDOWN_START: i32 = 52
export const DRAWDOWN_FIELDS_BYTES: i32 = 56
export const CHARGES_A: i32 = 0
export const CHARGES_B: i32 = 8
export const CHARGES_C: i32 = 16
export const CHARGES_TYPE: i32 = 24
export const CHARGES_TIERS: i32 = 28
export const CHARGES_TABLE: i32 = 32
export const CHARGES_FIELDS_BYTES: i32 = 40
export const RULE_DISTANCE: i32 = 0
export const RULE_VALUE: i32 = 8
export const RULE_FROM: i32 = 16
export const RULE_TYPE: i32 = 24
export const RULE_UNIT: i32 = 28
export const RULE_ACTION: i32 = 32
export const RULE_BARS: i32 = 36
export const RULE_FIELDS_BYTES: i32 = 40
export const LOT_QUANTITY: i32 = 0
export const LOT_HIGH: i32 = 8
export const LOT_LOW: i32 = 16
export const LOT_BELOW: i32 = 24
export const LOT_ABOVE: i32 = 32
export const LOT_NUMBER: i32 = 40
export const LOT_ASSET: i32 = 44
export const LOT_NEXT: i32 = 48
export const LOT_FENCED: i32 = 52
export const LOT_SAVED: i32 = 56
export const LOT_FIELDS_BYTES: i32 = 64
// ---- end of the fields of the records

export const RULE_BYTES: i32 = RULE_FIELDS_BYTES
export const POSITION_BYTES: i32 = POSITION_FIELDS_BYTES
export const LIVE_BYTES: i32 = LIVE_FIELDS_BYTES
// Behind the fields of a run: its drawdown, its totals, and its commissions.
export const RUN_DRAWDOWN: i32 = RUN_FIELDS_BYTES
export const RUN_TOTALS: i32 = RUN_DRAWDOWN + DRAWDOWN_FIELDS_BYTES
// What buys and what sells pay.
export const RUN_CHARGES: i32 = RUN_TOTALS + 8 * TOTAL_COUNT
export const RUN_SELL_CHARGES: i32 = RUN_CHARGES + CHARGES_FIELDS_BYTES
export const RUN_BYTES: i32 = RUN_SELL_CHARGES + CHARGES_FIELDS_BYTES
/** What a walk saves of an asset beside its records: quantity, mark, water marks, fence, first order, units traded, its lots' head. */
export const SAVED_BYTES: i32 = 80

// What only positions with rules or context need: one of these an asset, behind the records of all assets.
export const DETAIL_TRAIL_LEVELS: i32 = 0
export const DETAIL_PENDING_FRACTIONS: i32 = 64
/** Twelve exits may wait, in these and in the codes below: those of eight rules, an added stop, a halt, a decision and what the volume has left. */
export const DETAIL_OWN_RULES: i32 = 160
export const DETAIL_SEEN_RULES: i32 = DETAIL_OWN_RULES + RULE_LIMIT * RULE_BYTES
export const DETAIL_CONTEXT: i32 = DETAIL_SEEN_RULES + RULE_LIMIT * RULE_BYTES
export const DETAIL_PENDING_CODES: i32 = DETAIL_CONTEXT + 64
export const DETAIL_TRAIL_MARK: i32 = DETAIL_PENDING_CODES + 48
/** Distances of the rules whose exits wait. */
export const DETAIL_PENDING_DISTANCES: i32 = DETAIL_TRAIL_MARK + 8
/** Of a round trip that has exits already (7.10): their pnl, the value at the entry price of what they closed, bars held at the last. */
export const DETAIL_TRIP_PNL: i32 = DETAIL_PENDING_DISTANCES + 96
export const DETAIL_TRIP_VALUE: i32 = DETAIL_TRIP_PNL + 8
export const DETAIL_TRIP_BARS: i32 = DETAIL_TRIP_VALUE + 8
/** Where it was to be given up as it was opened (7.11), where POSITION_STOPPED says that there is such a level. */
export const DETAIL_ENTRY_STOP: i32 = DETAIL_TRIP_BARS + 8
export const DETAIL_BYTES: i32 = DETAIL_ENTRY_STOP + 8

// A lot as a state has it: its record, then that of a position and its details, as of an asset. In memory the last two stand apart.
export const LOT_POSITION: i32 = LOT_FIELDS_BYTES
export const LOT_DETAIL: i32 = LOT_POSITION + POSITION_BYTES
export const LOT_BYTES: i32 = LOT_DETAIL + DETAIL_BYTES
export const LOT_REST_BYTES: i32 = POSITION_BYTES + DETAIL_BYTES
/** By asset: its first and last lot, 0 for none, and how many it has. */
export const LOT_HEAD_BYTES: i32 = 12

// Command record: f64 fields, by index.
export const COMMAND_KIND: i32 = 0
export const COMMAND_ASSET: i32 = 1
export const COMMAND_SIDE: i32 = 2
export const COMMAND_TYPE: i32 = 3
export const COMMAND_SIZE: i32 = 4
export const COMMAND_AMOUNT: i32 = 5
export const COMMAND_LIMIT: i32 = 6
export const COMMAND_STOP: i32 = 7
export const COMMAND_TRAIL: i32 = 8
export const COMMAND_TIMING: i32 = 9
export const COMMAND_FLAGS: i32 = 10
export const COMMAND_TAG: i32 = 11
export const COMMAND_RULE_STOP: i32 = 12
export const COMMAND_RULE_TARGET: i32 = 13
export const COMMAND_RULE_TRAIL: i32 = 14
export const COMMAND_LINK: i32 = 15
export const COMMAND_GROUP: i32 = 16
/** From the level of a trailing limit to its limit. */
export const COMMAND_OFFSET: i32 = 17
/** When its life ends, ms UTC (NaN: never), and the first bar that starts then or later. */
export const COMMAND_GOOD_TILL: i32 = 18
export const COMMAND_END_BAR: i32 = 19
/** The order that it waits for (3.16), 0 for none. */
export const COMMAND_AFTER: i32 = 20
export const COMMAND_FIELDS: i32 = 21
export const KIND_ORDER: i32 = 0
export const KIND_CHILD: i32 = 1
export const KIND_CLOSE: i32 = 2
export const KIND_TARGET: i32 = 3
/** The rules of the order that follows: how many, then in the records behind it four numbers a rule. */
export const KIND_CHAIN: i32 = 4
export const CHAIN_COUNT: i32 = 1
/** Per rule: distance, value, its type with unit and action in one number, bars, from. */
export const CHAIN_RULE_FIELDS: i32 = 5
export const CHAIN_UNIT_SHIFT: i32 = 4
export const CHAIN_ACTION_SHIFT: i32 = 8
/** Bytes of a chain that waits with its order. */
export const CHAIN_BYTES: i32 = RULE_LIMIT * RULE_BYTES
/**
 * A rule that entries of signals bring (8.1): its record, then the addresses of columns of its distance, its from and its bars, 0 where
 * that is the same at every bar, and room to a multiple of 8.
 */
export const SIGNAL_RULE_COLUMNS: i32 = RULE_BYTES
export const SIGNAL_RULE_BYTES: i32 = RULE_BYTES + 16

// The tables: f64 columns, then i32 columns, each as long as the capacity. The columns from _RARE on say what most runs
// do not have or could be told without (costs, tags, base prices, bars held, limits and parents of orders); they are
// written from the first row on that has something to say, and until then mean nothing: RUN_*_WIDE is 0 where none is written,
// WIDE_TOLD where it is the last of doubles alone, what rules say of themselves (from _DISTANCE on), and WIDE_ALL where it is all of them.
export const WIDE_TOLD: i32 = 1
export const WIDE_ALL: i32 = 2
export const FILL_QUANTITY: i32 = 0
export const FILL_PRICE: i32 = 1
export const FILL_F64_RARE: i32 = 2
/** Else the price. */
export const FILL_BASE: i32 = 2
export const FILL_COMMISSION: i32 = 3
export const FILL_TAG: i32 = 4
/** Of exits by rule: its distance (6.1). */
export const FILL_DISTANCE: i32 = 5
export const FILL_F64: i32 = 6
export const FILL_BAR: i32 = 0
export const FILL_ASSET: i32 = 1
export const FILL_ORDER: i32 = 2
export const FILL_CODE: i32 = 3
/** None. */
export const FILL_I32_RARE: i32 = 4
export const FILL_I32: i32 = 4

// Trade table; then as many f64 context columns as the run has names.
export const TRADE_QUANTITY: i32 = 0
export const TRADE_ENTRY_PRICE: i32 = 1
export const TRADE_EXIT_PRICE: i32 = 2
export const TRADE_PNL: i32 = 3
export const TRADE_MFE: i32 = 4
export const TRADE_MAE: i32 = 5
export const TRADE_F64_RARE: i32 = 6
export const TRADE_ENTRY_COMMISSION: i32 = 6
export const TRADE_EXIT_COMMISSION: i32 = 7
export const TRADE_SLIPPAGE: i32 = 8
export const TRADE_ENTRY_TAG: i32 = 9
export const TRADE_EXIT_TAG: i32 = 10
export const TRADE_EXIT_DISTANCE: i32 = 11
/** Level of its initial stop (7.11), NaN without one; else NaN. */
export const TRADE_ENTRY_STOP: i32 = 12
export const TRADE_F64: i32 = 13
export const TRADE_ASSET: i32 = 0
export const TRADE_ENTRY_BAR: i32 = 1
export const TRADE_EXIT_BAR: i32 = 2
export const TRADE_ENTRY_ORDER: i32 = 3
export const TRADE_EXIT_ORDER: i32 = 4
export const TRADE_CODE: i32 = 5
export const TRADE_I32_RARE: i32 = 6
/** Else exit bar - entry bar. */
export const TRADE_BARS_HELD: i32 = 6
export const TRADE_I32: i32 = 7

// Table of ambiguous bars.
export const AMBIGUOUS_BAR: i32 = 0
export const AMBIGUOUS_ASSET: i32 = 1
export const AMBIGUOUS_I32: i32 = 2

// Table of ended orders.
export const ENDED_AMOUNT: i32 = 0
export const ENDED_FILLED: i32 = 1
export const ENDED_AVERAGE: i32 = 2
export const ENDED_F64_RARE: i32 = 3
export const ENDED_LIMIT: i32 = 3
/** Of a trailing limit: its offset. */
export const ENDED_STOP: i32 = 4
export const ENDED_TRAIL: i32 = 5
export const ENDED_COMMISSION: i32 = 6
export const ENDED_TAG: i32 = 7
export const ENDED_F64: i32 = 8
export const ENDED_ID: i32 = 0
export const ENDED_ASSET: i32 = 1
export const ENDED_CREATED: i32 = 2
export const ENDED_ENDED_BAR: i32 = 3
export const ENDED_CODE: i32 = 4
export const ENDED_I32_RARE: i32 = 5
export const ENDED_PARENT: i32 = 5
export const ENDED_GROUP: i32 = 6
export const ENDED_I32: i32 = 7

// Signal panels: one byte an asset and bar.
export const SIGNAL_ENTRY_LONG: i32 = 1
export const SIGNAL_EXIT_LONG: i32 = 2
export const SIGNAL_ENTRY_SHORT: i32 = 4
export const SIGNAL_EXIT_SHORT: i32 = 8

// What equityStats writes: indexes into an f64 block. Behind it lies the drawdown's state while it works.
export const STAT_BARS: i32 = 0
export const STAT_FINAL_EQUITY: i32 = 1
export const STAT_TOTAL_RETURN: i32 = 2
export const STAT_DRAWDOWN: i32 = 3
export const STAT_DRAWDOWN_MONEY: i32 = 4
export const STAT_DRAWDOWN_BARS: i32 = 5
export const STAT_PERIODS: i32 = 6
export const STAT_MEAN_RETURN: i32 = 7
export const STAT_VOLATILITY: i32 = 8
export const STAT_SHARPE: i32 = 9
export const STAT_SORTINO: i32 = 10
export const STAT_CAGR: i32 = 11
export const STAT_CALMAR: i32 = 12
/** Of the run and not of a column: `putIntrabar`. */
export const STAT_INTRABAR_DRAWDOWN: i32 = 13
export const STAT_COUNT: i32 = 14
export const STAT_BYTES: i32 = STAT_COUNT * 8 + DRAWDOWN_FIELDS_BYTES

// Figures of the returns of periods: a block of doubles (stats/returns.ts).
export const RETURN_TOTAL: i32 = 0
export const RETURN_CAGR: i32 = 1
export const RETURN_MEAN: i32 = 2
export const RETURN_VOLATILITY: i32 = 3
export const RETURN_SHARPE: i32 = 4
export const RETURN_SORTINO: i32 = 5
export const RETURN_DOWNSIDE: i32 = 6
export const RETURN_AUTOCORRELATION: i32 = 7
export const RETURN_SMART_SHARPE: i32 = 8
export const RETURN_SMART_SORTINO: i32 = 9
export const RETURN_PROBABILISTIC: i32 = 10
export const RETURN_DEFLATED: i32 = 11
export const RETURN_OMEGA: i32 = 12
export const RETURN_GAIN_TO_PAIN: i32 = 13
export const RETURN_PROFIT_FACTOR: i32 = 14
export const RETURN_POSITIVE: i32 = 15
export const RETURN_MEAN_UP: i32 = 16
export const RETURN_MEAN_DOWN: i32 = 17
export const RETURN_SKEW: i32 = 18
export const RETURN_KURTOSIS: i32 = 19
export const RETURN_VAR_HISTORICAL: i32 = 20
export const RETURN_VAR_GAUSSIAN: i32 = 21
export const RETURN_VAR_CORNISH_FISHER: i32 = 22
export const RETURN_CVAR_HISTORICAL: i32 = 23
export const RETURN_CVAR_GAUSSIAN: i32 = 24
export const RETURN_CVAR_CORNISH_FISHER: i32 = 25
export const RETURN_TAIL_RATIO: i32 = 26
export const RETURN_COMMON_SENSE: i32 = 27
export const RETURN_STABILITY: i32 = 28
/** Returns as bets (stats/odds.ts). */
export const RETURN_GEOMETRIC: i32 = 29
export const RETURN_WIN_RATE: i32 = 30
export const RETURN_PAYOFF: i32 = 31
export const RETURN_PROFIT_RATIO: i32 = 32
export const RETURN_KELLY: i32 = 33
export const RETURN_CPC: i32 = 34
export const RETURN_RUIN: i32 = 35
export const RETURN_ADJUSTED_SORTINO: i32 = 36
export const RETURN_OUTLIER_WIN: i32 = 37
export const RETURN_OUTLIER_LOSS: i32 = 38
export const RETURN_UPS_IN_ROW: i32 = 39
export const RETURN_DOWNS_IN_ROW: i32 = 40
export const RETURN_RISK_ADJUSTED: i32 = 41
export const RETURN_COUNT: i32 = 42

// Figures of drawdowns over every bar (stats/falls.ts).
export const FALL_DEEPEST: i32 = 0
export const FALL_MONEY: i32 = 1
export const FALL_BARS: i32 = 2
export const FALL_NUMBER: i32 = 3
export const FALL_AVERAGE: i32 = 4
export const FALL_LONGEST_DAYS: i32 = 5
export const FALL_AVERAGE_DAYS: i32 = 6
export const FALL_UNDER_WATER: i32 = 7
export const FALL_ULCER: i32 = 8
export const FALL_PAIN: i32 = 9
export const FALL_CALMAR: i32 = 10
export const FALL_MARTIN: i32 = 11
export const FALL_PAIN_RATIO: i32 = 12
export const FALL_BURKE: i32 = 13
export const FALL_STERLING: i32 = 14
export const FALL_RECOVERY: i32 = 15
export const FALL_PEAK: i32 = 16
export const FALL_SERENITY: i32 = 17
export const FALL_COUNT: i32 = 18
/** A drawdown in a list of them, doubles: depth as a fraction, bars of its peak (-1 before the first), valley and end (NaN: not yet). */
export const FALL_DEPTH: i32 = 0
export const FALL_START: i32 = 8
export const FALL_VALLEY: i32 = 16
export const FALL_END: i32 = 24
export const FALL_BYTES: i32 = 32

// Figures of what was held (stats/held.ts).
export const HELD_NET: i32 = 0
export const HELD_GROSS: i32 = 1
export const HELD_MOST: i32 = 2
export const HELD_TURNOVER: i32 = 3
export const HELD_COUNT: i32 = 4
// Figures of returns by trade date, week, month and year (stats/calendar.ts): of each best, worst, the share of positive ones, the means
// of those above and below 0, and the last; behind them the share of twelve months that rose, and the returns of the last months.
export const SPAN_DAY: i32 = 0
export const SPAN_WEEK: i32 = 1
export const SPAN_MONTH: i32 = 2
export const SPAN_YEAR: i32 = 3
export const SPAN_BEST: i32 = 0
export const SPAN_WORST: i32 = 1
export const SPAN_POSITIVE: i32 = 2
export const SPAN_MEAN_UP: i32 = 3
export const SPAN_MEAN_DOWN: i32 = 4
export const SPAN_LAST: i32 = 5
export const SPAN_FIELDS: i32 = 6
export const SPAN_TWELVE_WON: i32 = 24
export const SPAN_3_MONTHS: i32 = 25
export const SPAN_6_MONTHS: i32 = 26
export const SPAN_12_MONTHS: i32 = 27
export const SPAN_COUNT: i32 = 28

// Figures against a benchmark (stats/against.ts).
export const AGAINST_ALPHA: i32 = 0
export const AGAINST_BETA: i32 = 1
export const AGAINST_CORRELATION: i32 = 2
export const AGAINST_R_SQUARED: i32 = 3
export const AGAINST_TRACKING_ERROR: i32 = 4
export const AGAINST_INFORMATION: i32 = 5
export const AGAINST_TREYNOR: i32 = 6
export const AGAINST_UP_CAPTURE: i32 = 7
export const AGAINST_DOWN_CAPTURE: i32 = 8
export const AGAINST_RETURN: i32 = 9
export const AGAINST_CAPTURE: i32 = 10
export const AGAINST_CAPTURE_RATIO: i32 = 11
export const AGAINST_BATTING: i32 = 12
export const AGAINST_BATTING_UP: i32 = 13
export const AGAINST_BATTING_DOWN: i32 = 14
export const AGAINST_UP_ALPHA: i32 = 15
export const AGAINST_UP_BETA: i32 = 16
export const AGAINST_DOWN_ALPHA: i32 = 17
export const AGAINST_DOWN_BETA: i32 = 18
export const AGAINST_FRAGILITY: i32 = 19
export const AGAINST_COUNT: i32 = 20

// What a rolling window is asked for (stats/rolling.ts).
export const ROLLING_SHARPE: i32 = 0
export const ROLLING_SORTINO: i32 = 1
export const ROLLING_VOLATILITY: i32 = 2
export const ROLLING_BETA: i32 = 3
// Steps of an expression over cells: what, to which operand, of which three operands, i32 each.
export const CELL_BLOCK: i32 = 512
export const CELL_STEP_WORDS: i32 = 5
export const CELL_ADD: i32 = 0
export const CELL_SUBTRACT: i32 = 1
export const CELL_MULTIPLY: i32 = 2
export const CELL_DIVIDE: i32 = 3
export const CELL_NEGATE: i32 = 4
export const CELL_ABSOLUTE: i32 = 5
export const CELL_SMALLER: i32 = 6
export const CELL_LARGER: i32 = 7
export const CELL_ROOT: i32 = 8
export const CELL_LOGARITHM: i32 = 9
export const CELL_EXPONENTIAL: i32 = 10
export const CELL_LESS: i32 = 11
export const CELL_AT_MOST: i32 = 12
export const CELL_EQUAL: i32 = 13
export const CELL_AND: i32 = 14
export const CELL_OR: i32 = 15
export const CELL_NOT: i32 = 16
export const CELL_WHERE: i32 = 17
export const CELL_DEFINED: i32 = 18
/** The value, where it is finite. */
export const CELL_FINITE: i32 = 19
/** The value, where the second operand is a number. */
export const CELL_PRESENT: i32 = 20
// Rows of the table of trades as the analysis reads them: columns of doubles, one behind the other. STOP is NaN where a trade has none.
export const EXIT_QUANTITY: i32 = 0
export const EXIT_ENTRY_PRICE: i32 = 1
export const EXIT_EXIT_PRICE: i32 = 2
export const EXIT_PNL: i32 = 3
export const EXIT_MFE: i32 = 4
export const EXIT_MAE: i32 = 5
export const EXIT_COMMISSION: i32 = 6
export const EXIT_SLIPPAGE: i32 = 7
export const EXIT_AMBIGUOUS: i32 = 8
export const EXIT_STOP: i32 = 9
export const EXIT_ENTERED: i32 = 10
export const EXIT_LEFT: i32 = 11
export const EXIT_COUNT: i32 = 12

// What `tripColumns` makes of them, a column each: closed round trips in the order of their last exits.
export const TRIP_PNL: i32 = 0
export const TRIP_RETURN: i32 = 1
export const TRIP_BARS: i32 = 2
export const TRIP_COMMISSION: i32 = 3
export const TRIP_SLIPPAGE: i32 = 4
export const TRIP_AMBIGUOUS: i32 = 5
export const TRIP_VALUE: i32 = 6
export const TRIP_GROSS: i32 = 7
export const TRIP_MFE: i32 = 8
export const TRIP_MAE: i32 = 9
export const TRIP_RISK: i32 = 10
export const TRIP_R: i32 = 11
export const TRIP_EXITS: i32 = 12
export const TRIP_UNITS: i32 = 13
export const TRIP_DAYS: i32 = 14
export const TRIP_COUNT: i32 = 15
/** The first of them, by which trades are broken down. */
export const TRIP_GROUPED: i32 = 6

/** Bytes in which a value is found by its rank. */
export const NTH_BYTES: i32 = 8192

// What `tripFigures` writes.
export const TRADED_TRADES: i32 = 0
export const TRADED_WINS: i32 = 1
export const TRADED_LOSSES: i32 = 2
export const TRADED_PNL: i32 = 3
export const TRADED_PROFIT: i32 = 4
export const TRADED_LOSS: i32 = 5
export const TRADED_WIN_RATE: i32 = 6
export const TRADED_PROFIT_FACTOR: i32 = 7
export const TRADED_PAYOFF: i32 = 8
export const TRADED_EXPECTANCY: i32 = 9
export const TRADED_EXPECTANCY_RETURN: i32 = 10
export const TRADED_EXPECTANCY_R: i32 = 11
export const TRADED_AVERAGE_WIN: i32 = 12
export const TRADED_AVERAGE_LOSS: i32 = 13
export const TRADED_LARGEST_WIN: i32 = 14
export const TRADED_LARGEST_LOSS: i32 = 15
export const TRADED_MEDIAN: i32 = 16
export const TRADED_DEVIATION: i32 = 17
export const TRADED_BEST_RETURN: i32 = 18
export const TRADED_WORST_RETURN: i32 = 19
export const TRADED_MEDIAN_RETURN: i32 = 20
export const TRADED_GEOMETRIC_RETURN: i32 = 21
export const TRADED_RETURN_FACTOR: i32 = 22
export const TRADED_SQN: i32 = 23
export const TRADED_KELLY: i32 = 24
export const TRADED_WINS_IN_ROW: i32 = 25
export const TRADED_LOSSES_IN_ROW: i32 = 26
export const TRADED_BARS_MEAN: i32 = 27
export const TRADED_BARS_MEDIAN: i32 = 28
export const TRADED_BARS_LONGEST: i32 = 29
export const TRADED_BARS_SHORTEST: i32 = 30
export const TRADED_BARS_WIN: i32 = 31
export const TRADED_BARS_LOSS: i32 = 32
export const TRADED_MFE: i32 = 33
export const TRADED_MAE: i32 = 34
export const TRADED_EXCURSION_RATIO: i32 = 35
export const TRADED_ENTRY_EFFICIENCY: i32 = 36
export const TRADED_EXIT_EFFICIENCY: i32 = 37
export const TRADED_TOTAL_EFFICIENCY: i32 = 38
export const TRADED_COMMISSION: i32 = 39
export const TRADED_SLIPPAGE: i32 = 40
export const TRADED_A_YEAR: i32 = 41
export const TRADED_DAYS_MEAN: i32 = 42
export const TRADED_DAYS_LONGEST: i32 = 43
export const TRADED_COUNT: i32 = 44

// How `resample` draws.
export const RESAMPLE_GIVEN: i32 = 0
export const RESAMPLE_REPLACE: i32 = 1
export const RESAMPLE_SHUFFLE: i32 = 2
export const RESAMPLE_BLOCKS: i32 = 3
export const RESAMPLE_SKIP: i32 = 4

// The rules of `challenge`, fractions of the capital at the start and numbers of days.
export const CHALLENGE_DAILY: i32 = 0
export const CHALLENGE_DRAWDOWN: i32 = 1
/** Whether the drawdown is from the highest capital so far. */
export const CHALLENGE_TRAILING: i32 = 2
export const CHALLENGE_TARGET: i32 = 3
export const CHALLENGE_MIN_DAYS: i32 = 4
/** The most of the profit that one day may have made. */
export const CHALLENGE_CONSISTENCY: i32 = 5
export const CHALLENGE_COUNT: i32 = 6

// How it ended.
export const CHALLENGE_OPEN: i32 = 0
export const CHALLENGE_PASSED: i32 = 1
export const CHALLENGE_FAILED_DAY: i32 = 2
export const CHALLENGE_FAILED_DRAWDOWN: i32 = 3

// What `groupFigures` writes: a column of the groups each.
export const GROUP_TRADES: i32 = 0
export const GROUP_WINS: i32 = 1
export const GROUP_LOSSES: i32 = 2
export const GROUP_WIN_RATE: i32 = 3
export const GROUP_PNL: i32 = 4
export const GROUP_PROFIT_FACTOR: i32 = 5
export const GROUP_EXPECTANCY: i32 = 6
export const GROUP_AVERAGE_WIN: i32 = 7
export const GROUP_AVERAGE_LOSS: i32 = 8
export const GROUP_LARGEST_WIN: i32 = 9
export const GROUP_LARGEST_LOSS: i32 = 10
export const GROUP_RETURN: i32 = 11
export const GROUP_BARS: i32 = 12
export const GROUP_COMMISSION: i32 = 13
export const GROUP_SLIPPAGE: i32 = 14
export const GROUP_COUNT: i32 = 15

// What `fillCosts` reads of each fill: columns of doubles, one behind the other. VOLUME, RANGE and the two COLUMNs are those of its bar,
// TICK and PIP those of its asset, 0 without; SLIPS is 1 where its kind of order slips.
export const PAY_UNITS: i32 = 0
export const PAY_PRICE: i32 = 1
export const PAY_BASE: i32 = 2
export const PAY_COMMISSION: i32 = 3
export const PAY_SLIPS: i32 = 4
export const PAY_VOLUME: i32 = 5
export const PAY_RANGE: i32 = 6
export const PAY_SLIPPAGE_COLUMN: i32 = 7
export const PAY_SPREAD_COLUMN: i32 = 8
export const PAY_TICK: i32 = 9
export const PAY_PIP: i32 = 10
export const PAY_COUNT: i32 = 11
// The models that it goes by, a double each; rates of makers and takers are NaN where a side has another model.
export const MODEL_IMPACT: i32 = 0
export const MODEL_IMPACT_A: i32 = 1
export const MODEL_SLIPPAGE: i32 = 2
export const MODEL_SLIPPAGE_A: i32 = 3
export const MODEL_SLIPPAGE_UNIT: i32 = 4
export const MODEL_SPREAD: i32 = 5
export const MODEL_SPREAD_A: i32 = 6
export const MODEL_SPREAD_UNIT: i32 = 7
export const MODEL_SPREAD_CHARGE: i32 = 8
export const MODEL_BUY_MAKER: i32 = 9
export const MODEL_BUY_TAKER: i32 = 10
export const MODEL_SELL_MAKER: i32 = 11
export const MODEL_SELL_TAKER: i32 = 12
export const MODEL_COUNT: i32 = 13
// What it writes: two of each kind, for fills that open or add and for those that close; then the value of all that was traded.
export const PAID_COMMISSION: i32 = 0
export const PAID_MAKER: i32 = 1
export const PAID_TAKER: i32 = 2
export const PAID_SLIPPAGE: i32 = 3
export const PAID_SPREAD: i32 = 4
export const PAID_IMPACT: i32 = 5
/** Of more than one of the last three, and which is not known. */
export const PAID_UNSPLIT: i32 = 6
export const PAID_KINDS: i32 = 7
export const PAID_VALUE: i32 = 14
export const PAID_COUNT: i32 = 15

// What `entryEdges` writes: a column of the windows each.
export const EDGE_ENTRIES: i32 = 0
export const EDGE_FAVOURABLE: i32 = 1
export const EDGE_ADVERSE: i32 = 2
export const EDGE_RATIO: i32 = 3
export const EDGE_FIELDS: i32 = 4

// What `positionShares` writes of each asset.
export const HELD_ASSET_LONG: i32 = 0
export const HELD_ASSET_SHORT: i32 = 1
export const HELD_ASSET_MEAN: i32 = 2
export const HELD_ASSET_BARS: i32 = 3
export const HELD_ASSET_COUNT: i32 = 4
