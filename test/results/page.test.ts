/** docs/metrics.md is the catalogue of metrics as a page. `npx vitest run test/results --update` writes it anew. */
import { expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { Market } from '../../src/market/market.ts'
import { formatNumber } from '../../src/report/format.ts'
import { ALSO_OF, ALSO_TABLES } from '../../src/results/also.ts'
import { CATALOGUE, type CatalogueMetric } from '../../src/results/catalogue.ts'
import type { Result } from '../../src/results/result.ts'
import { at, DAY } from '../engine/script.ts'

const HEAD = `# Metrics

Every figure of a run, made from the catalogue (\`CATALOGUE\`, \`src/results/catalogue.ts\`). Fractions are fractions in data and percent on
screen; what is undefined is NaN (null in JSON, a dash on screen), never 0.

- Figures [of a run](#figures-of-a-run) every run has: \`result.summary\` by name, files and tables of sweeps by field.
- Figures [of trades](#figures-of-trades) are worked out when they are asked for: \`result.tradeAnalysis(options).summary\`,
  \`result.figure('sqn')\`.
- Figures [of the equity curve](#figures-of-the-equity-curve) are worked out when they are asked for: \`result.equityCurve(options).summary\`,
  \`result.figure('ulcerIndex', options)\`, \`fillgrid run --metrics all\`, and in sweeps those that are named.

## Returns

Returns are those of *periods*. A period is a bar where no day has two bars, else a session. The first return is taken from the
initial cash, each other one from the equity at the end of the period before; the risk-free rate is 0.

Sessions are the trade days of the calendar that was named (\`calendar\` of the market, \`--calendar\`). Where none was: a span of the
clock of at least an hour that is silent on 90 % of the days separates them, whatever the zone; where there is none and the market
rests over week-ends, a session is 24 hours from the first bar of each week, a last one under half of that joined to the one before;
else it is a day from midnight to midnight UTC, or by the clocks of a zone that was named as the calendar. Of several assets the union
of their bars counts.

## Periods a year

\`market.annual\` and \`result.annual\` say how many periods make a year (\`perYear\`), who said so (\`source\`) and why (\`reason\`); summary
and report print it. It is settled once a market. Slices, windows and folds have their market's.

1. What is given: \`periodsPerYear\` of a run's config (\`--periods-per-year\`), else of the market.
2. For periods of a day, what a named calendar has: its sessions of the years 2000 to 2019, snapped as below. The name of a time zone
   says where days begin, and no number.
3. Else what the stamps tell: the periods counted, of which holes are left out (over 15 days between daily periods, over five times
   the usual distance between longer ones).
   - Days, from 350 days of data on: their rate, taken for 252 (from 247 to 256), 260 (257 to 264) or 365 (355 to 367), else as it is.
   - Days, of less data: 365 for seven weekdays on which there are bars in at least every second week, 252 for five (260 where sessions
     last over 20 hours), 52.18 times as many for others. Where bars do not come on all of these days, as range bars, the rate itself.
   - Days, under a week of data: 365 where bars fill the clock (daily bars: a Saturday among them), else 252, or 260 for such
     sessions: a guess.
   - Longer bars: 52, 26, 24, 12, 6, 4, 2 or 1 where the rate is within 4 % or a day and a half of it, else the rate. Bars at the ends
     or beginnings of months are counted in months.
   - One period alone: unknown. What is made from it is undefined, and the result warns (\`no_annual_periods\`).

## Growth a year

\`cagr\` goes by the days from the first bar to the last, 365.25 to the year, so it does not matter how many bars there are, nor
whether stamps mark opens or closes. It is undefined under one day. Under 90 days the result warns (\`short_run\`); growth beyond all
numbers is undefined and warned of too (\`cagr_overflow\`). \`cagr: 'periods'\` (\`--cagr periods\`) takes the number of returns over the
periods a year for the length of a run, which is the figure of quantstats (\`cagr(returns, periods=N)\`) and empyrical
(\`annual_return(returns, annualization=N)\`) with \`periodsPerYear: N\`. \`volatility\`, \`sharpe\` and \`sortino\` are theirs too, of the
same returns and the same number.

## Figures of a run

*Year* says how a figure is made one of a year: by the days of the run, by the number of periods a year, or not. The last four columns
are real runs over a year of daily bars: one without an order, one with a single trade that wins, one that holds what never
moves, and one that loses all that it has and more.
`

const CURVE = `
## Figures of the equity curve

\`result.equityCurve(options)\` is the curve of a run, of a result from data or a folder too; \`equityCurve({ time, equity }, options)\` is
that of any other. It has the figures below (\`summary\`, \`figure(name)\`), and those of a run that options may change: total return,
CAGR, volatility, Sharpe, Sortino, Calmar and drawdowns. Beside them

| | |
| --- | --- |
| \`returns\`, \`dates\` | the return of each period, and its trade date |
| \`drawdowns\` | the deepest drawdowns: start, valley, recovery, depth, days |
| \`by('day')\`, \`'week'\`, \`'month'\`, \`'year'\` | returns by trade date, week from Monday on, calendar month and year, in the market's zone |
| \`rolling('sharpe')\`, \`'sortino'\`, \`'volatility'\`, \`'beta'\` | the figure of the \`window\` periods up to each; by default those of half a year |
| \`histogram(bins)\` | how many returns lie where |

Drawdowns are over every bar, all else over periods. What is made of returns is undefined where a period starts with an equity of 0
or less.

| Option | Default | Other |
| --- | --- | --- |
| \`benchmark\` | none | \`'hold'\` (all assets, bought at their first close for equal shares of the cash), an asset, \`{ time, close }\` |
| \`riskFree\` | 0 | a yearly fraction, or \`{ time, rate }\`: each rate holds until the next, 100 days at most. A period has \`(1 + rate)^(1 / periods a year) - 1\` |
| \`returns\` | \`'simple'\` | \`'log'\` |
| \`cagr\` | as the run | \`'days'\`, \`'periods'\` (quantstats, empyrical) |
| \`periodsPerYear\` | as the run | a number |
| \`ratios\` | \`'arithmetic'\` | \`'geometric'\`: volatility, Sharpe and Sortino of backtesting.py |
| \`alpha\` | \`'arithmetic'\` (quantstats) | \`'geometric'\` (empyrical) |
| \`moments\` | \`'sample'\` (pandas, quantstats, ffn) | \`'population'\` (scipy, pyfolio) |
| \`ulcer\` | \`'all'\` (ffn) | \`'less-one'\` (quantstats) |
| \`recovery\` | \`'compounded'\` | \`'summed'\` (quantstats) |
| \`confidence\` | 0.95 | of value at risk and tails |
| \`requiredReturn\` | 0 | a yearly fraction, for Omega |
| \`trials\` | none | \`{ count, variance }\`, for the deflated Sharpe ratio |
| \`worst\` | 10 | drawdowns in the table, and for Sterling and Burke |
| \`window\` | half a year | periods of a rolling window |
| \`market\` | that of the run | for \`'hold'\`, an asset, and gross exposure of several assets, where the result was read from data |

**Against a benchmark** periods count that both have, by trade date; the date of a stamp in a series is its day in UTC. Days that one of
both lacks are left out, and the returns of both go from one common day to the next; as many fewer make a year. The first return is
taken from the initial cash where the benchmark has a value of at most 15 days before, else from the first common day. Without two common
days the curve is refused.

The last four columns are the same runs as above, against holding the asset.
`

const TRADES = `
## Figures of trades

\`result.tradeAnalysis(options)\` has the figures below (\`summary\`, \`figure(name)\`), of a result from data or a folder too; those that a
run has by the same name are the run's. A trade is a *round trip*: a position from flat to flat, or a lot where positions are lots
([semantics 7.10](semantics.md#7-money)). One that is sold in parts is won or lost as a whole. What is still open is no trade, whatever of it
was sold: it is counted in \`openTrades\`, and where nothing else is there, \`winRate\` is undefined and \`exitWinRate\` says what became of
the exits. Beside them

| | |
| --- | --- |
| \`trades\` | the closed trades, a row each: times, value, P&L, return, R, excursions, costs, how many exits |
| \`by('side')\`, \`'asset'\`, \`'year'\`, \`'month'\`, \`'weekday'\`, \`'hour'\` | trades, wins, P&L and averages of each group; times are those of the exit, of the entry with \`by('hour', 'entry')\` |
| \`by('entryReason')\`, \`'exitReason'\`, \`'exitDetail'\`, \`'entryTag'\`, \`'exitTag'\`, \`'ambiguous'\`, \`'barsHeld'\` | the same by what opened or closed them, and by bars held in spans that double |
| \`edgeRatios([5, 10, 20])\` | how far the price went for and against entries within so many bars, in average true ranges, and the one over the other |
| \`costs\` | commission (of makers and takers apart), slippage, spread and impact, of entries and of exits; they sum up to all that prices and brokers took |
| \`holdings(result, market)\` | how many positions, and what long and short ones were worth, at each close |
| \`topPositions(result, market)\` | the assets that were the largest part of the equity |

| Option | Default | Other |
| --- | --- | --- |
| \`per\` | what the run counts | \`'roundTrip'\`: from flat to flat, with lots too; \`'lot'\`; \`'exit'\`: each row of the table of trades (\`extract_round_trips\` of pyfolio, where a position has one entry) |
| \`stop\` | \`initialStop\` where the run has such a context, else the stop that the position was opened with ([7.11](semantics.md#7-money)), column \`entryStop\` of the trades | another position context that has the price of the initial stop, for R multiples |
| \`market\` | that of the run | for edge ratios, and for costs that go by the bars, where the result was read from data |
| \`zone\` | the run's \`zone\` | by whose clocks years, months, weekdays and hours are |

Of round trips: P&L, value, costs and risk are summed over the exits; bars held are those of the last exit; MFE and MAE are the widest.
The last four columns are the same runs as above.
`

/** A year of weekdays; the price goes where a function says. */
function prices(price: (bar: number) => number): Market {
  const time: number[] = []
  for (let day = Date.UTC(2023, 0, 2); time.length < 261; day += DAY)
    if (new Date(day).getUTCDay() % 6 !== 0) time.push(day)
  return Market.from({ assets: ['A'], time, close: time.map((_, bar) => price(bar)) })
}

function runs(): readonly [string, Result][] {
  const up = prices((bar) => 100 + bar + 5 * Math.sin(bar))
  const still = prices(() => 100)
  const squeeze = prices((bar) => 100 * 1.02 ** bar)
  const buy = at({ 0: (broker) => void broker.submitOrder({ asset: 0, quantity: 100 }) })
  const once = at({
    0: (broker) => void broker.submitOrder({ asset: 0, quantity: 100 }),
    200: (broker) => void broker.closePosition(0),
  })
  const short = at({ 0: (broker) => void broker.submitOrder({ asset: 0, side: 'sell', quantity: 800 }) })
  return [
    ['no order', backtest(up, at({}))],
    ['one trade', backtest(up, once)],
    ['flat', backtest(still, buy)],
    ['ruin', backtest(squeeze, short)],
  ]
}

const YEARS = { days: 'days', periods: 'periods', none: '' } as const
const BETTER = { 1: 'more', 0: '', [-1]: 'less' } as const
const NAMES = `
## Names elsewhere

What a figure is called in the files of what was here before, in quantstats 0.0.86, empyrical-reloaded 0.7.1, pyfolio-reloaded 0.10.1
(\`perf_stats\`, \`gen_round_trip_stats\`), ffn 1.4.1 and backtesting.py 0.6.6. A name of theirs that is none here is answered with the one
that it has here. quantstats takes \`avg_win\`, \`avg_loss\`, \`win_rate\`, \`payoff_ratio\`, \`kelly_criterion\` and \`profit_factor\` of returns,
not of trades. Where a package means a quantity otherwise, [an option](#figures-of-the-equity-curve) says so; percent of theirs are
fractions here, and drawdowns are positive. Besides:

- quantstats leaves periods without a return out of \`avg_return\`, rounds the time in use of \`rar\` up to whole percent, and gives 0 where
  \`win_rate\` is undefined.
- empyrical has both numbers of \`up_alpha_beta\` and \`down_alpha_beta\` in one, \`upAlpha\` and \`upBeta\` here, and all three of
  \`batting_average\`, \`upBattingAverage\` and \`downBattingAverage\` here.
- The value at risk of pyfolio's \`perf_stats\` is the mean less two standard deviations: \`confidence: 0.9772498680518208\`.
- ffn counts from the first price, and so has no return of the first month and year; of \`avg_down_month\` months without a return are
  part. Its \`calc_information_ratio\` is of a period.
- Durations of backtesting.py are here in days, \`maxDrawdownDays\` and \`longestDaysHeld\`, and in bars, \`maxDrawdownBars\` and
  \`longestBarsHeld\`.
`

/** A row a figure that has another name somewhere, and one for what is no figure here. */
function namesTable(): string {
  const list = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ')
  const rows = CATALOGUE.filter(({ also }) => Object.keys(also).length > 0).map(({ name, also }) =>
    [`\`${name}\``, ...ALSO_OF.map((of) => list(also[of] ?? []))].join(' | '),
  )
  const tables = [...new Set(ALSO_TABLES.map(([, , here]) => here))].map((here) =>
    [
      `\`${here}\``,
      ...ALSO_OF.map((of) =>
        list(ALSO_TABLES.filter((one) => one[0] === of && one[2] === here).map(([, name]) => name)),
      ),
    ].join(' | '),
  )
  return [
    `| Here | ${ALSO_OF.join(' | ')} |`,
    `|${' --- |'.repeat(1 + ALSO_OF.length)}`,
    ...[...rows, ...tables].map((row) => `| ${row} |`),
  ].join('\n')
}

const cell = (text: string) => text.replaceAll('|', '\\|')

function row(
  { name, field, unit, better, annual, doc }: CatalogueMetric,
  results: readonly [string, Result][],
): string {
  const values = results.map(([, result]) => formatNumber(result.figure(name, { benchmark: 'hold' }), unit))
  const cells = [`\`${name}\`<br>\`${field}\``, unit || 'number', BETTER[better], YEARS[annual], doc, ...values]
  return `| ${cells.map(cell).join(' | ')} |`
}

it('the page of metrics is that of the catalogue', async () => {
  const results = runs()
  const [, , , [, ruin]] = results
  expect(ruin.warnings.map(({ code }) => code)).toContain('bust')
  expect(results[1][1].trades.length).toBe(1)
  const heads = ['Metric and field', 'Unit', 'Better', 'Year', 'Formula', ...results.map(([name]) => name)]
  const table = (of: CatalogueMetric['of']) =>
    [
      `| ${heads.join(' | ')} |`,
      `|${' --- |'.repeat(heads.length)}`,
      ...CATALOGUE.filter((spec) => spec.of === of).map((spec) => row(spec, results)),
    ].join('\n')
  await expect(
    `${HEAD}\n${table('run')}\n${CURVE}\n${table('curve')}\n${TRADES}\n${table('trades')}\n${NAMES}\n${namesTable()}\n`,
  ).toMatchFileSnapshot('../../docs/metrics.md')
})
