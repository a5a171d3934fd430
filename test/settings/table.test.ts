/**
 * The table of settings, row by row: each field from the API, the command line and a file, its default, its smallest and its
 * largest value, and one beyond, which is an error that names it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/cli/configfile.ts'
import { ALL_SETTINGS, parseSetting } from '../../src/cli/notation.ts'
import { FillgridError } from '../../src/errors.ts'
import { checkSettings, checkSize, readSetting } from '../../src/settings/read.ts'
import type { BrokerSettings, Rule } from '../../src/settings/settings.ts'
import type { Field, Limits, Model, Setting } from '../../src/settings/spec.ts'
import { SETTINGS, SIZE } from '../../src/settings/table.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fillgrid-settings-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A double next to another one, upwards or downwards. */
function beside(x: number, up: boolean): number {
  if (x === 0) return up ? Number.MIN_VALUE : -Number.MIN_VALUE
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, x)
  view.setBigInt64(0, view.getBigInt64(0) + (x > 0 === up ? 1n : -1n))
  return view.getFloat64(0)
}

/** Numbers at the ends of a range that may be given, and the next ones, which may not. */
function ends({ above, least, below, most, whole, infinite, unit }: Limits & { unit: string }): {
  good: number[]
  bad: number[]
} {
  const step = (x: number, up: boolean) => (whole ? x + (up ? 1 : -1) : beside(x, up))
  const good: number[] = []
  const bad = [Number.NaN, Number.NEGATIVE_INFINITY]
  ;(infinite ? good : bad).push(Number.POSITIVE_INFINITY)
  if (above !== undefined) good.push(step(above, true)) && bad.push(above)
  if (least !== undefined) good.push(least) && bad.push(step(least, false))
  if (below !== undefined) good.push(step(below, false)) && bad.push(below)
  else if (most !== undefined) good.push(most) && bad.push(step(most, true))
  // A fraction is written as a percentage, a hundred times as large.
  else good.push(unit === 'currency' || unit === 'units' || unit === 'price' ? Number.MAX_VALUE : 2 ** 900)
  return { good, bad }
}

/** A value of a field that is right. */
function plainField(field: Field): unknown {
  switch (field.kind) {
    case 'number':
      return field.default ?? (field.whole ? 3 : 0.25)
    case 'choice':
      return field.default
    case 'zone':
      return 'Europe/London'
    case 'clock':
      return '15:55'
    case 'column':
    case 'own':
      return 'cost'
    case 'model':
      return { type: field.default }
    case 'tiers':
      return [
        { upTo: 1000, rate: 0.002 },
        { upTo: Number.POSITIVE_INFINITY, rate: 0.001 },
      ]
  }
}

interface Case {
  name: string
  value: unknown
  /** Of an error, the field that it names. */
  wrong?: string
}

function casesOfModel(model: Model, subject: string): Case[] {
  return Object.entries(model).flatMap(([type, { fields }]) => {
    const plain = {
      type,
      ...Object.fromEntries(
        Object.entries(fields)
          .filter(([, field]) => !('optional' in field))
          .map(([name, field]) => [name, plainField(field)]),
      ),
    }
    const found: Case[] = [{ name: `${subject} ${type}`, value: plain }]
    found.push({ name: `${subject} ${type} unknown field`, value: { ...plain, colour: 1 }, wrong: subject })
    for (const [name, field] of Object.entries(fields)) {
      const at = `${subject}.${name}`
      if (field.kind === 'number') {
        const { good, bad } = ends(field)
        // What the type says beside its ranges is tested below.
        const whole = name === 'distance' && type !== 'target' ? [...good.filter((x) => x < 1), beside(1, false)] : good
        const around = name === 'period' ? { ...plain, unit: 'atr' } : plain
        found.push(...whole.map((x) => ({ name: `${at} ${type} ${x}`, value: { ...around, [name]: x } })))
        found.push(
          // In a file null is Infinity where that may be, and what else JSON cannot say is null too.
          ...(field.infinite ? [-1, '1'] : [...bad, '1', null]).map((x) => ({
            name: `${at} ${type} ${x}`,
            value: { ...around, [name]: x },
            wrong: at,
          })),
        )
        if (name === 'period') found.push({ name: `${at} of none`, value: { ...plain, period: 14 }, wrong: at })
      } else if (field.kind === 'choice') {
        found.push(...field.values.map((x) => ({ name: `${at} ${x}`, value: { ...plain, [name]: x } })))
        found.push({ name: `${at} else`, value: { ...plain, [name]: 'else' }, wrong: at })
      } else if (field.kind === 'zone') {
        found.push({ name: `${at} none`, value: { ...plain, [name]: 'Nowhere/Town' }, wrong: at })
        found.push({ name: `${at} number`, value: { ...plain, [name]: 1 }, wrong: at })
      } else if (field.kind === 'clock') {
        const good = ['00:00', '09:05', '23:59:59']
        const bad = ['25:00', '24:00', '9:5', '12:60', '12:00:60', '12', '', ' 12:00', '12:00Z', 1200, null]
        found.push(...good.map((x) => ({ name: `${at} ${x}`, value: { ...plain, [name]: x } })))
        found.push(...bad.map((x) => ({ name: `${at} ${x}`, value: { ...plain, [name]: x }, wrong: at })))
      } else if (field.kind === 'column' || field.kind === 'own') {
        found.push({ name: `${at} none`, value: { ...plain, [name]: '' }, wrong: at })
        found.push({ name: `${at} number`, value: { ...plain, [name]: 1 }, wrong: at })
      } else if (field.kind === 'model') found.push(...nested(casesOfModel(field.model, at), plain, name))
      else found.push({ name: `${at} none`, value: { ...plain, [name]: [] }, wrong: at })
    }
    return found
  })
}

