import { FillgridError, show } from '../errors.ts'
import { type Expression, expressionOf } from '../expression/expression.ts'
import { readExpression } from '../expression/json.ts'
import { onlyNames } from '../market/names.ts'
import { vocabulary } from '../signals/vocabulary.ts'
import { type ExpressedStrategy, PARAMETER_TYPES, strategy, textStrategy } from './expressed.ts'
import { CONDITIONS, NUMBERS } from './expressedcolumns.ts'
import type { ParameterSchema, SignalStrategy } from './strategy.ts'
import type { StrategyData } from './strategydata.ts'

const NAMES = ['kind', 'version', 'name', 'parameters', 'constraints', 'fields'] as const
const TARGETS = ['takeProfits', 'breakEvenAfter', 'trailAfter'] as const
const KNOWN: ReadonlySet<string> = new Set([...NAMES, ...TARGETS])
const FIELDS: ReadonlySet<string> = new Set([...CONDITIONS, ...NUMBERS])
/** Values within each other that are looked through for names of columns: more than an expression may have. */
const MOST = 100_000

/** Whether something says that it is a strategy of expressions as plain data. */
export function isStrategyData(given: unknown): given is StrategyData {
  return typeof given === 'object' && given !== null && (given as { kind?: unknown }).kind === 'expressions'
}

/**
 * A strategy of expressions from its plain data, checked as if it were written anew.
 *
 *     const again = readStrategy(JSON.parse(JSON.stringify(strategy({ ... }))))
 *
 * @throws FillgridError invalid_strategy, invalid_expression, unknown_name
 */
export function readStrategy(written: unknown): SignalStrategy {
  if (!isStrategyData(written)) throw wrong('an object of the kind "expressions"', written)
  const data = written as unknown as Record<string, unknown>
  onlyNames(data, KNOWN, 'strategy', 'a field of a strategy as plain data')
  const { version, name } = data
  if (version !== 1)
    throw wrong('version 1, the only one that there is', version, 'It was written by another version of Fillgrid.')
  if (typeof name !== 'string') throw wrong('a name that is a text', name)
  const parameters = objectOf(data.parameters, 'parameters') as ParameterSchema
  for (const [one, spec] of Object.entries(parameters))
    if (typeof spec !== 'object' || spec === null || !Object.hasOwn(PARAMETER_TYPES, String(spec.type)))
      throw wrong(`a type (${Object.keys(PARAMETER_TYPES).join(', ')}) and a default for the parameter ${one}`, spec)
  const { constraints } = data
  if (!Array.isArray(constraints) || !constraints.every((one) => typeof one === 'string'))
    throw wrong('constraints that are a list of texts', constraints)
  const given = objectOf(data.fields, 'fields')
  onlyNames(given, FIELDS, 'strategy', 'a field of expressions')
  const entries = Object.entries(given)
  if (entries.length > 0 && entries.every(([, one]) => typeof one === 'string')) {
    const more = TARGETS.find((one) => data[one] !== undefined)
    if (more) throw wrong(`${more} beside nodes alone, not beside texts`, data[more])
    return textStrategy(given, parameters, name, constraints)
  }
  const types = new Map(Object.entries(parameters).map(([one, { type }]) => [one, PARAMETER_TYPES[type]]))
  const words = vocabulary(columnsIn(data), types)
  const read = (one: unknown) => expressionOf(readExpression(one, words))
  return strategy({
    name,
    parameters,
    constraints,
    ...Object.fromEntries(entries.map(([field, one]) => [field, read(one)])),
    ...targetsOf(data, read),
  } as ExpressedStrategy)
}

/** What there is of several targets. */
function targetsOf(data: Record<string, unknown>, read: (one: unknown) => Expression): object {
  const { takeProfits, ...after } = Object.fromEntries(
    TARGETS.filter((one) => data[one] !== undefined).map((one) => [one, data[one]]),
  )
  if (takeProfits === undefined) return after
  if (!Array.isArray(takeProfits)) throw wrong('takeProfits that are a list of targets', takeProfits)
  const targets = takeProfits.map((target) => {
    const { distance, share } = objectOf(target, 'takeProfits')
    return { distance: read(distance), share: read(share) }
  })
  return { ...after, takeProfits: targets }
}

/** The columns that are named: whether the market has them is found when it is run. */
function columnsIn(data: unknown): string[] {
  const found = new Set<string>()
  const waiting = [data]
  for (let seen = 0; waiting.length > 0 && seen < MOST; seen++) {
    const one = waiting.pop()
    if (typeof one !== 'object' || one === null) continue
    const { kind, name } = one as { kind?: unknown; name?: unknown }
    if (kind === 'column' && typeof name === 'string' && /^[A-Za-z_]\w*$/.test(name)) found.add(name)
    waiting.push(...Object.values(one))
  }
  return [...found]
}

function objectOf(given: unknown, name: string): Record<string, unknown> {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given as Record<string, unknown>
  throw wrong(`${name} that are an object`, given)
}

function wrong(expected: string, found: unknown, more?: string): FillgridError {
  const end = more === undefined ? '' : ` ${more}`
  return new FillgridError('invalid_strategy', `strategy: ${expected} expected, found ${show(found)}.${end}`)
}
