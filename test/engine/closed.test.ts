/**
 * What a hook receives is closed: nothing that it can reach by any name moves time, shows a later bar, or is the engine's
 * own memory. Everything is walked: own properties and prototypes, getters and methods, what these return and throw.
 */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { FillgridError } from '../../src/errors.ts'
import { getEngine } from '../../src/kernel/load.ts'
import { Market } from '../../src/market/market.ts'
import { prepare } from '../../src/prepare.ts'
import { INDICATORS } from '../../src/signals/catalogue.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import type { FillEvent, OrderEvent, TradeEvent } from '../../src/strategy/events.ts'
import type { Indicator } from '../../src/strategy/indicator.ts'
import type { PositionView } from '../../src/strategy/position.ts'
import { IndicatorMethods, Strategy } from '../../src/strategy/strategy.ts'
import { DAY, failure, textOf, walk } from './script.ts'

const BARS = 40
/** The bar at which everything is walked, in each of its hooks. */
const NOW = 17

function prices(): Market {
  const rows = [walk(BARS, 1, 0), walk(BARS, 2, 0)]
  const column = (i: number) => Float64Array.from({ length: 2 * BARS }, (_, at) => rows[at % 2][at >> 1]![i])
  return Market.from({
    assets: ['A', 'B'],
    time: Float64Array.from({ length: BARS }, (_, bar) => bar * DAY),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: column(4),
    signals: { score: Float64Array.from({ length: 2 * BARS }, (_, i) => i) },
    context: { rate: Float64Array.from({ length: BARS }, (_, i) => 1000 + i) },
  })
}

/** Every public name. A new one is looked at here before it is there. */
const NAMES: Record<string, string[]> = {
  bar: 'asset close constructor context high index isoTime last low open signal time value volume'.split(' '),
  broker: [
    'cancelOrder',
    'closePosition',
    'constructor',
    'defaultSize',
    'enterPosition',
    'getAccountValue',
    'getBuyingPower',
    'getCash',
    'getOrder',
    'getPendingOrders',
    'isPending',
    'getPosition',
    'getQuantity',
    'kelly',
    'moveStop',
    'orderTargetPercent',
    'orderTargetQuantity',
    'orderTargetValue',
    'orderTargets',
    'quantities',
    'reducePosition',
    'setPositionRules',
    'submitBracket',
    'submitOco',
    'submitOrder',
    'updateOrder',
    'updatePositionContext',
  ],
  position: [
    'asset',
    'averagePrice',
    'barsHeld',
    'commission',
    'constructor',
    'context',
    'drawdownFromPeak',
    'entryBar',
    'entryTime',
    'highWaterMark',
    'initialQuantity',
    'isFlat',
    'isLong',
    'isProfitable',
    'isShort',
    'lots',
    'lowWaterMark',
    'mae',
    'markPrice',
    'mfe',
    'quantity',
    'side',
    'symbol',
    'unrealizedPercent',
    'unrealizedPnl',
  ],
  indicator: ['constructor', 'key', 'last', 'value', 'warmup'],
  strategy: [
    ...[
      'assets',
      'average',
      'column',
      'constructor',
      'crossedAbove',
      'crossedBelow',
      'expression',
      'indicator',
      'look',
      'market',
    ],
    ...['onBar', 'onEnd', 'onFill', 'onOrder', 'onStart', 'onTrade', 'parameters', 'range', 'state'],
    ...INDICATORS.map(({ name }) => name),
  ],
  // Nothing of how many bars there are, when the last one is or what ends.
  market: ['assets', 'context', 'signals', 'timeframe', 'timezone'],
  order: [
    'amount',
    'asset',
    'createdBar',
    'filledPrice',
    'filledQuantity',
    'goodTill',
    'groupId',
    'id',
    'limitOffset',
    'limitPrice',
    'parentId',
    'postOnly',
    'reason',
    'reduceOnly',
    'side',
    'sizeType',
    'status',
    'stopPrice',
    'symbol',
    'tag',
    'timeInForce',
    'trailAmount',
    'trailFraction',
    'type',
  ],
  fill: [
    'asset',
    'bar',
    'basePrice',
    'commission',
    'detail',
    'orderId',
    'phase',
    'price',
    'quantity',
    'reason',
    'rule',
    'side',
    'symbol',
    'tag',
  ],
  trade: [
    'asset',
    'barsHeld',
    'entryBar',
    'entryOrderId',
    'entryPrice',
    'exitBar',
    'exitDetail',
    'exitOrderId',
    'exitPrice',
    'exitReason',
    'exitRule',
    'mae',
    'mfe',
    'pnl',
    'quantity',
    'symbol',
  ],
}

