import * as L from '../../assembly/layout.ts'
import { type History, writtenAt } from './history.ts'
import type { Lane } from './lane.ts'
import { strangeRecords } from './latecheck.ts'
import { heldAssets, LIVE_COLUMNS, LIVE_F64, LIVE_I32, type LiveState } from './livestate.ts'
import type { TablePart } from './tables.ts'

// What comes from outside may say anything. Before any of it reaches the engine's memory, everything that the kernel
// takes for an index, a count or one of a few words has to be one for this lane; prices and money may be any numbers.

/** Bars, counts and flags of LIVE_I32, each with the least and the most that it may be. */
function ranges(lane: Lane): Map<number, readonly [number, number]> {
  const { first, bars } = lane.shape
  const any = [-(2 ** 31), 2 ** 31 - 1] as const
  const flag = [0, 1] as const
  return new Map([
    [L.RUN_BAR, [first - 1, bars - 1]],
    [L.RUN_BUST, flag],
    [L.RUN_MARGIN_CALL, flag],
    [L.RUN_ENDED, flag],
    [L.RUN_NEXT_ID, [1, any[1]]],
    [L.RUN_RULES, [0, L.RULE_LIMIT]],
    [L.RUN_LONGEST_CHAIN, [0, L.RULE_LIMIT]],
    [L.RUN_LONGEST_OWN, [0, L.RULE_LIMIT]],
    [L.RUN_BUST_BAR, [-1, bars - 1]],
    [L.RUN_CALL_BAR, [-1, bars - 1]],
    [L.RUN_UNVALUED, flag],
    [L.RUN_RULED, flag],
    [L.RUN_RANGED, flag],
    [L.RUN_CLOCKED, flag],
    [L.RUN_HALTED, flag],
    [L.RUN_DAY_STOPPED, flag],
    [L.RUN_LOSSES_IN_ROW, any],
    [L.RUN_PAUSED_UNTIL, any],
    [L.RUN_RULES_REVISION, any],
    [L.RUN_PERIOD, [0, 0]],
    [L.RUN_LAST_PLACE, [0, any[1]]],
    [L.RUN_NEXT_LOT, [0, any[1]]],
    [L.RUN_DRAWDOWN + L.DRAWDOWN_LONGEST, any],
    [L.RUN_DRAWDOWN + L.DRAWDOWN_START, any],
  ])
}

/** Exits of one position that can wait at a time: those of the chain's places, of an added stop, of a halt, of a decision, of the volume. */
const PENDING_LIMIT = L.RULE_LIMIT + 4
/** Rules that come with a position without a chain of its order's own: stop, target, trail. */
const OWN_LIMIT = 3
const ORDER_LIMIT = 1 << 24

/** Fields of a position record with the least and the most that they may be. */
const POSITION_RANGES = [
  [L.POSITION_OWN_COUNT, 0, L.RULE_LIMIT],
  [L.POSITION_PENDING_COUNT, 0, PENDING_LIMIT],
  [L.POSITION_SEEN_COUNT, 0, L.RULE_LIMIT],
  [L.POSITION_FENCED, 0, 1],
  [L.POSITION_SLEEPS, 0, 2],
  [L.POSITION_EXITS, 0, 2 ** 31 - 1],
  [L.POSITION_STOPPED, 0, 1],
] as const
/** Fields of an order record. */
const ORDER_RANGES = [
  [L.LIVE_SIDE, -1, 1],
  [L.LIVE_TYPE, 0, L.TYPE_TRAILING_LIMIT],
  [L.LIVE_SIZE, 0, L.SIZE_TARGET_FRACTION],
  [L.LIVE_TIMING, 0, L.TIMING_SAME_CLOSE],
  [L.LIVE_STATUS, 0, L.ORDER_TRIGGERED],
  [L.LIVE_STATE, L.STATE_LIVE, L.STATE_DONE],
  [L.LIVE_FLAGS, 0, L.FLAG_LIMIT],
  [L.LIVE_CHILDREN, 0, L.TARGET_LIMIT + 1],
  [L.LIVE_LINK, 0, 2 ** 31 - 1],
  [L.LIVE_CHAIN, 0, 0],
  [L.LIVE_END_BAR, 0, L.NO_END],
  [L.LIVE_CHAIN_RULES, 0, L.RULE_LIMIT],
] as const
const RULE_RANGES = [
  [L.RULE_TYPE, L.REASON_STOP, L.REASON_CLOCK],
  [L.RULE_UNIT, 0, L.UNIT_ATR],
  [L.RULE_ACTION, 0, L.ACTION_EXIT_ENTRIES],
] as const

