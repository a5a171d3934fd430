import type { RowTable } from './rowtable.ts'

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
  const line = linesOf(table.line, places)
  if (table.owned) {
    const room = roomFor(asset.length)
    for (const column of new Set([table.time, ...table.prices.values(), ...table.signals.values()])) {
      moveRows(column, room.values, places)
      column.set(room.values)
    }
    room.release()
    // The table is what it says in its new order too.
    table.blocks = blocks
    table.line = line
    return table
  }
  const moved = (source: Float64Array) => {
    const out = new Float64Array(source.length)
    moveRows(source, out, places)
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

function moveRows(source: Float64Array, out: Float64Array, places: Int32Array): void {
  for (let row = 0; row < source.length; row++) out[places[row]] = source[row]
}

/**
 * Room for a column that is given back at once: an array that is merely dropped may lie in memory until long after the
 * market has been made, which needs all of it. A buffer that can be resized gives its pages back; hosts that have none
 * ignore the option, and collect it when they do.
 */
function roomFor(length: number): { values: Float64Array; release: () => void } {
  const Resizable = ArrayBuffer as new (
    bytes: number,
    options: { maxByteLength: number },
  ) => ArrayBuffer & { resize?: (bytes: number) => void }
  const buffer = new Resizable(length * 8, { maxByteLength: length * 8 })
  return { values: new Float64Array(buffer, 0, length), release: () => buffer.resize?.(0) }
}

/** Lines by the new order. Few are asked for, and of most files none, so they are looked for rather than kept. */
function linesOf(line: (row: number) => number, places: Int32Array): (row: number) => number {
  return (place) => line(places.indexOf(place))
}
