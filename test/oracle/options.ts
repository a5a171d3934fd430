/** Random settings and rule chains. */
import fc from 'fast-check'
import { ALONE } from '../../src/settings/read.ts'
import type {
  Account,
  BrokerSettings,
  Commission,
  Impact,
  LossADay,
  LossPause,
  Rule,
  RuleAction,
  SellCommission,
  Slippage,
  Spread,
} from '../../src/settings/settings.ts'
import type { Choice, Setting } from '../../src/settings/spec.ts'
import { SETTINGS } from '../../src/settings/table.ts'
import { int, pick } from './bars.ts'
import { OWN_COMMISSIONS, OWN_PRICES } from './own.ts'
import type { AnySettings } from './types.ts'

const MAKERS: Commission = { type: 'maker-taker', maker: -0.01, taker: 0.02 }

export const commission: fc.Arbitrary<number | Commission | undefined> = pick<number | Commission | undefined>(
  undefined,
  undefined,
  0.001,
  { type: 'none' },
  { type: 'fraction', rate: 0.01 },
  { type: 'per-unit', amount: 0.05, minimum: 1 },
  { type: 'per-unit', amount: 0.3 },
  { type: 'per-unit', amount: 0.3, minimum: 1, maximum: 2 },
  { type: 'maker-taker', maker: 0.001, taker: 0.02 },
  MAKERS,
  { type: 'per-trade', amount: 2 },
  {
    type: 'tiered',
    tiers: [
      { upTo: 100, rate: 0.02 },
      { upTo: 200, rate: 0.01 },
      { upTo: Number.POSITIVE_INFINITY, rate: 0.001 },
    ],
  },
  {
    type: 'tiered',
    tiers: [
      { upTo: 150, rate: 0.001 },
      { upTo: Number.POSITIVE_INFINITY, rate: 0.03 },
    ],
  },
  { type: 'fraction-plus-fixed', rate: 0.002, fixed: 0.7 },
  {
    type: 'tiered',
    tiers: [
      { upTo: 60, rate: 0.001 },
      { upTo: 120, rate: 0.4 },
      { upTo: 400, rate: 0.02 },
      { upTo: Number.POSITIVE_INFINITY, rate: 0 },
    ],
  },
  {
    type: 'tiered',
    tiers: [
      { upTo: 80, rate: 0.3 },
      { upTo: 300, rate: 0.9 },
      { upTo: Number.POSITIVE_INFINITY, rate: 0.002 },
    ],
  },
)

export const slippage: fc.Arbitrary<number | Slippage | undefined> = pick<number | Slippage | undefined>(
  undefined,
  undefined,
  undefined,
  0.002,
  { type: 'none' },
  { type: 'fraction', rate: 0.05 },
  { type: 'per-unit', amount: 0.5 },
  { type: 'per-unit', amount: 12 },
  { type: 'volume-share', rate: 0.1 },
  { type: 'volume-share', rate: 0.6 },
  { type: 'volume-share', rate: 0.9 },
  { type: 'ticks', amount: 1 },
  { type: 'ticks', amount: 1.5 },
  { type: 'pips', amount: 2 },
  { type: 'range', rate: 0.5 },
  { type: 'range', rate: 1 },
  { type: 'column', column: 'fractions' },
  { type: 'column', column: 'amounts', unit: 'price' },
)

export const impact: fc.Arbitrary<Impact> = pick<Impact>(
  { type: 'linear', rate: 0.1 },
  { type: 'linear', rate: 0.7 },
  { type: 'linear', rate: 0.95 },
  { type: 'square-root', rate: 0.1 },
  { type: 'square-root', rate: 0.5 },
  { type: 'square-root', rate: 0.9 },
)

export const spread: fc.Arbitrary<Spread> = pick<Spread>(
  { type: 'fixed', amount: 1 },
  { type: 'fixed', amount: 1, charge: 'entry' },
  { type: 'fixed', amount: 30 },
  { type: 'ticks', amount: 2 },
  { type: 'pips', amount: 3, charge: 'entry' },
  { type: 'fraction', rate: 0.04 },
  { type: 'fraction', rate: 0.03, charge: 'entry' },
  { type: 'column', column: 'fractions' },
  { type: 'column', column: 'amounts', unit: 'price', charge: 'entry' },
)

