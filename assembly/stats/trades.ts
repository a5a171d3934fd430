// Figures of closed round trips. Formulas: see TRADE_METRICS. Sums run over them in their order.
import {
  TRADED_AVERAGE_LOSS,
  TRADED_AVERAGE_WIN,
  TRADED_A_YEAR,
  TRADED_BARS_LONGEST,
  TRADED_BARS_LOSS,
  TRADED_BARS_MEAN,
  TRADED_BARS_MEDIAN,
  TRADED_BARS_SHORTEST,
  TRADED_BARS_WIN,
  TRADED_BEST_RETURN,
  TRADED_COMMISSION,
  TRADED_DAYS_LONGEST,
  TRADED_DAYS_MEAN,
  TRADED_DEVIATION,
  TRADED_EXCURSION_RATIO,
  TRADED_ENTRY_EFFICIENCY,
  TRADED_EXIT_EFFICIENCY,
  TRADED_EXPECTANCY,
  TRADED_EXPECTANCY_R,
  TRADED_EXPECTANCY_RETURN,
  TRADED_GEOMETRIC_RETURN,
  TRADED_KELLY,
  TRADED_LARGEST_LOSS,
  TRADED_LARGEST_WIN,
  TRADED_LOSS,
  TRADED_LOSSES,
  TRADED_LOSSES_IN_ROW,
  TRADED_MAE,
  TRADED_MEDIAN,
  TRADED_MEDIAN_RETURN,
  TRADED_MFE,
  TRADED_PAYOFF,
  TRADED_PNL,
  TRADED_PROFIT,
  TRADED_PROFIT_FACTOR,
  TRADED_RETURN_FACTOR,
  TRADED_SLIPPAGE,
  TRADED_SQN,
  TRADED_TOTAL_EFFICIENCY,
  TRADED_TRADES,
  TRADED_WINS,
  TRADED_WINS_IN_ROW,
  TRADED_WIN_RATE,
  TRADED_WORST_RETURN,
  TRIP_BARS,
  TRIP_COMMISSION,
  TRIP_DAYS,
  TRIP_GROSS,
  TRIP_MAE,
  TRIP_MFE,
  TRIP_PNL,
  TRIP_R,
  TRIP_RETURN,
  TRIP_SLIPPAGE,
  TRIP_VALUE,
} from '../layout'
import { put } from './block'
import { at, column, share } from './columns'
import { median } from './nth'

/** Milliseconds. */
const DAY: f64 = 86400000

/**
 * Writes the TRADED_* block of the first `n` round trips of columns of `stride` doubles.
 *
 * @param elapsed ms from the first bar of the run to the last @param counts pointer to NTH_BYTES for its work
 */
export function tripFigures(trips: usize, stride: i32, n: i32, elapsed: f64, counts: usize, dst: usize): void {
  const pnls = column(trips, TRIP_PNL, stride)
  const bars = column(trips, TRIP_BARS, stride)
  let pnl = 0.0
  let profit = 0.0
  let loss = 0.0
  let best = 0.0
  let worst = 0.0
  let wins = 0
  let losses = 0
  let winsNow = 0
  let lossesNow = 0
  let winsInRow = 0
  let lossesInRow = 0
  let held = 0.0
  let heldWins = 0.0
  let heldLosses = 0.0
  let longest = -Infinity
  let shortest = Infinity
  for (let i = 0; i < n; i++) {
    const value = at(pnls, i)
    const lasted = at(bars, i)
    pnl += value
    held += lasted
    longest = Math.max(longest, lasted)
    shortest = Math.min(shortest, lasted)
    if (value > 0) {
      wins++
      profit += value
      best = Math.max(best, value)
      heldWins += lasted
    } else if (value < 0) {
      losses++
      loss -= value
      worst = Math.min(worst, value)
      heldLosses += lasted
    }
    winsNow = value > 0 ? winsNow + 1 : 0
    lossesNow = value < 0 ? lossesNow + 1 : 0
    winsInRow = max(winsInRow, winsNow)
    lossesInRow = max(lossesInRow, lossesNow)
  }
  const count = <f64>n
  const mean = share(pnl, count)
  let squares = 0.0
  for (let i = 0; i < n; i++) {
    const off = at(pnls, i) - mean
    squares += off * off
  }
  const deviation = n > 1 ? sqrt(squares / (count - 1.0)) : NaN
  const winRate = share(<f64>wins, count)
  const averageWin = share(profit, <f64>wins)
  const averageLoss = share(loss, <f64>losses)
  const payoff = averageWin / averageLoss
  put(dst, TRADED_TRADES, count)
  put(dst, TRADED_WINS, <f64>wins)
  put(dst, TRADED_LOSSES, <f64>losses)
  put(dst, TRADED_PNL, pnl)
  put(dst, TRADED_PROFIT, profit)
  put(dst, TRADED_LOSS, loss)
  put(dst, TRADED_WIN_RATE, winRate)
  put(dst, TRADED_PROFIT_FACTOR, share(profit, loss))
  put(dst, TRADED_PAYOFF, payoff)
  put(dst, TRADED_EXPECTANCY, share(profit - loss, count))
  put(dst, TRADED_AVERAGE_WIN, averageWin)
  put(dst, TRADED_AVERAGE_LOSS, -averageLoss)
  put(dst, TRADED_LARGEST_WIN, wins > 0 ? best : NaN)
  put(dst, TRADED_LARGEST_LOSS, losses > 0 ? worst : NaN)
  put(dst, TRADED_MEDIAN, median(pnls, n, counts))
  put(dst, TRADED_DEVIATION, deviation)
  put(dst, TRADED_SQN, deviation > 0 ? (sqrt(count) * mean) / deviation : NaN)
  put(dst, TRADED_KELLY, winRate - (1.0 - winRate) / payoff)
  put(dst, TRADED_WINS_IN_ROW, <f64>winsInRow)
  put(dst, TRADED_LOSSES_IN_ROW, <f64>lossesInRow)
  put(dst, TRADED_BARS_MEAN, share(held, count))
  put(dst, TRADED_BARS_MEDIAN, median(bars, n, counts))
  put(dst, TRADED_BARS_LONGEST, n > 0 ? longest : NaN)
  put(dst, TRADED_BARS_SHORTEST, n > 0 ? shortest : NaN)
  put(dst, TRADED_BARS_WIN, share(heldWins, <f64>wins))
  put(dst, TRADED_BARS_LOSS, share(heldLosses, <f64>losses))
  const days = column(trips, TRIP_DAYS, stride)
  let mostDays = 0.0
  for (let i = 0; i < n; i++) mostDays = Math.max(mostDays, at(days, i))
  put(dst, TRADED_DAYS_MEAN, share(sum(days, n), count))
  put(dst, TRADED_DAYS_LONGEST, n > 0 ? mostDays : NaN)
  put(dst, TRADED_COMMISSION, sum(column(trips, TRIP_COMMISSION, stride), n))
  put(dst, TRADED_SLIPPAGE, sum(column(trips, TRIP_SLIPPAGE, stride), n))
  put(dst, TRADED_A_YEAR, elapsed >= DAY ? count / (elapsed / (365.25 * DAY)) : NaN)
  returnsOf(column(trips, TRIP_RETURN, stride), column(trips, TRIP_R, stride), n, counts, dst)
  excursionsOf(trips, stride, n, dst)
}

