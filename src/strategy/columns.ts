import { FillgridError, show } from '../errors.ts'
import { onlyNames } from '../market/names.ts'
import type { SignalColumns, SignalContext, SignalStrategy } from './strategy.ts'

const COLUMN_NAMES: ReadonlySet<string> = new Set(
  Object.keys({
    flags: true,
    entries: true,
    exits: true,
    shortEntries: true,
    shortExits: true,
    targetPosition: true,
    size: true,
    sizeType: true,
    stop: true,
    target: true,
    trail: true,
    hold: true,
    rules: true,
  } satisfies Record<keyof SignalColumns, true>),
)

/**
 * The columns that a strategy computes. What its function throws is an error of the strategy, as with hooks; what the
 * library refuses on the way says so itself.
 *
 * @throws FillgridError strategy_failed
 */
export function computeColumns(strategy: SignalStrategy, context: SignalContext): SignalColumns {
  try {
    return strategy.signals(context)
  } catch (cause) {
    if (cause instanceof FillgridError) throw cause
    const what = cause instanceof Error ? cause.message : show(cause)
    throw new FillgridError('strategy_failed', `strategy ${strategy.name}: signals threw: ${what}`, {}, { cause })
  }
}

/**
 * Refuses what is no set of signal columns: a misspelt column would be one that never signals.
 *
 * @throws FillgridError invalid_value, unknown_name with the nearest names
 */
export function checkColumns(columns: SignalColumns): void {
  if (columns === null || typeof columns !== 'object')
    throw new FillgridError('invalid_value', `signals: an object of columns expected, found ${show(columns)}.`)
  onlyNames(columns, COLUMN_NAMES, 'signals', 'a column of signals')
  const { flags } = columns
  if (flags === undefined) return
  const packed = flags instanceof Uint8Array || (flags !== null && typeof flags === 'object' && 'pointer' in flags)
  if (!packed)
    throw new FillgridError(
      'invalid_value',
      `signals.flags: a Uint8Array or what crossSignals and its like return expected, found ${show(flags)}.`,
    )
  for (const name of ['entries', 'exits', 'shortEntries', 'shortExits'] as const)
    if (columns[name] !== undefined)
      throw new FillgridError('invalid_value', `signals: flags or ${name}, not both. Leave one out.`)
}
