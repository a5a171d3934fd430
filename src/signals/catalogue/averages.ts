import { type IndicatorSpec, indicator, length, type NumberParameter } from '../spec.ts'

/** An average of one column over one length, which a kernel of its own makes. */
function average<const N extends 'sma' | 'ema' | 'wma' | 'rma'>(
  name: N,
  parameter: NumberParameter,
  words: { doc: string; source?: string; talib?: string; conventions?: string },
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
] as const
