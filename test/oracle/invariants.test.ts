/** What must hold in every scenario. That every mistake shows is in test/kernel/mutate, every rule in test/kernel/coverage. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scenarios, signalScenarios } from './arbitrary.ts'
import { createBroker, runOracle } from './broker.ts'
import { barOf } from './money.ts'
import { looksAhead } from './options.ts'
import { runSignalsOracle } from './signals.ts'
import { holdings } from './state.ts'
import type { Outcome, Scenario } from './types.ts'

const RUNS = Number(process.env.RUNS ?? 400)

/** Bit for bit, -0 apart from 0, NaN equal to itself. */
function text(outcome: Outcome): string {
  return JSON.stringify(outcome, (_, x) =>
    typeof x === 'number' && !Number.isFinite(x) ? String(x) : Object.is(x, -0) ? '-0' : x,
  )
}

/** Every stop price that the orders and updates of a scenario give. */
function stopPrices({ commands }: Scenario): Set<number> {
  const orders = commands.flat().flatMap((command) => {
    if (command.kind === 'order') return [command.order.stop]
    if (command.kind === 'oco') return command.members.map(({ order }) => order.stop)
    return command.kind === 'update' ? [command.stop] : []
  })
  return new Set(orders.filter((stop) => stop !== undefined))
}

/** Exits that neither an order nor a rule of a chain has asked for. */
const UNRULED: ReadonlySet<string> = new Set(['bust', 'ended', 'halt', 'rule'])

test('initial cash + closed pnl + open pnl = equity at every bar (7.3)', () => {
  const property = fc.property(scenarios, (scenario) => {
    const broker = createBroker(scenario.market, scenario.settings)
    const { run } = broker
    while (broker.step()) {
      let open = 0
      let equity = run.cash
      let scale = run.set.cash
      for (const { position: p, mark, instrument } of run.assets) {
        if (!p) continue
        for (const lot of holdings(p)) {
          const q = lot.q * instrument.multiplier
          open += (mark - lot.average) * q - lot.held
          scale += Math.abs(mark * q) + Math.abs(lot.average * q)
        }
        equity += mark * (p.q * instrument.multiplier)
      }
      let closed = 0
      for (const trade of run.trades) {
        closed += trade.pnl
        const k = Math.abs(trade.quantity) * run.assets[trade.asset].instrument.multiplier
        scale += k * (Math.abs(trade.entryPrice) + Math.abs(trade.exitPrice))
      }
      expect(Math.abs(run.set.cash + closed + open - equity)).toBeLessThanOrEqual(1e-9 * scale)
      broker.decide(scenario.commands[run.bar])
    }
  })
  fc.assert(property, { numRuns: RUNS })
})

