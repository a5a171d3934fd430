import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import type { Executor } from '../../src/jobs/executor.ts'
import type { PieceOutcome } from '../../src/jobs/piece.ts'
import { type Piece, runSchedule } from '../../src/jobs/schedule.ts'

function executor(workers: number): Executor {
  return { workers, warnings: [], run: async () => outcome(1), close: async () => {} }
}

function outcome(elapsedMs: number): PieceOutcome {
  return { metrics: new Float64Array(0), failures: [], elapsedMs }
}

/** Runs `total` rows; `kill` says on which rows a worker dies (a number of times, for ever by default). */
async function run(total: number, workers: number, options: { kill?: Map<number, number>; msPerRow?: number } = {}) {
  const rows = new Uint8Array(total)
  const died: number[] = []
  const pieces: Piece[] = []
  const kill = options.kill ?? new Map()
  let under = 0
  let most = 0
  const complete = await runSchedule(executor(workers), {
    total,
    async run(piece) {
      pieces.push(piece)
      most = Math.max(most, ++under)
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 2))
      under--
      for (let row = piece.first; row < piece.first + piece.count; row++) {
        const left = kill.get(row) ?? 0
        if (left > 0) {
          kill.set(row, left - 1)
          throw new Error('worker exited with code: 1')
        }
      }
      return outcome((options.msPerRow ?? 0.1) * piece.count)
    },
    finished(piece) {
      for (let row = piece.first; row < piece.first + piece.count; row++) rows[row]++
    },
    died(row) {
      died.push(row)
      rows[row]++
    },
  })
  return { complete, rows, died: died.sort((a, b) => a - b), pieces, most }
}

describe('a schedule', () => {
  it.each([1, 2, 7])('runs every row once with %i workers', async (workers) => {
    const { complete, rows, most } = await run(1000, workers)
    expect(complete).toBe(true)
    expect(rows.every((n) => n === 1)).toBe(true)
    expect(most).toBeLessThanOrEqual(workers * 2)
  })

  it.each([1, 3])('leaves out rows that are done, with %i workers', async (workers) => {
    const rows = Uint8Array.from({ length: 500 }, (_, row) => Number(row < 3 || row % 7 === 0 || row > 490))
    const done = rows.reduce((sum, one) => sum + one, 0)
    const schedule = (isDone: (row: number) => boolean) =>
      runSchedule(executor(workers), {
        total: rows.length,
        done,
        isDone,
        run: async (piece) => outcome(0.1 * piece.count),
        finished({ first, count }) {
          for (let row = first; row < first + count; row++) rows[row]++
        },
        died() {},
      })
    const before = rows.slice()
    expect(await schedule((row) => before[row] === 1)).toBe(true)
    expect(rows.every((n) => n === 1)).toBe(true)
    const run = () => Promise.reject(new FillgridError('engine_failed', 'nothing is left to run'))
    const nothing = { total: 9, done: 9, isDone: () => true, run, finished() {}, died() {} }
    expect(await runSchedule(executor(workers), nothing)).toBe(true)
  })

  it('makes pieces of tens of milliseconds, and small ones at the end', async () => {
    const { pieces } = await run(20000, 2, { msPerRow: 0.1 })
    const sizes = pieces.map((piece) => piece.count)
    expect(sizes[0]).toBe(1)
    expect(Math.max(...sizes)).toBe(400)
    expect(sizes[sizes.length - 1]).toBeLessThan(5)
    expect((await run(50, 2, { msPerRow: 100 })).pieces).toHaveLength(50)
  })

  it('finds the rows that kill workers, tries each once more and reports it', async () => {
    const { complete, rows, died, pieces } = await run(2000, 3, {
      kill: new Map([
        [700, 99],
        [1300, 99],
        [1301, 99],
      ]),
    })
    expect(complete).toBe(true)
    expect(died).toEqual([700, 1300, 1301])
    expect(rows.every((n) => n === 1)).toBe(true)
    expect(pieces.filter((piece) => piece.first === 700 && piece.count === 1)).toHaveLength(2)
  })

  it('goes on where a worker dies by accident', async () => {
    const { died, rows } = await run(300, 2, {
      kill: new Map([
        [0, 1],
        [150, 3],
      ]),
    })
    expect(died).toEqual([])
    expect(rows.every((n) => n === 1)).toBe(true)
  })

  it.each([1, 2, 16])('reports the first rows where those behind them are fine, with %i workers', async (workers) => {
    const kill = new Map(Array.from({ length: 63 }, (_, row) => [row, 99]))
    const { died, rows } = await run(200, workers, { kill })
    expect(died.length).toBe(63)
    expect(rows.every((n) => n === 1)).toBe(true)
    // One more, and no number of workers makes a difference.
    const all = new Map(Array.from({ length: 64 }, (_, row) => [row, 99]))
    await expect(run(200, workers, { kill: all })).rejects.toMatchObject({ code: 'worker_failed' })
  })

  it('gives up when workers only die', async () => {
    const kill = new Map(Array.from({ length: 500 }, (_, row) => [row, 99]))
    await expect(run(500, 2, { kill })).rejects.toMatchObject({
      code: 'worker_failed',
      message: expect.stringContaining('worker exited with code: 1'),
    })
  })

  it('ends with the error of the strategy or market, not with a retry', async () => {
    const work = {
      total: 10,
      finished() {},
      died() {},
      run: async () => Promise.reject(new FillgridError('invalid_strategy', 'strategy: no.')),
    }
    await expect(runSchedule(executor(2), work)).rejects.toMatchObject({ code: 'invalid_strategy' })
  })

  it('stops at once when the signal says so, and does not wait for a piece under way', async () => {
    const stop = new AbortController()
    let finished = 0
    const complete = await runSchedule(
      executor(1),
      {
        total: 100,
        run: (piece) => (piece.first < 5 ? Promise.resolve(outcome(100)) : new Promise(() => {})),
        finished(piece) {
          finished += piece.count
          if (finished === 5) setTimeout(() => stop.abort(), 5)
        },
        died() {},
      },
      stop.signal,
    )
    expect([complete, finished]).toEqual([false, 5])
    const none = await runSchedule(
      executor(1),
      { total: 3, run: async () => outcome(1), finished() {}, died() {} },
      AbortSignal.abort(),
    )
    expect(none).toBe(false)
  })

  it('passes on what its caller throws', async () => {
    const work = {
      total: 10,
      died() {},
      run: async () => outcome(1),
      finished: () => {
        throw new RangeError('mine')
      },
    }
    await expect(runSchedule(executor(2), work)).rejects.toThrow('mine')
  })
})
