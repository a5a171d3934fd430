/** Fillgrid in Node: all of `fillgrid`, with files, worker threads and strategies that are files. */
export * from './index.ts'
export { type LoadOptions, loadMarket, loadMarketSync, type MarketInput } from './io/load.ts'
/** Here `sweep` runs on worker threads. */
export { type NodeSweepOptions, sweep } from './sweep/node.ts'
export { bundleStrategy } from './workers/bundle.ts'
export { piscinaExecutor } from './workers/piscina.ts'