type Ranges = readonly (readonly [field: number, least: number, most: number])[]

/** What of a state and its history cannot be of this lane, in words; undefined where all can. */
export function strangeIn(lane: Lane, state: LiveState, history: History): string | undefined {
  return (
    strangeShape(lane, state) ??
    strangeNumbers(lane, state) ??
    strangePositions(lane, state) ??
    strangeOrders(lane, state) ??
    strangeBrought(state) ??
    strangeLots(lane, state) ??
    strangeLate(lane, state) ??
    strangeRules(state) ??
    strangeHistory(lane, state, history) ??
    strangeEvents(state, history)
  )
}

function strangeShape(lane: Lane, state: LiveState): string | undefined {
  if (state === null || typeof state !== 'object') return 'no state'
  const { assets } = lane.shape
  const kinds = [
    ['f64', Float64Array, LIVE_F64.length],
    ['i32', Int32Array, LIVE_I32.length],
    ['columns', Float64Array, LIVE_COLUMNS.length * assets],
    ['positions', Uint8Array, assets * L.POSITION_BYTES],
    ['details', Uint8Array, undefined],
    ['orders', Uint8Array, undefined],
    ['brought', Uint8Array, undefined],
    ['lots', Uint8Array, undefined],
    ['late', Uint8Array, undefined],
    ['chains', Int32Array, assets],
    ['rules', Uint8Array, undefined],
    ['events', Int32Array, undefined],
    ['rows', Int32Array, 4],
  ] as const
  for (const [name, kind, length] of kinds) {
    const part: unknown = state[name]
    if (!(part instanceof kind)) return `no ${name}`
    if (length !== undefined && part.length !== length) return `${part.length} ${name} instead of ${length}`
    // Records are read in words where they lie.
    if (part.byteOffset % 8 !== 0) return `${name} out of line`
  }
  return undefined
}

function strangeNumbers(lane: Lane, { i32, f64 }: LiveState): string | undefined {
  const allowed = ranges(lane)
  for (let i = 0; i < LIVE_I32.length; i++) {
    const [least, most] = allowed.get(LIVE_I32[i]) ?? [0, -1]
    if (!within(i32[i], least, most)) return `${i32[i]} where ${least} to ${most} can be`
  }
  const calls = f64[LIVE_F64.indexOf(L.RUN_OWN_CALLS)]
  if (!(Number.isInteger(calls) && calls >= 0)) return `${calls} calls of cost models`
  const told = [
    [L.TOTAL_INTRABAR_BUSTS, L.RUN_BUST_BAR],
    [L.TOTAL_INTRABAR_CALLS, L.RUN_CALL_BAR],
  ]
  for (const [total, bar] of told) {
    const count = f64[LIVE_F64.indexOf(L.RUN_TOTALS + 8 * total)]
    if (count !== 0 && numberOf(i32, bar) < lane.shape.first) return `${count} bars and none of them the worst`
  }
  return undefined
}

function strangePositions(lane: Lane, { columns, positions, details, i32 }: LiveState): string | undefined {
  const { assets, first } = lane.shape
  const held = heldAssets(columns, assets)
  if (details.length !== held.length * L.DETAIL_BYTES) return 'details of other positions'
  const words = wordsOf(positions)
  const wrong = strangeRecord(words, L.POSITION_BYTES, POSITION_RANGES, 'position')
  if (wrong) return wrong
  for (const [i, asset] of held.entries()) {
    const entry = words[(asset * L.POSITION_BYTES + L.POSITION_ENTRY_BAR) / 4]
    if (!within(entry, first, numberOf(i32, L.RUN_BAR))) return `a position of bar ${entry}`
    const own = words[(asset * L.POSITION_BYTES + L.POSITION_OWN_COUNT) / 4]
    if (own > Math.max(OWN_LIMIT, numberOf(i32, L.RUN_LONGEST_OWN))) return `a position with ${own} rules of its own`
    const strange = strangeOwn(i32, details, i * L.DETAIL_BYTES, own)
    if (strange) return strange
  }
  return undefined
}

