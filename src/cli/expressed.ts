import { textStrategy } from '../strategy/expressed.ts'
import type { ParameterSchema, SignalStrategy } from '../strategy/strategy.ts'
import { parseAxis } from '../sweep/axis.ts'
import type { RunOptions } from './options.ts'
import { UsageError } from './values.ts'

/** Options that are conditions. */
const CONDITIONS = ['entries', 'exits', 'shortEntries', 'shortExits'] as const

/** Whether a strategy is given as expressions. */
export function isExpressed(options: ConditionOptions): boolean {
  return CONDITIONS.some((name) => options[name] !== undefined)
}

type ConditionOptions = Pick<RunOptions, (typeof CONDITIONS)[number]>

/**
 * The strategy of `--entries` and its like. Names that `--param` and `--grid` give a value are its parameters.
 *
 * @throws UsageError beside another strategy, or where nothing is entered
 */
export function expressedOf(
  options: ConditionOptions & Pick<RunOptions, 'strategy' | 'param'> & { grid?: readonly string[] },
): SignalStrategy {
  if (options.strategy !== undefined)
    throw new UsageError(
      `--entries: expressions are a strategy of their own, found --strategy ${options.strategy} beside them. Leave one out.`,
    )
  if (options.entries === undefined && options.shortEntries === undefined)
    throw new UsageError(
      '--exits: something has to be entered first, found neither --entries nor --short-entries. Add one.',
    )
  const schema: Record<string, ParameterSchema[string]> = {}
  const declare = (name: string, value: unknown) => {
    schema[name] =
      typeof value === 'boolean' ? { type: 'boolean', default: value } : { type: 'number', default: Number(value) }
  }
  for (const { name, value } of options.param ?? []) declare(name, value)
  for (const text of options.grid ?? []) {
    const { name, input } = parseAxis(text)
    const [first] = Array.isArray(input) ? input : [(input as { from: number }).from]
    declare(name, first)
  }
  const conditions = Object.fromEntries(
    CONDITIONS.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  )
  return textStrategy(conditions, schema)
}
