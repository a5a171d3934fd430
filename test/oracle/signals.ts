/** The signals driver (section 8): columns become the commands that a hook would give. */
import type { Rule } from '../../src/settings/settings.ts'
import { createBroker, type OracleOptions } from './broker.ts'
import { rowOf } from './late.ts'
import { type LiveOrder, type Run, sideOf, wrong } from './state.ts'
import type { Command, OrderSpec, Outcome, PositionRules, SignalScenario } from './types.ts'

export interface SignalOutcome extends Outcome {
  /** What the driver asked for, bar by bar: a hook that gives the same commands has the same outcome (8.3). */
  commands: Command[][]
}

export function runSignalsOracle(scenario: SignalScenario, options: OracleOptions = {}): SignalOutcome {
  const broker = createBroker(scenario.market, scenario.settings, options)
  const commands: Command[][] = []
  while (broker.step()) {
    const given: Command[] = []
    const row = rowOf(broker.run)
    for (let asset = 0; asset < scenario.market.assets && row >= 0; asset++) {
      const decisions = scenario.targetPosition
        ? targets(broker.run, scenario, asset, row)
        : signals(broker.run, scenario, asset, row)
      broker.placeCommands(decisions)
      given.push(...decisions)
    }
    commands.push(given)
  }
  return { ...broker.outcome(), commands }
}

/** A column of target positions; NaN is no change (8.1). */
function targets(run: Run, s: SignalScenario, asset: number, row: number): Command[] {
  const target = s.targetPosition![row][asset]
  if (Number.isNaN(target)) return []
  const { position, pending } = run.assets[asset]
  const same = s.sizeType === 'units' && target === (position ? position.q : 0) && pending.length === 0
  if (same && !wrong(run, '8.2/no-change')) return []
  return [{ kind: 'order', order: targetOrder(run, s, asset, row, target, target < 0 ? -1 : 1) }]
}

/** Exit orders before entry orders; what cancels each other is not given (8.2). */
function signals(run: Run, s: SignalScenario, asset: number, row: number): Command[] {
  const at = (column: boolean[][] | undefined) => column?.[row][asset] ?? false
  let long = at(s.entries)
  let short = at(s.shortEntries)
  let exitLong = at(s.exits)
  let exitShort = at(s.shortExits)
  if (long && exitLong && !wrong(run, '8.2/same-side')) {
    long = false
    exitLong = false
  }
  if (short && exitShort && !wrong(run, '8.2/same-side')) {
    short = false
    exitShort = false
  }
  if (long && short && !wrong(run, '8.2/both-sides')) {
    long = false
    short = false
  }
  const { position, pending } = run.assets[asset]
  const held = sideOf(position)
  const exits: Command[] = []
  const either = (exitLong || exitShort) && held !== 0 && wrong(run, '8.2/exit-side')
  if ((exitLong && held > 0) || (exitShort && held < 0) || either) exits.push({ kind: 'close', asset })
  const entries: Command[] = []
  const waits = pending.some(isEntry) && !wrong(run, '8.2/pending')
  for (const side of [1, -1] as const) {
    if (!(side > 0 ? long : short) || waits) continue
    if (held === side && !wrong(run, '8.2/held')) continue
    entries.push({ kind: 'order', order: entryOrder(run, s, asset, row, side, held === -side) })
  }
  return wrong(run, '8.2/exits-first') ? [...entries, ...exits] : [...exits, ...entries]
}

function isEntry(order: LiveOrder): boolean {
  return !order.closes
}

function entryOrder(
  run: Run,
  s: SignalScenario,
  asset: number,
  row: number,
  side: 1 | -1,
  against: boolean,
): OrderSpec {
  const size = s.size ? s.size[row][asset] : s.defaultSize
  if (against && !wrong(run, '8.2/against')) return targetOrder(run, s, asset, row, side * size, side)
  return { asset, type: 'market', side, size: s.sizeType, amount: size, ...rulesOf(run, s, asset, row) }
}

function targetOrder(run: Run, s: SignalScenario, asset: number, row: number, amount: number, side: 1 | -1): OrderSpec {
  return { asset, type: 'market', side, size: `target-${s.sizeType}`, amount, ...rulesOf(run, s, asset, row) }
}

/** Stop, target and trail of the signal bar, where given, or a chain of rules (8.1). */
function rulesOf(run: Run, s: SignalScenario, asset: number, row: number): { rules?: PositionRules; chain?: Rule[] } {
  const chain = chainOf(run, s, asset, row)
  if (chain) return chain.length > 0 ? { chain } : {}
  const at = (column: number[][] | undefined) => {
    const x = column ? column[row][asset] : Number.NaN
    return Number.isNaN(x) ? undefined : x
  }
  const rules = { stop: at(s.stop), target: at(s.target), trail: at(s.trail) }
  const none = rules.stop === undefined && rules.target === undefined && rules.trail === undefined
  return none ? {} : { rules }
}

/** A chain of rules that may be left out one by one, or that of stop, target, trail and hold. */
function chainOf(run: Run, s: SignalScenario, asset: number, row: number): Rule[] | undefined {
  if (s.rules)
    return s.rules.filter(({ there }) => there[row][asset] || wrong(run, '8.1/left-out')).map(({ rule }) => rule)
  if (!s.hold || wrong(run, '8.1/hold')) return undefined
  const at = (column: number[][] | undefined) => column?.[row][asset] ?? Number.NaN
  const chain: Rule[] = []
  for (const type of ['stop', 'target', 'trail'] as const) {
    const distance = at(s[type])
    if (!Number.isNaN(distance)) chain.push({ type, distance })
  }
  const bars = at(s.hold)
  return Number.isNaN(bars) ? chain : [...chain, { type: 'time', bars }]
}
