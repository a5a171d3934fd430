import { crc32 } from './crc32.ts'

/** A file inside an archive. */
export interface ZipEntry {
  /** Its path in the archive. */
  name: string
  /** Bytes it has when it is decompressed. */
  size: number
  /** Its bytes, their checksum verified. @throws RangeError */
  read(): Uint8Array
}

/** Decompresses raw deflate data to at most `limit` bytes; what a host has. @throws any error for damaged data */
export type Inflate = (data: Uint8Array, limit: number) => Uint8Array

/** Most entries that an archive may have. */
const ENTRY_LIMIT = 100000

/** Whether bytes begin like a zip archive. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5) && bytes[3] === bytes[2] + 1
}

/**
 * The files of a zip archive by its central directory (APPNOTE 6.3), folders and the notes of operating systems left out.
 * Stored and deflated ones are read; nothing is decompressed before it is asked for.
 *
 * @param limit most bytes that all files together may have decompressed, by the sizes they announce and hold to
 * @throws RangeError for damaged, encrypted and too large archives
 */
export function zipEntries(bytes: Uint8Array, inflate: Inflate, limit: number): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { at, count } = directory(view)
  const entries: ZipEntry[] = []
  let total = 0
  let p = at
  for (let i = 0; i < count; i++) {
    if (p + 46 > bytes.length || view.getUint32(p, true) !== 0x02014b50) throw damaged('its directory is cut')
    const flags = view.getUint16(p + 8, true)
    const method = view.getUint16(p + 10, true)
    const crc = view.getUint32(p + 16, true)
    const nameBytes = view.getUint16(p + 28, true)
    const extraBytes = view.getUint16(p + 30, true)
    const end = p + 46 + nameBytes + extraBytes + view.getUint16(p + 32, true)
    if (end > bytes.length) throw damaged('its directory is cut')
    const name = new TextDecoder().decode(new Uint8Array(bytes.subarray(p + 46, p + 46 + nameBytes)))
    const sizes = [view.getUint32(p + 24, true), view.getUint32(p + 20, true), view.getUint32(p + 42, true)]
    wideSizes(view, p + 46 + nameBytes, p + 46 + nameBytes + extraBytes, sizes)
    const [size, packed, offset] = sizes
    p = end
    if (name.endsWith('/') || /(^|\/)(__MACOSX\/|\.DS_Store$|Thumbs\.db$)/.test(name)) continue
    total += size
    if (total > limit) throw new RangeError(`more than ${limit} bytes come out`)
    if (flags & 1) throw damaged(`${name} is encrypted`)
    if (method !== 0 && method !== 8) throw damaged(`${name} is compressed with method ${method}`)
    entries.push({ name, size, read: () => content(bytes, { name, method, crc, size, packed, offset }, inflate) })
  }
  return entries
}

interface Record {
  name: string
  method: number
  crc: number
  size: number
  packed: number
  offset: number
}

function content(bytes: Uint8Array, { name, method, crc, size, packed, offset }: Record, inflate: Inflate): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (offset + 30 > bytes.length || view.getUint32(offset, true) !== 0x04034b50) throw damaged(`${name} is not there`)
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true)
  if (start + packed > bytes.length) throw damaged(`${name} is cut`)
  const raw = bytes.subarray(start, start + packed)
  let out = raw
  if (method === 8) {
    try {
      out = inflate(raw, Math.max(1, size))
    } catch (cause) {
      throw damaged(`${name} does not decompress`, cause)
    }
  }
  if (out.length !== size) throw damaged(`${name} has ${out.length} bytes, ${size} are announced`)
  if (crc32(out) !== crc) throw damaged(`the checksum of ${name} differs`)
  return out
}

/** Where the central directory begins, and how many entries it has: said at the end, before a comment. */
function directory(view: DataView): { at: number; count: number } {
  const n = view.byteLength
  let end = -1
  for (let p = n - 22; p >= 0 && p >= n - 22 - 65535; p--) {
    if (view.getUint32(p, true) !== 0x06054b50 || p + 22 + view.getUint16(p + 20, true) > n) continue
    end = p
    break
  }
  if (end < 0) throw damaged('its end is missing')
  let count = view.getUint16(end + 10, true)
  let at = view.getUint32(end + 16, true)
  if ((count === 0xffff || at === 0xffffffff) && end >= 20 && view.getUint32(end - 20, true) === 0x07064b50) {
    const wide = u64(view, end - 12)
    if (wide + 56 > end || view.getUint32(wide, true) !== 0x06064b50) throw damaged('its end is damaged')
    count = u64(view, wide + 32)
    at = u64(view, wide + 48)
  }
  if (count > ENTRY_LIMIT) throw damaged(`${count} files, more than ${ENTRY_LIMIT}`)
  if (at + 46 * count > end) throw damaged('its directory is cut')
  return { at, count }
}

/** Sizes and offset that need more than 32 bits stand in an extra field, those only and in this order. */
function wideSizes(view: DataView, from: number, to: number, sizes: number[]): void {
  if (!sizes.includes(0xffffffff)) return
  for (let p = from; p + 4 <= to; ) {
    const end = p + 4 + view.getUint16(p + 2, true)
    if (end > to) break
    if (view.getUint16(p, true) === 1) {
      let at = p + 4
      for (let i = 0; i < 3; i++) {
        if (sizes[i] !== 0xffffffff) continue
        if (at + 8 > end) throw damaged('its directory is cut')
        sizes[i] = u64(view, at)
        at += 8
      }
      return
    }
    p = end
  }
}

function u64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 4294967296
}

function damaged(why: string, cause?: unknown): RangeError {
  return new RangeError(`zip: ${why}`, { cause })
}
