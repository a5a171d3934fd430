import { type IndicatorCall, type IndicatorSpec, indicator, type NumberParameter, number } from './spec.ts'

const BAR = ['open', 'high', 'low', 'close'] as const

const SCALE =
  ' 100 where it speaks for higher prices, -100 for lower ones, else 0. Long, short, near and equal are by averages of the bars before, with the settings of TA-Lib.'

/** The patterns, by number, that ask for the mean body (long, short), range (doji), shadows (short ones) or short range (near, far, equal). */
const MEASURED = {
  bodies: numbers('0-1 5 7-8 10-11 20-22 24-32 34-41 43-48 51-53 57-58 73 75-76'),
  ranges: numbers('0-4 6 8-9 12-14 22 24-25 27 30-32 36-37 43-45 47-48 50-53 56 70 72 74'),
  shadows: numbers('7 10 46'),
  shortRanges: numbers('9 20 24-25 29 33-34 36 38 44 46 49-50 53-55 71'),
}

/** Numbers, and ranges of them with both ends. */
function numbers(text: string): ReadonlySet<number> {
  const ranges = text.split(' ').map((part) => part.split('-').map(Number))
  return new Set(ranges.flatMap(([from, to = from]) => Array.from({ length: to - from + 1 }, (_, i) => from + i)))
}

/** What the bars of a pattern are measured by: means of 10 bodies, of 10 ranges, of 10 pairs of shadows and of 5 ranges; 0 for what it does not ask for. */
function measures(
  { kernels, inputs: [open, high, low, close], bars, column }: IndicatorCall,
  code: number,
): [number, number, number, number] {
  const [bodies, ranges, shadows, shortRanges] = Object.values(MEASURED).map((of) => of.has(code))
  const [work, range] = [column(), column()]
  const average = (asked: boolean, src: number, length: number) => {
    if (!asked) return 0
    const dst = column()
    kernels.sma(src, dst, bars, length)
    return dst
  }
  if (ranges || shadows || shortRanges) kernels.subtract(high, low, range, bars)
  if (bodies || shadows) {
    kernels.subtract(close, open, work, bars)
    kernels.absolute(work, 1, work, bars)
  }
  const body = average(bodies, work, 10)
  if (shadows) kernels.subtract(range, work, work, bars)
  return [body, average(ranges, range, 10), average(shadows, work, 10), average(shortRanges, range, 5)]
}

function run(call: IndicatorCall, first: number, code: number, share: number): void {
  const { kernels, inputs, outputs, bars } = call
  const [open, high, low, close] = inputs
  kernels.candlePattern(open, high, low, close, ...measures(call, code), outputs[0], bars, first, code, share)
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
