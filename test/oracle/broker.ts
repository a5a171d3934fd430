/**
 * The reference broker: slow and obvious, written from docs/semantics.md alone. Numbers in brackets are its rules.
 *
 *   state.ts     what it keeps                  walk.ts      the price's way through a bar (5)
 *   money.ts     prices, commissions, funds     commands.ts  what a hook asks for (3)
 *   rules.ts     levels and their order         mutations.ts deliberate mistakes, to test the tests
 *   fills.ts     one fill and its consequences  broker.ts    the order of a bar (2)
 *   listing.ts   before and after its bars (3.11)            finite.ts    numbers that are not finite (1.8)
 *   cuts.ts      the largest part that fits (7.6)            worst.ts     the worst bound of a bar (7.8)
 *   foreign.ts   rules of other engines (10)
 *   parts.ts     where the volume is not enough (3.12)
 *   funds.ts     what legs are paid from elsewhere (10.4)    sequence.ts  order by order (10.6)
 *   submission.ts orders as they are given (10.9)            queue.ts     a bar without a way (10.12)
 *   late.ts      what is on its way (3.15)
 *   clock.ts     what clocks show (6.13, 6.14)
 */
import type { Rule, Timing } from '../../src/settings/settings.ts'
import { isOver } from './clock.ts'
import { placeCommands } from './commands.ts'
import { cancelOrder, lookFirst, rest } from './ends.ts'
import { exitNow, toldBy } from './exits.ts'
import { closeLeg, execute, waitsWhole } from './fills.ts'
import { checkEquity, guarded } from './finite.ts'
import { isReduceOnly, takeBarAtClose, takeBarAtOpen, trigger } from './foreign.ts'
import { beginDay, checkDay, checkHalt } from './guards.ts'
import { decideCommands, deliver } from './late.ts'
import { endAll, endAssets } from './listing.ts'
import { barOf, equityOf, exposureOf, freeFunds } from './money.ts'
import { beginParts, exitLeft } from './parts.ts'
import { queuePhase, restInRange } from './queue.ts'
import {
  actionOf,
  becomesLimit,
  followBar,
  followRange,
  isLimit,
  itemsOf,
  reached,
  see,
  takeRules,
  widen,
} from './rules.ts'
import { inSequence } from './sequence.ts'
import {
  type Asset,
  holdings,
  isHeld,
  type LiveOrder,
  newRun,
  type Position,
  type Run,
  type Waiting,
  wrong,
} from './state.ts'
import { checkSubmitted } from './submission.ts'
import { tripTotals } from './trips.ts'
import type { AnySettings, Command, Outcome, Scenario, ScenarioMarket } from './types.ts'
import { settleWaits } from './waiting.ts'
import { fireItem, firstReached, rangePhase, walkAsset } from './walk.ts'
import { judgeBar } from './worst.ts'

export { MUTATIONS } from './mutations.ts'

export interface OracleOptions {
  /** One of MUTATIONS: get this rule wrong. */
  mutation?: string
  /** Numbers of the rules that were exercised are added. */
  coverage?: Set<string>
}

export function runOracle(scenario: Scenario, options: OracleOptions = {}): Outcome {
  const broker = createBroker(scenario.market, scenario.settings, options)
  while (broker.step()) broker.decide(scenario.commands[broker.run.bar] ?? [])
  return broker.outcome()
}

export interface Broker {
  /** Ends the bar before, then steps 1 to 3 of the next; false when the run is over. A hook follows each true. */
  step(): boolean
  /** What the hook of this bar asks for, in order. */
  decide(commands: readonly Command[]): void
  /** Likewise, without a latency. */
  placeCommands(commands: readonly Command[]): void
  outcome(): Outcome
  readonly run: Run
}

export function createBroker(market: ScenarioMarket, settings: AnySettings, options: OracleOptions = {}): Broker {
  const run = newRun(market, settings, options.mutation ?? '', options.coverage)
  return {
    run,
    step: () => guarded(() => step(run)),
    decide: (commands) => decideCommands(run, commands),
    placeCommands: (commands) => placeCommands(run, commands),
    outcome: () => outcomeOf(run),
  }
}

