import { FillgridError } from '../errors.ts'
import type { Executor } from './executor.ts'
import type { PieceOutcome } from './piece.ts'

/** A run of neighbouring rows; `deaths` counts the workers that died on exactly this one row. */
export interface Piece {
  first: number
  count: number
  deaths: number
}

/** What the schedule asks of its caller. */
export interface Work {
  /** Rows in all. */
  total: number
  /** How many of them need no run, and which. */
  done?: number
  isDone?(row: number): boolean
  /** Pieces do not go beyond the stretch of their first row; all rows are one by default. */
  stretch?(row: number): { first: number; end: number }
  run(piece: Piece): Promise<PieceOutcome>
  /** Called once for every row, in pieces and in no particular order. */
  finished(piece: Piece, outcome: PieceOutcome): void
  /** Called for a row on which a worker died twice. */
  died(row: number, cause: unknown): void
  /**
   * Called for pieces that are refused with an error that has a code of its own, and, with a piece of no rows, for a stretch
   * on whose first rows workers only die. Such errors end the schedule where there is nobody to call.
   */
  refused?(piece: Piece, error: FillgridError): void
}

/** Pieces take about this long: long enough that handing them over costs nothing, short enough to stay in touch. */
const PIECE_MS = 40
/** Pieces per worker that are handed out at once, so that none waits for the next. */
const AHEAD = 2
/** Where a worker dies on each of so many first rows, it will on all. Told by rows alone, so that any number of workers agrees. */
const HOPELESS = 64

/**
 * Runs all rows on an executor in pieces of some tens of milliseconds. A piece on which a worker dies is tried again in
 * halves down to the row that kills it, and that row once more, then reported; what the pieces are never shows in the rows.
 *
 * @returns true when all rows are done, false when the signal stopped it
 * @throws FillgridError what an executor throws with a code of its own; worker_failed when workers only die
 */
export async function runSchedule(executor: Executor, work: Work, signal?: AbortSignal): Promise<boolean> {
  const again: Piece[] = []
  const under = new Set<Promise<void>>()
  let next = 0
  let size = 1
  let msPerRow = Number.NaN
  let completed = work.done ?? 0
  const all = { first: 0, end: work.total }
  const stretch = (row: number) => work.stretch?.(row) ?? all
  /** Deaths among the first rows of each stretch, by its first. */
  const deaths = new Map<number, number>()
  let failed: unknown

  function take(): Piece | undefined {
    const piece = again.pop()
    if (piece) return piece
    while (next < work.total && work.isDone?.(next)) next++
    if (next >= work.total) return undefined
    /** Towards the end pieces shrink, so that all workers end together. */
    const fair = Math.ceil((work.total - next) / (executor.workers * AHEAD))
    const end = Math.min(next + Math.max(1, Math.min(size, fair)), stretch(next).end)
    const first = next++
    while (next < end && !work.isDone?.(next)) next++
    return { first, count: next - first, deaths: 0 }
  }

  function refuse(piece: Piece, error: FillgridError): void {
    if (!work.refused) throw error
    work.refused(piece, error)
  }

  async function start(piece: Piece): Promise<void> {
    let outcome: PieceOutcome
    try {
      outcome = await work.run(piece)
    } catch (error) {
      if (signal?.aborted) return
      if (error instanceof FillgridError) {
        completed += piece.count
        refuse(piece, error)
      } else if (piece.count > 1) {
        const half = Math.ceil(piece.count / 2)
        again.push(
          { first: piece.first + half, count: piece.count - half, deaths: 0 },
          { first: piece.first, count: half, deaths: 0 },
        )
      } else if (piece.deaths === 0) again.push({ ...piece, deaths: 1 })
      else {
        completed++
        work.died(piece.first, error)
        const { first } = stretch(piece.first)
        const dead = (deaths.get(first) ?? 0) + 1
        if (piece.first - first < HOPELESS) deaths.set(first, dead)
        if (piece.first - first < HOPELESS && dead === HOPELESS) refuse({ ...piece, count: 0 }, hopeless(error))
      }
      return
    }
    completed += piece.count
    const measured = outcome.elapsedMs / piece.count
    msPerRow = Number.isNaN(msPerRow) ? measured : msPerRow * 0.5 + measured * 0.5
    size = Math.max(1, Math.min(size * 8, Math.round(PIECE_MS / Math.max(msPerRow, 1e-4))))
    work.finished(piece, outcome)
  }

  let wake: (() => void) | undefined
  const stop = () => wake?.()
  signal?.addEventListener('abort', stop)
  try {
    while (!signal?.aborted && failed === undefined) {
      while (under.size < executor.workers * AHEAD) {
        const piece = take()
        if (!piece) break
        const running: Promise<void> = start(piece)
          .catch((error) => {
            failed ??= error
          })
          .finally(() => under.delete(running))
        under.add(running)
      }
      if (under.size === 0) break
      const aborted = new Promise<void>((resolve) => {
        wake = resolve
      })
      await Promise.race([...under, aborted])
    }
  } finally {
    signal?.removeEventListener('abort', stop)
  }
  if (failed !== undefined) throw failed
  return completed === work.total
}

function hopeless(cause: unknown): FillgridError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new FillgridError(
    'worker_failed',
    `workers: they must survive their work, found them dead on each of the first ${HOPELESS} sets (${reason}). Run one set alone to see why.`,
    {},
    { cause },
  )
}
