import type { Command } from 'commander'
import { makeMinutes } from '../../data/minutes.ts'
import { FillgridError } from '../errors.ts'
import { setText } from '../jobs/piece.ts'
import { Market } from '../market/market.ts'
import type { BacktestConfig } from '../prepare.ts'
import { formatNumber } from '../report/format.ts'
import { Space } from '../sweep/space.ts'
import type { SweepResult } from '../sweep/sweep.ts'
import type { Console } from './console.ts'
import { mapOf, sweepText, watchedSweep } from './sweep.ts'
import { readCount } from './values.ts'

/** What the demo runs: bars, grid and broker. */
const BARS = 100_000
const GRID = { fast: { from: 5, to: 203, step: 2 }, slow: { from: 210, to: 1200, step: 10 } }
const CONFIG: BacktestConfig = {
  commission: { type: 'fraction', rate: 0.0004 },
  rules: [
    { type: 'stop', distance: 0.01 },
    { type: 'target', distance: 0.02 },
  ],
}
/** Rows that are run again in full and compared. */
const CHECKED = 10

/** Adds `fillgrid demo`. */
export function addDemoCommand(program: Command, console: Console): void {
  program
    .command('demo')
    .description('10,000 parameter sets over 100,000 generated minute bars, through the full broker')
    .option('--workers <N>', 'threads (default: as many as the machine runs at once)', (text) =>
      readCount(text, '--workers', 1),
    )
    .option('--bars <N>', 'minute bars to generate', (text) => readCount(text, '--bars', 1), BARS)
    .action(async ({ bars, workers }: { bars: number; workers?: number }) => {
      const market = Market.from([makeMinutes({ bars, seed: 1 })])
      const space = new Space(GRID)
      console.print(
        `sma-cross, stop 1%, target 2%, commission 0.04%: 100 x 100 sets over ${formatNumber(bars, 'bars')} generated minute bars\n\n`,
      )
      const { result, seconds } = await watchedSweep(market, 'sma-cross', space, CONFIG, {
        objective: 'sharpe',
        minTrades: 0,
        workers,
      })
      const best = result.best < 0 ? undefined : result.rerun(result.best)
      console.print(sweepText(result, mapOf(result, [0, 1]), best, seconds, { top: 10, trades: 10 }))
      console.stopped = result.partial
      if (!result.partial) console.print(`\n${compareRows(result)}\n`)
    })
}

/** Runs some rows again in full; `rerun` throws where a metric differs. The rows come from a fixed seed. */
function compareRows(result: SweepResult): string {
  const lines: string[] = []
  let state = 20_261_121
  for (let i = 0; i < CHECKED; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const row = Math.floor((state / 2 ** 32) * result.table.length)
    const again = result.rerun(row)
    if (again.trades.length !== result.table.values('numExits')[row]) {
      throw new FillgridError(
        'engine_failed',
        `demo: a full run must have as many exits as its row, found ${again.trades.length} in row ${row}.`,
      )
    }
    lines.push(`  ${setText(result.parameters(row))}: ${again.trades.length} trades`)
  }
  return `${CHECKED} random sets run again in full, every metric equal to the bit:\n${lines.join('\n')}`
}
