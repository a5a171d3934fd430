/** Figures of an equity curve from their formulas, as the catalogue has them, of plain lists. */

const NONE = Number.NaN
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const mean = (values: readonly number[]) => (values.length > 0 ? sum(values) / values.length : NONE)
const power = (values: readonly number[], p: number) => mean(values.map((value) => (value - mean(values)) ** p))
export const deviation = (values: readonly number[]) =>
  values.length > 1 ? Math.sqrt((power(values, 2) * values.length) / (values.length - 1)) : NONE

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return below + (above - below) * (place - Math.floor(place))
}

/** Normal density and, by the series x + x^3 / 3 + x^5 / (3 * 5) + ... of it, distribution; its inverse by halving. */
const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
export function distribution(x: number): number {
  let term = x
  let total = x
  for (let odd = 3; odd < 401; odd += 2) {
    term *= (x * x) / odd
    total += term
  }
  return 0.5 + density(x) * total
}
export function inverse(p: number): number {
  let [low, high] = [-9, 9]
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (distribution(middle) < p) low = middle
    else high = middle
  }
  return low
}

export function skewOf(values: readonly number[], population: boolean): number {
  const n = values.length
  const skew = power(values, 3) / power(values, 2) ** 1.5
  return population ? skew : (skew * Math.sqrt(n * (n - 1))) / (n - 2)
}

export function kurtosisOf(values: readonly number[], population: boolean): number {
  const n = values.length
  const kurtosis = power(values, 4) / power(values, 2) ** 2 - 3
  return population ? kurtosis : ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * kurtosis + 6)
}

/** The Cornish-Fisher quantile of a normal one. */
export function bent(z: number, skew: number, kurtosis: number): number {
  return z + ((z ** 2 - 1) * skew) / 6 + ((z ** 3 - 3 * z) * kurtosis) / 24 - ((2 * z ** 3 - 5 * z) * skew ** 2) / 36
}

/** Its mean over the lowest share, by the middle of many slices. */
export function bentMean(share: number, skew: number, kurtosis: number): number {
  const low = -12
  const high = inverse(share)
  const slices = 4000
  const width = (high - low) / slices
  const at = (i: number) => low + (i + 0.5) * width
  return sum(Array.from({ length: slices }, (_, i) => bent(at(i), skew, kurtosis) * density(at(i)))) * (width / share)
}

export function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)]
  const product = mean(a.map((value, i) => (value - meanA) * (b[i] - meanB)))
  return product / Math.sqrt(power(a, 2) * power(b, 2))
}

export interface Fall {
  depth: number
  start: number
  valley: number
  end: number
}

/** Drawdowns by looking, for each bar, for the peak so far. */
export function fallsOf(equity: readonly number[], cash: number): Fall[] {
  const line = [cash, ...equity]
  const peaks = line.map((_, i) => Math.max(...line.slice(0, i + 1)))
  const falls: Fall[] = []
  for (let i = 1; i < line.length; i++) {
    if (line[i] >= peaks[i] || line[i - 1] < peaks[i - 1]) continue
    let end = i
    while (end < line.length && line[end] < peaks[i]) end++
    const part = line.slice(i, end)
    const low = Math.min(...part)
    const valley = i + part.indexOf(low)
    // Bars are one less: the cash stands before them.
    const depth = (peaks[i] - low) / peaks[i]
    falls.push({ depth, start: i - 2, valley: valley - 1, end: end === line.length ? NONE : end - 1 })
  }
  return falls
}

/** The first day of a span in UTC, by the host's dates. */
export function spanStart(ms: number, span: 'day' | 'week' | 'month' | 'year'): number {
  const date = new Date(ms)
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
  if (span === 'day') return Date.UTC(year, month, day)
  if (span === 'week') return Date.UTC(year, month, day - ((date.getUTCDay() + 6) % 7))
  return span === 'month' ? Date.UTC(year, month, 1) : Date.UTC(year, 0, 1)
}

/** Last equity of each span over that of the one before. */
export function spanReturns(
  dates: readonly number[],
  values: readonly number[],
  cash: number,
  span: 'day' | 'week' | 'month' | 'year',
): [start: number, value: number][] {
  const last = new Map<number, number>()
  dates.forEach((date, i) => {
    last.set(spanStart(date, span), values[i])
  })
  return [...last].map(([start, value], i, all) => [start, value / (i === 0 ? cash : all[i - 1][1]) - 1])
}

export interface CurveFacts {
  /** At the end of each period. */
  values: readonly number[]
  cash: number
  perYear: number
  /** Of a period. */
  free: number
  /** Of a year. */
  freeYear: number
  cagr: number
}

