/** Results: which tables, columns and numbers there are, warnings, the band of paths, the fingerprint. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { resultOf } from '../../src/engine/openrun.ts'
import { Market } from '../../src/market/market.ts'
import { type BacktestConfig, prepare } from '../../src/prepare.ts'
import { METRICS } from '../../src/results/metrics.ts'
import type { Fingerprint } from '../../src/results/result.ts'
import { STRATEGIES } from '../../src/strategies/catalogue.ts'
import { SmaCross, smaCross } from '../../src/strategies/sma-cross.ts'
import { defineSignals, type SignalStrategy, Strategy } from '../../src/strategy/strategy.ts'
import { flatToFlat } from '../stats/trips.ts'
import { Busy, busyMarket } from './busy.ts'
import { at, DAY, failure, flat, market, rows, strategy, textOf, walk } from './script.ts'

const quiet = [100, 100, 100, 100]
const buyAndSell = at({
  0: (broker) => void broker.submitOrder({ asset: 0, quantity: 10 }),
  1: (broker) => void broker.closePosition(0),
})

describe('the tables of a result', () => {
  const result = backtest(busyMarket(200), Busy, { commission: 0.001, slippage: 0.001 })
  const fields = (table: typeof result.fills) => new Set(table.columns.map(({ field }) => field))

  it('say in camelCase what their files say in snake_case', () => {
    for (const table of [result.fills, result.trades, result.openPositions, result.orders])
      for (const { name, field } of table.columns) {
        // In their own table id and type need not say of what.
        const own = { order_id: 'id', order_type: 'type' }[table === result.orders ? field : '']
        expect(name).toBe(own ?? field.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()))
      }
  })

  it('have what fills, trades and open positions are asked for', () => {
    const fills = fields(result.fills)
    for (const field of [
      'order_id',
      'asset',
      'side',
      'quantity',
      'price',
      'time',
      'commission',
      'slippage',
      'reason',
      'phase',
      'tag',
    ])
      expect(fills, field).toContain(field)
    const trades = fields(result.trades)
    for (const field of [
      'asset',
      'entry_time',
      'exit_time',
      'entry_price',
      'exit_price',
      'quantity',
      'side',
      'pnl',
      'pnl_percent',
      'bars_held',
      'commission',
      'slippage',
      'entry_reason',
      'exit_reason',
      'entry_tag',
      'exit_tag',
      'mfe',
      'mae',
      'mood',
      'average',
    ])
      expect(trades, field).toContain(field)
    const positions = fields(result.openPositions)
    for (const field of [
      'asset',
      'side',
      'quantity',
      'entry_price',
      'entry_time',
      'bars_held',
      'unrealized_pnl',
      'mark_price',
    ])
      expect(positions, field).toContain(field)
    for (const table of [result.fills, result.trades, result.orders, result.openPositions]) {
      const names = table.columns.map(({ name }) => name)
      expect(new Set(names).size).toBe(names.length)
      for (const { name, field, doc } of table.columns) {
        expect(name).toMatch(/^[a-z][a-zA-Z0-9]*$/)
        expect(field).toMatch(/^[a-z][a-z0-9_]*$/)
        expect(doc.length).toBeGreaterThan(0)
      }
    }
  })

  it('and the summary has the numbers that results are asked for', () => {
    for (const name of [
      'initialCash',
      'finalValue',
      'totalReturn',
      'totalReturnPct',
      'maxDrawdown',
      'maxDrawdownPct',
      'numTrades',
      'winningTrades',
      'losingTrades',
      'winRate',
      'totalCommission',
      'totalSlippage',
      'sharpe',
      'sortino',
      'calmar',
      'cagr',
      'volatility',
      'profitFactor',
      'expectancy',
      'avgTrade',
      'avgWin',
      'avgLoss',
      'largestWin',
      'largestLoss',
      'buyAndHoldReturn',
      'exposure',
    ])
      expect(result.summary, name).toHaveProperty(name)
    expect(result.equity.length).toBe(200)
    expect(result.time.length).toBe(200)
    expect(result.cash.length).toBe(200)
  })

  it('agree with the summary', () => {
    const { summary, trades, fills, orders } = result
    const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0)
    expect(trades.length).toBeGreaterThan(30)
    expect(summary.numExits).toBe(trades.length)
    const trips = flatToFlat(result)
    const pnl = trips.filter(({ open }) => !open).map(({ rows }) => sum(rows.map((row) => trades.values('pnl')[row])))
    expect(summary.numTrades).toBe(pnl.length)
    expect(pnl.length).toBeLessThan(trades.length)
    expect(summary.openTrades).toBe(result.openPositions.length)
    expect(summary.numFills).toBe(fills.length)
    expect(summary.numOrders).toBe(orders.length)
    expect(summary.winningTrades).toBe(pnl.filter((x) => x > 0).length)
    expect(summary.losingTrades).toBe(pnl.filter((x) => x < 0).length)
    expect(summary.totalPnl).toBe(sum(trades.values('pnl')))
    expect(summary.totalCommission).toBeCloseTo(sum(fills.values('commission')), 8)
    expect(summary.totalSlippage).toBeCloseTo(sum(fills.values('slippage')), 8)
    expect(summary.largestWin).toBe(Math.max(...pnl))
    expect(summary.largestLoss).toBe(Math.min(...pnl))
    const held = trips.filter(({ open }) => !open).map(({ rows }) => trades.values('barsHeld')[rows[rows.length - 1]])
    expect(summary.avgBarsHeld).toBeCloseTo(sum(held) / held.length, 12)
    expect(summary.finalValue).toBe(result.equity[199])
    for (const status of ['rejected', 'cancelled'] as const)
      expect(summary[`${status}Orders`]).toBe([...orders].filter((order) => order.status === status).length)
    // Slippage of trades is that of their fills, except what is still open.
    const open = [...result.openPositions].length
    expect(open === 0 ? sum(trades.values('slippage')) : 0).toBeCloseTo(
      open === 0 ? sum(fills.values('slippage')) : 0,
      8,
    )
  })

  it('decode times, assets, labels, flags and what is undefined', () => {
    const { orders, fills } = backtest(market({ X: [quiet, quiet, quiet] }), buyAndSell)
    expect(fills.row(0)).toMatchObject({
      time: '1970-01-02T00:00:00.000Z',
      asset: 'X',
      side: 'buy',
      reason: 'order',
      ambiguous: false,
    })
    expect(orders.row(0)).toMatchObject({
      limitPrice: null,
      stopPrice: null,
      trailAmount: null,
      reason: null,
      createdAt: '1970-01-01T00:00:00.000Z',
    })
    for (const row of [2, -1, 0.5, Number.NaN])
      expect(failure(() => fills.row(row))).toMatchObject({
        code: 'out_of_range',
        message: `table: rows run from 0 to 1, found ${row}.`,
      })
    for (const read of [() => fills.values('prize'), () => fills.column('prize')])
      expect(failure(read)).toMatchObject({
        code: 'unknown_name',
        message: 'table: "prize" is not one of its columns. Did you mean price?',
      })
  })

  it('can be read after the market was released, and after later runs took its memory', () => {
    const prices = market([quiet, quiet, quiet])
    const kept = backtest(prices, buyAndSell)
    const expected = textOf(backtest(prices, buyAndSell))
    prices.release()
    for (let i = 0; i < 3; i++) backtest(busyMarket(50, i), Busy)
    expect(textOf(kept)).toBe(expected)
  })

  it('have their fingerprint and id after the market was released where its digest is known, and say what is missing where not', () => {
    const prices = market([quiet, quiet, quiet])
    const [first, other] = [backtest(prices, buyAndSell), backtest(prices, buyAndSell)]
    const { all } = first.fingerprint
    prices.release()
    expect([other.fingerprint.all, other.dataId.length]).toEqual([all, 64])
    const lost = market([quiet, quiet, [100, 101, 99, 100.5]])
    const late = backtest(lost, buyAndSell)
    lost.release()
    for (const read of [() => late.fingerprint, () => late.dataId])
      expect(failure(read)).toMatchObject({
        code: 'released',
        message: expect.stringMatching(/^market: its digest is made of its bars, .* Call market\.digest\(\), or read /),
      })
  })

  it('have settings and a summary with types: every name of METRICS, and no other', () => {
    const { settings, summary, metrics } = backtest(market([quiet, quiet]), buyAndSell, {
      cash: 500,
      from: '1970-01-02',
    })
    const { cash, size, window, account } = settings
    expect([cash, size, window, account]).toEqual([
      500,
      { type: 'fraction', amount: 1 },
      { from: '1970-01-02T00:00:00.000Z', to: null },
      { type: 'margin', initial: 1, maintenance: 0 },
    ])
    expect(METRICS.map(({ name }) => summary[name])).toEqual([...metrics])
    expect(Object.keys(summary)).toEqual(METRICS.map(({ name }) => name))
    // @ts-expect-error no metric
    expect(summary.sharp).toBeUndefined()
    // @ts-expect-error no setting
    expect(settings.leverage).toBeUndefined()
  })

  it('of an open position are what the broker said of it', () => {
    let seen: unknown[] = []
    const { openPositions } = backtest(
      market([quiet, [100, 110, 95, 105], [105, 106, 99, 104]]),
      at({
        0: (broker) => void broker.submitOrder({ asset: 0, side: 'sell', quantity: 4 }),
        2: (broker) => {
          const p = broker.getPosition('A')
          seen = [
            p.quantity,
            p.averagePrice,
            p.markPrice,
            p.unrealizedPnl - p.commission,
            p.commission,
            p.barsHeld,
            p.entryBar,
          ]
          expect([p.side, p.isShort, p.isLong, p.isFlat, p.symbol]).toEqual(['short', true, false, false, 'A'])
          expect([p.highWaterMark, p.lowWaterMark]).toEqual([110, 95])
          expect([p.mfe, p.mae, p.unrealizedPercent]).toEqual([0.05, -0.1, -4])
        },
      }),
      { commission: 0.001 },
    )
    expect(
      rows(openPositions, 'quantity', 'entryPrice', 'markPrice', 'unrealizedPnl', 'commission', 'barsHeld', 'entryBar'),
    ).toEqual([seen])
    expect(seen).toEqual([-4, 100, 104, -16.4, 0.4, 1, 1])
  })

  it('of a run that is still going have each order that has ended once, by id', () => {
    const run = openRun(
      market(flat(...Array.from({ length: 12 }, (_, i) => 100 + i))),
      at({
        0: (broker) => broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 1 }),
        1: (broker) => broker.submitOrder({ asset: 0, quantity: 1 }),
        2: (broker) => broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 2 }),
        3: (broker) => broker.submitOrder({ asset: 0, quantity: 1e9, tag: 7 }),
        4: (broker) => broker.cancelOrder(3),
      }),
    )
    while (run.bar < 8) run.advance()
    expect(rows(resultOf(run).orders, 'id')).toEqual([[2], [3], [4]])
    expect(resultOf(run).orders.values('tag')[2]).toBe(7)
    const early = resultOf(run).fingerprint.outcome
    const late = resultOf(run.toEnd())
    expect(rows(late.orders, 'id')).toEqual([[1], [2], [3], [4]])
    expect(late.fingerprint.outcome).not.toBe(early)
    run.release()
  })

  it('of a run that is still going are as far as it has come', () => {
    const prices = busyMarket(60)
    const run = openRun(prices, new Busy())
    while (run.bar < 30) run.advance()
    const early = resultOf(run)
    const whole = resultOf(run.toEnd())
    expect(early.equity.length).toBe(31)
    // Same-close orders of bar 30 are still to come.
    expect(Array.from(early.equity.slice(0, 30))).toEqual(Array.from(whole.equity.slice(0, 30)))
    expect(early.equity[30]).toBeGreaterThan(0)
    expect(early.summary.finalValue).toBe(early.equity[30])
    expect([...early.fills]).toEqual([...whole.fills].slice(0, early.fills.length))
    run.release()
  })
})

const YEARLY = ['short_run', 'cagr_overflow', 'no_annual_periods']

describe('warnings', () => {
  const codes = (...args: Parameters<typeof backtest>) => backtest(...args).warnings.map(({ code }) => code)

  it('are none for an ordinary run', () => {
    expect(codes(market([quiet, [100, 101, 99, 100], [100, 101, 99, 100]]), buyAndSell)).toEqual([])
  })

  it('tell of fills at the close that decided them', () => {
    const result = backtest(market([quiet, [100, 101, 99, 100], quiet, quiet]), buyAndSell, { timing: 'same-close' })
    expect(result.warnings.map(({ code }) => code)).toContain('same_bar_fills')
    expect(result.warnings[0].message).toMatch(/^2 fills at the close/)
  })

  it('tell of bars whose way decides', () => {
    const result = backtest(
      market([quiet, [100, 101, 99, 100], [100, 111, 89, 100]]),
      at({ 0: (broker) => void broker.submitOrder({ asset: 0, quantity: 1 }) }),
      {
        rules: [
          { type: 'stop', distance: 0.1 },
          { type: 'target', distance: 0.1 },
        ],
      },
    )
    expect(result.warnings).toEqual([
      { code: 'ambiguous_bars', message: expect.stringMatching(/^1 bar in which .*taken as adverse/) },
      { code: 'short_run', message: expect.stringContaining('in 2.0 days') },
    ])
  })

  it('tell where every entry was refused, nothing was ordered, or nothing was closed', () => {
    const prices = market([quiet, [100, 101, 99, 100], quiet])
    expect(codes(prices, at({ 0: (broker) => void broker.submitOrder({ asset: 0, quantity: 1e9 }) }))).toEqual([
      'entries_rejected',
    ])
    expect(codes(prices, strategy({}))).toEqual(['no_trades'])
    expect(codes(prices, at({ 0: (broker) => void broker.submitOrder({ asset: 0, quantity: 1 }) }))).toEqual([
      'no_trades',
    ])
  })

  it('tell of figures of a year that are none, or are made of little', () => {
    const grown = (days: number, by: number, step = 1) => {
      const bars = Math.floor(days / step) + 1
      return Market.from({
        assets: ['A'],
        time: Float64Array.from({ length: bars }, (_, i) => i * step * DAY),
        close: Float64Array.from({ length: bars }, (_, i) => (i === bars - 1 ? by : 1)),
      })
    }
    const hold = at({ 0: (broker) => void broker.submitOrder({ asset: 0, size: { type: 'fraction', amount: 0.9 } }) })
    const found = (prices: Market, config = {}) => {
      const result = backtest(prices, hold, { timing: 'same-close', ...config })
      return [result.warnings.map(({ code }) => code).filter((code) => YEARLY.includes(code)), result] as const
    }
    const [short, result] = found(grown(89, 1.1))
    expect(short).toEqual(['short_run'])
    expect(result.warnings.find(({ code }) => code === 'short_run')!.message).toBe(
      'cagr: 90 days or more expected, found 9.000 % in 89.0 days, taken for a whole year at the same pace. Read total return, or take more data.',
    )
    expect(found(grown(90, 1.1))[0]).toEqual([])
    // Nothing is taken for more than it is.
    expect(found(grown(89, 1))[0]).toEqual([])
    expect(found(grown(2, 1e9))[0]).toEqual(['cagr_overflow'])
    expect(found(grown(2, 1e9), { cagr: 'periods', periodsPerYear: 365 })[0]).toEqual(['cagr_overflow'])
    expect(found(grown(0, 1))[0]).toEqual(['no_annual_periods'])
    const [hours, day] = found(grown(0.9, 1.1, 0.1))
    expect(hours).toEqual(['no_annual_periods'])
    expect([day.summary.cagr, day.summary.volatility]).toEqual([Number.NaN, Number.NaN])
    expect(found(grown(0.9, 1.1, 0.1), { periodsPerYear: 252 })[0]).toEqual([])
  })

  it('tell of margin calls, a bust, and markets of closes only', () => {
    const fall = market([quiet, [100, 100, 85, 85], [80, 99, 80, 99], quiet])
    const buy = at({ 0: (broker) => void broker.submitOrder({ asset: 0, quantity: 10 }) })
    const found = codes(fall, buy, { cash: 100, account: { type: 'margin', initial: 0.1 } })
    expect(found).toContain('bust')
    expect(found).toContain('margin_calls')
    const closes = Market.from({ assets: ['A'], time: [0, DAY, 2 * DAY], close: [1, 2, 3] })
    expect(codes(closes, buyAndSell)).toContain('closes_only')
  })
})

describe('the band', () => {
  it('shows all three paths beside each other, each as its own run gives it', () => {
    const prices = busyMarket(250, 3)
    const config: BacktestConfig = {
      rules: [
        { type: 'stop', distance: 0.01 },
        { type: 'target', distance: 0.01 },
      ],
    }
    for (const path of ['adverse', 'favourable', 'nearest'] as const) {
      const result = backtest(prices, Busy, { ...config, path, band: true })
      for (const name of ['adverse', 'favourable', 'nearest'] as const) {
        const { finalValue, totalReturn, maxDrawdown } = backtest(prices, Busy, { ...config, path: name }).summary
        expect(result.band?.[name]).toEqual({ finalValue, totalReturn, maxDrawdown })
      }
      expect(result.summary.finalValue).toBe(result.band?.[path].finalValue)
    }
    expect(backtest(prices, Busy, config).band).toBeUndefined()
  })

  it('has no width where nothing is ambiguous', () => {
    const { band } = backtest(market(flat(1, 2, 3)), buyAndSell, { band: true })
    expect(band?.adverse).toEqual(band?.favourable)
    expect(band?.adverse).toEqual(band?.nearest)
  })
})

describe('the fingerprint', () => {
  const bars = walk(40, 8, 0)
  const base = { prices: market(bars), input: Busy as Parameters<typeof backtest>[1], config: {} as BacktestConfig }
  const print = (more: Partial<typeof base> = {}) => {
    const { prices, input, config } = { ...base, ...more }
    return backtest(prices, input, config).fingerprint
  }
  const same = print()
  /** The parts that differ from those of the base. */
  const changed = (other: Fingerprint) =>
    (Object.keys(same) as (keyof Fingerprint)[]).filter((part) => same[part] !== other[part])

  it('is 64 digits a part, and the same for the same', () => {
    for (const part of Object.values(same)) expect(part).toMatch(/^[0-9a-f]{64}$/)
    expect(changed(print())).toEqual([])
    expect(changed(print({ prices: market(bars) }))).toEqual([])
    expect(changed(prepare(base.prices, Busy).run({}).fingerprint)).toEqual([])
  })

  it('has the market in its own part, though the outcome is the same', () => {
    const idle = strategy({})
    const a = print({ input: idle })
    const renamed = print({ input: idle, prices: market({ B: bars }) })
    const later = print({
      input: idle,
      prices: market(bars.map((row, i) => (i === 39 && row ? [row[0], row[1], row[2], row[3], 1] : row))),
    })
    for (const b of [renamed, later]) {
      expect(b.market).not.toBe(a.market)
      expect([b.engine, b.strategy, b.config, b.outcome]).toEqual([a.engine, a.strategy, a.config, a.outcome])
      expect(b.all).not.toBe(a.all)
    }
  })

  it('has settings, size and parameters in the part of the config', () => {
    const idle = strategy({}, { parameters: { n: { type: 'integer', default: 1 } } })
    const a = print({ input: idle })
    for (const config of [
      { slippage: 0.001 },
      { timing: 'next-close' },
      { size: { type: 'units', amount: 2 } },
      { parameters: { n: 2 } },
      { rules: [{ type: 'time', bars: 3 }] },
    ] as BacktestConfig[]) {
      const b = print({ input: idle, config })
      expect(b.config, JSON.stringify(config)).not.toBe(a.config)
      expect([b.engine, b.market, b.strategy, b.outcome]).toEqual([a.engine, a.market, a.strategy, a.outcome])
    }
    // Defaults that are written out, and what is only shown, change nothing.
    for (const config of [
      { timing: 'next-open', cash: 100_000, account: 'margin', parameters: { n: 1 } },
      { band: true },
      { verify: 'snapshot' },
      { commission: 0 },
    ] as BacktestConfig[]) {
      if ('commission' in config) expect(print({ input: idle, config }).outcome).toBe(a.outcome)
      else expect(print({ input: idle, config })).toEqual(a)
    }
  })

  it('has the strategy’s own text in its part', () => {
    class One extends Strategy {
      override onBar(): void {}
    }
    class Other extends Strategy {
      override onBar(): void {
        Math.max(1, 2)
      }
    }
    const [one, other] = [print({ input: One }), print({ input: Other })]
    expect(other.strategy).not.toBe(one.strategy)
    expect([other.engine, other.market, other.config, other.outcome]).toEqual([
      one.engine,
      one.market,
      one.config,
      one.outcome,
    ])
    expect(print({ input: One, config: { strategySource: 'text' } }).strategy).toBe(
      print({ input: Other, config: { strategySource: 'text' } }).strategy,
    )
    const signals = (size: number) =>
      defineSignals({
        name: 'x',
        signals:
          size === 1
            ? () => ({ entries: Array(40).fill(0), size: 1 })
            : () => ({ entries: Array(40).fill(0), size: 2 }),
      })
    expect(print({ input: signals(1) }).strategy).not.toBe(print({ input: signals(2) }).strategy)
    const columns = (entry: number) => ({
      entries: Array.from({ length: 40 }, (_, i) => Number(i === entry)),
      size: 1e9,
      sizeType: 'units' as const,
    })
    expect(print({ input: columns(3) }).strategy).not.toBe(print({ input: columns(4) }).strategy)
    expect(print({ input: columns(3) }).strategy).toBe(
      print({ input: { ...columns(3), entries: Float64Array.from(columns(3).entries) } }).strategy,
    )
  })

  it('has built-in strategies by name and version, whatever their text has become; not what extends them', () => {
    const sha = (text: string) => createHash('sha256').update(text).digest('hex')
    expect(print({ input: SmaCross }).strategy).toBe(sha('fillgrid sma-cross 1 hooks'))
    expect(print({ input: smaCross as SignalStrategy }).strategy).toBe(sha('fillgrid sma-cross 1sma-cross'))
    class Mine extends SmaCross {}
    class Also extends Mine {}
    const all = [SmaCross, Mine, Also].map((input) => print({ input }).strategy)
    expect(new Set(all).size).toBe(3)
    expect(all[1]).toBe(sha(`${Mine}\nfillgrid sma-cross 1 hooks`))
    const named = STRATEGIES.map(({ strategy }) => strategy.source)
    expect(new Set(named).size).toBe(STRATEGIES.length)
    for (const source of named) expect(source).toMatch(/^fillgrid /)
  })

  it('has what came of it in the outcome', () => {
    const quantity = (n: number) =>
      strategy({ onBar: (bar, broker) => void (bar.index === 0 && broker.submitOrder({ asset: 0, quantity: n })) })
    const config = { strategySource: 'same' }
    const [a, b] = [print({ input: quantity(1), config }), print({ input: quantity(2), config })]
    expect(b.outcome).not.toBe(a.outcome)
    expect([b.engine, b.market, b.strategy, b.config]).toEqual([a.engine, a.market, a.strategy, a.config])
    expect(b.all).not.toBe(a.all)
  })
})
