import type { Field, Setting } from './spec.ts'
import { SETTINGS } from './table.ts'

/** Settings out of JSON, which has no Infinity: null, or that word, where only it can be meant. */
export function withInfinity(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const out: Record<string, unknown> = { ...given }
  for (const [name, setting] of Object.entries<Setting>(SETTINGS)) {
    const value = given[name]
    if (setting.kind !== 'model' || !isObject(value) || typeof value.type !== 'string') continue
    if (!Object.hasOwn(setting.model, value.type)) continue
    const fields = Object.entries(setting.model[value.type].fields)
    const open = fields.map(([field, spec]) => [field, openField(spec, value[field])] as const)
    const changed = open.filter(([field, now]) => now !== value[field])
    if (changed.length > 0) out[name] = { ...value, ...Object.fromEntries(changed) }
  }
  return out
}

function openField(spec: Field, value: unknown): unknown {
  if (spec.kind === 'number') return spec.infinite && isInfinite(value) ? Number.POSITIVE_INFINITY : value
  if (spec.kind !== 'tiers' || !Array.isArray(value)) return value
  const last: unknown = value.at(-1)
  if (!isObject(last) || !isInfinite(last.upTo)) return value
  return [...value.slice(0, -1), { ...last, upTo: Number.POSITIVE_INFINITY }]
}

function isInfinite(value: unknown): boolean {
  return value === null || value === 'Infinity'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
