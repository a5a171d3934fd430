/** Functions that are given something else than what they take answer with the library's own error. */
import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import * as library from '../../src/index.ts'
import * as arrow from '../../src/io/arrow.ts'

/** Given in place of the first thing that a function takes, and of all. */
const NONSENSE: readonly (readonly unknown[])[] = [
  ...[[], [null], [5], [{}], [[]], [true], [() => 1], [{}, {}], [null, null], [[], null], [[null]], [{ bytes: 5 }]],
]

/** Workers, what executors are given, and what is the library's own. */
const ELSEWHERE = /^(comlinkExecutor|localExecutor|serveJobs|equityToArrow|arrow[A-Z].*|tableColumns)$/

const functions = [...Object.entries(library), ...Object.entries(arrow)].filter(
  ([name, value]) => typeof value === 'function' && /^[a-z]/.test(name) && !ELSEWHERE.test(name),
) as [string, (...given: unknown[]) => unknown][]

describe('nonsense', () => {
  it('is tried with nearly all that there is', () => {
    expect(functions.length).toBeGreaterThan(40)
  })

  it.each(functions)('given to %s', async (_, call) => {
    const wrong: string[] = []
    for (const given of NONSENSE) {
      try {
        await call(...given)
      } catch (error) {
        if (!(error instanceof FillgridError)) wrong.push(`${given.map(String).join()}: ${error}`)
      }
    }
    expect(wrong).toEqual([])
  })
})
