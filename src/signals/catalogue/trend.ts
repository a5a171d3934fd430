import { indicator, length, number } from '../spec.ts'

const acceleration = (value: number, doc: string) => number(value, 0, 10, doc)

export const TREND = [
  indicator({
    name: 'aroon',
    doc: 'Aroon, 0 to 100: 100 * (length - bars since the highest high (up) or the lowest low (down) of the last length + 1 bars) / length, the last of equals; oscillator = up - down.',
    source: 'Chande 1995',
    talib: 'AROON',
    inputs: ['high', 'low'],
    parameters: { length: length(14) },
    outputs: ['up', 'down', 'oscillator'],
    warmup: (values) => values.length,
    run: ({ kernels, inputs: [high, low], outputs: [up, down, oscillator], bars, column }, values) => {
      const queue = column()
      kernels.barsSinceExtreme(high, up, bars, values.length + 1, 1, queue)
      kernels.barsSinceExtreme(low, down, bars, values.length + 1, -1, queue)
      for (const side of [up, down]) {
        kernels.affine(side, -1, values.length, side, bars)
        kernels.affine(side, 100 / values.length, 0, side, bars)
      }
      kernels.subtract(up, down, oscillator, bars)
    },
  }),
  indicator({
    name: 'vortex',
    doc: 'Vortex: plus = the sum of |high - last low|, minus = the sum of |low - last high|, each / the sum of trueRange, of the last `length` bars; NaN where nothing moved.',
    source: 'Botes and Siepman 2010',
    talib: 'VORTEX',
    inputs: ['high', 'low', 'close'],
    parameters: { length: length(14) },
    outputs: ['plus', 'minus'],
    warmup: (values) => values.length,
    run: ({ kernels, inputs: [high, low, close], outputs: [plus, minus], bars, column, compute }, values) => {
      const moves = column()
      const ranges = column()
      kernels.trueRange(high, low, close, moves, bars)
      kernels.absent(moves, Math.min(bars, 1))
      compute('sma', values, [moves], [ranges])
      kernels.distanceToLast(high, low, moves, bars)
      compute('sma', values, [moves], [plus])
      kernels.distanceToLast(low, high, moves, bars)
      compute('sma', values, [moves], [minus])
      kernels.divide(plus, ranges, plus, bars, 1, Number.NaN)
      kernels.divide(minus, ranges, minus, bars, 1, Number.NaN)
    },
  }),
  indicator({
    name: 'dmi',
    doc: 'Directional movement: plus = 100 * rma of the movement up / rma of trueRange, minus = the same down; plusDM and minusDM = length * these rma of movement; dx = 100 * |plus - minus| / (plus + minus), 0 where there is no movement.',
    source: 'Wilder 1978',
    talib: 'PLUS_DI, MINUS_DI, PLUS_DM, MINUS_DM, DX',
    conventions: 'TA-Lib begins its sums with one bar less; both agree once that is forgotten.',
    inputs: ['high', 'low', 'close'],
    parameters: { length: length(14) },
    outputs: ['plus', 'minus', 'plusDM', 'minusDM', 'dx'],
    warmup: (values) => values.length,
    run: (call, values) => {
      const { kernels, inputs, outputs, bars, column, compute } = call
      const [high, low, close] = inputs
      const [plus, minus, plusDM, minusDM, dx] = outputs
      const moves = column()
      const range = column()
      kernels.trueRange(high, low, close, moves, bars)
      kernels.absent(moves, Math.min(bars, 1))
      compute('rma', values, [moves], [range])
      kernels.directionalMovement(high, low, plus, minus, bars)
      for (const [share, sum] of [
        [plus, plusDM],
        [minus, minusDM],
      ]) {
        compute('rma', values, [share], [sum])
        kernels.divide(sum, range, share, bars, 100, 0)
        kernels.affine(sum, values.length, 0, sum, bars)
      }
      kernels.subtract(plus, minus, dx, bars)
      kernels.absolute(dx, 1, dx, bars)
      kernels.add(plus, minus, moves, bars)
      kernels.divide(dx, moves, dx, bars, 100, 0)
    },
  }),
  indicator({
    name: 'adx',
    doc: 'Average directional index, 0 to 100: adx = rma of the dx of dmi; rating (adxr) = the mean of it and of the one length - 1 bars back.',
    source: 'Wilder 1978',
    talib: 'ADX, ADXR',
    conventions: 'TA-Lib begins its sums with one bar less; both agree once that is forgotten.',
    inputs: ['high', 'low', 'close'],
    parameters: { length: length(14) },
    outputs: ['adx', 'rating'],
    warmup: ({ length }, output) => 2 * length - 1 + (output === 'rating' ? length - 1 : 0),
    run: ({ kernels, inputs, outputs: [adx, rating], bars, column, compute }, { length }) => {
      const dx = column()
      compute('dmi', { length }, inputs, [column(), column(), column(), column(), dx])
      compute('rma', { length }, [dx], [adx])
      kernels.shift(adx, rating, bars, length - 1)
      kernels.weigh(adx, 0.5, rating, 0.5, rating, bars)
    },
  }),
  indicator({
    name: 'sar',
    doc: 'Parabolic stop and reverse: the stop that holds for the bar. It begins long, or short where the second bar goes further down than up, at the far end of the first bar; it moves by the acceleration times its distance to the furthest price of the trend, never into the last two bars, and turns where a bar touches it. The acceleration grows by `step` with each new furthest price, up to `most`.',
    source: 'Wilder 1978',
    talib: 'SAR',
    inputs: ['high', 'low'],
    parameters: {
      step: acceleration(0.02, 'What the acceleration begins with and grows by.'),
      most: acceleration(0.2, 'Where it ends.'),
    },
    warmup: () => 1,
    refuse: ({ step, most }) => (step <= most ? undefined : `step must not be above most, found ${step} and ${most}`),
    run: ({ kernels, inputs: [high, low], outputs: [dst], bars }, { step, most }) =>
      kernels.parabolic(high, low, dst, bars, 0, 0, step, step, most, step, step, most, 1),
  }),
  indicator({
    name: 'sarExt',
    doc: 'As sar with all that can be chosen; negative where it is short.',
    talib: 'SAREXT',
    unscaled: true,
    inputs: ['high', 'low'],
    parameters: {
      start: number(0, -1e12, 1e12, 'Above 0: begins long with this stop; below: short with its size; 0: as sar.'),
      reverse: number(0, 0, 10, 'Fraction of the stop that it is moved away by where it turns.'),
      beginLong: acceleration(0.02, 'Acceleration that a long trend begins with.'),
      stepLong: acceleration(0.02, 'What it grows by.'),
      mostLong: acceleration(0.2, 'Where it ends.'),
      beginShort: acceleration(0.02, 'Acceleration that a short trend begins with.'),
      stepShort: acceleration(0.02, 'What it grows by.'),
      mostShort: acceleration(0.2, 'Where it ends.'),
    },
    warmup: () => 1,
    refuse: (values) =>
      values.beginLong <= values.mostLong && values.beginShort <= values.mostShort
        ? undefined
        : 'an acceleration must not begin above where it ends',
    run: ({ kernels, inputs: [high, low], outputs: [dst], bars }, values) => {
      const { start, reverse, beginLong, stepLong, mostLong, beginShort, stepShort, mostShort } = values
      const long = [beginLong, stepLong, mostLong] as const
      kernels.parabolic(high, low, dst, bars, start, reverse, ...long, beginShort, stepShort, mostShort, -1)
    },
  }),
  indicator({
    name: 'superTrend',
    doc: 'SuperTrend: the band (high + low) / 2 -+ width * atr on the other side of the trend, which goes only towards the price until a close is beyond it; direction = 1 (long) or -1. It begins long and turns where a close is beyond the band.',
    source: 'Seban 2008',
    talib: 'SUPERTREND',
    conventions: 'Where atr differs (see there), so does it.',
    inputs: ['high', 'low', 'close'],
    parameters: { length: length(10), width: number(3, 0, 1000, 'Average true ranges from the middle to a band.') },
    outputs: ['value', 'direction'],
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs, outputs: [dst, direction], bars, column, compute }, { length, width }) => {
      const [high, low, close] = inputs
      const range = column()
      compute('atr', { length }, inputs, [range])
      kernels.superTrend(high, low, close, range, dst, direction, bars, width)
    },
  }),
  indicator({
    name: 'ichimoku',
    doc: 'Ichimoku: conversion, base = the middle between the highest high and the lowest low of so many bars; spanA = the mean of both and spanB = the middle of `span` bars, as they are drawn at this bar: those of `shift` bars back. lagging = the close `shift` bars back, which the lagging line, this close drawn there, is compared with. No line reads a later bar.',
    source: 'Hosoda 1969',
    conventions: 'Charts often shift by one bar less (25): give shift 25.',
    inputs: ['high', 'low', 'close'],
    parameters: { conversion: length(9), base: length(26), span: length(52), shift: length(26) },
    outputs: ['conversion', 'base', 'spanA', 'spanB', 'lagging'],
    warmup: ({ conversion, base, span, shift }, output) =>
      ({
        conversion: conversion - 1,
        base: base - 1,
        spanA: Math.max(conversion, base) - 1 + shift,
        spanB: span - 1 + shift,
        lagging: shift,
      })[output],
    run: ({ kernels, inputs, outputs, bars, column, compute }, values) => {
      const [high, low, close] = inputs
      const [conversion, base, spanA, spanB, lagging] = outputs
      const middle = column()
      compute('midprice', { length: values.conversion }, [high, low], [conversion])
      compute('midprice', { length: values.base }, [high, low], [base])
      kernels.weigh(conversion, 0.5, base, 0.5, middle, bars)
      kernels.shift(middle, spanA, bars, values.shift)
      compute('midprice', { length: values.span }, [high, low], [middle])
      kernels.shift(middle, spanB, bars, values.shift)
      kernels.shift(close, lagging, bars, values.shift)
    },
  }),
  indicator({
    name: 'chandelier',
    doc: 'Chandelier exit: long = highest high - width * atr, short = lowest low + width * atr, all of `length` bars.',
    source: 'LeBeau 1999',
    inputs: ['high', 'low', 'close'],
    parameters: { length: length(22), width: number(3, 0, 1000, 'Average true ranges from the extreme.') },
    outputs: ['long', 'short'],
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs, outputs: [long, short], bars, column, compute }, { length, width }) => {
      const [high, low] = inputs
      const range = column()
      const window = column()
      compute('atr', { length }, inputs, [range])
      kernels.highest(high, long, bars, length, window)
      kernels.lowest(low, short, bars, length, window)
      kernels.weigh(long, 1, range, -width, long, bars)
      kernels.weigh(short, 1, range, width, short, bars)
    },
  }),
  indicator({
    name: 'choppiness',
    doc: 'Choppiness: 100 * log10(the sum of trueRange / (highest high - lowest low)) / log10(length), of the last `length` bars; NaN where the price stands still.',
    source: 'Dreiss 1993',
    inputs: ['high', 'low', 'close'],
    parameters: { length: length(14, { min: 2 }) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [high, low, close], outputs: [dst], bars, column }, { length }) => {
      const range = column()
      const top = column()
      const bottom = column()
      kernels.trueRange(high, low, close, dst, bars)
      kernels.sma(dst, range, bars, length)
      kernels.highest(high, top, bars, length, column())
      kernels.lowest(low, bottom, bars, length, column())
      kernels.choppiness(range, top, bottom, dst, bars, length)
    },
  }),
  indicator({
    name: 'vhf',
    doc: 'Vertical horizontal filter: (highest - lowest of the last `length` values) / the sum of their `length` changes bar by bar; NaN where nothing moved.',
    source: 'White 1991',
    talib: 'VHF',
    parameters: { length: length(28) },
    warmup: (values) => values.length,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column, compute }, { length }) => {
      const moves = column()
      const way = column()
      kernels.change(src, dst, bars, 1)
      kernels.absolute(dst, 1, moves, bars)
      compute('sma', { length }, [moves], [way])
      kernels.affine(way, length, 0, way, bars)
      const window = column()
      kernels.highest(src, dst, bars, length, window)
      kernels.lowest(src, moves, bars, length, window)
      kernels.subtract(dst, moves, dst, bars)
      kernels.divide(dst, way, dst, bars, 1, Number.NaN)
    },
  }),
] as const
