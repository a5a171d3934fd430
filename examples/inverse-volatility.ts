// npx fillgrid run --data data/equities.csv --strategy examples/inverse-volatility.ts --commission 0.1%
import { expressions, int, strategy } from 'fillgrid'

const { divide, inverseVolatility, month, multiply, notEqual, shift, where } = expressions

const nothing = divide(0, 0)

/** Portfolio: on the first bar of each month, of each asset the less the more it moves; a twentieth stays in cash for the costs. */
export default strategy({
  name: 'inverse-volatility',
  parameters: { bars: int(60, { min: 5 }) },
  targetWeight: ({ bars }) =>
    where(notEqual(month(), shift(month(), 1)), multiply(0.95, inverseVolatility(bars)), nothing),
})
