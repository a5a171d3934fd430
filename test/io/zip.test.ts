import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { crc32 } from '../../src/io/crc32.ts'
import { isZip, zipEntries } from '../../src/io/zip.ts'

const inflate = (data: Uint8Array, limit: number) => inflateRawSync(data, { maxOutputLength: limit })
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

interface Part {
  name: string
  content: Uint8Array
  /** 0 stored, 8 deflated. */
  method?: number
  /** What the directory says instead of the truth. */
  size?: number
  flags?: number
  crc?: number
}

/** An archive as others write it: local heads, content, directory, end. */
function zip(parts: readonly Part[], wide = false, comment = ''): Uint8Array {
  const out: number[] = []
  const u16 = (list: number[], value: number) => list.push(value & 255, value >> 8)
  const u32 = (list: number[], value: number) =>
    list.push(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24)
  const u64 = (list: number[], value: number) => {
    u32(list, value)
    u32(list, 0)
  }
  const directory: number[] = []
  for (const { name, content, method = 8, size = content.length, flags = 0, crc = crc32(content) } of parts) {
    const packed = method === 8 ? deflateRawSync(content) : content
    const bytes = [...new TextEncoder().encode(name)]
    const at = out.length
    u32(out, 0x04034b50)
    for (const value of [20, flags, method, 0, 0]) u16(out, value)
    for (const value of [crc, packed.length, size]) u32(out, value)
    u16(out, bytes.length)
    u16(out, 0)
    out.push(...bytes, ...packed)
    u32(directory, 0x02014b50)
    for (const value of [20, 20, flags, method, 0, 0]) u16(directory, value)
    for (const value of [crc, wide ? 0xffffffff : packed.length, wide ? 0xffffffff : size]) u32(directory, value)
    for (const value of [bytes.length, wide ? 20 : 0, 0, 0, 0]) u16(directory, value)
    u32(directory, 0)
    u32(directory, at)
    directory.push(...bytes)
    if (!wide) continue
    for (const value of [1, 16]) u16(directory, value)
    u64(directory, size)
    u64(directory, packed.length)
  }
  const at = out.length
  out.push(...directory)
  if (wide) {
    const end = out.length
    u32(out, 0x06064b50)
    u64(out, 44)
    for (const value of [45, 45]) u16(out, value)
    u64(out, 0)
    u64(out, parts.length)
    u64(out, parts.length)
    u64(out, directory.length)
    u64(out, at)
    u32(out, 0x07064b50)
    u32(out, 0)
    u64(out, end)
    u32(out, 1)
  }
  u32(out, 0x06054b50)
  for (const value of [0, 0, wide ? 0xffff : parts.length, wide ? 0xffff : parts.length]) u16(out, value)
  u32(out, directory.length)
  u32(out, wide ? 0xffffffff : at)
  u16(out, comment.length)
  out.push(...new TextEncoder().encode(comment))
  return Uint8Array.from(out)
}

const hello = new TextEncoder().encode('hello hello hello\n')

describe('zip', () => {
  const parts = [
    { name: 'a.csv', content: hello },
    { name: 'folder/', content: new Uint8Array(0), method: 0 },
    { name: 'folder/ö.csv', content: hello.subarray(6), method: 0 },
    { name: '__MACOSX/a.csv', content: hello },
    { name: 'empty.csv', content: new Uint8Array(0) },
  ]
  it.each([
    ['as usual', zip(parts)],
    ['with sizes of 64 bits', zip(parts, true)],
    ['with a comment', zip(parts, false, 'PK\u0005\u0006 is no end')],
  ])('reads stored and deflated files %s', (_, archive) => {
    expect(isZip(archive)).toBe(true)
    const entries = zipEntries(archive, inflate, 1000)
    expect(entries.map(({ name, size, read }) => [name, size, text(read())])).toEqual([
      ['a.csv', 18, 'hello hello hello\n'],
      ['folder/ö.csv', 12, 'hello hello\n'],
      ['empty.csv', 0, ''],
    ])
  })

  it('refuses archives that would grow beyond the limit, before anything is decompressed', () => {
    const bomb = zip([
      { name: 'a', content: new Uint8Array(100000) },
      { name: 'b', content: new Uint8Array(100000) },
    ])
    expect(bomb.length).toBeLessThan(1000)
    expect(() => zipEntries(bomb, inflate, 150000)).toThrow('more than 150000 bytes come out')
    // An archive that lies about a size is held to it.
    const [entry] = zipEntries(zip([{ name: 'a', content: new Uint8Array(100000), size: 10 }]), inflate, 1000)
    expect(() => entry.read()).toThrow('a does not decompress')
  })

  it('refuses what is damaged or encrypted', () => {
    const whole = zip(parts)
    expect(() => zipEntries(whole.subarray(0, whole.length - 30), inflate, 1000)).toThrow('its end is missing')
    expect(() => zipEntries(zip([{ name: 'a', content: hello, flags: 1 }]), inflate, 1000)).toThrow('a is encrypted')
    expect(() => zipEntries(zip([{ name: 'a', content: hello, method: 12 }]), inflate, 1000)).toThrow('method 12')
    const [wrong] = zipEntries(zip([{ name: 'a', content: hello, crc: 5 }]), inflate, 1000)
    expect(() => wrong.read()).toThrow('the checksum of a differs')
    expect(() => zipEntries(new Uint8Array(0), inflate, 1000)).toThrow(RangeError)
  })
})
