import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { validatePositions } from '../../src/study/limits.ts'

const at = (shares: number, entry_price = 100) => ({ shares, entry_price })

describe('limits of positions', () => {
  it("answers in seed 002's words, and a short position is as large as a long one", () => {
    const answer = validatePositions({ AAPL: at(200), MSFT: at(50), TSLA: at(-300) }, 100_000)
    expect(answer).toEqual({
      valid: false,
      violations: [
        { symbol: 'AAPL', reason: 'Single position too large', current_ratio: 0.2, limit: 0.1 },
        { symbol: 'TSLA', reason: 'Single position too large', current_ratio: 0.3, limit: 0.1 },
      ],
      adjusted_positions: { AAPL: at(100), MSFT: at(50), TSLA: at(-100) },
      unchecked: [],
    })
    expect(validatePositions({ AAPL: at(100) }, 100_000)).toMatchObject({ valid: true, violations: [] })
  })

  it('cuts the later position of a sector, and drops the later of two that move alike', () => {
    const sectors = { A: 'tech', B: 'tech', C: 'tech', D: 'tech', E: 'food' }
    const five = { A: at(90), B: at(90), C: at(90), D: at(90), E: at(90), F: at(10) }
    const { violations, adjusted_positions, unchecked } = validatePositions(five, 100_000, {}, { sectors })
    expect(violations).toEqual([
      { symbol: 'D', reason: 'Sector exposure too large: tech', current_ratio: 0.36, limit: 0.3 },
    ])
    expect(adjusted_positions.D.shares).toBeCloseTo(30, 9)
    expect(unchecked).toEqual(['F: sector unknown'])
    const wave = (shift: number) => Array.from({ length: 80 }, (_, i) => Math.sin(i / 3 + shift) * 0.01)
    const returns = { A: wave(0), B: wave(0.1), C: wave(1.5), D: wave(0).slice(0, 30), E: new Array(80).fill(0) }
    const alike = validatePositions(five, 100_000, {}, { returns })
    expect(alike.violations).toMatchObject([{ symbol: 'B', reason: 'Correlation too high with A', limit: 0.7 }])
    expect(alike.adjusted_positions.B.shares).toBe(0)
    expect(alike.unchecked).toContain('D and A: fewer than 60 bars of returns that move')
  })

  it('leaves nothing above a limit, and cuts nothing that keeps them', () => {
    const positions = fc.dictionary(
      fc.constantFrom('A', 'B', 'C', 'D', 'E'),
      fc.record({ shares: fc.integer({ min: -400, max: 400 }), entry_price: fc.integer({ min: 1, max: 200 }) }),
    )
    fc.assert(
      fc.property(positions, (proposed) => {
        const sectors = { A: 'x', B: 'x', C: 'y', D: 'y', E: 'y' } as Record<string, string>
        const { valid, adjusted_positions: left, violations } = validatePositions(proposed, 100_000, {}, { sectors })
        const size = ({ shares, entry_price }: { shares: number; entry_price: number }) =>
          Math.abs(shares * entry_price) / 100_000
        const sums: Record<string, number> = {}
        for (const [symbol, one] of Object.entries(left)) {
          expect(size(one)).toBeLessThanOrEqual(0.1 + 1e-9)
          sums[sectors[symbol]] = (sums[sectors[symbol]] ?? 0) + size(one)
          expect(Math.sign(one.shares) * Math.sign(proposed[symbol].shares)).toBeGreaterThanOrEqual(0)
        }
        for (const sum of Object.values(sums)) expect(sum).toBeLessThanOrEqual(0.3 + 1e-9)
        expect(valid).toBe(violations.length === 0)
        if (valid) expect(left).toEqual(proposed)
        // What was kept within the limits is valid when it is asked for again.
        expect(validatePositions(left, 100_000, {}, { sectors }).valid).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('refuses values that are none', () => {
    expect(() => validatePositions({ A: at(1) }, 0)).toThrow('a value of the portfolio above 0')
    expect(() => validatePositions({ A: at(Number.NaN) }, 1)).toThrow('shares and an entry_price above 0 of A')
    expect(() => validatePositions({}, 1, { max_single: 1 } as never)).toThrow('max_single')
    expect(() => validatePositions({}, 1, { max_correlation: 2 })).toThrow('limits.max_correlation')
  })
})
