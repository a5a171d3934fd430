import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { type CsvOptions, type CsvSource, readCsv, readText, TextReader } from '../../src/io/csv.ts'
import { detect } from '../../src/io/detect.ts'
import { DIALECTS } from '../../src/io/dialects/catalogue.ts'
import type { DialectSpec } from '../../src/io/dialects/spec.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)

/** A text of each dialect that is found by its signs: made up, two or three bars. */
interface Sample {
  dialect: string
  file: string
  text: string | Uint8Array
  options?: CsvOptions
  /** Symbol, first stamp, and the first bar: open, high, low, close, volume. */
  symbol: string
  first: string
  bar: number[]
  bars: number
}

/** Korean words in CP949. */
const cp949 = Uint8Array.of(
  ...[0xb3, 0xaf, 0xc2, 0xa5, 44, 0xbd, 0xc3, 0xb0, 0xa1, 44, 0xb0, 0xed, 0xb0, 0xa1, 44, 0xc0, 0xfa, 0xb0, 0xa1, 44],
  ...[0xc1, 0xbe, 0xb0, 0xa1, 44, 0xb0, 0xc5, 0xb7, 0xa1, 0xb7, 0xae, 10],
  ...utf8('2024-01-02,100,110,90,105,7\n2024-01-03,105,111,99,101,8\n'),
)

