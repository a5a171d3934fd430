import { type ErrorPlace, FillgridError, show } from '../errors.ts'
import type { Engine } from '../kernel/load.ts'
import { COMMON_INSTRUMENTS, commonInstrument } from './catalogue.ts'
import { atPlace } from './input.ts'
import type { Instrument, Instruments } from './instrument.ts'
import { nearNames } from './names.ts'

/** Where the instruments of a market stand in memory: columns of doubles by asset; 0 where no asset has one. */
export interface InstrumentColumns {
  multipliers: number
  /** Tick sizes, then how many of them are 1, or 0 where that is no whole number. */
  ticks: number
  pips: number
  /** NaN: the run's. */
  steps: number
  /** Smallest quantities, then smallest notionals, then largest quantities. */
  limits: number
}

/** Columns that no asset has. */
export const NO_COLUMNS: InstrumentColumns = { multipliers: 0, ticks: 0, pips: 0, steps: 0, limits: 0 }

/** The fields with numbers: what they may be. */
const NUMBERS = {
  multiplier: { above: 0 },
  tickSize: { least: 0 },
  pipSize: { least: 0 },
  quantityStep: { least: 0 },
  minimumQuantity: { least: 0 },
  minimumNotional: { least: 0 },
  maximumQuantity: { above: 0 },
} as const satisfies Record<Exclude<keyof Instrument, 'quoteCurrency'>, { above: 0 } | { least: 0 }>
type NumberName = keyof typeof NUMBERS

/** The fields of an instrument, in the order in which they are told. */
export const INSTRUMENT_FIELDS: readonly (keyof Instrument)[] = [
  ...(Object.keys(NUMBERS) as NumberName[]),
  'quoteCurrency',
]

/** Where an instrument, or a field of it, was read, for whoever says what is wrong with it. */
export type InstrumentPlaces = (asset: string, field?: string) => ErrorPlace

/** Of instruments that were read from a file. */
const placesOf = new WeakMap<object, InstrumentPlaces>()

/** Notes where instruments were read. @internal */
export function placed<T extends object>(instruments: T, places: InstrumentPlaces): T {
  placesOf.set(instruments, places)
  return instruments
}

/**
 * The instruments of a market's assets, checked, in the order of the assets; only assets of which something is said.
 *
 * @throws FillgridError unknown_name for an asset that is not in the market, a field that there is not, one that is not common;
 * invalid_value for a value that makes no sense
 */
export function checkInstruments(
  given: Instruments | undefined,
  assets: readonly string[],
): Readonly<Record<string, Instrument>> {
  if (given === undefined) return NONE
  const table = given === 'common' ? Object.fromEntries(assets.map((asset) => [asset, 'common' as const])) : given
  if (table === null || typeof table !== 'object' || Array.isArray(table) || table instanceof Map)
    throw new FillgridError(
      'invalid_value',
      `market: instruments must be 'common' or instruments by asset, found ${show(given)}. For example { ABC: { multiplier: 100, tickSize: 0.1 } }.`,
    )
  const places = placesOf.get(table)
  const known = new Set(assets)
  for (const asset of Object.keys(table))
    if (!known.has(asset)) throw unknown(asset, assets, places?.(asset) ?? { asset })
  const found: [string, Instrument][] = []
  for (const asset of assets) {
    const one = Object.hasOwn(table, asset) ? table[asset] : undefined
    if (one === undefined) continue
    const checked = one === 'common' ? common(asset, places?.(asset)) : checkInstrument(one, asset, places)
    if (Object.keys(checked).length > 0) found.push([asset, Object.freeze(checked)])
  }
  return Object.freeze(Object.fromEntries(found))
}

const NONE: Readonly<Record<string, Instrument>> = Object.freeze({})

