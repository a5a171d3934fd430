/**
 * Every file of real data beside the checkout: what it is found to be, how many bars it has and from when to when (UTC),
 * what the checks find, or why it is refused. Row counts and the counts of flat bars, zero volumes, bad ranges and
 * duplicates agree with the independent measurements in the folder's own manifest. The bars of many of them are compared
 * bit for bit with what pandas reads (reference.py, reference.json: counts, sums and hashes).
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { inspect, type LoadOptions, openMarket } from '../../src/io/load.ts'
import type { CheckName, CheckOutcome, CheckPolicies } from '../../src/market/checks.ts'
import type { Market } from '../../src/market/market.ts'

const root = new URL('../../../shared/data/', import.meta.url).pathname
const there = existsSync(root)
const name = there ? 'real files' : 'real files (skipped: the data folder is not beside the checkout)'

/** File, dialect or format, clock, bars, first and last bar, and the rows that fail each check. */
type Row = [string, string, string, number, string, string, Partial<Record<CheckName, number>>]

/** Files that load as they are. */
const LOADED: Row[] = [
  [
    'crypto_1m_binance_klines/FILUSDT-1m-2023-05.csv.gz',
    'binance',
    'UTC',
    44640,
    '2023-05-01',
    '2023-05-31T23:59:00',
    { zeroVolume: 6, flat: 412 },
  ],
  [
    'crypto_1m_binance_klines/FILUSDT-1m-2023-06.csv.gz',
    'binance',
    'UTC',
    43200,
    '2023-06-01',
    '2023-06-30T23:59:00',
    { zeroVolume: 1, flat: 206 },
  ],
  [
    'crypto_1m_binance_klines/FILUSDT-1m-2023-08.csv.gz',
    'binance',
    'UTC',
    44640,
    '2023-08-01',
    '2023-08-31T23:59:00',
    { zeroVolume: 11, flat: 880 },
  ],
  [
    'crypto_1m_binance_klines/FILUSDT-1m-2023-09.csv.gz',
    'binance',
    'UTC',
    43200,
    '2023-09-01',
    '2023-09-30T23:59:00',
    { zeroVolume: 41, flat: 1031 },
  ],
  [
    'crypto_1m_binance_klines/FILUSDT-1m-2023-10.csv.gz',
    'binance',
    'UTC',
    44640,
    '2023-10-01',
    '2023-10-31T23:59:00',
    { zeroVolume: 24, flat: 1038 },
  ],
  [
    'crypto_1m_binance_klines/FILUSDT-1m-2023-11.csv.gz',
    'binance',
    'UTC',
    43200,
    '2023-11-01',
    '2023-11-30T23:59:00',
    { zeroVolume: 3, flat: 33 },
  ],
  ['crypto_1m_freqtrade/BTC_USDT-1m.feather', 'arrow', 'UTC', 130708, '2025-05-20', '2025-08-18T18:27:00', {}],
  [
    'crypto_1m_freqtrade/LTO_BTC-1m.json.gz',
    'json',
    'UTC',
    51283,
    '2020-02-08T11:43:00',
    '2020-03-15T11:27:00',
    { repeated: 1, zeroVolume: 14803, flat: 26134, gaps: 3 },
  ],
  [
    'crypto_1m_freqtrade/UNITTEST_BTC-1m.json.gz',
    'json',
    'UTC',
    13681,
    '2017-11-04T23:02:00',
    '2017-11-14T22:59:00',
    { flat: 1935, gaps: 273 },
  ],
  [
    'crypto_1m_perp/btc-perp-20211231-20220201_1m.csv.gz',
    'generic',
    'UTC',
    45031,
    '2021-12-31T23:01:00',
    '2022-02-01T05:31:00',
    { flat: 5 },
  ],
  [
    'daily_equities_merged/us_equities_160x2010-2021_adj.csv.gz',
    'generic',
    'UTC',
    2843,
    '2010-01-04',
    '2021-04-20',
    { zeroVolume: 18, flat: 70, gaps: 13280, jumps: 3 },
  ],
  ['daily_lean/aapl.zip', 'lean-daily', 'America/New_York', 5849, '1998-01-02', '2021-03-31', { gaps: 171, jumps: 4 }],
  ['daily_lean/eurusd.zip', 'lean-quotes-daily', 'UTC', 3738, '2007-01-01', '2018-12-31', { gaps: 4 }],
  ['daily_lean/spy.zip', 'lean-daily', 'America/New_York', 5849, '1998-01-02', '2021-03-31', { gaps: 171 }],
  ['daily_lean/wmi.zip', 'lean-daily', 'America/New_York', 2780, '1998-07-17', '2009-08-04', { gaps: 82, jumps: 1 }],
  [
    'daily_native_alphavantage/DA-AAPL-T-2021-04-21.csv.gz',
    'alphavantage',
    'UTC',
    5402,
    '1999-11-01',
    '2021-04-21',
    { gaps: 159, jumps: 4 },
  ],
  [
    'daily_native_alphavantage/DA-AME-T-2021-04-21.csv.gz',
    'alphavantage',
    'UTC',
    5402,
    '1999-11-01',
    '2021-04-21',
    { gaps: 159, jumps: 4 },
  ],
  [
    'daily_native_alphavantage/DA-APH-T-2021-04-21.csv.gz',
    'alphavantage',
    'UTC',
    5402,
    '1999-11-01',
    '2021-04-21',
    { flat: 1, gaps: 159, jumps: 4 },
  ],
  [
    'daily_native_alphavantage/DA-ATVI-T-2021-04-21.csv.gz',
    'alphavantage',
    'UTC',
    5402,
    '1999-11-01',
    '2021-04-21',
    { gaps: 159, jumps: 4 },
  ],
  [
    'daily_native_alphavantage/DA-CNC-T-2021-04-21.csv.gz',
    'alphavantage',
    'UTC',
    4871,
    '2001-12-13',
    '2021-04-21',
    { flat: 3, gaps: 142, jumps: 4 },
  ],
  [
    'daily_native_alphavantage/DA-CTSH-T-2021-04-21.csv.gz',
    'alphavantage',
    'UTC',
    5402,
    '1999-11-01',
    '2021-04-21',
    { gaps: 159, jumps: 5 },
  ],
  [
    'daily_native_alphavantage/DA-GILD-T-2021-04-21.csv.gz',
    'alphavantage',
    'UTC',
    5402,
    '1999-11-01',
    '2021-04-21',
    { zeroVolume: 3, flat: 4, gaps: 159, jumps: 5 },
  ],
  [
    'daily_native_alphavantage/DA-ROL-T-2021-04-21.csv.gz',
    'alphavantage',
    'UTC',
    5402,
    '1999-11-01',
    '2021-04-21',
    { flat: 1, gaps: 159, jumps: 7 },
  ],
  [
    'dialects/2006-01-02-volume-min-001.txt.gz',
    'backtrader-intraday',
    'UTC',
    30889,
    '2006-01-02T09:01:00',
    '2006-02-27T22:00:00',
    { flat: 5736, gaps: 635 },
  ],
  [
    'dialects/2006-min-005.txt.gz',
    'generic',
    'UTC',
    2142,
    '2006-01-02T09:05:00',
    '2006-01-30T17:30:00',
    { zeroVolume: 2142 },
  ],
  [
    'dialects/EURUSD_Candlestick_1_Hour_BID_01.07.2020-15.07.2023.csv.gz',
    'dukascopy',
    'EET',
    17768,
    '2020-06-30T21:00:00',
    '2023-07-14T17:00:00',
    { gaps: 938, clock: 157 },
  ],
  [
    'dialects/SBER_test_2023_daily.csv.gz',
    'moex',
    'Europe/Moscow',
    50044,
    '2024-01-03T06:50:00',
    '2025-12-30T20:40:00',
    { flat: 1093, gaps: 26 },
  ],
  [
    'dialects/SPY.USUSD_Candlestick_1_D_BID_16.02.2017-21.05.2022.csv.gz',
    'dukascopy',
    'UTC',
    1922,
    '2017-02-15T22:00:00',
    '2022-05-21T21:00:00',
    { zeroVolume: 597, flat: 597 },
  ],
  [
    'dialects/cryptodatadownload_BTCUSDT_1h.csv.gz',
    'cryptodatadownload',
    'UTC',
    27096,
    '2017-08-17T04:00:00',
    '2020-09-19T07:00:00',
    { repeated: 4, zeroVolume: 115, flat: 115, gaps: 1 },
  ],
  ['dialects/daily-KO.csv.gz', 'yahoo', 'UTC', 356, '1997-01-02', '1998-06-01', { gaps: 10 }],
  [
    'dialects/finam_XAUUSD.csv.gz',
    'finam',
    'Europe/Moscow',
    5312,
    '1998-01-02',
    '2017-01-06',
    { outside: 99, zeroVolume: 2418, flat: 14, gaps: 93 },
  ],
  ['dialects/krx_cp949_samsung.csv.gz', 'krx', 'Asia/Seoul', 2459, '2013-04-01', '2023-03-31', { gaps: 88 }],
  ['dialects/krx_utf8_000660.csv.gz', 'krx', 'Asia/Seoul', 370, '2023-12-05', '2025-06-17', { gaps: 20 }],
  [
    'dialects/mt4_header_EURUSD60.csv.gz',
    'metatrader4-header',
    'UTC',
    3728,
    '2019-02-15T14:00:00',
    '2019-09-20T20:00:00',
    {},
  ],
  ['dialects/mt4_noheader_EURUSD1440.csv.gz', 'metatrader4', 'UTC', 1263, '2012-06-19', '2016-07-08', {}],
  [
    'dialects/mt4_noheader_EURUSD1_2013.csv.gz',
    'metatrader4',
    'EET',
    3851,
    '2013-12-11T15:20:00',
    '2013-12-16T07:53:00',
    { flat: 52 },
  ],
  [
    'dialects/mt5_tab_EURUSD_M1_2020.csv.gz',
    'metatrader5',
    'UTC',
    50000,
    '2020-04-27T04:40:00',
    '2020-06-14T23:59:00',
    { flat: 554, gaps: 87 },
  ],
  [
    'dialects/nt-spy-minute-2011.csv.gz',
    'ninjatrader',
    'UTC',
    14180,
    '2011-01-03T09:00:00',
    '2011-02-01T00:59:00',
    { flat: 2396, gaps: 699 },
  ],
  ['dialects/nvda-1999-2014.txt.gz', 'yahoo', 'UTC', 4012, '1999-01-22', '2014-12-31', { gaps: 119, jumps: 1 }],
  ['dialects/stooq_en_aapl_us_d.csv.gz', 'stooq', 'UTC', 9706, '1984-09-07', '2023-03-13', { flat: 27, gaps: 269 }],
  ['dialects/stooq_en_wig20_d.csv.gz', 'stooq', 'UTC', 7531, '1991-04-16', '2023-03-10', { flat: 980, gaps: 205 }],
  ['dialects/stooq_pl_pkn_d.csv.gz', 'stooq-pl', 'UTC', 1000, '2018-03-16', '2022-03-18', { gaps: 28 }],
  [
    'dialects/tradingview_BINANCE_BTCUSDT_60_jst.csv.gz',
    'tradingview',
    'UTC',
    1902,
    '2024-01-21T14:00:00',
    '2024-04-09T19:00:00',
    {},
  ],
  [
    'dialects/tradingview_SP_SPX_1D.csv.gz',
    'tradingview',
    'UTC',
    18134,
    '1950-01-03T14:30:00',
    '2021-12-07T14:30:00',
    { zeroVolume: 36, flat: 3058, gaps: 473 },
  ],
  ['dialects/yahoo_nulls_005930.KS.csv', 'yahoo', 'UTC', 177, '2018-06-01', '2019-05-31', { missing: 68, gaps: 5 }],
  [
    'dialects/yahoo_pipe_TNX.csv.gz',
    'yahoo',
    'UTC',
    15004,
    '1962-01-02',
    '2021-12-21',
    { zeroVolume: 14962, flat: 7974, gaps: 519, jumps: 1 },
  ],
  ['dialects/yhoo-1996-2015.txt.gz', 'yahoo', 'UTC', 4965, '1996-04-12', '2015-12-31', { gaps: 144, jumps: 1 }],
  [
    'dirty_stockindicators/_issue0859.adx.nan.csv.gz',
    'generic',
    'UTC',
    595,
    '2022-07-25T03:45:00',
    '2022-08-01T03:48:00',
    { zeroVolume: 358, flat: 128 },
  ],
  ['dirty_stockindicators/intraday.csv.gz', 'generic', 'UTC', 1564, '2020-12-15T09:30:00', '2020-12-18T16:00:00', {}],
  ['dirty_stockindicators/penny.csv', 'generic', 'UTC', 533, '2018-12-21', '2021-02-03', { gaps: 15 }],
  ['dirty_stockindicators/toobig.csv.gz', 'generic', 'UTC', 1246, '2017-08-16', '2021-01-12', {}],
  [
    'futures_1m/6EH4.XCME_1min_bars_20240101_20240131.csv.gz',
    'generic',
    'UTC',
    29996,
    '2024-01-01T23:01:00',
    '2024-01-31T23:59:00',
    { flat: 3400, gaps: 325 },
  ],
  [
    'fx_hourly/XAUUSDh1.csv.gz',
    'generic',
    'UTC',
    57600,
    '2012-05-17T08:00:00',
    '2022-03-04T23:00:00',
    { flat: 1, gaps: 133, clock: 516 },
  ],
  [
    'fx_index_1m_histdata/DAT_ASCII_EURUSD_M1_2019.csv.gz',
    'histdata',
    'Europe/London-05:00',
    372470,
    '2019-01-01T22:02:00',
    '2019-12-31T21:59:00',
    { repeated: 60, zeroVolume: 372470, flat: 3293, gaps: 206 },
  ],
  [
    'fx_index_1m_histdata/DAT_ASCII_SPXUSD_M1_2018.csv.gz',
    'histdata',
    'America/New_York',
    310381,
    '2018-01-01T21:30:00',
    '2018-12-31T21:13:00',
    { zeroVolume: 310381, flat: 23735, gaps: 15239 },
  ],
  [
    'fx_index_m15/NAS100_M15.csv.gz',
    'generic',
    'UTC',
    11998,
    '2026-01-06T01:45:00',
    '2026-07-09T21:30:00',
    { gaps: 13, clock: 26 },
  ],
  [
    'fx_index_m15/XAUUSD_M15.csv.gz',
    'generic',
    'UTC',
    11998,
    '2025-12-31T13:45:00',
    '2026-07-09T21:30:00',
    { flat: 3, gaps: 8, clock: 27 },
  ],
  [
    'minute_lean/spy_20131007_trade.zip',
    'lean-minute',
    'America/New_York',
    828,
    '2013-10-07T08:00:00',
    '2013-10-07T23:59:00',
    { flat: 162 },
  ],
  [
    'minute_lean/spy_20131008_trade.zip',
    'lean-minute',
    'America/New_York',
    828,
    '2013-10-08T08:00:00',
    '2013-10-08T23:59:00',
    { flat: 113 },
  ],
  [
    'minute_lean/spy_20131009_trade.zip',
    'lean-minute',
    'America/New_York',
    813,
    '2013-10-09T08:00:00',
    '2013-10-09T23:59:00',
    { flat: 133 },
  ],
]

