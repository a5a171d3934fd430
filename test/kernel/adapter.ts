import * as L from '../../assembly/layout.ts'
import type { DrivenRun } from '../../src/drivers/driven.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { FillgridError } from '../../src/errors.ts'
import type { Lane } from '../../src/kernel/lane.ts'
import { lotsOf } from '../../src/kernel/lots.ts'
import type { Instrument } from '../../src/market/instrument.ts'
import { Market } from '../../src/market/market.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import { ORDER_REASONS, ORDER_STATUSES } from '../../src/results/schema.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import type { BracketRequest } from '../../src/strategy/requests.ts'
import {
  defineSignals,
  type SignalColumns,
  type SignalRule,
  type SignalStrategy,
  Strategy,
} from '../../src/strategy/strategy.ts'
import { aloneToo } from '../oracle/options.ts'
import { OWN_MODELS } from '../oracle/own.ts'
import type {
  BracketSpec,
  Command,
  Fill,
  Order,
  OrderSpec,
  Outcome,
  Scenario,
  ScenarioMarket,
  SignalScenario,
  Trade,
} from '../oracle/types.ts'

/** The deepest fall inside a bar so far. */
function intrabarDrawdown(lane: Lane): number {
  lane.bind()
  const scratch = lane.i32(L.RUN_RING) >>> 0
  lane.kernels.putIntrabar(scratch)
  return lane.engine.arena.f64(scratch, L.STAT_COUNT)[L.STAT_INTRABAR_DRAWDOWN]
}

const NO_TRIPS = {
  trades: 0,
  wins: 0,
  losses: 0,
  profit: 0,
  loss: 0,
  largestWin: 0,
  largestLoss: 0,
  bars: 0,
  returns: 0,
  pnl: 0,
  exits: 0,
  exitWins: 0,
  open: 0,
}

/** The totals of round trips (7.10). */
function tripTotals(lane: Lane, lots: number): Outcome['trips'] {
  return {
    trades: lane.total(L.TOTAL_TRADES),
    wins: lane.total(L.TOTAL_WINS),
    losses: lane.total(L.TOTAL_LOSSES),
    profit: lane.total(L.TOTAL_GROSS_PROFIT),
    loss: lane.total(L.TOTAL_GROSS_LOSS),
    largestWin: lane.total(L.TOTAL_LARGEST_WIN),
    largestLoss: lane.total(L.TOTAL_LARGEST_LOSS),
    bars: lane.total(L.TOTAL_BARS_HELD),
    returns: lane.total(L.TOTAL_RETURN_SUM),
    pnl: lane.total(L.TOTAL_PNL),
    exits: lane.total(L.TOTAL_TRADES) + lane.total(L.TOTAL_PARTS),
    exitWins: lane.total(L.TOTAL_WINS) + lane.total(L.TOTAL_PART_WINS),
    open: lane.i32(L.RUN_LOTS) === L.LOTS_AVERAGE ? lane.i32(L.RUN_HELD) : lots,
  }
}

/** When the bars of a market start; days from 1970 on where nothing is said. */
export type Stamps = Pick<ScenarioMarket, 'step' | 'from'>

/** Gives the commands of a scenario, bar by bar, through the public broker. */
export class Scripted extends Strategy {
  static override costModels = OWN_MODELS
  answers: boolean[] = []
  readonly #commands: readonly Command[][]
  readonly #stamps: Stamps

  /** @param stamps of the market's bars, for the times at which orders end */
  constructor(commands: readonly Command[][], stamps: Stamps = {}) {
    super()
    this.#commands = commands
    this.#stamps = stamps
  }

