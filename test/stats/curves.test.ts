/** The same figures of curves as quantstats, empyrical, pyfolio, ffn and backtesting.py (bench/peers/record_curves.py). */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { getEngine } from '../../src/kernel/load.ts'
import type { CurveOptions } from '../../src/results/curveoptions.ts'
import type { RollingFigure } from '../../src/results/curvetables.ts'
import { equityCurve } from '../../src/results/owncurve.ts'

interface Figure {
  who: string
  metric: string
  options: Omit<CurveOptions, 'benchmark'> & { benchmark?: boolean; fromFirst?: boolean; from?: number }
  value: number | null
}

interface Curve {
  name: string
  perYear: number
  every: number
  before: number
  time: number[]
  equity: number[]
  benchmark: number[]
  figures: Figure[]
  rolling?: Record<RollingFigure, (number | null)[]>
  worst?: { depth: number; start: number; valley: number; recovery: number | null }[]
}

const { cash, versions, window, normal, curves } = JSON.parse(
  gunzipSync(readFileSync(new URL('curves.json.gz', import.meta.url))).toString(),
) as {
  cash: number
  versions: Record<string, string>
  window: number
  normal: Record<'cdf' | 'quantile', [number, number][]>
  curves: Curve[]
}

function curveOf(curve: Curve, { benchmark, fromFirst, from = 0, ...options }: Figure['options'] = {}) {
  const { perYear, before } = curve
  const first = curve.time.findIndex((stamp) => stamp >= from)
  const [time, equity] = [curve.time.slice(first), curve.equity.slice(first)]
  const against = { time: [before, ...curve.time], close: [50, ...curve.benchmark] }
  return equityCurve(
    { time, equity, initialValue: fromFirst ? undefined : cash },
    { cagr: 'periods', periodsPerYear: perYear, window, ...options, benchmark: benchmark ? against : undefined },
  )
}

function expectNear(found: number, value: number | null, what: string): void {
  if (value === null) expect(found, what).toBeNaN()
  else expect(Math.abs(found - value), `${what}: ${found} and ${value}`).toBeLessThanOrEqual(1e-10 * Math.abs(value))
}

/** What a package says of a curve without spread, and why ours is another. */
const OTHER: Readonly<Record<string, string>> = {
  'flat: quantstats varGaussian': 'scipy has no normal distribution without spread: undefined. Ours is the mean',
  'flat: quantstats alpha': 'an undefined one is filled with 0',
  'flat: quantstats beta': 'an undefined one is filled with 0',
  'flat: quantstats informationRatio': 'an undefined one is 0',
  'flat: ffn informationRatio': 'an undefined one is 0',
  'round the clock: backtesting avgDrawdown': 'a drawdown that begins with the last bar is left out',
  'short: backtesting avgDrawdown': 'the same',
  'ruin: quantstats smartSharpe': 'all returns are equal but for rounding: the autocorrelation is that of the rounding',
  'ruin: empyrical downBeta': 'all returns are equal but for rounding: beta is that of the rounding',
  'ruin: quantstats smartSortino':
    'all returns are equal but for rounding: the autocorrelation is that of the rounding',
}

describe.each(curves)('$name', (curve) => {
  it.each([...new Set(curve.figures.map(({ who }) => who))])('%s', (who) => {
    const theirs = curve.figures.filter((figure) => figure.who === who)
    expect(theirs.length).toBeGreaterThan(2)
    for (const { metric, options, value } of theirs) {
      const what = `${metric} ${JSON.stringify(options)}`
      if (`${curve.name}: ${who} ${metric}` in OTHER) continue
      expectNear(curveOf(curve, options).figure(metric), value, what)
    }
  })

  if (curve.rolling)
    it.each(Object.keys(curve.rolling) as RollingFigure[])('rolling %s of quantstats', (figure) => {
      const theirs = curve.rolling?.[figure] ?? []
      const found = curveOf(curve, { benchmark: true }).rolling(figure).values(figure)
      expect(found.length).toBe(theirs.length)
      // Theirs are summed on from window to window, which leaves a rest.
      theirs.forEach((value, i) => {
        if (value === null) expect(found[i]).toBeNaN()
        else expect(Math.abs(found[i] - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)))
      })
    })

  if (curve.worst)
    it('the worst drawdowns of pyfolio', () => {
      const rows = [...curveOf(curve).drawdowns].slice(0, curve.worst?.length)
      expect(rows.length).toBeGreaterThan(3)
      curve.worst?.forEach(({ depth, start, valley, recovery }, i) => {
        const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
        expect(rows[i]).toMatchObject({ start: iso(start), valley: iso(valley), recovery: iso(recovery) })
        expectNear(rows[i].depth as number, depth, `drawdown ${i}`)
      })
    })
})

describe('the normal distribution', () => {
  it.each(normal.cdf)('of mpmath up to %d', (x, value) => {
    expect(Math.abs(getEngine().kernels.normalCdf(x) / value - 1)).toBeLessThanOrEqual(2e-15)
  })

  it.each(normal.quantile)('of scipy at %d', (p, value) => {
    const found = getEngine().kernels.normalQuantile(p)
    expect(Math.abs(found - value)).toBeLessThanOrEqual(2e-15 * Math.abs(value))
  })

  it('at the ends', () => {
    const { normalCdf, normalQuantile } = getEngine().kernels
    const at = [0, 1, -0.1, 1.1, Number.NaN].map(normalQuantile)
    expect(at).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN, Number.NaN, Number.NaN])
    const inf = Number.POSITIVE_INFINITY
    expect([-inf, inf, Number.NaN].map(normalCdf)).toEqual([0, 1, Number.NaN])
  })
})

it('are of the versions that are named', () => {
  const named = { quantstats: '0.0.86', empyrical: '0.7.1', pyfolio: '0.10.1', ffn: '1.4.1', backtesting: '0.6.6' }
  expect(versions).toEqual(named)
})