function step(run: Run): boolean {
  if (run.ended) return false
  if (run.bar >= 0) {
    if (run.set.submissionCheck === 'cash' && !wrong(run, '10.9/none')) checkSubmitted(run)
    settleWaits(run)
    closeAfterHook(run)
    writeEquity(run)
    if (run.bust && flat(run)) run.ended = true
    if (run.bar + 1 === run.market.bars) endOfData(run)
    if (run.ended) return false
  }
  run.bar++
  for (const asset of run.assets) asset.bar = barOf(run, asset.index)
  beginDay(run)
  beginParts(run)
  openPhase(run)
  if (run.bust && flat(run)) {
    writeEquity(run)
    run.ended = true
    return false
  }
  settleWaits(run)
  rangePhase(run, run.set.matching === 'queue' ? restInRange : walkAsset)
  for (const asset of run.assets) if (asset.bar) followRange(run, asset)
  closeBeforeHook(run)
  deliver(run)
  return true
}

function flat(run: Run): boolean {
  return run.assets.every((asset) => asset.position === null)
}

function writeEquity(run: Run): void {
  const equity = equityOf(run)
  checkEquity(run, equity)
  judgeBar(run, equity)
  run.equity.push(equity)
  run.cashes.push(run.cash)
}

/** Everything that happens at O (section 4). */
function openPhase(run: Run): void {
  run.phase = 'open'
  for (const asset of run.assets) {
    if (!asset.bar) {
      if (asset.position && wrong(run, '1.5/absent')) asset.mark = asset.position.average
      continue
    }
    asset.mark = asset.bar.open
    for (const order of asset.pending) if (!order.dormant && order.sleeps > 0) order.sleeps--
    for (const position of holdings(asset.position)) {
      // Bars held counts this bar from here on (6.4); nothing can see the difference from counting at the close (2.3).
      position.barsHeld++
      takeRules(run, asset, position)
    }
    followBar(run, asset)
    for (const position of holdings(asset.position)) widen(position, asset.bar.open)
  }
  const late = wrong(run, '3.11/first')
  if (wrong(run, '3.11/equity')) endAssets(run)
  run.sizing = equityOf(run)
  run.funds = freeFunds(run)
  if (!late) endAssets(run)
  expire(run)
  if (run.set.matching === 'queue' && !run.bust) {
    queuePhase(run, (asset) => exitsInQueue(run, asset))
  } else if (oneByOne(run)) {
    ordersInSequence(run)
  } else {
    for (const asset of run.assets) {
      if (asset.bar) exitsAtOpen(run, asset, asset.bar.open)
    }
    entries(run, (asset, order) => openBase(run, order, asset.bar!.open))
  }
  if (late) endAssets(run)
}

/** Exits of a position that no level asks for, which begin a pass (10.12). */
function exitsInQueue(run: Run, asset: Asset): void {
  const { open } = asset.bar!
  for (const position of holdings(asset.position)) {
    waitingExits(run, asset, position, 'next-open', open)
    if (run.set.timing === 'next-open') timeExits(run, asset, position, open)
  }
}

/** Each order in one go, without exits first (10.6). */
function oneByOne(run: Run): boolean {
  return run.set.sequence !== 'exits-first' && !wrong(run, '10.6/legs')
}

/** Rules at O, then all orders that are due there, then trails (10.6). */
function ordersInSequence(run: Run): void {
  const open = (asset: Asset) => asset.bar!.open
  for (const asset of run.assets) if (asset.bar) rulesAtOpen(run, asset, open(asset))
  if (run.bust) return
  inSequence(
    run,
    (asset, order) => isDueAtOpen(run, asset, order, open(asset)),
    (asset, order) => openBase(run, order, open(asset)),
  )
  for (const asset of run.assets) if (asset.bar) see(run, asset, open(asset))
}

function rulesAtOpen(run: Run, asset: Asset, open: number): void {
  if (run.bust) {
    exitAfterBust(run, asset, open)
    return
  }
  for (const position of holdings(asset.position)) {
    exitLeft(run, asset, position, open)
    waitingExits(run, asset, position, 'next-open', open)
    if (run.set.timing === 'next-open') timeExits(run, asset, position, open)
  }
  const children = wrong(run, '10.6/children')
  for (;;) {
    const item = firstReached(run, asset, open, ({ order }) => order === null || (children && isRuleLike(run, order)))
    if (item === null) break
    fireItem(run, asset, item, open)
  }
  takeBarAtOpen(run, asset)
  if (!wrong(run, '7.2/sequence')) restAtOpen(run, asset, open)
}

