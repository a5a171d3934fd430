/** Profiles: what they stand for, what may stand beside them, and what may not. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { readConfig } from '../../src/cli/configfile.ts'
import { ALL_SETTINGS, parseSetting } from '../../src/cli/notation.ts'
import { runTitle } from '../../src/report/summary.ts'
import { PROFILES, type Profile, type ProfileName, profilesWith } from '../../src/settings/profiles.ts'
import { ALONE, checkSettings, readSetting } from '../../src/settings/read.ts'
import type { BrokerSettings, CheckedSettings } from '../../src/settings/settings.ts'
import type { Setting } from '../../src/settings/spec.ts'
import { SETTINGS } from '../../src/settings/table.ts'
import { waysAdmitted } from '../../src/settings/ways.ts'
import { failure } from '../engine/script.ts'
import { makeMarket, Scripted } from '../kernel/adapter.ts'

const NAMES = Object.keys(PROFILES) as ProfileName[]
const ROWS = Object.entries<Setting>(SETTINGS)
const setsOf = (profile: string) => (PROFILES as Record<string, Profile>)[profile].sets

/** Values of a setting, checked: all words of a choice, all variants of a model that need no fields. */
function valuesOf(name: string, setting: Setting): unknown[] {
  const read = (value: unknown) => readSetting(setting, name, value)
  if (setting.kind === 'choice') return Object.keys(setting.values).map(read)
  if (setting.kind === 'model')
    return Object.entries(setting.model).flatMap(([type, { fields }]) =>
      Object.values(fields).every((field) => 'default' in field) ? [read({ type })] : [],
    )
  return [read(undefined)]
}

const equal = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

