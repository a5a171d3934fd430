import { FillgridError, show } from '../errors.ts'
import { findIndicator, type IndicatorName, type IndicatorNamed } from '../signals/catalogue.ts'
import type { PanelParameters } from '../signals/panels.ts'
import { CHOSEN, type IndicatorSpec } from '../signals/spec.ts'
import type { Series } from './bar.ts'
import type { Indicator } from './indicator.ts'

/** What the short form of an indicator gives: it, or each of its outputs by name. */
export type ShortIndicator<N extends IndicatorName> = [IndicatorNamed<N>['outputs'][number]] extends ['value']
  ? Indicator
  : { readonly [O in IndicatorNamed<N>['outputs'][number]]: Indicator }

/**
 * The indicators by their names: `this.sma(20)` is `this.indicator('sma', { length: 20 })`, `this.sma('volume', 20)` is of another
 * column, `this.sma(this.rsi(14), 5)` of an indicator, `this.bollinger(20, 2).upper` one of several outputs. What it is taken of comes
 * first, then its parameters in their order; a last object has more of them by name, `timeframe` too. The same arguments are the same
 * indicator: it may stand in `onStart` or where it is read.
 */
export type ShortForms = {
  readonly [N in IndicatorName]: (
    ...given: readonly (Series | number | PanelParameters<string | Indicator, N>)[]
  ) => ShortIndicator<N>
}

/** Makes one output of an indicator of a run. */
type Make = (name: string, parameters: PanelParameters<string | Indicator>, output: string) => Indicator

/** Short forms of one run, each made once. */
export class KnownShortForms {
  readonly #make: Make
  readonly #known = new Map<string, unknown>()
  readonly #numbers = new WeakMap<object, number>()
  #made = 0

  constructor(make: Make) {
    this.#make = make
  }

  /** @throws FillgridError unknown_name, invalid_value */
  get(name: IndicatorName, given: readonly unknown[]): unknown {
    const key = this.#keyOf(name, given)
    const known = key === undefined ? undefined : this.#known.get(key)
    if (known) return known
    const spec = findIndicator(name)
    const parameters = shortParameters(spec, given)
    const outputs = spec.outputs.map((output) => {
      const made = this.#make(name, parameters, output)
      this.#numbers.set(made, ++this.#made)
      return [output, made] as const
    })
    const short =
      outputs.length === 1 && outputs[0][0] === 'value' ? outputs[0][1] : Object.freeze(Object.fromEntries(outputs))
    if (key !== undefined) this.#known.set(key, short)
    return short
  }

  /** What is the same again, a bar later; undefined where it is not known by its arguments alone. */
  #keyOf(name: string, given: readonly unknown[]): string | undefined {
    let key = name
    for (const one of given) {
      const word = isNamed(one) ? this.#namedKey(one) : this.#word(one)
      if (word === undefined) return undefined
      key += `,${word}`
    }
    return key
  }

  #namedKey(given: Record<string, unknown>): string | undefined {
    let key = ''
    for (const name in given) {
      const word = this.#word(given[name])
      if (word === undefined) return undefined
      key += `;${JSON.stringify(name)}:${word}`
    }
    return key
  }

  /** A number, a text, or an indicator of this run. */
  #word(one: unknown): string | undefined {
    if (typeof one === 'number') return `${one}`
    if (typeof one === 'string') return JSON.stringify(one)
    const number = typeof one === 'object' && one !== null ? this.#numbers.get(one) : undefined
    return number === undefined ? undefined : `#${number}`
  }
}

/** The arguments of a short form by name. @throws FillgridError invalid_value */
function shortParameters(spec: IndicatorSpec, given: readonly unknown[]): PanelParameters<string | Indicator> {
  const { name } = spec
  const last = given[given.length - 1]
  const named = isNamed(last) ? last : {}
  const plain = isNamed(last) ? given.slice(0, -1) : given
  const parameters: Record<string, unknown> = {}
  const names = Object.keys(spec.parameters)
  const inputs = CHOSEN.filter((input) => spec.inputs.includes(input))
  let at = 0
  while (at < inputs.length && at < plain.length && isSource(spec, plain[at])) parameters[inputs[at]] = plain[at++]
  const values = plain.slice(at)
  const odd = values.find((value) => typeof value !== 'number' && typeof value !== 'string')
  if (odd !== undefined || values.length > names.length)
    throw new FillgridError(
      'invalid_value',
      `${name}: ${takes(inputs, names)}, found ${odd === undefined ? `${values.length} values` : show(odd)}.`,
    )
  for (const [i, value] of values.entries()) parameters[names[i]] = value
  for (const [key, value] of Object.entries(named)) {
    if (key in parameters)
      throw new FillgridError('invalid_value', `${name}: ${key} is given twice, found ${show(value)} by name too.`)
    parameters[key] = value
  }
  return parameters as PanelParameters<string | Indicator>
}

/** Parameters by name: an object that is no indicator. */
function isNamed(given: unknown): given is Record<string, unknown> {
  return typeof given === 'object' && given !== null && !Array.isArray(given) && !('value' in given && 'key' in given)
}

/** A column by name, or an indicator; a word of the first parameter is no column. */
function isSource({ parameters }: IndicatorSpec, given: unknown): boolean {
  if (typeof given !== 'string') return typeof given === 'object'
  const [first] = Object.values(parameters)
  return !(first?.type === 'choice' && first.choices.includes(given))
}

function takes(inputs: readonly string[], names: readonly string[]): string {
  const all = [...inputs, ...names]
  return all.length === 0 ? 'no parameters expected' : `${all.join(', ')} in this order expected`
}
