/** Levels: position rules (section 6), trails (5.5), and the order in which reached levels have their turn (5.3). */
import type { Rule, RuleAction } from '../../src/settings/settings.ts'
import { atrAtEntry, atrNow } from './atr.ts'
import { isHidden } from './foreign.ts'
import { toGrid } from './grid.ts'
import { scaled } from './money.ts'
import {
  type Asset,
  cover,
  holdings,
  type LiveOrder,
  type Place,
  type Position,
  type Run,
  sideOf,
  wrong,
} from './state.ts'
import type { OrderSpec } from './types.ts'

/** Something with a level: a rule of the position or a live order. */
export interface Item {
  kind: 'stop' | 'limit'
  side: number
  level: number
  /** An exit of the position as it is now. */
  exit: boolean
  /** The position, or the lot, whose rule it is; null of orders. */
  of: Position | null
  /** Place in the chain (chain.length: the stop that move-stop added); -1 for orders. */
  place: number
  order: LiveOrder | null
}

/** The chain that a position of this asset follows now, unless it has its own (6.1). */
export function chainOf(run: Run, asset: Asset): Rule[] {
  if (asset.rules !== null && !wrong(run, '6.1/asset')) return asset.rules
  return run.globalRules
}

/** The rules that come with an order: a chain of any, or fractions of the entry (8.1); null for none. */
export function ownChain(run: Run, order: OrderSpec): Rule[] | null {
  if (order.chain) return wrong(run, '8.1/actions') ? order.chain.map(exitAll) : order.chain
  const rules = order.rules
  if (rules === undefined) return null
  const chain: Rule[] = []
  if (rules.stop !== undefined) chain.push({ type: 'stop', distance: rules.stop })
  if (rules.target !== undefined) chain.push({ type: 'target', distance: rules.target })
  if (rules.trail !== undefined) chain.push({ type: 'trail', distance: rules.trail })
  return chain
}

function exitAll(rule: Rule): Rule {
  return { ...rule, action: { type: 'exit' } }
}

function sameAction(a: RuleAction, b: RuleAction): boolean {
  if (a.type === 'exit-fraction') {
    return b.type === 'exit-fraction' && a.fraction === b.fraction && (a.of ?? 'position') === (b.of ?? 'position')
  }
  if (a.type === 'move-stop') return b.type === 'move-stop' && a.offset === b.offset
  return b.type === 'exit'
}

export function actionOf(rule: Rule): RuleAction {
  return rule.action ?? { type: 'exit' }
}

function sameRule(a: Rule, b: Rule): boolean {
  if (!sameAction(actionOf(a), actionOf(b))) return false
  if (a.type === 'time') return b.type === 'time' && a.bars === b.bars
  if (a.type === 'clock') return b.type === 'clock' && a.at === b.at
  if (b.type === 'time' || b.type === 'clock' || a.type !== b.type) return false
  if ((a.period ?? 14) !== (b.period ?? 14)) return false
  if (a.type === 'trail' && b.type === 'trail' && a.from !== b.from) return false
  return a.distance === b.distance && (a.unit ?? 'fraction') === (b.unit ?? 'fraction')
}

/** A new place of a chain; a trail has a level from the mark on (5.5), and has started where there was one before (6.6). */
export function newPlace(run: Run, asset: Asset, position: Position, rule: Rule, level = Number.NaN): Place {
  return { rule, fired: false, level: trailLevel(run, asset, position, rule, level) }
}

/** Level of a trail from the mark; `level` is what it has, NaN where it has not started. */
function trailLevel(run: Run, asset: Asset, position: Position, rule: Rule, level: number): number {
  if (rule.type !== 'trail') return Number.NaN
  const side = sideOf(position)
  if (rule.from !== undefined && !wrong(run, '6.6/from')) {
    const raw = awayFrom(run, asset, position, rule, side, rule.from)
    const begins = wrong(run, '1.10/begins') ? toGrid(run, asset, raw, side > 0) : raw
    const started = !Number.isNaN(level) && !wrong(run, '6.6/started')
    if (!started && !(side * (position.water - begins) >= 0)) return Number.NaN
  }
  if (rule.unit === 'atr' && !wrong(run, '6.5/unit')) {
    const raw = position.water - side * (rule.distance * atrNow(run, asset, position, rule.period ?? 14))
    return wrong(run, '1.10/atr-trails') ? raw : toGrid(run, asset, raw, side < 0)
  }
  return levelBehind(run, asset, side, position.water, rule.distance, rule.unit !== 'price')
}

