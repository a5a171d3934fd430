import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FillgridError } from '../errors.ts'
import { sha256 } from '../kernel/sha256.ts'
import { type MarketOptions, PRICE_COLUMNS, type PriceColumn, type Remark } from '../market/input.ts'
import type { Instrument } from '../market/instrument.ts'
import { Market } from '../market/market.ts'
import type { Provenance } from '../market/provenance.ts'
import { canonical } from '../results/result.ts'
import { readFile, writeFile } from './files.ts'
import { openIpc } from './ipc.ts'
import { type IpcColumn, ipcParts } from './ipcwrite.ts'

/** A folder that keeps markets as they were read, one Arrow file each. It may be deleted at any time. */
export interface MarketCache {
  folder: string
  /** Most bytes of all files; beyond them those that were not used for longest go. Default 8 GiB. */
  maxBytes?: number
}

/** Raised with every change of what is kept; the version of the library is part of the key beside it. */
const CACHE_FORMAT = 1
const DEFAULT_MOST = 8 * 2 ** 30

/** What a source is to the cache: its content, and the names that its bars and errors take from it. */
export interface CacheSource {
  sha256: string
  file: string
  symbol?: string | undefined
}

/**
 * The name under which a market is kept: SHA-256 over the content of its sources, their names, the options and the version
 * of the library. Undefined where options hold what has no text, as functions and columns in memory do.
 */
export function cacheKey(sources: readonly CacheSource[], options: object): string | undefined {
  if (!isPlain(options)) return undefined
  const names = sources.map(({ sha256: hash, file, symbol }) => ({
    hash,
    file: basename(file),
    symbol: symbol ?? null,
  }))
  return sha256(canonical({ format: CACHE_FORMAT, version: libraryVersion(), sources: names, options }))
}

function isPlain(value: unknown): boolean {
  if (value === undefined || value === null || ['string', 'number', 'boolean'].includes(typeof value)) return true
  if (Array.isArray(value)) return value.every(isPlain)
  return (
    typeof value === 'object' &&
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.values(value as object).every(isPlain)
  )
}

let version: string | undefined

function libraryVersion(): string {
  if (version !== undefined) return version
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder)
  try {
    version = String(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version)
  } catch {
    version = 'unknown'
  }
  return version
}

/** What a kept market has beside its columns. */
interface Meta {
  format: number
  assets: string[]
  allowNonPositive: boolean
  remarks: Remark[]
  provenance?: Provenance
  /** `market.delisted`, where an asset has a time. */
  delisted?: Readonly<Record<string, number>>
  /** `market.instruments`, where an asset has one. */
  instruments?: Readonly<Record<string, Instrument>>
  /** `market.digest()`: what is read must have it too. */
  digest: string
}

/** Remarks that follow from the columns alone and are made anew. */
const REMADE: ReadonlySet<Remark['code']> = new Set(['open_outside_range', 'close_outside_range', 'asset_without_bars'])

/**
 * The market that is kept under a key; undefined where there is none, or the file is damaged.
 *
 * @param options what its return periods go by, which are worked out anew
 */
export function readCached(
  { folder }: MarketCache,
  key: string,
  { calendar, periodsPerYear }: Pick<MarketOptions, 'calendar' | 'periodsPerYear'> = {},
): Market | undefined {
  const path = join(folder, `${key}.arrow`)
  if (!existsSync(path)) return undefined
  try {
    const bytes = readFile(path)
    const table = openIpc(bytes, path, bytes.length)
    const meta = JSON.parse(table.metadata.get('fillgrid') ?? '{}') as Meta
    if (meta.format !== CACHE_FORMAT) return undefined
    const columns = (prefix: string, of: (name: string) => Float64Array) =>
      Object.fromEntries(
        table.columns.flatMap(({ name }) => (name.startsWith(prefix) ? [[name.slice(prefix.length), of(name)]] : [])),
      )
    const plain = (name: string) => table.columns.find((column) => column.name === name)!.numbers()
    const prices = Object.fromEntries(PRICE_COLUMNS.map((name) => [name, table.panel(name)]))
    const market = Market.from({
      assets: meta.assets,
      time: plain('time'),
      ...(prices as Record<PriceColumn, Float64Array>),
      signals: columns('signal:', table.panel),
      context: columns('context:', plain),
      allowNonPositive: meta.allowNonPositive,
      remarks: meta.remarks.filter(({ code }) => !REMADE.has(code)),
      provenance: meta.provenance,
      delisted: meta.delisted,
      instruments: meta.instruments,
      calendar,
      periodsPerYear,
    })
    if (market.digest() !== meta.digest) {
      market.release()
      return undefined
    }
    touch(path)
    return market
  } catch (error) {
    // A file that was cut or changed is as good as none: the market is read again and the file replaced.
    if (error instanceof RangeError || error instanceof FillgridError || error instanceof SyntaxError) return undefined
    throw error
  }
}

/**
 * Keeps a market under a key. The cache saves time and no more, so a folder that cannot be written ends nothing.
 * @returns what to say of such a folder
 */
export function writeCached(
  { folder, maxBytes = DEFAULT_MOST }: MarketCache,
  key: string,
  market: Market,
): Remark | undefined {
  const meta: Meta = {
    format: CACHE_FORMAT,
    assets: [...market.assets],
    allowNonPositive: market.allowNonPositive,
    remarks: [...market.remarks],
    provenance: market.provenance,
    ...(Object.keys(market.delisted).length > 0 ? { delisted: market.delisted } : {}),
    ...(Object.keys(market.instruments).length > 0 ? { instruments: market.instruments } : {}),
    digest: market.digest(),
  }
  const width = market.assetCount
  const panel = (name: string, values: Float64Array): IpcColumn => ({ name, type: 'panel', values, width })
  const columns: IpcColumn[] = [
    { name: 'time', type: 'float64', values: market.time },
    ...PRICE_COLUMNS.map((name) => panel(name, market[name])),
    ...[...market.signals].map(([name, { values }]) => panel(`signal:${name}`, values)),
    ...[...market.context].map(([name, values]): IpcColumn => ({ name: `context:${name}`, type: 'float64', values })),
  ]
  try {
    writeFile(join(folder, `${key}.arrow`), ipcParts(columns, { fillgrid: JSON.stringify(meta) }))
    prune(folder, maxBytes, key)
    return undefined
  } catch (error) {
    if (!(error instanceof FillgridError && error.code === 'file_access')) throw error
    return { code: 'not_cached', count: 1, message: `The market is not cached: ${error.message}` }
  }
}

/** Marks a file as used now. A cache may be there for reading alone, or be emptied by somebody else meanwhile. */
function touch(path: string): void {
  const now = new Date()
  try {
    utimesSync(path, now, now)
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

/** Deletes what was not used for longest until the rest fits. */
function prune(folder: string, most: number, keep: string): void {
  const files = readdirSync(folder).flatMap((name) => {
    if (!/^[0-9a-f]{64}\.arrow$/.test(name) || name === `${keep}.arrow`) return []
    const { size, mtimeMs } = statSync(join(folder, name))
    return [{ name, size, mtimeMs }]
  })
  let total = statSync(join(folder, `${keep}.arrow`)).size + files.reduce((sum, { size }) => sum + size, 0)
  for (const { name, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (total <= most) return
    rmSync(join(folder, name), { force: true })
    total -= size
  }
}
