import { type IndicatorCall, type IndicatorSpec, indicator, type NumberParameter, number } from '../spec.ts'

const BAR = ['open', 'high', 'low', 'close'] as const

const SCALE =
  ' 100 where it speaks for higher prices, -100 for lower ones, else 0. Long, short, near and equal are by averages of the bars before, with the settings of TA-Lib.'

/** What bars are measured by: means of 10 bodies, of 10 ranges, of 10 pairs of shadows and of 5 ranges. */
function measures({
  kernels,
  inputs: [open, high, low, close],
  bars,
  column,
}: IndicatorCall): [number, number, number, number] {
  const work = column()
  const range = column()
  const average = (src: number, length: number) => {
    const dst = column()
    kernels.sma(src, dst, bars, length)
    return dst
  }
  kernels.subtract(close, open, work, bars)
  kernels.absolute(work, 1, work, bars)
  kernels.subtract(high, low, range, bars)
  const bodies = average(work, 10)
  kernels.subtract(range, work, work, bars)
  return [bodies, average(range, 10), average(work, 10), average(range, 5)]
}

function run(call: IndicatorCall, first: number, code: number, share: number): void {
  const { kernels, inputs, outputs, bars } = call
  const [open, high, low, close] = inputs
  kernels.candlePattern(open, high, low, close, ...measures(call), outputs[0], bars, first, code, share)
}

function pattern<const N extends string>(
  code: number,
  name: N,
  talib: string,
  first: number,
  doc: string,
): IndicatorSpec<N, Record<never, never>, 'value'> {
  return indicator({
    name,
    doc: `Candlestick pattern: ${doc}.${SCALE}`,
    talib: `CDL${talib}`,
    inputs: BAR,
    warmup: () => first,
    run: (call) => run(call, first, code, 0),
  })
}

/** One with a depth of one's own. */
function deepPattern<const N extends string>(
  code: number,
  name: N,
  talib: string,
  first: number,
  share: number,
  doc: string,
): IndicatorSpec<N, { penetration: NumberParameter }, 'value'> {
  return indicator({
    name,
    doc: `Candlestick pattern: ${doc}.${SCALE}`,
    talib: `CDL${talib}`,
    inputs: BAR,
    parameters: { penetration: number(share, 0, 100, 'How deep it must be, as a fraction of the first body.') },
    warmup: () => first,
    run: (call, { penetration }) => run(call, first, code, penetration),
  })
}

function hikkake<const N extends string>(
  name: N,
  talib: string,
  first: number,
  modified: number,
  doc: string,
): IndicatorSpec<N, Record<never, never>, 'value'> {
  return indicator({
    name,
    doc: `Candlestick pattern: a bar within the one before${doc}, and a break out of it, taken for a false one: 100 down, -100 up; 200 or -200 where a close within three bars is beyond the other end of that bar. Else 0.`,
    source: 'Chesler 2004',
    talib: `CDL${talib}`,
    inputs: BAR,
    warmup: () => first,
    run: (call) => {
      const { kernels, inputs, outputs, bars, column } = call
      const [open, high, low, close] = inputs
      const range = column()
      const average = column()
      kernels.subtract(high, low, range, bars)
      kernels.sma(range, average, bars, 5)
      kernels.hikkake(open, high, low, close, average, outputs[0], bars, first, modified)
    },
  })
}

