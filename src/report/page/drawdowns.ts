/** Falls from the highest value so far, as fractions below 0; NaN where there is no value. @param start before the first */
export function drawdowns(values: Float64Array, start: number): Float64Array {
  let peak = start
  return values.map((value) => {
    if (value > peak) peak = value
    return peak > 0 ? value / peak - 1 : Number.NaN
  })
}
