/**
 * The short ways of the kernel give what the long ones do: leaps from decision to decision in sweeps, sets in step, and
 * orders that wait as a batch. On coarse prices, so that levels, opens and funds are met exactly now and then.
 */
import { describe, expect, it } from 'vitest'
import * as L from '../../assembly/layout.ts'
import { backtest } from '../../src/backtest.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { resultOf } from '../../src/engine/openrun.ts'
import type { Instrument } from '../../src/market/instrument.ts'
import { Market } from '../../src/market/market.ts'
import { type BacktestConfig, prepare } from '../../src/prepare.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { defineSignals, type SignalColumns, Strategy } from '../../src/strategy/strategy.ts'
import { textOf } from '../engine/script.ts'

/** How many cases: `FILLGRID_SHORTCUTS=20000` for a long run. */
const CASES = Number(process.env.FILLGRID_SHORTCUTS ?? 400)

const bits = (values: Float64Array) => Array.from(values, (x) => (Object.is(x, -0) ? '-0' : String(x)))

/** A seeded generator. */
function dice(seed: number) {
  let state = (seed + 1) >>> 0
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return {
    random,
    chance: (p: number) => random() < p,
    whole: (from: number, to: number) => from + Math.floor(random() * (to - from + 1)),
    of: <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)],
  }
}
type Dice = ReturnType<typeof dice>

/** What assets are traded in, now and then (1.9): within limits that the units of every config may open. */
function instrumentsOf(d: Dice, names: string[], tick: number): { instruments?: Record<string, Instrument> } {
  if (d.chance(0.6)) return {}
  const draw = (): Instrument => ({
    ...(d.chance(0.6) ? { multiplier: d.of([1, 10, 0.1]) } : {}),
    ...(d.chance(0.6) ? { tickSize: tick * d.of([1, 2, 0.7]) } : {}),
    ...(d.chance(0.2) ? { quantityStep: d.of([0, 1, 0.1]) } : {}),
    ...(d.chance(0.2) ? { minimumQuantity: 1 } : {}),
    ...(d.chance(0.2) ? { minimumNotional: d.of([50, 400]) } : {}),
    ...(d.chance(0.2) ? { maximumQuantity: d.of([8, 100]) } : {}),
  })
  return { instruments: Object.fromEntries(names.map((name) => [name, draw()])) }
}

/** Prices in steps of `tick`; an asset may have holes. */
function coarseMarket(d: Dice, assets: number, bars: number, holes: boolean): Market {
  const tick = d.of([1, 0.5, 0.25, 0.01])
  const hour = d.of([3_600_000, 86_400_000, 60_000])
  const names = Array.from({ length: assets }, (_, a) => `A${a}`)
  const column = () => new Float64Array(bars * assets)
  const [open, high, low, close, volume] = [column(), column(), column(), column(), column()]
  const round = (x: number) => Math.max(tick, Math.round(x / tick) * tick)
  for (let a = 0; a < assets; a++) {
    let last = 100
    for (let bar = 0; bar < bars; bar++) {
      const at = bar * assets + a
      if (holes && d.chance(0.05)) {
        for (const values of [open, high, low, close, volume]) values[at] = Number.NaN
        continue
      }
      const gap = d.chance(0.05) ? (d.random() - 0.5) * 8 : 0
      const o = round(last + gap)
      const c = round(o + (d.random() - 0.5) * 4)
      open[at] = o
      close[at] = c
      high[at] = d.chance(0.03) ? Math.max(c, o - tick) : Math.max(o, c) + tick * d.whole(0, 2)
      low[at] = Math.min(high[at], Math.max(tick, Math.min(o, c) - tick * d.whole(0, 2)))
      volume[at] = d.whole(0, 50)
      last = c
    }
  }
  const time = Float64Array.from({ length: bars }, (_, bar) => bar * hour)
  const signals = { cost: volume.map((x) => (x === 7 ? Number.NaN : x / 2000)) }
  const instruments = instrumentsOf(d, names, tick)
  return Market.from({ assets: names, time, open, high, low, close, volume, signals, ...instruments })
}

