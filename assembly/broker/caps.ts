// Slippage of other engines (semantics 10.3): entries alone slip, limits too; limits as all else; no exits by rule; or it goes no
// further than the bar.
import * as L from '../layout'
import { Order } from '../records'
import { doesSlip, priceBy } from './costs'
import { barValue, larger, run, smaller } from './state'

/** Fill price of a leg of an order that closes or opens. */
export function otherPrice(order: Order, s: f64, k: f64, base: f64, opens: bool): f64 {
  const price = priceBy(order.asset, s, k, base, slipsOtherwise(order, opens), opens)
  return run.slips < L.SLIPS_CAPPED ? price : within(s, price, capOf(order, s, base))
}

/** Whether such a leg can slip. */
export function slipsOtherwise(order: Order, opens: bool): bool {
  return run.slips == L.SLIPS_ENTRIES ? opens : run.slips == L.SLIPS_ORDERS ? doesSlip(order) : true
}

/** Price of an exit that no order asks for: by rule, time or bust. */
export function otherExitPrice(asset: i32, s: f64, k: f64, base: f64): f64 {
  // Where nothing is taken of prices there is nothing to cap.
  if (run.slips == L.SLIPS_ENTRIES || run.slips == L.SLIPS_ORDERS || run.pricing == L.PRICING_BASE) return base
  const price = priceBy(asset, s, k, base, true, false)
  return run.slips < L.SLIPS_CAPPED ? price : within(s, price, barCap(asset, s))
}

/** The price no further against the trader than the cap. */
// @ts-ignore: decorator
@inline function within(s: f64, price: f64, cap: f64): f64 {
  return s > 0 ? smaller(price, cap) : larger(price, cap)
}

/** How far an order can slip at most; infinite where no bar says. A limit sold slips to its limit whatever the bar. */
export function capOf(order: Order, s: f64, base: f64): f64 {
  const cap = barCap(order.asset, s)
  if (doesSlip(order) || isAtStop(order, s, base)) return cap
  return s > 0 ? smaller(cap, order.limit) : order.limit
}

/** A stop-limit that is filled where the range has reached its stop: its limit lies beyond. */
function isAtStop(order: Order, s: f64, base: f64): bool {
  return order.type == L.TYPE_STOP_LIMIT && base == order.stop && s * (order.limit - order.stop) >= 0 &&
    s * (barValue(run.open, order.asset) - order.stop) < 0
}

/** The extreme of the bar against the trader; at the close after the hook, where that is asked for, of the asset's next bar. */
function barCap(asset: i32, s: f64): f64 {
  const r = run
  const column = s > 0 ? r.rangeHigh : r.rangeLow
  if (r.slips != L.SLIPS_CAPPED_AHEAD || !r.sameBar) return barValue(column, asset)
  for (let bar = r.bar + 1; bar < r.bars; bar++) {
    const place = (<usize>bar * <usize>r.assets + <usize>asset) << 3
    const close = load<f64>(r.close + place)
    if (close == close) return load<f64>(column + place)
  }
  return s * Infinity
}
