/** Columns of a strategy: what their functions are given and may give, whose they are, and how one is caught that reads the future. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { backtestAsync, openAsync } from '../../src/drivers/async.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { getEngine } from '../../src/kernel/load.ts'
import { Market } from '../../src/market/market.ts'
import { prepare } from '../../src/prepare.ts'
import { panelCache, releasePanels } from '../../src/signals/panels.ts'
import type { Indicator } from '../../src/strategy/indicator.ts'
import { Strategy } from '../../src/strategy/strategy.ts'
import type { WholeColumns } from '../../src/strategy/wholecolumns.ts'
import { prices, startError, valuesOf } from './declared.ts'
import { DAY, failure, flat, type Hooks, market, strategy, textOf } from './script.ts'

const NONE = Number.NaN

describe('an own column', () => {
  it('is read like an indicator, with what the function was given', () => {
    const over = Market.from({
      assets: ['A', 'B'],
      time: [0, DAY, 2 * DAY],
      open: [1, 2, 3, 4, 5, 6],
      high: [2, 3, 4, 5, 6, 7],
      low: [0.5, 1, 2, 3, 4, 5],
      close: [1.5, 2.5, NONE, 4.5, 5.5, 6.5],
      volume: [1, 2, 3, 4, 5, 6],
      signals: { score: [6, 5, 4, 3, 2, 1] },
      context: { rate: [7, 8, 9] },
    })
    const seen: unknown[] = []
    const made = strategy({
      onStart() {
        const sma = this.indicator('sma', { length: 1 })
        const one = this.column('all', (columns) => {
          const { assets, bars, time, open, high, low, close, volume } = columns
          seen.push([assets, bars, [...time], [...open], [...high], [...low], [...close], [...volume]])
          seen.push([...columns.signal('score')], [...columns.context('rate')], [...columns.values(sma)])
          return close.map((price, i) => price + columns.context('rate')[Math.floor(i / 2)])
        })
        seen.push([one.key, one.warmup, one.value(), one.value(1, 3)])
        Object.assign(this, { one })
      },
      onBar(bar) {
        const { one } = this as unknown as { one: Indicator }
        seen.push([one.value(), one.value(1), one.value(1, 1), bar.value(one), [...one.last(bar.index + 1, 1)]])
      },
    })
    backtest(over, made)
    const close = [1.5, 2.5, NONE, 4.5, 5.5, 6.5]
    expect(seen).toEqual([
      [
        ['A', 'B'],
        3,
        [0, DAY, 2 * DAY],
        [1, 2, NONE, 4, 5, 6],
        [2, 3, NONE, 5, 6, 7],
        [0.5, 1, NONE, 3, 4, 5],
        close,
      ].concat([[1, 2, NONE, 4, 5, 6]]),
      [6, 5, 4, 3, 2, 1],
      [7, 8, 9],
      close,
      ['column:all', 0, NONE, NONE],
      [8.5, 9.5, NONE, 8.5, [9.5]],
      [NONE, 12.5, 9.5, NONE, [9.5, 12.5]],
      [14.5, 15.5, 12.5, 14.5, [9.5, 12.5, 15.5]],
    ])
  })

  it('is the source of an indicator, by itself and by its key', () => {
    const twice = ({ close }: WholeColumns) => close.map((price) => 2 * price)
    const sma = Array.from(panelCache(prices).panel('sma', { length: 5 }).values, (value) => 2 * value)
    for (const byKey of [false, true]) {
      const found = valuesOf(function () {
        const column = this.column('twice', twice)
        const one = this.indicator('sma', { source: byKey ? 'column:twice' : column, length: 5 })
        expect(one.key).toBe('sma(column:twice,5)')
        return one
      })
      expect(found.length).toBe(sma.length)
      found.forEach((value, i) => {
        if (Number.isNaN(sma[i])) expect(value).toBeNaN()
        else expect(value).toBeCloseTo(sma[i], 9)
      })
    }
  })

  it('belongs to its run: another set of parameters has another of the same name, and all memory comes back', () => {
    class Scaled extends Strategy<{ by: number }> {
      static override parameters = { by: { type: 'number', default: 1 } } as const
      override onStart(): void {
        const { by } = this.parameters
        this.column('scaled', ({ close }) => close.map((price) => by * price))
        const sma = this.indicator('sma', { source: 'column:scaled', length: 1 })
        this.state = sma
      }
      override onBar(): void {
        const sma = this.state as Indicator
        seen.push(sma.value())
      }
      override saveState(): null {
        return null
      }
    }
    const seen: number[] = []
    const over = market(flat(1, 2))
    const { arena } = getEngine()
    backtest(over, Scaled)
    releasePanels(over)
    const before = arena.bytesHeld
    const runner = prepare(over, Scaled)
    for (const by of [3, 5, 7]) runner.metrics({ by })
    const [first, second] = [
      openRun(over, Scaled, { parameters: { by: 2 } }),
      openRun(over, Scaled, { parameters: { by: 4 } }),
    ]
    first.advance()
    second.toEnd()
    first.toEnd()
    for (const run of [first, second]) run.release()
    runner.release()
    expect(seen).toEqual([1, 2, 3, 6, 5, 10, 7, 14, 2, 4, 8, 4])
    expect(panelCache(over).keys).toEqual([])
    releasePanels(over)
    expect(arena.bytesHeld).toBe(before)
  })

  it('ends with its run: a strategy that was kept declares and reads nothing any more', () => {
    let kept: Strategy | undefined
    let own: Indicator | undefined
    const over = market(flat(1, 2))
    const made = strategy({
      onStart() {
        kept = this
        own = this.column('own', ({ close }) => close)
      },
    })
    backtest(over, made)
    const { keys } = panelCache(over)
    const calls = [
      () => kept?.indicator('sma', { length: 1 }),
      () => kept?.indicator('sma', { source: own }),
      () => kept?.crossedAbove(own as Indicator, 1),
      () => own?.value(),
      () => own?.last(1),
    ]
    for (const call of calls) expect(failure(call).code).toBe('released')
    expect(failure(() => kept?.column('late', ({ close }) => close)).code).toBe('invalid_value')
    expect(panelCache(over).keys).toEqual(keys)
  })

  it('survives a budget that is too small, steps back, forks and snapshots', () => {
    const made = () => {
      class Above extends Strategy {
        #line!: Indicator
        override onStart(): void {
          this.#line = this.column('line', ({ close, assets }) =>
            close.map((price, i) => (price + (close[i - assets.length] ?? price)) / 2),
          )
        }
        override onBar(_: unknown, broker: { orderTargetQuantity(asset: number, quantity: number): unknown }): void {
          broker.orderTargetQuantity(0, this.crossedAbove('close', this.#line) ? 1 : 0)
        }
      }
      return Above
    }
    panelCache(prices).budget = 0
    const Above = made()
    const whole = textOf(backtest(prices, Above))
    const run = openRun(prices, Above)
    for (let i = 0; i < 60; i++) run.advance()
    const saved = run.snapshot()
    const fork = run.fork(new Above())
    run.back(20)
    const restored = openRun(prices, Above)
    restored.restore(saved)
    for (const one of [run, fork, restored]) {
      expect(textOf(one.toEnd().result())).toBe(whole)
      one.release()
    }
    panelCache(prices).budget = 1 << 28
  })

  it('copies: what is done to columns does not reach the market, and they end with the function', () => {
    let kept: WholeColumns | undefined
    const close = prices.close.slice()
    valuesOf(function () {
      return this.column('mine', (columns) => {
        kept = columns
        for (const column of [columns.open, columns.close, columns.volume, columns.time]) column.fill(-1)
        expect(() => Object.assign(columns, { bars: 3 })).toThrow(TypeError)
        const given = columns.close
        given[0] = 42
        return given
      })
    })
    expect(prices.close).toEqual(close)
    const columns = kept as WholeColumns
    const reads = [
      () => columns.close,
      () => columns.time,
      () => columns.bars,
      () => columns.signal('x'),
      () => columns.context('x'),
    ]
    for (const read of [...reads, () => columns.values({} as Indicator)])
      expect(failure(read)).toMatchObject({
        code: 'invalid_value',
        message: expect.stringContaining('after it had returned'),
      })
    const make = columns.constructor as new (...given: unknown[]) => unknown
    expect(failure(() => new make(prices, [], { index: 1 })).message).toMatch(/^columns: made by its run/)
  })

  it.each<[string, unknown, RegExp]>([
    ['no function', undefined, /^column z: a function of the columns expected, found undefined/],
    [
      'nothing',
      () => undefined,
      /^column z: 120 bars x 2 assets = 240 numbers \(\[bar\]\[asset\]\) expected, found undefined/,
    ],
    ['one number', () => 1, /expected, found 1\. Return an array/],
    ['a promise', async () => prices.close, /expected, found \{\}/],
    ['text', () => 'x'.repeat(240), /expected, found "x/],
    ['a value a bar', () => new Float64Array(120), /expected, found 120\. Return a value for each cell/],
    ['holes', () => new Array(240), /^column z: a number expected, found undefined for A at bar 0 \(1970-01-01/],
    ['truth', () => Array.from(prices.close, (x, i) => (i === 3 ? true : x)), /found true for B at bar 1 \(1970-01-02/],
    ['big numbers', () => new BigInt64Array(240), /a number expected, found 0 for A at bar 0/],
    ['a view without numbers', () => new DataView(new ArrayBuffer(240)), /expected, found \{/],
    [
      'an unknown signal',
      (c: WholeColumns) => c.signal('score'),
      /^columns: "score" is not a signal column of the market/,
    ],
    ['an unknown context', (c: WholeColumns) => c.context('rate'), /^columns: "rate" is not a context column/],
    ['a stranger', (c: WholeColumns) => c.values(5 as never), /^columns: an indicator of this run expected, found 5/],
  ])('refuses %s', (_, compute, message) => {
    const error = startError(function () {
      this.column('z', compute as never)
    })
    expect(error.message).toMatch(message)
    expect(['invalid_value', 'unknown_name']).toContain(error.code)
  })

  it('refuses a name twice, none, and one outside onStart', () => {
    const close = ({ close }: WholeColumns) => close
    const twice = startError(function () {
      this.column('z', close)
      this.column('z', close)
    })
    expect(twice.message).toBe('column: a name that no other one has expected, found "z" beside z. Choose another.')
    const inside = startError(function () {
      this.column('z', () => {
        this.column('z', close)
        return prices.close
      })
    })
    expect(inside.message).toBe(twice.message)
    for (const name of ['', undefined, 5, null])
      expect(
        startError(function () {
          this.column(name as never, close)
        }).message,
      ).toMatch(/^column: a name that no other one has expected, found /)
    for (const hook of ['onBar', 'onFill', 'onOrder', 'onTrade', 'onEnd'] as const) {
      const trading: Hooks = {
        onBar(bar, broker) {
          broker.orderTargetQuantity(0, bar.index % 3)
        },
      }
      const late = function (this: Strategy) {
        this.column('late', close)
      }
      const error = failure(() => backtest(prices, strategy({ ...trading, [hook]: late }))).cause as { message: string }
      expect(error.message, hook).toMatch(/^column "late": columns are declared in onStart, found it elsewhere/)
    }
  })

  it('is there in awaited runs, also after an onStart that failed at first', async () => {
    let failing = true
    class Slow extends Strategy {
      #z!: Indicator
      override async onStart(): Promise<void> {
        await Promise.resolve()
        this.#z = this.column('z', ({ close }) => close)
        if (failing) throw new Error('not yet')
      }
      override async onBar(bar: { index: number; close: Float64Array }): Promise<void> {
        await Promise.resolve()
        expect(this.#z.value()).toBe(bar.close[0])
        expect(failure(() => this.column('late', ({ close }) => close)).code).toBe('invalid_value')
      }
    }
    const over = market(flat(1, 2, 3))
    const run = openAsync(over, Slow)
    await expect(run.begin()).rejects.toThrow('not yet')
    failing = false
    await run.toEnd()
    expect(run.bar).toBe(2)
    run.release()
    await backtestAsync(over, Slow)
    expect(panelCache(over).keys).toEqual([])
  })
})

describe('own columns under verify: lookahead', () => {
  const past = ({ close, assets }: WholeColumns) =>
    close.map((price, i) => price - (close[i - 3 * assets.length] ?? Number.NaN))
  const cheats: Record<string, (columns: WholeColumns) => ArrayLike<number>> = {
    'that reads tomorrow': ({ close, assets }) => close.map((_, i) => close[i + assets.length] ?? Number.NaN),
    'of the mean of all': ({ close }) => {
      const known = close.filter((price) => !Number.isNaN(price))
      const mean = known.reduce((sum, price) => sum + price, 0) / known.length
      return close.map((price) => price - mean)
    },
    'that ranks a volume among all': ({ volume }) => volume.map((one) => volume.filter((other) => other < one).length),
    'of the highest high so far and to come': ({ high }) => {
      const highest = high.reduce((most, price) => Math.max(most, price || 0), 0)
      return high.map(() => highest)
    },
  }

  it('pass where they read the past', () => {
    const made = strategy({
      onStart() {
        const own = this.column('past', past)
        Object.assign(this, { sma: this.indicator('sma', { source: own, length: 4 }) })
      },
      onBar(_, broker) {
        const { sma } = this as unknown as { sma: Indicator }
        for (let asset = 0; asset < 2; asset++) {
          if (this.crossedAbove(sma, 0, asset)) broker.enterPosition(asset, 'long')
          if (this.crossedBelow(sma, 0, asset)) broker.closePosition(asset)
        }
      },
    })
    expect(backtest(prices, made, { verify: 'lookahead' }).trades.length).toBeGreaterThan(5)
  })

  it.each(Object.keys(cheats))('catches one %s, though nothing is decided by it', (name) => {
    const made = strategy({
      onStart() {
        this.column('past', past)
        this.column('cheat', cheats[name])
      },
    })
    const error = failure(() => backtest(prices, made, { verify: 'lookahead' }))
    expect(error.code).toBe('verification_failed')
    expect(error.message).toMatch(
      /^verify lookahead: with everything after bar \d+ \(.*\) replaced, its column cheat is \S+ instead of \S+ at bar \d+ \(.*\) for [AB]\. The strategy reads the future/,
    )
  })

  it('catches columns that are there or not by the future', () => {
    const last = prices.close.at(-1)
    const made = strategy({
      onStart() {
        this.column('look', ({ close }) => {
          this.state = close.at(-1)
          return close
        })
        if ((this.state as number) === last) this.column('more', past)
      },
    })
    const error = failure(() => backtest(prices, made, { verify: 'lookahead' }))
    expect(error.message).toContain('its own columns are look instead of look, more')
  })
})
