import { show } from '../errors.ts'
import type { ChoiceSetting, Field, Model, ModelSetting, NumberField, Setting, Variant } from '../settings/spec.ts'
import { PROFILE, SETTINGS, SIZE } from '../settings/table.ts'
import { readFraction, readNumber, UsageError } from './values.ts'

// How settings are written on the command line: all of them, made from their table. A model is TYPE:FIELD:FIELD in the order of
// its fields, or TYPE:FIELD=VALUE; some variants have a shorter notation of their own (`0.1%+1`).

/** Every setting by name that can be given, with the profile and the size of entries. */
export const ALL_SETTINGS: Readonly<Record<string, Setting>> = {
  profile: PROFILE,
  ...Object.fromEntries(Object.entries<Setting>(SETTINGS).filter(([, { profileOnly }]) => !profileOnly)),
  size: SIZE,
}

/** `quantityStep` as `--quantity-step`; the chain of rules is written rule by rule. */
export function optionOf(name: string): string {
  return name === 'rules' ? '--rule' : `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** A setting as text; a rule of a list. @throws UsageError */
export function parseSetting(name: string, text: string): unknown {
  const setting = ALL_SETTINGS[name]
  const option = optionOf(name)
  switch (setting.kind) {
    case 'number':
      return setting.unit === 'fraction' ? readFraction(text, option) : readNumber(text, option)
    case 'choice':
      if (Object.hasOwn(setting.values, text)) return text
      throw new UsageError(
        `${option}: one of ${Object.keys(setting.values).join(', ')} is needed, found ${show(text)}.`,
      )
    case 'zone':
      return text.trim()
    case 'list':
      return parseModel(setting.model, undefined, text, option)
    case 'model':
      return parseModel(setting.model, setting.short, text, option)
  }
}

function parseModel(model: Model, short: string | undefined, given: string, option: string): { type: string } {
  const text = given.trim()
  const [type] = text.split(':', 1)
  const wayOut = `Write ${notationOf(model, short).join(', ')}.`
  if (Object.hasOwn(model, type)) {
    const parts = type === text ? [] : partsOf(model[type], text.slice(type.length + 1))
    return { type, ...fieldsOf(model[type], parts, `${option} ${type}`, wayOut) }
  }
  for (const [name, variant] of Object.entries(model)) {
    const values = ownNotation(variant, text)
    if (values) return { type: name, ...fieldsOf(variant, values, option, wayOut) }
  }
  if (short !== undefined && !text.includes(':') && /^[\d.+-]/.test(text))
    return { type: short, ...fieldsOf(model[short], [text], option, wayOut) }
  throw new UsageError(`${option}: ${kinds(model, short)} is needed, found ${show(given)}. ${wayOut}`)
}

/** What stands between the colons; those of a time of day part nothing. */
function partsOf({ fields }: Variant, text: string): string[] {
  const hasClock = Object.values(fields).some(({ kind }) => kind === 'clock')
  const parts: string[] = []
  for (const piece of text.split(':')) {
    if (hasClock && parts.length > 0 && /^\d+$/.test(piece)) parts[parts.length - 1] += `:${piece}`
    else parts.push(piece)
  }
  return parts
}

/** The values of a variant's fields where a text has its own notation. */
function ownNotation({ notation }: Variant, text: string): string[] | undefined {
  if (notation === undefined || text.includes(':')) return undefined
  if ('before' in notation) return text.startsWith(notation.before) ? [text.slice(notation.before.length)] : undefined
  if ('behind' in notation) {
    const plain = text.toLowerCase().replace(/\s+/g, ' ')
    const bare = plain.endsWith(notation.words) ? plain.slice(0, -notation.words.length).trimEnd() : plain
    return bare.endsWith(notation.behind) ? [bare] : undefined
  }
  const at = text.indexOf(notation.between, 1)
  return at > 0 ? [text.slice(0, at), text.slice(at + notation.between.length)] : undefined
}

/** Fields from their texts: in order, or by name. What is left out has its default. */
function fieldsOf(
  { fields }: Variant,
  parts: readonly string[],
  subject: string,
  wayOut: string,
): Record<string, unknown> {
  const names = Object.keys(fields)
  const texts: Record<string, string> = {}
  let next = 0
  for (const part of parts) {
    const [, named, value] = /^([a-zA-Z]+)=(.*)$/.exec(part) ?? []
    const name = named !== undefined && names.includes(named) ? named : names[next++]
    if (name === undefined || name in texts)
      throw new UsageError(
        `${subject}: ${names.join(', ') || 'nothing'} expected behind it, found ${show(part)} too. ${wayOut}`,
      )
    texts[name] = name === named ? (value as string) : part
  }
  const out: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(fields)) {
    if (name in texts) out[name] = fieldValue(field, texts, name, `${subject} ${name}`, wayOut)
    else if (!mayBeLeftOut(field)) throw new UsageError(`${subject}: ${name} is missing. ${wayOut}`)
  }
  return out
}

function fieldValue(
  field: Field,
  texts: Readonly<Record<string, string>>,
  name: string,
  subject: string,
  wayOut: string,
): unknown {
  const text = texts[name]
  switch (field.kind) {
    case 'number':
      if (field.infinite && text.trim().toLowerCase().startsWith('inf')) return Number.POSITIVE_INFINITY
      return isFraction(field, texts) ? readFraction(text, subject) : readNumber(text, subject, wayOut)
    case 'choice':
      if (field.values.includes(text)) return text
      throw new UsageError(`${subject}: ${field.values.join(' or ')} is needed, found ${show(text)}.`)
    case 'column':
    case 'own':
    case 'zone':
    case 'clock':
      return text
    case 'model':
      return parseModel(field.model, undefined, withColons(field.model, text), subject)
    case 'tiers':
      return text.split(',').map((tier) => {
        const [upTo, rate, more] = tier.split('=')
        if (rate === undefined || more !== undefined)
          throw new UsageError(`${subject}: a tier must be UPTO=RATE, found ${show(tier)}. ${wayOut}`)
        const edge = upTo.trim() === 'inf' ? Number.POSITIVE_INFINITY : readNumber(upTo, subject, wayOut)
        return { upTo: edge, rate: readFraction(rate, subject) }
      })
  }
}

function mayBeLeftOut(field: Field): boolean {
  return 'optional' in field || ('default' in field && field.default !== undefined)
}

/** A model within one is written with `=` where others have a colon: `exit-fraction=0.5=entries`; behind a field's name it stays. */
function withColons(model: Model, text: string): string {
  const names = Object.values(model).flatMap(({ fields }) => Object.keys(fields))
  return text.split('=').reduce((so, piece, i, all) => `${so}${names.includes(all[i - 1]) ? '=' : ':'}${piece}`)
}

function isFraction({ unit, by }: NumberField, texts: Readonly<Record<string, string>>): boolean {
  return unit === 'fraction' || (by !== undefined && (texts[by] ?? 'fraction') === 'fraction')
}

/** What can be written for a model, variant by variant: `0.1%`, `per-unit:AMOUNT[:MINIMUM]`, ... */
export function notationOf(model: Model, short?: string): string[] {
  return Object.entries(model).map(([type, { fields, notation }]) => {
    const names = Object.entries(fields).map(([name, field]) => ({
      word: field.kind === 'tiers' ? 'UPTO=RATE,...' : field.kind === 'clock' ? 'HH:MM[:SS]' : name.toUpperCase(),
      optional: mayBeLeftOut(field),
    }))
    if (type === short || (notation && 'behind' in notation)) return 'N%'
    if (notation && 'between' in notation) return names.map(({ word }) => word).join(notation.between)
    return type + names.map(({ word, optional }) => (optional ? `[:${word}]` : `:${word}`)).join('')
  })
}

function kinds(model: Model, short: string | undefined): string {
  const types = Object.keys(model)
  return `${short === undefined ? '' : 'a number or '}one of ${types.join(', ')}`
}

/** What help says of a setting: meaning, notation, default. */
export function helpOf(setting: Setting): string {
  const doc = setting.doc
    .replace(/\.$/, '')
    .replace(/^./, (letter) => letter.toLowerCase())
    .replaceAll('`', '')
  switch (setting.kind) {
    case 'number':
    case 'zone':
      return `${doc} (default: ${setting.default})`
    case 'choice':
      return `${doc}: ${Object.entries(setting.values)
        .map(([word, value]) => `${word} (${value.doc})`)
        .join(', ')}${defaultWords(setting)}`
    case 'list':
      return `one of the ${doc}: ${notationOf(setting.model).join(', ')}; repeatable`
    case 'model':
      return `${doc}: ${notationOf(setting.model, setting.short).join(', ')}${defaultWords(setting)}`
  }
}

function defaultWords({ default: word }: ModelSetting | ChoiceSetting): string {
  return word === undefined ? '' : ` (default: ${word})`
}

/** What stands for the value of an option in help. */
export function valueWord(setting: Setting): string {
  return { number: 'N', choice: 'WORD', list: 'RULE', model: 'MODEL', zone: 'ZONE' }[setting.kind]
}
