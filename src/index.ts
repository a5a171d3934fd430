/**
 * Fillgrid: a backtesting engine. Everything that is exported here runs in Node and in a browser alike; what needs Node
 * (files, worker threads) is in `fillgrid/node`, Arrow in `fillgrid/arrow`.
 */

export { backtest } from './backtest.ts'
export { backtestSignals, type SignalsConfig, type SignalsOutcome } from './backtestsignals.ts'
export { type AsyncConfig, type AsyncRun, backtestAsync, openAsync } from './drivers/async.ts'
export { type DrivenRun, openRun } from './drivers/driven.ts'
export type { RunEvent } from './drivers/happened.ts'
export type { HookRun } from './drivers/hookrun.ts'
export { type ManualConfig, type ManualRun, openManual } from './drivers/manual.ts'
export type { SignalRun } from './drivers/signalrun.ts'
export type { Decision, Given, TargetCall } from './engine/decision.ts'
export type { Mark } from './engine/marks.ts'
export type { MeasureOptions } from './engine/measure.ts'
export type { OpenRun } from './engine/openrun.ts'
export type { RecordedRun } from './engine/recordedrun.ts'
export type { RunConfig } from './engine/setup.ts'
export {
  decodeSnapshot,
  encodeSnapshot,
  type Pending as SnapshotPending,
  type Snapshot,
  type StrategyIdentity,
} from './engine/snapshot.ts'
export type { WindowOptions } from './engine/window.ts'
export { type ErrorCode, type ErrorPlace, FillgridError } from './errors.ts'
export {
  Condition,
  type ConditionLike,
  Expression,
  type ExpressionFunctions,
  NumberExpression,
  type NumberLike,
  TextExpression,
  type TextLike,
} from './expression/expression.ts'
export { FUNCTIONS, type FunctionArgument, type FunctionSpec, type SizeUnit } from './expression/functions.ts'
export { readExpression } from './expression/json.ts'
export type { IndicatorWords } from './expression/make.ts'
export type { ArgumentType, Node as ExpressionNode, ValueType } from './expression/node.ts'
export { parseExpression, type Vocabulary } from './expression/parse.ts'
export type { ByteSource } from './io/bytes.ts'
export {
  type CsvFile,
  type CsvOptions,
  type CsvSource,
  readCsv,
  readCsvContext,
  tableToCsv,
} from './io/csv.ts'
export type { TextOptions } from './io/dialect.ts'
export { DIALECTS } from './io/dialects/catalogue.ts'
export type { DialectSigns, DialectSpec, Shape } from './io/dialects/spec.ts'
export type { SignalChoice } from './io/head.ts'
export type { SymbolSummary } from './io/inspect.ts'
export { type JsonFile, type JsonOptions, readJson } from './io/json.ts'
export type { ReadOptions } from './io/options.ts'
export { type ParquetFile, type ParquetOptions, readParquet } from './io/parquet.ts'
export type { Decompress, HostCodecs } from './io/parquetpage.ts'
export type { Role as ColumnRole } from './io/roles.ts'
export { type BarColumns, type TickBars, type Ticks, tickBars } from './io/ticks.ts'
export { checkJob } from './jobs/check.ts'
export { comlinkExecutor, serveJobs, type WorkerLike } from './jobs/comlink.ts'
export type { Executor, ExecutorFactory, ExecutorPlan, JobHead } from './jobs/executor.ts'
export { localExecutor } from './jobs/inline.ts'
export type {
  Job,
  JobConfig,
  JobFailure,
  JobFile,
  JobOutcome,
  JobStrategy,
  MarketReference,
  ParameterSet,
  ParameterValue,
} from './jobs/job.ts'
export type { Keep, KeptRun } from './jobs/keep.ts'
export type { AskedFigures, JobCodec, JobPiece, PieceFailure, PieceOutcome } from './jobs/piece.ts'
export { type JobsProgress, type RunJobsOptions, runJobs } from './jobs/run.ts'
export type { MarketLoader } from './jobs/runners.ts'
export type {
  LoadedStrategy,
  ModuleReference,
  StrategyLook,
  StrategyReference,
  StrategySource,
} from './jobs/strategy-ref.ts'
export { actionsOf, type CorporateAction, type EventColumns, eventColumns } from './market/actions.ts'
export {
  type AdjustOptions,
  adjust,
  adjustByClose,
  adjustByFactors,
  type Direction as AdjustDirection,
} from './market/adjust.ts'
export type { Aggregation } from './market/aggregate.ts'
export type { AnnualPeriods } from './market/annual.ts'
export {
  CALENDARS,
  Calendar,
  type CalendarTable,
  calendar,
  defineCalendar,
  type Session,
  type Stretch,
} from './market/calendar.ts'
export { COMMON_INSTRUMENTS } from './market/catalogue.ts'
export {
  CHECKS,
  type CheckName,
  type CheckOutcome,
  type CheckPolicies,
  type CheckSpec,
  type Offence,
  type Policy,
} from './market/checks.ts'
export type { AddedColumns } from './market/extend.ts'
export { type FactorTable, readFactors } from './market/factors.ts'
export { type FeedBar, type FeedPrices, type MarketFeed, marketFeed } from './market/feed.ts'
export type { FrameOptions } from './market/frame.ts'
export type { AssetTable, ContextTable, MarketColumns, MarketOptions, Numbers, Remark } from './market/input.ts'
export type { Instrument, Instruments } from './market/instrument.ts'
export { readInstruments } from './market/instrumentfile.ts'
export { Market, type MarketColumn } from './market/market.ts'
export type { Moment } from './market/moment.ts'
export type { Provenance, ProvenanceStep, SourceRecord } from './market/provenance.ts'
export { type Resampled, type ResampleOptions, resample } from './market/resample.ts'
export { nextStart, SESSIONS, type SessionHours, session, sessionColumn, sessionsAt } from './market/sessions.ts'
export type { DateOrder, EpochUnit } from './market/stamp.ts'
export { marketTimeframe, type Timeframe, timeframe, type WeekDay } from './market/timeframe.ts'
export { type Alignment, type AlignOptions, alignTimeframe, closeTimes } from './market/visible.ts'
export { type Resolved as ResolvedTime, type Zone, zone } from './market/zone.ts'
export { type BacktestConfig, prepare, type Runner } from './prepare.ts'
export { type EquityDrawing, equitySvg } from './report/equity.ts'
export { type HeatAxis, type HeatMap, type HeatMapOptions, heatMap } from './report/heatmap.ts'
export { heatSvg } from './report/heatsvg.ts'
export { type HeatTextOptions, heatText } from './report/heattext.ts'
export { monthlyReturns } from './report/months.ts'
export { breakdownsText, summaryText, tradesText } from './report/summary.ts'
export { tableText } from './report/text.ts'
export type { Also, AlsoOf } from './results/also.ts'
export { CATALOGUE, type CatalogueMetric, metricNamed } from './results/catalogue.ts'
export type { EquityCurve } from './results/curve.ts'
export {
  CURVE_METRICS,
  type CurveMetric,
  type CurveMetricName,
  type CurveSummary,
} from './results/curvemetrics.ts'
export type { BenchmarkSeries, CurveOptions, RateSeries } from './results/curveoptions.ts'
export type { RollingFigure, Span } from './results/curvetables.ts'
export { type ResultData, resultData, resultFrom, type TableColumns } from './results/data.ts'
export type { EdgeOptions } from './results/edges.ts'
export { holdings, topPositions } from './results/holdings.ts'
export {
  METRICS,
  type MetricName,
  type MetricSpec,
  metricIndex,
  type RunMetric,
  type Summary,
} from './results/metrics.ts'
export { equityCurve, type OwnCurve } from './results/owncurve.ts'
export type { BandEntry, Fingerprint, Result } from './results/result.ts'
export {
  FILL_REASONS,
  type FillReason,
  ORDER_REASONS,
  ORDER_STATUSES,
  ORDER_TYPES,
  type OrderReason,
  type OrderStatus,
  type OrderType,
  PHASES,
  type Phase,
  SIZE_TYPES,
  TIMES_IN_FORCE,
  type TimeInForce,
} from './results/schema.ts'
export type { ResultSettings } from './results/settings.ts'
export type { Cell, Column, ColumnKind, Table, Values as ColumnValues } from './results/table.ts'
export type { TradeAnalysis, TradeAnalysisOptions } from './results/tradeanalysis.ts'
export type { TradeGroup, TradeTime } from './results/tradegroups.ts'
export {
  TRADE_METRICS,
  type TradeMetric,
  type TradeMetricName,
  type TradeSummary,
} from './results/trademetrics.ts'
export { tradesWithSignals } from './results/tradesignals.ts'
export type { TradesPer } from './results/trips.ts'
export type { Warning } from './results/warning.ts'
export { PROFILES, type Profile, type ProfileName } from './settings/profiles.ts'
export type {
  Account,
  BothReached,
  BrokerSettings,
  CheckedSettings,
  Children,
  Commission,
  DefaultSize,
  DrawdownHalt,
  Ended,
  ExitsLive,
  Funds,
  Impact,
  LossADay,
  LossPause,
  Lots,
  Matching,
  NotListed,
  Participation,
  PathPolicy,
  ProfileSettings,
  Rule,
  RuleAction,
  RuleExit,
  SellCommission,
  Sequence,
  Shortfall,
  SizeType,
  Slippage,
  Slips,
  Spread,
  StopBasis,
  StopFill,
  StopLimit,
  TargetFill,
  Timing,
  TrailFollows,
  Triggers,
} from './settings/settings.ts'
export type {
  ChoiceField,
  ClockField,
  ColumnField,
  Field as SettingField,
  FieldValue,
  Flat,
  Limits,
  Model,
  ModelField,
  ModelValue,
  NumberField,
  Optional,
  OwnField,
  Tier,
  TiersField,
  Unit,
  Variant,
  VariantValue,
  Ways,
  WithDefault,
  ZoneField,
} from './settings/spec.ts'
export {
  type ExpressionColumns,
  type ExpressionIndicators,
  type ExpressionValues,
  expressions,
  type IndicatorExpression,
} from './signals/builders.ts'
export {
  type AnyIndicator,
  INDICATOR_GROUPS,
  INDICATORS,
  type IndicatorArgument,
  type IndicatorName,
  type IndicatorNamed,
  type IndicatorNameText,
  type IndicatorOutput,
  type IndicatorParameters,
} from './signals/catalogue.ts'
export type { LongerParameters } from './signals/longer.ts'
export {
  type Panel,
  type PanelCache,
  type PanelParameters,
  type PanelSource,
  panelCache,
  releasePanels,
} from './signals/panels.ts'
export type {
  ChoiceParameter,
  ChosenInput,
  IndicatorInput,
  IndicatorParameter,
  IndicatorSchema,
  IndicatorSpec,
  IndicatorValues,
  IndicatorValuesOf,
  NumberParameter,
  PriceColumn,
  TextParameter,
} from './signals/spec.ts'
export { vocabulary } from './signals/vocabulary.ts'
export { Breakout, breakout, type Parameters as BreakoutParameters } from './strategies/breakout.ts'
export { type BuiltInStrategy, STRATEGIES, type StrategyInput } from './strategies/catalogue.ts'
export {
  type ListOptions,
  OVERLAPS,
  type Overlap,
} from './strategies/list/options.ts'
export type { PlacedSignal } from './strategies/list/place.ts'
export type { SignalProblem, SignalProblemKind } from './strategies/list/problem.ts'
export { signalsOf } from './strategies/list/read.ts'
export type { SignalRole } from './strategies/list/roles.ts'
export {
  type Distance,
  type ListedSignal,
  parseDistance,
  type ShareOfTarget,
  type SignalList,
  type TradeSide,
  type TradeSignal,
} from './strategies/list/signal.ts'
export type { SignalReadOptions } from './strategies/list/table.ts'
export { LIST_EXITS, type RiskFigures } from './strategies/list/trades.ts'
export { type Parameters as RsiReversionParameters, RsiReversion, rsiReversion } from './strategies/rsi-reversion.ts'
export { type Parameters as SmaCrossParameters, SmaCross, smaCross } from './strategies/sma-cross.ts'
export type { Bar, Series } from './strategy/bar.ts'
export type { BracketIds } from './strategy/bracket.ts'
export type { Broker } from './strategy/broker.ts'
export type { CostedFill, CostModel, CostModels } from './strategy/costmodel.ts'
export type { PositionDecision } from './strategy/decisions.ts'
export type { FillEvent, OrderEvent, TradeEvent } from './strategy/events.ts'
export {
  type ExpressedStrategy,
  flag,
  int,
  num,
  type OfParameters,
  type ParameterExpression,
  type ParameterExpressions,
  type ParameterRange,
  type ShareTarget,
  strategy,
} from './strategy/expressed.ts'
export type { ExpressedField } from './strategy/expressedcolumns.ts'
export type { Indicator } from './strategy/indicator.ts'
export type { KnownMarket } from './strategy/knownmarket.ts'
export type { PositionLot, PositionView } from './strategy/position.ts'
export { readStrategy } from './strategy/readstrategy.ts'
export type {
  AtrTrail,
  BracketRequest,
  CloseRequest,
  LotOptions,
  OrderChanges,
  OrderRequest,
  TakeProfit,
  TargetOptions,
} from './strategy/requests.ts'
export type { ShortForms, ShortIndicator } from './strategy/shortforms.ts'
export {
  type ConditionColumn,
  defineSignals,
  IndicatorMethods,
  type NumberColumn,
  type ParameterSchema,
  type ParameterSpec,
  type ParameterValues,
  type Runnable,
  type SignalColumns,
  type SignalContext,
  type SignalFlags,
  type SignalRule,
  type SignalStrategy,
  Strategy,
  type StrategyClass,
} from './strategy/strategy.ts'
export type { StrategyData } from './strategy/strategydata.ts'
export type { WholeColumns } from './strategy/wholecolumns.ts'
export {
  CHALLENGE_OUTCOMES,
  type Challenge,
  type ChallengeOptions,
  type ChallengeOutcome,
  challenge,
} from './study/challenge.ts'
export {
  type LimitAnswer,
  type LimitContext,
  type LimitViolation,
  type PositionLimits,
  type ProposedPosition,
  validatePositions,
} from './study/limits.ts'
export {
  type Draw,
  type MonteCarlo,
  type MonteCarloOptions,
  monteCarlo,
  monteCarloJson,
  type Percentiles,
} from './study/montecarlo.ts'
export type { Sample } from './study/returns.ts'
export type { AxisInput, Range } from './sweep/axis.ts'
export { grid, type Space, type SpaceInput } from './sweep/space.ts'
export { type SweepOptions, type SweepProgress, type SweepResult, sweep } from './sweep/sweep.ts'
