import fc from 'fast-check'
import { getEngine } from '../../src/kernel/load.ts'

/** Runs a kernel over columns of one asset that stand in a panel `stride` elements wide, and returns what it wrote. */
export function runKernel(
  name: string,
  columns: readonly (readonly number[])[],
  parameters: readonly number[],
  options: { outputs?: number; stride?: number; scratch?: number } = {},
): number[][] {
  const { arena, kernels } = getEngine()
  const { outputs = 1, stride = 1, scratch = 0 } = options
  const n = columns[0].length
  const bytes = Math.max(8, n * stride * 8)
  const inputs = columns.map((column) => {
    const pointer = arena.allocate(bytes, 'a test')
    const view = arena.f64(pointer, n * stride).fill(-77)
    column.forEach((value, t) => {
      view[t * stride] = value
    })
    return pointer
  })
  const results = Array.from({ length: outputs }, () => {
    const pointer = arena.allocate(bytes, 'a test')
    arena.f64(pointer, n * stride).fill(-88)
    return pointer
  })
  const room = scratch > 0 ? [arena.allocate(scratch * 8, 'a test')] : []
  const kernel = kernels[name as keyof typeof kernels] as (...numbers: number[]) => void
  kernel(...inputs, ...results, n, stride, ...parameters, ...room)
  const found = results.map((pointer) => {
    const view = arena.f64(pointer, n * stride)
    // What lies between the bars of the asset belongs to others.
    view.forEach((value, i) => {
      if (i % stride !== 0 && value !== -88) throw new Error(`${name} wrote between the bars, at ${i}`)
    })
    return Array.from({ length: n }, (_, t) => view[t * stride])
  })
  for (const pointer of [...inputs, ...results, ...room]) arena.release(pointer)
  return found
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