function randomConfig(d: Dice, { instruments }: Market): BacktestConfig {
  const config: BacktestConfig = {
    cash: d.of([1000, 100_000, 300, 1]),
    timing: d.chance(0.85) ? 'next-open' : d.of(['next-close', 'same-close'] as const),
    path: d.of(['adverse', 'favourable', 'nearest'] as const),
    account: d.of(['unlimited', 'margin', 'cash', { type: 'margin', initial: 0.1 }] as const),
    commission: d.of([
      0,
      0.001,
      { type: 'per-unit', amount: 0.1, minimum: 1 },
      { type: 'per-trade', amount: 0.5 },
      { type: 'per-unit', amount: 0.1, minimum: 1, maximum: 3 },
      { type: 'maker-taker', maker: -0.001, taker: 0.002 },
      { type: 'fraction-plus-fixed', rate: 0.0005, fixed: 0.25 },
    ] as const) as BacktestConfig['commission'],
    slippage: d.of([
      0,
      0,
      0.001,
      { type: 'volume-share', rate: 0.05 },
      { type: 'range', rate: 0.1 },
      { type: 'column', column: 'cost' },
    ] as const) as BacktestConfig['slippage'],
    sellCommission: d.of([undefined, undefined, 0.003, { type: 'per-trade', amount: 0.2 }] as const) as never,
    spread: d.of([
      undefined,
      undefined,
      { type: 'fixed', amount: 0.1 },
      { type: 'fraction', rate: 0.002, charge: 'entry' },
    ] as const) as BacktestConfig['spread'],
    impact: d.of([
      undefined,
      undefined,
      { type: 'linear', rate: 0.05 },
      { type: 'square-root', rate: 0.02 },
    ] as const) as BacktestConfig['impact'],
    quantityStep: d.of([0, 0, 1, 0.1]),
    stopBasis: d.of(['fill', 'signal'] as const),
    shortfall: d.of([undefined, 'reject', 'partial'] as const),
    size: d.of([
      { type: 'units', amount: 1 },
      { type: 'units', amount: 7.3 },
      { type: 'value', amount: 500 },
      { type: 'fraction', amount: 1 },
      { type: 'fraction', amount: 0.5 },
      { type: 'fraction', amount: 9 },
    ] as const),
  }
  if (d.chance(0.5))
    config.rules = d.of([
      [{ type: 'stop', distance: 0.03 }],
      [
        { type: 'stop', distance: 0.01 },
        { type: 'target', distance: 0.02 },
      ],
      [
        { type: 'target', distance: 2, unit: 'price' },
        { type: 'stop', distance: 0.02 },
        { type: 'stop', distance: 0.04 },
      ],
      [
        { type: 'stop', distance: 0.02, action: { type: 'exit-fraction', fraction: 0.5 } },
        { type: 'target', distance: 0.02 },
      ],
      [{ type: 'trail', distance: 0.02 }],
      [{ type: 'target', distance: 0.01, action: { type: 'move-stop', offset: 0 } }],
      [{ type: 'time', bars: 5 }],
      [
        { type: 'clock', at: '12:00', action: { type: 'exit-fraction', fraction: 0.5 } },
        { type: 'target', distance: 0.02 },
      ],
      [
        { type: 'stop', distance: 1, unit: 'atr', period: 3 },
        { type: 'target', distance: 2, unit: 'atr', period: 3 },
      ],
      [{ type: 'trail', distance: 1, unit: 'atr', period: 5 }],
      [{ type: 'trail', distance: 0.01, from: 0.02 }],
      [{ type: 'target', distance: 0.01, action: { type: 'exit-fraction', fraction: 0.4, of: 'entries' } }],
    ] as BacktestConfig['rules'][])
  if (d.chance(0.15)) config.latency = d.whole(1, 4)
  if (d.chance(0.1)) config.stopFill = d.of(['extreme', 'close', 'next-open'] as const)
  if (d.chance(0.15)) config.exitsLive = d.of(['next-bar', 'market-fill', 'second-bar'] as const)
  if (d.chance(0.15)) config.trailFollows = d.of(['close', 'extremes', 'bar'] as const)
  if (d.chance(0.15)) config.slips = d.of(['entries', 'limits', 'orders', 'capped', 'capped-ahead'] as const)
  if (d.chance(0.3)) {
    config.funds = d.of(['credit', 'vectorbt', 'lock'] as const)
    delete config.account
  }
  if (d.chance(0.2)) config.sequence = d.of(['submission', 'value'] as const)
  if (config.funds === 'lock') {
    delete config.impact
    delete config.spread
  }
  // Prices that go by the units go with no tick size beside them (7.6).
  const ticks = Object.values(instruments).some(({ tickSize }) => tickSize !== undefined)
  const byVolume = typeof config.slippage === 'object' && config.slippage.type === 'volume-share'
  if (ticks && (byVolume || config.impact !== undefined)) {
    delete config.slips
    if (config.funds === 'lock') delete config.funds
  }
  if (config.funds === undefined && d.chance(0.2)) config.participation = d.of([0.1, 0.5, 1])
  for (const name of Object.keys(config) as (keyof BacktestConfig)[])
    if (config[name] === undefined) delete config[name]
  return config
}

