/** Fillgrid in Node: all of `fillgrid`, with files, worker threads and strategies that are files. */
export * from './index.ts'
export type { MarketCache } from './io/cache.ts'
export type { FileContent, FolderFiles } from './io/folder.ts'
export {
  type BytesInput,
  type Inspection,
  inspect,
  type LoadOptions,
  loadMarket,
  loadMarketSync,
  type MarketInput,
  type OpenOptions,
  openMarket,
} from './io/load.ts'
export { readSignals } from './io/readsignals.ts'
export { readResult, type WriteResultOptions, writeResult } from './io/resultfolder.ts'
export { withSignals } from './io/signalfile.ts'
export { encodeTable, marketTable, type TableFormat, writeTable, writeTables } from './io/write.ts'
export { bundleStrategy } from './jobs/bundle.ts'
/** Here `localExecutor` loads files, and `runJobs` runs on worker threads. */
export { localExecutor } from './jobs/files.ts'
export { type NodeRunJobsOptions, runJobs } from './jobs/node.ts'
export { piscinaExecutor } from './jobs/piscina.ts'
export type { NamedResult } from './report/comparetrades.ts'
export { comparison, type ReportOptions, tearSheet, writeComparison, writeReport } from './report/file.ts'
export { equityTable, type ResultTable, resultTable } from './results/tables.ts'
export { type ArrowFrame, type BacktestRequest, type Frame, runBacktest } from './runbacktest.ts'
export { regimeFeatures } from './study/regimes/features.ts'
export {
  filterHmm,
  type HmmOptions,
  type HmmProbabilities,
  type HmmTraining,
  pathHmm,
  smoothHmm,
  trainHmm,
} from './study/regimes/hmm.ts'
export {
  BEARISH,
  BULLISH,
  labelRegimes,
  type RegimeLabels,
  type RegimeOptions,
  type RegimeTraining,
  SIDEWAYS,
} from './study/regimes/label.ts'
export type { HmmModel } from './study/regimes/model.ts'
export type { Scaling as FeatureScaling } from './study/regimes/scaling.ts'
/** Here `sweep` runs on worker threads. */
export { type NodeSweepOptions, sweep } from './sweep/node.ts'
export { sweepReport, writeSweepReport } from './sweep/report.ts'
