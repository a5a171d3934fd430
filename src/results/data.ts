import { FillgridError, messageOf, show } from '../errors.ts'
import type { AnnualPeriods } from '../market/annual.ts'
import type { Instrument } from '../market/instrument.ts'
import { checkInstruments } from '../market/instruments.ts'
import { METRICS, metricIndex } from './metrics.ts'
import { type BandEntry, configDigest, type Fingerprint, fingerprintOf, Result } from './result.ts'
import type { ResultSettings } from './settings.ts'
import { type Column, Table, type Values } from './table.ts'
import { type Described, RESULT_TABLES, type ResultTable, resultTable, tableColumns } from './tables.ts'
import type { Warning } from './warning.ts'

const DAY = 86400000

/** What the data of a result say they are. */
export const RESULT_FORMAT = 'fillgrid result'
/** Of the form below, with the columns of the tables and the names of the metrics. There is no way from one to another. */
export const RESULT_VERSION = 6

/** Raw values of the columns of a table by their camelCase names, as `Table.values` has them. */
export type TableColumns = Readonly<Record<string, Values>>

/**
 * A result as plain data: `structuredClone`, `postMessage` and IndexedDB take it as it is. Times are ms UTC; assets, words
 * and flags are numbers (places in `assets`, in the words of the column, 0 and 1). JSON would lose the arrays: `writeResult`
 * of fillgrid/node makes files.
 */
export interface ResultData {
  readonly format: typeof RESULT_FORMAT
  readonly version: number
  readonly strategy: string
  readonly parameters: Readonly<Record<string, number | string | boolean>>
  /** Settings with all defaults, the size of entries and the window. */
  readonly settings: unknown
  readonly assets: readonly string[]
  /** Names of position context, whose columns trades have. */
  readonly contextNames: readonly string[]
  /** What the assets were traded in, by name; only those of which something was said. */
  readonly instruments: Readonly<Record<string, Instrument>>
  /** Words of the columns `detail` of fills and `exitDetail` of trades, from place 1 on. */
  readonly details: readonly string[]
  /** The market's index of the first bar that was run. */
  readonly firstBar: number
  /** All of METRICS by camelCase name; NaN where undefined. */
  readonly metrics: Readonly<Record<string, number>>
  /** How many returns make a year (NaN where that is not known), and how that is known. */
  readonly annual: AnnualPeriods
  /** How often the strategy's own cost models were asked; left out where there were none. */
  readonly costModelCalls?: number
  readonly band: Readonly<Record<'adverse' | 'favourable' | 'nearest', BandEntry>> | null
  readonly warnings: readonly Warning[]
  readonly dataId: string
  readonly fingerprint: Fingerprint
  readonly tables: Readonly<Record<ResultTable, TableColumns>>
}

/**
 * A result taken apart into plain data, which `resultFrom` puts together again. Warnings, the fingerprint and the data's id
 * are worked out for it, so the market must still be there. Its arrays are the result's own: give a `structuredClone` to
 * whoever changes or transfers them.
 *
 * @throws FillgridError released, invalid_value for what is no result
 */
export function resultData(result: Result): ResultData {
  checkResult(result)
  const {
    strategy,
    parameters,
    settings,
    assets,
    contextNames,
    instruments,
    details,
    firstBar,
    summary,
    band = null,
  } = result
  const { warnings, dataId, fingerprint } = result
  const columns = (name: ResultTable): TableColumns => {
    const table = resultTable(result, name)
    return Object.fromEntries(table.columns.map((column) => [column.name, table.values(column.name)]))
  }
  return {
    format: RESULT_FORMAT,
    version: RESULT_VERSION,
    ...structuredClone({ strategy, parameters, settings, assets, contextNames, instruments, details, firstBar }),
    metrics: { ...summary },
    annual: { ...result.annual },
    ...(result.costModelCalls > 0 ? { costModelCalls: result.costModelCalls } : {}),
    ...structuredClone({ band, warnings, dataId, fingerprint }),
    tables: Object.fromEntries(RESULT_TABLES.map((name) => [name, columns(name)])) as ResultData['tables'],
  }
}

