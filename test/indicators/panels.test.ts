import { afterAll, describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { getEngine } from '../../src/kernel/load.ts'
import { Market } from '../../src/market/market.ts'
import {
  findIndicator,
  INDICATORS,
  type IndicatorName,
  type IndicatorNamed,
  type IndicatorOutput,
  type IndicatorParameters,
  indicatorValues,
} from '../../src/signals/catalogue.ts'
import { computePanel, type PanelParameters, panelCache, releasePanels } from '../../src/signals/panels.ts'
import { PanelScope } from '../../src/signals/scope.ts'
import * as oracle from '../oracle/indicators.ts'
import { prices, stream, value } from './columns.ts'

const DAY = 86400000
const BARS = 120

/** A market of random prices, absent bars among them. */
function randomMarket(assets: number, bars = BARS): Market {
  const random = stream(assets)
  const columns = Array.from({ length: assets }, (_, a) => prices(a + 1, bars, { hole: 25 }))
  const close = Array.from({ length: bars * assets }, (_, i) => columns[i % assets][Math.floor(i / assets)])
  // A bar on which no asset trades would not be in a market.
  for (let t = 0; t < bars; t++) if (Number.isNaN(close[t * assets])) close[t * assets] = 100
  return Market.from({
    assets: Array.from({ length: assets }, (_, a) => `A${a}`),
    time: Array.from({ length: bars }, (_, t) => t * DAY),
    open: close,
    high: close.map((x) => x * (1 + random() * 0.01)),
    low: close.map((x) => x * (1 - random() * 0.01)),
    close,
    volume: close.map((x) => (Number.isNaN(x) ? x : 1000)),
    signals: { score: close.map((x) => (Number.isNaN(x) ? x : x / 3)) },
  })
}

const market = randomMarket(3)
afterAll(() => releasePanels(market))

/** One asset's column of a panel. */
function assetOf(values: ArrayLike<number>, asset: number, assets = 3): number[] {
  return Array.from({ length: values.length / assets }, (_, t) => values[t * assets + asset])
}

/** The error of a call. */
function refused(work: () => unknown): FillgridError {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(FillgridError)
    return error as FillgridError
  }
  throw new Error('nothing was refused')
}

