// The command ring: the orders a hook has given, in order, on their way into the pool.
import * as L from '../layout'
import { Order } from '../records'
import { joinBatch, placeBatch } from './batch'
import { lotAt, lotOfOrder } from './lots'
import { admitOrder, closingOrder, endOrder, marketOrder, newOrder, placeOrder, sleepBehind } from './orders'
import { lookForRanges } from './rules'
import { orderAt, orderChain, ruleAt, run } from './state'

// @ts-ignore: decorator
@inline function field(command: usize, index: i32): f64 {
  return load<f64>(command + ((<usize>index) << 3))
}

/** Carries out the commands in the ring and empties it. The pool and the table of ended orders must have room for them. */
export function flushCommands(): void {
  const count = run.ringCount
  for (let i = 0; i < count; i++) {
    const command = run.ring + <usize>i * <usize>(L.COMMAND_FIELDS * 8)
    const kind = <i32>field(command, L.COMMAND_KIND)
    const link = <i32>field(command, L.COMMAND_LINK)
    if (kind == L.KIND_TARGET && joins(command)) continue
    placeBatch()
    if (kind == L.KIND_CHAIN) i += takeChain(command)
    else if (kind == L.KIND_TARGET) placeTarget(command)
    else if (kind == L.KIND_CLOSE) placeClose(command)
    else i += placeWithChildren(command, link)
  }
  run.ringCount = 0
}

/** Rules of the chain that was taken last and that no order has yet. */
let chainRules: i32 = 0

/** Takes a chain for the order that follows. Returns how many records it takes beside its first. */
function takeChain(command: usize): i32 {
  const count = <i32>field(command, L.CHAIN_COUNT)
  const from = command + (L.COMMAND_FIELDS << 3)
  const chain = orderChain(run.chainCount)
  for (let place = 0; place < count; place++) {
    const at = place * L.CHAIN_RULE_FIELDS
    const kinds = <i32>field(from, at + 2)
    const rule = ruleAt(chain, place)
    rule.distance = field(from, at)
    rule.value = field(from, at + 1)
    rule.type = kinds & 15
    rule.unit = (kinds >> L.CHAIN_UNIT_SHIFT) & 15
    rule.action = (kinds >> L.CHAIN_ACTION_SHIFT) & 15
    rule.bars = <i32>field(from, at + 3)
    rule.from = field(from, at + 4)
  }
  lookForRanges(chain, count)
  chainRules = count
  if (count > run.longestOwn) run.longestOwn = count
  return (count * L.CHAIN_RULE_FIELDS + L.COMMAND_FIELDS - 1) / L.COMMAND_FIELDS
}

// @ts-ignore: decorator
@inline function joins(command: usize): bool {
  return <i32>field(command, L.COMMAND_SIZE) == L.SIZE_TARGET_UNITS &&
    joinBatch(<i32>field(command, L.COMMAND_ASSET), field(command, L.COMMAND_AMOUNT))
}

/** A market order of the run's timing towards a target: of such the command has no more than it needs. */
// @ts-ignore: decorator
@inline function placeTarget(command: usize): void {
  const asset = <i32>field(command, L.COMMAND_ASSET)
  const side = <i32>field(command, L.COMMAND_SIDE)
  const size = <i32>field(command, L.COMMAND_SIZE)
  const order = marketOrder(asset, side, size, field(command, L.COMMAND_AMOUNT), run.timing, 0)
  placeOrder(order)
  admitOrder(order)
}

function placeClose(command: usize): void {
  const timing = <i32>field(command, L.COMMAND_TIMING)
  const order = closingOrder(<i32>field(command, L.COMMAND_ASSET), timing, <i32>field(command, L.COMMAND_FLAGS))
  order.tag = field(command, L.COMMAND_TAG)
  const bound = !run.lots || bindToLot(order, <i32>field(command, L.COMMAND_LINK))
  placeOrder(order)
  admitOrder(order)
  // The lot has gone while the order was on its way (3.15).
  if (!bound && order.state != L.STATE_ENDED) endOrder(order, L.ORDER_CANCELLED, L.END_POSITION_CLOSED)
  // Nothing to close, and bound to nothing that may come (10.11).
  if (run.children && order.side == 0 && order.state != L.STATE_ENDED) endOrder(order, L.ORDER_REJECTED, L.END_SIZE_ZERO)
}

/** The order closes the lot that another one has opened (10.13); 0 for none. Whether that is there. */
function bindToLot(order: Order, opener: i32): bool {
  if (opener == 0) return true
  const index = lotOfOrder(order.asset, opener)
  if (index == 0) return false
  order.lot = lotAt(index).number
  order.amount = Math.abs(lotAt(index).quantity)
  return true
}

/** A parent and the `children` commands behind it. Returns their number. */
function placeWithChildren(command: usize, children: i32): i32 {
  const parent = newOrder(<i32>field(command, L.COMMAND_ASSET))
  read(parent, command)
  parent.children = children
  if (chainRules > 0) {
    parent.chain = run.chainCount++
    parent.chainRules = chainRules
    chainRules = 0
  }
  const id = parent.id
  const after = <i32>field(command, L.COMMAND_AFTER)
  if (after != 0) sleepBehind(parent, after)
  // The parent's refusal ends its children, so they have to be there first.
  const at = run.poolCount
  run.poolCount++
  for (let c = 1; c <= children; c++) {
    const place = command + <usize>c * <usize>(L.COMMAND_FIELDS * 8)
    const child = newOrder(<i32>field(place, L.COMMAND_ASSET))
    read(child, place)
    child.parent = id
    child.link = <i32>field(place, L.COMMAND_LINK)
    child.state = L.STATE_DORMANT
    if (run.children == L.CHILDREN_REDUCE_ONLY) child.flags |= L.FLAG_REDUCE_ONLY
    run.poolCount++
  }
  run.poolCount = at
  for (let c = 0; c <= children; c++) placeOrder(orderAt(at + c))
  for (let c = 0; c <= children; c++) admitOrder(orderAt(at + c))
  // Its end has come while it was on its way (3.15).
  if (parent.endBar <= run.bar && parent.state != L.STATE_ENDED) endOrder(parent, L.ORDER_CANCELLED, L.END_EXPIRED)
  return children
}

function read(order: Order, command: usize): void {
  order.side = <i32>field(command, L.COMMAND_SIDE)
  order.type = <i32>field(command, L.COMMAND_TYPE)
  order.size = <i32>field(command, L.COMMAND_SIZE)
  order.amount = field(command, L.COMMAND_AMOUNT)
  order.limit = field(command, L.COMMAND_LIMIT)
  order.stop = field(command, order.type == L.TYPE_TRAILING_LIMIT ? L.COMMAND_OFFSET : L.COMMAND_STOP)
  order.trail = field(command, L.COMMAND_TRAIL)
  order.timing = <i32>field(command, L.COMMAND_TIMING)
  order.flags = <i32>field(command, L.COMMAND_FLAGS)
  order.tag = field(command, L.COMMAND_TAG)
  order.ruleStop = field(command, L.COMMAND_RULE_STOP)
  order.ruleTarget = field(command, L.COMMAND_RULE_TARGET)
  order.ruleTrail = field(command, L.COMMAND_RULE_TRAIL)
  order.group = <i32>field(command, L.COMMAND_GROUP)
  order.goodTill = field(command, L.COMMAND_GOOD_TILL)
  order.endBar = <i32>field(command, L.COMMAND_END_BAR)
}
