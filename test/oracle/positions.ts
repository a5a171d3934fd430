/** What a fill makes of the position: opened, added to, reduced with a trade (6.2, 7.3, 7.4). */
import type { Rule } from '../../src/settings/settings.ts'
import { countTrade } from './guards.ts'
import { times } from './money.ts'
import { chainOf, follow, newPlace, ruleLevel, trailStart, widen } from './rules.ts'
import { type Asset, type LiveOrder, type Position, type Run, sideOf, wrong } from './state.ts'
import { endTrip, noteExit } from './trips.ts'
import type { FillReason } from './types.ts'

function signalOf(order: LiveOrder, base: number): number {
  return Number.isNaN(order.signal) ? base : order.signal
}

export function open(
  run: Run,
  asset: Asset,
  order: LiveOrder,
  s: number,
  k: number,
  price: number,
  base: number,
  commission: number,
): Position {
  const position: Position = {
    q: s * k,
    average: price,
    held: commission,
    signal: signalOf(order, base),
    entries: k,
    stop: Number.NaN,
    entryBar: run.bar,
    entryClosed: run.phase === 'close' ? run.bar : run.bar - 1,
    entryOrder: order.id,
    barsHeld: 0,
    asset: asset.index,
    trip: run.tripsBegun++,
    sleeps: wrong(run, '10.1/rules') ? 0 : sleepOf(run, order),
    best: base,
    worst: base,
    water: trailStart(run, asset, s, base),
    chain: [],
    own: order.rules !== null && !wrong(run, '8.1'),
    movedStop: null,
    addedFired: false,
    gone: [],
    waiting: [],
    left: null,
    timeDue: [],
    cutBar: -1,
    ambiguous: run.ambiguousNow,
    number: 0,
    lots: [],
  }
  const rules: Rule[] = position.own ? order.rules! : chainOf(run, asset)
  position.chain = rules.map((rule) => newPlace(run, asset, position, rule))
  position.chain.forEach(({ rule }, place) => {
    if (rule.type === 'stop' || (rule.type === 'trail' && !wrong(run, '7.11/trails')))
      noteStop(run, position, ruleLevel(run, asset, position, place))
  })
  return position
}

/** A level at which a position that was just opened is to be given up (7.11); the nearest counts. */
export function noteStop(run: Run, p: Position, level: number): void {
  if (Number.isNaN(level)) return
  const nearer = Number.isNaN(p.stop) || sideOf(p) * (level - p.stop) > 0
  if (nearer !== (wrong(run, '7.11/nearest') && !Number.isNaN(p.stop))) p.stop = level
}

/** How many bars of its asset begin before what comes with an entry that fills now is live (10.1). */
export function sleepOf(run: Run, entry: LiveOrder): number {
  const market = entry.type === 'market'
  switch (run.set.exitsLive) {
    case 'fill':
      return 0
    case 'next-bar':
      return 1
    case 'market-fill':
      return market && !wrong(run, '10.1/market') ? 0 : wrong(run, '10.1/others') ? 0 : 1
    case 'second-bar':
      return (run.phase === 'close' && !wrong(run, '10.1/second')) || wrong(run, '10.1/close') ? 2 : 1
  }
}

/** Average entry price when adding (7.3), and the signal basis in the same way (6.2). */
export function add(
  run: Run,
  asset: Asset,
  p: Position,
  order: LiveOrder,
  k: number,
  price: number,
  base: number,
  commission: number,
): void {
  const held = Math.abs(p.q)
  const weighted = wrong(run, '7.3/average') ? (p.average + price) / 2 : (p.average * held + price * k) / (held + k)
  const signal = (p.signal * held + signalOf(order, base) * k) / (held + k)
  p.signal = wrong(run, '6.2/signal-average') ? p.signal : signal
  p.average = weighted
  p.held = p.held + commission
  p.q = p.q > 0 ? p.q + k : p.q - k
  if (!wrong(run, '6.1/entries-added')) p.entries = p.entries + k
  if (wrong(run, '5.5/adding')) p.water = base
  // The basis has moved, which may start a trail (6.6).
  if (!wrong(run, '6.6/adding')) follow(run, asset, p)
}

/** A reduction writes a trade (7.3). */
export function reduce(
  run: Run,
  asset: Asset,
  p: Position,
  order: LiveOrder | null,
  s: number,
  k: number,
  price: number,
  base: number,
  commission: number,
  reason: FillReason,
  told: string,
): void {
  const share = wrong(run, '7.3/share') ? p.held : (p.held * k) / Math.abs(p.q)
  writeTrade(run, asset, p, order, k, price, base, commission, share, reason, told)
  if (k === Math.abs(p.q)) {
    asset.position = null
    endTrip(run, p)
  } else p.q = p.q + s * k
}

/** k units of a position, or of a lot, are closed, and take their share of its entry commissions. */
export function writeTrade(
  run: Run,
  asset: Asset,
  p: Position,
  order: LiveOrder | null,
  k: number,
  price: number,
  base: number,
  commission: number,
  share: number,
  reason: FillReason,
  told: string,
): void {
  const side = sideOf(p)
  if (!wrong(run, '7.4/walk')) widen(p, base)
  p.held = p.held - share
  const reach = (x: number) => (p.average === 0 ? 0 : ((x - p.average) * side) / Math.abs(p.average))
  const mfe = reach(p.best)
  const mae = reach(p.worst)
  run.trades.push({
    asset: asset.index,
    entryBar: p.entryBar,
    exitBar: run.bar,
    quantity: side * k,
    entryPrice: p.average,
    exitPrice: price,
    pnl: (price - p.average) * (wrong(run, '7.3/pnl') ? k : times(run, asset, k)) * side - commission - share,
    entryCommission: share,
    exitCommission: commission,
    mfe: mfe > 0 || wrong(run, '7.4/floor') ? mfe : 0,
    // biome-ignore lint/complexity/useMathMinMax: min(-0, 0) is -0
    mae: mae < 0 ? mae : 0,
    barsHeld: p.barsHeld,
    stop: p.stop,
    reason,
    told,
    exitOrder: order ? order.id : 0,
    entryOrder: p.entryOrder,
    ambiguous: (p.ambiguous && !wrong(run, '5.7/opened')) || run.ambiguousNow,
  })
  const { pnl } = run.trades[run.trades.length - 1]
  noteExit(run, p, k, pnl)
  countTrade(run, asset, pnl)
}
