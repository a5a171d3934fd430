import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { makeWorkload } from '../data/workload.ts'
import { readFile, writeFile } from '../src/io/files.ts'
import { marketTable, writeTable } from '../src/io/write.ts'
import { Market } from '../src/market/market.ts'
import { type Duck, duck } from './peers/duckdb.ts'

/** The same 1,260,000 rows (500 assets x 2,520 days, prices with all their digits) in every format. */
export interface LoadFiles {
  csv: string
  gzip: string
  /** By DuckDB, in zstd. */
  zst: string
  /** By DuckDB, compressed with zstd and snappy. */
  zstd: string
  snappy: string
  /** By Fillgrid, one batch, not compressed. */
  arrow: string
  /** By DuckDB in the order of time, all symbols of a day together, which has to be undone. */
  timeCsv: string
  timeParquet: string
  rows: number
  /** Digest of the market. */
  digest: string
}

/** Rows of the long table. */
export const HEADER = ['timestamp', 'symbol', 'open', 'high', 'low', 'close', 'volume'] as const

/** Writes the files into a folder. */
export async function writeLoadFiles(folder: string): Promise<LoadFiles> {
  const path = (name: string) => join(folder, name)
  const files = {
    csv: path('bars.csv'),
    gzip: path('bars.csv.gz'),
    zst: path('bars.csv.zst'),
    zstd: path('zstd.parquet'),
    snappy: path('snappy.parquet'),
    arrow: path('bars.arrow'),
    timeCsv: path('time.csv'),
    timeParquet: path('time.parquet'),
  }
  const w = makeWorkload()
  const days = Array.from(w.time, (ms) => new Date(ms).toISOString().slice(0, 10))
  const handle = openSync(files.csv, 'w')
  writeSync(handle, `${HEADER.join(',')}\n`)
  for (let asset = 0; asset < w.assetCount; asset++) {
    let text = ''
    for (let bar = 0; bar < w.bars; bar++) {
      const i = bar * w.assetCount + asset
      text += `${days[bar]},${w.assets[asset]},${w.open[i]},${w.high[i]},${w.low[i]},${w.close[i]},${w.volume[i]}\n`
    }
    writeSync(handle, text)
  }
  closeSync(handle)
  writeFile(files.gzip, gzipSync(readFile(files.csv), { level: 1 }))
  const database: Duck = await duck()
  for (const codec of ['zstd', 'snappy'] as const)
    await database.run(
      `COPY (FROM read_csv('${files.csv}')) TO '${files[codec]}' (FORMAT parquet, COMPRESSION ${codec})`,
    )
  await database.run(`COPY (FROM read_csv('${files.csv}')) TO '${files.zst}' (FORMAT csv, HEADER, COMPRESSION zstd)`)
  const ordered = `(SELECT * FROM read_csv('${files.csv}') ORDER BY timestamp, symbol)`
  await database.run(`COPY ${ordered} TO '${files.timeCsv}' (FORMAT csv, HEADER)`)
  await database.run(`COPY ${ordered} TO '${files.timeParquet}' (FORMAT parquet, COMPRESSION zstd)`)
  database.close()
  const market = Market.from(w)
  await writeTable(files.arrow, marketTable(market))
  const digest = market.digest()
  market.release()
  return { ...files, rows: w.bars * w.assetCount, digest }
}
