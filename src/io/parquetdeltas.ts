/**
 * Differences in blocks, bit-packed (DELTA_BINARY_PACKED), as 64-bit numbers that overflow as the format wants: `count` of
 * them as bytes, and where they end.
 */
export function readDeltas(bytes: Uint8Array, at: number, count: number): { values: Uint8Array; end: number } {
  const source = new Varints(bytes, at)
  const blockSize = source.small()
  const miniblocks = source.small()
  const announced = source.small()
  const size = blockSize / miniblocks
  if (!(blockSize > 0 && blockSize <= 1048576 && size >= 32 && size % 32 === 0))
    throw new RangeError('differences in blocks of an impossible size')
  if (announced !== count) throw new RangeError(`${count} values are announced, ${announced} found`)
  const values = new Uint8Array(count * 8)
  const out = new Int32Array(values.buffer)
  source.zigzag()
  let low = source.low
  let high = source.high
  if (count > 0) {
    out[0] = low
    out[1] = high
  }
  for (let i = 1; i < count; ) {
    source.zigzag()
    const leastLow = source.low
    const leastHigh = source.high
    const widths = source.at
    source.skip(miniblocks)
    for (let m = 0; m < miniblocks && i < count; m++) {
      const width = bytes[widths + m]
      if (width > 64) throw new RangeError(`differences of ${width} bits`)
      const from = source.at
      source.skip((size * width) / 8)
      const stop = Math.min(count, i + size)
      for (let bit = from * 8; i < stop; i++, bit += width) {
        const first = Math.min(width, 32)
        add(bitsOf(bytes, bit, first), bitsOf(bytes, bit + first, width - first))
        add(leastLow, leastHigh)
        out[2 * i] = low
        out[2 * i + 1] = high
      }
    }
  }
  return { values, end: source.at }

  function add(l: number, h: number): void {
    const sum = (low >>> 0) + (l >>> 0)
    low = sum | 0
    high = (high + h + (sum > 4294967295 ? 1 : 0)) | 0
  }
}

/** Up to 32 bits from bit `at`, as a signed number. */
function bitsOf(bytes: Uint8Array, at: number, count: number): number {
  let value = 0
  for (let taken = 0; taken < count; ) {
    const bit = at + taken
    const some = Math.min(8 - (bit & 7), count - taken)
    value |= ((bytes[bit >> 3] >> (bit & 7)) & ((1 << some) - 1)) << taken
    taken += some
  }
  return value
}

/** Numbers of 7 bits a byte. */
class Varints {
  readonly #bytes: Uint8Array
  at: number
  low = 0
  high = 0

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.at = at
  }

  skip(n: number): void {
    this.at += n
    if (this.at > this.#bytes.length) throw new RangeError('differences are cut')
  }

  /** A number without sign that is small enough for a double. */
  small(): number {
    this.#take()
    return (this.high >>> 0) * 4294967296 + (this.low >>> 0)
  }

  /** A number with sign, as two halves. */
  zigzag(): void {
    this.#take()
    const sign = -(this.low & 1)
    this.low = ((this.low >>> 1) | (this.high << 31)) ^ sign
    this.high = (this.high >>> 1) ^ sign
  }

  #take(): void {
    this.low = 0
    this.high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= this.#bytes.length) throw new RangeError('differences are cut')
      const byte = this.#bytes[this.at++]
      const bits = byte & 127
      if (shift < 32) this.low |= bits << shift
      if (shift >= 32) this.high |= bits << (shift - 32)
      else if (shift > 25) this.high |= bits >>> (32 - shift)
      if (byte < 128) return
    }
    throw new RangeError('a number is too long')
  }
}
