import { nyseSessions } from '../../data/calendar.ts'
import { RandomStream } from '../../data/random.ts'
import { type Decision, decide, FAMILIES, type Family } from './decisions.ts'
import { makeSeries, type Series } from './series.ts'

/** What is played in Fillgrid and in another engine: bars, money and decisions, as plain data. */
export interface Scenario {
  /** Family, seed and number: `brackets-next-open/7/12`. */
  id: string
  family: Family
  timing: 'next-open' | 'same-close'
  cash: number
  /** Fractions of value and of price. */
  commission: number
  slippage: number
  /** Midnight UTC of sessions of the New York Stock Exchange, in ms. */
  time: number[]
  assets: Series[]
  /** By bar, then in the order in which they are given. */
  decisions: Decision[]
}

const BOTH_TIMINGS: readonly Family[] = [
  'signals-long-sltp',
  'signals-reversal',
  'multi-asset-targets',
  'commission-slippage',
]

/**
 * The scenario of a family, seed and number: 60 to 400 daily bars, 1 to 5 assets, prices in cents. The same ones make the
 * same scenario anywhere.
 */
export function makeScenario(family: Family, seed: number, number: number): Scenario {
  const random = new RandomStream(
    (Math.imul(seed, 2_654_435_761) + FAMILIES.indexOf(family) * 1_000_003 + number) >>> 0,
  )
  const chance = (probability: number) => random.uniform() < probability
  const bars = random.integer(60, 401)
  const count = family === 'multi-asset-targets' ? random.integer(2, 6) : chance(0.6) ? 1 : random.integer(2, 6)
  const assets = Array.from({ length: count }, () => makeSeries(bars, random))
  const late = BOTH_TIMINGS.includes(family) && chance(0.5)
  const timing = family === 'market-same-close' || late ? 'same-close' : 'next-open'
  const costs = family === 'commission-slippage'
  const commission = costs || chance(0.3) ? random.integer(0, 51) / 10_000 : 0
  const slippage = costs ? random.integer(0, 41) / 10_000 : 0
  const decisions = decide(family, assets, random)
  const scarce = chance(family.startsWith('market-') ? 0.25 : family === 'multi-asset-targets' ? 0.25 : 0.05)
  // Little cash pays for one to four of the orders; plenty for all of them at once.
  const value = Math.max(...assets.map((asset) => asset.unit * asset.close[0]))
  const cash = scarce ? Math.round(value * (1 + 3 * random.uniform())) : 1_000_000
  return {
    id: `${family}/${seed}/${number}`,
    family,
    timing,
    cash,
    commission,
    slippage,
    time: [...nyseSessions('2015-01-02', bars)],
    assets,
    decisions,
  }
}

/** The same with its first asset alone, for engines that know no more than one. */
export function ofFirstAsset(scenario: Scenario): Scenario {
  if (scenario.assets.length === 1) return scenario
  const decisions = scenario.decisions.filter((decision) => decision.asset === 0)
  return { ...scenario, assets: scenario.assets.slice(0, 1), decisions }
}
