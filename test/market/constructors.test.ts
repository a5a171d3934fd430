/** Constructors that are not the way to make something say what is. */
import { describe, expect, it } from 'vitest'
import { Calendar } from '../../src/market/calendar.ts'
import { Market } from '../../src/market/market.ts'
import { failure } from '../engine/script.ts'

describe('a constructor called bare', () => {
  const makers: [string, new (...given: unknown[]) => unknown, RegExp][] = [
    ['Market', Market as never, /^market: made by its functions, .* Use Market\.from\(\.\.\.\)/],
    ['Calendar', Calendar as never, /^calendar: a table of hours and days expected, found .* Use calendar\(name\) or /],
  ]
  it.each(makers)('of %s', (_, Made, message) => {
    for (const given of [[], [null], [undefined, null], ['NYSE'], [5]])
      expect(failure(() => new Made(...given))).toMatchObject({
        code: 'invalid_value',
        message: expect.stringMatching(message),
      })
  })
})
