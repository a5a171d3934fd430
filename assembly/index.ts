// What the engine of plain runs exports; no logic.
export * from './run'
export { ema, rma, sma, wma } from './indicators/average'
export { highest, lowest, stdev } from './indicators/rolling'
export { macd, roc, rsi } from './indicators/momentum'
export { atr, bollinger, trueRange } from './indicators/volatility'
export { breakoutSignals, crossSignals, levelSignals, mergeSignals } from './indicators/compare'
export { gather, scatter } from './indicators/tile'
export { holdReturn } from './stats/performance'
