import type { Aligned } from './aligned.ts'
import type { Remark } from './input.ts'

/** What rule 1.3 met in the cells of a market. */
export interface Found {
  absent: number
  incomplete: number
  filled: number
  outsideOpen: number
  outsideClose: number
  present: Int32Array
}

/** The counts as sentences, those that are not zero. */
export function remarksOf(input: Aligned, found: Found): Remark[] {
  const remarks: Remark[] = []
  const add = (code: Remark['code'], count: number, message: string) => {
    if (count > 0) remarks.push({ code, count, message })
  }
  const bars = (n: number) => `${n} ${n === 1 ? 'bar' : 'bars'}`
  if (!input.prices.has('open') && !input.prices.has('high') && !input.prices.has('low')) {
    add(
      'closes_only',
      1,
      'There are closes only: opens, highs and lows are taken to be the close, so nothing is seen inside a bar.',
    )
  } else
    add(
      'prices_filled',
      found.filled,
      `${bars(found.filled)} lacked an open, high or low, which was filled in from the close (and open).`,
    )
  add(
    'incomplete_bars',
    found.incomplete,
    `${bars(found.incomplete)} had an open, high or low but no close and count as absent.`,
  )
  add(
    'open_outside_range',
    found.outsideOpen,
    `${bars(found.outsideOpen)} opened outside [low, high]; the open is used as it is.`,
  )
  add(
    'close_outside_range',
    found.outsideClose,
    `${bars(found.outsideClose)} closed outside [low, high]; the close is used as it is.`,
  )
  const empty = input.assets.filter((_, asset) => found.present[asset] === 0)
  const names = empty.length > 5 ? `${empty.slice(0, 5).join(', ')} and ${empty.length - 5} more` : empty.join(', ')
  add(
    'asset_without_bars',
    empty.length,
    `${empty.length} of ${input.assets.length} assets have no bar at all: ${names}.`,
  )
  add('rows_sorted', input.mended, `${input.mended} rows stood after a later one and were put in order.`)
  add(
    'context_unmatched',
    input.contextUnmatched,
    `${input.contextUnmatched} context rows have a time stamp that no bar has and are not used.`,
  )
  return remarks
}

/** What a market that is made of another finds anew in its own bars. */
const OWN: ReadonlySet<Remark['code']> = new Set([
  'closes_only',
  'prices_filled',
  'incomplete_bars',
  'open_outside_range',
  'close_outside_range',
  'asset_without_bars',
])

/** The remarks that stay true of a market made of another: what its reader found, dropped or took for granted. */
export function inheritedRemarks(remarks: readonly Remark[]): Remark[] {
  return remarks.filter(({ code }) => !OWN.has(code))
}
