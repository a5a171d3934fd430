import { FillgridError, show } from '../errors.ts'
import { FUNCTIONS, type FunctionSpec, functionOf } from './functions.ts'
import {
  callNode,
  type IndicatorWords,
  indicatorArguments,
  indicatorNode,
  numberNode,
  textNode,
  typeOf,
} from './make.ts'
import type { ArgumentType, Node, ValueType } from './node.ts'

/** The names that an expression may use; all are data, nothing is evaluated as code. */
export interface Vocabulary {
  /** Columns of the market. */
  readonly columns: readonly string[]
  readonly indicators: readonly IndicatorWords[]
  /** Parameters of the strategy. They come before columns of the same name. */
  readonly parameters?: ReadonlyMap<string, ArgumentType>
  /** Names that are near one that does not exist. */
  near?(name: string, names: readonly string[]): readonly string[]
}

type Sign = 'number' | 'name' | 'text' | 'sign' | 'end'

interface Token {
  readonly kind: Sign
  readonly text: string
  /** Place of its first character, from 0. */
  readonly at: number
}

const TOKEN =
  /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|'([^']*)'|"([^"]*)"|(<=|>=|==|!=|&&|\|\||[-+*/()<>=!,.[\]%]))/y

const COMPARISONS: Readonly<Record<string, string>> = {
  '<': 'lessThan',
  '<=': 'atMost',
  '>': 'greaterThan',
  '>=': 'atLeast',
  '==': 'equal',
  '!=': 'notEqual',
}

/** Words that are operators or values, and no names. */
const WORDS = ['and', 'or', 'not', 'true', 'false']

/**
 * Reads an expression such as `crossedAbove(sma(close, 10), sma(close, 50)) and rsi(14) < 70`.
 *
 * Loosest first: `or`, `and`, `not`, comparisons (`< <= > >= == !=`, also in chains: `20 < rsi(14) < 80`), `+ -`, `* /`, `-`, then
 * `x[2]` for `shift(x, 2)`, `macd(close).signal` for an output, `5%` for `percent(5)`, calls, names, numbers, 'texts', `true`, `false`
 * and parentheses. `&&`, `||` and `!` are read as and, or and not. Of the arguments of an indicator those that are columns or
 * expressions come first, then its parameters in their order or by name: `bollinger(close, 20, width=2.5).upper`.
 *
 * @param type what it must give; anything by default
 * @throws FillgridError invalid_expression, unknown_name, with the text and a caret below the place
 */
export function parseExpression(text: string, vocabulary: Vocabulary, type?: ValueType): Node {
  if (typeof text !== 'string')
    throw new FillgridError('invalid_expression', `expression: a text expected, found ${show(text)}.`)
  checkVocabulary(vocabulary)
  const node = new Parser(text, vocabulary).whole()
  if (type !== undefined && typeOf(node) !== type)
    throw placed(
      text,
      0,
      `a ${type} must stand here, this is a ${typeOf(node)}. ${type === 'condition' ? 'Compare it: close > 10.' : ''}`.trimEnd(),
    )
  return node
}

/** @throws FillgridError invalid_value for what is no vocabulary */
export function checkVocabulary(given: Vocabulary): void {
  if (!Array.isArray(given?.columns) || !Array.isArray(given.indicators))
    throw new FillgridError(
      'invalid_value',
      `expression: the names that it may use expected, as vocabulary() gives them, found ${show(given)}.`,
    )
}

/** The error at a place of a text. */
function placed(
  text: string,
  at: number,
  rule: string,
  code: 'invalid_expression' | 'unknown_name' = 'invalid_expression',
): FillgridError {
  // One line of the text, with the caret below it.
  const start = text.lastIndexOf('\n', at - 1) + 1
  const rest = text.indexOf('\n', at)
  const line = text.slice(start, rest < 0 ? undefined : rest).replaceAll('\t', ' ')
  return new FillgridError(code, `expression: ${rule}\n  ${line}\n  ${' '.repeat(at - start)}^`, { column: at + 1 })
}

class Parser {
  readonly #text: string
  readonly #words: Vocabulary
  readonly #tokens: Token[]
  #next = 0
  #depth = 0

  constructor(text: string, vocabulary: Vocabulary) {
    this.#text = text
    this.#words = vocabulary
    this.#tokens = this.#tokenise()
  }

  whole(): Node {
    const node = this.#either()
    const left = this.#token
    if (left.kind !== 'end') throw this.#fail(left, `an operator or the end must stand here, found ${show(left.text)}.`)
    return node
  }

