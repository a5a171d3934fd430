/** Random commands, with prices near the last close. */
import fc from 'fast-check'
import type { SizeType } from '../../src/settings/settings.ts'
import { type Built, int, type MarketDraw, mostly, pick, priceOf } from './bars.ts'
import { buildRule, chainDraw, type RuleDraw, ruleDraw } from './options.ts'
import type { AnySettings, BracketSpec, Command, OrderSpec, PositionRules } from './types.ts'

export interface OrderDraw {
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
  /** Own rules of any kind, in place of `rules`. */
  chain: RuleDraw[]
  bracket: number
  /** Which shares a scaled bracket has (3.17), and what its stop does; 0 where it is none. */
  scaled: number
  even: number
  later: number
  /** How many orders back the one is that it waits for (3.16); 0 for none. */
  after: number
  tag: number
  /** How it lives (3.6, 3.14): 0 as any other. */
  life: number
}

export const orderDraw: fc.Arbitrary<OrderDraw> = fc.record({
  type: pick(
    'market' as const,
    'market' as const,
    'limit' as const,
    'stop' as const,
    'stop-limit' as const,
    'trailing-stop' as const,
    'market-if-touched' as const,
    'limit-if-touched' as const,
    'trailing-limit' as const,
  ),
  side: pick<1 | -1>(1, -1),
  size: mostly<SizeType>(2, 'units', 'value', 'fraction', 'target-units', 'target-value', 'target-fraction'),
  amount: int(0, 13),
  off: int(-5, 5),
  off2: int(-3, 3),
  trail: int(1, 6),
  trailFraction: fc.boolean(),
  timing: mostly(5, undefined, 'next-open' as const, 'next-close' as const, 'same-close' as const),
  rules: mostly(6, 0, 1, 2, 3, 4, 5, 6, 7),
  chain: fc.oneof(
    { weight: 6, arbitrary: fc.constant([] as RuleDraw[]) },
    { weight: 1, arbitrary: fc.array(ruleDraw, { minLength: 1, maxLength: 8 }) },
  ),
  bracket: mostly(2, 0, 1, 2, 3, 4, 5, 6, 7),
  scaled: mostly(3, 0, 1, 2, 3, 4, 5, 6, 7),
  even: int(0, 2),
  later: int(0, 2),
  after: mostly(5, 0, 1, 2, 3, 4),
  tag: mostly(4, 0, 1, 7),
  life: mostly(2, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
})

export interface CommandDraw {
  kind: 'order' | 'oco' | 'close' | 'update' | 'cancel' | 'rules' | 'reduce' | 'move-stop'
  asset: number
  order: OrderDraw
  more: OrderDraw[]
  back: number
  fields: number
  chain: RuleDraw[]
}

export const simple: OrderDraw = {
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
  chain: [],
  bracket: 0,
  scaled: 0,
  even: 0,
  later: 0,
  after: 0,
  tag: 0,
  life: 0,
}

export function commandDraw(
  kind: CommandDraw['kind'],
  parts: Partial<Record<keyof CommandDraw, fc.Arbitrary<unknown>>>,
) {
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

export const anyCommand = fc.oneof(
  { weight: 14, arbitrary: commandDraw('order', { order: orderDraw }) },
  {
    weight: 2,
    arbitrary: commandDraw('oco', { order: orderDraw, more: fc.array(orderDraw, { minLength: 1, maxLength: 2 }) }),
  },
  { weight: 2, arbitrary: commandDraw('close', { order: orderDraw, back: int(0, 8) }) },
  { weight: 3, arbitrary: commandDraw('update', { order: orderDraw, back: int(0, 5), fields: int(0, 31) }) },
  { weight: 1, arbitrary: commandDraw('cancel', { back: int(0, 5) }) },
  { weight: 2, arbitrary: commandDraw('reduce', { fields: int(0, 2), back: int(0, 8) }) },
  { weight: 2, arbitrary: commandDraw('move-stop', { order: orderDraw, back: int(0, 8) }) },
  // 9 takes the rules away, or brings them back (6.1).
  {
    weight: 3,
    arbitrary: commandDraw('rules', { chain: chainDraw, fields: fc.oneof(int(0, 11), fc.constant(9)) }),
  },
)

/** Market orders with the run's timing. */
export const atMarket: fc.Arbitrary<OrderDraw> = orderDraw.map((draw) => ({
  ...draw,
  type: 'market',
  timing: undefined,
}))
/** Orders of one asset that fill at one price, and closings of its position among them (3.6, 3.7). */
const together = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: commandDraw('order', { asset: fc.constant(0), order: atMarket }) },
    { weight: 1, arbitrary: commandDraw('close', { asset: fc.constant(0) }) },
  ),
  { minLength: 2, maxLength: 4 },
)