/** Files that are refused, by which check and where, and the policies with which they load; numbers are those of `inspect`. */
const REFUSED: [...Row, CheckPolicies, string, number][] = [
  [
    'dialects/investing_ru_SBER.csv.gz',
    'investing',
    'UTC',
    4999,
    '2000-01-05',
    '2020-01-30',
    { highBelowLow: 1, outside: 2, gaps: 131 },
    { highBelowLow: 'drop' },
    'no row may have a high below the low, found 1, high 5.6 and low 5.74 at',
    4298,
  ],
  [
    'dialects/ticksample.csv',
    'generic',
    'UTC',
    134,
    '2015-09-23T20:57:42.146Z',
    '2015-09-23T21:00:00.238Z',
    { duplicates: 1, flat: 134, lowVolatility: 1 },
    { duplicates: 'drop' },
    'no row may have the time of another row and other values, found 1,',
    24,
  ],
  [
    'dialects/yahoo_pipe_CL=F.csv.gz',
    'yahoo',
    'UTC',
    5356,
    '2000-08-23',
    '2021-12-21',
    { nonPositive: 2, outside: 7, zeroVolume: 6, gaps: 155 },
    { nonPositive: 'keep' },
    'no row may have a price that is zero or negative, found 2, the first -37.630001068115234 at',
    4933,
  ],
  [
    'dirty_stockindicators/bad.csv.gz',
    'generic',
    'UTC',
    397,
    '2017-01-03',
    '2018-12-31',
    {
      unparsable: 50,
      missing: 51,
      highBelowLow: 3,
      nonPositive: 54,
      negativeVolume: 1,
      outside: 9,
      zeroVolume: 51,
      flat: 101,
      gaps: 15,
      jumps: 2,
    },
    { unparsable: 'drop', highBelowLow: 'drop', nonPositive: 'drop', negativeVolume: 'drop' },
    'date must be a date and time, found "" at',
    202,
  ],
  [
    'dirty_stockindicators/mismatch.csv.gz',
    'generic',
    'UTC',
    502,
    '2016-01-18',
    '2018-12-31',
    { order: 464, gaps: 18 },
    { order: 'repair' },
    'no row may have a time before that of a row above, found 464, the first 2016-01-18',
    21,
  ],
  [
    'dirty_stockindicators/zeros.csv',
    'generic',
    'UTC',
    200,
    '2017-01-03',
    '2017-10-17',
    { nonPositive: 200, zeroVolume: 200, flat: 200, gaps: 6 },
    { nonPositive: 'keep' },
    'no row may have a price that is zero or negative, found 200, the first 0 at',
    2,
  ],
]