function randomColumns(d: Dice, cells: number): SignalColumns {
  const often = d.of([0.02, 0.1, 0.4])
  const flags = new Uint8Array(cells)
  for (let i = 0; i < cells; i++) if (d.chance(often)) flags[i] = d.chance(0.8) ? d.of([1, 2, 4, 8]) : d.whole(0, 15)
  const columns: SignalColumns = { flags }
  const rule = (fractions: readonly number[]) =>
    d.chance(0.7)
      ? d.of(fractions)
      : Float64Array.from({ length: cells }, () => (d.chance(0.3) ? Number.NaN : d.of(fractions)))
  if (d.chance(0.8)) columns.stop = rule([0.01, 0.02, 0.05])
  if (d.chance(0.8)) columns.target = rule([0.01, 0.02, 0.04])
  if (d.chance(0.1)) columns.trail = rule([0.02])
  if (d.chance(0.2))
    columns.size = Float64Array.from({ length: cells }, () => (d.chance(0.5) ? Number.NaN : d.whole(1, 5)))
  return columns
}

describe('the metrics of a set', () => {
  it('are those of its whole run, alone and in step with others, however it gets over the bars', () => {
    let trades = 0
    for (let seed = 0; seed < CASES; seed++) {
      const d = dice(seed)
      const prices = coarseMarket(d, d.chance(0.9) ? 1 : 3, d.whole(1, 400), d.chance(0.05))
      const cells = prices.bars * prices.assetCount
      const sets = Array.from({ length: d.whole(1, 20) }, () => randomColumns(d, cells))
      const many = defineSignals<{ set: number }>({
        name: 'many',
        parameters: { set: { type: 'integer', default: 0, min: 0, max: 99 } },
        signals({ parameters }) {
          if (parameters.set === 99) throw new Error('this set fails')
          return sets[parameters.set]
        },
      })
      const config = randomConfig(d, prices)
      const runner = prepare(prices, many, config)
      const wanted = [...sets.keys(), 99].map((set) => ({ set }))
      const found: (string[] | string)[] = []
      runner.metricsOf(wanted, (at, outcome) => {
        found[at] = outcome instanceof Float64Array ? bits(outcome) : String((outcome.error as Error).message)
      })
      for (const [at, { set }] of wanted.entries()) {
        if (set === 99) {
          expect(found[at]).toMatch(/this set fails/)
          continue
        }
        const whole = runner.run({ set })
        trades += whole.trades.length
        expect(found[at], `seed ${seed}, set ${set}`).toEqual(bits(whole.metrics))
        if (at > 1) continue
        expect(bits(runner.metrics({ set })), `seed ${seed}, set ${set}`).toEqual(found[at])
        // A whole run skips what is quiet; bar by bar nothing is skipped.
        const stepped = openRun(prices, many, { ...config, parameters: { set } })
        while (stepped.advance()) {}
        expect(textOf(resultOf(stepped)), `seed ${seed}, set ${set}`).toBe(textOf(whole))
        stepped.release()
      }
      runner.release()
      prices.release()
    }
    expect(trades).toBeGreaterThan(10 * CASES)
  }, 600_000)
})

