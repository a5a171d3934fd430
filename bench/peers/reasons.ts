import type { Engine } from './engines.ts'
import type { Difference } from './outcome.ts'
import type { Scenario } from './scenario.ts'

/** A word for why two outcomes part. */
export function explain(found: Difference, _scenario: Scenario, _engine: Engine): string {
  return found.what
}
