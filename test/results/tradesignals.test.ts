/** Trades with the signals of the bars in which they were decided. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { tableToCsv } from '../../src/io/csvwrite.ts'
import { resultData, resultFrom } from '../../src/results/data.ts'
import { tradesWithSignals } from '../../src/results/tradesignals.ts'
import { at, failure, flat, market, type Row, rows } from '../engine/script.ts'

const N = 10
const prices: Row[] = flat(100, 100, 101, 102, 103, 90, 91, 92, 93, 94)
/** Two assets; a signal is 10 * bar + asset, or NaN for asset B from bar 8 on. */
const bare = market({ A: prices, B: flat(...Array.from({ length: N }, () => 50)) })
const made = bare.with({
  signals: {
    rsi: Float64Array.from({ length: 2 * N }, (_, i) => (i >= 17 && i % 2 ? Number.NaN : 10 * (i >> 1) + (i % 2))),
    score: Float64Array.from({ length: 2 * N }, (_, i) => -i),
  },
})

const strategy = at({
  0: (broker) => {
    broker.orderTargetQuantity(1, 5)
    broker.submitOrder({ asset: 0, quantity: 4, rules: [{ type: 'stop', distance: 0.05 }] })
  },
  3: (broker) => void broker.orderTargetQuantity(1, 0),
  6: (broker) =>
    void broker.submitBracket({ asset: 0, quantity: 2, limitPrice: 93, type: 'limit', takeProfitPrice: 93.5 }),
  8: (broker) => void broker.orderTargetQuantity(1, 1),
})

describe('trades with signals', () => {
  const result = backtest(made, strategy, { account: 'unlimited' })

  it('are those of the bars in which entry and exit were decided', () => {
    const table = tradesWithSignals(result, made)
    const names = ['asset', 'entrySignal:rsi', 'exitSignal:rsi', 'entrySignal:score', 'exitSignal:score']
    expect(rows(table, ...names)).toEqual([
      // Given at bar 0, and at bar 3.
      ['B', 1, 31, -1, -7],
      // Stopped in bar 5: of the rule, the bar before.
      ['A', 0, 40, -0, -8],
      // The parent was given at bar 6 and filled in bar 7; its child filled at the open of bar 9.
      ['A', 60, 80, -12, -16],
    ])
    expect(rows(table, 'pnl', 'exitDetail')).toEqual(rows(result.trades, 'pnl', 'exitDetail'))
  })

  it('some of them, in files', () => {
    const [head, first] = tableToCsv(tradesWithSignals(result, made, ['score'])).split('\n')
    expect(head.endsWith(',exit_detail,entry_signal_score,exit_signal_score')).toBe(true)
    expect(first.endsWith(',,-1,-7')).toBe(true)
    expect(tradesWithSignals(result, made, []).columns).toEqual(result.trades.columns)
  })

  it('exits at the close have that bar, and what has no value is NaN', () => {
    const closes = backtest(made, at({ 7: (broker) => void broker.orderTargetQuantity(1, 5) }), {
      timing: 'same-close',
      rules: [{ type: 'time', bars: 1 }],
    })
    expect(rows(tradesWithSignals(closes, made), 'entrySignal:rsi', 'exitSignal:rsi')).toEqual([[71, null]])
  })

  it('of a window, and of a result that was read again', () => {
    const window = backtest(
      made,
      at({ 3: (b) => void b.orderTargetQuantity(0, 1), 5: (b) => void b.orderTargetQuantity(0, 0) }),
      {
        from: '1970-01-03',
      },
    )
    const again = resultFrom(structuredClone(resultData(window)))
    expect(rows(tradesWithSignals(again, made), 'entrySignal:rsi', 'exitSignal:rsi')).toEqual([[30, 50]])
  })

  it('refuses other names and markets', () => {
    expect(failure(() => tradesWithSignals(result, made, ['rsy'])).message).toMatch(/"rsy".*Did you mean rsi/)
    expect(failure(() => tradesWithSignals(result, bare, ['rsi'])).code).toBe('unknown_name')
    expect(failure(() => tradesWithSignals(result, made, 'rsi' as never)).code).toBe('invalid_value')
    expect(failure(() => tradesWithSignals(result, {} as never)).code).toBe('invalid_value')
    expect(failure(() => tradesWithSignals(result, market(prices))).message).toMatch(/assets/)
    const shorter = made.slice(0, 5)
    expect(failure(() => tradesWithSignals(result, shorter)).message).toMatch(/a bar 5 at 1970-01-06.*found 5 bars/)
    const later = made.slice(1)
    expect(failure(() => tradesWithSignals(result, later)).message).toMatch(/a bar 0 at 1970-01-01/)
  })
})