/** Files without bars, or without any that could be read: the code and a part of the sentence. */
const OTHERS: [string, string, string][] = [
  ['crypto_1m_freqtrade/NOPAIR_XXX-4m.json', 'invalid_file', 'at least one row is needed, found none'],
  ['crypto_1m_freqtrade/UNITTEST_BTC-8m.feather', 'invalid_file', 'a header and rows are needed, found nothing'],
  ['daily_lean/aapl.csv', 'invalid_file', 'bars are needed, found factors (LEAN factor file)'],
  ['daily_lean/spy.csv', 'invalid_file', 'bars are needed, found factors (LEAN factor file)'],
  [
    'daily_native_alphavantage/DA-BF.B-T-2021-04-21.csv',
    'invalid_file',
    'the answer of a data service that had none: "Error Message"',
  ],
  ['dialects/bidask2.csv', 'invalid_file', 'a column for close is needed, found "TimeStamp, cross, status'],
]

/** Trades and quotes: clock, and the bars of a minute that are made of them: how many, first, last, units traded. */
const TICKS: [string, string, number, string, string, number][] = [
  ['ticks/XRP_ETH-trades.json.gz', 'UTC', 2469, '2019-10-11', '2019-10-13T11:19:00', 5545735],
  ['ticks/XRP_OLD-trades.json.gz', 'UTC', 2469, '2019-10-11', '2019-10-13T11:19:00', 5545735],
  ['ticks/bitstampUSD.csv.gz', 'UTC', 3747, '2011-09-13T13:53:00', '2012-05-31T08:41:00', 58547.999940709975],
  ['ticks/lean_oanda_eurusd_tick_20140507_quote.zip', 'UTC', 1406, '2014-05-07', '2014-05-07T23:59:00', 0],
  [
    'ticks/lean_spy_tick_20131007_trade.zip',
    'America/New_York',
    828,
    '2013-10-07T08:00:00',
    '2013-10-07T23:59:00',
    97062721,
  ],
  ['ticks/quote_tick_data.csv.gz', 'America/New_York', 361, '2020-01-01T22:00:00', '2020-01-02T04:00:00', 0],
  ['ticks/usdjpy-ticks.csv.gz', 'UTC', 34, '2013-01-01T22:00:00', '2013-01-01T22:35:00', 0],
]

