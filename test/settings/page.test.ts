/** docs/settings.md is the table of settings as a page. `npx vitest run test/settings --update` writes it anew. */
import { expect, it } from 'vitest'
import { ALL_SETTINGS, notationOf, optionOf } from '../../src/cli/notation.ts'
import { PROFILES, type Profile } from '../../src/settings/profiles.ts'
import { rangeWords } from '../../src/settings/read.ts'
import type { Field, Model, Setting } from '../../src/settings/spec.ts'
import { SETTINGS } from '../../src/settings/table.ts'

const HEAD = `# Settings of a run

Every setting of \`backtest\`, \`openRun\`, \`sweep\` and the command line, made from \`src/settings/table.ts\`. Rules are those of
[semantics.md](semantics.md). On the command line each has an option; \`--config FILE\` takes a JSON file with the same names, or the
\`summary.json\` of another run, and options win over it. A model is an object that says its kind in \`type\`; on the command line
its fields follow in order (\`per-unit:0.005:1\`) or by name (\`per-unit:amount=0.005\`). Fractions may be written in percent there.
`

const cell = (text: string) => text.replaceAll('|', '\\|')

function fieldRow(name: string, field: Field): string {
  const what = {
    number: () => rangeWords(field as Extract<Field, { kind: 'number' }>),
    choice: () => (field as Extract<Field, { kind: 'choice' }>).values.map((word) => `\`${word}\``).join(' or '),
    column: () => "the name of a market's column",
    zone: () => 'a time zone',
    clock: () => 'a time of day, HH:MM or HH:MM:SS',
    own: () => "the name of one of the strategy's cost models",
    tiers: () => 'a list of `{ upTo, rate }`',
    model: () => 'an action, below',
  }[field.kind]()
  const standard = 'default' in field && field.default !== undefined ? `\`${field.default}\`` : ''
  return `| | \`${name}\` | ${cell(what)} | ${standard} | ${cell(field.doc)} |`
}

function modelPart(model: Model, short?: string): string {
  const rows = Object.entries(model).flatMap(([type, { fields, doc }]) => [
    `| \`${type}\` | | | | ${cell(doc)} |`,
    ...Object.entries(fields).map(([name, field]) => fieldRow(name, field)),
  ])
  const notation = notationOf(model, short).map((one) => `\`${one}\``)
  return `On the command line: ${notation.join(', ')}.\n\n| Type | Field | May be | Default | Meaning |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`
}

const code = (value: unknown) => (typeof value === 'string' ? `\`${value}\`` : `\`${JSON.stringify(value)}\``)

/** What each profile sets, setting by setting; what it leaves open is empty. */
function profilePart(): string {
  const profiles = Object.entries<Profile>(PROFILES)
  const names = Object.keys(SETTINGS).filter((name) =>
    profiles.some(([, { sets, defaults }]) => name in sets || name in (defaults ?? {})),
  )
  const rows = profiles.map(([profile, { sets, defaults }]) => {
    const cells = names.map((name) =>
      name in sets ? code(sets[name]) : defaults && name in defaults ? `${code(defaults[name])} unless given` : '',
    )
    return `| \`${profile}\` | ${cells.join(' | ')} |`
  })
  return `What is empty is open. A setting that contradicts the profile is an error (\`conflicting_settings\`); the same value is not.

| Profile | ${names.map((name) => `\`${name}\``).join(' | ')} |
| --- |${' --- |'.repeat(names.length)}
${rows.join('\n')}
`
}

function choices({ values, default: standard }: Extract<Setting, { kind: 'choice' }>): string {
  return Object.entries(values)
    .map(([word, { doc }]) => `- \`${word}\`${word === standard ? ' (default)' : ''}: ${doc}`)
    .join('\n')
}

function part(name: string, setting: Setting): string {
  const option = setting.profileOnly ? 'Set by profiles alone.' : `\`${optionOf(name)}\`.`
  const lines = [`## ${name}`, `${setting.doc} Rule ${setting.rule}. ${option}`]
  if (setting.kind === 'number') lines.push(`${rangeWords(setting)}; default ${setting.default}.`)
  if (setting.kind === 'zone') lines.push(`A time zone; default ${setting.default}.`)
  if (setting.kind === 'choice') lines.push(choices(setting))
  if (name === 'profile') lines.push(profilePart())
  if (setting.kind === 'model') {
    if (setting.default) lines.push(`Default \`${setting.default}\`.`)
    if (setting.short) lines.push(`A bare number is \`${setting.short}\`.`)
    lines.push(modelPart(setting.model, setting.short))
  }
  if (setting.kind === 'list') {
    lines.push(
      `At most ${setting.most}; default none. The option takes one and may be repeated.`,
      modelPart(setting.model),
    )
    const action = Object.values(setting.model)
      .flatMap(({ fields }) => Object.values(fields))
      .find((field) => field.kind === 'model')
    if (action?.kind === 'model') lines.push('### Actions', modelPart(action.model))
  }
  return `${lines.join('\n\n').trimEnd()}\n`
}

it('the page of settings is that of the table', async () => {
  const profileOnly = Object.entries<Setting>(SETTINGS).filter(([, setting]) => setting.profileOnly)
  const page = [HEAD, ...[...Object.entries(ALL_SETTINGS), ...profileOnly].map((one) => part(...one))].join('\n')
  await expect(page).toMatchFileSnapshot('../../docs/settings.md')
})
