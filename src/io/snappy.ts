/**
 * Decompresses a Snappy block (format description of 2011-10-05), the usual compression of Parquet pages.
 *
 * @param size bytes that must come out; a block that announces another number is refused before anything is allocated
 * @param room bytes to use for what comes out, where they are enough
 * @throws RangeError for anything that is not a whole block
 */
export function snappyDecompress(data: Uint8Array, size: number, room?: Uint8Array): Uint8Array {
  let p = 0
  let announced = 0
  for (let shift = 0; ; shift += 7) {
    if (p >= data.length || shift > 28) throw damaged('the length is cut')
    const byte = data[p++]
    announced += (byte & 127) * 2 ** shift
    if (byte < 128) break
  }
  // One tag of 3 bytes gives at most 64.
  if (announced !== size || size > data.length * 64) throw damaged(`${announced} bytes are announced, ${size} expected`)
  const out = room && room.length >= size ? room.subarray(0, size) : new Uint8Array(size)
  let to = 0
  while (p < data.length) {
    const tag = data[p++]
    if ((tag & 3) === 0) {
      let length = tag >> 2
      if (length >= 60) {
        const bytes = length - 59
        if (p + bytes > data.length) throw damaged('a literal is cut')
        length = 0
        for (let i = 0; i < bytes; i++) length += data[p + i] * 2 ** (8 * i)
        p += bytes
      }
      length++
      if (p + length > data.length || to + length > size) throw damaged('a literal is cut')
      if (length > 32) out.set(data.subarray(p, p + length), to)
      else for (let i = 0; i < length; i++) out[to + i] = data[p + i]
      p += length
      to += length
      continue
    }
    let length = (tag >> 2) + 1
    let back: number
    if ((tag & 3) === 1) {
      length = ((tag >> 2) & 7) + 4
      if (p >= data.length) throw damaged('a copy is cut')
      back = ((tag >> 5) << 8) | data[p++]
    } else {
      const bytes = (tag & 3) === 2 ? 2 : 4
      if (p + bytes > data.length) throw damaged('a copy is cut')
      back = data[p] | (data[p + 1] << 8)
      if (bytes === 4) back += data[p + 2] * 65536 + data[p + 3] * 16777216
      p += bytes
    }
    if (back === 0 || back > to) throw damaged('a copy reaches before the start')
    if (to + length > size) throw damaged('a copy reaches past the end')
    // Source and target may overlap: then the bytes repeat.
    for (const end = to + length; to < end; to++) out[to] = out[to - back]
  }
  if (to !== size) throw damaged(`${size} bytes are announced, ${to} come out`)
  return out
}

function damaged(why: string): RangeError {
  return new RangeError(`snappy: ${why}`)
}
