import * as L from '../../assembly/layout.ts'
import { FillgridError, messageOf, show } from '../errors.ts'
import type { CostAnswers } from '../kernel/costanswers.ts'
import type { Lane } from '../kernel/lane.ts'
import { Sha256 } from '../kernel/sha256.ts'
import type { Market } from '../market/market.ts'
import { strangeNameError } from '../market/names.ts'
import { OWN_SETTINGS, ownModelsOf } from '../settings/record.ts'
import type { CheckedSettings } from '../settings/settings.ts'
import { type CostedFill, type LegViews, makeCostedFill, type ReadCostModel } from '../strategy/costmodel.ts'

/** The cost models of a run's strategy that its settings have chosen, by setting in the order of COST_*. */
export interface ChosenCosts {
  readonly models: readonly (ChosenModel | undefined)[]
  /** SHA-256 of the text of each, by setting. */
  readonly digests: Readonly<Record<string, string>>
}

interface ChosenModel extends ReadCostModel {
  /** As its setting names it: 'commission own ib'. */
  words: string
}

/** The models that settings choose; undefined where they choose none. @throws FillgridError unknown_name */
export function chosenCosts(
  settings: CheckedSettings,
  { name, costModels }: { name: string; costModels: ReadonlyMap<string, ReadCostModel> },
): ChosenCosts | undefined {
  const names = ownModelsOf(settings)
  const models = OWN_SETTINGS.map((setting): ChosenModel | undefined => {
    const wanted = names[setting]
    if (wanted === undefined) return undefined
    const model = costModels.get(wanted)
    if (!model)
      throw strangeNameError(`${setting}.model`, `one of the costModels of strategy ${name}`, wanted, costModels.keys())
    return { ...model, words: `${setting} ${show(wanted)}` }
  })
  // What sells pays as what buys, where nothing else is said.
  if (settings.sellCommission.type === 'same') models[L.COST_SELL_COMMISSION] = models[L.COST_COMMISSION]
  if (models.every((model) => model === undefined)) return undefined
  const digests = OWN_SETTINGS.flatMap((setting, i) => {
    const model = models[i]
    return model ? [[setting, new Sha256().update(new TextEncoder().encode(model.text)).hex()] as const] : []
  })
  return { models, digests: Object.fromEntries(digests) }
}

/** Answers what the kernel asks of a run's own cost models (semantics 7.9), and keeps what the first one failed with. */
export class OwnCosts implements CostAnswers {
  /** What the run has ended in, where it has ended by a model. */
  failure: FillgridError | undefined
  readonly #models: ChosenCosts['models']
  readonly #market: Market
  readonly #lane: Lane
  readonly #views: LegViews
  readonly #told: CostedFill

  constructor({ models }: ChosenCosts, market: Market, lane: Lane) {
    this.#models = models
    this.#market = market
    this.#lane = lane
    this.#views = viewsOf(lane)
    this.#told = makeCostedFill(market.assets, this.#views)
  }

  ask(kind: number): number {
    const lane = this.#lane
    // Views over unshared memory lose their length when it grows.
    if (this.#views.f64.length === 0) Object.assign(this.#views, viewsOf(lane))
    const model = this.#models[kind] as ChosenModel
    lane.shut()
    try {
      const answer = model.calculate(this.#told)
      // Slippage and impact are never for the trader.
      if (typeof answer === 'number' && answer - answer === 0 && (answer >= 0 || kind < L.COST_SLIPPAGE)) return answer
      this.#fail(model, kind, `found ${typeof answer === 'function' ? 'a function' : show(answer)}`)
    } catch (cause) {
      this.#fail(model, kind, `found that it threw: ${messageOf(cause)}`, cause)
    } finally {
      lane.reopen()
    }
    return Number.NaN
  }

  #fail(model: ChosenModel, kind: number, found: string, cause?: unknown): void {
    const { asset, bar } = this.#told
    const time = this.#market.barTime(bar)
    const symbol = this.#market.assets[asset]
    const expected = kind < L.COST_SLIPPAGE ? 'a finite number, in currency,' : 'an amount of price of at least 0'
    this.failure = new FillgridError(
      'cost_model_failed',
      `${model.words}: ${expected} expected, ${found} for ${symbol} at bar ${bar} (${time}). Mend the strategy's cost model.`,
      { asset: symbol, bar, time },
      cause === undefined ? undefined : { cause },
    )
  }
}

function viewsOf({ engine, shape, pointer }: Lane): LegViews {
  const { open, close, volume, rangeHigh, rangeLow } = shape.pointers
  const column = (at: number) => engine.arena.f64(at, shape.bars * shape.assets)
  return {
    f64: engine.arena.f64(pointer, L.RUN_BYTES / 8),
    i32: engine.arena.i32(pointer, L.RUN_BYTES / 4),
    open: column(open),
    high: column(rangeHigh),
    low: column(rangeLow),
    close: column(close),
    volume: column(volume),
  }
}
