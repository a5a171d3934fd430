/** One fill: bar, asset, signed units, price, commission. */
export type FillRow = [bar: number, asset: number, quantity: number, price: number, commission: number]

/** What came of a scenario in one engine. */
export interface Outcome {
  id: string
  fills: FillRow[]
  /** Money at the end of every bar, or of the last alone where a recording keeps no more; empty where the engine does not say. */
  cash: number[]
  equity: number[]
  /** Why the engine did not play it to its end. */
  failed?: string
}

/** Where two outcomes part: what differs first, on which bar, and both sides of it in words. */
export interface Difference {
  what: 'failed' | 'missing' | 'extra' | 'bar' | 'quantity' | 'price' | 'commission' | 'cash' | 'equity'
  bar: number
  asset: number
  ours: string
  theirs: string
}

const RELATIVE = 1e-9

/** Equal to 1e-9 of the larger, or of `scale`. */
export function isNear(a: number, b: number, scale = 0): boolean {
  return a === b || Math.abs(a - b) <= RELATIVE * Math.max(Math.abs(a), Math.abs(b), scale)
}

/**
 * The first difference between what Fillgrid did (`ours`) and the other engine, or undefined where they are identical:
 * the same fills (bar, asset, units, price, commission) and the same money, to 1e-9. One order may fill in two rows, as a
 * reversal does here, and one row may close several trades: rows of one bar, asset, side and price count as one.
 */
export function firstDifference(ours: Outcome, theirs: Outcome, initial: number): Difference | undefined {
  if (ours.failed !== undefined || theirs.failed !== undefined)
    return { what: 'failed', bar: -1, asset: -1, ours: ours.failed ?? 'played', theirs: theirs.failed ?? 'played' }
  const mine = merged(ours.fills)
  const other = merged(theirs.fills)
  for (let i = 0; i < Math.max(mine.length, other.length); i++) {
    const found = compareFills(mine[i], other[i], initial)
    if (found) return found
  }
  return compareMoney('cash', ours, theirs, initial) ?? compareMoney('equity', ours, theirs, initial)
}

function compareFills(a: FillRow | undefined, b: FillRow | undefined, initial: number): Difference | undefined {
  const between = (what: Difference['what'], row: FillRow) => ({
    what,
    bar: row[0],
    asset: row[1],
    ours: show(a),
    theirs: show(b),
  })
  if (a === undefined || b === undefined) return between(a === undefined ? 'missing' : 'extra', (a ?? b)!)
  // Fills are sorted by bar and asset: whichever comes first is the one that the other engine does not have there.
  const order = a[0] - b[0] || a[1] - b[1] || Math.sign(b[2]) - Math.sign(a[2])
  if (order !== 0) return order > 0 ? between('missing', b) : between('extra', a)
  if (!isNear(a[3], b[3])) return between('price', a)
  if (!isNear(a[2], b[2])) return between('quantity', a)
  if (!isNear(a[4], b[4], 1e-6 * initial)) return between('commission', a)
  return undefined
}

function compareMoney(
  what: 'cash' | 'equity',
  ours: Outcome,
  theirs: Outcome,
  initial: number,
): Difference | undefined {
  const [mine, other] = [ours[what], theirs[what]]
  for (let k = 1; k <= other.length; k++) {
    // From the first bar on; where one bar was kept it is the last.
    const bar = mine.length - other.length + k - 1
    if (!isNear(mine[bar], other[k - 1], initial))
      return { what, bar, asset: -1, ours: `${mine[bar]}`, theirs: `${other[k - 1]}` }
  }
  return undefined
}

/** Rows of one bar, asset, side and price as one; by bar, asset, buys first, price. */
export function merged(fills: readonly FillRow[]): FillRow[] {
  const sorted = fills
    .filter((row) => row[2] !== 0)
    .sort((a, b) => a[0] - b[0] || a[1] - b[1] || Math.sign(b[2]) - Math.sign(a[2]) || a[3] - b[3])
  const rows: FillRow[] = []
  for (const row of sorted) {
    const last = rows[rows.length - 1]
    const same = last && last[0] === row[0] && last[1] === row[1] && last[2] > 0 === row[2] > 0
    if (same && isNear(last[3], row[3])) {
      last[2] += row[2]
      last[4] += row[4]
    } else rows.push([...row])
  }
  return rows
}

function show(row: FillRow | undefined): string {
  return row ? `${row[2] > 0 ? '+' : ''}${row[2]} at ${row[3]}` : 'nothing'
}
