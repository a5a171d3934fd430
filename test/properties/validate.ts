/** What must be true of every result, worked out again from its fills alone. */
import type { Market } from '../../src/market/market.ts'
import type { Result } from '../../src/results/result.ts'
import { FILL_REASONS } from '../../src/results/schema.ts'

interface Fill {
  bar: number
  asset: number
  orderId: number
  /** Signed units. */
  quantity: number
  price: number
  basePrice: number
  commission: number
  phase: number
  reason: number
}

interface Held {
  quantity: number
  average: number
  /** Entry commissions not yet with a trade. */
  commission: number
  entryBar: number
}

/** A position, with its lots by the order that has opened each where it is made of them (10.13). */
interface Position extends Held {
  lots: Map<number, Held>
}

const REASON_ENDED = FILL_REASONS.indexOf('ended')
const PHASE_OPEN = 0
const PHASE_CLOSE = 2
const BUY = 1

/**
 * Checks a result against its market and returns what is wrong, a sentence each; nothing when all is well. Sums are
 * compared within 1e-9 of the money that was moved, everything else exactly.
 *
 * - equity of every bar = cash + position * last close, with cash and position from the fills
 * - initial cash + closed P&L + open P&L = equity, at the last bar
 * - fills add up to the open positions, and partition into the trades: one trade a reduction, with its price and units
 * - prices before slippage lie inside the bar's range, at its open or close where the phase says so; of an asset that has
 *   ended (3.11) both prices are its last close
 * - orders are numbered without gaps, end once and not before they were given, and own their fills
 * - drawdown is from 0 to 1 while equity is positive
 */
