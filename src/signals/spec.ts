import type { Kernels } from '../kernel/load.ts'

/** A parameter of an indicator: a whole number of bars or any number, within its range (ends included). */
export interface NumberParameter {
  type: 'integer' | 'number'
  default: number
  min: number
  max: number
  doc: string
}

/** A parameter of an indicator that is one of some words. */
export interface ChoiceParameter<W extends string = string> {
  type: 'choice'
  default: W
  choices: readonly W[]
  doc: string
}

/** A parameter of an indicator that is a text: a calendar, a time. */
export interface TextParameter {
  type: 'text'
  default: string
  doc: string
}

export type IndicatorParameter = NumberParameter | ChoiceParameter | TextParameter

/** Parameters by name. */
export type IndicatorSchema = Readonly<Record<string, IndicatorParameter>>

/** Values of a schema's parameters, all given. */
export type IndicatorValuesOf<P extends IndicatorSchema> = {
  readonly [K in keyof P]: P[K] extends ChoiceParameter<infer W> ? W : P[K] extends TextParameter ? string : number
}

/** Values of an indicator's parameters by name, all given. */
export type IndicatorValues = IndicatorValuesOf<IndicatorSchema>

/** Columns that every market has. */
export const PRICES = ['open', 'high', 'low', 'close', 'volume'] as const
export type PriceColumn = (typeof PRICES)[number]

/** Columns of an indicator that are the caller's choice. */
export const CHOSEN = ['source', 'other'] as const
export type ChosenInput = (typeof CHOSEN)[number]

/** Columns that are made of the times of the bars: `period` numbers the sessions, days, weeks or months that bars belong to. */
export const TIMED = 'period'

/** A column that an indicator reads: the caller's choice, one of the market's, or one that is made of its times. */
export type IndicatorInput = ChosenInput | PriceColumn | typeof TIMED

/** What bars are put together by: the periods of a calendar, or all from a time on. */
export type PeriodCut = { readonly every: PeriodName; readonly days: string } | { readonly anchor: string }

export const PERIOD_NAMES = ['session', 'day', 'week', 'month'] as const
export type PeriodName = (typeof PERIOD_NAMES)[number]

/** What an input is where the caller chooses none. */
export const STANDARD: Readonly<Record<ChosenInput | PriceColumn, PriceColumn>> = {
  source: 'close',
  other: 'open',
  open: 'open',
  high: 'high',
  low: 'low',
  close: 'close',
  volume: 'volume',
}

/** Whether an input is the caller's choice. */
export function isChosen(input: IndicatorInput): input is ChosenInput {
  return (CHOSEN as readonly string[]).includes(input)
}

/** Whether a name is that of a column that every market has. */
export function isPrice(name: string): name is PriceColumn {
  return (PRICES as readonly string[]).includes(name)
}

/** What a record works with: columns of one asset without gaps, each `bars` doubles, by pointer. @internal */
export interface IndicatorCall {
  readonly kernels: Kernels
  /** In the order of `inputs`. Not to be written to. */
  readonly inputs: readonly number[]
  /** In the order of `outputs`; different columns from the inputs and from each other. */
  readonly outputs: readonly number[]
  readonly bars: number
  /** A further column, of bars + 1 doubles and anything in them, until this call is over. */
  column(): number
  /** The same of so many doubles; one at a time. */
  room(doubles: number): number
  /**
   * Another indicator of the catalogue, of columns of this call: exactly what a panel of a panel would be. So inputs may have
   * NaN, which counts as an absent bar.
   *
   * @param values defaults for those that are not given
   */
  compute(
    name: string,
    values: Readonly<Record<string, unknown>>,
    inputs: readonly number[],
    outputs: readonly number[],
  ): void
}

/** One indicator: from this record come its checks, its help, its types and its panels. */
export interface IndicatorSpec<
  N extends string = string,
  P extends IndicatorSchema = IndicatorSchema,
  O extends string = string,
> {
  name: N
  /** What it is: its formula, in words that the kernel follows. */
  doc: string
  /** Who described it. */
  source?: string
  /** Name of the function of TA-Lib that it is, or of several that it has the outputs of. */
  talib?: string
  /** Where others differ, and how to get theirs. */
  conventions?: string
  /** Columns it reads. A bar on which one of them has no value is absent: its outputs are NaN, and nothing else changes. */
  inputs: readonly IndicatorInput[]
  parameters: P
  /** Names of what it gives; the first is taken where none is asked for. */
  outputs: readonly O[]
  /** Own bars of an asset, of its inputs, for which this output is NaN. @internal */
  warmup(values: IndicatorValuesOf<P>, output: O): number
  /** How the bars are put together, where it reads `period`. @internal */
  periods?(values: IndicatorValuesOf<P>): PeriodCut
  /** With a `delay` of 0 it changes what it gave for earlier bars when later ones come: no strategy may have it so. */
  repaints?: true
  /** Values that do not go with the unit of the prices, as logarithms: no test holds them to it. @internal */
  unscaled?: true
  /** Begins with the first turn of the prices, some time after the warm-up. @internal */
  late?: true
  /** A rule between parameters, as the error says it; undefined where it holds. @internal */
  refuse?(values: IndicatorValuesOf<P>): string | undefined
  /** @internal */
  run(call: IndicatorCall, values: IndicatorValuesOf<P>): void
}

/** A record with its name, parameters and outputs as types; one source and one output by default. */
export function indicator<
  const N extends string,
  P extends IndicatorSchema = Record<never, never>,
  const O extends string = 'value',
>(
  draft: Omit<IndicatorSpec<N, P, O>, 'inputs' | 'parameters' | 'outputs'> &
    Partial<Pick<IndicatorSpec<N, P, O>, 'inputs' | 'parameters' | 'outputs'>>,
): IndicatorSpec<N, P, O> {
  const { name, doc, source, talib, conventions, warmup, periods, repaints, unscaled, late, refuse, run } = draft
  const { inputs = ['source'], parameters = {} as P, outputs = ['value'] as readonly string[] as readonly O[] } = draft
  const words = { name, doc, source, talib, conventions, inputs, parameters, outputs }
  return { ...words, warmup, periods, repaints, unscaled, late, refuse, run }
}

/** Windows are counted in whole numbers that the kernels multiply exactly; ten million bars are beyond most markets. */
const LONGEST = 10_000_000

/** A length in bars. */
export function length(
  value: number,
  { min = 1, max = LONGEST, doc = 'Own bars of the asset that a value is made of.' } = {},
): NumberParameter {
  return { type: 'integer', default: value, min, max, doc }
}

/** Any number in a range. */
export function number(value: number, min: number, max: number, doc: string): NumberParameter {
  return { type: 'number', default: value, min, max, doc }
}

/** A text. */
export function text(value: string, doc: string): TextParameter {
  return { type: 'text', default: value, doc }
}

/** One of some words. */
export function choice<const W extends string>(value: W, choices: readonly W[], doc: string): ChoiceParameter<W> {
  return { type: 'choice', default: value, choices, doc }
}
