import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import type { Lane } from '../kernel/lane.ts'
import type { Market } from '../market/market.ts'
import { needClock, putRule } from '../settings/record.ts'
import type { DefaultSize } from '../settings/settings.ts'
import { repainting } from '../signals/catalogue.ts'
import { Panel, type PanelParameters } from '../signals/panels.ts'
import type { PanelScope } from '../signals/scope.ts'
import { checkColumns, computeColumns } from '../strategy/columns.ts'
import type {
  NumberColumn,
  ParameterValues,
  SignalColumns,
  SignalContext,
  SignalFlags,
  SignalStrategy,
} from '../strategy/strategy.ts'
import { boundsOf, RULE_COLUMNS, readSignalRules, type SplitRule } from './signalrules.ts'

const FLAG_COLUMNS = [
  ['entries', L.SIGNAL_ENTRY_LONG],
  ['exits', L.SIGNAL_EXIT_LONG],
  ['shortEntries', L.SIGNAL_ENTRY_SHORT],
  ['shortExits', L.SIGNAL_EXIT_SHORT],
] as const

/** What of a run its columns depend on. */
interface SignalWay {
  /** For how many bars a row is on its way (semantics 3.15), and the first one whose row counts. */
  readonly latency: number
  readonly first: number
  /** How many times the equity positions may be worth. */
  readonly leverage: number
}

/** Puts a signal strategy's columns where the signals driver reads them. */
export class SignalWriter {
  readonly #lane: Lane
  readonly #market: Market
  readonly #scope: PanelScope
  readonly #way: SignalWay
  readonly #cells: number
  /** The lane's own blocks, by RUN_ field, made when first needed and kept over restarts. */
  readonly #blocks = new Map<number, number>()
  /** Flag panels that a context has computed in this preparation. */
  #scratch: number[] = []
  #used = 0
  #written: [field: number, value: number][] = []
  #numbers: [field: number, value: number][] = []

  constructor(lane: Lane, market: Market, scope: PanelScope, way: SignalWay) {
    this.#lane = lane
    this.#market = market
    this.#scope = scope
    this.#way = way
    this.#cells = market.bars * market.assetCount
  }