export const sellCommission: fc.Arbitrary<number | SellCommission> = pick<number | SellCommission>(
  0.03,
  { type: 'none' },
  { type: 'per-unit', amount: 0.1, maximum: 1 },
  { type: 'maker-taker', maker: -0.02, taker: 0.04 },
  {
    type: 'tiered',
    tiers: [
      { upTo: 100, rate: 0.3 },
      { upTo: Number.POSITIVE_INFINITY, rate: 0.001 },
    ],
  },
)

export const account: fc.Arbitrary<Account | Account['type'] | undefined> = pick<Account | Account['type'] | undefined>(
  undefined,
  undefined,
  'margin',
  'cash',
  'unlimited',
  { type: 'margin', initial: 0.5, maintenance: 0.25 },
  { type: 'margin', initial: 0.1, maintenance: 0.05 },
  { type: 'margin', initial: 0.25, maintenance: 0.4 },
  { type: 'margin', initial: 0.5, maintenance: 0.7 },
)

export interface RuleDraw {
  type: Rule['type']
  /** Distance in hundredths of the basis, or in ticks; bars of time, place among TIMES of the clock. */
  distance: number
  price: boolean
  action: number
  /** Multiples of the ATR of so many bars; 0 is none, so are prices. */
  period: number
  /** Of trails, where they begin; in ticks or, like the distance, hundredths; 0 is at once. */
  from: number
}

export const ruleDraw: fc.Arbitrary<RuleDraw> = fc.record({
  type: pick<Rule['type']>('stop', 'target', 'trail', 'time'),
  distance: int(1, 8),
  price: fc.boolean(),
  action: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: int(1, 8) }),
  period: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: int(1, 5) }),
  from: fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: int(1, 6) }),
})

/** Some at which bars start in one zone or another, and some at which none does. */
const TIMES = ['00:00', '18:00', '01:30', '01:45', '12:00', '01:00', '15:55:30', '23:59:59'] as const

export function buildRule(tick: number, draw: RuleDraw): Rule {
  const actions: RuleAction[] = [
    { type: 'exit' },
    { type: 'exit-fraction', fraction: 0.5 },
    { type: 'exit-fraction', fraction: 0.3 },
    { type: 'move-stop', offset: 0 },
    { type: 'move-stop', offset: -0.1 },
    { type: 'move-stop', offset: 0.03 },
    { type: 'exit-fraction', fraction: 1 },
    { type: 'exit-fraction', fraction: 0.4, of: 'entries' },
    { type: 'exit-fraction', fraction: 0.6, of: 'entries' },
  ]
  if (draw.type === 'time' || draw.type === 'clock') {
    // By the one draw that times do without, so that all others stay as they are.
    const when: Rule =
      draw.type === 'time' && !draw.price
        ? { type: 'time', bars: draw.distance }
        : { type: 'clock', at: TIMES[draw.distance - 1] }
    const action = draw.action > 2 && draw.action < 7 ? actions[0] : actions[draw.action]
    return draw.action === 0 ? when : { ...when, action }
  }
  const action = actions[draw.action]
  const rule: Exclude<Rule, { type: 'time' | 'clock' }> = draw.price
    ? { type: draw.type, distance: draw.distance * tick, unit: 'price' }
    : draw.period > 0
      ? { type: draw.type, distance: draw.distance / 3, unit: 'atr', period: draw.period }
      : { type: draw.type, distance: draw.distance / 50 }
  if (rule.type === 'trail' && draw.from > 0)
    rule.from = draw.price ? draw.from * tick : draw.from / (draw.period > 0 ? 3 : 50)
  return draw.action === 0 ? rule : { ...rule, action }
}

export const chainDraw = fc.array(ruleDraw, { maxLength: 4 })

/**
 * Settings that most runs leave as they are, each with its values other than the default. A scenario draws at most three of
 * them, so that those that are there meet what is plain as well as each other; options.test.ts counts that each pair does.
 */
