/** Where Fillgrid and another package differ on purpose, by `indicator package` or `indicator.output package`. */
export const DIFFERENCES: Record<string, { why: string; from?: number; tolerance?: number }> = {
  'macd TA-Lib': {
    why: 'begins the fast average late, with the mean of the last `fast` values before the first of the slow one',
    from: 250,
  },
  'trueRange TA-Lib': { why: 'has no range on the first bar', from: 1 },
  'atr TA-Lib': { why: 'has no range on the first bar, and so begins the average a bar later', from: 330 },
}
