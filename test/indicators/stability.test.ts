/**
 * After a million bars an indicator is what it is on the last ones alone: neither sums nor averages drift, and nothing that has left comes
 * back. `STABILITY_BARS=10000000 npx vitest run test/indicators/stability.test.ts` asks the same after ten million.
 */
import { afterAll, describe, expect, it } from 'vitest'
import { getEngine } from '../../src/kernel/load.ts'
import { findIndicator, INDICATORS, indicatorValues } from '../../src/signals/catalogue.ts'
import { columnRunner } from '../../src/signals/compute.ts'
import { REFERENCES } from '../oracle/indicators/all.ts'
import { stream } from './columns.ts'

/** Whole periods of 390 bars. */
const PERIOD = 390
const BARS = Math.floor(Number(process.env.STABILITY_BARS ?? 1_000_000) / PERIOD) * PERIOD
/** So many bars are enough to forget all before: of the slowest average, 2 / 31 of each bar counts. */
const TAIL = 4 * PERIOD
const LAST = 60

const engine = getEngine()
const { arena } = engine
const at = Object.fromEntries(
  ['open', 'high', 'low', 'close', 'volume', 'period'].map((name) => [name, arena.allocate(BARS * 8, name)]),
)
const column = (name: string) => arena.f64(at[name], BARS)
const outputs = Array.from({ length: 9 }, () => arena.allocate(BARS * 8, 'an output'))
const runner = columnRunner(engine, BARS)

/** Cents between 50 and 150, with flat stretches and bars without volume. */
function fill(): void {
  const random = stream(2026)
  const [open, high, low, close, volume, period] = Object.keys(at).map(column)
  let price = 10_000
  let flat = 0
  for (let t = 0; t < BARS; t++) {
    if (flat > 0) flat--
    else if (random() < 0.01) flat = Math.floor(random() * 10)
    const step = flat > 0 ? 0 : 40
    const begin = Math.min(15_000, Math.max(5_000, Math.round(price + (random() - 0.5) * step)))
    const end = Math.min(15_000, Math.max(5_000, Math.round(begin + (random() - 0.5) * 2 * step)))
    open[t] = begin / 100
    close[t] = end / 100
    high[t] = (Math.max(begin, end) + Math.round(random() * step)) / 100
    low[t] = (Math.min(begin, end) - Math.round(random() * step)) / 100
    volume[t] = random() < 0.02 ? 0 : Math.floor(random() * 100_000)
    period[t] = Math.floor(t / PERIOD)
    price = end
  }
}
fill()

afterAll(() => {
  runner.release()
  for (const pointer of [...Object.values(at), ...outputs]) arena.release(pointer)
})

const CHOSEN: Record<string, string> = { source: 'close', other: 'open' }

function run(name: string): Record<string, Float64Array> {
  const indicator = findIndicator(name)
  const inputs = indicator.inputs.map((input) => at[CHOSEN[input] ?? input])
  runner.run(indicator, indicatorValues(indicator, {}), inputs, outputs.slice(0, indicator.outputs.length), BARS)
  return Object.fromEntries(indicator.outputs.map((output, i) => [output, arena.f64(outputs[i], BARS)]))
}

/** They remember all bars from the first one on; below, those that are sums. */
const REMEMBER = new Set('obv ad pvt wad cumulative nvi pvi anchoredVwap renko'.split(' '))

/** Each output of each indicator, by what it is on the last bars alone. */
function compared(name: string): void {
  const indicator = findIndicator(name)
  const tail = indicator.inputs.map((input) => [...column(CHOSEN[input] ?? input).subarray(BARS - TAIL)])
  const wanted = REFERENCES[name](tail, indicatorValues(indicator, {}))
  const found = run(name)
  const large = (values: readonly number[]) =>
    Math.max(...values.slice(-LAST).map((x) => (Number.isNaN(x) ? 0 : Math.abs(x))))
  for (const output of indicator.outputs) {
    const unit = Math.min(Math.max(...Object.values(wanted).map(large)), Math.max(...tail.map(large)))
    for (let k = 1; k <= LAST; k++) {
      const [have, want] = [found[output][BARS - k], wanted[output][TAIL - k]]
      if (
        !(Math.abs(have - want) <= 1e-10 * Math.max(Math.abs(want), unit)) &&
        !(Number.isNaN(have) && Number.isNaN(want))
      )
        expect.fail(`${output}, ${k} bars before the end: ${have}, expected ${want}`)
    }
  }
}

