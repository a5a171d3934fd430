/** Fills: what an order trades at its turn, leg by leg, and what the account lets it (sections 3, 4 and 7). */
import { affordable } from './cuts.ts'
import { cancelOrder, cancelOthers, endOrder, refuse, wakeChildren } from './ends.ts'
import { checkFill } from './finite.ts'
import { isReduceOnly } from './foreign.ts'
import { closingUnits, openingUnits } from './funds.ts'
import { limitOf } from './grid.ts'
import { refusedByGuards } from './guards.ts'
import { closingOfLot, lotOf, openLot, reduceLots, reducible } from './lots.ts'
import { closing, commissionFor, fillPrice, freeFunds, fundsChange, need, rounded, times } from './money.ts'
import { leaveOrder, partOf } from './parts.ts'
import { add, open, reduce } from './positions.ts'
import { type Slip, slipOf } from './slips.ts'
import { type Asset, type LiveOrder, type Position, type Run, sideOf, wrong } from './state.ts'
import type { FillReason, OrderReason } from './types.ts'
import { wakeBehind } from './waiting.ts'
import { probeFill } from './worst.ts'

/** Fills k units of one side at a base price; returns the change of the free funds (5.6). */
export function fill(
  run: Run,
  asset: Asset,
  order: LiveOrder | null,
  s: number,
  k: number,
  base: number,
  slip: Slip,
  reason: FillReason,
  rule = -1,
  part = false,
  makes = false,
  told = '',
  lot: Position | null = lotOf(run, asset, order),
): number {
  const opens = sideOf(asset.position) !== -s
  const price = fillPrice(run, asset, s, k, base, slip, opens)
  const all = times(run, asset, k)
  const value = Math.abs((wrong(run, '7.2/multiplier') ? k : all) * price)
  const commission = commissionFor(run, order, s, k, value, { asset, base, price, opens }, makes)
  const flow = -s * (wrong(run, '7.3/multiplier') ? k : all) * price - commission
  run.cash = run.cash + (wrong(run, '7.3/cash') ? -s * all * base - commission : flow)
  const was = asset.position
  const q = was ? was.q : 0
  const m = asset.mark
  if (order) charge(order, k, value)
  if (reason !== 'bust' && reason !== 'ended') asset.traded = asset.traded + k
  const closes = was !== null && sideOf(was) === -s
  const fifo = run.set.lots === 'fifo'
  const trades = run.trades.length
  if (fifo && closes) reduceLots(run, asset, lot, order, s, k, price, base, commission, reason, told)
  else if (fifo) openLot(run, asset, order!, s, k, price, base, commission)
  else if (was !== null && closes) reduce(run, asset, was, order, s, k, price, base, commission, reason, told)
  else if (was !== null) add(run, asset, was, order!, k, price, base, commission)
  else asset.position = open(run, asset, order!, s, k, price, base, commission)
  if (run.phase !== 'range' || !wrong(run, '1.5/range')) asset.mark = base
  run.fills.push({
    bar: run.bar,
    asset: asset.index,
    order: order ? order.id : 0,
    quantity: s * k,
    price,
    base,
    commission,
    reason,
    phase: run.phase,
    tag: order ? order.tag : 0,
    rule,
    told,
  })
  run.occurrences.push({ kind: 'fill', index: run.fills.length - 1 })
  for (let i = trades; i < run.trades.length; i++) run.occurrences.push({ kind: 'trade', index: i })
  if (!closes) run.entered = true
  checkFill(run, asset, order, trades)
  probeFill(run, asset, flow, base)
  if (order && !closes) {
    order.opened = order.opened + k
    if (run.set.children !== 'plain') wakeChildren(run, asset, order, k, base)
  }
  cancelOthers(run, asset, order, was !== null && asset.position === null ? sideOf(was) : 0, k, part ? k : 0)
  if (order) wakeBehind(run, asset, order, base)
  const by = (units: number) => (wrong(run, '5.6/multiplier') ? units : times(run, asset, units))
  return fundsChange(run, flow, by(q), m, by(asset.position ? asset.position.q : 0), asset.mark)
}

