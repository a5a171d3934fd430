/** Saving, restoring and forking runs (semantics 9.1). */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import type { DrivenRun } from '../../src/drivers/driven.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { resultOf } from '../../src/engine/openrun.ts'
import { getEngine } from '../../src/kernel/load.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import { Strategy } from '../../src/strategy/strategy.ts'
import { Busy, busyMarket } from './busy.ts'
import { at, failure, flat, market, strategy, textOf, walk } from './script.ts'

const prices = busyMarket(160)
const config: BacktestConfig = {
  cash: 9000,
  commission: { type: 'per-unit', amount: 0.01, minimum: 1 },
  slippage: 0.001,
  rules: [
    { type: 'stop', distance: 0.03 },
    { type: 'target', distance: 0.02, action: { type: 'exit-fraction', fraction: 0.5 } },
    { type: 'time', bars: 12 },
  ],
}

/** How a run ends, and its hash. */
function end(run: DrivenRun): { text: string; outcome: string } {
  const result = resultOf(run.toEnd())
  return { text: textOf(result), outcome: result.fingerprint.outcome }
}

function upTo<R extends DrivenRun>(run: R, bar: number): R {
  while (run.bar < bar && run.advance()) {}
  return run
}

const whole = end(openRun(prices, new Busy(), config))

