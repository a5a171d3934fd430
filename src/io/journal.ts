import { closeSync, fstatSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { FillgridError } from '../errors.ts'
import { crc32 } from './crc32.ts'
import { accessError, fileExists, makeFolder } from './files.ts'

/** How a journal begins, with the version of its form. */
const MAGIC = new TextEncoder().encode('fillgrid journal 1\n')
/** Stands before each entry: how many bytes it has, and their CRC-32. */
const FRAME = 8
/** More than any entry has: what claims more is damaged. */
const MOST_BYTES = 1 << 30

/**
 * A file of entries that are added one after the other while work goes on. Each is with the host when `add` returns, so that
 * a process that is killed loses none; a host that fails may lose the last seconds. Cut or damaged at any place, it has the
 * entries before that place. There is no file before the first entry.
 */
export class Journal {
  readonly #path: string
  /** What stands before the first entry: what all of them belong to. */
  readonly #head: string
  #handle: number | undefined
  /** Where the last whole entry ends; 0 where not even the head is there. */
  #end = 0

  /**
   * Opens a journal, or begins one where there is none.
   *
   * @param head what its entries belong to, by name
   * @param take told of each entry that it has, in order
   * @throws FillgridError file_access; invalid_file for another file; journal_mismatch where its head is another one; what
   * `take` throws
   */
  constructor(path: string, head: Readonly<Record<string, string>>, take: (entry: Uint8Array) => void) {
    this.#path = path
    this.#head = JSON.stringify(head)
    if (!fileExists(path)) return
    try {
      const handle = this.#open()
      const { size } = fstatSync(handle)
      if (!this.#begins(handle, size)) return
      const first = this.#entry(handle, size)
      if (!first) this.#end = 0
      else compare(head, new TextDecoder().decode(first), path)
      for (let entry = first && this.#entry(handle, size); entry; entry = this.#entry(handle, size)) take(entry)
      // Whatever stands behind the last whole entry would hide those that are added.
      ftruncateSync(handle, this.#end)
    } catch (error) {
      this.close()
      throw accessError(error, path, 'written')
    }
  }

  /** Adds an entry, whole or not at all. @throws FillgridError file_access */
  add(entry: Uint8Array): void {
    const parts = [framed(entry)]
    if (this.#end === 0) parts.unshift(MAGIC, framed(new TextEncoder().encode(this.#head)))
    const bytes = Buffer.concat(parts)
    try {
      const handle = this.#open()
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at, bytes.length - at)
      } catch (error) {
        ftruncateSync(handle, this.#end)
        throw error
      }
      this.#end += bytes.length
    } catch (error) {
      throw accessError(error, this.#path, 'written')
    }
  }

  close(): void {
    if (this.#handle !== undefined) closeSync(this.#handle)
    this.#handle = undefined
  }

  #open(): number {
    if (this.#handle !== undefined) return this.#handle
    makeFolder(resolve(dirname(this.#path)))
    this.#handle = openSync(this.#path, 'a+')
    return this.#handle
  }

  /** Whether a file begins as journals do; false for one that ends in the middle of that. @throws FillgridError invalid_file for any other */
  #begins(handle: number, size: number): boolean {
    const start = read(handle, 0, Math.min(MAGIC.length, size))
    if (start.some((byte, i) => byte !== MAGIC[i]))
      throw new FillgridError(
        'invalid_file',
        `file: a journal of finished rows is needed, found another file at ${this.#path}. Take it away or name another one.`,
        { file: this.#path },
      )
    const whole = start.length === MAGIC.length
    if (whole) this.#end = MAGIC.length
    else ftruncateSync(handle, 0)
    return whole
  }

  /** The entry after the last one; undefined where none is whole. */
  #entry(handle: number, size: number): Uint8Array | undefined {
    const at = this.#end + FRAME
    if (at > size) return undefined
    const frame = new DataView(read(handle, this.#end, FRAME).buffer)
    const length = frame.getUint32(0, true)
    if (length > MOST_BYTES || at + length > size) return undefined
    const entry = read(handle, at, length)
    if (crc32(entry) !== frame.getUint32(4, true)) return undefined
    this.#end = at + length
    return entry
  }
}

function framed(entry: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(FRAME + entry.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, entry.length, true)
  view.setUint32(4, crc32(entry), true)
  bytes.set(entry, FRAME)
  return bytes
}

/** Bytes of a file; zeros where it has become shorter meanwhile. */
function read(handle: number, from: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; ) {
    const n = readSync(handle, bytes, at, length - at, from + at)
    if (n === 0) break
    at += n
  }
  return bytes
}

/** Takes a journal away. @throws FillgridError file_access */
export function removeJournal(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch (error) {
    throw accessError(error, path, 'written')
  }
}

/** @throws FillgridError journal_mismatch with the first name whose value is another one */
function compare(head: Readonly<Record<string, string>>, found: string, path: string): void {
  const before = JSON.parse(found) as Record<string, string>
  const other = Object.keys({ ...head, ...before }).find((name) => head[name] !== before[name])
  if (other === undefined) return
  throw new FillgridError(
    'journal_mismatch',
    `journal: rows go on with the sweep that they are of, found other ${other} in ${path}. Run that sweep again, or take the file away.`,
    { file: path },
  )
}
