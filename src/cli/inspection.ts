import type { Inspection } from '../io/load.ts'
import { CHECKS, type CheckOutcome, duration, type Offence } from '../market/checks.ts'
import { formatNumber } from '../report/format.ts'
import { textTable } from '../report/text.ts'
import { commandWords } from './words.ts'

/** What was found out about one table, as people read it. */
export function inspectionText(found: Inspection): string {
  const { record } = found
  const lines: [string, string][] = []
  const size = record.bytes === undefined ? '' : `${formatNumber(record.bytes, 'count')} bytes`
  const wrapped = record.containers ? `${record.containers.join(', ')} of ` : ''
  lines.push([
    'format',
    [`${wrapped}${record.format}`, size, record.sha256 ? `SHA-256 ${record.sha256.slice(0, 16)}` : '']
      .filter(Boolean)
      .join(', '),
  ])
  if (record.dialect) {
    const others = found.fits.filter(({ name }) => name !== record.dialect).map(({ name }) => name)
    const also = others.length > 0 ? ` (fits less: ${others.slice(0, 4).join(', ')})` : ''
    lines.push(['dialect', `${record.dialect}: ${found.title}${also}`])
    lines.push([
      'text',
      `${record.encoding}, ${separatorName(record.separator)} between fields, decimal ${record.decimal === ',' ? 'comma' : 'point'}`,
    ])
  }
  if (record.columns) {
    lines.push([
      'columns',
      Object.entries(record.columns)
        .map(([role, name]) => (role === name ? role : `${role} = ${name}`))
        .join(', '),
    ])
  }
  if (found.signals.length > 0) lines.push(['signals', listed(found.signals)])
  if (found.leftOut.length > 0) lines.push(['left out', `${listed(found.leftOut)} (text)`])
  lines.push(['zone', zoneWords(found)])
  if (record.scale !== undefined && record.scale !== 1) lines.push(['scale', `prices times ${record.scale}`])
  const more = found.symbols.length > 5 ? ` and ${found.symbols.length - 5} more` : ''
  found.symbols.slice(0, 5).forEach((symbol, i) => {
    const { bars, first, last, step } = symbol
    const range =
      bars === 0
        ? 'no bars'
        : `${formatNumber(bars, 'bars')} ${bars === 1 ? 'bar' : 'bars'}, ${stamp(first)} to ${stamp(last)}`
    const every = step > 0 ? `, one every ${duration(step)}` : ''
    const prices =
      bars === 0 ? '' : `, prices ${formatNumber(symbol.lowest, 'price')} to ${formatNumber(symbol.highest, 'price')}`
    lines.push([i === 0 ? 'bars' : '', `${symbol.symbol}: ${range}${every}${prices}`])
  })
  if (more) lines.push(['', more.trim()])
  for (const [i, note] of found.notes.entries()) lines.push([i === 0 ? 'assumed' : '', commandWords(note)])
  for (const [i, note] of found.about.entries()) lines.push([i === 0 ? 'about' : '', commandWords(note)])
  lines.push(['loads', found.refusals.length > 0 ? `no: ${waysOut(found.refusals)}` : 'yes'])
  const head = lines.map(([name, text]) => `${name.padEnd(9)} ${text}`)
  return [`${found.file}`, ...head, '', qualityText(found.checks, record.format === 'csv' ? 'line' : 'row')].join('\n')
}

/** What can be done about checks that refuse a file. */
function waysOut(refusals: readonly string[]): string {
  const ways = refusals.map((name) => {
    const { policies } = CHECKS.find((check) => check.name === name)!
    const others = policies.filter((policy) => policy !== 'error')
    return `--check ${name}=${others.join(' or ')}`
  })
  return `mend the rows, or choose ${ways.join(', ')}`
}

/** The outcomes of checks as a table. @param unit what a source is counted in: lines of text, else rows */
export function qualityText(checks: readonly CheckOutcome[], unit: 'line' | 'row'): string {
  if (checks.length === 0) return `All ${CHECKS.length} checks pass.\n`
  const rows = checks.map(({ check, count, policy, first }) => [
    check,
    formatNumber(count, 'count'),
    policy,
    CHECKS.find(({ name }) => name === check)!.rule,
    first.map((one) => place(one, unit)).join('; '),
  ])
  const table = textTable(
    [
      { header: 'check', align: 'left' },
      { header: 'count' },
      { header: 'policy', align: 'left' },
      { header: 'what', align: 'left' },
      { header: 'first of them', align: 'left' },
    ],
    rows.map((row) => [...row.slice(0, 3), short(row[3], 60), short(row[4], 110)]),
  )
  const details = checks.flatMap(({ check, detail }) => (detail ? [`${check}: ${commandWords(detail)}`] : []))
  return `${[table, ...details].join('\n')}\n`
}

function place({ line, time, asset, found }: Offence, unit: string): string {
  const where = line !== undefined ? `${unit} ${line}` : (time ?? asset ?? '')
  const shown = found?.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, stamp)
  return shown === undefined ? where : `${where} (${shown})`
}

/** A moment without what is zero in it. */
function stamp(time: string | null): string {
  return (time ?? '')
    .replace('T00:00:00.000Z', '')
    .replace(/T(..:..):00\.000Z$/, ' $1')
    .replace(/(\.000)?Z$/, '')
    .replace('T', ' ')
}

function short(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 3)}...`
}

function listed(names: readonly string[]): string {
  return names.length <= 12 ? names.join(', ') : `${names.slice(0, 12).join(', ')} and ${names.length - 12} more`
}

function separatorName(separator: string | undefined): string {
  const names: Record<string, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar', ' ': 'blank' }
  return names[separator ?? ''] ?? JSON.stringify(separator)
}

function zoneWords({ record, symbols }: Inspection): string {
  const from: Record<string, string> = {
    option: 'as it was asked for',
    file: 'the file says it',
    dialect: 'as its vendor writes',
    week: 'told by when its weeks open',
    nobody: 'nothing says it',
  }
  const label = record.barTime === 'close' ? '; stamps are the end of a bar' : ''
  const dates = symbols.every(({ first, last }) =>
    [first, last].every((time) => time === null || time.endsWith('T00:00:00.000Z')),
  )
  if (dates && symbols.some(({ step }) => step >= 86400000)) return `dates${label}`
  return `${record.timezone ?? 'UTC'} (${from[record.timezoneFrom ?? 'nobody']})${label}`
}
