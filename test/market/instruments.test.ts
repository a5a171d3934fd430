/** What assets are traded in, as a fact of the market (semantics 1.9). */
import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { copiedMarket, marketColumns } from '../../src/jobs/executor.ts'
import { getEngine } from '../../src/kernel/load.ts'
import { adjust } from '../../src/market/adjust.ts'
import { COMMON_INSTRUMENTS } from '../../src/market/catalogue.ts'
import type { Instruments } from '../../src/market/instrument.ts'
import { ticksInOne } from '../../src/market/instruments.ts'
import { Market } from '../../src/market/market.ts'
import { resample } from '../../src/market/resample.ts'

const DAY = 86_400_000

function of(assets: string[], instruments?: Instruments): Market {
  const time = [0, DAY, 2 * DAY]
  return Market.from({ assets, time, close: time.flatMap(() => assets.map((_, i) => i + 1)) }, { instruments })
}

function refused(instruments: unknown, assets = ['A', 'B']): [string, string] {
  try {
    of(assets, instruments as Instruments).release()
  } catch (error) {
    if (error instanceof FillgridError) return [error.code, error.message]
    throw error
  }
  throw new Error('nothing was refused')
}

/** The columns that the kernel reads. */
function columns(market: Market): Record<string, number[]> {
  const { arena } = getEngine()
  const width = market.assetCount
  const rows = { multipliers: 1, ticks: 2, pips: 1, steps: 1, limits: 3 }
  return Object.fromEntries(
    Object.entries(market.instrumentColumns).map(([name, pointer]) => [
      name,
      pointer === 0 ? [] : [...arena.f64(pointer, width * rows[name as keyof typeof rows])],
    ]),
  )
}

const SAID = {
  B: { tickSize: 0.01, multiplier: 100, quoteCurrency: 'USD', maximumQuantity: 9, quantityStep: undefined },
  A: { pipSize: 0.1, quantityStep: 2, minimumQuantity: 4 },
} as const

