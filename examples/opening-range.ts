// npx fillgrid run --data data/quarter-hours.csv --strategy examples/opening-range.ts --commission 0.02%
import { expressions, strategy } from 'fillgrid'

const { and, close, crossedAbove, equal, high, highest, hour, low, lowest, minute, not, session, subtract, valueWhen } =
  expressions

/** The last quarter of an hour of the opening range, 13:30 to 14:30 UTC; what it saw holds for the day. */
const complete = and(equal(hour(), 14), equal(minute(), 15))
const top = valueWhen(complete, highest(high, 4))
const bottom = valueWhen(complete, lowest(low, 4))

/** Intraday breakout: buys a close above the range of the first hour, with its low as the stop, and is out by the end of the session. */
export default strategy({
  name: 'opening-range',
  entries: and(session('14:30', '19:00'), crossedAbove(close, top)),
  exits: not(session('13:30', '19:45')),
  stopLoss: subtract(close, bottom),
})
