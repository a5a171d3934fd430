import * as L from '../../assembly/layout.ts'
import { type Changes, cancelOrder, decideExit, decideStop, updateOrder } from '../kernel/decisions.ts'
import type { Lane } from '../kernel/lane.ts'
import { chainRecords } from '../kernel/late.ts'
import { needClock, ruleNumbers } from '../settings/record.ts'
import type { Rule } from '../settings/settings.ts'
import type { ChildSpec } from './bracket.ts'
import type { OrderBook } from './orderbook.ts'
import type { OrderSpec } from './request.ts'

/** Where a broker's decisions go, checked and in numbers. */
export interface Decisions {
  /** Id of the next order. Ids are given out in the order of the decisions. */
  readonly nextId: number
  /** Carries out what was ordered, for whoever looks at orders or changes them. */
  settle(): void
  /** An order, its own rules and its children. Returns the order's id. */
  order(order: OrderSpec, children: readonly ChildSpec[], group: number): number
  /** A market order for the whole position, or for the lot that an order has opened (0: none). Returns its id. */
  close(asset: number, timing: number, flags: number, tag: number, lot: number): number
  /** A market order of the run's timing towards a target. Returns its id. */
  target(asset: number, side: number, size: number, amount: number): number
  /** Changes of an order. Settled. Whether they hold, as far as that is known. */
  update(id: number, changes: Changes): boolean
  /** The end of an order, likewise. */
  cancel(id: number): boolean
  /** An exit of a fraction of a position, or of a lot (0: all of them), likewise. */
  exit(asset: number, lot: number, fraction: number): boolean
  /** A price for a stop, likewise. */
  stop(asset: number, lot: number, price: number): boolean
  /** Whether an order of the asset is pending that may open, or on its way. Settled. */
  hasEntry(asset: number): boolean
  /** The asset of an order that is pending or on its way, -1 for others. Settled. */
  assetOf(id: number): number
}

/** Writes orders as commands to the run's ring; the kernel hears of them when it is flushed, or full. */
export class Commands implements Decisions {
  readonly #lane: Lane
  readonly #orders: OrderBook
  /** Records in the ring that are no orders. They count as long as the ring is not empty. */
  #others = 0

  constructor(lane: Lane, orders: OrderBook) {
    this.#lane = lane
    this.#orders = orders
  }

  get nextId(): number {
    const { nextId, ringCount } = this.#lane
    return ringCount === 0 ? nextId : nextId + ringCount - this.#others
  }

  settle(): void {
    this.#lane.bind()
    this.#lane.settle()
  }

