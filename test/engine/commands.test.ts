/** What a hook's orders look like to the kernel: records of the ring, before it hears of them. */
import { describe, expect, it } from 'vitest'
import * as L from '../../assembly/layout.ts'
import { openRun } from '../../src/drivers/driven.ts'
import type { Lane } from '../../src/kernel/lane.ts'
import type { Rule } from '../../src/settings/settings.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { Commands } from '../../src/strategy/commands.ts'
import type { OrderBook } from '../../src/strategy/orderbook.ts'
import { at, failure, flat, market } from './script.ts'

const { COMMAND_FIELDS: N, KIND_CHAIN } = L
const stop: Rule = { type: 'stop', distance: 0.05 }
const eight: Rule[] = [
  { type: 'stop', distance: 0.05 },
  { type: 'target', distance: 7, unit: 'price', action: { type: 'exit-fraction', fraction: 0.5 } },
  { type: 'target', distance: 0.03, action: { type: 'move-stop', offset: 0.01 } },
  { type: 'trail', distance: 0.02, unit: 'fraction' },
  { type: 'time', bars: 9 },
  { type: 'trail', distance: 3, unit: 'price' },
  { type: 'stop', distance: 2, unit: 'price', action: { type: 'exit' } },
  { type: 'time', bars: 20, action: { type: 'exit-fraction', fraction: 0.25 } },
]
const numbers = [
  [0.05, 0, L.REASON_STOP, 0],
  [7, 0.5, L.REASON_TARGET | (L.UNIT_PRICE << 4) | (L.ACTION_EXIT_FRACTION << 8), 0],
  [0.03, 0.01, L.REASON_TARGET | (L.ACTION_MOVE_STOP << 8), 0],
  [0.02, 0, L.REASON_TRAIL, 0],
  [0, 0, L.REASON_TIME, 9],
  [3, 0, L.REASON_TRAIL | (L.UNIT_PRICE << 4), 0],
  [2, 0, L.REASON_STOP | (L.UNIT_PRICE << 4), 0],
  [0, 0.25, L.REASON_TIME | (L.ACTION_EXIT_FRACTION << 8), 20],
]

/** The records that a hook's calls leave in the ring. The hook throws, so that the kernel never hears of them. */
function recordsOf(give: (broker: Broker) => void): number[][] {
  const out: number[][] = []
  const prices = market({ A: flat(100, 100), B: flat(50, 50) })
  const run = openRun(
    prices,
    at({
      0: (broker) => {
        give(broker)
        for (let i = 0; i < run.lane.ringCount; i++) out.push([...run.lane.ring.slice(i * N, (i + 1) * N)])
        throw new Error('enough')
      },
    }),
  )
  expect(failure(() => run.advance()).message).toContain('enough')
  run.release()
  return out
}

const ORDER = {
  asset: 0,
  side: 1,
  type: L.TYPE_MARKET,
  size: L.SIZE_UNITS,
  amount: 1,
  limit: Number.NaN,
  stop: Number.NaN,
  trail: Number.NaN,
  offset: Number.NaN,
  goodTill: Number.NaN,
  endBar: L.NO_END,
  timing: 0,
  flags: 0,
  tag: 0,
  after: 0,
  ruleStop: Number.NaN,
  ruleTarget: Number.NaN,
  ruleTrail: Number.NaN,
}

