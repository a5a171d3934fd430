/**
 * Random scenarios for the oracle and the kernel. Everything is drawn as small integers, one row a bar, and turned into
 * prices and orders afterwards, so that dropping a row or lowering a number leaves a valid, simpler scenario.
 */
import fc from 'fast-check'
import type {
  Account,
  BrokerSettings,
  Commission,
  Rule,
  RuleAction,
  SizeType,
  Slippage,
} from '../../src/engine/settings.ts'
import type {
  BracketSpec,
  Command,
  OrderSpec,
  PositionRules,
  Scenario,
  ScenarioMarket,
  SignalScenario,
} from './types.ts'

const pick = <T>(...values: T[]) => fc.constantFrom(...values)
const int = (min: number, max: number) => fc.integer({ min, max })
/** `common` in most cases, one of the others sometimes. */
const mostly = <T>(weight: number, common: T, ...others: T[]) =>
  fc.oneof({ weight, arbitrary: fc.constant(common) }, { weight: 1, arbitrary: fc.constantFrom(...others) })

// ---- Markets -------------------------------------------------------------------------------------------------------

type BarKind = 'plain' | 'absent' | 'no-open' | 'no-high' | 'no-low' | 'no-volume' | 'outside' | 'close-out' | 'flat'

interface BarDraw {
  gap: number
  body: number
  up: number
  down: number
  kind: BarKind
  volume: number
  jitter: number
}

const barDraw: fc.Arbitrary<BarDraw> = fc.record({
  gap: fc.oneof({ weight: 3, arbitrary: int(-1, 1) }, { weight: 1, arbitrary: int(-8, 8) }),
  body: int(-4, 4),
  up: int(0, 4),
  down: int(0, 4),
  kind: mostly<BarKind>(
    9,
    'plain',
    'absent',
    'absent',
    'no-open',
    'no-high',
    'no-low',
    'no-volume',
    'outside',
    'close-out',
    'flat',
  ),
  volume: pick(1000, 0, 1, 5, 20),
  jitter: int(0, 100),
})

interface MarketDraw {
  tick: number
  /** Prices off the grid. */
  fine: boolean
  start: number
  allowNonPositive: boolean
}

const marketDraw: fc.Arbitrary<MarketDraw> = fc.record({
  tick: pick(0.5, 0.5, 1, 0.01),
  fine: mostly(2, false, true),
  start: pick(100, 60, 20, 8),
  allowNonPositive: mostly(11, false, true),
})

/** Units of price to a price that the market allows. */
function priceOf(m: MarketDraw, units: number, jitter = 0): number {
  const u = m.allowNonPositive ? units - m.start : Math.max(1, units)
  return (m.fine ? u + ((jitter * 37) % 101) / 103 : u) * m.tick
}

interface Built {
  market: ScenarioMarket
  /** Units of the last close known at a bar, by [bar][asset]. */
  units: number[][]
}

function buildMarket(draw: MarketDraw, assets: number, rows: { bars: BarDraw[] }[]): Built {
  const market: ScenarioMarket = { assets, bars: rows.length, open: [], high: [], low: [], close: [], volume: [] }
  if (draw.allowNonPositive) market.allowNonPositive = true
  const last = new Array<number>(assets).fill(draw.start)
  const units: number[][] = []
  for (const { bars } of rows) {
    const columns: number[][] = [[], [], [], [], []]
    for (let a = 0; a < assets; a++) {
      const values = barValues(draw, bars[a], last, a)
      for (let i = 0; i < 5; i++) columns[i].push(values[i])
    }
    market.open.push(columns[0])
    market.high.push(columns[1])
    market.low.push(columns[2])
    market.close.push(columns[3])
    market.volume.push(columns[4])
    units.push([...last])
  }
  return { market, units }
}

