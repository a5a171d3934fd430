import { indicator, length, number } from '../spec.ts'

export const VOLATILITY = [
  indicator({
    name: 'trueRange',
    doc: 'True range: max(high - low, |high - last close|, |low - last close|); high - low on the first bar.',
    source: 'Wilder 1978',
    talib: 'TRANGE',
    inputs: ['high', 'low', 'close'],
    warmup: () => 0,
    run: ({ kernels, inputs: [high, low, close], outputs: [dst], bars }) =>
      kernels.trueRange(high, low, close, dst, bars),
  }),
  indicator({
    name: 'atr',
    doc: 'Average true range: rma of trueRange.',
    source: 'Wilder 1978',
    talib: 'ATR',
    inputs: ['high', 'low', 'close'],
    parameters: { length: length(14) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [high, low, close], outputs: [dst], bars, column }, values) => {
      const range = column()
      kernels.trueRange(high, low, close, range, bars)
      kernels.rma(range, dst, bars, values.length)
    },
  }),
  indicator({
    name: 'bollinger',
    doc: 'Bollinger bands: middle = sma, upper and lower = middle +- width * stdev (population).',
    source: 'Bollinger 2001',
    talib: 'BBANDS',
    parameters: {
      length: length(20),
      width: number(2, 0, 1000, 'Standard deviations from the middle to a band.'),
    },
    outputs: ['upper', 'middle', 'lower'],
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [src], outputs: [upper, middle, lower], bars, column }, { length, width }) => {
      const deviation = column()
      kernels.sma(src, middle, bars, length)
      kernels.stdev(src, deviation, bars, length, 0)
      kernels.weigh(middle, 1, deviation, width, upper, bars)
      kernels.weigh(middle, 1, deviation, -width, lower, bars)
    },
  }),
] as const
