/** Sizes of entries: what each is by its definition, and the same bytes of expressions and of hooks that read them. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { getEngine } from '../../src/kernel/load.ts'
import { Market } from '../../src/market/market.ts'
import { expressions } from '../../src/signals/builders.ts'
import { expressionPanel } from '../../src/signals/expressions.ts'
import { cacheOf } from '../../src/signals/panels.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { num, strategy } from '../../src/strategy/expressed.ts'
import type { Indicator } from '../../src/strategy/indicator.ts'
import { defineSignals, Strategy, type StrategyClass } from '../../src/strategy/strategy.ts'
import { walk } from './walk.ts'

const {
  add,
  atr,
  atrRisk,
  capped,
  close,
  crossedAbove,
  crossedBelow,
  equalWeight,
  greaterThan,
  inverseVolatility,
  kelly,
  lessThan,
  multiply,
  percent,
  riskFraction,
  riskParity,
  sma,
  smaller,
  units,
  value,
  volatilityTarget,
  where,
} = expressions

/** Rows of an expression. */
function rowsOf(market: Market, { node }: { node: Parameters<typeof expressionPanel>[1] }): number[][] {
  const { values } = expressionPanel(cacheOf(market, getEngine()), node)
  return Array.from({ length: market.bars }, (_, bar) =>
    Array.from(values.slice(bar * market.assetCount, (bar + 1) * market.assetCount)),
  )
}

const closes = (market: Market) =>
  Array.from({ length: market.bars }, (_, bar) =>
    Array.from(market.close.slice(bar * market.assetCount, (bar + 1) * market.assetCount)),
  )

/** Sample deviation of the last changes of an asset up to a bar; NaN where there are too few, or no bar. */
function deviation(prices: number[][], bar: number, asset: number, length: number): number {
  if (Number.isNaN(prices[bar][asset])) return Number.NaN
  const own = prices.slice(0, bar + 1).flatMap((row) => (Number.isNaN(row[asset]) ? [] : [row[asset]]))
  const last = own.slice(-length - 1)
  if (last.length <= length) return Number.NaN
  return sampleDeviation(last.slice(1).map((price, i) => price / last[i] - 1))
}

function sampleDeviation(values: number[]): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1))
}

/** Equal to some digits, and undefined at the same places. Returns how many there are. */
function same(found: number[][], expected: (bar: number, asset: number) => number): number {
  let count = 0
  found.forEach((row, bar) => {
    row.forEach((x, asset) => {
      const y = expected(bar, asset)
      const wanted = Number.isFinite(y) ? y : Number.NaN
      if (Number.isNaN(wanted) !== Number.isNaN(x) || Math.abs(x - wanted) > 1e-9 * Math.abs(wanted))
        throw new Error(`bar ${bar}, asset ${asset}: ${x}, expected ${wanted}`)
      if (!Number.isNaN(x)) count++
    })
  })
  return count
}

const seeds = fc.integer({ min: 1, max: 1e6 })
const onWalks = (check: (market: Market) => void, runs = 6) =>
  fc.assert(
    fc.property(seeds, (seed) => {
      const market = walk(seed, 90, [100, 20, 1e-6, 3e9])
      check(market)
      market.release()
    }),
    { numRuns: runs },
  )

