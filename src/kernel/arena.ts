import { FillgridError } from '../errors.ts'
import type { LedgerSlot } from './ledger.ts'

/**
 * The one memory of a process or tab, handed out in blocks of 64-byte lines.
 *
 *   [0 .. heapBase)        the module's constant tables (Math)
 *   [heapBase .. +64)      header: the end of what has been handed out, in lines (i32, atomic)
 *   [.. end)               blocks: market columns, run regions, indicator columns
 *
 * Several threads allocate from one shared memory: the end is moved by compare-and-swap, and each
 * thread gives back only to itself what it has taken itself. What a worker has taken stands in a ledger, from which the
 * next worker inherits it when the first one dies.
 */
export class Arena {
  readonly memory: WebAssembly.Memory
  readonly #header: number
  /** Blocks this thread gave back: pointer and lines, by pointer; neighbours are merged. */
  #free: { pointer: number; lines: number }[] = []
  readonly #taken = new Map<number, number>()
  #buffer: ArrayBufferLike
  #end: Int32Array
  #bytes = 0
  #ledger: LedgerSlot | undefined

  /** @param heapBase the module's `__heap_base`. The first arena over a memory writes the header. */
  constructor(memory: WebAssembly.Memory, heapBase: number) {
    this.memory = memory
    this.#header = Math.ceil(heapBase / LINE) * LINE
    this.#buffer = memory.buffer
    if (this.#header + LINE > memory.buffer.byteLength) memory.grow(1)
    this.#buffer = memory.buffer
    this.#end = new Int32Array(this.#buffer, this.#header, 1)
    Atomics.compareExchange(this.#end, 0, 0, this.#header / LINE + 1)
  }

  /** Keeps account of what this thread takes, and begins with what the slot's last thread had; before anything is taken. */
  inherit(slot: LedgerSlot): void {
    if (this.#ledger || this.#taken.size > 0) return
    const ranges = slot.ranges()
    slot.rewrite(ranges)
    this.#free = ranges.map(({ start, lines }) => ({ pointer: start * LINE, lines }))
    this.#ledger = slot
  }

  /** Bytes that this thread holds now. */
  get bytesHeld(): number {
    return this.#bytes
  }

  /** A 64-byte aligned block. Not cleared when it was used before. @throws FillgridError memory_limit */
  allocate(bytes: number, purpose: string): number {
    if (!Number.isFinite(bytes) || bytes < 0)
      throw new FillgridError('engine_failed', `memory: a block of ${bytes} bytes was asked for ${purpose}.`)
    const lines = Math.max(1, Math.ceil(bytes / LINE))
    const pointer = this.#fromFree(lines) ?? this.#fromEnd(lines, purpose)
    this.#taken.set(pointer, lines)
    this.#bytes += lines * LINE
    return pointer
  }

  /** Gives a block back. */
  release(pointer: number): void {
    const lines = this.#taken.get(pointer)
    if (lines === undefined)
      throw new FillgridError('engine_failed', `memory: block ${pointer} was released but is not held.`)
    this.#taken.delete(pointer)
    this.#bytes -= lines * LINE
    const free = this.#free
    let at = free.findIndex((block) => block.pointer > pointer)
    if (at < 0) at = free.length
    free.splice(at, 0, { pointer, lines })
    if (at + 1 < free.length && pointer + lines * LINE === free[at + 1].pointer) {
      free[at].lines += free[at + 1].lines
      free.splice(at + 1, 1)
    }
    if (at > 0 && free[at - 1].pointer + free[at - 1].lines * LINE === free[at].pointer) {
      free[at - 1].lines += free[at].lines
      free.splice(at, 1)
    }
  }

  /**
   * A view of `length` doubles. Views over shared memory stay valid when it grows; views over unshared
   * memory do not, so take them anew after any allocation.
   */
  f64(pointer: number, length: number): Float64Array {
    this.#check(pointer, length * 8, 8)
    return new Float64Array(this.memory.buffer, pointer, length)
  }

  /** A view of `length` 32-bit integers. */
  i32(pointer: number, length: number): Int32Array {
    this.#check(pointer, length * 4, 4)
    return new Int32Array(this.memory.buffer, pointer, length)
  }

  /** A view of `length` bytes. */
  u8(pointer: number, length: number): Uint8Array {
    this.#check(pointer, length, 1)
    return new Uint8Array(this.memory.buffer, pointer, length)
  }

  #check(pointer: number, bytes: number, align: number): void {
    if (pointer % align !== 0 || pointer < this.#header || pointer + bytes > this.memory.buffer.byteLength) {
      throw new FillgridError('engine_failed', `memory: a view of ${bytes} bytes at ${pointer} is outside the arena.`)
    }
  }

  #fromFree(lines: number): number | undefined {
    const at = this.#free.findIndex((block) => block.lines >= lines)
    if (at < 0) return undefined
    const block = this.#free[at]
    const pointer = block.pointer
    if (block.lines === lines) this.#free.splice(at, 1)
    else {
      block.pointer += lines * LINE
      block.lines -= lines
    }
    return pointer
  }

  #fromEnd(lines: number, purpose: string): number {
    for (;;) {
      if (this.memory.buffer !== this.#buffer) {
        this.#buffer = this.memory.buffer
        this.#end = new Int32Array(this.#buffer, this.#header, 1)
      }
      const start = Atomics.load(this.#end, 0)
      const end = start + lines
      if (end > LIMIT_LINES) throw outOfMemory(lines * LINE, start * LINE, purpose)
      const missing = end * LINE - this.memory.buffer.byteLength
      if (missing > 0) {
        try {
          this.memory.grow(Math.ceil(missing / PAGE))
        } catch (cause) {
          if (cause instanceof RangeError) throw outOfMemory(lines * LINE, start * LINE, purpose)
          throw cause
        }
        continue
      }
      if (Atomics.compareExchange(this.#end, 0, start, end) === start) {
        this.#ledger?.add(start, lines)
        return start * LINE
      }
    }
  }
}

const LINE = 64
const PAGE = 65536
/** 4 GiB less one page: the limit of 32-bit WebAssembly. */
const LIMIT_LINES = (65535 * PAGE) / LINE

function outOfMemory(bytes: number, used: number, purpose: string): FillgridError {
  const mib = (n: number) => `${(n / 1048576).toFixed(1)} MiB`
  return new FillgridError(
    'memory_limit',
    `memory: ${purpose} needs ${mib(bytes)}, found ${mib(LIMIT_LINES * LINE - used)} free of 4096 MiB or refused by the host. ` +
      'Run fewer assets, a shorter range (Market.slice) or longer bars (resample) at a time, or release markets that are no longer used.',
  )
}
