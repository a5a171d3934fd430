import { FillgridError } from '../errors.ts'
import type { Column, Table, Values } from '../results/table.ts'

/** The package that this file loads when it is needed. */
const PACKAGE = 'hyparquet-writer'

/** Rows of a group: as many as DuckDB reads on one thread. */
const GROUP = 122880

/**
 * A table as a Parquet file, compressed with snappy: snake_case names; numbers as double and int32, times as
 * timestamp[ms, UTC], assets and words as strings, flags as bool; empty words and missing times are null, undefined numbers
 * NaN. Equal tables give equal bytes.
 *
 * @throws FillgridError missing_package
 */
export async function tableToParquet(table: Table): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await writerPackage()
  const columnData = table.columns.map((column) => ({
    name: column.field,
    ...columnSource(column, table.values(column.name), table.assets),
  }))
  return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: GROUP, createdBy: 'fillgrid' }))
}

async function writerPackage(): Promise<typeof import('hyparquet-writer')> {
  try {
    return await import('hyparquet-writer')
  } catch (cause) {
    throw new FillgridError(
      'missing_package',
      `parquet: the package ${PACKAGE} is needed to write, found none. Install it with \`npm install ${PACKAGE}\`.`,
      {},
      { cause },
    )
  }
}

function columnSource(column: Column, values: Values, assets: readonly string[]) {
  switch (column.kind) {
    case 'f64':
      return { type: 'DOUBLE' as const, data: Float64Array.from(values), nullable: false }
    case 'i32':
      return { type: 'INT32' as const, data: Int32Array.from(values), nullable: false }
    case 'time':
      return {
        type: 'TIMESTAMP' as const,
        data: Array.from(values, (ms) => (Number.isNaN(ms) ? null : BigInt(Math.trunc(ms)))),
      }
    case 'bool':
      return { type: 'BOOLEAN' as const, data: Array.from(values, (value) => value !== 0), nullable: false }
    default: {
      const words = column.kind === 'asset' ? assets : (column.labels ?? [])
      return { type: 'STRING' as const, data: Array.from(values, (value) => words[value] || null) }
    }
  }
}
