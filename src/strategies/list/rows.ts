import { FillgridError, show } from '../../errors.ts'
import { strangeNameError } from '../../market/names.ts'
import { cellText, numberOf, type Stamp, StampReader } from './cells.ts'
import { entryTypeOf, plainName, SIGNAL_WORDS, type SignalRole, sideOf, TARGET_NUMBER, TARGET_SHARE } from './roles.ts'
import { type Distance, type ListedSignal, parseDistance, type ShareOfTarget, type SignalList } from './signal.ts'
import type { SignalReadOptions, SignalTable } from './table.ts'

type Columns = Partial<Record<SignalRole, number>>

const ROLES = Object.keys(SIGNAL_WORDS) as SignalRole[]

/** Signals from rows. @throws FillgridError invalid_file (file, line, column), unknown_name */
export function rowsToSignals(table: SignalTable, options: SignalReadOptions): SignalList {
  const plain = table.names.map(plainName)
  const columns = columnsOf(table, plain, options)
  const notes: string[] = []
  if (isTradingView(table, plain, columns)) return tradingView(table, plain, columns, options)
  const positions = platformPositions(plain)
  if (positions) Object.assign(columns, positions)
  if (positions && columns.quantity === undefined && plain.includes('volume'))
    notes.push('volumes in lots are left out; sizes are those of the run.')
  const targets = targetColumns(plain)
  const stamps = new StampReader(table, [columns.time, columns.expiry, columns.exitTime], options)
  const signals: ListedSignal[] = []
  for (let row = 0; row < table.rows; row++) {
    const filled = filledOf(table, row)
    // Reports go on behind their positions, under the title of what comes next.
    if (positions && filled === 1) break
    if (filled > 0) signals.push(signalOf(table, row, columns, targets, stamps, options))
  }
  return {
    name: table.name,
    signals: positions ? signals.map(ofFills) : signals,
    ...(positions ? { stamp: 'instant' as const } : {}),
    notes,
  }
}

/** Which column says what. @throws FillgridError invalid_file where there is no time or asset */
function columnsOf(
  table: SignalTable,
  plain: readonly string[],
  { columns: given = {}, symbol }: SignalReadOptions,
): Columns {
  const found: Columns = {}
  for (const role of ROLES) {
    const at = SIGNAL_WORDS[role].map((word) => plain.indexOf(word)).find((i) => i >= 0 && fits(table, role, i))
    if (at !== undefined) found[role] = at
  }
  for (const [role, name] of Object.entries(given)) {
    if (!ROLES.includes(role as SignalRole)) throw strangeNameError('signals', 'what a column can say', role, ROLES)
    const at = table.names.indexOf(name)
    if (at < 0) throw strangeNameError(table.name, 'a column', name, table.names)
    found[role as SignalRole] = at
  }
  const missing = (role: 'time' | 'asset', way: string) =>
    new FillgridError(
      'invalid_file',
      `${table.name}: a column for the ${role} is needed (${SIGNAL_WORDS[role].slice(0, 5).join(', ')}, ...), found ${table.names.map((name) => show(name)).join(', ') || 'none'}. ${way}`,
      { file: table.name },
    )
  if (found.time === undefined) throw missing('time', "Name it with `columns: { time: '...' }`.")
  if (found.asset === undefined && symbol === undefined)
    throw missing('asset', 'Name it, or give the symbol of all rows.')
  return found
}

/** Words that can be more than one thing are what their first values are. */
function fits(table: SignalTable, role: SignalRole, column: number): boolean {
  if (role !== 'side' && role !== 'entryType') return true
  for (let row = 0; row < Math.min(table.rows, 50); row++) {
    const text = cellText(table.cell(row, column))
    if (text === '') continue
    return role === 'side' ? sideOf(text.replace(/^exit\b/i, 'entry')) !== undefined : entryTypeOf(text) !== undefined
  }
  return false
}

/** How many cells of a row say something. */
function filledOf(table: SignalTable, row: number): number {
  return table.names.filter((_, column) => cellText(table.cell(row, column)) !== '').length
}

/** Columns of several targets in their order, and of their shares. */
function targetColumns(plain: readonly string[]): { at: number; share: number }[] {
  const numbered = (pattern: RegExp) =>
    new Map(plain.flatMap((name, i) => (pattern.test(name) ? [[Number(pattern.exec(name)![1]), i] as const] : [])))
  const shares = numbered(TARGET_SHARE)
  return [...numbered(TARGET_NUMBER)].sort(([a], [b]) => a - b).map(([n, at]) => ({ at, share: shares.get(n) ?? -1 }))
}

