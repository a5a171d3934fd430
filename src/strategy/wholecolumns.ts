import { FillgridError, show } from '../errors.ts'
import type { Market } from '../market/market.ts'
import { strangeNameError } from '../market/names.ts'
import { type Clock, checkMaker, closeClass } from './clock.ts'
import { type Indicator, panelOf } from './indicator.ts'

/** Ends the reading of columns. */
let shut: (columns: WholeColumns) => void

/**
 * The market as the function of an own column sees it: whole columns, from the first bar to the last. Each read makes a copy,
 * so that nothing done to it reaches the market. It can be read while the function runs and no longer.
 */
export class WholeColumns {
  /** Names of the assets, frozen. */
  readonly assets: readonly string[]
  readonly #market: Market
  readonly #clock: Clock
  #open = true

  static {
    shut = (columns) => {
      columns.#open = false
    }
  }

  /** Made by the run. @internal */
  constructor(market: Market, assets: readonly string[], clock: Clock) {
    checkMaker(clock, 'columns')
    this.assets = assets
    this.#market = market
    this.#clock = clock
    Object.freeze(this)
  }

  /** How many bars there are. */
  get bars(): number {
    return this.#read().bars
  }

  /** Start of each bar, ms UTC. */
  get time(): Float64Array {
    return this.#read().time.slice()
  }

  /** Opens, [bar * assets + asset]; NaN where an asset has no bar. The other columns alike. */
  get open(): Float64Array {
    return this.#read().open.slice()
  }

  get high(): Float64Array {
    return this.#read().high.slice()
  }

  get low(): Float64Array {
    return this.#read().low.slice()
  }

  get close(): Float64Array {
    return this.#read().close.slice()
  }

  get volume(): Float64Array {
    return this.#read().volume.slice()
  }

  /** A signal column of the market, [bar * assets + asset]. @throws FillgridError unknown_name */
  signal(name: string): Float64Array {
    const { signals } = this.#read()
    const column = signals.get(name)
    if (!column) throw strangeNameError('columns', 'a signal column of the market', name, signals.keys())
    return column.values.slice()
  }

  /** A context column of the market, [bar]. @throws FillgridError unknown_name */
  context(name: string): Float64Array {
    const { context } = this.#read()
    const column = context.get(name)
    if (!column) throw strangeNameError('columns', 'a context column of the market', name, context.keys())
    return column.slice()
  }

  /** An indicator or a column that this strategy has declared before, [bar * assets + asset]. @throws FillgridError invalid_value */
  values(indicator: Indicator): Float64Array {
    this.#read()
    const panel = panelOf(indicator, this.#clock)
    if (panel) return panel.values.slice()
    throw new FillgridError(
      'invalid_value',
      `columns: an indicator of this run expected, found ${show(indicator)}. Pass what this.indicator or this.column has returned.`,
    )
  }

  #read(): Market {
    if (this.#open) return this.#market
    throw new FillgridError(
      'invalid_value',
      'columns: they are read while the function of the column runs, found a read after it had returned. Work out there what the hooks need, and return it.',
    )
  }
}

closeClass(WholeColumns)

/**
 * What the function of an own column gives, checked: one number a bar and asset, NaN for none.
 *
 * @throws FillgridError invalid_value
 */
export function ownColumn(
  name: string,
  compute: (columns: WholeColumns) => ArrayLike<number>,
  market: Market,
  assets: readonly string[],
  clock: Clock,
): Float64Array {
  if (typeof compute !== 'function')
    throw wrong(`column ${name}`, 'a function of the columns', compute, 'For example (columns) => columns.close.')
  const columns = new WholeColumns(market, assets, clock)
  let given: ArrayLike<number>
  try {
    given = compute(columns)
  } finally {
    shut(columns)
  }
  const cells = market.bars * market.assetCount
  const layout = `${market.bars} bars x ${market.assetCount} assets = ${cells} numbers ([bar][asset])`
  if (!isList(given)) throw wrong(`column ${name}`, layout, given, 'Return an array.')
  if (given.length !== cells) throw wrong(`column ${name}`, layout, given.length, 'Return a value for each cell.')
  const values = new Float64Array(cells)
  for (let i = 0; i < cells; i++) {
    const value: unknown = given[i]
    if (typeof value !== 'number') {
      const bar = Math.floor(i / market.assetCount)
      const asset = market.assets[i % market.assetCount]
      throw new FillgridError(
        'invalid_value',
        `column ${name}: a number expected, found ${show(value)} for ${asset} at bar ${bar} (${market.barTime(bar)}). Use NaN for none.`,
        { bar, asset, column: name },
      )
    }
    values[i] = value
  }
  return values
}

function isList(given: unknown): boolean {
  return Array.isArray(given) || (ArrayBuffer.isView(given) && 'length' in given)
}

function wrong(subject: string, expected: string, found: unknown, wayOut: string): FillgridError {
  return new FillgridError('invalid_value', `${subject}: ${expected} expected, found ${show(found)}. ${wayOut}`)
}