interface Seen {
  bars: number
  first: string
  last: string
  sums: number[]
  sha256: string
}

/** What pandas read, by file. */
const reference: Record<string, Seen> = JSON.parse(readFileSync(new URL('./reference.json', import.meta.url), 'utf8'))

/** A moment without what is zero in it. */
function short(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', '').replace('T00:00:00', '').replace('Z', '')
}

/** What a market is, in the terms of the tables above. */
function facts(market: Market) {
  const { provenance } = market
  const [source] = provenance!.sources
  return [
    source.dialect ?? source.format,
    source.timezone ?? 'UTC',
    market.bars,
    short(market.time[0]),
    short(market.time[market.bars - 1]),
    counts(provenance!.checks),
  ]
}

function counts(checks: readonly CheckOutcome[]): Partial<Record<CheckName, number>> {
  return Object.fromEntries(checks.map(({ check, count }) => [check, count]))
}

/** The bars as pandas was asked for them: rows of time, open, high, low, close, volume. */
function sameBars(market: Market, expected: Seen): void {
  const { time, open, high, low, close, volume } = market
  const rows = new Float64Array(market.bars * 6)
  const sums = [0, 0, 0, 0, 0]
  for (let i = 0; i < market.bars; i++) {
    const row = [time[i], open[i], high[i], low[i], close[i], volume[i]]
    rows.set(row, i * 6)
    for (let k = 0; k < 5; k++) sums[k] += row[k + 1]
  }
  expect([
    market.bars,
    new Date(time[0]).toISOString().slice(0, 19),
    new Date(time[market.bars - 1]).toISOString().slice(0, 19),
  ]).toEqual([expected.bars, expected.first.slice(0, 19), expected.last.slice(0, 19)])
  for (const [k, sum] of expected.sums.entries())
    expect(Math.abs(sums[k] - sum)).toBeLessThanOrEqual(Math.abs(sum) * 1e-9)
  expect(createHash('sha256').update(rows).digest('hex')).toBe(expected.sha256)
}