/** O, H, L, C, V of one bar; H < L never. */
function barValues(draw: MarketDraw, b: BarDraw, last: number[], a: number): number[] {
  const least = draw.allowNonPositive ? Number.NEGATIVE_INFINITY : 1
  const o = Math.max(least, last[a] + b.gap)
  const c = b.kind === 'flat' ? o : Math.max(least, o + b.body)
  const open = priceOf(draw, o, b.jitter)
  const close = b.kind === 'flat' ? open : priceOf(draw, c, b.jitter + 1)
  if (b.kind === 'absent')
    return [open, b.up > 2 ? open : Number.NaN, b.up > 1 ? open : Number.NaN, Number.NaN, b.volume]
  last[a] = c
  if (b.kind === 'flat') return [open, open, open, open, b.volume]
  const above = priceOf(draw, Math.max(o, c) + b.up, b.jitter + 2)
  const below = priceOf(draw, Math.min(o, c) - b.down, b.jitter + 3)
  let high = Math.max(open, close, above)
  let low = Math.min(open, close, below)
  if (b.kind === 'outside') {
    high = Math.max(close, priceOf(draw, c + b.up, b.jitter + 2))
    low = Math.min(close, priceOf(draw, c - b.down, b.jitter + 3))
  }
  if (b.kind === 'close-out') {
    high = Math.max(open, priceOf(draw, o + b.up, b.jitter + 2))
    low = Math.min(open, priceOf(draw, o - b.down, b.jitter + 3))
  }
  return [
    b.kind === 'no-open' ? Number.NaN : open,
    b.kind === 'no-high' ? Number.NaN : high,
    b.kind === 'no-low' ? Number.NaN : low,
    close,
    b.kind === 'no-volume' ? Number.NaN : b.volume,
  ]
}

// ---- Settings ------------------------------------------------------------------------------------------------------

const commission: fc.Arbitrary<number | Commission | undefined> = pick<number | Commission | undefined>(
  undefined,
  undefined,
  0.001,
  { type: 'none' },
  { type: 'fraction', rate: 0.01 },
  { type: 'per-unit', amount: 0.05, minimum: 1 },
  { type: 'per-unit', amount: 0.3 },
  { type: 'per-trade', amount: 2 },
  {
    type: 'tiered',
    tiers: [
      { upTo: 100, rate: 0.02 },
      { upTo: 200, rate: 0.01 },
      { upTo: Number.POSITIVE_INFINITY, rate: 0.001 },
    ],
  },
  {
    type: 'tiered',
    tiers: [
      { upTo: 150, rate: 0.001 },
      { upTo: Number.POSITIVE_INFINITY, rate: 0.03 },
    ],
  },
  { type: 'fraction-plus-fixed', rate: 0.002, fixed: 0.7 },
)

const slippage: fc.Arbitrary<number | Slippage | undefined> = pick<number | Slippage | undefined>(
  undefined,
  undefined,
  undefined,
  0.002,
  { type: 'none' },
  { type: 'fraction', rate: 0.05 },
  { type: 'per-unit', amount: 0.5 },
  { type: 'per-unit', amount: 12 },
  { type: 'volume-share', rate: 0.1 },
)

const account: fc.Arbitrary<Account | Account['type'] | undefined> = pick<Account | Account['type'] | undefined>(
  undefined,
  undefined,
  'margin',
  'cash',
  'unlimited',
  { type: 'margin', initial: 0.5, maintenance: 0.25 },
  { type: 'margin', initial: 0.1, maintenance: 0.05 },
  { type: 'margin', initial: 0.25, maintenance: 0.4 },
  { type: 'margin', initial: 0.5, maintenance: 0.7 },
)

interface RuleDraw {
  type: Rule['type']
  /** Distance in hundredths of the basis, or in ticks. */
  distance: number
  price: boolean
  action: number
}

const ruleDraw: fc.Arbitrary<RuleDraw> = fc.record({
  type: pick<Rule['type']>('stop', 'target', 'trail', 'time'),
  distance: int(1, 8),
  price: fc.boolean(),
  action: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: int(1, 6) }),
})

