import fc from 'fast-check'
import { test } from 'vitest'
import { scenarios, signalScenarios } from './arbitrary.ts'
import { MUTATIONS, runOracle } from './broker.ts'
import { runSignalsOracle } from './signals.ts'

test('mutations', () => {
  const list = fc.sample(scenarios, { numRuns: 4000, seed: 1 })
  const sig = fc.sample(signalScenarios, { numRuns: 1500, seed: 1 })
  const coverage = new Set<string>()
  const right = list.map((s) => JSON.stringify(runOracle(s, { coverage })))
  const rightSig = sig.map((s) => JSON.stringify(runSignalsOracle(s, { coverage })))
  const out: string[] = []
  for (const { id } of MUTATIONS) {
    let n = 0
    let i = 0
    if (id.startsWith('8.2')) {
      for (; i < sig.length && n < 3; i++)
        if (JSON.stringify(runSignalsOracle(sig[i], { mutation: id })) !== rightSig[i]) n++
    } else {
      for (; i < list.length && n < 3; i++) {
        try {
          if (JSON.stringify(runOracle(list[i], { mutation: id })) !== right[i]) n++
        } catch (e) {
          out.push('THROW ' + id + e)
          n++
        }
      }
    }
    out.push(`${id}: ${n} in ${i}`)
  }
  console.log(out.filter((l) => l.startsWith('T') || +l.split(' in ')[1] > 100).join('\n'))
  console.log([...coverage].sort().join(' '))
}, 1000000)
