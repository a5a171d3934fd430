/** Scenarios in which long runs of the fuzzer have found the kernel and the oracle apart. */
import { expect, it } from 'vitest'
import { runOracle } from '../oracle/broker.ts'
import type { Scenario } from '../oracle/types.ts'
import { difference, runEngine } from './adapter.ts'

/** Bars of one asset as [open, high, low, close]; the others stay at the first bar. */
function market(assets: number, bars: number, changed: Readonly<Record<string, [number, number, number, number]>>) {
  const column = (field: number) =>
    Array.from({ length: bars }, (_, bar) =>
      Array.from({ length: assets }, (_, asset) => (changed[`${bar},${asset}`] ?? [50, 50.4, 50, 50.2])[field]),
    )
  const volume = Array.from({ length: bars }, () => Array.from({ length: assets }, () => 1000))
  return { assets, bars, open: column(0), high: column(1), low: column(2), close: column(3), volume }
}

it('a trail that has fired follows the price until another trail takes up its level', () => {
  const scenario = {
    market: market(1, 6, {
      '1,0': [50, 50.4, 49, 50.2],
      '2,0': [52, 54, 52, 53],
      '3,0': [53, 53.2, 52.5, 53],
    }),
    settings: { rules: [{ type: 'trail', distance: 0.02, action: { type: 'exit-fraction', fraction: 0.5 } }] },
    commands: [
      [{ kind: 'order', order: { asset: 0, type: 'market', side: 1, size: 'units', amount: 2 } }],
      [],
      [{ kind: 'rules', rules: [{ type: 'trail', distance: 0.04 }] }],
      [],
      [],
      [],
    ],
  } as unknown as Scenario
  const kernel = runEngine(scenario)
  expect(difference(kernel, runOracle(scenario))).toBeUndefined()
  // Half at the first trail, half at the level that it had come to when the other took it up: 2 % below 54.
  expect(kernel.fills.map((fill) => fill.price)).toEqual([50, 49, 54 * 0.98])
})

it.each([
  [-0.25, 0.3, 500],
  [-0.02, 0.3, 0.9],
  [-0.13, 0.11, 2],
])(
  'a cash account that is paid %d a unit for buying, and charged %d, takes the largest quantity',
  (price, amount, fractions) => {
    for (const cash of [60, 100, 300, 1000]) {
      const flat = market(1, 3, Object.fromEntries([0, 1, 2].map((bar) => [`${bar},0`, [price, price, price, price]])))
      const order = { asset: 0, type: 'market', side: 1, size: 'fraction', amount: fractions }
      const scenario = {
        market: { ...flat, allowNonPositive: true },
        settings: { account: 'cash', cash, commission: { type: 'per-unit', amount } },
        commands: [[{ kind: 'order', order }], [], []],
      } as unknown as Scenario
      expect(difference(runEngine(scenario), runOracle(scenario))).toBeUndefined()
    }
  },
)

it('an added stop whose exit was cut is live again behind a longer chain', () => {
  const up: [number, number, number, number] = [50, 53, 50, 50]
  const flat: [number, number, number, number] = [50, 50, 50, 50]
  const trade = (asset: number, side: number, amount: number) => ({
    kind: 'order',
    order: { asset, type: 'market', side, size: 'units', amount },
  })
  const scenario = {
    market: market(2, 7, {
      ...Object.fromEntries([0, 1, 2, 3, 4, 5, 6].flatMap((bar) => [0, 1].map((asset) => [`${bar},${asset}`, flat]))),
      '2,0': up,
      '4,0': up,
    }),
    settings: { cash: 100, funds: 'vectorbt', stopFill: 'next-open' },
    commands: [
      [trade(0, -1, 1)],
      [trade(1, 1, 2.99), { kind: 'move-stop', asset: 0, price: 52 }],
      [{ kind: 'rules', asset: 0, rules: [{ type: 'target', distance: 0.5 }] }],
      [trade(1, -1, 2.99)],
      [],
      [],
      [],
    ],
  } as unknown as Scenario
  const kernel = runEngine(scenario)
  expect(difference(kernel, runOracle(scenario))).toBeUndefined()
  // At bar 3 there is money for a part of it, at bar 5 for the rest.
  expect(kernel.trades.filter(({ asset }) => asset === 0).map(({ exitBar, reason }) => [exitBar, reason])).toEqual([
    [3, 'stop'],
    [5, 'stop'],
  ])
})

it('a level that is rounded to 0 is 0 and not -0, which would be another price on another path', () => {
  const rows = (values: number[]) => values.map((value) => [value])
  const scenario = {
    market: {
      assets: 1,
      bars: 9,
      open: rows([0, -1, 0, -2, -1, -1, -0.5, -0.5, -0.5]),
      high: rows([0, 0.5, 0, -0.5, -1, -1, 0, 0, -0.5]),
      low: rows([-1.5, -1, -1.5, -2, -2, -1, -0.5, -1.5, -0.5]),
      close: rows([-1.5, 0.5, -1.5, -0.5, -2, -1, 0, -0.5, -0.5]),
      volume: rows(Array(9).fill(1000)),
      allowNonPositive: true,
      instruments: [{ tickSize: 1 }],
    },
    settings: { stopFill: 'extreme' },
    commands: [
      [{ kind: 'order', order: { asset: 0, type: 'market', side: 1, size: 'units', amount: 1 } }],
      ...[[], [], [], []],
      [
        {
          kind: 'order',
          order: {
            asset: 0,
            type: 'market',
            side: 1,
            size: 'value',
            amount: 100,
            chain: [{ type: 'stop', distance: 0.02 }],
          },
        },
      ],
      [
        {
          kind: 'order',
          order: { asset: 0, type: 'market', side: -1, size: 'value', amount: 250, rules: { trail: 0.04 } },
        },
        { kind: 'order', order: { asset: 0, type: 'market', side: 1, size: 'units', amount: 1 } },
      ],
      [
        { kind: 'order', order: { asset: 0, type: 'market', side: 1, size: 'units', amount: 1 } },
        {
          kind: 'order',
          order: { asset: 0, type: 'market', side: 1, size: 'units', amount: 1, rules: { stop: 0.05 } },
        },
      ],
      [],
    ],
  } as unknown as Scenario
  expect(difference(runEngine(scenario), runOracle(scenario))).toBeUndefined()
})

it('where orders come before trails at an open, a trail starts by the basis that all of them have left', () => {
  const order = (amount: number) => ({ asset: 0, type: 'market', side: -1, size: 'units', amount })
  const scenario = {
    // Short from C 100, and O 94 is 6 below that: the stop of C 100 adds there, then the order of C 98 takes the basis along.
    market: market(1, 5, {
      '0,0': [100, 100, 100, 100],
      '1,0': [100, 100, 98, 98],
      '2,0': [94, 95.5, 94, 95],
      '3,0': [95, 95, 95, 95],
      '4,0': [95, 95, 95, 95],
    }),
    settings: {
      sequence: 'submission',
      stopBasis: 'signal',
      cash: 5000,
      rules: [{ type: 'trail', distance: 1, unit: 'price', from: 6 }],
    },
    commands: [
      [
        { kind: 'order', order: order(1) },
        { kind: 'order', order: { ...order(1), type: 'stop', stop: 95 } },
      ],
      [{ kind: 'order', order: order(1) }],
      [],
      [],
      [],
    ],
  } as unknown as Scenario
  const kernel = runEngine(scenario)
  expect(difference(kernel, runOracle(scenario))).toBeUndefined()
  expect(kernel.trades).toEqual([])
})
