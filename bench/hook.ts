import { backtest } from '../src/backtest.ts'
import { openManual } from '../src/drivers/manual.ts'
import type { Market } from '../src/market/market.ts'
import { Strategy } from '../src/strategy/strategy.ts'
import { type Figure, summarise } from './figures.ts'
import { HookCross, minuteMarket } from './strategies.ts'

const BARS = 1_000_000
const ROUNDS = 9

class Empty extends Strategy {
  override onBar(): void {}
}

/** A hook on one asset: what a bar costs in the kernel alone, with an empty hook, and with one that reads and trades. */
export function hookFigures(): Figure[] {
  const market = minuteMarket(BARS)
  const figures: Figure[] = []
  const steps = (name: string, held: boolean) => {
    const times = Array.from({ length: ROUNDS }, () => stepTime(market, held))
    const { min, median } = summarise(times)
    figures.push({ name, value: min, unit: 'ns', spread: median / min - 1, goal: { kind: 'at most', value: 25 } })
  }
  steps("the kernel's step, flat", false)
  steps("the kernel's step, with a position", true)
  const runs = (strategy: typeof Empty | typeof HookCross) =>
    summarise(
      Array.from({ length: ROUNDS }, () => {
        const start = performance.now()
        backtest(market, strategy, { cash: 1e9 })
        return ((performance.now() - start) * 1e6) / BARS
      }),
    )
  const empty = runs(Empty)
  const cross = runs(HookCross)
  figures.push({ name: 'an empty hook: a bar', value: empty.min, unit: 'ns', spread: empty.median / empty.min - 1 })
  figures.push({
    name: 'two indicators, quantity, trades now and then',
    value: 1000 / cross.min,
    unit: 'M bars/s',
    spread: cross.median / cross.min - 1,
    goal: { kind: 'at least', value: 15 },
  })
  market.release()
  return figures
}

/** Nanoseconds of a step on which nothing can fire. */
function stepTime(market: Market, held: boolean): number {
  const run = openManual(market, { cash: 1e9 })
  run.advance()
  if (held) run.broker.submitOrder({ asset: 0, quantity: 1 })
  run.advance()
  const { advance } = run.lane.kernels
  run.lane.bind()
  const count = market.bars - 3
  const start = performance.now()
  for (let i = 0; i < count; i++) advance()
  const time = ((performance.now() - start) * 1e6) / count
  run.release()
  return time
}
