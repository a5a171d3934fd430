import type { DialectSpec } from './spec.ts'

/** Exchanges that hand out their own data. */
export const EXCHANGES: readonly DialectSpec[] = [
  {
    name: 'binance',
    title: 'Binance klines under a header',
    source: 'data.binance.vision, futures: open_time ... ignore',
    signs: { header: [['open_time', 'open', 'high', 'low', 'close', 'volume', 'close_time']] },
    roles: { time: ['open_time'] },
    symbol: '^([A-Z0-9_]+)-[0-9]+(?:s|m|h|d|w|mo|M)-\\d{4}(?:-\\d{2}){1,2}$',
    notes: ['Stamps are milliseconds; of spot markets from 2025 on microseconds.'],
  },
  {
    name: 'binance-bare',
    title: 'Binance klines without header',
    source: 'data.binance.vision, spot: twelve fields',
    signs: {
      row: [
        ...(['epoch', 'number', 'number', 'number', 'number', 'number'] as const),
        ...(['epoch', 'number', 'integer', 'number', 'number', 'any'] as const),
      ],
      separators: [','],
    },
    columns: [
      ...['open_time', 'open', 'high', 'low', 'close', 'volume', 'close_time', 'quote_volume', 'count'],
      ...['taker_buy_volume', 'taker_buy_quote_volume', 'ignore'],
    ],
    roles: { time: ['open_time'] },
    symbol: '^([A-Z0-9_]+)-[0-9]+(?:s|m|h|d|w|mo|M)-\\d{4}(?:-\\d{2}){1,2}$',
    notes: ['Stamps are milliseconds; of spot markets from 2025 on microseconds.'],
  },
  {
    name: 'moex',
    title: 'Moscow Exchange, ISS candles',
    source: 'answers of iss.moex.com as CSV, and files made of them',
    signs: [
      { header: [['begin', 'open', 'close', 'high', 'low', 'volume']] },
      { header: [['begin', 'open', 'close', 'high', 'low', 'volume']], banner: '^candles$' },
    ],
    roles: { time: ['begin'], volume: ['volume'] },
    timezone: 'Europe/Moscow',
    encodings: ['windows-1251'],
    notes: ['Times are those of Moscow; daily bars are dates.'],
  },
  {
    name: 'krx',
    title: 'Korea Exchange',
    source: 'data.krx.co.kr and files of pykrx, in UTF-8 or CP949',
    signs: {
      header: [
        ['날짜', '시가', '고가', '저가', '종가'],
        ['일자', '시가', '고가', '저가', '종가'],
      ],
    },
    encodings: ['euc-kr'],
    roles: {
      time: ['날짜', '일자'],
      open: ['시가'],
      high: ['고가'],
      low: ['저가'],
      close: ['종가'],
      volume: ['거래량'],
    },
    timezone: 'Asia/Seoul',
  },
]
