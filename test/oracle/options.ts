/** Random settings and rule chains. */
import fc from 'fast-check'
import { ALONE } from '../../src/settings/read.ts'
import type { Account, BrokerSettings, Commission, Rule, RuleAction, Slippage } from '../../src/settings/settings.ts'
import { int, pick } from './bars.ts'
import type { AnySettings } from './types.ts'

export const commission: fc.Arbitrary<number | Commission | undefined> = pick<number | Commission | undefined>(
  undefined,
  undefined,
  0.001,
  { type: 'none' },
  { type: 'fraction', rate: 0.01 },
  { type: 'per-unit', amount: 0.05, minimum: 1 },
  { type: 'per-unit', amount: 0.3 },
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
  /** Distance in hundredths of the basis, or in ticks. */
  distance: number
  price: boolean
  action: number
}

export const ruleDraw: fc.Arbitrary<RuleDraw> = fc.record({
  type: pick<Rule['type']>('stop', 'target', 'trail', 'time'),
  distance: int(1, 8),
  price: fc.boolean(),
  action: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: int(1, 6) }),
})

export function buildRule(tick: number, draw: RuleDraw): Rule {
  const actions: RuleAction[] = [
    { type: 'exit' },
    { type: 'exit-fraction', fraction: 0.5 },
    { type: 'exit-fraction', fraction: 0.3 },
    { type: 'move-stop', offset: 0 },
    { type: 'move-stop', offset: -0.1 },
    { type: 'move-stop', offset: 0.03 },
    { type: 'exit-fraction', fraction: 1 },
  ]
  if (draw.type === 'time') {
    const action = draw.action > 2 ? actions[0] : actions[draw.action]
    return draw.action === 0 ? { type: 'time', bars: draw.distance } : { type: 'time', bars: draw.distance, action }
  }
  const action = actions[draw.action]
  const rule: Rule = draw.price
    ? { type: draw.type, distance: draw.distance * tick, unit: 'price' }
    : { type: draw.type, distance: draw.distance / 50 }
  return draw.action === 0 ? rule : { ...rule, action }
}

export const chainDraw = fc.array(ruleDraw, { maxLength: 4 })

/**
 * Settings that most runs leave as they are, each with its values other than the default. A scenario draws at most three of
 * them, so that those that are there meet what is plain as well as each other; options.test.ts counts that each pair does.
 */
export const EXTRAS = {
  exitsLive: pick('next-bar' as const, 'market-fill' as const, 'second-bar' as const),
  slips: pick('entries' as const, 'capped' as const, 'capped-ahead' as const),
  triggers: pick('close' as const),
  trailFollows: pick('close' as const, 'extremes' as const, 'bar' as const),
} satisfies { readonly [K in keyof AnySettings]?: fc.Arbitrary<AnySettings[K]> }
const EXTRA_NAMES = Object.keys(EXTRAS)

const extrasDraw: fc.Arbitrary<AnySettings> = fc
  .subarray(EXTRA_NAMES, { maxLength: Math.min(3, EXTRA_NAMES.length) })
  .chain((names) => {
    const chosen = names.map((name) => [name, (EXTRAS as Record<string, fc.Arbitrary<unknown>>)[name]])
    return fc.record(Object.fromEntries(chosen))
  })

export interface SettingsDraw {
  extras: AnySettings
  cash: number | undefined
  plain: Omit<BrokerSettings, 'rules' | 'cash'>
  rules: RuleDraw[] | undefined
}

export const settingsDraw: fc.Arbitrary<SettingsDraw> = fc.record({
  extras: extrasDraw,
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
})

/** Settings in which what profiles alone set may stand by itself. */
export function aloneToo(settings: AnySettings): AnySettings {
  return { ...settings, [ALONE]: true } as AnySettings
}

export function buildSettings(draw: SettingsDraw, tick: number): AnySettings {
  const settings: AnySettings = aloneToo(draw.extras)
  for (const [key, value] of Object.entries(draw.plain))
    if (value !== undefined) Object.assign(settings, { [key]: value })
  if (draw.cash !== undefined) settings.cash = draw.cash
  if (draw.rules !== undefined) settings.rules = draw.rules.map((rule) => buildRule(tick, rule))
  return settings
}
