/** Runs by hand: orders from outside, what has happened, steps back, forks, and every wrong call. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { type ManualRun, openManual } from '../../src/drivers/manual.ts'
import { decodeSnapshot, encodeSnapshot } from '../../src/engine/snapshot.ts'
import { getEngine } from '../../src/kernel/load.ts'
import { METRICS } from '../../src/results/metrics.ts'
import { at, DAY, failure, flat, market, textOf, walk } from './script.ts'

const five = market(flat(100, 101, 102, 103, 104))
const told = (run: ManualRun) => textOf(run.result())

describe('by hand', () => {
  it('orders are given at the close of a bar, and fill from the next one on', () => {
    const run = openManual(five, { cash: 1000 })
    expect(run.index).toBe(-1)
    expect(failure(() => run.bar).code).toBe('out_of_range')
    run.advance()
    expect([run.bar.index, run.bar.close[0], run.index]).toEqual([0, 100, 0])
    const id = run.broker.submitBracket({ asset: 0, quantity: 2, stopLossPrice: 50, takeProfitPrice: 103 })
    expect(run.events).toEqual([])
    run.advance()
    expect(
      run.events.map((event) =>
        event.type === 'fill'
          ? [event.fill.orderId, event.fill.price]
          : event.type === 'order'
            ? [event.order.id, event.order.status]
            : event.type,
      ),
    ).toEqual([
      [1, 101],
      [1, 'filled'],
    ])
    run.advance()
    expect(run.events).toEqual([])
    run.advance()
    expect(run.events.map((event) => event.type)).toEqual(['fill', 'trade', 'order', 'order'])
    expect(run.decisions).toEqual([
      {
        bar: 0,
        given: [{ call: 'submitBracket', with: [{ asset: 0, quantity: 2, stopLossPrice: 50, takeProfitPrice: 103 }] }],
      },
    ])
    expect(id).toEqual({ parent: 1, stop: 2, target: 3 })
    run.broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 1 })
    run.advance()
    expect(run.advance()).toBe(false)
    expect(run.events.map((event) => event.type === 'order' && event.order.reason)).toEqual(['end_of_data'])
    expect([run.ended, run.advance(), run.index]).toEqual([true, false, 4])
    const hooks = at({
      0: (broker) => broker.submitBracket({ asset: 0, quantity: 2, stopLossPrice: 50, takeProfitPrice: 103 }),
      3: (broker) => broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 1 }),
    })
    expect(told(run)).toBe(textOf(backtest(five, hooks, { cash: 1000 })))
    expect(run.result().strategy).toBe('manual')
  })

  it('rules can be set before the first bar', () => {
    const rules = [{ type: 'target' as const, distance: 0.02 }]
    const run = openManual(five)
    run.broker.setPositionRules(rules)
    run.advance()
    run.broker.orderTargetQuantity(0, 1)
    expect(run.decisions.map(({ bar }) => bar)).toEqual([-1, 0])
    expect(run.toEnd().result().trades.length).toBe(1)
    run.back(3)
    expect(run.toEnd().result().trades.length).toBe(1)
    run.back(5)
    run.advance()
    run.broker.orderTargetQuantity(0, 1)
    expect(run.toEnd().result().trades.length).toBe(0)
  })

  it('another way can be gone from an earlier bar, and the first one stays with its fork', () => {
    const prices = market(walk(60, 3))
    const run = openManual(prices)
    for (let bar = 0; bar < 40; bar++) {
      run.advance()
      run.broker.orderTargetQuantity(0, bar % 3)
    }
    const fork = run.fork()
    const kept = structuredClone(run.decisions)
    const before = told(run)
    run.back(20)
    expect(run.decisions).toEqual(kept.filter(({ bar }) => bar < 19))
    run.broker.orderTargetQuantity(0, 7)
    run.toEnd()
    expect(told(fork)).toBe(before)
    // Back to where they parted, with the recorded decisions.
    run.back(run.index - 19)
    for (let bar = 19; bar < 40; bar++) {
      run.apply(kept[bar])
      if (bar < 39) run.advance()
    }
    expect(told(run)).toBe(before)
    expect(told(fork.toEnd())).toBe(told(run.toEnd()))
  })

  it('windows: the first bar is that of the window, and what is before it is seen', () => {
    const run = openManual(five, { from: 2 * DAY })
    expect([run.index, run.bar.close[0]]).toEqual([1, 101])
    run.advance()
    expect([run.bar.index, run.bar.value('close', 0, 2)]).toEqual([2, 100])
    expect(failure(() => run.back(2)).code).toBe('no_earlier_bar')
    expect(run.back().index).toBe(1)
  })

  it('windows: before the first bar no order is taken', () => {
    const run = openManual(five, { cash: 1000, from: 2 * DAY })
    expect(failure(() => run.broker.submitOrder({ asset: 0, quantity: 1 })).message).toMatch(/Call advance first/)
    run.advance()
    expect(run.bar.index).toBe(2)
    expect(run.broker.submitOrder({ asset: 0, quantity: 1 })).toBe(1)
  })

  it('a saved run goes on with its decisions, also with those of the open bar', () => {
    const run = openManual(five)
    run.advance()
    run.broker.orderTargetQuantity(0, 1)
    const saved = decodeSnapshot(encodeSnapshot(run.snapshot()))
    expect(saved.decisions.length).toBeGreaterThan(0)
    const other = openManual(five).restore(saved)
    other.broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 1 })
    run.broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 1 })
    expect(other.decisions).toEqual(run.decisions)
    expect(told(other.toEnd())).toBe(told(run.toEnd()))
    other.back(4)
    expect(other.decisions).toEqual([])
  })

  it('what was recorded is what was read, and nobody changes it afterwards', () => {
    const run = openManual(five)
    run.advance()
    const targets = new Float64Array([3])
    const request = {
      asset: 0,
      quantity: 1,
      side: 'buy' as const,
      type: 'limit' as const,
      limitPrice: 1,
      size: undefined,
    }
    run.broker.orderTargets(targets)
    run.broker.submitOrder(request)
    targets[0] = 9
    request.limitPrice = 5
    const [{ given }] = run.decisions
    expect(given.map((one) => one.with[0])).toEqual([
      [3],
      { asset: 0, quantity: 1, side: 'buy', type: 'limit', limitPrice: 1, size: undefined },
    ])
    expect(() => {
      ;(given[1].with[0] as { limitPrice: number }).limitPrice = 7
    }).toThrow(TypeError)
    let reads = 0
    const odd = {
      asset: 0,
      quantity: 1,
      get tag() {
        return reads++
      },
    }
    run.broker.submitOrder(odd)
    expect([reads, run.decisions[0].given[2].with[0]]).toEqual([1, { asset: 0, quantity: 1, tag: 0 }])
  })

  it('is looked at without a change: metrics so far are those of the result, and orders given stay given', () => {
    const prices = market(walk(60, 3))
    const go = (look: (run: ManualRun) => void) => {
      const run = openManual(prices)
      while (run.advance()) {
        run.broker.orderTargetQuantity(0, run.index % 5)
        run.broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 90 })
        look(run)
      }
      return told(run)
    }
    const seen = go((run) => {
      const numbers = run.metrics(new Float64Array(METRICS.length))
      expect(numbers).toEqual(run.result().metrics)
    })
    expect(seen).toBe(go(() => {}))
    const run = openManual(prices)
    for (const out of [new Float64Array(METRICS.length - 1), [], null, undefined])
      expect(failure(() => run.metrics(out as never)).code).toBe('invalid_value')
  })

  it('is in a snapshot as it stands: with its events, committed or not, or over', () => {
    const run = openManual(five)
    const twin = () => {
      const other = openManual(five).restore(decodeSnapshot(encodeSnapshot(run.snapshot())))
      expect([other.index, other.ended, other.events, other.decisions]).toEqual([
        run.index,
        run.ended,
        run.events,
        run.decisions,
      ])
      return other
    }
    twin().broker.setPositionRules([])
    run.advance()
    run.broker.orderTargetQuantity(0, 1)
    expect(twin().broker.orderTargetQuantity(0, 2)).toBe(2)
    run.commit()
    expect(failure(() => twin().broker.orderTargetQuantity(0, 2)).code).toBe('already_committed')
    expect(failure(() => twin().commit()).code).toBe('already_committed')
    run.advance()
    expect(twin().events.map(({ type }) => type)).toEqual(['fill', 'order'])
    run.broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 1 })
    run.toEnd()
    const over = twin()
    expect(over.ended).toBe(true)
    expect(failure(() => over.broker.orderTargetQuantity(0, 2)).code).toBe('run_over')
    expect(failure(() => over.commit()).code).toBe('run_over')
    expect(over.advance()).toBe(false)
    expect(told(over)).toBe(told(run))
    expect(over.back(2).broker.getQuantity(0)).toBe(1)
  })

  it('steps back as fast after many decisions as after few', () => {
    const prices = market(walk(60_000, 3))
    const run = openManual(prices)
    const backs = (to: number): number => {
      while (run.index < to && run.advance()) run.broker.orderTargetQuantity(0, run.index % 3)
      const times = Array.from({ length: 31 }, () => {
        const start = performance.now()
        run.back()
        return performance.now() - start
      })
      return times.sort((a, b) => a - b)[15]
    }
    const early = backs(1000)
    expect(backs(59_000)).toBeLessThan(4 * early + 3)
    run.release()
  })

  it('is over where numbers leave the finite range', () => {
    const run = openManual(five, { account: 'unlimited' })
    run.advance()
    run.broker.submitOrder({ asset: 0, quantity: 1.7e308 })
    expect(failure(() => run.advance()).code).toBe('not_finite')
    expect([run.ended, run.advance()]).toEqual([true, false])
    expect(failure(() => run.broker.orderTargetQuantity(0, 1)).code).toBe('run_over')
    expect(failure(() => run.snapshot()).code).toBe('run_over')
    run.back()
    expect([run.ended, run.index, run.broker.orderTargetQuantity(0, 1)]).toEqual([false, 0, 1])
    expect(run.toEnd().result().openPositions.length).toBe(1)
  })

  it('gives its memory back', () => {
    const { arena } = getEngine()
    const before = arena.bytesHeld
    const run = openManual(five)
    run.advance()
    const fork = run.fork()
    run.release()
    fork.release()
    expect(arena.bytesHeld).toBe(before)
    expect(failure(() => run.advance()).code).toBe('released')
  })
})

describe('a wrong call', () => {
  const decided = () => {
    const run = openManual(five)
    run.advance()
    run.broker.orderTargetQuantity(0, 1)
    return run
  }
  const unharmed = (run: ManualRun, call: () => unknown, code: string) => {
    const before = told(run)
    const decisions = run.decisions
    const error = failure(call)
    expect(error.code).toBe(code)
    expect(told(run)).toBe(before)
    expect(run.decisions).toEqual(decisions)
    return error
  }

  it('orders to a run that is over', () => {
    const run = decided().toEnd()
    unharmed(run, () => run.broker.orderTargetQuantity(0, 2), 'run_over')
    unharmed(run, () => run.commit(), 'run_over')
    unharmed(run, () => run.apply({ bar: 4, given: [] }), 'run_over')
    expect(run.back().broker.orderTargetQuantity(0, 2)).toBe(2)
  })

  it('before the first bar', () => {
    const run = openManual(five)
    unharmed(run, () => run.broker.orderTargetQuantity(0, 2), 'invalid_value')
    unharmed(run, () => run.back(), 'no_earlier_bar')
  })

  it('a second commit, or orders after the first', () => {
    const run = decided().commit()
    unharmed(run, () => run.commit(), 'already_committed')
    unharmed(run, () => run.broker.orderTargetQuantity(0, 2), 'already_committed')
    unharmed(run, () => run.broker.cancelOrder(1), 'already_committed')
    unharmed(run, () => run.apply({ bar: 0, given: [] }), 'already_committed')
    const fork = run.fork()
    unharmed(fork, () => fork.commit(), 'already_committed')
    expect(told(fork.toEnd())).toBe(told(run.toEnd()))
    expect(told(run)).toBe(told(decided().toEnd()))
  })

  it('a decision of another bar, or none, or one of which a part is refused', () => {
    const run = decided()
    const [decision] = run.decisions
    run.advance()
    unharmed(run, () => run.apply(decision), 'wrong_bar')
    for (const none of [
      null,
      undefined,
      {},
      { bar: 1 },
      { bar: 1, given: [null] },
      { bar: 1, given: [{ call: 'release', with: [] }] },
      { bar: 1, given: [{ call: 'setOpen', with: [true] }] },
    ])
      unharmed(run, () => run.apply(none as never), 'invalid_value')
    const half = { bar: 1, given: [decision.given[0], { call: 'submitOrder', with: [{ asset: 7, quantity: 1 }] }] }
    unharmed(run, () => run.apply(half as never), 'unknown_name')
    expect(told(run.apply({ ...decision, bar: 1 }).toEnd())).not.toBe(told(decided().toEnd()))
  })

  it('a snapshot of another market, of another kind of run, with decisions that are none', () => {
    const run = decided()
    const saved = openManual(market(flat(1, 2))).snapshot()
    unharmed(run, () => run.restore(saved), 'snapshot_market')
    unharmed(run, () => run.restore(openManual(five, { cash: 5 }).snapshot()), 'snapshot_settings')
    unharmed(run, () => run.rewind(openManual(five).mark()), 'lost_mark')
  })

  it('a config that is a strategy’s', () => {
    for (const config of [
      { parameters: {} },
      { strategySource: 'x' },
      { verify: 'snapshot' },
      { band: true },
      { nonsense: 1 },
      null,
    ])
      expect(['invalid_value', 'unknown_name']).toContain(failure(() => openManual(five, config as never)).code)
    expect(failure(() => openManual(null as never)).code).toBe('invalid_value')
  })
})
