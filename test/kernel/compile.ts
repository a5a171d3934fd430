import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'
import { readFrom } from '../../assembly/plain.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Options of the compiler, as asconfig.json has them. */
export type Options = Record<string, string | number | boolean | string[]>

/** What asconfig.json says for a target. */
export function compilerOptions(target: 'release' | 'debug'): Options {
  const config = JSON.parse(readFileSync(resolve(root, 'asconfig.json'), 'utf8'))
  const { bindings: _, sourceMap: __, ...options }: Options = { ...config.options, ...config.targets[target] }
  return options
}

/** The entries of the engine's two binaries. */
export const ENTRIES = { plain: 'assembly/index.ts', whole: 'assembly/whole.ts' } as const

/** Compiles in memory: one of the engine's binaries, or the sources given by name. */
export async function compile(
  options: Options,
  sources: 'plain' | 'whole' | Readonly<Record<string, string>>,
): Promise<Uint8Array> {
  let binary: Uint8Array | undefined
  const problems: string[] = []
  const { error } = await asc.main(
    ['--config', 'none', ...(typeof sources === 'string' ? [ENTRIES[sources]] : Object.keys(sources))],
    {
      stderr: { write: (text: string) => void problems.push(text) },
      readFile: (name: string, folder: string) => {
        if (name.endsWith('none')) return JSON.stringify({ options: { ...options, outFile: 'out.wasm' } })
        if (typeof sources !== 'string') return sources[name] ?? null
        return readFrom(sources === 'plain')(name, folder === '.' ? root : folder)
      },
      writeFile: (name: string, content: string | Uint8Array) => {
        if (name.endsWith('out.wasm')) binary = content as Uint8Array
      },
      listFiles: () => [],
    },
  )
  if (error || !binary)
    throw new Error(`compiling failed: ${error?.message ?? 'nothing was written'}\n${problems.join('')}`)
  return binary
}
