/** Marks, and steps back over those that a run keeps (semantics 9.2). */
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { DrivenRun } from '../../src/drivers/driven.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { Marks } from '../../src/engine/marks.ts'
import { resultOf } from '../../src/engine/openrun.ts'
import { encodeSnapshot } from '../../src/engine/snapshot.ts'
import type { LiveState } from '../../src/kernel/livestate.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import type { Rule } from '../../src/settings/settings.ts'
import { Strategy } from '../../src/strategy/strategy.ts'
import { Busy, busyMarket } from './busy.ts'
import { at, failure, flat, market, textOf, walk } from './script.ts'

const prices = busyMarket(160)
const config: BacktestConfig = { cash: 9000, commission: 0.001, rules: [{ type: 'stop', distance: 0.03 }] }
const columns = {
  targetPosition: Array.from({ length: 480 }, (_, i) => (i * 7) % 4),
  sizeType: 'units' as const,
  trail: 0.02,
}
const open = (signals: boolean): DrivenRun => openRun(prices, signals ? columns : new Busy(), config)

function upTo<R extends DrivenRun>(run: R, bar: number): R {
  while (run.bar < bar && run.advance()) {}
  return run
}

const told = (run: DrivenRun) => textOf(resultOf(run))

describe.each([
  ['hooks', false],
  ['signals', true],
])('a run of %s', (_, signals) => {
  const fresh = open(signals)
  const stages = [told(fresh.begin())]
  while (fresh.advance()) stages.push(told(fresh))
  const whole = told(fresh)
  const stage = (bar: number) => stages[bar + 1]

  it('comes back to its marks, in any order that they hold in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.nat(9)), { minLength: 1, maxLength: 12 }),
        (moves) => {
          const run = open(signals)
          let marks = [{ mark: run.mark(), bar: -1 }]
          for (const [steps, back] of moves) {
            upTo(run, run.bar + steps)
            if (run.ended) break
            marks.push({ mark: run.mark(), bar: run.bar })
            if (back >= marks.length) continue
            const { mark, bar } = marks[back]
            const lost = marks.slice(back + 1)
            run.rewind(mark)
            expect(run.bar).toBe(bar)
            expect(told(run)).toBe(stage(bar))
            for (const one of lost) expect(failure(() => run.rewind(one.mark)).code).toBe('lost_mark')
            expect(told(run)).toBe(stage(bar))
            marks = marks.slice(0, back + 1)
          }
          expect(told(run.toEnd())).toBe(whole)
          run.release()
        },
      ),
      { numRuns: 25, seed: 11 },
    )
  })

  it('steps back by any number of bars, also from its end, and goes on as it had', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 90 })), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.boolean(),
        (moves, ends) => {
          const run = open(signals)
          if (ends) run.toEnd()
          for (const [steps, back] of moves) {
            upTo(run, run.bar + steps)
            const target = run.bar - back
            if (target < -1) {
              const before = told(run)
              expect(failure(() => run.back(back)).code).toBe('no_earlier_bar')
              expect(told(run)).toBe(before)
            } else {
              run.back(back)
              expect(run.bar).toBe(target)
              expect(run.ended).toBe(false)
              expect(told(run)).toBe(stage(target))
            }
          }
          expect(told(run.toEnd())).toBe(whole)
          run.release()
        },
      ),
      { numRuns: 25, seed: 12 },
    )
  })

  it('steps back to before a snapshot that it was restored from, and after a fork', () => {
    const saved = upTo(open(signals), 80).snapshot()
    const run = open(signals)
    const early = upTo(run, 20).mark()
    run.restore(saved)
    expect(failure(() => run.rewind(early)).code).toBe('lost_mark')
    expect(told(run.back(50))).toBe(stage(30))
    const fork = signals ? run.fork() : run.fork(new Busy())
    expect(told(fork.back(20))).toBe(stage(10))
    expect(told(fork.toEnd())).toBe(whole)
    expect(told(run.toEnd())).toBe(whole)
  })

  it('refuses marks of others', () => {
    const [run, other] = [open(signals), open(signals)]
    for (const none of [upTo(other, 3).mark(), undefined, null, {}, { bar: 3, bytes: 0 }])
      expect(failure(() => run.rewind(none as never)).code).toBe('lost_mark')
    for (const bars of [0, -1, 1.5, Number.NaN, '1'])
      expect(failure(() => run.back(bars as never)).code).toBe('invalid_value')
  })
})

