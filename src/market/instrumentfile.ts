import { type ErrorPlace, FillgridError, messageOf, show } from '../errors.ts'
import { atPlace } from './input.ts'
import type { Instrument, Instruments } from './instrument.ts'
import { INSTRUMENT_FIELDS, placed } from './instruments.ts'
import { nearNames } from './names.ts'

/**
 * Instruments of the text of a file: CSV with a line of names, `asset` and those of an instrument (`tickSize` or `tick_size`), an
 * empty field for what is not said; or JSON, an object of instruments by asset, or a list of them with `asset`. In place of an
 * instrument JSON may have "common".
 *
 * @param text its text
 * @param file its name, for errors, also for those of the market that is made with them
 * @throws FillgridError invalid_file with line and column
 */
export function readInstruments(text: string, file = 'instruments'): Instruments {
  if (typeof text !== 'string')
    throw new FillgridError('invalid_value', `instruments: the text of a file expected, found ${show(text)}.`)
  const plain = text.replace(/^\uFEFF/, '')
  return /^\s*[{[]/.test(plain) ? fromJson(plain, file) : fromCsv(plain, file)
}

function wrong(rule: string, place: ErrorPlace, way = ''): FillgridError {
  return new FillgridError('invalid_file', `instruments: ${rule} at ${atPlace(place)}.${way && ` ${way}`}`, place)
}

function fromJson(text: string, file: string): Instruments {
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch (error) {
    throw new FillgridError('invalid_file', `instruments: JSON expected, found ${messageOf(error)} in ${file}.`, {
      file,
    })
  }
  const rows: [string, unknown][] = []
  if (Array.isArray(found)) {
    found.forEach((row, i) => {
      const { asset, ...rest } = (row ?? {}) as Record<string, unknown>
      if (typeof asset !== 'string')
        throw wrong(`the name of an asset expected, found ${show(asset)} in entry ${i}`, { file, column: 'asset' })
      rows.push([asset, rest])
    })
  } else rows.push(...Object.entries(found as Record<string, unknown>))
  const byAsset = new Map<string, unknown>()
  for (const [asset, row] of rows) {
    if (byAsset.has(asset)) throw wrong(`each asset once expected, found ${show(asset)} twice`, { file, asset })
    byAsset.set(asset, row)
  }
  return placed(Object.fromEntries(byAsset) as Record<string, Instrument>, (asset, field) => ({
    file,
    asset,
    ...(field === undefined ? {} : { column: field }),
  }))
}

function fromCsv(text: string, file: string): Instruments {
  const lines = text.split(/\r\n|\n|\r/).map((line, i) => ({ line: i + 1, text: line }))
  const [head, ...rows] = lines.filter((one) => one.text.trim() !== '')
  if (head === undefined)
    throw new FillgridError('invalid_file', `instruments: a line of names expected, found none in ${file}.`, { file })
  const names = fieldsOf(head.text).map((name, i) => fieldName(name, { file, line: head.line, column: i + 1 }))
  names.forEach((name, i) => {
    if (names.indexOf(name) < i)
      throw wrong(`each name once expected, found ${name} twice`, { file, line: head.line, column: i + 1 })
  })
  if (!names.includes('asset'))
    throw wrong(`a column asset expected, found ${names.join(', ')}`, { file, line: head.line })
  const out: Record<string, Instrument> = {}
  const at = new Map<string, number>()
  for (const row of rows) {
    const fields = fieldsOf(row.text)
    if (fields.length !== names.length)
      throw wrong(`${names.length} fields expected, found ${fields.length}`, { file, line: row.line })
    const asset = fields[names.indexOf('asset')]
    if (asset === '')
      throw wrong('the name of an asset expected, found nothing', { file, line: row.line, column: 'asset' })
    const before = at.get(asset)
    if (before !== undefined)
      throw wrong(`each asset once expected, found ${show(asset)} also at line ${before}`, {
        file,
        line: row.line,
        column: 'asset',
      })
    at.set(asset, row.line)
    const said = names.flatMap((name, i) => {
      if (name === 'asset' || fields[i] === '') return []
      if (name === 'quoteCurrency') return [[name, fields[i]]]
      const value = Number(fields[i])
      if (Number.isNaN(value))
        throw wrong(`a number expected, found ${show(fields[i])}`, { file, line: row.line, column: name, asset })
      return [[name, value]]
    })
    out[asset] = Object.fromEntries(said)
  }
  return placed(out, (asset, field) => ({
    file,
    line: at.get(asset),
    ...(field === undefined ? {} : { column: field }),
    asset,
  }))
}

/** A name as fields are called: camelCase. */
function fieldName(name: string, place: ErrorPlace): string {
  const camel = name.trim().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  const known = ['asset', ...INSTRUMENT_FIELDS]
  if (known.includes(camel)) return camel
  const near = nearNames(camel, known)
  const way = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are ${known.join(', ')}.`
  throw wrong(`a field of an instrument expected, found ${show(name)}`, place, way)
}

/** The fields of a line; quotes may hold commas, and two of them one. */
function fieldsOf(line: string): string[] {
  const fields: string[] = []
  const pattern = /\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(,|$)/gy
  for (;;) {
    const found = pattern.exec(line)
    if (found === null) return [line]
    fields.push(found[1] === undefined ? found[2].trim() : found[1].replaceAll('""', '"'))
    if (found[3] === '') return fields
  }
}
