import * as plain from '../indicators.ts'
import type { Reference } from './reference.ts'

export const momentum: Record<string, Reference> = {
  rsi: ([x], { length }) => ({ value: plain.rsi(x, length) }),
  roc: ([x], { length }) => ({ value: plain.roc(x, length) }),
  macd: ([x], { fast, slow, smooth }) => plain.macd(x, fast, slow, smooth),
}
