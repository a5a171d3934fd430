/** What is published: its files, its entries, its dependencies; tried out in an empty folder. */
import { execFileSync, execSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BUILT_FILES, root, textOf, trackedFiles } from './sources.ts'

const manifest = JSON.parse(textOf('package.json'))

/** The compiler that we use, and the oldest that reads our types; `arrow`: whether it reads those of apache-arrow too. */
const COMPILERS = [
  { compiler: 'node_modules/typescript', arrow: true },
  { compiler: 'test/types/floor/node_modules/typescript', arrow: false },
]

let folder: string
let packed: string
let files: string[]

function node(...parameters: string[]): string {
  return execFileSync(process.execPath, parameters, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Runs a module of a user of the package. */
function script(code: string): string {
  writeFileSync(join(folder, 'script.mjs'), code)
  return node('script.mjs')
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fillgrid-package-'))
  packed = join(folder, 'node_modules', 'fillgrid')
  mkdirSync(packed, { recursive: true })
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const options = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
  const [pack] = JSON.parse(
    execFileSync(npm, options, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
  )
  files = pack.files.map(({ path }: { path: string }) => path)
  execFileSync('tar', ['xzf', join(folder, pack.filename), '-C', packed, '--strip-components', '1'])
  for (const name of [...Object.keys(manifest.dependencies), '@types/node']) {
    const link = join(folder, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(resolve(root, 'node_modules', name), link, 'junction')
  }
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the package', () => {
  it('has the library, its types, its pages, and nothing else', () => {
    const wanted =
      /^(build\/(src|data|assembly)\/.+\.(js|d\.ts)|build\/(browser\.js|(engine|whole)\.wasm)|docs\/.+|[A-Z]+\.md|LICENSE|package\.json)$/
    expect(files.filter((file) => !wanted.test(file))).toEqual([])
    const all = [...trackedFiles(), ...BUILT_FILES]
    const sources = all.filter((file) => /^src\/.*\.ts$/.test(file) && !file.endsWith('.d.ts'))
    const missing = sources.filter((file) => {
      const built = `build/${file.replace(/\.ts$/, '')}`
      return !files.includes(`${built}.js`) || !files.includes(`${built}.d.ts`)
    })
    expect(missing).toEqual([])
    for (const file of [
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
      'build/engine.wasm',
      'build/whole.wasm',
      'build/browser.js',
    ])
      expect(files).toContain(file)
  })

  it('names no folder of the machine that built it', () => {
    const places = [root.replace(/[/\\]$/, ''), homedir(), tmpdir()].filter((place) => place.length > 1)
    const wrong = files.filter((file) => {
      const text = readFileSync(join(packed, file), 'latin1')
      return places.some((place) => text.includes(place))
    })
    expect(wrong).toEqual([])
  })

  it('depends on what it is meant to depend on', () => {
    expect(Object.keys(manifest.dependencies).sort()).toEqual([
      '@assemblyscript/loader',
      'apache-arrow',
      'cli-progress',
      'comlink',
      'commander',
      'esbuild',
      'piscina',
    ])
    for (const kind of ['optionalDependencies', 'bundleDependencies']) expect(manifest[kind]).toBeUndefined()
    // Who wants them installs them. All versions of DuckDB's are pre-releases, which no range but this one takes in.
    expect(manifest.peerDependencies).toEqual({ '@duckdb/node-api': '*', 'hyparquet-writer': '>=0.17.0 <1' })
    for (const name of Object.keys(manifest.peerDependencies)) {
      expect(manifest.peerDependenciesMeta[name]).toEqual({ optional: true })
      expect(manifest.devDependencies[name]).toBeDefined()
    }
    const [lock] = Object.values(JSON.parse(textOf('package-lock.json')).packages)
    expect(lock).toMatchObject({
      dependencies: manifest.dependencies,
      devDependencies: manifest.devDependencies,
      peerDependencies: manifest.peerDependencies,
      peerDependenciesMeta: manifest.peerDependenciesMeta,
    })
    expect(manifest.license).toBe('Apache-2.0')
    expect(manifest.engines.node).toBe('>=20')
  })

  it('every entry resolves, and a run gives the same through each', () => {
    const entries = Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === 'string' ? [entry] : Object.values(entry as object),
    )
    for (const entry of [...entries, manifest.bin.fillgrid]) {
      if (entry !== './package.json') expect(files).toContain(entry.slice(2))
    }
    const output = script(`
      import { backtest, Market, readJson, readParquet, smaCross } from 'fillgrid'
      import * as node from 'fillgrid/node'
      import * as browser from 'fillgrid/browser'
      import { readArrow, tableToArrow } from 'fillgrid/arrow'
      import manifest from 'fillgrid/package.json' with { type: 'json' }
      const close = Array.from({ length: 200 }, (_, i) => 100 + 10 * ((i * 7) % 13) / 13)
      const market = Market.from({ assets: ['A'], time: close.map((_, i) => i * 86400000), close })
      const one = backtest(market, smaCross, { parameters: { fast: 2, slow: 5 } })
      const two = node.backtest(market, node.smaCross, { parameters: { fast: 2, slow: 5 } })
      if (one.fingerprint.all !== two.fingerprint.all) throw new Error('fingerprints differ')
      const same = browser.Market.from({ assets: ['A'], time: close.map((_, i) => i * 86400000), close })
      const three = browser.backtest(same, browser.smaCross, { parameters: { fast: 2, slow: 5 } })
      if (one.fingerprint.all !== three.fingerprint.all) throw new Error('fingerprints differ in the one file')
      if (tableToArrow(one.trades).length < 100 || typeof readArrow !== 'function') throw new Error('no Arrow')
      if (readJson({ bytes: '[[1,2,3,1,2,10],[2,2,3,1,2,10]]', file: 'A.json' }).bars !== 2) throw new Error('no JSON')
      if (typeof readParquet !== 'function') throw new Error('no Parquet')
      const { table } = await node.sweep(market, 'sma-cross', { fast: [2, 3], slow: [5, 8] }, { workers: 2 })
      console.log(manifest.version, one.trades.length, table.length)
    `)
    expect(output).toMatch(new RegExp(`^${manifest.version.replaceAll('.', '\\.')} [1-9]\\d* 4\\n$`))
  })

  it('its command line runs a strategy file that imports the package', () => {
    const rows = Array.from(
      { length: 60 },
      (_, i) =>
        `2024-01-${String(1 + (i % 30)).padStart(2, '0')}T${String(Math.floor(i / 30)).padStart(2, '0')}:00:00Z,${100 + ((i * 7) % 11)}`,
    )
    writeFileSync(join(folder, 'bars.csv'), `timestamp,close\n${rows.sort().join('\n')}\n`)
    writeFileSync(
      join(folder, 'mine.ts'),
      `import { type Bar, type Broker, Strategy } from 'fillgrid'
       export default class Mine extends Strategy {
         override onBar(bar: Bar, broker: Broker): void {
           if (bar.index % 5 === 1) broker.enterPosition(0, 'long')
           if (bar.index % 5 === 4) broker.closePosition(0)
         }
       }`,
    )
    const main = join('node_modules', 'fillgrid', manifest.bin.fillgrid)
    expect(node(main, '--version')).toBe(`${manifest.version}\n`)
    // As a shell and npx start it.
    if (process.platform !== 'win32')
      expect(execFileSync(join(folder, main), ['--version'], { encoding: 'utf8' })).toBe(`${manifest.version}\n`)
    const summary = JSON.parse(node(main, 'run', '--data', 'bars.csv', '--strategy', './mine.ts', '--json'))
    expect(JSON.stringify(summary)).toMatch(/"num_trades":1[0-2]\b/)
  })

  it.skipIf(process.platform === 'win32')(
    'its command line can be started after every build, as the compiler leaves it',
    () => {
      const main = resolve(root, manifest.bin.fillgrid)
      const executable = () => (statSync(main).mode & 0o111) === 0o111
      expect(executable()).toBe(true)
      // What the compiler makes anew has no such right; the build gives it next.
      chmodSync(main, 0o644)
      const [compile, next] = manifest.scripts.build.split(' && ').slice(1)
      expect([compile, executable()]).toEqual(['tsc -p .', false])
      execSync(next, { cwd: root })
      expect(executable()).toBe(true)
    },
  )

  describe.each(COMPILERS)(
    'its types satisfy a strict compiler, in the library too: $compiler',
    ({ compiler, arrow }) => {
      const program = `
      import { backtest, type Bar, type Broker, defineSignals, Market, type Result, Strategy, sweep } from 'fillgrid'
      export class Mine extends Strategy<{ length: number }> {
        static override parameters = { length: { type: 'integer', default: 5, min: 1 } } as const
        override onBar(bar: Bar, broker: Broker): void {
          if (bar.close[0] > this.parameters.length) broker.submitOrder({ asset: 0, side: 'buy', quantity: 1 })
        }
      }
      export const cross = defineSignals({ name: 'x', signals: ({ market }) => ({ entries: market.close }) })
      export const run = (market: Market): Result => backtest(market, Mine, { cash: 1 })
      export const sharpe = (market: Market): number => run(market).summary.sharpe
      export { sweep }`
      const server = `${program}
      import { loadMarket, piscinaExecutor, sweep as nodeSweep } from 'fillgrid/node'
      export { loadMarket, nodeSweep, piscinaExecutor }`

      it.each([
        { host: 'Node', text: server, module: 'NodeNext', moduleResolution: 'NodeNext', types: ['node'] },
        { host: 'a bundler', text: program, module: 'ES2022', moduleResolution: 'Bundler', types: [] },
        {
          host: 'a page',
          text: program.replace("from 'fillgrid'", "from 'fillgrid/browser'"),
          module: 'ES2022',
          moduleResolution: 'Bundler',
          types: [],
        },
      ])('in $host', ({ host: _, text, ...options }) => {
        expect(compile(compiler, text, options)).toEqual([])
      })

      it('with tables of Arrow', () => {
        const text = "import { readArrow } from 'fillgrid/arrow'\nexport { readArrow }"
        const errors = compile(compiler, text, { module: 'NodeNext', moduleResolution: 'NodeNext', types: ['node'] })
        // Those of apache-arrow and of what it needs are theirs.
        expect(errors.filter((line) => arrow || !/node_modules\/(apache-arrow|flatbuffers)\//.test(line))).toEqual([])
      })
    },
  )

  it('the README names the oldest compiler that is tried', () => {
    const { version } = JSON.parse(textOf('test/types/floor/node_modules/typescript/package.json'))
    expect(textOf('README.md')).toContain(`TypeScript ${version.replace(/\.\d+$/, '')} or later`)
  })
})

/** Errors that a compiler has about a user's module and all types that it reaches. */
function compile(compiler: string, text: string, options: object): string[] {
  writeFileSync(join(folder, 'user.ts'), text)
  const compilerOptions = {
    strict: true,
    target: 'ES2022',
    lib: ['ES2022', 'DOM'],
    noEmit: true,
    skipLibCheck: false,
    ...options,
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['user.ts'] }))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const main = resolve(root, compiler, 'bin', 'tsc')
  try {
    node(main, '-p', '.')
    return []
  } catch (error) {
    const { stdout } = error as { stdout?: string }
    if (!stdout) throw error
    return stdout.trim().split('\n')
  }
}
