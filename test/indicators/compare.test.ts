import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SIGNAL_ENTRY_LONG, SIGNAL_ENTRY_SHORT, SIGNAL_EXIT_LONG, SIGNAL_EXIT_SHORT } from '../../assembly/layout.ts'
import { getEngine } from '../../src/kernel/load.ts'
import * as oracle from '../oracle/indicators.ts'

const X = Number.NaN
const UP = SIGNAL_ENTRY_LONG | SIGNAL_EXIT_SHORT
const DOWN = SIGNAL_EXIT_LONG | SIGNAL_ENTRY_SHORT

/** Runs a comparison over panels ([bar][asset]) and returns the flags; bytes beyond the panel must stay. */
function flags(name: string, panels: readonly (readonly number[])[], stride: number, level?: number): number[] {
  const { arena, kernels } = getEngine()
  const n = panels[0].length
  const pointers = panels.map((panel) => {
    const pointer = arena.allocate(n * 8, 'a test')
    arena.f64(pointer, n).set(panel)
    return pointer
  })
  const dst = arena.allocate(n + 32, 'a test')
  arena.u8(dst, n + 32).fill(99)
  const kernel = kernels[name as keyof typeof kernels] as (...numbers: number[]) => void
  kernel(...pointers, ...(level === undefined ? [] : [level]), dst, n, stride, UP, DOWN)
  const all = Array.from(arena.u8(dst, n + 32))
  expect(all.slice(n)).toEqual(Array.from({ length: 32 }, () => 99))
  for (const pointer of [...pointers, dst]) arena.release(pointer)
  return all.slice(0, n)
}

/** A panel from one column an asset, or the flags of each asset put together. */
function panel(columns: readonly (readonly number[])[]): number[] {
  return columns[0].flatMap((_, t) => columns.map((column) => column[t]))
}

/** Few values, so that equal ones, crossings and holes are frequent. */
const values = (n: number) => fc.array(fc.constantFrom(1, 1, 2, 2, 3, -1, 0, -0, X), { minLength: n, maxLength: n })
const columns = (count: number) =>
  fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 40 }))
    .chain(([assets, bars]) =>
      fc.tuple(
        fc.constant(assets),
        ...Array.from({ length: count }, () => fc.array(values(bars), { minLength: assets, maxLength: assets })),
      ),
    ) as fc.Arbitrary<[number, ...number[][][]]>

describe('crossings', () => {
  it('small columns: through, touch from below, touch and back, absent', () => {
    expect(
      flags(
        'crossSignals',
        [
          [1, 3, 2, 3, 1, 2],
          [2, 2, 2, 2, 2, 2],
        ],
        1,
      ),
    ).toEqual([0, UP, 0, UP, DOWN, 0])
    expect(
      flags(
        'crossSignals',
        [
          [1, 2, 1, 2, 3],
          [2, 2, 2, 2, 2],
        ],
        1,
      ),
    ).toEqual([0, 0, DOWN, 0, UP])
    expect(
      flags(
        'crossSignals',
        [
          [1, X, 3, 1, 3],
          [2, 2, 2, X, 2],
        ],
        1,
      ),
    ).toEqual([0, 0, 0, 0, 0])
    expect(flags('crossSignals', [[3], [2]], 1)).toEqual([0])
  })

  it('as the oracle flags them, any number of assets', () => {
    fc.assert(
      fc.property(columns(2), ([assets, fast, slow]) => {
        const expected = panel(fast.map((column, a) => oracle.crosses(column, slow[a], UP, DOWN)))
        expect(flags('crossSignals', [panel(fast), panel(slow)], assets)).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })

  it('a level is a line that does not move', () => {
    fc.assert(
      fc.property(columns(1), fc.constantFrom(0, 1, 1.5, 2, X), ([assets, source], level) => {
        const expected = panel(
          source.map((column) =>
            oracle.crosses(
              column,
              column.map(() => level),
              UP,
              DOWN,
            ),
          ),
        )
        expect(flags('levelSignals', [panel(source)], assets, level)).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })
})

describe('breakouts', () => {
  it('small columns: the channel is that of the bar before', () => {
    expect(
      flags(
        'breakoutSignals',
        [
          [5, 6, 9, 1, X, 1],
          [5, 7, 9, 9, 9, 9],
          [4, 4, 4, 2, 2, 2],
        ],
        1,
      ),
    ).toEqual([0, UP, UP, DOWN, 0, DOWN])
  })

  it('as the oracle flags them', () => {
    fc.assert(
      fc.property(columns(3), ([assets, close, upper, lower]) => {
        const expected = panel(close.map((column, a) => oracle.breakouts(column, upper[a], lower[a], UP, DOWN)))
        expect(flags('breakoutSignals', [panel(close), panel(upper), panel(lower)], assets)).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })
})

it('merging keeps the flags of both', () => {
  const { arena, kernels } = getEngine()
  const a = arena.allocate(37, 'a test')
  const b = arena.allocate(37, 'a test')
  arena.u8(a, 37).forEach((_, i, all) => {
    all[i] = i % 4
  })
  arena.u8(b, 37).forEach((_, i, all) => {
    all[i] = (i % 3) << 2
  })
  kernels.mergeSignals(a, b, a, 37)
  expect(Array.from(arena.u8(a, 37))).toEqual(Array.from({ length: 37 }, (_, i) => (i % 4) | ((i % 3) << 2)))
  arena.release(a)
  arena.release(b)
})
