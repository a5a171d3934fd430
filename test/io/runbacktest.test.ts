/** From files or tables to a result in one call. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tableFromArrays } from 'apache-arrow'
import { afterAll, describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { openMarket } from '../../src/io/open.ts'
import { withSignals } from '../../src/io/signalfile.ts'
import { marketTable, writeTable } from '../../src/io/write.ts'
import { tradesWithSignals } from '../../src/results/tradesignals.ts'
import { runBacktest } from '../../src/runbacktest.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { Strategy } from '../../src/strategy/strategy.ts'
import { DAY, market, textOf, walk } from '../engine/script.ts'

const folder = mkdtempSync(join(tmpdir(), 'fillgrid-run-'))
afterAll(() => rmSync(folder, { recursive: true }))
const put = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

const BARS = 60
const prices = market({ A: walk(BARS, 5, 0), B: walk(BARS, 6, 0) })
/** Rows of scores of both assets, a row of an asset that there is not, and one of a time that no bar has. */
const rows = Array.from({ length: 2 * BARS }, (_, i) => ({
  time: Math.floor(i / 2) * DAY,
  symbol: i % 2 ? 'B' : 'A',
  score: ((i * 7) % 11) - 5,
}))
const more = [
  { time: 0, symbol: 'C', score: 1 },
  { time: DAY / 2, symbol: 'A', score: 1 },
]
const csv = `time,symbol,score\n${[...rows, ...more].map((r) => `${new Date(r.time).toISOString()},${r.symbol},${r.score}`).join('\n')}\n`
const context = `time,vix\n${Array.from({ length: BARS }, (_, bar) => `${new Date(bar * DAY).toISOString()},${10 + bar}`).join('\n')}\n`

class ByScore extends Strategy {
  override onBar(bar: Bar, broker: Broker) {
    for (const asset of [0, 1]) broker.orderTargetQuantity(asset, bar.value('score', asset) > 0 ? 10 : 0)
  }
}

const bars = async (name: string) => {
  await writeTable(join(folder, name), marketTable(prices))
  return join(folder, name)
}
const files = async () => ({
  prices: await bars('bars.arrow'),
  signals: put('scores.csv', csv),
  context: put('context.csv', context),
})

/** The same by hand. */
const joined = prices.with({ signals: { score: rows.map(({ score }) => score) } })
const expected = backtest(joined, ByScore, { profile: 'backtrader', cash: 50_000 })
const config = { profile: 'backtrader', cash: 50_000 } as const

describe('runBacktest', () => {
  it('reads prices, signals and context from files, and the result outlives the market', async () => {
    const result = await runBacktest({ ...(await files()), strategy: ByScore, config })
    expect(expected.trades.length).toBeGreaterThan(10)
    expect(textOf(result) === textOf(expected)).toBe(true)
    expect(result.fingerprint.outcome).toBe(expected.fingerprint.outcome)
    expect(result.settings.profile).toBe('backtrader')
  })

  it('takes a profile by name', async () => {
    const { prices: path, signals } = await files()
    const result = await runBacktest({ prices: path, signals, strategy: ByScore, config: 'backtrader' })
    expect(textOf(result) === textOf(backtest(joined, ByScore, { profile: 'backtrader' }))).toBe(true)
    await expect(runBacktest({ prices: path, strategy: ByScore, config: 'backtreder' as never })).rejects.toThrow(
      /backtreder/,
    )
  })

  it('takes Parquet, JSON, Arrow tables, columns and markets', async () => {
    const parquet = await bars('bars.parquet')
    const json = put(
      'scores.json',
      JSON.stringify(rows.map((row) => ({ ...row, time: new Date(row.time).toISOString() }))),
    )
    const table = tableFromArrays({
      time: rows.map(({ time }) => new Date(time)),
      symbol: rows.map(({ symbol }) => symbol),
      score: Float64Array.from(rows, ({ score }) => score),
    })
    const columns = { score: rows.map(({ score }) => score) }
    const { open, high, low, close, volume, time, assets } = prices
    for (const given of [
      { prices: parquet, signals: json },
      { prices: parquet, signals: table },
      { prices, signals: [table] },
      { prices, signals: columns },
      { prices: joined },
      { prices: { assets, time, open, high, low, close, volume }, signals: columns },
    ])
      expect(textOf(await runBacktest({ ...given, strategy: ByScore, config })) === textOf(expected)).toBe(true)
    expect(prices.released).toBe(false)
  })

  it('says what it cannot take', async () => {
    const { prices: path } = await files()
    const run = (request: object) => runBacktest({ prices: path, strategy: ByScore, ...request } as never)
    await expect(run({ price: path })).rejects.toThrow(/"price"/)
    await expect(run({ prices: undefined })).rejects.toThrow(/prices/)
    await expect(run({ prices, context: 'x.csv' })).rejects.toThrow(/a market has its context/)
    await expect(run({ signals: 'nowhere.csv' })).rejects.toMatchObject({ code: 'file_access' })
    await expect(run({ signals: put('none.csv', 'time,score\n1970-01-01,1\n') })).rejects.toThrow(
      /a symbol by row is needed.*SYMBOL=PATH/,
    )
    const twice = put('twice.csv', 'time,symbol,score\n1970-01-01,A,1\n1970-01-01,A,2\n')
    await expect(run({ signals: twice })).rejects.toThrow(/a second one of A at 1970-01-01.*twice\.csv/)
    const other = put('other.csv', 'time,symbol,score\n1999-01-01,A,1\n')
    await expect(run({ signals: other })).rejects.toThrow(/found none in 1/)
    const words = put('words.csv', 'time,symbol,score\n1970-01-01,A,high\n')
    await expect(run({ signals: words })).rejects.toThrow(/a column of numbers is needed/)
  })
})

describe('withSignals', () => {
  it('joins rows to bars by time and symbol, and counts the rest', async () => {
    const made = await withSignals(prices, put('scores.csv', csv))
    expect([...made.signals.get('score')!.values]).toEqual(rows.map(({ score }) => score))
    expect(made.remarks.find(({ code }) => code === 'signals_unmatched')?.count).toBe(2)
    const named = await withSignals(prices, `B=${put('b.csv', 'time,score\n1970-01-02,3\n')}`)
    expect([...named.signals.get('score')!.values.subarray(0, 4)]).toEqual([Number.NaN, Number.NaN, Number.NaN, 3])
    expect(tradesWithSignals(expected, made).columns.at(-1)?.name).toBe('exitSignal:score')
    const single = await openMarket(put('a.csv', 'time,close\n1970-01-01,5\n1970-01-02,6\n'))
    const alone = await withSignals(single, put('s.csv', 'time,close\n1970-01-02,7\n'))
    expect([...alone.signals.get('close')!.values]).toEqual([Number.NaN, 7])
    for (const one of [made, named, alone, single]) one.release()
  })
})
