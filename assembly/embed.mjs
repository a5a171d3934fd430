// Writes the engine's bytes as a module, so that the library loads the same way in Node, in a
// browser and in a bundle: no fetch, no path, no asynchronous start.
import { readFileSync, writeFileSync } from 'node:fs'

const root = new URL('../', import.meta.url)
const bytes = readFileSync(new URL('build/engine.wasm', root))
const text = `// Made by the build (assembly/embed.mjs) from build/engine.wasm; not in git.\nexport const engineBase64 = '${bytes.toString('base64')}'\n`
const target = new URL('src/kernel/binary.ts', root)
let old = ''
try {
  old = readFileSync(target, 'utf8')
} catch (error) {
  if (error.code !== 'ENOENT') throw error
}
if (old !== text) writeFileSync(target, text)
