/** The log of decisions: what it says as bytes is what it holds, after whatever was taken and cut, and foreign bytes do no harm. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Decision, decisionOf } from '../../src/engine/decision.ts'
import { DecisionLog } from '../../src/engine/decisionlog.ts'
import { FillgridError } from '../../src/errors.ts'

const decision = (bar: number, quantity: number, state?: number): Decision =>
  decisionOf(
    bar,
    [{ call: 'submitOrder', with: [{ asset: 0, quantity, tag: 'größer' }] }] as never,
    state === undefined ? undefined : Uint8Array.of(state, 1, 2),
  )

function logOf(count: number): DecisionLog {
  const log = new DecisionLog()
  for (let bar = 0; bar < count; bar++) log.push(decision(bar, bar + 0.5, bar % 3 === 0 ? bar : undefined))
  return log
}

describe('the log of decisions', () => {
  it('has the same bytes however it came to what it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(3), fc.constant(-1)), { maxLength: 60 }), (steps) => {
        const log = new DecisionLog()
        let held: Decision[] = []
        let bar = -1
        for (const step of steps) {
          if (step >= 0) {
            const one = decision(++bar, step, step === 1 ? step : undefined)
            log.push(one)
            held.push(one)
          } else {
            held = held.slice(0, held.length >> 1)
            log.cut(held.length)
          }
        }
        const plain = new DecisionLog()
        for (const one of held) plain.push(one)
        expect(log.list).toEqual(held)
        expect(log.encode()).toEqual(plain.encode())
        expect(DecisionLog.decode(log.encode(), 0, bar).list).toEqual(held)
      }),
      { numRuns: 200 },
    )
  })

  it('leaves a list and a clone as they were when it is cut and goes on otherwise', () => {
    const log = logOf(5)
    const { list } = log
    const clone = log.clone()
    const bytes = log.encode()
    log.cut(2)
    log.push(decision(9, 9))
    expect(list).toEqual(logOf(5).list)
    expect([clone.list, clone.encode()]).toEqual([list, bytes])
    clone.push(decision(9, 1))
    expect([log.length, clone.length]).toEqual([3, 6])
  })

  it('takes no more from foreign bytes than what is a decision of a bar of the run, in order', () => {
    const bytes = logOf(4).encode()
    const none = [
      ...Array.from({ length: bytes.length - 1 }, (_, i) => bytes.slice(0, i + 1)).filter((part) => {
        try {
          return DecisionLog.decode(part, 0, 3).encode().length !== part.length
        } catch (error) {
          return !(error instanceof FillgridError && error.code === 'snapshot_damaged')
        }
      }),
    ]
    expect(none).toEqual([])
    const twice = new Uint8Array([...bytes, ...bytes])
    for (const [given, first, last] of [
      [twice, 0, 3],
      [bytes, 1, 3],
      [bytes, 0, 2],
      [Uint8Array.of(255, 255, 255, 255, 0), 0, 3],
      [Uint8Array.of(1, 0, 0, 0, 1), 0, 3],
    ] as const) {
      let code: unknown
      try {
        DecisionLog.decode(given, first, last)
      } catch (error) {
        code = (error as FillgridError).code
      }
      expect(code).toBe('snapshot_damaged')
    }
  })
})
