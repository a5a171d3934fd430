import { Market } from '../../src/market/market.ts'

/** A random walk of days, of some assets from their first prices on; all but the first have holes. */
export function walk(seed: number, bars = 400, prices = [100, 20]): Market {
  let state = seed
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
  const now = [...prices]
  const columns = { open: [] as number[], high: [] as number[], low: [] as number[], close: [] as number[] }
  for (let bar = 0; bar < bars; bar++)
    now.forEach((before, asset) => {
      const open = before * (1 + 0.01 * (next() - 0.5))
      const last = open * (1 + 0.06 * (next() - 0.5))
      const high = Math.max(open, last) * (1 + 0.01 * next())
      const low = Math.min(open, last) * (1 - 0.01 * next())
      const isAbsent = asset > 0 && next() < 0.1
      columns.open.push(isAbsent ? Number.NaN : open)
      columns.high.push(isAbsent ? Number.NaN : high)
      columns.low.push(isAbsent ? Number.NaN : low)
      columns.close.push(isAbsent ? Number.NaN : last)
      now[asset] = last
    })
  return Market.from({ assets: prices.map((_, i) => 'ABCDEFGH'[i]), time: days(bars), ...columns })
}

const days = (bars: number) => Array.from({ length: bars }, (_, day) => day * 86_400_000)
