/** Crossings in hooks, and what is known of a market before its first bar. */
import { describe, expect, it } from 'vitest'
import * as L from '../../assembly/layout.ts'
import { backtest } from '../../src/backtest.ts'
import { readCsv } from '../../src/io/csv.ts'
import { Market } from '../../src/market/market.ts'
import type { Indicator } from '../../src/strategy/indicator.ts'
import { defineSignals } from '../../src/strategy/strategy.ts'
import { prices } from './declared.ts'
import { DAY, failure, flat, market, strategy, walk } from './script.ts'

const NONE = Number.NaN

describe('crossings', () => {
  it('are seen at the bar at which one is beyond the other and was not before; NaN crosses nothing', () => {
    const a = [1, 3, 2, 2, NONE, 3, 1, 2, 3]
    const b = [2, 2, 2, 1, 1, 1, 1, NONE, 2]
    const seen: unknown[] = []
    backtest(
      market(flat(...a.map(() => 5))),
      strategy({
        onStart() {
          const [x, y] = [this.column('a', () => a), this.column('b', () => b)]
          Object.assign(this, { x, y })
          expect([this.crossedAbove(x, y), this.crossedBelow(x, 5)]).toEqual([false, false])
        },
        onBar() {
          const { x, y } = this as unknown as { x: Indicator; y: Indicator }
          const pairs = [
            this.crossedAbove(x, y),
            this.crossedBelow(x, y),
            this.crossedAbove(y, x),
            this.crossedBelow(y, x),
          ]
          const numbers = [
            this.crossedAbove(x, 2),
            this.crossedBelow(x, 2),
            this.crossedAbove(2, x),
            this.crossedAbove(x, NONE),
          ]
          seen.push([...pairs, ...numbers].map(Number).join(''))
        },
      }),
    )
    expect(seen).toEqual([
      '00000000',
      '10011000',
      '00000000',
      '10010000',
      '00000000',
      '00000000',
      '00000110',
      '00000000',
      '00001000',
    ])
  })

  it('of hooks are those of signals, asset by asset', () => {
    const signals = defineSignals({
      name: 'cross',
      signals: ({ indicator, crossSignals }) => ({
        flags: crossSignals(
          indicator('sma', { length: 2 }),
          indicator('sma', { length: 7 }),
          L.SIGNAL_ENTRY_LONG,
          L.SIGNAL_EXIT_LONG,
        ),
      }),
    })
    const hooks = strategy({
      onStart() {
        Object.assign(this, { fast: this.indicator('sma', { length: 2 }), slow: this.indicator('sma', { length: 7 }) })
      },
      onBar(_, broker) {
        const { fast, slow } = this as unknown as { fast: Indicator; slow: Indicator }
        for (let asset = 0; asset < 2; asset++) {
          if (this.crossedBelow(fast, slow, asset) && broker.getQuantity(asset) > 0)
            broker.closePosition(asset, { signal: true })
          if (this.crossedAbove(fast, slow, asset)) broker.enterPosition(asset, 'long', { signal: true })
        }
      },
    })
    const [one, other] = [backtest(prices, hooks), backtest(prices, signals)]
    expect(one.trades.length).toBeGreaterThan(10)
    expect(one.fingerprint.outcome).toBe(other.fingerprint.outcome)
  })

  it('of prices and signals by name; what is none is an error from the first bar on', () => {
    const over = market(flat(1, 3, 1))
    const crossed: boolean[] = []
    backtest(
      over,
      strategy({
        onBar() {
          crossed.push(this.crossedAbove('close', 2))
        },
      }),
    )
    expect(crossed).toEqual([false, true, false])
    for (const [a, b, asset, code] of [
      ['closing', 1, 0, 'unknown_name'],
      [1, null, 0, 'unknown_name'],
      [undefined, 1, 0, 'unknown_name'],
      [[1, 2], 1, 0, 'unknown_name'],
      [{}, 1, 0, 'unknown_name'],
      ['close', 1, 1, 'unknown_name'],
      ['close', 'open', 0.5, 'unknown_name'],
    ] as const) {
      const error = failure(() =>
        backtest(
          over,
          strategy({
            onBar() {
              this.crossedBelow(a as never, b as never, asset)
            },
          }),
        ),
      )
      expect([error.place.bar, (error.cause as { code: string }).code]).toEqual([0, code])
    }
    expect(failure(() => new (strategy({}))().crossedAbove(1, 2)).code).toBe('invalid_strategy')
  })
})

describe('what is known of the market', () => {
  const known = (over: Market) => {
    let found: unknown
    backtest(
      over,
      strategy({
        onStart() {
          expect(this.market.assets).toBe(this.assets)
          expect(Object.isFrozen(this.market)).toBe(true)
          found = this.market
        },
        onBar() {
          expect(this.market).toBe(found)
        },
      }),
    )
    return found
  }

  it('are names, how long a bar is, and the clock of the files where one is said', () => {
    const over = Market.from({
      assets: ['A'],
      time: [0, 1, 2, 3].map((i) => i * 300_000),
      close: [1, 2, 3, 4],
      signals: { score: [1, 2, 3, 4] },
      context: { rate: [1, 2, 3, 4] },
    })
    const names = { assets: ['A'], signals: ['score'], context: ['rate'] }
    expect(known(over)).toEqual({ ...names, timeframe: '5m', timezone: undefined })
    expect(known(market(flat(1)))).toEqual({
      assets: ['A'],
      signals: [],
      context: [],
      timeframe: undefined,
      timezone: undefined,
    })
    const text = 'time,open,high,low,close,volume\n2024-01-02 09:30,1,1,1,1,1\n2024-01-02 10:30,2,2,2,2,2\n'
    const file = { file: 'A.csv', bytes: text }
    expect(known(readCsv(file, { timezone: 'America/New_York' }))).toMatchObject({
      timeframe: '1h',
      timezone: 'America/New_York',
    })
    expect(known(readCsv(file))).toMatchObject({ timeframe: '1h', timezone: undefined })
  })

  it('is the same under verify', () => {
    const text = `time,open,high,low,close\n${walk(60, 4, 0)
      .map((row, i) => [new Date(i * DAY).toISOString().slice(0, 16), ...(row as number[]).slice(0, 4)].join())
      .join('\n')}\n`
    const over = readCsv({ file: 'A.csv', bytes: text }, { timezone: 'Asia/Tokyo' })
    const made = strategy({
      onBar(bar, broker) {
        if (this.market.timezone === 'Asia/Tokyo') broker.orderTargetQuantity(0, bar.index % 2)
      },
    })
    expect(backtest(over, made, { verify: 'lookahead' }).trades.length).toBe(29)
  })
})
