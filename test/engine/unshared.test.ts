/** Where memory cannot be shared it moves when it grows, in the middle of a hook too; what the hook reads stays right. */
import { expect, it, vi } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { Market } from '../../src/market/market.ts'
import { DAY, market, strategy, walk } from './script.ts'

vi.mock('../../src/kernel/load.ts', async (original) => {
  const real = await original<typeof import('../../src/kernel/load.ts')>()
  const engine = real.createEngine(false)
  return { ...real, getEngine: () => engine }
})

/** A market that is too large for the memory as it is. */
function grow(): Market {
  const n = 200_000
  return Market.from({
    assets: ['X'],
    time: Float64Array.from({ length: n }, (_, i) => i),
    close: new Float64Array(n).fill(1),
  })
}

it('reads the same before and after the memory has moved', () => {
  const prices = market({ A: walk(12, 1, 0), B: walk(12, 2, 0) })
  const close = prices.close.slice()
  const moved: number[] = []
  let indicator: ReturnType<import('../../src/strategy/strategy.ts').Strategy['indicator']>
  const made = strategy({
    onStart() {
      indicator = this.indicator('sma', { length: 1 })
    },
    onBar(bar, broker) {
      if (bar.index === 0) broker.submitOrder({ asset: 1, quantity: 3 })
      const read = () => [
        bar.index,
        bar.time,
        bar.close[1],
        bar.value('high', 1),
        bar.value('close', 0, bar.index),
        bar.last('close', 1, 1)[0],
        indicator.value(1),
        indicator.value(0, bar.index),
        indicator.last(1)[0],
        broker.getQuantity(1),
        broker.quantities[1],
        broker.getPosition(1).quantity,
      ]
      const before = read()
      const view = prices.close
      const large = grow()
      if (view.length === 0) moved.push(bar.index)
      expect(read()).toEqual(before)
      const at = 2 * bar.index
      expect([before[1], before[2], before[6], before[7]]).toEqual([
        bar.index * DAY,
        close[at + 1],
        close[at + 1],
        close[0],
      ])
      expect(before[9]).toBe(bar.index === 0 ? 0 : 3)
      // What is kept makes the next one grow the memory again.
      if (bar.index > 8) large.release()
    },
  })
  backtest(prices, made)
  expect(moved.length).toBeGreaterThan(4)
})
