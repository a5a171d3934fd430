/** What the oracle keeps while it runs: plain objects that a candidate path can copy (5.1). */
import type {
  Account,
  BothReached,
  Children,
  Commission,
  DrawdownHalt,
  Ended,
  ExitsLive,
  Funds,
  Impact,
  LossADay,
  LossPause,
  Lots,
  Matching,
  NotListed,
  PathPolicy,
  ProfileSettings,
  Rule,
  RuleAction,
  RuleExit,
  Sequence,
  Shortfall,
  SizeType,
  Slippage,
  Slips,
  Spread,
  StopBasis,
  StopFill,
  StopLimit,
  TargetFill,
  Timing,
  TrailFollows,
  Triggers,
} from '../../src/settings/settings.ts'
import type { Guards } from './guards.ts'
import { MUTATIONS, type MutationId, RULE_OF } from './mutations.ts'
import type { Trips } from './trips.ts'
import type {
  AnySettings,
  Command,
  Fill,
  FillReason,
  Intrabar,
  OccurrenceKind,
  OrderKind,
  OrderReason,
  OrderStatus,
  Phase,
  ScenarioMarket,
  Trade,
} from './types.ts'

export interface Settings {
  cash: number
  timing: Timing
  latency: number
  path: PathPolicy
  commission: Commission
  sellCommission: Commission
  slippage: Slippage
  impact: Impact
  spread: Spread
  account: Account['type']
  initial: number
  maintenance: number
  funds: Funds
  sequence: Sequence
  lastBar: ProfileSettings['lastBar']
  submissionCheck: ProfileSettings['submissionCheck']
  step: number
  /** Share of the volume; Infinity for no limit (3.12). */
  participation: number
  shortfall: Shortfall
  stopFill: StopFill
  targetFill: TargetFill
  stopBasis: StopBasis
  ended: Ended
  notListed: NotListed
  exitsLive: ExitsLive
  trailFollows: TrailFollows
  slips: Slips
  ruleExit: RuleExit
  stopLimit: StopLimit
  matching: Matching
  bothReached: BothReached
  children: Children
  lots: Lots
  lossPause: LossPause
  drawdownHalt: DrawdownHalt
  lossADay: LossADay
  zone: string
  maxPositions: number
  maxExposure: number
  triggers: Triggers
  rules: Rule[]
}

/** A bar as triggers see it (1.3). */
export interface Bar {
  open: number
  high: number
  low: number
  close: number
  volume: number
}

/** One place of a position's rule chain. */
export interface Place {
  rule: Rule
  fired: boolean
  /** Trails: the tightest level so far (5.5). */
  level: number
}

/** An exit whose level was reached and that fills later (6.3). */
export interface Waiting {
  place: number
  reason: FillReason
  action: RuleAction
  /** When it fills; `same-close` is the C of a bar after its hook (6.11). */
  mode: StopFill | 'same-close'
  /** Whether it waits since a bar before, in which its asset had none, and so comes before this bar's time exits. */
  first?: boolean
  /** A target at its level, which pays as a maker (7.2). */
  makes?: boolean
  /** What its rule said of itself when it fired (6.1). */
  told?: string
}

export interface Position {
  q: number
  average: number
  /** Entry commissions still with the position (7.3). */
  held: number
  /** What basis `signal` measures from (6.2). */
  signal: number
  /** Units that have entered it, whatever was taken off since (6.1). */
  entries: number
  /** Its initial stop (7.11), NaN without. */
  stop: number
  entryBar: number
  /** The last bar that had closed when it was opened (6.5). */
  entryClosed: number
  entryOrder: number
  barsHeld: number
  /** Its asset, and the number of its round trip (7.10). */
  asset: number
  trip: number
  /** Bars held from which its rules are live (10.1). */
  sleeps: number
  best: number
  worst: number
  water: number
  chain: Place[]
  /** Rules that came with the position (8.1). */
  own: boolean
  movedStop: number | null
  /** The stop that move-stop added to a chain without one has fired. */
  addedFired: boolean
  /** Places that have fired and were taken away since; a mistake brings them back as they were (6.1). */
  gone: { at: number; rule: Rule }[]
  waiting: Waiting[]
  /** What the volume has left of exits by rule and time; units null for all (3.12). */
  left: { place: number; reason: FillReason; units: number | null; told: string } | null
  /** Time exits that step 3 found due for step 5. */
  timeDue: number[]
  /** Bar in which a rule's exit was cut or refused (10.4); -1 for none. */
  cutBar: number
  ambiguous: boolean
  /** Of a lot: its number among those of its asset. Of a position of lots: those that there are, as they were opened (10.13). */
  number: number
  lots: Position[]
}

