import { prepare } from '../src/prepare.ts'
import { panelCache } from '../src/signals/panels.ts'
import type { ChildOutput } from './child.ts'
import type { Figure } from './figures.ts'
import { runFresh } from './host.ts'
import { crossSignals, minuteMarket } from './strategies.ts'
import type { Bench } from './suite.ts'

const MiB = 2 ** 20
const AT_MOST_64 = { kind: 'at most', value: 64 } as const

/**
 * Resident memory, each in a fresh process: what the workload needs beyond an idle Node, its input columns and its
 * result tables; what a further worker needs; what a hundred times as many sets need beyond their table. Then what
 * indicator columns take under a budget.
 */
export async function memory(bench: Bench): Promise<Figure[]> {
  const figures: Figure[] = []
  const bare = await runFresh<ChildOutput['bare']>('child', 'bare')
  for (const driver of ['hook', 'signals'] as const) {
    const { peak, inputs, tables } = await runFresh<ChildOutput['memory']>('child', 'memory', driver, bench.workload)
    figures.push({
      name: `workload, ${driver}: peak beyond Node (${(bare.resident / MiB).toFixed(0)}), inputs (${(inputs / MiB).toFixed(0)}) and tables (${(tables / MiB).toFixed(0)})`,
      value: (peak - bare.resident - inputs - tables) / MiB,
      unit: 'MiB',
      goal: AT_MOST_64,
    })
  }
  const sweep = (workers: number, sets: number, times = 1) =>
    runFresh<ChildOutput['sweep']>('child', 'sweep', String(workers), String(sets), String(times))
  const [one, two] = [await sweep(1, 1000), await sweep(2, 1000)]
  // As many sets both times, so that the heaps of the threads, which grow to a size of their own, are no difference.
  const [often, many] = [await sweep(1, 1000, 100), await sweep(1, 100_000)]
  figures.push({ name: 'a further worker', value: (two.peak - one.peak) / MiB, unit: 'MiB', goal: AT_MOST_64 })
  figures.push({
    name: `100,000 sets instead of 100 times 1,000, beyond their table (${((many.table - often.table) / MiB).toFixed(0)})`,
    value: (many.peak - often.peak - (many.table - often.table)) / MiB,
    unit: 'MiB',
    goal: { kind: 'at most', value: 16 },
  })
  figures.push(panelFigure())
  return figures
}

/** The most that indicator columns take while sets with 200 different averages are run under a budget of 24 MiB. */
function panelFigure(): Figure {
  const market = minuteMarket(100_000)
  const cache = panelCache(market)
  cache.budget = 24 * MiB
  const runner = prepare(market, crossSignals, { account: 'unlimited' })
  let most = 0
  for (let i = 0; i < 100; i++) {
    runner.metrics({ fast: 2 + i, slow: 200 + i })
    most = Math.max(most, cache.bytes)
  }
  runner.release()
  market.release()
  return {
    name: `indicator columns: 200 of ${((market.bars * 8) / MiB).toFixed(2)} MiB`,
    value: most / MiB,
    unit: 'MiB',
    goal: { kind: 'at most', value: 24 },
  }
}
