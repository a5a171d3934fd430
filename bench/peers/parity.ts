/**
 * Plays random scenarios in other engines and in Fillgrid under their profiles, and prints how many came out identical:
 * `npm run parity -- SEED [--count N] [--engine NAME] [--family NAME] [--show N] [--keep FOLDER] [--docs]`. `--show`
 * prints that many differences of each engine, `--keep` keeps what the engines did for another run, `--docs` writes the figures
 * into docs/parity.md; else nothing is written. Engines that are not installed
 * (`npm run peers:setup`) are named and left out.
 */
import { parseArgs } from 'node:util'
import { FAMILIES, type Family } from './decisions.ts'
import { ENGINES, type Engine } from './engines.ts'
import { type Difference, firstDifference } from './outcome.ts'
import { type Figure, writeFigures } from './page.ts'
import { playFillgrid } from './play.ts'
import { type Played, playPeer, pythonOf } from './players.ts'
import { explain } from './reasons.ts'
import { scenariosOf } from './recording.ts'
import type { Scenario } from './scenario.ts'

interface Options {
  seed: number
  count: number
  engines: readonly Engine[]
  families: readonly Family[]
  show: number
  keep: string | undefined
  docs: boolean
}

function readOptions(): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      count: { type: 'string', default: '30' },
      engine: { type: 'string', multiple: true },
      family: { type: 'string', multiple: true },
      show: { type: 'string', default: '0' },
      keep: { type: 'string' },
      docs: { type: 'boolean', default: false },
    },
  })
  const whole = (name: string, text: string, least: number) => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= least && value < 2 ** 31) return value
    throw new Error(`parity: ${name}: a whole number from ${least} on expected, found ${text}.`)
  }
  const pick = <T>(name: string, wanted: string[] | undefined, all: readonly T[], of: (one: T) => string) => {
    const unknown = wanted?.find((word) => !all.some((one) => of(one) === word))
    if (unknown !== undefined)
      throw new Error(`parity: ${name}: one of ${all.map(of).join(', ')} expected, found ${unknown}.`)
    return wanted ? all.filter((one) => wanted.includes(of(one))) : all
  }
  return {
    seed: whole('the seed', positionals[0] ?? '1', 0),
    count: whole('--count', values.count, 1),
    engines: pick('--engine', values.engine, ENGINES, (engine) => engine.name),
    families: pick('--family', values.family, FAMILIES, (family) => family),
    show: whole('--show', values.show, 0),
    keep: values.keep,
    docs: values.docs,
  }
}

/** What one engine came to in one family. */
interface Tally {
  same: number
  total: number
  reasons: Map<string, number>
}

function compare(engine: Engine, scenarios: readonly Scenario[], played: Played, show: number): Map<Family, Tally> {
  const { outcomes, version } = played
  console.log(`\n${engine.name} (${engine.package} ${version})`)
  const tallies = new Map<Family, Tally>()
  let shown = 0
  scenarios.forEach((scenario, i) => {
    const tally = tallies.get(scenario.family) ?? { same: 0, total: 0, reasons: new Map<string, number>() }
    tallies.set(scenario.family, tally)
    const ours = playFillgrid(scenario, engine)
    const found = firstDifference(ours, outcomes[i], scenario.cash)
    tally.total++
    if (!found) {
      tally.same++
      return
    }
    const reason = explain(found, scenario, engine, ours, outcomes[i])
    tally.reasons.set(reason, (tally.reasons.get(reason) ?? 0) + 1)
    if (shown++ < show) console.log(`  ${scenario.id} [${reason}] ${say(found)}`)
  })
  return tallies
}

function say({ what, bar, asset, ours, theirs }: Difference): string {
  return `${what} at bar ${bar}${asset < 0 ? '' : ` of asset ${asset}`}: ours ${ours}, theirs ${theirs}`
}

function printTable(tallies: ReadonlyMap<Family, Tally>): void {
  const all: Tally = { same: 0, total: 0, reasons: new Map() }
  const line = (name: string, { same, total, reasons }: Tally) => {
    const share = total === 0 ? '' : `${(Math.floor((1000 * same) / total) / 10).toFixed(1)} %`
    const words = [...reasons].sort((a, b) => b[1] - a[1]).map(([reason, n]) => `${reason} ${n}`)
    console.log(`  ${name.padEnd(22)} ${`${same} / ${total}`.padStart(12)} ${share.padStart(8)}  ${words.join(', ')}`)
  }
  for (const [family, tally] of tallies) {
    line(family, tally)
    all.same += tally.same
    all.total += tally.total
    for (const [reason, n] of tally.reasons) all.reasons.set(reason, (all.reasons.get(reason) ?? 0) + n)
  }
  line('all', all)
}

function main(): void {
  const { seed, count, engines, families, show, keep, docs } = readOptions()
  console.log(`seed ${seed}, ${count} scenarios a family`)
  const figures: Figure[] = []
  for (const engine of engines) {
    const python = pythonOf(engine)
    if (python === undefined) {
      console.log(`\n${engine.name}: not installed; npm run peers:setup.`)
      continue
    }
    const scenarios = scenariosOf(engine, seed, count, families)
    if (scenarios.length === 0) continue
    const played = playPeer(python, engine, scenarios, keep)
    const tallies = compare(engine, scenarios, played, show)
    printTable(tallies)
    const { version } = played
    for (const [family, { same, total }] of tallies) figures.push({ engine: engine.name, version, family, same, total })
  }
  if (docs) writeFigures(figures, families, `npm run parity -- ${seed} --count ${count}`)
}

try {
  main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
