import { type IndicatorCall, type IndicatorSpec, indicator, length, type NumberParameter, number } from '../spec.ts'

const year = () => number(252, 1, 1e9, 'Bars a year: what the figure is made one of a year with.')

/** Volatility a year as the root of the mean of a part that each bar has by itself. */
function ofBars<const N extends string>(
  name: N,
  words: { doc: string; source: string },
  part: (call: IndicatorCall, dst: number) => void,
): IndicatorSpec<N, { length: NumberParameter; year: NumberParameter }, 'value'> {
  return indicator({
    ...words,
    name,
    inputs: ['open', 'high', 'low', 'close'],
    parameters: { length: length(20), year: year() },
    warmup: (values) => values.length - 1,
    run: (call, values) => {
      const term = call.column()
      part(call, term)
      call.compute('sma', { length: values.length }, [term], [call.outputs[0]])
      call.kernels.root(call.outputs[0], Math.sqrt(values.year), call.outputs[0], call.bars)
    },
  })
}

/** Historical volatilities, fractions a year. */
export const HISTORICAL = [
  indicator({
    name: 'historicalVolatility',
    doc: 'Historical volatility of closes, a fraction a year: stdev (sample) of the last `length` ln(close / last close) * root of the bars a year.',
    conventions: 'pandas-ta gives percent.',
    parameters: { length: length(20, { min: 2 }), year: year() },
    warmup: (values) => values.length,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column, compute }, { length, year }) => {
      const last = column()
      const change = column()
      kernels.shift(src, last, bars, 1)
      kernels.logRatio(src, last, change, bars)
      compute('stdev', { length, ddof: 1 }, [change], [dst])
      kernels.affine(dst, Math.sqrt(year), 0, dst, bars)
    },
  }),
  ofBars(
    'parkinson',
    {
      doc: 'Volatility by ranges, a fraction a year: the root of the mean of ln(high / low)^2 / (4 ln 2) of the last `length` bars * root of the bars a year.',
      source: 'Parkinson 1980',
    },
    ({ kernels, inputs: [, high, low], bars }, dst) => {
      kernels.logRatio(high, low, dst, bars)
      kernels.multiply(dst, dst, dst, bars)
      kernels.affine(dst, 1 / (4 * Math.LN2), 0, dst, bars)
    },
  ),
  ofBars(
    'garmanKlass',
    {
      doc: 'Volatility by bars, a fraction a year: the root of the mean of ln(high / low)^2 / 2 - (2 ln 2 - 1) * ln(close / open)^2 of the last `length` bars * root of the bars a year.',
      source: 'Garman and Klass 1980',
    },
    ({ kernels, inputs: [open, high, low, close], bars }, dst) =>
      kernels.garmanKlassTerm(open, high, low, close, dst, bars),
  ),
  ofBars(
    'rogersSatchell',
    {
      doc: 'Volatility by bars of a price that drifts, a fraction a year: the root of the mean of ln(high / close) * ln(high / open) + ln(low / close) * ln(low / open) of the last `length` bars * root of the bars a year.',
      source: 'Rogers and Satchell 1991',
    },
    ({ kernels, inputs: [open, high, low, close], bars }, dst) =>
      kernels.rogersSatchellTerm(open, high, low, close, dst, bars),
  ),
  indicator({
    name: 'yangZhang',
    doc: 'Volatility by bars with gaps, a fraction a year: root of (o + k * c + (1 - k) * r) * root of the bars a year, o and c the variances (sample) of the last `length` ln(open / last close) and ln(close / open), r the mean part of rogersSatchell, k = 0.34 / (1.34 + (length + 1) / (length - 1)).',
    source: 'Yang and Zhang 2000',
    inputs: ['open', 'high', 'low', 'close'],
    parameters: { length: length(20, { min: 2 }), year: year() },
    warmup: (values) => values.length,
    run: ({ kernels, inputs, outputs: [dst], bars, column, compute }, { length, year }) => {
      const [open, high, low, close] = inputs
      const term = column()
      const part = column()
      const k = 0.34 / (1.34 + (length + 1) / (length - 1))
      kernels.shift(close, part, bars, 1)
      kernels.logRatio(open, part, term, bars)
      compute('stdev', { length, ddof: 1 }, [term], [dst])
      kernels.multiply(dst, dst, dst, bars)
      kernels.logRatio(close, open, term, bars)
      compute('stdev', { length, ddof: 1 }, [term], [part])
      kernels.multiply(part, part, part, bars)
      kernels.weigh(dst, 1, part, k, dst, bars)
      kernels.rogersSatchellTerm(open, high, low, close, term, bars)
      compute('sma', { length }, [term], [part])
      kernels.weigh(dst, 1, part, 1 - k, dst, bars)
      kernels.root(dst, Math.sqrt(year), dst, bars)
    },
  }),
] as const
