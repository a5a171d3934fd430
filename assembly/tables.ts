// The tables of Math. Both engines lie over one memory, and write their static data to its beginning: so both must have the
// same, whatever of Math each of them needs.

/** Uses every function of Math that has a table of its own; first of what each engine exports, and called by nobody. */
export function mathTables(x: f64): f64 {
  return Math.pow(x, x) + Math.log(x) + Math.sin(x)
}
