import { type Decision, readDecisions } from './decision.ts'
import { encodeState } from './state.ts'
import { damaged } from './statebytes.ts'
import { decodeState } from './statedecode.ts'

/** Bytes of a decision's length before it. */
const HEAD = 4

/**
 * What was decided in a run, bar by bar. Each decision is encoded once, when it is taken, so that a snapshot has only to copy
 * bytes, however long the run is.
 */
export class DecisionLog {
  #list: Decision[] = []
  /** Where the bytes of each end. */
  #ends: number[] = []
  #bytes = new Uint8Array(256)

  get length(): number {
    return this.#list.length
  }

  /** All of them, as they are until the next one; a cut leaves the list to whoever has it. */
  get list(): readonly Decision[] {
    return this.#list
  }

  push(decision: Decision): void {
    const from = this.#end
    const code = encoded(decision)
    this.#room(from + code.length)
    this.#bytes.set(code, from)
    this.#list.push(decision)
    this.#ends.push(from + code.length)
  }

  /** The first `length` of them stay. */
  cut(length: number): void {
    if (length === this.#list.length) return
    this.#list = this.#list.slice(0, length)
    this.#ends.length = length
  }

  /** Another log of the same decisions. */
  clone(): DecisionLog {
    const other = new DecisionLog()
    other.#list = [...this.#list]
    other.#ends = [...this.#ends]
    other.#bytes = this.encode()
    return other
  }

  /** All of them as bytes, which `decode` reads. */
  encode(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#end)
  }

  /**
   * The decisions of such bytes, which may come from outside, of bars from `first` to `last`.
   *
   * @throws FillgridError snapshot_damaged
   */
  static decode(bytes: Uint8Array, first: number, last: number): DecisionLog {
    const log = new DecisionLog()
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const found: Decision[] = []
    for (let at = 0; at < bytes.length; ) {
      const length = at + HEAD <= bytes.length ? view.getUint32(at, true) : Number.POSITIVE_INFINITY
      if (length > bytes.length - at - HEAD) throw damaged('decisions that break off')
      found.push(decodeState(bytes.subarray(at + HEAD, at + HEAD + length)) as Decision)
      at += HEAD + length
      log.#ends.push(at)
    }
    log.#list = readDecisions(found, first, last)
    log.#bytes = new Uint8Array(bytes)
    return log
  }

  get #end(): number {
    return this.#ends.at(-1) ?? 0
  }

  #room(bytes: number): void {
    if (bytes <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(bytes, 2 * this.#bytes.length))
    larger.set(this.#bytes.subarray(0, this.#end))
    this.#bytes = larger
  }
}

function encoded(decision: Decision): Uint8Array {
  const code = encodeState(decision, 'decision')
  const out = new Uint8Array(HEAD + code.length)
  new DataView(out.buffer).setUint32(0, code.length, true)
  out.set(code, HEAD)
  return out
}