/** Methods of the broker that are there to change something. */
const ORDERS = new Set(
  NAMES.broker.filter((name) => /^(cancel|close|enter|move|orderTarget|reduce|set|submit|update)/.test(name)),
)

const INTRINSICS = new Set<unknown>([
  Object.prototype,
  Function.prototype,
  Array.prototype,
  Error.prototype,
  Float64Array.prototype,
  Object.getPrototypeOf(Float64Array.prototype),
])

/** Names and symbols that an object has or inherits, apart from what the language gives all. */
function namesOf(object: object): string[] {
  const names = new Set<string>()
  for (let at: object | null = object; at && !INTRINSICS.has(at); at = Object.getPrototypeOf(at))
    for (const key of Reflect.ownKeys(at)) names.add(String(key))
  return [...names].sort()
}

/** Short forms of indicators, of which a few stand for all: each would be called as often as everything else together. */
const SHORT_FORMS = new Set<string>(
  INDICATORS.map(({ name }) => name).filter((name) => !['sma', 'macd', 'correlation', 'zigzag', 'obv'].includes(name)),
)

/** What is reached, and what was called on the way. */
interface Walked {
  kinds: Set<string>
  calls: number
}

/**
 * Reads every property of an object and of what it inherits, calls every function with everything in `battery`, and goes
 * on with what comes back or is thrown.
 *
 * @param skip names of methods that are not called
 * @param check called after every call
 */
function walkAll(roots: Record<string, unknown>, battery: unknown[][], skip: Set<string>, check: (at: string) => void) {
  const { memory } = getEngine().arena
  const seen = new Set<unknown>()
  const out: Walked = { kinds: new Set(), calls: 0 }
  const indicators = new Set<unknown>()
  const orders = new Set<unknown>()
  const visit = (value: unknown, path: string, depth: number): void => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return
    if (INTRINSICS.has(value) || depth > 6) return
    // Each call makes other ones: some are walked.
    if ('warmup' in value && indicators.add(value).size > 3) return
    if ('sizeType' in value && orders.add(value).size > 50) return
    seen.add(value)
    if (typeof value === 'object') out.kinds.add(value.constructor?.name ?? 'none')
    if (ArrayBuffer.isView(value)) {
      expect(value.buffer, `${path} is the engine's memory`).not.toBe(memory.buffer)
      return
    }
    if (value instanceof Market) throw new Error(`${path} is a market`)
    for (let at: object | null = value as object; at && !INTRINSICS.has(at); at = Object.getPrototypeOf(at))
      for (const key of Reflect.ownKeys(at)) {
        const name = `${path}.${String(key)}`
        const { get, set, value: held } = Object.getOwnPropertyDescriptor(at, key)!
        expect(set, `${name} can be set`).toBeUndefined()
        if (get) attempt(() => get.call(value), name, depth)
        else if (typeof held === 'function') call(value as object, held, name, depth)
        else visit(held, name, depth + 1)
      }
  }
  const attempt = (read: () => unknown, name: string, depth: number) => {
    let found: unknown
    try {
      found = read()
    } catch (error) {
      found = error instanceof FillgridError ? error.place : undefined
    }
    out.calls++
    check(name)
    visit(found, `${name}()`, depth + 1)
  }
  const call = (of: object, method: (...given: unknown[]) => unknown, name: string, depth: number) => {
    const short = name.slice(name.lastIndexOf('.') + 1)
    visit(method, name, depth + 1)
    if (SHORT_FORMS.has(short)) return
    // Those of the test and of the language are not the engine's; new strategies would be walked without end.
    const made = method as unknown
    if (made === Strategy || made === IndicatorMethods || method.prototype instanceof Strategy) return
    if (skip.has(short) || /^(on[A-Z]|look$)/.test(short) || Object.hasOwn(globalThis, method.name)) return
    for (const given of battery) {
      attempt(() => method.apply(of, given), name, depth)
      if (short === 'constructor') attempt(() => Reflect.construct(method, given), name, depth)
    }
  }
  for (const [name, root] of Object.entries(roots)) visit(root, name, 0)
  return out
}