export function validateResult(result: Result, market: Market): string[] {
  const problems: string[] = []
  const check = (good: boolean, what: () => string) => {
    if (!good && problems.length < 20) problems.push(what())
  }
  const fills = readFills(result)
  const n = market.assetCount
  const times = market.assets.map((asset) => market.instruments[asset]?.multiplier ?? 1)
  const cash0 = result.summary.initialCash
  const none = (): Held => ({ quantity: 0, average: 0, commission: 0, entryBar: -1 })
  const held: Position[] = Array.from({ length: n }, () => ({ ...none(), lots: new Map() }))
  const fifo = result.settings.lots === 'fifo'
  const marks = new Float64Array(n).fill(Number.NaN)
  let cash = cash0
  let moved = cash0
  let closed = 0
  let at = 0
  let trade = 0
  const { trades } = result
  const column = (name: string) => trades.values(name)
  const close = (a: number, b: number, scale: number) => Math.abs(a - b) <= 1e-9 * scale

  for (let bar = 0; bar < result.equity.length; bar++) {
    for (; at < fills.length && fills[at].bar === bar; at++) {
      const fill = fills[at]
      const place = `fill ${at} (bar ${bar}, asset ${fill.asset})`
      if (fill.reason === REASON_ENDED) checkEnded(fill, market, check, place)
      else checkPrice(fill, result, market, check, place)
      const position = held[fill.asset]
      const { quantity, price, commission } = fill
      const by = times[fill.asset]
      cash -= quantity * by * price + commission
      moved += Math.abs(quantity * by * price) + commission
      if (position.quantity * quantity >= 0) {
        const lot = position.lots.get(fill.orderId) ?? none()
        if (fifo) position.lots.set(fill.orderId, lot)
        for (const one of [position, lot]) {
          const before = Math.abs(one.quantity)
          const added = Math.abs(quantity)
          if (before === 0) one.entryBar = bar
          one.average = (one.average * before + price * added) / (before + added)
          one.commission += commission
          one.quantity += quantity
        }
        continue
      }
      const size = Math.abs(position.quantity)
      const k = Math.abs(quantity)
      check(k <= size * (1 + 1e-9), () => `${place} closes ${k} of ${size}`)
      const side = Math.sign(position.quantity)
      let left = k
      do {
        check(trade < trades.length, () => `${place} reduces a position and has no trade`)
        if (trade >= trades.length) break
        const row = `trade ${trade} of ${place}`
        const order = column('entryOrderId')[trade]
        const lot = fifo ? position.lots.get(order) : position
        check(lot !== undefined, () => `${row}: no lot ${order}`)
        if (!lot) break
        const g = fifo ? Math.abs(column('quantity')[trade]) : k
        const part = g === k ? commission : (commission * g) / k
        const share = (lot.commission * g) / Math.abs(lot.quantity)
        const pnl = (price - lot.average) * g * by * side - part - share
        check(column('asset')[trade] === fill.asset, () => `${row}: asset ${column('asset')[trade]}`)
        check(
          column('quantity')[trade] === side * g,
          () => `${row}: quantity ${column('quantity')[trade]}, not ${side * g}`,
        )
        check(g <= Math.abs(lot.quantity) * (1 + 1e-9), () => `${row}: ${g} of a lot of ${lot.quantity}`)
        check(column('exitPrice')[trade] === price, () => `${row}: exit price ${column('exitPrice')[trade]}`)
        check(column('exitBar')[trade] === bar, () => `${row}: exit bar ${column('exitBar')[trade]}`)
        check(
          column('entryBar')[trade] === lot.entryBar,
          () => `${row}: entry bar ${column('entryBar')[trade]}, not ${lot.entryBar}`,
        )
        check(column('exitOrderId')[trade] === fill.orderId, () => `${row}: exit order ${column('exitOrderId')[trade]}`)
        check(
          column('exitCommission')[trade] === part,
          () => `${row}: exit commission ${column('exitCommission')[trade]}, not ${part}`,
        )
        check(close(column('entryPrice')[trade], lot.average, Math.abs(lot.average) + 1), () => `${row}: entry price`)
        check(close(column('pnl')[trade], pnl, moved), () => `${row}: P&L ${column('pnl')[trade]}, not ${pnl}`)
        check(
          column('mfe')[trade] >= 0 && column('mae')[trade] <= 0,
          () => `${row}: MFE ${column('mfe')[trade]}, MAE ${column('mae')[trade]}`,
        )
        const reach = ((price - lot.average) * side) / Math.abs(lot.average)
        const base = ((fill.basePrice - lot.average) * side) / Math.abs(lot.average)
        if (lot.average !== 0 && fill.basePrice === price) {
          const inside = reach <= column('mfe')[trade] + 1e-9 && base >= column('mae')[trade] - 1e-9
          check(inside, () => `${row}: the exit lies outside its excursions`)
        }
        closed += column('pnl')[trade]
        trade++
        left -= g
        lot.commission -= share
        if (!fifo) break
        lot.quantity -= side * g
        if (Math.abs(lot.quantity) <= 1e-9 * g) position.lots.delete(order)
      } while (left > 1e-9 * k)
      position.quantity = k === size ? 0 : position.quantity + quantity
    }
    let worth = 0
    for (let asset = 0; asset < n; asset++) {
      const price = market.close[bar * n + asset]
      if (!Number.isNaN(price)) marks[asset] = price
      if (held[asset].quantity !== 0) worth += held[asset].quantity * times[asset] * marks[asset]
    }
    const scale = moved + Math.abs(worth)
    check(
      close(result.equity[bar], cash + worth, scale),
      () => `equity of bar ${bar}: ${result.equity[bar]}, not ${cash + worth}`,
    )
    check(close(result.cash[bar], cash, scale), () => `cash of bar ${bar}: ${result.cash[bar]}, not ${cash}`)
  }
  check(at === fills.length, () => `${fills.length - at} fills after the last bar`)
  check(trade === trades.length, () => `${trades.length} trades, ${trade} reductions`)
  checkPositions(result, held, check)
  const open = Array.from(result.openPositions.values('unrealizedPnl')).reduce((a, b) => a + b, 0)
  const last = result.equity[result.equity.length - 1]
  check(
    close(cash0 + closed + open, last, moved + Math.abs(last)),
    () => `${cash0} + ${closed} closed + ${open} open is not ${last}`,
  )
  checkOrders(result, fills, check)
  const { maxDrawdown } = result.summary
  const broke = result.equity.some((equity) => equity <= 0)
  check(maxDrawdown >= 0 && (broke || maxDrawdown <= 1), () => `drawdown ${maxDrawdown}`)
  return problems
}

