import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import type { Scratch } from '../kernel/scratch.ts'
import { type Column, Table, type Values } from './table.ts'

const DAY = 86400000

/** Spans of the calendar that returns are taken by. */
export type Span = 'day' | 'week' | 'month' | 'year'

/** Figures of a window that moves over the returns. */
export type RollingFigure = 'sharpe' | 'sortino' | 'volatility' | 'beta'

const ROLLING: Readonly<Record<RollingFigure, { figure: number; unit: string; doc: string }>> = {
  sharpe: { figure: L.ROLLING_SHARPE, unit: '', doc: 'Sharpe ratio of the window.' },
  sortino: { figure: L.ROLLING_SORTINO, unit: '', doc: 'Sortino ratio of the window.' },
  volatility: { figure: L.ROLLING_VOLATILITY, unit: 'fraction', doc: 'Volatility of the window.' },
  beta: { figure: L.ROLLING_BETA, unit: '', doc: 'Beta of the window against the benchmark.' },
}

function time(name: string, field: string, doc: string): Column {
  return { name, field, kind: 'time', unit: 'ms UTC', doc }
}

function number(name: string, unit: string, doc: string): Column {
  return { name, field: name, kind: 'f64', unit, doc }
}

function tableOf(columns: readonly Column[], values: readonly Values[]): Table {
  return new Table(columns, new Map(columns.map(({ name }, i) => [name, values[i]])), [])
}

const DRAWDOWNS: readonly Column[] = [
  time('start', 'start', 'Bar of the peak; the first bar where that is the initial cash.'),
  time('valley', 'valley', 'Bar of the lowest equity.'),
  time('recovery', 'recovery', 'First bar back at the peak; null where there is none yet.'),
  number('depth', 'fraction', '(peak - lowest equity) / peak.'),
  number('days', 'days', 'From start to recovery, or to the last bar.'),
]

/** @param falls pointer to `count` drawdowns */
export function drawdownTable(scratch: Scratch, stamps: Float64Array, falls: number, count: number): Table {
  const fields = L.FALL_BYTES / 8
  const rows = scratch.read(falls, count * fields)
  const at = scratch.place(stamps)
  const field = (offset: number) => Float64Array.from({ length: count }, (_, i) => rows[i * fields + offset / 8])
  const stampOf = (bar: number) => (Number.isNaN(bar) ? Number.NaN : stamps[Math.max(0, bar)])
  const days = Float64Array.from({ length: count }, (_, i) =>
    scratch.kernels.fallDays(falls + i * L.FALL_BYTES, at, stamps.length),
  )
  return tableOf(DRAWDOWNS, [
    field(L.FALL_START).map(stampOf),
    field(L.FALL_VALLEY).map(stampOf),
    field(L.FALL_END).map(stampOf),
    field(L.FALL_DEPTH),
    days,
  ])
}

/** @param starts the first day of each span, days since 1970-01-01 */
export function spanTable(span: Span, starts: Float64Array, returns: Float64Array): Table {
  const columns = [
    time('start', 'start', `First day of the ${span}, midnight UTC of it.`),
    number(
      'return',
      'fraction',
      `Last equity of the ${span} over that of the one before, less 1; the first from the initial cash.`,
    ),
  ]
  return tableOf(columns, [starts.map((day) => day * DAY), returns])
}

/** What a rolling figure is made of. */
export interface RollingInput {
  dates: Float64Array
  /** Pointers to returns less the risk-free rate. */
  excess: number
  benchmark: number
  window: number
  perYear: number
}

/** @throws FillgridError invalid_value for a figure that is none */
export function periodTable(scratch: Scratch, figure: RollingFigure, input: RollingInput): Table {
  if (!Object.hasOwn(ROLLING, figure))
    throw new FillgridError(
      'invalid_value',
      `curve.rolling: 'sharpe', 'sortino', 'volatility' or 'beta' expected, found ${show(figure)}.`,
    )
  const { figure: code, unit, doc } = ROLLING[figure]
  const { dates, excess, benchmark, window, perYear } = input
  const rows = dates.length
  const dst = scratch.room(rows * 8)
  scratch.kernels.rollingFigures(code, excess, benchmark, rows, window, perYear, dst)
  const columns = [time('date', 'date', 'Trade date of the last period of the window.'), number(figure, unit, doc)]
  return tableOf(columns, [dates.slice(), scratch.read(dst, rows)])
}

/** @param returns pointer to `count` returns @throws FillgridError invalid_value */
export function histogramTable(scratch: Scratch, returns: number, count: number, bins: number): Table {
  if (!(Number.isInteger(bins) && bins > 0 && bins <= 10_000))
    throw new FillgridError(
      'invalid_value',
      `curve.histogram: a whole number of bins from 1 to 10,000 expected, found ${show(bins)}.`,
    )
  const columns = [
    number('from', 'fraction', 'Least return of the bin.'),
    number('to', 'fraction', 'Return below which it ends; the last bin has it too.'),
    number('count', 'count', 'Returns in it.'),
  ]
  const values = scratch.read(returns, count)
  if (count === 0 || values.some(Number.isNaN))
    return tableOf(columns, [new Float64Array(0), new Float64Array(0), new Float64Array(0)])
  const dst = scratch.room(bins * 8)
  scratch.kernels.sortValues(returns, count)
  scratch.kernels.histogram(returns, count, bins, dst)
  const [least, most] = [0, 1].map((share) => scratch.kernels.quantile(returns, count, share))
  const edge = (i: number) => (i === bins ? most : least + ((most - least) / bins) * i)
  return tableOf(columns, [
    Float64Array.from({ length: bins }, (_, i) => edge(i)),
    Float64Array.from({ length: bins }, (_, i) => edge(i + 1)),
    scratch.read(dst, bins),
  ])
}
