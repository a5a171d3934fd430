import * as L from '../../assembly/layout.ts'
import type { Lane } from '../kernel/lane.ts'
import { beginLots } from '../kernel/room.ts'
import { clockSeconds } from './clock.ts'
import { ACTIONS, ATR_PERIOD, RULES } from './models.ts'
import type { CheckedSettings, Rule } from './settings.ts'
import type { ChoiceSetting, ModelSetting, Setting, Tier } from './spec.ts'
import { SETTINGS } from './table.ts'
import { waysAdmitted, waysOver } from './ways.ts'

/** Settings as numbers of the run record. */
interface Numbers {
  readonly f64: (readonly [field: number, value: number])[]
  readonly i32: (readonly [field: number, value: number])[]
  /** Tiers, and what of the record is about them. */
  readonly tiers: (readonly [place: number, tiers: readonly Tier[]])[]
  /** Names of columns whose addresses belong into the record. */
  readonly columns: (readonly [field: number, name: string])[]
  readonly ways: number
}

/** Of settings that are set many times, as sweeps do. */
const known = new WeakMap<CheckedSettings, Numbers>()

/** Writes checked settings into a lane: from here on they are numbers. `column` tells the address of one of the market's columns. */
export function writeSettings(lane: Lane, settings: CheckedSettings, column: (name: string) => number): void {
  let numbers = known.get(settings)
  if (!numbers) {
    numbers = numbersOf(settings)
    known.set(settings, numbers)
  }
  for (const [field, value] of numbers.f64) lane.setF64(field, value)
  for (const [field, value] of numbers.i32) lane.setI32(field, value)
  for (const [field, name] of numbers.columns) lane.setI32(field, column(name))
  for (const [place, tiers] of numbers.tiers) writeTiers(lane, place, tiers)
  lane.setI32(L.RUN_WAYS, waysOver(lane.shape, numbers.ways))
  if (settings.lots !== 'average') beginLots(lane)
  lane.takeEngine()
  writeRules(lane, -1, settings.rules)
}

function numbersOf(settings: CheckedSettings): Numbers {
  const out: Numbers = { f64: [], i32: [], tiers: [], columns: [], ways: waysAdmitted(settings) }
  for (const [name, setting] of Object.entries<Setting>(SETTINGS)) {
    const value = settings[name as keyof CheckedSettings]
    if (setting.kind === 'number') for (const field of setting.record) out.f64.push([field, value as number])
    else if (setting.kind === 'choice') addChoice(out, setting, value as string)
    else if (setting.kind === 'model') {
      const { as } = setting
      const isOther = as !== undefined && (value as { readonly type: string }).type === as.type
      addModel(
        out,
        setting,
        (isOther ? settings[as.setting as keyof CheckedSettings] : value) as { readonly type: string },
      )
    }
  }
  // A queue has no way that a trail could follow (10.12).
  if (settings.matching === 'queue' && settings.trailFollows === 'walk')
    out.i32.push([L.RUN_TRAIL_FOLLOWS, L.TRAIL_CLOSE])
  const { account, funds, lossPause, drawdownHalt, lossADay, maxPositions, maxExposure } = settings
  const isGuarded =
    [lossPause, drawdownHalt, lossADay].some(({ type }) => type !== 'none') || maxPositions > 0 || maxExposure > 0
  out.i32.push([L.RUN_GUARDED, isGuarded ? 1 : 0], [L.RUN_FOREIGN, isForeign(settings) ? 1 : 0])
  const charges = chargesOf(settings)
  out.i32.push([L.RUN_PRICING, pricingOf(settings)])
  out.i32.push([L.RUN_CHARGING, charges.every((type) => type === 'none') ? 0 : 1])
  out.i32.push([L.RUN_MAKERS, charges.includes('maker-taker') || charges.includes('own') ? 1 : 0])
  out.i32.push([L.RUN_OTHER_FUNDS, funds !== 'account' ? 1 : 0])
  out.i32.push([L.RUN_TARGET_FILL, settings.targetFill === 'stop-fill' && settings.stopFill !== 'level' ? 1 : 0])
  out.i32.push([L.RUN_OWN_COSTS, Object.keys(ownModelsOf(settings)).length > 0 ? 1 : 0])
  // At and below what worst a bar has to be looked at, as the account may have been asked for money in it (semantics 7.8).
  const asked = account.type === 'margin' && account.maintenance > 0 ? Number.POSITIVE_INFINITY : 0
  out.f64.push([L.RUN_FLOOR, account.type === 'unlimited' || funds !== 'account' ? Number.NaN : asked])
  return out
}

