import type { Market } from '../market/market.ts'
import type { EquityCurve } from '../results/curve.ts'
import { holdings } from '../results/holdings.ts'
import type { Result } from '../results/result.ts'
import type { Column } from '../results/table.ts'
import { type PackedColumn, PackedColumns, priceScale } from './columns.ts'
import { title } from './text.ts'

/** Digits of the largest of what is drawn, and of the figures of trades: of the least of those whose size is their own. */
const DRAWN = 7
const MONEY = 9
/** Units of figures that are compared with each other, and the scale at which they are shown as they are. */
const RELATIVE: ReadonlyMap<string, number> = new Map([
  ['currency', 1000],
  ['fraction', 1e5],
  ['percent', 1000],
])
/** Significant digits of a price that has more than eight decimals, of the lowest of its asset. */
const PRICE = 6
/** Bars of all assets that a page takes by itself: some 10 MB. */
const MOST_CELLS = 1_500_000
const BINS = 41
const TILE = 8

/** A column of the table of trades, as the page shows it. */
export interface SheetColumn {
  name: string
  field: string
  label: string
  kind: Column['kind']
  unit: string
  labels?: readonly string[]
  doc: string
}

/** What the page's script is told, beside the columns of numbers. */
export interface SheetMeta {
  columns: Readonly<Record<string, PackedColumn>>
  assets: readonly string[]
  /** Assets whose bars are there, in the order in which they are listed. */
  charted: readonly number[]
  trades: readonly SheetColumn[]
  initialCash: number
  /** Start, end and depth of the worst drawdowns; without an end they last. */
  drawdowns: readonly { start: number; end: number | null; depth: number }[]
  /** Edges and counts of the returns, with what a normal distribution of their mean and deviation would have. */
  histogram: { from: number[]; to: number[]; count: number[]; normal: number[] }
  benchmark: boolean
}

/** The numbers of a page. */
export interface SheetData {
  meta: SheetMeta
  bytes: Uint8Array
}

/**
 * Everything that the charts of a run are drawn from.
 *
 * @param market bars of the run, where they are known
 * @param most assets whose bars are taken in; those with the most trades
 */
export function sheetData(
  result: Result,
  curve: EquityCurve,
  market: Market | undefined,
  most: number | undefined,
): SheetData {
  const packed = new PackedColumns()
  const { time, equity, assets } = result
  packed.add('time', time)
  packed.add('equity', equity, DRAWN)
  const against = curve.against
  if (against) {
    packed.add('benchmark.at', against.ends)
    packed.add(
      'benchmark',
      against.values.map((value) => (value / against.base) * result.summary.initialCash),
      DRAWN,
    )
  }
  for (const name of ['sharpe', 'volatility', ...(against ? (['beta'] as const) : [])] as const) {
    const rolling = curve.rolling(name)
    packed.add(`${name}.at`, rolling.values('date'))
    packed.add(name, rolling.values(name), DRAWN)
  }
  addHeld(packed, result, market)
  const charted = market
    ? chartedAssets(result, most ?? Math.max(1, Math.floor(MOST_CELLS / Math.max(1, time.length))))
    : []
  if (market) addPrices(packed, result, market, charted)
  const trades = addTrades(packed, result)
  addTargets(packed, result)
  const meta = {
    ...{ columns: packed.columns, assets, charted, trades, initialCash: result.summary.initialCash },
    ...{ drawdowns: worst(curve), histogram: histogram(curve), benchmark: against !== undefined },
  }
  return { meta, bytes: packed.bytes }
}

/** Parts of the equity that long and short positions are, and how many there are; of a run without bars that number by its trades. */
function addHeld(packed: PackedColumns, result: Result, market: Market | undefined): void {
  const { equity } = result
  if (!market) return
  const held = holdings(result, market)
  const part = (name: string) => held.values(name) as Float64Array
  for (const name of ['long', 'short'])
    packed.add(
      name,
      part(name).map((value, i) => (equity[i] > 0 ? value / equity[i] : Number.NaN)),
      DRAWN,
    )
  packed.add('positions', held.values('positions'))
}

/** The assets to draw: all of them, or those with the most exits, in their order. */
function chartedAssets(result: Result, most: number): number[] {
  const all = Array.from(result.assets.keys())
  if (all.length <= most) return all
  const exits = new Float64Array(all.length)
  for (const asset of result.trades.values('asset')) exits[asset]++
  const chosen = [...all].sort((a, b) => exits[b] - exits[a] || a - b).slice(0, most)
  return chosen.sort((a, b) => a - b)
}

