import { writeFileSync } from 'node:fs'
import { type Hardware, hardware } from './host.ts'

/** Smallest and middle of several measurements, and their spread (largest over smallest, minus 1). */
export interface Timing {
  min: number
  median: number
  spread: number
  runs: number
}

/** Summary of measured values. */
export function summarise(values: readonly number[]): Timing {
  const sorted = [...values].sort((a, b) => a - b)
  const min = sorted[0]
  return { min, median: sorted[sorted.length >> 1], spread: sorted[sorted.length - 1] / min - 1, runs: sorted.length }
}

/** One figure beside what it is compared with. */
export interface Figure {
  /** What was measured, for example 'workload, hook driver, same-close'. */
  name: string
  /** Measured value. */
  value: number
  unit: string
  /** Spread of the measured value where it was repeated, as a fraction. */
  spread?: number
  /** What it is compared with, measured in the same run: its name and value in the same unit. */
  reference?: { name: string; value: number }
  /** value / reference; with `speed` reference / value, how many times as fast. */
  ratio?: number
  /** The ratio says how many times as fast as the reference, not how many times its value. */
  speed?: boolean
  /** What the ratio (or, without a reference, the value) should not pass, or for 'at least' figures should reach. */
  goal?: { kind: 'at most' | 'at least'; value: number }
}

/** A figure as a multiple of its reference, which a goal says is to stay small: 'at most 4x the reference'. */
export function against(
  name: string,
  value: number,
  unit: string,
  reference: { name: string; value: number },
  atMost?: number,
  spread?: number,
): Figure {
  const goal = atMost === undefined ? undefined : ({ kind: 'at most', value: atMost } as const)
  return { name, value, unit, reference, ratio: value / reference.value, goal, spread }
}

/** A time beside a slower reference: 'at least 4x as fast'. */
export function fasterThan(
  name: string,
  value: number,
  unit: string,
  reference: { name: string; value: number },
  atLeast?: number,
  spread?: number,
): Figure {
  const goal = atLeast === undefined ? undefined : ({ kind: 'at least', value: atLeast } as const)
  return { name, value, unit, reference, ratio: reference.value / value, speed: true, goal, spread }
}

/** Whether a figure keeps its goal; undefined without a goal. */
export function keeps(figure: Figure): boolean | undefined {
  if (figure.goal === undefined) return undefined
  const measured = figure.ratio ?? figure.value
  return figure.goal.kind === 'at most' ? measured <= figure.goal.value : measured >= figure.goal.value
}

/** Prints figures as a table, one row each. */
export function printFigures(title: string, figures: readonly Figure[]): void {
  const rows = figures.map((f) => {
    const kept = keeps(f)
    return [
      f.name,
      `${number(f.value)} ${f.unit}${f.spread === undefined ? '' : ` (+${Math.round(f.spread * 100)} %)`}`,
      f.reference ? `${number(f.reference.value)} ${f.unit}, ${f.reference.name}` : '',
      f.ratio === undefined ? '' : `${number(f.ratio)}x${f.speed ? ' as fast' : ''}`,
      f.goal ? `${f.goal.kind} ${number(f.goal.value)}${f.ratio === undefined ? ` ${f.unit}` : 'x'}` : '',
      kept === undefined ? '' : kept ? 'kept' : 'MISSED',
    ]
  })
  const head = [title, 'measured', 'beside', 'ratio', 'goal', '']
  const widths = head.map((h, i) => Math.max(h.length, ...rows.map((row) => row[i].length)))
  for (const row of [head, ...rows]) {
    console.log(
      row
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
  }
  console.log('')
}

/** Three significant digits, more for whole numbers. */
function number(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toPrecision(3)))
}

/** Everything that was measured, as `--json FILE` writes it. */
export interface Report {
  hardware: Hardware
  compiler?: string
  figures: Figure[]
  /** What was left out, with the reason. */
  skipped: string[]
}

/** Writes a report with every figure, its reference and whether it keeps its goal. */
export function writeReport(path: string, report: Omit<Report, 'hardware'>): void {
  const figures = report.figures.map((figure) => ({ ...figure, kept: keeps(figure) }))
  writeFileSync(path, `${JSON.stringify({ hardware: hardware(), ...report, figures }, null, 2)}\n`)
}