/** Settings that the strategy works out itself, with the name of the model that each names (rule 7.9). */
export function ownModelsOf(settings: CheckedSettings): Partial<Record<OwnSetting, string>> {
  const out: Partial<Record<OwnSetting, string>> = {}
  for (const name of OWN_SETTINGS) {
    const value = settings[name]
    if (value.type === 'own') out[name] = value.model
  }
  return out
}

/** The settings that can be, in the order of COST_*. */
export const OWN_SETTINGS = ['commission', 'sellCommission', 'slippage', 'impact'] as const
export type OwnSetting = (typeof OWN_SETTINGS)[number]

/** Whether lots, exits, trails, stop-limits or funds go by rules of other engines (section 10), which most runs do not ask for one by one. */
function isForeign({
  exitsLive,
  trailFollows,
  stopLimit,
  bothReached,
  funds,
  matching,
  lots,
}: CheckedSettings): boolean {
  return (
    lots !== 'average' ||
    exitsLive !== 'fill' ||
    trailFollows !== 'walk' ||
    stopLimit !== 'limit' ||
    bothReached !== 'path' ||
    matching !== 'walk' ||
    funds !== 'account'
  )
}

/** A code below 0 leaves the record as it is. */
function addChoice(out: Numbers, { record, values }: ChoiceSetting, value: string): void {
  if (record !== undefined && values[value].code >= 0) out.i32.push([record, values[value].code])
}

/** Whether a model can take anything of a price: it reads a column, is the strategy's own, or has a number that is not 0. */
function takes(model: object): boolean {
  return 'column' in model || 'model' in model || Object.values(model).some((x) => typeof x === 'number' && x > 0)
}

/** What makes fill prices of base prices. */
function pricingOf({ slippage, impact, spread }: CheckedSettings): number {
  if (takes(impact) || takes(spread) || slippage.type === 'own') return L.PRICING_ALL
  return takes(slippage) ? L.PRICING_SLIPPAGE : L.PRICING_BASE
}

/** How buys and how sells are charged. */
function chargesOf({ commission, sellCommission }: CheckedSettings): string[] {
  return [commission.type, sellCommission.type === 'same' ? commission.type : sellCommission.type]
}

/** Where a variant has no such number as others have, the record says 0. */
function addModel(out: Numbers, { record, place = 0, model }: ModelSetting, value: { readonly type: string }): void {
  if (record !== undefined) out.i32.push([place + record, model[value.type].code])
  for (const { fields } of Object.values(model))
    for (const field of Object.values(fields))
      if (field.kind === 'number' && field.record !== undefined) out.f64.push([place + field.record, 0])
  for (const [name, field] of Object.entries(model[value.type].fields)) {
    const given = (value as Readonly<Record<string, unknown>>)[name]
    if (field.kind === 'number' && field.record !== undefined) out.f64.push([place + field.record, given as number])
    else if (field.kind === 'choice' && field.record !== undefined)
      out.i32.push([place + field.record, field.values.indexOf(given as string)])
    else if (field.kind === 'column') out.columns.push([place + field.record, given as string])
    else if (field.kind === 'tiers') out.tiers.push([place, given as Tier[]])
  }
}

