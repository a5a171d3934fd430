import { sha256 } from '../../kernel/sha256.ts'
import type { Bar } from '../../strategy/bar.ts'
import type { Broker } from '../../strategy/broker.ts'
import { Strategy, type StrategyClass } from '../../strategy/strategy.ts'
import type { Overlap } from './options.ts'
import type { PlacedSignal } from './place.ts'

/** Tag of orders that close what is open at the end of the run. */
export const END_TAG = -1

/** What is remembered between bars. */
interface ListState {
  /** Entries that were pending when they were last looked at, by asset. */
  waiting: Map<number, number[]>
  /** Orders of signals that have an exit of their own, by number of the signal. */
  opened: Map<number, number>
  /** The order that has opened the position of an asset, or will. */
  holder: Map<number, number>
}

/**
 * A strategy that trades signals as they are placed (semantics 8.4 to 8.9): it decides by them alone, in the hook of the bar in which each acts.
 *
 * @param last the last bar of the run
 */
export function listStrategy(placed: readonly PlacedSignal[], overlap: Overlap, last: number): StrategyClass {
  const entries = byBar(placed, ({ bar }) => bar, last)
  const leaving = placed.filter(({ exitBar }) => exitBar >= 0)
  const exits = byBar(
    [...leaving].sort((a, b) => a.exitBar - b.exitBar),
    ({ exitBar }) => exitBar,
    last,
  )

  let source: string | undefined

  return class SignalList extends Strategy {
    static override get source(): string {
      source ??= `fillgrid list of signals 1 ${overlap} ${last} ${sha256(JSON.stringify(placed))}`
      return source
    }

    override state: ListState = { waiting: new Map(), opened: new Map(), holder: new Map() }

    override onBar(bar: Bar, broker: Broker): void {
      const { index } = bar
      for (const signal of exits(index)) this.#leave(broker, signal)
      if (index === last) {
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
      const isSame = held * sign >= 0 && pending.every(({ side: other }) => (other === 'buy') === sign > 0)
      if (overlap !== 'reverse') return isSame
      if (isSame) return false
      for (const { id } of pending) broker.cancelOrder(id)
      this.state.waiting.delete(asset)
      if (held !== 0) broker.closePosition(asset, { signal: true })
      return true
    }

    /** The entries of an asset that are pending. */
    #pending(broker: Broker, asset: number): { id: number; side: 'buy' | 'sell' }[] {
      const { waiting } = this.state
      const given = waiting.get(asset)
      if (given === undefined) return []
      const left = given.flatMap((id) => {
        const order = broker.getOrder(id)
        const isPending = order !== undefined && ['pending', 'triggered', 'filling'].includes(order.status)
        return isPending ? [{ id, side: order.side }] : []
      })
      if (left.length === 0) waiting.delete(asset)
      else if (left.length < given.length)
        waiting.set(
          asset,
          left.map(({ id }) => id),
        )
      return left
    }

    #enter(broker: Broker, { index, asset, request, exitBar }: PlacedSignal): void {
      const { stopLossPrice, takeProfitPrice, takeProfits } = request
      const isBracket = stopLossPrice !== undefined || takeProfitPrice !== undefined || takeProfits !== undefined
      const id = isBracket ? broker.submitBracket(request).parent : broker.submitOrder(request)
      const { waiting, opened, holder } = this.state
      const isAdded = overlap === 'add' && (broker.getQuantity(asset) !== 0 || waiting.has(asset))
      if (!isAdded) holder.set(asset, id)
      waiting.set(asset, [...(waiting.get(asset) ?? []), id])
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

    #end(broker: Broker): void {
      for (const { id } of broker.getPendingOrders()) broker.cancelOrder(id)
      for (let asset = 0; asset < this.assets.length; asset++)
        if (broker.getQuantity(asset) !== 0)
          broker.closePosition(asset, { signal: true, timing: 'same-close', tag: END_TAG })
    }
  }
}

/** Looks up those of a bar in a list that is sorted by bar. */
function byBar(
  sorted: readonly PlacedSignal[],
  barOf: (signal: PlacedSignal) => number,
  last: number,
): (bar: number) => readonly PlacedSignal[] {
  const starts = new Int32Array(last + 2)
  for (const signal of sorted) starts[barOf(signal) + 1]++
  for (let bar = 0; bar <= last; bar++) starts[bar + 1] += starts[bar]
  const none: readonly PlacedSignal[] = []
  return (bar) => (starts[bar] === starts[bar + 1] ? none : sorted.slice(starts[bar], starts[bar + 1]))
}
