import * as L from '../../assembly/layout.ts'

// What has been decided and has not reached the broker yet (semantics 3.15), in numbers: the commands that a run's ring would
// have, and in the same form what is not given as a command. The kernel never sees these kinds.

/** An update: its id at COMMAND_LINK, the unit of the trail at COMMAND_TYPE, units at COMMAND_AMOUNT. */
export const LATE_UPDATE = L.KIND_CHAIN + 1
/** A cancel: its id at COMMAND_LINK. */
export const LATE_CANCEL = LATE_UPDATE + 1
/** An exit that is decided: its lot at COMMAND_LINK, the fraction at COMMAND_AMOUNT. */
export const LATE_EXIT = LATE_UPDATE + 2
/** A stop that is moved: its lot at COMMAND_LINK, the price at COMMAND_AMOUNT. */
export const LATE_STOP = LATE_UPDATE + 3

/** Where a record says in which bar it arrives. */
export const LATE_DUE = L.COMMAND_FIELDS
/** Numbers of a record. */
export const LATE_FIELDS = L.COMMAND_FIELDS + 1
/** Bytes of one. */
export const LATE_BYTES = 8 * LATE_FIELDS

/** How many records the rules of an order take, the one that says how many rules there are included. */
export function chainRecords(rules: number): number {
  return 1 + Math.ceil((rules * L.CHAIN_RULE_FIELDS) / L.COMMAND_FIELDS)
}

/** How many records belong together from this one on: an order with its rules before it and its children behind it, or one. */
export function lengthAt(records: Float64Array, at: number): number {
  const kind = records[at + L.COMMAND_KIND]
  if (kind === L.KIND_ORDER) return 1 + records[at + L.COMMAND_LINK]
  if (kind !== L.KIND_CHAIN) return 1
  const chain = chainRecords(records[at + L.CHAIN_COUNT])
  return chain + lengthAt(records, at + chain * LATE_FIELDS)
}

/** The orders of so many records that belong together: where the first of them stands. */
function orderOf(records: Float64Array, at: number): number {
  if (records[at + L.COMMAND_KIND] !== L.KIND_CHAIN) return at
  return at + chainRecords(records[at + L.CHAIN_COUNT]) * LATE_FIELDS
}

const REDUCES = L.FLAG_REDUCE_ONLY | L.FLAG_CLOSE_ALL

/** What is on its way in one run, in the order in which it was decided. */
export class Late {
  readonly latency: number
  #records = new Float64Array(0)
  /** Places of the first number that is on its way, and of the one behind the last. */
  #from = 0
  #to = 0
  /** Up to where it is counted. */
  #noted = 0
  #ids = 0
  #decisions = 0
  /** Orders by asset that will be awake when they arrive, and those of them that may open. */
  readonly #awake: Int32Array
  readonly #entries: Int32Array

  /** @param latency how many bars it takes to arrive */
  constructor(assets: number, latency: number) {
    this.latency = latency
    this.#awake = new Int32Array(assets)
    this.#entries = new Int32Array(assets)
  }

  /** How many ids are given to orders on their way. */
  get ids(): number {
    return this.#ids
  }

  /** How many orders, and other decisions, are on their way. */
  get count(): { orders: number; others: number } {
    return { orders: this.#ids, others: this.#decisions }
  }

  /** The bar in which the first of them arrives; Infinity where nothing is on its way. */
  get due(): number {
    return this.#from === this.#to ? Number.POSITIVE_INFINITY : this.#records[this.#from + LATE_DUE]
  }

  /** All numbers; what is on its way begins at `first`. */
  get records(): Float64Array {
    return this.#records
  }

  get first(): number {
    return this.#from
  }

  /** Room for `count` records of 0 that are decided in a bar; the caller fills them in and has them noted. Returns where they begin. */
  add(count: number, bar: number): number {
    const numbers = count * LATE_FIELDS
    if (this.#to + numbers > this.#records.length) this.#grow(numbers)
    const at = this.#to
    this.#to += numbers
    this.#records.fill(0, at, this.#to)
    for (let i = at; i < this.#to; i += LATE_FIELDS) this.#records[i + LATE_DUE] = bar + this.latency
    return at
  }

  /** Counts what was added: it is on its way from here on. */
  note(): void {
    while (this.#noted < this.#to) this.#noted += this.#count(this.#noted, 1) * LATE_FIELDS
  }

  /** The first has arrived. */
  drop(): void {
    this.#from += this.#count(this.#from, -1) * LATE_FIELDS
  }

  /** Whether an order of the asset is on its way that will be awake. */
  hasOrder(asset: number): boolean {
    return this.#awake[asset] > 0
  }

  /** The same of one that may open. */
  hasEntry(asset: number): boolean {
    return this.#entries[asset] > 0
  }

  /** The asset of the order that is on its way with so many ids before it. */
  assetOf(place: number): number {
    let left = place
    for (let at = this.#from; at < this.#to; at += lengthAt(this.#records, at) * LATE_FIELDS) {
      const order = orderOf(this.#records, at)
      const kind = this.#records[order + L.COMMAND_KIND]
      if (kind > L.KIND_TARGET) continue
      const ids = lengthAt(this.#records, order)
      if (left < ids) return this.#records[order + L.COMMAND_ASSET]
      left -= ids
    }
    return -1
  }

  /** Nothing is on its way. */
  clear(): void {
    this.put(new Uint8Array(0))
  }

  /** A copy of what is on its way. */
  take(): Uint8Array {
    return new Uint8Array(this.#records.slice(this.#from, this.#to).buffer)
  }

  /** Goes on with such a copy. */
  put(bytes: Uint8Array): void {
    const records = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length >> 3)
    if (records.length > this.#records.length) this.#records = new Float64Array(records.length)
    this.#records.set(records)
    this.#from = 0
    this.#to = records.length
    this.#noted = 0
    this.#ids = 0
    this.#decisions = 0
    this.#awake.fill(0)
    this.#entries.fill(0)
    this.note()
  }

  /** Counts what belongs together from a place on, or no more (-1). Returns how many records that are. */
  #count(at: number, by: 1 | -1): number {
    const records = this.#records
    const order = orderOf(records, at)
    const kind = records[order + L.COMMAND_KIND]
    if (kind > L.KIND_TARGET) {
      this.#decisions += by
      return 1
    }
    this.#ids += by * lengthAt(records, order)
    // What waits for another order sleeps, as it does where it is pending.
    if (kind !== L.KIND_ORDER || records[order + L.COMMAND_AFTER] === 0) {
      const asset = records[order + L.COMMAND_ASSET]
      this.#awake[asset] += by
      if (kind !== L.KIND_CLOSE && (records[order + L.COMMAND_FLAGS] & REDUCES) === 0) this.#entries[asset] += by
    }
    return lengthAt(records, at)
  }

  /** Room for so many more numbers: what has arrived goes, and where that is not half of it there is a larger block. */
  #grow(numbers: number): void {
    const used = this.#to - this.#from
    const target = 2 * (used + numbers) <= this.#records.length ? this.#records : new Float64Array(2 * (used + numbers))
    if (target === this.#records) target.copyWithin(0, this.#from, this.#to)
    else target.set(this.#records.subarray(this.#from, this.#to))
    this.#records = target
    this.#noted -= this.#from
    this.#to = used
    this.#from = 0
  }
}