function exitAfterBust(run: Run, asset: Asset, open: number): void {
  const exit = { place: -1, reason: 'bust' as const, action: { type: 'exit' as const }, mode: 'level' as const }
  if (asset.position) exitNow(run, asset, asset.position, exit, open)
}

/** Orders whose end has come, by id (3.14). */
function expire(run: Run): void {
  for (const order of run.orders) {
    const over = wrong(run, '3.14/end') ? order.until < run.bar : order.until <= run.bar
    if (order.endedBar < 0 && over) cancelOrder(run, run.assets[order.asset], order, 'expired')
  }
}

function exitsAtOpen(run: Run, asset: Asset, open: number): void {
  if (run.bust) {
    exitAfterBust(run, asset, open)
    return
  }
  const late = wrong(run, '4.1/exits-first')
  if (late) ordersAtOpen(run, asset, open)
  const after = wrong(run, '3.12/first')
  for (const position of holdings(asset.position)) {
    if (!after) exitLeft(run, asset, position, open)
    waitingExits(run, asset, position, 'next-open', open)
    if (after && holdings(asset.position).includes(position)) exitLeft(run, asset, position, open)
    if (run.set.timing === 'next-open') timeExits(run, asset, position, open)
  }
  if (wrong(run, '5.5/test-first')) see(run, asset, open)
  for (;;) {
    const item = firstReached(run, asset, open, ({ order }) => order === null || isRuleLike(run, order))
    if (item === null) break
    // Mutation: a level filled as if there were no gaps.
    fireItem(run, asset, item, wrong(run, '3.5') ? item.level : open)
  }
  takeBarAtOpen(run, asset)
  if (!late) ordersAtOpen(run, asset, open)
  restAtOpen(run, asset, open)
  see(run, asset, open)
}

/** Live limits that O has not reached rest from there on (7.2). */
function restAtOpen(run: Run, asset: Asset, open: number): void {
  for (const order of asset.pending) {
    if (!order.dormant && order.sleeps === 0 && order.sleepsIn !== run.bar) rest(order, open)
    if (wrong(run, '7.2/live')) order.resting = order.type === 'limit'
  }
}

/** The closing parts of market orders, and of stops and limits that O has reached, by id (4.1). */
function ordersAtOpen(run: Run, asset: Asset, open: number): void {
  for (const order of [...asset.pending]) {
    if (order.endedBar >= 0 || order.dormant || isRuleLike(run, order)) continue
    order.due = isDueAtOpen(run, asset, order, open)
    if (order.endedBar >= 0) continue
    if (order.due && order.size === 'position' && !asset.position && wrong(run, '3.6/turn'))
      cancelOrder(run, asset, order, 'position_closed')
    else if (order.due && !wrong(run, '4.1/closing-part') && !waitsWhole(run, asset, order, open))
      closeLeg(run, asset, order, openBase(run, order, open))
  }
}

/** Whether an order fills at O; what is looked at once, or is not to be reached there, may end (3.14). */
function isDueAtOpen(run: Run, asset: Asset, order: LiveOrder, open: number): boolean {
  const due = order.type === 'market' ? order.timing === 'next-open' : reachedAtOpen(run, asset, order, open)
  if (!due && order.force && order.type === 'limit' && !wrong(run, '3.14/once'))
    cancelOrder(run, asset, order, 'not_filled')
  // Hidden is not reached, also where O has passed the limit.
  if (due && isLimit(order)) lookFirst(run, asset, order, open)
  else if (isLimit(order) && order.sleepsIn !== run.bar) order.fresh = false
  return due && order.endedBar < 0
}

