/** Which short ways settings leave: none by default, so that what nobody has thought of goes the long way. */
import { describe, expect, it } from 'vitest'
import * as L from '../../assembly/layout.ts'
import { checkSettings } from '../../src/settings/read.ts'
import type { BrokerSettings, CheckedSettings } from '../../src/settings/settings.ts'
import { waysOf } from '../../src/settings/ways.ts'

const plain = { assets: 1, dense: true, nonPositive: false, instruments: { steps: 0 } }
const all = L.WAY_CALM | L.WAY_QUIET | L.WAY_LEAP | L.WAY_BATCH | L.WAY_CERTAIN
const ways = (settings: BrokerSettings, market = plain) => waysOf(checkSettings(settings), market)

describe('short ways', () => {
  it('are all open to the defaults over one asset without holes', () => {
    expect(ways({})).toBe(all)
    expect(ways({ commission: 0.001, slippage: 0.001, account: 'cash', path: 'nearest' })).toBe(all)
  })

  it('are closed by a setting that is not in the table, and by a value that is not in its row', () => {
    const settings = checkSettings({})
    expect(waysOf({ ...settings, fundingRate: 0.1 } as CheckedSettings, plain)).toBe(0)
    for (const changed of [
      { timing: 'next-week' },
      { path: 'random' },
      { shortfall: 'borrow' },
      { stopFill: 'somewhere' },
      { stopBasis: 'mood' },
      { ended: 'sell' },
      { notListed: 'guess' },
      { exitsLive: 'soon' },
      { trailFollows: 'mood' },
      { slips: 'away' },
      { triggers: 'never' },
      { commission: { type: 'by-mood' } },
      { slippage: { type: 'by-the-moon' } },
      { account: { type: 'portfolio' } },
    ])
      expect(waysOf({ ...settings, ...changed } as unknown as CheckedSettings, plain), JSON.stringify(changed)).toBe(0)
  })

  it('need a market that is plain enough', () => {
    expect(ways({}, { ...plain, assets: 2 })).toBe(L.WAY_BATCH | L.WAY_CERTAIN)
    expect(ways({}, { ...plain, dense: false })).toBe(L.WAY_CERTAIN)
    expect(ways({}, { ...plain, nonPositive: true })).toBe(L.WAY_CERTAIN)
    expect(ways({}, { ...plain, instruments: { steps: 64 } })).toBe(all & ~L.WAY_BATCH)
  })

  it('leave out what a setting needs to see', () => {
    expect(ways({ account: { type: 'margin', initial: 0.5, maintenance: 0.25 } })).toBe(L.WAY_BATCH | L.WAY_CERTAIN)
    expect(ways({ quantityStep: 1 })).toBe(all & ~L.WAY_BATCH)
    expect(ways({ stopFill: 'extreme' }) & (L.WAY_CERTAIN | L.WAY_LEAP)).toBe(0)
    expect(ways({ timing: 'same-close' }) & L.WAY_LEAP).toBe(0)
    expect(ways({ timing: 'next-close' }) & L.WAY_BATCH).toBe(0)
    const long = L.WAY_CALM | L.WAY_BATCH | L.WAY_CERTAIN
    expect(ways({ exitsLive: 'next-bar' })).toBe(long)
    expect(ways({ trailFollows: 'close' })).toBe(long)
    expect(ways({ slips: 'entries' })).toBe(long)
  })
})
