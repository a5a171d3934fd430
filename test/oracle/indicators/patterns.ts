import { type Candle, candles } from './candle.ts'
import { SHORT_PATTERNS } from './candles.ts'
import { FORMATIONS } from './formations.ts'
import type { Reference } from './reference.ts'

/** Every setup is looked at from the bar that it broke out on, three bars ahead. */
function hikkake(bars: readonly Candle[], first: number, setupAt: (t: number) => number): number[] {
  const setups = bars.map((_, t) => (t >= first - 3 && t >= 2 ? setupAt(t) : 0))
  return bars.map((bar, t) => {
    if (t < first) return Number.NaN
    if (setups[t] !== 0) return setups[t]
    const at = [t - 1, t - 2, t - 3].find((k) => k >= 0 && setups[k] !== 0)
    if (at === undefined) return 0
    const confirms = (x: Candle) => (setups[at] > 0 ? x.c > bars[at - 1].h : x.c < bars[at - 1].l)
    const before = bars.slice(at + 1, t).some(confirms)
    return confirms(bar) && !before ? 2 * setups[at] : 0
  })
}

const held = (a: Candle, b: Candle) => a.h < b.h && a.l > b.l
const breaks = (a: Candle, b: Candle) => (a.h < b.h && a.l < b.l ? 100 : a.h > b.h && a.l > b.l ? -100 : 0)

export const patterns: Record<string, Reference> = {
  ...Object.fromEntries(
    Object.entries({ ...SHORT_PATTERNS, ...FORMATIONS }).map(([name, [way, first, sentence]]): [string, Reference] => [
      name,
      (columns, { penetration }) => {
        const bars = candles(columns)
        return {
          value: bars.map((a, t) => {
            if (t < first) return Number.NaN
            const said = sentence(penetration, a, bars[t - 1], bars[t - 2], bars[t - 3], bars[t - 4])
            return typeof said === 'number' ? said : said ? 100 * (way || a.side) : 0
          }),
        }
      },
    ]),
  ),
  hikkake: (columns) => {
    const bars = candles(columns)
    return { value: hikkake(bars, 5, (t) => (held(bars[t - 1], bars[t - 2]) ? breaks(bars[t], bars[t - 1]) : 0)) }
  },
  hikkakeModified: (columns) => {
    const bars = candles(columns)
    return {
      value: hikkake(bars, 10, (t) => {
        const [a, b, c, d] = [bars[t], bars[t - 1], bars[t - 2], bars[t - 3]]
        const way = held(b, c) && held(c, d) ? breaks(a, b) : 0
        return (way > 0 ? c.c <= c.l + c.near : c.c >= c.h - c.near) ? way : 0
      }),
    }
  },
}
