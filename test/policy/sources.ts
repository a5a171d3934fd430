import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { posix, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folder of the repository. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** Files of the repository, ignored ones left out, as paths from its root. */
export function trackedFiles(): string[] {
  const options = ['-c', 'core.quotepath=off', 'ls-files', '--cached', '--others', '--exclude-standard']
  const files = execFileSync('git', options, { cwd: root, encoding: 'utf8' }).split('\n')
  return [...new Set(files)].filter((file) => file !== '' && existsSync(resolve(root, file))).sort()
}

/** Files that the build makes and git ignores. */
export const BUILT_FILES: readonly string[] = [
  'assembly/checks.ts',
  'src/jobs/workertext.ts',
  'src/kernel/binary.ts',
  'src/kernel/exports.ts',
  'src/report/pagetext.ts',
]

/** Text of a file by its path from the root. */
export function textOf(file: string): string {
  return readFileSync(resolve(root, file), 'utf8')
}

/** Code without comments; what stands in quotes stays. Enough for our own style, which has no regular expression with quotes. */
export function withoutComments(code: string): string {
  return code.replace(
    /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (_, quoted) => quoted ?? ' ',
  )
}

/** One import or re-export of a file. */
export interface Import {
  /** As written. */
  specifier: string
  /** The file, from the root, for relative ones. */
  file: string | undefined
  /** Types alone, which are gone at run time. */
  typeOnly: boolean
}

/** What a file imports, statically, by `import()`, by `new URL(..., import.meta.url)` or as a type. */
export function importsOf(file: string): Import[] {
  const code = withoutComments(textOf(file))
  const found: Import[] = []
  const add = (specifier: string, typeOnly: boolean) => {
    // AssemblyScript leaves the ending out.
    const ending = file.startsWith('assembly/') ? '.ts' : ''
    const local = specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) + ending : undefined
    found.push({ specifier, file: local, typeOnly })
  }
  for (const [, clause, specifier] of code.matchAll(/^(?:import|export)\s([^'"`;]*?)\bfrom\s*['"]([^'"]+)['"]/gm)) {
    const names = /^[^{]*\{([^}]*)\}\s*$/.exec(clause)?.[1]
    const allTypes = names?.split(',').every((name) => /^\s*(type\s|$)/.test(name)) ?? false
    add(specifier, /^\s*type\s/.test(clause) || allTypes)
  }
  for (const [, specifier] of code.matchAll(/^import\s*['"]([^'"]+)['"]/gm)) add(specifier, false)
  for (const [, specifier] of code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)) add(specifier, false)
  return found
}

/** All files that a file reaches at run time, itself included, and the packages they name. */
export function reach(entry: string): { files: string[]; packages: string[] } {
  const files = new Set<string>()
  const packages = new Set<string>()
  const visit = (file: string) => {
    if (files.has(file)) return
    files.add(file)
    for (const { specifier, file: next, typeOnly } of importsOf(file)) {
      if (typeOnly) continue
      if (next === undefined) packages.add(specifier)
      else visit(next)
    }
  }
  visit(entry)
  return { files: [...files].sort(), packages: [...packages].sort() }
}

/** Groups of files each of which reaches all others of its group by imports, types counted (Tarjan). */
export function circles(files: readonly string[]): string[][] {
  const known = new Set(files)
  const numbers = new Map<string, number>()
  const path: string[] = []
  const found: string[][] = []
  const visit = (file: string): number => {
    const number = numbers.size
    numbers.set(file, number)
    path.push(file)
    let low = number
    for (const { file: next } of importsOf(file)) {
      if (next === undefined || !known.has(next)) continue
      if (!numbers.has(next)) low = Math.min(low, visit(next))
      else if (path.includes(next)) low = Math.min(low, numbers.get(next) as number)
    }
    if (low < number) return low
    const group = path.splice(path.indexOf(file))
    if (group.length > 1) found.push(group.sort())
    return low
  }
  for (const file of files) if (!numbers.has(file)) visit(file)
  return found
}