/**
 * The result that such data are of, equal in every table and figure. It needs no market, and takes the arrays as its own.
 *
 * @throws FillgridError result_version, result_damaged with the field
 */
export function resultFrom(data: ResultData): Result {
  try {
    return read(data)
  } catch (cause) {
    if (cause instanceof FillgridError) throw cause
    throw damaged('data', 'what can be read', messageOf(cause))
  }
}

function read(data: ResultData): Result {
  checkForm(data)
  const parameters = entries(data.parameters, 'parameters', (value, field) => {
    if (typeof value === 'string' || typeof value === 'boolean') return value
    return finite(value, field)
  })
  const settings = plain(data.settings, 'settings')
  if (settings === null || typeof settings !== 'object' || Array.isArray(settings))
    throw damaged('settings', 'settings by name', settings)
  const assets = list(data.assets, 'assets', text)
  const contextNames = list(data.contextNames, 'contextNames', text)
  const instruments = instrumentsIn(data.instruments, assets)
  const words = list(data.details, 'details', text)
  const details = () => words
  const bars = data.firstBar
  if (!(Number.isInteger(bars) && bars >= 0)) throw damaged('firstBar', 'the index of a bar', bars)
  const metrics = metricsOf(data.metrics)
  const warnings = list(data.warnings, 'warnings', (value, field) => {
    const { code, message } = object(value, field)
    return { code: text(code, `${field}.code`), message: text(message, `${field}.message`) }
  })
  const dataId = digest(data.dataId, 'dataId')
  const fingerprint = fingerprintIn(data.fingerprint, settings, parameters)
  const given = object(data.tables, 'tables')
  const [trades, fills, orders, positions, equity, ambiguous] = RESULT_TABLES.map((name) =>
    tableOf(name, given[name], { assets, contextNames, instruments, details }),
  )
  const tables = { trades, fills, orders, positions, ambiguous }
  // Arrays that were transferred elsewhere are empty, all of them.
  for (const [at, table, name] of [
    ['trades', trades, 'numExits'],
    ['fills', fills, 'numFills'],
    ['equity', equity, 'bars'],
  ] as const) {
    const rows = metrics[metricIndex(name)]
    if (table.length !== rows)
      throw damaged(`tables.${at}`, `as many rows as metrics.${name} says, ${rows},`, table.length)
  }
  const date = dates(equity.values('date'))
  const result = new Result({
    assets,
    firstBar: bars,
    time: times(equity.values('time')),
    date: () => date,
    equity: equity.values('equity') as Float64Array,
    cash: equity.values('cash') as Float64Array,
    metrics,
    contextNames,
    instruments,
    // As a run had them: the digest of the config is over them.
    settings: settings as unknown as ResultSettings,
    parameters,
    strategy: text(data.strategy, 'strategy'),
    details,
    annual: annualIn(data.annual),
    costModelCalls: data.costModelCalls === undefined ? 0 : count(data.costModelCalls, 'costModelCalls'),
    table: (name) => tables[name],
    warnings: () => warnings,
    dataId: () => dataId,
    fingerprint: () => fingerprint,
  })
  result.band = bandOf(data.band)
  return result
}

/** What data say of the assets, checked as a market checks it. @throws FillgridError result_damaged */
export function instrumentsIn(given: unknown, assets: readonly string[]): Readonly<Record<string, Instrument>> {
  const found = plain(object(given, 'instruments'), 'instruments')
  try {
    return checkInstruments(found as Readonly<Record<string, Instrument>>, assets)
  } catch (cause) {
    throw damaged('instruments', 'what a market takes', messageOf(cause))
  }
}

/** @throws FillgridError invalid_value */
export function checkResult(result: Result): void {
  if (!(result instanceof Result))
    throw new FillgridError(
      'invalid_value',
      `result: a Result expected, found ${show(result)}. Give what backtest or run.result() returned.`,
    )
}