/** An order that becomes a limit does so where O has reached it (4.4), or a stop-limit fills there at its stop (10.8). */
function reachedAtOpen(run: Run, asset: Asset, order: LiveOrder, open: number): boolean {
  const isReached = () => itemsOf(run, asset).some((item) => item.order === order && reached(item, open))
  if (!isReached()) return false
  if (!becomesLimit(order)) return true
  order.atStop = trigger(run, asset, order, open) === 'fill'
  if (order.endedBar >= 0) return false
  if (order.atStop || wrong(run, '4.4')) return true
  return isReached()
}

/** Children have their turn at O with the rules, plain ones with the orders (4.1, 10.11). */
function isRuleLike(run: Run, order: LiveOrder): boolean {
  return order.parent > 0 && (isReduceOnly(run, order) || wrong(run, '10.11/turn'))
}

/** What an order that has its turn at O fills at. */
function openBase(run: Run, order: LiveOrder, open: number): number {
  return order.atStop && !wrong(run, '10.8/stop') ? order.stop : open
}

function waitingExits(
  run: Run,
  asset: Asset,
  position: Position,
  mode: Waiting['mode'],
  base: number,
  first = false,
): void {
  while (isHeld(asset, position)) {
    const waiting = position.waiting
    const i = waiting.findIndex((exit) => exit.mode === mode && (exit.first || !first))
    if (i < 0) return
    exitNow(run, asset, position, waiting.splice(wrong(run, '6.3/order') ? waiting.length - 1 : i, 1)[0], base)
  }
}

/** Places of the exits by time and by the clock that are due (6.4, 6.14), in chain order. */
function dueTimes(run: Run, position: Position): number[] {
  if (position.cutBar === run.bar) return []
  if (wrong(run, '10.1/time') && position.barsHeld < position.sleeps) return []
  const held = wrong(run, '6.4/counted') ? position.barsHeld - 1 : position.barsHeld
  const isDue = (rule: Rule) =>
    rule.type === 'time' ? held >= rule.bars : rule.type === 'clock' && isOver(run, position.entryBar, rule.at)
  const due = position.chain.flatMap(({ rule, fired }, i) => (!fired && isDue(rule) ? [i] : []))
  const isClock = (i: number) => position.chain[i].rule.type === 'clock'
  if (wrong(run, '6.14/chain')) due.sort((a, b) => Number(isClock(a)) - Number(isClock(b)))
  return due
}

function timeExits(
  run: Run,
  asset: Asset,
  position: Position,
  base: number,
  due = isHeld(asset, position) ? dueTimes(run, position) : [],
): void {
  for (const place of due) {
    if (!isHeld(asset, position)) return
    if (!wrong(run, '6.1/once')) position.chain[place].fired = true
    const { rule } = position.chain[place]
    const exit = { place, action: actionOf(rule), told: toldBy(run, position, place) }
    const reason = rule.type === 'clock' && !wrong(run, '6.14/reason') ? 'clock' : 'time'
    exitNow(run, asset, position, { ...exit, reason, mode: 'level' }, base)
  }
}

/** What remains of the orders that have their turn in this phase, by id over all assets (4.3). */
function entries(run: Run, base: (asset: Asset, order: LiveOrder) => number): void {
  const due = run.assets.flatMap((asset) => asset.pending.filter((order) => order.due))
  if (!wrong(run, '4.3/id')) due.sort((a, b) => a.id - b.id)
  for (const order of due) {
    const asset = run.assets[order.asset]
    if (order.endedBar < 0) execute(run, asset, order, base(asset, order))
    order.atStop = false
  }
}

/** Closing parts of the market orders of one timing, then entries by id. */
function marketAtClose(run: Run, timing: Timing, exits: (asset: Asset, close: number) => void): void {
  const first = wrong(run, '2.3/exits-first')
  run.sizing = equityOf(run)
  if (oneByOne(run)) {
    for (const asset of run.assets) if (asset.bar) exits(asset, asset.bar.close)
    const close = (asset: Asset) => asset.bar!.close
    inSequence(run, (_, order) => order.type === 'market' && order.timing === timing, close)
    return
  }
  for (const asset of run.assets) {
    if (!asset.bar) continue
    if (!first) exits(asset, asset.bar.close)
    for (const order of [...asset.pending]) {
      if (order.endedBar >= 0 || order.dormant || order.done) continue
      if (order.type !== 'market' || order.timing !== timing) continue
      order.due = true
      if (!waitsWhole(run, asset, order, asset.bar.close)) closeLeg(run, asset, order, asset.bar.close)
    }
    if (first) exits(asset, asset.bar.close)
  }
  entries(run, (asset) => asset.bar!.close)
}

