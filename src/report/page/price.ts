import { CandlestickSeries, createChart, type IChartApi, type ISeriesApi, type UTCTimestamp } from 'lightweight-charts'
import { significant } from '../format.ts'
import { TradeMarks } from './marks.ts'
import { colour, onTheme } from './theme.ts'
import { type Candles, candles, firstAtLeast, MOST_POINTS } from './thin.ts'
import type { ShownTrade } from './tradedata.ts'

/** Bars of one asset. */
export interface AssetBars {
  /** ms UTC. */
  time: Float64Array
  open: Float64Array
  high: Float64Array
  low: Float64Array
  close: Float64Array
}

/** Prices beyond these are drawn times a power of ten, which their labels take back. */
const [LEAST, MOST] = [1e-3, 1e9]
/** Bars around a trade that is looked at, and room beside them. */
const AROUND = 30
const DAY = 86_400_000

/** The chart of prices: bars of one asset at a time, at most MOST_POINTS of them, exact where it is zoomed in. */
export class PriceChart {
  readonly #chart: IChartApi
  readonly #series: ISeriesApi<'Candlestick'>
  readonly #marks: TradeMarks
  #bars: AssetBars = { time: NONE, open: NONE, high: NONE, low: NONE, close: NONE }
  #shown: Candles = { row: [], open: [], high: [], low: [], close: [] }
  /** What prices are multiplied by. */
  #scale = 1
  #waiting: ReturnType<typeof setTimeout> | undefined

  constructor(place: HTMLElement) {
    this.#chart = createChart(place, { autoSize: true, ...looks() })
    this.#series = this.#chart.addSeries(CandlestickSeries, candleLooks())
    this.#marks = new TradeMarks(this.#chart, this.#series)
    this.#series.attachPrimitive(this.#marks)
    // It has tables around its canvases, for their place alone.
    for (const table of place.querySelectorAll('table')) table.setAttribute('role', 'presentation')
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange(() => {
      clearTimeout(this.#waiting)
      this.#waiting = setTimeout(() => this.#refine(), 120)
    })
    onTheme(() => {
      this.#chart.applyOptions(looks())
      this.#series.applyOptions(candleLooks())
    })
  }

  /** Shows another asset, all of it. */
  show(bars: AssetBars, trades: readonly ShownTrade[]): void {
    this.#bars = bars
    const largest = bars.high.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    this.#scale = largest > MOST || (largest > 0 && largest < LEAST) ? 10 ** (2 - Math.ceil(Math.log10(largest))) : 1
    const decimals = Math.max(0, Math.min(8, 5 - Math.ceil(Math.log10(largest * this.#scale || 1))))
    this.#series.applyOptions({
      priceFormat: {
        type: 'custom',
        minMove: 10 ** -decimals,
        formatter: (price: number) => significant(price / this.#scale, 7),
      },
    })
    this.#chart.timeScale().applyOptions({ timeVisible: bars.time.some((stamp) => stamp % DAY !== 0) })
    this.#marks.take(trades, this.#scale)
    this.#take(0, bars.time.length)
    this.#chart.timeScale().fitContent()
  }

  /** Shows the bars around [from, to], rows of the asset. */
  zoom(from: number, to: number): void {
    const room = AROUND + (to - from) * 0.3
    this.#look(Math.max(0, from - room), Math.min(this.#bars.time.length - 1, to + room))
  }

  /** All bars. */
  whole(): void {
    this.#take(0, this.#bars.time.length)
    this.#chart.timeScale().fitContent()
  }

  /** Rows [from, to) become the bars of the chart. */
  #take(from: number, to: number): void {
    const { time } = this.#bars
    const shown = candles(this.#bars, from, to)
    this.#shown = shown
    const by = this.#scale
    this.#marks.place(shown.row)
    this.#series.setData(
      shown.row.map((row, i) => ({
        time: (time[row] / 1000) as UTCTimestamp,
        ...{ open: shown.open[i] * by, high: shown.high[i] * by, low: shown.low[i] * by, close: shown.close[i] * by },
      })),
    )
  }

  /** Rows from one to another fill the chart; as many again on each side can be reached by dragging. */
  #look(from: number, to: number): void {
    const width = Math.max(to - from, 10)
    const start = Math.max(0, Math.floor(from - width))
    const end = Math.min(this.#bars.time.length, Math.ceil(to + width) + 1)
    this.#take(start, end)
    const at = (row: number) => firstAtLeast(this.#shown.row, row)
    this.#chart.timeScale().setVisibleLogicalRange({ from: at(from), to: at(to) })
  }

  /** Where single bars would have room, or what is shown ends, other bars are taken. */
  #refine(): void {
    const range = this.#chart.timeScale().getVisibleLogicalRange()
    const { row } = this.#shown
    const count = this.#bars.time.length
    if (!range || row.length < 2 || count <= MOST_POINTS) return
    const step = row[1] - row[0]
    const rowAt = (logical: number) => Math.min(count - 1, Math.max(0, row[0] + logical * step))
    const [from, to] = [rowAt(range.from), rowAt(range.to)]
    const finer = step > 1 && to - from < (row.length * step) / 8
    const beyond = (range.from < 0 && row[0] > 0) || (range.to > row.length && row[row.length - 1] + step < count)
    if (finer || beyond) this.#look(from, to)
  }
}

const NONE = new Float64Array(0)

function looks() {
  const line = { color: colour('line') }
  return {
    layout: {
      attributionLogo: true,
      background: { color: 'transparent' },
      textColor: colour('muted'),
      fontFamily: 'system-ui, sans-serif',
    },
    grid: { vertLines: line, horzLines: line },
    rightPriceScale: { borderColor: colour('line') },
    timeScale: { borderColor: colour('line'), secondsVisible: false, minBarSpacing: 0.02 },
    handleScroll: { vertTouchDrag: false },
    handleScale: { mouseWheel: false },
  }
}

function candleLooks() {
  const [up, down] = [colour('good'), colour('bad')]
  return {
    ...{ upColor: up, wickUpColor: up, downColor: down, wickDownColor: down, borderVisible: false },
    ...{ priceLineVisible: false, lastValueVisible: false },
  }
}
