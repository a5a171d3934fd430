/**
 * Every error a user can meet. The sentence says: subject: rule, found value at place. Way out.
 */

/** What went wrong, for programs; the message is for people. */
export type ErrorCode =
  /** A value in a config, an order, a rule or a parameter is outside its range. */
  | 'invalid_value'
  /** Settings of a run that contradict each other, or the profile that they are given with. */
  | 'conflicting_settings'
  /** A name (asset, indicator, metric, parameter, column) that does not exist here. */
  | 'unknown_name'
  /** Market data that break a rule (order, duplicates, high below low, NaN, empty). */
  | 'invalid_market'
  /** A file that cannot be read as what it should be; has file and line. */
  | 'invalid_file'
  /** A file that can be read in several ways; the message names them and the option that chooses. */
  | 'ambiguous_file'
  /** A file or folder that cannot be opened, read or written. */
  | 'file_access'
  /** An optional package that is not installed. */
  | 'missing_package'
  /** The data or the run need more memory than there is. */
  | 'memory_limit'
  /** A strategy module that does not load or is not a strategy. */
  | 'invalid_strategy'
  /** A hook threw. `cause` has the original error. */
  | 'strategy_failed'
  /** A hook asked for bars after the current one, or before the first. */
  | 'out_of_range'
  /** A broker, position, indicator, run or market was used after its memory had been given back. */
  | 'released'
  /** `verify` found that a strategy reads the future or keeps state outside. */
  | 'verification_failed'
  /** An expression that cannot be read, or whose parts do not fit together; has the column of its text. */
  | 'invalid_expression'
  /** A parameter space that is empty, too large or contradictory. */
  | 'invalid_space'
  /** A file of finished rows that belongs to another sweep: other data, strategy, settings or grid. */
  | 'journal_mismatch'
  /** A worker died twice on the same work. */
  | 'worker_failed'
  /** Numbers of a run have left the finite range: sizes or prices that are too large. */
  | 'not_finite'
  /** A cost model of the strategy's own threw, or answered what is no cost. `cause` has the original error. */
  | 'cost_model_failed'
  /** The engine binary does not fit this library, or broke its own rules. Ours to mend. */
  | 'engine_failed'
  /** The caller aborted. */
  | 'aborted'
  /** A run that is over was asked to go on, or was given orders. */
  | 'run_over'
  /** A run was asked to step back to before its start, or to where it no longer can. */
  | 'no_earlier_bar'
  /** A recorded decision was given to another bar than its own. */
  | 'wrong_bar'
  /** A bar whose decision was committed was decided again. */
  | 'already_committed'
  /** A run was asked for something while a hook of it is still at work. */
  | 'busy'
  /** A hook gave an order after it had settled. */
  | 'late_call'
  /** A mark of another run, or of a way that the run has left. */
  | 'lost_mark'
  /** A snapshot of a run with other settings. */
  | 'snapshot_settings'
  /** A snapshot of a run with other parameters. */
  | 'snapshot_parameters'
  /** A snapshot of another strategy, or of another kind of run. */
  | 'snapshot_strategy'
  /** A snapshot that is not as it was taken, or none. */
  | 'snapshot_damaged'
  /** A snapshot of another version of the engine. */
  | 'snapshot_version'
  /** A snapshot of a run over other data, or another window of them. */
  | 'snapshot_market'
  /** A job of another version. */
  | 'job_version'
  /** A job's market that is not at hand, or whose data are others than those that the job was made for. */
  | 'job_market'
  /** A result, as data or in a folder, that is not as it was made, or none. */
  | 'result_damaged'
  /** A result of another version of its form. */
  | 'result_version'
  /** A folder that holds something that may not be replaced. */
  | 'folder_taken'

/** Where it happened, as far as it is known. */
export interface ErrorPlace {
  file?: string
  /** 1-based. */
  line?: number
  /** 1-based column number, or a column's name. */
  column?: number | string
  asset?: string
  /** 0-based bar index. */
  bar?: number
  /** ISO 8601 UTC time of the bar. */
  time?: string
  /** Id of the order, 0 where it was none. */
  order?: number
}

/** The one error type of the library. `code` is stable, `message` is a sentence, `place` says where. */
export class FillgridError extends Error {
  override readonly name = 'FillgridError'
  readonly code: ErrorCode
  readonly place: ErrorPlace

  constructor(code: ErrorCode, message: string, place: ErrorPlace = {}, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.place = place
  }
}

/** A value as an error shows it: strings quoted, numbers as they are, the rest as JSON, cut at 60 characters. */
export function show(value: unknown): string {
  let text: string | undefined
  try {
    text = typeof value === 'number' || value === undefined ? String(value) : JSON.stringify(value)
  } catch {
    // What has no JSON may still be text.
  }
  try {
    text ??= String(value)
  } catch {
    text = `${typeof value === 'object' ? 'an object' : `a ${typeof value}`} that cannot be shown`
  }
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

/** What something that was thrown says; it may be anything, and is shown where it is no error. */
export function messageOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return String(thrown.message)
  } catch {
    return 'something that cannot be read'
  }
  return show(thrown)
}

/** Something that was thrown, where it is an error of the library. */
export function ownError(thrown: unknown): FillgridError | undefined {
  try {
    return thrown instanceof FillgridError ? thrown : undefined
  } catch {
    return undefined
  }
}
