/** The orders of a bar as a queue, each against the whole bar (10.12). */
import { rest } from './ends.ts'
import { execute } from './fills.ts'
import { inBar, trigger } from './foreign.ts'
import { becomesLimit, before, type Item, isLimit, itemsOf, reached, see, trails, trailTo } from './rules.ts'
import { type Asset, cover, type LiveOrder, type Run, wrong } from './state.ts'
import { fireItem } from './walk.ts'

/** Passes of each asset, which begin with exits that no level asks for. */
export function queuePhase(run: Run, exits: (asset: Asset) => void): void {
  cover(run, '10.12')
  for (const asset of run.assets) {
    if (!asset.bar) continue
    markAtClose(run, asset)
    for (const order of asset.pending) if (!order.dormant) rest(order, asset.bar.open)
    while (pass(run, asset, exits)) if (wrong(run, '10.12/again')) break
  }
  run.phase = 'open'
}

function markAtClose(run: Run, asset: Asset): void {
  asset.mark = wrong(run, '10.12/mark') ? asset.bar!.open : asset.bar!.close
}

/** Once through the queue; whether there is another pass. */
function pass(run: Run, asset: Asset, exits: (asset: Asset) => void): boolean {
  run.phase = 'open'
  exits(asset)
  while (asset.position) {
    const item = first(run, asset)
    if (item === null) break
    const base = baseOf(run, item, asset.bar!.open)
    atPrice(run, asset, base)
    fireItem(run, asset, item, base)
  }
  markAtClose(run, asset)
  const due = asset.pending.filter((order) => !order.dormant)
  due.sort((a, b) => (wrong(run, '10.12/places') ? a.id - b.id : a.place - b.place))
  let again = false
  for (const order of due) {
    if (order.endedBar >= 0) continue
    const opened = order.opened
    turn(run, asset, order)
    markAtClose(run, asset)
    if (order.opened > opened && looksAgain(run, asset, order)) again = true
  }
  return again
}

/** The rule that fires first of those that the bar reaches. */
function first(run: Run, asset: Asset): Item | null {
  const rules = itemsOf(run, asset).filter((item) => item.order === null && inBar(asset, item))
  let found: Item | null = null
  for (const item of rules) if (found === null || before(run, item, found)) found = item
  return found
}

function baseOf(run: Run, item: Item, from: number): number {
  return reached(item, from) && !wrong(run, '10.12/gap') ? from : item.level
}

/** A fill at O is of the open, any other of the range. */
function atPrice(run: Run, asset: Asset, base: number): void {
  run.phase = base === asset.bar!.open ? 'open' : 'range'
}

/** An order that the bar reaches is done. */
function turn(run: Run, asset: Asset, order: LiveOrder): void {
  const { open } = asset.bar!
  let base = open
  if (order.type === 'market') {
    if (order.timing !== 'next-open') return
  } else {
    const item = itemsOf(run, asset).find((one) => one.order === order)
    if (!item || !inBar(asset, item)) return
    base = baseOf(run, item, fromOf(run, asset, order))
    if (becomesLimit(order)) {
      const fills = fillsAtStop(run, asset, order)
      trigger(run, asset, order, base)
      if (!fills) return
      base = order.stop
    }
  }
  atPrice(run, asset, base)
  execute(run, asset, order, base)
}

/** O, or for stops that know the close at which they were given the C of the bar before. */
function fromOf(run: Run, asset: Asset, order: LiveOrder): number {
  const { open } = asset.bar!
  if (run.set.timing !== 'same-close' || order.type !== 'stop') return open
  if (order.parent > 0 && !wrong(run, '10.12/child')) return open
  if (wrong(run, '10.12/before')) return open
  for (let bar = run.bar - 1; bar >= 0; bar--) {
    const close = run.market.close[bar][asset.index]
    if (!Number.isNaN(close)) return close
  }
  return open
}

function fillsAtStop(run: Run, asset: Asset, order: LiveOrder): boolean {
  const { type, side, limit, stop } = order
  if (type !== 'stop-limit' || wrong(run, '10.12/at-stop')) return false
  const reaches = side > 0 ? asset.bar!.low <= limit : asset.bar!.high >= limit
  return side * (limit - stop) > 0 && reaches
}

/** What an entry has brought may be reached in its own bar. */
function looksAgain(run: Run, asset: Asset, order: LiveOrder): boolean {
  if (order.type === 'market') return order.children.length > 0 || asset.position!.chain.length > 0
  if (order.type !== 'stop' || wrong(run, '10.12/stops')) return false
  const children = itemsOf(run, asset).filter((item) => item.order?.parent === order.id && inBar(asset, item))
  const targets = children.filter((item) => isLimit(item.order!))
  return targets.length > 0 && targets.length === children.length
}

/** The range of such a bar, in which nothing happens (5). */
export function restInRange(run: Run, asset: Asset): void {
  const { open, high, low } = asset.bar!
  for (const order of asset.pending) {
    if (!trails(order) || order.dormant || !Number.isNaN(order.water)) continue
    order.startedBar = run.bar
    trailTo(run, order, open)
  }
  see(run, asset, high)
  see(run, asset, low)
}
