import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { makeWorkload, type Workload } from '../../data/workload.ts'

const hash = (values: Float64Array | Int32Array) =>
  createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex')
    .slice(0, 16)

/** What a broker without any checks does with the targets, bar by bar. */
function tally(w: Workload) {
  const held = new Int32Array(w.assetCount)
  const out = { changes: 0, reversals: 0, closed: 0, closedNextOpen: 0, pnlSameClose: 0, pnlNextOpen: 0 }
  for (let i = 0; i < w.target.length; i++) {
    const asset = i % w.assetCount
    const last = i >= w.target.length - w.assetCount
    const change = w.target[i] - held[asset]
    if (change !== 0) {
      out.changes++
      if (held[asset] !== 0) {
        out.closed++
        if (!last) out.closedNextOpen++
        if (w.target[i] !== 0) out.reversals++
      }
      out.pnlSameClose -= change * w.close[i]
      if (!last) out.pnlNextOpen -= change * w.open[i + w.assetCount]
      held[asset] = w.target[i]
    }
    if (last) {
      out.pnlSameClose += held[asset] * w.close[i]
      out.pnlNextOpen += w.target[i - w.assetCount] * w.close[i]
    }
  }
  return out
}

const workload = makeWorkload()

it('has the volume and the targets of the published stream, byte for byte', () => {
  expect(hash(workload.volume)).toBe('c55d2271cec3ca75')
  expect(hash(workload.target)).toBe('788fe822f4379ed2')
})

it('has the published prices within 1e-12', () => {
  expect(workload.close[0] / 101.73389589811485 - 1).toBeCloseTo(0, 12)
  expect(workload.close[workload.close.length - 1] / 80.98352112112747 - 1).toBeCloseTo(0, 12)
})

it('has the same prices in every engine and version', () => {
  const prices = [workload.open, workload.high, workload.low, workload.close].map(hash)
  expect(prices).toEqual(['557969f0b768ae1a', '44eddef4a3223af8', '58b279a41c05a723', 'c53b840df9e30f16'])
})

it('leads to the published counts and profits', () => {
  const found = tally(workload)
  expect(found).toMatchObject({ changes: 232_980, reversals: 6_322, closed: 119_626, closedNextOpen: 119_577 })
  expect(found.pnlSameClose).toBeCloseTo(3_592_649.158628, 6)
  expect(found.pnlNextOpen).toBeCloseTo(-478_905.847164, 6)
  expect(tally(makeWorkload({ bars: 252, assets: 50, top: 5 }))).toMatchObject({ changes: 4_306, closed: 2_280 })
})

it('starts on 2013-01-03 and keeps to NYSE sessions', () => {
  const date = (bar: number) => new Date(workload.time[bar]).toISOString()
  expect(date(0)).toBe('2013-01-03T00:00:00.000Z')
  expect(date(2517)).toBe('2023-01-03T00:00:00.000Z')
  expect(workload.assets[7]).toBe('ASSET_007')
})

it('reports opens outside the range, as published', () => {
  let above = 0
  let below = 0
  for (let i = 0; i < workload.open.length; i++) {
    if (workload.open[i] > workload.high[i]) above++
    if (workload.open[i] < workload.low[i]) below++
  }
  expect([above, below]).toEqual([116_844, 117_009])
})