describe('instruments of a market', () => {
  it('are nothing where nothing is said', () => {
    const plain = of(['A', 'B'])
    const empty = of(['A', 'B'], { A: {} })
    for (const market of [plain, empty]) {
      expect(market.instruments).toEqual({})
      expect(columns(market)).toEqual({ multipliers: [], ticks: [], pips: [], steps: [], limits: [] })
    }
    expect(plain.digest()).toBe(empty.digest())
    for (const market of [plain, empty]) market.release()
  })

  it('stand in columns by asset, with what is not said of one', () => {
    const market = of(['A', 'B'], SAID)
    expect(columns(market)).toEqual({
      multipliers: [1, 100],
      ticks: [0, 0.01, 0, 100],
      pips: [0.1, 0],
      steps: [2, Number.NaN],
      limits: [4, 0, 0, 0, Number.POSITIVE_INFINITY, 9],
    })
    expect(Object.keys(market.instruments)).toEqual(['A', 'B'])
    expect(Object.entries(market.instruments.B)).toEqual([
      ['multiplier', 100],
      ['tickSize', 0.01],
      ['maximumQuantity', 9],
      ['quoteCurrency', 'USD'],
    ])
    market.release()
  })

  it('are part of the content, whatever way the market goes', () => {
    const plain = of(['A', 'B'])
    const market = of(['A', 'B'], SAID)
    expect(market.digest()).not.toBe(plain.digest())
    const others = [
      market.slice(1),
      market.with({ context: { x: [1, 2, 3] } }),
      copiedMarket(structuredClone(marketColumns(market))),
      adjust(market, []),
      resample(market, '2d', { from: '1d' }).market,
    ]
    for (const other of others) {
      expect(other.instruments).toEqual(market.instruments)
      expect(columns(other)).toEqual(columns(market))
    }
    expect(others[2].digest()).toBe(market.digest())
    for (const one of [plain, market, ...others]) one.release()
  })

  it('are common ones only where that is asked for', () => {
    const asked = of(['EUR/USD', 'XAUUSD'], 'common')
    expect(asked.instruments['EUR/USD']).toEqual(COMMON_INSTRUMENTS.EURUSD)
    expect(asked.instruments.XAUUSD).toMatchObject({ tickSize: 0.01, quoteCurrency: 'USD' })
    const one = of(['USDJPY', 'XAUUSD'], { USDJPY: 'common' })
    expect(one.instruments).toEqual({ USDJPY: { tickSize: 0.001, pipSize: 0.01, quoteCurrency: 'JPY' } })
    expect(of(['EURUSD']).instruments).toEqual({})
    for (const market of [asked, one]) market.release()
    expect(refused('common', ['EURUSD', 'EURUSS'])).toEqual([
      'unknown_name',
      'instrument of EURUSS: one of COMMON_INSTRUMENTS expected, found none of this name. Is it EURUSD? Say what it is traded in.',
    ])
  })

  it.each<[unknown, string, string]>([
    ['all', 'invalid_value', 'must be \'common\' or instruments by asset, found "all"'],
    [[], 'invalid_value', "must be 'common' or instruments by asset, found []"],
    [{ AB: {} }, 'unknown_name', 'instruments name asset "AB", which is not in it. Leave it out.'],
    [{ A: 3 }, 'invalid_value', "instrument of A: an object of fields, or 'common', expected, found 3."],
    [{ A: { tick: 1 } }, 'unknown_name', 'found "tick". Did you mean tickSize?'],
    [{ A: { multiplier: 0 } }, 'invalid_value', 'instrument of A.multiplier: a number above 0 expected, found 0.'],
    [{ A: { multiplier: -1 } }, 'invalid_value', 'A.multiplier: a number above 0 expected, found -1.'],
    [{ A: { tickSize: -0.1 } }, 'invalid_value', 'A.tickSize: a number of 0 or more expected, found -0.1.'],
    [{ A: { pipSize: Number.NaN } }, 'invalid_value', 'A.pipSize: a number of 0 or more expected, found NaN.'],
    [{ A: { quantityStep: '1' } }, 'invalid_value', 'A.quantityStep: a number of 0 or more expected, found "1".'],
    [{ A: { minimumNotional: Infinity } }, 'invalid_value', 'a number of 0 or more expected, found Infinity.'],
    [{ A: { maximumQuantity: 0 } }, 'invalid_value', 'A.maximumQuantity: a number above 0 expected, found 0.'],
    [
      { A: { maximumQuantity: 1, minimumQuantity: 2 } },
      'invalid_value',
      'instrument of A.maximumQuantity: no less than minimumQuantity, 2, expected, found 1. Nothing could be traded.',
    ],
    [
      { A: { maximumQuantity: 1, quantityStep: 5 } },
      'invalid_value',
      'no less than quantityStep, 5, expected, found 1.',
    ],
    [{ A: { quoteCurrency: ' ' } }, 'invalid_value', 'A.quoteCurrency: the name of a currency expected, found " ".'],
  ])('%j is refused', (given, code, message) => {
    const [found, text] = refused(given)
    expect(found).toBe(code)
    expect(text).toContain(message)
  })

  it('count the ticks in 1 where they are whole', () => {
    expect([0.01, 0.00001, 0.05, 0.25, 1 / 64, 1, 5, 0.3, 0.0000005].map(ticksInOne)).toEqual([
      100, 100_000, 20, 4, 64, 1, 0, 0, 2_000_000,
    ])
  })

  it('are each a sensible one among the common', () => {
    const names = Object.keys(COMMON_INSTRUMENTS)
    const market = of(names, 'common')
    expect(Object.keys(market.instruments)).toEqual(names)
    for (const { tickSize = 0, pipSize = 0 } of Object.values(COMMON_INSTRUMENTS)) {
      expect(tickSize).toBeGreaterThan(0)
      // A pip is whole ticks.
      expect(Math.abs(pipSize / tickSize - Math.round(pipSize / tickSize))).toBeLessThan(1e-9)
    }
    market.release()
  })
})
