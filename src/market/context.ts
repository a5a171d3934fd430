import { FillgridError } from '../errors.ts'
import { type ContextTable, type MarketOptions, type Numbers, toDoubles } from './input.ts'
import { timeOrder } from './order.ts'

/**
 * Context columns brought to the bars: those with stamps of their own by stamp, the others in the order of the bars.
 *
 * @param time stamps of the bars as given, in order
 * @param order row of the input by bar, where bars were sorted
 */
export function alignContext(
  context: MarketOptions['context'],
  time: Float64Array,
  order: Int32Array | undefined,
): { context: Map<string, Float64Array>; contextUnmatched: number } {
  const out = new Map<string, Float64Array>()
  if (!context) return { context: out, contextUnmatched: 0 }
  const table = asTable(context)
  const stamps = table.time === undefined ? undefined : toDoubles(table.time, 'context.time')
  const rows = stamps ?? time
  const given = stamps ? timeOrder(stamps, false, (row) => ({ file: 'context', line: row + 1 })) : { order }
  for (const [name, values] of Object.entries(table.columns)) {
    const column = toDoubles(values, `context.${name}`)
    if (column.length !== rows.length) {
      throw new FillgridError(
        'invalid_market',
        `market: context column ${name} must have ${rows.length} values, one a ${stamps ? 'stamp of the table' : 'bar'}, found ${column.length}.`,
        { column: name },
      )
    }
    out.set(name, stamps ? column : given.order ? Float64Array.from(given.order, (row) => column[row]) : column)
  }
  if (!stamps) return { context: out, contextUnmatched: 0 }
  const rowOf = new Int32Array(time.length)
  let matched = 0
  for (let bar = 0, row = 0; bar < time.length; bar++) {
    while (row < stamps.length && stamps[row] <= time[bar]) row++
    const exact = row > 0 && stamps[row - 1] === time[bar]
    if (exact) matched++
    rowOf[bar] = exact || table.carry ? row - 1 : -1
  }
  for (const [name, column] of out)
    out.set(
      name,
      Float64Array.from(rowOf, (row) => (row < 0 ? Number.NaN : column[row])),
    )
  return { context: out, contextUnmatched: table.carry ? 0 : stamps.length - matched }
}

function asTable(context: NonNullable<MarketOptions['context']>): ContextTable {
  const columns = (context as ContextTable).columns as unknown
  const isTable =
    columns !== null && typeof columns === 'object' && typeof (columns as ArrayLike<unknown>).length !== 'number'
  return isTable ? (context as ContextTable) : { columns: context as Readonly<Record<string, Numbers>> }
}
