import * as L from '../../assembly/layout.ts'
import { alsoOf } from './also.ts'
import { labelOf, type MetricSpec } from './metrics.ts'

/** What of a curve a figure is worked out with: a block of numbers of the kernel. */
export type CurveGroup = 'returns' | 'falls' | 'spans' | 'held' | 'against'

/** Where a figure stands in its block. */
export interface CurvePlace {
  group: CurveGroup
  at: number
}

/** One of CURVE_METRICS. */
export interface CurveMetric<N extends string = string> extends MetricSpec<N> {
  of: 'curve'
  /** @internal */
  place: CurvePlace
}

/** Those of METRICS that the options of a curve may change; without options they are the same. */
export const CURVE_PLACES = {
  totalReturn: { group: 'returns', at: L.RETURN_TOTAL },
  cagr: { group: 'returns', at: L.RETURN_CAGR },
  volatility: { group: 'returns', at: L.RETURN_VOLATILITY },
  sharpe: { group: 'returns', at: L.RETURN_SHARPE },
  sortino: { group: 'returns', at: L.RETURN_SORTINO },
  maxDrawdown: { group: 'falls', at: L.FALL_DEEPEST },
  maxDrawdownMoney: { group: 'falls', at: L.FALL_MONEY },
  maxDrawdownBars: { group: 'falls', at: L.FALL_BARS },
  calmar: { group: 'falls', at: L.FALL_CALMAR },
} as const satisfies Readonly<Record<string, CurvePlace>>

type More = { label?: string; annual?: MetricSpec['annual'] }

function metric<N extends string>(
  group: CurveGroup,
  at: number,
  [name, unit, better]: [name: N, unit: string, better: 1 | 0 | -1],
  doc: string,
  { label, annual = 'none' }: More = {},
): CurveMetric<N> {
  const field = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return {
    name,
    field,
    label: label ?? labelOf(field),
    unit,
    better,
    annual,
    also: alsoOf(name),
    doc,
    of: 'curve',
    place: { group, at },
  }
}

