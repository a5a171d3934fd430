import { expectFields } from '../market/expect.ts'
import type { Column, Table } from '../results/table.ts'
import { expectTable } from '../results/table.ts'
import { formatNumber, significant } from './format.ts'

/** One side of a heat map: a parameter and its values, ascending. */
export interface HeatAxis {
  name: string
  /** The values as text, in order. */
  labels: readonly string[]
}

/** A sweep's metric over two of its parameters; what both heat maps, in the terminal and as SVG, are drawn from. */
export interface HeatMap {
  x: HeatAxis
  y: HeatAxis
  /** The column that is shown. */
  metric: Pick<Column, 'name' | 'field' | 'unit'>
  higherIsBetter: boolean
  /** `values[y * x.labels.length + x]`, NaN where no set has a value. */
  values: Float64Array
  /** The worst and the best value, NaN if there is none. */
  worst: number
  best: number
  /** The cell of the best value, the first one where several are equal, -1 if there is none. */
  bestCell: number
  /** Parameters that are not drawn: each cell is the best over all their values. */
  over: readonly string[]
}

/** What to draw; see `heatMap`. */
export interface HeatMapOptions {
  /** The column on the horizontal axis. */
  x: string
  /** The column on the vertical axis; none for a map of a single row. */
  y?: string
  /** Columns of further parameters, for the caption. */
  over?: readonly string[]
  /** The column shown as colour. */
  metric: string
  higherIsBetter: boolean
  /** Rows that count; all by default. */
  include?: (row: number) => boolean
}

/** Gathers a heat map from a table with one row a parameter set; of several rows in a cell the best one counts. */
export function heatMap(table: Table, options: HeatMapOptions): HeatMap {
  expectFields(options, 'heatMap', 'options of x, metric and higherIsBetter')
  expectTable(table, 'heatMap')
  const { higherIsBetter, include } = options
  const metric = table.column(options.metric)
  const x = axis(table, table.column(options.x))
  const y = options.y === undefined ? NO_AXIS : axis(table, table.column(options.y))
  const nx = x.labels.length
  const values = new Float64Array(nx * y.labels.length).fill(Number.NaN)
  const source = table.values(metric.name)
  const better = (a: number, b: number) => (higherIsBetter ? a > b : a < b)
  for (let row = 0; row < table.length; row++) {
    const value = source[row]
    if (Number.isNaN(value) || (include && !include(row))) continue
    const cell = y.at(row) * nx + x.at(row)
    if (Number.isNaN(values[cell]) || better(value, values[cell])) values[cell] = value
  }
  let bestCell = -1
  let worstCell = -1
  for (let cell = 0; cell < values.length; cell++) {
    if (Number.isNaN(values[cell])) continue
    if (bestCell < 0 || better(values[cell], values[bestCell])) bestCell = cell
    if (worstCell < 0 || better(values[worstCell], values[cell])) worstCell = cell
  }
  return {
    x: { name: x.name, labels: x.labels },
    y: { name: y.name, labels: y.labels },
    metric: { name: metric.name, field: metric.field, unit: metric.unit },
    higherIsBetter,
    values,
    worst: worstCell < 0 ? Number.NaN : values[worstCell],
    best: bestCell < 0 ? Number.NaN : values[bestCell],
    bestCell,
    over: options.over ?? [],
  }
}

/** Where a value lies between worst (0) and best (1); 1 where all are equal, so a flat map shows one colour. */
export function heatLevel(map: HeatMap, value: number): number {
  if (map.best === map.worst) return 1
  const level = (value - map.worst) / (map.best - map.worst)
  return Number.isFinite(level) ? Math.min(1, Math.max(0, level)) : value === map.best ? 1 : 0
}

/** In words: the metric, what it is taken over, and the best cell. */
export function heatCaption(map: HeatMap): { title: string; best: string } {
  const metric = map.metric.field.replaceAll('_', ' ')
  const by = map.y.name === '' ? map.x.name : `${map.x.name} and ${map.y.name}`
  const over = map.over.length === 0 ? '' : `, best over ${map.over.join(', ')}`
  if (map.bestCell < 0) return { title: `${metric} by ${by}${over}`, best: 'no set has a value' }
  const nx = map.x.labels.length
  const [x, y] = [map.x.labels[map.bestCell % nx], map.y.labels[Math.floor(map.bestCell / nx)]]
  return {
    title: `${metric} by ${by}${over}`,
    best: `best ${formatNumber(map.best, map.metric.unit)} at ${map.x.name} ${x}${map.y.name === '' ? '' : `, ${map.y.name} ${y}`}`,
  }
}

/** Colours from worst to best (viridis: even steps of lightness, readable by the colour-blind). */
const STOPS = [0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30, 0xfde725]

/** The colour of a level 0..1 as red, green and blue, 0..255. */
export function heatColour(level: number): [number, number, number] {
  const place = level * (STOPS.length - 1)
  const i = Math.min(Math.floor(place), STOPS.length - 2)
  const part = (shift: number) => {
    const [a, b] = [(STOPS[i] >> shift) & 255, (STOPS[i + 1] >> shift) & 255]
    return Math.round(a + (b - a) * (place - i))
  }
  return [part(16), part(8), part(0)]
}

/** The vertical axis of a map of a single row. */
const NO_AXIS = { name: '', labels: [''], at: () => 0 }

function axis(table: Table, column: Column): HeatAxis & { at(row: number): number } {
  const source = table.values(column.name)
  const distinct = [...new Set<number>(source)].sort((a, b) => a - b)
  const places = new Map(distinct.map((value, i) => [value, i]))
  const labels = distinct.map((value) => {
    if (column.kind === 'label') return column.labels?.[value] ?? ''
    return column.kind === 'bool' ? String(value !== 0) : significant(value, 10)
  })
  return { name: column.name, labels, at: (row) => places.get(source[row])! }
}
