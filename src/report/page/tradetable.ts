import { formatCell } from '../format.ts'
import type { SheetColumn } from '../sheetdata.ts'
import type { TradeData } from './tradedata.ts'

/** Rows of a page of the table. */
const PAGE = 25

/** The table of trades: sorted, filtered, paged and saved as CSV; a button of each row shows it among the prices. */
export class TradeTable {
  readonly #data: TradeData
  readonly #show: ((row: number) => void) | undefined
  readonly #body = document.createElement('tbody')
  readonly #heads = new Map<string, HTMLTableCellElement>()
  readonly #state = document.createElement('span')
  readonly #search = document.createElement('input')
  readonly #result = document.createElement('select')
  readonly #buttons: { back: HTMLButtonElement; on: HTMLButtonElement }
  /** Rows that pass the filter, in their order. */
  #rows: number[]
  #sorted: { column: SheetColumn; down: boolean } | undefined
  #page = 0

  /** @param show shows a trade among the prices; without it there is no button */
  constructor(place: HTMLElement, data: TradeData, show?: (row: number) => void) {
    this.#data = data
    this.#show = show
    this.#rows = Array.from({ length: data.length }, (_, row) => row)
    this.#state.setAttribute('role', 'status')
    this.#search.type = 'search'
    this.#search.placeholder = 'asset, reason, date ...'
    this.#search.addEventListener('input', () => this.#filter())
    for (const word of ['all', 'winning', 'losing']) this.#result.append(new Option(word, word))
    this.#result.addEventListener('change', () => this.#filter())
    this.#buttons = {
      back: button('Page before', () => this.#turn(-1)),
      on: button('Next page', () => this.#turn(1)),
    }
    const tools = document.createElement('div')
    tools.className = 'tools'
    tools.append(
      labelled('Find', this.#search),
      labelled('Trades', this.#result),
      button('Save as CSV', () => this.#save()),
    )
    const pages = document.createElement('div')
    pages.className = 'tools'
    pages.append(this.#buttons.back, this.#buttons.on, this.#state)
    place.append(tools, this.#table(), pages)
    this.#fill()
  }

  #table(): HTMLElement {
    const line = document.createElement('tr')
    if (this.#show) line.append(document.createElement('td'))
    for (const column of this.#data.columns) {
      const head = document.createElement('th')
      head.scope = 'col'
      head.title = column.doc
      if (isWord(column)) head.className = 'word'
      head.append(button(column.label, () => this.#sort(column)))
      this.#heads.set(column.name, head)
      line.append(head)
    }
    const top = document.createElement('thead')
    top.append(line)
    const table = document.createElement('table')
    table.append(top, this.#body)
    const scroll = document.createElement('div')
    scroll.className = 'scroll'
    scroll.tabIndex = 0
    scroll.setAttribute('role', 'region')
    scroll.setAttribute('aria-label', 'Table of trades')
    scroll.append(table)
    return scroll
  }

  #filter(): void {
    const [words, wanted] = [this.#search.value.toLowerCase().split(/\s+/).filter(Boolean), this.#result.value]
    const pnl = this.#data.values('pnl')
    const texts = this.#data.columns.filter(isWord)
    this.#rows = []
    for (let row = 0; row < this.#data.length; row++) {
      if (wanted !== 'all' && !(wanted === 'winning' ? pnl[row] > 0 : pnl[row] < 0)) continue
      const has = (word: string) =>
        texts.some((column) => formatCell(this.#data.cell(column, row), column).toLowerCase().includes(word))
      if (words.every(has)) this.#rows.push(row)
    }
    this.#order()
  }

  #sort(column: SheetColumn): void {
    const again = this.#sorted?.column === column
    this.#sorted = { column, down: again ? !this.#sorted?.down : !isWord(column) }
    for (const [name, head] of this.#heads)
      if (name === column.name) head.setAttribute('aria-sort', this.#sorted.down ? 'descending' : 'ascending')
      else head.removeAttribute('aria-sort')
    this.#order()
  }

  /** Rows without a value stand last, equal ones in the order of their exits. */
  #order(): void {
    if (this.#sorted) {
      const { column, down } = this.#sorted
      const values = this.#data.values(column.name)
      const ranks =
        column.kind === 'asset'
          ? ranksOf(this.#data.assets)
          : column.kind === 'label'
            ? ranksOf(column.labels ?? [])
            : undefined
      const keyOf = (row: number) => (ranks ? ranks[values[row]] : values[row])
      this.#rows.sort((a, b) => {
        const [x, y] = [keyOf(a), keyOf(b)]
        if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b
        return (down ? y - x : x - y) || a - b
      })
    } else this.#rows.sort((a, b) => a - b)
    this.#page = 0
    this.#fill()
  }

  #turn(by: number): void {
    this.#page += by
    this.#fill()
  }

  #fill(): void {
    const [count, from] = [this.#rows.length, this.#page * PAGE]
    const rows = this.#rows.slice(from, from + PAGE)
    this.#body.replaceChildren(...rows.map((row) => this.#line(row)))
    this.#buttons.back.disabled = this.#page === 0
    this.#buttons.on.disabled = from + PAGE >= count
    const of = count === this.#data.length ? '' : ` of ${this.#data.length}`
    this.#state.textContent = count === 0 ? `none${of}` : `${from + 1} to ${from + rows.length} of ${count}${of}`
  }

  #line(row: number): HTMLTableRowElement {
    const line = document.createElement('tr')
    if (this.#show) {
      const cell = line.insertCell()
      const shown = button('Show', () => this.#show?.(row))
      shown.setAttribute('aria-label', `Show trade ${row + 1} among the prices`)
      cell.append(shown)
    }
    for (const column of this.#data.columns) {
      const cell = line.insertCell()
      const value = this.#data.values(column.name)[row]
      cell.textContent = formatCell(this.#data.cell(column, row), column)
      if (isWord(column)) cell.className = 'word'
      else if (column.name.startsWith('pnl')) cell.className = value > 0 ? 'good' : value < 0 ? 'bad' : ''
    }
    return line
  }

  /** The rows as they are filtered and sorted, all pages of them. */
  #save(): void {
    const { columns } = this.#data
    const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
    const lines = this.#rows.map((row) =>
      columns.map((column) => quoted(String(this.#data.cell(column, row) ?? ''))).join(','),
    )
    const text = [columns.map(({ field }) => field).join(','), ...lines, ''].join('\n')
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
    link.download = 'trades.csv'
    document.body.append(link)
    link.click()
    link.remove()
    // The browser has read it long before that, even where it asks for a name first.
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  }
}

function isWord({ kind }: SheetColumn): boolean {
  return kind === 'asset' || kind === 'label' || kind === 'time' || kind === 'bool'
}

/** The place of each word among them by alphabet. */
function ranksOf(words: readonly string[]): number[] {
  const order = Array.from(words.keys()).sort((a, b) => (words[a] < words[b] ? -1 : words[a] > words[b] ? 1 : 0))
  const ranks = new Array<number>(words.length)
  for (const [rank, place] of order.entries()) ranks[place] = rank
  return ranks
}

function button(text: string, act: () => void): HTMLButtonElement {
  const made = document.createElement('button')
  made.type = 'button'
  made.textContent = text
  made.addEventListener('click', act)
  return made
}

function labelled(text: string, field: HTMLElement): HTMLLabelElement {
  const label = document.createElement('label')
  label.append(`${text} `, field)
  return label
}
