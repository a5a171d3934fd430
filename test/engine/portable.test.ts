/** Snapshots as plain data: over other markets, through copies and files, in other processes; what they refuse (semantics 9.1). */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as L from '../../assembly/layout.ts'
import type { DrivenRun } from '../../src/drivers/driven.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { checksumOfFields } from '../../src/engine/checksum.ts'
import { resultOf } from '../../src/engine/openrun.ts'
import { decodeSnapshot, encodeSnapshot, type Snapshot } from '../../src/engine/snapshot.ts'
import { encodeState } from '../../src/engine/state.ts'
import { decodeState } from '../../src/engine/statedecode.ts'
import type { FillgridError } from '../../src/errors.ts'
import type { History } from '../../src/kernel/history.ts'
import { LIVE_I32, type LiveState } from '../../src/kernel/livestate.ts'
import { getEngine } from '../../src/kernel/load.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import type { Rule } from '../../src/settings/settings.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { defineSignals, Strategy } from '../../src/strategy/strategy.ts'
import { Busy, busyMarket } from './busy.ts'
import { at, DAY, failure, flat, market, textOf, walk } from './script.ts'

const prices = busyMarket(160)
const config: BacktestConfig = {
  cash: 9000,
  commission: {
    type: 'tiered',
    tiers: [
      { upTo: 500, rate: 0.002 },
      { upTo: Number.POSITIVE_INFINITY, rate: 0.001 },
    ],
  },
  rules: [
    { type: 'stop', distance: 0.03 },
    { type: 'time', bars: 12 },
  ],
}
const open = (over = prices, more: BacktestConfig = {}) => openRun(over, new Busy(), { ...config, ...more })

function upTo<R extends DrivenRun>(run: R, bar: number): R {
  while (run.bar < bar && run.advance()) {}
  return run
}

function end(run: DrivenRun): { text: string; outcome: string } {
  const result = resultOf(run.toEnd())
  run.release()
  return { text: textOf(result), outcome: result.fingerprint.outcome }
}

const whole = end(open())
const saved = upTo(open(), 70).snapshot()

/** A refused snapshot leaves the run as it was. */
function refusal(run: DrivenRun, snapshot: Snapshot): FillgridError {
  const other = upTo(run, run.bar + 9)
  const text = textOf(resultOf(other))
  const error = failure(() => other.restore(snapshot))
  expect(textOf(resultOf(other))).toBe(text)
  return error
}