const SAMPLES: Sample[] = [
  {
    dialect: 'yahoo',
    file: 'MSFT.csv',
    text: 'Date,Open,High,Low,Close,Adj Close,Volume\n2024-01-02,10,12,9,11,10.5,100\n2024-01-03,null,null,null,null,null,null\n2024-01-04,11,12,10,12,11.5,200\n',
    symbol: 'MSFT',
    first: '2024-01-02T00:00:00.000Z',
    bar: [10, 12, 9, 11, 100],
    bars: 2,
  },
  {
    dialect: 'yahoo',
    file: 'X.csv',
    text: 'Date|Open|High|Low|Close|Volume|Dividends|Stock Splits\n2024-01-02|10|12|9|11|100|0|0\n2024-01-03|11|12|10|12|200|0|2\n',
    symbol: 'X',
    first: '2024-01-02T00:00:00.000Z',
    bar: [10, 12, 9, 11, 100],
    bars: 2,
  },
  {
    dialect: 'yfinance',
    file: 'aapl.csv',
    text: 'Price,Close,High,Low,Open,Volume\nTicker,AAPL,AAPL,AAPL,AAPL,AAPL\nDate,,,,,\n2024-01-02,11,12,9,10,100\n2024-01-03,12,12,10,11,200\n',
    symbol: 'aapl',
    first: '2024-01-02T00:00:00.000Z',
    bar: [10, 12, 9, 11, 100],
    bars: 2,
  },
  {
    dialect: 'stooq',
    file: 'aapl_us_d.csv',
    text: 'Date,Open,High,Low,Close,Volume\n1984-09-07,0.1,0.12,0.09,0.11,97676041.83885\n1984-09-10,0.1,0.12,0.09,0.11,5\n',
    symbol: 'aapl_us',
    first: '1984-09-07T00:00:00.000Z',
    bar: [0.1, 0.12, 0.09, 0.11, 97676041.83885],
    bars: 2,
  },
  {
    dialect: 'stooq',
    file: 'all.txt',
    text: '<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\nAAPL.US,5,20240102,153000,10,12,9,11,100,0\nAAPL.US,5,20240102,153500,11,12,10,12,200,0\n',
    symbol: 'AAPL.US',
    first: '2024-01-02T15:30:00.000Z',
    bar: [10, 12, 9, 11, 100],
    bars: 2,
  },
  {
    dialect: 'stooq-pl',
    file: 'pkn_d.csv',
    text: 'Data,Otwarcie,Najwyzszy,Najnizszy,Zamkniecie,Wolumen\n2024-01-02,10,12,9,11,100\n2024-01-03,11,12,10,12,200\n',
    symbol: 'pkn',
    first: '2024-01-02T00:00:00.000Z',
    bar: [10, 12, 9, 11, 100],
    bars: 2,
  },
  {
    dialect: 'alphavantage',
    file: 'IBM.csv',
    text: 'timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient\n2024-01-03,11,12,10,12,11,200,0,1\n2024-01-02,10,12,9,11,10,100,0,1\n',
    symbol: 'IBM',
    first: '2024-01-02T00:00:00.000Z',
    bar: [10, 12, 9, 11, 100],
    bars: 2,
  },
  {
    dialect: 'cryptodatadownload',
    file: 'Binance_BTCUSDT_1h.csv',
    text: 'https://www.CryptoDataDownload.com\nDate,Symbol,Open,High,Low,Close,Volume BTC,Volume USDT\n2024-01-02 12-PM,BTCUSDT,11,12,10,12,200,5\n2024-01-02 11-AM,BTCUSDT,10,12,9,11,100,5\n',
    symbol: 'BTCUSDT',
    first: '2024-01-02T11:00:00.000Z',
    bar: [10, 12, 9, 11, 100],
    bars: 2,
  },
  {
    dialect: 'cryptodatadownload',
    file: 'Binance_BTCUSDT_d.csv',
    text: 'https://www.CryptoDataDownload.com\nUnix,Date,Symbol,Open,High,Low,Close,Volume BTC,Volume USDT,tradecount\n1704240000000,2024-01-03,BTCUSDT,11,12,10,12,200,5,1\n1704153600000,2024-01-02,BTCUSDT,10,12,9,11,100,5,1\n',
    symbol: 'BTCUSDT',
    first: '2024-01-02T00:00:00.000Z',
    bar: [10, 12, 9, 11, 100],
    bars: 2,
  },
  {
    dialect: 'investing',
    file: 'SBER.csv',
    text: '\uFEFF"Дата","Цена","Откр.","Макс.","Мин.","Объём","Изм. %"\n"03.01.2024","1.257,31","1.258,00","1.258,69","1.255,27","31,77M","-1,01%"\n"02.01.2024","259,94","258,40","261,57","257,61","2,5K","0,87%"\n',
    symbol: 'SBER',
    first: '2024-01-02T00:00:00.000Z',
    bar: [258.4, 261.57, 257.61, 259.94, 2500],
    bars: 2,
  },
  {
    dialect: 'investing',
    file: 'Apple.csv',
    text: '"Date","Price","Open","High","Low","Vol.","Change %"\n"01/31/2024","1,184.40","1,187.04","1,187.10","1,184.35","55.47M","-1.94%"\n"01/30/2024","188.04","190.94","191.80","187.47","1.2B","-1.92%"\n',
    symbol: 'Apple',
    first: '2024-01-30T00:00:00.000Z',
    bar: [190.94, 191.8, 187.47, 188.04, 1200000000],
    bars: 2,
  },
  {
    dialect: 'finam',
    file: 'GAZP.txt',
    text: '<TICKER>;<PER>;<DATE>;<TIME>;<OPEN>;<HIGH>;<LOW>;<CLOSE>;<VOL>\nGAZP;60;20240103;100000;10;12;9;11;100\nGAZP;60;20240103;110000;11;12;10;12;200\n',
    symbol: 'GAZP',
    first: '2024-01-03T07:00:00.000Z',
    bar: [10, 12, 9, 11, 100],
    bars: 2,
  },
  {
    dialect: 'histdata',
    file: 'DAT_ASCII_EURUSD_M1_2024.csv',
    text: '20240105 165900;1.1;1.2;1.0;1.1;0\n20240107 170000;1.1;1.2;1.0;1.1;0\n20240107 170100;1.1;1.2;1.0;1.1;0\n',
    symbol: 'EURUSD',
    first: '2024-01-05T21:59:00.000Z',
    bar: [1.1, 1.2, 1, 1.1, 0],
    bars: 3,
  },
  {
    dialect: 'histdata-mt',
    file: 'DAT_MT_EURUSD_M1_2024.csv',
    text: '2024.01.05,16:59,1.1,1.2,1.0,1.1,0\n2024.01.07,17:00,1.1,1.2,1.0,1.1,0\n',
    symbol: 'EURUSD',
    first: '2024-01-05T21:59:00.000Z',
    bar: [1.1, 1.2, 1, 1.1, 0],
    bars: 2,
  },
  {
    dialect: 'dukascopy',
    file: 'EURUSD_Candlestick_1_Hour_BID.csv',
    text: 'Time (EET),Open,High,Low,Close,Volume\n01.07.2024 00:00:00.000,1.1,1.2,1.0,1.1,5.5\n01.07.2024 01:00:00.000,1.1,1.2,1.0,1.1,5.5\n',
    symbol: 'EURUSD',
    first: '2024-06-30T21:00:00.000Z',
    bar: [1.1, 1.2, 1, 1.1, 5.5],
    bars: 2,
  },
  {
    dialect: 'dukascopy',
    file: 'GBPUSD_Candlestick_1_Hour_BID.csv',
    text: 'Local time,Open,High,Low,Close,Volume\n01.01.2024 02:00:00.000 GMT+0200,1.1,1.2,1.0,1.1,5.5\n01.07.2024 03:00:00.000 GMT+0300,1.1,1.2,1.0,1.1,5.5\n',
    symbol: 'GBPUSD',
    first: '2024-01-01T00:00:00.000Z',
    bar: [1.1, 1.2, 1, 1.1, 5.5],
    bars: 2,
  },
  {
    dialect: 'metatrader4',
    file: 'EURUSD60.csv',
    text: '2024.01.05,23:00,1.1,1.2,1.0,1.1,50\n2024.01.08,00:00,1.1,1.2,1.0,1.1,60\n',
    symbol: 'EURUSD',
    first: '2024-01-05T21:00:00.000Z',
    bar: [1.1, 1.2, 1, 1.1, 50],
    bars: 2,
  },
  {
    dialect: 'metatrader4-header',
    file: 'x.csv',
    text: 'Date,Time,Open,High,Low,Close,Volume\n2024.01.02,10:00,1.1,1.2,1.0,1.1,50\n2024.01.02,11:00,1.1,1.2,1.0,1.1,60\n',
    symbol: 'x',
    first: '2024-01-02T10:00:00.000Z',
    bar: [1.1, 1.2, 1, 1.1, 50],
    bars: 2,
  },
  {
    dialect: 'metatrader5',
    file: 'EURUSD_M5_202401020000_202401022355.csv',
    text: '<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n2024.01.02\t10:00:00\t1.1\t1.2\t1.0\t1.1\t50\t0\t2\n2024.01.02\t10:05:00\t1.1\t1.2\t1.0\t1.1\t60\t0\t2\n',
    symbol: 'EURUSD',
    first: '2024-01-02T10:00:00.000Z',
    bar: [1.1, 1.2, 1, 1.1, 50],
    bars: 2,
  },
  {
    dialect: 'tradingview',
    file: 'SP_SPX, 1D.csv',
    text: 'time,open,high,low,close,Volume,Volume MA\n-630927000,16.66,16.66,16.66,16.66,1260000,NaN\n-630840600,16.85,16.85,16.85,16.85,1890000,157500\n',
    symbol: 'SP_SPX',
    first: '1950-01-03T14:30:00.000Z',
    bar: [16.66, 16.66, 16.66, 16.66, 1260000],
    bars: 2,
  },
  {
    dialect: 'tradingview',
    file: 'BINANCE_BTCUSDT, 60.csv',
    text: 'time,open,high,low,close,Plot,Plot,Volume\n2024-01-21T23:00:00+09:00,10,12,9,11,1,2,100\n2024-01-22T00:00:00+09:00,11,12,10,12,1,2,200\n',
    symbol: 'BINANCE_BTCUSDT',
    first: '2024-01-21T14:00:00.000Z',
    bar: [10, 12, 9, 11, 100],
    bars: 2,
  },
  {
    dialect: 'ninjatrader',
    file: 'ES 03-24.Last.txt',
    text: '20240102 143100;10;12;9;11;100\n20240102 143200;11;12;10;12;200\n',
    symbol: 'ES 03-24',
    first: '2024-01-02T14:30:00.000Z',
    bar: [10, 12, 9, 11, 100],
    bars: 2,
  },
  {
    dialect: 'backtrader-intraday',
    file: 'x.txt',
    text: 'Date,Open,High,Low,Close,Volume,OpenInterest\n2006-01-02,09:01:00,10,12,9,11,100,0\n2006-01-02,09:02:00,11,12,10,12,200,0\n',
    symbol: 'x',
    first: '2006-01-02T09:01:00.000Z',
    bar: [10, 12, 9, 11, 100],
    bars: 2,
  },
  {
    dialect: 'lean-daily',
    file: 'aapl.csv',
    text: '19980102 00:00,136300,162500,135000,162500,6315000\n19980105 00:00,165000,165600,151900,160000,5677300\n',
    symbol: 'aapl',
    first: '1998-01-02T00:00:00.000Z',
    bar: [13.63, 16.25, 13.5, 16.25, 6315000],
    bars: 2,
  },
  {
    dialect: 'lean-quotes-daily',
    file: 'eurusd.csv',
    text: '20070101 00:00,1.3,1.4,1.2,1.3,0,1.31,1.41,1.21,1.31,0\n20070102 00:00,1.3,1.4,1.2,1.3,0,1.31,1.41,1.21,1.31,0\n',
    symbol: 'eurusd',
    first: '2007-01-01T00:00:00.000Z',
    bar: [1.3, 1.4, 1.2, 1.3, 0],
    bars: 2,
  },
  {
    dialect: 'lean-minute',
    file: 'a/20131007_spy_minute_trade.csv',
    text: '14400000,1674100,1674100,1672500,1672700,3197\n14460000,1672500,1672500,1672500,1672500,1150\n',
    symbol: 'spy',
    first: '2013-10-07T08:00:00.000Z',
    bar: [167.41, 167.41, 167.25, 167.27, 3197],
    bars: 2,
  },
  {
    dialect: 'lean-quotes-minute',
    file: '20140507_eurusd_minute_quote.csv',
    text: '0,1.3,1.4,1.2,1.3,0,1.31,1.41,1.21,1.31,0\n60000,1.3,1.4,1.2,1.3,0,1.31,1.41,1.21,1.31,0\n',
    symbol: 'eurusd',
    first: '2014-05-07T00:00:00.000Z',
    bar: [1.3, 1.4, 1.2, 1.3, 0],
    bars: 2,
  },
  {
    dialect: 'binance',
    file: 'FILUSDT-1m-2024-01.csv',
    text: 'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n1704153600000,10,12,9,11,100,1704153659999,1,1,1,1,0\n1704153660000,11,12,10,12,200,1704153719999,1,1,1,1,0\n',
    symbol: 'FILUSDT',
    first: '2024-01-02T00:00:00.000Z',
    bar: [10, 12, 9, 11, 100],
    bars: 2,
  },
  {
    dialect: 'binance-bare',
    file: 'BTCUSDT-1h-2025-01-02.csv',
    text: '1735776000000000,10,12,9,11,100,1735779599999999,1.5,1,1,1,0\n1735779600000000,11,12,10,12,200,1735783199999999,1.5,1,1,1,0\n',
    symbol: 'BTCUSDT',
    first: '2025-01-02T00:00:00.000Z',
    bar: [10, 12, 9, 11, 100],
    bars: 2,
  },
  {
    dialect: 'moex',
    file: 'SBER.csv',
    text: 'candles\n\nopen;close;high;low;value;volume;begin;end\n10;11;12;9;1000;100;2024-01-03 10:00:00;2024-01-03 10:09:59\n11;12;12;10;2000;200;2024-01-03 10:10:00;2024-01-03 10:19:59\n',
    symbol: 'SBER',
    first: '2024-01-03T07:00:00.000Z',
    bar: [10, 12, 9, 11, 100],
    bars: 2,
  },
  {
    dialect: 'krx',
    file: '005930.csv',
    text: '일자,종가,대비,등락률,시가,고가,저가,거래량\n2024/01/03,101,1,0.1,105,111,99,8\n2024/01/02,105,1,0.1,100,110,90,7\n',
    symbol: '005930',
    first: '2024-01-02T00:00:00.000Z',
    bar: [100, 110, 90, 105, 7],
    bars: 2,
  },
  {
    dialect: 'krx',
    file: '005930.csv',
    text: cp949,
    symbol: '005930',
    first: '2024-01-02T00:00:00.000Z',
    bar: [100, 110, 90, 105, 7],
    bars: 2,
  },
  {
    dialect: 'bare',
    file: 'x.csv',
    text: '2024-01-02 10:00,10,12,9,11\n2024-01-02 11:00,11,12,10,12\n',
    symbol: 'x',
    first: '2024-01-02T10:00:00.000Z',
    bar: [10, 12, 9, 11, 0],
    bars: 2,
  },
  {
    dialect: 'bare-volume',
    file: 'x.csv',
    text: '1704153600 10 12 9 11 100\n1704157200 11 12 10 12 200\n',
    symbol: 'x',
    first: '2024-01-02T00:00:00.000Z',
    bar: [10, 12, 9, 11, 100],
    bars: 2,
  },
  {
    dialect: 'generic',
    file: 'x.csv',
    text: '# made by hand\n\nVol;Schluss;Close;High;Low;Open;Zeit;Timestamp\n1.234.567;x;11,5;12,5;9,5;10,5;x;02.01.2024 10:00\n7;x;11,5;12,5;9,5;10,5;x;02.01.2024 11:00\n',
    symbol: 'x',
    first: '2024-01-02T10:00:00.000Z',
    bar: [10.5, 12.5, 9.5, 11.5, 1234567],
    bars: 2,
  },
]

