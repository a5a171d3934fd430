import { indicator, length, number } from '../spec.ts'

const BAR = ['open', 'high', 'low', 'close'] as const

export const PRICE = [
  indicator({
    name: 'averagePrice',
    doc: '(open + high + low + close) / 4.',
    talib: 'AVGPRICE',
    inputs: BAR,
    warmup: () => 0,
    run: ({ kernels, inputs: [open, high, low, close], outputs: [dst], bars, column }) => {
      const range = column()
      kernels.add(open, high, dst, bars)
      kernels.add(low, close, range, bars)
      kernels.weigh(dst, 0.25, range, 0.25, dst, bars)
    },
  }),
  indicator({
    name: 'medianPrice',
    doc: '(high + low) / 2.',
    talib: 'MEDPRICE',
    inputs: ['high', 'low'],
    warmup: () => 0,
    run: ({ kernels, inputs: [high, low], outputs: [dst], bars }) => kernels.weigh(high, 0.5, low, 0.5, dst, bars),
  }),
  indicator({
    name: 'typicalPrice',
    doc: '(high + low + close) / 3.',
    talib: 'TYPPRICE',
    inputs: ['high', 'low', 'close'],
    warmup: () => 0,
    run: ({ kernels, inputs: [high, low, close], outputs: [dst], bars }) =>
      kernels.typicalPrice(high, low, close, dst, bars),
  }),
  indicator({
    name: 'weightedClose',
    doc: '(high + low + 2 * close) / 4.',
    talib: 'WCLPRICE',
    inputs: ['high', 'low', 'close'],
    warmup: () => 0,
    run: ({ kernels, inputs: [high, low, close], outputs: [dst], bars }) => {
      kernels.add(high, low, dst, bars)
      kernels.weigh(dst, 0.25, close, 0.5, dst, bars)
    },
  }),
  indicator({
    name: 'heikinAshi',
    doc: 'Heikin-Ashi bars: close = (open + high + low + close) / 4, open = (open + close) / 2 of the Heikin-Ashi bar before, and of the first bar itself; high and low are the outermost of those of the bar and of both.',
    source: 'Valcu 2004',
    talib: 'HA',
    inputs: BAR,
    outputs: ['open', 'high', 'low', 'close'],
    warmup: () => 0,
    run: ({ kernels, inputs: [open, high, low, close], outputs: [toOpen, toHigh, toLow, toClose], bars }) =>
      kernels.heikinAshi(open, high, low, close, toOpen, toHigh, toLow, toClose, bars),
  }),
  indicator({
    name: 'gap',
    doc: 'Gaps to the bar before: open = open - last close; range = low - last high where that is above 0, high - last low where that is below, else 0.',
    inputs: BAR,
    outputs: ['open', 'range'],
    warmup: () => 1,
    run: ({ kernels, inputs: [open, high, low, close], outputs: [toOpen, toRange], bars }) => {
      kernels.shift(close, toOpen, bars, 1)
      kernels.subtract(open, toOpen, toOpen, bars)
      kernels.rangeGap(high, low, toRange, bars)
    },
  }),
  indicator({
    name: 'insideOutside',
    doc: 'inside = 1 where the high is below the last one and the low above the last one, outside = 1 where the high is above and the low below, else 0.',
    inputs: ['high', 'low'],
    outputs: ['inside', 'outside'],
    warmup: () => 1,
    run: ({ kernels, inputs: [high, low], outputs: [inside, outside], bars }) => {
      kernels.rangeWithin(high, low, inside, bars, 1)
      kernels.rangeWithin(high, low, outside, bars, -1)
    },
  }),
  indicator({
    name: 'swings',
    doc: 'Last swing high and swing low: the last high above the `left` highs before it and the `right` after it, and likewise the low, from the bar on that has shown it, `right` later; highAgo and lowAgo: how many bars ago they were. With 2 and 2, the fractals of Williams.',
    source: 'Williams 1995',
    talib: 'FRACTAL',
    conventions: 'TA-Lib flags the bar that has shown one with 100.',
    inputs: ['high', 'low'],
    parameters: {
      left: length(2, { max: 10_000, doc: 'Bars before it that it exceeds.' }),
      right: length(2, { max: 10_000, doc: 'Bars after it that it exceeds, which is how late it is known.' }),
    },
    outputs: ['high', 'low', 'highAgo', 'lowAgo'],
    warmup: ({ left, right }) => left + right,
    late: true,
    run: ({ kernels, inputs: [high, low], outputs: [toHigh, toLow, highAgo, lowAgo], bars }, { left, right }) => {
      kernels.swings(high, toHigh, highAgo, bars, left, right, 1)
      kernels.swings(low, toLow, lowAgo, bars, left, right, -1)
    },
  }),
  indicator({
    name: 'zigzag',
    doc: 'Zigzag as it is known at each bar: a leg up ends where a low is `change` below its highest high, one down where a high is `change` above its lowest low; a bar that takes a leg further does not end it. turn = where the leg began, direction = 1 up or -1 down, extreme = its highest or lowest price so far.',
    conventions:
      'Charts draw a turn at the bar where it was, which nobody knew then: such a line changes afterwards (it repaints). That is zigzagLine.',
    inputs: ['high', 'low'],
    parameters: { change: number(0.05, 1e-6, 0.999, 'Fraction of the extreme that ends a leg.') },
    outputs: ['turn', 'direction', 'extreme'],
    warmup: () => 1,
    late: true,
    run: ({ kernels, inputs: [high, low], outputs: [turn, way, furthest], bars }, { change }) =>
      kernels.zigzag(high, low, turn, way, furthest, bars, change),
  }),
  indicator({
    name: 'zigzagLine',
    doc: 'The line that charts draw through the turns of zigzag, each at the bar where it was, the last leg up to its extreme so far. It repaints: without a `delay` later bars change it, and no strategy may read it. With one, the value is that of the line `delay` bars before, where the leg over that bar has ended by now, and NaN where it has not.',
    inputs: ['high', 'low'],
    parameters: {
      change: number(0.05, 1e-6, 0.999, 'Fraction of the extreme that ends a leg.'),
      delay: length(0, {
        min: 0,
        max: 1_000_000,
        doc: 'Bars after which the line is read; 0 is the line as it is drawn, for charts.',
      }),
    },
    warmup: ({ delay }) => delay,
    repaints: true,
    late: true,
    run: ({ kernels, inputs: [high, low], outputs: [dst], bars, column }, { change, delay }) =>
      kernels.zigzagLine(high, low, dst, bars, change, delay, column()),
  }),
  indicator({
    name: 'renko',
    doc: 'Renko bricks of one size, laid from the first value on: a brick as soon as the price is a size beyond the end of the last one, or a size beyond its beginning, the other way. price = the end of the last brick, direction = 1 up, -1 down, 0 none yet, bricks = how many this bar has laid, downwards as a negative number.',
    parameters: { size: number(1, 1e-9, 1e12, 'Height of a brick, in units of the source.') },
    outputs: ['direction', 'bricks', 'price'],
    warmup: () => 0,
    unscaled: true,
    run: ({ kernels, inputs: [src], outputs: [way, bricks, price], bars }, { size }) =>
      kernels.renko(src, price, way, bricks, bars, size),
  }),
] as const
