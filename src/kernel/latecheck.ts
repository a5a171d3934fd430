import * as L from '../../assembly/layout.ts'
import { chainRecords, LATE_BYTES, LATE_DUE, LATE_FIELDS, LATE_STOP, LATE_UPDATE } from './late.ts'

// What is on its way in a snapshot from outside: before any of it is carried out, all that the kernel takes for an index, a
// count or one of a few words has to be one, and all that it makes whole numbers of has to be whole; prices may be any numbers.

/** The run that it is to be of. */
export interface LateRun {
  assets: number
  /** The last bar that had closed. */
  bar: number
  latency: number
  /** Id of the next order that the kernel gives. */
  nextId: number
  /** The kernel knows what clocks show. */
  clocked: boolean
}

type Ranges = readonly (readonly [field: number, least: number, most: number])[]

const MOST = 2 ** 31 - 1
const RECORD_LIMIT = 1 << 24
/** What of an order or a child is a whole number. */
const ORDER_RANGES: Ranges = [
  [L.COMMAND_SIDE, -1, 1],
  [L.COMMAND_TYPE, 0, L.TYPE_TRAILING_LIMIT],
  [L.COMMAND_SIZE, 0, L.SIZE_TARGET_FRACTION],
  [L.COMMAND_TIMING, 0, L.TIMING_SAME_CLOSE],
  [L.COMMAND_FLAGS, 0, L.FLAG_LIMIT],
  [L.COMMAND_LINK, 0, MOST],
  [L.COMMAND_END_BAR, 0, L.NO_END],
]
const CLOSE_RANGES: Ranges = [
  [L.COMMAND_TIMING, 0, L.TIMING_SAME_CLOSE],
  [L.COMMAND_FLAGS, 0, L.FLAG_LIMIT],
  [L.COMMAND_LINK, 0, MOST],
]
const UPDATE_RANGES: Ranges = [
  [L.COMMAND_TYPE, 0, 1],
  [L.COMMAND_END_BAR, 0, L.NO_END],
]
const DECISION_RANGES: Ranges = [[L.COMMAND_LINK, 0, MOST]]

/** What of records cannot be on its way in this run, in words; undefined where all can. */
export function strangeRecords(bytes: Uint8Array, run: LateRun): string | undefined {
  const count = bytes.length / LATE_BYTES
  if (!Number.isInteger(count) || count > RECORD_LIMIT) return `${bytes.length} bytes on their way`
  const records = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length >> 3)
  let due = run.bar + 1
  let ids = run.nextId
  for (let at = 0; at < records.length; ) {
    const found = strangeGroup(records, at, { ...run, nextId: ids })
    if (typeof found === 'string') return found
    for (let i = at; i < at + found.records * LATE_FIELDS; i += LATE_FIELDS) {
      const bar = records[i + LATE_DUE]
      const least = i === at ? due : records[at + LATE_DUE]
      const most = i === at ? run.bar + run.latency : least
      if (!whole(bar, least, most)) return `what arrives in bar ${bar} where ${least} to ${most} can be`
    }
    due = records[at + LATE_DUE]
    ids += found.ids
    at += found.records * LATE_FIELDS
  }
  return ids <= MOST ? undefined : `${ids} orders`
}

type Group = { records: number; ids: number }

/** Records that belong together: how many, with how many orders. */
function strangeGroup(records: Float64Array, at: number, run: LateRun): Group | string {
  const kind = records[at + L.COMMAND_KIND]
  if (kind === L.KIND_CHAIN) {
    const chain = strangeChain(records, at, run)
    if (typeof chain === 'string') return chain
    const order = at + chain * LATE_FIELDS
    if (records[order + L.COMMAND_KIND] !== L.KIND_ORDER) return 'rules on their way without an order'
    const rest = strangeFamily(records, order, run)
    return typeof rest === 'string' ? rest : { ...rest, records: chain + rest.records }
  }
  if (kind === L.KIND_ORDER) return strangeFamily(records, at, run)
  if (kind === L.KIND_CLOSE) return single(records, at, run, CLOSE_RANGES, 1)
  if (!whole(kind, LATE_UPDATE, LATE_STOP)) return `what is no decision (${kind}) on its way`
  if (kind === LATE_UPDATE) {
    const strange = strangeFields(records, at, UPDATE_RANGES)
    if (strange) return strange
  }
  return single(records, at, run, DECISION_RANGES, 0)
}

