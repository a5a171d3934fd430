import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Message, type Plugin, transform } from 'esbuild'
import { FillgridError, show } from '../errors.ts'
import type { ModuleReference } from './strategy-ref.ts'

/**
 * Makes one JavaScript module of a strategy's file and all it imports, TypeScript or not, on any Node version, so that
 * workers can load it. Imports of `fillgrid` mean the library that is running. The module lies in a folder of the
 * system for temporary files under the hash of its content, with its source map inside: stack traces name the
 * strategy's own lines.
 *
 * `source` is the same text without what depends on the host: it stands for the strategy in fingerprints.
 *
 * @param path of the .ts, .mts, .js or .mjs file, relative to the working directory
 * @param name which export is the strategy; by default the default export, or the only one that is a strategy
 * @throws FillgridError file_access, invalid_strategy with file, line and column
 */
export async function bundleStrategy(path: string, name?: string): Promise<ModuleReference & { source: string }> {
  const file = resolve(path)
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw new FillgridError(
      'file_access',
      `strategy: a file is needed, found nothing at ${show(path)}. Give a path or the name of a built-in strategy.`,
      { file: path },
    )
  }
  const url = pathToFileURL(file).href
  let text: string
  try {
    const result = await build({
      entryPoints: [file],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: 'inline',
      outfile: join(cacheFolder(), 'strategy.mjs'),
      banner: {
        js: `import { createRequire as fillgridRequire } from 'node:module'; globalThis.require ??= fillgridRequire(${JSON.stringify(url)});`,
      },
      define: { 'import.meta.url': JSON.stringify(url) },
      plugins: [runningLibrary],
      logLevel: 'silent',
    })
    text = result.outputFiles[0].text
  } catch (cause) {
    throw cause instanceof FillgridError ? cause : unreadable(path, cause)
  }
  const target = join(cacheFolder(), `${createHash('sha256').update(text).digest('hex').slice(0, 32)}.mjs`)
  if (!statSync(target, { throwIfNoEntry: false })) {
    const draft = `${target}.${process.pid}`
    writeFileSync(draft, text)
    renameSync(draft, target)
  }
  return { module: pathToFileURL(target).href, export: name, source: await plainSource(text, url) }
}

/** The bundle without comments, map and the paths of this host: the same for the same strategy, wherever it lies. */
async function plainSource(bundle: string, url: string): Promise<string> {
  const { code } = await transform(bundle, { minifyWhitespace: true, legalComments: 'none', format: 'esm' })
  let source = code
  for (const [name, file] of Object.entries(ENTRIES)) source = source.replaceAll(builtFile(file).href, name)
  return source.replaceAll(url, 'strategy')
}

/** The entries of this package and their files. */
const ENTRIES: Record<string, string> = {
  fillgrid: 'index.js',
  'fillgrid/browser': 'index.js',
  'fillgrid/node': 'node.js',
  'fillgrid/arrow': 'io/arrow.js',
}

/** Imports of this package are not copied into the bundle: they are the modules that are running. */
const runningLibrary: Plugin = {
  name: 'fillgrid',
  setup(build) {
    build.onResolve({ filter: /^fillgrid(\/\w+)?$/ }, ({ path }) =>
      Object.hasOwn(ENTRIES, path) ? { path: builtFile(ENTRIES[path]).href, external: true } : undefined,
    )
  },
}

/**
 * A built file of this package by its path under `src/`: beside this one when it is built itself, else in the build
 * folder (workers need JavaScript, and Node 20 reads no TypeScript).
 */
export function builtFile(path: string): URL {
  const here = import.meta.url
  return here.endsWith('.ts') ? new URL(`../../build/src/${path}`, here) : new URL(`../${path}`, here)
}

let folder: string | undefined

function cacheFolder(): string {
  if (folder === undefined) {
    try {
      const own = join(tmpdir(), `fillgrid-${userInfo().username.replace(/\W/g, '')}`)
      // Not recursive: where the system's folder cannot be made either, Node would try for ever.
      if (statSync(own, { throwIfNoEntry: false }) === undefined) mkdirSync(own, { mode: 0o700 })
      const { mode, uid } = statSync(own)
      folder = process.getuid && (uid !== process.getuid() || (mode & 0o022) !== 0) ? ownFolder() : own
    } catch {
      folder = ownFolder()
    }
  }
  return folder
}

function ownFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'fillgrid-'))
  } catch (cause) {
    throw new FillgridError(
      'file_access',
      `strategy: a folder for temporary files must be writable, found ${(cause as NodeJS.ErrnoException).code} at ${show(tmpdir())}. Set TMPDIR to one that is.`,
      { file: tmpdir() },
      { cause },
    )
  }
}

function unreadable(path: string, cause: unknown): FillgridError {
  const first = (cause as { errors?: Message[] }).errors?.[0]
  const at = first?.location
  if (!first || !at) {
    const text = first?.text ?? (cause instanceof Error ? cause.message : String(cause))
    return new FillgridError(
      'invalid_strategy',
      `strategy: the file must load, found ${show(text)} in ${show(path)}. Mend it and run again.`,
      { file: path },
      { cause },
    )
  }
  const file = relative(process.cwd(), resolve(at.file))
  const place = { file, line: at.line, column: at.column + 1 }
  return new FillgridError(
    'invalid_strategy',
    `strategy: the file must load, found ${first.text.replace(/\.$/, '')} at ${file}:${place.line}:${place.column} (${show(at.lineText.trim())}). Mend it and run again.`,
    place,
    { cause },
  )
}
