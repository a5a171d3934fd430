import type { Broker, Engine } from './load.ts'

/** What a lane is made for. Pointers are those of the market's columns. */
export interface LaneShape {
  /** First bar that is traded; columns of equity and cash begin with it. */
  first: number
  /** Index behind the last bar that is traded. */
  bars: number
  assets: number
  dense: boolean
  nonPositive: boolean
  pointers: {
    open: number
    close: number
    volume: number
    rangeHigh: number
    rangeLow: number
  }
  /** Columns by asset: its first bar, and the bar from which on it has ended; 0 where every asset has all bars. */
  listing: { listed: number; ends: number }
  /** Columns by asset of what is traded; 0 where no asset has one (semantics 1.9). */
  instruments: { multipliers: number; ticks: number; pips: number; steps: number; limits: number }
  /** RECORD_NONE keeps totals and equity only, RECORD_TABLES the tables too, RECORD_EVENTS what happened in order too. */
  record: number
  /** Last close of each asset before the first bar, NaN without one; undefined: none has any. */
  marks: Float64Array | undefined
  /** Return periods: where the index of the last bar of each stands, or these, counted from the first bar. */
  periods: { ends: number | Int32Array; count: number }
  /** The equity is followed for its metrics, and no column of it kept. */
  followed: boolean
  /** Names of position context values written to trades, at most 8. */
  contexts: number
}

/** A run's record and blocks, as the parts of a lane see them. */
export interface RunRecord {
  readonly engine: Engine
  /** The engine that plays the run. */
  readonly kernels: Broker
  readonly shape: LaneShape
  /** A field of the run record (RUN_*). */
  i32(field: number): number
  setI32(field: number, value: number): void
  /** A block whose address stands in the run record at `field`. */
  block(field: number, bytes: number, purpose: string): number
  /** A larger block for a field, of which the first `kept` bytes are those of the old one. */
  grow(field: number, bytes: number, kept: number, purpose: string): void
}
