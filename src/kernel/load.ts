import { instantiateSync } from '@assemblyscript/loader'
import * as layout from '../../assembly/layout.ts'
import { FillgridError } from '../errors.ts'
import { Arena } from './arena.ts'
import { engineBase64, wholeBase64 } from './binary.ts'
import type { CostAnswers } from './costanswers.ts'
import type { Broker, Kernels } from './exports.ts'
import { Sha256 } from './sha256.ts'

export type { Broker, Kernels } from './exports.ts'

/** The engine's two binaries, compiled: that of plain runs, and that of all others, which is compiled when it is needed. */
export interface Modules {
  readonly plain: WebAssembly.Module
  readonly whole: WebAssembly.Module
}

/** The engine over one memory. One per thread. */
export interface Engine {
  /** For other threads. */
  readonly modules: Modules
  readonly arena: Arena
  /** What plain runs and indicators need. */
  readonly kernels: Kernels
  /** The broker with all that a run may ask of it, over the same memory; made at first use. */
  readonly whole: Broker
  /** Whether the memory can be shared with workers. */
  readonly shared: boolean
  /** Address of the run that the kernels work on; 0 before the first, and while a cost model is asked. */
  bound: number
  /** Who answers for the own cost models of that run, if it has any. */
  costs: CostAnswers | undefined
  /** A cost model is being asked: nothing of any run can be used meanwhile. */
  asking: boolean
}

let engine: Engine | undefined

function decode(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

/** A binary as shipped. */
export function engineBytes(name: keyof Modules): Uint8Array<ArrayBuffer> {
  return decode(name === 'plain' ? engineBase64 : wholeBase64)
}

let digest: string | undefined

/** SHA-256 of the engine's binaries as shipped, 64 hexadecimal digits; worked out once. */
export function engineDigest(): string {
  digest ??= new Sha256().update(engineBytes('plain')).update(engineBytes('whole')).hex()
  return digest
}

/** The engine of this thread, made at first use. Worker threads call `adoptEngine` first. */
export function getEngine(): Engine {
  engine ??= createEngine(canShare())
  return engine
}

/**
 * Makes this thread's engine of another thread's modules: over the memory of that one, or where it shares none over its own.
 *
 * @param known the digest of the engine's binaries, for a thread that does not have them
 */
export function adoptEngine(modules: Modules, memory: WebAssembly.Memory | null, known?: string): Engine {
  digest ??= known
  if (memory && engine && engine.arena.memory !== memory) {
    throw new FillgridError('engine_failed', 'engine: this thread already has an engine over another memory.')
  }
  engine ??= instantiate(modules, memory ?? newMemory(false), memory !== null)
  return engine
}

/** A fresh engine over a fresh memory; `shared: false` runs the same binaries with their one memory flag flipped. */
export function createEngine(shared: boolean): Engine {
  const compile = (name: keyof Modules) => {
    const binary = engineBytes(name)
    return new WebAssembly.Module(shared ? binary : unshare(binary))
  }
  const plain = compile('plain')
  let whole: WebAssembly.Module | undefined
  const modules: Modules = {
    plain,
    get whole() {
      whole ??= compile('whole')
      return whole
    },
  }
  return instantiate(modules, newMemory(shared), shared)
}

function newMemory(shared: boolean): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 16, maximum: 65536, shared })
}

function instantiate(modules: Modules, memory: WebAssembly.Memory, shared: boolean): Engine {
  return new LoadedEngine(modules, memory, shared)
}

/** A class, since an object literal with a getter is one that each look at `bound`, a bar, has to search. */
class LoadedEngine implements Engine {
  readonly modules: Modules
  readonly arena: Arena
  readonly kernels: Kernels
  readonly shared: boolean
  bound = 0
  costs: CostAnswers | undefined = undefined
  asking = false
  readonly #memory: WebAssembly.Memory
  #whole: Broker | undefined

  constructor(modules: Modules, memory: WebAssembly.Memory, shared: boolean) {
    this.modules = modules
    this.#memory = memory
    this.kernels = instanceOf<Kernels>(modules.plain, memory, this.#ask)
    this.arena = new Arena(memory, this.kernels.heapBase())
    this.shared = shared
  }

  get whole(): Broker {
    this.#whole ??= instanceOf<Broker>(this.modules.whole, this.#memory, this.#ask)
    return this.#whole
  }

  /** The one call out of a module: made where a run has a cost model of its own, of which plain runs have none. */
  readonly #ask: CostAnswers['ask'] = (kind) => (this.costs as CostAnswers).ask(kind)
}

function instanceOf<Exports extends Broker>(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  ask: CostAnswers['ask'],
): Exports {
  const { instance } = instantiateSync(module, { env: { memory }, costs: { ask } })
  const exports = instance.exports as unknown as Exports & { LAYOUT_VERSION: WebAssembly.Global }
  const version = exports.LAYOUT_VERSION.value
  if (version !== layout.LAYOUT_VERSION) {
    throw new FillgridError(
      'engine_failed',
      `engine: the binary has layout ${version}, found library with layout ${layout.LAYOUT_VERSION}. Build again (npm run build).`,
    )
  }
  return exports
}

/** Shared memory can be made and passed to workers here: always in Node, in a browser only when isolated. */
function canShare(): boolean {
  const scope = globalThis as { crossOriginIsolated?: boolean; process?: { versions?: { node?: string } } }
  return (
    typeof SharedArrayBuffer !== 'undefined' &&
    (scope.crossOriginIsolated ?? scope.process?.versions?.node !== undefined)
  )
}

/**
 * The binary for unshared memory: it differs from the shipped one in the flag byte of the memory
 * import's limits (3, shared with maximum, becomes 1, with maximum).
 */
export function unshare(binary: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(binary)
  const at = memoryFlagOffset(out)
  if (out[at] !== 3)
    throw new FillgridError('engine_failed', `engine: memory flag 3 expected in the binary, found ${out[at]}.`)
  out[at] = 1
  return out
}

/** Where the limits flag of the imported memory stands: section 2 (imports), the entry of kind 2. */
function memoryFlagOffset(b: Uint8Array): number {
  let at = 8
  const leb = (): number => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = b[at++]
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
  }
  while (at < b.length) {
    const section = b[at++]
    const size = leb()
    const end = at + size
    if (section === 2) {
      for (let n = leb(); n > 0; n--) {
        for (let names = 0; names < 2; names++) {
          const length = leb()
          at += length
        }
        const kind = b[at++]
        if (kind === 2) return at
        if (kind === 0) leb()
        else throw new FillgridError('engine_failed', `engine: unexpected import of kind ${kind} in the binary.`)
      }
    }
    at = end
  }
  throw new FillgridError('engine_failed', 'engine: the binary imports no memory.')
}
