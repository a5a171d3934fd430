import { type IndicatorCall, indicator, number } from '../spec.ts'

const SOURCE = 'Ehlers 2001'
/** Bars that a figure is blind for, and the bar on which it begins to look, as TA-Lib has them. */
const SOON = { warmup: 32, first: 12 }
const LATE = { warmup: 63, first: 37 }

/** The columns of the dominant cycle. */
function cycle({ kernels, inputs: [src], bars, column }: IndicatorCall, { first }: { first: number }) {
  const [smooth, detrended, quadrature, period] = [column(), column(), column(), column()]
  kernels.dominantCycle(src, smooth, detrended, quadrature, period, bars, first)
  return { smooth, detrended, quadrature, period }
}

/** Takes away what is not yet worth anything. */
function hide({ kernels, outputs, bars }: IndicatorCall, { warmup }: { warmup: number }): void {
  for (const output of outputs) kernels.absent(output, Math.min(bars, warmup))
}

export const CYCLES = [
  indicator({
    name: 'htPeriod',
    doc: "Length of the dominant cycle in bars, by Hilbert's transform: about 6 to 50, smoothed.",
    source: SOURCE,
    talib: 'HT_DCPERIOD',
    warmup: () => SOON.warmup,
    run: (call) => {
      call.kernels.shift(cycle(call, SOON).period, call.outputs[0], call.bars, 0)
      hide(call, SOON)
    },
  }),
  indicator({
    name: 'htPhasor',
    doc: 'The parts of the dominant cycle: in phase, and a quarter of a cycle on.',
    source: SOURCE,
    talib: 'HT_PHASOR',
    outputs: ['inPhase', 'quadrature'],
    warmup: () => SOON.warmup,
    run: (call) => {
      const { detrended, quadrature } = cycle(call, SOON)
      call.kernels.shift(detrended, call.outputs[0], call.bars, 3)
      call.kernels.shift(quadrature, call.outputs[1], call.bars, 0)
      hide(call, SOON)
    },
  }),
  indicator({
    name: 'htPhase',
    doc: 'Phase of the dominant cycle, degrees from -45 to 315.',
    source: SOURCE,
    talib: 'HT_DCPHASE',
    warmup: () => LATE.warmup,
    run: (call) => {
      const { smooth, period } = cycle(call, LATE)
      call.kernels.cyclePhase(smooth, period, call.outputs[0], call.bars, LATE.first, LATE.warmup)
      hide(call, LATE)
    },
  }),
  indicator({
    name: 'htSine',
    doc: 'Sine of htPhase, and lead, the sine of htPhase + 45 degrees.',
    source: SOURCE,
    talib: 'HT_SINE',
    outputs: ['sine', 'lead'],
    warmup: () => LATE.warmup,
    run: ({ kernels, inputs, outputs: [sine, lead], bars, column, compute }) => {
      const phase = column()
      compute('htPhase', {}, inputs, [phase])
      kernels.phaseSine(phase, sine, bars, 0)
      kernels.phaseSine(phase, lead, bars, 45)
    },
  }),
  indicator({
    name: 'htTrendline',
    doc: 'Instantaneous trend line: the mean of the values over the dominant cycle, smoothed by the weights 4, 3, 2, 1.',
    source: SOURCE,
    talib: 'HT_TRENDLINE',
    warmup: () => LATE.warmup,
    run: (call) => {
      const { period } = cycle(call, LATE)
      call.kernels.cycleTrend(call.inputs[0], period, call.outputs[0], call.bars, LATE.first)
      hide(call, LATE)
    },
  }),
  indicator({
    name: 'htTrendMode',
    doc: '1 for a trend, 0 for a cycle: a cycle for half a period after the two of htSine have crossed, and where htPhase goes on as fast as the period says; but a trend where the smoothed price is 1.5 % off htTrendline.',
    source: SOURCE,
    talib: 'HT_TRENDMODE',
    warmup: () => LATE.warmup,
    run: (call) => {
      const { kernels, inputs, outputs, bars, column } = call
      const { smooth, period } = cycle(call, LATE)
      const phase = column()
      const trend = column()
      kernels.cyclePhase(smooth, period, phase, bars, LATE.first, LATE.warmup)
      kernels.cycleTrend(inputs[0], period, trend, bars, LATE.first)
      kernels.cycleMode(phase, trend, smooth, period, outputs[0], bars, LATE.first)
      hide(call, LATE)
    },
  }),
  indicator({
    name: 'mama',
    doc: 'MESA adaptive average: mama + (value - mama) * weight, weight = fast / the degrees by which the phase has gone back, between slow and fast; and fama, which follows it with half of the weight.',
    source: 'Ehlers 2001',
    talib: 'MAMA',
    conventions:
      'TA-Lib begins both with 0, so that its first few hundred values are too low; here they begin with the value. Where the price stands still there is no phase; TA-Lib takes one of what its running sums are off by.',
    parameters: {
      fast: number(0.5, 0.01, 0.99, 'Largest weight.'),
      slow: number(0.05, 0.01, 0.99, 'Smallest weight.'),
    },
    outputs: ['mama', 'fama'],
    warmup: () => SOON.warmup,
    refuse: ({ fast, slow }) => (slow <= fast ? undefined : `slow must not be above fast, found ${slow} and ${fast}`),
    run: (call, { fast, slow }) => {
      const { kernels, inputs, outputs, bars } = call
      const { detrended, quadrature } = cycle(call, SOON)
      kernels.mesa(inputs[0], detrended, quadrature, outputs[0], outputs[1], bars, SOON.first, fast, slow)
      hide(call, SOON)
    },
  }),
] as const
