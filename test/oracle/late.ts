/** Latency: what is on its way to the broker (3.15). */
import { placeCommands } from './commands.ts'
import { type Run, wrong } from './state.ts'
import type { BracketSpec, Command } from './types.ts'

/** What a hook decides: carried out at once, or on its way. */
export function decideCommands(run: Run, commands: readonly Command[]): void {
  if (run.set.latency === 0) {
    placeCommands(run, commands)
    return
  }
  for (const command of commands) {
    if (command.kind === 'rules' && !wrong(run, '3.15/rules')) {
      placeCommands(run, [command])
      continue
    }
    const answer = answerOf(run, command)
    if (answer !== undefined) run.answers.push(answer)
    if (answer === false) continue
    const early = wrong(run, '3.15/bars') ? 1 : 0
    run.onTheWay.push({ due: run.bar + run.set.latency - early, command: asDecided(run, command) })
    run.promised += idsOf(command)
  }
}

/** What arrives in this bar, in the order in which it was decided. */
export function deliver(run: Run): void {
  if (run.set.latency === 0) return
  const due = run.onTheWay.filter((one) => one.due <= run.bar)
  run.onTheWay = run.onTheWay.filter((one) => one.due > run.bar)
  const last = wrong(run, '3.15/order') && due.every(({ command }) => idsOf(command) === 0)
  for (const { command } of last ? due.reverse() : due) {
    const answers = run.answers.length
    placeCommands(run, [command], wrong(run, '3.15/lot') ? 'now' : 'late')
    // It was answered when it was decided.
    run.answers.length = answers
  }
}

/** The row of the columns that is read at the close of this bar; negative for none. */
export function rowOf(run: Run): number {
  return wrong(run, '3.15/signals') ? run.bar : run.bar - run.set.latency
}

/** A lot that is not there when a position is closed is no lot of the order. */
function asDecided(run: Run, command: Command): Command {
  if (command.kind !== 'close' || command.lot === undefined || hasLot(run, command.asset, command.lot)) return command
  return { ...command, lot: undefined }
}

function answerOf(run: Run, command: Command): boolean | undefined {
  if (command.kind === 'update' || command.kind === 'cancel') return isKnown(run, command.id)
  if (command.kind !== 'reduce' && command.kind !== 'move-stop') return undefined
  const { asset, lot } = command
  return run.assets[asset].position !== null && (lot === undefined || hasLot(run, asset, lot))
}

/** Whether an order is pending or on its way. */
function isKnown(run: Run, id: number): boolean {
  const order = run.orders[id - 1]
  if (order !== undefined) return order.endedBar < 0
  return id > run.orders.length && id <= run.promised && !wrong(run, '3.15/answers')
}

function hasLot(run: Run, asset: number, id: number): boolean {
  return run.assets[asset].position?.lots.some(({ entryOrder }) => entryOrder === id) ?? false
}

/** How many orders a command gives. */
function idsOf(command: Command): number {
  if (command.kind === 'close') return 1
  if (command.kind === 'order') return 1 + childrenOf(command.bracket)
  if (command.kind !== 'oco') return 0
  return command.members.reduce((ids, { bracket }) => ids + 1 + childrenOf(bracket), 0)
}

function childrenOf(bracket: BracketSpec | undefined): number {
  if (bracket === undefined) return 0
  const { stop, trail, target, targets = [], trailAfter = 0 } = bracket
  const trails = trail !== undefined && trailAfter === 0
  return [stop !== undefined, trails, target !== undefined].filter(Boolean).length + targets.length
}
