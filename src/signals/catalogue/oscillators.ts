import { averageKind, averageOf, averageWarmup } from '../kinds.ts'
import { type IndicatorCall, indicator, length, number } from '../spec.ts'

/** fast - slow of two averages into `dst`, and the slow one into `slow`. */
function spread(
  call: IndicatorCall,
  { fast, slow }: { fast: number; slow: number },
  { fastKind, slowKind }: { fastKind: Parameters<typeof averageOf>[1]; slowKind: Parameters<typeof averageOf>[1] },
  [dst, calm]: readonly [number, number],
): void {
  averageOf(call, fastKind, fast, call.inputs[0], dst)
  averageOf(call, slowKind, slow, call.inputs[0], calm)
  call.kernels.subtract(dst, calm, dst, call.bars)
}

const ordered = ({ fast, slow }: { fast: number; slow: number }) =>
  fast < slow ? undefined : `fast must be below slow, found ${fast} and ${slow}`

export const OSCILLATORS = [
  indicator({
    name: 'macd',
    doc: 'Moving average convergence/divergence: line = ema(fast) - ema(slow), signal = ema(line), histogram = line - signal.',
    source: 'Appel 2005',
    talib: 'MACD',
    conventions: 'TA-Lib begins the fast average late, with the last values before the first of the slow one.',
    parameters: { fast: length(12), slow: length(26), smooth: length(9) },
    outputs: ['line', 'signal', 'histogram'],
    warmup: ({ slow, smooth }, output) => (output === 'line' ? slow - 1 : slow + smooth - 2),
    refuse: ordered,
    run: ({ kernels, inputs: [src], outputs: [line, signal, histogram], bars, compute }, { fast, slow, smooth }) => {
      kernels.ema(src, line, bars, fast)
      kernels.ema(src, histogram, bars, slow)
      kernels.subtract(line, histogram, line, bars)
      compute('ema', { length: smooth }, [line], [signal])
      kernels.subtract(line, signal, histogram, bars)
    },
  }),
  indicator({
    name: 'macdFix',
    doc: 'As macd of 12 and 26 bars with the weights that Appel gave for them: 0.15 and 0.075.',
    source: 'Appel 1979',
    talib: 'MACDFIX',
    conventions: 'TA-Lib begins the fast average late, with the last values before the first of the slow one.',
    parameters: { smooth: length(9) },
    outputs: ['line', 'signal', 'histogram'],
    warmup: ({ smooth }, output) => (output === 'line' ? 25 : 24 + smooth),
    run: ({ kernels, inputs: [src], outputs: [line, signal, histogram], bars, compute }, { smooth }) => {
      kernels.smooth(src, line, bars, 12, 0.15)
      kernels.smooth(src, histogram, bars, 26, 0.075)
      kernels.subtract(line, histogram, line, bars)
      compute('ema', { length: smooth }, [line], [signal])
      kernels.subtract(line, signal, histogram, bars)
    },
  }),
  indicator({
    name: 'macdExt',
    doc: 'As macd with averages of any kind.',
    talib: 'MACDEXT',
    conventions: 'TA-Lib gives no line before the first signal.',
    parameters: {
      fast: length(12, { min: 2, max: 10_000 }),
      slow: length(26, { min: 2, max: 10_000 }),
      smooth: length(9, { min: 2, max: 10_000 }),
      fastKind: averageKind('sma'),
      slowKind: averageKind('sma'),
      smoothKind: averageKind('sma'),
    },
    outputs: ['line', 'signal', 'histogram'],
    warmup: ({ fast, slow, smooth, fastKind, slowKind, smoothKind }, output) =>
      Math.max(averageWarmup(fastKind, fast), averageWarmup(slowKind, slow)) +
      (output === 'line' ? 0 : averageWarmup(smoothKind, smooth)),
    refuse: ordered,
    run: (call, values) => {
      const [line, signal, histogram] = call.outputs
      spread(call, values, values, [line, histogram])
      averageOf(call, values.smoothKind, values.smooth, line, signal)
      call.kernels.subtract(line, signal, histogram, call.bars)
    },
  }),
  indicator({
    name: 'apo',
    doc: 'Absolute price oscillator: the average over `fast` bars - the one over `slow`.',
    talib: 'APO',
    parameters: {
      fast: length(12, { min: 2, max: 10_000 }),
      slow: length(26, { min: 2, max: 10_000 }),
      kind: averageKind('ema'),
    },
    warmup: ({ fast, slow, kind }) => Math.max(averageWarmup(kind, fast), averageWarmup(kind, slow)),
    refuse: ordered,
    run: (call, values) => {
      const kinds = { fastKind: values.kind, slowKind: values.kind }
      spread(call, values, kinds, [call.outputs[0], call.column()])
    },
  }),
  indicator({
    name: 'ppo',
    doc: 'Percentage price oscillator: line = 100 * (average(fast) - average(slow)) / average(slow), signal = ema(line), histogram = line - signal.',
    talib: 'PPO',
    parameters: {
      fast: length(12, { min: 2, max: 10_000 }),
      slow: length(26, { min: 2, max: 10_000 }),
      smooth: length(9),
      kind: averageKind('ema'),
    },
    outputs: ['line', 'signal', 'histogram'],
    warmup: ({ fast, slow, smooth, kind }, output) =>
      Math.max(averageWarmup(kind, fast), averageWarmup(kind, slow)) + (output === 'line' ? 0 : smooth - 1),
    refuse: ordered,
    run: (call, values) => {
      const { kernels, outputs, bars } = call
      const [line, signal, histogram] = outputs
      spread(call, values, { fastKind: values.kind, slowKind: values.kind }, [line, histogram])
      kernels.divide(line, histogram, line, bars, 100, Number.NaN)
      call.compute('ema', { length: values.smooth }, [line], [signal])
      kernels.subtract(line, signal, histogram, bars)
    },
  }),
  indicator({
    name: 'awesome',
    doc: 'Awesome oscillator: sma(fast) - sma(slow) of (high + low) / 2.',
    source: 'Williams 1998',
    talib: 'AO',
    inputs: ['high', 'low'],
    parameters: { fast: length(5), slow: length(34) },
    warmup: ({ slow }) => slow - 1,
    refuse: ordered,
    run: ({ kernels, inputs: [high, low], outputs: [dst], bars, column }, { fast, slow }) => {
      const middle = column()
      const calm = column()
      kernels.weigh(high, 0.5, low, 0.5, middle, bars)
      kernels.sma(middle, dst, bars, fast)
      kernels.sma(middle, calm, bars, slow)
      kernels.subtract(dst, calm, dst, bars)
    },
  }),
  indicator({
    name: 'accelerator',
    doc: 'Accelerator oscillator: awesome - sma(smooth) of it.',
    source: 'Williams 1998',
    talib: 'AC',
    inputs: ['high', 'low'],
    parameters: { fast: length(5), slow: length(34), smooth: length(5) },
    warmup: ({ slow, smooth }) => slow + smooth - 2,
    refuse: ordered,
    run: ({ kernels, inputs, outputs: [dst], bars, column, compute }, { fast, slow, smooth }) => {
      const average = column()
      compute('awesome', { fast, slow }, inputs, [dst])
      compute('sma', { length: smooth }, [dst], [average])
      kernels.subtract(dst, average, dst, bars)
    },
  }),
  indicator({
    name: 'cci',
    doc: 'Commodity channel index: (typical price - its sma) / (factor * its mean distance from that), the typical price being (high + low + close) / 3; 0 where it does not move.',
    source: 'Lambert 1980',
    talib: 'CCI',
    inputs: ['high', 'low', 'close'],
    parameters: {
      length: length(20, { max: 10_000 }),
      factor: number(0.015, 0.0001, 1000, "Lambert's constant."),
    },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [high, low, close], outputs: [dst], bars, column }, { length, factor }) => {
      const price = column()
      const average = column()
      const distance = column()
      kernels.typicalPrice(high, low, close, price, bars)
      kernels.sma(price, average, bars, length)
      kernels.meanDistance(price, average, distance, bars, length)
      kernels.affine(distance, factor, 0, distance, bars)
      kernels.subtract(price, average, dst, bars)
      kernels.divide(dst, distance, dst, bars, 1, 0)
    },
  }),
  indicator({
    name: 'ultimate',
    doc: 'Ultimate oscillator, 0 to 100: 100 * (4 * a + 2 * b + c) / 7, each the sum of close - min(low, last close) / the sum of trueRange, over the shortest, the middle and the longest of the lengths; 0 where nothing moved.',
    source: 'Williams 1985',
    talib: 'ULTOSC',
    inputs: ['high', 'low', 'close'],
    parameters: { short: length(7), middle: length(14), long: length(28) },
    warmup: ({ short, middle, long }) => Math.max(short, middle, long),
    refuse: ({ short, middle, long }) =>
      short <= middle && middle <= long
        ? undefined
        : `short, middle and long must not fall, found ${short}, ${middle} and ${long}`,
    run: ({ kernels, inputs: [high, low, close], outputs: [dst], bars, column, compute }, { short, middle, long }) => {
      const pressure = column()
      const range = column()
      const one = column()
      const other = column()
      kernels.buyingPressure(low, close, pressure, bars)
      kernels.trueRange(high, low, close, range, bars)
      // The first bar has no last close.
      kernels.absent(range, Math.min(bars, 1))
      const weights = [4, 2, 1]
      const lengths = [short, middle, long]
      for (let i = 0; i < 3; i++) {
        compute('sma', { length: lengths[i] }, [pressure], [one])
        compute('sma', { length: lengths[i] }, [range], [other])
        kernels.divide(one, other, one, bars, 100, 0)
        if (i === 0) kernels.affine(one, weights[i], 0, dst, bars)
        else kernels.weigh(dst, 1, one, weights[i], dst, bars)
      }
      kernels.affine(dst, 1 / 7, 0, dst, bars)
    },
  }),
  indicator({
    name: 'elderRay',
    doc: "Elder's bull power = high - ema(close), bear power = low - ema(close).",
    source: 'Elder 1993',
    talib: 'ERI',
    inputs: ['high', 'low', 'close'],
    parameters: { length: length(13) },
    outputs: ['bull', 'bear'],
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [high, low, close], outputs: [bull, bear], bars, column }, values) => {
      const average = column()
      kernels.ema(close, average, bars, values.length)
      kernels.subtract(high, average, bull, bars)
      kernels.subtract(low, average, bear, bars)
    },
  }),
  indicator({
    name: 'qstick',
    doc: 'Qstick: sma of close - open.',
    source: 'Chande and Kroll 1994',
    talib: 'QSTICK',
    inputs: ['open', 'close'],
    parameters: { length: length(10) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [open, close], outputs: [dst], bars, column }, values) => {
      const body = column()
      kernels.subtract(close, open, body, bars)
      kernels.sma(body, dst, bars, values.length)
    },
  }),
  indicator({
    name: 'imi',
    doc: 'Intraday momentum index, 0 to 100: 100 * the rises from open to close / the sizes of all such changes of the last `length` bars; 50 where there are none.',
    source: 'Chande and Kroll 1994',
    talib: 'IMI',
    inputs: ['open', 'close'],
    parameters: { length: length(14) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [open, close], outputs: [dst], bars, column }, values) => {
      const rises = column()
      const sizes = column()
      kernels.excess(close, open, rises, bars)
      kernels.subtract(close, open, sizes, bars)
      kernels.absolute(sizes, 1, sizes, bars)
      kernels.sma(rises, dst, bars, values.length)
      kernels.sma(sizes, rises, bars, values.length)
      kernels.divide(dst, rises, dst, bars, 100, 50)
    },
  }),
  indicator({
    name: 'forecastOscillator',
    doc: 'Forecast oscillator, percent: 100 * (value - what forecast(length) said for it a bar before) / value.',
    source: 'Chande and Kroll 1994',
    talib: 'FOSC',
    parameters: { length: length(14, { min: 2, max: 10_000 }) },
    warmup: (values) => values.length,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column, compute }, values) => {
      const forecast = column()
      const late = column()
      compute('forecast', values, [src], [forecast])
      kernels.shift(forecast, late, bars, 1)
      kernels.subtract(src, late, dst, bars)
      kernels.divide(dst, src, dst, bars, 100, Number.NaN)
    },
  }),
] as const
