// Guards (semantics 6.7 to 6.10): what refuses entries beside the account, and closes positions after a drawdown. Runs without any
// ask one field of the run.
import * as L from '../layout'
import { equityNow, gross } from './account'
import { heldBits, words } from './active'
import { waitForOpen } from './exits'
import { times } from './instruments'
import { positionOf, quantityOf, run } from './state'

/** Why the guards refuse that an order opens `k` units at `base`; END_NONE where they do not. */
export function guardOf(asset: i32, s: f64, k: f64, base: f64): i32 {
  const r = run
  // What the account never allows is said first.
  if (s < 0 && r.account == L.ACCOUNT_CASH) return L.END_NONE
  if (r.halted) return L.END_DRAWDOWN_HALT
  if (r.dayStopped) return L.END_LOSS_A_DAY
  if (r.bar < (r.pauseType == L.PAUSE_ASSET ? positionOf(asset).pausedUntil : r.pausedUntil)) return L.END_LOSS_PAUSE
  if (r.maxPositions > 0 && quantityOf(asset) == 0 && <f64>r.held >= r.maxPositions) return L.END_MAX_POSITIONS
  if (r.maxExposure > 0) {
    const equity = equityNow()
    if (!(gross + times(asset, k) * Math.abs(base) <= r.maxExposure * equity)) return L.END_EXPOSURE_LIMIT
  }
  return L.END_NONE
}

/** A trade of an asset has ended with this pnl (6.8). */
export function noteTrade(asset: i32, pnl: f64): void {
  const r = run
  if (r.pauseType == L.PAUSE_NONE) return
  const ofAsset = r.pauseType == L.PAUSE_ASSET
  const position = positionOf(asset)
  let losses = pnl < 0 ? (ofAsset ? position.lossesInRow : r.lossesInRow) + 1 : 0
  if (losses > 0 && <f64>losses >= r.pauseLosses) {
    losses = 0
    // The bars of a pause may be more than there are.
    const until = <i32>Math.min(<f64>r.bar + 1 + r.pauseBars, <f64>i32.MAX_VALUE)
    if (ofAsset) position.pausedUntil = until
    else r.pausedUntil = until
  }
  if (ofAsset) position.lossesInRow = losses
  else r.lossesInRow = losses
}

/** The first bar of a day begins one (6.13). */
export function beginDay(): void {
  const r = run
  if (r.bar > r.first && dayOf(r.bar) == dayOf(r.bar - 1)) return
  r.dayStart = r.equity
  r.dayStopped = 0
}

// @ts-ignore: decorator
@inline function dayOf(bar: i32): i32 {
  return load<i32>(run.days + ((<usize>bar) << 2))
}

/** The close before the hook (6.9, 6.13). */
export function checkHalt(): void {
  const r = run
  if (r.bust) return
  if (r.haltType != L.HALT_NONE) checkDrawdown()
  if (r.dayLossType != L.DAY_LOSS_NONE && !r.dayStopped) checkDay()
}

function checkDay(): void {
  const r = run
  const start = r.dayStart
  const equity = equityNow()
  const lost = r.dayLossType == L.DAY_LOSS_AMOUNT ? equity <= start - r.dayLimit : start > 0 && equity <= start * (1 - r.dayLimit)
  if (!lost) return
  r.dayStopped = 1
  if (r.dayLossThen == L.DAY_LOSS_CLOSES) closeAll()
}

function checkDrawdown(): void {
  const r = run
  const equity = equityNow()
  if (!(r.haltPeak >= r.initialCash)) r.haltPeak = r.initialCash
  if (equity > r.haltPeak) r.haltPeak = equity
  const below = equity < r.haltPeak * (1 - r.haltFraction)
  if (!below) {
    if (r.haltType == L.HALT_UNTIL_CURED) r.halted = 0
    return
  }
  const first = !r.halted
  r.halted = 1
  if (r.haltType == L.HALT_CLOSE && first) closeAll()
}

function closeAll(): void {
  const r = run
  // A chain that is empty is still one: from here on positions are looked at.
  r.ruled = 1
  for (let w = 0; w < words(); w++) {
    for (let bits = heldBits(w); bits != 0; bits &= bits - 1) waitForOpen((w << 6) + <i32>ctz(bits), L.REASON_HALT)
  }
}