function charge(order: LiveOrder, k: number, value: number): void {
  order.chargedUnits = order.chargedUnits + k
  order.chargedValue = order.chargedValue + value
  order.filled = order.filled + k
}

/** What the order wants at this price: side and unsigned units, a target's not yet rounded (3.2). */
export function wanted(run: Run, asset: Asset, order: LiveOrder, base: number): { side: number; units: number } {
  const q = reducible(run, asset, order)?.q ?? 0
  const price = Math.abs(base)
  // Values and fractions become units at the price of the fill.
  const units = (amount: number) => {
    if (order.size === 'units' || order.size === 'target-units') return amount
    const share = order.size === 'value' || order.size === 'target-value'
    const e = wrong(run, '3.2/phase-equity') ? run.cash : run.sizing
    const money = share ? amount : amount * e
    return price === 0 ? 0 : money / (wrong(run, '3.2/multiplier') ? price : times(run, asset, price))
  }
  if (order.size === 'position') return { side: q > 0 ? -1 : 1, units: Math.abs(q) }
  if (!order.size.startsWith('target')) {
    if (Number.isNaN(order.units)) {
      order.units = order.parent > 0 ? order.amount : rounded(run, asset, units(order.amount))
      order.remaining = order.units
    }
    return { side: order.side, units: order.remaining }
  }
  const goal = units(order.amount)
  const difference = wrong(run, '3.2/target') ? goal : goal - q
  const side = difference > 0 ? 1 : -1
  const nothing = Math.abs(difference) <= 1e-9 * Math.max(Math.abs(goal), Math.abs(q), order.closed)
  if (nothing && !wrong(run, '1.6/target')) return { side, units: 0 }
  if (order.type !== 'market' && side !== order.side && !wrong(run, '3.2/direction')) return { side, units: 0 }
  return { side, units: Math.abs(difference) }
}

function isTarget(order: LiveOrder): boolean {
  return order.size.startsWith('target')
}

/** The closing part of an order (3.7, 4.1); ends it when nothing is left. Returns the change of the free funds. */
export function closeLeg(run: Run, asset: Asset, order: LiveOrder, base: number): number {
  const position = reducible(run, asset, order)
  if (position === null) return 0
  const { side, units } = wanted(run, asset, order, base)
  if (side !== -sideOf(position) || !(units > 0)) return 0
  const held = Math.abs(position.q)
  let k = closing(run, units, held)
  if (isTarget(order) && k < held) k = closing(run, rounded(run, asset, units), held)
  if (!(k > 0)) return 0
  if (position !== asset.position) k = closingOfLot(run, asset, k)
  const part = partOf(run, asset, k)
  if (part < k && order.force === 'fok' && !wrong(run, '3.14/volume')) {
    cancelOrder(run, asset, order, 'not_filled')
    return 0
  }
  if (part < k) return closePart(run, asset, order, side, part, base)
  const paid = closingUnits(run, {
    asset,
    order,
    side,
    units: k,
    base,
    slip: slipOf(run, asset, order, side, base, false),
    opens: false,
  })
  if (paid === 0) {
    refuse(run, asset, order, 'insufficient_funds')
    return 0
  }
  const short = paid < k
  if (short) k = closing(run, paid, held)
  order.closed = held
  // What a reversal would open beyond |q| is dropped when it is dust (1.6).
  const whole = wrong(run, '3.7/left') && !isTarget(order)
  const beyond = whole ? order.units - (order.filled + held) : units - held
  order.remaining = beyond <= (wrong(run, '1.6/beyond') ? 0 : 1e-9 * held) ? 0 : beyond
  const reduceOnly = isReduceOnly(run, order)
  const change = fill(run, asset, order, side, k, base, slipOf(run, asset, order, side, base, false), order.reason)
  if (short) endOrder(run, asset, order, 'filled', wrong(run, '10.4/word') ? '' : 'cut')
  else if (reduceOnly || (!isTarget(order) && order.remaining === 0)) endOrder(run, asset, order, 'filled', '')
  return change
}