it('the money ends at its bar, also in the middle of a stretch without signals', () => {
  for (const side of [1, -1]) {
    for (let start = 1; start < 12; start++) {
      const prices = Float64Array.from({ length: 60 }, (_, bar) => 100 - side * bar * 0.5)
      const time = Float64Array.from(prices, (_, bar) => bar * 86_400_000)
      const columns = { open: prices, high: prices, low: prices, close: prices, volume: prices }
      const market = Market.from({ assets: ['A'], time, ...columns })
      const flags = new Uint8Array(60)
      flags[start] = side > 0 ? 1 : 4
      const config = { account: { type: 'margin', initial: 0.1 }, size: { type: 'fraction', amount: 9 } } as const
      const runner = prepare(market, { flags }, config)
      const whole = runner.run({})
      const stepped = openRun(market, { flags }, config)
      while (stepped.advance()) {}
      expect(whole.equity.length).toBeLessThan(50)
      expect(textOf(resultOf(stepped))).toBe(textOf(whole))
      expect(bits(runner.metrics({}))).toEqual(bits(whole.metrics))
      stepped.release()
      runner.release()
      market.release()
    }
  }
})

it('a trade in every bar, each of them ambiguous, for long', () => {
  const bars = 60_000
  const open = new Float64Array(bars).fill(100)
  const market = Market.from({
    assets: ['A'],
    time: Float64Array.from(open, (_, bar) => bar * 60_000),
    open,
    high: open.map((price) => price + 2),
    low: open.map((price) => price - 2),
    close: open,
    volume: open,
  })
  const entries = new Uint8Array(bars).fill(1, 10)
  const runner = prepare(market, { entries, stop: 0.01, target: 0.01 }, { account: 'unlimited' })
  const whole = runner.run({})
  expect(whole.trades.length).toBe(bars - 11)
  expect(whole.ambiguousBars.length).toBe(bars - 11)
  expect(whole.ambiguousBars.values('bar')).toEqual(Int32Array.from({ length: bars - 11 }, (_, i) => i + 11))
  expect(bits(runner.metrics({}))).toEqual(bits(whole.metrics))
  runner.release()
  market.release()
})

describe('metricsOf', () => {
  const market = coarseMarket(dice(5), 1, 300, false)
  const entries = (set: number) => Uint8Array.from({ length: 300 }, (_, bar) => (bar % (7 + set) === 3 ? 1 : 0))
  const strategy = defineSignals<{ set: number }>({
    name: 'some',
    parameters: { set: { type: 'integer', default: 0, min: 0, max: 9 } },
    signals({ parameters: { set } }) {
      if (set === 9) throw new Error('nine')
      return { entries: entries(set), exits: entries(set + 2) }
    },
  })

  it('tells of sets that fail in their order, and gives all its memory back', () => {
    const runner = prepare(market, strategy)
    const told: unknown[] = []
    const sets = [99, 1, 9, 2].map((set) => ({ set }))
    runner.metricsOf(sets, (at, outcome) => told.push([at, outcome instanceof Float64Array || String(outcome.error)]))
    expect(told).toEqual([
      [0, expect.stringMatching(/set.*99/)],
      [1, true],
      [2, expect.stringMatching(/nine/)],
      [3, true],
    ])
    runner.release()
  })

  it('may be told to stop, and asked for more while it tells', () => {
    const runner = prepare(market, strategy)
    const wanted = [0, 9, 2].map((set) => ({ set }))
    const alone = wanted.map(({ set }) => (set === 9 ? [] : bits(runner.metrics({ set }))))
    const found: string[][] = []
    runner.metricsOf(wanted, (at, outcome) => {
      found[at] = outcome instanceof Float64Array ? bits(outcome) : []
      runner.metrics({ set: 5 })
    })
    expect(found).toEqual(alone)
    let calls = 0
    const stop = () => {
      calls++
      throw new Error('enough')
    }
    expect(() => runner.metricsOf(wanted, stop)).toThrow('enough')
    class Hooks extends Strategy {}
    expect(() => prepare(market, Hooks).metricsOf([{}, {}], stop)).toThrow('enough')
    expect(calls).toBe(2)
    expect(bits(runner.metrics({ set: 2 }))).toEqual(alone[2])
    runner.release()
  })
})

