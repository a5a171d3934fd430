import { FillgridError, show } from '../errors.ts'
import type { Expression } from '../expression/expression.ts'
import type { Node } from '../expression/node.ts'
import type { Market } from '../market/market.ts'
import type { Rule } from '../settings/settings.ts'
import { INDICATORS, type IndicatorName, type IndicatorNameText, type IndicatorOutput } from '../signals/catalogue.ts'
import type { Panel, PanelParameters, PanelSource } from '../signals/panels.ts'
import type { Bar, Series } from './bar.ts'
import type { Broker } from './broker.ts'
import type { CostModels } from './costmodel.ts'
import type { PositionDecision } from './decisions.ts'
import type { FillEvent, OrderEvent, TradeEvent } from './events.ts'
import type { Indicator } from './indicator.ts'
import type { KnownMarket } from './knownmarket.ts'
import type { PositionView } from './position.ts'
import type { ShortForms } from './shortforms.ts'
import type { WholeColumns } from './wholecolumns.ts'

/** A parameter of a strategy: its type, default and range. Lengths are in bars, levels as the strategy says. */
export type ParameterSpec =
  | { type: 'integer' | 'number'; default: number; min?: number; max?: number; doc?: string }
  | { type: 'boolean'; default: boolean; doc?: string }
  | { type: 'choice'; default: string; choices: readonly string[]; doc?: string }

/** The parameters of a strategy by name. */
export type ParameterSchema = Readonly<Record<string, ParameterSpec>>

/** Values of parameters by name. */
export type ParameterValues = Readonly<Record<string, number | string | boolean>>

/** What a run gives to a strategy before `onStart`. Not for users. */
export interface StrategyHost {
  /** All three frozen, as hooks can keep them. */
  market: KnownMarket
  parameters: ParameterValues
  indicator(name: string, parameters: PanelParameters<string | Indicator>, output?: string): Indicator
  /** An indicator as its short form gives it. */
  short(name: IndicatorName, given: readonly unknown[]): unknown
  column(name: string, compute: (columns: WholeColumns) => ArrayLike<number>): Indicator
  expression(given: Expression | Node | string): Indicator
  /** As `bar.value`, in every hook. */
  value(series: Series, asset: number, ago: number): number
}

/** By the run, before `onStart`: no method, which a strategy could call or put another in the place of. */
export let attach: (strategy: Strategy, host: StrategyHost) => void

/** What strategies with hooks have their indicators from, each a method by its name. */
export const IndicatorMethods = class {} as unknown as abstract new () => ShortForms

/**
 * A strategy as hooks. A subclass declares `static parameters`, its indicators in `onStart`, and decides in `onBar`,
 * which is called once a bar, after the bar has closed. What it remembers belongs into `state`, which snapshots keep.
 *
 *     class SmaCross extends Strategy {
 *       static override parameters = { fast: { type: 'integer', default: 10, min: 1 }, slow: { type: 'integer', default: 50, min: 1 } } as const
 *       #fast!: Indicator
 *       override onStart() { this.#fast = this.indicator('sma', { length: this.parameters.fast }) }
 *       override onBar(bar: Bar, broker: Broker) { if (bar.close[0] > this.#fast.value()) broker.enterPosition(0, 'long') }
 *     }
 */
export abstract class Strategy<P extends ParameterValues = ParameterValues> extends IndicatorMethods {
  /** Typed parameters with defaults; none by default. */
  static parameters: ParameterSchema = {}
  /** Constraints between parameters, like `fast < slow`. */
  static constraints: readonly string[] = []
  /** Names of the numbers that `updatePositionContext` attaches to positions; at most eight. */
  static contextNames: readonly string[] = []
  /**
   * Cost models of its own by name (semantics 7.9), which settings choose: `commission: { type: 'own', model: 'broker' }`. They are
   * part of the strategy's module, so that workers have them, and their texts of the fingerprint; what a model takes from elsewhere
   * is not.
   *
   *     static override costModels = { broker: ({ units }: CostedFill) => Math.max(1, 0.005 * units) }
   */
  static costModels: CostModels = {}
  /**
   * Text that stands for the class in fingerprints, in place of its own. Change it with every change of what the class
   * does; classes that extend this one do not inherit it.
   */
  static source?: string

  /**
   * What the strategy remembers between bars: plain data, Map, Set, Date, typed arrays (semantics 9.1); else give
   * `saveState` and `loadState`.
   */
  state: unknown = undefined
  #host: StrategyHost | undefined

