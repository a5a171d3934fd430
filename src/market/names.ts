/**
 * The names closest to one that was not found, best first, for 'did you mean'; empty when nothing is close.
 * Distance is the number of letters to change, add or leave out, letter case aside.
 */
export function nearNames(name: string, names: Iterable<string>, most = 3): string[] {
  const wanted = name.toLowerCase()
  const near: { name: string; distance: number }[] = []
  for (const candidate of names) {
    const other = candidate.toLowerCase()
    const limit = Math.floor(Math.min(wanted.length, other.length) / 3)
    if (Math.abs(wanted.length - other.length) > limit) continue
    const distance = editDistance(wanted, other)
    if (distance <= limit) near.push({ name: candidate, distance })
  }
  near.sort((a, b) => a.distance - b.distance)
  return near.slice(0, most).map((entry) => entry.name)
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  const row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0]
    row[0] = i
    for (let j = 1; j <= b.length; j++) {
      const above = row[j]
      row[j] = Math.min(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] === b[j - 1] ? 0 : 1))
      diagonal = above
    }
  }
  return row[b.length]
}