function buildRule(tick: number, draw: RuleDraw): Rule {
  const actions: RuleAction[] = [
    { type: 'exit' },
    { type: 'exit-fraction', fraction: 0.5 },
    { type: 'exit-fraction', fraction: 0.3 },
    { type: 'move-stop', offset: 0 },
    { type: 'move-stop', offset: -0.1 },
    { type: 'move-stop', offset: 0.03 },
    { type: 'exit-fraction', fraction: 1 },
  ]
  if (draw.type === 'time') {
    const action = draw.action > 2 ? actions[0] : actions[draw.action]
    return draw.action === 0 ? { type: 'time', bars: draw.distance } : { type: 'time', bars: draw.distance, action }
  }
  const action = actions[draw.action]
  const rule: Rule = draw.price
    ? { type: draw.type, distance: draw.distance * tick, unit: 'price' }
    : { type: draw.type, distance: draw.distance / 50 }
  return draw.action === 0 ? rule : { ...rule, action }
}

const chainDraw = fc.array(ruleDraw, { maxLength: 4 })

interface SettingsDraw {
  cash: number | undefined
  plain: Omit<BrokerSettings, 'rules' | 'cash'>
  rules: RuleDraw[] | undefined
}

const settingsDraw: fc.Arbitrary<SettingsDraw> = fc.record({
  cash: pick<number | undefined>(undefined, 1000, 300, 100, 60, 5000),
  plain: fc.record({
    timing: pick(undefined, 'next-open' as const, 'next-close' as const, 'same-close' as const),
    path: pick(undefined, 'nearest' as const, 'adverse' as const, 'favourable' as const),
    commission,
    slippage,
    account,
    quantityStep: pick(undefined, undefined, 0, 1, 0.1),
    shortfall: pick(undefined, undefined, 'auto' as const, 'reject' as const, 'partial' as const),
    stopFill: pick(undefined, 'level' as const, 'extreme' as const, 'close' as const, 'next-open' as const),
    stopBasis: pick(undefined, 'fill' as const, 'signal' as const),
  }),
  rules: fc.option(chainDraw, { nil: undefined, freq: 2 }),
})

function buildSettings(draw: SettingsDraw, tick: number): BrokerSettings {
  const settings: BrokerSettings = {}
  for (const [key, value] of Object.entries(draw.plain))
    if (value !== undefined) Object.assign(settings, { [key]: value })
  if (draw.cash !== undefined) settings.cash = draw.cash
  if (draw.rules !== undefined) settings.rules = draw.rules.map((rule) => buildRule(tick, rule))
  return settings
}

// ---- Commands ------------------------------------------------------------------------------------------------------

interface OrderDraw {
  type: OrderSpec['type']
  side: 1 | -1
  size: SizeType
  amount: number
  /** Ticks from the last close to the price, and from a stop to its limit. */
  off: number
  off2: number
  trail: number
  trailFraction: boolean
  timing: OrderSpec['timing']
  rules: number
  bracket: number
  tag: number
}

const orderDraw: fc.Arbitrary<OrderDraw> = fc.record({
  type: pick(
    'market' as const,
    'market' as const,
    'limit' as const,
    'stop' as const,
    'stop-limit' as const,
    'trailing-stop' as const,
  ),
  side: pick<1 | -1>(1, -1),
  size: mostly<SizeType>(2, 'units', 'value', 'fraction', 'target-units', 'target-value', 'target-fraction'),
  amount: int(0, 11),
  off: int(-5, 5),
  off2: int(-3, 3),
  trail: int(1, 6),
  trailFraction: fc.boolean(),
  timing: mostly(5, undefined, 'next-open' as const, 'next-close' as const, 'same-close' as const),
  rules: mostly(6, 0, 1, 2, 3, 4, 5, 6, 7),
  bracket: mostly(2, 0, 1, 2, 3, 4, 5, 6, 7),
  tag: mostly(4, 0, 1, 7),
})

interface CommandDraw {
  kind: 'order' | 'oco' | 'close' | 'update' | 'cancel' | 'rules'
  asset: number
  order: OrderDraw
  more: OrderDraw[]
  back: number
  fields: number
  chain: RuleDraw[]
}

const simple: OrderDraw = {
  type: 'market',
  side: 1,
  size: 'units',
  amount: 0,
  off: 0,
  off2: 0,
  trail: 1,
  trailFraction: false,
  timing: undefined,
  rules: 0,
  bracket: 0,
  tag: 0,
}

