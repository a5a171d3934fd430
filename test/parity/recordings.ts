import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { timeMajor } from '../../bench/panels.ts'
import { makeEquities } from '../../data/equities.ts'
import { makeMinutes } from '../../data/minutes.ts'
import { Market } from '../../src/market/market.ts'
import type { ClosedTrade } from './compare.ts'

const folder = dirname(fileURLToPath(import.meta.url))
const shared = join(folder, '..', '..', '..', 'shared', 'data')

/** Where a recording comes from. */
export interface Provenance {
  engine: string
  version: string
  data: string
  dataSha256: string
}

/** One run of the SMA cross as another engine did it: columns of closed trades. */
export interface RecordedRun {
  direction: 'long' | 'both'
  stops: boolean
  asset: number[]
  entryBar: number[]
  exitBar: number[]
  quantity: number[]
  entryPrice: number[]
  exitPrice: number[]
  pnl: number[]
}

/** A recording of the SMA cross. */
export interface CrossRecording {
  provenance: Provenance
  assets: string[]
  settings: { fast: number; slow: number; stop: number; target: number; fee: number; units: number }
  runs: RecordedRun[]
}

/** Reads a recording of this folder. */
export function readRecording<T>(name: string): T {
  const bytes = readFileSync(join(folder, name))
  return JSON.parse((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')) as T
}

/** The rows of a recorded run. */
export function recordedTrades(run: RecordedRun): ClosedTrade[] {
  return run.asset.map((asset, i) => ({
    asset,
    entryBar: run.entryBar[i],
    exitBar: run.exitBar[i],
    quantity: run.quantity[i],
    entryPrice: run.entryPrice[i],
    exitPrice: run.exitPrice[i],
    pnl: run.pnl[i],
  }))
}

/** A data set of the SMA cross; `missing` where it is a real file that is not here. */
export interface CrossSet {
  name: string
  missing: boolean
  /** Made anew by every call. */
  market(assets: readonly string[]): Market
}

const EQUITIES = join(shared, 'daily_equities_merged', 'us_equities_160x2010-2021_adj.csv.gz')
const MINUTES = join(shared, 'crypto_1m_binance_klines', 'FILUSDT-1m-2023-05.csv.gz')
const PRICES = ['open', 'high', 'low', 'close', 'volume'] as const

/** The data sets that recordings were made of. */
export const CROSS_SETS: readonly CrossSet[] = [
  { name: 'generated-equities', missing: false, market: generatedEquities },
  { name: 'generated-minutes', missing: false, market: generatedMinutes },
  { name: 'us-equities', missing: !existsSync(EQUITIES), market: realEquities },
  { name: 'filusdt-2023-05', missing: !existsSync(MINUTES), market: realMinutes },
]

function generatedEquities(): Market {
  const equities = makeEquities()
  const column = (name: (typeof PRICES)[number]) => timeMajor(equities, name)
  const [open, high, low, close, volume] = PRICES.map(column)
  return Market.from({ assets: equities.assets, time: equities.time, open, high, low, close, volume })
}

function generatedMinutes(): Market {
  const { asset, time, open, high, low, close, volume } = makeMinutes({ bars: 20_000 })
  return Market.from({ assets: [asset], time, open, high, low, close, volume })
}

/** Rows of a gzipped CSV without quotes, by the names of its header; only lines that hold one of the words. */
function readCsv(path: string, words: readonly string[]): Record<string, string>[] {
  const [header, ...lines] = gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n')
  const names = header.trim().split(',')
  return lines
    .filter((line) => words.some((word) => line.includes(word)))
    .map((line) => {
      const cells = line.trim().split(',')
      return Object.fromEntries(names.map((name, i) => [name, cells[i]]))
    })
}

function table(asset: string, rows: Record<string, string>[], time: (row: Record<string, string>) => number) {
  const column = (name: string) => Float64Array.from(rows, (row) => Number(row[name]))
  const [open, high, low, close, volume] = PRICES.map(column)
  return { asset, time: Float64Array.from(rows, time), open, high, low, close, volume }
}

function realEquities(assets: readonly string[]): Market {
  const rows = readCsv(
    EQUITIES,
    assets.map((asset) => `,${asset},`),
  )
  const day = (row: Record<string, string>) => Date.parse(`${row.timestamp}T00:00:00Z`)
  return Market.from(
    assets.map((asset) =>
      table(
        asset,
        rows.filter((row) => row.symbol === asset),
        day,
      ),
    ),
  )
}

function realMinutes(assets: readonly string[]): Market {
  return Market.from([table(assets[0], readCsv(MINUTES, [',']), (row) => Number(row.open_time))])
}

/** The digest that a recording names: SHA-256 of open, high, low and close, one after the other. */
export function priceDigest(market: Market): string {
  const sha = createHash('sha256')
  for (const name of ['open', 'high', 'low', 'close'] as const) {
    sha.update(new Uint8Array(Float64Array.from(market[name]).buffer))
  }
  return sha.digest('hex')
}
