import * as L from '../../assembly/layout.ts'
import type { Lane } from '../kernel/lane.ts'
import { ruleNumbers } from '../settings/record.ts'
import type { Rule } from '../settings/settings.ts'
import type { ChildSpec } from './bracket.ts'
import type { OrderSpec } from './request.ts'

/** Writes orders as commands to the run's ring; the kernel hears of them when it is flushed, or full. */
export class Commands {
  readonly #lane: Lane
  /** Records in the ring that are no orders. They count as long as the ring is not empty. */
  #others = 0

  constructor(lane: Lane) {
    this.#lane = lane
  }

  /** Id of the next order. Ids are given out in the order of the commands. */
  get nextId(): number {
    const { nextId, ringCount } = this.#lane
    return ringCount === 0 ? nextId : nextId + ringCount - this.#others
  }

  /** Carries out what was ordered, for whoever looks at orders or changes them. */
  settle(): void {
    this.#lane.bind()
    this.#lane.settle()
  }

  /** An order, its own rules and its children. Returns the order's id. */
  order(order: OrderSpec, children: readonly ChildSpec[], group: number): number {
    const { rules } = order
    const chain = rules.length === 0 ? 0 : 1 + Math.ceil((rules.length * L.CHAIN_RULE_FIELDS) / L.COMMAND_FIELDS)
    // All in one piece: what is carried out on the way would take the rules from their order.
    const ring = this.#room(chain + 1 + children.length)
    if (chain > 0) this.#chain(ring, rules, chain)
    const id = this.nextId
    fill(ring, this.#next(), order, L.KIND_ORDER, children.length, group)
    for (const child of children) fill(ring, this.#next(), child, L.KIND_CHILD, child.link, 0)
    return id
  }

  /** A market order for the whole position, or for the lot that an order has opened (0: none). Returns its id. */
  close(asset: number, timing: number, flags: number, tag: number, lot: number): number {
    const ring = this.#room(1)
    const id = this.nextId
    const at = this.#next()
    ring[at + L.COMMAND_KIND] = L.KIND_CLOSE
    ring[at + L.COMMAND_ASSET] = asset
    ring[at + L.COMMAND_TIMING] = timing
    ring[at + L.COMMAND_FLAGS] = flags
    ring[at + L.COMMAND_TAG] = tag
    ring[at + L.COMMAND_LINK] = lot
    return id
  }

  /** A market order of the run's timing towards a target. Returns its id. */
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

  /** The rules of the order that comes next, in so many records. */
  #chain(ring: Float64Array, rules: readonly Rule[], records: number): void {
    let at = this.#next()
    ring[at + L.COMMAND_KIND] = L.KIND_CHAIN
    ring[at + L.CHAIN_COUNT] = rules.length
    at += L.COMMAND_FIELDS
    for (const rule of rules) {
      const { distance, value, type, unit, action, bars, from } = ruleNumbers(rule)
      ring[at] = distance
      ring[at + 1] = value
      ring[at + 2] = type | (unit << L.CHAIN_UNIT_SHIFT) | (action << L.CHAIN_ACTION_SHIFT)
      ring[at + 3] = bars
      ring[at + 4] = from
      at += L.CHAIN_RULE_FIELDS
    }
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

function fill(
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
