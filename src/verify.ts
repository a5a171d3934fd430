import * as L from '../assembly/layout.ts'
import { type DrivenRun, type DrivenSetup, driven } from './drivers/driven.ts'
import { decodeSnapshot, encodeSnapshot } from './engine/snapshot.ts'
import type { Window } from './engine/window.ts'
import { FillgridError } from './errors.ts'
import type { Lane } from './kernel/lane.ts'
import type { TableData } from './kernel/tables.ts'
import { Market } from './market/market.ts'
import { releasePanels } from './signals/panels.ts'

/** How many bars are tried. */
const TRIES = 8

/**
 * Runs the strategy again on markets in which everything after a random bar is replaced, and compares what had been
 * filled and decided when that bar's hook had run: fills, ended and pending orders, what is on its way, rules, equity; of columns of the
 * strategy's own all values up to that bar, whether a decision came of them or not. A strategy that reads
 * the market object itself, or one over the same memory (what it was cut from, its slices), reads a replaced one too; one
 * that reads arrays or panels of its own, made before, is beyond this.
 * @throws FillgridError verification_failed with the bar and the first difference
 */
export function verifyLookahead(setup: () => DrivenSetup): void {
  const first = setup()
  const { market, window } = first
  const cuts = tries(window)
  const expected = picturesAt(first, cuts)
  cuts.forEach((cut, i) => {
    const after = market.time[cut]
    const changed: Market[] = []
    const undisguise: (() => void)[] = []
    let difference: string | undefined
    try {
      const markets = [market, ...market.relatives()]
      for (const one of markets) changed.push(replacedAfter(one, after))
      markets.forEach((one, k) => {
        undisguise.push(disguise(one, changed[k]))
      })
      const [other] = changed
      const [found] = picturesAt({ ...setup(), market: other }, [cut])
      difference = columnDifference(expected[i], found, market, cut) ?? firstDifference(expected[i], found)
    } finally {
      for (const undo of undisguise) undo()
      for (const one of changed) {
        releasePanels(one)
        one.release()
      }
    }
    if (difference === undefined) return
    throw new FillgridError(
      'verification_failed',
      `verify lookahead: with everything after bar ${cut} (${market.barTime(cut)}) replaced, ${difference}. The strategy reads the future: look for data prepared outside the run, or signals shifted the wrong way.`,
      { bar: cut, time: market.barTime(cut) },
    )
  })
}

/**
 * Saves the run at random bars, as for a file, lets it go on to its end, then goes on from the copy with a fresh instance
 * and compares the ends.
 * @throws FillgridError verification_failed with the bar and the first difference
 */
export function verifySnapshot(setup: () => DrivenSetup): void {
  const first = setup()
  const { market, window } = first
  const [whole] = picturesAt(first, [window.end])
  for (const cut of tries(window)) {
    const source = driven(setup())
    const target = driven(setup())
    try {
      while (source.bar < cut && source.advance()) {}
      const saved = encodeSnapshot(source.snapshot())
      source.toEnd()
      target.restore(decodeSnapshot(saved)).toEnd()
      const tables = { fills: target.lane.tables.fills.take(), orders: target.lane.tables.orders.take() }
      const difference = firstDifference(whole, { ...moment(target), ...tables, columns: columnsOf(target) })
      if (difference === undefined) continue
      throw new FillgridError(
        'verification_failed',
        `verify snapshot: restored at bar ${cut} (${market.barTime(cut)}) into a fresh instance, ${difference}. The strategy remembers something outside its state: keep it in this.state, or give saveState and loadState.`,
        { bar: cut, time: market.barTime(cut) },
      )
    } finally {
      source.release()
      target.release()
    }
  }
}

/** Bars to try, spread over the run and moved by a fixed random number, so that equal calls check equal bars. */
function tries({ first, end }: Window): number[] {
  const out = new Set<number>()
  const bars = end - first
  let seed = 12345
  for (let i = 0; i < TRIES && bars > 1; i++) {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
    out.add(first + Math.min(bars - 2, Math.floor(((i + seed / 0x80000000) / TRIES) * (bars - 1))))
  }
  return [...out]
}

/** What a run has done and decided, as far as it has come. */
interface Picture {
  /** Rows of fills and of ended orders so far, and tables that have at least these. */
  fillRows: number
  orderRows: number
  fills: TableData
  orders: TableData
  /** Records of the orders that are pending, by id, as text. */
  pending: Map<number, string>
  /** What is on its way (semantics 3.15): decisions, or rows of signal columns; as text. */
  late: string
  /** The chains of rules, as text. */
  rules: string
  /** Columns of the strategy's own by name, whole. */
  columns: ReadonlyMap<string, Float64Array>
  /** The first bar of the window. */
  first: number
  /** Equity of each bar from the first on; of the last one as its hook saw it. */
  equity: number[]
}

