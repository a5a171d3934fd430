import { textStrategy } from '../strategy/expressed.ts'
import type { ParameterSchema, SignalStrategy } from '../strategy/strategy.ts'
import { parseAxis } from '../sweep/axis.ts'
import { exitTexts } from './exits.ts'
import type { RunOptions } from './options.ts'
import { UsageError } from './values.ts'

/** Options that make a strategy of expressions. */
const DECISIONS = ['entries', 'exits', 'shortEntries', 'shortExits', 'targetWeight'] as const

/** Whether a strategy is given as expressions. */
export function isExpressed(options: DecisionOptions): boolean {
  return DECISIONS.some((name) => options[name] !== undefined)
}

type DecisionOptions = Pick<RunOptions, (typeof DECISIONS)[number]>

type ExpressionOptions = Pick<RunOptions, 'strategy' | 'param' | 'rule' | 'stop' | 'target' | 'trail' | 'hold' | 'size'>

/**
 * The strategy of `--entries` and its like. Names that `--param` and `--grid` give a value are its parameters.
 *
 * @throws UsageError beside another strategy, or where nothing is entered
 */
export function expressedOf(
  options: DecisionOptions & ExpressionOptions & { grid?: readonly string[] },
): SignalStrategy {
  if (options.strategy !== undefined)
    throw new UsageError(
      `--entries: expressions are a strategy of their own, found --strategy ${options.strategy} beside them. Leave one out.`,
    )
  if (options.entries === undefined && options.shortEntries === undefined && options.targetWeight === undefined)
    throw new UsageError(
      '--exits: something has to be entered first, found neither --entries, --short-entries nor --target-weight. Add one.',
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
  const texts = Object.fromEntries(
    DECISIONS.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  )
  const { size } = options
  return textStrategy({ ...texts, ...exitTexts(options), ...(typeof size === 'string' ? { size } : {}) }, schema)
}
