import { type IndicatorCall, indicator, length } from '../spec.ts'

/** length^2 times the covariances of two columns over windows: of a with b, of a with itself, of b with itself, in this order. */
function comoments({ kernels, bars, column, room }: IndicatorCall, a: number, b: number, length: number): number[] {
  const [ab, aa, bb] = [column(), column(), column()]
  kernels.windowMoments(a, b, ab, aa, bb, bars, length, room(10 * Math.min(length, bars)))
  return [ab, aa, bb]
}

export const RELATIONS = [
  indicator({
    name: 'covariance',
    doc: 'Covariance of source and other over the last `length` bars, divided by length - ddof.',
    inputs: ['source', 'other'],
    parameters: {
      length: length(20),
      ddof: { type: 'integer', default: 0, min: 0, max: 1, doc: 'What is taken from the length to divide by.' },
    },
    warmup: (values) => values.length - 1,
    refuse: ({ length, ddof }) =>
      length > ddof ? undefined : `length must be above ddof, found ${length} and ${ddof}`,
    run: (call, { length, ddof }) => {
      const [together] = comoments(call, call.inputs[0], call.inputs[1], length)
      call.kernels.affine(together, 1 / (length * (length - ddof)), 0, call.outputs[0], call.bars)
    },
  }),
  indicator({
    name: 'correlation',
    doc: "Pearson's correlation of source and other over the last `length` bars, -1 to 1; 0 where one of them does not vary.",
    talib: 'CORREL',
    inputs: ['source', 'other'],
    parameters: { length: length(30, { min: 2 }) },
    warmup: (values) => values.length - 1,
    run: (call, values) => {
      const [together, a, b] = comoments(call, call.inputs[0], call.inputs[1], values.length)
      call.kernels.correlate(together, a, b, call.outputs[0], call.bars)
    },
  }),
  indicator({
    name: 'hedgeRatio',
    doc: 'Slope of the least squares line of source over other of the last `length` bars: covariance / variance of other; 0 where that does not vary.',
    inputs: ['source', 'other'],
    parameters: { length: length(30, { min: 2 }) },
    warmup: (values) => values.length - 1,
    run: (call, values) => {
      const [together, , b] = comoments(call, call.inputs[0], call.inputs[1], values.length)
      call.kernels.divide(together, b, call.outputs[0], call.bars, 1, 0)
    },
  }),
  indicator({
    name: 'beta',
    doc: 'Beta: hedgeRatio of the rates of change of source over those of other, the last `length` of each.',
    talib: 'BETA',
    conventions: 'The first column of TA-Lib is other, the second one source.',
    inputs: ['source', 'other'],
    parameters: { length: length(60, { min: 2 }) },
    warmup: (values) => values.length,
    run: ({ kernels, inputs: [src, other], outputs: [dst], bars, column, compute }, values) => {
      const moves = column()
      const others = column()
      kernels.roc(src, moves, bars, 1, 1)
      kernels.roc(other, others, bars, 1, 1)
      compute('hedgeRatio', values, [moves, others], [dst])
    },
  }),
  indicator({
    name: 'linearAngle',
    doc: 'Angle of linearSlope in degrees: its arc tangent.',
    talib: 'LINEARREG_ANGLE',
    parameters: { length: length(14, { min: 2, max: 10_000 }) },
    warmup: (values) => values.length - 1,
    unscaled: true,
    run: ({ kernels, inputs, outputs: [dst], bars, compute }, values) => {
      compute('linearSlope', values, inputs, [dst])
      kernels.angle(dst, dst, bars)
    },
  }),
  indicator({
    name: 'rSquared',
    doc: 'How much of the variance of the last `length` values their least squares line has, 0 to 1; 0 where they do not vary.',
    parameters: { length: length(14, { min: 2, max: 10_000 }) },
    warmup: (values) => values.length - 1,
    run: (call, { length }) => {
      const { kernels, inputs, outputs, bars } = call
      const [dst] = outputs
      const places = call.column()
      kernels.countUp(places, bars)
      const [together, a, b] = comoments(call, inputs[0], places, length)
      kernels.correlate(together, a, b, dst, bars)
      kernels.multiply(dst, dst, dst, bars)
    },
  }),
  indicator({
    name: 'standardError',
    doc: 'Standard error of the least squares line through the last `length` values: the root of the sum of squares of their distances from it / (length - 2).',
    parameters: { length: length(14, { min: 3, max: 10_000 }) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column, compute }, { length }) => {
      const average = column()
      const slope = column()
      kernels.sma(src, average, bars, length)
      compute('linearSlope', { length }, [src], [slope])
      kernels.lineError(src, average, slope, dst, bars, length)
    },
  }),
] as const
