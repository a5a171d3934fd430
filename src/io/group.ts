import type { RowTable } from './rows.ts'

/**
 * A table whose rows stand together by asset, in the order of the names, each asset's in the order of the file. Rows that
 * stand so are left alone. Columns that are nobody else's are put in order where they lie: markets of many assets in the
 * order of time are the largest that are read, and there is no room for their columns twice.
 *
 * @param asset index of the name by row, numbered by first appearance
 */
export function groupRows(table: RowTable, asset: Int32Array, names: number): RowTable {
  const blocks = new Int32Array(names + 1)
  let runs = 0
  for (let row = 0; row < asset.length; row++) {
    blocks[asset[row] + 1]++
    if (row === 0 || asset[row] !== asset[row - 1]) runs++
  }
  for (let i = 0; i < names; i++) blocks[i + 1] += blocks[i]
  // Names are numbered by first appearance, so with as many runs as names each is one block, in order.
  if (runs === names) return { ...table, blocks }

  const next = blocks.slice(0, names)
  const places = table.owned ? asset : new Int32Array(asset.length)
  for (let row = 0; row < asset.length; row++) places[row] = next[asset[row]]++
  const columns = new Set([table.time, ...table.prices.values(), ...table.signals.values()])
  const line = linesOf(table.line, places)
  if (table.owned) {
    let reversed = false
    for (const column of columns) {
      moveRows(column, places, reversed)
      reversed = !reversed
    }
    if (reversed) unmark(places)
    // The table is what it says in its new order too.
    table.blocks = blocks
    table.line = line
    return table
  }
  const moved = (source: Float64Array) => {
    const out = new Float64Array(source.length)
    for (let row = 0; row < out.length; row++) out[places[row]] = source[row]
    return out
  }
  return {
    ...table,
    blocks,
    time: moved(table.time),
    prices: new Map([...table.prices].map(([name, values]) => [name, moved(values)])),
    signals: new Map([...table.signals].map(([name, values]) => [name, moved(values)])),
    line,
  }
}

/**
 * Moves the value of each row to its place, in place, along the cycles of the permutation. What was moved is marked by the
 * sign of its entry in `places` (`~place`), so that nothing beside it is needed; the next column reads the marks reversed.
 */
function moveRows(values: Float64Array, places: Int32Array, reversed: boolean): void {
  for (let start = 0; start < places.length; start++) {
    if (places[start] < 0 !== reversed) continue
    let held = values[start]
    let row = start
    do {
      const place = reversed ? ~places[row] : places[row]
      places[row] = ~places[row]
      const next = values[place]
      values[place] = held
      held = next
      row = place
    } while (row !== start)
  }
}

function unmark(places: Int32Array): void {
  for (let row = 0; row < places.length; row++) places[row] = ~places[row]
}

/** Lines by the new order. Few are asked for, and of most files none, so the way back is worked out when it is needed. */
function linesOf(line: (row: number) => number, places: Int32Array): (row: number) => number {
  let rows: Int32Array | undefined
  return (place) => {
    if (!rows) {
      rows = new Int32Array(places.length)
      for (let row = 0; row < rows.length; row++) rows[places[row]] = row
    }
    return line(rows[place])
  }
}
