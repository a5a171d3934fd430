import { CHECKS, type CheckOutcome, type CheckPolicies, checkPolicies, type Policy } from '../market/checks.ts'
import { type AssetTable, isoTime } from '../market/input.ts'
import { commonStep } from '../market/periods.ts'
import type { SourceRecord } from '../market/provenance.ts'
import type { RowOptions } from './rows.ts'
import { settleRows } from './rows.ts'
import type { RowTable } from './rowtable.ts'

/** What a source was found to be and to hold; plain data. */
export interface Inspection {
  file: string
  /** How it was read. */
  record: SourceRecord
  /** Title of its dialect, and what its users should know. */
  title?: string
  about: readonly string[]
  /** Dialects that fit, the best first. */
  fits: readonly { name: string; score: number }[]
  /** Signal columns, and columns of text that are not read. */
  signals: readonly string[]
  leftOut: readonly string[]
  /** What was taken for granted. */
  notes: readonly string[]
  symbols: readonly SymbolSummary[]
  /** Rows that failed a check, with the policy that loading has for them. */
  checks: readonly CheckOutcome[]
  /** The checks for which loading without options refuses the source; empty: it loads. */
  refusals: readonly string[]
}

/** The bars of one symbol. */
export interface SymbolSummary {
  symbol: string
  bars: number
  /** ISO 8601 UTC, start of the bar; null without bars. */
  first: string | null
  last: string | null
  /** Milliseconds between neighbours, the commonest; NaN with fewer than two. */
  step: number
  /** Lowest low and highest high. */
  lowest: number
  highest: number
}

/** Policies that refuse nothing, so that all that is wrong is seen: rows are left out where they cannot be used. */
export const LENIENT: CheckPolicies = Object.fromEntries(
  CHECKS.map(({ name, policies }) => {
    const kind: Policy = policies.includes('keep')
      ? 'keep'
      : policies.includes('repair') && name === 'order'
        ? 'repair'
        : 'drop'
    return [name, kind]
  }),
)

/**
 * What rows that were read with lenient policies are, and what is wrong with them.
 *
 * @param tables the rows of one source
 * @param options as for loading; its `checks` are those that the outcomes name
 */
export function summarize(
  tables: readonly RowTable[],
  options: RowOptions,
): Pick<Inspection, 'symbols' | 'checks' | 'refusals'> {
  const settled = settleRows(tables, { ...options, checks: LENIENT })
  const policies = checkPolicies(...tables.map((table) => table.checks), {
    ...(options.sort ? { order: 'repair' } : {}),
    ...(options.allowNonPositive ? { nonPositive: 'keep' } : {}),
    ...options.checks,
  } as CheckPolicies)
  const checks = settled.provenance.checks.map((outcome) => ({ ...outcome, policy: policies[outcome.check] }))
  const refusals = checks.filter(({ policy }) => policy === 'error').map(({ check }) => check)
  return { symbols: settled.parts.map(summary), checks, refusals }
}

function summary(part: AssetTable): SymbolSummary {
  const time = part.time as Float64Array
  const n = time.length
  let lowest = Number.POSITIVE_INFINITY
  let highest = Number.NEGATIVE_INFINITY
  const low = (part.low ?? part.close) as Float64Array
  const high = (part.high ?? part.close) as Float64Array
  for (let i = 0; i < n; i++) {
    if (low[i] < lowest) lowest = low[i]
    if (high[i] > highest) highest = high[i]
  }
  return {
    symbol: part.asset,
    bars: n,
    first: n > 0 ? isoTime(time[0]) : null,
    last: n > 0 ? isoTime(time[n - 1]) : null,
    step: commonStep(time),
    lowest,
    highest,
  }
}
