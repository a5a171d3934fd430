/** Time exits and targets with shares of strategies of expressions: the same bytes as a hook that brings the rules itself. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import type { Market } from '../../src/market/market.ts'
import type { Rule } from '../../src/settings/settings.ts'
import { expressions } from '../../src/signals/builders.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { int, num, strategy } from '../../src/strategy/expressed.ts'
import type { Indicator } from '../../src/strategy/indicator.ts'
import { defineSignals, Strategy, type StrategyClass } from '../../src/strategy/strategy.ts'
import { walk } from './walk.ts'

const { atr, close, crossedAbove, crossedBelow, greaterThan, multiply, percent, sma, where } = expressions

/** Enters where the averages cross upwards, with the rules that the function makes of the bar. */
function hook(rules: (at: (text: string) => number) => Rule[], exits = true): StrategyClass {
  return class extends Strategy {
    #texts = new Map<string, Indicator>()
    override onStart() {
      for (const text of [UP, DOWN, 'atr(14)', 'close > sma(20)']) this.#texts.set(text, this.expression(text))
    }
    override onBar(bar: Bar, broker: Broker) {
      for (let asset = 0; asset < 2; asset++) {
        const at = (text: string) => this.#texts.get(text)?.value(asset) ?? bar.close[asset]
        if (exits && at(DOWN) === 1 && at(UP) !== 1 && broker.getQuantity(asset) > 0)
          broker.closePosition(asset, { signal: true })
        if (at(UP) !== 1 || (exits && at(DOWN) === 1)) continue
        const chain = rules(at).filter((rule) => !Object.values(rule).some(Number.isNaN))
        broker.enterPosition(asset, 'long', { signal: true, ...(chain.length > 0 ? { rules: chain } : {}) })
      }
    }
  }
}

const UP = 'crossedAbove(sma(3), sma(8))'
const DOWN = 'crossedBelow(sma(5), sma(30))'
const entries = crossedAbove(sma(close, 3), sma(close, 8))
const exits = crossedBelow(sma(close, 5), sma(close, 30))

const outcomeOf = (result: { fingerprint: { outcome: string } }) => result.fingerprint.outcome

/** Both give the same, and something happened. Returns the reasons of the exits. */
function same(market: Market, one: Parameters<typeof backtest>[1], other: Parameters<typeof backtest>[1]): Set<string> {
  const [a, b] = [one, other].map((given) => backtest(market, given))
  expect(outcomeOf(a)).toBe(outcomeOf(b))
  expect(a.trades.length).toBeGreaterThan(10)
  return new Set([...a.trades].map((trade) => trade.exitReason as string))
}

describe('hold', () => {
  it('is a time exit, beside stop and target, as that of a hook and of a column', () => {
    const market = walk(5)
    const mine = strategy({
      parameters: { bars: int(4, { min: 1 }) },
      entries,
      exits,
      stopLoss: percent(4),
      takeProfit: multiply(2, atr(14)),
      hold: ({ bars }) => bars,
    })
    const reasons = same(
      market,
      mine,
      hook((at) => [
        { type: 'stop', distance: 0.04 },
        { type: 'target', distance: (2 * at('atr(14)')) / at('close') },
        { type: 'time', bars: 4 },
      ]),
    )
    expect(reasons).toContain('time')
    expect(reasons).toContain('stop')
    const columns = defineSignals({
      name: 'columns',
      signals: ({ conditionSignals, expression }) => ({
        flags: conditionSignals({ entries: UP, exits: DOWN }),
        stop: 0.04,
        target: expression('2 * atr(14) / close'),
        hold: 4,
      }),
    })
    same(market, mine, columns)
    market.release()
  })

  it('may change from entry to entry, and say nothing', () => {
    const market = walk(6)
    const reasons = same(
      market,
      strategy({ entries, exits, hold: where(greaterThan(close, sma(close, 20)), 9, 2) }),
      hook((at) => [{ type: 'time', bars: [2, 9][at('close > sma(20)')] ?? Number.NaN }]),
    )
    expect(reasons).toContain('time')
    market.release()
  })

  it.each([
    [0, /found 0 for [AB] at bar/],
    [2.5, /found 2.5 for [AB] at bar/],
    [2 ** 31, /found 2147483648 for [AB] at bar/],
  ])('is no %d bars', (bars, found) => {
    const market = walk(7, 60)
    const wrong = strategy({ parameters: { bars: num(1) }, entries, hold: ({ bars }) => bars })
    expect(() => backtest(market, wrong, { parameters: { bars } })).toThrow(
      expect.objectContaining({ code: 'invalid_value', message: expect.stringMatching(found) }),
    )
    market.release()
  })
})

