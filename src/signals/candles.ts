import { type IndicatorCall, type IndicatorSpec, indicator, type NumberParameter, number } from './spec.ts'

const BAR = ['open', 'high', 'low', 'close'] as const

const SCALE =
  ' 100 where it speaks for higher prices, -100 for lower ones, else 0. Long, short, near and equal are by averages of the bars before, with the settings of TA-Lib.'

/** What bars are measured by: means of 10 bodies, of 10 ranges, of 10 pairs of shadows and of 5 ranges. */
function measures({
  kernels,
  inputs: [open, high, low, close],
  bars,
  column,
}: IndicatorCall): [number, number, number, number] {
  const work = column()
  const range = column()
  const average = (src: number, length: number) => {
    const dst = column()
    kernels.sma(src, dst, bars, length)
    return dst
  }
  kernels.subtract(close, open, work, bars)
  kernels.absolute(work, 1, work, bars)
  kernels.subtract(high, low, range, bars)
  const bodies = average(work, 10)
  kernels.subtract(range, work, work, bars)
  return [bodies, average(range, 10), average(work, 10), average(range, 5)]
}

function run(call: IndicatorCall, first: number, code: number, share: number): void {
  const { kernels, inputs, outputs, bars } = call
  const [open, high, low, close] = inputs
  kernels.candlePattern(open, high, low, close, ...measures(call), outputs[0], bars, first, code, share)
}

/** A candlestick pattern by its number in the kernels, with TA-Lib's name (without CDL) and the bars without a value. */
export function pattern<const N extends string>(
  code: number,
  name: N,
  talib: string,
  first: number,
  doc: string,
): IndicatorSpec<N, Record<never, never>, 'value'> {
  return indicator({
    name,
    doc: `Candlestick pattern: ${doc}.${SCALE}`,
    talib: `CDL${talib}`,
    inputs: BAR,
    warmup: () => first,
    run: (call) => run(call, first, code, 0),
  })
}

/** One with a depth of one's own. */
export function deepPattern<const N extends string>(
  code: number,
  name: N,
  talib: string,
  first: number,
  share: number,
  doc: string,
): IndicatorSpec<N, { penetration: NumberParameter }, 'value'> {
  return indicator({
    name,
    doc: `Candlestick pattern: ${doc}.${SCALE}`,
    talib: `CDL${talib}`,
    inputs: BAR,
    parameters: { penetration: number(share, 0, 100, 'How deep it must be, as a fraction of the first body.') },
    warmup: () => first,
    run: (call, { penetration }) => run(call, first, code, penetration),
  })
}

/** The two patterns that a later bar confirms. */
export function hikkake<const N extends string>(
  name: N,
  talib: string,
  first: number,
  modified: number,
  doc: string,
): IndicatorSpec<N, Record<never, never>, 'value'> {
  return indicator({
    name,
    doc: `Candlestick pattern: a bar within the one before${doc}, and a break out of it, taken for a false one: 100 down, -100 up; 200 or -200 where a close within three bars is beyond the other end of that bar. Else 0.`,
    source: 'Chesler 2004',
    talib: `CDL${talib}`,
    inputs: BAR,
    warmup: () => first,
    run: (call) => {
      const { kernels, inputs, outputs, bars, column } = call
      const [open, high, low, close] = inputs
      const range = column()
      const average = column()
      kernels.subtract(high, low, range, bars)
      kernels.sma(range, average, bars, 5)
      kernels.hikkake(open, high, low, close, average, outputs[0], bars, first, modified)
    },
  })
}
