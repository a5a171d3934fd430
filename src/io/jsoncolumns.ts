import { type SourceColumn, WordList, type Words } from './columns.ts'
import { decimalEnd, parseDecimal } from './decimal.ts'
import type { JsonScanner } from './jsonscan.ts'

/** Most columns: every row of a damaged or hostile text could have names of its own. */
const COLUMN_LIMIT = 512

const QUOTE = 0x22
const OPEN_LIST = 0x5b
const OPEN_OBJECT = 0x7b

/** A column that grows: numbers as they are, text by where it stands. */
interface Growing {
  name: string
  numbers: Float64Array
  /** Offset of a text's first byte, or 0; made when the first text comes. */
  texts: Float64Array | undefined
  /** Lists and objects stood in it. */
  nested: boolean
  /** Rows that it has, those it lacked filled with nothing. */
  rows: number
}

/** Columns that are filled row by row from JSON. */
export class JsonColumns {
  readonly #bytes: Uint8Array
  readonly #columns: Growing[] = []
  readonly #byName = new Map<string, number>()
  /** Where each column's name stood first, for a quick comparison. */
  readonly #keys: { from: number; to: number }[] = []
  #budget: number
  #next = 0
  rows = 0
  /** Whether the columns have names. */
  named = false

  /** @param limit most bytes of all columns */
  constructor(bytes: Uint8Array, limit: number) {
    this.#bytes = bytes
    this.#budget = limit
  }

  get width(): number {
    return this.#columns.length
  }

  /** Number of the column whose name stands at [from, to). */
  column(from: number, to: number): number {
    // Rows mostly have the same keys in the same order.
    const next = this.#next
    const key = this.#keys[next]
    if (key && this.#same(key, from, to)) {
      this.#next = next + 1
      return next
    }
    const name = this.#text(from, to)
    let found = this.#byName.get(name)
    if (found === undefined) {
      found = this.#add(name)
      this.#byName.set(name, found)
      this.#keys[found] = { from, to }
    }
    this.#next = found + 1
    return found
  }

  #same(key: { from: number; to: number }, from: number, to: number): boolean {
    if (key.to - key.from !== to - from) return false
    for (let a = key.from, b = from; b < to; a++, b++) if (this.#bytes[a] !== this.#bytes[b]) return false
    return true
  }

  /** Number of the column at a position of a row. */
  at(position: number): number {
    if (position >= this.#columns.length) this.#add('')
    return position
  }

  #add(name: string): number {
    if (this.#columns.length >= COLUMN_LIMIT) throw new RangeError(`more than ${COLUMN_LIMIT} columns`)
    return this.#columns.push({ name, numbers: new Float64Array(0), texts: undefined, nested: false, rows: 0 }) - 1
  }

  /** Reads a value into a column of the row that is being read. */
  take(column: number, scan: JsonScanner): void {
    this.#put(this.#columns[column], this.rows, scan)
  }

  /** Reads a list as a column of its own, if it holds no lists or objects. */
  whole(from: number, to: number, scan: JsonScanner): void {
    const column = this.#columns[this.column(from, to)]
    let row = 0
    scan.list(() => this.#put(column, row++, scan))
    this.named = true
    this.rows = Math.max(this.rows, row)
  }

  endRow(): void {
    this.rows++
    this.#next = 0
  }

  #put(column: Growing, row: number, scan: JsonScanner): void {
    const kind = scan.peek()
    if (kind === OPEN_LIST || kind === OPEN_OBJECT) {
      column.nested = true
      scan.skip()
      return
    }
    if (row >= column.numbers.length) this.#grow(column, row + 1)
    column.rows = row + 1
    if (kind === QUOTE) {
      const end = scan.quoted()
      if (!column.texts) {
        this.#spend(column.numbers.length * 8)
        column.texts = new Float64Array(column.numbers.length)
      }
      column.texts[row] = scan.at
      column.numbers[row] = Number.NaN
      scan.at = end + 1
      return
    }
    column.numbers[row] = scan.number()
    if (column.texts) column.texts[row] = 0
  }

  #grow(column: Growing, rows: number): void {
    const size = Math.max(64, rows, Math.ceil(column.numbers.length * 1.5))
    this.#spend((size - column.numbers.length) * (column.texts ? 16 : 8))
    const numbers = new Float64Array(size)
    numbers.set(column.numbers)
    // What a row lacks is nothing.
    numbers.fill(Number.NaN, column.numbers.length)
    column.numbers = numbers
    if (!column.texts) return
    const texts = new Float64Array(size)
    texts.set(column.texts)
    column.texts = texts
  }

  #spend(bytes: number): void {
    this.#budget -= bytes
    if (this.#budget < 0) throw new RangeError('more than the allowed bytes come out')
  }

  /** Gives names to columns that have none, in order. */
  name(names: readonly string[]): void {
    this.#columns.forEach((column, i) => {
      column.name = names[i] ?? ''
    })
    this.named = true
  }

  /** The columns, as many rows in each. */
  columns(): SourceColumn[] {
    return this.#columns.map((column) => {
      if (column.numbers.length < this.rows) this.#grow(column, this.rows)
      return this.#finished(column)
    })
  }

  #finished(column: Growing): SourceColumn {
    const n = this.rows
    const { name, texts, nested } = column
    const numbers = column.numbers.subarray(0, n)
    const cut = texts?.subarray(0, n)
    let numeric = true
    for (let i = 0; cut && i < n && numeric; i++) {
      // Empty text is no value.
      numeric = cut[i] === 0 || this.#bytes[cut[i]] === QUOTE || !Number.isNaN(this.#numberAt(cut[i]))
    }
    const kind = nested ? 'other' : numeric ? 'number' : 'text'
    return {
      name,
      kind,
      type: nested ? 'lists or objects' : numeric ? 'numbers' : 'text',
      textual: cut !== undefined && numeric,
      numbers: () => (cut ? numbers.map((value, i) => (cut[i] > 0 ? this.#numberAt(cut[i]) : value)) : numbers),
      words: () => this.#words(numbers, cut),
    }
  }

  #words(numbers: Float64Array, texts: Float64Array | undefined): Words {
    const list = new WordList()
    const codes = new Int32Array(numbers.length).fill(-1)
    for (let i = 0; i < numbers.length; i++) {
      const from = texts?.[i] ?? 0
      if (from > 0) codes[i] = list.code(this.#text(from, this.#closing(from)))
      else if (!Number.isNaN(numbers[i])) codes[i] = list.code(String(numbers[i]))
    }
    return { codes, words: list.words }
  }

  /** The number that the text at an offset is; NaN for other text. */
  #numberAt(from: number): number {
    const value = parseDecimal(this.#bytes, from, 46)
    return this.#bytes[decimalEnd] === QUOTE ? value : Number.NaN
  }

  #closing(from: number): number {
    let p = from
    while (this.#bytes[p] !== QUOTE) p += this.#bytes[p] === 0x5c ? 2 : 1
    return p
  }

  #text(from: number, to: number): string {
    const raw = new TextDecoder().decode(new Uint8Array(this.#bytes.subarray(from, to)))
    if (!raw.includes('\\')) return raw
    try {
      return JSON.parse(`"${raw.replace(/[\n\r\t]/g, ' ')}"`) as string
    } catch {
      throw new RangeError(`JSON: an escape is damaged at byte ${from}`)
    }
  }
}
