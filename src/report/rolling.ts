import { numberTicks, timeTicks } from './axis.ts'
import { formatNumber, significant } from './format.ts'
import { polyline } from './line.ts'
import { coordinate, svgDocument, svgText } from './svg.ts'

/** A figure of a moving window: what it is called, in which unit, and its value at each date, NaN where it is undefined. */
export interface RollingLine {
  label: string
  unit: string
  values: Float64Array
}

const WIDTH = 960
const LEFT = 76
const RIGHT = 24
const TOP = 24
const PANEL = 106
const GAP = 34
const BOTTOM = 26
const PLOT = WIDTH - LEFT - RIGHT

/**
 * Figures of a moving window over time, one panel each over the same axis, as an SVG. Where one is undefined its line is broken; empty
 * text where none has two values.
 *
 * @param dates ms UTC, one a value
 */
export function rollingSvg(title: string, dates: Float64Array, lines: readonly RollingLine[]): string {
  const drawn = lines.filter(({ values }) => values.filter(Number.isFinite).length > 1)
  if (drawn.length === 0) return ''
  const begins = Math.min(...drawn.map(({ values }) => values.findIndex(Number.isFinite)))
  const [from, to] = [dates[begins], dates[dates.length - 1]]
  const x = (t: number) => LEFT + ((t - from) / (to - from)) * PLOT
  const height = TOP + drawn.length * (PANEL + GAP) - GAP + BOTTOM
  const body = drawn.flatMap((line, i) => panel(line, dates, x, TOP + i * (PANEL + GAP)))
  for (const tick of timeTicks(from, to, 8)) {
    const bars = drawn.map((_, i) => `M${coordinate(x(tick.value))} ${TOP + i * (PANEL + GAP)}v${PANEL}`)
    body.unshift(`<path class="grid" d="${bars.join('')}"/>`)
    body.push(svgText(x(tick.value), height - BOTTOM + 18, tick.label, 'label', 'middle'))
  }
  return svgDocument(WIDTH, height, title, body)
}

/** One figure, with the least, the greatest and the last of its values over it. */
function panel({ label, unit, values }: RollingLine, dates: Float64Array, x: (t: number) => number, top: number) {
  const finite = values.filter(Number.isFinite)
  const [least, most] = [finite.reduce((a, b) => Math.min(a, b)), finite.reduce((a, b) => Math.max(a, b))]
  const space = most > least ? (most - least) * 0.05 : Math.abs(most) * 0.05 || 1
  const [low, high] = [least - space, most + space]
  const y = (value: number) => top + (1 - (value - low) / (high - low)) * PANEL
  const words = (value: number) => (unit === 'fraction' ? `${significant(value * 100, 3)}%` : significant(value, 3))
  const [first, last, end] = [least, most, finite[finite.length - 1]].map((value) => formatNumber(value, unit))
  const body = numberTicks(low, high, 3, words).flatMap((tick) => [
    `<path class="grid" d="M${LEFT} ${coordinate(y(tick.value))}H${LEFT + PLOT}"/>`,
    svgText(LEFT - 8, y(tick.value) + 4, tick.label, 'label', 'end'),
  ])
  if (low < 0 && high > 0) body.push(`<path class="base" d="M${LEFT} ${coordinate(y(0))}H${LEFT + PLOT}"/>`)
  body.push(svgText(LEFT, top - 6, `${label}, from ${first} to ${last}, ${end} at the end`, 'label'))
  const paths = parts(values).map(([start, stop]) =>
    polyline(dates.subarray(start, stop), values.subarray(start, stop), x, y),
  )
  body.push(`<path class="line" d="${paths.map(({ path }) => path).join('')}"/>`)
  return body
}

/** Where values are finite, from one place to before another. */
function parts(values: Float64Array): [from: number, to: number][] {
  const found: [number, number][] = []
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue
    const from = i
    while (i < values.length && Number.isFinite(values[i])) i++
    found.push([from, i])
  }
  return found
}
