"""A series in which every candlestick pattern of TA-Lib occurs, and what TA-Lib finds in it."""
import numpy as np
import talib

# Fillgrid's name, TA-Lib's, and how many bars have no value.
PATTERNS = [
    ('beltHold', 'BELTHOLD', 10),
    ('closingMarubozu', 'CLOSINGMARUBOZU', 10),
    ('doji', 'DOJI', 10),
    ('dragonflyDoji', 'DRAGONFLYDOJI', 10),
    ('gravestoneDoji', 'GRAVESTONEDOJI', 10),
    ('highWave', 'HIGHWAVE', 10),
    ('longLeggedDoji', 'LONGLEGGEDDOJI', 10),
    ('longLine', 'LONGLINE', 10),
    ('marubozu', 'MARUBOZU', 10),
    ('rickshawMan', 'RICKSHAWMAN', 10),
    ('shortLine', 'SHORTLINE', 10),
    ('spinningTop', 'SPINNINGTOP', 10),
    ('takuri', 'TAKURI', 10),
    ('counterattack', 'COUNTERATTACK', 11),
    ('darkCloudCover', 'DARKCLOUDCOVER', 11),
    ('dojiStar', 'DOJISTAR', 11),
    ('engulfing', 'ENGULFING', 2),
    ('hammer', 'HAMMER', 11),
    ('hangingMan', 'HANGINGMAN', 11),
    ('harami', 'HARAMI', 11),
    ('haramiCross', 'HARAMICROSS', 11),
    ('homingPigeon', 'HOMINGPIGEON', 11),
    ('inNeck', 'INNECK', 11),
    ('invertedHammer', 'INVERTEDHAMMER', 11),
    ('kicking', 'KICKING', 11),
    ('kickingByLength', 'KICKINGBYLENGTH', 11),
    ('matchingLow', 'MATCHINGLOW', 6),
    ('onNeck', 'ONNECK', 11),
    ('piercing', 'PIERCING', 11),
    ('separatingLines', 'SEPARATINGLINES', 11),
    ('shootingStar', 'SHOOTINGSTAR', 11),
    ('thrusting', 'THRUSTING', 11),
    ('twoCrows', '2CROWS', 12),
    ('threeInside', '3INSIDE', 12),
    ('threeOutside', '3OUTSIDE', 3),
    ('threeStarsInSouth', '3STARSINSOUTH', 12),
    ('threeWhiteSoldiers', '3WHITESOLDIERS', 12),
    ('abandonedBaby', 'ABANDONEDBABY', 12),
    ('advanceBlock', 'ADVANCEBLOCK', 12),
    ('eveningDojiStar', 'EVENINGDOJISTAR', 12),
    ('eveningStar', 'EVENINGSTAR', 12),
    ('gapSideBySideWhite', 'GAPSIDESIDEWHITE', 7),
    ('identicalThreeCrows', 'IDENTICAL3CROWS', 12),
    ('morningDojiStar', 'MORNINGDOJISTAR', 12),
    ('morningStar', 'MORNINGSTAR', 12),
    ('stalledPattern', 'STALLEDPATTERN', 12),
    ('stickSandwich', 'STICKSANDWICH', 7),
    ('tasukiGap', 'TASUKIGAP', 7),
    ('triStar', 'TRISTAR', 12),
    ('uniqueThreeRiver', 'UNIQUE3RIVER', 12),
    ('upsideGapTwoCrows', 'UPSIDEGAP2CROWS', 12),
    ('gapThreeMethods', 'XSIDEGAP3METHODS', 2),
    ('threeBlackCrows', '3BLACKCROWS', 13),
    ('threeLineStrike', '3LINESTRIKE', 8),
    ('concealingBabySwallow', 'CONCEALBABYSWALL', 13),
    ('breakaway', 'BREAKAWAY', 14),
    ('ladderBottom', 'LADDERBOTTOM', 14),
    ('matHold', 'MATHOLD', 14),
    ('risingFallingThreeMethods', 'RISEFALL3METHODS', 14),
    ('hikkake', 'HIKKAKE', 5),
    ('hikkakeModified', 'HIKKAKEMOD', 10),
]

BARS = 2520
SNIPPET = 18


def draw(rng, count):
    """Bars of many kinds, in cents: long and short bodies, shadows or none, gaps, equal prices, prices that have been there before."""
    kinds = rng.integers(0, 4, count)
    size = np.array([0.02, 0.3, 1.0, 3.0])[kinds] * rng.random(count)
    body = size * rng.choice([-1, 1], count)
    shadows = [rng.random(count) * np.array([0, 0.05, 0.6, 2.0])[rng.integers(0, 4, count)] for _ in range(2)]
    gaps = rng.normal(0, 1, count) * np.array([0, 0, 0.1, 0.8])[rng.integers(0, 4, count)]
    back = rng.random(count)
    rows = []
    price = 100.0
    last = (100.0, 100.0, 100.0, 100.0)
    for i in range(count):
        # Back to a price of the bar before, or of the one before that; so that equal prices and bodies within bodies are no rare cases.
        open_ = price + gaps[i] if back[i] > 0.3 else last[int(back[i] / 0.3 * 4)] + gaps[i] * 0.2
        close = open_ + body[i]
        if rng.random() < 0.1 and rows:
            close = rows[-1][3] if rng.random() < 0.5 or len(rows) < 2 else rows[-2][3]
        row = (open_, max(open_, close) + shadows[0][i], min(open_, close) - shadows[1][i], close)
        rows.append(tuple(round(x, 2) for x in row))
        last = rows[-1]
        price = 100 + (last[3] - 100) * 0.98
    return np.array(rows).T.copy()


def find(series):
    return {name: getattr(talib, 'CDL' + function)(*series) for name, function, _ in PATTERNS}


def make_series(seed, wanted=2):
    """Pieces of drawn bars that end in a pattern, some of each pattern, put one after the other."""
    rng = np.random.default_rng(seed)
    pieces = {name: [] for name, _, _ in PATTERNS}
    for _ in range(400):
        series = draw(rng, 20_000)
        for name, found in find(series).items():
            for at in np.flatnonzero(found)[:200]:
                if len(pieces[name]) < wanted and at >= SNIPPET + 20:
                    pieces[name].append(series[:, at - SNIPPET + 2:at + 2])
        if all(len(one) == wanted for one in pieces.values()):
            break
    missing = [name for name, one in pieces.items() if not one]
    assert not missing, missing
    rare = sorted(pieces, key=lambda name: len(pieces[name]))
    joined = np.concatenate([piece for name in rare for piece in pieces[name]], axis=1)
    filler = draw(rng, BARS)
    series = np.concatenate((joined, filler), axis=1)[:, :BARS].copy()
    assert joined.shape[1] <= BARS, joined.shape
    return dict(zip(('open', 'high', 'low', 'close'), series))


def find_all(series):
    """By name, NaN where there is no value yet."""
    found = find([series[name] for name in ('open', 'high', 'low', 'close')])
    out = {}
    for name, _, first in PATTERNS:
        values = found[name].astype(float)
        assert (values[:first] == 0).all() and (values != 0).any(), name
        values[:first] = np.nan
        out[name] = values
    return out
