/** The binary and the numbers that both languages share. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as layout from '../../assembly/layout.ts'
import { createEngine, engineBytes, unshare } from '../../src/kernel/load.ts'
import { compile, compilerOptions } from '../kernel/compile.ts'
import { root, textOf, withoutComments } from './sources.ts'

const shipped = engineBytes()
const constants = Object.entries(layout).filter((entry): entry is [string, number] => typeof entry[1] === 'number')

/** Sections of a binary by number; `data` is 11. */
function section(binary: Uint8Array, wanted: number): Uint8Array {
  let at = 8
  while (at < binary.length) {
    const id = binary[at++]
    let size = 0
    for (let shift = 0; ; shift += 7) {
      const byte = binary[at++]
      size |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    if (id === wanted) return binary.subarray(at, at + size)
    at += size
  }
  return new Uint8Array()
}

describe('layout', () => {
  it('every constant of the binary equals the TypeScript view of it', () => {
    const { module, kernels } = createEngine(false)
    const globals = kernels as unknown as Record<string, { value: number } | undefined>
    expect(constants.length).toBeGreaterThan(300)
    const different = constants.filter(([name, value]) => globals[name]?.value !== value)
    expect(different).toEqual([])
    const names = new Set(constants.map(([name]) => name))
    const further = WebAssembly.Module.exports(module).filter(({ kind, name }) => kind === 'global' && !names.has(name))
    expect(further).toEqual([])
  })

  it('constants are whole numbers of 32 bits, made without division', () => {
    expect(constants.filter(([, value]) => (value | 0) !== value)).toEqual([])
    expect(withoutComments(textOf('assembly/layout.ts'))).not.toMatch(/[^/]\/[^/]/)
    expect(Number.isInteger(layout.LAYOUT_VERSION) && layout.LAYOUT_VERSION >= 1).toBe(true)
  })

  it('the library has the bytes that the build has', () => {
    expect(Buffer.compare(shipped, readFileSync(resolve(root, 'build/engine.wasm')))).toBe(0)
  })

  it('the module imports its memory and nothing else, and exports no global that changes', () => {
    const module = new WebAssembly.Module(shipped)
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }])
    const { instance } = instantiate(module)
    const mutable = Object.entries(instance.exports).filter(([, value]) => {
      if (!(value instanceof WebAssembly.Global)) return false
      try {
        const before = value.value
        value.value = before
        return true
      } catch {
        return false
      }
    })
    expect(mutable).toEqual([])
  })

  it('its static data are the tables of Math alone', async () => {
    const source = 'export function power(x: f64, y: f64): f64 { return Math.pow(x, y) }'
    const power = await compile(compilerOptions('release'), { 'power.ts': source })
    const tables = section(power, 11)
    expect(tables.length).toBeGreaterThan(1000)
    expect(Buffer.compare(section(shipped, 11), tables)).toBe(0)
  })

  it('with one byte changed it is what the compiler makes for memory that is not shared', async () => {
    const unshared = await compile({ ...compilerOptions('release'), sharedMemory: false })
    const flipped = unshare(shipped)
    let different = 0
    for (let i = 0; i < shipped.length; i++) if (shipped[i] !== flipped[i]) different++
    expect(different).toBe(1)
    expect(Buffer.compare(flipped, unshared)).toBe(0)
  })
})

function instantiate(module: WebAssembly.Module): { instance: WebAssembly.Instance } {
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true })
  return { instance: new WebAssembly.Instance(module, { env: { memory } }) }
}
