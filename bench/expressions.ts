// A thousand sets of a strategy of three averages as expressions, over a hundred assets that share an account, beside vectorbt's Rust engine
// in chunks of a hundred sets: `npm run bench:expressions`. One core each, indicators included in both. Trades and final values are
// compared before any time is printed. As vectorbt needs its time, `-- N` runs it on the first N chunks.
import { join } from 'node:path'
import { makeEquities } from '../data/equities.ts'
import { Market } from '../src/market/market.ts'
import { sweep } from '../src/node.ts'
import { textTable } from '../src/report/text.ts'
import { expressions } from '../src/signals/builders.ts'
import { int, strategy } from '../src/strategy/expressed.ts'
import { hardware, peerPython, root, runJson, scratchFolder } from './host.ts'
import { timeMajor, writePanel } from './panels.ts'

const CHUNKS = Number(process.argv[2] ?? 10)
const ROUNDS = 5
const LENGTHS = {
  fast: [3, 5, 7, 9, 11, 13, 15, 17, 19, 21],
  slow: [25, 30, 35, 40, 45, 50, 55, 60, 65, 70],
  trend: [80, 90, 100, 110, 120, 130, 140, 150, 160, 170],
}
const SETS = 1000

const python = peerPython()
if (python === undefined) {
  console.log('bench: vectorbt was not found; `npm run peers:setup` installs it.')
  process.exit(1)
}

const { and, close, crossedAbove, crossedBelow, greaterThan, sma } = expressions
const averages = strategy({
  parameters: { fast: int(3), slow: int(25), trend: int(80) },
  entries: ({ fast, slow, trend }) =>
    and(crossedAbove(sma(close, fast), sma(close, slow)), greaterThan(close, sma(close, trend))),
  exits: ({ fast, slow }) => crossedBelow(sma(close, fast), sma(close, slow)),
})

const equities = makeEquities({ assets: 100, bars: 2520 })
const { bars, assets, time, series } = equities
// In such ticks sums of prices are exact in both engines: of averages that are equal neither crosses the other.
for (const one of series)
  for (const name of ['open', 'high', 'low', 'close'] as const)
    one[name] = one[name].map((price) => Math.round(price * 128) / 128)
const path = join(scratchFolder(), 'expressions.bin')
const columns = (['open', 'high', 'low', 'close', 'volume'] as const).map((name) => timeMajor(equities, name))
writePanel(path, bars, assets.length, columns)
const peer = runJson<{ version: string; times: number[]; trades: number[]; values: number[] }>(python, [
  join(root, 'bench', 'peers', 'time_expressions.py'),
  path,
  String(CHUNKS),
  ...Object.values(LENGTHS).map(String),
])

const frames = assets.map((asset, k) => ({ asset, time, ...series[k] }))
const config = { cash: 1e7, size: { type: 'units', amount: 1 } } as const
const times: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  // Every round computes its indicators itself.
  const market = Market.from(frames)
  const start = performance.now()
  const { table } = await sweep(market, averages, LENGTHS, { config, workers: 1, metrics: ['numTrades', 'finalValue'] })
  times.push((performance.now() - start) / SETS)
  market.release()
  const [fast, slow, trend] = (['fast', 'slow', 'trend'] as const).map(
    (name) => table.values(name) as ArrayLike<number>,
  )
  const [trades, values] = (['numTrades', 'finalValue'] as const).map((name) => table.values(name) as ArrayLike<number>)
  for (let row = 0; row < table.length; row++) {
    const at =
      LENGTHS.fast.indexOf(fast[row]) * 100 + LENGTHS.slow.indexOf(slow[row]) * 10 + LENGTHS.trend.indexOf(trend[row])
    if (at >= peer.trades.length) continue
    if (trades[row] !== peer.trades[at] || Math.abs(values[row] - peer.values[at]) > 1e-9 * peer.values[at])
      throw new Error(
        `bench: set ${at} must be equal, found ${trades[row]} trades and ${values[row]} here, ${peer.trades[at]} and ${peer.values[at]} in vectorbt.`,
      )
  }
}

const { processor, cores, node } = hardware()
console.log(
  `${processor}, ${cores} cores, Node ${node}; ${SETS} sets, ${assets.length} assets x ${bars} bars; ms a set\n`,
)
const theirs = peer.times
const row = (name: string, of: number[]) => [name, Math.min(...of).toFixed(2), Math.max(...of).toFixed(2)]
console.log(
  textTable(
    [{ header: 'engine', align: 'left' }, ...['least', 'most'].map((header) => ({ header, align: 'right' as const }))],
    [row('Fillgrid', times), row(`vectorbt ${peer.version}, Rust`, theirs)],
  ),
)
console.log(
  `\n${peer.trades.length} sets have equal trades; vectorbt takes ${(Math.min(...theirs) / Math.min(...times)).toFixed(1)} times as long`,
)
