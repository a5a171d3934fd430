import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import type { Lane } from '../kernel/lane.ts'
import { fieldsRead, onlyNames } from '../market/names.ts'
import type {
  Account,
  BrokerSettings,
  CheckedSettings,
  Commission,
  Ended,
  NotListed,
  PathPolicy,
  Rule,
  RuleAction,
  Shortfall,
  Slippage,
  StopBasis,
  StopFill,
  Timing,
} from './settings.ts'
import { waysOf } from './ways.ts'

export const TIMINGS: readonly Timing[] = ['next-open', 'next-close', 'same-close']
export const PATHS: readonly PathPolicy[] = ['adverse', 'favourable', 'nearest']
const SHORTFALLS: readonly Shortfall[] = ['auto', 'reject', 'partial']
const STOP_FILLS: readonly StopFill[] = ['level', 'extreme', 'close', 'next-open']
const STOP_BASES: readonly StopBasis[] = ['fill', 'signal']
const ENDED: readonly Ended[] = ['hold', 'close']
const NOT_LISTED: readonly NotListed[] = ['wait', 'reject']
const COMMISSIONS = ['none', 'fraction', 'per-unit', 'per-trade', 'tiered', 'fraction-plus-fixed'] as const
const SLIPPAGES = ['none', 'fraction', 'per-unit', 'volume-share'] as const
const ACCOUNTS = ['margin', 'cash', 'unlimited'] as const
const RULE_TYPES: Record<Rule['type'], number> = {
  stop: L.REASON_STOP,
  target: L.REASON_TARGET,
  trail: L.REASON_TRAIL,
  time: L.REASON_TIME,
}

/** What each variant of a setting may have beside its type. */
const COMMISSION_FIELDS: Record<(typeof COMMISSIONS)[number], string[]> = {
  none: [],
  fraction: ['rate'],
  'per-unit': ['amount', 'minimum'],
  'per-trade': ['amount'],
  tiered: ['tiers'],
  'fraction-plus-fixed': ['rate', 'fixed'],
}
const SLIPPAGE_FIELDS: Record<(typeof SLIPPAGES)[number], string[]> = {
  none: [],
  fraction: ['rate'],
  'per-unit': ['amount'],
  'volume-share': ['rate'],
}
const ACCOUNT_FIELDS: Record<(typeof ACCOUNTS)[number], string[]> = {
  margin: ['initial', 'maintenance'],
  cash: [],
  unlimited: [],
}
const ACTION_FIELDS: Record<RuleAction['type'], string[]> = {
  exit: [],
  'exit-fraction': ['fraction'],
  'move-stop': ['offset'],
}
const LEVEL_FIELDS = ['distance', 'unit', 'action']
const RULE_FIELDS: Record<Rule['type'], string[]> = {
  stop: LEVEL_FIELDS,
  target: LEVEL_FIELDS,
  trail: LEVEL_FIELDS,
  time: ['bars', 'action'],
}

const RULE_NAMES = [...new Set(['type', ...Object.values(RULE_FIELDS).flat()])]
const ACTION_NAMES = [...new Set(['type', ...Object.values(ACTION_FIELDS).flat()])]

/** Checks settings and fills in the defaults. @throws FillgridError invalid_value that names the setting and the value */
export function checkSettings(settings: BrokerSettings): CheckedSettings {
  const cash = settings.cash ?? 100_000
  need(Number.isFinite(cash) && cash > 0, 'cash', cash, 'a finite number above 0, in currency')
  const quantityStep = settings.quantityStep ?? 0
  need(
    Number.isFinite(quantityStep) && quantityStep >= 0,
    'quantityStep',
    quantityStep,
    'a number of at least 0, in units',
  )
  return {
    cash,
    timing: oneOf('timing', settings.timing ?? 'next-open', TIMINGS),
    path: oneOf('path', settings.path ?? 'adverse', PATHS),
    commission: checkCommission(settings.commission ?? { type: 'none' }),
    slippage: checkSlippage(settings.slippage ?? { type: 'none' }),
    account: checkAccount(settings.account ?? 'margin'),
    quantityStep,
    shortfall: oneOf('shortfall', settings.shortfall ?? 'auto', SHORTFALLS),
    stopFill: oneOf('stopFill', settings.stopFill ?? 'level', STOP_FILLS),
    stopBasis: oneOf('stopBasis', settings.stopBasis ?? 'fill', STOP_BASES),
    ended: oneOf('ended', settings.ended ?? 'hold', ENDED),
    notListed: oneOf('notListed', settings.notListed ?? 'wait', NOT_LISTED),
    rules: checkRules(settings.rules ?? [], 'rules'),
  }
}

