import type { CheckName, CheckOutcome, Policy } from './checks.ts'

/** How one source was read; plain data. What does not apply to its format is left out. */
export interface SourceRecord {
  /** The name it was given: a path without folders, or what the caller called it. */
  file: string
  /** Bytes and SHA-256 (64 hexadecimal digits) of the source as it lies on disk, where that is known. */
  bytes?: number
  sha256?: string
  /** 'csv', 'arrow', 'parquet' and so on. */
  format: string
  /** What it was wrapped in, from outside: 'gzip', 'zip', 'zstd'. */
  containers?: readonly string[]
  /** Name of the dialect of a text. */
  dialect?: string
  encoding?: string
  separator?: string
  decimal?: '.' | ','
  /** Header words by role. */
  columns?: Readonly<Record<string, string>>
  /** The clock of stamps that name no zone; 'UTC' also where nothing says it. */
  timezone?: string
  /** Who says so. */
  timezoneFrom?: 'option' | 'file' | 'dialect' | 'week' | 'nobody'
  /** What a stamp labels. */
  barTime?: 'open' | 'close'
  /** What prices were multiplied by. */
  scale?: number
  /** Rows that were read, those left out later among them. */
  rows: number
}

/** Something that was done to a market after it was read (resampled, adjusted), in words and settings of its own. */
export interface ProvenanceStep {
  step: string
  [setting: string]: unknown
}

/**
 * Where the data of a market came from, and all that was done with them on the way: plain data that JSON carries. It is
 * no part of the content's digest; `market.digest({ provenance: true })` takes it in.
 */
export interface Provenance {
  /** Version of this record. */
  format: 1
  sources: readonly SourceRecord[]
  /** The policy of every check. */
  policies: Readonly<Record<CheckName, Policy>>
  /** Checks that rows failed. */
  checks: readonly CheckOutcome[]
  steps: readonly ProvenanceStep[]
}
