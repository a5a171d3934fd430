/**
 * Expressions the slow and obvious way: each value by its definition, bar by bar and asset by asset, from docs/expressions.md and
 * nothing of the kernel. Indicators come from the references of test/oracle/indicators.
 */
import type { Node } from '../../src/expression/node.ts'

/** Columns [bar][asset], NaN where an asset has no bar. */
export interface Bars {
  assets: string[]
  time: number[]
  columns: Record<string, number[][]>
}

/** A number, 1 or 0 for a condition; NaN where it is undefined. */
export type Cells = number[][]

/** An indicator of a column without gaps. */
export type NaiveIndicator = (source: number[], values: Record<string, number>) => number[]

export function interpret(node: Node, bars: Bars, indicators: Record<string, NaiveIndicator>): Cells {
  const { close } = bars.columns
  const isOwn = (bar: number, asset: number) => !Number.isNaN(close[bar][asset])
  const each = (of: (bar: number, asset: number) => number): Cells =>
    close.map((row, bar) => row.map((_, asset) => (isOwn(bar, asset) ? of(bar, asset) : Number.NaN)))
  const settled = (cells: Cells) =>
    each((bar, asset) => (Number.isFinite(cells[bar][asset]) ? cells[bar][asset] : Number.NaN))

  /** The asset's own bars up to one, the last first. */
  const ownBars = (bar: number, asset: number): number[] => {
    const found = []
    for (let b = bar; b >= 0; b--) if (isOwn(b, asset)) found.push(b)
    return found
  }

  /** What functions beyond a cell are given. */
  const whole = (one: Node): Cells => settled(cells(one))
  const count = (one: Node): number => (one as { value: number }).value
  const known = (...all: number[]) => !all.some(Number.isNaN)
  const truth = (found: boolean, ...of: number[]) => (known(...of) ? Number(found) : Number.NaN)
  const and = (a: number, b: number) => (a === 0 || b === 0 ? 0 : known(a, b) ? 1 : Number.NaN)
  const or = (a: number, b: number) => (a === 1 || b === 1 ? 1 : known(a, b) ? 0 : Number.NaN)

  function cells(one: Node): Cells {
    switch (one.kind) {
      case 'number':
        return each(() => one.value)
      case 'condition':
        return each(() => Number(one.value))
      case 'column':
        return each((bar, asset) => bars.columns[one.name][bar][asset])
      case 'indicator':
        return indicator(one)
      case 'call':
        return call(one.name, one.of)
      default:
        throw new Error(`nothing is known of ${one.kind}`)
    }
  }

  function indicator(one: Extract<Node, { kind: 'indicator' }>): Cells {
    const values = Object.fromEntries(Object.entries(one.values).map(([name, node]) => [name, count(node)]))
    const source = whole(one.of[0])
    const out = each(() => Number.NaN)
    bars.assets.forEach((_, asset) => {
      const own = close.map((_, bar) => bar).filter((bar) => isOwn(bar, asset))
      own.forEach((bar, k) => {
        // Nothing undefined may lie in the window of a value.
        const window = own.slice(Math.max(0, k - values.length + 1), k + 1).map((b) => source[b][asset])
        if (window.length < values.length || window.some(Number.isNaN)) return
        out[bar][asset] = indicators[one.name](window, values)[window.length - 1]
      })
    })
    return out
  }

  function call(name: string, of: readonly Node[]): Cells {
    const cell = (compute: (...values: number[]) => number): Cells => {
      const all = of.map(cells)
      return each((bar, asset) => compute(...all.map((one) => one[bar][asset])))
    }
    switch (name) {
      case 'add':
        return cell((a, b) => a + b)
      case 'subtract':
        return cell((a, b) => a - b)
      case 'multiply':
        return cell((a, b) => a * b)
      case 'divide':
        return cell((a, b) => a / b)
      case 'negate':
        return cell((x) => -x)
      case 'absolute':
        return cell((x) => Math.abs(x))
      case 'smaller':
        return cell((a, b) => Math.min(a, b))
      case 'larger':
        return cell((a, b) => Math.max(a, b))
      case 'squareRoot':
        return cell((x) => Math.sqrt(x))
      case 'percent':
        return cell((x) => x / 100)
      case 'lessThan':
        return cell((a, b) => truth(a < b, a, b))
      case 'atMost':
        return cell((a, b) => truth(a <= b, a, b))
      case 'greaterThan':
        return cell((a, b) => truth(a > b, a, b))
      case 'atLeast':
        return cell((a, b) => truth(a >= b, a, b))
      case 'equal':
        return cell((a, b) => truth(a === b, a, b))
      case 'notEqual':
        return cell((a, b) => truth(a !== b, a, b))
      case 'and':
        return cell(and)
      case 'or':
        return cell(or)
      case 'not':
        return cell((x) => (known(x) ? 1 - x : Number.NaN))
      case 'where':
        return cell((test, a, b) => (test === 1 ? a : test === 0 ? b : Number.NaN))
      case 'units':
      case 'value':
        return whole(of[0])
      case 'equalWeight':
        return each(() => 1 / count(of[0]))
      case 'kelly':
        return settled(
          cell((rate, payoff, part) =>
            rate >= 0 && rate <= 1 && payoff > 0 ? Math.max(0, part * (rate - (1 - rate) / payoff)) : Number.NaN,
          ),
        )
      case 'capped':
        return settled(cell((x, most, least) => Math.max(least, Math.min(x, most))))
      case 'defined':
        return cell((x) => Number(Number.isFinite(x)))
      default:
        // What they give is settled too.
        return settled(beyond(name, of))
    }
  }

  function beyond(name: string, of: readonly Node[]): Cells {
    const x = of.length === 0 || of[0].kind === 'text' ? [] : whole(of[0])
    switch (name) {
      case 'shift':
        return each((bar, asset) => {
          const then = ownBars(bar, asset)[count(of[1])]
          return then === undefined ? Number.NaN : x[then][asset]
        })
      case 'crossedAbove':
      case 'crossedBelow': {
        const y = whole(of[1])
        const side = name === 'crossedAbove' ? 1 : -1
        return each((bar, asset) => {
          const before = ownBars(bar, asset)[1]
          const [a, b] = [x[bar][asset], y[bar][asset]]
          const now = truth(side * (a - b) > 0, a, b)
          if (before === undefined) return and(now, Number.NaN)
          const [c, d] = [x[before][asset], y[before][asset]]
          return and(now, truth(side * (c - d) <= 0, c, d))
        })
      }
      case 'rising':
      case 'falling': {
        const side = name === 'rising' ? 1 : -1
        return each((bar, asset) => {
          const own = ownBars(bar, asset)
          let all = 1
          for (let k = 0; k < count(of[1]); k++) {
            const [now, before] = [x[own[k]]?.[asset] ?? Number.NaN, x[own[k + 1]]?.[asset] ?? Number.NaN]
            all = and(all, truth(side * (now - before) > 0, now, before))
          }
          return all
        })
      }
      case 'since':
        return each((bar, asset) => {
          const own = ownBars(bar, asset)
          let any = 0
          for (let k = 0; k < count(of[1]); k++) any = or(any, x[own[k]]?.[asset] ?? Number.NaN)
          return any
        })
      case 'barsSince':
        return each((bar, asset) => {
          const found = ownBars(bar, asset).findIndex((b) => x[b][asset] === 1)
          return found < 0 ? Number.NaN : found
        })
      case 'valueWhen': {
        const y = whole(of[1])
        return each((bar, asset) => {
          const then = ownBars(bar, asset).filter((b) => x[b][asset] === 1)[count(of[2]) - 1]
          return then === undefined ? Number.NaN : y[then][asset]
        })
      }
      case 'rank':
        return each((bar, asset) => {
          const there = x[bar].filter((value) => !Number.isNaN(value))
          const value = x[bar][asset]
          if (Number.isNaN(value)) return Number.NaN
          const below = there.filter((other) => other < value).length
          const equal = there.filter((other) => other === value).length
          return (below + (equal + 1) / 2) / there.length
        })
      case 'top':
      case 'bottom': {
        const side = name === 'top' ? -1 : 1
        return each((bar, asset) => {
          if (Number.isNaN(x[bar][asset])) return Number.NaN
          const order = bars.assets
            .map((_, i) => i)
            .filter((i) => !Number.isNaN(x[bar][i]))
            .sort((i, j) => side * (x[bar][i] - x[bar][j]) || i - j)
          return Number(order.indexOf(asset) < count(of[1]))
        })
      }
      case 'normalise':
        return each((bar, asset) => {
          const there = x[bar].filter((value) => !Number.isNaN(value))
          if (there.every((value) => value === there[0])) return Number.NaN
          const mean = there.reduce((sum, value) => sum + value, 0) / there.length
          const squares = there.reduce((sum, value) => sum + (value - mean) * (value - mean), 0)
          return (x[bar][asset] - mean) / Math.sqrt(squares / there.length)
        })
      case 'share':
        return each((bar, asset) => {
          const there = x[bar].filter((value) => !Number.isNaN(value))
          return x[bar][asset] / there.reduce((sum, value) => sum + Math.abs(value), 0)
        })
      case 'neutral': {
        const groups = whole(of[1])
        return each((bar, asset) => {
          const members = x[bar].filter((value, i) => !Number.isNaN(value) && groups[bar][i] === groups[bar][asset])
          return x[bar][asset] - members.reduce((sum, value) => sum + value, 0) / members.length
        })
      }
      case 'asset': {
        const other = whole(of[1])
        const index = bars.assets.indexOf((of[0] as { value: string }).value)
        return each((bar) => other[bar][index])
      }
      default:
        return each((bar) => timeOf(name, of, bars.time[bar]))
    }
  }

  return settled(cells(node))
}

/** UTC alone: the zones have tests of their own. */
function timeOf(name: string, of: readonly Node[], time: number): number {
  const date = new Date(time)
  const [days, clock] = date.toISOString().split('T')
  const [year, month, day] = days.split('-').map(Number)
  switch (name) {
    case 'session': {
      const [from, to] = of.slice(0, 2).map((one) => (one as { value: string }).value)
      const now = clock.slice(0, 5)
      return Number(from < to ? now >= from && now < to : now >= from || now < to)
    }
    case 'hour':
      return Number(clock.slice(0, 2))
    case 'minute':
      return Number(clock.slice(3, 5))
    case 'weekday':
      return date.getUTCDay() || 7
    case 'day':
      return day
    case 'month':
      return month
    default:
      return year
  }
}
