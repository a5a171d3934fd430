/** The charts and the table of a run's page. */
import type { SheetMeta } from '../sheetdata.ts'
import { columnOf } from './decode.ts'
import { drawdowns } from './drawdowns.ts'
import { drawLines } from './lines.ts'
import { type AssetBars, PriceChart } from './price.ts'
import { firstAtLeast, MOST_POINTS } from './thin.ts'
import { type ShownTrade, TradeData } from './tradedata.ts'
import { TradeTable } from './tradetable.ts'

/** Draws everything that the page has a place for. */
export function drawRun(meta: SheetMeta, bytes: Uint8Array): void {
  const column = (name: string) => columnOf(bytes, meta.columns[name])
  const time = column('time')
  drawEquity(meta, time, column)
  drawFigures(meta, time, column)
  const trades = new TradeData(meta.trades, meta.assets, (name) => column(`trades.${name}`))
  drawTrades(trades)
  const show = placed('price') ? drawPrices(meta, time, trades, column) : undefined
  const table = document.querySelector<HTMLElement>('[data-table=trades]')
  if (table) new TradeTable(table, trades, show)
}

type Columns = (name: string) => Float64Array

function placed(name: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-chart=${name}]`)
}

function tool<T extends HTMLElement>(name: string): T | null {
  return document.querySelector<T>(`[data-tool=${name}]`)
}

function drawEquity(meta: SheetMeta, time: Float64Array, column: Columns): void {
  const [place, below] = [placed('equity'), placed('drawdown')]
  if (!place || !below) return
  const equity = column('equity')
  const lines = [{ label: 'Strategy', values: equity, colour: 'own' as const }]
  const shades = meta.drawdowns.map(({ start, end }) => ({ from: start, to: end ?? time[time.length - 1] }))
  const benchmark = meta.benchmark ? overBars(time.length, column('benchmark.at'), column('benchmark')) : undefined
  let isLog = false
  const draw = () =>
    drawLines(place, {
      ...{ x: time, xUnit: 'time', unit: 'currency', height: 300, together: 'time', isLog: () => isLog },
      // Logarithms are of what is above 0 alone.
      lines: [
        ...lines,
        ...(benchmark ? [{ label: 'Buy and hold', values: benchmark, colour: 'other' as const, dash: true }] : []),
      ].map((line) =>
        isLog ? { ...line, values: line.values.map((value) => (value > 0 ? value : Number.NaN)) } : line,
      ),
      shades,
    })
  let plot = draw()
  const fall = drawLines(below, {
    ...{ x: time, xUnit: 'time', unit: 'fraction', height: 140, together: 'time' },
    lines: [{ label: 'Drawdown', values: drawdowns(equity, meta.initialCash), colour: 'bad', fill: true }],
  })
  tool('log')?.addEventListener('click', (event) => {
    isLog = !isLog
    const pressed = event.currentTarget as HTMLElement
    pressed.setAttribute('aria-pressed', String(isLog))
    plot.destroy()
    plot = draw()
  })
  tool('reset')?.addEventListener('click', () => {
    for (const one of [plot, fall]) one.setScale('x', { min: time[0], max: time[time.length - 1] })
  })
}

/** Values at the ends of periods as a line over all bars: each is drawn up to the end of its period. */
function overBars(bars: number, ends: Float64Array, values: Float64Array): Float64Array {
  const line = new Float64Array(bars).fill(Number.NaN)
  let from = ends.length > 0 ? ends[0] : 0
  for (let i = 0; i < ends.length; i++) {
    line.fill(values[i], from, ends[i] + 1)
    from = ends[i] + 1
  }
  return line
}

function drawFigures(meta: SheetMeta, time: Float64Array, column: Columns): void {
  for (const name of ['sharpe', 'volatility', 'beta']) {
    const place = placed(name)
    if (!place) continue
    const unit = name === 'volatility' ? 'fraction' : ''
    const label = name[0].toUpperCase() + name.slice(1)
    const lines = [{ label, values: column(name), colour: 'own' as const }]
    drawLines(place, { x: column(`${name}.at`), xUnit: 'time', unit, lines, height: 180, together: 'time' })
  }
  const histogram = placed('histogram')
  if (histogram) {
    const { from, to, count, normal } = meta.histogram
    drawLines(histogram, {
      ...{ x: from.map((least, i) => (least + to[i]) / 2), xUnit: 'fraction', unit: 'count' },
      lines: [
        { label: 'Returns', values: count, colour: 'own', as: 'bars' },
        { label: 'Normal', values: normal, colour: 'other' },
      ],
    })
  }
  const exposure = placed('exposure')
  if (exposure)
    drawLines(exposure, {
      ...{ x: time, xUnit: 'time', unit: 'fraction', together: 'time', height: 180 },
      lines: [
        { label: 'Long', values: column('long'), colour: 'good', fill: true },
        { label: 'Short', values: column('short'), colour: 'bad', fill: true },
      ],
    })
  const positions = placed('positions')
  if (positions)
    drawLines(positions, {
      ...{ x: time, xUnit: 'time', unit: 'count', together: 'time', height: 140 },
      lines: [{ label: 'Positions', values: column('positions'), colour: 'own', as: 'steps' }],
    })
}

/** Trades as points: of many every so manyth. */
function drawTrades(trades: TradeData): void {
  const step = Math.ceil(trades.length / (MOST_POINTS / 2))
  const pnl = trades.values('pnl')
  const scatter = (name: string, across: Float64Array, up: Float64Array, xUnit: 'fraction' | 'bars') => {
    const place = placed(name)
    if (!place) return
    const rows = Array.from({ length: Math.ceil(trades.length / Math.max(1, step)) }, (_, i) => i * step)
      .filter((row) => Number.isFinite(across[row]) && Number.isFinite(up[row]))
      .sort((a, b) => across[a] - across[b])
    const only = (wins: boolean) => rows.map((row) => (pnl[row] > 0 === wins ? up[row] : Number.NaN))
    drawLines(place, {
      ...{ x: rows.map((row) => across[row]), xUnit, unit: 'fraction' },
      lines: [
        { label: 'Gains', values: only(true), colour: 'good', as: 'points' },
        { label: 'Losses', values: only(false), colour: 'bad', as: 'points' },
      ],
    })
  }
  scatter('excursions', trades.values('mae'), trades.values('mfe'), 'fraction')
  scatter(
    'durations',
    trades.values('barsHeld'),
    trades.values('pnlPercent').map((value) => value / 100),
    'bars',
  )
}

/** The prices with their tools. @returns what shows a trade */
function drawPrices(meta: SheetMeta, time: Float64Array, trades: TradeData, column: Columns): (row: number) => void {
  const place = placed('price') as HTMLElement
  const chart = new PriceChart(place)
  const select = tool<HTMLSelectElement>('asset')
  const [asset, entry, exit] = ['asset', 'entryTime', 'exitTime'].map((name) => trades.values(name))
  const targets = meta.columns.target ? column('target') : new Float64Array(trades.length).fill(Number.NaN)
  const [stops, long] = [trades.values('entryStop'), trades.values('quantity')]
  const [entryPrice, exitPrice, pnl] = ['entryPrice', 'exitPrice', 'pnl'].map((name) => trades.values(name))
  let shown = -1
  let own: ShownTrade[] = []
  let at = -1

  const open = (wanted: number) => {
    if (shown === wanted) return
    const bars = barsOf(wanted, time, column)
    own = []
    for (let row = 0; row < trades.length; row++) {
      if (asset[row] !== wanted) continue
      const [entryRow, exitRow] = [entry, exit].map((times) => firstAtLeast(bars.time, times[row]))
      const prices = { entryPrice: entryPrice[row], exitPrice: exitPrice[row], stop: stops[row], target: targets[row] }
      own.push({ row, entryRow, exitRow, ...prices, pnl: pnl[row], long: long[row] > 0 })
    }
    own.sort((a, b) => a.entryRow - b.entryRow || a.row - b.row)
    ;[shown, at] = [wanted, -1]
    if (select) select.value = String(wanted)
    chart.show(bars, own)
  }
  const look = (place: number) => {
    if (own.length === 0) return
    at = Math.min(own.length - 1, Math.max(0, place))
    chart.zoom(own[at].entryRow, own[at].exitRow)
  }
  select?.addEventListener('change', () => open(Number(select.value)))
  tool('before')?.addEventListener('click', () => look(at < 0 ? own.length - 1 : at - 1))
  tool('after')?.addEventListener('click', () => look(at + 1))
  tool('all')?.addEventListener('click', () => chart.whole())
  open(meta.charted[0])
  return (row) => {
    if (!meta.charted.includes(asset[row])) return
    open(asset[row])
    look(own.findIndex((trade) => trade.row === row))
    place.scrollIntoView({ block: 'center' })
  }
}

function barsOf(asset: number, time: Float64Array, column: Columns): AssetBars {
  const of = (name: string) => column(`${asset}.${name}`)
  return {
    time: of('rows').map((bar) => time[bar]),
    open: of('open'),
    high: of('high'),
    low: of('low'),
    close: of('close'),
  }
}
