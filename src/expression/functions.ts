import type { ArgumentType, ValueType } from './node.ts'

/** One argument of a function. */
export interface FunctionArgument {
  readonly name: string
  /** 'any' takes numbers and conditions; 'count' is a whole number that does not change from bar to bar, from 1 (`min`) on. */
  readonly type: ArgumentType | 'any' | 'count'
  readonly min?: number
  readonly max?: number
  /** Of what may be left out. */
  readonly default?: number | string
}

/** One function of expressions: from this table come checks, builders, the text that is read and printed, and the docs. */
export interface FunctionSpec {
  readonly name: string
  readonly of: readonly FunctionArgument[]
  /** 'same' is what the argument that may be anything is. */
  readonly result: ValueType | 'same'
  /** How it is written between or before its arguments, and how tightly that binds. */
  readonly operator?: { readonly text: string; readonly binds: number }
  /**
   * What it looks at beside the values of its own bar and asset: nothing, earlier bars of the asset, all assets of the bar, or what
   * is neither (time, longer bars, another asset).
   */
  readonly reach: 'cell' | 'series' | 'row' | 'other' | 'size'
  readonly doc: string
  /** Of a size, and of `percent`: what it is a number of; 'same' is what its first argument is of. */
  readonly unit?: SizeUnit | 'same'
  /** Of a size: what stands for it, a text over the names of its arguments. */
  readonly formula?: string
}

/** What a size is a number of: units, money, or a fraction of the equity. */
export type SizeUnit = 'units' | 'value' | 'fraction'

/** Counts of bars go up to here. */
export const LONGEST_COUNT = 10_000

const number = (name: string): FunctionArgument => ({ name, type: 'number' })
const condition = (name: string): FunctionArgument => ({ name, type: 'condition' })
const any = (name: string): FunctionArgument => ({ name, type: 'any' })
const text = (name: string): FunctionArgument => ({ name, type: 'text' })
/** By whose clocks: an IANA name, UTC where it is left out. */
const zone: FunctionArgument = { name: 'zone', type: 'text', default: '' }
const count = (name: string, fallback?: number, max = LONGEST_COUNT): FunctionArgument => ({
  name,
  type: 'count',
  min: 1,
  max,
  ...(fallback === undefined ? {} : { default: fallback }),
})

/** How tightly operators bind, the loosest first. */
export const BINDS = { or: 1, and: 2, not: 3, comparison: 4, sum: 5, product: 6, sign: 7, all: 8 } as const

type Row = readonly [
  name: string,
  of: readonly FunctionArgument[],
  result: FunctionSpec['result'],
  doc: string,
  operator?: FunctionSpec['operator'],
]

const binary = [number('a'), number('b')]
const both = [condition('a'), condition('b')]
const comparison = (sign: string) => ({ text: sign, binds: BINDS.comparison })

const CELL: readonly Row[] = [
  ['add', binary, 'number', 'a + b.', { text: '+', binds: BINDS.sum }],
  ['subtract', binary, 'number', 'a - b.', { text: '-', binds: BINDS.sum }],
  ['multiply', binary, 'number', 'a * b.', { text: '*', binds: BINDS.product }],
  [
    'divide',
    binary,
    'number',
    'a / b. What is not finite in the end is undefined.',
    { text: '/', binds: BINDS.product },
  ],
  ['negate', [number('x')], 'number', '-x.', { text: '-', binds: BINDS.sign }],
  ['absolute', [number('x')], 'number', 'x without its sign.'],
  ['smaller', binary, 'number', 'The smaller of both; undefined where one is.'],
  ['larger', binary, 'number', 'The larger of both; undefined where one is.'],
  ['squareRoot', [number('x')], 'number', 'Square root; undefined below 0.'],
  ['logarithm', [number('x')], 'number', 'Natural logarithm; undefined at 0 and below.'],
  ['exponential', [number('x')], 'number', 'e to the power of x.'],
  ['percent', [number('x')], 'number', 'x / 100: as a distance or a size, a fraction and no price.'],
  ['lessThan', binary, 'condition', 'a < b; undefined where one of them is.', comparison('<')],
  ['atMost', binary, 'condition', 'a <= b; undefined where one of them is.', comparison('<=')],
  ['greaterThan', binary, 'condition', 'a > b; undefined where one of them is.', comparison('>')],
  ['atLeast', binary, 'condition', 'a >= b; undefined where one of them is.', comparison('>=')],
  ['equal', binary, 'condition', 'a == b; undefined where one of them is.', comparison('==')],
  ['notEqual', binary, 'condition', 'a != b; undefined where one of them is.', comparison('!=')],
  [
    'and',
    both,
    'condition',
    'False where one is false, true where both are true, else undefined.',
    { text: 'and', binds: BINDS.and },
  ],
  [
    'or',
    both,
    'condition',
    'True where one is true, false where both are false, else undefined.',
    { text: 'or', binds: BINDS.or },
  ],
  ['not', [condition('x')], 'condition', 'The opposite; undefined stays undefined.', { text: 'not', binds: BINDS.not }],
  [
    'where',
    [condition('test'), number('a'), number('b')],
    'number',
    'a where the test is true, b where it is false, undefined where the test is.',
  ],
  [
    'defined',
    [any('x')],
    'condition',
    'True where x has a value, else false; undefined only where the asset has no bar.',
  ],
]

