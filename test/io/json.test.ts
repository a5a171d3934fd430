import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { readCsv } from '../../src/io/csv.ts'
import { type JsonOptions, jsonTable, readJson, readJsonContext } from '../../src/io/json.ts'
import { JsonScanner } from '../../src/io/jsonscan.ts'
import type { Market } from '../../src/market/market.ts'

const text = 'timestamp,open,high,low,close,volume\n2024-01-01,10,11,9,10.5,100\n2024-01-02,1,2,0.5,1.5,10\n'
const day = Date.UTC(2024, 0, 1)
const rows = [
  [day, 10, 11, 9, 10.5, 100],
  [day + 86400000, 1, 2, 0.5, 1.5, 10],
]
const names = ['timestamp', 'open', 'high', 'low', 'close', 'volume']

function digest(market: Market): string {
  const out = market.digest()
  market.release()
  return out
}
const expected = digest(readCsv({ bytes: text, symbol: 'A' }))
const read = (value: unknown, options?: JsonOptions) =>
  readJson({ bytes: typeof value === 'string' ? value : JSON.stringify(value), file: 'A.json' }, options)

function refused(value: unknown, options?: JsonOptions): FillgridError {
  try {
    read(value, options).release()
  } catch (error) {
    expect(error).toBeInstanceOf(FillgridError)
    return error as FillgridError
  }
  throw new Error('nothing was refused')
}

describe('JSON', () => {
  const objects = rows.map((row) => Object.fromEntries(row.map((value, i) => [names[i], value])))
  const shapes: [string, unknown, JsonOptions?][] = [
    ['rows as lists, as freqtrade has them', rows],
    ['rows with numbers in quotes', rows.map((row) => row.map(String))],
    [
      'rows as lists with names',
      rows.map(([t, o, h, l, c, v]) => [v, c, l, h, o, t]),
      { columns: [...names].reverse() },
    ],
    [
      'klines of Binance',
      rows.map((row) => [...row.map((v, i) => (i === 0 ? v : String(v))), 0, '0', 0, '0', '0', '0']),
      { signals: false },
    ],
    ['rows as objects', objects],
    ['objects with keys in other orders', [objects[0], Object.fromEntries(Object.entries(objects[1]).reverse())]],
    ['objects with more in them', objects.map((row) => ({ info: { a: [1, { b: '}]"' }] }, note: 'x', ...row }))],
    ['columns', Object.fromEntries(names.map((name, i) => [name, rows.map((row) => row[i])]))],
    ['columns and data', { columns: names, index: [0, 1], data: rows }, { signals: false }],
    ['the same one level deeper', { meta: { a: 1 }, candles: { columns: names, data: rows } }],
    ['dates as text', objects.map((row) => ({ ...row, timestamp: new Date(row.timestamp).toISOString() }))],
    ['dates as digits', objects.map((row, i) => ({ ...row, timestamp: `2024010${i + 1}` }))],
    ['seconds', objects.map((row) => ({ ...row, timestamp: row.timestamp / 1000 }))],
    ['blanks and escapes', JSON.stringify(objects, null, 2).replaceAll('"close"', '"\\u0063lose"')],
  ]
  it.each(shapes)('%s', (_, value, options) => {
    expect(digest(read(value, options))).toBe(expected)
  })

  it('keeps symbols of digits, nulls, and columns that come late', () => {
    const market = read([
      { time: day, code: '005930', close: 5 },
      { time: day, code: '000660', close: 7, extra: 1 },
      { time: day + 1, code: '005930', close: 6, open: null },
    ])
    expect([market.assets, [...market.close], [...market.signals.get('extra')!.values]]).toEqual([
      ['000660', '005930'],
      [7, 5, Number.NaN, 6],
      [1, Number.NaN, Number.NaN, Number.NaN],
    ])
    market.release()
    const context = readJsonContext({ bytes: JSON.stringify({ time: [day], vix: [15.5], name: ['x'] }) })
    expect(context.columns.vix).toEqual(Float64Array.of(15.5))
  })

  it("takes the pair from freqtrade's names, and other names as they are", () => {
    const assets = (file: string) => readJson({ bytes: '[[1,2,3,1,2,10],[2,2,3,1,2,10]]', file }).assets
    expect(assets('data/BTC_USDT-1m.json')).toEqual(['BTC_USDT'])
    expect(assets('ETH_USDT_USDT-1h-futures.json.gz')).toEqual(['ETH_USDT_USDT'])
    expect(assets('EUR-USD-1m.json')).toEqual(['EUR-USD-1m'])
  })

  it('refuses what is no table, saying why', () => {
    expect(refused('[]').message).toContain('at least one row is needed, found none at A.json')
    expect(refused('{}').message).toContain('rows or columns are needed')
    expect(refused('[[1,2,3]]').message).toContain('found 3 at A.json. Name them in order with `columns`.')
    expect(refused('[1,2]').message).toContain('a row that is neither a list nor an object')
    expect(refused(JSON.stringify(rows).slice(0, -1)).message).toContain(
      'a comma or the end of a list is needed at byte',
    )
    expect(refused(`${JSON.stringify(rows)}x`).message).toContain('the end is needed')
    expect(refused('[[1,2,3,4,5,],[]]').message).toContain('a value is needed at byte 12')
    expect(refused([{ time: day, close: null, open: 1 }]).message).toContain('close must be a number, found none')
    expect(refused([{ time: 'soon', close: 1 }]).message).toContain(
      'time must be a time, found "soon" at A.json line 1',
    )
    expect(refused([{ timestamp: 1, price: 5, amount: 3 }]).message).toContain('bars are needed, found trades')
    expect(refused(`[{"a":${'['.repeat(300)}`).message).toContain('less nesting')
    expect(refused(rows, { limit: 300 } as JsonOptions).code).toBe('memory_limit')
    const keys = Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`k${i}`, i]))
    expect(refused([keys]).message).toContain('more than 512 columns')
  })

  it('reads every number as JSON.parse does, and passes over what JSON.parse reads', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 20 }),
        (values) => {
          const [column] = jsonTable(JSON.stringify({ a: values }), 'f').columns
          expect([...column.numbers()]).toEqual(JSON.parse(JSON.stringify(values)))
        },
      ),
    )
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.nat({ max: 3 }), (json, blanks) => {
        const scan = new JsonScanner(new TextEncoder().encode(`${' '.repeat(blanks)}${json}\n`))
        scan.skip()
        scan.end()
      }),
      { numRuns: 300 },
    )
  })
})

const data = new URL('../../../shared/data/', import.meta.url)
describe('real JSON (skipped where the data folder is absent)', () => {
  const path = new URL('crypto_1m_freqtrade/NOPAIR_XXX-4m.json', data)
  it.skipIf(!existsSync(path))('an empty list is refused', () => {
    expect(refused(readFileSync(path, 'utf8')).message).toContain('at least one row is needed, found none')
  })
})
