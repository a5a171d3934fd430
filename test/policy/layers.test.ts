/** The plan of the house: who may import whom, and which files may name which package. */
import { isBuiltin } from 'node:module'
import { describe, expect, it } from 'vitest'
import { BUILT_FILES, circles, importsOf, reach, textOf, trackedFiles, withoutComments } from './sources.ts'

/** Folders and files of `src` from the ground up; each imports only from lower ranks and from its own folder. */
const RANKS: readonly (readonly string[])[] = [
  ['assembly/layout.ts', 'data'],
  ['src/errors.ts'],
  ['src/kernel', 'src/expression'],
  ['src/market'],
  ['src/settings'],
  ['src/results', 'src/signals'],
  ['src/strategy'],
  ['src/engine', 'src/strategies'],
  ['src/drivers'],
  ['src/verify.ts'],
  ['src/prepare.ts'],
  ['src/backtest.ts', 'src/io', 'src/report'],
  ['src/jobs', 'src/runbacktest.ts', 'src/backtestsignals.ts'],
  ['src/sweep'],
  ['src/study'],
  ['src/index.ts'],
  ['src/node.ts'],
  ['src/cli'],
]

/** The same inside the kernel. */
const KERNEL_RANKS: readonly (readonly string[])[] = [
  ['assembly/layout.ts', 'assembly/tables.ts'],
  ['assembly/records.ts'],
  ['assembly/checks.ts'],
  ['assembly/expressions', 'assembly/indicators', 'assembly/stats'],
  ['assembly/broker'],
  ['assembly/drivers'],
  ['assembly/run.ts'],
  ['assembly/index.ts', 'assembly/whole.ts'],
]

/** The only files that name these packages. */
const OWNERS: Record<string, RegExp> = {
  '@duckdb/node-api': /^src\/io\/duckdb\.ts$/,
  '@assemblyscript/loader': /^src\/kernel\/load\.ts$/,
  'apache-arrow': /^src\/io\/arrow\.ts$/,
  'cli-progress': /^src\/cli\/progress\.ts$/,
  comlink: /^src\/jobs\/comlink\.ts$/,
  commander: /^src\/cli\//,
  'lightweight-charts': /^src\/report\/page\/(price|marks)\.ts$/,
  'hyparquet-writer': /^src\/io\/parquetwrite\.ts$/,
  esbuild: /^src\/jobs\/bundle\.ts$/,
  uplot: /^src\/report\/page\/lines\.ts$/,
  piscina: /^src\/jobs\/(piscina|worker)\.ts$/,
}

/** What may import Node: its own entries, and readers and writers of files. That `fillgrid` reaches none is tested apart. */
const NODE_FILES = /^src\/(cli\/|io\/|node\.ts|report\/file\.ts|sweep\/node\.ts|jobs\/(piscina|worker|bundle)\.ts)/

function rankOf(file: string, ranks: readonly (readonly string[])[]): { rank: number; home: string } | undefined {
  for (let rank = 0; rank < ranks.length; rank++) {
    const home = ranks[rank].find((name) => file === name || file.startsWith(`${name}/`))
    if (home) return { rank, home }
  }
  return undefined
}

function climbs(files: readonly string[], ranks: readonly (readonly string[])[]): string[] {
  const wrong: string[] = []
  for (const file of files) {
    const own = rankOf(file, ranks)
    if (!own) {
      wrong.push(`${file} has no rank`)
      continue
    }
    for (const { specifier, file: target } of importsOf(file)) {
      if (target === undefined) continue
      const other = rankOf(target, ranks)
      const allowed = other && (other.home === own.home || other.rank < own.rank)
      if (!allowed) wrong.push(`${file} imports ${specifier}`)
    }
  }
  return wrong
}

const files = trackedFiles()
const all = [...files, ...BUILT_FILES]
const library = all.filter((file) => /^src\/.*\.ts$/.test(file) && !file.endsWith('.d.ts'))
const data = files.filter((file) => /^data\/.*\.ts$/.test(file))
const kernel = all.filter((file) => /^assembly\/.*\.ts$/.test(file))

describe('layers', () => {
  it('imports descend by rank; neighbours do not import each other', () => {
    expect(library.length).toBeGreaterThan(50)
    expect(climbs([...library, ...data], RANKS)).toEqual([])
  })

  it('no file imports itself by way of others, types counted', () => {
    expect(circles([...library, ...data])).toEqual([])
  })

  it('the kernel descends from index to layout, and imports nothing from outside', () => {
    expect(kernel.length).toBeGreaterThan(15)
    expect(climbs(kernel, KERNEL_RANKS)).toEqual([])
    const outside = kernel.flatMap((file) => importsOf(file).filter(({ specifier }) => !specifier.startsWith('.')))
    expect(outside).toEqual([])
  })

  it('relative imports of the library name a file with its ending', () => {
    const wrong = [...library, ...data].flatMap((file) =>
      importsOf(file).flatMap(({ specifier, file: target }) =>
        target === undefined || [...library, ...data, 'assembly/layout.ts'].includes(target)
          ? []
          : [`${file}: ${specifier}`],
      ),
    )
    expect(wrong).toEqual([])
  })

  it('each package is named by its one file', () => {
    const wrong = [...library, ...data].flatMap((file) =>
      importsOf(file).flatMap(({ specifier, file: target }) => {
        if (target !== undefined || isBuiltin(specifier)) return []
        return OWNERS[specifier]?.test(file) ? [] : [`${file}: ${specifier}`]
      }),
    )
    expect(wrong).toEqual([])
  })

  it('only kernel/ names WebAssembly', () => {
    // The worker's text holds the kernel.
    const wrong = library.filter(
      (file) =>
        !file.startsWith('src/kernel/') &&
        file !== 'src/jobs/workertext.ts' &&
        /\bWebAssembly\b/.test(withoutComments(textOf(file))),
    )
    expect(wrong).toEqual([])
  })

  it('only the named files import Node', () => {
    const wrong = [...library, ...data].flatMap((file) =>
      importsOf(file).flatMap(({ specifier }) =>
        isBuiltin(specifier) && !NODE_FILES.test(file) ? [`${file}: ${specifier}`] : [],
      ),
    )
    expect(wrong).toEqual([])
  })

  it.each([
    { entry: 'src/index.ts', packages: ['@assemblyscript/loader', 'comlink'] },
    { entry: 'src/jobs/browser.ts', packages: ['@assemblyscript/loader', 'comlink'] },
    { entry: 'src/io/arrow.ts', packages: ['@assemblyscript/loader', 'apache-arrow'] },
  ])('$entry reaches no Node module', ({ entry, packages }) => {
    const { files, packages: found } = reach(entry)
    expect(files.length).toBeGreaterThan(10)
    expect(found.filter((name) => !packages.includes(name))).toEqual([])
  })

  it('folders hold what they are for: no further top-level entry, no utils', () => {
    const top = new Set(files.map((file) => file.split('/')[0]))
    const allowed =
      /^(assembly|bench|data|docs|examples|src|test|\.ci|\.gitignore|\.npmignore|package(-lock)?\.json|asconfig\.json|biome\.json|tsconfig\.json|vitest\.config\.ts|LICENSE|(README|ARCHITECTURE|CHANGELOG|CONTRIBUTING)\.md)$/
    expect([...top].filter((name) => !allowed.test(name))).toEqual([])
    expect(files.filter((file) => /(^|\/)(utils?|helpers?|misc|common)(\.\w+|\/)/.test(file))).toEqual([])
  })
})
