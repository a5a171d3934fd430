import { FillgridError, messageOf, show } from '../../errors.ts'
import type { Market } from '../../market/market.ts'
import { firstBarAt, moment } from '../../market/moment.ts'
import { nearNames } from '../../market/names.ts'
import { type Zone, zone } from '../../market/zone.ts'
import { checkRules } from '../../settings/read.ts'
import type { Rule } from '../../settings/settings.ts'
import type { BracketRequest } from '../../strategy/requests.ts'
import { type Exits, exitsOf } from './levels.ts'
import type { CheckedOptions } from './options.ts'
import { type SignalProblem, Wrong } from './problem.ts'
import type { ListedSignal, SignalList, TradeSide } from './signal.ts'

/** A signal as it is given to the broker. */
export interface PlacedSignal {
  /** Its number in the list, from 0. */
  readonly index: number
  readonly id: string
  readonly asset: number
  readonly side: TradeSide
  /** When it was known, ms UTC. */
  readonly at: number
  /** The bar in which it acts, and in which its exit does, -1 without one. */
  readonly bar: number
  readonly exitBar: number
  readonly request: BracketRequest
}

/** Signals brought to the bars of a market. */
export interface PlacedList {
  /** Those that can be traded, as they act. */
  readonly placed: readonly PlacedSignal[]
  readonly problems: readonly SignalProblem[]
  /** Signals whose close is another one than the market's by more than a part in a thousand. */
  readonly otherCloses: number
}

type TimeField = 'time' | 'expiry' | 'exitTime'

/**
 * Brings signals to the bars of a market (semantics 8.4 to 8.6).
 *
 * @param first the first bar of the run
 * @param end the bar in which everything is closed: what acts in it or later is outside
 * @throws FillgridError invalid_value for the first problem where problems are refused
 */
export function placeSignals(
  market: Market,
  list: SignalList,
  options: CheckedOptions,
  first = 0,
  end = market.bars - 2,
): PlacedList {
  const placer = new Placer(market, list, options, first, end)
  const placed: PlacedSignal[] = []
  const problems: SignalProblem[] = []
  list.signals.forEach((signal, index) => {
    const id = signal.id ?? String(index + 1)
    try {
      placed.push(placer.place(signal, index, id))
    } catch (error) {
      if (!(error instanceof Wrong)) throw error
      const { line, asset } = signal
      const at = line === undefined ? {} : { line }
      const message = `${list.name}, signal ${id}${line === undefined ? '' : ` in line ${line}`}: ${error.message}.`
      if (options.problems === 'refuse')
        throw new FillgridError(
          'invalid_value',
          `signals: ${message} Mend it, or drop what cannot be traded (problems: 'drop').`,
          { file: list.name, ...at, asset },
        )
      problems.push({ kind: error.kind, index, ...at, id, asset, message })
    }
  })
  placed.sort((a, b) => a.bar - b.bar || a.at - b.at || a.index - b.index)
  return { placed, problems, otherCloses: placer.otherCloses }
}

class Placer {
  otherCloses = 0
  readonly #market: Market
  readonly #options: CheckedOptions
  readonly #first: number
  readonly #end: number
  readonly #zone: Zone
  readonly #isInstant: boolean
  readonly #assets: ReadonlyMap<string, number>
  readonly #caseless: ReadonlyMap<string, number>
  readonly #met = new Set<string>()
  readonly #midnights = new Map<number, number>()
  #common: Exits | undefined
  readonly #chains = new Map<string, Rule[]>()

  constructor(market: Market, list: SignalList, options: CheckedOptions, first: number, end: number) {
    this.#market = market
    this.#options = options
    this.#first = first
    this.#end = end
    this.#zone = zone(options.timezone ?? zoneOf(market))
    this.#isInstant = (options.stamp ?? list.stamp) === 'instant'
    this.#assets = new Map(market.assets.map((name, a) => [name, a]))
    this.#caseless = caseless(market.assets)
  }

