import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { type CsvOptions, type CsvSource, readCsv, readText, TextReader } from '../../src/io/csv.ts'
import { detect } from '../../src/io/detect.ts'
import { DIALECTS } from '../../src/io/dialects/catalogue.ts'
import type { DialectSpec } from '../../src/io/dialects/spec.ts'
import { CHECKS } from '../../src/market/checks.ts'
import { SAMPLES } from './samples.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)

/** What a text is found to be and gives. */
function open(source: CsvSource, options: CsvOptions = {}) {
  const { detection, table } = readText(source, options)
  const market = readCsv(source, options)
  const out = {
    dialect: detection.spec.name,
    symbol: market.assets[0],
    first: market.barTime(0),
    bar: [market.open[0], market.high[0], market.low[0], market.close[0], market.volume[0]],
    bars: market.bars,
    record: table.record!,
    remarks: market.remarks.map(({ code }) => code),
    provenance: market.provenance!,
    times: Array.from(market.time, (ms) => new Date(ms).toISOString()),
    closes: [...market.close],
  }
  market.release()
  return out
}

function refused(source: CsvSource, options: CsvOptions = {}): FillgridError {
  try {
    readCsv(source, options).release()
  } catch (error) {
    expect(error).toBeInstanceOf(FillgridError)
    return error as FillgridError
  }
  throw new Error('nothing was refused')
}

