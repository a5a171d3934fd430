import { checkMeasure } from '../engine/measure.ts'
import { checkNames } from '../engine/setup.ts'
import { FillgridError, messageOf, show } from '../errors.ts'
import type { OpenOptions } from '../io/load.ts'
import { moment } from '../market/moment.ts'
import { onlyNames } from '../market/names.ts'
import type { BacktestConfig } from '../prepare.ts'
import { type CatalogueMetric, metricNamed } from '../results/catalogue.ts'
import { METRICS } from '../results/metrics.ts'
import { withInfinity } from '../settings/json.ts'
import { checkSettings } from '../settings/read.ts'
import { builtIn } from '../strategies/catalogue.ts'
import { isStrategyData, readStrategy } from '../strategy/readstrategy.ts'
import type { StrategyData } from '../strategy/strategydata.ts'
import { checkAnalysis } from './figures.ts'
import {
  JOB_FORMAT,
  JOB_VERSION,
  type Job,
  type JobConfig,
  type JobFile,
  type JobStrategy,
  type MarketReference,
  type ParameterSet,
} from './job.ts'
import { KEEPS, type Keep } from './keep.ts'
import { ownValue, plainCopy } from './plain.ts'
import { type ModuleReference, referenceOf, type StrategyReference } from './strategy-ref.ts'

type Fields = Readonly<Record<string, unknown>>

const JOB_NAMES = new Set(
  Object.keys({
    format: true,
    version: true,
    id: true,
    market: true,
    window: true,
    strategy: true,
    config: true,
    sets: true,
    metrics: true,
    analysis: true,
    keep: true,
  } satisfies Record<keyof Job, true>),
)

/** Options of `loadMarket` that a job may name; what the library adds itself is not among them. */
const LOAD_NAMES = new Set(
  Object.keys({
    sort: true,
    allowNonPositive: true,
    barTime: true,
    barLength: true,
    delisted: true,
    instruments: true,
    context: true,
    carryContext: true,
    checks: true,
    calendar: true,
    periodsPerYear: true,
    signals: true,
    symbols: true,
    from: true,
    to: true,
    ticks: true,
    cache: true,
    dialect: true,
    separator: true,
    decimal: true,
    thousands: true,
    skipLines: true,
    columns: true,
    roles: true,
    timeUnit: true,
    dateOrder: true,
    timezone: true,
    scale: true,
    encoding: true,
    day: true,
  } satisfies Record<Exclude<keyof OpenOptions, 'remarks' | 'provenance'>, true>),
)

const LONGEST_ID = 200
/** Metrics of as many sets are some 1.3 GB. */
const MOST_SETS = 4_194_304

/** Where Infinity may stand, which JSON has not: there it is null. */
const ENDLESS = /\.config\.(commission|sellCommission)\.(tiers\[\d+\]\.upTo|maximum)$/

/**
 * A job from data of any kind (parsed JSON, for example), as a copy: fields, version, settings and the built-in name of the
 * strategy are checked. What takes the market or the strategy's module is known when it is run.
 *
 * @throws FillgridError job_version, unknown_name, invalid_value; the message names the job and the field
 */
export function checkJob(data: unknown): Job {
  return readable('job', () => checkNamed(data, 'job'))
}

/** Jobs whose ids differ. @throws FillgridError as `checkJob` */
export function checkJobs(list: unknown): Job[] {
  const jobs = readable('jobs', () => {
    if (!Array.isArray(list)) throw wrong('jobs', 'a list of jobs', list)
    return Array.from(list, (data, at) => checkNamed(data, `jobs[${at}]`))
  })
  const places = new Map<string, number>()
  jobs.forEach(({ id }, at) => {
    const before = places.get(id)
    if (before !== undefined)
      throw new FillgridError(
        'invalid_value',
        `jobs: each must have an id of its own, found ${show(id)} at ${before} and at ${at}. Rename one of them.`,
      )
    places.set(id, at)
  })
  return jobs
}