const RETURNS = [
  metric('returns', L.RETURN_MEAN, ['avgReturn', 'fraction', 1], 'Mean return of a period.'),
  metric(
    'returns',
    L.RETURN_DOWNSIDE,
    ['downsideDeviation', 'fraction', -1],
    'sqrt(mean of min(return - risk-free, 0)^2) * sqrt(periods a year). Sortino and Price 1994.',
    { annual: 'periods' },
  ),
  metric(
    'returns',
    L.RETURN_AUTOCORRELATION,
    ['autocorrelation', '', 0],
    'Correlation of returns with those of the period before. Undefined under three periods and without spread.',
  ),
  metric(
    'returns',
    L.RETURN_SMART_SHARPE,
    ['smartSharpe', '', 1],
    'sharpe / sqrt(1 + 2 * sum over k from 1 to n - 1 of (n - k) / n * |autocorrelation|^k): what returns that follow each other hide of their spread. After Lo 2002, The Statistics of Sharpe Ratios, with one correlation as quantstats has it.',
    { annual: 'periods' },
  ),
  metric('returns', L.RETURN_SMART_SORTINO, ['smartSortino', '', 1], 'sortino, divided by the same.', {
    annual: 'periods',
  }),
  metric(
    'returns',
    L.RETURN_PROBABILISTIC,
    ['probabilisticSharpe', 'fraction', 1],
    'Probability that the true Sharpe ratio is above 0: the normal distribution of S / sqrt((1 - skew * S + (kurtosis - 1) / 4 * S^2) / (n - 1)), S that of a period, kurtosis 3 for a normal one. Bailey and Lopez de Prado 2012, The Sharpe Ratio Efficient Frontier. Undefined under four periods and without spread.',
    { label: 'Probabilistic Sharpe' },
  ),
  metric(
    'returns',
    L.RETURN_DEFLATED,
    ['deflatedSharpe', 'fraction', 1],
    'The same against the Sharpe ratio that the best of N strategies has by luck: sqrt(V) * ((1 - g) * z(1 - 1 / N) + g * z(1 - 1 / (N * e))), g = 0.5772..., z the normal quantile; N and V are `trials`. Bailey and Lopez de Prado 2014, The Deflated Sharpe Ratio. Undefined without `trials`.',
    { label: 'Deflated Sharpe' },
  ),
  metric(
    'returns',
    L.RETURN_OMEGA,
    ['omega', '', 1],
    'Sum of what returns have above the risk-free rate and `requiredReturn` / sum of what they lack. Keating and Shadwick 2002, A Universal Performance Measure. Undefined where nothing lacks.',
  ),
  metric(
    'returns',
    L.RETURN_GAIN_TO_PAIN,
    ['gainToPain', '', 1],
    'Sum of returns / sum of the losses. Schwager 2012, Market Sense and Nonsense. Undefined without a falling period.',
  ),
  metric(
    'returns',
    L.RETURN_PROFIT_FACTOR,
    ['returnsProfitFactor', '', 1],
    'Sum of rising returns / sum of falling ones. Undefined without a falling period.',
    { label: 'Profit factor of returns' },
  ),
  metric('returns', L.RETURN_POSITIVE, ['positivePeriods', 'fraction', 1], 'Periods with a return above 0 / periods.'),
  metric('returns', L.RETURN_MEAN_UP, ['avgUpReturn', 'fraction', 1], 'Mean of the returns above 0.'),
  metric('returns', L.RETURN_MEAN_DOWN, ['avgDownReturn', 'fraction', 1], 'Mean of the returns below 0.'),
  metric(
    'returns',
    L.RETURN_SKEW,
    ['skew', '', 1],
    "Skewness of the returns, corrected for a sample as pandas does; `moments: 'population'` as scipy. Undefined under three periods and without spread.",
  ),
  metric(
    'returns',
    L.RETURN_KURTOSIS,
    ['kurtosis', '', -1],
    "Kurtosis of the returns beyond the 3 of the normal distribution, corrected for a sample as pandas does; `moments: 'population'` as scipy. Undefined under four periods and without spread.",
  ),
  metric(
    'returns',
    L.RETURN_VAR_HISTORICAL,
    ['varHistorical', 'fraction', 1],
    'Value at risk as a return, negative for a loss: the quantile of the returns at 1 - `confidence`, between two in proportion.',
    { label: 'VaR, historical' },
  ),
  metric(
    'returns',
    L.RETURN_VAR_GAUSSIAN,
    ['varGaussian', 'fraction', 1],
    'Mean + z * standard deviation of the returns, z the normal quantile at 1 - `confidence`. RiskMetrics 1996.',
    { label: 'VaR, Gaussian' },
  ),
  metric(
    'returns',
    L.RETURN_VAR_CORNISH_FISHER,
    ['varCornishFisher', 'fraction', 1],
    'The same with z + (z^2 - 1) * skew / 6 + (z^3 - 3z) * kurtosis / 24 - (2z^3 - 5z) * skew^2 / 36. Favre and Galeano 2002, Mean-Modified Value-at-Risk Optimization.',
    { label: 'VaR, Cornish-Fisher' },
  ),
  metric(
    'returns',
    L.RETURN_CVAR_HISTORICAL,
    ['cvarHistorical', 'fraction', 1],
    'Mean of the worst floor((1 - `confidence`) * (n - 1)) + 1 returns, those up to the historical value at risk.',
    { label: 'CVaR, historical' },
  ),
  metric(
    'returns',
    L.RETURN_CVAR_GAUSSIAN,
    ['cvarGaussian', 'fraction', 1],
    'Mean - standard deviation * density(z) / (1 - `confidence`): the mean of a normal distribution up to its value at risk. Rockafellar and Uryasev 2000.',
    { label: 'CVaR, Gaussian' },
  ),
  metric(
    'returns',
    L.RETURN_CVAR_CORNISH_FISHER,
    ['cvarCornishFisher', 'fraction', 1],
    "Mean of the quantile of Cornish and Fisher up to 1 - `confidence`. Maillard 2012, A User's Guide to the Cornish Fisher Expansion.",
    { label: 'CVaR, Cornish-Fisher' },
  ),
  metric(
    'returns',
    L.RETURN_TAIL_RATIO,
    ['tailRatio', '', 1],
    '|quantile of the returns at `confidence` / that at 1 - `confidence`|.',
  ),
  metric(
    'returns',
    L.RETURN_COMMON_SENSE,
    ['commonSenseRatio', '', 1],
    'tailRatio * returnsProfitFactor. As quantstats has it.',
  ),
  metric(
    'returns',
    L.RETURN_STABILITY,
    ['stability', 'fraction', 1],
    'R squared of a straight line through the logarithm of equity by period.',
  ),
  metric(
    'returns',
    L.RETURN_GEOMETRIC,
    ['geometricMean', 'fraction', 1],
    'exp(mean(log(1 + return))) - 1: the return that, the same in each period, brings as much. Undefined where a period loses more than all.',
    { label: 'Geometric mean of returns' },
  ),
  metric(
    'returns',
    L.RETURN_ADJUSTED_SORTINO,
    ['adjustedSortino', '', 1],
    'sortino / sqrt(2), to be compared with sharpe. After Schwager, as quantstats has it.',
    { annual: 'periods' },
  ),
  metric(
    'returns',
    L.RETURN_RISK_ADJUSTED,
    ['riskAdjustedReturn', 'fraction', 1],
    'cagr / share of the periods whose return is not 0. Undefined where equity never moves.',
    { label: 'CAGR, of the time in use', annual: 'days' },
  ),
  metric(
    'returns',
    L.RETURN_WIN_RATE,
    ['returnsWinRate', 'fraction', 1],
    'Periods with a return above 0 / periods with another return than 0. Undefined where equity never moves.',
    { label: 'Win rate of returns' },
  ),
  metric(
    'returns',
    L.RETURN_PAYOFF,
    ['returnsPayoff', '', 1],
    'avgUpReturn / -avgDownReturn. Undefined without a rising or without a falling period.',
    { label: 'Payoff of returns' },
  ),
  metric(
    'returns',
    L.RETURN_PROFIT_RATIO,
    ['profitRatio', '', 1],
    'Mean of the returns that do not fall / how many they are, over the same of those that fall, positive. As quantstats has it. Undefined without one of both.',
  ),
  metric(
    'returns',
    L.RETURN_KELLY,
    ['returnsKelly', 'fraction', 1],
    'returnsWinRate - (1 - returnsWinRate) / returnsPayoff. Kelly 1956. Undefined where the payoff is.',
    { label: 'Kelly of returns' },
  ),
  metric(
    'returns',
    L.RETURN_CPC,
    ['cpcIndex', '', 1],
    'returnsProfitFactor * returnsWinRate * returnsPayoff. As quantstats has it. Undefined where one of them is.',
    { label: 'CPC index' },
  ),
  metric(
    'returns',
    L.RETURN_RUIN,
    ['riskOfRuin', 'fraction', -1],
    '((1 - returnsWinRate) / (1 + returnsWinRate))^periods, as quantstats has it: it goes by how often a period is won alone. Undefined where equity never moves.',
  ),
  metric(
    'returns',
    L.RETURN_OUTLIER_WIN,
    ['outlierWinRatio', '', 0],
    'Quantile of the returns at 0.99 / mean of those that do not fall. As quantstats has it. Undefined without a rising period.',
  ),
  metric(
    'returns',
    L.RETURN_OUTLIER_LOSS,
    ['outlierLossRatio', '', 0],
    'Quantile of the returns at 0.01 / mean of those that fall. As quantstats has it. Undefined without a falling period.',
  ),
  metric('returns', L.RETURN_UPS_IN_ROW, ['maxConsecutiveUps', 'periods', 1], 'Most periods in a row that rose.', {
    label: 'Most rises in a row',
  }),
  metric('returns', L.RETURN_DOWNS_IN_ROW, ['maxConsecutiveDowns', 'periods', -1], 'Most periods in a row that fell.', {
    label: 'Most falls in a row',
  }),
] as const

