import type { IChartApi, IPrimitivePaneRenderer, ISeriesApi, ISeriesPrimitive, Logical, Time } from 'lightweight-charts'
import { colour } from './theme.ts'
import { firstAtLeast, MOST_POINTS } from './thin.ts'
import type { ShownTrade } from './tradedata.ts'

/** What marks are drawn on. */
type Target = Parameters<IPrimitivePaneRenderer['draw']>[0]

/** Entries, exits, the lines between them, stops and targets, drawn over the bars of an asset. */
export class TradeMarks implements ISeriesPrimitive<Time> {
  readonly #chart: IChartApi
  readonly #series: ISeriesApi<'Candlestick'>
  #trades: readonly ShownTrade[] = []
  #scale = 1
  #rows: readonly number[] = []
  readonly #views = [{ renderer: () => ({ draw: (target: Target) => this.#draw(target) }) }]

  constructor(chart: IChartApi, series: ISeriesApi<'Candlestick'>) {
    this.#chart = chart
    this.#series = series
  }

  /** @param trades by entry @param scale what prices are multiplied by */
  take(trades: readonly ShownTrade[], scale: number): void {
    this.#trades = trades
    this.#scale = scale
  }

  /** @param rows the row of the asset at which each bar of the chart begins */
  place(rows: readonly number[]): void {
    this.#rows = rows
  }

  paneViews() {
    return this.#views
  }

  #draw(target: Target): void {
    const range = this.#chart.timeScale().getVisibleLogicalRange()
    const rows = this.#rows
    if (!range || rows.length === 0) return
    const step = rows.length > 1 ? rows[1] - rows[0] : 1
    const [from, to] = [rows[0] + range.from * step, rows[0] + range.to * step]
    const seen = this.#trades.filter(({ entryRow, exitRow }) => exitRow >= from && entryRow <= to)
    // Thousands of marks in a few hundred pixels hide the bars: of many the results alone are left.
    const many = seen.length > 400
    target.useMediaCoordinateSpace(({ context }) => {
      for (const trade of seen.slice(0, MOST_POINTS)) this.#trade(context, trade, many, step)
    })
  }

  #trade(context: CanvasRenderingContext2D, trade: ShownTrade, many: boolean, step: number): void {
    const x = (row: number) => this.#chart.timeScale().logicalToCoordinate(this.#logical(row, step))
    const y = (price: number) => this.#series.priceToCoordinate(price * this.#scale)
    const [x1, x2, y1, y2] = [x(trade.entryRow), x(trade.exitRow), y(trade.entryPrice), y(trade.exitPrice)]
    if (x1 === null || x2 === null || y1 === null || y2 === null) return
    context.strokeStyle = context.fillStyle = colour(trade.pnl >= 0 ? 'good' : 'bad')
    context.lineWidth = many ? 1 : 1.5
    line(context, x1, y1, x2, y2)
    if (many) return
    const end = Math.max(x2, x1 + 3)
    const [stop, target] = [trade.stop, trade.target].map((price) => (Number.isNaN(price) ? null : y(price)))
    context.lineWidth = 1
    context.strokeStyle = colour('bad')
    if (stop !== null) line(context, x1, stop, end, stop, [4, 3])
    context.strokeStyle = colour('good')
    if (target !== null) line(context, x1, target, end, target, [1, 3])
    const up = trade.long ? -1 : 1
    context.fillStyle = colour('own')
    context.beginPath()
    context.moveTo(x1, y1)
    context.lineTo(x1 - 5, y1 - up * 9)
    context.lineTo(x1 + 5, y1 - up * 9)
    context.fill()
    context.fillStyle = colour(trade.pnl >= 0 ? 'good' : 'bad')
    context.beginPath()
    context.arc(x2, y2, 3.5, 0, Math.PI * 2)
    context.fill()
  }

  /** Place of a row among the chart's bars, which may be several rows each. */
  #logical(row: number, step: number): Logical {
    const rows = this.#rows
    if (row < rows[0] || row > rows[rows.length - 1] + step) return ((row - rows[0]) / step) as Logical
    const at = firstAtLeast(rows, row)
    return (rows[at] === row ? at : at - 1) as Logical
  }
}

function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number, dash: number[] = []) {
  context.setLineDash(dash)
  context.beginPath()
  context.moveTo(x1, y1)
  context.lineTo(x2, y2)
  context.stroke()
  context.setLineDash([])
}
