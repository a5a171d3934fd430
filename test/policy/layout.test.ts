/** The binaries and the numbers that both languages share. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as layout from '../../assembly/layout.ts'
import { plainRecords } from '../../assembly/plain.mjs'
import { WHOLE_FIELDS } from '../../src/kernel/exports.ts'
import { createEngine, engineBytes, unshare } from '../../src/kernel/load.ts'
import { compile, compilerOptions } from '../kernel/compile.ts'
import { root, textOf, trackedFiles, withoutComments } from './sources.ts'

const NAMES = { plain: 'engine', whole: 'whole' } as const
/** The binaries as shipped. */
const BINARIES = Object.entries(NAMES).map(([name, file]) => ({
  name: name as keyof typeof NAMES,
  file,
  shipped: engineBytes(name as keyof typeof NAMES),
}))
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
  it('every constant is the same number in both languages', async () => {
    const options = { ...compilerOptions('release'), importMemory: false, sharedMemory: false, maximumMemory: 1 }
    const binary = await compile(options, { 'layout.ts': textOf('assembly/layout.ts') })
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(binary)))
    expect(constants.length).toBeGreaterThan(300)
    const different = constants.filter(([name, value]) => (exports[name] as WebAssembly.Global)?.value !== value)
    expect(different).toEqual([])
  })

  it('constants are whole numbers of 32 bits, made without division', () => {
    expect(constants.filter(([, value]) => (value | 0) !== value)).toEqual([])
    expect(withoutComments(textOf('assembly/layout.ts'))).not.toMatch(/[^/]\/[^/]/)
    expect(Number.isInteger(layout.LAYOUT_VERSION) && layout.LAYOUT_VERSION >= 1).toBe(true)
  })

  it.each(BINARIES)('the library has the bytes that the build has: $file', ({ file, shipped }) => {
    expect(Buffer.compare(shipped, readFileSync(resolve(root, `build/${file}.wasm`)))).toBe(0)
  })

  it.each(BINARIES)(
    '$file imports its memory, and the whole one who answers for cost models; and exports no global that changes',
    ({ file, shipped }) => {
      const module = new WebAssembly.Module(shipped)
      const imports = WebAssembly.Module.imports(module).map(
        ({ module: from, name, kind }) => `${from}.${name}: ${kind}`,
      )
      expect(imports.sort()).toEqual([...(file === 'whole' ? ['costs.ask: function'] : []), 'env.memory: memory'])
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
    },
  )

  it('their static data are the tables of Math alone, at one place, so that both can lie over one memory', async () => {
    const alone = await compile(compilerOptions('release'), { 'tables.ts': textOf('assembly/tables.ts') })
    const tables = section(alone, 11)
    expect(tables.length).toBeGreaterThan(1000)
    for (const { shipped } of BINARIES) expect(Buffer.compare(section(shipped, 11), tables)).toBe(0)
    const engine = createEngine(false)
    expect(engine.whole.heapBase()).toBe(engine.kernels.heapBase())
  })

  // One of the two stands for both: what one byte says of memory is the compiler's matter, and it takes its time.
  it('an engine with one byte changed is what the compiler makes for memory that is not shared', async () => {
    const [{ name, shipped }] = BINARIES
    const unshared = await compile({ ...compilerOptions('release'), sharedMemory: false }, name)
    const flipped = unshare(shipped)
    let different = 0
    for (let i = 0; i < shipped.length; i++) if (shipped[i] !== flipped[i]) different++
    expect(different).toBe(1)
    expect(Buffer.compare(flipped, unshared)).toBe(0)
  }, 300_000)

  it('what is marked as of whole runs is never written by the kernel', () => {
    const marked = [...textOf('assembly/records.ts').matchAll(/^ {2}(\w+): \w+ \/\/ whole$/gm)].map(([, name]) => name)
    expect(marked).toHaveLength(WHOLE_FIELDS.length)
    expect(plainRecords(textOf('assembly/records.ts')).match(/@inline get /g)).toHaveLength(marked.length)
    const writes = new RegExp(`\\b(run|r)\\.(${marked.join('|')})(\\+\\+|--| [-+|&]?= )`)
    for (const file of trackedFiles().filter((name) => /^assembly\/.*\.ts$/.test(name)))
      expect(`${file}: ${writes.exec(withoutComments(textOf(file)))?.[0]}`).toBe(`${file}: undefined`)
  })
})

function instantiate(module: WebAssembly.Module): { instance: WebAssembly.Instance } {
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true })
  return { instance: new WebAssembly.Instance(module, { env: { memory }, costs: { ask: () => 0 } }) }
}
