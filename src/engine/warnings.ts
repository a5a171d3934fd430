import * as L from '../../assembly/layout.ts'
import { metricIndex } from '../results/metrics.ts'
import type { OpenPosition } from '../results/recorded.ts'
import type { Warning } from '../results/warning.ts'
import type { Run } from './run.ts'

/** What a careful person would want to know of a run, as far as it has come; what takes the volume of every fill comes later (results/volume.ts). */
export function warningsOf(
  run: Run,
  positions: readonly OpenPosition[],
  metrics: Float64Array,
  known: { banded: boolean; changed: boolean; ended: boolean; empty: readonly { key: string; warmup: number }[] },
): Warning[] {
  const { banded, changed, ended, empty } = known
  const { remarks } = run.setup.market
  return [
    ...ofFills(run, banded),
    ...ofEntries(run),
    ...(ended ? ofLatency(run) : []),
    ...ofMoney(run),
    ...ofListing(run, positions),
    ...ofYears(run, metrics),
    ...empty.map(({ key, warmup }) => ofIndicator(key, warmup, run.setup.market.bars)),
    ...(changed ? [CHANGED] : []),
    ...remarks.map(({ code, message }) => ({ code, message })),
  ]
}

const CHANGED: Warning = {
  code: 'strategy_changed',
  message:
    'The run was restored from a snapshot of another text of the strategy: what is before it was decided by that. Run it from the start to be sure, or name a `source` that says when the strategy is another one.',
}

/** An indicator that never has a value. */
function ofIndicator(key: string, warmup: number, bars: number): Warning {
  return {
    code: 'indicator_empty',
    message: `${key}: fewer than ${count(bars, 'bar')} before its first value expected, found ${warmup}: it is NaN on every bar of the run. Take a shorter length, or more data.`,
  }
}

/** Fills whose price is a matter of how bars are read. */
function ofFills({ lane, setup }: Run, banded: boolean): Warning[] {
  const out: Warning[] = []
  const sameBar = lane.total(L.TOTAL_SAME_BAR_FILLS)
  // What has been on its way was decided before that price was known.
  if (sameBar > 0 && setup.settings.latency === 0)
    out.push({
      code: 'same_bar_fills',
      message: `${count(sameBar, 'fill')} at the close of the bar that decided them: the decision has to be made before the price is known. Compare with timing next-open.`,
    })
  if (setup.settings.slips === 'capped-ahead' && sameBar > 0)
    out.push({
      code: 'reads_ahead',
      message:
        "slippage: prices known when a fill happens expected, found fills at the close capped by the high and low of the next bar (`slips: 'capped-ahead'`), as backtrader has them with cheat-on-close. No proof against look-ahead holds for such a run. Use it to compare with backtrader, and `slips: 'capped'` for anything else.",
    })
  const ambiguous = lane.total(L.TOTAL_AMBIGUOUS_BARS)
  if (ambiguous > 0)
    out.push({
      code: 'ambiguous_bars',
      message: `${count(ambiguous, 'bar')} in which the price's way through the bar decides the fills, taken as ${setup.settings.path}. ${banded ? 'The band shows what that is worth; finer bars make it smaller.' : 'Run with band: true to see what that is worth, or use finer bars.'}`,
    })
  return out
}

/** Runs in which little or nothing came about. */
function ofEntries({ lane }: Run): Warning[] {
  const attempted = lane.total(L.TOTAL_ENTRIES_ATTEMPTED)
  if (attempted > 0 && attempted === lane.total(L.TOTAL_ENTRIES_REFUSED)) {
    const all = attempted === 1 ? 'The only entry was' : `All ${attempted} entries were`
    return [
      {
        code: 'entries_rejected',
        message: `${all} refused; the orders table has the reasons. Check cash, size and account.`,
      },
    ]
  }
  if (lane.total(L.TOTAL_TRADES) + lane.total(L.TOTAL_PARTS) > 0) return []
  const orders = lane.total(L.TOTAL_ORDERS) + (lane.late?.ids ?? 0)
  return [
    {
      code: 'no_trades',
      message:
        orders === 0 ? 'The strategy gave no orders.' : `No trade was closed, with ${count(orders, 'order')} given.`,
    },
  ]
}

