import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { type CsvOptions, type CsvSource, fileStem, readCsv, tableToCsv } from '../../src/io/csv.ts'
import { CsvParser } from '../../src/io/parser.ts'
import type { Market } from '../../src/market/market.ts'
import { Table } from '../../src/results/table.ts'

const NaN_ = Number.NaN

/** What a reading gives, and the memory back. */
function read(sources: CsvSource | CsvSource[], options?: CsvOptions) {
  const market = readCsv(sources, options)
  const out = contents(market)
  market.release()
  return out
}

function contents(market: Market) {
  return {
    assets: market.assets,
    time: Array.from(market.time, (ms) => new Date(ms).toISOString()),
    open: [...market.open],
    high: [...market.high],
    low: [...market.low],
    close: [...market.close],
    volume: [...market.volume],
    signals: Object.fromEntries([...market.signals].map(([name, { values }]) => [name, [...values]])),
    context: Object.fromEntries([...market.context].map(([name, values]) => [name, [...values]])),
    remarks: market.remarks.map((remark) => remark.code),
    digest: market.digest(),
  }
}

function refused(sources: CsvSource | CsvSource[], options?: CsvOptions): FillgridError {
  try {
    readCsv(sources, options).release()
  } catch (error) {
    expect(error).toBeInstanceOf(FillgridError)
    return error as FillgridError
  }
  throw new Error('nothing was refused')
}

/** Text with the symbol X. */
function x(bytes: string): CsvSource {
  return { bytes, file: 'x.csv', symbol: 'X' }
}

