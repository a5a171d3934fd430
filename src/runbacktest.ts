import { backtest } from './backtest.ts'
import { FillgridError, show } from './errors.ts'
import { type ArrowTable, isArrowTable, tableFile } from './io/arrow.ts'
import { type MarketInput, type OpenOptions, openMarket } from './io/open.ts'
import { withSignals } from './io/signalfile.ts'
import { expectFields } from './market/expect.ts'
import type { AssetTable, MarketColumns, Numbers } from './market/input.ts'
import { Market } from './market/market.ts'
import { onlyNames } from './market/names.ts'
import type { BacktestConfig } from './prepare.ts'
import type { Result } from './results/result.ts'
import type { ProfileName } from './settings/profiles.ts'
import type { StrategyInput } from './strategies/catalogue.ts'

/** A table of the apache-arrow package, by what it has: its own types are those of `fillgrid/arrow`. */
export interface ArrowFrame {
  readonly schema: object
  readonly batches: readonly unknown[]
}

/**
 * A table: a file by path, URL or bytes in any format that is read, or a table of the apache-arrow package, alone or with its
 * name for errors and the symbol of its rows.
 */
export type Frame = MarketInput | ArrowFrame | { table: ArrowFrame; file?: string; symbol?: string }

/** What `runBacktest` takes. */
export interface BacktestRequest {
  /** Files or Arrow tables with bars, columns in memory as `Market.from` takes them, or a market. */
  prices: Frame | readonly Frame[] | MarketColumns | readonly AssetTable[] | Market
  /** Signal columns from elsewhere, by time stamp and symbol, or in memory by bar and asset; those of `prices` otherwise. */
  signals?: Frame | readonly Frame[] | Readonly<Record<string, Numbers>>
  /** Columns by time stamp that belong to no asset, as `openMarket` takes them. */
  context?: OpenOptions['context']
  strategy: StrategyInput
  /** Settings, or a profile by name: 'backtrader' is `{ profile: 'backtrader' }`. Default: the settings' own. */
  config?: BacktestConfig | ProfileName
  /** How files are read. */
  options?: Omit<OpenOptions, 'context'>
}

const FIELDS: ReadonlySet<string> = new Set(
  Object.keys({
    prices: true,
    signals: true,
    context: true,
    strategy: true,
    config: true,
    options: true,
  } satisfies Record<keyof BacktestRequest, true>),
)

/**
 * One call from files or tables to the result: opens the market, joins signals and context to its bars, runs the strategy, and
 * gives the memory back. It is `openMarket` and `backtest`, which do the same apart.
 *
 *     const result = await runBacktest({ prices: 'bars.parquet', signals: 'scores.parquet', strategy: Mine, config: 'backtrader' })
 *
 * @throws FillgridError as those; invalid_value, unknown_name
 */
export async function runBacktest(request: BacktestRequest): Promise<Result> {
  expectFields(request, 'runBacktest', 'prices and a strategy', ['prices', 'strategy'])
  onlyNames(request, FIELDS, 'runBacktest', 'one of its fields')
  const { strategy, config = {} } = request
  const made: Market[] = []
  try {
    const market = await marketOf(request, made)
    const result = backtest(market, strategy, typeof config === 'string' ? { profile: config } : config)
    // What still needs the market is worked out while it is there.
    if (made.length > 0) void [result.warnings, result.dataId, result.fingerprint]
    return result
  } finally {
    for (const market of made) market.release()
  }
}

/** @param made takes the markets that have to be given back */
async function marketOf({ prices, signals, context, options }: BacktestRequest, made: Market[]): Promise<Market> {
  const kept = (market: Market) => {
    made.push(market)
    return market
  }
  const bars = await pricesOf(prices, { ...options, context }, kept)
  if (signals === undefined) return bars
  if (isColumns(signals)) return kept(bars.with({ signals }))
  const { timeUnit, timezone, dateOrder } = options ?? {}
  return kept(await withSignals(bars, await inputsOf(signals), { timeUnit, timezone, dateOrder }))
}

async function pricesOf(
  prices: BacktestRequest['prices'],
  options: OpenOptions,
  kept: (market: Market) => Market,
): Promise<Market> {
  if (prices instanceof Market) {
    if (options.context !== undefined)
      throw new FillgridError(
        'invalid_value',
        'runBacktest: a market has its context, found one beside it. Give it to openMarket, or add it with market.with.',
      )
    return prices
  }
  const inMemory = Array.isArray(prices)
    ? prices.some((one) => isObject(one) && 'close' in one)
    : isObject(prices) && 'close' in prices
  if (!inMemory) return kept(await openMarket(await inputsOf(prices as Frame | readonly Frame[]), options))
  const { context, ...rest } = options
  if (typeof context === 'string')
    throw new FillgridError(
      'invalid_value',
      `runBacktest: context in memory expected beside prices in memory, found ${show(context)}. Read it first, or give prices as files.`,
    )
  const { sort, allowNonPositive, barTime, barLength, delisted, instruments, calendar, periodsPerYear } = rest
  const given = { sort, allowNonPositive, barTime, barLength, delisted, instruments, calendar, periodsPerYear, context }
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return kept(Market.from(prices as MarketColumns | readonly AssetTable[], said))
}

/** Arrow tables become the files that they would be. */
async function inputsOf(frames: Frame | readonly Frame[]): Promise<MarketInput[]> {
  const list = (Array.isArray(frames) ? frames : [frames]) as readonly Frame[]
  return Promise.all(
    list.map(async (one) =>
      isArrowTable(one) || (isObject(one) && 'table' in one) ? tableFile(one as ArrowTable) : one,
    ),
  ) as Promise<MarketInput[]>
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Columns by name: an object that is no file and no table. */
function isColumns(signals: NonNullable<BacktestRequest['signals']>): signals is Readonly<Record<string, Numbers>> {
  if (!isObject(signals) || Array.isArray(signals) || signals instanceof Uint8Array || signals instanceof URL)
    return false
  return !isArrowTable(signals) && !['bytes', 'path', 'table'].some((name) => name in signals)
}
