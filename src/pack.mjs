// What is made of the built library, after the compiler: types that older compilers read, and the library as one file.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const built = new URL('../build/', import.meta.url)

/**
 * `Uint8Array<ArrayBuffer>` is TypeScript 5.7; what its constructor's `of` returns is the same type there, and one before.
 * `ArrayBufferLike` is what is meant where nothing stands.
 */
function forOlderCompilers(types) {
  return types
    .replace(/\b(\w+Array)<ArrayBufferLike>/g, '$1')
    .replace(/\b(\w+Array)<ArrayBuffer>/g, "ReturnType<$1Constructor['of']>")
}

for (const folder of ['assembly', 'data', 'src']) {
  for (const name of readdirSync(new URL(`${folder}/`, built), { recursive: true })) {
    if (!name.endsWith('.d.ts')) continue
    const file = new URL(`${folder}/${name.replaceAll('\\', '/')}`, built)
    const text = readFileSync(file, 'utf8')
    const plain = forOlderCompilers(text)
    if (plain !== text) writeFileSync(file, plain)
  }
}

/** `fillgrid/browser`: nothing beside it is loaded, not even for workers. Names stay, for errors and for who looks inside. */
await build({
  entryPoints: [fileURLToPath(new URL('src/index.js', built))],
  outfile: fileURLToPath(new URL('browser.js', built)),
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 1000,
  charset: 'utf8',
  logLevel: 'warning',
})
