import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { FillgridError } from '../../src/errors.ts'
import { parseDuckQuery } from '../../src/io/duckdb.ts'
import { loadMarket } from '../../src/io/load.ts'
import { marketTable, writeTable, writeTables } from '../../src/io/write.ts'
import { Market } from '../../src/market/market.ts'
import { smaCross } from '../../src/strategies/sma-cross.ts'
import { inProcess } from '../cli/inprocess.ts'

// A native package, which is not there on every platform.
const package_ = await import('@duckdb/node-api').catch(() => undefined)

describe('duckdb: inputs', () => {
  it('are a file, a table in it, or a query', () => {
    expect(parseDuckQuery('a.csv')).toBeUndefined()
    expect(parseDuckQuery('duckdb:a/b.duckdb')).toEqual({ database: 'a/b.duckdb' })
    expect(parseDuckQuery('DuckDB: b.duckdb#bars ')).toEqual({ database: 'b.duckdb', query: 'bars' })
    expect(parseDuckQuery('duckdb:b.duckdb#SELECT * FROM x')).toEqual({
      database: 'b.duckdb',
      query: 'SELECT * FROM x',
    })
    expect(parseDuckQuery("duckdb:SELECT * FROM 'a#b.parquet'")).toEqual({ query: "SELECT * FROM 'a#b.parquet'" })
    expect(() => parseDuckQuery('duckdb: ')).toThrow('a file or a query is needed')
  })
})

