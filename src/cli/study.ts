import { type Command, Option } from 'commander'
import { jsonText } from '../io/jsonwrite.ts'
import { readResult } from '../io/resultfolder.ts'
import { formatNumber } from '../report/format.ts'
import { textTable } from '../report/text.ts'
import { CHALLENGE_OUTCOMES, type ChallengeOptions, challenge } from '../study/challenge.ts'
import { DRAWS, type MonteCarloOptions, monteCarlo, monteCarloJson, PERCENTILES } from '../study/montecarlo.ts'
import { SAMPLES } from '../study/returns.ts'
import { type Console, usage } from './console.ts'
import { readCount, readFraction } from './values.ts'

const FOLDER = ['<DIR>', 'folder that --out of `run`, or writeResult, has written'] as const

/** Adds `fillgrid study`. */
export function addStudyCommand(program: Command, console: Console): void {
  const study = program.command('study').description('what a run in a folder could have become')
  addMonteCarlo(study, console)
  addChallenge(study, console)
}

function addMonteCarlo(study: Command, console: Console): void {
  study
    .command('montecarlo')
    .description('draw its trades or days again and again')
    .argument(...FOLDER)
    .addOption(new Option('--sample <WHAT>', 'what is drawn (default: trades)').choices(SAMPLES))
    .addOption(new Option('--draw <HOW>', 'how it is drawn (default: replace, of days blocks)').choices(DRAWS))
    .option('--simulations <N>', '(default: 1000)', (text) => readCount(text, '--simulations', 1))
    .option('--length <N>', 'returns in each (default: 50 trades, all days)', (text) => readCount(text, '--length', 1))
    .option('--block <N>', 'neighbours in a block (default: 10)', (text) => readCount(text, '--block', 1))
    .option('--skip <FRACTION>', 'how many are left out (default: 10%)', (text) => readFraction(text, '--skip'))
    .option('--cost <FRACTION>', 'taken off each return (default: 0)', (text) => readFraction(text, '--cost'))
    .option('--ruin <FRACTION>', 'capital that counts as ruin (default: 50%)', (text) => readFraction(text, '--ruin'))
    .option('--goal <FRACTION>', 'capital that is the goal, like 120% (default)', (text) =>
      readFraction(text, '--goal'),
    )
    .option('--seed <N>', '(default: 1)', (text) => readCount(text, '--seed'))
    .option('--json', 'JSON alone on standard output')
    .action(async (folder: string, { json, ...options }: MonteCarloOptions & { json?: boolean }) => {
      const result = await readResult(folder)
      const found = usage(() => monteCarlo(result, options))
      const { ruin, goal, options: used } = found
      if (json) {
        console.json(
          jsonText({
            ...monteCarloJson(found),
            ruin,
            goal,
            drawdown_percentiles: found.drawdownPercentiles,
            options: used,
          }),
        )
        return
      }
      const rows = PERCENTILES.map((percent) => [
        `${percent} %`,
        formatNumber(found.percentiles[percent], 'fraction'),
        formatNumber(found.drawdownPercentiles[percent], 'fraction'),
      ])
      const head = `${formatNumber(used.simulations, 'count')} simulations of ${used.length} ${used.sample}, drawn by ${used.draw}, seed ${used.seed}`
      const chances = `mean ${formatNumber(found.meanReturn, 'fraction')}, deviation ${formatNumber(found.stdReturn, 'fraction')}; at or below ${formatNumber(used.ruin, 'fraction')} of the capital ${formatNumber(ruin, 'fraction')} of them, at or above ${formatNumber(used.goal, 'fraction')} ${formatNumber(goal, 'fraction')}`
      const table = textTable(
        [{ header: 'percentile', align: 'left' }, { header: 'return' }, { header: 'max drawdown' }],
        rows,
      )
      console.print(`${head}\n${chances}\n\n${table}\n`)
    })
}

function addChallenge(study: Command, console: Console): void {
  study
    .command('challenge')
    .description('whether it would have passed the challenge of a funded account')
    .argument(...FOLDER)
    .option('--daily-loss <FRACTION>', 'a day that loses so much fails (default: 5%)', (text) =>
      readFraction(text, '--daily-loss'),
    )
    .option('--drawdown <FRACTION>', 'so does a capital so much below (default: 10%)', (text) =>
      readFraction(text, '--drawdown'),
    )
    .addOption(
      new Option('--drawdown-from <WHAT>', 'the start, or trailing its highest so far (default: start)').choices([
        'start',
        'trailing',
      ]),
    )
    .option('--target <FRACTION>', 'profit that passes (default: 10%)', (text) => readFraction(text, '--target'))
    .option('--min-days <N>', 'days that it takes at least (default: 0)', (text) => readCount(text, '--min-days'))
    .option('--consistency <FRACTION>', 'the most of the profit that one day may have made', (text) =>
      readFraction(text, '--consistency'),
    )
    .option('--days <N>', 'days after which it has neither passed nor failed (default: all)', (text) =>
      readCount(text, '--days', 1),
    )
    .option('--block <N>', 'days that are drawn together (default: 5)', (text) => readCount(text, '--block', 1))
    .option('--simulations <N>', '(default: 1000)', (text) => readCount(text, '--simulations', 1))
    .option('--seed <N>', '(default: 1)', (text) => readCount(text, '--seed'))
    .option('--json', 'JSON alone on standard output')
    .action(async (folder: string, { json, ...options }: ChallengeOptions & { json?: boolean }) => {
      const result = await readResult(folder)
      const found = usage(() => challenge(result, options))
      if (json) {
        console.json(jsonText({ ...found }))
        return
      }
      const { own, chances, daysToPass } = found
      const days = (value: number) => (Number.isNaN(value) ? '-' : formatNumber(Math.round(value), 'count'))
      const rows = CHALLENGE_OUTCOMES.map((word) => [word, formatNumber(chances[word], 'fraction')])
      console.print(
        `as it was: ${own.outcome} after ${own.days} ${own.days === 1 ? 'day' : 'days'}\n\n${textTable([{ header: 'drawn anew', align: 'left' }, { header: 'chance' }], rows)}\n\ndays to pass: ${days(daysToPass[50])} (5 % ${days(daysToPass[5])}, 95 % ${days(daysToPass[95])})\n`,
      )
    })
}
