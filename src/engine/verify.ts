import { FillgridError } from '../errors.ts'
import type { TableData } from '../kernel/lane.ts'
import { Market } from '../market/market.ts'
import { releasePanels } from '../signals/panels.ts'
import { Run, type RunSetup } from './run.ts'
import * as L from '../../assembly/layout.ts'

/** How many bars are tried. */
const TRIES = 8

/**
 * Runs the strategy again on markets in which everything after a random bar is replaced, and compares what it had
 * decided and what was filled up to that bar. A strategy that reads the market object itself reads the replaced one
 * too; one that reads arrays of its own, made before, is beyond this check.
 * @throws FillgridError verification_failed with the bar and the first difference
 */
export function verifyLookahead(setup: () => RunSetup): void {
  const first = setup()
  const { market } = first
  const whole = outcome(first)
  for (const cut of tries(market.bars)) {
    const changed = replacedAfter(market, cut)
    const undisguise = disguise(market, changed)
    try {
      const difference = firstDifference(whole, outcome({ ...setup(), market: changed }), cut)
      undisguise()
      if (difference) {
        throw new FillgridError(
          'verification_failed',
          `verify lookahead: with everything after bar ${cut} (${market.barTime(cut)}) replaced, ${difference}. The strategy reads the future: look for data prepared outside the run, or signals shifted the wrong way.`,
          { bar: cut, time: market.barTime(cut) },
        )
      }
    } finally {
      undisguise()
      releasePanels(changed)
      changed.release()
    }
  }
}

/**
 * Saves the run at random bars, goes on from the copy with a fresh instance, and compares the end.
 * @throws FillgridError verification_failed with the bar and the first difference
 */
export function verifySnapshot(setup: () => RunSetup): void {
  const first = setup()
  const whole = outcome(first)
  const bars = first.market.bars
  for (const cut of tries(bars)) {
    const source = new Run(setup())
    const target = new Run(setup())
    try {
      while (source.bar < cut && source.advance()) {}
      target.restore(source.snapshot()).toEnd()
      const difference = firstDifference(whole, tables(target), bars)
      if (difference) {
        throw new FillgridError(
          'verification_failed',
          `verify snapshot: restored at bar ${cut} (${first.market.barTime(cut)}) into a fresh instance, ${difference}. The strategy remembers something outside its state: keep it in this.state, or give saveState and loadState.`,
          { bar: cut, time: first.market.barTime(cut) },
        )
      }
    } finally {
      source.release()
      target.release()
    }
  }
}

/** Bars to try, spread over the run and moved by a fixed random number, so that equal calls check equal bars. */
function tries(bars: number): number[] {
  const out = new Set<number>()
  let seed = 12345
  for (let i = 0; i < TRIES && bars > 1; i++) {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
    out.add(Math.min(bars - 2, Math.floor(((i + seed / 0x80000000) / TRIES) * (bars - 1))))
  }
  return [...out]
}

interface Outcome {
  fills: TableData
  orders: TableData
  equity: Float64Array
}

function outcome(setup: RunSetup): Outcome {
  const run = new Run(setup)
  try {
    return tables(run.toEnd())
  } finally {
    run.release()
  }
}

function tables(run: Run): Outcome {
  return { fills: run.lane.takeTable('fills'), orders: run.lane.takeTable('orders'), equity: run.lane.equity.slice(0, run.bar + 1) }
}