  /** Checked parameters of this run; frozen. */
  get parameters(): P {
    return this.#started().parameters as P
  }

  /** Names of the assets, frozen; hooks use their indexes. */
  get assets(): readonly string[] {
    return this.#started().market.assets
  }

  /** What is known of the market before its first bar: assets, names of columns, how long bars are; frozen. */
  get market(): KnownMarket {
    return this.#started().market
  }

  /**
   * Declares an indicator over all assets; call it in `onStart`. See INDICATORS for names and parameters; `source` is
   * a price column ('close' by default), a signal column, another indicator or column of this strategy, or its key. With
   * `timeframe` ('1d', and `calendar: 'NYSE'`) it is taken of longer bars, each seen from the bar on at whose close it has
   * closed; `source` is then a column of the market.
   *
   * @throws FillgridError unknown_name, invalid_value
   */
  indicator<N extends IndicatorNameText>(
    name: N,
    parameters: PanelParameters<string | Indicator, N> = {} as PanelParameters<string | Indicator, N>,
    output?: IndicatorOutput<N>,
  ): Indicator {
    return this.#started().indicator(name, parameters as PanelParameters<string | Indicator>, output)
  }

  /**
   * Declares an expression over all assets; call it in `onStart`. It is read like an indicator; a condition is 1 where it is true, 0
   * where it is false, NaN where it is undefined. A text may name columns of the market and parameters of the strategy.
   *
   *     this.#cheap = this.expression('close < lowest(low, 20)[1] and rsi(14) < level')
   *
   * @throws FillgridError invalid_expression, unknown_name
   */
  expression(given: Expression | Node | string): Indicator {
    return this.#started().expression(given)
  }

  /**
   * Declares a column of the strategy's own, worked out at once from whole columns of the market; in `onStart` alone. It is
   * read like an indicator, and can be the `source` of one; its key is `column:` and its name.
   *
   *     this.#gap = this.column('gap', ({ open, close, assets }) => open.map((price, i) => price / close[i - assets.length] - 1))
   *
   * The function sees the bars to the last one. The value of a bar must be made of that bar and those before it alone:
   * `verify: 'lookahead'` compares all values, and names a bar whose value is another one when later bars are.
   *
   * @param compute gives one number a bar and asset, [bar * assets + asset]; NaN for none
   * @throws FillgridError invalid_value outside onStart, for a name that is taken, for what is no such list
   */
  column(name: string, compute: (columns: WholeColumns) => ArrayLike<number>): Indicator {
    return this.#started().column(name, compute)
  }

  /**
   * Whether `a` is above `b` at this bar and was not at the bar before, of one asset. Each is an indicator, a column of the
   * strategy's own, a price or signal column by name ('close'), or a number. NaN crosses nothing: what is still warming up,
   * a bar that the asset does not have, the bar before the first. The same as `crossSignals` of signal strategies.
   *
   * @param asset its index; 0
   * @throws FillgridError unknown_name, invalid_value for what is none of these
   */
  crossedAbove(a: Series | number, b: Series | number, asset = 0): boolean {
    return this.#crossed(a, b, asset)
  }

  /** Whether `a` is below `b` at this bar and was not at the bar before. See `crossedAbove`. */
  crossedBelow(a: Series | number, b: Series | number, asset = 0): boolean {
    return this.#crossed(b, a, asset)
  }

  /** Before the first bar. */
  onStart?(broker: Broker): void
  /** Once a bar, after it has closed. */
  onBar?(bar: Bar, broker: Broker): void
  /**
   * A rule of the strategy's own: asked once a bar, after it has closed and before `onBar`, for each position that is open, in
   * asset order (semantics 6.12). Nothing holds it; see PositionDecision for what else it may answer. It is not awaited.
   */
  onPosition?(position: PositionView, bar: Bar): PositionDecision | undefined
  /** An order ended, or a stop-limit was triggered, since the last hook. */
  onOrder?(order: OrderEvent, broker: Broker): void
  /** A fill happened since the last hook. */
  onFill?(fill: FillEvent, broker: Broker): void
  /** A position was closed or reduced since the last hook. */
  onTrade?(trade: TradeEvent, broker: Broker): void
  /** After the last bar; orders can no longer be given. */
  onEnd?(broker: Broker): void
  /** What a snapshot keeps of the strategy in place of `state`: plain data likewise. */
  saveState?(): unknown
  /** Takes back what `saveState` gave. */
  loadState?(saved: unknown): void