/** Checks a chain of position rules. */
export function checkRules(rules: readonly Rule[], name: string): Rule[] {
  need(Array.isArray(rules), name, rules, 'a list of rules')
  if (rules.length > L.RULE_LIMIT) {
    throw new FillgridError(
      'invalid_value',
      `${name}: at most ${L.RULE_LIMIT} rules in a chain, found ${rules.length}. Merge or drop some.`,
    )
  }
  // Holes are places too.
  return Array.from(rules, (given, i) => {
    const at = `${name}[${i}]`
    need(given !== null && typeof given === 'object', at, given, 'a rule')
    // Read once: what is checked is what is kept.
    const rule = Object.fromEntries(fieldsRead(given, RULE_NAMES)) as unknown as Rule
    variant(rule, at, RULE_FIELDS, 'a rule')
    const action = rule.action === undefined ? { type: 'exit' as const } : ownAction(rule.action, at)
    variant(action, `${at}.action`, ACTION_FIELDS, 'an action')
    if (action.type === 'exit-fraction') {
      need(
        typeof action.fraction === 'number' && action.fraction > 0 && action.fraction <= 1,
        `${at}.action.fraction`,
        action.fraction,
        'a fraction above 0 and at most 1',
      )
    }
    if (action.type === 'move-stop') {
      need(
        Number.isFinite(action.offset) && action.offset > -1,
        `${at}.action.offset`,
        action.offset,
        'a fraction above -1',
      )
    }
    if (rule.type === 'time') {
      need(
        Number.isInteger(rule.bars) && rule.bars >= 1 && rule.bars < 2 ** 31,
        `${at}.bars`,
        rule.bars,
        'a whole number of bars from 1',
      )
      need(action.type !== 'move-stop', `${at}.action.type`, action.type, "'exit' or 'exit-fraction' for a time rule")
      return { type: rule.type, bars: rule.bars, action }
    }
    const unit = rule.unit ?? 'fraction'
    oneOf(`${at}.unit`, unit, ['fraction', 'price'] as const)
    const below = unit === 'fraction' && rule.type !== 'target' ? 1 : Number.POSITIVE_INFINITY
    need(
      rule.distance > 0 && rule.distance < below && Number.isFinite(rule.distance),
      `${at}.distance`,
      rule.distance,
      below === 1 ? 'a fraction between 0 and 1 (5 percent is 0.05)' : 'a finite number above 0',
    )
    return { type: rule.type, distance: rule.distance, unit, action }
  })
}

function ownAction(action: RuleAction, at: string): RuleAction {
  need(action !== null && typeof action === 'object', `${at}.action`, action, 'an action')
  return Object.fromEntries(fieldsRead(action, ACTION_NAMES)) as unknown as RuleAction
}

function checkCommission(commission: number | Commission): Commission {
  if (typeof commission === 'number') return checkCommission({ type: 'fraction', rate: commission })
  variant(commission, 'commission', COMMISSION_FIELDS, 'a rate or a model')
  const money = (value: number, name: string) =>
    need(Number.isFinite(value) && value >= 0, `commission.${name}`, value, 'a finite number of at least 0')
  const rate = (value: number, name: string) =>
    need(
      typeof value === 'number' && value >= 0 && value < 1,
      `commission.${name}`,
      value,
      'a fraction of at least 0 and below 1 (0.1 percent is 0.001)',
    )
  switch (commission.type) {
    case 'none':
      return { type: 'none' }
    case 'fraction':
      rate(commission.rate, 'rate')
      return { type: 'fraction', rate: commission.rate }
    case 'per-unit':
      money(commission.amount, 'amount')
      money(commission.minimum ?? 0, 'minimum')
      return { type: 'per-unit', amount: commission.amount, minimum: commission.minimum ?? 0 }
    case 'per-trade':
      money(commission.amount, 'amount')
      return { type: 'per-trade', amount: commission.amount }
    case 'fraction-plus-fixed':
      rate(commission.rate, 'rate')
      money(commission.fixed, 'fixed')
      return { type: 'fraction-plus-fixed', rate: commission.rate, fixed: commission.fixed }
    case 'tiered': {
      need(
        Array.isArray(commission.tiers) && commission.tiers.length > 0,
        'commission.tiers',
        commission.tiers,
        'at least one tier',
      )
      let edge = 0
      commission.tiers.forEach((tier, i) => {
        const at = `commission.tiers[${i}]`
        need(tier !== null && typeof tier === 'object', at, tier, 'a tier')
        onlyNames(tier, new Set(['upTo', 'rate']), at, 'a field of a tier')
        rate(tier.rate, `tiers[${i}].rate`)
        need(typeof tier.upTo === 'number' && tier.upTo > edge, `${at}.upTo`, tier.upTo, `an order value above ${edge}`)
        edge = tier.upTo
      })
      need(edge === Number.POSITIVE_INFINITY, 'commission.tiers', edge, 'Infinity as upTo of the last tier')
      return { type: 'tiered', tiers: commission.tiers.map(({ upTo, rate }) => ({ upTo, rate })) }
    }
  }
}

