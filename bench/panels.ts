import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type Equities, makeEquities } from '../data/equities.ts'
import { makeMinutes } from '../data/minutes.ts'
import { makeWorkload, type WorkloadOptions } from '../data/workload.ts'

/**
 * Writes columns for the other languages: bars and assets, then each column time-major, all little-endian doubles.
 * @param columns each of bars * assets values
 */
export function writePanel(path: string, bars: number, assets: number, columns: readonly Float64Array[]): void {
  const file = openSync(path, 'w')
  for (const column of [Float64Array.of(bars, assets), ...columns]) {
    const bytes = new Uint8Array(column.buffer, column.byteOffset, column.byteLength)
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, Math.min(bytes.length - at, 2 ** 28))
  }
  closeSync(file)
}

/** Writes the ranking workload with its targets as `workload.bin` (or another name); the path. */
export function writeWorkload(folder: string, options: WorkloadOptions = {}, name = 'workload.bin'): string {
  const w = makeWorkload(options)
  const path = join(folder, name)
  writePanel(path, w.bars, w.assetCount, [w.open, w.high, w.low, w.close, w.volume, Float64Array.from(w.target)])
  return path
}

/** Writes generated minutes of one asset as `minutes.bin`, prices in multiples of `tick`; the path. */
export function writeMinutes(folder: string, bars: number, tick = 0.01): string {
  const m = makeMinutes({ bars, tick })
  const path = join(folder, 'minutes.bin')
  writePanel(path, bars, 1, [m.open, m.high, m.low, m.close, m.volume])
  return path
}

/** Writes ten generated equities as `equities.bin`; the path. */
export function writeEquities(folder: string): string {
  const equities = makeEquities()
  const path = join(folder, 'equities.bin')
  const columns = (['open', 'high', 'low', 'close', 'volume'] as const).map((name) => timeMajor(equities, name))
  writePanel(path, equities.bars, equities.assets.length, columns)
  return path
}

/** One column of all equities as [bar * assets + asset]. */
export function timeMajor(equities: Equities, name: 'open' | 'high' | 'low' | 'close' | 'volume'): Float64Array {
  const count = equities.assets.length
  const column = new Float64Array(equities.bars * count)
  for (let asset = 0; asset < count; asset++) {
    const values = equities.series[asset][name]
    for (let bar = 0; bar < equities.bars; bar++) column[bar * count + asset] = values[bar]
  }
  return column
}
