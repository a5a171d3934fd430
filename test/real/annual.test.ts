import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { openMarket } from '../../src/io/open.ts'

// How many returns make a year, on real files of each kind.

const data = fileURLToPath(new URL('../../../shared/data', import.meta.url))

const FILES: readonly (readonly [file: string, perYear: number, period: 'bar' | 'session', periods: number])[] = [
  ['daily_equities_merged/us_equities_160x2010-2021_adj.csv.gz', 252, 'bar', 2843],
  ['crypto_1m_binance_klines/FILUSDT-1m-2023-05.csv.gz', 365, 'session', 31],
  // Ten days from a Saturday evening.
  ['crypto_1m_freqtrade/UNITTEST_BTC-1m.json.gz', 365, 'session', 11],
  ['fx_index_1m_histdata/DAT_ASCII_EURUSD_M1_2019.csv.gz', 260, 'session', 260],
  ['fx_index_1m_histdata/DAT_ASCII_SPXUSD_M1_2018.csv.gz', 260, 'session', 258],
  ['fx_index_m15/NAS100_M15.csv.gz', 260, 'session', 133],
  ['futures_1m/6EH4.XCME_1min_bars_20240101_20240131.csv.gz', 260, 'session', 22],
  ['dialects/nt-spy-minute-2011.csv.gz', 252, 'session', 20],
]

for (const [file, perYear, period, periods] of FILES) {
  const path = join(data, file)
  const there = existsSync(path)
  it.skipIf(!there)(`${file}${there ? '' : ' (skipped: ../shared is absent)'}`, { timeout: 120_000 }, async () => {
    const market = await openMarket(path)
    const { annual } = market
    expect([annual.perYear, annual.period, market.periods.count], annual.reason).toEqual([perYear, period, periods])
    market.release()
  })
}
