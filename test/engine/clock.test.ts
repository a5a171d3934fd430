/** Exits at a time of day (semantics 6.14): by which clocks, through every door, and however a run goes on. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as L from '../../assembly/layout.ts'
import { backtest } from '../../src/backtest.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { checksumOfFields } from '../../src/engine/checksum.ts'
import type { Snapshot } from '../../src/engine/snapshot.ts'
import { encodeState } from '../../src/engine/state.ts'
import { decodeState } from '../../src/engine/statedecode.ts'
import { readResult } from '../../src/io/resultfolder.ts'
import { LIVE_I32, type LiveState } from '../../src/kernel/livestate.ts'
import type { Market } from '../../src/market/market.ts'
import { type BacktestConfig, prepare } from '../../src/prepare.ts'
import { METRICS } from '../../src/results/metrics.ts'
import type { Rule } from '../../src/settings/settings.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { defineSignals } from '../../src/strategy/strategy.ts'
import { inProcess } from '../cli/inprocess.ts'
import { at, causeOf, failure, market, type Row, rows, textOf, walk } from './script.ts'

const MINUTE = 60_000
const YORK = 'America/New_York'
const CLOSE: Rule = { type: 'clock', at: '15:55' }
/** Prices and positions of any sign. */
const FREE: BacktestConfig = { account: 'unlimited', cash: 1000 }

/** Bars so many minutes apart from a time on. */
const intraday = (given: Parameters<typeof market>[0], minutes: number, from: string) =>
  market(given, {}, { from: Date.parse(from), step: minutes * MINUTE })

/** A bar a price, its number. */
const counted = (bars: number): Row[] => Array.from({ length: bars }, (_, t) => Array(4).fill(100 + t))

const buy =
  (quantity = 1, rules?: Rule[]) =>
  (broker: Broker) =>
    void broker.submitOrder({ asset: 0, side: 'buy', quantity, rules })

/** Bars in which the clock has exited. */
const ends = (over: Market, steps: Parameters<typeof at>[0], config: BacktestConfig) =>
  rows(backtest(over, at(steps), { ...FREE, ...config }).fills, 'bar', 'reason')
    .filter(([, reason]) => reason === 'clock')
    .map(([bar]) => bar)

// Two days of New York in summer, from 09:30 (13:30 UTC) on, in bars of half an hour: 48 a day. 16:00 is bar 13.
const days = () => intraday(counted(96), 30, '2024-06-03T13:30:00Z')

