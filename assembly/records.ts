// Records in linear memory, and the one place that names their fields: the build works out where each lies and writes it
// into layout.ts for TypeScript. Arrays that follow the fields of a record are reached through the offsets of layout.ts.
// Fields of Run marked `whole` are 0 in plain runs: the engine that plays those is compiled as if they were constants, so that
// what they ask for costs it nothing (ARCHITECTURE.md, two engines). The kernel never writes them.
import * as L from './layout'

@unmanaged @final
export class Run {
  cash: f64
  equity: f64
  initialCash: f64
  initialMargin: f64
  maintenance: f64
  quantityStep: f64
  participation: f64 // whole
  slippageA: f64
  funds: f64
  phaseEquity: f64
  flow: f64
  maxFlow: f64
  own: f64
  ownExposure: f64
  bound: f64
  boundExposure: f64
  floor: f64
  bustBound: f64
  callBound: f64
  signalSize: f64
  signalStop: f64
  signalTarget: f64
  signalTrail: f64
  pauseLosses: f64
  pauseBars: f64
  haltFraction: f64
  haltPeak: f64
  maxPositions: f64
  maxExposure: f64
  bars: i32
  assets: i32
  bar: i32
  timing: i32
  path: i32
  account: i32
  charging: i32
  slippageType: i32
  shortfall: i32
  stopFill: i32
  stopBasis: i32
  dense: i32
  nonPositive: i32
  record: i32
  contexts: i32
  bust: i32
  marginCall: i32
  ended: i32
  nextId: i32
  poolCount: i32
  poolCapacity: i32
  live: i32
  fractions: i32
  /** Orders that sleep until another one fills (3.16). */
  links: i32
  held: i32
  rules: i32
  longestChain: i32
  fillCount: i32
  fillCapacity: i32
  tradeCount: i32
  tradeCapacity: i32
  orderCount: i32
  orderCapacity: i32
  eventCount: i32
  eventCapacity: i32
  ringCount: i32
  ringCapacity: i32
  atClose: i32
  turnable: i32
  entered: i32
  sameBar: i32
  unvalued: i32
  open: usize
  close: usize
  volume: usize
  rangeHigh: usize
  rangeLow: usize
  quantities: usize
  marks: usize
  positions: usize
  heads: usize
  tails: usize
  heldBits: usize
  orderBits: usize
  globalRules: usize
  assetRules: usize
  assetRuleCounts: usize
  pool: usize
  scratch: usize
  ring: usize
  fillTable: usize
  tradeTable: usize
  orderTable: usize
  eventTable: usize
  equityColumn: usize
  cashColumn: usize
  signalFlags: usize
  signalTargets: usize
  signalSizes: usize
  signalStops: usize
  signalTargetRules: usize
  signalTrails: usize
  /** Rules that entries bring in place of fractions: records of SIGNAL_RULE_BYTES (8.1). */
  signalRules: usize
  signalRuleCount: i32
  signalSizeType: i32
  ruled: i32
  ranged: i32
  guarded: i32 // whole
  foreign: i32 // whole
  otherFunds: i32 // whole
  makers: i32 // whole
  pauseType: i32
  haltType: i32
  halted: i32
  lossesInRow: i32
  pausedUntil: i32
  rulesRevision: i32
  period: i32
  periods: i32
  periodEnds: usize
  periodEquity: usize
  highs: usize
  lows: usize
  belows: usize
  aboves: usize
  fillWide: i32
  tradeWide: i32
  orderWide: i32
  batch: i32
  batchTargets: usize
  batchBits: usize
  batchClosed: usize
  batchFlags: i32
  batchNext: i32
  first: i32
  endedPolicy: i32
  notListed: i32
  exitsLive: i32 // whole
  trailFollows: i32 // whole
  slips: i32 // whole
  ways: i32
  fault: i32
  faultOrder: i32
  faultBar: i32
  bustBar: i32
  callBar: i32
  nextEnd: i32
  nextExpiry: i32
  listed: usize
  ends: usize
  longestOwn: i32
  chainCount: i32
  chainCapacity: i32
  chains: usize
  ambiguousCount: i32
  ambiguousCapacity: i32
  ambiguousTable: usize
  worsts: usize
  worstExposures: usize
  ruleExit: i32 // whole
  stopLimit: i32 // whole
  bothReached: i32 // whole
  children: i32 // whole
  traded: usize
  sequence: i32 // whole
  lastBar: i32 // whole
  submissionCheck: i32 // whole
  targetFill: i32 // whole
  multipliers: usize // whole
  holdings: usize
  ticks: usize // whole
  pips: usize // whole
  steps: usize // whole
  limits: usize // whole
  impactA: f64
  impactType: i32 // whole
  pricing: i32
  slippageUnit: i32
  slippageColumn: usize
  spreadA: f64
  spreadType: i32 // whole
  spreadUnit: i32
  spreadCharge: i32
  spreadColumn: usize
  matching: i32 // whole
  lastPlace: i32
  ownCalls: f64
  legSide: f64
  legUnits: f64
  legBase: f64
  legPrice: f64
  legValue: f64
  legAsset: i32
  legFlags: i32
  ownCosts: i32 // whole
  dayLimit: f64
  dayStart: f64
  dayLossType: i32 // whole
  dayLossThen: i32
  dayStopped: i32
  days: usize
  lots: i32 // whole
  lotTable: usize
  lotDetails: usize
  lotHeads: usize
  lotCount: i32
  lotCapacity: i32
  liveLots: i32
  nextLot: i32
  /** What the clocks show at the start of each bar, in whole seconds, where rules go by them (6.14). */
  clockTimes: usize
  clocked: i32
}