describe('layouts', () => {
  const long = [
    'timestamp,symbol,open,high,low,close,volume',
    '2024-01-01,B,10,11,9,10.5,100',
    '2024-01-01,A,1,2,0.5,1.5,10',
    '2024-01-02,A,1.5,2.5,1,2,20',
    '2024-01-03,B,11,12,10,11.5,300',
  ].join('\n')

  it('reads rows of many symbols, assets by name, on the union of their stamps', () => {
    expect(read(long)).toMatchObject({
      assets: ['A', 'B'],
      time: ['2024-01-01T00:00:00.000Z', '2024-01-02T00:00:00.000Z', '2024-01-03T00:00:00.000Z'],
      open: [1, 10, 1.5, NaN_, NaN_, 11],
      high: [2, 11, 2.5, NaN_, NaN_, 12],
      low: [0.5, 9, 1, NaN_, NaN_, 10],
      close: [1.5, 10.5, 2, NaN_, NaN_, 11.5],
      volume: [10, 100, 20, NaN_, NaN_, 300],
      signals: {},
      remarks: [],
    })
  })

  it('reads one file an asset, named by the stem or the caller, with the same outcome', () => {
    const files = [
      {
        file: 'data/A.csv',
        bytes: 'Date;Open;High;Low;Close;Volume\n2024-01-01;1;2;0.5;1.5;10\n2024-01-02;1.5;2.5;1;2;20\n',
      },
      {
        file: 'q.txt',
        symbol: 'B',
        bytes: 'time\tO\tH\tL\tC\tV\r\n1704067200000\t10\t11\t9\t10.5\t100\r\n1704240000000\t11\t12\t10\t11.5\t300',
      },
    ]
    expect(read(files).digest).toBe(read(long).digest)
    expect(read([...files].reverse()).digest).toBe(read(long).digest)
  })

  it('gives a file with one symbol the name that the caller gives, and not one with two', () => {
    expect(read({ bytes: 'time,symbol,close\n1,A,2', symbol: 'Z' }).assets).toEqual(['Z'])
    expect(refused({ bytes: long, symbol: 'Z' }).message).toContain('found 2 symbols in its rows')
  })

  it('joins parts of a symbol in time, whatever their order, and refuses an overlap', () => {
    const part = (file: string, ...rows: string[]) => ({ file, symbol: 'X', bytes: `time,close\n${rows.join('\n')}` })
    const a = part('a.csv', '2024-01-01,1', '2024-01-02,2')
    const b = part('b.csv', '2024-01-03,3')
    expect(read([b, a]).close).toEqual([1, 2, 3])
    const error = refused([a, part('c.csv', '2024-01-02,9', '2024-01-04,4')])
    expect(error.code).toBe('invalid_market')
    expect(error.message).toContain('parts of one asset must not overlap in time')
    expect(error.place).toMatchObject({ file: 'c.csv', line: 2, asset: 'X' })
    expect(refused([a, part('c.csv', '2023-12-31,9', '2024-01-04,4')], { sort: true }).message).toContain(
      'must not overlap',
    )
  })

  it('knows header words in any letter case and order', () => {
    const expected = { open: [1], high: [4], low: [0.5], close: [2], volume: [7] }
    expect(read(x('CLOSE,Low,high,OPEN,Vol,TimeStamp\n2,0.5,4,1,7,2024-01-01'))).toMatchObject(expected)
    expect(read(x('<DATE>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<TICKVOL>\n20240101,1,4,0.5,2,7'))).toMatchObject(expected)
    expect(read(x('open_time,o,h,l,c,v\n1704067200000,1,4,0.5,2,7'))).toMatchObject(expected)
    expect(
      read('ticker,Date,Open Price,High Price,Low Price,Last,tick_volume\nX,2024-01-01,1,4,0.5,2,7'),
    ).toMatchObject(expected)
    expect(read(x('time,price\n5,2'))).toMatchObject({ open: [2], close: [2], volume: [0], remarks: ['closes_only'] })
  })

  it('joins a date and a time column', () => {
    expect(read(x('Date,Time,Close\n2006-01-02,09:05:30,1\n2006.01.03,9:05,2\n20060104,101500,3')).time).toEqual([
      '2006-01-02T09:05:30.000Z',
      '2006-01-03T09:05:00.000Z',
      '2006-01-04T10:15:00.000Z',
    ])
  })

  it('takes names and roles from the caller', () => {
    const columns = ['time', 'open', 'high', 'low', 'close', 'volume']
    expect(read(x('1704067200,1,4,0.5,2,7'), { columns })).toMatchObject({
      close: [2],
      time: ['2024-01-01T00:00:00.000Z'],
    })
    const split = 'date,close,Adj Close\n2024-01-01,100,50'
    expect(read(x(split), { roles: { close: 'adj_close' } })).toMatchObject({ close: [50], signals: { close: [100] } })
    expect(refused(x(split), { roles: { close: 'Adj Closed' } }).message).toBe(
      'file: column "Adj Closed" for close is not in the header at x.csv line 1. Did you mean Adj Close?',
    )
  })

  it('makes signals of further numeric columns, all, none or those named', () => {
    const text = 'time,symbol,close,rsi,rsi,note,\n1,A,2,30,31,hello,\n1,B,3,,41,,\n2,A,2,nan,32,x,\n'
    expect(read(text)).toMatchObject({
      signals: { rsi: [30, NaN_, NaN_, NaN_], rsi_2: [31, 41, 32, NaN_] },
      remarks: ['columns_left_out', 'closes_only'],
    })
    expect(read(text, { signals: false })).toMatchObject({ signals: {} })
    expect(Object.keys(read(text, { signals: ['rsi_2'] }).signals)).toEqual(['rsi_2'])
    expect(refused(text, { signals: ['rsj'] }).message).toContain('Did you mean rsi')
    expect(refused(text, { signals: ['note'] }).message).toContain('note must hold numbers')
  })

  it('makes context of a second table', () => {
    const context = 'date,vix,open\n2024-01-01,12,1\n2024-01-03,13,2\n2024-01-09,14,3'
    expect(read(long, { context })).toMatchObject({
      context: { vix: [12, NaN_, 13], open: [1, NaN_, 2] },
      remarks: ['context_unmatched'],
    })
    expect(read(long, { context: { bytes: context, file: 'vix.csv' }, carryContext: true }).context).toEqual({
      vix: [12, 12, 13],
      open: [1, 1, 2],
    })
    expect(refused(long, { context: 'date,vix\n2024-01-02,1\n2024-01-01,1' }).message).toContain('time must increase')
  })

  it('reads only what is asked for', () => {
    expect(read(long, { symbols: ['A'] })).toMatchObject({ assets: ['A'], close: [1.5, 2] })
    expect(read(long, { from: '2024-01-02', to: Date.UTC(2024, 0, 3) })).toMatchObject({
      assets: ['A', 'B'],
      close: [2, NaN_],
      remarks: ['asset_without_bars'],
    })
    expect(read([long, { bytes: 'time,symbol,close\n1,C,3', file: 'c.csv' }], { symbols: ['B'] })).toMatchObject({
      assets: ['B'],
      close: [10.5, 11.5],
    })
    expect(refused(long, { symbols: ['a', 'B'] }).message).toBe(
      'market: symbol "a" is in none of 1 file. Did you mean A?',
    )
    expect(refused(long, { from: '2025-01-01' }).code).toBe('invalid_market')
    expect(refused(long, { from: 'soon' }).code).toBe('invalid_value')
  })

  it('turns newest first round, and sorts when told to', () => {
    expect(read(x('time,close\n3,12\n2,11\n1,10'))).toMatchObject({
      close: [10, 11, 12],
      remarks: ['newest_first', 'closes_only'],
    })
    const text = 'time,close\n1,10\n3,12\n2,11\n4,13'
    for (const options of [{ sort: true }, { checks: { order: 'repair' } }] as const) {
      expect(read(x(text), options)).toMatchObject({
        close: [10, 11, 12, 13],
        remarks: ['rows_repaired', 'closes_only'],
      })
    }
    expect(refused(x(text)).message).toBe(
      'market: no row may have a time before that of a row above, found 1, 1970-01-01T00:00:02.000Z at x.csv line 4, asset X. ' +
        "Mend the source, or choose `checks: { order: ... }`: 'repair' (rows are put in order).",
    )
  })

  it('names stems', () => {
    expect(['/data/AAPL.csv.gz', 'C:\\d\\BRK.B.CSV', 'BTC-USD.feather', 'x', 'a/b.d/c.tar'].map(fileStem)).toEqual([
      'AAPL',
      'BRK.B',
      'BTC-USD',
      'x',
      'c.tar',
    ])
  })
})

