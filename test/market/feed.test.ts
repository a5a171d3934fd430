/** A market bar by bar, outside of a run. */
import { describe, expect, it } from 'vitest'
import { marketFeed } from '../../src/market/feed.ts'
import { DAY, failure, market } from '../engine/script.ts'

const made = market(
  { A: [[1, 3, 1, 2, 10], [2, 4, 2, 3, 20], null], B: [null, [50, 51, 49, 50, 7], [51, 52, 50, 51, 8]] },
  { context: { time: [0, DAY / 2, 2 * DAY], columns: { vix: [15, 16, 17] } } },
).with({ signals: { score: [1, 2, 3, 4, 5, Number.NaN] } })

describe('a feed', () => {
  it('gives time, assets with prices and signals, and context, as often as it is gone through', () => {
    const feed = marketFeed(made)
    expect(feed.length).toBe(3)
    const all = [...feed]
    expect(all[0]).toEqual({
      index: 0,
      time: 0,
      assets: { A: { open: 1, high: 3, low: 1, close: 2, volume: 10, signals: { score: 1 } } },
      context: { vix: 15 },
    })
    expect(all[1]).toMatchObject({ time: DAY, assets: { A: { close: 3 }, B: { volume: 7, signals: { score: 4 } } } })
    expect(all[1].context).toEqual({ vix: Number.NaN })
    expect(Object.keys(all[2].assets)).toEqual(['B'])
    expect(all[2].assets.B.signals).toEqual({ score: Number.NaN })
    expect([...feed]).toEqual(all)
    const [one, other] = [feed[Symbol.iterator](), feed[Symbol.iterator]()]
    one.next()
    expect([one.next().value.index, other.next().value.index]).toEqual([1, 0])
  })

  it('finds a bar by its time, and says which stamps are no bars', () => {
    const feed = marketFeed(made)
    expect(feed.at(DAY)?.index).toBe(1)
    expect(feed.at(DAY / 2)).toBeUndefined()
    expect(made.remarks.find(({ code }) => code === 'context_unmatched')?.count).toBe(1)
    expect(failure(() => feed.bar(3)).message).toBe('feed: bars are 0 to 2, found 3.')
  })

  it('refuses what is no market, and one that was released', () => {
    expect(failure(() => marketFeed({} as never)).code).toBe('invalid_value')
    const gone = market([[1, 1, 1, 1]])
    const feed = marketFeed(gone)
    gone.release()
    expect(failure(() => marketFeed(gone)).code).toBe('released')
    expect(failure(() => feed.bar(0)).code).toBe('released')
  })
})
