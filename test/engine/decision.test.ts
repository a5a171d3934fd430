/** Decisions that were recorded: nobody changes them, they are what the broker was given, and foreign ones do no harm. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { openAsync } from '../../src/drivers/async.ts'
import { type ManualRun, openManual } from '../../src/drivers/manual.ts'
import { checksumOfFields } from '../../src/engine/checksum.ts'
import type { Decision } from '../../src/engine/decision.ts'
import type { Snapshot } from '../../src/engine/snapshot.ts'
import { encodeState } from '../../src/engine/state.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { Strategy } from '../../src/strategy/strategy.ts'
import { at, failure, market, textOf, walk } from './script.ts'

const prices = market({ A: walk(40, 1, 0), B: walk(40, 2, 0) })
const FREE = { account: 'unlimited' } as const
const told = (run: ManualRun) => textOf(run.result())

/** By hand: a call at some bars. */
function byHand(steps: Record<number, (broker: Broker) => unknown>, to = 39): ManualRun {
  const run = openManual(prices, FREE)
  while (run.index < to && run.advance()) steps[run.index]?.(run.broker)
  return run
}

/** One decision as a snapshot has it. */
function logged(decision: object): Uint8Array {
  const code = encodeState(decision)
  const bytes = new Uint8Array(4 + code.length)
  new DataView(bytes.buffer).setUint32(0, code.length, true)
  bytes.set(code, 4)
  return bytes
}

/** The same decisions otherwise, with a checksum that is right. */
function forged(saved: Snapshot, change: object): Snapshot {
  const fields = { ...saved, ...change }
  return { ...fields, checksum: checksumOfFields(fields) }
}

describe('what was recorded', () => {
  it('cannot be changed through what shows it, nor the run by it', async () => {
    const run = byHand({ 2: (broker) => broker.submitOrder({ asset: 0, quantity: 1 }), 5: (b) => b.closePosition(0) })
    const [first] = run.decisions as unknown as { bar: number; given: { with: [{ quantity: number }] }[] }[]
    const changes = [
      () => {
        first.bar = 3
      },
      () => void first.given.pop(),
      () => {
        first.given[0].with[0].quantity = 9
      },
    ]
    for (const change of changes) expect(change).toThrow(TypeError)

    class Counts extends Strategy {
      override state = { n: 0 }
      override async onBar(): Promise<void> {
        this.state.n++
      }
    }
    const counting = new Counts()
    const slow = openAsync(prices, counting)
    while (slow.bar < 9) await slow.advance()
    for (const one of slow.decisions) one.state?.fill(0xff)
    slow.snapshot().decisions.fill(0xff)
    slow.back(4)
    expect(counting.state).toEqual({ n: 6 })
  })

  it('of a snapshot is the run’s own once it is restored', async () => {
    const run = byHand({ 2: (broker) => broker.submitOrder({ asset: 0, quantity: 1 }) }, 9)
    const saved = structuredClone(run.snapshot())
    const other = openManual(prices, FREE).restore(saved)
    saved.decisions.fill(0xff)
    expect(other.decisions).toEqual(run.decisions)
    other.back(5)
    expect(other.broker.getQuantity(0)).toBe(1)
  })

  it('is what the broker reads, whatever form it was given in', () => {
    class Buy {
      get asset() {
        return 0
      }
      get quantity() {
        return 2
      }
    }
    const inherits = Object.create({ asset: 1, quantity: 3 })
    const rule = Object.create({ type: 'stop', distance: 0.02 })
    const alike = { length: 2, 0: 4, 1: -4 }
    const calls: ((broker: Broker) => unknown)[] = [
      (broker) => broker.submitOrder(new Buy()),
      (broker) => broker.submitOrder(inherits),
      (broker) => broker.setPositionRules([rule], 1),
      (broker) => broker.orderTargets(alike),
      (broker) => broker.orderTargets(new Float32Array([2, 1])),
      (broker) =>
        (function (..._: number[]) {
          // biome-ignore lint/complexity/noArguments: what old code gives
          return broker.orderTargets(arguments as unknown as number[])
        })(3, 5),
      (broker) => (broker.closePosition as (...given: unknown[]) => number).call(broker, 0, undefined, () => 1),
    ]
    const steps = Object.fromEntries(calls.map((call, i) => [2 * i + 1, call]))
    const run = byHand(steps)
    expect(told(run)).toBe(textOf(backtest(prices, at(steps as Record<number, (broker: Broker) => void>), FREE)))
    const again = openManual(prices, FREE)
    const past = new Map((structuredClone(run.decisions) as Decision[]).map((one) => [one.bar, one]))
    while (again.advance()) {
      const decision = past.get(again.index)
      if (decision) again.apply(decision)
    }
    expect(told(again)).toBe(told(run))
    // Plain data: it can be saved.
    expect(openManual(prices, FREE).restore(structuredClone(run.snapshot())).decisions).toEqual(run.decisions)
  })
})

