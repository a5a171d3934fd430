/**
 * The README is run. Code blocks that begin with a comment that names a file become that file; `npx fillgrid`, `node` and
 * `npm run demo` in shell blocks are run beside them, and a text block after one is what it has to print: a line `...`
 * stands for any lines, and speeds and fingerprints (which name the engine's build) may differ.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeEquities } from '../../data/equities.ts'
import { root, textOf } from './sources.ts'

interface Block {
  language: string
  text: string
}

const page = textOf('README.md')
const blocks: Block[] = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({
  language,
  text,
}))
const commands = blocks.flatMap(({ language, text }, i) => {
  if (language !== 'sh') return []
  const lines = text.trim().split('\n')
  const printed = blocks[i + 1]?.language === 'text' ? blocks[i + 1].text : undefined
  return lines.map((line, k) => ({ line, printed: k === lines.length - 1 ? printed : undefined }))
})

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fillgrid-readme-'))
  mkdirSync(join(folder, 'node_modules'))
  mkdirSync(join(folder, 'data'))
  mkdirSync(join(folder, 'node_modules', '@duckdb'))
  symlinkSync(root, join(folder, 'node_modules', 'fillgrid'), 'junction')
  const duckdb = join('node_modules', '@duckdb', 'node-api')
  symlinkSync(resolve(root, duckdb), join(folder, duckdb), 'junction')
  copyFileSync(resolve(root, 'data/equities.csv'), join(folder, 'data', 'equities.csv'))
  copyFileSync(resolve(root, 'data/equities.csv'), join(folder, 'bars.csv'))
  for (const { text } of blocks) {
    const name = /^\/\/ (\S+\.\w+)\n/.exec(text)?.[1]
    if (name) writeFileSync(join(folder, name), text)
  }
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What a command of the page runs here; undefined for those that only have to exist. */
function programOf(line: string): string[] | undefined {
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain)
  const main = resolve(root, 'build/src/cli/main.js')
  if (words[0] === 'npx' && words[1] === 'fillgrid') return [main, ...words.slice(2)]
  if (words[0] === 'node') return words.slice(1)
  if (line.endsWith('npm run demo')) return [main, 'demo']
  return undefined
}

/** The pattern of what is printed. */
function patternOf(printed: string): RegExp {
  const lines = printed
    .trimEnd()
    .split('\n')
    .map((line) => {
      if (line === '...') return '(?:[^\\n]*\\n)*?'
      const exact = line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      return `${exact
        .replace(/sets in .* s, .* sets a second/, 'sets in .* s, .* sets a second')
        .replace(/^fingerprint [0-9a-f]{64}$/, 'fingerprint [0-9a-f]{64}')}\\n`
    })
  return new RegExp(`^${lines.join('')}\\n*$`)
}

describe('the README', () => {
  it('shows both ways to write a strategy, the command line and the library', () => {
    const names = blocks.flatMap(({ text }) => /^\/\/ (\S+\.\w+)\n/.exec(text)?.[1] ?? [])
    expect(names).toEqual([
      ...['first.mjs', 'pullback.ts', 'momentum.ts', 'turtle.ts', 'cross.ts', 'run.mjs', 'manual.mjs', 'jobs.mjs'],
      ...['query.mjs', 'worker.js', 'page.js'],
    ])
    expect(commands.filter(({ printed }) => printed).length).toBeGreaterThanOrEqual(4)
  })

  it.each(commands)('$line', ({ line, printed }) => {
    for (const [, script] of line.matchAll(/npm run ([\w:]+)/g))
      expect(JSON.parse(textOf('package.json')).scripts).toHaveProperty([script])
    const program = programOf(line)
    expect(program !== undefined || printed === undefined).toBe(true)
    if (!program) return
    const { status, stdout, stderr } = spawnSync(process.execPath, program, { cwd: folder, encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    if (printed !== undefined && !patternOf(printed).test(stdout)) expect(stdout).toBe(printed)
  })

  it('scripts that the pages name exist', () => {
    const { scripts } = JSON.parse(textOf('package.json'))
    for (const file of ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md']) {
      for (const [, script] of textOf(file).matchAll(/npm run ([\w:]+)/g))
        expect(scripts, file).toHaveProperty([script])
    }
  })

  it('its TypeScript satisfies a strict compiler', () => {
    const files = blocks.flatMap(({ text }) => /^\/\/ (\S+\.ts)\n/.exec(text)?.[1] ?? [])
    const compilerOptions = {
      strict: true,
      noImplicitOverride: true,
      module: 'NodeNext',
      target: 'ES2022',
      lib: ['ES2023', 'DOM'],
      types: [],
      noEmit: true,
      skipLibCheck: true,
    }
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
    const compiler = resolve(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const { stdout } = spawnSync(process.execPath, [compiler, '-p', '.'], { cwd: folder, encoding: 'utf8' })
    expect(stdout).toBe('')
  })

  it('its data are what the generator makes', () => {
    const { bars, assets, time, series } = makeEquities({ bars: 750, assets: 4 })
    const lines = ['timestamp,symbol,open,high,low,close,volume']
    for (let bar = 0; bar < bars; bar++) {
      const day = new Date(time[bar]).toISOString().slice(0, 10)
      assets.forEach((asset, k) => {
        const { open, high, low, close, volume } = series[k]
        lines.push([day, asset, open[bar], high[bar], low[bar], close[bar], volume[bar]].join(','))
      })
    }
    expect(textOf('data/equities.csv') === `${lines.join('\n')}\n`).toBe(true)
  })
})
