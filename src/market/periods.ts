const DAY = 86400000

/** The periods over which returns are taken: which bar ends each, and how many make a year. */
export interface ReturnPeriods {
  /** Index of the last bar of each period, increasing; the last one is the last bar. */
  ends: Int32Array
  /** 365 where a bar starts on a UTC Saturday (markets that trade through the week-end), else 252. */
  perYear: 252 | 365
}

/**
 * Return periods of a line of time: each UTC day that has bars when any day has more than one, else each bar.
 * Saturday is what tells round-the-clock markets from those that merely open on Sunday evening UTC.
 */
export function returnPeriods(time: Float64Array): ReturnPeriods {
  const n = time.length
  let intraday = false
  let perYear: 252 | 365 = 252
  let days = 0
  let last = Number.NaN
  for (let i = 0; i < n; i++) {
    const day = Math.floor(time[i] / DAY)
    if (day === last) intraday = true
    else {
      days++
      // 1 January 1970 was a Thursday; -2 makes Saturday 0.
      if ((day - 2) % 7 === 0) perYear = 365
    }
    last = day
  }
  const ends = new Int32Array(intraday ? days : n)
  if (!intraday) for (let i = 0; i < n; i++) ends[i] = i
  else {
    for (let i = 0, k = 0; i < n; i++) {
      if (i === n - 1 || Math.floor(time[i + 1] / DAY) !== Math.floor(time[i] / DAY)) ends[k++] = i
    }
  }
  return { ends, perYear }
}

/** The commonest distance between neighbouring stamps in ms, the shorter of equals; NaN with fewer than two. */
export function commonStep(time: Float64Array): number {
  const counts = new Map<number, number>()
  let best = Number.NaN
  let most = 0
  // Equal steps mostly follow each other, so they are counted by runs.
  for (let i = 1; i < time.length; ) {
    const step = time[i] - time[i - 1]
    let run = 1
    while (i + run < time.length && time[i + run] - time[i + run - 1] === step) run++
    i += run
    const count = (counts.get(step) ?? 0) + run
    counts.set(step, count)
    if (count > most || (count === most && step < best)) {
      most = count
      best = step
    }
  }
  return best
}
