/** Strategies as expressions: the same bytes as the same decisions by hooks and by signal columns. */
import { describe, expect, it } from 'vitest'
import { makeMinutes } from '../../data/minutes.ts'
import { backtest } from '../../src/backtest.ts'
import { Market } from '../../src/market/market.ts'
import { expressions } from '../../src/signals/builders.ts'
import { smaCross } from '../../src/strategies/sma-cross.ts'
import { int, num, strategy } from '../../src/strategy/expressed.ts'
import { defineSignals } from '../../src/strategy/strategy.ts'
import { grid } from '../../src/sweep/space.ts'
import { sweep } from '../../src/sweep/sweep.ts'

const {
  atr,
  close,
  crossedAbove,
  crossedBelow,
  greaterThan,
  high,
  highest,
  lessThan,
  low,
  lowest,
  multiply,
  percent,
  riskFraction,
  rsi,
  shift,
  sma,
  top,
} = expressions

function minutes(bars = 3000): Market {
  const { asset, ...columns } = makeMinutes({ bars })
  return Market.from({ assets: [asset], ...columns })
}

const cross = strategy({
  name: 'cross',
  parameters: { fast: int(10, { min: 2, max: 60 }), slow: int(50, { min: 10, max: 300 }) },
  constraints: ({ fast, slow }) => lessThan(fast, slow),
  entries: ({ fast, slow }) => crossedAbove(sma(close, fast), sma(close, slow)),
  exits: ({ fast, slow }) => crossedBelow(sma(close, fast), sma(close, slow)),
})

const outcomeOf = (result: { fingerprint: { outcome: string } }) => result.fingerprint.outcome

