import { FillgridError, show } from '../errors.ts'
import { fieldsRead, onlyNames } from '../market/names.ts'
import { zone } from '../market/zone.ts'
import { readClock } from './clock.ts'
import { profileOf, profilesWith } from './profiles.ts'
import type { BrokerSettings, CheckedSettings, DefaultSize, Rule } from './settings.ts'
import type { Field, Limits, Model, ModelSetting, NumberField, NumberSetting, Setting, Tier, Unit } from './spec.ts'
import { PROFILE, SETTINGS, SIZE } from './table.ts'

// Settings as they are given, checked against the table, with every default filled in. What is given is read once: what is
// checked is what is kept, and nobody changes it afterwards: runs share it with their results.

/**
 * Beside settings: what profiles alone set may be given by itself. For tests, which look at each such setting alone as well.
 */
export const ALONE = Symbol('settings of profiles alone')

/**
 * Checks settings and fills in the defaults, and what a profile stands for.
 * @throws FillgridError invalid_value, unknown_name that name the setting and the value; conflicting_settings
 */
export function checkSettings(settings: BrokerSettings): CheckedSettings {
  const given = settings as Readonly<Record<string | symbol, unknown>>
  const profile = readSetting(PROFILE, 'profile', given.profile) as string | undefined
  const checked: Record<string, unknown> = {}
  const said = new Set<string>()
  for (const [name, setting] of Object.entries<Setting>(SETTINGS)) {
    const own = given[name]
    if (own !== undefined) said.add(name)
    checked[name] = readProfiled(setting, name, own, profile, given[ALONE] === true)
  }
  for (const name of said) checkExcluded(name, checked, said, profile)
  if (profile !== undefined) checked.profile = profile
  return Object.freeze(checked) as unknown as CheckedSettings
}

/** A setting as it is given, or as the profile has it. */
function readProfiled(setting: Setting, name: string, own: unknown, profile: string | undefined, alone: boolean) {
  const { sets = {}, defaults = {} } = profileOf(profile) ?? {}
  if (!(name in sets)) {
    const value = readSetting(setting, name, own === undefined ? defaults[name] : own)
    if (setting.profileOnly && !alone && !isSame(value, readSetting(setting, name, undefined)))
      throw conflict(
        `${name}: only a profile sets it (${profilesWith(name).join(', ')}), found ${worded(value)}${profile === undefined ? '' : ` with profile ${profile}`}. Give such a profile, or leave ${name} out.`,
      )
    return value
  }
  const fixed = readSetting(setting, name, sets[name])
  if (own === undefined) return fixed
  const value = readSetting(setting, name, own)
  if (isSame(value, fixed)) return fixed
  throw conflict(
    `${name}: profile ${profile} sets ${name} to ${worded(fixed)}; found ${name} ${worded(value)}. Leave ${name} out, or the profile.`,
  )
}

/** Refuses a setting that was given beside one under which it means nothing, be that given too or the profile's. */
function checkExcluded(
  name: string,
  checked: Readonly<Record<string, unknown>>,
  said: ReadonlySet<string>,
  profile: string | undefined,
): void {
  for (const other of Object.keys(SETTINGS)) {
    // Of two that are given, the one that is excluded is named first.
    const isTold = excludes(other, checked, name) || (!said.has(other) && excludes(name, checked, other))
    if (!isTold) continue
    const plain = (one: string) => readSetting((SETTINGS as Readonly<Record<string, Setting>>)[one], one, undefined)
    if (isSame(checked[other], plain(other)) || isSame(checked[name], plain(name))) continue
    const who = other in (profileOf(profile)?.sets ?? {}) ? `profile ${profile} sets ${other} to` : `${other} is`
    throw conflict(
      `${name}: ${who} ${worded(checked[other])}; found ${name} ${worded(checked[name])}. Leave one of the two out.`,
    )
  }
}

/** Whether a setting, by itself or as it is, leaves no room for another one. */
function excludes(one: string, checked: Readonly<Record<string, unknown>>, other: string): boolean {
  const setting = (SETTINGS as Readonly<Record<string, Setting>>)[one]
  const value = setting.kind === 'choice' ? setting.values[checked[one] as string] : undefined
  return setting.excludes?.includes(other) === true || value?.excludes?.includes(other) === true
}

function conflict(sentence: string): FillgridError {
  return new FillgridError('conflicting_settings', sentence)
}

