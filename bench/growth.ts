import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChildOutput } from './child.ts'
import { against, type Figure, summarise } from './figures.ts'
import { runFresh, scratchFolder } from './host.ts'
import { writeWorkload } from './panels.ts'
import type { Bench } from './suite.ts'

/** One size of the workload in nanoseconds an asset-bar. */
interface Size {
  assets: number
  bars: number
  runs: number
}

const BY_ASSETS: Size[] = [
  { assets: 100, bars: 2520, runs: 30 },
  { assets: 5000, bars: 2520, runs: 3 },
]
const BY_BARS: Size[] = [
  { assets: 100, bars: 1000, runs: 60 },
  { assets: 100, bars: 100_000, runs: 3 },
]

/** How often each size is measured. */
const ROUNDS = 2

/** How cost grows with the size of the workload, beside how the C reference's own cost grows; and a hook by bars. */
export async function growth(bench: Bench): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const [title, sizes] of [
    ['100 to 5,000 assets, 2,520 bars', BY_ASSETS],
    ['1,000 to 100,000 bars, 100 assets', BY_BARS],
  ] as const) {
    const ours: Record<'hook' | 'signals', number[]> = { hook: [], signals: [] }
    const native: number[] = []
    const named = sizes.map((size) => {
      const { assets, bars } = size
      const name = `growth-${assets}-${bars}.bin`
      return { ...size, name, panel: writeWorkload(scratchFolder(), { assets, bars, top: assets / 20 }, name) }
    })
    const least = (list: number[], at: number, times: number[], cells: number) => {
      list[at] = Math.min(list[at] ?? Number.POSITIVE_INFINITY, (summarise(times).min * 1e6) / cells)
    }
    // In turns: a busy minute of the machine must not meet one size alone.
    for (let round = 0; round < ROUNDS; round++) {
      for (const [at, { assets, bars, runs, panel }] of named.entries()) {
        const cells = assets * bars
        const reference = bench.native?.workload(panel, 'next-open', runs + 2, 'reused')
        if (reference) least(native, at, reference.times.slice(1), cells)
        for (const driver of ['hook', 'signals'] as const) {
          const found = await runFresh<ChildOutput['sized']>('child', 'sized', driver, panel, String(runs))
          if (reference && (found.fills !== reference.fills || found.fillHash !== reference.fillHash)) {
            throw new Error(
              `bench: ${assets} assets x ${bars} bars, ${driver}: the fills differ from the C reference's.`,
            )
          }
          least(ours[driver], at, found.times, cells)
        }
      }
    }
    for (const { name } of named) await rm(join(scratchFolder(), name))
    for (const driver of ['hook', 'signals'] as const) {
      const [small, large] = ours[driver]
      figures.push({ name: `${driver}: an asset-bar, ${title}, small`, value: small, unit: 'ns' })
      figures.push({ name: `${driver}: an asset-bar, ${title}, large`, value: large, unit: 'ns' })
      if (native.length === 0) continue
      const reference = {
        name: `C (${native[0].toFixed(1)} to ${native[1].toFixed(1)} ns)`,
        value: native[1] / native[0],
      }
      figures.push(against(`${driver}: growth, ${title}`, large / small, 'x', reference, 1.3))
    }
  }
  const sizes = await runFresh<ChildOutput['bars']>('child', 'bars', '10000', '100000', '1000000')
  const perBar = sizes.map(({ bars, times }) => (summarise(times).min * 1e6) / bars)
  sizes.forEach(({ bars }, i) => {
    figures.push({ name: `hook, one asset, ${bars.toLocaleString('en-US')} bars: a bar`, value: perBar[i], unit: 'ns' })
  })
  const reference = { name: '10,000 bars', value: perBar[0] }
  figures.push(against('hook, one asset, a bar of 1,000,000', perBar[2], 'ns', reference, 1.2))
  return figures
}
