/** Names that figures have elsewhere. */
import { expect, it } from 'vitest'
import { ALSO_OF, ALSO_TABLES } from '../../src/results/also.ts'
import { CATALOGUE, metricNamed } from '../../src/results/catalogue.ts'
import { failure } from '../engine/script.ts'

/** Fields of what was here before: of its report, by month and by week, of its results, their analytics, and its pages. */
const SEED = [
  'roi cumulative_return total_pnl trade_count annualized_return annualized_volatility sharpe_ratio sortino_ratio calmar_ratio',
  'max_drawdown win_rate avg_win avg_loss profit_factor trades_per_year max_consecutive_wins max_consecutive_losses',
  'weekly_roi weekly_max_drawdown',
  'initial_cash final_value total_return total_return_pct max_drawdown_pct num_trades winning_trades losing_trades',
  'total_commission total_slippage trades equity_curve fills',
  'sharpe sortino calmar cagr volatility expectancy avg_trade largest_win largest_loss EquityCurve TradeAnalyzer',
]
  .flatMap((names) => names.split(' '))
  .concat([
    'roi of a month',
    'trade_count of a month',
    'total_pnl of a month',
    'total return %',
    'win rate %',
    'max drawdown %',
  ])

it('every field of before is there, once', () => {
  const named = [
    ...CATALOGUE.flatMap(({ also }) => also.seed ?? []),
    ...ALSO_TABLES.filter(([of]) => of === 'seed').map(([, name]) => name),
  ]
  expect([...named].sort()).toEqual([...SEED].sort())
})

it('each name of a package stands at one figure, and no name is of something else there', () => {
  for (const of of ALSO_OF) {
    const named = [
      ...CATALOGUE.flatMap(({ also }) => also[of] ?? []),
      ...ALSO_TABLES.filter((one) => one[0] === of).map(([, name]) => name),
    ]
    expect(new Set(named).size, of).toBe(named.length)
    expect(named.length, of).toBeGreaterThan(15)
  }
})

it('a name of theirs is answered with the one that it has here', () => {
  const message = (name: string) => failure(() => metricNamed(name)).message
  for (const { name, also } of CATALOGUE)
    for (const other of Object.values(also).flat()) {
      if (CATALOGUE.some((spec) => spec.name === other || spec.field === other)) continue
      expect(message(other), other).toMatch(new RegExp(`is not one\\. It is .*\\b${name}\\b.* here\\.$`))
    }
  expect(message('sharpe_ratio')).toBe('metric: "sharpe_ratio" is not one. It is sharpe here.')
  expect(message('Sharpe Ratio')).toMatch(/It is sharpe here/)
  expect(message('conditional_value_at_risk')).toMatch(/It is cvarHistorical here/)
  expect(message('sharpee')).toMatch(/Did you mean sharpe/)
  expect(message('__proto__')).toMatch(/is not one/)
})
