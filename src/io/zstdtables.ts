/** A finite state entropy table (RFC 8878, 4.1): what a state stands for, and where it leads. */
export interface FseTable {
  /** 2^log states. */
  log: number
  symbol: Uint8Array
  /** The next state is base + so many bits. */
  bits: Uint8Array
  base: Uint16Array
}

/** A Huffman table (RFC 8878, 4.2): by the next `log` bits, length << 8 | symbol. */
export interface HuffmanTable {
  log: number
  entries: Uint16Array
}

/**
 * The decoding table of normalised counts (-1: less than one).
 *
 * @throws RangeError where the counts do not fill 2^log states
 */
export function fseTable(counts: Int16Array, log: number): FseTable {
  const size = 1 << log
  const mask = size - 1
  const table = { log, symbol: new Uint8Array(size), bits: new Uint8Array(size), base: new Uint16Array(size) }
  const next = new Uint16Array(counts.length)
  let total = 0
  let high = size - 1
  for (let s = 0; s < counts.length; s++) {
    total += Math.abs(counts[s])
    if (total > size) break
    if (counts[s] === -1) table.symbol[high--] = s
    next[s] = Math.abs(counts[s])
  }
  if (total !== size) throw damaged('a table is not full')
  const step = (size >> 1) + (size >> 3) + 3
  let at = 0
  for (let s = 0; s < counts.length; s++) {
    for (let i = 0; i < counts[s]; i++) {
      table.symbol[at] = s
      do at = (at + step) & mask
      while (at > high)
    }
  }
  for (let state = 0; state < size; state++) {
    const x = next[table.symbol[state]]++
    const bits = log - (31 - Math.clz32(x))
    table.bits[state] = bits
    table.base[state] = (x << bits) - size
  }
  return table
}

/**
 * Reads a table's counts from [start, end) (RFC 8878, 4.1.1).
 *
 * @param most the largest log allowed
 * @param symbols how many symbols there may be
 * @throws RangeError
 */
export function readFseTable(
  data: Uint8Array,
  start: number,
  end: number,
  most: number,
  symbols: number,
): { table: FseTable; end: number } {
  let at = start * 8
  const peek = (bits: number) => {
    const byte = at >> 3
    let word = 0
    for (let i = 0; i < 4 && byte + i < end; i++) word |= data[byte + i] << (8 * i)
    return (word >>> (at & 7)) & ((1 << bits) - 1)
  }
  const log = peek(4) + 5
  at += 4
  if (start >= end || log > most) throw damaged('a table is too large')
  const counts = new Int16Array(symbols)
  let left = (1 << log) + 1
  let threshold = 1 << log
  let width = log + 1
  let symbol = 0
  while (left > 1) {
    if (symbol >= symbols) throw damaged('a table has too many symbols')
    const short = 2 * threshold - 1 - left
    const word = peek(width)
    let count = word & (threshold - 1)
    if (count < short) at += width - 1
    else {
      count = word
      if (count >= threshold) count -= short
      at += width
    }
    count--
    left -= Math.abs(count)
    counts[symbol++] = count
    if (left < 1) throw damaged('a table is too full')
    while (left < threshold) {
      width--
      threshold >>= 1
    }
    if (count !== 0) continue
    for (let repeat = 3; repeat === 3; symbol += repeat) {
      repeat = peek(2)
      at += 2
      if (at > end * 8) throw damaged('a table is cut')
    }
  }
  const bytes = (at + 7) >> 3
  if (bytes > end || symbol > symbols) throw damaged('a table is cut')
  return { table: fseTable(counts.subarray(0, symbol), log), end: bytes }
}

/** Reads a Huffman table from [start, end) (RFC 8878, 4.2.1). @throws RangeError */
export function huffmanTable(data: Uint8Array, start: number, end: number): { table: HuffmanTable; end: number } {
  if (start >= end) throw damaged('a Huffman table is cut')
  const head = data[start]
  const weights = new Uint8Array(256)
  const direct = head >= 128
  const stop = start + 1 + (direct ? (head - 126) >> 1 : head)
  if (stop > end) throw damaged('a Huffman table is cut')
  let n = 0
  if (direct) {
    n = head - 127
    for (let i = 0; i < n; i++) weights[i] = (data[start + 1 + (i >> 1)] >> (i & 1 ? 0 : 4)) & 15
  } else n = packedWeights(data, start + 1, stop, weights)

  let total = 0
  for (let i = 0; i < n; i++) {
    if (weights[i] > 11) throw damaged('a Huffman code is too long')
    total += weights[i] === 0 ? 0 : 1 << (weights[i] - 1)
  }
  if (total === 0) throw damaged('a Huffman table is empty')
  const log = 32 - Math.clz32(total)
  const rest = (1 << log) - total
  if (log > 11 || (rest & (rest - 1)) !== 0) throw damaged('a Huffman table is not full')
  weights[n++] = 32 - Math.clz32(rest)

  const entries = new Uint16Array(1 << log)
  let at = 0
  for (let weight = 1; weight <= log; weight++) {
    const entry = (log + 1 - weight) << 8
    for (let symbol = 0; symbol < n; symbol++) {
      if (weights[symbol] !== weight) continue
      entries.fill(entry | symbol, at, at + (1 << (weight - 1)))
      at += 1 << (weight - 1)
    }
  }
  return { table: { log, entries }, end: stop }
}

/** Weights in two interleaved streams of states, read from the end of [start, end); returns how many there are. */
function packedWeights(data: Uint8Array, start: number, end: number, weights: Uint8Array): number {
  const { table, end: from } = readFseTable(data, start, end, 6, 13)
  if (from >= end || data[end - 1] === 0) throw damaged('a Huffman table is cut')
  let bp = end * 8 - 1 - Math.clz32(data[end - 1] << 24)
  const floor = from * 8
  const take = (bits: number) => {
    let value = 0
    for (let i = 0; i < bits; i++) {
      bp--
      value = value * 2 + (bp < floor ? 0 : (data[bp >> 3] >> (bp & 7)) & 1)
    }
    return value
  }
  const states = [take(table.log), take(table.log)]
  if (bp < floor) throw damaged('a Huffman table is cut')
  for (let n = 0; n < 254; ) {
    const turn = n & 1
    weights[n++] = table.symbol[states[turn]]
    states[turn] = table.base[states[turn]] + take(table.bits[states[turn]])
    if (bp >= floor) continue
    weights[n++] = table.symbol[states[1 - turn]]
    return n
  }
  throw damaged('a Huffman table is too long')
}

/** The tables of a block that has none of its own (RFC 8878, 3.1.1.3.2.2), and what its own may be. */
export const PREDEFINED: readonly { table: FseTable; log: number; symbols: number }[] = [
  {
    // Literal lengths.
    table: fseTable(
      Int16Array.of(
        ...[4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1],
        ...[-1, -1, -1, -1],
      ),
      6,
    ),
    log: 9,
    symbols: 36,
  },
  {
    // Offsets.
    table: fseTable(
      Int16Array.of(...[1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1]),
      5,
    ),
    log: 8,
    symbols: 32,
  },
  {
    // Match lengths.
    table: fseTable(
      Int16Array.of(
        ...[1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
        ...[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1],
      ),
      6,
    ),
    log: 9,
    symbols: 53,
  },
]

function damaged(why: string): RangeError {
  return new RangeError(`zstd: ${why}`)
}