/** What every fill looks at fills the first of two cache lines. */
@unmanaged @final
export class Position {
  average: f64
  commission: f64
  slippage: f64
  basis: f64
  tag: f64
  entered: f64
  entryBar: i32
  barsHeld: i32
  entryOrder: i32
  entryCode: i32
  movedStop: f64
  fired: i32
  waiting: i32
  pendingCount: i32
  cutBar: i32
  ownCount: i32
  /** Exits of its round trip that have left some of it, of which the details have the sums (7.10). */
  exits: i32
  seenCount: i32
  seenRevision: i32
  fenced: i32
  sleeps: i32
  exitBar: i32
  lossesInRow: i32
  pausedUntil: i32
  /** The details have its initial stop (7.11). */
  stopped: i32
}

@unmanaged @final
export class Order {
  amount: f64
  limit: f64
  /** Of a trailing limit: from its level to its limit (3.13). */
  stop: f64
  trail: f64
  trailMark: f64
  trailLevel: f64
  tag: f64
  units: f64
  filled: f64
  value: f64
  commission: f64
  basis: f64
  ruleStop: f64
  /** Of a target of a scaled bracket: its share (3.17). */
  ruleTarget: f64
  ruleTrail: f64
  opened: f64
  goodTill: f64
  id: i32
  asset: i32
  side: i32
  type: i32
  size: i32
  timing: i32
  status: i32
  state: i32
  flags: i32
  parent: i32
  group: i32
  created: i32
  next: i32
  children: i32
  chain: i32
  chainRules: i32
  endBar: i32
  /** Of a child of a scaled bracket what it is there (3.17); of an order without a parent the one that it waits, or has waited, for (3.16). */
  link: i32
  /** Number of the lot that it has opened, or that it is bound to (10.13); 0 for none. */
  lot: i32
  spare: i32
  /** So that records are copied in whole words of 16 bytes. */
  room: f64
}

@unmanaged @final
export class Drawdown {
  peak: f64
  low: f64
  worst: f64
  fraction: f64
  money: f64
  intrabar: f64
  longest: i32
  start: i32
}

/** What one side pays as commission (7.2): the numbers of its model. */
@unmanaged @final
export class Charges {
  a: f64
  b: f64
  c: f64
  type: i32
  tiers: i32
  table: usize
}

@unmanaged @final
export class Rule {
  distance: f64
  value: f64
  from: f64
  type: i32
  unit: i32
  action: i32
  /** Bars held, bars of an average true range, or a time of day in seconds. */
  bars: i32
}

/** A lot (10.13): what every bar asks of it. The record of the position that it is, and its details, stand in a block of their own. */
@unmanaged @final
export class Lot {
  quantity: f64
  high: f64
  low: f64
  below: f64
  above: f64
  number: i32
  asset: i32
  next: i32
  fenced: i32
  saved: i32
}
