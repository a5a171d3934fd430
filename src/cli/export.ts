import type { Command } from 'commander'
import { writeFile } from '../io/files.ts'
import { quantstatsCsv } from '../io/quantstats.ts'
import { readResult } from '../io/resultfolder.ts'
import type { Console } from './console.ts'
import { checkNew } from './report.ts'

/** Adds `fillgrid export`. */
export function addExportCommand(program: Command, console: Console): void {
  const command = program.command('export').description('write what other programs read of a run that is in a folder')
  command
    .command('quantstats')
    .description('write the return of each day as CSV, which QuantStats reads by way of pandas')
    .argument('<DIR>', 'folder that --out of `run`, or writeResult, has written')
    .requiredOption('-o, --out <FILE>', 'the file')
    .option('--overwrite', 'replace the file')
    .action(async (folder: string, options: { out: string; overwrite?: boolean }) => {
      checkNew(options)
      writeFile(options.out, quantstatsCsv(await readResult(folder)))
      console.print(`${options.out}\n`)
    })
}