describe('text', () => {
  const plain = 'time,symbol,close,volume\n2024-01-01,A,1.5,10\n2024-01-02,A,2.5,20\n'
  const same: [string, string][] = [
    ['no line end at the end', plain.trimEnd()],
    ['carriage returns', plain.replaceAll('\n', '\r\n')],
    ['byte order mark', `\uFEFF${plain}`],
    ['semicolons', plain.replaceAll(',', ';')],
    ['semicolons and decimal commas', plain.replaceAll(',', ';').replaceAll('.', ',')],
    ['tabs', plain.replaceAll(',', '\t')],
    ['bars', plain.replaceAll(',', '|')],
    ['quotes', plain.replace(/[^,\n]+/g, '"$&"')],
    ['blanks around fields', plain.replaceAll(',', ' , ')],
    ['quotes with blanks around', plain.replace(/[^,\n]+/g, ' "$&" ')],
    [
      'quotes with blanks within',
      plain
        .replace(/[^,\n]+/g, '" $& "')
        .replaceAll('" A "', 'A')
        .replaceAll(/" (2024-..-..) "/g, '$1'),
    ],
    ['blank lines', `\n  \n${plain.replaceAll('\n', '\n\r\n \n')}`],
    ['fields after the last', plain.replaceAll(/\n(2)/g, ',,\n$1')],
    ['exponents and signs', plain.replace('1.5', '+15e-1').replace('2.5', '0.25E1')],
    [
      'times',
      plain.replaceAll('2024-01-02', '2024-01-02T00:00:00Z').replaceAll('2024-01-01', '2024-01-01T02:00+02:00'),
    ],
    ['seconds', plain.replace('2024-01-01', '1704067200').replace('2024-01-02', '1704153600.0')],
    ['milliseconds', plain.replace('2024-01-01', '1704067200000').replace('2024-01-02', '1704153600000')],
    ['microseconds', plain.replace('2024-01-01', '1704067200000000').replace('2024-01-02', '1704153600000000')],
    ['nanoseconds', plain.replace('2024-01-01', '1704067200000000000').replace('2024-01-02', '1704153600000000000')],
  ]
  it.each(same)('reads %s', (_, text) => {
    expect(read(text).digest).toBe(read(plain).digest)
  })

  it('reads quoted separators, quotes and line ends in symbols', () => {
    expect(read('time,symbol,note,close\n1,"A,B","he said ""x""\nand left",1\n2,"A,B",y,2\n').assets).toEqual(['A,B'])
    expect(refused('time,symbol,note,close\n1,A,"he\nleft",1\n2,A,y,z\n').place.line).toBe(4)
  })

  it('reads the same in pieces of any size', () => {
    const text =
      'time;symbol;close;x;note\n2024-01-01;"A";1,5;3;"a\nb"\n\n2024-01-02;"Ä;B";2,5;;c\n2024-01-03;A;-2,75;7;"""d"""'
    const bytes = new TextEncoder().encode(`${text}${'\n2024-01-04;C;1;1;x'.repeat(1)}`)
    const whole = (size: number) => {
      const parser = new CsvParser('t', {}, {}, 'bars')
      for (let at = 0; at < bytes.length; at += size) parser.push(bytes.subarray(at, at + size))
      const { time, prices, signals, names, asset, line } = parser.finish()
      return [[...time], [...prices.get('close')!], [...signals.get('x')!], names, [...asset!], [0, 1, 2, 3].map(line)]
    }
    const expected = whole(1e9)
    expect(expected[1]).toEqual([1.5, 2.5, -2.75, 1])
    expect(expected[5]).toEqual([2, 5, 6, 7])
    for (const size of [1, 2, 3, 7, 20, 50]) expect(whole(size)).toEqual(expected)
  })

  it('reads the same in pieces when the text is longer than its head', () => {
    const rows = Array.from(
      { length: 9000 },
      (_, i) => `${1700000000 + i * 60},S${i % 3},${(i % 100) + 0.25},"note\n${i}"`,
    )
    const bytes = new TextEncoder().encode(`time,symbol,close,note\n${rows.join('\n')}`)
    const whole = (size: number) => {
      const parser = new CsvParser('t', {}, {}, 'bars', bytes.length)
      for (let at = 0; at < bytes.length; at += size) parser.push(bytes.subarray(at, at + size))
      const table = parser.finish()
      return [[...table.time], [...table.prices.get('close')!], [...table.asset!], table.line(8999)]
    }
    const expected = whole(1e9)
    expect((expected[0] as number[]).length).toBe(9000)
    expect(expected[3]).toBe(2 + 8999 * 2)
    for (const size of [1000, 65536, 100001]) expect(whole(size)).toEqual(expected)
  })
})

