import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { FAMILIES, type Family } from './decisions.ts'
import { ENGINES, type Engine } from './engines.ts'
import type { FillRow, Outcome } from './outcome.ts'
import { makeScenario, ofFirstAsset, type Scenario } from './scenario.ts'

/** What other engines made of the scenarios of one seed, kept so that they can be compared without Python. */
export interface Recording {
  provenance: {
    seed: number
    /** Scenarios a family. */
    count: number
    /** Of the scenarios as JSON: they are made anew, and must be the same. */
    scenariosSha256: string
    date: string
    engines: Record<string, { package: string; version: string; python: string; script: string }>
  }
  outcomes: Record<string, RecordedOutcome[]>
}

/** An outcome without what follows from the rest: commissions are the scenario's rate, money is kept of the last bar. */
export interface RecordedOutcome {
  id: string
  fills: [bar: number, asset: number, quantity: number, price: number][]
  cash: number[]
  equity: number[]
  failed?: string
}

/** The scenarios that an engine can play, out of a seed. */
export function scenariosOf(
  engine: Engine,
  seed: number,
  count: number,
  families: readonly Family[] = FAMILIES,
): Scenario[] {
  return families
    .flatMap((family) => Array.from({ length: count }, (_, number) => makeScenario(family, seed, number)))
    .map((scenario) => (engine.oneAsset ? ofFirstAsset(scenario) : scenario))
    .filter((scenario) => scenario.decisions.length > 0 && engine.plays(scenario))
}

/** SHA-256 of the scenarios of all engines. */
export function scenarioDigest(seed: number, count: number): string {
  const sha = createHash('sha256')
  for (const engine of ENGINES) sha.update(JSON.stringify(scenariosOf(engine, seed, count)))
  return sha.digest('hex')
}

/** An outcome as it is kept. @throws Error where a commission is not the scenario's rate */
export function toRecorded(outcome: Outcome, scenario: Scenario): RecordedOutcome {
  const { id, failed } = outcome
  const fills = outcome.fills.map(([bar, asset, quantity, price, commission]): RecordedOutcome['fills'][number] => {
    const due = commissionOf(scenario, quantity, price)
    if (Math.abs(commission - due) > 1e-9 * Math.max(1, due))
      throw new Error(`${id}: a commission of ${commission} where ${due} was due; recordings keep the rate alone.`)
    return [bar, asset, quantity, price]
  })
  const last = { cash: outcome.cash.slice(-1), equity: outcome.equity.slice(-1) }
  return { id, fills, ...last, ...(failed === undefined ? {} : { failed }) }
}

/** The outcome again. */
export function fromRecorded(recorded: RecordedOutcome, scenario: Scenario): Outcome {
  const fills = recorded.fills.map(([bar, asset, quantity, price]): FillRow => {
    return [bar, asset, quantity, price, commissionOf(scenario, quantity, price)]
  })
  return { ...recorded, fills }
}

function commissionOf({ commission }: Scenario, quantity: number, price: number): number {
  return Math.abs(quantity * price) * commission
}

/** A recording as bytes, the same for the same recording. */
export function packRecording(recording: Recording): Buffer {
  return gzipSync(`${JSON.stringify(recording)}\n`, { level: 9 })
}

/** A recording out of its bytes. */
export function readScenarioRecording(bytes: Uint8Array): Recording {
  return JSON.parse(gunzipSync(bytes).toString('utf8')) as Recording
}