/** Bars of some assets, those that each has. */
function addPrices(packed: PackedColumns, { firstBar, time }: Result, market: Market, assets: readonly number[]): void {
  const { assetCount, open, high, low, close } = market
  const bars = time.length
  const first = firstBar * assetCount
  // The values of a bar lie side by side: assets that share lines of the cache are taken out together.
  for (let from = 0; from < assets.length; from += TILE) {
    const tile = assets.slice(from, from + TILE)
    const columns = [open, high, low, close].map((prices) => {
      const own = tile.map(() => new Float64Array(bars))
      for (let bar = 0, row = first; bar < bars; bar++, row += assetCount)
        for (let i = 0; i < tile.length; i++) own[i][bar] = prices[row + tile[i]]
      return own
    })
    for (const [i, asset] of tile.entries()) {
      const closes = columns[3][i]
      const rows: number[] = []
      for (let bar = 0; bar < bars; bar++) if (!Number.isNaN(closes[bar])) rows.push(bar)
      const present = columns.map((own) =>
        rows.length === bars ? own[i] : Float64Array.from(rows, (bar) => own[i][bar]),
      )
      packed.add(`${asset}.rows`, rows)
      const scale = priceScale(present, PRICE)
      for (const [place, name] of ['open', 'high', 'low', 'close'].entries())
        packed.addScaled(`${asset}.${name}`, present[place], scale)
    }
  }
}

/** The trades, without columns that say nothing and those that the times say already. */
function addTrades(packed: PackedColumns, { trades }: Result): SheetColumn[] {
  const said = new Set(['entryBar', 'exitBar', 'entryOrderId', 'exitOrderId', 'entryCommission', 'exitCommission'])
  const shown = trades.columns.filter(({ name, kind }) => {
    if (said.has(name)) return false
    if (kind === 'asset' || kind === 'time') return true
    const values = trades.values(name)
    for (let row = 0; row < values.length; row++)
      if (values[row] !== 0 && values[row] !== -1 && !Number.isNaN(values[row])) return true
    return name === 'pnl'
  })
  for (const { name, unit } of shown) {
    const values = trades.values(name)
    const least = RELATIVE.get(unit)
    if (least !== undefined) packed.add(`trades.${name}`, values, MONEY, least)
    else packed.addScaled(`trades.${name}`, values, priceScale([values], MONEY))
  }
  return shown.map(({ name, field, kind, unit, doc, labels }) => ({
    name,
    field,
    label: title(field),
    kind,
    unit,
    doc,
    labels,
  }))
}

/** Where each trade was to be closed with a gain: the limit of its entry's bracket, or else a target that is a rule of the run. */
function addTargets(packed: PackedColumns, { trades, orders, settings }: Result): void {
  const [parents, limits] = [orders.values('parentId'), orders.values('limitPrice')]
  const limitOf = new Map<number, number>()
  for (let row = 0; row < parents.length; row++)
    if (parents[row] > 0 && !Number.isNaN(limits[row])) limitOf.set(parents[row], limits[row])
  const rule = settings.rules?.find(({ type }) => type === 'target')
  const fraction = rule && 'distance' in rule && rule.unit === 'fraction' ? rule.distance : Number.NaN
  const [ids, prices, quantity] = ['entryOrderId', 'entryPrice', 'quantity'].map((name) => trades.values(name))
  const targets = Float64Array.from(
    ids,
    (id, row) => limitOf.get(id) ?? prices[row] * (1 + Math.sign(quantity[row]) * fraction),
  )
  if (targets.some((target) => !Number.isNaN(target))) packed.add('target', targets, DRAWN)
}

function worst(curve: EquityCurve): SheetMeta['drawdowns'] {
  const table = curve.drawdowns
  const [start, end, depth] = ['start', 'recovery', 'depth'].map((name) => table.values(name))
  return Array.from({ length: Math.min(5, table.length) }, (_, row) => ({
    start: start[row],
    end: Number.isNaN(end[row]) ? null : end[row],
    depth: depth[row],
  }))
}

/** Returns by size, and how many a normal distribution of their mean and deviation would have there, by its density in the middle. */
function histogram(curve: EquityCurve): SheetMeta['histogram'] {
  const returns = curve.returns.filter(Number.isFinite)
  const n = returns.length
  if (n < 2 || returns.every((value) => value === returns[0])) return { from: [], to: [], count: [], normal: [] }
  const table = curve.histogram(BINS)
  const [from, to, count] = ['from', 'to', 'count'].map((name) => Array.from(table.values(name)))
  const mean = returns.reduce((sum, value) => sum + value, 0) / n
  const deviation = Math.sqrt(returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1))
  const normal = from.map((least, i) => {
    const away = ((least + to[i]) / 2 - mean) / deviation
    return Number(
      ((n * (to[i] - least) * Math.exp(-away * away * 0.5)) / (deviation * Math.sqrt(2 * Math.PI))).toPrecision(6),
    )
  })
  return { from, to, count, normal }
}