describe('by its definition', () => {
  it('volatilityTarget is the target over the volatility of a year', () => {
    onWalks((market) => {
      const prices = closes(market)
      const of = (bar: number, asset: number, year: number) =>
        0.1 / (deviation(prices, bar, asset, 20) * Math.sqrt(year))
      expect(same(rowsOf(market, volatilityTarget(0.1)), (b, a) => of(b, a, market.annual.perYear))).toBeGreaterThan(
        100,
      )
      same(rowsOf(market, volatilityTarget(0.1, 20, 52)), (b, a) => of(b, a, 52))
    })
  })

  it('a year of minutes has the bars of its sessions', () => {
    // Five sessions a week of four bars each.
    const time = Array.from({ length: 400 }, (_, i) => {
      const day = Math.floor(i / 4)
      return Date.UTC(2023, 0, 2) + (Math.floor(day / 5) * 7 + (day % 5)) * 86_400_000 + (14 + (i % 4)) * 3_600_000
    })
    const market = Market.from({ assets: ['A'], time, close: time.map((_, i) => 100 + ((i * 7) % 11)) })
    expect(market.annual).toMatchObject({ period: 'session' })
    const prices = closes(market)
    const year = market.annual.perYear * 4
    expect(year).toBeGreaterThan(1000)
    same(rowsOf(market, volatilityTarget(0.2, 10)), (b, a) => 0.2 / (deviation(prices, b, a, 10) * Math.sqrt(year)))
    market.release()
  })

  it('riskFraction is the risk over the distance of the stop, atrRisk over ranges', () => {
    onWalks((market) => {
      const prices = closes(market)
      const range = rowsOf(market, atr(14))
      const byRange = (b: number, a: number) => (0.02 * prices[b][a]) / (2 * range[b][a])
      expect(same(rowsOf(market, atrRisk(0.02)), byRange)).toBeGreaterThan(100)
      same(rowsOf(market, riskFraction(0.02, multiply(2, atr(14)))), byRange)
      same(rowsOf(market, riskFraction(0.02, percent(5))), (b, a) => (Number.isNaN(prices[b][a]) ? Number.NaN : 0.4))
    }, 2)
  })

  it('kelly is what Kelly found, 0 against the odds, and undefined for what are none', () => {
    const market = walk(3, 3)
    const of = (winRate: number, payoff: number, part?: number) =>
      rowsOf(market, part === undefined ? kelly(winRate, payoff) : kelly(winRate, payoff, part))[0][0]
    expect(of(0.6, 1)).toBeCloseTo(0.2, 12)
    expect(of(0.5, 2, 0.5)).toBeCloseTo(0.125, 12)
    expect(of(0.3, 1)).toBe(0)
    expect([of(1.2, 1), of(-0.1, 1), of(0.5, 0), of(0.5, -1)]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN])
    market.release()
  })

  it('equalWeight, units, value and capped', () => {
    const market = walk(4, 3, [10, 20, 30])
    const first = (size: Parameters<typeof rowsOf>[1]) => rowsOf(market, size)[0][0]
    expect(first(equalWeight())).toBeCloseTo(1 / 3, 15)
    expect([first(equalWeight(8)), first(units(7)), first(value(500))]).toEqual([0.125, 7, 500])
    expect([first(capped(percent(30), 0.2)), first(capped(percent(3), 1, 0.1)), first(capped(percent(3), 1))]).toEqual([
      0.2, 0.1, 0.03,
    ])
    market.release()
  })

  it('inverseVolatility shares all over those that have one', () => {
    onWalks((market) => {
      const prices = closes(market)
      const inverse = (bar: number) => prices[bar].map((_, a) => 1 / deviation(prices, bar, a, 12))
      const count = same(rowsOf(market, inverseVolatility(12)), (bar, a) => {
        const all = inverse(bar).filter((x) => !Number.isNaN(x))
        return inverse(bar)[a] / all.reduce((sum, x) => sum + x, 0)
      })
      expect(count).toBeGreaterThan(100)
    })
  })
})

