/** Random scenarios as other engines played them, without Python: what is identical stays so, and nothing else differs. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FAMILIES } from '../../bench/peers/decisions.ts'
import { ENGINES } from '../../bench/peers/engines.ts'
import { firstDifference, type Outcome } from '../../bench/peers/outcome.ts'
import { playFillgrid } from '../../bench/peers/play.ts'
import { explain } from '../../bench/peers/reasons.ts'
import { fromRecorded, readScenarioRecording, scenarioDigest, scenariosOf } from '../../bench/peers/recording.ts'
import { makeScenario } from '../../bench/peers/scenario.ts'

const here = (name: string) => readFileSync(new URL(name, import.meta.url))
const { provenance, outcomes } = readScenarioRecording(here('scenarios.json.gz'))
const expected = JSON.parse(here('differences.json').toString('utf8')) as Record<string, Record<string, string>>

describe('recorded scenarios', () => {
  it('are the ones that the generator makes', () => {
    expect(scenarioDigest(provenance.seed, provenance.count)).toBe(provenance.scenariosSha256)
    expect(Object.keys(outcomes)).toEqual(ENGINES.map((engine) => engine.name))
  })

  for (const engine of ENGINES) {
    it(`come out of the profile as out of ${engine.name}, but for those that are listed with their reason`, () => {
      const scenarios = scenariosOf(engine, provenance.seed, provenance.count)
      const found: Record<string, string> = {}
      scenarios.forEach((scenario, i) => {
        const recorded = outcomes[engine.name][i]
        expect(recorded.id).toBe(scenario.id)
        const ours = playFillgrid(scenario, engine)
        const theirs = fromRecorded(recorded, scenario)
        const difference = firstDifference(ours, theirs, scenario.cash)
        if (difference) found[scenario.id] = explain(difference, scenario, engine, ours, theirs)
      })
      expect(found).toEqual(expected[engine.name])
      expect(outcomes[engine.name].some(({ fills }) => fills.length > 0)).toBe(true)
    })
  }
})

describe('the comparison of outcomes', () => {
  const scenario = makeScenario('commission-slippage', 3, 2)
  const outcome = playFillgrid(scenario, ENGINES[0])

  it('takes equal outcomes as equal, and an order in two rows as one', () => {
    const [first, ...rest] = outcome.fills
    const half = [first[0], first[1], first[2] / 2, first[3], first[4] / 2] as typeof first
    const parts: Outcome = { ...outcome, fills: [half, half, ...rest] }
    expect(firstDifference(outcome, outcome, scenario.cash)).toBeUndefined()
    expect(firstDifference(outcome, parts, scenario.cash)).toBeUndefined()
  })

  it.each([
    ['quantity', 'quantity', 2],
    ['price', 'price', 3],
    ['commission', 'commission', 4],
  ] as const)('finds another %s of any fill', (_, what, column) => {
    outcome.fills.forEach((_, row) => {
      const fills = outcome.fills.map((fill) => [...fill] as typeof fill)
      fills[row][column] += 0.01 * Math.sign(fills[row][column] || 1)
      expect(firstDifference(outcome, { ...outcome, fills }, scenario.cash)?.what).toBe(what)
    })
  })

  it('finds another bar of any fill', () => {
    outcome.fills.forEach((_, row) => {
      const fills = outcome.fills.map((fill) => [...fill] as typeof fill)
      fills[row][0]--
      // With a fill of the bar before it may look like another price or quantity.
      expect(firstDifference(outcome, { ...outcome, fills }, scenario.cash)).toBeDefined()
    })
  })

  it('finds fills that only one has, and other money', () => {
    const fewer = { ...outcome, fills: outcome.fills.slice(1) }
    expect(firstDifference(outcome, fewer, scenario.cash)?.what).toBe('extra')
    expect(firstDifference(fewer, outcome, scenario.cash)?.what).toBe('missing')
    const richer = { ...outcome, cash: outcome.cash.map((cash) => cash + 0.01) }
    expect(firstDifference(outcome, richer, scenario.cash)?.what).toBe('cash')
    const worth = { ...outcome, equity: outcome.equity.map((equity, bar) => equity + (bar === 40 ? 0.01 : 0)) }
    expect(firstDifference(outcome, worth, scenario.cash)).toMatchObject({ what: 'equity', bar: 40 })
    const failed: Outcome = { ...outcome, failed: 'Error: no' }
    expect(firstDifference(outcome, failed, scenario.cash)?.what).toBe('failed')
  })
})

describe('scenarios', () => {
  it('are plain data of their family, seed and number', () => {
    for (const family of FAMILIES) {
      const scenario = makeScenario(family, 5, 1)
      expect(JSON.parse(JSON.stringify(scenario))).toEqual(scenario)
      expect(makeScenario(family, 5, 1)).toEqual(scenario)
      expect(makeScenario(family, 6, 1).assets).not.toEqual(scenario.assets)
    }
  })
})
