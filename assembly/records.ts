// Records in linear memory: the same bytes as layout.ts describes, with field syntax. Arrays that follow the
// fields of a record are reached through the offsets of layout.ts.
import * as L from './layout'

@unmanaged @final
export class Run {
  cash: f64
  equity: f64
  initialCash: f64
  initialMargin: f64
  maintenance: f64
  quantityStep: f64
  commissionA: f64
  commissionB: f64
  slippageA: f64
  funds: f64
  phaseEquity: f64
  flow: f64
  maxFlow: f64
  signalSize: f64
  signalStop: f64
  signalTarget: f64
  signalTrail: f64
  bars: i32
  assets: i32
  bar: i32
  timing: i32
  path: i32
  account: i32
  commissionType: i32
  slippageType: i32
  shortfall: i32
  stopFill: i32
  stopBasis: i32
  tiers: i32
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
  high: usize
  low: usize
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
  tierTable: usize
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
  signalSizeType: i32
  ruled: i32
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
}

@unmanaged @final
export class Position {
  average: f64
  commission: f64
  slippage: f64
  basis: f64
  movedStop: f64
  tag: f64
  entryBar: i32
  barsHeld: i32
  entryOrder: i32
  fired: i32
  waiting: i32
  ownCount: i32
  entryCode: i32
  pendingCount: i32
  seenCount: i32
  seenRevision: i32
  fenced: i32
}

@unmanaged @final
export class Order {
  amount: f64
  limit: f64
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
  ruleTarget: f64
  ruleTrail: f64
  opened: f64
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
}

@unmanaged @final
export class Drawdown {
  peak: f64
  low: f64
  fraction: f64
  money: f64
  longest: i32
  start: i32
}

@unmanaged @final
export class Rule {
  distance: f64
  value: f64
  type: i32
  unit: i32
  action: i32
  bars: i32
}