describe('riskParity', () => {
  const WINDOW = 15

  /** Changes over the market's bars, 0 where the asset has none. */
  function changes(prices: number[][], bar: number, asset: number): number[] {
    return Array.from({ length: WINDOW }, (_, k) => {
      const at = bar - WINDOW + 1 + k
      const before = prices.slice(0, at).findLast((row) => !Number.isNaN(row[asset]))
      return before === undefined || Number.isNaN(prices[at][asset]) ? 0 : prices[at][asset] / before[asset] - 1
    })
  }

  function covariance(x: number[], y: number[]): number {
    const [a, b] = [x, y].map((values) => values.reduce((sum, one) => sum + one, 0) / values.length)
    return x.reduce((sum, one, i) => sum + (one - a) * (y[i] - b), 0) / (x.length - 1)
  }

  /** All weights of a bar are what the definition says; returns how many there are. */
  function checkBar(prices: number[][], weights: number[], bar: number): number {
    const members = prices[bar].flatMap((price, asset) => {
      const isOld = prices.slice(0, Math.max(0, bar - WINDOW + 1)).some((row) => !Number.isNaN(row[asset]))
      return isOld && !Number.isNaN(price) && covariance(changes(prices, bar, asset), changes(prices, bar, asset)) > 0
        ? [asset]
        : []
    })
    expect(weights.flatMap((weight, asset) => (Number.isNaN(weight) ? [] : [asset]))).toEqual(members)
    if (members.length === 0) return 0
    const all = members.map((asset) => changes(prices, bar, asset))
    const own = members.map((asset) => weights[asset])
    expect(own.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12)
    const parts = all.map((x, i) => own[i] * all.reduce((sum, y, j) => sum + covariance(x, y) * own[j], 0))
    const mean = parts.reduce((sum, part) => sum + part, 0) / parts.length
    for (const [i, part] of parts.entries()) {
      expect(own[i]).toBeGreaterThan(0)
      expect(Math.abs(part - mean)).toBeLessThan(1e-8 * mean)
    }
    return members.length
  }

  it('gives each asset the same part of the variance, on random markets with holes', () => {
    let count = 0
    onWalks((market) => {
      const prices = closes(market)
      rowsOf(market, riskParity(WINDOW)).forEach((weights, bar) => {
        count += checkBar(prices, weights, bar)
      })
    })
    expect(count).toBeGreaterThan(1000)
  })

  it('of what moves together, is silent, or comes late', () => {
    const time = Array.from({ length: 60 }, (_, day) => day * 86_400_000)
    const moves = time.map((_, i) => Math.sin(i) / 50)
    const path = (scale: number, from = 0) => {
      let price = 100
      return moves.map((move, i) => {
        if (i < from) return Number.NaN
        price *= 1 + scale * move
        return price
      })
    }
    const columns = [path(1), path(2), time.map(() => 5), path(1, 40), path(1e-7)]
    const market = Market.from({
      assets: ['A', 'B', 'C', 'D', 'E'],
      time,
      close: time.flatMap((_, i) => columns.map((column) => column[i])),
    })
    const rows = rowsOf(market, riskParity(WINDOW))
    // Each as the inverse of its deviation, as all are one.
    const [a, b, c, d, e] = rows[30]
    expect([a / b, e / a, c, d]).toEqual([expect.closeTo(2, 6), expect.closeTo(1e7, -3), Number.NaN, Number.NaN])
    expect(rows[54][3]).toBeNaN()
    expect(rows[55][3]).toBeGreaterThan(0)
    expect(rows[14].every(Number.isNaN)).toBe(true)
    market.release()
  })

  it('of two that undo each other is in equal parts of their risk', () => {
    const time = Array.from({ length: 30 }, (_, day) => day * 86_400_000)
    const one = time.map((_, i) => (i % 2 === 0 ? 100 : 110))
    const other = time.map((_, i) => (i % 2 === 0 ? 110 : 100))
    const market = Market.from({ assets: ['A', 'B'], time, close: time.flatMap((_, i) => [one[i], other[i]]) })
    const [a, b] = rowsOf(market, riskParity(WINDOW))[20]
    expect(a + b).toBeCloseTo(1, 12)
    expect(a).toBeGreaterThan(0.4)
    expect(a).toBeLessThan(0.6)
    market.release()
  })
})

// ---- hooks ----------------------------------------------------------------------------------

const entries = crossedAbove(sma(close, 3), sma(close, 8))
const exits = crossedBelow(sma(close, 5), sma(close, 12))

/** Enters as the crossings say, with a size that it reads; where that is none or 0 it does not. */
function hook(
  size: { toString(): string },
  name: 'quantity' | 'value' | 'fraction',
  stop?: { text: string; isPrice: boolean },
): StrategyClass {
  return class extends Strategy {
    #size!: Indicator
    #stop: Indicator | undefined
    #entries!: Indicator
    #exits!: Indicator
    override onStart() {
      this.#size = this.expression(size.toString())
      this.#stop = stop && this.expression(stop.isPrice ? `(${stop.text}) / close` : stop.text)
      this.#entries = this.expression(entries)
      this.#exits = this.expression(exits)
    }
    override onBar(_: Bar, broker: Broker) {
      for (let asset = 0; asset < this.assets.length; asset++) {
        const held = broker.getQuantity(asset)
        const isEntry = this.#entries.value(asset) === 1 && this.#size.value(asset) > 0
        const isExit = this.#exits.value(asset) === 1
        // Both at once cancel each other.
        if (isEntry === isExit) continue
        if (isExit && held > 0) broker.closePosition(asset, { signal: true })
        if (!isEntry || held > 0 || broker.getPendingOrders(asset).some(({ side }) => side === 'buy')) continue
        broker.submitOrder({
          asset,
          side: 'buy',
          [name]: this.#size.value(asset),
          stop: this.#stop?.value(asset),
          signal: true,
        })
      }
    }
  }
}

const outcomeOf = (result: { fingerprint: { outcome: string } }) => result.fingerprint.outcome

