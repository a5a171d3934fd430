import { FillgridError, show } from '../errors.ts'
import { checkRules } from '../settings/read.ts'
import type { Rule } from '../settings/settings.ts'
import type { NumberColumn, SignalColumns, SignalRule } from '../strategy/strategy.ts'

/** Numbers of a rule that may be columns, in the order of SIGNAL_RULE_COLUMNS. */
export const RULE_COLUMNS = ['distance', 'from', 'bars'] as const
export type RuleColumn = (typeof RULE_COLUMNS)[number]

/** A rule that entries bring, and its columns; where there is one the rule has a number that stands for it. */
export interface SplitRule {
  readonly rule: Rule
  readonly columns: Readonly<Partial<Record<RuleColumn, NumberColumn>>>
}

/**
 * The chain that entries bring where their columns ask for more than stop, target and trail; else none.
 *
 * @throws FillgridError invalid_value, unknown_name
 */
export function readSignalRules(given: SignalColumns): readonly SplitRule[] {
  const { rules, hold } = given
  if (rules === undefined) return hold === undefined ? [] : split(chainOf(given), (i, name) => nameIn(given, i, name))
  for (const name of ['stop', 'target', 'trail', 'hold'] as const)
    if (given[name] !== undefined)
      throw new FillgridError('invalid_value', `signals: rules or ${name}, not both. Put all of them into rules.`)
  if (!Array.isArray(rules) || rules.length === 0)
    throw new FillgridError('invalid_value', `signals.rules: a list of 1 to 8 rules expected, found ${show(rules)}.`)
  return split(rules, (i, name) => `rules[${i}].${name}`)
}

const PLAIN = ['stop', 'target', 'trail'] as const

/** Stop, target, trail and hold as rules. */
function chainOf(given: SignalColumns): SignalRule[] {
  const chain: SignalRule[] = PLAIN.flatMap((type) =>
    given[type] === undefined ? [] : [{ type, distance: given[type] }],
  )
  return [...chain, { type: 'time', bars: given.hold! }]
}

/** What the user calls a number of such a chain. */
function nameIn(given: SignalColumns, i: number, name: RuleColumn): string {
  return name === 'bars' ? 'hold' : PLAIN.filter((one) => given[one] !== undefined)[i]
}

/** @param named what a number of one of them is called */
function split(rules: readonly SignalRule[], named: (i: number, name: RuleColumn) => string): SplitRule[] {
  const found = Array.from(rules, (rule, i) => {
    const columns: Partial<Record<RuleColumn, NumberColumn>> = {}
    const plain: Record<string, unknown> = { ...rule }
    for (const name of RULE_COLUMNS) {
      const value = plain[name]
      if (value === null || typeof value !== 'object') continue
      columns[name] = value as NumberColumn
      // What stands for a column passes every check of one number.
      plain[name] = name === 'bars' ? 1 : 0.5
    }
    return { plain: plain as unknown as Rule, columns, i }
  })
  const checked = check(
    found.map(({ plain }) => plain),
    named,
  )
  return found.map(({ columns }, i) => ({ rule: checked[i], columns }))
}

/** Numbers of `stop` and its like are called by the names that they were given by. */
function check(rules: readonly Rule[], named: (i: number, name: RuleColumn) => string): Rule[] {
  try {
    return checkRules(rules, 'signals.rules')
  } catch (error) {
    if (!(error instanceof FillgridError)) throw error
    const message = error.message.replace(
      /^signals\.rules\[(\d+)\]\.(distance|from|bars)/,
      (_, i: string, name: RuleColumn) => `signals.${named(Number(i), name)}`,
    )
    throw new FillgridError(error.code, message, error.place)
  }
}

/** Between which numbers, both excluded, the values of a column lie. */
export function boundsOf({ rule }: SplitRule, name: RuleColumn): { low: number; high: number } {
  const isPart = name === 'distance' && (rule.type === 'stop' || rule.type === 'trail')
  const all = isPart && (rule.unit ?? 'fraction') === 'fraction'
  return { low: 0, high: name === 'bars' ? 2 ** 31 : all ? 1 : Number.POSITIVE_INFINITY }
}
