/** One fill and what follows from it: position, trade, cancellations, ends of orders (sections 3 and 7). */
import type { Rule } from '../../src/settings/settings.ts'
import { affordable } from './cuts.ts'
import { checkFill } from './finite.ts'
import { isReduceOnly } from './foreign.ts'
import { closingUnits, openingUnits } from './funds.ts'
import { limitOf } from './grid.ts'
import { countTrade, refusedByGuards } from './guards.ts'
import { closing, commissionFor, fillPrice, freeFunds, fundsChange, need, rounded, times } from './money.ts'
import { leaveExit, leaveOrder, partOf } from './parts.ts'
import { placeChild } from './places.ts'
import { actionOf, chainOf, follow, moveStop, newPlace, ruleLevel, trailStart, trailTo, widen } from './rules.ts'
import { coverAll, endUnitless, shareOut, tieScaled } from './scaled.ts'
import { exitSlip, type Slip, slipOf } from './slips.ts'
import { type Asset, cover, type LiveOrder, type Position, type Run, sideOf, type Waiting, wrong } from './state.ts'
import type { FillReason, OrderReason, OrderStatus } from './types.ts'
import { endBehind, wakeBehind } from './waiting.ts'
import { probeFill } from './worst.ts'

/** Ends an order; children that never lived end before it (2.4, 3.8). */
export function endOrder(run: Run, asset: Asset, order: LiveOrder, status: OrderStatus, reason: OrderReason): void {
  const plain = run.set.children === 'plain'
  if (plain && status === 'filled' && !wrong(run, '10.11/wakes')) wakeChildren(run, asset, order, 0, asset.mark)
  const woken = plain && !wrong(run, '10.11/parent') ? status === 'filled' : order.opened > 0
  const orphans = woken ? [] : asset.pending.filter((child) => child.parent === order.id)
  if (woken) endUnitless(run, asset, order)
  if (!wrong(run, '2.4/children-first')) for (const child of orphans) endOrder(run, asset, child, 'cancelled', 'parent')
  endBehind(run, asset, order)
  order.status = wrong(run, '3.3/part') && status === 'partially_filled' ? 'filled' : status
  order.endReason = reason
  order.endedBar = run.bar
  asset.pending = asset.pending.filter((other) => other !== order)
  run.occurrences.push({ kind: 'order', index: order.id })
  for (const child of orphans) if (child.endedBar < 0) endOrder(run, asset, child, 'cancelled', 'parent')
}

export function cancelOrder(run: Run, asset: Asset, order: LiveOrder, reason: OrderReason): void {
  endOrder(run, asset, order, order.filled > 0 ? 'partially_filled' : 'cancelled', reason)
}

function refuse(run: Run, asset: Asset, order: LiveOrder, reason: OrderReason): void {
  endOrder(run, asset, order, order.filled > 0 ? 'partially_filled' : 'rejected', reason)
}

/** A post-only order becomes live as a limit: reached then, it ends (3.14). */
export function lookFirst(run: Run, asset: Asset, order: LiveOrder, price: number): void {
  if (!order.fresh) return
  order.fresh = false
  const reached = order.side > 0 ? price <= order.limit : price >= order.limit
  if (reached && !wrong(run, '3.14/post-only')) cancelOrder(run, asset, order, 'post_only')
}

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
  if (was !== null && closes) reduce(run, asset, was, order, s, k, price, base, commission, reason, told)
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
  if (closes) run.occurrences.push({ kind: 'trade', index: run.trades.length - 1 })
  else run.entered = true
  checkFill(run, asset, order, closes)
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

function signalOf(order: LiveOrder, base: number): number {
  return Number.isNaN(order.signal) ? base : order.signal
}

function open(
  run: Run,
  asset: Asset,
  order: LiveOrder,
  s: number,
  k: number,
  price: number,
  base: number,
  commission: number,
): Position {
  const position: Position = {
    q: s * k,
    average: price,
    held: commission,
    signal: signalOf(order, base),
    entries: k,
    entryBar: run.bar,
    entryClosed: run.phase === 'close' ? run.bar : run.bar - 1,
    entryOrder: order.id,
    barsHeld: 0,
    sleeps: wrong(run, '10.1/rules') ? 0 : sleepOf(run, order),
    best: base,
    worst: base,
    water: trailStart(run, asset, s, base),
    chain: [],
    own: order.rules !== null && !wrong(run, '8.1'),
    movedStop: null,
    addedFired: false,
    gone: [],
    waiting: [],
    left: null,
    timeDue: [],
    cutBar: -1,
    ambiguous: run.ambiguousNow,
  }
  const rules: Rule[] = position.own ? order.rules! : chainOf(run, asset)
  position.chain = rules.map((rule) => newPlace(run, asset, position, rule))
  return position
}