  get #token(): Token {
    return this.#tokens[this.#next]
  }

  #fail(token: Token, rule: string): FillgridError {
    return placed(this.#text, token.at, rule)
  }

  /** The next token if it is one of these signs or words. */
  #take(...texts: string[]): Token | undefined {
    const token = this.#token
    if (token.kind === 'text' || !texts.includes(token.text)) return undefined
    this.#next++
    return token
  }

  /** What `make` says of a node, at the place of a token. */
  #at<T>(token: Token, make: () => T): T {
    try {
      return make()
    } catch (error) {
      if (error instanceof FillgridError && error.place.column === undefined && error.code === 'invalid_expression')
        throw this.#fail(token, error.message.replace(/^expression: /, ''))
      throw error
    }
  }

  #call(token: Token, name: string, of: readonly Node[]): Node {
    return this.#at(token, () => callNode(functionOf(name) as FunctionSpec, of))
  }

  #either(): Node {
    let node = this.#both()
    for (let token = this.#take('or', '||'); token; token = this.#take('or', '||'))
      node = this.#call(token, 'or', [node, this.#both()])
    return node
  }

  #both(): Node {
    let node = this.#negation()
    for (let token = this.#take('and', '&&'); token; token = this.#take('and', '&&'))
      node = this.#call(token, 'and', [node, this.#negation()])
    return node
  }

  #negation(): Node {
    const token = this.#take('not', '!')
    return token ? this.#deeper(token, () => this.#call(token, 'not', [this.#negation()])) : this.#comparison()
  }

  #comparison(): Node {
    let left = this.#sum()
    let chain: Node | undefined
    for (;;) {
      const single = this.#take('=')
      if (single) throw this.#fail(single, 'two values are compared with ==, found =.')
      const token = this.#take(...Object.keys(COMPARISONS))
      if (!token) return chain ?? left
      const right = this.#sum()
      const link = this.#call(token, COMPARISONS[token.text], [left, right])
      chain = chain ? this.#call(token, 'and', [chain, link]) : link
      left = right
    }
  }

  #sum(): Node {
    let node = this.#product()
    for (let token = this.#take('+', '-'); token; token = this.#take('+', '-'))
      node = this.#call(token, token.text === '+' ? 'add' : 'subtract', [node, this.#product()])
    return node
  }

  #product(): Node {
    let node = this.#sign()
    for (let token = this.#take('*', '/'); token; token = this.#take('*', '/'))
      node = this.#call(token, token.text === '*' ? 'multiply' : 'divide', [node, this.#sign()])
    return node
  }

  #sign(): Node {
    const token = this.#take('-')
    return token ? this.#deeper(token, () => this.#call(token, 'negate', [this.#sign()])) : this.#behind()
  }

  /** What stands behind a value: bars ago, and a sign of percent. */
  #behind(): Node {
    let node = this.#primary()
    for (;;) {
      const open = this.#take('[')
      const percent = open ? undefined : this.#take('%')
      if (percent) node = this.#call(percent, 'percent', [node])
      else if (open) {
        const bars = this.#sum()
        if (!this.#take(']')) throw this.#fail(this.#token, 'the bracket must be closed: close[1].')
        // Now is no bars ago.
        node = bars.kind === 'number' && bars.value === 0 ? node : this.#call(open, 'shift', [node, bars])
      } else return node
    }
  }

  #primary(): Node {
    const token = this.#token
    if (token.kind === 'end')
      throw this.#fail(token, 'a number, a name or a parenthesis must stand here, found the end.')
    this.#next++
    if (token.kind === 'number') return this.#at(token, () => numberNode(Number(token.text)))
    if (token.kind === 'text') return this.#at(token, () => textNode(token.text))
    if (token.text === '(') {
      const node = this.#deeper(token, () => this.#either())
      if (!this.#take(')')) throw this.#fail(this.#token, 'the parenthesis must be closed.')
      return node
    }
    if (token.text === 'true' || token.text === 'false') return { kind: 'condition', value: token.text === 'true' }
    if (token.kind !== 'name' || WORDS.includes(token.text))
      throw this.#fail(token, `a number, a name or a parenthesis must stand here, found ${show(token.text)}.`)
    return this.#take('(') ? this.#deeper(token, () => this.#called(token)) : this.#named(token)
  }

  #named(token: Token): Node {
    const { parameters, columns } = this.#words
    const type = parameters?.get(token.text)
    if (type !== undefined && columns.includes(token.text))
      throw this.#fail(
        token,
        `${token.text} is a column and a parameter of the strategy too. Give the parameter another name.`,
      )
    if (type !== undefined) return { kind: 'parameter', name: token.text, type }
    if (columns.includes(token.text)) return { kind: 'column', name: token.text }
    if (functionOf(token.text) || this.#indicator(token.text))
      throw this.#fail(token, `${token.text} is called with parentheses: ${token.text}(...).`)
    throw this.#unknown(token, [...(parameters?.keys() ?? []), ...columns], 'a column or a parameter')
  }

  #indicator(name: string): IndicatorWords | undefined {
    return this.#words.indicators.find((one) => one.name === name)
  }

  #unknown(token: Token, names: readonly string[], what: string): FillgridError {
    const near = this.#words.near?.(token.text, names) ?? []
    const wayOut =
      near.length > 0
        ? `Did you mean ${near.join(' or ')}?`
        : `There are ${names.slice(0, 12).join(', ')}${names.length > 12 ? ' and more' : ''}.`
    return placed(this.#text, token.at, `${show(token.text)} is not ${what}. ${wayOut}`, 'unknown_name')
  }

  #called(token: Token): Node {
    const spec = functionOf(token.text)
    const indicator = spec ? undefined : this.#indicator(token.text)
    if (!spec && !indicator) {
      const callable = FUNCTIONS.filter((one) => !one.operator).map((one) => one.name)
      throw this.#unknown(
        token,
        [...callable, ...this.#words.indicators.map((one) => one.name)],
        'a function or an indicator',
      )
    }
    const { plain, named } = this.#arguments()
    if (spec) {
      if (named.size > 0)
        throw this.#fail(token, `${spec.name} takes its arguments by their order, found ${[...named.keys()][0]}=.`)
      return this.#at(token, () => callNode(spec, plain))
    }
    return this.#indicated(token, indicator as IndicatorWords, plain, named)
  }

  #indicated(token: Token, words: IndicatorWords, plain: readonly Node[], named: ReadonlyMap<string, Node>): Node {
    const { of, values } = this.#at(token, () => indicatorArguments(words, plain))
    const names = Object.keys(words.parameters)
    for (const [name, node] of named) {
      if (!names.includes(name)) throw this.#unknown({ ...token, text: name }, names, `a parameter of ${words.name}`)
      if (values[name]) throw this.#fail(token, `${words.name}: ${name} is given twice.`)
      values[name] = node
    }
    let output: string | undefined
    if (this.#take('.')) {
      const chosen = this.#token
      this.#next++
      output = chosen.text
      if (!words.outputs.includes(output)) throw this.#unknown(chosen, words.outputs, `an output of ${words.name}`)
    }
    return this.#at(token, () => indicatorNode(words, of, values, output))
  }

  #arguments(): { plain: Node[]; named: Map<string, Node> } {
    const plain: Node[] = []
    const named = new Map<string, Node>()
    if (this.#take(')')) return { plain, named }
    for (;;) {
      const token = this.#token
      const follows = this.#tokens[this.#next + 1]
      if (token.kind === 'name' && follows?.kind === 'sign' && follows.text === '=') {
        this.#next += 2
        if (named.has(token.text)) throw this.#fail(token, `${token.text} is given twice.`)
        named.set(token.text, this.#either())
      } else {
        if (named.size > 0) throw this.#fail(token, 'arguments without a name come before those with one.')
        plain.push(this.#either())
      }
      if (this.#take(')')) return { plain, named }
      if (!this.#take(','))
        throw this.#fail(
          this.#token,
          `a comma or a closing parenthesis must stand here, found ${this.#token.kind === 'end' ? 'the end' : show(this.#token.text)}.`,
        )
    }
  }

  /** What stands inside something else, within the depth that the stack has for certain. */
  #deeper<T>(token: Token, read: () => T): T {
    if (++this.#depth > 200)
      throw this.#fail(token, 'at most 200 parentheses and functions may stand inside each other.')
    const made = read()
    this.#depth--
    return made
  }

  #tokenise(): Token[] {
    const text = this.#text
    const tokens: Token[] = []
    const end = text.trimEnd().length
    TOKEN.lastIndex = 0
    let from = 0
    while (from < end) {
      const match = TOKEN.exec(text)
      if (!match) {
        const at = from + text.slice(from).search(/\S/)
        const open = text[at] === "'" || text[at] === '"'
        throw placed(
          text,
          at,
          open
            ? 'a text must end with the quotation mark that it begins with.'
            : `${show(text[at])} has no meaning here.`,
        )
      }
      const [whole, number, name, single, double, sign] = match
      const kind: Sign =
        number !== undefined ? 'number' : name !== undefined ? 'name' : sign !== undefined ? 'sign' : 'text'
      tokens.push({ kind, text: number ?? name ?? single ?? double ?? sign, at: from + whole.search(/\S/) })
      from = TOKEN.lastIndex
    }
    tokens.push({ kind: 'end', text: '', at: end })
    return tokens
  }
}
