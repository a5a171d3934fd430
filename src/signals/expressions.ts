import { FillgridError, show } from '../errors.ts'
import { functionOf } from '../expression/functions.ts'
import { expressionError, typeOf } from '../expression/make.ts'
import type { CallNode, IndicatorNode, Node } from '../expression/node.ts'
import { printExpression } from '../expression/print.ts'
import { findIndicator, indicatorValues } from './catalogue.ts'
import { type CellLeaf, runProgram } from './cells.ts'
import { daysOption, splitLonger } from './longer.ts'
import type { Panel, PanelCache } from './panels.ts'
import { expandSize } from './sizes.ts'
import { isChosen, isPrice, PRICES } from './spec.ts'
import { timeRows } from './times.ts'

/**
 * Works out an expression over a market: a panel [bar][asset] of numbers, or of conditions as 1, 0 and NaN for undefined. Every part
 * of it that looks beyond a cell is a panel of the cache, kept within its budget, so that equal parts are worked out once for all
 * parameter sets of a sweep.
 *
 * What is undefined is NaN, and so is whatever is not finite in the end or where a function over time or across assets takes it.
 * Where an asset has no bar everything is undefined.
 *
 * @param node with values in the place of its parameters
 * @throws FillgridError invalid_expression, unknown_name, invalid_value
 */
export function expressionPanel(cache: PanelCache, node: Node): Panel {
  return new Evaluator(cache).panel(node)
}

class Evaluator {
  readonly #cache: PanelCache

  constructor(cache: PanelCache) {
    this.#cache = cache
  }

