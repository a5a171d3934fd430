// Expressions over cells: what needs only the values of one bar and asset. A program of steps goes over all cells block by block,
// so that what stands between two steps stays in the cache and is never a column of its own.
//
// Conditions are 1 (true), 0 (false) and NaN (undefined).
import * as L from '../layout'

/** Cells of a block. */
const BLOCK: i32 = L.CELL_BLOCK
const BLOCK_BYTES: usize = <usize>BLOCK << 3

/**
 * Runs a program over `n` cells.
 *
 * @param program `steps` steps of CELL_STEP_WORDS i32 each: what (CELL_*), to which operand, of which three operands
 * @param leaves pointers (i32) to the columns that it reads, the operands from `registers` on
 * @param room the registers, operands from 0 on, of CELL_BLOCK doubles each; those that hold constants are filled
 * @param dst where the last step writes, whatever operand it names
 */
export function runCells(program: usize, steps: i32, leaves: usize, room: usize, registers: i32, dst: usize, n: i32): void {
  for (let from = 0; from < n; from += BLOCK) {
    const count = min(BLOCK, n - from)
    const offset = (<usize>from) << 3
    for (let step = 0; step < steps; step++) {
      const at = program + <usize>step * L.CELL_STEP_WORDS * 4
      const to = step == steps - 1 ? dst + offset : room + <usize>load<i32>(at, 4) * BLOCK_BYTES
      const a = operand(load<i32>(at, 8), leaves, room, registers, offset)
      const b = operand(load<i32>(at, 12), leaves, room, registers, offset)
      const c = operand(load<i32>(at, 16), leaves, room, registers, offset)
      run(load<i32>(at), to, a, b, c, count)
    }
  }
}

// @ts-ignore: decorator
@inline function operand(index: i32, leaves: usize, room: usize, registers: i32, offset: usize): usize {
  if (index < registers) return room + <usize>index * BLOCK_BYTES
  return <usize>load<u32>(leaves + ((<usize>(index - registers)) << 2)) + offset
}

function run(op: i32, to: usize, a: usize, b: usize, c: usize, n: i32): void {
  switch (op) {
    case L.CELL_ADD: { all(L.CELL_ADD, to, a, b, c, n); return }
    case L.CELL_SUBTRACT: { all(L.CELL_SUBTRACT, to, a, b, c, n); return }
    case L.CELL_MULTIPLY: { all(L.CELL_MULTIPLY, to, a, b, c, n); return }
    case L.CELL_DIVIDE: { all(L.CELL_DIVIDE, to, a, b, c, n); return }
    case L.CELL_NEGATE: { all(L.CELL_NEGATE, to, a, b, c, n); return }
    case L.CELL_ABSOLUTE: { all(L.CELL_ABSOLUTE, to, a, b, c, n); return }
    case L.CELL_SMALLER: { all(L.CELL_SMALLER, to, a, b, c, n); return }
    case L.CELL_LARGER: { all(L.CELL_LARGER, to, a, b, c, n); return }
    case L.CELL_ROOT: { all(L.CELL_ROOT, to, a, b, c, n); return }
    case L.CELL_LESS: { all(L.CELL_LESS, to, a, b, c, n); return }
    case L.CELL_AT_MOST: { all(L.CELL_AT_MOST, to, a, b, c, n); return }
    case L.CELL_EQUAL: { all(L.CELL_EQUAL, to, a, b, c, n); return }
    case L.CELL_AND: { all(L.CELL_AND, to, a, b, c, n); return }
    case L.CELL_OR: { all(L.CELL_OR, to, a, b, c, n); return }
    case L.CELL_NOT: { all(L.CELL_NOT, to, a, b, c, n); return }
    case L.CELL_WHERE: { all(L.CELL_WHERE, to, a, b, c, n); return }
    case L.CELL_DEFINED: { all(L.CELL_DEFINED, to, a, b, c, n); return }
    case L.CELL_FINITE: { all(L.CELL_FINITE, to, a, b, c, n); return }
    case L.CELL_PRESENT: { all(L.CELL_PRESENT, to, a, b, c, n); return }
    default: {
      for (let i: usize = 0; i < (<usize>n) << 3; i += 8) {
        const x = load<f64>(a + i)
        store<f64>(to + i, op == L.CELL_LOGARITHM ? Math.log(x) : Math.exp(x))
      }
    }
  }
}

/** One operation over a block, two cells at a time. `op` is known where this is written out. */
// @ts-ignore: decorator
@inline function all(op: i32, to: usize, a: usize, b: usize, c: usize, n: i32): void {
  const pairs = (<usize>(n >> 1)) << 4
  for (let i: usize = 0; i < pairs; i += 16) v128.store(to + i, two(op, v128.load(a + i), v128.load(b + i), v128.load(c + i)))
  if ((n & 1) == 0) return
  v128.store64_lane(to + pairs, two(op, v128.load64_zero(a + pairs), v128.load64_zero(b + pairs), v128.load64_zero(c + pairs)), 0)
}

