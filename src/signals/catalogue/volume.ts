import { indicator, length, number } from '../spec.ts'

const BARS = ['high', 'low', 'close', 'volume'] as const

export const VOLUME = [
  indicator({
    name: 'obv',
    doc: 'On-balance volume: the volume of the first bar, then + volume where the source has risen and - volume where it has fallen.',
    source: 'Granville 1963',
    talib: 'OBV',
    conventions: 'Some begin with 0: the same line, moved by the first volume.',
    inputs: ['source', 'volume'],
    warmup: () => 0,
    run: ({ kernels, inputs: [src, volume], outputs: [dst], bars }) => {
      kernels.signedVolume(src, volume, dst, bars)
      kernels.cumulate(dst, dst, bars)
    },
  }),
  indicator({
    name: 'ad',
    doc: 'Accumulation/distribution line: the sum so far of volume * ((close - low) - (high - close)) / (high - low), which is 0 where the bar has no range.',
    source: 'Chaikin',
    talib: 'AD',
    inputs: BARS,
    warmup: () => 0,
    run: ({ kernels, inputs: [high, low, close, volume], outputs: [dst], bars }) => {
      kernels.moneyFlowVolume(high, low, close, volume, dst, bars)
      kernels.cumulate(dst, dst, bars)
    },
  }),
  indicator({
    name: 'adosc',
    doc: 'Chaikin oscillator: fast - slow exponential average of ad, both begun with its first value.',
    source: 'Chaikin',
    talib: 'ADOSC',
    inputs: BARS,
    parameters: { fast: length(3), slow: length(10) },
    warmup: ({ fast, slow }) => Math.max(fast, slow) - 1,
    run: ({ kernels, inputs: [high, low, close, volume], outputs: [dst], bars }, { fast, slow }) => {
      kernels.chaikinOscillator(high, low, close, volume, dst, bars, 2 / (fast + 1), 2 / (slow + 1))
      kernels.absent(dst, Math.min(bars, Math.max(fast, slow) - 1))
    },
  }),
  indicator({
    name: 'cmf',
    doc: 'Chaikin money flow, -1 to 1: the sum of volume * ((close - low) - (high - close)) / (high - low) over `length` bars / the sum of their volumes; 0 where nothing traded.',
    source: 'Chaikin',
    talib: 'CMF',
    inputs: BARS,
    parameters: { length: length(20) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [high, low, close, volume], outputs: [dst], bars, column, compute }, values) => {
      const flow = column()
      const units = column()
      kernels.moneyFlowVolume(high, low, close, volume, flow, bars)
      compute('sum', values, [flow], [dst])
      compute('sum', values, [volume], [units])
      kernels.divide(dst, units, dst, bars, 1, 0)
    },
  }),
  indicator({
    name: 'mfi',
    doc: 'Money flow index, 0 to 100: 100 * up / (up + down), the sums over `length` bars of typical price * volume where the typical price has risen and where it has fallen; 50 where no money has moved it.',
    source: 'Quong and Soudack 1989',
    talib: 'MFI',
    conventions: 'TA-Lib gives 0 where up + down is below 1.',
    inputs: BARS,
    parameters: { length: length(14) },
    warmup: (values) => values.length,
    run: ({ kernels, inputs: [high, low, close, volume], outputs: [dst], bars, column, compute }, values) => {
      const price = column()
      const up = column()
      const down = column()
      kernels.typicalPrice(high, low, close, price, bars)
      kernels.moneyFlows(price, volume, up, down, bars)
      compute('sum', values, [up], [dst])
      compute('sum', values, [down], [price])
      kernels.add(dst, price, price, bars)
      kernels.divide(dst, price, dst, bars, 100, 50)
    },
  }),
  indicator({
    name: 'pvt',
    doc: 'Price volume trend: the sum so far of volume * (close - last close) / last close; 0 on the first bar.',
    talib: 'PVT',
    conventions: 'pandas-ta counts in percent: 100 times as much.',
    inputs: ['close', 'volume'],
    warmup: () => 0,
    run: ({ kernels, inputs: [close, volume], outputs: [dst], bars }) => {
      kernels.trendVolume(close, volume, dst, bars)
      kernels.cumulate(dst, dst, bars)
    },
  }),
  indicator({
    name: 'forceIndex',
    doc: 'Force index: ema of (close - last close) * volume.',
    source: 'Elder 1993',
    talib: 'EFI',
    inputs: ['close', 'volume'],
    parameters: { length: length(13) },
    warmup: (values) => values.length,
    run: ({ kernels, inputs: [close, volume], outputs: [dst], bars, column, compute }, values) => {
      const force = column()
      kernels.change(close, force, bars, 1)
      kernels.multiply(force, volume, force, bars)
      compute('ema', values, [force], [dst])
    },
  }),
  indicator({
    name: 'easeOfMovement',
    doc: 'Ease of movement: sma of scale * change of (high + low) / 2 * (high - low) / volume, which is 0 where nothing traded.',
    source: 'Arms',
    inputs: ['high', 'low', 'volume'],
    parameters: {
      length: length(14),
      scale: number(1e8, 1, 1e12, 'What volumes are counted in, so that values are no tiny numbers.'),
    },
    warmup: (values) => values.length,
    run: ({ kernels, inputs: [high, low, volume], outputs: [dst], bars, column, compute }, { length, scale }) => {
      const ease = column()
      kernels.easeOfMove(high, low, volume, ease, bars, scale)
      compute('sma', { length }, [ease], [dst])
    },
  }),
  indicator({
    name: 'marketFacilitation',
    doc: 'Market facilitation index: (high - low) / volume; 0 where nothing traded.',
    source: 'Williams 1995',
    talib: 'MARKETFI',
    inputs: ['high', 'low', 'volume'],
    warmup: () => 0,
    run: ({ kernels, inputs: [high, low, volume], outputs: [dst], bars }) => {
      kernels.subtract(high, low, dst, bars)
      kernels.divide(dst, volume, dst, bars, 1, 0)
    },
  }),
  indicator({
    name: 'nvi',
    doc: 'Negative volume index: begins with 1000 and goes with the close on bars of less volume than the bar before.',
    source: 'Dysart; Fosback 1976',
    talib: 'NVI',
    inputs: ['close', 'volume'],
    warmup: () => 0,
    run: ({ kernels, inputs: [close, volume], outputs: [dst], bars }) =>
      kernels.volumeIndex(close, volume, dst, bars, -1, 1000),
  }),
  indicator({
    name: 'pvi',
    doc: 'Positive volume index: begins with 1000 and goes with the close on bars of more volume than the bar before.',
    source: 'Dysart; Fosback 1976',
    talib: 'PVI',
    inputs: ['close', 'volume'],
    warmup: () => 0,
    run: ({ kernels, inputs: [close, volume], outputs: [dst], bars }) =>
      kernels.volumeIndex(close, volume, dst, bars, 1, 1000),
  }),
  indicator({
    name: 'pvo',
    doc: 'Percentage volume oscillator: ppo of the volume. NaN where the slow average is 0.',
    talib: 'PVO',
    inputs: ['volume'],
    parameters: {
      fast: length(12, { min: 2, max: 10_000 }),
      slow: length(26, { min: 2, max: 10_000 }),
      smooth: length(9),
    },
    outputs: ['line', 'signal', 'histogram'],
    warmup: ({ slow, smooth }, output) => slow - 1 + (output === 'line' ? 0 : smooth - 1),
    refuse: ({ fast, slow }) => (fast < slow ? undefined : `fast must be below slow, found ${fast} and ${slow}`),
    run: ({ inputs, outputs, compute }, values) => compute('ppo', { ...values, kind: 'ema' }, inputs, outputs),
  }),
  indicator({
    name: 'relativeVolume',
    doc: 'Volume / the mean volume of the `length` bars before; 0 where these had none.',
    talib: 'RVOL',
    inputs: ['volume'],
    parameters: { length: length(20) },
    warmup: (values) => values.length,
    run: ({ kernels, inputs: [volume], outputs: [dst], bars, column }, values) => {
      const average = column()
      kernels.sma(volume, dst, bars, values.length)
      kernels.shift(dst, average, bars, 1)
      kernels.divide(volume, average, dst, bars, 1, 0)
    },
  }),
  indicator({
    name: 'wad',
    doc: "Williams' accumulation/distribution: the sum so far of close - min(low, last close) where the close has risen, and of close - max(high, last close) where it has fallen.",
    source: 'Williams 1972',
    talib: 'WAD',
    inputs: ['high', 'low', 'close'],
    warmup: () => 0,
    run: ({ kernels, inputs: [high, low, close], outputs: [dst], bars }) => {
      kernels.accumulation(high, low, close, dst, bars)
      kernels.cumulate(dst, dst, bars)
    },
  }),
] as const
