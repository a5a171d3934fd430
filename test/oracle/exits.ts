/** Exits that no order asks for: by rule, time, clock, bust (6.1, 6.3, 6.4, 6.14). */
import type { Rule } from '../../src/settings/settings.ts'
import { secondsOf } from './clock.ts'
import { fill } from './fills.ts'
import { closingUnits } from './funds.ts'
import { closing, rounded } from './money.ts'
import { leaveExit, partOf } from './parts.ts'
import { actionOf, moveStop, ruleLevel } from './rules.ts'
import { exitSlip } from './slips.ts'
import { type Asset, type Position, type Run, sideOf, type Waiting, wrong } from './state.ts'
import type { FillReason } from './types.ts'

/** Targets fill when stops do, if that is asked for (6.3). */
function waitsLikeStop(run: Run): boolean {
  return run.set.targetFill === 'stop-fill' && !wrong(run, '6.3/asked')
}

/** A target does not slip, unless it fills like a stop that does not fill at its level (6.3). */
function isPassive(run: Run, reason: FillReason): boolean {
  if (reason !== 'target') return false
  return !(run.set.targetFill === 'stop-fill' && run.set.stopFill !== 'level') || wrong(run, '6.3/slips')
}

/** What the rule at a place says of itself (6.1). */
export function toldBy(run: Run, position: Position, place: number): string {
  const { chain, movedStop } = position
  const first = chain.findIndex(({ rule }) => rule.type === 'stop')
  if (movedStop !== null && place === (first < 0 ? chain.length : first) && !wrong(run, '6.1/told-moved'))
    return `moved ${movedStop}`
  if (place === chain.length) return ''
  const { rule } = chain[place]
  if (rule.type === 'time') return `bars ${rule.bars}`
  if (rule.type === 'clock') return `clock ${secondsOf(rule.at)}`
  return `${wrong(run, '6.1/told-unit') ? 'fraction' : (rule.unit ?? 'fraction')} ${rule.distance}`
}

/** A level of a rule of a position, or of a lot, was reached (6.1, 6.3). */
export function fireRule(run: Run, asset: Asset, position: Position, place: number, base: number): void {
  const added = place === position.chain.length
  const rule: Rule = added ? { type: 'stop', distance: 0 } : position.chain[place].rule
  if (added) position.addedFired = true
  else position.chain[place].fired = true
  const action = actionOf(rule)
  if (action.type === 'move-stop') {
    moveStop(run, asset, position, action.offset)
    return
  }
  // Rules without a level are never reached.
  const reason = rule.type
  const told = toldBy(run, position, place)
  const plain = rule.type === 'target' && !waitsLikeStop(run) && !wrong(run, '6.3/targets')
  const mode = plain ? 'level' : run.set.stopFill
  if (mode === 'level' || wrong(run, '6.3/mode')) {
    const makes = reason === 'target' && base === ruleLevel(run, asset, position, place)
    exitNow(run, asset, position, { place, reason, action, mode, makes, told }, base)
    return
  }
  position.waiting.push({ place, reason, action, mode, told })
}

/** An exit by rule has filled in this bar, and may have closed the whole position (10.5). */
function noteRuleExit(run: Run, asset: Asset): void {
  asset.ruleExitBar = run.bar
  if (asset.position === null) asset.ruleClosedBar = run.bar
}

/** A rule, time or bust exit fills; a fraction is of the position as it is now (6.1). */
export function exitNow(run: Run, asset: Asset, position: Position, exit: Waiting, base: number): void {
  const held = Math.abs(position.q)
  let k = held
  if (exit.action.type === 'exit-fraction' && !wrong(run, '6.1/part')) {
    const ofEntries = exit.action.of === 'entries' && !wrong(run, '6.1/entries')
    const part = exit.action.fraction * (ofEntries ? position.entries : held)
    k = closing(run, part, held)
    if (k < held) k = closing(run, rounded(run, asset, part), held)
  }
  if (!(k > 0)) return
  if (position !== asset.position) k = closing(run, k, Math.abs(asset.position!.q))
  if (exit.reason !== 'bust' && !wrong(run, '10.4/rules')) {
    const side = -sideOf(position)
    const slip = exitSlip(run, asset, side, isPassive(run, exit.reason))
    const makes = exit.makes && !wrong(run, '10.4/makes')
    const paid = closingUnits(run, { asset, order: null, side, units: k, base, slip, opens: false, makes })
    if (paid < k) liveAgain(run, position, exit)
    if (paid === 0) return
    k = paid < k ? closing(run, paid, held) : k
  }
  const part = exit.reason === 'bust' ? k : partOf(run, asset, k)
  if (part > 0) exitUnits(run, asset, position, exit, part, base)
  if (part < k) leaveExit(run, position, exit, exit.action.type === 'exit' ? null : k - part)
}

/** An exit that no order asks for trades so many units. */
export function exitUnits(
  run: Run,
  asset: Asset,
  position: Position,
  exit: Pick<Waiting, 'reason' | 'place' | 'makes' | 'told'>,
  k: number,
  base: number,
) {
  const s = -sideOf(asset.position)
  const slip = exitSlip(run, asset, s, isPassive(run, exit.reason))
  const lot = position === asset.position || wrong(run, '10.13/exits') ? null : position
  const change = fill(run, asset, null, s, k, base, slip, exit.reason, exit.place, false, exit.makes, exit.told, lot)
  if (exit.reason !== 'bust') noteRuleExit(run, asset)
  if (change < 0 || wrong(run, '5.6/exits')) run.funds = run.funds + change
}

/** A rule that was to exit all could not: it has not fired, but has no other turn in this bar (10.4). */
function liveAgain(run: Run, position: Position, { place, action }: Waiting): void {
  position.cutBar = run.bar
  if (place < 0 || action.type !== 'exit' || wrong(run, '10.4/again')) return
  if (place < position.chain.length) position.chain[place].fired = false
  else position.addedFired = false
}
