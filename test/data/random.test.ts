import { expect, it } from 'vitest'
import { exp, ln } from '../../data/elementary.ts'
import { RandomStream } from '../../data/random.ts'

it('draws what the legacy NumPy generator draws for seed 42', () => {
  const random = new RandomStream(42)
  expect(random.uniform()).toBe(0.3745401188473625)
  const normals = [random.normal(), random.normal(), random.normal()]
  const known = [-1.11188012, 0.31890218, 0.27904129]
  for (let i = 0; i < known.length; i++) expect(normals[i]).toBeCloseTo(known[i], 8)
})

it('draws integers by masking and rejection', () => {
  const random = new RandomStream(42)
  const draws = Array.from({ length: 1000 }, () => random.integer(10_000, 1_000_000))
  expect(Math.min(...draws)).toBeGreaterThanOrEqual(10_000)
  expect(Math.max(...draws)).toBeLessThan(1_000_000)
  expect(draws.slice(0, 3)).toEqual([131_958, 681_155, 141_932])
})

it('has logarithm and exponential within 2 units in the last place', () => {
  const random = new RandomStream(3)
  for (let i = 0; i < 20_000; i++) {
    const x = random.uniform() + 1e-12
    expect(Math.abs(ln(x) - Math.log(x))).toBeLessThanOrEqual(4.5e-16 * Math.abs(Math.log(x)))
    const y = 20 * random.uniform() - 10
    expect(Math.abs(exp(y) / Math.exp(y) - 1)).toBeLessThanOrEqual(6e-16)
  }
})
