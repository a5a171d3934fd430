/** What a strategy keeps of a run beyond its end: its memory belongs to something else then, so it says so. */
import { expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { openRun } from '../../src/drivers/driven.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import type { Indicator } from '../../src/strategy/indicator.ts'
import type { PositionView } from '../../src/strategy/position.ts'
import { failure, type Hooks, market, strategy, walk } from './script.ts'

interface Kept {
  bar: Bar
  broker: Broker
  position: PositionView
  average: Indicator
}

/** A run that hands out what its hooks see. */
function kept(end = false): Kept {
  const out = {} as Kept
  const prices = market(walk(30, 1, 0))
  const hooks: Hooks = {
    onStart() {
      out.average = this.indicator('sma', { length: 3 })
    },
    onBar(bar, broker) {
      if (bar.index === 2) broker.submitOrder({ asset: 0, quantity: 5 })
      if (bar.index !== 20) return
      Object.assign(out, { bar, broker, position: broker.getPosition(0) })
      // Read once, so that whatever a view keeps is kept.
      expect([bar.close[0], out.average.value(), out.position.averagePrice, broker.getCash()]).not.toContain(Number.NaN)
    },
  }
  const made = strategy(hooks, { contextNames: ['note'] })
  if (end) backtest(prices, made, { parameters: {} })
  else {
    const run = openRun(prices, made)
    run.toEnd()
    run.release()
    run.release()
    expect(failure(() => run.snapshot()).code).toBe('released')
  }
  return out
}

it.each<[string, (kept: Kept) => unknown]>([
  ['cash', ({ broker }) => broker.getCash()],
  ['a quantity', ({ broker }) => broker.getQuantity(0)],
  ['the quantities', ({ broker }) => broker.quantities],
  ['a position', ({ broker }) => broker.getPosition(0).quantity],
  ['pending orders', ({ broker }) => broker.getPendingOrders()],
  ['an order', ({ broker }) => broker.getOrder(1)],
  ['buying power', ({ broker }) => broker.getBuyingPower()],
  ['an order to give', ({ broker }) => broker.submitOrder({ asset: 0, quantity: 1 })],
  ['a kept position', ({ position }) => position.averagePrice],
  ['its mark', ({ position }) => position.markPrice],
  ['its entry', ({ position }) => position.entryBar],
  ['its bars', ({ position }) => position.barsHeld],
  ['its context', ({ position }) => position.context('note')],
  ['an indicator', ({ average }) => average.value()],
  ['last values of an indicator', ({ average }) => average.last(3)],
  ['a bar', ({ bar }) => bar.close],
  ['its time', ({ bar }) => bar.isoTime],
  ['its index', ({ bar }) => bar.index],
  ['last values', ({ bar }) => bar.last('close', 3)],
  ['a value', ({ bar }) => bar.value('close', 0, 2)],
])('%s of a run whose memory was given back', (_, read) => {
  for (const end of [false, true]) {
    const what = kept(end)
    // To give an order outside a hook is refused before its memory is looked at.
    expect(failure(() => read(what)).message).toMatch(/given back|orders can be given in onBar|found one that is over/)
  }
})
