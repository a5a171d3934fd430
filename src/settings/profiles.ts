// Other engines by one word (rule 10.14): the settings under which a run fills what that engine would fill. What an engine has
// both ways, or leaves to its user, stays open. A setting that is named here can still be given with the same value.

/** One engine, as settings. */
export interface Profile {
  /** The engine and its version. */
  readonly doc: string
  /** Settings that it fixes, as they may be given. */
  readonly sets: Readonly<Record<string, unknown>>
  /** Settings that it has other defaults for than the table, and leaves open. */
  readonly defaults?: Readonly<Record<string, unknown>>
}

/** What is not known of a bar goes against the trader, and stops fill at their level, in all of them. */
const COMMON = { path: 'adverse', stopFill: 'level' } as const

const VECTORBT = {
  ...COMMON,
  exitsLive: 'next-bar',
  trailFollows: 'extremes',
  ruleExit: 'takes-bar',
  bothReached: 'stop-first',
  sequence: 'value',
  shortfall: 'partial',
} as const

/** Its `stop_exit_price` is `stoplimit`, unless somebody asks for `stopmarket`. */
const VECTORBT_DEFAULTS = { slips: 'orders' } as const

const BACKTRADER = {
  ...COMMON,
  trailFollows: 'close',
  stopLimit: 'by-close',
  bothReached: 'stop-first',
  children: 'plain',
  funds: 'credit',
  sequence: 'submission',
  shortfall: 'reject',
  lastBar: 'never',
  submissionCheck: 'cash',
} as const

/** The profiles by name. */
export const PROFILES = {
  backtrader: {
    doc: 'backtrader 1.9.78.123',
    sets: { ...BACKTRADER, timing: 'next-open', exitsLive: 'next-bar', slips: 'capped' },
  },
  'backtrader-coc': {
    doc: 'backtrader 1.9.78.123 with cheat-on-close',
    sets: { ...BACKTRADER, timing: 'same-close', exitsLive: 'second-bar', slips: 'capped-ahead' },
  },
  'backtesting.py': {
    doc: 'backtesting.py 0.6.6',
    sets: {
      ...COMMON,
      matching: 'queue',
      trailFollows: 'close',
      slips: 'entries',
      lastBar: 'never',
    },
  },
  vectorbt: { doc: 'vectorbt 1.2.0', sets: { ...VECTORBT, funds: 'vectorbt' }, defaults: VECTORBT_DEFAULTS },
  'vectorbt-lock': {
    doc: 'vectorbt 1.2.0 with lock_cash',
    sets: { ...VECTORBT, funds: 'lock' },
    defaults: VECTORBT_DEFAULTS,
  },
  ml4t: {
    doc: 'ml4t-backtest 0.1.0a11, the rules that are choices',
    sets: { ...COMMON, exitsLive: 'next-bar', trailFollows: 'bar', ruleExit: 'drops-orders', children: 'plain' },
  },
  zipline: {
    doc: 'zipline-reloaded 3.2.1 with daily bars',
    sets: {
      ...COMMON,
      timing: 'next-open',
      account: 'unlimited',
      funds: 'account',
      slips: 'limits',
      triggers: 'close',
    },
    defaults: { slippage: { type: 'fraction', rate: 0.0005 }, participation: 0.1, quantityStep: 1 },
  },
  // What they have for lists of signals beside is in src/strategies/list/options.ts.
  scanner: {
    doc: 'lists of a scanner: a stop of 5 %, 20 bars, long, equal weight',
    sets: { timing: 'next-open' },
    defaults: { cash: 100_000 },
  },
  manager: {
    doc: 'lists of a rule executor: slippage of 1 pip, spread of 2 pips, one unit a signal, each a lot',
    sets: { timing: 'next-open', lots: 'fifo' },
    defaults: { slippage: { type: 'pips', amount: 1 }, spread: { type: 'pips', amount: 2 } },
  },
} as const satisfies Readonly<Record<string, Profile>>

/** Name of a profile: other engines by one word (rule 10.14). */
export type ProfileName = keyof typeof PROFILES

/** A profile by name. */
export function profileOf(name: string | undefined): Profile | undefined {
  return name === undefined ? undefined : (PROFILES as Readonly<Record<string, Profile>>)[name]
}

/** The profiles that give a setting some value. */
export function profilesWith(setting: string): string[] {
  return Object.entries<Profile>(PROFILES).flatMap(([name, { sets }]) => (setting in sets ? [name] : []))
}
