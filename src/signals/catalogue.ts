import { FillgridError, show } from '../errors.ts'
import type { Kernels } from '../kernel/load.ts'
import { nearNames } from '../market/names.ts'

/** A parameter of an indicator: a whole number of bars or any number, within its range (ends included). */
export interface IndicatorParameter {
  type: 'integer' | 'number'
  default: number
  min: number
  max: number
  doc: string
}

/** Values of an indicator's parameters by name, all given. */
export type IndicatorValues = Readonly<Record<string, number>>

/** One asset's columns: pointers to its first bar, and the distance of its bars in elements. */
export interface IndicatorCall {
  kernels: Kernels
  /** In the order of `inputs`. */
  inputs: readonly number[]
  /** In the order of `outputs`. */
  outputs: readonly number[]
  bars: number
  stride: number
  /** Pointer to as many doubles as `scratch` says. */
  scratch: number
}

/** One indicator: from this record come its checks, its help and its panels. */
export interface IndicatorSpec {
  name: string
  /** Formula and source. */
  doc: string
  /** Columns it reads: 'source' is the caller's choice (close by default), the others are the market's. */
  inputs: readonly ('source' | 'high' | 'low' | 'close')[]
  parameters: Readonly<Record<string, IndicatorParameter>>
  /** Names of what it gives; the first is taken where none is asked for. */
  outputs: readonly string[]
  /** Own bars of an asset, of its source, for which this output is NaN. @internal */
  warmup(values: IndicatorValues, output: string): number
  /** A rule between parameters, as the error says it; undefined where it holds. @internal */
  refuse?(values: IndicatorValues): string | undefined
  /** Doubles of scratch that a call needs; none by default. @internal */
  scratch?(values: IndicatorValues, bars: number): number
  /** @internal */
  run(call: IndicatorCall, values: IndicatorValues): void
}

/** Windows are counted in whole numbers that the kernels multiply exactly; a billion bars is beyond any market. */
const LONGEST = 10_000_000

function length(value: number, min = 1, max = LONGEST): IndicatorParameter {
  return { type: 'integer', default: value, min, max, doc: 'Own bars of the asset that a value is made of.' }
}

type OneColumn = 'sma' | 'ema' | 'wma' | 'rma' | 'rsi' | 'roc'

/** Indicators of one source, one length and one output. */
function plain(name: OneColumn, doc: string, parameter: IndicatorParameter, before: number): IndicatorSpec {
  return {
    name,
    doc,
    inputs: ['source'],
    parameters: { length: parameter },
    outputs: ['value'],
    warmup: (values) => values.length - 1 + before,
    run: ({ kernels, inputs, outputs, bars, stride }, values) => {
      kernels[name](inputs[0], outputs[0], bars, stride, values.length)
    },
  }
}

function extreme(name: 'highest' | 'lowest', doc: string): IndicatorSpec {
  return {
    name,
    doc,
    inputs: ['source'],
    parameters: { length: length(20) },
    outputs: ['value'],
    warmup: (values) => values.length - 1,
    scratch: (values, bars) => Math.min(values.length, bars + 1),
    run: ({ kernels, inputs, outputs, bars, stride, scratch }, values) => {
      kernels[name](inputs[0], outputs[0], bars, stride, values.length, scratch)
    },
  }
}

/**
 * All indicators. Windows count an asset's own bars: where it has none the value is NaN and nothing else changes.
 * The value at a bar depends on that bar and earlier ones alone.
 */
