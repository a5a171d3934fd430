import { backtestSignals } from '../src/backtestsignals.ts'
import { signalsOf } from '../src/strategies/list/read.ts'
import { monteCarlo } from '../src/study/montecarlo.ts'
import { type Figure, summarise } from './figures.ts'
import { workloadMarket } from './strategies.ts'

const SIGNALS = 10_000
const ROUNDS = 15

/** Milliseconds of some calls, the first ones left out: what a process does again and again. */
function times(work: () => unknown): number[] {
  const found: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    work()
    found.push(performance.now() - start)
  }
  return found.slice(5)
}

/** A list of signals over the workload, from rows to the result, and what is drawn of returns. */
export function listFigures(): Figure[] {
  const market = workloadMarket()
  let state = 12_345
  const draw = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
  const rows = Array.from({ length: SIGNALS }, () => ({
    Ticker: market.assets[draw(market.assetCount)],
    Date: new Date(market.time[draw(market.bars - 2)]).toISOString().slice(0, 10),
    side: draw(2) === 0 ? 'long' : 'short',
  }))
  const config = {
    account: 'unlimited',
    stop: '5%',
    target: '2R',
    hold: 20,
    size: { type: 'units', amount: 1 },
  } as const
  const run = () => backtestSignals(market, signalsOf(rows), config)
  if (run().trades.length < SIGNALS / 2) throw new Error('bench: the list of signals makes too few trades')
  const list = summarise(times(() => run().trades.values('pnl')))
  market.release()
  const returns = Float64Array.from({ length: 400 }, () => (draw(4001) - 1990) / 100_000)
  const simulations = summarise(times(() => monteCarlo(returns, { simulations: 1_000_000, length: 50 })).slice(0, 5))
  const figure = (name: string, { min, spread }: typeof list, value: number): Figure => ({
    ...{ name, value: min, unit: 'ms', spread },
    goal: { kind: 'at most', value },
  })
  return [
    figure(`${SIGNALS} signals over 500 assets x 2,520 bars, rows to result`, list, 30),
    figure('1,000,000 simulations of 50 trades', simulations, 700),
  ]
}
