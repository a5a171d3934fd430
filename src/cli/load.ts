import { loadMarket } from '../io/load.ts'
import type { Market } from '../market/market.ts'
import { usage } from './console.ts'
import type { RunOptions } from './options.ts'

/** The market that the options name. */
export function openMarket({
  data,
  symbols,
  from,
  to,
}: Pick<RunOptions, 'data' | 'symbols' | 'from' | 'to'>): Promise<Market> {
  return usage(() => loadMarket(data, { symbols, from, to }))
}