describe('of an expression and of a hook are the same bytes', () => {
  it.each([
    ['units', units(3), 'quantity'],
    ['value', value(900), 'value'],
    ['equalWeight', equalWeight(5), 'fraction'],
    ['atrRisk', atrRisk(0.01, 2, 10), 'fraction'],
    ['volatilityTarget', capped(volatilityTarget(0.1, 10), 0.5, 0.01), 'fraction'],
    ['kelly', kelly(0.55, 1.2, 0.5), 'fraction'],
    ['inverseVolatility', inverseVolatility(10), 'fraction'],
    ['riskParity', smaller(riskParity(10), 0.3), 'fraction'],
    ['a size that changes its mind', where(greaterThan(close, sma(close, 20)), percent(20), percent(5)), 'fraction'],
  ] as const)('%s', (_, size, name) => {
    const market = walk(21, 250, [100, 20, 50])
    const [mine, other] = [strategy({ entries, exits, size }), hook(size, name)].map((one) => backtest(market, one))
    expect(mine.trades.length).toBeGreaterThan(10)
    expect(outcomeOf(mine)).toBe(outcomeOf(other))
    market.release()
  })

  it('riskFraction by the stop of the strategy', () => {
    const market = walk(22, 250, [100, 20, 50])
    const mine = strategy({
      parameters: { risk: num(0.005) },
      entries,
      exits,
      stopLoss: multiply(2, atr(14)),
      size: ({ risk }) => capped(riskFraction(risk), percent(40)),
    })
    const other = hook('capped(riskFraction(0.005, 2 * atr(14)), 40%)', 'fraction', {
      text: '2 * atr(14)',
      isPrice: true,
    })
    const [a, b] = [mine, other].map((one) => backtest(market, one))
    expect(a.trades.length).toBeGreaterThan(10)
    expect(outcomeOf(a)).toBe(outcomeOf(b))
    market.release()
  })

  it.each([
    ['inverseVolatility', inverseVolatility(10)],
    ['riskParity', riskParity(10)],
  ] as const)('%s as weights', (_, weight) => {
    const market = walk(23, 120, [100, 20, 50])
    class Weights extends Strategy {
      #weight!: Indicator
      override onStart() {
        this.#weight = this.expression(weight)
      }
      override onBar(_: Bar, broker: Broker) {
        for (let asset = 0; asset < this.assets.length; asset++) {
          const target = this.#weight.value(asset)
          if (!Number.isNaN(target)) broker.orderTargetPercent(asset, target, { signal: true })
        }
      }
    }
    const [a, b] = [strategy({ targetWeight: weight }), Weights].map((one) => backtest(market, one))
    expect(a.fills.length).toBeGreaterThan(100)
    expect(outcomeOf(a)).toBe(outcomeOf(b))
    market.release()
  })
})

it('without a size nothing is entered', () => {
  const market = walk(24, 120)
  const sized = (size: Parameters<typeof strategy>[0]['size']) => backtest(market, strategy({ entries, exits, size }))
  expect(sized(volatilityTarget(0.1, 100)).orders.length).toBe(0)
  expect(sized(kelly(0.3, 1)).orders.length).toBe(0)
  const late = sized(volatilityTarget(0.1, 60))
  expect(Math.min(...late.fills.values('bar'))).toBeGreaterThan(60)
  // Longer than the data: said as well.
  expect(sized(volatilityTarget(0.1, 500)).warnings.map(({ code }) => code)).toContain('indicator_empty')
  expect(sized(riskParity(500)).warnings.map(({ code }) => code)).toContain('indicator_empty')
  market.release()
})

