import * as L from '../../assembly/layout.ts'
import type { Lane } from '../kernel/lane.ts'
import { ACTIONS, RULES } from './models.ts'
import type { CheckedSettings, Rule } from './settings.ts'
import type { ModelSetting, Setting, Tier } from './spec.ts'
import { SETTINGS } from './table.ts'
import { waysOf } from './ways.ts'

/** Writes checked settings into a lane: from here on they are numbers. Where a variant has no such number the record says 0. */
export function writeSettings(lane: Lane, settings: CheckedSettings): void {
  for (const [name, setting] of Object.entries<Setting>(SETTINGS)) {
    const value = settings[name as keyof CheckedSettings]
    if (setting.kind === 'number') for (const field of setting.record) lane.setF64(field, value as number)
    else if (setting.kind === 'choice') lane.setI32(setting.record, setting.values[value as string].code)
    else if (setting.kind === 'model') writeModel(lane, setting, value as { readonly type: string })
  }
  const { account } = settings
  // At and below what worst a bar has to be looked at, as the account may have been asked for money in it (semantics 7.8).
  const asked = account.type === 'margin' && account.maintenance > 0 ? Number.POSITIVE_INFINITY : 0
  lane.setF64(L.RUN_FLOOR, account.type === 'unlimited' ? Number.NaN : asked)
  lane.setI32(L.RUN_WAYS, waysOf(settings, lane.shape))
  lane.bind()
  writeRules(lane, -1, settings.rules)
}

function writeModel(lane: Lane, { record, model }: ModelSetting, value: { readonly type: string }): void {
  if (record !== undefined) lane.setI32(record, model[value.type].code)
  for (const { fields } of Object.values(model))
    for (const field of Object.values(fields))
      if ('record' in field && field.record !== undefined) lane.setF64(field.record, 0)
  for (const [name, field] of Object.entries(model[value.type].fields)) {
    const given = (value as Readonly<Record<string, unknown>>)[name]
    if (field.kind === 'number' && field.record !== undefined) lane.setF64(field.record, given as number)
    else if (field.kind === 'tiers') writeTiers(lane, given as Tier[])
  }
}

function writeTiers(lane: Lane, tiers: readonly Tier[]): void {
  const pointer = lane.block(L.RUN_TIER_TABLE, tiers.length * 16, 'commission tiers')
  lane.engine.arena.f64(pointer, tiers.length * 2).set(tiers.flatMap(({ upTo, rate }) => [upTo, rate]))
  lane.setI32(L.RUN_TIERS, tiers.length)
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
    type: RULES[rule.type].code,
    unit: level && rule.unit === 'price' ? L.UNIT_PRICE : L.UNIT_FRACTION,
    action: ACTIONS[action.type].code,
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
