/**
 * Plays an SMA cross with stops, targets, costs and slippage on 160 real daily equities in backtrader, vectorbt and
 * backtesting.py and in Fillgrid under their profiles, and compares every fill and the money at every close:
 * `npm run parity:real`. The equities lie beside the repository, in `../shared/data`; where they do not, it says so.
 */
import { ENGINES } from './engines.ts'
import { equityScenarios, hasEquities } from './equities.ts'
import { firstDifference, merged } from './outcome.ts'
import { playFillgrid } from './play.ts'
import { playPeer, pythonOf } from './players.ts'
import type { Scenario } from './scenario.ts'

function compare(name: string, scenarios: readonly Scenario[]): void {
  const engine = ENGINES.find((one) => one.name === name)!
  const python = pythonOf(engine)
  if (python === undefined) {
    console.log(`${name}: not installed; npm run peers:setup.`)
    return
  }
  const { outcomes, version } = playPeer(python, engine, scenarios)
  let same = 0
  let fills = 0
  const lines: string[] = []
  scenarios.forEach((scenario, i) => {
    const found = firstDifference(playFillgrid(scenario, engine), outcomes[i], scenario.cash)
    fills += merged(outcomes[i].fills).length
    if (!found) same++
    else if (lines.length < 10)
      lines.push(`  ${scenario.id}: ${found.what} at bar ${found.bar}: ours ${found.ours}, theirs ${found.theirs}`)
  })
  console.log(`${name} ${version}: ${same} of ${scenarios.length} identical, ${fills.toLocaleString('en')} fills`)
  for (const line of lines) console.log(line)
}

if (!hasEquities()) {
  console.log('parity: the real equities are not here; nothing is compared.')
} else {
  const { alone, together } = equityScenarios()
  console.log(`${alone.length} equities, each in an account of its own`)
  for (const name of ['backtrader', 'vectorbt', 'backtesting.py']) compare(name, alone)
  console.log(`${together.assets.length} equities in one account that is short of cash`)
  for (const name of ['backtrader', 'vectorbt']) compare(name, [together])
}