  order(order: OrderSpec, children: readonly ChildSpec[], group: number): number {
    const { rules } = order
    const chain = rules.length === 0 ? 0 : chainRecords(rules.length)
    // What it allocates may move the ring.
    needClock(this.#lane, rules)
    // All in one piece: what is carried out on the way would take the rules from their order.
    const ring = this.#room(chain + 1 + children.length)
    if (chain > 0) this.#chain(ring, rules, chain)
    const id = this.nextId
    writeOrder(ring, this.#next(), order, L.KIND_ORDER, children.length, group)
    for (const child of children) writeOrder(ring, this.#next(), child, L.KIND_CHILD, child.link, 0)
    return id
  }

  close(asset: number, timing: number, flags: number, tag: number, lot: number): number {
    const ring = this.#room(1)
    const id = this.nextId
    writeClose(ring, this.#next(), asset, timing, flags, tag, lot)
    return id
  }

  target(asset: number, side: number, size: number, amount: number): number {
    const ring = this.#room(1)
    const id = this.nextId
    const at = this.#next()
    ring[at + L.COMMAND_KIND] = L.KIND_TARGET
    ring[at + L.COMMAND_ASSET] = asset
    ring[at + L.COMMAND_SIDE] = side
    ring[at + L.COMMAND_SIZE] = size
    ring[at + L.COMMAND_AMOUNT] = amount
    return id
  }

  update(id: number, changes: Changes): boolean {
    return updateOrder(this.#lane, id, changes)
  }

  cancel(id: number): boolean {
    return cancelOrder(this.#lane, id)
  }

  exit(asset: number, lot: number, fraction: number): boolean {
    return decideExit(this.#lane, asset, lot, fraction)
  }

  stop(asset: number, lot: number, price: number): boolean {
    return decideStop(this.#lane, asset, lot, price)
  }

  hasEntry(asset: number): boolean {
    return this.#orders.hasEntry(asset)
  }

  assetOf(id: number): number {
    return this.#orders.pending(id)?.asset ?? -1
  }

  /** The rules of the order that comes next, in so many records. */
  #chain(ring: Float64Array, rules: readonly Rule[], records: number): void {
    const at = this.#next()
    ring[at + L.COMMAND_KIND] = L.KIND_CHAIN
    ring[at + L.CHAIN_COUNT] = rules.length
    writeRules(ring, at + L.COMMAND_FIELDS, rules)
    this.#lane.ringCount += records - 1
    this.#lane.ringChains++
    this.#others += records
  }

  /** The ring, with room for `count` more commands. */
  #room(count: number): Float64Array {
    const lane = this.#lane
    if (lane.ringCount + count > lane.ringCapacity) {
      lane.bind()
      lane.flush()
    }
    if (lane.ringCount === 0) this.#others = 0
    return lane.ring
  }

  /** Where the next command stands. */
  #next(): number {
    return this.#lane.ringCount++ * L.COMMAND_FIELDS
  }
}

/** Writes the numbers of rules, one behind the other. */
export function writeRules(to: Float64Array, from: number, rules: readonly Rule[]): void {
  let at = from
  for (const rule of rules) {
    const { distance, value, type, unit, action, bars, from } = ruleNumbers(rule)
    to[at] = distance
    to[at + 1] = value
    to[at + 2] = type | (unit << L.CHAIN_UNIT_SHIFT) | (action << L.CHAIN_ACTION_SHIFT)
    to[at + 3] = bars
    to[at + 4] = from
    at += L.CHAIN_RULE_FIELDS
  }
}

/** Writes a market order for a position into a command. */
export function writeClose(
  ring: Float64Array,
  at: number,
  asset: number,
  timing: number,
  flags: number,
  tag: number,
  lot: number,
): void {
  ring[at + L.COMMAND_KIND] = L.KIND_CLOSE
  ring[at + L.COMMAND_ASSET] = asset
  ring[at + L.COMMAND_TIMING] = timing
  ring[at + L.COMMAND_FLAGS] = flags
  ring[at + L.COMMAND_TAG] = tag
  ring[at + L.COMMAND_LINK] = lot
}

/** Writes an order, or a child of one, into a command. */
export function writeOrder(
  ring: Float64Array,
  at: number,
  order: OrderSpec | ChildSpec,
  kind: number,
  link: number,
  group: number,
): void {
  ring[at + L.COMMAND_KIND] = kind
  ring[at + L.COMMAND_ASSET] = order.asset
  ring[at + L.COMMAND_SIDE] = order.side
  ring[at + L.COMMAND_TYPE] = order.type
  ring[at + L.COMMAND_SIZE] = order.size
  ring[at + L.COMMAND_AMOUNT] = order.amount
  ring[at + L.COMMAND_LIMIT] = order.limit
  ring[at + L.COMMAND_STOP] = order.stop
  ring[at + L.COMMAND_TRAIL] = order.trail
  ring[at + L.COMMAND_TIMING] = order.timing
  ring[at + L.COMMAND_FLAGS] = order.flags
  ring[at + L.COMMAND_TAG] = order.tag
  ring[at + L.COMMAND_RULE_STOP] = order.ruleStop
  ring[at + L.COMMAND_RULE_TARGET] = order.ruleTarget
  ring[at + L.COMMAND_RULE_TRAIL] = order.ruleTrail
  ring[at + L.COMMAND_LINK] = link
  ring[at + L.COMMAND_GROUP] = group
  ring[at + L.COMMAND_OFFSET] = order.offset
  ring[at + L.COMMAND_GOOD_TILL] = order.goodTill
  ring[at + L.COMMAND_END_BAR] = order.endBar
  ring[at + L.COMMAND_AFTER] = order.after
}
