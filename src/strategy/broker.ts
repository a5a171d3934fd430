import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import type { Lane } from '../kernel/lane.ts'
import type { Market } from '../market/market.ts'
import { SIZE_TYPES } from '../results/schema.ts'
import { checkRules } from '../settings/read.ts'
import { writeRules } from '../settings/record.ts'
import type { CheckedSettings, DefaultSize, Rule, SizeType } from '../settings/settings.ts'
import { TIMINGS } from '../settings/table.ts'
import { type AtrDistance, atrDistance } from './atrtrail.ts'
import { type BracketIds, bracketChildren, bracketIds, NO_CHILDREN } from './bracket.ts'
import { checkId, readChanges, readClose } from './changes.ts'
import { type Clock, checkMaker, closeClass, type Gate, GONE } from './clock.ts'
import { Commands, type Decisions } from './commands.ts'
import type { OrderEvent } from './events.ts'
import { checkFields } from './fields.ts'
import { LateCommands } from './latecommands.ts'
import { OrderBook } from './orderbook.ts'
import { PositionView } from './position.ts'
import { releasedError } from './refusals.ts'
import { type OrderSpec, readOrder } from './request.ts'
import type { BracketRequest, CloseRequest, LotOptions, OrderChanges, OrderRequest, TargetOptions } from './requests.ts'
import { readTargets, wrongTarget } from './targets.ts'

/**
 * The account as a hook sees and uses it. Orders, updates and cancels take effect after the hook in the order given;
 * what is asked here about orders already includes them, position and cash change only with fills. With a `latency` they take
 * effect so many bars later, and nothing here includes them before (semantics 3.15). Assets are given
 * by index or name. Errors are thrown at the call, before anything is changed. Every call throws `released` after its run,
 * and `late_call`, `run_over` or `already_committed` where the bar it was given for is decided; names and values that cannot
 * be are `unknown_name` and `invalid_value`.
 */
export class Broker {
  /** Size of entries that give none; frozen. */
  readonly defaultSize: Readonly<DefaultSize>
  readonly #lane: Lane
  readonly #market: Market
  readonly #settings: CheckedSettings
  readonly #timing: number
  readonly #positions: (PositionView | undefined)[] = []
  readonly #contextNames: readonly string[]
  readonly #orders: OrderBook
  readonly #commands: Decisions
  /** What is decided is on its way for some bars. */
  readonly #late: LateCommands | undefined
  readonly #clock: Clock
  readonly #gate: Gate
  readonly #atr: AtrDistance
  /** The run's own quantities, as long as they have a length and the epoch is this one. */
  #quantities: Float64Array = NOT_YET
  #epoch = -1
  /** What `quantities` gives, copied at this turn: the run's own are not for writing. */
  readonly #copy: Float64Array
  #turn = -1

  /** Made by the run, which moves the clock and opens the gate. `contextNames` are names of position context, in the order of the run's. @internal */
  constructor(
    lane: Lane,
    market: Market,
    settings: CheckedSettings,
    defaultSize: DefaultSize,
    contextNames: readonly string[],
    gate: Gate,
  ) {
    checkMaker(gate, 'broker')
    const { clock } = gate
    this.#gate = gate
    this.#lane = lane
    this.#market = market
    this.#clock = clock
    this.#copy = new Float64Array(market.assetCount)
    this.#orders = new OrderBook(lane, market, clock)
    const { late } = lane
    this.#late = late && new LateCommands(lane, late, this.#orders)
    this.#commands = this.#late ?? new Commands(lane, this.#orders)
    this.#atr = atrDistance(lane.engine, market, clock)
    this.#settings = settings
    this.#timing = TIMINGS.indexOf(settings.timing)
    this.defaultSize = Object.freeze({ ...defaultSize })
    this.#contextNames = contextNames
    Object.freeze(this)
  }

  /**
   * Gives an order and returns its id. Size: `quantity` (units; without `side` its sign decides), `value` (currency),
   * `fraction` (of equity), or a target; without any, the run's size.
   * @throws FillgridError unknown_name, invalid_value
   */
  submitOrder(request: OrderRequest): number {
    this.#mayOrder()
    checkFields(request, 'order', 'order')
    return this.#submit(request)
  }

