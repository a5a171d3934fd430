import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root: the nearest folder above this file with a package.json. */
export const root: string = findRoot(dirname(fileURLToPath(import.meta.url)))

function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder))
}

/** What the figures were measured on. */
export interface Hardware {
  processor: string
  cores: number
  memoryGiB: number
  node: string
  platform: string
}

/** This machine, without names or paths. */
export function hardware(): Hardware {
  return {
    processor: cpus()[0].model.trim(),
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  }
}

let scratch: string | undefined

/** A folder of this run for panels and binaries, removed when the process exits. */
export function scratchFolder(): string {
  if (scratch === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'fillgrid-bench-'))
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
    scratch = folder
  }
  return scratch
}

/** Runs a program and parses what it prints as JSON. @throws where it ends with another code than 0 */
export function runJson<T>(command: string, parameters: readonly string[]): T {
  const output = execFileSync(command, parameters, { encoding: 'utf8', maxBuffer: 2 ** 28 })
  return JSON.parse(output) as T
}

/** The interpreter of a virtual environment that `npm run peers:setup` makes, if there is one. */
export function peerPython(folder = '.venv'): string | undefined {
  const inside = process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python'
  const path = join(root, folder, inside)
  return existsSync(path) ? path : undefined
}

/**
 * Runs a module of this folder in a fresh Node process (with `gc` exposed) and parses what it prints as JSON.
 */
export function runFresh<T>(module: string, ...parameters: string[]): Promise<T> {
  const path = join(dirname(fileURLToPath(import.meta.url)), `${module}.js`)
  return collect<T>(
    spawn(process.execPath, ['--expose-gc', path, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] }),
  )
}

function collect<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(text) as T)
      else reject(new Error(`bench: a fresh process ended with code ${code}.`))
    })
  })
}