export const commandsDraw = fc.oneof(
  { weight: 3, arbitrary: fc.constant([] as CommandDraw[]) },
  { weight: 3, arbitrary: fc.array(anyCommand, { minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.array(anyCommand, { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: together },
)

/** Types with a stop, and with a limit price. */
const STOPPED = new Set<OrderSpec['type']>(['stop', 'stop-limit', 'market-if-touched', 'limit-if-touched'])
const LIMITED = new Set<OrderSpec['type']>(['limit', 'stop-limit', 'limit-if-touched'])

/** Orders with a life of their own, and updates of their prices (3.14). */
export const livingDraw = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: commandDraw('order', {
        order: fc.record({ order: orderDraw, life: int(1, 9) }).map(({ order, life }) => ({ ...order, life })),
      }),
    },
    { weight: 2, arbitrary: commandDraw('update', { order: orderDraw, back: int(0, 3), fields: int(0, 31) }) },
  ),
  { maxLength: 2 },
)

/** Scaled brackets, and changes of their children (3.17). */
export const scaledDraw = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: commandDraw('order', {
        order: fc
          .record({ order: orderDraw, scaled: int(1, 7), bracket: pick(2, 3, 3, 3, 6, 7) })
          .map(({ order, ...drawn }) => ({ ...order, ...drawn, size: 'units' as const, life: 0 })),
      }),
    },
    { weight: 1, arbitrary: commandDraw('update', { order: orderDraw, back: int(0, 5), fields: int(0, 31) }) },
    { weight: 1, arbitrary: commandDraw('cancel', { back: int(0, 5) }) },
    { weight: 1, arbitrary: commandDraw('reduce', { fields: int(0, 2) }) },
  ),
  { maxLength: 1 },
)

/** Orders that wait for others, of the same asset or of another, and cancels of those (3.16). */
export const waitingDraw = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: commandDraw('order', {
        order: fc.record({ order: orderDraw, after: int(0, 3) }).map(({ order, after }) => ({ ...order, after })),
      }),
    },
    { weight: 1, arbitrary: commandDraw('cancel', { back: int(0, 5) }) },
  ),
  { maxLength: 3 },
)

/** Shares of the targets of scaled brackets, by their draw from 1. */
const SHARES = [
  [0.5, 0.5],
  [0.25, 0.35, 0.4],
  [1 / 3, 1 / 3, 1 / 3],
  [0.01, 0.49, 0.5],
  [0.2, 0.2, 0.2, 0.4],
  [0.5, 0.5 - 1e-10, 1e-10],
  [1],
]

/** Groups of limits, of which the first cannot be paid and leaves post-only ones, reached at the same open (3.14, 10.10). */
export const postedDraw = fc.array(
  commandDraw('oco', {
    order: orderDraw.map((draw) => ({ ...draw, type: 'limit', size: 'units', amount: 13, bracket: 0, life: 0 })),
    more: fc.array(
      orderDraw.map((draw) => ({ ...draw, type: 'limit', bracket: 0, life: 7 })),
      { minLength: 1, maxLength: 2 },
    ),
  }),
  { maxLength: 1 },
)

/** Brackets of one asset at the market, and changes of what their children wait for (10.12). */
export const bracketsDraw = fc.array(
  fc.oneof(
    commandDraw('order', {
      asset: fc.constant(0),
      order: atMarket.map((draw) => ({ ...draw, side: 1, size: 'units', bracket: 3, life: 0 })),
    }),
    commandDraw('update', {
      asset: fc.constant(0),
      order: orderDraw.map((draw) => ({ ...draw, life: 0 })),
      back: int(0, 8),
      fields: int(0, 1),
    }),
  ),
  { maxLength: 2 },
)

export const UNITS = [1, 2, 3, 5, 10, 0.1, 0.2, 0.3, 2.5, 0.7, 1 + 1e-10, 3 - 1e-9, 20, 100]
export const FRACTIONS = [0.1, 0.25, 0.5, 1, 0.9, 1.2, 0.05, 0.3, 2, 0.75, 0.999, 0.01, 5, 9]
export const TARGETS = [0, 1, -1, 3, -3, 2, -2, 0.5, -0.2, 5, 0.3, -10, 40, -40]
export const TARGET_FRACTIONS = [0, 0.5, -0.5, 1, -1, 0.25, 0.1, -0.1, 1.5, -2, 0.9, -0.9, 6, -6]

