/** Every result names the data it ran on. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { openMarket } from '../../src/io/load.ts'
import { Market } from '../../src/market/market.ts'
import { resample } from '../../src/market/resample.ts'
import { smaCross } from '../../src/strategies/sma-cross.ts'
import { sweep } from '../../src/sweep/sweep.ts'

const folder = mkdtempSync(join(tmpdir(), 'fillgrid-dataid-'))
afterAll(() => rmSync(folder, { recursive: true }))

const rows = Array.from({ length: 60 }, (_, i) => [1704067200000 + i * 3600000, 100 + ((i * 7) % 11)])
const text = `time,close\n${rows.map((row) => row.join(',')).join('\n')}\n`
const run = (market: Market) => backtest(market, smaCross, { parameters: { fast: 2, slow: 5 } })

it('the id is that of the content and of where it came from, wherever the file lies', async () => {
  const paths = ['a', 'b'].map((name) => {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'A.csv'), text)
    return join(folder, name, 'A.csv')
  })
  const [a, b] = [run(await openMarket(paths[0])), run(await openMarket(paths[1]))]
  expect(a.dataId).toMatch(/^[0-9a-f]{64}$/)
  expect([b.dataId, b.fingerprint.all]).toEqual([a.dataId, a.fingerprint.all])
  for (let i = 0; i < 2; i++) {
    const cached = await openMarket(paths[0], { cache: join(folder, 'cache') })
    expect(run(cached).dataId).toBe(a.dataId)
  }

  // The same bars from other bytes: equal content, equal outcome, another id.
  writeFileSync(join(folder, 'A.csv'), text.replaceAll(',', ';'))
  const other = run(await openMarket(join(folder, 'A.csv')))
  expect(other.fingerprint.all).toBe(a.fingerprint.all)
  expect(other.dataId).not.toBe(a.dataId)
})

it('has a place for what was done to the data, and exists for data from memory', () => {
  const market = Market.from({ assets: ['A'], time: rows.map(([time]) => time), close: rows.map(([, close]) => close) })
  const days = resample(market, '1d').market
  const ids = [market, days, market.slice(0, 30)].map((one) => run(one).dataId)
  expect(new Set(ids).size).toBe(3)
})

it('a sweep hashes nothing until it is asked, and then once', async () => {
  const market = Market.from({ assets: ['A'], time: rows.map(([time]) => time), close: rows.map(([, close]) => close) })
  const digest = vi.spyOn(market, 'digest')
  const result = await sweep(market, smaCross, { fast: [2, 3, 4], slow: [5, 8] })
  expect(digest).not.toHaveBeenCalled()
  expect(result.dataId).toBe(result.rerun(0).dataId)
})
