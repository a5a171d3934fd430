import { FillgridError, show } from '../errors.ts'
import type { BracketRequest } from './bracket.ts'
import { Broker } from './broker.ts'
import type { CloseRequest, OrderChanges } from './changes.ts'
import { closeClass } from './clock.ts'
import type { OrderRequest, TargetOptions } from './request.ts'
import type { Rule } from './settings.ts'
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
      readonly call: 'updatePositionContext'
      readonly with: readonly [asset: number | string, values: Readonly<Record<string, number>>]
    }

type TargetCall = 'orderTargetQuantity' | 'orderTargetValue' | 'orderTargetPercent'

/** What was given at the close of a bar, in order. */
export interface Decision {
  /** Index of the bar. */
  readonly bar: number
  readonly given: readonly Given[]
  /** The strategy's state after it, encoded; left out where it is that of the decision before. */
  readonly state?: Uint8Array
}

const CALLS: ReadonlySet<string> = new Set<Given['call']>([
  'submitOrder',
  'submitBracket',
  'submitOco',
  'updateOrder',
  'cancelOrder',
  'closePosition',
  'orderTargetQuantity',
  'orderTargetValue',
  'orderTargetPercent',
  'orderTargets',
  'enterPosition',
  'setPositionRules',
  'updatePositionContext',
])

/** Gives what was recorded once more. @throws FillgridError invalid_value for what is no decision */
export function giveAgain(broker: Broker, given: readonly Given[]): void {
  for (const one of given) {
    if (one === null || typeof one !== 'object' || !CALLS.has(one.call) || !Array.isArray(one.with))
      throw new FillgridError(
        'invalid_value',
        `decision: a call of the broker expected, found ${show(one)}. Give what \`decisions\` has.`,
      )
    const call = broker[one.call] as (...values: readonly unknown[]) => unknown
    call.apply(broker, one.with)
  }
}

/** Whether these are decisions of bars in order, from `first` to `last`. @throws FillgridError snapshot_damaged */
export function checkDecisions(decisions: readonly Decision[], first: number, last: number): void {
  let before = first - 1
  for (const decision of decisions) {
    const { bar, given, state } = decision ?? {}
    if (!Number.isInteger(bar) || bar <= before || bar > last) throw damaged(`a decision of bar ${show(bar)}`)
    if (!Array.isArray(given) || !given.every((one) => CALLS.has(one?.call) && Array.isArray(one.with)))
      throw damaged(`what is no decision at bar ${bar}`)
    if (state !== undefined && !(state instanceof Uint8Array)) throw damaged(`a state of bar ${bar} that is none`)
    before = bar
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

  override orderTargets(...given: Parameters<Broker['orderTargets']>): number {
    return this.#give('orderTargets', given, (one) => super.orderTargets(...one))
  }

  override enterPosition(...given: Parameters<Broker['enterPosition']>): number {
    return this.#give('enterPosition', given, (one) => super.enterPosition(...one))
  }

  override setPositionRules(...given: Parameters<Broker['setPositionRules']>): void {
    this.#give('setPositionRules', given, (one) => super.setPositionRules(...one))
  }

  override updatePositionContext(...given: Parameters<Broker['updatePositionContext']>): boolean {
    return this.#give('updatePositionContext', given, (one) => super.updatePositionContext(...one))
  }

  /** Copied first, so that what is recorded is what was read. */
  #give<A extends readonly unknown[], T>(call: Given['call'], given: A, carryOut: (given: A) => T): T {
    const copy = given.map((one) => plain(one)) as unknown as A
    const answer = carryOut(copy)
    recorders.get(this)?.(deepFreeze({ call, with: copy }) as unknown as Given)
    return answer
  }
}

closeClass(RecordingBroker)

/** No request is deeper: a list of orders, an order, its size. */
const DEPTH = 4

/** Plain data anew: lists, objects of fields, and what is neither as it is. What else is given the broker refuses. */
function plain(value: unknown, depth = 0): unknown {
  if (value === null || typeof value !== 'object' || depth > DEPTH) return value
  if (ArrayBuffer.isView(value) && 'length' in value) return Array.from(value as unknown as ArrayLike<number>)
  if (Array.isArray(value)) return value.map((one) => plain(one, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field, depth + 1)]))
}

function deepFreeze(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  for (const field of Object.values(value)) deepFreeze(field)
  return Object.freeze(value)
}
