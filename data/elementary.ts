/**
 * Natural logarithm and exponential from + - * / alone, so that generated data has the same bytes in every engine;
 * `Math.log` and `Math.exp` may differ in the last place between versions. Within 2 units in the last place of the
 * true value over the range that the generators use.
 */
const words = new Uint32Array(2)
const number = new Float64Array(words.buffer)
const HIGH_WORD = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0

/** ln 2 in two parts; the first has 32 significant bits, so that its product with an exponent is exact. */
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10

/**
 * Natural logarithm of a positive normal number: x = 2^k * m with m in [sqrt(1/2), sqrt(2)), and
 * ln m = 2 artanh((m - 1) / (m + 1)) as a power series (Abramowitz and Stegun 4.1.27).
 */
export function ln(x: number): number {
  number[0] = x
  let k = (words[HIGH_WORD] >>> 20) - 1023
  words[HIGH_WORD] = (words[HIGH_WORD] & 0xfffff) | (1023 << 20)
  let m = number[0]
  if (m >= Math.SQRT2) {
    m /= 2
    k++
  }
  const s = (m - 1) / (m + 1)
  const z = s * s
  let sum = 1 / 23
  for (let n = 21; n >= 3; n -= 2) sum = sum * z + 1 / n
  return k * LN2_HIGH + (2 * s + (2 * s * (z * sum) + k * LN2_LOW))
}

/**
 * e to the power x for |x| < 700: x = k ln 2 + r with |r| <= ln(2) / 2, and the power series of e^r
 * (Abramowitz and Stegun 4.2.1) up to r^14.
 */
export function exp(x: number): number {
  const k = Math.round(x / Math.LN2)
  const r = x - k * LN2_HIGH - k * LN2_LOW
  let sum = 1 + r / 14
  for (let n = 13; n >= 1; n--) sum = 1 + (r * sum) / n
  words[1 - HIGH_WORD] = 0
  words[HIGH_WORD] = (1023 + k) << 20
  return sum * number[0]
}