// Compile-time: a field that moved fails the build with its name.
if (offsetof<Run>('cash') != L.RUN_CASH) ERROR('Run.cash is not where layout.ts says')
if (offsetof<Run>('equity') != L.RUN_EQUITY) ERROR('Run.equity is not where layout.ts says')
if (offsetof<Run>('initialCash') != L.RUN_INITIAL_CASH) ERROR('Run.initialCash is not where layout.ts says')
if (offsetof<Run>('initialMargin') != L.RUN_INITIAL_MARGIN) ERROR('Run.initialMargin is not where layout.ts says')
if (offsetof<Run>('maintenance') != L.RUN_MAINTENANCE) ERROR('Run.maintenance is not where layout.ts says')
if (offsetof<Run>('quantityStep') != L.RUN_QUANTITY_STEP) ERROR('Run.quantityStep is not where layout.ts says')
if (offsetof<Run>('commissionA') != L.RUN_COMMISSION_A) ERROR('Run.commissionA is not where layout.ts says')
if (offsetof<Run>('commissionB') != L.RUN_COMMISSION_B) ERROR('Run.commissionB is not where layout.ts says')
if (offsetof<Run>('slippageA') != L.RUN_SLIPPAGE_A) ERROR('Run.slippageA is not where layout.ts says')
if (offsetof<Run>('funds') != L.RUN_FUNDS) ERROR('Run.funds is not where layout.ts says')
if (offsetof<Run>('phaseEquity') != L.RUN_PHASE_EQUITY) ERROR('Run.phaseEquity is not where layout.ts says')
if (offsetof<Run>('flow') != L.RUN_FLOW) ERROR('Run.flow is not where layout.ts says')
if (offsetof<Run>('signalSize') != L.RUN_SIGNAL_SIZE) ERROR('Run.signalSize is not where layout.ts says')
if (offsetof<Run>('signalStop') != L.RUN_SIGNAL_STOP) ERROR('Run.signalStop is not where layout.ts says')
if (offsetof<Run>('signalTarget') != L.RUN_SIGNAL_TARGET) ERROR('Run.signalTarget is not where layout.ts says')
if (offsetof<Run>('signalTrail') != L.RUN_SIGNAL_TRAIL) ERROR('Run.signalTrail is not where layout.ts says')
if (offsetof<Run>('maxFlow') != L.RUN_MAX_FLOW) ERROR('Run.maxFlow is not where layout.ts says')
if (offsetof<Run>('bars') != L.RUN_BARS) ERROR('Run.bars is not where layout.ts says')
if (offsetof<Run>('assets') != L.RUN_ASSETS) ERROR('Run.assets is not where layout.ts says')
if (offsetof<Run>('bar') != L.RUN_BAR) ERROR('Run.bar is not where layout.ts says')
if (offsetof<Run>('timing') != L.RUN_TIMING) ERROR('Run.timing is not where layout.ts says')
if (offsetof<Run>('path') != L.RUN_PATH) ERROR('Run.path is not where layout.ts says')
if (offsetof<Run>('account') != L.RUN_ACCOUNT) ERROR('Run.account is not where layout.ts says')
if (offsetof<Run>('commissionType') != L.RUN_COMMISSION_TYPE) ERROR('Run.commissionType is not where layout.ts says')
if (offsetof<Run>('slippageType') != L.RUN_SLIPPAGE_TYPE) ERROR('Run.slippageType is not where layout.ts says')
if (offsetof<Run>('shortfall') != L.RUN_SHORTFALL) ERROR('Run.shortfall is not where layout.ts says')
if (offsetof<Run>('stopFill') != L.RUN_STOP_FILL) ERROR('Run.stopFill is not where layout.ts says')
if (offsetof<Run>('stopBasis') != L.RUN_STOP_BASIS) ERROR('Run.stopBasis is not where layout.ts says')
if (offsetof<Run>('tiers') != L.RUN_TIERS) ERROR('Run.tiers is not where layout.ts says')
if (offsetof<Run>('dense') != L.RUN_DENSE) ERROR('Run.dense is not where layout.ts says')
if (offsetof<Run>('nonPositive') != L.RUN_NON_POSITIVE) ERROR('Run.nonPositive is not where layout.ts says')
if (offsetof<Run>('record') != L.RUN_RECORD) ERROR('Run.record is not where layout.ts says')
if (offsetof<Run>('contexts') != L.RUN_CONTEXTS) ERROR('Run.contexts is not where layout.ts says')
if (offsetof<Run>('bust') != L.RUN_BUST) ERROR('Run.bust is not where layout.ts says')
if (offsetof<Run>('marginCall') != L.RUN_MARGIN_CALL) ERROR('Run.marginCall is not where layout.ts says')
if (offsetof<Run>('ended') != L.RUN_ENDED) ERROR('Run.ended is not where layout.ts says')
if (offsetof<Run>('nextId') != L.RUN_NEXT_ID) ERROR('Run.nextId is not where layout.ts says')
if (offsetof<Run>('poolCount') != L.RUN_POOL_COUNT) ERROR('Run.poolCount is not where layout.ts says')
if (offsetof<Run>('poolCapacity') != L.RUN_POOL_CAPACITY) ERROR('Run.poolCapacity is not where layout.ts says')
if (offsetof<Run>('live') != L.RUN_LIVE) ERROR('Run.live is not where layout.ts says')
if (offsetof<Run>('fractions') != L.RUN_FRACTIONS) ERROR('Run.fractions is not where layout.ts says')
if (offsetof<Run>('held') != L.RUN_HELD) ERROR('Run.held is not where layout.ts says')
if (offsetof<Run>('rules') != L.RUN_RULES) ERROR('Run.rules is not where layout.ts says')
if (offsetof<Run>('longestChain') != L.RUN_LONGEST_CHAIN) ERROR('Run.longestChain is not where layout.ts says')
if (offsetof<Run>('fillCount') != L.RUN_FILL_COUNT) ERROR('Run.fillCount is not where layout.ts says')
if (offsetof<Run>('fillCapacity') != L.RUN_FILL_CAPACITY) ERROR('Run.fillCapacity is not where layout.ts says')
if (offsetof<Run>('tradeCount') != L.RUN_TRADE_COUNT) ERROR('Run.tradeCount is not where layout.ts says')
if (offsetof<Run>('tradeCapacity') != L.RUN_TRADE_CAPACITY) ERROR('Run.tradeCapacity is not where layout.ts says')
if (offsetof<Run>('orderCount') != L.RUN_ORDER_COUNT) ERROR('Run.orderCount is not where layout.ts says')
if (offsetof<Run>('orderCapacity') != L.RUN_ORDER_CAPACITY) ERROR('Run.orderCapacity is not where layout.ts says')
if (offsetof<Run>('eventCount') != L.RUN_EVENT_COUNT) ERROR('Run.eventCount is not where layout.ts says')
if (offsetof<Run>('eventCapacity') != L.RUN_EVENT_CAPACITY) ERROR('Run.eventCapacity is not where layout.ts says')
if (offsetof<Run>('ringCount') != L.RUN_RING_COUNT) ERROR('Run.ringCount is not where layout.ts says')
if (offsetof<Run>('ringCapacity') != L.RUN_RING_CAPACITY) ERROR('Run.ringCapacity is not where layout.ts says')
if (offsetof<Run>('atClose') != L.RUN_AT_CLOSE) ERROR('Run.atClose is not where layout.ts says')
if (offsetof<Run>('turnable') != L.RUN_TURNABLE) ERROR('Run.turnable is not where layout.ts says')
if (offsetof<Run>('entered') != L.RUN_ENTERED) ERROR('Run.entered is not where layout.ts says')
if (offsetof<Run>('sameBar') != L.RUN_SAME_BAR) ERROR('Run.sameBar is not where layout.ts says')
if (offsetof<Run>('unvalued') != L.RUN_UNVALUED) ERROR('Run.unvalued is not where layout.ts says')
if (offsetof<Run>('open') != L.RUN_OPEN) ERROR('Run.open is not where layout.ts says')
if (offsetof<Run>('high') != L.RUN_HIGH) ERROR('Run.high is not where layout.ts says')
if (offsetof<Run>('low') != L.RUN_LOW) ERROR('Run.low is not where layout.ts says')
if (offsetof<Run>('close') != L.RUN_CLOSE) ERROR('Run.close is not where layout.ts says')
if (offsetof<Run>('volume') != L.RUN_VOLUME) ERROR('Run.volume is not where layout.ts says')
if (offsetof<Run>('rangeHigh') != L.RUN_RANGE_HIGH) ERROR('Run.rangeHigh is not where layout.ts says')
if (offsetof<Run>('rangeLow') != L.RUN_RANGE_LOW) ERROR('Run.rangeLow is not where layout.ts says')
if (offsetof<Run>('quantities') != L.RUN_QUANTITIES) ERROR('Run.quantities is not where layout.ts says')
if (offsetof<Run>('marks') != L.RUN_MARKS) ERROR('Run.marks is not where layout.ts says')
if (offsetof<Run>('positions') != L.RUN_POSITIONS) ERROR('Run.positions is not where layout.ts says')
if (offsetof<Run>('heads') != L.RUN_HEADS) ERROR('Run.heads is not where layout.ts says')
if (offsetof<Run>('tails') != L.RUN_TAILS) ERROR('Run.tails is not where layout.ts says')
if (offsetof<Run>('heldBits') != L.RUN_HELD_BITS) ERROR('Run.heldBits is not where layout.ts says')
if (offsetof<Run>('orderBits') != L.RUN_ORDER_BITS) ERROR('Run.orderBits is not where layout.ts says')
if (offsetof<Run>('globalRules') != L.RUN_GLOBAL_RULES) ERROR('Run.globalRules is not where layout.ts says')
if (offsetof<Run>('assetRules') != L.RUN_ASSET_RULES) ERROR('Run.assetRules is not where layout.ts says')
if (offsetof<Run>('assetRuleCounts') != L.RUN_ASSET_RULE_COUNTS) ERROR('Run.assetRuleCounts is not where layout.ts says')
if (offsetof<Run>('tierTable') != L.RUN_TIER_TABLE) ERROR('Run.tierTable is not where layout.ts says')
if (offsetof<Run>('pool') != L.RUN_POOL) ERROR('Run.pool is not where layout.ts says')
if (offsetof<Run>('scratch') != L.RUN_SCRATCH) ERROR('Run.scratch is not where layout.ts says')
if (offsetof<Run>('ring') != L.RUN_RING) ERROR('Run.ring is not where layout.ts says')
if (offsetof<Run>('fillTable') != L.RUN_FILL_TABLE) ERROR('Run.fillTable is not where layout.ts says')
if (offsetof<Run>('tradeTable') != L.RUN_TRADE_TABLE) ERROR('Run.tradeTable is not where layout.ts says')
if (offsetof<Run>('orderTable') != L.RUN_ORDER_TABLE) ERROR('Run.orderTable is not where layout.ts says')
if (offsetof<Run>('eventTable') != L.RUN_EVENT_TABLE) ERROR('Run.eventTable is not where layout.ts says')
if (offsetof<Run>('equityColumn') != L.RUN_EQUITY_COLUMN) ERROR('Run.equityColumn is not where layout.ts says')
if (offsetof<Run>('cashColumn') != L.RUN_CASH_COLUMN) ERROR('Run.cashColumn is not where layout.ts says')
if (offsetof<Run>('signalFlags') != L.RUN_SIGNAL_FLAGS) ERROR('Run.signalFlags is not where layout.ts says')
if (offsetof<Run>('signalTargets') != L.RUN_SIGNAL_TARGETS) ERROR('Run.signalTargets is not where layout.ts says')
if (offsetof<Run>('signalSizes') != L.RUN_SIGNAL_SIZES) ERROR('Run.signalSizes is not where layout.ts says')
if (offsetof<Run>('signalStops') != L.RUN_SIGNAL_STOPS) ERROR('Run.signalStops is not where layout.ts says')
if (offsetof<Run>('signalTargetRules') != L.RUN_SIGNAL_TARGET_RULES) ERROR('Run.signalTargetRules is not where layout.ts says')
if (offsetof<Run>('signalTrails') != L.RUN_SIGNAL_TRAILS) ERROR('Run.signalTrails is not where layout.ts says')
if (offsetof<Run>('signalSizeType') != L.RUN_SIGNAL_SIZE_TYPE) ERROR('Run.signalSizeType is not where layout.ts says')
if (offsetof<Run>('rulesRevision') != L.RUN_RULES_REVISION) ERROR('Run.rulesRevision is not where layout.ts says')
if (offsetof<Run>('period') != L.RUN_PERIOD) ERROR('Run.period is not where layout.ts says')
if (offsetof<Run>('periods') != L.RUN_PERIODS) ERROR('Run.periods is not where layout.ts says')
if (offsetof<Run>('periodEnds') != L.RUN_PERIOD_ENDS) ERROR('Run.periodEnds is not where layout.ts says')
if (offsetof<Run>('periodEquity') != L.RUN_PERIOD_EQUITY) ERROR('Run.periodEquity is not where layout.ts says')
if (offsetof<Run>('highs') != L.RUN_HIGHS) ERROR('Run.highs is not where layout.ts says')
if (offsetof<Run>('lows') != L.RUN_LOWS) ERROR('Run.lows is not where layout.ts says')
if (offsetof<Run>('belows') != L.RUN_BELOWS) ERROR('Run.belows is not where layout.ts says')
if (offsetof<Run>('aboves') != L.RUN_ABOVES) ERROR('Run.aboves is not where layout.ts says')
if (offsetof<Run>('fillWide') != L.RUN_FILL_WIDE) ERROR('Run.fillWide is not where layout.ts says')
if (offsetof<Run>('tradeWide') != L.RUN_TRADE_WIDE) ERROR('Run.tradeWide is not where layout.ts says')
if (offsetof<Run>('orderWide') != L.RUN_ORDER_WIDE) ERROR('Run.orderWide is not where layout.ts says')
if (offsetof<Run>('batch') != L.RUN_BATCH) ERROR('Run.batch is not where layout.ts says')
if (offsetof<Run>('batchTargets') != L.RUN_BATCH_TARGETS) ERROR('Run.batchTargets is not where layout.ts says')
if (offsetof<Run>('batchBits') != L.RUN_BATCH_BITS) ERROR('Run.batchBits is not where layout.ts says')
if (offsetof<Run>('batchClosed') != L.RUN_BATCH_CLOSED) ERROR('Run.batchClosed is not where layout.ts says')
if (offsetof<Run>('batchFlags') != L.RUN_BATCH_FLAGS) ERROR('Run.batchFlags is not where layout.ts says')
if (offsetof<Run>('batchNext') != L.RUN_BATCH_NEXT) ERROR('Run.batchNext is not where layout.ts says')
if (offsetof<Drawdown>('peak') != L.DRAWDOWN_PEAK) ERROR('Drawdown.peak is not where layout.ts says')
if (offsetof<Drawdown>('low') != L.DRAWDOWN_LOW) ERROR('Drawdown.low is not where layout.ts says')
if (offsetof<Drawdown>('fraction') != L.DRAWDOWN_FRACTION) ERROR('Drawdown.fraction is not where layout.ts says')
if (offsetof<Drawdown>('money') != L.DRAWDOWN_MONEY) ERROR('Drawdown.money is not where layout.ts says')
if (offsetof<Drawdown>('longest') != L.DRAWDOWN_LONGEST) ERROR('Drawdown.longest is not where layout.ts says')
if (offsetof<Drawdown>('start') != L.DRAWDOWN_START) ERROR('Drawdown.start is not where layout.ts says')
if (offsetof<Run>('ruled') != L.RUN_RULED) ERROR('Run.ruled is not where layout.ts says')
if (offsetof<Run>('first') != L.RUN_FIRST) ERROR('Run.first is not where layout.ts says')
if (offsetof<Run>('endedPolicy') != L.RUN_ENDED_POLICY) ERROR('Run.endedPolicy is not where layout.ts says')
if (offsetof<Run>('notListed') != L.RUN_NOT_LISTED) ERROR('Run.notListed is not where layout.ts says')
if (offsetof<Position>('average') != L.POSITION_AVERAGE) ERROR('Position.average is not where layout.ts says')
if (offsetof<Position>('commission') != L.POSITION_COMMISSION) ERROR('Position.commission is not where layout.ts says')
if (offsetof<Position>('slippage') != L.POSITION_SLIPPAGE) ERROR('Position.slippage is not where layout.ts says')
if (offsetof<Position>('basis') != L.POSITION_BASIS) ERROR('Position.basis is not where layout.ts says')
if (offsetof<Position>('movedStop') != L.POSITION_MOVED_STOP) ERROR('Position.movedStop is not where layout.ts says')
if (offsetof<Position>('tag') != L.POSITION_TAG) ERROR('Position.tag is not where layout.ts says')
if (offsetof<Position>('entryBar') != L.POSITION_ENTRY_BAR) ERROR('Position.entryBar is not where layout.ts says')
if (offsetof<Position>('barsHeld') != L.POSITION_BARS_HELD) ERROR('Position.barsHeld is not where layout.ts says')
if (offsetof<Position>('entryOrder') != L.POSITION_ENTRY_ORDER) ERROR('Position.entryOrder is not where layout.ts says')
if (offsetof<Position>('fired') != L.POSITION_FIRED) ERROR('Position.fired is not where layout.ts says')
if (offsetof<Position>('waiting') != L.POSITION_WAITING) ERROR('Position.waiting is not where layout.ts says')
if (offsetof<Position>('ownCount') != L.POSITION_OWN_COUNT) ERROR('Position.ownCount is not where layout.ts says')
if (offsetof<Position>('entryCode') != L.POSITION_ENTRY_CODE) ERROR('Position.entryCode is not where layout.ts says')
if (offsetof<Position>('pendingCount') != L.POSITION_PENDING_COUNT) ERROR('Position.pendingCount is not where layout.ts says')
if (offsetof<Position>('seenCount') != L.POSITION_SEEN_COUNT) ERROR('Position.seenCount is not where layout.ts says')
if (offsetof<Position>('seenRevision') != L.POSITION_SEEN_REVISION) ERROR('Position.seenRevision is not where layout.ts says')
if (offsetof<Position>('fenced') != L.POSITION_FENCED) ERROR('Position.fenced is not where layout.ts says')
if (offsetof<Order>('amount') != L.LIVE_AMOUNT) ERROR('Order.amount is not where layout.ts says')
if (offsetof<Order>('limit') != L.LIVE_LIMIT) ERROR('Order.limit is not where layout.ts says')
if (offsetof<Order>('stop') != L.LIVE_STOP) ERROR('Order.stop is not where layout.ts says')
if (offsetof<Order>('trail') != L.LIVE_TRAIL) ERROR('Order.trail is not where layout.ts says')
if (offsetof<Order>('trailMark') != L.LIVE_TRAIL_MARK) ERROR('Order.trailMark is not where layout.ts says')
if (offsetof<Order>('trailLevel') != L.LIVE_TRAIL_LEVEL) ERROR('Order.trailLevel is not where layout.ts says')
if (offsetof<Order>('tag') != L.LIVE_TAG) ERROR('Order.tag is not where layout.ts says')
if (offsetof<Order>('units') != L.LIVE_UNITS) ERROR('Order.units is not where layout.ts says')
if (offsetof<Order>('filled') != L.LIVE_FILLED) ERROR('Order.filled is not where layout.ts says')
if (offsetof<Order>('value') != L.LIVE_VALUE) ERROR('Order.value is not where layout.ts says')
if (offsetof<Order>('commission') != L.LIVE_COMMISSION) ERROR('Order.commission is not where layout.ts says')
if (offsetof<Order>('basis') != L.LIVE_BASIS) ERROR('Order.basis is not where layout.ts says')
if (offsetof<Order>('ruleStop') != L.LIVE_RULE_STOP) ERROR('Order.ruleStop is not where layout.ts says')
if (offsetof<Order>('ruleTarget') != L.LIVE_RULE_TARGET) ERROR('Order.ruleTarget is not where layout.ts says')
if (offsetof<Order>('ruleTrail') != L.LIVE_RULE_TRAIL) ERROR('Order.ruleTrail is not where layout.ts says')
if (offsetof<Order>('opened') != L.LIVE_OPENED) ERROR('Order.opened is not where layout.ts says')
if (offsetof<Order>('id') != L.LIVE_ID) ERROR('Order.id is not where layout.ts says')
if (offsetof<Order>('asset') != L.LIVE_ASSET) ERROR('Order.asset is not where layout.ts says')
if (offsetof<Order>('side') != L.LIVE_SIDE) ERROR('Order.side is not where layout.ts says')
if (offsetof<Order>('type') != L.LIVE_TYPE) ERROR('Order.type is not where layout.ts says')
if (offsetof<Order>('size') != L.LIVE_SIZE) ERROR('Order.size is not where layout.ts says')
if (offsetof<Order>('timing') != L.LIVE_TIMING) ERROR('Order.timing is not where layout.ts says')
if (offsetof<Order>('status') != L.LIVE_STATUS) ERROR('Order.status is not where layout.ts says')
if (offsetof<Order>('state') != L.LIVE_STATE) ERROR('Order.state is not where layout.ts says')
if (offsetof<Order>('flags') != L.LIVE_FLAGS) ERROR('Order.flags is not where layout.ts says')
if (offsetof<Order>('parent') != L.LIVE_PARENT) ERROR('Order.parent is not where layout.ts says')
if (offsetof<Order>('group') != L.LIVE_GROUP) ERROR('Order.group is not where layout.ts says')
if (offsetof<Order>('created') != L.LIVE_CREATED) ERROR('Order.created is not where layout.ts says')
if (offsetof<Order>('next') != L.LIVE_NEXT) ERROR('Order.next is not where layout.ts says')
if (offsetof<Order>('children') != L.LIVE_CHILDREN) ERROR('Order.children is not where layout.ts says')
if (offsetof<Rule>('distance') != L.RULE_DISTANCE) ERROR('Rule.distance is not where layout.ts says')
if (offsetof<Rule>('value') != L.RULE_VALUE) ERROR('Rule.value is not where layout.ts says')
if (offsetof<Rule>('type') != L.RULE_TYPE) ERROR('Rule.type is not where layout.ts says')
if (offsetof<Rule>('unit') != L.RULE_UNIT) ERROR('Rule.unit is not where layout.ts says')
if (offsetof<Rule>('action') != L.RULE_ACTION) ERROR('Rule.action is not where layout.ts says')
if (offsetof<Rule>('bars') != L.RULE_BARS) ERROR('Rule.bars is not where layout.ts says')
