import { coordinate } from './svg.ts'

/** A path through all points, thinned to what a pixel can show. */
export function polyline(time: Float64Array, values: Float64Array, x: (t: number) => number, y: (v: number) => number) {
  const points: string[] = []
  let start = 0
  const put = (i: number) => {
    if (points.length === 0) start = x(time[i])
    const text = `${coordinate(x(time[i]))} ${coordinate(y(values[i]))}`
    if (points[points.length - 1] !== text) points.push(text)
  }
  let i = 0
  while (i < values.length) {
    const column = Math.floor(x(time[i]))
    const kept: number[] = []
    let [lowest, highest] = [-1, -1]
    for (; i < values.length && Math.floor(x(time[i])) === column; i++) {
      if (!Number.isFinite(values[i])) continue
      if (lowest < 0) kept.push(i)
      if (lowest < 0 || values[i] < values[lowest]) lowest = i
      if (highest < 0 || values[i] > values[highest]) highest = i
    }
    if (lowest < 0) continue
    kept.push(lowest, highest)
    if (i === values.length) kept.push(i - 1)
    for (const one of [...new Set(kept)].sort((a, b) => a - b)) put(one)
  }
  return { path: `M${points.join('L')}`, start }
}