/** An instrument with what holds where nothing is said (1.9). */
export interface Traded {
  multiplier: number
  tick: number
  pip: number
  /** NaN: the run's. */
  step: number
  minimum: number
  notional: number
  maximum: number
}

export interface LiveOrder {
  id: number
  asset: number
  type: OrderKind
  side: number
  size: SizeType | 'position'
  amount: number
  limit: number
  stop: number
  trail: number
  trailFraction: boolean
  /** From the level of a trailing limit to its limit (3.13). */
  offset: number
  force: 'ioc' | 'fok' | undefined
  /** The bar at whose open it expires; Infinity for none (3.14). */
  until: number
  postOnly: boolean
  /** A post-only order that has not been looked at as a limit yet (3.14). */
  fresh: boolean
  reduceOnly: boolean
  timing: Timing
  tag: number
  /** Rules of the position that it opens (8.1). */
  rules: Rule[] | null
  reason: FillReason
  parent: number
  children: number[]
  group: number
  dormant: boolean
  /** Bars of its asset still to begin until it is live (10.1). */
  sleeps: number
  /** A stop-limit that was triggered in this bar and is a limit from the next on (10.8); -1 for none. */
  sleepsIn: number
  /** It fills at its stop at this O (10.8). */
  atStop: boolean
  /** Number of the lot that it has opened, or that it is bound to (10.13); 0 for none. */
  lot: number
  /** closePosition: side of the position it is bound to; 0 when given while flat. */
  boundSide: number
  /** Where it stands in its asset's queue (10.12). */
  place: number
  /** A closePosition, which may be an order like others (10.11). */
  closes: boolean
  signal: number
  water: number
  /** The bar inside which its trail has started, -1 where between bars (10.2). */
  startedBar: number
  level: number
  createdBar: number
  status: OrderStatus
  endReason: OrderReason
  endedBar: number
  filled: number
  /** Units of a parent's entry fills. */
  opened: number
  /** Worked out when the order first fills (3.2); NaN before. */
  units: number
  remaining: number
  /** It has had its turn in this bar (3.12). */
  done: boolean
  /** It has its turn in this phase. */
  due: boolean
  /** The order that it waits for, while it is dormant (3.16); 0 for none. */
  after: number
  /** A child of a scaled bracket (3.17); a target's share, NaN for the stop; whether it is the last target. */
  scaled: boolean
  share: number
  lastTarget: boolean
  /** Of the stop: targets after which it moves and trails, how far, and how many have been filled. */
  breakEvenAfter: number
  trailAfter: number
  later: { trail: number; fraction: boolean }
  targetsFilled: number
  /** |q| that its closing leg of this phase closed (1.6). */
  closed: number
  /** The price had not reached it when it became live (7.2). */
  resting: boolean
  chargedUnits: number
  chargedValue: number
}

export interface Asset {
  index: number
  /** What it is traded in (1.9). */
  instrument: Traded
  bar: Bar | null
  mark: number
  position: Position | null
  /** Lots that it has had (10.13). */
  lotCount: number
  /** Units of its fills in this bar (3.12). */
  traded: number
  /** Orders that have not ended, by id. */
  pending: LiveOrder[]
  rules: Rule[] | null
  /** The last bars in which an exit by rule has filled, and has closed the position; -1 for none (10.5). */
  ruleExitBar: number
  ruleClosedBar: number
  /** Its first bar, and the bar from which it has ended; Infinity for none (3.11). */
  first: number
  ends: number
  /** What it may have been worth at its worst in this bar (7.8); null while flat without a fill in the range. */
  worst: WorstPart | null
}

/** An asset's own part of the worst bound, and |q * price| where it is (7.8). */
export interface WorstPart {
  own: number
  exposure: number
}

/** Follows the walk that was picked (7.8). */
export interface Probe {
  flows: number
  fills: number
  worst: WorstPart | null
}

