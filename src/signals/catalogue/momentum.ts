import { type IndicatorSpec, indicator, length, type NumberParameter } from '../spec.ts'

/** A value over an old one. */
function ratio<const N extends string>(
  name: N,
  talib: string,
  factor: number,
  doc: string,
): IndicatorSpec<N, { length: NumberParameter }, 'value'> {
  return indicator({
    name,
    doc,
    talib,
    parameters: { length: length(10) },
    warmup: (values) => values.length,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, values) => {
      const old = column()
      kernels.shift(src, old, bars, values.length)
      kernels.divide(src, old, dst, bars, factor, Number.NaN)
    },
  })
}

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
    name: 'connorsRsi',
    doc: 'Connors RSI, 0 to 100: the mean of rsi(length), of rsi(streak) of the bars that the price has risen or (negative) fallen in a row, and of how many percent of the last `rank` changes (roc of one bar) are below this one.',
    source: 'Connors 2012',
    parameters: { length: length(3), streak: length(2), rank: length(100, { max: 10_000 }) },
    warmup: ({ length, streak, rank }) => Math.max(length, streak, rank + 1),
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column, compute }, { length, streak, rank }) => {
      const run = column()
      const change = column()
      kernels.rsi(src, dst, bars, length)
      kernels.streak(src, run, bars)
      kernels.rsi(run, change, bars, streak)
      kernels.add(dst, change, dst, bars)
      kernels.roc(src, change, bars, 1, 100)
      compute('percentRank', { length: rank }, [change], [run])
      kernels.add(dst, run, dst, bars)
      kernels.affine(dst, 1 / 3, 0, dst, bars)
    },
  }),
  indicator({
    name: 'roc',
    doc: 'Rate of change in percent: 100 * (value - old) / old, old being `length` bars back.',
    talib: 'ROC',
    parameters: { length: length(10) },
    warmup: (values) => values.length,
    run: ({ kernels, inputs: [src], outputs: [dst], bars }, values) => kernels.roc(src, dst, bars, values.length, 100),
  }),
  indicator({
    name: 'rocp',
    doc: 'Rate of change as a fraction: (value - old) / old, old being `length` bars back.',
    talib: 'ROCP',
    parameters: { length: length(10) },
    warmup: (values) => values.length,
    run: ({ kernels, inputs: [src], outputs: [dst], bars }, values) => kernels.roc(src, dst, bars, values.length, 1),
  }),
  ratio('rocr', 'ROCR', 1, 'Ratio of change: value / old, old being `length` bars back.'),
  ratio('rocr100', 'ROCR100', 100, 'Ratio of change in percent: 100 * value / old, old being `length` bars back.'),
  indicator({
    name: 'momentum',
    doc: 'value - old, old being `length` bars back.',
    talib: 'MOM',
    parameters: { length: length(10) },
    warmup: (values) => values.length,
    run: ({ kernels, inputs: [src], outputs: [dst], bars }, values) => kernels.change(src, dst, bars, values.length),
  }),
  indicator({
    name: 'cmo',
    doc: "Chande's momentum oscillator, -100 to 100: 100 * (gain - loss) / (gain + loss), averages of the rises and falls by rma, so 2 * rsi - 100; 0 where nothing has moved.",
    source: 'Chande and Kroll 1994',
    talib: 'CMO',
    conventions: 'Chande takes plain sums: cmoPlain.',
    parameters: { length: length(14) },
    warmup: (values) => values.length,
    run: ({ kernels, inputs: [src], outputs: [dst], bars }, values) => {
      kernels.rsi(src, dst, bars, values.length)
      kernels.affine(dst, 2, -100, dst, bars)
    },
  }),
  indicator({
    name: 'cmoPlain',
    doc: "Chande's momentum oscillator of plain sums, -100 to 100: 100 * (rises - falls) / (rises + falls) over the last `length` changes; 0 where nothing moved.",
    source: 'Chande and Kroll 1994',
    talib: 'CMOU',
    parameters: { length: length(14) },
    warmup: (values) => values.length,
    run: ({ kernels, inputs: [src], outputs: [dst], bars }, values) => kernels.cmoPlain(src, dst, bars, values.length),
  }),
  indicator({
    name: 'bop',
    doc: 'Balance of power, -1 to 1: (close - open) / (high - low); 0 where the bar has no range.',
    source: 'Livshin 2001',
    talib: 'BOP',
    inputs: ['open', 'high', 'low', 'close'],
    warmup: () => 0,
    run: ({ kernels, inputs: [open, high, low, close], outputs: [dst], bars, column }) => {
      const range = column()
      kernels.subtract(close, open, dst, bars)
      kernels.subtract(high, low, range, bars)
      kernels.divide(dst, range, dst, bars, 1, 0)
    },
  }),
  indicator({
    name: 'efficiencyRatio',
    doc: "Kaufman's efficiency ratio, 0 to 1: |change over `length` bars| / the sum of the changes bar by bar; 0 where nothing moved.",
    source: 'Kaufman 1995',
    talib: 'ER',
    parameters: { length: length(10) },
    warmup: (values) => values.length,
    run: ({ kernels, inputs: [src], outputs: [dst], bars }, values) =>
      kernels.efficiency(src, dst, bars, values.length, 0),
  }),
  indicator({
    name: 'tsi',
    doc: 'True strength index, -100 to 100: 100 * ema(fast) of ema(slow) of the changes bar by bar / the same of their sizes, signal = ema of it; 0 where nothing moved.',
    source: 'Blau 1991',
    talib: 'TSI',
    parameters: { slow: length(25), fast: length(13), smooth: length(13) },
    outputs: ['value', 'signal'],
    warmup: ({ slow, fast, smooth }, output) => slow + fast - 1 + (output === 'signal' ? smooth - 1 : 0),
    run: ({ kernels, inputs: [src], outputs: [dst, signal], bars, column, compute }, { slow, fast, smooth }) => {
      const moves = column()
      const sizes = column()
      const once = column()
      kernels.change(src, moves, bars, 1)
      kernels.absolute(moves, 1, sizes, bars)
      kernels.smoothTwice(moves, sizes, dst, signal, once, bars, 1, slow, fast)
      kernels.divide(dst, signal, dst, bars, 100, 0)
      compute('ema', { length: smooth }, [dst], [signal])
    },
  }),
  indicator({
    name: 'trix',
    doc: 'Percent change from bar to bar of ema of ema of ema.',
    source: 'Hutson 1983',
    talib: 'TRIX',
    parameters: { length: length(15) },
    warmup: (values) => 3 * (values.length - 1) + 1,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, values) => {
      const average = column()
      kernels.emas(src, column(), column(), average, bars, values.length)
      kernels.roc(average, dst, bars, 1, 100)
    },
  }),
  indicator({
    name: 'coppock',
    doc: 'Coppock curve: wma of roc(short) + roc(long).',
    source: 'Coppock 1962',
    talib: 'COPPOCK',
    parameters: { length: length(10, { max: 10_000 }), short: length(11), long: length(14) },
    warmup: ({ length, short, long }) => Math.max(short, long) + length - 1,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column, compute }, { length, short, long }) => {
      const one = column()
      const other = column()
      kernels.roc(src, one, bars, short, 100)
      kernels.roc(src, other, bars, long, 100)
      kernels.add(one, other, one, bars)
      compute('wma', { length }, [one], [dst])
    },
  }),
  indicator({
    name: 'kst',
    doc: 'Know sure thing: sma of roc over four lengths, the second twice, the third three and the fourth four times; signal = sma of it.',
    source: 'Pring 1992',
    conventions: 'pandas-ta multiplies by 100 once more.',
    parameters: {
      roc1: length(10),
      roc2: length(15),
      roc3: length(20),
      roc4: length(30),
      sma1: length(10),
      sma2: length(10),
      sma3: length(10),
      sma4: length(15),
      smooth: length(9),
    },
    outputs: ['value', 'signal'],
    warmup: ({ roc1, roc2, roc3, roc4, sma1, sma2, sma3, sma4, smooth }, output) =>
      Math.max(roc1 + sma1, roc2 + sma2, roc3 + sma3, roc4 + sma4) - 1 + (output === 'signal' ? smooth - 1 : 0),
    run: ({ kernels, inputs: [src], outputs: [dst, signal], bars, column, compute }, values) => {
      const { roc1, roc2, roc3, roc4, sma1, sma2, sma3, sma4 } = values
      const change = column()
      const average = column()
      const lengths = [roc1, sma1, roc2, sma2, roc3, sma3, roc4, sma4]
      for (let i = 0; i < 4; i++) {
        kernels.roc(src, change, bars, lengths[2 * i], 100)
        compute('sma', { length: lengths[2 * i + 1] }, [change], [i === 0 ? dst : average])
        if (i > 0) kernels.weigh(dst, 1, average, i + 1, dst, bars)
      }
      compute('sma', { length: values.smooth }, [dst], [signal])
    },
  }),
  indicator({
    name: 'dpo',
    doc: 'Detrended price oscillator: the value length / 2 + 1 bars back (cut to a whole number) - sma(length).',
    talib: 'DPO',
    conventions: "pandas-ta takes this bar's value - the average of that bar, or, centred, later bars.",
    parameters: { length: length(20) },
    warmup: (values) => Math.max(values.length - 1, Math.floor(values.length / 2) + 1),
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, values) => {
      const average = column()
      kernels.shift(src, dst, bars, Math.floor(values.length / 2) + 1)
      kernels.sma(src, average, bars, values.length)
      kernels.subtract(dst, average, dst, bars)
    },
  }),
] as const
