/** What an asset is traded in (semantics 1.9); what is left out is as if nothing were said of the asset. */
export interface Instrument {
  /** Currency that one unit gains when its price rises by 1: 100 for a future on 100 ounces. Above 0; 1. */
  multiplier?: number
  /** Distance between the prices that orders may name; 0, the default, is any price. */
  tickSize?: number
  /** What a pip is, price; 0, the default, is that the asset has none. */
  pipSize?: number
  /** Smallest quantity, units; 0 is any fraction of a unit. Default: the run's `quantityStep`. */
  quantityStep?: number
  /** Units that an entry must open at least; 0. */
  minimumQuantity?: number
  /** Currency that an entry must open at least, units by multiplier by price; 0. */
  minimumNotional?: number
  /** Units that an entry may open at most; no limit. */
  maximumQuantity?: number
  /** Currency of its prices, which results tell. Money is not converted. */
  quoteCurrency?: string
}

/** Instruments by the name of their asset; 'common' takes one from COMMON_INSTRUMENTS, or, in place of all of them, every asset's. */
export type Instruments = 'common' | Readonly<Record<string, Instrument | 'common'>>
