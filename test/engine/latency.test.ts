/** Latency: decisions on their way (semantics 3.15). Worked out by hand. */
import { afterAll, describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { backtestAsync, openAsync } from '../../src/drivers/async.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { openManual } from '../../src/drivers/manual.ts'
import { resultOf } from '../../src/engine/openrun.ts'
import { decodeSnapshot, encodeSnapshot } from '../../src/engine/snapshot.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import { prepare } from '../../src/prepare.ts'
import { tradesWithSignals } from '../../src/results/tradesignals.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import type { PositionDecision } from '../../src/strategy/decisions.ts'
import type { OrderEvent } from '../../src/strategy/events.ts'
import type { PositionView } from '../../src/strategy/position.ts'
import { defineSignals, Strategy } from '../../src/strategy/strategy.ts'
import { Busy, busyMarket } from './busy.ts'
import { at, causeOf, DAY, failure, flat, market, rows, strategy, textOf } from './script.ts'

const buy = (quantity: number, more: object = {}) => ({ asset: 0, side: 'buy' as const, quantity, ...more })
const sell = (quantity: number, more: object = {}) => ({ asset: 0, side: 'sell' as const, quantity, ...more })
const ORDER = ['id', 'createdBar', 'status', 'reason', 'endedBar'] as const
const prices = market(flat(100, 101, 102, 103, 104, 105, 106, 107))
afterAll(() => prices.release())

const run = (steps: Parameters<typeof at>[0], config: BacktestConfig = { latency: 2 }, hooks = {}) =>
  backtest(prices, at(steps, hooks), config)
const codes = (result: { warnings: readonly { code: string }[] }) => result.warnings.map(({ code }) => code)

describe('an order on its way', () => {
  it('has its id at once, is nowhere until it arrives, and pending from then on', () => {
    const seen: unknown[] = []
    const ids: number[] = []
    const result = run({
      0: (broker) => {
        ids.push(broker.submitOrder(buy(1, { type: 'limit', limitPrice: 50 })))
        const { parent, stop, target } = broker.submitBracket(buy(1, { stopLossPrice: 90, takeProfitPrice: 120 }))
        ids.push(parent, stop, target)
      },
      1: (broker) => {
        ids.push(broker.closePosition(0), broker.orderTargetQuantity(0, 3))
        for (const { parent } of broker.submitOco([
          buy(1, { type: 'limit', limitPrice: 40 }),
          buy(1, { type: 'limit', limitPrice: 41, stopLossPrice: 30 }),
        ]))
          ids.push(parent)
        seen.push([broker.getOrder(1), broker.getPendingOrders().length, broker.getOrder(99)])
        // Of those on their way it is only known that they are.
        expect([1, 8, 99].map((id) => broker.isPending(id))).toEqual([true, true, false])
      },
      2: (broker) => seen.push([broker.getOrder(1)?.createdBar, broker.getPendingOrders().map(({ id }) => id)]),
      3: (broker) => seen.push(broker.getPendingOrders().map(({ id }) => id)),
    })
    expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(seen).toEqual([
      [undefined, 0, undefined],
      [2, [1, 2, 3, 4]],
      // The parent has filled at the open of bar 3; its children, and what arrived at its close.
      [1, 3, 4, 5, 6, 7, 8, 9],
    ])
    expect(rows(result.fills, 'bar', 'orderId')).toEqual([
      [3, 2],
      [4, 5],
      [4, 6],
    ])
  })

  it('arrives before the hooks of its bar: what it ends at once is told last there, and what they decide comes later', () => {
    const heard: unknown[] = []
    const over = market({ A: flat(100, 101, 102, 103, 104, 105), B: [null, null, null, null, ...flat(50, 51)] })
    const tell = (order: OrderEvent, broker: Broker) => {
      heard.push([order.id, order.status, order.reason])
      if (order.reason === 'not_listed') broker.submitOrder(sell(1))
    }
    const result = backtest(
      over,
      at(
        {
          0: (broker) => {
            broker.submitOrder(buy(1))
            broker.submitOrder({ asset: 1, side: 'buy', quantity: 1 })
          },
          1: () => heard.push('bar 1'),
          2: () => heard.push('bar 2'),
        },
        { onOrder: tell },
      ),
      { latency: 1, notListed: 'reject' },
    )
    expect(heard).toEqual([[2, 'rejected', 'not_listed'], 'bar 1', [1, 'filled', ''], 'bar 2', [3, 'filled', '']])
    expect(rows(result.orders, ...ORDER)).toEqual([
      [1, 1, 'filled', null, 2],
      [2, 1, 'rejected', 'not_listed', 1],
      [3, 2, 'filled', null, 3],
    ])
    over.release()
  })

  it('counts for entries and targets that would be given twice', () => {
    const given: unknown[] = []
    const steps: Parameters<typeof at>[0] = {
      0: (broker) => given.push(broker.enterPosition(0, 'long'), broker.enterPosition(0, 'short')),
      1: (broker) => given.push(broker.enterPosition(0, 'long')),
      // It has arrived, and is pending.
      2: (broker) => given.push(broker.enterPosition(0, 'long')),
      3: (broker) => given.push(broker.enterPosition(0, 'long'), broker.orderTargets([1]), broker.orderTargets([0])),
      // The target of 0 is on its way: one of 1 is not met.
      4: (broker) => given.push(broker.orderTargets([1]), broker.orderTargets([Number.NaN])),
    }
    run(steps, { latency: 2, size: { type: 'units', amount: 1 } })
    expect(given).toEqual([1, 0, 0, 0, 0, 0, 1, 1, 0])
  })

  it('may wait for another one that is on its way, and sleeps where that has arrived with it', () => {
    const result = run({
      0: (broker) => {
        const first = broker.submitOrder(buy(1, { type: 'limit', limitPrice: 50 }))
        broker.submitOrder(buy(2, { after: first }))
        broker.cancelOrder(first)
      },
      1: (broker) => {
        const first = broker.submitOrder(buy(3))
        broker.submitOrder(sell(3, { after: first, type: 'limit', limitPrice: 105.5 }))
      },
    })
    expect(rows(result.orders, ...ORDER)).toEqual([
      [1, 2, 'cancelled', 'user', 2],
      [2, 2, 'cancelled', 'parent', 2],
      [3, 3, 'filled', null, 4],
      [4, 3, 'filled', null, 6],
    ])
  })

  it('has the chain of rules that it brings', () => {
    const result = run({
      0: (broker) =>
        broker.submitOrder(
          buy(4, {
            rules: [
              { type: 'time', bars: 1, action: { type: 'exit-fraction', fraction: 0.5 } },
              { type: 'stop', distance: 0.5 },
              { type: 'target', distance: 0.5 },
              { type: 'trail', distance: 0.5 },
              { type: 'time', bars: 2, action: { type: 'exit-fraction', fraction: 0.5 } },
              { type: 'time', bars: 3 },
            ],
          }),
        ),
    })
    expect(rows(result.trades, 'exitBar', 'quantity', 'exitRule')).toEqual([
      [4, 2, 0],
      [5, 1, 4],
      [6, 1, 5],
    ])
  })

  it('has rules that go by the clock, in a run that was restored while it was on its way too', () => {
    const made = at({ 0: (broker) => broker.submitOrder(buy(1, { rules: [{ type: 'clock', at: '12:00' }] })) })
    const config: BacktestConfig = { latency: 2 }
    const going = openRun(prices, new made(), config)
    going.advance()
    const other = openRun(prices, new made(), config).restore(decodeSnapshot(encodeSnapshot(going.snapshot())))
    for (const one of [going, other]) {
      expect(rows(resultOf(one.toEnd()).trades, 'entryBar', 'exitBar', 'exitDetail')).toEqual([
        [3, 4, 'clock_exit_12:00'],
      ])
      one.release()
    }
  })

  it('does not hold up rules and context', () => {
    const result = run({
      0: (broker) => {
        broker.submitOrder(buy(1))
        broker.setPositionRules([{ type: 'time', bars: 1 }])
      },
    })
    expect(rows(result.trades, 'entryBar', 'exitBar')).toEqual([[3, 4]])
  })
})

describe('updates, cancels and decisions', () => {
  it('answer for what is pending or on its way, and positions that are there', () => {
    const answers: unknown[] = []
    run({
      0: (broker) => {
        broker.submitBracket(buy(1, { type: 'limit', limitPrice: 50, stopLossPrice: 40 }))
        answers.push(
          broker.cancelOrder(2),
          broker.updateOrder(1, { limitPrice: 60 }),
          // It does not fit: that is found when it arrives.
          broker.updateOrder(1, { trailAmount: 3 }),
          broker.updateOrder(1, {}),
          broker.cancelOrder(3),
          broker.updateOrder(3, { limitPrice: 60 }),
          broker.reducePosition(0),
          broker.moveStop(0, 90),
        )
        expect(failure(() => broker.updateOrder(1, { limitPrice: -1 })).code).toBe('invalid_value')
        broker.submitOrder(buy(1))
      },
      2: (broker) => answers.push(broker.cancelOrder(2)),
      3: (broker) => answers.push(broker.cancelOrder(2), broker.reducePosition(0, 0.5), broker.moveStop(0, 90)),
      4: (broker) => answers.push(broker.reducePosition(0), broker.moveStop(0, 80)),
    })
    expect(answers).toEqual([true, true, true, true, false, false, false, false, false, false, true, true, true, true])
  })

  it('of a position reach the one that is there when they arrive', () => {
    const result = run(
      {
        0: (broker) => broker.submitOrder(buy(4)),
        3: (broker) => {
          broker.reducePosition(0, 0.5)
          // While one waits a further one is none: it arrives behind it.
          broker.reducePosition(0, 0.5)
        },
        4: (broker) => broker.reducePosition(0, 0.5),
      },
      { latency: 2 },
    )
    expect(rows(result.trades, 'exitBar', 'quantity', 'exitReason')).toEqual([
      [6, 2, 'rule'],
      [7, 1, 'rule'],
    ])
  })

  it('of a stop move it when they arrive, where that tightens it', () => {
    const over = market([...flat(100, 100, 100, 100), [100, 100, 95, 100], [100, 100, 95, 100], ...flat(100)])
    const result = backtest(
      over,
      at({
        0: (broker) => broker.submitOrder(buy(1, { stop: 0.5 })),
        // Arrives at the close of bar 4, whose low was no stop yet.
        3: (broker) => broker.moveStop(0, 97),
      }),
      { latency: 1 },
    )
    expect(rows(result.trades, 'exitBar', 'exitPrice')).toEqual([[5, 97]])
    over.release()
  })

  it('take the ATR of the bar of the decision, also for an order on its way', () => {
    const over = market(walkOf(30))
    const given: number[] = []
    const steps = (latency: number): Parameters<typeof at>[0] => ({
      20: (broker) => {
        const id = broker.submitOrder(sell(1, { type: 'trailing-stop', trailAtr: { multiple: 2, length: 5 } }))
        broker.updateOrder(id, { trailAtr: { multiple: 3, length: 5 } })
      },
      [20 + latency]: (broker) => given.push(broker.getOrder(1)!.trailAmount),
    })
    backtest(over, at(steps(3)), { latency: 3, account: 'unlimited' })
    const before: number[] = []
    backtest(
      over,
      at({
        20: (broker) => {
          broker.submitOrder(sell(1, { type: 'trailing-stop', trailAtr: { multiple: 3, length: 5 } }))
          before.push(broker.getOrder(1)!.trailAmount)
        },
      }),
      { account: 'unlimited' },
    )
    expect(given).toEqual(before)
    over.release()
  })

  it('name lots that are there; one that has gone on the way is none', () => {
    const result = run(
      {
        0: (broker) => {
          broker.submitOrder(buy(1))
          broker.submitOrder(buy(2))
        },
        2: (broker) => broker.closePosition(0, { lot: 1 }),
        3: (broker) => {
          broker.closePosition(0, { lot: 1 })
          broker.reducePosition(0, 1, { lot: 1 })
          broker.moveStop(0, 90, { lot: 1 })
          broker.submitOrder(buy(1))
        },
      },
      { latency: 1, lots: 'fifo' },
    )
    expect(rows(result.orders, ...ORDER)).toEqual([
      [1, 1, 'filled', null, 2],
      [2, 1, 'filled', null, 2],
      [3, 3, 'filled', null, 4],
      // It arrives at the close of bar 4, when its lot is gone.
      [4, 4, 'cancelled', 'position_closed', 4],
      [5, 4, 'filled', null, 5],
    ])
    expect(rows(result.openPositions, 'quantity', 'entryOrderId')).toEqual([
      [2, 2],
      [1, 5],
    ])
    const unknown = failure(() =>
      run({ 3: (broker) => broker.closePosition(0, { lot: 7 }) }, { latency: 1, lots: 'fifo' }),
    )
    expect(causeOf(unknown).code).toBe('unknown_name')
  })
})

/** Bars that go up and down. */
function walkOf(bars: number) {
  return Array.from({ length: bars }, (_, i) => [100 + (i % 7), 104 + (i % 5), 97 - (i % 3), 101 + (i % 4)])
}

describe('what ends on the way', () => {
  it('is in no table, and results say how much it was', () => {
    const result = run({
      1: (broker) => {
        broker.submitOrder(buy(1, { type: 'limit', limitPrice: 50 }))
      },
      6: (broker) => {
        broker.submitBracket(buy(1, { stopLossPrice: 90 }))
        broker.cancelOrder(1)
      },
      7: (broker) => broker.submitOrder(buy(1)),
    })
    expect(rows(result.orders, ...ORDER)).toEqual([[1, 3, 'cancelled', 'end_of_data', 7]])
    const [warning] = result.warnings.filter(({ code }) => code === 'never_arrived')
    expect(warning.message).toContain('found 3 orders and 1 other decision still on the way')
  })

  it('all of it, where the latency is longer than the run', () => {
    const result = run({ 0: (broker) => broker.submitOrder(buy(1)) }, { latency: 1000 })
    expect(result.orders.length).toBe(0)
    expect(codes(result)).toContain('never_arrived')
    expect(result.warnings.find(({ code }) => code === 'no_trades')!.message).toContain('with 1 order given')
    const columns = { entries: new Uint8Array(8).fill(1), size: 1 }
    expect(backtest(prices, columns, { latency: 1000 }).orders.length).toBe(0)
    expect(backtest(prices, columns, { latency: 7 }).orders.length).toBe(1)
    expect(backtest(prices, columns, { latency: 8 }).orders.length).toBe(0)
  })

  it('says nothing of a run that goes on, or has nothing on its way', () => {
    const steps = { 0: (broker: Broker) => broker.submitOrder(buy(1)) }
    const open = openRun(prices, at(steps), { latency: 3 })
    open.advance()
    expect(codes(open.result())).not.toContain('never_arrived')
    open.toEnd()
    expect(codes(open.result())).not.toContain('never_arrived')
    open.release()
  })

  it('a bust refuses what arrives after it; an end of the asset too', () => {
    const falling = market(flat(100, 100, 100, 1, 1, 1, 1))
    const bust = backtest(
      falling,
      at({
        0: (broker) => broker.submitOrder(buy(100)),
        1: (broker) => broker.submitOrder(buy(1)),
        2: (broker) => broker.submitOrder(buy(1)),
      }),
      { latency: 1, cash: 1000, account: { type: 'margin', initial: 0.1, maintenance: 0 } },
    )
    // Bought at the open of bar 2; bust at the close of bar 3, where the order of bar 2 arrives.
    expect(rows(bust.orders, 'id', 'status', 'reason', 'endedBar')).toEqual([
      [1, 'filled', null, 2],
      [2, 'rejected', 'insufficient_funds', 3],
      [3, 'rejected', 'bust', 3],
    ])
    falling.release()
    const ending = market(
      { A: flat(1, 2, 3, 4, 5), B: [...flat(1, 2), null, null, null] },
      { delisted: { B: 2 * DAY } },
    )
    const order = { asset: 'B', side: 'buy' as const, quantity: 1 }
    const ended = backtest(ending, at({ 1: (broker) => broker.submitOrder(order) }), { latency: 1 })
    expect(rows(ended.orders, ...ORDER)).toEqual([[1, 2, 'rejected', 'delisted', 2]])
    ending.release()
  })
})

describe('fills at the close of the arrival', () => {
  it('are no fills at a price that decided them', () => {
    const steps = { 0: (broker: Broker) => broker.submitOrder(buy(1)) }
    const late = run(steps, { latency: 1, timing: 'same-close' })
    expect(rows(late.fills, 'bar', 'phase', 'price')).toEqual([[1, 'close', 101]])
    expect(codes(late)).not.toContain('same_bar_fills')
    expect(codes(run(steps, { timing: 'same-close' }))).toContain('same_bar_fills')
  })
})

describe('signals', () => {
  const shifted = (column: readonly number[], by: number) => [...Array(by).fill(0), ...column].slice(0, column.length)
  const entries = [1, 0, 0, 0, 0, 1, 0, 0]
  const exits = [0, 1, 0, 1, 0, 0, 0, 0]

  it('are those of columns that stand so many bars later, in their window alone', () => {
    const late = backtest(prices, { entries, exits, size: 1 }, { latency: 1 })
    const moved = backtest(prices, { entries: shifted(entries, 1), exits: shifted(exits, 1), size: 1 })
    expect(textOf(late)).toBe(textOf(moved))
    expect(late.trades.length).toBe(1)
    // The row of bar 0 is before the window: it is none, though bar 1 would read it.
    const window = { from: DAY }
    expect(backtest(prices, { entries, size: 1 }, { ...window, latency: 1 }).fills.values('bar')[0]).toBe(7)
    expect(backtest(prices, { entries, size: 1 }, window).fills.values('bar')[0]).toBe(6)
    expect(prepare(prices, { entries, exits, size: 1 }, { latency: 1 }).metrics({})).toEqual(late.metrics)
  })

  it('leave columns that are the market’s own as they are', () => {
    const target = Float64Array.from([1, 1, 0, 0, 2, 2, 2, 2])
    const own = prices.with({ signals: { target } })
    const column = own.signals.get('target')!.values
    const late = backtest(own, { targetPosition: column, sizeType: 'units' }, { latency: 2 })
    expect(Array.from(column)).toEqual(Array.from(target))
    expect(rows(late.fills, 'bar')).toEqual([[3], [5], [7]])
    // The columns of the bar in which each was decided.
    const trades = tradesWithSignals(late, own)
    expect(rows(trades, 'entrySignal:target', 'exitSignal:target')).toEqual([[1, 0]])
    const hook = backtest(
      own,
      at({ 0: (broker) => broker.submitOrder(buy(1)), 2: (broker) => broker.closePosition(0) }),
      { latency: 2 },
    )
    expect(rows(tradesWithSignals(hook, own), 'entrySignal:target', 'exitSignal:target')).toEqual([[1, 0]])
    own.release()
  })

  it('with a rule of the strategy decide as a hook with both', () => {
    const over = busyMarket(120, 9)
    const wants = (bar: number, asset: number) => (bar * 7 + asset * 3) % 11 < 3
    const rule = (position: PositionView, bar: Bar): PositionDecision | undefined => {
      const turn = (bar.index + position.asset) % 5
      if (turn === 0) return { exit: 0.4 }
      return turn === 1 && bar.close[position.asset] > 0
        ? { stop: bar.close[position.asset] * (position.isLong ? 0.99 : 1.01) }
        : undefined
    }
    const signals = defineSignals({
      name: 'ruled',
      signals: ({ market: { bars, assetCount } }) => ({
        entries: Array.from({ length: bars * assetCount }, (_, i) =>
          wants(Math.floor(i / assetCount), i % assetCount) ? 1 : 0,
        ),
        size: 10,
      }),
      onPosition: rule,
    })
    // Entries go by the row of two bars before; the decisions of the rule are on their way.
    class Hook extends Strategy {
      override onBar(bar: Bar, broker: Broker): void {
        for (let asset = 0; asset < 3; asset++)
          if (bar.index >= 2 && wants(bar.index - 2, asset))
            broker.enterPosition(asset, 'long', { size: 10, signal: true })
        for (const decide of this.#late.shift() ?? []) decide(broker)
        const held = [0, 1, 2].filter((asset) => broker.getQuantity(asset) !== 0)
        this.#late.push(
          held.map((asset) => {
            const answer = rule(broker.getPosition(asset), bar)
            return (late: Broker) => {
              if (typeof answer !== 'object') return
              if ('exit' in answer) late.reducePosition(asset, answer.exit)
              else late.moveStop(asset, answer.stop)
            }
          }),
        )
      }
      #late: ((broker: Broker) => void)[][] = [[], []]
    }
    const config: BacktestConfig = { size: { type: 'units', amount: 10 } }
    const late = backtest(over, signals, { ...config, latency: 2 })
    expect(textOf(late)).toBe(textOf(backtest(over, Hook, config)))
    expect(late.trades.length).toBeGreaterThan(20)
    over.release()
  })
})

describe('a run with things on their way', () => {
  const over = busyMarket(90, 4)
  const config: BacktestConfig = { cash: 9000, latency: 3, rules: [{ type: 'stop', distance: 0.03 }] }
  const whole = textOf(backtest(over, Busy, config))
  afterAll(() => over.release())

  it('is saved, restored, forked, marked and stepped back at every bar', () => {
    const run = openRun(over, new Busy(), config)
    const other = openRun(over, new Busy(), config)
    for (let bar = 0; bar < 89; bar++) {
      run.advance()
      const saved = run.snapshot()
      other.restore(decodeSnapshot(encodeSnapshot(saved)))
      const mark = run.mark()
      for (let more = 0; more < 5 && run.advance(); more++);
      run.rewind(mark)
      expect(textOf(resultOf(other.toEnd())), `restored at ${bar}`).toBe(whole)
      if (bar % 10 === 0) {
        const fork = run.fork(new Busy())
        expect(textOf(resultOf(fork.toEnd()))).toBe(whole)
        fork.release()
      }
    }
    run.back(40)
    expect(textOf(resultOf(run.toEnd()))).toBe(whole)
    for (const one of [run, other]) one.release()
  })

  it('is the same where hooks are awaited, and given by hand what was recorded', async () => {
    expect(textOf(await backtestAsync(over, Busy, config))).toBe(whole)
    const awaited = openAsync(over, new Busy(), config)
    for (let bar = 0; bar < 50; bar++) await awaited.advance()
    awaited.back(7)
    await awaited.toEnd()
    expect(textOf(awaited.result())).toBe(whole)
    const { decisions } = awaited
    awaited.release()
    const manual = openManual(over, config)
    for (const { bar, given } of decisions) {
      while (manual.index < bar) manual.advance()
      // What hooks said of context has no names in a run by hand.
      manual.apply({ bar, given: given.filter(({ call }) => call !== 'updatePositionContext') })
    }
    manual.toEnd()
    expect(rows(manual.result().fills, 'bar', 'orderId', 'price')).toEqual(
      rows(backtest(over, Busy, config).fills, 'bar', 'orderId', 'price'),
    )
    manual.release()
  })

  it('is refused where the latency is another one', () => {
    const run = openRun(over, new Busy(), config)
    run.advance()
    const other = openRun(over, new Busy(), { ...config, latency: 2 })
    expect(failure(() => other.restore(run.snapshot())).code).toBe('snapshot_settings')
    for (const one of [run, other]) one.release()
  })

  it('passes both proofs, and look-ahead is found in what is on its way', () => {
    for (const verify of ['lookahead', 'snapshot'] as const) backtest(over, Busy, { ...config, verify })
    const cheat = strategy({
      onBar(bar, broker) {
        const next = over.close[(bar.index + 1) * 3]
        if (next > bar.close[0]) broker.submitOrder(buy(1))
      },
    })
    const found = failure(() => backtest(over, cheat, { latency: 5, verify: 'lookahead' }))
    expect(found.message).toContain('something else is on its way')
    const signals = (ahead: number) =>
      defineSignals({
        name: 'peeks',
        signals: ({ market: { close } }) => ({
          entries: Array.from(close, (price, i) => (close[i + 3 * ahead] > price ? 1 : 0)),
        }),
      })
    expect(failure(() => backtest(over, signals(1), { latency: 5, verify: 'lookahead' })).code).toBe(
      'verification_failed',
    )
    backtest(over, signals(-1), { latency: 5, verify: 'lookahead' })
  })

  it('starts anew with nothing on its way', () => {
    const runner = prepare(over, Busy, config)
    const first = Array.from(runner.metrics({}))
    expect(Array.from(runner.metrics({ salt: 3 }))).not.toEqual(first)
    expect(Array.from(runner.metrics({}))).toEqual(first)
    runner.release()
  })
})

it('ten thousand orders at once arrive together, and are changed on their way', () => {
  const count = 10_000
  const result = run(
    {
      0: (broker) => {
        for (let i = 1; i <= count; i++) {
          expect(broker.submitOrder(buy(1, { type: 'limit', limitPrice: 50 }))).toBe(i)
          if (i % 2 === 0) broker.cancelOrder(i)
        }
      },
      2: (broker) => {
        expect(broker.getPendingOrders().length).toBe(count / 2)
        for (let i = 1; i <= count; i += 2) broker.updateOrder(i, { limitPrice: 200 })
      },
    },
    { latency: 2, cash: 1e9 },
  )
  expect(result.fills.length).toBe(count / 2)
  expect(new Set(result.fills.values('bar'))).toEqual(new Set([5]))
})

describe('a latency', () => {
  it.each([-1, 0.5, 1001, Number.NaN, Number.POSITIVE_INFINITY, '1', null])(
    'of %s is an error before the run',
    (latency) => {
      const error = failure(() => backtest(prices, at({}), { latency: latency as number }))
      expect(error.code).toBe('invalid_value')
      expect(error.message).toContain('latency')
    },
  )

  it('of 0 is none', () => {
    const steps = { 0: (broker: Broker) => broker.submitOrder(buy(1)) }
    const result = run(steps, { latency: 0 })
    expect(textOf(result)).toBe(textOf(run(steps, {})))
    expect(result.fingerprint.config).toBe(run(steps, {}).fingerprint.config)
    expect(run(steps, { latency: 1 }).fingerprint.config).not.toBe(result.fingerprint.config)
  })
})
