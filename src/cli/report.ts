import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { type MarketInput, parseInput } from '../io/load.ts'
import { readResult } from '../io/resultfolder.ts'
import { writeComparison, writeReport } from '../report/file.ts'
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
    checkNew(options)
    const result = await readResult(folder)
    const market = options.data && (await marketOf(options.data, options))
    writeReport(options.out, result, { market, chartAssets: options.chartAssets })
    showWarnings(console, result.warnings)
    console.print(`${options.out}\n`)
  })
}

/** Adds `fillgrid compare`. */
export function addCompareCommand(program: Command, console: Console): void {
  program
    .command('compare')
    .description(
      'make one page of several runs: curves, differences of every figure, trades in one and not in the other',
    )
    .argument('<DIR...>', 'folders of runs; the others are compared with the first')
    .option('-o, --out <FILE>', 'the page', 'compare.html')
    .option('--overwrite', 'replace the file')
    .action(async (folders: string[], options: Pick<PageOptions, 'out' | 'overwrite'>) => {
      if (folders.length < 2)
        throw new UsageError(`compare: at least two folders are needed, found ${folders.length}. Name another.`)
      checkNew(options)
      const names = namesOf(folders)
      const runs = []
      for (const [i, folder] of folders.entries()) runs.push({ name: names[i], result: await readResult(folder) })
      writeComparison(options.out, runs)
      console.print(`${options.out}\n`)
    })
}

/** What folders are called beside each other: by their own names where these differ, else as they were given, with a number at last. */
function namesOf(folders: readonly string[]): string[] {
  const ways = [folders.map((folder) => basename(resolve(folder))), [...folders]]
  const found = ways.find((names) => new Set(names).size === names.length)
  return found ?? folders.map((folder, i) => `${folder} (${i + 1})`)
}

/** @throws UsageError where what is written would replace a file */
export function checkNew({ out, overwrite }: Pick<PageOptions, 'out' | 'overwrite'>): void {
  if (existsSync(out) && !overwrite)
    throw new UsageError(`--out: a new file is needed, found ${JSON.stringify(out)}. Add --overwrite, or name another.`)
}

/** `--chart-assets`. */
function chartAssetsOption(): Option {
  return new Option(
    '--chart-assets <N>',
    'assets whose bars are in the page, those with the most trades (default: as many as have 1,500,000 bars)',
  ).argParser((text: string) => readCount(text, '--chart-assets'))
}