type Check = (good: boolean, what: () => string) => void

function readFills(result: Result): Fill[] {
  const { fills } = result
  const values = (name: string) => fills.values(name)
  const [bar, asset, orderId, side] = ['bar', 'asset', 'orderId', 'side'].map(values)
  const [quantity, price, basePrice] = ['quantity', 'price', 'basePrice'].map(values)
  const [commission, phase, reason] = ['commission', 'phase', 'reason'].map(values)
  return Array.from({ length: fills.length }, (_, i) => ({
    bar: bar[i],
    asset: asset[i],
    orderId: orderId[i],
    quantity: side[i] === BUY ? quantity[i] : -quantity[i],
    price: price[i],
    basePrice: basePrice[i],
    commission: commission[i],
    phase: phase[i],
    reason: reason[i],
  }))
}

/** Before slippage inside [low, high] of rule 1.3; slippage against the trader. */
function checkPrice(fill: Fill, { settings }: Result, market: Market, check: Check, place: string): void {
  // What other engines do otherwise: a stop-limit at its stop, wherever the bar is (10.8), a stop at the close before (10.12), and a
  // cap by the next bar (10.3).
  const atStop = (settings.stopLimit === 'at-stop' || settings.matching === 'queue') && fill.orderId > 0
  const ahead = settings.slips === 'capped-ahead'
  const cell = fill.bar * market.assetCount + fill.asset
  const seesClose = settings.triggers === 'close'
  const { basePrice: base, price } = fill
  check(
    atStop ||
      (base >= (seesClose ? market.close : market.rangeLow)[cell] &&
        base <= (seesClose ? market.close : market.rangeHigh)[cell]),
    () => `${place}: base price ${base} outside the bar`,
  )
  if (fill.phase === PHASE_OPEN && !atStop)
    check(base === (seesClose ? market.close : market.open)[cell], () => `${place}: ${base} is not the open`)
  if (fill.phase === PHASE_CLOSE) check(base === market.close[cell], () => `${place}: ${base} is not the close`)
  check(
    ahead || (fill.quantity > 0 ? price >= base : price <= base),
    () => `${place}: slippage for the trader, ${price} from ${base}`,
  )
  // Makers may be paid, as takers never are (7.2).
  const { commission, sellCommission } = settings
  const charged = fill.quantity > 0 || sellCommission.type === 'same' ? commission : sellCommission
  const multiplier = market.instruments[market.assets[fill.asset]]?.multiplier ?? 1
  const value = Math.abs(fill.quantity * multiplier * price)
  const least = charged.type === 'maker-taker' ? Math.min(0, charged.maker) * value : 0
  check(
    fill.quantity !== 0 && fill.commission >= least,
    () => `${place}: quantity ${fill.quantity}, commission ${fill.commission}`,
  )
}

/** A position closed because its asset had ended: at the open of a bar that the asset does not have, at its last close. */
function checkEnded(fill: Fill, market: Market, check: Check, place: string): void {
  const { bar, asset, basePrice, price, phase, orderId, commission } = fill
  const closeAt = (at: number) => market.close[at * market.assetCount + asset]
  let last = bar - 1
  while (last >= 0 && Number.isNaN(closeAt(last))) last--
  check(Number.isNaN(closeAt(bar)), () => `${place}: the asset has a bar where it had ended`)
  check(last >= 0 && basePrice === closeAt(last), () => `${place}: ${basePrice} is not the last close`)
  check(price === basePrice, () => `${place}: slipped from ${basePrice} to ${price}`)
  check(phase === PHASE_OPEN && orderId === 0, () => `${place}: phase ${phase}, order ${orderId}`)
  check(commission >= 0, () => `${place}: commission ${commission}`)
  const time = market.delisted[market.assets[asset]]
  check(
    market.time[bar] >= time && !(market.time[bar - 1] >= time),
    () => `${place}: not the first bar from the delisted time on`,
  )
}