describe('an order with a chain of its own', () => {
  it.each([1, 4, 5, 6, 8])('of %i rules has them packed before it', (n) => {
    const size = 1 + Math.ceil((n * L.CHAIN_RULE_FIELDS) / N)
    const records = recordsOf((broker) => {
      expect(broker.submitOrder({ asset: 1, quantity: 3, rules: eight.slice(0, n) })).toBe(1)
    })
    expect(records).toHaveLength(size + 1)
    expect(records[0].slice(0, 2)).toEqual([KIND_CHAIN, n])
    const packed = records.slice(1, size).flat()
    const fields = L.CHAIN_RULE_FIELDS
    // None of them begins from a profit, the last field.
    const expected = numbers.slice(0, n).map((rule) => [...rule, 0])
    expect(Array.from({ length: n }, (_, i) => packed.slice(fields * i, fields * (i + 1)))).toEqual(expected)
    const order = records[size]
    expect([order[L.COMMAND_KIND], order[L.COMMAND_ASSET], order[L.COMMAND_AMOUNT]]).toEqual([L.KIND_ORDER, 1, 3])
    expect([L.COMMAND_RULE_STOP, L.COMMAND_RULE_TARGET, L.COMMAND_RULE_TRAIL].map((field) => order[field])).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ])
    expect(order[L.COMMAND_LINK]).toBe(0)
  })

  it('takes one id, as do its children; the shorthand needs no chain', () => {
    const ids: unknown[] = []
    const records = recordsOf((broker) => {
      ids.push(broker.submitOrder({ asset: 0, quantity: 1 }))
      ids.push(broker.submitOrder({ asset: 0, quantity: 1, rules: eight }))
      ids.push(broker.submitOrder({ asset: 0, quantity: 1, stop: 0.1 }))
      ids.push(broker.submitBracket({ asset: 0, quantity: 1, rules: [stop], stopLossPrice: 90, takeProfitPrice: 110 }))
      ids.push(
        broker.submitOco([
          { asset: 0, quantity: 1, type: 'limit', limitPrice: 90, rules: [stop, stop] },
          { asset: 0, quantity: 1, type: 'stop', stopPrice: 110, takeProfitPrice: 130, rules: [stop] },
        ]),
      )
      ids.push(broker.orderTargetValue(0, 500, { rules: [stop] }))
      ids.push(broker.closePosition(0))
    })
    expect(ids).toEqual([
      1,
      2,
      3,
      { parent: 4, stop: 5, target: 6 },
      [
        { parent: 7, stop: 0, target: 0 },
        { parent: 8, stop: 0, target: 9 },
      ],
      10,
      11,
    ])
    const { KIND_ORDER: O, KIND_CHILD: C } = L
    // Of a chain's records but the first only the numbers count, so they are skipped by its length here.
    const heads: number[] = []
    for (let i = 0; i < records.length; i++) {
      heads.push(records[i][L.COMMAND_KIND])
      if (records[i][L.COMMAND_KIND] === KIND_CHAIN) i += Math.ceil((records[i][1] * 4) / N)
    }
    const K = KIND_CHAIN
    expect(heads).toEqual([O, K, O, O, K, O, C, C, K, O, K, O, C, K, O, L.KIND_CLOSE])
    // The group is named by its first order.
    expect(records.filter((record) => record[L.COMMAND_KIND] === O && record[L.COMMAND_GROUP] === 7)).toHaveLength(2)
  })

  it('may be an entry', () => {
    const [chain, , order] = recordsOf((broker) => void broker.enterPosition(1, 'short', { rules: [stop] }))
    expect([chain[L.COMMAND_KIND], chain[1], order[L.COMMAND_SIDE]]).toEqual([KIND_CHAIN, 1, -1])
  })

  it('is not parted by a flush, and is forgotten with it', () => {
    const flushed: number[][] = []
    const chains: number[] = []
    const lane = {
      nextId: 1,
      ringCount: 0,
      ringChains: 0,
      ringCapacity: 256,
      ring: new Float64Array(256 * N),
      bind() {},
      flush() {
        const heads: number[] = []
        for (let i = 0; i < this.ringCount; i++) {
          heads.push(this.ring[i * N + L.COMMAND_KIND])
          if (heads.at(-1) === KIND_CHAIN) i += Math.ceil((this.ring[i * N + 1] * 4) / N)
        }
        flushed.push(heads)
        chains.push(this.ringChains)
        this.ringChains = 0
        this.nextId += heads.filter((kind) => kind !== KIND_CHAIN).length
        this.ringCount = 0
      },
    }
    const commands = new Commands(lane as unknown as Lane, {} as OrderBook)
    const order = { ...ORDER, rules: eight }
    const child = { ...ORDER, rules: [], link: 0 }
    // Six records each: the ring holds 42 of them, and four records more.
    const ids = Array.from({ length: 100 }, () => commands.order(order, [child, child], 0))
    expect(ids).toEqual(Array.from({ length: 100 }, (_, i) => 1 + 3 * i))
    const whole = [KIND_CHAIN, L.KIND_ORDER, L.KIND_CHILD, L.KIND_CHILD]
    expect(flushed).toEqual(Array.from({ length: 2 }, () => Array.from({ length: 42 }, () => whole).flat()))
    expect(chains).toEqual([42, 42])
    expect(commands.nextId).toBe(301)
    lane.flush()
    expect(commands.nextId).toBe(301)
    expect(commands.close(0, 0, 0, 0, 0)).toBe(301)
    // A run that goes back empties the ring, and the next order may have any id, the same one too.
    lane.ringCount = 0
    expect([commands.nextId, commands.order(child, [], 0), commands.nextId]).toEqual([301, 301, 302])
  })
})
