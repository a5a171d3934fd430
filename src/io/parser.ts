import { type ErrorPlace, FillgridError, show } from '../errors.ts'
import { PRICE_COLUMNS, type PriceColumn } from '../market/input.ts'
import { decimalEnd, parseDecimal } from './decimal.ts'
import type { Dialect } from './dialect.ts'
import { type FileHead, fileError, MISSING, readHead, type SignalChoice, type TableKind } from './head.ts'
import type { RowTable } from './rows.ts'
import { epochMs, epochUnit, parseClock, parseDate, stampEnd } from './stamp.ts'
import { Symbols } from './symbols.ts'

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

const LF = 10
const CR = 13
const BLANK = 32
const QUOTE = 34

/** The head is read from this many bytes, or all where there are fewer. */
const HEAD = 65536

/**
 * Parses CSV text, given in pieces of any size, straight into columns. Rows are checked as they are read: a field that is
 * not what its column needs is an error with file, line and column.
 */
export class CsvParser {
  readonly #file: string
  readonly #given: Partial<Dialect>
  readonly #choice: RowChoice
  readonly #kind: TableKind
  readonly #size: number
  #rest: Uint8Array = new Uint8Array(0)
  #head: FileHead | undefined
  #kinds = new Uint8Array(0)
  #slots = new Int32Array(0)
  /** Number columns by slot; slot 0 is time, slot 1 + i the i-th of `#names`. */
  #columns: Float64Array[] = []
  #names: string[] = []
  #closeSlot = -1
  #symbols: Symbols | undefined
  #assets = new Int32Array(0)
  #rows = 0
  #line = 1
  /** Lines of rows: from row #lineRows[i] on, line = row + #lineShifts[i]. */
  readonly #lineRows: number[] = []
  readonly #lineShifts: number[] = []
  /** Where an odd field ended. */
  #end = 0

  /**
   * @param file name for errors
   * @param size bytes to expect in all, 0 when unknown; only sizes the columns
   */
  constructor(file: string, given: Partial<Dialect>, choice: RowChoice, kind: TableKind = 'bars', size = 0) {
    this.#file = file
    this.#given = given
    this.#choice = choice
    this.#kind = kind
    this.#size = size
  }

  /** The next piece of the text. @throws FillgridError invalid_file, unknown_name, memory_limit */
  push(bytes: Uint8Array): void {
    const all = this.#rest.length === 0 ? bytes : joined(this.#rest, bytes)
    if (!this.#head && all.length < HEAD) {
      this.#rest = all.slice()
      return
    }
    this.#take(all, all.lastIndexOf(LF) + 1)
  }

  /** The rows of the whole text. */
  finish(): RowTable {
    const rest = this.#rest
    const ended = rest.length > 0 && rest[rest.length - 1] === LF ? rest : joined(rest, Uint8Array.of(LF))
    this.#take(ended, ended.length)
    if (this.#rest.length > 0) {
      throw fileError(
        'a quote must be closed, found the end of the file',
        { file: this.#file, line: this.#line },
        'Is the file complete?',
      )
    }
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

  /** Parses b[.. limit) as far as whole rows go; the rest waits for the next piece. */
  #take(b: Uint8Array, limit: number): void {
    let from = 0
    if (!this.#head) {
      const end = b.length > HEAD ? b.lastIndexOf(LF, HEAD) + 1 : b.length
      this.#head = readHead(
        b.subarray(0, end || HEAD),
        this.#file,
        this.#given,
        this.#kind,
        this.#choice.signals ?? true,
      )
      this.#prepare(this.#head)
      from = this.#head.start
    }
    const used = limit > from ? this.#parse(b, from, limit) : from
    this.#rest = b.slice(used)
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
      if (roles.symbol !== undefined) {
        this.#kinds[roles.symbol] = SYMBOL
        this.#symbols = new Symbols(this.#choice.symbols)
      }
      this.#closeSlot = this.#slots[roles.close!]
    }
    for (const { column, name } of head.extras) number(column, name)
    this.#kinds[roles.time!] = head.epoch ? EPOCH : DATE
    if (roles.clock !== undefined) this.#kinds[roles.clock] = CLOCK
    this.#line = head.line
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