const SERIES: readonly Row[] = [
  [
    'shift',
    [any('x'), count('bars', 1)],
    'same',
    "x so many of the asset's own bars ago; undefined before there are so many.",
  ],
  ['crossedAbove', binary, 'condition', 'a > b now, and a <= b on the own bar before.'],
  ['crossedBelow', binary, 'condition', 'a < b now, and a >= b on the own bar before.'],
  ['rising', [number('x'), count('bars', 1)], 'condition', 'x has risen on each of the last so many own bars.'],
  ['falling', [number('x'), count('bars', 1)], 'condition', 'x has fallen on each of the last so many own bars.'],
  [
    'since',
    [condition('x'), count('bars')],
    'condition',
    'x was true on one of the last so many own bars, this one included; false where it was false on all of them.',
  ],
  [
    'barsSince',
    [condition('x')],
    'number',
    'Own bars since x was last true, 0 where it is now; undefined before it ever was.',
  ],
  [
    'valueWhen',
    [condition('test'), number('x'), count('time', 1, 1000)],
    'number',
    'x on the own bar on which the test was last true (1), the time before that (2) and so on.',
  ],
]

const ROW: readonly Row[] = [
  [
    'rank',
    [number('x')],
    'number',
    'Place of the asset among those that have a value, ascending, as a fraction of their number; equal ones share the mean of their places.',
  ],
  [
    'normalise',
    [number('x')],
    'number',
    '(x - mean) / deviation over the assets that have a value (population); undefined where they are all equal.',
  ],
  [
    'top',
    [number('x'), count('assets')],
    'condition',
    'One of so many assets with the highest values; of equal ones the first by the order of the market.',
  ],
  [
    'bottom',
    [number('x'), count('assets')],
    'condition',
    'One of so many assets with the lowest values; of equal ones the first by the order of the market.',
  ],
  [
    'share',
    [number('x')],
    'number',
    'x as a part of all assets together: x / the sum of the sizes of x over them; undefined where that is 0. Weights that are 1 in all.',
  ],
  [
    'neutral',
    [number('x'), number('group')],
    'number',
    'x less the mean of the assets of the same group, a number like a column of sectors.',
  ],
]

const OTHER: readonly Row[] = [
  [
    'on',
    [text('timeframe'), any('x'), { name: 'days', type: 'text', default: '' }],
    'same',
    "x over longer bars, each seen once it has closed: on('1d', sma(close, 20)). Days are those of UTC, of a zone, or the sessions of a calendar: on('1d', close, 'NYSE').",
  ],
  ['asset', [text('name'), any('x')], 'same', 'x of another asset at this bar; undefined where that has no bar.'],
  [
    'session',
    [text('from'), text('to'), zone],
    'condition',
    "The bar starts at or after one time of the day and before the other, across midnight too: session('09:30', '16:00', 'America/New_York'). A doubled hour counts both times.",
  ],
  ['hour', [zone], 'number', "Hour of the bar's start , 0 to 23."],
  ['minute', [zone], 'number', "Minute of the bar's start, 0 to 59."],
  ['weekday', [zone], 'number', "Day of the week of the bar's start , Monday 1 to Sunday 7."],
  ['day', [zone], 'number', "Day of the month of the bar's start, 1 to 31."],
  ['month', [zone], 'number', "Month of the bar's start, 1 to 12."],
  ['year', [zone], 'number', "Year of the bar's start."],
]

/** The window of a deviation, which needs two values. */
const bars = (fallback: number): FunctionArgument => ({ ...count('bars', fallback), min: 2 })
const optional = (name: string, fallback: number): FunctionArgument => ({ name, type: 'number', default: fallback })
/** Bars of a year: minutes too. */
const year: FunctionArgument = { name: 'year', type: 'count', min: 0, max: 1_000_000, default: 0 }
const slots: FunctionArgument = { name: 'slots', type: 'count', min: 0, max: LONGEST_COUNT, default: 0 }

