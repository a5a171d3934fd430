import { FillgridError, show } from '../errors.ts'
import type { RecordedTable, Result, ResultParts } from './result.ts'
import {
  AMBIGUOUS_COLUMNS,
  contextColumn,
  currencyColumn,
  FILL_COLUMNS,
  fillDetail,
  MULTIPLIER_COLUMN,
  ORDER_COLUMNS,
  POSITION_COLUMNS,
  TRADE_COLUMNS,
  tradeDetail,
} from './schema.ts'
import { type Column, Table, type Values } from './table.ts'

/** Tables of a result. */
export const RESULT_TABLES = [
  'trades',
  'fills',
  'orders',
  'positions',
  'equity',
  'ambiguous',
] as const satisfies readonly (RecordedTable | 'equity')[]
/** Name of a table of a result. */
export type ResultTable = (typeof RESULT_TABLES)[number]

const EQUITY_COLUMNS: readonly Column[] = [
  { name: 'time', field: 'time', kind: 'time', unit: 'ms UTC', doc: 'Start of the bar.' },
  {
    name: 'date',
    field: 'date',
    kind: 'time',
    unit: 'ms UTC',
    doc: 'Trade date of the bar, midnight UTC of it: a return period ends where it changes.',
  },
  { name: 'equity', field: 'equity', kind: 'f64', unit: 'currency', doc: 'Cash and positions at the end of the bar.' },
  { name: 'cash', field: 'cash', kind: 'f64', unit: 'currency', doc: 'Cash at the end of the bar.' },
]

const COLUMNS: Readonly<Record<ResultTable, readonly Column[]>> = {
  trades: TRADE_COLUMNS,
  fills: FILL_COLUMNS,
  orders: ORDER_COLUMNS,
  positions: POSITION_COLUMNS,
  equity: EQUITY_COLUMNS,
  ambiguous: AMBIGUOUS_COLUMNS,
}

/** What columns go by that not every result has. */
export type Described = Pick<ResultParts, 'assets' | 'contextNames' | 'instruments' | 'details'>

/**
 * The columns of a table. Behind the others fills and trades have what rules say of themselves; trades have those of position
 * context, then what their assets are traded in, where that is said.
 */
export function tableColumns(name: ResultTable, result: Described): readonly Column[] {
  if (name === 'fills') return [...COLUMNS.fills, fillDetail(result.details)]
  if (name !== 'trades') return COLUMNS[name]
  return [
    ...COLUMNS.trades,
    tradeDetail(result.details),
    ...result.contextNames.map(contextColumn),
    ...instrumentColumns(result),
  ]
}

function instrumentColumns({ assets, instruments }: Described): readonly Column[] {
  const said = assets.map((asset) => instruments[asset] ?? {})
  const columns: Column[] = []
  if (said.some(({ multiplier }) => multiplier !== undefined)) columns.push(MULTIPLIER_COLUMN)
  const currencies = said.map(({ quoteCurrency = '' }) => quoteCurrency)
  if (currencies.some((currency) => currency !== '')) columns.push(currencyColumn(currencies))
  return columns
}

/** One table of a result by its name. @throws FillgridError unknown_name */
export function resultTable(result: Result, name: ResultTable): Table {
  switch (name) {
    case 'trades':
      return result.trades
    case 'fills':
      return result.fills
    case 'orders':
      return result.orders
    case 'positions':
      return result.openPositions
    case 'equity':
      return equityTable(result)
    case 'ambiguous':
      return result.ambiguousBars
    default:
      throw new FillgridError('unknown_name', `result: tables are ${RESULT_TABLES.join(', ')}, found ${show(name)}.`)
  }
}

/** Date, equity and cash by bar. */
export function equityTable(result: Pick<Result, 'time' | 'date' | 'equity' | 'cash'>): Table {
  return new Table(
    EQUITY_COLUMNS,
    new Map<string, Values>([
      ['time', result.time],
      ['date', result.date],
      ['equity', result.equity],
      ['cash', result.cash],
    ]),
    [],
  )
}
