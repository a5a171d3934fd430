import { indicator, length, number } from '../spec.ts'

/** Indicators made of several others. */
export const COMPOSITES = [
  indicator({
    name: 'vigor',
    doc: 'Relative vigor index: sma of trima(4) of close - open / sma of trima(4) of high - low, signal = trima(4) of it; 0 where the bars have no range.',
    source: 'Ehlers 2002',
    inputs: ['open', 'high', 'low', 'close'],
    parameters: { length: length(10) },
    outputs: ['value', 'signal'],
    warmup: ({ length }, output) => length + 2 + (output === 'signal' ? 3 : 0),
    run: ({ kernels, inputs, outputs: [dst, signal], bars, column, compute }, { length }) => {
      const [open, high, low, close] = inputs
      const part = column()
      const smooth = column()
      const range = column()
      kernels.subtract(high, low, part, bars)
      compute('trima', { length: 4 }, [part], [smooth])
      compute('sma', { length }, [smooth], [range])
      kernels.subtract(close, open, part, bars)
      compute('trima', { length: 4 }, [part], [smooth])
      compute('sma', { length }, [smooth], [dst])
      kernels.divide(dst, range, dst, bars, 1, 0)
      compute('trima', { length: 4 }, [dst], [signal])
    },
  }),
  indicator({
    name: 'schaff',
    doc: 'Schaff trend cycle, 0 to 100: the line of macd(fast, slow), twice put where it stands between its lowest and highest of `length` bars (where it stood last where these are one) and smoothed, value + factor * (place - value), begun with the first.',
    source: 'Schaff 1999',
    conventions: 'pandas-ta begins with 0, rounds to eight places, and does not move where the lowest macd is below 0.',
    parameters: {
      length: length(10),
      fast: length(12),
      slow: length(26),
      factor: number(0.5, 0.001, 1, 'How much of the way to the new place each step goes.'),
    },
    refuse: ({ fast, slow }) => (fast < slow ? undefined : `fast must be below slow, found ${fast} and ${slow}`),
    warmup: ({ length, slow }) => slow - 1 + 2 * (length - 1),
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column, compute }, { length, fast, slow, factor }) => {
      const line = column()
      const top = column()
      const bottom = column()
      const once = column()
      kernels.ema(src, line, bars, fast)
      kernels.ema(src, once, bars, slow)
      kernels.subtract(line, once, line, bars)
      for (const [from, to] of [
        [line, once],
        [once, dst],
      ]) {
        compute('highest', { length }, [from], [top])
        compute('lowest', { length }, [from], [bottom])
        kernels.schaffCycle(from, top, bottom, to, bars, factor)
      }
    },
  }),
  indicator({
    name: 'qqe',
    doc: 'Quantitative qualitative estimation: value = ema(smooth) of rsi(length); line trails it by factor * ema of ema of its changes (each of 2 * length - 1 bars): below it, going up only, until the value crosses it, then above it, going down only; direction = 1 where the line is below, -1 above.',
    source: 'Ignatov 2006',
    parameters: {
      length: length(14, { max: 1_000_000 }),
      smooth: length(5),
      factor: number(4.236, 0, 1000, 'Width of the line.'),
    },
    outputs: ['value', 'line', 'direction'],
    warmup: ({ length, smooth }, output) => length + smooth - 1 + (output === 'value' ? 0 : 1 + 4 * (length - 1)),
    run: ({ kernels, inputs: [src], outputs: [dst, line, direction], bars, column, compute }, values) => {
      const reach = column()
      const moves = column()
      const length = 2 * values.length - 1
      kernels.rsi(src, moves, bars, values.length)
      compute('ema', { length: values.smooth }, [moves], [dst])
      kernels.change(dst, moves, bars, 1)
      kernels.absolute(moves, 1, moves, bars)
      compute('ema', { length }, [moves], [reach])
      compute('ema', { length }, [reach], [moves])
      kernels.affine(moves, values.factor, 0, reach, bars)
      kernels.trail(dst, reach, line, direction, bars)
    },
  }),
  indicator({
    name: 'squeeze',
    doc: 'Squeeze: on = 1 where the Bollinger bands, sma +- width * stdev, lie inside the channel sma +- range * sma of trueRange, else 0; value = the end of the least squares line through close - (the middle between highest high and lowest low + sma) / 2. All of `length` bars.',
    source: 'Carter 2005',
    inputs: ['high', 'low', 'close'],
    parameters: {
      length: length(20, { min: 2, max: 10_000 }),
      width: number(2, 0, 1000, 'Standard deviations from the middle to a band.'),
      range: number(1.5, 0, 1000, 'Mean true ranges from the middle to the edge of the channel.'),
    },
    outputs: ['value', 'on'],
    warmup: ({ length }, output) => (output === 'on' ? length - 1 : 2 * (length - 1)),
    run: ({ kernels, inputs: [high, low, close], outputs: [dst, on], bars, column, compute }, values) => {
      const { length, width, range } = values
      const spread = column()
      const average = column()
      const ranges = column()
      kernels.stdev(close, spread, bars, length, 0)
      kernels.trueRange(high, low, close, average, bars)
      kernels.sma(average, ranges, bars, length)
      kernels.isBelow(spread, width, ranges, range, on, bars)
      compute('midprice', { length }, [high, low], [spread])
      kernels.sma(close, average, bars, length)
      kernels.weigh(spread, 0.5, average, 0.5, average, bars)
      kernels.subtract(close, average, spread, bars)
      compute('lsma', { length }, [spread], [dst])
    },
  }),
] as const
