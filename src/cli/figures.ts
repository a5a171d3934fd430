import { type Command, Option } from 'commander'
import { formatNumber } from '../report/format.ts'
import { CATALOGUE, type CatalogueMetric, metricNamed } from '../results/catalogue.ts'
import type { CurveOptions } from '../results/curveoptions.ts'
import { SAID_AGAIN } from '../results/metrics.ts'
import type { Result } from '../results/result.ts'
import { usage } from './console.ts'
import { readFraction, UsageError } from './values.ts'

/** The options that say which figures are worked out, and how. */
export interface FigureOptions {
  metrics?: readonly CatalogueMetric[]
  benchmark?: string
  riskFree?: number
}

/** Adds them to a command. @param what the metrics do there, for the help */
export function addFigureOptions(command: Command, what: string): Command {
  return command
    .addOption(new Option('--metrics <NAMES>', what).argParser(readMetrics))
    .option('--benchmark <NAME>', "what --metrics compares with: 'hold' (default) or an asset's symbol")
    .option(
      '--risk-free <RATE>',
      'what money earns a year without risk, 3% or 0.03 (default: 0), for --metrics',
      (text) => readRate(text),
    )
}

function readRate(text: string): number {
  const rate = readFraction(text, '--risk-free')
  if (!(rate > -1)) throw new UsageError(`--risk-free: more than -100% is needed, found ${text}. Write 3% or 0.03.`)
  return rate
}

/** `all`, or names with commas between them. @throws UsageError */
function readMetrics(text: string): readonly CatalogueMetric[] {
  if (text.trim() === 'all') return CATALOGUE
  const names = text.split(',').map((name) => name.trim())
  return usage(() => [...new Set(names.map(metricNamed))])
}

/** How the figures are made. */
export function analysisOf({ benchmark = 'hold', riskFree }: FigureOptions): CurveOptions {
  return { benchmark, ...(riskFree === undefined ? {} : { riskFree }) }
}

/** The figures that were asked for, by field as files have them; null where undefined. Nothing where none were. */
export function figuresJson(result: Result, options: FigureOptions): { figures?: Record<string, number | null> } {
  if (!options.metrics) return {}
  const analysis = analysisOf(options)
  const entries = options.metrics.map((spec) => {
    const value = result.figure(spec.name, analysis)
    return [spec.field, Number.isNaN(value) ? null : value]
  })
  return { figures: Object.fromEntries(entries) }
}

/** Figures as text, and whether they are all that there are. */
export interface FiguresText {
  text: string
  whole: boolean
}

/** The same as a list that a person reads; a quantity stands in it once, fractions as percent. */
export function figuresText(result: Result, options: FigureOptions): FiguresText | undefined {
  const listed = options.metrics === CATALOGUE ? CATALOGUE.filter(({ name }) => !SAID_AGAIN.has(name)) : options.metrics
  if (!listed || listed.length === 0) return undefined
  const analysis = analysisOf(options)
  const rows = listed.map((spec) => [spec.label, formatNumber(result.figure(spec.name, analysis), spec.unit)])
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column].length)))
  const text = rows.map(([label, value]) => `${label.padEnd(widths[0])}  ${value.padStart(widths[1])}`).join('\n')
  return { text, whole: options.metrics === CATALOGUE }
}
