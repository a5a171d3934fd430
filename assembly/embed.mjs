// Writes the engine's bytes as a module, so that the library loads the same way in Node, in a
// browser and in a bundle: no fetch, no path, no asynchronous start.
import { readFileSync, writeFileSync } from 'node:fs'

const root = new URL('../', import.meta.url)
const bytes = readFileSync(new URL('build/engine.wasm', root))
const text = `// Made by the build (assembly/embed.mjs) from build/engine.wasm; not in git.\nexport const engineBase64: string = '${bytes.toString('base64')}'\n`
const target = new URL('src/kernel/binary.ts', root)
let old = ''
try {
  old = readFileSync(target, 'utf8')
} catch (error) {
  if (error.code !== 'ENOENT') throw error
}
if (old !== text) writeFileSync(target, text)

// The functions as JavaScript sees them: numbers in, a number or nothing out. What AssemblyScript calls bool is 0 or 1.
const declared = readFileSync(new URL('build/engine.d.ts', root), 'utf8')
const adapted = declared.slice(0, declared.indexOf('\n}\n'))
const functions = [...adapted.matchAll(/^ {2}export function (\w+)\((.*)\): (\w+);$/gm)].map(
  ([, name, parameters, result]) =>
    `  ${name}(${parameters.replaceAll(': boolean', ': number')}): ${result === 'boolean' ? 'number' : result}\n`,
)
writeFileSync(
  new URL('src/kernel/exports.ts', root),
  `// Made by the build (assembly/embed.mjs) from the compiler's own types; not in git.\n/** The functions of the engine module: pointers are byte offsets in its memory. */\nexport interface Kernels {\n${functions.join('')}}\n`,
)
