/**
 * One fixed piece of work that uses all of the engine: the same bytes must come out of it in every Node version and
 * browser, over shared memory and unshared. Imports nothing of Node; `fillgrid` is the sources in a test and the built
 * library in a bundle.
 */
import { makeEquities } from '../../data/equities.ts'
import { makeMinutes } from '../../data/minutes.ts'
import type { Bar, Broker, Commission, Indicator, Market, Result, Rule, Slippage } from '../../src/index.ts'
import * as fillgrid from '../../src/index.ts'

/** What the scenario gives: hashes (SHA-256, hex) by name. */
export type Fingerprints = Record<string, string>

/**
 * Gives every kind of order from a fixed pattern of bars and indicator values: brackets, one-cancels-other, trails,
 * updates, cancels, targets, closings, rules that change.
 */
class Everything extends fillgrid.Strategy<{ length: number }> {
  static override parameters = { length: { type: 'integer', default: 14, min: 2 } } as const
  static override contextNames = ['range', 'strength']
  #range!: Indicator
  #strength!: Indicator
  override state = { last: 0, fills: 0, trades: 0 }

  override onStart(): void {
    this.#range = this.indicator('atr', { length: this.parameters.length })
    this.#strength = this.indicator('rsi', { length: this.parameters.length })
  }

  override onFill(): void {
    this.state.fills++
  }

  override onTrade(): void {
    this.state.trades++
  }

  override onBar(bar: Bar, broker: Broker): void {
    for (let asset = 0; asset < this.assets.length; asset++) this.#decide(bar, broker, asset)
    if (bar.index % 101 === 100) {
      const asset = bar.index % this.assets.length
      broker.setPositionRules(
        [
          { type: 'trail', distance: 0.03 },
          { type: 'time', bars: 9 },
        ],
        asset,
      )
    }
  }

