import * as L from '../../assembly/layout.ts'
import {
  ACCOUNTS,
  ALL,
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
import { PROFILES } from './profiles.ts'
import type { ChoiceSetting, Setting } from './spec.ts'

// Every setting of the broker once: what may be given, what holds where nothing is, what the kernel calls it, and what help and
// docs say of it. Checks and their errors (read.ts), the run record (record.ts), the short ways that a run may take (ways.ts),
// the command line (src/cli/notation.ts) and docs/settings.md are made from it.

const CALM = L.WAY_CALM
const QUIET = L.WAY_QUIET
const BATCH = L.WAY_BATCH
const CERTAIN = L.WAY_CERTAIN

/** The ways that do not fill anything by themselves. */
const LONG = CALM | BATCH | CERTAIN

/** The settings by name. */
export const SETTINGS = {
  cash: {
    kind: 'number',
    scope: 'run',
    rule: '7.3',
    doc: 'Money at the start.',
    unit: 'currency',
    above: 0,
    default: 100_000,
    record: [L.RUN_CASH, L.RUN_EQUITY, L.RUN_INITIAL_CASH],
    ways: ALL,
  },
  timing: {
    kind: 'choice',
    scope: 'run',
    rule: '3.1',
    doc: 'When market orders fill.',
    default: 'next-open',
    record: L.RUN_TIMING,
    values: {
      'next-open': { code: L.TIMING_NEXT_OPEN, ways: ALL, doc: 'at the open of the next bar' },
      'next-close': { code: L.TIMING_NEXT_CLOSE, ways: CALM | QUIET | CERTAIN, doc: 'at the close of the next bar' },
      'same-close': {
        code: L.TIMING_SAME_CLOSE,
        ways: CALM | QUIET | BATCH | CERTAIN,
        doc: 'at the close that the decision has seen',
      },
    },
  },
  latency: {
    kind: 'number',
    scope: 'run',
    rule: '3.15',
    doc: 'Bars for which orders, updates and cancels are on their way.',
    unit: 'bars',
    whole: true,
    least: 0,
    most: 1000,
    default: 0,
    record: [],
    // The kernel hears of what has arrived, as if it had been decided there.
    ways: ALL,
  },
  path: {
    kind: 'choice',
    scope: 'run',
    rule: '5.2',
    doc: "The price's way inside a bar.",
    default: 'adverse',
    record: L.RUN_PATH,
    values: {
      adverse: { code: L.PATH_ADVERSE, ways: ALL, doc: 'the one that is worst for the account' },
      favourable: { code: L.PATH_FAVOURABLE, ways: ALL, doc: 'the one that is best for it' },
      nearest: { code: L.PATH_NEAREST, ways: ALL, doc: 'the extreme nearer to the open first' },
    },
  },
  commission: {
    kind: 'model',
    scope: 'run',
    rule: '7.2',
    doc: 'Commission of an order, over its whole life.',
    default: 'none',
    record: L.CHARGES_TYPE,
    place: L.RUN_CHARGES,
    model: COMMISSIONS,
    expected: 'a rate or a model',
    short: 'fraction',
  },
  sellCommission: {
    kind: 'model',
    scope: 'run',
    rule: '7.2',
    doc: 'Commission of what sells, where it is another one.',
    default: 'same',
    record: L.CHARGES_TYPE,
    place: L.RUN_SELL_CHARGES,
    as: { type: 'same', setting: 'commission' },
    model: SELL_COMMISSIONS,
    expected: 'a rate or a model',
    short: 'fraction',
  },
  slippage: {
    kind: 'model',
    scope: 'run',
    rule: '7.1',
    doc: 'Slippage against the trader of market orders, stops, trails and time exits.',
    default: 'none',
    record: L.RUN_SLIPPAGE_TYPE,
    model: SLIPPAGES,
    expected: 'a rate or a model',
    short: 'fraction',
  },
  impact: {
    kind: 'model',
    scope: 'run',
    rule: '7.1',
    doc: 'What an order moves the price by against itself, before it slips; of that fill alone.',
    default: 'none',
    record: L.RUN_IMPACT_TYPE,
    model: IMPACTS,
    expected: 'a model',
  },
  spread: {
    kind: 'model',
    scope: 'run',
    rule: '7.1',
    doc: 'Distance between bid and ask, the prices of bars being in the middle, or at the ask where entries pay all of it.',
    default: 'none',
    record: L.RUN_SPREAD_TYPE,
    model: SPREADS,
    expected: 'a model',
  },
  account: {
    kind: 'model',
    scope: 'run',
    rule: '7.5',
    doc: 'What entries may use.',
    default: 'margin',
    record: L.RUN_ACCOUNT,
    model: ACCOUNTS,
    expected: 'a type or its settings',
    words: true,
  },
  funds: {
    kind: 'choice',
    scope: 'run',
    rule: '10.4',
    excludes: ['account'],
    doc: 'What orders are paid from, in place of the account.',
    default: 'account',
    // Behind `account`, whose place in the run record it takes.
    record: L.RUN_ACCOUNT,
    values: {
      account: { code: L.FUNDS_ACCOUNT, ways: ALL, doc: 'what `account` says' },
      credit: {
        code: L.ACCOUNT_CREDIT,
        ways: CALM | QUIET | BATCH | CERTAIN,
        doc: 'cash, to which short sales add; nobody goes bust (backtrader)',
      },
      vectorbt: {
        code: L.ACCOUNT_VECTORBT,
        ways: CALM | QUIET,
        doc: 'cash, to which short sales add; all that buys is cut to it, exits too (vectorbt)',
      },
      lock: {
        code: L.ACCOUNT_LOCK,
        ways: CALM | QUIET,
        // What is sold short is cut there by a formula that knows slippage alone (10.4).
        excludes: ['impact', 'spread'],
        doc: 'cash without twice what short sales have brought; all that buys is cut to it; without `impact` and `spread` (vectorbt with lock_cash)',
      },
    },
  },
  sequence: {
    kind: 'choice',
    scope: 'run',
    rule: '10.6',
    doc: 'In which order an open and a close are gone through.',
    default: 'exits-first',
    record: L.RUN_SEQUENCE,
    values: {
      'exits-first': { code: L.SEQUENCE_EXITS_FIRST, ways: ALL, doc: 'all exits, then entries by id' },
      submission: {
        code: L.SEQUENCE_SUBMISSION,
        ways: CALM | QUIET | CERTAIN,
        doc: 'order by order as they were given (backtrader)',
      },
      value: {
        code: L.SEQUENCE_VALUE,
        ways: CALM | QUIET | CERTAIN,
        doc: 'order by order in ascending signed value (vectorbt)',
      },
    },
  },
  lastBar: {
    kind: 'choice',
    scope: 'run',
    rule: '10.7',
    doc: 'Whether orders of the last bar fill at its close.',
    profileOnly: true,
    default: 'fill',
    record: L.RUN_LAST_BAR,
    values: {
      fill: { code: L.LAST_BAR_FILL, ways: ALL, doc: 'with `same-close`' },
      never: { code: L.LAST_BAR_NEVER, ways: CALM | QUIET | BATCH | CERTAIN, doc: 'they never do' },
    },
  },
  submissionCheck: {
    kind: 'choice',
    scope: 'run',
    rule: '10.9',
    doc: 'Whether orders are checked as they are given.',
    profileOnly: true,
    default: 'none',
    record: L.RUN_SUBMISSION_CHECK,
    values: {
      none: { code: L.SUBMISSION_CHECK_NONE, ways: ALL, doc: 'they are checked when they fill' },
      cash: {
        code: L.SUBMISSION_CHECK_CASH,
        ways: CALM | QUIET | CERTAIN,
        doc: 'all of a hook together against the cash',
      },
    },
  },
  quantityStep: {
    kind: 'number',
    scope: 'run',
    rule: '3.2',
    doc: 'Smallest quantity; 0 is any fraction of a unit, 1 whole units.',
    unit: 'units',
    least: 0,
    default: 0,
    record: [L.RUN_QUANTITY_STEP],
    ways: (step: number) => (step > 0 ? ALL & ~BATCH : ALL),
  },
  participation: {
    kind: 'model',
    scope: 'run',
    rule: '3.12',
    doc: 'How much of a bar may be traded; what is left of an order waits for the next bar.',
    default: 'none',
    model: PARTICIPATIONS,
    // The engines whose rules these are fill their orders whole.
    excludes: ['ruleExit', 'stopLimit', 'bothReached', 'children', 'funds', 'submissionCheck'],
    expected: 'a share of the volume or a model',
    short: 'volume',
  },
  shortfall: {
    kind: 'choice',
    scope: 'run',
    rule: '7.6',
    doc: 'What happens to an entry that the account cannot pay.',
    default: 'auto',
    record: L.RUN_SHORTFALL,
    values: {
      auto: { code: L.SHORTFALL_AUTO, ways: ALL, doc: 'refused if its size is in units, else cut' },
      reject: { code: L.SHORTFALL_REJECT, ways: ALL, doc: 'refused' },
      partial: { code: L.SHORTFALL_PARTIAL, ways: ALL, doc: 'cut to the largest quantity that can be paid' },
    },
  },
  stopFill: {
    kind: 'choice',
    scope: 'run',
    rule: '6.3',
    doc: "When a rule's stop or trail that was reached fills.",
    default: 'level',
    record: L.RUN_STOP_FILL,
    values: {
      level: { code: L.STOP_FILL_LEVEL, ways: ALL, doc: 'at its level, or the first price beyond it' },
      extreme: {
        code: L.STOP_FILL_EXTREME,
        ways: CALM | QUIET | BATCH,
        doc: 'at the extreme that is reached after it',
      },
      close: { code: L.STOP_FILL_CLOSE, ways: CALM | QUIET | BATCH | CERTAIN, doc: 'at the close of the bar' },
      'next-open': {
        code: L.STOP_FILL_NEXT_OPEN,
        ways: CALM | QUIET | BATCH | CERTAIN,
        doc: 'at the open of the next bar',
      },
    },
  },
  targetFill: {
    kind: 'choice',
    scope: 'run',
    rule: '6.3',
    doc: 'Whether targets of rules fill as `stopFill` says too.',
    default: 'level',
    values: {
      level: { code: 0, ways: ALL, doc: 'at their level, or the first price beyond it' },
      'stop-fill': { code: 1, ways: 0, doc: 'as stops and trails do' },
    },
  },
  stopBasis: {
    kind: 'choice',
    scope: 'run',
    rule: '6.2',
    doc: 'What the levels of rules are measured from.',
    default: 'fill',
    record: L.RUN_STOP_BASIS,
    values: {
      fill: { code: L.STOP_BASIS_FILL, ways: ALL, doc: 'the average entry price' },
      signal: { code: L.STOP_BASIS_SIGNAL, ways: ALL, doc: 'the close of the bar that decided' },
    },
  },
  // Ends and listing mean something only in markets with holes, which have none of the ways that they would disturb.
  ended: {
    kind: 'choice',
    scope: 'run',
    rule: '3.11',
    doc: "What becomes of a position whose asset has ended (the market's `delisted`).",
    default: 'hold',
    record: L.RUN_ENDED_POLICY,
    values: {
      hold: { code: L.ENDED_HOLD, ways: ALL, doc: 'it keeps its last mark' },
      close: { code: L.ENDED_CLOSE, ways: ALL, doc: 'it is closed at its last close' },
    },
  },
  notListed: {
    kind: 'choice',
    scope: 'run',
    rule: '3.11',
    doc: 'What becomes of an order for an asset that has had no bar yet.',
    default: 'wait',
    record: L.RUN_NOT_LISTED,
    values: {
      wait: { code: L.NOT_LISTED_WAIT, ways: ALL, doc: 'it waits for the first one' },
      reject: { code: L.NOT_LISTED_REJECT, ways: ALL, doc: 'it is rejected' },
    },
  },
  exitsLive: {
    kind: 'choice',
    scope: 'run',
    rule: '10.1',
    doc: 'From when children of brackets and rules of a position are live.',
    default: 'fill',
    record: L.RUN_EXITS_LIVE,
    values: {
      fill: { code: L.EXITS_LIVE_FILL, ways: ALL, doc: 'from the fill of the entry on' },
      'next-bar': { code: L.EXITS_LIVE_NEXT_BAR, ways: LONG, doc: 'from the bar after it' },
      'market-fill': {
        code: L.EXITS_LIVE_MARKET_FILL,
        ways: LONG,
        doc: 'of market entries from the fill on, of others from the bar after it',
      },
      'second-bar': {
        code: L.EXITS_LIVE_SECOND_BAR,
        ways: LONG,
        doc: 'of entries at a close from the second bar after it, of others from the next',
      },
    },
  },
  trailFollows: {
    kind: 'choice',
    scope: 'run',
    rule: '10.2',
    doc: 'What moves the mark of a trail.',
    default: 'walk',
    record: L.RUN_TRAIL_FOLLOWS,
    values: {
      walk: { code: L.TRAIL_WALK, ways: ALL, doc: "the price's way through the bar" },
      close: { code: L.TRAIL_CLOSE, ways: LONG, doc: 'the close of each bar, after it' },
      extremes: { code: L.TRAIL_EXTREMES, ways: LONG, doc: 'the extreme of each later bar, after it' },
      bar: { code: L.TRAIL_BAR, ways: LONG, doc: 'the extreme of each bar, before its open' },
    },
  },
  slips: {
    kind: 'choice',
    scope: 'run',
    rule: '10.3',
    doc: 'Which fills slip, and how far.',
    default: 'plain',
    record: L.RUN_SLIPS,
    values: {
      plain: { code: L.SLIPS_PLAIN, ways: ALL, doc: 'market orders, stops, trails and time exits, all of it' },
      entries: { code: L.SLIPS_ENTRIES, ways: LONG, doc: 'what opens, of limits too; no exits' },
      limits: { code: L.SLIPS_LIMITS, ways: LONG, doc: 'the same as plain, and limits' },
      orders: { code: L.SLIPS_ORDERS, ways: LONG, doc: 'the same as plain, but for exits by rule and time' },
      capped: {
        code: L.SLIPS_CAPPED,
        ways: LONG,
        doc: 'as far as the bar goes; limits filled better than their limit too, up to it',
      },
      'capped-ahead': {
        code: L.SLIPS_CAPPED_AHEAD,
        ways: LONG,
        doc: 'the same, at the close of the own bar as far as the next bar goes, which is look-ahead',
      },
    },
  },
  ruleExit: {
    kind: 'choice',
    scope: 'run',
    rule: '10.5',
    doc: "What an exit by rule leaves of its asset's bar.",
    default: 'beside',
    record: L.RUN_RULE_EXIT,
    profileOnly: true,
    values: {
      beside: { code: L.RULE_EXIT_BESIDE, ways: ALL, doc: 'orders have their turn beside it' },
      'takes-bar': { code: L.RULE_EXIT_TAKES_BAR, ways: 0, doc: 'no market order of the asset fills in that bar' },
      'drops-orders': {
        code: L.RULE_EXIT_DROPS_ORDERS,
        ways: 0,
        doc: 'orders given in the hook of a bar in which it has closed the position are rejected',
      },
    },
  },
  stopLimit: {
    kind: 'choice',
    scope: 'run',
    rule: '10.8',
    doc: 'What a stop-limit does when its stop is reached.',
    default: 'limit',
    record: L.RUN_STOP_LIMIT,
    profileOnly: true,
    values: {
      limit: { code: L.STOP_LIMIT_LIMIT, ways: ALL, doc: 'it is a limit from there on' },
      'by-close': {
        code: L.STOP_LIMIT_BY_CLOSE,
        ways: 0,
        doc: 'it fills at its stop or waits for the next bar, by the close where its limit is short of the stop',
      },
      'at-stop': {
        code: L.STOP_LIMIT_AT_STOP,
        ways: 0,
        doc: 'it fills at its stop, outside the bar too, or waits for the next bar',
      },
    },
  },
  matching: {
    kind: 'choice',
    scope: 'run',
    rule: '10.12',
    doc: 'How the orders of a bar meet it.',
    default: 'walk',
    record: L.RUN_MATCHING,
    profileOnly: true,
    // What these say of an open and of a way inside the bar has no place in a queue.
    excludes: [
      'participation',
      'sequence',
      'stopFill',
      'exitsLive',
      'ruleExit',
      'stopLimit',
      'bothReached',
      'children',
      'funds',
    ],
    values: {
      walk: { code: L.MATCHING_WALK, ways: ALL, doc: 'at its open, then along the way from there to its close' },
      queue: {
        code: L.MATCHING_QUEUE,
        ways: 0,
        doc: 'one after the other, closes and stops first, each against the whole bar',
      },
    },
  },
  bothReached: {
    kind: 'choice',
    scope: 'run',
    rule: '10.10',
    doc: 'What becomes of a limit where the same bar reaches what would end it.',
    default: 'path',
    record: L.RUN_BOTH_REACHED,
    profileOnly: true,
    values: {
      path: { code: L.BOTH_REACHED_PATH, ways: ALL, doc: 'the way inside the bar says which is first' },
      'stop-first': {
        code: L.BOTH_REACHED_STOP_FIRST,
        ways: 0,
        doc: 'stops before targets, of a one-cancels-other group the order given first',
      },
    },
  },
  children: {
    kind: 'choice',
    scope: 'run',
    rule: '10.11',
    doc: 'What the children of a bracket are.',
    default: 'reduce-only',
    record: L.RUN_CHILDREN,
    profileOnly: true,
    values: {
      'reduce-only': {
        code: L.CHILDREN_REDUCE_ONLY,
        ways: ALL,
        doc: 'reduce-only orders for what the parent has opened, that end with the position',
      },
      plain: { code: L.CHILDREN_PLAIN, ways: 0, doc: 'orders like others for all that the parent has filled' },
    },
  },
  lots: {
    kind: 'choice',
    scope: 'run',
    rule: '10.13',
    doc: 'What a position is made of.',
    default: 'average',
    record: L.RUN_LOTS,
    excludes: ['ruleExit', 'children', 'funds', 'matching'],
    values: {
      average: { code: L.LOTS_AVERAGE, ways: ALL, doc: 'all of its entries together, at their average price' },
      fifo: {
        code: L.LOTS_FIFO,
        ways: 0,
        doc: 'lots, one an order, each with rules and children of its own, closed first in, first out',
      },
    },
  },
  lossPause: {
    kind: 'model',
    scope: 'run',
    rule: '6.8',
    doc: 'When entries pause after losing trades.',
    default: 'none',
    record: L.RUN_PAUSE_TYPE,
    model: LOSS_PAUSES,
    expected: 'a type with losses and bars',
  },
  drawdownHalt: {
    kind: 'model',
    scope: 'run',
    rule: '6.9',
    doc: 'What happens when the equity has fallen too far below its peak.',
    default: 'none',
    record: L.RUN_HALT_TYPE,
    model: DRAWDOWN_HALTS,
    expected: 'a type with a fraction',
  },
  lossADay: {
    kind: 'model',
    scope: 'run',
    rule: '6.13',
    doc: 'What happens when the equity has fallen by so much since the day began.',
    default: 'none',
    record: L.RUN_DAY_LOSS_TYPE,
    model: DAY_LOSSES,
    expected: 'a type with a fraction or an amount',
  },
  zone: {
    kind: 'zone',
    scope: 'run',
    rule: '6.14',
    doc: 'By whose clocks rules of type `clock` exit, and the days of `lossADay` begin where it names no other: an IANA name, `UTC` or an offset.',
    default: 'UTC',
    // The kernel looks at each chain itself.
    ways: ALL,
  },
  maxPositions: {
    kind: 'number',
    scope: 'run',
    rule: '6.10',
    doc: 'Most positions at once; 0 is any number.',
    unit: 'number',
    whole: true,
    least: 0,
    below: 2 ** 31,
    default: 0,
    record: [L.RUN_MAX_POSITIONS],
    ways: (most: number) => (most > 0 ? 0 : ALL),
  },
  maxExposure: {
    kind: 'number',
    scope: 'run',
    rule: '6.10',
    doc: 'Most gross exposure of entries, in multiples of the equity; 0 is any.',
    unit: 'number',
    least: 0,
    default: 0,
    record: [L.RUN_MAX_EXPOSURE],
    ways: (most: number) => (most > 0 ? 0 : ALL),
  },
  triggers: {
    kind: 'choice',
    scope: 'run',
    rule: '10.15',
    doc: 'What of a bar orders and rules see.',
    default: 'bar',
    values: {
      bar: { code: 0, ways: ALL, doc: 'all of it' },
      close: { code: 1, ways: ALL, doc: 'its close alone' },
    },
  },
  rules: {
    kind: 'list',
    scope: 'run',
    rule: '6.1',
    doc: 'Chain of position rules that holds for all assets.',
    most: L.RULE_LIMIT,
    model: RULES,
    // The kernel looks at each chain itself, as hooks may change them.
    ways: ALL,
  },
} as const satisfies Readonly<Record<string, Setting>>

/** The size of entries that give none: a setting too, whose default depends on the market. */
export const SIZE = {
  kind: 'model',
  scope: 'run',
  rule: '3.2',
  doc: 'Size of entries that give none; the equity divided by the number of assets where it is left out.',
  default: undefined,
  model: SIZES,
  expected: '{ type, amount }',
} as const satisfies Setting

/** Other engines by one word: what it stands for is checked and kept like settings that are given one by one. */
export const PROFILE: ChoiceSetting = {
  kind: 'choice',
  scope: 'run',
  rule: '10.14',
  doc: 'Another engine, whose fills a run shall have: a set of settings by one word.',
  default: undefined,
  values: Object.fromEntries(
    Object.entries(PROFILES).map(([name, { doc }], code) => [name, { code, ways: ALL, doc }] as const),
  ),
}

/** Words of a choice in the order of their codes. */
export function wordsOf<T extends string>(setting: {
  readonly values: Readonly<Record<T, { readonly code: number }>>
}): T[] {
  const words = Object.keys(setting.values) as T[]
  return words.sort((a, b) => setting.values[a].code - setting.values[b].code)
}

/** When market orders fill, in the order of their codes. */
export const TIMINGS = wordsOf(SETTINGS.timing)
/** Ways through a bar. */
export const PATHS = wordsOf(SETTINGS.path)