  override onBar(bar: Bar, broker: Broker): void {
    for (const command of this.#commands[bar.index] ?? []) this.#give(command, broker)
  }

  #give(command: Command, broker: Broker): void {
    switch (command.kind) {
      case 'order':
        if (command.bracket) broker.submitBracket(request(command.order, this.#stamps, command.bracket))
        else broker.submitOrder(request(command.order, this.#stamps))
        break
      case 'oco':
        broker.submitOco(command.members.map((member) => request(member.order, this.#stamps, member.bracket)))
        break
      case 'close':
        broker.closePosition(command.asset, {
          timing: command.timing,
          tag: command.tag,
          lot: isThere(command, broker) ? command.lot : undefined,
        })
        break
      case 'update':
        this.answers.push(
          broker.updateOrder(command.id, {
            limitPrice: command.limit,
            stopPrice: command.stop,
            trailAmount: command.trailFraction ? undefined : command.trail,
            trailFraction: command.trailFraction ? command.trail : undefined,
            limitOffset: command.offset,
            goodTill: endOf(command.until, this.#stamps),
            quantity: command.units,
          }),
        )
        break
      case 'cancel':
        this.answers.push(broker.cancelOrder(command.id))
        break
      case 'reduce':
        this.answers.push(
          isThere(command, broker) && broker.reducePosition(command.asset, command.fraction, { lot: command.lot }),
        )
        break
      case 'move-stop':
        this.answers.push(
          isThere(command, broker) && broker.moveStop(command.asset, command.price, { lot: command.lot }),
        )
        break
      case 'rules':
        broker.setPositionRules(command.rules, command.asset)
    }
  }
}

/** Whether the lot that is named is there; one that is not is an error of the caller. */
function isThere({ asset, lot }: { asset: number; lot?: number }, broker: Broker): boolean {
  return lot === undefined || broker.getPosition(asset).lots.some(({ id }) => id === lot)
}

function request(order: OrderSpec, stamps: Stamps, bracket?: BracketSpec): BracketRequest {
  return {
    asset: order.asset,
    type: order.type,
    side: order.side > 0 ? 'buy' : 'sell',
    size: { type: order.size, amount: order.amount },
    limitPrice: order.limit,
    stopPrice: order.stop,
    trailAmount: order.trailFraction ? undefined : order.trail,
    trailFraction: order.trailFraction ? order.trail : undefined,
    limitOffset: order.offset,
    timing: order.timing,
    timeInForce: order.force,
    goodTill: endOf(order.until, stamps),
    postOnly: order.postOnly,
    reduceOnly: order.reduceOnly,
    after: order.after,
    tag: order.tag,
    stop: order.rules?.stop,
    target: order.rules?.target,
    trail: order.rules?.trail,
    rules: order.chain,
    stopLossPrice: bracket?.stop,
    takeProfitPrice: bracket?.target,
    childTrailAmount: bracket?.trailFraction ? undefined : bracket?.trail,
    childTrailFraction: bracket?.trailFraction ? bracket.trail : undefined,
    takeProfits: bracket?.targets,
    breakEvenAfter: bracket?.breakEvenAfter,
    trailAfter: bracket?.trailAfter,
  }
}

const DAY = 86_400_000

/** A time at which an order ends before a bar: the start of that bar, or in between. */
function endOf(bar: number | undefined, { step = DAY, from = 0 }: Stamps): number | undefined {
  return bar === undefined ? undefined : from + (bar - (bar % 2) / 2) * step
}

/** A market of the scenario's bars, a day apart from 1970 on unless it says otherwise. Every second asset that ends does so between two bars. */
export function makeMarket(market: ScenarioMarket): Market {
  const { step = DAY, from = 0 } = market
  const flat = (rows: number[][]) => Float64Array.from(rows.flat())
  const delisted: Record<string, number> = {}
  market.delisted?.forEach((bar, a) => {
    if (bar !== null) delisted[`A${a}`] = from + (bar - (a % 2) / 2) * step
  })
  return Market.from(
    {
      assets: Array.from({ length: market.assets }, (_, a) => `A${a}`),
      time: Float64Array.from({ length: market.bars }, (_, t) => from + t * step),
      open: flat(market.open),
      high: flat(market.high),
      low: flat(market.low),
      close: flat(market.close),
      volume: flat(market.volume),
      signals: Object.fromEntries(Object.entries(market.signals ?? {}).map(([name, rows]) => [name, flat(rows)])),
    },
    {
      allowNonPositive: market.allowNonPositive,
      ...(market.delisted ? { delisted } : {}),
      ...(market.instruments ? { instruments: instrumentsOf(market) } : {}),
    },
  )
}

function instrumentsOf({ instruments = [] }: ScenarioMarket): Record<string, Instrument> {
  return Object.fromEntries(instruments.flatMap((one, a) => (one ? [[`A${a}`, one]] : [])))
}

/** Runs a scenario through the engine and puts what came of it in the oracle's words. */
export function runEngine(scenario: Scenario): Outcome {
  const market = makeMarket(scenario.market)
  const strategy = new Scripted(scenario.commands, scenario.market)
  try {
    return outcomeOf(openRun(market, withAllEvents(strategy), aloneToo(scenario.settings)), strategy.answers)
  } finally {
    market.release()
  }
}

/** The run records events only for strategies that listen. */
function withAllEvents(strategy: Scripted): Scripted {
  strategy.onOrder = () => {}
  return strategy
}

/** The signals driver on the same terms. */
export function runEngineSignals(scenario: SignalScenario): Outcome {
  const market = makeMarket(scenario.market)
  const { assets, bars } = scenario.market
  const column = <T>(rows: T[][] | undefined) => rows?.flat()
  const columns: SignalColumns = {
    entries: column(scenario.entries),
    exits: column(scenario.exits),
    shortEntries: column(scenario.shortEntries),
    shortExits: column(scenario.shortExits),
    targetPosition: column(scenario.targetPosition),
    size: column(scenario.size),
    sizeType: scenario.sizeType,
    stop: column(scenario.stop),
    target: column(scenario.target),
    trail: column(scenario.trail),
    hold: column(scenario.hold),
    rules: signalRules(scenario),
  }
  if (!columns.entries && !columns.exits && !columns.shortEntries && !columns.shortExits && !columns.targetPosition)
    columns.flags = new Uint8Array(assets * bars)
  const config: BacktestConfig = {
    ...aloneToo(scenario.settings),
    size: { type: scenario.sizeType, amount: scenario.defaultSize },
  }
  try {
    return outcomeOf(openRun(market, decidedBy(columns), config), [])
  } finally {
    market.release()
  }
}

/** The chain of a scenario: what of a rule is a number is a column, which has none where the rule is left out. */
export function signalRules({ rules }: SignalScenario): SignalRule[] | undefined {
  return rules?.map(({ rule, there }) => {
    const left = (value: number) => there.flat().map((is) => (is ? value : Number.NaN))
    if (rule.type === 'time') return { ...rule, bars: left(rule.bars) }
    // A time of day is no number: it is always there.
    return rule.type === 'clock' ? rule : { ...rule, distance: left(rule.distance) }
  })
}

/** Columns of a strategy that has the own cost models; its own text stands for none. */
function decidedBy(columns: SignalColumns): SignalStrategy {
  return defineSignals({ name: 'signals', source: 'columns', costModels: OWN_MODELS, signals: () => columns })
}

const REASONS = ['order', 'stop', 'target', 'trail', 'time', 'bust', 'order', 'ended', 'halt', 'rule', 'clock'] as const
const PHASES = ['open', 'range', 'close'] as const
const TOLD = ['', 'fraction ', 'price ', 'atr ', 'bars ', 'moved ', 'clock '] as const

function toldIn(code: number, distance: number): string {
  const told = TOLD[code & 15]
  return told === '' && distance === 0 ? '' : `${told}${distance}`
}

function outcomeOf(run: DrivenRun, answers: boolean[]): Outcome {
  const { lane } = run
  const events: number[] = []
  run.onEvents((more) => {
    for (const n of more) events.push(n)
  })
  try {
    const fault = faultOf(run)
    if (fault) return faulted(fault)
    const bars = run.bar + 1
    const f = lane.tables.fills.take()
    const t = lane.tables.trades.take()
    const o = lane.tables.orders.take()
    const fills = rows<Fill>(f.rows, (row) => {
      const code = f.i32(L.FILL_CODE)[row]
      return {
        bar: f.i32(L.FILL_BAR)[row],
        asset: f.i32(L.FILL_ASSET)[row],
        order: f.i32(L.FILL_ORDER)[row],
        quantity: f.f64(L.FILL_QUANTITY)[row],
        price: f.f64(L.FILL_PRICE)[row],
        base: f.f64(L.FILL_BASE)[row],
        commission: f.f64(L.FILL_COMMISSION)[row],
        reason: REASONS[code & 15],
        phase: PHASES[(code >> L.CODE_PHASE_SHIFT) & 3],
        tag: f.f64(L.FILL_TAG)[row],
        rule: ((code >> 8) & 15) - 1,
        told: toldIn(code >> L.CODE_TOLD_SHIFT, f.f64(L.FILL_DISTANCE)[row]),
      }
    })
    const trades = rows<Trade>(t.rows, (row) => {
      const code = t.i32(L.TRADE_CODE)[row]
      return {
        asset: t.i32(L.TRADE_ASSET)[row],
        entryBar: t.i32(L.TRADE_ENTRY_BAR)[row],
        exitBar: t.i32(L.TRADE_EXIT_BAR)[row],
        quantity: t.f64(L.TRADE_QUANTITY)[row],
        entryPrice: t.f64(L.TRADE_ENTRY_PRICE)[row],
        exitPrice: t.f64(L.TRADE_EXIT_PRICE)[row],
        pnl: t.f64(L.TRADE_PNL)[row],
        entryCommission: t.f64(L.TRADE_ENTRY_COMMISSION)[row],
        exitCommission: t.f64(L.TRADE_EXIT_COMMISSION)[row],
        mfe: t.f64(L.TRADE_MFE)[row],
        mae: t.f64(L.TRADE_MAE)[row],
        barsHeld: t.i32(L.TRADE_BARS_HELD)[row],
        stop: t.f64(L.TRADE_ENTRY_STOP)[row],
        reason: REASONS[code & 15],
        exitOrder: t.i32(L.TRADE_EXIT_ORDER)[row],
        entryOrder: t.i32(L.TRADE_ENTRY_ORDER)[row],
        told: toldIn(code >> L.CODE_EXIT_TOLD_SHIFT, t.f64(L.TRADE_EXIT_DISTANCE)[row]),
        ambiguous: ((code | (code >> L.CODE_ENTRY_SHIFT)) & L.CODE_AMBIGUOUS) !== 0,
      }
    })
    const orders = rows<Order>(o.rows, (row) => {
      const code = o.i32(L.ENDED_CODE)[row]
      return {
        id: o.i32(L.ENDED_ID)[row],
        asset: o.i32(L.ENDED_ASSET)[row],
        status: ORDER_STATUSES[(code >> L.ORDER_CODE_STATUS) & 7],
        reason: ORDER_REASONS[(code >> L.ORDER_CODE_REASON) & 31],
        createdBar: o.i32(L.ENDED_CREATED)[row],
        endedBar: o.i32(L.ENDED_ENDED_BAR)[row],
        filled: o.f64(L.ENDED_FILLED)[row],
      }
    }).sort((a, b) => a.id - b.id)
    const occurrences: Outcome['occurrences'] = []
    for (let i = 0; i < events.length; i += 2) {
      occurrences.push({
        kind: events[i] === L.EVENT_FILL ? 'fill' : events[i] === L.EVENT_TRADE ? 'trade' : 'order',
        index: events[i + 1],
      })
    }
    const walked = lane.tables.ambiguous.take()
    const lots = lotsOf(lane, undefined).map(({ f64, i32, position, words }) => ({
      asset: i32[L.LOT_ASSET / 4],
      order: words[L.POSITION_ENTRY_ORDER / 4],
      quantity: f64[L.LOT_QUANTITY / 8],
      price: position[L.POSITION_AVERAGE / 8],
      commission: position[L.POSITION_COMMISSION / 8],
      barsHeld: lane.shape.dense
        ? lane.i32(L.RUN_BAR) - words[L.POSITION_ENTRY_BAR / 4]
        : words[L.POSITION_BARS_HELD / 4],
    }))
    const positions = Array.from(lane.quantities, (quantity, asset) => ({
      quantity,
      price: quantity === 0 || lots.length > 0 ? 0 : lane.position(asset, L.POSITION_AVERAGE),
    }))
    return {
      equity: [...lane.equity.slice(0, bars)],
      cash: [...lane.cash.slice(0, bars)],
      fills,
      trades,
      orders,
      occurrences,
      positions,
      lots,
      ambiguous: rows(walked.rows, (row) => ({ bar: walked.i32(0)[row], asset: walked.i32(1)[row] })),
      marginCalls: lane.total(L.TOTAL_MARGIN_CALLS),
      bust: lane.i32(L.RUN_BUST) !== 0,
      answers,
      unlisted: lane.total(L.TOTAL_UNLISTED),
      trips: tripTotals(lane, lots.length),
      intrabar: {
        drawdown: intrabarDrawdown(lane),
        busts: lane.total(L.TOTAL_INTRABAR_BUSTS),
        bustBound: lane.f64(L.RUN_BUST_BOUND),
        bustBar: lane.i32(L.RUN_BUST_BAR),
        calls: lane.total(L.TOTAL_INTRABAR_CALLS),
        callBound: lane.f64(L.RUN_CALL_BOUND),
        callBar: lane.i32(L.RUN_CALL_BAR),
      },
    }
  } finally {
    run.release()
  }
}

/** Runs to the end; where and in which order the numbers left the finite range, if they did (1.8). */
function faultOf(run: DrivenRun): Outcome['fault'] {
  try {
    run.toEnd()
    return undefined
  } catch (error) {
    if (!(error instanceof FillgridError && error.code === 'not_finite')) throw error
    const { bar = Number.NaN, order = Number.NaN } = error.place
    return { bar, order }
  }
}

/** What is compared of a run that ended by rule 1.8. */
function faulted(fault: Outcome['fault']): Outcome {
  return {
    equity: [],
    cash: [],
    fills: [],
    trades: [],
    orders: [],
    occurrences: [],
    positions: [],
    lots: [],
    ambiguous: [],
    marginCalls: 0,
    bust: false,
    answers: [],
    unlisted: 0,
    trips: NO_TRIPS,
    intrabar: {
      drawdown: 0,
      busts: 0,
      bustBound: Number.NaN,
      bustBar: -1,
      calls: 0,
      callBound: Number.NaN,
      callBar: -1,
    },
    fault,
  }
}

function rows<T>(count: number, make: (row: number) => T): T[] {
  return Array.from({ length: count }, (_, row) => make(row))
}

/**
 * The first place where two outcomes differ, exactly (NaN equals NaN, 0 equals -0), or undefined. Where either ended by
 * rule 1.8 only the bar and the order are compared: the tables are then as far as they had come.
 */
export function difference(a: Outcome, b: Outcome): string | undefined {
  if (a.fault || b.fault) return unequal(a.fault, b.fault, '.fault')
  return unequal(a, b, '')
}

function unequal(a: unknown, b: unknown, path: string): string | undefined {
  if (typeof a === 'number' && typeof b === 'number')
    return a === b || (Number.isNaN(a) && Number.isNaN(b)) ? undefined : `${path}: ${a} / ${b}`
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const found = unequal(a[i], b[i], `${path}[${i}]`)
      if (found) return found
    }
    return a.length === b.length
      ? undefined
      : `${path}: ${a.length} / ${b.length} rows, next ${JSON.stringify(a[b.length] ?? b[a.length])}`
  }
  if (a && b && typeof a === 'object' && typeof b === 'object') {
    for (const key of Object.keys(a)) {
      const found = unequal((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], `${path}.${key}`)
      if (found) return found
    }
    return undefined
  }
  return a === b ? undefined : `${path}: ${JSON.stringify(a)} / ${JSON.stringify(b)}`
}