const FALLS = [
  metric(
    'falls',
    L.FALL_NUMBER,
    ['numDrawdowns', 'count', -1],
    'Drawdowns over every bar: each from a peak to the first bar that is back at it.',
    { label: 'Drawdowns' },
  ),
  metric('falls', L.FALL_AVERAGE, ['avgDrawdown', 'fraction', -1], 'Mean depth of the drawdowns; 0 without one.'),
  metric(
    'falls',
    L.FALL_LONGEST_DAYS,
    ['maxDrawdownDays', 'days', -1],
    'Longest drawdown in days, from the peak to the bar that is back at it or the last one; the initial cash counts from the first bar.',
    { label: 'Longest drawdown, days' },
  ),
  metric('falls', L.FALL_AVERAGE_DAYS, ['avgDrawdownDays', 'days', -1], 'Mean length of the drawdowns in days.', {
    label: 'Average drawdown, days',
  }),
  metric('falls', L.FALL_UNDER_WATER, ['timeUnderWater', 'fraction', -1], 'Bars below the peak so far / bars.'),
  metric(
    'falls',
    L.FALL_ULCER,
    ['ulcerIndex', 'fraction', -1],
    "sqrt(mean over the bars of (fall below the peak)^2). Martin and McCann 1989, The Investor's Guide to Fidelity Funds.",
  ),
  metric(
    'falls',
    L.FALL_PAIN,
    ['painIndex', 'fraction', -1],
    'Mean over the bars of the fall below the peak. Becker 2006, Zephyr.',
  ),
  metric(
    'falls',
    L.FALL_MARTIN,
    ['martinRatio', '', 1],
    '(cagr - risk-free) / ulcerIndex. Martin and McCann 1989. Undefined without drawdown.',
    { annual: 'days' },
  ),
  metric(
    'falls',
    L.FALL_PAIN_RATIO,
    ['painRatio', '', 1],
    '(cagr - risk-free) / painIndex. Undefined without drawdown.',
    {
      annual: 'days',
    },
  ),
  metric(
    'falls',
    L.FALL_BURKE,
    ['burkeRatio', '', 1],
    '(cagr - risk-free) / sqrt(sum of the squares of the `worst` deepest drawdowns). Burke 1994, A Sharper Sharpe Ratio. Undefined without drawdown.',
    { annual: 'days' },
  ),
  metric(
    'falls',
    L.FALL_STERLING,
    ['sterlingRatio', '', 1],
    '(cagr - risk-free) / mean depth of the `worst` deepest drawdowns. Bacon 2008, Practical Portfolio Performance Measurement and Attribution; nothing is added to the drawdown. Undefined without drawdown.',
    { annual: 'days' },
  ),
  metric('falls', L.FALL_RECOVERY, ['recoveryFactor', '', 1], 'totalReturn / maxDrawdown. Undefined without drawdown.'),
  metric(
    'falls',
    L.FALL_SERENITY,
    ['serenityIndex', '', 1],
    '(sum of the returns - risk-free) / (ulcerIndex * pitfall), the pitfall being the CVaR of the falls of all bars below the peak so far, as of a normal distribution (`confidence`), over the standard deviation of the returns. KeyQuant, as quantstats has it. Undefined without drawdown and without spread.',
  ),
  metric('falls', L.FALL_PEAK, ['peakEquity', 'currency', 1], 'Highest equity at a close, initial cash included.'),
] as const