/** What a hook is given at once, however late or early. */
interface Hand {
  strategy: Strategy
  bar?: Bar
  broker: Broker
  event?: OrderEvent | FillEvent | TradeEvent
}

/** A strategy that trades, and looks at what it is given with the function of the test. */
function looking(look: (hand: Hand) => void) {
  return class Looking extends Strategy<{ length: number }> {
    static override parameters = { length: { type: 'integer', default: 3, min: 1 } } as const
    static override contextNames = ['mood']
    average!: Indicator
    range!: Indicator
    look(hand: Omit<Hand, 'strategy'>): void {
      look({ strategy: this, ...hand })
    }
    override onStart(broker: Broker): void {
      this.average = this.indicator('sma', { length: this.parameters.length })
      this.range = this.column('range', ({ high, low }) => high.map((price, i) => price - low[i]))
      this.look({ broker })
    }
    override onBar(bar: Bar, broker: Broker): void {
      // Before and after, so that orders of this hook are there too.
      this.look({ bar, broker })
      const { index } = bar
      if (index % 4 === 1) broker.submitOrder({ asset: (index >> 2) % 2, quantity: 5, stop: 0.03, tag: index })
      if (index % 4 === 3) broker.closePosition(0)
      if (index % 8 === 0)
        broker.submitBracket({
          asset: 1,
          side: 'sell',
          quantity: 2,
          type: 'limit',
          limitPrice: bar.close[1] * 1.01,
          stopLossPrice: bar.close[1] * 1.05,
        })
      if (index === 2) broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 1 })
    }
    override onOrder(event: OrderEvent, broker: Broker): void {
      this.look({ broker, event })
    }
    override onFill(event: FillEvent, broker: Broker): void {
      this.look({ broker, event })
    }
    override onTrade(event: TradeEvent, broker: Broker): void {
      this.look({ broker, event })
    }
    override onEnd(broker: Broker): void {
      this.look({ broker })
    }
  }
}

