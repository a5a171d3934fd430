import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SETTINGS } from '../../src/settings/table.ts'
import {
  clocked,
  ending,
  instrumented,
  instrumentedWith,
  owning,
  paying,
  payingWith,
  scenarios,
  scenariosWith,
  signalScenarios,
} from '../oracle/arbitrary.ts'
import { MUTATIONS, type OracleOptions, runOracle } from '../oracle/broker.ts'
import { magnitudes } from '../oracle/magnitudes.ts'
import {
  EXTRAS,
  settingsDraw,
  settingsOfLateLots,
  settingsOfMakers,
  settingsWith,
  settingsWithRules,
} from '../oracle/options.ts'
import { bracketsDraw, commandsDraw, livingDraw, postedDraw, scaledDraw, waitingDraw } from '../oracle/requests.ts'
import { runSignalsOracle } from '../oracle/signals.ts'
import type { Outcome, Scenario, SignalScenario } from '../oracle/types.ts'
import { difference, runEngine, runEngineSignals } from './adapter.ts'

// What a mistake in the oracle has to show in: the first scenarios of these seeds. `npm run mutate -- N` tries N.
const RUNS = Number(process.env.MUTATE_RUNS ?? 16_000)
const SEED = 1
/** Scenarios drawn at a time. */
const CHUNK = 50
/**
 * Where each mistake shows: it is looked for there first, and in all scenarios where it does not show there (any more). Written anew by
 * `npx vitest run test/kernel/mutate.test.ts --update`.
 */
const SHOWN_FILE = new URL('./shown.json', import.meta.url)
const SHOWN: Readonly<Record<string, number>> = existsSync(SHOWN_FILE)
  ? JSON.parse(readFileSync(SHOWN_FILE, 'utf8'))
  : {}
/** Rules that only numbers of unusual size come to. */
const LARGE = ['1.8/', '3.2/finer']
/** Rules that an asset's end comes to. */
const ENDING = ['3.11/']
/** Rules of rules of a position. */
const RULED = ['6.1/away', '6.5/', '6.6/']
/** Rules of the clock. */
const CLOCKED = ['6.14/']
/** Rules of orders that wait for others. */
const WAITING = ['3.16/']
/** Rules of brackets with several targets; of these what only parts come to, and what only grids do. */
const SCALING = ['3.17/']
const SCALED_PARTS = ['3.17/targets', '3.17/first']
const SCALED_GRID = ['3.17/grid']
/** Rules of how long orders live. */
const LIVING = ['3.14/']
/** Rules of who makes and who takes. */
const MAKING = ['7.2/live', '7.2/child', '7.2/trigger', '7.2/posted', '7.2/sequence', '7.2/update']
/** Rules of what orders are paid from. */
const PAYING = ['10.4/']
/** Rules of what assets are traded in. */
const TRADED = ['1.9/', '1.10/']
/** What most runs leave alone, by the rule that says what it does: such a rule is tried where it is in force. */
const EXTRA_OF = new Map(
  Object.keys(EXTRAS).map((name) => [SETTINGS[name as keyof typeof EXTRAS].rule as string, name]),
)

/** A scenario that kernel and oracle agree on, and the mistakes that could be made in it; null where they do not agree. */
type Known = { readonly outcome: Outcome; readonly asked: ReadonlySet<string> } | null

/** Scenarios with what the kernel makes of them, drawn and run when they are first needed. */
class Tried<S> {
  readonly #draw: fc.Arbitrary<S>
  readonly #runs: number
  readonly #run: (scenario: S) => Outcome
  readonly #oracle: (scenario: S, options: OracleOptions) => Outcome
  readonly #known = new Map<number, Known>()
  readonly #drawn = new Map<number, readonly S[]>()

  constructor(
    draw: fc.Arbitrary<S>,
    runs: number,
    run: (scenario: S) => Outcome,
    oracle: (scenario: S, options: OracleOptions) => Outcome,
  ) {
    this.#draw = draw
    this.#runs = runs
    this.#run = run
    this.#oracle = oracle
  }

  #scenario(i: number): S {
    const chunk = Math.floor(i / CHUNK)
    let drawn = this.#drawn.get(chunk)
    if (!drawn) {
      drawn = fc.sample(this.#draw, { numRuns: CHUNK, seed: SEED + chunk })
      this.#drawn.set(chunk, drawn)
    }
    return drawn[i % CHUNK]
  }

  #knowing(i: number): Known {
    const known = this.#known.get(i)
    if (known !== undefined) return known
    const scenario = this.#scenario(i)
    const outcome = this.#run(scenario)
    const asked = new Set<string>()
    const agree = difference(outcome, this.#oracle(scenario, { coverage: asked })) === undefined
    const fresh = agree ? { outcome, asked } : null
    this.#known.set(i, fresh)
    return fresh
  }