/** @throws FillgridError result_damaged, result_version */
function checkForm(data: ResultData): void {
  const { format, version } = object(data, 'data')
  if (format !== RESULT_FORMAT) throw damaged('format', show(RESULT_FORMAT), format)
  checkResultVersion(version, 'result')
}

/** @param subject what it is the version of, for the error @throws FillgridError result_version */
export function checkResultVersion(version: unknown, subject: string, file?: string): void {
  if (version === RESULT_VERSION) return
  throw new FillgridError(
    'result_version',
    `${subject}: version ${RESULT_VERSION} expected, found ${show(version)}. Read it with the version of fillgrid that made it, or run it again with this one.`,
    { file },
  )
}

function metricsOf(given: unknown): Float64Array {
  const metrics = object(given, 'metrics')
  for (const name of Object.keys(metrics))
    if (!METRICS.some((spec) => spec.name === name)) throw damaged(`metrics.${name}`, 'one of METRICS', name)
  return Float64Array.from(METRICS, ({ name }) => {
    const value = metrics[name]
    if (typeof value !== 'number') throw damaged(`metrics.${name}`, 'a number', value)
    return value
  })
}

function annualIn(given: unknown): AnnualPeriods {
  const { perYear, period, source, reason } = object(given, 'annual')
  if (!(typeof perYear === 'number' && (Number.isNaN(perYear) || (perYear > 0 && perYear < Number.POSITIVE_INFINITY))))
    throw damaged('annual.perYear', 'a number above 0, or NaN,', perYear)
  if (period !== 'bar' && period !== 'session') throw damaged('annual.period', "'bar' or 'session'", period)
  if (source !== 'given' && source !== 'calendar' && source !== 'inferred')
    throw damaged('annual.source', "'given', 'calendar' or 'inferred'", source)
  return { perYear, period, source, reason: text(reason, 'annual.reason') }
}

function bandOf(given: unknown): Result['band'] {
  if (given === null || given === undefined) return undefined
  const band = object(given, 'band')
  const entry = (path: string): BandEntry => {
    const { finalValue, totalReturn, maxDrawdown } = object(band[path], `band.${path}`)
    for (const [name, value] of Object.entries({ finalValue, totalReturn, maxDrawdown }))
      if (typeof value !== 'number') throw damaged(`band.${path}.${name}`, 'a number', value)
    return { finalValue, totalReturn, maxDrawdown } as BandEntry
  }
  return { adverse: entry('adverse'), favourable: entry('favourable'), nearest: entry('nearest') }
}

/** A fingerprint that is of these settings and parameters, and whose digest over all is of its parts. */
function fingerprintIn(given: unknown, settings: unknown, parameters: ResultData['parameters']): Fingerprint {
  const { engine, market, strategy, config, outcome, all } = entries(given, 'fingerprint', digest)
  const parts = { engine, market, strategy, config, outcome }
  for (const [name, value] of Object.entries({ ...parts, all })) digest(value, `fingerprint.${name}`)
  const found = configDigest(settings, parameters)
  if (config !== found)
    throw damaged('fingerprint.config', `the digest of settings and parameters, ${found.slice(0, 16)}...,`, config)
  const whole = fingerprintOf(parts)
  if (all !== whole.all)
    throw damaged('fingerprint.all', `the digest of the others, ${whole.all.slice(0, 16)}...,`, all)
  return whole
}

/** A table whose columns are there, of their kinds and of one length, with numbers that mean something. */
function tableOf(name: ResultTable, given: unknown, result: Described): Table {
  const { assets } = result
  const field = `tables.${name}`
  const columns = tableColumns(name, result)
  const found = object(given, field)
  for (const other of Object.keys(found))
    if (!columns.some((column) => column.name === other))
      throw damaged(`${field}.${other}`, `one of the columns of ${name}`, other)
  const values = new Map<string, Values>()
  let rows: number | undefined
  for (const column of columns) {
    const at = `${field}.${column.name}`
    const array = arrayOf(column, found[column.name], at)
    rows ??= array.length
    if (array.length !== rows)
      throw damaged(at, `as many values as ${field}.${columns[0].name} has, ${rows},`, array.length)
    checkNumbers(column, array, assets, at)
    values.set(column.name, array)
  }
  return new Table(columns, values, assets)
}

