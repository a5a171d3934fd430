// The normal distribution, to the last digits of a double also far out.

/** 1 / sqrt(2 pi). */
const DENSITY: f64 = 0.3989422804014326779
/** Where the continued fraction takes over from the series: below it 0.5 less a sum has lost no digit yet. */
const TAIL: f64 = 1.0
/** Terms of the fraction, enough for the last digit from TAIL on. */
const TERMS: i32 = 200

/** Density at x. The square is taken in two parts, since its rounding would grow with it. */
export function normalDensity(x: f64): f64 {
  const size = Math.abs(x)
  // Beyond this it is below the smallest double.
  if (size > 39) return 0
  const near = Math.floor(size * 16) / 16
  return DENSITY * Math.exp(-0.5 * near * near) * Math.exp(-0.5 * (size - near) * (size + near))
}

/**
 * Probability of a value up to x. About the middle the series of Marsaglia 2004, Evaluating the Normal Distribution; in the
 * tails the continued fraction of Laplace (Abramowitz and Stegun 26.2.14).
 */
export function normalCdf(x: f64): f64 {
  if (isNaN(x)) return NaN
  if (Math.abs(x) > TAIL) return x < 0 ? beyond(-x) : 1.0 - beyond(x)
  return 0.5 + fromMiddle(x)
}

/** Probability of a value between 0 and x, negative below 0. */
function fromMiddle(x: f64): f64 {
  let term = x
  let sum = x
  for (let i = 3; Math.abs(term) > 1e-18 * Math.abs(sum); i += 2) {
    term *= (x * x) / <f64>i
    sum += term
  }
  return sum * normalDensity(x)
}

/** Probability of a value above x > 0. */
function beyond(x: f64): f64 {
  let rest = 0.5 * (x + sqrt(x * x + 4.0 * <f64>TERMS))
  for (let i = TERMS; i > 0; i--) rest = x + <f64>i / rest
  return normalDensity(x) / rest
}

/**
 * The value up to which a probability lies: -Infinity at 0, Infinity at 1, NaN outside. A start of Abramowitz and Stegun
 * 26.2.23, which is good to three digits, and three of Halley's steps, each of which triples them.
 */
export function normalQuantile(p: f64): f64 {
  if (!(p >= 0 && p <= 1)) return NaN
  if (p == 0) return -Infinity
  if (p == 0.5) return 0
  if (p == 1) return Infinity
  // Of the lower half, where a small probability has all its digits; about the middle the distance from it has.
  const low = p < 0.5 ? p : 1.0 - p
  const t = sqrt(-2.0 * Math.log(low))
  let x = (2.515517 + t * (0.802853 + t * 0.010328)) / (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t
  for (let i = 0; i < 3; i++) {
    const more = x < -TAIL ? beyond(-x) - low : fromMiddle(x) - (low - 0.5)
    const off = more / normalDensity(x)
    x -= off / (1.0 + 0.5 * x * off)
  }
  return p < 0.5 ? x : -x
}