describe('a rule of the clock', () => {
  it('ends a position at its time by the clocks of the zone, and one that was opened behind it a day later', () => {
    expect(ends(days(), { 0: buy() }, { rules: [CLOSE], zone: YORK })).toEqual([13])
    expect(ends(days(), { 0: buy() }, { rules: [{ type: 'clock', at: '16:00' }], zone: YORK })).toEqual([13])
    expect(ends(days(), { 0: buy() }, { rules: [{ type: 'clock', at: '16:00:01' }], zone: YORK })).toEqual([14])
    // Filled at the open of bar 13, which starts behind it.
    expect(ends(days(), { 12: buy() }, { rules: [CLOSE], zone: YORK })).toEqual([61])
    // 15:55 of UTC is 11:55 there.
    expect(ends(days(), { 0: buy() }, { rules: [CLOSE] })).toEqual([5])
    expect(ends(days(), { 0: buy() }, { rules: [CLOSE], zone: '-04:00' })).toEqual([13])
  })

  it('knows when clocks change', () => {
    // A day a bar at 20:00 UTC: 15:00 there in winter, 16:00 from 2024-03-10 on.
    const winter = intraday(counted(9), 24 * 60, '2024-03-05T20:00:00Z')
    expect(ends(winter, { 0: buy() }, { rules: [CLOSE], zone: YORK })).toEqual([2])
    const hours = intraday(counted(60), 60, '2024-03-09T21:00:00Z')
    // From 2024-03-09 16:00 there on: the next 15:55 is 22 hours and 55 minutes later.
    expect(ends(hours, { 0: buy() }, { rules: [CLOSE], zone: YORK })).toEqual([23])
    expect(ends(hours, { 0: buy() }, { rules: [CLOSE], zone: '-05:00' })).toEqual([24])
  })

  it('goes by the entry of the position: adding leaves it, a reversal starts afresh', () => {
    const sell = (broker: Broker) => void broker.submitOrder({ asset: 0, side: 'sell', quantity: 3 })
    const rules = [CLOSE]
    // The 15:55 of bar 13 is that of the position of bar 1, whatever was added at 12; the turn at bar 13 makes one of the next day.
    expect(ends(days(), { 0: buy(), 11: buy() }, { rules, zone: YORK })).toEqual([13])
    expect(ends(days(), { 0: buy(), 11: sell }, { rules, zone: YORK })).toEqual([13])
    // Exits come first: the sale finds nothing to close and opens.
    expect(ends(days(), { 0: buy(), 12: sell }, { rules, zone: YORK })).toEqual([13, 61])
  })

  it('tells its time, with seconds where there are some', () => {
    const details = (at_: string) =>
      rows(
        backtest(days(), at({ 0: buy() }), { ...FREE, rules: [{ type: 'clock', at: at_ }], zone: YORK }).trades,
        'exitReason',
        'exitDetail',
      )
    expect(details('15:55')).toEqual([['clock', 'clock_exit_15:55']])
    expect(details('15:55:00')).toEqual([['clock', 'clock_exit_15:55']])
    expect(details('09:05:07')).toEqual([['clock', 'clock_exit_09:05:07']])
  })

  it('waits with what the volume leaves of it, under its own name', () => {
    const prices = counted(20).map((row, bar) => [...row!, bar < 12 ? 1000 : 4])
    const result = backtest(intraday(prices, 30, '2024-06-03T13:30:00Z'), at({ 0: buy(10) }), {
      ...FREE,
      participation: 1,
      rules: [CLOSE],
      zone: YORK,
    })
    expect(rows(result.fills, 'bar', 'quantity', 'detail')).toEqual([
      [1, 10, null],
      [13, 4, 'clock_exit_15:55'],
      [14, 4, 'clock_exit_15:55'],
      [15, 2, 'clock_exit_15:55'],
    ])
  })

  it('comes by setPositionRules for all or one asset, and with an order, in a run that had none', () => {
    const set = (broker: Broker) => {
      broker.setPositionRules([CLOSE], 0)
      buy()(broker)
    }
    expect(ends(days(), { 2: set }, { zone: YORK })).toEqual([13])
    expect(ends(days(), { 0: buy(), 7: (broker) => broker.setPositionRules([CLOSE]) }, { zone: YORK })).toEqual([13])
    expect(ends(days(), { 2: buy(1, [CLOSE]) }, { zone: YORK })).toEqual([13])
    // Set when its time is over, of a position of before: at the next open.
    expect(ends(days(), { 0: buy(), 20: (broker) => broker.setPositionRules([CLOSE]) }, { zone: YORK })).toEqual([21])
    const start = class extends at({ 0: buy() }) {
      override onStart(broker: Broker): void {
        broker.setPositionRules([CLOSE])
      }
    }
    expect(rows(backtest(days(), start, { ...FREE, zone: YORK }).trades, 'exitBar', 'exitReason')).toEqual([
      [13, 'clock'],
    ])
  })

  it('is asked of each lot by its own entry', () => {
    const config: BacktestConfig = { ...FREE, lots: 'fifo', rules: [CLOSE], zone: YORK }
    const result = backtest(days(), at({ 0: buy(1), 5: buy(2), 13: buy(3) }), config)
    expect(rows(result.trades, 'quantity', 'entryBar', 'exitBar', 'exitReason')).toEqual([
      [1, 1, 13, 'clock'],
      [2, 6, 13, 'clock'],
      [3, 14, 61, 'clock'],
    ])
  })

  it('days of a loss go by the zone of the run too, unless they name one', () => {
    // A bar of six hours each; 1 of 1000 is lost from bar 1 to 2, and 18:00 UTC is midnight at +06:00.
    const falling = intraday(
      [100, 100, 90, 90, 90, 90].map((x) => [x, x, x, x]),
      360,
      '2024-06-03T00:00:00Z',
    )
    const reasons = (config: BacktestConfig) =>
      rows(backtest(falling, at({ 0: buy(), 2: buy(), 3: buy() }), { ...FREE, ...config }).orders, 'reason').flat()
    const loss = { type: 'amount' as const, amount: 5 }
    expect(reasons({ lossADay: loss })).toEqual([null, 'loss_a_day', null])
    expect(reasons({ lossADay: loss, zone: '+06:00' })).toEqual([null, null, null])
    expect(reasons({ lossADay: { ...loss, zone: 'UTC' }, zone: '+06:00' })).toEqual([null, 'loss_a_day', null])
  })
})