/** Trades to random targets, by list, one by one, or by orders that are placed at once; and does other things with orders now and then. */
class Rebalance extends Strategy {
  static override parameters = {
    by: { type: 'choice', choices: ['list', 'single', 'placed'], default: 'list' },
  } as const
  readonly #seed: number
  readonly seen: string[] = []

  constructor(seed: number) {
    super()
    this.#seed = seed
  }

  override onBar(bar: Bar, broker: Broker): void {
    const d = dice(this.#seed * 7919 + bar.index)
    const assets = this.assets.length
    const type = d.chance(0.8) ? 'units' : d.of(['value', 'fraction'] as const)
    const amounts = { units: [0, 0, 1, 3, -2, 2.5], value: [0, 200, -100], fraction: [0, 0.1, -0.1] }[type]
    const often = d.of([0.1, 0.9])
    const targets = Array.from({ length: assets }, () => (d.chance(often) ? d.of(amounts) : Number.NaN))
    const before = d.chance(0.15)
    if (before) orderOther(d, broker, assets)
    const pending = broker.getPendingOrders().length > 0
    const { by } = this.parameters
    if (by === 'list') broker.orderTargets(targets, type)
    else {
      for (const [asset, target] of targets.entries()) {
        if (Number.isNaN(target)) continue
        if (type === 'value') broker.orderTargetValue(asset, target)
        else if (type === 'fraction') broker.orderTargetPercent(asset, target)
        else if (target !== broker.getQuantity(asset) || (pending && broker.getPendingOrders(asset).length > 0))
          broker.orderTargetQuantity(asset, target, by === 'placed' ? {} : undefined)
      }
    }
    if (d.chance(0.15)) orderOther(d, broker, assets)
    if (d.chance(0.1)) this.seen.push(JSON.stringify(broker.getPendingOrders()))
    if (d.chance(0.1)) this.seen.push(String(broker.getAccountValue()))
  }
}

/** Something else with orders than targets. */
function orderOther(d: Dice, broker: Broker, assets: number): void {
  const asset = d.whole(0, assets - 1)
  const mark = 100 + d.whole(-5, 5)
  const what = d.whole(0, 5)
  if (what === 0) broker.submitOrder({ asset, quantity: d.of([1, -1]), type: 'limit', limitPrice: mark })
  else if (what === 1) broker.submitOrder({ asset, quantity: d.of([1, -1]), stop: 0.02 })
  else if (what === 2) for (const { id } of broker.getPendingOrders().slice(0, 3)) broker.cancelOrder(id)
  else if (what === 3) broker.closePosition(asset)
  else if (what === 4) broker.setPositionRules(d.chance(0.5) ? [{ type: 'stop', distance: 0.05 }] : [])
  else broker.submitBracket({ asset, quantity: 1, stopLossPrice: mark - 10, takeProfitPrice: mark + 10 })
}

/** Orders to targets in any order, some twice, with other things in between; placed at once or not. */
class Targets extends Strategy {
  static override parameters = { placed: { type: 'boolean', default: false } } as const
  readonly #seed: number
  readonly seen: unknown[] = []

  constructor(seed: number) {
    super()
    this.#seed = seed
  }

