/** docs/indicators.md is the catalogue of indicators as a page. `npx vitest run test/indicators --update` writes it anew. */
import { expect, it } from 'vitest'
import { allowed } from '../../src/cli/indicators.ts'
import { INDICATOR_GROUPS, INDICATORS, indicatorValues } from '../../src/signals/catalogue.ts'
import type { IndicatorSpec } from '../../src/signals/spec.ts'

const HEAD = `# Indicators

Every indicator, made from \`src/signals/catalogue\`. In a strategy \`this.indicator('macd', { fast: 8 }, 'signal')\`, in signals
\`indicator('macd', { fast: 8 }, 'signal')\`, over a market \`panelCache(market).panel('macd', { fast: 8 }, 'signal')\`: the parameters with
defaults for the rest, and the output, the first by default. \`fillgrid indicators\` lists them, \`fillgrid indicators macd\` explains one.

- **Columns.** \`source\` and \`other\` are the caller's choice: a column of the market by name, one of its signals, or another indicator;
  \`close\` and \`open\` by default. The others are the market's. With \`timeframe: '1d'\` an indicator is taken of longer bars, each seen only
  once it has closed.
- **Own bars.** Each asset is worked on by itself, and windows count its own bars. Where a column has no value (NaN) the outputs are NaN,
  and nothing else changes: the values on the other bars are, to the bit, those of the same bars without the gap. An indicator of an
  indicator skips what that warms up with in the same way.
- **Periods.** \`period\` among what is read is the session, day, week or month that a bar starts in, by \`days\`: the calendar that the market was
  given (\`calendar\`), UTC where it was given none, or a calendar or time zone by name (\`'NYSE'\`, \`'Europe/Paris'\`), which cut the days of
  \`on('1d', x, 'NYSE')\` too. Bars outside of all sessions are absent for the period \`session\`; a day lasts from one change of the venue's date
  to the next, and has them.
- **Warm-up** is the number of own bars before the first value, here for the defaults; the values there are NaN. A run with an indicator
  that needs more bars than the market has warns (\`indicator_empty\`).
- **No look-ahead.** A value depends on its bar and those before it, which a test holds every indicator to, and is the same whatever
  follows; so bars that come later change no value that was there, and all of them at once give what one after the other do.
- **Repainting.** What is drawn on charts may change afterwards (\`zigzagLine\`): in hooks, signals and expressions it is refused unless a
  \`delay\` says how many bars later it is read; over a market (\`panelCache\`) it is there for charts.
- **Exact.** Means and weighted means of windows are exact and rounded once, whatever stood before the window: nothing drifts over
  millions of bars. All figures are worked out in the engine, in one order: the same everywhere.
- **Compared** with an independent version of each in \`test/oracle/indicators\`, and with recordings of TA-Lib and pandas-ta-classic
  (\`test/indicators/recorded\`, with versions) to 1e-10; *Others* says where they differ on purpose.
`

const cell = (text: string) => text.replaceAll('|', '\\|')

function parametersOf({ parameters }: IndicatorSpec): string {
  return Object.entries(parameters)
    .map(([name, parameter]) => {
      const range = parameter.type === 'choice' ? ` (${allowed(parameter)})` : ''
      return `\`${name}\` ${parameter.default}${range}`
    })
    .join(', ')
}

function warmupOf(indicator: IndicatorSpec): string {
  const values = indicatorValues(indicator, {})
  const found = indicator.outputs.map((output) => indicator.warmup(values, output))
  return new Set(found).size === 1 ? `${found[0]}` : found.join(', ')
}

function part(group: string, records: readonly IndicatorSpec[]): string {
  const rows = records.map((indicator) => {
    const { name, doc, source, talib, conventions, inputs, outputs } = indicator
    const words = [doc, source ? `${source}.` : '', conventions ? `*Others*: ${conventions}` : '']
    const cells = [
      `\`${name}\``,
      words.filter(Boolean).join(' '),
      inputs.join(', '),
      parametersOf(indicator),
      outputs.map((output) => `\`${output}\``).join(', '),
      warmupOf(indicator),
      talib ?? '',
    ]
    return `| ${cells.map(cell).join(' | ')} |`
  })
  const heads = ['Name', 'Definition', 'Reads', 'Parameters', 'Outputs', 'Warm-up', 'TA-Lib']
  return `## ${group[0].toUpperCase()}${group.slice(1)}\n\n| ${heads.join(' | ')} |\n|${' --- |'.repeat(heads.length)}\n${rows.join('\n')}\n`
}

it('the page of indicators is that of the catalogue', async () => {
  const parts = Object.entries<readonly IndicatorSpec[]>(INDICATOR_GROUPS).map(([group, records]) =>
    part(group, records),
  )
  await expect(`${HEAD}\n${parts.join('\n')}`).toMatchFileSnapshot('../../docs/indicators.md')
  expect(INDICATORS.length).toBe(Object.values(INDICATOR_GROUPS).flat().length)
})
