import { FillgridError, show } from '../errors.ts'
import { type Condition, type ConstraintType, parseConstraint } from '../expression/constraint.ts'
import type { ParameterSet, ParameterValue } from '../jobs/job.ts'
import { type Axis, type AxisInput, MOST_SETS, makeAxis } from './axis.ts'

/** A grid as plain data: for each parameter a range `{ from, to, step }`, a list of values, or one value. */
export type SpaceInput = Readonly<Record<string, AxisInput>>

/**
 * All combinations of the values of some parameters, without those that break a constraint. Nothing is listed:
 * set `index` is worked out from its number, the last parameter changing fastest.
 */
export class Space {
  /** @internal */
  readonly axes: readonly Axis[]
  /** The constraints as they were written. */
  readonly where: readonly string[]
  /** Combinations before constraints. Set indexes run from 0 to `product - 1`; a constraint leaves gaps in them. */
  readonly product: number
  readonly #input: SpaceInput
  readonly #fixed: readonly (readonly [string, ParameterValue])[]
  /** By axis: the conditions that can be tested once this axis and those before it have their values. */
  readonly #conditions: readonly Condition[][]
  #count: number | undefined

  /**
   * @param input the values of each parameter
   * @param where constraints that every set must hold, like `fast < slow`; see `parseConstraint`
   * @param fixed parameters with one value for all sets, which constraints may name too; no part of the sets
   * @throws FillgridError invalid_space for no parameters, more than 2^32 combinations, or an unreadable constraint
   * @internal
   */
  constructor(input: SpaceInput, where: string | readonly string[] = [], fixed: ParameterSet = {}) {
    if (input === null || typeof input !== 'object')
      throw new FillgridError(
        'invalid_space',
        `grid: values by parameter are needed, like { fast: { from: 5, to: 50, step: 5 } }, found ${show(input)}.`,
      )
    this.#input = input
    this.#fixed = Object.entries(fixed).filter(([name]) => !Object.hasOwn(input, name))
    this.axes = Object.entries(input).map(([name, values]) => makeAxis(name, values))
    if (this.axes.length === 0) {
      throw new FillgridError(
        'invalid_space',
        'grid: at least one parameter is needed, found none (zero sets). Add one, like fast=5:50:5.',
      )
    }
    this.product = this.axes.reduce((product, axis) => product * axis.count, 1)
    if (this.product > MOST_SETS) {
      const factors = this.axes.map((axis) => `${axis.name} ${axis.count}`).join(' x ')
      throw new FillgridError(
        'invalid_space',
        `grid: at most 2^32 (4294967296) sets can be counted, found ${this.product} (${factors}). Take larger steps or fewer parameters.`,
      )
    }
    this.where = typeof where === 'string' ? [where] : Array.isArray(where) ? [...where] : []
    if ((typeof where !== 'string' && !Array.isArray(where)) || this.where.some((one) => typeof one !== 'string'))
      throw new FillgridError(
        'invalid_space',
        `grid: constraints must be text, like 'fast < slow', or a list of such, found ${show(where)}.`,
      )
    const types = new Map<string, ConstraintType>(this.axes.map((axis) => [axis.name, axis.type]))
    for (const [name, value] of this.#fixed) types.set(name, typeof value as ConstraintType)
    const conditions = this.where.flatMap((source) => parseConstraint(source, types))
    const varying = (slots: readonly number[]) => slots.filter((slot) => slot < this.axes.length)
    this.#conditions = this.axes.map((_, depth) =>
      conditions.filter((one) => Math.max(0, ...varying(one.slots)) === depth),
    )
  }