  /** Parses the rows of b[p .. limit), which ends after a line feed. Returns where the last whole row ended. */
  #parse(b: Uint8Array, start: number, limit: number): number {
    const head = this.#head!
    const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = this.#choice
    const kinds = this.#kinds
    const slots = this.#slots
    const columns = this.#columns
    const width = kinds.length
    const separator = head.dialect.separator.charCodeAt(0)
    const mark = head.dialect.decimal.charCodeAt(0)
    const unit = head.epoch ?? 's'
    const anyUnit = head.dialect.timeUnit !== undefined
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
      if (row === capacity) {
        capacity = Math.ceil(capacity * 1.5)
        this.#grow(capacity)
      }
      if (this.#line - row !== shift) {
        shift = this.#line - row
        this.#lineRows.push(row)
        this.#lineShifts.push(shift)
      }
      let time = 0
      let clock = 0
      let asset = 0
      let whole = true
      quotedBreaks = 0
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
            value = this.#oddNumber(b, rowStart, column, limit, mark)
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
            if (first === last) throw this.#bad(column, 'must be a name', '', rowLine)
            asset = this.#symbols!.index(b, first, last)
          } else if (kind === DATE) {
            time = parseDate(b, first, last)
            if (Number.isNaN(time) || stampEnd < last)
              throw this.#bad(column, 'must be a date and time', text(b, first, last), rowLine)
          } else if (kind === CLOCK) {
            clock = parseClock(b, first, last)
            if (Number.isNaN(clock) || stampEnd < last)
              throw this.#bad(column, 'must be a time of day', text(b, first, last), rowLine)
          } else {
            const value = parseDecimal(b, first, 46)
            if (Number.isNaN(value) || decimalEnd < last)
              throw this.#bad(column, 'must be a number since 1970', text(b, first, last), rowLine)
            if (!anyUnit && epochUnit(value) !== unit) throw this.#mixedUnits(column, value, rowLine)
            time = epochMs(value, unit)
          }
          p = end
        }
        if (column < width - 1) {
          if (b[p] !== separator) throw this.#wrongWidth(b, rowStart, limit, separator, rowLine)
          p++
        }
      }
      if (!whole) {
        this.#line = rowLine
        this.#rows = row
        return rowStart
      }
      while (b[p] === BLANK || b[p] === separator) p++
      if (b[p] === CR) p++
      if (b[p] !== LF) throw this.#wrongWidth(b, rowStart, limit, separator, rowLine)
      p++
      this.#line += 1 + quotedBreaks
      time += clock
      if (time >= from && time < to && asset >= 0) {
        columns[0][row] = time
        if (this.#symbols) this.#assets[row] = asset
        row++
      }
    }
    this.#rows = row
    return p
  }

  /** A number field that is quoted in an odd way, padded, missing or wrong. Sets `#end` (-1: the row is not whole yet). */
  #oddNumber(b: Uint8Array, rowStart: number, column: number, limit: number, mark: number): number {
    const head = this.#head!
    const separator = head.dialect.separator.charCodeAt(0)
    let p = rowStart
    const breaks = quotedBreaks
    for (let i = 0; i < column; i++) p = fieldEnd(b, p, limit, separator) + 1
    quotedBreaks = breaks
    this.#end = fieldEnd(b, p, limit, separator)
    if (this.#end < 0) return Number.NaN
    const raw = text(b, p, this.#end).trim()
    const field = raw.length >= 2 && raw.startsWith('"') && raw.endsWith('"') ? raw.slice(1, -1).trim() : raw
    if (MISSING.has(field.toLowerCase())) {
      if (this.#slots[column] !== this.#closeSlot) return Number.NaN
      throw this.#bad(column, 'must be a number', field, this.#line)
    }
    const bytes = new TextEncoder().encode(`${field}\n`)
    const value = parseDecimal(bytes, 0, mark)
    if (Number.isNaN(value) || decimalEnd !== bytes.length - 1)
      throw this.#bad(column, 'must be a number', field, this.#line)
    return value
  }

  #bad(column: number, rule: string, found: string, line: number): FillgridError {
    const name = this.#head!.names[column]
    return fileError(
      `${name} ${rule}, found ${show(found)}`,
      { file: this.#file, line, column: name },
      'Mend or leave out the row.',
    )
  }

  #mixedUnits(column: number, value: number, line: number): FillgridError {
    const name = this.#head!.names[column]
    return fileError(
      `${name} seems to change from ${this.#head!.epoch} to ${epochUnit(value)}, found ${value}`,
      { file: this.#file, line, column: name },
      'Pass `timeUnit` if all stamps have one unit, or split the file where it changes.',
    )
  }

  #wrongWidth(b: Uint8Array, rowStart: number, limit: number, separator: number, line: number): FillgridError {
    let found = 0
    for (let p = rowStart; p >= 0 && p < limit; ) {
      p = fieldEnd(b, p, limit, separator)
      found++
      if (p < 0 || b[p] !== separator) break
      p++
    }
    const place: ErrorPlace = { file: this.#file, line }
    return fileError(
      `a row must have ${this.#kinds.length} fields like the header, found ${found}`,
      place,
      'Mend or leave out the row.',
    )
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

/** Line feeds inside the quotes of this row so far; counted by `fieldEnd`. */
let quotedBreaks = 0

/** Offset of the separator, carriage return or line feed that ends the field at `from`; -1 where a quote is not closed. */
function fieldEnd(b: Uint8Array, from: number, limit: number, separator: number): number {
  let p = from
  while (b[p] === BLANK) p++
  if (b[p] === QUOTE) {
    for (p++; p < limit; p++) {
      if (b[p] === LF) quotedBreaks++
      if (b[p] !== QUOTE) continue
      if (b[p + 1] !== QUOTE) break
      p++
    }
    if (p >= limit) return -1
  }
  for (let c = b[p]; p < limit && c !== separator && c !== LF && !(c === CR && b[p + 1] === LF); c = b[++p]);
  return p
}

/** Offset after a line of blanks that starts at `from`; 0 when there is something on it. */
function blankEnd(b: Uint8Array, from: number): number {
  let p = from
  while (b[p] === BLANK || b[p] === CR) p++
  return b[p] === LF ? p + 1 : 0
}

function text(b: Uint8Array, from: number, to: number): string {
  return new TextDecoder().decode(b.slice(from, to))
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length)
  out.set(a)
  out.set(b, a.length)
  return out
}
