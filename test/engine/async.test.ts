/** Runs whose hooks are awaited: order, errors, aborts, late calls, steps back, forks. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { type AsyncRun, backtestAsync, openAsync } from '../../src/drivers/async.ts'
import { decodeSnapshot, encodeSnapshot } from '../../src/engine/snapshot.ts'
import { FillgridError } from '../../src/errors.ts'
import { getEngine } from '../../src/kernel/load.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { Strategy } from '../../src/strategy/strategy.ts'
import { Busy, busyMarket } from './busy.ts'
import { failure, flat, market, strategy, textOf, walk } from './script.ts'

const prices = busyMarket(80)
const config = { cash: 9000, rules: [{ type: 'stop' as const, distance: 0.03 }] }
const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 0))

/** Busy, after a pause in every hook. */
class Slow extends Busy {
  override async onStart(): Promise<void> {
    await null
    super.onStart()
  }
  override async onOrder(...given: Parameters<Busy['onOrder']>): Promise<void> {
    await null
    super.onOrder(...given)
  }
  override async onBar(bar: Bar, broker: Broker): Promise<void> {
    await null
    super.onBar(bar, broker)
  }
}
Object.defineProperty(Slow, 'name', { value: 'Busy' })

const expected = textOf(backtest(prices, Busy, config))
const told = (run: AsyncRun) => textOf(run.result())

it('rules that onStart sets hold', async () => {
  class Timed extends Strategy {
    override onStart(broker: Broker): void {
      broker.setPositionRules([{ type: 'time', bars: 2 }])
    }
    override onBar(bar: Bar, broker: Broker): void {
      if (bar.index % 5 === 0) broker.submitOrder({ asset: 0, quantity: 1 })
    }
  }
  const result = backtest(prices, Timed)
  expect(result.trades.length).toBeGreaterThan(5)
  expect(textOf(await backtestAsync(prices, Timed))).toBe(textOf(result))
  const run = await openAsync(prices, new Timed())
  for (let i = 0; i < 20; i++) await run.advance()
  run.back(9)
  const fork = await run.fork(new Timed())
  for (const one of [run, fork]) expect(told(await one.toEnd())).toBe(textOf(result))
})

async function refused(call: () => Promise<unknown>): Promise<FillgridError> {
  try {
    await call()
  } catch (error) {
    if (error instanceof FillgridError) return error
    throw error
  }
  throw new Error('an error was expected, nothing was thrown')
}

/** Fails in a hook once, with something done before. */
function failing(hook: 'onFill' | 'onBar' | 'onEnd' | 'onStart', nth: number, abandon?: Promise<void>) {
  let calls = 0
  class Failing extends Busy {}
  const own = (Busy.prototype as unknown as Record<string, ((...given: unknown[]) => unknown) | undefined>)[hook]
  Object.defineProperty(Failing.prototype, hook, {
    async value(this: Failing, ...given: unknown[]) {
      calls++
      if (calls === nth) {
        this.state.pnl += 1e6
        if (hook === 'onBar') (given[1] as Broker).orderTargetQuantity(0, 99)
        await abandon
        if (abandon) (given[1] as Broker).orderTargetQuantity(0, 98)
        throw new Error('no network')
      }
      await null
      return own?.apply(this, given)
    },
  })
  return Failing
}

