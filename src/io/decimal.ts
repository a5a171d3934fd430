/** Powers of ten that are exact doubles. */
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))

/** Where `parseDecimal` stopped: the first byte that is no part of the number. */
export let decimalEnd = 0

/**
 * A decimal number in bytes, correctly rounded, equal to `Number(text)` in every bit.
 *
 * @param mark the byte of the decimal mark
 * @returns NaN when no number stands at `from`; `decimalEnd` says where it ends
 */
export function parseDecimal(b: Uint8Array, from: number, mark: number): number {
  let p = from
  let c = b[p]
  const negative = c === 45
  if (negative || c === 43) c = b[++p]
  const start = p
  let m = 0
  while (c >= 48 && c <= 57) {
    m = m * 10 + (c - 48)
    c = b[++p]
  }
  let scale = 0
  let digits = p - start
  if (c === mark) {
    const point = p
    c = b[++p]
    while (c >= 48 && c <= 57) {
      m = m * 10 + (c - 48)
      c = b[++p]
    }
    scale = p - point - 1
    digits += scale
  }
  decimalEnd = p
  if (digits === 0) return Number.NaN
  // Exact integer over exact power of ten: one correctly rounded division (Clinger 1990, the fast path).
  if (m < 9007199254740992 && scale <= 22 && c !== 101 && c !== 69) {
    const value = m / POWERS[scale]
    return negative ? -value : value
  }
  return longDecimal(b, start, mark, negative)
}

/** Up to 19 significant digits in doubled precision; what that cannot decide, and exponents, go the slow way. */
function longDecimal(b: Uint8Array, start: number, mark: number, negative: boolean): number {
  let p = start
  let high = 0
  let low = 0
  let taken = 0
  let rest = 0
  let scale = 0
  let fraction = false
  for (; ; p++) {
    const c = b[p]
    if (c >= 48 && c <= 57) {
      if (taken < 15) {
        high = high * 10 + (c - 48)
        if (high > 0) taken++
      } else {
        low = low * 10 + (c - 48)
        rest++
      }
      if (fraction) scale++
    } else if (c === mark && !fraction) fraction = true
    else break
  }
  decimalEnd = p
  if (b[p] === 101 || b[p] === 69 || rest > 4 || scale > 22) return slowDecimal(b, start, mark, negative)

  // The digits as an exact sum mh + ml of two doubles: high * 10^rest + low.
  const factor = POWERS[rest]
  const product = high * factor
  const tail = productError(high, factor, product) + low
  const mh = product + tail
  const ml = tail - (mh - product)
  // Quotient by 10^scale, then its exact remainder, then the correction.
  const divisor = POWERS[scale]
  const quotient = mh / divisor
  const back = quotient * divisor
  const remainder = mh - back - productError(quotient, divisor, back) + ml
  const correction = remainder / divisor
  const value = quotient + correction
  // Too near the middle between two doubles for the correction's own rounding error: leave it to the host.
  const error = correction - (value - quotient)
  if (value + error * 1.0000000001 !== value) return slowDecimal(b, start, mark, negative)
  return negative ? -value : value
}

/** a * b - product exactly (Dekker 1971, with Veltkamp's splitting). */
function productError(a: number, b: number, product: number): number {
  const sa = 134217729 * a
  const ah = sa - (sa - a)
  const al = a - ah
  const sb = 134217729 * b
  const bh = sb - (sb - b)
  const bl = b - bh
  return al * bl - (product - ah * bh - al * bh - ah * bl)
}

function slowDecimal(b: Uint8Array, start: number, mark: number, negative: boolean): number {
  let p = start
  let text = ''
  for (; ; p++) {
    const c = b[p]
    if (c === mark) text += '.'
    else if (c >= 48 && c <= 57) text += String.fromCharCode(c)
    else break
  }
  if (b[p] === 101 || b[p] === 69) {
    let q = p + 1
    if (b[q] === 43 || b[q] === 45) q++
    if (b[q] >= 48 && b[q] <= 57) {
      for (; b[q] >= 48 && b[q] <= 57; q++);
      text += String.fromCharCode(...b.subarray(p, q))
      p = q
    }
  }
  decimalEnd = p
  const value = Number(text)
  return negative ? -value : value
}
