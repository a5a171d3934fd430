import { describe, expect, it } from 'vitest'
import { compute, value } from './columns.ts'

// Expected values as printed in tests/untest.txt of Tulip Indicators 0.9.2 (three decimals), for its fifteen bars.
// Its ema and macd start from the first value instead of the first mean, so they are not compared.
const high = [82.15, 81.89, 83.03, 83.3, 83.85, 83.9, 83.33, 84.3, 84.84, 85.0, 85.9, 86.58, 86.98, 88.0, 87.87]
const low = [81.29, 80.64, 81.31, 82.65, 83.07, 83.11, 82.49, 82.3, 84.15, 84.11, 84.03, 85.39, 85.76, 87.17, 87.01]
const close = [81.59, 81.06, 82.87, 83.0, 83.61, 83.15, 82.84, 83.99, 84.55, 84.36, 85.53, 86.54, 86.89, 87.77, 87.29]

/** What follows the warm-up, rounded as printed. */
function printed(values: readonly number[], scale = 1): string[] {
  return values.filter((x) => !Number.isNaN(x)).map((x) => (x * scale).toFixed(3))
}
const three = (values: readonly number[]) => values.map((x) => x.toFixed(3))

describe('the values that another library prints', () => {
  const one = (name: string, length: number) => value(name, [close], { length })

  it('sma, wma, rma', () => {
    expect(printed(one('sma', 5))).toEqual(
      three([82.426, 82.738, 83.094, 83.318, 83.628, 83.778, 84.254, 84.994, 85.574, 86.218, 86.804]),
    )
    expect(printed(one('wma', 5))).toEqual(
      three([82.825, 83.066, 83.1, 83.399, 83.809, 84.053, 84.637, 85.399, 86.031, 86.763, 87.121]),
    )
    expect(printed(one('rma', 5))).toEqual(
      three([82.426, 82.571, 82.625, 82.898, 83.228, 83.455, 83.87, 84.404, 84.901, 85.475, 85.838]),
    )
  })

  it('highest and lowest', () => {
    expect(printed(one('highest', 5))).toEqual(
      three([83.61, 83.61, 83.61, 83.99, 84.55, 84.55, 85.53, 86.54, 86.89, 87.77, 87.77]),
    )
    expect(printed(one('lowest', 5))).toEqual(
      three([81.06, 81.06, 82.84, 82.84, 82.84, 82.84, 82.84, 83.99, 84.36, 84.36, 85.53]),
    )
  })

  it('standard deviation and Bollinger bands', () => {
    expect(printed(one('stdev', 5))).toEqual(
      three([0.948, 0.875, 0.28, 0.423, 0.605, 0.671, 0.871, 0.926, 1.019, 1.174, 0.758]),
    )
    const { upper, middle, lower } = compute('bollinger', [close], { length: 5 })
    expect(printed(lower)).toEqual(
      three([80.53, 80.987, 82.533, 82.472, 82.418, 82.435, 82.511, 83.143, 83.536, 83.87, 85.289]),
    )
    expect(printed(middle)).toEqual(printed(one('sma', 5)))
    expect(printed(upper)).toEqual(
      three([84.322, 84.489, 83.655, 84.164, 84.838, 85.121, 85.997, 86.845, 87.612, 88.566, 88.319]),
    )
  })

  it('relative strength and rate of change', () => {
    expect(printed(one('rsi', 5))).toEqual(
      three([72.034, 64.927, 75.936, 79.796, 74.713, 83.033, 87.478, 88.755, 91.483, 78.498]),
    )
    expect(printed(one('roc', 5), 0.01)).toEqual(
      three([0.019, 0.022, 0.014, 0.019, 0.009, 0.029, 0.045, 0.035, 0.038, 0.035]),
    )
  })

  it('true range and its average', () => {
    expect(printed(value('trueRange', [high, low, close]))).toEqual(
      three([0.86, 1.25, 1.97, 0.65, 0.85, 0.79, 0.84, 2, 0.85, 0.89, 1.87, 1.19, 1.22, 1.11, 0.86]),
    )
    expect(printed(value('atr', [high, low, close], { length: 5 }))).toEqual(
      three([1.116, 1.051, 1.009, 1.207, 1.136, 1.086, 1.243, 1.233, 1.23, 1.206, 1.137]),
    )
  })
})