/** How many bars of its asset begin before what comes with an entry that fills now is live (10.1). */
function sleepOf(run: Run, entry: LiveOrder): number {
  const market = entry.type === 'market'
  switch (run.set.exitsLive) {
    case 'fill':
      return 0
    case 'next-bar':
      return 1
    case 'market-fill':
      return market && !wrong(run, '10.1/market') ? 0 : wrong(run, '10.1/others') ? 0 : 1
    case 'second-bar':
      return (run.phase === 'close' && !wrong(run, '10.1/second')) || wrong(run, '10.1/close') ? 2 : 1
  }
}

/** Average entry price when adding (7.3), and the signal basis in the same way (6.2). */
function add(
  run: Run,
  asset: Asset,
  p: Position,
  order: LiveOrder,
  k: number,
  price: number,
  base: number,
  commission: number,
): void {
  const held = Math.abs(p.q)
  const weighted = wrong(run, '7.3/average') ? (p.average + price) / 2 : (p.average * held + price * k) / (held + k)
  const signal = (p.signal * held + signalOf(order, base) * k) / (held + k)
  p.signal = wrong(run, '6.2/signal-average') ? p.signal : signal
  p.average = weighted
  p.held = p.held + commission
  p.q = p.q > 0 ? p.q + k : p.q - k
  if (!wrong(run, '6.1/entries-added')) p.entries = p.entries + k
  if (wrong(run, '5.5/adding')) p.water = base
  // The basis has moved, which may start a trail (6.6).
  if (!wrong(run, '6.6/adding')) follow(run, asset, p)
}

/** A reduction writes a trade (7.3). */
function reduce(
  run: Run,
  asset: Asset,
  p: Position,
  order: LiveOrder | null,
  s: number,
  k: number,
  price: number,
  base: number,
  commission: number,
  reason: FillReason,
  told: string,
): void {
  const side = sideOf(p)
  if (!wrong(run, '7.4/walk')) widen(p, base)
  const share = wrong(run, '7.3/share') ? p.held : (p.held * k) / Math.abs(p.q)
  p.held = p.held - share
  const reach = (x: number) => (p.average === 0 ? 0 : ((x - p.average) * side) / Math.abs(p.average))
  const mfe = reach(p.best)
  const mae = reach(p.worst)
  run.trades.push({
    asset: asset.index,
    entryBar: p.entryBar,
    exitBar: run.bar,
    quantity: side * k,
    entryPrice: p.average,
    exitPrice: price,
    pnl: (price - p.average) * (wrong(run, '7.3/pnl') ? k : times(run, asset, k)) * side - commission - share,
    entryCommission: share,
    exitCommission: commission,
    mfe: mfe > 0 || wrong(run, '7.4/floor') ? mfe : 0,
    // biome-ignore lint/complexity/useMathMinMax: min(-0, 0) is -0
    mae: mae < 0 ? mae : 0,
    barsHeld: p.barsHeld,
    reason,
    told,
    exitOrder: order ? order.id : 0,
    entryOrder: p.entryOrder,
    ambiguous: (p.ambiguous && !wrong(run, '5.7/opened')) || run.ambiguousNow,
  })
  countTrade(run, asset, run.trades[run.trades.length - 1].pnl)
  if (k === Math.abs(p.q)) asset.position = null
  else p.q = p.q + s * k
}

/** It rests where it is a limit that the price has not reached (7.2). */
export function rest(order: LiveOrder, price: number): void {
  if (order.type !== 'limit' && order.status !== 'triggered') return
  if (order.side > 0 ? price > order.limit : price < order.limit) order.resting = true
}