/** Whether two checked values of a setting are one: their fields stand in the order of the table. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** A checked value in a sentence: a word as it is, a model without fields by its type. */
function worded(value: unknown): string {
  if (typeof value === 'string') return value
  if (value !== null && typeof value === 'object' && 'type' in value && Object.keys(value).length === 1)
    return String(value.type)
  return show(value)
}

/** Checks a chain of position rules. @throws FillgridError invalid_value, unknown_name */
export function checkRules(rules: readonly Rule[], name: string): Rule[] {
  return readList(SETTINGS.rules.model, SETTINGS.rules.most, name, rules) as Rule[]
}

/** The size of entries that give none, checked. @throws FillgridError invalid_value, unknown_name */
export function checkSize(size: DefaultSize | undefined, assets: number): DefaultSize {
  if (size === undefined) return Object.freeze({ type: 'fraction', amount: 1 / assets })
  return readSetting(SIZE, 'size', size) as DefaultSize
}

/** A setting of the table as it is given; its default for undefined. @throws FillgridError invalid_value, unknown_name */
export function readSetting(setting: Setting, name: string, given: unknown): unknown {
  switch (setting.kind) {
    case 'number':
      return readNumber(setting, name, given === undefined ? setting.default : given)
    case 'choice':
      if (given === undefined) return setting.default
      return oneOf(name, given, Object.keys(setting.values))
    case 'list':
      return readList(setting.model, setting.most, name, given === undefined ? [] : given)
    case 'zone':
      return readZone(name, given === undefined ? setting.default : given)
    case 'model':
      return readModel(setting.model, name, setting.expected, inFull(setting, given))
  }
}

/** What a bare number or word stands for. */
function inFull(setting: ModelSetting, given: unknown): unknown {
  if (given === undefined) return { type: setting.default }
  if (typeof given === 'string' && setting.words) return { type: given }
  if (typeof given === 'number' && setting.short) {
    const [first] = Object.keys(setting.model[setting.short].fields)
    return { type: setting.short, [first]: given }
  }
  return given
}

/** Lists that were checked, frozen all through: who gives one again, order by order, has it checked once. */
const CHECKED = new WeakMap<object, Model>()

function readList(model: Model, most: number, name: string, given: unknown): readonly unknown[] {
  if (Array.isArray(given) && CHECKED.get(given) === model) return given
  if (!Array.isArray(given)) throw wrong(name, given, 'a list of rules')
  if (given.length > most)
    throw new FillgridError(
      'invalid_value',
      `${name}: at most ${most} rules in a chain, found ${given.length}. Merge or drop some.`,
    )
  // Holes are places too.
  const checked = Object.freeze(Array.from(given, (one, i) => readModel(model, `${name}[${i}]`, 'a rule', one)))
  CHECKED.set(checked, model)
  return checked
}

function readModel(model: Model, name: string, expected: string, given: unknown): { type: string } {
  if (given === null || typeof given !== 'object') throw wrong(name, given, expected)
  const own = Object.fromEntries(fieldsRead(given, namesOf(model)))
  const type = oneOf(`${name}.type`, own.type, Object.keys(model))
  const { fields, refuse } = model[type]
  onlyNames(own, new Set(['type', ...Object.keys(fields)]), name, `a field of type '${type}'`)
  const value: Record<string, unknown> & { type: string } = { type }
  for (const [field, spec] of Object.entries(fields)) {
    if ('optional' in spec && own[field] === undefined) continue
    value[field] = readField(spec, `${name}.${field}`, own[field])
  }
  const refused = refuse?.(value as never)
  if (refused) throw wrong(`${name}.${refused[0]}`, at(value, refused[0]), refused[1])
  return Object.freeze(value)
}

/** Every name that fields of a model have. */
function namesOf(model: Model): ReadonlySet<string> {
  let names = NAMES.get(model)
  if (names === undefined) {
    names = new Set(['type', ...Object.values(model).flatMap(({ fields }) => Object.keys(fields))])
    NAMES.set(model, names)
  }
  return names
}

const NAMES = new WeakMap<Model, ReadonlySet<string>>()

function readField(field: Field, name: string, given: unknown): unknown {
  switch (field.kind) {
    case 'number':
      return readNumber(field, name, given === undefined ? field.default : given)
    case 'choice':
      return oneOf(name, given === undefined ? field.default : given, field.values)
    case 'model':
      return readModel(field.model, name, 'an action', given === undefined ? { type: field.default } : given)
    case 'column':
      if (typeof given === 'string' && given !== '') return given
      throw wrong(name, given, 'the name of a column of the market')
    case 'zone':
      return readZone(name, given)
    case 'clock':
      return readClock(name, given)
    case 'own':
      if (typeof given === 'string' && given !== '') return given
      throw wrong(name, given, "the name of one of the strategy's costModels")
    case 'tiers':
      return readTiers(name, given)
  }
}

