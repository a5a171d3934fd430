// The largest quantity that the account can open (semantics 7.6). The need of an entry grows with its quantity, but not
// everywhere: a tier may have a lower rate than the one before it, and where slippage by share of the volume takes more than
// half, the value of what is sold falls with its units for a while, which brings tiers back. So the search goes piece by piece,
// from the top: between two kinks, and at the rate of one tier, the need grows. Quantities are numbered so that halving is over
// whole numbers and ends: by their steps, or by the bits of doubles, which are ordered as the doubles are.
import * as L from '../layout'
import { Order } from '../records'
import { capOf, slipsOtherwise } from './caps'
import { commissionOf, doesSlip, needOf, nextCommission, orderPrice, tierEdge, tierOf, tierRate } from './costs'
import { stepOf, times } from './instruments'
import { DUST, MANY_STEPS, barValue, run } from './state'

/**
 * Numbers above the edge that halving has found which are looked at too. Every operation of the need rounds without changing
 * order, save where the price falls with the units sold, and where a cash account is paid for buying and charged for it.
 */
const BLUR: u64 = 64

/** What is to be opened, as `largestEntry` was asked. */
let order: Order = changetype<Order>(0)
let s: f64 = 0
let wanted: f64 = 0
let base: f64 = 0
let funds: f64 = 0
/** Whether it is a leg that closes, as other funds cut too (10.4), and whether it is one at a target, which does not slip. */
let closes: bool = false
let atTarget: bool = false
/** What numbers stand for: steps, or bits of a double; of the quantity itself, or of the number of its steps. */
let step: f64 = 0
let isBits: bool = true
/** The tier whose rate is taken, or -1 for the one of each quantity; and whether values fall in the piece. */
let tier: i32 = -1
let falls: bool = false

/** The largest quantity up to `most` whose need at `at` fits into `free`; 0 where none does. */
export function largestEntry(entry: Order, side: f64, most: f64, at: f64, free: f64, closing: bool, target: bool): f64 {
  closes = closing
  atTarget = target
  order = entry
  s = side
  wanted = most
  base = at
  funds = free
  step = stepOf(entry.asset)
  isBits = true
  if (!(wanted > 0)) return 0
  if (!(step > 0)) return search(0, reinterpret<u64>(wanted))
  const steps = Math.trunc(wanted / step + DUST)
  if (steps >= MANY_STEPS) {
    const k = search(reinterpret<u64>(MANY_STEPS), reinterpret<u64>(Math.min(steps, f64.MAX_VALUE)))
    if (k > 0) return k
  }
  isBits = false
  return search(0, steps >= MANY_STEPS ? <u64>MANY_STEPS : <u64>Math.max(0, steps))
}

// @ts-ignore: decorator
@inline function quantityAt(n: u64): f64 {
  const x = isBits ? reinterpret<f64>(n) : <f64>n
  return step > 0 ? x * step : x
}

// @ts-ignore: decorator
@inline function numberOf(k: f64): u64 {
  const x = step > 0 ? k / step : k
  return isBits ? reinterpret<u64>(x) : <u64>x
}

/** The quantity of the largest number above `bottom` and up to `top` that fits, or 0. There are at most six kinks, so at most seven pieces. */
function search(bottom: u64, top: u64): f64 {
  for (let high = top; high > bottom; ) {
    const kink = kinkBelow(quantityAt(high))
    const low = kink > 0 ? min(high - 1, max(bottom, numberOf(kink))) : bottom
    const found = searchPiece(low, high, top)
    if (found > low) return quantityAt(found)
    high = low
  }
  return 0
}

/** The largest kink below a quantity, or 0. */
function kinkBelow(k: f64): f64 {
  const r = run
  let found: f64 = 0
  if (r.slippageType == L.SLIPPAGE_VOLUME_SHARE && !atTarget && (r.slips == L.SLIPS_PLAIN ? doesSlip(order) : slipsOtherwise(order, !closes))) {
    const volume = barValue(r.volume, order.asset)
    const rate = r.slippageA
    found = nearer(found, volume, k)
    // Where the price goes no further the need grows with the quantity again (10.3).
    if (r.slips >= L.SLIPS_CAPPED) found = nearer(found, (volume * Math.abs(capOf(order, s, base) - base)) / (rate * Math.abs(base)), k)
    if (rate > 0.5) found = nearer(found, volume / (2 * rate), k)
    // Below zero a cash account is paid, less and less, and pays a commission: the need has a lowest point.
    const price = times(order.asset, Math.abs(base))
    if (base < 0 && r.commissionType == L.COMMISSION_PER_UNIT) found = nearer(found, (volume * (price - r.commissionA)) / (2 * rate * price), k)
  }
  if (r.commissionType == L.COMMISSION_PER_UNIT && r.commissionA > 0) found = nearer(found, r.commissionB / r.commissionA - order.filled, k)
  return found
}

