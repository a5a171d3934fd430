// Every indicator that TA-Lib has over a million bars, beside TA-Lib in the same run: `npm run bench:indicators`. Each takes its turn, and
// the least processor time of some calls counts, the memory of what comes out included. An indicator with several outputs is
// beside all the functions that give them. Limits are those of issue 15: 1.5 for what goes on from the value before and for
// comparisons, 4 for exact sums of windows, 2 for all others.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { makeMinutes } from '../data/minutes.ts'
import { Market } from '../src/market/market.ts'
import { textTable } from '../src/report/text.ts'
import { panelCache, releasePanels } from '../src/signals/panels.ts'
import { hardware, peerPython, scratchFolder } from './host.ts'
import { writeMinutes } from './panels.ts'

const BARS = Number(process.argv[2] ?? 1_000_000)
const ROUNDS = 5

/** Those whose next value is the last one moved, or a comparison. */
const QUICK = new Set(
  'ema rma rsi macd macdFix highest lowest dema tema t3 trix kama donchian midpoint midprice williamsR sar'.split(' '),
)
/** Those of exact sums of windows. */
const EXACT = new Set(
  'sma wma stdev bollinger trima hma lsma linearSlope linearIntercept forecast forecastOscillator apo'.split(' '),
)

const limitOf = (name: string) => (QUICK.has(name) ? 1.5 : EXACT.has(name) ? 4 : 2)

const python = peerPython('.venv-indicators')
if (python === undefined) {
  console.log('bench: TA-Lib was not found; `npm run peers:setup` installs it.')
  process.exit(1)
}

const folder = scratchFolder()
const peer = spawn(python, ['bench/peers/time_indicators.py', writeMinutes(folder, BARS)], {
  stdio: ['pipe', 'pipe', 'inherit'],
  env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
})
const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]()
const next = async (): Promise<string> => {
  const { value, done } = await answers.next()
  if (done) throw new Error('the timing of TA-Lib has ended before its time')
  return value
}

const minutes = makeMinutes({ bars: BARS })
const market = Market.from([minutes]).with({
  signals: {
    periods: Float64Array.from({ length: BARS }, (_, t) => 2 + (t % 29)),
    noise: Float64Array.from({ length: BARS }, (_, t) => ((t * 2654435761) % 4294967296) / 4294967296),
  },
})

/** The least processor time of an indicator, ms. */
function milliseconds(name: string, parameters: Record<string, unknown>): number {
  const panels = panelCache(market)
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage()
    panels.panel(name, parameters)
    const { user, system } = process.cpuUsage(start)
    best = Math.min(best, (user + system) / 1000)
    panels.clear()
  }
  return best
}

const { version, cases } = JSON.parse(await next()) as {
  version: string
  cases: { name: string; parameters: Record<string, unknown> }[]
}
const { processor, cores, node } = hardware()
console.log(`${processor}, ${cores} cores, Node ${node}; ${BARS} bars; TA-Lib ${version}; processor time, ms\n`)
const rows: string[][] = []
for (const [i, { name, parameters }] of cases.entries()) {
  milliseconds(name, parameters)
  peer.stdin.write(`${i}\n`)
  const theirs = Number(await next())
  const ours = milliseconds(name, parameters)
  const limit = limitOf(name)
  const words = Object.entries(parameters).map(([key, value]) => `${key}=${value}`)
  const over = ours / theirs > limit ? 'over' : ''
  rows.push([
    [name, ...words].join(' '),
    ours.toFixed(2),
    theirs.toFixed(2),
    (ours / theirs).toFixed(2),
    `${limit}`,
    over,
  ])
}
peer.stdin.end()
releasePanels(market)
market.release()
const heads = ['indicator', 'Fillgrid', 'TA-Lib', 'ratio', 'limit', '']
console.log(
  textTable(
    heads.map((header, i) => ({ header, align: i === 0 || i === 5 ? 'left' : 'right' })),
    rows,
  ),
)
