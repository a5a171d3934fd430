import * as arrow from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import {
  type ArrowFile,
  type ArrowOptions,
  arrowTable,
  equityToArrow,
  fromArrow,
  readArrow,
  tableToArrow,
  toArrow,
} from '../../src/io/arrow.ts'
import { readCsv } from '../../src/io/csv.ts'
import { lz4Decompress } from '../../src/io/lz4.ts'
import type { Market } from '../../src/market/market.ts'
import { Table } from '../../src/results/table.ts'

const NaN_ = Number.NaN

function digest(market: Market): string {
  const out = market.digest()
  market.release()
  return out
}

function bytes(columns: Record<string, arrow.Vector>, kind: 'file' | 'stream' = 'file'): Uint8Array {
  return arrow.tableToIPC(new arrow.Table(columns), kind)
}

function refused(work: () => Market): FillgridError {
  try {
    work().release()
  } catch (error) {
    expect(error).toBeInstanceOf(FillgridError)
    return error as FillgridError
  }
  throw new Error('nothing was refused')
}

const text = [
  'timestamp,symbol,open,high,low,close,volume',
  '2024-01-01,B,10,11,9,10.5,100',
  '2024-01-01,A,1,2,0.5,1.5,10',
  '2024-01-02,A,,,,2,20',
].join('\n')
const day = Date.UTC(2024, 0, 1)
const ms = [day, day, day + 86400000]
const columns = {
  symbol: arrow.vectorFromArray(['B', 'A', 'A'], new arrow.Utf8()),
  open: arrow.vectorFromArray([10, 1, null], new arrow.Float64()),
  high: arrow.vectorFromArray([11, 2, null], new arrow.Float32()),
  low: arrow.vectorFromArray([9, 0.5, null], new arrow.Float64()),
  close: arrow.vectorFromArray([10.5, 1.5, 2], new arrow.Float64()),
  volume: arrow.vectorFromArray([100, 10, 20], new arrow.Int32()),
}

