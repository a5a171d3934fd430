import { FillgridError, show } from '../errors.ts'
import { builtIn, type StrategyInput } from '../strategies/catalogue.ts'
import { isStrategyData, readStrategy } from '../strategy/readstrategy.ts'
import {
  type ParameterSchema,
  type Runnable,
  type SignalStrategy,
  Strategy,
  type StrategyClass,
} from '../strategy/strategy.ts'
import { dataOf, type StrategyData } from '../strategy/strategydata.ts'

/** Where a strategy's module is: a file: or https: URL or an absolute path; and which export is the strategy. */
export interface ModuleReference {
  module: string | URL
  /** By default the default export, or the only export that is a strategy. */
  export?: string
}

/** Where a strategy comes from that workers are to run: what can be run, where its module is, or expressions as plain data. */
export type StrategySource = StrategyInput | ModuleReference | StrategyData

/** A strategy as plain data that a worker can load; null in its place means that it can run on this thread only. */
export type StrategyReference =
  | { builtin: string }
  | { module: string; export?: string }
  | { signals: Runnable }
  | { expressions: StrategyData }
  | { served: StrategyLook }

/** What can be told of a strategy from outside, as plain data; classes have no name here, which bundlers change. */
export interface StrategyLook {
  kind: 'class' | 'signals'
  name?: string
  parameters: ParameterSchema
  constraints: readonly string[]
}

/** A strategy that is ready to run. */
export type LoadedStrategy = Runnable

/**
 * Finds a strategy, and how a worker would.
 *
 * @throws FillgridError unknown_name for a built-in name that does not exist, invalid_strategy for a module that does
 * not load or has no strategy
 */
export async function resolveStrategy(
  input: StrategySource,
): Promise<{ strategy: LoadedStrategy; reference: StrategyReference | null }> {
  const reference = referenceOf(input)
  return { strategy: reference ? await loadStrategy(reference) : (input as Runnable), reference }
}

/**
 * Loads what a reference stands for.
 *
 * @param served the strategy that the worker has itself
 * @throws FillgridError unknown_name, invalid_strategy
 */
export async function loadStrategy(reference: StrategyReference, served?: LoadedStrategy): Promise<LoadedStrategy> {
  if ('signals' in reference) return reference.signals
  if ('served' in reference) return checkServed(reference.served, served)
  if ('expressions' in reference) return readStrategy(reference.expressions)
  if ('builtin' in reference) return builtIn(reference.builtin)
  let loaded: Record<string, unknown>
  try {
    loaded = await import(/* webpackIgnore: true */ /* @vite-ignore */ reference.module)
  } catch (cause) {
    const words = cause instanceof Error ? `${cause.name}: ${cause.message}` : show(cause)
    throw new FillgridError(
      'invalid_strategy',
      `strategy: its module must load, found ${words}. Mend it and run again.`,
      {},
      { cause },
    )
  }
  return pickExport(loaded, reference.export)
}

/** What a strategy says of itself; bare signal columns have no parameters. */
export function describeStrategy(strategy: LoadedStrategy): {
  name: string
  parameters: ParameterSchema
  constraints: readonly string[]
} {
  if (!isClass(strategy) && !isSignals(strategy)) return { name: 'signals', parameters: {}, constraints: [] }
  return {
    name: strategy.name || 'strategy',
    parameters: strategy.parameters ?? {},
    constraints: strategy.constraints ?? [],
  }
}

/** The reference of a strategy that a worker has itself. @throws FillgridError invalid_strategy for what is none */
export function servedReference(strategy: LoadedStrategy): { served: StrategyLook } {
  if (!isClass(strategy) && !isSignals(strategy)) {
    throw new FillgridError(
      'invalid_strategy',
      `serveJobs: a class that extends Strategy, or defineSignals, is needed, found ${show(strategy)}. Pass what the page passes to sweep.`,
    )
  }
  const { name, parameters, constraints } = describeStrategy(strategy)
  const kind = isClass(strategy) ? 'class' : 'signals'
  return { served: { kind, ...(kind === 'signals' && { name }), parameters, constraints } }
}

