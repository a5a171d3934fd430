import type { Result } from '../results/result.ts'

/**
 * What QuantStats reads of a run, as CSV: `date` (trade date, `YYYY-MM-DD`) and `return` (simple, a fraction: 0.01 is one percent),
 * one row a day that has bars; the first return is from the initial cash. A return that is undefined, as after ruin, is an empty
 * cell, which pandas reads as NaN. A run without bars has the header alone.
 */
export function quantstatsCsv(result: Result): string {
  const days = result.equityCurve().by('day')
  const [starts, returns] = [days.values('start'), days.values('return')]
  const lines = ['date,return']
  for (let i = 0; i < days.length; i++) {
    const value = Number(returns[i])
    lines.push(`${new Date(Number(starts[i])).toISOString().slice(0, 10)},${Number.isFinite(value) ? value : ''}`)
  }
  return `${lines.join('\n')}\n`
}
