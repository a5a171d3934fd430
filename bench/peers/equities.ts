import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { root } from '../host.ts'
import type { Decision } from './decisions.ts'
import type { Scenario } from './scenario.ts'
import type { Series } from './series.ts'

// An SMA cross on real daily equities as scenarios: the averages are worked out here, once, and every engine is given the
// same signals, so that brokers alone are compared.

const FILE = join(root, '..', 'shared', 'data', 'daily_equities_merged', 'us_equities_160x2010-2021_adj.csv.gz')

const FAST = 10
const SLOW = 30
const STOP = 0.04
const TARGET = 0.08
const COMMISSION = 0.001
// None: backtrader and vectorbt slip stops in ways that a user can choose, and the families try slippage.
const SLIPPAGE = 0
/** Worth of a position at its asset's first close. */
const POSITION = 10_000

/** Whether the file of equities, which is no part of the repository, lies beside it. */
export function hasEquities(): boolean {
  return existsSync(FILE)
}

/** Bars of one symbol with their days in ms. */
interface Equity {
  symbol: string
  time: number[]
  series: Series
}

function readEquities(): Equity[] {
  const [header, ...lines] = gunzipSync(readFileSync(FILE)).toString('utf8').trimEnd().split('\n')
  if (header.trim() !== 'timestamp,symbol,open,high,low,close,volume')
    throw new Error(`equities: found columns ${header}.`)
  const found = new Map<string, Equity>()
  for (const line of lines) {
    const [day, symbol, open, high, low, close, volume] = line.trim().split(',')
    let equity = found.get(symbol)
    if (!equity) {
      equity = { symbol, time: [], series: { open: [], high: [], low: [], close: [], volume: [], unit: 0 } }
      found.set(symbol, equity)
    }
    equity.time.push(Date.parse(`${day}T00:00:00Z`))
    const { series } = equity
    series.open.push(Number(open))
    series.high.push(Number(high))
    series.low.push(Number(low))
    series.close.push(Number(close))
    series.volume.push(Number(volume))
  }
  for (const { series } of found.values()) series.unit = Math.max(1, Math.floor(POSITION / series.close[0]))
  return [...found.values()]
}

/** Long where the fast average crosses above the slow one, short where it crosses below. */
function crosses(series: Series, asset: number): Decision[] {
  const decisions: Decision[] = []
  const average = (bar: number, length: number) => {
    let sum = 0
    for (let k = bar - length + 1; k <= bar; k++) sum += series.close[k]
    return sum / length
  }
  let before = 0
  for (let bar = SLOW - 1; bar < series.close.length; bar++) {
    const now = Math.sign(average(bar, FAST) - average(bar, SLOW))
    if (now !== 0 && before !== 0 && now !== before) {
      const side = now > 0 ? 1 : -1
      decisions.push({ bar, asset, do: 'signal', side, units: series.unit, stop: STOP, target: TARGET })
    }
    if (now !== 0) before = now
  }
  return decisions
}

function scenarioOf(id: string, cash: number, equities: readonly Equity[]): Scenario {
  const assets = equities.map(({ series }) => series)
  const decisions = assets.flatMap(crosses).sort((a, b) => a.bar - b.bar || a.asset - b.asset)
  return {
    id,
    family: 'signals-reversal',
    timing: 'next-open',
    cash,
    commission: COMMISSION,
    slippage: SLIPPAGE,
    time: equities[0].time,
    assets,
    decisions,
  }
}

/** Each equity by itself, and all that trade on the same days in one account that is short of cash. */
export function equityScenarios(): { alone: Scenario[]; together: Scenario } {
  const equities = readEquities()
  const days = Math.max(...equities.map(({ time }) => time.length))
  const whole = equities.filter(({ time }) => time.length === days)
  return {
    alone: equities.map((equity) => scenarioOf(`real/${equity.symbol}`, 1_000_000, [equity])),
    together: scenarioOf('real/together', 600_000, whole),
  }
}
