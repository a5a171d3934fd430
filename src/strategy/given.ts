import { FillgridError, messageOf, show } from '../errors.ts'
import { Sha256 } from '../kernel/sha256.ts'
import { canonical } from '../results/result.ts'
import { contextField, TRADE_COLUMNS, tradeDetail } from '../results/schema.ts'
import { type ReadCostModel, readCostModels } from './costmodel.ts'
import { checkDeclaration, checkHooks } from './declaration.ts'
import {
  givenSource,
  type ParameterSchema,
  type Runnable,
  type SignalColumns,
  type SignalStrategy,
  Strategy,
  type StrategyClass,
} from './strategy.ts'

/** What drives the broker: a strategy's hooks, or signal columns (bare, or made by a signal strategy). */
export type Driver =
  | { kind: 'hooks'; strategy: Strategy }
  | { kind: 'signals'; strategy: SignalStrategy | SignalColumns }

/** What a strategy is told from others by. */
export interface NamedStrategy {
  name: string
  schema: ParameterSchema
  /** What stands for it in the fingerprint. */
  digest(source: string | undefined): string
  /** The source that it names itself, in place of its text. */
  source: string | undefined
}

/** A strategy in whatever form it was given, in the one that runs are made of. */
export interface ReadStrategy extends NamedStrategy {
  kind: Driver['kind']
  contextNames: readonly string[]
  constraints: readonly string[]
  costModels: ReadonlyMap<string, ReadCostModel>
  /** It is an instance, and can be run once. */
  instance: boolean
  /** It is bare signal columns. */
  columns?: boolean
  driver(): Driver
}

/** Instances that have been run: what they remember of it would be there from the start the next time. */
const ran = new WeakSet<Strategy>()

/** Notes that an instance is run. @throws FillgridError invalid_strategy where it has been already */
export function runOnce(instance: Strategy): void {
  if (!(instance instanceof Strategy)) throw notInstance(instance)
  if (ran.has(instance))
    throw new FillgridError(
      'invalid_strategy',
      `strategy ${instance.constructor.name}: an instance can be run once, found a second run. Pass the class, or a fresh instance to a fork.`,
    )
  ran.add(instance)
}

/** Reads and checks what can be run. @throws FillgridError invalid_strategy */
export function readStrategy(input: Runnable): ReadStrategy {
  const read = describe(input)
  checkDeclaration(read.name, read.schema, read.constraints)
  const made = typeof input === 'function' ? input : input instanceof Strategy ? input.constructor : undefined
  if (made) checkHooks(read.name, made.prototype)
  return read
}

function describe(input: Runnable): ReadStrategy {
  // Only when somebody asks: that of a long list takes longer to write than its run.
  const text = (fallback: () => string) => (source: string | undefined) =>
    new Sha256().update(new TextEncoder().encode(source ?? fallback())).hex()
  if (typeof input === 'function') {
    const made = input as StrategyClass
    if (!(made.prototype instanceof Strategy)) throw notStrategy(input)
    const costModels = readCostModels(made.name || 'strategy', made.costModels)
    return {
      name: made.name || 'strategy',
      kind: 'hooks',
      schema: made.parameters ?? {},
      contextNames: checkContextNames(made),
      constraints: made.constraints ?? [],
      costModels,
      instance: false,
      driver: () => ({ kind: 'hooks', strategy: construct(made) }),
      digest: text(() => sourceOf(made) + textsOf(costModels)),
      get source() {
        return ownSource(made)
      },
    }
  }
  if (input instanceof Strategy) {
    const made = input.constructor as StrategyClass
    const costModels = readCostModels(made.name || 'strategy', made.costModels)
    return {
      name: made.name || 'strategy',
      kind: 'hooks',
      schema: made.parameters ?? {},
      contextNames: checkContextNames(made),
      constraints: made.constraints ?? [],
      costModels,
      instance: true,
      driver: () => {
        runOnce(input)
        return { kind: 'hooks', strategy: input }
      },
      digest: text(() => sourceOf(made) + textsOf(costModels)),
      get source() {
        return ownSource(made)
      },
    }
  }
  if (input && typeof input === 'object') {
    if ('kind' in input && input.kind === 'signals') {
      const strategy = input as SignalStrategy
      const costModels = readCostModels(strategy.name, strategy.costModels)
      return {
        name: strategy.name,
        kind: 'signals',
        schema: strategy.parameters,
        contextNames: [],
        constraints: strategy.constraints,
        costModels,
        instance: false,
        driver: () => ({ kind: 'signals', strategy }),
        digest: text(
          () =>
            (strategy.source ?? Function.prototype.toString.call(strategy.signals)) +
            strategy.name +
            textsOf(costModels),
        ),
        source: givenSource(strategy),
      }
    }
    const columns = input as SignalColumns
    return {
      name: 'signals',
      kind: 'signals',
      schema: {},
      contextNames: [],
      constraints: [],
      costModels: new Map(),
      instance: false,
      columns: true,
      driver: () => ({ kind: 'signals', strategy: columns }),
      digest: () => digestColumns(columns),
      source: undefined,
    }
  }
  throw notStrategy(input)
}

