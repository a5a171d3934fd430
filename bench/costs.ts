import { backtest } from '../src/backtest.ts'
import type { Market } from '../src/market/market.ts'
import type { BacktestConfig } from '../src/prepare.ts'
import type { CostedFill } from '../src/strategy/costmodel.ts'
import { type Figure, summarise } from './figures.ts'
import { Targets, workloadMarket } from './strategies.ts'

/** Rounds, of which the fastest counts. */
const ROUNDS = 9

/** A share of the value: as little as a model can do. */
const share = ({ value }: CostedFill) => 0.0005 * value

class Costly extends Targets {
  static override costModels = { share }
}

/** What a call of an own cost model costs beyond the function: the workload with it, beside the broker's own formula. */
export function costFigures(): Figure[] {
  const market = workloadMarket()
  // Both the long way, and with makers to be told from takers: no short one takes an own model, and none a pause.
  const plain: BacktestConfig = {
    account: 'unlimited',
    lossPause: { type: 'account', losses: 1e9, bars: 1 },
    commission: { type: 'maker-taker', maker: 0.0005, taker: 0.0005 },
  }
  const own: BacktestConfig = { ...plain, commission: { type: 'own', model: 'share' } }
  const times = { plain: [] as number[], own: [] as number[] }
  let calls = 0
  for (let round = 0; round <= ROUNDS; round++) {
    const [a, without] = timed(market, plain)
    const [b, asked] = timed(market, own)
    if (without !== 0) throw new Error('bench: a run without an own model has asked one')
    calls = asked
    // The first round warms up.
    if (round === 0) continue
    times.plain.push(a)
    times.own.push(b)
  }
  const [before, after] = [summarise(times.plain), summarise(times.own)]
  const beyond = ((after.min - before.min) * 1e6) / calls - functionTime()
  return [
    {
      name: `a call of an own cost model beyond the function (${calls.toLocaleString('en-US')} calls)`,
      value: beyond,
      unit: 'ns',
      spread: after.spread,
      goal: { kind: 'at most', value: 60 },
    },
    {
      name: 'workload, hooks, own commission',
      value: after.min,
      unit: 'ms',
      reference: { name: "the broker's own formula", value: before.min },
      ratio: after.min / before.min,
    },
  ]
}

function timed(market: Market, config: BacktestConfig): [ms: number, calls: number] {
  const start = performance.now()
  const { costModelCalls } = backtest(market, Costly, config)
  return [performance.now() - start, costModelCalls]
}

/** What the function takes by itself, ns. */
function functionTime(): number {
  const fill = { value: 1 } as CostedFill
  const calls = 1e7
  let sum = 0
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 5; round++) {
    const start = performance.now()
    for (let i = 0; i < calls; i++) sum += share(fill)
    best = Math.min(best, performance.now() - start)
  }
  if (!(sum > 0)) throw new Error('bench: the function was not called')
  return (best * 1e6) / calls
}
