import type { DialectSpec } from './spec.ts'

/**
 * Trades and quotes: no bars, but recognised, so that they are not taken for something else. A trade's price has the role
 * of the close and its size that of the volume; of a quote the close is the bid and the ask a signal column.
 */
export const TICKS: readonly DialectSpec[] = [
  {
    name: 'quotes',
    title: 'Quotes: time, bid, ask',
    source: 'files of TrueFX and others',
    kind: 'quotes',
    signs: {
      header: [
        ['timestamp', 'bid', 'ask'],
        ['time', 'bid', 'ask'],
        ['datetime', 'bid', 'ask'],
        ['Gmt time', 'Bid', 'Ask'],
        ['Local time', 'Bid', 'Ask'],
        ['Time (EET)', 'Bid', 'Ask'],
      ],
    },
    roles: { time: ['timestamp', 'time', 'datetime', 'Gmt time', 'Local time', 'Time (EET)'], close: ['bid'] },
    zones: { 'Gmt time': 'UTC', 'Time (EET)': 'EET' },
  },
  {
    name: 'histdata-ticks',
    title: 'HistData.com quotes',
    source: "the site's specification: 20120201 000003660,1.306600,1.306770,0",
    kind: 'quotes',
    signs: { row: ['compact', 'number', 'number', 'zero'], separators: [','] },
    columns: ['time', 'close', 'ask', 'volume'],
    timezone: ['America/New_York', 'Europe/London-05:00', 'Etc/GMT+5'],
    symbol: '^DAT_[A-Z]+_([A-Z0-9]+)_',
  },
  {
    name: 'trades',
    title: 'Trades: time, price, size',
    source: 'files with words for a price and a size and none for a close',
    kind: 'trades',
    signs: {
      header: ['timestamp', 'time', 'datetime', 'date', 'ts'].flatMap((time) =>
        ['amount', 'size', 'quantity', 'qty'].map((size) => [time, 'price', size]),
      ),
      without: ['open', 'high', 'low', 'close'],
    },
    roles: { close: ['price'], volume: ['amount', 'size', 'quantity', 'qty'] },
  },
  {
    name: 'binance-trades',
    title: 'Binance trades and aggregated trades',
    source: 'data.binance.vision, with header',
    kind: 'trades',
    signs: {
      header: [
        ['id', 'price', 'qty', 'quote_qty', 'time', 'is_buyer_maker'],
        ['agg_trade_id', 'price', 'quantity', 'first_trade_id', 'last_trade_id', 'transact_time', 'is_buyer_maker'],
      ],
    },
    roles: { time: ['time', 'transact_time'], close: ['price'], volume: ['qty', 'quantity'] },
    symbol: '^([A-Z0-9_]+)-(?:trades|aggTrades)-\\d{4}(?:-\\d{2}){1,2}$',
  },
  {
    name: 'bitcoincharts',
    title: 'Trades: unix seconds, price, amount',
    source: 'api.bitcoincharts.com',
    kind: 'trades',
    signs: { row: ['epoch', 'number', 'number'], separators: [','] },
    columns: ['time', 'close', 'volume'],
  },
  {
    name: 'lean-trades',
    title: 'LEAN trades of equities',
    source:
      'the data folder of the engine: ms of the day in New York, price times 10,000, size, exchange, condition, flag',
    kind: 'trades',
    signs: { row: ['ofday', 'integer', 'integer', 'word', 'any', 'any'], separators: [','] },
    columns: ['time', 'close', 'volume', 'exchange', 'condition', 'suspicious'],
    scale: 0.0001,
    timezone: 'America/New_York',
    day: '(?:^|\\D)(\\d{8})(?:\\D|$)',
    symbol: '^\\d{8}_([a-z0-9.]+)_',
  },
  {
    name: 'lean-quotes',
    title: 'LEAN quotes of currencies',
    source: 'the data folder of the engine: ms of the day in UTC, bid, ask',
    kind: 'quotes',
    signs: { row: ['ofday', 'decimal', 'decimal'], separators: [','] },
    columns: ['time', 'close', 'ask'],
    timezone: 'UTC',
    day: '(?:^|\\D)(\\d{8})(?:\\D|$)',
    symbol: '^\\d{8}_([a-z0-9.]+)_',
  },
]
