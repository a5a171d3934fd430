import { indicator, length } from '../spec.ts'

export const MOMENTUM = [
  indicator({
    name: 'rsi',
    doc: 'Relative strength index, 0 to 100: 100 * gain / (gain + loss), averages of the rises and falls by rma; 50 where nothing has moved.',
    source: 'Wilder 1978',
    talib: 'RSI',
    parameters: { length: length(14) },
    warmup: (values) => values.length,
    run: ({ kernels, inputs: [src], outputs: [dst], bars }, values) => kernels.rsi(src, dst, bars, values.length),
  }),
  indicator({
    name: 'roc',
    doc: 'Rate of change in percent: 100 * (value - old) / old, old being `length` bars back.',
    talib: 'ROC',
    parameters: { length: length(10) },
    warmup: (values) => values.length,
    run: ({ kernels, inputs: [src], outputs: [dst], bars }, values) => kernels.roc(src, dst, bars, values.length),
  }),
  indicator({
    name: 'macd',
    doc: 'Moving average convergence/divergence: line = ema(fast) - ema(slow), signal = ema(line), histogram = line - signal.',
    source: 'Appel 2005',
    talib: 'MACD',
    parameters: { fast: length(12), slow: length(26), smooth: length(9) },
    outputs: ['line', 'signal', 'histogram'],
    warmup: ({ slow, smooth }, output) => (output === 'line' ? slow - 1 : slow + smooth - 2),
    refuse: ({ fast, slow }) => (fast < slow ? undefined : `fast must be below slow, found ${fast} and ${slow}`),
    run: ({ kernels, inputs: [src], outputs: [line, signal, histogram], bars, compute }, { fast, slow, smooth }) => {
      kernels.ema(src, line, bars, fast)
      kernels.ema(src, histogram, bars, slow)
      kernels.subtract(line, histogram, line, bars)
      compute('ema', { length: smooth }, [line], [signal])
      kernels.subtract(line, signal, histogram, bars)
    },
  }),
] as const