export interface Run {
  market: ScenarioMarket
  set: Settings
  mutation: string
  coverage: Set<string> | undefined
  bar: number
  phase: Phase
  cash: number
  /** Free funds inside the range, one number for all assets (5.6). */
  funds: number
  /** E of rule 3.2. */
  sizing: number
  assets: Asset[]
  orders: LiveOrder[]
  globalRules: Rule[]
  groups: number
  /** Places of queues given so far (10.12). */
  places: number
  fills: Fill[]
  trades: Trade[]
  trips: Trips
  /** Round trips that have begun, those of paths that were tried too. */
  tripsBegun: number
  occurrences: { kind: OccurrenceKind; index: number }[]
  equity: number[]
  cashes: number[]
  answers: boolean[]
  /** What is on its way, with the bar in which it arrives, and the last id that was given to an order (3.15). */
  onTheWay: { due: number; command: Command }[]
  promised: number
  ambiguous: { bar: number; asset: number }[]
  /** Orders given while their asset was not listed (3.11). */
  unlisted: number
  intrabar: Intrabar
  /** Initial cash, or the highest equity of the bars before (7.8). */
  peak: number
  /** Cash that the open phase has left (7.8). */
  openCash: number
  /** Set while the path that was picked is walked (7.8). */
  probe: Probe | null
  /** A candidate path is tried, which may leave the finite range (1.8). */
  trying: boolean
  fault: { bar: number; order: number } | undefined
  /** The (asset, bar) that walks now is ambiguous (5.7). */
  ambiguousNow: boolean
  /** An entry has filled in the walk under way (5.1). */
  entered: boolean
  /** Equity is below maintenance (7.7). */
  called: boolean
  /** What fills at this close was given at it (2.5). */
  ownClose: boolean
  guards: Guards
  marginCalls: number
  bust: boolean
  /** Bar of the bust; Infinity before. */
  bustBar: number
  ended: boolean
}

/** Counts the rule as exercised, and the mistake as one that could be made; true when this run is to get it wrong. */
export function wrong(run: Run, id: MutationId): boolean {
  if (run.coverage) run.coverage.add(RULE_OF[id]).add(id)
  return run.mutation === id
}

/** Counts a rule that has no mutation at this place. */
export function cover(run: Run, rule: string): void {
  if (run.coverage) run.coverage.add(rule)
}

