import { type ErrorCode, type ErrorPlace, FillgridError, messageOf, show } from '../errors.ts'
import type { Runner } from '../prepare.ts'
import type { CurveOptions } from '../results/curveoptions.ts'
import { METRICS, metricIndex } from '../results/metrics.ts'
import type { Result } from '../results/result.ts'
import type { ParameterSet, ParameterValue } from './job.ts'
import { type Keep, type KeptRun, keptOf } from './keep.ts'

/**
 * How the parameter sets of a piece are written as numbers: the names in order, and for those that are not numbers the
 * values that the numbers are places in. NaN in a set leaves its name out.
 */
export interface JobCodec {
  names: readonly string[]
  choices: readonly (readonly ParameterValue[] | null)[]
  /** Parameters that all sets have in common. */
  fixed: ParameterSet
}

/** Figures that are worked out for each set, and how they are made. */
export interface AskedFigures {
  /** Names of the catalogue beside METRICS. */
  names: readonly string[]
  /** Those of METRICS that the options change: they take the place of the run's own. */
  instead: readonly string[]
  /** Without a market: that of the run is taken. */
  options: CurveOptions
}

/** Neighbouring sets of one job, packed: what moves to a worker. */
export interface JobPiece {
  count: number
  /** `values[set * names.length + name]`, see `JobCodec`. */
  values: Float64Array<ArrayBuffer>
  /** An array that the outcome's metrics may take, so that arrays go back and forth and no new ones are made. */
  room?: Float64Array<ArrayBuffer>
}

/** A set that could not be run: its place in the piece, and why. */
export interface PieceFailure {
  at: number
  code: ErrorCode
  message: string
  place: ErrorPlace
  /** The stack of what the strategy threw, for people. */
  stack?: string
}

/** What became of a piece: plain data again. */
export interface PieceOutcome {
  /** METRICS of a set, then the figures that were asked for, set after set; NaN throughout where a set failed. There may be more behind them. */
  metrics: Float64Array<ArrayBuffer>
  failures: PieceFailure[]
  /** What is kept of each set beyond metrics, null where it failed; nothing where metrics are all. */
  runs?: (KeptRun | null)[]
  /** How long it took, ms; decides how large the next piece is, never what it gives. */
  elapsedMs: number
}

/** The codec of sets that are given as they are. */
export function codecOf(sets: readonly ParameterSet[], fixed: ParameterSet): JobCodec {
  /** Names with their values, null where all are numbers. */
  const found = new Map<string, Set<ParameterValue> | null>()
  for (const set of sets)
    for (const [name, value] of Object.entries(set))
      if (typeof value !== 'number') found.set(name, new Set())
      else if (!found.has(name)) found.set(name, null)
  for (const set of sets) for (const [name, value] of Object.entries(set)) found.get(name)?.add(value)
  return { names: [...found.keys()], choices: [...found.values()].map((values) => values && [...values]), fixed }
}

/** Packs sets that are given as they are, each of whose names the codec has. */
export function encodeSets(codec: JobCodec, sets: readonly ParameterSet[]): Float64Array<ArrayBuffer> {
  const n = codec.names.length
  const values = new Float64Array(sets.length * n).fill(Number.NaN)
  const places = codec.choices.map((choices) => choices && new Map(choices.map((value, place) => [value, place])))
  sets.forEach((set, at) => {
    for (let i = 0; i < n; i++) {
      const name = codec.names[i]
      if (!Object.hasOwn(set, name)) continue
      values[at * n + i] = places[i]?.get(set[name]) ?? (set[name] as number)
    }
  })
  return values
}

/** The parameters of one set of a piece. */
export function decodeSet(codec: JobCodec, piece: JobPiece, at: number): ParameterSet {
  const set: Record<string, ParameterValue> = { ...codec.fixed }
  const n = codec.names.length
  for (let i = 0; i < n; i++) {
    const value = piece.values[at * n + i]
    if (Number.isNaN(value)) continue
    set[codec.names[i]] = codec.choices[i]?.[value] ?? value
  }
  return set
}

/** A set in words: `fast 10, slow 50`. */
export function setText(set: ParameterSet): string {
  return Object.entries(set)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}

/** Runs the sets of a piece; a set that throws is a failure of its own. Figures that are asked for take whole runs, with their tables. */
export function runPiece(
  runner: Pick<Runner, 'metricsOf' | 'run'>,
  codec: JobCodec,
  keep: readonly Keep[],
  piece: JobPiece,
  metricCount: number = METRICS.length,
  figures?: AskedFigures,
): PieceOutcome {
  const start = performance.now()
  const width = metricCount + (figures?.names.length ?? 0)
  const count = piece.count * width
  const metrics = piece.room && piece.room.length >= count ? piece.room : new Float64Array(count)
  metrics.fill(Number.NaN, 0, count)
  const failures: PieceFailure[] = []
  const sets = Array.from({ length: piece.count }, (_, at) => decodeSet(codec, piece, at))
  const take = (at: number, outcome: Float64Array | { error: unknown }) => {
    if (outcome instanceof Float64Array) metrics.set(outcome, at * width)
    else failures.push({ at, ...describeError(outcome.error) })
  }
  const whole = keep.some((one) => one !== 'metrics')
  if (!whole && !figures) {
    runner.metricsOf(sets, take)
    return { metrics, failures, elapsedMs: performance.now() - start }
  }
  const runs = sets.map((set, at) => {
    try {
      const result = runner.run(set)
      const kept = keptOf(result, keep)
      take(at, figures ? askedOf(result, figures) : result.metrics)
      return kept
    } catch (error) {
      take(at, { error })
      return null
    }
  })
  return { metrics, failures, ...(whole ? { runs } : {}), elapsedMs: performance.now() - start }
}

function askedOf(result: Result, { names, instead, options }: AskedFigures): Float64Array {
  const row = Float64Array.of(...result.metrics, ...names.map((name) => result.figure(name, options)))
  for (const name of instead) row[metricIndex(name)] = result.figure(name, options)
  return row
}

/** An error as plain data, which survives the way between threads. */
export function describeError(error: unknown): Omit<PieceFailure, 'at'> {
  const own = ownErrorOf(error)
  const { stack } = own.cause instanceof Error ? own.cause : own
  return { code: own.code, message: own.message, place: { ...own.place }, stack }
}

/** What was thrown, as an error of the library: a strategy may throw anything. */
function ownErrorOf(error: unknown): FillgridError {
  if (error instanceof FillgridError) return error
  const words =
    error instanceof Error ? `${error.name}: ${messageOf(error)}` : typeof error === 'string' ? error : show(error)
  return new FillgridError('strategy_failed', words, {}, { cause: error })
}
