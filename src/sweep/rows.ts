import { FillgridError } from '../errors.ts'
import type { PieceOutcome } from '../jobs/piece.ts'
import type { Piece } from '../jobs/schedule.ts'
import type { MetricSpec } from '../results/metrics.ts'
import { type Column, Table } from '../results/table.ts'
import type { Axis } from './axis.ts'
import type { FinishedRows } from './keep.ts'

/** Words of the `status` column, by value. */
export const ROW_STATUS = ['done', 'failed'] as const

/** Why the first set failed, and the stack of what its strategy threw, where that is known. */
export interface FirstFailure {
  reason: string
  stack: string | undefined
}

/**
 * The rows of a sweep while they come in: one column for the set's index, each parameter and each metric that is kept,
 * allocated once for all rows. Where a parameter has a metric's name, its column is called `<name>Parameter`.
 */
export class SweepRows {
  readonly #axes: readonly Axis[]
  readonly #kept: readonly { spec: MetricSpec; at: number }[]
  readonly #metricCount: number
  readonly #index: Float64Array
  readonly #metrics: Float64Array[]
  /** 0 not yet, 1 done, 2 failed. */
  readonly #state: Uint8Array
  readonly #reasons = new Map<number, string>()
  /** What the first row threw that failed, of those that were run here: all of them would be many. */
  #stack: { row: number; stack: string | undefined } | undefined
  done = 0
  /** How many of them were finished before. */
  restored = 0

  /**
   * @param axes the parameters
   * @param metrics the whole catalogue, in the order in which outcomes have the numbers
   * @param keep names of the metrics to keep
   * @param index of the set of each row
   */
  constructor(
    axes: readonly Axis[],
    metrics: readonly MetricSpec[],
    keep: ReadonlySet<string>,
    index: Float64Array<ArrayBuffer>,
  ) {
    this.#axes = axes
    this.#metricCount = metrics.length
    this.#kept = metrics.map((spec, at) => ({ spec, at })).filter(({ spec }) => keep.has(spec.name))
    const total = index.length
    this.#index = index
    this.#metrics = this.#kept.map(() => new Float64Array(total).fill(Number.NaN))
    this.#state = new Uint8Array(total)
  }

  /** How many rows a table may have. */
  static most(axes: readonly Axis[], keep: ReadonlySet<string>): number {
    return Math.floor(MOST_BYTES / ((keep.size + axes.length + 3) * 8 + 1))
  }

  /** The set index of each row. */
  get index(): Float64Array {
    return this.#index
  }

