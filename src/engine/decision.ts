import { FillgridError, show } from '../errors.ts'
import { fieldsRead } from '../market/names.ts'
import type { Rule } from '../settings/settings.ts'
import { Broker } from '../strategy/broker.ts'
import { closeClass } from '../strategy/clock.ts'
import { REQUEST_FIELDS } from '../strategy/fields.ts'
import type {
  BracketRequest,
  CloseRequest,
  LotOptions,
  OrderChanges,
  OrderRequest,
  TargetOptions,
} from '../strategy/requests.ts'
import { damaged } from './statebytes.ts'

/** One call of a broker that changes something, as plain data: its name and what it was given. */
export type Given =
  | { readonly call: 'submitOrder'; readonly with: readonly [request: OrderRequest] }
  | { readonly call: 'submitBracket'; readonly with: readonly [request: BracketRequest] }
  | { readonly call: 'submitOco'; readonly with: readonly [requests: readonly (OrderRequest | BracketRequest)[]] }
  | { readonly call: 'updateOrder'; readonly with: readonly [id: number, changes: OrderChanges] }
  | { readonly call: 'cancelOrder'; readonly with: readonly [id: number] }
  | { readonly call: 'closePosition'; readonly with: readonly [asset: number | string, options?: CloseRequest] }
  | {
      readonly call: TargetCall
      readonly with: readonly [asset: number | string, target: number, options?: TargetOptions]
    }
  | {
      readonly call: 'orderTargets'
      readonly with: readonly [targets: ArrayLike<number>, type?: 'units' | 'value' | 'fraction']
    }
  | {
      readonly call: 'enterPosition'
      readonly with: readonly [
        asset: number | string,
        side: 'long' | 'short',
        options?: TargetOptions & { size?: number },
      ]
    }
  | {
      readonly call: 'setPositionRules'
      readonly with: readonly [rules: readonly Rule[] | null, asset?: number | string]
    }
  | {
      readonly call: 'reducePosition'
      readonly with: readonly [asset: number | string, fraction?: number, options?: LotOptions]
    }
  | {
      readonly call: 'moveStop'
      readonly with: readonly [asset: number | string, price: number, options?: LotOptions]
    }
  | {
      readonly call: 'updatePositionContext'
      readonly with: readonly [asset: number | string, values: Readonly<Record<string, number>>]
    }

/** Orders to a target, which are given alike. */
export type TargetCall = 'orderTargetQuantity' | 'orderTargetValue' | 'orderTargetPercent'

/** What was given at the close of a bar, in order. */
export interface Decision {
  /** Index of the bar. */
  readonly bar: number
  readonly given: readonly Given[]
  /** The strategy's state after it, encoded; left out where it is that of the decision before. */
  readonly state?: Uint8Array
}

/** Calls that change something, and how many values each takes at most. */
const CALLS: ReadonlyMap<string, number> = new Map<Given['call'], number>([
  ['submitOrder', 1],
  ['submitBracket', 1],
  ['submitOco', 1],
  ['updateOrder', 2],
  ['cancelOrder', 1],
  ['closePosition', 2],
  ['orderTargetQuantity', 3],
  ['orderTargetValue', 3],
  ['orderTargetPercent', 3],
  ['orderTargets', 2],
  ['enterPosition', 3],
  ['setPositionRules', 2],
  ['updatePositionContext', 2],
  ['reducePosition', 3],
  ['moveStop', 3],
])

/** Gives what was recorded once more. @throws FillgridError what the broker refuses */
export function giveAgain(broker: Broker, given: readonly Given[]): void {
  for (const one of given) {
    const call = broker[one.call] as (...values: readonly unknown[]) => unknown
    call.apply(broker, [...one.with])
  }
}

/** A decision of the run itself: nobody changes it any more. */
export function decisionOf(bar: number, given: readonly Given[], state?: Uint8Array): Decision {
  return Object.freeze({ bar, given: Object.freeze([...given]), ...(state ? { state } : {}) })
}

