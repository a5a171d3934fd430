import { choice, type IndicatorCall } from './spec.ts'

/** Averages that others may be made with, by a parameter. Each has one length. */
export const AVERAGE_KINDS = [
  'sma',
  'ema',
  'wma',
  'rma',
  'dema',
  'tema',
  'trima',
  'kama',
  'hma',
  'zlema',
  't3',
] as const

export type AverageKind = (typeof AVERAGE_KINDS)[number]

/** The parameter that chooses one. */
export function averageKind(value: AverageKind, doc = 'Which average it is smoothed with.') {
  return choice(value, AVERAGE_KINDS, doc)
}

/** Own bars before the first value of an average. */
export function averageWarmup(kind: AverageKind, length: number): number {
  const once = length - 1
  switch (kind) {
    case 'dema':
      return 2 * once
    case 'tema':
      return 3 * once
    case 't3':
      return 6 * once
    case 'kama':
      return length
    case 'hma':
      return once + Math.floor(Math.sqrt(length)) - 1
    case 'zlema':
      return once + Math.floor(once / 2)
    default:
      return once
  }
}

/** An average of a column of the call; the column may begin with NaN. */
export function averageOf(call: IndicatorCall, kind: AverageKind, length: number, src: number, dst: number): void {
  call.compute(kind, { length }, [src], [dst])
}
