/** Indicators of indicators: by themselves and by their keys, in hooks and in signals. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { panelCache } from '../../src/signals/panels.ts'
import type { Indicator } from '../../src/strategy/indicator.ts'
import { defineSignals } from '../../src/strategy/strategy.ts'
import { prices, startError, valuesOf } from './declared.ts'

describe('an indicator of an indicator', () => {
  const expected = () => {
    const cache = panelCache(prices)
    return Array.from(cache.panel('sma', { source: cache.panel('rsi', { length: 5 }), length: 4 }).values)
  }

  it('is taken by the indicator or by its key, in hooks and in signals, with the same values', () => {
    expect(expected().filter(Number.isFinite).length).toBeGreaterThan(150)
    const byOne = valuesOf(function () {
      const rsi = this.indicator('rsi', { length: 5 })
      const sma = this.indicator('sma', { source: rsi, length: 4 })
      expect([sma.key, sma.warmup]).toEqual(['sma(rsi(close,5),4)', 8])
      return sma
    })
    const byKey = valuesOf(function () {
      const { key } = this.indicator('rsi', { length: 5 })
      return this.indicator('sma', { source: key, length: 4 })
    })
    expect(byOne).toEqual(expected())
    expect(byKey).toEqual(expected())
    const seen: number[][] = []
    const signals = defineSignals({
      name: 'both',
      signals({ indicator }) {
        const rsi = indicator('rsi', { length: 5 })
        for (const source of [rsi, rsi.key]) seen.push(Array.from(indicator('sma', { source, length: 4 }).values))
        return { entries: new Uint8Array(prices.bars * 2) }
      },
    })
    backtest(prices, signals)
    expect(seen).toEqual([expected(), expected()])
  })

  it('reads an output by its key, and bars of another length', () => {
    const line = valuesOf(function () {
      this.indicator('macd', {}, 'signal')
      return this.indicator('sma', { source: 'macd(close,12,26,9).signal', length: 1 })
    })
    expect(line).toEqual(Array.from(panelCache(prices).panel('macd', {}, 'signal').values))
    const days = valuesOf(function () {
      return this.indicator('sma', { source: this.indicator('sma', { length: 2, timeframe: '2d' }), length: 1 })
    })
    expect(days).toEqual(Array.from(panelCache(prices).panel('sma', { length: 2, timeframe: '2d' }).values))
  })

  it('a key is known where it was declared, and nowhere else', () => {
    panelCache(prices).panel('rsi', { length: 9 })
    const unknown = startError(function () {
      this.indicator('sma', { length: 3 })
      this.indicator('sma', { source: 'rsi(close,9)' })
    })
    expect(unknown.code).toBe('unknown_name')
    expect(unknown.message).toMatch(/^sma: source "rsi\(close,9\)" is not one\. /)
    const near = startError(function () {
      this.indicator('rsi', { length: 9 })
      this.indicator('sma', { source: 'rsi(close,8)' })
    })
    expect(near.message).toContain('Did you mean rsi(close,9)?')
  })

  it('refuses what is no indicator of this run', () => {
    let kept: Indicator | undefined
    valuesOf(function () {
      kept = this.indicator('rsi', { length: 5 })
      return kept
    })
    const sources: unknown[] = [kept, { key: 'rsi(close,5)', value: () => 1, last: () => [] }, null, 5, [], true]
    for (const source of [...sources, Object.create(kept as object)]) {
      const error = startError(function () {
        this.indicator('sma', { source: source as never })
      })
      expect([error.code, error.message.slice(0, 12)]).toEqual([
        typeof source === 'object' && source !== null ? 'invalid_value' : 'unknown_name',
        'sma: source ',
      ])
    }
    for (const given of [null, 5, 'close'])
      expect(
        startError(function () {
          this.indicator('sma', given as never)
        }).message,
      ).toMatch(/^sma: an object of parameters expected, found /)
    const longer = startError(function () {
      this.indicator('sma', { source: this.indicator('rsi'), timeframe: '2d' })
    })
    expect(longer.message).toMatch(/^sma: with a timeframe, source must be a column of the market, found panel rsi/)
  })
})