export const INDICATORS: readonly IndicatorSpec[] = [
  plain('sma', 'Simple moving average: the exact mean of the last `length` values, rounded once.', length(20), 0),
  plain(
    'ema',
    'Exponential moving average: average + (value - average) * 2 / (length + 1), begun with the mean of the first `length` values.',
    length(20),
    0,
  ),
  plain(
    'wma',
    'Weighted moving average: weights 1 to `length`, the last value the heaviest; exact, rounded once.',
    length(20, 1, 10_000),
    0,
  ),
  plain('rma', "Wilder's moving average: as ema with the weight 1 / length. Wilder 1978.", length(14), 0),
  {
    name: 'stdev',
    doc: 'Standard deviation of the last `length` values: of a population (ddof 0) or of a sample (ddof 1).',
    inputs: ['source'],
    parameters: {
      length: length(20),
      ddof: { type: 'integer', default: 0, min: 0, max: 1, doc: 'What is taken from the length to divide by.' },
    },
    outputs: ['value'],
    warmup: (values) => values.length - 1,
    refuse: ({ length, ddof }) =>
      length > ddof ? undefined : `length must be above ddof, found ${length} and ${ddof}`,
    run: ({ kernels, inputs, outputs, bars, stride }, values) => {
      kernels.stdev(inputs[0], outputs[0], bars, stride, values.length, values.ddof)
    },
  },
  extreme('highest', 'Highest of the last `length` values.'),
  extreme('lowest', 'Lowest of the last `length` values.'),
  plain(
    'rsi',
    'Relative strength index, 0 to 100: 100 * gain / (gain + loss), averages of the rises and falls by rma; 50 where nothing has moved. Wilder 1978.',
    length(14),
    1,
  ),
  plain('roc', 'Rate of change in percent: 100 * (value - old) / old, old being `length` bars back.', length(10), 1),
  {
    name: 'trueRange',
    doc: 'True range: max(high - low, |high - last close|, |low - last close|). Wilder 1978.',
    inputs: ['high', 'low', 'close'],
    parameters: {},
    outputs: ['value'],
    warmup: () => 0,
    run: ({ kernels, inputs, outputs, bars, stride }) => {
      kernels.trueRange(inputs[0], inputs[1], inputs[2], outputs[0], bars, stride)
    },
  },
  {
    name: 'atr',
    doc: 'Average true range: rma of trueRange. Wilder 1978.',
    inputs: ['high', 'low', 'close'],
    parameters: { length: length(14) },
    outputs: ['value'],
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs, outputs, bars, stride }, values) => {
      kernels.atr(inputs[0], inputs[1], inputs[2], outputs[0], bars, stride, values.length)
    },
  },
  {
    name: 'macd',
    doc: 'Moving average convergence/divergence: line = ema(fast) - ema(slow), signal = ema(line), histogram = line - signal. Appel 2005.',
    inputs: ['source'],
    parameters: { fast: length(12), slow: length(26), smooth: length(9) },
    outputs: ['line', 'signal', 'histogram'],
    warmup: ({ slow, smooth }, output) => (output === 'line' ? slow - 1 : slow + smooth - 2),
    refuse: ({ fast, slow }) => (fast < slow ? undefined : `fast must be below slow, found ${fast} and ${slow}`),
    run: ({ kernels, inputs, outputs, bars, stride }, { fast, slow, smooth }) => {
      kernels.macd(inputs[0], outputs[0], outputs[1], outputs[2], bars, stride, fast, slow, smooth)
    },
  },
  {
    name: 'bollinger',
    doc: 'Bollinger bands: middle = sma, upper and lower = middle +- width * stdev (population). Bollinger 2001.',
    inputs: ['source'],
    parameters: {
      length: length(20),
      width: { type: 'number', default: 2, min: 0, max: 1000, doc: 'Standard deviations from the middle to a band.' },
    },
    outputs: ['upper', 'middle', 'lower'],
    warmup: (values) => values.length - 1,
    run: ({ kernels, inputs, outputs, bars, stride }, { length, width }) => {
      kernels.bollinger(inputs[0], outputs[0], outputs[1], outputs[2], bars, stride, length, width)
    },
  },
]

/** The record of an indicator. @throws FillgridError unknown_name with near names */
export function findIndicator(name: string): IndicatorSpec {
  const found = INDICATORS.find((indicator) => indicator.name === name)
  if (found) return found
  const names = INDICATORS.map((indicator) => indicator.name)
  throw unknownName('indicator', name, names)
}

/** Where an output stands in `outputs`; the first by default. @throws FillgridError unknown_name */
export function outputIndex(indicator: IndicatorSpec, output: string | undefined): number {
  if (output === undefined) return 0
  const index = indicator.outputs.indexOf(output)
  if (index < 0) throw unknownName(`${indicator.name}: output`, output, indicator.outputs)
  return index
}

/**
 * Given parameters with defaults for the rest, in the order of the record.
 *
 * @throws FillgridError unknown_name, or invalid_value with the value and the range
 */
export function indicatorValues(indicator: IndicatorSpec, given: Readonly<Record<string, unknown>>): IndicatorValues {
  const known = Object.keys(indicator.parameters)
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) throw unknownName(`${indicator.name}: parameter`, name, known)
  }
  const values: Record<string, number> = {}
  for (const [name, { type, default: fallback, min, max }] of Object.entries(indicator.parameters)) {
    // What is given as undefined is a parameter of the strategy that does not exist, not a wish for the default.
    const value = name in given ? given[name] : fallback
    const fits = typeof value === 'number' && value >= min && value <= max
    if (!fits || (type === 'integer' && !Number.isInteger(value))) {
      const kind = type === 'integer' ? 'a whole number' : 'a number'
      throw new FillgridError(
        'invalid_value',
        `${indicator.name}: ${name} must be ${kind} from ${min} to ${max}, found ${show(value)}.`,
      )
    }
    values[name] = value
  }
  const reason = indicator.refuse?.(values)
  if (reason) throw new FillgridError('invalid_value', `${indicator.name}: ${reason}.`)
  return values
}

/** The error for a name that is not one of `names`, with the nearest of them. */
export function unknownName(subject: string, name: string, names: readonly string[]): FillgridError {
  const near = nearNames(String(name), names)
  const known = names.length > 0 ? `There are ${names.join(', ')}.` : 'There are none.'
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : known
  return new FillgridError('unknown_name', `${subject} ${show(name)} is not one. ${hint}`)
}
