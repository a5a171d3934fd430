/** The same figures as quantstats and empyrical, of recorded curves (bench/peers/record_figures.py), where they count years in periods. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import * as L from '../../assembly/layout.ts'
import { getEngine } from '../../src/kernel/load.ts'
import { Market } from '../../src/market/market.ts'
import { METRICS, type MetricName, summarize } from '../../src/results/metrics.ts'

interface Curve {
  name: string
  perYear: number
  every: number
  time: number[]
  equity: number[]
  quantstats: Partial<Record<MetricName, number | null>>
  empyrical: Partial<Record<MetricName, number | null>>
}

const { cash, versions, curves } = JSON.parse(
  gunzipSync(readFileSync(new URL('packages.json.gz', import.meta.url))).toString(),
) as { cash: number; versions: Record<string, string>; curves: Curve[] }

/** The figures of a curve with their number a year, years counted in periods. */
function figuresOf({ time, equity, every, perYear }: Curve) {
  const market = Market.from({ assets: ['A'], time, close: time.map(() => 1), periodsPerYear: perYear })
  const { arena, kernels } = getEngine()
  const [at, written] = [equity.length * 8, L.STAT_BYTES].map((bytes) => arena.allocate(bytes, 'a test'))
  arena.f64(at, equity.length).set(equity)
  const { ends, count } = market.periods
  kernels.equityStats(at, equity.length, ends, count, cash, market.annual.perYear, Number.NaN, written)
  const context = { initialCash: cash, holdReturn: Number.NaN, openTrades: 0 }
  const stats = arena.f64(written, L.STAT_COUNT)
  const found = summarize(METRICS.map((spec) => spec.from(stats, new Float64Array(L.TOTAL_COUNT), context)))
  for (const pointer of [at, written]) arena.release(pointer)
  market.release()
  // The periods are ours.
  expect(found.periods).toBe(equity.length / every)
  return found
}

describe.each(curves)('$name', (curve) => {
  it.each(['quantstats', 'empyrical'] as const)('%s', (who) => {
    const found = figuresOf(curve)
    const theirs = Object.entries(curve[who]) as [MetricName, number | null][]
    expect(theirs.length).toBeGreaterThan(3)
    for (const [name, value] of theirs) {
      if (value === null) expect(found[name], name).toBeNaN()
      else
        expect(Math.abs(found[name] - value), `${name}: ${found[name]} and ${value}`).toBeLessThanOrEqual(
          1e-10 * Math.abs(value),
        )
    }
  })
})

it('are of the versions that are named', () => {
  expect(versions).toEqual({ quantstats: '0.0.86', empyrical: '0.7.1' })
})
