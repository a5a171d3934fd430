import { FillgridError, show } from '../errors.ts'
import { onlyNames } from '../market/names.ts'
import { within } from './returns.ts'

/** A position that is proposed: units, short ones below 0, and the price of the entry. */
export interface ProposedPosition {
  shares: number
  entry_price: number
}

/** Limits of a portfolio, fractions of its value. */
export interface PositionLimits {
  /** Of one position; 0.1. */
  max_single_position?: number
  /** Of all positions of one sector, long and short by their sizes; 0.3. */
  max_sector_exposure?: number
  /** Of the returns of two positions, which then are not held both; 0.7. */
  max_correlation?: number
}

/** What sectors and correlations are judged by. */
export interface LimitContext {
  /** Sector by symbol; symbols without one are not judged, and told. */
  sectors?: Readonly<Record<string, string>>
  /** Returns by symbol up to the decision, of the same bars; the last 60 count. */
  returns?: Readonly<Record<string, ArrayLike<number>>>
}

/** A limit that was broken. */
export interface LimitViolation {
  symbol: string
  reason: string
  current_ratio: number
  limit: number
}

/** The answer, in the words of files. */
export interface LimitAnswer {
  valid: boolean
  violations: LimitViolation[]
  /** The positions, cut to the limits in the order single, sector, correlation; where several compete the later one is cut. */
  adjusted_positions: Record<string, ProposedPosition>
  /** What could not be judged, and why. */
  unchecked: string[]
}

const LIMITS: ReadonlySet<string> = new Set(['max_single_position', 'max_sector_exposure', 'max_correlation'])
/** Bars of returns that correlations are of. */
const BARS = 60
/** What rounding may leave above a limit. */
const SLACK = 1e-12

/**
 * Checks proposed positions against limits, and cuts them to these. Sizes count absolutely: a short position is as large as a long one.
 *
 * @param portfolio its value, in currency
 * @throws FillgridError invalid_value, unknown_name
 */
export function validatePositions(
  proposed: Readonly<Record<string, ProposedPosition>>,
  portfolio: number,
  limits: PositionLimits = {},
  { sectors, returns }: LimitContext = {},
): LimitAnswer {
  onlyNames(limits, LIMITS, 'limits', 'a limit of positions')
  if (!(portfolio > 0 && Number.isFinite(portfolio)))
    throw new FillgridError(
      'invalid_value',
      `limits: a value of the portfolio above 0 expected, found ${show(portfolio)}.`,
    )
  const single = within('limits.max_single_position', limits.max_single_position ?? 0.1, 0, Number.MAX_VALUE)
  const sector = within('limits.max_sector_exposure', limits.max_sector_exposure ?? 0.3, 0, Number.MAX_VALUE)
  const correlation = within('limits.max_correlation', limits.max_correlation ?? 0.7, 0, 1)
  const violations: LimitViolation[] = []
  const unchecked: string[] = []
  const adjusted: Record<string, ProposedPosition> = {}
  for (const [symbol, { shares, entry_price }] of Object.entries(proposed)) {
    if (!Number.isFinite(shares) || !(Number.isFinite(entry_price) && entry_price > 0))
      throw new FillgridError(
        'invalid_value',
        `limits: shares and an entry_price above 0 of ${symbol} expected, found ${show({ shares, entry_price })}.`,
      )
    adjusted[symbol] = { shares, entry_price }
  }
  const ratio = (symbol: string) => Math.abs(adjusted[symbol].shares * adjusted[symbol].entry_price) / portfolio
  const cut = (symbol: string, reason: string, current: number, limit: number, left: number) => {
    violations.push({ symbol, reason, current_ratio: current, limit })
    const one = adjusted[symbol]
    one.shares = Math.sign(one.shares) * ((portfolio * Math.max(0, left)) / one.entry_price)
  }
  const symbols = Object.keys(adjusted)
  for (const symbol of symbols) {
    const now = ratio(symbol)
    if (now > single + SLACK) cut(symbol, 'Single position too large', now, single, single)
  }
  const exposure = new Map<string, number>()
  for (const symbol of symbols) {
    if (sectors === undefined) break
    if (!Object.hasOwn(sectors, symbol)) {
      unchecked.push(`${symbol}: sector unknown`)
      continue
    }
    const before = exposure.get(sectors[symbol]) ?? 0
    const now = before + ratio(symbol)
    if (now > sector + SLACK) cut(symbol, `Sector exposure too large: ${sectors[symbol]}`, now, sector, sector - before)
    exposure.set(sectors[symbol], before + ratio(symbol))
  }
  symbols.forEach((symbol, i) => {
    if (returns === undefined || adjusted[symbol].shares === 0) return
    for (const other of symbols.slice(0, i)) {
      if (adjusted[other].shares === 0) continue
      const found = correlationOf(returns[symbol], returns[other])
      if (Number.isNaN(found)) unchecked.push(`${symbol} and ${other}: fewer than ${BARS} bars of returns that move`)
      else if (Math.abs(found) > correlation + SLACK) {
        cut(symbol, `Correlation too high with ${other}`, Math.abs(found), correlation, 0)
        return
      }
    }
  })
  return { valid: violations.length === 0, violations, adjusted_positions: adjusted, unchecked }
}

/** Correlation (Pearson) of the last 60 returns; NaN where there are fewer, or one does not move. */
function correlationOf(a: ArrayLike<number> | undefined, b: ArrayLike<number> | undefined): number {
  if (a === undefined || b === undefined || a.length < BARS || b.length < BARS) return Number.NaN
  const [x, y] = [a, b].map((all) => Array.from({ length: BARS }, (_, i) => all[all.length - BARS + i]))
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / BARS
  const [mx, my] = [mean(x), mean(y)]
  let [xy, xx, yy] = [0, 0, 0]
  for (let i = 0; i < BARS; i++) {
    xy += (x[i] - mx) * (y[i] - my)
    xx += (x[i] - mx) ** 2
    yy += (y[i] - my) ** 2
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : Number.NaN
}
