/** Expressions in WebAssembly against the interpreter of test/oracle, bit for bit but for the sign of zero. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Node } from '../../src/expression/node.ts'
import { parseExpression } from '../../src/expression/parse.ts'
import { printExpression } from '../../src/expression/print.ts'
import { getEngine } from '../../src/kernel/load.ts'
import { Market } from '../../src/market/market.ts'
import { expressionPanel } from '../../src/signals/expressions.ts'
import { cacheOf } from '../../src/signals/panels.ts'
import { type Bars, interpret, type NaiveIndicator } from '../oracle/expressions.ts'
import { bars, COLUMNS, expressions, WORDS } from './random.ts'

const RUNS = Number(process.env.FUZZ_RUNS ?? 10_000)
const SEED = process.env.FUZZ_SEED === undefined ? 20261130 : Number(process.env.FUZZ_SEED)

const NAIVE: Record<string, NaiveIndicator> = {
  sma: (source) => source.map((_, i) => mean(source.slice(0, i + 1))),
  highest: (source) => source.map((_, i) => Math.max(...source.slice(0, i + 1))),
  lowest: (source) => source.map((_, i) => Math.min(...source.slice(0, i + 1))),
}

/** The exact mean, rounded once: of few numbers of little size BigInt fractions are enough. */
function mean(values: number[]): number {
  let scale = 0
  const parts = values.map((value) => {
    let x = value
    let bits = 0
    while (!Number.isInteger(x)) {
      x *= 2
      bits++
    }
    scale = Math.max(scale, bits)
    return { x, bits }
  })
  const sum = parts.reduce((all, { x, bits }) => all + (BigInt(x) << BigInt(scale - bits)), 0n)
  return quotient(sum, BigInt(values.length) << BigInt(scale))
}

/** a / b to the nearest double, ties to even. */
function quotient(a: bigint, b: bigint): number {
  if (a === 0n) return 0
  const negative = a < 0n
  let n = negative ? -a : a
  let exponent = 0
  let d = b
  while (n / d >= 1n << 53n) {
    d <<= 1n
    exponent++
  }
  while (n / d < 1n << 52n) {
    n <<= 1n
    exponent--
  }
  let whole = n / d
  const rest = 2n * (n - whole * d)
  if (rest > d || (rest === d && whole % 2n === 1n)) whole++
  const value = Number(whole) * 2 ** exponent
  return negative ? -value : value
}

function marketOf(drawn: Bars): Market {
  const flat = (name: string) => Float64Array.from(drawn.columns[name].flat())
  const { open, high, low, close, volume } = Object.fromEntries(COLUMNS.map((name) => [name, flat(name)]))
  return Market.from({
    assets: drawn.assets,
    time: drawn.time,
    open,
    high,
    low,
    close,
    volume,
    signals: { mood: flat('mood') },
  })
}

/** Own bars of the market as it is: one without any asset is not kept. */
const usable = bars.filter(
  ({ columns }) =>
    columns.close.every((row) => row.some((value) => !Number.isNaN(value))) &&
    columns.close[0].some((_, asset) => columns.close.some((row) => !Number.isNaN(row[asset]))),
)

describe('expressions are what the interpreter makes of them', () => {
  it.each(['number', 'condition'] as const)('%s', { timeout: 600_000 }, (type) => {
    let compared = 0
    fc.assert(
      fc.property(usable, fc.array(expressions(type, 3), { minLength: 4, maxLength: 4 }), (drawn, nodes) => {
        const market = marketOf(drawn)
        try {
          for (const node of nodes) {
            const panel = expressionPanel(cacheOf(market, getEngine()), node)
            const expected = interpret(node, drawn, NAIVE).flat()
            const found = Array.from(panel.values)
            const off = expected.findIndex(
              (value, i) => !(value === found[i] || (Number.isNaN(value) && Number.isNaN(found[i]))),
            )
            if (off >= 0) throw new Error(`${printExpression(node)}: ${found[off]} and not ${expected[off]} at ${off}`)
            compared += expected.filter((value) => !Number.isNaN(value)).length
          }
        } finally {
          market.release()
        }
      }),
      { numRuns: Math.ceil(RUNS / 8), seed: SEED },
    )
    expect(compared).toBeGreaterThan(RUNS)
  })
})

