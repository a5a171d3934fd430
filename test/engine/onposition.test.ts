/** Rules of a strategy in TypeScript (semantics 6.11, 6.12). */
import { afterAll, describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { backtestAsync } from '../../src/drivers/async.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { Market } from '../../src/market/market.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import type { PositionDecision } from '../../src/strategy/decisions.ts'
import type { PositionView } from '../../src/strategy/position.ts'
import { defineSignals, Strategy } from '../../src/strategy/strategy.ts'

const DAY = 86_400_000

/** Bars of two assets; the open of a bar is the close before it. */
function made(...closes: number[][]): Market {
  const bars = closes[0].length
  const cell = (f: (close: number[], t: number) => number) =>
    Float64Array.from({ length: bars * closes.length }, (_, i) =>
      f(closes[i % closes.length], Math.floor(i / closes.length)),
    )
  const open = (c: number[], t: number) => c[Math.max(0, t - 1)]
  return Market.from({
    assets: closes.map((_, a) => `A${a}`),
    time: Float64Array.from({ length: bars }, (_, t) => t * DAY),
    open: cell(open),
    high: cell((c, t) => Math.max(open(c, t), c[t]) + 0.5),
    low: cell((c, t) => Math.min(open(c, t), c[t]) - 0.5),
    close: cell((c, t) => c[t]),
    volume: cell(() => 1000),
  })
}

const market = made([100, 100, 103, 106, 104, 101, 99, 100], [50, 50, 49, 48, 47, 49, 50, 51])
afterAll(() => market.release())

const seen: string[] = []

class Ruled extends Strategy {
  override onBar(bar: Bar, broker: Broker): void {
    seen.push(`bar ${bar.index}`)
    if (bar.index !== 0) return
    broker.orderTargetQuantity(0, 10)
    broker.orderTargetQuantity(1, -4)
  }

  override onPosition(position: PositionView, bar: Bar): PositionDecision | undefined {
    seen.push(`${position.symbol} ${bar.index}`)
    if (position.isLong && position.drawdownFromPeak > 0.02) return 'exit'
    if (position.isShort && position.isProfitable && position.barsHeld === 2) return { exit: 0.5 }
    return position.isShort && position.unrealizedPnl > 10 ? { stop: 49.5 } : undefined
  }
}

/** The same by hand in onBar. */
class ByHand extends Strategy {
  override onBar(bar: Bar, broker: Broker): void {
    for (const asset of [0, 1]) {
      const position = broker.getPosition(asset)
      if (position.isLong && position.drawdownFromPeak > 0.02) broker.reducePosition(asset)
      if (position.isShort && position.isProfitable && position.barsHeld === 2) broker.reducePosition(asset, 0.5)
      else if (position.isShort && position.unrealizedPnl > 10) broker.moveStop(asset, 49.5)
    }
    if (bar.index !== 0) return
    broker.orderTargetQuantity(0, 10)
    broker.orderTargetQuantity(1, -4)
  }
}

const signals = defineSignals({
  name: 'ruled',
  signals: () => ({
    targetPosition: Float64Array.from({ length: 16 }, (_, i) => (i === 0 ? 10 : i === 1 ? -4 : Number.NaN)),
    sizeType: 'units',
  }),
  onPosition: (position, bar) => Ruled.prototype.onPosition.call(undefined, position, bar),
})

describe('onPosition', () => {
  it('is asked for each open position in asset order, before onBar, and its exits fill at the next open', () => {
    seen.length = 0
    const { fills, trades } = backtest(market, Ruled)
    expect(seen.slice(0, 7)).toEqual(['bar 0', 'A0 1', 'A1 1', 'bar 1', 'A0 2', 'A1 2', 'bar 2'])
    expect(
      [...fills].map(({ bar, asset, side, quantity, price, reason }) => [bar, asset, side, quantity, price, reason]),
    ).toEqual([
      [1, 'A0', 'buy', 10, 100, 'order'],
      [1, 'A1', 'sell', 4, 50, 'order'],
      // Two bars after the entry, at 48: half of it at the open after that.
      [4, 'A1', 'buy', 2, 48, 'rule'],
      // From 106.5 the close of 104 is 2.3 percent away.
      [5, 'A0', 'sell', 10, 104, 'rule'],
    ])
    expect([...trades].map(({ exitReason, exitOrderId }) => [exitReason, exitOrderId])).toEqual([
      ['rule', 0],
      ['rule', 0],
    ])
  })

  it('moves stops', () => {
    class Stops extends Strategy {
      override onBar(bar: Bar, broker: Broker): void {
        if (bar.index === 0) broker.orderTargetQuantity(0, 10)
      }

      override onPosition(position: PositionView): PositionDecision {
        return { stop: position.highWaterMark - 3 }
      }
    }
    const { fills } = backtest(market, Stops)
    expect([...fills].map(({ bar, price, reason }) => [bar, price, reason])).toEqual([
      [1, 100, 'order'],
      [4, 103.5, 'stop'],
    ])
  })

  it.each([
    ['by hand', ByHand],
    ['in signals', signals],
  ])('is what the broker is asked for %s', (_, other) => {
    for (const timing of ['next-open', 'next-close', 'same-close'] as const) {
      const a = backtest(market, Ruled, { timing })
      const b = backtest(market, other, { timing })
      expect([...b.trades].map(({ pnl, exitReason, exitBar }) => [pnl, exitReason, exitBar])).toEqual(
        [...a.trades].map(({ pnl, exitReason, exitBar }) => [pnl, exitReason, exitBar]),
      )
      expect([...b.equity]).toEqual([...a.equity])
      expect(a.trades.length).toBe(2)
    }
  })

  it('is the same in runs that are awaited, saved, or looked at for what comes later', async () => {
    const plain = backtest(market, Ruled)
    const awaited = await backtestAsync(market, Ruled)
    expect(awaited.fingerprint.outcome).toBe(plain.fingerprint.outcome)
    expect(backtest(market, Ruled, { verify: 'snapshot' }).fingerprint.outcome).toBe(plain.fingerprint.outcome)
    expect(backtest(market, Ruled, { verify: 'lookahead' }).fingerprint.outcome).toBe(plain.fingerprint.outcome)
    expect(backtest(market, signals, { verify: 'snapshot' }).fingerprint.outcome).toBe(
      backtest(market, signals).fingerprint.outcome,
    )
  })

  it('of signals goes back with its run', () => {
    const run = openRun(market, signals)
    try {
      run.toEnd()
      const whole = run.result().fingerprint.outcome
      run.back(4)
      run.toEnd()
      expect(run.result().fingerprint.outcome).toBe(whole)
    } finally {
      run.release()
    }
  })

  it.each([
    ['sell', /^strategy: onPosition at bar 1 .*onPosition of A0: 'exit'/],
    [{ exit: 2 }, /reduction of A0: a fraction above 0 and at most 1 expected, found 2/],
    [{ stop: -1 }, /stop of A0: a positive price expected, found -1/],
    [{ stop: 90, exit: 1 }, /one of exit and stop expected/],
    [{ halt: 1 }, /onPosition of A0/],
    [Promise.resolve('exit'), /onPosition of A0/],
  ])('refuses %j', (answer, words) => {
    class Wrong extends Strategy {
      override onBar(_: Bar, broker: Broker): void {
        broker.orderTargetQuantity(0, 1)
      }

      override onPosition(): PositionDecision {
        return answer as PositionDecision
      }
    }
    expect(() => backtest(market, Wrong)).toThrow(words)
    expect(() => backtest(market, defineSignals({ ...signals, onPosition: () => answer as PositionDecision }))).toThrow(
      words,
    )
  })
})
