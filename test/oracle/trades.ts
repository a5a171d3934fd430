/** Figures of closed trades from their formulas, as they are written in TRADE_METRICS. */

/** One closed trade, of one or more exits. */
export interface ClosedTrade {
  pnl: number
  /** Value at the entry price of what was closed, currency. */
  value: number
  /** What the price alone brought, currency. */
  gross: number
  bars: number
  /** From the entry to the last exit. */
  days: number
  mfe: number
  mae: number
  commission: number
  slippage: number
  /** Distance of entry and initial stop, times units, currency; NaN where there is no stop. */
  risk: number
}

const DAY = 86_400_000

/** @param elapsed from the first bar of the run to the last, ms */
export function tradeFigures(trades: readonly ClosedTrade[], elapsed: number) {
  const n = trades.length
  const pnl = trades.map((trade) => trade.pnl)
  const returns = trades.map((trade) => trade.pnl / trade.value)
  const multiples = trades.filter(({ risk }) => risk > 0).map((trade) => trade.pnl / trade.risk)
  const bars = trades.map((trade) => trade.bars)
  const [wins, losses] = [trades.filter((trade) => trade.pnl > 0), trades.filter((trade) => trade.pnl < 0)]
  const profit = sum(wins.map((trade) => trade.pnl))
  const loss = -sum(losses.map((trade) => trade.pnl))
  const [avgWin, avgLoss] = [mean(wins.map((trade) => trade.pnl)), mean(losses.map((trade) => trade.pnl))]
  const winRate = of(wins.length, n)
  const payoff = avgWin / -avgLoss
  const deviation = n > 1 ? Math.sqrt(sum(pnl.map((x) => (x - mean(pnl)) ** 2)) / (n - 1)) : Number.NaN
  const moved = trades.filter(({ mfe, mae }) => mfe - mae > 0)
  const up = sum(returns.filter((x) => x > 0))
  const down = -sum(returns.filter((x) => x < 0))
  return {
    numTrades: n,
    winningTrades: wins.length,
    losingTrades: losses.length,
    winRate,
    pnl: sum(pnl),
    grossProfit: profit,
    grossLoss: loss,
    profitFactor: of(profit, loss),
    payoff,
    expectancy: of(sum(pnl), n),
    expectancyReturn: mean(returns),
    expectancyR: mean(multiples),
    avgWin,
    avgLoss,
    largestWin: wins.length > 0 ? Math.max(...pnl) : Number.NaN,
    largestLoss: losses.length > 0 ? Math.min(...pnl) : Number.NaN,
    medianTrade: middle(pnl),
    deviation,
    bestReturn: n > 0 ? Math.max(...returns) : Number.NaN,
    worstReturn: n > 0 ? Math.min(...returns) : Number.NaN,
    medianReturn: middle(returns),
    geometricReturn:
      n > 0 && returns.every((x) => x > -1) ? Math.exp(mean(returns.map((x) => Math.log(1 + x)))) - 1 : Number.NaN,
    returnFactor: of(up, down),
    sqn: deviation > 0 ? (Math.sqrt(n) * mean(pnl)) / deviation : Number.NaN,
    kelly: winRate - (1 - winRate) / payoff,
    maxConsecutiveWins: longest(pnl.map((x) => x > 0)),
    maxConsecutiveLosses: longest(pnl.map((x) => x < 0)),
    avgBarsHeld: mean(bars),
    medianBarsHeld: middle(bars),
    longestBarsHeld: n > 0 ? Math.max(...bars) : Number.NaN,
    shortestBarsHeld: n > 0 ? Math.min(...bars) : Number.NaN,
    avgDaysHeld: mean(trades.map(({ days }) => days)),
    longestDaysHeld: n > 0 ? Math.max(...trades.map(({ days }) => days)) : Number.NaN,
    avgBarsWin: mean(wins.map((trade) => trade.bars)),
    avgBarsLoss: mean(losses.map((trade) => trade.bars)),
    avgMfe: mean(trades.map(({ mfe }) => mfe)),
    avgMae: mean(trades.map(({ mae }) => mae)),
    edgeRatio: Number.NaN,
    excursionRatio: of(sum(trades.map(({ mfe }) => mfe)), -sum(trades.map(({ mae }) => mae))),
    entryEfficiency: mean(moved.map(({ mfe, mae }) => mfe / (mfe - mae))),
    exitEfficiency: mean(moved.map(({ mfe, mae, gross, value }) => (gross / value - mae) / (mfe - mae))),
    totalEfficiency: mean(moved.map(({ mfe, mae, gross, value }) => gross / value / (mfe - mae))),
    commission: sum(trades.map(({ commission }) => commission)),
    slippage: sum(trades.map(({ slippage }) => slippage)),
    tradesPerYear: elapsed >= DAY ? n / (elapsed / (365.25 * DAY)) : Number.NaN,
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, x) => total + x, 0)
}

function of(part: number, whole: number): number {
  return whole > 0 ? part / whole : Number.NaN
}

function mean(values: readonly number[]): number {
  return of(sum(values), values.length)
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  if (sorted.length === 0) return Number.NaN
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

function longest(flags: readonly boolean[]): number {
  let [row, most] = [0, 0]
  for (const flag of flags) {
    row = flag ? row + 1 : 0
    most = Math.max(most, row)
  }
  return most
}