  override onBar(bar: Bar, broker: Broker): void {
    const d = dice(this.#seed * 7919 + bar.index)
    const assets = this.assets.length
    // Some runs have nothing else at all.
    const calm = [0, 0.002, 0.05][this.#seed % 3]
    const skip = d.of([0, 0.5])
    if (d.chance(calm)) this.seen.push(broker.orderTargets(new Float64Array(assets).fill(-1)))
    for (let asset = 0; asset < assets; asset++) {
      if (d.chance(calm)) orderOther(d, broker, assets)
      if (d.chance(calm)) this.seen.push(broker.getPendingOrders().map(({ id }) => id))
      if (d.chance(skip)) continue
      const to = d.chance(calm) ? d.whole(0, assets - 1) : asset
      // Some as good as met, or as good as nothing (1.6).
      const target = d.of([0, 0, 1, 3, -2, 2.5, 1 + 5e-10, 3 - 1e-9, 1e-10, -1e-10])
      this.seen.push(broker.orderTargetQuantity(to, target, this.parameters.placed ? {} : undefined))
    }
    if (d.chance(0.1)) this.seen.push(broker.orderTargets(new Float64Array(assets).fill(2)))
  }
}

describe('orderTargets', () => {
  it('is counted by a result that is taken before it fills', () => {
    const prices = coarseMarket(dice(8), 3, 20, false)
    for (const timing of ['next-open', 'same-close', 'next-close'] as const) {
      const [list, single] = [true, false].map((by) => {
        class Flip extends Strategy {
          override onBar(bar: Bar, broker: Broker): void {
            const target = bar.index % 2
            if (by) broker.orderTargets([target, target, target])
            else for (let asset = 0; asset < 3; asset++) broker.orderTargetQuantity(asset, target)
          }
        }
        const run = openRun(prices, Flip, { timing, account: 'unlimited' })
        const orders: number[] = []
        for (let i = 0; i < 7 && run.advance(); i++) orders.push(resultOf(run).summary.numOrders)
        run.release()
        return orders
      })
      // The first list asks for nothing, as its targets are met; an order by itself is given all the same.
      expect(list).toEqual(single.map((orders) => orders - 3))
    }
  })

  it('gives what the same orders one by one give, whatever else is ordered, asked and changed', () => {
    let fills = 0
    for (let seed = 0; seed < CASES; seed++) {
      const d = dice(1_000_000 + seed)
      const prices = coarseMarket(d, d.of([1, 2, 5, 70]), d.whole(1, 60), d.chance(0.3))
      // Which of them are on their way already a hook cannot see.
      const { size: _, latency: __, ...config } = randomConfig(d, prices)
      if (d.chance(0.5) && !config.funds) config.account = 'unlimited'
      const [placed, ...others] = (['placed', 'list', 'single'] as const).map((by) => {
        const strategy = new Rebalance(seed)
        const result = backtest(prices, strategy, { ...config, parameters: { by } })
        return {
          text: textOf(result),
          outcome: result.fingerprint.outcome,
          seen: strategy.seen,
          fills: result.fills.length,
        }
      })
      for (const other of others) {
        expect(other.seen, `seed ${seed}`).toEqual(placed.seen)
        expect(other.text, `seed ${seed}`).toBe(placed.text)
        expect(other.outcome).toBe(placed.outcome)
      }
      fills += placed.fills
      prices.release()
    }
    expect(fills).toBeGreaterThan(10 * CASES)
  }, 600_000)

  it('has orders one by one wait like its own, in whatever order they come', () => {
    let fills = 0
    for (let seed = 0; seed < CASES / 2; seed++) {
      const d = dice(4_000_000 + seed)
      // More than the command ring holds, too.
      const prices = coarseMarket(d, d.of([1, 2, 5, 70, 300]), d.whole(1, 30), d.chance(0.2))
      const { size: _, ...config } = randomConfig(d, prices)
      if (d.chance(0.7) && !config.funds) config.account = 'unlimited'
      if (d.chance(0.7)) config.rules = []
      const [placed, waiting] = [true, false].map((parameter) => {
        const strategy = new Targets(seed)
        const result = backtest(prices, strategy, { ...config, parameters: { placed: parameter } })
        return {
          text: textOf(result),
          outcome: result.fingerprint.outcome,
          seen: strategy.seen,
          count: result.fills.length,
        }
      })
      expect(waiting.seen, `seed ${seed}`).toEqual(placed.seen)
      expect(waiting.text, `seed ${seed}`).toBe(placed.text)
      expect(waiting.outcome).toBe(placed.outcome)
      fills += placed.count
      prices.release()
    }
    expect(fills).toBeGreaterThan(100 * CASES)
  }, 600_000)

  it('gives what a column of targets gives in the signals driver', () => {
    for (let seed = 0; seed < CASES / 4; seed++) {
      const d = dice(2_000_000 + seed)
      const prices = coarseMarket(d, d.of([1, 3, 66]), d.whole(1, 80), false)
      // A hook decides when it asks which targets are met, a column where it is read.
      const { size: _, rules: __, latency: ___, ...config } = randomConfig(d, prices)
      const targets = Float64Array.from({ length: prices.bars * prices.assetCount }, () =>
        d.chance(0.3) ? d.of([0, 0, 1, -3, 2]) : Number.NaN,
      )
      class Listed extends Strategy {
        override onBar(bar: Bar, broker: Broker): void {
          const n = this.assets.length
          broker.orderTargets(targets.subarray(bar.index * n, (bar.index + 1) * n))
        }
      }
      const hook = backtest(prices, Listed, config)
      const column = backtest(prices, { targetPosition: targets, sizeType: 'units' }, config)
      // A signal's fills and orders say so; all else is the same.
      const numbers = (result: typeof hook) => [
        [...result.equity],
        ['price', 'quantity', 'bar', 'commission'].map((name) => [...result.fills.values(name)]),
        ['pnl', 'mfe', 'mae', 'barsHeld'].map((name) => [...result.trades.values(name)]),
        bits(result.metrics),
      ]
      expect(numbers(hook), `seed ${seed}`).toEqual(numbers(column))
      prices.release()
    }
  }, 600_000)
})

describe('a run that is admitted to every way it may take', () => {
  /** Gives orders of all kinds now and then, by a seed: what a hook does on one asset or a few. */
  function strategyOf(seed: number, often: number) {
    return class Now extends Strategy {
      #dice = dice(seed)
      override onBar(bar: Bar, broker: Broker): void {
        const d = this.#dice
        if (!d.chance(often)) return
        const asset = d.whole(0, this.assets.length - 1)
        const price = bar.close[asset]
        if (Number.isNaN(price)) return
        const side = d.of(['buy', 'sell'] as const)
        const sign = side === 'buy' ? 1 : -1
        switch (d.whole(0, 7)) {
          case 0:
            broker.submitOrder({ asset, side, quantity: d.whole(1, 5) })
            break
          case 1:
            broker.submitOrder({ asset, side, fraction: 0.5, stop: 0.02, target: 0.03 })
            break
          case 2:
            broker.submitOrder({ asset, side, quantity: 2, type: 'limit', limitPrice: price - sign * 0.5 })
            break
          case 3:
            broker.submitBracket({
              asset,
              side,
              quantity: 1,
              stopLossPrice: price - sign * 2,
              ...(d.chance(0.5)
                ? { takeProfitPrice: price + sign * 2 }
                : {
                    takeProfits: [1, 2, 3].map((away) => ({ price: price + sign * away, share: 1 / 3 })),
                    breakEvenAfter: 1,
                    trailAfter: 2,
                    childTrailAmount: 1,
                  }),
            })
            break
          case 4:
            broker.submitOrder({
              asset,
              side,
              value: 200,
              rules: [
                { type: 'trail', distance: 0.02 },
                { type: 'time', bars: 7 },
              ],
            })
            break
          case 5:
            broker.orderTargetQuantity(asset, d.whole(-3, 3))
            break
          case 6:
            for (const order of broker.getPendingOrders(asset)) broker.cancelOrder(order.id)
            break
          default:
            broker.closePosition(asset)
        }
      }
    }
  }

  it('has the bytes of one that is admitted to none', () => {
    let trades = 0
    let calm = 0
    for (let seed = 0; seed < CASES; seed++) {
      const d = dice(seed + 31_000)
      const assets = d.chance(0.7) ? 1 : d.whole(2, 70)
      const market = coarseMarket(d, assets, d.whole(2, 160), d.chance(0.2))
      const config = randomConfig(d, market)
      const often = d.of([0.02, 0.1, 0.5])
      const make = () =>
        seed % 4 > 0 ? strategyOf(seed, often) : randomColumns(dice(seed), market.bars * market.assetCount)
      const [free, bound] = [openRun(market, make() as never, config), openRun(market, make() as never, config)]
      free.begin()
      bound.begin()
      if (free.lane.i32(L.RUN_WAYS) & L.WAY_CALM) calm++
      bound.lane.setI32(L.RUN_WAYS, 0)
      const [result, expected] = [resultOf(free.toEnd()), resultOf(bound.toEnd())]
      expect(textOf(result), `seed ${seed}`).toBe(textOf(expected))
      trades += result.trades.length
      free.release()
      bound.release()
      market.release()
    }
    expect(trades).toBeGreaterThan(CASES)
    expect(calm).toBeGreaterThan(CASES / 4)
  })
})
