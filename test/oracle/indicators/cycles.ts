import type { Reference } from './reference.ts'

/** A number of a series that is 0 before it begins. */
type Series = number[]
const at = (series: Series, t: number) => series[t] ?? 0

/** What is known at each bar of the cycle, from bar `first` on, before which all is 0. */
function cycleOf(x: readonly number[], first: number) {
  const zeros = () => x.map(() => 0)
  const [smooth, detrended, quadrature, period, trend] = [zeros(), zeros(), zeros(), zeros(), zeros()]
  const [i2, q2, re, im, raw] = [zeros(), zeros(), zeros(), zeros(), zeros()]
  const inPhase = zeros()
  const transform = (s: Series, t: number) =>
    (0.0962 * (at(s, t) - at(s, t - 6)) + 0.5769 * (at(s, t - 2) - at(s, t - 4))) * (0.075 * at(raw, t - 1) + 0.54)
  const faded = (now: number, s: Series, t: number) => 0.2 * now + 0.8 * at(s, t - 1)
  for (let t = first; t < x.length; t++) {
    smooth[t] = (4 * x[t] + 3 * x[t - 1] + 2 * x[t - 2] + x[t - 3]) / 10
    detrended[t] = transform(smooth, t)
    quadrature[t] = transform(detrended, t)
    inPhase[t] = at(detrended, t - 3)
    i2[t] = faded(inPhase[t] - transform(quadrature, t), i2, t)
    q2[t] = faded(quadrature[t] + transform(inPhase, t), q2, t)
    re[t] = faded(i2[t] * at(i2, t - 1) + q2[t] * at(q2, t - 1), re, t)
    im[t] = faded(i2[t] * at(q2, t - 1) - q2[t] * at(i2, t - 1), im, t)
    const last = at(raw, t - 1)
    const turn = re[t] !== 0 && im[t] !== 0 ? (2 * Math.PI) / Math.atan(im[t] / re[t]) : last
    const held = Math.max(0.67 * last, Math.min(1.5 * last, turn))
    raw[t] = faded(Math.max(6, Math.min(50, held)), raw, t)
    period[t] = 0.33 * raw[t] + 0.67 * at(period, t - 1)
  }
  const mean = (t: number) => {
    const bars = Math.trunc(period[t] + 0.5)
    return bars > 0 && t >= first ? x.slice(t - bars + 1, t + 1).reduce((all, v) => all + v, 0) / bars : 0
  }
  x.forEach((_, t) => {
    trend[t] = t < first ? 0 : (4 * mean(t) + 3 * mean(t - 1) + 2 * mean(t - 2) + mean(t - 3)) / 10
  })
  return { smooth, quadrature, inPhase, period, trend }
}

function phases({ smooth, period }: { smooth: Series; period: Series }, first: number): number[] {
  let phase = 0
  return smooth.map((_, t) => {
    if (t < first) return 0
    const bars = Math.trunc(period[t] + 0.5)
    const part = (f: (x: number) => number) =>
      Array.from({ length: bars }, (_, k) => f((2 * Math.PI * k) / bars) * at(smooth, t - k)).reduce((a, b) => a + b, 0)
    const [re, im] = [part(Math.sin), part(Math.cos)]
    if (im !== 0) phase = (Math.atan(re / im) * 180) / Math.PI
    else phase += 90 * Math.sign(re)
    phase += 90 + 360 / period[t] + (im < 0 ? 180 : 0)
    if (phase > 315) phase -= 360
    return phase
  })
}

const from = (bars: number, column: readonly number[]) => column.map((value, t) => (t < bars ? Number.NaN : value))
const sine = (degrees: number) => Math.sin((degrees * Math.PI) / 180)

export const cycles: Record<string, Reference> = {
  htPeriod: ([x]) => ({ value: from(32, cycleOf(x, 12).period) }),
  htPhasor: ([x]) => {
    const { inPhase, quadrature } = cycleOf(x, 12)
    return { inPhase: from(32, inPhase), quadrature: from(32, quadrature) }
  },
  htPhase: ([x]) => ({ value: from(63, phases(cycleOf(x, 37), 37)) }),
  htSine: ([x]) => {
    const phase = phases(cycleOf(x, 37), 37)
    return {
      sine: from(63, phase.map(sine)),
      lead: from(
        63,
        phase.map((p) => sine(p + 45)),
      ),
    }
  },
  htTrendline: ([x]) => ({ value: from(63, cycleOf(x, 37).trend) }),
  htTrendMode: ([x]) => {
    const found = cycleOf(x, 37)
    const { period, trend, smooth } = found
    const phase = phases(found, 37)
    const ahead = (t: number) => (t < 37 ? 0 : Math.sign(sine(phase[t]) - sine(phase[t] + 45)))
    let crossed = 36
    const value = x.map((_, t) => {
      if (t < 37) return 0
      // From an equality on either side counts as having crossed.
      const crosses = ahead(t) !== 0 && ahead(t - 1) !== ahead(t)
      if (crosses) crossed = t - 1
      const pace = ((phase[t] - phase[t - 1]) * period[t]) / 360
      const off = trend[t] !== 0 && Math.abs(smooth[t] / trend[t] - 1) >= 0.015
      const cycling = crosses || t - crossed < period[t] / 2 || (pace > 0.67 && pace < 1.5)
      return off || !cycling ? 1 : 0
    })
    return { value: from(63, value) }
  },
  mama: ([x], { fast, slow }) => {
    const { inPhase, quadrature } = cycleOf(x, 12)
    const phase = inPhase.map((i, t) => (i === 0 ? 0 : (Math.atan(quadrature[t] / i) * 180) / Math.PI))
    let [quick, calm] = [x[12], x[12]]
    const both = x.map((value, t) => {
      if (t < 12) return [Number.NaN, Number.NaN]
      const weight = Math.max(slow, fast / Math.max(1, phase[t - 1] - phase[t]))
      quick = weight * value + (1 - weight) * quick
      calm = (weight / 2) * quick + (1 - weight / 2) * calm
      return [quick, calm]
    })
    return {
      mama: from(
        32,
        both.map(([q]) => q),
      ),
      fama: from(
        32,
        both.map(([, c]) => c),
      ),
    }
  },
}