/** Runs to the last of some bars in order (or the end), and tells how things stood after the hook of each. */
function picturesAt(setup: DrivenSetup, bars: readonly number[]): Picture[] {
  const run = driven(setup)
  try {
    const moments = bars.map((bar) => {
      while (run.bar < bar && run.advance()) {}
      return moment(run)
    })
    // Rows are only added, so that one copy of the tables serves all.
    const tables = { fills: run.lane.tables.fills.take(), orders: run.lane.tables.orders.take() }
    const columns = columnsOf(run)
    return moments.map((one) => ({ ...one, ...tables, columns }))
  } finally {
    run.release()
  }
}

/** Copies: they outlive the run. */
function columnsOf(run: DrivenRun): Picture['columns'] {
  return new Map([...run.columns].map(([name, panel]) => [name, panel.values.slice()]))
}

/** The first value up to a bar that two columns of one name do not share. */
function columnDifference(a: Picture, b: Picture, market: Market, last: number): string | undefined {
  const names = [...a.columns.keys()].join(', ')
  const others = [...b.columns.keys()].join(', ')
  if (names !== others) return `its own columns are ${others || 'none'} instead of ${names || 'none'}`
  const { assetCount } = market
  for (const [name, values] of a.columns) {
    const found = b.columns.get(name) as Float64Array
    for (let i = 0; i < (last + 1) * assetCount; i++) {
      if (Object.is(values[i], found[i])) continue
      const bar = Math.floor(i / assetCount)
      const where = `bar ${bar} (${market.barTime(bar)}) for ${market.assets[i % assetCount]}`
      return `its column ${name} is ${found[i]} instead of ${values[i]} at ${where}`
    }
  }
  return undefined
}

function moment(run: DrivenRun): Omit<Picture, 'fills' | 'orders' | 'columns'> {
  const { lane } = run
  lane.bind()
  lane.settle()
  const pending = new Map<number, string>()
  for (let i = 0; i < lane.i32(L.RUN_POOL_COUNT); i++) {
    const { f64, i32 } = lane.order(i)
    if (i32[L.LIVE_STATE / 4] === L.STATE_ENDED) continue
    // Everything but its place in the pool.
    pending.set(
      i32[L.LIVE_ID / 4],
      [...f64.subarray(0, L.LIVE_ID / 8), ...i32.subarray(L.LIVE_ID / 4, L.LIVE_NEXT / 4)].join(),
    )
  }
  const row = run.bar - lane.shape.first
  const equity = Array.from(lane.equity.subarray(0, Math.max(0, row)))
  if (row >= 0) equity.push(run.ended ? lane.equity[row] : lane.accountValue)
  const { fills, orders } = lane.tables
  const { first } = lane.shape
  return {
    fillRows: fills.rows,
    orderRows: orders.rows,
    pending,
    late: lateOf(run),
    rules: chains(lane),
    first,
    equity,
  }
}

/** Signal columns by the fields that have their addresses. */
const SIGNALS = [
  L.RUN_SIGNAL_TARGETS,
  L.RUN_SIGNAL_SIZES,
  L.RUN_SIGNAL_STOPS,
  L.RUN_SIGNAL_TARGET_RULES,
  L.RUN_SIGNAL_TRAILS,
]

/** What is on its way; of signals the rows that are read in the bars that it takes. */
function lateOf({ kind, lane, bar }: DrivenRun): string {
  const { late } = lane
  if (!late) return ''
  const decided = new Float64Array(late.take().buffer).join()
  if (kind === 'hooks') return decided
  const { assets, bars } = lane.shape
  const { arena } = lane.engine
  const [from, to] = [bar + 1, Math.min(bars, bar + 1 + late.latency)].map((row) => row * assets)
  const columns = [...SIGNALS.map((field) => lane.i32(field) >>> 0), ...ruleColumns(lane)].map((at) =>
    at === 0 ? '' : arena.f64(at, to).subarray(from).join(),
  )
  const flags = lane.i32(L.RUN_SIGNAL_FLAGS) >>> 0
  return [decided, flags === 0 ? '' : arena.u8(flags, to).subarray(from).join(), ...columns].join(';')
}

/** Addresses of the columns of rules that entries bring. */
function ruleColumns(lane: Lane): number[] {
  const count = lane.i32(L.RUN_SIGNAL_RULE_COUNT)
  if (count === 0) return []
  const words = lane.engine.arena.i32(lane.i32(L.RUN_SIGNAL_RULES) >>> 0, (count * L.SIGNAL_RULE_BYTES) / 4)
  return Array.from({ length: 3 * count }, (_, k) => {
    const at = Math.floor(k / 3) * L.SIGNAL_RULE_BYTES + L.SIGNAL_RULE_COLUMNS
    return words[at / 4 + (k % 3)] >>> 0
  })
}

