import { readFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { backtestSignals, type SignalsConfig, type SignalsOutcome } from '../backtestsignals.ts'
import { tableToCsv } from '../io/csv.ts'
import { writeFolder } from '../io/folder.ts'
import { jsonText } from '../io/jsonwrite.ts'
import { type MarketInput, parseInput } from '../io/load.ts'
import { readSignals } from '../io/readsignals.ts'
import { resultSummary } from '../io/resultjson.ts'
import { formatNumber } from '../report/format.ts'
import { tableText } from '../report/text.ts'
import { type ListOptions, OVERLAPS, readListOptions } from '../strategies/list/options.ts'
import { type Distance, parseDistance, type SignalList } from '../strategies/list/signal.ts'
import { readConfig } from './configfile.ts'
import { type Console, usage } from './console.ts'
import { type FigureOptions, figuresJson, figuresText } from './figures.ts'
import { parseSetting } from './notation.ts'
import type { RunOptions } from './options.ts'
import { openFolder, runFolder } from './output.ts'
import { configOf, NO_FILE, tradedMarket } from './runconfig.ts'
import { runText, showWarnings } from './runtext.ts'
import { readCount, UsageError } from './values.ts'

/** What the options about lists of signals leave, beside those of runs. */
export interface ListRunOptions extends Omit<RunOptions, 'signals'> {
  /** The file of `--signals`; true or false is about columns of the data. */
  signals?: string | boolean
  overlap?: ListOptions['overlap']
  slots?: number
  side?: ListOptions['side']
  signalStamp?: ListOptions['stamp']
  signalsTimezone?: string
  signalsDateOrder?: 'dmy' | 'mdy'
  problems?: ListOptions['problems']
}

/** Adds the options about lists of signals. */
export function addListOptions(command: Command): Command {
  return command
    .optionsGroup('Lists of signals:')
    .option(
      '--signals <FILE|->',
      'trade a list of signals in place of a strategy (docs/signals.md), - for standard input; --stop, --target (also 2R, 1.5atr), --hold and --size are for those that say nothing',
    )
    .addOption(
      new Option(
        '--overlap <HOW>',
        'signals whose asset is held: ignore them, or each a lot of its own, add, reverse',
      ).choices(OVERLAPS),
    )
    .addOption(new Option('--side <SIDE>', 'side of signals that name none').choices(['long', 'short']))
    .option('--slots <N>', 'positions that --size equal-weight leaves room for (default: 10)', (text) =>
      readCount(text, '--slots', 1),
    )
    .addOption(
      new Option(
        '--signal-stamp <WHAT>',
        'times are labels of bars, known at their close, or instants (default: label)',
      ).choices(['label', 'instant']),
    )
    .option('--signals-timezone <ZONE>', 'zone of times that name none (default: that of the data)')
    .addOption(new Option('--signals-date-order <ORDER>', 'of days like 03/04/2024').choices(['dmy', 'mdy']))
    .addOption(
      new Option(
        '--problems <HOW>',
        'signals that cannot be traded: drop them and say so, or refuse the list (default: drop)',
      ).choices(['drop', 'refuse']),
    )
}

/** Whether a list is to be traded. @throws UsageError for options of lists without one */
export function isListRun(options: ListRunOptions): options is ListRunOptions & { signals: string } {
  if (typeof options.signals === 'string') return true
  const lost = Object.entries({
    '--overlap': options.overlap,
    '--side': options.side,
    '--slots': options.slots,
    '--signal-stamp': options.signalStamp,
    '--signals-timezone': options.signalsTimezone,
    '--signals-date-order': options.signalsDateOrder,
    '--problems': options.problems,
  }).find(([, value]) => value !== undefined)
  if (lost) throw new UsageError(`${lost[0]}: it is about lists of signals, found no --signals. Add it.`)
  return false
}

/** `fillgrid run --signals`. */
export async function runList(
  options: ListRunOptions & { signals: string } & FigureOptions & { band?: boolean; verify?: string },
  console: Console,
): Promise<void> {
  const { signals, signalsDateOrder: dateOrder, ...rest } = options
  const given: RunOptions = { ...rest, signals: true }
  refuseOthers(given, options.verify)
  const file = options.config === undefined ? NO_FILE : readConfig(options.config)
  if (file.strategy !== undefined)
    throw new UsageError(
      `--signals: a list is traded in place of a strategy, found ${file.strategy} in ${options.config}. Leave one out.`,
    )
  const lists = listOptionsOf(options)
  const settings = configOf(
    { ...given, stop: undefined, target: undefined, hold: undefined, size: undefined },
    {},
    file,
    {
      band: options.band,
    },
  )
  const { parameters: _, size, ...config } = settings
  const profile = (settings as { profile?: string }).profile
  usage(() => readListOptions({ ...(size === undefined ? {} : { size }), ...lists }, profile))
  const unmake = options.out === undefined ? undefined : openFolder(options.out, options.overwrite)
  try {
    const list = await readSignals(inputOf(signals), { ...(dateOrder === undefined ? {} : { dateOrder }) })
    const market = await tradedMarket(given)
    const outcome = backtestSignals(market, list, {
      ...config,
      ...(size === undefined ? {} : { size }),
      ...lists,
    } as SignalsConfig)
    showWarnings(console, [...outcome.result.warnings, ...outcome.warnings.map((message) => ({ message }))])
    const shown = { signals: listJson(outcome, list), ...figuresJson(outcome.result, options) }
    const files = { 'signals.csv': tableToCsv(outcome.trades) }
    const folder = options.out === undefined ? undefined : runFolder(outcome.result, shown, files)
    if (options.json) console.json(folder?.summary ?? jsonText({ ...resultSummary(outcome.result), ...shown }))
    else
      console.print(
        `${listText(outcome, list, options.trades)}${runText(outcome.result, 0, undefined, figuresText(outcome.result, options))}`,
      )
    if (options.out && folder) writeFolder(options.out, folder, options.overwrite)
  } catch (error) {
    unmake?.()
    throw error
  }
}

function inputOf(signals: string): MarketInput {
  return signals === '-'
    ? { bytes: new Uint8Array(readFileSync(0)), file: 'standard input' }
    : usage(() => parseInput(signals))
}

/** What would be a strategy, or a rule that a signal's own would replace. */
function refuseOthers(options: RunOptions, verify: string | undefined): void {
  const other = Object.entries({
    '--strategy': options.strategy,
    '--entries': options.entries,
    '--exits': options.exits,
    '--short-entries': options.shortEntries,
    '--short-exits': options.shortExits,
    '--target-weight': options.targetWeight,
    '--param': options.param,
    '--rule': options.rule,
    '--trail': options.trail,
    '--verify': verify,
  }).find(([, value]) => value !== undefined)
  if (other) throw new UsageError(`${other[0]}: a list of signals has none, found it beside --signals. Leave one out.`)
}

function listOptionsOf(options: ListRunOptions): ListOptions {
  const { overlap, slots, side, signalStamp, signalsTimezone, problems, hold, size } = options
  if (typeof hold === 'string') throw new UsageError(`--hold: a number of bars is needed, found "${hold}".`)
  const given: ListOptions = {
    overlap,
    slots,
    side,
    stamp: signalStamp,
    timezone: signalsTimezone,
    problems,
    hold,
    stop: distanceOf(options.stop, '--stop'),
    target: distanceOf(options.target, '--target'),
    size:
      size === 'equal-weight'
        ? size
        : typeof size === 'string'
          ? (parseSetting('size', size) as ListOptions['size'] & object)
          : size,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

function distanceOf(value: number | string | undefined, option: string): Distance | undefined {
  if (value === undefined) return undefined
  return typeof value === 'number' ? { fraction: value } : usage(() => parseDistance(value, option))
}

/** What of the list the JSON says. */
function listJson({ figures, problems, overlapped }: SignalsOutcome, list: SignalList): Record<string, unknown> {
  return {
    count: list.signals.length,
    ...{ trades: figures.numTrades, wins: figures.wins, losses: figures.losses },
    ...{ win_rate: figures.winRate, avg_rr: figures.avgRr, expectancy: figures.expectancy },
    problems: problems.map(({ kind, line, id, asset, message }) => ({
      kind,
      line: line ?? null,
      signal_id: id,
      asset,
      message,
    })),
    overlapped: overlapped.map(({ id }) => id),
  }
}

const SHOWN = [
  'signalId',
  'asset',
  'side',
  'entryTime',
  'entryPrice',
  'exitTime',
  'exitPrice',
  'exit',
  'pnl',
  'rr',
  'entryGap',
]

function listText({ trades, figures, problems, overlapped }: SignalsOutcome, list: SignalList, most: number): string {
  const r = (value: number) => (Number.isNaN(value) ? '-' : `${value.toFixed(2)}R`)
  const left = `${list.signals.length} signals: ${figures.numTrades} ${figures.numTrades === 1 ? 'trade' : 'trades'}, ${problems.length} dropped, ${overlapped.length} overlapped`
  const right = `win rate ${formatNumber(figures.winRate, 'fraction')}, mean of winners ${r(figures.avgRr)}, expectancy ${r(figures.expectancy)}`
  const from = Math.max(0, trades.length - most)
  const rows = Array.from({ length: trades.length - from }, (_, i) => from + i)
  const table = rows.length > 0 ? `\n${tableText(trades, rows, SHOWN)}\n` : ''
  return `${left}\n${right}\n${table}\n`
}