/** The volume has a part of the closing leg, or nothing (3.12). */
function closePart(run: Run, asset: Asset, order: LiveOrder, side: number, k: number, base: number): number {
  order.remaining = order.remaining - k
  if (k > 0 && order.size === 'position') order.boundSide = sideOf(asset.position)
  const change =
    k > 0
      ? fill(run, asset, order, side, k, base, slipOf(run, asset, order, side, base, false), order.reason, -1, true)
      : 0
  if (isTarget(order) && wrong(run, '3.12/target')) endOrder(run, asset, order, 'filled', '')
  else leaveOrder(run, order)
  return change
}

/** All that is left of an order: closing leg, opening leg, end (3.7, 4.3). */
export function execute(run: Run, asset: Asset, order: LiveOrder, base: number): void {
  const funds = run.funds
  const filled = order.filled
  const whole = order.force === 'fok' && !order.reduceOnly && !wrong(run, '3.14/kill')
  if (whole && isKilled(run, asset, order, base)) return
  const change = closeLeg(run, asset, order, base)
  const reversal = order.filled > filled
  // An exit adds its change of F only where that is negative (5.6).
  if (change < 0 || wrong(run, '5.6/exits')) run.funds = funds + change
  if (order.endedBar >= 0 || order.done) return
  if (isReduceOnly(run, order)) {
    // Something to reduce, and no units to do it with.
    if (order.reduceOnly && sideOf(asset.position) === -order.side) refuse(run, asset, order, 'size_zero')
    else cancelOrder(run, asset, order, 'position_closed')
    return
  }
  if (order.closed > 0 && wrong(run, '3.7/opens')) {
    endOrder(run, asset, order, 'filled', '')
    return
  }
  const { side, units } = wanted(run, asset, order, base)
  const k = isTarget(order) ? rounded(run, asset, units) : units
  if (isTarget(order) && !(k > 0)) {
    endOrder(run, asset, order, 'filled', '')
    return
  }
  const part = partOf(run, asset, k)
  if (k > 0 && part === 0) {
    leaveOrder(run, order)
    return
  }
  const available = availableTo(run, funds, change)
  const entry = k > 0 ? (whole ? k : allowed(run, asset, order, side, part, k, base, available)) : 'size_zero'
  if (typeof entry === 'string') {
    refuse(run, asset, order, entry)
    return
  }
  const slip = slipOf(run, asset, order, side, base, true)
  const taken = need(run, { asset, order, side, base, slip, opens: true }, entry)
  const left = available - taken
  if (!wrong(run, '5.6/entries')) run.funds = reversal ? Math.min(funds, left) : left
  fill(run, asset, order, side, entry, base, slip, order.reason)
  // What the account has cut has no more turns.
  if (entry < part || part === k || (isTarget(order) && wrong(run, '3.12/target'))) {
    endOrder(run, asset, order, 'filled', entry < part ? 'cut' : '')
    return
  }
  order.remaining = units - entry
  leaveOrder(run, order)
}

/** A fill-or-kill order would open more than its closing leg closes (3.14). */
export function waitsWhole(run: Run, asset: Asset, order: LiveOrder, base: number): boolean {
  if (order.force !== 'fok' || order.reduceOnly || asset.position === null || wrong(run, '3.14/exits')) return false
  return opens(run, asset, order, base) > 0
}

/** Units that an order in units, value or fraction would open. */
function opens(run: Run, asset: Asset, order: LiveOrder, base: number): number {
  const { side, units } = wanted(run, asset, order, base)
  const position = asset.position
  if (position === null || side === sideOf(position)) return units
  const held = Math.abs(position.q)
  return units - held <= 1e-9 * held ? 0 : units - held
}

/** The volume has all of a closing leg, and of the opening leg that asks after it (3.12). */
function hasVolume(run: Run, asset: Asset, held: number, k: number): boolean {
  const after = { ...asset, traded: asset.traded + held }
  return partOf(run, asset, held) === held && partOf(run, after, k) === k
}

