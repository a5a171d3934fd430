import { describe, expect, it } from 'vitest'
import { backtestSignals, type SignalsConfig } from '../../../src/backtestsignals.ts'
import { Market } from '../../../src/market/market.ts'
import { signalsOf } from '../../../src/strategies/list/read.ts'
import type { TradeSignal } from '../../../src/strategies/list/signal.ts'
import { LIST_EXITS } from '../../../src/strategies/list/trades.ts'

const START = Date.UTC(2024, 0, 1)
const DAY = 86_400_000

/** Daily bars of one asset, GER40, from open, high, low, close. */
function market(rows: readonly (readonly number[])[], step = DAY): Market {
  const column = (i: number) => Float64Array.from(rows, (row) => row[i])
  return Market.from({
    assets: ['GER40'],
    time: Float64Array.from(rows, (_, t) => START + t * step),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: new Float64Array(rows.length).fill(1),
    instruments: { GER40: { pipSize: 1 } },
  })
}

/** Calm bars around 100, with others in their places. */
function calm(n: number, others: Record<number, readonly number[]> = {}): (readonly number[])[] {
  return Array.from({ length: n }, (_, t) => others[t] ?? [100, 101, 99, 100])
}

function run(bars: Market, signals: readonly TradeSignal[], config: SignalsConfig = {}) {
  const outcome = backtestSignals(bars, signals, {
    account: 'unlimited',
    size: { type: 'units', amount: 1 },
    ...config,
  })
  const { trades } = outcome
  return {
    ...outcome,
    rows: Array.from({ length: trades.length }, (_, row) => {
      const at = (name: string) => trades.values(name)[row]
      return {
        id: trades.cell(trades.column('signalId'), row),
        bars: [at('entryBar'), at('exitBar')],
        prices: [at('entryPrice'), at('exitPrice')],
        exit: LIST_EXITS[at('exit')],
        rr: at('rr'),
        gap: at('entryGap'),
      }
    }),
  }
}

const at = (bar: number) => START + bar * DAY

