import type { Arena } from './arena.ts'

/** The blocks of the arena that belong to one run. The addresses of most stand in its record, at the field's offset. */
export class Blocks {
  readonly #arena: Arena
  readonly #record: number
  readonly #blocks = new Map<number, { pointer: number; bytes: number }>()
  readonly #own: number[] = []

  /** @param record address of the run record */
  constructor(arena: Arena, record: number) {
    this.#arena = arena
    this.#record = record
  }

  /** A field's block, as large as it was asked for last; a view. */
  #bytes(field: number): Uint8Array {
    const block = this.#blocks.get(field)
    return block ? this.#arena.u8(block.pointer, block.bytes) : NOTHING
  }

  /** A block, in place of what the field had; returns its address. */
  set(field: number, bytes: number, purpose: string): number {
    const old = this.#blocks.get(field)
    // Before the old one goes: where there is no room for it, the run is as it was.
    const pointer = this.#arena.allocate(bytes, purpose)
    if (old) this.#arena.release(old.pointer)
    this.#blocks.set(field, { pointer, bytes })
    this.#arena.i32(this.#record + field, 1)[0] = pointer
    return pointer
  }

  /** A block that no field tells of: the caller keeps its address. */
  own(bytes: number, purpose: string): number {
    const pointer = this.#arena.allocate(bytes, purpose)
    this.#own.push(pointer)
    return pointer
  }

  /** A larger block, of which the first bytes are those of the old one. */
  grow(field: number, bytes: number, kept: number, purpose: string): void {
    const old = this.#bytes(field).slice(0, kept)
    this.set(field, bytes, purpose)
    this.#bytes(field).set(old)
  }

  /** Writes the addresses, after the record was cleared. */
  writeAddresses(): void {
    for (const [field, { pointer }] of this.#blocks) this.#arena.i32(this.#record + field, 1)[0] = pointer
  }

  /** Gives everything back. */
  release(): void {
    for (const { pointer } of this.#blocks.values()) this.#arena.release(pointer)
    for (const pointer of this.#own) this.#arena.release(pointer)
    this.#blocks.clear()
    this.#own.length = 0
  }
}

const NOTHING = new Uint8Array(0)
