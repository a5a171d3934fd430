"""What is recorded of other packages, by group of Fillgrid's catalogue (src/signals/catalogue)."""
import numpy as np
import pandas as pd
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


def plain(name, parameters, of):
    return case(name, parameters, of, 'pandas')


MACD = ('line', 'signal', 'histogram')
BANDS = ('upper', 'middle', 'lower')


def columns(frame, names):
    return {name: frame.iloc[:, i].to_numpy() for i, name in enumerate(names)}


def hlc(s):
    return s['high'], s['low'], s['close']


def hlcv(s):
    return (*hlc(s), s['volume'])


def ago(places, length):
    found = np.arange(len(places)) - places.astype(float)
    found[:length - 1] = np.nan
    return found


def squared(column, length):
    """The square of the correlation with the places of the values."""
    places = np.arange(length)
    return column.rolling(length).apply(lambda w: 0 if w.min() == w.max() else np.corrcoef(places, w)[0, 1] ** 2, raw=True).to_numpy()


def blanked(column, length):
    """Without the zeros of a warm-up."""
    found = np.asarray(column, dtype=float).copy()
    found[:length] = np.nan
    return found


def swings(s, left, right):
    """The price of the last bar that was flagged, which is `right` before the flag."""
    flags = talib.FRACTAL(s['high'], s['low'], left, right)
    found = {}
    for name, side in zip(('high', 'low'), flags):
        levels = np.where(side == 100, np.roll(s[name], right), np.nan)
        found[name] = pd.Series(levels).ffill().to_numpy()
    return found


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
        case('rocp', {}, lambda s: talib.ROCP(s['close'], 10)),
        case('rocr', {}, lambda s: talib.ROCR(s['close'], 10)),
        case('rocr100', {}, lambda s: talib.ROCR100(s['close'], 10)),
        case('momentum', {}, lambda s: talib.MOM(s['close'], 10)),
        case('cmo', {}, lambda s: talib.CMO(s['close'], 14)),
        case('cmoPlain', {}, lambda s: talib.CMOU(s['close'], 14)),
        case('bop', {}, lambda s: talib.BOP(s['open'], *hlc(s))),
        case('efficiencyRatio', {}, lambda s: talib.ER(s['close'], 10)),
        case('tsi', {}, lambda s: talib.TSI(s['close'], 25, 13)),
        case('trix', {'length': 30}, lambda s: talib.TRIX(s['close'], 30)),
        case('coppock', {}, lambda s: talib.COPPOCK(s['close'], 10, 11, 14)),
        pandas('kst', {}, lambda s: columns(ta.kst(s['close']) / 100, ('value', 'signal'))),
        case('dpo', {}, lambda s: talib.DPO(s['close'], 20)),
    ],
    'oscillators': [
        case('macd', {}, lambda s: dict(zip(MACD, talib.MACD(s['close'])))),
        case('macdFix', {}, lambda s: dict(zip(MACD, talib.MACDFIX(s['close'])))),
        case('macdExt', {}, lambda s: dict(zip(MACD, talib.MACDEXT(s['close'])))),
        case('macdExt', {'fastKind': 'wma', 'slowKind': 'trima', 'smoothKind': 'dema'},
             lambda s: dict(zip(MACD, talib.MACDEXT(s['close'], 12, 2, 26, 5, 9, 3)))),
        case('apo', {}, lambda s: talib.APO(s['close'], 12, 26, 1)),
        case('apo', {'kind': 'sma'}, lambda s: talib.APO(s['close'], 12, 26, 0)),
        case('ppo', {}, lambda s: {'line': talib.PPO(s['close'], 12, 26, 1)}),
        case('awesome', {}, lambda s: talib.AO(s['high'], s['low'])),
        case('accelerator', {}, lambda s: talib.AC(s['high'], s['low'])),
        case('cci', {'length': 14}, lambda s: talib.CCI(*hlc(s), 14)),
        case('ultimate', {}, lambda s: talib.ULTOSC(*hlc(s))),
        case('elderRay', {}, lambda s: dict(zip(('bull', 'bear'), talib.ERI(*hlc(s))))),
        case('qstick', {}, lambda s: talib.QSTICK(s['open'], s['close'])),
        case('imi', {}, lambda s: talib.IMI(s['open'], s['close'])),
        case('forecastOscillator', {'length': 5}, lambda s: talib.FOSC(s['close'], 5)),
    ],
    'stochastics': [
        case('stochastic', {'length': 5}, lambda s: dict(zip('kd', talib.STOCH(*hlc(s))))),
        case('stochastic', {'length': 10, 'smooth': 4, 'smoothKind': 'ema', 'signal': 6, 'signalKind': 'wma'},
             lambda s: dict(zip('kd', talib.STOCH(*hlc(s), 10, 4, 1, 6, 2)))),
        case('stochasticFast', {'length': 5}, lambda s: dict(zip('kd', talib.STOCHF(*hlc(s))))),
        case('stochRsi', {'window': 5, 'smooth': 1}, lambda s: dict(zip('kd', talib.STOCHRSI(s['close'])))),
        case('kdj', {}, lambda s: dict(zip('kdj', talib.KDJ(*hlc(s))))),
        case('williamsR', {}, lambda s: talib.WILLR(*hlc(s))),
        case('smi', {}, lambda s: dict(zip(('value', 'signal'), talib.SMI(*hlc(s))))),
        pandas('fisher', {}, lambda s: columns(ta.fisher(s['high'], s['low']), ('value', 'signal'))),
    ],
    'composites': [
        pandas('vigor', {'length': 14}, lambda s: columns(ta.rvgi(s['open'], *hlc(s), 14).iloc[:, 1:], ('value', 'signal'))),
        pandas('qqe', {}, lambda s: {'value': ta.qqe(s['close']).iloc[:, 1], 'line': ta.qqe(s['close']).iloc[:, 0]}),
        pandas('squeeze', {}, lambda s: columns(ta.squeeze(*hlc(s), lazybear=True), ('value', 'on'))),
    ],
    'trend': [
        case('aroon', {}, lambda s: {
            **dict(zip(('down', 'up'), talib.AROON(s['high'], s['low']))),
            'oscillator': talib.AROONOSC(s['high'], s['low']),
        }),
        case('vortex', {}, lambda s: dict(zip(('plus', 'minus'), talib.VORTEX(*hlc(s))))),
        case('dmi', {}, lambda s: {
            'plus': talib.PLUS_DI(*hlc(s)), 'minus': talib.MINUS_DI(*hlc(s)), 'dx': talib.DX(*hlc(s)),
            'plusDM': talib.PLUS_DM(s['high'], s['low']), 'minusDM': talib.MINUS_DM(s['high'], s['low']),
        }),
        case('adx', {}, lambda s: {'adx': talib.ADX(*hlc(s)), 'rating': talib.ADXR(*hlc(s))}),
        case('sar', {}, lambda s: talib.SAR(s['high'], s['low'])),
        case('sarExt', {}, lambda s: talib.SAREXT(s['high'], s['low'])),
        case('sarExt', {'start': -103, 'reverse': 0.01, 'beginLong': 0.01, 'stepLong': 0.03, 'mostLong': 0.3,
                        'beginShort': 0.04, 'stepShort': 0.05, 'mostShort': 0.1},
             lambda s: talib.SAREXT(s['high'], s['low'], -103, 0.01, 0.01, 0.03, 0.3, 0.04, 0.05, 0.1)),
        case('superTrend', {}, lambda s: dict(zip(('value', 'direction'), talib.SUPERTREND(*hlc(s))))),
        pandas('chandelier', {}, lambda s: columns(ta.ce(*hlc(s), 22, 3), ('long', 'short'))),
        pandas('choppiness', {}, lambda s: ta.chop(*hlc(s), 14)),
        case('vhf', {}, lambda s: talib.VHF(s['close'])),
    ],
    'volatility': [
        case('natr', {}, lambda s: talib.NATR(*hlc(s))),
        case('adr', {}, lambda s: talib.ADR(s['high'], s['low'])),
        case('keltner', {}, lambda s: dict(zip(BANDS, talib.KC(*hlc(s))))),
        case('donchian', {}, lambda s: dict(zip(BANDS, talib.DONCHIAN(s['high'], s['low'])))),
        case('accBands', {}, lambda s: dict(zip(BANDS, talib.ACCBANDS(*hlc(s))))),
        case('massIndex', {}, lambda s: talib.MASSI(s['high'], s['low'])),
        case('chaikinVolatility', {}, lambda s: talib.CVI(s['high'], s['low'])),
        case('rvi', {}, lambda s: talib.RVI(s['close'])),
        pandas('ulcer', {}, lambda s: ta.ui(s['close'], 14)),
        case('trueRange', {}, lambda s: talib.TRANGE(*hlc(s))),
        case('atr', {'length': 14}, lambda s: talib.ATR(*hlc(s), 14)),
        case('bollinger', {}, lambda s: dict(zip(BANDS, talib.BBANDS(s['close'], 20)))),
    ],
    'historical': [
        pandas('historicalVolatility', {}, lambda s: ta.hvol(s['close'], 20) / 100),
    ],
    'statistics': [
        case('stdev', {'length': 20}, lambda s: talib.STDDEV(s['close'], 20)),
        case('sum', {'length': 30}, lambda s: talib.SUM(s['close'], 30)),
        case('highest', {'length': 30}, lambda s: talib.MAX(s['close'], 30)),
        case('lowest', {'length': 30}, lambda s: talib.MIN(s['close'], 30)),
        case('percentRank', {}, lambda s: talib.PERCENTRANK(s['close'], 100)),
        case('lsma', {}, lambda s: talib.LINEARREG(s['close'])),
        case('linearIntercept', {}, lambda s: talib.LINEARREG_INTERCEPT(s['close'])),
        case('linearSlope', {}, lambda s: talib.LINEARREG_SLOPE(s['close'])),
        case('forecast', {}, lambda s: talib.TSF(s['close'])),
    ],
    'volume': [
        case('obv', {}, lambda s: talib.OBV(s['close'], s['volume'])),
        case('ad', {}, lambda s: talib.AD(*hlcv(s))),
        case('adosc', {}, lambda s: talib.ADOSC(*hlcv(s))),
        case('adosc', {'fast': 12, 'slow': 5}, lambda s: talib.ADOSC(*hlcv(s), 12, 5)),
        case('cmf', {}, lambda s: talib.CMF(*hlcv(s), 20)),
        case('mfi', {}, lambda s: talib.MFI(*hlcv(s), 14)),
        case('pvt', {}, lambda s: talib.PVT(s['close'], s['volume'])),
        case('forceIndex', {}, lambda s: talib.EFI(s['close'], s['volume'], 13)),
        case('marketFacilitation', {}, lambda s: talib.MARKETFI(s['high'], s['low'], s['volume'])),
        case('nvi', {}, lambda s: talib.NVI(s['close'], s['volume'])),
        case('pvi', {}, lambda s: talib.PVI(s['close'], s['volume'])),
        case('pvo', {}, lambda s: {'line': talib.PVO(s['volume'], 12, 26, 1)}),
        case('relativeVolume', {}, lambda s: talib.RVOL(s['volume'], 20)),
        case('wad', {}, lambda s: talib.WAD(*hlc(s))),
    ],
    'distribution': [
        case('variance', {}, lambda s: talib.VAR(s['close'], 20)),
        pandas('zScore', {'ddof': 1}, lambda s: ta.zscore(s['close'], 30)),
        case('averageDeviation', {}, lambda s: talib.AVGDEV(s['close'], 14)),
        plain('median', {}, lambda s: s['close'].rolling(20).median().to_numpy()),
        plain('quantile', {'quantile': 0.15}, lambda s: s['close'].rolling(30).quantile(0.15).to_numpy()),
        case('quantile', {'quantile': 0.15, 'kind': 'nearest'}, lambda s: talib.PERCENTILE(s['close'], 30, 15)),
        plain('skew', {'source': 'volume'}, lambda s: s['volume'].rolling(30).skew().to_numpy()),
        plain('kurtosis', {'source': 'volume'}, lambda s: s['volume'].rolling(30).kurt().to_numpy()),
        case('highestAgo', {'length': 30, 'source': 'noise'}, lambda s: ago(talib.MAXINDEX(s['noise'], 30), 30)),
        case('lowestAgo', {'length': 30, 'source': 'noise'}, lambda s: ago(talib.MININDEX(s['noise'], 30), 30)),
        case('cumulative', {}, lambda s: talib.CUMSUM(s['close'])),
    ],
    'relations': [
        plain('covariance', {'ddof': 1}, lambda s: s['close'].rolling(20).cov(s['open']).to_numpy()),
        case('correlation', {}, lambda s: talib.CORREL(s['close'], s['open'], 30)),
        case('beta', {'length': 20}, lambda s: talib.BETA(s['open'], s['close'], 20)),
        case('linearAngle', {}, lambda s: talib.LINEARREG_ANGLE(s['close'], 14)),
        plain('rSquared', {}, lambda s: squared(s['close'], 14)),
    ],
    'price': [
        case('averagePrice', {}, lambda s: talib.AVGPRICE(s['open'], *hlc(s))),
        case('medianPrice', {}, lambda s: talib.MEDPRICE(s['high'], s['low'])),
        case('typicalPrice', {}, lambda s: talib.TYPPRICE(*hlc(s))),
        case('weightedClose', {}, lambda s: talib.WCLPRICE(*hlc(s))),
        case('heikinAshi', {}, lambda s: dict(zip(('open', 'high', 'low', 'close'), talib.HA(s['open'], *hlc(s))))),
        pandas('insideOutside', {}, lambda s: {'inside': blanked(ta.cdl_inside(s['open'], *hlc(s)).abs(), 1)}),
        case('swings', {}, lambda s: swings(s, 2, 2)),
        case('swings', {'left': 4, 'right': 1}, lambda s: swings(s, 4, 1)),
    ],
    'sessions': [
        case('anchoredVwap', {}, lambda s: talib.VWAP(*hlcv(s))),
        pandas('vwap', {'period': 'month'}, lambda s: ta.vwap(*hlcv(s), anchor='M')),
        pandas('vwap', {'period': 'week'}, lambda s: ta.vwap(*hlcv(s), anchor='W')),
    ],
    'cycles': [
        case('htPeriod', {}, lambda s: talib.HT_DCPERIOD(s['close'])),
        case('htPhasor', {}, lambda s: dict(zip(('inPhase', 'quadrature'), talib.HT_PHASOR(s['close'])))),
        case('htPhase', {}, lambda s: talib.HT_DCPHASE(s['close'])),
        case('htSine', {}, lambda s: dict(zip(('sine', 'lead'), talib.HT_SINE(s['close'])))),
        case('htTrendline', {}, lambda s: talib.HT_TRENDLINE(s['close'])),
        case('htTrendMode', {}, lambda s: blanked(talib.HT_TRENDMODE(s['close']), 63)),
        case('mama', {'source': 'noise'}, lambda s: dict(zip(('mama', 'fama'), talib.MAMA(s['noise'], 0.5, 0.05)))),
    ],
}
