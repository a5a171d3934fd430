import { FillgridError, show } from '../errors.ts'
import type { Market } from '../market/market.ts'
import { signalsOf } from './formats.ts'
import { fileError } from './head.ts'
import type { ReadOptions } from './options.ts'
import type { RowTable } from './rowtable.ts'
import { hold, type MarketInput, openSources } from './sources.ts'

/**
 * The market with signal columns out of other files, over the same memory: rows with a time stamp, the symbol of their asset
 * (where the market has one asset none is needed) and any columns of numbers, brought to the bars by stamp and symbol. Bars
 * without a row are NaN. Rows whose stamp no bar has, or whose symbol no asset has, are not used; a remark counts them.
 *
 * @throws FillgridError file_access, invalid_file where a row comes twice or has no symbol, invalid_value
 */
export async function withSignals(
  market: Market,
  inputs: MarketInput | readonly MarketInput[],
  options: ReadOptions = {},
): Promise<Market> {
  const list = (Array.isArray(inputs) ? inputs : [inputs]) as readonly MarketInput[]
  if (list.length === 0) throw new FillgridError('invalid_value', 'signals: at least one file is needed, found none.')
  const columns = new Map<string, Float64Array>()
  const bars = new Map(Array.from(market.time, (time, bar) => [time, bar] as const))
  let unmatched = 0
  for (const input of list)
    for (const source of await openSources(await hold(input)))
      unmatched += addRows(columns, await signalsOf(source, options), market, bars, source.symbol)
  const extended = market.with({ signals: Object.fromEntries(columns) })
  if (unmatched > 0)
    extended.addRemark({
      code: 'signals_unmatched',
      count: unmatched,
      message: `${unmatched} rows of signals have a time stamp that no bar has, or a symbol that no asset has, and are not used.`,
    })
  return extended
}

/** Writes the rows of a table into columns by bar and asset. Returns how many have no place there. */
function addRows(
  columns: Map<string, Float64Array>,
  table: RowTable,
  market: Market,
  bars: ReadonlyMap<number, number>,
  symbol: string | undefined,
): number {
  const { file, time, asset, names, line } = table
  const count = market.assetCount
  if (!asset && symbol === undefined && count > 1)
    throw fileError(
      'a symbol by row is needed, found no such column',
      { file },
      'Name it `symbol`, or give the file as SYMBOL=PATH.',
    )
  if (table.signals.size === 0)
    throw fileError('a column of numbers is needed, found none', { file }, 'Is it the right file?')
  const found = (name: string) => market.assets.indexOf(name)
  const assets = asset ? names.map(found) : [symbol === undefined ? 0 : found(symbol)]
  const cells = market.bars * count
  const taken = new Uint8Array(cells)
  const targets = [...table.signals].map(([name, values]) => {
    const column = columns.get(name) ?? new Float64Array(cells).fill(Number.NaN)
    columns.set(name, column)
    return [column, values] as const
  })
  let unmatched = 0
  for (let row = 0; row < time.length; row++) {
    const bar = bars.get(time[row])
    const at = assets[asset ? asset[row] : 0]
    if (bar === undefined || at < 0) {
      unmatched++
      continue
    }
    const cell = bar * count + at
    if (taken[cell]++ > 0)
      throw fileError(
        `one row a time and symbol is needed, found a second one of ${market.assets[at]} at ${market.barTime(bar)}`,
        { file, line: line(row) },
        'Leave one of them out.',
      )
    for (const [column, values] of targets) column[cell] = values[row]
  }
  if (unmatched === time.length)
    throw fileError(
      `rows of the market's bars and assets are needed, found none in ${time.length}`,
      { file },
      `The market has ${show(market.assets.slice(0, 5))} from ${market.barTime(0)} on.`,
    )
  return unmatched
}
