"""
Reads the real data files beside the checkout with pandas, by what their vendors and README say, and writes what it saw
to reference.json: counts, ends, sums and a hash of the bars, none of the data. test/io/files.test.ts compares.

    python test/io/reference.py ../shared/data

Needs pandas and, for Feather, pyarrow (written with pandas 3 and pyarrow 22). Numbers are parsed with
float_precision='round_trip', which is correctly rounded, so that bars are compared bit for bit.
"""

import gzip
import hashlib
import json
import math
import sys
import warnings
import zipfile
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
warnings.filterwarnings("ignore", message=".*float_precision")


def csv(path, **options):
    return pd.read_csv(path, float_precision="round_trip", **options)


def bars(time, frame, names, scale=None):
    """Rows of milliseconds UTC, open, high, low, close, volume."""
    ms = pd.DatetimeIndex(pd.to_datetime(time, utc=True)).as_unit("ns").asi8 / 1e6
    out = pd.DataFrame({"time": ms})
    for role, name in zip(("open", "high", "low", "close", "volume"), names):
        column = [0.0] * len(frame) if name is None else frame[name].astype(float).tolist()
        if scale is not None and role != "volume":
            column = [value / scale for value in column]
        out[role] = column
    return out


def local(time, zone, shift="0h"):
    """Moments of a wall clock that is ahead of a zone by a shift; times that it skips or shows twice are not expected."""
    wall = pd.DatetimeIndex(time) - pd.Timedelta(shift)
    return wall.tz_localize(zone, ambiguous="raise", nonexistent="raise").tz_convert("UTC")


OHLCV = ("open", "high", "low", "close", "volume")
TITLE = ("Open", "High", "Low", "Close", "Volume")


def histdata(path, zone, shift="0h"):
    frame = csv(path, sep=";", header=None).drop_duplicates()
    time = pd.to_datetime(frame[0], format="%Y%m%d %H%M%S")
    return bars(local(time, zone, shift), frame, (1, 2, 3, 4, 5))


def lean(path, scale):
    with zipfile.ZipFile(path) as archive:
        frame = csv(archive.open(archive.namelist()[0]), header=None)
    time = pd.to_datetime(frame[0], format="%Y%m%d %H:%M")
    return bars(time, frame, (1, 2, 3, 4, 5 if scale else None), scale)


def lean_minute(path, day):
    with zipfile.ZipFile(path) as archive:
        frame = csv(archive.open(archive.namelist()[0]), header=None)
    time = pd.Timestamp(day) + pd.to_timedelta(frame[0], unit="ms")
    return bars(local(time, "America/New_York"), frame, (1, 2, 3, 4, 5), 10000)


def investing(path):
    frame = pd.read_csv(path, dtype=str)
    number = lambda text: float(text.replace(".", "").replace(",", "."))
    factors = {"K": 3, "M": 6, "B": 9}
    # Decimal shift in text, so that 31,77M is 31770000.
    volume = lambda text: float(text[:-1].replace(",", ".") + "e" + str(factors[text[-1]]))
    out = pd.DataFrame({name: frame[name].map(number) for name in ("Откр.", "Макс.", "Мин.", "Цена")})
    out["volume"] = frame["Объём"].map(volume)
    time = pd.to_datetime(frame["Дата"], format="%d.%m.%Y")
    whole = bars(time, out, ("Откр.", "Макс.", "Мин.", "Цена", "volume")).iloc[::-1]
    # One row has its high below its low; the test leaves such rows out.
    return whole[whole["high"] >= whole["low"]]


def cryptodatadownload(path):
    frame = csv(path, skiprows=1).drop(columns="Date").drop_duplicates().iloc[::-1]
    time = pd.to_datetime(frame["Unix Timestamp"].astype("int64"), unit="s")
    return bars(time, frame, ("Open", "High", "Low", "Close", "Volume BTC"))


def stamped(column, names=TITLE, **options):
    return lambda path: (lambda frame: bars(frame[column], frame, names))(csv(path, **options))


def mt4(path, zone, header):
    frame = csv(path, header=header)
    day, clock = (frame.columns[0], frame.columns[1])
    time = pd.to_datetime(frame[day] + " " + frame[clock], format="%Y.%m.%d %H:%M")
    return bars(local(time, zone), frame, list(frame.columns[2:7]))


def moex(path):
    frame = csv(path)
    return bars(local(pd.to_datetime(frame["begin"]), "Europe/Moscow"), frame, OHLCV)


def dukascopy(path):
    frame = csv(path)
    time = pd.to_datetime(frame.iloc[:, 0], format="%d.%m.%Y %H:%M:%S.%f")
    zone = {"Gmt time": "UTC", "Time (EET)": "EET"}[frame.columns[0]]
    return bars(local(time, zone), frame, TITLE)


def finam(path):
    frame = csv(path)
    return bars(pd.to_datetime(frame["<DATE>"].astype(str)), frame, ("<OPEN>", "<HIGH>", "<LOW>", "<CLOSE>", "<VOL>"))


def nulls(path):
    frame = csv(path).dropna(subset=["Close"])
    return bars(frame["Date"], frame, TITLE)


def ninjatrader(path):
    frame = csv(path, sep=";", header=None)
    end = pd.to_datetime(frame[0], format="%Y%m%d %H%M%S")
    return bars(end - pd.Timedelta("1min"), frame, (1, 2, 3, 4, 5))