type SizeRow = readonly [
  name: string,
  of: readonly FunctionArgument[],
  unit: SizeUnit | 'same',
  formula: string,
  doc: string,
]

/** How far the close has moved since the own bar before. */
const CHANGE = 'close / close[1] - 1'

/** Sizes of entries, and weights. */
const SIZES: readonly SizeRow[] = [
  ['units', [number('x')], 'units', 'x', 'So many units.'],
  ['value', [number('x')], 'value', 'x', 'So much money.'],
  [
    'equalWeight',
    [slots],
    'fraction',
    '1 / slots',
    'One of so many equal parts of the equity; 0 slots are as many as the market has assets. Known from the first bar on.',
  ],
  [
    'riskFraction',
    [number('risk'), optional('stop', 0)],
    'fraction',
    'risk / stop',
    'So much that the stop, where it fills at its level, loses a fraction of the equity (before costs): 20 % with a stop of 5 % and a risk of 1 %. The stop is a distance as in `stopLoss`, that of the strategy where it is left out. Undefined where the stop is.',
  ],
  [
    'atrRisk',
    [number('risk'), optional('multiple', 2), count('length', 14)],
    'fraction',
    'risk * close / (multiple * atr(length))',
    'So much that a move of so many average true ranges costs a fraction of the equity, wherever the stop is. Undefined until there are `length` bars, and where the range is 0.',
  ],
  [
    'volatilityTarget',
    [number('target'), bars(20), year],
    'fraction',
    `target / (stdev(${CHANGE}, bars, 1) * squareRoot(year))`,
    "So much that the volatility of a year, by the sample deviation of the changes of the close over the last `bars` own bars, is the target. `year` is how many bars a year has; 0 is by the market's own count of it (its periods a year, times the bars of a period). Undefined until there are so many changes, and where they are all equal.",
  ],
  [
    'kelly',
    [number('winRate'), number('payoff'), optional('part', 1)],
    'fraction',
    'where(0 <= winRate <= 1 and payoff > 0, larger(0, part * (winRate - (1 - winRate) / payoff)), 0 / 0)',
    "Kelly's fraction of a bet that wins `payoff` times what it loses, or a part of it; 0 where the odds are against it. Undefined for what is no rate or no payoff. By the trades so far it is `broker.kelly()` of hooks: columns are worked out before the first trade.",
  ],
  [
    'inverseVolatility',
    [bars(60)],
    'fraction',
    `share(1 / stdev(${CHANGE}, bars, 1))`,
    'Weights against the volatility, 1 in all over the assets that have one: those with a bar and so many changes before it that are not all equal. Undefined for the others.',
  ],
  [
    'riskParity',
    [bars(60)],
    'fraction',
    '',
    "Weights with which each asset has the same part of the portfolio's variance, 1 in all: of the sample covariances of the changes of the close over the market's last `bars` bars, in which an asset without a bar has not changed. Of the assets that have a bar, one `bars` bars ago or before, and a variance; undefined for the others. Found by cyclical descent (Griveau-Billion, Richard and Roncalli 2013), to 1e-12 or 1000 rounds.",
  ],
  [
    'capped',
    [number('x'), number('most'), optional('least', 0)],
    'same',
    'larger(least, smaller(x, most))',
    'A size, no larger and no smaller than these. Undefined where it is.',
  ],
]

const table = (rows: readonly Row[], reach: FunctionSpec['reach']): FunctionSpec[] =>
  rows.map(([name, of, result, doc, operator]) => ({
    name,
    of,
    result,
    reach,
    doc,
    ...(operator ? { operator } : {}),
    ...(name === 'percent' ? { unit: 'fraction' as const } : {}),
  }))

/** All functions of expressions. */
export const FUNCTIONS: readonly FunctionSpec[] = [
  ...table(CELL, 'cell'),
  ...table(SERIES, 'series'),
  ...table(ROW, 'row'),
  ...table(OTHER, 'other'),
  ...SIZES.map(
    ([name, of, unit, formula, doc]): FunctionSpec => ({
      name,
      of,
      result: 'number',
      reach: 'size',
      doc,
      unit,
      formula,
    }),
  ),
]

const BY_NAME = new Map(FUNCTIONS.map((one) => [one.name, one]))

/** The function of a name, if there is one. */
export function functionOf(name: string): FunctionSpec | undefined {
  return BY_NAME.get(name)
}