describe.each(NAMES)('profile %s', (profile) => {
  const checked = checkSettings({ profile }) as unknown as Record<string, unknown>

  it('has its name and its settings, and the defaults of the others', () => {
    expect(checked.profile).toBe(profile)
    const plain = checkSettings({}) as unknown as Record<string, unknown>
    const { sets, defaults = {} } = (PROFILES as Record<string, Profile>)[profile]
    for (const [name, setting] of ROWS) {
      const own = name in sets ? sets[name] : name in defaults ? defaults[name] : plain[name]
      expect(checked[name], name).toEqual(readSetting(setting, name, own))
    }
  })

  it('stands with all of its settings given, as summaries have them', () => {
    expect(checkSettings(checked as unknown as CheckedSettings)).toEqual(checked)
  })

  it('stands for its settings written out', () => {
    const { profile: _, ...written } = checked
    const apart = checkSettings({ ...written, [ALONE]: true } as BrokerSettings)
    expect(apart).toEqual(written)
    expect(waysAdmitted(apart)).toBe(waysAdmitted(checked as unknown as CheckedSettings))
  })

  it('refuses each other value of what it sets, and says so', () => {
    for (const name of Object.keys(setsOf(profile))) {
      const setting = (SETTINGS as Record<string, Setting>)[name]
      for (const value of valuesOf(name, setting)) {
        if (equal(value, checked[name])) continue
        const error = failure(() => checkSettings({ profile, [name]: value }))
        expect(error.code).toBe('conflicting_settings')
        const word = typeof value === 'string' ? value : ''
        expect(error.message).toContain(`${name}: profile ${profile} sets ${name} to `)
        expect(error.message).toContain(`; found ${name} ${word}`)
      }
    }
  })

  it('takes any value of what it leaves open, but what does not go with what it sets', () => {
    const excludes = (one: string, values: Readonly<Record<string, unknown>>, other: string) => {
      const row = (SETTINGS as Record<string, Setting>)[one]
      const value = row.kind === 'choice' ? row.values[values[one] as string] : undefined
      return row.excludes?.includes(other) || value?.excludes?.includes(other)
    }
    for (const [name, setting] of ROWS) {
      if (name in setsOf(profile) || setting.profileOnly) continue
      const plain = readSetting(setting, name, undefined)
      for (const value of valuesOf(name, setting)) {
        const given = { [name]: value }
        const clash = Object.keys(setsOf(profile)).find(
          (other) =>
            !equal(checked[other], readSetting((SETTINGS as Record<string, Setting>)[other], other, undefined)) &&
            !equal(value, plain) &&
            (excludes(other, checked, name) || excludes(name, given, other)),
        )
        if (clash === undefined) expect(checkSettings({ profile, ...given } as BrokerSettings)).toMatchObject(given)
        else
          expect(failure(() => checkSettings({ profile, ...given } as BrokerSettings)).code).toBe(
            'conflicting_settings',
          )
      }
    }
  })

  it('can be asked for on the command line and in a file', () => {
    expect(parseSetting('profile', profile)).toBe(profile)
    const folder = mkdtempSync(join(tmpdir(), 'fillgrid-profile-'))
    try {
      const file = join(folder, 'config.json')
      writeFileSync(file, JSON.stringify({ profile }))
      expect(readConfig(file).config).toEqual({ profile })
      const [fixed] = Object.keys(setsOf(profile))
      const other = valuesOf(fixed, (SETTINGS as Record<string, Setting>)[fixed]).find((x) => !equal(x, checked[fixed]))
      writeFileSync(file, JSON.stringify({ profile, [fixed]: other }))
      expect(() => readConfig(file)).toThrow(`profile ${profile} sets ${fixed}`)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('profiles', () => {
  it('say what contradicts them in a sentence', () => {
    expect(failure(() => checkSettings({ profile: 'backtrader', timing: 'same-close' })).message).toBe(
      'timing: profile backtrader sets timing to next-open; found timing same-close. Leave timing out, or the profile.',
    )
  })

  it('are those that there are', () => {
    for (const profile of ['Vectorbt', 'toString', null, 1]) {
      const error = failure(() => checkSettings({ profile } as unknown as BrokerSettings))
      expect([error.code, error.message.startsWith('profile: one of ')]).toEqual(['invalid_value', true])
    }
    expect(profilesWith('timing')).toContain('backtrader')
  })

  it('alone have the settings that are theirs: refused by themselves, and no options', () => {
    for (const [name, setting] of ROWS) {
      if (!setting.profileOnly) continue
      expect(Object.keys(ALL_SETTINGS)).not.toContain(name)
      expect(profilesWith(name).length, name).toBeGreaterThan(0)
      const [plain, ...others] = valuesOf(name, setting).sort((a) =>
        equal(a, readSetting(setting, name, undefined)) ? -1 : 1,
      )
      expect(checkSettings({ [name]: plain } as BrokerSettings)).toMatchObject({ [name]: plain })
      for (const value of others) {
        const error = failure(() => checkSettings({ [name]: value } as BrokerSettings))
        expect(error.code).toBe('conflicting_settings')
        expect(error.message).toContain(`${name}: only a profile sets it (${profilesWith(name).join(', ')}), found `)
        expect(checkSettings({ [name]: value, [ALONE]: true } as BrokerSettings)).toMatchObject({ [name]: value })
      }
    }
  })

  it('go with no setting that excludes what they set', () => {
    const error = (settings: BrokerSettings) => failure(() => checkSettings(settings))
    for (const [profile, name] of [
      ['backtrader', 'funds'],
      ['backtesting.py', 'matching'],
      ['vectorbt', 'funds'],
      ['ml4t', 'ruleExit'],
    ] as const)
      for (const settings of [{ lots: 'fifo' }, { participation: 0.1 }] as const) {
        const { code, message } = error({ profile, ...settings })
        expect(code).toBe('conflicting_settings')
        expect(message).toContain(`${Object.keys(settings)[0]}: profile ${profile} sets ${name} to `)
      }
    expect(checkSettings({ profile: 'zipline', lots: 'fifo', participation: 0.1 })).toMatchObject({ lots: 'fifo' })
  })

  it('have values that other settings do not go with', () => {
    const spread = { type: 'fixed', amount: 1 } as const
    const error = (settings: BrokerSettings) => failure(() => checkSettings(settings)).message
    expect(error({ funds: 'lock', spread })).toContain('spread: funds is lock; found spread ')
    expect(error({ profile: 'vectorbt-lock', spread })).toContain(
      'spread: profile vectorbt-lock sets funds to lock; found spread ',
    )
    expect(checkSettings({ profile: 'vectorbt', spread })).toMatchObject({ funds: 'vectorbt', spread })
  })

  it('are named by results, whose outcome is that of the settings written out', () => {
    const market = makeMarket({
      ...{ assets: 1, bars: 4, allowNonPositive: false },
      open: [[10], [11], [12], [13]],
      high: [[12], [13], [14], [15]],
      low: [[9], [9], [10], [11]],
      close: [[11], [12], [13], [14]],
      volume: [[1], [1], [1], [1]],
    })
    const run = (config: BrokerSettings) => backtest(market, new Scripted([]), config)
    const named = run({ profile: 'backtrader-coc' })
    const { profile: _, size: __, ...written } = named.settings
    const apart = run({ ...written, [ALONE]: true } as BrokerSettings)
    expect(named.settings.profile).toBe('backtrader-coc')
    expect(runTitle(named)).toBe(`${runTitle(apart)}, profile backtrader-coc`)
    expect('profile' in apart.settings).toBe(false)
    expect(named.fingerprint.outcome).toBe(apart.fingerprint.outcome)
    expect(named.fingerprint.config).not.toBe(apart.fingerprint.config)
    market.release()
  })
})
