import type { Command } from 'commander'
import { FillgridError } from '../errors.ts'
import { DIALECTS } from '../io/dialects/catalogue.ts'
import { type Inspection, inspect } from '../io/load.ts'
import { marketTable, writeTable } from '../io/write.ts'
import type { Market } from '../market/market.ts'
import { resampleSummary } from '../market/resample.ts'
import { textTable } from '../report/text.ts'
import { type Console, usage } from './console.ts'
import { inspectionText } from './inspection.ts'
import {
  addFrameOptions,
  addMarketOptions,
  type FrameFileOptions,
  longerBars,
  type MarketFileOptions,
  readMarket,
} from './load.ts'
import { addTextOptions, type TextFileOptions, textOptionsOf } from './reading.ts'
import { commandWords } from './words.ts'

interface OutputOptions extends MarketFileOptions {
  out: string
}

/** Adds `fillgrid data`. */
export function addDataCommand(program: Command, console: Console): void {
  const data = program.command('data').description('look at data files, check, convert and resample them')
  addTextOptions(
    data
      .command('inspect')
      .description('show what files are found to be: dialect, columns, range, step, zone, and what the checks find')
      .argument('<FILE...>', 'files of any format, [SYMBOL=]PATH or URL'),
  )
    .option('--json', 'JSON alone on standard output')
    .action(async (files: string[], options: TextFileOptions & { json?: boolean }) => {
      const read = textOptionsOf(options)
      const found: Inspection[] = []
      for (const file of files) {
        try {
          const tables = await usage(() => inspect(file, read))
          found.push(...tables)
          if (!options.json) for (const table of tables) console.print(`${inspectionText(table)}\n`)
        } catch (error) {
          if (!(error instanceof FillgridError)) throw error
          // What is wrong with one file says nothing about the next.
          console.note(`fillgrid: ${commandWords(error.message)}`)
          console.stopped = true
        }
      }
      if (options.json) console.json(`${JSON.stringify(found, null, 2)}\n`)
    })
  addMarketOptions(
    addOutput(data.command('convert').description('read files, check them and write their bars into one file')),
  ).action(async (files: string[], options: OutputOptions) => {
    const market = await readMarket(files, options)
    showRemarks(console, market)
    const table = marketTable(market)
    await usage(() => writeTable(options.out, table))
    const assets = market.assetCount === 1 ? market.assets[0] : `${market.assetCount} assets`
    console.print(
      `${table.length} bars of ${assets}, ${market.barTime(0)} to ${market.barTime(market.bars - 1)}, written to ${options.out}\n`,
    )
    market.release()
  })
  const resampling = addOutput(
    data.command('resample').description('read files, make longer bars of theirs and write them into one file'),
  )
  addMarketOptions(addFrameOptions(resampling, true)).action(
    async (files: string[], options: OutputOptions & FrameFileOptions) => {
      const made = longerBars(await readMarket(files, options), options)
      showRemarks(console, made.market)
      await usage(() => writeTable(options.out, marketTable(made.market)))
      const [bars, range] = resampleSummary(made)
      console.print(`${bars}\n${range}, written to ${options.out}\n`)
      made.market.release()
    },
  )
  data
    .command('dialects')
    .description('list the dialects of text that are known')
    .action(() => {
      const rows = DIALECTS.map(({ name, title, kind = 'bars' }) => [name, kind, title])
      console.print(
        `${textTable(
          ['dialect', 'rows', 'who writes it'].map((header) => ({ header, align: 'left' })),
          rows,
        )}\n`,
      )
    })
  for (const command of data.commands) command.exitOverride().showHelpAfterError('(add --help for the options)')
}

/** The files that a command reads and the one that it writes. */
function addOutput(command: Command): Command {
  return command
    .argument('<FILE...>', 'files of any format, [SYMBOL=]PATH or URL; several of one symbol are joined')
    .requiredOption('-o, --out <PATH>', 'file to write: .arrow, .feather, .parquet, .csv or .json')
}

function showRemarks(console: Console, market: Market): void {
  for (const { message } of market.remarks) console.note(`warning: ${commandWords(message)}`)
}
