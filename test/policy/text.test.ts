/** What may not stand in the repository: folders of a machine, hosts of registries, dead links, other licences. */
import { existsSync } from 'node:fs'
import { posix, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root, textOf, trackedFiles } from './sources.ts'

const files = trackedFiles()
const texts = files.filter((file) => !/\.(gz|png|wasm|arrow|parquet)$/.test(file))
const pages = files.filter((file) => file.endsWith('.md'))

// Put together from parts, so that this file does not name them either.
const FOLDERS = ['home', 'root', 'Users', 'work', 'tmp', 'mnt', 'workspace'].map((name) => `/${name}/`)
const HOSTS = ['npmjs', 'npmmirror', 'yarnpkg', 'pypi', 'pythonhosted', 'jsr'].map((name) => `${name}.`)

/** Lines that match, as `file:line: text`. */
function linesWith(pattern: RegExp, among: readonly string[] = texts): string[] {
  return among.flatMap((file) =>
    textOf(file)
      .split('\n')
      .flatMap((line, i) => (pattern.test(line) ? [`${file}:${i + 1}: ${line.slice(0, 120)}`] : [])),
  )
}

interface LockEntry {
  resolved?: string
  /** `resolved` is a folder of this repository. */
  link?: boolean
  integrity?: string
  optional?: boolean
  optionalDependencies?: Record<string, string>
}

describe('the text of the repository', () => {
  it('names no folder of a machine', () => {
    const start = `(?<![\\w./:*-])(${FOLDERS.map((folder) => folder.replaceAll('/', '\\/')).join('|')})`
    expect(linesWith(new RegExp(start))).toEqual([])
  })

  it('names no registry: the lock file leaves it to whoever installs', () => {
    expect(linesWith(new RegExp(`(${HOSTS.join('|').replaceAll('.', '\\.')})(org|com|io)`))).toEqual([])
    const lock = JSON.parse(textOf('package-lock.json'))
    const entries = Object.entries<LockEntry>(lock.packages)
    const own = entries.flatMap(([, { link, resolved }]) => (link ? [resolved] : []))
    expect(own.filter((folder) => !files.includes(`${folder}/package.json`))).toEqual([])
    const addresses = entries.filter(([, entry]) => !entry.link && entry.resolved !== undefined)
    expect(
      addresses.map(([name]) => name),
      'run node test/policy/lock.mjs',
    ).toEqual([])
    const unchecked = entries.filter(
      ([name, entry]) => ![...own, ''].includes(name) && !entry.link && !entry.integrity && !entry.optional,
    )
    expect(unchecked.map(([name]) => name)).toEqual([])
  })

  it('the lock file has the packages of every system, without which npm ci refuses it', () => {
    const { packages } = JSON.parse(textOf('package-lock.json')) as { packages: Record<string, LockEntry> }
    const missing = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies).filter(
        (name) => !Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`)),
      ),
    )
    expect(missing, 'run node test/policy/lock.mjs').toEqual([])
  })

  it('links to pages that are there', () => {
    const dead = pages.flatMap((file) =>
      [...textOf(file).matchAll(/\]\(([^)#\s]+)(#[^)\s]*)?\)/g)].flatMap(([, target]) => {
        if (/^[a-z]+:/.test(target)) return []
        return existsSync(resolve(root, posix.join(posix.dirname(file), target))) ? [] : [`${file}: ${target}`]
      }),
    )
    expect(dead).toEqual([])
  })

  it('every exported function, class and interface of the library says what it is', () => {
    const bare = files
      .filter((file) => /^src\/.*(?<!\.d)\.ts$/.test(file))
      .flatMap((file) => {
        const lines = textOf(file).split('\n')
        return lines.flatMap((line, i) => {
          if (!/^export (default )?(async |abstract )*(function|class|interface) /.test(line)) return []
          let above = i - 1
          while (/^\/\/ biome-ignore/.test(lines[above] ?? '')) above--
          return /\*\/\s*$/.test(lines[above] ?? '') ? [] : [`${file}: ${line}`]
        })
      })
    expect(bare).toEqual([])
  })

  it('the licence is the one that the package names, in full', () => {
    const licence = textOf('LICENSE')
    expect(licence).toContain('Apache License')
    expect(licence).toContain('Version 2.0, January 2004')
    expect(licence).toContain('END OF TERMS AND CONDITIONS')
  })

  it('the changelog has the version of the package', () => {
    expect(textOf('CHANGELOG.md')).toContain(`## ${JSON.parse(textOf('package.json')).version}`)
  })
})
