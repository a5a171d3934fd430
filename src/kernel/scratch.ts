import { type Engine, getEngine, type Kernels } from './load.ts'

/** Memory for one piece of work of the kernels: columns are copied in, figures out, and all of it is given back at the end. */
export class Scratch {
  readonly kernels: Kernels
  readonly #engine: Engine
  readonly #purpose: string
  readonly #blocks: number[] = []

  private constructor(engine: Engine, purpose: string) {
    this.#engine = engine
    this.kernels = engine.kernels
    this.#purpose = purpose
  }

  /** Does the work. @param purpose what for, for the error @throws FillgridError memory_limit; what the work throws */
  static use<T>(purpose: string, work: (scratch: Scratch) => T): T {
    const scratch = new Scratch(getEngine(), purpose)
    try {
      return work(scratch)
    } finally {
      for (const block of scratch.#blocks) scratch.#engine.arena.release(block)
    }
  }

  /** Room for so many bytes, whatever is in it. */
  room(bytes: number): number {
    const block = this.#engine.arena.allocate(bytes, this.#purpose)
    this.#blocks.push(block)
    return block
  }

  /** A copy of a column in the kernels' memory. */
  place(values: ArrayLike<number> & { readonly BYTES_PER_ELEMENT: number }): number {
    const { arena } = this.#engine
    const block = this.room(values.length * values.BYTES_PER_ELEMENT)
    const view = values.BYTES_PER_ELEMENT === 8 ? arena.f64(block, values.length) : arena.i32(block, values.length)
    view.set(values)
    return block
  }

  /** Room of so many bytes that are 0. */
  zeros(bytes: number): number {
    const block = this.room(bytes)
    this.#engine.arena.u8(block, bytes).fill(0)
    return block
  }

  /** Copies a column of doubles to a place in a room. */
  write(pointer: number, values: ArrayLike<number>): void {
    this.#engine.arena.f64(pointer, values.length).set(values)
  }

  /** A copy of so many whole numbers there. */
  readInts(pointer: number, length: number): Int32Array<ArrayBuffer> {
    return Int32Array.from(this.#engine.arena.i32(pointer, length))
  }

  /** A copy of so many doubles there. */
  read(pointer: number, length: number): Float64Array<ArrayBuffer> {
    return Float64Array.from(this.#engine.arena.f64(pointer, length))
  }
}
