import fc from 'fast-check'
import { getEngine } from '../../src/kernel/load.ts'
import { findIndicator, indicatorValues } from '../../src/signals/catalogue.ts'
import { columnRunner } from '../../src/signals/compute.ts'

/** An indicator of columns of one asset, in the order of its inputs; its outputs by name. */
export function compute(
  name: string,
  columns: readonly (readonly number[])[],
  given: Readonly<Record<string, unknown>> = {},
): Record<string, number[]> {
  const engine = getEngine()
  const { arena } = engine
  const indicator = findIndicator(name)
  if (columns.length !== indicator.inputs.length)
    throw new Error(`${name} reads ${indicator.inputs.join(', ')}, found ${columns.length} columns`)
  const n = columns[0].length
  const place = (values: readonly number[], guard: number) => {
    const pointer = arena.allocate((n + 1) * 8, 'a test')
    const view = arena.f64(pointer, n + 1)
    view.set(values)
    view[n] = guard
    return pointer
  }
  const inputs = columns.map((column) => place(column, -77))
  const outputs = indicator.outputs.map(() => place(new Array(n).fill(-88), -99))
  const runner = columnRunner(engine, n)
  runner.run(indicator, indicatorValues(indicator, given), inputs, outputs, n)
  runner.release()
  const read = (pointer: number, guard: number) => {
    const view = arena.f64(pointer, n + 1)
    if (view[n] !== guard) throw new Error(`${name} wrote beyond a column`)
    return Array.from(view.subarray(0, n))
  }
  inputs.forEach((pointer, i) => {
    const left = read(pointer, -77)
    if (!left.every((value, t) => Object.is(value, columns[i][t]))) throw new Error(`${name} wrote to its input ${i}`)
  })
  const found = Object.fromEntries(indicator.outputs.map((output, i) => [output, read(outputs[i], -99)]))
  for (const pointer of [...inputs, ...outputs]) arena.release(pointer)
  return found
}

/** Its first output. */
export function value(
  name: string,
  columns: readonly (readonly number[])[],
  given: Readonly<Record<string, unknown>> = {},
): number[] {
  return compute(name, columns, given)[findIndicator(name).outputs[0]]
}

/** A seeded stream of numbers in [0, 1): xorshift of 32 bits, enough for test data. */
export function stream(seed: number): () => number {
  let state = seed | 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 4294967296
  }
}

/** A price path in steps of a cent, with flat stretches; every `hole`-th bar or so is absent where hole > 0. */
export function prices(
  seed: number,
  n: number,
  options: { hole?: number; tick?: number; wild?: number } = {},
): number[] {
  const { hole = 0, tick = 0.01, wild = 0.01 } = options
  const random = stream(seed)
  let price = 100
  let flat = 0
  return Array.from({ length: n }, () => {
    if (flat > 0) flat--
    else if (random() < 0.02) flat = Math.floor(random() * 30)
    else price *= 1 + (random() - 0.5) * 2 * wild
    const value = Math.max(tick, Math.round(price / tick) * tick)
    return hole > 0 && random() < 1 / hole ? Number.NaN : value
  })
}

/** Short columns of any numbers that prices could be, zeros, equal neighbours and holes among them. */
export const column = (max = 60) =>
  fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.double({ min: 1e-3, max: 1e6, noNaN: true }) },
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 400 }).map((cents) => cents / 100) },
      { weight: 1, arbitrary: fc.constant(Number.NaN) },
    ),
    { minLength: 1, maxLength: max },
  )
