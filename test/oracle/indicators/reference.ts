/** What an independent version of an indicator is given: columns without gaps in the order of its inputs, and all parameters. */
export type Reference = (
  columns: readonly (readonly number[])[],
  // biome-ignore lint/suspicious/noExplicitAny: the values of many schemas
  values: any,
) => Record<string, number[]>

/** f of each window of `length` values. */
export function windows(column: readonly number[], length: number, f: (window: number[], at: number) => number) {
  return column.map((_, t) => (t >= length - 1 ? f(column.slice(t - length + 1, t + 1), t) : Number.NaN))
}

/** Elementwise. */
export function zip(f: (...values: number[]) => number, ...columns: readonly (readonly number[])[]): number[] {
  return columns[0].map((_, t) => f(...columns.map((column) => column[t])))
}

/** The value so many values before; NaN where there is none. */
export function ago(column: readonly number[], n: number): number[] {
  return column.map((_, t) => (t >= n ? column[t - n] : Number.NaN))
}

export const sum = (values: readonly number[]) => values.reduce((all, x) => all + x, 0)
export const mean = (values: readonly number[]) => sum(values) / values.length

/** f of a column without the NaN that it begins with. */
export function afterWarmup(x: readonly number[], f: (own: number[]) => number[]): number[] {
  const first = x.findIndex((value) => !Number.isNaN(value))
  return first < 0 ? [...x] : [...x.slice(0, first), ...f(x.slice(first))]
}
