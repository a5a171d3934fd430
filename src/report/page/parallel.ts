import type { Table } from '../../results/table.ts'
import { formatNumber, significant } from '../format.ts'
import { heatColour } from '../heatmap.ts'
import { drawCanvas } from './canvas.ts'
import { colour } from './theme.ts'
import { MOST_POINTS } from './thin.ts'

const [SIDE, TOP, BOTTOM] = [56, 34, 26]

/** A line for each row through upright axes, one a column. @param table its rows from best to worst */
export function drawParallel(place: HTMLElement, table: Table, names: readonly string[]): void {
  const axes = names.map((name) => {
    const column = table.column(name)
    const values = table.values(name)
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (const value of values)
      if (Number.isFinite(value)) [least, most] = [Math.min(least, value), Math.max(most, value)]
    const text = (value: number) =>
      column.kind === 'label'
        ? (column.labels?.[value] ?? '')
        : column.unit === ''
          ? significant(value, 4)
          : formatNumber(value, column.unit)
    // Infinities stand beyond the others.
    const level = (value: number) =>
      most > least ? Math.min(1.02, Math.max(-0.02, (value - least) / (most - least))) : 0.5
    return { name, values, least, most, text, level }
  })
  // Each line has as many points as there are axes.
  const most = Math.floor(MOST_POINTS / names.length)
  const step = Math.max(1, Math.ceil(table.length / most))
  const rows = Array.from({ length: table.length }, (_, row) => row).filter((row) => row < most / 4 || row % step === 0)
  drawCanvas(
    place,
    () => 320,
    (context, width, height) => {
      const x = (axis: number) => SIDE + (axes.length > 1 ? (axis / (axes.length - 1)) * (width - 2 * SIDE) : 0)
      const y = (level: number) => height - BOTTOM - level * (height - TOP - BOTTOM)
      // The best are drawn last.
      for (const row of [...rows].reverse()) {
        const [red, green, blue] = heatColour(table.length > 1 ? 1 - row / (table.length - 1) : 1)
        context.strokeStyle = `rgb(${red} ${green} ${blue} / ${rows.length > 300 ? 0.35 : 0.8})`
        context.lineWidth = row === 0 ? 3 : 1
        context.beginPath()
        axes.forEach(({ values, level }, i) => {
          context.lineTo(x(i), y(level(values[row])))
        })
        context.stroke()
      }
      context.fillStyle = colour('muted')
      context.strokeStyle = colour('line')
      context.lineWidth = 1
      axes.forEach(({ name, least, most: top, text }, i) => {
        context.beginPath()
        context.moveTo(x(i), y(0))
        context.lineTo(x(i), y(1))
        context.stroke()
        context.textAlign = 'center'
        context.fillText(name, x(i), 12, 2 * SIDE)
        if (!(top >= least)) return
        context.fillText(text(top), x(i), TOP - 5, 2 * SIDE)
        context.fillText(text(least), x(i), height - BOTTOM + 14, 2 * SIDE)
      })
    },
  )
}
