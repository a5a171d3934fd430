"""What is recorded of other packages, by group of Fillgrid's catalogue (src/signals/catalogue)."""
import talib
import pandas_ta_classic as ta


def case(name, parameters, of, package='TA-Lib'):
    """`of` takes the series and gives one column, or columns by the names of Fillgrid's outputs."""

    def named(series):
        found = of(series)
        return found if isinstance(found, dict) else {'value': found}

    return {'name': name, 'parameters': parameters, 'of': named, 'package': package}


def pandas(name, parameters, of):
    return case(name, parameters, of, 'pandas-ta-classic')


BANDS = ('upper', 'middle', 'lower')


def hlc(s):
    return s['high'], s['low'], s['close']


CASES = {
    'averages': [
        case('sma', {'length': 20}, lambda s: talib.SMA(s['close'], 20)),
        case('ema', {'length': 20}, lambda s: talib.EMA(s['close'], 20)),
        case('wma', {'length': 20}, lambda s: talib.WMA(s['close'], 20)),
        case('rma', {'length': 14}, lambda s: talib.RMA(s['close'], 14)),
        case('dema', {'length': 30}, lambda s: talib.DEMA(s['close'], 30)),
        case('tema', {'length': 30}, lambda s: talib.TEMA(s['close'], 30)),
        case('trima', {'length': 30}, lambda s: talib.TRIMA(s['close'], 30)),
        case('trima', {'length': 13}, lambda s: talib.TRIMA(s['close'], 13)),
        case('hma', {'length': 20}, lambda s: talib.HMA(s['close'], 20)),
        case('hma', {'length': 15}, lambda s: talib.HMA(s['close'], 15)),
        case('zlema', {'length': 30}, lambda s: talib.ZLEMA(s['close'], 30)),
        case('t3', {}, lambda s: talib.T3(s['close'], 5, 0.7)),
        case('kama', {'length': 30}, lambda s: talib.KAMA(s['close'], 30)),
        pandas('vidya', {'length': 14}, lambda s: ta.vidya(s['close'], 14)),
        pandas('mcginley', {'length': 10}, lambda s: ta.mcgd(s['close'], 10)),
        pandas('alma', {'length': 10, 'offset': 0.15}, lambda s: ta.alma(s['close'], 10)),
        case('vwma', {'length': 30}, lambda s: talib.VWMA(s['close'], s['volume'], 30)),
        case('ma', {'length': 20, 'kind': 'trima'}, lambda s: talib.MA(s['close'], 20, talib.MA_Type.TRIMA)),
        case('mavp', {'other': 'periods'}, lambda s: talib.MAVP(s['close'], s['periods'], 2, 30)),
        case('midpoint', {}, lambda s: talib.MIDPOINT(s['close'], 14)),
        case('midprice', {}, lambda s: talib.MIDPRICE(s['high'], s['low'], 14)),
    ],
    'momentum': [
        case('rsi', {'length': 14}, lambda s: talib.RSI(s['close'], 14)),
        case('roc', {'length': 10}, lambda s: talib.ROC(s['close'], 10)),
        case('macd', {}, lambda s: dict(zip(('line', 'signal', 'histogram'), talib.MACD(s['close'])))),
    ],
    'volatility': [
        case('trueRange', {}, lambda s: talib.TRANGE(*hlc(s))),
        case('atr', {'length': 14}, lambda s: talib.ATR(*hlc(s), 14)),
        case('bollinger', {}, lambda s: dict(zip(BANDS, talib.BBANDS(s['close'], 20)))),
    ],
    'statistics': [
        case('stdev', {'length': 20}, lambda s: talib.STDDEV(s['close'], 20)),
        case('highest', {'length': 30}, lambda s: talib.MAX(s['close'], 30)),
        case('lowest', {'length': 30}, lambda s: talib.MIN(s['close'], 30)),
    ],
}
