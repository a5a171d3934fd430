import * as L from '../../assembly/layout.ts'

// Which order types have which prices (semantics 3.1, 3.13).

/** Types that are given a limit price. */
export const LIMITED: readonly number[] = [L.TYPE_LIMIT, L.TYPE_STOP_LIMIT, L.TYPE_LIMIT_IF_TOUCHED]
/** Types with a stop price, which of orders if touched is the touch price. */
export const STOPPED: readonly number[] = [
  L.TYPE_STOP,
  L.TYPE_STOP_LIMIT,
  L.TYPE_MARKET_IF_TOUCHED,
  L.TYPE_LIMIT_IF_TOUCHED,
]
/** Types with a trail. */
export const TRAILING: readonly number[] = [L.TYPE_TRAILING_STOP, L.TYPE_TRAILING_LIMIT]