/** The global chain and those of the assets. */
function chains(lane: Lane): string {
  const { arena } = lane.engine
  const chain = (field: number, asset: number, count: number) =>
    arena.f64((lane.i32(field) >>> 0) + asset * L.RULE_LIMIT * L.RULE_BYTES, (count * L.RULE_BYTES) / 8).join()
  const counts = arena.i32(lane.i32(L.RUN_ASSET_RULE_COUNTS) >>> 0, lane.shape.assets)
  const own = Array.from(counts, (count, asset) =>
    count < 0 ? '' : `${count}:${chain(L.RUN_ASSET_RULES, asset, count)}`,
  )
  return [chain(L.RUN_GLOBAL_RULES, 0, lane.i32(L.RUN_RULES)), ...own].join(';')
}

/** The first thing that two pictures do not share. */
function firstDifference(a: Picture, b: Picture): string | undefined {
  const fill = firstRow(a.fills, b.fills, Math.min(a.fillRows, b.fillRows))
  if (fill >= 0) return `fill ${fill + 1} is another one`
  if (a.fillRows !== b.fillRows) return `there are ${b.fillRows} fills up to it instead of ${a.fillRows}`
  const order = firstRow(a.orders, b.orders, Math.min(a.orderRows, b.orderRows))
  if (order >= 0) return `order ${a.orders.i32(L.ENDED_ID)[order]} ended otherwise`
  if (a.orderRows !== b.orderRows) return `${b.orderRows} orders have ended up to it instead of ${a.orderRows}`
  for (const [id, record] of a.pending) if (b.pending.get(id) !== record) return `order ${id} is another one`
  if (a.pending.size !== b.pending.size) return `${b.pending.size} orders are pending instead of ${a.pending.size}`
  if (a.late !== b.late) return 'something else is on its way'
  if (a.rules !== b.rules) return 'the position rules are others'
  const bar = a.equity.findIndex((equity, i) => !Object.is(equity, b.equity[i]))
  if (bar >= 0) return `the equity of bar ${bar + a.first} is ${b.equity[bar]} instead of ${a.equity[bar]}`
  return a.equity.length === b.equity.length
    ? undefined
    : `it ended after ${b.equity.length} bars instead of ${a.equity.length}`
}

/** The first row below `rows` in which two tables differ, or -1. */
function firstRow(a: TableData, b: TableData, rows: number): number {
  let first = rows
  const compare = (x: ArrayLike<number>, y: ArrayLike<number>) => {
    for (let row = 0; row < first; row++) if (!Object.is(x[row], y[row])) first = row
  }
  for (let column = 0; column < a.widths.i32; column++) compare(a.i32(column), b.i32(column))
  for (let column = 0; column < a.widths.f64; column++) compare(a.f64(column), b.f64(column))
  return first < rows ? first : -1
}

const COLUMNS = ['open', 'high', 'low', 'close', 'volume', 'rangeHigh', 'rangeLow', 'signals', 'context'] as const
/** What makes others of a market. */
const MAKERS = ['slice', 'with', 'descriptor'] as const

/**
 * Makes a market show the columns of another one until it is undone, for strategies that look at the market they were
 * tested on instead of at the bar they are given. What was copied out of it before cannot be seen through.
 */
function disguise(market: Market, as: Market): () => void {
  for (const name of COLUMNS) Object.defineProperty(market, name, { configurable: true, get: () => as[name] })
  for (const name of MAKERS) Object.defineProperty(market, name, { configurable: true, value: as[name].bind(as) })
  return () => {
    for (const name of [...COLUMNS, ...MAKERS]) Reflect.deleteProperty(market, name)
  }
}

/** The market with everything after a moment (ms UTC) replaced: prices, volumes, signals and context. */
function replacedAfter(market: Market, after: number): Market {
  const n = market.assetCount
  const { time } = market
  let cut = time.length - 1
  while (cut >= 0 && time[cut] > after) cut--
  // One factor from 0.5 to 1.5 a cell keeps its open, high, low and close in their order.
  const factor = (cell: number) => {
    const hash = Math.imul((cell + 1) ^ (cut << 7), 0x9e3779b1)
    return 0.5 + ((Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) ^ (hash >>> 13)) >>> 0) / 0x100000000
  }
  const bend = (column: Float64Array) => column.map((value, i) => (i < (cut + 1) * n ? value : value * factor(i)))
  // Signals may be flags or ranks: neither their sign nor 0 may survive.
  const swap = (values: Float64Array, from: number) =>
    values.map((value, i) => (i < from ? value : factor(i) > 1 ? -value - 1 : value + factor(i)))
  return Market.from({
    assets: [...market.assets],
    time: market.time.slice(),
    open: bend(market.open),
    high: bend(market.high),
    low: bend(market.low),
    close: bend(market.close),
    volume: bend(market.volume),
    signals: Object.fromEntries([...market.signals].map(([name, { values }]) => [name, swap(values, (cut + 1) * n)])),
    context: Object.fromEntries([...market.context].map(([name, values]) => [name, swap(values, cut + 1)])),
    allowNonPositive: market.allowNonPositive,
    delisted: market.delisted,
    instruments: market.instruments,
    periods: market.knownPeriods,
    // What a strategy knows of its market is what it was.
    provenance: market.provenance,
  })
}