describe('panels', () => {
  it('hold each asset by itself, [bar][asset]', () => {
    const panel = computePanel(getEngine(), market, 'sma', { length: 7 })
    expect([panel.key, panel.bars, panel.assets, panel.length, panel.warmup]).toEqual([
      'sma(close,7)',
      BARS,
      3,
      BARS * 3,
      6,
    ])
    for (let a = 0; a < 3; a++) {
      expect(assetOf(panel.values, a)).toEqual(oracle.sma(assetOf(market.close, a), 7))
    }
  })

  it('are computed once', () => {
    const cache = panelCache(market)
    const first = cache.panel('ema', { length: 9 })
    expect(cache.panel('ema', { length: 9, source: 'close' })).toBe(first)
    expect(cache.panel('ema', { length: 10 })).not.toBe(first)
    const line = cache.panel('macd', {})
    expect(line.key).toBe('macd(close,12,26,9).line')
    const before = cache.bytes
    expect(cache.panel('macd', {}, 'signal').key).toBe('macd(close,12,26,9).signal')
    expect(cache.bytes).toBe(before)
  })

  it('read any column, a signal of the market, or another panel', () => {
    const cache = panelCache(market)
    const high = cache.panel('highest', { length: 5, source: 'high' })
    expect(assetOf(high.values, 1)).toEqual(oracle.highest(assetOf(market.high, 1), 5))
    const score = cache.panel('roc', { length: 3, source: 'score' })
    expect(assetOf(score.values, 2)).toEqual(oracle.roc(assetOf(market.signals.get('score')!.values, 2), 3))
    expect(score.key).toBe('roc(signal:score,3)')
    const inner = cache.panel('rsi', { length: 4 })
    const outer = cache.panel('wma', { length: 3, source: inner })
    expect(outer.key).toBe('wma(rsi(close,4),3)')
    expect(outer.warmup).toBe(6)
    expect(assetOf(outer.values, 0)).toEqual(oracle.wma(oracle.rsi(assetOf(market.close, 0), 4), 3))
    const range = cache.panel('atr', { length: 4 })
    expect(assetOf(range.values, 1)).toEqual(
      oracle.atr(assetOf(market.high, 1), assetOf(market.low, 1), assetOf(market.close, 1), 4),
    )
  })

  it.each(INDICATORS.flatMap((indicator) => indicator.outputs.map((output) => [indicator.name, output] as const)))(
    '%s (%s) has its first value where the catalogue says, and the same on the first k bars',
    (name, output) => {
      const source = randomMarket(1, 300)
      const given = findIndicator(name).repaints ? { delay: 3 } : {}
      const panel = computePanel(getEngine(), source, name, given, output)
      const own = Array.from(source.close, (x) => !Number.isNaN(x))
      const first = panel.values.findIndex((x) => !Number.isNaN(x))
      const before = own.slice(0, first).filter(Boolean).length
      if (findIndicator(name).late) expect(before).toBeGreaterThanOrEqual(panel.warmup)
      else expect(before).toBe(panel.warmup)
      for (const k of [panel.warmup + 2, 61, 299]) {
        const part = source.slice(0, k)
        expect(Array.from(computePanel(getEngine(), part, name, given, output).values)).toEqual(
          Array.from(panel.values.slice(0, k)),
        )
        releasePanels(part)
        part.release()
      }
      releasePanels(source)
      source.release()
    },
  )

  it('are the same where copies of neighbours would be too large', () => {
    const bars = 140_000
    const columns = [prices(1, bars), prices(2, bars)]
    const long = Market.from({
      assets: ['A', 'B'],
      time: Array.from({ length: bars }, (_, t) => t * 60000),
      close: Array.from({ length: bars * 2 }, (_, i) => columns[i % 2][i >> 1]),
    })
    const panel = computePanel(getEngine(), long, 'highest', { length: 30 })
    for (const asset of [0, 1]) {
      expect(assetOf(panel.values, asset, 2)).toEqual(value('highest', [columns[asset]], { length: 30 }))
    }
    releasePanels(long)
    long.release()
  })

  it('a window longer than the market has no value', () => {
    for (const { name, parameters, warmup, outputs } of INDICATORS) {
      const { length } = parameters
      if (length?.type !== 'integer') continue
      const values = indicatorValues(findIndicator(name), { length: length.max })
      if (warmup(values, outputs[0]) < BARS) continue
      const panel = computePanel(getEngine(), market, name, { length: length.max })
      expect(panel.values.every(Number.isNaN), name).toBe(true)
    }
  })
})

describe('the byte budget', () => {
  const bytes = BARS * 2 * 8

  it('evicts what was not used for longest', () => {
    const other = randomMarket(2)
    const cache = panelCache(other)
    cache.budget = 3 * bytes
    const held = getEngine().arena.bytesHeld
    const [a] = [
      cache.panel('sma', { length: 2 }),
      cache.panel('sma', { length: 3 }),
      cache.panel('sma', { length: 4 }),
    ]
    cache.panel('sma', { length: 2 })
    cache.panel('sma', { length: 5 })
    expect(cache.keys).toEqual(['sma(close,4)', 'sma(close,2)', 'sma(close,5)'])
    expect(cache.bytes).toBe(3 * bytes)
    expect(getEngine().arena.bytesHeld - held).toBe(3 * bytes)
    expect(a.values).toHaveLength(BARS * 2)
    releasePanels(other)
    expect(getEngine().arena.bytesHeld).toBe(held)
    expect(refused(() => a.pointer).code).toBe('engine_failed')
    other.release()
  })

  it('never evicts what a run uses, and goes beyond it where it must', () => {
    const other = randomMarket(2)
    const cache = panelCache(other)
    cache.budget = bytes
    const scope = new PanelScope(cache)
    const one = scope.panel('sma', { length: 2 })
    const two = scope.panel('sma', { length: 3, source: one })
    expect(cache.bytes).toBe(2 * bytes)
    const passing = cache.panel('sma', { length: 4 })
    cache.panel('sma', { length: 5 })
    expect(refused(() => passing.pointer).message).toContain('sma(close,4)')
    expect([one.values.length, two.values.length]).toEqual([BARS * 2, BARS * 2])
    scope.release()
    cache.budget = bytes
    expect(cache.keys).toEqual(['sma(close,5)'])
    releasePanels(other)
    other.release()
  })

  it('a market that was released gives its panels back', () => {
    const held = getEngine().arena.bytesHeld
    const other = randomMarket(2)
    panelCache(other).panel('sma', {})
    other.release()
    const next = randomMarket(2)
    panelCache(next)
    releasePanels(next)
    next.release()
    expect(getEngine().arena.bytesHeld).toBe(held)
  })

  it('is bytes', () => {
    expect(
      refused(() => {
        panelCache(market).budget = -1
      }).message,
    ).toBe('panels: a budget is bytes, 0 or more, found -1.')
  })
})