// @ts-ignore: decorator
@inline function two(op: i32, a: v128, b: v128, c: v128): v128 {
  if (op == L.CELL_ADD) return f64x2.add(a, b)
  if (op == L.CELL_SUBTRACT) return f64x2.sub(a, b)
  if (op == L.CELL_MULTIPLY) return f64x2.mul(a, b)
  if (op == L.CELL_DIVIDE) return f64x2.div(a, b)
  if (op == L.CELL_NEGATE) return f64x2.neg(a)
  if (op == L.CELL_ABSOLUTE) return f64x2.abs(a)
  if (op == L.CELL_SMALLER) return f64x2.min(a, b)
  if (op == L.CELL_LARGER) return f64x2.max(a, b)
  if (op == L.CELL_ROOT) return f64x2.sqrt(a)
  if (op == L.CELL_LESS) return truth(f64x2.lt(a, b), a, b)
  if (op == L.CELL_AT_MOST) return truth(f64x2.le(a, b), a, b)
  if (op == L.CELL_EQUAL) return truth(f64x2.eq(a, b), a, b)
  const one = f64x2.splat(1)
  const zero = f64x2.splat(0)
  const none = f64x2.splat(NaN)
  if (op == L.CELL_AND) return v128.bitselect(zero, f64x2.mul(a, b), v128.or(f64x2.eq(a, zero), f64x2.eq(b, zero)))
  if (op == L.CELL_OR) return v128.bitselect(one, f64x2.add(a, b), v128.or(f64x2.eq(a, one), f64x2.eq(b, one)))
  if (op == L.CELL_NOT) return f64x2.sub(one, a)
  if (op == L.CELL_WHERE) return v128.bitselect(b, v128.bitselect(c, none, f64x2.eq(a, zero)), f64x2.eq(a, one))
  if (op == L.CELL_DEFINED) return v128.and(one, f64x2.lt(f64x2.abs(a), f64x2.splat(Infinity)))
  if (op == L.CELL_FINITE) return v128.bitselect(a, none, f64x2.lt(f64x2.abs(a), f64x2.splat(Infinity)))
  // CELL_PRESENT: a where b is a number.
  return v128.bitselect(a, none, f64x2.eq(b, b))
}

/** What a comparison has found, undefined where one of the two is. */
// @ts-ignore: decorator
@inline function truth(mask: v128, a: v128, b: v128): v128 {
  const known = v128.and(f64x2.eq(a, a), f64x2.eq(b, b))
  return v128.bitselect(v128.and(f64x2.splat(1), mask), f64x2.splat(NaN), known)
}

/** Adds `flag` where a condition is true. @param dst a byte a cell */
export function flagCells(src: usize, dst: usize, n: i32, flag: i32): void {
  let i = 0
  // Conditions are rarely true: eight at a time, mostly none of them.
  for (; i + 8 <= n; i += 8) {
    const at = src + ((<usize>i) << 3)
    const one = f64x2.splat(1)
    const found = v128.or(
      v128.or(f64x2.eq(v128.load(at), one), f64x2.eq(v128.load(at, 16), one)),
      v128.or(f64x2.eq(v128.load(at, 32), one), f64x2.eq(v128.load(at, 48), one)),
    )
    if (!v128.any_true(found)) continue
    for (let k = i; k < i + 8; k++) flagCell(src, dst, k, flag)
  }
  for (; i < n; i++) flagCell(src, dst, i, flag)
}

// @ts-ignore: decorator
@inline function flagCell(src: usize, dst: usize, i: i32, flag: i32): void {
  if (load<f64>(src + ((<usize>i) << 3)) != 1) return
  const at = dst + <usize>i
  store<u8>(at, load<u8>(at) | <u8>flag)
}

/**
 * As `crossedSeries` where every asset has all bars, so that the own bar before is the row before: two cells at a time.
 *
 * @param n bars * assets
 */
export function crossedCells(a: usize, b: usize, dst: usize, n: i32, assets: i32, side: f64): void {
  const back = (<usize>assets) << 3
  const first = min(assets, n)
  for (let i = 0; i < first; i++) {
    const at = (<usize>i) << 3
    const x = load<f64>(a + at)
    const y = load<f64>(b + at)
    // What was before the first bar is not known, so at most that it has not crossed.
    store<f64>(dst + at, x == x && y == y && !(side > 0 ? x > y : x < y) ? 0 : NaN)
  }
  const high = side > 0 ? a : b
  const low = side > 0 ? b : a
  let at = (<usize>first) << 3
  const end = (<usize>n) << 3
  for (; at + 16 <= end; at += 16) {
    v128.store(dst + at, crossed(v128.load(high + at), v128.load(low + at), v128.load(high + at - back), v128.load(low + at - back)))
  }
  if (at < end) {
    const two = crossed(v128.load64_zero(high + at), v128.load64_zero(low + at), v128.load64_zero(high + at - back), v128.load64_zero(low + at - back))
    v128.store64_lane(dst + at, two, 0)
  }
}

// @ts-ignore: decorator
@inline function crossed(high: v128, low: v128, highBefore: v128, lowBefore: v128): v128 {
  return two(L.CELL_AND, two(L.CELL_LESS, low, high, low), two(L.CELL_AT_MOST, highBefore, lowBefore, low), low)
}
