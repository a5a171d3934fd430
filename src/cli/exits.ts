import type { DefaultSize, Rule } from '../settings/settings.ts'
import { parseSetting } from './notation.ts'
import type { RunOptions } from './options.ts'
import { parseFraction, readCount, UsageError } from './values.ts'

type ExitOptions = Pick<RunOptions, 'rule' | 'stop' | 'target' | 'trail' | 'hold'>

/** Options of exits that may be expressions, with the fields of a strategy that they are then. */
const FIELDS = { stop: 'stopLoss', target: 'takeProfit', trail: 'trail', hold: 'hold' } as const

const NAMES = ['stop', 'target', 'trail', 'hold'] as const

/**
 * Stop, target, trail and hold as texts of a strategy of expressions, where one of them is an expression: then they come with each
 * entry, else they are rules of the run.
 *
 * @throws UsageError for further rules beside them, which those of an entry would replace
 */
export function exitTexts(options: ExitOptions): Partial<Record<(typeof FIELDS)[keyof typeof FIELDS], string>> {
  const given = NAMES.filter((name) => options[name] !== undefined)
  const text = given.find((name) => typeof options[name] === 'string')
  if (text === undefined) return {}
  if (options.rule !== undefined)
    throw new UsageError(
      `--rule: an expression in --${text} comes with each entry, in the place of the rules of the run, found --rule beside it. Leave one out.`,
    )
  return Object.fromEntries(
    given.map((name) => {
      const value = options[name]!
      return [FIELDS[name], typeof value === 'string' ? value : name === 'hold' ? String(value) : `${value} * 100%`]
    }),
  )
}

/**
 * The chain of position rules that `--rule`, `--stop`, `--target`, `--trail` and `--hold` mean for the whole run.
 *
 * @param expressed whether there is a strategy of expressions, which takes expressions in their place
 * @throws UsageError for an expression where there is none
 */
export function rulesOf(options: ExitOptions, expressed: boolean): Rule[] {
  if (expressed && Object.keys(exitTexts(options)).length > 0) return []
  const rules: Rule[] = [...(options.rule ?? [])]
  for (const type of ['stop', 'target', 'trail'] as const) {
    const distance = options[type]
    if (typeof distance === 'string') throw withoutEntries(type, () => parseFraction(distance, `--${type}`))
    if (distance !== undefined) rules.push({ type, distance })
  }
  const { hold } = options
  if (typeof hold === 'string') throw withoutEntries('hold', () => readCount(hold, '--hold', 1))
  if (hold !== undefined) rules.push({ type: 'time', bars: hold })
  return rules
}

/** The size of the run's entries; none where it is an expression, which goes with them. @throws UsageError */
export function sizeOf({ size }: Pick<RunOptions, 'size'>, expressed: boolean): DefaultSize | undefined {
  if (typeof size !== 'string') return size
  if (expressed) return undefined
  throw withoutEntries('size', () => parseSetting('size', size))
}

/** What is wrong with an expression that no strategy of expressions takes. */
function withoutEntries(name: string, parse: () => unknown): unknown {
  try {
    parse()
  } catch (error) {
    if (error instanceof UsageError) return new UsageError(`${error.message} Expressions go with --entries.`)
    return error
  }
  return new UsageError(`--${name}: expressions go with --entries, found none.`)
}
