import { FillgridError, show } from '../errors.ts'
import { type AnnualPeriods, givenPeriods } from '../market/annual.ts'
import type { Market } from '../market/market.ts'

/** How figures of a year are made. */
export interface MeasureOptions {
  /**
   * What `cagr` takes for the length of a run: the days from its first to its last bar ('days', the default), or its return
   * periods by the number of them a year, as quantstats and empyrical do ('periods').
   */
  cagr?: 'days' | 'periods'
  /** How many returns make a year, above 0, in place of what the market says (`market.annual`). */
  periodsPerYear?: number
}

/** The same, checked. */
export interface Measure {
  readonly annual: AnnualPeriods
  readonly cagr: 'days' | 'periods'
}

/** @throws FillgridError invalid_value */
export function measureOf(market: Market, { cagr = 'days', periodsPerYear }: MeasureOptions): Measure {
  checkMeasure({ cagr })
  const { annual } = market
  return { annual: periodsPerYear === undefined ? annual : givenPeriods(periodsPerYear, annual.period, 'config'), cagr }
}

/** What can be said without a market. @throws FillgridError invalid_value */
export function checkMeasure({ cagr, periodsPerYear }: MeasureOptions): void {
  if (cagr !== undefined && cagr !== 'days' && cagr !== 'periods')
    throw new FillgridError(
      'invalid_value',
      `config: cagr must be 'days' or 'periods', found ${show(cagr)}. 'periods' gives the figure of quantstats and empyrical.`,
    )
  if (periodsPerYear !== undefined) givenPeriods(periodsPerYear, 'bar', 'config')
}

/** What stands for it in the settings of a result; nothing for the defaults. */
export function measureSettings(
  { annual, cagr }: Measure,
  market: Market,
): { cagr?: 'periods'; periodsPerYear?: number } {
  return {
    ...(cagr === 'periods' ? { cagr } : {}),
    ...(annual === market.annual ? {} : { periodsPerYear: annual.perYear }),
  }
}