function checkSlippage(slippage: number | Slippage): Slippage {
  if (typeof slippage === 'number') return checkSlippage({ type: 'fraction', rate: slippage })
  variant(slippage, 'slippage', SLIPPAGE_FIELDS, 'a rate or a model')
  switch (slippage.type) {
    case 'none':
      return { type: 'none' }
    case 'per-unit':
      need(
        Number.isFinite(slippage.amount) && slippage.amount >= 0,
        'slippage.amount',
        slippage.amount,
        'a finite number of at least 0, in price',
      )
      return { type: 'per-unit', amount: slippage.amount }
    default:
      need(
        typeof slippage.rate === 'number' && slippage.rate >= 0 && slippage.rate < 1,
        'slippage.rate',
        slippage.rate,
        'a fraction of at least 0 and below 1 (0.1 percent is 0.001)',
      )
      return { type: slippage.type, rate: slippage.rate }
  }
}

function checkAccount(account: Account | Account['type']): CheckedSettings['account'] {
  if (typeof account === 'string') return checkAccount({ type: account })
  variant(account, 'account', ACCOUNT_FIELDS, 'a type or its settings')
  if (account.type !== 'margin') return { type: account.type }
  const initial = account.initial ?? 1
  const maintenance = account.maintenance ?? 0
  const fraction = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1
  need(fraction(initial) && initial > 0, 'account.initial', initial, 'a fraction of exposure above 0 and at most 1')
  need(fraction(maintenance), 'account.maintenance', maintenance, 'a fraction of exposure from 0 to 1')
  return { type: 'margin', initial, maintenance }
}

function need(good: boolean, name: string, value: unknown, expected: string): void {
  if (!good) throw new FillgridError('invalid_value', `${name}: ${expected} expected, found ${show(value)}.`)
}

/** One of several kinds of object, told apart by `type`, with the fields of its kind alone. */
function variant<T extends string>(
  value: { type: T },
  name: string,
  fields: Readonly<Record<T, readonly string[]>>,
  expected: string,
): void {
  need(value !== null && typeof value === 'object', name, value, expected)
  oneOf(`${name}.type`, value.type, Object.keys(fields) as T[])
  onlyNames(value, new Set(['type', ...fields[value.type]]), name, `a field of type '${value.type}'`)
}

function oneOf<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  if (!allowed.includes(value)) {
    throw new FillgridError(
      'invalid_value',
      `${name}: one of ${allowed.map((a) => `'${a}'`).join(', ')} expected, found ${show(value)}.`,
    )
  }
  return value
}