// @ts-ignore: decorator
@inline function nearer(found: f64, kink: f64, k: f64): f64 {
  return kink < k && kink > found ? kink : found
}

/** The largest number above `low` that fits, of those up to `high` and those just above the edge found there; `low` where none does. */
function searchPiece(low: u64, high: u64, top: u64): u64 {
  tier = -1
  if (run.commissionType != L.COMMISSION_TIERED) return searchTier(low, high, top)
  falls = valueOf(quantityAt(high)) < valueOf(quantityAt(low))
  let best = low
  for (let t = 0; t < run.tiers; t++) {
    tier = t
    best = max(best, searchTier(low, high, top))
  }
  return best
}

function searchTier(low: u64, high: u64, top: u64): u64 {
  const edge = edgeOf(low, high)
  let found = edge > low && fits(quantityAt(edge)) ? edge : low
  if (isBlurred()) {
    for (let n = edge + 1; n <= min(edge + BLUR, top); n++) if (fits(quantityAt(n))) found = n
  }
  return found
}

/** Rounding may take the need the other way between neighbours: a price falls with the units, or is paid and charged at once. */
function isBlurred(): bool {
  return run.slippageType == L.SLIPPAGE_VOLUME_SHARE || (base < 0 && run.account == L.ACCOUNT_CASH)
}

/** Where `holds` turns false on the way from `low`, at which it is taken to hold, to `high`. Doubling and halving take 64 turns each at most. */
function edgeOf(low: u64, high: u64): u64 {
  if (holds(high)) return high
  const guess = guessBetween(low, high)
  if (guess > low && guess < high) {
    let stride: u64 = 1
    if (holds(guess)) {
      low = guess
      while (high - low > stride && holds(low + stride)) {
        low += stride
        stride <<= 1
      }
      if (high - low > stride) high = low + stride
    } else {
      high = guess
      while (high - low > stride && !holds(high - stride)) {
        high -= stride
        stride <<= 1
      }
      if (high - low > stride) low = high - stride
    }
  }
  while (high - low > 1) {
    const middle = low + ((high - low) >> 1)
    if (holds(middle)) low = middle
    else high = middle
  }
  return low
}

/** Where the need would meet the funds if it were a straight line, which it nearly always is. */
function guessBetween(low: u64, high: u64): u64 {
  const most = quantityAt(high)
  const need = needed(most)
  const first = most * (funds / need)
  if (!(first > 0 && first < most)) return low
  const second = needed(first)
  const guess = first + (funds - second) * ((most - first) / (need - second))
  return numberOf(guess > 0 && guess < most ? guess : first)
}

/** The order can have this quantity. */
// @ts-ignore: decorator
@inline function fits(k: f64): bool {
  return k <= wanted && needed(k) <= funds
}

/** Fits at the rate of the tier, and is still on the tier's near side of the edge that values pass as quantities grow. */
function holds(n: u64): bool {
  const k = quantityAt(n)
  if (tier < 0) return fits(k)
  if (!(k <= wanted)) return false
  const price = priceOf(k)
  const all = times(order.asset, k)
  const value = order.value + Math.abs(all * price)
  if (falls ? tier > 0 && value <= tierEdge(tier - 1) : tier < run.tiers - 1 && value > tierEdge(tier)) return false
  const commission = Math.max(0, tierRate(tier) * value - commissionOf(order.value, order.filled))
  return needOf(all, base, price, commission) <= funds
}

// @ts-ignore: decorator
@inline function priceOf(k: f64): f64 {
  return atTarget ? base : orderPrice(order, s, k, base, !closes)
}

function needed(k: f64): f64 {
  const price = priceOf(k)
  const all = times(order.asset, k)
  return needOf(all, base, price, nextCommission(order, Math.abs(all * price), k))
}

function valueOf(k: f64): f64 {
  return order.value + Math.abs(times(order.asset, k) * priceOf(k))
}
