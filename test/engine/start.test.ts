import { expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { resultOf } from '../../src/engine/openrun.ts'
import { FillgridError } from '../../src/errors.ts'
import { getEngine } from '../../src/kernel/load.ts'
import { Market } from '../../src/market/market.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { Strategy } from '../../src/strategy/strategy.ts'
import { at, failure, flat, market as marketOf, strategy } from './script.ts'

const market = Market.from({
  assets: ['A'],
  time: [0, 1, 2, 3].map((day) => day * 86_400_000),
  open: [100, 100, 100, 100],
  high: [101, 101, 101, 101],
  low: [99, 99, 90, 99],
  close: [100, 100, 95, 100],
})

it('takes position rules in onStart, before the first bar', () => {
  class Stopped extends Strategy {
    override onStart(broker: Broker): void {
      broker.setPositionRules([{ type: 'stop', distance: 0.05 }])
    }
    override onBar(bar: Bar, broker: Broker): void {
      if (bar.index === 0) broker.submitOrder({ asset: 0, quantity: 1 })
    }
  }
  const [trade] = [...backtest(market, Stopped).trades]
  expect(trade).toMatchObject({ exitBar: 2, exitPrice: 95, exitReason: 'stop' })
})

it('takes no orders in onStart', () => {
  class Eager extends Strategy {
    override onStart(broker: Broker): void {
      broker.submitOrder({ asset: 0, quantity: 1 })
    }
  }
  expect(() => backtest(market, Eager)).toThrow('orders can be given in onBar')
})

/** The next block asked for with this purpose is refused, as where memory has run out. */
function refuseOnce(purpose: RegExp): () => void {
  const { arena } = getEngine()
  const allocate = arena.allocate.bind(arena)
  let left = 1
  arena.allocate = (bytes, what) => {
    if (left > 0 && purpose.test(what)) {
      left--
      throw new FillgridError('memory_limit', 'memory: none.')
    }
    return allocate(bytes, what)
  }
  return () => {
    arena.allocate = allocate
    expect(left).toBe(0)
  }
}

it('a run that cannot start has ended', () => {
  const run = openRun(marketOf(flat(1, 2, 3)), at({}), {
    commission: { type: 'tiered', tiers: [{ upTo: Number.POSITIVE_INFINITY, rate: 0.1 }] },
  })
  const restore = refuseOnce(/tiers/)
  expect(failure(() => run.toEnd()).code).toBe('memory_limit')
  restore()
  expect(run.ended).toBe(true)
  run.release()
})

it('orders that find no memory are not lost', () => {
  let given = 0
  const onBar = (_: Bar, broker: Broker) => {
    while (given < 200) {
      broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 1 })
      given++
    }
  }
  const run = openRun(
    marketOf(flat(9, 9, 9)),
    strategy({ onBar: (bar, broker) => bar.index === 1 && onBar(bar, broker) }),
  )
  run.advance()
  // The pool of one asset holds 256 orders; it grows for the second hundred.
  const restore = refuseOnce(/pending orders/)
  given = -200
  expect(failure(() => run.advance()).code).toBe('memory_limit')
  restore()
  run.toEnd()
  expect(resultOf(run).orders.length).toBe(400)
  run.release()
})
