import { Sha256 } from '../kernel/sha256.ts'
import type { AnnualPeriods } from '../market/annual.ts'
import type { Instrument } from '../market/instrument.ts'
import type { Market } from '../market/market.ts'
import { metricNamed } from './catalogue.ts'
import { EquityCurve } from './curve.ts'
import { CURVE_PLACES } from './curvemetrics.ts'
import type { CurveOptions } from './curveoptions.ts'
import type { Traded } from './curveparts.ts'
import { metricIndex, type Summary, summarize } from './metrics.ts'
import type { ResultSettings } from './settings.ts'
import type { Table } from './table.ts'
import { TradeAnalysis, type TradeAnalysisOptions } from './tradeanalysis.ts'
import { signedUnits } from './trips.ts'
import type { Warning } from './warning.ts'

/** Tables that a run records, beside equity and cash by bar. */
export type RecordedTable = 'trades' | 'fills' | 'orders' | 'positions' | 'ambiguous'

/**
 * SHA-256 (hex) over the parts that make a result, and over all of them: the engine's binary as shipped, the market,
 * the strategy's source or signals, settings and parameters, and the outcome. Host, paths and worker count are not in it.
 */
export interface Fingerprint {
  engine: string
  market: string
  strategy: string
  config: string
  outcome: string
  all: string
}

/** Final equity, total return and drawdown under one path policy. */
export interface BandEntry {
  finalValue: number
  totalReturn: number
  maxDrawdown: number
}

/** What a Result is made of: of a run (`recorded.ts`), or of data (`data.ts`). */
export interface ResultParts {
  assets: readonly string[]
  /** First bar of the run; the market's numbering. */
  firstBar: number
  /** Start of each bar that was run, which a copy is handed out of. */
  time: Float64Array
  /** Trade date of each bar, midnight UTC of it; asked once. */
  date(): Float64Array
  equity: Float64Array
  cash: Float64Array
  metrics: Float64Array
  /** Names of position context, whose columns trades have. */
  contextNames: readonly string[]
  /** What the assets are traded in, by name. */
  instruments: Readonly<Record<string, Instrument>>
  settings: ResultSettings
  parameters: Readonly<Record<string, number | string | boolean>>
  strategy: string
  /** What rules have said of themselves, each word once: those of the columns `detail` and `exitDetail`. */
  details(): readonly string[]
  /** Makes a table; asked once for each. */
  table(name: RecordedTable): Table
  /** How many returns make a year, and how that is known. */
  annual: AnnualPeriods
  /** How often the strategy's own cost models were asked. */
  costModelCalls: number
  /** What it ran over, where it has not come from data. */
  market?: Market
  /** Each of these is asked for when somebody asks the result. */
  warnings(): readonly Warning[]
  dataId(): string
  fingerprint(): Fingerprint
}

/** The outcome of one run. Tables are made when they are first asked for; only warnings, the fingerprint and the data's id still need the market. */
export class Result {
  readonly assets: readonly string[]
  /** The market's index of the first bar that was run: row 0 of time, equity and cash. Bars in tables are the market's too. */
  readonly firstBar: number
  /** Start of each bar that was run, ms UTC. */
  get time(): Float64Array {
    this.#ownTime ??= this.#parts.time.slice()
    return this.#ownTime
  }
  /**
   * Trade date of each bar, ms UTC of its midnight, in the market's zone: a session that opens on the evening before is that of the
   * next day. A return period ends where it changes.
   */
  get date(): Float64Array {
    this.#date ??= this.#parts.date()
    return this.#date
  }
  /** Equity at the end of each bar that was run, currency. */
  readonly equity: Float64Array
  /** Cash at the end of each bar that was run, currency. */
  readonly cash: Float64Array
  /** Values of METRICS in their order; NaN where undefined. */
  readonly metrics: Float64Array
  /** The same by camelCase name. */
  readonly summary: Summary
  /** How many returns make a year, and how that is known. */
  readonly annual: AnnualPeriods
  /** Name of the strategy; 'signals' for bare columns. */
  readonly strategy: string
  readonly parameters: Readonly<Record<string, number | string | boolean>>
  /** Settings with all defaults. */
  readonly settings: ResultSettings
  /** Names of the position context of trades, columns of theirs behind the others. */
  readonly contextNames: readonly string[]
  /** What the assets were traded in, by name: multiplier, tick, currency of the prices; only those of which something was said. */
  readonly instruments: Readonly<Record<string, Instrument>>
  /** With `band`: the same run under the three path policies; the distance is what the way inside bars is worth. */
  band: Readonly<Record<'adverse' | 'favourable' | 'nearest', BandEntry>> | undefined
  /** How often the strategy's own cost models were asked (semantics 7.9), by needs, cuts and paths that were tried too; 0 without any. */
  readonly costModelCalls: number
  readonly #parts: ResultParts
  #ownTime: Float64Array | undefined
  #date: Float64Array | undefined
  readonly #tables = new Map<RecordedTable, Table>()
  #fingerprint: Fingerprint | undefined
  #dataId: string | undefined
  #warnings: readonly Warning[] | undefined
  #analysis: TradeAnalysis | undefined
  #curve: { options: CurveOptions | undefined; curve: EquityCurve } | undefined

