// Figures of round trips by what they have in common.
import {
  GROUP_AVERAGE_LOSS,
  GROUP_AVERAGE_WIN,
  GROUP_BARS,
  GROUP_COMMISSION,
  GROUP_COUNT,
  GROUP_EXPECTANCY,
  GROUP_LARGEST_LOSS,
  GROUP_LARGEST_WIN,
  GROUP_LOSSES,
  GROUP_PNL,
  GROUP_PROFIT_FACTOR,
  GROUP_RETURN,
  GROUP_SLIPPAGE,
  GROUP_TRADES,
  GROUP_WINS,
  GROUP_WIN_RATE,
  TRIP_BARS,
  TRIP_COMMISSION,
  TRIP_PNL,
  TRIP_RETURN,
  TRIP_SLIPPAGE,
} from '../layout'
import { put } from './block'
import { at, column, share } from './columns'

/**
 * Writes the GROUP_* columns of `count` groups, `count` doubles a column.
 *
 * @param groups pointer to an i32 a round trip: its group
 */
export function groupFigures(trips: usize, stride: i32, n: i32, groups: usize, count: i32, dst: usize): void {
  memory.fill(dst, 0, (<usize>GROUP_COUNT * <usize>count) << 3)
  // Where columns begin does not change from trip to trip: read once, each trip takes half the time.
  const pnl = column(trips, TRIP_PNL, stride)
  const returns = column(trips, TRIP_RETURN, stride)
  const bars = column(trips, TRIP_BARS, stride)
  const commission = column(trips, TRIP_COMMISSION, stride)
  const slippage = column(trips, TRIP_SLIPPAGE, stride)
  const size = <usize>count << 3
  for (let i = 0; i < n; i++) {
    const place = dst + (<usize>load<i32>(groups + (<usize>i << 2)) << 3)
    const value = at(pnl, i)
    more(place + GROUP_TRADES * size, 1.0)
    more(place + GROUP_PNL * size, value)
    more(place + GROUP_RETURN * size, at(returns, i))
    more(place + GROUP_BARS * size, at(bars, i))
    more(place + GROUP_COMMISSION * size, at(commission, i))
    more(place + GROUP_SLIPPAGE * size, at(slippage, i))
    if (value > 0) {
      more(place + GROUP_WINS * size, 1.0)
      more(place + GROUP_AVERAGE_WIN * size, value)
      const largest = place + GROUP_LARGEST_WIN * size
      if (value > load<f64>(largest)) store<f64>(largest, value)
    } else if (value < 0) {
      more(place + GROUP_LOSSES * size, 1.0)
      more(place + GROUP_AVERAGE_LOSS * size, value)
      const largest = place + GROUP_LARGEST_LOSS * size
      if (value < load<f64>(largest)) store<f64>(largest, value)
    }
  }
  for (let group = 0; group < count; group++) {
    const trades = at(column(dst, GROUP_TRADES, count), group)
    const wins = at(column(dst, GROUP_WINS, count), group)
    const losses = at(column(dst, GROUP_LOSSES, count), group)
    const profit = at(column(dst, GROUP_AVERAGE_WIN, count), group)
    const loss = at(column(dst, GROUP_AVERAGE_LOSS, count), group)
    put(column(dst, GROUP_WIN_RATE, count), group, share(wins, trades))
    put(column(dst, GROUP_PROFIT_FACTOR, count), group, share(profit, -loss))
    put(column(dst, GROUP_EXPECTANCY, count), group, share(profit + loss, trades))
    put(column(dst, GROUP_AVERAGE_WIN, count), group, share(profit, wins))
    put(column(dst, GROUP_AVERAGE_LOSS, count), group, share(loss, losses))
    if (wins == 0) put(column(dst, GROUP_LARGEST_WIN, count), group, NaN)
    if (losses == 0) put(column(dst, GROUP_LARGEST_LOSS, count), group, NaN)
    put(column(dst, GROUP_RETURN, count), group, share(at(column(dst, GROUP_RETURN, count), group), trades))
    put(column(dst, GROUP_BARS, count), group, share(at(column(dst, GROUP_BARS, count), group), trades))
  }
}

// @ts-ignore: decorator
@inline function more(place: usize, amount: f64): void {
  store<f64>(place, load<f64>(place) + amount)
}
