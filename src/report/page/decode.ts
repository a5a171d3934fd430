import type { PackedColumn } from '../columns.ts'

/** The bytes of base64. A loop over character codes: `Uint8Array.from(atob(text), ...)` takes ten times as long. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

/** Gzipped bytes in base64, as they were. */
export async function unpack(base64: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytesOf(base64)]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/** The numbers of a column, as `PackedColumns` has written them. */
export function columnOf(bytes: Uint8Array, { at, length, scale }: PackedColumn): Float64Array {
  const values = new Float64Array(length)
  if (scale === 0) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, length * 8)
    for (let i = 0; i < length; i++) values[i] = view.getFloat64(i * 8, true)
    return values
  }
  let before = 0
  for (let i = 0; i < length; i++) {
    let byte = bytes[at++]
    let rest = byte & 127
    for (let factor = 128; byte > 127; factor *= 128) {
      byte = bytes[at++]
      rest += (byte & 127) * factor
    }
    if (rest === 0) {
      values[i] = Number.NaN
      continue
    }
    const half = Math.floor(rest / 2)
    before += rest === half * 2 ? -half : half
    values[i] = before / scale
  }
  return values
}
