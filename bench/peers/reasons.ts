import type { Decision } from './decisions.ts'
import type { Engine } from './engines.ts'
import { type Difference, type FillRow, merged, type Outcome } from './outcome.ts'
import type { Scenario } from './scenario.ts'

/**
 * Why two outcomes part, as far as the first difference tells: the letter of the rule of docs/parity.md that it looks
 * like, and what differs. A letter is a guess by what stands around the place (orders, money, bars), never a measurement;
 * where nothing fits it is what differs alone.
 */
export function explain(found: Difference, scenario: Scenario, engine: Engine, ours: Outcome, theirs: Outcome): string {
  if (found.what === 'failed') return 'failed'
  const letter = letterOf({ found, scenario, engine, ours, theirs })
  return letter === undefined ? found.what : `${letter} ${found.what}`
}

interface Place {
  found: Difference
  scenario: Scenario
  engine: Engine
  ours: Outcome
  theirs: Outcome
}

function letterOf(place: Place): string | undefined {
  const { found, scenario } = place
  const given = scenario.decisions.filter(
    ({ asset, bar }) => bar <= found.bar && (found.asset < 0 || asset === found.asset),
  )
  const gave = (test: (decision: Decision) => boolean) => given.some(test)
  if (found.bar === scenario.time.length - 1 && scenario.timing === 'same-close') return 'Z'
  if (found.what === 'price' && scenario.slippage > 0) return 'S'
  if (isShort(place)) return 'U'
  if (gave((one) => one.do === 'trail')) return 'T'
  if (gave((one) => one.do === 'order' && one.type === 'stop-limit')) return 'P'
  if (inOneBar(place)) return 'W'
  if (gave((one) => one.do === 'signal')) return 'R'
  if (gave((one) => one.do === 'oco' || one.do === 'bracket')) return 'F'
  return undefined
}

/** Units that money cuts or refuses: either account was near nothing at that bar, or at the one before. */
function isShort({ found, scenario, ours, theirs }: Place): boolean {
  const low = [ours, theirs].some(({ cash, equity }) =>
    [found.bar - 1, found.bar].some((bar) => cash[bar] < 0.1 * scenario.cash || equity[bar] < 0),
  )
  return low || (found.what === 'quantity' && scenario.cash < 1_000_000)
}

/** One of both leaves a position in the bar in which it entered it. */
function inOneBar({ found, ours, theirs }: Place): boolean {
  return [ours, theirs].some(({ fills }) => {
    const here = merged(fills).filter((row: FillRow) => row[0] === found.bar && row[1] === found.asset)
    return here.some((row) => row[2] > 0) && here.some((row) => row[2] < 0)
  })
}