/** Scalars of a curve whose periods are its bars. */
export function curveFigures({ values, cash, perYear, free, freeYear, cagr }: CurveFacts, confidence = 0.95) {
  const returns = values.map((value, i) => value / (i === 0 ? cash : values[i - 1]) - 1)
  const excess = returns.map((value) => value - free)
  const [ups, downs] = [returns.filter((value) => value > 0), returns.filter((value) => value < 0)]
  const n = returns.length
  const auto = (list: readonly number[]) => correlation(list.slice(0, -1), list.slice(1))
  // An undefined one is none.
  const rho = Math.abs(auto(excess)) || 0
  const penalty = Math.sqrt(1 + 2 * sum(Array.from({ length: n - 1 }, (_, i) => ((n - i - 1) / n) * rho ** (i + 1))))
  const downside = Math.sqrt(mean(excess.map((value) => Math.min(value, 0) ** 2)))
  const sharpe = mean(excess) / deviation(excess)
  const [skew, kurtosis] = [skewOf(returns, false), kurtosisOf(returns, false)]
  const rest = 1 - confidence
  const z = inverse(rest)
  const tail = [...returns].sort((a, b) => a - b).slice(0, Math.floor(rest * (n - 1)) + 1)
  const error = Math.sqrt(
    (1 - skewOf(excess, false) * sharpe + ((kurtosisOf(excess, false) + 2) / 4) * sharpe ** 2) / (n - 1),
  )
  const falls = fallsOf(values, cash)
  const worst = [...falls].sort((a, b) => b.depth - a.depth).slice(0, 10)
  const line = [cash, ...values]
  const depths = values.map((value, i) => 1 - value / Math.max(...line.slice(0, i + 2)))
  const ulcer = Math.sqrt(mean(depths.map((depth) => depth ** 2)))
  const logs = values.map((value) => Math.log(value / cash))
  const more = cagr - freeYear
  return {
    avgReturn: mean(returns),
    volatility: deviation(returns) * Math.sqrt(perYear),
    sharpe: sharpe * Math.sqrt(perYear),
    sortino: (mean(excess) / downside) * Math.sqrt(perYear),
    downsideDeviation: downside * Math.sqrt(perYear),
    autocorrelation: auto(returns),
    smartSharpe: (sharpe * Math.sqrt(perYear)) / penalty,
    smartSortino: ((mean(excess) / downside) * Math.sqrt(perYear)) / penalty,
    probabilisticSharpe: distribution(sharpe / error),
    omega: sum(excess.filter((value) => value > 0)) / -sum(excess.filter((value) => value < 0)),
    gainToPain: sum(returns) / -sum(downs),
    returnsProfitFactor: sum(ups) / -sum(downs),
    positivePeriods: ups.length / n,
    avgUpReturn: mean(ups),
    avgDownReturn: mean(downs),
    skew,
    kurtosis,
    varHistorical: quantile(returns, rest),
    varGaussian: mean(returns) + deviation(returns) * z,
    varCornishFisher: mean(returns) + deviation(returns) * bent(z, skew, kurtosis),
    cvarHistorical: mean(tail),
    cvarGaussian: mean(returns) - (deviation(returns) * density(z)) / rest,
    cvarCornishFisher: mean(returns) + deviation(returns) * bentMean(rest, skew, kurtosis),
    tailRatio: Math.abs(quantile(returns, confidence) / quantile(returns, rest)),
    commonSenseRatio: Math.abs(quantile(returns, confidence) / quantile(returns, rest)) * (sum(ups) / -sum(downs)),
    stability:
      correlation(
        logs.map((_, i) => i),
        logs,
      ) ** 2,
    numDrawdowns: falls.length,
    avgDrawdown: falls.length === 0 ? 0 : mean(falls.map(({ depth }) => depth)),
    timeUnderWater: depths.filter((depth) => depth > 0).length / n,
    ulcerIndex: ulcer,
    painIndex: mean(depths),
    martinRatio: more / ulcer,
    painRatio: more / mean(depths),
    burkeRatio: more / Math.sqrt(sum(worst.map(({ depth }) => depth ** 2))),
    sterlingRatio: more / mean(worst.map(({ depth }) => depth)),
    recoveryFactor: (values[n - 1] / cash - 1) / worst[0].depth,
    serenityIndex:
      ((sum(returns) - freeYear) * deviation(returns)) /
      (ulcer * (mean(depths) + (deviation(depths) * density(z)) / rest)),
    peakEquity: Math.max(...line),
    ...betsOf(returns, cagr),
    adjustedSortino: ((mean(excess) / downside) * Math.sqrt(perYear)) / Math.SQRT2,
  }
}