describe('hooks that are awaited', () => {
  it('give what hooks give, with promises or without', async () => {
    expect(textOf(await backtestAsync(prices, Slow, config))).toBe(expected)
    expect(textOf(await backtestAsync(prices, Busy, config))).toBe(expected)
    const result = await backtestAsync(prices, Busy, { ...config, strategySource: 'one' })
    expect(result.fingerprint).toEqual(backtest(prices, Busy, { ...config, strategySource: 'one' }).fingerprint)
  })

  it('are asked one after another, each when the one before has settled', async () => {
    const log: string[] = []
    const slow = (name: string) => async () => {
      log.push(`${name} begins`)
      await pause()
      log.push(`${name} ends`)
    }
    const one = strategy({
      onStart: slow('start'),
      onFill: slow('fill'),
      onOrder: slow('order'),
      onEnd: slow('end'),
      async onBar(bar: Bar, broker: Broker) {
        log.push(`bar ${bar.index} begins`)
        await pause()
        if (bar.index === 0) broker.submitOrder({ asset: 0, quantity: 1 })
        log.push(`bar ${bar.index} ends`)
      },
    } as never)
    await backtestAsync(market(flat(1, 2)), one)
    const names = ['start', 'bar 0', 'fill', 'order', 'bar 1', 'end']
    expect(log).toEqual(names.flatMap((name) => [`${name} begins`, `${name} ends`]))
  })

  it.each(['onStart', 'onFill', 'onBar', 'onEnd'] as const)(
    'that fail in %s leave the run before it, and are asked again',
    async (hook) => {
      const Failing = failing(hook, hook === 'onBar' ? 30 : hook === 'onFill' ? 9 : 1)
      const run = openAsync(prices, Failing, config)
      const error = await refused(() => run.toEnd())
      expect(error.code).toBe('strategy_failed')
      expect(error.message).toMatch(new RegExp(`${hook} .*threw: no network`))
      expect((run.setup.driver.strategy.state as { pnl: number }).pnl).toBeLessThan(1e5)
      if (hook !== 'onStart') {
        // As it is, it can be saved and go on elsewhere.
        const other = await openAsync(prices, failing(hook, -1), config).begin()
        other.restore(decodeSnapshot(encodeSnapshot(run.snapshot())))
        expect(told(await other.toEnd())).toBe(expected)
      }
      expect(told(await run.toEnd())).toBe(expected)
    },
  )

  it('nothing else can be asked of the run meanwhile', async () => {
    const run = openAsync(prices, Slow, config)
    const going = run.advance()
    for (const call of [() => run.advance(), () => run.begin(), () => run.toEnd(), () => run.fork(new Slow())])
      expect((await refused(call)).code).toBe('busy')
    const again = run.advance()
    expect((await refused(() => again)).code).toBe('busy')
    await going
    const hook = run.advance()
    for (const call of [() => run.mark(), () => run.snapshot(), () => run.back()])
      expect(failure(call).code).toBe('busy')
    await hook
    expect(told(await run.toEnd())).toBe(expected)
  })

  it('have a broker each: what is called late is refused, also while another hook is at work', async () => {
    const late: unknown[] = []
    let first: Broker | undefined
    const one = strategy({
      async onBar(bar: Bar, broker: Broker) {
        first ??= broker
        if (bar.index === 0) setTimeout(() => late.push(failure(() => broker.orderTargetQuantity(0, 1)).code), 5)
        if (bar.index === 1) late.push(failure(() => (first as Broker).orderTargetQuantity(0, 1)).code)
        if (bar.index > 0) await new Promise((resolve) => setTimeout(resolve, 20))
      },
    } as never)
    const result = await backtestAsync(market(flat(1, 2, 3)), one)
    expect(late).toEqual(['late_call', 'late_call'])
    expect(result.orders.length).toBe(0)
  })
})

