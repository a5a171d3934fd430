/** What a constant added to all prices does to an indicator: it moves by as much, it stays as it is, or neither. */
import { describe, expect, it } from 'vitest'
import { INDICATORS } from '../../src/signals/catalogue.ts'
import { compute, stream } from './columns.ts'

const SHIFT = 1024
const BARS = 400

const words = (text: string) => new Set(text.trim().split(/\s+/))

/** Prices: averages, extremes, bands, levels. An output is named where the others of its indicator are of another kind. */
const MOVES = words(`
  sma ema wma rma dema tema trima hma zlema t3 kama vidya alma vwma ma mavp midpoint midprice sar superTrend.value ichimoku chandelier
  bollinger keltner donchian accBands.middle highest lowest lsma linearIntercept forecast median quantile averagePrice medianPrice
  typicalPrice weightedClose heikinAshi swings.high swings.low renko.price vwap anchoredVwap periodPrices pivots volumeProfile
`)

/** Made of ratios of prices, of their logarithms, or of their sums; sarExt has signs; the cycles begin with zeros. */
const NEITHER = words(`
  mcginley connorsRsi roc rocp rocr rocr100 trix coppock kst ppo forecastOscillator sarExt natr bollingerWidth accBands.upper
  accBands.lower ulcer historicalVolatility parkinson garmanKlass rogersSatchell yangZhang sum cumulative beta mfi pvt nvi pvi zigzag
  zigzagLine htPeriod htPhasor htPhase htSine htTrendline htTrendMode mama
`)

/** Whole 64ths, whose sums and differences are exact. */
function bars(shift: number): Record<string, number[]> {
  const random = stream(77)
  const out: Record<string, number[]> = { open: [], high: [], low: [], close: [], volume: [], period: [] }
  const part = (x: number) => Math.round(x * 64) / 64
  let price = 100
  for (let t = 0; t < BARS; t++) {
    const open = part(price + (random() - 0.5) * 2)
    const close = part(open + (random() - 0.5) * 4)
    const high = part(Math.max(open, close) + random())
    const low = part(Math.min(open, close) - random())
    Object.entries({ open, high, low, close }).forEach(([name, value]) => {
      out[name].push(value + shift)
    })
    out.volume.push(Math.floor(random() * 10_000))
    out.period.push(Math.floor(t / 23))
    price = close
  }
  return out
}

const CHOSEN: Record<string, string> = { source: 'close', other: 'open' }
const still = bars(0)
const moved = bars(SHIFT)

describe.each(INDICATORS.map((indicator) => [indicator.name, indicator] as const))(
  '%s',
  (name, { inputs, outputs }) => {
    it('moves with the prices, stays, or neither, as it is said here', () => {
      const [before, after] = [still, moved].map((columns) =>
        compute(
          name,
          inputs.map((input) => columns[CHOSEN[input] ?? input]),
        ),
      )
      for (const output of outputs) {
        const said = (kinds: ReadonlySet<string>) => kinds.has(name) || kinds.has(`${name}.${output}`)
        const unit = Math.max(...before[output].filter((x) => !Number.isNaN(x)).map(Math.abs))
        const by = (add: number) =>
          before[output].every((value, t) => {
            const found = after[output][t]
            if (Number.isNaN(value)) return Number.isNaN(found)
            return Math.abs(found - value - add) <= 1e-10 * Math.max(unit, SHIFT)
          })
        const kind = by(0) ? 'stays' : by(SHIFT) ? 'moves' : 'neither'
        expect(kind, output).toBe(said(MOVES) ? 'moves' : said(NEITHER) ? 'neither' : 'stays')
      }
    })
  },
)

it('every name that is listed is one', () => {
  const all = new Set(
    INDICATORS.flatMap(({ name, outputs }) => [name, ...outputs.map((output) => `${name}.${output}`)]),
  )
  expect([...MOVES, ...NEITHER].filter((name) => !all.has(name))).toEqual([])
})
