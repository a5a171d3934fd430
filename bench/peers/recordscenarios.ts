/**
 * Makes test/parity/scenarios.json.gz anew, and the list of differences beside it: `npm run build`, `npm run peers:setup`,
 * then `node build/bench/peers/recordscenarios.js [--differences]`, which with the option works out the list alone, from the
 * recording that is there.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../host.ts'
import { ENGINES } from './engines.ts'
import { firstDifference } from './outcome.ts'
import { playFillgrid } from './play.ts'
import { playPeer, pythonOf } from './players.ts'
import { explain } from './reasons.ts'
import {
  fromRecorded,
  packRecording,
  type Recording,
  readScenarioRecording,
  scenarioDigest,
  scenariosOf,
  toRecorded,
} from './recording.ts'

const SEED = 20
const COUNT = 8
const FOLDER = join(root, 'test', 'parity')
const RECORDING = join(FOLDER, 'scenarios.json.gz')

function record(): Recording {
  const recording: Recording = {
    provenance: {
      seed: SEED,
      count: COUNT,
      scenariosSha256: scenarioDigest(SEED, COUNT),
      date: new Date().toISOString().slice(0, 10),
      engines: {},
    },
    outcomes: {},
  }
  for (const engine of ENGINES) {
    const python = pythonOf(engine)
    if (python === undefined) throw new Error(`${engine.name} is not installed; npm run peers:setup.`)
    const scenarios = scenariosOf(engine, SEED, COUNT)
    const played = playPeer(python, engine, scenarios)
    const { version } = played
    const script = `bench/peers/${engine.script}`
    recording.provenance.engines[engine.name] = { package: engine.package, version, python: played.python, script }
    recording.outcomes[engine.name] = played.outcomes.map((outcome, i) => toRecorded(outcome, scenarios[i]))
  }
  return recording
}

/** By engine and scenario: why Fillgrid comes out otherwise. */
function differences({ provenance, outcomes }: Recording): Record<string, Record<string, string>> {
  return Object.fromEntries(
    ENGINES.map((engine) => {
      const scenarios = scenariosOf(engine, provenance.seed, provenance.count)
      const found = scenarios.flatMap((scenario, i) => {
        const ours = playFillgrid(scenario, engine)
        const theirs = fromRecorded(outcomes[engine.name][i], scenario)
        const difference = firstDifference(ours, theirs, scenario.cash)
        return difference ? [[scenario.id, explain(difference, scenario, engine, ours, theirs)] as const] : []
      })
      return [engine.name, Object.fromEntries(found)]
    }),
  )
}

if (!process.argv.includes('--differences')) {
  const bytes = packRecording(record())
  writeFileSync(RECORDING, bytes)
  console.log(`${RECORDING}: ${bytes.length} bytes`)
}
const list = differences(readScenarioRecording(readFileSync(RECORDING)))
writeFileSync(join(FOLDER, 'differences.json'), `${JSON.stringify(list, null, 2)}\n`)
for (const [engine, found] of Object.entries(list)) console.log(`${engine}: ${Object.keys(found).length} differences`)