function strangeOrders(lane: Lane, { orders, i32, rows }: LiveState): string | undefined {
  const { assets, first } = lane.shape
  const count = orders.length / L.LIVE_BYTES
  if (!Number.isInteger(count) || count > ORDER_LIMIT) return `${orders.length} bytes of orders`
  const nextId = numberOf(i32, L.RUN_NEXT_ID)
  // Every order is pending or has ended.
  if (nextId - 1 !== count + rows[2])
    return `${nextId - 1} orders, of which ${count} are pending and ${rows[2]} have ended`
  const words = wordsOf(orders)
  const wrong = strangeRecord(words, L.LIVE_BYTES, ORDER_RANGES, 'order')
  if (wrong) return wrong
  let last = 0
  for (let at = 0; at < words.length; at += L.LIVE_BYTES / 4) {
    const word = (field: number) => words[at + field / 4]
    const id = word(L.LIVE_ID)
    if (!within(id, last + 1, nextId - 1)) return `order ${id} behind order ${last}`
    last = id
    if (!within(word(L.LIVE_ASSET), 0, assets - 1)) return `an order of asset ${word(L.LIVE_ASSET)}`
    if (!within(word(L.LIVE_PARENT), 0, id - 1)) return `order ${id} below order ${word(L.LIVE_PARENT)}`
    if (!within(word(L.LIVE_GROUP), 0, nextId - 1)) return `an order of group ${word(L.LIVE_GROUP)}`
    if (!within(word(L.LIVE_LOT), 0, Math.max(0, numberOf(i32, L.RUN_NEXT_LOT) - 1)))
      return `order ${id} of lot ${word(L.LIVE_LOT)}`
    if (!within(word(L.LIVE_CREATED), first - 1, numberOf(i32, L.RUN_BAR)))
      return `an order of bar ${word(L.LIVE_CREATED)}`
    if ((word(L.LIVE_FLAGS) & L.FLAG_DUE) !== 0) return `order ${id} due`
  }
  return undefined
}

/** Chains that orders bring: one for each of those that say so, with as many rules as they say. */
function strangeBrought({ i32, orders, brought }: LiveState): string | undefined {
  const words = wordsOf(orders)
  const longest = numberOf(i32, L.RUN_LONGEST_OWN)
  let at = 0
  for (let i = 0; i < words.length; i += L.LIVE_BYTES / 4) {
    const count = words[i + L.LIVE_CHAIN_RULES / 4]
    if (count === 0) continue
    if (count > longest) return 'rules of an order that are more than the most'
    if (at + L.CHAIN_BYTES > brought.length) return 'rules of orders that are missing'
    const strange = strangeChain(i32, brought.subarray(at, at + count * L.RULE_BYTES))
    if (strange) return strange
    at += L.CHAIN_BYTES
  }
  return at === brought.length ? undefined : 'rules of orders that are not there'
}

