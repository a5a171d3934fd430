import { EXCHANGES } from './exchanges.ts'
import { PLATFORMS } from './platforms.ts'
import type { DialectSpec } from './spec.ts'
import { TICKS } from './ticks.ts'
import { VENDORS } from './vendors.ts'

/** What is nobody's in particular. */
const GENERAL: readonly DialectSpec[] = [
  {
    name: 'generic',
    title: 'any table with words for its columns in the first line',
    source: 'the header words of roles.ts, in any letter case and order',
    signs: {},
    zones: Object.fromEntries(
      ['timestamp_utc', 'datetime_utc', 'date_utc', 'time_utc', 'utc', 'gmt_time', 'utc_time', 'timestamp (UTC)'].map(
        (word) => [word, 'UTC'],
      ),
    ),
  },
  {
    name: 'bare',
    title: 'time, open, high, low, close (and volume) without header',
    source: 'taken only where no high is below and no low above the other prices',
    signs: [
      { row: ['iso', 'number', 'number', 'number', 'number'] },
      { row: ['epoch', 'number', 'number', 'number', 'number'] },
      { row: ['offset', 'number', 'number', 'number', 'number'] },
    ],
    columns: ['time', 'open', 'high', 'low', 'close'],
  },
  {
    name: 'bare-volume',
    title: 'time, open, high, low, close, volume without header',
    source: 'taken only where no high is below and no low above the other prices',
    signs: [
      { row: ['iso', 'number', 'number', 'number', 'number', 'number'] },
      { row: ['epoch', 'number', 'number', 'number', 'number', 'number'] },
      { row: ['offset', 'number', 'number', 'number', 'number', 'number'] },
      { row: ['day', 'number', 'number', 'number', 'number', 'number'] },
      { row: ['compact', 'number', 'number', 'number', 'number', 'number'] },
    ],
    columns: ['time', 'open', 'high', 'low', 'close', 'volume'],
  },
]

/** All dialects that are known. To add one is to add a record; the page on dialects says how. */
export const DIALECTS: readonly DialectSpec[] = [...VENDORS, ...PLATFORMS, ...EXCHANGES, ...TICKS, ...GENERAL]
