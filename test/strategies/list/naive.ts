// Lists of signals traded in the slowest and plainest way, from rules 8.4 to 8.8, 4, 5.2 and 6.4 of docs/semantics.md: entries at the next
// open, no costs, an account that checks nothing, fixed units. What walks a bar is tried on both orders of its extremes.

export interface NaiveBar {
  open: number
  high: number
  low: number
  close: number
}

export interface NaiveSignal {
  asset: number
  /** Bar in which it acts. */
  bar: number
  exitBar?: number
  side: 1 | -1
  units: number
  stop?: { price?: number; fraction?: number; points?: number }
  target?: { price?: number; fraction?: number; points?: number; risk?: number }
  hold?: number
}

export interface NaiveTrade {
  signal: number
  asset: number
  entryBar: number
  exitBar: number
  entry: number
  exit: number
  units: number
  word: string
}

interface Level {
  price?: number
  /** From the average, in the direction of the trade. */
  fraction?: number
  points?: number
}

interface Position {
  signal: number
  side: number
  units: number
  average: number
  entryBar: number
  held: number
  stop?: Level
  target?: Level
  hold?: number
}

interface Order {
  kind: 'enter' | 'close'
  signal: number
  /** The position that it closes; all of the asset without. */
  of?: number
}

/** @param bars by bar and asset; null where the asset has none */
export function naiveTrades(
  bars: (NaiveBar | null)[][],
  signals: NaiveSignal[],
  overlap: 'ignore' | 'lot' | 'add' | 'reverse',
): NaiveTrade[] {
  const assets = bars[0].length
  const positions: Position[][] = Array.from({ length: assets }, () => [])
  const orders: Order[][] = Array.from({ length: assets }, () => [])
  const trades: NaiveTrade[] = []
  const holder = new Map<number, number>()
  const last = bars.length - 1
  const given = new Set<number>()

  const close = (asset: number, position: Position, bar: number, exit: number, word: string) => {
    positions[asset] = positions[asset].filter((one) => one !== position)
    const { signal, side, units, average, entryBar } = position
    trades.push({ signal, asset, entryBar, exitBar: bar, entry: average, exit, units: side * units, word })
  }
  for (let t = 0; t <= last; t++) {
    for (let asset = 0; asset < assets; asset++) {
      const bar = bars[t][asset]
      if (bar === null) continue
      for (const position of positions[asset]) position.held++
      // Time first, then levels that the open has reached, then orders that close.
      for (const position of [...positions[asset]])
        if (position.hold !== undefined && position.held >= position.hold) close(asset, position, t, bar.open, 'TIME')
      for (const position of [...positions[asset]]) {
        const word = reached(position, bar.open)
        if (word) close(asset, position, t, bar.open, word)
      }
      const due = orders[asset]
      orders[asset] = []
      for (const order of due)
        if (order.kind === 'close')
          for (const position of [...positions[asset]])
            if (order.of === undefined || position.signal === order.of) close(asset, position, t, bar.open, 'SIGNAL')
      for (const { kind, signal } of due) {
        if (kind === 'close') continue
        const said = signals[signal]
        const held = positions[asset][0]
        if (overlap === 'add' && held) {
          held.average = (held.units * held.average + said.units * bar.open) / (held.units + said.units)
          held.units += said.units
        } else {
          const known = knownPrice(bars, said)
          positions[asset].push({
            ...{ signal, side: said.side, units: said.units, average: bar.open, entryBar: t, held: 0 },
            ...{ stop: said.stop, target: targetOf(said, known), hold: said.hold },
          })
        }
      }
      walk(asset, t, bar)
      if (t === last) for (const position of [...positions[asset]]) close(asset, position, t, bar.close, 'END')
    }
    decide(t)
  }
  return trades

  /** Both orders of the extremes; that which leaves less, of equals the one with the nearer extreme first. */
  function walk(asset: number, t: number, bar: NaiveBar): void {
    const up = [bar.high, bar.low]
    const ways = bar.high - bar.open < bar.open - bar.low ? [up, [bar.low, bar.high]] : [[bar.low, bar.high], up]
    const outcomes = ways.map((extremes) => {
      const prices = [bar.open, ...extremes, bar.close]
      const exits: { position: Position; price: number; word: string }[] = []
      let worth = 0
      for (const position of positions[asset]) {
        const exit = firstExit(position, prices)
        if (exit) exits.push({ position, ...exit })
        worth += position.side * position.units * (exit?.price ?? bar.close)
      }
      return { exits, worth }
    })
    const [a, b] = outcomes
    const chosen = b.worth < a.worth - 1e-9 * Math.max(1, Math.abs(a.worth)) ? b : a
    for (const { position, price, word } of chosen.exits) close(asset, position, t, price, word)
  }

  function decide(t: number): void {
    signals.forEach((said, signal) => {
      if (said.exitBar !== t || t < said.bar || t >= last - 1) return
      const { asset } = said
      if (!given.has(signal)) return
      orders[asset] = orders[asset].filter((order) => order.kind !== 'enter' || order.signal !== signal)
      const own = positions[asset].some((one) => one.signal === signal)
      if (overlap === 'lot') {
        if (own) orders[asset].push({ kind: 'close', signal, of: signal })
      } else if (holder.get(asset) === signal && positions[asset].length > 0)
        orders[asset].push({ kind: 'close', signal })
    })
    if (t >= last - 1) {
      // From the bar before the last on nothing is asked for; at the last close what is left is closed.
      for (let asset = 0; asset < assets; asset++) orders[asset] = orders[asset].filter(({ kind }) => kind === 'close')
      return
    }
    signals.forEach((said, signal) => {
      if (said.bar !== t) return
      const { asset, side } = said
      const entries = orders[asset].filter(({ kind }) => kind === 'enter')
      const sides = [...positions[asset].map((one) => one.side), ...entries.map((one) => signals[one.signal].side)]
      if (sides.length > 0) {
        if (overlap === 'ignore') return
        const isSame = sides.every((one) => one === side)
        if (overlap === 'reverse') {
          if (isSame) return
          orders[asset] = orders[asset].filter(({ kind }) => kind !== 'enter')
          if (positions[asset].length > 0) orders[asset].push({ kind: 'close', signal })
        } else if (!isSame) return
      }
      if (overlap !== 'add' || sides.length === 0) holder.set(asset, signal)
      orders[asset].push({ kind: 'enter', signal })
      given.add(signal)
    })
  }
}

