import fc from 'fast-check'
import { expect, it } from 'vitest'
import { backtestSignals } from '../../../src/backtestsignals.ts'
import { Market } from '../../../src/market/market.ts'
import type { TradeSignal } from '../../../src/strategies/list/signal.ts'
import { LIST_EXITS } from '../../../src/strategies/list/trades.ts'
import { type NaiveBar, type NaiveSignal, type NaiveTrade, naiveTrades } from './naive.ts'

const DAY = 86_400_000
const START = Date.UTC(2024, 0, 1)
const OVERLAPS = ['ignore', 'lot', 'add', 'reverse'] as const

interface Scenario {
  overlap: (typeof OVERLAPS)[number]
  bars: (NaiveBar | null)[][]
  signals: NaiveSignal[]
  stamp: 'label' | 'instant'
}

/** A bar around the price before, on a coarse grid so that levels are met exactly now and then. */
const moves = fc.record({
  gap: fc.integer({ min: -6, max: 6 }),
  up: fc.nat(8),
  down: fc.nat(8),
  close: fc.nat(100),
  isThere: fc.nat(9),
})

function barsOf(
  rows: { gap: number; up: number; down: number; close: number; isThere: number }[][],
): (NaiveBar | null)[][] {
  const last = rows[0].map(() => 100)
  return rows.map((row, t) =>
    row.map(({ gap, up, down, close, isThere }, asset) => {
      if (isThere === 0 && t > 0) return null
      const open = Math.max(20, last[asset] + gap)
      const [high, low] = [open + up, Math.max(10, open - down)]
      last[asset] = low + Math.round(((high - low) * close) / 100)
      return { open, high, low, close: last[asset] }
    }),
  )
}

const scenarios: fc.Arbitrary<Scenario> = fc
  .record({
    overlap: fc.constantFrom(...OVERLAPS),
    stamp: fc.constantFrom('label' as const, 'instant' as const),
    assets: fc.integer({ min: 1, max: 2 }),
    bars: fc.integer({ min: 4, max: 22 }),
  })
  .chain(({ overlap, stamp, assets, bars }) =>
    fc
      .record({
        rows: fc.array(fc.array(moves, { minLength: assets, maxLength: assets }), { minLength: bars, maxLength: bars }),
        signals: fc.array(
          fc.record({
            asset: fc.nat(assets - 1),
            bar: fc.nat(bars - 3),
            after: fc.integer({ min: -8, max: 8 }),
            isLong: fc.boolean(),
            units: fc.integer({ min: 1, max: 3 }),
            stop: fc.integer({ min: -3, max: 9 }),
            target: fc.integer({ min: -3, max: 9 }),
            kinds: fc.tuple(fc.nat(2), fc.nat(3)),
            hold: fc.integer({ min: -5, max: 6 }),
          }),
          { minLength: 1, maxLength: 10 },
        ),
      })
      .map(({ rows, signals }) => {
        const table = barsOf(rows)
        const known = (asset: number, bar: number): number => table[bar][asset]?.close ?? known(asset, bar - 1)
        return {
          overlap,
          stamp,
          bars: table,
          signals: signals
            .map(({ asset, bar, after, isLong, units, stop, target, kinds, hold }): NaiveSignal => {
              const side = isLong ? 1 : -1
              const price = known(asset, bar)
              // What is added to goes by fractions, which are of the average then.
              const [a, b] = overlap === 'add' ? [1, kinds[1] === 3 ? 3 : 1] : kinds
              const level = (kind: number, size: number, direction: number) =>
                [{ price: price + direction * size }, { fraction: size / 64 }, { points: size }, { risk: size / 2 }][
                  kind
                ]
              return {
                ...{ asset, bar, side, units },
                ...(after > 0 ? { exitBar: bar + after } : {}),
                ...(stop > 0 ? { stop: level(a, stop, -side) } : {}),
                ...(target > 0 && !(b === 3 && stop <= 0) ? { target: level(b, target, side) } : {}),
                ...(hold > 0 ? { hold } : {}),
              }
            })
            .sort((x, y) => x.bar - y.bar),
        }
      }),
  )