/** Takes the levels of trails along with the mark, the basis and the ATR (5.5, 6.5, 6.6); they never loosen. */
export function follow(run: Run, asset: Asset, position: Position): void {
  for (const place of position.chain) {
    const level = trailLevel(run, asset, position, place.rule, place.level)
    place.level = tighter(sideOf(position), place.level, level)
  }
}

/** Level of a trail that protects `side`: mark - amount, or mark * (1 - fraction), mirrored (5.5). */
export function levelBehind(
  run: Run,
  asset: Asset,
  side: number,
  mark: number,
  trail: number,
  fraction: boolean,
): number {
  const level = fraction && !wrong(run, '5.5/fraction') ? scaled(run, mark, -side * trail) : mark - side * trail
  // It sells where it protects a long position, and rounds against the trader (1.10).
  return wrong(run, '1.10/trails') ? level : toGrid(run, asset, level, side < 0)
}

/** The better of two levels that protect `side`; a missing one never wins. */
function tighter(side: number, a: number, b: number): number {
  if (Number.isNaN(a)) return b
  if (Number.isNaN(b)) return a
  return side > 0 ? Math.max(a, b) : Math.min(a, b)
}

/** A change of rules counts from the asset's next bar (6.1). */
export function takeRules(run: Run, asset: Asset, position: Position): void {
  const late = wrong(run, '6.5/start')
  if (position.own) {
    if (!late) follow(run, asset, position)
    return
  }
  const old = position.chain
  old.forEach((place, at) => {
    if (place.fired) position.gone.push({ at, rule: place.rule })
  })
  const now = chainOf(run, asset)
  // The stop that was added stands behind the chain; where that is another place, it has not fired.
  if (now.length !== old.length) position.addedFired = false
  position.chain = now.map((rule, i) => {
    const was = old[i]
    const trails = was?.rule.type === 'trail'
    const place = newPlace(run, asset, position, rule, trails ? was.level : Number.NaN)
    if (wrong(run, '6.1/away') && position.gone.some((one) => one.at === i && sameRule(one.rule, rule)))
      place.fired = true
    if (was === undefined) return place
    if (sameRule(was.rule, rule) && !wrong(run, '6.1/fired')) place.fired = was.fired
    if (was.rule.type !== 'trail' || rule.type !== 'trail') return place
    if (late && sameRule(was.rule, rule)) place.level = was.level
    else if (rule.from !== undefined && !sameRule(was.rule, rule) && wrong(run, '6.6/place')) place.level = Number.NaN
    else if (!wrong(run, '5.5/rule-loosens')) place.level = tighter(sideOf(position), was.level, place.level)
    return place
  })
}

/** The price is seen: extremes of the trade (7.4) and water marks (5.5). */
export function see(run: Run, asset: Asset, price: number): void {
  const follows = run.set.trailFollows === 'walk' || wrong(run, '10.2/walk')
  for (const position of holdings(asset.position)) {
    if (!wrong(run, '7.4/walk')) widen(position, price)
    const side = sideOf(position)
    if (follows && side * (price - position.water) > 0) position.water = price
    follow(run, asset, position)
  }
  for (const order of asset.pending) {
    if (!follows && !Number.isNaN(order.water)) continue
    if (trails(order) && !order.dormant && Number.isNaN(order.water)) order.startedBar = run.bar
    if (trails(order) && !order.dormant && !(order.sleeps > 0 && wrong(run, '10.1/follow'))) trailTo(run, order, price)
  }
}

/** Where a trail that guards `side` starts: at the price, or at the extreme of a bar that counts whole (10.2). */
export function trailStart(run: Run, asset: Asset, side: number, price: number): number {
  if (run.set.trailFollows !== 'bar' || run.phase === 'close' || wrong(run, '10.2/start')) return price
  const { high, low } = asset.bar!
  return side > 0 ? Math.max(price, high) : Math.min(price, low)
}

/** A bar begins: trails that follow whole bars move to its extreme (10.2). */
export function followBar(run: Run, asset: Asset): void {
  if (run.set.trailFollows !== 'bar') return
  moveTrails(run, asset, asset.bar!.high, asset.bar!.low, () => true)
}

