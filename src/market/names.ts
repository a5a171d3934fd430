import { type ErrorPlace, FillgridError, show } from '../errors.ts'

/**
 * The names closest to one that was not found, best first, for 'did you mean'; empty when nothing is close.
 * Where no whole name is close, those that begin with something close to it or contain it (`limt` for `limitPrice`,
 * `price` for `stopPrice`).
 */
export function nearNames(name: string, names: Iterable<string>, most = 3): string[] {
  const all = [...names]
  const near = closeNames(name, all, most)
  const limit = Math.floor(name.length / 3)
  if (near.length > 0 || limit === 0) return near
  const distance = (other: string) => partDistance(name.toLowerCase(), other.toLowerCase())
  return nearest(all, (other) => ({ distance: distance(other), limit }), most)
}

/** The names that differ from one in few letters, case aside: to change, add or leave out; at most a third of them. */
export function closeNames(name: string, names: Iterable<string>, most = 3): string[] {
  const wanted = name.toLowerCase()
  return nearest(
    names,
    (candidate) => {
      const other = candidate.toLowerCase()
      const limit = Math.floor(Math.min(wanted.length, other.length) / 3)
      const tooLong = Math.abs(wanted.length - other.length) > limit
      return { distance: tooLong ? Number.POSITIVE_INFINITY : editDistances(wanted, other)[other.length], limit }
    },
    most,
  )
}

function nearest(
  names: Iterable<string>,
  measure: (name: string) => { distance: number; limit: number },
  most: number,
): string[] {
  const near: { name: string; distance: number }[] = []
  for (const name of names) {
    const { distance, limit } = measure(name)
    if (distance <= limit) near.push({ name, distance })
  }
  near.sort((a, b) => a.distance - b.distance)
  return near.slice(0, most).map((entry) => entry.name)
}

/** How far a name is from a beginning of another; 1 where one contains the other. */
function partDistance(wanted: string, other: string): number {
  const contains = other.includes(wanted) || (other.length >= 3 && wanted.includes(other))
  return Math.min(contains ? 1 : Number.POSITIVE_INFINITY, ...editDistances(wanted, other))
}

/** Distances of `a` to every beginning of `b`: letters changed, added, left out, or neighbours swapped; row by row. */
function editDistances(a: string, b: string): number[] {
  let before: number[] = []
  let last: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    before = last
    last = row
    row = [i]
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1)
    }
  }
  return row
}

/**
 * The first name of an object that is not among those known and has a value; undefined in the good case, which
 * allocates nothing.
 */
export function strangeName(given: object, known: ReadonlySet<string>): string | undefined {
  for (const name in given) if (!known.has(name) && (given as Record<string, unknown>)[name] !== undefined) return name
  return undefined
}

/** A name that does not exist, with the nearest that do. `what` says what they are: 'a setting'. */
export function strangeNameError(
  subject: string,
  what: string,
  name: string,
  known: Iterable<string>,
  place?: ErrorPlace,
): FillgridError {
  const names = [...known]
  const near = nearNames(name, names)
  const hint =
    near.length > 0
      ? `Did you mean ${near.join(' or ')}?`
      : names.length > 0
        ? `There ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}.`
        : 'There is none.'
  return new FillgridError('unknown_name', `${subject}: ${show(name)} is not ${what}. ${hint}`, place)
}

/** Refuses an object with a name that is not among those known. @throws FillgridError unknown_name with the nearest that are */
export function onlyNames(given: object, known: ReadonlySet<string>, subject: string, what: string): void {
  const name = strangeName(given, known)
  if (name !== undefined) throw strangeNameError(subject, what, name, known)
}

/**
 * What an object says in its fields, each read once: those that `for` finds, and of `names` those that it has otherwise, as a
 * class has getters.
 */
export function fieldsRead(given: object, names: Iterable<string>): [name: string, value: unknown][] {
  const out: [string, unknown][] = []
  const read = (name: string) => out.push([name, (given as Record<string, unknown>)[name]])
  for (const name in given) read(name)
  for (const name of names) if (name in given && !out.some(([known]) => known === name)) read(name)
  return out
}