function commandDraw(kind: CommandDraw['kind'], parts: Partial<Record<keyof CommandDraw, fc.Arbitrary<unknown>>>) {
  return fc.record({
    kind: fc.constant(kind),
    asset: int(0, 49),
    order: fc.constant(simple),
    more: fc.constant([] as OrderDraw[]),
    back: fc.constant(0),
    fields: fc.constant(0),
    chain: fc.constant([] as RuleDraw[]),
    ...parts,
  }) as fc.Arbitrary<CommandDraw>
}

const anyCommand = fc.oneof(
  { weight: 14, arbitrary: commandDraw('order', { order: orderDraw }) },
  {
    weight: 2,
    arbitrary: commandDraw('oco', { order: orderDraw, more: fc.array(orderDraw, { minLength: 1, maxLength: 2 }) }),
  },
  { weight: 2, arbitrary: commandDraw('close', { order: orderDraw }) },
  { weight: 3, arbitrary: commandDraw('update', { order: orderDraw, back: int(0, 5), fields: int(0, 31) }) },
  { weight: 1, arbitrary: commandDraw('cancel', { back: int(0, 5) }) },
  { weight: 2, arbitrary: commandDraw('rules', { chain: chainDraw, fields: int(0, 8) }) },
)

const commandsDraw = fc.oneof(
  { weight: 3, arbitrary: fc.constant([] as CommandDraw[]) },
  { weight: 3, arbitrary: fc.array(anyCommand, { minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.array(anyCommand, { minLength: 1, maxLength: 4 }) },
)

const UNITS = [1, 2, 3, 5, 10, 0.1, 0.2, 0.3, 2.5, 0.7, 1 + 1e-10, 3 - 1e-9]
const FRACTIONS = [0.1, 0.25, 0.5, 1, 0.9, 1.2, 0.05, 0.3, 2, 0.75, 0.999, 0.01]
const TARGETS = [0, 1, -1, 3, -3, 2, -2, 0.5, -0.2, 5, 0.3, -10]
const TARGET_FRACTIONS = [0, 0.5, -0.5, 1, -1, 0.25, 0.1, -0.1, 1.5, -2, 0.9, -0.9]

function amountOf(draw: OrderDraw, cash: number): number {
  if (draw.size === 'units') return UNITS[draw.amount]
  if (draw.size === 'value') return FRACTIONS[draw.amount] * Math.min(cash, 1000)
  if (draw.size === 'fraction') return FRACTIONS[draw.amount]
  if (draw.size === 'target-units') return TARGETS[draw.amount]
  if (draw.size === 'target-value') return TARGET_FRACTIONS[draw.amount] * Math.min(cash, 1000)
  return TARGET_FRACTIONS[draw.amount]
}

/** Turns draws into commands with prices near the last close, and keeps count of the ids. */
class Commander {
  readonly market: MarketDraw
  readonly units: number[][]
  readonly cash: number
  readonly assets: number
  ids = 0
  chain: RuleDraw[]

  constructor(market: MarketDraw, built: Built, cash: number, chain: RuleDraw[]) {
    this.chain = chain
    this.market = market
    this.units = built.units
    this.assets = built.market.assets
    this.cash = cash
  }

  price(units: number, jitter: number): number {
    return priceOf(this.market, units, jitter)
  }

  order(t: number, asset: number, draw: OrderDraw): { order: OrderSpec; bracket?: BracketSpec } {
    const at = this.units[t][asset]
    const { type, side, size, off, off2, tag } = draw
    const order: OrderSpec = { asset, type, side, size, amount: amountOf(draw, this.cash) }
    let center = at
    if (type === 'limit') center = at + off
    if (type === 'stop' || type === 'stop-limit') order.stop = this.price(at + off, off + 50)
    if (type === 'stop') center = at + off
    if (type === 'stop-limit') center = at + off + off2
    if (type === 'limit' || type === 'stop-limit') order.limit = this.price(center, off2 + 60)
    if (type === 'trailing-stop') Object.assign(order, this.trail(draw))
    if (draw.timing !== undefined) order.timing = draw.timing
    if (tag !== 0) order.tag = tag
    const rules: PositionRules = {}
    if (draw.rules & 1) rules.stop = 0.05
    if (draw.rules & 2) rules.target = 0.06
    if (draw.rules & 4) rules.trail = 0.04
    if (draw.rules > 0) order.rules = rules
    this.ids++
    if (draw.bracket === 0 || size.startsWith('target')) return { order }
    const bracket = this.bracket(draw, center)
    this.ids += (bracket.stop ?? bracket.trail) === undefined ? 0 : 1
    this.ids += bracket.target === undefined ? 0 : 1
    return Object.keys(bracket).length > 0 ? { order, bracket } : { order }
  }

  trail(draw: OrderDraw): { trail: number; trailFraction?: boolean } {
    if (draw.trailFraction) return { trail: draw.trail / 50, trailFraction: true }
    return { trail: draw.trail * this.market.tick }
  }

  /** Children on their sides of the parent's price (3.8). */
  bracket(draw: OrderDraw, center: number): BracketSpec {
    const bracket: BracketSpec = {}
    const near = this.market.allowNonPositive ? center : Math.max(1, center)
    const stop = near - draw.side * draw.trail
    const target = near + draw.side * (1 + ((draw.trail * 3 + draw.bracket) % 5))
    const allowed = (units: number) => this.market.allowNonPositive || units >= 1
    if (draw.bracket & 1 && draw.bracket !== 5) {
      if (allowed(stop)) bracket.stop = this.price(stop, 70)
    } else if (draw.bracket & 4) Object.assign(bracket, this.trail(draw))
    if (draw.bracket & 2 || draw.bracket === 5) {
      if (allowed(target)) bracket.target = this.price(target, 80)
    }
    return bracket
  }

  command(t: number, draw: CommandDraw): Command {
    const asset = draw.asset % this.assets
    if (draw.kind === 'order') return { kind: 'order', ...this.order(t, asset, draw.order) }
    if (draw.kind === 'oco') {
      return { kind: 'oco', members: [draw.order, ...draw.more].map((member) => this.order(t, asset, member)) }
    }
    if (draw.kind === 'close') {
      this.ids++
      const { timing, tag } = draw.order
      return { kind: 'close', asset, ...(timing ? { timing } : {}), ...(tag ? { tag } : {}) }
    }
    const id = Math.max(1, this.ids - draw.back)
    if (draw.kind === 'cancel') return { kind: 'cancel', id }
    if (draw.kind === 'update') return this.update(t, asset, id, draw)
    return this.rules(asset, draw)
  }

  /** New rules, or the last ones with other distances (5.5, 6.1). */
  rules(asset: number, draw: CommandDraw): Command {
    if (draw.fields > 4)
      this.chain = this.chain.map((rule) => ({ ...rule, distance: 1 + ((rule.distance + draw.fields) % 8) }))
    else this.chain = draw.fields === 0 ? [] : draw.chain
    const rules = draw.fields === 0 ? null : this.chain.map((rule) => buildRule(this.market.tick, rule))
    return draw.fields % 3 === 2 ? { kind: 'rules', asset, rules } : { kind: 'rules', rules }
  }

  update(t: number, asset: number, id: number, draw: CommandDraw): Command {
    const at = this.units[t][asset]
    const { off, off2, trail, amount } = draw.order
    const command: Command = { kind: 'update', id }
    // One field in most cases, since most types have but one price.
    const fields = draw.fields < 20 ? 1 << (draw.fields % 4) : draw.fields % 16
    if (fields & 1) command.limit = this.price(at + off, off2 + 60)
    if (fields & 2) command.stop = this.price(at + off2 + off, off + 50)
    if (fields & 4) command.trail = trail * (draw.order.trailFraction ? 0.02 : this.market.tick)
    if (fields & 8) command.units = UNITS[amount]
    return command
  }
}

// ---- Scenarios -----------------------------------------------------------------------------------------------------

const assetCount = fc.oneof(
  { weight: 60, arbitrary: fc.constant(1) },
  { weight: 35, arbitrary: int(2, 3) },
  { weight: 4, arbitrary: int(4, 8) },
  { weight: 1, arbitrary: int(9, 50) },
)

/** Bars times assets stays modest. */
function rowsOf<T>(assets: number, rest: fc.Arbitrary<T>): fc.Arbitrary<{ bars: BarDraw[]; rest: T }[]> {
  const row = fc.record({ bars: fc.array(barDraw, { minLength: assets, maxLength: assets }), rest })
  const most = assets > 8 ? 5 : assets > 3 ? 10 : assets > 1 ? 25 : 40
  return fc.array(row, { minLength: 1, maxLength: most, size: 'max' })
}

export const scenarios: fc.Arbitrary<Scenario> = assetCount.chain((assets) =>
  fc
    .record({ market: marketDraw, settings: settingsDraw, rows: rowsOf(assets, commandsDraw) })
    .map(({ market, settings, rows }) => {
      const built = buildMarket(market, assets, rows)
      const commander = new Commander(market, built, settings.cash ?? 1000, settings.rules ?? [])
      return {
        market: built.market,
        settings: buildSettings(settings, market.tick),
        commands: rows.map((row, t) => row.rest.map((draw) => commander.command(t, draw))),
      }
    }),
)

interface SignalDraw {
  /** Bits: entry, exit, short entry, short exit. */
  signals: number
  size: number
  /** Bits: stop, target, trail. */
  rules: number
  target: number
}

const signalDraw: fc.Arbitrary<SignalDraw> = fc.record({
  signals: fc.oneof(
    { weight: 2, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: pick(1, 2, 4, 8) },
    { weight: 1, arbitrary: int(0, 15) },
  ),
  size: int(0, 11),
  rules: int(0, 7),
  target: int(-1, 11),
})

export const signalScenarios: fc.Arbitrary<SignalScenario> = assetCount.chain((assets) =>
  fc
    .record({
      market: marketDraw,
      settings: settingsDraw,
      rows: rowsOf(assets, fc.array(signalDraw, { minLength: assets, maxLength: assets })),
      sizeType: pick('units' as const, 'value' as const, 'fraction' as const),
      defaultSize: int(0, 11),
      /** Bits: the columns that are present. */
      columns: int(0, 511),
      targets: mostly(3, false, true),
    })
    .map(({ market, settings, rows, sizeType, defaultSize, columns, targets }) => {
      const built = buildMarket(market, assets, rows)
      const cash = Math.min(settings.cash ?? 1000, 1000)
      const sizeOf = (i: number) =>
        sizeType === 'units' ? UNITS[i] : sizeType === 'value' ? FRACTIONS[i] * cash : FRACTIONS[i]
      const column = <T>(of: (draw: SignalDraw) => T): T[][] => rows.map((row) => row.rest.map(of))
      const s: SignalScenario = {
        market: built.market,
        settings: buildSettings(settings, market.tick),
        sizeType,
        defaultSize: sizeOf(defaultSize),
      }
      if (targets) {
        const goal = (i: number) =>
          sizeType === 'units' ? TARGETS[i] : sizeType === 'value' ? TARGET_FRACTIONS[i] * cash : TARGET_FRACTIONS[i]
        s.targetPosition = column((d) => (d.target < 0 || d.signals === 0 ? Number.NaN : goal(d.target)))
      } else {
        s.entries = column((d) => (d.signals & 1) > 0)
        if (columns & 3) s.exits = column((d) => (d.signals & 2) > 0)
        if (columns & 12) s.shortEntries = column((d) => (d.signals & 4) > 0)
        if (columns & 12) s.shortExits = column((d) => (d.signals & 8) > 0)
        if (columns & 16) s.size = column((d) => sizeOf(d.size))
      }
      if (columns & 32) s.stop = column((d) => (d.rules & 1 ? 0.05 : Number.NaN))
      if (columns & 64) s.target = column((d) => (d.rules & 2 ? 0.06 : Number.NaN))
      if (columns & 128) s.trail = column((d) => (d.rules & 4 ? 0.04 : Number.NaN))
      return s
    }),
)
