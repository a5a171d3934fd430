import { expectFields } from '../market/expect.ts'
import { numberTicks } from './axis.ts'
import { formatNumber, significant } from './format.ts'
import { type HeatMap, heatCaption, heatColour, heatLevel } from './heatmap.ts'
import { coordinate, svgDocument, svgText } from './svg.ts'

const LEFT = 84
const TOP = 66
const BAR_GAP = 26
const BAR = 16
const BAR_LABELS = 72
const BOTTOM = 52
/** The map's longer side in pixels. */
const SIDE = 600
/** Colours are drawn in this many steps, one path each: a map of 10,000 cells stays small. */
const STEPS = 64

/** A heat map as SVG: coloured cells (with their values where there is room), both axes, a colour scale, the best cell framed. */
export function heatSvg(map: HeatMap): string {
  expectFields(map, 'heatSvg', 'a map of heatMap', ['x', 'y', 'metric', 'values'])
  const [nx, ny] = [map.x.labels.length, map.y.labels.length]
  const cell = Math.max(2, Math.min(64, SIDE / Math.max(nx, ny)))
  const cellWidth = nx * cell < 240 ? Math.min(110, 240 / nx) : cell
  const cellHeight = ny * cell < 160 ? Math.min(64, 160 / ny) : cell
  const [width, height] = [nx * cellWidth, ny * cellHeight]
  const whole = Math.ceil(Math.max(LEFT + width + BAR_GAP + BAR + BAR_LABELS, 480))
  const tall = Math.ceil(TOP + height + BOTTOM)
  const { title, best } = heatCaption(map)
  const body: string[] = [svgText(LEFT, 30, title, 'title'), svgText(LEFT, 50, best, 'note')]
  if (map.bestCell < 0) return svgDocument(whole, tall, title, body)

  const left = (x: number) => LEFT + x * cellWidth
  const top = (y: number) => TOP + (ny - 1 - y) * cellHeight
  body.push('<g shape-rendering="crispEdges">', ...cells(map, left, top, cellHeight), '</g>')
  if (cellWidth >= 44 && cellHeight >= 16) body.push(...figures(map, left, top, cellWidth, cellHeight))

  const frame = `x="${coordinate(left(map.bestCell % nx))}" y="${coordinate(top(Math.floor(map.bestCell / nx)))}" width="${coordinate(cellWidth)}" height="${coordinate(cellHeight)}"`
  body.push(`<rect class="ring" ${frame}/>`, `<rect class="mark" ${frame}/>`)

  for (const i of some(nx, width, Math.max(...map.x.labels.map((label) => label.length)) * 7 + 10)) {
    body.push(svgText(left(i) + cellWidth / 2, TOP + height + 16, map.x.labels[i], 'label', 'middle'))
  }
  for (const i of some(ny, height, 16))
    body.push(svgText(LEFT - 8, top(i) + cellHeight / 2 + 4, map.y.labels[i], 'label', 'end'))
  body.push(svgText(LEFT + width / 2, TOP + height + 38, map.x.name, 'note', 'middle'))
  const middle = coordinate(TOP + height / 2)
  body.push(svgText(22, TOP + height / 2, map.y.name, 'note', 'middle', ` transform="rotate(-90 22 ${middle})"`))
  body.push(...scale(map, LEFT + width + BAR_GAP, height))
  return svgDocument(whole, tall, title, body)
}

/** One path for each colour, cells of a row that share it joined. */
function cells(map: HeatMap, left: (x: number) => number, top: (y: number) => number, height: number): string[] {
  const [nx, ny] = [map.x.labels.length, map.y.labels.length]
  const step = (cell: number) => {
    const value = map.values[cell]
    return Number.isNaN(value) ? -1 : Math.round(heatLevel(map, value) * (STEPS - 1))
  }
  const paths: string[][] = Array.from({ length: STEPS }, () => [])
  for (let y = 0; y < ny; y++) {
    for (let x = 0; x < nx; ) {
      const colour = step(y * nx + x)
      const from = x
      while (x < nx && step(y * nx + x) === colour) x++
      if (colour < 0) continue
      const run = coordinate(left(x) - left(from))
      paths[colour].push(`M${coordinate(left(from))} ${coordinate(top(y))}h${run}v${coordinate(height)}h-${run}z`)
    }
  }
  return paths.flatMap((path, i) =>
    path.length === 0 ? [] : [`<path fill="${hex(i / (STEPS - 1))}" d="${path.join('')}"/>`],
  )
}

/** The value of each cell in its middle, dark on light colours and light on dark ones. */
function figures(
  map: HeatMap,
  left: (x: number) => number,
  top: (y: number) => number,
  width: number,
  height: number,
): string[] {
  const nx = map.x.labels.length
  const out: string[] = []
  for (let cell = 0; cell < map.values.length; cell++) {
    const value = map.values[cell]
    if (Number.isNaN(value)) continue
    const ink = heatLevel(map, value) > 0.55 ? '#1c2128' : '#f6f8fa'
    const [x, y] = [left(cell % nx) + width / 2, top(Math.floor(cell / nx)) + height / 2 + 4]
    const words = formatNumber(value, map.metric.unit)
    if (words.length * 6.5 <= width - 4) out.push(svgText(x, y, words, 'label', 'middle', ` style="fill:${ink}"`))
  }
  return out
}

/** The colour scale, best on top. */
function scale(map: HeatMap, left: number, height: number): string[] {
  const out = ['<g shape-rendering="crispEdges">']
  for (let i = 0; i < STEPS; i++) {
    const [from, to] = [TOP + height * (1 - (i + 1) / STEPS), TOP + height * (1 - i / STEPS)]
    out.push(
      `<rect x="${coordinate(left)}" y="${coordinate(from)}" width="${BAR}" height="${coordinate(to - from + 0.1)}" fill="${hex(i / (STEPS - 1))}"/>`,
    )
  }
  out.push('</g>')
  const [low, high] = [Math.min(map.worst, map.best), Math.max(map.worst, map.best)]
  const label = (value: number) =>
    map.metric.unit === '' ? significant(value, 4) : formatNumber(value, map.metric.unit)
  for (const tick of numberTicks(low, high, Math.max(2, Math.floor(height / 60)), label)) {
    const level = map.best === map.worst ? 1 : (tick.value - map.worst) / (map.best - map.worst)
    out.push(svgText(left + BAR + 6, TOP + height * (1 - level) + 4, tick.label, 'label'))
  }
  return out
}

/** Every so many of `n` places along `length` pixels that each of them has `room`; the step is 1, 2, 5, 10, 20 ... */
function some(n: number, length: number, room: number): number[] {
  const least = (room * n) / length
  let step = 1
  for (let i = 0; step < least; i++) step = [2, 5, 10][i % 3] * 10 ** Math.floor(i / 3)
  return Array.from({ length: Math.ceil(n / step) }, (_, i) => i * step)
}

function hex(level: number): string {
  return `#${heatColour(level)
    .map((part) => part.toString(16).padStart(2, '0'))
    .join('')}`
}
