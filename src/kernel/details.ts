import * as L from '../../assembly/layout.ts'

/** Takes out of a position's details what earlier ones have left behind their lists, so that equal states are equal bytes. */
export function clearLeft(detail: Uint8Array, position: Uint8Array): void {
  const words = new Int32Array(position.buffer, position.byteOffset, L.POSITION_BYTES / 4)
  const waiting = words[L.POSITION_PENDING_COUNT / 4]
  detail.fill(0, L.DETAIL_PENDING_FRACTIONS + 8 * waiting, L.DETAIL_OWN_RULES)
  detail.fill(0, L.DETAIL_PENDING_CODES + 4 * waiting, L.DETAIL_TRAIL_MARK)
  detail.fill(0, L.DETAIL_PENDING_DISTANCES + 8 * waiting, L.DETAIL_TRIP_PNL)
  if (words[L.POSITION_EXITS / 4] === 0) detail.fill(0, L.DETAIL_TRIP_PNL, L.DETAIL_ENTRY_STOP)
  if (words[L.POSITION_STOPPED / 4] === 0) detail.fill(0, L.DETAIL_ENTRY_STOP)
  detail.fill(0, L.DETAIL_OWN_RULES + words[L.POSITION_OWN_COUNT / 4] * L.RULE_BYTES, L.DETAIL_SEEN_RULES)
  detail.fill(0, L.DETAIL_SEEN_RULES + words[L.POSITION_SEEN_COUNT / 4] * L.RULE_BYTES, L.DETAIL_CONTEXT)
}

/** Takes out all but the context: of a position of lots, whose rules are those of its lots. */
export function clearRules(detail: Uint8Array): void {
  detail.fill(0, 0, L.DETAIL_CONTEXT)
  detail.fill(0, L.DETAIL_PENDING_CODES)
}