  /** @throws Wrong */
  place(signal: ListedSignal, index: number, id: string): PlacedSignal {
    const asset = this.#assetOf(signal.asset)
    const side = signal.side ?? this.#options.side
    if (side === undefined) throw new Wrong('no_side', 'a side is needed, found none in it and none for the whole list')
    const { at, bar } = this.#moment(signal, 'time')
    if (!(bar >= this.#first && bar < this.#end)) throw this.#outside(at)
    const exit = signal.exitTime === undefined ? -1 : Math.max(this.#moment(signal, 'exitTime').bar, bar)
    const request = this.#request(signal, asset, side === 'long' ? 1 : -1, bar, index + 1)
    // Of those that can be traded: a row that was mended further down is no second one.
    this.#checkNew(signal.id ?? `${asset} ${at} ${side} ${signal.entryType} ${signal.entryPrice}`)
    return { index, id, asset, side, bar, at, exitBar: exit >= this.#end ? -1 : exit, request }
  }

  #assetOf(name: string): number {
    const asset = this.#assets.get(name) ?? this.#caseless.get(name.toUpperCase())
    if (asset !== undefined) return asset
    const near = nearNames(name, this.#market.assets)
    const more = near.length > 0 ? `, near to ${near.join(', ')}` : ''
    throw new Wrong('unknown_asset', `an asset of the market is needed, found ${show(name)}${more}`)
  }

  /** A moment, and the last bar that starts before it, or at it. */
  #moment(signal: ListedSignal, field: TimeField): { at: number; bar: number } {
    let at: number
    try {
      at = moment('signal', field, signal[field])!
      const isDay = signal.days?.includes(field)
      if (isDay) at = this.#midnight(at + DAY)
      else if (signal.local?.includes(field)) at = this.#zone.toUtc(at)
      const { time } = this.#market
      const before = firstBarAt(time, at)
      const isAt = !isDay && !this.#isInstant && time[before] === at
      return { at, bar: isAt ? before : before - 1 }
    } catch (error) {
      throw new Wrong('unknown_time', messageOf(error).replace(/\.$/, ''))
    }
  }

  /** In UTC; the same days come again and again. */
  #midnight(local: number): number {
    let utc = this.#midnights.get(local)
    if (utc === undefined) {
      utc = this.#zone.toUtc(local)
      this.#midnights.set(local, utc)
    }
    return utc
  }

  #outside(at: number): Wrong {
    const [from, to] = [this.#first, Math.max(this.#first, this.#end)].map((bar) => this.#market.barTime(bar))
    return new Wrong(
      'outside',
      `a time from ${from} on that acts before ${to}, when everything is closed, is needed, found ${told(at)}`,
    )
  }

  /** By its id, else by what it says. */
  #checkNew(key: string): void {
    if (this.#met.has(key)) throw new Wrong('duplicate', 'each signal once is needed, found it a second time')
    this.#met.add(key)
  }

  #request(signal: ListedSignal, asset: number, sign: number, bar: number, tag: number): BracketRequest {
    const { entryType = 'market', entryPrice, quantity, strength = 1, hold, expiry } = signal
    if (!ENTRIES.includes(entryType) || (entryType !== 'market' && !Number.isFinite(entryPrice)))
      throw new Wrong(
        'entry',
        `a market order, or a limit or stop with an entry price, is needed, found ${show(entryType)} and ${show(entryPrice)}`,
      )
    const amount = quantity ?? strength
    if (!(amount > 0 && Number.isFinite(amount)))
      throw new Wrong('entry', `a size above 0 is needed, found ${show(amount)}`)
    if (hold !== undefined && !(Number.isInteger(hold) && hold >= 1 && hold < 2 ** 31))
      throw new Wrong('levels', `a whole number of bars from 1 on to hold it is needed, found ${show(hold)}`)
    const seen = this.#endClose(asset, bar)
    if (signal.close !== undefined && Math.abs(signal.close - seen) > Math.abs(seen) * CLOSE_PART) this.otherCloses++
    const exits = this.#exits(signal, sign, entryType === 'market' ? seen : entryPrice!)
    const { size } = this.#options
    // Field by field: lists are long.
    const request: BracketRequest = { asset, side: sign > 0 ? 'buy' : 'sell', signal: true, tag }
    if (quantity === undefined)
      request.size = strength === 1 ? size : { type: size.type, amount: size.amount * strength }
    else request.quantity = quantity
    if (entryType === 'limit') request.limitPrice = entryPrice
    if (entryType === 'stop') request.stopPrice = entryPrice
    if (entryType !== 'market') request.type = entryType
    if (exits.rules.length > 0) request.rules = exits.rules
    if (exits.stopLossPrice !== undefined) request.stopLossPrice = exits.stopLossPrice
    if (exits.takeProfitPrice !== undefined) request.takeProfitPrice = exits.takeProfitPrice
    if (exits.takeProfits !== undefined) request.takeProfits = exits.takeProfits
    if (expiry !== undefined && entryType !== 'market') Object.assign(request, this.#life(signal, bar))
    return request
  }

  /** Those of the whole list, which are distances, are the same for all signals that have none of their own. @throws Wrong */
  #exits(signal: ListedSignal, sign: number, known: number): Exits {
    const { stop, target, targets, hold } = signal
    const isOwn = stop !== undefined || target !== undefined || targets !== undefined || hold !== undefined
    if (!isOwn && this.#common !== undefined) return this.#common
    const made = exitsOf(signal, sign, known, this.#options)
    const exits = { ...made, rules: this.#chain(made.rules) }
    if (!isOwn) this.#common = exits
    return exits
  }

  /** A chain that is checked, the same for all signals that have it: orders then take it as it is. @throws Wrong */
  #chain(rules: Rule[]): Rule[] {
    if (rules.length === 0) return rules
    let key = ''
    for (const rule of rules) for (const name in rule) key += `${rule[name as keyof Rule]} `
    const known = this.#chains.get(key)
    if (known !== undefined) return known
    try {
      const checked = checkRules(rules, 'rules')
      this.#chains.set(key, checked)
      return checked
    } catch (error) {
      throw new Wrong('levels', messageOf(error).replace(/\.$/, ''))
    }
  }

  #life(signal: ListedSignal, bar: number): Pick<BracketRequest, 'goodTill' | 'timeInForce'> {
    const { at } = this.#moment(signal, 'expiry')
    const start = this.#market.time[bar]
    if (at > start) return { timeInForce: 'gtt', goodTill: at }
    throw new Wrong('expired', `an expiry after the bar of ${told(start)} is needed, found ${told(at)}`)
  }

  /** The close of an asset in a bar, or in its last one before; NaN without one. */
  #endClose(asset: number, bar: number): number {
    const { close, assetCount } = this.#market
    for (let b = bar; b >= 0; b--) {
      const price = close[b * assetCount + asset]
      if (!Number.isNaN(price)) return price
    }
    return Number.NaN
  }
}

const ENTRIES: readonly string[] = ['market', 'limit', 'stop']
const DAY = 86_400_000
/** Closes that differ by more than this part of them are told. */
const CLOSE_PART = 1e-3

function told(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms)
}

/** The zone that the market's files have their times in. */
function zoneOf(market: Market): string {
  const zones = new Set(market.provenance?.sources.map(({ timezone }) => timezone ?? 'UTC') ?? [])
  return zones.size === 1 ? [...zones][0] : 'UTC'
}

/** Names in capitals, of those that no other name is in capitals. */
function caseless(names: readonly string[]): Map<string, number> {
  const found = new Map<string, number>()
  const twice = new Set<string>()
  names.forEach((name, a) => {
    const key = name.toUpperCase()
    if (found.has(key)) twice.add(key)
    found.set(key, a)
  })
  for (const key of twice) found.delete(key)
  return found
}
