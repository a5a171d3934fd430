/**
 * Where the fields of the records lie, worked out from `records.ts`, the one place that names them. Writes the marked part of
 * `layout.ts`, which TypeScript reads, and `checks.ts` (not in git), which has the compiler compare each of them.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const folder = new URL('./', import.meta.url)
/** What the constants of a record begin with. */
const PREFIXES = {
  Run: 'RUN',
  Position: 'POSITION',
  Order: 'LIVE',
  Drawdown: 'DRAWDOWN',
  Charges: 'CHARGES',
  Rule: 'RULE',
  Lot: 'LOT',
}
const SIZES = { f64: 8, i32: 4, usize: 4 }
const FROM = '// ---- fields of the records, written by offsets.mjs from records.ts'
const TO = '// ---- end of the fields of the records'

const upper = (/** @type {string} */ name) => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()

/** The records with the offsets of their fields; each field at a multiple of its size. */
function recordsOf(/** @type {string} */ text) {
  return [...text.matchAll(/^export class (\w+) \{\n([^}]*)^\}/gm)].map(([, name, body]) => {
    const prefix = PREFIXES[/** @type {keyof typeof PREFIXES} */ (name)]
    if (!prefix) throw new Error(`offsets: records.ts has a class ${name} that has no prefix here. Add it to PREFIXES.`)
    let end = 0
    const fields = [...body.matchAll(/^ {2}(\w+): (\w+)( \/\/ whole)?$/gm)].map(([, field, type, whole]) => {
      const size = SIZES[/** @type {keyof typeof SIZES} */ (type)]
      if (!size) throw new Error(`offsets: ${name}.${field} is of type ${type}, f64, i32 or usize expected.`)
      const offset = Math.ceil(end / size) * size
      end = offset + size
      return { field, type, constant: `${prefix}_${upper(field)}`, offset, whole: whole !== undefined }
    })
    return { name, prefix, fields, bytes: Math.ceil(end / 8) * 8 }
  })
}

/** Brings both files up to date. */
export function writeOffsets() {
  const records = recordsOf(readFileSync(new URL('records.ts', folder), 'utf8'))
  const constants = records.flatMap(({ prefix, fields, bytes }) => [
    ...fields.map(({ constant, offset }) => `export const ${constant}: i32 = ${offset}`),
    `export const ${prefix}_FIELDS_BYTES: i32 = ${bytes}`,
  ])
  const layout = readFileSync(new URL('layout.ts', folder), 'utf8')
  const [start, end] = [layout.indexOf(FROM), layout.indexOf(TO)]
  if (start < 0 || end < start) throw new Error(`offsets: layout.ts lacks the lines '${FROM}' and '${TO}'.`)
  writeChanged('layout.ts', `${layout.slice(0, start)}${FROM}\n${constants.join('\n')}\n${layout.slice(end)}`)
  const checks = records.flatMap(({ name, fields }) =>
    fields.map(
      ({ field, constant }) =>
        `if (offsetof<${name}>('${field}') != L.${constant}) ERROR('${name}.${field} is not where layout.ts says')`,
    ),
  )
  const names = records.map(({ name }) => name).join(', ')
  writeChanged(
    'checks.ts',
    `// Made by the build (offsets.mjs); not in git. A field that moved fails the build with its name.\nimport * as L from './layout'\nimport { ${names} } from './records'\n\n${checks.join('\n')}\n`,
  )
}

/** Where the fields lie that only other than plain runs set, and their types. */
export function wholeFields() {
  return recordsOf(readFileSync(new URL('records.ts', folder), 'utf8')).flatMap(({ fields }) =>
    fields.filter(({ whole }) => whole).map(({ offset, type }) => ({ offset, type })),
  )
}

function writeChanged(/** @type {string} */ name, /** @type {string} */ text) {
  const file = new URL(name, folder)
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text)
}