/** The range is over: trails move to its close, or to its extreme if they had started before the bar (10.2). */
export function followRange(run: Run, asset: Asset): void {
  const { high, low, close } = asset.bar!
  const old = (started: number) => started < run.bar || wrong(run, '10.2/entry-bar')
  if (run.set.trailFollows === 'close')
    moveTrails(run, asset, close, close, (order) => 'q' in order || order.sleeps === 0 || wrong(run, '10.2/asleep'))
  if (run.set.trailFollows === 'extremes')
    moveTrails(run, asset, high, low, (order) => old('q' in order ? order.entryBar : order.startedBar))
}

function moveTrails(
  run: Run,
  asset: Asset,
  high: number,
  low: number,
  moves: (trailing: LiveOrder | Position) => boolean,
): void {
  for (const position of holdings(asset.position)) {
    if (!moves(position)) continue
    const side = sideOf(position)
    const to = side > 0 ? high : low
    if (side * (to - position.water) > 0) position.water = to
    follow(run, asset, position)
  }
  for (const order of asset.pending) {
    if (trails(order) && !order.dormant && moves(order)) trailTo(run, order, order.side < 0 ? high : low)
  }
}

/** The price belongs to the trade (7.4), whether or not trails have followed yet. */
export function widen(position: Position, price: number): void {
  const side = sideOf(position)
  if (side * (price - position.best) > 0) position.best = price
  if (side * (price - position.worst) < 0) position.worst = price
}

/** Moves a trailing order's mark to a price if that is better, and its level with it (5.5). */
export function trailTo(run: Run, order: LiveOrder, price: number): void {
  const side = -order.side
  if (Number.isNaN(order.water) || side * (price - order.water) > 0) order.water = price
  const level = levelBehind(run, run.assets[order.asset], side, order.water, order.trail, order.trailFraction)
  order.level = wrong(run, '5.5/order-loosens') ? level : tighter(side, order.level, level)
}

function basisOf(run: Run, position: Position): number {
  if (wrong(run, '6.2/basis')) return position.average
  return run.set.stopBasis === 'fill' ? position.average : position.signal
}

function firstStop(position: Position): number {
  return position.chain.findIndex((place) => place.rule.type === 'stop')
}

/** basis * (1 + sign * x), basis + sign * x, or basis + sign * (x * ATR), by the rule's unit (6.2). */
function awayFrom(
  run: Run,
  asset: Asset,
  position: Position,
  rule: Exclude<Rule, { type: 'time' | 'clock' }>,
  sign: number,
  x: number,
): number {
  const basis = basisOf(run, position)
  if (rule.unit === 'price' && !wrong(run, '6.1/unit')) return basis + sign * x
  if (rule.unit === 'atr') return basis + sign * (x * atrAtEntry(run, asset, position, rule.period ?? 14))
  return scaled(run, basis, sign * x)
}

/** Level of the rule at a place of the chain (6.2). */
export function ruleLevel(run: Run, asset: Asset, position: Position, index: number): number {
  const { rule, level } = position.chain[index]
  const side = sideOf(position)
  if (rule.type === 'time' || rule.type === 'clock') return Number.NaN
  if (rule.type === 'trail') return level
  if (index === firstStop(position) && position.movedStop !== null) return position.movedStop
  const raw = awayFrom(run, asset, position, rule, rule.type === 'stop' ? -side : side, rule.distance)
  if (wrong(run, rule.type === 'stop' ? '1.10/stops' : '1.10/targets')) return raw
  // Stops sell down and buy up; targets sell up and buy down (1.10).
  const sells = side > 0
  return toGrid(run, asset, raw, rule.type === 'stop' ? !sells : sells)
}

/** Moves the first stop of the chain, added last if there is none, where that tightens it (6.1). */
export function moveStop(run: Run, asset: Asset, position: Position, offset: number): void {
  tightenStop(run, asset, position, scaled(run, basisOf(run, position), sideOf(position) * offset))
}

/** The stop that moves goes to a price, rounded against the trader (1.10), where that tightens it; whether it did. */
export function tightenStop(run: Run, asset: Asset, position: Position, price: number, exact = false): boolean {
  const side = sideOf(position)
  const to = exact || wrong(run, '1.10/moved') ? price : toGrid(run, asset, price, side < 0)
  const first = firstStop(position)
  const now = first >= 0 ? ruleLevel(run, asset, position, first) : position.movedStop
  if (now !== null && side * (to - now) <= 0 && !wrong(run, '6.1/tightens')) return false
  if (first < 0 && wrong(run, '6.1/added')) return false
  position.movedStop = to
  return true
}