function arrayOf({ kind }: Column, given: unknown, field: string): Values {
  const type = kind === 'f64' || kind === 'time' ? 'Float64Array' : 'Int32Array'
  // By its tag: arrays of another realm, as test runners and frames have, are as good.
  if (Object.prototype.toString.call(given) === `[object ${type}]`) return given as Values
  throw damaged(
    field,
    `${type === 'Int32Array' ? 'an' : 'a'} ${type}, which JSON does not keep but structuredClone does,`,
    given,
  )
}

/** Words, assets and flags are places in lists. */
function checkNumbers({ kind, labels = [] }: Column, values: Values, assets: readonly string[], field: string): void {
  const count = kind === 'label' ? labels.length : kind === 'asset' ? assets.length : kind === 'bool' ? 2 : 0
  if (count === 0 && kind !== 'asset') return
  for (let row = 0; row < values.length; row++)
    if (!(values[row] >= 0 && values[row] < count))
      throw damaged(`${field}[${row}]`, `a whole number from 0 to ${count - 1}`, values[row])
}

function times(values: Values): Float64Array {
  for (let row = 0; row < values.length; row++)
    if (!(row === 0 ? Number.isFinite(values[0]) : values[row] > values[row - 1]))
      throw damaged(`tables.equity.time[${row}]`, 'times that increase', values[row])
  return values as Float64Array
}

function dates(values: Values): Float64Array {
  for (let row = 0; row < values.length; row++)
    if (!(Number.isInteger(values[row] / DAY) && (row === 0 || values[row] >= values[row - 1])))
      throw damaged(`tables.equity.date[${row}]`, 'midnights that do not decrease', values[row])
  return values as Float64Array
}

/** Data of a result that are not as they were made. */
function damaged(field: string, expected: string, found: unknown): FillgridError {
  return new FillgridError(
    'result_damaged',
    `result.${field}: ${expected} expected, found ${show(found)}. Take it from resultData again, or run it again.`,
  )
}

function object(value: unknown, field: string): Record<string, unknown> {
  if (value === null || typeof value !== 'object') throw damaged(field, 'an object', value)
  return value as Record<string, unknown>
}

function entries<T>(given: unknown, field: string, read: (value: unknown, field: string) => T): Record<string, T> {
  const all = Object.entries(object(given, field))
  return Object.fromEntries(all.map(([name, value]) => [name, read(value, `${field}.${name}`)]))
}

function list<T>(given: unknown, field: string, read: (value: unknown, field: string) => T): T[] {
  if (!Array.isArray(given)) throw damaged(field, 'a list', given)
  return Array.from(given, (value, i) => read(value, `${field}[${i}]`))
}

function text(value: unknown, field: string): string {
  if (typeof value !== 'string') throw damaged(field, 'text', value)
  return value
}

function finite(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw damaged(field, 'a number, text or a flag', value)
  return value
}

function count(value: unknown, field: string): number {
  if (!(Number.isInteger(value) && (value as number) > 0)) throw damaged(field, 'a whole number above 0', value)
  return value as number
}

function digest(value: unknown, field: string): string {
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value)) throw damaged(field, '64 hexadecimal digits', value)
  return value
}

/** A copy of numbers, text, flags and what is made of them. */
function plain(value: unknown, field: string): unknown {
  if (Array.isArray(value)) return list(value, field, plain)
  if (value === null || ['number', 'string', 'boolean'].includes(typeof value)) return value
  if (typeof value === 'object') return entries(value, field, plain)
  throw damaged(field, 'plain data', value)
}
