// The one generator of random numbers: splitmix64 (Steele, Lea and Flood 2014), whole numbers alone, so the same everywhere.

const GOLDEN: u64 = 0x9e3779b97f4a7c15

/** Where a row of random numbers goes on. */
// @ts-ignore: decorator
@inline export function next(state: u64): u64 {
  return state + GOLDEN
}

/** 64 random bits of a state. */
// @ts-ignore: decorator
@inline export function bits(state: u64): u64 {
  let z = state
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb
  return z ^ (z >> 31)
}

/** The state that a row of its own begins with: one for each number of a seed, whatever other rows there are. */
export function rowState(seed: f64, row: i32): u64 {
  return bits(bits(<u64>seed + GOLDEN) + <u64>row * GOLDEN)
}

/** A whole number from 0 to below `n`; numbers are equally likely but for n parts in 2^32. */
// @ts-ignore: decorator
@inline export function below(state: u64, n: i32): i32 {
  return <i32>(((bits(state) >> 32) * <u64>n) >> 32)
}

/** 0 to below 1, with 53 bits. */
// @ts-ignore: decorator
@inline export function uniform(state: u64): f64 {
  return <f64>(bits(state) >> 11) * (1.0 / 9007199254740992.0)
}
