import { averageKind, averageOf, averageWarmup } from '../kinds.ts'
import { type IndicatorCall, indicator, length } from '../spec.ts'

/** Where the close stands between the highest and the lowest of the last bars, 0 to 100. */
function rawStochastic(call: IndicatorCall, [high, low, close]: readonly number[], length: number, dst: number): void {
  const { kernels, bars, column } = call
  const top = column()
  const bottom = column()
  const window = column()
  kernels.highest(high, top, bars, length, window)
  kernels.lowest(low, bottom, bars, length, window)
  kernels.placeInRange(close, top, bottom, dst, bars)
}

export const STOCHASTICS = [
  indicator({
    name: 'stochastic',
    doc: 'Stochastic oscillator, 0 to 100: k = average over `smooth` bars of where the close stands between the lowest low and the highest high of `length` bars (0 where they are one), d = average of k over `signal` bars. With smooth 1 it is the fast one, with other lengths the full one.',
    source: 'Lane 1984',
    talib: 'STOCH',
    conventions: 'TA-Lib gives no k before the first d.',
    inputs: ['high', 'low', 'close'],
    parameters: {
      length: length(14),
      smooth: length(3, { max: 10_000 }),
      signal: length(3, { max: 10_000 }),
      smoothKind: averageKind('sma'),
      signalKind: averageKind('sma'),
    },
    outputs: ['k', 'd'],
    refuse: ({ smooth, signal, smoothKind, signalKind }) =>
      (smoothKind === 'hma' && smooth < 2) || (signalKind === 'hma' && signal < 2)
        ? 'smooth and signal must be at least 2 for hma'
        : undefined,
    warmup: ({ length, smooth, signal, smoothKind, signalKind }, output) =>
      length - 1 + averageWarmup(smoothKind, smooth) + (output === 'd' ? averageWarmup(signalKind, signal) : 0),
    run: (call, { length, smooth, signal, smoothKind, signalKind }) => {
      const [k, d] = call.outputs
      const raw = call.column()
      rawStochastic(call, call.inputs, length, raw)
      averageOf(call, smoothKind, smooth, raw, k)
      averageOf(call, signalKind, signal, k, d)
    },
  }),
  indicator({
    name: 'stochasticFast',
    doc: 'Fast stochastic oscillator, 0 to 100: k = where the close stands between the lowest low and the highest high of `length` bars (0 where they are one), d = sma of k.',
    source: 'Lane 1984',
    talib: 'STOCHF',
    conventions: 'TA-Lib gives no k before the first d.',
    inputs: ['high', 'low', 'close'],
    parameters: { length: length(14), signal: length(3) },
    outputs: ['k', 'd'],
    warmup: ({ length, signal }, output) => length - 1 + (output === 'd' ? signal - 1 : 0),
    run: (call, { length, signal }) => {
      const [k, d] = call.outputs
      rawStochastic(call, call.inputs, length, k)
      call.compute('sma', { length: signal }, [k], [d])
    },
  }),
  indicator({
    name: 'stochRsi',
    doc: 'Stochastic of rsi, 0 to 100: k = average over `smooth` bars of where rsi(length) stands between its lowest and highest of `window` bars, d = sma of k. What rsi changes by less than 1e-9 is rounding and counts as nothing.',
    source: 'Chande and Kroll 1994',
    talib: 'STOCHRSI',
    conventions: 'TA-Lib does not smooth k (smooth 1), takes a window of 5, and gives no k before the first d.',
    parameters: { length: length(14), window: length(14), smooth: length(3), signal: length(3) },
    outputs: ['k', 'd'],
    warmup: ({ length, window, smooth, signal }, output) =>
      length + window + smooth - 2 + (output === 'd' ? signal - 1 : 0),
    run: ({ kernels, inputs: [src], outputs: [k, d], bars, column, compute }, { length, window, smooth, signal }) => {
      const strength = column()
      kernels.rsi(src, strength, bars, length)
      kernels.settle(strength, strength, bars, 1e-9)
      const values = { length: window, smooth, signal }
      compute('stochastic', values, [strength, strength, strength], [k, d])
    },
  }),
  indicator({
    name: 'kdj',
    doc: 'KDJ: k = average over `smooth` bars of where the close stands between the lowest low and the highest high of `length` bars, d = average of k, both by rma; j = 3 * k - 2 * d.',
    talib: 'KDJ',
    conventions: 'Some begin k and d with 50. TA-Lib gives no k before the first d.',
    inputs: ['high', 'low', 'close'],
    parameters: { length: length(9), smooth: length(3), signal: length(3) },
    outputs: ['k', 'd', 'j'],
    warmup: ({ length, smooth, signal }, output) => length + smooth - 2 + (output === 'k' ? 0 : signal - 1),
    run: ({ kernels, inputs, outputs: [k, d, j], bars, compute }, { length, smooth, signal }) => {
      compute('stochastic', { length, smooth, signal, smoothKind: 'rma', signalKind: 'rma' }, inputs, [k, d])
      kernels.weigh(k, 3, d, -2, j, bars)
    },
  }),
  indicator({
    name: 'williamsR',
    doc: "Williams' %R, -100 to 0: -100 * (highest high - close) / (highest high - lowest low) of `length` bars; 0 where they are one.",
    source: 'Williams 1973',
    talib: 'WILLR',
    inputs: ['high', 'low', 'close'],
    parameters: { length: length(14) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [high, low, close], outputs: [dst], bars, column }, { length }) => {
      const top = column()
      const range = column()
      const window = column()
      kernels.highest(high, top, bars, length, window)
      kernels.lowest(low, range, bars, length, window)
      kernels.subtract(close, top, dst, bars)
      kernels.subtract(top, range, range, bars)
      kernels.divide(dst, range, dst, bars, 100, 0)
    },
  }),
  indicator({
    name: 'smi',
    doc: 'Stochastic momentum index, -100 to 100: 100 * ema(fast) of ema(slow) of close - the middle between the highest high and the lowest low of `length` bars / half the same of highest - lowest, signal = ema of it; 0 where nothing moved.',
    source: 'Blau 1993',
    talib: 'SMI',
    conventions: "TA-Lib gives no value before the first signal. pandas-ta's smi is a tsi.",
    inputs: ['high', 'low', 'close'],
    parameters: { length: length(13), slow: length(25), fast: length(2), smooth: length(9) },
    outputs: ['value', 'signal'],
    warmup: ({ length, slow, fast, smooth }, output) =>
      length + slow + fast - 3 + (output === 'signal' ? smooth - 1 : 0),
    run: ({ kernels, inputs, outputs: [dst, signal], bars, column, compute }, { length, slow, fast, smooth }) => {
      const [high, low, close] = inputs
      const top = column()
      const bottom = column()
      const once = column()
      kernels.highest(high, top, bars, length, once)
      kernels.lowest(low, bottom, bars, length, once)
      kernels.weigh(top, 0.5, bottom, 0.5, dst, bars)
      kernels.subtract(close, dst, dst, bars)
      kernels.weigh(top, 0.5, bottom, -0.5, top, bars)
      compute('ema', { length: slow }, [dst], [once])
      compute('ema', { length: fast }, [once], [bottom])
      compute('ema', { length: slow }, [top], [once])
      compute('ema', { length: fast }, [once], [dst])
      kernels.divide(bottom, dst, dst, bars, 100, 0)
      compute('ema', { length: smooth }, [dst], [signal])
    },
  }),
  indicator({
    name: 'fisher',
    doc: "Fisher's transform: 0.5 * ln((1 + x) / (1 - x)) + half the value before, x = 0.66 * p + 0.67 * the x before, kept between -0.999 and 0.999, p = where (high + low) / 2 stands in its range of `length` bars, -0.5 to 0.5; begun with 0. signal = the value `lag` bars back.",
    source: 'Ehlers 2002',
    inputs: ['high', 'low'],
    parameters: { length: length(9), lag: length(1, { doc: 'Bars between value and signal.' }) },
    outputs: ['value', 'signal'],
    warmup: ({ length, lag }, output) => length - 1 + (output === 'signal' ? lag : 0),
    run: ({ kernels, inputs: [high, low], outputs: [dst, signal], bars, column }, { length, lag }) => {
      const middle = column()
      const top = column()
      const bottom = column()
      kernels.weigh(high, 0.5, low, 0.5, middle, bars)
      kernels.highest(middle, top, bars, length, column())
      kernels.lowest(middle, bottom, bars, length, column())
      kernels.placeInRange(middle, top, bottom, middle, bars)
      kernels.fisherTransform(middle, dst, bars)
      kernels.shift(dst, signal, bars, lag)
    },
  }),
] as const
