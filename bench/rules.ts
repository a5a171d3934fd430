import { backtest } from '../src/backtest.ts'
import type { BacktestConfig } from '../src/prepare.ts'
import { PROFILES } from '../src/settings/profiles.ts'
import { checksOf } from './checks.ts'
import { against, type Figure, summarise } from './figures.ts'
import { Targets, targetSignals, workloadMarket } from './strategies.ts'

/** Plain and ruled runs take turns, so that a busy moment of the machine meets both. */
const ROUNDS = 12
const DRIVERS = { hook: Targets, signals: targetSignals } as const

/** More than is ever asked for: everything is paid, so that all of them trade the same orders. */
const CASH = 1e12
/** What costs and parts of the volume ask at every fill, at shares that leave the fills whole. */
const COSTLY: BacktestConfig = {
  participation: 1,
  spread: { type: 'fraction', rate: 1e-4 },
  commission: { type: 'maker-taker', maker: 1e-4, taker: 3e-4 },
}

/** The workload under rules that plain runs do not ask for, beside the plain one. */
export function ruleFigures(): Figure[] {
  const market = workloadMarket()
  const cases: (readonly [name: string, config: BacktestConfig, atMost: number])[] = [
    ['participation, spread, makers', { account: 'unlimited', ...COSTLY }, 1.6],
    ...Object.keys(PROFILES).map((profile) => [`profile ${profile}`, { profile } as BacktestConfig, 2] as const),
  ]
  const figures: Figure[] = []
  for (const [driver, strategy] of Object.entries(DRIVERS)) {
    for (const [name, ruled, atMost] of cases) {
      const plain: BacktestConfig = { account: 'unlimited', cash: CASH }
      const config = { cash: CASH, ...ruled }
      expectDrivers(
        name,
        Object.values(DRIVERS).map((each) => checksOf(backtest(market, each, config), CASH)),
      )
      const times = { plain: [] as number[], ruled: [] as number[] }
      for (let round = 0; round < ROUNDS; round++) {
        times.plain.push(time(() => backtest(market, strategy, plain)))
        times.ruled.push(time(() => backtest(market, strategy, config)))
      }
      const [before, after] = [summarise(times.plain), summarise(times.ruled)]
      const reference = { name: 'plain', value: before.min }
      figures.push(against(`${driver}, ${name}`, after.min, 'ms', reference, atMost, after.median / after.min - 1))
    }
  }
  market.release()
  return figures
}

function time(run: () => unknown): number {
  const start = performance.now()
  run()
  return performance.now() - start
}

/** @throws Error where the drivers differ in what comes of the same decisions */
function expectDrivers(name: string, [one, other]: ReturnType<typeof checksOf>[]): void {
  for (const key of Object.keys(one) as (keyof typeof one)[])
    if (one[key] !== other[key])
      throw new Error(`bench: ${name}: ${key} ${one[key]} by hooks, ${other[key]} by signals.`)
}
