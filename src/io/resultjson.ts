import { RESULT_FORMAT, RESULT_VERSION, type ResultData } from '../results/data.ts'
import { METRICS } from '../results/metrics.ts'
import type { BandEntry, Result } from '../results/result.ts'

/** What a folder's summary.json says of its result, in snake_case; undefined figures are null. `resultHead` reads it back. */
export function resultSummary(result: Result): Record<string, unknown> {
  const { time, openPositions } = result
  return {
    format: RESULT_FORMAT,
    version: RESULT_VERSION,
    strategy: result.strategy,
    parameters: result.parameters,
    assets: result.assets,
    start: isoOrNull(time[0]),
    end: isoOrNull(time[time.length - 1]),
    first_bar: result.firstBar,
    ...Object.fromEntries(METRICS.map((spec, i) => [spec.field, numberOrNull(result.metrics[i])])),
    annual: snakeCase({ ...result.annual, perYear: numberOrNull(result.annual.perYear) }),
    open_positions: [...openPositions].map((row) =>
      Object.fromEntries(openPositions.columns.map((column) => [column.field, row[column.name]])),
    ),
    settings: snakeCase(result.settings),
    band: snakeCase(result.band ?? null),
    context_names: result.contextNames,
    ...(Object.keys(result.instruments).length > 0 ? { instruments: result.instruments } : {}),
    ...(result.details.length > 0 ? { details: result.details } : {}),
    ...(result.costModelCalls > 0 ? { cost_model_calls: result.costModelCalls } : {}),
    warnings: result.warnings,
    data_id: result.dataId,
    fingerprint: result.fingerprint,
    config: configOf(result),
  }
}

/**
 * What `backtest` was asked for, by the names that it takes, with all defaults: `{ strategy, parameters, ...settings, size,
 * from, to }`; `band` where it was set. The strategy is its name.
 */
function configOf({ strategy, parameters, settings, band }: Result): Record<string, unknown> {
  const { window, ...rest } = settings as { window?: { from: string; to: string | null } }
  return {
    strategy,
    parameters,
    ...rest,
    from: window?.from,
    to: window?.to ?? undefined,
    band: band ? true : undefined,
  }
}

/** All of a result's data but the tables, as its summary has them: what is missing there is missing here. */
export function resultHead(summary: Readonly<Record<string, unknown>>): Omit<ResultData, 'tables'> {
  const { config, format, version, assets, warnings, fingerprint } = summary
  const { strategy, parameters, from, to, band: _, ...settings } = (config ?? {}) as Record<string, unknown>
  const band = summary.band as Record<string, Record<string, unknown>> | null
  return {
    format,
    version,
    strategy,
    parameters,
    settings: from === undefined ? settings : { ...settings, window: { from, to: to ?? null } },
    assets,
    contextNames: summary.context_names,
    instruments: summary.instruments ?? {},
    details: summary.details ?? [],
    firstBar: summary.first_bar,
    metrics: Object.fromEntries(METRICS.map(({ name, field }) => [name, numberOf(summary[field])])),
    band: band && Object.fromEntries(Object.entries(band).map(([path, entry]) => [path, bandEntry(entry)])),
    annual: annualOf(summary.annual),
    ...(summary.cost_model_calls === undefined ? {} : { costModelCalls: summary.cost_model_calls }),
    warnings,
    dataId: summary.data_id,
    fingerprint,
  } as Omit<ResultData, 'tables'>
}

function annualOf(given: unknown): unknown {
  if (given === null || typeof given !== 'object') return given
  const { per_year, ...rest } = given as Record<string, unknown>
  return { perYear: numberOf(per_year), ...rest }
}

function bandEntry(entry: Readonly<Record<string, unknown>>): BandEntry {
  const { final_value, total_return, max_drawdown } = entry
  return {
    finalValue: numberOf(final_value),
    totalReturn: numberOf(total_return),
    maxDrawdown: numberOf(max_drawdown),
  } as BandEntry
}

/** JSON has no NaN. */
function numberOf(value: unknown): unknown {
  return value === null ? Number.NaN : value
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value
}

/** The same data with the keys in snake_case, as files have them. */
export function snakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCase)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, one]) => [
    key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
    snakeCase(one),
  ])
  return Object.fromEntries(entries)
}

function isoOrNull(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString()
}
