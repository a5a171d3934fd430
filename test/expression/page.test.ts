/** docs/expressions.md has the functions of the table. `npx vitest run test/expression --update` writes it anew. */
import { expect, it } from 'vitest'
import { FUNCTIONS, type FunctionSpec } from '../../src/expression/functions.ts'
import { EXPRESSION_INDICATORS } from '../../src/signals/vocabulary.ts'

const HEAD = `# Expressions

An expression is a number or a condition at each bar of each asset: \`crossedAbove(sma(close, 10), sma(close, 50)) and rsi(14) < 70\`.
It is plain data. It is built with the typed functions of \`expressions\`, or read from text (\`parseExpression\`) or JSON
(\`readExpression\`); \`toString()\` prints it as a trader reads it, and what is printed is read back to the same. No code is evaluated.

\`\`\`ts
import { expressions, int, strategy } from 'fillgrid'

const { atr, close, crossedAbove, crossedBelow, lessThan, multiply, percent, sma } = expressions

export default strategy({
  name: 'cross',
  parameters: { fast: int(10, { min: 2, max: 60 }), slow: int(50, { min: 10, max: 300 }) },
  constraints: ({ fast, slow }) => lessThan(fast, slow),
  entries: ({ fast, slow }) => crossedAbove(sma(close, fast), sma(close, slow)),
  exits: ({ fast, slow }) => crossedBelow(sma(close, fast), sma(close, slow)),
  stopLoss: multiply(2, atr(14)),
  takeProfit: percent(5),
})
\`\`\`

\`entries\`, \`exits\`, \`shortEntries\` and \`shortExits\` are conditions: section 8 of [semantics.md](semantics.md) says what they do.
\`stopLoss\`, \`takeProfit\` and \`trail\` are distances: \`percent(5)\`, or a distance in price, which is taken as its fraction of the close
of the decision. \`hold\` is a number of bars, after which the position is closed. \`takeProfits\` are several targets, each of which closes a
share of the entry: \`[{ distance: percent(3), share: 0.5 }, { distance: percent(6), share: 0.5 }]\`; \`breakEvenAfter: 1\` moves the stop to
the entry price after the first of them, \`trailAfter: 1\` lets the trail begin there; what the shares leave is for the other exits. \`size\` is one of the [sizes](#sizes) below, \`percent(10)\` of the equity, or a number in what the run's \`size\` is in; where it is undefined, or not
above 0, nothing is entered. \`targetWeight\` is a portfolio in place of all that: a signed fraction of the equity for each asset, NaN leaves
it alone, 0 closes it; weights that are in all more than the account has are an error before the run. The text of a strategy stands for
it in the fingerprint. With hooks, \`this.expression('close < lowest(low, 20)[1]')\` is read like an indicator; in signal columns,
\`expression(...)\` is a panel and \`conditionSignals({ entries: '...' })\` are flags. On the command line:

\`\`\`sh
npx fillgrid run --data data/equities.csv --entries 'crossedAbove(sma(close, fast), sma(close, 50))' --exits 'rsi(14) > 70' --param fast=10
npx fillgrid sweep --data data/equities.csv --entries 'rsi(14) < 30' --stop 'wide * atr(14)' --target 10% --hold 20 --size 'percent(10)' --grid wide=1:3
\`\`\`

There \`--stop\`, \`--target\`, \`--trail\` and \`--hold\` are rules of the run where they are numbers, and come with each entry where one of them is an
expression.

## Elsewhere

A strategy of expressions runs on the workers of a sweep without a file of its own. \`JSON.stringify\` writes it as plain data (\`StrategyData\`),
and \`readStrategy\` makes the same of it, in another program too; such a file is a \`--strategy\` (\`cross.json\`), and the data a strategy
of a job.

## Text

Loosest first: \`or\`, \`and\`, \`not\`, comparisons (\`< <= > >= == !=\`, also in chains: \`20 < rsi(14) < 80\`), \`+ -\`, \`* /\`, \`-\`; then \`x[2]\`
for \`shift(x, 2)\`, \`macd(close).signal\` for an output of an indicator, \`5%\` for \`percent(5)\`. \`&&\`, \`||\` and \`!\` are and, or and not.
Of an indicator what it is taken of comes first (close where nothing is), then its parameters in their order or by name:
\`bollinger(close, 20, width=2.5).upper\`. A parameter of the strategy stands by its name. Errors point at their place.

## What they mean

1. **Undefined.** A comparison with something undefined is undefined. \`and\`, \`or\` and \`not\` have three values: \`and\` is false where one
   side is false, whatever the other is. What is undefined never trades. Where an asset has no bar everything is undefined.
2. **Crossing.** \`crossedAbove(a, b)\` is \`a > b\` now and \`a <= b\` on the asset's own bar before.
3. **Own bars.** \`shift\` and everything else over time counts the asset's own bars; what looks ahead cannot be written.
4. **Ranks.** Equal values share the mean of their places, ascending, as a fraction of the assets that have a value; \`top\` and
   \`bottom\` take of equal ones the first in the market's order.
5. **Longer bars.** \`on('1h', x)\` is of the last longer bar that has closed, seen from the bar on whose close is at or after its own.
6. **Windows.** Absent bars are skipped; an undefined value among the bars that an indicator's value is made of makes that undefined.
7. **Equal expressions** with equal values of their parameters are worked out once for all sets of a sweep. Arguments keep their
   order, so that results keep their bits.
8. **What is not finite** (a division by 0) is as usual inside of arithmetic, and undefined at the end of an expression and wherever a
   function over time or across assets takes or gives it.
9. **Times** are those of the bar's start, by the clocks of the zone that is named, UTC where none is; \`session\` takes in its begin and
   not its end, and may cross midnight.

## Functions

`