describe('a snapshot', () => {
  it('is plain data with a head that can be read', () => {
    const { state, image, checksum, ...head } = saved
    expect(head).toMatchObject({
      format: 'fillgrid snapshot',
      version: 1,
      layout: L.LAYOUT_VERSION,
      bar: 70,
      time: '1970-03-12T00:00:00.000Z',
      market: { digest: prices.digest(), bars: 160, assets: 3 },
      window: { first: 0, end: 160 },
      settings: { cash: 9000, size: { type: 'fraction' } },
      parameters: { length: 5, salt: 0 },
      strategy: { kind: 'hooks', name: 'Busy', context: ['mood', 'average'], source: null },
      decisions: new Uint8Array(0),
    })
    expect(decodeState(state as Uint8Array)).toMatchObject({ ids: expect.any(Array) })
    expect(image).toBeInstanceOf(Uint8Array)
    expect(checksum).toMatch(/^[0-9a-f]{16}$/)
    expect(structuredClone(saved)).toEqual(saved)
  })

  it('goes on in another run, over another market of equal content, as a copy, and through a file', () => {
    const again = busyMarket(160)
    for (const copy of [
      saved,
      structuredClone(saved),
      decodeSnapshot(encodeSnapshot(saved)),
      decodeSnapshot(encodeSnapshot(structuredClone(saved))),
    ])
      for (const over of [prices, again]) expect(end(open(over).restore(copy))).toEqual(whole)
    // Out of the middle of a larger buffer too.
    const file = encodeSnapshot(saved)
    const within = new Uint8Array(file.length + 3)
    within.set(file, 3)
    expect(end(open().restore(decodeSnapshot(within.subarray(3))))).toEqual(whole)
    again.release()
  })

  it('is the same bytes for the same run', () => {
    expect(encodeSnapshot(upTo(open(), 70).snapshot())).toEqual(encodeSnapshot(saved))
    const restored = open().restore(saved)
    expect(encodeSnapshot(restored.snapshot())).toEqual(encodeSnapshot(saved))
  })

  it('is data of its own: what is done to it does not reach the run, nor the strategy’s class', () => {
    const run = upTo(open(), 30)
    const text = JSON.stringify([run.result().settings, run.setup.parameters, Busy.parameters])
    const change = (value: unknown): void => {
      if (value instanceof Uint8Array) value.fill(0)
      else if (value !== null && typeof value === 'object')
        for (const [name, field] of Object.entries(value)) {
          change(field)
          if (typeof field !== 'object') (value as Record<string, unknown>)[name] = 7
        }
    }
    change(run.snapshot())
    expect(JSON.stringify([run.result().settings, run.setup.parameters, Busy.parameters])).toBe(text)
    expect(end(run)).toEqual(whole)
  })

  it('is the same bytes whatever came before, of positions with rules of their own too', () => {
    const chains = (n: number): Rule[] => Array.from({ length: n }, (_, i) => ({ type: 'target', distance: 1 + i / 9 }))
    const order = (n: number) => (broker: Broker) =>
      void broker.orderTargetQuantity(0, n % 2 ? -3 : 3, { rules: chains(n) })
    const one = market(walk(60, 5, 0))
    const steps = { 3: order(1), 9: order(2), 15: order(8), 30: order(3) }
    const fresh = () => openRun(one, at(steps))
    const early = upTo(fresh(), 1).snapshot()
    const run = fresh()
    const back = fresh().toEnd().restore(early)
    for (const bar of [5, 12, 20, 40, 59])
      expect(encodeSnapshot(upTo(back, bar).snapshot())).toEqual(encodeSnapshot(upTo(run, bar).snapshot()))
  })

  it('is not taken of a run that has failed in the middle of a bar', () => {
    const fails = at({
      4: (broker) => {
        broker.orderTargetQuantity(0, 5)
        throw new Error('no')
      },
    })
    const run = openRun(prices, fails)
    expect(failure(() => run.toEnd()).code).toBe('strategy_failed')
    expect(failure(() => run.snapshot()).code).toBe('run_over')
    expect(run.back().snapshot().bar).toBe(3)
  })

  it('goes on in another process', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fillgrid-'))
    try {
      const signals = { targetPosition: Array.from({ length: 480 }, (_, i) => i % 4), sizeType: 'units' as const }
      const run = upTo(openRun(prices, signals, config), 60)
      writeFileSync(join(folder, 'snapshot'), encodeSnapshot(run.snapshot()))
      const script = `
        import { readFileSync } from 'node:fs'
        const { Market, openRun, decodeSnapshot } = await import(${JSON.stringify(join(process.cwd(), 'build/src/index.js'))})
        const prices = Market.from(${JSON.stringify({
          assets: [...prices.assets],
          time: Array.from(prices.time),
          ...Object.fromEntries(
            (['open', 'high', 'low', 'close', 'volume'] as const).map((name) => [
              name,
              Array.from(prices[name], (x) => (Number.isNaN(x) ? 'NaN' : x)),
            ]),
          ),
        })}, {})
      `.replaceAll('"NaN"', 'NaN')
      const rest = `
        const run = openRun(prices, ${JSON.stringify(signals)}, ${JSON.stringify({ ...config, commission: undefined })})
        run.restore(decodeSnapshot(readFileSync(${JSON.stringify(join(folder, 'snapshot'))})))
        console.log(run.toEnd().result().fingerprint.outcome)
      `
      const plain = upTo(openRun(prices, signals, { ...config, commission: undefined }), 60)
      writeFileSync(join(folder, 'snapshot'), encodeSnapshot(plain.snapshot()))
      writeFileSync(join(folder, 'go.mjs'), script + rest)
      const outcome = execFileSync(process.execPath, [join(folder, 'go.mjs')], { encoding: 'utf8' }).trim()
      expect(outcome).toBe(end(plain).outcome)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('keeps of the state what plain copies would lose', () => {
    class Keeps extends Strategy {
      override state = {
        seen: new Map([['a', new Set([1])]]),
        none: undefined,
        last: Number.NaN,
        zero: -0,
        at: new Date(5),
        column: new Float64Array(3),
      }
      override onBar(bar: { index: number }): void {
        this.state.seen.set(String(bar.index), new Set([bar.index]))
        this.state.column[bar.index % 3] += 1
      }
    }
    const run = upTo(openRun(prices, new Keeps()), 4)
    const other = new Keeps()
    openRun(prices, other).restore(decodeSnapshot(encodeSnapshot(run.snapshot())))
    expect(other.state).toEqual({
      seen: new Map([['a', new Set([1])], ...[0, 1, 2, 3, 4].map((i) => [String(i), new Set([i])] as const)]),
      none: undefined,
      last: Number.NaN,
      zero: -0,
      at: new Date(5),
      column: Float64Array.of(2, 2, 1),
    })
  })
})

describe('is refused', () => {
  it('over other data, or another window of them', () => {
    for (const other of [busyMarket(161), market(walk(160, 1)), busyMarket(160, 2)]) {
      const error = refusal(openRun(other, new Busy(), config), saved)
      expect(error.code).toBe('snapshot_market')
      expect(error.message).toMatch(/found one of other data of 160 bars and 3 assets/)
    }
    const error = refusal(open(prices, { from: DAY }), saved)
    expect(error.code).toBe('snapshot_market')
    expect(error.message).toMatch(/over bars 1 to 159 expected, found one of bars 0 to 159/)
    const cut = upTo(open(prices, { from: 20 * DAY, to: 90 * DAY }), 40).snapshot()
    expect(refusal(open(), cut).code).toBe('snapshot_market')
    const goes = { from: '1970-01-21', to: '1970-04-01' }
    expect(end(open(prices, goes).restore(cut))).toEqual(end(open(prices, goes)))
  })

  it('with other settings: it does not go on with cash of one and costs of the other', () => {
    const other: BacktestConfig[] = [
      { cash: 9001 },
      { commission: 0.01 },
      { timing: 'same-close' },
      { rules: [] },
      { size: { type: 'units', amount: 1 } },
    ]
    for (const one of other) {
      const error = refusal(open(prices, one), saved)
      expect(error.code).toBe('snapshot_settings')
      expect(error.message).toContain(`found ${Object.keys(one)[0]} `)
    }
  })

  it('with other parameters', () => {
    const error = refusal(open(prices, { parameters: { salt: 1 } }), saved)
    expect(error.code).toBe('snapshot_parameters')
    expect(error.message).toMatch(/found salt 0 in it and 1 here/)
  })

  it('of another strategy: by its source where it names one, else by name and parameters; another text warns', () => {
    class Other extends Busy {}
    const Renamed = { Busy: class extends Busy {} }.Busy
    Object.defineProperty(Renamed, 'name', { value: 'Busy' })
    class Sourced extends Busy {
      static override source = 'one'
    }
    const Resourced = {
      Sourced: class extends Busy {
        static override source = 'two'
      },
    }.Sourced
    class More extends Strategy {
      static override parameters = { length: { type: 'integer', default: 5 } } as const
    }
    Object.defineProperty(More, 'name', { value: 'Busy' })
    const columns = { targetPosition: Array.from({ length: 480 }, () => 1) }
    for (const input of [new Other(), new Sourced(), new More(), columns]) {
      const error = refusal(openRun(prices, input, config), saved)
      expect(error.code).toBe('snapshot_strategy')
    }
    const sourced = upTo(openRun(prices, new Sourced(), config), 30).snapshot()
    expect(refusal(openRun(prices, new Resourced(), config), sourced).code).toBe('snapshot_strategy')
    expect(refusal(open(), sourced).code).toBe('snapshot_strategy')
    expect(end(openRun(prices, new Sourced(), config).restore(sourced))).toEqual(whole)
    expect(refusal(open(prices, { strategySource: 'mine' }), saved).code).toBe('snapshot_strategy')

    const changed = openRun(prices, new Renamed(), config).restore(saved)
    expect(resultOf(changed).warnings.map(({ code }) => code)).toContain('strategy_changed')
    expect(resultOf(open().restore(saved)).warnings.map(({ code }) => code)).not.toContain('strategy_changed')

    const signals = (entry: number) =>
      defineSignals({
        name: 'same',
        signals: ({ market: { close } }) => ({ entries: Array.from(close, (_, i) => i % 50 === entry) }),
      })
    const ofSignals = upTo(openRun(prices, signals(1)), 20).snapshot()
    expect(resultOf(openRun(prices, signals(1)).restore(ofSignals)).warnings.map(({ code }) => code)).not.toContain(
      'strategy_changed',
    )
    const named = { ...signals(2), source: 'other' }
    expect(failure(() => openRun(prices, named).restore(ofSignals)).code).toBe('snapshot_strategy')
  })

  it('of another version', () => {
    for (const change of [{ version: 2 }, { layout: L.LAYOUT_VERSION + 1 }]) {
      const changed = { ...saved, ...change }
      expect(refusal(open(), changed).code).toBe('snapshot_damaged')
      expect(refusal(open(), { ...changed, checksum: checksumOfFields(changed) }).code).toBe('snapshot_version')
    }
  })

  it('that is none', () => {
    for (const none of [
      null,
      undefined,
      {},
      [],
      'x',
      1,
      { format: 'fillgrid snapshot' },
      { ...saved, image: [1] },
      { ...saved, state: 'x' },
      { ...saved, decisions: () => 1 },
      { ...saved, extra: 1 },
      { ...saved, extra: () => 1 },
      {
        ...saved,
        get image() {
          throw new Error('no')
        },
      },
      new Proxy(saved, {
        ownKeys() {
          throw new Error('no')
        },
      }),
      ...[{ bar: 69 }, { time: null }, { time: 5 }, { settings: null }, { parameters: null }, { parameters: 5 }].map(
        (change) => ({ ...saved, ...change, checksum: checksumOfFields({ ...saved, ...change }) }),
      ),
    ])
      expect(failure(() => open().restore(none as never)).code).toBe('snapshot_damaged')
    for (const none of [null, 'x', new Uint8Array(0), new Uint8Array(100), new Uint8Array(1 << 20)])
      expect(failure(() => decodeSnapshot(none as never)).code).toBe('snapshot_damaged')
  })

  it('with one bit that is another one, anywhere, or cut off anywhere', () => {
    const small = upTo(openRun(market(flat(1, 2, 3)), { targetPosition: [1, 2, 3] }), 1).snapshot()
    const bytes = encodeSnapshot(small)
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice()
      changed[at] ^= 1 << (at % 8)
      expect(failure(() => decodeSnapshot(changed)).code).toBe('snapshot_damaged')
      expect(failure(() => decodeSnapshot(bytes.subarray(0, at))).code).toBe('snapshot_damaged')
    }
    const run = openRun(market(flat(1, 2, 3)), { targetPosition: [1, 2, 3] })
    const image = small.image
    for (let at = 0; at < image.length; at++) {
      const changed = structuredClone(small)
      changed.image[at] ^= 1 << (at % 8)
      expect(failure(() => run.restore(changed)).code).toBe('snapshot_damaged')
    }
    for (const change of [
      { bar: 0 },
      { time: null },
      { parameters: { a: 1 } },
      { market: { ...small.market, bars: 4 } },
      { window: { first: 0, end: 2 } },
      { settings: {} },
      { state: new Uint8Array(1) },
      { checksum: '0' },
    ])
      expect(failure(() => run.restore({ ...small, ...change } as Snapshot)).code).toBe('snapshot_damaged')
    run.release()
  })
})

describe('a hostile snapshot, with a checksum that is right', () => {
  interface Image {
    live: LiveState
    history: History
  }
  const forge = (change: (image: Image) => void): Snapshot => {
    const image = decodeState(saved.image) as Image
    change(image)
    const fields = { ...saved, image: encodeState(image) }
    return { ...fields, checksum: checksumOfFields(fields) }
  }
  const number = (field: number) => LIVE_I32.indexOf(field)
  const order = (live: LiveState, field: number) => ({
    set: (value: number) => new Int32Array(live.orders.buffer).fill(value, field / 4, field / 4 + 1),
  })

  it.each<[string, (image: Image) => void]>([
    ['a bar beyond the data', ({ live }) => live.i32.fill(1e9, number(L.RUN_BAR), number(L.RUN_BAR) + 1)],
    ['a bar before them', ({ live }) => live.i32.fill(-5, number(L.RUN_BAR), number(L.RUN_BAR) + 1)],
    ['rules without end', ({ live }) => live.i32.fill(1e8, number(L.RUN_RULES), number(L.RUN_RULES) + 1)],
    [
      'a next id that is far',
      ({ live }) => live.i32.fill(2 ** 31 - 1, number(L.RUN_NEXT_ID), number(L.RUN_NEXT_ID) + 1),
    ],
    ['an order of no asset', ({ live }) => order(live, L.LIVE_ASSET).set(1e9)],
    ['an order of an asset below 0', ({ live }) => order(live, L.LIVE_ASSET).set(-1)],
    ['an order of no type', ({ live }) => order(live, L.LIVE_TYPE).set(77)],
    ['an order that has ended', ({ live }) => order(live, L.LIVE_STATE).set(0)],
    ['orders out of order', ({ live }) => order(live, L.LIVE_ID).set(2 ** 30)],
    [
      'half an order',
      (image) => {
        image.live.orders = image.live.orders.slice(0, 100)
      },
    ],
    [
      'orders twice',
      (image) => {
        image.live.orders = Uint8Array.from([...image.live.orders, ...image.live.orders])
      },
    ],
    ['a chain that is too long', ({ live }) => live.chains.fill(9)],
    [
      'positions of more assets',
      (image) => {
        image.live.positions = new Uint8Array(96 * 50)
      },
    ],
    [
      'columns of more assets',
      (image) => {
        image.live.columns = new Float64Array(6 * 50)
      },
    ],
    [
      'details of nobody',
      (image) => {
        image.live.details = new Uint8Array(1e6)
      },
    ],
    [
      'exits that wait without end',
      ({ live }) =>
        new Int32Array(live.positions.buffer).fill(1e6, L.POSITION_PENDING_COUNT / 4, L.POSITION_PENDING_COUNT / 4 + 1),
    ],
    [
      'events of no fill',
      (image) => {
        image.live.events = Int32Array.of(L.EVENT_FILL, 1e9)
      },
    ],
    [
      'events of no order',
      (image) => {
        image.live.events = Int32Array.of(L.EVENT_ORDER, 1e9)
      },
    ],
    [
      'events of no kind',
      (image) => {
        image.live.events = Int32Array.of(9, 0)
      },
    ],
    ['more rows than there are', ({ live }) => live.rows.fill(1e9)],
    ['rows below 0', ({ live }) => live.rows.fill(-1)],
    [
      'equity of more bars',
      (image) => {
        image.history.equity = new Float64Array(1e6)
      },
    ],
    [
      'a column of other length',
      ({ history }) => {
        ;(history.fills.f64 as Float64Array[])[0] = new Float64Array(1e6)
      },
    ],
    [
      'a table of other columns',
      (image) => {
        image.history.fills = { ...image.history.fills, i32: [] }
      },
    ],
    ['a fill of a bar to come', ({ history }) => history.fills.i32[L.FILL_BAR]?.fill(159)],
    ['an ended order of no id', ({ history }) => history.orders.i32[L.ENDED_ID]?.fill(2 ** 30)],
    [
      'numbers that are texts',
      (image) => {
        image.live.f64 = 'x' as never
      },
    ],
    [
      'nothing',
      (image) => {
        image.live = undefined as never
      },
    ],
    [
      'no history',
      (image) => {
        image.history = null as never
      },
    ],
    [
      'a list for an image',
      (image) => {
        Object.setPrototypeOf(image, null)
        image.live = [] as never
      },
    ],
  ])('%s', (_, change) => {
    const run = upTo(open(), 12)
    expect(failure(() => run.restore(forge(change))).code).toBe('snapshot_damaged')
    expect(end(run)).toEqual(whole)
  })

  it('with whatever numbers never writes but into its own run', () => {
    const { arena } = getEngine()
    const run = open()
    const neighbour = open()
    const canary = arena.allocate(1 << 20, 'a canary')
    const fill = arena.u8(canary, 1 << 20).fill(0xa5)
    const before = (['open', 'high', 'low', 'close', 'volume'] as const).map((name) => prices[name].slice())
    const odd = fc.oneof(
      fc.constantFrom(-1, 0, 1, 2, 3, 7, 8, 9, 64, 255, 2 ** 31 - 1, -(2 ** 31), 0x7ff00000, 1e6, 70, 159, 160),
      fc.integer(),
    )
    let taken = 0
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(10), fc.nat(100_000), odd), { minLength: 1, maxLength: 4 }), (changes) => {
        const forged = forge(({ live, history }) => {
          // Whole numbers of everything; what prices may do to the kernel is its own matter.
          const parts: [part: Int32Array | Uint8Array, bytes: number, from: number, to: number][] = [
            [live.i32, 4, 0, 4],
            [live.positions, L.POSITION_BYTES, L.POSITION_ENTRY_BAR, L.POSITION_FENCED + 4],
            [live.details, L.DETAIL_BYTES, L.DETAIL_PENDING_CODES, L.DETAIL_BYTES],
            [live.orders, L.LIVE_BYTES, L.LIVE_ID, L.LIVE_BYTES],
            [live.chains, 4, 0, 4],
            [live.rules, L.RULE_BYTES, L.RULE_TYPE, L.RULE_BYTES],
            [live.events, 4, 0, 4],
            [live.rows, 4, 0, 4],
            [history.fills.i32[0] as Int32Array, 4, 0, 4],
            [history.trades.i32[1] as Int32Array, 4, 0, 4],
            [history.orders.i32[0] as Int32Array, 4, 0, 4],
          ]
          for (const [part, at, value] of changes) {
            const [bytes, record, from, to] = parts[part]
            const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2)
            const fields = (to - from) / 4
            const count = (bytes.byteLength / record) * fields
            if (count === 0) continue
            const nth = at % count
            words[(Math.floor(nth / fields) * record + from) / 4 + (nth % fields)] = value
          }
        })
        try {
          run.restore(forged).toEnd()
          taken++
        } catch (error) {
          expect(['snapshot_damaged', 'strategy_failed', 'engine_failed', 'memory_limit']).toContain(
            (error as FillgridError).code,
          )
        }
      }),
      { numRuns: 1500, seed: 8 },
    )
    expect(taken).toBeGreaterThan(20)
    expect(fill.every((byte) => byte === 0xa5)).toBe(true)
    ;(['open', 'high', 'low', 'close', 'volume'] as const).forEach((name, i) => {
      expect(prices[name]).toEqual(before[i])
    })
    expect(end(neighbour)).toEqual(whole)
    expect(end(run.restore(saved))).toEqual(whole)
    arena.release(canary)
  })

  it('of any prices and money ends or is refused, and the run goes on from one that is whole', () => {
    const run = openRun(prices, new Busy(), { ...config, account: 'unlimited', stopFill: 'next-open' })
    const neighbour = open()
    const good = upTo(run, 60).snapshot()
    const right = textOf(resultOf(run.toEnd()))
    const odd = fc.constantFrom(
      Number.NaN,
      Infinity,
      -Infinity,
      1.7e308,
      -1e308,
      -1,
      0,
      -0,
      5e-324,
      1e300,
      2 ** 53,
      -1e-9,
    )
    const codes = new Set<string>()
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(9), fc.nat(100_000), odd), { minLength: 1, maxLength: 4 }), (changes) => {
        const { live, history } = decodeState(good.image) as Image
        const parts = [live.f64, live.columns, live.positions, live.details, live.orders, live.brought, live.rules]
        parts.push(history.equity, history.cash, history.fills.f64[0] as Float64Array)
        for (const [part, at, value] of changes) {
          const { buffer, byteOffset, byteLength } = parts[part]
          const doubles = new Float64Array(buffer, byteOffset, byteLength >> 3)
          if (doubles.length > 0) doubles[at % doubles.length] = value
        }
        const fields = { ...good, image: encodeState({ live, history }) }
        try {
          run.restore({ ...fields, checksum: checksumOfFields(fields) }).toEnd()
          resultOf(run)
          codes.add('ended')
        } catch (error) {
          codes.add((error as FillgridError).code)
        }
        expect(textOf(resultOf(run.restore(good).toEnd()))).toBe(right)
      }),
      { numRuns: 300, seed: 9 },
    )
    // Whole numbers lie between the doubles, and some of those are damaged by them.
    expect([...codes].sort()).toEqual(['ended', 'not_finite', 'snapshot_damaged'])
    expect(end(neighbour)).toEqual(whole)
    run.release()
  })

  it('of a state that loadState refuses leaves the strategy and the run as they were', () => {
    class Picky extends Strategy {
      seen = 0
      override saveState(): unknown {
        return { seen: this.seen }
      }
      override loadState(saved: unknown): void {
        this.seen = -1
        const { seen } = saved as { seen: number }
        if (seen > 5) throw new RangeError('too much')
        this.seen = seen
      }
      override onBar(): void {
        this.seen++
      }
    }
    const late = upTo(openRun(prices, new Picky()), 8).snapshot()
    const picky = new Picky()
    const run = upTo(openRun(prices, picky), 3)
    expect(() => run.restore(late)).toThrow('too much')
    expect([picky.seen, run.bar]).toEqual([4, 3])
    run.advance()
    expect([picky.seen, run.bar]).toEqual([5, 4])
  })
})
