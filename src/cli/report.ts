import { existsSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { type MarketInput, parseInput } from '../io/load.ts'
import { readResult } from '../io/resultfolder.ts'
import { writeReport } from '../report/file.ts'
import { type Console, usage } from './console.ts'
import { addFrameOptions, addMarketOptions, type FrameFileOptions, type MarketFileOptions, marketOf } from './load.ts'
import { showWarnings } from './runtext.ts'
import { collect, readCount, UsageError } from './values.ts'

/** The options of `fillgrid report`, as commander leaves them. */
interface PageOptions extends MarketFileOptions, FrameFileOptions {
  data?: MarketInput[]
  out: string
  overwrite?: boolean
  chartAssets?: number
}

/** Adds `fillgrid report`. */
export function addReportCommand(program: Command, console: Console): void {
  const command = program
    .command('report')
    .description('make the page of a run that is in a folder: charts, figures, trades')
    .argument('<DIR>', 'folder that --out of `run`, or writeResult, has written')
    .optionsGroup('Page:')
    .option('-o, --out <FILE>', 'the page', 'report.html')
    .option('--overwrite', 'replace the file')
    .addOption(chartAssetsOption())
    .optionsGroup('Bars of the run, for prices, buy and hold, and what was held:')
    .option(
      '-d, --data <[SYMBOL=]PATH>',
      'file of the run, read as the run has; repeatable',
      collect((text) => usage(() => parseInput(text))),
    )
  addFrameOptions(addMarketOptions(command)).action(async (folder: string, options: PageOptions) => {
    if (existsSync(options.out) && !options.overwrite)
      throw new UsageError(
        `--out: a new file is needed, found ${JSON.stringify(options.out)}. Add --overwrite, or name another.`,
      )
    const result = await readResult(folder)
    const market = options.data && (await marketOf(options.data, options))
    writeReport(options.out, result, { market, chartAssets: options.chartAssets })
    showWarnings(console, result.warnings)
    console.print(`${options.out}\n`)
  })
}

/** `--chart-assets`, of whatever makes pages. */
export function chartAssetsOption(): Option {
  return new Option(
    '--chart-assets <N>',
    'assets whose bars are in the page, those with the most trades (default: as many as have 1,500,000 bars)',
  ).argParser((text: string) => readCount(text, '--chart-assets'))
}