/** A zone by the name that it is known by. @throws FillgridError unknown_name with near names */
function readZone(name: string, given: unknown): string {
  if (typeof given !== 'string') throw wrong(name, given, 'a time zone')
  try {
    return zone(given).name
  } catch (cause) {
    if (!(cause instanceof FillgridError)) throw cause
    throw new FillgridError(cause.code, `${name}: ${cause.message.replace(/^zone: /, '')}`, cause.place, { cause })
  }
}

const TIER_RATE: NumberField = { kind: 'number', unit: 'fraction', least: 0, below: 1, doc: '' }

function readTiers(name: string, given: unknown): readonly Tier[] {
  if (!Array.isArray(given) || given.length === 0) throw wrong(name, given, 'at least one tier')
  let edge = 0
  const tiers = Array.from(given, (tier: unknown, i): Tier => {
    const place = `${name}[${i}]`
    if (tier === null || typeof tier !== 'object') throw wrong(place, tier, 'a tier')
    const { upTo, rate, ...more } = Object.fromEntries(fieldsRead(tier, ['upTo', 'rate']))
    onlyNames(more, new Set(['upTo', 'rate']), place, 'a field of a tier')
    const checked = readNumber(TIER_RATE, `${place}.rate`, rate)
    if (!(typeof upTo === 'number' && upTo > edge)) throw wrong(`${place}.upTo`, upTo, `an order value above ${edge}`)
    edge = upTo
    return Object.freeze({ upTo, rate: checked })
  })
  if (edge !== Number.POSITIVE_INFINITY) throw wrong(name, edge, 'Infinity as upTo of the last tier')
  return Object.freeze(tiers)
}

function readNumber(spec: NumberField | NumberSetting, name: string, given: unknown): number {
  if (typeof given !== 'number' || !isWithin(spec, given)) throw wrong(name, given, rangeWords(spec))
  return given
}

/** Whether a range has a number. */
export function isWithin({ above, least, below, most, whole, infinite }: Limits, x: number): boolean {
  return (
    (Number.isFinite(x) || (infinite === true && x === Number.POSITIVE_INFINITY)) &&
    (above === undefined || x > above) &&
    (least === undefined || x >= least) &&
    (below === undefined || x < below) &&
    (most === undefined || x <= most) &&
    (!whole || Number.isInteger(x))
  )
}

/** Of what a number is, behind its range. */
const UNITS: Readonly<Record<Unit, string>> = {
  currency: ', in currency',
  fraction: '',
  units: ', in units',
  price: ', in price',
  bars: '',
  number: '',
}

/** A range in words: 'a fraction of at least 0 and below 1 (0.1 percent is 0.001)'. */
export function rangeWords({ unit, above, least, below, most, whole }: Limits & { readonly unit: Unit }): string {
  const what =
    unit === 'bars'
      ? 'a whole number of bars'
      : unit === 'fraction'
        ? 'a fraction'
        : whole
          ? 'a whole number'
          : 'a finite number'
  const ends: string[] = []
  if (above !== undefined) ends.push(`above ${above}`)
  if (least !== undefined) ends.push(`of at least ${least}`)
  if (below !== undefined) ends.push(`below ${below}`)
  if (most !== undefined) ends.push(`at most ${most}`)
  const hint = unit === 'fraction' ? ' (0.1 percent is 0.001)' : ''
  return `${[what, ends.join(' and ')].filter(Boolean).join(' ')}${UNITS[unit]}${hint}`
}

function oneOf(name: string, given: unknown, allowed: readonly string[]): string {
  if (typeof given === 'string' && allowed.includes(given)) return given
  throw new FillgridError(
    'invalid_value',
    `${name}: one of ${allowed.map((one) => `'${one}'`).join(', ')} expected, found ${show(given)}.`,
  )
}

function wrong(name: string, found: unknown, expected: string): FillgridError {
  return new FillgridError('invalid_value', `${name}: ${expected} expected, found ${show(found)}.`)
}

/** What stands at a path like 'action.type'. */
function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((held, key) => (held as Record<string, unknown> | undefined)?.[key], value)
}