test('fills, trades, positions and orders agree', () => {
  const property = fc.property(scenarios, (scenario) => {
    const o = runOracle(scenario)
    const { assets } = scenario.market
    for (let a = 0; a < assets; a++) {
      const own = o.fills.filter((f) => f.asset === a)
      const size = own.reduce((sum, f) => sum + Math.abs(f.quantity), 0)
      const sum = own.reduce((total, f) => total + f.quantity, 0)
      expect(Math.abs(sum - o.positions[a].quantity)).toBeLessThanOrEqual(2e-9 * size)
    }
    for (const trade of o.trades) {
      expect(trade.mfe).toBeGreaterThanOrEqual(0)
      expect(trade.mae).toBeLessThanOrEqual(0)
      expect(trade.exitBar).toBeGreaterThanOrEqual(trade.entryBar)
    }
    // With `at-stop` these alone may lie outside the bar (10.8), in a queue closes before it too (10.12).
    const { stopLimit, matching } = scenario.settings
    const stops = stopLimit === 'at-stop' || matching === 'queue' ? stopPrices(scenario) : new Set<number>()
    if (matching === 'queue') for (const close of scenario.market.close.flat()) stops.add(close)
    const probe = createBroker(scenario.market, scenario.settings).run
    for (const f of o.fills) {
      expect(f.rule >= 0).toBe(f.order === 0 && !UNRULED.has(f.reason))
      probe.bar = f.bar
      const bar = barOf(probe, f.asset)
      if (f.reason === 'ended') {
        expect([bar, f.bar, f.phase, f.price]).toEqual([null, scenario.market.delisted![f.asset], 'open', f.base])
        continue
      }
      if (bar === null) throw new Error(`a fill in bar ${f.bar}, which asset ${f.asset} lacks`)
      const atStop = f.order > 0 && stops.has(f.base)
      expect(atStop || (f.base >= bar.low && f.base <= bar.high)).toBe(true)
      // Makers may be paid (7.2).
      const { commission, sellCommission } = probe.set
      const paid = [commission, sellCommission].some((c) => c.type === 'maker-taker' && c.maker < 0)
      if (!paid) expect(f.commission).toBeGreaterThanOrEqual(0)
      if (f.phase === 'open' && !atStop) expect(f.base).toBe(bar.open)
      if (f.phase === 'close') expect(f.base).toBe(bar.close)
    }
    // The worst bound is at most the equity, so the intrabar drawdown is no smaller than that of closes, up to a bust.
    let peak = probe.set.cash
    let deepest = 0
    const till = o.bust ? o.equity.findIndex((equity) => equity <= 0) + 1 : o.equity.length
    for (const equity of o.equity.slice(0, till)) {
      deepest = Math.max(deepest, (peak - equity) / peak)
      peak = Math.max(peak, equity)
    }
    expect(o.intrabar.drawdown).toBeGreaterThanOrEqual(deepest)
    expect([o.intrabar.busts > 0, o.intrabar.calls > 0]).toEqual([o.intrabar.bustBar >= 0, o.intrabar.callBar >= 0])
    const ended = new Map<number, number>()
    for (const { kind, index } of o.occurrences) if (kind === 'order') ended.set(index, (ended.get(index) ?? 0) + 1)
    for (const order of o.orders) {
      expect(['filled', 'partially_filled', 'cancelled', 'rejected']).toContain(order.status)
      expect(order.endedBar).toBeGreaterThanOrEqual(order.createdBar)
      expect(ended.get(order.id)).toBeGreaterThanOrEqual(1)
      expect(ended.get(order.id)).toBeLessThanOrEqual(2)
      const sum = o.fills.filter((f) => f.order === order.id).reduce((total, f) => total + Math.abs(f.quantity), 0)
      expect(order.filled).toBe(sum)
      if (order.status === 'cancelled' || order.status === 'rejected') expect(sum).toBe(0)
      if (order.status === 'partially_filled') expect(sum).toBeGreaterThan(0)
    }
    expect(o.occurrences.filter((x) => x.kind === 'fill').map((x) => x.index)).toEqual(o.fills.map((_, i) => i))
    expect(o.occurrences.filter((x) => x.kind === 'trade').map((x) => x.index)).toEqual(o.trades.map((_, i) => i))
  })
  fc.assert(property, { numRuns: RUNS })
})

test('the first bars do not know the later ones', () => {
  const blind = scenarios.filter(({ settings }) => !looksAhead(settings))
  const property = fc.property(blind, fc.nat(), (scenario, n) => {
    const bars = 1 + (n % scenario.market.bars)
    const whole = runOracle(scenario)
    const prefix: Scenario = { ...scenario, market: { ...scenario.market, bars } }
    const part = runOracle(prefix)
    const within = (o: Outcome) => ({
      equity: o.equity.slice(0, bars),
      fills: o.fills.filter((f) => f.bar < bars),
      trades: o.trades.filter((t) => t.exitBar < bars),
    })
    expect(within(part)).toEqual(within(whole))
  })
  fc.assert(property, { numRuns: RUNS })
})

test('a hook that gives the driver’s commands has the same outcome (8.3)', () => {
  const property = fc.property(signalScenarios, (s) => {
    const { commands, ...outcome } = runSignalsOracle(s)
    // They are what was given when it arrived (3.15).
    const settings = { ...s.settings, latency: 0 }
    expect(text(runOracle({ market: s.market, settings, commands }))).toBe(text(outcome))
  })
  fc.assert(property, { numRuns: RUNS })
})
