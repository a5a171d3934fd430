/** What exits by rule say of themselves (semantics 6.1): in tables, events, files, and however the run goes on. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { resultOf } from '../../src/engine/openrun.ts'
import { tableToCsv } from '../../src/io/csvwrite.ts'
import { readResult, writeResult } from '../../src/io/resultfolder.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import { resultData, resultFrom } from '../../src/results/data.ts'
import type { Rule } from '../../src/settings/settings.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { at, flat, market, type Row, rows, textOf, walk } from './script.ts'

const FREE: BacktestConfig = { account: 'unlimited' }
const buy = (rules?: readonly Rule[], quantity = 4) => ({
  0: (broker: Broker) => void broker.submitOrder({ asset: 0, quantity, rules }),
})

/** What the exits of a position opened at 100 in bar 1 say. */
function detailsOf(prices: readonly Row[], rules: readonly Rule[], config: BacktestConfig = {}): unknown[] {
  const result = backtest(market(prices), at(buy(rules)), { ...FREE, ...config })
  expect(rows(result.fills, 'detail').slice(1)).toEqual(rows(result.trades, 'exitDetail'))
  expect(result.fills.row(0).detail).toBeNull()
  return rows(result.trades, 'exitDetail').flat()
}

describe('what exits by rule say of themselves', () => {
  it.each<[string, Rule, number]>([
    ['stop_loss_5.0%', { type: 'stop', distance: 0.05 }, 90],
    ['stop_loss_7.0%', { type: 'stop', distance: 0.07 }, 90],
    ['stop_loss_2.75%', { type: 'stop', distance: 0.0275 }, 90],
    ['stop_loss_1e-298%', { type: 'stop', distance: 1e-300 }, 90],
    ['stop_loss_2.5price', { type: 'stop', distance: 2.5, unit: 'price' }, 90],
    ['stop_loss_2.0atr', { type: 'stop', distance: 2, unit: 'atr' }, 1],
    ['take_profit_10.0%', { type: 'target', distance: 0.1 }, 120],
    ['take_profit_150.0%', { type: 'target', distance: 1.5 }, 300],
    ['take_profit_3.0price', { type: 'target', distance: 3, unit: 'price' }, 120],
    ['take_profit_0.5atr', { type: 'target', distance: 0.5, unit: 'atr', period: 3 }, 120],
    ['trailing_stop_3.0%', { type: 'trail', distance: 0.03 }, 90],
    ['trailing_stop_1.0price', { type: 'trail', distance: 1, unit: 'price', from: 0.1 }, 90],
    ['trailing_stop_1.5atr', { type: 'trail', distance: 1.5, unit: 'atr' }, 1],
    ['time_exit_3bars', { type: 'time', bars: 3 }, 101],
  ])('%s', (detail, rule, price) => {
    const prices: Row[] = [...flat(100), [100, 102, 98, 100], [100, 101, 99, 100], ...flat(price, price, price)]
    expect(detailsOf(prices, [rule])).toEqual([detail])
  })

  it('a stop that was moved says where it had been moved, added or not; one that was not moved says its distance', () => {
    const move: Rule = { type: 'target', distance: 0.05, action: { type: 'move-stop', offset: -0.05 } }
    const stop: Rule = { type: 'stop', distance: 0.2 }
    expect(detailsOf(flat(100, 100, 106, 90), [stop, move])).toEqual(['stop_loss_at_95.0'])
    expect(detailsOf(flat(100, 100, 106, 90), [move])).toEqual(['stop_loss_at_95.0'])
    // The second stop of the chain is not the one that moves.
    expect(detailsOf(flat(100, 100, 106, 80), [stop, { type: 'stop', distance: 0.21 }, move])[0]).toBe(
      'stop_loss_at_95.0',
    )
    expect(detailsOf(flat(100, 100, 80), [stop, move])).toEqual(['stop_loss_20.0%'])
  })

  it('each of a ladder says its own, shorts too', () => {
    const ladder: Rule[] = [0.02, 0.04].map((distance) => ({
      type: 'target',
      distance,
      action: { type: 'exit-fraction', fraction: 0.5 },
    }))
    expect(detailsOf(flat(100, 100, 103, 105), [...ladder, { type: 'time', bars: 3 }])).toEqual([
      'take_profit_2.0%',
      'take_profit_4.0%',
    ])
    const short = backtest(market(flat(100, 100, 110)), at(buy([{ type: 'stop', distance: 0.05 }], -4)), FREE)
    expect(rows(short.trades, 'exitDetail')).toEqual([['stop_loss_5.0%']])
  })

  it('an exit that waits says what its rule was when it fired, whatever became of the rules', () => {
    const prices: Row[] = [...flat(100, 100), null, ...flat(90), null, ...flat(91, 92)].map((row) => row ?? null)
    const steps = {
      ...buy(),
      3: (broker: Broker) => void broker.setPositionRules([{ type: 'stop', distance: 0.5 }], 0),
    }
    const config: BacktestConfig = { ...FREE, stopFill: 'next-open', rules: [{ type: 'stop', distance: 0.05 }] }
    const result = backtest(market(prices), at(steps), config)
    expect(rows(result.trades, 'exitPrice', 'exitDetail')).toEqual([[91, 'stop_loss_5.0%']])
  })

  it('what the volume leaves of it says the same', () => {
    const prices = flat(100, 100, 90, 90, 90, 90).map((row, bar) => [...(row as number[]), bar < 2 ? 1000 : 3])
    const config: BacktestConfig = { participation: 1 }
    expect(detailsOf(prices, [{ type: 'stop', distance: 0.05 }], config)).toEqual(['stop_loss_5.0%', 'stop_loss_5.0%'])
  })

  it('orders, brackets, decisions and the end say nothing, and hooks hear the same words', () => {
    const heard: unknown[] = []
    const prices = flat(100, 100, 106, 94, 100, 100, 90, 90)
    const steps = {
      0: (broker: Broker) => void broker.submitBracket({ asset: 0, quantity: 1, stopLossPrice: 95 }),
      4: (broker: Broker) =>
        void broker.submitOrder({ asset: 0, quantity: 2, rules: [{ type: 'stop', distance: 0.05 }] }),
    }
    const result = backtest(
      market(prices),
      at(steps, {
        onFill: (fill) => heard.push(fill.detail),
        onTrade: (trade) => heard.push(trade.exitDetail),
      }),
      FREE,
    )
    expect(rows(result.fills, 'reason', 'detail')).toEqual([
      ['order', null],
      ['stop', null],
      ['order', null],
      ['stop', 'stop_loss_5.0%'],
    ])
    expect(heard).toEqual(['', '', '', '', 'stop_loss_5.0%', 'stop_loss_5.0%'])
    expect(result.details).toEqual(['stop_loss_5.0%'])
  })

  it('is in CSV, in data and in folders', async () => {
    const rules: Rule[] = [
      { type: 'stop', distance: 0.02 },
      { type: 'target', distance: 3, unit: 'price' },
      { type: 'time', bars: 4 },
    ]
    const strategy = at(
      Object.fromEntries(
        Array.from({ length: 30 }, (_, i) => [4 * i, (broker: Broker) => void broker.orderTargetQuantity(0, 5)]),
      ),
    )
    const result = backtest(market(walk(130, 3)), strategy, { ...FREE, rules })
    expect([...result.details].sort()).toEqual(['stop_loss_2.0%', 'take_profit_3.0price', 'time_exit_4bars'])
    const head = tableToCsv(result.trades).split('\n')[0].split(',')
    expect(head).toContain('exit_detail')
    expect(tableToCsv(result.fills)).toContain('take_profit_3.0price')
    const again = resultFrom(structuredClone(resultData(result)))
    expect(textOf(again)).toBe(textOf(result))
    expect(rows(again.trades, 'exitDetail')).toEqual(rows(result.trades, 'exitDetail'))
    const folder = mkdtempSync(join(tmpdir(), 'fillgrid-detail-'))
    await writeResult(join(folder, 'r'), result)
    const read = await readResult(join(folder, 'r'))
    rmSync(folder, { recursive: true })
    expect(rows(read.fills, 'detail')).toEqual(rows(result.fills, 'detail'))
    expect(textOf(read)).toBe(textOf(result))
  })

  it('goes on in a snapshot that was taken while an exit waits', () => {
    const prices = market([...flat(100, 100, 90), null, ...flat(91, 92)])
    const config: BacktestConfig = {
      ...FREE,
      stopFill: 'next-open',
      rules: [{ type: 'stop', distance: 2, unit: 'price' }],
    }
    const strategy = at(buy())
    const whole = backtest(prices, strategy, config)
    expect(rows(whole.trades, 'exitDetail')).toEqual([['stop_loss_2.0price']])
    const run = openRun(prices, strategy, config)
    for (let i = 0; i < 4; i++) run.advance()
    const restored = openRun(prices, strategy, config)
    restored.restore(structuredClone(run.snapshot()))
    expect(textOf(resultOf(restored.toEnd()))).toBe(textOf(whole))
  })
})