/** What calls are tried with: nothing, numbers of every kind, names, objects, what is right for some call. */
function batteryOf({ bar, broker, strategy }: Hand, market: Market): unknown[][] {
  const order = { asset: 0, quantity: 1 }
  const clock = { index: BARS - 1, turn: 1e6, epoch: 1e6, open: true, starting: true }
  const numbers = [0, 1, -1, NOW + 2, -NOW, 0.5, 2 ** 31, 2 ** 32, Number.NaN, -Infinity]
  return [
    [],
    ...numbers.map((n) => [n]),
    ...numbers.flatMap((n) => [
      [0, n],
      [n, n],
      ['close', 0, n],
      ['close', n],
      ['score', 1, n],
      [n, 0, 1],
    ]),
    ...[null, '0', '1', 'A', 'close', 'rate', '__proto__', {}, [], 5n, Symbol('s'), () => 1].map((one) => [one]),
    [bar],
    [bar, 1, -1],
    [strategy],
    [{ value: () => 1, last: () => [1] }, 1, 1],
    [order],
    [{ ...order, stopLossPrice: 1 }],
    [[order, order]],
    [1, { limitPrice: 2 }],
    ['A', 0.1],
    [0, 'long'],
    [[{ type: 'stop', distance: 0.01 }], 0],
    [[1, 2], 'units'],
    [0, { mood: 3 }],
    ['sma', { length: 2 }],
    ['sma', { length: 2, source: 'score' }],
    ['sma', { length: 2, timeframe: '2d' }],
    ['sma', { length: 2, source: (strategy as unknown as { average: unknown }).average }],
    ['sma', { length: 2, source: 'column:range' }],
    ['late', () => new Float64Array(2 * BARS)],
    ['close', (strategy as unknown as { average: unknown }).average, 1],
    [{}, [], clock],
    [market, clock],
    [market, Object.create(null)],
    [{}, market, {}, { type: 'units', amount: 1 }, [], clock],
    [{}, market, 0, [], clock],
    [{ key: 'x', warmup: 0, values: new Float64Array(9), assets: 2 }, clock],
    [broker],
  ]
}

/** Fails where time has moved, as far as a bar and an indicator tell. */
function watch(market: Market, { bar, strategy }: Hand, index: number): (at: string) => void {
  const { average } = strategy as Strategy & { average: Indicator }
  const mean = (asset: number, ago: number) =>
    [0, 1, 2].reduce((sum, back) => sum + market.close[(index - ago - back) * 2 + asset], 0) / 3
  const expected = [mean(1, 2), mean(0, 0), mean(1, 0), index, index * DAY, market.close[index * 2 + 1], 2 * index]
  expected.push(1000 + index, market.close[index * 2 - 2], market.close[index * 2])
  const refused = (read: () => unknown) => {
    try {
      read()
      return false
    } catch (error) {
      return error instanceof FillgridError && error.code === 'out_of_range'
    }
  }
  return (at) => {
    const found = [average.value(1, 2), average.value(), average.last(1, 1)[0]]
    if (bar) {
      found.push(bar.index, bar.time, bar.close[1], bar.value('score'), bar.context('rate'), ...bar.last('close', 2))
      if (!refused(() => bar.value('close', 0, -1))) expect.fail(`${at}: the bar shows the future`)
    }
    if (!refused(() => average.value(0, -1))) expect.fail(`${at}: the indicator shows the future`)
    // Not `expect` each time: there are tens of thousands.
    if (found.some((value, i) => Math.abs(value - expected[i]) > 1e-9)) expect(found, at).toEqual(expected)
  }
}

const rootsOf = (hand: Hand) => ({ ...hand, position: hand.broker.getPosition(0), shut: hand.broker.getPosition(1) })