/** Children live from their parent's entry on, for the units that opened (3.8, 5.4). */
function wakeChildren(run: Run, asset: Asset, parent: LiveOrder, k: number, base: number): void {
  const plain = run.set.children === 'plain' && !wrong(run, '10.11/units')
  const targets = shareOut(run, asset, parent, k)
  for (const child of asset.pending) {
    if (child.parent !== parent.id) continue
    cover(run, '5.4')
    const units = targets.get(child)
    if (units === 0) continue
    if (units !== undefined) coverAll(child, units)
    else if (!child.dormant) {
      if (!wrong(run, '3.12/children')) coverMore(child, k)
      continue
    } else child.amount = plain || wrong(run, '3.8/units') ? parent.filled : parent.opened
    if (!child.dormant) continue
    child.dormant = false
    placeChild(run, child)
    child.sleeps = wrong(run, '10.1/children') ? 0 : sleepOf(run, parent)
    if (run.phase !== 'close' && child.sleeps === 0 && !wrong(run, '7.2/child')) rest(child, base)
    if (child.type !== 'trailing-stop') continue
    if (run.set.trailFollows === 'close' && !Number.isNaN(child.water)) continue
    child.startedBar = run.phase === 'close' ? -1 : run.bar
    trailTo(run, child, trailStart(run, asset, -child.side, base))
  }
}

/** A child that is awake is to close so many units more, or less (3.12). */
function coverMore(child: LiveOrder, units: number): void {
  if (Number.isNaN(child.units)) child.amount = child.amount + units
  else child.remaining = child.remaining + units
}

/** Siblings, group members, then what the closed position cancels (2.4). */
function cancelOthers(run: Run, asset: Asset, order: LiveOrder | null, closed: number, k: number, part: number): void {
  const parent = order && order.parent > 0 && asset.pending.find((one) => one.id === order.parent)
  if (parent && !wrong(run, '3.12/parent')) cancelOrder(run, asset, parent, 'child')
  if (order?.scaled && !wrong(run, '3.17/ties')) tieScaled(run, asset, order, k, part > 0)
  else if (order && order.parent > 0 && part > 0) {
    if (!wrong(run, '3.12/sibling')) {
      for (const other of asset.pending) if (other.parent === order.parent && other !== order) coverMore(other, -part)
    }
  } else if (order && order.parent > 0 && !wrong(run, '3.8/sibling')) {
    for (const other of asset.pending.filter((o) => o.parent === order.parent && o !== order)) {
      cancelOrder(run, asset, other, 'sibling')
    }
  }
  if (order && order.group > 0 && !wrong(run, '3.9')) {
    for (const other of asset.pending.filter((o) => o.group === order.group && o !== order)) {
      cancelOrder(run, asset, other, 'oco')
    }
  }
  if (closed === 0) return
  for (const other of [...asset.pending]) {
    const child = other.parent > 0 && !other.dormant && (isReduceOnly(run, other) || wrong(run, '10.11/outlives'))
    const given = other.reduceOnly && !other.dormant && other.side === -closed && !wrong(run, '3.6/gone')
    const bound = given || (other.size === 'position' && other.boundSide === closed)
    if (other === order || !(child || bound)) continue
    if (wrong(run, '3.6/closed') && bound) continue
    cancelOrder(run, asset, other, 'position_closed')
  }
}

