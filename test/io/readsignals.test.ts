import { describe, expect, it } from 'vitest'
import { readSignals } from '../../src/io/readsignals.ts'
import { encodeTable } from '../../src/io/write.ts'
import { Table } from '../../src/results/table.ts'
import { numberOf } from '../../src/strategies/list/cells.ts'
import { plainName, sideOf } from '../../src/strategies/list/roles.ts'

const read = (text: string, options = {}, file = 'signals.csv') =>
  readSignals({ bytes: new TextEncoder().encode(text), file }, options)
const utc = (text: string) => Date.parse(text)

describe('lists of signals in files', () => {
  it("a scanner's rows, whatever parts the cells and whatever case the words have", async () => {
    const rows = 'Ticker,Date,Open,High,Low,Close,Volume\nAAPL,2024-01-02,187.15,188.44,183.89,185.64,82488700\n'
    const expected = [{ asset: 'AAPL', time: utc('2024-01-02T00:00Z'), days: ['time'], close: 185.64, line: 2 }]
    expect((await read(rows)).signals).toEqual(expected)
    expect(
      (
        await read(
          `\uFEFF${rows.toLowerCase().replace('ticker', 'symbol').replace('aapl', 'AAPL').replaceAll(',', ';')}`,
        )
      ).signals,
    ).toEqual(expected)
    expect((await read(rows.replaceAll(',', '\t').replaceAll('\n', '\r\n'))).signals).toEqual(expected)
    expect((await read(rows.replaceAll(',', ';').replaceAll('.', ','))).signals).toEqual(expected)
    expect((await read(`Signals of today\n\n${rows}\n\n`)).signals).toMatchObject([{ asset: 'AAPL', line: 4 }])
  })

  it("a rule executor's records, alone, in an object, as Parquet and Arrow", async () => {
    const records = [
      {
        signal_id: 'frank_1',
        symbol: 'GER40',
        side: 'SELL',
        entry_price: 18000.5,
        sl_price: 18050,
        tp_price: 17900,
        entry_timestamp: '2024-03-01T09:15:00+01:00',
      },
    ]
    const expected = [
      {
        asset: 'GER40',
        time: utc('2024-03-01T08:15Z'),
        side: 'short',
        id: 'frank_1',
        entryPrice: 18000.5,
        stop: { price: 18050 },
        target: { price: 17900 },
        line: 1,
      },
    ]
    expect((await read(JSON.stringify(records), {}, 's.json')).signals).toEqual(expected)
    expect((await read(JSON.stringify({ setup: 'Frank', signals: records }), {}, 's.json')).signals).toEqual(expected)
    expect((await readSignals(records)).signals).toEqual(expected)
    const label = (name: string, word: string) => ({
      name,
      field: name,
      kind: 'label' as const,
      labels: [word],
      unit: '',
      doc: '',
    })
    const number = (name: string) => ({ name, field: name, kind: 'f64' as const, unit: '', doc: '' })
    const table = new Table(
      [
        label('signal_id', 'frank_1'),
        label('symbol', 'GER40'),
        label('side', 'SELL'),
        { ...number('entry_timestamp'), kind: 'time' as const },
        number('entry_price'),
        number('sl_price'),
        number('tp_price'),
      ],
      new Map<string, Float64Array | Int32Array>([
        ...['signal_id', 'symbol', 'side'].map((name) => [name, Int32Array.of(0)] as const),
        ['entry_timestamp', Float64Array.of(utc('2024-03-01T08:15Z'))],
        ['entry_price', Float64Array.of(18000.5)],
        ['sl_price', Float64Array.of(18050)],
        ['tp_price', Float64Array.of(17900)],
      ]),
      [],
    )
    for (const format of ['parquet', 'arrow'] as const) {
      const parts = await encodeTable(table, format)
      const bytes = parts instanceof Uint8Array ? parts : new Uint8Array(Buffer.concat(parts as readonly Uint8Array[]))
      expect((await readSignals({ bytes, file: `s.${format}` })).signals).toEqual(expected)
    }
  })

  it('distances, several targets, sizes, expiry, tags', async () => {
    const { signals } = await read(
      'symbol,time,dir,order type,entry,SL,TP1,TP2,TP1 share,TP2 share,qty,holding_period,valid until\n' +
        'EURUSD,2024-01-02 10:00,long,Buy Limit,1.0950,1.5atr,1R,2R,70%,30%,1000,5,2024-01-03 10:00\n' +
        'EURUSD,2024-01-02 11:00,short,,,2%,,,,,,,\n',
    )
    expect(signals).toEqual([
      {
        ...{ asset: 'EURUSD', side: 'long', entryType: 'limit', entryPrice: 1.095, quantity: 1000, hold: 5, line: 2 },
        ...{ time: utc('2024-01-02T10:00Z'), expiry: utc('2024-01-03T10:00Z'), local: ['time', 'expiry'] },
        stop: { atr: 1.5 },
        targets: [
          { at: { risk: 1 }, share: 0.7 },
          { at: { risk: 2 }, share: 0.3 },
        ],
      },
      {
        asset: 'EURUSD',
        time: utc('2024-01-02T11:00Z'),
        side: 'short',
        stop: { fraction: 0.02 },
        local: ['time'],
        line: 3,
      },
    ])
  })

  it('the list of trades of TradingView acts at the times of its fills, entries and exits', async () => {
    const list = await read(
      'Trade #,Type,Signal,Date/Time,Price USD,Contracts,Profit USD\n' +
        '1,Exit Long,Close,2024-02-05 10:00,43000.5,1,500\n1,Entry Long,Long,2024-02-01 09:00,42500.5,1,\n' +
        '2,Entry Short,Short,2024-02-07 09:00,"44,100.0",2,\n2,Exit Short,TP,2024-02-08 09:00,43000,2,900\n',
      { symbol: 'BTCUSD' },
    )
    expect(list.stamp).toBe('instant')
    expect(list.signals).toEqual([
      {
        asset: 'BTCUSD',
        id: '1',
        side: 'long',
        time: utc('2024-02-01T09:00Z'),
        exitTime: utc('2024-02-05T10:00Z'),
        entryPrice: 42500.5,
        quantity: 1,
        local: ['time', 'exitTime'],
        line: 3,
      },
      {
        asset: 'BTCUSD',
        id: '2',
        side: 'short',
        time: utc('2024-02-07T09:00Z'),
        exitTime: utc('2024-02-08T09:00Z'),
        entryPrice: 44100,
        quantity: 2,
        local: ['time', 'exitTime'],
        line: 4,
      },
    ])
  })

  it('its newer lists too: days are those of the fills, and what is open has no exit', async () => {
    const { signals, stamp } = await read(
      'Trade number,Type,Date and time,Signal,Price USD,Position size (qty),Position size (value),Net P&L USD\n' +
        '1,Entry long,2024-02-01,Long,100,3,300,\n1,Exit long,2024-02-05,TP,110,3,330,30\n' +
        '2,Entry short,2024-02-07,Short,120,2,240,\n2,Exit short,2024-02-09,Open,118,2,236,4\n',
      { symbol: 'X' },
    )
    expect(stamp).toBe('instant')
    const [one, two] = [
      { id: '1', side: 'long', time: utc('2024-02-01T00:00Z'), exitTime: utc('2024-02-05T00:00Z'), quantity: 3 },
      { id: '2', side: 'short', time: utc('2024-02-07T00:00Z'), quantity: 2 },
    ]
    expect(signals).toMatchObject([
      { ...one, entryPrice: 100, local: ['time', 'exitTime'] },
      { ...two, entryPrice: 120, local: ['time'] },
    ])
    expect(signals.some(({ days }) => days !== undefined)).toBe(false)
    expect(signals[1].exitTime).toBeUndefined()
  })

  it('positions of MetaTrader 5: time and price twice, no stop as 0, lots left to the size of the run', async () => {
    const list = await read(
      'Time;Position;Symbol;Type;Volume;Price;S / L;T / P;Time;Price;Commission;Swap;Profit\n' +
        '2024.01.31 10:00:00;1001;EURUSD;buy;0.10;1.08500;1.08000;0;2024.01.31 15:30:00;1.08900;-0.7;0;40\n' +
        'Orders;;;;;;;;;;;;\nOpen Time;Order;Symbol;Type;Volume;Price;S / L;T / P;Time;State;;;\n',
    )
    expect(list).toMatchObject({ stamp: 'instant', notes: [expect.stringContaining('lots')] })
    expect(list.signals).toEqual([
      {
        asset: 'EURUSD',
        id: '1001',
        side: 'long',
        time: utc('2024-01-31T10:00Z'),
        exitTime: utc('2024-01-31T15:30Z'),
        entryPrice: 1.085,
        stop: { price: 1.08 },
        local: ['time', 'exitTime'],
        line: 2,
      },
    ])
  })

  it('dates in other orders, where it can be told', async () => {
    const rows = (...days: string[]) => `symbol,date\n${days.map((day) => `A,${day}`).join('\n')}\n`
    const days = async (text: string, options = {}) =>
      (await read(text, options)).signals.map(({ time }) => new Date(time as number).toISOString().slice(0, 10))
    expect(await days(rows('03/04/2024', '25/04/2024'))).toEqual(['2024-04-03', '2024-04-25'])
    expect(await days(rows('03/04/2024', '04/25/2024'))).toEqual(['2024-03-04', '2024-04-25'])
    expect(await days(rows('31.01.2024', '20240201'))).toEqual(['2024-01-31', '2024-02-01'])
    await expect(read(rows('03/04/2024'))).rejects.toThrow(/dateOrder: 'dmy' or 'mdy'/)
    expect(await days(rows('03/04/2024'), { dateOrder: 'dmy' })).toEqual(['2024-04-03'])
  })

  it.each([
    ['a,b\n1,2\n', 'a column for the time is needed'],
    ['date,price\n2024-01-02,3\n', 'a column for the asset is needed'],
    ['symbol,date\nA,\n', 'line 2: a time is needed in column "date"'],
    ['symbol,date\nA,45321\n', 'line 2: a time is needed in column "date", found "45321"'],
    ['symbol,date\n,2024-01-02\n', 'line 2: the name of an asset is needed'],
    ['symbol,date,sl\nA,2024-01-02,x5\n', `line 2: a price, '5%', '2R' or '1.5atr' is needed in column "sl"`],
    ['symbol,date,side\nA,2024-01-02,long\nA,2024-01-03,hold\n', 'line 3: long or short, buy or sell is needed'],
    ['symbol,date,qty\nA,2024-01-02,many\n', 'line 2: a number is needed in column "qty"'],
    ['symbol,date\nA,2024-01-02,3,4\nB,2024-01-02\n', 'line 2'],
    ['symbol,date\n"A,2024-01-02\n', 'a closing quote is needed'],
    ['', 'found none'],
  ])('%j is refused with its place', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message)
  })

  it('JSON that is cut off, of no list or of other things is refused', async () => {
    await expect(read('[{"symbol":"A"', {}, 's.json')).rejects.toThrow(/JSON expected/)
    await expect(read('{"a":1}', {}, 's.json')).rejects.toThrow(/one list of signals expected, found 0/)
    await expect(read('[1,2]', {}, 's.json')).rejects.toThrow(/signals that are objects expected/)
    await expect(read('symbol,date\nA,2024-01-02\n', { columns: { stop: 'level' } })).rejects.toThrow(/level/)
    await expect(readSignals('no-such-file.csv')).rejects.toMatchObject({ code: 'file_access' })
  })

  it('words of sides and names of columns', () => {
    for (const word of ['long', 'Buy', 'BUY LIMIT', '1', '+1', '1.0', 'Enter Long', 'bullish', 'LE'])
      expect(sideOf(word)).toBe('long')
    for (const word of ['short', 'Sell', '-1', 'entry short', 'bear', 'sell short']) expect(sideOf(word)).toBe('short')
    for (const word of ['', '0', 'flat', 'hold', 'exit long', 'longer']) expect(sideOf(word)).toBeUndefined()
    expect(['Stop Loss ($)', 'stopLoss', 'STOP-LOSS', 'S / L', 'entryTimestamp', ' Tp_Price '].map(plainName)).toEqual([
      'stop_loss',
      'stop_loss',
      'stop_loss',
      's_l',
      'entry_timestamp',
      'tp_price',
    ])
    expect(['1,234.5', '1.234,5', '1 234,5', '$12', '1,5', '1,234,567', '−3', '1e3', 'x', ''].map(numberOf)).toEqual([
      1234.5,
      1234.5,
      1234.5,
      12,
      1.5,
      1234567,
      -3,
      1000,
      Number.NaN,
      Number.NaN,
    ])
  })
})
