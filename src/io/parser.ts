import { FillgridError, show } from '../errors.ts'
import { type CheckOutcome, type CheckPolicies, checkPolicies } from '../market/checks.ts'
import { PRICE_COLUMNS, type PriceColumn } from '../market/input.ts'
import { MISSING } from '../market/missing.ts'
import { epochMs, epochUnit, parseClock, parseDate, stampEnd, stampOffset, stampZoned } from '../market/stamp.ts'
import { decimalEnd, parseDecimal } from './decimal.ts'
import { type Detection, detect } from './detect.ts'
import type { TextOptions } from './dialect.ts'
import { decoderFor } from './encoding.ts'
import { Faults, type RowFault } from './faults.ts'
import { BLANK, blankEnd, CR, fieldEnd, fieldText, LF, QUOTE, quotedBreaks, setQuotedBreaks } from './fields.ts'
import { type FileHead, fileError, looseNumber, readHead, type SignalChoice, type TableKind } from './head.ts'
import { ROLES } from './roles.ts'
import type { RowTable } from './rowtable.ts'
import { Symbols } from './symbols.ts'
import { type ZoneMix, ZoneTally } from './zonemix.ts'

/** What of a file to read, beside its dialect. */
export interface RowChoice {
  /** Columns beyond prices and volume: all that hold numbers (default), none, or those named. */
  signals?: SignalChoice
  /** Only these symbols. */
  symbols?: ReadonlySet<string>
  /** Only rows with a stamp at or after this, milliseconds UTC. */
  from?: number
  /** Only rows with a stamp before this, milliseconds UTC. */
  to?: number
}

/** What a column's fields are. */
const SKIP = 0
const NUMBER = 1
const DATE = 2
const EPOCH = 3
const CLOCK = 4
const SYMBOL = 5

/** The head is read from this many bytes, or all where there are fewer. */
const HEAD = 65536

/** What is carried over between pieces; a row that is longer is none. */
const LONGEST_ROW = 16777216

/**
 * Parses CSV text, given in pieces of any size, straight into columns. Rows are checked as they are read: a field that is
 * not what its column needs is an error with file, line and column, or drops its row, as the policies say.
 */
export class CsvParser {
  readonly #file: string
  readonly #given: TextOptions
  readonly #choice: RowChoice
  readonly #kind: TableKind
  readonly #size: number
  readonly #checks: CheckPolicies | undefined
  #policies = checkPolicies()
  #decoder: TextDecoder | undefined
  #detection: Detection | undefined
  #rest: Uint8Array = new Uint8Array(0)
  #head: FileHead | undefined
  #kinds = new Uint8Array(0)
  #slots = new Int32Array(0)
  /** Number columns by slot; slot 0 is time, slot 1 + i the i-th of `#names`. */
  #columns: Float64Array[] = []
  #names: string[] = []
  #closeSlot = -1
  /** Columns that hold prices, for rows that hold none. */
  #priceColumns: number[] = []
  #symbols: Symbols | undefined
  #assets = new Int32Array(0)
  #rows = 0
  #line = 1
  /** Lines of rows: from row #lineRows[i] on, line = row + #lineShifts[i]. */
  readonly #lineRows: number[] = []
  readonly #lineShifts: number[] = []
  /** Where an odd field ended. */
  #end = 0
  /** Where the row that is being parsed began, for its fault. */
  #rowStart = 0
  readonly #faults = new Faults()
  readonly #zones = new ZoneTally()

  /**
   * @param file name for errors
   * @param size bytes to expect in all, 0 when unknown; only sizes the columns
   * @param checks policies for rows that cannot be read
   */
  constructor(
    file: string,
    given: TextOptions,
    choice: RowChoice,
    kind: TableKind = 'bars',
    size = 0,
    checks?: CheckPolicies,
  ) {
    this.#file = file
    this.#given = given
    this.#choice = choice
    this.#kind = kind
    this.#size = size
    this.#checks = checks
  }

  /** What the text was found to be; undefined before enough of it was pushed. */
  get detection(): Detection | undefined {
    return this.#detection
  }

  /** Header words by role. */
  get roles(): Readonly<Record<string, string>> {
    const { roles = {}, names = [] } = this.#head ?? {}
    return Object.fromEntries(ROLES.flatMap((role) => (roles[role] === undefined ? [] : [[role, names[roles[role]]]])))
  }