def tradingview(path):
    frame = csv(path)
    unit = {"unit": "s"} if frame["time"].dtype.kind == "i" else {}
    return bars(pd.to_datetime(frame["time"], utc=True, **unit), frame, ("open", "high", "low", "close", "Volume"))


def binance(path):
    frame = csv(path)
    return bars(pd.to_datetime(frame["open_time"], unit="ms"), frame, OHLCV)


def freqtrade(path):
    with gzip.open(path, "rt") as text:
        frame = pd.DataFrame(json.load(text)).drop_duplicates()
    return bars(pd.to_datetime(frame[0], unit="ms"), frame, (1, 2, 3, 4, 5))


def feather(path):
    frame = pd.read_feather(path)
    return bars(frame["date"], frame, OHLCV)


KRX = ("시가", "고가", "저가", "종가", "거래량")

FILES = {
    "crypto_1m_binance_klines/FILUSDT-1m-2023-05.csv.gz": binance,
    "crypto_1m_freqtrade/BTC_USDT-1m.feather": feather,
    "crypto_1m_freqtrade/LTO_BTC-1m.json.gz": freqtrade,
    "crypto_1m_freqtrade/UNITTEST_BTC-1m.json.gz": freqtrade,
    "crypto_1m_perp/btc-perp-20211231-20220201_1m.csv.gz": stamped("timestamp", OHLCV),
    "daily_lean/aapl.zip": lambda path: lean(path, 10000),
    "daily_lean/eurusd.zip": lambda path: lean(path, None),
    "daily_native_alphavantage/DA-AAPL-T-2021-04-21.csv.gz": stamped("timestamp", OHLCV),
    "dialects/2006-01-02-volume-min-001.txt.gz": lambda path: (
        lambda frame: bars(frame[0] + " " + frame[1], frame, (2, 3, 4, 5, 6))
    )(csv(path, header=None, skiprows=1)),
    "dialects/EURUSD_Candlestick_1_Hour_BID_01.07.2020-15.07.2023.csv.gz": dukascopy,
    "dialects/SPY.USUSD_Candlestick_1_D_BID_16.02.2017-21.05.2022.csv.gz": dukascopy,
    "dialects/SBER_test_2023_daily.csv.gz": moex,
    "dialects/cryptodatadownload_BTCUSDT_1h.csv.gz": cryptodatadownload,
    "dialects/finam_XAUUSD.csv.gz": finam,
    "dialects/investing_ru_SBER.csv.gz": investing,
    "dialects/krx_cp949_samsung.csv.gz": stamped("날짜", KRX, encoding="cp949"),
    "dialects/krx_utf8_000660.csv.gz": stamped("날짜", KRX),
    "dialects/mt4_header_EURUSD60.csv.gz": lambda path: mt4(path, "UTC", 0),
    "dialects/mt4_noheader_EURUSD1_2013.csv.gz": lambda path: mt4(path, "EET", None),
    "dialects/mt4_noheader_EURUSD1440.csv.gz": lambda path: mt4(path, "UTC", None),
    "dialects/mt5_tab_EURUSD_M1_2020.csv.gz": stamped("Time", TITLE, sep="\t"),
    "dialects/nt-spy-minute-2011.csv.gz": ninjatrader,
    "dialects/stooq_en_aapl_us_d.csv.gz": stamped("Date"),
    "dialects/stooq_pl_pkn_d.csv.gz": stamped(
        "Data", ("Otwarcie", "Najwyzszy", "Najnizszy", "Zamkniecie", "Wolumen")
    ),
    "dialects/tradingview_BINANCE_BTCUSDT_60_jst.csv.gz": tradingview,
    "dialects/tradingview_SP_SPX_1D.csv.gz": tradingview,
    "dialects/yahoo_nulls_005930.KS.csv": nulls,
    "dialects/yahoo_pipe_CL=F.csv.gz": stamped("Date", TITLE, sep="|"),
    "dialects/yhoo-1996-2015.txt.gz": stamped("Date"),
    "dirty_stockindicators/toobig.csv.gz": lambda path: (
        lambda frame: bars(pd.to_datetime(frame["date"], format="%m/%d/%Y"), frame, OHLCV)
    )(csv(path, encoding="utf-8-sig")),
    "fx_index_1m_histdata/DAT_ASCII_EURUSD_M1_2019.csv.gz": lambda path: histdata(path, "Europe/London", "-5h"),
    "fx_index_1m_histdata/DAT_ASCII_SPXUSD_M1_2018.csv.gz": lambda path: histdata(path, "America/New_York"),
    "futures_1m/6EH4.XCME_1min_bars_20240101_20240131.csv.gz": stamped("timestamp_utc", OHLCV),
    "minute_lean/spy_20131007_trade.zip": lambda path: lean_minute(path, "2013-10-07"),
}


def seen(frame):
    values = frame[["time", *OHLCV]].to_numpy(dtype="<f8")
    return {
        "bars": len(frame),
        "first": pd.Timestamp(values[0][0], unit="ms").isoformat(),
        "last": pd.Timestamp(values[-1][0], unit="ms").isoformat(),
        # Exactly rounded, whatever the order of the terms.
        "sums": [math.fsum(column) for column in values.T[1:]],
        "sha256": hashlib.sha256(values.tobytes()).hexdigest(),
    }


def main():
    root = Path(sys.argv[1])
    out = {name: seen(read(root / name)) for name, read in FILES.items()}
    (HERE / "reference.json").write_text(json.dumps(out, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(out)} files")


main()
