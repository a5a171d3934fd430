import type { Market } from '../market/market.ts'
import { marketTimeframe } from '../market/timeframe.ts'

/**
 * What a strategy may know of its market before the first bar: what whoever chose the data knew when choosing them. What only
 * the bars themselves tell is not in it, as it is the future: how many there are, when the last one is, which asset ends when,
 * what they hold.
 */
export interface KnownMarket {
  /** Names of the assets; hooks use their indexes. */
  readonly assets: readonly string[]
  /** Names of the signal columns, for `bar.signal` and `source`. */
  readonly signals: readonly string[]
  /** Names of the context columns, for `bar.context`. */
  readonly context: readonly string[]
  /**
   * How long a bar is, like '5m' or '1d': the commonest distance between them, which holds for all of the data where they are
   * bars of one length, and is said of a file before it is read. Undefined with fewer than two bars.
   */
  readonly timeframe: string | undefined
  /** The clock of the stamps as the files were read, like 'America/New_York'; undefined where nothing says it, or two say two. */
  readonly timezone: string | undefined
}

/** What is known of a market; frozen, a copy. */
export function knownMarket(market: Market): KnownMarket {
  return Object.freeze({
    assets: Object.freeze([...market.assets]),
    signals: Object.freeze([...market.signals.keys()]),
    context: Object.freeze([...market.context.keys()]),
    timeframe: marketTimeframe(market)?.text,
    timezone: timezoneOf(market),
  })
}

function timezoneOf({ provenance }: Market): string | undefined {
  const zones = new Set(
    provenance?.sources.map(({ timezone, timezoneFrom }) => (timezoneFrom === 'nobody' ? undefined : timezone)),
  )
  return zones.size === 1 ? [...zones][0] : undefined
}
