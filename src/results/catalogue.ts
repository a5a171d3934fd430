import { CURVE_METRICS, type CurveMetric } from './curvemetrics.ts'
import { METRICS, type RunMetric, specNamed } from './metrics.ts'
import { TRADE_METRICS, type TradeMetric } from './trademetrics.ts'

/** A figure of the catalogue; `of` says what it is made of. */
export type CatalogueMetric = RunMetric | CurveMetric | TradeMetric

/** Figures of trades that runs have anyway, by the same name, are theirs. */
const OWN = new Set<string>(METRICS.map(({ name }) => name))

/** Every figure there is: those that each run has, and those that are worked out when they are asked for. */
export const CATALOGUE: readonly CatalogueMetric[] = [
  ...METRICS,
  ...CURVE_METRICS,
  ...TRADE_METRICS.filter(({ name }) => !OWN.has(name)),
]

/** A figure by either of its names. @throws FillgridError invalid_value for what is no name, unknown_name with near names */
export function metricNamed(name: string): CatalogueMetric {
  return specNamed(name, CATALOGUE)
}
