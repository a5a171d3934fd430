/** The worst that a bar may have seen: equity with every position at the price that hurts it most (7.8). */
import { exposureOf, times } from './money.ts'
import { type Asset, type Probe, type Run, type WorstPart, wrong } from './state.ts'

/** Takes the lower of two parts; of equals the one that came first. */
function lower(a: WorstPart | null, b: WorstPart): WorstPart {
  return a === null || b.own < a.own ? b : a
}

/** Finds the asset's own part of the bar while it walks it. */
export function probeBar(run: Run, asset: Asset, walk: () => void): void {
  asset.worst = null
  const q = heldBy(run, asset)
  if (asset.bar === null) {
    if (asset.position && !wrong(run, '7.8/absent')) asset.worst = at(0, q, asset.mark)
    return
  }
  const probe: Probe = { flows: 0, fills: 0, worst: null }
  run.probe = probe
  walk()
  run.probe = null
  const { high, low, close } = asset.bar
  if (probe.fills > 0 && !wrong(run, '7.8/walk')) asset.worst = probe.worst
  else if (q !== 0) asset.worst = lower(at(0, q, high), at(0, q, low))
  if (asset.worst && wrong(run, '7.8/extremes')) asset.worst = at(0, q, close)
}

/** Q of the position. */
function heldBy(run: Run, asset: Asset): number {
  const q = asset.position ? asset.position.q : 0
  return wrong(run, '7.8/multiplier') ? q : times(run, asset, q)
}

function at(flows: number, q: number, price: number): WorstPart {
  return { own: flows + q * price, exposure: Math.abs(q * price) }
}

/** A price at which the walk stops, with the position as it is then. */
export function probePrice(run: Run, asset: Asset, price: number): void {
  const { probe } = run
  if (probe) probe.worst = lower(probe.worst, at(probe.flows, heldBy(run, asset), price))
}

/** A fill of the walk that was picked. */
export function probeFill(run: Run, asset: Asset, flow: number, price: number): void {
  if (run.probe === null) return
  run.probe.fills++
  run.probe.flows = run.probe.flows + flow
  probePrice(run, asset, price)
}

/** Sums in four parts, by the remainder of the asset's index. */
function inFour(run: Run, parts: { index: number; value: number }[]): number {
  const s = [0, 0, 0, 0]
  for (const { index, value } of parts) {
    const to = wrong(run, '7.8/sums') ? 0 : index % 4
    s[to] = s[to] + value
  }
  return s[0] + s[2] + (s[1] + s[3])
}

/** What the bar adds to the drawdown and to the warnings, when its equity is written. */
export function judgeBar(run: Run, equity: number): void {
  if (run.bar > run.bustBar) return
  const parts = run.assets.flatMap(({ index, worst }) => (worst ? [{ index, ...worst }] : []))
  const sum = (of: (part: WorstPart) => number) =>
    inFour(
      run,
      parts.map((part) => ({ index: part.index, value: of(part) })),
    )
  const cash = wrong(run, '7.8/cash') ? run.cash : run.openCash
  const low = cash + sum((part) => part.own)
  const bound = equity < low && !wrong(run, '7.8/close') ? equity : low
  const report = run.intrabar
  if (wrong(run, '7.8/peak')) run.peak = Math.max(run.peak, equity)
  report.drawdown = Math.max(report.drawdown, (run.peak - bound) / run.peak)
  run.peak = Math.max(run.peak, equity)
  const { account, maintenance } = run.set
  if (account !== 'unlimited' && bound <= 0 && (!(equity <= 0) || wrong(run, '7.8/equity'))) {
    report.busts++
    if (!(bound >= report.bustBound)) {
      report.bustBound = bound
      report.bustBar = run.bar
    }
  }
  const exposure = wrong(run, '7.8/exposure') ? exposureOf(run) : sum((part) => part.exposure)
  if (account === 'margin' && bound < maintenance * exposure && (!run.called || wrong(run, '7.8/called'))) {
    report.calls++
    if (!(bound >= report.callBound)) {
      report.callBound = bound
      report.callBar = run.bar
    }
  }
}
