import { averageKind, averageOf, averageWarmup } from '../kinds.ts'
import { type IndicatorSpec, indicator, length, type NumberParameter, number } from '../spec.ts'

/** An average of one column over one length, which a kernel of its own makes. */
function average<const N extends 'sma' | 'ema' | 'wma' | 'rma'>(
  name: N,
  parameter: NumberParameter,
  words: { doc: string; source?: string; talib: string },
): IndicatorSpec<N, { length: NumberParameter }, 'value'> {
  return indicator({
    ...words,
    name,
    parameters: { length: parameter },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [src], outputs: [dst], bars }, values) => kernels[name](src, dst, bars, values.length),
  })
}

export const AVERAGES = [
  average('sma', length(20), {
    doc: 'Simple moving average: the exact mean of the last `length` values, rounded once.',
    talib: 'SMA',
  }),
  average('ema', length(20), {
    doc: 'Exponential moving average: average + (value - average) * 2 / (length + 1), begun with the mean of the first `length` values.',
    talib: 'EMA',
  }),
  average('wma', length(20, { max: 10_000 }), {
    doc: 'Weighted moving average: weights 1 to `length`, the last value the heaviest; exact, rounded once.',
    talib: 'WMA',
  }),
  average('rma', length(14), {
    doc: "Wilder's moving average: as ema with the weight 1 / length.",
    source: 'Wilder 1978',
    talib: 'RMA',
  }),
  indicator({
    name: 'dema',
    doc: 'Double exponential moving average: 2 * ema - ema of ema.',
    source: 'Mulloy 1994',
    talib: 'DEMA',
    parameters: { length: length(20) },
    warmup: (values) => 2 * (values.length - 1),
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, values) => {
      const once = column()
      const twice = column()
      kernels.emas(src, once, twice, dst, bars, values.length)
      kernels.weigh(once, 2, twice, -1, dst, bars)
    },
  }),
  indicator({
    name: 'tema',
    doc: 'Triple exponential moving average: 3 * ema - 3 * ema of ema + ema of ema of ema.',
    source: 'Mulloy 1994',
    talib: 'TEMA',
    parameters: { length: length(20) },
    warmup: (values) => 3 * (values.length - 1),
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, values) => {
      const once = column()
      const twice = column()
      const thrice = column()
      kernels.emas(src, once, twice, thrice, bars, values.length)
      kernels.weigh(once, 3, twice, -3, dst, bars)
      kernels.add(dst, thrice, dst, bars)
    },
  }),
  indicator({
    name: 'trima',
    doc: 'Triangular moving average: sma of sma, their lengths half of `length` each: (length + 1) / 2 twice, of an even one length / 2 and length / 2 + 1.',
    talib: 'TRIMA',
    parameters: { length: length(20) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column, compute }, values) => {
      const once = column()
      kernels.sma(src, once, bars, Math.ceil((values.length + 1) / 2))
      compute('sma', { length: Math.floor((values.length + 1) / 2) }, [once], [dst])
    },
  }),
  indicator({
    name: 'hma',
    doc: 'Hull moving average: wma over the root of `length` of 2 * wma(length / 2) - wma(length); halves and roots are cut to whole numbers.',
    source: 'Hull 2005',
    talib: 'HMA',
    parameters: { length: length(20, { min: 2, max: 10_000 }) },
    warmup: (values) => averageWarmup('hma', values.length),
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column, compute }, values) => {
      const quick = column()
      const calm = column()
      kernels.wma(src, quick, bars, Math.floor(values.length / 2))
      kernels.wma(src, calm, bars, values.length)
      kernels.weigh(quick, 2, calm, -1, quick, bars)
      compute('wma', { length: Math.floor(Math.sqrt(values.length)) }, [quick], [dst])
    },
  }),
  indicator({
    name: 'zlema',
    doc: 'Zero-lag exponential moving average: ema of 2 * value - the value (length - 1) / 2 before, cut to a whole number.',
    source: 'Ehlers and Way 2010',
    talib: 'ZLEMA',
    parameters: { length: length(20) },
    warmup: (values) => averageWarmup('zlema', values.length),
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column, compute }, values) => {
      const late = column()
      kernels.shift(src, late, bars, Math.floor((values.length - 1) / 2))
      kernels.weigh(src, 2, late, -1, late, bars)
      compute('ema', values, [late], [dst])
    },
  }),
  indicator({
    name: 't3',
    doc: "Tillson's T3: of six ema one of the other, c1 * sixth + c2 * fifth + c3 * fourth + c4 * third, with v = volume factor: c1 = -v^3, c2 = 3 v^2 + 3 v^3, c3 = -6 v^2 - 3 v - 3 v^3, c4 = 1 + 3 v + v^3 + 3 v^2.",
    source: 'Tillson 1998',
    talib: 'T3',
    parameters: {
      length: length(5),
      factor: number(0.7, 0, 1, 'How much it overshoots: 0 is an ema of ema of ema, 1 a dema three times.'),
    },
    warmup: (values) => 6 * (values.length - 1),
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, { length, factor: v }) => {
      const [third, fourth, fifth, sixth] = [column(), column(), column(), column()]
      kernels.emas(src, fourth, fifth, third, bars, length)
      const skip = Math.min(bars, 3 * (length - 1))
      for (const average of [fourth, fifth, sixth]) kernels.absent(average, skip)
      const [from, one, two, three] = [third, fourth, fifth, sixth].map((average) => average + skip * 8)
      kernels.emas(from, one, two, three, bars - skip, length)
      const square = v * v
      const cube = square * v
      kernels.weigh(sixth, -cube, fifth, 3 * (square + cube), dst, bars)
      kernels.weigh(dst, 1, fourth, -6 * square - 3 * (v + cube), dst, bars)
      kernels.weigh(dst, 1, third, 1 + 3 * v + cube + 3 * square, dst, bars)
    },
  }),
  indicator({
    name: 'kama',
    doc: "Kaufman's adaptive moving average: average + (value - average) * c^2, c between 2 / (slow + 1) and 2 / (fast + 1) by the efficiency ratio: |change over `length`| / the sum of the changes bar by bar (1 where nothing moved). Begun with the value before the first.",
    source: 'Kaufman 1995',
    talib: 'KAMA',
    conventions: 'TA-Lib has fast 2 and slow 30 without a choice; for a length of 1 it gives the values themselves.',
    parameters: { length: length(10), fast: length(2), slow: length(30) },
    warmup: (values) => values.length,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, { length, fast, slow }) => {
      const ratio = column()
      kernels.efficiency(src, ratio, bars, length, 1)
      kernels.kama(src, ratio, dst, bars, length, fast, slow)
    },
  }),
  indicator({
    name: 'vidya',
    doc: 'Variable index dynamic average: average + (value - average) * 2 / (length + 1) * |cmoPlain(length)| / 100, begun with the mean of the first `length` values.',
    source: 'Chande 1992',
    parameters: { length: length(14) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, values) => {
      const weight = column()
      kernels.cmoPlain(src, weight, bars, values.length)
      kernels.absolute(weight, 2 / (values.length + 1) / 100, weight, bars)
      kernels.smoothBy(src, weight, dst, bars, values.length)
    },
  }),
  indicator({
    name: 'mcginley',
    doc: "McGinley's dynamic: average + (value - average) / (factor * length * (value / average)^4), begun with the first value; the value itself where that would overshoot it.",
    source: 'McGinley 1997',
    conventions: 'Some take the factor 0.6, as McGinley did at first.',
    parameters: { length: length(10), factor: number(1, 0.01, 100, 'Slows it down; 0.6 or 1.') },
    warmup: () => 0,
    run: ({ kernels, inputs: [src], outputs: [dst], bars }, { length, factor }) =>
      kernels.mcginley(src, dst, bars, length, factor),
  }),
  indicator({
    name: 'alma',
    doc: 'Arnaud Legoux moving average: weights exp(-(i - offset * (length - 1))^2 / (2 * (length / sigma)^2)), i = 0 for the oldest, divided by their sum.',
    source: 'Legoux and Kouzis-Loukas 2009',
    conventions: 'pandas-ta counts the offset from the last value: its 0.85 is 0.15 here.',
    parameters: {
      length: length(10, { max: 10_000 }),
      offset: number(0.85, 0, 1, 'Where the largest weight stands: 0 the oldest value, 1 the last.'),
      sigma: number(6, 0.1, 100, 'How narrow the weights are.'),
    },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, { length, offset, sigma }) =>
      kernels.alma(src, dst, bars, length, offset, sigma, column()),
  }),
  indicator({
    name: 'vwma',
    doc: 'Volume-weighted moving average: sma of value * volume / sma of volume; NaN where no volume traded.',
    talib: 'VWMA',
    inputs: ['source', 'volume'],
    parameters: { length: length(20) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [src, volume], outputs: [dst], bars, column }, values) => {
      const money = column()
      const units = column()
      kernels.multiply(src, volume, money, bars)
      kernels.sma(money, dst, bars, values.length)
      kernels.sma(volume, units, bars, values.length)
      kernels.divide(dst, units, dst, bars, 1, Number.NaN)
    },
  }),
  indicator({
    name: 'ma',
    doc: 'A moving average of the kind that a parameter chooses.',
    talib: 'MA',
    parameters: { length: length(20, { min: 2, max: 10_000 }), kind: averageKind('sma', 'Which average.') },
    warmup: ({ kind, length }) => averageWarmup(kind, length),
    run: (call, { kind, length }) => averageOf(call, kind, length, call.inputs[0], call.outputs[0]),
  }),
  indicator({
    name: 'mavp',
    doc: 'Moving average with a length of each bar: that of `other`, cut to a whole number and kept between `least` and `most`.',
    talib: 'MAVP',
    inputs: ['source', 'other'],
    parameters: {
      least: length(2, { min: 2, max: 1000, doc: 'Shortest length, bars.' }),
      most: length(30, { min: 2, max: 1000, doc: 'Longest length, bars.' }),
      kind: averageKind('sma', 'Which average.'),
    },
    warmup: ({ most, kind }) => averageWarmup(kind, most),
    refuse: ({ least, most }) =>
      least <= most ? undefined : `least must not be above most, found ${least} and ${most}`,
    run: (call, { least, most, kind }) => {
      const { kernels, inputs, outputs, bars } = call
      const average = call.column()
      const warmup = Math.min(bars, averageWarmup(kind, most))
      kernels.absent(outputs[0], warmup)
      const rest = warmup * 8
      let found = 0
      for (let period = least; period <= most && found < bars - warmup; period++) {
        averageOf(call, kind, period, inputs[0], average)
        const args = [bars - warmup, period, least, most] as const
        found += kernels.pickPeriod(average + rest, inputs[1] + rest, outputs[0] + rest, ...args)
      }
    },
  }),
  indicator({
    name: 'midpoint',
    doc: '(highest + lowest) / 2 of the last `length` values.',
    talib: 'MIDPOINT',
    parameters: { length: length(14) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, values) => {
      const low = column()
      kernels.highest(src, dst, bars, values.length, column())
      kernels.lowest(src, low, bars, values.length, column())
      kernels.weigh(dst, 0.5, low, 0.5, dst, bars)
    },
  }),
  indicator({
    name: 'midprice',
    doc: '(highest high + lowest low) / 2 of the last `length` bars.',
    talib: 'MIDPRICE',
    inputs: ['high', 'low'],
    parameters: { length: length(14) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [high, low], outputs: [dst], bars, column }, values) => {
      const bottom = column()
      kernels.highest(high, dst, bars, values.length, column())
      kernels.lowest(low, bottom, bars, values.length, column())
      kernels.weigh(dst, 0.5, bottom, 0.5, dst, bars)
    },
  }),
] as const