/** Step 3 of a bar: exits, mark, entries at C; then account checks (2.3, 7.7). */
function closeBeforeHook(run: Run): void {
  run.phase = 'close'
  for (const asset of run.assets) if (asset.bar) asset.mark = asset.bar.close
  settleWaits(run)
  marketAtClose(run, 'next-close', (asset, close) => {
    for (const position of holdings(asset.position)) {
      waitingExits(run, asset, position, 'close', close)
      if (run.set.timing === 'next-close') timeExits(run, asset, position, close)
    }
    takeBarAtClose(run, asset)
  })
  settleWaits(run)
  const equity = equityOf(run)
  checkEquity(run, equity)
  if (run.set.account === 'margin' && !run.bust) {
    const under = equity < run.set.maintenance * exposureOf(run)
    run.called = under || (run.called && wrong(run, '7.7/cured'))
    if (under) run.marginCalls++
  }
  const endless = run.set.account === 'unlimited' && !(run.set.funds !== 'account' && wrong(run, '10.4/bust'))
  if (equity <= 0 && !endless && !run.bust && !wrong(run, '7.7/bust')) goBust(run)
  checkHalt(run)
  checkDay(run)
  if (run.set.timing !== 'same-close') return
  for (const asset of run.assets) {
    for (const position of holdings(asset.position)) {
      position.timeDue = asset.bar ? dueTimes(run, position) : []
      for (const exit of position.waiting) exit.first = true
    }
  }
}

/** Step 5: market orders given in this bar's hook, and time exits with them. */
function closeAfterHook(run: Run): void {
  if (run.bust) return
  run.phase = 'close'
  if (wrong(run, '2.5')) return
  const last = run.bar + 1 === run.market.bars
  if (last && run.set.lastBar === 'never' && !wrong(run, '10.7')) return
  run.ownClose = true
  marketAtClose(run, 'same-close', (asset, close) => {
    for (const position of holdings(asset.position)) {
      waitingExits(run, asset, position, 'same-close', close, true)
      timeExits(run, asset, position, close, position.timeDue)
      waitingExits(run, asset, position, 'same-close', close)
    }
  })
  settleWaits(run)
  run.ownClose = false
}

/** Every order is cancelled, no exit follows but each position's own at its next O (7.7). */
function goBust(run: Run): void {
  run.bust = true
  run.bustBar = run.bar
  endAll(run, 'bust')
  for (const position of run.assets.flatMap((asset) => holdings(asset.position))) {
    position.own = true
    position.chain = []
    position.movedStop = null
    position.waiting = []
    position.left = null
  }
}

function endOfData(run: Run): void {
  if (!run.ended && !wrong(run, '2.6')) endAll(run, 'end_of_data')
  run.ended = true
}

function outcomeOf(run: Run): Outcome {
  return {
    equity: run.equity,
    cash: run.cashes,
    fills: run.fills,
    trades: run.trades,
    trips: tripTotals(run),
    orders: run.orders.map((o) => ({
      id: o.id,
      asset: o.asset,
      status: o.status,
      reason: o.endReason,
      createdBar: o.createdBar,
      endedBar: o.endedBar,
      filled: o.filled,
    })),
    occurrences: run.occurrences,
    positions: run.assets.map(({ position: p }) => ({
      quantity: p ? p.q : 0,
      // Of lots each has its own.
      price: p && p.lots.length === 0 ? p.average : 0,
    })),
    lots: run.assets.flatMap(({ index, position }) =>
      (position?.lots ?? []).map((lot) => ({
        asset: index,
        order: lot.entryOrder,
        quantity: lot.q,
        price: lot.average,
        commission: lot.held,
        barsHeld: lot.barsHeld,
      })),
    ),
    ambiguous: run.ambiguous,
    marginCalls: run.marginCalls,
    bust: run.bust,
    answers: run.answers,
    unlisted: run.unlisted,
    intrabar: run.intrabar,
    ...(run.fault ? { fault: run.fault } : {}),
  }
}
