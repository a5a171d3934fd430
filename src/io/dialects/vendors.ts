import type { DialectSpec } from './spec.ts'

/** Data vendors and portals. */
export const VENDORS: readonly DialectSpec[] = [
  {
    name: 'yahoo',
    title: 'Yahoo Finance, downloaded or by yfinance',
    source: 'files of the site (until 2024) and of yfinance',
    signs: {
      header: [
        ['Date', 'Open', 'High', 'Low', 'Close', 'Adj Close', 'Volume'],
        ['Date', 'Open', 'High', 'Low', 'Close', 'Volume', 'Dividends', 'Stock Splits'],
        ['Datetime', 'Open', 'High', 'Low', 'Close', 'Adj Close', 'Volume'],
        ['Datetime', 'Open', 'High', 'Low', 'Close', 'Volume', 'Dividends', 'Stock Splits'],
      ],
    },
    roles: { time: ['Datetime', 'Date'], close: ['Close'] },
    notes: [
      'Open, high, low and close are adjusted for splits, not for dividends; the adjusted close is the signal column Adj Close (`roles: { close: "Adj Close" }` takes it instead).',
      'Holidays may stand as rows of "null", which hold no bar.',
    ],
  },
  {
    name: 'yfinance',
    title: 'yfinance with its three lines of header',
    source: 'to_csv() of yfinance since 0.2.51',
    signs: { header: [['Price', 'Close', 'High', 'Low', 'Open', 'Volume']], banner: '^price,' },
    below: 2,
    roles: { time: ['Price'], close: ['Close'] },
  },
  {
    name: 'stooq',
    title: 'Stooq, English',
    source: 'files of the site: SYMBOL_d.csv, SYMBOL_w.csv, SYMBOL_m.csv',
    signs: [
      {
        header: [
          ['Date', 'Open', 'High', 'Low', 'Close', 'Volume'],
          ['Date', 'Open', 'High', 'Low', 'Close'],
        ],
        letters: true,
        whole: true,
        row: ['iso', 'number', 'number', 'number', 'number'],
        more: true,
        file: '_[dwmqy]\\.(csv|txt)',
      },
      {
        header: [
          ['<TICKER>', '<PER>', '<DATE>', '<TIME>', '<OPEN>', '<HIGH>', '<LOW>', '<CLOSE>', '<VOL>', '<OPENINT>'],
        ],
        letters: true,
      },
    ],
    symbol: '^(.+)_[dwmqy]$',
  },
  {
    name: 'stooq-pl',
    title: 'Stooq, Polish',
    source: 'files of the site in its own language',
    signs: { header: [['Data', 'Otwarcie', 'Najwyzszy', 'Najnizszy', 'Zamkniecie']] },
    roles: {
      time: ['Data'],
      open: ['Otwarcie'],
      high: ['Najwyzszy'],
      low: ['Najnizszy'],
      close: ['Zamkniecie'],
      volume: ['Wolumen'],
    },
    symbol: '^(.+)_[dwmqy]$',
  },
  {
    name: 'alphavantage',
    title: 'Alpha Vantage, daily adjusted',
    source: 'answers of TIME_SERIES_DAILY_ADJUSTED as CSV',
    signs: {
      header: [
        [
          'timestamp',
          'open',
          'high',
          'low',
          'close',
          'adjusted_close',
          'volume',
          'dividend_amount',
          'split_coefficient',
        ],
      ],
    },
    notes: ['Prices are as traded; splits and dividends are the signal columns split_coefficient and dividend_amount.'],
  },
  {
    name: 'alphavantage-intraday',
    title: "Alpha Vantage, intraday (not found by itself: its header is everybody's)",
    source: 'the vendor: stamps are US/Eastern, newest first',
    timezone: 'America/New_York',
  },
  {
    name: 'cryptodatadownload',
    title: 'CryptoDataDownload',
    source: 'files of the site, old (one unix column in seconds, hours as 07-AM) and new (unix in ms)',
    signs: { header: [['Date', 'Symbol', 'Open', 'High', 'Low', 'Close']], banner: 'cryptodatadownload' },
    roles: { time: ['Unix Timestamp', 'Unix', 'Date'], volume: ['Volume*'] },
    timezone: 'UTC',
    notes: [
      'Where there is a unix column it is the time: the dates of some old rows are in another zone than the rest.',
    ],
  },
  {
    name: 'investing',
    title: 'investing.com, in six languages',
    source: 'downloads of the site; the Russian one from files, the others as the site writes them',
    signs: {
      header: [
        ['Дата', 'Цена', 'Откр.', 'Макс.', 'Мин.'],
        ['Date', 'Price', 'Open', 'High', 'Low', 'Change %'],
        ['Datum', 'Zuletzt', 'Eröffn.', 'Hoch', 'Tief'],
        ['Date', 'Dernier', 'Ouv.', 'Plus Haut', 'Plus Bas'],
        ['Fecha', 'Último', 'Apertura', 'Máximo', 'Mínimo'],
        ['Data', 'Ultimo', 'Apertura', 'Massimo', 'Minimo'],
      ],
    },
    roles: {
      time: ['Дата', 'Date', 'Datum', 'Fecha', 'Data'],
      close: ['Цена', 'Price', 'Zuletzt', 'Dernier', 'Último', 'Ultimo'],
      open: ['Откр.', 'Open', 'Eröffn.', 'Ouv.', 'Apertura'],
      high: ['Макс.', 'High', 'Hoch', 'Plus Haut', 'Máximo', 'Massimo'],
      low: ['Мин.', 'Low', 'Tief', 'Plus Bas', 'Mínimo', 'Minimo'],
      volume: ['Объём', 'Объем', 'Vol.'],
    },
    encodings: ['windows-1251', 'windows-1252'],
    notes: ['Volumes are rounded (31.77M); newest rows come first.'],
  },
  {
    name: 'finam',
    title: 'Finam export',
    source: 'the export page of the broker, fields of kind TICKER, PER, DATE, TIME, OPEN, HIGH, LOW, CLOSE, VOL',
    signs: [
      {
        header: [['<TICKER>', '<PER>', '<DATE>', '<TIME>', '<OPEN>', '<HIGH>', '<LOW>', '<CLOSE>', '<VOL>']],
        letters: true,
      },
      {
        header: [['<DATE>', '<TIME>', '<OPEN>', '<HIGH>', '<LOW>', '<CLOSE>', '<VOL>']],
        letters: true,
        separators: [',', ';'],
      },
    ],
    timezone: 'Europe/Moscow',
    encodings: ['windows-1251'],
    notes: ['Times are those of Moscow; daily bars are dates.'],
  },
  {
    name: 'histdata',
    title: 'HistData.com, one-minute bars (generic ASCII and NinjaTrader)',
    source: "the site's specification, and its files for the clock",
    signs: [
      { row: ['compact', 'number', 'number', 'number', 'number', 'zero'], separators: [';'] },
      { row: ['compact', 'number', 'number', 'number', 'number', 'zero'], separators: [';'], file: '^dat_(ascii|nt)_' },
    ],
    columns: ['time', 'open', 'high', 'low', 'close', 'volume'],
    timezone: ['America/New_York', 'Europe/London-05:00', 'Etc/GMT+5'],
    symbol: '^DAT_[A-Z]+_([A-Z0-9]+)_',
    notes: [
      'The site says Eastern Standard Time without daylight saving; its files run by the clock of New York, or by that of London less five hours. The one is taken in which weeks open when such markets do.',
      'Prices are bids; there is no volume.',
    ],
  },
  {
    name: 'histdata-mt',
    title: 'HistData.com, one-minute bars for MetaTrader',
    source: "the site's specification",
    signs: {
      row: ['points', 'clock', 'number', 'number', 'number', 'number', 'zero'],
      separators: [','],
      file: '^dat_mt_',
    },
    columns: ['date', 'time', 'open', 'high', 'low', 'close', 'volume'],
    timezone: ['America/New_York', 'Europe/London-05:00', 'Etc/GMT+5'],
    symbol: '^DAT_[A-Z]+_([A-Z0-9]+)_',
  },
  {
    name: 'dukascopy',
    title: 'Dukascopy historical data export',
    source: 'files of the export page and of JForex',
    signs: {
      header: [
        ['Gmt time', 'Open', 'High', 'Low', 'Close'],
        ['Time (EET)', 'Open', 'High', 'Low', 'Close'],
        ['Time (UTC)', 'Open', 'High', 'Low', 'Close'],
        ['Time (GMT)', 'Open', 'High', 'Low', 'Close'],
        ['Local time', 'Open', 'High', 'Low', 'Close'],
      ],
      row: ['dayfirst', 'number', 'number', 'number', 'number'],
      more: true,
    },
    roles: { time: ['Gmt time', 'Time (EET)', 'Time (UTC)', 'Time (GMT)', 'Local time'] },
    dateOrder: 'dmy',
    zones: { 'Gmt time': 'UTC', 'Time (UTC)': 'UTC', 'Time (GMT)': 'UTC', 'Time (EET)': 'EET' },
    symbol: '^(.+?)_(Candlestick|Ticks)_',
    notes: [
      'EET is the clock of Athens, with daylight saving. Local times name their offset in every row.',
      'Bars of hours in which the market was closed may be there, flat and without volume (check `flat`).',
    ],
  },
]