describe('reading', () => {
  const times: [string, arrow.Vector][] = [
    [
      'milliseconds',
      arrow.makeVector(
        arrow.makeData({
          type: new arrow.Timestamp(arrow.TimeUnit.MILLISECOND, 'UTC'),
          data: BigInt64Array.from(ms, BigInt),
        }),
      ),
    ],
    [
      'seconds',
      arrow.makeVector(
        arrow.makeData({
          type: new arrow.Timestamp(arrow.TimeUnit.SECOND),
          data: BigInt64Array.from(ms, (t) => BigInt(t / 1000)),
        }),
      ),
    ],
    [
      'microseconds',
      arrow.makeVector(
        arrow.makeData({
          type: new arrow.Timestamp(arrow.TimeUnit.MICROSECOND),
          data: BigInt64Array.from(ms, (t) => BigInt(t) * 1000n),
        }),
      ),
    ],
    [
      'nanoseconds',
      arrow.makeVector(
        arrow.makeData({
          type: new arrow.Timestamp(arrow.TimeUnit.NANOSECOND),
          data: BigInt64Array.from(ms, (t) => BigInt(t) * 1000000n),
        }),
      ),
    ],
    [
      'days',
      arrow.makeVector(arrow.makeData({ type: new arrow.DateDay(), data: Int32Array.from(ms, (t) => t / 86400000) })),
    ],
    [
      'dates in milliseconds',
      arrow.makeVector(arrow.makeData({ type: new arrow.DateMillisecond(), data: BigInt64Array.from(ms, BigInt) })),
    ],
    ['whole numbers', arrow.makeVector(BigInt64Array.from(ms, BigInt))],
    ['numbers', arrow.makeVector(Float64Array.from(ms, (t) => t / 1000))],
    [
      'text',
      arrow.vectorFromArray(
        ms.map((t) => new Date(t).toISOString()),
        new arrow.Utf8(),
      ),
    ],
  ]
  it.each(times)('takes stamps as %s and gives what CSV gives', (_, timestamp) => {
    expect(digest(readArrow({ bytes: bytes({ timestamp, ...columns }) }))).toBe(digest(readCsv(text)))
  })

  const timestamp = times[0][1]
  it('takes dictionaries, streams, several batches and choices', () => {
    const expected = digest(readCsv(text))
    const symbol = arrow.vectorFromArray(['B', 'A', 'A'], new arrow.Dictionary(new arrow.Utf8(), new arrow.Int8()))
    expect(digest(readArrow({ bytes: bytes({ timestamp, ...columns, symbol }, 'stream') }))).toBe(expected)
    const table = new arrow.Table({ timestamp, ...columns, symbol })
    const parts = arrow.tableToIPC(new arrow.Table([...table.slice(0, 1).batches, ...table.slice(1).batches]), 'file')
    expect(digest(readArrow({ bytes: parts }))).toBe(expected)
    const chosen: ArrowOptions = { symbols: ['A'], from: '2024-01-02' }
    expect(digest(readArrow({ bytes: parts }, chosen))).toBe(digest(readCsv(text, chosen as object)))
    expect(digest(readArrow({ bytes: parts }, { symbols: ['B'] }))).toBe(digest(readCsv(text, { symbols: ['B'] })))
  })

  it('takes tables of the package in memory, and says where they belong', async () => {
    const symbol = arrow.vectorFromArray(['B', 'A', 'A'], new arrow.Dictionary(new arrow.Utf8(), new arrow.Int8()))
    const table = new arrow.Table({ timestamp, ...columns, symbol })
    const expected = digest(readCsv(text))
    for (const given of [table, { table }, [table.slice(0, 2), { table: table.slice(2) }]])
      expect(digest(await fromArrow(given))).toBe(expected)
    const one = new arrow.Table({ timestamp: timestamp.slice(1), ...columns })
      .select(['timestamp', 'close'])
      .slice(0, 2)
    const named = await fromArrow({ table: one, symbol: 'X' }, { symbols: ['X'] })
    expect(named.assets).toEqual(['X'])
    named.release()
    expect(refused(() => readArrow(table as never)).message).toMatch(/a table in memory. Give it to `fromArrow`/)
    for (const wrong of [null, 'x.arrow', { file: 'x' }, undefined])
      expect(refused(() => readArrow([wrong] as never)).code).toBe('invalid_value')
    for (const wrong of [null, { bytes: new Uint8Array(3) }, { table: 5 }])
      await expect(fromArrow(wrong as never)).rejects.toMatchObject({ code: 'invalid_value' })
  })

  it('takes signals, context and one table an asset', () => {
    const one: ArrowFile = {
      file: 'X.feather',
      bytes: bytes({
        timestamp: timestamp.slice(1),
        close: columns.close.slice(1),
        flag: arrow.vectorFromArray([true, null]),
        note: arrow.vectorFromArray(['a', 'b']),
      }),
    }
    const context: ArrowFile = { bytes: bytes({ time: timestamp.slice(1), vix: columns.open.slice(1) }) }
    const market = readArrow(one, { context })
    expect(market.assets).toEqual(['X'])
    expect([...market.signals.get('flag')!.values]).toEqual([1, NaN_])
    expect([...market.context.get('vix')!]).toEqual([1, NaN_])
    expect(market.remarks.map((remark) => remark.code)).toEqual(['columns_left_out', 'closes_only'])
    market.release()
  })

  it('refuses what is no market, saying where', () => {
    const file = 'f.arrow'
    const read = (change: Record<string, arrow.Vector>) =>
      refused(() => readArrow({ file, bytes: bytes({ timestamp, ...columns, ...change }) })).message
    expect(refused(() => readArrow({ file, bytes: new Uint8Array(0) })).message).toContain(
      'found an empty file at f.arrow',
    )
    expect(refused(() => readArrow({ file, bytes: bytes({ timestamp, ...columns }).slice(0, 300) })).code).toBe(
      'invalid_file',
    )
    expect(refused(() => readArrow({ file, bytes: bytes(columns) })).message).toContain('a column for time is needed')
    expect(read({ close: arrow.vectorFromArray([1, null, 2], new arrow.Float64()) })).toContain(
      'close must be a number, found none at f.arrow line 2',
    )
    expect(read({ close: arrow.vectorFromArray(['a', 'b', 'c'], new arrow.Utf8()) })).toContain(
      'close must hold numbers, found Utf8',
    )
    expect(read({ symbol: arrow.vectorFromArray(['B', null, 'A'], new arrow.Utf8()) })).toContain(
      'symbol must be a name, found null at f.arrow line 2',
    )
    expect(read({ timestamp: arrow.vectorFromArray(['x', 'y', 'z'], new arrow.Utf8()) })).toContain(
      'timestamp must be a time, found "x" at f.arrow line 1',
    )
    expect(read({ timestamp: arrow.makeVector(Float64Array.of(1e9, 1e12, 1e12)) })).toContain(
      'seems to change from s to ms',
    )
    expect(read({ high: arrow.vectorFromArray([1, 2, null], new arrow.Float64()) })).toContain(
      'found 1, high 1 and low 9 at f.arrow line 1, asset B',
    )
  })
})

