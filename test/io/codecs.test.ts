import { readFileSync } from 'node:fs'
import * as zlib from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sourceOf } from '../../src/io/bytes.ts'
import { crc32 } from '../../src/io/crc32.ts'
import { lz4Block, lz4Decompress } from '../../src/io/lz4.ts'
import { decimalNumber, half, int64 } from '../../src/io/numbers.ts'
import { snappyDecompress } from '../../src/io/snappy.ts'
import { Xxh64, xxh32, xxh64Low } from '../../src/io/xxhash.ts'
import { zstdDecompress, zstdPortable } from '../../src/io/zstd.ts'
import { eachZstdPiece } from '../../src/io/zstdstream.ts'

const packed: Record<string, string> = JSON.parse(
  readFileSync(new URL('./written/packed.json', import.meta.url), 'utf8'),
)
const bytesOf = (name: string) => new Uint8Array(Buffer.from(packed[name], 'base64'))
const rawOf = (name: string) => bytesOf(`${name.split('.')[0]}.raw`)

/** What comes out of zstd in pieces, up to a limit. */
function inPieces(data: Uint8Array, limit = Number.POSITIVE_INFINITY): Uint8Array {
  const parts: Uint8Array[] = []
  let length = 0
  eachZstdPiece(sourceOf(data), (piece) => {
    parts.push(piece.slice())
    length += piece.length
    return length > limit
  })
  return new Uint8Array(Buffer.concat(parts)).subarray(0, limit)
}

describe('zstd', () => {
  const names = Object.keys(packed).filter((name) => name.endsWith('.zst'))
  it.each(names)('%s, as the reference library wrote it', (name) => {
    const expected = rawOf(name)
    expect(zstdPortable(bytesOf(name))).toEqual(expected)
    expect(new Uint8Array(zstdDecompress(bytesOf(name)))).toEqual(expected)
    const twice = new Uint8Array([...bytesOf(name), 0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9, ...bytesOf(name)])
    expect(inPieces(bytesOf(name))).toEqual(expected)
    for (const read of [zstdPortable, zstdDecompress, inPieces])
      expect(read(twice)).toEqual(new Uint8Array([...expected, ...expected]))
    // Some hosts are silent about an end that is missing and about bytes that follow.
    for (const cut of [
      bytesOf(name).subarray(0, -3),
      twice.subarray(0, -3),
      new Uint8Array([...bytesOf(name), 1, 2, 3]),
    ]) {
      expect(() => zstdDecompress(cut)).toThrow(RangeError)
      expect(() => inPieces(cut)).toThrow(RangeError)
    }
    expect(zstdPortable(bytesOf(name), expected.length, new Uint8Array(5000))).toEqual(expected)
  })

  it('never gives more than the limit', () => {
    expect(() => zstdPortable(bytesOf('zeros.1.zst'), 2999)).toThrow(/more than 2999 bytes come out|a copy|bytes/)
    expect(() => zstdPortable(bytesOf('text.19.zst'), 100)).toThrow(RangeError)
    expect(() => zstdPortable(new Uint8Array(0))).toThrow(RangeError)
  })

  it('in pieces holds no more than the window, and checks what has gone', () => {
    // A frame of raw blocks with a window of 1 KiB and a checksum, 12 MiB in all.
    const block = Uint8Array.from({ length: 131072 }, (_, i) => (i * 7 + (i >> 9)) & 255)
    const blocks = 96
    const hash = new Xxh64()
    const parts: Uint8Array[] = [Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x04, 0)]
    for (let i = 0; i < blocks; i++) {
      const word = (block.length << 3) | (i === blocks - 1 ? 1 : 0)
      parts.push(Uint8Array.of(word & 255, (word >> 8) & 255, word >> 16), block)
      hash.update(block)
    }
    const low = hash.low()
    const frame = new Uint8Array(Buffer.concat([...parts, Uint8Array.of(low, low >> 8, low >> 16, low >>> 24)]))
    let most = 0
    let total = 0
    eachZstdPiece(sourceOf(frame), (piece) => {
      most = Math.max(most, piece.buffer.byteLength)
      total += piece.length
      return undefined
    })
    expect(total).toBe(blocks * block.length)
    expect(most).toBeLessThan(3 * 2 ** 20)
    frame[frame.length - 1] ^= 1
    expect(() => inPieces(frame)).toThrow('the checksum differs')
    expect(inPieces(frame, 1000)).toEqual(block.subarray(0, 1000))
    expect(() => inPieces(new Uint8Array(0))).toThrow(RangeError)
  })

  const native = (zlib as { zstdCompressSync?: (data: Uint8Array) => Uint8Array }).zstdCompressSync
  it.skipIf(!native)('gives what the host compressed (skipped where the host has no zstd)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.nat({ max: 40 }), (data, times) => {
        const long = new Uint8Array(data.length * times)
        for (let i = 0; i < times; i++) long.set(data, i * data.length)
        expect(zstdPortable(new Uint8Array(native!(long)))).toEqual(long)
      }),
      { numRuns: 100 },
    )
  })
})

