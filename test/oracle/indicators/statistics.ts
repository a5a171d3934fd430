import * as plain from '../indicators.ts'
import { line, percentRank } from './momentum.ts'
import { type Reference, sum, windows, zip } from './reference.ts'

export const statistics: Record<string, Reference> = {
  stdev: ([x], { length, ddof }) => ({ value: plain.stdev(x, length, ddof) }),
  sum: ([x], { length }) => ({ value: windows(x, length, sum) }),
  highest: ([x], { length }) => ({ value: plain.highest(x, length) }),
  lowest: ([x], { length }) => ({ value: plain.lowest(x, length) }),
  percentRank: ([x], { length }) => ({ value: percentRank(x, length) }),
  lsma: ([x], { length }) => ({ value: line(x, length).end }),
  linearIntercept: ([x], { length }) => ({ value: line(x, length).first }),
  linearSlope: ([x], { length }) => ({ value: line(x, length).slope }),
  forecast: ([x], { length }) => {
    const { end, slope } = line(x, length)
    return { value: zip((a, b) => a + b, end, slope) }
  },
}
