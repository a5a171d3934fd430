// Returns as bets: how often they win and how much. Formulas and sources: see the catalogue of metrics.
import {
  RETURN_ADJUSTED_SORTINO,
  RETURN_CAGR,
  RETURN_CPC,
  RETURN_DOWNS_IN_ROW,
  RETURN_GEOMETRIC,
  RETURN_KELLY,
  RETURN_MEAN_DOWN,
  RETURN_MEAN_UP,
  RETURN_OUTLIER_LOSS,
  RETURN_OUTLIER_WIN,
  RETURN_PAYOFF,
  RETURN_PROFIT_FACTOR,
  RETURN_PROFIT_RATIO,
  RETURN_RISK_ADJUSTED,
  RETURN_RUIN,
  RETURN_SORTINO,
  RETURN_UPS_IN_ROW,
  RETURN_WIN_RATE,
} from '../layout'
import { put } from './block'
import { at, meanOf } from './moments'
import { quantile } from './sorted'

/** Where outliers begin. */
const OUTLIER: f64 = 0.99

/**
 * Writes the figures of bets to a RETURN_* block that has those of `returnFigures` already.
 *
 * @param sorted pointer to the returns in order, which are looked at where none is undefined
 * @param growth the geometric mean of 1 + return
 */
export function betFigures(returns: usize, count: i32, sorted: usize, growth: f64, dst: usize): void {
  let up = 0.0
  let ups = 0
  let downs = 0
  let upsNow = 0
  let downsNow = 0
  let upsInRow = 0
  let downsInRow = 0
  for (let i = 0; i < count; i++) {
    const value = at(returns, i)
    upsNow = value > 0 ? upsNow + 1 : 0
    downsNow = value < 0 ? downsNow + 1 : 0
    if (value > 0) {
      up += value
      ups++
    } else if (value < 0) downs++
    upsInRow = max(upsInRow, upsNow)
    downsInRow = max(downsInRow, downsNow)
  }
  const mean = meanOf(returns, count)
  const defined = mean == mean
  const held = <f64>(count - downs)
  const meanDown = value(dst, RETURN_MEAN_DOWN)
  const winRate = defined && ups + downs > 0 ? <f64>ups / <f64>(ups + downs) : NaN
  const payoff = value(dst, RETURN_MEAN_UP) / -meanDown
  put(dst, RETURN_GEOMETRIC, growth - 1.0)
  put(dst, RETURN_WIN_RATE, winRate)
  put(dst, RETURN_PAYOFF, defined ? payoff : NaN)
  put(dst, RETURN_PROFIT_RATIO, defined && held > 0 ? up / held / held / (-meanDown / <f64>downs) : NaN)
  put(dst, RETURN_KELLY, winRate - (1.0 - winRate) / payoff)
  put(dst, RETURN_CPC, value(dst, RETURN_PROFIT_FACTOR) * winRate * payoff)
  put(dst, RETURN_RUIN, Math.pow((1.0 - winRate) / (1.0 + winRate), <f64>count))
  put(dst, RETURN_ADJUSTED_SORTINO, value(dst, RETURN_SORTINO) / Math.SQRT2)
  put(dst, RETURN_OUTLIER_WIN, defined && up > 0 ? quantile(sorted, count, OUTLIER) / (up / held) : NaN)
  put(dst, RETURN_OUTLIER_LOSS, defined ? quantile(sorted, count, 1.0 - OUTLIER) / meanDown : NaN)
  put(dst, RETURN_UPS_IN_ROW, defined ? <f64>upsInRow : NaN)
  put(dst, RETURN_DOWNS_IN_ROW, defined ? <f64>downsInRow : NaN)
  put(dst, RETURN_RISK_ADJUSTED, defined && ups + downs > 0 ? value(dst, RETURN_CAGR) / (<f64>(ups + downs) / <f64>count) : NaN)
}

/** A number that the block has. */
function value(block: usize, place: i32): f64 {
  return load<f64>(block + (<usize>place << 3))
}
