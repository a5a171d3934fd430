import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { FillgridError, show } from '../errors.ts'
import { expectMarket } from '../market/expect.ts'
import type { Market } from '../market/market.ts'
import { onlyNames } from '../market/names.ts'
import { CATALOGUE } from '../results/catalogue.ts'
import { checkResult } from '../results/data.ts'
import type { Result } from '../results/result.ts'
import { compareHtml } from './compare.ts'
import type { NamedResult } from './comparetrades.ts'
import { sheetHtml } from './sheet.ts'
import { type SweepParts, sweepHtml } from './sweepsheet.ts'

/** How a page is made. */
export interface ReportOptions {
  /**
   * Bars of the run. A run's own result has them until its market is released; one that was read from data or a folder shows prices,
   * buy and hold and what was held where they are given.
   */
  readonly market?: Market
  /** Assets whose bars are in the page, those with the most trades; by default as many as have 1,500,000 bars together. */
  readonly chartAssets?: number
}

const NAMES: ReadonlySet<string> = new Set(
  Object.keys({ market: true, chartAssets: true } satisfies Record<keyof ReportOptions, true>),
)

/**
 * A run on one page: an HTML document that needs nothing else, with charts that can be zoomed, all figures, all trades, settings and
 * fingerprint. Equal results over equal bars give equal pages.
 *
 * @throws FillgridError invalid_value where the market is not that of the run, unknown_name for other options
 */
export function tearSheet(result: Result, options: ReportOptions = {}): string {
  checkResult(result)
  onlyNames(options, NAMES, 'report', 'one of its options')
  const { market = result.market, chartAssets } = options
  if (options.market !== undefined) checkMarket(result, options.market)
  if (chartAssets !== undefined && !(Number.isInteger(chartAssets) && chartAssets >= 0))
    throw new FillgridError(
      'invalid_value',
      `report.chartAssets: a whole number from 0 on expected, found ${show(chartAssets)}.`,
    )
  return sheetHtml(result, { market, chartAssets, pack })
}

/**
 * Writes the page of a run (`tearSheet`) to a file, which is replaced.
 *
 * @throws FillgridError file_access; as tearSheet
 */
export function writeReport(file: string, result: Result, options: ReportOptions = {}): void {
  writePage(file, tearSheet(result, options), 'report')
}

/**
 * Several runs on one page, each compared with the first: curves, differences of every figure, settings that differ, trades in one and
 * not in the other. Where they are of different data the page says so.
 *
 * @throws FillgridError invalid_value for fewer than two runs, or two of one name
 */
export function comparison(runs: readonly NamedResult[]): string {
  if (!Array.isArray(runs) || runs.length < 2)
    throw new FillgridError(
      'invalid_value',
      `comparison: at least two runs as { name, result } expected, found ${Array.isArray(runs) ? runs.length : show(runs)}.`,
    )
  const names = new Set<string>()
  for (const [i, { name, result }] of runs.entries()) {
    if (typeof name !== 'string' || name === '' || names.has(name))
      throw new FillgridError(
        'invalid_value',
        `comparison[${i}].name: a name of its own expected, found ${show(name)}. Give each run another one.`,
      )
    names.add(name)
    checkResult(result)
  }
  return compareHtml(runs, pack)
}

/**
 * Writes the page of several runs (`comparison`) to a file, which is replaced.
 *
 * @throws FillgridError file_access; as comparison
 */
export function writeComparison(file: string, runs: readonly NamedResult[]): void {
  writePage(file, comparison(runs), 'comparison')
}

/** @throws FillgridError invalid_value */
function checkPath(file: unknown, subject: string): void {
  if (typeof file === 'string' && file.trim() !== '') return
  throw new FillgridError('invalid_value', `${subject}: the path of a file expected, found ${show(file)}. Name a file.`)
}

/** Writes a page to a file, which is replaced. @param subject of errors @throws FillgridError file_access, invalid_value */
export function writePage(file: string, page: string, subject: string): void {
  checkPath(file, subject)
  try {
    writeFileSync(file, page)
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw new FillgridError(
      'file_access',
      `${subject}: the file must be writable, found ${reason} at ${JSON.stringify(file)}. Choose another place.`,
      { file },
      { cause },
    )
  }
}

/** The page of a sweep. */
export function sweepPage(parts: SweepParts): string {
  return sweepHtml(parts, CATALOGUE, pack)
}

/** The fastest level: of differences that are noise the slowest takes twice the time for a hundredth of the size. */
function pack(bytes: Uint8Array): string {
  return gzipSync(bytes, { level: 1 }).toString('base64')
}

/** @throws FillgridError invalid_value */
function checkMarket(result: Result, market: Market): void {
  expectMarket(market, 'report.market')
  market.checkHeld()
  const [expected, found] = [result.fingerprint.market, market.digest()]
  if (expected === found) return
  throw new FillgridError(
    'invalid_value',
    `report.market: the bars of the run expected (${expected.slice(0, 16)}), found others (${found.slice(0, 16)}). Load the files of the run in the same way.`,
  )
}
