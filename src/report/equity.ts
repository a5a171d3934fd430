import { expectFields } from '../market/expect.ts'
import { numberTicks, timeTicks } from './axis.ts'
import { formatNumber, formatTime, significant } from './format.ts'
import { polyline } from './line.ts'
import { coordinate, svgDocument, svgText } from './svg.ts'

/** What the drawing needs; `time` in ms UTC and `equity` in currency, one value a bar. */
export interface EquityDrawing {
  title: string
  time: Float64Array
  equity: Float64Array
  /** A dashed line where the run began; none if not given. */
  initialCash?: number
  /** Further words under the title, for example return and ratio. */
  note?: string
}

const WIDTH = 960
const HEIGHT = 540
const LEFT = 76
const RIGHT = 24
const TOP = 80
const EQUITY_HEIGHT = 270
const GAP = 34
const FALL_HEIGHT = 106
const PLOT = WIDTH - LEFT - RIGHT

/**
 * Equity over time with the drawdown beneath it, as an SVG of 960 x 540. Long runs are drawn with the first, lowest
 * and highest value of each pixel, so no peak is lost. Values that are not finite are left out.
 */
export function equitySvg(drawing: EquityDrawing): string {
  expectFields(drawing, 'equitySvg', 'a drawing of title, time and equity', ['time', 'equity'])
  const { time, equity } = drawing
  const n = equity.length
  const drawdown = drawdowns(equity, drawing.initialCash)
  const finite = equity.filter((value) => Number.isFinite(value))
  if (n === 0 || finite.length === 0) {
    return svgDocument(WIDTH, HEIGHT, drawing.title, [
      svgText(LEFT, 34, drawing.title, 'title'),
      svgText(LEFT, 56, 'no bars', 'note'),
    ])
  }
  const [from, to] = [time[0], time[n - 1]]
  const x = (t: number) => LEFT + (to > from ? ((t - from) / (to - from)) * PLOT : PLOT / 2)

  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of finite) [low, high] = [Math.min(low, value), Math.max(high, value)]
  if (drawing.initialCash !== undefined)
    [low, high] = [Math.min(low, drawing.initialCash), Math.max(high, drawing.initialCash)]
  const space = high > low ? (high - low) * 0.05 : Math.abs(high) * 0.05 || 1
  ;[low, high] = [low - space, high + space]
  const y = (value: number) => TOP + (1 - (value - low) / (high - low)) * EQUITY_HEIGHT

  let deepest = 0
  for (const value of drawdown) if (value > deepest) deepest = value
  const floor = deepest > 0 ? deepest * 1.08 : 0.01
  const fallTop = TOP + EQUITY_HEIGHT + GAP
  const yFall = (value: number) => fallTop + (value / floor) * FALL_HEIGHT

  const body: string[] = [svgText(LEFT, 30, drawing.title, 'title')]
  const span = `${formatTime(new Date(from).toISOString())} to ${formatTime(new Date(to).toISOString())}`
  body.push(svgText(LEFT, 50, drawing.note ? `${drawing.note}  ·  ${span}` : span, 'note'))

  for (const tick of timeTicks(from, to, 8)) {
    const at = coordinate(x(tick.value))
    body.push(`<path class="grid" d="M${at} ${TOP}V${TOP + EQUITY_HEIGHT}M${at} ${fallTop}V${fallTop + FALL_HEIGHT}"/>`)
    body.push(svgText(x(tick.value), fallTop + FALL_HEIGHT + 18, tick.label, 'label', 'middle'))
  }
  for (const tick of numberTicks(low, high, 6, money(low, high))) {
    body.push(`<path class="grid" d="M${LEFT} ${coordinate(y(tick.value))}H${LEFT + PLOT}"/>`)
    body.push(svgText(LEFT - 8, y(tick.value) + 4, tick.label, 'label', 'end'))
  }
  for (const tick of numberTicks(0, floor, 3, (value) => (value === 0 ? '0%' : `-${significant(value * 100, 3)}%`))) {
    body.push(`<path class="grid" d="M${LEFT} ${coordinate(yFall(tick.value))}H${LEFT + PLOT}"/>`)
    body.push(svgText(LEFT - 8, yFall(tick.value) + 4, tick.label, 'label', 'end'))
  }
  body.push(svgText(LEFT, TOP - 4, 'equity', 'label'))
  body.push(svgText(LEFT, fallTop - 6, `drawdown, largest ${formatNumber(deepest, 'fraction')}`, 'label'))

  if (drawing.initialCash !== undefined)
    body.push(`<path class="base" d="M${LEFT} ${coordinate(y(drawing.initialCash))}H${LEFT + PLOT}"/>`)
  const line = polyline(time, equity, x, y)
  const fall = polyline(time, drawdown, x, yFall)
  body.push(`<path class="area" d="${line.path}V${coordinate(TOP + EQUITY_HEIGHT)}H${coordinate(line.start)}Z"/>`)
  body.push(`<path class="line" d="${line.path}"/>`)
  body.push(`<path class="fallarea" d="${fall.path}V${coordinate(fallTop)}H${coordinate(fall.start)}Z"/>`)
  body.push(`<path class="fall" d="${fall.path}"/>`)
  return svgDocument(WIDTH, HEIGHT, `${drawing.title}: equity and drawdown`, body)
}

/** The fall from the highest equity so far as a fraction of it, 0..1 and beyond for debts; NaN stays NaN. */
function drawdowns(equity: Float64Array, start = Number.NEGATIVE_INFINITY): Float64Array {
  let peak = start
  return equity.map((value) => {
    if (value > peak) peak = value
    return peak > 0 ? (peak - value) / peak : Number.isNaN(value) ? value : 0
  })
}

/** Labels of money axes: thousands and millions by letter. */
function money(low: number, high: number): (value: number) => string {
  const size = Math.max(Math.abs(low), Math.abs(high))
  const [unit, letter] = size >= 2e9 ? [1e9, 'B'] : size >= 2e6 ? [1e6, 'M'] : size >= 2e4 ? [1e3, 'k'] : [1, '']
  return (value) => (value === 0 ? '0' : `${significant(value / unit, 7)}${letter}`)
}