/** What returns are as bets. */
function betsOf(returns: readonly number[], cagr: number) {
  const n = returns.length
  const [ups, downs] = [returns.filter((value) => value > 0), returns.filter((value) => value < 0)]
  const others = returns.filter((value) => value >= 0)
  const rate = ups.length / (ups.length + downs.length)
  const payoff = mean(ups) / -mean(downs)
  const longest = (way: 1 | -1) =>
    Math.max(
      ...returns.map((_, i) => {
        const rest = returns.slice(i)
        const end = rest.findIndex((value) => Math.sign(value) !== way)
        return end < 0 ? rest.length : end
      }),
    )
  return {
    geometricMean: returns.reduce((product, value) => product * (1 + value), 1) ** (1 / n) - 1,
    riskAdjustedReturn: (cagr * n) / (ups.length + downs.length),
    returnsWinRate: rate,
    returnsPayoff: payoff,
    profitRatio: mean(others) / others.length / (-mean(downs) / downs.length),
    returnsKelly: (payoff * rate - (1 - rate)) / payoff,
    cpcIndex: (sum(ups) / -sum(downs)) * rate * payoff,
    riskOfRuin: ((1 - rate) / (1 + rate)) ** n,
    outlierWinRatio: sum(ups) > 0 ? quantile(returns, 0.99) / mean(others) : NONE,
    outlierLossRatio: quantile(returns, 0.01) / mean(downs),
    maxConsecutiveUps: longest(1),
    maxConsecutiveDowns: longest(-1),
  }
}

/** Figures by calendar of a curve whose periods are its bars. */
export function calendarFigures(dates: readonly number[], values: readonly number[], cash: number) {
  const figures: Record<string, number> = {}
  for (const span of ['day', 'week', 'month', 'year'] as const) {
    const returns = spanReturns(dates, values, cash, span).map(([, value]) => value)
    const Span = span[0].toUpperCase() + span.slice(1)
    figures[`best${Span}`] = Math.max(...returns)
    figures[`worst${Span}`] = Math.min(...returns)
    figures[`positive${Span}s`] = returns.filter((value) => value > 0).length / returns.length
    figures[`avgUp${Span}`] = mean(returns.filter((value) => value > 0))
    figures[`avgDown${Span}`] = mean(returns.filter((value) => value < 0))
    if (span === 'month' || span === 'year') figures[`${span}ToDate`] = returns[returns.length - 1]
  }
  const last = new Date(dates[dates.length - 1])
  for (const months of [3, 6, 12]) {
    const [year, month] = [last.getUTCFullYear(), last.getUTCMonth() - months]
    // Day 0 of a month is the last one of the month before.
    const most = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
    const from = Date.UTC(year, month, Math.min(last.getUTCDate(), most))
    const base = values[dates.findLastIndex((date) => date <= from)]
    figures[`last${months}Months`] = base === undefined ? NONE : values[values.length - 1] / base - 1
  }
  const ends = [...new Map(dates.map((date, i) => [spanStart(date, 'month'), values[i]])).values()]
  const years = ends.slice(12).map((value, i) => value / ends[i])
  figures.positive12Months = mean(years.map((growth) => (growth > 1 ? 1 : 0)))
  return figures
}

/** Figures of returns against those of a benchmark, both of the same periods. */
export function againstFigures(
  returns: readonly number[],
  benchmark: readonly number[],
  { perYear, free }: { perYear: number; free: number },
) {
  const picked = (which: (theirs: number) => boolean) => {
    const places = benchmark.map((_, i) => i).filter((i) => which(benchmark[i]))
    return [places.map((i) => returns[i]), places.map((i) => benchmark[i])]
  }
  const growth = (list: readonly number[]) =>
    list.reduce((product, value) => product * (1 + value), 1) ** (perYear / list.length) - 1
  const capture = ([own, theirs]: number[][]) => growth(own) / growth(theirs)
  const batting = ([own, theirs]: number[][]) => mean(own.map((value, i) => (value > theirs[i] ? 1 : 0)))
  const line = ([own, theirs]: number[][]) => {
    const [meanOwn, meanTheirs] = [mean(own), mean(theirs)]
    const beta =
      own.length > 1
        ? mean(own.map((value, i) => (value - meanOwn) * (theirs[i] - meanTheirs))) / power(theirs, 2)
        : NONE
    return [(meanOwn - free - beta * (meanTheirs - free)) * perYear, beta]
  }
  const [rising, falling] = [picked((value) => value > 0), picked((value) => value < 0)]
  const all = picked(() => true)
  const order = benchmark.map((_, i) => i).sort((a, b) => benchmark[a] - benchmark[b] || a - b)
  const [low, middle, high] = [order[0], order[Math.floor(order.length / 2)], order[order.length - 1]]
  const range = benchmark[high] - benchmark[low]
  const share = range > 0 ? (benchmark[high] - benchmark[middle]) / range : 0.5
  return {
    capture: capture(all),
    upCapture: capture(rising),
    downCapture: capture(falling),
    captureRatio: capture(rising) / capture(falling),
    battingAverage: batting(all),
    upBattingAverage: batting(picked((value) => value >= 0)),
    downBattingAverage: batting(falling),
    alpha: line(all)[0],
    beta: line(all)[1],
    upAlpha: line(rising)[0],
    upBeta: line(rising)[1],
    downAlpha: line(falling)[0],
    downBeta: line(falling)[1],
    betaFragility: order.length < 3 ? NONE : share * returns[low] + (1 - share) * returns[high] - returns[middle],
  }
}