describe('a foreign decision', () => {
  const far = (length: number) => Object.assign([], { length })
  it.each<[string, unknown]>([
    ['of a call that changes nothing', [{ call: 'getCash', with: [] }]],
    ['of what every object has', [{ call: 'constructor', with: [] }]],
    ['with more than the call takes', [{ call: 'cancelOrder', with: [1, 2] }]],
    ['with a list of nothing', [{ call: 'submitOrder', with: far(2 ** 32 - 1) }]],
    ['that is a list of nothing', far(2 ** 32 - 1)],
    ['with a list of nothing in it', [{ call: 'submitOco', with: [far(2 ** 24)] }]],
    ['without its values', [{ call: 'submitOrder' }]],
    ['that is no list', { length: 1, 0: { call: 'cancelOrder', with: [1] } }],
  ])('%s is refused, and by a snapshot too', (_, given) => {
    const run = byHand({ 2: (broker) => broker.submitOrder({ asset: 0, quantity: 1 }) }, 9)
    const before = told(run)
    expect(failure(() => run.apply({ bar: 9, given } as never)).code).toBe('invalid_value')
    const saved = run.snapshot()
    const bad = forged(saved, { decisions: logged({ bar: 3, given }) })
    expect(failure(() => run.restore(bad)).code).toBe('snapshot_damaged')
    expect(told(run)).toBe(before)
  })

  it('is read once, and goes to the bar that it is of', () => {
    let reads = 0
    const run = byHand({}, 5)
    const order = {
      asset: 0,
      get quantity() {
        reads++
        run.advance()
        return 1
      },
    }
    expect(failure(() => run.apply({ bar: 5, given: [{ call: 'submitOrder', with: [order] }] })).code).toBe('wrong_bar')
    expect([reads, run.index, run.decisions]).toEqual([1, 6, []])
    let asked = 0
    const turning = {
      get call() {
        return asked++ === 0 ? 'cancelOrder' : 'getCash'
      },
      with: [1],
    }
    run.apply({ bar: 6, given: [turning] } as never)
    expect(run.decisions).toEqual([{ bar: 6, given: [{ call: 'cancelOrder', with: [1] }] }])
  })

  it('of a snapshot that leads elsewhere ends the way back with an error, and does not go on for ever', async () => {
    const none = { bar: 3, given: [{ call: 'submitOrder', with: [{ asset: 99 }] }] }
    const lost = byHand({}, 30)
    lost.restore(forged(lost.snapshot(), { decisions: logged(none) }))
    expect(failure(() => lost.back(2)).code).toBe('unknown_name')
    const short = { bar: 3, given: [{ call: 'submitOrder', with: [{ asset: 0, quantity: 1e6, side: 'sell' }] }] }
    const margin = { account: { type: 'margin', initial: 1e-9 } } as const
    const risky = openManual(
      market(walk(40, 1, 0).map((row, i) => row?.map((x) => (i > 10 ? 50 * x : x)) ?? null)),
      margin,
    )
    while (risky.index < 30 && risky.advance()) {}
    const ends = risky.restore(forged(risky.snapshot(), { decisions: logged(short) }))
    expect(failure(() => ends.back(2)).code).toBe('no_earlier_bar')

    class Idle extends Strategy {}
    const slow = await openAsync(risky.setup.market, new Idle(), margin).begin()
    while (slow.bar < 30) await slow.advance()
    const other = slow.restore(forged(slow.snapshot(), { decisions: logged(short) }))
    expect(failure(() => other.back(2)).code).toBe('no_earlier_bar')
  })

  it('of a snapshot has events that are there', async () => {
    const run = byHand({ 2: (broker) => broker.submitOrder({ asset: 0, quantity: 1 }) }, 3)
    expect(run.events.map(({ type }) => type)).toEqual(['fill', 'order'])
    const saved = run.snapshot()
    expect(openManual(prices, FREE).restore(saved).events).toEqual(run.events)
    class Idle extends Strategy {}
    const slow = await openAsync(prices, new Idle()).begin()
    await slow.advance()
    const places = [[0, 1e9], [1, 0], [2, -1], [3, 0], [3, 7], [9, 0], [0.5, 0], [0], null, 'x', [0, 0, 0]]
    for (const place of places)
      for (const [of, last] of [
        [run, 'commit'],
        [slow, 'onBar'],
      ] as const) {
        const bad = forged(of.snapshot(), { pending: { last, events: [place] } })
        expect(failure(() => of.restore(bad)).code).toBe('snapshot_damaged')
      }
    for (const pending of [
      undefined,
      1,
      { last: 'x', events: [] },
      { last: 'onBar', events: Object.assign([], { length: 2 ** 32 - 1 }) },
    ])
      expect(failure(() => slow.restore(forged(slow.snapshot(), { pending }))).code).toBe('snapshot_damaged')
  })
})
