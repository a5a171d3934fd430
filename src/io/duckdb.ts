import type { DuckDBConnection } from '@duckdb/node-api'
import { FillgridError, show } from '../errors.ts'
import { nearNames } from '../market/names.ts'
import { type SourceColumn, type SourceTable, WordList } from './columns.ts'

/** What a `duckdb:` input asks for. */
export interface DuckQuery {
  /** A database file, opened for reading; undefined: a database of its own in memory, for queries over files. */
  database?: string
  /** SQL, or the name of a table. Default: the one table of the database. */
  query?: string
}

/** The package that this file loads when it is needed. */
const PACKAGE = '@duckdb/node-api'

/**
 * `duckdb:PATH`, `duckdb:PATH#TABLE`, `duckdb:PATH#SELECT ...` or `duckdb:SELECT ... FROM 'folder/*.parquet'` taken apart;
 * undefined for anything else.
 */
export function parseDuckQuery(input: string): DuckQuery | undefined {
  if (!/^duckdb:/i.test(input)) return undefined
  const rest = input.slice(7).trim()
  if (rest === '') {
    throw new FillgridError(
      'invalid_value',
      "duckdb: a file or a query is needed, found nothing. For example `duckdb:prices.duckdb#bars` or `duckdb:SELECT * FROM 'data/*.parquet'`.",
    )
  }
  if (isSql(rest)) return { query: rest }
  const at = rest.indexOf('#')
  if (at < 0) return { database: rest }
  return { database: rest.slice(0, at), query: rest.slice(at + 1).trim() || undefined }
}

function isSql(text: string): boolean {
  return /^(select|with|from|values|table|pivot|unpivot)\b[\s\S]*\s/i.test(`${text} `) && /\s/.test(text)
}

/**
 * Runs a query and takes its columns over: numbers and decimals as doubles, dates and timestamps as milliseconds UTC,
 * text and enums as words; others are left out. Rows come in the order of the query, in chunks, and are never held as
 * objects.
 *
 * @param limit most bytes that the columns may have
 * @throws FillgridError missing_package, invalid_file (what DuckDB refuses, with its words), unknown_name, memory_limit
 */
export async function duckTable({ database, query }: DuckQuery, limit: number): Promise<SourceTable> {
  const file = database ?? 'the query'
  const { DuckDBInstance } = await duckPackage()
  const ask = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (cause) {
      if (cause instanceof FillgridError) throw cause
      throw refused(file, cause)
    }
  }
  const options: Record<string, string> = { autoinstall_known_extensions: 'false' }
  if (database !== undefined) options.access_mode = 'READ_ONLY'
  const instance = await ask(() => DuckDBInstance.create(database ?? ':memory:', options))
  let connection: DuckDBConnection | undefined
  try {
    return await ask(async () => {
      connection = await instance.connect()
      await connection.run("SET TimeZone = 'UTC'").catch(() => undefined)
      return fetchTable(connection, await sqlOf(connection, query, file), file, limit)
    })
  } finally {
    connection?.closeSync()
    instance.closeSync()
  }
}

async function duckPackage(): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api')
  } catch (cause) {
    throw new FillgridError(
      'missing_package',
      `duckdb: the package ${PACKAGE} is needed, found none that loads here. Install it with \`npm install ${PACKAGE}\`.`,
      {},
      { cause },
    )
  }
}

function refused(file: string, cause: unknown): FillgridError {
  const message = cause instanceof Error ? cause.message : String(cause)
  const [why] = message.split('\n')
  return new FillgridError(
    'invalid_file',
    `file: DuckDB must be able to read it, found ${show(why)} at ${file}. Check the path and the query.`,
    { file },
    { cause },
  )
}

