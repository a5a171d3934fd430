import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scenarios } from './arbitrary.ts'
import { EXTRAS, excludes, settingsDraw } from './options.ts'

describe('random settings', () => {
  const names = Object.keys(EXTRAS)

  it('have at most three of the settings that most runs leave alone, and each pair of them often', () => {
    const pairs = new Map<string, number>()
    for (const { extras } of fc.sample(settingsDraw, { numRuns: 40_000, seed: 13 })) {
      const drawn = Object.keys(extras).sort()
      expect(drawn.length).toBeLessThanOrEqual(3)
      drawn.forEach((a, i) => {
        for (const b of drawn.slice(i + 1)) pairs.set(`${a} ${b}`, (pairs.get(`${a} ${b}`) ?? 0) + 1)
      })
    }
    for (const a of names)
      for (const b of names)
        if (a < b) expect([a, b, (pairs.get(`${a} ${b}`) ?? 0) >= 50]).toEqual([a, b, !excludes(a, b)])
  })

  it('meet assets that are traded in something', () => {
    const met = new Map<string, number>()
    for (const { market, settings } of fc.sample(scenarios, { numRuns: 6000, seed: 13 }))
      for (const field of new Set(market.instruments?.flatMap((one) => Object.keys(one ?? {}))))
        for (const name of names)
          if (name in settings) met.set(`${name} ${field}`, (met.get(`${name} ${field}`) ?? 0) + 1)
    for (const name of names)
      for (const field of [
        'multiplier',
        'tickSize',
        'quantityStep',
        'minimumQuantity',
        'minimumNotional',
        'maximumQuantity',
      ])
        expect([name, field, (met.get(`${name} ${field}`) ?? 0) >= 20]).toEqual([name, field, true])
  })
})
