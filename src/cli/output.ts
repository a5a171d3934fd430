import { existsSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { FillgridError } from '../errors.ts'
import { tableToCsv } from '../io/csv.ts'
import { makeFolder } from '../io/files.ts'
import { checkFolder, type Folder, type FolderFiles } from '../io/folder.ts'
import { resultFolder, TABLE_FILES } from '../io/resultfolder.ts'
import { equitySvg } from '../report/equity.ts'
import { tearSheet } from '../report/file.ts'
import { formatNumber } from '../report/format.ts'
import { runTitle } from '../report/summary.ts'
import { METRICS, metricIndex } from '../results/metrics.ts'
import type { Result } from '../results/result.ts'

/** All files that results are written to, beside the summary. */
const RESULT_FILES = [
  ...TABLE_FILES,
  'trades.csv',
  'signals.csv',
  'equity.svg',
  'report.html',
  'sweep.arrow',
  'sweep.html',
  'heatmap.svg',
]

/**
 * Makes the output folder and tries to write into it, before a run begins.
 *
 * @returns what takes away the folders that it made, as far as nothing is in them, for a run that fails
 * @throws FillgridError file_access; folder_taken where something in it stands in the way
 */
export function openFolder(folder: string, overwrite = false): () => void {
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
  checkFolder(folder, RESULT_FILES, overwrite)
  return unmake
}

/** The folder of one run. Its files hold neither the time at which nor the place where they were made. */
export function runFolder(result: Result, more: Readonly<Record<string, unknown>>, files: FolderFiles = {}): Folder {
  const value = (name: string) => {
    const i = metricIndex(name)
    return formatNumber(result.metrics[i], METRICS[i].unit)
  }
  const readable = {
    'trades.csv': tableToCsv(result.trades),
    'report.html': tearSheet(result),
    'equity.svg': equitySvg({
      title: runTitle(result),
      time: result.time,
      equity: result.equity,
      initialCash: result.summary.initialCash,
      note: `total return ${value('totalReturn')}, Sharpe ratio ${value('sharpe')}, ${value('numTrades')} trades`,
    }),
  }
  return resultFolder(result, { ...readable, ...files }, more)
}