function signalOf(
  table: SignalTable,
  row: number,
  columns: Columns,
  targets: readonly { at: number; share: number }[],
  stamps: StampReader,
  { symbol }: SignalReadOptions,
): ListedSignal {
  const line = table.line(row)
  const text = (role: SignalRole) => (columns[role] === undefined ? '' : cellText(table.cell(row, columns[role])))
  const fail = (column: number, expected: string, found: unknown) =>
    new FillgridError(
      'invalid_file',
      `${table.name}, line ${line}: ${expected} is needed in column ${show(table.names[column])}, found ${show(found)}. Mend the row, or leave it out.`,
      { file: table.name, line, column: table.names[column] },
    )
  const number = (role: SignalRole) => {
    const said = text(role)
    if (said === '') return undefined
    const value = numberOf(said)
    if (Number.isNaN(value)) throw fail(columns[role]!, 'a number', said)
    return value
  }
  const level = (column: number): Distance | undefined => {
    const said = cellText(table.cell(row, column))
    const value = numberOf(said)
    // Platforms write 0 where there is none.
    if (said === '' || value === 0) return undefined
    if (!Number.isNaN(value)) return { price: value }
    try {
      return parseDistance(said)
    } catch {
      throw fail(column, "a price, '5%', '2R' or '1.5atr'", said)
    }
  }
  const stamp = (role: 'time' | 'expiry' | 'exitTime'): Stamp | undefined => {
    const column = columns[role]
    if (column === undefined || cellText(table.cell(row, column)) === '') return undefined
    return stamps.read(table.cell(row, column), (found) => fail(column, 'a time', found))
  }
  const time = stamp('time')
  if (time === undefined) throw fail(columns.time!, 'a time', '')
  const asset = columns.asset === undefined ? symbol! : text('asset')
  if (asset === '') throw fail(columns.asset!, 'the name of an asset', '')
  const said = text('side')
  const side = said === '' ? undefined : sideOf(said)
  if (said !== '' && side === undefined) throw fail(columns.side!, 'long or short, buy or sell', said)
  const ordered = text('entryType')
  const entryType = ordered === '' ? undefined : entryTypeOf(ordered)
  if (ordered !== '' && entryType === undefined && columns.entryType !== columns.side)
    throw fail(columns.entryType!, 'market, limit or stop', ordered)
  const stop = columns.stop === undefined ? undefined : level(columns.stop)
  const several = targets.map(({ at, share }) => ({
    at: level(at),
    share: share < 0 ? '' : cellText(table.cell(row, share)),
  }))
  const listed = several.filter(({ at }) => at !== undefined)
  const target = columns.target === undefined || listed.length > 0 ? undefined : level(columns.target)
  const [expiry, exitTime] = [stamp('expiry'), stamp('exitTime')]
  const id = text('id')
  const signal: { -readonly [K in keyof ListedSignal]: ListedSignal[K] } = { asset, time: time.ms, line }
  if (side !== undefined) signal.side = side
  if (id !== '') signal.id = id
  if (entryType !== undefined) signal.entryType = entryType
  if (stop !== undefined) signal.stop = stop
  if (listed.length > 0) signal.targets = sharesOf(listed as { at: Distance; share: string }[])
  else if (target !== undefined) signal.target = target
  for (const role of NUMBERS) {
    const value = columns[role] === undefined ? undefined : number(role)
    if (value !== undefined) signal[role] = value
  }
  if (expiry !== undefined) signal.expiry = expiry.ms
  if (exitTime !== undefined) signal.exitTime = exitTime.ms
  mark(signal, 'time', time)
  mark(signal, 'expiry', expiry)
  mark(signal, 'exitTime', exitTime)
  return signal
}

const NUMBERS = ['entryPrice', 'quantity', 'strength', 'hold', 'close'] as const

/** Times of fills: a date alone is the bar that was filled at its start, not what was known at its end. */
function ofFills(signal: ListedSignal): ListedSignal {
  const { days, local, ...rest } = signal
  const marks = [...(local ?? []), ...(days ?? [])]
  return marks.length > 0 ? { ...rest, local: marks } : rest
}