describe('what is refused', () => {
  const cases: [string, string, string, object][] = [
    ['nothing', '', 'found nothing at x.csv', { file: 'x.csv' }],
    ['blank lines', '\n \n', 'found nothing', {}],
    ['only a header', 'time,close\n', 'found only a header at x.csv line 1', { line: 1 }],
    ['another format', '{ "a": 1 }', 'found the answer of a data service that had none: "a: 1"', { line: 1 }],
    ['a web page', '<!DOCTYPE html>\n<title>Sign in</title>', 'found a web page ("Sign in")', {}],
    ['no header', '2024-01-01,1,2,3,4,5\n', 'The file seems to have no header: name its columns', {}],
    ['no close', 'time,open\n1,2', 'a column for close is needed, found "time, open"', {}],
    ['binary', 'time,close\n\0\0', 'found a zero byte at offset 11', {}],
    [
      'word for a number',
      'time,close\n1,2\n2,abc\n',
      'close must be a number, found "abc" at x.csv line 3, column close',
      { line: 3, column: 'close' },
    ],
    ['word after a number', 'time,close\n1,2\n2,3x\n', 'found "3x" at x.csv line 3', {}],
    ['two points', 'time,close\n1,2.5.1\n', 'found "2.5.1"', {}],
    ['missing close', 'time,open,close\n1,2,3\n2,2,\n', 'close must be a number, found "" at x.csv line 3', {}],
    ['only rows without prices', 'time,close\n1,null\n', 'found only 1 row with no price at all in x.csv', { line: 2 }],
    [
      'word in a signal',
      'time,close,s\n1,2,3\n2,2,oh\n',
      's must be a number, found "oh" at x.csv line 3, column s',
      {},
    ],
    [
      'too few fields',
      'time,close,volume\n1,2,3\n2,3\n',
      'a row must have 3 fields like the header, found 2 at x.csv line 3',
      { line: 3 },
    ],
    [
      'too many fields',
      'time,close\n1,2\n\n2,3,4\n',
      'a row must have 2 fields like the header, found 3 at x.csv line 4',
      {},
    ],
    ['open quote', 'time,close,n\n1,2,"x\n2,3,y\n', 'a quote must be closed', {}],
    ['day that is none', 'time,close\n2023-02-29,2\n', 'found "2023-02-29" at x.csv line 2, column time', {}],
    [
      'hour that is none',
      'time,close\n2024-01-01,1\n2024-01-01 24:00,2\n',
      'time must be a date and time, found "2024-01-01 24:00"',
      {},
    ],
    [
      'unknown date',
      'time,close\n01/02/2024,2\n',
      'the order of day and month must be certain, found "01/02/2024" and no day after the 12th',
      {},
    ],
    ['word after a date', 'time,close\n2024-01-01,1\n2024-01-02 EST,2\n', 'found "2024-01-02 EST" at x.csv line 3', {}],
    [
      'unit that changes',
      'time,close\n1704067200000,1\n1704067200000001,2\n',
      'time seems to change from ms to us, found 1704067200000001 at x.csv line 3',
      {},
    ],
    [
      'duplicate',
      'time,close\n1,1\n2,1\n2,1.5\n',
      'no row may have the time of another row and other values, found 1, 1970-01-01T00:00:02.000Z at x.csv line 4',
      { line: 4, asset: 'X' },
    ],
    [
      'high below low',
      'time,high,low,close\n1,4,2,3\n2,2,4,3\n',
      'no row may have a high below the low, found 1, high 2 and low 4 at x.csv line 3, asset X',
      { line: 3, asset: 'X' },
    ],
    [
      'negative price',
      'time,close\n1,4\n\n2,-4\n',
      'no row may have a price that is zero or negative, found 1, -4 at x.csv line 4',
      { line: 4 },
    ],
    ['too large a number', 'time,close\n1,4e999\n', 'close must be finite, found Infinity at x.csv line 2', {}],
    [
      'negative volume',
      'time,close,volume\n1,4,-1\n',
      'no row may have a volume below zero, found 1, volume -1 at x.csv line 2',
      {},
    ],
  ]
  it.each(cases)('%s', (_, text, part, place) => {
    const error = refused(x(text))
    expect(['invalid_file', 'ambiguous_file', 'invalid_market']).toContain(error.code)
    expect(error.message).toContain(part)
    expect(error.place).toMatchObject(place)
  })

  it('symbols that are missing, or nowhere said', () => {
    expect(refused('time,symbol,close\n1,A,2\n2,,2\n').message).toContain('symbol must be a name, found "" at line 3')
    expect(refused('time,close\n1,2').message).toContain('Pass `{ bytes, symbol }`')
    expect(refused(7 as unknown as string).code).toBe('invalid_value')
    expect(refused(new Uint8Array([0xff, 0xfe, 65, 0])).message).toContain('a column for time is needed, found "A"')
    expect(refused(x('a,b\n1,2'), { separator: ';;' }).code).toBe('invalid_value')
  })

  it('never crashes on changed bytes, and never needs more than it was given', () => {
    const base = new TextEncoder().encode(
      'time,symbol,close,volume\n2024-01-01,A,1.5,10\n2024-01-02,"A",2.5,20\n2024-01-01,B,7,\n',
    )
    const change = fc.record({
      at: fc.nat({ max: base.length - 1 }),
      byte: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(10, 13, 34, 44, 45, 46, 48, 59)),
    })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), fc.nat({ max: base.length }), (changes, cut) => {
        const bytes = base.slice(0, base.length - (cut % 7))
        for (const { at, byte } of changes) if (at < bytes.length) bytes[at] = byte
        try {
          const market = readCsv(bytes, { symbols: undefined })
          expect(market.bars * market.assetCount).toBeLessThan(20)
          market.release()
        } catch (error) {
          expect(error).toBeInstanceOf(FillgridError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('order of rows', () => {
  it('does not matter with sort, and what is written reads back', () => {
    const price = fc.double({ min: 1e-6, max: 1e9, noNaN: true, noDefaultInfinity: true })
    const row = fc.record({
      symbol: fc.constantFrom('A', 'B', 'CC'),
      minute: fc.integer({ min: 0, max: 30 }),
      close: price,
      volume: fc.nat(),
    })
    const rows = fc.uniqueArray(row, { minLength: 1, maxLength: 40, selector: (r) => `${r.symbol} ${r.minute}` })
    fc.assert(
      fc.property(rows, fc.infiniteStream(fc.nat()), (list, random) => {
        const text = (order: typeof list) =>
          `time,symbol,close,volume\n${order.map((r) => `${new Date(r.minute * 60000).toISOString()},${r.symbol},${r.close},${r.volume}`).join('\n')}`
        const shuffled = [...list].map((r) => ({ r, at: random.next().value as number })).sort((a, b) => a.at - b.at)
        const one = read(text([...list].sort((a, b) => a.minute - b.minute)))
        const two = read(text(shuffled.map(({ r }) => r)), { sort: true })
        expect(two.digest).toBe(one.digest)
        const times = [...new Set(list.map((r) => r.minute))].sort((a, b) => a - b)
        expect(one.time).toEqual(times.map((minute) => new Date(minute * 60000).toISOString()))
        const cells = times.flatMap((minute) =>
          one.assets.map((symbol) => list.find((r) => r.symbol === symbol && r.minute === minute)?.close ?? NaN_),
        )
        expect(one.close).toEqual(cells)
      }),
      { numRuns: 200 },
    )
  })
})

describe('writing', () => {
  it('writes tables as text', () => {
    const table = new Table(
      [
        { name: 'entryTime', field: 'entry_time', kind: 'time', unit: '', doc: '' },
        { name: 'asset', field: 'asset', kind: 'asset', unit: '', doc: '' },
        { name: 'pnl', field: 'pnl', kind: 'f64', unit: 'currency', doc: '' },
        { name: 'tag', field: 'tag', kind: 'label', labels: ['', 'a "b", c'], unit: '', doc: '' },
        { name: 'open', field: 'open', kind: 'bool', unit: '', doc: '' },
      ],
      new Map<string, Float64Array | Int32Array>([
        ['entryTime', Float64Array.of(0, NaN_)],
        ['asset', Int32Array.of(1, 0)],
        ['pnl', Float64Array.of(0.1, NaN_)],
        ['tag', Int32Array.of(1, 0)],
        ['open', Int32Array.of(1, 0)],
      ]),
      ['A', 'B'],
    )
    expect(tableToCsv(table)).toBe(
      'entry_time,asset,pnl,tag,open\n1970-01-01T00:00:00.000Z,B,0.1,"a ""b"", c",true\n,A,,,false\n',
    )
  })
})
