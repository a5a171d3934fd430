/** The price's way through one asset's bar (section 5). */

import { exitNow, fireRule } from './exits.ts'
import { execute } from './fills.ts'
import { trigger } from './foreign.ts'
import { equityOf, freeFunds, times } from './money.ts'
import { becomesLimit, before, type Item, itemsOf, reached, see } from './rules.ts'
import { type Asset, copyAsset, holdings, type Position, type Run, sideOf, type Waiting, wrong } from './state.ts'
import type { Fill } from './types.ts'
import { probeBar, probePrice } from './worst.ts'

interface Path {
  highFirst: boolean
  turn: boolean
}

interface Trial {
  path: Path
  fills: Fill[]
  waiting: (Waiting & { lot: number })[]
  left: Position['left'][]
  /** Own part at C (5.2). */
  own: number
}

/** Every asset with a bar walks it, in asset order (5.1). */
export function rangePhase(run: Run, each: (run: Run, asset: Asset) => void): void {
  run.phase = 'range'
  run.sizing = equityOf(run)
  run.funds = freeFunds(run)
  run.openCash = run.cash
  for (const asset of run.assets) probeBar(run, asset, () => each(run, asset))
}

export function walkAsset(run: Run, asset: Asset): void {
  const { open, high, low } = asset.bar!
  const tie = wrong(run, '5.1/tie') && high - open === open - low
  const nearest = high - open < open - low || tie
  const paths: Path[] = [
    { highFirst: nearest, turn: false },
    { highFirst: nearest, turn: true },
    { highFirst: !nearest, turn: false },
    { highFirst: !nearest, turn: true },
  ]
  const trials: Trial[] = []
  const { probe } = run
  run.probe = null
  run.trying = true
  for (const path of paths) {
    const trial = tryPath(run, asset, path)
    if (trial !== null) trials.push(trial)
  }
  run.trying = false
  run.probe = probe
  const ambiguous = trials.some((trial) => !sameTrial(run, trial, trials[0]))
  if (ambiguous) run.ambiguous.push({ bar: run.bar, asset: asset.index })
  run.ambiguousNow = ambiguous
  walk(run, asset, choose(run, asset, trials).path)
  run.ambiguousNow = false
}

/** Walks a path on a copy of the asset and of the running funds; null when a turned path does not exist. */
function tryPath(run: Run, asset: Asset, path: Path): Trial | null {
  if (path.turn && wrong(run, '5.1/turned')) return null
  const copy = copyAsset(asset)
  const { cash, funds, fills, trades, trips, occurrences, guards } = run
  run.fills = []
  run.trades = []
  run.occurrences = []
  run.assets[asset.index] = copy
  const turned = walk(run, copy, path)
  let flows = 0
  const by = (units: number) => (wrong(run, '5.2/multiplier') ? units : times(run, asset, units))
  for (const f of run.fills) flows = flows + (-by(f.quantity) * f.price - f.commission)
  const trial: Trial = {
    path,
    fills: run.fills,
    waiting: holdings(copy.position).flatMap((p) => p.waiting.map((exit) => ({ ...exit, lot: p.number }))),
    left: holdings(copy.position).map((p) => p.left),
    own: flows + (copy.position ? by(copy.position.q) * asset.bar!.close : 0),
  }
  run.cash = cash
  run.funds = funds
  run.fills = fills
  run.trades = trades
  run.trips = trips
  run.occurrences = occurrences
  run.guards = guards
  run.assets[asset.index] = asset
  return path.turn && !turned ? null : trial
}

/** The same sequence of fills and the same exits pending (5.7). */
function sameTrial(run: Run, a: Trial, b: Trial): boolean {
  if (a.fills.length !== b.fills.length || a.waiting.length !== b.waiting.length) return false
  for (let i = 0; i < a.fills.length; i++) {
    const x = a.fills[i]
    const y = b.fills[i]
    if (x.order !== y.order || x.quantity !== y.quantity || x.reason !== y.reason) return false
    if (!wrong(run, '5.7/prices') && (x.price !== y.price || x.base !== y.base)) return false
    if (x.commission !== y.commission) return false
  }
  if (wrong(run, '5.7/waiting')) return true
  const left = (trial: Trial) => JSON.stringify(trial.left.map((one) => one && { ...one, told: '' }))
  if (left(a) !== left(b)) return false
  return a.waiting.every(
    ({ lot, place, mode }, i) => lot === b.waiting[i].lot && place === b.waiting[i].place && mode === b.waiting[i].mode,
  )
}

