/** What a hook can read: columns of this bar, the last values, indicators. Nothing after now. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { Market } from '../../src/market/market.ts'
import { INDICATORS } from '../../src/signals/catalogue.ts'
import { panelCache } from '../../src/signals/panels.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import { Strategy } from '../../src/strategy/strategy.ts'
import { at, causeOf, DAY, failure, flat, market, strategy, walk } from './script.ts'

const two = () =>
  Market.from({
    assets: ['A', 'B'],
    time: [0, DAY, 2 * DAY, 3 * DAY],
    close: [1, 10, 2, Number.NaN, 3, 30, 4, 40],
    high: [1.5, 11, 2.5, Number.NaN, 3.5, 31, 4.5, 41],
    volume: [5, 6, 7, Number.NaN, 9, 10, 11, 12],
    signals: { score: [0, 1, 2, 3, 4, 5, 6, 7] },
    context: { index: [100, 101, 102, 103] },
  })

describe('a bar', () => {
  it('has every column by asset, its time, signals and context', () => {
    const seen: unknown[] = []
    backtest(
      two(),
      strategy({
        onBar(bar) {
          if (bar.index !== 1) return
          seen.push(bar.time, bar.isoTime, [...bar.close], [...bar.open], [...bar.high], [...bar.low], [...bar.volume])
          seen.push([...bar.signal('score')], bar.context('index'), bar.asset('B'))
        },
      }),
    )
    expect(seen).toEqual([
      DAY,
      '1970-01-02T00:00:00.000Z',
      [2, Number.NaN],
      [2, Number.NaN],
      [2.5, Number.NaN],
      [2, Number.NaN],
      [7, Number.NaN],
      [2, 3],
      101,
      1,
    ])
  })

  it('gives earlier values of an asset’s series, oldest first', () => {
    const seen: unknown[] = []
    backtest(
      two(),
      strategy({
        onBar(bar) {
          if (bar.index !== 3) return
          seen.push([...bar.last('close', 3)], [...bar.last('close', 4, 1)], [...bar.last('score', 2, 1)])
          seen.push(bar.value('close'), bar.value('close', 1, 1), bar.value('volume', 0, 3), bar.value('score', 1, 2))
          const first = bar.last('close', 3)
          expect(bar.last('close', 3)).toBe(first)
          // Where another asset's n has the same key.
          expect(failure(() => bar.last('close', 2.5, 1)).code).toBe('invalid_value')
          expect(bar.last('close', 3, 1)).not.toBe(first)
          expect(bar.last('high', 3)).not.toBe(first)
        },
      }),
    )
    expect(seen).toEqual([[2, 3, 4], [10, Number.NaN, 30, 40], [5, 7], 4, 30, 5, 3])
  })

  it('keeps one array a column and bar: what was written into it does not reach the market', () => {
    const prices = two()
    backtest(prices, at({ 1: (_, bar) => bar.close.fill(-1), 2: (_, bar) => expect([...bar.close]).toEqual([3, 30]) }))
    expect([...prices.close.slice(2, 6)]).toEqual([2, Number.NaN, 3, 30])
  })

  it.each<[string, (bar: Bar) => unknown, string, RegExp]>([
    ['tomorrow’s value', (bar) => bar.value('close', 0, -1), 'out_of_range', /the future cannot be read, found -1/],
    ['half a bar back', (bar) => bar.value('close', 0, 0.5), 'out_of_range', /found 0\.5/],
    ['no bar at all', (bar) => bar.value('close', 0, Number.NaN), 'out_of_range', /found NaN/],
    [
      'more values than there are',
      (bar) => bar.last('close', 4),
      'out_of_range',
      /4 values were asked for, found 3 bars so far/,
    ],
    ['no values', (bar) => bar.last('close', 0), 'invalid_value', /found 0/],
    ['a negative number of values', (bar) => bar.last('close', -2), 'invalid_value', /found -2/],
    ['an asset that is not there', (bar) => bar.value('close', 2), 'unknown_name', /assets run from 0 to 1, found 2/],
    ['an asset by half', (bar) => bar.last('close', 1, 0.5), 'unknown_name', /found 0\.5/],
    ['a name that is not there', (bar) => bar.asset('C'), 'unknown_name', /"C"/],
    ['a series that is not there', (bar) => bar.value('closing'), 'unknown_name', /"closing"/],
    ['a series that is none', (bar) => bar.value(null as never), 'unknown_name', /no series null/],
    ['a series of numbers', (bar) => bar.last([1, 2] as never, 1), 'unknown_name', /no series \[1,2\]/],
    ['a name before the first bar', (bar) => bar.value('closing', 0, 9), 'unknown_name', /"closing"/],
    ['an asset before the first bar', (bar) => bar.value('close', 9, 9), 'unknown_name', /found 9/],
    ['a signal that is not there', (bar) => bar.signal('scores'), 'unknown_name', /"scores"/],
    ['a context column that is not there', (bar) => bar.context('vix'), 'unknown_name', /"vix"/],
  ])('refuses %s', (_, read, code, message) => {
    const error = failure(() => backtest(two(), at({ 2: (_broker, bar) => void read(bar) })))
    expect(error.code).toBe('strategy_failed')
    expect(error.place.bar).toBe(2)
    expect(causeOf(error).code).toBe(code)
    expect(causeOf(error).message).toMatch(message)
  })

  it('asked for the same window after it failed, fails again until there are bars enough', () => {
    const lengths: (number | string)[] = []
    backtest(
      market(flat(1, 2, 3)),
      strategy({
        onBar(bar) {
          try {
            lengths.push(bar.last('close', 3).length)
          } catch {
            lengths.push('early')
          }
        },
      }),
    )
    expect(lengths).toEqual(['early', 'early', 3])
  })
})

describe('an indicator', () => {
  it('is NaN for its warm-up, then has its value; before the first bar too', () => {
    const seen: number[] = []
    class Average extends Strategy {
      #sma!: ReturnType<Strategy['indicator']>
      override onStart(): void {
        this.#sma = this.indicator('sma', { length: 3 })
        expect([this.#sma.key, this.#sma.warmup, this.#sma.value()]).toEqual(['sma(close,3)', 2, Number.NaN])
      }
      override onBar(bar: Bar): void {
        seen.push(this.#sma.value())
        if (bar.index === 3) {
          expect([this.#sma.value(0, 1), ...this.#sma.last(2)]).toEqual([2, 2, 3])
          expect([bar.value(this.#sma), ...bar.last(this.#sma, 2)]).toEqual([3, 2, 3])
        }
      }
    }
    backtest(market(flat(1, 2, 3, 4)), Average)
    expect(seen).toEqual([Number.NaN, Number.NaN, 2, 3])
  })

  it.each([
    ['the future', (one: ReturnType<Strategy['indicator']>) => one.value(0, -1), 'out_of_range'],
    ['half a bar back', (one: ReturnType<Strategy['indicator']>) => one.value(0, 0.5), 'out_of_range'],
    ['more values than there are', (one: ReturnType<Strategy['indicator']>) => one.last(3), 'out_of_range'],
    ['an asset that is not there', (one: ReturnType<Strategy['indicator']>) => one.value(1), 'unknown_name'],
    [
      'an asset that is not there, of several values',
      (one: ReturnType<Strategy['indicator']>) => one.last(1, -1),
      'unknown_name',
    ],
  ] as const)('refuses %s', (_, read, code) => {
    class Reader extends Strategy {
      #one!: ReturnType<Strategy['indicator']>
      override onStart(): void {
        this.#one = this.indicator('ema', { length: 2 })
      }
      override onBar(bar: Bar): void {
        if (bar.index === 1) read(this.#one)
      }
    }
    expect(causeOf(failure(() => backtest(market(flat(1, 2, 3)), Reader))).code).toBe(code)
  })

  // Those that wait for a turn of the prices begin when it comes.
  it.each(INDICATORS.filter(({ late }) => !late).map(({ name }) => name))(
    '%s has nothing before its warm-up and something right after, by own bars',
    (name) => {
      const prices = market({ A: walk(160, 3, 0), B: walk(160, 4, 0.1) })
      const checked = new Set<number>()
      class Reader extends Strategy {
        #one!: ReturnType<Strategy['indicator']>
        #own = [0, 0]
        override onStart(): void {
          this.#one = this.indicator(name)
        }
        override onBar(bar: Bar): void {
          for (let asset = 0; asset < 2; asset++) {
            const value = this.#one.value(asset)
            if (Number.isNaN(bar.close[asset])) {
              expect(value).toBeNaN()
              continue
            }
            if (this.#own[asset] < this.#one.warmup) expect(value, `${name} at own bar ${this.#own[asset]}`).toBeNaN()
            if (this.#own[asset] === this.#one.warmup) {
              expect(value, `${name} at own bar ${this.#own[asset]}`).not.toBeNaN()
              checked.add(asset)
            }
            this.#own[asset]++
          }
        }
      }
      backtest(prices, Reader)
      expect(checked.size).toBe(2)
    },
  )

  it('is computed once a market, given back to the cache when the run is over, and an unknown one is an error', () => {
    const prices = market(walk(50, 1))
    const user = strategy({
      onStart() {
        this.indicator('sma', { length: 5 })
        this.indicator('sma', { length: 5 })
      },
    })
    backtest(prices, user)
    backtest(prices, user)
    expect(panelCache(prices).keys).toEqual(['sma(close,5)'])
    panelCache(prices).budget = 0
    expect(panelCache(prices).keys).toEqual([])
    const error = failure(() =>
      backtest(
        prices,
        strategy({
          onStart() {
            this.indicator('smaa', { length: 5 })
          },
        }),
      ),
    )
    expect(causeOf(error).code).toBe('unknown_name')
    expect(causeOf(error).message).toContain('sma')
  })
})

it('what is asked for before the first bar is NaN in every form, so that the first crossing needs no case of its own', () => {
  const seen: number[][] = []
  const crossed: number[] = []
  class Reader extends Strategy {
    #one!: ReturnType<Strategy['indicator']>
    override onStart(): void {
      this.#one = this.indicator('sma', { length: 1 })
    }
    override onBar(bar: Bar): void {
      const one = this.#one
      seen.push([one.value(0, 1), bar.value('close', 0, 1), bar.value(one, 0, 1), one.value(0, 2 ** 40)])
      expect(failure(() => one.last(bar.index + 2)).code).toBe('out_of_range')
      expect(failure(() => bar.last('close', bar.index + 2)).code).toBe('out_of_range')
      if (one.value() > 1 && one.value(0, 1) <= 1) crossed.push(bar.index)
    }
  }
  backtest(market(flat(2, 1, 3)), Reader)
  expect(seen).toEqual([
    [Number.NaN, Number.NaN, Number.NaN, Number.NaN],
    [2, 2, 2, Number.NaN],
    [1, 1, 1, Number.NaN],
  ])
  expect(crossed).toEqual([2])
})

it('an indicator has nothing before the first bar, and no future there either', () => {
  const seen: unknown[] = []
  class Early extends Strategy {
    override onStart(): void {
      const sma = this.indicator('sma', { length: 2 })
      seen.push(sma.value(), sma.value(0, 1))
      for (const ask of [() => sma.value(0, -1), () => sma.value(7), () => sma.last(1.5)])
        seen.push(failure(ask as () => unknown).code)
    }
  }
  backtest(market(flat(1, 2, 3)), Early)
  expect(seen).toEqual([Number.NaN, Number.NaN, 'out_of_range', 'unknown_name', 'invalid_value'])
})
