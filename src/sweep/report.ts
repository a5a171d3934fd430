import { sweepPage, writePage } from '../report/file.ts'
import { parameterColumns, type SweepResult } from './sweep.ts'

/**
 * A sweep on one page: maps of any figure over any two parameters with the others as sliders, what lies around the best set, the best
 * sets, a line for each set, the distribution of the objective. An HTML document that needs nothing else.
 *
 * @throws FillgridError invalid_value
 */
export function sweepReport(result: SweepResult): string {
  const { table, objective, ranking, total, failed, warnings, dataId } = result
  const parameters = parameterColumns(result)
  const title = `Sweep over ${parameters.join(', ')}`
  return sweepPage({ title, table, parameters, objective, ranking, total, failed, warnings, dataId })
}

/**
 * Writes the page of a sweep (`sweepReport`) to a file, which is replaced.
 *
 * @throws FillgridError file_access, invalid_value
 */
export function writeSweepReport(file: string, result: SweepResult): void {
  writePage(file, sweepReport(result), 'sweep report')
}
