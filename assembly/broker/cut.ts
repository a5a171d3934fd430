// The largest quantity that the account can open (semantics 7.6). The need of an entry grows with its quantity, but not
// everywhere: a tier may have a lower rate than the one before it, and where the price goes by the units, the value of what is
// sold may fall with them for a while, which brings tiers back. So the search goes piece by piece, from the top: between two
// kinks (kinks.ts), and at the rate of one tier, the need grows. Quantities are numbered so that halving is over whole numbers
// and ends: by their steps, or by the bits of doubles, which are ordered as the doubles are.
import * as L from '../layout'
import { Charges, Order } from '../records'
import { chargesOf, commissionOf, needOf, nextCommission, orderPrice, slipsByVolume, tierEdge, tierRate } from './costs'
import { stepOf, times } from './instruments'
import { kinkBelow } from './kinks'
import { DUST, MANY_STEPS, run } from './state'

/**
 * Numbers above the edge that halving has found which are looked at too. Every operation of the need rounds without changing
 * order, save where the price falls with the units sold, and where what is paid to the account goes off what it pays.
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
/** What its side pays. */
let charges: Charges = changetype<Charges>(0)
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
  charges = chargesOf(side)
  step = stepOf(entry.asset)
  isBits = true
  if (!(wanted > 0)) return 0
  if (run.ownCosts) return halved()
  if (!(step > 0)) return search(0, reinterpret<u64>(wanted))
  const steps = Math.trunc(wanted / step + DUST)
  if (steps >= MANY_STEPS) {
    const k = search(reinterpret<u64>(MANY_STEPS), reinterpret<u64>(Math.min(steps, f64.MAX_VALUE)))
    if (k > 0) return k
  }
  isBits = false
  return search(0, steps >= MANY_STEPS ? <u64>MANY_STEPS : <u64>Math.max(0, steps))
}

/** Where halving meets an edge, whatever the need does in between: of costs of the strategy's own nobody knows more (7.9). */
function halved(): f64 {
  const unit: f64 = step > 0 ? step : 1
  let low: f64 = 0
  let high = step > 0 ? Math.min(Math.trunc(wanted / step + DUST), f64.MAX_VALUE) : wanted
  if (fits(high * unit)) return high * unit
  while (high * unit >= DUST * wanted) {
    const half = (high - low) / 2
    const middle = low + (step > 0 ? Math.trunc(half) : half)
    if (!(middle > low && middle < high)) break
    if (fits(middle * unit)) low = middle
    else high = middle
  }
  return low * unit
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

/** The quantity of the largest number above `bottom` and up to `top` that fits, or 0. There are few kinks, so few pieces. */
function search(bottom: u64, top: u64): f64 {
  for (let high = top; high > bottom; ) {
    const kink = kinkBelow(order, charges, s, base, quantityAt(high), !closes, byUnits())
    const low = kink > 0 ? min(high - 1, max(bottom, numberOf(kink))) : bottom
    const found = searchPiece(low, high, top)
    if (found > low) return quantityAt(found)
    high = low
  }
  return 0
}

/** The largest number above `low` that fits, of those up to `high` and those just above the edge found there; `low` where none does. */
function searchPiece(low: u64, high: u64, top: u64): u64 {
  tier = -1
  if (charges.type != L.COMMISSION_TIERED) return searchTier(low, high, top)
  falls = valueOf(quantityAt(high)) < valueOf(quantityAt(low))
  let best = low
  for (let t = 0; t < charges.tiers; t++) {
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

/** The price goes by the units. */
// @ts-ignore: decorator
@inline function byUnits(): bool {
  return !atTarget && slipsByVolume(order, !closes)
}

/** Rounding may take the need the other way between neighbours: a price falls with the units, or is paid and charged at once. */
function isBlurred(): bool {
  if (byUnits()) return true
  return (base < 0 && run.account == L.ACCOUNT_CASH) || (charges.type == L.COMMISSION_MAKER_TAKER && charges.a < 0)
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
  if (falls ? tier > 0 && value <= tierEdge(charges, tier - 1) : tier < charges.tiers - 1 && value > tierEdge(charges, tier)) return false
  const commission = Math.max(0, tierRate(charges, tier) * value - commissionOf(charges, order.value, order.filled))
  return needOf(all, base, price, commission) <= funds
}

// @ts-ignore: decorator
@inline function priceOf(k: f64): f64 {
  return atTarget ? base : orderPrice(order, s, k, base, !closes)
}

function needed(k: f64): f64 {
  const price = priceOf(k)
  const all = times(order.asset, k)
  return needOf(all, base, price, nextCommission(order, s, Math.abs(all * price), k, base, price, !closes))
}

function valueOf(k: f64): f64 {
  return order.value + Math.abs(times(order.asset, k) * priceOf(k))
}
