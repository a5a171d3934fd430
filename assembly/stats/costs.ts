// What the fills of a run have cost, by kind. A fill holds its price and its base price; what lies between them is taken apart by the
// models of the run (semantics 7.1), and only where these give that price.
import {
  CHARGE_ENTRY,
  IMPACT_NONE,
  IMPACT_SQUARE_ROOT,
  MODEL_BUY_MAKER,
  MODEL_IMPACT,
  MODEL_IMPACT_A,
  MODEL_SELL_MAKER,
  MODEL_SLIPPAGE,
  MODEL_SLIPPAGE_A,
  MODEL_SLIPPAGE_UNIT,
  MODEL_SPREAD,
  MODEL_SPREAD_A,
  MODEL_SPREAD_CHARGE,
  MODEL_SPREAD_UNIT,
  PAID_COMMISSION,
  PAID_COUNT,
  PAID_IMPACT,
  PAID_MAKER,
  PAID_SLIPPAGE,
  PAID_SPREAD,
  PAID_TAKER,
  PAID_UNSPLIT,
  PAID_VALUE,
  PAY_BASE,
  PAY_COMMISSION,
  PAY_PIP,
  PAY_PRICE,
  PAY_RANGE,
  PAY_SLIPPAGE_COLUMN,
  PAY_SLIPS,
  PAY_SPREAD_COLUMN,
  PAY_TICK,
  PAY_UNITS,
  PAY_VOLUME,
  SLIPPAGE_COLUMN,
  SLIPPAGE_FRACTION,
  SLIPPAGE_NONE,
  SLIPPAGE_PER_UNIT,
  SLIPPAGE_RANGE,
  SLIPPAGE_TICKS,
  SLIPPAGE_VOLUME_SHARE,
  SPREAD_COLUMN,
  SPREAD_FIXED,
  SPREAD_FRACTION,
  SPREAD_NONE,
  SPREAD_TICKS,
  UNIT_PRICE,
} from '../layout'
import { add, at, column } from './columns'

/** The columns of the fills, the models, and the fill that is looked at. */
let fills: usize = 0
let count: i32 = 0
let models: usize = 0
let row: i32 = 0

// @ts-ignore: decorator
@inline function its(pay: i32): f64 {
  return at(column(fills, pay, count), row)
}

// @ts-ignore: decorator
@inline function model(place: i32): f64 {
  return at(models, place)
}

/** A price that is changed by a fraction of its size (semantics 1.3). */
// @ts-ignore: decorator
@inline function scaled(price: f64, change: f64): f64 {
  return price < 0 ? price * (1.0 - change) : price * (1.0 + change)
}

// @ts-ignore: decorator
@inline function orNothing(x: f64): f64 {
  return x == x ? x : 0
}

/** Units of the fill as a share of the volume of its bar. */
function shareOfVolume(): f64 {
  const volume = its(PAY_VOLUME)
  return volume == 0 ? 1.0 : Math.min(1.0, Math.abs(its(PAY_UNITS)) / volume)
}

function impacted(s: f64, base: f64): f64 {
  const type = <i32>model(MODEL_IMPACT)
  if (type == IMPACT_NONE) return base
  const part = shareOfVolume()
  return scaled(base, s * model(MODEL_IMPACT_A) * (type == IMPACT_SQUARE_ROOT ? Math.sqrt(part) : part))
}

function slipped(s: f64, p: f64): f64 {
  const type = <i32>model(MODEL_SLIPPAGE)
  const a = model(MODEL_SLIPPAGE_A)
  if (type == SLIPPAGE_NONE) return p
  if (type == SLIPPAGE_FRACTION) return scaled(p, s * a)
  if (type == SLIPPAGE_PER_UNIT) return p + s * a
  if (type == SLIPPAGE_VOLUME_SHARE) return scaled(p, s * a * shareOfVolume())
  if (type == SLIPPAGE_RANGE) return p + s * (a * its(PAY_RANGE))
  if (type != SLIPPAGE_COLUMN) return p + s * (a * its(type == SLIPPAGE_TICKS ? PAY_TICK : PAY_PIP))
  const value = orNothing(its(PAY_SLIPPAGE_COLUMN))
  return model(MODEL_SLIPPAGE_UNIT) == <f64>UNIT_PRICE ? p + s * value : scaled(p, s * value)
}

function spreadOf(base: f64): f64 {
  const type = <i32>model(MODEL_SPREAD)
  const a = model(MODEL_SPREAD_A)
  if (type == SPREAD_FIXED) return a
  if (type == SPREAD_FRACTION) return a * Math.abs(base)
  if (type != SPREAD_COLUMN) return a * its(type == SPREAD_TICKS ? PAY_TICK : PAY_PIP)
  const value = orNothing(its(PAY_SPREAD_COLUMN))
  return model(MODEL_SPREAD_UNIT) == <f64>UNIT_PRICE ? value : value * Math.abs(base)
}

