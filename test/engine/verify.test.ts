/** `verify`: honest strategies pass, those that read the future or keep state outside are caught. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { getEngine } from '../../src/kernel/load.ts'
import { Market } from '../../src/market/market.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import { STRATEGIES, type StrategyInput } from '../../src/strategies/catalogue.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { defineSignals, Strategy } from '../../src/strategy/strategy.ts'
import { Busy, busyMarket } from './busy.ts'
import { DAY, failure, flat, market, strategy, walk } from './script.ts'

const prices = busyMarket(120, 5)
const verdict = (
  input: StrategyInput,
  verify: 'lookahead' | 'snapshot',
  config: BacktestConfig = {},
  over: Market = prices,
) => failure(() => backtest(over, input, { ...config, verify }))

describe('verify: lookahead', () => {
  it.each(STRATEGIES.map(({ name, strategy: input }) => [name, input] as const))('passes %s', (_, input) => {
    backtest(prices, input, { verify: 'lookahead', rules: [{ type: 'trail', distance: 0.02 }] })
  })

  it('passes a busy strategy under every timing and path', () => {
    for (const timing of ['next-open', 'next-close', 'same-close'] as const) {
      for (const path of ['adverse', 'favourable', 'nearest'] as const)
        backtest(prices, Busy, { verify: 'lookahead', timing, path })
    }
  })

  it('refuses fills that go by the next bar, which results warn of', () => {
    const ahead: BacktestConfig = { slips: 'capped-ahead', timing: 'same-close', slippage: 0.01 }
    expect(verdict(Busy, 'lookahead', ahead)).toMatchObject({
      code: 'conflicting_settings',
      message: expect.stringContaining('found slips capped-ahead'),
    })
    expect(verdict(Busy, 'lookahead', { profile: 'backtrader-coc' })).toMatchObject({ code: 'conflicting_settings' })
    const codes = (config: BacktestConfig) => backtest(prices, Busy, config).warnings.map(({ code }) => code)
    expect(codes(ahead)).toContain('reads_ahead')
    expect(codes({ ...ahead, slips: 'capped' })).not.toContain('reads_ahead')
  })

  it('passes on markets with signal and context columns, with prices of 0 and below, of one bar, of one asset', () => {
    const columns = Market.from({
      assets: ['A'],
      time: Array.from({ length: 40 }, (_, i) => i * DAY),
      close: Array.from({ length: 40 }, (_, i) => Math.sin(i) * 3),
      signals: { score: Array.from({ length: 40 }, (_, i) => Math.cos(i)) },
      context: { rate: Array.from({ length: 40 }, (_, i) => i % 3) },
      allowNonPositive: true,
    })
    const reader = strategy({
      onBar(bar, broker) {
        if (bar.signal('score')[0] > 0 && bar.context('rate') < 2)
          broker.orderTargetQuantity(0, bar.close[0] > 0 ? 1 : -1)
      },
    })
    backtest(columns, reader, { verify: 'lookahead' })
    backtest(market(flat(100)), Busy, { verify: 'lookahead' })
  })

  const next = (bar: Bar) => prices.close[(bar.index + 1) * 3]
  const cheaters: Record<string, (bar: Bar, broker: Broker) => void> = {
    'that buys before it rises': (bar, broker) => void broker.orderTargetQuantity(0, next(bar) > bar.close[0] ? 1 : 0),
    'that sizes by tomorrow': (bar, broker) => void broker.orderTargetValue(0, 100 * (next(bar) || 1)),
    'that sets its limit at tomorrow’s low': (bar, broker) => {
      const low = prices.low[(bar.index + 1) * 3]
      if (low > 0) broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: low })
    },
    'that cancels what would lose': (bar, broker) => {
      broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 1 })
      if (next(bar) > 100) broker.cancelOrder(bar.index + 1)
    },
    'that reads signals of tomorrow': (bar, broker) => {
      if ((scored.signals.get('score')!.values[bar.index + 1] ?? 0) > 0) broker.orderTargetQuantity(0, 1)
    },
  }
  const scored = Market.from({
    assets: ['A'],
    time: Array.from({ length: 60 }, (_, i) => i * DAY),
    close: Array.from({ length: 60 }, (_, i) => 100 + Math.sin(i)),
    signals: { score: Array.from({ length: 60 }, (_, i) => (i === 30 ? 1 : -1) * (1 + i)) },
  })

  it.each(Object.keys(cheaters))('catches a cheater %s', (name) => {
    const over = name.includes('signals') ? scored : prices
    const error = verdict(strategy({ onBar: (bar, broker) => cheaters[name](bar, broker) }), 'lookahead', {}, over)
    expect(error.code).toBe('verification_failed')
    expect(error.place.bar).toBeGreaterThanOrEqual(0)
    expect(error.message).toMatch(/everything after bar \d+ \(19\d\d-.*replaced.*reads the future/)
    // The market shows its own prices again.
    expect(Object.getOwnPropertyNames(over)).not.toContain('close')
  })

  it('catches what is read through other markets over the same memory', () => {
    const whole = market(walk(120, 5, 0))
    const part = whole.slice(0, 100)
    const enter = (broker: Broker, yes: boolean) => broker.orderTargetQuantity(0, yes ? 1 : 0)
    const cheats: ((bar: Bar, broker: Broker) => void)[] = [
      (bar, broker) => enter(broker, whole.close[bar.index + 1] > bar.close[0]),
      (bar, broker) => {
        const rest = part.slice(bar.index)
        const next = rest.close[1]
        rest.release()
        enter(broker, next > bar.close[0])
      },
      (bar, broker) => {
        const more = part.with({ signals: { twice: part.close.map((close) => 2 * close) } })
        const next = more.signals.get('twice')!.values[bar.index + 1] / 2
        more.release()
        enter(broker, next > bar.close[0])
      },
    ]
    for (const onBar of cheats)
      expect(verdict(strategy({ onBar }), 'lookahead', {}, part).code).toBe('verification_failed')
    class Kept extends Strategy {
      #more!: Market
      override onStart(): void {
        this.#more = part.with({ signals: { volume2: part.volume } })
      }
      override onBar(bar: Bar, broker: Broker): void {
        enter(broker, this.#more.close[bar.index + 1] > bar.close[0])
      }
      override onEnd(): void {
        this.#more.release()
      }
    }
    expect(verdict(Kept, 'lookahead', {}, part).code).toBe('verification_failed')
    // Who reads the past of the whole is honest.
    const honest = strategy({ onBar: (bar, broker) => enter(broker, whole.close[bar.index] > whole.open[bar.index]) })
    backtest(part, honest, { verify: 'lookahead' })
    expect(part.relatives()).toContain(whole)
    whole.release()
    expect(part.relatives()).not.toContain(whole)
    part.release()
  })

  it('catches signals that are shifted the wrong way', () => {
    const shifted = defineSignals({
      name: 'shifted',
      signals: ({ market: { close, assetCount } }) => ({
        entries: Array.from(close, (price, i) => close[i + assetCount] > price),
        exits: Array.from(close, (price, i) => close[i + assetCount] < price),
      }),
    })
    expect(verdict(shifted, 'lookahead').code).toBe('verification_failed')
    const straight = defineSignals({
      name: 'straight',
      signals: ({ market: { close, assetCount } }) => ({
        entries: Array.from(close, (price, i) => price > close[i - assetCount]),
      }),
    })
    backtest(prices, straight, { verify: 'lookahead' })
  })

  it('gives its memory back', () => {
    const { arena } = getEngine()
    backtest(prices, Busy, { verify: 'lookahead' })
    const before = arena.bytesHeld
    backtest(prices, Busy, { verify: 'lookahead' })
    backtest(prices, Busy, { verify: 'snapshot' })
    expect(arena.bytesHeld).toBe(before)
  })
})

describe('verify: snapshot', () => {
  it('passes strategies that keep their state where it belongs', () => {
    backtest(prices, Busy, { verify: 'snapshot', rules: [{ type: 'stop', distance: 0.03 }] })
    for (const { strategy: input } of STRATEGIES) backtest(prices, input, { verify: 'snapshot' })
  })

  it('catches one that counts in a field', () => {
    class Counting extends Strategy {
      #bars = 0
      override onBar(_: Bar, broker: Broker): void {
        this.#bars++
        if (this.#bars % 10 === 0) broker.orderTargetQuantity(0, this.#bars % 20 === 0 ? 1 : 0)
      }
    }
    const error = verdict(Counting, 'snapshot')
    expect(error.code).toBe('verification_failed')
    expect(error.message).toMatch(/restored at bar \d+ .*keep it in this\.state/)
  })

  it('catches one that remembers outside of the class', () => {
    let last = Number.NaN
    const outside = strategy({
      onBar(bar, broker) {
        if (bar.close[2] > last) broker.orderTargetQuantity(2, bar.index)
        last = bar.close[2]
      },
    })
    expect(verdict(outside, 'snapshot').code).toBe('verification_failed')
  })

  it('catches one that draws from the clock or from Math.random', () => {
    const dice = strategy({ onBar: (bar, broker) => void broker.orderTargetQuantity(0, Math.random() + bar.index) })
    expect(verdict(dice, 'snapshot').code).toBe('verification_failed')
  })

  it('catches one that only trades otherwise after a long quiet time', () => {
    class Late extends Strategy {
      #seen = 0
      override onBar(bar: Bar, broker: Broker): void {
        this.#seen++
        if (bar.index === 118) broker.orderTargetQuantity(0, this.#seen)
      }
    }
    expect(verdict(Late, 'snapshot', {}, busyMarket(120, 6)).code).toBe('verification_failed')
  })

  it('says so where the state cannot be cloned', () => {
    class Closed extends Strategy {
      override state = { next: () => 1 }
    }
    expect(verdict(Closed, 'snapshot').code).toBe('invalid_strategy')
  })

  it('needs a class', () => {
    expect(failure(() => backtest(market(walk(9, 1)), new Busy(), { verify: 'snapshot' })).code).toBe(
      'invalid_strategy',
    )
  })
})
