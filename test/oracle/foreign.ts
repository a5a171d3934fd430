/** Rules of other engines in place of those of the sections before (section 10). */
import { cancelOrder, endOrder, lookFirst, rest } from './ends.ts'
import { toGrid } from './grid.ts'
import { scaled } from './money.ts'
import { actionOf, becomesLimit, type Item, itemsOf } from './rules.ts'
import { type Asset, cover, type LiveOrder, type Position, type Run, wrong } from './state.ts'

/** Market orders of a timing that a rule's exit leaves no turn in this bar (10.5). */
function cancelMarket(run: Run, asset: Asset, timing: LiveOrder['timing']): void {
  for (const order of [...asset.pending]) {
    if (order.endedBar < 0 && !order.dormant && order.type === 'market' && order.timing === timing)
      cancelOrder(run, asset, order, 'rule_exit')
  }
}

/** At O, between the exits by rule and the orders: a rule that exits in this bar takes it (10.5). */
export function takeBarAtOpen(run: Run, asset: Asset): void {
  if (run.set.ruleExit !== 'takes-bar' || !asset.bar) return
  cover(run, '10.5')
  const { position } = asset
  const filled = asset.ruleExitBar === run.bar && !wrong(run, '10.5/open')
  const waits = position !== null && position.waiting.length > 0 && !wrong(run, '10.5/waiting')
  if (filled || waits || (exitsInBar(run, asset) && !wrong(run, '10.5/ahead'))) cancelMarket(run, asset, 'next-open')
}

/** A rule that exits has its level, as it is now, inside the bar. */
function exitsInBar(run: Run, asset: Asset): boolean {
  return itemsOf(run, asset).some((item) => {
    if (item.of === null) return false
    const place = item.of.chain[item.place]
    if (place && actionOf(place.rule).type === 'move-stop' && !wrong(run, '10.5/move')) return false
    return inBar(asset, item)
  })
}

/** The whole bar reaches the level as it is now. */
export function inBar(asset: Asset, item: Item): boolean {
  const up = item.side > 0 === (item.kind === 'stop')
  return up ? asset.bar!.high >= item.level : asset.bar!.low <= item.level
}

/** At C before the hook, between the exits by rule and the orders (10.5). */
export function takeBarAtClose(run: Run, asset: Asset): void {
  if (run.set.ruleExit !== 'takes-bar' || asset.ruleExitBar !== run.bar) return
  if (!wrong(run, '10.5/close')) cancelMarket(run, asset, 'next-close')
}

/** Refuses an order that was just given in a bar that a rule's exit has taken (10.5). */
export function refuseByRuleExit(run: Run, asset: Asset, order: LiveOrder): void {
  const sameClose = order.type === 'market' && (order.timing === 'same-close' || wrong(run, '10.5/timing'))
  const takes = run.set.ruleExit === 'takes-bar' && sameClose && asset.ruleExitBar === run.bar
  const flat = asset.position === null || wrong(run, '10.5/flat')
  const whole = asset.ruleClosedBar === run.bar || (asset.ruleExitBar === run.bar && wrong(run, '10.5/whole'))
  const drops = run.set.ruleExit === 'drops-orders' && whole && flat
  if ((takes && !wrong(run, '10.5/given')) || (drops && !wrong(run, '10.5/dropped')))
    endOrder(run, asset, order, 'rejected', 'rule_exit')
}

// ---- stop-limits (10.8) --------------------------------------------------------------------------

/** An order that becomes a limit is reached (3.3, 3.13): what it does then. */
export function trigger(run: Run, asset: Asset, order: LiveOrder, price: number): 'fill' | 'limit' | 'sleep' {
  if (order.type === 'trailing-limit') setLimit(run, order, price)
  order.status = 'triggered'
  run.occurrences.push({ kind: 'order', index: order.id })
  const outcome = order.type === 'stop-limit' ? stopLimitOutcome(run, asset, order) : 'limit'
  if (outcome === 'sleep' && !wrong(run, '10.8/sleeps')) order.sleepsIn = run.bar
  if (outcome === 'limit') {
    lookFirst(run, asset, order, price)
    if (wrong(run, '7.2/trigger')) order.resting = true
    rest(order, price)
  }
  if (outcome === 'fill' && order.fresh && !wrong(run, '3.14/post-only')) cancelOrder(run, asset, order, 'post_only')
  return order.endedBar >= 0 ? 'limit' : outcome
}