/** The path policy picks one (5.2). */
function choose(run: Run, asset: Asset, trials: Trial[]): Trial {
  if (run.set.path === 'nearest' || wrong(run, '5.2/policy')) return trials[0]
  let largest = 0
  for (const trial of trials) {
    for (const f of trial.fills) largest = Math.max(largest, Math.abs(times(run, asset, f.quantity) * f.price))
  }
  const lowest = (run.set.path === 'adverse') !== wrong(run, '5.2/direction')
  let best = trials[0].own
  for (const { own } of trials) if (lowest ? own < best : own > best) best = own
  // Parts that are not finite (1.8) are equal to themselves, and where none is near the first candidate stands.
  const near = trials.filter((trial) => trial.own === best || Math.abs(trial.own - best) <= 1e-9 * largest)
  if (near.length === 0) return trials[0]
  return wrong(run, '5.2/earliest') ? near[near.length - 1] : near[0]
}

/** From O to one extreme, to the other, to C; true when an entry turned it (5.1). */
function walk(run: Run, asset: Asset, path: Path): boolean {
  const { open, high, low, close } = asset.bar!
  const first = path.highFirst ? high : low
  const second = path.highFirst ? low : high
  let legs = [first, second, close]
  let turned = false
  let price = open
  run.entered = false
  // What was bought at another price than O (10.8) has not seen it yet.
  if (run.set.stopLimit === 'at-stop') see(run, asset, price)
  probePrice(run, asset, price)
  if (!(wrong(run, '4.3/live') && asset.position?.entryBar === run.bar)) settle(run, asset, price)
  for (let leg = 0; leg < 3; ) {
    if (path.turn && !turned && leg === 0 && run.entered && price !== first) {
      turned = true
      legs = [second, first, close]
    }
    if (price !== legs[leg]) {
      price = nextPrice(run, asset, price, legs[leg])
      see(run, asset, price)
      probePrice(run, asset, price)
      settle(run, asset, price)
    }
    if (price === legs[leg]) leg++
  }
  endWaits(run, asset)
  return turned
}

/** The first level on the way to the end of the leg, or that end (5.3). */
function nextPrice(run: Run, asset: Asset, price: number, end: number): number {
  const up = end > price
  let next = end
  for (const item of itemsOf(run, asset)) {
    const fires = item.side > 0 === (item.kind === 'stop') ? up : !up
    if (!fires) continue
    if (up ? item.level > price && item.level < next : item.level < price && item.level > next) next = item.level
  }
  return next
}

/** Everything that is reached at this price fires, what it makes live too (5.3, 5.4). */
function settle(run: Run, asset: Asset, price: number): void {
  const late: Item[] = wrong(run, '5.4/live') ? itemsOf(run, asset).filter((item) => reached(item, price)) : []
  for (;;) {
    const extreme = extremeExit(run, asset, price)
    if (extreme) {
      exitNow(run, asset, extreme.of, extreme.exit, price)
      continue
    }
    const item = firstReached(run, asset, price, () => true)
    if (item === null) return
    if (run.mutation === '5.4/live' && !late.some((l) => l.order?.id === item.order?.id && l.place === item.place))
      return
    fireItem(run, asset, item, price)
  }
}

/** An exit that waits for the extreme beyond its level, when the price is there (6.3). */
function extremeExit(run: Run, asset: Asset, price: number): { of: Position; exit: Waiting } | null {
  const position = asset.position
  if (position === null) return null
  const isThere = (target: boolean) => {
    const low = (sideOf(position) > 0 !== target) !== wrong(run, '6.3/extreme')
    return price === (low ? asset.bar!.low : asset.bar!.high)
  }
  const isTarget = (exit: Waiting) => exit.reason === 'target' && !wrong(run, '6.3/far')
  for (const of of holdings(position)) {
    const i = of.waiting.findIndex((exit) => exit.mode === 'extreme' && isThere(isTarget(exit)))
    if (i >= 0) return { of, exit: of.waiting.splice(i, 1)[0] }
  }
  return null
}

/** An extreme that no longer came: the exit fills at C (6.3). */
function endWaits(run: Run, asset: Asset): void {
  for (const exit of holdings(asset.position).flatMap(({ waiting }) => waiting)) {
    if (exit.mode === 'extreme' && !wrong(run, '6.3/no-extreme')) exit.mode = 'close'
  }
}

export function firstReached(run: Run, asset: Asset, price: number, among: (item: Item) => boolean): Item | null {
  let first: Item | null = null
  for (const item of itemsOf(run, asset)) {
    if (!reached(item, price) || !among(item)) continue
    if (first === null || before(run, item, first)) first = item
  }
  return first
}

/** A level that was reached: a rule's exit or move, a trigger, or the order's fill. */
export function fireItem(run: Run, asset: Asset, item: Item, price: number): void {
  const order = item.order
  if (order === null) {
    fireRule(run, asset, item.of!, item.place, price)
    return
  }
  if (becomesLimit(order)) {
    if (trigger(run, asset, order, price) === 'fill') execute(run, asset, order, order.stop)
    return
  }
  execute(run, asset, order, price)
}