/** The candlestick patterns of TA-Lib. The numbers are those of the kernels (assembly/indicators/candles.ts, formations.ts). */
export const PATTERNS = [
  pattern(0, 'beltHold', 'BELTHOLD', 10, 'a long body without a shadow where it opened'),
  pattern(1, 'closingMarubozu', 'CLOSINGMARUBOZU', 10, 'a long body without a shadow where it closed'),
  pattern(2, 'doji', 'DOJI', 10, 'a bar without a body'),
  pattern(3, 'dragonflyDoji', 'DRAGONFLYDOJI', 10, 'a doji with a lower shadow alone'),
  pattern(4, 'gravestoneDoji', 'GRAVESTONEDOJI', 10, 'a doji with an upper shadow alone'),
  pattern(5, 'highWave', 'HIGHWAVE', 10, 'a short body with both shadows more than twice as long'),
  pattern(6, 'longLeggedDoji', 'LONGLEGGEDDOJI', 10, 'a doji with a shadow longer than its body'),
  pattern(7, 'longLine', 'LONGLINE', 10, 'a long body with short shadows'),
  pattern(8, 'marubozu', 'MARUBOZU', 10, 'a long body without shadows'),
  pattern(9, 'rickshawMan', 'RICKSHAWMAN', 10, 'a doji with two shadows and the body near the middle of the range'),
  pattern(10, 'shortLine', 'SHORTLINE', 10, 'a short body with short shadows'),
  pattern(11, 'spinningTop', 'SPINNINGTOP', 10, 'a short body with both shadows longer'),
  pattern(12, 'takuri', 'TAKURI', 10, 'a doji without an upper and with a very long lower shadow'),
  pattern(20, 'counterattack', 'COUNTERATTACK', 11, 'two long bars of different colors with equal closes'),
  deepPattern(
    21,
    'darkCloudCover',
    'DARKCLOUDCOVER',
    11,
    0.5,
    'a long white bar, and a black one that opens above its high and closes deep in its body',
  ),
  pattern(22, 'dojiStar', 'DOJISTAR', 11, 'a long bar, and a doji beyond its body in its direction'),
  pattern(
    23,
    'engulfing',
    'ENGULFING',
    2,
    'a body around the last one, of another color; 80 where they have an end in common',
  ),
  pattern(
    24,
    'hammer',
    'HAMMER',
    11,
    'a short body at or below the last low, with a long lower shadow and no upper one',
  ),
  pattern(
    25,
    'hangingMan',
    'HANGINGMAN',
    11,
    'a short body at or above the last high, with a long lower shadow and no upper one',
  ),
  pattern(26, 'harami', 'HARAMI', 11, 'a short body within the long one before; 80 where they have an end in common'),
  pattern(
    27,
    'haramiCross',
    'HARAMICROSS',
    11,
    'a doji within the long body before; 80 where they have an end in common',
  ),
  pattern(28, 'homingPigeon', 'HOMINGPIGEON', 11, 'a short black body within a long black one'),
  pattern(
    29,
    'inNeck',
    'INNECK',
    11,
    'a long black bar, and a white one that opens below its low and closes at its close or a little above',
  ),
  pattern(
    30,
    'invertedHammer',
    'INVERTEDHAMMER',
    11,
    'a short body below the last body, with a long upper shadow and no lower one',
  ),
  pattern(31, 'kicking', 'KICKING', 11, 'two marubozu of different colors with a gap in the direction of the second'),
  pattern(32, 'kickingByLength', 'KICKINGBYLENGTH', 11, 'kicking, in the direction of the longer one'),
  pattern(33, 'matchingLow', 'MATCHINGLOW', 6, 'two black bars with equal closes'),
  pattern(34, 'onNeck', 'ONNECK', 11, 'a long black bar, and a white one that opens below its low and closes at it'),
  pattern(
    35,
    'piercing',
    'PIERCING',
    11,
    'a long black bar, and a long white one that opens below its low and closes above the middle of its body',
  ),
  pattern(
    36,
    'separatingLines',
    'SEPARATINGLINES',
    11,
    'two bars of different colors with equal opens, the second one long without a shadow there',
  ),
  pattern(
    37,
    'shootingStar',
    'SHOOTINGSTAR',
    11,
    'a short body above the last body, with a long upper shadow and no lower one',
  ),
  pattern(
    38,
    'thrusting',
    'THRUSTING',
    11,
    'a long black bar, and a white one that opens below its low and closes within its body, not above the middle',
  ),
  pattern(
    40,
    'twoCrows',
    '2CROWS',
    12,
    'a long white bar, a black one above its body, and a black one from within that into the body of the first',
  ),
  pattern(
    41,
    'threeInside',
    '3INSIDE',
    12,
    'harami, and a bar that closes beyond the open of the first, the other way',
  ),
  pattern(
    42,
    'threeOutside',
    '3OUTSIDE',
    3,
    'a body around the last one, of another color, and a bar that closes further',
  ),
  pattern(
    43,
    'threeStarsInSouth',
    '3STARSINSOUTH',
    12,
    'three black bars, each smaller and with a higher low than the one before',
  ),
  pattern(
    44,
    'threeWhiteSoldiers',
    '3WHITESOLDIERS',
    12,
    'three white bars without upper shadows, each opening in or near the one before and closing above it',
  ),
  deepPattern(
    45,
    'abandonedBaby',
    'ABANDONEDBABY',
    12,
    0.3,
    'a long bar, a doji with gaps on both sides, and a bar the other way deep into the body of the first',
  ),
  pattern(46, 'advanceBlock', 'ADVANCEBLOCK', 12, 'three rising white bars that grow weaker'),
  deepPattern(
    47,
    'eveningDojiStar',
    'EVENINGDOJISTAR',
    12,
    0.3,
    'a long white bar, a doji above its body, and a black one deep into it',
  ),
  deepPattern(
    48,
    'eveningStar',
    'EVENINGSTAR',
    12,
    0.3,
    'a long white bar, a short one above its body, and a black one deep into it',
  ),
  pattern(49, 'gapSideBySideWhite', 'GAPSIDESIDEWHITE', 7, 'two alike white bars beyond the body before them'),
  pattern(
    50,
    'identicalThreeCrows',
    'IDENTICAL3CROWS',
    12,
    'three falling black bars without lower shadows, each opening at the last close',
  ),
  deepPattern(
    51,
    'morningDojiStar',
    'MORNINGDOJISTAR',
    12,
    0.3,
    'a long black bar, a doji below its body, and a white one deep into it',
  ),
  deepPattern(
    52,
    'morningStar',
    'MORNINGSTAR',
    12,
    0.3,
    'a long black bar, a short one below its body, and a white one deep into it',
  ),
  pattern(
    53,
    'stalledPattern',
    'STALLEDPATTERN',
    12,
    'two long white bars and a short white one at the close of the second',
  ),
  pattern(54, 'stickSandwich', 'STICKSANDWICH', 7, 'a white bar between two black ones with equal closes'),
  pattern(55, 'tasukiGap', 'TASUKIGAP', 7, 'a gap, and a bar the other way from within the second body into the gap'),
  pattern(56, 'triStar', 'TRISTAR', 12, 'three doji, the second one beyond the others'),
  pattern(
    57,
    'uniqueThreeRiver',
    'UNIQUE3RIVER',
    12,
    'a long black bar, a black one within it with a lower low, and a short white one above that low',
  ),
  pattern(
    58,
    'upsideGapTwoCrows',
    'UPSIDEGAP2CROWS',
    12,
    'a long white bar, a short black one above its body, and a black one around that, still above the close of the first',
  ),
  pattern(
    59,
    'gapThreeMethods',
    'XSIDEGAP3METHODS',
    2,
    'two bars of one color with a gap, and one of the other color from the second body into the first',
  ),
  pattern(
    70,
    'threeBlackCrows',
    '3BLACKCROWS',
    13,
    'three falling black bars without lower shadows after a white one, each opening within the one before',
  ),
  pattern(
    71,
    'threeLineStrike',
    '3LINESTRIKE',
    8,
    'three bars in one direction, and one back beyond the open of the first',
  ),
  pattern(
    72,
    'concealingBabySwallow',
    'CONCEALBABYSWALL',
    13,
    'two black marubozu, a black bar below them with an upper shadow into the second, and a black one around that',
  ),
  pattern(73, 'breakaway', 'BREAKAWAY', 14, 'a long bar, a gap, two bars further, and one back into the gap'),
  pattern(
    74,
    'ladderBottom',
    'LADDERBOTTOM',
    14,
    'three falling black bars, a black one with an upper shadow, and a white one above it',
  ),
  deepPattern(
    75,
    'matHold',
    'MATHOLD',
    14,
    0.5,
    'a long white bar, three short ones that fall into its body, and a white one above them all',
  ),
  pattern(
    76,
    'risingFallingThreeMethods',
    'RISEFALL3METHODS',
    14,
    'a long bar, three short ones the other way within its range, and a long one beyond its close',
  ),
  hikkake('hikkake', 'HIKKAKE', 5, 0, ''),
  hikkake('hikkakeModified', 'HIKKAKEMOD', 10, 1, ' and itself around another, closing near its end'),
] as const
