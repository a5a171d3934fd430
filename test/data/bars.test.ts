import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { makeEquities } from '../../data/equities.ts'
import { makeMinutes } from '../../data/minutes.ts'
import type { Bars } from '../../data/path.ts'

function hash(...assets: Bars[]): string {
  const sha = createHash('sha256')
  for (const b of assets) {
    for (const values of [b.open, b.high, b.low, b.close, b.volume]) sha.update(new Uint8Array(values.buffer))
  }
  return sha.digest('hex').slice(0, 16)
}

function expectCoherent(b: Bars): void {
  let broken = 0
  for (let i = 0; i < b.open.length; i++) {
    const top = Math.max(b.open[i], b.close[i])
    const bottom = Math.min(b.open[i], b.close[i])
    if (!(b.low[i] > 0 && b.low[i] <= bottom && b.high[i] >= top && b.volume[i] > 0)) broken++
  }
  expect(broken).toBe(0)
}

/** Correlation of the sizes of neighbouring moves. */
function clustering(close: Float64Array): number {
  const moves = Float64Array.from({ length: close.length - 1 }, (_, i) => Math.abs(close[i + 1] / close[i] - 1))
  const mean = moves.reduce((sum, x) => sum + x, 0) / moves.length
  let own = 0
  let neighbour = 0
  for (let i = 1; i < moves.length; i++) {
    own += (moves[i] - mean) ** 2
    neighbour += (moves[i] - mean) * (moves[i - 1] - mean)
  }
  return neighbour / own
}

describe('minute bars', () => {
  const minutes = makeMinutes({ bars: 20_000 })

  it('are coherent, gap and cluster', () => {
    expectCoherent(minutes)
    let gaps = 0
    for (let i = 1; i < minutes.bars; i++) if (minutes.open[i] !== minutes.close[i - 1]) gaps++
    expect(gaps).toBeGreaterThan(minutes.bars / 4)
    expect(clustering(minutes.close)).toBeGreaterThan(0.1)
    expect(minutes.time[1] - minutes.time[0]).toBe(60_000)
  })

  it('have the same bytes in every engine and version', () => {
    expect(hash(minutes)).toBe('7bf80d4d117747f7')
    expect(hash(makeMinutes({ bars: 20_000, seed: 2 }))).not.toBe(hash(minutes))
  })

  it('do not change when more of them are made', () => {
    expect(makeMinutes({ bars: 30_000 }).close.slice(0, 20_000)).toEqual(minutes.close)
  })
})

describe('daily equities', () => {
  const equities = makeEquities({ bars: 500 })

  it('are coherent and have the same bytes in every engine and version', () => {
    for (const series of equities.series) expectCoherent(series)
    expect(hash(...equities.series)).toBe('1ea4776937d34d94')
  })
})