const SPANS = (
  [
    ['day', L.SPAN_DAY],
    ['week', L.SPAN_WEEK],
    ['month', L.SPAN_MONTH],
    ['year', L.SPAN_YEAR],
  ] as const
).flatMap(([span, place]) => {
  const Span = (span.charAt(0).toUpperCase() + span.slice(1)) as Capitalize<typeof span>
  const first = place * L.SPAN_FIELDS
  const of =
    span === 'day'
      ? 'trade date; of longer bars of a bar'
      : span === 'week'
        ? 'week from Monday on'
        : `calendar ${span}`
  return [
    metric('spans', first + L.SPAN_BEST, [`best${Span}`, 'fraction', 1], `Largest return of a ${of}.`),
    metric('spans', first + L.SPAN_WORST, [`worst${Span}`, 'fraction', 1], `Smallest return of a ${of}.`),
    metric(
      'spans',
      first + L.SPAN_POSITIVE,
      [`positive${Span}s`, 'fraction', 1],
      `Share of ${span}s with a return above 0. The first and the last may be short: they begin and end with the run.`,
    ),
    metric(
      'spans',
      first + L.SPAN_MEAN_UP,
      [`avgUp${Span}`, 'fraction', 1],
      `Mean of the returns above 0 of ${span}s. Undefined without one.`,
    ),
    metric(
      'spans',
      first + L.SPAN_MEAN_DOWN,
      [`avgDown${Span}`, 'fraction', 1],
      `Mean of the returns below 0 of ${span}s. Undefined without one.`,
    ),
  ]
})

