import { type IndicatorSpec, indicator, length, type NumberParameter } from '../spec.ts'

function extreme<const N extends 'highest' | 'lowest'>(
  name: N,
  talib: string,
): IndicatorSpec<N, { length: NumberParameter }, 'value'> {
  return indicator({
    name,
    doc: `${name === 'highest' ? 'Highest' : 'Lowest'} of the last \`length\` values.`,
    talib,
    parameters: { length: length(20) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, values) =>
      kernels[name](src, dst, bars, values.length, column()),
  })
}

/** A value of the least squares line through a window: of the two averages that hold all there is to know of it. */
function line<const N extends string>(
  name: N,
  talib: string,
  words: string,
  weighted: number,
  plain: number,
): IndicatorSpec<N, { length: NumberParameter }, 'value'> {
  return indicator({
    name,
    doc: `Least squares line through the last \`length\` values: ${words}, which is ${weighted} * wma ${plain < 0 ? '-' : '+'} ${Math.abs(plain)} * sma.`,
    talib,
    parameters: { length: length(14, { min: 2, max: 10_000 }) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, values) => {
      const average = column()
      kernels.wma(src, dst, bars, values.length)
      kernels.sma(src, average, bars, values.length)
      kernels.weigh(dst, weighted, average, plain, dst, bars)
    },
  })
}

export const STATISTICS = [
  indicator({
    name: 'stdev',
    doc: 'Standard deviation of the last `length` values: of a population (ddof 0) or of a sample (ddof 1).',
    talib: 'STDDEV',
    parameters: {
      length: length(20),
      ddof: { type: 'integer', default: 0, min: 0, max: 1, doc: 'What is taken from the length to divide by.' },
    },
    warmup: (values) => values.length - 1,
    refuse: ({ length, ddof }) =>
      length > ddof ? undefined : `length must be above ddof, found ${length} and ${ddof}`,
    run: ({ kernels, inputs: [src], outputs: [dst], bars }, { length, ddof }) =>
      kernels.stdev(src, dst, bars, length, ddof),
  }),
  indicator({
    name: 'sum',
    doc: 'Sum of the last `length` values, rounded once.',
    talib: 'SUM',
    parameters: { length: length(20) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, values) =>
      kernels.windowSum(src, dst, bars, values.length, column(), column()),
  }),
  extreme('highest', 'MAX'),
  extreme('lowest', 'MIN'),
  indicator({
    name: 'percentRank',
    talib: 'PERCENTRANK',
    doc: 'Percentile rank, 0 to 100: how many percent of the `length` values before are below this one.',
    parameters: { length: length(100, { max: 10_000 }) },
    warmup: (values) => values.length,
    run: ({ kernels, inputs: [src], outputs: [dst], bars }, values) =>
      kernels.shareBelow(src, dst, bars, values.length),
  }),
  line('lsma', 'LINEARREG', 'the last value of it', 3, -2),
  line('linearIntercept', 'LINEARREG_INTERCEPT', 'its first value', -3, 4),
  indicator({
    name: 'linearSlope',
    doc: 'Slope a bar of the least squares line through the last `length` values, which is 6 * (wma - sma) / (length - 1).',
    talib: 'LINEARREG_SLOPE',
    parameters: { length: length(14, { min: 2, max: 10_000 }) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, values) => {
      const average = column()
      kernels.wma(src, dst, bars, values.length)
      kernels.sma(src, average, bars, values.length)
      kernels.subtract(dst, average, dst, bars)
      kernels.affine(dst, 6 / (values.length - 1), 0, dst, bars)
    },
  }),
  indicator({
    name: 'forecast',
    doc: 'Time series forecast: what the least squares line through the last `length` values says for the next one, lsma + linearSlope.',
    talib: 'TSF',
    parameters: { length: length(14, { min: 2, max: 10_000 }) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, { length }) => {
      const weighted = column()
      const plain = column()
      const slope = column()
      kernels.wma(src, weighted, bars, length)
      kernels.sma(src, plain, bars, length)
      kernels.subtract(weighted, plain, slope, bars)
      kernels.weigh(weighted, 3, plain, -2, dst, bars)
      kernels.weigh(dst, 1, slope, 6 / (length - 1), dst, bars)
    },
  }),
] as const