describe('a restored run', () => {
  it('is a busy one', () => {
    const result = resultOf(openRun(prices, new Busy(), config).toEnd())
    expect(result.trades.length).toBeGreaterThan(50)
    expect(result.orders.length).toBeGreaterThan(200)
    for (const status of ['filled', 'cancelled', 'rejected'])
      expect([...result.orders].some((order) => order.status === status)).toBe(true)
    expect(whole.text).toBe(textOf(backtest(prices, Busy, config)))
  })

  it('ends byte-identical, in the same run, in another one, and again and again', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1, max: 159 }), fc.integer({ min: 0, max: 60 }), (bar, more) => {
        const first = openRun(prices, new Busy(), config)
        const other = openRun(prices, new Busy(), config)
        try {
          const saved = upTo(first, bar).snapshot()
          expect(saved.bar).toBe(bar)
          expect(end(first)).toEqual(whole)
          expect(end(first.restore(saved))).toEqual(whole)
          upTo(other, more)
          expect(end(other.restore(saved))).toEqual(whole)
          upTo(other.restore(saved), bar + more)
          expect(end(other.restore(saved))).toEqual(whole)
        } finally {
          first.release()
          other.release()
        }
      }),
      { numRuns: 15, seed: 3 },
    )
  })

  it('holds the state as it was: what happens to it later does not reach the snapshot', () => {
    const run = upTo(openRun(prices, new Busy(), config), 80)
    const saved = run.snapshot()
    const before = JSON.stringify(saved.state)
    run.toEnd()
    expect(JSON.stringify(saved.state)).toBe(before)
    run.restore(saved).toEnd()
    expect(JSON.stringify(saved.state)).toBe(before)
    run.release()
  })

  it('goes back over tables and pools that have grown since', () => {
    const many = at({
      2: (broker) => {
        for (let i = 0; i < 1500; i++)
          broker.submitOrder({ asset: i % 3, quantity: 1, type: 'limit', limitPrice: 1 + (i % 50) })
      },
      4: (broker) => {
        for (let i = 0; i < 3000; i++) broker.submitOrder({ asset: i % 3, quantity: 1, side: i % 2 ? 'sell' : 'buy' })
      },
      6: (broker) => {
        for (let id = 1; id <= 1500; id += 2) broker.cancelOrder(id)
      },
    })
    const small = busyMarket(10, 9)
    const expected = end(openRun(small, many, { account: 'unlimited' }))
    for (const bar of [-1, 1, 2, 3, 4, 5, 6, 8]) {
      const run = upTo(openRun(small, many, { account: 'unlimited' }), bar)
      const saved = run.snapshot()
      expect(end(run)).toEqual(expected)
      expect(end(run.restore(saved))).toEqual(expected)
      const fresh = openRun(small, many, { account: 'unlimited' })
      expect(end(fresh.restore(saved))).toEqual(expected)
      fresh.release()
      run.release()
    }
  })

  it('tells hooks what had happened and was not yet told', () => {
    const four = market(flat(100, 100, 100, 100))
    const heard = () => {
      const log: string[] = []
      const one = at(
        {
          0: (broker) => broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 50 }),
          1: (broker) => broker.cancelOrder(1),
        },
        { onOrder: (order) => void log.push(`${order.id} ${order.status}`) },
      )
      return { log, run: openRun(four, one) }
    }
    const first = heard()
    const saved = upTo(first.run, 1).snapshot()
    expect(first.log).toEqual([])
    first.run.toEnd()
    expect(first.log).toEqual(['1 cancelled'])
    const second = heard()
    second.run.restore(saved).toEnd()
    expect(second.log).toEqual(['1 cancelled'])
  })

  it('answers questions about orders as they were', () => {
    const asked: (string | undefined)[] = []
    const ask = strategy({
      onBar(bar, broker) {
        if (bar.index === 0) broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 50 })
        if (bar.index === 2) broker.cancelOrder(1)
        asked.push(broker.getOrder(1)?.status)
      },
    })
    const run = upTo(openRun(market(flat(...Array(6).fill(100))), ask), 1)
    const saved = run.snapshot()
    run.toEnd()
    run.restore(saved).toEnd()
    expect(asked.slice(2)).toEqual([
      'cancelled',
      'cancelled',
      'cancelled',
      'cancelled',
      'cancelled',
      'cancelled',
      'cancelled',
      'cancelled',
    ])
    expect(asked.slice(0, 2)).toEqual(['pending', 'pending'])
  })

  it('of the signals driver too', () => {
    const bars = 9000
    const long = market(walk(bars, 3))
    const entries = Array.from({ length: bars }, (_, i) => i % 11 === 0)
    const exits = Array.from({ length: bars }, (_, i) => i % 11 === 7)
    const open = () =>
      openRun(long, { entries, exits, stop: 0.02, trail: 0.03, size: 1 }, { rules: [{ type: 'time', bars: 3 }] })
    const expected = end(open())
    for (const bar of [0, 17, 4095, 4096, 8998]) {
      const run = upTo(open(), bar)
      const saved = run.snapshot()
      expect(end(run)).toEqual(expected)
      const fresh = open()
      expect(end(fresh.restore(saved))).toEqual(expected)
      fresh.release()
      run.release()
    }
  })

  it('may be over another market of equal content', () => {
    const saved = upTo(openRun(prices, new Busy(), config), 20).snapshot()
    const again = openRun(busyMarket(160), new Busy(), config)
    expect(again.setup.market.pointers.close).not.toBe(prices.pointers.close)
    expect(end(again.restore(saved))).toEqual(whole)
    const columns = { targetPosition: Array.from({ length: 480 }, (_, i) => i % 4), sizeType: 'units' as const }
    const expected = end(openRun(prices, columns, config))
    const signals = upTo(openRun(prices, columns, config), 20).snapshot()
    const gone = busyMarket(160)
    const run = openRun(gone, columns, config)
    expect(end(run.restore(signals))).toEqual(expected)
    const last = run.restore(signals).snapshot()
    gone.release()
    // A snapshot needs the market that it was taken of no more.
    expect(end(openRun(prices, columns, config).restore(last))).toEqual(expected)
  })

  it('ends again where the snapshot was taken at the end', () => {
    const run = openRun(prices, new Busy(), config).toEnd()
    const saved = run.snapshot()
    expect(end(run.restore(saved))).toEqual(whole)
    run.release()
  })
})

describe('a fork', () => {
  it('goes its own way from here on, and the run that it left goes on as if nothing had been', () => {
    class Seller extends Busy {
      override onBar(): void {}
    }
    const run = upTo(openRun(prices, new Busy(), config), 70)
    const fork = run.fork(new Seller())
    const same = run.fork(new Busy())
    expect([fork.bar, same.bar]).toEqual([70, 70])
    const other = resultOf(fork.toEnd())
    expect(end(run)).toEqual(whole)
    expect(end(same)).toEqual(whole)
    const mine = resultOf(run)
    expect(Array.from(other.equity.slice(0, 70))).toEqual(Array.from(mine.equity.slice(0, 70)))
    expect(other.fingerprint.outcome).not.toBe(whole.outcome)
    expect([...other.orders].every((order) => (order.createdBar as number) <= 70 || order.tag === 5)).toBe(true)
    for (const one of [run, fork, same]) one.release()
  })

  it('needs a fresh instance; of signals it needs none', () => {
    const run = upTo(openRun(prices, new Busy(), config), 3)
    expect(failure(() => run.fork()).message).toMatch(/a fresh instance/)
    const used = new Busy()
    backtest(prices, used, config)
    const { driver } = run.setup
    const running = driver.strategy as Strategy
    for (const one of [used, running]) expect(failure(() => run.fork(one)).code).toBe('invalid_strategy')
    const ofClass = upTo(openRun(prices, Busy, config), 3)
    expect(failure(() => ofClass.fork(ofClass.setup.driver.strategy as Strategy)).code).toBe('invalid_strategy')
    ofClass.release()
    const signals = upTo(openRun(market(flat(1, 2, 3)), { targetPosition: [1, 2, 3] }), 0)
    expect(failure(() => signals.fork(new Busy())).message).toMatch(/no strategy expected/)
    expect(end(signals.fork())).toEqual(end(signals))
  })
})