/** One instrument, with the fields that have a value in their order. @throws FillgridError unknown_name, invalid_value */
function checkInstrument(given: unknown, asset: string, places: InstrumentPlaces | undefined): Instrument {
  const fail = (rule: string, field?: string, way = '', code: 'invalid_value' | 'unknown_name' = 'invalid_value') => {
    const place = places?.(asset, field) ?? { asset }
    const where = place.file === undefined ? '' : ` at ${atPlace(place)}`
    return new FillgridError(
      code,
      `instrument of ${asset}${field === undefined ? '' : `.${field}`}: ${rule}${where}.${way && ` ${way}`}`,
      place,
    )
  }
  if (given === null || typeof given !== 'object' || Array.isArray(given))
    throw fail(`an object of fields, or 'common', expected, found ${show(given)}`)
  const values = { ...given } as Record<string, unknown>
  for (const name of Object.keys(values)) {
    if (values[name] === undefined || (INSTRUMENT_FIELDS as readonly string[]).includes(name)) continue
    const near = nearNames(name, INSTRUMENT_FIELDS)
    const way = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are ${INSTRUMENT_FIELDS.join(', ')}.`
    throw fail(`a field of an instrument expected, found ${show(name)}`, name, way, 'unknown_name')
  }
  const out: Record<string, unknown> = {}
  for (const [name, limits] of Object.entries(NUMBERS)) {
    const value = values[name]
    if (value === undefined) continue
    const fits = typeof value === 'number' && ('above' in limits ? value > 0 : value >= 0) && Number.isFinite(value)
    if (!fits)
      throw fail(`a number ${'above' in limits ? 'above 0' : 'of 0 or more'} expected, found ${show(value)}`, name)
    out[name] = value
  }
  const { quoteCurrency } = values
  if (quoteCurrency !== undefined) {
    if (typeof quoteCurrency !== 'string' || quoteCurrency.trim() === '')
      throw fail(`the name of a currency expected, found ${show(quoteCurrency)}`, 'quoteCurrency')
    out.quoteCurrency = quoteCurrency
  }
  const checked = out as Instrument
  const { maximumQuantity: most = Number.POSITIVE_INFINITY, minimumQuantity: least = 0, quantityStep = 0 } = checked
  if (most < least)
    throw fail(
      `no less than minimumQuantity, ${least}, expected, found ${most}`,
      'maximumQuantity',
      'Nothing could be traded.',
    )
  if (most < quantityStep)
    throw fail(
      `no less than quantityStep, ${quantityStep}, expected, found ${most}`,
      'maximumQuantity',
      'Nothing could be traded.',
    )
  return checked
}

function common(asset: string, place: ErrorPlace = { asset }): Instrument {
  const found = commonInstrument(asset)
  if (found) return { ...found }
  const near = nearNames(asset, Object.keys(COMMON_INSTRUMENTS))
  const way = near.length > 0 ? `Is it ${near.join(' or ')}? ` : ''
  throw new FillgridError(
    'unknown_name',
    `instrument of ${asset}: one of COMMON_INSTRUMENTS expected, found none of this name. ${way}Say what it is traded in.`,
    place,
  )
}

function unknown(asset: string, assets: readonly string[], place: ErrorPlace): FillgridError {
  const near = nearNames(asset, assets)
  const where = place.file === undefined ? '' : ` at ${atPlace(place)}`
  return new FillgridError(
    'unknown_name',
    `market: instruments name asset ${show(asset)}, which is not in it${where}. ${near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'Leave it out.'}`,
    place,
  )
}

/** How many ticks are 1, where that is a whole number but for rounding, else 0 (semantics 1.9). */
export function ticksInOne(tickSize: number): number {
  const whole = Math.trunc(1 / tickSize + 0.5)
  return whole >= 1 && Math.abs(1 / tickSize - whole) <= 1e-9 * whole ? whole : 0
}

/** Writes the instruments into memory; `block` is what has to be released, 0 where nothing was needed. */
export function writeInstruments(
  engine: Engine,
  instruments: Readonly<Record<string, Instrument>>,
  assets: readonly string[],
): { columns: InstrumentColumns; block: number } {
  const has = (...names: NumberName[]) =>
    assets.some((asset) => names.some((name) => instruments[asset]?.[name] !== undefined))
  const column = (name: NumberName, otherwise: number) =>
    Float64Array.from(assets, (asset) => instruments[asset]?.[name] ?? otherwise)
  const ticks = column('tickSize', 0)
  const wanted: [keyof InstrumentColumns, Float64Array[]][] = []
  if (has('multiplier')) wanted.push(['multipliers', [column('multiplier', 1)]])
  if (has('tickSize')) wanted.push(['ticks', [ticks, ticks.map((tick) => (tick > 0 ? ticksInOne(tick) : 0))]])
  if (has('pipSize')) wanted.push(['pips', [column('pipSize', 0)]])
  if (has('quantityStep')) wanted.push(['steps', [column('quantityStep', Number.NaN)]])
  if (has('minimumQuantity', 'minimumNotional', 'maximumQuantity'))
    wanted.push([
      'limits',
      [column('minimumQuantity', 0), column('minimumNotional', 0), column('maximumQuantity', Number.POSITIVE_INFINITY)],
    ])
  if (wanted.length === 0) return { columns: NO_COLUMNS, block: 0 }
  const width = assets.length
  const count = wanted.reduce((sum, [, columns]) => sum + columns.length, 0)
  const block = engine.arena.allocate(count * width * 8, 'the instruments of a market')
  const columns = { ...NO_COLUMNS }
  let at = block
  for (const [name, values] of wanted) {
    columns[name] = at
    for (const one of values) {
      engine.arena.f64(at, width).set(one)
      at += width * 8
    }
  }
  return { columns, block }
}