/** What sums and what goes on from its last value: a kernel each. With STABILITY_BARS all are asked. */
const USUAL =
  'sma ema wma rma t3 kama vidya mcginley rsi tsi macd cci stdev variance sum correlation linearSlope cmf mfi adosc atr adx vwma heikinAshi vwap'.split(
    ' ',
  )
const asked = process.env.STABILITY_BARS
  ? INDICATORS.map(({ name }) => name).filter((name) => !REMEMBER.has(name))
  : USUAL

describe('on the last of many bars', () => {
  it.each(asked)('%s', { timeout: 600_000 }, compared)
})

/** Adds up without rounding what is a whole number of units, up to 2^53 of them at a time. */
function exactSum(term: (t: number) => number, scale: number): number {
  let all = 0n
  let some = 0
  for (let t = 0; t < BARS; t++) {
    some += term(t)
    if (t % 64 === 63 || t === BARS - 1) {
      all += BigInt(some)
      some = 0
    }
  }
  return Number(all) / scale
}

/** Adds up what is no whole number, with what each addition has rounded away beside it (Neumaier 1974). */
function carefulSum(term: (t: number) => number): number {
  let sum = 0
  let rest = 0
  for (let t = 0; t < BARS; t++) {
    const x = term(t)
    const next = sum + x
    rest += Math.abs(sum) >= Math.abs(x) ? sum - next + x : x - next + sum
    sum = next
  }
  return sum + rest
}

describe('sums of all bars', () => {
  const [open, high, low, close, volume] = ['open', 'high', 'low', 'close', 'volume'].map((name) =>
    column(name).slice(),
  )
  const cents = (price: number) => Math.round(price * 100)
  const sums: [string, string, () => number][] = [
    ['obv', 'value', () => exactSum((t) => (t === 0 ? volume[0] : Math.sign(close[t] - close[t - 1]) * volume[t]), 1)],
    ['cumulative', 'value', () => exactSum((t) => cents(close[t]), 100)],
    [
      'wad',
      'value',
      () =>
        exactSum((t) => {
          if (t === 0 || close[t] === close[t - 1]) return 0
          const edge = close[t] > close[t - 1] ? Math.min(low[t], close[t - 1]) : Math.max(high[t], close[t - 1])
          return cents(close[t]) - cents(edge)
        }, 100),
    ],
    [
      'ad',
      'value',
      () =>
        carefulSum((t) => {
          const range = cents(high[t]) - cents(low[t])
          return range > 0 ? ((2 * cents(close[t]) - cents(high[t]) - cents(low[t])) / range) * volume[t] : 0
        }),
    ],
    [
      'pvt',
      'value',
      () =>
        carefulSum((t) => (t === 0 ? 0 : ((cents(close[t]) - cents(close[t - 1])) / cents(close[t - 1])) * volume[t])),
    ],
    [
      'anchoredVwap',
      'value',
      () => {
        // One period from the first bar on.
        column('period').fill(0)
        const money = exactSum((t) => (cents(high[t]) + cents(low[t]) + cents(close[t])) * volume[t], 300)
        return money / exactSum((t) => volume[t], 1)
      },
    ],
  ]

  it.each(sums)('%s', (name, output, exact) => {
    expect(open.length).toBe(BARS)
    const want = exact()
    const have = run(name)[output][BARS - 1]
    // Terms are rounded; their rounding is not of one sign.
    expect(Math.abs(have - want)).toBeLessThanOrEqual(1e-12 * Math.abs(want))
  })
})
