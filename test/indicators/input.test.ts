/** What a trader may ask for that is not there, and what they are told. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { FillgridError } from '../../src/errors.ts'
import { Market } from '../../src/market/market.ts'
import { type Panel, panelCache, releasePanels } from '../../src/signals/panels.ts'
import { defineSignals, type SignalContext, Strategy } from '../../src/strategy/strategy.ts'

const DAY = 86_400_000
const BARS = 40

function prices(volume?: number[]): Market {
  const close = Array.from({ length: BARS }, (_, t) => 100 + Math.sin(t))
  return Market.from({ assets: ['A'], time: close.map((_, t) => t * DAY), close, volume })
}

function refused(market: Market, name: string, parameters: Record<string, unknown> = {}): FillgridError {
  try {
    panelCache(market).panel(name, parameters)
  } catch (error) {
    expect(error).toBeInstanceOf(FillgridError)
    return error as FillgridError
  } finally {
    releasePanels(market)
  }
  throw new Error('nothing was refused')
}

describe('names', () => {
  it.each([
    ['BBANDS', 'indicator "BBANDS" is not one. Did you mean bollinger, which is BBANDS of TA-Lib?'],
    ['plus_di', 'indicator "plus_di" is not one. Did you mean dmi, which is PLUS_DI of TA-Lib?'],
    ['bolinger', 'indicator "bolinger" is not one. Did you mean bollinger or bollingerB?'],
    ['Macd', 'indicator "Macd" is not one. Did you mean macd, which is MACD of TA-Lib?'],
  ])('%s', (name, message) => {
    const error = refused(prices(), name)
    expect([error.code, error.message]).toEqual(['unknown_name', message])
  })
})

describe('lengths', () => {
  it.each([0, -3, 2.5, 2 ** 31, 1e12, Number.NaN, '14'])('%s is none', (length) => {
    const error = refused(prices(), 'ema', { length })
    expect(error.code).toBe('invalid_value')
    expect(error.message).toBe(
      `ema: length must be a whole number from 1 to 10000000, found ${typeof length === 'string' ? '"14"' : length}.`,
    )
  })

  it('a word that is not a kind of average', () => {
    expect(refused(prices(), 'apo', { kind: 'smooth' }).message).toContain('apo: kind must be one of sma, ema, wma')
  })

  it('more bars than there are give NaN and a warning', () => {
    class Long extends Strategy {
      override onStart() {
        this.indicator('sma', { length: 5 })
        this.indicator('sma', { length: BARS })
        this.indicator('sma', { length: BARS + 1 })
        this.indicator('sma', { length: BARS + 1 })
        this.indicator('macd', { fast: 20, slow: 30, smooth: 20 }, 'signal')
      }
      override onBar() {}
    }
    const market = prices()
    const { warnings } = backtest(market, Long)
    expect(warnings.filter(({ code }) => code === 'indicator_empty').map(({ message }) => message)).toEqual([
      'sma(close,41): fewer than 40 bars before its first value expected, found 40: it is NaN on every bar of the run. Take a shorter length, or more data.',
      'macd(close,20,30,20).signal: fewer than 40 bars before its first value expected, found 48: it is NaN on every bar of the run. Take a shorter length, or more data.',
    ])
    releasePanels(market)
  })
})

describe('columns', () => {
  it('volumes of a market that has none', () => {
    for (const [name, parameters] of [
      ['vwma', {}],
      ['sma', { source: 'volume' }],
      ['mavp', { other: 'volume' }],
    ] as const) {
      const error = refused(prices(), name, parameters)
      expect([error.code, error.message]).toEqual([
        'invalid_value',
        `${name}: a market with volumes expected, found 40 bars without any. Load the column of volumes, or use an indicator of prices alone.`,
      ])
    }
    const market = prices(Array.from({ length: BARS }, (_, t) => (t === 39 ? 1 : 0)))
    expect(panelCache(market).panel('vwma', {}).values[39]).toBeCloseTo(market.close[39], 12)
    releasePanels(market)
  })

  it('a second column of an indicator that reads one', () => {
    expect(refused(prices(), 'sma', { other: 'high' }).message).toBe('sma: it reads source, found other "high".')
  })
})

describe('an indicator that repaints', () => {
  const market = prices()
  const line = { change: 0.01 }
  const message = (key: string) =>
    `${key}: in a strategy an indicator that repaints must have a delay above 0, found 0: later bars change what it showed of earlier ones. Give the bars after which it is read, as in { delay: 10 }: it then shows what had been settled by then; or take zigzag, which shows what is known at each bar.`

  const inHook = (use: (strategy: Strategy) => unknown) => {
    class Reader extends Strategy {
      override onStart() {
        use(this)
      }
      override onBar() {}
    }
    return () => backtest(market, Reader)
  }
  const inSignals = (use: (context: SignalContext) => Float64Array | Panel) => () =>
    backtest(market, defineSignals({ name: 'reader', signals: (context) => ({ entries: use(context) }) }))
  const flags = () => new Float64Array(BARS)
  const charted = () => panelCache(market).panel('zigzagLine', line)

  const ways: [string, () => unknown, string][] = [
    ['a hook', inHook((one) => one.indicator('zigzagLine', line)), 'zigzagLine(0.01,0)'],
    ['its short form', inHook((one) => one.zigzagLine(0.01)), 'zigzagLine(0.01,0)'],
    ['longer bars', inHook((one) => one.indicator('zigzagLine', { ...line, timeframe: '2d' })), 'zigzagLine(0.01,0)'],
    ['an expression', inHook((one) => one.expression('sma(zigzagLine(0.01), 3) > close')), 'zigzagLine(0.01, 0)'],
    [
      'longer bars of an expression',
      inHook((one) => one.expression("on('2d', zigzagLine(0.01))")),
      'zigzagLine(0.01, 0)',
    ],
    ['signals', inSignals(({ indicator }) => [indicator('zigzagLine', line), flags()][1]), 'zigzagLine(0.01,0)'],
    [
      'an indicator of one that was made for a chart',
      inSignals(({ indicator }) => [indicator('sma', { length: 2, source: charted() }), flags()][1]),
      'zigzagLine(0.01,0)',
    ],
    ['a column of signals that was made for a chart', inSignals(() => charted()), 'zigzagLine(0.01,0)'],
  ]
  it.each(ways)('is refused in %s', (_, run, key) => {
    let found: unknown
    try {
      run()
    } catch (error) {
      found = error
    }
    // What a hook throws comes with the strategy's name.
    const cause = (found as Error).cause ?? found
    expect(cause).toBeInstanceOf(FillgridError)
    expect([(cause as FillgridError).code, (cause as FillgridError).message]).toEqual(['invalid_value', message(key)])
  })

  it('is there for charts, and with a delay for strategies: what had been settled by then', () => {
    const chart = charted().values
    const read: number[] = []
    class Reader extends Strategy {
      #one!: ReturnType<Strategy['indicator']>
      override onStart() {
        this.#one = this.indicator('zigzagLine', { ...line, delay: 4 })
      }
      override onBar() {
        read.push(this.#one.value())
      }
    }
    backtest(market, Reader, { verify: 'lookahead' })
    const seen = read.slice(0, BARS).map((value, bar) => ({ value, line: chart[bar - 4] }))
    const known = seen.filter(({ value }) => !Number.isNaN(value))
    expect(known.length).toBeGreaterThan(BARS / 4)
    for (const { value, line } of known) expect(value).toBe(line)
    releasePanels(market)
  })
})