const nested = (cases: Case[], plain: object, name: string): Case[] =>
  cases.map((one) => ({ ...one, value: { ...plain, [name]: one.value } }))

function casesOf(name: string, setting: Setting): Case[] {
  switch (setting.kind) {
    case 'number': {
      const { good, bad } = ends(setting)
      return [
        ...good.map((value) => ({ name: `${name} ${value}`, value })),
        ...[...bad, '1', null, {}].map((value) => ({ name: `${name} ${value}`, value, wrong: name })),
      ]
    }
    case 'choice':
      return [
        ...Object.keys(setting.values).map((value) => ({ name: `${name} ${value}`, value })),
        ...['else', 'toString', 1, null].map((value) => ({ name: `${name} ${value}`, value, wrong: name })),
      ]
    case 'zone':
      return [
        ...['UTC', 'America/New_York', '+05:30'].map((value) => ({ name: `${name} ${value}`, value })),
        ...['Nowhere/Town', '', 1, null].map((value) => ({ name: `${name} ${value}`, value, wrong: name })),
      ]
    case 'model':
      return [
        ...casesOfModel(setting.model, name),
        ...[null, 'else', [], { type: 'else' }].map((value) => ({
          name: `${name} ${JSON.stringify(value)}`,
          value,
          wrong: name,
        })),
      ]
    case 'list': {
      const inList = casesOfModel(setting.model, `${name}[0]`).map((one) => ({ ...one, value: [one.value] }))
      // A rule of time or of the clock may not move the stop.
      const refused = inList.filter(
        ({ value: [one] }) => /"(time|clock)"/.test(JSON.stringify(one)) && JSON.stringify(one).includes('move-stop'),
      )
      const allowed = inList.filter((one) => !refused.includes(one))
      return [
        ...allowed,
        ...refused.map((one) => ({ ...one, wrong: `${name}[0].action` })),
        ...[null, 'none', {}].map((value) => ({ name: `${name} ${JSON.stringify(value)}`, value, wrong: name })),
        {
          name: `${name} too many`,
          value: Array.from({ length: setting.most + 1 }, () => ({ type: 'time', bars: 1 })),
          wrong: name,
        },
      ]
    }
  }
}

const ALL_CASES = Object.entries(ALL_SETTINGS).flatMap(([name, setting]) =>
  casesOf(name, setting).map((one) => ({ ...one, setting: name })),
)

function refusal(call: () => unknown): FillgridError {
  try {
    call()
  } catch (error) {
    if (error instanceof Error) return error as FillgridError
  }
  throw new Error('an error was expected, nothing was thrown')
}

const read = (name: string, value: unknown) =>
  name === 'size' ? checkSize(value as never, 4) : checkSettings({ [name]: value })[name as keyof BrokerSettings]

describe.each(ALL_CASES)('$name', ({ setting, value, wrong }) => {
  if (wrong !== undefined) {
    it('is refused by the API, with its name', () => {
      const error = refusal(() => read(setting, value))
      expect(error).toBeInstanceOf(FillgridError)
      expect(['invalid_value', 'unknown_name']).toContain(error.code)
      expect(error.message.startsWith(wrong), error.message).toBe(true)
    })
    it('is refused in a file, with the names of both', () => {
      const file = join(folder, 'bad.json')
      const text = JSON.stringify({ [setting]: value })
      // What JSON cannot say is null there, which is refused as well.
      writeFileSync(file, text)
      expect(refusal(() => readConfig(file)).message).toMatch(
        new RegExp(`^--config: .*bad\\.json: (config\\.)?${setting}`),
      )
    })
    return
  }
  it('is kept as it is by the API, and the same from a file', () => {
    const kept = read(setting, value)
    expect(kept).toMatchObject(value as object)
    expect(readSetting(ALL_SETTINGS[setting], setting, kept)).toEqual(kept)
    const file = join(folder, 'good.json')
    writeFileSync(file, JSON.stringify({ [setting]: value }))
    const { config } = readConfig(file)
    expect(read(setting, (config as Record<string, unknown>)[setting])).toEqual(kept)
  })
  it('is the same from the command line', () => {
    const texts = setting === 'rules' ? (value as unknown[]).map(written) : [written(value)]
    const parsed = texts.map((text) => parseSetting(setting, text))
    expect(read(setting, setting === 'rules' ? parsed : parsed[0])).toEqual(read(setting, value))
  })
})

