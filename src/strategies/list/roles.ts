// What columns of lists of signals are called, in any case and with any marks between the words; the first of several counts.

/** What a column says of a signal. */
export type SignalRole =
  | 'asset'
  | 'time'
  | 'exitTime'
  | 'side'
  | 'entryType'
  | 'entryPrice'
  | 'stop'
  | 'target'
  | 'quantity'
  | 'strength'
  | 'hold'
  | 'expiry'
  | 'close'
  | 'id'

export const SIGNAL_WORDS: Readonly<Record<SignalRole, readonly string[]>> = {
  asset: [
    'ticker',
    'symbol',
    'asset',
    'instrument',
    'security',
    'pair',
    'code',
    'market',
    'underlying',
    'isin',
    'name',
  ],
  time: [
    ...[
      'date',
      'time',
      'datetime',
      'date_time',
      'date_and_time',
      'timestamp',
      'entry_timestamp',
      'entry_time',
      'entry_date',
      'entry_datetime',
    ],
    ...[
      'signal_time',
      'signal_date',
      'signal_timestamp',
      'open_time',
      'opened',
      'opened_at',
      'created_at',
      'ts',
      'asof',
      'as_of',
    ],
  ],
  exitTime: [
    'exit_timestamp',
    'exit_time',
    'exit_date',
    'exit_datetime',
    'close_time',
    'close_date',
    'closed',
    'closed_at',
  ],
  side: ['side', 'direction', 'signal_type', 'trade_type', 'position', 'action', 'buy_sell', 'type', 'signal', 'dir'],
  entryType: ['entry_type', 'order_type', 'entry_order', 'type'],
  entryPrice: [
    'entry_price',
    'entry',
    'signal_price',
    'open_price',
    'limit_price',
    'price',
    'price_open',
    'trigger_price',
  ],
  stop: [
    'sl_price',
    'sl',
    'stop_loss',
    'stoploss',
    'stop_price',
    'stop_loss_price',
    's_l',
    'stop',
    'initial_stop',
    'invalidation',
  ],
  target: [
    'tp_price',
    'tp',
    'take_profit',
    'takeprofit',
    'target_price',
    'take_profit_price',
    't_p',
    'target',
    'profit_target',
  ],
  quantity: ['quantity', 'qty', 'units', 'shares', 'contracts', 'size', 'position_size'],
  strength: ['strength', 'weight', 'multiplier', 'size_multiplier'],
  hold: ['hold', 'holding_period', 'hold_bars', 'max_bars', 'bars'],
  expiry: ['expiry', 'expires', 'expires_at', 'expiration', 'valid_until', 'good_till', 'good_till_date', 'gtd'],
  close: ['close', 'last', 'close_price'],
  id: ['signal_id', 'id', 'uid', 'uuid', 'ticket', 'deal', 'order_id', 'trade_id', 'trade', 'signal_no', 'signal_name'],
}

/** Columns of one of several targets, and their shares. */
export const TARGET_NUMBER = /^(?:tp|target|take_?profit)_?([1-8])(?:_price)?$/
export const TARGET_SHARE = /^(?:tp|target|take_?profit)_?([1-8])_(?:share|size|qty|portion|pct|percent|weight)$/

/** `Stop Loss ($)` as `stop_loss`; words of camelCase are parted, and units behind a name are dropped. */
export function plainName(name: string): string {
  return name
    .replace(/^\uFEFF/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[([{<>].*$/, (rest, at: number) => (at === 0 ? rest : ''))
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '')
}

/** `long`, `Buy`, `Entry Short`, `1` and their like; undefined for anything else. */
export function sideOf(text: string): 'long' | 'short' | undefined {
  const word = text
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9+.-]+/g, ' ')
  if (
    /^(?:(?:enter|entry|open|go)\s)?(?:long|buy|bull|bullish|call)(?:\s(?:entry|signal|limit|stop|market))?$/.test(word)
  )
    return 'long'
  if (
    /^(?:(?:enter|entry|open|go)\s)?(?:short|sell|sell short|bear|bearish|put)(?:\s(?:entry|signal|limit|stop|market))?$/.test(
      word,
    )
  )
    return 'short'
  if (/^(?:b|l|le|up|\+?1(?:\.0+)?)$/.test(word)) return 'long'
  if (/^(?:s|se|ss|down|dn|-1(?:\.0+)?)$/.test(word)) return 'short'
  return undefined
}

/** The type of an order, out of words like `buy limit` too. */
export function entryTypeOf(text: string): 'market' | 'limit' | 'stop' | undefined {
  const found = /\b(market|limit|stop)\b/.exec(text.trim().toLowerCase().replace(/_/g, ' '))?.[1]
  return found as 'market' | 'limit' | 'stop' | undefined
}
