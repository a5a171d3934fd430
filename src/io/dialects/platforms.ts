import type { DialectSpec } from './spec.ts'

/** The clocks that brokers set their MetaTrader servers to. */
const BROKER_CLOCKS = ['UTC', 'EET', 'America/New_York+07:00', 'Europe/London', 'Etc/GMT-3', 'America/New_York']

const BROKER_NOTE =
  "Stamps are those of the broker's server, whose clock the file does not say: the one is taken in which weeks open when such markets do, else UTC. Name it with `timezone`."

/** Trading platforms and backtesters. */
export const PLATFORMS: readonly DialectSpec[] = [
  {
    name: 'metatrader4',
    title: 'MetaTrader 4 history export',
    source: 'files of the History Center: no header, 2012.06.19,00:00',
    signs: { row: ['points', 'clock', 'number', 'number', 'number', 'number', 'integer'], separators: [','] },
    columns: ['date', 'time', 'open', 'high', 'low', 'close', 'volume'],
    timezone: BROKER_CLOCKS,
    symbol: '^([A-Za-z]{6}[A-Za-z.#+-]*)(?:1|5|15|30|60|240|1440|10080|43200)$',
    notes: [BROKER_NOTE, 'Volume is the number of ticks.'],
  },
  {
    name: 'metatrader4-header',
    title: 'MetaTrader 4 bars under a header',
    source: 'files of scripts: Date,Time,Open,High,Low,Close,Volume with 2019.02.15',
    signs: {
      header: [['Date', 'Time', 'Open', 'High', 'Low', 'Close', 'Volume']],
      row: ['points', 'clock', 'number', 'number', 'number', 'number', 'integer'],
      more: true,
    },
    timezone: BROKER_CLOCKS,
    symbol: '^([A-Za-z]{6}[A-Za-z.#+-]*)(?:1|5|15|30|60|240|1440|10080|43200)$',
    notes: [BROKER_NOTE, 'Volume is the number of ticks.'],
  },
  {
    name: 'metatrader5',
    title: 'MetaTrader 5 bars export',
    source: 'the Symbols window of the terminal: <DATE> <TIME> <OPEN> ... <TICKVOL> <VOL> <SPREAD>, tabs',
    signs: [
      { header: [['<DATE>', '<TIME>', '<OPEN>', '<HIGH>', '<LOW>', '<CLOSE>', '<TICKVOL>']], letters: true },
      { header: [['<DATE>', '<OPEN>', '<HIGH>', '<LOW>', '<CLOSE>', '<TICKVOL>']], letters: true },
      {
        header: [['Time', 'Open', 'High', 'Low', 'Close', 'Volume']],
        letters: true,
        whole: true,
        separators: ['\t'],
        row: ['iso', 'number', 'number', 'number', 'number', 'integer'],
      },
    ],
    roles: { volume: ['<TICKVOL>', 'Volume'] },
    timezone: BROKER_CLOCKS,
    symbol: '^([A-Za-z0-9.#]+?)_(?:M[0-9]+|H[0-9]+|Daily|Weekly|Monthly)(?:_|$)',
    notes: [BROKER_NOTE, 'Volume is the number of ticks; the volume of exchanges is the signal column <VOL>.'],
  },
  {
    name: 'tradingview',
    title: 'TradingView chart export',
    source: 'files of the site: unix seconds (negative before 1970) or ISO 8601 with the offset of the chart',
    signs: [
      {
        header: [['time', 'open', 'high', 'low', 'close']],
        letters: true,
        row: ['epoch', 'number', 'number', 'number', 'number'],
        more: true,
      },
      {
        header: [['time', 'open', 'high', 'low', 'close']],
        letters: true,
        row: ['offset', 'number', 'number', 'number', 'number'],
        more: true,
      },
    ],
    timeUnit: undefined,
    symbol: '^(.+?), ?[0-9]*[SDWM]?(?: \\([0-9]+\\))?$',
    notes: ['Plots of indicators are signal columns; plots of one name are numbered (Plot, Plot_2).'],
  },
  {
    name: 'ninjatrader',
    title: 'NinjaTrader historical data',
    source: "the vendor's manual: exports are in UTC, stamps are the end of the bar",
    signs: [
      { row: ['compact', 'number', 'number', 'number', 'number', 'integer'], separators: [';'] },
      { row: ['day', 'number', 'number', 'number', 'number', 'integer'], separators: [';'] },
    ],
    columns: ['time', 'open', 'high', 'low', 'close', 'volume'],
    timezone: 'UTC',
    barTime: 'close',
    symbol: '^(.+?)\\.(?:Last|Bid|Ask)$',
    notes: ["Stamps are the end of a bar; a market's own times are its start."],
  },
  {
    name: 'backtrader-intraday',
    title: 'Intraday bars under a header that lacks its Time',
    source: 'files of backtrader',
    signs: {
      header: [['Date', 'Open', 'High', 'Low', 'Close', 'Volume', 'OpenInterest']],
      whole: true,
      row: ['iso', 'clock', 'number', 'number', 'number', 'number', 'number', 'number'],
    },
    columns: ['Date', 'Time', 'Open', 'High', 'Low', 'Close', 'Volume', 'OpenInterest'],
    notes: ['The header has a word less than rows have fields; the time stands second.'],
  },
  {
    name: 'lean-daily',
    title: 'LEAN equity bars, daily and hourly',
    source: 'the data folder of the engine: 19980102 00:00,136300,... prices times 10,000',
    signs: { row: ['lean', 'integer', 'integer', 'integer', 'integer', 'integer'], separators: [','] },
    columns: ['time', 'open', 'high', 'low', 'close', 'volume'],
    scale: 0.0001,
    timezone: 'America/New_York',
    notes: ['Prices are as traded; splits and dividends are in the factor file.'],
  },
  {
    name: 'lean-quotes-daily',
    title: 'LEAN bars of bid and ask, daily and hourly',
    source: 'the data folder of the engine',
    signs: {
      row: ['lean', 'number', 'number', 'number', 'number', 'number', 'number', 'number', 'number', 'number', 'number'],
      separators: [','],
    },
    columns: [
      ...['time', 'open', 'high', 'low', 'close', 'bid_size'],
      ...['ask_open', 'ask_high', 'ask_low', 'ask_close', 'ask_size'],
    ],
    timezone: 'UTC',
    notes: ['The bars are those of the bid; the ask is in signal columns.'],
  },
  {
    name: 'lean-minute',
    title: 'LEAN equity bars, minutes and seconds',
    source: 'the data folder of the engine: milliseconds since midnight in New York, prices times 10,000',
    signs: { row: ['ofday', 'integer', 'integer', 'integer', 'integer', 'integer'], separators: [','] },
    columns: ['time', 'open', 'high', 'low', 'close', 'volume'],
    scale: 0.0001,
    timezone: 'America/New_York',
    day: '(?:^|\\D)(\\d{8})(?:\\D|$)',
    symbol: '^\\d{8}_([a-z0-9.]+)_',
  },
  {
    name: 'lean-quotes-minute',
    title: 'LEAN bars of bid and ask, minutes and seconds',
    source: 'the data folder of the engine',
    signs: {
      row: [
        'ofday',
        'number',
        'number',
        'number',
        'number',
        'number',
        'number',
        'number',
        'number',
        'number',
        'number',
      ],
      separators: [','],
    },
    columns: [
      ...['time', 'open', 'high', 'low', 'close', 'bid_size'],
      ...['ask_open', 'ask_high', 'ask_low', 'ask_close', 'ask_size'],
    ],
    timezone: 'UTC',
    day: '(?:^|\\D)(\\d{8})(?:\\D|$)',
    symbol: '^\\d{8}_([a-z0-9.]+)_',
    notes: ['The bars are those of the bid; the ask is in signal columns. Quotes of equities need `scale: 0.0001`.'],
  },
  {
    name: 'lean-factors',
    title: 'LEAN factor file',
    source: 'the data folder of the engine: date, price factor, split factor, price',
    signs: { row: ['day', 'decimal', 'number', 'number'], separators: [','] },
    kind: 'factors',
    columns: ['time', 'price_factor', 'split_factor', 'close'],
  },
]
