/** What a hook asks for (sections 3.8 to 3.10): orders, brackets, groups, updates, cancels, rules. */
import { cancelOrder, endOrder } from './ends.ts'
import { refuseByRuleExit } from './foreign.ts'
import { isOffGrid } from './grid.ts'
import { refuseByListing } from './listing.ts'
import { rounded } from './money.ts'
import { placeAtEnd, placeChild, placeInFront } from './places.ts'
import { chainOf, newPlace, ownChain, tightenStop, trails, trailTo } from './rules.ts'
import { type Asset, holdings, type LiveOrder, type Position, type Run, sideOf, wrong } from './state.ts'
import type { BracketSpec, Command, OrderSpec } from './types.ts'
import { settleWaits, waits } from './waiting.ts'

/** @param when whether they have been on their way for some bars (3.15) */
export function placeCommands(run: Run, commands: readonly Command[], when: 'now' | 'late' = 'now'): void {
  for (const command of commands) {
    if (command.kind === 'order') placeOrder(run, command.order, command.bracket, 0)
    if (command.kind === 'oco') {
      run.groups++
      const group = run.groups
      for (const member of command.members) placeOrder(run, member.order, member.bracket, group)
    }
    if (command.kind === 'close') placeClose(run, command, when === 'late')
    if (command.kind === 'update') run.answers.push(update(run, command))
    if (command.kind === 'cancel') run.answers.push(cancel(run, command.id))
    if (command.kind === 'reduce') run.answers.push(decide(run, command, (lot) => reduce(run, lot, command.fraction)))
    if (command.kind === 'move-stop')
      run.answers.push(decide(run, command, (lot, asset) => decideStop(run, asset, lot, command.price)))
    if (command.kind === 'rules') {
      if (command.asset === undefined) run.globalRules = command.rules ?? []
      else run.assets[command.asset].rules = command.rules
    }
  }
}

function newOrder(run: Run, spec: OrderSpec): LiveOrder {
  const asset = run.assets[spec.asset]
  const order: LiveOrder = {
    id: run.orders.length + 1,
    asset: spec.asset,
    type: spec.type,
    side: spec.side,
    size: spec.size,
    amount: spec.amount,
    limit: spec.limit ?? Number.NaN,
    stop: spec.stop ?? Number.NaN,
    trail: spec.trail ?? Number.NaN,
    trailFraction: spec.trailFraction ?? false,
    offset: spec.offset ?? 0,
    force: spec.force,
    until: spec.until ?? Number.POSITIVE_INFINITY,
    postOnly: spec.postOnly ?? false,
    fresh: spec.postOnly ?? false,
    reduceOnly: (spec.reduceOnly ?? false) && !wrong(run, '3.6/given'),
    timing: wrong(run, '3.1/timing') ? run.set.timing : (spec.timing ?? run.set.timing),
    tag: spec.tag ?? 0,
    rules: ownChain(run, spec),
    reason: 'order',
    parent: 0,
    children: [],
    group: 0,
    dormant: false,
    sleeps: 0,
    sleepsIn: -1,
    atStop: false,
    lot: 0,
    boundSide: 0,
    closes: false,
    place: 0,
    signal: wrong(run, '6.2/signal') ? Number.NaN : asset.mark,
    water: Number.NaN,
    startedBar: -1,
    level: Number.NaN,
    createdBar: run.bar,
    status: 'pending',
    endReason: '',
    endedBar: -1,
    filled: 0,
    opened: 0,
    units: Number.NaN,
    remaining: Number.NaN,
    done: false,
    due: false,
    after: spec.after ?? 0,
    scaled: false,
    share: Number.NaN,
    lastTarget: false,
    breakEvenAfter: 0,
    trailAfter: 0,
    later: { trail: Number.NaN, fraction: false },
    targetsFilled: 0,
    closed: 0,
    resting: false,
    chargedUnits: 0,
    chargedValue: 0,
  }
  run.orders.push(order)
  asset.pending.push(order)
  return order
}

/** A bracket child: dormant, on the other side, for as many units as its parent opens (3.8). */
function newChild(
  run: Run,
  parent: LiveOrder,
  spec: Partial<OrderSpec>,
  type: 'stop' | 'limit' | 'trailing-stop',
): LiveOrder {
  const child = newOrder(run, {
    asset: parent.asset,
    type,
    side: parent.side > 0 ? -1 : 1,
    size: 'units',
    amount: 0,
    tag: parent.tag,
    ...spec,
  })
  child.parent = parent.id
  // A trail that follows closes starts at that of the bar in which it was given (10.2).
  const { mark } = run.assets[child.asset]
  const given = run.set.trailFollows === 'close' && !wrong(run, '10.2/given')
  if (given && type === 'trailing-stop' && !Number.isNaN(mark)) trailTo(run, child, mark)
  child.dormant = true
  child.reason = type === 'limit' ? 'target' : type === 'stop' ? 'stop' : 'trail'
  parent.children.push(child.id)
  return child
}