  #decide(bar: Bar, broker: Broker, asset: number): void {
    const price = bar.close[asset]
    const range = this.#range.value(asset)
    if (Number.isNaN(range) || range === 0) return
    const side = this.#strength.value(asset) < 50 ? 'buy' : 'sell'
    const sign = side === 'buy' ? 1 : -1
    const near = price - sign * 0.4 * range
    const far = price + sign * 0.6 * range
    const tag = bar.index % 7
    switch ((bar.index * 3 + asset * 5) % 17) {
      case 0:
        broker.submitOrder({ asset, side, fraction: 0.1, tag })
        break
      case 2:
        this.state.last = broker.submitOrder({ asset, side, value: 4_000, type: 'limit', limitPrice: near, tag })
        break
      case 4:
        broker.submitBracket({
          asset,
          side,
          quantity: 40,
          type: 'stop',
          stopPrice: far,
          stopLossPrice: far - sign * range,
          takeProfitPrice: far + sign * 2 * range,
          tag,
        })
        break
      case 6:
        broker.submitOco([
          { asset, side, quantity: 25, type: 'limit', limitPrice: near },
          { asset, side, quantity: 25, type: 'stop-limit', stopPrice: far, limitPrice: far + sign * 0.1 * range },
        ])
        break
      case 8:
        if (this.state.last > 0 && !broker.updateOrder(this.state.last, { limitPrice: price })) this.state.last = 0
        broker.updatePositionContext(asset, { range, strength: this.#strength.value(asset) })
        break
      case 10:
        broker.orderTargetPercent(asset, sign * 0.08)
        break
      case 12:
        if (!broker.getPosition(asset).isFlat)
          broker.submitOrder({ asset, side, quantity: 30, type: 'trailing-stop', trailFraction: 0.02 })
        break
      case 14:
        for (const order of broker.getPendingOrders(asset).slice(2)) broker.cancelOrder(order.id)
        break
      case 16:
        broker.closePosition(asset, { timing: 'next-close' })
    }
  }
}

async function sha256(columns: readonly Float64Array[]): Promise<string> {
  const all = new Float64Array(columns.reduce((sum, column) => sum + column.length, 0))
  let at = 0
  for (const column of columns) {
    for (const value of column) all[at++] = Number.isNaN(value) ? Number.NaN : value
  }
  const digest = await crypto.subtle.digest('SHA-256', all)
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Each indicator with its defaults, over every asset: a line of its own, so that a new one moves no other. */
async function addIndicators(found: Fingerprints, market: string, data: Market): Promise<void> {
  const panels = fillgrid.panelCache(data)
  for (const { name, outputs } of fillgrid.INDICATORS) {
    const columns = outputs.map((output) => panels.panel(name, {}, output).values.slice())
    found[`${market}.${name}`] = await sha256(columns)
  }
}

async function addRun(found: Fingerprints, name: string, result: Result): Promise<void> {
  found[`${name}.outcome`] = result.fingerprint.outcome
  found[`${name}.all`] = result.fingerprint.all
  found[`${name}.metrics`] = await sha256([result.metrics])
}

/** Every figure of a run's trades, by exit and by round trip, their tables and costs. */
function tradesHash(result: Result): Promise<string> {
  const columns = (['exit', 'roundTrip'] as const).flatMap((per) => {
    const analysis = result.tradeAnalysis({ per })
    const tables = [
      analysis.trades,
      analysis.costs,
      ...(['side', 'asset', 'month', 'weekday', 'exitReason', 'barsHeld'] as const).map((group) => analysis.by(group)),
    ].flatMap((table) => table.columns.map(({ name }) => Float64Array.from(table.values(name))))
    return [Float64Array.from(Object.values(analysis.summary)), ...tables]
  })
  return sha256(columns)
}

/** Every figure of a run's curve, its tables and rolling figures. */
function curveHash(result: Result): Promise<string> {
  const options = { benchmark: 'hold', riskFree: 0.02, trials: { count: 20, variance: 0.001 }, window: 20 }
  const curve = result.equityCurve(options)
  const tables = [
    curve.drawdowns,
    curve.histogram(),
    ...(['day', 'week', 'month', 'year'] as const).map((span) => curve.by(span)),
    ...(['sharpe', 'sortino', 'volatility', 'beta'] as const).map((figure) => curve.rolling(figure)),
  ]
  const columns = tables.flatMap((table) => table.columns.map(({ name }) => Float64Array.from(table.values(name))))
  return sha256([Float64Array.from(Object.values(curve.summary)), curve.returns, ...columns])
}

/** A strategy of texts. */
function written(fields: Record<string, string>) {
  return fillgrid.readStrategy({
    kind: 'expressions',
    version: 1,
    name: 'written',
    parameters: {},
    constraints: [],
    fields,
  })
}

/** What was drawn of a result, in every way. */
function studiesHash(result: Result): Promise<string> {
  const columns = (['replace', 'shuffle', 'blocks', 'skip'] as const).flatMap((draw) => {
    const { returns, drawdowns, fan } = fillgrid.monteCarlo(result, { draw, simulations: 200, paths: 50, seed: 9 })
    return [returns, drawdowns, ...Object.values(fan)]
  })
  const { own, chances, daysToPass } = fillgrid.challenge(result, { simulations: 100, target: 0.01, drawdown: 0.01 })
  const numbers = [own.days, ...Object.values(chances), ...Object.values(daysToPass)]
  return sha256([...columns, Float64Array.from(numbers)])
}

/** Chains of rules that come with entries, sizes across assets, and a list of signals. */
async function addChosen(found: Fingerprints, market: Market): Promise<void> {
  const chain = written({
    ...{ entries: 'rsi(14) < 35', exits: 'rsi(14) > 70', stopLoss: '3 * atr(14)', takeProfit: 'percent(8)' },
    ...{ trail: '4 * atr(20)', hold: 'where(close > sma(50), 30, 12)', size: 'riskFraction(0.002)' },
  })
  await addRun(found, 'chain', fillgrid.backtest(market, chain, { commission: 0.0005 }))
  const parity = written({ targetWeight: 'where(month() != shift(month(), 1), 0.9 * riskParity(40), 0 / 0)' })
  await addRun(found, 'parity', fillgrid.backtest(market, parity, { commission: 0.0005 }))
  const signals = Array.from({ length: 300 }, (_, i) => ({
    Ticker: market.assets[(7 * i) % market.assetCount],
    Date: new Date(market.time[(31 * i) % (market.bars - 2)]).toISOString().slice(0, 10),
    side: (i >> 3) % 2 === 0 ? 'short' : 'long',
    hold: 5 + (i % 20),
    sl: i % 4 === 0 ? '3%' : '2atr',
    tp: '1.5R',
  }))
  for (const overlap of fillgrid.OVERLAPS) {
    const { result } = fillgrid.backtestSignals(market, fillgrid.signalsOf(signals), { overlap, commission: 0.0005 })
    await addRun(found, `list.${overlap}`, result)
    if (overlap === 'lot') found['list.studies'] = await studiesHash(result)
  }
}

/** Runs it. */
export async function runScenario(): Promise<Fingerprints> {
  const found: Fingerprints = {}
  const equities = makeEquities({ bars: 750, assets: 12 })
  const daily = fillgrid.Market.from(
    equities.assets.map((asset, k) => {
      const { open, high, low, close, volume } = equities.series[k]
      // Each asset starts later than the one before, so that bars are missing.
      const from = 11 * k
      const cut = (column: Float64Array) => column.subarray(from)
      return {
        asset,
        time: cut(equities.time),
        open: cut(open),
        high: cut(high),
        low: cut(low),
        close: cut(close),
        volume: cut(volume),
      }
    }),
  )
  const minutes = fillgrid.Market.from([makeMinutes({ bars: 20_000, seed: 3 })])
  found['daily.market'] = daily.digest()
  found['minutes.market'] = minutes.digest()
  await addIndicators(found, 'daily', daily)
  await addIndicators(found, 'minutes', minutes)

  const costs = {
    commission: {
      type: 'tiered',
      tiers: [
        { upTo: 5_000, rate: 0.002 },
        { upTo: Number.POSITIVE_INFINITY, rate: 0.001 },
      ],
    } as Commission,
    slippage: { type: 'volume-share', rate: 0.02 } as Slippage,
    rules: [
      { type: 'stop', distance: 0.05 },
      { type: 'target', distance: 0.09 },
    ] as Rule[],
    strategySource: 'everything',
  }
  for (const path of ['adverse', 'favourable', 'nearest'] as const) {
    await addRun(found, `everything.${path}`, fillgrid.backtest(daily, Everything, { ...costs, path }))
  }
  found['everything.curve'] = await curveHash(fillgrid.backtest(daily, Everything, costs))
  found['everything.trades'] = await tradesHash(fillgrid.backtest(daily, Everything, costs))
  for (const { name, strategy } of fillgrid.STRATEGIES) {
    const rules: Rule[] = [
      { type: 'stop', distance: 0.004 },
      { type: 'trail', distance: 0.006 },
    ]
    const config = { commission: 0.0004, rules, strategySource: name, parameters: { direction: 'both' } }
    await addRun(found, name, fillgrid.backtest(minutes, strategy, config))
  }
  await addChosen(found, daily)
  const { table, ranking } = await fillgrid.sweep(daily, 'sma-cross', {
    fast: { from: 2, to: 20, step: 3 },
    slow: [20, 50, 90],
  })
  const columns = table.columns
    .filter(({ kind }) => kind === 'f64')
    .map(({ name }) => table.values(name) as Float64Array)
  found['sweep.table'] = await sha256([...columns, Float64Array.from(ranking)])
  return found
}