  /** Computes the columns and writes their addresses into the run record. @throws FillgridError invalid_value */
  prepare(strategy: SignalStrategy | SignalColumns, parameters: ParameterValues, size: DefaultSize): void {
    this.#used = 0
    const columns = isSignalStrategy(strategy) ? computeColumns(strategy, this.#context(parameters)) : strategy
    checkColumns(columns)
    const flagged = columns.flags !== undefined || FLAG_COLUMNS.some(([name]) => columns[name] !== undefined)
    if (flagged && columns.targetPosition !== undefined)
      throw new FillgridError(
        'invalid_value',
        'signals: entries and exits, or targetPosition, not both. Leave one out.',
      )
    if (!flagged && columns.targetPosition === undefined)
      throw new FillgridError(
        'invalid_value',
        'signals: entries, exits, shortEntries, shortExits, flags or targetPosition expected, found none of them.',
      )
    const sizeType = columns.sizeType ?? size.type
    const types = ['units', 'value', 'fraction']
    if (!types.includes(sizeType))
      throw new FillgridError(
        'invalid_value',
        `signals.sizeType: one of ${types.join(', ')} expected, found ${show(sizeType)}.`,
      )
    const none = 0
    const rules = readSignalRules(columns)
    const { stop, target, trail } = rules.length > 0 ? NO_FRACTIONS : columns
    this.#numbers = [
      [L.RUN_SIGNAL_SIZE, typeof columns.size === 'number' ? checkSize(columns.size, 'size') : size.amount],
      [L.RUN_SIGNAL_STOP, oneForAll('stop', stop)],
      [L.RUN_SIGNAL_TARGET, oneForAll('target', target)],
      [L.RUN_SIGNAL_TRAIL, oneForAll('trail', trail)],
    ]
    this.#written = [
      [L.RUN_SIGNAL_FLAGS, flagged ? this.#flags(columns) : none],
      [
        L.RUN_SIGNAL_TARGETS,
        columns.targetPosition === undefined
          ? none
          : this.#column(
              L.RUN_SIGNAL_TARGETS,
              'targetPosition',
              columns.targetPosition,
              Number.NEGATIVE_INFINITY,
              Number.POSITIVE_INFINITY,
            ),
      ],
      [
        L.RUN_SIGNAL_SIZES,
        columns.size === undefined || typeof columns.size === 'number'
          ? none
          : this.#column(L.RUN_SIGNAL_SIZES, 'size', columns.size, 0, Number.POSITIVE_INFINITY),
      ],
      [L.RUN_SIGNAL_STOPS, this.#rule(L.RUN_SIGNAL_STOPS, 'stop', stop)],
      [L.RUN_SIGNAL_TARGET_RULES, this.#rule(L.RUN_SIGNAL_TARGET_RULES, 'target', target)],
      [L.RUN_SIGNAL_TRAILS, this.#rule(L.RUN_SIGNAL_TRAILS, 'trail', trail)],
    ]
    if (this.#way.latency > 0)
      this.#written = this.#written.map(([field, value]) => [field, value === none ? none : this.#late(field, value)])
    this.#written.push(
      [L.RUN_SIGNAL_SIZE_TYPE, types.indexOf(sizeType)],
      [L.RUN_SIGNAL_RULES, rules.length > 0 ? this.#rules(rules) : none],
      [L.RUN_SIGNAL_RULE_COUNT, rules.length],
    )
    this.write()
  }

  /** A block of the rules that entries bring, with the addresses of their columns. */
  #rules(rules: readonly SplitRule[]): number {
    needClock(
      this.#lane,
      rules.map(({ rule }) => rule),
    )
    const addresses = rules.map((split, place) =>
      RULE_COLUMNS.map((name, k) => {
        const given = split.columns[name]
        if (given === undefined) return 0
        // Below the fields of the run record, whose columns have a block each.
        const key = -1 - (place * RULE_COLUMNS.length + k)
        const { low, high } = boundsOf(split, name)
        const called = split.rule.type === 'time' ? 'hold' : `rules[${place}].${name}`
        const pointer = this.#column(key, called, given, low, high, name === 'bars')
        return this.#way.latency > 0 ? this.#late(key, pointer) : pointer
      }),
    )
    const bytes = L.RULE_LIMIT * L.SIGNAL_RULE_BYTES
    const pointer = this.#block(L.RUN_SIGNAL_RULES, bytes, 'rules of signals')
    const { arena } = this.#lane.engine
    const [f64, i32] = [arena.f64(pointer, bytes / 8), arena.i32(pointer, bytes / 4)]
    rules.forEach(({ rule }, place) => {
      const at = place * L.SIGNAL_RULE_BYTES
      putRule(f64, i32, at, rule)
      i32.set(addresses[place], (at + L.SIGNAL_RULE_COLUMNS) / 4)
    })
    return pointer
  }

  /** A column of the lane's own whose rows stand so many bars later, none before the first that counts. Returns its address. */
  #late(field: number, pointer: number): number {
    const { latency, first } = this.#way
    const { arena } = this.#lane.engine
    const { bars, assetCount } = this.#market
    const isFlags = field === L.RUN_SIGNAL_FLAGS
    const own = this.#block(field, this.#cells * (isFlags ? 1 : 8), 'signals on their way')
    const view = (at: number) => (isFlags ? arena.u8(at, this.#cells) : arena.f64(at, this.#cells))
    const to = view(own)
    const begin = Math.min(first + latency, bars) * assetCount
    // Where it is the same column the rows move within it.
    to.set(view(pointer).subarray(first * assetCount, Math.max(first, bars - latency) * assetCount), begin)
    to.fill(isFlags ? 0 : Number.NaN, 0, begin)
    return own
  }

  /** Writes what was prepared into the run record, for example after a restore. */
  write(): void {
    for (const [field, value] of this.#written) this.#lane.setI32(field, value)
    for (const [field, value] of this.#numbers) this.#lane.setF64(field, value)
  }

  #context(parameters: ParameterValues): SignalContext {
    const { kernels } = this.#lane.engine
    const market = this.#market
    const stride = market.assetCount
    const fresh = (): SignalFlags => {
      if (this.#used === this.#scratch.length) this.#scratch.push(this.#lane.ownBlock(this.#cells, 'signal flags'))
      return { pointer: this.#scratch[this.#used++] }
    }
    return {
      market,
      parameters,
      leverage: this.#way.leverage,
      indicator: (name, given, output) => this.#scope.panel(name, given as PanelParameters, output),
      crossSignals: (fast, slow, up, down) => {
        const flags = fresh()
        kernels.crossSignals(fast.pointer, slow.pointer, flags.pointer, this.#cells, stride, up, down)
        return flags
      },
      levelSignals: (source, level, up, down) => {
        const flags = fresh()
        kernels.levelSignals(source.pointer, level, flags.pointer, this.#cells, stride, up, down)
        return flags
      },
      breakoutSignals: (upper, lower, up, down) => {
        const flags = fresh()
        kernels.breakoutSignals(
          market.pointers.close,
          upper.pointer,
          lower.pointer,
          flags.pointer,
          this.#cells,
          stride,
          up,
          down,
        )
        return flags
      },
      expression: (given) => this.#scope.expression(given, parameters),
      conditionSignals: (conditions) => {
        const flags = fresh()
        const crossings = new Map<string, { fast: Panel; slow: Panel; up: number; down: number }>()
        const others: [pointer: number, bit: number][] = []
        for (const [name, bit] of FLAG_COLUMNS) {
          const condition = conditions[name]
          if (condition === undefined) continue
          const found = this.#scope.condition(condition, parameters)
          if (found instanceof Panel) {
            others.push([found.pointer, bit])
            continue
          }
          const { fast, slow, above } = found
          const key = `${fast.key} ${slow.key}`
          const { up = 0, down = 0 } = crossings.get(key) ?? {}
          crossings.set(key, { fast, slow, up: above ? up | bit : up, down: above ? down : down | bit })
        }
        // Both ways over the same two are one look at them.
        let isFirst = true
        for (const { fast, slow, up, down } of crossings.values()) {
          const to = isFirst ? flags : fresh()
          kernels.crossSignals(fast.pointer, slow.pointer, to.pointer, this.#cells, stride, up, down)
          if (!isFirst) kernels.mergeSignals(flags.pointer, to.pointer, flags.pointer, this.#cells)
          isFirst = false
        }
        if (isFirst) this.#lane.engine.arena.u8(flags.pointer, this.#cells).fill(0)
        for (const [pointer, bit] of others) kernels.flagCells(pointer, flags.pointer, this.#cells, bit)
        return flags
      },
      mergeSignals: (flags, more) => {
        kernels.mergeSignals(flags.pointer, more.pointer, flags.pointer, this.#cells)
        return flags
      },
    }
  }

  #flags(columns: SignalColumns): number {
    if (columns.flags !== undefined && !(columns.flags instanceof Uint8Array)) return columns.flags.pointer
    const pointer = this.#block(L.RUN_SIGNAL_FLAGS, this.#cells, 'signal flags')
    const flags = this.#lane.engine.arena.u8(pointer, this.#cells)
    if (columns.flags instanceof Uint8Array) {
      this.#checkLength('flags', columns.flags.length)
      flags.set(columns.flags)
      return pointer
    }
    flags.fill(0)
    for (const [name, bit] of FLAG_COLUMNS) {
      const given = columns[name]
      if (given === undefined) continue
      const column = valuesOf(given)
      this.#checkLength(name, column.length)
      for (let i = 0; i < this.#cells; i++) {
        const value = column[i]
        if (value === true || value === 1) flags[i] |= bit
        else if (value !== false && value !== 0 && !Number.isNaN(value as number))
          throw this.#wrong(name, i, 'true, false, 1 or 0', value)
      }
    }
    return pointer
  }

  #rule(field: number, name: RuleColumn, given: NumberColumn | number | undefined): number {
    return given === undefined || typeof given === 'number' ? 0 : this.#column(field, name, given, 0, highest(name))
  }

  /**
   * A column whose values lie between `low` and `high`, both excluded, and are whole where they have to be, or are NaN: where it is
   * where it belongs to the market, else copied.
   */
  #column(field: number, name: string, given: NumberColumn, low: number, high: number, whole = false): number {
    this.#checkLength(name, given.length)
    const own = this.#marketColumn(given)
    if (own !== undefined && !whole && isChecked(own.values, low, high)) return own.pointer
    const pointer = own?.pointer ?? this.#block(field, this.#cells * 8, `signal column ${name}`)
    const column = this.#lane.engine.arena.f64(pointer, this.#cells)
    // Only now, as making room may have moved the memory that a panel is in.
    if (!own) column.set(valuesOf(given))
    for (let i = 0; i < column.length; i++) {
      const value = column[i]
      if (value <= low || value >= high || (whole && value % 1 > 0)) {
        const expected = whole ? 'a whole number from 1 on' : `a number between ${low} and ${high}`
        throw this.#wrong(name, i, `${expected}, or NaN for none,`, value)
      }
    }
    if (own) CHECKED.set(own.values, { low, high })
    return pointer
  }

  #marketColumn(given: NumberColumn): { pointer: number; values: Float64Array } | undefined {
    if (given instanceof Float64Array)
      for (const column of this.#market.signals.values()) if (column.values === given) return column
    return undefined
  }

  #block(field: number, bytes: number, purpose: string): number {
    const old = this.#blocks.get(field)
    if (old !== undefined) return old
    const pointer = this.#lane.ownBlock(bytes, purpose)
    this.#blocks.set(field, pointer)
    return pointer
  }

  #checkLength(name: string, length: number): void {
    if (length === this.#cells) return
    throw new FillgridError(
      'invalid_value',
      `signals.${name}: ${this.#market.bars} bars x ${this.#market.assetCount} assets = ${this.#cells} values expected ([bar][asset]), found ${length}.`,
    )
  }

  #wrong(name: string, i: number, expected: string, value: unknown): FillgridError {
    const bar = Math.floor(i / this.#market.assetCount)
    const asset = this.#market.assets[i % this.#market.assetCount]
    return new FillgridError(
      'invalid_value',
      `signals.${name}: ${expected} expected, found ${show(value)} for ${asset} at bar ${bar} (${this.#market.barTime(bar)}).`,
      { bar, asset, column: name },
    )
  }
}

/** The values of a column, for now. */
function valuesOf<T>(given: ArrayLike<T> | Panel): ArrayLike<T | number> {
  if (!(given instanceof Panel)) return given
  if (given.repaints !== undefined) throw repainting(given.repaints)
  return given.values
}

type RuleColumn = 'stop' | 'target' | 'trail'

/** Where a chain of rules holds all of them. */
const NO_FRACTIONS: Readonly<Pick<SignalColumns, RuleColumn>> = {}

/** Signal columns of markets, which do not change, with the bounds that they were last found to keep. */
const CHECKED = new WeakMap<Float64Array, { low: number; high: number }>()

function isChecked(values: Float64Array, low: number, high: number): boolean {
  const kept = CHECKED.get(values)
  return kept !== undefined && kept.low >= low && kept.high <= high
}

/** Rules are fractions above 0 and below this. */
function highest(name: RuleColumn): number {
  return name === 'target' ? Number.POSITIVE_INFINITY : 1
}

/** The fraction that holds for every entry, NaN where there is none or a column of them. */
function oneForAll(name: RuleColumn, given: NumberColumn | number | undefined): number {
  if (typeof given !== 'number') return Number.NaN
  if (given > 0 && given < highest(name)) return given
  throw new FillgridError(
    'invalid_value',
    `signals.${name}: a fraction above 0${name === 'target' ? '' : ' and below 1'} expected, found ${show(given)}.`,
  )
}

function checkSize(value: number, name: string): number {
  if (!(value > 0 && Number.isFinite(value)))
    throw new FillgridError('invalid_value', `signals.${name}: a number above 0 expected, found ${show(value)}.`)
  return value
}

/** Whether this computes columns, rather than being columns. */
export function isSignalStrategy(strategy: SignalStrategy | SignalColumns): strategy is SignalStrategy {
  return 'kind' in strategy && strategy.kind === 'signals'
}
