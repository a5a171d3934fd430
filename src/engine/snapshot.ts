import { LAYOUT_VERSION, RUN_BAR } from '../../assembly/layout.ts'
import { FillgridError, messageOf, show } from '../errors.ts'
import { type History, takeHistory } from '../kernel/history.ts'
import type { Lane } from '../kernel/lane.ts'
import { LIVE_I32, type LiveState } from '../kernel/livestate.ts'
import { strangeIn } from '../kernel/statecheck.ts'
import { canonical } from '../results/result.ts'
import { checksumOf, checksumOfFields } from './checksum.ts'
import type { DecisionLog } from './decisionlog.ts'
import { encodeState, writeState } from './state.ts'
import { ByteWriter, damaged } from './statebytes.ts'
import { decodeState } from './statedecode.ts'

/**
 * A run at some bar with all that it has written down: plain data of its own, which outlives the run, the market and the
 * process. `structuredClone` copies it; `encodeSnapshot` and `decodeSnapshot` put it into files.
 */
export interface Snapshot {
  readonly format: 'fillgrid snapshot'
  /** Of this form. */
  readonly version: number
  /** Of the engine's records. There is no way from one to another. */
  readonly layout: number
  /** Index of the last bar that had closed, and its start, ISO 8601 UTC; null before the first. */
  readonly bar: number
  readonly time: string | null
  readonly market: { readonly digest: string; readonly bars: number; readonly assets: number }
  /** First bar and the one behind the last. */
  readonly window: { readonly first: number; readonly end: number }
  /** Settings with all defaults, and the size of entries. */
  readonly settings: object
  readonly parameters: Readonly<Record<string, number | string | boolean>>
  readonly strategy: StrategyIdentity
  /** What was decided, bar by bar, in runs that record it, encoded. */
  readonly decisions: Uint8Array
  /** Hooks of the bar that were not yet asked, in a run that was stopped between them; else null. */
  readonly pending: Pending | null
  /** The strategy's state, encoded; null where it has none to keep. */
  readonly state: Uint8Array | null
  /** Account, positions, orders, rules and tables, encoded. */
  readonly image: Uint8Array
  /** Over all other fields. */
  readonly checksum: string
}

/** What of a bar is still to be done. */
export interface Pending {
  /** The hook that comes after those of events, of a bar or of the end; in a run by hand what comes next. */
  readonly last: 'onBar' | 'onEnd' | 'commit' | 'advance'
  /** Events that were not told, or by hand those of the last bar: kind (EVENT_*) and row of its table, or id of an order that was triggered. */
  readonly events: readonly (readonly [kind: number, at: number])[]
}

/** What is the driver's own in a snapshot. */
export interface Driven {
  decisions: DecisionLog | undefined
  pending: Pending | null
}

/** By what a strategy is told from another one. */
export interface StrategyIdentity {
  readonly kind: 'hooks' | 'signals' | 'manual' | 'async'
  readonly name: string
  /** Its parameters, as it declares them. */
  readonly schema: object
  /** Names of position context. */
  readonly context: readonly string[]
  /** SHA-256 of the source that it names itself, null where it names none. */
  readonly source: string | null
  /** SHA-256 of what it does, as text. */
  readonly text: string
}

/** What a run tells of itself in its snapshots, and compares with theirs. */
export type SnapshotHead = Pick<Snapshot, 'market' | 'window' | 'settings' | 'parameters' | 'strategy'>

const FORMAT = 'fillgrid snapshot'
const VERSION = 1

/** A snapshot of a run. */
export function makeSnapshot(
  head: SnapshotHead,
  lane: Lane,
  live: LiveState,
  more: Pick<Snapshot, 'bar' | 'time' | 'decisions' | 'pending' | 'state'>,
): Snapshot {
  const { bar, time, decisions, pending, state } = more
  const fields = {
    format: FORMAT,
    version: VERSION,
    layout: LAYOUT_VERSION,
    bar,
    time,
    // Copies: what is done to them does not reach the run.
    ...copyOf(head),
    decisions,
    pending: copyOf(pending),
    state,
    image: encodeState({ live, history: takeHistory(lane) }, 'image'),
  } as const
  return { ...fields, checksum: checksumOfFields(fields) }
}

function copyOf<T>(data: T): T {
  return decodeState(encodeState(data, 'snapshot')) as T
}

/** A snapshot each of whose fields is read once. @throws FillgridError snapshot_damaged */
export function ownSnapshot(snapshot: Snapshot): Snapshot {
  try {
    return { ...snapshot }
  } catch (cause) {
    throw damaged(`what cannot be read: ${messageOf(cause)}`)
  }
}

/**
 * What is in a snapshot, once it is known to be whole, of this version and of a run like this one.
 *
 * @throws FillgridError snapshot_damaged, snapshot_version, snapshot_market, snapshot_strategy, snapshot_parameters,
 * snapshot_settings
 */
export function openSnapshot(
  snapshot: Snapshot,
  head: SnapshotHead,
  lane: Lane,
): { live: LiveState; history: History } {
  checkWhole(snapshot)
  checkVersion(snapshot)
  checkHead(snapshot, head)
  const image = decodeState(snapshot.image) as { live: LiveState; history: History }
  if (image === null || typeof image !== 'object') throw damaged('no image in it')
  if (image.live?.i32?.[LIVE_I32.indexOf(RUN_BAR)] !== snapshot.bar)
    throw damaged(`another bar than ${show(snapshot.bar)}`)
  const strange = strangeIn(lane, image.live, image.history)
  if (strange) throw damaged(strange)
  return image
}

