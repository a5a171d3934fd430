/** Several runs on one page. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { FillgridError } from '../../src/errors.ts'
import { differenceOf } from '../../src/report/comparetrades.ts'
import { comparison } from '../../src/report/file.ts'
import { columnOf, unpack } from '../../src/report/page/decode.ts'
import { METRICS } from '../../src/results/metrics.ts'
import type { Result } from '../../src/results/result.ts'
import { smaCross } from '../../src/strategies/sma-cross.ts'
import { DAY, market, walk } from '../engine/script.ts'

const bars = market({ A: walk(300, 3), B: walk(300, 4) })
const run = (over = bars, parameters = {}, more = {}) =>
  backtest(over, smaCross, { parameters: { fast: 3, slow: 10, direction: 'both', ...parameters }, ...more })

const words = (page: string) =>
  page
    .replace(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')

/** A trade in words, by what makes it the same. */
function keysOf(result: Result): string[] {
  return [...result.trades].map(({ asset, side, entryTime, exitTime }) => `${asset} ${side} ${entryTime} ${exitTime}`)
}

/** How often each word is there. */
function counted(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

describe('trades of two runs', () => {
  it('are in both or in one alone, each once', () => {
    const lengths = fc.record({ fast: fc.integer({ min: 2, max: 5 }), slow: fc.integer({ min: 6, max: 12 }) })
    const costs = fc.constantFrom(0, 0.001)
    fc.assert(
      fc.property(lengths, lengths, costs, costs, (one, two, a, b) => {
        const [first, second] = [run(bars, one, { commission: a }), run(bars, two, { commission: b })]
        const { both, changed, onlyFirst, onlySecond } = differenceOf(first, second)
        const [keys, others] = [keysOf(first), keysOf(second)]
        for (const [x, y] of both) expect(keys[x]).toBe(others[y])
        const all = [counted(keys), counted(others)]
        const shared = [...all[0]].reduce((sum, [key, n]) => sum + Math.min(n, all[1].get(key) ?? 0), 0)
        expect(both).toHaveLength(shared)
        expect([...both.map(([x]) => x), ...onlyFirst].sort((x, y) => x - y)).toEqual([...keys.keys()])
        expect([...both.map(([, y]) => y), ...onlySecond].sort((x, y) => x - y)).toEqual([...others.keys()])
        const [pnl, other] = [first.trades.values('pnl'), second.trades.values('pnl')]
        expect(changed).toEqual(both.filter(([x, y]) => pnl[x] !== other[y]))
      }),
      { numRuns: 30 },
    )
  })
})

describe('a comparison', () => {
  const first = run()
  const second = run(bars, { slow: 12 }, { commission: 0.001 })
  const page = comparison([
    { name: 'plain', result: first },
    { name: '<b>costs</b>', result: second },
  ])

  it('has every figure of each with their difference, and what differs in the settings', () => {
    const rows = [...page.matchAll(/<tr><th scope="row" class="word">([^<]*)<\/th>(.*?)<\/tr>/g)]
    for (const { label, unit, name } of METRICS) {
      if (unit === 'percent' || name === 'avgTrade') continue
      const row = rows.find(([, head]) => head.replaceAll('&amp;', '&') === label)
      expect(row?.[2].match(/<td/g), label).toHaveLength(3)
    }
    const said = words(page)
    expect(said).toContain('parameter slow 10 12')
    expect(said).toMatch(/commission \{.*?\} \{.*?\}/)
    expect(page).not.toContain('<b>costs')
    expect(said).not.toContain('other bars')
    const { both, changed, onlyFirst, onlySecond } = differenceOf(first, second)
    expect(said).toContain(
      `${both.length} trades in both, ${changed.length} of them with another result, ${onlyFirst.length} in plain alone`,
    )
    expect(onlySecond.length).toBeGreaterThan(0)
  })

  it('draws each as a multiple of what it began with, at the times of all', async () => {
    const later = run(market({ A: walk(90, 3), B: walk(90, 4) }, {}, { from: 250 * DAY }))
    const other = comparison([
      { name: 'a', result: first },
      { name: 'b', result: later },
      { name: 'c', result: first },
    ])
    const script = (id: string) => new RegExp(`id="${id}">([^<]*)</script>`).exec(other)?.[1] ?? ''
    const { columns } = JSON.parse(script('meta'))
    const bytes = await unpack(script('data'))
    expect([...columnOf(bytes, columns.time)]).toEqual(Array.from({ length: 340 }, (_, i) => i * DAY))
    const drawn = columnOf(bytes, columns[1])
    for (let i = 0; i < 340; i++) {
      if (i < 250) expect(drawn[i]).toBeNaN()
      else expect(drawn[i]).toBeCloseTo(later.equity[i - 250] / 100_000, 5)
    }
    const said = words(other)
    expect(said).toContain('b ran on other bars than a: figures differ by the data too.')
    expect(said).toContain('b is over 1970-09-08 to 1970-12-06, a over 1970-01-01 to 1970-10-27.')
    expect(said).toContain('c is the same run as a.')
  })

  it('refuses what it cannot compare', () => {
    const wrong = (runs: unknown) => {
      try {
        comparison(runs as never)
      } catch (error) {
        if (error instanceof FillgridError) return `${error.code} ${error.message}`
      }
      return undefined
    }
    expect(wrong([{ name: 'a', result: first }])).toBe(
      'invalid_value comparison: at least two runs as { name, result } expected, found 1.',
    )
    expect(wrong(undefined)).toMatch(/^invalid_value comparison: /)
    expect(wrong([first, second])).toMatch(/^invalid_value comparison\[0\]\.name: /)
    const twice = [first, second].map((result) => ({ name: 'a', result }))
    expect(wrong(twice)).toMatch(/^invalid_value comparison\[1\]\.name: a name of its own expected, found "a"/)
    expect(
      wrong([
        { name: 'a', result: {} },
        { name: 'b', result: first },
      ]),
    ).toMatch(/^invalid_value result: /)
  })
})
