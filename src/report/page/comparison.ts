/** The charts of runs beside each other. */
import type { CompareMeta } from '../compare.ts'
import { columnOf } from './decode.ts'
import { drawdowns } from './drawdowns.ts'
import { drawLines } from './lines.ts'
import { RUN_COLOURS } from './theme.ts'

/** Draws the curves of a comparison. */
export function drawComparison(meta: CompareMeta, bytes: Uint8Array): void {
  const column = (name: string) => columnOf(bytes, meta.columns[name])
  const [place, below] = ['growth', 'falls'].map((name) => document.querySelector<HTMLElement>(`[data-chart=${name}]`))
  if (!place || !below) return
  const x = column('time')
  const lines = meta.names.map((label, i) => ({
    label,
    values: column(String(i)),
    colour: RUN_COLOURS[i % RUN_COLOURS.length],
  }))
  drawLines(place, { x, xUnit: 'time', unit: '', lines, height: 320, together: 'time' })
  const falls = lines.map((line) => ({ ...line, values: drawdowns(line.values, 1) }))
  drawLines(below, { x, xUnit: 'time', unit: 'fraction', lines: falls, height: 180, together: 'time' })
}
