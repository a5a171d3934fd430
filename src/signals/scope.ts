import { Expression } from '../expression/expression.ts'
import { functionOf } from '../expression/functions.ts'
import { readExpression } from '../expression/json.ts'
import { bind, expressionError, typeOf } from '../expression/make.ts'
import { type ArgumentType, childrenOf, type Node, type ValueType } from '../expression/node.ts'
import { parseExpression } from '../expression/parse.ts'
import { printExpression } from '../expression/print.ts'
import { findIndicator, indicatorValues, isRepainting, repainting, unknownName } from './catalogue.ts'
import { expressionPanel } from './expressions.ts'
import type { Panel, PanelCache, PanelParameters } from './panels.ts'
import { expandSize } from './sizes.ts'
import { CHOSEN } from './spec.ts'
import { vocabulary } from './vocabulary.ts'

/** What parameters are in expressions. */
const PARAMETER_TYPES: Readonly<Record<string, ArgumentType>> = {
  number: 'number',
  boolean: 'condition',
  string: 'text',
}

/** An expression, what it is made of, or its text. */
type GivenExpression = Expression | Node | string
/** Values of parameters by name. */
type ParameterMap = Readonly<Record<string, number | string | boolean>>

/** Panels that stay while something uses them: all pinned, all let go at once. Within it they are found by their keys. */
export class PanelScope {
  readonly #cache: PanelCache
  readonly #held: Panel[] = []
  readonly #byKey = new Map<string, Panel>()
  readonly #own = new Map<string, Panel>()
  /** Indicators inside of expressions, with the bars that they need first. */
  readonly #named: { key: string; warmup: number }[] = []

  constructor(cache: PanelCache) {
    this.#cache = cache
  }

  /** As `computePanel`, and pinned; `source` may also be the key of a panel of this scope. */
  panel(name: string, parameters: PanelParameters = {}, output?: string): Panel {
    return this.#hold(this.#cache.panel(name, this.#sourced(name, parameters), output))
  }

  /**
   * As `expressionPanel`, and pinned.
   *
   * @param given an expression, what it is made of, or its text
   * @param values of the parameters that it names
   */
  expression(given: GivenExpression, values: ParameterMap): Panel {
    return this.#hold(expressionPanel(this.#cache, this.#node(given, values)))
  }

  /**
   * A condition; of one that is a crossing and nothing else its two sides, where each bar follows the one before in every asset:
   * such a one needs no column of its own.
   */
  condition(given: GivenExpression, values: ParameterMap): Panel | { fast: Panel; slow: Panel; above: boolean } {
    const node = this.#node(given, values, 'condition')
    const held = (one: Node) => this.#hold(expressionPanel(this.#cache, one))
    const crosses = node.kind === 'call' && (node.name === 'crossedAbove' || node.name === 'crossedBelow')
    if (!crosses || !this.#cache.market.dense) return held(node)
    const [fast, slow] = node.of.map(held)
    return { fast, slow, above: node.name === 'crossedAbove' }
  }

  #node(given: GivenExpression, values: ParameterMap, type?: ValueType): Node {
    const { signals } = this.#cache.market
    const types = new Map(Object.entries(values).map(([name, value]) => [name, PARAMETER_TYPES[typeof value]]))
    const words = () => vocabulary(signals.keys(), types)
    const node =
      typeof given === 'string'
        ? parseExpression(given, words(), type)
        : given instanceof Expression
          ? given.node
          : readExpression(given, words())
    if (type !== undefined && typeOf(node) !== type)
      throw expressionError(`a ${type} expected, found the ${typeOf(node)} ${printExpression(node)}.`)
    const bound = bind(node, values)
    this.#nameIndicators(bound)
    return bound
  }

  #nameIndicators(node: Node): void {
    if (node.kind === 'call' && functionOf(node.name)?.formula) {
      this.#nameIndicators(expandSize(node, this.#cache.market))
      return
    }
    if (node.kind === 'call' && node.name === 'riskParity')
      this.#named.push({ key: printExpression(node), warmup: (node.of[0] as { value: number }).value })
    if (node.kind === 'indicator') {
      const spec = findIndicator(node.name)
      const given = Object.entries(node.values).map(([name, one]) => [name, (one as { value?: unknown }).value])
      const values = indicatorValues(spec, Object.fromEntries(given))
      const key = printExpression(node)
      if (isRepainting(spec, values)) throw repainting(key)
      this.#named.push({ key, warmup: spec.warmup(values, node.output) })
    }
    // What is taken of longer bars begins later by as much as they are longer, of which nobody knows here.
    for (const one of childrenOf(node)) this.#nameIndicators(one)
  }

  /** Columns of the run's own by name, in the order they were made. */
  get own(): ReadonlyMap<string, Panel> {
    return this.#own
  }

  /** Panels that have no value on any bar: what they need first is more than the market has. */
  get empty(): readonly { key: string; warmup: number }[] {
    const held = this.#held.map(({ key, warmup }) => ({ key, warmup }))
    const { bars } = this.#cache.market
    const all = [...held, ...this.#named].filter(({ warmup }) => warmup >= bars)
    // An indicator by itself is held too, under a key without spaces.
    const plain = all.map(({ key }) => key.replaceAll(' ', ''))
    return all.filter((_, i) => plain.indexOf(plain[i]) === i)
  }

  /** Takes a column of the run's own, one value a bar and asset, under a name that `own` has not yet. */
  add(name: string, values: Float64Array): Panel {
    const panel = this.#hold(this.#cache.own(name, values))
    this.#own.set(name, panel)
    return panel
  }

  release(): void {
    for (const panel of this.#held) panel.unpin()
    for (const panel of this.#own.values()) this.#cache.disown(panel)
    this.#held.length = 0
    this.#named.length = 0
    this.#byKey.clear()
    this.#own.clear()
  }

  #hold(panel: Panel): Panel {
    if (panel.repaints !== undefined) throw repainting(panel.repaints)
    // What is asked for again, at every bar perhaps, is held already.
    if (this.#byKey.get(panel.key) === panel) return panel
    this.#held.push(panel.pin())
    this.#byKey.set(panel.key, panel)
    return panel
  }

  /** A column of the market comes first, so that no indicator hides one. */
  #sourced(name: string, parameters: PanelParameters): PanelParameters {
    let sourced = parameters
    for (const input of CHOSEN) {
      const column = parameters?.[input]
      if (typeof column !== 'string' || this.#cache.columnNames.includes(column)) continue
      const panel = this.#byKey.get(column)
      if (!panel) {
        findIndicator(name)
        throw unknownName(`${name}: ${input}`, column, [...this.#cache.columnNames, ...this.#byKey.keys()])
      }
      sourced = { ...sourced, [input]: panel }
    }
    return sourced
  }
}
