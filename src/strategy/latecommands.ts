import * as L from '../../assembly/layout.ts'
import { type Changes, writeUpdate } from '../kernel/decisions.ts'
import type { Lane } from '../kernel/lane.ts'
import { chainRecords, LATE_CANCEL, LATE_EXIT, LATE_FIELDS, LATE_STOP, type Late } from '../kernel/late.ts'
import { needClock } from '../settings/record.ts'
import { type ChildSpec, NO_CHILDREN } from './bracket.ts'
import { type Decisions, writeClose, writeOrder, writeRules } from './commands.ts'
import type { OrderBook } from './orderbook.ts'
import type { OrderSpec } from './request.ts'

/** What a market order to a target has beside that. */
const MARKET = {
  type: L.TYPE_MARKET,
  limit: Number.NaN,
  stop: Number.NaN,
  trail: Number.NaN,
  offset: Number.NaN,
  flags: 0,
  goodTill: Number.NaN,
  endBar: L.NO_END,
  tag: 0,
  after: 0,
  ruleStop: Number.NaN,
  ruleTarget: Number.NaN,
  ruleTrail: Number.NaN,
  rules: [],
} as const

/** Sends decisions on their way, for so many bars (semantics 3.15). The run has them arrive. */
export class LateCommands implements Decisions {
  readonly #lane: Lane
  readonly #late: Late
  readonly #orders: OrderBook

  constructor(lane: Lane, late: Late, orders: OrderBook) {
    this.#lane = lane
    this.#late = late
    this.#orders = orders
  }

  get nextId(): number {
    return this.#lane.nextId + this.#late.ids
  }

  settle(): void {
    this.#lane.bind()
    this.#lane.settle()
  }

  order(order: OrderSpec, children: readonly ChildSpec[], group: number): number {
    const { rules } = order
    const chain = rules.length === 0 ? 0 : chainRecords(rules.length)
    needClock(this.#lane, rules)
    const id = this.nextId
    let at = this.#add(chain + 1 + children.length)
    const { records } = this.#late
    if (chain > 0) {
      records[at + L.COMMAND_KIND] = L.KIND_CHAIN
      records[at + L.CHAIN_COUNT] = rules.length
      const numbers = new Float64Array((chain - 1) * L.COMMAND_FIELDS)
      writeRules(numbers, 0, rules)
      // Each record ends with the bar in which it arrives.
      for (let i = 0; i < chain - 1; i++)
        records.set(numbers.subarray(i * L.COMMAND_FIELDS, (i + 1) * L.COMMAND_FIELDS), at + (i + 1) * LATE_FIELDS)
      at += chain * LATE_FIELDS
    }
    writeOrder(records, at, order, L.KIND_ORDER, children.length, group)
    for (const child of children) {
      at += LATE_FIELDS
      writeOrder(records, at, child, L.KIND_CHILD, child.link, 0)
    }
    this.#late.note()
    return id
  }

  close(asset: number, timing: number, flags: number, tag: number, lot: number): number {
    const id = this.nextId
    const at = this.#add(1)
    writeClose(this.#late.records, at, asset, timing, flags, tag, lot)
    this.#late.note()
    return id
  }

  target(asset: number, side: number, size: number, amount: number): number {
    // In full: such orders may arrive together without records of their own, and then have the side of the arrival.
    return this.order({ ...MARKET, asset, side, size, amount, timing: this.#lane.i32(L.RUN_TIMING) }, NO_CHILDREN, 0)
  }

  update(id: number, changes: Changes): boolean {
    if (!this.isKnown(id)) return false
    const at = this.#add(1)
    writeUpdate(this.#late.records, at, id, changes)
    this.#late.note()
    return true
  }

  cancel(id: number): boolean {
    if (!this.isKnown(id)) return false
    this.#decide(LATE_CANCEL, 0, id, 0)
    return true
  }

  exit(asset: number, lot: number, fraction: number): boolean {
    return this.#decideAbout(LATE_EXIT, asset, lot, fraction)
  }

  stop(asset: number, lot: number, price: number): boolean {
    return this.#decideAbout(LATE_STOP, asset, lot, price)
  }

  hasEntry(asset: number): boolean {
    return this.#late.hasEntry(asset) || this.#orders.hasEntry(asset)
  }

  /** Whether an order of the asset is pending that does not sleep, or on its way. Settled. */
  hasOrder(asset: number): boolean {
    return this.#late.hasOrder(asset) || this.#orders.hasOrder(asset)
  }

  assetOf(id: number): number {
    const place = id - this.#lane.nextId
    if (place >= 0) return place < this.#late.ids ? this.#late.assetOf(place) : -1
    return this.#orders.pending(id)?.asset ?? -1
  }

  /** Whether an order is pending or on its way. */
  isKnown(id: number): boolean {
    const place = id - this.#lane.nextId
    return place >= 0 ? place < this.#late.ids : this.#orders.isPending(id)
  }

  /** Of a position that is there. */
  #decideAbout(kind: number, asset: number, lot: number, amount: number): boolean {
    if (this.#lane.quantities[asset] === 0) return false
    this.#decide(kind, asset, lot, amount)
    return true
  }

  #decide(kind: number, asset: number, link: number, amount: number): void {
    const at = this.#add(1)
    const { records } = this.#late
    records[at + L.COMMAND_KIND] = kind
    records[at + L.COMMAND_ASSET] = asset
    records[at + L.COMMAND_LINK] = link
    records[at + L.COMMAND_AMOUNT] = amount
    this.#late.note()
  }

  /** Where so many records begin that arrive when it is time. */
  #add(records: number): number {
    return this.#late.add(records, this.#lane.i32(L.RUN_BAR))
  }
}
