// Means, spreads and shapes of columns of doubles, summed in their order.

/** The i-th value of a column. */
// @ts-ignore: decorator
@inline export function at(values: usize, i: i32): f64 {
  return load<f64>(values + (<usize>i << 3))
}

/** NaN of none. */
export function meanOf(values: usize, n: i32): f64 {
  let sum = 0.0
  for (let i = 0; i < n; i++) sum += at(values, i)
  return n > 0 ? sum / <f64>n : NaN
}

/** Standard deviation over n - 1; NaN of fewer than two. */
export function deviationOf(values: usize, n: i32, mean: f64): f64 {
  return n > 1 ? sqrt(powersOf(values, n, mean, 2) / <f64>(n - 1)) : NaN
}

/** Sum of the differences from the mean to a power of 2, 3 or 4. */
function powersOf(values: usize, n: i32, mean: f64, power: i32): f64 {
  let sum = 0.0
  for (let i = 0; i < n; i++) {
    const off = at(values, i) - mean
    const square = off * off
    sum += power == 2 ? square : power == 3 ? square * off : square * square
  }
  return sum
}

/** Skewness; of a sample it is corrected for its size and takes three values, as that of pandas. NaN without spread. */
export function skewOf(values: usize, n: i32, mean: f64, population: bool): f64 {
  const size = <f64>n
  const spread = powersOf(values, n, mean, 2) / size
  if (!(spread > 0) || (!population && n < 3)) return NaN
  const skew = powersOf(values, n, mean, 3) / size / (spread * sqrt(spread))
  return population ? skew : (skew * sqrt(size * (size - 1.0))) / (size - 2.0)
}

/** Kurtosis beyond the 3 of the normal distribution; of a sample it is corrected for its size and takes four values. NaN without spread. */
export function kurtosisOf(values: usize, n: i32, mean: f64, population: bool): f64 {
  const size = <f64>n
  const spread = powersOf(values, n, mean, 2) / size
  if (!(spread > 0) || (!population && n < 4)) return NaN
  const kurtosis = powersOf(values, n, mean, 4) / size / (spread * spread) - 3.0
  if (population) return kurtosis
  return ((size - 1.0) / ((size - 2.0) * (size - 3.0))) * ((size + 1.0) * kurtosis + 6.0)
}

/** Sum of the products of differences from the means. */
export function productsOf(a: usize, b: usize, n: i32, meanA: f64, meanB: f64): f64 {
  let sum = 0.0
  for (let i = 0; i < n; i++) sum += (at(a, i) - meanA) * (at(b, i) - meanB)
  return sum
}

/** Pearson's correlation; NaN where one of both has no spread. */
export function correlationOf(a: usize, b: usize, n: i32): f64 {
  const meanA = meanOf(a, n)
  const meanB = meanOf(b, n)
  const spreads = productsOf(a, a, n, meanA, meanA) * productsOf(b, b, n, meanB, meanB)
  return spreads > 0 ? productsOf(a, b, n, meanA, meanB) / sqrt(spreads) : NaN
}
