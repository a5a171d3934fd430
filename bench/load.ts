/**
 * Reading 1,260,000 rows beside DuckDB, in the same run and in turns, so that a busy moment of the machine meets both. What
 * is read is compared before a time is printed. A part of `npm run bench`; alone by `npm run bench -- --only load`.
 */
import { join } from 'node:path'
import { arrowTable } from '../src/io/arrow.ts'
import { eachChunk, fileRanges, peekFile } from '../src/io/chunks.ts'
import { columnRows } from '../src/io/columns.ts'
import { TextReader } from '../src/io/csv.ts'
import { readFile } from '../src/io/files.ts'
import { loadMarket } from '../src/io/load.ts'
import { parquetTable } from '../src/io/parquet.ts'
import type { RowTable } from '../src/io/rowtable.ts'
import { against, type Figure, fasterThan, summarise } from './figures.ts'
import { runFresh } from './host.ts'
import type { LoadOutput } from './loadchild.ts'
import { type LoadFiles, writeLoadFiles } from './loadfiles.ts'
import { type Columns, type Duck, duck } from './peers/duckdb.ts'

const ROUNDS = 5
const MB = 1e6

/** A file's columns, before checks and before a market is made of them. */
const READERS = {
  async csv(path: string): Promise<RowTable> {
    const head = peekFile(path)!
    const reader = new TextReader({ file: path, size: head.content }, {})
    await eachChunk(head, (bytes) => reader.push(bytes))
    return reader.finish().table
  },
  async parquet(path: string): Promise<RowTable> {
    const { size } = peekFile(path)!
    return columnRows(parquetTable(fileRanges(path, size), path), {}, 'bars')
  },
  async arrow(path: string): Promise<RowTable> {
    return columnRows(arrowTable(readFile(path), path), {}, 'bars')
  },
}

/** All figures about loading; its files are written into `folder`. */
export async function loadFigures(folder: string): Promise<Figure[]> {
  const files = await writeLoadFiles(folder)
  const database = await duck()
  const beside = (name: string, path: string, reader: keyof typeof READERS, from: string, goal: number) =>
    besideDuck(name, path, reader, from, goal, database, files.rows)
  const figures = [
    ...(await beside('CSV', files.csv, 'csv', `read_csv('${files.csv}')`, 1.5)),
    ...(await beside('Parquet, zstd', files.zstd, 'parquet', `'${files.zstd}'`, 1.3)),
    ...(await beside('Parquet, snappy', files.snappy, 'parquet', `'${files.snappy}'`, 1.3)),
    ...(await arrow(files)),
    ...(await cached(files, join(folder, 'cache'))),
  ]
  database.close()
  return [...figures, ...(await memory(files))]
}

async function timed<T>(work: () => Promise<T>): Promise<[ms: number, result: T]> {
  globalThis.gc?.()
  const start = performance.now()
  const result = await work()
  return [performance.now() - start, result]
}

/** @throws Error where a value differs */
function expectSame(name: string, ours: RowTable, theirs: Columns): void {
  const pairs: [string, ArrayLike<number> | undefined, ArrayLike<number>][] = [
    ['time', ours.time, theirs.time],
    ['asset', ours.asset, theirs.asset],
    ...(['open', 'high', 'low', 'close', 'volume'] as const).map(
      (column, i) => [column, ours.prices.get(column), theirs.prices[i]] as [string, Float64Array, Float64Array],
    ),
  ]
  for (const [column, a, b] of pairs) {
    if (!a || a.length !== b.length) throw new Error(`bench: ${name}, ${column} has ${a?.length} rows of ${b.length}.`)
    for (let i = 0; i < b.length; i++)
      if (a[i] !== b[i]) throw new Error(`bench: ${name}, ${column}, row ${i}: ${a[i]}, DuckDB has ${b[i]}.`)
  }
  if (ours.names.join() !== theirs.names.join()) throw new Error(`bench: ${name}, symbols differ.`)
}

async function besideDuck(
  name: string,
  path: string,
  reader: keyof typeof READERS,
  from: string,
  goal: number,
  database: Duck,
  count: number,
): Promise<Figure[]> {
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const [theirMs, expected] = await timed(() => database.read(from, count))
    const [ms, rows] = await timed(() => READERS[reader](path))
    if (round === 0) expectSame(name, rows, expected)
    ours.push(ms)
    theirs.push(theirMs)
  }
  const [a, b] = [summarise(ours), summarise(theirs)]
  const reference = { name: 'DuckDB', value: b.min }
  return [against(`${name}, file to columns`, a.min, 'ms', reference, goal, a.spread)]
}

/** Arrow: time by 50 MB, and whether the columns are the file's own bytes. */
async function arrow(files: LoadFiles): Promise<Figure[]> {
  const bytes = readFile(files.arrow)
  const table = columnRows(arrowTable(bytes, files.arrow), {}, 'bars')
  const copied = [...table.prices.values()].filter((column) => column.buffer !== bytes.buffer).length
  const times: number[] = []
  for (let round = 0; round < ROUNDS * 2; round++) times.push((await timed(() => READERS.arrow(files.arrow)))[0])
  const { min, spread } = summarise(times)
  return [
    {
      name: 'Arrow, file to columns, by 50 MB',
      value: (min / bytes.length) * 50 * MB,
      unit: 'ms',
      spread,
      goal: { kind: 'at most', value: 60 },
    },
    { name: 'Arrow, price columns that were copied', value: copied, unit: '', goal: { kind: 'at most', value: 0 } },
  ]
}

/** A market from CSV beside the same from the cache. */
async function cached(files: LoadFiles, cache: string): Promise<Figure[]> {
  const first: number[] = []
  const second: number[] = []
  const digests = new Set([files.digest])
  const load = async (options: { cache?: string }) => {
    const [ms, market] = await timed(() => loadMarket(files.csv, options))
    digests.add(market.digest())
    market.release()
    return ms
  }
  await load({ cache })
  for (let round = 0; round < ROUNDS; round++) {
    first.push(await load({}))
    second.push(await load({ cache }))
  }
  if (digests.size > 1) throw new Error(`bench: the markets differ: ${[...digests].join(', ')}.`)
  const [a, b] = [summarise(first), summarise(second)]
  const reference = { name: 'from CSV', value: a.min }
  return [
    { name: 'market from CSV', value: a.min, unit: 'ms', spread: a.spread },
    fasterThan('market from the cache', b.min, 'ms', reference, 5, b.spread),
  ]
}

/** Peak memory of loading a market beyond the process before, as a multiple of the columns that are read. */
async function memory(files: LoadFiles): Promise<Figure[]> {
  // Time and five prices as doubles, and a number of 32 bits for the symbol.
  const columns = files.rows * (6 * 8 + 4)
  const figures: Figure[] = []
  const sources = {
    CSV: files.csv,
    'CSV in gzip': files.gzip,
    'CSV in zstd': files.zst,
    Parquet: files.zstd,
    Arrow: files.arrow,
    'CSV in order of time': files.timeCsv,
    'Parquet in order of time': files.timeParquet,
  }
  for (const [name, path] of Object.entries(sources)) {
    const runs: LoadOutput[] = []
    for (let i = 0; i < 3; i++) runs.push(await runFresh<LoadOutput>('loadchild', path))
    for (const { digest } of runs) if (digest !== files.digest) throw new Error(`bench: ${name} gives another market.`)
    const peak = summarise(runs.map((run) => run.peak / MB))
    const reference = { name: 'its columns', value: columns / MB }
    figures.push(against(`${name}, peak memory of a market`, peak.median, 'MB', reference, 2.5, peak.spread))
  }
  return figures
}
