/** Results of every kind that a run can leave, each different in what its tables and settings hold. */
import { backtest } from '../../src/backtest.ts'
import { backtestAsync } from '../../src/drivers/async.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { openManual } from '../../src/drivers/manual.ts'
import type { Result } from '../../src/results/result.ts'
import { smaCross } from '../../src/strategies/sma-cross.ts'
import { Strategy } from '../../src/strategy/strategy.ts'
import { Busy, busyMarket } from './busy.ts'
import { at, DAY, flat, market, walk } from './script.ts'

/** Names with a comma, a quote and letters of two bytes. */
const ODD = ['A,"x"', 'Ö', 'constructor']

/** Of the name that Busy has, with another text. */
const Renamed = { Busy: class Busy2 extends Busy {} }.Busy
Object.defineProperty(Renamed, 'name', { value: 'Busy' })

/** The results by what they are. */
export async function resultKinds(): Promise<[kind: string, result: Result][]> {
  const several = busyMarket(160, 3)
  const one = market(walk(200, 7, 0))
  const odd = market(Object.fromEntries(ODD.map((name, i) => [name, walk(90, 20 + i, 0.2)])))
  const falling = market(flat(...Array.from({ length: 30 }, (_, i) => 100 - 3 * i)))
  const tiered = {
    type: 'tiered' as const,
    tiers: [
      { upTo: 1000, rate: 0.002 },
      { upTo: Number.POSITIVE_INFINITY, rate: 0.001 },
    ],
  }
  const rules = [
    { type: 'stop' as const, distance: 0.02 },
    { type: 'time' as const, bars: 9, action: { type: 'exit-fraction' as const, fraction: 0.5 } },
  ]
  const targets = Array.from({ length: 270 }, (_, i) => (i % 7 === 0 ? Number.NaN : (i % 5) - 2))

  const manual = openManual(several, { cash: 5000 })
  manual.advance()
  manual.broker.submitBracket({ asset: 0, quantity: 3, stopLossPrice: 1, takeProfitPrice: 1e6 })
  manual.broker.submitOrder({ asset: 2, quantity: 1, type: 'limit', limitPrice: 1 })
  manual.broker.submitOrder({ asset: 1, quantity: 1e9 })
  manual.advance()
  manual.advance()
  const stepped = openRun(several, Busy, { parameters: { salt: 2 } })
  while (stepped.bar < 40) stepped.advance()
  const restored = openRun(several, Renamed, { cash: 5000 })
  const other = openRun(several, Busy, { cash: 5000 })
  while (other.bar < 30) other.advance()

  return [
    ['signals of a built-in strategy', backtest(one, smaCross, { parameters: { fast: 3, slow: 9 } })],
    ['columns of several assets with holes', backtest(odd, { targetPosition: targets, sizeType: 'units' })],
    ['hooks with context, holes and rules', backtest(several, Busy, { commission: tiered, slippage: 0.001, rules })],
    ['a window with two ends', backtest(several, Busy, { from: 40 * DAY, to: 90 * DAY })],
    ['a window to the end', backtest(several, Busy, { from: 40 * DAY, size: { type: 'value', amount: 700 } })],
    ['a band', backtest(several, Busy, { band: true, path: 'nearest', rules })],
    [
      'a bust',
      backtest(falling, at({ 0: (broker) => broker.submitOrder({ asset: 0, quantity: 5000 }) }), {
        account: { type: 'margin', initial: 0.1, maintenance: 0.05 },
      }),
    ],
    ['nothing at all', backtest(one, class Idle extends Strategy {})],
    [
      'refusals alone',
      backtest(one, at({ 1: (broker) => broker.submitOrder({ asset: 0, quantity: -1 }) }), { account: 'cash' }),
    ],
    ['negative zeros', backtest(one, smaCross, { quantityStep: -0, slippage: { type: 'fraction', rate: -0 } })],
    ['a manual run on its way', manual.result()],
    ['a manual run before its first bar', openManual(one).result()],
    ['a run of hooks on its way', stepped.result()],
    ['a run of a restored snapshot', restored.restore(other.snapshot()).toEnd().result()],
    ['hooks that are awaited', await backtestAsync(several, Busy, { cash: 9000 })],
  ]
}