function checkNamed(data: unknown, place: string): Job {
  const id = ownValue(data, 'id')
  const at = typeof id === 'string' ? `job ${show(id)}` : place
  if (data === null || typeof data !== 'object' || Array.isArray(data)) throw wrong(at, 'a job', data)
  const job = plainCopy(data, at, ENDLESS) as Fields
  if (job.format !== JOB_FORMAT) throw wrong(`${at}.format`, show(JOB_FORMAT), job.format)
  if (job.version !== JOB_VERSION)
    throw new FillgridError(
      'job_version',
      `${at}.version: ${JOB_VERSION} expected, found ${show(job.version)}. Run it with the version of the library that made it.`,
    )
  onlyNames(job, JOB_NAMES, at, 'a field of a job')
  checkId(job.id, `${at}.id`)
  return inJob(at, () => {
    const keep = checkKeep(job.keep, `${at}.keep`)
    const config = checkConfig(job.config, `${at}.config`, keep)
    const analysis = job.analysis as Job['analysis']
    if (analysis !== undefined) checkAnalysis(analysis, 'job')
    return {
      format: JOB_FORMAT,
      version: JOB_VERSION,
      id: job.id as string,
      market: checkMarketReference(job.market, `${at}.market`),
      ...(job.window === undefined ? {} : { window: checkWindow(job.window, `${at}.window`) }),
      strategy: checkStrategy(job.strategy, `${at}.strategy`),
      ...(config === undefined ? {} : { config }),
      sets: checkSets(job.sets, `${at}.sets`),
      ...(job.metrics === undefined ? {} : { metrics: checkMetrics(job.metrics, `${at}.metrics`) }),
      ...(analysis === undefined ? {} : { analysis }),
      ...(job.keep === undefined ? {} : { keep: job.keep as Keep | Keep[] }),
    }
  })
}

/** What a job keeps beyond metrics, and once each. */
export function keepOf({ keep = [] }: Pick<Job, 'keep'>): readonly Keep[] {
  const asked = typeof keep === 'string' ? [keep] : keep
  return KEEPS.filter((one) => one === 'metrics' || asked.includes(one))
}

/** The settings of a job's runs, with its window. */
export function configOf({ config = {}, window }: Pick<Job, 'config' | 'window'>): BacktestConfig {
  return { ...withInfinity(config as Record<string, unknown>), ...window }
}

/** How whoever runs a job loads its strategy. @throws FillgridError invalid_strategy */
export function strategyOf({ strategy }: Pick<Job, 'strategy'>): StrategyReference {
  return referenceOf(strategy)!
}

/** Reading what only looks like data may throw anything. */
function readable<T>(at: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof FillgridError) throw cause
    throw new FillgridError(
      'invalid_value',
      `${at}: plain JSON expected, found something that cannot be read (${messageOf(cause)}).`,
      {},
      { cause },
    )
  }
}

/** Errors of what knows no job name it. */
function inJob<T>(at: string, check: () => T): T {
  try {
    return check()
  } catch (cause) {
    if (!(cause instanceof FillgridError) || cause.message.startsWith(at)) throw cause
    throw new FillgridError(cause.code, `${at}: ${cause.message}`, cause.place, { cause })
  }
}

function checkId(id: unknown, at: string): void {
  if (typeof id !== 'string') throw wrong(at, 'text that names the job', id)
  if (id.length === 0 || id.length > LONGEST_ID)
    throw new FillgridError(
      'invalid_value',
      `${at}: 1 to ${LONGEST_ID} characters expected, found ${id.length}. Give a shorter name.`,
    )
  if (/[\p{Cc}\p{Cs}]/u.test(id)) throw wrong(at, 'text without control characters', id)
}

function checkMarketReference(data: unknown, at: string): MarketReference {
  const market = fields(data, at, '{ digest, files, options }')
  onlyNames(market, new Set(['digest', 'files', 'options']), at, 'a field of a market')
  const { digest, files, options } = market
  if (typeof digest !== 'string' || !/^[0-9a-f]{64}$/.test(digest))
    throw wrong(`${at}.digest`, 'the 64 hexadecimal digits of market.digest()', digest)
  if (files !== undefined) checkFiles(files, `${at}.files`)
  if (options !== undefined) {
    onlyNames(fields(options, `${at}.options`, 'options of loadMarket'), LOAD_NAMES, `${at}.options`, 'such an option')
    if (files === undefined) throw wrong(`${at}.options`, 'files that they are about', 'no files')
  }
  return market as unknown as MarketReference
}

function checkFiles(files: unknown, at: string): asserts files is JobFile[] {
  if (!Array.isArray(files) || files.length === 0) throw wrong(at, 'a list of at least one path or address', files)
  files.forEach((file: unknown, i) => {
    if (typeof file === 'string' && file !== '') return
    const { path, symbol } = fields(file, `${at}[${i}]`, 'a path, an address or { path, symbol }')
    onlyNames(file as object, new Set(['path', 'symbol']), `${at}[${i}]`, 'a field of a file')
    if (typeof path !== 'string' || path === '') throw wrong(`${at}[${i}].path`, 'a path or an address', path)
    if (symbol !== undefined && typeof symbol !== 'string') throw wrong(`${at}[${i}].symbol`, 'text', symbol)
  })
}