describe('an abort', () => {
  it('before the start, between bars, and in a hook leaves the run where it was; it goes on from there', async () => {
    for (const stopAt of [-1, 0, 30]) {
      const control = new AbortController()
      class Stopped extends Slow {
        override async onBar(bar: Bar, broker: Broker): Promise<void> {
          if (bar.index === stopAt && !control.signal.aborted) {
            this.state.pnl = 1e9
            broker.orderTargetQuantity(0, 50)
            control.abort(new Error('enough'))
            await pause()
          }
          await super.onBar(bar, broker)
        }
      }
      Object.defineProperty(Stopped, 'name', { value: 'Busy' })
      if (stopAt < 0) control.abort()
      const run = openAsync(prices, Stopped, { ...config, signal: control.signal })
      const error = await refused(() => run.toEnd())
      expect(error.code).toBe('aborted')
      expect(run.bar).toBe(Math.max(stopAt, -1))
      if (stopAt < 0) continue
      expect((error.cause as Error).message).toBe('enough')
      // The hook that was given up is still at work.
      expect((await refused(() => run.advance())).code).toBe('busy')
      await pause()
      await pause()
      const saved = run.snapshot()
      expect((await refused(() => run.advance())).code).toBe('aborted')
      const other = await openAsync(prices, Stopped, config).begin()
      expect(told(await other.restore(saved).toEnd())).toBe(expected)
    }
  })

  it('rejects at once, whatever the hook does; what it does later reaches neither run nor state', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const control = new AbortController()
    class Hangs extends Strategy {
      override state = { n: 0 }
      override async onBar(bar: Bar, broker: Broker): Promise<void> {
        this.state.n++
        if (bar.index !== 2) return
        control.abort()
        await held
        this.state.n = 1000
        broker.orderTargetQuantity(0, 1)
      }
    }
    const run = openAsync(market(flat(1, 2, 3, 4)), new Hangs(), { signal: control.signal })
    expect((await refused(() => run.toEnd())).code).toBe('aborted')
    expect((await refused(() => run.advance())).code).toBe('busy')
    release()
    await pause()
    const saved = run.snapshot()
    expect(run.setup.driver.strategy.state).toEqual({ n: 2 })
    const other = openAsync(market(flat(1, 2, 3, 4)), new Hangs())
    await other.begin()
    expect(other.restore(saved).decisions.flatMap(({ given }) => given)).toEqual([])
  })

  it('of a hook that never settles leaves a run that can be saved and go on elsewhere', async () => {
    const control = new AbortController()
    class Hangs extends Strategy {
      override state = { n: 0 }
      override async onBar(bar: Bar, broker: Broker): Promise<void> {
        this.state.n++
        broker.orderTargetQuantity(0, bar.index)
        if (bar.index !== 2 || control.signal.aborted) return
        this.state.n = 1000
        control.abort()
        await new Promise(() => {})
      }
    }
    const four = market(flat(1, 2, 3, 4))
    const run = openAsync(four, new Hangs(), { signal: control.signal })
    expect((await refused(() => run.toEnd())).code).toBe('aborted')
    const saved = decodeSnapshot(encodeSnapshot(run.snapshot()))
    for (const call of [() => run.mark(), () => run.back(), () => run.restore(saved)])
      expect(failure(call).code).toBe('busy')
    const fresh = new Hangs()
    const other = (await openAsync(four, fresh).begin()).restore(saved)
    expect([other.bar, fresh.state, other.decisions.map(({ bar }) => bar)]).toEqual([2, { n: 2 }, [-1, 0, 1]])
    expect(told(await other.toEnd())).toBe(textOf(await backtestAsync(four, Hangs)))
    run.release()
  })

  it('of another run, met in a hook, is an error of that hook', async () => {
    const control = new AbortController()
    control.abort()
    const nests = strategy({
      async onBar() {
        await backtestAsync(prices, Slow, { signal: control.signal })
      },
    } as never)
    const error = await refused(() => backtestAsync(market(flat(1, 2)), nests))
    expect([error.code, (error.cause as FillgridError).code]).toEqual(['strategy_failed', 'aborted'])
  })

  it('is heard by hooks without promises too', async () => {
    const control = new AbortController()
    setTimeout(() => control.abort(), 5)
    const long = market(walk(20_000, 1, 0))
    let bars = 0
    const busy = strategy({
      onBar() {
        bars++
        const until = performance.now() + 0.2
        while (performance.now() < until);
      },
    })
    expect((await refused(() => backtestAsync(long, busy, { signal: control.signal }))).code).toBe('aborted')
    expect(bars).toBeLessThan(20_000)
  })
})