  static {
    attach = (strategy, host) => {
      strategy.#host = host
    }
  }

  static {
    // A class may have a member of its own by that name.
    for (const { name } of INDICATORS)
      Object.defineProperty(IndicatorMethods.prototype, name, {
        configurable: true,
        writable: true,
        value(this: Strategy, ...given: unknown[]): unknown {
          return this.#started().short(name as IndicatorName, given)
        },
      })
  }

  /** `a` above `b` now, and not before. */
  #crossed(a: Series | number, b: Series | number, asset: number): boolean {
    const host = this.#started()
    const above = at(host, a, asset, 0) > at(host, b, asset, 0)
    // Also where it is not above: what is none of the things to compare is an error from the first bar on.
    return at(host, a, asset, 1) <= at(host, b, asset, 1) && above
  }

  #started(): StrategyHost {
    if (!this.#host)
      throw new FillgridError(
        'invalid_strategy',
        'strategy: parameters, assets, indicators and the market are there from onStart on, found a read before it. Move it out of the constructor.',
      )
    return this.#host
  }
}

/** A number as it is; else the value of a series. */
function at(host: StrategyHost, of: Series | number, asset: number, ago: number): number {
  return typeof of === 'number' ? of : host.value(of, asset, ago)
}

/** A class of strategies: what `backtest` takes, and sweeps make one of for each parameter set. */
export interface StrategyClass {
  new (): Strategy
  parameters?: ParameterSchema
  constraints?: readonly string[]
  contextNames?: readonly string[]
  costModels?: CostModels
  source?: string
  readonly name: string
}

/** Packed signals: one byte an asset and bar, SIGNAL_* bits; in the engine's memory (`pointer`). */
export interface SignalFlags {
  readonly pointer: number
}

/** What a signal strategy computes its columns with. Panels are [bar][asset]. */
export interface SignalContext<P extends ParameterValues = ParameterValues> {
  readonly market: Market
  readonly parameters: P
  /**
   * How many times the equity positions may be worth in all when they are opened: 1 with cash, 1 / initial with margin, Infinity where
   * the account is unlimited or other rules than its own say what entries may use.
   */
  readonly leverage: number
  /** An indicator over all assets, computed once a market and kept in its cache. */
  indicator<N extends IndicatorNameText>(
    name: N,
    parameters?: PanelParameters<PanelSource, N>,
    output?: IndicatorOutput<N>,
  ): Panel
  /** `up` flags where `fast` crosses above `slow`, `down` flags where it crosses below. */
  crossSignals(fast: Panel, slow: Panel, up: number, down: number): SignalFlags
  /** `up` flags where the panel crosses above the level, `down` flags where it crosses below. */
  levelSignals(source: Panel, level: number, up: number, down: number): SignalFlags
  /** `up` flags where the close is above the previous bar's upper channel, `down` flags where below the lower. */
  breakoutSignals(upper: Panel, lower: Panel, up: number, down: number): SignalFlags
  /**
   * An expression over all assets: a number, or a condition as 1, 0 and NaN for undefined; kept like an indicator. A text is read with
   * the columns of the market and the parameters of the strategy: `expression('rsi(14) < level')`. @throws FillgridError
   * invalid_expression, unknown_name
   */
  expression(given: Expression | Node | string): Panel
  /** Flags where conditions are true. */
  conditionSignals(conditions: Readonly<Partial<Record<ConditionColumn, Expression | Node | string>>>): SignalFlags
  /** Adds the flags of `more` to those of `flags`. */
  mergeSignals(flags: SignalFlags, more: SignalFlags): SignalFlags
}

/** Columns of conditions. */
export type ConditionColumn = 'entries' | 'exits' | 'shortEntries' | 'shortExits'

/** Numbers of a signal strategy, [bar][asset]. A panel stays right where memory moves; its `values` may not. */
export type NumberColumn = ArrayLike<number> | Panel

