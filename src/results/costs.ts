import * as L from '../../assembly/layout.ts'
import { Scratch } from '../kernel/scratch.ts'
import type { Instrument } from '../market/instrument.ts'
import type { Market } from '../market/market.ts'
import { COMMISSIONS, IMPACTS, SLIPPAGES, SPREADS } from '../settings/models.ts'
import { FILL_REASONS, ORDER_TYPES } from './schema.ts'
import type { ResultSettings } from './settings.ts'
import { Table, type Values } from './table.ts'
import { signedUnits, type TradeSource } from './trips.ts'

/** What the costs of fills are taken apart by. */
export interface CostSource extends TradeSource {
  orders(): Table
  settings: Pick<
    ResultSettings,
    'commission' | 'sellCommission' | 'slippage' | 'impact' | 'spread' | 'slips' | 'targetFill'
  >
  instruments: Readonly<Record<string, Instrument>>
}

const KINDS = ['commission', 'maker commission', 'taker commission', 'slippage', 'spread', 'impact'] as const
/** Types of orders that slip (semantics 7.1). */
const SLIPPING = new Set(['market', 'stop', 'trailing-stop', 'market-if-touched'])

/** Costs of the fills by kind and leg. @param market that of the run, where it is there */
export function costTable(source: CostSource, market: Market | undefined): Table {
  const { fills, assets, multipliers, settings } = source
  const there = (['impact', 'slippage', 'spread'] as const).filter((name) => settings[name].type !== 'none')
  const unsplit = there.length > 1 ? there.join(' and ') : 'slippage'
  const models = modelsOf(settings)
  const block = Scratch.use('costs of fills', (scratch) => {
    const dst = scratch.room(8 * L.PAID_COUNT)
    scratch.kernels.fillCosts(
      scratch.place(fills.values('asset')),
      paysOf(scratch, source, market),
      fills.length,
      scratch.place(models),
      scratch.place(multipliers),
      scratch.zeros(8 * assets.length),
      soleKind(source, there, market),
      dst,
    )
    return scratch.read(dst, L.PAID_COUNT)
  })
  const paid = (kind: number) => block[2 * kind] !== 0 || block[2 * kind + 1] !== 0
  const makes = [L.MODEL_BUY_MAKER, L.MODEL_SELL_MAKER].map((place) => !Number.isNaN(models[place]))
  const shown = new Set<number>([
    ...(makes.includes(false) ? [L.PAID_COMMISSION] : []),
    ...(makes.includes(true) ? [L.PAID_MAKER, L.PAID_TAKER] : []),
    ...(there.length === 0 ? [L.PAID_SLIPPAGE] : there.map((name) => PLACES[name])),
    ...(paid(L.PAID_UNSPLIT) ? [L.PAID_UNSPLIT] : []),
  ])
  const kinds = [...shown].sort((a, b) => a - b)
  const cost = Float64Array.from(kinds.flatMap((kind) => [block[2 * kind], block[2 * kind + 1]]))
  const value = block[L.PAID_VALUE]
  return new Table(
    [
      { name: 'kind', field: 'kind', kind: 'label', labels: [...KINDS, unsplit], unit: '', doc: 'What was paid.' },
      {
        name: 'leg',
        field: 'leg',
        kind: 'label',
        labels: ['entry', 'exit'],
        unit: '',
        doc: 'Of fills that open or add, or that close.',
      },
      { name: 'cost', field: 'cost', kind: 'f64', unit: 'currency', doc: 'Money.' },
      {
        name: 'ofTraded',
        field: 'of_traded',
        kind: 'f64',
        unit: 'fraction',
        doc: 'cost / value of all fills at their prices. NaN without fills.',
      },
    ],
    new Map<string, Values>([
      ['kind', Int32Array.from(kinds.flatMap((kind) => [kind, kind]))],
      ['leg', Int32Array.from(kinds.flatMap(() => [0, 1]))],
      ['cost', cost],
      ['ofTraded', cost.map((money) => (value > 0 ? money / value : Number.NaN))],
    ]),
    assets,
  )
}

const PLACES = { impact: L.PAID_IMPACT, slippage: L.PAID_SLIPPAGE, spread: L.PAID_SPREAD } as const

/** The kind of all that prices have taken where it is one, or cannot be told; -1 where it has to be taken apart. */
function soleKind({ settings }: CostSource, there: readonly (keyof typeof PLACES)[], market?: Market): number {
  if (there.length < 2) return there.length === 1 ? PLACES[there[0]] : L.PAID_SLIPPAGE
  const own = settings.slippage.type === 'own' || settings.impact.type === 'own'
  // What goes by the bars takes the market; other engines slip in other ways (semantics 10.3).
  const byBars =
    ['volume-share', 'range', 'column'].includes(settings.slippage.type) || settings.spread.type === 'column'
  const needs = byBars || settings.impact.type !== 'none'
  return own || (needs && !market) || settings.slips !== 'plain' ? L.PAID_UNSPLIT : -1
}

