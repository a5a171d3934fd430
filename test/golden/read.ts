/** Reads a golden scenario: bars as rows, orders in the short words of the files, as what the oracle and the engine take. */
import type { Instrument } from '../../src/market/instrument.ts'
import type { Rule } from '../../src/settings/settings.ts'
import { aloneToo } from '../oracle/options.ts'
import type {
  AnySettings,
  BracketSpec,
  Command,
  OrderSpec,
  PositionRules,
  Scenario,
  ScenarioMarket,
  SignalScenario,
} from '../oracle/types.ts'

/** O, H, L, C and volume (1000 where it is left out); null is an absent bar. */
type Row = readonly [number, number, number, number, number?] | null

/** An order: `buy` or `sell` gives its size, `target` a signed one; the rest has the defaults of the broker. */
interface OrderWords {
  buy?: number
  sell?: number
  /** Signed target in `size`, which is then units, value or fraction too. */
  target?: number
  size?: 'units' | 'value' | 'fraction'
  asset?: number
  type?: OrderSpec['type']
  limit?: number
  stop?: number
  trail?: number
  trailFraction?: boolean
  offset?: number
  force?: OrderSpec['force']
  until?: number
  postOnly?: boolean
  reduceOnly?: boolean
  timing?: OrderSpec['timing']
  tag?: number
  rules?: PositionRules
  bracket?: BracketSpec
}

type CommandWords =
  | OrderWords
  | { oco: OrderWords[] }
  | { close: number; timing?: OrderSpec['timing']; tag?: number }
  | { update: number; limit?: number; stop?: number; trail?: number; units?: number; offset?: number; until?: number }
  | { cancel: number }
  | { setRules: Rule[] | null; asset?: number }

/** One file. */
export interface GoldenFile {
  /** Numbers of the rules that it shows. */
  rules: string[]
  /** What happens and how the numbers of the ledger were worked out. */
  about: string[]
  /** Rows of one asset, or of several by name. */
  bars: Row[] | Record<string, Row[]>
  /** Further columns of the market of one asset by name, a value a bar; null is NaN. */
  columns?: Record<string, (number | null)[]>
  allowNonPositive?: boolean
  /** Minutes from bar to bar, a day where it is left out, and the start of the first one, 1970 where it is left out. */
  minutes?: number
  from?: string
  /** What the assets are traded in (1.9), in their order. */
  instruments?: (Instrument | null)[]
  settings?: AnySettings
  /** Settings under which the ledger is the same. */
  also?: AnySettings[]
  /** What the hook of a bar asks for, by bar. */
  orders?: Record<string, CommandWords[]>
  /** Columns of one asset in place of orders, a value a bar; null is NaN. */
  signals?: Partial<
    Record<
      'entries' | 'exits' | 'shortEntries' | 'shortExits' | 'targetPosition' | 'size' | 'stop' | 'target' | 'trail',
      (number | null)[]
    >
  > & { sizeType: 'units' | 'value' | 'fraction'; defaultSize: number }
}

/** A scenario for hooks or for signal columns, for one set of settings. */
export type Golden = { kind: 'hooks'; scenario: Scenario } | { kind: 'signals'; scenario: SignalScenario }

/** The scenario of a file under its settings with some of them replaced. */
export function readGolden(file: GoldenFile, more: AnySettings = {}): Golden {
  const market = readMarket(file)
  const settings = aloneToo({ ...file.settings, ...more })
  if (file.signals) return { kind: 'signals', scenario: readSignals(file, market, settings) }
  const commands = Array.from({ length: market.bars }, (_, bar) =>
    (file.orders?.[bar] ?? []).map((words) => readCommand(words)),
  )
  return { kind: 'hooks', scenario: { market, settings, commands } }
}

function readMarket(file: GoldenFile): ScenarioMarket {
  const assets = Array.isArray(file.bars) ? [file.bars] : Object.values(file.bars)
  const bars = assets[0].length
  const column = (i: number) =>
    Array.from({ length: bars }, (_, bar) => assets.map((rows) => rows[bar]?.[i] ?? (i === 4 ? 1000 : Number.NaN)))
  const market: ScenarioMarket = {
    assets: assets.length,
    bars,
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: column(4),
  }
  if (file.columns)
    market.signals = Object.fromEntries(
      Object.entries(file.columns).map(([name, values]) => [name, values.map((x) => [x ?? Number.NaN])]),
    )
  if (file.allowNonPositive) market.allowNonPositive = true
  if (file.minutes !== undefined) market.step = file.minutes * 60_000
  if (file.from !== undefined) market.from = Date.parse(file.from)
  if (file.instruments) market.instruments = file.instruments
  return market
}

function readCommand(words: CommandWords): Command {
  if ('oco' in words) return { kind: 'oco', members: words.oco.map(readOrder) }
  if ('close' in words) return { kind: 'close', asset: words.close, timing: words.timing, tag: words.tag }
  if ('update' in words) {
    return {
      kind: 'update',
      id: words.update,
      limit: words.limit,
      stop: words.stop,
      trail: words.trail,
      units: words.units,
      offset: words.offset,
      until: words.until,
    }
  }
  if ('cancel' in words) return { kind: 'cancel', id: words.cancel }
  if ('setRules' in words) return { kind: 'rules', asset: words.asset, rules: words.setRules }
  return { kind: 'order', ...readOrder(words) }
}

function readOrder(words: OrderWords): { order: OrderSpec; bracket?: BracketSpec } {
  const { buy, sell, target, size = 'units', asset = 0, type = 'market', bracket, ...rest } = words
  const amount = buy ?? sell ?? target
  if (amount === undefined) throw new Error(`golden: an order without a size: ${JSON.stringify(words)}`)
  const side = sell !== undefined || (target !== undefined && target < 0) ? -1 : 1
  const order: OrderSpec = { asset, type, side, size: target === undefined ? size : `target-${size}`, amount, ...rest }
  return bracket ? { order, bracket } : { order }
}

function readSignals(file: GoldenFile, market: ScenarioMarket, settings: AnySettings): SignalScenario {
  const { sizeType, defaultSize, ...columns } = file.signals!
  const scenario: SignalScenario = { market, settings, sizeType, defaultSize }
  for (const [name, values] of Object.entries(columns)) {
    const flags = ['entries', 'exits', 'shortEntries', 'shortExits'].includes(name)
    Object.assign(scenario, { [name]: values.map((value) => [flags ? value === 1 : (value ?? Number.NaN)]) })
  }
  return scenario
}