/** Lots, as they were opened: each asset that is held has some, and no other. */
function strangeLots(lane: Lane, { columns, lots, i32 }: LiveState): string | undefined {
  const { assets, first } = lane.shape
  const count = lots.length / L.LOT_BYTES
  if (!Number.isInteger(count)) return `${lots.length} bytes of lots`
  if (lane.i32(L.RUN_LOTS) === L.LOTS_AVERAGE) return count === 0 ? undefined : `${count} lots of a run without any`
  const words = wordsOf(lots)
  const numbers = new Float64Array(lots.buffer, lots.byteOffset, lots.length / 8)
  const found = new Set<number>()
  let last = 0
  for (let lot = 0; lot < count; lot++) {
    const word = (field: number) => words[(lot * L.LOT_BYTES + field) / 4]
    const number = word(L.LOT_NUMBER)
    if (!within(number, last + 1, numberOf(i32, L.RUN_NEXT_LOT) - 1)) return `lot ${number} behind lot ${last}`
    last = number
    if (!within(word(L.LOT_ASSET), 0, assets - 1)) return `a lot of asset ${word(L.LOT_ASSET)}`
    if (numbers[(lot * L.LOT_BYTES + L.LOT_QUANTITY) / 8] === 0) return `lot ${number} without units`
    found.add(word(L.LOT_ASSET))
    if (!within(word(L.LOT_FENCED), 0, 1) || word(L.LOT_SAVED) !== 0) return `lot ${number} in the middle of a path`
    // A chain that leads back would never end.
    if (word(L.LOT_NEXT) !== 0) return `lot ${number} in a chain`
    const from = lot * L.LOT_BYTES + L.LOT_POSITION
    const record = wordsOf(lots.subarray(from, from + L.POSITION_BYTES))
    const strange = strangeRecord(record, L.POSITION_BYTES, POSITION_RANGES, 'lot')
    if (strange) return strange
    const entry = word(L.LOT_POSITION + L.POSITION_ENTRY_BAR)
    if (!within(entry, first, numberOf(i32, L.RUN_BAR))) return `a lot of bar ${entry}`
    const own = word(L.LOT_POSITION + L.POSITION_OWN_COUNT)
    if (own > Math.max(OWN_LIMIT, numberOf(i32, L.RUN_LONGEST_OWN))) return `a lot with ${own} rules of its own`
    const chain = strangeOwn(i32, lots, lot * L.LOT_BYTES + L.LOT_DETAIL, own)
    if (chain) return chain
  }
  const held = heldAssets(columns, assets)
  if (held.length !== found.size || held.some((asset) => !found.has(asset))) return 'lots of other positions'
  return undefined
}

/** What is on its way, which a run without a latency has none of. */
function strangeLate(lane: Lane, { late, i32 }: LiveState): string | undefined {
  if (!lane.late) return late.length === 0 ? undefined : 'something on its way in a run without a latency'
  const { assets } = lane.shape
  const [bar, nextId] = [numberOf(i32, L.RUN_BAR), numberOf(i32, L.RUN_NEXT_ID)]
  const clocked = numberOf(i32, L.RUN_CLOCKED) !== 0
  return strangeRecords(late, { assets, bar, latency: lane.late.latency, nextId, clocked })
}

function strangeRules({ i32, chains, rules }: LiveState): string | undefined {
  let total = numberOf(i32, L.RUN_RULES)
  let longest = total
  for (const count of chains) {
    if (!within(count, -1, L.RULE_LIMIT)) return `a chain of ${count} rules`
    total += Math.max(0, count)
    longest = Math.max(longest, count)
  }
  if (rules.length !== total * L.RULE_BYTES) return `${rules.length} bytes of rules`
  if (numberOf(i32, L.RUN_LONGEST_CHAIN) < longest) return 'a chain that is longer than the longest'
  if (longest > 0 && numberOf(i32, L.RUN_RULED) === 0) return 'rules of a run without any'
  return strangeChain(i32, rules)
}

/** Rules, one behind the other. What clocks show is there where the run says that it has such rules. */
function strangeChain(i32: Int32Array, rules: Uint8Array): string | undefined {
  const words = wordsOf(rules)
  const strange = strangeRecord(words, L.RULE_BYTES, RULE_RANGES, 'rule')
  if (strange) return strange
  for (let at = L.RULE_TYPE / 4; at < words.length; at += L.RULE_BYTES / 4) {
    const type = words[at]
    if (type > L.REASON_TIME && type !== L.REASON_CLOCK) return `a rule of type ${type}`
    if (type === L.REASON_CLOCK && numberOf(i32, L.RUN_CLOCKED) === 0) return 'a rule of the clock in a run without any'
  }
  return undefined
}

/** Rules that came with a position or a lot, in its details. */
function strangeOwn(i32: Int32Array, details: Uint8Array, from: number, count: number): string | undefined {
  const at = from + L.DETAIL_OWN_RULES
  return strangeChain(i32, details.subarray(at, at + count * L.RULE_BYTES))
}

