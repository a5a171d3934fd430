/** Random expressions and markets. */
import fc from 'fast-check'
import { FUNCTIONS } from '../../src/expression/functions.ts'
import { callNode, indicatorNode, numberNode, textNode } from '../../src/expression/make.ts'
import type { Node, ValueType } from '../../src/expression/node.ts'
import type { Vocabulary } from '../../src/expression/parse.ts'
import { EXPRESSION_INDICATORS } from '../../src/signals/vocabulary.ts'
import type { Bars } from '../oracle/expressions.ts'

export const COLUMNS = ['open', 'high', 'low', 'close', 'volume', 'mood']
export const WORDS: Vocabulary = { columns: COLUMNS, indicators: EXPRESSION_INDICATORS }

/** Indicators whose references the interpreter has. */
export const WINDOWED = ['sma', 'highest', 'lowest'] as const

/** Times of day. */
const times = fc.constantFrom('00:00', '09:30', '12:00', '15:45', '23:30')
const numbers = fc.oneof(
  fc.constantFrom(0, 1, -1, 2, 0.5, -3, 100),
  // The reference of the mean goes without numbers below the normal ones.
  fc.double({ min: -50, max: 50, noNaN: true, noDefaultInfinity: true }).map((x) => (Math.abs(x) < 1e-9 ? 0 : x)),
)

/** Logarithm, exponential and what is made of other indicators are the engine's own to the last bit. */
const left = ['logarithm', 'exponential', 'on', 'atrRisk', 'volatilityTarget', 'inverseVolatility', 'riskParity']
/** It asks what its stop is a number of, and refuses some; sizes.test.ts has it. */
const OTHER = 'riskFraction'

const made = new Map<string, fc.Arbitrary<Node>>()

/** An expression of a type, at most so deep. @param skip functions that are left out */
export function expressions(type: ValueType, depth: number, skip: readonly string[] = left): fc.Arbitrary<Node> {
  const key = [type, depth, ...skip].join(' ')
  const known = made.get(key) ?? draw(type, depth, skip)
  made.set(key, known)
  return known
}

function draw(type: ValueType, depth: number, skip: readonly string[]): fc.Arbitrary<Node> {
  const leaf: fc.Arbitrary<Node> =
    type === 'condition'
      ? fc.boolean().map((value) => ({ kind: 'condition', value }) as const)
      : fc.oneof(
          { weight: 3, arbitrary: fc.constantFrom(...COLUMNS).map((name) => ({ kind: 'column', name }) as const) },
          { weight: 1, arbitrary: numbers.map(numberNode) },
        )
  if (depth === 0) return leaf
  const calls = FUNCTIONS.filter(
    (spec) => spec.name !== OTHER && !skip.includes(spec.name) && (spec.result === type || spec.result === 'same'),
  ).map((spec) => {
    const of = spec.of.map((argument): fc.Arbitrary<Node> => {
      if (argument.type === 'count') return fc.integer({ min: argument.min || 1, max: 4 }).map(numberNode)
      if (argument.type !== 'text') return expressions(argument.type === 'any' ? type : argument.type, depth - 1, skip)
      if (argument.name === 'name') return fc.constantFrom('A', 'B').map(textNode)
      if (argument.name === 'timeframe') return fc.constantFrom('4h', '1d').map(textNode)
      return argument.default === '' ? fc.constant(textNode('')) : times.map(textNode)
    })
    return fc.tuple(...of).map((all) => callNode(spec, all))
  })
  const indicators = WINDOWED.map((name) =>
    fc
      .tuple(
        expressions('number', depth - 1, skip).filter(({ kind }) => kind !== 'number'),
        fc.integer({ min: 1, max: 4 }),
      )
      .map(([source, length]) => {
        const words = EXPRESSION_INDICATORS.find((one) => one.name === name)!
        return indicatorNode(words, [source], { length: numberNode(length) })
      }),
  )
  return fc.oneof(leaf, ...calls, ...(type === 'number' ? indicators : []))
}

/** Bars with gaps and equal prices, and a column of signals with holes of its own. */
export const bars: fc.Arbitrary<Bars> = fc
  .record({ count: fc.integer({ min: 1, max: 24 }), assets: fc.integer({ min: 2, max: 5 }), gaps: fc.boolean() })
  .chain(({ count, assets, gaps }) => {
    const row = <T>(cell: fc.Arbitrary<T>) =>
      fc.array(fc.array(cell, { minLength: assets, maxLength: assets }), { minLength: count, maxLength: count })
    return fc
      .record({
        absent: row(gaps ? fc.integer({ min: 0, max: 3 }).map((n) => n === 0) : fc.constant(false)),
        price: row(fc.integer({ min: 8, max: 12 })),
        open: row(fc.integer({ min: -1, max: 1 })),
        high: row(fc.integer({ min: 0, max: 2 })),
        low: row(fc.integer({ min: 0, max: 2 })),
        volume: row(fc.integer({ min: 0, max: 3 })),
        mood: row(fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constant(Number.NaN))),
        step: fc.constantFrom(900_000, 3_600_000, 86_400_000),
      })
      .map((drawn) => {
        const cells = (of: (bar: number, asset: number) => number) =>
          drawn.price.map((line, bar) =>
            line.map((_, asset) => (drawn.absent[bar][asset] ? Number.NaN : of(bar, asset))),
          )
        const close = cells((b, a) => drawn.price[b][a])
        const open = cells((b, a) => drawn.price[b][a] + drawn.open[b][a])
        return {
          assets: ['A', 'B', 'C', 'D', 'E'].slice(0, assets),
          time: drawn.price.map((_, bar) => 1_709_251_200_000 + bar * drawn.step),
          columns: {
            open,
            close,
            high: cells((b, a) => Math.max(open[b][a], close[b][a]) + drawn.high[b][a]),
            low: cells((b, a) => Math.min(open[b][a], close[b][a]) - drawn.low[b][a]),
            volume: cells((b, a) => drawn.volume[b][a]),
            mood: drawn.mood,
          },
        }
      })
  })