function setLimit(run: Run, order: LiveOrder, price: number): void {
  const from = wrong(run, '3.13/level') ? price : order.level
  const step = wrong(run, '3.13/side') ? order.offset : order.side * order.offset
  const limit = order.trailFraction && !wrong(run, '3.13/unit') ? scaled(run, from, step) : from + step
  order.limit = wrong(run, '1.10/limit') ? limit : toGrid(run, run.assets[order.asset], limit, order.side < 0)
}

function stopLimitOutcome(run: Run, asset: Asset, order: LiveOrder): 'fill' | 'limit' | 'sleep' {
  const { open, close } = asset.bar!
  const { side: s, limit, stop } = order
  if (run.set.stopLimit === 'limit') return 'limit'
  cover(run, '10.8')
  const strict = (run.set.stopLimit === 'at-stop') !== wrong(run, '10.8/beyond')
  const beyond = strict ? s * (limit - stop) > 0 : s * (limit - stop) >= 0
  if (run.set.stopLimit === 'at-stop')
    return beyond && (limitInBar(asset, order) || wrong(run, '10.8/reach')) ? 'fill' : 'sleep'
  if (s * (open - stop) >= 0 && !wrong(run, '10.8/gap')) return 'limit'
  if (beyond) return 'fill'
  if (wrong(run, '10.8/close')) return 'sleep'
  const back = s > 0 ? open > close && close <= limit : open <= close && limit <= close
  return back || (s * (close - limit) <= 0 && wrong(run, '10.8/way')) ? 'limit' : 'sleep'
}

function limitInBar({ bar }: Asset, { side, limit }: LiveOrder): boolean {
  return side > 0 ? bar!.low <= limit : bar!.high >= limit
}

// ---- both reached (10.10) ------------------------------------------------------------------------

/** The level is not looked at, since the bar reaches one that would end it. */
export function isHidden(run: Run, asset: Asset, item: Item, all: Item[]): boolean {
  if (run.set.bothReached !== 'stop-first') return false
  cover(run, '10.10')
  const { order } = item
  if (order === null) return item.kind === 'limit' && isTargetHidden(run, asset, item.of!, all)
  if (order.parent > 0) {
    if (order.type !== 'limit' || wrong(run, '10.10/sibling')) return false
    const guards = (o: Item) => o.order?.type !== 'limit' || (o.order !== order && wrong(run, '10.10/targets'))
    return all.some((o) => o.order?.parent === order.parent && guards(o) && inBar(asset, o))
  }
  if (order.group === 0 || wrong(run, '10.10/group')) return false
  return all.some((o) => o.order?.group === order.group && o.order.id < order.id && endsInBar(run, asset, o))
}

function isTargetHidden(run: Run, asset: Asset, position: Position, all: Item[]): boolean {
  const { chain, waiting } = position
  if (waiting.length > 0 && !wrong(run, '10.10/waiting')) return true
  if (wrong(run, '10.10/chain')) return false
  return all.some((item) => {
    if (item.of !== position || item.kind !== 'stop') return false
    const place = chain[item.place]
    if (place && actionOf(place.rule).type === 'move-stop' && !wrong(run, '10.10/moves')) return false
    return inBar(asset, item)
  })
}

/** A member of a group that has its way in this bar. */
function endsInBar(run: Run, asset: Asset, item: Item): boolean {
  const order = item.order!
  if (!inBar(asset, item)) return false
  if (!becomesLimit(order) || wrong(run, '10.10/stop-limit')) return true
  if (run.set.stopLimit === 'limit' || order.type !== 'stop-limit') return limitInBar(asset, order)
  const gap = order.side * (asset.bar!.open - order.stop) >= 0
  if (run.set.stopLimit === 'by-close' && gap) return limitInBar(asset, order)
  return stopLimitOutcome(run, asset, order) !== 'sleep'
}

// ---- plain children (10.11) ----------------------------------------------------------------------

/** The order can only reduce a position. */
export function isReduceOnly(run: Run, order: LiveOrder): boolean {
  if (order.size === 'position' || order.reduceOnly) return true
  if (order.parent === 0) return false
  return run.set.children !== 'plain' || wrong(run, '10.11/cut')
}
