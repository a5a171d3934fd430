import { FillgridError, show } from '../errors.ts'
import type { ParameterValue } from '../jobs/job.ts'
import { onlyNames } from '../market/names.ts'

/** From the first value to the last in equal steps, both ends included; the step is 1 where it is not given. */
export interface Range {
  from: number
  to: number
  step?: number
}

/** The values of one parameter in a space: a range of numbers, a list of values, or one value. */
export type AxisInput = Range | readonly ParameterValue[] | ParameterValue

/** One parameter of a space with its values, which are counted and computed by index, never listed. */
export interface Axis {
  readonly name: string
  readonly type: 'number' | 'string' | 'boolean'
  readonly count: number
  /** The value at an index 0 .. count - 1. */
  value(index: number): ParameterValue
}

/** The largest number of values of an axis and of sets in a space. */
export const MOST_SETS = 2 ** 32

/**
 * Makes an axis. The i-th value of a range is `from + i * step`, worked out in decimals, so that 0.1:0.5:0.1 has
 * 0.3 and not 0.30000000000000004; nothing is added up on the way.
 *
 * @throws FillgridError invalid_space for an empty, endless or mixed axis, or one with a value twice
 */
export function makeAxis(name: string, input: AxisInput): Axis {
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    throw new FillgridError(
      'invalid_space',
      `grid: a parameter's name must be a word, found ${show(name)}. Name it as the strategy does.`,
    )
  }
  if (typeof input === 'object' && !Array.isArray(input)) return rangeAxis(name, input as Range)
  return listAxis(name, Array.isArray(input) ? input : [input as ParameterValue])
}

/**
 * Reads an axis from text: `fast=5:50:5` (from, to, step; the step may be left out), `mode=a,b,c`, `length=14`.
 * Values of lists are numbers, `true`, `false` or words; a range may run down with a negative step.
 *
 * @throws FillgridError invalid_space with the part that cannot be read
 */
export function parseAxis(text: string): { name: string; input: AxisInput } {
  const at = text.indexOf('=')
  const name = text.slice(0, Math.max(at, 0)).trim()
  const values = text.slice(at + 1).trim()
  if (at < 0 || name === '' || values === '') {
    throw new FillgridError(
      'invalid_space',
      `grid: a parameter and its values are needed, found ${show(text)}. ${EXAMPLE}`,
    )
  }
  if (!values.includes(':')) return { name, input: values.split(',').map((value) => parseValue(value.trim(), text)) }
  const numbers = values.split(':').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  if (numbers.length > 3 || numbers.some((value) => !Number.isFinite(value))) {
    throw new FillgridError(
      'invalid_space',
      `grid: a range must be from:to or from:to:step in numbers, found ${show(text)}. ${EXAMPLE}`,
    )
  }
  const [from, to, step] = numbers
  return { name, input: step === undefined ? { from, to } : { from, to, step } }
}

const RANGE_FIELDS: ReadonlySet<string> = new Set(['from', 'to', 'step'])
const EXAMPLE = 'Write it like fast=5:50:5 or mode=a,b,c.'

function parseValue(text: string, whole: string): ParameterValue {
  if (text === '')
    throw new FillgridError('invalid_space', `grid: no value may be empty, found ${show(whole)}. ${EXAMPLE}`)
  if (text === 'true' || text === 'false') return text === 'true'
  const value = Number(text)
  return Number.isFinite(value) ? value : text
}

function rangeAxis(name: string, range: Range): Axis {
  if (range === null) throw new FillgridError('invalid_space', `grid: ${name} needs values, found null. ${EXAMPLE}`)
  onlyNames(range, RANGE_FIELDS, `grid ${name}`, 'a field of a range')
  const { from, to } = range
  const step = range.step ?? 1
  const shown = `${name}=${from}:${to}${range.step === undefined ? '' : `:${range.step}`}`
  if (![from, to, step].every((value) => typeof value === 'number' && Number.isFinite(value))) {
    throw new FillgridError(
      'invalid_space',
      `grid: from, to and step must be finite numbers, found ${shown}. ${EXAMPLE}`,
    )
  }
  if (range.step === undefined && !(Number.isInteger(from) && Number.isInteger(to))) {
    throw new FillgridError(
      'invalid_space',
      `grid: a range of fractions needs a step, found ${shown}. Add one, like ${shown}:0.1.`,
    )
  }
  if (step === 0 || (to - from) / step < 0) {
    const rule = step === 0 ? 'a step must not be 0' : 'a step must lead from the first value to the last'
    throw new FillgridError('invalid_space', `grid: ${rule}, found ${shown}, a range of zero values. ${EXAMPLE}`)
  }
  const scale = decimalScale(from, to, step)
  let count: number
  let value: (index: number) => number
  if (scale > 0) {
    const [first, last, by] = [Math.round(from * scale), Math.round(to * scale), Math.round(step * scale)]
    count = Math.floor((last - first) / by) + 1
    value = (index) => (first + index * by) / scale
  } else {
    count = Math.floor((to - from) / step + 1e-9) + 1
    value = (index) => from + index * step
  }
  if (!(count <= MOST_SETS)) {
    throw new FillgridError(
      'invalid_space',
      `grid: a range must have at most 2^32 values, found ${count} in ${shown}. Take a larger step.`,
    )
  }
  return { name, type: 'number', count, value }
}

/** The power of ten that makes all of them whole numbers that doubles hold exactly, 0 if there is none up to 10^12. */
function decimalScale(...values: number[]): number {
  for (let scale = 1; scale <= 1e12; scale *= 10) {
    if (values.some((value) => Math.abs(value * scale) > 2 ** 52)) return 0
    if (values.every((value) => Math.round(value * scale) / scale === value)) return scale
  }
  return 0
}

function listAxis(name: string, values: readonly ParameterValue[]): Axis {
  const type = typeof values[0]
  if (values.length === 0) {
    throw new FillgridError(
      'invalid_space',
      `grid: ${name} must have at least one value, found an empty list. ${EXAMPLE}`,
    )
  }
  const seen = new Set<ParameterValue>()
  for (const value of values) {
    if (
      !['number', 'string', 'boolean'].includes(typeof value) ||
      (typeof value === 'number' && !Number.isFinite(value))
    ) {
      throw new FillgridError(
        'invalid_space',
        `grid: values must be finite numbers, words, true or false, found ${show(value)} for ${name}. ${EXAMPLE}`,
      )
    }
    if (typeof value !== type) {
      throw new FillgridError(
        'invalid_space',
        `grid: the values of ${name} must be of one type, found ${show(values[0])} and ${show(value)}. ${EXAMPLE}`,
      )
    }
    if (seen.has(value)) {
      throw new FillgridError(
        'invalid_space',
        `grid: each value of ${name} must stand there once, found ${show(value)} twice. Take one out.`,
      )
    }
    seen.add(value)
  }
  const copy = [...values]
  return { name, type: type as Axis['type'], count: copy.length, value: (index) => copy[index] }
}
