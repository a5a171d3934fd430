import type { MetricSpec } from '../results/metrics.ts'
import type { Table } from '../results/table.ts'

/** Whether more of a metric is better; also said of those that are neither good nor bad. */
export function higherIsBetter(metric: Pick<MetricSpec, 'better'>): boolean {
  return metric.better >= 0
}

/**
 * The rows of a sweep's table from best to worst by the objective, then by the second key, then by their order.
 * Rows that failed, whose objective is undefined or which have fewer trades than asked for are left out.
 */
export function rankRows(
  table: Table,
  objective: MetricSpec,
  sort: MetricSpec | undefined,
  minimumTrades: number,
): Uint32Array {
  const [status, trades, first] = [table.values('status'), table.values('numTrades'), table.values(objective.name)]
  const second = sort ? table.values(sort.name) : undefined
  const rows: number[] = []
  for (let row = 0; row < table.length; row++) {
    if (status[row] === 0 && !Number.isNaN(first[row]) && !(trades[row] < minimumTrades)) rows.push(row)
  }
  const [sign, signOfSecond] = [higherIsBetter(objective) ? -1 : 1, sort && higherIsBetter(sort) ? -1 : 1]
  rows.sort(
    (a, b) =>
      sign * compare(first[a], first[b]) || (second ? undefinedLast(second[a], second[b], signOfSecond) : 0) || a - b,
  )
  return Uint32Array.from(rows)
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function undefinedLast(a: number, b: number, sign: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
  return sign * compare(a, b)
}
