import { sha256 } from '../../kernel/sha256.ts'
import type { Bar } from '../../strategy/bar.ts'
import type { Broker } from '../../strategy/broker.ts'
import { Strategy, type StrategyClass } from '../../strategy/strategy.ts'
import type { Overlap } from './options.ts'
import type { PlacedSignal } from './place.ts'
import type { TradeSide } from './signal.ts'

/** Tag of orders that close what is open at the end of the run. */
export const END_TAG = -1

/** An entry that was pending when it was last looked at. */
interface Waiting {
  readonly id: number
  readonly side: TradeSide
}

/** What is remembered between bars. */
interface ListState {
  /** Entries that were pending when they were last looked at, by asset. */
  waiting: Map<number, readonly Waiting[]>
  /** Orders of signals that have an exit of their own, by number of the signal. */
  opened: Map<number, number>
  /** The order that has opened the position of an asset, or will. */
  holder: Map<number, number>
}

/**
 * A strategy that trades signals as they are placed (semantics 8.4 to 8.9): it decides by them alone, in the hook of the bar in which each acts.
 *
 * @param end the bar in which everything is closed
 */
export function listStrategy(placed: readonly PlacedSignal[], overlap: Overlap, end: number): StrategyClass {
  const entries = byBar(placed, ({ bar }) => bar, end)
  const leaving = placed.filter(({ exitBar }) => exitBar >= 0)
  const exits = byBar(
    [...leaving].sort((a, b) => a.exitBar - b.exitBar),
    ({ exitBar }) => exitBar,
    end,
  )

  let source: string | undefined

  return class SignalList extends Strategy {
    static override get source(): string {
      source ??= `fillgrid list of signals 1 ${overlap} ${end} ${sha256(JSON.stringify(placed))}`
      return source
    }

    override state: ListState = { waiting: new Map(), opened: new Map(), holder: new Map() }

    override onBar(bar: Bar, broker: Broker): void {
      const { index } = bar
      for (const signal of exits(index)) this.#leave(broker, signal)
      if (index === end) {
        this.#end(broker)
        return
      }
      for (const signal of entries(index)) if (this.#mayEnter(broker, signal)) this.#enter(broker, signal)
    }

    /** Whether what is held and pending leaves room for it; reversing makes it. */
    #mayEnter(broker: Broker, { asset, side }: PlacedSignal): boolean {
      const sign = side === 'long' ? 1 : -1
      const held = broker.getQuantity(asset)
      if (held !== 0 && overlap === 'ignore') return false
      const pending = this.#pending(broker, asset)
      if (held === 0 && pending.length === 0) return true
      if (overlap === 'ignore') return false
      const isSame = held * sign >= 0 && pending.every((one) => one.side === side)
      if (overlap !== 'reverse') return isSame
      if (isSame) return false
      for (const { id } of pending) broker.cancelOrder(id)
      this.state.waiting.delete(asset)
      if (held !== 0) broker.closePosition(asset, { signal: true })
      return true
    }

    /** The entries of an asset that are pending, or on their way. */
    #pending(broker: Broker, asset: number): readonly Waiting[] {
      const { waiting } = this.state
      const given = waiting.get(asset)
      if (given === undefined) return []
      const left = given.filter(({ id }) => broker.isPending(id))
      if (left.length === 0) waiting.delete(asset)
      else if (left.length < given.length) waiting.set(asset, left)
      return left
    }

    #enter(broker: Broker, { index, asset, side, request, exitBar }: PlacedSignal): void {
      const { stopLossPrice, takeProfitPrice, takeProfits } = request
      const isBracket = stopLossPrice !== undefined || takeProfitPrice !== undefined || takeProfits !== undefined
      const id = isBracket ? broker.submitBracket(request).parent : broker.submitOrder(request)
      const { waiting, opened, holder } = this.state
      const isAdded = overlap === 'add' && (broker.getQuantity(asset) !== 0 || waiting.has(asset))
      if (!isAdded) holder.set(asset, id)
      waiting.set(asset, [...(waiting.get(asset) ?? []), { id, side }])
      if (exitBar >= 0) opened.set(index, id)
    }

    #leave(broker: Broker, { index, asset }: PlacedSignal): void {
      const id = this.state.opened.get(index)
      if (id === undefined) return
      this.state.opened.delete(index)
      broker.cancelOrder(id)
      if (overlap !== 'lot') {
        if (this.state.holder.get(asset) === id && broker.getQuantity(asset) !== 0)
          broker.closePosition(asset, { signal: true })
      } else if (broker.getPosition(asset).lots.some((lot) => lot.id === id))
        broker.closePosition(asset, { signal: true, lot: id })
    }

    /** What is open, and what may still open before these orders arrive. Stops and targets stand until then. */
    #end(broker: Broker): void {
      for (let asset = 0; asset < this.assets.length; asset++) {
        const pending = this.#pending(broker, asset)
        for (const { id } of pending) broker.cancelOrder(id)
        if (broker.getQuantity(asset) !== 0 || pending.length > 0)
          broker.closePosition(asset, { signal: true, timing: 'next-close', tag: END_TAG })
      }
    }
  }
}

/** Looks up those of a bar in a list that is sorted by bar. */
function byBar(
  sorted: readonly PlacedSignal[],
  barOf: (signal: PlacedSignal) => number,
  end: number,
): (bar: number) => readonly PlacedSignal[] {
  const starts = new Int32Array(Math.max(end, 0) + 2)
  for (const signal of sorted) starts[barOf(signal) + 1]++
  for (let bar = 1; bar < starts.length; bar++) starts[bar] += starts[bar - 1]
  const none: readonly PlacedSignal[] = []
  return (bar) => (bar > end || starts[bar] === starts[bar + 1] ? none : sorted.slice(starts[bar], starts[bar + 1]))
}