it('no expression sees a later bar', { timeout: 600_000 }, () => {
  const hourly = usable.map((drawn) => ({
    ...drawn,
    time: drawn.time.map((_, bar) => 1_709_251_200_000 + bar * 3_600_000),
  }))
  const of = (drawn: Bars, node: Node, count: number) => {
    const market = marketOf({
      ...drawn,
      time: drawn.time.slice(0, count),
      columns: Object.fromEntries(Object.entries(drawn.columns).map(([name, rows]) => [name, rows.slice(0, count)])),
    })
    const values = Array.from(expressionPanel(cacheOf(market, getEngine()), node).values)
    market.release()
    return values
  }
  const type = fc.oneof(expressions('number', 3, []), expressions('condition', 3, []))
  fc.assert(
    fc.property(hourly, type, fc.double({ min: 0.1, max: 1, noNaN: true }), (drawn, node, part) => {
      const bars = drawn.time.length
      const count = Math.max(Math.ceil(part * bars), 1)
      // Of an asset without bars nothing is a market.
      fc.pre(
        bars > 2 &&
          drawn.assets.every((_, asset) =>
            drawn.columns.close.slice(0, count).some((row) => !Number.isNaN(row[asset])),
          ),
      )
      const whole = of(drawn, node, bars)
      expect(of(drawn, node, count)).toEqual(whole.slice(0, count * drawn.assets.length))
    }),
    { numRuns: Math.ceil(RUNS / 8), seed: SEED },
  )
})

it('longer bars are seen once they have closed', () => {
  const time = Array.from({ length: 12 }, (_, hour) => 1_709_251_200_000 + hour * 3_600_000)
  const market = Market.from({ assets: ['A'], time, close: time.map((_, hour) => 10 + hour) })
  const node = parseExpression("on('4h', close)", WORDS)
  const values = Array.from(expressionPanel(cacheOf(market, getEngine()), node).values)
  const none = Number.NaN
  expect(values).toEqual([none, none, none, 13, 13, 13, 13, 17, 17, 17, 17, 21])
  market.release()
})

it('times are those of the zone that is named, whose doubled hour counts twice', () => {
  // Clocks in New York go back from 02:00 to 01:00 on 2024-11-03, at 06:00 UTC.
  const time = Array.from({ length: 8 }, (_, hour) => Date.UTC(2024, 10, 3, 3 + hour))
  const market = Market.from({ assets: ['A'], time, close: time.map(() => 1) })
  const read = (text: string) =>
    Array.from(expressionPanel(cacheOf(market, getEngine()), parseExpression(text, WORDS)).values)
  expect(read("hour('America/New_York')")).toEqual([23, 0, 1, 1, 2, 3, 4, 5])
  expect(read("session('01:00', '02:00', 'America/New_York')")).toEqual([0, 0, 1, 1, 0, 0, 0, 0])
  expect(read("session('23:00', '01:00', 'America/New_York')")).toEqual([1, 1, 0, 0, 0, 0, 0, 0])
  expect(read('weekday()')).toEqual(time.map(() => 7))
  expect(read("day('America/New_York')").slice(0, 2)).toEqual([2, 3])
  market.release()
})

it('what is printed is read back to the same expression', () => {
  fc.assert(
    fc.property(fc.oneof(expressions('number', 4, []), expressions('condition', 4, [])), (node) => {
      expect(parseExpression(printExpression(node), WORDS)).toEqual(node)
    }),
    { numRuns: RUNS, seed: SEED },
  )
})