function writeTiers(lane: Lane, place: number, tiers: readonly Tier[]): void {
  const pointer = lane.block(place + L.CHARGES_TABLE, tiers.length * 16, 'commission tiers')
  lane.engine.arena.f64(pointer, tiers.length * 2).set(tiers.flatMap(({ upTo, rate }) => [upTo, rate]))
  lane.setI32(place + L.CHARGES_TIERS, tiers.length)
}

/** A rule as the kernel knows it; 0 is none. */
interface RuleNumbers {
  distance: number
  /** What the action is given. */
  value: number
  /** Profit from which on a trail follows. */
  from: number
  /** REASON_*, UNIT_*, ACTION_*. */
  type: number
  unit: number
  action: number
  /** Bars held, bars of the average true range, or seconds of a time of day. */
  bars: number
}

const RULE_UNITS = { fraction: L.UNIT_FRACTION, price: L.UNIT_PRICE, atr: L.UNIT_ATR } as const

/** A checked rule in numbers. */
export function ruleNumbers(rule: Rule): RuleNumbers {
  const action = rule.action ?? { type: 'exit' }
  const ofEntries = action.type === 'exit-fraction' && action.of === 'entries'
  const numbers: RuleNumbers = {
    distance: 0,
    value: action.type === 'exit-fraction' ? action.fraction : action.type === 'move-stop' ? action.offset : 0,
    from: 0,
    type: RULES[rule.type].code,
    unit: L.UNIT_FRACTION,
    action: ofEntries ? L.ACTION_EXIT_ENTRIES : ACTIONS[action.type].code,
    bars: 0,
  }
  if (rule.type === 'time') return { ...numbers, bars: rule.bars }
  if (rule.type === 'clock') return { ...numbers, bars: clockSeconds(rule.at) }
  const unit = RULE_UNITS[rule.unit ?? 'fraction']
  const bars = unit === L.UNIT_ATR ? (rule.period ?? ATR_PERIOD) : 0
  const from = rule.type === 'trail' ? (rule.from ?? 0) : 0
  return { ...numbers, distance: rule.distance, unit, bars, from }
}

/** Sees to it that the kernel knows what the clocks show where one of these rules goes by them (rule 6.14). @throws FillgridError memory_limit */
export function needClock(lane: Lane, rules: readonly Rule[]): void {
  if (rules.some(({ type }) => type === 'clock')) lane.needClock()
}

/** Replaces the global chain (asset -1) or an asset's chain; null takes an asset back to the global one. The lane is bound. */
export function writeRules(lane: Lane, asset: number, rules: readonly Rule[] | null): void {
  needClock(lane, rules ?? [])
  // The command ring is empty between flushes and serves as the passage.
  const pointer = lane.i32(L.RUN_RING) >>> 0
  const f64 = lane.engine.arena.f64(pointer, (L.RULE_LIMIT * L.RULE_BYTES) / 8)
  const i32 = lane.engine.arena.i32(pointer, (L.RULE_LIMIT * L.RULE_BYTES) / 4)
  rules?.forEach((rule, i) => {
    putRule(f64, i32, i * L.RULE_BYTES, rule)
  })
  lane.kernels.setRules(asset, pointer, rules === null ? -1 : rules.length)
}

/** Writes the record of a rule, so many bytes behind the beginning of two views of the same memory. */
export function putRule(f64: Float64Array, i32: Int32Array, at: number, rule: Rule): void {
  const numbers = ruleNumbers(rule)
  f64[(at + L.RULE_DISTANCE) / 8] = numbers.distance
  f64[(at + L.RULE_VALUE) / 8] = numbers.value
  f64[(at + L.RULE_FROM) / 8] = numbers.from
  i32[(at + L.RULE_TYPE) / 4] = numbers.type
  i32[(at + L.RULE_UNIT) / 4] = numbers.unit
  i32[(at + L.RULE_ACTION) / 4] = numbers.action
  i32[(at + L.RULE_BARS) / 4] = numbers.bars
}
