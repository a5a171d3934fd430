/** A project of a user, with the package as npm installs it and the files that the README shows. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** A block of the README by the name in its first line. */
export function readmeBlock(name: string): string {
  const page = readFileSync(join(root, 'README.md'), 'utf8')
  const blocks = [...page.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].map(([, text]) => text)
  const found = blocks.find((text) => text.startsWith(`// ${name}\n`) || text.startsWith(`<!-- ${name} -->\n`))
  if (!found) throw new Error(`browser tests: the README must show ${name}, found no such block.`)
  return found
}

/** The one line of shell in the README that begins like this. */
export function readmeCommand(start: string): string[] {
  const line = readFileSync(join(root, 'README.md'), 'utf8')
    .split('\n')
    .find((text) => text.startsWith(start))
  if (!line) throw new Error(`browser tests: the README must show a command ${start}, found none.`)
  return line.slice(start.length).trim().split(' ')
}

/** Makes the folder; files of the package are copies, since bundlers treat linked packages as sources of one's own. */
export function makeSite(files: Readonly<Record<string, string>>): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'fillgrid-site-'))
  const installed = join(folder, 'node_modules', 'fillgrid')
  for (const name of ['package.json', ...manifest.files.filter((file: string) => file.startsWith('build/'))])
    cpSync(join(root, name), join(installed, name), { recursive: true })
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), 'junction')
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Files of a folder by their path on a server. */
export function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    names.map((entry) => {
      const file = join(entry.parentPath, entry.name)
      return [file.slice(folder.length).replaceAll('\\', '/'), readFileSync(file, 'utf8')]
    }),
  )
}
