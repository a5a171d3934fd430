import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { constants, createGunzip, gunzipSync } from 'node:zlib'
import { FillgridError } from '../errors.ts'
import type { ByteSource } from './bytes.ts'
import { accessError, damagedGzip, FILE_LIMIT, isGzip, tooLarge } from './files.ts'
import { reading } from './format.ts'
import { fileError } from './head.ts'
import { isZstd } from './zstd.ts'
import { eachZstdPiece } from './zstdstream.ts'

/** Bytes that are read at once. */
const CHUNK = 262144
/** Bytes that are unpacked at once; larger pieces leave more behind before they are collected. */
const UNPACKED = 262144
/** Bytes of a file's beginning by which it is told what it is. */
const HEAD = 65536
/** Longest line of a text that is read in pieces. */
const LINE_LIMIT = 16777216
/** Beyond `FILE_LIMIT` nothing may grow by more than this when it is decompressed: tables grow by 3 to 20. */
const EXPANSION_LIMIT = 64

/** The beginning of a file. */
export interface FileHead {
  path: string
  /** Bytes on disk. */
  size: number
  /** What it is packed with, where it can be unpacked in pieces. */
  packed?: 'gzip' | 'zstd'
  /** The first bytes, unpacked; at least 64 KiB of them if there are so many. */
  head: Uint8Array
  /** Bytes of the content: exact for plain files, a guess for others, 0 where there is none. */
  content: number
  /** SHA-256 of the bytes on disk, once they were read. */
  sha256?: string
}

/** The beginning of a regular file; undefined for pipes, devices and what cannot be looked into. @throws FillgridError file_access */
export function peekFile(path: string): FileHead | undefined {
  return withFile(path, (handle) => {
    const info = fstatSync(handle)
    if (!info.isFile()) return undefined
    const { size } = info
    const raw = readAt(handle, 0, Math.min(size, HEAD))
    if (isZstd(raw)) return peekZstd(path, size)
    if (!isGzip(raw)) return { path, size, head: raw, content: size }
    try {
      // The first bytes of a stream give as much as is in them. They cannot give more than a thousand times as much.
      const head = new Uint8Array(gunzipSync(raw, { finishFlush: constants.Z_SYNC_FLUSH }))
      const announced = new DataView(readAt(handle, size - 4, size).buffer).getUint32(0, true)
      // What the end announces is only believed where it is usual.
      return { path, size, packed: 'gzip', head, content: announced >= size && announced <= size * 20 ? announced : 0 }
    } catch {
      return undefined
    }
  })
}

