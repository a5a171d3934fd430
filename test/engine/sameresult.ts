/** Whether two results are the same in every table and figure, bit by bit. */
import { expect } from 'vitest'
import { tableToCsv } from '../../src/io/csv.ts'
import type { Result } from '../../src/results/result.ts'
import { RESULT_TABLES, resultTable } from '../../src/results/tables.ts'

/** All that a result says, as plain data for `toEqual`, which tells -0 from 0. */
function told(result: Result): unknown {
  const { strategy, parameters, settings, assets, contextNames, firstBar, summary, band, warnings } = result
  const tables = RESULT_TABLES.map((name) => {
    const table = resultTable(result, name)
    const columns = table.columns.map(({ name, field, kind, labels, unit }) => ({ name, field, kind, labels, unit }))
    return { columns, length: table.length, values: columns.map((column) => table.values(column.name)) }
  })
  const { time, equity, cash, metrics, fingerprint, dataId } = result
  const figures = { time, equity, cash, metrics, fingerprint, dataId }
  return { strategy, parameters, settings, assets, contextNames, firstBar, summary, band, warnings, tables, figures }
}

/** Expects one result to be the other. */
export function expectSame(found: Result, expected: Result): void {
  expect(told(found)).toEqual(told(expected))
  for (const name of RESULT_TABLES)
    expect(tableToCsv(resultTable(found, name))).toBe(tableToCsv(resultTable(expected, name)))
}
