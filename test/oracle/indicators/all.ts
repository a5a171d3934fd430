import { averages } from './averages.ts'
import { composites } from './composites.ts'
import { cycles } from './cycles.ts'
import { distribution, relations } from './distribution.ts'
import { momentum, oscillators, stochastics } from './momentum.ts'
import { patterns } from './patterns.ts'
import { price } from './price.ts'
import type { Reference } from './reference.ts'
import { sessions } from './sessions.ts'
import { statistics } from './statistics.ts'
import { trend } from './trend.ts'
import { historical, volatility } from './volatility.ts'
import { volume } from './volume.ts'

/** An independent version of every indicator, from its definition and as slow as it is written down. */
export const REFERENCES: Record<string, Reference> = {
  ...averages,
  ...momentum,
  ...oscillators,
  ...stochastics,
  ...composites,
  ...trend,
  ...volatility,
  ...historical,
  ...statistics,
  ...distribution,
  ...relations,
  ...volume,
  ...price,
  ...sessions,
  ...patterns,
  ...cycles,
}
