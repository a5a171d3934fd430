/** Runs inside runs: what is at work on its own memory is not begun anew under its feet. */
import { describe, expect, it } from 'vitest'
import { openRun } from '../../src/drivers/driven.ts'
import { prepare, type Runner } from '../../src/prepare.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { defineSignals, Strategy } from '../../src/strategy/strategy.ts'
import { failure, market, walk } from './script.ts'

const prices = () => market(walk(30, 1, 0))

/** Buys, and at bar 5 of its first run does what the test says. */
function buying(inside: () => void) {
  let first = true
  return class Buying extends Strategy<{ length: number }> {
    static override parameters = { length: { type: 'integer', default: 3, min: 1 } } as const
    override onBar(bar: Bar, broker: Broker): void {
      broker.submitOrder({ asset: 0, quantity: this.parameters.length })
      if (bar.index !== 5 || !first) return
      first = false
      inside()
      // It is still this run's.
      expect([bar.index, broker.getQuantity(0)]).toEqual([5, 5 * this.parameters.length])
    }
  }
}

describe('runs inside runs', () => {
  it('a runner that is at work refuses another set of metrics, and ends as it would have', () => {
    const codes: string[] = []
    let runner: Runner | undefined
    const made = buying(() => {
      codes.push(failure(() => runner?.metrics({ length: 9 })).code)
    })
    runner = prepare(prices(), made)
    const nested = runner.metrics({ length: 3 }).slice()
    expect(codes).toEqual(['busy'])
    expect(nested).toEqual(runner.metrics({ length: 3 }).slice())
    expect(nested).not.toEqual(runner.metrics({ length: 9 }).slice())
    runner.release()
  })

  it('whole runs of the same runner inside are runs of their own', () => {
    let inside: number | undefined
    let runner: Runner | undefined
    const made = buying(() => {
      inside = runner?.run({ length: 9 }).fills.length
    })
    runner = prepare(prices(), made)
    const outer = runner.metrics({ length: 3 }).slice()
    expect(inside).toBe(29)
    expect(outer).toEqual(runner.metrics({ length: 3 }).slice())
    runner.release()
  })

  it('columns that are being worked out are not run', () => {
    const codes: string[] = []
    let act: (() => unknown) | undefined
    const signals = defineSignals<{ length: number }>({
      name: 'nested',
      parameters: { length: { type: 'integer', default: 3, min: 1 } },
      signals({ market, parameters }) {
        if (act) codes.push(failure(act).code)
        return { entries: market.close.map((_, bar) => Number(bar === parameters.length)) }
      },
    })
    const runner = prepare(prices(), signals)
    act = () => runner.metrics({ length: 9 })
    const nested = runner.metrics({ length: 3 }).slice()
    expect(codes).toEqual(['busy'])
    act = undefined
    expect(nested).toEqual(runner.metrics({ length: 3 }).slice())
    runner.release()

    for (const name of ['advance', 'toEnd', 'mark', 'begin', 'snapshot'] as const) {
      codes.length = 0
      const run = openRun(prices(), signals)
      act = () => run[name]()
      expect(run.toEnd().result().fills.length).toBe(1)
      expect(codes).toEqual(['busy'])
      run.release()
    }
  })
})