function checkServed(wanted: StrategyLook, served: LoadedStrategy | undefined): LoadedStrategy {
  const found = served && servedReference(served).served
  if (served && JSON.stringify(found) === JSON.stringify(wanted)) return served
  const words = (look: StrategyLook) => `${look.name ?? `a ${look.kind}`} (${Object.keys(look.parameters).join(', ')})`
  throw new FillgridError(
    'invalid_strategy',
    `sweep: the worker must have the strategy that is swept, ${words(wanted)}, found ${found ? words(found) : 'none'}. Call serveJobs(strategy) in its file with the same one.`,
  )
}

/** What workers get, null for what only this thread has: classes, and signals made by a function. @throws FillgridError invalid_strategy */
export function referenceOf(input: StrategySource): StrategyReference | null {
  if (typeof input === 'string') return { builtin: input }
  if (isStrategyData(input)) return { expressions: input }
  const data = dataOf(input)
  if (data) return { expressions: data }
  if (isClass(input) || isSignals(input)) return null
  if (input instanceof Strategy) {
    throw new FillgridError(
      'invalid_strategy',
      `strategy ${input.constructor.name}: a class can be run many times, found an instance, which can be run once. Pass the class.`,
    )
  }
  if (typeof input === 'object' && input !== null)
    return 'module' in input ? { module: moduleUrl(input.module), export: input.export } : { signals: input }
  throw new FillgridError(
    'invalid_strategy',
    `strategy: a built-in name, { module }, a class that extends Strategy, or signals expected, found ${show(input)}.`,
  )
}

function isClass(value: unknown): value is StrategyClass {
  return typeof value === 'function' && value.prototype instanceof Strategy
}

/** A class with hooks whose Strategy is not ours. */
function isForeign(value: unknown): boolean {
  return typeof value === 'function' && 'onBar' in (value.prototype ?? {}) && !isClass(value)
}

function isSignals(value: unknown): value is SignalStrategy {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'signals'
}

function pickExport(loaded: Record<string, unknown>, name: string | undefined): LoadedStrategy {
  const names = Object.keys(loaded).filter((key) => isClass(loaded[key]) || isSignals(loaded[key]))
  const asked = name === undefined ? Object.keys(loaded) : [name]
  const foreign = asked.find((key) => isForeign(loaded[key]))
  if (foreign && !asked.some((key) => names.includes(key))) {
    throw new FillgridError(
      'invalid_strategy',
      `strategy: its module must use the fillgrid that runs it, found ${foreign}, which extends the Strategy of another copy. Load one copy; for web workers call serveJobs(strategy) in a file of their own.`,
    )
  }
  const found = `found ${names.length === 0 ? 'none' : names.join(', ')}`
  if (name !== undefined) {
    if (names.includes(name)) return loaded[name] as LoadedStrategy
    throw new FillgridError(
      'invalid_strategy',
      `strategy: the module must export a strategy as ${show(name)}, ${found}. Name one that it exports.`,
    )
  }
  if (names.includes('default')) return loaded.default as LoadedStrategy
  if (names.length === 1) return loaded[names[0]] as LoadedStrategy
  throw new FillgridError(
    'invalid_strategy',
    `strategy: the module must export one strategy (a class that extends Strategy, or defineSignals), ${found}. Make one of them the default export or name it.`,
  )
}

/** An absolute path or URL as a URL that `import` takes. */
function moduleUrl(module: string | URL): string {
  const text = String(module)
  if (/^[a-zA-Z]:[\\/]/.test(text))
    return encodeURI(`file:///${text.replaceAll('\\', '/')}`).replace(/[?#]/g, encodeURIComponent)
  if (/^[a-z][a-z+.-]*:/i.test(text)) return text
  if (text.startsWith('/')) return `file://${encodeURI(text).replace(/[?#]/g, encodeURIComponent)}`
  throw new FillgridError(
    'invalid_strategy',
    `strategy: module must be a URL or an absolute path, found ${show(text)}. Write new URL('./strategy.js', import.meta.url).href.`,
  )
}