/** Writes checked settings into a lane: from here on they are numbers. */
export function writeSettings(lane: Lane, settings: CheckedSettings): void {
  lane.setF64(L.RUN_CASH, settings.cash)
  lane.setF64(L.RUN_EQUITY, settings.cash)
  lane.setF64(L.RUN_INITIAL_CASH, settings.cash)
  lane.setF64(L.RUN_QUANTITY_STEP, settings.quantityStep)
  lane.setI32(L.RUN_TIMING, TIMINGS.indexOf(settings.timing))
  lane.setI32(L.RUN_PATH, PATHS.indexOf(settings.path))
  lane.setI32(L.RUN_SHORTFALL, SHORTFALLS.indexOf(settings.shortfall))
  lane.setI32(L.RUN_STOP_FILL, STOP_FILLS.indexOf(settings.stopFill))
  lane.setI32(L.RUN_STOP_BASIS, STOP_BASES.indexOf(settings.stopBasis))
  lane.setI32(L.RUN_ENDED_POLICY, ENDED.indexOf(settings.ended))
  lane.setI32(L.RUN_NOT_LISTED, NOT_LISTED.indexOf(settings.notListed))
  const { account, commission, slippage } = settings
  lane.setI32(L.RUN_ACCOUNT, ACCOUNTS.indexOf(account.type))
  lane.setF64(L.RUN_INITIAL_MARGIN, account.type === 'margin' ? account.initial : 0)
  lane.setF64(L.RUN_MAINTENANCE, account.type === 'margin' ? account.maintenance : 0)
  // At and below what worst a bar has to be looked at, as the account may have been asked for money in it (semantics 7.8).
  lane.setF64(
    L.RUN_FLOOR,
    account.type === 'unlimited' ? Number.NaN : lane.f64(L.RUN_MAINTENANCE) > 0 ? Number.POSITIVE_INFINITY : 0,
  )
  lane.setI32(L.RUN_SLIPPAGE_TYPE, SLIPPAGES.indexOf(slippage.type))
  lane.setF64(
    L.RUN_SLIPPAGE_A,
    slippage.type === 'none' ? 0 : slippage.type === 'per-unit' ? slippage.amount : slippage.rate,
  )
  lane.setI32(L.RUN_COMMISSION_TYPE, COMMISSIONS.indexOf(commission.type))
  let a = 0
  let b = 0
  switch (commission.type) {
    case 'fraction':
      a = commission.rate
      break
    case 'per-unit':
      a = commission.amount
      b = commission.minimum ?? 0
      break
    case 'per-trade':
      a = commission.amount
      break
    case 'fraction-plus-fixed':
      a = commission.rate
      b = commission.fixed
      break
    case 'tiered': {
      const pointer = lane.block(L.RUN_TIER_TABLE, commission.tiers.length * 16, 'commission tiers')
      const table = lane.engine.arena.f64(pointer, commission.tiers.length * 2)
      commission.tiers.forEach((tier, i) => {
        table.set([tier.upTo, tier.rate], 2 * i)
      })
      lane.setI32(L.RUN_TIERS, commission.tiers.length)
    }
  }
  lane.setF64(L.RUN_COMMISSION_A, a)
  lane.setF64(L.RUN_COMMISSION_B, b)
  lane.setI32(L.RUN_WAYS, waysOf(settings, lane.shape))
  lane.bind()
  writeRules(lane, -1, settings.rules)
}

const ACTIONS: Record<RuleAction['type'], number> = {
  exit: L.ACTION_EXIT,
  'exit-fraction': L.ACTION_EXIT_FRACTION,
  'move-stop': L.ACTION_MOVE_STOP,
}

/** A checked rule in numbers: REASON_*, UNIT_*, ACTION_*, what the action is given, bars held; 0 where it has none. */
export function ruleNumbers(rule: Rule): {
  distance: number
  value: number
  type: number
  unit: number
  action: number
  bars: number
} {
  const action = rule.action ?? { type: 'exit' }
  const level = rule.type !== 'time'
  return {
    distance: level ? rule.distance : 0,
    value: action.type === 'exit-fraction' ? action.fraction : action.type === 'move-stop' ? action.offset : 0,
    type: RULE_TYPES[rule.type],
    unit: level && rule.unit === 'price' ? L.UNIT_PRICE : L.UNIT_FRACTION,
    action: ACTIONS[action.type],
    bars: level ? 0 : rule.bars,
  }
}

/** Replaces the global chain (asset -1) or an asset's chain; null takes an asset back to the global one. The lane is bound. */
export function writeRules(lane: Lane, asset: number, rules: readonly Rule[] | null): void {
  // The command ring is empty between flushes and serves as the passage.
  const pointer = lane.i32(L.RUN_RING) >>> 0
  const f64 = lane.engine.arena.f64(pointer, (L.RULE_LIMIT * L.RULE_BYTES) / 8)
  const i32 = lane.engine.arena.i32(pointer, (L.RULE_LIMIT * L.RULE_BYTES) / 4)
  rules?.forEach((rule, i) => {
    const numbers = ruleNumbers(rule)
    const f = (i * L.RULE_BYTES) / 8
    const n = (i * L.RULE_BYTES) / 4
    f64[f + L.RULE_DISTANCE / 8] = numbers.distance
    f64[f + L.RULE_VALUE / 8] = numbers.value
    i32[n + L.RULE_TYPE / 4] = numbers.type
    i32[n + L.RULE_UNIT / 4] = numbers.unit
    i32[n + L.RULE_ACTION / 4] = numbers.action
    i32[n + L.RULE_BARS / 4] = numbers.bars
  })
  lane.engine.kernels.setRules(asset, pointer, rules === null ? -1 : rules.length)
}