function knownPrice(bars: (NaiveBar | null)[][], { asset, bar }: NaiveSignal): number {
  for (let t = bar; t >= 0; t--) if (bars[t][asset]) return bars[t][asset]!.close
  return Number.NaN
}

function targetOf({ side, stop, target }: NaiveSignal, known: number): Level | undefined {
  if (target?.risk === undefined) return target
  if (stop!.price !== undefined) return { price: known + side * target.risk * Math.abs(known - stop!.price) }
  if (stop!.fraction !== undefined) return { fraction: target.risk * stop!.fraction }
  return { points: target.risk * stop!.points! }
}

function priceOf(level: Level, { average, side }: Position, direction: number): number {
  if (level.price !== undefined) return level.price
  if (level.fraction !== undefined) return average * (1 + direction * side * level.fraction)
  return average + direction * side * level.points!
}

function reached(position: Position, price: number): string | undefined {
  const { side, stop, target } = position
  if (stop && side * (price - priceOf(stop, position, -1)) <= 0) return 'SL'
  if (target && side * (price - priceOf(target, position, 1)) >= 0) return 'TP'
  return undefined
}

function firstExit(position: Position, prices: number[]): { price: number; word: string } | undefined {
  const atOpen = reached(position, prices[0])
  if (atOpen) return { price: prices[0], word: atOpen }
  for (const price of prices.slice(1)) {
    const word = reached(position, price)
    if (word)
      return {
        price: priceOf(word === 'SL' ? position.stop! : position.target!, position, word === 'SL' ? -1 : 1),
        word,
      }
  }
  return undefined
}
