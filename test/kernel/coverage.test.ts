/** Every rule of docs/semantics.md is exercised by the random scenarios, or it is said here where it is tested. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { owning, scenarios, signalScenarios } from '../oracle/arbitrary.ts'
import { MUTATIONS, runOracle } from '../oracle/broker.ts'
import { runSignalsOracle } from '../oracle/signals.ts'

/** Rules that are not one place in the oracle, and where they are tested. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  '1.1': 'every comparison of kernel and oracle, which is exact (fuzz.test.ts)',
  '1.2': 'a definition',
  '1.4': 'test/market (stamps of closes) and test/engine/hooks.test.ts (hooks run when a bar has closed)',
  '2.1': 'rules 4.1 to 4.4',
  '2.2': 'rules 5.1 to 5.7',
  '6.12': 'test/engine/onposition.test.ts',
  '8.3': 'test/properties/drivers.test.ts',
  ...Object.fromEntries(
    ['8.4', '8.5', '8.6', '8.7', '8.8', '8.9'].map((rule) => [
      rule,
      'test/strategies/list, a plain reference of lists of signals',
    ]),
  ),
  '9.1': 'test/engine/snapshot.test.ts and verify.test.ts',
  '9.2': 'test/properties/memory.test.ts and test/sweep',
  '9.3': 'test/properties/window.test.ts and test/engine/window.test.ts',
  '10.14': 'test/settings/profiles.test.ts',
  '9.4': 'test/engine/async.test.ts and test/properties/fourdrivers.test.ts',
}

const text = readFileSync(new URL('../../docs/semantics.md', import.meta.url), 'utf8')
/** Numbers at the start of a paragraph or list item, in bold. */
const rules = [...text.matchAll(/^\*\*(\d+\.\d+)\*\*/gm)].map(([, rule]) => rule)

describe('the rules of docs/semantics.md', () => {
  it('are numbered in order, without gaps or repetitions', () => {
    expect(rules.length).toBeGreaterThanOrEqual(50)
    for (let i = 1; i < rules.length; i++) {
      const [before, now] = [rules[i - 1], rules[i]].map((rule) => rule.split('.').map(Number))
      const next =
        now[0] === before[0]
          ? now[1] === before[1] + 1 || (now[0] === 10 && now[1] > before[1])
          : now[0] === before[0] + 1 && now[1] === 1
      expect(next, `${rules[i - 1]}, then ${rules[i]}`).toBe(true)
    }
  })

  it('hold every rule that a mistake is made of in the oracle', () => {
    expect(MUTATIONS.map(({ id }) => id.split('/')[0]).filter((rule) => !rules.includes(rule))).toEqual([])
  })

  it('are each exercised by random scenarios', () => {
    const coverage = new Set<string>()
    for (const scenario of fc.sample(scenarios, { numRuns: 800, seed: 41 })) runOracle(scenario, { coverage })
    for (const scenario of fc.sample(owning, { numRuns: 50, seed: 41 })) runOracle(scenario, { coverage })
    for (const scenario of fc.sample(signalScenarios, { numRuns: 200, seed: 41 }))
      runSignalsOracle(scenario, { coverage })
    expect(rules.filter((rule) => !coverage.has(rule) && !(rule in ELSEWHERE))).toEqual([])
    expect(Object.keys(ELSEWHERE).filter((rule) => !rules.includes(rule))).toEqual([])
  })
})