function single(records: Float64Array, at: number, run: LateRun, ranges: Ranges, ids: number): Group | string {
  return strangeAsset(records, at, run) ?? strangeFields(records, at, ranges) ?? { records: 1, ids }
}

/** An order and its children. */
function strangeFamily(records: Float64Array, at: number, run: LateRun): Group | string {
  const children = records[at + L.COMMAND_LINK]
  if (!whole(children, 0, L.TARGET_LIMIT + 1)) return `an order on its way with ${children} children`
  if (at + (1 + children) * LATE_FIELDS > records.length) return 'children on their way that are missing'
  for (let i = 0; i <= children; i++) {
    const place = at + i * LATE_FIELDS
    if (i > 0 && records[place + L.COMMAND_KIND] !== L.KIND_CHILD) return 'children on their way that are none'
    const strange = strangeAsset(records, place, run) ?? strangeFields(records, place, ORDER_RANGES)
    if (strange) return strange
    if (records[place + L.COMMAND_ASSET] !== records[at + L.COMMAND_ASSET]) return 'a child of another asset on its way'
    if (!whole(records[place + L.COMMAND_GROUP], 0, run.nextId)) return 'an order of a later group on its way'
    if (!whole(records[place + L.COMMAND_AFTER], 0, run.nextId - 1)) return 'an order that waits for a later one'
    // What the kernel sets while it is at work.
    if ((records[place + L.COMMAND_FLAGS] & L.FLAG_DUE) !== 0) return 'an order on its way that is due'
  }
  return { records: 1 + children, ids: 1 + children }
}

/** Rules of the order behind them: in how many records they stand. */
function strangeChain(records: Float64Array, at: number, { clocked }: LateRun): number | string {
  const rules = records[at + L.CHAIN_COUNT]
  if (!whole(rules, 1, L.RULE_LIMIT)) return `${rules} rules of an order on its way`
  const count = chainRecords(rules)
  if (at + count * LATE_FIELDS >= records.length) return 'rules on their way that are missing'
  const number = (i: number) =>
    records[at + (1 + Math.floor(i / L.COMMAND_FIELDS)) * LATE_FIELDS + (i % L.COMMAND_FIELDS)]
  for (let rule = 0; rule < rules; rule++) {
    const kinds = number(rule * L.CHAIN_RULE_FIELDS + 2)
    const type = kinds & 15
    const unit = (kinds >> L.CHAIN_UNIT_SHIFT) & 15
    const action = kinds >> L.CHAIN_ACTION_SHIFT
    const known =
      whole(kinds, 0, MOST) &&
      (whole(type, L.REASON_STOP, L.REASON_TIME) || (clocked && type === L.REASON_CLOCK)) &&
      whole(unit, 0, L.UNIT_ATR) &&
      whole(action, 0, L.ACTION_EXIT_ENTRIES)
    if (!known || !whole(number(rule * L.CHAIN_RULE_FIELDS + 3), 0, MOST)) return 'a rule on its way that is none'
  }
  return count
}

function strangeAsset(records: Float64Array, at: number, { assets }: LateRun): string | undefined {
  const asset = records[at + L.COMMAND_ASSET]
  return whole(asset, 0, assets - 1) ? undefined : `something of asset ${asset} on its way`
}

function strangeFields(records: Float64Array, at: number, ranges: Ranges): string | undefined {
  for (const [field, least, most] of ranges)
    if (!whole(records[at + field], least, most)) return `${records[at + field]} in what is on its way`
  return undefined
}

function whole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}