/** What the fill pays of the spread, in price. */
function spreadPaid(base: f64, slips: bool, opens: bool): f64 {
  if (<i32>model(MODEL_SPREAD) == SPREAD_NONE) return 0
  if (<i32>model(MODEL_SPREAD_CHARGE) == CHARGE_ENTRY) return opens ? spreadOf(base) : 0
  return slips ? 0.5 * spreadOf(base) : 0
}

/** A price is what the models give, rounded against the trader by less than a tick. */
function gives(price: f64, s: f64, found: f64, scale: f64): bool {
  const beyond = (found - price) * s
  const blur = 1e-9 * scale
  return beyond >= -blur && beyond <= its(PAY_TICK) + blur
}

/** Adds what the price has taken from the trader to its kinds; with the last of them stands what rounding to ticks adds. */
function takeApart(s: f64, times: f64, opens: bool, dst: usize, leg: i32): void {
  const base = its(PAY_BASE)
  const price = its(PAY_PRICE)
  if (price == base) return
  const slips = its(PAY_SLIPS) != 0
  const p = slips ? impacted(s, base) : base
  const q = slips ? slipped(s, p) : p
  const spread = spreadPaid(base, slips, opens)
  const scale = Math.max(Math.abs(base), Math.abs(price))
  const whole = (price - base) * s
  const impact = (p - base) * s
  const slippage = (q - p) * s
  if (gives(q + s * spread, s, price, scale)) {
    const last = spread > 0 ? PAID_SPREAD : slippage > 0 ? PAID_SLIPPAGE : PAID_IMPACT
    const rest = whole - (last == PAID_SPREAD ? impact + slippage : last == PAID_SLIPPAGE ? impact : 0)
    pay(dst, PAID_IMPACT, leg, (last == PAID_IMPACT ? rest : impact) * times)
    if (last != PAID_IMPACT) pay(dst, PAID_SLIPPAGE, leg, (last == PAID_SLIPPAGE ? rest : slippage) * times)
    if (last == PAID_SPREAD) pay(dst, PAID_SPREAD, leg, rest * times)
    // Slippage and spread that together would make a price non-positive are not applied.
  } else pay(dst, p > 0 && q + s * spread <= 0 && gives(p, s, price, scale) ? PAID_IMPACT : PAID_UNSPLIT, leg, whole * times)
}

// @ts-ignore: decorator
@inline function pay(dst: usize, kind: i32, leg: i32, amount: f64): void {
  add(dst, 2 * kind + leg, amount)
}

/** Whether what a fill pays as commission is a maker's or a taker's, or goes by another model (semantics 7.2). */
function commissionKind(s: f64, value: f64, commission: f64): i32 {
  const place = s > 0 ? MODEL_BUY_MAKER : MODEL_SELL_MAKER
  const maker = model(place)
  if (maker != maker) return PAID_COMMISSION
  const taker = model(place + 1)
  return maker != taker && Math.abs(commission - maker * value) < Math.abs(commission - taker * value) ? PAID_MAKER : PAID_TAKER
}

/**
 * Writes the PAID_* block, in currency: commission and what the prices have taken, of the fills that open or add to a position and of
 * those that close; and the value of all that was traded.
 *
 * @param assets pointer to the asset (i32) of each of `n` fills, in their order @param pays the PAY_* columns of them
 * @param given the MODEL_* block @param held pointer to a double an asset, 0 before
 * @param sole the kind of all that prices have taken, where there is but one; PAID_UNSPLIT where it cannot be taken apart; else -1
 */
export function fillCosts(assets: usize, pays: usize, n: i32, given: usize, multipliers: usize, held: usize, sole: i32, dst: usize): void {
  memory.fill(dst, 0, <usize>PAID_COUNT << 3)
  fills = pays
  count = n
  models = given
  for (row = 0; row < n; row++) {
    const asset = load<i32>(assets + (<usize>row << 2))
    const units = its(PAY_UNITS)
    const s: f64 = units > 0 ? 1.0 : -1.0
    const closes = at(held, asset) * units < 0
    const leg = closes ? 1 : 0
    add(held, asset, units)
    const times = Math.abs(units * at(multipliers, asset))
    const value = Math.abs(times * its(PAY_PRICE))
    pay(dst, commissionKind(s, value, its(PAY_COMMISSION)), leg, its(PAY_COMMISSION))
    add(dst, PAID_VALUE, value)
    if (sole >= 0) pay(dst, sole, leg, Math.abs(its(PAY_PRICE) - its(PAY_BASE)) * times)
    else takeApart(s, times, !closes, dst, leg)
  }
}