describe('takeProfits', () => {
  it('close shares of the entry, move the stop, and let the trail begin, on random walks', () => {
    const found = new Set<string>()
    const mine = strategy({
      parameters: { first: num(0.5) },
      entries,
      exits,
      stopLoss: percent(5),
      takeProfits: ({ first }) => [
        { distance: percent(2), share: first },
        { distance: multiply(1.5, atr(14)), share: 0.25 },
      ],
      breakEvenAfter: 1,
      trail: percent(3),
      trailAfter: 2,
      hold: 30,
    })
    const other = hook((at) => {
      const second = (1.5 * at('atr(14)')) / at('close')
      return [
        { type: 'stop', distance: 0.05 },
        { type: 'target', distance: 0.02, action: { type: 'exit-fraction', fraction: 0.5, of: 'entries' } },
        { type: 'target', distance: second, action: { type: 'exit-fraction', fraction: 0.25, of: 'entries' } },
        { type: 'target', distance: 0.02, action: { type: 'move-stop', offset: 0 } },
        { type: 'trail', distance: 0.03, from: second },
        { type: 'time', bars: 30 },
      ]
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const market = walk(seed)
        for (const reason of same(market, mine, other)) found.add(reason)
        market.release()
      }),
      { numRuns: 8 },
    )
    expect([...found]).toEqual(expect.arrayContaining(['stop', 'target', 'trail']))
  })

  it('that are all of it leave nothing at the last one', () => {
    const market = walk(11)
    const reasons = same(
      market,
      strategy({
        entries,
        takeProfits: [
          { distance: percent(1), share: 1 / 3 },
          { distance: percent(2), share: 1 / 3 },
          { distance: percent(3), share: 1 / 3 },
        ],
      }),
      hook(() => {
        const action = { type: 'exit-fraction', fraction: 1 / 3, of: 'entries' } as const
        return [
          { type: 'target', distance: 0.01, action },
          { type: 'target', distance: 0.02, action },
          { type: 'target', distance: 0.03 },
        ]
      }, false),
    )
    expect([...reasons]).toEqual(['target'])
    market.release()
  })

  const targets = [
    { distance: percent(1), share: 0.5 },
    { distance: percent(2), share: 0.5 },
  ]
  it.each<[string, () => unknown, RegExp]>([
    ['an empty list', () => strategy({ entries, takeProfits: [] }), /takeProfits must be a list of targets/],
    ['a misspelt field', () => strategy({ entries, takeProfits: [{ distance: 1, shares: 1 } as never] }), /share/],
    [
      'a share that changes',
      () => strategy({ entries, takeProfits: [{ distance: percent(1), share: close }] }),
      /takeProfits\[0\].share must be a number or a parameter/,
    ],
    [
      'both forms',
      () => strategy({ entries, takeProfit: percent(1), takeProfits: targets }),
      /takeProfit or takeProfits, found both/,
    ],
    [
      'a move after targets that are not there',
      () => strategy({ entries, takeProfits: targets, breakEvenAfter: 3 }),
      /breakEvenAfter must be a number of targets from 1 to 2, found 3/,
    ],
    [
      'a move without targets',
      () => strategy({ entries, takeProfit: percent(1), breakEvenAfter: 1 }),
      /breakEvenAfter must be none without takeProfits/,
    ],
    [
      'a trail that would begin and is not there',
      () => strategy({ entries, takeProfits: targets, trailAfter: 1 }),
      /found no trail/,
    ],
    [
      'shares beyond all of it',
      () => {
        const market = walk(3, 50)
        try {
          const over = [...targets, { distance: percent(3), share: 0.1 }]
          return backtest(market, strategy({ entries, takeProfits: over }))
        } finally {
          market.release()
        }
      },
      /1 at most in all expected, found \[0.5,0.5,0.1\]/,
    ],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(expect.objectContaining({ message: expect.stringMatching(message) }))
  })
})

describe('rules of signal columns', () => {
  const market = walk(9, 60)
  const flags = new Uint8Array(120)
  it.each<[string, object, RegExp]>([
    ['beside a stop', { flags, stop: 0.1, rules: [{ type: 'time', bars: 3 }] }, /signals: rules or stop, not both/],
    ['none', { flags, rules: [] }, /signals.rules: a list of 1 to 8 rules expected/],
    ['too many', { flags, rules: Array(9).fill({ type: 'time', bars: 3 }) }, /at most 8 rules/],
    ['of no type', { flags, rules: [{ type: 'tme', bars: 3 }] }, /signals.rules\[0\].type/],
    ['of no bars', { flags, rules: [{ type: 'time', bars: 0 }] }, /bars/],
    ['a stop of all', { flags, hold: 3, stop: 1.5 }, /signals.stop: /],
    ['a hold of none', { flags, hold: 0 }, /signals.hold: /],
    [
      'a column that is too short',
      { flags, rules: [{ type: 'stop', distance: [0.1] }] },
      /signals.rules\[0\].distance: 60 bars x 2 assets = 120 values expected/,
    ],
    [
      'a distance beyond all in a column',
      { flags, rules: [{ type: 'stop', distance: Array(120).fill(1) }] },
      /signals.rules\[0\].distance: a number between 0 and 1/,
    ],
  ])('are refused: %s', (_, columns, message) => {
    expect(() => backtest(market, columns as never)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message) }),
    )
  })
})
