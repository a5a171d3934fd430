import { DATA_START, MARKET_DAYS } from '../periods.ts'
import { choice, type IndicatorCall, indicator, length, number, PERIOD_NAMES, type PeriodName, text } from '../spec.ts'

const BARS = ['high', 'low', 'close', 'volume', 'period'] as const

const PERIODS = {
  period: choice('session', PERIOD_NAMES, 'What begins anew: a session, a day, a week from Monday on, a month.'),
  days: text(
    MARKET_DAYS,
    `By whose clock: '${MARKET_DAYS}' (the calendar that it was given, else UTC), a calendar like 'NYSE', or a time zone.`,
  ),
}

const cut = ({ period, days }: { period: PeriodName; days: string }) => ({ every: period, days })

const width = number(1, 0, 1000, 'Standard deviations from the average to a band.')

/** Of the bars of one period after another. */
function runVwap({ kernels, inputs, outputs, bars, column }: IndicatorCall, values: { readonly width: number }): void {
  const [high, low, close, volume, period] = inputs
  const [dst, upper, lower] = outputs
  const price = column()
  kernels.typicalPrice(high, low, close, price, bars)
  kernels.periodVwap(price, volume, period, dst, upper, lower, bars, values.width)
}

export const PIVOT_KINDS = ['classic', 'fibonacci', 'camarilla', 'woodie', 'demark'] as const