/** Place of the first of some decisions that is of a bar or of a later one. */
export function placeFrom(decisions: readonly Decision[], bar: number): number {
  let [low, high] = [0, decisions.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (decisions[middle].bar < bar) low = middle + 1
    else high = middle
  }
  return low
}

/** Decisions for whoever asks: what can be changed of them, the bytes of states, is a copy. */
export function shownDecisions(decisions: readonly Decision[]): Decision[] {
  return decisions.map((one) => (one.state ? decisionOf(one.bar, one.given, new Uint8Array(one.state)) : one))
}

/**
 * Decisions from outside as the run's own: each value is read once, what is checked is what is kept, and nobody changes it
 * any more. Bars are in order, from `first` to `last`.
 *
 * @throws FillgridError snapshot_damaged
 */
export function readDecisions(decisions: readonly Decision[], first: number, last: number): Decision[] {
  const out: Decision[] = []
  let before = first - 1
  for (const decision of decisions) {
    const { bar, given, state } = decision ?? {}
    if (!Number.isInteger(bar) || bar <= before || bar > last) throw damaged(`a decision of bar ${show(bar)}`)
    if (state !== undefined && !(state instanceof Uint8Array)) throw damaged(`a state of bar ${bar} that is none`)
    const own = readGiven(given)
    if (!own) throw damaged(`what is no decision at bar ${bar}`)
    out.push(decisionOf(bar, own, state && new Uint8Array(state)))
    before = bar
  }
  return out
}

/** Calls from outside as the run's own; undefined where one is none. */
export function readGiven(given: unknown): Given[] | undefined {
  if (!Array.isArray(given)) return undefined
  const out: Given[] = []
  for (const one of given) {
    const own = readCall(one)
    if (!own) return undefined
    out.push(own)
  }
  return out
}

function readCall(one: unknown): Given | undefined {
  if (one === null || typeof one !== 'object') return undefined
  const { call, with: values } = one as { call: unknown; with: unknown }
  const most = typeof call === 'string' ? CALLS.get(call) : undefined
  if (most === undefined || !Array.isArray(values) || values.length > most) return undefined
  try {
    return deepFreeze({ call, with: listOf(values, 0) }) as Given
  } catch (error) {
    if (error instanceof FillgridError) return undefined
    throw error
  }
}

/** Told of each call that was carried out. */
export type Recorder = (given: Given) => void

const recorders = new WeakMap<Broker, Recorder>()

/** From here on a broker's calls are told; not any more where there is no recorder. */
export function recordTo(broker: RecordingBroker, recorder: Recorder | undefined): void {
  if (recorder) recorders.set(broker, recorder)
  else recorders.delete(broker)
}

/** A broker that tells what it was given, once it has been taken, as data that nobody can change any more. */
export class RecordingBroker extends Broker {
  override submitOrder(...given: Parameters<Broker['submitOrder']>): ReturnType<Broker['submitOrder']> {
    return this.#give('submitOrder', given, (one) => super.submitOrder(...one))
  }

  override submitBracket(...given: Parameters<Broker['submitBracket']>): ReturnType<Broker['submitBracket']> {
    return this.#give('submitBracket', given, (one) => super.submitBracket(...one))
  }

  override submitOco(...given: Parameters<Broker['submitOco']>): ReturnType<Broker['submitOco']> {
    return this.#give('submitOco', given, (one) => super.submitOco(...one))
  }

  override updateOrder(...given: Parameters<Broker['updateOrder']>): ReturnType<Broker['updateOrder']> {
    return this.#give('updateOrder', given, (one) => super.updateOrder(...one))
  }

  override cancelOrder(...given: Parameters<Broker['cancelOrder']>): ReturnType<Broker['cancelOrder']> {
    return this.#give('cancelOrder', given, (one) => super.cancelOrder(...one))
  }

  override closePosition(...given: Parameters<Broker['closePosition']>): number {
    return this.#give('closePosition', given, (one) => super.closePosition(...one))
  }