function marketOf(bars: (NaiveBar | null)[][]): Market {
  const column = (name: keyof NaiveBar) =>
    Float64Array.from(bars.flatMap((row) => row.map((bar) => bar?.[name] ?? Number.NaN)))
  return Market.from({
    assets: bars[0].map((_, a) => `A${a}`),
    time: Float64Array.from(bars, (_, t) => START + t * DAY),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: new Float64Array(bars.length * bars[0].length).fill(1),
  })
}

function listOf({ signals, stamp }: Pick<Scenario, 'signals' | 'stamp'>): TradeSignal[] {
  // An instant acts in the last bar that starts before it: within the bar, or at the start of the next one.
  const at = (bar: number) => START + bar * DAY + (stamp === 'label' ? 0 : bar % 2 === 0 ? DAY : 3_600_000)
  return signals.map(({ asset, bar, exitBar, side, units, stop, target, hold }, i) => ({
    asset: `A${asset}`,
    time: at(bar),
    id: `s${i}`,
    side: side > 0 ? 'long' : 'short',
    quantity: units,
    ...(stop ? { stop: stop as TradeSignal['stop'] & object } : {}),
    ...(target ? { target: target as TradeSignal['target'] & object } : {}),
    ...(hold === undefined ? {} : { hold }),
    ...(exitBar === undefined ? {} : { exitTime: at(exitBar) }),
  }))
}

function play({ overlap, bars, signals, stamp }: Scenario) {
  const market = marketOf(bars)
  try {
    const { trades, problems } = backtestSignals(market, listOf({ signals, stamp }), {
      account: 'unlimited',
      overlap,
      stamp,
      path: 'adverse',
    })
    const of = (name: string) => trades.values(name)
    const rows = Array.from({ length: trades.length }, (_, row) => ({
      signal: of('signalId')[row] - 1,
      asset: of('asset')[row],
      entryBar: of('entryBar')[row],
      exitBar: of('exitBar')[row],
      entry: of('entryPrice')[row],
      exit: of('exitPrice')[row],
      units: of('quantity')[row],
      word: LIST_EXITS[of('exit')[row]],
    }))
    return { rows, problems }
  } finally {
    market.release()
  }
}

const sorted = <T extends { exitBar: number; signal: number }>(rows: T[]) =>
  [...rows].sort((a, b) => a.exitBar - b.exitBar || a.signal - b.signal)

it('trades are those of the plain reference, on random lists, gaps, absent bars and all overlaps', () => {
  let trades = 0
  const words = new Map<string, number>()
  fc.assert(
    fc.property(scenarios, (scenario) => {
      const { rows, problems } = play(scenario)
      expect(problems.filter(({ kind }) => kind !== 'duplicate')).toEqual([])
      const naive = naiveTrades(scenario.bars, scenario.signals, scenario.overlap)
      const plain = (list: NaiveTrade[]) =>
        sorted(list).map((row) => ({
          ...row,
          entry: row.entry.toFixed(9),
          exit: row.exit.toFixed(9),
          units: Math.abs(row.units),
        }))
      expect(plain(rows)).toEqual(plain(naive))
      trades += rows.length
      for (const { word } of rows) words.set(word, (words.get(word) ?? 0) + 1)
    }),
    { numRuns: 5000 },
  )
  expect(trades).toBeGreaterThan(5000)
  for (const word of ['TP', 'SL', 'TIME', 'SIGNAL', 'END']) expect(words.get(word) ?? 0).toBeGreaterThan(100)
}, 120_000)

it('signals after a bar change nothing before it', () => {
  fc.assert(
    fc.property(scenarios, fc.nat(20), (scenario, cut) => {
      const bar = Math.min(cut, scenario.bars.length - 2)
      const before = { ...scenario, signals: scenario.signals.filter((one) => one.bar < bar) }
      const early = (rows: ReturnType<typeof play>['rows']) => sorted(rows.filter(({ exitBar }) => exitBar <= bar))
      expect(early(play(before).rows)).toEqual(
        early(play(scenario).rows).filter(({ signal }) => signal < before.signals.length),
      )
    }),
    { numRuns: 500 },
  )
}, 60_000)
