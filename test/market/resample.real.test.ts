import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync, inflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Market } from '../../src/market/market.ts'
import { type Resampled, resample } from '../../src/market/resample.ts'
import { zone } from '../../src/market/zone.ts'

const REAL = new URL('../../../shared/data/', import.meta.url)

/** Rows of a text with separator ',' and the columns by name. */
function table(file: string, names?: string[]) {
  const bytes = readFileSync(new URL(file, REAL))
  const text = file.endsWith('.zip')
    ? inflateRawSync(bytes.subarray(30 + bytes.readUInt16LE(26) + bytes.readUInt16LE(28)))
    : gunzipSync(bytes)
  const lines = text.toString().trim().split(/\r?\n/)
  const head = names ?? lines.shift()!.split(',')
  const rows = lines.map((line) => line.split(','))
  return (name: string) => rows.map((row) => row[head.indexOf(name)])
}

function marketOf(
  column: (name: string) => string[],
  time: number[],
  scale = 1,
  barTime: 'open' | 'close' = 'open',
): Market {
  const read = (name: string) => column(name).map((text) => Number(text) / scale)
  const volume = column('volume').map(Number)
  return Market.from({
    assets: ['A'],
    time,
    open: read('open'),
    high: read('high'),
    low: read('low'),
    close: read('close'),
    volume,
    barTime,
  })
}

/** Count, first and last stamp, sums of the columns, and the volume of the last bar but one. */
function figures({ market }: Resampled) {
  const sum = (values: Float64Array) => Number(values.reduce((a, b) => a + b, 0).toPrecision(12))
  const iso = (bar: number) => market.barTime(bar).slice(0, 16)
  const { open, high, low, close, volume, bars } = market
  return [bars, iso(0), iso(bars - 1), sum(open), sum(high), sum(low), sum(close), sum(volume), volume[bars - 2]]
}

describe.skipIf(!existsSync(REAL))('real bars as pandas 3.1.1 resamples them (needs ../shared/data)', () => {
  it('minutes of a coin to minutes, hours, days and weeks', () => {
    const column = table('crypto_1m_binance_klines/FILUSDT-1m-2023-05.csv.gz')
    const market = marketOf(column, column('open_time').map(Number))
    const volume = 713455835.5
    const recorded: Record<string, unknown[]> = {
      '5m': [8928, '2023-05-01T00:00', '2023-05-31T23:55', 41651.039, 41694.726, 41603.204, 41650.065, volume, 25462.9],
      '1h': [744, '2023-05-01T00:00', '2023-05-31T23:00', 3471.216, 3484.345, 3454.955, 3470.489, volume, 650826],
      '4h': [186, '2023-05-01T00:00', '2023-05-31T20:00', 868.103, 874.688, 859.197, 867.378, volume, 3139882.2],
      '1d': [31, '2023-05-01T00:00', '2023-05-31T00:00', 145.299, 147.718, 140.919, 144.573, volume, 37621416.2],
      // pandas adds doubles one by one and has 122184369.39999999.
      '1w': [5, '2023-05-01T00:00', '2023-05-29T00:00', 23.924, 24.834, 22.3, 23.203, volume, 122184369.4],
    }
    for (const [target, expected] of Object.entries(recorded))
      expect(figures(resample(market, target))).toEqual(expected)
    expect([...resample(market, '1w').partial]).toEqual([0, 0, 0, 0, 1])
  })

  it('minutes of a future to days that begin at 17:00 in Chicago, with none outside', () => {
    const column = table('futures_1m/6EH4.XCME_1min_bars_20240101_20240131.csv.gz')
    const stamps = column('timestamp_utc').map((text) => Date.parse(`${text.replace(' ', 'T')}Z`))
    // Its stamps label the ends of bars: as starts, the last minute of each day would lie outside.
    expect(() => resample(marketOf(column, stamps), '1d', { calendar: 'CME_FX' })).toThrow(
      /found one at 2024-01-02T22:00/,
    )
    const market = marketOf(column, stamps, 1, 'close')
    const days = resample(market, '1d', { calendar: 'CME_FX' })
    const recorded = [
      23,
      '2024-01-02T00:00',
      '2024-02-01T00:00',
      25.14865,
      25.20835,
      25.0594,
      25.12405,
      4310578,
      328839,
    ]
    expect(figures(days)).toEqual(recorded)
    expect([days.partial[1], days.partial[22]]).toEqual([0, 1])
  })

  it('minutes of a share, hours before and after the session left out', () => {
    const column = table('minute_lean/spy_20131007_trade.zip', ['ms', 'open', 'high', 'low', 'close', 'volume'])
    const midnight = zone('America/New_York').toUtc(Date.UTC(2013, 9, 7))
    const market = marketOf(
      column,
      column('ms').map((ms) => midnight + Number(ms)),
      10000,
    )
    const hours = resample(market, '1h', { calendar: 'NYSE', outside: 'drop' })
    expect(hours.outside).toBe(438)
    const recorded = [7, '2013-10-07T13:30', '2013-10-07T19:30', 1175.86, 1178.02, 1174.19, 1175.85, 81489219, 8312690]
    expect(figures(hours)).toEqual(recorded)
    expect(() => resample(market, '1h', { calendar: 'NYSE' })).toThrow(/found one at 2013-10-07T08:00/)
  })

  it('ten minutes of a Moscow share to days, evenings and week-ends counted to their date', () => {
    const column = table('dialects/SBER_test_2023_daily.csv.gz')
    const moscow = zone('Europe/Moscow')
    const market = marketOf(
      column,
      column('begin').map((text) => moscow.toUtc(Date.parse(`${text.replace(' ', 'T')}Z`))),
    )
    const days = resample(market, '1d', { calendar: 'MOEX', outside: 'extend' })
    const recorded = [
      574,
      '2024-01-03T00:00',
      '2025-12-30T00:00',
      168616.67,
      170011.81,
      167057.79,
      168576.57,
      20691218410,
      51927078,
    ]
    expect(figures(days)).toEqual(recorded)
  })
})
