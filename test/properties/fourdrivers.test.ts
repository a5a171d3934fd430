/** The same decisions through hooks, signals, by hand and by hooks that are awaited give the same bytes (semantics 9.2). */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { backtestAsync, openAsync } from '../../src/drivers/async.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { openManual } from '../../src/drivers/manual.ts'
import { resultOf } from '../../src/engine/openrun.ts'
import { decodeSnapshot, encodeSnapshot } from '../../src/engine/snapshot.ts'
import type { Market } from '../../src/market/market.ts'
import type { Result } from '../../src/results/result.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { textOf } from '../engine/script.ts'
import { makeMarket, Scripted, type Stamps } from '../kernel/adapter.ts'
import { scenarios, signalScenarios } from '../oracle/arbitrary.ts'
import type { Command, SignalScenario } from '../oracle/types.ts'
import { atOnce, SignalsAsHook, signalsOf } from './runs.ts'

/** The commands of a scenario, each hook after a pause. */
class Slow extends Scripted {
  override state = { bars: 0 }
  readonly #pause: boolean

  constructor(commands: readonly Command[][], stamps: Stamps, pause: boolean) {
    super(commands, stamps)
    this.#pause = pause
  }

  override async onBar(bar: Bar, broker: Broker): Promise<void> {
    if (this.#pause) await null
    super.onBar(bar, broker)
    this.state.bars++
  }
}

class SlowSignals extends SignalsAsHook {
  override async onBar(bar: Bar, broker: Broker): Promise<void> {
    await null
    super.onBar(bar, broker)
  }
}

/** When its bars start; one bar alone is a day's. */
const stampsOf = ({ time }: Market): Stamps => ({
  step: time.length > 1 ? time[1] - time[0] : undefined,
  from: time[0],
})

/** A hook's decisions given by hand. */
function byHand(market: Market, commands: readonly Command[][], settings: object, to = Number.POSITIVE_INFINITY) {
  const run = openManual(market, settings)
  const script = new Scripted(commands, stampsOf(market))
  while (run.index < to && run.advance()) script.onBar(run.bar, run.broker)
  return run
}

const outcome = (result: Result) => textOf(result)
const refused = (error: unknown) => String(error).includes('trail: a fraction below 1')

it('random orders: hooks, by hand, awaited', async () => {
  let trades = 0
  await fc.assert(
    fc.asyncProperty(scenarios, fc.boolean(), async (scenario, pause) => {
      const market = makeMarket(scenario.market)
      let expected: string
      try {
        const result = backtest(market, new Scripted(scenario.commands, stampsOf(market)), scenario.settings)
        expected = outcome(result)
        trades += result.trades.length
      } catch (error) {
        if (!refused(error)) throw error
        market.release()
        return
      }
      expect(
        outcome(await backtestAsync(market, new Slow(scenario.commands, stampsOf(market), pause), scenario.settings)),
      ).toBe(expected)
      const run = byHand(market, scenario.commands, scenario.settings)
      expect(outcome(run.result())).toBe(expected)
      // What was recorded, given once more.
      const again = openManual(market, scenario.settings)
      for (const decision of structuredClone(run.decisions)) {
        while (again.index < decision.bar) again.advance()
        again.apply(decision)
      }
      expect(outcome(again.toEnd().result())).toBe(expected)
      expect(again.decisions).toEqual(run.decisions)
      for (const one of [run, again]) one.release()
      market.release()
    }),
    { numRuns: 150, seed: 51 },
  )
  expect(trades).toBeGreaterThan(50)
})

it('random signals: columns, hooks, by hand, awaited', async () => {
  await fc.assert(
    fc.asyncProperty(signalScenarios, async (scenario: SignalScenario) => {
      const market = makeMarket(scenario.market)
      const { columns, config } = signalsOf(scenario)
      const expected = outcome(backtest(market, columns, config))
      expect(outcome(backtest(market, new SignalsAsHook(scenario), atOnce(config)))).toBe(expected)
      expect(outcome(await backtestAsync(market, new SlowSignals(scenario), atOnce(config)))).toBe(expected)
      const run = openManual(market, atOnce(config))
      const hook = new SignalsAsHook(scenario)
      Object.defineProperty(hook, 'assets', { value: market.assets })
      while (run.advance()) hook.onBar(run.bar, run.broker)
      expect(outcome(run.result())).toBe(expected)
      run.release()
      market.release()
    }),
    { numRuns: 100, seed: 52 },
  )
})

it('stepped back, forked and restored anywhere they end the same, and nobody is asked twice', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, fc.nat(40), fc.nat(40), async (scenario, to, steps) => {
      const market = makeMarket(scenario.market)
      const { commands, settings } = scenario
      let expected: string
      try {
        expected = outcome(backtest(market, new Scripted(commands, stampsOf(market)), settings))
      } catch (error) {
        if (!refused(error)) throw error
        market.release()
        return
      }
      const reached = Math.min(to, market.bars - 1)
      const manual = byHand(market, commands, settings, reached)
      const back = 1 + (steps % (manual.index + 1))
      const kept = manual.decisions
      const fork = manual.fork()
      const restored = openManual(market, settings).restore(decodeSnapshot(encodeSnapshot(manual.snapshot())))
      for (const run of [manual, fork, restored]) {
        expect(run.decisions).toEqual(kept)
        run.back(back)
        const script = new Scripted(commands, stampsOf(market))
        // At the close of a bar to which one stepped back nothing was given yet.
        if (run.index >= 0) script.onBar(run.bar, run.broker)
        while (run.advance()) script.onBar(run.bar, run.broker)
        expect(outcome(run.result())).toBe(expected)
        run.release()
      }
      const slow = new Slow(commands, stampsOf(market), true)
      const awaited = openAsync(market, slow, settings)
      while (awaited.bar < reached && (await awaited.advance())) {}
      const copy = new Slow(commands, stampsOf(market), true)
      const forked = await awaited.fork(copy)
      const other = await openAsync(market, new Slow(commands, stampsOf(market), false), settings).begin()
      other.restore(structuredClone(awaited.snapshot()))
      for (const run of [awaited, forked, other]) {
        const before = run.bar
        run.back(Math.min(back, before + 1))
        // The state is that of the hooks up to there, none of which was asked again.
        if (run === awaited) expect(slow.state.bars).toBe(run.bar + 1)
        await run.toEnd()
        expect(outcome(run.result())).toBe(expected)
        run.release()
      }
      market.release()
    }),
    { numRuns: 40, seed: 53 },
  )
})

it('stepped with openRun too', () => {
  fc.assert(
    fc.property(scenarios, (scenario) => {
      const market = makeMarket(scenario.market)
      const run = openRun(market, new Scripted(scenario.commands, stampsOf(market)), scenario.settings)
      try {
        while (run.advance()) {}
        expect(outcome(resultOf(run))).toBe(outcome(byHand(market, scenario.commands, scenario.settings).result()))
      } catch (error) {
        if (!refused(error)) throw error
      } finally {
        run.release()
        market.release()
      }
    }),
    { numRuns: 60, seed: 54 },
  )
})
