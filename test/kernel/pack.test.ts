/** Records packed for marks come out as they went in, and take no more than their words and a bit for each. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packRecords, unpackRecords } from '../../src/kernel/pack.ts'

const word = fc.oneof(fc.constantFrom(0, 0, -1, 1 << 31), fc.integer())

describe('packed records', () => {
  it.each([12, 128, 132, 192, 256])('of %i bytes', (record) => {
    fc.assert(
      fc.property(
        fc.array(fc.array(word, { minLength: record / 4, maxLength: record / 4 }), { maxLength: 6 }),
        fc.array(fc.nat(5), { maxLength: 20 }),
        (kinds, order) => {
          const records = order.filter((i) => i < kinds.length).map((i) => kinds[i])
          const bytes = new Uint8Array(Int32Array.from(records.flat()).buffer)
          const packed = packRecords(bytes, record)
          expect(unpackRecords(packed, record)).toEqual(bytes)
          expect(packed.length).toBeLessThanOrEqual(records.length * (record + 4 * Math.ceil(record / 128)))
          // Out of the middle of a larger buffer too.
          const within = new Uint8Array(bytes.length + 8)
          within.set(bytes, 8)
          expect(packRecords(within.subarray(8), record)).toEqual(packed)
        },
      ),
      { numRuns: 100, seed: 4 },
    )
  })

  it('that are equal take a few words each', () => {
    const one = Int32Array.from({ length: 48 }, (_, i) => i + 1)
    const bytes = new Uint8Array(Int32Array.from([...one, ...one, ...one]).buffer)
    expect(packRecords(bytes, 192).length).toBe(192 + 3 * 8)
  })
})