describe('lz4', () => {
  // 'abcabcabcabcabc' + 'x': literals abc, a copy of 12 from 3 back, the literal x; from the format's description.
  const block = [0x38, 0x61, 0x62, 0x63, 3, 0, 0x10, 0x78]
  const frame = (flags: number, ...rest: number[]) => Uint8Array.from([4, 0x22, 0x4d, 0x18, flags, 0x40, 0, ...rest])
  const whole = frame(0x60, block.length, 0, 0, 0, ...block, 0, 0, 0, 0)

  it('decompresses copies that overlap, plain blocks and frames one after the other', () => {
    expect(new TextDecoder().decode(lz4Decompress(whole))).toBe('abcabcabcabcabcx')
    const plain = frame(0x60, 2, 0, 0, 0x80, 0x68, 0x69, 0, 0, 0, 0)
    expect(new TextDecoder().decode(lz4Decompress(Uint8Array.from([...plain, ...whole])))).toBe('hiabcabcabcabcabcx')
  })

  it('never crashes or grows past its limit on changed bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 })), { maxLength: 5 }),
        fc.nat({ max: whole.length }),
        (changes, length) => {
          const data = whole.slice(0, length)
          for (const [at, byte] of changes) if (at < length) data[at] = byte
          try {
            expect(lz4Decompress(data, 1000).length).toBeLessThanOrEqual(1000)
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError)
          }
        },
      ),
      { numRuns: 3000 },
    )
  })
})

describe('writing', () => {
  const table = new Table(
    [
      { name: 'entryTime', field: 'entry_time', kind: 'time', unit: '', doc: '' },
      { name: 'asset', field: 'asset', kind: 'asset', unit: '', doc: '' },
      { name: 'pnl', field: 'pnl', kind: 'f64', unit: 'currency', doc: '' },
      { name: 'bars', field: 'bars_held', kind: 'i32', unit: 'bars', doc: '' },
      { name: 'tag', field: 'tag', kind: 'label', labels: ['', 'stop', 'target'], unit: '', doc: '' },
      { name: 'open', field: 'open', kind: 'bool', unit: '', doc: '' },
    ],
    new Map<string, Float64Array | Int32Array>([
      ['entryTime', Float64Array.of(day, NaN_, day + 1)],
      ['asset', Int32Array.of(1, 0, 1)],
      ['pnl', Float64Array.of(0.1, NaN_, -3)],
      ['bars', Int32Array.of(3, 0, -1)],
      ['tag', Int32Array.of(2, 0, 1)],
      ['open', Int32Array.of(1, 0, 1)],
    ]),
    ['A', 'B'],
  )

  it('keeps every value and type', () => {
    const read = arrow.tableFromIPC(tableToArrow(table))
    expect(read.schema.fields.map(String)).toEqual([
      'entry_time: Timestamp<MILLISECOND, UTC>',
      'asset: Dictionary<Int32, Utf8>',
      'pnl: Float64',
      'bars_held: Int32',
      'tag: Dictionary<Int32, Utf8>',
      'open: Bool',
    ])
    expect(Array.from(read, (row) => row?.toArray())).toEqual([
      [day, 'B', 0.1, 3, 'target', true],
      [null, 'A', NaN_, 0, null, false],
      [day + 1, 'B', -3, -1, 'stop', true],
    ])
  })

  it('gives equal bytes for equal tables, and reads an empty one', () => {
    expect(tableToArrow(table)).toEqual(tableToArrow(table))
    const empty = new Table(
      table.columns,
      new Map(table.columns.map((column) => [column.name, new Float64Array(0)])),
      [],
    )
    const read = arrow.tableFromIPC(tableToArrow(empty))
    expect([read.numRows, read.numCols]).toEqual([0, 6])
  })

  it.each([
    ['Timestamp<MILLISECOND, UTC>', [day, NaN_, -5]],
    ['Timestamp<MICROSECOND, UTC>', [day, NaN_, day + 0.001]],
    ['Timestamp<MICROSECOND, UTC>', [1704067200000.123, NaN_, -0.007]],
    ['Float64', [day, NaN_, day + 0.0005]],
    ['Float64', [-0, NaN_, 1]],
    ['Float64', [8.64e15, NaN_, 0.5]],
    ['Timestamp<MILLISECOND, UTC>', [8.64e15, NaN_, -8.64e15]],
  ])('%s keeps the times %j', async (type, given) => {
    const times = Float64Array.from(given)
    const [time] = table.columns
    const one = new Table([time], new Map([['entryTime', times]]), [])
    const written = tableToArrow(one)
    for (const read of [arrow.tableFromIPC(written), await toArrow(one)]) {
      expect(read.schema.fields.map(String)).toEqual([`entry_time: ${type}`])
      expect(read.getChild('entry_time')!.get(1)).toEqual(type === 'Float64' ? NaN_ : null)
    }
    expect(arrowTable(written, 'f').columns[0].numbers()).toEqual(times)
  })

  it('writes equity', () => {
    const read = arrow.tableFromIPC(equityToArrow(Float64Array.of(day, day + 5), Float64Array.of(100, 99.5)))
    expect(Array.from(read, (row) => row?.toArray())).toEqual([
      [day, 100],
      [day + 5, 99.5],
    ])
    expect(() => equityToArrow(Float64Array.of(1), Float64Array.of())).toThrow(FillgridError)
  })
})