  /** The scenario in which the mistake shows although the oracle without it is right; -1 for none. */
  shows(mutation: string): number {
    const recorded = SHOWN[mutation]
    if (recorded !== undefined && recorded < this.#runs && this.#showsIn(recorded, mutation)) return recorded
    for (let i = 0; i < this.#runs; i++) if (this.#showsIn(i, mutation)) return i
    return -1
  }

  #showsIn(i: number, mutation: string): boolean {
    const known = this.#knowing(i)
    // Until it is asked whether the mistake is to be made, the run is the one without it.
    if (!known?.asked.has(mutation)) return false
    return difference(known.outcome, this.#oracle(this.#scenario(i), { mutation })) !== undefined
  }
}

const ofHooks = (draw: fc.Arbitrary<Scenario>, runs: number) => new Tried(draw, runs, runEngine, runOracle)

describe(`a mistake in the oracle shows in ${RUNS} scenarios`, () => {
  const hooks = ofHooks(scenarios, RUNS)
  const large = ofHooks(magnitudes, Math.ceil(RUNS / 2))
  const ends = ofHooks(ending, Math.ceil(RUNS / 2))
  const ruled = ofHooks(scenariosWith(settingsWithRules), RUNS)
  const byClock = ofHooks(clocked, RUNS)
  const living = ofHooks(scenariosWith(settingsDraw, livingDraw), RUNS)
  const makes = ofHooks(scenariosWith(settingsOfMakers, fc.oneof(livingDraw, commandsDraw, postedDraw)), RUNS)
  const waits = ofHooks(scenariosWith(settingsDraw, waitingDraw), RUNS)
  const waitsMaking = ofHooks(scenariosWith(settingsOfMakers, waitingDraw), RUNS)
  const scaled = ofHooks(scenariosWith(settingsDraw, scaledDraw), RUNS)
  const scaledParts = ofHooks(scenariosWith(settingsWith('participation'), scaledDraw), RUNS)
  const scaledHidden = ofHooks(scenariosWith(settingsWith('bothReached'), scaledDraw), RUNS)
  const scaledGrid = ofHooks(instrumentedWith(scaledDraw), RUNS)
  const pays = ofHooks(paying, RUNS)
  const own = ofHooks(owning, RUNS)
  const makersPay = ofHooks(payingWith(settingsOfMakers), RUNS)
  const bracketed = ofHooks(scenariosWith(settingsWith('matching'), bracketsDraw), RUNS)
  const traded = ofHooks(instrumented, RUNS)
  const lateLots = ofHooks(scenariosWith(settingsOfLateLots), RUNS)
  const signals = new Tried<SignalScenario>(signalScenarios, Math.ceil(RUNS / 5), runEngineSignals, runSignalsOracle)
  const extras = new Map([...EXTRA_OF].map(([rule, name]) => [rule, ofHooks(scenariosWith(settingsWith(name)), RUNS)]))

  const starts = (id: string, rules: readonly string[]) => rules.some((rule) => id.startsWith(rule))
  const tried = (id: string): { shows(id: string): number } => {
    if (starts(id, ['8.2', '8.1/hold', '8.1/left-out', '3.15/signals'])) return signals
    if (id === '3.15/lot') return lateLots
    if (starts(id, LARGE)) return large
    if (starts(id, ENDING)) return ends
    if (starts(id, RULED)) return ruled
    if (starts(id, CLOCKED)) return byClock
    if (starts(id, LIVING)) return living
    if (id === '3.16/rests') return waitsMaking
    if (starts(id, WAITING)) return waits
    if (starts(id, SCALED_PARTS)) return scaledParts
    if (starts(id, SCALED_GRID)) return scaledGrid
    if (starts(id, SCALING)) return scaled
    if (id === '10.10/targets') return scaledHidden
    if (starts(id, MAKING)) return makes
    if (id === '6.7/day') return extras.get('6.13')!
    if (id === '10.4/makes') return makersPay
    // A mistake where nothing is asked for.
    if (id === '6.3/targets') return hooks
    if (id === '10.12/update') return bracketed
    if (starts(id, ['7.9/'])) return own
    if (starts(id, PAYING)) return pays
    if (starts(id, TRADED)) return traded
    return extras.get(id.split('/')[0]) ?? hooks
  }
  const shown: Record<string, number> = {}

  it.each(MUTATIONS)('$id: $what', ({ id }) => {
    const at = tried(id).shows(id)
    expect(at).toBeGreaterThanOrEqual(0)
    shown[id] = at
  })

  // Where it does not, the next run would look for them all over again.
  it('where the recording says', async () => {
    await expect(`${JSON.stringify(shown, null, 2)}\n`).toMatchFileSnapshot('shown.json')
  })
})