  /**
   * An entry with a stop and/or a target that wake when it fills, reduce only, and cancel each other. With `takeProfits` it is
   * scaled: each target takes its share of the units, and the stop covers what is left.
   * @throws FillgridError invalid_value where the prices contradict each other, or shares do not add up to 1
   */
  submitBracket(request: BracketRequest): BracketIds {
    this.#mayOrder()
    checkFields(request, 'bracket', 'bracket')
    const order = this.#read(request)
    const children = bracketChildren(request, order, this.#market, this.#settings, this.#atr)
    if (children.length === 0)
      throw new FillgridError(
        'invalid_value',
        'bracket: at least one of stopLossPrice, takeProfitPrice, takeProfits, childTrailAmount, childTrailFraction and childTrailAtr expected, found none. Use submitOrder for an entry alone.',
      )
    const parent = this.#commands.order(order, children, 0)
    return bracketIds(parent, children)
  }

  /**
   * Orders of one asset of which any fill cancels the rest; members may be brackets. Returns the ids of each member, in
   * their order.
   * @throws FillgridError invalid_value, unknown_name
   */
  submitOco(requests: readonly (OrderRequest | BracketRequest)[]): BracketIds[] {
    this.#mayOrder()
    if (!Array.isArray(requests) || requests.length < 2)
      throw new FillgridError(
        'invalid_value',
        `oco: a list of at least 2 orders expected, found ${Array.isArray(requests) ? requests.length : show(requests)}. Use submitOrder for one.`,
      )
    const members = Array.from(requests, (request) => {
      checkFields(request, 'bracket', 'order of oco')
      const order = this.#read(request)
      return { order, children: bracketChildren(request, order, this.#market, this.#settings, this.#atr) }
    })
    const asset = members[0].order.asset
    const other = members.find((member) => member.order.asset !== asset)
    if (other) {
      throw new FillgridError(
        'invalid_value',
        `oco: orders of one asset expected, found ${this.#market.assets[asset]} and ${this.#market.assets[other.order.asset]}. Give a group for each.`,
      )
    }
    const group = this.#commands.nextId
    return members.map(({ order, children }) => bracketIds(this.#commands.order(order, children, group), children))
  }

  /**
   * Changes prices or trail of a pending order, or the quantity of one given in units.
   * @returns false, with nothing changed, where it is not pending or a change does not fit its type. With a latency true where it is
   * pending or on its way; whether the change fits is found when that arrives
   * @throws FillgridError invalid_value for a price, trail or quantity that no order could have
   */
  updateOrder(id: number, changes: OrderChanges): boolean {
    this.#mayOrder()
    const known = checkId(id)
    const own = readChanges(id, changes, this.#market, this.#clock.index, (given, fail) => {
      this.#commands.settle()
      const asset = known ? this.#commands.assetOf(id) : -1
      return asset < 0 ? Number.NaN : this.#atr(asset, given, 'trailAtr', fail)
    })
    if (!known) return false
    this.#commands.settle()
    return this.#commands.update(id, own)
  }

  /** Cancels a pending order. @returns false where it was not pending; with a latency nor on its way */
  cancelOrder(id: number): boolean {
    this.#mayOrder()
    if (!checkId(id)) return false
    this.#commands.settle()
    return this.#commands.cancel(id)
  }

  /**
   * A market order that closes the whole position, or a `lot` of it, and never opens one. Returns its id.
   *
   * @throws FillgridError unknown_name for a lot that the position does not have
   */
  closePosition(asset: number | string, options: CloseRequest = {}): number {
    this.#mayOrder()
    checkFields(options, 'close', 'close')
    const index = this.#asset(asset)
    const { timing, flags, tag } = readClose(options, this.#market.assets[index], this.#timing)
    return this.#commands.close(index, timing, flags, tag, this.#lot(index, options))
  }

  /**
   * Trades to a position of this many units (signed). Returns the order's id. A limit or stop trades one way only, the
   * one that leads to the target from the position as it is now; the targets below alike.
   */
  orderTargetQuantity(asset: number | string, quantity: number, options?: TargetOptions): number {
    return this.#target(asset, L.SIZE_TARGET_UNITS, quantity, options)
  }

  /** Trades to a position worth this much currency (signed) at the fill. Returns the order's id. */
  orderTargetValue(asset: number | string, value: number, options?: TargetOptions): number {
    return this.#target(asset, L.SIZE_TARGET_VALUE, value, options)
  }

  /** Trades to a position worth this fraction of equity (signed; 0.5 is 50 percent). Returns the order's id. */
  orderTargetPercent(asset: number | string, fraction: number, options?: TargetOptions): number {
    return this.#target(asset, L.SIZE_TARGET_FRACTION, fraction, options)
  }

  /**
   * Trades all assets at once: `targets[asset]` is the position that the asset is to have, NaN where it is to stay as it
   * is. A market order for each, in asset order, as the calls above give them one by one; a target in units that is the
   * position already gives none, unless an order of the asset is pending, or with a latency on its way. Returns the number of orders given.
   * @param type what the targets are: signed 'units', 'value' (currency) or 'fraction' of equity
   * @throws FillgridError invalid_value
   */
  orderTargets(targets: ArrayLike<number>, type: DefaultSize['type'] = 'units'): number {
    this.#mayOrder()
    const { assets } = this.#market
    const { values, size } = readTargets(targets, type, assets)
    this.#commands.settle()
    const given = this.#late
      ? this.#targetsLate(this.#late, values, size)
      : this.#lane.orderTargets(values, size, this.#timing)
    if (given >= 0) return given
    throw wrongTarget(values[-1 - given], assets[-1 - given])
  }

  /** The same, on their way: which of them ask for an order is decided now. Settled. */
  #targetsLate(late: LateCommands, values: Float64Array, size: number): number {
    const infinite = values.findIndex((target) => Math.abs(target) === Number.POSITIVE_INFINITY)
    if (infinite >= 0) return -1 - infinite
    let given = 0
    values.forEach((target, asset) => {
      const held = this.getQuantity(asset)
      const met = size === L.SIZE_UNITS && target === held && !late.hasOrder(asset)
      if (Number.isNaN(target) || met) return
      const type = size + L.SIZE_TARGET_UNITS
      late.target(asset, this.#goalUnits(asset, type, target) > held ? 1 : -1, type, target)
      given++
    })
    return given
  }

  /**
   * An entry as the signals driver gives it (semantics 8.2): nothing (0) while a position on that side is held or an
   * entry is pending; a market order of the run's size when flat; against a position one that reverses it.
   */
  enterPosition(
    asset: number | string,
    side: 'long' | 'short',
    options: TargetOptions & { size?: number } = {},
  ): number {
    this.#mayOrder()
    checkFields(options, 'entry', 'entry')
    const index = this.#asset(asset)
    const sign = side === 'long' ? 1 : side === 'short' ? -1 : 0
    if (sign === 0)
      throw new FillgridError(
        'invalid_value',
        `entry of ${this.#market.assets[index]}.side: 'long' or 'short' expected, found ${show(side)}.`,
      )
    const held = this.getQuantity(index)
    if (held * sign > 0) return 0
    this.#commands.settle()
    if (this.#commands.hasEntry(index)) return 0
    const amount = options.size ?? this.defaultSize.amount
    const size: SizeType = held === 0 ? this.defaultSize.type : `target-${this.defaultSize.type}`
    return this.#submit({
      ...options,
      asset: index,
      side: sign > 0 ? 'buy' : 'sell',
      size: { type: size, amount: held === 0 ? amount : sign * amount },
    })
  }

  /** Signed units held of an asset; 0 when flat. The cheapest question. */
  getQuantity(asset: number | string): number {
    if (typeof asset === 'number' && this.#epoch === this.#clock.epoch) {
      const quantity = this.#quantities[asset]
      if (quantity !== undefined) return quantity
    }
    return this.#held()[this.#asset(asset)]
  }

  /** Signed units held, by asset, as they are in this hook; one array, written anew for each. */
  get quantities(): Float64Array {
    const { open } = this.#gate
    const { turn } = this.#clock
    // Nothing fills while a hook runs.
    if (!open || this.#turn !== turn) {
      copy(this.#held(), this.#copy)
      this.#turn = turn
    }
    return this.#copy
  }

  /** The asset's position; a live view, one object an asset. */
  getPosition(asset: number | string): PositionView {
    this.#mayLook()
    const index = this.#asset(asset)
    this.#positions[index] ??= new PositionView(this.#lane, this.#market, index, this.#contextNames, this.#clock)
    return this.#positions[index]
  }

  /** An order as it stands, pending or ended; undefined for an id that was never given, and with a latency while it is on its way. */
  getOrder(id: number): OrderEvent | undefined {
    if (!checkId(id)) return undefined
    this.#mayLook()
    this.#commands.settle()
    return this.#orders.pending(id) ?? this.#orders.ended(id)
  }

  /** Whether an order is pending, or with a latency on its way; much quicker to ask than what it is like. */
  isPending(id: number): boolean {
    this.#mayLook()
    if (!checkId(id)) return false
    this.#commands.settle()
    this.#lane.bind()
    return this.#late ? this.#late.isKnown(id) : this.#orders.isPending(id)
  }

  /** Orders that are pending, of one asset or of all, in the order of their ids; dormant bracket children too. */
  getPendingOrders(asset?: number | string): OrderEvent[] {
    this.#mayLook()
    this.#commands.settle()
    return this.#orders.pendingOf(asset === undefined ? undefined : this.#asset(asset))
  }

  /** Cash, currency. */
  getCash(): number {
    this.#mayLook()
    return this.#lane.f64(L.RUN_CASH)
  }

  /** Cash and positions marked at the last prices, currency. */
  getAccountValue(): number {
    this.#mayLook()
    return this.#lane.accountValue
  }

  /**
   * Kelly's fraction of the equity by the round trips that have closed so far (semantics 7.10), or a part of it: with w the share of
   * them that was won, and b the average win over the average loss, `part * (w - (1 - w) / b)`, 0 where that is below (J. L. Kelly
   * 1956). NaN until there are `least` of them, with one that won and one that lost among them.
   *
   *     const fraction = broker.kelly(0.5)
   *     if (fraction > 0) broker.submitOrder({ asset: 0, fraction })
   *
   * @param part of Kelly's fraction, above 0; 1
   * @param least closed round trips that are needed; 20
   * @throws FillgridError invalid_value
   */
  kelly(part = 1, least = 20): number {
    this.#mayLook()
    if (!(part > 0 && Number.isFinite(part)))
      throw new FillgridError('invalid_value', `kelly: a part above 0 expected, found ${show(part)}.`)
    if (!(Number.isInteger(least) && least > 0))
      throw new FillgridError(
        'invalid_value',
        `kelly: a number of round trips from 1 on expected, found ${show(least)}.`,
      )
    const total = (of: number) => this.#lane.f64(L.RUN_TOTALS + 8 * of)
    const [trades, wins, losses] = [L.TOTAL_TRADES, L.TOTAL_WINS, L.TOTAL_LOSSES].map(total)
    if (trades < least || wins === 0 || losses === 0) return Number.NaN
    const payoff = total(L.TOTAL_GROSS_PROFIT) / wins / (total(L.TOTAL_GROSS_LOSS) / losses)
    const rate = wins / trades
    return Math.max(0, part * (rate - (1 - rate) / payoff))
  }

  /** What entries may use: free funds over the initial margin, the cash of a cash account, Infinity if unlimited; under other `funds` the cash, with 'lock' less twice what short positions have brought. */
  getBuyingPower(): number {
    this.#mayLook()
    const { account, funds } = this.#settings
    if (funds === 'lock') return Math.min(this.getCash(), this.getCash() - 2 * this.#brought())
    if (funds !== 'account') return this.getCash()
    if (account.type === 'unlimited') return Number.POSITIVE_INFINITY
    if (account.type === 'cash') return this.getCash()
    let gross = 0
    const quantities = this.#held()
    for (let a = 0; a < quantities.length; a++)
      if (quantities[a] !== 0) gross += Math.abs(quantities[a]) * Math.abs(this.getPosition(a).markPrice)
    return Math.max(0, (this.getAccountValue() - account.initial * gross) / account.initial)
  }

  /** Value of the short positions at their average prices. */
  #brought(): number {
    let value = 0
    this.#held().forEach((q, asset) => {
      if (q < 0) value += Math.abs(q) * this.getPosition(asset).averagePrice
    })
    return value
  }

  /**
   * Replaces the chain of position rules: the global one, or an asset's; `null` with an asset goes back to the global
   * one. Counts from the asset's next bar. May be called in `onStart` too.
   */
  setPositionRules(rules: readonly Rule[] | null, asset?: number | string): void {
    if (!this.#gate.starting) this.#mayOrder()
    const index = asset === undefined ? -1 : this.#asset(asset)
    const checked = rules === null && index >= 0 ? null : checkRules(rules ?? [], 'rules')
    this.#commands.settle()
    this.#lane.bind()
    writeRules(this.#lane, index, checked)
  }

  /** The id of the lot that is meant, 0 for none. @throws FillgridError unknown_name */
  #lot(asset: number, { lot }: LotOptions): number {
    if (lot === undefined) return 0
    const symbol = this.#market.assets[asset]
    if (this.#settings.lots === 'average')
      throw new FillgridError(
        'unknown_name',
        `lot of ${symbol}: none expected in a run without lots, found ${show(lot)}. Give \`lots: 'fifo'\`, or leave lot out.`,
      )
    if (checkId(lot) && lot > 0) {
      this.#lane.bind()
      if (this.#lane.kernels.lotOfOrder(asset, lot) > 0) return lot
    }
    const ids = this.getPosition(asset).lots.map(({ id }) => id)
    throw new FillgridError(
      'unknown_name',
      `lot of ${symbol}: the id of one of its ${ids.length} lots expected${ids.length > 0 ? ` (${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', ...' : ''})` : ''}, found ${show(lot)}. Take it from the position's lots.`,
    )
  }

  /**
   * Takes off a fraction of a position, all of it by default, with the run's timing: an exit without an order, as rules have it,
   * which goes where the position goes before, never opens one, and has the reason `rule` (semantics 6.11). Of a position of lots
   * each lot has one, or that which `options` name (10.13).
   *
   * @returns false while flat, or while such an exit waits already (with a latency only while flat)
   * @throws FillgridError invalid_value for what is no fraction above 0 and at most 1; unknown_name for a lot that is not there
   */
  reducePosition(asset: number | string, fraction = 1, options: LotOptions = {}): boolean {
    this.#mayOrder()
    const index = this.#asset(asset)
    if (!(typeof fraction === 'number' && fraction > 0 && fraction <= 1))
      throw new FillgridError(
        'invalid_value',
        `reduction of ${this.#market.assets[index]}: a fraction above 0 and at most 1 expected, found ${show(fraction)}. Leave it out for all of the position.`,
      )
    checkFields(options, 'lot', 'reduction')
    const lot = this.#lot(index, options)
    this.#commands.settle()
    return this.#commands.exit(index, lot, fraction)
  }

  /**
   * Moves the stop of a position to a price: the first stop of its rules, or one that is added (semantics 6.1, 6.11). Where its
   * asset has a tick size the price is rounded to it, against the trader (1.10). Of a position of lots the stop of each moves, or that
   * of the lot which `options` name (10.13).
   *
   * @returns false while flat, or where that would not tighten it (with a latency only while flat)
   * @throws FillgridError invalid_value for what is no price; unknown_name for a lot that is not there
   */
  moveStop(asset: number | string, price: number, options: LotOptions = {}): boolean {
    this.#mayOrder()
    const index = this.#asset(asset)
    if (!(Number.isFinite(price) && (price > 0 || this.#market.allowNonPositive)))
      throw new FillgridError(
        'invalid_value',
        `stop of ${this.#market.assets[index]}: a ${this.#market.allowNonPositive ? 'finite' : 'positive'} price expected, found ${show(price)}.`,
      )
    checkFields(options, 'lot', 'stop')
    const lot = this.#lot(index, options)
    this.#commands.settle()
    return this.#commands.stop(index, lot, price)
  }

  /**
   * Attaches named numbers to an open position; the names are declared with the run (`contextNames`). They can be
   * read from the position and are written to its trades. @returns false while flat
   */
  updatePositionContext(asset: number | string, values: Readonly<Record<string, number>>): boolean {
    this.#mayOrder()
    const index = this.#asset(asset)
    // Read once: what is checked is what is written.
    const entries = Object.entries(values)
    for (const [name, value] of entries) {
      if (!this.#contextNames.includes(name))
        throw new FillgridError(
          'unknown_name',
          `position context: ${show(name)} is not declared. Declare up to eight names in the strategy's static contextNames; it has ${this.#contextNames.join(', ') || 'none'}.`,
        )
      if (typeof value !== 'number')
        throw new FillgridError('invalid_value', `position context ${name}: a number expected, found ${show(value)}.`)
    }
    if (this.getQuantity(index) === 0) return false
    const context = this.#lane.context(index)
    for (const [name, value] of entries) context[this.#contextNames.indexOf(name)] = value
    return true
  }

  /** The run's own quantities, a view: never to be given to a hook. */
  #held(): Float64Array {
    if (this.#epoch !== this.#clock.epoch || this.#quantities.length === 0) {
      this.#mayLook()
      this.#quantities = this.#lane.quantities
      this.#epoch = this.#clock.epoch
    }
    return this.#quantities
  }

  /** The run's memory is used again for its next parameter set: what was kept of an earlier one tells nothing of that. */
  #mayLook(): void {
    if (this.#clock.index === GONE) throw releasedError()
  }

  #mayOrder(): void {
    if (this.#gate.open) return
    const { refusal } = this.#gate
    if (refusal) throw refusal()
    this.#mayLook()
    throw new FillgridError(
      'invalid_value',
      'broker: orders can be given in onBar, onOrder, onFill and onTrade, not before the first bar or after the last. Move the call.',
    )
  }

  #asset(asset: number | string): number {
    if (typeof asset === 'string') return this.#market.assetIndex(asset)
    if (Number.isInteger(asset) && asset >= 0 && asset < this.#market.assetCount) return asset
    throw new FillgridError(
      'unknown_name',
      `broker: assets run from 0 to ${this.#market.assetCount - 1}, found ${show(asset)}.`,
    )
  }

  #target(asset: number | string, size: number, amount: number, options?: TargetOptions): number {
    this.#mayOrder()
    if (options || typeof asset === 'string' || !Number.isFinite(amount)) {
      if (options) checkFields(options, 'target', 'target order')
      const name = SIZE_TYPES[size]
      const side = this.#goalUnits(this.#asset(asset), size, amount) > this.getQuantity(asset) ? 'buy' : 'sell'
      return this.#submit({ ...options, asset, side, size: { type: name, amount } })
    }
    // The short way: thousands of these a bar.
    const quantities = this.#held()
    const index = asset >= 0 && asset < quantities.length && asset % 1 === 0 ? asset : this.#asset(asset)
    const goal = size === L.SIZE_TARGET_UNITS ? amount : this.#goalUnits(index, size, amount)
    return this.#commands.target(index, goal > quantities[index] ? 1 : -1, size, amount)
  }

  /** A target in units at the last price: tells the side of a limit or stop, and of any target until it fills. */
  #goalUnits(asset: number, size: number, amount: number): number {
    if (size === L.SIZE_TARGET_UNITS || this.getQuantity(asset) === 0) return amount
    const money = size === L.SIZE_TARGET_VALUE ? amount : amount * this.getAccountValue()
    return money / (Math.abs(this.getPosition(asset).markPrice) * this.#market.multiplierOf(asset))
  }

  #read(request: OrderRequest): OrderSpec {
    return readOrder(
      request,
      this.#market,
      this.#settings,
      this.defaultSize,
      this.#clock.index,
      this.#commands.nextId,
      this.#atr,
    )
  }

  #submit(request: OrderRequest): number {
    const order = this.#read(request)
    return this.#commands.order(order, NO_CHILDREN, 0)
  }
}

closeClass(Broker)

const NOT_YET = new Float64Array(0)
/** Up to so many numbers a loop costs less than a call of `set`. */
const FEW = 32

function copy(from: Float64Array, to: Float64Array): void {
  if (to.length > FEW) to.set(from)
  else for (let i = 0; i < to.length; i++) to[i] = from[i]
}
