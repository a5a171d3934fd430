import * as L from '../../assembly/layout.ts'
import { ACCOUNTS, ALL, COMMISSIONS, RULES, SIZES, SLIPPAGES } from './models.ts'
import { PROFILES } from './profiles.ts'
import type { ChoiceSetting, Setting } from './spec.ts'

// Every setting of the broker once: what may be given, what holds where nothing is, what the kernel calls it, and what help and
// docs say of it. Checks and their errors (read.ts), the run record (record.ts), the short ways that a run may take (ways.ts),
// the command line (src/cli/notation.ts) and docs/settings.md are made from it.

const { WAY_CALM: CALM, WAY_QUIET: QUIET, WAY_BATCH: BATCH, WAY_CERTAIN: CERTAIN } = L

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
    doc: 'Commission of an order and bar.',
    default: 'none',
    record: L.RUN_COMMISSION_TYPE,
    model: COMMISSIONS,
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
