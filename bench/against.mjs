/**
 * `npm run bench:against -- FOLDER [ROUNDS] [CASE...]`: this build beside another one, a checkout of the repository that was
 * built (`npm run build`). They take turns, each in a fresh process, so that a busy minute meets both; results are compared
 * first. Prints the ratio of the minima. Runs itself with `--child` for one build's turn.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = fileURLToPath(new URL('../', import.meta.url))
const file = fileURLToPath(import.meta.url)

/** Milliseconds of the quickest of some calls. */
function quickest(times, call) {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < times; i++) {
    const start = performance.now()
    call()
    least = Math.min(least, performance.now() - start)
  }
  return least
}

/** What a result says, as a hash: equity and trades. */
function digest(result) {
  const hash = createHash('sha256').update(new Uint8Array(result.equity.buffer))
  for (const name of ['pnl', 'exitBar', 'quantity']) hash.update(new Uint8Array(result.trades.values(name).buffer))
  return hash.digest('hex')
}

/** The cases by name: each makes what it needs of a build and gives its time and a digest of what came of it. */
const CASES = {
  'workload, hook': (build) => workload(build, targetsHook(build), {}),
  'workload, signals': (build) => workload(build, targetsSignals(build), {}),
  'workload, stops and targets': (build) =>
    workload(build, targetsSignals(build), {
      rules: [
        { type: 'stop', distance: 0.02 },
        { type: 'target', distance: 0.03 },
      ],
    }),
  'workload, margin account': (build) => workload(build, targetsHook(build), { account: 'margin', cash: 1e9 }),
  'cross, a set in a grid': (build) => cross(build, { account: 'unlimited', cash: 1e-6, commission: 0.0004 }),
  'cross, all of the equity': (build) => cross(build, { commission: 0.0004, size: { type: 'fraction', amount: 1 } }),
  'hook, one asset': (build) => hook(build, {}),
  'hook, one asset, stop': (build) => hook(build, { rules: [{ type: 'stop', distance: 0.02 }] }),
}

function workload({ fillgrid, data }, strategy, config) {
  const w = data.makeWorkload()
  const market = fillgrid.Market.from({
    assets: w.assets,
    time: w.time,
    open: w.open,
    high: w.high,
    low: w.low,
    close: w.close,
    volume: w.volume,
    signals: { target: Float64Array.from(w.target) },
  })
  const run = () => fillgrid.backtest(market, strategy, { account: 'unlimited', cash: 1e-6, ...config })
  return { digest: digest(run()), time: quickest(9, () => run().trades.values('pnl')) }
}

function targetsHook({ fillgrid }) {
  return class Targets extends fillgrid.Strategy {
    onBar(bar, broker) {
      broker.orderTargets(bar.signal('target'))
    }
  }
}

function targetsSignals({ fillgrid }) {
  return fillgrid.defineSignals({
    name: 'targets',
    signals: ({ market }) => ({ targetPosition: market.signals.get('target').values, sizeType: 'units' }),
  })
}

function minutes({ fillgrid, data }, bars) {
  const { asset, ...columns } = data.makeMinutes({ bars, tick: 1 / 128 })
  return fillgrid.Market.from({ assets: [asset], ...columns })
}

function cross(build, config) {
  const { fillgrid } = build
  const market = minutes(build, 525_600)
  const strategy = fillgrid.defineSignals({
    name: 'cross',
    parameters: { fast: { type: 'integer', default: 20 }, slow: { type: 'integer', default: 100 } },
    signals: ({ parameters, indicator, crossSignals }) => ({
      flags: crossSignals(
        indicator('sma', { length: parameters.fast }),
        indicator('sma', { length: parameters.slow }),
        1,
        2,
      ),
      stop: 0.01,
      target: 0.02,
    }),
  })
  const runner = fillgrid.prepare(market, strategy, { size: { type: 'units', amount: 1 }, ...config })
  const sets = []
  for (let fast = 10; fast < 30; fast += 2) for (let slow = 60; slow < 140; slow += 10) sets.push({ fast, slow })
  const final = new Float64Array(sets.length)
  const at = fillgrid.metricIndex('finalValue')
  const run = () =>
    runner.metricsOf(sets, (i, metrics) => {
      final[i] = metrics[at]
    })
  run()
  const hash = createHash('sha256').update(new Uint8Array(final.buffer)).digest('hex')
  return { digest: hash, time: quickest(6, run) / sets.length }
}

function hook(build, config) {
  const { fillgrid } = build
  const market = minutes(build, 1_000_000)
  class Cross extends fillgrid.Strategy {
    onStart() {
      this.fast = this.indicator('sma', { length: 20 })
      this.slow = this.indicator('sma', { length: 100 })
    }
    onBar(_bar, broker) {
      const above = this.fast.value() > this.slow.value()
      const held = broker.getQuantity(0) !== 0
      if (above && !held) broker.submitOrder({ asset: 0, quantity: 1 })
      else if (!above && held) broker.closePosition(0)
    }
  }
  const run = () => fillgrid.backtest(market, Cross, config)
  return { digest: digest(run()), time: quickest(6, run) }
}

if (process.argv[2] === '--child') {
  const [, , , folder, name] = process.argv
  const load = (path) => import(pathToFileURL(resolve(folder, 'build', path)).href)
  const [fillgrid, w, m] = [await load('src/index.js'), await load('data/workload.js'), await load('data/minutes.js')]
  const build = { fillgrid, data: { ...w, ...m } }
  process.stdout.write(JSON.stringify(CASES[name](build)))
} else {
  const [, , other, rounds = '20', ...names] = process.argv
  if (other === undefined || !(Number(rounds) >= 1)) {
    console.error('usage: npm run bench:against -- FOLDER [ROUNDS] [CASE...], with FOLDER a built checkout')
    process.exit(2)
  }
  const turn = (folder, name) =>
    JSON.parse(execFileSync(process.execPath, [file, '--child', folder, name], { encoding: 'utf8' }))
  const chosen = Object.keys(CASES).filter((name) => names.length === 0 || names.some((part) => name.includes(part)))
  for (const name of chosen) {
    const least = { old: Number.POSITIVE_INFINITY, now: Number.POSITIVE_INFINITY }
    for (let round = 0; round < Number(rounds); round++) {
      // Each goes first in every other round.
      const order = round % 2 ? ['now', 'old'] : ['old', 'now']
      const found = {}
      for (const which of order) {
        found[which] = turn(which === 'now' ? here : resolve(other), name)
        least[which] = Math.min(least[which], found[which].time)
      }
      if (found.old.digest !== found.now.digest) console.log(`${name}: results differ`)
    }
    const ratio = least.now / least.old
    console.log(
      `${name.padEnd(28)} ${least.old.toFixed(3).padStart(9)} ms before, ${least.now.toFixed(3).padStart(9)} ms now, ${ratio.toFixed(3)}x`,
    )
  }
}