export const EXTRAS = {
  latency: int(1, 4),
  exitsLive: pick('next-bar' as const, 'market-fill' as const, 'second-bar' as const),
  impact,
  sellCommission,
  slips: pick('entries' as const, 'limits' as const, 'orders' as const, 'capped' as const, 'capped-ahead' as const),
  triggers: pick('close' as const),
  targetFill: pick('stop-fill' as const),
  spread,
  trailFollows: pick('close' as const, 'extremes' as const, 'bar' as const),
  ruleExit: pick('takes-bar' as const, 'takes-bar' as const, 'drops-orders' as const),
  stopLimit: pick('by-close' as const, 'at-stop' as const),
  bothReached: pick('stop-first' as const),
  children: pick('plain' as const),
  lots: pick('fifo' as const),
  matching: pick('queue' as const),
  participation: pick<BrokerSettings['participation']>(0.1, 0.5, 1, { type: 'volume', share: 0.02 }),
  lossPause: pick<LossPause>(
    { type: 'asset', losses: 1, bars: 2 },
    { type: 'asset', losses: 2, bars: 5 },
    { type: 'account', losses: 1, bars: 1 },
    { type: 'account', losses: 2, bars: 4 },
  ),
  drawdownHalt: fc.record({
    type: pick('until-cured' as const, 'until-end' as const, 'close' as const),
    fraction: pick(0.01, 0.05, 0.2),
  }),
  lossADay: fc
    .record({
      fraction: pick(0, 0.003, 0.01, 0.05),
      action: pick(undefined, 'refuse' as const, 'close' as const),
      zone: pick(undefined, 'UTC', '+05:30', '-11:00'),
    })
    .map(({ fraction, action, zone }): LossADay => {
      const more = { ...(action ? { action } : {}), ...(zone ? { zone } : {}) }
      return fraction > 0 ? { type: 'fraction', fraction, ...more } : { type: 'amount', amount: 5, ...more }
    }),
  maxPositions: int(1, 2),
  maxExposure: pick(0.3, 0.8, 1, 1.7),
  funds: pick('credit' as const, 'vectorbt' as const, 'lock' as const),
  sequence: pick('submission' as const, 'value' as const),
  lastBar: pick('never' as const),
  submissionCheck: pick('cash' as const),
} satisfies { readonly [K in keyof AnySettings]?: fc.Arbitrary<AnySettings[K]> }
const EXTRA_NAMES = Object.keys(EXTRAS)

/** Two settings of which only one may be away from its default. */
export function excludes(a: string, b: string): boolean {
  const rows = SETTINGS as Readonly<Record<string, Setting>>
  return Boolean(rows[a]?.excludes?.includes(b) || rows[b]?.excludes?.includes(a))
}

/** At most three of the extras; the first ones, where given, are always there. */
function extrasDraw(first: readonly string[] = []): fc.Arbitrary<AnySettings> {
  const others = EXTRA_NAMES.filter((name) => !first.includes(name))
  return fc
    .subarray(others, { maxLength: 3 - first.length })
    .map((names) => [...first, ...names])
    .map((names) => names.filter((a, i) => !names.slice(0, i).some((b) => excludes(a, b))))
    .chain((names) => {
      const chosen = names.map((name) => [name, (EXTRAS as Record<string, fc.Arbitrary<unknown>>)[name]])
      return fc.record(Object.fromEntries(chosen))
    })
}

export interface SettingsDraw {
  extras: AnySettings
  cash: number | undefined
  plain: Omit<BrokerSettings, 'rules' | 'cash'>
  rules: RuleDraw[] | undefined
}

const otherDraws = {
  cash: pick<number | undefined>(undefined, 1000, 300, 100, 60, 5000),
  plain: fc.record({
    timing: pick(undefined, 'next-open' as const, 'next-close' as const, 'same-close' as const),
    path: pick(undefined, 'nearest' as const, 'adverse' as const, 'favourable' as const),
    commission,
    slippage,
    account,
    quantityStep: pick(undefined, undefined, 0, 1, 0.1),
    shortfall: pick(undefined, undefined, 'auto' as const, 'reject' as const, 'partial' as const),
    stopFill: pick(undefined, 'level' as const, 'extreme' as const, 'close' as const, 'next-open' as const),
    stopBasis: pick(undefined, 'fill' as const, 'signal' as const),
    ended: pick(undefined, 'hold' as const, 'close' as const, 'close' as const),
    notListed: pick(undefined, 'wait' as const, 'reject' as const),
  }),
  rules: fc.option(chainDraw, { nil: undefined, freq: 2 }),
}

