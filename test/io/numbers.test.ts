import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimalEnd, parseDecimal } from '../../src/io/decimal.ts'
import { Symbols } from '../../src/io/symbols.ts'
import {
  type DateOrder,
  epochMs,
  epochUnit,
  parseClock,
  parseDate,
  stampEnd,
  stampOffset,
  stampZoned,
} from '../../src/market/stamp.ts'

const encoder = new TextEncoder()

function decimal(text: string): number {
  const value = parseDecimal(encoder.encode(`${text};`), 0, 46)
  return decimalEnd === text.length ? value : Number.NaN
}

function date(text: string, order?: DateOrder): string {
  const bytes = encoder.encode(text)
  const ms = parseDate(bytes, 0, bytes.length, order)
  return Number.isNaN(ms) || stampEnd < bytes.length ? 'none' : new Date(ms).toISOString()
}

describe('decimal numbers', () => {
  it('are correctly rounded: the doubles that the host reads', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: 0, max: 20 }),
        (value, places) => {
          for (const text of [
            String(value),
            value.toExponential(16),
            Math.abs(value) < 1e21 ? value.toFixed(places) : '0',
          ]) {
            expect(decimal(text)).toBe(Number(text))
          }
        },
      ),
      { numRuns: 5000 },
    )
  })

  it('are correctly rounded with any digits', () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 24 })
    fc.assert(
      fc.property(digits, fc.nat({ max: 24 }), fc.boolean(), (all, point, minus) => {
        const at = Math.min(point, all.length)
        const text = `${minus ? '-' : ''}${all.slice(0, at).join('')}.${all.slice(at).join('')}`
        expect(decimal(text)).toBe(Number(text))
      }),
      { numRuns: 20000 },
    )
  })

  it('are correctly rounded in the middle between two doubles and beside it', () => {
    for (const text of [
      '9007199254740993',
      '9007199254740993.0',
      '9007199254740993.00001',
      '9007199254740992.99999',
      '18014398509481990',
      '1.00000000000000011102230246251565',
      '0.500000000000000055511',
      '4503599627370497.5',
    ]) {
      expect(decimal(text)).toBe(Number(text))
    }
  })

  it.each(['', '.', '-', '+', 'e5', '1e', '1e+', '--1', '1 2', '0x10', 'Infinity', 'NaN', '1_000'])(
    'refuse %j',
    (text) => {
      expect(decimal(text)).toBeNaN()
    },
  )

  it('may have another mark', () => {
    expect(parseDecimal(encoder.encode('12,5;'), 0, 44)).toBe(12.5)
  })
})