  finished(piece: Piece, outcome: PieceOutcome): void {
    const { first, count } = piece
    this.#kept.forEach(({ at }, k) => {
      const column = this.#metrics[k]
      for (let i = 0; i < count; i++) column[first + i] = outcome.metrics[i * this.#metricCount + at]
    })
    this.#state.fill(1, first, first + count)
    this.done += count
    for (const { at, message, stack } of outcome.failures) {
      this.#state[first + at] = 2
      this.#reasons.set(first + at, message)
      if (!(first + at >= (this.#stack?.row ?? Number.POSITIVE_INFINITY))) this.#stack = { row: first + at, stack }
    }
  }

  /** Takes rows that were finished before. @throws FillgridError invalid_value for sets that are not among the rows, or twice */
  restore({ sets, metrics, failures }: FinishedRows): void {
    const places = Array.from(sets, (set) => this.#rowOf(set))
    this.#kept.forEach(({ at }, k) => {
      const column = this.#metrics[k]
      for (let i = 0; i < places.length; i++) column[places[i]] = metrics[i * this.#metricCount + at]
    })
    for (const row of places) {
      if (this.#state[row] === 0) this.restored++
      this.#state[row] = 1
    }
    for (const { at, message } of failures) {
      this.#state[places[at]] = 2
      this.#reasons.set(places[at], message)
    }
    this.done = this.restored
  }

  /** The first row of the table that failed, and what is known of it. */
  get firstFailure(): FirstFailure | undefined {
    const row = this.#state.indexOf(2)
    if (row < 0) return undefined
    return { reason: this.#reasons.get(row)!, stack: this.#stack?.row === row ? this.#stack.stack : undefined }
  }

  isDone(row: number): boolean {
    return this.#state[row] !== 0
  }

  /** The row of a set, which are in ascending order. */
  #rowOf(set: number): number {
    const index = this.#index
    let [low, high] = [0, index.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (index[middle] < set) low = middle + 1
      else high = middle
    }
    if (index[low] === set) return low
    throw new FillgridError('invalid_value', `sweep: kept rows must be of its sets, found set ${set}. Run it anew.`)
  }

  failed(row: number, reason: string): void {
    this.#state[row] = 2
    this.#reasons.set(row, reason)
    this.done++
  }

  /** The finished rows in the order of their sets: `set`, the parameters, the metrics, `status`, `reason`. */
  table(): Table {
    const all = this.done === this.#index.length
    const rows = all ? null : Array.from(this.#state.keys()).filter((row) => this.#state[row] > 0)
    const pick = (values: Float64Array) => (rows ? Float64Array.from(rows, (row) => values[row]) : values)
    const index = pick(this.#index)
    const columns: Column[] = []
    const values = new Map<string, Float64Array | Int32Array>()
    const add = (column: Column, data: Float64Array | Int32Array) => {
      columns.push(column)
      values.set(column.name, data)
    }

    add(
      {
        name: 'set',
        field: 'set',
        kind: 'f64',
        unit: 'count',
        doc: 'Index of the set in the grid, before constraints.',
      },
      index,
    )
    const taken = new Set(['set', 'status', 'reason', ...this.#kept.map(({ spec }) => spec.name)])
    let stride = this.#axes.reduce((product, axis) => product * axis.count, 1)
    for (const axis of this.#axes) {
      stride /= axis.count
      const { column, data } = parameterColumn(axis, taken.has(axis.name), index.length)
      for (let row = 0; row < index.length; row++) {
        const place = Math.floor(index[row] / stride) % axis.count
        data[row] = column.kind === 'label' ? place : Number(axis.value(place))
      }
      add(column, data)
    }
    this.#kept.forEach(({ spec }, k) => {
      add({ name: spec.name, field: spec.field, kind: 'f64', unit: spec.unit, doc: spec.doc }, pick(this.#metrics[k]))
    })

    const status = new Int32Array(index.length)
    const reason = new Int32Array(index.length)
    const reasons = ['']
    const places = new Map<string, number>([['', 0]])
    for (let i = 0; i < index.length; i++) {
      const row = rows ? rows[i] : i
      status[i] = this.#state[row] - 1
      const text = this.#reasons.get(row) ?? ''
      if (!places.has(text)) places.set(text, reasons.push(text) - 1)
      reason[i] = places.get(text)!
    }
    add(
      {
        name: 'status',
        field: 'status',
        kind: 'label',
        labels: ROW_STATUS,
        unit: '',
        doc: 'Whether the set could be run.',
      },
      status,
    )
    add({ name: 'reason', field: 'reason', kind: 'label', labels: reasons, unit: '', doc: 'Why a set failed.' }, reason)
    return new Table(columns, values, [])
  }
}

/** A table beyond this would hardly fit beside anything else. */
const MOST_BYTES = 4 * 2 ** 30

/** The name of a parameter's column: its own, unless a metric or another column of the table has it. */
export function parameterColumnName(name: string, taken: boolean): string {
  return taken ? `${name}Parameter` : name
}

function parameterColumn(
  axis: Axis,
  taken: boolean,
  length: number,
): { column: Column; data: Float64Array | Int32Array } {
  const name = parameterColumnName(axis.name, taken)
  const field = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
  const base = { name, field, unit: '', doc: `Parameter ${axis.name} of the strategy.` }
  if (axis.type === 'number') return { column: { ...base, kind: 'f64' }, data: new Float64Array(length) }
  if (axis.type === 'boolean') return { column: { ...base, kind: 'bool' }, data: new Int32Array(length) }
  const labels = Array.from({ length: axis.count }, (_, i) => String(axis.value(i)))
  return { column: { ...base, kind: 'label', labels }, data: new Int32Array(length) }
}