function sum(values: usize, n: i32): f64 {
  let total = 0.0
  for (let i = 0; i < n; i++) total += at(values, i)
  return total
}

/** What the returns and the multiples of the risk say. */
function returnsOf(returns: usize, multiples: usize, n: i32, counts: usize, dst: usize): void {
  let total = 0.0
  let gains = 0.0
  let falls = 0.0
  let logs = 0.0
  let best = -Infinity
  let worst = Infinity
  let risked = 0
  let risks = 0.0
  for (let i = 0; i < n; i++) {
    const value = at(returns, i)
    total += value
    if (value > 0) gains += value
    else falls -= value
    // Of what is lost whole there is no logarithm.
    logs += value > -1.0 ? Math.log(1.0 + value) : NaN
    best = Math.max(best, value)
    worst = Math.min(worst, value)
    const multiple = at(multiples, i)
    if (multiple == multiple) {
      risked++
      risks += multiple
    }
  }
  put(dst, TRADED_EXPECTANCY_RETURN, share(total, <f64>n))
  put(dst, TRADED_EXPECTANCY_R, share(risks, <f64>risked))
  put(dst, TRADED_BEST_RETURN, n > 0 ? best : NaN)
  put(dst, TRADED_WORST_RETURN, n > 0 ? worst : NaN)
  put(dst, TRADED_MEDIAN_RETURN, total == total ? median(returns, n, counts) : NaN)
  put(dst, TRADED_GEOMETRIC_RETURN, n > 0 ? Math.exp(logs / <f64>n) - 1.0 : NaN)
  put(dst, TRADED_RETURN_FACTOR, share(gains, falls))
}

/** How far the price went while they were open, and how much of that they took. */
function excursionsOf(trips: usize, stride: i32, n: i32, dst: usize): void {
  const bests = column(trips, TRIP_MFE, stride)
  const worsts = column(trips, TRIP_MAE, stride)
  const moves = column(trips, TRIP_GROSS, stride)
  const values = column(trips, TRIP_VALUE, stride)
  let best = 0.0
  let worst = 0.0
  let moved = 0
  let entries = 0.0
  let exits = 0.0
  let totals = 0.0
  for (let i = 0; i < n; i++) {
    const up = at(bests, i)
    const down = at(worsts, i)
    best += up
    worst -= down
    const range = up - down
    if (!(range > 0)) continue
    const move = at(moves, i) / at(values, i)
    moved++
    entries += up / range
    exits += (move - down) / range
    totals += move / range
  }
  put(dst, TRADED_MFE, share(best, <f64>n))
  put(dst, TRADED_MAE, share(-worst, <f64>n))
  put(dst, TRADED_EXCURSION_RATIO, share(best, worst))
  put(dst, TRADED_ENTRY_EFFICIENCY, share(entries, <f64>moved))
  put(dst, TRADED_EXIT_EFFICIENCY, share(exits, <f64>moved))
  put(dst, TRADED_TOTAL_EFFICIENCY, share(totals, <f64>moved))
}
