/** Where Fillgrid and another package differ on purpose, by `indicator package` or `indicator.output package`. */
export const DIFFERENCES: Record<string, { why: string; from?: number; tolerance?: number }> = {
  'macd TA-Lib': {
    why: 'begins the fast average late, with the mean of the last `fast` values before the first of the slow one',
    from: 250,
  },
  'macdFix TA-Lib': {
    why: 'begins the fast average late, with the mean of the last 12 values before the first of the slow one',
    from: 350,
  },
  'macdExt TA-Lib': { why: 'gives no line before the first signal', from: 41 },
  'stochastic.k TA-Lib': { why: 'gives no k before the first d', from: 17 },
  'stochasticFast.k TA-Lib': { why: 'gives no k before the first d', from: 6 },
  'stochRsi.k TA-Lib': { why: 'gives no k before the first d', from: 20 },
  'kdj.k TA-Lib': { why: 'gives no k before the first d', from: 12 },
  'smi.value TA-Lib': { why: 'gives no value before the first signal', from: 45 },
  'dmi TA-Lib': { why: 'begins its sums with one bar less', from: 400 },
  'adx TA-Lib': { why: 'begins its sums with one bar less', from: 430 },
  'superTrend TA-Lib': { why: 'goes by its atr, which begins a bar later', from: 300 },
  'chandelier pandas-ta-classic': { why: 'goes by an atr that begins a bar later', from: 550 },
  'choppiness pandas-ta-classic': { why: 'has no range on the first bar', from: 14 },
  'natr TA-Lib': { why: 'goes by its atr, which begins a bar later', from: 330 },
  'keltner TA-Lib': { why: 'goes by its atr, which begins a bar later', from: 300 },
  'squeeze.on pandas-ta-classic': { why: 'says 0 while it warms up', from: 19 },
  'trueRange TA-Lib': { why: 'has no range on the first bar', from: 1 },
  'atr TA-Lib': { why: 'has no range on the first bar, and so begins the average a bar later', from: 330 },
  'mama TA-Lib': { why: 'begins both averages with 0', from: 1200 },
}
