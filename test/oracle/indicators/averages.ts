import * as plain from '../indicators.ts'
import type { Reference } from './reference.ts'

export const averages: Record<string, Reference> = {
  sma: ([x], { length }) => ({ value: plain.sma(x, length) }),
  ema: ([x], { length }) => ({ value: plain.ema(x, length) }),
  wma: ([x], { length }) => ({ value: plain.wma(x, length) }),
  rma: ([x], { length }) => ({ value: plain.rma(x, length) }),
}