  override orderTargetQuantity(...given: Parameters<Broker['orderTargetQuantity']>): number {
    return this.#give('orderTargetQuantity', given, (one) => super.orderTargetQuantity(...one))
  }

  override orderTargetValue(...given: Parameters<Broker['orderTargetValue']>): number {
    return this.#give('orderTargetValue', given, (one) => super.orderTargetValue(...one))
  }

  override orderTargetPercent(...given: Parameters<Broker['orderTargetPercent']>): number {
    return this.#give('orderTargetPercent', given, (one) => super.orderTargetPercent(...one))
  }

  override orderTargets(...[targets, type]: Parameters<Broker['orderTargets']>): number {
    const given: Parameters<Broker['orderTargets']> = type === undefined ? [alike(targets)] : [alike(targets), type]
    return this.#give('orderTargets', given, (one) => super.orderTargets(...one))
  }

  override enterPosition(...given: Parameters<Broker['enterPosition']>): number {
    return this.#give('enterPosition', given, (one) => super.enterPosition(...one))
  }

  override setPositionRules(...given: Parameters<Broker['setPositionRules']>): void {
    this.#give('setPositionRules', given, (one) => super.setPositionRules(...one))
  }

  override reducePosition(...given: Parameters<Broker['reducePosition']>): boolean {
    return this.#give('reducePosition', given, (one) => super.reducePosition(...one))
  }

  override moveStop(...given: Parameters<Broker['moveStop']>): boolean {
    return this.#give('moveStop', given, (one) => super.moveStop(...one))
  }

  override updatePositionContext(...[asset, values]: Parameters<Broker['updatePositionContext']>): boolean {
    const given: Parameters<Broker['updatePositionContext']> = [
      asset,
      values && Object.fromEntries(Object.entries(values)),
    ]
    return this.#give('updatePositionContext', given, (one) => super.updatePositionContext(...one))
  }

  /** Copied first, so that what is recorded is what was read; what a call does not take is left out. */
  #give<A extends readonly unknown[], T>(call: Given['call'], given: A, carryOut: (given: A) => T): T {
    const copy = listOf(given.slice(0, CALLS.get(call)), 0) as unknown as A
    const answer = carryOut(copy)
    recorders.get(this)?.(deepFreeze({ call, with: copy }) as unknown as Given)
    return answer
  }
}

closeClass(RecordingBroker)

/** No request is deeper: a list of orders, an order, its rules, a rule, its action. */
const DEPTH = 5
/** Longer lists are none of requests; the broker refuses them as they are. */
const LONGEST = 1 << 24

/** Plain data anew: lists, objects of fields, and what is neither as it is. What else is given the broker refuses. */
function plain(value: unknown, depth: number): unknown {
  if (value === null || typeof value !== 'object' || depth > DEPTH) return value
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value))
    return listOf(value as unknown as ArrayLike<unknown>, depth)
  return Object.fromEntries(fieldsRead(value, REQUEST_FIELDS).map(([name, field]) => [name, plain(field, depth + 1)]))
}

function listOf(list: ArrayLike<unknown>, depth: number): unknown {
  const { length } = list
  if (length > LONGEST) return list
  const out: unknown[] = []
  for (let i = 0; i < length; i++) {
    // A list of nothing can be longer than memory.
    if (!(i in list))
      throw new FillgridError(
        'invalid_value',
        `broker: lists with a value at each place expected, found none at place ${i} of ${length}. Leave none out.`,
      )
    out.push(plain(list[i], depth + 1))
  }
  return out
}

/** Whatever has a length and numbers is a list to the broker. */
function alike(targets: ArrayLike<number>): ArrayLike<number> {
  const list = targets === null || typeof targets !== 'object' || Array.isArray(targets) || ArrayBuffer.isView(targets)
  if (list || !Number.isInteger(targets.length)) return targets
  return listOf(targets, 0) as number[]
}

function deepFreeze(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  for (const field of Object.values(value)) deepFreeze(field)
  return Object.freeze(value)
}
