// What the worst returns are: value at risk and what lies beyond it, from the returns themselves and from distributions.
import {
  RETURN_CVAR_CORNISH_FISHER,
  RETURN_CVAR_GAUSSIAN,
  RETURN_CVAR_HISTORICAL,
  RETURN_VAR_CORNISH_FISHER,
  RETURN_VAR_GAUSSIAN,
  RETURN_VAR_HISTORICAL,
} from '../layout'
import { put } from './block'
import { deviationOf, kurtosisOf, meanOf, skewOf } from './moments'
import { normalDensity, normalQuantile } from './normal'
import { quantile, sortValues } from './sorted'

/**
 * Writes value at risk and its kin to a RETURN_* block, as returns (a loss is negative). Returns the tail ratio.
 *
 * @param sorted pointer to room for as many doubles, in which the returns are left in order
 */
export function tailFigures(
  returns: usize,
  count: i32,
  sorted: usize,
  population: bool,
  confidence: f64,
  dst: usize,
): f64 {
  const rest = 1.0 - confidence
  const mean = meanOf(returns, count)
  const deviation = deviationOf(returns, count, mean)
  const z = normalQuantile(rest)
  // Means of z, z^2 and z^3 below the quantile of a normal distribution.
  const first = -normalDensity(z) / rest
  const second = 1.0 + z * first
  const third = (z * z + 2.0) * first
  put(dst, RETURN_VAR_GAUSSIAN, mean + deviation * z)
  put(dst, RETURN_CVAR_GAUSSIAN, mean + deviation * first)
  const skew = skewOf(returns, count, mean, population)
  const kurtosis = kurtosisOf(returns, count, mean, population)
  put(dst, RETURN_VAR_CORNISH_FISHER, mean + deviation * bent(z, z * z, z * z * z, skew, kurtosis))
  put(dst, RETURN_CVAR_CORNISH_FISHER, mean + deviation * bent(first, second, third, skew, kurtosis))

  // Undefined returns have no order.
  if (!(mean == mean)) {
    put(dst, RETURN_VAR_HISTORICAL, NaN)
    put(dst, RETURN_CVAR_HISTORICAL, NaN)
    return NaN
  }
  memory.copy(sorted, returns, <usize>count << 3)
  sortValues(sorted, count)
  put(dst, RETURN_VAR_HISTORICAL, quantile(sorted, count, rest))
  put(dst, RETURN_CVAR_HISTORICAL, meanOf(sorted, <i32>Math.floor(rest * <f64>(count - 1)) + 1))
  const low = quantile(sorted, count, rest)
  return low != 0 ? Math.abs(quantile(sorted, count, confidence) / low) : NaN
}

/** The quantile of Cornish and Fisher 1937 from powers of the normal one; of the means of powers, the mean of it. */
function bent(z: f64, square: f64, cube: f64, skew: f64, kurtosis: f64): f64 {
  return (
    z +
    ((square - 1.0) * skew) / 6.0 +
    ((cube - 3.0 * z) * kurtosis) / 24.0 -
    ((2.0 * cube - 5.0 * z) * skew * skew) / 36.0
  )
}