  /** Made by `backtest`. @internal */
  constructor(parts: ResultParts) {
    this.#parts = parts
    this.assets = parts.assets
    this.firstBar = parts.firstBar
    this.equity = parts.equity
    this.cash = parts.cash
    this.metrics = parts.metrics
    this.summary = summarize(parts.metrics)
    this.annual = parts.annual
    this.strategy = parts.strategy
    this.parameters = parts.parameters
    this.settings = parts.settings
    this.contextNames = parts.contextNames
    this.instruments = parts.instruments
    this.costModelCalls = parts.costModelCalls
  }

  /** Closed trades in the order of their exits. */
  get trades(): Table {
    return this.#table('trades')
  }

  /** Fills in the order in which they happened. */
  get fills(): Table {
    return this.#table('fills')
  }

  /**
   * All orders in the order of their ids, refused and cancelled ones with their reasons. Of a run that goes on those
   * that have ended: what is pending is known to its broker.
   */
  get orders(): Table {
    return this.#table('orders')
  }

  /** Bars, and assets in them, in which the price's way through the bar decides the fills (semantics 5.7); in the order in which they happened. */
  get ambiguousBars(): Table {
    return this.#table('ambiguous')
  }

  /** Positions open at the end, which are not counted as trades. */
  get openPositions(): Table {
    return this.#table('positions')
  }

  /**
   * What a careful person would want to know. The volumes of all fills are looked up when this is first asked for: where
   * the market was released before, `volume_unknown` says so.
   */
  get warnings(): readonly Warning[] {
    this.#warnings ??= this.#parts.warnings()
    return this.#warnings
  }

  /**
   * The id of the data it ran on (64 hexadecimal digits): of the content, of where it came from, and of what was done to
   * it. Two runs with one id ran on the same bars, read from the same files in the same way; the fingerprint has the
   * content alone. Worked out when it is first asked for, once a market.
   */
  get dataId(): string {
    this.#dataId ??= this.#parts.dataId()
    return this.#dataId
  }

  /** What the rules that have exited say of themselves, each word once: the words of `detail` of fills and `exitDetail` of trades. */
  get details(): readonly string[] {
    return this.#parts.details()
  }

  /**
   * The equity as a curve with every figure that is made of it; `options` say against what, and which way where packages differ.
   *
   * @throws FillgridError invalid_value, unknown_name for options that are none; released for a benchmark of a market that was given back
   */
  equityCurve(options: CurveOptions = {}): EquityCurve {
    const { market, firstBar, time, equity, cash, annual, settings } = this.#parts
    const { initialCash } = this.summary
    const traded = () => this.#traded()
    const { cagr = 'days' } = settings
    return new EquityCurve(
      { time, date: this.date, equity, cash, initialCash, annual, cagr, traded, market, firstBar },
      options,
    )
  }

  /**
   * The trades with every figure that is made of them, and broken down by what they have in common. Trades are round trips, as in
   * the summary; `per` says otherwise. Only edge ratios, and costs by kind that go by the bars, need the market.
   *
   *     const { summary } = result.tradeAnalysis()  // summary.sqn, summary.payoff, ...
   *     const byMonth = result.tradeAnalysis().by('month')
   *
   * @throws FillgridError invalid_value, unknown_name for options that are none
   */
  tradeAnalysis(options: TradeAnalysisOptions = {}): TradeAnalysis {
    const { trades, fills, openPositions, assets, instruments, settings, firstBar } = this
    const { time, market } = this.#parts
    const lots = settings.lots === 'fifo'
    const tables = { trades, fills, orders: () => this.orders, openPositions }
    const bars = { time, firstBar, market }
    const { zone } = settings
    const multipliers = this.#multipliers
    return new TradeAnalysis({ ...tables, ...bars, assets, instruments, multipliers, lots, settings, zone }, options)
  }

