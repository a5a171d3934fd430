import * as L from '../../assembly/layout.ts'
import { Scratch } from '../kernel/scratch.ts'
import type { ResultSettings } from './settings.ts'
import { Table, type Values } from './table.ts'
import { signedUnits, type TradeSource } from './trips.ts'

/** What the slippage of fills has in it, by the settings of the run: 'slippage and spread'. */
export function slippageKind({
  impact,
  slippage,
  spread,
}: Pick<ResultSettings, 'impact' | 'slippage' | 'spread'>): string {
  const there = [
    ['slippage', slippage.type],
    ['spread', spread.type],
    ['impact', impact.type],
  ].filter(([, type]) => type !== 'none')
  return there.map(([name]) => name).join(' and ') || 'slippage'
}

/** Costs of the fills by kind and leg. @param slippage what the slippage of fills has in it */
export function costTable({ fills, assets, multipliers }: TradeSource, slippage: string): Table {
  const block = Scratch.use('costs of fills', (scratch) => {
    const dst = scratch.room(8 * L.COST_COUNT)
    scratch.kernels.fillCosts(
      scratch.place(fills.values('asset')),
      scratch.place(signedUnits(fills)),
      scratch.place(fills.values('price')),
      scratch.place(fills.values('commission')),
      scratch.place(fills.values('slippage')),
      fills.length,
      scratch.place(multipliers),
      scratch.zeros(8 * assets.length),
      dst,
    )
    return scratch.read(dst, L.COST_COUNT)
  })
  const cost = block.slice(0, L.COST_VALUE)
  const value = block[L.COST_VALUE]
  return new Table(
    [
      { name: 'kind', field: 'kind', kind: 'label', labels: ['commission', slippage], unit: '', doc: 'What was paid.' },
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
      ['kind', Int32Array.of(0, 0, 1, 1)],
      ['leg', Int32Array.of(0, 1, 0, 1)],
      ['cost', cost],
      ['ofTraded', cost.map((money) => (value > 0 ? money / value : Number.NaN))],
    ]),
    assets,
  )
}
