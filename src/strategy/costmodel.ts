import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import { canonical } from '../results/result.ts'
import { closeClass } from './clock.ts'

/** Where the leg stands that a cost model is asked about: the run's record, and the columns of bars as the broker sees them. */
export interface LegViews {
  f64: Float64Array
  i32: Int32Array
  open: Float64Array
  high: Float64Array
  low: Float64Array
  close: Float64Array
  volume: Float64Array
}

/** By the run alone: no way for a model to make what it is told. */
export let makeCostedFill: (assets: readonly string[], views: Readonly<LegViews>) => CostedFill

const MAKER = Symbol('made by a run')

/**
 * What a cost model is told of what it is asked about (semantics 7.9): one leg, that opens or closes. One object for a whole run,
 * good for one call.
 */
export class CostedFill {
  readonly #assets: readonly string[]
  readonly #views: Readonly<LegViews>

  /** Made by the run. @internal */
  constructor(maker: symbol, assets: readonly string[], views: Readonly<LegViews>) {
    if (maker !== MAKER)
      throw new FillgridError(
        'invalid_value',
        'cost model: what it is told is made by its run, found a call of the constructor. Use the one that it was given.',
      )
    this.#assets = assets
    this.#views = views
    Object.freeze(this)
  }

  /** Index of the asset. */
  get asset(): number {
    return this.#views.i32[L.RUN_LEG_ASSET >> 2]
  }

  /** Its name. */
  get symbol(): string {
    return this.#assets[this.asset]
  }

  /** Index of the bar. */
  get bar(): number {
    return this.#views.i32[L.RUN_BAR >> 2]
  }

  /** Whether it buys or sells. */
  get side(): 'buy' | 'sell' {
    return this.#views.f64[L.RUN_LEG_SIDE >> 3] > 0 ? 'buy' : 'sell'
  }

  /** Units, unsigned: of the leg, of commission of the order's whole life so far, this leg included. */
  get units(): number {
    return this.#views.f64[L.RUN_LEG_UNITS >> 3]
  }

  /** Price before any cost. */
  get basePrice(): number {
    return this.#views.f64[L.RUN_LEG_BASE >> 3]
  }

  /** Price that the model starts from: of impact the base price, of slippage what impact leaves, of commission the fill price. */
  get price(): number {
    return this.#views.f64[L.RUN_LEG_PRICE >> 3]
  }

  /** What the units are worth at their prices, currency, unsigned; with the asset's multiplier. */
  get value(): number {
    return this.#views.f64[L.RUN_LEG_VALUE >> 3]
  }

  /** The leg opens a position or adds to one; else it closes. */
  get opens(): boolean {
    return (this.#views.i32[L.RUN_LEG_FLAGS >> 2] & L.LEG_OPENS) !== 0
  }

  /** A limit that rested before the price came to it (semantics 7.2); of commission alone, else false. */
  get maker(): boolean {
    return (this.#views.i32[L.RUN_LEG_FLAGS >> 2] & L.LEG_MAKES) !== 0
  }

  /** Prices and volume of the whole bar, also at its open; NaN where the asset has none. */
  get open(): number {
    return this.#at(this.#views.open)
  }

  get high(): number {
    return this.#at(this.#views.high)
  }

  get low(): number {
    return this.#at(this.#views.low)
  }

  get close(): number {
    return this.#at(this.#views.close)
  }

  get volume(): number {
    return this.#at(this.#views.volume)
  }

  /** Of an absent bar everything is NaN. */
  #at(column: Float64Array): number {
    const place = this.bar * this.#assets.length + this.asset
    return Number.isNaN(this.#views.close[place]) ? Number.NaN : column[place]
  }

  static {
    makeCostedFill = (assets, views) => new CostedFill(MAKER, assets, views)
  }
}
closeClass(CostedFill)

/**
 * What an order costs, as a function: commission in currency over the order's life so far (below 0 it is paid to the account);
 * slippage and impact as an amount of price against the trader, at least 0. It decides by what it is told alone, and is called as
 * often as the broker likes. An object with such a method `calculate` is as good.
 */
export type CostModel = ((fill: CostedFill) => number) | { calculate(fill: CostedFill): number }

/** A strategy's own cost models by name, which `{ type: 'own', model: NAME }` chooses. */
export type CostModels = Readonly<Record<string, CostModel>>

/** One that was checked. */
export interface ReadCostModel {
  calculate: (fill: CostedFill) => unknown
  /** What it does, as text. */
  text: string
}

/** Checks what a strategy declares. @throws FillgridError invalid_strategy */
export function readCostModels(strategy: string, given: unknown): ReadonlyMap<string, ReadCostModel> {
  const fail = (what: string, expected: string, found: unknown) =>
    new FillgridError(
      'invalid_strategy',
      `strategy ${strategy}: ${what} must be ${expected}, found ${typeof found === 'function' ? 'a function' : show(found)}.`,
    )
  if (given === undefined) return new Map()
  if (given === null || typeof given !== 'object') throw fail('costModels', 'an object of functions by name', given)
  const models = new Map<string, ReadCostModel>()
  for (const [name, model] of Object.entries(given as Record<string, unknown>)) {
    if (name === '') throw fail('costModels', 'functions by names that are not empty', name)
    const read = readModel(model)
    if (!read) throw fail(`costModels.${name}`, 'a function, or an object with a function calculate', model)
    models.set(name, read)
  }
  return models
}

function readModel(model: unknown): ReadCostModel | undefined {
  if (typeof model === 'function')
    return { calculate: model as ReadCostModel['calculate'], text: Function.prototype.toString.call(model) }
  if (model === null || typeof model !== 'object') return undefined
  const { calculate } = model as { calculate?: unknown }
  if (typeof calculate !== 'function') return undefined
  const { constructor: made } = model
  const numbers = Object.fromEntries(Object.entries(model).filter(([, value]) => typeof value !== 'function'))
  const texts = [made === Object || typeof made !== 'function' ? calculate : made, calculate]
  return {
    calculate: (fill) => calculate.call(model, fill),
    text: [...texts.map((one) => Function.prototype.toString.call(one)), canonical(numbers)].join('\n'),
  }
}