/** A value in the notation of the command line: every field by its name. */
function written(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  const { type, ...fields } = value as Record<string, unknown>
  const texts = Object.entries(fields).map(([name, field]) => {
    if (name === 'tiers')
      return `tiers=${(field as { upTo: number; rate: number }[]).map(({ upTo, rate }) => `${upTo === Number.POSITIVE_INFINITY ? 'inf' : upTo}=${rate}`).join(',')}`
    if (typeof field === 'string') return `${name}=${field}`
    if (name === 'action') {
      const [kind, ...values] = Object.entries(field as object)
      return ['action', kind[1], ...values.map(([inner, x]) => number(x, inner, {}))].join('=')
    }
    return `${name}=${number(field, name, { ...fields, type })}`
  })
  return [type, ...texts].join(':')
}

/** Bare fractions above 1 could mean percent, so they are written as that. */
function number(field: unknown, name: string, { unit, type }: Record<string, unknown>): string {
  const fraction =
    ['rate', 'initial', 'maintenance', 'fraction', 'offset'].includes(name) ||
    (['distance', 'from'].includes(name) && (unit ?? 'fraction') === 'fraction') ||
    (name === 'amount' && type === 'fraction')
  return typeof field === 'number' && fraction && Math.abs(field) > 1 ? `${field * 100}%` : String(field)
}

describe('the table', () => {
  it('has defaults that are what is given when they are given', () => {
    const plain = checkSettings({})
    expect(checkSettings(plain)).toEqual(plain)
    for (const [name, setting] of Object.entries<Setting>(SETTINGS)) {
      if (setting.kind === 'list') continue
      const given = setting.kind === 'model' ? { type: setting.default } : setting.default
      expect(checkSettings({ [name]: given })).toMatchObject({ [name]: plain[name as keyof typeof plain] })
    }
    expect(checkSize(undefined, 4)).toEqual({ type: 'fraction', amount: 0.25 })
  })

  it('has a code of its own for each word and variant, and one home in the run record for each number', () => {
    for (const setting of Object.values<Setting>({ ...SETTINGS, SIZE })) {
      const codes =
        setting.kind === 'choice'
          ? Object.values(setting.values).map(({ code }) => code)
          : 'model' in setting
            ? Object.values(setting.model).map(({ code }) => code)
            : []
      expect(new Set(codes).size).toBe(codes.length)
      if (!('model' in setting)) continue
      for (const { fields } of Object.values(setting.model)) {
        const homes = Object.values(fields).flatMap((field) =>
          'record' in field && field.record !== undefined ? [field.record] : [],
        )
        expect(new Set(homes).size).toBe(homes.length)
      }
    }
  })

  it('takes bare numbers and words where it says so, and says what is missing', () => {
    expect(checkSettings({ commission: 0.001, slippage: 0.002, account: 'cash' })).toMatchObject({
      commission: { type: 'fraction', rate: 0.001 },
      slippage: { type: 'fraction', rate: 0.002 },
      account: { type: 'cash' },
    })
    expect(() => checkSettings({ commission: { type: 'per-trade' } as never })).toThrow(
      'commission.amount: a finite number of at least 0, in currency expected, found undefined.',
    )
    expect(() => checkSettings({ account: 'csh' as never })).toThrow(
      "account.type: one of 'margin', 'cash', 'unlimited' expected",
    )
  })

  it('reads what is given once', () => {
    let reads = 0
    const commission = {
      type: 'fraction',
      get rate() {
        reads++
        return reads === 1 ? 0.001 : 5
      },
    } as const
    expect(checkSettings({ commission }).commission).toEqual({ type: 'fraction', rate: 0.001 })
    expect(reads).toBe(1)
  })

  it('checked settings are nobody’s to change, through a result neither', () => {
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen))
    const tiers = [{ upTo: Number.POSITIVE_INFINITY, rate: 0.1 }]
    const rules: Rule[] = [{ type: 'target', distance: 0.1, action: { type: 'exit-fraction', fraction: 0.5 } }]
    expect(frozen(checkSettings({ commission: { type: 'tiered', tiers }, rules, account: { type: 'margin' } }))).toBe(
      true,
    )
    expect(frozen(checkSize({ type: 'units', amount: 1 }, 1))).toBe(true)
    // What was given stays the caller's.
    expect([Object.isFrozen(tiers[0]), Object.isFrozen(rules), Object.isFrozen(rules[0])]).toEqual([
      false,
      false,
      false,
    ])
  })
})