describe('what cannot be computed', () => {
  const panel = (name: string, parameters?: PanelParameters, output?: string) =>
    panelCache(market).panel(name, parameters, output)

  it.each([
    ['an unknown indicator', () => panel('smaa'), 'unknown_name', 'indicator "smaa" is not one. Did you mean sma?'],
    [
      'an unknown parameter',
      () => panel('sma', { lenght: 3 }),
      'unknown_name',
      'sma: parameter "lenght" is not one. Did you mean length?',
    ],
    [
      'an unknown output',
      () => panel('macd', {}, 'signl'),
      'unknown_name',
      'macd: output "signl" is not one. Did you mean signal?',
    ],
    [
      'an unknown source',
      () => panel('sma', { source: 'closs' }),
      'unknown_name',
      'sma: source "closs" is not one. Did you mean close?',
    ],
    [
      'a length of zero',
      () => panel('sma', { length: 0 }),
      'invalid_value',
      'sma: length must be a whole number from 1 to 10000000, found 0.',
    ],
    [
      'half a bar',
      () => panel('ema', { length: 2.5 }),
      'invalid_value',
      'ema: length must be a whole number from 1 to 10000000, found 2.5.',
    ],
    [
      'a text',
      () => panel('rsi', { length: '14' }),
      'invalid_value',
      'rsi: length must be a whole number from 1 to 10000000, found "14".',
    ],
    [
      'NaN',
      () => panel('bollinger', { width: Number.NaN }),
      'invalid_value',
      'bollinger: width must be a number from 0 to 1000, found NaN.',
    ],
    [
      'fast above slow',
      () => panel('macd', { fast: 30 }),
      'invalid_value',
      'macd: fast must be below slow, found 30 and 26.',
    ],
    [
      'a sample of one',
      () => panel('stdev', { length: 1, ddof: 1 }),
      'invalid_value',
      'stdev: length must be above ddof, found 1 and 1.',
    ],
    [
      'a source that is not read',
      () => panel('atr', { source: 'open' }),
      'invalid_value',
      'atr: it reads high, low, close, found source "open".',
    ],
  ])('%s', (_, work, code, message) => {
    const error = refused(work)
    expect(error.code).toBe(code)
    expect(error.message).toBe(message)
  })

  it('a panel of another market', () => {
    const other = randomMarket(3)
    const foreign = panelCache(other).panel('sma', {})
    expect(refused(() => panelCache(market).panel('ema', { source: foreign })).message).toBe(
      'ema: source must be a panel of the same market, found sma(close,20) over another of 120 bars and 3 assets.',
    )
    releasePanels(other)
    other.release()
  })
})

describe('the catalogue', () => {
  it('has each name with its own parameters and outputs as types', () => {
    type Lost = { [N in IndicatorName]: [IndicatorNamed<N>] extends [never] ? N : never }[IndicatorName]
    const none: [Lost] extends [never] ? true : Lost = true
    expect(none).toBe(true)
    const parameters: IndicatorParameters<'macd'> = { fast: 3, slow: 9 }
    // @ts-expect-error: it has no such parameter
    const wrong: IndicatorParameters<'macd'> = { length: 3 }
    const output: IndicatorOutput<'macd'> = 'histogram'
    // @ts-expect-error: it has no such output
    const other: IndicatorOutput<'macd'> = 'value'
    expect([parameters, wrong, output, other]).toHaveLength(4)
  })

  it('has each name once, defaults within their ranges, and a formula', () => {
    expect(new Set(INDICATORS.map((one) => one.name)).size).toBe(INDICATORS.length)
    for (const indicator of INDICATORS) {
      expect(indicator.doc).toMatch(/\.$/)
      expect(indicatorValues(findIndicator(indicator.name), {})).toEqual(
        Object.fromEntries(Object.entries(indicator.parameters).map(([name, { default: value }]) => [name, value])),
      )
    }
  })
})
