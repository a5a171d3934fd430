/**
 * Exact arithmetic on doubles by whole numbers of any size: every finite double is an integer times 2^-1074. Slow and
 * obvious; what the kernels are compared with.
 */
const SHIFT = 1074n
const words = new DataView(new ArrayBuffer(8))

/** x * 2^1074. */
export function toInteger(x: number): bigint {
  words.setFloat64(0, x)
  const bits = words.getBigUint64(0)
  const exponent = (bits >> 52n) & 0x7ffn
  const fraction = bits & 0xfffffffffffffn
  const magnitude = exponent === 0n ? fraction : (fraction | 0x10000000000000n) << (exponent - 1n)
  return bits >> 63n ? -magnitude : magnitude
}

function bitLength(n: bigint): number {
  return n.toString(16).length * 4
}

/** The double nearest to (numerator / denominator) * 2^-1074, halves to even; `sticky` says that a little more is meant. */
export function toNumber(numerator: bigint, denominator: bigint, sticky = false): number {
  if (numerator < 0n) return -toNumber(-numerator, denominator, sticky)
  if (numerator === 0n) return 0
  // As many bits of the quotient as make 54 or more, then one that says whether anything is left.
  const extra = BigInt(Math.max(0, 64 - bitLength(numerator) + bitLength(denominator)))
  const scaled = numerator << extra
  let quotient = scaled / denominator
  const rest = sticky || quotient * denominator !== scaled
  let exponent = -SHIFT - extra
  const drop = BigInt(quotient.toString(2).length - 53)
  // Subnormal results are not rounded by this; prices never are.
  if (drop > 0n) {
    const mask = (1n << drop) - 1n
    const low = quotient & mask
    const half = 1n << (drop - 1n)
    quotient >>= drop
    exponent += drop
    if (low > half || (low === half && (rest || quotient & 1n))) quotient += 1n
  }
  // 2^exponent in two steps, so that neither overflows.
  const first = exponent / 2n
  return Number(quotient) * 2 ** Number(first) * 2 ** Number(exponent - first)
}

/** The exact mean, rounded once. */
export function exactMean(values: readonly number[]): number {
  let sum = 0n
  for (const value of values) sum += toInteger(value)
  return toNumber(sum, BigInt(values.length))
}

/** The exact mean with weights 1, 2, ... n, rounded once. */
export function exactWeightedMean(values: readonly number[]): number {
  let sum = 0n
  let weights = 0n
  values.forEach((value, i) => {
    sum += toInteger(value) * BigInt(i + 1)
    weights += BigInt(i + 1)
  })
  return toNumber(sum, weights)
}

/** sqrt(sum((x - mean)^2) / (n - ddof)), exact until it is rounded once. */
export function exactDeviation(values: readonly number[], ddof: number): number {
  const n = BigInt(values.length)
  let sum = 0n
  let squares = 0n
  for (const value of values) {
    const x = toInteger(value)
    sum += x
    squares += x * x
  }
  // variance = (n * squares - sum^2) / (n * (n - ddof)), in units of 2^-2148; its root in units of 2^-1074
  const numerator = n * squares - sum * sum
  const denominator = n * (n - BigInt(ddof))
  if (numerator === 0n) return 0
  const extra = 64n
  const scaled = (numerator << (2n * extra)) / denominator
  const root = squareRoot(scaled)
  return toNumber(root, 1n << extra, true)
}

/** The largest whole number whose square is at most n. */
function squareRoot(n: bigint): bigint {
  let x = 1n << BigInt(Math.ceil(bitLength(n) / 2) + 1)
  for (;;) {
    const next = (x + n / x) >> 1n
    if (next >= x) return x
    x = next
  }
}

/** Doubles from a to b, signed order; 0 where they are equal. */
export function ulps(a: number, b: number): number {
  if (Number.isNaN(a) && Number.isNaN(b)) return 0
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.POSITIVE_INFINITY
  return Math.abs(Number(order(a) - order(b)))
}

function order(x: number): bigint {
  words.setFloat64(0, x)
  const bits = words.getBigInt64(0)
  return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits
}
