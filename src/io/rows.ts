import { FillgridError, show } from '../errors.ts'
import { barStarts } from '../market/build.ts'
import { type CheckPolicies, checkPolicies, Findings, type Offence } from '../market/checks.ts'
import { type AssetTable, type MarketOptions, PRICE_COLUMNS, type Remark } from '../market/input.ts'
import { Market } from '../market/market.ts'
import { nearNames } from '../market/names.ts'
import type { Provenance, SourceRecord } from '../market/provenance.ts'
import { counted, type QualityOptions, qualityRemarks, settleTable } from '../market/quality.ts'
import { groupRows } from './group.ts'
import type { RowTable } from './rowtable.ts'

/** Rows of a source settled: what is put together from them, and what was found on the way. */
export interface SettledRows {
  parts: AssetTable[]
  remarks: Remark[]
  provenance: Provenance
  allowNonPositive: boolean
}

/** What `marketFromRows` does beside building. */
export interface RowOptions extends Omit<MarketOptions, 'calendar'>, QualityOptions {
  /** Policies of the checks; they win over those of the sources. */
  checks?: CheckPolicies
}

/**
 * A market from the rows of all sources: one asset a symbol, sorted by name, its parts joined in time, every part checked
 * by the catalogue of checks.
 *
 * @param wanted the symbols that were asked for, each of which must be there
 * @throws FillgridError as `Market.from`, with file and line
 */
export function marketFromRows(tables: readonly RowTable[], options: RowOptions, wanted?: ReadonlySet<string>): Market {
  const { parts, remarks, provenance, allowNonPositive } = settleRows(tables, options, wanted)
  return Market.from(parts, {
    ...options,
    allowNonPositive,
    remarks: [...(options.remarks ?? []), ...remarks],
    provenance: { ...provenance, steps: options.provenance?.steps ?? [] },
  })
}

/** The checks of `marketFromRows`, without a market made. @throws as `marketFromRows` */
export function settleRows(
  tables: readonly RowTable[],
  options: RowOptions,
  wanted?: ReadonlySet<string>,
): SettledRows {
  if (tables.length === 0) throw new FillgridError('invalid_market', 'market: at least one file is needed, found none.')
  if (wanted) checkFound(tables, wanted)
  const given: CheckPolicies = {
    ...(options.sort ? { order: 'repair' } : {}),
    ...(options.allowNonPositive ? { nonPositive: 'keep' } : {}),
    ...options.checks,
  }
  const general = new Findings(checkPolicies(given))
  const parts: AssetTable[] = []
  let kept = false
  for (const table of tables) {
    const findings = table.checks ? new Findings(checkPolicies(table.checks, given)) : general
    findings.addAll(table.outcomes ?? [])
    kept ||= findings.policies.nonPositive === 'keep'
    for (const part of assetTables(table)) {
      if (wanted && !wanted.has(part.asset)) continue
      const settled = settleTable(part, findings, options)
      const shifted = options.barTime === undefined && table.barTime === 'close' && settled.time.length > 0
      parts.push(
        shifted
          ? {
              ...settled,
              time: barStarts(Float64Array.from(settled.time as Float64Array), { ...options, barTime: 'close' }),
            }
          : settled,
      )
    }
    if (findings !== general) {
      general.addAll(findings.outcomes())
      general.newestFirst += findings.newestFirst
    }
  }
  parts.sort((a, b) => (a.asset < b.asset ? -1 : a.asset > b.asset ? 1 : 0))
  const found = general.outcomes()
  // What a market remembers names files without their folders: the same data say the same, wherever they lie.
  const outcomes = found.map((outcome) => ({ ...outcome, first: outcome.first.map(withoutFolder) }))
  const dropped = found.filter(({ policy }) => policy === 'drop')
  if (dropped.length > 0 && parts.every((part) => part.time.length === 0)) {
    const { first } = dropped[0]
    throw new FillgridError(
      'invalid_market',
      `market: at least one bar is needed, found only ${dropped.map(({ check, count }) => counted(check, count)).join(', ')} in ${tables.map((table) => table.file || 'the text').join(', ')}. ` +
        'Is it the right file?',
      first[0] ? { file: first[0].file, line: first[0].line } : {},
    )
  }
  if (parts.every((part) => part.time.length === 0)) {
    throw new FillgridError(
      'invalid_market',
      `market: at least one bar is needed, found none in ${tables.map((table) => table.file || 'the text').join(', ')}. Is it the right file, and do \`from\` and \`to\` leave any of it?`,
      { file: tables[0].file },
    )
  }
  return {
    parts,
    remarks: [...remarksOf(tables, general), ...qualityRemarks(outcomes)],
    provenance: {
      format: 1,
      sources: tables.map(recordOf),
      policies: general.policies,
      checks: outcomes,
      steps: [],
    },
    allowNonPositive: kept,
  }
}

