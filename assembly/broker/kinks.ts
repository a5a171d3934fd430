// Quantities at which the need of an entry turns (semantics 7.6). The price of what is traded is, against the trader,
//
//   base * (1 - c * h(x)) * (1 - f) * (1 - g * x) - a      x: units as a share of the volume, up to 1; h(x): x or its root
//
// with impact c, slippage by fraction f, by share of the volume g and by amount a, spread included. So the value of what is sold, which goes by
// x times the price, grows up to some share and falls from there on; and where the amount takes all of the price, it is not
// applied. The shares need not be exact: at a turn hardly anything changes, and whatever they are, what is found fits.
import * as L from '../layout'
import { Charges, Order } from '../records'
import { capOf } from './caps'
import { slippageAmount, slippageFraction, spreadAmount } from './costs'
import { tickOf, times } from './instruments'
import { barValue, run } from './state'

/** Halvings until a share is as exact as a double is. */
const HALVINGS: i32 = 60

/** What the price is made of: c, whether h is the root, and g. */
let impact: f64 = 0
let root: bool = false
let byVolume: f64 = 0

/** The largest kink below `k` units of an order at `base`, of a leg that opens or closes, or 0; `byUnits` where its price goes by them. */
export function kinkBelow(order: Order, c: Charges, s: f64, base: f64, k: f64, opens: bool, byUnits: bool): f64 {
  let found: f64 = 0
  if (byUnits) found = volumeKink(order, c, s, base, k, opens)
  // Below zero, units whose K is too large a number are paid for without end (7.6).
  if (base < 0) found = nearer(found, f64.MAX_VALUE / times(order.asset, 1), k)
  if (c.type == L.COMMISSION_PER_UNIT && c.a > 0) {
    found = nearer(found, c.b / c.a - order.filled, k)
    found = nearer(found, c.c / c.a - order.filled, k)
  }
  return found
}

// @ts-ignore: decorator
@inline function nearer(found: f64, kink: f64, k: f64): f64 {
  return kink < k && kink > found ? kink : found
}

function volumeKink(order: Order, c: Charges, s: f64, base: f64, k: f64, opens: bool): f64 {
  const r = run
  const asset = order.asset
  const volume = barValue(r.volume, asset)
  const amount = slippageAmount(asset) + spreadAmount(asset, base, true, opens)
  const scale = Math.abs(base) * (1 - slippageFraction(asset))
  root = r.impactType == L.IMPACT_SQUARE_ROOT
  impact = r.impactA
  byVolume = r.slippageType == L.SLIPPAGE_VOLUME_SHARE ? r.slippageA : 0
  let found = nearer(0, volume, k)
  // Where the price goes no further the need grows with the quantity again (10.3).
  if (r.slips >= L.SLIPS_CAPPED) {
    const cap = base > 0 ? capOf(order, s, base) : -capOf(order, s, base)
    found = nearer(found, volume * zeroAt((cap + amount) / scale), k)
  }
  // What is less than a tick is rounded down to nothing of a price, save for what is as good as one (1.10).
  const tick = tickOf(asset) * (1 - 1e-9)
  found = nearer(found, volume * zeroAt((amount + tick) / scale), k)
  found = nearer(found, volume * turnAt(amount / scale), k)
  // Below zero a cash account is paid, less and less, and pays a commission: the need has a lowest point.
  if (base < 0 && c.type == L.COMMISSION_PER_UNIT) found = nearer(found, volume * turnAt((amount + c.a / times(asset, 1)) / scale), k)
  if (amount > 0 || byVolume > 0) {
    // Where slippage is not applied impact goes on alone.
    byVolume = 0
    found = nearer(found, volume * zeroAt(tick / Math.abs(base)), k)
    found = nearer(found, volume * turnAt(0), k)
  }
  return found
}

/** What the share x leaves of a price. */
// @ts-ignore: decorator
@inline function leftAt(x: f64): f64 {
  return (1 - impact * (root ? Math.sqrt(x) : x)) * (1 - byVolume * x)
}

/** How fast x times that grows. */
function slopeAt(x: f64): f64 {
  if (!root) return 1 - 2 * (impact + byVolume) * x + 3 * impact * byVolume * x * x
  const y = Math.sqrt(x)
  return 1 - 1.5 * impact * y - 2 * byVolume * x + 2.5 * impact * byVolume * x * y
}

/** The share at which nothing is left of a price but `rest`; 1 where there is more. */
function zeroAt(rest: f64): f64 {
  if (!(leftAt(1) < rest)) return 1
  let low: f64 = 0
  let high: f64 = 1
  for (let i = 0; i < HALVINGS; i++) {
    const middle = 0.5 * (low + high)
    if (leftAt(middle) > rest) low = middle
    else high = middle
  }
  return high
}

/** The share at which the value of what is sold, `rest` taken off its price, no longer grows; 1 where it does up to there. */
function turnAt(rest: f64): f64 {
  let low: f64 = 0
  let high = zeroAt(rest)
  if (!(slopeAt(high) < rest)) return 1
  for (let i = 0; i < HALVINGS; i++) {
    const middle = 0.5 * (low + high)
    if (slopeAt(middle) > rest) low = middle
    else high = middle
  }
  return high
}