describe('a mark', () => {
  const orders = (count: number) =>
    at({
      2: (broker) => {
        for (let i = 0; i < count + 90; i++) broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 1 })
        for (let id = 1; id <= 90; id++) broker.cancelOrder(id)
      },
    })

  it('takes at most 64 KiB with 300 orders pending on one asset, and little without', () => {
    const one = market(walk(400, 2, 0))
    const run = upTo(openRun(one, orders(300)), 3)
    expect(run.mark().bytes).toBeLessThanOrEqual(64 << 10)
    expect(upTo(openRun(one, orders(0)), 300).mark().bytes).toBeLessThanOrEqual(2 << 10)
  })

  it('takes no more where each of them brings a whole chain of rules', () => {
    const rules = (i: number): Rule[] =>
      Array.from({ length: 8 }, (_, k) => ({
        type: k % 2 ? 'stop' : 'target',
        distance: 0.01 * (k + 1) + i * 1e-5,
        unit: 'price',
        action: { type: 'exit-fraction', fraction: 0.5 },
      }))
    const chains = at({
      2: (broker) => {
        for (let i = 0; i < 300; i++)
          broker.submitOrder({ asset: 0, quantity: 1 + i, type: 'limit', limitPrice: 1 + i / 50, rules: rules(i) })
      },
    })
    const run = upTo(openRun(market(walk(400, 2, 0)), chains), 3)
    const mark = run.mark()
    expect(mark.bytes).toBeLessThanOrEqual(64 << 10)
    const before = encodeSnapshot(run.snapshot())
    upTo(run, 9)
    expect(encodeSnapshot(run.rewind(mark).snapshot())).toEqual(before)
    run.release()
  })

  it('of signals is as small, whatever has happened before', () => {
    const bars = 20_000
    const flags = (at: number) => Array.from({ length: bars }, (_, i) => i % 10 === at)
    const run = openRun(market(walk(bars, 2, 0)), { entries: flags(0), exits: flags(5), size: 1 })
    run.toEnd()
    expect(run.mark().bytes).toBeLessThanOrEqual(2 << 10)
    run.release()
  })

  it('is the way back from numbers that have left the finite range', () => {
    const huge = at({
      4: (broker) => void broker.submitOrder({ asset: 0, quantity: 1e307 }),
      5: (broker) => void broker.submitOrder({ asset: 0, quantity: 1e307 }),
    })
    const run = upTo(openRun(market(walk(40, 2, 0)), huge, { account: 'unlimited' }), 3)
    const mark = run.mark()
    const saved = run.snapshot()
    const text = told(run)
    const failed = () => {
      expect(failure(() => run.toEnd()).code).toBe('not_finite')
      expect([run.ended, run.advance()]).toEqual([true, false])
      // It stands in the middle of a bar, where no run comes to.
      expect(failure(() => run.snapshot()).code).toBe('run_over')
    }
    failed()
    expect(told(run.rewind(mark))).toBe(text)
    expect(run.advance()).toBe(true)
    failed()
    expect(told(run.restore(saved))).toBe(text)
    failed()
    run.back(run.bar - 2)
    expect([run.bar, run.ended, run.advance()]).toEqual([2, false, true])
    failed()
    run.release()
  })

  it('holds while the strategy is asked for its state: it cannot move the run', () => {
    const codes: string[] = []
    class Moves extends Strategy {
      override saveState(): unknown {
        this.#try()
        return 1
      }
      override loadState(): void {
        this.#try()
      }
      #try(): void {
        for (const call of [() => run.advance(), () => run.mark(), () => run.back(), () => run.release()])
          if (run) codes.push(failure(call).code)
      }
    }
    let run = undefined as unknown as DrivenRun
    run = upTo(openRun(prices, new Moves()), 3)
    codes.length = 0
    const mark = run.mark()
    run.snapshot()
    upTo(run, 6)
    run.rewind(mark)
    expect(run.bar).toBe(3)
    expect(codes.length).toBeGreaterThanOrEqual(12)
    expect(new Set(codes)).toEqual(new Set(['busy']))
  })

  it('back lands where it says, or says that the way is another one', () => {
    let early = false
    const fickle = at({ 3: (broker) => void broker.orderTargetQuantity(0, early ? 1e5 : 1) })
    // In a run that takes long a mark may lie so near that the way is not gone again.
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0)
    const run = openRun(market(flat(100, 100, 100, 100, 100, 1, 1, 1, 1)), fickle, {
      account: { type: 'margin', initial: 0.01 },
    })
    run.toEnd()
    early = true
    const error = failure(() => run.back(1))
    clock.mockRestore()
    expect(error.code).toBe('no_earlier_bar')
    expect(error.message).toMatch(/same decisions/)
    run.release()
  })

  it('goes back over tables that were taken out, pools that have grown, columns that were widened', () => {
    const many = market(walk(9000, 4, 0))
    class Turning extends Strategy {
      override onBar(bar: { index: number }, broker: Parameters<NonNullable<Strategy['onBar']>>[1]): void {
        const tag = bar.index > 6000 ? bar.index : 0
        broker.orderTargetQuantity(0, bar.index % 2 ? 1 : -1, tag > 0 ? { tag } : undefined)
        if (bar.index === 5000)
          for (let i = 0; i < 2000; i++) broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 1e-3 })
      }
    }
    const run = openRun(many, new Turning())
    const marks = [100, 2500, 4999, 5000, 5900, 6500, 8500].map((bar) => ({
      mark: upTo(run, bar).mark(),
      text: told(run),
    }))
    const whole = told(run.toEnd())
    for (const { mark, text } of marks.reverse()) {
      expect(told(run.rewind(mark))).toBe(text)
      expect(told(run.toEnd())).toBe(whole)
      run.rewind(mark)
    }
    run.release()
  })

  it('brings the strategy’s state back, and what it had not yet heard', () => {
    const log: string[] = []
    const heard = at(
      {
        0: (broker) => broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 50 }),
        1: (broker) => broker.cancelOrder(1),
      },
      { onOrder: (order) => void log.push(`${order.id} ${order.status}`) },
    )
    const run = upTo(openRun(market(flat(100, 100, 100, 100)), heard), 1)
    const mark = run.mark()
    run.toEnd()
    run.rewind(mark).toEnd()
    expect(log).toEqual(['1 cancelled', '1 cancelled'])
  })

  it('of a state that cannot be kept is an error; the run that is not marked goes on', () => {
    class Closed extends Strategy {
      override state = { next: () => 1 }
    }
    const run = upTo(openRun(prices, new Closed()), 5)
    for (const call of [() => run.mark(), () => run.back(), () => run.snapshot()]) {
      const error = failure(call)
      expect(error.code).toBe('invalid_strategy')
      expect(error.message).toMatch(/state\.next /)
    }
    expect(run.toEnd().bar).toBe(159)
  })

  it('of a state that can be kept again are kept again', () => {
    class Now extends Strategy {
      override state: unknown = 0
    }
    const one = new Now()
    const run = upTo(openRun(prices, one), 3)
    const saved = run.snapshot()
    one.state = () => 1
    expect(failure(() => run.mark()).code).toBe('invalid_strategy')
    const other = new Now()
    other.state = () => 1
    const late = upTo(openRun(prices, other), 5)
    expect(failure(() => late.back()).code).toBe('invalid_strategy')
    other.state = 1
    upTo(late.restore(saved), 1200)
    expect(late.back(20).bar).toBe(139)
  })

  it('cannot be taken, nor can anything else be asked of the run, while a hook is at work', () => {
    const calls: ((run: DrivenRun) => unknown)[] = [
      (run) => run.mark(),
      (run) => run.back(),
      (run) => run.snapshot(),
      (run) => run.advance(),
      (run) => run.toEnd(),
      (run) => run.fork(new Busy()),
      (run) => run.release(),
    ]
    const codes: string[] = []
    const nested = at({
      4: () => {
        for (const call of calls) codes.push(failure(() => call(run)).code)
      },
    })
    const run: DrivenRun = openRun(prices, nested)
    upTo(run, 6)
    expect(codes).toEqual(calls.map(() => 'busy'))
    expect(run.bar).toBe(6)
  })
})

