import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { costFigures } from './costs.ts'
import { crossFigures } from './cross.ts'
import { type Figure, printFigures, writeReport } from './figures.ts'
import { growth } from './growth.ts'
import { hookFigures } from './hook.ts'
import { hardware, peerPython, scratchFolder } from './host.ts'
import { listFigures } from './lists.ts'
import { loadFigures } from './load.ts'
import { memory } from './memory.ts'
import { buildNative, type CrossSet } from './native.ts'
import { writeMinutes, writeWorkload } from './panels.ts'
import { peerRuns } from './peers/vectorbt.ts'
import { ruleFigures } from './rules.ts'
import { tradeFigures } from './trades.ts'
import { startFigures, workloadFigures } from './workload.ts'

/** What all parts of the benchmarks share. */
export interface Bench {
  /** Panel files: the 500 x 2,520 workload, and 525,600 minutes. */
  workload: string
  minutes: string
  native: ReturnType<typeof buildNative>
  /** vectorbt's times, where they were asked for and are there. */
  peers: ReturnType<typeof peerRuns>
  skipped: string[]
}

/** The parameter set of the SMA cross that all engines run: stop 1 %, target 2 %, fee 0.04 %. */
export const CROSS_SET: CrossSet = { fast: 20, slow: 100, stop: 0.01, target: 0.02, fee: 0.0004 }

const PARTS = [
  'workload',
  'start',
  'cross',
  'hook',
  'rules',
  'costs',
  'growth',
  'memory',
  'load',
  'trades',
  'lists',
] as const

/**
 * Runs the benchmarks: `--json FILE` writes every figure with its reference and the hardware; `--only PART` (may be
 * repeated) runs some parts of workload, start, cross, hook, rules, costs, growth, memory, load, trades, lists. Each figure is printed beside what it was
 * measured against in the same run. Ends with code 1 where results differ, not where a goal is missed.
 */
export async function runSuite(withPeers: boolean): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'string' }, only: { type: 'string', multiple: true } } })
  const wanted = new Set<string>(values.only ?? PARTS)
  for (const part of wanted) {
    if (!PARTS.includes(part as (typeof PARTS)[number]))
      throw new Error(`bench: no part ${part}; there are ${PARTS.join(', ')}.`)
  }
  const folder = scratchFolder()
  const skipped: string[] = []
  const native = buildNative()
  if (!native) skipped.push('everything beside the C reference: no C compiler was found')
  const bench: Bench = {
    workload: writeWorkload(folder),
    minutes: writeMinutes(folder, 525_600, 1 / 128),
    native,
    peers: undefined,
    skipped,
  }
  if (withPeers && !peerPython()) skipped.push('vectorbt: run `npm run peers:setup` first')
  // Right before what stands beside them: the moods of a shared machine last for minutes.
  const timePeers = () => {
    if (withPeers) bench.peers = peerRuns(folder, CROSS_SET, 20)
  }
  const machine = hardware()
  console.log(
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}, Node ${machine.node}`,
  )
  if (native) console.log(`C reference: ${native.compiler}`)
  console.log('')

  const figures: Figure[] = []
  const add = (title: string, some: Figure[]) => {
    printFigures(title, some)
    figures.push(...some)
  }
  if (wanted.has('workload')) {
    timePeers()
    add('500 assets x 2,520 bars', await workloadFigures(bench))
  }
  if (wanted.has('start')) add('start in a fresh process', await startFigures(bench))
  if (wanted.has('cross')) {
    timePeers()
    add('SMA cross, 525,600 minutes', crossFigures(bench))
  }
  if (wanted.has('hook')) add('a hook on one asset, 1,000,000 bars', hookFigures())
  if (wanted.has('rules')) add('500 assets x 2,520 bars under further rules', ruleFigures())
  if (wanted.has('costs')) add("cost models of the strategy's own", costFigures())
  if (wanted.has('growth')) add('growth', await growth(bench))
  if (wanted.has('memory')) add('memory', await memory(bench))
  if (wanted.has('load')) add('loading 1,260,000 rows', await loadFigures(folder))
  if (wanted.has('trades')) add('figures of trades, processor time', tradeFigures())
  if (wanted.has('lists')) add('lists of signals and studies', listFigures())
  for (const reason of skipped) console.log(`skipped: ${reason}`)
  if (values.json) writeReport(resolve(values.json), { compiler: native?.compiler, figures, skipped })
}