describe('a list of signals', () => {
  it('enters at the open of the bar after the signal, never at its close, and tells R and the gap', () => {
    // The rule executor's record as it stands in its document.
    const list = signalsOf([
      {
        signal_id: 'sig_1',
        symbol: 'GER40',
        side: 'long',
        entry_price: 100,
        sl_price: 95,
        tp_price: 110,
        entry_timestamp: '2024-01-02T00:00:00Z',
      },
    ])
    const bars = market(calm(8, { 2: [101, 103, 100, 102], 4: [104, 112, 103, 111] }))
    const { rows, figures } = run(bars, list.signals)
    expect(rows).toEqual([{ id: 'sig_1', bars: [2, 4], prices: [101, 110], exit: 'TP', rr: 1.5, gap: 1 }])
    expect(figures).toEqual({ numTrades: 1, wins: 1, losses: 0, winRate: 1, avgRr: 1.5, expectancy: 1.5 })
  })

  it('slippage is adverse and half the spread is charged each way, or all of it at the entry', () => {
    const signal = { asset: 'GER40', time: at(1), side: 'long', stop: 90, hold: 2 } as const
    const bars = market(calm(8))
    const half = run(bars, [signal], { profile: 'manager' })
    expect(half.rows[0]).toMatchObject({ prices: [102, 98], exit: 'TIME' })
    const whole = run(bars, [signal], { profile: 'manager', spread: { type: 'pips', amount: 2, charge: 'entry' } })
    expect(whole.rows[0].prices).toEqual([103, 99])
    const short = run(bars, [{ ...signal, side: 'short', stop: 110 }], { profile: 'manager' })
    expect(short.rows[0].prices).toEqual([98, 102])
  })

  it("the scanner's defaults: 100,000, a stop of 5 %, 20 bars, a tenth of the equity", () => {
    const bars = market(calm(40))
    const { result, trades } = backtestSignals(bars, [{ asset: 'GER40', time: at(2) }], { profile: 'scanner' })
    expect(result.summary.initialCash).toBe(100_000)
    expect(trades.values('quantity')[0]).toBeCloseTo(100, 9)
    expect(trades.values('entryStop')[0]).toBeCloseTo(95, 9)
    expect(trades.values('exitBar')[0] - trades.values('entryBar')[0]).toBe(20)
  })

  it('equal weight is a share by slots, whatever the length of the list', () => {
    const bars = market(calm(10))
    const units = (signals: readonly TradeSignal[]) =>
      backtestSignals(bars, signals, { slots: 4, side: 'long', account: 'unlimited' }).trades.values('quantity')[0]
    const one = { asset: 'GER40', time: at(1) }
    expect(units([one])).toBeCloseTo(250, 9)
    expect(units([one, { asset: 'GER40', time: at(7) }])).toBe(units([one]))
    expect(units([{ ...one, strength: 2 }])).toBeCloseTo(500, 9)
    expect(units([{ ...one, quantity: 7 }])).toBe(7)
  })

  it('limits wait for their price, until they expire', () => {
    const bars = market(calm(10, { 4: [98, 99, 96, 97] }))
    const limit = { asset: 'GER40', time: at(1), side: 'long', entryType: 'limit', entryPrice: 97 } as const
    expect(run(bars, [limit]).rows).toMatchObject([{ bars: [4, 9], prices: [97, 100], exit: 'END' }])
    expect(run(bars, [{ ...limit, expiry: at(3) }]).rows).toEqual([])
    expect(run(bars, [{ ...limit, expiry: at(1) }]).problems.map(({ kind }) => kind)).toEqual(['expired'])
    const stop = { ...limit, entryType: 'stop', entryPrice: 101 } as const
    expect(run(bars, [stop]).rows[0]).toMatchObject({ bars: [2, 9], prices: [101, 100] })
  })

  it('several targets sell their shares, and the stop what is left', () => {
    const bars = market(calm(10, { 3: [101, 106, 100, 105], 5: [99, 99, 94, 95] }))
    const { rows, figures } = run(bars, [
      {
        asset: 'GER40',
        time: at(1),
        side: 'long',
        quantity: 4,
        stop: 95,
        targets: [
          { at: { risk: 1 }, share: 0.5 },
          { at: 120, share: 0.5 },
        ],
      },
    ])
    expect(rows).toMatchObject([
      { prices: [100, 105], exit: 'TP', rr: 1 },
      { prices: [100, 95], exit: 'SL', rr: -1 },
    ])
    expect(figures).toMatchObject({ numTrades: 1, wins: 0, losses: 0, expectancy: 0 })
  })

  it('an exit time closes its own lot at the next open', () => {
    const bars = market(calm(12))
    const two = [1, 2].map((bar) => ({ asset: 'GER40', time: at(bar), side: 'long', id: `s${bar}` }) as const)
    const { rows } = run(bars, [{ ...two[0], exitTime: at(5) }, two[1]], { overlap: 'lot' })
    expect(rows.map(({ id, bars: [from, to], exit }) => [id, from, to, exit])).toEqual([
      ['s1', 2, 6, 'SIGNAL'],
      ['s2', 3, 11, 'END'],
    ])
  })

  it('everything is closed at the last close, with a latency too, and no fill has seen its own close', () => {
    for (const latency of [0, 1, 3]) {
      const bars = market(calm(14, { 13: [100, 101, 99, 100.5] }))
      const signals = Array.from(
        { length: 14 },
        (_, bar): TradeSignal => ({ asset: 'GER40', time: at(bar), side: 'long', stop: 90 }),
      )
      const { rows, result, problems, overlapped } = run(bars, signals, { latency })
      expect(rows).toMatchObject([{ bars: [1 + latency, 13], prices: [100, 100.5], exit: 'END' }])
      expect(result.openPositions).toHaveLength(0)
      expect(result.warnings.map(({ code }) => code)).toEqual(['short_run'])
      // Those that are on their way are entries too.
      expect([problems.length, overlapped.length]).toEqual([2 + latency, 11 - latency])
    }
  })

  it('times: labels, instants, days and zones', () => {
    const hour = 3_600_000
    const bars = market(calm(72), hour)
    const entry = (time: string | number, more: Partial<SignalsConfig> = {}) =>
      run(bars, signalsOf([{ symbol: 'GER40', side: 'buy', time }]).signals, more).rows[0]?.bars[0]
    // The bar of 05:00 is known at 06:00.
    expect(entry('2024-01-01 05:00')).toBe(6)
    expect(entry('2024-01-01 05:00', { stamp: 'instant' })).toBe(5)
    expect(entry('2024-01-01 05:20')).toBe(6)
    expect(entry('2024-01-01 05:20', { stamp: 'instant' })).toBe(6)
    // A day is known when it is over.
    expect(entry('2024-01-01')).toBe(24)
    expect(entry('2024-01-01', { timezone: 'America/New_York' })).toBe(29)
    expect(entry('2024-01-01 05:00', { timezone: 'America/New_York' })).toBe(11)
    expect(entry('2024-01-01T05:00:00Z', { timezone: 'America/New_York' })).toBe(6)
    expect(entry((START + 5 * hour) / 1000)).toBe(6)
    expect(entry('20240101')).toBe(24)
  })

  it('what cannot be traded is told with its line, or refused', () => {
    const bars = market(calm(10))
    const good = { asset: 'GER40', time: at(1), side: 'long' } as const
    const signals: TradeSignal[] = [
      good,
      { ...good, line: 3 },
      { ...good, asset: 'GER4O', line: 4 },
      { ...good, time: START - DAY, line: 5 },
      { ...good, time: at(9), line: 6 },
      { ...good, time: at(30), line: 7 },
      { ...good, time: at(2), stop: 100, line: 8 },
      { ...good, time: at(3), target: 99, line: 9 },
      { asset: 'GER40', time: at(2), line: 10 },
      { ...good, time: at(4), targets: [{ at: 110, share: 0.7 }], line: 11 },
      { ...good, time: at(4), target: { risk: 2 }, line: 12 },
      { ...good, time: at(5), entryType: 'limit', line: 13 },
      { ...good, time: 'soon', line: 14 },
      { ...good, time: at(6), stop: { fraction: 1.5 }, line: 15 },
      { ...good, time: at(6), quantity: 0, line: 16 },
    ]
    const { problems, warnings, rows } = run(bars, signals)
    expect(rows).toHaveLength(1)
    expect(problems.map(({ line, kind }) => [line, kind])).toEqual([
      [3, 'duplicate'],
      [4, 'unknown_asset'],
      [5, 'outside'],
      [6, 'outside'],
      [7, 'outside'],
      [8, 'wrong_side'],
      [9, 'wrong_side'],
      [10, 'no_side'],
      [11, 'levels'],
      [12, 'levels'],
      [13, 'entry'],
      [14, 'unknown_time'],
      [15, 'levels'],
      [16, 'entry'],
    ])
    expect(problems[1].message).toContain('near to GER40')
    expect(warnings.join('\n')).toContain('3 of 15 signals dropped, outside')
    expect(() => run(bars, signals, { problems: 'refuse' })).toThrow(/signal 2 in line 3: each signal once is needed/)
  })

  it('closes that are not those of the market are told', () => {
    const bars = market(calm(10))
    const list = signalsOf([{ Ticker: 'ger40', Date: '2024-01-02', Open: 1, High: 1, Low: 1, Close: 57, Volume: 9 }])
    const { warnings, rows } = run(bars, list.signals, { side: 'long' })
    expect(rows).toMatchObject([{ bars: [2, 9], prices: [100, 100] }])
    expect(warnings).toEqual([expect.stringContaining('1 of 1 signals have a close that is not that of the market')])
  })

  it('settings that say nothing are refused by name', () => {
    const bars = market(calm(5))
    const wrong = (config: object) => () => backtestSignals(bars, [], config as SignalsConfig)
    expect(wrong({ overlap: 'hedge' })).toThrow(
      /signals.overlap: one of ignore, lot, add, reverse expected, found "hedge"/,
    )
    expect(wrong({ slots: 0 })).toThrow(/signals.slots/)
    expect(wrong({ stop: '97.5' })).toThrow(/signals.stop: a distance for all signals expected/)
    expect(wrong({ stop: '5 percent' })).toThrow(/signals.stop/)
    expect(wrong({ hold: 1.5 })).toThrow(/signals.hold/)
    expect(wrong({ overlap: 'lot', lots: 'average' })).toThrow(/lots/)
    expect(wrong({ comission: 1 })).toThrow(/comission/)
    expect(() => backtestSignals(bars, [{ time: 1 } as never])).toThrow(/signals\[0\].asset/)
    expect(() => backtestSignals(bars, 'list' as never)).toThrow(/a list of signals/)
    expect(() => backtestSignals(bars, [{ asset: 'GER40', time: at(1), stopp: 3 } as never])).toThrow(/stopp/)
  })

  it('an empty list trades nothing; the same list has the same fingerprint, another one another', () => {
    const bars = market(calm(10))
    const empty = run(bars, [])
    expect(empty.rows).toEqual([])
    expect(empty.figures).toMatchObject({ numTrades: 0, winRate: Number.NaN, expectancy: Number.NaN })
    const one: TradeSignal = { asset: 'GER40', time: at(1), side: 'long' }
    const print = (signals: TradeSignal[]) => run(bars, signals).result.fingerprint.all
    expect(print([one])).toBe(print([{ ...one }]))
    expect(print([one])).not.toBe(print([{ ...one, stop: 90 }]))
  })

  it('prices of 1e-8 and 1e9 are traded alike', () => {
    for (const scale of [1e-10, 1e7]) {
      const bars = market(calm(8, { 4: [104, 112, 103, 111] }).map((row) => row.map((price) => price * scale)))
      const { rows } = run(bars, [{ asset: 'GER40', time: at(1), side: 'long', stop: 95 * scale, target: { risk: 2 } }])
      expect(rows).toMatchObject([{ bars: [2, 4], exit: 'TP' }])
      expect(rows[0].rr).toBeCloseTo(2, 9)
    }
  })
})