describe('the end', () => {
  /** Orders in the last bars, and on hearing of the end; fails at the nth end of an order, or in onEnd. */
  const ending = (fails: { at: number; onEnd?: boolean }) =>
    class Ending extends Strategy {
      override async onBar(bar: Bar, broker: Broker): Promise<void> {
        if (bar.index === 2)
          for (let i = 0; i < 3; i++) broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 0.1 })
        if (bar.index === 3) broker.submitOrder({ asset: 0, quantity: 1 })
      }
      override async onOrder(order: { reason: string }, broker: Broker): Promise<void> {
        if (order.reason === 'end_of_data') broker.submitOrder({ asset: 0, quantity: 1 })
        if (--fails.at === 0) throw new Error('no network')
      }
      override async onEnd(): Promise<void> {
        if (fails.onEnd) throw new Error('no network')
      }
    }

  it.each([1, 2, 3, 4, 0])(
    'that fails at event %i (0: in onEnd) can be saved, and keeps the decisions of the last bar',
    async (nth) => {
      const four = market(flat(1, 2, 3, 4))
      const quiet = { at: -1 }
      const whole = await openAsync(four, new (ending(quiet))()).toEnd()
      expect(whole.decisions.map(({ bar }) => bar)).toEqual([2, 3])
      const fails = { at: nth, onEnd: nth === 0 }
      const run = openAsync(four, new (ending(fails))())
      expect((await refused(() => run.toEnd())).code).toBe('strategy_failed')
      const other = await openAsync(four, new (ending(quiet))()).begin()
      other.restore(decodeSnapshot(encodeSnapshot(run.snapshot())))
      fails.onEnd = false
      for (const one of [run, await run.fork(new (ending(quiet))()), other]) {
        await one.toEnd()
        expect(one.decisions).toEqual(whole.decisions)
        expect(told(one)).toBe(told(whole))
        expect([one.ended, await one.advance()]).toEqual([true, false])
      }
    },
  )

  it('comes where numbers leave the finite range, and no hook is asked any more', async () => {
    const heard: string[] = []
    const huge = strategy({
      async onBar(bar: Bar, broker: Broker) {
        heard.push(`bar ${bar.index}`)
        broker.submitOrder({ asset: 0, quantity: 1.7e308 })
      },
      async onEnd() {
        heard.push('end')
      },
    } as never)
    const run = openAsync(market(flat(3, 3, 3)), huge, { account: 'unlimited' })
    expect((await refused(() => run.toEnd())).code).toBe('not_finite')
    expect([run.ended, await run.advance(), heard]).toEqual([true, false, ['bar 0']])
    expect(failure(() => run.snapshot()).code).toBe('run_over')
  })
})

describe('decisions', () => {
  it('are recorded with the state after them where it has changed, and given again on the way back', async () => {
    let asked = 0
    class Counts extends Strategy {
      override state = { seen: 0 }
      override async onBar(bar: Bar, broker: Broker): Promise<void> {
        asked++
        await null
        if (bar.index % 4 !== 0) return
        this.state.seen++
        broker.orderTargetQuantity(0, this.state.seen)
      }
    }
    const long = market(walk(40, 2, 0))
    const instance = new Counts()
    const run = openAsync(long, instance)
    while (run.bar < 30) await run.advance()
    expect(run.decisions.map(({ bar }) => bar)).toEqual([-1, 0, 4, 8, 12, 16, 20, 24, 28])
    expect(run.decisions.every(({ state }) => state instanceof Uint8Array)).toBe(true)
    const before = asked
    run.back(13)
    expect([run.bar, instance.state.seen, asked]).toEqual([17, 5, before])
    const fork = await run.fork(new Counts())
    expect([fork.bar, fork.decisions.length, asked]).toEqual([17, 6, before])
    expect(told(await fork.toEnd())).toBe(told(await run.toEnd()))
  })

  it('wrong calls are refused', async () => {
    expect(failure(() => openAsync(prices, { targetPosition: [1] })).code).toBe('invalid_strategy')
    expect(failure(() => openAsync(prices, Busy, { signal: 1 as never })).code).toBe('invalid_value')
    expect(failure(() => openAsync(prices, Busy, { verify: 'snapshot' } as never)).code).toBe('invalid_value')
    expect(failure(() => openAsync(prices, Busy, null as never)).code).toBe('invalid_value')
    const run = openAsync(prices, Busy)
    for (const call of [() => run.mark(), () => run.snapshot(), () => run.back()])
      expect(failure(call).message).toMatch(/Await begin/)
    expect((await refused(() => run.fork(undefined as never))).code).toBe('invalid_value')
    await run.begin()
    for (const none of [Busy, {}, () => new Busy()])
      expect((await refused(() => run.fork(none as never))).code).toBe('invalid_strategy')
    expect(failure(() => run.back()).code).toBe('no_earlier_bar')
    run.release()
    expect((await refused(() => run.advance())).code).toBe('released')
  })

  it('memory is given back, also after an abort', async () => {
    const { arena } = getEngine()
    await backtestAsync(prices, Slow)
    const before = arena.bytesHeld
    await backtestAsync(prices, Slow)
    const control = new AbortController()
    control.abort()
    await refused(() => backtestAsync(prices, Slow, { signal: control.signal }))
    expect(arena.bytesHeld).toBe(before)
  })
})
