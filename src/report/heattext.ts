import { expectFields } from '../market/expect.ts'
import { formatNumber } from './format.ts'
import { type HeatMap, heatCaption, heatColour, heatLevel } from './heatmap.ts'

/** How a terminal shows a heat map. */
export interface HeatTextOptions {
  /** Columns of the terminal; 80. */
  width?: number
  /** Lines the map may take; 30. */
  height?: number
  /** Bits of colour: 24, 8, or 0 (default) for shades without any escape code. */
  colours?: 0 | 8 | 24
}

/** Without colours: from worst to best; a cell without a value is left blank. */
const SHADES = ['·', '░', '▒', '▓', '█']
const EMPTY = ' '

/**
 * The heat map as blocks, the vertical axis upward. With colours each character holds two cells, one above the other
 * (upper half block). A map larger than the terminal is drawn in tiles, each as good as its best cell, and says so.
 */
export function heatText(map: HeatMap, options: HeatTextOptions = {}): string {
  expectFields(map, 'heatText', 'a map of heatMap', ['x', 'y', 'metric', 'values'])
  const colours = options.colours ?? 0
  const [nx, ny] = [map.x.labels.length, map.y.labels.length]
  const { title, best } = heatCaption(map)
  if (map.bestCell < 0) return `${title}\n${best}`

  const margin = Math.max(map.y.name.length, ...map.y.labels.map((label) => label.length)) + 1
  const room = Math.max(8, (options.width ?? 80) - margin - 2)
  const perLine = colours > 0 ? 2 : 1
  const tileX = Math.ceil(nx / room)
  const tileY = Math.ceil(ny / ((options.height ?? 30) * perLine))
  const columns = Math.ceil(nx / tileX)
  const rows = Math.ceil(ny / tileY)
  const cellWidth = Math.max(1, Math.min(6, Math.floor(room / columns)))
  const levels = tiles(map, columns, rows, tileX, tileY)

  const lines: string[] = map.y.name === '' ? [title] : [title, map.y.name.padStart(margin - 1)]
  for (let top = rows - 1; top >= 0; top -= perLine) {
    let line = ''
    for (let column = 0; column < columns; column++) {
      const upper = levels[top * columns + column]
      const lower = perLine === 2 && top > 0 ? levels[(top - 1) * columns + column] : Number.NaN
      line += colours > 0 ? block(upper, lower, cellWidth, colours) : shade(upper).repeat(cellWidth)
    }
    const labelled = rows <= 12 || top === rows - 1 || top < perLine || (rows - 1 - top) % (4 * perLine) === 0
    const label = labelled ? map.y.labels[top * tileY] : ''
    lines.push(`${label.padStart(margin - 1)} ${line}${colours > 0 ? RESET : ''}`)
  }
  lines.push(' '.repeat(margin) + xLabels(map, columns, tileX, cellWidth))
  lines.push(legend(map, colours))
  if (tileX > 1 || tileY > 1) lines.push(`each tile is the best of ${tileX} x ${tileY} sets`)
  lines.push(best)
  return lines.map((line) => line.trimEnd()).join('\n')
}

/** The level of the best cell of each tile, NaN where a tile has none. */
function tiles(map: HeatMap, columns: number, rows: number, tileX: number, tileY: number): Float64Array {
  const levels = new Float64Array(columns * rows).fill(Number.NaN)
  const nx = map.x.labels.length
  for (let cell = 0; cell < map.values.length; cell++) {
    if (Number.isNaN(map.values[cell])) continue
    const at = Math.floor(Math.floor(cell / nx) / tileY) * columns + Math.floor((cell % nx) / tileX)
    const level = heatLevel(map, map.values[cell])
    if (!(levels[at] >= level)) levels[at] = level
  }
  return levels
}

function shade(level: number): string {
  return Number.isNaN(level) ? EMPTY : SHADES[Math.min(SHADES.length - 1, Math.floor(level * SHADES.length))]
}

const RESET = '\u001b[0m'

function block(upper: number, lower: number, width: number, colours: 0 | 8 | 24): string {
  if (Number.isNaN(upper) && Number.isNaN(lower)) return RESET + ' '.repeat(width)
  if (Number.isNaN(upper)) return RESET + colour(lower, colours, 38) + '▄'.repeat(width)
  const behind = Number.isNaN(lower) ? '\u001b[49m' : colour(lower, colours, 48)
  return behind + colour(upper, colours, 38) + '▀'.repeat(width)
}

/** The escape code that sets a level's colour; `layer` is 38 for the character, 48 for what is behind it. */
function colour(level: number, colours: 0 | 8 | 24, layer: 38 | 48): string {
  const [r, g, b] = heatColour(level)
  if (colours === 24) return `\u001b[${layer};2;${r};${g};${b}m`
  const six = (value: number) => Math.round((value / 255) * 5)
  return `\u001b[${layer};5;${16 + 36 * six(r) + 6 * six(g) + six(b)}m`
}

/** First and last label under their columns, and as many between as there is room for. */
function xLabels(map: HeatMap, columns: number, tileX: number, cellWidth: number): string {
  const longest = Math.max(...map.x.labels.map((label) => label.length))
  const every = Math.max(1, Math.ceil((longest + 2) / cellWidth))
  let line = ''
  for (let column = 0; column < columns; column += every) {
    line = line.padEnd(column * cellWidth) + map.x.labels[column * tileX]
  }
  return `${line}  ${map.x.name}`
}

function legend(map: HeatMap, colours: 0 | 8 | 24): string {
  const bar = Array.from({ length: 20 }, (_, i) =>
    colours > 0 ? block(i / 19, i / 19, 1, colours) : shade(i / 19),
  ).join('')
  const [worst, best] = [map.worst, map.best].map((value) => formatNumber(value, map.metric.unit))
  return `${worst} ${bar}${colours > 0 ? RESET : ''} ${best}`
}