const MONTHS = [
  metric(
    'spans',
    L.SPAN_MONTH * L.SPAN_FIELDS + L.SPAN_LAST,
    ['monthToDate', 'fraction', 1],
    'Return of the last calendar month, up to the end of the run.',
  ),
  metric(
    'spans',
    L.SPAN_3_MONTHS,
    ['last3Months', 'fraction', 1],
    'Return since the last period at least three calendar months before the last one. Undefined of a shorter run.',
    { label: 'Last 3 months' },
  ),
  metric('spans', L.SPAN_6_MONTHS, ['last6Months', 'fraction', 1], 'The same of six months.', {
    label: 'Last 6 months',
  }),
  metric(
    'spans',
    L.SPAN_YEAR * L.SPAN_FIELDS + L.SPAN_LAST,
    ['yearToDate', 'fraction', 1],
    'Return of the last calendar year, up to the end of the run.',
  ),
  metric('spans', L.SPAN_12_MONTHS, ['last12Months', 'fraction', 1], 'The same of twelve months.', {
    label: 'Last 12 months',
  }),
  metric(
    'spans',
    L.SPAN_TWELVE_WON,
    ['positive12Months', 'fraction', 1],
    'Share of the ends of months, from the thirteenth on, at which equity was above that of twelve months with bars before: how often a year of holding won. Undefined with fewer months.',
    { label: 'Positive 12 months' },
  ),
] as const

const HELD = [
  metric(
    'held',
    L.HELD_NET,
    ['netExposure', 'fraction', 0],
    'Mean over the bars of (equity - cash) / equity: what is held, shorts as negative. Undefined where equity is not positive.',
  ),
  metric(
    'held',
    L.HELD_GROSS,
    ['grossExposure', 'fraction', 0],
    'Mean over the bars of the value of all positions / equity, shorts as positive. Of several assets it takes the market.',
  ),
  metric('held', L.HELD_MOST, ['maxLeverage', 'fraction', -1], 'Largest value of all positions / equity at a close.', {
    label: 'Max leverage',
  }),
  metric(
    'held',
    L.HELD_TURNOVER,
    ['turnover', 'fraction', 0],
    'Value of all fills / mean equity, of a year: 1 is the whole equity bought or sold once a year.',
    { annual: 'days' },
  ),
] as const

