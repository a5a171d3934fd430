/**
 * The largest part of an order that fits (7.6). Up to 4,096 multiples of the step are tried one by one. Beyond that the
 * pieces, in which the need grows, are found by looking: many quantities are tried, the places where the order's value and
 * its need turn are narrowed down between them, and the edges of the tiers too.
 */
import { fillPrice, need, stepOf, type Traded, tierOf, times } from './money.ts'
import { type Run, wrong } from './state.ts'

/** Steps up to which every multiple is tried. */
const BRUTE = 4096
/** Below this part of what was wanted a cut is a rejection, so nothing there is looked at. */
const LEAST = 2 ** -31

/** What is asked about an opening leg of k units. */
export interface Leg {
  /** What it needs of the funds, and how much they are. */
  need: (k: number) => number
  available: number
  /** The order's value with it, and the tier of that value. */
  value: (k: number) => number
  tier: (k: number) => number
  /** Volume of the bar where slippage is a share of it, else 0. */
  volume: number
}

/** The largest quantity of a leg up to `wanted` whose need fits; 0 when none does. */
export function affordable(run: Run, traded: Traded, wanted: number, available: number): number {
  const { asset, order, side, base, slip, opens } = traded
  const { slippage, impact } = run.set
  const commission = side < 0 ? run.set.sellCommission : run.set.commission
  const step = stepOf(run, asset)
  const before = order ? order.chargedValue : 0
  const price = (k: number) => fillPrice(run, asset, side, k, base, slip, opens)
  const value = (k: number) => before + Math.abs(times(run, asset, k) * price(k))
  const leg: Leg = {
    need: (k) => need(run, traded, k),
    available,
    value,
    tier: (k) => (commission.type === 'tiered' ? tierOf(run, commission.tiers, value(k)) : 0),
    volume: slip !== null && (slippage.type === 'volume-share' || impact.type !== 'none') ? asset.bar!.volume : 0,
  }
  if ([commission, run.set.commission, run.set.sellCommission, slippage, impact].some(({ type }) => type === 'own'))
    if (!wrong(run, '7.9/halving')) return halved(run, step, wanted, leg)
  if (wrong(run, '7.6/pieces')) return firstEdge(step, wanted, leg)
  if (slippage.type === 'volume-share' && slippage.rate > 0.5 && leg.volume > 0 && wrong(run, '7.6/kink'))
    return largestByPieces(step, Math.min(wanted, leg.volume / (2 * slippage.rate)), leg)
  return step > 0 && wanted / step <= BRUTE ? largestOfAll(step, wanted, leg) : largestByPieces(step, wanted, leg)
}

/** The quantity that halving meets where a model is the strategy's own (7.9). */
function halved(run: Run, step: number, wanted: number, leg: Leg): number {
  const isStepped = step > 0 && !wrong(run, '7.9/steps')
  const quantity = (n: number) => (isStepped ? n * step : n)
  const fits = (n: number) => quantity(n) <= wanted && leg.need(quantity(n)) <= leg.available
  let low = 0
  let high = isStepped ? Math.min(Math.trunc(wanted / step + 1e-9), Number.MAX_VALUE) : wanted
  if (fits(high)) return quantity(high)
  for (;;) {
    if (quantity(high) < 1e-9 * wanted) return quantity(low)
    const middle = isStepped ? low + Math.trunc((high - low) / 2) : low + (high - low) / 2
    if (middle === low || middle === high) return quantity(low)
    if (fits(middle)) low = middle
    else high = middle
  }
}

/** Tries every multiple of the step, from above. */
export function largestOfAll(step: number, wanted: number, leg: Leg): number {
  for (let n = Math.trunc(wanted / step + 1e-9); n > 0; n--) {
    if (n * step <= wanted && leg.need(n * step) <= leg.available) return n * step
  }
  return 0
}

/** A mistake: halving over everything at once. */
function firstEdge(step: number, wanted: number, leg: Leg): number {
  const grid = gridOf(step, wanted)
  const fits = (i: bigint) => grid.at(i) <= wanted && leg.need(grid.at(i)) <= leg.available
  return grid.at(edgeAbove(0n, grid.last + 1n, fits))
}

