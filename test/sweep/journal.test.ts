import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { makeMinutes } from '../../data/minutes.ts'
import { builtFile } from '../../src/jobs/bundle.ts'
import type { ExecutorFactory } from '../../src/jobs/executor.ts'
import { localExecutor } from '../../src/jobs/inline.ts'
import { Market } from '../../src/market/market.ts'
import type { Table } from '../../src/results/table.ts'
import { defineSignals } from '../../src/strategy/strategy.ts'
import { type NodeSweepOptions, sweep } from '../../src/sweep/node.ts'

const built = existsSync(builtFile('jobs/worker.js'))
const folder = mkdtempSync(join(tmpdir(), 'fillgrid-journal-'))
afterAll(() => rmSync(folder, { recursive: true }))
const market = Market.from([makeMinutes({ bars: 2000 })])
const space = { fast: { from: 2, to: 40 }, slow: { from: 20, to: 100, step: 5 } }
const inline = { executor: localExecutor }

function bytesOf(table: Table): string {
  const hex = table.columns.map((column) => Buffer.from(table.values(column.name).slice().buffer).toString('hex'))
  return JSON.stringify(table.columns) + hex.join('\n')
}

/** Runs a sweep until so many sets are finished; what it was by then. */
async function stopped(journal: string, sets: number, options: NodeSweepOptions = {}) {
  const stop = new AbortController()
  return sweep(market, 'sma-cross', space, {
    ...inline,
    ...options,
    journal,
    signal: stop.signal,
    onProgress: ({ done }) => done >= sets && stop.abort(),
  })
}

/** How many sets are run, beside how many a journal had. */
function counted(): { executor: ExecutorFactory; sets: () => number } {
  let sets = 0
  return {
    sets: () => sets,
    async executor(plan) {
      const inner = await localExecutor(plan)
      return {
        ...inner,
        run(head, piece) {
          sets += piece.count
          return inner.run(head, piece)
        },
      }
    },
  }
}

describe('a sweep with a journal', () => {
  it('goes on where it was ended, and gives the bytes of one that was not', async () => {
    const whole = await sweep(market, 'sma-cross', space, inline)
    const journal = join(folder, 'goes-on')
    const first = await stopped(journal, 100)
    expect([first.partial, first.restored, first.table.length >= 100]).toEqual([true, 0, true])
    const again = await stopped(journal, 300)
    expect([again.partial, again.restored]).toEqual([true, first.table.length])
    const count = counted()
    const last = await sweep(market, 'sma-cross', space, { executor: count.executor, journal })
    expect([last.partial, last.restored, count.sets()]).toEqual([
      false,
      again.table.length,
      whole.total - again.table.length,
    ])
    expect([bytesOf(last.table), [...last.ranking]]).toEqual([bytesOf(whole.table), [...whole.ranking]])
    // It is left there, and now has all of them.
    const none = counted()
    const all = await sweep(market, 'sma-cross', space, { executor: none.executor, journal, objective: 'calmar' })
    expect([all.restored, none.sets(), bytesOf(all.table)]).toEqual([whole.total, 0, bytesOf(whole.table)])
    expect(all.rerun(all.best).summary.calmar).toBe(all.table.values('calmar')[all.best])
  })

  it.skipIf(!built)('gives the same on other numbers of workers (needs the built library)', async () => {
    const whole = await sweep(market, 'sma-cross', space, inline)
    const journal = join(folder, 'workers')
    await stopped(journal, 100, { executor: undefined, workers: 2 })
    const size = statSync(journal).size
    // A journal that is cut, as where the host failed.
    writeFileSync(journal, readFileSync(journal).subarray(0, size - 100))
    const last = await sweep(market, 'sma-cross', space, { workers: 2, journal })
    expect([last.restored > 0, last.partial, bytesOf(last.table)]).toEqual([true, false, bytesOf(whole.table)])
  })

  it('keeps sets that fail with their reasons', async () => {
    const picky = defineSignals<{ n: number }>({
      name: 'picky',
      parameters: { n: { type: 'integer', default: 1, min: 0 } },
      signals({ parameters: { n }, market: { close } }) {
        if (n % 3 === 0) throw new RangeError(`no "${n}"\nat all`)
        return { entries: close.map((_, i) => Number(i % n === 0)) }
      },
    })
    const whole = await sweep(market, picky, { n: { from: 1, to: 60 } }, inline)
    const journal = join(folder, 'fails')
    const [one, two] = [await sweep(market, picky, { n: { from: 1, to: 60 } }, { ...inline, journal }), counted()]
    const last = await sweep(market, picky, { n: { from: 1, to: 60 } }, { executor: two.executor, journal })
    expect([one.failed, last.failed, last.restored, two.sets()]).toEqual([20, 20, 60, 0])
    expect(bytesOf(last.table)).toBe(bytesOf(whole.table))
    expect(last.table.row(2).reason).toContain('no "3"\nat all')
  })

  it('is refused by any other sweep, which leaves it as it is', async () => {
    const journal = join(folder, 'other')
    await stopped(journal, 50)
    const before = readFileSync(journal)
    const other = Market.from([makeMinutes({ bars: 2000, seed: 7 })])
    const options = { ...inline, journal }
    for (const [part, work] of [
      ['data', () => sweep(other, 'sma-cross', space, options)],
      ['strategy', () => sweep(market, 'sma-cross-hooks', space, options)],
      ['settings', () => sweep(market, 'sma-cross', space, { ...options, config: { commission: 0.001 } })],
      ['settings', () => sweep(market, 'sma-cross', space, { ...options, config: { from: '2023-01-01T05:00' } })],
      [
        'settings',
        () => sweep(market, 'sma-cross', space, { ...options, config: { parameters: { direction: 'both' } } }),
      ],
      ['grid', () => sweep(market, 'sma-cross', { ...space, fast: { from: 2, to: 41 } }, options)],
    ] as const)
      await expect(work()).rejects.toMatchObject({
        code: 'journal_mismatch',
        message: expect.stringContaining(`found other ${part} in ${journal}`),
      })
    expect(readFileSync(journal).equals(before)).toBe(true)
    for (const journal of ['', 5 as unknown as string])
      await expect(sweep(market, 'sma-cross', space, { ...inline, journal })).rejects.toMatchObject({
        code: 'invalid_value',
      })
    await expect(
      sweep(market, 'sma-cross', space, { ...inline, journal: pathToFileURL(folder).href.slice(7) }),
    ).rejects.toMatchObject({ code: 'file_access' })
    other.release()
  })

  it('runs sets again whose workers died', async () => {
    const journal = join(folder, 'died')
    const deadly: ExecutorFactory = async (plan) => {
      const inner = await localExecutor(plan)
      return {
        ...inner,
        run: (head, piece) =>
          [...piece.values].some((value, i) => i % 2 === 0 && value === 30)
            ? Promise.reject(new Error('worker exited'))
            : inner.run(head, piece),
      }
    }
    const small = { fast: [20, 30, 40], slow: [50, 60] }
    const first = await sweep(market, 'sma-cross', small, { executor: deadly, journal })
    expect([first.failed, first.partial]).toEqual([2, false])
    const again = await sweep(market, 'sma-cross', small, { ...inline, journal })
    expect([again.failed, again.restored]).toEqual([0, 4])
    expect(bytesOf(again.table)).toBe(bytesOf((await sweep(market, 'sma-cross', small, inline)).table))
  })
})
