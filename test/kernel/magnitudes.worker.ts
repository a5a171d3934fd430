/** The thread of magnitudes.test.ts: runs a scenario in engine and oracle and answers with the first difference. */
import { parentPort } from 'node:worker_threads'
import { runOracle } from '../oracle/broker.ts'
import type { Scenario } from '../oracle/types.ts'
import { difference, runEngine } from './adapter.ts'

parentPort!.on('message', (scenario: Scenario) => {
  let answer: string | undefined
  try {
    answer = difference(runEngine(scenario), runOracle(scenario))
  } catch (error) {
    answer = `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  }
  parentPort!.postMessage(answer)
})
