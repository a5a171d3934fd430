/** Numbers of a width, little-endian: whole with sign, whole without, floating. */
export type NumberForm = 'i1' | 'i2' | 'i4' | 'u1' | 'u2' | 'u4' | 'f2' | 'f4'

/** `n` numbers of up to four bytes as doubles. @param data at least n of them */
export function spread(form: NumberForm, data: Uint8Array, n: number): Float64Array {
  const out = new Float64Array(n)
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  switch (form) {
    case 'i1':
      for (let i = 0; i < n; i++) out[i] = view.getInt8(i)
      return out
    case 'u1':
      for (let i = 0; i < n; i++) out[i] = data[i]
      return out
    case 'i2':
      for (let i = 0; i < n; i++) out[i] = view.getInt16(2 * i, true)
      return out
    case 'u2':
      for (let i = 0; i < n; i++) out[i] = view.getUint16(2 * i, true)
      return out
    case 'i4':
      for (let i = 0; i < n; i++) out[i] = view.getInt32(4 * i, true)
      return out
    case 'u4':
      for (let i = 0; i < n; i++) out[i] = view.getUint32(4 * i, true)
      return out
    case 'f4':
      for (let i = 0; i < n; i++) out[i] = view.getFloat32(4 * i, true)
      return out
    default:
      for (let i = 0; i < n; i++) out[i] = half(view.getUint16(2 * i, true))
      return out
  }
}

/** `n` whole numbers of 64 bits as the nearest doubles. */
export function int64(data: Uint8Array, n: number, signed: boolean): Float64Array {
  const out = new Float64Array(n)
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  // The high half times 2^32 is exact, so that the sum is rounded once.
  if (signed)
    for (let i = 0; i < n; i++) out[i] = view.getInt32(8 * i + 4, true) * 4294967296 + view.getUint32(8 * i, true)
  else for (let i = 0; i < n; i++) out[i] = view.getUint32(8 * i + 4, true) * 4294967296 + view.getUint32(8 * i, true)
  return out
}

/** A number of half precision (IEEE 754 binary16). */
export function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  // Subnormals are multiples of 2^-24; others are widened to binary32, whose exponent is 112 larger.
  if (exponent === 0) return (sign * fraction) / 16777216
  wide.setInt32(0, ((bits & 0x8000) << 16) | ((exponent + 112) << 23) | (fraction << 13))
  return wide.getFloat32(0)
}

const wide = new DataView(new ArrayBuffer(4))

/**
 * A decimal number in two's complement, correctly rounded.
 *
 * @param scale digits after the point
 * @param little whether the lowest byte comes first
 */
export function decimalNumber(bytes: Uint8Array, scale: number, little: boolean): number {
  let value = 0n
  for (let i = 0; i < bytes.length; i++) value = (value << 8n) | BigInt(bytes[little ? bytes.length - 1 - i : i])
  value = BigInt.asIntN(bytes.length * 8, value)
  return Number(`${value}e${-scale}`)
}