describe('a run with such rules', () => {
  const rules: Rule[] = [
    { type: 'clock', at: '15:55', action: { type: 'exit-fraction', fraction: 0.5 } },
    { type: 'clock', at: '18:00' },
    { type: 'stop', distance: 0.05 },
  ]
  const prices = () => intraday(walk(600, 5, 0), 30, '2024-10-28T13:30:00Z')
  const config: BacktestConfig = { rules, zone: YORK, commission: 0.001 }
  const bars = Array.from({ length: 600 }, (_, bar) => bar)
  const flags = { entries: bars.map((bar) => bar % 29 === 3), size: 5, sizeType: 'units' as const }
  const enter = (broker: Broker) => {
    if (broker.getPosition(0).quantity === 0) broker.submitOrder({ asset: 0, quantity: 5 })
  }
  /** From a bar on, which is the first of its market. */
  const entriesFrom = (first: number) =>
    Object.fromEntries(bars.filter((bar) => bar % 29 === 3 && bar >= first).map((bar) => [bar - first, enter]))
  const entries = entriesFrom(0)
  const hooks = at(entries)

  it('is not leapt over: signals give what hooks do, with tables, stepped and for metrics alone', () => {
    const over = prices()
    const strategy = defineSignals({ name: 's', signals: () => flags })
    const whole = backtest(over, strategy, config)
    expect(rows(whole.fills, 'reason').filter(([reason]) => reason === 'clock').length).toBeGreaterThan(10)
    const byHooks = backtest(over, hooks, config)
    expect(Array.from(byHooks.equity)).toEqual(Array.from(whole.equity))
    const stepped = openRun(over, strategy, config)
    while (stepped.advance()) {}
    expect(textOf(stepped.result())).toBe(textOf(whole))
    const runner = prepare(over, strategy, config)
    const metrics = Array.from(runner.metrics({}))
    METRICS.forEach(({ name }, i) => {
      expect(metrics[i], name).toBe(whole.metrics[i])
    })
    runner.release()
  })

  it('goes on from snapshots and marks, as forks and in windows', () => {
    const over = prices()
    // Of its first part no rule of the clock is known.
    const dynamic = at({ ...entries, 100: (broker) => broker.setPositionRules(rules) })
    const cases: [typeof hooks, BacktestConfig][] = [
      [hooks, config],
      [dynamic, { ...config, rules: [] }],
    ]
    for (const [strategy, settings] of cases) {
      const whole = textOf(backtest(over, strategy, settings))
      const run = openRun(over, strategy, settings)
      for (let i = 0; i < 317; i++) run.advance()
      const snapshot = structuredClone(run.snapshot())
      expect(textOf(openRun(over, strategy, settings).restore(snapshot).toEnd().result())).toBe(whole)
      run.back(50)
      expect(textOf(run.toEnd().result())).toBe(whole)
    }
    const late = { ...config, from: Date.parse('2024-11-01T19:00:00Z') }
    const window = backtest(over, hooks, late)
    const first = window.firstBar
    const slice = over.slice(first, 600)
    expect(Array.from(backtest(slice, at(entriesFrom(first)), config).equity)).toEqual(Array.from(window.equity))
  })

  it('takes no snapshot that says otherwise', () => {
    const over = prices()
    const run = openRun(over, hooks, config)
    for (let i = 0; i < 40; i++) run.advance()
    const good = run.snapshot()
    const forge = (change: (live: LiveState) => void): Snapshot => {
      const image = decodeState(good.image) as { live: LiveState }
      change(image.live)
      const fields = { ...good, image: encodeState(image) }
      return { ...fields, checksum: checksumOfFields(fields) }
    }
    const type = ({ rules: bytes }: LiveState) => new Int32Array(bytes.buffer, bytes.byteOffset + L.RULE_TYPE, 1)
    for (const change of [
      (live: LiveState) => live.i32.fill(0, LIVE_I32.indexOf(L.RUN_CLOCKED), LIVE_I32.indexOf(L.RUN_CLOCKED) + 1),
      (live: LiveState) => type(live).fill(L.REASON_BUST),
      (live: LiveState) => type(live).fill(L.REASON_CLOCK + 1),
    ])
      expect(failure(() => run.restore(forge(change))).code).toBe('snapshot_damaged')
    expect(textOf(run.restore(good).toEnd().result())).toBe(textOf(backtest(over, hooks, config)))
  })
})