describe('the table of dialects', () => {
  it.each(SAMPLES.map((sample, i) => [`${sample.dialect} (${sample.file}, ${i})`, sample] as const))(
    '%s',
    (_, sample) => {
      const { file, text: bytes, options, ...expected } = sample
      expect(open({ bytes, file }, options)).toMatchObject(expected)
    },
  )

  it('has a sample of every dialect of bars that is found by signs', () => {
    const sampled = new Set(SAMPLES.map(({ dialect }) => dialect))
    const missing = DIALECTS.filter(({ name, signs, kind = 'bars' }) => signs && kind === 'bars' && !sampled.has(name))
    expect(missing.map(({ name }) => name)).toEqual([])
  })

  it('is data: every description survives JSON, names are unlike, patterns are patterns', () => {
    for (const spec of DIALECTS) {
      expect(JSON.parse(JSON.stringify(spec))).toEqual(JSON.parse(JSON.stringify({ ...spec })))
      const functions = JSON.stringify(spec, (_, value) => (typeof value === 'function' ? 'function!' : value))
      expect(functions).not.toContain('function!')
      expect(spec.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      for (const pattern of [spec.symbol, spec.day]) if (pattern) expect(() => new RegExp(pattern)).not.toThrow()
    }
    expect(new Set(DIALECTS.map(({ name }) => name)).size).toBe(DIALECTS.length)
  })

  it('reads a description through JSON like the description', () => {
    for (const { file, text: bytes, dialect } of SAMPLES) {
      const spec = JSON.parse(JSON.stringify(DIALECTS.find(({ name }) => name === dialect))) as DialectSpec
      expect(open({ bytes, file }, { dialect: spec }).closes).toEqual(open({ bytes, file }).closes)
    }
  })

  it('each sample is of its dialect when that is named, too', () => {
    for (const { file, text: bytes, dialect, ...expected } of SAMPLES) {
      const { options: _, ...rest } = expected
      expect(open({ bytes, file }, { dialect })).toMatchObject(rest)
    }
  })
})

describe('what is no table of bars', () => {
  const cases: [string, string, string, string][] = [
    ['trades', 'x.csv', '1315922016,5.8,1.0\n1315922024,5.83,3.0\n', 'found trades (Trades: unix seconds'],
    [
      'named trades',
      'x.csv',
      'timestamp,price,amount\n1315922016,5.8,1.0\n',
      'found trades (Trades: time, price, size)',
    ],
    [
      'quotes',
      'x.csv',
      'timestamp,bid,ask\n2013-01-01 22:00:00,86.655,86.728\n',
      'found quotes (Quotes: time, bid, ask)',
    ],
    ['ticks of HistData', 'x.csv', '20200101 170000065,1.1212,1.12172,0\n', 'found quotes (HistData.com quotes)'],
    ['ticks of LEAN', '20131007_spy.csv', '14400464,1674100,100,P,20002000,0\n', 'found trades (LEAN trades'],
    ['quotes of LEAN', '20140507_x.csv', '7135,1.39286,1.39298\n', 'found quotes (LEAN quotes'],
    [
      'trades of Binance',
      'x.csv',
      'id,price,qty,quote_qty,time,is_buyer_maker\n1,5,1,5,1704153600000,true\n',
      'found trades (Binance',
    ],
    [
      'factors',
      'aapl.csv',
      '19980102,0.8613657,0.00892857,1\n20000620,0.8613657,0.00892857,101\n',
      'found factors (LEAN factor file)',
    ],
    [
      'an error',
      'x.csv',
      '{\n    "Error Message": "Invalid API call."\n}',
      'had none: "Error Message: Invalid API call."',
    ],
    [
      'a limit',
      'x.csv',
      '{"Note": "Thank you for using Alpha Vantage! Our standard API call frequency is 5"}',
      'Thank you for using Alpha Vantage!',
    ],
    ['JSON', 'x.csv', '[[1,2,3,4,5,6]]', 'found JSON'],
  ]
  it.each(cases)('%s', (_, file, bytes, part) => {
    const error = refused({ bytes, file, symbol: 'X' })
    expect([error.code, error.message]).toEqual(['invalid_file', expect.stringContaining(part)])
  })
})

describe('what is not certain', () => {
  it('two dialects that fit equally and read differently are both named', () => {
    const twins = ['first', 'second'].map(
      (name, i): DialectSpec => ({
        name,
        title: `${name} of two`,
        source: 'a test',
        signs: { header: [['when', 'last']] },
        roles: { time: ['when'], close: ['last'] },
        timezone: i === 0 ? 'UTC' : 'Asia/Tokyo',
      }),
    )
    const list = DIALECTS as DialectSpec[]
    list.push(...twins)
    try {
      const text = { bytes: 'when,last\n2024-01-02 10:00,5\n', file: 'x.csv' }
      const error = refused(text)
      expect(error.code).toBe('ambiguous_file')
      expect(error.message).toContain(
        'found first (first of two) and second (second of two) equally likely at x.csv. Choose with `dialect`',
      )
      expect(open(text, { dialect: 'second' }).first).toBe('2024-01-02T01:00:00.000Z')
      // Alike in what they read, either will do.
      twins[1].timezone = 'UTC'
      expect(open(text).first).toBe('2024-01-02T10:00:00.000Z')
    } finally {
      list.splice(list.indexOf(twins[0]), 2)
    }
  })

  const dates = (...days: string[]) => ({
    bytes: `date,close\n${days.map((day, i) => `${day},${i + 1}`).join('\n')}`,
    file: 'x.csv',
  })
  it('the order of day and month is told by a day after the 12th, or asked for', () => {
    expect(open(dates('01/02/2024', '13/02/2024')).times).toEqual([
      '2024-02-01T00:00:00.000Z',
      '2024-02-13T00:00:00.000Z',
    ])
    expect(open(dates('1/2/2024', '1/13/2024')).times).toEqual(['2024-01-02T00:00:00.000Z', '2024-01-13T00:00:00.000Z'])
    expect(open(dates('01/02/24', '01/13/24')).times[1]).toBe('2024-01-13T00:00:00.000Z')
    expect(open(dates('01.02.2024', '02.02.2024')).times[0]).toBe('2024-02-01T00:00:00.000Z')
    const error = refused(dates('01/02/2024', '02/02/2024'))
    expect(error.code).toBe('ambiguous_file')
    expect(error.message).toContain("Choose with `dateOrder: 'dmy'` (day first) or `'mdy'` (month first)")
    expect(open(dates('01/02/2024', '02/02/2024'), { dateOrder: 'mdy' }).times[0]).toBe('2024-01-02T00:00:00.000Z')
    expect(refused(dates('01/13/2024', '13/01/2024')).message).toContain('must be a date and time')
  })

  it('commas in numbers are decimal marks or thousands, or asked for', () => {
    const prices = (...closes: string[]) => ({
      bytes: `time;close\n${closes.map((close, i) => `${i + 1};${close}`).join('\n')}`,
      file: 'x.csv',
    })
    expect(open(prices('1,5', '2,25')).closes).toEqual([1.5, 2.25])
    expect(open(prices('1.234,5', '999')).closes).toEqual([1234.5, 999])
    expect(open(prices('1,234.5', '1,999')).closes).toEqual([1234.5, 1999])
    expect(open(prices('1,234,567', '2')).closes).toEqual([1234567, 2])
    expect(open(prices('1,234', '950')).closes).toEqual([1234, 950])
    expect(open(prices('1,234', '1950')).closes).toEqual([1.234, 1950])
    expect(open(prices("1'234.5", '2')).closes).toEqual([1234.5, 2])
    expect(open(prices('0,125', '0,250')).closes).toEqual([0.125, 0.25])
    const error = refused(prices('1,234', '2,345'))
    expect([error.code, error.message]).toEqual([
      'ambiguous_file',
      expect.stringContaining("Choose with `decimal: ','` or `decimal: '.'`"),
    ])
    expect(open(prices('1,234', '2,345'), { decimal: '.' }).closes).toEqual([1234, 2345])
    expect(open(prices('1,234', '2,345'), { decimal: ',' }).closes).toEqual([1.234, 2.345])
  })

  it('letters stand for thousands in volumes, not in prices', () => {
    const row = (close: string, volume: string) => ({ bytes: `time,close,volume\n1,${close},${volume}`, file: 'x.csv' })
    expect(open(row('5', '31.77M')).bar[4]).toBe(31770000)
    expect(open(row('5', '1.5k')).bar[4]).toBe(1500)
    expect(refused(row('5M', '1')).message).toContain('close must be a number, found "5M"')
    expect(refused(row('5', '1.5x')).message).toContain('volume must be a number, found "1.5x"')
  })

  it('bars without header whose prices fit no order are not guessed', () => {
    expect(refused({ bytes: '2024-01-01,1,2,3,4,5\n', file: 'x.csv' }).message).toContain(
      'name its columns in order with `columns`',
    )
    const columns = ['time', 'low', 'open', 'close', 'high', 'volume']
    expect(open({ bytes: '2024-01-01,1,2,3,4,5\n', file: 'x.csv' }, { columns }).bar).toEqual([2, 4, 1, 3, 5])
  })
})

describe('text', () => {
  const table =
    'Datum;Zeit;Open;High;Low;Close;Name\n2024-01-02;x;1,5;2;1;1,75;Zürich\n2024-01-03;x;1,5;2;1;1,75;Genève\n'
  const expected = open({ bytes: table, file: 'x.csv' }, { roles: { time: 'Datum' } })
  const utf16 = (text: string, little: boolean, mark: boolean) => {
    const units = [...(mark ? '\uFEFF' : ''), ...text].map((c) => c.charCodeAt(0))
    return Uint8Array.from(units.flatMap((unit) => (little ? [unit & 255, unit >> 8] : [unit >> 8, unit & 255])))
  }
  const same: [string, Uint8Array, CsvOptions?][] = [
    ['UTF-16, little, marked', utf16(table, true, true)],
    ['UTF-16, big, marked', utf16(table, false, true)],
    ['UTF-16, little, unmarked', utf16(table, true, false)],
    ['UTF-16, big, unmarked', utf16(table, false, false)],
    ['UTF-8, marked', utf8(`\uFEFF${table}`)],
    ['carriage returns alone', utf8(table.replaceAll('\n', '\r'))],
    ['Latin 1 that is named', Uint8Array.from(table, (c) => c.charCodeAt(0)), { encoding: 'windows-1252' }],
  ]
  it.each(same)('%s', (_, bytes, options) => {
    const found = open({ bytes, file: 'x.csv' }, { roles: { time: 'Datum' }, ...options })
    expect([found.closes, found.times]).toEqual([expected.closes, expected.times])
  })

  it('of an unknown encoding is not guessed', () => {
    const bytes = Uint8Array.from(table, (c) => c.charCodeAt(0))
    expect(refused({ bytes, file: 'x.csv' }).message).toContain(
      'found byte 252 at offset 63 of x.csv. Name it with `encoding`',
    )
    expect(refused({ bytes, file: 'x.csv' }, { encoding: 'klingon' }).code).toBe('invalid_value')
  })

  it('gives the same in pieces of any size in any encoding', () => {
    const stamp = (i: number) => new Date(1704326400000 + i * 60000).toISOString().slice(0, 19)
    const rows = Array.from({ length: 3000 }, (_, i) => `${stamp(i)};x;1,5;2;1;1,75;ß`)
    for (const bytes of [utf16(table + rows.join('\n'), true, true), utf16(table + rows.join('\n'), false, false)]) {
      const whole = readText({ bytes, file: 'x.csv' }, { roles: { time: 'Datum' } }).table
      expect([whole.time.length, whole.record!.encoding]).toEqual([3002, expect.stringMatching(/^utf-16/)])
      for (const size of [1001, 65537]) {
        const reader = new TextReader({ file: 'x.csv', size: 0 }, { roles: { time: 'Datum' } })
        for (let at = 0; at < bytes.length; at += size) reader.push(bytes.slice(at, at + size))
        const { table: pieces } = reader.finish()
        expect([pieces.time, pieces.prices.get('close'), pieces.line(3001)]).toEqual([
          whole.time,
          whole.prices.get('close'),
          3003,
        ])
      }
    }
  })
})

describe('overrides', () => {
  const text = { bytes: '20240102 143100;10;12;9;11;100\n20240102 143200;11;12;10;12;200\n', file: 'x.txt' }
  it('win over what is found', () => {
    expect(open(text).dialect).toBe('ninjatrader')
    expect(open(text, { barTime: 'open' }).first).toBe('2024-01-02T14:31:00.000Z')
    expect(open(text, { timezone: 'America/New_York' }).first).toBe('2024-01-02T19:30:00.000Z')
    expect(open(text, { scale: 0.01 }).bar).toEqual([0.1, 0.12, 0.09, 0.11, 100])
    expect(open(text, { scale: 3 }).bar).toEqual([30, 36, 27, 33, 100])
    expect(open(text, { columns: ['time', 'low', 'high', 'open', 'close', 'x'] }).bar).toEqual([9, 12, 10, 11, 0])
    expect(open(text, { dialect: 'histdata', timezone: 'UTC' }).first).toBe('2024-01-02T14:31:00.000Z')
    expect(open({ ...text, bytes: text.bytes.replaceAll(';', '^') }, { separator: '^' }).closes).toEqual([11, 12])
  })

  it('that are wrong are said to be', () => {
    expect(refused(text, { dialect: 'ninjatraider' }).message).toBe(
      'dialect: "ninjatraider" is not one. Did you mean ninjatrader?',
    )
    expect(refused(text, { timezone: 'Europe/Brelin' }).message).toContain('Did you mean Europe/Berlin')
    expect(refused(text, { scale: 0 }).code).toBe('invalid_value')
    expect(refused({ bytes: '14400000,1,1,1,1,5\n14460000,1,1,1,1,5\n', file: 'spy.csv' }).message).toContain(
      "must be in the file's name (yyyymmdd) or in `day`",
    )
    expect(
      open({ bytes: '14400000,1,1,1,1,5\n14460000,1,1,1,1,5\n', file: 'spy.csv' }, { day: '2013-10-07' }).first,
    ).toBe('2013-10-07T08:00:00.000Z')
  })

  it('by a description that is none are refused', () => {
    const base = { name: 'mine', title: '', source: '' }
    const wrong: [object, string][] = [
      [{}, 'a name or a description is needed'],
      [{ ...base, symbol: '(' }, 'dialect mine: symbol must be a regular expression, found "("'],
      [{ ...base, roles: { price: ['x'] } }, 'roles are time'],
      [{ ...base, roles: { time: 'x' } }, 'roles.time must be a list of words'],
      [{ ...base, columns: [1] }, 'columns must be a list of words'],
      [{ ...base, signs: { row: ['date'] } }, 'shapes are any'],
      [{ ...base, signs: [{ banner: '[' }] }, 'signs.banner must be a regular expression'],
    ]
    for (const [dialect, part] of wrong)
      expect(refused(text, { dialect: dialect as DialectSpec }).message).toContain(part)
  })

  it('are in the record of the source', () => {
    const { record, provenance } = open(text, { timezone: '+02:00', scale: 0.5 })
    expect(record).toMatchObject({
      file: 'x.txt',
      format: 'csv',
      dialect: 'ninjatrader',
      separator: ';',
      decimal: '.',
      columns: { time: 'time', open: 'open', close: 'close' },
      timezone: '+02:00',
      timezoneFrom: 'option',
      barTime: 'close',
      scale: 0.5,
      rows: 2,
    })
    expect(provenance).toMatchObject({ format: 1, sources: [record], checks: [] } as object)
  })

  it('detection lists all that fit, the best first', () => {
    const { fits, spec } = detect(
      utf8('Date,Open,High,Low,Close,Adj Close,Volume\n2024-01-02,1,2,1,2,2,5\n'),
      'x.csv',
      {},
    )
    expect([spec.name, fits.map(({ name }) => name)]).toEqual(['yahoo', ['yahoo', 'generic']])
  })
})

describe('the page on dialects', () => {
  const page = readFileSync(new URL('../../docs/dialects.md', import.meta.url), 'utf8')

  it('names every dialect and has the table of checks as it is', () => {
    expect(DIALECTS.filter(({ name }) => !page.includes(`\`${name}\``)).map(({ name }) => name)).toEqual([])
    const rows = CHECKS.map(({ name, rule, policies, repair, drop, doc }) => {
      const more = [repair && `repair: ${repair}`, drop && `drop: ${drop}`].filter(Boolean).join('; ')
      return `| \`${name}\` | ${rule} | ${policies.join(', ')}${more ? ` (${more})` : ''} | ${doc} |`
    })
    expect(rows.filter((row) => !page.includes(row))).toEqual([])
  })

  it('has an example that works', () => {
    const mine: DialectSpec = {
      name: 'my-broker',
      title: 'My broker, daily statements',
      source: 'files of 2024',
      signs: { header: [['Handelstag', 'Eröffnung', 'Schluss']] },
      roles: { time: ['Handelstag'], open: ['Eröffnung'], close: ['Schluss'], volume: ['Stück*'] },
      timezone: 'Europe/Berlin',
    }
    for (const line of ["signs: { header: [['Handelstag', 'Eröffnung', 'Schluss']] }", "volume: ['Stück*']"])
      expect(page).toContain(line)
    const bytes =
      'Konto 1\nHandelstag;Eröffnung;Schluss;Stückzahl\n02.01.2024 09:00;10,5;11,5;100\n02.01.2024 10:00;11,5;12;200\n'
    expect(open({ bytes, file: 'x.csv' }, { dialect: mine })).toMatchObject({
      dialect: 'my-broker',
      first: '2024-01-02T08:00:00.000Z',
      bar: [10.5, 11.5, 10.5, 11.5, 100],
    })
  })
})