  /** The expression as a column of its own. */
  panel(node: Node): Panel {
    const key = printExpression(node)
    if (node.kind === 'indicator') return this.#indicator(node, key)
    if (node.kind === 'call' && functionOf(node.name)?.formula) return this.panel(expandSize(node, this.#cache.market))
    if (node.kind === 'call' && functionOf(node.name)?.reach !== 'cell') return this.#call(node, key)
    return this.#cells(node, key)
  }

  /** All that needs nothing but its own cell, down to where something else begins, as one program. */
  #cells(node: Node, key: string): Panel {
    const { market, engine } = this.#cache
    const leaves = new Map<string, Node>()
    findLeaves(node, leaves)
    const nodes: Node[] = [...leaves.values()].filter((leaf) => leaf.kind !== 'column')
    return this.#cache.derive(
      key,
      nodes.map((leaf) => () => this.panel(leaf)),
      (pointer, panels) => {
        const found = new Map<string, CellLeaf>()
        for (const [name, leaf] of leaves) {
          const at = nodes.indexOf(leaf)
          found.set(name, { node: leaf, pointer: at < 0 ? this.#marketColumn(leaf) : panels[at].pointer })
        }
        runProgram(
          engine,
          node,
          found,
          market.dense ? 0 : market.pointers.close,
          pointer,
          market.bars * market.assetCount,
        )
      },
    )
  }

  #marketColumn(node: Node): number {
    const { market } = this.#cache
    const { name } = node as Extract<Node, { kind: 'column' }>
    if (isPrice(name)) return market.pointers[name]
    const signal = market.signals.get(name)
    if (!signal)
      throw new FillgridError(
        'unknown_name',
        `expression: the market has no column ${show(name)}. It has ${[...PRICES, ...market.signals.keys()].join(', ')}.`,
      )
    return signal.pointer
  }

  /** An indicator, undefined where something undefined lies among the bars that a value is made of. */
  #indicator(node: IndicatorNode, key: string): Panel {
    const spec = findIndicator(node.name)
    const values = Object.fromEntries(Object.entries(node.values).map(([name, one]) => [name, fixed(one)]))
    const free = spec.inputs.filter(isChosen)
    const plain = node.of.every((one) => one.kind === 'column' && isPrice(one.name))
    const panels: (Panel | undefined)[] = []
    try {
      for (const one of node.of)
        panels.push(one.kind === 'column' && isPrice(one.name) ? undefined : this.panel(one).pin())
      const sources = Object.fromEntries(
        free.map((input, i) => [input, panels[i] ?? (node.of[i] as { name: string }).name]),
      )
      const panel = this.#cache.panel(node.name, { ...values, ...sources }, node.output)
      if (plain) return panel
      const { market, engine } = this.#cache
      const window = spec.warmup(indicatorValues(spec, values), node.output) + 1
      const covers = panels.filter((one) => one !== undefined)
      return this.#cache.derive(
        key,
        [panel, ...covers].map((one) => () => one),
        (pointer, [values, ...sources]) => {
          let from = values.pointer
          for (const source of sources) {
            engine.kernels.coverSeries(
              source.pointer,
              from,
              market.pointers.close,
              pointer,
              market.bars,
              market.assetCount,
              Math.min(window, 2 ** 31 - 1),
            )
            from = pointer
          }
        },
      )
    } finally {
      for (const panel of panels) panel?.unpin()
    }
  }

  #call(node: CallNode, key: string): Panel {
    const { market, engine } = this.#cache
    const { arena, kernels } = engine
    const { bars, assetCount: assets } = market
    const present = market.pointers.close
    const of = (i: number) => node.of[i]
    const count = (i: number) => fixed(of(i)) as number
    /** A panel of some of the arguments, each as a column. */
    const made = (columns: readonly number[], write: (dst: number, ...from: number[]) => void): Panel => {
      const prices = columns.map((i) => {
        const one = of(i)
        return one.kind === 'column' && isPrice(one.name) ? this.#marketColumn(one) : undefined
      })
      return this.#cache.derive(
        key,
        columns.filter((_, at) => prices[at] === undefined).map((i) => () => this.panel(of(i))),
        (dst, panels) => {
          let next = 0
          write(dst, ...prices.map((price) => price ?? panels[next++].pointer))
        },
      )
    }
    const withRoom = (doubles: number, write: (room: number) => void): void => {
      const room = arena.allocate(doubles * 8, `the room of ${node.name}`)
      try {
        write(room)
      } finally {
        arena.release(room)
      }
    }
    switch (node.name) {
      case 'shift':
        return made([0], (dst, src) => kernels.shiftSeries(src, present, dst, bars, assets, count(1)))
      case 'crossedAbove':
      case 'crossedBelow':
        return made([0, 1], (dst, a, b) => {
          const side = node.name === 'crossedAbove' ? 1 : -1
          if (market.dense) kernels.crossedCells(a, b, dst, bars * assets, assets, side)
          else kernels.crossedSeries(a, b, present, dst, bars, assets, side)
        })
      case 'rising':
      case 'falling':
        return made([0], (dst, src) =>
          kernels.movingSeries(src, present, dst, bars, assets, count(1), node.name === 'rising' ? 1 : -1),
        )
      case 'since':
        return made([0], (dst, src) => kernels.sinceSeries(src, present, dst, bars, assets, count(1)))
      case 'barsSince':
        return made([0], (dst, src) => kernels.barsSinceSeries(src, present, dst, bars, assets))
      case 'valueWhen':
        return made([0, 1], (dst, test, src) => {
          withRoom(count(2), (room) => kernels.whenSeries(test, src, present, dst, bars, assets, count(2), room))
        })
      case 'rank':
        return made([0], (dst, src) => {
          withRoom(4 * assets, (room) => kernels.rankAcross(src, dst, bars, assets, room))
        })
      case 'normalise':
        return made([0], (dst, src) => kernels.normaliseAcross(src, dst, bars, assets))
      case 'top':
      case 'bottom':
        return made([0], (dst, src) => {
          withRoom(4 * assets, (room) =>
            kernels.topAcross(src, dst, bars, assets, count(1), node.name === 'top' ? 1 : -1, room),
          )
        })
      case 'share':
        return made([0], (dst, src) => kernels.shareAcross(src, dst, bars, assets))
      case 'neutral':
        return made([0, 1], (dst, src, groups) => kernels.neutralAcross(src, groups, dst, bars, assets))
      case 'riskParity':
        return this.#cache.derive(key, [], (dst) => {
          const doubles = assets * (2 * count(0) + assets + 6)
          withRoom(doubles, (room) => kernels.riskParityAcross(present, dst, bars, assets, count(0), room))
        })
      case 'asset': {
        const name = fixed(of(0)) as string
        const index = market.assets.indexOf(name)
        if (index < 0)
          throw new FillgridError(
            'unknown_name',
            `expression: the market has no asset ${show(name)}. It has ${market.assets.slice(0, 12).join(', ')}${assets > 12 ? ' and more' : ''}.`,
          )
        return made([1], (dst, src) => kernels.assetAcross(src, present, dst, bars, assets, index))
      }
      case 'on':
        return this.#longer(node, key)
      default:
        return this.#cache.derive(key, [], (dst) => {
          const rows = timeRows(
            node.name,
            node.of.map((one) => fixed(one) as string),
            market.time,
          )
          withRoom(bars, (room) => {
            arena.f64(room, bars).set(rows)
            kernels.rowsAcross(room, present, dst, bars, assets)
          })
        })
    }
  }

  /** An expression over longer bars, each seen once it has closed. */
  #longer(node: CallNode, key: string): Panel {
    const [timeframe, days] = [node.of[0], node.of[2]].map((one) => fixed(one) as string)
    const { cut } = splitLonger({ timeframe, ...daysOption(days) })
    const { engine, market } = this.#cache
    return this.#cache.derive(key, [], (pointer) => {
      const { cache, alignment } = this.#cache.longer(cut!)
      try {
        const values = expressionPanel(cache, node.of[1]).values
        engine.arena.f64(pointer, market.bars * market.assetCount).set(alignment.spread(values))
      } finally {
        cache.clear()
      }
    })
  }
}

/** Parts that are columns for a program: what is no function of cells and no value that stays the same. */
function findLeaves(node: Node, leaves: Map<string, Node>): void {
  if (node.kind === 'call' && functionOf(node.name)?.reach === 'cell')
    for (const one of node.of) findLeaves(one, leaves)
  else if (node.kind === 'parameter') throw unbound(node.name)
  else if (node.kind !== 'number' && node.kind !== 'condition') leaves.set(printExpression(node), node)
}

/** A number or text that does not change from bar to bar. */
function fixed(node: Node): number | string {
  if (node.kind === 'number' || node.kind === 'text') return node.value
  if (node.kind === 'parameter') throw unbound(node.name)
  throw expressionError(`a value that does not change from bar to bar expected, found a ${typeOf(node)}.`)
}

function unbound(name: string): FillgridError {
  return expressionError(`the parameter ${name} has no value here. Give it one, or use a number.`)
}
