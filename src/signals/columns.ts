import type { Arena } from '../kernel/arena.ts'
import type { Engine, Kernels } from '../kernel/load.ts'
import type { IndicatorCall, IndicatorSpec, IndicatorValues } from './spec.ts'

/** How a call finds the other indicators that it is composed of. */
export type Lookup = (
  name: string,
  given: Readonly<Record<string, unknown>>,
) => { indicator: IndicatorSpec; values: IndicatorValues }

/**
 * Runs indicators over columns of one asset. Kernels see no gaps: where an input has any, what is present in all of them is
 * put together before and taken apart after, so that every kernel counts own bars, and the same bits come out of a column
 * however many absent bars are strewn into it.
 */
export class ColumnRunner {
  readonly #arena: Arena
  readonly #kernels: Kernels
  readonly #bars: number
  readonly #find: Lookup
  /** Columns to work in, in the order in which they are handed out. They stay for the next asset. */
  readonly #room: number[] = []
  #used = 0
  /** What is larger than a column. */
  #wide = { pointer: 0, doubles: 0 }
  /** Columns that are known to have no gap, so that nobody looks again. */
  readonly #whole: Set<number>

  /**
   * @param bars the longest column
   * @param whole pointers to columns that have no gap
   */
  constructor(engine: Engine, bars: number, find: Lookup, whole: ReadonlySet<number>) {
    this.#whole = new Set(whole)
    this.#arena = engine.arena
    this.#kernels = engine.kernels
    this.#bars = bars
    this.#find = find
  }

  /**
   * @param inputs pointers to columns of `bars` doubles, in the order of the indicator's inputs; NaN and infinities are absent
   * @param outputs likewise, of its outputs; other columns
   */
  run(
    indicator: IndicatorSpec,
    values: IndicatorValues,
    inputs: readonly number[],
    outputs: readonly number[],
    bars: number,
  ): void {
    const kernels = this.#kernels
    const used = this.#used
    let first = 0
    for (const input of inputs) {
      const leading = this.#whole.has(input) ? 0 : kernels.leadingAbsent(input, bars)
      first = leading < 0 || first < 0 ? -1 : Math.max(first, leading)
    }
    if (first >= 0) {
      const skip = (pointer: number) => pointer + first * 8
      for (const output of outputs) kernels.absent(output, first)
      this.#call(indicator, values, inputs.map(skip), outputs.map(skip), bars - first)
    } else {
      const mask = this.#column()
      let present = 0
      inputs.forEach((input, i) => {
        present = kernels.presence(input, mask, bars, i > 0 ? 1 : 0)
      })
      const packed = inputs.map((input) => {
        const column = this.#column()
        kernels.pack(input, mask, column, bars)
        return column
      })
      this.#call(indicator, values, packed, outputs, present)
      for (const output of outputs) kernels.unpack(output, mask, present, bars)
    }
    this.#used = used
  }

  release(): void {
    for (const pointer of this.#room) this.#arena.release(pointer)
    this.#room.length = 0
    if (this.#wide.pointer) this.#arena.release(this.#wide.pointer)
    this.#wide = { pointer: 0, doubles: 0 }
  }

  #call(
    indicator: IndicatorSpec,
    values: IndicatorValues,
    inputs: readonly number[],
    outputs: readonly number[],
    bars: number,
  ): void {
    const call: IndicatorCall = {
      kernels: this.#kernels,
      inputs,
      outputs,
      bars,
      column: () => this.#column(),
      room: (doubles) => (doubles <= bars + 1 ? this.#column() : this.#widest(doubles)),
      compute: (name, given, from, to) => {
        const other = this.#find(name, given)
        this.run(other.indicator, other.values, from, to, bars)
      },
    }
    const fresh = inputs.filter((input) => !this.#whole.has(input))
    for (const input of fresh) this.#whole.add(input)
    indicator.run(call, values)
    for (const input of fresh) this.#whole.delete(input)
  }

  #widest(doubles: number): number {
    if (this.#wide.doubles < doubles) {
      if (this.#wide.pointer) this.#arena.release(this.#wide.pointer)
      this.#wide = { pointer: 0, doubles: 0 }
      this.#wide = { pointer: this.#arena.allocate(doubles * 8, 'what an indicator works in'), doubles }
    }
    return this.#wide.pointer
  }

  #column(): number {
    if (this.#used === this.#room.length) {
      // One more, for kernels that work in a window that may be a bar longer than the column.
      this.#room.push(this.#arena.allocate((this.#bars + 1) * 8, 'a column that an indicator works in'))
    }
    return this.#room[this.#used++]
  }
}
