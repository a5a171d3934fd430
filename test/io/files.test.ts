/**
 * Every file of real data beside the checkout: what it is found to be, how many bars it has and from when to when (UTC),
 * what the checks find, or why it is refused. Row counts and the counts of flat bars, zero volumes, bad ranges and
 * duplicates agree with the independent measurements in the folder's own manifest. The bars of many of them are compared
 * bit for bit with what pandas reads (reference.py, reference.json: counts, sums and hashes).
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { inspect, type LoadOptions, openMarket } from '../../src/io/load.ts'
import type { CheckName, CheckOutcome, CheckPolicies } from '../../src/market/checks.ts'
import type { Market } from '../../src/market/market.ts'

const root = new URL('../../../shared/data/', import.meta.url).pathname
const there = existsSync(root)
const name = there ? 'real files' : 'real files (skipped: the data folder is not beside the checkout)'

/** File, dialect or format, clock, bars, first and last bar, and the rows that fail each check. */
type Row = [string, string, string, number, string, string, Partial<Record<CheckName, number>>]

/** Files that load as they are. */
const LOADED: Row[] = [
ROWS
]

/** Files that are refused, by which check and where, and the policies with which they load; numbers are those of `inspect`. */
const REFUSED: [...Row, CheckPolicies, string, number][] = [
REFUSED_ROWS
]

/** Files without bars, or without any that could be read: the code and a part of the sentence. */
const OTHERS: [string, string, string][] = [
ERRS
]

/** Trades and quotes: bars of a minute that are made of them. */
const TICKS: [string, string, number, string, string][] = [
TICKROWS
]