describe('everything that a hook can reach', () => {
  it('has exactly these names', () => {
    const seen = new Map<string, string[]>()
    const note = (kind: string, object: object) => {
      expect(namesOf(object), kind).toEqual([...NAMES[kind]].sort())
      seen.set(kind, namesOf(object))
    }
    const made = looking(({ bar, broker, strategy, event }) => {
      note('broker', broker)
      note('position', broker.getPosition(1))
      note('strategy', strategy)
      note('indicator', (strategy as Strategy & { average: Indicator }).average)
      note('indicator', (strategy as Strategy & { range: Indicator }).range)
      note('market', strategy.market)
      for (const order of broker.getPendingOrders()) note('order', order)
      if (bar) note('bar', bar)
      if (event) note('pnl' in event ? 'trade' : 'orderId' in event ? 'fill' : 'order', event)
    })
    backtest(prices(), made)
    expect([...seen.keys()].sort()).toEqual(Object.keys(NAMES).sort())
  })

  it('leaves time where it is, whatever is called with whatever', { timeout: 60_000 }, () => {
    const market = prices()
    let calls = 0
    const kinds = new Set<string>()
    let last = -1
    const walked = new Set<string>()
    const made = looking((hand) => {
      const { bar, event } = hand
      if (bar) {
        // Bars come one after the other, also after the walk, with their own prices.
        expect([bar.index, bar.close[0]]).toEqual([last + 1, market.close[2 * (last + 1)]])
        last = bar.index
      }
      // Events of a bar come before its onBar.
      const index = bar ? last : last + 1
      if (index < NOW || index > NOW + 2) return
      // Once in each hook: the walk gives thousands of orders, which have events of their own.
      const hook = bar
        ? 'onBar'
        : !event
          ? 'other'
          : 'pnl' in event
            ? 'onTrade'
            : 'orderId' in event
              ? 'onFill'
              : 'onOrder'
      if (walked.has(hook)) return
      walked.add(hook)
      const found = walkAll(rootsOf(hand), batteryOf(hand, market), new Set(), watch(market, hand, index))
      calls += found.calls
      for (const kind of found.kinds) kinds.add(kind)
    })
    backtest(market, made, { account: 'unlimited' })
    expect(last).toBe(BARS - 1)
    expect([...walked].sort()).toEqual(['onBar', 'onFill', 'onOrder', 'onTrade'])
    expect(calls).toBeGreaterThan(3000)
    const known = [
      'Array',
      'Bar',
      'Broker',
      'Float64Array',
      'IndicatorMethods',
      'Looking',
      'Object',
      'PanelIndicator',
      'PositionView',
      'Strategy',
    ]
    expect([...kinds].sort()).toEqual(known)
  })

  it('changes nothing of the run where no order is given, though it is written over', { timeout: 60_000 }, () => {
    const market = prices()
    const plain = textOf(
      backtest(
        market,
        looking(() => {}),
      ),
    )
    let written = 0
    const made = looking((hand) => {
      const { bar } = hand
      if (bar && bar.index !== NOW && bar.index !== NOW + 1) return
      if (bar) {
        walkAll(rootsOf(hand), batteryOf(hand, market), ORDERS, watch(market, hand, bar.index))
        for (const column of ['open', 'high', 'low', 'close', 'volume'] as const) bar[column].fill(1)
        bar.signal('score').fill(1)
        bar.last('close', 3).fill(1)
      }
      const { broker, strategy, event } = hand
      broker.quantities.fill(1e6)
      for (const order of broker.getPendingOrders()) Object.assign(order, { id: 99, limitPrice: 1 })
      if (event) for (const key of Object.keys(event)) Reflect.set(event, key, 5)
      const { average } = strategy as Strategy & { average: Indicator }
      const { assets, parameters, market: known } = strategy
      const things = [bar, broker, broker.getPosition(0), average, assets, parameters, known, known.signals]
      for (const thing of things) if (thing) written += scribble(thing)
      expect(scribble(broker.defaultSize)).toBe(0)
    })
    expect(textOf(backtest(market, made))).toBe(plain)
    expect(written).toBe(0)
    expect(
      textOf(
        backtest(
          market,
          looking(() => {}),
        ),
      ),
    ).toBe(plain)
    expect(market.assets).toEqual(['A', 'B'])
  })
})

/** Writes over everything that an object and its prototypes have, by every way there is; how often that was taken. */
function scribble(thing: object): number {
  let taken = 0
  const count = (write: () => boolean) => {
    try {
      if (write()) taken++
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError)
    }
  }
  for (let at: object | null = thing; at && !INTRINSICS.has(at); at = Object.getPrototypeOf(at)) {
    const one = at
    for (const key of Reflect.ownKeys(one)) {
      count(() => Reflect.set(one, key, 5))
      count(() => Reflect.defineProperty(one, key, { configurable: true, get: () => 5 }))
      count(() => Reflect.deleteProperty(one, key))
    }
    count(() => Reflect.defineProperty(one, 'later', { value: 5 }))
    count(() => Reflect.setPrototypeOf(one, { index: 5 }))
    const made = (one as { constructor: object }).constructor
    if (!Object.hasOwn(globalThis, (made as { name: string }).name)) {
      count(() => Reflect.set(made, 'prototype', {}))
      count(() => Reflect.defineProperty(made, Symbol.hasInstance, { value: () => true }))
    }
  }
  return taken
}

