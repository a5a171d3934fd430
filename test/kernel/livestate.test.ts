/** Every field of a run's record is known to what marks and snapshots take of it. */
import { expect, it } from 'vitest'
import * as L from '../../assembly/layout.ts'
import { LIVE_COLUMNS, LIVE_F64, LIVE_I32 } from '../../src/kernel/livestate.ts'

/** Fields of the run record that no mark takes, and why. */
const APART: Record<string, readonly string[]> = {
  'set before the run begins': [
    'INITIAL_CASH',
    'INITIAL_MARGIN',
    'MAINTENANCE',
    'QUANTITY_STEP',
    'COMMISSION_A',
    'COMMISSION_B',
    'COMMISSION_TYPE',
    'SLIPPAGE_A',
    'SLIPPAGE_TYPE',
    'SIGNAL_SIZE',
    'SIGNAL_STOP',
    'SIGNAL_TARGET',
    'SIGNAL_TRAIL',
    'SIGNAL_SIZE_TYPE',
    'TIMING',
    'PATH',
    'ACCOUNT',
    'SHORTFALL',
    'STOP_FILL',
    'STOP_BASIS',
    'TIERS',
    'FIRST',
    'BARS',
    'ASSETS',
    'DENSE',
    'NON_POSITIVE',
    'RECORD',
    'CONTEXTS',
    'PERIODS',
    'ENDED_POLICY',
    'NOT_LISTED',
    'RULE_EXIT',
    'STOP_LIMIT',
    'BOTH_REACHED',
    'CHILDREN',
    'EXITS_LIVE',
    'TRAIL_FOLLOWS',
    'SLIPS',
    'FLOOR',
    'WAYS',
  ],
  'of one step': [
    'FUNDS',
    'PHASE_EQUITY',
    'FLOW',
    'MAX_FLOW',
    'TURNABLE',
    'ENTERED',
    'SAME_BAR',
    'OWN',
    'OWN_EXPOSURE',
    'WORSTS',
    'WORST_EXPOSURES',
  ],
  'the end of a run': ['FAULT', 'FAULT_ORDER', 'FAULT_BAR'],
  'counted again when it is put back': [
    'POOL_COUNT',
    'LIVE',
    'FRACTIONS',
    'HELD',
    'AT_CLOSE',
    'FILL_COUNT',
    'TRADE_COUNT',
    'ORDER_COUNT',
    'EVENT_COUNT',
    'AMBIGUOUS_COUNT',
    'CHAIN_COUNT',
    'NEXT_END',
    'FILL_WIDE',
    'TRADE_WIDE',
    'ORDER_WIDE',
    'HEADS',
    'TAILS',
    'HELD_BITS',
    'ORDER_BITS',
  ],
  'empty between steps, once orders are placed': [
    'RING_COUNT',
    'BATCH',
    'BATCH_TARGETS',
    'BATCH_BITS',
    'BATCH_CLOSED',
    'BATCH_FLAGS',
    'BATCH_NEXT',
  ],
  'taken by what it points to': [
    'POSITIONS',
    'POOL',
    'CHAINS',
    'GLOBAL_RULES',
    'ASSET_RULES',
    'ASSET_RULE_COUNTS',
    'EVENT_TABLE',
  ],
  'written once, so that it only has to be read up to where the run is': [
    'FILL_TABLE',
    'TRADE_TABLE',
    'ORDER_TABLE',
    'AMBIGUOUS_TABLE',
    'EQUITY_COLUMN',
    'CASH_COLUMN',
    'PERIOD_EQUITY',
  ],
  'where something lies': [
    'OPEN',
    'CLOSE',
    'VOLUME',
    'RANGE_HIGH',
    'RANGE_LOW',
    'TIER_TABLE',
    'LISTED',
    'ENDS',
    'SCRATCH',
    'RING',
    'PERIOD_ENDS',
    'SIGNAL_FLAGS',
    'SIGNAL_TARGETS',
    'SIGNAL_SIZES',
    'SIGNAL_STOPS',
    'SIGNAL_TARGET_RULES',
    'SIGNAL_TRAILS',
  ],
  'room that there is': [
    'POOL_CAPACITY',
    'FILL_CAPACITY',
    'TRADE_CAPACITY',
    'ORDER_CAPACITY',
    'EVENT_CAPACITY',
    'AMBIGUOUS_CAPACITY',
    'CHAIN_CAPACITY',
    'RING_CAPACITY',
  ],
}

it('a field is taken, or it is said why not; a new one has to be sorted', () => {
  const apart = new Set(Object.values(APART).flat())
  const taken = new Set<number>([...LIVE_F64, ...LIVE_I32, ...LIVE_COLUMNS])
  const fields = Object.entries(L).filter(([name]) => name.startsWith('RUN_') && name !== 'RUN_BYTES')
  expect(fields.length).toBeGreaterThan(100)
  for (const [name, offset] of fields) {
    const short = name.slice(4)
    // Two blocks, whose fields are taken one by one.
    const block = short === 'TOTALS' || short === 'DRAWDOWN'
    expect([name, taken.has(offset as number) || block, apart.has(short)]).toEqual([
      name,
      !apart.has(short),
      apart.has(short),
    ])
  }
  for (const name of apart) expect(Object.hasOwn(L, `RUN_${name}`), name).toBe(true)
})