describe('kept marks', () => {
  const none = new Uint8Array(0)
  const live = (bytes: number) =>
    ({ rules: new Uint8Array(bytes), orders: none, brought: none, lots: none, late: none }) as unknown as LiveState
  const marked = (bytes: number) => ({ live: live(bytes), strategy: undefined, ended: false, driver: undefined })

  it('stay within their memory, the first always, the latest thickest', () => {
    const marks = new Marks()
    for (let bar = 0; bar < 500; bar++) {
      marks.keep(marks.make(bar, marked(1 << 20)), 0)
      expect(marks.kept.bytes).toBeLessThanOrEqual(32 << 20)
    }
    expect(marks.before(0)?.bar).toBe(0)
    expect(marks.before(499)?.bar).toBe(499)
    expect(marks.before(498)?.bar).toBe(498)
    expect(marks.kept.marks).toBeGreaterThan(10)
  })

  it('count what holds them too, so that many small ones do not take many times their memory', () => {
    const marks = new Marks()
    for (let bar = 0; bar < 40_000; bar++) marks.keep(marks.make(bar, marked(100)), 0)
    expect(marks.kept.marks).toBeLessThan(32_768)
    expect(marks.before(0)?.bar).toBe(0)
  })

  it('of a run that steps back again and again cost the same each time', () => {
    const marks = new Marks()
    const first = marks.make(0, marked(1))
    // As a run does that tries something at each bar and goes on.
    const time = (from: number): number => {
      const start = performance.now()
      for (let bar = from; bar < from + 5000; bar++) {
        const mark = marks.make(bar, marked(1))
        marks.make(bar + 1, marked(1))
        marks.open(mark)
        marks.returned(mark)
      }
      return performance.now() - start
    }
    const early = time(1)
    for (let from = 5001; from < 30_000; from += 5000) time(from)
    expect(time(30_001)).toBeLessThan(4 * early + 50)
    expect(marks.open(first).ended).toBe(false)
  })

  it('are never so many bars apart that signals would take long to go through them again', () => {
    const marks = new Marks()
    marks.keep(marks.make(10, marked(1)), 1000)
    expect(marks.isDue(11)).toBe(false)
    expect(marks.isDue(10 + (1 << 14))).toBe(true)
  })
})