describe('state', () => {
  it('may be plain data, or what saveState and loadState make of it', () => {
    class Counting extends Strategy {
      readonly seen = new Map<number, number>()
      readonly #twice = (n: number) => 2 * n
      override saveState(): unknown {
        return [...this.seen]
      }
      override loadState(saved: unknown): void {
        this.seen.clear()
        for (const [bar, n] of saved as [number, number][]) this.seen.set(bar, n)
      }
      override onBar(bar: { index: number }, broker: { orderTargetQuantity(asset: number, n: number): number }): void {
        this.seen.set(bar.index, this.#twice(this.seen.size))
        broker.orderTargetQuantity(0, this.seen.size)
      }
    }
    const run = upTo(openRun(market(walk(20, 1)), new Counting()), 9)
    const saved = run.snapshot()
    const expected = end(run)
    const fresh = openRun(run.setup.market, new Counting())
    expect(end(fresh.restore(saved))).toEqual(expected)
    run.release()
    fresh.release()
  })

  it('that cannot be kept is an error that says so', () => {
    class Closed extends Strategy {
      override state = { next: () => 1 }
    }
    const error = failure(() => upTo(openRun(prices, new Closed()), 1).snapshot())
    expect(error.code).toBe('invalid_strategy')
    expect(error.message).toMatch(/state\.next cannot be kept.*saveState and loadState/)
  })
})

it('a run that had ended is over where it is restored, and its onEnd is not called again', () => {
  let ends = 0
  const counted = () =>
    strategy({
      onEnd: () => {
        ends++
      },
    })
  const bars = market(flat(1, 2, 3))
  const saved = openRun(bars, counted()).toEnd().snapshot()
  const run = openRun(bars, counted()).restore(saved)
  expect([run.ended, run.advance(), run.toEnd().bar, ends]).toEqual([true, false, 2, 1])
  expect(run.back(2).ended).toBe(false)
  run.toEnd()
  expect(ends).toBe(2)
})

describe('several runs at a time', () => {
  it('do not meet: stepped in turn, or one inside a hook of another', () => {
    const columns = { targetPosition: Array.from({ length: 480 }, (_, i) => i % 4), sizeType: 'units' as const }
    const runs = [
      openRun(prices, new Busy(), config),
      openRun(prices, new Busy(), config),
      openRun(prices, columns, config),
    ]
    for (let bar = 0; bar < 160; bar++) for (const run of runs) run.advance()
    expect(end(runs[0])).toEqual(whole)
    expect(end(runs[1])).toEqual(whole)
    expect(end(runs[2]).text).toBe(textOf(backtest(prices, columns, config)))
    class Nesting extends Busy {
      override onBar(...args: Parameters<Busy['onBar']>): void {
        super.onBar(...args)
        if (args[0].index % 50 === 7) backtest(prices, Busy)
        args[1].getPendingOrders()
      }
    }
    expect(end(openRun(prices, new Nesting(), config)).text).toBe(whole.text)
  })
})

describe('memory', () => {
  it('of runs, forks and snapshots is given back', () => {
    const { arena } = getEngine()
    const before = arena.bytesHeld
    const run = upTo(openRun(prices, new Busy(), config), 30)
    const fork = run.fork(new Busy())
    fork.toEnd()
    run.restore(run.snapshot()).toEnd()
    run.release()
    fork.release()
    expect(arena.bytesHeld).toBe(before)
  })
})
