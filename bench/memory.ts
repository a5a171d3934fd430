import type { ChildOutput } from './child.ts'
import type { Figure } from './figures.ts'
import { runFresh } from './host.ts'
import type { Bench } from './suite.ts'

const MiB = 2 ** 20
const AT_MOST_64 = { kind: 'at most', value: 64 } as const

/**
 * Resident memory, each in a fresh process: what the workload needs beyond an idle Node, its input columns and its
 * result tables; what a further worker needs; what a hundred times as many sets need beyond their table.
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
  return figures
}
