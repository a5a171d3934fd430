import type { Run } from '../engine/run.ts'
import { FillgridError, show } from '../errors.ts'
import type { PanelParameters } from '../signals/panels.ts'
import type { PanelScope } from '../signals/scope.ts'
import { CHOSEN } from '../signals/spec.ts'
import { type Clock, GONE } from '../strategy/clock.ts'
import { type Indicator, PanelIndicator, panelOf } from '../strategy/indicator.ts'
import { knownMarket } from '../strategy/knownmarket.ts'
import { KnownShortForms } from '../strategy/shortforms.ts'
import type { StrategyHost } from '../strategy/strategy.ts'
import { ownColumn } from '../strategy/wholecolumns.ts'
import { gone } from '../strategy/windows.ts'

/**
 * What a run gives to its strategy before `onStart`.
 *
 * @param scope where its indicators and columns are kept
 * @param starting whether `onStart` is at work now
 */
export function hostOf(run: Run, scope: PanelScope, starting: () => boolean): StrategyHost {
  const { market, parameters } = run.setup
  const { clock, bar } = run
  const known = knownMarket(market)
  const indicator: StrategyHost['indicator'] = (name, given, output) => {
    // Nobody would let go of what a run that is over had pinned.
    if (clock.index === GONE) throw gone()
    return new PanelIndicator(scope.panel(name, panelled(name, given, clock), output), clock)
  }
  const shortForms = new KnownShortForms(indicator)
  return {
    market: known,
    parameters: Object.freeze({ ...parameters }),
    indicator,
    short: (name, given) => shortForms.get(name, given),
    column: (name, compute) => {
      const check = () => {
        if (!starting()) throw notStarting(name)
        if (typeof name !== 'string' || name === '' || scope.own.has(name)) throw badName(name, scope)
      }
      check()
      const values = ownColumn(name, compute, market, known.assets, clock)
      // The function may have declared columns itself.
      check()
      return new PanelIndicator(scope.add(name, values), clock)
    },
    expression: (given) => {
      if (clock.index === GONE) throw gone()
      return new PanelIndicator(scope.expression(given, parameters), clock)
    },
    value: (series, asset, ago) => bar.value(series, asset, ago),
  }
}

/** Parameters with the panel behind an indicator that is their source. @throws FillgridError invalid_value */
function panelled(name: string, given: PanelParameters<string | Indicator>, clock: Clock): PanelParameters {
  let panelled = given
  for (const input of CHOSEN) {
    const column: unknown = given?.[input]
    if (column === null || typeof column !== 'object') continue
    const panel = panelOf(column, clock)
    if (!panel)
      throw new FillgridError(
        'invalid_value',
        `${name}: ${input} must be a column by name, or an indicator of this run, found ${show(column)}. Pass what this.indicator or this.column has returned.`,
      )
    panelled = { ...panelled, [input]: panel }
  }
  return panelled as PanelParameters
}

function notStarting(name: unknown): FillgridError {
  return new FillgridError(
    'invalid_value',
    `column ${show(name)}: columns are declared in onStart, found it elsewhere. The function sees all bars, which a later hook must not.`,
  )
}

function badName(name: unknown, scope: PanelScope): FillgridError {
  return new FillgridError(
    'invalid_value',
    `column: a name that no other one has expected, found ${show(name)}${scope.own.size > 0 ? ` beside ${[...scope.own.keys()].join(', ')}` : ''}. Choose another.`,
  )
}
