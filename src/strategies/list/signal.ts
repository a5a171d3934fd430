import { FillgridError, show } from '../../errors.ts'
import type { Moment } from '../../market/moment.ts'

/**
 * Where a stop or target lies (semantics 8.6): at a price, or away from the entry by a fraction of it, by an amount of price, by a multiple of
 * the ATR (of 14 bars, or `period`), or, a target, by a multiple of the risk, which is the distance of the stop.
 */
export type Distance =
  | { readonly price: number }
  | { readonly fraction: number }
  | { readonly points: number }
  | { readonly atr: number; readonly period?: number }
  | { readonly risk: number }

/** Sides of trades. */
export type TradeSide = 'long' | 'short'

/** One of several targets: where it lies, and which share of the units is sold there. */
export interface ShareOfTarget {
  readonly at: Distance | number
  /** Above 0; those of a signal add up to 1. */
  readonly share: number
}

/** A trade that somebody else has found. */
export interface TradeSignal {
  /** The name of its asset. */
  readonly asset: string
  /** When it was known (semantics 8.4): ms UTC, ISO 8601 or a Date. */
  readonly time: Moment
  /** What the list's trades are, by default. */
  readonly side?: TradeSide
  /** A name for it; its number in the list, from 1, by default. */
  readonly id?: string
  /** How it enters; 'market'. */
  readonly entryType?: 'market' | 'limit' | 'stop'
  /** The price of a limit or stop; of a market order a reference. */
  readonly entryPrice?: number
  /** A number is a price. What the list has by default. */
  readonly stop?: Distance | number
  readonly target?: Distance | number
  /** Several in place of `target`, the nearest first. */
  readonly targets?: readonly ShareOfTarget[]
  /** Units; what the list has by default. */
  readonly quantity?: number
  /** Times the size; 1. */
  readonly strength?: number
  /** Own bars after which it is closed; what the list has by default. */
  readonly hold?: number
  /** Until when an entry by limit or stop may wait. */
  readonly expiry?: Moment
  /** When it is closed, known as `time` is. */
  readonly exitTime?: Moment
  /** The close that its source says its asset had, which is compared with the market's. */
  readonly close?: number
  /** The line that it stands in, from 1, for messages. */
  readonly line?: number
}

/** A signal as a file has it: times of a clock that is not named are `local`, dates alone are whole `days`. */
export interface ListedSignal extends TradeSignal {
  readonly local?: readonly ('time' | 'expiry' | 'exitTime')[]
  readonly days?: readonly ('time' | 'expiry' | 'exitTime')[]
}

/** Signals of one source. */
export interface SignalList {
  /** Where they are from, for messages. */
  readonly name: string
  readonly signals: readonly ListedSignal[]
  /** How its times act where nobody says it: lists of trades that were made have the times of fills. */
  readonly stamp?: 'label' | 'instant'
  /** What was taken for granted when it was read. */
  readonly notes: readonly string[]
}

/** The words of `parseDistance`. */
const WORDS = "'5%', '2R', '1.5atr' or a price"

/**
 * A distance from a text: `5%` of the entry, `2R` of the risk, `1.5atr`, else a price.
 *
 * @param subject what it is, for the error
 * @throws FillgridError invalid_value
 */
export function parseDistance(text: string, subject = 'distance'): Distance {
  const match = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(%|r|atr)?\s*$/i.exec(text)
  if (!match) throw new FillgridError('invalid_value', `${subject}: ${WORDS} expected, found ${show(text)}.`)
  const value = Number(match[1])
  switch (match[2]?.toLowerCase()) {
    case '%':
      return { fraction: percent(match[1]) }
    case 'r':
      return { risk: value }
    case 'atr':
      return { atr: value }
    default:
      return { price: value }
  }
}

/** Rounded once, so that 7% is 0.07. */
function percent(text: string): number {
  return Number(`${text}e-2`.replace(/e([+-]?\d+)e-2$/i, (_, power: string) => `e${Number(power) - 2}`))
}

const KINDS = ['price', 'fraction', 'points', 'atr', 'risk'] as const

/** A distance as it may be given; a number is a price. @throws FillgridError invalid_value */
export function readDistance(given: Distance | number | string, subject: string): Distance {
  const distance: unknown =
    typeof given === 'number' ? { price: given } : typeof given === 'string' ? parseDistance(given, subject) : given
  const fields = typeof distance === 'object' && distance !== null ? (distance as Record<string, unknown>) : {}
  const kinds = KINDS.filter((kind) => kind in fields)
  const names = Object.keys(fields).filter((name) => !(KINDS as readonly string[]).includes(name) && name !== 'period')
  const value = kinds.length === 1 ? fields[kinds[0]] : undefined
  if (typeof value !== 'number' || names.length > 0 || ('period' in fields && kinds[0] !== 'atr'))
    throw new FillgridError(
      'invalid_value',
      `${subject}: ${WORDS} expected, or { fraction: 0.05 } and its like, found ${show(given)}.`,
    )
  if (!Number.isFinite(value) || (kinds[0] !== 'price' && value <= 0))
    throw new FillgridError(
      'invalid_value',
      `${subject}: ${kinds[0] === 'price' ? 'a finite price' : 'a number above 0'} expected, found ${show(value)}.`,
    )
  return distance as Distance
}
