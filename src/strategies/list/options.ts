import { FillgridError, show } from '../../errors.ts'
import { onlyNames } from '../../market/names.ts'
import { zone } from '../../market/zone.ts'
import { checkSize } from '../../settings/read.ts'
import type { DefaultSize } from '../../settings/settings.ts'
import { type Distance, readDistance, type TradeSide } from './signal.ts'

/** What becomes of a signal whose asset is held or has an entry pending (semantics 8.7). */
export const OVERLAPS = ['ignore', 'lot', 'add', 'reverse'] as const
export type Overlap = (typeof OVERLAPS)[number]

/** What a list of signals is traded by, beside the settings of the run. */
export interface ListOptions {
  /** What becomes of a signal whose asset is held (semantics 8.7); 'ignore'. 'lot' takes the setting `lots: 'fifo'` with it. */
  overlap?: Overlap
  /** When times act (semantics 8.4); what the list says, else 'label'. */
  stamp?: 'label' | 'instant'
  /** The zone of times that name none: an IANA name, 'UTC' or an offset; that of the market's files, else UTC. */
  timezone?: string
  /** Side of signals that name none; none. */
  side?: TradeSide
  /** Stop of signals that have none: `{ fraction: 0.05 }`, or '5%', '1.5atr' (semantics 8.6); none. */
  stop?: Distance | string
  /** Target likewise, '2R' too; none. */
  target?: Distance | string
  /** Own bars after which positions are closed (semantics 6.4), of signals that do not say; never. */
  hold?: number
  /** Size of signals without a quantity: 'equal-weight' is the share 1 / `slots` of the equity, the default. */
  size?: 'equal-weight' | DefaultSize
  /** Positions that equal weight leaves room for; 10. */
  slots?: number
  /** Signals that cannot be traded are dropped and told, or the first of them is an error; 'drop'. */
  problems?: 'drop' | 'refuse'
}

/** Options with every default. */
export interface CheckedOptions extends Omit<ListOptions, 'stop' | 'target' | 'size' | 'stamp'> {
  overlap: Overlap
  stamp: 'label' | 'instant' | undefined
  stop: Distance | undefined
  target: Distance | undefined
  size: DefaultSize
  problems: 'drop' | 'refuse'
}

const NAMES: ReadonlySet<string> = new Set(
  Object.keys({
    overlap: true,
    stamp: true,
    timezone: true,
    side: true,
    stop: true,
    target: true,
    hold: true,
    size: true,
    slots: true,
    problems: true,
  } satisfies Record<keyof ListOptions, true>),
)

/** Whether a name is that of an option of lists. */
export function isListOption(name: string): name is keyof ListOptions {
  return NAMES.has(name)
}

/** Options of profiles for lists (semantics 10.14), by the name of the profile. */
export const LIST_PROFILES: Readonly<Record<string, ListOptions>> = {
  scanner: { overlap: 'ignore', side: 'long', stop: { fraction: 0.05 }, hold: 20, size: 'equal-weight' },
  manager: { overlap: 'lot', size: { type: 'units', amount: 1 } },
}

/** Options as they are given, or as the profile has them, checked. @throws FillgridError invalid_value, unknown_name */
export function readListOptions(given: ListOptions, profile?: string): CheckedOptions {
  onlyNames(given, NAMES, 'signals', 'an option of lists of signals')
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const options: ListOptions = { ...(profile === undefined ? {} : LIST_PROFILES[profile]), ...said }
  const {
    overlap = 'ignore',
    stamp,
    timezone,
    side,
    hold,
    size = 'equal-weight',
    slots = 10,
    problems = 'drop',
  } = options
  oneOf('overlap', overlap, OVERLAPS)
  oneOf('problems', problems, ['drop', 'refuse'])
  if (stamp !== undefined) oneOf('stamp', stamp, ['label', 'instant'])
  if (side !== undefined) oneOf('side', side, ['long', 'short'])
  if (timezone !== undefined) zone(timezone)
  checkHold(hold, 'signals.hold')
  if (!Number.isInteger(slots) || slots < 1)
    throw new FillgridError('invalid_value', `signals.slots: a whole number from 1 on expected, found ${show(slots)}.`)
  const stop = options.stop === undefined ? undefined : readDistance(options.stop, 'signals.stop')
  const target = options.target === undefined ? undefined : readDistance(options.target, 'signals.target')
  for (const [name, one] of [
    ['stop', stop],
    ['target', target],
  ] as const)
    if (one !== undefined && 'price' in one)
      throw new FillgridError(
        'invalid_value',
        `signals.${name}: a distance for all signals expected, like 5% or 1.5atr, found the price ${one.price}. Prices stand in the list.`,
      )
  return {
    ...options,
    overlap,
    stamp,
    problems,
    slots,
    stop,
    target,
    size: size === 'equal-weight' ? { type: 'fraction', amount: 1 / slots } : checkSize(size, 1),
  }
}

/** @throws FillgridError invalid_value */
function checkHold(hold: unknown, subject: string): void {
  if (hold === undefined || (typeof hold === 'number' && Number.isInteger(hold) && hold >= 1 && hold < 2 ** 31)) return
  throw new FillgridError(
    'invalid_value',
    `${subject}: a whole number of bars from 1 on expected, found ${show(hold)}.`,
  )
}

function oneOf(name: string, value: unknown, words: readonly string[]): void {
  if (words.includes(value as string)) return
  throw new FillgridError(
    'invalid_value',
    `signals.${name}: one of ${words.join(', ')} expected, found ${show(value)}.`,
  )
}