describe('time stamps', () => {
  it.each([
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2024/2/9', '2024-02-09T00:00:00.000Z'],
    ['2024.02.29', '2024-02-29T00:00:00.000Z'],
    ['20240229', '2024-02-29T00:00:00.000Z'],
    ['1899-12-31', '1899-12-31T00:00:00.000Z'],
    ['1900-02-28', '1900-02-28T00:00:00.000Z'],
    ['2000-02-29', '2000-02-29T00:00:00.000Z'],
    ['2024-02-29T09:30', '2024-02-29T09:30:00.000Z'],
    ['2024-02-29 9:30:05', '2024-02-29T09:30:05.000Z'],
    ['2024-02-29  09:30:05.25', '2024-02-29T09:30:05.250Z'],
    ['2024-02-29T09:30:05.123456Z', '2024-02-29T09:30:05.123Z'],
    ['20240229 093005', '2024-02-29T09:30:05.000Z'],
    ['20240229093005', '2024-02-29T09:30:05.000Z'],
    ['20240229T0930+01', '2024-02-29T08:30:00.000Z'],
    ['2024-02-29T09:30:00+05:30', '2024-02-29T04:00:00.000Z'],
    ['2024-02-29 09:30:00-0500', '2024-02-29T14:30:00.000Z'],
    ['2024-02-29 09:30 UTC', '2024-02-29T09:30:00.000Z'],
  ])('%s', (text, expected) => {
    expect(date(text)).toBe(expected)
  })

  it.each([
    '',
    '2024',
    '2024-13-01',
    '2024-02-30',
    '2023-02-29',
    '1900-02-29',
    '2024-00-10',
    '2024-01-00',
    '2024-01/02',
    '24-01-02',
    '2024-01-02T25:00',
    '2024-01-02T10:60',
    '2024-01-02T10:00:60',
    '2024-01-02T1:2',
    '2024-01-02 10:00 EST',
    '2024-01-02T10:00+25',
    '2024-01-02x',
    '2024-01-',
    '20241301',
    '01/02/2024',
  ])('refuse %j', (text) => {
    expect(date(text)).toBe('none')
  })

  it.each<[string, DateOrder, string]>([
    ['31.01.2024', 'dmy', '2024-01-31T00:00:00.000Z'],
    ['1/2/2024', 'dmy', '2024-02-01T00:00:00.000Z'],
    ['1/2/2024', 'mdy', '2024-01-02T00:00:00.000Z'],
    ['01-02-24', 'mdy', '2024-01-02T00:00:00.000Z'],
    ['01/02/68', 'mdy', '2068-01-02T00:00:00.000Z'],
    ['01/02/69', 'mdy', '1969-01-02T00:00:00.000Z'],
    ['2024-01-02', 'dmy', '2024-01-02T00:00:00.000Z'],
    ['31-Jan-2024', 'ymd', '2024-01-31T00:00:00.000Z'],
    ['31-JAN-24', 'mdy', '2024-01-31T00:00:00.000Z'],
    ['31 January 2024', 'ymd', '2024-01-31T00:00:00.000Z'],
    ['Jan 31, 2024', 'ymd', '2024-01-31T00:00:00.000Z'],
    ['Sept. 30, 2024', 'ymd', '2024-09-30T00:00:00.000Z'],
    ['01.07.2020 00:00:00.000', 'dmy', '2020-07-01T00:00:00.000Z'],
    ['01/02/2024, 9:30 PM', 'mdy', '2024-01-02T21:30:00.000Z'],
    ['2020-09-19 07-AM', 'ymd', '2020-09-19T07:00:00.000Z'],
    ['2020-09-19 12-AM', 'ymd', '2020-09-19T00:00:00.000Z'],
    ['2020-09-19 12:05 p.m.', 'ymd', '2020-09-19T12:05:00.000Z'],
    ['20200101 170000065', 'ymd', '2020-01-01T17:00:00.065Z'],
    ['202001011730', 'ymd', '2020-01-01T17:30:00.000Z'],
    ['01.07.2020 03:00:00.000 GMT+0300', 'dmy', '2020-07-01T00:00:00.000Z'],
  ])('%s as %s', (text, order, expected) => {
    expect(date(text, order)).toBe(expected)
  })

  it.each<[string, DateOrder]>([
    ['31.01.2024', 'mdy'],
    ['31.01.2024', 'ymd'],
    ['13/13/2024', 'dmy'],
    ['1/2-2024', 'dmy'],
    ['1/2/024', 'dmy'],
    ['1//2024', 'dmy'],
    ['Foo 31, 2024', 'mdy'],
    ['Jan Feb 2024', 'mdy'],
    ['31 Jan', 'dmy'],
    ['2024-01-02 13:00 PM', 'ymd'],
    ['2024-01-02 0-AM', 'ymd'],
    ['2024-01-02 7-XM', 'ymd'],
    ['2024-01-02 7', 'ymd'],
  ])('refuse %j as %s', (text, order) => {
    expect(date(text, order)).toBe('none')
  })

  it('say whether they name a zone', () => {
    const zone = (text: string) => [date(text) !== 'none', stampZoned, stampOffset]
    expect(zone('2024-01-02 10:00')[1]).toBe(false)
    expect(zone('2024-01-02')[1]).toBe(false)
    expect(zone('2024-01-02 10:00Z')).toEqual([true, true, 0])
    expect(zone('2024-01-02 10:00 UTC')).toEqual([true, true, 0])
    expect(zone('2024-01-02 10:00-03:30')).toEqual([true, true, -210])
    expect(zone('2024-01-02T10:00:00+0900')).toEqual([true, true, 540])
  })

  it('are read back in any order and notation', () => {
    const two = (n: number) => String(n).padStart(2, '0')
    const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1970-01-01'), max: new Date('2068-12-31'), noInvalidDate: true }),
        fc.constantFrom('.', '/', '-'),
        fc.boolean(),
        (moment, mark, pad) => {
          const minute = new Date(Math.floor(moment.getTime() / 60000) * 60000)
          const [y, m, d] = [minute.getUTCFullYear(), minute.getUTCMonth() + 1, minute.getUTCDate()]
          const part = (n: number) => (pad ? two(n) : String(n))
          const [hour, rest] = [minute.getUTCHours(), two(minute.getUTCMinutes())]
          const half = `${hour % 12 === 0 ? 12 : hour % 12}:${rest} ${hour < 12 ? 'AM' : 'PM'}`
          const expected = minute.toISOString()
          expect(date(`${part(d)}${mark}${part(m)}${mark}${y} ${two(hour)}:${rest}`, 'dmy')).toBe(expected)
          expect(date(`${part(m)}${mark}${part(d)}${mark}${two(y % 100)} ${half}`, 'mdy')).toBe(expected)
          expect(date(`${y}${mark}${part(m)}${mark}${part(d)} ${half}`)).toBe(expected)
          expect(date(`${part(d)}-${months[m - 1]}-${y} ${two(hour)}${rest}`)).toBe(expected)
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('agree with the host on every day', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1800-01-01'), max: new Date('2199-12-31'), noInvalidDate: true }),
        (moment) => {
          expect(date(moment.toISOString())).toBe(moment.toISOString())
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('know the time of day', () => {
    const clock = (text: string) => parseClock(encoder.encode(text), 0, text.length)
    expect([clock('9:05'), clock('0905'), clock('090500'), clock('09:05:00.5')]).toEqual([
      32700000, 32700000, 32700000, 32700500,
    ])
    expect([clock('9'), clock('9:5'), clock('24:00'), clock('x')]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ])
  })

  it('know units by size', () => {
    const now = 1704067200
    expect([now, now * 1e3, now * 1e6, now * 1e9, -630927000].map(epochUnit)).toEqual(['s', 'ms', 'us', 'ns', 's'])
    expect((['s', 'ms', 'us', 'ns'] as const).map((unit, i) => epochMs(now * 1000 ** i, unit))).toEqual(
      [1, 1, 1, 1].map(() => now * 1000),
    )
    expect(epochMs(1704067200000123, 'us')).toBe(1704067200000.123)
  })
})

describe('symbols', () => {
  it('are numbered by first appearance, whatever their number', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 4 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 40 }),
        (words, copies) => {
          const symbols = new Symbols()
          const names: string[] = []
          for (let copy = 0; copy < copies; copy++) {
            for (const word of words) {
              const name = new TextDecoder().decode(encoder.encode(`${word}${copy}`))
              if (!names.includes(name)) names.push(name)
              const bytes = encoder.encode(`<${name}>`)
              expect(symbols.index(bytes, 1, bytes.length - 1)).toBe(names.indexOf(name))
            }
          }
          expect(symbols.names).toEqual(names)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('that are not wanted have no number', () => {
    const symbols = new Symbols(new Set(['B']))
    const index = (name: string) => symbols.index(encoder.encode(name), 0, name.length)
    expect([index('A'), index('B'), index('A'), index('B'), index('C')]).toEqual([-1, 0, -1, 0, -1])
    expect([symbols.names, symbols.seen]).toEqual([['B'], ['A', 'B', 'C']])
  })
})
