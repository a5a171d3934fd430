import { randomUUID } from 'node:crypto'
import { lstatSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { FillgridError, show } from '../errors.ts'
import { accessError } from './files.ts'

const LOCK = '.fillgrid-lock'

/**
 * Does something while no other process writes into a folder. A lock that a dead process of this machine has left is taken away.
 *
 * @throws FillgridError folder_taken where another process is at it
 */
export function locked<T>(folder: string, work: () => T): T {
  const path = join(folder, LOCK)
  if (!take(path)) {
    clear(path)
    if (!take(path)) throw takenError(folder, path)
  }
  try {
    return work()
  } finally {
    rmSync(path, { force: true })
  }
}

/**
 * A link to nothing, named after its owner, is there whole or not at all, whenever its process is killed; a file could be left
 * empty. Where there are no links, a file it is.
 *
 * @returns false where somebody has it
 */
function take(path: string): boolean {
  const owner = `${process.pid} ${hostname()}`
  try {
    symlinkSync(owner, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
  }
  try {
    writeFileSync(path, owner, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw accessError(error, path, 'written')
  }
}

/** Takes away the lock of a process that is gone. */
function clear(path: string): void {
  const owner = ownerOf(path)
  const [pid, host] = owner?.split(' ') ?? []
  if (owner === undefined || host !== hostname() || isAlive(Number(pid))) return
  // By another name first: of several that find it, one has it, and sees whether it is the one that was found.
  const aside = `${path}-${randomUUID()}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw accessError(error, path, 'written')
  }
  if (ownerOf(aside) === owner) rmSync(aside, { force: true })
  else renameSync(aside, path)
}

function ownerOf(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw accessError(error, path, 'read')
  }
}

function isAlive(pid: number): boolean {
  // Nobody that could be asked for: it is taken to be at work.
  if (!(Number.isInteger(pid) && pid > 0)) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

function takenError(folder: string, path: string): FillgridError {
  return new FillgridError(
    'folder_taken',
    `folder: one writer at a time expected, found process ${show(ownerOf(path) ?? 'that was just at it')} in ${show(folder)}. Choose another folder, or delete ${path} where no such process is left.`,
    { file: path },
  )
}
