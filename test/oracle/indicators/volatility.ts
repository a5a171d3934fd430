import * as plain from '../indicators.ts'
import { type Reference, zip } from './reference.ts'

export const volatility: Record<string, Reference> = {
  trueRange: ([high, low, close]) => ({ value: plain.trueRange(high, low, close) }),
  atr: ([high, low, close], { length }) => ({ value: plain.atr(high, low, close, length) }),
  bollinger: ([x], { length, width }) => {
    const middle = plain.sma(x, length)
    const deviation = plain.stdev(x, length, 0)
    return {
      upper: zip((m, d) => m + width * d, middle, deviation),
      middle,
      lower: zip((m, d) => m - width * d, middle, deviation),
    }
  },
}
