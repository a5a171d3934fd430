/** Indicators by their names in hooks: `this.sma(20)`. */
import { describe, expect, it } from 'vitest'
import { makeEquities } from '../../data/equities.ts'
import {
  type Bar,
  type Broker,
  backtest,
  INDICATORS,
  type Indicator,
  Market,
  openRun,
  Strategy,
} from '../../src/index.ts'
import { failure } from './script.ts'

const market = equities()

function equities(seed?: number): Market {
  const { time, series, assets } = makeEquities({ assets: 2, bars: 120, ...(seed === undefined ? {} : { seed }) })
  return Market.from(assets.map((asset, i) => ({ asset, time, ...series[i] })))
}

/** Runs something as the hook of a bar. */
function within<T>(what: (strategy: Strategy, bar: Bar) => T): T[] {
  const seen: T[] = []
  backtest(
    market,
    class extends Strategy {
      override onBar(bar: Bar): void {
        seen.push(what(this, bar))
      }
    },
  )
  return seen
}

describe('short forms', () => {
  it('are there for every indicator, and are what indicator() gives with its defaults', () => {
    const members = new Set(Object.getOwnPropertyNames(Strategy.prototype))
    let compared = 0
    backtest(
      market,
      class extends Strategy {
        override onStart(): void {
          for (const { name, outputs } of INDICATORS) {
            expect(members.has(name), name).toBe(false)
            // What needs more said than its defaults is asked for with it.
            let long: Indicator
            try {
              long = this.indicator(name)
            } catch (error) {
              expect(failure(() => (this as unknown as Record<string, () => unknown>)[name]())).toMatchObject({
                message: (error as Error).message,
              })
              continue
            }
            const short = (this as unknown as Record<string, () => Record<string, Indicator> & Indicator>)[name]()
            const plain = outputs.length === 1 && outputs[0] === 'value'
            expect(plain ? short.key : short[outputs[0]].key).toBe(long.key)
            if (!plain) expect(Object.keys(short)).toEqual(outputs)
            compared++
          }
        }
      },
    )
    expect(compared).toBeGreaterThan(200)
  })

  it('take sources first, then parameters in their order, more by name', () => {
    const keys = within((strategy) => [
      strategy.sma(20).key,
      strategy.sma('volume', 20).key,
      strategy.sma(strategy.rsi(5), 3).key,
      strategy.sma({ length: 7, source: 'open' }).key,
      strategy.ema('high', { length: 4 }).key,
      strategy.bollinger(20, 1.5).upper.key,
      strategy.macd(5, 9).signal.key,
      strategy.ma(9, 'ema').key,
      strategy.correlation('close', 'volume', 8).key,
      strategy.atr(7, { timeframe: '1w' }).key,
    ])[0]
    expect(keys).toEqual([
      'sma(close,20)',
      'sma(volume,20)',
      'sma(rsi(close,5),3)',
      'sma(open,7)',
      'ema(high,4)',
      'bollinger(close,20,1.5).upper',
      'macd(close,5,9,9).signal',
      'ma(close,9,ema)',
      'correlation(close,volume,8)',
      'atr(7)@1w',
    ])
  })

  it('are the same indicator each time they are asked for, with the values of the long form', () => {
    backtest(
      market,
      class extends Strategy {
        #long!: Indicator
        #first: Indicator | undefined
        override onStart(): void {
          this.#long = this.indicator('sma', { length: 10 })
        }
        override onBar(): void {
          const short = this.sma(10)
          this.#first ??= short
          expect(short).toBe(this.#first)
          expect(this.sma(this.rsi(3), 2)).toBe(this.sma(this.rsi(3), 2))
          expect(this.bollinger(5)).toBe(this.bollinger(5))
          expect(this.sma(8, { timeframe: '1w' })).toBe(this.sma(8, { timeframe: '1w' }))
          expect(this.sma({ source: short, length: 2 })).toBe(this.sma({ source: short, length: 2 }))
          expect(this.sma({ length: 2 })).not.toBe(this.sma({ length: 3 }))
          expect(this.sma(11)).not.toBe(short)
          for (const asset of [0, 1]) expect(short.value(asset)).toBe(this.#long.value(asset))
        }
      },
    )
  })

  it('belong to one run: a strategy that is run again has those of the new market and parameters', () => {
    class Lengths extends Strategy<{ length: number }> {
      static override parameters = { length: { type: 'integer', default: 3, min: 1 } } as const
      static last: unknown[] = []
      override onBar(bar: Bar): void {
        if (bar.index === 100) Lengths.last.push(this.sma(this.parameters.length).value())
      }
    }
    const other = equities(5)
    backtest(market, Lengths, { parameters: { length: 3 } })
    backtest(other, Lengths, { parameters: { length: 3 } })
    backtest(market, Lengths, { parameters: { length: 4 } })
    const mean = ({ close }: Market, length: number) => {
      let sum = 0
      for (let bar = 100; bar > 100 - length; bar--) sum += close[bar * 2]
      return sum / length
    }
    expect(Lengths.last[0]).toBeCloseTo(mean(market, 3), 10)
    expect(Lengths.last[1]).toBeCloseTo(mean(other, 3), 10)
    expect(Lengths.last[2]).toBeCloseTo(mean(market, 4), 10)
    other.release()
  })

  it('go on from snapshots to the same bytes, and see no later bar', () => {
    class Cross extends Strategy {
      override onBar(_: Bar, broker: Broker): void {
        for (const asset of this.assets.keys()) {
          if (this.crossedAbove(this.sma(3), this.sma(9), asset)) broker.enterPosition(asset, 'long', { trail: 0.05 })
          if (this.crossedBelow(this.sma(3), this.sma(9), asset)) broker.closePosition(asset)
        }
      }
    }
    const whole = backtest(market, Cross, { verify: 'lookahead' })
    expect(whole.trades.length).toBeGreaterThan(5)
    const run = openRun(market, new Cross())
    for (let i = 0; i < 40; i++) run.advance()
    const fork = run.fork(new Cross()).toEnd()
    expect(fork.result().fingerprint.outcome).toBe(whole.fingerprint.outcome)
    fork.release()
    run.release()
  })

  it('say what is wrong, and leave members of a class their names', () => {
    const messages = within((strategy) => {
      const wrong = strategy as unknown as Record<string, (...given: unknown[]) => unknown>
      return [
        failure(() => wrong.sma(5, 6)),
        failure(() => wrong.sma(null)),
        failure(() => wrong.sma(5, { length: 6 })),
        failure(() => wrong.sma(0)),
        failure(() => wrong.sma('nothing', 5)),
        failure(() => wrong.sma({ lenght: 5 })),
        failure(() => wrong.atr('close', 5)),
        failure(() => wrong.sma([1, 2], 5)),
        failure(() => wrong.sma(5, true)),
      ].map((error) => error.message)
    })[0]
    expect(messages).toEqual([
      'sma: source, length in this order expected, found 2 values.',
      expect.stringMatching(/^sma: source null is not one/),
      'sma: length is given twice, found 6 by name too.',
      'sma: length must be a whole number from 1 to 10000000, found 0.',
      expect.stringMatching(/"nothing" is not one/),
      expect.stringMatching(/parameter "lenght" is not one. Did you mean length\?/),
      'atr: length in this order expected, found 2 values.',
      expect.stringMatching(/^sma: source must be a column by name, or an indicator of this run/),
      'sma: source, length in this order expected, found true.',
    ])
    class Own extends Strategy {
      override sma = (() => 5) as never
      override onBar(): void {
        expect((this.sma as () => number)()).toBe(5)
      }
    }
    backtest(market, Own)
    expect(failure(() => new Own().rsi(3))).toMatchObject({ code: 'invalid_strategy' })
  })
})