/** The beginning of a file of zstd; undefined where it is damaged, which is said where all of it is read. */
function peekZstd(path: string, size: number): FileHead | undefined {
  const parts: Uint8Array[] = []
  let length = 0
  let ratio = 0
  try {
    const announced = eachZstdPiece(fileRanges(path, size), (bytes, read) => {
      parts.push(bytes.slice())
      length += bytes.length
      ratio = length / read
      return length >= HEAD
    })
    // Frames that were written in one go do not say what is in them: the rest is taken to be like the beginning.
    const usual = announced >= size && announced <= size * 20
    const content = usual ? announced : Math.round(size * Math.min(ratio, 20))
    return { path, size, packed: 'zstd', head: new Uint8Array(Buffer.concat(parts)), content }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/**
 * Reads a file from begin to end in pieces, unpacked where it is gzip or zstd; a piece is only valid until the next one.
 *
 * @param take gets each piece
 * The file's hash is known afterwards.
 *
 * @throws FillgridError file_access, invalid_file (damaged gzip or zstd, a line without end), memory_limit (more than 2 GiB
 * and 64 times the size of what was packed)
 */
export async function eachChunk(file: FileHead, take: (bytes: Uint8Array) => void): Promise<void> {
  const { path, packed, size } = file
  const hash = createHash('sha256')
  let line = 0
  let total = 0
  const next = (bytes: Uint8Array): undefined => {
    line = bytes.includes(10) || bytes.includes(13) ? 0 : line + bytes.length
    if (line > LINE_LIMIT)
      throw fileError(`a line must have at most ${LINE_LIMIT} bytes, found more`, { file: path }, 'Is it a text?')
    total += bytes.length
    if (packed && total > FILE_LIMIT && total > size * EXPANSION_LIMIT)
      throw tooLarge(path, total, Math.max(FILE_LIMIT, size * EXPANSION_LIMIT), 'Decompressed it has')
    take(bytes)
  }
  if (packed === 'zstd') {
    reading(path, 'whole zstd', () => eachZstdPiece(fileRanges(path, size), next))
    file.sha256 = hashFile(path)
    return
  }
  if (!packed) {
    eachPiece(path, (bytes) => {
      hash.update(bytes)
      next(bytes)
    })
    file.sha256 = hash.digest('hex')
    return
  }
  const unpacked = createGunzip({ chunkSize: UNPACKED })
  const feeding = feed(path, unpacked, (bytes) => hash.update(bytes))
  // What goes wrong there shows here too, as an error of the stream.
  feeding.catch((error) => unpacked.destroy(error))
  try {
    for await (const bytes of unpacked) next(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    await feeding
  } catch (error) {
    if (error instanceof FillgridError) throw error
    const { syscall, code = '', message } = error as NodeJS.ErrnoException
    if (syscall !== undefined) throw accessError(error, path, 'read')
    throw code.startsWith('Z_') ? damagedGzip(message, path, error) : error
  }
  file.sha256 = hash.digest('hex')
}

/** Writes a file into a stream, one piece after the other from the same room. */
async function feed(path: string, stream: Writable, see: (bytes: Uint8Array) => void): Promise<void> {
  const handle = openSync(path, 'r')
  try {
    const buffer = new Uint8Array(CHUNK)
    for (;;) {
      const n = readSync(handle, buffer, 0, CHUNK, null)
      if (n === 0) break
      const bytes = buffer.subarray(0, n)
      see(bytes)
      await new Promise<void>((resolve, reject) => {
        stream.write(bytes, (error) => (error ? reject(error) : resolve()))
      })
    }
    stream.end()
  } finally {
    closeSync(handle)
  }
}

/** A file in pieces, each of which holds until the next. @throws FillgridError file_access */
function eachPiece(path: string, take: (bytes: Uint8Array) => void): void {
  withFile(path, (handle) => {
    const buffer = new Uint8Array(CHUNK)
    for (let n = 1; n > 0; ) {
      n = readSync(handle, buffer, 0, CHUNK, null)
      if (n > 0) take(buffer.subarray(0, n))
    }
  })
}

/** SHA-256 of a file, read in pieces. @throws FillgridError file_access */
export function hashFile(path: string): string {
  const hash = createHash('sha256')
  eachPiece(path, (bytes) => hash.update(bytes))
  return hash.digest('hex')
}

/** A file's bytes in parts, for readers that do not need all of them. @throws FillgridError file_access */
export function fileRanges(path: string, size: number): ByteSource {
  let buffer = new Uint8Array(0)
  return {
    size,
    read(from, to, brief = false) {
      if (!brief) return withFile(path, (handle) => readAt(handle, from, to))
      if (to - from > buffer.length) buffer = new Uint8Array(Math.ceil((to - from) * 1.25))
      return withFile(path, (handle) => fill(handle, buffer.subarray(0, to - from), from))
    },
  }
}

function withFile<T>(path: string, work: (handle: number) => T): T {
  let handle: number | undefined
  try {
    handle = openSync(path, 'r')
    return work(handle)
  } catch (error) {
    // What the work itself throws is its own.
    throw (error as NodeJS.ErrnoException).syscall === undefined ? error : accessError(error, path, 'read')
  } finally {
    if (handle !== undefined) closeSync(handle)
  }
}

function readAt(handle: number, from: number, to: number): Uint8Array {
  return fill(handle, new Uint8Array(to - from), from)
}

function fill(handle: number, bytes: Uint8Array, from: number): Uint8Array {
  let at = 0
  while (at < bytes.length) {
    const n = readSync(handle, bytes, at, bytes.length - at, from + at)
    if (n === 0) throw new RangeError('the file became shorter while it was read')
    at += n
  }
  return bytes
}