describe('what was closed', () => {
  it('constructors make nothing, not for a class that extends them either', () => {
    const market = prices()
    const clock = { index: 30, turn: 1, epoch: 1, open: true, starting: true }
    const tried: string[] = []
    const made = looking(({ bar, broker, strategy }) => {
      if (bar?.index !== NOW) return
      const { average } = strategy as Strategy & { average: Indicator }
      const given: [object, unknown[]][] = [
        [bar, [market, clock]],
        [broker, [{}, market, {}, { type: 'units', amount: 1 }, [], clock]],
        [broker.getPosition(0), [{}, market, 0, [], clock]],
        [average, [{ key: '', warmup: 0, assets: 2, values: new Float64Array(9) }, clock]],
      ]
      for (const [one, args] of given) {
        const made = one.constructor as new (...given: unknown[]) => object
        class Mine extends made {}
        for (const make of [made, Mine]) {
          expect(failure(() => new make(...args))).toMatchObject({
            code: 'invalid_value',
            message: expect.stringMatching(/: made by its run, found a call of its constructor\. /),
          })
        }
        tried.push(made.name)
      }
    })
    backtest(market, made)
    expect(tried).toEqual(['Bar', 'Broker', 'PositionView', 'PanelIndicator'])
  })

  it('a strategy cannot be given another host, nor another strategy’s', () => {
    const made = looking(({ strategy, bar }) => {
      if (bar?.index !== NOW) return
      const other = new (looking(() => {}))()
      expect(() => other.parameters).toThrow('from onStart on')
      expect(() => Reflect.get(Strategy.prototype, 'assets', Object.create(strategy))).toThrow(TypeError)
      for (const name of ['attach', 'host', '#host', '_host']) expect(Reflect.has(strategy, name), name).toBe(false)
    })
    backtest(prices(), made)
  })

  it('names of assets and parameters are frozen', () => {
    const market = prices()
    const made = looking(({ strategy }) => {
      expect(() => (strategy.assets as string[]).push('C')).toThrow(TypeError)
      expect(() => Object.assign(strategy.parameters, { length: 9 })).toThrow(TypeError)
    })
    const runner = prepare(market, made)
    runner.metrics({ length: 4 })
    const result = runner.run({ length: 4 })
    runner.release()
    expect([result.assets, result.parameters]).toEqual([['A', 'B'], { length: 4 }])
  })

  it('no order is taken between bars, by whoever has kept the broker', () => {
    let kept: Broker | undefined
    const market = prices()
    const run = openRun(
      market,
      looking(({ broker }) => {
        kept = broker
      }),
    )
    for (let i = 0; i < 9; i++) run.advance()
    const broker = kept as Broker
    for (const give of [
      () => broker.submitOrder({ asset: 0, quantity: 1 }),
      () => broker.orderTargets([1, 1]),
      () => broker.setPositionRules([]),
      () => broker.cancelOrder(1),
      () => broker.updateOrder(1, { limitPrice: 1 }),
    ])
      expect(failure(give).message).toContain('orders can be given in onBar')
    // What is asked is answered as it is now.
    const held: number[] = []
    for (let i = 0; i < 9; i++) {
      run.advance()
      held.push(broker.quantities[0])
      expect(broker.quantities[0]).toBe(broker.getQuantity(0))
    }
    expect(new Set(held).size).toBeGreaterThan(1)
    run.release()
    expect(failure(() => broker.getQuantity(0)).code).toBe('released')
    expect(failure(() => broker.quantities).code).toBe('released')
  })

  it('what was kept of one parameter set tells nothing of the next', () => {
    const kept: (Hand & { position?: PositionView })[] = []
    const read: Record<string, string> = {}
    const made = looking((hand) => {
      if (hand.bar?.index !== NOW) return
      const before = kept.at(-1)
      kept.push({ ...hand, position: hand.broker.getPosition(0) })
      if (!before?.bar) return
      const { bar, strategy, broker, position } = before as Required<(typeof kept)[0]>
      const { average } = strategy as Strategy & { average: Indicator }
      const given: Record<string, unknown[]> = {
        'bar.value': ['close'],
        'bar.last': ['close', 2],
        'bar.signal': ['score'],
        'bar.context': ['rate'],
        'average.last': [2],
        'position.context': ['mood'],
        'broker.getPendingOrders': [],
        'broker.getOrder': [1],
        'broker.isPending': [1],
        'broker.submitOrder': [{ asset: 0, quantity: 1 }],
        'broker.submitBracket': [{ asset: 0, quantity: 1, stopLossPrice: 1 }],
        'broker.submitOco': [
          [
            { asset: 0, quantity: 1 },
            { asset: 0, quantity: 2 },
          ],
        ],
        'broker.orderTargets': [[1, 1]],
        'broker.orderTargetPercent': [0, 0.5, { tag: 1 }],
        'broker.orderTargetQuantity': [0, 1],
        'broker.orderTargetValue': ['A', 1],
        'broker.updateOrder': [1, { limitPrice: 2 }],
        'broker.cancelOrder': [1],
        'broker.setPositionRules': [[]],
        'broker.updatePositionContext': [0, { mood: 1 }],
        'broker.enterPosition': [0, 'long'],
      }
      for (const [of, object] of Object.entries({ bar, average, position, broker }))
        for (const name of NAMES[of === 'average' ? 'indicator' : of]) {
          const at = `${of}.${name}`
          if (/\.(asset|symbol|key|warmup|constructor|defaultSize)$/.test(at)) continue
          read[at] = failure(() => {
            const found = (object as unknown as Record<string, unknown>)[name]
            if (typeof found === 'function') found.apply(object, given[at] ?? [0])
          }).code
        }
    })
    const runner = prepare(prices(), made)
    runner.metrics({ length: 3 })
    runner.metrics({ length: 5 })
    runner.release()
    expect(Object.keys(read).length).toBeGreaterThan(45)
    const expected = Object.keys(read).map((at) => [at, ORDERS.has(at.slice(7)) ? 'run_over' : 'released'])
    expect(read).toEqual(Object.fromEntries(expected))
  })

  it('what was kept of a run that was given back midway is refused, orders too', () => {
    let kept: Broker | undefined
    const run = openRun(
      prices(),
      looking(({ broker }) => {
        kept = broker
      }),
    )
    for (let i = 0; i < 5; i++) run.advance()
    run.release()
    const broker = kept as Broker
    for (const give of [
      () => broker.submitOrder({ asset: 0, quantity: 1 }),
      () => broker.orderTargetPercent(0, 0.5, { tag: 1 }),
      () => broker.cancelOrder(1),
      () => broker.getPosition(0),
    ])
      expect(failure(give).code).toBe('released')
  })

  it('a bar that was written over is itself again when the run goes back to it', () => {
    const market = prices()
    const seen: number[] = []
    let kept: Bar | undefined
    const run = openRun(
      market,
      looking(({ bar }) => {
        if (!bar) return
        kept = bar
        seen.push(bar.close[0])
        bar.close[0] = -1
      }),
    )
    run.advance()
    const saved = run.snapshot()
    expect((kept as Bar).close[0]).toBe(market.close[0])
    ;(kept as Bar).close[0] = -1
    run.restore(saved)
    expect((kept as Bar).close[0]).toBe(market.close[0])
    run.toEnd()
    run.release()
    expect(seen).toEqual(Array.from({ length: BARS }, (_, bar) => market.close[2 * bar]))
  })
})
