/** The worst bound of a bar, worked out by hand (7.8). */
import { expect, test } from 'vitest'
import { runOracle } from './broker.ts'
import { last, order, run, stop } from './hand.ts'
import type { ScenarioMarket } from './types.ts'

const tenth = { type: 'margin', initial: 0.1 } as const
const none = { calls: 0, callBound: Number.NaN, callBar: -1 }
const wild = [100, 106, 88, 105]

test('a position that would have been lost inside the bar', () => {
  // 100 of cash, 10 bought at 100: cash -900. At the low 88 the equity is -900 + 880 = -20, at the close 150.
  const o = run([wild], { cash: 100, account: tenth }, { 0: [order('market', 1, 10)] })
  expect(o.equity).toEqual([100, 150])
  expect([o.bust, o.marginCalls]).toEqual([false, 0])
  // Maintenance is 0, so -20 is below it too.
  expect(o.intrabar).toEqual({
    drawdown: 1.2,
    busts: 1,
    bustBound: -20,
    bustBar: 1,
    calls: 1,
    callBound: -20,
    callBar: 1,
  })
  // Short: cash 1,100; at the high 106 it is 1,100 - 1,060 = 40. Drawdown (100 - 40) / 100.
  const short = run([wild], { cash: 100, account: tenth }, { 0: [order('market', -1, 10)] })
  expect(short.intrabar).toMatchObject({ drawdown: 0.6, busts: 0, bustBar: -1 })
})

test('the warnings are those of the account', () => {
  const commands = { 0: [order('market', 1, 10)] }
  const free = run([wild], { cash: 100, account: 'unlimited' }, commands)
  expect(free.intrabar).toEqual({ drawdown: 1.2, busts: 0, bustBound: Number.NaN, bustBar: -1, ...none })
})

test('a stop on the way, and what it cost', () => {
  // Sold at 95 on the way to 88: the bound is -900 + (950 - 3) = 47, after the fill of 3. The close: 47.
  const settings = {
    cash: 103,
    account: tenth,
    rules: [stop(5)],
    commission: { type: 'per-trade', amount: 3 },
  } as const
  const o = run([wild], { ...settings, rules: [stop(5)] }, { 0: [order('market', 1, 10)] })
  expect(last(o)).toBe(47)
  expect(o.intrabar).toEqual({ drawdown: (103 - 47) / 103, busts: 0, bustBound: Number.NaN, bustBar: -1, ...none })
})

test('an entry in the range counts from its fill on', () => {
  // The high is 6 away, the low 12: high first. Bought 10 at 104, up to 106, down to 88: 200 - 1,040 + 880 = 40. On the
  // other path it is bought after the low, and C is the lowest; the own part at C is the same.
  const o = run([wild], { cash: 200, account: tenth }, { 0: [order('stop', 1, 10, { stop: 104 })] })
  expect(o.intrabar.bustBar).toBe(-1)
  expect(o.intrabar.drawdown).toBe((200 - (200 - 1040 + 880)) / 200)
})

test('maintenance at the same prices, and the first of equal prices', () => {
  // 300 of cash, 10 at 100, maintenance 0.25. At 88: equity 180, exposure 880, 220 is needed: below. At the close 105:
  // 350 of 1,050.
  const account = { type: 'margin', initial: 0.1, maintenance: 0.25 } as const
  const o = run([wild, [105, 105, 105, 105]], { cash: 300, account }, { 0: [order('market', 1, 10)] })
  expect(o.marginCalls).toBe(0)
  expect(o.intrabar).toMatchObject({ busts: 0, calls: 1, callBound: 180, callBar: 1 })
  // With a stop at 92 the lowest is 220, before and after the fill: before it the exposure is 920, and 230 is needed.
  const stopped = run([wild], { cash: 300, account, rules: [stop(8)] }, { 0: [order('market', 1, 10)] })
  expect(stopped.intrabar).toMatchObject({ calls: 1, callBound: 220, callBar: 1 })
  // A bar that closes below it is a margin call, and not counted here.
  const called = run([[100, 100, 80, 85]], { cash: 300, account }, { 0: [order('market', 1, 10)] })
  expect([called.marginCalls, called.intrabar.calls]).toEqual([1, 0])
})

test('several assets: each at its worst, absent ones at their mark; bars after a bust are not looked at', () => {
  const bars = (prices: number[][]) => prices
  const market: ScenarioMarket = {
    assets: 2,
    bars: 5,
    open: bars([
      [100, 50],
      [100, 50],
      [100, Number.NaN],
      [100, 50],
      [60, 50],
    ]),
    high: bars([
      [100, 50],
      [100, 55],
      [100, Number.NaN],
      [100, 50],
      [60, 50],
    ]),
    low: bars([
      [100, 50],
      [96, 50],
      [90, Number.NaN],
      [70, 50],
      [20, 50],
    ]),
    close: bars([
      [100, 50],
      [100, 50],
      [100, Number.NaN],
      [70, 50],
      [60, 50],
    ]),
    volume: bars(Array.from({ length: 5 }, () => [1000, 1000])),
  }
  // 100 of cash; 5 of A long, 5 of B short. Bar 1: 100 - 5 * 4 - 5 * 5 = 55. Bar 2: B is absent, 100 - 50 = 50. Bar 3:
  // the close is -50, a bust, whose drawdown counts; bar 4, with a low of 20, does not.
  const commands = [[order('market', 1, 5), order('market', -1, 5, { asset: 1 })], [], [], [], []]
  const o = runOracle({ market, settings: { cash: 100, account: tenth }, commands })
  expect(o.equity).toEqual([100, 100, 100, -50, -100])
  expect(o.intrabar).toMatchObject({ drawdown: 1.5, busts: 0, calls: 0 })
  const part = runOracle({ market: { ...market, bars: 3 }, settings: { cash: 100, account: tenth }, commands })
  expect(part.intrabar.drawdown).toBe(0.5)
  const first = runOracle({ market: { ...market, bars: 2 }, settings: { cash: 100, account: tenth }, commands })
  expect(first.intrabar.drawdown).toBe(0.45)
})

test('the peak is of the bars before; the equity is an upper bound', () => {
  // Bought at 100, bar 1 from 100 to 120 with a low of 90: peak 1,000, bound 900. Bar 2 falls to 108: peak 1,200.
  const o = run(
    [
      [100, 120, 90, 120],
      [120, 120, 108, 119],
    ],
    { cash: 1000 },
    { 0: [order('market', 1, 10)] },
  )
  expect(o.intrabar.drawdown).toBe(0.1)
  // Entered at C of bar 1 with a commission of 10, flat in its range: the bound is the equity.
  const late = run(
    [[100, 100, 100, 100]],
    { cash: 1000, commission: { type: 'per-trade', amount: 10 } },
    { 0: [order('market', 1, 1, { timing: 'next-close' })] },
  )
  expect(late.intrabar.drawdown).toBe(0.01)
  // Held at 100 with a loss of 10 at the close alone, by a commission: lower than the range, so it is the bound.
  const at = run(
    [
      [100, 100, 100, 100],
      [100, 100, 99, 99],
    ],
    { cash: 1000, commission: { type: 'per-trade', amount: 10 } },
    { 0: [order('market', 1, 1)], 1: [{ kind: 'close', asset: 0, timing: 'next-close' }] },
  )
  expect(at.intrabar.drawdown).toBe((1000 - 979) / 1000)
})
