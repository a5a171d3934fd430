const DAY = 86400000
/** The clock is looked at in quarters of an hour. */
const SLOTS = 96
const SLOT = DAY / SLOTS
/** A span counts as silent that has no bar on so many of the days that have one. */
const SILENT = 0.9

/**
 * The middle of the longest span of the clock, at least an hour, without bars on 90 % of the days that have any, ms from
 * midnight; NaN where there is none. Few bars a day (range bars) leave spans silent by chance, and have to show longer ones:
 * three times what as many bars leave silent that are spread evenly.
 *
 * @param local starts of bars by the clock that is looked at, ms, increasing @param step commonest distance between them, ms
 */
export function quietCut(local: Float64Array, step: number): number {
  const { heard, days } = activity(local, Math.min(step, DAY / 2))
  const allowed = Math.floor((1 - SILENT) * days + 1e-9)
  const perDay = local.length / days
  const least = Math.max(4, Math.ceil((3 * (1 - SILENT) * SLOTS) / perDay))
  const counts = new Int32Array(days)
  let active = 0
  const change = (slot: number, by: 1 | -1) => {
    for (let day = 0; day < days; day++) {
      if (heard[day * SLOTS + slot] === 0) continue
      if (by === 1 && counts[day] === 0) active++
      counts[day] += by
      if (by === -1 && counts[day] === 0) active--
    }
  }
  let best = 0
  let middle = Number.NaN
  // The span [from, to) on the circle of the clock, as long as it may be from each start.
  for (let from = 0, to = 0; from < SLOTS; from++) {
    if (to === from) change(to++ % SLOTS, 1)
    while (active <= allowed && to - from < SLOTS) change(to++ % SLOTS, 1)
    const length = active <= allowed ? to - from : to - from - 1
    if (length > best) {
      best = length
      middle = (from + length / 2) * SLOT
    }
    change(from, -1)
  }
  return best >= least ? middle % DAY : Number.NaN
}

/** By day that has bars and slot of the clock: whether a bar starts or lasts there. */
function activity(local: Float64Array, length: number): { heard: Uint8Array; days: number } {
  let days = 0
  for (let i = 0, end = Number.NEGATIVE_INFINITY; i < local.length; i++) {
    if (local[i] < end) continue
    days++
    end = (Math.floor(local[i] / DAY) + 1) * DAY
  }
  const heard = new Uint8Array(days * SLOTS)
  let row = -1
  let day = 0
  let end = Number.NEGATIVE_INFINITY
  // Up to where the slots of this day are marked already; most bars lie within the slot of the one before.
  let marked = Number.NEGATIVE_INFINITY
  for (let i = 0; i < local.length; i++) {
    const start = local[i]
    const last = start + Math.max(0, length - 1)
    if (!(start < end)) {
      row++
      day = Math.floor(start / DAY) * DAY
      end = day + DAY
    } else if (last < marked) continue
    let slot = Math.floor((start - day) / SLOT)
    for (; day + slot * SLOT <= last; slot++) heard[row * SLOTS + (slot < SLOTS ? slot : slot - SLOTS)] = 1
    marked = day + slot * SLOT
  }
  return { heard, days }
}