async function refusal(path: string, options?: LoadOptions): Promise<FillgridError> {
  try {
    ;(await openMarket(path, options)).release()
  } catch (error) {
    expect(error).toBeInstanceOf(FillgridError)
    return error as FillgridError
  }
  throw new Error('nothing was refused')
}

describe.skipIf(!there)(name, () => {
  const compared = new Set<string>()
  const compare = (file: string, market: Market) => {
    if (!(file in reference)) return
    sameBars(market, reference[file])
    compared.add(file)
  }

  it.each(LOADED)('%s', async (file, ...expected) => {
    const market = await openMarket(root + file)
    expect(facts(market)).toEqual(expected)
    compare(file, market)
    market.release()
  })

  it.each(REFUSED)('%s', async (file, dialect, zone, bars, first, last, checks, policies, part, line) => {
    const [found] = await inspect(root + file)
    expect([found.record.dialect, found.record.timezone, counts(found.checks)]).toEqual([dialect, zone, checks])
    expect(found.symbols).toMatchObject([
      { bars, first: expect.stringContaining(first), last: expect.stringContaining(last) },
    ])
    expect([...found.refusals].sort()).toEqual(Object.keys(policies).sort())
    const error = await refusal(root + file)
    expect(error.message).toContain(part)
    expect(error.place).toMatchObject({ file: root + file, line })
    const market = await openMarket(root + file, { checks: policies })
    for (const [check, policy] of Object.entries(policies)) {
      const outcome = market.provenance!.checks.find((one) => one.check === check)
      expect(outcome).toMatchObject({ policy, count: checks[check as CheckName] })
    }
    compare(file, market)
    market.release()
  })

  it.each(OTHERS)('%s is refused', async (file, code, part) => {
    const error = await refusal(root + file)
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(part)])
  })

  it.each(TICKS)('%s', async (file, zone, bars, first, last, units) => {
    const error = await refusal(root + file)
    expect([error.code, error.message]).toEqual(['invalid_file', expect.stringMatching(/found (trades|quotes)/)])
    const market = await openMarket(root + file, { ticks: { by: 'time', every: 60000 } })
    const [, clock, ...rest] = facts(market)
    expect([clock, ...rest.slice(0, 3)]).toEqual([zone, bars, first, last])
    expect(market.volume.reduce((sum, volume) => sum + volume, 0)).toBe(units)
    market.release()
  })

  it('the bars that LEAN makes of its trades of a day are those made here', async () => {
    const made = await openMarket(`${root}ticks/lean_spy_tick_20131007_trade.zip`, {
      ticks: { by: 'time', every: 60000 },
    })
    const given = await openMarket(`${root}minute_lean/spy_20131007_trade.zip`)
    expect([...made.time]).toEqual([...given.time])
    const same = [...made.close].filter((close, i) => close === given.close[i]).length
    expect(same).toBeGreaterThan(given.bars * 0.9)
    made.release()
    given.release()
  })

  it('no file is left out', () => {
    const files = readdirSync(root)
      .filter((folder) => statSync(root + folder).isDirectory())
      .flatMap((folder) => readdirSync(root + folder).map((file) => `${folder}/${file}`))
    const rows = [LOADED, REFUSED, OTHERS, TICKS].flatMap((table) => table.map(([file]) => file))
    expect(rows.sort()).toEqual(files.sort())
    expect([...compared].sort()).toEqual(Object.keys(reference).sort())
    expect(compared.size).toBeGreaterThan(30)
  })
})
