import uPlot from 'uplot'
import { formatNumber, formatTime, significant } from '../format.ts'
import { colour, onTheme, type RunColour } from './theme.ts'
import { firstAtLeast, MOST_POINTS, thin } from './thin.ts'

/** A line of a chart. */
export interface Line {
  label: string
  values: ArrayLike<number>
  colour: 'own' | 'other' | 'good' | 'bad' | RunColour
  /** Filled to 0. */
  fill?: boolean
  dash?: boolean
  /** How it is drawn; a line. */
  as?: 'line' | 'bars' | 'points' | 'steps'
}

/** A chart of lines over one x. */
export interface LineChart {
  /** Ascending. */
  x: ArrayLike<number>
  /** What x is: ms UTC, or numbers of a unit. */
  xUnit: 'time' | 'fraction' | 'bars' | 'number'
  lines: readonly Line[]
  /** As formatNumber has it. */
  unit: string
  height?: number
  /** Stretches of x behind the lines. */
  shades?: readonly { from: number; to: number }[]
  /** Charts of one name move together. */
  together?: string
  /** Whether the scale of values is one of logarithms now. */
  isLog?: () => boolean
}

/** Where there is no value, as everywhere in the page. */
const DASH = '-'

/** Draws a chart into its place, which fills the width there is. */
export function drawLines(place: HTMLElement, chart: LineChart): uPlot {
  const { x, lines, shades = [], together, isLog = () => false } = chart
  const part = (from: number, to: number) =>
    thin(
      x,
      lines.map(({ values }) => values),
      from,
      to,
    ) as unknown as uPlot.AlignedData
  const shown = { min: Number.NaN, max: Number.NaN }

  /** Gives the chart the points of what it shows: exact as soon as these are few. */
  function take(plot: uPlot, key: string): void {
    if (key !== 'x' || x.length <= MOST_POINTS) return
    const { min, max } = plot.scales.x
    if (min == null || max == null || (min === shown.min && max === shown.max)) return
    Object.assign(shown, { min, max })
    const from = Math.max(0, firstAtLeast(x, min) - 1)
    const to = Math.min(x.length, firstAtLeast(x, max) + 2)
    queueMicrotask(() => {
      plot.setData(part(from, to), false)
      plot.setScale('x', { min, max })
    })
  }

  const plot = new uPlot(
    {
      width: place.clientWidth || 600,
      height: chart.height ?? 220,
      ...(chart.xUnit === 'time'
        ? { ms: 1 as const, tzDate: (stamp: number) => uPlot.tzDate(new Date(stamp), 'Etc/UTC') }
        : {}),
      cursor: { drag: { x: true, y: false }, ...(together ? { sync: { key: together, scales: ['x', null] } } : {}) },
      legend: { live: true },
      scales: {
        x: { time: chart.xUnit === 'time' },
        y: { distr: isLog() ? 3 : 1, range: isLog() ? logRangeOf : rangeOf },
      },
      series: [
        {
          label: chart.xUnit === 'time' ? 'Time' : chart.xUnit === 'bars' ? 'Bars held' : 'Size',
          value: (_, value) => xText(value, chart.xUnit),
        },
        ...lines.map((line) => seriesOf(line, chart.unit)),
      ],
      axes: [
        chart.xUnit === 'time' ? { ...axis(), size: 42 } : { ...axis((value) => xText(value, chart.xUnit)), size: 28 },
        { ...axis(short(chart.unit)), size: 62, ...(isLog() ? LOG_SPLITS : {}) },
      ],
      hooks: {
        drawClear: [(made) => shade(made, shades)],
        setScale: [take],
      },
    },
    part(0, x.length),
    place,
  )
  describe(place)
  new ResizeObserver(() => {
    if (place.clientWidth > 0 && place.clientWidth !== plot.width)
      plot.setSize({ width: place.clientWidth, height: plot.height })
  }).observe(place)
  onTheme(() => plot.redraw(false, true))
  return plot
}

/** The drawing says nothing to a screen reader that its label does not; the values under the cursor change with every move. */
function describe(place: HTMLElement): void {
  for (const canvas of place.querySelectorAll('canvas')) canvas.setAttribute('aria-hidden', 'true')
  const legend = place.querySelector('.u-legend')
  legend?.setAttribute('aria-hidden', 'true')
}