/** @throws FillgridError snapshot_damaged */
function checkForm(snapshot: Snapshot): void {
  if ((snapshot as unknown) instanceof Uint8Array) throw damaged('bytes, which decodeSnapshot reads')
  if (snapshot === null || typeof snapshot !== 'object' || snapshot.format !== FORMAT)
    throw damaged(`no snapshot but ${show(snapshot)}`)
  const { state, image, decisions } = snapshot
  const known = [image, decisions, state ?? image].every((part) => part instanceof Uint8Array)
  if (!known) throw damaged('parts that are missing, as JSON leaves them (encodeSnapshot keeps them)')
}

/** @throws FillgridError snapshot_damaged */
function checkWhole(snapshot: Snapshot): void {
  checkForm(snapshot)
  let sum: string
  try {
    sum = checksumOfFields(snapshot)
  } catch (cause) {
    if (!(cause instanceof FillgridError)) throw cause
    throw damaged(`what no snapshot has: ${cause.message}`)
  }
  if (snapshot.checksum !== sum) throw damaged(`checksum ${show(snapshot.checksum)} in it and ${sum} over it`)
}

function checkVersion({ version, layout }: Snapshot): void {
  if (version === VERSION && layout === LAYOUT_VERSION) return
  throw new FillgridError(
    'snapshot_version',
    `restore: a snapshot of form ${VERSION} and layout ${LAYOUT_VERSION} expected, found form ${show(version)} and layout ${show(layout)}. Run it again with this version, or restore with the one that took it.`,
  )
}

function checkHead(snapshot: Snapshot, head: SnapshotHead): void {
  const { market, window, strategy } = head
  if (canonical(snapshot.market) !== canonical(market))
    throw new FillgridError(
      'snapshot_market',
      `restore: a snapshot of a run over this market of ${market.bars} bars and ${market.assets} assets, or one of equal content, expected, found one of other data of ${show(snapshot.market?.bars)} bars and ${show(snapshot.market?.assets)} assets. Restore over the market that it was taken of.`,
    )
  if (canonical(snapshot.window) !== canonical(window))
    throw new FillgridError(
      'snapshot_market',
      `restore: a snapshot of a run over bars ${window.first} to ${window.end - 1} expected, found one of bars ${show(snapshot.window?.first)} to ${show(snapshot.window?.end - 1)}. Open the run with its window.`,
    )
  checkStrategy(snapshot.strategy, strategy)
  for (const [name, code] of [
    ['parameters', 'snapshot_parameters'],
    ['settings', 'snapshot_settings'],
  ] as const) {
    const [was, is] = [snapshot[name] as Record<string, unknown>, head[name] as Record<string, unknown>]
    if (was === null || typeof was !== 'object') throw damaged(`no ${name} but ${show(was)}`)
    for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
      const [before, now] = [canonical(was[key]), canonical(is[key])]
      if (before !== now)
        throw new FillgridError(
          code,
          `restore: a snapshot of a run with the same ${name} expected, found ${key} ${before} in it and ${now} here. Open the run with those of the snapshot.`,
        )
    }
  }
}

function checkStrategy(was: StrategyIdentity, is: StrategyIdentity): void {
  const named = is.source !== null || was?.source != null
  const same =
    was?.kind === is.kind &&
    canonical(was.context) === canonical(is.context) &&
    (named ? was.source === is.source : was.name === is.name && canonical(was.schema) === canonical(is.schema))
  if (same) return
  throw new FillgridError(
    'snapshot_strategy',
    `restore: a snapshot of a run of ${is.name} (${is.kind}) expected, found one of ${show(was?.name)} (${show(was?.kind)})${was?.name === is.name ? ' with another source, other parameters or context names' : ''}. Restore into a run of the same strategy.`,
  )
}

/** Magic bytes, the snapshot's fields, 16 letters over both. */
const MAGIC = 'FGSNAP1\n'
const SUM = 16

/** A snapshot as bytes for a file. @throws FillgridError snapshot_damaged for what is none */
export function encodeSnapshot(snapshot: Snapshot): Uint8Array<ArrayBuffer> {
  checkForm(snapshot)
  const out = new ByteWriter()
  out.raw(lettersOf(MAGIC))
  writeState(out, snapshot, 'snapshot')
  out.raw(new Uint8Array(SUM))
  const bytes = out.take()
  bytes.set(lettersOf(checksumOf([bytes.subarray(0, bytes.length - SUM)])), bytes.length - SUM)
  return bytes
}

/** The snapshot that such bytes hold. @throws FillgridError snapshot_damaged */
export function decodeSnapshot(bytes: Uint8Array): Snapshot {
  if (!(bytes instanceof Uint8Array)) throw damaged(`no bytes but ${show(bytes)}`)
  const end = bytes.length - SUM
  if (end < MAGIC.length || read(bytes, 0, MAGIC.length) !== MAGIC) throw damaged('bytes that are none of a snapshot')
  const [sum, written] = [checksumOf([bytes.subarray(0, end)]), read(bytes, end, bytes.length)]
  if (sum !== written) throw damaged(`checksum ${show(written)} at its end and ${sum} over it`)
  const snapshot = decodeState(bytes.subarray(MAGIC.length, end)) as Snapshot
  checkForm(snapshot)
  return snapshot
}

function lettersOf(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}

function read(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to))
}
