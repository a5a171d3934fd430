import { FillgridError, show } from '../errors.ts'
import { functionOf } from '../expression/functions.ts'
import { bind, callNode } from '../expression/make.ts'
import type { Node } from '../expression/node.ts'
import type { SignalColumns, SignalContext, SignalRule } from './strategy.ts'

/** Fields of a strategy of expressions that are conditions. */
export const CONDITIONS = ['entries', 'exits', 'shortEntries', 'shortExits'] as const
/** Those that are distances from the entry, with the columns and rules that they become. */
const DISTANCES = { stopLoss: 'stop', takeProfit: 'target', trail: 'trail' } as const
/** Those that are numbers, the stop before the size, which may be made of it. */
export const NUMBERS = ['stopLoss', 'takeProfit', 'trail', 'hold', 'size', 'targetWeight'] as const

export type ExpressedField = (typeof CONDITIONS)[number] | (typeof NUMBERS)[number]

/** What a strategy of expressions is made of. */
export interface Expressed {
  readonly name: string
  readonly nodes: ReadonlyMap<ExpressedField, Node>
  /** Several targets in the place of `takeProfit`; their shares are numbers or parameters. */
  readonly targets: readonly { readonly distance: Node; readonly share: Node }[]
  /** After how many of them the stop moves to the entry price, and the trail begins; 0 for none. */
  readonly breakEvenAfter: number
  readonly trailAfter: number
}

/** The columns of signals that a strategy of expressions is. @throws FillgridError invalid_strategy, invalid_value */
export function expressedColumns(expressed: Expressed, context: SignalContext): SignalColumns {
  const { nodes } = expressed
  const weight = nodes.get('targetWeight')
  if (weight) return { targetPosition: context.expression(weight), sizeType: 'fraction' }
  const columns: SignalColumns = {
    flags: context.conditionSignals(Object.fromEntries(CONDITIONS.map((field) => [field, nodes.get(field)]))),
  }
  const enters = [nodes.get('entries'), nodes.get('shortEntries')].filter((node) => node !== undefined)
  const entering = enters.reduce((all, one) => call('or', all, one))
  /** Only where something is entered: what a distance is on other bars is nobody's business. */
  const there = (node: Node) => context.expression(call('where', entering, node, UNDEFINED))
  if (expressed.targets.length > 0) columns.rules = chainOf(expressed, context, there)
  else {
    for (const [field, column] of Object.entries(DISTANCES) as [
      keyof typeof DISTANCES,
      'stop' | 'target' | 'trail',
    ][]) {
      const node = nodes.get(field)
      if (node) columns[column] = there(distanceOf(node))
    }
    const hold = nodes.get('hold')
    if (hold) columns.hold = there(hold)
  }
  const size = nodes.get('size')
  if (size) columns.size = there(size)
  if (size && isFraction(size)) columns.sizeType = 'fraction'
  return columns
}

type Column = ReturnType<SignalContext['expression']>

/** The chain of rules of a strategy of several targets. @throws FillgridError invalid_strategy */
function chainOf(
  { name, nodes, targets, breakEvenAfter, trailAfter }: Expressed,
  { parameters }: SignalContext,
  there: (node: Node) => Column,
): SignalRule[] {
  const distances = targets.map(({ distance }) => there(distanceOf(distance)))
  const shares = targets.map(({ share }) => (bind(share, parameters) as { value: number }).value)
  const sum = shares.reduce((all, share) => all + share, 0)
  if (!shares.every((share) => share > 0) || !(sum <= 1 + TOLERANCE))
    throw new FillgridError(
      'invalid_strategy',
      `strategy ${name}: shares of takeProfits above 0 that are 1 at most in all expected, found ${show(shares)}. Mend the shares.`,
    )
  const isAll = sum >= 1 - TOLERANCE
  const chain: SignalRule[] = []
  const [stop, trail, hold] = (['stopLoss', 'trail', 'hold'] as const).map((field) => nodes.get(field))
  if (stop) chain.push({ type: 'stop', distance: there(distanceOf(stop)) })
  distances.forEach((distance, i) => {
    const ends = isAll && i === distances.length - 1
    chain.push({
      type: 'target',
      distance,
      ...(ends ? {} : { action: { type: 'exit-fraction', fraction: shares[i], of: 'entries' } }),
    })
  })
  if (breakEvenAfter > 0)
    chain.push({ type: 'target', distance: distances[breakEvenAfter - 1], action: { type: 'move-stop', offset: 0 } })
  if (trail)
    chain.push({
      type: 'trail',
      distance: there(distanceOf(trail)),
      ...(trailAfter > 0 ? { from: distances[trailAfter - 1] } : {}),
    })
  if (hold) chain.push({ type: 'time', bars: there(hold) })
  return chain
}

/** How far from 1 shares may add up to. */
const TOLERANCE = 1e-9

/** The fraction of the equity that loses a risk at the stop, as a percentage, which says that it is one. */
export function riskNode(name: string, risk: Node, stop: Node | undefined): Node {
  if (stop === undefined)
    throw new FillgridError(
      'invalid_strategy',
      `strategy ${name}: size is a risk to the stop, found no stopLoss. Add one, or take a size like percent(10).`,
    )
  const hundred = { kind: 'number', value: 100 } as const
  return call('percent', call('divide', call('multiply', risk, hundred), distanceOf(stop)))
}

/** A distance as a fraction of the close. */
function distanceOf(node: Node): Node {
  return isFraction(node) ? node : call('divide', node, { kind: 'column', name: 'close' })
}

/** Nothing at any bar. */
const UNDEFINED = call('divide', { kind: 'number', value: 0 }, { kind: 'number', value: 0 })

function call(name: string, ...of: readonly Node[]): Node {
  return callNode(functionOf(name)!, of)
}

/** A fraction by itself, and no price: a percentage, or some of one. */
function isFraction(node: Node): boolean {
  if (node.kind !== 'call') return false
  const [a, b] = node.of
  if (node.name === 'percent') return true
  if (node.name === 'multiply') return (isFixed(a) && isFraction(b)) || (isFraction(a) && isFixed(b))
  return node.name === 'divide' && isFraction(a) && isFixed(b)
}

function isFixed({ kind }: Node): boolean {
  return kind === 'number' || kind === 'parameter'
}