function seriesOf({ label, colour: name, fill, dash, as = 'line' }: Line, unit: string): uPlot.Series {
  const stroke = () => colour(name)
  const ground = () => `color-mix(in srgb, ${colour(name)} ${as === 'bars' ? 55 : 18}%, transparent)`
  const paths =
    as === 'bars'
      ? uPlot.paths.bars?.({ size: [0.9] })
      : as === 'steps'
        ? uPlot.paths.stepped?.({ align: 1 })
        : as === 'points'
          ? () => null
          : undefined
  return {
    label,
    stroke,
    width: as === 'points' ? 0 : 1.5,
    ...(fill || as === 'bars' ? { fill: ground } : {}),
    ...(dash ? { dash: [5, 4] } : {}),
    ...(paths ? { paths } : {}),
    points: as === 'points' ? { show: true, size: 4, fill: ground, stroke } : { show: false },
    value: (_, value) => (value == null ? DASH : formatNumber(value, unit)),
  }
}

function axis(text?: (value: number) => string): uPlot.Axis {
  const line = { stroke: () => colour('line'), width: 1 }
  return {
    stroke: () => colour('muted'),
    font: '12px system-ui, sans-serif',
    grid: line,
    ticks: { ...line, size: 4 },
    ...(text ? { values: (_, values) => values.map((value) => (value == null ? '' : text(value))) } : {}),
  }
}

/** Round values of a scale of logarithms, all of them with their label; of many decades their powers of ten alone. */
const LOG_SPLITS: Pick<uPlot.Axis, 'splits' | 'filter'> = {
  splits: (_, __, least, most) => {
    const [first, last] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))]
    const steps = most / least > 1000 ? [1] : most / least > 8 ? [1, 2, 5] : [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9]
    const powers = Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i))
    const all = powers.flatMap((power) => steps.map((step) => step * power))
    return all.filter((value) => value >= least && value <= most)
  },
  filter: (_, splits) => splits,
}

/** Values that are all the same have room above and below. */
function rangeOf(_: uPlot, least: number | null, most: number | null): uPlot.Range.MinMax {
  if (least == null || most == null) return [0, 1]
  const room = most > least ? (most - least) * 0.05 : Math.abs(most) * 0.05 || 1
  return [least < 0 || least - room >= 0 ? least - room : 0, most > 0 || most + room <= 0 ? most + room : 0]
}

/** The same of logarithms: at least half as much again from bottom to top, so that some round value lies between. */
function logRangeOf(_: uPlot, least: number | null, most: number | null): uPlot.Range.MinMax {
  if (least == null || most == null || !(least > 0)) return [1, 10]
  const room = Math.max(1.05, Math.sqrt(1.5 / Math.min(1.5, most / least)))
  return [least / room, most * room]
}

function shade(plot: uPlot, shades: readonly { from: number; to: number }[]): void {
  const { left: edge, width, top, height } = plot.bbox
  plot.ctx.fillStyle = colour('shade')
  for (const { from, to } of shades) {
    const [left, right] = [from, to].map((value) => plot.valToPos(value, 'x', true))
    const [start, end] = [Math.max(edge, left), Math.min(edge + width, right)]
    if (end > start) plot.ctx.fillRect(start, top, end - start, height)
  }
}

function xText(value: number | null, unit: LineChart['xUnit']): string {
  if (value == null) return DASH
  if (unit === 'number') return significant(value, 5)
  if (unit !== 'time') return formatNumber(value, unit)
  return Math.abs(value) <= 8.64e15 ? formatTime(new Date(value).toISOString()) : DASH
}

/** Labels of an axis: large money by letter. */
function short(unit: string): (value: number) => string {
  return (value) => {
    if (unit === 'fraction') return `${significant(value * 100, 4)}%`
    const size = Math.abs(value)
    const [by, letter] =
      size >= 1e15 ? [1, ''] : size >= 1e9 ? [1e9, 'B'] : size >= 1e6 ? [1e6, 'M'] : size >= 1e4 ? [1e3, 'k'] : [1, '']
    return `${significant(value / by, 5)}${letter}`
  }
}
