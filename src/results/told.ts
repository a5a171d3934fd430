import * as L from '../../assembly/layout.ts'
import type { TableData } from '../kernel/tables.ts'

// What exits by rule say of themselves (semantics 6.1), as words that programs can read.

const NAMES: Readonly<Record<number, string>> = {
  [L.REASON_STOP]: 'stop_loss',
  [L.REASON_TARGET]: 'take_profit',
  [L.REASON_TRAIL]: 'trailing_stop',
  [L.REASON_TIME]: 'time_exit',
  [L.REASON_CLOCK]: 'clock_exit',
}
const UNITS = ['', '%', 'price', 'atr', 'bars']

/**
 * `stop_loss_5.0%`, `take_profit_2.5price`, `trailing_stop_3.0atr`, `time_exit_20bars`, `clock_exit_15:55`,
 * `stop_loss_at_95.0`; '' for what no
 * rule of a chain has done.
 *
 * @param code of a fill or trade @param shift CODE_TOLD_SHIFT for fills, CODE_EXIT_TOLD_SHIFT for trades
 */
export function toldBy(code: number, shift: number, distance: number): string {
  const unit = (code >> shift) & 15
  if (unit === 0) return ''
  const name = NAMES[code & 15]
  if (unit === L.TOLD_MOVED) return `${name}_at_${decimal(distance)}`
  if (unit === L.TOLD_CLOCK) return `${name}_${timeOfDay(distance)}`
  if (unit === L.TOLD_BARS) return `${name}_${distance}bars`
  return `${name}_${decimal(unit === L.TOLD_UNIT ? percent(distance) : distance)}${UNITS[unit]}`
}

/** HH:MM, with seconds where they are not 0. */
function timeOfDay(seconds: number): string {
  const two = (x: number) => String(Math.floor(x)).padStart(2, '0')
  const words = `${two(seconds / 3600)}:${two((seconds / 60) % 60)}`
  return seconds % 60 === 0 ? words : `${words}:${two(seconds % 60)}`
}

/** 100 times a fraction, without the last digits that its binary form adds: 0.07 is 7. */
function percent(fraction: number): number {
  return Number((100 * fraction).toPrecision(15))
}

/** All digits, and one behind the point at least. */
function decimal(x: number): string {
  return Number.isInteger(x) && Math.abs(x) < 1e21 ? x.toFixed(1) : String(x)
}

/** The words of a table of fills, each once, in the order in which they came. */
export function toldIn(fills: TableData): string[] {
  const codes = fills.i32(L.FILL_CODE)
  const words = new Set<string>()
  for (let row = 0; row < fills.rows; row++)
    if (codes[row] >> L.CODE_TOLD_SHIFT)
      words.add(toldBy(codes[row], L.CODE_TOLD_SHIFT, fills.f64(L.FILL_DISTANCE)[row]))
  return [...words]
}
