import { FillgridError } from '../errors.ts'
import { type LiveState, stateBytes } from '../kernel/livestate.ts'
import { type PackedState, packState, unpackState } from '../kernel/pack.ts'

/** A place that a run can go back to, for as long as it has not gone back to before it. */
export interface Mark {
  /** Index of the last bar that had closed. */
  readonly bar: number
  /** What it takes of memory. */
  readonly bytes: number
}

/** What a mark stands for. */
export interface Marked {
  readonly live: LiveState
  /** The strategy's state, encoded. */
  readonly strategy: Uint8Array | undefined
  readonly ended: boolean
  /** What else a driver has to know there. */
  readonly driver: unknown
}

/** The same as it is kept, with the number of its mark. */
interface Made extends Omit<Marked, 'live'> {
  readonly live: PackedState
  readonly serial: number
}

/** Milliseconds between two marks that a run keeps, so that the way from one to a bar before the next takes no longer. */
const SPACING = 1
/** Bars between them at most: those of signals go by faster than they are gone through again. */
const MOST_BARS = 1 << 14
/** Bytes of what holds a mark's: some dozen small objects. */
const OVERHEAD = 1024
/** Bytes of the marks that a run keeps. */
const BUDGET = 32 << 20

/**
 * The marks of one run. Those that it keeps by itself lie so many milliseconds of its work apart; where they take more
 * memory than there is for them, every second of the older half goes, so that they lie thinner the longer ago they are.
 */
export class Marks {
  readonly #made = new WeakMap<Mark, Made>()
  #serial = 0
  /** Numbers of marks that hold, ascending: from, to; the last is open. */
  readonly #alive: [from: number, to: number][] = [[0, Number.POSITIVE_INFINITY]]
  #kept: Mark[] = []
  #bytes = 0
  #next = 0
  #nextBar = 0

  /** A mark of what was taken. */
  make(bar: number, marked: Marked): Mark {
    const live = packState(marked.live)
    const bytes = stateBytes(live) + (marked.strategy?.length ?? 0)
    const mark = Object.freeze({ bar, bytes })
    this.#made.set(mark, { ...marked, live, serial: this.#serial++ })
    return mark
  }

  /** What a mark stands for. @throws FillgridError lost_mark */
  open(mark: Mark): Marked {
    const made = this.#made.get(mark)
    if (!made)
      throw new FillgridError(
        'lost_mark',
        'rewind: a mark of this run expected, found none of it. Marks are of one run; use a snapshot for another.',
      )
    if (!this.#holds(made.serial))
      throw new FillgridError(
        'lost_mark',
        `rewind: a mark on the way that led here expected, found one of bar ${mark.bar} that lies on a way that the run has left. Use a snapshot to come back to it.`,
      )
    return { ...made, live: unpackState(made.live) }
  }

  /** The run is at this mark again: those made after it hold no longer. */
  returned(mark: Mark): void {
    const { serial } = this.#made.get(mark) as { serial: number }
    const alive = this.#alive
    while (alive[alive.length - 1][0] > serial) alive.pop()
    const last = alive[alive.length - 1]
    // Where none was made since, the range goes on.
    if (serial + 1 === this.#serial) last[1] = Number.POSITIVE_INFINITY
    else {
      last[1] = serial
      alive.push([this.#serial, Number.POSITIVE_INFINITY])
    }
    const kept = this.#kept
    while (kept.length > 0 && this.#serialOf(kept[kept.length - 1]) > serial)
      this.#bytes -= (kept.pop() as Mark).bytes + OVERHEAD
    this.#nextBar = mark.bar + MOST_BARS
  }

  /** The run has become another one: of its marks only the first, from before the first bar, still holds. */
  replaced(bar: number): void {
    const first = this.#kept[0]
    this.#alive.length = 0
    if (first) this.#alive.push([this.#serialOf(first), this.#serialOf(first)])
    this.#alive.push([this.#serial, Number.POSITIVE_INFINITY])
    this.#drop((kept) => kept === first)
    this.#nextBar = bar + MOST_BARS
  }

  /** Nothing holds any more. */
  clear(): void {
    this.#alive.length = 0
    this.#alive.push([this.#serial, Number.POSITIVE_INFINITY])
    this.#drop(() => false)
  }

  /** Whether it is time to keep a mark. */
  isDue(bar: number): boolean {
    return bar >= this.#nextBar || performance.now() >= this.#next
  }

  /** Keeps a mark; `cost` is how many milliseconds it took to make. */
  keep(mark: Mark, cost: number): void {
    this.#kept.push(mark)
    this.#bytes += mark.bytes + OVERHEAD
    // Marks of a large state are rarer, so that a run does not mostly make marks.
    this.#next = performance.now() + Math.max(SPACING, 4 * cost)
    this.#nextBar = mark.bar + MOST_BARS
    if (this.#bytes > BUDGET) this.#thin()
  }

  /** The last kept mark up to a bar; undefined where none is. */
  before(bar: number): Mark | undefined {
    return this.#kept.findLast((mark) => mark.bar <= bar)
  }

  /** How many are kept, and their bytes. */
  get kept(): { marks: number; bytes: number } {
    return { marks: this.#kept.length, bytes: this.#bytes }
  }

  #holds(serial: number): boolean {
    const alive = this.#alive
    let [low, high] = [0, alive.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (alive[middle][1] < serial) low = middle + 1
      else high = middle
    }
    return low < alive.length && alive[low][0] <= serial
  }

  #serialOf(mark: Mark): number {
    return (this.#made.get(mark) as { serial: number }).serial
  }

  #drop(keeps: (mark: Mark) => boolean): void {
    this.#kept = this.#kept.filter(keeps)
    this.#bytes = this.#kept.reduce((sum, { bytes }) => sum + bytes + OVERHEAD, 0)
  }

  #thin(): void {
    const half = this.#kept.length >> 1
    const kept = new Set(this.#kept.filter((_, i) => i === 0 || i > half || i % 2 === 0))
    this.#drop((mark) => kept.has(mark))
  }
}