/** Tries pieces, found between many samples. */
export function largestByPieces(step: number, wanted: number, leg: Leg): number {
  if (!(wanted > 0 && wanted < Number.POSITIVE_INFINITY)) return 0
  const grid = gridOf(step, wanted)
  const once = (of: (k: number) => number) => {
    const seen = new Map<bigint, number>()
    return (i: bigint) => {
      let x = seen.get(i)
      if (x === undefined) {
        x = of(grid.at(i))
        seen.set(i, x)
      }
      return x
    }
  }
  const value = once(leg.value)
  const needed = once(leg.need)
  const tier = once(leg.tier)
  const fits = (i: bigint) => i > 0n && i <= grid.last && grid.at(i) <= wanted && needed(i) <= leg.available

  // Where the value turns; then its edges of tiers, between which it does not turn; then where the need is lowest.
  let points = sorted(samples(grid, wanted, leg.volume))
  points = sorted([...points, ...turns(points, value, () => true)])
  const edges = points.flatMap((point, i) => (i + 1 < points.length ? tierEdges(point, points[i + 1], tier) : []))
  points = sorted([...points, ...edges])
  points = sorted([...points, ...turns(points, needed, (a, b) => tier(a) === tier(b))])

  let best = 0n
  for (let i = points.length - 1; i >= 0 && best === 0n; i--) {
    if (fits(points[i])) best = edgeAbove(points[i], points[i + 1] ?? grid.last + 1n, fits)
  }
  // Rounding may blur an edge: the 64 above each are looked at too.
  for (const edge of [best, ...edges]) {
    for (let i = edge; i <= edge + 64n; i++) if (i > best && fits(i)) best = i
  }
  return grid.at(best)
}

/** Numbers the quantities that there are, so that a larger number is a larger quantity. */
interface Grid {
  last: bigint
  at(i: bigint): number
  /** The last one at or below a quantity, as nearly as the division says. */
  below(k: number): bigint
}

function gridOf(step: number, wanted: number): Grid {
  if (step === 0) return { last: bitsOf(wanted), at: doubleAt, below: bitsOf }
  // Whole numbers that are doubles: one by one up to 2^53, then as far apart as doubles are.
  const dense = 2 ** 53
  const numbered = (n: number) => (n < dense ? BigInt(n) : BigInt(dense) + bitsOf(n) - bitsOf(dense))
  const whole = (i: bigint) => (i < BigInt(dense) ? Number(i) : doubleAt(i - BigInt(dense) + bitsOf(dense)))
  const count = (k: number, nudge: number) => Math.min(Number.MAX_VALUE, Math.trunc(k / step + nudge))
  return {
    last: numbered(count(wanted, 1e-9)),
    at: (i) => whole(i) * step,
    below: (k) => numbered(count(k, 0)),
  }
}

function samples(grid: Grid, wanted: number, volume: number): bigint[] {
  const found = [grid.last]
  for (let k = wanted; k >= wanted * LEAST; k /= 2 ** (1 / 8)) found.push(grid.below(k))
  for (let i = 1; volume > 0 && i <= 640; i++) {
    const k = (volume * i) / 512
    if (k < wanted) found.push(grid.below(k))
  }
  return found.filter((i) => i > 0n)
}

function sorted(points: bigint[]): bigint[] {
  return [...new Set(points)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

/** Peaks and troughs of a function between three samples of one kind, narrowed down. */
function turns(points: bigint[], f: (i: bigint) => number, together: (a: bigint, b: bigint) => boolean): bigint[] {
  const found: bigint[] = []
  for (let i = 1; i + 1 < points.length; i++) {
    const [a, b, c] = [points[i - 1], points[i], points[i + 1]]
    if (!together(a, b) || !together(b, c)) continue
    const up = f(b) - f(a)
    const on = f(c) - f(b)
    if (up > 0 && on < 0) found.push(narrowed(a, c, (x) => -f(x)))
    if (up < 0 && on > 0) found.push(narrowed(a, c, f))
  }
  return found
}

/** Where a function with one trough between two places is lowest. */
function narrowed(from: bigint, to: bigint, f: (i: bigint) => number): bigint {
  let low = from
  let high = to
  while (high - low > 2n) {
    const a = low + (high - low) / 3n
    const b = high - (high - low) / 3n
    if (f(a) < f(b)) high = b
    else low = a
  }
  return low + (high - low) / 2n
}

/** Both sides of each change of tier between two places, between which the value does not turn. */
function tierEdges(from: bigint, to: bigint, tier: (i: bigint) => number): bigint[] {
  const found: bigint[] = []
  for (let low = from; tier(low) !== tier(to); ) {
    const here = tier(low)
    const edge = edgeAbove(low, to, (i) => tier(i) === here)
    found.push(edge, edge + 1n)
    low = edge + 1n
  }
  return found
}

/** The last place from `low` on, where it holds, and below `high`, where it does not, at which it still holds. */
function edgeAbove(from: bigint, to: bigint, holds: (i: bigint) => boolean): bigint {
  let low = from
  let high = to
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (holds(middle)) low = middle
    else high = middle
  }
  return low
}

const double = new Float64Array(1)
const bits = new BigUint64Array(double.buffer)
/** Positive doubles are ordered as their bits are. */
function bitsOf(x: number): bigint {
  double[0] = x
  return bits[0]
}
function doubleAt(n: bigint): number {
  bits[0] = n
  return double[0]
}