/** Notes that a time is of a clock that is not named, or a whole day. */
function mark(
  signal: { local?: ListedSignal['local']; days?: ListedSignal['days'] },
  name: 'time' | 'expiry' | 'exitTime',
  stamp: Stamp | undefined,
): void {
  if (stamp?.local) signal.local = [...(signal.local ?? []), name]
  if (stamp?.day) signal.days = [...(signal.days ?? []), name]
}

/** Shares as fractions; equal ones where none is given. */
function sharesOf(listed: readonly { at: Distance; share: string }[]): ShareOfTarget[] {
  if (listed.every(({ share }) => share === '')) return listed.map(({ at }) => ({ at, share: 1 / listed.length }))
  const values = listed.map(({ share }) => (share.endsWith('%') ? numberOf(share.slice(0, -1)) / 100 : numberOf(share)))
  const total = values.reduce((a, b) => a + b, 0)
  const part = Math.abs(total - 100) < 1e-6 ? 100 : 1
  return listed.map(({ at }, i) => ({ at, share: values[i] / part }))
}

/** Positions as MetaTrader writes them: time and price twice, of the opening and of the closing. */
function platformPositions(plain: readonly string[]): Columns | undefined {
  const times = plain.flatMap((name, i) => (name === 'time' || /^time_\d+$/.test(name) ? [i] : []))
  const prices = plain.flatMap((name, i) => (name === 'price' || /^price_\d+$/.test(name) ? [i] : []))
  if (times.length !== 2 || prices.length !== 2 || !plain.includes('s_l')) return undefined
  const id = plain.indexOf('position')
  return {
    time: times[0],
    exitTime: times[1],
    entryPrice: prices[0],
    side: plain.indexOf('type'),
    ...(id < 0 ? {} : { id }),
  }
}

/** The list of trades of TradingView: a row for the entry and one for the exit of each. */
function isTradingView(table: SignalTable, plain: readonly string[], { side }: Columns): boolean {
  const isTrade = plain.some((name) => name === 'trade' || name === 'trade_number' || name === 'trade_no')
  if (!isTrade || side === undefined || plain[side] !== 'type') return false
  for (let row = 0; row < table.rows; row++) if (/^exit\b/i.test(cellText(table.cell(row, side)))) return true
  return false
}

function tradingView(
  table: SignalTable,
  plain: readonly string[],
  columns: Columns,
  options: SignalReadOptions,
): SignalList {
  const trade = plain.findIndex((name) => /^trade(?:_number|_no)?$/.test(name))
  const price = plain.findIndex((name) => /^price(?:_|$)/.test(name))
  const own: Columns = { ...columns, id: trade, ...(price < 0 ? {} : { entryPrice: price }) }
  // What it calls a signal is the name of the order.
  delete own.entryType
  const stamps = new StampReader(table, [own.time], options)
  const exits = new Map<string, Stamp>()
  const rows = Array.from({ length: table.rows }, (_, row) => row)
  const typeOf = (row: number) => cellText(table.cell(row, own.side!))
  const idOf = (row: number) => cellText(table.cell(row, trade))
  // An exit that is called Open is none yet.
  const order = plain.indexOf('signal')
  const isOpen = (row: number) => order >= 0 && /^open$/i.test(cellText(table.cell(row, order)))
  for (const row of rows)
    if (/^exit\b/i.test(typeOf(row)) && !isOpen(row) && cellText(table.cell(row, own.time!)) !== '')
      exits.set(idOf(row), stamps.read(table.cell(row, own.time!), badTime(table, row, own.time!)))
  const signals = rows
    .filter((row) => /^entry\b/i.test(typeOf(row)))
    .map((row): ListedSignal => {
      const signal = signalOf(table, row, own, [], stamps, options)
      const exit = exits.get(idOf(row))
      if (exit === undefined) return ofFills(signal)
      const whole = { ...signal, exitTime: exit.ms }
      mark(whole, 'exitTime', exit)
      return ofFills(whole)
    })
  return { name: table.name, signals, stamp: 'instant', notes: [] }
}

function badTime(table: SignalTable, row: number, column: number): (found: string) => FillgridError {
  return (found) =>
    new FillgridError(
      'invalid_file',
      `${table.name}, line ${table.line(row)}: a time is needed in column ${show(table.names[column])}, found ${show(found)}. Mend the row, or leave it out.`,
      { file: table.name, line: table.line(row), column: table.names[column] },
    )
}
