import type { MetricSpec } from '../results/metrics.ts'
import type { Table } from '../results/table.ts'

/** Whether more of a figure is better; also said of those that are neither good nor bad. */
export function higherFirst({ better }: Pick<MetricSpec, 'better'>): boolean {
  return better >= 0
}

/** A value of sorted numbers below which a part of them lies, between two neighbours in proportion; NaN of none. */
export function quantile(sorted: readonly number[], part: number): number {
  if (sorted.length === 0) return Number.NaN
  const place = (sorted.length - 1) * part
  const below = Math.floor(place)
  const above = Math.min(sorted.length - 1, below + 1)
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below)
}

/** What lies around the best set of a sweep. */
export interface Plateau {
  /** For each parameter the rows that differ from the best in it alone, by one step of its values. */
  steps: { name: string; below: number | undefined; above: number | undefined }[]
  /** Ranked rows at most one step away in every parameter, without the best itself. */
  neighbours: number[]
}

/** @param ranking rows from best to worst, at least one */
export function plateau(
  table: Table,
  parameters: readonly string[],
  objective: string,
  ranking: readonly number[],
): Plateau {
  const best = ranking[0]
  const finite = table.values(objective)
  const places = parameters.map((name) => {
    const values = table.values(name)
    const order = new Map([...new Set<number>(values)].sort((a, b) => a - b).map((value, i) => [value, i]))
    return Float64Array.from(values, (value) => order.get(value) as number)
  })
  const away = (row: number) => places.map((own) => own[row] - own[best])
  const neighbours = ranking
    .slice(1)
    .filter((row) => Number.isFinite(finite[row]) && away(row).every((step) => Math.abs(step) <= 1))
  const step = (at: number, by: number) =>
    neighbours.find((row) => away(row).every((found, i) => found === (i === at ? by : 0)))
  return {
    steps: parameters.map((name, at) => ({ name, below: step(at, -1), above: step(at, 1) })),
    neighbours,
  }
}
