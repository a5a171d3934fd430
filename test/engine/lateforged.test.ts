/** Snapshots that say strange things of what is on its way, with a checksum that is right (semantics 3.15). */
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import * as L from '../../assembly/layout.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { checksumOfFields } from '../../src/engine/checksum.ts'
import { resultOf } from '../../src/engine/openrun.ts'
import type { Snapshot } from '../../src/engine/snapshot.ts'
import { encodeState } from '../../src/engine/state.ts'
import { decodeState } from '../../src/engine/statedecode.ts'
import type { FillgridError } from '../../src/errors.ts'
import { LATE_CANCEL, LATE_DUE, LATE_EXIT, LATE_FIELDS, LATE_STOP, LATE_UPDATE } from '../../src/kernel/late.ts'
import type { LiveState } from '../../src/kernel/livestate.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import { at, failure, flat, market, textOf } from './script.ts'

const over = market(flat(...Array.from({ length: 30 }, (_, bar) => 100 + (bar % 5))))
afterAll(() => over.release())
const config: BacktestConfig = { latency: 4, lots: 'fifo' }
const buy = (more: object = {}) => ({ asset: 0, side: 'buy' as const, quantity: 2, ...more })

/** Something of each kind: at bar 8, where it is saved, all of it is on its way. */
const decided = at({
  0: (broker) => broker.submitOrder(buy()),
  7: (broker) => {
    broker.submitOrder(
      buy({
        rules: [
          { type: 'trail', distance: 2, unit: 'atr', period: 3 },
          { type: 'time', bars: 9 },
        ],
      }),
    )
    broker.submitBracket(buy({ type: 'limit', limitPrice: 99, stopLossPrice: 90, takeProfitPrice: 120 }))
    broker.updateOrder(2, { quantity: 3 })
    broker.orderTargetQuantity(0, 5)
    broker.closePosition(0, { lot: 1 })
  },
  8: (broker) => {
    broker.cancelOrder(3)
    broker.reducePosition(0, 0.5)
    broker.moveStop(0, 80, { lot: 1 })
    broker.submitOrder(buy({ after: 3 }))
  },
})

/** The kinds of the records, as they were decided. */
const KINDS = [
  L.KIND_CHAIN,
  Number.NaN,
  L.KIND_ORDER,
  L.KIND_ORDER,
  L.KIND_CHILD,
  L.KIND_CHILD,
  LATE_UPDATE,
  L.KIND_ORDER,
  L.KIND_CLOSE,
  LATE_CANCEL,
  LATE_EXIT,
  LATE_STOP,
  L.KIND_ORDER,
]

