/** What an expression gives at each bar: a number, or a condition, which is true, false or undefined. */
export type ValueType = 'number' | 'condition'

/** What may stand as an argument: words name a session, a timeframe, an asset. */
export type ArgumentType = ValueType | 'text'

/**
 * An expression as plain data: what is written as JSON, compared and hashed. Made by the functions of `expressions` or by
 * `parseExpression`, which check it; arguments stay in the order in which they were given, so that results keep their bits.
 */
export type Node =
  /** A finite number. */
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'condition'; readonly value: boolean }
  | { readonly kind: 'text'; readonly value: string }
  /** A column of the market: open, high, low, close, volume, or one of its signals. */
  | { readonly kind: 'column'; readonly name: string }
  /** A parameter of the strategy, which has a value when the run begins. */
  | { readonly kind: 'parameter'; readonly name: string; readonly type: ArgumentType }
  /** A function of the table (`functions.ts`). */
  | { readonly kind: 'call'; readonly name: string; readonly of: readonly Node[] }
  /** An indicator of the catalogue: of what, with which parameters, which of its outputs. All of them are said, in its order. */
  | {
      readonly kind: 'indicator'
      readonly name: string
      readonly of: readonly Node[]
      readonly values: Readonly<Record<string, Node>>
      readonly output: string
    }

export type CallNode = Extract<Node, { kind: 'call' }>
export type IndicatorNode = Extract<Node, { kind: 'indicator' }>

/** The nodes right below one. */
export function childrenOf(node: Node): readonly Node[] {
  if (node.kind === 'call') return node.of
  return node.kind === 'indicator' ? [...node.of, ...Object.values(node.values)] : []
}

/** Names of the parameters that it depends on, each once, in the order in which they are first named. */
export function parametersOf(node: Node): string[] {
  const names = new Set<string>()
  const visit = (one: Node): void => {
    if (one.kind === 'parameter') names.add(one.name)
    for (const child of childrenOf(one)) visit(child)
  }
  visit(node)
  return [...names]
}
