import { type ErrorPlace, FillgridError, show } from '../errors.ts'
import { atPlace } from '../market/input.ts'
import { nearNames } from '../market/names.ts'

/** What a column of a file can be for a market; every other one is a signal (numbers) or left out (text). */
export const ROLES = ['time', 'clock', 'symbol', 'open', 'high', 'low', 'close', 'volume'] as const
export type Role = (typeof ROLES)[number]

/**
 * Header words by role, as `plainName` writes them, best first: where a file has several, the first of the list wins and
 * the others are ordinary columns. `clock` (the time of day beside a date) is found by its own rule below.
 */
const WORDS: Readonly<Record<Exclude<Role, 'clock'>, readonly string[]>> = {
  time: [
    ...['timestamp', 'timestamputc', 'datetime', 'datetimeutc', 'opentime', 'unix', 'unixtimestamp', 'epoch', 'ts'],
    ...['gmttime', 'time', 'date', 'begin', 'starttime', 't', 'day', 'dateutc', 'timeutc'],
  ],
  symbol: ['symbol', 'ticker', 'asset', 'instrument', 'sym', 'tic', 'pair', 'code', 'security', 'isin', 'name'],
  open: ['open', 'openprice', 'o'],
  high: ['high', 'highprice', 'h'],
  low: ['low', 'lowprice', 'l'],
  close: ['close', 'closeprice', 'c', 'last', 'lastprice', 'price'],
  volume: ['volume', 'vol', 'v', 'tickvolume', 'tickvol'],
}

/** A header word without letter case, blanks, underlines, hyphens, dots and brackets: 'Open_Time' is 'opentime'. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_\-.<>()[\]"']/g, '')
}

/** Which column has which role. */
export type RoleMap = Partial<Record<Role, number>>

/**
 * Roles of columns by their names.
 *
 * @param given names the caller fixed, by role; they win
 * @param wanted the roles to look for
 * @param place of the header, for errors
 * @throws FillgridError unknown_name for a given name that no column has
 */
export function findRoles(
  names: readonly string[],
  given: Readonly<Partial<Record<Role, string>>>,
  wanted: readonly Role[],
  place: ErrorPlace,
): RoleMap {
  const plain = names.map(plainName)
  const roles: RoleMap = {}
  const taken = new Set<number>()
  const take = (role: Role, column: number) => {
    roles[role] = column
    taken.add(column)
  }
  for (const role of wanted) {
    const name = given[role]
    if (name === undefined) continue
    const exact = names.indexOf(name)
    const column = exact >= 0 ? exact : plain.indexOf(plainName(name))
    if (column < 0) {
      const near = nearNames(name, names)
      throw new FillgridError(
        'unknown_name',
        `file: column ${show(name)} for ${role} is not in the header at ${atPlace(place)}. ` +
          (near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are ${names.join(', ')}.`),
        place,
      )
    }
    take(role, column)
  }
  for (const role of wanted) {
    if (role === 'clock' || roles[role] !== undefined) continue
    for (const word of WORDS[role]) {
      const column = plain.findIndex((name, i) => name === word && !taken.has(i))
      if (column < 0) continue
      take(role, column)
      break
    }
  }
  if (wanted.includes('clock') && given.time === undefined && given.clock === undefined) pairDateAndTime(plain, roles)
  return roles
}

/** A column 'date' beside a column 'time' are one time stamp, unless there is a better one. */
function pairDateAndTime(plain: readonly string[], roles: RoleMap): void {
  const time = roles.time === undefined ? '' : plain[roles.time]
  if (time !== 'time' && time !== 'date') return
  const date = plain.indexOf('date')
  const clock = plain.indexOf('time')
  if (date < 0 || clock < 0) return
  roles.time = date
  roles.clock = clock
}
