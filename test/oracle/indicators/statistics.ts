import * as plain from '../indicators.ts'
import type { Reference } from './reference.ts'

export const statistics: Record<string, Reference> = {
  stdev: ([x], { length, ddof }) => ({ value: plain.stdev(x, length, ddof) }),
  highest: ([x], { length }) => ({ value: plain.highest(x, length) }),
  lowest: ([x], { length }) => ({ value: plain.lowest(x, length) }),
}