describe('a strategy of expressions', () => {
  it('is its columns: the built-in cross', () => {
    const market = minutes()
    const mine = backtest(market, cross)
    const built = backtest(market, smaCross as never, { parameters: { direction: 'long' } })
    expect(mine.trades.length).toBeGreaterThan(20)
    expect(outcomeOf(mine)).toBe(outcomeOf(built))
    market.release()
  })

  it('is the same as columns made by hand, with stops in percent and in price', () => {
    const market = minutes()
    const expressed = strategy({
      parameters: { length: int(14), level: num(30) },
      entries: ({ length, level }) => lessThan(rsi(close, length), level),
      exits: ({ length }) => greaterThan(rsi(close, length), 70),
      stopLoss: multiply(2, atr(14)),
      takeProfit: percent(1),
      size: percent(50),
    })
    const mine = backtest(market, expressed)
    expect(mine.trades.length).toBeGreaterThan(5)
    const signals = defineSignals({
      name: 'signals',
      signals: ({ expression, conditionSignals }) => ({
        flags: conditionSignals({ entries: 'rsi(14) < 30', exits: 'rsi(14) > 70' }),
        stop: expression('2 * atr(14) / close').values.map((x) => (x > 0 ? x : Number.NaN)),
        target: 0.01,
        size: 0.5,
        sizeType: 'fraction',
      }),
    })
    expect(outcomeOf(backtest(market, signals))).toBe(outcomeOf(mine))
    market.release()
  })

  it('holds the best by weights, and leaves alone what has none', () => {
    const days = 40
    const assets = ['A', 'B', 'C']
    const prices = Array.from({ length: days }, (_, day) => assets.map((_, i) => 100 + ((day * (i + 3) * 7) % 11)))
    const market = Market.from({
      assets,
      time: prices.map((_, day) => day * 86_400_000),
      close: Float64Array.from(prices.flat()),
    })
    const best = strategy({
      targetWeight: expressions.where(top(close, 1), 0.9, 0),
    })
    const result = backtest(market, best, { cash: 10_000 })
    expect(result.trades.length).toBeGreaterThan(5)
    for (let row = 0; row < result.trades.length; row++) {
      const bar = result.trades.values('entryBar')[row] - 1
      const asset = result.trades.values('asset')[row]
      expect(Math.max(...prices[bar])).toBe(prices[bar][asset])
    }
    market.release()
  })

  it('is swept, and equal parts are worked out once', async () => {
    const market = minutes(2000)
    const { table } = await sweep(market, cross, grid({ fast: [5, 10], slow: [10, 20, 40] }, 'fast < slow'))
    expect(table.length).toBe(5)
    market.release()
  })

  it('is told from others by its text alone', () => {
    const market = minutes(500)
    const once = strategy({
      entries: greaterThan(close, shift(highest(high, 20), 1)),
      exits: lessThan(close, shift(lowest(low, 10), 1)),
    })
    const again = strategy({
      entries: greaterThan(close, shift(highest(high, 20), 1)),
      exits: lessThan(close, shift(lowest(low, 10), 1)),
    })
    const other = strategy({
      entries: greaterThan(close, shift(highest(high, 21), 1)),
      exits: lessThan(close, shift(lowest(low, 10), 1)),
    })
    const [a, b, c] = [once, again, other].map((one) => backtest(market, one).fingerprint)
    expect(a.strategy).toBe(b.strategy)
    expect(a.strategy).not.toBe(c.strategy)
    market.release()
  })

  it.each<[string, () => unknown, string, RegExp]>([
    ['nothing to enter', () => strategy({ exits: greaterThan(close, 1) }), 'invalid_strategy', /would never trade/],
    [
      'a number as a condition',
      () => strategy({ entries: close as never }),
      'invalid_strategy',
      /entries must be a condition, found a number: close/,
    ],
    ['a misspelt field', () => strategy({ entry: greaterThan(close, 1) } as never), 'unknown_name', /entries/],
    [
      'a parameter with the name of a column',
      () => strategy({ parameters: { low: num(5) }, entries: greaterThan(close, 1) }),
      'invalid_strategy',
      /a name that no column has, found low/,
    ],
    [
      'weights beside entries',
      () => strategy({ entries: greaterThan(close, 1), targetWeight: 1 }),
      'invalid_strategy',
      /targetWeight goes alone/,
    ],
    [
      'a constraint of prices',
      () => strategy({ entries: greaterThan(close, 1), constraints: () => greaterThan(close, 1) }),
      'invalid_strategy',
      /parameters alone/,
    ],
    ['a length of 0', () => sma(close, 0), 'invalid_expression', /length must be a whole number from 1/],
    ['a negative shift', () => shift(close, -1), 'invalid_expression', /bars must be a whole number from 1/],
    ['a length that changes', () => sma(close, close), 'invalid_expression', /sma is taken of 1 expression/],
  ])('refuses %s', (_, make, code, message) => {
    expect(make).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }))
  })

  it('names bar and asset where a stop is none', () => {
    const market = minutes(300)
    const wide = strategy({ entries: greaterThan(close, 0), stopLoss: percent(120) })
    expect(() => backtest(market, wide)).toThrow(/signals.stop: a number between 0 and 1.*found 1.2 for .* at bar 0/)
    market.release()
  })
})

it('crossings are the same flags by whatever way they are found', () => {
  const market = minutes(1500)
  const conditions = {
    entries: 'crossedAbove(sma(5), sma(20))',
    exits: 'crossedBelow(sma(5), sma(20))',
    shortEntries: 'crossedBelow(rsi(5), rsi(14) - 5)',
    shortExits: 'crossedAbove(rsi(5), rsi(14) - 5) or crossedAbove(close, open)',
  }
  // The same, but no crossing by itself.
  const around = Object.fromEntries(Object.entries(conditions).map(([name, text]) => [name, `(${text}) and true`]))
  const [one, other] = [conditions, around].map((given) =>
    outcomeOf(
      backtest(
        market,
        defineSignals({ name: 'x', signals: ({ conditionSignals }) => ({ flags: conditionSignals(given) }) }),
      ),
    ),
  )
  expect(one).toBe(other)
  market.release()
})

