import { type IndicatorSpec, indicator, length, type NumberParameter } from '../spec.ts'

function extreme<const N extends 'highest' | 'lowest'>(
  name: N,
  talib: string,
): IndicatorSpec<N, { length: NumberParameter }, 'value'> {
  return indicator({
    name,
    doc: `${name === 'highest' ? 'Highest' : 'Lowest'} of the last \`length\` values.`,
    talib,
    parameters: { length: length(20) },
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs: [src], outputs: [dst], bars, column }, values) =>
      kernels[name](src, dst, bars, values.length, column()),
  })
}

export const STATISTICS = [
  indicator({
    name: 'stdev',
    doc: 'Standard deviation of the last `length` values: of a population (ddof 0) or of a sample (ddof 1).',
    talib: 'STDDEV',
    parameters: {
      length: length(20),
      ddof: { type: 'integer', default: 0, min: 0, max: 1, doc: 'What is taken from the length to divide by.' },
    },
    warmup: (values) => values.length - 1,
    refuse: ({ length, ddof }) =>
      length > ddof ? undefined : `length must be above ddof, found ${length} and ${ddof}`,
    run: ({ kernels, inputs: [src], outputs: [dst], bars }, { length, ddof }) =>
      kernels.stdev(src, dst, bars, length, ddof),
  }),
  extreme('highest', 'MAX'),
  extreme('lowest', 'MIN'),
] as const
