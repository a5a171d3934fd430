import { type Command, Option } from 'commander'
import { readFile } from '../io/files.ts'
import { type MarketInput, openMarket } from '../io/load.ts'
import type { Calendar } from '../market/calendar.ts'
import type { Instruments } from '../market/instrument.ts'
import { readInstruments } from '../market/instrumentfile.ts'
import type { Market } from '../market/market.ts'
import { type Resampled, type ResampleOptions, resample } from '../market/resample.ts'
import { timeframe, WEEK_DAYS } from '../market/timeframe.ts'
import { usage } from './console.ts'
import { addTextOptions, type TextFileOptions, textOptionsOf } from './reading.ts'
import { UsageError } from './values.ts'

/** What the options leave that say which bars of the files are wanted. */
export interface MarketFileOptions extends TextFileOptions {
  symbols?: string[]
  from?: string
  to?: string
  signals?: boolean
  delisted?: 'infer'
  instruments?: Instruments
  cache?: string
}

/** What the options about longer bars leave. */
export interface FrameFileOptions {
  timeframe?: string
  sourceTimeframe?: string
  outside?: ResampleOptions['outside']
  partial?: ResampleOptions['partial']
  align?: ResampleOptions['align']
  weekStart?: ResampleOptions['weekStart']
  stamp?: ResampleOptions['stamp']
  dayZone?: string
}

/**
 * Adds the options that say which bars of the files are wanted, and how text is read.
 *
 * @param from what `--from` does
 */
export function addMarketOptions(command: Command, from = 'only bars from this time on (ISO 8601, UTC)'): Command {
  return addTextOptions(
    command
      .option('--symbols <A,B,...>', 'only these symbols', (text) => text.split(',').map((one) => one.trim()))
      .option('--from <TIME>', from)
      .option('--to <TIME>', 'only bars before this time (ISO 8601, UTC)')
      .option('--no-signals', 'without the columns beyond prices and volume')
      .addOption(
        new Option(
          '--delisted <HOW>',
          'infer: an asset whose last bar is not the last of the data has ended (default: it may trade again)',
        ).choices(['infer']),
      )
      .option(
        '--instruments <FILE>',
        'what the assets are traded in, CSV or JSON by asset: multiplier, tickSize, pipSize, quantityStep, minimumQuantity, minimumNotional, maximumQuantity, quoteCurrency; `common`: as is usual for their symbols',
        instrumentsOf,
      )
      .option('--cache <DIR>', 'folder that keeps what was read: the same files then load fast'),
  )
}

/** Adds the options about longer bars. @param required the command makes longer bars and nothing else */
export function addFrameOptions(command: Command, required = false): Command {
  return command
    .addOption(
      new Option('--timeframe <TF>', 'longer bars made of those in the files: 5m, 4h, 1d, 1w, 1mo, ...')
        .makeOptionMandatory(required)
        .argParser((text) => usage(() => timeframe(text).text)),
    )
    .option('--source-timeframe <TF>', 'of the bars in the files (default: their commonest distance)', (text) =>
      usage(() => timeframe(text).text),
    )
    .addOption(
      new Option('--outside <WHAT>', 'bars outside the sessions of --calendar (default: error)').choices([
        'error',
        'drop',
        'extend',
      ]),
    )
    .addOption(
      new Option(
        '--partial <WHAT>',
        'first and last longer bar where the data cover them in part (default: keep)',
      ).choices(['keep', 'drop']),
    )
    .addOption(
      new Option('--align <TO>', 'what bars within the day are counted from (default: session)').choices([
        'session',
        'clock',
      ]),
    )
    .addOption(new Option('--week-start <DAY>', 'of weekly bars (default: monday)').choices([...WEEK_DAYS]))
    .addOption(
      new Option('--stamp <WHAT>', 'of daily and longer bars: their date or their opening (default: date)').choices([
        'date',
        'open',
      ]),
    )
    .option('--day-zone <ZONE>', 'zone whose midnights cut the days where no calendar is named (default: UTC)')
}

/** The market that files and options name, in longer bars where they ask for them. @throws UsageError, FillgridError */
export async function marketOf(
  files: readonly MarketInput[],
  options: MarketFileOptions & FrameFileOptions,
): Promise<Market> {
  frameOptionsOf(options)
  const market = await readMarket(files, options)
  return options.timeframe === undefined ? market : longerBars(market, options).market
}

/** What `--instruments` names: `common`, or a file. @throws UsageError, FillgridError invalid_file, file_access */
function instrumentsOf(text: string): Instruments {
  if (text === 'common') return 'common'
  return readInstruments(new TextDecoder().decode(readFile(text)), text)
}

/** The bars as the files have them. */
export function readMarket(files: readonly MarketInput[], options: MarketFileOptions): Promise<Market> {
  const { symbols, from, to, signals, delisted, instruments, cache } = options
  return usage(() =>
    openMarket(files, { ...textOptionsOf(options), symbols, from, to, signals, delisted, instruments, cache }),
  )
}

/** The longer bars of a market, which is given back. */
export function longerBars(market: Market, options: FrameFileOptions & { calendar?: string | Calendar }): Resampled {
  const made = usage(() => resample(market, options.timeframe!, frameOptionsOf(options)))
  market.release()
  return made
}

/** @throws UsageError for options about longer bars where none are asked for */
function frameOptionsOf(options: FrameFileOptions & { calendar?: string | Calendar }): ResampleOptions {
  const { sourceTimeframe, outside, partial, align, weekStart, stamp, dayZone, calendar } = options
  if (options.timeframe === undefined) {
    const given = {
      '--source-timeframe': sourceTimeframe,
      '--outside': outside,
      '--partial': partial,
      '--align': align,
    }
    const more = { '--week-start': weekStart, '--stamp': stamp, '--day-zone': dayZone }
    const lost = Object.entries({ ...given, ...more }).find(([, value]) => value !== undefined)
    if (lost)
      throw new UsageError(`${lost[0]}: it is about longer bars, found no --timeframe. Add it, like --timeframe 1h.`)
  }
  const frame = { from: sourceTimeframe, outside, partial, align, weekStart, stamp, timezone: dayZone, calendar }
  return Object.fromEntries(Object.entries(frame).filter(([, value]) => value !== undefined))
}
