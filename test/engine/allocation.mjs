/**
 * Measures what is allocated a bar, in a process of its own: the growth of the heap over many bars while nothing is
 * collected. Prints bytes and numbers read a bar by case, as JSON. Run with --expose-gc and a large young generation.
 */
import { Market, openRun, Strategy } from './engine.mjs'

const BARS = 120_000
const ASSETS = 5
const close = Float64Array.from({ length: BARS * ASSETS }, (_, i) => 100 + Math.sin(i * 0.37) * 5)
const market = Market.from({
  assets: Array.from({ length: ASSETS }, (_, a) => `A${a}`),
  time: Float64Array.from({ length: BARS }, (_, i) => i * 60_000),
  high: close.map((x) => x + 1),
  low: close.map((x) => x - 1),
  close,
})

/** Takes what is read; a plain variable would box every sum. */
const sink = new Float64Array(1)

/** What a hook reads: how many numbers, and how. `onStart` may prepare something. */
const CASES = {
  nothing: { numbers: 0, onBar: () => {} },
  columns: {
    numbers: 2,
    onBar: (bar) => {
      sink[0] += bar.close[3] + bar.open[2] + bar.index
    },
  },
  windows: {
    numbers: 1,
    onBar: (bar) => {
      if (bar.index > 20) sink[0] += bar.last('close', 10, 3)[0] + bar.last('high', 5)[1] + bar.value('low', 1, 4)
    },
  },
  indicators: {
    numbers: 2,
    onStart: (strategy) => {
      strategy.average = strategy.indicator('sma', { length: 10 })
    },
    onBar: (bar, _, { average }) => {
      if (bar.index > 20) sink[0] += average.value(3) + average.value(2, 1) + average.last(5, 3)[0]
    },
  },
  account: {
    numbers: 9,
    onBar: (bar, broker) => {
      if (bar.index === 0) broker.submitOrder({ asset: 2, quantity: 1 })
      const position = broker.getPosition(2)
      sink[0] += broker.getCash() + broker.getAccountValue() + broker.getQuantity(2) + broker.getBuyingPower()
      sink[0] += position.quantity + position.averagePrice + position.markPrice + position.mfe + position.barsHeld
    },
  },
}

const out = {}
for (const [name, { numbers, onStart, onBar }] of Object.entries(CASES)) {
  let bytes = Number.POSITIVE_INFINITY
  // The first round may still be compiling; the smallest is what is needed.
  for (let round = 0; round < 3; round++) {
    const strategy = new (class extends Strategy {
      onStart() {
        onStart?.(this)
      }
      onBar(bar, broker) {
        onBar(bar, broker, this)
      }
    })()
    const run = openRun(market, strategy)
    for (let i = 0; i < 20_000; i++) run.advance()
    globalThis.gc()
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < 90_000; i++) run.advance()
    bytes = Math.min(bytes, (process.memoryUsage().heapUsed - before) / 90_000)
    run.release()
  }
  out[name] = { bytes, numbers }
}
console.log(JSON.stringify(out))
