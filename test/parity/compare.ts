/** One closed trade, as every engine can say it. Bars are indexes into the asset's own bars. */
export interface ClosedTrade {
  asset: number
  entryBar: number
  exitBar: number
  /** Signed units. */
  quantity: number
  entryPrice: number
  exitPrice: number
  /** After commissions. */
  pnl: number
}

/** What a cross was run on; columns are [bar * assets + asset]. */
export interface CrossData {
  assets: number
  open: Float64Array
  high: Float64Array
  low: Float64Array
  close: Float64Array
  /** The fast average crosses above (below) the slow one at this close. */
  above: Uint8Array
  below: Uint8Array
}

/** Distances of stop and target as fractions, where they are used, and what they are measured from. */
export interface Levels {
  stop: number
  target: number
  basis: 'fill' | 'signal'
}

/** A difference that a rule explains: where, which rule, and how many trades of each engine it takes up. */
export interface Explained {
  rule: keyof typeof RULES
  asset: number
  bar: number
}

/**
 * Where vectorbt 1.2.0 differs, by the rule of docs/semantics.md that it does not follow. Each has a condition that
 * must hold for the bar in question, and a shape that the two lists of trades must have there.
 */
export const RULES = {
  '3.5': 'stop and target of an entry at the open are live for the rest of that bar; theirs from the next bar on',
  '4.1': 'an exit due at the open comes before the range of that bar; theirs lets the stop in the bar replace it',
  '4.3': 'what a signal ordered enters at the open although a stop ended the old position in that bar; theirs drops it',
} as const

/** What is left of one engine's trades of one asset. */
interface Cursor {
  rows: readonly ClosedTrade[]
  at: number
}

/**
 * Walks both lists of trades, asset by asset. Every trade must be the same (bars, units and prices exactly, money to
 * 1e-9 of the trade's value) or be explained; nothing is skipped otherwise.
 * @returns the differences that are explained, and the first that is not
 */
export function compareTrades(
  ours: readonly ClosedTrade[],
  theirs: readonly ClosedTrade[],
  data: CrossData,
  levels: Levels | undefined,
): { same: number; explained: Explained[]; unexplained: string | undefined } {
  const explained: Explained[] = []
  let same = 0
  for (let asset = 0; asset < data.assets; asset++) {
    const mine: Cursor = { rows: ofAsset(ours, asset), at: 0 }
    const other: Cursor = { rows: ofAsset(theirs, asset), at: 0 }
    while (mine.at < mine.rows.length || other.at < other.rows.length) {
      const a = mine.rows[mine.at]
      const b = other.rows[other.at]
      if (a && b && equal(a, b)) {
        same++
        mine.at++
        other.at++
        continue
      }
      const found = levels && explain(mine, other, asset, data, levels)
      if (!found) return { same, explained, unexplained: `ours ${show(a)}, theirs ${show(b)}` }
      explained.push(found)
    }
  }
  return { same, explained, unexplained: undefined }
}

/** In the order of their entries; a position that a reversal ends comes before the one it begins. */
function ofAsset(trades: readonly ClosedTrade[], asset: number): ClosedTrade[] {
  return trades.filter((t) => t.asset === asset).sort((a, b) => a.entryBar - b.entryBar || a.exitBar - b.exitBar)
}

function equal(a: ClosedTrade, b: ClosedTrade): boolean {
  const same = a.exitBar === b.exitBar && a.exitPrice === b.exitPrice && sameEntry(a, b)
  return same && Math.abs(a.pnl - b.pnl) <= 1e-9 * Math.abs(a.quantity) * a.entryPrice
}

function sameEntry(a: ClosedTrade, b: ClosedTrade): boolean {
  return a.entryBar === b.entryBar && a.quantity === b.quantity && a.entryPrice === b.entryPrice
}

/** Finds the rule for the difference at hand and moves the cursors past it. */
function explain(mine: Cursor, other: Cursor, asset: number, data: CrossData, levels: Levels): Explained | undefined {
  const a = mine.rows[mine.at]
  const b = other.rows[other.at]
  if (!a) return undefined
  const row = (column: Float64Array | Uint8Array, bar: number) => column[bar * data.assets + asset]
  const signalDue = (bar: number) => bar > 0 && (row(data.above, bar - 1) !== 0 || row(data.below, bar - 1) !== 0)
  const within = (price: number, bar: number) => row(data.low, bar) <= price && price <= row(data.high, bar)
  /** Whether this price is the stop or the target of a trade. */
  const isLevel = (t: ClosedTrade, price: number) => {
    const side = Math.sign(t.quantity)
    const basis = levels.basis === 'fill' ? t.entryPrice : row(data.close, t.entryBar - 1)
    return price === basis * (1 - side * levels.stop) || price === basis * (1 + side * levels.target)
  }
  // Both hold the same position, and we leave it on the bar of the entry.
  if (a.exitBar === a.entryBar && isLevel(a, a.exitPrice) && within(a.exitPrice, a.exitBar)) {
    const held = b && sameEntry(a, b) && b.exitBar > a.exitBar
    const stillOpen = !b && mine.at === mine.rows.length - 1
    if (held || stillOpen) {
      mine.at++
      if (held) other.at++
      return { rule: '3.5', asset, bar: a.entryBar }
    }
  }
  // Both leave the same position on the same bar, we at the open by the signal, they at a level inside the bar.
  if (b && sameEntry(a, b) && a.exitBar === b.exitBar && signalDue(a.exitBar)) {
    const atOpen = a.exitPrice === row(data.open, a.exitBar)
    if (atOpen && isLevel(b, b.exitPrice) && within(b.exitPrice, b.exitBar)) {
      mine.at++
      other.at++
      return { rule: '4.1', asset, bar: a.exitBar }
    }
  }
  // We entered at an open where their last position was stopped, at its level or beyond it at the open.
  const last = other.rows[other.at - 1]
  if (last && last.exitBar === a.entryBar && signalDue(a.entryBar) && (!b || b.entryBar > a.entryBar)) {
    const stopped = isLevel(last, last.exitPrice) || last.exitPrice === row(data.open, last.exitBar)
    if (stopped) {
      mine.at++
      return { rule: '4.3', asset, bar: a.entryBar }
    }
  }
  return undefined
}

function show(t: ClosedTrade | undefined): string {
  return t ? JSON.stringify(t) : 'none'
}
