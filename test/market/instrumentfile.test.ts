/** Files of instruments, CSV and JSON. */
import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { readInstruments } from '../../src/market/instrumentfile.ts'
import { Market } from '../../src/market/market.ts'

function refused(text: string): [string, string, unknown] {
  try {
    Market.from({ assets: ['A', 'B'], time: [0], close: [1, 2] }, { instruments: readInstruments(text, 'dir/i.csv') })
  } catch (error) {
    if (error instanceof FillgridError) return [error.code, error.message, error.place]
    throw error
  }
  throw new Error('nothing was refused')
}

describe('a file of instruments', () => {
  it('is CSV with names of either form, or JSON of either form', () => {
    const expected = { A: { multiplier: 100, tickSize: 0.1 }, B: { quoteCurrency: 'USD' }, 'C, D': { pipSize: 1e-4 } }
    const csv =
      '\uFEFFasset, multiplier,tick_size,pipSize,quote_currency\r\nA,100,0.1,,\r\n\r\nB,,,,USD\n"C, D",,,1e-4,""\n'
    expect(readInstruments(csv)).toEqual(expected)
    expect(readInstruments(JSON.stringify(expected))).toEqual(expected)
    const list = Object.entries(expected).map(([asset, one]) => ({ asset, ...one }))
    expect(readInstruments(JSON.stringify(list))).toEqual(expected)
    expect(readInstruments('{ "A": "common" }')).toEqual({ A: 'common' })
  })

  it.each<[string, string, string, object]>([
    ['', 'invalid_file', 'instruments: a line of names expected, found none in dir/i.csv.', { file: 'dir/i.csv' }],
    ['multiplier\n1', 'invalid_file', 'a column asset expected, found multiplier at dir/i.csv line 1.', { line: 1 }],
    [
      'asset,tick\nA,1',
      'invalid_file',
      'found "tick" at dir/i.csv line 1, column 2. Did you mean tickSize?',
      { line: 1, column: 2 },
    ],
    ['asset,tickSize,tick_size\nA,1,1', 'invalid_file', 'each name once expected, found tickSize twice', { column: 3 }],
    ['asset,multiplier\nA', 'invalid_file', '2 fields expected, found 1 at dir/i.csv line 2.', { line: 2 }],
    [
      'asset,multiplier\nA,1\n\nA,2',
      'invalid_file',
      'each asset once expected, found "A" also at line 2 at dir/i.csv line 4',
      { line: 4, column: 'asset' },
    ],
    ['asset,multiplier\n,1', 'invalid_file', 'the name of an asset expected, found nothing at', { line: 2 }],
    [
      'asset,multiplier\nA,1 0',
      'invalid_file',
      'a number expected, found "1 0" at dir/i.csv line 2, column multiplier, asset A.',
      { line: 2, column: 'multiplier' },
    ],
    [
      'asset,multiplier\nB,1\nA,0',
      'invalid_value',
      'instrument of A.multiplier: a number above 0 expected, found 0 at dir/i.csv line 3, column multiplier, asset A.',
      { line: 3, column: 'multiplier' },
    ],
    [
      'asset,multiplier\nC,1',
      'unknown_name',
      'market: instruments name asset "C", which is not in it at dir/i.csv line 2, asset C. Leave it out.',
      { line: 2 },
    ],
    ['{ "A": ', 'invalid_file', 'instruments: JSON expected, found', { file: 'dir/i.csv' }],
    ['[{ "multiplier": 1 }]', 'invalid_file', 'the name of an asset expected, found undefined in entry 0', {}],
    ['[{ "asset": "A" }, { "asset": "A" }]', 'invalid_file', 'each asset once expected, found "A" twice', {}],
    [
      '{ "A": { "tickSize": -1 } }',
      'invalid_value',
      'a number of 0 or more expected, found -1 at dir/i.csv, column tickSize, asset A.',
      { column: 'tickSize' },
    ],
  ])('%j is refused', (text, code, message, place) => {
    const [found, words, at] = refused(text)
    expect(words).toContain(message)
    expect(found).toBe(code)
    expect(at).toMatchObject(place)
  })
})