function checkPositions(result: Result, held: readonly Held[], check: Check): void {
  const { openPositions } = result
  const expected = held.flatMap(({ quantity }, asset) => (quantity === 0 ? [] : [[asset, quantity]]))
  // A row a lot, those of an asset together (10.13).
  const found: [asset: number, quantity: number][] = []
  for (let row = 0; row < openPositions.length; row++) {
    const asset = openPositions.values('asset')[row]
    const quantity = openPositions.values('quantity')[row]
    const last = found[found.length - 1]
    if (last?.[0] === asset) {
      check(result.settings.lots === 'fifo', () => `open position ${row}: a lot of its own`)
      check(last[1] * quantity > 0, () => `open position ${row}: on the other side`)
      last[1] += quantity
    } else found.push([asset, quantity])
  }
  check(found.length === expected.length, () => `${found.length} open positions, ${expected.length} by the fills`)
  expected.forEach(([asset, quantity], row) => {
    if (row >= found.length) return
    check(found[row][0] === asset, () => `open position ${row}: asset`)
    check(
      Math.abs(found[row][1] - quantity) <= 1e-9 * Math.abs(quantity),
      () => `open position ${row}: ${found[row][1]}, not ${quantity}`,
    )
  })
}

function checkOrders(result: Result, fills: readonly Fill[], check: Check): void {
  const bars = result.equity.length
  const own = new Map<number, { units: number; side: number; turns: number }>()
  for (const { orderId, quantity } of fills) {
    if (orderId === 0) continue
    const sum = own.get(orderId) ?? { units: 0, side: Math.sign(quantity), turns: 0 }
    if (sum.side !== Math.sign(quantity)) sum.turns++
    // A market target has the side that it traded on last.
    sum.side = Math.sign(quantity)
    sum.units += Math.abs(quantity)
    own.set(orderId, sum)
  }
  for (let row = 0; row < result.orders.length; row++) {
    const order = result.orders.row(row)
    const name = `order ${order.id}`
    const { units, side, turns } = own.get(order.id as number) ?? { units: 0, side: 0, turns: 0 }
    // A target is worked out anew at each leg (3.2): where another order has closed the position in between, what took some
    // of it off among the exits builds it up again among the entries.
    const turnable = order.type === 'market' && String(order.sizeType).startsWith('target')
    // In parts it is worked out anew at the turn of each bar (3.12), at whatever price that has.
    const most = result.settings.participation.type === 'none' ? 1 : bars
    check(turns <= (turnable ? most : 0), () => `${name} traded both ways`)
    check(order.id === row + 1, () => `${name} stands in row ${row}`)
    check(
      ['filled', 'partially_filled', 'cancelled', 'rejected'].includes(order.status as string),
      () => `${name} ended as ${order.status}`,
    )
    check((order.endedBar as number) >= (order.createdBar as number), () => `${name} ended before it was given`)
    check(order.filledQuantity === units, () => `${name}: ${order.filledQuantity} filled, ${units} by its fills`)
    check(
      side === 0 || (order.side === 'buy') === side > 0,
      () => `${name} is a ${order.side} and traded the other way`,
    )
    const none = order.status === 'cancelled' || order.status === 'rejected'
    check(
      none ? units === 0 : units > 0 || String(order.sizeType).startsWith('target'),
      () => `${name} ${order.status} with ${units}`,
    )
    check(order.status !== 'partially_filled' || order.reason !== null, () => `${name} does not say why it ended`)
    check(
      order.status !== 'filled' || order.reason === null || order.reason === 'cut',
      () => `${name} filled: ${order.reason}`,
    )
  }
  for (const id of own.keys())
    check(id >= 1 && id <= result.orders.length, () => `fills of order ${id}, which is not there`)
}
