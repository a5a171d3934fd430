import { choice, type IndicatorSpec, indicator, length, type NumberParameter, number } from '../spec.ts'

/** How many bars ago the highest or the lowest was. */
function since<const N extends string>(
  name: N,
  talib: string,
  sign: number,
  word: string,
): IndicatorSpec<N, { length: NumberParameter }, 'value'> {
  return indicator({
    name,
    doc: `How many bars ago the ${word} of the last \`length\` values was, the last one of equals: 0 for this one.`,
    talib,
    conventions:
      'TA-Lib gives the place in the column: that of the bar - this. Of equals it takes now the first and now the last one.',
    parameters: { length: length(20) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, values) =>
      kernels.barsSinceExtreme(src, dst, bars, values.length, sign, column()),
  })
}

const moments = (min: number) => ({
  length: length(30, { min, max: 10_000 }),
  kind: choice(
    'sample',
    ['sample', 'population'],
    'Of a sample, as pandas and spreadsheets have it, or of the values alone.',
  ),
})

const shape = { conventions: 'pandas has NaN where all values are the same.' }

export const DISTRIBUTION = [
  indicator({
    name: 'variance',
    doc: 'Variance of the last `length` values: the square of stdev.',
    talib: 'VAR',
    parameters: {
      length: length(20),
      ddof: { type: 'integer', default: 0, min: 0, max: 1, doc: 'What is taken from the length to divide by.' },
    },
    warmup: (values) => values.length - 1,
    refuse: ({ length, ddof }) =>
      length > ddof ? undefined : `length must be above ddof, found ${length} and ${ddof}`,
    run: ({ kernels, inputs: [src], outputs: [dst], bars }, { length, ddof }) => {
      kernels.stdev(src, dst, bars, length, ddof)
      kernels.multiply(dst, dst, dst, bars)
    },
  }),
  indicator({
    name: 'zScore',
    doc: '(value - sma) / stdev; 0 where the values do not vary.',
    parameters: {
      length: length(30),
      ddof: { type: 'integer', default: 0, min: 0, max: 1, doc: 'What is taken from the length to divide by.' },
    },
    warmup: (values) => values.length - 1,
    conventions: 'pandas-ta takes ddof 1.',
    refuse: ({ length, ddof }) =>
      length > ddof ? undefined : `length must be above ddof, found ${length} and ${ddof}`,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, { length, ddof }) => {
      const deviation = column()
      kernels.sma(src, dst, bars, length)
      kernels.subtract(src, dst, dst, bars)
      kernels.stdev(src, deviation, bars, length, ddof)
      kernels.divide(dst, deviation, dst, bars, 1, 0)
    },
  }),
  indicator({
    name: 'averageDeviation',
    doc: 'Mean distance of the last `length` values from their mean.',
    talib: 'AVGDEV',
    parameters: { length: length(14, { max: 10_000 }) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, values) => {
      const average = column()
      kernels.sma(src, average, bars, values.length)
      kernels.meanDistance(src, average, dst, bars, values.length)
    },
  }),
  indicator({
    name: 'median',
    doc: 'Median of the last `length` values: the middle one, or the mean of the two in the middle.',
    parameters: { length: length(20, { max: 10_000 }) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, values) =>
      kernels.windowQuantile(src, dst, bars, values.length, 0.5, 0, column()),
  }),
  indicator({
    name: 'quantile',
    doc: 'Quantile of the last `length` values: of the sorted values that at place quantile * (length - 1), counted from 0, on the line between the two next to it; or the value of rank ceil(quantile * length).',
    talib: 'PERCENTILE',
    conventions: "TA-Lib's is kind nearest, and its percentile 100 * quantile.",
    parameters: {
      length: length(30, { max: 10_000 }),
      quantile: number(0.5, 0, 1, 'Which: 0 the lowest, 0.5 the median, 1 the highest.'),
      kind: choice('linear', ['linear', 'nearest'], 'On the line between two values, or a value itself.'),
    },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, { length, quantile, kind }) =>
      kernels.windowQuantile(src, dst, bars, length, quantile, kind === 'nearest' ? 1 : 0, column()),
  }),
  indicator({
    ...shape,
    name: 'skew',
    doc: 'Skewness of the last `length` values: m3 / m2^1.5 of their central moments, of a sample times sqrt(n (n - 1)) / (n - 2); 0 where they do not vary.',
    parameters: moments(3),
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, { length, kind }) => {
      const average = column()
      kernels.sma(src, average, bars, length)
      kernels.windowShape(src, average, dst, bars, length, 3, kind === 'sample' ? 1 : 0)
    },
  }),
  indicator({
    ...shape,
    name: 'kurtosis',
    doc: 'Excess kurtosis of the last `length` values: g = m4 / m2^2 - 3 of their central moments, of a sample (n - 1) / ((n - 2) (n - 3)) * ((n + 1) g + 6); 0 where they do not vary.',
    parameters: moments(4),
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, { length, kind }) => {
      const average = column()
      kernels.sma(src, average, bars, length)
      kernels.windowShape(src, average, dst, bars, length, 4, kind === 'sample' ? 1 : 0)
    },
  }),
  since('highestAgo', 'MAXINDEX', 1, 'highest'),
  since('lowestAgo', 'MININDEX', -1, 'lowest'),
  indicator({
    name: 'cumulative',
    doc: 'Sum of all values so far, without drift.',
    talib: 'CUMSUM',
    warmup: () => 0,
    run: ({ kernels, inputs: [src], outputs: [dst], bars }) => kernels.cumulate(src, dst, bars),
  }),
  indicator({
    name: 'hurst',
    doc: 'Hurst exponent of the last `length` values: the slope of the least squares line of ln(standard deviation of value - the value k before) over ln(k), k from 2 to `lags`: about 0.5 for a random walk, more for trends, less for what returns. NaN where the values do not vary.',
    source: 'Hurst 1951; Mandelbrot and Van Ness 1968',
    parameters: {
      length: length(100, { min: 5, max: 10_000 }),
      lags: length(20, { min: 3, max: 1000, doc: 'Longest lag, bars.' }),
    },
    warmup: (values) => values.length - 1,
    unscaled: true,
    refuse: ({ length, lags }) =>
      length > lags + 1 ? undefined : `length must be above lags + 1, found ${length} and ${lags}`,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, { length, lags }) =>
      kernels.hurst(src, dst, bars, length, lags, column()),
  }),
  indicator({
    name: 'fractalDimension',
    doc: 'Fractal dimension of the last `length` bars, 1 (a line) to 2: log2(2 * (range of the older half + range of the newer half) / range of all), a range being highest high - lowest low; NaN where the halves do not move.',
    source: 'Ehlers 2005',
    inputs: ['high', 'low'],
    parameters: { length: length(16, { min: 2, doc: 'Own bars of the asset, an even number.' }) },
    warmup: (values) => values.length - 1,
    refuse: ({ length }) => (length % 2 === 0 ? undefined : `length must be even, found ${length}`),
    run: ({ kernels, inputs: [high, low], outputs: [dst], bars, column }, values) => {
      const half = values.length / 2
      const low2 = column()
      const window = column()
      const range = (length: number, to: number) => {
        kernels.highest(high, to, bars, length, window)
        kernels.lowest(low, low2, bars, length, window)
        kernels.subtract(to, low2, to, bars)
      }
      const newer = column()
      const older = column()
      range(half, newer)
      kernels.shift(newer, older, bars, half)
      kernels.add(newer, older, newer, bars)
      range(values.length, older)
      kernels.affine(older, 0.5, 0, older, bars)
      kernels.logRatio(newer, older, dst, bars)
      kernels.affine(dst, 1 / Math.LN2, 0, dst, bars)
    },
  }),
] as const