/** The query itself, or all rows of the table that is named or is the only one. */
async function sqlOf(connection: DuckDBConnection, query: string | undefined, file: string): Promise<string> {
  if (query !== undefined && isSql(query)) return query.replace(/;\s*$/, '')
  const reader = await connection.runAndReadAll(
    "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema NOT IN ('information_schema', 'pg_catalog') ORDER BY ALL",
  )
  const tables = reader.getRows().map(([schema, name]) => ({ schema: String(schema), name: String(name) }))
  const names = tables.map(({ name }) => name)
  const found =
    query === undefined ? (tables.length === 1 ? tables[0] : undefined) : tables.find(({ name }) => name === query)
  if (found) return `SELECT * FROM ${identifier(found.schema)}.${identifier(found.name)}`
  const near = query === undefined ? [] : nearNames(query, names)
  const known = names.length === 0 ? 'There is none.' : `There are ${names.slice(0, 12).join(', ')}.`
  throw new FillgridError(
    'unknown_name',
    query === undefined
      ? `file: ${file} has ${names.length} tables, one must be named. ${known} Write \`duckdb:${file}#TABLE\`.`
      : `file: table ${show(query)} is not in ${file}. ${near.length > 0 ? `Did you mean ${near.join(' or ')}?` : known}`,
    { file },
  )
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

type Kind = SourceColumn['kind']

/** How a column is asked for, by its type. */
function selection(name: string, type: string): { kind: Kind; sql: string } {
  const column = identifier(name)
  if (/^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL.*|BOOLEAN)$/.test(type))
    return { kind: 'number', sql: `CAST(${column} AS DOUBLE)` }
  if (/^(DATE|TIMESTAMP.*|DATETIME)$/.test(type))
    return {
      kind: 'time',
      sql: `CAST(epoch_us(CAST(${column} AS ${type === 'TIMESTAMP WITH TIME ZONE' ? type : 'TIMESTAMP'})) AS DOUBLE) / 1000`,
    }
  if (/^(VARCHAR|ENUM.*|UUID)$/.test(type)) return { kind: 'text', sql: `CAST(${column} AS VARCHAR)` }
  return { kind: 'other', sql: 'NULL' }
}

/** A column that grows chunk by chunk. */
interface Growing {
  kind: Kind
  numbers: Float64Array
  codes: Int32Array
  list: WordList
}

async function fetchTable(
  connection: DuckDBConnection,
  sql: string,
  file: string,
  limit: number,
): Promise<SourceTable> {
  const described = (await connection.runAndReadAll(`DESCRIBE SELECT * FROM (${sql}) AS source`)).getRows()
  const columns = described.map(([name, type]) => ({ name: String(name), type: String(type) }))
  const chosen = columns.map(({ name, type }) => selection(name, type))
  const list = chosen.map(({ sql: part }, i) => `${part} AS c${i}`).join(', ')
  const result = await connection.stream(`SELECT ${list} FROM (${sql}) AS source`)
  const growing = chosen.map(
    ({ kind }): Growing => ({
      kind,
      numbers: new Float64Array(0),
      codes: new Int32Array(0),
      list: new WordList(),
    }),
  )
  let rows = 0
  let capacity = 0
  for (;;) {
    const chunk = await result.fetchChunk()
    const count = chunk?.rowCount ?? 0
    if (!chunk || count === 0) break
    if (rows + count > capacity) {
      capacity = Math.max(4096, Math.ceil((rows + count) * 1.5))
      const bytes = growing.reduce(
        (sum, { kind }) => sum + capacity * (kind === 'other' ? 0 : kind === 'text' ? 4 : 8),
        0,
      )
      if (bytes > limit * 1.5)
        throw new FillgridError(
          'memory_limit',
          `file: the rows of ${file} need more than ${Math.ceil(limit / 1048576)} MiB. Ask for fewer.`,
          { file },
        )
      growing.forEach((column) => {
        grow(column, capacity)
      })
    }
    growing.forEach((column, i) => {
      if (column.kind === 'other') return
      const vector = chunk.getColumnVector(i)
      if (column.kind === 'text') {
        for (let row = 0; row < count; row++) {
          const word = vector.getItem(row) as string | null
          column.codes[rows + row] = word === null ? -1 : column.list.code(word)
        }
      } else
        for (let row = 0; row < count; row++)
          column.numbers[rows + row] = (vector.getItem(row) as number | null) ?? Number.NaN
    })
    rows += count
  }
  return {
    file,
    format: 'duckdb',
    rows,
    columns: growing.map((column, i) => ({
      name: columns[i].name,
      kind: column.kind,
      type: columns[i].type,
      local: columns[i].type !== 'TIMESTAMP WITH TIME ZONE',
      numbers: () => column.numbers.subarray(0, rows),
      words: () => ({ codes: column.codes.subarray(0, rows), words: column.list.words }),
    })),
  }
}

function grow(column: Growing, rows: number): void {
  if (column.kind === 'text') {
    const codes = new Int32Array(rows)
    codes.set(column.codes)
    column.codes = codes
  } else if (column.kind !== 'other') {
    const numbers = new Float64Array(rows)
    numbers.set(column.numbers)
    column.numbers = numbers
  }
}