describe('kelly of a hook', () => {
  it('goes by the round trips so far', () => {
    const market = walk(25, 400)
    const seen: { trades: number; kelly: number; half: number }[] = []
    class Watch extends Strategy {
      #entries!: Indicator
      #wins: number[] = []
      override onStart() {
        this.#entries = this.expression('crossedAbove(sma(3), sma(8))')
      }
      override onTrade({ pnl }: { pnl: number }) {
        this.#wins.push(pnl)
      }
      override onBar(_: Bar, broker: Broker) {
        seen.push({ trades: this.#wins.length, kelly: broker.kelly(1, 5), half: broker.kelly(0.5, 5) })
        const won = this.#wins.filter((pnl) => pnl > 0)
        const lost = this.#wins.filter((pnl) => pnl < 0)
        const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length
        const rate = won.length / this.#wins.length
        const whole = rate - (1 - rate) / (mean(won) / -mean(lost))
        const isKnown = this.#wins.length >= 5 && won.length > 0 && lost.length > 0
        expect(broker.kelly(1, 5)).toEqual(isKnown ? expect.closeTo(Math.max(0, whole), 9) : Number.NaN)
        if (this.#entries.value(0) === 1) broker.enterPosition(0, 'long', { target: 0.02, stop: 0.02 })
      }
    }
    backtest(market, Watch)
    expect(seen.at(-1)!.trades).toBeGreaterThan(10)
    expect(seen.some(({ kelly }) => kelly > 0)).toBe(true)
    for (const { kelly, half } of seen) expect(half).toEqual(Number.isNaN(kelly) ? Number.NaN : kelly / 2)
    market.release()
  })

  it.each([
    [0, 20, /a part above 0/],
    [Number.NaN, 20, /a part above 0/],
    [1, 0, /from 1 on/],
    [1, 2.5, /from 1 on/],
  ])('refuses %d of it by %d trades', (part, least, message) => {
    const market = walk(26, 3)
    class Wrong extends Strategy {
      override onBar(_: Bar, broker: Broker) {
        broker.kelly(part, least)
      }
    }
    expect(() => backtest(market, Wrong)).toThrow(message)
    market.release()
  })
})

describe('what is no size', () => {
  const market = walk(27, 40)
  const run = (definition: Parameters<typeof strategy>[0], config = {}) =>
    backtest(market, strategy(definition as never), config)
  it.each<[string, () => unknown, RegExp]>([
    ['a risk without a stop', () => run({ entries, size: riskFraction(0.01) }), /found no stopLoss/],
    [
      'a risk without a stop, in a hook',
      () => backtest(market, hook('riskFraction(0.01)', 'fraction')),
      /riskFraction needs a stop/,
    ],
    [
      'two units at once',
      () => run({ entries, size: smaller(units(3), percent(5)) }),
      /must be of numbers of the same/,
    ],
    ['a weight in money', () => run({ targetWeight: value(100) }), /must be a fraction of the equity/],
    ['a window of one', () => volatilityTarget(0.1, 1), /bars must be a whole number from 2/],
    ['kelly of nothing', () => (kelly as unknown as () => unknown)(), /kelly takes 3 arguments/],
    ['a fixed size of 0', () => run({ entries, size: percent(0) }), /signals.size/],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message)
  })

  it('a market of one bar does not say how many make a year', () => {
    const one = walk(28, 1)
    expect(() => backtest(one, strategy({ entries, size: volatilityTarget(0.1) }))).toThrow(
      /volatilityTarget needs the number of bars a year, found 1 bar/,
    )
    expect(backtest(one, strategy({ entries, size: volatilityTarget(0.1, 20, 252) })).orders.length).toBe(0)
    one.release()
  })
})

describe('weights beyond the account', () => {
  it('are an error before the run, with the first bar', () => {
    const market = walk(29, 60)
    const half = where(greaterThan(close, 0), 0.6, 0)
    const weights = strategy({ targetWeight: half })
    expect(() => backtest(market, weights)).toThrow(
      expect.objectContaining({
        code: 'invalid_value',
        message: expect.stringMatching(/in all 1 of the equity at most expected .* found 1.2 at bar \d+/),
      }),
    )
    const short = strategy({ targetWeight: where(lessThan(close, sma(close, 3)), -0.6, 0.6) })
    expect(() => backtest(market, short)).toThrow(/found 1.2 at bar/)
    const margin = (initial: number) => ({ account: { type: 'margin', initial, maintenance: 0.25 } as const })
    expect(backtest(market, weights, margin(0.5)).fills.length).toBeGreaterThan(0)
    expect(() => backtest(market, weights, margin(0.9))).toThrow(/in all 1.11\d* of the equity/)
    expect(backtest(market, weights, { account: 'unlimited' }).fills.length).toBeGreaterThan(0)
    market.release()
  })

  it('by rounding alone are none', () => {
    const market = walk(30, 60, [100, 20, 30])
    const thirds = add(equalWeight(3), where(greaterThan(close, 0), 1e-13, 0))
    expect(backtest(market, strategy({ targetWeight: thirds })).fills.length).toBeGreaterThan(0)
    market.release()
  })

  it('are told to columns by the account', () => {
    const market = walk(31, 10)
    const seen: number[] = []
    const columns = defineSignals({
      name: 'x',
      signals: ({ leverage }) => {
        seen.push(leverage)
        return { flags: new Uint8Array(20) }
      },
    })
    backtest(market, columns)
    backtest(market, columns, { account: { type: 'margin', initial: 0.25, maintenance: 0.2 } })
    backtest(market, columns, { account: 'unlimited' })
    expect(seen).toEqual([1, 4, Number.POSITIVE_INFINITY])
    market.release()
  })
})