describe.skipIf(!package_)('DuckDB (skipped where its package does not load)', () => {
  let folder = ''
  const day = Date.UTC(2024, 0, 1)
  const close = Float64Array.from({ length: 400 }, (_, i) => 100 + 10 * Math.sin(Math.floor(i / 2) / 9) + (i % 2) * 50)
  const time = Float64Array.from({ length: 200 }, (_, i) => day + i * 86400000)
  const market = Market.from({ assets: ['A', 'B'], time, close, volume: close })

  async function sql(database: string, ...statements: string[]): Promise<unknown[][]> {
    const instance = await package_!.DuckDBInstance.create(database)
    const connection = await instance.connect()
    try {
      let rows: unknown[][] = []
      for (const statement of statements) rows = (await connection.runAndReadAll(statement)).getRows()
      return rows
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  }

  async function refused(input: string): Promise<FillgridError> {
    const error = await loadMarket(input).catch((found) => found)
    expect(error).toBeInstanceOf(FillgridError)
    return error
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fillgrid-duck-'))
    for (const name of ['A', 'B']) {
      const path = join(folder, `${name}.parquet`)
      const own = Market.from({ assets: [name], time, close: close.filter((_, i) => (i % 2 === 0) === (name === 'A')) })
      await writeTable(path, marketTable(own))
      own.release()
    }
    await writeTable(join(folder, 'bars.csv'), marketTable(market))
  })
  afterAll(() => {
    market.release()
    rmSync(folder, { recursive: true, force: true })
  })

  it('text that it packed with zstd is read in pieces', async () => {
    const out = join(folder, 'long.csv')
    const rows = `SELECT make_timestamp(1704067200000000 + i * 60000000) AS time, round(100 + 10 * sin(i / 900), 6) AS close,
      (i * 7919) % 100003 AS volume FROM range(200000) t(i)`
    await sql(':memory:', `COPY (${rows}) TO '${out}' (FORMAT csv, HEADER)`)
    await sql(':memory:', `COPY (${rows}) TO '${out}.zst' (FORMAT csv, HEADER, COMPRESSION zstd)`)
    const [plain, packed] = [await loadMarket(`X=${out}`), await loadMarket(`X=${out}.zst`)]
    expect([packed.bars, packed.digest()]).toEqual([200000, plain.digest()])
    const [source] = packed.provenance!.sources
    const bytes = readFileSync(`${out}.zst`)
    expect(source).toMatchObject({ containers: ['zstd'], bytes: bytes.length, rows: 200000 })
    expect(source.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
    // Damage that shows only after most of it was read.
    for (const [name, broken] of [
      ['cut', bytes.subarray(0, -20)],
      ['changed', bytes.map((byte, i) => (i === bytes.length - 2000 ? byte ^ 8 : byte))],
    ] as const) {
      writeFileSync(join(folder, `${name}.csv.zst`), broken)
      expect((await refused(join(folder, `${name}.csv.zst`))).code).toBe('invalid_file')
    }
    plain.release()
    packed.release()
  })

  it('queries over many Parquet files are markets', async () => {
    const read = await loadMarket(
      `duckdb:SELECT * FROM '${folder}/*.parquet' WHERE time < '2024-03-01' ORDER BY symbol, time`,
    )
    expect([read.assets, read.bars, read.close[3], read.barTime(59)]).toEqual([
      ['A', 'B'],
      60,
      close[3],
      '2024-02-29T00:00:00.000Z',
    ])
    read.release()
  })

  it('queries have the symbol that is put before them, in every way in which a market is named', async () => {
    const query = `duckdb:SELECT time, close FROM '${folder}/bars.csv' WHERE symbol = 'A' AND close >= 1`
    const markets = [await loadMarket(`X=${query}`), await loadMarket({ path: query, symbol: 'X' })]
    expect(markets.map(({ assets, bars }) => [assets, bars])).toEqual([
      [['X'], 200],
      [['X'], 200],
    ])
    for (const one of markets) one.release()
    for (const data of [query, `X=${query}`]) {
      const { status, stdout } = await inProcess(
        'run',
        '--data',
        data,
        '-s',
        'sma-cross',
        '--json',
        '--from',
        '2024-02',
      )
      expect([status, JSON.parse(stdout).bars]).toEqual([0, 169])
    }
    const sweep = ['sweep', '--data', `X=${query}`, '-s', 'sma-cross', '--grid', 'fast=3,5', '--workers', '1', '--json']
    expect(JSON.parse((await inProcess(...sweep)).stdout)).toMatchObject({ done: 2, failed: 0 })
    const inspected = await inProcess('data', 'inspect', `X=${query}`)
    expect([inspected.status, inspected.stdout]).toEqual([0, expect.stringContaining('X: 200 bars')])
  })

  it('tables of a database file are markets, by name or the one there is', async () => {
    const path = join(folder, 'x.duckdb')
    await sql(
      path,
      `CREATE TABLE bars AS SELECT time, symbol, close, volume, close::DECIMAL(18,4) AS rounded, [1] AS list FROM read_csv('${folder}/bars.csv')`,
    )
    for (const input of [`duckdb:${path}`, `duckdb:${path}#bars`, `duckdb:${path}#SELECT * FROM bars`, path]) {
      const read = await loadMarket(input, { signals: false })
      expect(read.digest()).toBe(market.digest())
      read.release()
    }
    const read = await loadMarket(path)
    expect([...read.signals.keys()]).toEqual(['rounded'])
    expect(read.remarks.map(({ message }) => message).join()).toContain('list')
    read.release()
    await sql(path, 'CREATE TABLE others AS SELECT 1 AS x')
    expect((await refused(path)).message).toContain('has 2 tables, one must be named. There are bars, others.')
    expect((await refused(`duckdb:${path}#bar`)).message).toContain('Did you mean bars?')
  })

  it('what DuckDB refuses is a typed error, and a query reads only', async () => {
    expect((await refused(`duckdb:${folder}/none.duckdb`)).code).toBe('invalid_file')
    expect((await refused('duckdb:SELECT * FROM nothing')).message).toContain('Table with name nothing does not exist')
    const path = join(folder, 'y.duckdb')
    await sql(path, 'CREATE TABLE t AS SELECT 1 AS x')
    expect((await refused(`duckdb:${path}#SELECT 1 AS a; DROP TABLE t`)).code).toBe('invalid_file')
    expect(await sql(path, 'SELECT x FROM t')).toEqual([[1]])
    writeFileSync(
      join(folder, 'z.duckdb'),
      new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, ...new TextEncoder().encode('DUCK'), 1, 2]),
    )
    expect((await refused(join(folder, 'z.duckdb'))).code).toBe('invalid_file')
    expect(existsSync(join(folder, 'none.duckdb'))).toBe(false)
  })

  it('queries the files of a result in place, as the documentation does', async () => {
    const result = backtest(market, smaCross, { parameters: { fast: 3, slow: 9 } })
    const page = readFileSync(new URL('../../docs/data.md', import.meta.url), 'utf8')
    const [, block] = /```sql\n([\s\S]*?)```/.exec(page)!
    const [byAsset, byMonth] = block.split(';').map((query) => query.replace(/--.*\n/g, ''))
    for (const format of ['parquet', 'csv', 'json'] as const) {
      const out = join(folder, 'runs', format)
      await writeTables(out, result, { format })
      const rows = await sql(':memory:', byAsset.replace('out/trades.parquet', `${out}/trades.${format}`))
      const own = ['A', 'B'].map((asset) => {
        const trades = [...result.trades].filter((trade) => trade.asset === asset).map((trade) => trade.pnl as number)
        return { asset, count: trades.length, pnl: trades.reduce((sum, pnl) => sum + pnl, 0) }
      })
      own.sort((a, b) => b.pnl - a.pnl)
      expect(rows.map(([asset, count]) => [asset, Number(count)])).toEqual(
        own.map(({ asset, count }) => [asset, count]),
      )
      expect(rows.map(([, , pnl]) => pnl)).toEqual(own.map(({ pnl }) => expect.closeTo(pnl, 9)))
    }
    const months = await sql(':memory:', byMonth.replace('runs/', `${folder}/runs/`))
    expect(months.length).toBe(7)
    const { equity } = result
    expect(months.map(([, , change]) => change)).toContainEqual(expect.closeTo(equity[30] / equity[0] - 1, 12))
  })
})