export function amountOf(draw: OrderDraw, cash: number): number {
  if (draw.size === 'units') return UNITS[draw.amount]
  if (draw.size === 'value') return FRACTIONS[draw.amount] * Math.min(cash, 1000)
  if (draw.size === 'fraction') return FRACTIONS[draw.amount]
  if (draw.size === 'target-units') return TARGETS[draw.amount]
  if (draw.size === 'target-value') return TARGET_FRACTIONS[draw.amount] * Math.min(cash, 1000)
  return TARGET_FRACTIONS[draw.amount]
}

/** Turns draws into commands with prices near the last close, and keeps count of the ids. */
export class Commander {
  readonly market: MarketDraw
  readonly units: number[][]
  readonly cash: number
  readonly assets: number
  ids = 0
  chain: RuleDraw[]
  /** The last chain that was not empty. */
  away: RuleDraw[]

  /** Whether an account pays, of which fill or kill asks, and whether there are lots. */
  readonly accounts: boolean
  /** The orders of a bar are a queue, in which none is looked at once and none rests (10.12). */
  readonly queued: boolean
  readonly lots: boolean

  /** Whether brackets may be scaled: their children are not plain. */
  readonly scales: boolean

  constructor(market: MarketDraw, built: Built, cash: number, chain: RuleDraw[], extras: AnySettings) {
    this.accounts = extras.funds === undefined
    this.queued = extras.matching === 'queue'
    this.lots = extras.lots === 'fifo'
    this.scales = extras.children !== 'plain'
    this.chain = chain
    this.away = chain
    this.market = market
    this.units = built.units
    this.assets = built.market.assets
    this.cash = cash
  }

  price(units: number, jitter: number): number {
    return priceOf(this.market, units, jitter)
  }

  /** `known` ids were given before, of which one may be waited for. */
  order(t: number, asset: number, draw: OrderDraw, known = this.ids): { order: OrderSpec; bracket?: BracketSpec } {
    const at = this.units[t][asset]
    const { type, side, size, off, off2, tag } = draw
    const order: OrderSpec = { asset, type, side, size, amount: amountOf(draw, this.cash) }
    let center = at
    if (type === 'limit') center = at + off
    if (STOPPED.has(type)) order.stop = this.price(at + off, off + 50)
    if (type === 'stop' || type === 'market-if-touched') center = at + off
    if (type === 'stop-limit') center = at + off + off2
    if (type === 'limit-if-touched') center = at + off + side * Math.abs(off2)
    if (LIMITED.has(type)) order.limit = this.price(center, off2 + 60)
    // Prices do not contradict each other (3.13), whatever the jitter.
    if (type === 'limit-if-touched' && side * (order.limit! - order.stop!) < 0) order.limit = order.stop
    if (type.startsWith('trailing')) Object.assign(order, this.trail(draw))
    if (type === 'trailing-limit' && off2 !== 0) order.offset = this.offset(draw)
    if (draw.timing !== undefined) order.timing = draw.timing
    if (tag !== 0) order.tag = tag
    const rules: PositionRules = {}
    if (draw.rules & 1) rules.stop = 0.05
    if (draw.rules & 2) rules.target = 0.06
    if (draw.rules & 4) rules.trail = 0.04
    if (draw.chain.length > 0) order.chain = draw.chain.map((rule) => buildRule(this.market.tick, rule))
    else if (draw.rules > 0) order.rules = rules
    this.ids++
    this.live(order, t, draw)
    if (draw.after > 0 && draw.after <= known && order.force === undefined) order.after = known + 1 - draw.after
    if (draw.bracket === 0 || size.startsWith('target') || order.reduceOnly) return { order }
    const bracket = this.bracket(draw, center)
    this.ids += (bracket.stop ?? bracket.trail) === undefined ? 0 : 1
    this.ids += bracket.target === undefined ? 0 : 1
    this.ids += bracket.targets?.length ?? 0
    return Object.keys(bracket).length > 0 ? { order, bracket } : { order }
  }

  /** Times in force, post-only and reduce-only, as far as the order may have them. */
  live(order: OrderSpec, t: number, { life }: OrderDraw): void {
    const { type } = order
    const target = order.size.startsWith('target')
    const once = (type === 'market' || type === 'limit') && !this.queued
    if (life === 1 && once) order.force = 'ioc'
    if ((life === 2 || life === 3) && once && !target) order.force = this.accounts ? 'fok' : 'ioc'
    if (life >= 4 && life <= 6) order.until = t + life - 3
    const posted = (life === 6 || life === 7) && !this.queued
    if (posted && ['limit', 'stop-limit', 'trailing-limit'].includes(type)) order.postOnly = true
    if ((life === 3 || life >= 8) && !target) order.reduceOnly = true
  }