function placeOrder(run: Run, spec: OrderSpec, bracket: BracketSpec | undefined, group: number): void {
  const asset = run.assets[spec.asset]
  const order = newOrder(run, spec)
  order.group = group
  placeAtEnd(run, order)
  // A stand-alone trail starts at C, else the last mark, else its first price (5.5).
  order.dormant = waits(run, order)
  const starts = !order.dormant || run.set.trailFollows === 'close'
  if (starts && trails(order) && !Number.isNaN(asset.mark) && !wrong(run, '5.5/start')) {
    trailTo(run, order, asset.mark)
  }
  if (bracket) {
    const { stop, trail, trailFraction, target, targets = [], trailAfter = 0 } = bracket
    const later = trailAfter > 0
    const children: LiveOrder[] = []
    if (stop !== undefined) children.push(newChild(run, order, { stop }, 'stop'))
    if (trail !== undefined && !later) children.push(newChild(run, order, { trail, trailFraction }, 'trailing-stop'))
    if (target !== undefined) newChild(run, order, { limit: target }, 'limit')
    if (targets.length > 0 && children.length > 0) {
      const [guard] = children
      guard.breakEvenAfter = bracket.breakEvenAfter ?? 0
      guard.trailAfter = trailAfter
      if (later) guard.later = { trail: trail!, fraction: trailFraction ?? false }
      guard.scaled = true
    }
    targets.forEach(({ price, share }, i) => {
      const child = newChild(run, order, { limit: price }, 'limit')
      Object.assign(child, { scaled: true, share, lastTarget: i === targets.length - 1 })
    })
  }
  refuseAtOnce(run, order)
}

function placeClose(run: Run, command: Extract<Command, { kind: 'close' }>, late: boolean): void {
  const { asset, timing, tag } = command
  const lot = command.lot === undefined ? 0 : numberOf(run, asset, command.lot)
  const order = newOrder(run, { asset, type: 'market', side: 1, size: 'units', amount: 0, timing, tag })
  const { position } = run.assets[asset]
  order.closes = true
  if (run.set.matching === 'queue' && wrong(run, '10.12/close')) placeAtEnd(run, order)
  else placeInFront(run, order)
  if (run.set.children === 'plain' && !wrong(run, '10.11/close')) {
    order.side = -sideOf(position)
    order.amount = position ? Math.abs(position.q) : 0
    refuseAtOnce(run, order)
    if (order.endedBar < 0 && order.side === 0) endOrder(run, run.assets[asset], order, 'rejected', 'size_zero')
    return
  }
  order.size = 'position'
  order.boundSide = sideOf(position)
  order.lot = lot
  refuseAtOnce(run, order)
  // It was there when this was decided (3.15).
  const gone = late && lot === 0 && command.lot !== undefined
  if (order.endedBar < 0 && gone) cancelOrder(run, run.assets[asset], order, 'position_closed')
  if (order.endedBar < 0 && order.boundSide === 0 && wrong(run, '3.6/flat')) {
    cancelOrder(run, run.assets[asset], order, 'position_closed')
  }
}

function refuseAtOnce(run: Run, order: LiveOrder): void {
  const asset = run.assets[order.asset]
  if (run.bust && !wrong(run, '7.7/refused')) {
    for (const child of asset.pending.filter((o) => o.parent === order.id))
      endOrder(run, asset, child, 'rejected', 'bust')
    endOrder(run, asset, order, 'rejected', 'bust')
    return
  }
  if (wrong(run, '3.11/refusals') && noPrice(asset, order)) {
    endOrder(run, asset, order, 'rejected', 'no_price')
    return
  }
  if (refuseByListing(run, asset, order)) return
  const family = [order, ...asset.pending.filter((o) => o.parent === order.id)]
  const looked = wrong(run, '1.10/children') ? [order] : family
  if (looked.some(({ limit, stop }) => isOffGrid(run, asset, limit) || isOffGrid(run, asset, stop))) {
    endOrder(run, asset, order, 'rejected', 'off_grid')
    return
  }
  if (noPrice(asset, order)) {
    if (wrong(run, '3.4')) order.timing = 'next-open'
    else endOrder(run, asset, order, 'rejected', 'no_price')
  }
  if (order.endedBar < 0) refuseByRuleExit(run, asset, order)
  if (order.endedBar < 0 && order.dormant && run.orders[order.after - 1].endedBar >= 0)
    cancelOrder(run, asset, order, 'parent')
  if (order.endedBar < 0 && order.until <= run.bar && !wrong(run, '3.15/expired'))
    cancelOrder(run, asset, order, 'expired')
}

function noPrice(asset: Asset, order: LiveOrder): boolean {
  return order.type === 'market' && order.timing === 'same-close' && !asset.bar
}

function cancel(run: Run, id: number): boolean {
  const order = run.orders[id - 1]
  if (order === undefined || order.endedBar >= 0) return false
  cancelOrder(run, run.assets[order.asset], order, 'user')
  settleWaits(run)
  return true
}

