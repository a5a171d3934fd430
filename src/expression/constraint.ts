import { FillgridError, show } from '../errors.ts'

/** A value of a strategy's parameter. */
type ParameterValue = number | string | boolean

/** What a name in a constraint stands for; the type checks of the parser need no more. */
export type ConstraintType = 'number' | 'string' | 'boolean'

/**
 * One condition on a parameter set, parsed once. `slots` are the positions of the names it reads in the
 * list of names it was parsed with; `test` takes the values in that order.
 */
export interface Condition {
  readonly source: string
  readonly slots: readonly number[]
  test(values: readonly ParameterValue[]): boolean
}

/**
 * Parses a constraint such as `fast < slow and (slow - fast) / 2 >= 5` into conditions that must all hold:
 * one for each operand of a top-level `and`, so that a search can drop a branch as early as one fails.
 *
 * Grammar, loosest first: `or`, `and`, `not`, comparisons (`< <= > >= == !=`, also in chains: `5 < fast < slow`),
 * `+ -`, `* /`, unary `-`, then numbers, names, `'text'`, `true`, `false` and parentheses. `||`, `&&` and `!` are
 * read as or, and, not. Nothing is evaluated as code.
 *
 * @param types the names that may be used, in the order of the values that `test` gets
 * @throws FillgridError invalid_space with the column where the text cannot be read
 */
export function parseConstraint(source: string, types: ReadonlyMap<string, ConstraintType>): Condition[] {
  const names = [...types.keys()]
  const tokens = tokenise(source)
  let at = 0

  const peek = (...texts: string[]) => tokens[at].kind !== 'text' && texts.includes(tokens[at].text)
  const fail = (token: Token, rule: string, wayOut = 'Write it like fast < slow and slow <= 200.'): never => {
    const found = token.kind === 'end' ? 'the end' : show(token.text)
    throw new FillgridError(
      'invalid_space',
      `constraint: ${rule}, found ${found} at column ${token.column} of ${show(source)}. ${wayOut}`,
      { column: token.column },
    )
  }
  const want = (node: Node, type: ConstraintType, token: Token): Node => {
    if (node.type === type) return node
    return fail(token, `a ${type} must stand beside this, a ${node.type} does not fit`)
  }

  function binary(
    texts: string[],
    next: () => Node,
    type: ConstraintType,
    make: (o: string, a: Node, b: Node) => Node,
  ) {
    let left = next()
    while (peek(...texts)) {
      const token = tokens[at++]
      left = make(token.text, want(left, type, token), want(next(), type, token))
    }
    return left
  }

  const either = (): Node =>
    binary(['or', '||'], both, 'boolean', (_, a, b) => node('boolean', [a, b], (v) => a.value(v) || b.value(v)))

  const both = (): Node =>
    binary(['and', '&&'], negation, 'boolean', (_, a, b) => ({
      ...node('boolean', [a, b], (v) => a.value(v) && b.value(v)),
      operands: [...(a.operands ?? [a]), ...(b.operands ?? [b])],
    }))

  function negation(): Node {
    if (!peek('not', '!')) return comparison()
    const token = tokens[at++]
    const inner = want(negation(), 'boolean', token)
    return node('boolean', [inner], (v) => !inner.value(v))
  }

  function comparison(): Node {
    let left = sum()
    let chain: Node | undefined
    while (peek('<', '<=', '>', '>=', '==', '!=', '=')) {
      const token = tokens[at++]
      if (token.text === '=') fail(token, 'two values are compared with ==', 'Write == for equal, != for not equal.')
      const right = sum()
      if (token.text === '==' || token.text === '!=') want(right, left.type, token)
      else [want(left, 'number', token), want(right, 'number', token)]
      const link = compare(token.text, left, right)
      const before = chain
      chain = before ? node('boolean', [before, link], (v) => before.value(v) && link.value(v)) : link
      left = right
    }
    return chain ?? left
  }

  const sum = (): Node =>
    binary(['+', '-'], product, 'number', (operator, a, b) =>
      node('number', [a, b], operator === '+' ? (v) => num(a, v) + num(b, v) : (v) => num(a, v) - num(b, v)),
    )

  const product = (): Node =>
    binary(['*', '/'], unary, 'number', (operator, a, b) =>
      node('number', [a, b], operator === '*' ? (v) => num(a, v) * num(b, v) : (v) => num(a, v) / num(b, v)),
    )

  function unary(): Node {
    if (!peek('-')) return primary()
    const token = tokens[at++]
    const inner = want(unary(), 'number', token)
    return node('number', [inner], (v) => -num(inner, v))
  }

  function primary(): Node {
    const token = tokens[at++]
    if (token.kind === 'number') return constant(Number(token.text))
    if (token.kind === 'text') return constant(token.text)
    if (token.kind === 'name' && (token.text === 'true' || token.text === 'false'))
      return constant(token.text === 'true')
    if (token.kind === 'name' && !WORDS.includes(token.text)) {
      const slot = names.indexOf(token.text)
      if (slot < 0) return fail(token, 'a name must be a parameter', `The parameters are ${names.join(', ')}.`)
      return { type: types.get(token.text)!, slots: [slot], value: (v) => v[slot] }
    }
    if (token.text === '(' && token.kind === 'sign') {
      const inner = either()
      if (!peek(')')) fail(tokens[at], 'an open parenthesis must be closed')
      at++
      return inner
    }
    return fail(token, 'a parameter, a number or a parenthesis must stand here')
  }

  const root = either()
  if (tokens[at].kind !== 'end') fail(tokens[at], 'an operator must join two values')
  if (root.type !== 'boolean') fail(tokens[0], `a constraint must be true or false, not a ${root.type}`)
  return (root.operands ?? [root]).map((part) => ({
    source,
    slots: [...new Set(part.slots)].sort((a, b) => a - b),
    test: (values) => part.value(values) === true,
  }))
}