const AGAINST = [
  metric(
    'against',
    L.AGAINST_RETURN,
    ['benchmarkReturn', 'fraction', 0],
    'Total return of the benchmark over the common periods.',
  ),
  metric(
    'against',
    L.AGAINST_ALPHA,
    ['alpha', 'fraction', 1],
    "Mean of (return - risk-free - beta * (benchmark's - risk-free)) * periods a year; `alpha: 'geometric'` compounds it. Jensen 1968.",
    { annual: 'periods' },
  ),
  metric(
    'against',
    L.AGAINST_BETA,
    ['beta', '', 0],
    'Covariance with the benchmark / its variance, less the risk-free rate. Sharpe 1964. Undefined where the benchmark has no spread.',
  ),
  metric('against', L.AGAINST_CORRELATION, ['correlation', '', 0], "Pearson's correlation with the benchmark."),
  metric('against', L.AGAINST_R_SQUARED, ['rSquared', 'fraction', 0], 'correlation^2.', { label: 'R squared' }),
  metric(
    'against',
    L.AGAINST_TRACKING_ERROR,
    ['trackingError', 'fraction', -1],
    "Standard deviation of return - benchmark's (n - 1) * sqrt(periods a year).",
    { annual: 'periods' },
  ),
  metric(
    'against',
    L.AGAINST_INFORMATION,
    ['informationRatio', '', 1],
    "Mean of return - benchmark's / its standard deviation * sqrt(periods a year). Grinold 1989.",
    { annual: 'periods' },
  ),
  metric(
    'against',
    L.AGAINST_TREYNOR,
    ['treynorRatio', '', 1],
    '(cagr - risk-free) / beta. Treynor 1965, How to Rate Management of Investment Funds.',
    { annual: 'days' },
  ),
  metric(
    'against',
    L.AGAINST_UP_CAPTURE,
    ['upCapture', 'fraction', 1],
    'Growth a year over the periods in which the benchmark rose / that of the benchmark over them. Morningstar.',
    { annual: 'periods' },
  ),
  metric('against', L.AGAINST_DOWN_CAPTURE, ['downCapture', 'fraction', -1], 'The same where it fell.', {
    annual: 'periods',
  }),
  metric('against', L.AGAINST_CAPTURE, ['capture', 'fraction', 1], 'The same over all common periods.', {
    annual: 'periods',
  }),
  metric('against', L.AGAINST_CAPTURE_RATIO, ['captureRatio', '', 1], 'upCapture / downCapture. Morningstar.', {
    annual: 'periods',
  }),
  metric(
    'against',
    L.AGAINST_BATTING,
    ['battingAverage', 'fraction', 1],
    'Share of the common periods with a return above that of the benchmark.',
  ),
  metric(
    'against',
    L.AGAINST_BATTING_UP,
    ['upBattingAverage', 'fraction', 1],
    'The same of the periods in which the benchmark did not fall. Undefined without one.',
    { label: 'Batting average, rising' },
  ),
  metric(
    'against',
    L.AGAINST_BATTING_DOWN,
    ['downBattingAverage', 'fraction', 1],
    'The same of those in which it fell.',
    { label: 'Batting average, falling' },
  ),
  metric(
    'against',
    L.AGAINST_UP_ALPHA,
    ['upAlpha', 'fraction', 1],
    'alpha of the periods in which the benchmark rose.',
    {
      annual: 'periods',
    },
  ),
  metric('against', L.AGAINST_UP_BETA, ['upBeta', '', 0], 'beta of the periods in which the benchmark rose.'),
  metric('against', L.AGAINST_DOWN_ALPHA, ['downAlpha', 'fraction', 1], 'alpha of the periods in which it fell.', {
    annual: 'periods',
  }),
  metric('against', L.AGAINST_DOWN_BETA, ['downBeta', '', 0], 'beta of the periods in which it fell.'),
  metric(
    'against',
    L.AGAINST_FRAGILITY,
    ['betaFragility', 'fraction', 1],
    "w * return where the benchmark's was least + (1 - w) * return where it was greatest - return where it was in the middle (of n in order that behind floor(n / 2) others), w = (greatest - middle) / (greatest - least), 0.5 without spread: below 0 what hurts more than it helps when moves get larger. Taleb, Canetti et al. 2012, A New Heuristic Measure of Fragility and Tail Risks. Undefined under three periods.",
  ),
] as const

const SPECS = [...RETURNS, ...FALLS, ...SPANS, ...MONTHS, ...HELD, ...AGAINST]

/**
 * Figures of an equity curve, which are worked out when they are asked for: `result.equityCurve()` has them by name, sweeps where
 * they are named. Returns, periods and years are those of METRICS; what is made of undefined returns is undefined.
 */
export const CURVE_METRICS: readonly CurveMetric<CurveMetricName>[] = SPECS

/** Names of CURVE_METRICS. */
export type CurveMetricName = (typeof SPECS)[number]['name']

/** All figures of a curve by name. */
export interface CurveSummary extends Readonly<Record<CurveMetricName | keyof typeof CURVE_PLACES, number>> {}