function nameOf(file: string): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)
}

/** An offence by its file's name alone: the same data in another folder have the same record. */
function withoutFolder(offence: Offence): Offence {
  const { file } = offence
  return file === undefined ? offence : { ...offence, file: nameOf(file) }
}

function recordOf(table: RowTable): SourceRecord {
  return table.record ?? { file: table.file, format: 'table', rows: table.time.length }
}

/** The rows that a test keeps. */
export function keepRows(table: RowTable, keeps: (row: number) => boolean): RowTable {
  const rows: number[] = []
  for (let row = 0; row < table.time.length; row++) if (keeps(row)) rows.push(row)
  if (rows.length === table.time.length) return table
  const pick = (values: Float64Array) => Float64Array.from(rows, (row) => values[row])
  const each = <K>(columns: ReadonlyMap<K, Float64Array>) =>
    new Map([...columns].map(([name, values]) => [name, pick(values)]))
  return {
    ...table,
    time: pick(table.time),
    asset: table.asset && Int32Array.from(rows, (row) => table.asset![row]),
    prices: each(table.prices),
    signals: each(table.signals),
    line: (row) => table.line(rows[row]),
  }
}

function checkFound(tables: readonly RowTable[], wanted: ReadonlySet<string>): void {
  const names = new Set(tables.flatMap((table) => (table.symbol === undefined ? table.seen : [table.symbol])))
  for (const symbol of wanted) {
    if (names.has(symbol)) continue
    const near = nearNames(symbol, names)
    throw new FillgridError(
      'unknown_name',
      `market: symbol ${show(symbol)} is in none of ${tables.length} ${tables.length === 1 ? 'file' : 'files'}.` +
        (near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''),
      { asset: symbol },
    )
  }
}

/** What was found while reading that the market itself cannot see. */
function remarksOf(tables: readonly RowTable[], findings: Findings): Remark[] {
  const remarks: Remark[] = []
  for (const table of tables) {
    for (const note of table.notes ?? [])
      remarks.push({ code: 'reading_assumed', count: 1, message: table.file ? `${nameOf(table.file)}: ${note}` : note })
  }
  if (findings.newestFirst > 0) {
    remarks.push({
      code: 'newest_first',
      count: findings.newestFirst,
      message: `Rows stood newest first and were turned round${tables.length > 1 ? ` (${findings.newestFirst} of ${tables.length} files)` : ''}.`,
    })
  }
  const names = [...new Set(tables.flatMap((table) => table.leftOut))]
  if (names.length > 0) {
    remarks.push({
      code: 'columns_left_out',
      count: names.length,
      message: `Columns that hold text were left out: ${names.join(', ')}.`,
    })
  }
  const files = tables.filter((table) => table.decimal === ',').map((table) => nameOf(table.file))
  if (files.length > 0) {
    remarks.push({
      code: 'decimal_comma',
      count: files.length,
      message: `Commas were read as decimal marks in ${files.join(', ')}.`,
    })
  }
  return remarks
}

/** The rows of each asset of a source; rows that stand together are not copied. */
function assetTables(table: RowTable): AssetTable[] {
  const { asset, names } = table
  const whole = (symbol: string): AssetTable[] => [part(table, symbol, 0, table.time.length)]
  if (!asset) return whole(table.symbol!)
  if (names.length === 0) return []
  if (table.symbol !== undefined && names.length > 1) {
    throw new FillgridError(
      'invalid_file',
      `file: symbol ${show(table.symbol)} was given for ${table.file}, found ${names.length} symbols in its rows (${names.slice(0, 3).join(', ')}...). ` +
        'Leave the name out to load them all, or choose with `symbols`.',
      { file: table.file },
    )
  }
  if (names.length === 1) return whole(table.symbol ?? names[0])

  const grouped = table.blocks ? table : groupRows(table, asset, names.length)
  return names.map((name, i) => part(grouped, name, grouped.blocks![i], grouped.blocks![i + 1]))
}

function part(table: RowTable, asset: string, from: number, to: number): AssetTable {
  const cut = (values: Float64Array | undefined) => values?.subarray(from, to)
  const prices = Object.fromEntries(PRICE_COLUMNS.map((name) => [name, cut(table.prices.get(name))]))
  return {
    asset,
    time: table.time.subarray(from, to),
    ...(prices as { close: Float64Array }),
    signals: Object.fromEntries([...table.signals].map(([name, values]) => [name, values.subarray(from, to)])),
    origin: (row) => ({ file: table.file, line: table.line(from + row) }),
  }
}