describe('lz4', () => {
  it.each(Object.keys(packed).filter((name) => name.endsWith('.lz4')))(
    '%s, as the reference library wrote it',
    (name) => {
      expect(lz4Decompress(bytesOf(name))).toEqual(rawOf(name))
    },
  )

  it('refuses content that differs from its checksum', () => {
    const changed = bytesOf('noise.lz4')
    changed[30] ^= 1
    expect(() => lz4Decompress(changed)).toThrow('a checksum differs')
  })

  it('reads a block without a frame to the size that is announced', () => {
    const block = Uint8Array.of(0x38, 0x61, 0x62, 0x63, 3, 0, 0x10, 0x78)
    expect(new TextDecoder().decode(lz4Block(block, 16))).toBe('abcabcabcabcabcx')
    for (const size of [15, 17]) expect(() => lz4Block(block, size)).toThrow(RangeError)
  })
})

describe('snappy', () => {
  // 'Wikipedia' and copies of it, by the format's description: a literal, a copy with one byte of offset, one with two.
  const block = Uint8Array.of(
    21,
    8 << 2,
    ...new TextEncoder().encode('Wikipedia'),
    ((4 - 4) << 2) | 1,
    4,
    ((8 - 1) << 2) | 2,
    9,
    0,
  )
  it('reads literals and copies', () => {
    expect(new TextDecoder().decode(snappyDecompress(block, 21))).toBe(
      `${'WikipediaediapediaediA'.slice(0, 13)}pediaedi`,
    )
  })

  it('refuses other sizes and what is damaged, and makes no room before it has looked', () => {
    expect(() => snappyDecompress(block, 20)).toThrow('21 bytes are announced, 20 expected')
    expect(() => snappyDecompress(block.subarray(0, 14), 21)).toThrow(RangeError)
    const huge = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x07, 0)
    expect(() => snappyDecompress(huge, 2147483647)).toThrow(RangeError)
  })
})

describe('damaged bytes', () => {
  const readers: [string, (data: Uint8Array) => Uint8Array, string[]][] = [
    ['zstd', (data) => zstdPortable(data, 20000), ['text.1.zst', 'text.19.zst', 'noise.19.zst', 'word.stream.zst']],
    [
      'zstd in pieces',
      (data) => inPieces(data, 20000),
      ['text.1.zst', 'text.19.zst', 'noise.19.zst', 'word.stream.zst'],
    ],
    ['lz4', (data) => lz4Decompress(data, 20000), ['text.lz4', 'word.lz4']],
  ]
  it.each(readers)('%s: a RangeError or bytes within the limit', (_, read, names) => {
    const inputs = names.map(bytesOf)
    const change = fc.tuple(fc.nat({ max: 1 << 20 }), fc.nat({ max: 255 }))
    fc.assert(
      fc.property(
        fc.constantFrom(...inputs),
        fc.array(change, { maxLength: 6 }),
        fc.double({ min: 0.2, max: 1, noNaN: true }),
        (input, changes, share) => {
          const data = input.slice(0, Math.ceil(input.length * share))
          for (const [at, byte] of changes) data[at % data.length] = byte
          try {
            expect(read(data).length).toBeLessThanOrEqual(20000)
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError)
          }
        },
      ),
      { numRuns: 1500 },
    )
  })
})

describe('sums and numbers', () => {
  it('hashes as their inventors say', () => {
    const text = (s: string) => new TextEncoder().encode(s)
    // Known answers of the xxHash repository and of zip's checksum.
    expect([xxh32(text('')), xxh64Low(text(''))]).toEqual([0x02cc5d05, 0x51d8e999])
    expect([xxh32(text('a')), xxh64Low(text('a'))]).toEqual([0x550d7456, 0xa98c6e5b])
    const pieces = fc.array(fc.uint8Array({ maxLength: 70 }), { maxLength: 6 })
    fc.assert(
      fc.property(pieces, (list) => {
        const hash = new Xxh64()
        for (const piece of list) hash.update(piece)
        expect(hash.low()).toBe(xxh64Low(new Uint8Array(Buffer.concat(list))))
      }),
    )
    expect(crc32(text('123456789'))).toBe(0xcbf43926)
    const host = (zlib as { crc32?: (data: Uint8Array) => number }).crc32
    if (host) fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (data) => crc32(data) === host(data)))
  })

  it('reads halves, 64-bit numbers and decimals', () => {
    expect([0, 0x8000, 0x3c00, 0xc000, 0x7bff, 1, 0x7c00, 0x0400].map(half)).toEqual([
      0,
      -0,
      1,
      -2,
      65504,
      2 ** -24,
      Number.POSITIVE_INFINITY,
      2 ** -14,
    ])
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.nat({ max: 12 }), (value, scale) => {
        const bytes = new Uint8Array(BigInt64Array.of(value).buffer)
        expect(int64(bytes, 1, true)[0]).toBe(Number(value))
        expect(int64(bytes, 1, false)[0]).toBe(Number(BigInt.asUintN(64, value)))
        expect(decimalNumber(bytes, scale, true)).toBe(Number(`${value}e-${scale}`))
        expect(decimalNumber(bytes.slice().reverse(), scale, false)).toBe(Number(`${value}e-${scale}`))
      }),
    )
  })
})