/** What was still on its way when the run ended (semantics 3.15). */
function ofLatency({ lane, setup }: Run): Warning[] {
  const { orders, others } = lane.late?.count ?? { orders: 0, others: 0 }
  if (orders + others === 0) return []
  const what = [
    ...(orders > 0 ? [count(orders, 'order')] : []),
    ...(others > 0 ? [count(others, 'other decision')] : []),
  ]
  return [
    {
      code: 'never_arrived',
      message: `latency: decisions that arrive expected, found ${what.join(' and ')} still on the way when the run ended, which are in no table. What is decided in the last ${count(setup.settings.latency, 'bar')} never arrives: let the data go on for so long, or take no notice.`,
    },
  ]
}

/** Want of money, at the closes and inside bars. */
function ofMoney(run: Run): Warning[] {
  const { lane } = run
  const { market } = run.setup
  const out: Warning[] = []
  const calls = lane.total(L.TOTAL_MARGIN_CALLS)
  if (calls > 0)
    out.push({ code: 'margin_calls', message: `${count(calls, 'bar')} closed below the maintenance margin.` })
  if (lane.i32(L.RUN_BUST))
    out.push({
      code: 'bust',
      message: `The account was bust at bar ${run.index} (${market.barTime(run.index)}); the run ended there.`,
    })
  const busts = lane.total(L.TOTAL_INTRABAR_BUSTS)
  if (busts > 0)
    out.push({
      code: 'intrabar_bust',
      message: `bust: an equity above 0 expected inside bars too, found ${worstOf(run, busts, 'to 0 or less', L.RUN_BUST_BOUND, L.RUN_BUST_BAR)}`,
    })
  const inside = lane.total(L.TOTAL_INTRABAR_CALLS)
  if (inside > 0)
    out.push({
      code: 'intrabar_margin_call',
      message: `margin: the maintenance margin expected inside bars too, found ${worstOf(run, inside, 'below it', L.RUN_CALL_BOUND, L.RUN_CALL_BAR)}`,
    })
  return out
}

/** Bars that were worse inside than at their close, with the worst (semantics 7.8): what is known with one asset, a bound with several. */
function worstOf({ lane, setup }: Run, bars: number, where: string, bound: number, bar: number): string {
  const at = lane.i32(bar)
  const place = `at bar ${at} (${setup.market.barTime(at)})`
  const equity = lane.f64(bound)
  const known = setup.market.assetCount === 1
  const fall = `${known ? 'fell' : 'may have fallen'} ${where} and closed above`
  const lowest = known
    ? `lowest at exactly ${equity} ${place}`
    : `at worst ${equity} ${place} (a bound: the worst prices of the assets need not have come together)`
  return `${count(bars, 'bar')} that ${fall}, ${lowest}. Nothing is closed inside a bar for want of money: take smaller positions, closer stops or finer bars.`
}

/** So many of the last bars without one of its own, and a position's mark is an old one. */
const STALE_BARS = 5
/** Assets that a sentence names. */
const NAMED = 3

/** Assets before their first bar and after their last (semantics 3.11). */
function ofListing(run: Run, positions: readonly OpenPosition[]): Warning[] {
  const { lane } = run
  const out: Warning[] = []
  const ended = lane.total(L.TOTAL_ENDED)
  if (ended > 0)
    out.push({
      code: 'ended_positions',
      message: `positions: exits at prices of their time expected, found ${ended} at the last close of assets that had ended, as \`ended: 'close'\` has it. The fills with reason ended have them: see whether that much would have been paid.`,
    })
  out.push(...ofStale(run, positions))
  const unlisted = lane.total(L.TOTAL_UNLISTED)
  if (unlisted > 0) {
    const reject = run.setup.settings.notListed === 'reject'
    out.push({
      code: 'orders_not_listed',
      message: `orders: given for assets that have had a bar expected, found ${unlisted} for assets before their first one, which ${reject ? "were rejected (`notListed: 'reject'`). Order what has a close." : "waited for it (`notListed: 'wait'`). Order what has a close, or have them rejected with `notListed: 'reject'`."}`,
    })
  }
  return out
}

