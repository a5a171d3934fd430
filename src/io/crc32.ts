/** The CRC-32 of zip, gzip and Parquet pages (ISO 3309), as an unsigned number. Eight bytes a round ("slicing by 8"). */
export function crc32(data: Uint8Array): number {
  const tables = slices()
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  let crc = -1
  let p = 0
  for (; p + 8 <= data.length; p += 8) {
    const a = view.getInt32(p, true) ^ crc
    const b = view.getInt32(p + 4, true)
    crc =
      tables[1792 + (a & 255)] ^
      tables[1536 + ((a >>> 8) & 255)] ^
      tables[1280 + ((a >>> 16) & 255)] ^
      tables[1024 + (a >>> 24)] ^
      tables[768 + (b & 255)] ^
      tables[512 + ((b >>> 8) & 255)] ^
      tables[256 + ((b >>> 16) & 255)] ^
      tables[b >>> 24]
  }
  for (; p < data.length; p++) crc = tables[(crc ^ data[p]) & 255] ^ (crc >>> 8)
  return ~crc >>> 0
}

let made: Int32Array | undefined

/** Table k of 256 entries has what a byte does to the sum k bytes later. */
function slices(): Int32Array {
  if (made) return made
  made = new Int32Array(2048)
  for (let i = 0; i < 256; i++) {
    let crc = i
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
    made[i] = crc
  }
  for (let i = 256; i < 2048; i++) made[i] = made[made[i - 256] & 255] ^ (made[i - 256] >>> 8)
  return made
}