  trail(draw: OrderDraw): { trail: number; trailFraction?: boolean } {
    if (draw.trailFraction) return { trail: draw.trail / 50, trailFraction: true }
    return { trail: draw.trail * this.market.tick }
  }

  /** From the level of a trailing limit to its limit, in the unit of its trail. */
  offset(draw: OrderDraw): number {
    return draw.trailFraction ? draw.off2 / 50 : draw.off2 * this.market.tick
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
    const shares = SHARES[draw.scaled - 1] ?? []
    if (bracket.target === undefined || shares.length === 0 || !this.scales) return bracket
    const step = draw.side * (1 + (draw.even % 2))
    // Down at the lowest price there is no room for more.
    if (!allowed(target + (shares.length - 1) * step)) return bracket
    delete bracket.target
    bracket.targets = shares.map((share, i) => ({ price: this.price(target + i * step, 80), share }))
    const after = (draw: number) => (draw > 0 && draw < shares.length ? draw : undefined)
    const guarded = bracket.stop !== undefined || bracket.trail !== undefined
    if (guarded && after(draw.even)) bracket.breakEvenAfter = draw.even
    if (bracket.stop !== undefined && after(draw.later))
      Object.assign(bracket, this.trail(draw), { trailAfter: draw.later })
    return bracket
  }

  command(t: number, draw: CommandDraw): Command {
    const asset = draw.asset % this.assets
    if (draw.kind === 'order') return { kind: 'order', ...this.order(t, asset, draw.order) }
    if (draw.kind === 'oco') {
      const known = this.ids
      return { kind: 'oco', members: [draw.order, ...draw.more].map((member) => this.order(t, asset, member, known)) }
    }
    if (draw.kind === 'close') {
      this.ids++
      const { timing, tag } = draw.order
      return { kind: 'close', asset, ...(timing ? { timing } : {}), ...(tag ? { tag } : {}), ...this.lot(draw) }
    }
    if (draw.kind === 'reduce')
      return { kind: 'reduce', asset, fraction: [0.3, 0.5, 1][draw.fields], ...this.lot(draw) }
    if (draw.kind === 'move-stop')
      return {
        kind: 'move-stop',
        asset,
        price: this.price(this.units[t][asset] + draw.order.off, draw.order.off2 + 40),
        ...this.lot(draw),
      }
    const id = Math.max(1, this.ids - draw.back)
    if (draw.kind === 'cancel') return { kind: 'cancel', id }
    if (draw.kind === 'update') return this.update(t, asset, id, draw)
    return this.rules(asset, draw)
  }

  /** A lot by the id of one of the latest orders, which may have none. */
  lot({ back }: CommandDraw): { lot?: number } {
    return this.lots && back > 2 ? { lot: Math.max(1, this.ids - back + 3) } : {}
  }

  /** New rules, the last ones with other distances, none for a while, or those that were there before (5.5, 6.1). */
  rules(asset: number, draw: CommandDraw): Command {
    if (this.chain.length > 0) this.away = this.chain
    if (draw.fields > 10) this.chain = this.away
    else if (draw.fields > 8) this.chain = this.chain.length > 0 ? [] : this.away
    else if (draw.fields > 4)
      this.chain = this.chain.map((rule) => ({ ...rule, distance: 1 + ((rule.distance + draw.fields) % 8) }))
    else this.chain = draw.fields === 0 ? [] : draw.chain
    const rules = draw.fields === 0 ? null : this.chain.map((rule) => buildRule(this.market.tick, rule))
    return draw.fields % 3 === 2 ? { kind: 'rules', asset, rules } : { kind: 'rules', rules }
  }

  update(t: number, asset: number, id: number, draw: CommandDraw): Command {
    const at = this.units[t][asset]
    const { off, off2, amount } = draw.order
    const command: Command = { kind: 'update', id }
    // One field in most cases, since most types have but one price.
    const fields = draw.fields < 20 ? 1 << (draw.fields % 5) : draw.fields % 32
    if (fields & 1) command.limit = this.price(at + off, off2 + 60)
    if (fields & 2) command.stop = this.price(at + off2 + off, off + 50)
    if (fields & 4) Object.assign(command, this.trail(draw.order))
    if (fields & 8) command.units = UNITS[amount]
    if (draw.order.life >= 4 && draw.order.life <= 6) command.until = t + draw.order.life - 3
    if (fields & 16) command.offset = this.offset(draw.order)
    return command
  }
}