/** What a text is found to be and gives. */
function open(source: CsvSource, options: CsvOptions = {}) {
  const { detection, table } = readText(source, options)
  const market = readCsv(source, options)
  const out = {
    dialect: detection.spec.name,
    symbol: market.assets[0],
    first: market.barTime(0),
    bar: [market.open[0], market.high[0], market.low[0], market.close[0], market.volume[0]],
    bars: market.bars,
    record: table.record!,
    remarks: market.remarks.map(({ code }) => code),
    provenance: market.provenance!,
    times: Array.from(market.time, (ms) => new Date(ms).toISOString()),
    closes: [...market.close],
  }
  market.release()
  return out
}

function refused(source: CsvSource, options: CsvOptions = {}): FillgridError {
  try {
    readCsv(source, options).release()
  } catch (error) {
    expect(error).toBeInstanceOf(FillgridError)
    return error as FillgridError
  }
  throw new Error('nothing was refused')
}

describe('the table of dialects', () => {
  it.each(SAMPLES.map((sample, i) => [`${sample.dialect} (${sample.file}, ${i})`, sample] as const))(
    '%s',
    (_, sample) => {
      const { file, text: bytes, options, ...expected } = sample
      expect(open({ bytes, file }, options)).toMatchObject(expected)
    },
  )

  it('has a sample of every dialect of bars that is found by signs', () => {
    const sampled = new Set(SAMPLES.map(({ dialect }) => dialect))
    const missing = DIALECTS.filter(({ name, signs, kind = 'bars' }) => signs && kind === 'bars' && !sampled.has(name))
    expect(missing.map(({ name }) => name)).toEqual([])
  })

  it('is data: every description survives JSON, names are unlike, patterns are patterns', () => {
    for (const spec of DIALECTS) {
      expect(JSON.parse(JSON.stringify(spec))).toEqual(JSON.parse(JSON.stringify({ ...spec })))
      const functions = JSON.stringify(spec, (_, value) => (typeof value === 'function' ? 'function!' : value))
      expect(functions).not.toContain('function!')
      expect(spec.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      for (const pattern of [spec.symbol, spec.day]) if (pattern) expect(() => new RegExp(pattern)).not.toThrow()
    }
    expect(new Set(DIALECTS.map(({ name }) => name)).size).toBe(DIALECTS.length)
  })

  it('reads a description through JSON like the description', () => {
    for (const { file, text: bytes, dialect } of SAMPLES) {
      const spec = JSON.parse(JSON.stringify(DIALECTS.find(({ name }) => name === dialect))) as DialectSpec
      expect(open({ bytes, file }, { dialect: spec }).closes).toEqual(open({ bytes, file }).closes)
    }
  })

  it('each sample is of its dialect when that is named, too', () => {
    for (const { file, text: bytes, dialect, ...expected } of SAMPLES) {
      const { options: _, ...rest } = expected
      expect(open({ bytes, file }, { dialect })).toMatchObject(rest)
    }
  })
})

describe('what is no table of bars', () => {
  const cases: [string, string, string, string][] = [
    ['trades', 'x.csv', '1315922016,5.8,1.0\n1315922024,5.83,3.0\n', 'found trades (Trades: unix seconds'],
    [
      'named trades',
      'x.csv',
      'timestamp,price,amount\n1315922016,5.8,1.0\n',
      'found trades (Trades: time, price, size)',
    ],
    [
      'quotes',
      'x.csv',
      'timestamp,bid,ask\n2013-01-01 22:00:00,86.655,86.728\n',
      'found quotes (Quotes: time, bid, ask)',
    ],
    ['ticks of HistData', 'x.csv', '20200101 170000065,1.1212,1.12172,0\n', 'found quotes (HistData.com quotes)'],
    ['ticks of LEAN', '20131007_spy.csv', '14400464,1674100,100,P,20002000,0\n', 'found trades (LEAN trades'],
    ['quotes of LEAN', '20140507_x.csv', '7135,1.39286,1.39298\n', 'found quotes (LEAN quotes'],
    [
      'trades of Binance',
      'x.csv',
      'id,price,qty,quote_qty,time,is_buyer_maker\n1,5,1,5,1704153600000,true\n',
      'found trades (Binance',
    ],
    [
      'factors',
      'aapl.csv',
      '19980102,0.8613657,0.00892857,1\n20000620,0.8613657,0.00892857,101\n',
      'found factors (LEAN factor file)',
    ],
    [
      'an error',
      'x.csv',
      '{\n    "Error Message": "Invalid API call."\n}',
      'had none: "Error Message: Invalid API call."',
    ],
    [
      'a limit',
      'x.csv',
      '{"Note": "Thank you for using Alpha Vantage! Our standard API call frequency is 5"}',
      'Thank you for using Alpha Vantage!',
    ],
    ['JSON', 'x.csv', '[[1,2,3,4,5,6]]', 'found JSON'],
  ]
  it.each(cases)('%s', (_, file, bytes, part) => {
    const error = refused({ bytes, file, symbol: 'X' })
    expect([error.code, error.message]).toEqual(['invalid_file', expect.stringContaining(part)])
  })
})

describe('what is not certain', () => {
  it('two dialects that fit equally and read differently are both named', () => {
    const twins = ['first', 'second'].map(
      (name, i): DialectSpec => ({
        name,
        title: `${name} of two`,
        source: 'a test',
        signs: { header: [['when', 'last']] },
        roles: { time: ['when'], close: ['last'] },
        timezone: i === 0 ? 'UTC' : 'Asia/Tokyo',
      }),
    )
    const list = DIALECTS as DialectSpec[]
    list.push(...twins)
    try {
      const text = { bytes: 'when,last\n2024-01-02 10:00,5\n', file: 'x.csv' }
      const error = refused(text)
      expect(error.code).toBe('ambiguous_file')
      expect(error.message).toContain(
        'found first (first of two) and second (second of two) equally likely at x.csv. Choose with `dialect`',
      )
      expect(open(text, { dialect: 'second' }).first).toBe('2024-01-02T01:00:00.000Z')
      // Alike in what they read, either will do.
      twins[1].timezone = 'UTC'
      expect(open(text).first).toBe('2024-01-02T10:00:00.000Z')
    } finally {
      list.splice(list.indexOf(twins[0]), 2)
    }
  })

  const dates = (...days: string[]) => ({
    bytes: `date,close\n${days.map((day, i) => `${day},${i + 1}`).join('\n')}`,
    file: 'x.csv',
  })
  it('the order of day and month is told by a day after the 12th, or asked for', () => {
    expect(open(dates('01/02/2024', '13/02/2024')).times).toEqual([
      '2024-02-01T00:00:00.000Z',
      '2024-02-13T00:00:00.000Z',
    ])
    expect(open(dates('1/2/2024', '1/13/2024')).times).toEqual(['2024-01-02T00:00:00.000Z', '2024-01-13T00:00:00.000Z'])
    expect(open(dates('01/02/24', '01/13/24')).times[1]).toBe('2024-01-13T00:00:00.000Z')
    expect(open(dates('01.02.2024', '02.02.2024')).times[0]).toBe('2024-02-01T00:00:00.000Z')
    const error = refused(dates('01/02/2024', '02/02/2024'))
    expect(error.code).toBe('ambiguous_file')
    expect(error.message).toContain("Choose with `dateOrder: 'dmy'` (day first) or `'mdy'` (month first)")
    expect(open(dates('01/02/2024', '02/02/2024'), { dateOrder: 'mdy' }).times[0]).toBe('2024-01-02T00:00:00.000Z')
    expect(refused(dates('01/13/2024', '13/01/2024')).message).toContain('must be a date and time')
  })

  it('commas in numbers are decimal marks or thousands, or asked for', () => {
    const prices = (...closes: string[]) => ({
      bytes: `time;close\n${closes.map((close, i) => `${i + 1};${close}`).join('\n')}`,
      file: 'x.csv',
    })
    expect(open(prices('1,5', '2,25')).closes).toEqual([1.5, 2.25])
    expect(open(prices('1.234,5', '999')).closes).toEqual([1234.5, 999])
    expect(open(prices('1,234.5', '1,999')).closes).toEqual([1234.5, 1999])
    expect(open(prices('1,234,567', '2')).closes).toEqual([1234567, 2])
    expect(open(prices('1,234', '950')).closes).toEqual([1234, 950])
    expect(open(prices('1,234', '1950')).closes).toEqual([1.234, 1950])
    expect(open(prices("1'234.5", '2')).closes).toEqual([1234.5, 2])
    expect(open(prices('0,125', '0,250')).closes).toEqual([0.125, 0.25])
    const error = refused(prices('1,234', '2,345'))
    expect([error.code, error.message]).toEqual([
      'ambiguous_file',
      expect.stringContaining("Choose with `decimal: ','` or `decimal: '.'`"),
    ])
    expect(open(prices('1,234', '2,345'), { decimal: '.' }).closes).toEqual([1234, 2345])
    expect(open(prices('1,234', '2,345'), { decimal: ',' }).closes).toEqual([1.234, 2.345])
  })

  it('bars without header whose prices fit no order are not guessed', () => {
    expect(refused({ bytes: '2024-01-01,1,2,3,4,5\n', file: 'x.csv' }).message).toContain(
      'name its columns in order with `columns`',
    )
    const columns = ['time', 'low', 'open', 'close', 'high', 'volume']
    expect(open({ bytes: '2024-01-01,1,2,3,4,5\n', file: 'x.csv' }, { columns }).bar).toEqual([2, 4, 1, 3, 5])
  })
})

describe('text', () => {
  const table =
    'Datum;Zeit;Open;High;Low;Close;Name\n2024-01-02;x;1,5;2;1;1,75;Zürich\n2024-01-03;x;1,5;2;1;1,75;Genève\n'
  const expected = open({ bytes: table, file: 'x.csv' }, { roles: { time: 'Datum' } })
  const utf16 = (text: string, little: boolean, mark: boolean) => {
    const units = [...(mark ? '\uFEFF' : ''), ...text].map((c) => c.charCodeAt(0))
    return Uint8Array.from(units.flatMap((unit) => (little ? [unit & 255, unit >> 8] : [unit >> 8, unit & 255])))
  }
  const same: [string, Uint8Array, CsvOptions?][] = [
    ['UTF-16, little, marked', utf16(table, true, true)],
    ['UTF-16, big, marked', utf16(table, false, true)],
    ['UTF-16, little, unmarked', utf16(table, true, false)],
    ['UTF-16, big, unmarked', utf16(table, false, false)],
    ['UTF-8, marked', utf8(`\uFEFF${table}`)],
    ['carriage returns alone', utf8(table.replaceAll('\n', '\r'))],
    ['Latin 1 that is named', Uint8Array.from(table, (c) => c.charCodeAt(0)), { encoding: 'windows-1252' }],
  ]
  it.each(same)('%s', (_, bytes, options) => {
    const found = open({ bytes, file: 'x.csv' }, { roles: { time: 'Datum' }, ...options })
    expect([found.closes, found.times]).toEqual([expected.closes, expected.times])
  })

  it('of an unknown encoding is not guessed', () => {
    const bytes = Uint8Array.from(table, (c) => c.charCodeAt(0))
    expect(refused({ bytes, file: 'x.csv' }).message).toContain(
      'found byte 252 at offset 63 of x.csv. Name it with `encoding`',
    )
    expect(refused({ bytes, file: 'x.csv' }, { encoding: 'klingon' }).code).toBe('invalid_value')
  })

  it('gives the same in pieces of any size in any encoding', () => {
    const stamp = (i: number) => new Date(1704326400000 + i * 60000).toISOString().slice(0, 19)
    const rows = Array.from({ length: 3000 }, (_, i) => `${stamp(i)};x;1,5;2;1;1,75;ß`)
    for (const bytes of [utf16(table + rows.join('\n'), true, true), utf16(table + rows.join('\n'), false, false)]) {
      const whole = readText({ bytes, file: 'x.csv' }, { roles: { time: 'Datum' } }).table
      expect([whole.time.length, whole.record!.encoding]).toEqual([3002, expect.stringMatching(/^utf-16/)])
      for (const size of [1001, 65537]) {
        const reader = new TextReader({ file: 'x.csv', size: 0 }, { roles: { time: 'Datum' } })
        for (let at = 0; at < bytes.length; at += size) reader.push(bytes.slice(at, at + size))
        const { table: pieces } = reader.finish()
        expect([pieces.time, pieces.prices.get('close'), pieces.line(3001)]).toEqual([
          whole.time,
          whole.prices.get('close'),
          3003,
        ])
      }
    }
  })
})

describe('overrides', () => {
  const text = { bytes: '20240102 143100;10;12;9;11;100\n20240102 143200;11;12;10;12;200\n', file: 'x.txt' }
  it('win over what is found', () => {
    expect(open(text).dialect).toBe('ninjatrader')
    expect(open(text, { barTime: 'open' }).first).toBe('2024-01-02T14:31:00.000Z')
    expect(open(text, { timezone: 'America/New_York' }).first).toBe('2024-01-02T19:30:00.000Z')
    expect(open(text, { scale: 0.01 }).bar).toEqual([0.1, 0.12, 0.09, 0.11, 100])
    expect(open(text, { scale: 3 }).bar).toEqual([30, 36, 27, 33, 100])
    expect(open(text, { columns: ['time', 'low', 'high', 'open', 'close', 'x'] }).bar).toEqual([9, 12, 10, 11, 0])
    expect(open(text, { dialect: 'histdata', timezone: 'UTC' }).first).toBe('2024-01-02T14:31:00.000Z')
    expect(open({ ...text, bytes: text.bytes.replaceAll(';', '^') }, { separator: '^' }).closes).toEqual([11, 12])
  })

  it('that are wrong are said to be', () => {
    expect(refused(text, { dialect: 'ninjatraider' }).message).toBe(
      'dialect: "ninjatraider" is not one. Did you mean ninjatrader?',
    )
    expect(refused(text, { timezone: 'Europe/Brelin' }).message).toContain('Did you mean Europe/Berlin')
    expect(refused(text, { scale: 0 }).code).toBe('invalid_value')
    expect(refused({ bytes: '14400000,1,1,1,1,5\n14460000,1,1,1,1,5\n', file: 'spy.csv' }).message).toContain(
      "must be in the file's name (yyyymmdd) or in `day`",
    )
    expect(
      open({ bytes: '14400000,1,1,1,1,5\n14460000,1,1,1,1,5\n', file: 'spy.csv' }, { day: '2013-10-07' }).first,
    ).toBe('2013-10-07T08:00:00.000Z')
  })

  it('are in the record of the source', () => {
    const { record, provenance } = open(text, { timezone: '+02:00', scale: 0.5 })
    expect(record).toMatchObject({
      file: 'x.txt',
      format: 'csv',
      dialect: 'ninjatrader',
      separator: ';',
      decimal: '.',
      columns: { time: 'time', open: 'open', close: 'close' },
      timezone: '+02:00',
      timezoneFrom: 'option',
      barTime: 'close',
      scale: 0.5,
      rows: 2,
    })
    expect(provenance).toMatchObject({ format: 1, sources: [record], checks: [] } as object)
  })

  it('detection lists all that fit, the best first', () => {
    const { fits, spec } = detect(
      utf8('Date,Open,High,Low,Close,Adj Close,Volume\n2024-01-02,1,2,1,2,2,5\n'),
      'x.csv',
      {},
    )
    expect([spec.name, fits.map(({ name }) => name)]).toEqual(['yahoo', ['yahoo', 'generic']])
  })
})