describe('bad input', () => {
  it.each([
    ['25:00', /rules\[0\]\.at: a time of day from 00:00 to 23:59:59.*found "25:00"/],
    ['24:00', /found "24:00"/],
    ['9:5', /found "9:5"\. Write both digits/],
    ['15:60', /found "15:60"/],
    [1555, /found 1555/],
    [undefined, /rules\[0\]\.at: .*found undefined/],
  ])('at %j', (time, words) => {
    const error = failure(() => backtest(days(), at({}), { rules: [{ type: 'clock', at: time } as never] }))
    expect([error.code, error.message]).toEqual(['invalid_value', expect.stringMatching(words)])
  })

  it('moves no stop, has no other fields, and clocks of no zone', () => {
    const config = (rule: object, more: BacktestConfig = {}) =>
      failure(() => backtest(days(), at({}), { rules: [{ ...CLOSE, ...rule } as never], ...more }))
    expect(config({ action: { type: 'move-stop', offset: 0 } }).message).toMatch(
      /rules\[0\]\.action\.type: 'exit' or 'exit-fraction' for a clock rule expected, found "move-stop"/,
    )
    expect(config({ zone: YORK }).code).toBe('unknown_name')
    const unknown = config({}, { zone: 'Newyork' })
    expect([unknown.code, unknown.message]).toEqual([
      'unknown_name',
      expect.stringMatching(/^zone: "Newyork" is not .*Did you mean America.New_York/),
    ])
    expect(config({}, { zone: 5 as never }).message).toBe('zone: a time zone expected, found 5.')
  })

  it('in a hook', () => {
    const set = (broker: Broker) => broker.setPositionRules([{ type: 'clock', at: '7:00' }])
    const order = buy(1, [{ type: 'clock', at: '7' }])
    expect(causeOf(failure(() => backtest(days(), at({ 1: set })))).message).toMatch(/^rules\[0\]\.at: /)
    expect(causeOf(failure(() => backtest(days(), at({ 1: order })))).message).toMatch(/order of A\.rules\[0\]\.at: /)
  })
})

it('is written on the command line as clock:HH:MM', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fillgrid-clock-'))
  const text = Array.from({ length: 200 }, (_, t) => {
    const price = 100 + (t % 10 < 5 ? t % 10 : 10 - (t % 10))
    return [new Date(Date.UTC(2024, 5, 3, 13, 30) + t * 30 * MINUTE).toISOString(), price, price, price, price, 1]
  })
  const file = join(folder, 'a.csv')
  writeFileSync(file, `time,open,high,low,close,volume\n${text.map((row) => row.join(',')).join('\n')}\n`)
  const out = join(folder, 'out')
  const options = ['run', '--data', file, '--strategy', 'sma-cross', '--param', 'fast=2', '--param', 'slow=3']
  const done = await inProcess(...options, '--rule', 'clock:15:55:30:exit-fraction=50%', '--zone', YORK, '--out', out)
  const wrong = await inProcess(...options, '--rule', 'clock:9:5')
  const result = await readResult(out)
  rmSync(folder, { recursive: true })
  expect([done.status, (result.settings as { zone: string }).zone, result.details]).toEqual([
    0,
    YORK,
    ['clock_exit_15:55:30'],
  ])
  expect([wrong.status === 0, wrong.stderr]).toEqual([false, expect.stringContaining('found "9:5"')])
})