it('an indicator that needs more bars than there are is warned of, inside of an expression too', () => {
  const market = minutes(50)
  const warned = (strategy: Parameters<typeof backtest>[1]) =>
    backtest(market, strategy)
      .warnings.filter(({ code }) => code === 'indicator_empty')
      .map(({ message }) => message.split(':')[0])
  expect(warned(strategy({ entries: greaterThan(close, multiply(sma(close, 500), 2)) }))).toEqual(['sma(close, 500)'])
  const alone = defineSignals({ name: 'x', signals: ({ expression }) => ({ entries: expression('sma(500)').values }) })
  expect(warned(alone)).toEqual(['sma(close,500)'])
  expect(warned(strategy({ entries: greaterThan(close, sma(close, 50)) }))).toEqual([])
  market.release()
})

describe('parameters', () => {
  it.each([-5, 0, 2.5])('give no length of %d bars', (back) => {
    const market = minutes(50)
    const late = strategy({
      parameters: { back: num(1) },
      entries: ({ back }) => greaterThan(close, shift(close, back)),
    })
    expect(() => backtest(market, late, { parameters: { back } })).toThrow(
      expect.objectContaining({
        code: 'invalid_expression',
        message: expect.stringContaining(
          `shift: bars must be a whole number from 1 to 10000, or a parameter, found ${back}`,
        ),
      }),
    )
    const empty = strategy({ parameters: { n: num(3) }, entries: ({ n }) => lessThan(rsi(close, n), 30) })
    expect(() => backtest(market, empty, { parameters: { n: back } })).toThrow(/rsi: length must be a whole number/)
    market.release()
  })

  it('may be words, of a timeframe for example', () => {
    const market = minutes(600)
    const longer = strategy({
      parameters: { frame: { type: 'choice', default: '15m', choices: ['15m', '1h'] } },
      entries: ({ frame }) => greaterThan(close, expressions.on(frame, sma(close, 3))),
      exits: ({ frame }) => lessThan(close, expressions.on(frame, sma(close, 3))),
    })
    const [short, long] = ['15m', '1h'].map(
      (frame) => backtest(market, longer, { parameters: { frame } }).trades.length,
    )
    expect(short).toBeGreaterThan(long)
    expect(long).toBeGreaterThan(0)
    market.release()
  })
})

describe('sizes', () => {
  it('by risk lose that at the stop', () => {
    const market = minutes(3000)
    const risky = strategy({
      parameters: { risk: num(0.0001) },
      entries: crossedAbove(sma(close, 3), sma(close, 9)),
      exits: crossedBelow(sma(close, 3), sma(close, 9)),
      stopLoss: percent(0.02),
      size: ({ risk }) => riskFraction(risk),
    })
    const result = backtest(market, risky, { account: 'unlimited', cash: 10_000 })
    const stops = [...result.trades].filter((trade) => trade.exitReason === 'stop')
    expect(stops.length).toBeGreaterThan(10)
    const equity = (bar: number) => result.equity[bar]
    const lost = stops.map(({ pnl, entryBar }) => -(pnl as number) / equity((entryBar as number) - 1))
    const middle = lost.sort((a, b) => a - b)[lost.length >> 1]
    // Jumps over the stop lose more, and the equity is that of the open.
    expect(middle).toBeGreaterThan(0.000099)
    expect(middle).toBeLessThan(0.00015)
    market.release()
  })

  it('by risk need a stop', () => {
    expect(() => strategy({ entries: greaterThan(close, 1), size: riskFraction(0.01) })).toThrow(/found no stopLoss/)
  })

  it('share what is there', () => {
    const close = Float64Array.from([10, 20, 10, 40])
    const market = Market.from({ assets: ['A', 'B'], time: [0, 86_400_000], close })
    const result = backtest(
      market,
      defineSignals({
        name: 'x',
        signals: ({ expression }) => {
          expect(Array.from(expression('share(1 / close)').values)).toEqual(
            [2 / 3, 1 / 3, 0.8, 0.2].map((x) => expect.closeTo(x, 15)),
          )
          return { flags: new Uint8Array(4) }
        },
      }),
    )
    expect(result.trades.length).toBe(0)
    market.release()
  })
})