export const SESSIONS = [
  indicator({
    name: 'vwap',
    doc: 'Volume-weighted average price of the period so far: sum of typicalPrice * volume / sum of volume; upper and lower = value +- width * the deviation of the prices from it, weighted alike. NaN until something has traded in the period.',
    source: 'Berkowitz, Logue and Noser 1988',
    conventions:
      'pandas-ta cuts days at the midnights of the index; it has no bands. Bars outside of all sessions have none here.',
    inputs: BARS,
    parameters: { ...PERIODS, width },
    outputs: ['value', 'upper', 'lower'],
    warmup: () => 0,
    periods: cut,
    run: runVwap,
  }),
  indicator({
    name: 'anchoredVwap',
    doc: 'Volume-weighted average price from a time on: as vwap, begun with the first bar that starts at or after `anchor`; NaN before it.',
    talib: 'VWAP',
    inputs: BARS,
    parameters: {
      anchor: text(
        DATA_START,
        `ISO 8601, UTC where it names no zone: '2024-01-31T14:30'; '${DATA_START}' is the first bar.`,
      ),
      width,
    },
    outputs: ['value', 'upper', 'lower'],
    warmup: () => 0,
    periods: ({ anchor }) => ({ anchor }),
    run: runVwap,
  }),
  indicator({
    name: 'periodPrices',
    doc: 'Open, high and low of the period so far, and open, high, low and close of the last period in which there were bars.',
    inputs: ['open', 'high', 'low', 'close', 'period'],
    parameters: PERIODS,
    outputs: ['open', 'high', 'low', 'lastOpen', 'lastHigh', 'lastLow', 'lastClose'],
    warmup: (_, output) => (output.startsWith('last') ? 1 : 0),
    late: true,
    periods: cut,
    run: ({ kernels, inputs, outputs, bars }) => {
      const [open, high, low, close, period] = inputs
      const [toOpen, toHigh, toLow, lastOpen, lastHigh, lastLow, lastClose] = outputs
      kernels.periodSoFar(open, high, low, period, toOpen, toHigh, toLow, bars)
      kernels.periodBefore(toOpen, period, lastOpen, bars)
      kernels.periodBefore(toHigh, period, lastHigh, bars)
      kernels.periodBefore(toLow, period, lastLow, bars)
      kernels.periodBefore(close, period, lastClose, bars)
    },
  }),
  indicator({
    name: 'pivots',
    doc: 'Pivot levels of the last period, from its open O, high H, low L and close C, with R = H - L. P = (H + L + C) / 3. classic: r1 = 2P - L, r2 = P + R, r3 = H + 2(P - L), r4 = H + 3(P - L); fibonacci: P + 0.382R, 0.618R, R; camarilla: C + 1.1R / 12, / 6, / 4, / 2; woodie: P = (H + L + 2 * open of this period) / 4, r1 and r2 as classic, r3 = H + 2(P - L), r4 = r3 + R; demark: P = X / 4, r1 = X / 2 - L, X = 2H + L + C where it rose, H + 2L + C where it fell, else H + L + 2C. s1 to s4 lie below in the same way. What a kind lacks is NaN.',
    source: 'Person 2004; Stott 1989 (camarilla); DeMark 1994',
    conventions:
      "Woodie's is also made with the last close in place of the open. TradingView calls classic Traditional, and r3 = P + 2R Classic.",
    inputs: ['open', 'high', 'low', 'close', 'period'],
    parameters: { kind: choice('classic', PIVOT_KINDS, 'Whose levels.'), ...PERIODS },
    outputs: ['pivot', 'r1', 'r2', 'r3', 'r4', 's1', 's2', 's3', 's4'],
    warmup: () => 1,
    late: true,
    periods: cut,
    run: ({ kernels, inputs, outputs, bars, column, compute }, { kind }) => {
      const [open, high, low, close, period] = inputs
      const columns = Array.from({ length: 7 }, column)
      // As it stands in the catalogue, without another look at the times.
      compute('periodPrices', {}, [open, high, low, close, period], columns)
      const [now, , , lastOpen, lastHigh, lastLow, lastClose] = columns
      const [pivot, r1, r2, r3, r4, s1, s2, s3, s4] = outputs
      const code = PIVOT_KINDS.indexOf(kind)
      kernels.pivotMiddle(now, lastOpen, lastHigh, lastLow, lastClose, pivot, bars, code)
      ;[r1, r2, r3, r4].forEach((dst, i) => {
        kernels.pivotLevel(pivot, lastHigh, lastLow, lastClose, dst, bars, code, i + 1, 1)
      })
      ;[s1, s2, s3, s4].forEach((dst, i) => {
        kernels.pivotLevel(pivot, lastHigh, lastLow, lastClose, dst, bars, code, i + 1, -1)
      })
    },
  }),
  indicator({
    name: 'volumeProfile',
    doc: 'Volume by price, of the period so far and of the last one in which something traded: poc = the middle of the row with the most volume, high and low = the edges of the value area, which holds `share` of it: from that row on, each time the larger of the rows next to it. The volume of a bar lies evenly between its low and high. Rows are as high as the smallest power of two (..., 0.25, 0.5, 1, 2, ...) with which at most `bins` of them, from multiples of it, hold all prices; no edge lies beyond these. Rows that differ by less than a billionth of the volume are equal: of these the lowest is the first, and the one above comes before the one below.',
    source: 'Steidlmayer 1984',
    conventions: 'Others take rows of one tick or a fixed number of them, and add two rows at a time.',
    inputs: ['high', 'low', 'volume', 'period'],
    parameters: {
      bins: length(24, {
        min: 2,
        max: 1000,
        doc: 'Rows at most; at least half as many where prices have moved by some.',
      }),
      share: number(0.7, 0, 1, 'Fraction of the volume that the value area holds.'),
      ...PERIODS,
    },
    outputs: ['poc', 'high', 'low', 'lastPoc', 'lastHigh', 'lastLow'],
    warmup: (_, output) => (output.startsWith('last') ? 1 : 0),
    late: true,
    periods: cut,
    run: ({ kernels, inputs, outputs, bars, room }, { bins, share }) => {
      const [high, low, volume, period] = inputs
      const [poc, top, bottom, lastPoc, lastTop, lastBottom] = outputs
      kernels.volumeProfile(high, low, volume, period, poc, top, bottom, bars, bins, share, room(2 * bins))
      kernels.periodBefore(poc, period, lastPoc, bars)
      kernels.periodBefore(top, period, lastTop, bars)
      kernels.periodBefore(bottom, period, lastBottom, bars)
    },
  }),
] as const