/** Columns of the signals driver, each [bar][asset] (semantics 8.1); a number stands for a whole column. */
export interface SignalColumns {
  /** Packed signals in place of the four columns below. */
  flags?: SignalFlags | Uint8Array
  entries?: ArrayLike<number | boolean> | Panel
  exits?: ArrayLike<number | boolean> | Panel
  shortEntries?: ArrayLike<number | boolean> | Panel
  shortExits?: ArrayLike<number | boolean> | Panel
  /** Target position in `sizeType`, signed; NaN = no change. Excludes entries and exits. */
  targetPosition?: NumberColumn
  /** Size of entries in `sizeType`; NaN = the run's size. */
  size?: NumberColumn | number
  /** What `size` and `targetPosition` are measured in: units, currency or fraction of equity. The run's by default. */
  sizeType?: 'units' | 'value' | 'fraction'
  /** Fractions of the entry, read at the signal bar; they become that position's rules. */
  stop?: NumberColumn | number
  target?: NumberColumn | number
  trail?: NumberColumn | number
  /** Own bars after which that position is closed (semantics 6.4): whole numbers from 1 on, read at the signal bar; NaN = none. */
  hold?: NumberColumn | number
  /** The whole chain of rules of that position, 1 to 8, in place of stop, target, trail and hold. */
  rules?: readonly SignalRule[]
}

/**
 * A rule that comes with an entry by signals (semantics 6.1, 8.1). Its distance, the profit from which on a trail follows, and the bars
 * of a time exit may be columns, read at the signal bar: where one is NaN the position has the others alone.
 *
 *     rules: [{ type: 'stop', distance: 0.05 }, { type: 'target', distance: panel, action: { type: 'exit-fraction', fraction: 0.5 } }]
 */
export type SignalRule<R extends Rule = Rule> = R extends Rule
  ? { [K in keyof R]: K extends 'distance' | 'from' | 'bars' ? R[K] | NumberColumn : R[K] }
  : never

/** A strategy as signal columns, computed from the market and its parameters before the run. */
export interface SignalStrategy<P extends ParameterValues = ParameterValues> {
  readonly kind: 'signals'
  readonly name: string
  readonly parameters: ParameterSchema
  readonly constraints: readonly string[]
  /** Cost models of its own by name, which settings choose (semantics 7.9). */
  readonly costModels?: CostModels
  /** Text that stands for the function in fingerprints; that of `signals` by default. */
  readonly source?: string
  signals(context: SignalContext<P>): SignalColumns
  /** A rule of its own, as that of strategies with hooks (semantics 6.12); the run then goes bar by bar. */
  onPosition?(position: PositionView, bar: Bar): PositionDecision | undefined
}

/** Defines a strategy as signal columns. */
export function defineSignals<P extends ParameterValues = ParameterValues>(definition: {
  name: string
  parameters?: ParameterSchema
  constraints?: readonly string[]
  /** Cost models of its own by name, which settings choose: `commission: { type: 'own', model: 'broker' }` (semantics 7.9). */
  costModels?: CostModels
  /** Text that stands for the function in fingerprints; its own by default. Change it with every change of the function. */
  source?: string
  signals(context: SignalContext<P>): SignalColumns
  /** A rule of its own, asked once a bar for each position that is open (semantics 6.12). It sees that bar and those before it. */
  onPosition?(position: PositionView, bar: Bar): PositionDecision | undefined
}): SignalStrategy<P> {
  if (definition === null || typeof definition !== 'object' || typeof definition.signals !== 'function')
    throw new FillgridError(
      'invalid_strategy',
      `defineSignals: an object with a name and a function signals expected, found ${show(definition)}.`,
    )
  if (definition.onPosition !== undefined && typeof definition.onPosition !== 'function')
    throw new FillgridError(
      'invalid_strategy',
      `defineSignals: onPosition must be a function, found ${show(definition.onPosition)}.`,
    )
  const strategy: SignalStrategy<P> = {
    kind: 'signals',
    name: definition.name,
    parameters: definition.parameters ?? {},
    constraints: definition.constraints ?? [],
    ...(definition.costModels ? { costModels: definition.costModels } : {}),
    source: definition.source ?? textOf(definition.signals) + textOf(definition.onPosition),
    signals: (context) => definition.signals(context),
    ...(definition.onPosition ? { onPosition: (position, bar) => definition.onPosition?.(position, bar) } : {}),
  }
  if (definition.source === undefined) OWN_TEXT.add(strategy)
  return strategy
}

function textOf(given: unknown): string {
  return typeof given === 'function' ? Function.prototype.toString.call(given) : ''
}

/** Signal strategies whose source is their own text. */
const OWN_TEXT = new WeakSet<object>()

/** The source that a signal strategy was given, undefined where its own text stands for it. */
export function givenSource(strategy: SignalStrategy): string | undefined {
  return OWN_TEXT.has(strategy) ? undefined : strategy.source
}

/** What can be run: a class of strategies, an instance of one, a signal strategy, or bare signal columns. */
export type Runnable = StrategyClass | Strategy | SignalStrategy | SignalColumns