/** All that has a level and is looked at: rules not fired yet, and live orders. */
export function itemsOf(run: Run, asset: Asset): Item[] {
  const items = allItems(run, asset)
  return items.filter((item) => !isHidden(run, asset, item, items))
}

function allItems(run: Run, asset: Asset): Item[] {
  const items: Item[] = []
  for (const position of holdings(asset.position)) {
    // A rule whose exit was cut waits for the next bar, and the others with it (10.4).
    if (!(position.barsHeld >= position.sleeps && position.cutBar !== run.bar)) continue
    const side = sideOf(position)
    for (let i = 0; i < position.chain.length; i++) {
      const { rule, fired } = position.chain[i]
      if (fired || rule.type === 'time' || rule.type === 'clock') continue
      const kind = rule.type === 'target' ? 'limit' : 'stop'
      const level = ruleLevel(run, asset, position, i)
      items.push({ kind, side: -side, level, exit: true, of: position, place: i, order: null })
    }
    if (position.movedStop !== null && firstStop(position) < 0 && !position.addedFired) {
      const place = position.chain.length
      const level = position.movedStop
      items.push({ kind: 'stop', side: -side, level, exit: true, of: position, place, order: null })
    }
  }
  for (const order of asset.pending) {
    if (order.done || order.type === 'market' || order.dormant || order.sleeps > 0 || order.sleepsIn === run.bar)
      continue
    items.push({
      kind: isLimit(order) || isTouch(run, order) ? 'limit' : 'stop',
      side: order.side,
      level: levelOf(order),
      exit: asset.position !== null && order.side === -sideOf(asset.position),
      of: null,
      place: -1,
      order,
    })
  }
  return items
}

/** A limit, or what has become one (3.3). */
export function isLimit(order: LiveOrder): boolean {
  return order.type === 'limit' || (LIMITS_LATER.includes(order.type) && order.status === 'triggered')
}

const LIMITS_LATER = ['stop-limit', 'limit-if-touched', 'trailing-limit']

/** Fires where a limit at its touch price would (3.13). */
function isTouch(run: Run, order: LiveOrder): boolean {
  return order.type.endsWith('-if-touched') && !wrong(run, '3.13/touch')
}

/** It becomes a limit when it is first reached (3.3). */
export function becomesLimit(order: LiveOrder): boolean {
  return LIMITS_LATER.includes(order.type) && order.status !== 'triggered'
}

/** Follows the price (5.5). */
export function trails(order: LiveOrder): boolean {
  return order.type === 'trailing-stop' || (order.type === 'trailing-limit' && order.status !== 'triggered')
}

function levelOf(order: LiveOrder): number {
  if (isLimit(order)) return order.limit
  // A stop that was reached and has more turns to come has been reached for good (3.12).
  if (order.status === 'triggered' && order.type === 'market-if-touched')
    return order.side > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
  if (order.status === 'triggered') return order.side > 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return trails(order) ? order.level : order.stop
}

/** The level is at or behind the price, as its side and kind see it (3.5, 5.3). */
export function reached(item: Item, price: number): boolean {
  const up = item.side > 0 === (item.kind === 'stop')
  return up ? price >= item.level : price <= item.level
}

/** True when `a` has its turn before `b` at the same price (5.3). */
export function before(run: Run, a: Item, b: Item): boolean {
  if (a.exit !== b.exit && !wrong(run, '5.3/exits-first')) return a.exit
  if (a.exit && b.exit) {
    if (a.kind !== b.kind && !wrong(run, '5.3/stops-first')) return a.kind === 'stop'
    if ((a.order === null) !== (b.order === null)) return (a.order === null) !== wrong(run, '5.3/rules-first')
    if (a.of !== b.of && a.of && b.of) return a.of.number < b.of.number !== wrong(run, '10.13/turn')
    if (a.order === null) return a.place < b.place !== wrong(run, '5.3/chain')
  }
  cover(run, '5.3')
  if (a.order === null || b.order === null) return a.order === null
  return a.order.id < b.order.id !== wrong(run, '5.3/id')
}