/** What the order wants at this price: side and unsigned units, a target's not yet rounded (3.2). */
export function wanted(run: Run, asset: Asset, order: LiveOrder, base: number): { side: number; units: number } {
  const q = asset.position ? asset.position.q : 0
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
  const position = asset.position
  if (position === null) return 0
  const { side, units } = wanted(run, asset, order, base)
  if (side !== -sideOf(position) || !(units > 0)) return 0
  const held = Math.abs(position.q)
  let k = closing(run, units, held)
  if (isTarget(order) && k < held) k = closing(run, rounded(run, asset, units), held)
  if (!(k > 0)) return 0
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
  k = closing(run, paid, held)
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

/** Targets fill when stops do, if that is asked for (6.3). */
function waitsLikeStop(run: Run): boolean {
  return run.set.targetFill === 'stop-fill' && !wrong(run, '6.3/asked')
}

/** A target does not slip, unless it fills like a stop that does not fill at its level (6.3). */
function isPassive(run: Run, reason: FillReason): boolean {
  if (reason !== 'target') return false
  return !(run.set.targetFill === 'stop-fill' && run.set.stopFill !== 'level') || wrong(run, '6.3/slips')
}

/** What the rule at a place says of itself (6.1). */
export function toldBy(run: Run, position: Position, place: number): string {
  const { chain, movedStop } = position
  const first = chain.findIndex(({ rule }) => rule.type === 'stop')
  if (movedStop !== null && place === (first < 0 ? chain.length : first) && !wrong(run, '6.1/told-moved'))
    return `moved ${movedStop}`
  if (place === chain.length) return ''
  const { rule } = chain[place]
  if (rule.type === 'time') return `bars ${rule.bars}`
  return `${wrong(run, '6.1/told-unit') ? 'fraction' : (rule.unit ?? 'fraction')} ${rule.distance}`
}

/** A rule's level was reached (6.1, 6.3). */
export function fireRule(run: Run, asset: Asset, place: number, base: number): void {
  const position = asset.position!
  const added = place === position.chain.length
  const rule: Rule = added ? { type: 'stop', distance: 0 } : position.chain[place].rule
  if (added) position.addedFired = true
  else position.chain[place].fired = true
  const action = actionOf(rule)
  if (action.type === 'move-stop') {
    moveStop(run, asset, position, action.offset)
    return
  }
  const reason = rule.type
  const told = toldBy(run, position, place)
  const plain = rule.type === 'target' && !waitsLikeStop(run) && !wrong(run, '6.3/targets')
  const mode = plain ? 'level' : run.set.stopFill
  if (mode === 'level' || wrong(run, '6.3/mode')) {
    const makes = reason === 'target' && base === ruleLevel(run, asset, position, place)
    exitNow(run, asset, { place, reason, action, mode, makes, told }, base)
    return
  }
  position.waiting.push({ place, reason, action, mode, told })
}

/** An exit by rule has filled in this bar, and may have closed the whole position (10.5). */
function noteRuleExit(run: Run, asset: Asset): void {
  asset.ruleExitBar = run.bar
  if (asset.position === null) asset.ruleClosedBar = run.bar
}

/** A rule, time or bust exit fills; a fraction is of the position as it is now (6.1). */
export function exitNow(run: Run, asset: Asset, exit: Waiting, base: number): void {
  const position = asset.position!
  const held = Math.abs(position.q)
  let k = held
  if (exit.action.type === 'exit-fraction' && !wrong(run, '6.1/part')) {
    const ofEntries = exit.action.of === 'entries' && !wrong(run, '6.1/entries')
    const part = exit.action.fraction * (ofEntries ? position.entries : held)
    k = closing(run, part, held)
    if (k < held) k = closing(run, rounded(run, asset, part), held)
  }
  if (!(k > 0)) return
  if (exit.reason !== 'bust' && !wrong(run, '10.4/rules')) {
    const side = -sideOf(position)
    const slip = exitSlip(run, asset, side, isPassive(run, exit.reason))
    const makes = exit.makes && !wrong(run, '10.4/makes')
    const paid = closingUnits(run, { asset, order: null, side, units: k, base, slip, opens: false, makes })
    if (paid < k) liveAgain(run, position, exit)
    if (paid === 0) return
    k = paid < k ? closing(run, paid, held) : k
  }
  const part = exit.reason === 'bust' ? k : partOf(run, asset, k)
  if (part > 0) exitUnits(run, asset, exit, part, base)
  if (part < k) leaveExit(run, position, exit, exit.action.type === 'exit' ? null : k - part)
}

/** An exit that no order asks for trades so many units. */
export function exitUnits(
  run: Run,
  asset: Asset,
  exit: Pick<Waiting, 'reason' | 'place' | 'makes' | 'told'>,
  k: number,
  base: number,
) {
  const s = -sideOf(asset.position)
  const slip = exitSlip(run, asset, s, isPassive(run, exit.reason))
  const change = fill(run, asset, null, s, k, base, slip, exit.reason, exit.place, false, exit.makes, exit.told)
  if (exit.reason !== 'bust') noteRuleExit(run, asset)
  if (change < 0 || wrong(run, '5.6/exits')) run.funds = run.funds + change
}

/** A rule that was to exit all could not: it has not fired, but has no other turn in this bar (10.4). */
function liveAgain(run: Run, position: Position, { place, action }: Waiting): void {
  position.cutBar = run.bar
  if (place < 0 || action.type !== 'exit' || wrong(run, '10.4/again')) return
  if (place < position.chain.length) position.chain[place].fired = false
  else position.addedFired = false
}
