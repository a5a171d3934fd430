/** Metrics from their formulas, as they are written in METRICS; trades as plain P&L. */
export interface EquityFacts {
  /** Equity after each bar that was run. */
  equity: readonly number[]
  /** Index of the last bar of each return period, of the whole market. */
  periodEnds: readonly number[]
  initialCash: number
  /** Return periods a year, NaN where nobody knows. */
  perYear: number
  /** From the first to the last bar that was run, ms; NaN: years are counted in periods. */
  elapsed: number
}

const UNDEFINED = Number.NaN

/** Returns of the periods of a run, the last one cut where the run ended. */
export function periodReturns({ equity, periodEnds, initialCash }: EquityFacts): number[] {
  const last = equity.length - 1
  const ends = periodEnds.filter((end) => end < last)
  if (equity.length > 0) ends.push(last)
  return ends.map((end, i) => equity[end] / (i === 0 ? initialCash : equity[ends[i - 1]]) - 1)
}

export function equityMetrics(facts: EquityFacts) {
  const { equity, initialCash, perYear, elapsed } = facts
  const line = [initialCash, ...equity]
  const peaks = line.map((_, i) => Math.max(...line.slice(0, i + 1)))
  const finalValue = line[line.length - 1]

  const returns = periodReturns(facts)
  const bases = [initialCash, ...facts.periodEnds.filter((end) => end < equity.length - 1).map((end) => equity[end])]
  const defined = returns.length > 0 && bases.every((base) => base > 0)
  const n = returns.length
  const mean = defined ? sum(returns) / n : UNDEFINED
  const deviation = defined && n > 1 ? Math.sqrt(sum(returns.map((r) => (r - mean) ** 2)) / (n - 1)) : UNDEFINED
  const downside = defined ? Math.sqrt(sum(returns.map((r) => Math.min(r, 0) ** 2)) / n) : UNDEFINED
  const maxDrawdown = Math.max(...line.map((x, i) => (peaks[i] - x) / peaks[i]))
  const byDays = elapsed >= 86_400_000 ? (365.25 * 86_400_000) / elapsed : UNDEFINED
  const years = Number.isNaN(elapsed) ? (n > 0 ? perYear / n : UNDEFINED) : byDays
  const cagr = finalValue > 0 ? (finalValue / initialCash) ** years - 1 : UNDEFINED

  // A drawdown lasts from the last bar at the peak to the first bar back at it, or to the end.
  let maxDrawdownBars = 0
  let peakAt = 0
  line.forEach((x, i) => {
    const longest = i - peakAt
    if (x < peaks[i]) maxDrawdownBars = Math.max(maxDrawdownBars, longest)
    else {
      if (line[i - 1] < peaks[i - 1]) maxDrawdownBars = Math.max(maxDrawdownBars, longest)
      peakAt = i
    }
  })
  return {
    bars: equity.length,
    periods: n,
    finalValue,
    totalReturn: finalValue / initialCash - 1,
    maxDrawdown,
    maxDrawdownMoney: Math.max(...line.map((x, i) => peaks[i] - x)),
    maxDrawdownBars,
    volatility: deviation * Math.sqrt(perYear),
    sharpe: deviation > 0 ? (mean / deviation) * Math.sqrt(perYear) : UNDEFINED,
    sortino: downside > 0 ? (mean / downside) * Math.sqrt(perYear) : UNDEFINED,
    cagr: Number.isFinite(cagr) ? cagr : UNDEFINED,
    calmar: maxDrawdown > 0 && Number.isFinite(cagr) ? cagr / maxDrawdown : UNDEFINED,
  }
}

/** Metrics of closed trades from their P&L in order. */
export function tradeMetrics(pnl: readonly number[]) {
  const wins = pnl.filter((x) => x > 0)
  const losses = pnl.filter((x) => x < 0)
  const n = pnl.length
  const mean = (values: readonly number[]) => (values.length > 0 ? sum(values) / values.length : UNDEFINED)
  const lost = sum(losses.map((x) => -x))
  return {
    numTrades: n,
    winningTrades: wins.length,
    losingTrades: losses.length,
    winRate: n > 0 ? wins.length / n : UNDEFINED,
    profitFactor: lost > 0 ? sum(wins) / lost : UNDEFINED,
    expectancy: n > 0 ? (sum(wins) - lost) / n : UNDEFINED,
    avgTrade: mean(pnl),
    avgWin: mean(wins),
    avgLoss: mean(losses),
    largestWin: wins.length > 0 ? Math.max(...wins) : UNDEFINED,
    largestLoss: losses.length > 0 ? Math.min(...losses) : UNDEFINED,
    totalPnl: sum(pnl),
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, x) => total + x, 0)
}