interface Node {
  type: ConstraintType
  slots: readonly number[]
  value(values: readonly ParameterValue[]): ParameterValue
  /** The operands of an `and`. */
  operands?: Node[]
}

const WORDS = ['and', 'or', 'not']

function node(type: ConstraintType, children: Node[], value: Node['value']): Node {
  return { type, slots: children.flatMap((child) => child.slots), value }
}

function constant(value: ParameterValue): Node {
  return { type: typeof value as ConstraintType, slots: [], value: () => value }
}

function num(from: Node, values: readonly ParameterValue[]): number {
  return from.value(values) as number
}

function compare(operator: string, a: Node, b: Node): Node {
  switch (operator) {
    case '<':
      return node('boolean', [a, b], (v) => a.value(v) < b.value(v))
    case '<=':
      return node('boolean', [a, b], (v) => a.value(v) <= b.value(v))
    case '>':
      return node('boolean', [a, b], (v) => a.value(v) > b.value(v))
    case '>=':
      return node('boolean', [a, b], (v) => a.value(v) >= b.value(v))
    case '==':
      return node('boolean', [a, b], (v) => a.value(v) === b.value(v))
    default:
      return node('boolean', [a, b], (v) => a.value(v) !== b.value(v))
  }
}

interface Token {
  kind: 'number' | 'name' | 'text' | 'sign' | 'end'
  text: string
  /** 1-based. */
  column: number
}

const TOKEN =
  /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|'([^']*)'|"([^"]*)"|(<=|>=|==|!=|&&|\|\||[-+*/()<>=!]))/y

function tokenise(source: string): Token[] {
  const tokens: Token[] = []
  const end = source.trimEnd().length
  TOKEN.lastIndex = 0
  let from = 0
  while (from < end) {
    const match = TOKEN.exec(source)
    if (!match) {
      const column = from + 1 + source.slice(from).search(/\S/)
      throw new FillgridError(
        'invalid_space',
        `constraint: only names, numbers, + - * /, comparisons, and, or, not and parentheses may stand here, ` +
          `found ${show(source[column - 1])} at column ${column} of ${show(source)}. Write it like fast < slow.`,
        { column },
      )
    }
    const [whole, number, name, single, double, sign] = match
    const text = number ?? name ?? single ?? double ?? sign
    const kind = number !== undefined ? 'number' : name !== undefined ? 'name' : sign !== undefined ? 'sign' : 'text'
    tokens.push({ kind, text, column: from + 1 + whole.search(/\S/) })
    from = TOKEN.lastIndex
  }
  tokens.push({ kind: 'end', text: '', column: end + 1 })
  return tokens
}
