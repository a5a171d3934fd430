import { FillgridError, show } from '../errors.ts'
import { nearNames, strangeName, strangeNameError } from '../market/names.ts'
import type {
  AtrTrail,
  BracketRequest,
  CloseRequest,
  LotOptions,
  OrderChanges,
  OrderRequest,
  TakeProfit,
  TargetOptions,
} from './requests.ts'

/** An error about a field of a request: its name, what was expected, what was found. */
export type Fail = (name: string, expected: string, value: unknown) => FillgridError

/** Names of a type's fields; the compiler sees to it that none is missing. */
function fieldsOf(fields: Readonly<Record<string, true>>): ReadonlySet<string> {
  return new Set(Object.keys(fields))
}

const TARGET_FIELDS = {
  type: true,
  limitPrice: true,
  stopPrice: true,
  trailAmount: true,
  trailFraction: true,
  trailAtr: true,
  limitOffset: true,
  timing: true,
  timeInForce: true,
  goodTill: true,
  postOnly: true,
  reduceOnly: true,
  after: true,
  tag: true,
  stop: true,
  target: true,
  trail: true,
  rules: true,
  signal: true,
} as const satisfies Record<keyof TargetOptions, true>
const ORDER_FIELDS = {
  asset: true,
  side: true,
  quantity: true,
  value: true,
  fraction: true,
  size: true,
  ...TARGET_FIELDS,
} as const satisfies Record<keyof OrderRequest, true>
const CHILD_FIELDS = {
  stopLossPrice: true,
  takeProfitPrice: true,
  takeProfits: true,
  breakEvenAfter: true,
  trailAfter: true,
  childTrailAmount: true,
  childTrailFraction: true,
  childTrailAtr: true,
} as const satisfies Record<Exclude<keyof BracketRequest, keyof OrderRequest>, true>

/** What each kind of request may have. */
const FIELDS = {
  order: fieldsOf(ORDER_FIELDS),
  bracket: fieldsOf({ ...ORDER_FIELDS, ...CHILD_FIELDS }),
  target: fieldsOf(TARGET_FIELDS),
  entry: fieldsOf({ ...TARGET_FIELDS, size: true }),
  changes: fieldsOf({
    limitPrice: true,
    stopPrice: true,
    trailAmount: true,
    trailFraction: true,
    trailAtr: true,
    limitOffset: true,
    goodTill: true,
    quantity: true,
  } satisfies Record<keyof OrderChanges, true>),
  size: fieldsOf({ type: true, amount: true }),
  takeProfit: fieldsOf({ price: true, share: true } satisfies Record<keyof TakeProfit, true>),
  atr: fieldsOf({ multiple: true, length: true } satisfies Record<keyof AtrTrail, true>),
  close: fieldsOf({ timing: true, tag: true, signal: true, lot: true } satisfies Record<keyof CloseRequest, true>),
  lot: fieldsOf({ lot: true } satisfies Record<keyof LotOptions, true>),
} as const

/** Fields by the names that they had, which other programs have too. */
const FORMER: Readonly<Record<string, string>> = { stopLoss: 'stop', takeProfit: 'target', trailingStop: 'trail' }

/** Names of all fields that requests and what is in them may have. */
export const REQUEST_FIELDS: ReadonlySet<string> = new Set([
  ...Object.values(FIELDS).flatMap((names) => [...names]),
  ...['distance', 'unit', 'bars', 'action', 'offset'],
])

/**
 * Refuses what is no object, or has a field that this kind of request has not: a misspelt limit is no market order. In
 * the good case nothing is allocated.
 *
 * @throws FillgridError invalid_value, unknown_name with the nearest names
 */
export function checkFields(given: object, kind: keyof typeof FIELDS, subject: string): void {
  if (given === null || typeof given !== 'object')
    throw new FillgridError('invalid_value', `${subject}: an object of fields expected, found ${show(given)}.`)
  const name = strangeName(given, FIELDS[kind])
  if (name === undefined) return
  if (Object.hasOwn(FORMER, name) && FIELDS[kind].has(FORMER[name]))
    throw new FillgridError(
      'unknown_name',
      `${subject}: ${FORMER[name]} is what this is called, found its former name ${name}. Write ${FORMER[name]}.`,
    )
  if (kind === 'order' && FIELDS.bracket.has(name))
    throw new FillgridError(
      'unknown_name',
      `${subject}: ${name} is a field of brackets, found in a single order. Use submitBracket, or stop, target and trail, which are fractions.`,
    )
  if (FIELDS.order.has(name)) {
    const near = nearNames(name, FIELDS[kind])
    const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are ${[...FIELDS[kind]].join(', ')}.`
    throw new FillgridError('unknown_name', `${subject}: ${name} cannot be given here. ${hint}`)
  }
  throw strangeNameError(subject, 'one of its fields', name, FIELDS[kind])
}
