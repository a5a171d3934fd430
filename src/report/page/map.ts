import { formatNumber } from '../format.ts'
import { type HeatMap, heatColour, heatLevel } from '../heatmap.ts'
import { drawCanvas } from './canvas.ts'
import { colour } from './theme.ts'

/** A cell under the pointer. */
export interface MapCell {
  x: string
  y: string
  value: number
}

const [LEFT, RIGHT, TOP, BOTTOM] = [64, 12, 8, 40]

/** Draws a map of colours with both axes. @param look told of the cell under the pointer */
export function drawMap(place: HTMLElement, map: HeatMap, look: (cell: MapCell) => void): void {
  const [nx, ny] = [map.x.labels.length, map.y.labels.length]
  const plot = (width: number, height: number) => ({ wide: width - LEFT - RIGHT, tall: height - TOP - BOTTOM })
  const canvas = drawCanvas(
    place,
    (width) => Math.min(520, Math.max(120, Math.min(ny * 44, (width * ny) / nx)) + TOP + BOTTOM),
    (context, width, height) => {
      const { wide, tall } = plot(width, height)
      const [cellWide, cellTall] = [wide / nx, tall / ny]
      const left = (x: number) => LEFT + x * cellWide
      const top = (y: number) => TOP + (ny - 1 - y) * cellTall
      for (let cell = 0; cell < map.values.length; cell++) {
        const value = map.values[cell]
        if (Number.isNaN(value)) continue
        const [x, y] = [cell % nx, Math.floor(cell / nx)]
        const [red, green, blue] = heatColour(heatLevel(map, value))
        context.fillStyle = `rgb(${red} ${green} ${blue})`
        context.fillRect(left(x), top(y), cellWide + 0.5, cellTall + 0.5)
        if (cellWide < 46 || cellTall < 16) continue
        context.fillStyle = red + green + blue > 330 ? '#000' : '#fff'
        context.textAlign = 'center'
        context.fillText(
          formatNumber(value, map.metric.unit),
          left(x) + cellWide / 2,
          top(y) + cellTall / 2 + 4,
          cellWide - 4,
        )
      }
      if (map.bestCell >= 0) {
        context.strokeStyle = colour('bad')
        context.lineWidth = 2
        context.strokeRect(left(map.bestCell % nx), top(Math.floor(map.bestCell / nx)), cellWide, cellTall)
      }
      context.fillStyle = colour('muted')
      context.textAlign = 'center'
      const every = Math.ceil((Math.max(...map.x.labels.map((label) => label.length)) * 7 + 8) / cellWide)
      for (let x = 0; x < nx; x += every)
        context.fillText(map.x.labels[x], left(x) + cellWide / 2, height - BOTTOM + 16)
      context.fillText(map.x.name, LEFT + wide / 2, height - 6)
      context.textAlign = 'right'
      for (let y = 0; y < ny; y += Math.ceil(15 / cellTall))
        context.fillText(map.y.labels[y], LEFT - 6, top(y) + cellTall / 2 + 4, LEFT - 8)
    },
  )
  canvas.addEventListener('pointermove', ({ offsetX, offsetY }) => {
    const { wide, tall } = plot(canvas.clientWidth, canvas.clientHeight)
    const x = Math.floor(((offsetX - LEFT) / wide) * nx)
    const y = ny - 1 - Math.floor(((offsetY - TOP) / tall) * ny)
    if (x >= 0 && x < nx && y >= 0 && y < ny)
      look({ x: map.x.labels[x], y: map.y.labels[y], value: map.values[y * nx + x] })
  })
}
