import { FillgridError, show } from '../errors.ts'
import type { Panel } from '../signals/panels.ts'
import { checkAgo, checkLength, copyLast } from './bar.ts'
import type { Indicator } from './strategy.ts'

/**
 * A panel as a hook sees it, up to the current bar.
 * @param current index of that bar; throws where the run's memory is gone, which is what tells so here
 */
export function indicatorOf(panel: Panel, assets: number, current: () => number): Indicator {
  const windows = new Map<number, Float64Array>()
  // Asking the panel costs more than reading it; its view lasts as long as it has a length (see Lane).
  let values = panel.values
  const view = () => {
    if (values.length === 0) values = panel.values
    return values
  }
  const check = (asset: number) => {
    if (!(Number.isInteger(asset) && asset >= 0 && asset < assets))
      throw new FillgridError(
        'unknown_name',
        `indicator ${panel.key}: assets run from 0 to ${assets - 1}, found ${show(asset)}.`,
      )
  }
  return {
    key: panel.key,
    warmup: panel.warmup,
    value(asset = 0, ago = 0) {
      check(asset)
      const index = current()
      if (index < 0 && ago >= 0) return Number.NaN
      if (ago !== 0) checkAgo(ago, index)
      return view()[(index - ago) * assets + asset]
    },
    last(n, asset = 0) {
      check(asset)
      checkLength(n)
      const key = n * assets + asset
      let window = windows.get(key)
      if (!window) {
        window = new Float64Array(n)
        windows.set(key, window)
      }
      copyLast(window, view(), current(), assets, asset)
      return window
    },
  }
}
