import type { Command } from 'commander'
import { textTable } from '../report/text.ts'
import { findIndicator, INDICATOR_GROUPS } from '../signals/catalogue.ts'
import type { IndicatorParameter, IndicatorSpec } from '../signals/spec.ts'
import { type Console, usage } from './console.ts'

/** Adds `fillgrid indicators`. */
export function addIndicatorsCommand(program: Command, console: Console): void {
  program
    .command('indicators')
    .description('list the indicators by group, or explain some of them')
    .argument('[NAME...]', 'names of indicators')
    .option('--json', 'JSON alone on standard output')
    .action((names: string[], { json }: { json?: boolean }) => {
      const asked = usage(() => names.map((name) => findIndicator(name)))
      const all: readonly IndicatorSpec[] = Object.values(INDICATOR_GROUPS).flat()
      if (json) console.json(`${JSON.stringify(asked.length > 0 ? asked : all, null, 2)}\n`)
      else if (asked.length > 0) console.print(`${asked.map(explained).join('\n\n')}\n`)
      else console.print(`${listed()}\n`)
    })
}

/** Every group with its indicators, one a line. */
function listed(): string {
  return Object.entries<readonly IndicatorSpec[]>(INDICATOR_GROUPS)
    .map(([group, records]) => {
      const rows = records.map(({ name, parameters, outputs, talib = '' }) => [
        `  ${name}`,
        Object.entries(parameters)
          .map(([parameter, { default: value }]) => `${parameter}=${value}`)
          .join(' '),
        outputs.join(' '),
        talib,
      ])
      const heads = [`  ${group}`, 'parameters', 'outputs', 'TA-Lib']
      return textTable(
        heads.map((header) => ({ header, align: 'left' })),
        rows,
      )
    })
    .join('\n\n')
}

/** All that there is to know of one. */
function explained({ name, doc, source, talib, conventions, inputs, parameters, outputs }: IndicatorSpec): string {
  const lines = [`${name}: ${doc}`, '', `  reads    ${inputs.join(', ')}`]
  const entries = Object.entries(parameters)
  entries.forEach(([parameter, spec], i) => {
    lines.push(`  ${i === 0 ? 'takes' : '     '}    ${parameter}=${spec.default} (${allowed(spec)}): ${spec.doc}`)
  })
  lines.push(`  gives    ${outputs.join(', ')}`)
  if (source) lines.push(`  source   ${source}`)
  if (talib) lines.push(`  TA-Lib   ${talib}`)
  if (conventions) lines.push(`  others   ${conventions}`)
  return lines.join('\n')
}

/** What a parameter may be. */
export function allowed(parameter: IndicatorParameter): string {
  if (parameter.type === 'choice') return parameter.choices.join(', ')
  if (parameter.type === 'text') return 'a text'
  const { type, min, max } = parameter
  return `${type === 'integer' ? 'whole, ' : ''}${min} to ${max}`
}
