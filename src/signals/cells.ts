import * as L from '../../assembly/layout.ts'
import { typeOf } from '../expression/make.ts'
import type { CallNode, Node } from '../expression/node.ts'
import { printExpression } from '../expression/print.ts'
import type { Engine } from '../kernel/load.ts'

/** A column that a program reads. */
export interface CellLeaf {
  readonly node: Node
  readonly pointer: number
}

/** The step of each function, and whether its arguments change places; `not` is done to what it gives. */
const STEPS: Readonly<Record<string, { op: number; swap?: true; not?: true }>> = {
  add: { op: L.CELL_ADD },
  subtract: { op: L.CELL_SUBTRACT },
  multiply: { op: L.CELL_MULTIPLY },
  divide: { op: L.CELL_DIVIDE },
  negate: { op: L.CELL_NEGATE },
  absolute: { op: L.CELL_ABSOLUTE },
  smaller: { op: L.CELL_SMALLER },
  larger: { op: L.CELL_LARGER },
  squareRoot: { op: L.CELL_ROOT },
  logarithm: { op: L.CELL_LOGARITHM },
  exponential: { op: L.CELL_EXPONENTIAL },
  lessThan: { op: L.CELL_LESS },
  atMost: { op: L.CELL_AT_MOST },
  greaterThan: { op: L.CELL_LESS, swap: true },
  atLeast: { op: L.CELL_AT_MOST, swap: true },
  equal: { op: L.CELL_EQUAL },
  notEqual: { op: L.CELL_EQUAL, not: true },
  and: { op: L.CELL_AND },
  or: { op: L.CELL_OR },
  not: { op: L.CELL_NOT },
  where: { op: L.CELL_WHERE },
  defined: { op: L.CELL_DEFINED },
}

/** A step whose operands are values by their numbers. */
interface Step {
  op: number
  value: number
  of: readonly number[]
}

/**
 * Runs an expression of cells: compiled to steps over registers, each part that occurs twice once, registers used again as soon as
 * nobody needs them.
 *
 * @param leaves the columns that it reads, by their text
 * @param present pointer to the column that says where assets have bars, 0 where all have
 * @param dst where its values go, `n` of them
 */
export function runProgram(
  engine: Engine,
  node: Node,
  leaves: ReadonlyMap<string, CellLeaf>,
  present: number,
  dst: number,
  n: number,
): void {
  const program = new Program(leaves)
  let last = program.value(node)
  // A column by itself is finite already, but for what a market's signals may hold.
  if (typeOf(node) === 'number') last = program.step(L.CELL_FINITE, [last])
  if (present !== 0) last = program.step(L.CELL_PRESENT, [last, program.column(present)])
  // The last step writes the column, so there has to be one.
  if (!program.ends(last)) program.step(L.CELL_PRESENT, [last, last])
  program.run(engine, dst, n)
}

class Program {
  readonly #leaves: ReadonlyMap<string, CellLeaf>
  /** Values by their text: constants, columns, and what steps make. */
  readonly #values = new Map<string, number>()
  readonly #constants = new Map<number, number>()
  readonly #columns = new Map<number, number>()
  readonly #steps: Step[] = []
  #count = 0

  constructor(leaves: ReadonlyMap<string, CellLeaf>) {
    this.#leaves = leaves
  }

  /** The value of a node; steps that make it are added. */
  value(node: Node): number {
    const key = printExpression(node)
    let value = this.#values.get(key)
    if (value === undefined) {
      value = this.#make(node, key)
      this.#values.set(key, value)
    }
    return value
  }

  step(op: number, of: readonly number[]): number {
    const value = this.#count++
    this.#steps.push({ op, value, of })
    return value
  }

  column(pointer: number): number {
    const value = this.#count++
    this.#columns.set(value, pointer)
    return value
  }

  /** Whether this is what the last step makes. */
  ends(value: number): boolean {
    return this.#steps[this.#steps.length - 1]?.value === value
  }

  #constant(number: number): number {
    const value = this.#count++
    this.#constants.set(value, number)
    return value
  }

  #make(node: Node, key: string): number {
    if (node.kind === 'number') return this.#constant(node.value)
    if (node.kind === 'condition') return this.#constant(Number(node.value))
    const leaf = this.#leaves.get(key)
    if (leaf) return this.column(leaf.pointer)
    const { name, of } = node as CallNode
    if (name === 'percent') return this.step(L.CELL_DIVIDE, [this.value(of[0]), this.#constant(100)])
    const { op, swap, not } = STEPS[name]
    const values = of.map((one) => this.value(one))
    const made = this.step(op, swap ? values.reverse() : values)
    return not ? this.step(L.CELL_NOT, [made]) : made
  }

  run(engine: Engine, dst: number, n: number): void {
    const { arena, kernels } = engine
    const { places, registers } = this.#places()
    const pointers = [...this.#columns.values()]
    const words = this.#steps.length * L.CELL_STEP_WORDS
    const block = L.CELL_BLOCK * 8
    const room = arena.allocate(registers * block, 'an expression')
    const text = arena.allocate((words + pointers.length) * 4, 'the steps of an expression')
    try {
      for (const [value, number] of this.#constants) {
        arena.f64(room + (places.get(value) as number) * block, L.CELL_BLOCK).fill(number)
      }
      const program = arena.i32(text, words + pointers.length)
      this.#steps.forEach(({ op, value, of }, i) => {
        const operands = [0, 1, 2].map((k) => places.get(of[k] ?? of[0]) as number)
        program.set([op, places.get(value) as number, ...operands], i * L.CELL_STEP_WORDS)
      })
      program.set(pointers, words)
      kernels.runCells(text, this.#steps.length, text + words * 4, room, registers, dst, n)
    } finally {
      arena.release(text)
      arena.release(room)
    }
  }

  /** A register for each constant and for what each step makes, as long as somebody reads it; columns stand behind them. */
  #places(): { places: Map<number, number>; registers: number } {
    const lastUse = new Map<number, number>()
    this.#steps.forEach(({ of }, i) => {
      for (const value of of) lastUse.set(value, i)
    })
    const places = new Map<number, number>()
    let registers = 0
    for (const value of this.#constants.keys()) places.set(value, registers++)
    const free: number[] = []
    this.#steps.forEach(({ value, of }, i) => {
      // A step may write what it reads: it reads a pair of cells before it writes them.
      for (const one of new Set(of)) {
        const place = places.get(one)
        if (place !== undefined && lastUse.get(one) === i && !this.#constants.has(one)) free.push(place)
      }
      places.set(value, free.pop() ?? registers++)
    })
    let column = Math.max(registers, 1)
    registers = column
    for (const value of this.#columns.keys()) places.set(value, column++)
    return { places, registers }
  }
}