/** Positions whose asset has had no bar for a while: of a market without holes there are none. */
function ofStale(run: Run, positions: readonly OpenPosition[]): Warning[] {
  const { market, settings } = run.setup
  if (market.dense) return []
  const { close, assetCount, time, assets, delisted } = market
  // Of lots an asset has several.
  const byAsset = new Map(positions.map(({ asset, mark }) => [asset, mark]))
  const stale = Array.from(byAsset, ([asset, mark]) => ({ asset, mark })).flatMap(({ asset, mark }) => {
    // It was opened at a bar of its asset, so there is one.
    let bar = run.index
    while (Number.isNaN(close[bar * assetCount + asset])) bar--
    return run.index - bar < STALE_BARS ? [] : [{ asset, bar, mark }]
  })
  if (stale.length === 0) return []
  const named = stale
    .slice(0, NAMED)
    .map(({ asset, bar, mark }) => `${assets[asset]}, marked at ${mark} since bar ${bar} (${market.barTime(bar)})`)
  if (stale.length > NAMED) named.push(`${stale.length - NAMED} more`)
  const known = stale.every(({ asset }) => delisted[assets[asset]] <= time[run.index])
  const out = known
    ? "Close what is held of assets that have ended with `ended: 'close'`."
    : `Where an asset has ended say so with \`delisted\` of the market${settings.ended === 'close' ? '' : ", and close what is held of it with `ended: 'close'`"}.`
  return [
    {
      code: 'stale_positions',
      message: `positions: marks of the last bars expected, found ${stale.length} open at the end without a bar in the last ${STALE_BARS}: ${named.join('; ')}. ${out}`,
    },
  ]
}

/** Runs shorter than that are no year's measure, days. */
const SHORT = 90
const DAY = 86_400_000

/** Figures of a year that are none, or are made of little. */
function ofYears({ setup }: Run, metrics: Float64Array): Warning[] {
  const out: Warning[] = []
  const { market, window } = setup
  const bars = metrics[BARS]
  if (bars === 0) return out
  const { perYear, reason } = window.annual
  if (Number.isNaN(perYear))
    out.push({
      code: 'no_annual_periods',
      message: `volatility, sharpe and sortino: how many returns make a year is ${reason}.`,
    })
  const { time } = market
  const days = (time[window.first + bars - 1] - time[window.first]) / DAY
  const [cagr, final] = [metrics[CAGR], metrics[FINAL]]
  if (days < 1 || !(final > 0)) return out
  const grown = `${(100 * metrics[TOTAL_RETURN]).toPrecision(4)} % in ${days.toFixed(1)} days`
  if (Number.isNaN(cagr) && !(window.cagr === 'periods' && Number.isNaN(perYear)))
    out.push({
      code: 'cagr_overflow',
      message: `cagr: a growth that a number can hold expected, found ${grown}, which in a year is beyond all numbers. Read total return, or take more data.`,
    })
  else if (days < SHORT && cagr !== 0 && !Number.isNaN(cagr))
    out.push({
      code: 'short_run',
      message: `cagr: ${SHORT} days or more expected, found ${grown}, taken for a whole year at the same pace. Read total return, or take more data.`,
    })
  return out
}

const [BARS, CAGR, FINAL, TOTAL_RETURN] = ['bars', 'cagr', 'finalValue', 'totalReturn'].map(metricIndex)

function count(n: number, one: string): string {
  return `${n} ${n === 1 ? one : `${one}s`}`
}
