import type { CalendarTable } from './table.ts'

const ALWAYS = { closed: '', extra: '', special: [] }

/** Every day from midnight to midnight UTC, as crypto exchanges cut their days. */
export const ROUND_THE_CLOCK: CalendarTable = {
  ...ALWAYS,
  name: '24/7',
  also: ['24x7', 'CRYPTO'],
  title: 'Round the clock, days of UTC',
  zone: 'UTC',
  source: 'By rule: no holidays, days begin at midnight UTC.',
  weekdays: [0, 1, 2, 3, 4, 5, 6],
  hours: [['1970-01-01', '00:00-24:00']],
}

/** Spot foreign exchange: the week from Sunday 17:00 to Friday 17:00 in New York, five days that end at 17:00. */
export const FX_WEEK: CalendarTable = {
  ...ALWAYS,
  name: 'FX',
  also: ['FOREX', '24/5', '24x5'],
  title: 'Foreign exchange week',
  zone: 'America/New_York',
  source:
    'By rule: the trade date changes at 17:00 in New York (as pandas_market_calendars 5.5.0, calendar FOREX, has it), Monday to Friday, no holidays.',
  weekdays: [1, 2, 3, 4, 5],
  hours: [['1970-01-01', 'previous 17:00-17:00']],
}