  /**
   * Any figure of the catalogue by either of its names; with options as `equityCurve` has it.
   *
   * @throws FillgridError unknown_name with near names; as `equityCurve`
   */
  figure(name: string, options?: CurveOptions): number {
    const spec = metricNamed(name)
    if (spec.of === 'trades') {
      const market = options?.market
      if (market) return this.tradeAnalysis({ market }).figure(spec.name)
      this.#analysis ??= this.tradeAnalysis()
      return this.#analysis.figure(spec.name)
    }
    const own = spec.of === 'run' && (options === undefined || !(spec.name in CURVE_PLACES))
    return own ? this.metrics[metricIndex(spec.name)] : this.#curveOf(options).figure(spec.name)
  }

  /** The curve of the last options that a figure was asked for with. */
  #curveOf(options: CurveOptions | undefined): EquityCurve {
    if (this.#curve?.options !== options || !this.#curve)
      this.#curve = { options, curve: this.equityCurve(options ?? {}) }
    return this.#curve.curve
  }

  #traded(): Traded {
    const { fills, assets, firstBar } = this
    const bar = fills.values('bar').slice() as Int32Array
    for (let i = 0; i < bar.length; i++) bar[i] -= firstBar
    return {
      assets: assets.length,
      bar,
      asset: fills.values('asset') as Int32Array,
      units: signedUnits(fills),
      price: fills.values('price') as Float64Array,
      multipliers: this.#multipliers,
    }
  }

  get #multipliers(): Float64Array {
    return Float64Array.from(this.assets, (asset) => this.instruments[asset]?.multiplier ?? 1)
  }

  /** What it ran over, as long as that is held; of a result from data nothing. @internal */
  get market(): Market | undefined {
    const { market } = this.#parts
    return market?.released ? undefined : market
  }

  /** The five digests and the one over all of them. */
  get fingerprint(): Fingerprint {
    this.#fingerprint ??= this.#parts.fingerprint()
    return this.#fingerprint
  }

  #table(name: RecordedTable): Table {
    let table = this.#tables.get(name)
    if (!table) {
      table = this.#parts.table(name)
      this.#tables.set(name, table)
    }
    return table
  }
}

/** The digest of settings and parameters in a fingerprint. */
export function configDigest(settings: unknown, parameters: Readonly<Record<string, unknown>>): string {
  return digestOf(canonical({ settings: moved(settings), parameters }))
}

/** A fingerprint with the digest over its parts. */
export function fingerprintOf({ engine, market, strategy, config, outcome }: Omit<Fingerprint, 'all'>): Fingerprint {
  const parts = { engine, market, strategy, config, outcome }
  return { ...parts, all: digestOf(Object.values(parts).join('\n')) }
}

function digestOf(text: string): string {
  return new Sha256().update(new TextEncoder().encode(text)).hex()
}

/** Defaults of settings that came after the first fingerprints: left alone they are not in one, so that none moves. */
const LATER_DEFAULTS: Readonly<Record<string, unknown>> = {
  ended: 'hold',
  notListed: 'wait',
  exitsLive: 'fill',
  trailFollows: 'walk',
  slips: 'plain',
  ruleExit: 'beside',
  stopLimit: 'limit',
  matching: 'walk',
  bothReached: 'path',
  children: 'reduce-only',
  lots: 'average',
  participation: { type: 'none' },
  lossPause: { type: 'none' },
  drawdownHalt: { type: 'none' },
  lossADay: { type: 'none' },
  zone: 'UTC',
  maxPositions: 0,
  maxExposure: 0,
  funds: 'account',
  sequence: 'exits-first',
  lastBar: 'fill',
  submissionCheck: 'none',
  triggers: 'bar',
  latency: 0,
  targetFill: 'level',
  impact: { type: 'none' },
  spread: { type: 'none' },
  sellCommission: { type: 'same' },
}

/** The same of fields of models. */
const LATER_FIELDS: Readonly<Record<string, unknown>> = { maximum: Number.POSITIVE_INFINITY }

/** The settings that a fingerprint tells of. */
function moved(settings: unknown): unknown {
  const entries = Object.entries(settings as Record<string, unknown>)
  const said = entries.filter(
    ([name, value]) => !(name in LATER_DEFAULTS && canonical(LATER_DEFAULTS[name]) === canonical(value)),
  )
  return Object.fromEntries(said.map(([name, value]) => [name, movedFields(value)]))
}

function movedFields(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([name, field]) => LATER_FIELDS[name] !== field))
}

/** JSON with the keys in order, so that equal data are equal text; NaN and infinities as words. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, v]) => v !== undefined)
    entries.sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(',')}}`
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return `"${value}"`
  return JSON.stringify(value) ?? 'null'
}
