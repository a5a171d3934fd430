import { existsSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { FillgridError } from '../errors.ts'
import { tableToCsv } from '../io/csv.ts'
import { makeFolder, writeFile } from '../io/files.ts'
import { equitySvg } from '../report/equity.ts'
import { formatNumber } from '../report/format.ts'
import { tearSheet } from '../report/html.ts'
import { runTitle } from '../report/summary.ts'
import { METRICS, metricIndex } from '../results/metrics.ts'
import type { Result } from '../results/result.ts'

/** Result files by name. */
export type ResultFiles = Record<string, string | Uint8Array>

/**
 * Makes the output folder and tries to write into it, before a run begins.
 *
 * @returns what takes away the folders that it made, as far as nothing is in them, for a run that fails
 * @throws FillgridError file_access
 */
export function openFolder(folder: string): () => void {
  const probe = join(folder, `.fillgrid-${process.pid}`)
  const missing: string[] = []
  for (let at = resolve(folder); !existsSync(at) && at !== dirname(at); at = dirname(at)) missing.push(at)
  const unmake = () => {
    try {
      for (const made of missing) if (existsSync(made)) rmdirSync(made)
    } catch {
      // Something lies in it by now, so it stays, and why the run failed is what is said.
    }
  }
  try {
    makeFolder(resolve(folder))
    writeFileSync(probe, '')
    rmSync(probe)
    return unmake
  } catch (cause) {
    unmake()
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw new FillgridError(
      'file_access',
      `--out: the folder must be writable, found ${reason} at ${JSON.stringify(folder)}. Choose another folder or change its rights.`,
      { file: folder },
      { cause },
    )
  }
}

/** All files that results are written to. */
const RESULT_FILES = [
  'summary.json',
  'trades.csv',
  'trades.arrow',
  'equity.arrow',
  'ambiguous.arrow',
  'equity.svg',
  'report.html',
  'sweep.arrow',
  'heatmap.svg',
]

/**
 * Writes all files, each whole or not at all, and takes away those that another result left under these names: what lies
 * in the folder belongs together.
 * @throws FillgridError file_access
 */
export function writeFiles(folder: string, files: ResultFiles): void {
  for (const [name, content] of Object.entries(files)) writeFile(join(folder, name), content)
  for (const name of RESULT_FILES) if (!(name in files)) rmSync(join(folder, name), { force: true })
}

/** The files of one run. They hold neither the time at which nor the place where they were made. */
export async function runFiles(result: Result, summary: unknown): Promise<ResultFiles> {
  // The package is large and slow to load; who writes no files does without it.
  const { equityToArrow, tableToArrow } = await import('../io/arrow.ts')
  const value = (name: string) => {
    const i = metricIndex(name)
    return formatNumber(result.metrics[i], METRICS[i].unit)
  }
  return {
    'summary.json': toJson(summary),
    'trades.csv': tableToCsv(result.trades),
    'trades.arrow': tableToArrow(result.trades),
    'equity.arrow': equityToArrow(result.time, result.equity),
    'ambiguous.arrow': tableToArrow(result.ambiguousBars),
    'report.html': tearSheet(result),
    'equity.svg': equitySvg({
      title: runTitle(result),
      time: result.time,
      equity: result.equity,
      initialCash: result.summary.initialCash,
      note: `total return ${value('totalReturn')}, Sharpe ratio ${value('sharpe')}, ${value('numTrades')} trades`,
    }),
  }
}

/** Metrics under their snake_case names; what is undefined is null. */
export function metricsJson(values: ArrayLike<number>): Record<string, number | null> {
  return Object.fromEntries(METRICS.map((spec, i) => [spec.field, Number.isFinite(values[i]) ? values[i] : null]))
}

/** The same data with the keys in snake_case, as files have them. */
export function snakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCase)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, one]) => [
    key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
    snakeCase(one),
  ])
  return Object.fromEntries(entries)
}

/** JSON as files and standard output carry it: two spaces, a line break at the end. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
