import { FillgridError, show } from '../errors.ts'
import { functionOf } from '../expression/functions.ts'
import { bind, callNode } from '../expression/make.ts'
import type { Node } from '../expression/node.ts'
import { printExpression } from '../expression/print.ts'
import { isFixed, unitOf } from '../expression/unit.ts'
import { fractionOf } from '../signals/sizes.ts'
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
  if (weight) {
    checkWeight(expressed.name, weight)
    const targetPosition = context.expression(weight)
    checkWeights(expressed.name, targetPosition, context)
    return { targetPosition, sizeType: 'fraction' }
  }
  const stop = nodes.get('stopLoss')
  const given = nodes.get('size')
  const size = given && withStop(expressed.name, given, stop)
  const [entries, shortEntries] = (['entries', 'shortEntries'] as const).map((field) => sized(nodes.get(field), size))
  const [exits, shortExits] = (['exits', 'shortExits'] as const).map((field) => nodes.get(field))
  const columns: SignalColumns = {
    flags: context.conditionSignals({ entries, exits, shortEntries, shortExits }),
  }
  const enters = [entries, shortEntries].filter((node) => node !== undefined)
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
      if (node) columns[column] = there(fractionOf(node))
    }
    const hold = nodes.get('hold')
    if (hold) columns.hold = there(hold)
  }
  if (size) columns.size = there(size)
  const unit = size && unitOf(size)
  if (unit) columns.sizeType = unit
  return columns
}

/** @throws FillgridError invalid_strategy for one that is no fraction of the equity */
function checkWeight(name: string, weight: Node): void {
  const unit = unitOf(weight)
  if (unit === undefined || unit === 'fraction') return
  throw new FillgridError(
    'invalid_strategy',
    `strategy ${name}: targetWeight must be a fraction of the equity, found ${printExpression(weight)}, which is in ${unit}.`,
  )
}

/**
 * Refuses weights that are in all more than the account has: orders for what is beyond it would be refused, and which ones, the order
 * of the assets would say.
 *
 * @throws FillgridError invalid_value with the first such bar
 */
function checkWeights(name: string, weights: Column, { market, leverage }: SignalContext): void {
  if (leverage === Number.POSITIVE_INFINITY) return
  const { values } = weights
  for (let bar = 0; bar < market.bars; bar++) {
    let sum = 0
    for (let i = bar * market.assetCount; i < (bar + 1) * market.assetCount; i++)
      if (!Number.isNaN(values[i])) sum += Math.abs(values[i])
    if (sum <= leverage * (1 + TOLERANCE)) continue
    throw new FillgridError(
      'invalid_value',
      `strategy ${name}: weights that are in all ${leverage} of the equity at most expected (without their signs, by the account), found ${sum} at bar ${bar} (${market.barTime(bar)}). Divide them by their sum (share(x)), or give the account margin.`,
      { bar },
    )
  }
}

type Column = ReturnType<SignalContext['expression']>

/** The chain of rules of a strategy of several targets. @throws FillgridError invalid_strategy */
function chainOf(
  { name, nodes, targets, breakEvenAfter, trailAfter }: Expressed,
  { parameters }: SignalContext,
  there: (node: Node) => Column,
): SignalRule[] {
  const distances = targets.map(({ distance }) => there(fractionOf(distance)))
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
  if (stop) chain.push({ type: 'stop', distance: there(fractionOf(stop)) })
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
      distance: there(fractionOf(trail)),
      ...(trailAfter > 0 ? { from: distances[trailAfter - 1] } : {}),
    })
  if (hold) chain.push({ type: 'time', bars: there(hold) })
  return chain
}

/** How far beyond all of it shares and weights may add up to. */
const TOLERANCE = 1e-9

/**
 * The size of entries with the strategy's stop in what is a risk to it.
 *
 * @throws FillgridError invalid_strategy where there is none
 */
export function withStop(name: string, node: Node, stop: Node | undefined): Node {
  if (node.kind !== 'call') return node
  if (node.name === 'riskFraction' && isNone(node.of[1])) {
    if (stop === undefined)
      throw new FillgridError(
        'invalid_strategy',
        `strategy ${name}: size is a risk to the stop, found no stopLoss. Add one, or say the distance: riskFraction(0.01, percent(5)).`,
      )
    return call('riskFraction', node.of[0], stop)
  }
  return call(node.name, ...node.of.map((one) => withStop(name, one, stop)))
}

function isNone(node: Node): boolean {
  return node.kind === 'number' && node.value === 0
}

/** Of what an entry without a size would be one of the run's, which nobody has asked for: none is entered. */
function sized(condition: Node | undefined, size: Node | undefined): Node | undefined {
  if (condition === undefined || size === undefined || isSame(size)) return condition
  return call('and', condition, call('greaterThan', size, { kind: 'number', value: 0 }))
}

/** The same at every bar, as far as it is known here. */
function isSame(node: Node): boolean {
  if (node.kind === 'call')
    return ['cell', 'size'].includes(functionOf(node.name)!.reach) && !LOOKS.has(node.name) && node.of.every(isSame)
  return isFixed(node) || node.kind === 'condition'
}

/** Sizes that look at the market by themselves, or may be none for good. */
const LOOKS: ReadonlySet<string> = new Set(['kelly', 'atrRisk', 'volatilityTarget', 'inverseVolatility', 'riskParity'])

/** Nothing at any bar. */
const UNDEFINED = call('divide', { kind: 'number', value: 0 }, { kind: 'number', value: 0 })

function call(name: string, ...of: readonly Node[]): Node {
  return callNode(functionOf(name)!, of)
}