  /** How the stamps of the rows name their zones. */
  get zones(): ZoneMix {
    return this.#zones.mix(this.#rows)
  }

  /** Rows that could not be read and were left out. */
  get outcomes(): CheckOutcome[] {
    return this.#faults.outcomes(this.#policies)
  }

  /** The next piece of the text. @throws FillgridError invalid_file, ambiguous_file, unknown_name, memory_limit */
  push(bytes: Uint8Array): void {
    if (this.#head) {
      const piece = this.#decoder ? encode(this.#decoder.decode(bytes, { stream: true })) : bytes
      const all = this.#rest.length === 0 ? piece : joined(this.#rest, piece)
      if (all.length - piece.length > LONGEST_ROW) throw this.#tooLong()
      this.#take(all, all.lastIndexOf(LF) + 1)
      return
    }
    const all = this.#rest.length === 0 ? bytes : joined(this.#rest, bytes)
    if (all.length < HEAD) {
      this.#rest = all === bytes ? all.slice() : all
      return
    }
    const text = this.#start(all)
    this.#take(text, text.lastIndexOf(LF) + 1)
  }

  /** The rows of the whole text. @throws as `push` */
  finish(): RowTable {
    if (!this.#head) this.#rest = this.#start(this.#rest)
    const tail = this.#decoder ? encode(this.#decoder.decode()) : new Uint8Array(0)
    const rest = tail.length === 0 ? this.#rest : joined(this.#rest, tail)
    const ended = rest.length > 0 && rest[rest.length - 1] === LF ? rest : joined(rest, Uint8Array.of(LF))
    this.#take(ended, ended.length)
    while (this.#rest.length > 0) this.#openQuote()
    const head = this.#head!
    const n = this.#rows
    const cut = (slot: number) => this.#columns[slot].subarray(0, n)
    const prices = new Map<PriceColumn, Float64Array>()
    const signals = new Map<string, Float64Array>()
    const extras = new Set(head.extras.map((extra) => extra.name))
    for (let i = 0; i < this.#names.length; i++) {
      const name = this.#names[i]
      if (i >= this.#names.length - extras.size) signals.set(name, cut(i + 1))
      else prices.set(name as PriceColumn, cut(i + 1))
    }
    return {
      file: this.#file,
      names: this.#symbols?.names ?? [],
      seen: this.#symbols?.seen ?? [],
      asset: this.#symbols ? this.#assets.subarray(0, n) : undefined,
      time: cut(0),
      prices,
      signals,
      line: (row) => this.#lineOf(row),
      leftOut: head.leftOut,
      decimal: head.dialect.decimal,
    }
  }

  /** Finds the dialect of the text and reads its head. @returns the text as UTF-8, its line ends line feeds */
  #start(raw: Uint8Array): Uint8Array {
    const whole = raw.length <= HEAD
    const end = whole ? raw.length : raw.lastIndexOf(LF, HEAD) + 1
    const detection = detect(raw.subarray(0, end || HEAD), this.#file, this.#given, this.#kind)
    this.#detection = detection
    const { encoding } = detection.dialect
    if (encoding !== 'utf-8') this.#decoder = decoderFor(encoding)
    this.#policies = checkPolicies(detection.spec.checks, this.#checks)
    let text = this.#decoder ? encode(this.#decoder.decode(raw, { stream: true })) : raw
    // Line ends of the old Mac, found only in small files: a line feed for each.
    if (whole && text.indexOf(LF) < 0 && text.indexOf(CR) >= 0) text = text.map((byte) => (byte === CR ? LF : byte))
    const cut = text.length > HEAD ? text.lastIndexOf(LF, HEAD) + 1 : text.length
    const head = readHead(
      text.subarray(0, cut || HEAD),
      this.#file,
      detection.dialect,
      this.#kind,
      this.#choice.signals ?? true,
    )
    this.#head = head
    this.#prepare(head)
    return text.subarray(head.start)
  }

  /** Parses b[.. limit) as far as whole rows go; the rest waits for the next piece. */
  #take(b: Uint8Array, limit: number): void {
    let from = 0
    while (from < limit) {
      try {
        from = this.#parse(b, from, limit)
        break
      } catch (fault) {
        if (fault instanceof Error) throw fault
        from = this.#leaveOut(b, limit, fault as RowFault)
      }
    }
    this.#rest = b.slice(from)
  }

  /** A row that cannot be read: an error, or counted and passed over. @returns where the next row begins */
  #leaveOut(b: Uint8Array, limit: number, fault: RowFault): number {
    const head = this.#head!
    const from = this.#rowStart
    const line = this.#line
    setQuotedBreaks(0)
    const separator = head.dialect.separator.charCodeAt(0)
    const fields: string[] = []
    let p = from
    for (; p >= 0 && p < limit; p++) {
      const start = p
      p = fieldEnd(b, p, limit, separator)
      if (p < 0) break
      if (fields.length < 4096)
        fields.push(
          fieldText(b, start, p)
            .trim()
            .replace(/^"(.*)"$/s, '$1')
            .trim(),
        )
      if (b[p] !== separator) break
    }
    // Of a quote that is never closed only its own line is lost.
    const next = b.indexOf(LF, p < 0 ? from : p)
    const end = next < 0 || next >= limit ? limit : next + 1
    this.#line = line + 1 + (p < 0 ? 0 : quotedBreaks)
    const missing = (column: number) => MISSING.has((fields[column] ?? '').toLowerCase())
    const empty =
      fields.length >= this.#kinds.length && this.#priceColumns.length > 0 && this.#priceColumns.every(missing)
    const check = empty ? 'missing' : fault.check
    const place = { file: this.#file, line, ...(fault.column !== undefined && !empty ? { column: fault.column } : {}) }
    if (this.#policies[check] === 'error') {
      const way = check === 'missing' ? 'no price at all' : ''
      throw fileError(
        way === '' ? fault.rule : `a row must have prices, found ${show(fields.join(head.dialect.separator))}`,
        place,
        `${fault.way} \`checks: { ${check}: 'drop' }\` leaves all such rows out.`,
      )
    }
    this.#faults.add(check, { ...place, found: fault.found })
    return end
  }

  /** What is left at the end began a quote that is never closed: its first line is a row that cannot be read. */
  #openQuote(): void {
    const rest = this.#rest
    this.#rowStart = 0
    const next = this.#leaveOut(rest, rest.length, {
      check: 'unparsable',
      column: undefined,
      rule: 'a quote must be closed, found the end of the file',
      found: 'a quote that is never closed',
      way: 'Is the file complete?',
    })
    this.#take(rest.subarray(next), rest.length - next)
  }

  #prepare(head: FileHead): void {
    const { roles, names } = head
    this.#kinds = new Uint8Array(names.length)
    this.#slots = new Int32Array(names.length)
    const number = (column: number, name: string) => {
      this.#kinds[column] = NUMBER
      this.#slots[column] = this.#names.push(name)
    }
    if (this.#kind === 'bars') {
      for (const name of PRICE_COLUMNS) if (roles[name] !== undefined) number(roles[name], name)
      for (const name of ['open', 'high', 'low', 'close'] as const)
        if (roles[name] !== undefined) this.#priceColumns.push(roles[name])
      this.#closeSlot = this.#slots[roles.close!]
    }
    if (roles.symbol !== undefined) {
      this.#kinds[roles.symbol] = SYMBOL
      this.#symbols = new Symbols(this.#choice.symbols)
    }
    for (const { column, name } of head.extras) number(column, name)
    this.#kinds[roles.time!] = head.epoch ? EPOCH : DATE
    if (roles.clock !== undefined) this.#kinds[roles.clock] = CLOCK
    this.#line = head.line
    // A row has a byte for each of its fields at least, so a false size makes no more rows than the text can hold.
    const rows = Math.ceil((Math.max(0, this.#size - head.start) / head.rowBytes) * 1.05) + 64
    this.#grow(rows)
  }

  #grow(rows: number): void {
    try {
      const bigger = (old: Float64Array | undefined) => {
        const out = new Float64Array(rows)
        if (old) out.set(old)
        return out
      }
      for (let slot = 0; slot <= this.#names.length; slot++) this.#columns[slot] = bigger(this.#columns[slot])
      if (this.#symbols) {
        const old = this.#assets
        this.#assets = new Int32Array(rows)
        this.#assets.set(old)
      }
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause
      const mib = Math.ceil((rows * 8 * (this.#names.length + 1)) / 1048576)
      throw new FillgridError(
        'memory_limit',
        `file: the rows of ${this.#file} need ${mib} MiB, which the host refuses after row ${this.#rows}. ` +
          'Read fewer at a time (`from` and `to`, or `symbols`), or leave out signal columns.',
        { file: this.#file },
        { cause },
      )
    }
  }

  /**
   * Parses the rows of b[p .. limit), which ends after a line feed. Returns where the last whole row ended.
   *
   * @throws RowFault after `#rowStart`, `#line` and `#rows` were set to that row's
   */
  #parse(b: Uint8Array, start: number, limit: number): number {
    const head = this.#head!
    const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = this.#choice
    const kinds = this.#kinds
    const slots = this.#slots
    const columns = this.#columns
    const width = kinds.length
    const { dateOrder, day, timeUnit } = head.dialect
    const separator = head.dialect.separator.charCodeAt(0)
    const mark = head.dialect.decimal.charCodeAt(0)
    const unit = head.epoch ?? 's'
    const anyUnit = timeUnit !== undefined || day !== undefined
    const midnight = day ?? 0
    const zones = this.#zones
    let anyZoned = zones.met
    let row = this.#rows
    let capacity = columns[0].length
    let shift = this.#lineShifts.at(-1) ?? Number.NaN
    let p = start
    while (p < limit) {
      if (b[p] === LF || b[p] === CR || b[p] === BLANK) {
        const blank = blankEnd(b, p)
        if (blank > 0) {
          p = blank
          this.#line++
          continue
        }
      }
      const rowStart = p
      const rowLine = this.#line
      this.#rowStart = p
      this.#rows = row
      if (row === capacity) {
        capacity = Math.ceil(capacity * 1.5)
        this.#grow(capacity)
      }
      if (rowLine - row !== shift) {
        shift = rowLine - row
        this.#lineRows.push(row)
        this.#lineShifts.push(shift)
      }
      let time = 0
      let clock = 0
      let asset = 0
      let zoned = 0
      let whole = true
      setQuotedBreaks(0)
      for (let column = 0; column < width; column++) {
        const kind = kinds[column]
        if (kind === NUMBER) {
          let c = b[p]
          while (c === BLANK) c = b[++p]
          let value: number
          if (c === QUOTE) {
            value = parseDecimal(b, p + 1, mark)
            p = b[decimalEnd] === QUOTE ? decimalEnd + 1 : p
          } else {
            value = parseDecimal(b, p, mark)
            if (!Number.isNaN(value)) p = decimalEnd
          }
          c = b[p]
          if (Number.isNaN(value) || (c !== separator && c !== LF && c !== CR)) {
            value = this.#oddNumber(b, rowStart, column, limit)
            p = this.#end
            if (p < 0) {
              whole = false
              break
            }
          }
          columns[slots[column]][row] = value
        } else if (kind === SKIP) {
          p = fieldEnd(b, p, limit, separator)
          if (p < 0) {
            whole = false
            break
          }
        } else {
          const end = fieldEnd(b, p, limit, separator)
          if (end < 0) {
            whole = false
            break
          }
          let first = p
          let last = end
          while (first < last && b[first] === BLANK) first++
          while (last > first && b[last - 1] === BLANK) last--
          const quoted = last - first >= 2 && b[first] === QUOTE && b[last - 1] === QUOTE
          if (quoted) {
            first++
            last--
          }
          if (kind === SYMBOL) {
            if (first === last) throw this.#bad(column, 'must be a name', '')
            asset = this.#symbols!.index(b, first, last)
          } else if (kind === DATE) {
            time = parseDate(b, first, last, dateOrder)
            if (Number.isNaN(time) || stampEnd < last)
              throw this.#bad(column, 'must be a date and time', fieldText(b, first, last))
            if (stampZoned) {
              zoned = 1
              this.#zones.offset(stampOffset)
            }
          } else if (kind === CLOCK) {
            clock = parseClock(b, first, last)
            if (Number.isNaN(clock) || stampEnd < last)
              throw this.#bad(column, 'must be a time of day', fieldText(b, first, last))
          } else {
            const value = parseDecimal(b, first, 46)
            if (Number.isNaN(value) || decimalEnd < last)
              throw this.#bad(column, 'must be a number since 1970', fieldText(b, first, last))
            if (!anyUnit && epochUnit(value) !== unit && value !== 0) throw this.#mixedUnits(column, value)
            if (day !== undefined && !(value >= 0 && value < 86400000))
              throw this.#bad(column, 'must be milliseconds of a day', fieldText(b, first, last))
            time = midnight + epochMs(value, unit)
            zoned = day === undefined ? 1 : 0
          }
          p = end
        }
        if (column < width - 1) {
          if (b[p] !== separator) throw this.#wrongWidth(b, rowStart, limit, separator)
          p++
        }
      }
      if (!whole) {
        this.#line = rowLine
        return rowStart
      }
      while (b[p] === BLANK || b[p] === separator) p++
      if (b[p] === CR) p++
      if (b[p] !== LF) throw this.#wrongWidth(b, rowStart, limit, separator)
      p++
      this.#line += 1 + quotedBreaks
      time += clock
      if (time >= from && time < to && asset >= 0) {
        columns[0][row] = time
        if (this.#symbols) this.#assets[row] = asset
        if (zoned !== 0 || anyZoned) {
          anyZoned = true
          zones.mark(row, zoned, capacity)
        }
        row++
      }
    }
    this.#rows = row
    return p
  }

  /** A number field that is quoted in an odd way, padded, missing or wrong. Sets `#end` (-1: the row is not whole yet). */
  #oddNumber(b: Uint8Array, rowStart: number, column: number, limit: number): number {
    const head = this.#head!
    const separator = head.dialect.separator.charCodeAt(0)
    let p = rowStart
    const breaks = quotedBreaks
    for (let i = 0; i < column; i++) p = fieldEnd(b, p, limit, separator) + 1
    setQuotedBreaks(breaks)
    this.#end = fieldEnd(b, p, limit, separator)
    if (this.#end < 0) return Number.NaN
    const raw = fieldText(b, p, this.#end).trim()
    const field = raw.length >= 2 && raw.startsWith('"') && raw.endsWith('"') ? raw.slice(1, -1).trim() : raw
    if (MISSING.has(field.toLowerCase())) {
      if (this.#slots[column] !== this.#closeSlot) return Number.NaN
      throw { ...this.#bad(column, 'must be a number', field), check: 'incomplete' }
    }
    const value = looseNumber(field, head.dialect, column === head.roles.volume)
    if (Number.isNaN(value)) throw this.#bad(column, 'must be a number', field)
    return value
  }

  #bad(column: number, rule: string, found: string): RowFault {
    const name = this.#head!.names[column]
    return {
      check: 'unparsable',
      column: name,
      rule: `${name} ${rule}, found ${show(found)}`,
      found: show(found),
      way: 'Mend or leave out the row.',
    }
  }

  #mixedUnits(column: number, value: number): RowFault {
    const name = this.#head!.names[column]
    return {
      check: 'unparsable',
      column: name,
      rule: `${name} seems to change from ${this.#head!.epoch} to ${epochUnit(value)}, found ${value}`,
      found: String(value),
      way: 'Pass `timeUnit` if all stamps have one unit, or split the file where it changes.',
    }
  }

  #tooLong(): FillgridError {
    return fileError(
      `a row must have at most ${LONGEST_ROW} bytes, found more`,
      { file: this.#file, line: this.#line },
      'Is a quote left open?',
    )
  }

  #wrongWidth(b: Uint8Array, rowStart: number, limit: number, separator: number): RowFault {
    let found = 0
    for (let p = rowStart; p >= 0 && p < limit; ) {
      p = fieldEnd(b, p, limit, separator)
      found++
      if (p < 0 || b[p] !== separator) break
      p++
    }
    return {
      check: 'unparsable',
      column: undefined,
      rule: `a row must have ${this.#kinds.length} fields like the header, found ${found}`,
      found: `${found} fields`,
      way: 'Mend or leave out the row.',
    }
  }

  #lineOf(row: number): number {
    let low = 0
    let high = this.#lineRows.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#lineRows[middle] <= row) low = middle
      else high = middle - 1
    }
    return row + (this.#lineShifts[low] ?? 1)
  }
}

function encode(words: string): Uint8Array {
  return new TextEncoder().encode(words)
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length)
  out.set(a)
  out.set(b, a.length)
  return out
}
