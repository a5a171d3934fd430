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

export type IndicatorParameter = NumberParameter | ChoiceParameter

/** Parameters by name. */
export type IndicatorSchema = Readonly<Record<string, IndicatorParameter>>

/** Values of a schema's parameters, all given. */
export type IndicatorValuesOf<P extends IndicatorSchema> = {
  readonly [K in keyof P]: P[K] extends ChoiceParameter<infer W> ? W : number
}

/** Values of an indicator's parameters by name, all given. */
export type IndicatorValues = IndicatorValuesOf<IndicatorSchema>

/** Columns that every market has. */
export const PRICES = ['open', 'high', 'low', 'close', 'volume'] as const
export type PriceColumn = (typeof PRICES)[number]

/** Columns of an indicator that are the caller's choice. */
export const CHOSEN = ['source', 'other'] as const
export type ChosenInput = (typeof CHOSEN)[number]

/** A column that an indicator reads: the caller's choice, or one of the market's. */
export type IndicatorInput = ChosenInput | PriceColumn

/** What an input is where the caller chooses none. */
export const STANDARD: Readonly<Record<IndicatorInput, PriceColumn>> = {
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
  const { name, doc, source, talib, conventions, warmup, unscaled, late, refuse, run } = draft
  const { inputs = ['source'], parameters = {} as P, outputs = ['value'] as readonly string[] as readonly O[] } = draft
  return { name, doc, source, talib, conventions, inputs, parameters, outputs, warmup, unscaled, late, refuse, run }
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

/** One of some words. */
export function choice<const W extends string>(value: W, choices: readonly W[], doc: string): ChoiceParameter<W> {
  return { type: 'choice', default: value, choices, doc }
}