function strangeHistory(lane: Lane, { i32, rows }: LiveState, history: History): string | undefined {
  if (history === null || typeof history !== 'object') return 'no history'
  const bar = numberOf(i32, L.RUN_BAR)
  const bars = writtenAt(lane, bar, numberOf(i32, L.RUN_ENDED) !== 0)
  for (const name of ['equity', 'cash'] as const) {
    const column: unknown = history[name]
    if (!(column instanceof Float64Array) || column.length !== bars) return `no ${name} of ${bars} bars`
  }
  const { assets, first } = lane.shape
  const ids = [0, numberOf(i32, L.RUN_NEXT_ID) - 1] as const
  const asset = [0, assets - 1] as const
  const at = [first - 1, bar] as const
  const { fills, trades, orders, ambiguous } = lane.tables
  return (
    strangePart(history.fills, fills.widths, rows[0], [
      [L.FILL_BAR, at],
      [L.FILL_ASSET, asset],
      [L.FILL_ORDER, ids],
    ]) ??
    strangePart(history.trades, trades.widths, rows[1], [
      [L.TRADE_ASSET, asset],
      [L.TRADE_ENTRY_BAR, at],
      [L.TRADE_EXIT_BAR, at],
    ]) ??
    strangePart(history.orders, orders.widths, rows[2], [
      [L.ENDED_ID, ids],
      [L.ENDED_ASSET, asset],
      [L.ENDED_CREATED, at],
      [L.ENDED_ENDED_BAR, at],
    ]) ??
    strangePart(history.ambiguous, ambiguous.widths, rows[3], [
      [L.AMBIGUOUS_BAR, at],
      [L.AMBIGUOUS_ASSET, asset],
    ])
  )
}

function strangePart(
  part: TablePart,
  widths: { f64: number; i32: number },
  rows: number,
  ranges: readonly (readonly [column: number, range: readonly [number, number]])[],
): string | undefined {
  if (part === null || typeof part !== 'object' || part.rows !== rows || rows < 0) return `no table of ${rows} rows`
  if (typeof part.wide !== 'boolean') return 'a table that is neither wide nor not'
  for (const [kind, type] of [
    ['f64', Float64Array],
    ['i32', Int32Array],
  ] as const) {
    const columns: unknown = part[kind]
    if (!Array.isArray(columns) || columns.length !== (rows === 0 ? 0 : widths[kind])) return 'a table of other columns'
    for (const column of columns)
      if (column !== undefined && !(column instanceof type && column.length === rows))
        return 'a column of another length'
  }
  for (const [column, [least, most]] of ranges) {
    const values = part.i32[column]
    if (!values) {
      if (rows > 0 && !within(0, least, most)) return 'a column of nothing'
      continue
    }
    for (let row = 0; row < rows; row++)
      if (!within(values[row], least, most)) return `${values[row]} in a table where ${least} to ${most} can be`
  }
  return undefined
}

function strangeEvents({ events, rows, i32 }: LiveState, { orders }: History): string | undefined {
  if (events.length % 2 !== 0) return 'half an event'
  const ids = numberOf(i32, L.RUN_NEXT_ID) - 1
  let ended = rows[2]
  for (let i = 0; i < events.length; i += 2) if (events[i] === L.EVENT_ORDER) ended--
  if (ended < 0) return 'more ended orders than there are'
  for (let i = 0; i < events.length; i += 2) {
    const [kind, index] = [events[i], events[i + 1]]
    if (!within(kind, L.EVENT_FILL, L.EVENT_TRIGGER)) return `an event of kind ${kind}`
    if (kind === L.EVENT_FILL && !within(index, 0, rows[0] - 1)) return `an event of fill ${index}`
    if (kind === L.EVENT_TRADE && !within(index, 0, rows[1] - 1)) return `an event of trade ${index}`
    if (kind === L.EVENT_TRIGGER && !within(index, 1, ids)) return `an event of order ${index}`
    // The last rows are those of these events.
    if (kind === L.EVENT_ORDER && orders.i32[L.ENDED_ID]?.[ended++] !== index) return `an event of order ${index}`
  }
  return undefined
}

/** The first field of records, one behind the other, that is out of its range. */
function strangeRecord(words: Int32Array, bytes: number, ranges: Ranges, name: string): string | undefined {
  for (let at = 0; at < words.length; at += bytes / 4)
    for (const [field, least, most] of ranges)
      if (!within(words[at + field / 4], least, most)) return `${words[at + field / 4]} in the record of a ${name}`
  return undefined
}

function numberOf(i32: Int32Array, field: number): number {
  return i32[LIVE_I32.indexOf(field)]
}

function wordsOf(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2)
}

function within(value: number, least: number, most: number): boolean {
  return value >= least && value <= most
}