  /** The same combinations with further constraints; set indexes stay what they are. */
  within(where: readonly string[], fixed: ParameterSet = {}): Space {
    return new Space(this.#input, [...this.where, ...where], { ...fixed, ...Object.fromEntries(this.#fixed) })
  }

  /** The parameters of one set, as they stand before constraints. @throws FillgridError out_of_range */
  at(index: number): ParameterSet {
    if (!(Number.isInteger(index) && index >= 0 && index < this.product)) {
      throw new FillgridError(
        'out_of_range',
        `grid: set indexes run from 0 to ${this.product - 1}, found ${show(index)}. Take one of them.`,
      )
    }
    const set: Record<string, ParameterValue> = {}
    let rest = index
    for (let a = this.axes.length - 1; a >= 0; a--) {
      const axis = this.axes[a]
      set[axis.name] = axis.value(rest % axis.count)
      rest = Math.floor(rest / axis.count)
    }
    return Object.fromEntries(this.axes.map((axis) => [axis.name, set[axis.name]]))
  }

  /** How many sets hold all constraints; worked out once. @throws FillgridError invalid_space if none does */
  get count(): number {
    if (this.#count === undefined) {
      let count = 0
      for (const { sets } of this.#blocks()) count += sets
      this.#checkCount(count)
      this.#count = count
    }
    return this.#count
  }

  #checkCount(count: number): void {
    if (count === 0)
      throw new FillgridError(
        'invalid_space',
        `grid: at least one set must hold the constraints, found zero of ${this.product} for ${show(this.where.join(' and '))}. Widen the ranges or loosen a constraint.`,
      )
  }

  /**
   * The indexes of the sets that hold all constraints, ascending, unless there are more than `most`; gives way to other
   * work now and then, as looking for them can take minutes. With what was found by then where the signal stopped it.
   *
   * @throws FillgridError invalid_space if none does; memory_limit if there are more
   */
  async list(most: number, signal?: AbortSignal): Promise<Float64Array<ArrayBuffer>> {
    let found = new Float64Array(1024)
    let count = 0
    let rested = performance.now()
    for (const { first, sets } of this.#blocks()) {
      if (count + sets > most)
        throw new FillgridError(
          'memory_limit',
          `sweep: the table must have room for all sets, found more than ${most}. Take larger steps, keep fewer \`metrics\`, or sweep a part of the grid at a time.`,
        )
      if (count + sets > found.length) {
        const larger = new Float64Array(Math.max(2 * found.length, count + sets))
        larger.set(found.subarray(0, count))
        found = larger
      }
      for (let i = 0; i < sets; i++) found[count++] = first + i
      if (performance.now() - rested < 50) continue
      await new Promise((resolve) => setTimeout(resolve))
      if (signal?.aborted) return found.slice(0, count)
      rested = performance.now()
    }
    this.#checkCount(count)
    this.#count = count
    return found.slice(0, count)
  }

  /** The indexes of the sets that hold all constraints, ascending. */
  *indexes(): Generator<number, void> {
    for (const { first, sets } of this.#blocks()) for (let i = 0; i < sets; i++) yield first + i
  }

  /**
   * Runs of neighbouring sets that hold all constraints; branches that cannot are left at the first broken condition. An
   * empty run now and then lets whoever listens look up.
   */
  *#blocks(): Generator<{ first: number; sets: number }, void> {
    const axes = this.axes
    const conditions = this.#conditions
    let free = axes.length
    while (free > 0 && conditions[free - 1].length === 0) free--
    /** From axis `free` on there is nothing to test: one block is all their combinations. */
    const block = axes.slice(free).reduce((product, axis) => product * axis.count, 1)
    if (free === 0) {
      yield { first: 0, sets: block }
      return
    }
    const sizes = axes.map((_, a) => axes.slice(a + 1).reduce((product, axis) => product * axis.count, 1))
    const values: ParameterValue[] = [...axes.map((axis) => axis.value(0)), ...this.#fixed.map(([, value]) => value)]
    const at = axes.map(() => -1)
    let first = 0
    let depth = 0
    let tried = 0
    while (depth >= 0) {
      if ((++tried & 0xffff) === 0) yield { first: 0, sets: 0 }
      if (++at[depth] === axes[depth].count) {
        at[depth--] = -1
        continue
      }
      values[depth] = axes[depth].value(at[depth])
      if (!conditions[depth].every((condition) => condition.test(values))) continue
      if (depth + 1 < free) {
        depth++
        continue
      }
      first = 0
      for (let a = 0; a <= depth; a++) first += at[a] * sizes[a]
      yield { first, sets: block }
    }
  }
}

/** A grid over typed parameters; see `Space`. */
export function grid(input: SpaceInput, where: string | readonly string[] = []): Space {
  return new Space(input, where)
}