function checkWindow(data: unknown, at: string): Job['window'] {
  const window = fields(data, at, '{ from, to }') as NonNullable<Job['window']>
  onlyNames(window, new Set(['from', 'to']), at, 'a field of a window')
  const from = moment(at, 'from', window.from) ?? Number.NEGATIVE_INFINITY
  const to = moment(at, 'to', window.to) ?? Number.POSITIVE_INFINITY
  if (from < to) return window
  throw wrong(at, '`from` before `to`', window)
}

function checkStrategy(data: unknown, at: string): JobStrategy {
  if (typeof data === 'string') {
    builtIn(data)
    return data
  }
  if (isStrategyData(data)) {
    readStrategy(data)
    return data as StrategyData
  }
  const strategy = fields(
    data,
    at,
    'a built-in name, { module, export } or expressions as plain data',
  ) as unknown as ModuleReference & { module: string }
  onlyNames(strategy, new Set(['module', 'export']), at, 'a field of a strategy')
  if (typeof strategy.module !== 'string') throw wrong(`${at}.module`, 'a URL or an absolute path', strategy.module)
  if (strategy.export !== undefined && typeof strategy.export !== 'string')
    throw wrong(`${at}.export`, 'the name of an export', strategy.export)
  referenceOf(strategy)
  return strategy
}

function checkConfig(data: unknown, at: string, keep: readonly Keep[]): JobConfig | undefined {
  if (data === undefined) return undefined
  const config = fields(data, at, 'settings of a run')
  for (const name of ['from', 'to'])
    if (config[name] !== undefined)
      throw new FillgridError(
        'invalid_value',
        `${at}.${name}: the window of a job stands in its field \`window\`, found it among the settings. Move it there.`,
      )
  checkNames(config as JobConfig)
  checkSettings(withInfinity(config as Record<string, unknown>))
  checkMeasure(config as JobConfig)
  if (config.parameters !== undefined) checkSet(config.parameters, `${at}.parameters`)
  for (const name of ['band', 'verify'])
    if (config[name] && !keep.includes('result'))
      throw new FillgridError(
        'invalid_value',
        `${at}.${name}: it takes whole results, found a job that keeps none. Add 'result' to \`keep\`, or leave it out.`,
      )
  return config as JobConfig
}

function checkSets(sets: unknown, at: string): ParameterSet[] {
  if (!Array.isArray(sets) || sets.length === 0)
    throw wrong(at, 'a list of at least one set of parameters ({} for the defaults)', sets)
  if (sets.length > MOST_SETS)
    throw new FillgridError(
      'memory_limit',
      `${at}: at most ${MOST_SETS} sets fit into one job, found ${sets.length}. Make several jobs of them.`,
    )
  sets.forEach((set, i) => {
    checkSet(set, `${at}[${i}]`)
  })
  return sets
}

function checkSet(set: unknown, at: string): void {
  for (const [name, value] of Object.entries(fields(set, at, 'parameters by name')))
    if (typeof value !== 'number' && typeof value !== 'string' && typeof value !== 'boolean')
      throw wrong(`${at}.${name}`, 'a number, text, true or false', value)
}

function checkMetrics(metrics: unknown, at: string): readonly string[] {
  if (!Array.isArray(metrics) || metrics.length === 0) throw wrong(at, 'a list of names of figures', metrics)
  return metrics.map((name) => metricNamed(name).name)
}

/** The figures that a job asks for, once each. */
export function metricsOf({ metrics }: Pick<Job, 'metrics'>): readonly CatalogueMetric[] {
  return metrics ? [...new Set(metrics)].map(metricNamed) : METRICS
}

function checkKeep(keep: unknown, at: string): readonly Keep[] {
  const list = keep === undefined ? [] : Array.isArray(keep) ? keep : [keep]
  for (const one of list) if (!KEEPS.includes(one)) throw wrong(at, `of ${KEEPS.join(', ')} one or a list`, one)
  return keepOf({ keep: list })
}

function fields(value: unknown, at: string, expected: string): Fields {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw wrong(at, expected, value)
  return value as Fields
}

function wrong(at: string, expected: string, found: unknown): FillgridError {
  return new FillgridError('invalid_value', `${at}: ${expected} expected, found ${show(found)}.`)
}