/** The first thing up to bar `cut` that two outcomes do not share. Orders are compared as they were given. */
function firstDifference(a: Outcome, b: Outcome, cut: number): string | undefined {
  const fillsUpTo = (o: Outcome) => o.fills.i32[L.FILL_BAR].reduce((n, bar) => n + (bar <= cut ? 1 : 0), 0)
  const [fillsA, fillsB] = [fillsUpTo(a), fillsUpTo(b)]
  for (let row = 0; row < Math.min(fillsA, fillsB); row++) {
    for (const column of [L.FILL_BAR, L.FILL_ASSET, L.FILL_ORDER]) if (a.fills.i32[column][row] !== b.fills.i32[column][row]) return `fill ${row + 1} is another one`
    for (const column of [L.FILL_QUANTITY, L.FILL_PRICE]) if (!Object.is(a.fills.f64[column][row], b.fills.f64[column][row])) return `fill ${row + 1} has another quantity or price`
  }
  if (fillsA !== fillsB) return `there are ${fillsB} fills up to it instead of ${fillsA}`
  const [ordersA, ordersB] = [given(a.orders, cut), given(b.orders, cut)]
  for (const [id, order] of ordersA) if (ordersB.get(id) !== order) return `order ${id} is another one`
  if (ordersA.size !== ordersB.size) return `${ordersB.size} orders were given up to it instead of ${ordersA.size}`
  for (let bar = 0; bar <= Math.min(cut, a.equity.length - 1); bar++) if (!Object.is(a.equity[bar], b.equity[bar])) return `the equity of bar ${bar} is ${b.equity[bar]} instead of ${a.equity[bar]}`
  return undefined
}

/** Orders given up to a bar, by id, as text. Prices that an update changed later are not part of it. */
function given(orders: TableData, cut: number): Map<number, string> {
  const out = new Map<number, string>()
  for (let row = 0; row < orders.rows; row++) {
    if (orders.i32[L.ENDED_CREATED][row] > cut) continue
    const settled = orders.i32[L.ENDED_ENDED_BAR][row] <= cut
    const end = settled ? [orders.i32[L.ENDED_ENDED_BAR][row], ...[L.ENDED_LIMIT, L.ENDED_STOP, L.ENDED_TRAIL].map((column) => orders.f64[column][row])] : []
    // How it ended belongs to the bar in which it did, and so does the side of a target.
    const code = settled ? orders.i32[L.ENDED_CODE][row] : orders.i32[L.ENDED_CODE][row] & ~((7 << L.ORDER_CODE_STATUS) | (15 << L.ORDER_CODE_REASON) | (1 << L.ORDER_CODE_BUY))
    out.set(orders.i32[L.ENDED_ID][row], [orders.i32[L.ENDED_ASSET][row], orders.i32[L.ENDED_CREATED][row], code, orders.f64[L.ENDED_AMOUNT][row], ...end].join())
  }
  return out
}

/**
 * Makes a market show the columns of another one until it is undone, for strategies that look at the market they were
 * tested on instead of at the bar they are given. What was copied out of it before cannot be seen through.
 */
function disguise(market: Market, as: Market): () => void {
  const names = ['open', 'high', 'low', 'close', 'volume', 'rangeHigh', 'rangeLow', 'signals', 'context'] as const
  for (const name of names) Object.defineProperty(market, name, { configurable: true, get: () => as[name] })
  return () => {
    for (const name of names) Reflect.deleteProperty(market, name)
  }
}

/** The market with every price after a bar bent away from what it was; volumes, signals and context too. */
function replacedAfter(market: Market, cut: number): Market {
  const n = market.assetCount
  const bend = (column: Float64Array) => {
    const out = column.slice()
    let seed = cut + 1
    for (let i = (cut + 1) * n; i < out.length; i += n) {
      seed = (Math.imul(seed, 1664525) + 1013904223) | 0
      const factor = 0.5 + (seed >>> 1) / 0x80000000
      // One factor a bar keeps open, high, low and close in their order.
      for (let a = 0; a < n; a++) out[i + a] *= factor
    }
    return out
  }
  const each = (columns: Iterable<[string, Float64Array]>) => Object.fromEntries([...columns].map(([name, values]) => [name, values]))
  const contextBend = (values: Float64Array) => values.map((value, i) => (i > cut ? -value - 1 : value))
  return Market.from({
    assets: [...market.assets],
    time: market.time.slice(),
    open: bend(market.open),
    high: bend(market.high),
    low: bend(market.low),
    close: bend(market.close),
    volume: bend(market.volume),
    signals: each([...market.signals].map(([name, { values }]) => [name, bend(values)])),
    context: each([...market.context].map(([name, values]) => [name, contextBend(values)])),
    allowNonPositive: market.allowNonPositive,
  } as Parameters<typeof Market.from>[0])
}
