import { type Command, Option } from 'commander'
import { readFile } from '../io/files.ts'
import type { OpenOptions } from '../io/load.ts'
import { type Calendar, defineCalendar } from '../market/calendar.ts'
import { CHECKS, type CheckPolicies, checkPolicies } from '../market/checks.ts'
import { usage } from './console.ts'
import { collect, readNumber, UsageError } from './values.ts'

/** What the options about text files leave. */
export interface TextFileOptions {
  dialect?: string
  columns?: string
  timezone?: string
  scale?: number
  separator?: string
  decimal?: '.' | ','
  dateOrder?: 'ymd' | 'dmy' | 'mdy'
  timeUnit?: 's' | 'ms' | 'us' | 'ns'
  encoding?: string
  barTime?: 'open' | 'close'
  day?: string
  calendar?: string | Calendar
  ticks?: OpenOptions['ticks']
  check?: { name: string; policy: string }[]
}

/** Adds the options about text files to a command that reads data. */
export function addTextOptions(command: Command): Command {
  return command
    .option(
      '--dialect <NAME>',
      'dialect of text files, or a JSON file that describes one (default: found by their first lines; see `data dialects`)',
    )
    .option('--columns <A,B,...>', 'names of the columns of files without header, or ROLE=NAME pairs: close=Adj Close')
    .option('--timezone <ZONE>', 'clock of stamps that name none: Europe/Berlin, +02:00, America/New_York+07:00')
    .option('--scale <FACTOR>', 'what prices are multiplied by', (text) => readNumber(text, '--scale'))
    .option('--separator <CHARACTER>', 'between fields; tab for a tab')
    .addOption(new Option('--decimal <MARK>', 'decimal mark').choices(['.', ',']))
    .addOption(new Option('--date-order <ORDER>', 'of dates like 01/02/2024').choices(['ymd', 'dmy', 'mdy']))
    .addOption(
      new Option('--time-unit <UNIT>', 'of stamps that are numbers since 1970').choices(['s', 'ms', 'us', 'ns']),
    )
    .option('--encoding <NAME>', 'of text: utf-8, utf-16le, windows-1251, euc-kr, ...')
    .addOption(
      new Option('--bar-time <LABEL>', 'what a stamp labels: the start or the end of its bar').choices([
        'open',
        'close',
      ]),
    )
    .option(
      '--ticks <BY:EVERY>',
      'make bars of trades or quotes: time:60000 (ms), tick:100, volume:5000 or dollar:1e6',
      parseTicks,
    )
    .option(
      '--calendar <NAME>',
      'when the market trades, for the check of gaps and for longer bars: NYSE, XETRA, FX, 24/7, ..., own hours as ZONE@09:30-16:00, or a JSON file that describes one',
      (text) => usage(() => calendarOf(text)),
    )
    .option('--day <DATE>', 'day of stamps that are times of day only (2013-10-07)')
    .option(
      '--check <NAME=POLICY>',
      `what is done about rows that fail a check: ${policyWords()}; repeatable`,
      collect(parseCheck),
    )
}

/** The reading options that the command line means. @throws UsageError */
export function textOptionsOf(options: TextFileOptions): OpenOptions {
  const dialect = options.dialect === undefined ? undefined : dialectOf(options.dialect)
  const { timezone, scale, decimal, dateOrder, timeUnit, encoding, barTime, day, calendar } = options
  const separator = options.separator === 'tab' || options.separator === '\\t' ? '\t' : options.separator
  const read: OpenOptions = {
    dialect,
    timezone,
    scale,
    separator,
    decimal,
    dateOrder,
    timeUnit,
    encoding,
    barTime,
    day,
    calendar,
    ticks: options.ticks,
  }
  if (options.columns !== undefined) {
    const names = options.columns.split(',').map((name) => name.trim())
    if (names.some((name) => name.includes('='))) read.roles = rolesFrom(names)
    else read.columns = names
  }
  if (options.check) {
    const policies = Object.fromEntries(options.check.map(({ name, policy }) => [name, policy])) as CheckPolicies
    usage(() => checkPolicies(policies))
    read.checks = policies
  }
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined))
}

/** A dialect's name, or the description that a JSON file holds. */
function dialectOf(text: string): OpenOptions['dialect'] {
  return isJson(text) ? (described('--dialect', text) as OpenOptions['dialect']) : text
}

/** A calendar's name, hours in a zone (`America/New_York@09:30-16:00`), or the table that a JSON file holds. */
function calendarOf(text: string): string | Calendar {
  if (isJson(text)) {
    const table = described('--calendar', text) as Parameters<typeof defineCalendar>[0]
    if (table === null || typeof table !== 'object' || typeof table.zone !== 'string' || table.hours === undefined)
      throw new UsageError(
        `--calendar: ${text} must hold { name, zone, hours } as JSON, found ${JSON.stringify(table)}. Hours are like "09:30-16:00".`,
      )
    return defineCalendar({ ...table, name: table.name ?? text })
  }
  const [zone, hours] = text.split('@')
  return hours === undefined ? text : defineCalendar({ name: text, zone, hours })
}

function isJson(text: string): boolean {
  return /\.json$/i.test(text)
}

function described(option: string, file: string): unknown {
  const bytes = readFile(file)
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch (error) {
    throw new UsageError(`${option}: ${file} must hold a description as JSON, found ${(error as Error).message}.`)
  }
}

const ROLE_NAMES = ['time', 'clock', 'symbol', 'open', 'high', 'low', 'close', 'volume']

function rolesFrom(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      const role = pair.slice(0, at).trim()
      if (at < 1 || !ROLE_NAMES.includes(role) || at === pair.length - 1) {
        throw new UsageError(
          `--columns: names in order or ROLE=NAME pairs are needed, found ${JSON.stringify(pair)}. Roles are ${ROLE_NAMES.join(', ')}.`,
        )
      }
      return [role, pair.slice(at + 1).trim()]
    }),
  )
}

function parseTicks(text: string): OpenOptions['ticks'] {
  const [by, every] = text.split(':')
  const known = ['time', 'tick', 'volume', 'dollar'] as const
  const found = known.find((one) => one === by)
  if (!found || every === undefined)
    throw new UsageError(`--ticks: BY:EVERY is needed, found ${JSON.stringify(text)}. For example time:60000.`)
  return { by: found, every: readNumber(every, '--ticks') }
}

function parseCheck(text: string): { name: string; policy: string } {
  const at = text.indexOf('=')
  if (at < 1 || at === text.length - 1)
    throw new UsageError(`--check: NAME=POLICY is needed, found ${JSON.stringify(text)}. For example order=repair.`)
  return { name: text.slice(0, at), policy: text.slice(at + 1) }
}

function policyWords(): string {
  return [...new Set(CHECKS.flatMap(({ policies }) => policies))].join(', ')
}
