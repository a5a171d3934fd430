import { FillgridError, messageOf } from '../errors.ts'
import { readFile } from '../io/files.ts'
import { readStrategy } from '../strategy/readstrategy.ts'
import type { StrategyData } from '../strategy/strategydata.ts'

/**
 * Expressions as plain data from a file, as `JSON.stringify` writes a strategy of them.
 *
 * @throws FillgridError file_access, invalid_strategy, invalid_expression, unknown_name
 */
export function writtenStrategy(path: string): StrategyData {
  const text = new TextDecoder().decode(readFile(path))
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (cause) {
    throw new FillgridError(
      'invalid_strategy',
      `strategy ${path}: JSON expected, as JSON.stringify writes a strategy of expressions, found ${messageOf(cause)}.`,
      { file: path },
      { cause },
    )
  }
  readStrategy(data)
  return data as StrategyData
}