/** An update that asks for what may not change is refused whole (3.10). */
function update(run: Run, change: Extract<Command, { kind: 'update' }>): boolean {
  const order = run.orders[change.id - 1]
  if (order === undefined || order.endedBar >= 0) return false
  const { limit, stop, trail, trailFraction = false, units, offset, until } = change
  if (until !== undefined && until <= run.bar && !wrong(run, '3.15/end')) return false
  const asset = run.assets[order.asset]
  const off = [limit, stop].some((price) => price !== undefined && isOffGrid(run, asset, price))
  if (off && !wrong(run, '1.10/update')) return false
  const parentless = order.parent === 0 && order.size === 'units' && !order.closes
  const whole = !wrong(run, '3.10/whole')
  if (whole && limit !== undefined && !(Number.isFinite(limit) && !Number.isNaN(order.limit))) return false
  if (whole && stop !== undefined && !(Number.isFinite(stop) && !Number.isNaN(order.stop))) return false
  if (whole && trail !== undefined && !(Number.isFinite(trail) && !Number.isNaN(order.trail))) return false
  if (whole && offset !== undefined && !(Number.isFinite(offset) && order.type === 'trailing-limit')) return false
  const otherUnit = trail !== undefined && trailFraction !== order.trailFraction
  const bare = order.type === 'trailing-limit' && order.offset !== 0 && offset === undefined
  if (otherUnit && bare && !wrong(run, '3.10/offset')) return false
  if (units !== undefined && !(units > 0 && Number.isFinite(units) && parentless)) return false
  // Units that an earlier turn has worked out (3.12).
  const left =
    units !== undefined && !Number.isNaN(order.units) ? rounded(run, asset, units) - order.filled : Number.NaN
  if (left <= 0) return false
  if (until !== undefined && (order.parent > 0 || order.closes || order.force !== undefined)) return false
  if (!Number.isNaN(left)) order.remaining = wrong(run, '3.12/update') ? rounded(run, asset, units!) : left
  if (until !== undefined) order.until = until
  if (limit !== undefined) {
    order.limit = limit
    if (!wrong(run, '7.2/update')) order.resting = false
    if (!wrong(run, '3.14/anew')) order.fresh = order.postOnly
  }
  if (stop !== undefined) order.stop = stop
  if (units !== undefined) order.amount = units
  if (offset !== undefined) order.offset = offset
  if (trail !== undefined) {
    order.trail = trail
    if (!wrong(run, '3.10/unit')) order.trailFraction = trailFraction
    // The new distance is taken from the old mark; the level never loosens (5.5).
    if (!Number.isNaN(order.water)) trailTo(run, order, order.water)
  }
  const moved = limit !== undefined || stop !== undefined || trail !== undefined
  if (moved && order.parent > 0 && !order.dormant && !wrong(run, '10.12/update')) placeChild(run, order)
  if (wrong(run, '3.10/triggered') && order.status === 'triggered') order.status = 'pending'
  return true
}

/** Number of the lot that goes by an order's id; 0 where there is none. */
function numberOf(run: Run, asset: number, id: number): number {
  return run.assets[asset].position?.lots.find(({ entryOrder }) => entryOrder === id)?.number ?? 0
}

/** Whether a decision holds for the position, or a lot of it, or one of its lots (6.11, 10.13). */
function decide(
  run: Run,
  { asset: index, lot: id }: { asset: number; lot?: number },
  holds: (of: Position, asset: Asset) => boolean,
): boolean {
  const asset = run.assets[index]
  if (run.bust) return false
  const all = holdings(asset.position).filter(({ entryOrder }) => id === undefined || entryOrder === id)
  const some = wrong(run, '10.13/decision') ? all.slice(0, 1) : all
  return some.map((of) => holds(of, asset)).includes(true)
}

/** A decided exit, which waits for the price of the run's timing (6.11). */
function reduce(run: Run, position: Position, fraction: number): boolean {
  if (position.waiting.some(({ reason }) => reason === 'rule') && !wrong(run, '6.11/one')) return false
  const mode = run.set.timing === 'next-close' ? 'close' : run.set.timing
  position.waiting.push({
    place: -1,
    reason: 'rule',
    action: { type: 'exit-fraction', fraction: wrong(run, '6.11/fraction') ? 1 : fraction },
    mode: wrong(run, '6.11/timing') ? 'next-open' : mode,
  })
  return true
}

/** A stop that gets a price, where that tightens it (6.11). */
function decideStop(run: Run, asset: Asset, position: Position, price: number): boolean {
  // Rules that were set before in this hook count already.
  const rules = position.own ? position.chain.map(({ rule }) => rule) : chainOf(run, asset)
  const seen = { ...position, chain: rules.map((rule) => newPlace(run, asset, position, rule)) }
  const moves = tightenStop(run, asset, seen, price, wrong(run, '1.10/decided'))
  position.movedStop = seen.movedStop
  return moves
}
