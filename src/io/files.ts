import { createHash, randomUUID } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync, gunzipSync, inflateRawSync } from 'node:zlib'
import { FillgridError } from '../errors.ts'

/** Most bytes that a file may have, or may have after decompression, unless told otherwise: 2 GiB. */
export const FILE_LIMIT = 2147483648

/**
 * The bytes of a file.
 *
 * @param limit most bytes; larger files are refused before they are read
 * @throws FillgridError file_access, memory_limit
 */
export function readFile(path: string, limit: number = FILE_LIMIT): Uint8Array {
  let handle: number | undefined
  try {
    handle = openSync(path, 'r')
    const info = fstatSync(handle)
    if (info.isDirectory())
      throw new FillgridError('file_access', `file: ${path} must be a file, found a folder. Name the files in it.`, {
        file: path,
      })
    if (info.size > limit) throw tooLarge(path, info.size, limit, 'The file has')
    return info.isFile() ? readKnown(handle, info.size) : readUnknown(handle, path, limit)
  } catch (error) {
    throw accessError(error, path, 'read')
  } finally {
    if (handle !== undefined) closeSync(handle)
  }
}

/** The bytes of a file, decompressed when it is gzip, by its first two bytes and not by its name. @throws as `readFile`, invalid_file */
export function readInput(path: string, limit: number = FILE_LIMIT): Uint8Array {
  const bytes = readFile(path, limit)
  return isGzip(bytes) ? gunzip(bytes, path, limit) : bytes
}

/** Whether bytes begin like gzip (RFC 1952). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** Decompresses gzip of one or more members. @throws FillgridError invalid_file, memory_limit */
export function gunzip(bytes: Uint8Array, file: string, limit: number = FILE_LIMIT): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: limit })
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(file, Number.NaN, limit, 'Decompressed it has')
    throw damagedGzip(message, file, cause)
  }
}

/** The error for gzip that does not decompress. */
export function damagedGzip(why: string, file: string, cause: unknown): FillgridError {
  return new FillgridError(
    'invalid_file',
    `file: gzip must be whole, found "${why}" at ${file}. Fetch the file again.`,
    { file },
    { cause },
  )
}

/** Decompresses raw deflate data, as zip archives hold it. @throws any error for damaged data, and past the limit */
export function inflateRaw(data: Uint8Array, limit: number): Uint8Array {
  return inflateRawSync(data, { maxOutputLength: limit })
}

/** Decompression for pages of Parquet files. @throws any error for damaged data, and past the limit */
export const hostCodecs = {
  gzip: (data: Uint8Array, limit: number): Uint8Array => gunzipSync(data, { maxOutputLength: Math.max(1, limit) }),
  brotli: (data: Uint8Array, limit: number): Uint8Array =>
    brotliDecompressSync(data, { maxOutputLength: Math.max(1, limit) }),
}

/** SHA-256 of bytes, 64 hexadecimal digits, by the host's own and so fast enough for whole files. @param content all of it, or parts */
export function contentHash(content: Uint8Array | readonly Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const part of content instanceof Uint8Array ? [content] : content) hash.update(part)
  return hash.digest('hex')
}

/** Whether something has this path. */
export function fileExists(path: string): boolean {
  return existsSync(path)
}

/** The path of a file: URL. */
export function urlPath(url: URL): string {
  return fileURLToPath(url)
}

/**
 * Writes a file whole or not at all: the bytes go to a new file beside it, which then takes its name. Folders are made.
 *
 * @param content all of it, or parts that are written one after the other
 * @throws FillgridError file_access
 */
export function writeFile(path: string, content: Uint8Array | string | Iterable<Uint8Array>): void {
  const folder = dirname(path)
  const draft = join(folder, `.${basename(path)}.${randomUUID()}.tmp`)
  let handle: number | undefined
  let drafted = false
  try {
    makeFolder(resolve(folder))
    handle = openSync(draft, 'wx')
    drafted = true
    const whole = typeof content === 'string' ? new TextEncoder().encode(content) : content
    for (const part of whole instanceof Uint8Array ? [whole] : whole)
      for (let at = 0; at < part.length; ) at += writeSync(handle, part, at, part.length - at)
    fsyncSync(handle)
    closeSync(handle)
    handle = undefined
    renameSync(draft, path)
  } catch (error) {
    if (handle !== undefined) closeSync(handle)
    if (drafted) rmSync(draft, { force: true })
    throw accessError(error, path, 'written')
  }
}

/** Makes a folder and those above it, one by one: `recursive` of Node never returns where a file system refuses with ENOENT, as /proc does. */
export function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return
  if (dirname(folder) !== folder) makeFolder(dirname(folder))
  try {
    mkdirSync(folder)
  } catch (error) {
    // Another process may have made it in between.
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error
  }
}

function readKnown(handle: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  let at = 0
  while (at < size) {
    const n = readSync(handle, bytes, at, size - at, null)
    if (n === 0) break
    at += n
  }
  return bytes.subarray(0, at)
}

/** A pipe or device: read until it ends. */
function readUnknown(handle: number, path: string, limit: number): Uint8Array {
  const parts: Uint8Array[] = []
  let size = 0
  for (;;) {
    const part = new Uint8Array(65536)
    const n = readSync(handle, part, 0, part.length, null)
    if (n === 0) return new Uint8Array(Buffer.concat(parts, size))
    parts.push(part.subarray(0, n))
    size += n
    if (size > limit) throw tooLarge(path, Number.NaN, limit, 'It has')
  }
}

/** The error for a file that is larger than it may be. @param size bytes it has; NaN where only that is known */
export function tooLarge(file: string, size: number, limit: number, what: string): FillgridError {
  const mib = (n: number) => `${Math.ceil(n / 1048576)} MiB`
  return new FillgridError(
    'memory_limit',
    `file: ${file} must have at most ${mib(limit)}. ${what} ${Number.isNaN(size) ? `more than ${mib(limit)}` : mib(size)}. ` +
      'Split it by time or by symbol and load the parts that are needed.',
    { file },
  )
}

/** The error for a file that cannot be opened, read or written, from the host's own. */
export function accessError(error: unknown, path: string, verb: 'read' | 'written'): FillgridError {
  if (error instanceof FillgridError) return error
  const { code = '', message } = error as NodeJS.ErrnoException
  if (error instanceof RangeError) {
    return new FillgridError(
      'memory_limit',
      `file: ${path} does not fit into memory (${message}). Split it and load the parts that are needed.`,
      { file: path },
      { cause: error },
    )
  }
  const reasons: Record<string, string> = {
    ENOENT: 'there is none',
    EACCES: 'permission is denied',
    EPERM: 'permission is denied',
    EISDIR: 'it is a folder',
    ENOTDIR: 'a part of its path is a file',
    EEXIST: 'a part of its path is a file',
    ENOSPC: 'the disk is full',
    EROFS: 'the disk is read-only',
    EMFILE: 'too many files are open',
  }
  const why = reasons[code] ?? (code || message)
  const way = verb === 'read' ? 'Check the path.' : 'Choose another folder.'
  return new FillgridError(
    'file_access',
    `file: ${path} cannot be ${verb}, ${why}. ${way}`,
    { file: path },
    { cause: error },
  )
}