export function newRun(market: ScenarioMarket, s: AnySettings, mutation: string, coverage?: Set<string>): Run {
  if (mutation !== '' && !MUTATIONS.some((m) => m.id === mutation)) throw new Error(`no mutation ${mutation}`)
  const account: Account = typeof s.account === 'string' ? { type: s.account } : (s.account ?? { type: 'margin' })
  const initial = account.type === 'margin' ? account.initial : undefined
  const maintenance = account.type === 'margin' ? account.maintenance : undefined
  const assets: Asset[] = []
  for (let i = 0; i < market.assets; i++) {
    const first = market.close.findIndex((row, t) => t < market.bars && !Number.isNaN(row[i]))
    const said = market.instruments?.[i] ?? {}
    assets.push({
      index: i,
      instrument: {
        multiplier: said.multiplier ?? 1,
        tick: said.tickSize ?? 0,
        pip: said.pipSize ?? 0,
        step: said.quantityStep ?? Number.NaN,
        minimum: said.minimumQuantity ?? 0,
        notional: said.minimumNotional ?? 0,
        maximum: said.maximumQuantity ?? Number.POSITIVE_INFINITY,
      },
      bar: null,
      mark: Number.NaN,
      position: null,
      lotCount: 0,
      traded: 0,
      pending: [],
      rules: null,
      ruleExitBar: -1,
      ruleClosedBar: -1,
      first: first < 0 ? Number.POSITIVE_INFINITY : first,
      ends: market.delisted?.[i] ?? Number.POSITIVE_INFINITY,
      worst: null,
    })
  }
  return {
    market,
    set: {
      cash: s.cash ?? 100_000,
      timing: s.timing ?? 'next-open',
      latency: s.latency ?? 0,
      path: s.path ?? 'adverse',
      commission:
        typeof s.commission === 'number'
          ? { type: 'fraction', rate: s.commission }
          : (s.commission ?? { type: 'none' }),
      slippage:
        typeof s.slippage === 'number' ? { type: 'fraction', rate: s.slippage } : (s.slippage ?? { type: 'none' }),
      sellCommission: sells(s),
      impact: s.impact ?? { type: 'none' },
      spread: s.spread ?? { type: 'none' },
      // Other funds leave what is checked of an account to nobody (10.4).
      account: (s.funds ?? 'account') === 'account' ? account.type : 'unlimited',
      initial: initial ?? 1,
      maintenance: maintenance ?? 0,
      funds: s.funds ?? 'account',
      sequence: s.sequence ?? 'exits-first',
      lastBar: s.lastBar ?? 'fill',
      submissionCheck: s.submissionCheck ?? 'none',
      step: s.quantityStep ?? 0,
      participation: shareOf(s.participation),
      shortfall: s.shortfall ?? 'auto',
      stopFill: s.stopFill ?? 'level',
      targetFill: s.targetFill ?? 'level',
      stopBasis: s.stopBasis ?? 'fill',
      ended: s.ended ?? 'hold',
      notListed: s.notListed ?? 'wait',
      exitsLive: s.exitsLive ?? 'fill',
      trailFollows: trailFollowsOf(s),
      slips: s.slips ?? 'plain',
      ruleExit: s.ruleExit ?? 'beside',
      stopLimit: s.stopLimit ?? 'limit',
      matching: s.matching ?? 'walk',
      bothReached: s.bothReached ?? 'path',
      children: s.children ?? 'reduce-only',
      lots: s.lots ?? 'average',
      lossPause: s.lossPause ?? { type: 'none' },
      drawdownHalt: s.drawdownHalt ?? { type: 'none' },
      lossADay: s.lossADay ?? { type: 'none' },
      zone: s.zone ?? 'UTC',
      maxPositions: s.maxPositions ?? 0,
      maxExposure: s.maxExposure ?? 0,
      triggers: s.triggers ?? 'bar',
      rules: s.rules ?? [],
    },
    mutation,
    coverage,
    bar: -1,
    phase: 'open',
    cash: s.cash ?? 100_000,
    funds: 0,
    sizing: 0,
    assets,
    orders: [],
    globalRules: s.rules ?? [],
    groups: 0,
    places: 0,
    fills: [],
    trades: [],
    trips: { begun: new Map(), ended: [] },
    tripsBegun: 0,
    occurrences: [],
    equity: [],
    cashes: [],
    answers: [],
    onTheWay: [],
    promised: 0,
    ambiguous: [],
    unlisted: 0,
    intrabar: {
      drawdown: 0,
      busts: 0,
      bustBound: Number.NaN,
      bustBar: -1,
      calls: 0,
      callBound: Number.NaN,
      callBar: -1,
    },
    peak: s.cash ?? 100_000,
    openCash: 0,
    probe: null,
    trying: false,
    fault: undefined,
    ambiguousNow: false,
    entered: false,
    called: false,
    ownClose: false,
    guards: {
      halted: false,
      peak: s.cash ?? 100_000,
      rows: new Map(),
      pauses: new Map(),
      stopped: false,
      start: s.cash ?? 100_000,
    },
    marginCalls: 0,
    bust: false,
    bustBar: Number.POSITIVE_INFINITY,
    ended: false,
  }
}

/** A queue has no way that a trail could follow (10.12). */
function trailFollowsOf({ matching, trailFollows = 'walk' }: AnySettings): TrailFollows {
  return matching === 'queue' && trailFollows === 'walk' ? 'close' : trailFollows
}

function shareOf(given: AnySettings['participation']): number {
  if (typeof given === 'number') return given
  return given?.type === 'volume' ? given.share : Number.POSITIVE_INFINITY
}

function sells({ commission, sellCommission = { type: 'same' } }: AnySettings): Commission {
  const given =
    typeof sellCommission === 'object' && sellCommission.type === 'same' ? (commission ?? 0) : sellCommission
  return typeof given === 'number' ? { type: 'fraction', rate: given } : (given as Commission)
}

/** Deep copy of all that a walk can change of an asset. */
export function copyAsset(asset: Asset): Asset {
  const p = asset.position
  return {
    ...asset,
    position: p && copyPosition(p),
    pending: asset.pending.map((order) => ({ ...order })),
  }
}

function copyPosition(p: Position): Position {
  return {
    ...p,
    chain: p.chain.map((place) => ({ ...place })),
    waiting: p.waiting.map((exit) => ({ ...exit })),
    left: p.left && { ...p.left },
    timeDue: [...p.timeDue],
    gone: [...p.gone],
    lots: p.lots.map(copyPosition),
  }
}

/** What rules look at: the position, or each of its lots (10.13). */
export function holdings(position: Position | null): Position[] {
  if (position === null) return []
  return position.lots.length > 0 ? [...position.lots] : [position]
}

/** The position, or the lot of one, is still there. */
export function isHeld(asset: Asset, p: Position): boolean {
  return asset.position === p || (asset.position?.lots.includes(p) ?? false)
}

export function sideOf(position: Position | null): number {
  return position === null ? 0 : position.q > 0 ? 1 : -1
}
