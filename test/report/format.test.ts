import { describe, expect, it } from 'vitest'
import { numberTicks, timeTicks } from '../../src/report/axis.ts'
import { formatNumber, formatSeconds, formatTime, significant } from '../../src/report/format.ts'
import { summaryText, tradesText } from '../../src/report/summary.ts'
import { tableText, textTable } from '../../src/report/text.ts'
import { METRICS } from '../../src/results/metrics.ts'
import { type Column, Table } from '../../src/results/table.ts'

describe('numbers', () => {
  it.each([
    [0.12345, 'fraction', '12.35%'],
    [-0.00001, 'fraction', '0.00%'],
    [12.345, 'percent', '12.35%'],
    [12345.678, 'fraction', '1,234,567.80%'],
    [1234567.891, 'currency', '1,234,567.89'],
    [-1234.5, 'currency', '-1,234.50'],
    [-999.5, 'currency', '-999.50'],
    [1e21, 'currency', '1e+21'],
    [119626, '', '119,626'],
    [1.23456, '', '1.235'],
    [12.5, 'bars', '12.5'],
    [1200, 'bars', '1,200'],
    [101.25, 'price', '101.25'],
    [0.00001234, 'price', '0.00001234'],
    [1234567.25, 'units', '1,234,567'],
    [Number.NaN, 'fraction', '-'],
    [Number.POSITIVE_INFINITY, '', 'inf'],
    [null, '', '-'],
  ])('%d as %s is %s', (value, unit, text) => expect(formatNumber(value, unit)).toBe(text))

  it('keeps significant digits', () => {
    expect([0, 1234567, 0.1, 1 / 3, 1e-9, 1e20, 100].map((value) => significant(value, 4))).toEqual([
      '0',
      '1234567',
      '0.1',
      '0.3333',
      '1e-9',
      '100000000000000000000',
      '100',
    ])
  })

  it('says times and spans', () => {
    expect(
      [
        '2023-05-01T00:00:00.000Z',
        '2023-05-01T09:30:00.000Z',
        '2023-05-01T09:30:05.000Z',
        '2023-05-01T00:00:00.250Z',
      ].map(formatTime),
    ).toEqual(['2023-05-01', '2023-05-01 09:30', '2023-05-01 09:30:05', '2023-05-01 00:00:00.250'])
    expect([0.44, 12, 200, 7500, Number.NaN].map(formatSeconds)).toEqual([
      '0.4 s',
      '12 s',
      '3 min 20 s',
      '2 h 5 min',
      '-',
    ])
  })
})

describe('axes', () => {
  it('have round numbers', () => {
    expect(numberTicks(0, 1, 5).map((tick) => tick.label)).toEqual(['0', '0.2', '0.4', '0.6', '0.8', '1'])
    expect(numberTicks(98000, 117000, 6).map((tick) => tick.value)).toEqual([100000, 105000, 110000, 115000])
    expect(numberTicks(-0.3, 0.2, 6).map((tick) => tick.label)).toEqual(['-0.3', '-0.2', '-0.1', '0', '0.1', '0.2'])
    expect(numberTicks(5, 5, 6)).toHaveLength(1)
    expect(numberTicks(Number.NaN, 1, 6)).toEqual([])
  })

  it('have round times', () => {
    const labels = (from: string, to: string) =>
      timeTicks(Date.parse(from), Date.parse(to), 8).map((tick) => tick.label)
    expect(labels('2010-01-04', '2021-04-20')).toEqual(['2012', '2014', '2016', '2018', '2020'])
    expect(labels('2023-01-01', '2023-12-31')).toEqual([
      'Jan 2023',
      'Mar 2023',
      'May 2023',
      'Jul 2023',
      'Sep 2023',
      'Nov 2023',
    ])
    expect(labels('2023-05-01', '2023-05-08')).toEqual([
      '1 May',
      '2 May',
      '3 May',
      '4 May',
      '5 May',
      '6 May',
      '7 May',
      '8 May',
    ])
    expect(labels('2023-05-01T09:30Z', '2023-05-01T16:00Z')).toEqual([
      '1 May 10:00',
      '11:00',
      '12:00',
      '13:00',
      '14:00',
      '15:00',
      '16:00',
    ])
    expect(labels('2023-05-01', '2023-05-01')).toEqual(['2023-05-01'])
  })
})

describe('tables', () => {
  const columns: Column[] = [
    { name: 'asset', field: 'asset', kind: 'asset', unit: '', doc: '' },
    { name: 'entryTime', field: 'entry_time', kind: 'time', unit: '', doc: '' },
    { name: 'exitReason', field: 'exit_reason', kind: 'label', labels: ['', 'stop'], unit: '', doc: '' },
    { name: 'pnl', field: 'pnl', kind: 'f64', unit: 'currency', doc: '' },
    { name: 'ambiguous', field: 'ambiguous', kind: 'bool', unit: '', doc: '' },
  ]
  const values = new Map<string, Float64Array | Int32Array>([
    ['asset', Int32Array.of(1, 0)],
    ['entryTime', Float64Array.of(Date.UTC(2023, 4, 1), Date.UTC(2023, 4, 2, 9, 30))],
    ['exitReason', Int32Array.of(1, 0)],
    ['pnl', Float64Array.of(-1234.5, Number.NaN)],
    ['ambiguous', Int32Array.of(0, 1)],
  ])
  const table = new Table(columns, values, ['A', 'LONG'])

  it('are aligned, words left and numbers right', () => {
    expect(tableText(table, [0, 1])).toBe(
      [
        'asset  entry time        exit reason        pnl  ambiguous',
        '─────  ────────────────  ───────────  ─────────  ─────────',
        'LONG   2023-05-01        stop         -1,234.50  no',
        'A      2023-05-02 09:30  -                    -  yes',
      ].join('\n'),
    )
    expect(textTable([{ header: 'n' }], [])).toBe('n\n─')
  })

  it('show the last trades', () => {
    expect(tradesText(table, 1).split('\n')[0]).toBe('last 1 of 2 trades')
    expect(tradesText(table).split('\n')[0]).toBe('2 trades')
    expect(tradesText(new Table(columns, new Map([...values].map(([name, v]) => [name, v.slice(0, 0)])), []))).toBe(
      'no closed trades',
    )
  })

  it('have a summary of every run in two columns', () => {
    const lines = summaryText(METRICS.map((_, i) => i * 1000 + 0.5)).split('\n')
    expect(lines).toHaveLength(12)
    expect(new Set(lines.map((line) => line.length)).size).toBe(1)
    expect(lines[0]).toMatch(/^Final value +[\d,.]+ +Trades +[\d,.]+$/)
  })
})