describe('a snapshot with other things on their way', () => {
  const run = openRun(over, new decided(), config)
  while (run.bar < 8) run.advance()
  const good = run.snapshot()
  const right = textOf(resultOf(run.toEnd()))
  const forge = (change: (live: LiveState) => void): Snapshot => {
    const image = decodeState(good.image) as { live: LiveState }
    change(image.live)
    const fields = { ...good, image: encodeState(image) }
    return { ...fields, checksum: checksumOfFields(fields) }
  }
  /** A number of a record. */
  const put = (record: number, field: number, value: number) => (live: LiveState) => {
    numbersOf(live)[record * LATE_FIELDS + field] = value
  }
  const numbersOf = ({ late }: LiveState) => new Float64Array(late.buffer, late.byteOffset, late.length >> 3)

  it('has them as they were decided', () => {
    const { live } = decodeState(good.image) as { live: LiveState }
    const numbers = numbersOf(live)
    expect(numbers.length).toBe(KINDS.length * LATE_FIELDS)
    KINDS.forEach((kind, i) => {
      if (!Number.isNaN(kind)) expect(numbers[i * LATE_FIELDS + L.COMMAND_KIND], `record ${i}`).toBe(kind)
      expect(numbers[i * LATE_FIELDS + LATE_DUE]).toBe(i < 9 ? 11 : 12)
    })
  })

  it.each<[string, (live: LiveState) => void]>([
    ['no list', (live) => Object.assign(live, { late: undefined })],
    ['half a record', (live) => Object.assign(live, { late: live.late.slice(0, 100) })],
    ['rules without their order', (live) => Object.assign(live, { late: live.late.slice(0, 16 * LATE_FIELDS) })],
    ['a parent without its children', (live) => Object.assign(live, { late: live.late.slice(0, 40 * LATE_FIELDS) })],
    ['a child without a parent', put(3, L.COMMAND_LINK, 1)],
    ['children without end', put(3, L.COMMAND_LINK, 1e9)],
    ['half a child', put(3, L.COMMAND_LINK, 1.5)],
    ['fewer children than none', put(3, L.COMMAND_LINK, -1)],
    ['a child of another asset', put(4, L.COMMAND_ASSET, -1)],
    ['rules without end', put(0, L.CHAIN_COUNT, 1e9)],
    ['no rules', put(0, L.CHAIN_COUNT, 0)],
    ['not a number of rules', put(0, L.CHAIN_COUNT, Number.NaN)],
    ['a rule of no kind', put(1, 2, 15)],
    ['a rule of half a kind', put(1, 2, 1.5)],
    ['an ATR of no number of bars', put(1, 3, Number.NaN)],
    ['no asset', put(2, L.COMMAND_ASSET, 1)],
    ['no number of an asset', put(7, L.COMMAND_ASSET, Number.NaN)],
    ['an exit of no asset', put(10, L.COMMAND_ASSET, 1e9)],
    ['a stop of no lot', put(11, L.COMMAND_LINK, Number.POSITIVE_INFINITY)],
    ['a cancel of no order', put(9, L.COMMAND_LINK, 0.5)],
    ['an update of no order', put(6, L.COMMAND_LINK, Number.NaN)],
    ['an update of no unit', put(6, L.COMMAND_TYPE, 2)],
    ['an update of no end', put(6, L.COMMAND_END_BAR, Number.NaN)],
    ['a side that is none', put(2, L.COMMAND_SIDE, 2)],
    ['a type that is none', put(2, L.COMMAND_TYPE, L.TYPE_TRAILING_LIMIT + 1)],
    ['a size that is none', put(2, L.COMMAND_SIZE, 99)],
    ['a target without a record of its own', put(7, L.COMMAND_KIND, L.KIND_TARGET)],
    ['a timing that is none', put(8, L.COMMAND_TIMING, 3)],
    ['flags that are none', put(2, L.COMMAND_FLAGS, 2 ** 30)],
    ['an order that is due', put(2, L.COMMAND_FLAGS, L.FLAG_DUE)],
    ['an end that is no bar', put(2, L.COMMAND_END_BAR, Number.NaN)],
    ['a group to come', put(2, L.COMMAND_GROUP, 99)],
    ['an order that waits for itself', put(12, L.COMMAND_AFTER, 8)],
    ['what is no kind', put(9, L.COMMAND_KIND, LATE_STOP + 1)],
    ['half a kind', put(9, L.COMMAND_KIND, 5.5)],
    ['what has arrived', put(0, LATE_DUE, 8)],
    ['what arrives later than all can', put(12, LATE_DUE, 13)],
    ['what arrives before what was decided before it', put(12, LATE_DUE, 10)],
    ['what arrives in parts', put(4, LATE_DUE, 12)],
    ['what arrives never', put(12, LATE_DUE, Number.NaN)],
  ])('%s', (_, change) => {
    expect(failure(() => run.restore(forge(change))).code).toBe('snapshot_damaged')
    expect(textOf(resultOf(run.restore(good).toEnd()))).toBe(right)
  })

  it('in a run without a latency', () => {
    const plain = openRun(over, new decided(), { ...config, latency: 0 })
    plain.advance()
    const image = decodeState(plain.snapshot().image) as { live: LiveState }
    const saved = plain.snapshot()
    image.live.late = (decodeState(good.image) as { live: LiveState }).live.late
    const fields = { ...saved, image: encodeState(image) }
    const forged = { ...fields, checksum: checksumOfFields(fields) }
    expect(failure(() => plain.restore(forged)).message).toContain('in a run without a latency')
    plain.release()
  })

  it('of any numbers end, or are refused, and leave the run whole', () => {
    const odd = fc.constantFrom(
      Number.NaN,
      Number.POSITIVE_INFINITY,
      -1,
      0,
      -0,
      1,
      2,
      3,
      7,
      5e-324,
      1e300,
      2 ** 53,
      -1e-9,
    )
    const codes = new Set<string>()
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(100_000), odd), { minLength: 1, maxLength: 3 }), (changes) => {
        const forged = forge((live) => {
          const numbers = numbersOf(live)
          for (const [where, value] of changes) numbers[where % numbers.length] = value
        })
        try {
          run.restore(forged).toEnd()
          codes.add('ended')
        } catch (error) {
          codes.add((error as FillgridError).code)
        }
        expect(textOf(resultOf(run.restore(good).toEnd()))).toBe(right)
      }),
      { numRuns: 600 },
    )
    codes.delete('not_finite')
    expect([...codes].sort()).toEqual(['ended', 'snapshot_damaged'])
  })
})
