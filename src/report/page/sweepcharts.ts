/** The charts of a sweep's page. */
import { Table } from '../../results/table.ts'
import { formatNumber } from '../format.ts'
import { heatMap } from '../heatmap.ts'
import type { SweepMeta } from '../sweepsheet.ts'
import { columnOf } from './decode.ts'
import { drawLines } from './lines.ts'
import { drawMap, type MapCell } from './map.ts'
import { drawParallel } from './parallel.ts'

/** Draws everything that the page of a sweep has a place for. */
export function drawSweep(meta: SweepMeta, bytes: Uint8Array): void {
  const values = new Map(meta.table.map(({ name }) => [name, columnOf(bytes, meta.columns[name])]))
  const table = new Table(meta.table, values, [])
  const place = (name: string) => document.querySelector<HTMLElement>(`[data-chart=${name}]`)
  const [map, parallel, objective] = ['map', 'parallel', 'objective'].map(place)
  if (map) watchMap(map, table, meta)
  if (parallel) drawParallel(parallel, table, [...meta.parameters, meta.metrics[0].name])
  if (objective)
    drawLines(objective, {
      ...{ x: meta.histogram.middle, xUnit: 'number', unit: 'count' },
      lines: [{ label: 'Sets', values: meta.histogram.count, colour: 'own', as: 'bars' }],
    })
}

/** The map of what its tools say, drawn anew whenever they change. */
function watchMap(place: HTMLElement, table: Table, meta: SweepMeta): void {
  const tool = <T extends HTMLElement>(name: string) => document.querySelector<T>(`[data-tool=${name}]`)
  const [metric, x, y] = ['metric', 'x', 'y'].map((name) => tool<HTMLSelectElement>(name))
  const status = tool('cell')
  const sliders = [...document.querySelectorAll<HTMLElement>('[data-slider]')].map((label) => {
    const name = label.dataset.slider ?? ''
    const levels = [...new Set<number>(table.values(name))].sort((a, b) => a - b)
    const input = label.querySelector('input') as HTMLInputElement
    return { name, label, levels, input, output: label.querySelector('output') as HTMLOutputElement }
  })
  const draw = () => {
    const across = x?.value ?? meta.parameters[0]
    const up = y && y.value !== across ? y.value : undefined
    const shown = metric?.value ?? meta.metrics[0].name
    const fixed = sliders.flatMap(({ name, label, levels, input, output }) => {
      label.hidden = name === across || name === up
      const at = Number(input.value)
      const column = table.column(name)
      const value = levels[at - 1]
      output.textContent = at === 0 ? 'best of all' : (column.labels?.[value] ?? String(value))
      return at === 0 || label.hidden ? [] : [{ values: table.values(name), value }]
    })
    const better = meta.metrics.find(({ name }) => name === shown)?.better ?? 1
    const made = heatMap(table, {
      ...{ x: across, y: up, metric: shown, higherIsBetter: better >= 0 },
      include: (row) => fixed.every(({ values, value }) => values[row] === value),
    })
    if (status) status.textContent = 'Move over the map for its values.'
    drawMap(place, made, (cell: MapCell) => {
      const above = made.y.name === '' ? '' : `, ${made.y.name} ${cell.y}`
      if (status) status.textContent = `${made.x.name} ${cell.x}${above}: ${formatNumber(cell.value, made.metric.unit)}`
    })
  }
  for (const control of [metric, x, y]) control?.addEventListener('change', draw)
  for (const { input } of sliders) input.addEventListener('input', draw)
  draw()
}
