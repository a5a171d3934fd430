/** Figures of a year of whole runs: what people saw, and what is right (buy and hold at constant growth). */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { FillgridError } from '../../src/errors.ts'
import { Market } from '../../src/market/market.ts'
import { resample } from '../../src/market/resample.ts'
import { prepare } from '../../src/prepare.ts'
import { summaryText } from '../../src/report/summary.ts'
import { at } from '../engine/script.ts'
import { DAY, daily, dates, HOUR, hours, monthly, weekBars } from '../market/calendars.ts'

/** Closes that grow by a fraction from the first to the last stamp, at one pace. */
function growing(time: readonly number[], total: number): Market {
  const [first, last] = [time[0], time[time.length - 1]]
  const close = time.map((utc) => 100 * (1 + total) ** ((utc - first) / (last - first)))
  return Market.from({ assets: ['A'], time: [...time], close })
}

/** Everything into the asset at the first close, and held. */
const holdFrom = (bar: number) =>
  at({ [bar]: (broker) => void broker.submitOrder({ asset: 0, size: { type: 'fraction', amount: 1 } }) })
const hold = holdFrom(0)
const held = (market: Market, config = {}) => {
  const result = backtest(market, hold, { timing: 'same-close', ...config })
  market.release()
  return result
}

const saturday = [...daily('2025-01-02', '2025-12-31', [1, 2, 3, 4, 5]), Date.UTC(2025, 1, 1)].sort((a, b) => a - b)

describe('what people saw', () => {
  it.each<[string, readonly number[], number, string, number]>([
    ['weekly, 27 Fridays', dates('2025-02-21', 27, 7), 0.168, '36.6', 52],
    ['weekly, 13 Fridays', dates('2025-02-21', 13, 7), 0.0744, '36.6', 52],
    ['month ends', monthly('2022-01', 13, 1, true), 0.1, '10.0', 12],
    ['currency hours', weekBars('2023-01-01', '2023-12-29', 'UTC', 22, HOUR), 0.1, '10.1', 260],
    ['Sydney hours', hours('2023-01-02', '2023-12-29', 'Australia/Sydney', 10, 16, [1, 2, 3, 4, 5]), 0.1, '10.1', 260],
    ['weekdays and one Saturday', saturday, 0.1, '10.1', 260],
  ])('%s', (_, time, total, right, perYear) => {
    const { summary, annual, warnings } = held(growing(time, total))
    expect(summary.totalReturn).toBeCloseTo(total, 12)
    expect((100 * summary.cagr).toFixed(1)).toBe(right)
    expect(annual.perYear, annual.reason).toBe(perYear)
    const short = time[time.length - 1] - time[0] < 90 * DAY
    expect(warnings.some(({ code }) => code === 'short_run')).toBe(short)
  })

  it('days made into months', () => {
    const days = growing(daily('2022-01-01', '2023-01-31', [0, 1, 2, 3, 4, 5, 6]), 0.153)
    const { market } = resample(days, '1mo')
    days.release()
    const { summary, annual } = held(market)
    expect([annual.perYear, summary.bars]).toEqual([12, 13])
    expect(summary.totalReturn).toBeCloseTo(0.14, 2)
    expect(summary.cagr).toBeCloseTo(summary.totalReturn, 3)
  })
})

describe('the same market', () => {
  const time = hours('2022-01-01', '2023-12-31', 'UTC', 0, 24, [0, 1, 2, 3, 4, 5, 6], 6 * HOUR)
  const wavy = () =>
    Market.from({
      assets: ['A'],
      time,
      close: time.map((_, i) => 100 + i / 50 + 3 * Math.sin(i / 3) + 2 * Math.cos(i / 7)),
    })

  it.each([
    {},
    { cagr: 'periods' as const },
    { periodsPerYear: 252 },
    { cagr: 'periods' as const, periodsPerYear: 252 },
  ])('has equal figures as a run, for metrics alone and in a window: %o', (measure) => {
    const market = wavy()
    const config = { timing: 'same-close' as const, ...measure }
    const whole = backtest(market, hold, config)
    const runner = prepare(market, hold, config)
    expect([...runner.metrics({})]).toEqual([...whole.metrics])
    runner.release()
    const window = { ...config, from: '2023-03-04T12:00Z', to: '2023-09-01' }
    const first = time.findIndex((utc) => utc >= Date.parse(window.from))
    const cut = backtest(market, holdFrom(first), window)
    expect(cut.annual).toEqual(whole.annual)
    expect([cut.firstBar, cut.summary.totalReturn === 0]).toEqual([first, false])
    const slice = market.slice(cut.firstBar, cut.firstBar + cut.equity.length)
    expect([...backtest(slice, hold, config).metrics]).toEqual([...cut.metrics])
    slice.release()
    market.release()
  })

  it('says what it was measured by in its settings, and nothing of defaults', () => {
    const market = wavy()
    expect(backtest(market, hold).settings).not.toHaveProperty('cagr')
    expect(backtest(market, hold).settings).not.toHaveProperty('periodsPerYear')
    const { settings, annual } = backtest(market, hold, { cagr: 'periods', periodsPerYear: 252 })
    expect(settings).toMatchObject({ cagr: 'periods', periodsPerYear: 252 })
    expect(annual).toMatchObject({ perYear: 252, source: 'given' })
    market.release()
  })

  it('is scaled by the number that is given', () => {
    const market = wavy()
    const [a, b] = [252, 504].map((periodsPerYear) => backtest(market, hold, { periodsPerYear }).summary)
    for (const name of ['volatility', 'sharpe', 'sortino'] as const)
      expect(b[name] / a[name], name).toBeCloseTo(Math.SQRT2, 12)
    expect(b.cagr).toBe(a.cagr)
    market.release()
  })

  it('says the number and why below its summary', () => {
    const market = wavy()
    const { metrics, annual } = backtest(market, hold)
    expect(summaryText(metrics, annual).split('\n').at(-1)).toBe(
      '365 returns a year: sessions (cut at midnight UTC), of which 365.3 a year are counted',
    )
    expect(summaryText(metrics)).not.toContain('a year')
    market.release()
  })
})

it.each([
  [{ periodsPerYear: 0 }, 'config: periodsPerYear must be a number above 0, found 0.'],
  [{ periodsPerYear: -252 }, 'found -252.'],
  [{ periodsPerYear: Number.NaN }, 'found NaN.'],
  [{ periodsPerYear: '252' }, 'found "252".'],
  [{ cagr: 'calendar' }, "config: cagr must be 'days' or 'periods', found \"calendar\"."],
  [{ periodPerYear: 252 }, 'periodsPerYear'],
])('refuses %o', (config, words) => {
  const market = growing(dates('2024-01-01', 5, 1), 0.1)
  for (const run of [backtest, prepare])
    expect(() => run(market, hold, config as object)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(words) }),
    )
  expect(() => backtest(market, hold, config as object)).toThrow(FillgridError)
  market.release()
})
