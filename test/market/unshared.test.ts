import { describe, expect, it, vi } from 'vitest'
import { createEngine, getEngine } from '../../src/kernel/load.ts'
import { Market } from '../../src/market/market.ts'

/** Where memory cannot be shared it moves when it grows, and every view over it ends. */
vi.mock('../../src/kernel/load.ts', async (original) => {
  const real = await original<typeof import('../../src/kernel/load.ts')>()
  const engine = real.createEngine(false)
  return { ...real, getEngine: () => engine }
})

describe('a market in unshared memory', () => {
  it('stays readable when the memory grows, and equals one in shared memory', () => {
    const input = {
      assets: ['A', 'B'],
      time: [1, 2],
      open: [9, 1, 1, 1],
      close: [1, 2, 3, 4],
      high: [5, 5, 5, 5],
      low: [1, 1, 1, 1],
      signals: { s: [1, 2, 3, 4] },
      context: { c: [5, 6] },
    }
    const ending = Market.from({ ...input, close: [1, 2, 3, Number.NaN] }, { delisted: { B: 2 } })
    const market = Market.from(input)
    const before = market.close
    const signal = market.signals.get('s')!.values
    const digest = market.digest()
    const large = Market.from({
      assets: ['X'],
      time: Array.from({ length: 300000 }, (_, i) => i),
      close: new Float64Array(300000).fill(1),
    })
    expect([before.length, signal.length]).toEqual([0, 0])
    expect([...market.close]).toEqual([1, 2, 3, 4])
    expect([...market.rangeHigh]).toEqual([9, 5, 5, 5])
    expect([...market.signals.get('s')!.values]).toEqual([1, 2, 3, 4])
    expect([...market.context.get('c')!]).toEqual([5, 6])
    expect(Market.from(input).digest()).toBe(digest)
    const slice = ending.slice(1)
    const { listed, ends } = slice.listing
    const { arena } = getEngine()
    expect([...arena.i32(listed, 2), ...arena.i32(ends, 2)]).toEqual([0, 0, 0x7fffffff, 0])
    for (const one of [slice, ending]) one.release()
    large.release()
    market.release()
    expect(createEngine(false).shared).toBe(false)
  })
})
