/**
 * Sessions of a venue as data: a rule, and what differs from it. Hours are wall-clock times of the zone:
 * '09:30-16:00', '09:00-11:30 12:30-15:30' with a break, 'previous 17:00-17:00' where the session opens on the evening
 * before its date; '24:00' is the end of the day. Lists of days are lines of a year and its days: '2024 0101 0115'.
 */
export interface CalendarTable {
  name: string
  /** Other names it answers to. */
  also: readonly string[]
  title: string
  /** IANA name of the zone that its hours are in. */
  zone: string
  /** Where the days and hours come from, and what they leave out. */
  source: string
  /** Dates (yyyy-mm-dd) that the table covers, both included; without them, all. */
  first?: string
  last?: string
  /** Days with a session by the rule: 0 Sunday to 6 Saturday. */
  weekdays: readonly number[]
  /** Regular hours from a date on, in order; the first from the beginning. */
  hours: readonly (readonly [from: string, hours: string])[]
  /** Days of those weekdays without a session. */
  closed: string
  /** Sessions on other days. */
  extra: string
  /** Days with hours of their own: early closes, late openings. */
  special: readonly (readonly [hours: string, days: string])[]
}
