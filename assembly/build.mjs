/**
 * Builds the kernel, two engines of one source: `build/engine.wasm` for plain runs, with the indicators, and `build/whole.wasm`,
 * the broker with all that a run may ask of it (plain.mjs); and the same bytes as a module (embed.mjs). Does nothing while neither the
 * sources nor what was made of them have changed, unless `--force` is given; `--debug` makes `build/engine.debug.wasm`
 * of the whole with assertions, names and a source map instead. Also takes away what was built of sources that are gone.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { writeOffsets } from './offsets.mjs'
import { readFrom } from './plain.mjs'

const root = new URL('../', import.meta.url)
const stamp = new URL('build/engine.stamp', root)

/** Hash of all that decides what the compiler makes. */
function sourcesHash() {
  const folder = new URL('assembly/', root)
  const files = readdirSync(folder, { recursive: true }).filter((name) => /\.(ts|mjs)$/.test(name))
  const hash = createHash('sha256')
  for (const name of files.map((file) => file.replaceAll('\\', '/')).sort()) {
    hash.update(`${name}\n`).update(readFileSync(new URL(name, folder)))
  }
  hash.update(readFileSync(new URL('asconfig.json', root)))
  hash.update(readFileSync(new URL('node_modules/assemblyscript/package.json', root)))
  return hash.digest('hex')
}

/** Hash of what was made; empty where something is missing. */
function outputHash() {
  const files = ['build/engine.wasm', 'build/whole.wasm', 'src/kernel/binary.ts', 'src/kernel/exports.ts'].map(
    (name) => new URL(name, root),
  )
  if (!files.every((file) => existsSync(file))) return ''
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(file))
  return hash.digest('hex')
}

/** The TypeScript compiler leaves them, and packing takes all there is. */
function removeOrphans() {
  for (const folder of ['assembly', 'bench', 'data', 'src']) {
    const built = new URL(`build/${folder}/`, root)
    for (const name of existsSync(built) ? readdirSync(built, { recursive: true }) : []) {
      const source = name.replaceAll('\\', '/').replace(/(\.d\.ts|\.js)$/, '.ts')
      if (source.endsWith('.ts') && !existsSync(new URL(`${folder}/${source}`, root))) rmSync(new URL(name, built))
    }
  }
}

removeOrphans()
writeOffsets()
const debug = process.argv.includes('--debug')
const state = () => `${sourcesHash()} ${outputHash()}`
const fresh = existsSync(stamp) && readFileSync(stamp, 'utf8') === state()
if (debug || !fresh || process.argv.includes('--force')) {
  const { default: asc } = await import('assemblyscript/asc')
  mkdirSync(new URL('build/', root), { recursive: true })
  const compile = async (
    /** @type {string} */ entry,
    /** @type {boolean} */ plain,
    /** @type {string[]} */ options,
  ) => {
    const { error } = await asc.main([entry, ...options, '--baseDir', fileURLToPath(root)], {
      stdout: process.stdout,
      stderr: process.stderr,
      readFile: readFrom(plain),
    })
    if (error) process.exit(1)
  }
  if (debug) await compile('assembly/whole.ts', false, ['--target', 'debug'])
  else {
    await compile('assembly/index.ts', true, ['--target', 'release'])
    await compile('assembly/whole.ts', false, ['--target', 'release', '--outFile', 'build/whole.wasm'])
  }
  if (!debug) {
    await import('./embed.mjs')
    writeFileSync(stamp, state())
  }
}
await import('../src/jobs/embed.mjs')
await import('../src/report/page/embed.mjs')
