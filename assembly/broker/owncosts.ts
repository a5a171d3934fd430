// Cost models of the strategy's own (semantics 7.9): the only calls out of the module, made where a run has chosen one. What is
// asked stands in the run record, where the host reads what the model wants to know; numbers that are passed cost more than that.
import * as L from '../layout'
import { fault } from './account'
import { run } from './state'

/** The host's answer about the leg in the bound run's record: an amount of price (impact, slippage), or currency; NaN where the model has failed. */
// @ts-ignore: decorator
@external("costs", "ask")
declare function ask(kind: i32): f64

/** What a model of this kind (COST_*) says of a leg; `value` is the absolute one of its units at `price`. 0 once one has failed. */
export function ownCost(kind: i32, asset: i32, s: f64, units: f64, base: f64, price: f64, value: f64, opens: bool, makes: bool): f64 {
  const r = run
  if (r.fault == L.FAULT_COST) return 0
  r.ownCalls = r.ownCalls + 1
  r.legAsset = asset
  r.legSide = s
  r.legUnits = units
  r.legBase = base
  r.legPrice = price
  r.legValue = value
  r.legFlags = (opens ? L.LEG_OPENS : 0) | (makes ? L.LEG_MAKES : 0)
  const answer = ask(kind)
  if (answer == answer) return answer
  fault(0, r.bar)
  r.fault = L.FAULT_COST
  return 0
}
