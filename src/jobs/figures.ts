import { FillgridError } from '../errors.ts'
import { type CatalogueMetric, metricNamed } from '../results/catalogue.ts'
import { CURVE_PLACES } from '../results/curvemetrics.ts'
import { type CurveOptions, checkCurveOptions } from '../results/curveoptions.ts'
import { METRICS } from '../results/metrics.ts'
import type { AskedFigures } from './piece.ts'

/** Those of some figures that runs do not have anyway; undefined where there are none. */
export function askedFigures(
  asked: readonly CatalogueMetric[],
  options: CurveOptions | undefined,
): AskedFigures | undefined {
  const names = asked.filter(({ of }) => of !== 'run').map(({ name }) => name)
  const instead = options ? asked.map(({ name }) => name).filter((name) => name in CURVE_PLACES) : []
  return names.length + instead.length === 0 ? undefined : { names, instead, options: options ?? {} }
}

/** What outcomes have of each set, in their order. */
export function figuresOf(figures: AskedFigures | undefined): readonly CatalogueMetric[] {
  return [...METRICS, ...(figures?.names.map(metricNamed) ?? [])]
}

/** Options of curves for runs that have a market of their own. @param at for the error @throws FillgridError invalid_value, unknown_name */
export function checkAnalysis(analysis: CurveOptions, at: string): void {
  if (analysis !== null && typeof analysis === 'object' && 'market' in analysis)
    throw new FillgridError('invalid_value', `${at}: analysis takes no market, found one. That of the ${at} is taken.`)
  checkCurveOptions(analysis)
}