/** The MODEL_* block. */
function modelsOf({ impact, slippage, spread, commission, sellCommission }: CostSource['settings']): Float64Array {
  const models = new Float64Array(L.MODEL_COUNT).fill(Number.NaN)
  const size = (model: object) => {
    const { rate, amount } = model as { rate?: number; amount?: number }
    return rate ?? amount ?? 0
  }
  const unit = (model: object) => ((model as { unit?: string }).unit === 'price' ? L.UNIT_PRICE : L.UNIT_FRACTION)
  models[L.MODEL_IMPACT] = IMPACTS[impact.type].code
  models[L.MODEL_IMPACT_A] = size(impact)
  models[L.MODEL_SLIPPAGE] = SLIPPAGES[slippage.type].code
  models[L.MODEL_SLIPPAGE_A] = size(slippage)
  models[L.MODEL_SLIPPAGE_UNIT] = unit(slippage)
  models[L.MODEL_SPREAD] = SPREADS[spread.type].code
  models[L.MODEL_SPREAD_A] = size(spread)
  models[L.MODEL_SPREAD_UNIT] = unit(spread)
  const charge = 'charge' in spread && spread.charge === 'entry'
  models[L.MODEL_SPREAD_CHARGE] = charge ? L.CHARGE_ENTRY : L.CHARGE_HALF
  const sells = sellCommission.type === 'same' ? commission : sellCommission
  for (const [place, paid] of [
    [L.MODEL_BUY_MAKER, commission],
    [L.MODEL_SELL_MAKER, sells],
  ] as const)
    if (COMMISSIONS[paid.type].code === L.COMMISSION_MAKER_TAKER) {
      const { maker, taker } = paid as { maker: number; taker: number }
      models[place] = maker
      models[place + 1] = taker
    }
  return models
}

/** The PAY_* columns. */
function paysOf(scratch: Scratch, source: CostSource, market: Market | undefined): number {
  const { fills, assets, instruments, settings } = source
  const n = fills.length
  const pointer = scratch.room(8 * L.PAY_COUNT * n)
  const write = (place: number, values: ArrayLike<number>) => scratch.write(pointer + 8 * n * place, values)
  const [bar, asset] = [fills.values('bar'), fills.values('asset')]
  write(L.PAY_UNITS, signedUnits(fills))
  write(L.PAY_PRICE, fills.values('price'))
  write(L.PAY_BASE, fills.values('basePrice'))
  write(L.PAY_COMMISSION, fills.values('commission'))
  write(L.PAY_SLIPS, slipsOf(source))
  const none = new Float64Array(n)
  const cells = (panel: ArrayLike<number> | undefined) =>
    panel ? Float64Array.from(bar, (at, row) => panel[at * assets.length + asset[row]]) : none
  const columnOf = (model: object) => {
    const { column } = model as { column?: string }
    return column === undefined ? undefined : market?.signals.get(column)?.values
  }
  write(L.PAY_VOLUME, cells(market?.volume))
  write(L.PAY_RANGE, market ? rangesOf(market, bar, asset) : none)
  write(L.PAY_SLIPPAGE_COLUMN, cells(columnOf(settings.slippage)))
  write(L.PAY_SPREAD_COLUMN, cells(columnOf(settings.spread)))
  const byAsset = (size: 'tickSize' | 'pipSize') => {
    const sizes = assets.map((name) => instruments[name]?.[size] ?? 0)
    return Float64Array.from(asset, (at) => sizes[at])
  }
  write(L.PAY_TICK, byAsset('tickSize'))
  write(L.PAY_PIP, byAsset('pipSize'))
  return pointer
}

/** High less low (semantics 1.3) of the bar of each fill. */
function rangesOf({ open, high, low, close, assetCount }: Market, bar: Values, asset: Values): Float64Array {
  return Float64Array.from(bar, (at, row) => {
    const cell = at * assetCount + asset[row]
    const prices = [open[cell], high[cell], low[cell], close[cell]]
    return Math.max(...prices) - Math.min(...prices)
  })
}

/** Whether the order or rule of each fill slips (semantics 7.1). Of an order that is still pending, as the last exit of a bust is not. */
function slipsOf({ fills, orders: given, settings }: CostSource): Float64Array {
  const orders = given()
  const types = new Map<number, string>()
  const [ids, type] = [orders.values('id'), orders.values('type')]
  for (let i = 0; i < ids.length; i++) types.set(ids[i], ORDER_TYPES[type[i]])
  const [order, reason] = [fills.values('orderId'), fills.values('reason')]
  return Float64Array.from(order, (id, row) => {
    if (id !== 0) return SLIPPING.has(types.get(id) ?? 'market') ? 1 : 0
    const why = FILL_REASONS[reason[row]]
    return why === 'ended' || (why === 'target' && settings.targetFill === 'level') ? 0 : 1
  })
}
