import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Options of the compiler, as asconfig.json has them. */
export type Options = Record<string, string | number | boolean | string[]>

/** What asconfig.json says for a target. */
export function compilerOptions(target: 'release' | 'debug'): Options {
  const config = JSON.parse(readFileSync(resolve(root, 'asconfig.json'), 'utf8'))
  const { bindings: _, sourceMap: __, ...options }: Options = { ...config.options, ...config.targets[target] }
  return options
}

/** Compiles in memory: the kernel, or the sources given by name. */
export async function compile(options: Options, sources?: Readonly<Record<string, string>>): Promise<Uint8Array> {
  let binary: Uint8Array | undefined
  const problems: string[] = []
  const { error } = await asc.main(['--config', 'none', ...Object.keys(sources ?? { 'assembly/index.ts': '' })], {
    stderr: { write: (text: string) => void problems.push(text) },
    readFile: (name: string, folder: string) => {
      if (name.endsWith('none')) return JSON.stringify({ options: { ...options, outFile: 'out.wasm' } })
      if (sources) return sources[name] ?? null
      try {
        return readFileSync(resolve(folder === '.' ? root : folder, name), 'utf8')
      } catch {
        return null
      }
    },
    writeFile: (name: string, content: string | Uint8Array) => {
      if (name.endsWith('out.wasm')) binary = content as Uint8Array
    },
    listFiles: () => [],
  })
  if (error || !binary)
    throw new Error(`compiling failed: ${error?.message ?? 'nothing was written'}\n${problems.join('')}`)
  return binary
}
