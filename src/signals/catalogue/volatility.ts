import { indicator, length, number } from '../spec.ts'

const width = (value: number, doc: string) => number(value, 0, 1000, doc)

export const VOLATILITY = [
  indicator({
    name: 'trueRange',
    doc: 'True range: max(high - low, |high - last close|, |low - last close|); high - low on the first bar.',
    source: 'Wilder 1978',
    talib: 'TRANGE',
    conventions: 'TA-Lib has none on the first bar.',
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
    conventions: 'TA-Lib leaves the first bar out, and so begins a bar later; both agree once that is forgotten.',
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
    name: 'natr',
    doc: 'Average true range in percent of the close: 100 * atr / close.',
    source: 'Forman 2006',
    talib: 'NATR',
    conventions: 'Where atr differs (see there), so does it.',
    inputs: ['high', 'low', 'close'],
    parameters: { length: length(14) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs, outputs: [dst], bars, compute }, values) => {
      compute('atr', values, inputs, [dst])
      kernels.divide(dst, inputs[2], dst, bars, 100, Number.NaN)
    },
  }),
  indicator({
    name: 'adr',
    doc: 'Average day range: sma of high - low.',
    talib: 'ADR',
    inputs: ['high', 'low'],
    parameters: { length: length(14) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [high, low], outputs: [dst], bars, column }, values) => {
      const range = column()
      kernels.subtract(high, low, range, bars)
      kernels.sma(range, dst, bars, values.length)
    },
  }),
  indicator({
    name: 'bollinger',
    doc: 'Bollinger bands: middle = sma, upper and lower = middle +- width * stdev (population).',
    source: 'Bollinger 2001',
    talib: 'BBANDS',
    parameters: { length: length(20), width: width(2, 'Standard deviations from the middle to a band.') },
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
  indicator({
    name: 'bollingerB',
    doc: 'Bollinger %B: (value - lower) / (upper - lower) of bollinger, 0 on the lower band and 1 on the upper; NaN where they meet.',
    source: 'Bollinger 2001',
    parameters: {
      length: length(20, { min: 2 }),
      width: number(2, 0.001, 1000, 'Standard deviations from the middle to a band.'),
    },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column, compute }, values) => {
      const upper = column()
      const lower = column()
      compute('bollinger', values, [src], [upper, dst, lower])
      kernels.subtract(src, lower, dst, bars)
      kernels.subtract(upper, lower, upper, bars)
      kernels.divide(dst, upper, dst, bars, 1, Number.NaN)
    },
  }),
  indicator({
    name: 'bollingerWidth',
    doc: 'Bollinger band width: (upper - lower) / middle of bollinger.',
    source: 'Bollinger 2001',
    conventions: 'Some give it in percent.',
    parameters: { length: length(20), width: width(2, 'Standard deviations from the middle to a band.') },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column, compute }, values) => {
      const middle = column()
      const lower = column()
      compute('bollinger', values, [src], [dst, middle, lower])
      kernels.subtract(dst, lower, dst, bars)
      kernels.divide(dst, middle, dst, bars, 1, Number.NaN)
    },
  }),
  indicator({
    name: 'keltner',
    doc: 'Keltner channels: middle = ema of (high + low + close) / 3, upper and lower = middle +- width * atr(range).',
    source: 'Raschke 1994, after Keltner 1960',
    talib: 'KC',
    conventions:
      'Where atr differs (see there), so does it. pandas-ta takes the ema of the close, and of trueRange for the band.',
    inputs: ['high', 'low', 'close'],
    parameters: {
      length: length(20),
      range: length(10),
      width: width(2, 'Average true ranges from the middle to a band.'),
    },
    outputs: ['upper', 'middle', 'lower'],
    warmup: ({ length, range }, output) => Math.max(length, output === 'middle' ? 1 : range) - 1,
    run: ({ kernels, inputs, outputs, bars, column, compute }, { length, range, width }) => {
      const [high, low, close] = inputs
      const [upper, middle, lower] = outputs
      const price = column()
      kernels.typicalPrice(high, low, close, price, bars)
      kernels.ema(price, middle, bars, length)
      compute('atr', { length: range }, inputs, [price])
      kernels.weigh(middle, 1, price, width, upper, bars)
      kernels.weigh(middle, 1, price, -width, lower, bars)
    },
  }),
  indicator({
    name: 'donchian',
    doc: 'Donchian channel: upper = the highest high, lower = the lowest low of the last `length` bars, this one included, middle = the mean of both.',
    source: 'Donchian 1960',
    talib: 'DONCHIAN',
    inputs: ['high', 'low'],
    parameters: { length: length(20) },
    outputs: ['upper', 'middle', 'lower'],
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [high, low], outputs: [upper, middle, lower], bars, column }, { length }) => {
      const window = column()
      kernels.highest(high, upper, bars, length, window)
      kernels.lowest(low, lower, bars, length, window)
      kernels.weigh(upper, 0.5, lower, 0.5, middle, bars)
    },
  }),
  indicator({
    name: 'accBands',
    doc: 'Acceleration bands: with r = 4 * (high - low) / (high + low): upper = sma of high * (1 + r), middle = sma of the close, lower = sma of low * (1 - r).',
    source: 'Headley 2002',
    talib: 'ACCBANDS',
    inputs: ['high', 'low', 'close'],
    parameters: { length: length(20) },
    outputs: ['upper', 'middle', 'lower'],
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [high, low, close], outputs: [upper, middle, lower], bars, column }, { length }) => {
      const ratio = column()
      const band = column()
      kernels.subtract(high, low, ratio, bars)
      kernels.add(high, low, band, bars)
      kernels.divide(ratio, band, ratio, bars, 4, 0)
      kernels.multiply(high, ratio, band, bars)
      kernels.add(high, band, band, bars)
      kernels.sma(band, upper, bars, length)
      kernels.sma(close, middle, bars, length)
      kernels.multiply(low, ratio, band, bars)
      kernels.subtract(low, band, band, bars)
      kernels.sma(band, lower, bars, length)
    },
  }),
  indicator({
    name: 'massIndex',
    doc: 'Mass index: the sum over `length` bars of ema(smooth) of high - low / ema(smooth) of that.',
    source: 'Dorsey 1992',
    talib: 'MASSI',
    inputs: ['high', 'low'],
    parameters: { length: length(25), smooth: length(9) },
    warmup: ({ length, smooth }) => 2 * (smooth - 1) + length - 1,
    run: ({ kernels, inputs: [high, low], outputs: [dst], bars, column, compute }, { length, smooth }) => {
      const range = column()
      const once = column()
      kernels.subtract(high, low, range, bars)
      kernels.ema(range, once, bars, smooth)
      compute('ema', { length: smooth }, [once], [range])
      kernels.divide(once, range, once, bars, 1, Number.NaN)
      compute('sma', { length }, [once], [dst])
      kernels.affine(dst, length, 0, dst, bars)
    },
  }),
  indicator({
    name: 'chaikinVolatility',
    doc: 'Chaikin volatility: roc over `change` bars of ema of high - low.',
    source: 'Chaikin 1984',
    talib: 'CVI',
    inputs: ['high', 'low'],
    parameters: { length: length(10), change: length(10) },
    warmup: ({ length, change }) => length - 1 + change,
    run: ({ kernels, inputs: [high, low], outputs: [dst], bars, column, compute }, { length, change }) => {
      const range = column()
      const average = column()
      kernels.subtract(high, low, range, bars)
      kernels.ema(range, average, bars, length)
      compute('roc', { length: change }, [average], [dst])
    },
  }),
  indicator({
    name: 'rvi',
    doc: 'Relative volatility index, 0 to 100: 100 * up / (up + down), rma of stdev(deviation) on bars that rose and on bars that fell, 0 on the others; 50 where there is none.',
    source: 'Dorsey 1993',
    talib: 'RVI',
    parameters: { length: length(14), deviation: length(10, { min: 2 }) },
    warmup: ({ length, deviation }) => deviation + length - 2,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column, compute }, { length, deviation }) => {
      const spread = column()
      const moved = column()
      const down = column()
      kernels.stdev(src, spread, bars, deviation, 0)
      kernels.whereMoved(src, spread, moved, bars, 1)
      compute('rma', { length }, [moved], [dst])
      kernels.whereMoved(src, spread, moved, bars, -1)
      compute('rma', { length }, [moved], [down])
      kernels.add(dst, down, down, bars)
      kernels.divide(dst, down, dst, bars, 100, 50)
    },
  }),
  indicator({
    name: 'ulcer',
    doc: 'Ulcer index: the root of the mean over `length` bars of the squares of 100 * (value - the highest of `length` values) / that.',
    source: 'Martin 1987',
    parameters: { length: length(14) },
    warmup: (values) => 2 * (values.length - 1),
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column, compute }, values) => {
      const top = column()
      const fall = column()
      kernels.highest(src, top, bars, values.length, column())
      kernels.subtract(src, top, fall, bars)
      kernels.divide(fall, top, fall, bars, 100, Number.NaN)
      kernels.multiply(fall, fall, fall, bars)
      compute('sma', values, [fall], [dst])
      kernels.root(dst, 1, dst, bars)
    },
  }),
] as const