/** What a strategy's own cost models do, as text; empty where it has none. */
function textsOf(models: ReadonlyMap<string, ReadCostModel>): string {
  return [...models].map(([name, { text }]) => `\n${name}\n${text}`).join('')
}

function ownSource(made: StrategyClass): string | undefined {
  return Object.hasOwn(made, 'source') && made.source !== undefined ? String(made.source) : undefined
}

/** What a class does, as text: its own source and that of what it extends, up to Strategy. */
function sourceOf(made: StrategyClass): string {
  const sources: string[] = []
  for (let at = made; at !== (Strategy as unknown) && typeof at === 'function'; at = Object.getPrototypeOf(at)) {
    const given = Object.hasOwn(at, 'source') && at.source !== undefined
    sources.push(given ? String(at.source) : Function.prototype.toString.call(at))
    if (given) break
  }
  return sources.join('\n')
}

function construct(made: StrategyClass): Strategy {
  try {
    const instance = new made()
    ran.add(instance)
    return instance
  } catch (cause) {
    throw new FillgridError(
      'strategy_failed',
      `strategy ${made.name || '(without a name)'}: its constructor threw: ${messageOf(cause)}`,
      {},
      { cause },
    )
  }
}

function notInstance(found: unknown): FillgridError {
  return new FillgridError(
    'invalid_strategy',
    `strategy: an instance of a class that extends Strategy expected, found ${typeof found === 'function' ? 'a class or function' : show(found)}. Pass new YourStrategy().`,
  )
}

function notStrategy(found: unknown): FillgridError {
  const what = typeof found === 'function' ? `function ${found.name || '(without a name)'}` : show(found)
  return new FillgridError(
    'invalid_strategy',
    `strategy: a class that extends Strategy, defineSignals(...) or signal columns expected, found ${what}.`,
  )
}

function checkContextNames(made: StrategyClass): readonly string[] {
  const names = made.contextNames ?? []
  if (names.length > 8)
    throw new FillgridError(
      'invalid_strategy',
      `strategy ${made.name}: at most 8 context names, found ${names.length}.`,
    )
  const taken = new Set([...TRADE_COLUMNS, tradeDetail(() => [])].flatMap(({ name, field }) => [name, field]))
  for (const name of names) {
    if (typeof name !== 'string' || name === '')
      throw new FillgridError('invalid_strategy', `strategy ${made.name}: a context name is text, found ${show(name)}.`)
    if (taken.has(name) || taken.has(contextField(name)))
      throw new FillgridError(
        'invalid_strategy',
        `strategy ${made.name}: context names must differ from each other and from the columns of trades, found ${show(name)}. Rename it.`,
      )
    taken.add(name).add(contextField(name))
  }
  return names
}

function digestColumns(columns: SignalColumns): string {
  const hash = new Sha256()
  for (const [name, value] of Object.entries(columns).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (value === undefined) continue
    hash.update(new TextEncoder().encode(`${name}\n`))
    if (typeof value === 'object' && 'length' in value)
      hash.update(new Uint8Array(Float64Array.from(value as ArrayLike<number>, Number).buffer))
    else hash.update(new TextEncoder().encode(canonical(value)))
  }
  return hash.hex()
}
