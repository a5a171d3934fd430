/**
 * What the figures of an equity curve cost, in processor time: `node build/bench/curve.js` after `npm run build`. A run of ten years
 * of daily bars, warm; the median of 30.
 */
import { backtest } from '../src/backtest.ts'
import { Market } from '../src/market/market.ts'

const BARS = 2520

const time = Array.from({ length: BARS }, (_, i) => Date.UTC(2014, 0, 1) + i * 86_400_000)
const close = time.map((_, i) => 100 + 20 * Math.sin(i / 30) + 5 * Math.sin(i * i))
const market = Market.from({ assets: ['A'], time, close })
const result = backtest(market, 'sma-cross', { parameters: { fast: 3, slow: 12 } })
const options = { benchmark: 'hold', trials: { count: 10, variance: 0.01 } }

function median(work: () => unknown): string {
  const took: number[] = []
  for (let i = 0; i < 60; i++) {
    const start = process.cpuUsage()
    for (let k = 0; k < 5; k++) work()
    const { user, system } = process.cpuUsage(start)
    // The first half warms up.
    if (i >= 30) took.push((user + system) / 5000)
  }
  return `${took.sort((a, b) => a - b)[15].toFixed(2)} ms`
}

const scalars = () => result.equityCurve(options).summary
const tables = () => {
  const curve = result.equityCurve(options)
  for (const span of ['day', 'week', 'month', 'year'] as const) curve.by(span)
  for (const figure of ['sharpe', 'sortino', 'volatility', 'beta'] as const) curve.rolling(figure)
  return [curve.drawdowns, curve.histogram()]
}

console.log(
  `${BARS} bars: ${Object.keys(scalars()).length} figures of the curve ${median(scalars)}, its tables ${median(tables)}`,
)
