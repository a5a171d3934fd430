// Cycles by Hilbert's transform (Ehlers 2001, Rocket Science for Traders). Pointers as in averages.ts. Work begins at a bar `first`, as if all
// had been 0 before it.
import { blank, get, put } from './column'

const DEGREES: f64 = 180.0 / Math.PI

/** Hilbert's transform of seven values, of which those an odd number of bars ago have no weight, for cycles of a length that `gain` says. */
// @ts-ignore: decorator
@inline function hilbert(src: usize, i: i32, gain: f64): f64 {
  const outer = 0.0962 * get(src, i) - 0.0962 * get(src, i - 6)
  return (outer + (0.5769 * get(src, i - 2) - 0.5769 * get(src, i - 4))) * gain
}

/**
 * The dominant cycle: `smooth` = the price as a weighted mean of four, `detrended` and `quadrature` = what is left of it and the same a quarter of a
 * cycle on (the part in phase is the detrended one three bars ago), `period` = length of the cycle in bars, smoothed, and about 6 to 50
 * once it has settled. All 0 before `first`, which is 9 or more.
 */
export function dominantCycle(
  src: usize,
  smooth: usize,
  detrended: usize,
  quadrature: usize,
  period: usize,
  n: i32,
  first: i32,
): void {
  for (let i = min(first, n) - 1; i >= 0; i--) {
    put(smooth, i, 0)
    put(detrended, i, 0)
    put(quadrature, i, 0)
    put(period, i, 0)
  }
  let lastI = 0.0
  let lastQ = 0.0
  let re = 0.0
  let im = 0.0
  let length = 0.0
  let smoothed = 0.0
  for (let i = first; i < n; i++) {
    const gain = 0.075 * length + 0.54
    put(smooth, i, (4.0 * get(src, i) + 3.0 * get(src, i - 1) + 2.0 * get(src, i - 2) + get(src, i - 3)) * 0.1)
    put(detrended, i, hilbert(smooth, i, gain))
    put(quadrature, i, hilbert(detrended, i, gain))
    const nowI = 0.2 * (get(detrended, i - 3) - hilbert(quadrature, i, gain)) + 0.8 * lastI
    // The part in phase is three bars late; of it no more than nine are ever asked for.
    const nowQ = 0.2 * (get(quadrature, i) + (i >= 9 ? hilbert(detrended, i - 3, gain) : 0.0)) + 0.8 * lastQ
    re = 0.2 * (nowI * lastI + nowQ * lastQ) + 0.8 * re
    im = 0.2 * (nowI * lastQ - nowQ * lastI) + 0.8 * im
    lastI = nowI
    lastQ = nowQ
    let found = length
    if (im != 0 && re != 0) found = 360.0 / (Math.atan(im / re) * DEGREES)
    found = max(min(found, 1.5 * length), 0.67 * length)
    found = min(max(found, 6.0), 50.0)
    length = 0.2 * found + 0.8 * length
    smoothed = 0.33 * length + 0.67 * smoothed
    put(period, i, smoothed)
  }
}

/** Phase of the dominant cycle, degrees from -45 to 315, from the columns of `dominantCycle`. NaN before `from`. */
export function cyclePhase(smooth: usize, period: usize, dst: usize, n: i32, first: i32, from: i32): void {
  let phase = 0.0
  for (let i = first; i < n; i++) {
    const length = get(period, i)
    const bars = <i32>(length + 0.5)
    let re = 0.0
    let im = 0.0
    for (let k = 0; k < bars && k <= i; k++) {
      const turn = (<f64>k * (2.0 * Math.PI)) / <f64>bars
      re += Math.sin(turn) * get(smooth, i - k)
      im += Math.cos(turn) * get(smooth, i - k)
    }
    if (im != 0) phase = Math.atan(re / im) * DEGREES
    else phase += re < 0 ? -90.0 : re > 0 ? 90.0 : 0.0
    // The smoothed price is a bar late.
    phase += 90.0 + 360.0 / length
    if (im < 0) phase += 180.0
    if (phase > 315) phase -= 360.0
    put(dst, i, phase)
  }
  blank(dst, 0, min(first, from), n)
}

/** Sine of a phase in degrees, and of one `lead` degrees on. */
export function phaseSine(phase: usize, dst: usize, n: i32, lead: f64): void {
  for (let i = 0; i < n; i++) put(dst, i, Math.sin((get(phase, i) + lead) / DEGREES))
}

/** Mean of the price over the dominant cycle, smoothed by weights 4, 3, 2, 1. */
export function cycleTrend(src: usize, period: usize, dst: usize, n: i32, first: i32): void {
  blank(dst, 0, first, n)
  let one = 0.0
  let two = 0.0
  let three = 0.0
  for (let i = first; i < n; i++) {
    const bars = min(<i32>(get(period, i) + 0.5), i + 1)
    let mean = 0.0
    for (let k = 0; k < bars; k++) mean += get(src, i - k)
    if (bars > 0) mean /= <f64>bars
    put(dst, i, (4.0 * mean + 3.0 * one + 2.0 * two + three) / 10.0)
    three = two
    two = one
    one = mean
  }
}

/**
 * 1 for a trend, 0 for a cycle: a cycle for half a period after its sine has crossed its leading sine, and where the phase goes on as fast as the period says
 * (two thirds to one and a half times); but a trend where the smoothed price is 1.5 % off the trend line. The columns have values from `first` on.
 */
export function cycleMode(
  phase: usize,
  trend: usize,
  smooth: usize,
  period: usize,
  dst: usize,
  n: i32,
  first: i32,
): void {
  blank(dst, 0, first, n)
  let days = 0
  let lastPhase = 0.0
  let lastSine = 0.0
  let lastLead = 0.0
  for (let i = first; i < n; i++) {
    const at = get(phase, i)
    const length = get(period, i)
    const sine = Math.sin(at / DEGREES)
    const lead = Math.sin((at + 45.0) / DEGREES)
    let mode = 1.0
    if ((sine > lead && lastSine <= lastLead) || (sine < lead && lastSine >= lastLead)) {
      days = 0
      mode = 0
    }
    days++
    if (<f64>days < 0.5 * length) mode = 0
    const pace = at - lastPhase
    if (length != 0 && pace > (0.67 * 360.0) / length && pace < (1.5 * 360.0) / length) mode = 0
    const line = get(trend, i)
    if (line != 0 && abs((get(smooth, i) - line) / line) >= 0.015) mode = 1
    put(dst, i, mode)
    lastPhase = at
    lastSine = sine
    lastLead = lead
  }
}

/**
 * The MESA adaptive averages: mama + (price - mama) * weight, weight = fast / the degrees by which the phase has gone back, between slow and fast, and
 * fama, which follows mama with half of the weight; both begun with the price at `first`.
 */
export function mesa(
  src: usize,
  detrended: usize,
  quadrature: usize,
  mama: usize,
  fama: usize,
  n: i32,
  first: i32,
  fast: f64,
  slow: f64,
): void {
  blank(mama, 0, first, n)
  blank(fama, 0, first, n)
  if (first >= n) return
  let quick = get(src, first)
  let calm = quick
  let last = 0.0
  for (let i = first; i < n; i++) {
    const inPhase = get(detrended, i - 3)
    const phase = inPhase != 0 ? Math.atan(get(quadrature, i) / inPhase) * DEGREES : 0.0
    const weight = max(slow, fast / max(1.0, last - phase))
    last = phase
    quick += (get(src, i) - quick) * weight
    calm += (quick - calm) * (0.5 * weight)
    put(mama, i, quick)
    put(fama, i, calm)
  }
}
