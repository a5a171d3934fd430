import { FillgridError, show } from '../errors.ts'
import { isoTime } from './input.ts'

/** Factors of one asset: each row holds for bars dated up to its date, back to the row before. */
export interface FactorTable {
  /** May be left out in a market of one asset. */
  asset?: string
  /** Dates as midnight UTC, ms, increasing. */
  until: ArrayLike<number>
  /** What prices are multiplied by, splits included. */
  price: ArrayLike<number>
  /** What volumes are divided by: the splits' part of it; 1 by default. */
  split?: ArrayLike<number>
}

/**
 * A factor file of LEAN: lines of date, price factor, split factor and (not used) reference price, oldest first.
 *
 * @param text its text
 * @param file its name, for errors
 * @throws FillgridError invalid_file with the line
 */
export function readFactors(text: string, asset?: string, file = 'factors'): FactorTable {
  if (typeof text !== 'string')
    throw new FillgridError('invalid_value', `factors: the text of a file expected, found ${show(text)}.`)
  const until: number[] = []
  const price: number[] = []
  const split: number[] = []
  text.split(/\r?\n/).forEach((line, i) => {
    if (line.trim() === '') return
    const [date, dividends, splits] = line.split(',')
    const day = /^(\d{4})(\d\d)(\d\d)$/.exec(date)
    const at = day ? Date.parse(`${day[1]}-${day[2]}-${day[3]}T00:00:00Z`) : Number.NaN
    const [d, s] = [Number(dividends || Number.NaN), Number(splits || Number.NaN)]
    if (Number.isNaN(at) || !(d > 0 && s > 0 && d * s < Number.POSITIVE_INFINITY) || at <= until[until.length - 1]) {
      throw new FillgridError(
        'invalid_file',
        `factors: lines are a date later than the one before, a price factor and a split factor above 0, found ${show(line)} at ${file} line ${i + 1}.`,
        { file, line: i + 1, asset },
      )
    }
    until.push(at)
    price.push(d * s)
    split.push(s)
  })
  return { asset, until, price, split }
}

/** @throws FillgridError invalid_value where dates do not increase or a factor is not positive */
export function checkFactors(table: FactorTable, asset: string): void {
  const { until, price, split } = table
  for (let row = 0; row < until.length; row++) {
    const values = [price[row], split?.[row] ?? 1]
    if (
      values.every((value) => value > 0 && value < Number.POSITIVE_INFINITY) &&
      !(row > 0 && until[row] <= until[row - 1])
    )
      continue
    throw new FillgridError(
      'invalid_value',
      `factors: dates must increase and factors be positive, found ${show(price[row])} and ${show(split?.[row])} until ${isoTime(until[row])}.`,
      { asset, line: row + 1 },
    )
  }
}