export const settingsDraw: fc.Arbitrary<SettingsDraw> = fc.record({ extras: extrasDraw(), ...otherDraws })

/** Settings with rules. */
export const settingsWithRules = fc.record({
  extras: extrasDraw(),
  ...otherDraws,
  rules: fc.array(ruleDraw, { minLength: 1, maxLength: 4 }),
})

/** Settings of which one, by name, is never what most runs leave it at. */
export function settingsWith(name: string): fc.Arbitrary<SettingsDraw> {
  return fc.record({ extras: extrasDraw([name]), ...otherDraws })
}

/** Settings of lots that orders on their way may miss (3.15, 10.13). */
export const settingsOfLateLots = fc
  .record({ draw: settingsWith('lots'), latency: EXTRAS.latency })
  .map(({ draw, latency }): SettingsDraw => ({ ...draw, extras: { lots: 'fifo', latency } }))

/** Settings in which makers and takers pay differently, most with rules of the open that limits rest by (7.2). */
export const settingsOfMakers = fc.record({
  ...otherDraws,
  extras: fc.oneof(extrasDraw(['bothReached']), extrasDraw(['sequence']), extrasDraw()),
  plain: otherDraws.plain.map((plain) => ({ ...plain, commission: MAKERS })),
})

/** Settings of which some go by the strategy's own models (7.9). */
export const settingsOfOwn = fc
  .record({
    draw: fc.oneof(settingsDraw, settingsOfMakers, fc.constant('slips').chain(settingsWith)),
    commission: pick(undefined, ...Object.keys(OWN_COMMISSIONS)),
    sells: pick(undefined, undefined, ...Object.keys(OWN_COMMISSIONS)),
    slippage: pick(undefined, ...Object.keys(OWN_PRICES)),
    impact: pick(undefined, undefined, ...Object.keys(OWN_PRICES)),
  })
  .map(({ draw, commission, sells, slippage, impact }): SettingsDraw => {
    const own = (model: string) => ({ type: 'own' as const, model })
    return {
      ...draw,
      extras: {
        ...draw.extras,
        ...(sells && !draw.extras.sellCommission ? { sellCommission: own(sells) } : {}),
        ...(impact && !draw.extras.impact ? { impact: own(impact) } : {}),
      },
      plain: {
        ...draw.plain,
        ...(commission ? { commission: own(commission) } : {}),
        ...(slippage ? { slippage: own(slippage) } : {}),
      },
    }
  })

/** Whether a run knows of later bars, and says so: the next one (10.3), or that there is none (10.7). */
export function looksAhead(settings: AnySettings): boolean {
  return settings.slips === 'capped-ahead' || settings.lastBar === 'never'
}

/** Settings in which what profiles alone set may stand by itself. */
export function aloneToo(settings: AnySettings): AnySettings {
  return { ...settings, [ALONE]: true } as AnySettings
}

/** By whose clocks, by the cash, which says nothing of time. */
const ZONES = new Map<number | undefined, string>([
  [undefined, 'America/New_York'],
  [1000, 'UTC'],
  [300, '+05:30'],
  [100, '-11:00'],
  [60, 'Australia/Lord_Howe'],
])

export function buildSettings(draw: SettingsDraw, tick: number): AnySettings {
  const settings: AnySettings = aloneToo(draw.extras)
  for (const [key, value] of Object.entries(draw.plain))
    if (value !== undefined) Object.assign(settings, { [key]: value })
  // A queue knows no other (10.12).
  if (settings.matching === 'queue') delete settings.stopFill
  // They take the place of the account (10.4).
  if (settings.funds !== undefined) delete settings.account
  const { excludes = [] }: Choice = SETTINGS.funds.values[settings.funds ?? 'account']
  for (const name of excludes) delete (settings as Record<string, unknown>)[name]
  if (draw.cash !== undefined) settings.cash = draw.cash
  settings.zone ??= ZONES.get(draw.cash)
  if (draw.rules !== undefined) settings.rules = draw.rules.map((rule) => buildRule(tick, rule))
  return settings
}