function signature({ name, of, operator }: FunctionSpec): string {
  if (operator)
    return of.length === 1
      ? `${operator.text}${operator.text === '-' ? '' : ' '}x`
      : `${of[0].name} ${operator.text} ${of[1].name}`
  const words = of.map(({ name: word, default: fallback }) =>
    fallback === undefined ? word : fallback === '' ? `[${word}]` : `${word} = ${fallback}`,
  )
  return `${name}(${words.join(', ')})`
}

/** What a size is a number of. */
const UNITS = { units: 'units', value: 'money', fraction: 'fraction of the equity', same: 'as x' } as const

function sizes(): string {
  const rows = FUNCTIONS.filter((one) => one.reach === 'size').map(
    (one) =>
      `| \`${signature(one)}\` | ${UNITS[one.unit!]} | ${one.formula ? `\`${one.formula}\`` : 'see there'} | ${one.doc} |`,
  )
  return `## Sizes

Sizes of entries, and weights of portfolios, are expressions like any others: \`size: capped(volatilityTarget(0.1), 0.5)\`, or on the command
line \`--size 'capped(volatilityTarget(10%), 50%)'\`. What one is a number of goes with it, through \`capped\`, \`smaller\`, \`larger\`, \`where\`, sums,
and what it is multiplied by; two that differ in that do not go together. A hook reads the same number, to the last bit:

\`\`\`ts
class Trend extends Strategy {
  #size!: Indicator
  override onStart() { this.#size = this.expression(capped(volatilityTarget(0.1), 0.5)) }
  override onBar(bar: Bar, broker: Broker) {
    const fraction = this.#size.value(0)
    if (fraction > 0) broker.submitOrder({ asset: 0, fraction })
  }
}
\`\`\`

Where a size has no data yet it is undefined, and nothing is entered. What the account cannot pay is cut or refused as ever (semantics 7.6);
\`capped\` says where a size ends by itself. Formulas are those that are evaluated, in the terms of this page; \`percent(x)\` is a fraction too.

| Size | Is a number of | Formula | Meaning |
|---|---|---|---|
${rows.join('\n')}
`
}

const REACH = {
  cell: 'A bar of an asset by itself',
  series: 'Over time',
  row: 'Across assets',
  other: 'Longer bars, other assets, time',
} as const

function page(): string {
  const parts = Object.entries(REACH).map(([reach, title]) => {
    const rows = FUNCTIONS.filter((one) => one.reach === reach).map(
      (one) =>
        `| \`${signature(one).replaceAll('|', '\\|')}\` | \`${one.name}\` | ${one.result === 'same' ? 'as x' : one.result} | ${one.doc} |`,
    )
    return [`**${title}**`, '', '| Text | Function | Gives | Meaning |', '|---|---|---|---|', ...rows, ''].join('\n')
  })
  return `${HEAD}${parts.join('\n')}
Indicators are functions too, all of them: \`fillgrid indicators\` lists them.

${sizes()}`
}

it('is what the table says', async () => {
  await expect(page()).toMatchFileSnapshot('../../docs/expressions.md')
})

it('no function has the name of an indicator', () => {
  const names = [...FUNCTIONS.map(({ name }) => name), ...EXPRESSION_INDICATORS.map(({ name }) => name)]
  expect(new Set(names).size).toBe(names.length)
})
