import { type ErrorPlace, FillgridError, show } from '../errors.ts'

/**
 * Names of ours, and the words for them elsewhere: in other engines and in what brokers write. A word may stand in several
 * lines; the first of them counts of which a name is there.
 */
const MEANT: readonly { names: readonly string[]; words: string }[] = [
  { names: ['asset'], words: 'symbol ticker instrument security pair coin' },
  { names: ['side'], words: 'direction action isbuy' },
  { names: ['quantity'], words: 'qty shares units lot lots contracts amount volume size' },
  { names: ['size'], words: 'qty shares units lot lots contracts amount stake sizing' },
  { names: ['value'], words: 'notional dollars' },
  { names: ['fraction'], words: 'percent pct weight percentage' },
  { names: ['type'], words: 'kind ordertype ordtype exectype' },
  { names: ['limitPrice', 'stopPrice'], words: 'price' },
  { names: ['trailAmount', 'trailFraction'], words: 'trail' },
  { names: ['stopPrice'], words: 'stop trigger triggerprice auxprice' },
  { names: ['stop', 'stopLossPrice'], words: 'sl stoploss slstop slprice' },
  { names: ['target', 'takeProfitPrice'], words: 'tp takeprofit tpstop tpprice profittarget' },
  { names: ['trail'], words: 'trailingstop trailstop' },
  { names: ['trailFraction'], words: 'trailpercent trailpct' },
  { names: ['rules'], words: 'sl tp stop stoploss target takeprofit trail trailingstop slstop tpstop' },
  { names: ['tag'], words: 'label comment note' },
  { names: ['commission'], words: 'fee fees' },
  { names: ['slippage'], words: 'slip spread' },
  { names: ['cash'], words: 'capital balance deposit initialcapital startingcapital bankroll' },
  { names: ['account'], words: 'margin leverage' },
  { names: ['from'], words: 'start begin since startdate fromdate' },
  { names: ['to'], words: 'end until enddate todate' },
  { names: ['maxDrawdown'], words: 'dd mdd drawdown' },
  { names: ['totalReturn'], words: 'return returns' },
  { names: ['numTrades'], words: 'trades' },
]

/** What a word means among some names: one that is spelt alike but for case and marks, or what another engine calls so. */
function meantNames(name: string, names: readonly string[]): string[] {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z\d]/g, '')
  const word = plain(name)
  const alike = names.filter((one) => plain(one) === word)
  if (alike.length > 0) return alike
  for (const meant of MEANT) {
    const there = meant.names.filter((one) => names.includes(one))
    if (there.length > 0 && meant.words.split(' ').includes(word)) return there
  }
  return []
}

/**
 * The names closest to one that was not found, best first, for 'did you mean'; empty when nothing is close.
 * A word that other engines have for one of the names means that one. Where no whole name is close, those that begin with
 * something close to it or contain it (`limt` for `limitPrice`, `price` for `stopPrice`).
 */
export function nearNames(name: string, names: Iterable<string>, most = 3): string[] {
  if (typeof name !== 'string') return []
  const all = [...names]
  const meant = meantNames(name, all)
  if (meant.length > 0) return meant
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
