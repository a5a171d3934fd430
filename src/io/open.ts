import { FillgridError, show } from '../errors.ts'
import type { ContextTable, Remark } from '../market/input.ts'
import type { Market } from '../market/market.ts'
import type { MarketCache } from './cache.ts'
import { readCsvContext, readText } from './csv.ts'
import { gunzip, isGzip, readFile, urlPath } from './files.ts'
import { contextOf, FORMATS, readSource } from './formats.ts'
import { fileError } from './head.ts'
import { type Inspection, LENIENT, summarize } from './inspect.ts'
import { marketOptions, type ReadOptions, rowChoice } from './options.ts'
import { marketFromRows } from './rows.ts'
import type { RowTable } from './rowtable.ts'
import {
  CONTAINERS,
  type Held,
  hold,
  isQuery,
  type MarketInput,
  openSources,
  parseInput,
  refuseOthers,
  urlOf,
} from './sources.ts'
import type { TickBars } from './ticks.ts'

export type { Inspection } from './inspect.ts'
export { type BytesInput, type MarketInput, parseInput } from './sources.ts'

/** Options of `openMarket`; context may be a path. */
export interface OpenOptions extends ReadOptions<string> {
  /** Makes bars of trades or quotes, which are refused otherwise. */
  ticks?: TickBars
  /** A folder that keeps markets as they were read: the same sources with the same options then load fast. */
  cache?: string | MarketCache
}

/**
 * A market from files, URLs or bytes: text in any dialect, JSON, Arrow or Feather, Parquet, each also in gzip, zstd or zip,
 * and `duckdb:` queries, mixed as they come. Rows of many symbols, or one source an asset named by `SYMBOL=path` or by the
 * file; several of one symbol are joined in time.
 *
 * @throws FillgridError file_access, invalid_file (file, line, column), ambiguous_file, invalid_market, invalid_value,
 * unknown_name, missing_package, memory_limit
 */
export async function openMarket(
  inputs: MarketInput | readonly MarketInput[],
  options: OpenOptions = {},
): Promise<Market> {
  const { cache, ...rest } = options
  const held: Held[] = []
  for (const input of listed(inputs)) held.push(await hold(input))
  const kept = cache === undefined ? undefined : await cached(held, rest, cache)
  if (kept?.market) return kept.market
  const context = typeof rest.context === 'string' ? await openContext(rest.context, rest) : rest.context
  const tables: RowTable[] = []
  for (const one of held) {
    for (const source of await openSources(one))
      tables.push((await readSource(source, withoutContext(rest), rest.ticks)).table)
  }
  const market = marketFromRows(tables, marketOptions(rest, context), rowChoice(rest).symbols)
  const refused = kept?.keep(market)
  if (refused) market.addRemark(refused)
  return market
}

/** The market that a cache has of these sources, or how to give it one; undefined where it can have none. */
async function cached(
  held: readonly Held[],
  options: OpenOptions,
  given: string | MarketCache,
): Promise<{ market: Market | undefined; keep: (market: Market) => Remark | undefined } | undefined> {
  const context = typeof options.context === 'string' ? [await hold(options.context)] : []
  const sources = [...held, ...context].flatMap((one) => ('query' in one ? [] : [one]))
  if (sources.length < held.length + context.length) return undefined
  const { cacheKey, readCached, writeCached } = await import('./cache.ts')
  const cache = typeof given === 'string' ? { folder: given } : given
  const key = cacheKey(sources, options)
  if (key === undefined) return undefined
  return { market: readCached(cache, key, options), keep: (market) => writeCached(cache, key, market) }
}

/**
 * What a file, URL or bytes are found to be: format, dialect, columns, zone, range and step of every symbol, and what the
 * checks find. One for every table in it (an archive may have several). Nothing is refused that can be read at all.
 *
 * @param options as for loading; what they fix is not looked for
 * @throws FillgridError where there is nothing that can be read: file_access, invalid_file, ambiguous_file, memory_limit
 */
export async function inspect(input: MarketInput, options: OpenOptions = {}): Promise<Inspection[]> {
  const found: Inspection[] = []
  for (const source of await openSources(await hold(input))) {
    const lenient = { ...withoutContext(options), checks: LENIENT }
    const { table, detection } = await readSource(source, lenient, options.ticks)
    const tables = [{ ...table, checks: detection?.spec.checks }]
    found.push({
      file: source.file,
      record: table.record!,
      title: detection?.spec.title,
      about: detection?.spec.notes ?? [],
      fits: detection?.fits ?? [],
      signals: [...table.signals.keys()],
      leftOut: table.leftOut,
      notes: table.notes ?? [],
      ...summarize(tables, marketOptions(options, undefined)),
    })
  }
  return found
}

async function openContext(path: string, options: OpenOptions): Promise<ContextTable> {
  const sources = await openSources(await hold(path))
  if (sources.length !== 1)
    throw fileError(`context must be one table, found ${sources.length}`, { file: path }, 'Unpack the archive first.')
  return contextOf(sources[0], withoutContext(options))
}

function withoutContext(options: OpenOptions): ReadOptions {
  const { context: _, ticks: __, cache: ___, ...rest } = options
  return rest
}

function listed(inputs: MarketInput | readonly MarketInput[]): readonly MarketInput[] {
  const list = (Array.isArray(inputs) ? inputs : [inputs]) as readonly MarketInput[]
  if (list.length > 0) return list
  throw new FillgridError(
    'invalid_market',
    'market: at least one file is needed, found none. Name it as PATH or SYMBOL=PATH.',
  )
}

/** `openMarket` for text and gzip of it, without waiting. @throws as `openMarket`; invalid_file for other formats */
export function openMarketSync(inputs: MarketInput | readonly MarketInput[], options: OpenOptions = {}): Market {
  const text = (input: MarketInput) => {
    const { path, symbol } = parts(input)
    const raw = typeof path === 'string' ? readFile(path) : path.bytes
    const file = typeof path === 'string' ? path : path.file
    const bytes = isGzip(raw) ? gunzip(raw, file) : raw
    const kind = [...FORMATS.slice(0, 2), ...CONTAINERS].find(({ is }) => is(bytes))
    if (kind)
      throw fileError(
        `text is needed here, found ${kind.name}`,
        { file },
        'Use openMarket, which waits for the reader.',
      )
    refuseOthers(bytes, file)
    return { bytes, file, symbol }
  }
  const rest = withoutContext(options)
  const context = typeof options.context === 'string' ? readCsvContext(text(options.context), rest) : options.context
  const tables = listed(inputs).map((input) => readText(text(input), rest).table)
  return marketFromRows(tables, marketOptions(options, context), rowChoice(options).symbols)
}

/** The path or the bytes of an input that takes no waiting. @throws FillgridError invalid_value for one that does */
function parts(input: MarketInput): { path: string | { bytes: Uint8Array; file: string }; symbol?: string } {
  if (input instanceof Uint8Array) return { path: { bytes: input, file: 'data' } }
  if (input !== null && typeof input === 'object' && 'bytes' in input)
    return { path: { bytes: input.bytes, file: input.file ?? 'data' }, symbol: input.symbol }
  const { path, symbol } = parseInput(input instanceof URL ? input.href : input)
  const url = urlOf(path)
  if (isQuery(path) || (url && url.protocol !== 'file:'))
    throw new FillgridError(
      'invalid_value',
      `market: ${url ? 'a URL takes time to fetch' : 'a query takes time'}, found ${show(path)}. Use openMarket, which waits for it.`,
    )
  return { path: url ? urlPath(url) : path, symbol }
}
