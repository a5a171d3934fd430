import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import { expectMarket } from '../market/expect.ts'
import type { Market } from '../market/market.ts'
import { strangeNameError } from '../market/names.ts'
import { checkBars } from './bars.ts'
import { checkResult } from './data.ts'
import type { Result } from './result.ts'
import { type Column, Table } from './table.ts'

/**
 * The trades of a result with what the signal columns of its market said when they were decided: two columns a signal, in
 * TypeScript `entrySignal:NAME` and `exitSignal:NAME`, in files `entry_signal_NAME` and `exit_signal_NAME`. Nothing of it is kept
 * in the result: a column is looked up when it is first read.
 *
 *     await writeTable('trades.csv', tradesWithSignals(result, market, ['rsi']))
 *
 * An order was decided in the bar in whose hook it was given, or of which the signals asked for it; with a latency that is so many
 * bars before it arrived. An exit that nobody gave an
 * order for at that time, by rule, time, bust or a child of a bracket, has the last bar that had closed when it filled. NaN where
 * there is none, or no value, and for orders that are still pending, of a run that goes on.
 *
 * @param market that of the run, or one of equal bars with further columns (`market.with`)
 * @param names of signal columns; all of the market's
 * @throws FillgridError unknown_name, invalid_value where the market is another one, released
 */
export function tradesWithSignals(result: Result, market: Market, names?: readonly string[]): Table {
  checkResult(result)
  expectMarket(market, 'trades with signals')
  checkBars(result, market, 'trades with signals')
  if (names !== undefined && !Array.isArray(names))
    throw new FillgridError('invalid_value', `trades with signals: a list of names expected, found ${show(names)}.`)
  const known = [...market.signals.keys()]
  const chosen = [...new Set(names ?? known)]
  for (const name of chosen)
    if (!market.signals.has(name)) throw strangeNameError('trades with signals', 'in the market', name, known)
  const { trades } = result
  const asset = trades.values('asset')
  let bars: { entry: Int32Array; exit: Int32Array } | undefined
  const makers = new Map<Column, () => Float64Array>()
  for (const name of chosen)
    for (const when of ['entry', 'exit'] as const) {
      const column: Column = {
        name: `${when}Signal:${name}`,
        field: `${when}_signal_${name}`,
        kind: 'f64',
        unit: '',
        doc: `Signal ${name} in the bar in which the ${when} was decided.`,
      }
      makers.set(column, () => {
        bars ??= decisionBars(result)
        const { values } = market.signals.get(name)!
        const count = market.assetCount
        return Float64Array.from(bars[when], (bar, row) => (bar < 0 ? Number.NaN : values[bar * count + asset[row]]))
      })
    }
  const make = (column: Column) => makers.get(column)?.() ?? trades.values(column.name)
  return new Table([...trades.columns, ...makers.keys()], { rows: trades.length, make }, result.assets)
}

/** The bars in which entries and exits were decided, by row of the trades; -1 where there is none. */
function decisionBars({ trades, orders, settings }: Result): { entry: Int32Array; exit: Int32Array } {
  const ids = orders.values('id')
  const created = orders.values('createdBar')
  const parents = orders.values('parentId')
  // By id, as the orders are; of a run that goes on some are missing.
  const rowOf = (id: number) => {
    let [low, high] = [0, ids.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (ids[middle] < id) low = middle + 1
      else high = middle
    }
    return ids[low] === id ? low : -1
  }
  // Results of before there was one have none.
  const { latency = 0 } = settings as { latency?: number }
  const createdBar = (id: number) => {
    const row = rowOf(id)
    return row < 0 ? -1 : created[row] - latency
  }
  const [entryOrder, exitOrder, exitBar, phase] = ['entryOrderId', 'exitOrderId', 'exitBar', 'exitPhase'].map((name) =>
    trades.values(name),
  )
  const exit = (row: number) => {
    const order = exitOrder[row]
    if (order !== 0) {
      const at = rowOf(order)
      if (at < 0 || parents[at] === 0) return at < 0 ? -1 : created[at] - latency
    }
    return phase[row] === L.PHASE_CLOSE ? exitBar[row] : exitBar[row] - 1
  }
  return {
    entry: Int32Array.from(entryOrder, createdBar),
    exit: Int32Array.from(exitOrder, (_, row) => exit(row)),
  }
}