/** Ends a fill-or-kill order whose legs the volume does not let trade whole, or the account the opening one (3.14). */
function isKilled(run: Run, asset: Asset, order: LiveOrder, base: number): boolean {
  const k = opens(run, asset, order, base)
  if (!(k > 0)) return false
  const { side } = wanted(run, asset, order, base)
  const after = { ...order }
  let available = freeFunds(run)
  const closes = asset.position !== null && side === -sideOf(asset.position)
  const held = closes ? Math.abs(asset.position!.q) : 0
  if (!hasVolume(run, asset, held, k) && !wrong(run, '3.14/volume')) {
    cancelOrder(run, asset, order, 'not_filled')
    return true
  }
  if (held > 0) {
    const price = fillPrice(run, asset, side, held, base, slipOf(run, asset, order, side, base, false), false)
    const all = times(run, asset, held)
    const value = Math.abs(all * price)
    const flow =
      -side * all * price - commissionFor(run, order, side, held, value, { asset, base, price, opens: false })
    charge(after, held, value)
    const holding = times(run, asset, asset.position!.q)
    if (!wrong(run, '3.14/funds')) available += fundsChange(run, flow, holding, asset.mark, 0, base)
  }
  const entry = allowed(run, asset, after, side, k, k, base, available)
  if (typeof entry !== 'string') return false
  refuse(run, asset, order, entry)
  return true
}

/** Free funds of an entry: in the range one running number, elsewhere what the exits left (4.2, 5.6). */
function availableTo(run: Run, funds: number, change: number): number {
  if (run.phase === 'range' && run.set.matching === 'walk') return wrong(run, '5.6/reversal') ? funds : funds + change
  return run.phase === 'open' && wrong(run, '4.2') ? funds : freeFunds(run)
}

/** The units of k, all of `whole` or a part, that the account lets the order open, or why it lets none (3.3, 7.5, 7.6). */
function allowed(
  run: Run,
  asset: Asset,
  order: LiveOrder,
  side: number,
  k: number,
  whole: number,
  base: number,
  available: number,
): number | OrderReason {
  const set = run.set
  const limit = limitOf(run, asset, order, wrong(run, '3.12/limits') ? k : whole, base)
  if (limit !== null && !(run.called && wrong(run, '3.3/limits'))) return limit
  const short = set.funds === 'account' && set.account === 'cash' && side < 0 && !wrong(run, '7.5/short')
  const guard = short && !wrong(run, '6.7/short') ? null : refusedByGuards(run, asset, k, base)
  if (guard !== null) return guard
  if (set.funds !== 'account' && !wrong(run, '10.4/account')) {
    const slip = slipOf(run, asset, order, side, base, true)
    const part = openingUnits(run, { asset, order, side, units: k, base, slip, opens: true }, order)
    const small = typeof part === 'number' && part < k && limitOf(run, asset, order, part, base) !== null
    return small && !wrong(run, '7.6/limits') ? 'insufficient_funds' : part
  }
  if (set.account === 'unlimited' && !wrong(run, '7.5/unlimited')) return k
  if (set.account === 'cash' && side < 0 && !wrong(run, '7.5/short')) return 'short_not_allowed'
  if (run.called && !wrong(run, '7.7/entries') && !wrong(run, '3.3/refusals')) return 'margin_call'
  const slip = slipOf(run, asset, order, side, base, true)
  const leg = { asset, order, side, base, slip, opens: true }
  if (need(run, leg, k) <= available) return k
  if (run.called && wrong(run, '3.3/refusals')) return 'insufficient_funds'
  const inUnits = order.size === 'units' || order.size === 'target-units'
  const cut = set.shortfall === 'partial' || (set.shortfall === 'auto' && inUnits === wrong(run, '7.6/units'))
  if (order.force === 'fok' && !wrong(run, '3.14/cut')) return 'insufficient_funds'
  if (!cut || (set.shortfall === 'partial' && wrong(run, '7.6/setting'))) return 'insufficient_funds'
  const most = affordable(run, leg, k, available)
  const part = wrong(run, '7.6/largest') ? rounded(run, asset, most * 0.999) : most
  if (!(part > 0) || part < 1e-9 * k) return 'insufficient_funds'
  if (limitOf(run, asset, order, part, base) !== null && !wrong(run, '7.6/limits')) return 'insufficient_funds'
  return part
}
