/** Memory that is not there when it is asked for: what was begun is given back, and a run that exists stays as it was. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openAsync } from '../../src/drivers/async.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { openManual } from '../../src/drivers/manual.ts'
import { encodeSnapshot } from '../../src/engine/snapshot.ts'
import { FillgridError } from '../../src/errors.ts'
import { getEngine } from '../../src/kernel/load.ts'
import type { Commission } from '../../src/settings/settings.ts'
import { at, failure, market, strategy, walk } from './script.ts'

const { arena } = getEngine()
const prices = market({ A: walk(40, 1, 0), B: walk(40, 2, 0) })

afterEach(() => {
  vi.restoreAllMocks()
})

/** From here on the nth block is refused, counted from 0. @returns how many were asked for */
function refuse(nth: number): () => number {
  const allocate = arena.allocate.bind(arena)
  let asked = 0
  vi.spyOn(arena, 'allocate').mockImplementation((bytes, purpose) => {
    if (asked++ === nth) throw new FillgridError('memory_limit', `memory: none for ${purpose}.`)
    return allocate(bytes, purpose)
  })
  return () => asked
}

describe('without room', () => {
  it('for a new run nothing is kept of it', () => {
    const tiered: Commission = { type: 'tiered', tiers: [{ upTo: Number.POSITIVE_INFINITY, rate: 0.001 }] }
    const opens = [
      () => openRun(prices, strategy({}), { commission: tiered }),
      () => openRun(prices, strategy({}), { from: 5 * 86_400_000 }),
      () => openManual(prices, { commission: tiered }),
      () => openAsync(prices, strategy({})),
    ]
    for (const open of opens) {
      const before = arena.bytesHeld
      refuse(-1)
      open().release()
      const all = vi.mocked(arena.allocate).mock.calls.length
      vi.restoreAllMocks()
      expect(all).toBeGreaterThan(20)
      for (let nth = 0; nth < all; nth++) {
        refuse(nth)
        expect(failure(open).code).toBe('memory_limit')
        vi.restoreAllMocks()
        expect(arena.bytesHeld).toBe(before)
      }
    }
  })

  it('for a snapshot or a fork the run is as it was', () => {
    const many = at({
      5: (broker) => {
        for (let i = 0; i < 3000; i++)
          broker.submitOrder({
            asset: i % 2,
            quantity: 1,
            type: 'limit',
            limitPrice: 1e-3,
            rules: [{ type: 'time', bars: 3 }],
          })
      },
    })
    const full = openRun(prices, many)
    while (full.bar < 10) full.advance()
    const saved = full.snapshot()
    let refusals = 0
    for (let nth = 0; ; nth++) {
      const run = openRun(prices, many)
      while (run.bar < 3) run.advance()
      const before = encodeSnapshot(run.snapshot())
      const asked = refuse(nth)
      try {
        run.restore(saved)
      } catch (error) {
        expect((error as FillgridError).code).toBe('memory_limit')
        refusals++
        expect(encodeSnapshot(run.snapshot())).toEqual(before)
      }
      vi.restoreAllMocks()
      run.release()
      if (asked() <= nth) break
    }
    expect(refusals).toBeGreaterThanOrEqual(3)
    const held = arena.bytesHeld
    const before = encodeSnapshot(full.snapshot())
    refuse(25)
    expect(failure(() => full.fork(new many())).code).toBe('memory_limit')
    expect(arena.bytesHeld).toBe(held)
    expect(encodeSnapshot(full.snapshot())).toEqual(before)
    full.release()
  })
})
