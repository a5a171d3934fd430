/** Packages that are loaded when they are needed: where one is not installed, the error names it. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { FillgridError } from '../../src/errors.ts'
import { Table } from '../../src/results/table.ts'

function missing(name: string): void {
  vi.resetModules()
  vi.doMock(name, () => {
    throw new Error(`Cannot find package '${name}'`)
  })
}

describe('a package that is not installed', () => {
  afterEach(() => {
    vi.doUnmock('@duckdb/node-api')
    vi.doUnmock('hyparquet-writer')
    vi.resetModules()
  })

  it('DuckDB', async () => {
    missing('@duckdb/node-api')
    const { duckTable } = await import('../../src/io/duckdb.ts')
    const error = await duckTable({ query: 'SELECT 1' }, 1000).catch((found) => found)
    expect([error.code, error.message]).toEqual([
      'missing_package',
      'duckdb: the package @duckdb/node-api is needed, found none that loads here. Install it with `npm install @duckdb/node-api`.',
    ])
  })

  it('the writer of Parquet', async () => {
    missing('hyparquet-writer')
    const { tableToParquet } = await import('../../src/io/parquetwrite.ts')
    const error = await tableToParquet(new Table([], new Map(), [])).catch((found: FillgridError) => found)
    expect((error as FillgridError).message).toContain('Install it with `npm install hyparquet-writer`.')
  })

  it('is asked for nothing where it is not needed', async () => {
    missing('@duckdb/node-api')
    vi.doMock('apache-arrow', () => {
      throw new Error('not wanted')
    })
    const { tableToArrow } = await import('../../src/io/arrow.ts')
    // Of the same copy of the library.
    const { Table: Fresh } = await import('../../src/results/table.ts')
    expect(tableToArrow(new Fresh([], new Map(), [])).length).toBeGreaterThan(0)
    vi.doUnmock('apache-arrow')
    const { loadMarket } = await import('../../src/io/load.ts')
    const error = await loadMarket('nowhere.parquet').catch((found) => found)
    expect(error.code).toBe('file_access')
  })
})
