import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import type { Lane, LaneImage } from '../kernel/lane.ts'
import type { Market } from '../market/market.ts'
import { canonical } from '../results/result.ts'
import type { RunSetup, Snapshot } from './run.ts'

/** What runs the images of snapshots were taken of; a copy of an image (structuredClone) has no entry. */
const origins = new WeakMap<LaneImage, RunSetup>()

/** Remembers of what run a snapshot is. */
export function noteOrigin(image: LaneImage, setup: RunSetup): void {
  origins.set(image, { ...setup })
}

/**
 * A snapshot fits a run of the same settings over the same data, also where the data are another Market object: equal
 * content is enough.
 *
 * @throws FillgridError invalid_value that names what differs, released where the snapshot's market is gone
 */
export function checkOrigin(snapshot: Snapshot, lane: Lane, setup: RunSetup): void {
  if (!(snapshot?.image?.record instanceof Uint8Array))
    throw new FillgridError('invalid_value', `restore: a snapshot expected, found ${show(snapshot)}.`)
  const origin = origins.get(snapshot.image)
  const record = new Int32Array(snapshot.image.record.buffer)
  const shape = [L.RUN_BARS, L.RUN_ASSETS, L.RUN_RECORD, L.RUN_CONTEXTS]
  // Without an origin equal data are known by their place in memory alone.
  const place = origin ? [] : [L.RUN_OPEN, L.RUN_CLOSE]
  const same = [...shape, ...place].every((field) => record[field >> 2] === lane.i32(field))
  if (!same || (origin && !sameMarket(origin.market, setup.market))) {
    const { bars, assetCount } = setup.market
    throw new FillgridError(
      'invalid_value',
      `restore: a snapshot of a run of the same strategy over this market of ${bars} bars and ${assetCount} assets, or one of equal content, expected, found one of other data of ${record[L.RUN_BARS >> 2]} bars and ${record[L.RUN_ASSETS >> 2]} assets.`,
    )
  }
  if (!origin) return
  const [before, now] = [origin, setup].map(({ settings, size, parameters }) => ({ ...settings, size, ...parameters }))
  for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const [was, is] = [before, now].map((one) => canonical((one as Record<string, unknown>)[name]))
    if (was !== is)
      throw new FillgridError(
        'invalid_value',
        `restore: a snapshot of a run with the same settings and parameters expected, found ${name} ${was} in it and ${is} here. Open the run with those of the snapshot.`,
      )
  }
}

function sameMarket(one: Market, other: Market): boolean {
  if (one === other) return true
  try {
    return one.digest() === other.digest()
  } catch (cause) {
    if (!(cause instanceof FillgridError)) throw cause
    throw new FillgridError(
      'released',
      'restore: the market of the snapshot was released, so it cannot be compared with this one. Release it later, or restore over the same Market.',
      {},
      { cause },
    )
  }
}
